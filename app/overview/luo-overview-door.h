/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-page.h"

G_BEGIN_DECLS

/* Doors: a figure, a row or a segment that opens just the records it is made of. */

/**
 * LuoFigure: what stands on a door, and the records behind it.
 * @value: the number that is shown; negative where it is none; a door with 0 can not be opened
 * @list: (transfer none): the page of the records
 * @sum: (nullable): the column that adds up to @value: of the records ("attendances"), or of the items of them that fit
 *   ("funds/used_fen"; "funds/key" counts these items); NULL where the records themselves are counted
 * @where: conditions as luo_list_condition_parse() reads them; the first NULL ends them
 */
typedef struct
{
  gint64 value;
  const char *list;
  const char *sum;
  const char *where[5];
} LuoFigure;

/** Returns: (transfer floating): a flat button around @child (transfer floating); @name: its accessible name: what it shows */
GtkWidget *luo_door_new (GtkWidget *child, const char *name);

/** Makes @button open one record. */
void luo_door_lead_to_record (LuoPage *page, GtkWidget *button, const char *id);
/** Makes @button open the records of @figure, with what adds up shown above them. */
void luo_door_lead_to_list (LuoPage *page, GtkWidget *button, const LuoFigure *figure);

/** Returns: (nullable) (transfer none): what @button was made to open by luo_door_lead_to_list() */
const LuoFigure *luo_door_get_figure (GtkWidget *button);

G_END_DECLS
