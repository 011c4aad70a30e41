/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The largest amount in fen: below 2^53, so that it survives every JSON client. */
#define LUO_MONEY_MAX G_GINT64_CONSTANT (9007199254740991)

/**
 * luo_money_parse:
 * @text: "669.6万元", "669.6万", "669.6" (万元 is meant), "1,234.5万元", "50元" (yuan), "1.2亿元";
 *   full-width digits allowed; commas only between thousands
 * @fen: (out): the amount in integer fen
 * @error: LUO_RECORD_ERROR_VALUE: not a number, negative, not whole fen, past LUO_MONEY_MAX
 */
gboolean luo_money_parse (const char *text, gint64 *fen, GError **error);

/** Returns: (transfer full): "669.6万元", shortest exact form, without thousands separators */
char *luo_money_format (gint64 fen);

/** Returns: (transfer full): "1,669.6" with thousands separated and no unit, for tables whose heading says 万元 */
char *luo_money_format_bare (gint64 fen);

G_END_DECLS
