/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * luo_figure_check:
 * @text: a narrative
 * @name: of an indicator: "改造社区养老服务站"
 * @unit: (nullable): of the indicator: "个"
 * @found: (out): the number the text gives for it, where it gives one
 *
 * Looks for the indicator's name in the text and for the first number behind it in the same sentence, at most
 * LUO_FIGURE_CHECK_REACH characters on and followed by the unit where there is one. A text that does not name the indicator in
 * its own words says nothing here: a wrong warning costs more trust than a missing one. Digits may be full-width, thousands
 * separated.
 *
 * Returns: whether the text gives a number for the indicator, to be compared with what was reported
 */
gboolean luo_figure_check (const char *text, const char *name, const char *unit, gint64 *found);

/** Characters between an indicator's name and its number: "共计已完成" and the like, not another clause. */
#define LUO_FIGURE_CHECK_REACH 8

G_END_DECLS
