/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoTableWriter: rows of cells as text, whatever the table is of. Not thread-safe; one table each.
 */
typedef struct _LuoTableWriter LuoTableWriter;

typedef enum
{
  LUO_TABLE_PIPES, /* a | b |  with one row a line, as the monthly table arrives */
  LUO_TABLE_CSV,   /* RFC 4180 with CRLF and a UTF-8 BOM, so that a spreadsheet opens it right */
} LuoTableFormat;

LuoTableWriter *luo_table_writer_new (LuoTableFormat format);
void luo_table_writer_free (LuoTableWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoTableWriter, luo_table_writer_free)

/** @cells: NULL-ended. Paragraphs of a cell are parted by \n. */
void luo_table_writer_add (LuoTableWriter *self, const char *const *cells);

/** Returns: (transfer full): the whole text; the writer is empty afterwards */
char *luo_table_writer_finish (LuoTableWriter *self);

G_END_DECLS
