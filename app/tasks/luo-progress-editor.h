/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-ignored-figures.h"
#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_PROGRESS_EDITOR (luo_progress_editor_get_type ())
G_DECLARE_FINAL_TYPE (LuoProgressEditor, luo_progress_editor, LUO, PROGRESS_EDITOR, AdwBin)

/**
 * LuoProgressEditor: the progress of one task, one month and the session's office, to write: readings and the two narratives. Saved
 * at once. Three months to choose from; carries over what stays from the month before, drafts from the task's records; says which
 * figure of a text contradicts a reading; submits.
 */
GtkWidget *luo_progress_editor_new (LuoSession *session);

/**
 * luo_progress_editor_show:
 * @task: the task
 * @progress: (element-type LuoDocument): the task's progress of the year, of all offices
 * @ignored: contradictions that are not to be shown again
 *
 * Shows another task, or what is new of this one; what a person is typing stays.
 */
void luo_progress_editor_show (LuoProgressEditor *self, LuoDocument *task, GPtrArray *progress,
                               LuoIgnoredFigures *ignored);

G_END_DECLS
