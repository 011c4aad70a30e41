/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LUO_TYPE_CHART_BAR (luo_chart_bar_get_type ())
G_DECLARE_FINAL_TYPE (LuoChartBar, luo_chart_bar, LUO, CHART_BAR, GtkWidget)

/**
 * LuoChartBar: a stacked bar. Each segment is a widget of its own, a button for the most part, so that it is reached by keyboard and
 * named for those who can not see its colour.
 */
GtkWidget *luo_chart_bar_new (void);

/**
 * luo_chart_bar_add:
 * @weight: its share of the width is its weight by the sum of all weights; more than 0
 * @segment: (transfer floating)
 */
void luo_chart_bar_add (LuoChartBar *self, gint64 weight, GtkWidget *segment);

G_END_DECLS
