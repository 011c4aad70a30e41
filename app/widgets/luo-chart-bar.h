/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LUO_TYPE_CHART_BAR (luo_chart_bar_get_type ())
G_DECLARE_FINAL_TYPE (LuoChartBar, luo_chart_bar, LUO, CHART_BAR, GtkWidget)

/**
 * luo_chart_bar_new:
 * @whole: what the full width stands for, so that several bars below each other compare
 *
 * LuoChartBar: a stacked bar. Each segment is a button, so that it is reached by keyboard and named for those who can not see its
 * colour.
 */
GtkWidget *luo_chart_bar_new (gint64 whole);

/**
 * luo_chart_bar_add:
 * @value: the segment's length; more than 0
 * @label: short: the number
 * @long_label: (nullable): shown instead where it fits
 * @class: the style class that gives its colours
 * @name: what it says in words: "Huanggu, under construction: 5"
 *
 * Returns: (transfer none): the segment, a button, to be connected to
 */
GtkWidget *luo_chart_bar_add (LuoChartBar *self, gint64 value, const char *label, const char *long_label,
                              const char *class, const char *name);

G_END_DECLS
