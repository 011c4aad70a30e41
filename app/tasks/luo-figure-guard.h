/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "luo-draft.h"
#include "luo-ignored-figures.h"

G_BEGIN_DECLS

#define LUO_TYPE_FIGURE_GUARD (luo_figure_guard_get_type ())
G_DECLARE_FINAL_TYPE (LuoFigureGuard, luo_figure_guard, LUO, FIGURE_GUARD, GObject)

/**
 * LuoFigureGuard: holds the two narratives of a progress that is being written against its readings, a moment after each edit, and
 * mends what a person chooses to mend. Main thread only.
 */

/**
 * luo_figure_guard_new:
 * @draft: the progress
 * @overall, @this_month: the views that its narratives are written in; each lives as long as the guard is used
 *
 * Returns: (transfer full)
 */
LuoFigureGuard *luo_figure_guard_new (LuoDraft *draft, GtkTextView *overall, GtkTextView *this_month);

/** Returns: (transfer none): the LuoFigureNotes of a narrative, to be put below it */
GtkWidget *luo_figure_guard_get_notes (LuoFigureGuard *self, gboolean this_month);

/**
 * luo_figure_guard_set_task:
 * @progress: (element-type LuoDocument): the task's progress of all offices
 * @month: `YYYY-MM`: that is written
 *
 * Says what is compared with, and checks at once.
 */
void luo_figure_guard_set_task (LuoFigureGuard *self, LuoDocument *task, GPtrArray *progress,
                                LuoIgnoredFigures *ignored, const char *progress_id, const char *month);

G_END_DECLS
