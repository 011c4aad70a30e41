/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Small edits of the JSON text of a record, for the files of this library. Members are named, not pointed at. */

/** Whether @body is the strict JSON text of one object, which every function below relies on. LUO_RECORD_ERROR_JSON. */
gboolean luo_record_body_check (const char *body, GError **error);

/** Returns: (transfer full) (nullable): the text of a member of the outermost object; NULL where it is absent or no text */
char *luo_record_body_get_text (const char *body, const char *member);

/** Sets a member to the JSON text @value, or removes it where that is NULL. @body is replaced; an error leaves it as it was. */
gboolean luo_record_body_set (char **body, const char *member, const char *value, GError **error);

/** Sets a member to a text, or removes it where @text is NULL or empty. */
gboolean luo_record_body_set_text (char **body, const char *member, const char *text, GError **error);

gboolean luo_record_body_set_int (char **body, const char *member, gint64 value, GError **error);

G_END_DECLS
