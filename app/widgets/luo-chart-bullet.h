/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LUO_TYPE_CHART_BULLET (luo_chart_bullet_get_type ())
G_DECLARE_FINAL_TYPE (LuoChartBullet, luo_chart_bullet, LUO, CHART_BULLET, GtkWidget)

/**
 * luo_chart_bullet_new:
 * @permille: how much of the bar is filled, cut at its ends
 * @mark_permille: where the line stands that it is held against; negative for none
 * @colour: (nullable): of a lamp: "red", "amber" …; the accent colour where NULL
 * @name: what the bar says, in words
 *
 * LuoChartBullet: a bar that is filled up to a share, with a line at the pace.
 */
GtkWidget *luo_chart_bullet_new (int permille, int mark_permille, const char *colour, const char *name);

G_END_DECLS
