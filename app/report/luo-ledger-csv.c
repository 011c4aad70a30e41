/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-ledger-private.h"

#include <csv.h>
#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  GPtrArray *lines;   /* (element-type LuoLedgerLine): every row of the file */
  LuoLedgerLine *row; /* (owned) (nullable) */
  guint line;         /* being read */
  guint row_line;     /* where the row began */
} CsvReader;

static void
csv_cell_cb (void *data, size_t length, void *user_data)
{
  CsvReader *self = user_data;
  g_autofree char *text = g_strndup (data != NULL ? data : "", length);

  if (self->row == NULL)
    self->row = luo_ledger_line_new (self->row_line);
  g_ptr_array_add (self->row->cells, luo_ledger_trim (text, strlen (text)));
}

static void
csv_row_cb (int terminator, void *user_data)
{
  CsvReader *self = user_data;
  gboolean empty = TRUE;

  for (guint i = 0; self->row != NULL && i < self->row->cells->len; i++)
    empty = empty && *(char *)g_ptr_array_index (self->row->cells, i) == '\0';
  if (empty)
    g_clear_pointer (&self->row, luo_ledger_line_free);
  else
    g_ptr_array_add (self->lines, g_steal_pointer (&self->row));
  self->row_line = 0;
}

/* Where a cell holds a lone quote the text is no CSV; what was pasted from a spreadsheet is read again without quotes. */
static gboolean
parse_csv (GPtrArray *lines, const char *text, char delimiter, gboolean quotes, GPtrArray *problems)
{
  CsvReader reader = { .lines = lines };
  struct csv_parser parser;
  gboolean ok = TRUE;

  if (csv_init (&parser, quotes ? CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL : CSV_APPEND_NULL) != 0)
    g_error ("out of memory");
  csv_set_delim (&parser, (unsigned char)delimiter);
  if (!quotes)
    csv_set_quote (&parser, 0);
  while (*text != '\0' && ok)
    {
      gsize length = strcspn (text, "\n");

      length += text[length] == '\n';
      reader.line++;
      if (reader.row_line == 0 && length > 1)
        reader.row_line = reader.line;
      ok = csv_parse (&parser, text, length, csv_cell_cb, csv_row_cb, &reader) == length;
      text += length;
    }
  if (!ok && problems != NULL)
    luo_ledger_add_problem (problems, reader.line,
                            g_strdup (_ ("a quote stands within a cell; it was expected twice (\"\")")));
  if (csv_fini (&parser, csv_cell_cb, csv_row_cb, &reader) != 0 && ok)
    {
      ok = FALSE;
      if (problems != NULL)
        luo_ledger_add_problem (problems, MAX (reader.row_line, 1),
                                g_strdup (_ ("a cell begins with a quote that is never closed")));
    }
  csv_free (&parser);
  g_clear_pointer (&reader.row, luo_ledger_line_free);
  return ok;
}

GPtrArray *
luo_ledger_read_csv (const char *text, char delimiter, GPtrArray *problems)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_ledger_line_free);

  if (!parse_csv (lines, text, delimiter, TRUE, delimiter == '\t' ? NULL : problems) && delimiter == '\t')
    {
      g_ptr_array_set_size (lines, 0);
      parse_csv (lines, text, delimiter, FALSE, problems);
    }
  return g_steal_pointer (&lines);
}
