/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "luo-figure.h"

G_BEGIN_DECLS

/**
 * LuoCheckedFigure: a number of a narrative held against the reading of its indicator.
 */
typedef struct
{
  const char *member; /* "overall" or "this_month" */
  LuoFigure figure;
  JsonObject *indicator; /* not owned: of the task */
  gint64 reading;
  gboolean agrees;
} LuoCheckedFigure;

/**
 * LuoReadingFunc:
 * @indicator: an item of the task's `indicators`
 * @value: (out): what was reported for it, per mille for a share
 *
 * Returns: whether anything was reported
 */
typedef gboolean (*LuoReadingFunc) (JsonObject *indicator, gint64 *value, gpointer user_data);

/**
 * luo_progress_check:
 * @task: a task
 * @overall, @this_month: (nullable): the two narratives of its progress
 * @month: `YYYY-MM`, the month that is reported
 * @place: (nullable): see luo_figures_find()
 * @reading: (scope call): what is compared
 *
 * Finds the figures of both narratives and compares them. Figures of indicators without a reading are left out.
 *
 * Returns: (transfer full) (element-type LuoCheckedFigure): in the order of the text; valid as long as @task
 */
GArray *luo_progress_check (JsonObject *task, const char *overall, const char *this_month, const char *month,
                            const char *place, LuoReadingFunc reading, gpointer user_data);

/**
 * luo_progress_reading:
 * @progress: (nullable): a progress record
 * @value: (out): its reading of @indicator; a share from covered and eligible, rounded down, where both are there
 *
 * Returns: whether it has one
 */
gboolean luo_progress_reading (JsonObject *progress, JsonObject *indicator, gint64 *value);

/** Returns: (transfer full): how the text would be right: the figure's characters as luo_figure_write() has them */
char *luo_checked_figure_write (const LuoCheckedFigure *self);

G_END_DECLS
