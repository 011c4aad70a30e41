/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-table-writer.h"

#include <string.h>

#include "luo-ledger.h"

struct _LuoTableWriter
{
  LuoTableFormat format;
  GString *text; /* (owned) */
};

static void
begin (LuoTableWriter *self)
{
  self->text = g_string_new (self->format == LUO_TABLE_CSV ? "\xEF\xBB\xBF" : "");
}

LuoTableWriter *
luo_table_writer_new (LuoTableFormat format)
{
  LuoTableWriter *self = g_new0 (LuoTableWriter, 1);

  self->format = format;
  begin (self);
  return self;
}

void
luo_table_writer_free (LuoTableWriter *self)
{
  if (self == NULL)
    return;
  g_string_free (self->text, TRUE);
  g_free (self);
}

static void
append_csv_cell (GString *out, const char *cell)
{
  gboolean quoted = cell[strcspn (cell, ",\"\r\n")] != '\0' || g_ascii_isspace (*cell)
                    || (*cell != '\0' && g_ascii_isspace (cell[strlen (cell) - 1]));

  if (!quoted)
    {
      g_string_append (out, cell);
      return;
    }
  g_string_append_c (out, '"');
  for (; *cell != '\0'; cell++)
    {
      if (*cell == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *cell);
    }
  g_string_append_c (out, '"');
}

void
luo_table_writer_add (LuoTableWriter *self, const char *const *cells)
{
  g_return_if_fail (self != NULL && cells != NULL);

  for (gsize i = 0; cells[i] != NULL; i++)
    {
      if (self->format == LUO_TABLE_CSV)
        {
          if (i > 0)
            g_string_append_c (self->text, ',');
          append_csv_cell (self->text, cells[i]);
        }
      else
        {
          g_autofree char *flat = luo_ledger_flatten (cells[i]);

          g_string_append (self->text, flat);
          g_string_append (self->text, *flat != '\0' ? " |" : "|");
          if (cells[i + 1] != NULL)
            g_string_append_c (self->text, ' ');
        }
    }
  g_string_append (self->text, self->format == LUO_TABLE_CSV ? "\r\n" : "\n");
}

char *
luo_table_writer_finish (LuoTableWriter *self)
{
  char *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_free (self->text, FALSE);
  begin (self);
  return text;
}
