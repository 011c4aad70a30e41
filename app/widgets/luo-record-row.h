/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define LUO_TYPE_RECORD_ROW (luo_record_row_get_type ())
G_DECLARE_FINAL_TYPE (LuoRecordRow, luo_record_row, LUO, RECORD_ROW, GtkBox)

/** LuoRecordRow: a row of a list of records: an optional heading above it, a number, title, a second line, and at the end a lamp with its word
 * or a short text. Every text may be NULL. */
GtkWidget *luo_record_row_new (void);

void luo_record_row_set_heading (LuoRecordRow *self, const char *heading);
void luo_record_row_set_number (LuoRecordRow *self, const char *number);
void luo_record_row_set_title (LuoRecordRow *self, const char *title);
void luo_record_row_set_subtitle (LuoRecordRow *self, const char *subtitle);
/** @colour: (nullable): none; @word and @reason say in words what the colour says */
void luo_record_row_set_lamp (LuoRecordRow *self, const char *colour, const char *word, const char *reason);
void luo_record_row_set_end (LuoRecordRow *self, const char *text);
/** Whether it waits to be sent, and whether it is in conflict. */
void luo_record_row_set_marks (LuoRecordRow *self, gboolean pending, gboolean conflict);
/** Clears everything. */
void luo_record_row_clear (LuoRecordRow *self);
/** Returns: (transfer full): the row in words, for its accessible name */
char *luo_record_row_describe (LuoRecordRow *self);

G_END_DECLS
