/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-record-check.h"

G_BEGIN_DECLS

/* Bounds for what other machines send and people paste, in characters and items. */
#define LUO_RECORD_MAX_TEXT 2000
#define LUO_RECORD_MAX_NARRATIVE 100000
#define LUO_RECORD_MAX_ITEMS 10000

/* What every JSON client carries exactly. */
#define LUO_RECORD_MAX_INTEGER 9007199254740991.0

/** Whether @text is a real calendar day `YYYY-MM-DD`. */
gboolean luo_text_is_date (const char *text);

/** Whether @text is `YYYY-MM`. */
gboolean luo_text_is_month (const char *text);

/** Whether @text is `YYYY-MM-DDThh:mm:ss[.fff]Z`. */
gboolean luo_text_is_instant (const char *text);

/** Whether @text names a district, an office or a list: a small letter, then small letters, digits and "-". */
gboolean luo_text_is_identifier (const char *text);

/** Sets LUO_RECORD_ERROR_MEMBER: @path and what was expected. */
void luo_member_expected (GError **error, const char *path, const char *expected);

G_END_DECLS
