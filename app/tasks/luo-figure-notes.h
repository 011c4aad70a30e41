/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-progress-check.h"

G_BEGIN_DECLS

#define LUO_TYPE_FIGURE_NOTES (luo_figure_notes_get_type ())
G_DECLARE_FINAL_TYPE (LuoFigureNotes, luo_figure_notes, LUO, FIGURE_NOTES, AdwBin)

/**
 * LuoFigureMending: how a person settles that a text and a reading contradict each other.
 * @LUO_FIGURE_CHANGE_TEXT: the reading is right
 * @LUO_FIGURE_CHANGE_READING: the text is right
 * @LUO_FIGURE_IGNORE: both are
 */
typedef enum
{
  LUO_FIGURE_CHANGE_TEXT,
  LUO_FIGURE_CHANGE_READING,
  LUO_FIGURE_IGNORE,
} LuoFigureMending;

/**
 * LuoFigureNotes: the figures of one narrative that contradict a reading: marked in the text, and below it a line for each that says
 * which figure against which reading, with the ways to mend it. Hidden where there is none.
 *
 * LuoFigureNotes::mend: (index, mending): the place in what was given to luo_figure_notes_show(), and a LuoFigureMending
 */
GtkWidget *luo_figure_notes_new (GtkTextView *view);

/**
 * luo_figure_notes_show:
 * @figures: (element-type LuoCheckedFigure): of the text as the view shows it now; none of them agrees
 * @month: `YYYY-MM`: of the readings
 *
 * Marks them anew. Lines that say the same stay, so that what has the focus keeps it.
 */
void luo_figure_notes_show (LuoFigureNotes *self, GArray *figures, const char *month);

G_END_DECLS
