/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "luo-document.h"
#include "luo-pace.h"

G_BEGIN_DECLS

/**
 * luo_indicator_table_new:
 * @task: the task
 * @progress: (element-type LuoDocument): its progress of the year, of all offices
 * @month: the last of the three months that are shown
 *
 * The indicators of a task: target, the city's readings of three months, and the year's trend against the pace.
 *
 * Returns: (transfer floating) (nullable): NULL where the task has no indicators
 */
GtkWidget *luo_indicator_table_new (LuoDocument *task, GPtrArray *progress, const char *month,
                                    const LuoLampRule *rule);

G_END_DECLS
