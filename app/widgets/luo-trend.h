/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LUO_TYPE_TREND (luo_trend_get_type ())
G_DECLARE_FINAL_TYPE (LuoTrend, luo_trend, LUO, TREND, GtkWidget)

/** No reading in a month. */
#define LUO_TREND_ABSENT G_MININT64

/**
 * luo_trend_new:
 * @readings: twelve, January first; LUO_TREND_ABSENT where there is none
 * @pace: (nullable): twelve readings that the pace asks for: a dashed line
 * @colour: of the lamp: red, amber, green, done
 * @name: what it says in words
 *
 * A small line of an indicator's readings over the year against its pace.
 */
GtkWidget *luo_trend_new (const gint64 *readings, const gint64 *pace, const char *colour, const char *name);

G_END_DECLS
