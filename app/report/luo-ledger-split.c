/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-ledger-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-record-error.h"

/* How many lines may stand above the headers. */
#define MAX_TITLE_LINES 20

/* Full stops and what may close a sentence behind one, the full-width forms by their numbers: ! ) : ; ? */
#define SENTENCE_ENDS                                                                                        \
  "。…”’』」》】!?;"                                                                              \
  "\uFF01\uFF09\uFF1A\uFF1B\uFF1F"

#define FULL_WIDTH_BAR "\uFF5C"

/* Beyond this a file is no monthly table; the whole of it is held in memory. */
#define MAX_BYTES (32 * 1024 * 1024)

void
luo_ledger_line_free (LuoLedgerLine *self)
{
  g_clear_pointer (&self->cells, g_ptr_array_unref);
  g_free (self->heading);
  g_free (self);
}

LuoLedgerLine *
luo_ledger_line_new (guint number)
{
  LuoLedgerLine *self = g_new0 (LuoLedgerLine, 1);

  self->line = number;
  self->cells = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
luo_ledger_table_free (LuoLedgerTable *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_clear_pointer (&self->header, luo_ledger_line_free);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_free (self);
}

/* Text */

static char *
convert (const char *data, gsize length, const char *charset, GError **error)
{
  return g_convert (data, (gssize)length, "UTF-8", charset, NULL, NULL, error);
}

char *
luo_ledger_decode (GBytes *bytes, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = NULL;
  g_autoptr (GError) local_error = NULL;
  GString *lines;

  if (length > MAX_BYTES)
    {
      g_autofree char *size = g_format_size (length);

      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE,
                   _ ("The file is too large for a monthly table: %s."), size);
      return NULL;
    }
  if (length >= 3 && memcmp (data, "\xEF\xBB\xBF", 3) == 0)
    {
      data += 3;
      length -= 3;
    }
  if (length >= 2 && (memcmp (data, "\xFF\xFE", 2) == 0 || memcmp (data, "\xFE\xFF", 2) == 0))
    text = convert (data, length, "UTF-16", &local_error);
  else if (g_utf8_validate_len (data, length, NULL))
    text = g_strndup (data, length);
  else if (memchr (data, '\0', length) == NULL)
    text = convert (data, length, "GB18030", &local_error);
  if (text == NULL)
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE,
                   _ ("The file is no text: UTF-8 or GB18030 was expected."));
      return NULL;
    }

  lines = g_string_sized_new (strlen (text));
  for (const char *p = g_str_has_prefix (text, "\xEF\xBB\xBF") ? text + 3 : text; *p != '\0'; p++)
    {
      if (*p != '\r')
        g_string_append_c (lines, *p);
      else if (p[1] != '\n')
        g_string_append_c (lines, '\n');
    }
  return g_string_free (lines, FALSE);
}

char *
luo_ledger_trim (const char *start, gsize length)
{
  const char *end = start + length;

  while (start < end && g_unichar_isspace (g_utf8_get_char (start)))
    start = g_utf8_next_char (start);
  while (end > start)
    {
      const char *before = g_utf8_find_prev_char (start, end);

      if (before == NULL || !g_unichar_isspace (g_utf8_get_char (before)))
        break;
      end = before;
    }
  return g_strndup (start, (gsize)(end - start));
}

static gunichar
last_char (const char *start, const char *end)
{
  const char *before = g_utf8_find_prev_char (start, end);

  return before != NULL ? g_utf8_get_char (before) : 0;
}

gboolean
luo_ledger_sentence_ends (const char *start, const char *end)
{
  gunichar c = last_char (start, end);

  /* A closing quote or bracket after the full stop belongs to the sentence. */
  return c != 0 && g_utf8_strchr (SENTENCE_ENDS, -1, c) != NULL;
}

/* Within a cell, paragraphs are parted by line ends or, where a table was flattened, by one space behind a sentence. */
static char *
part_paragraphs (char *cell)
{
  for (char *p = cell; *p != '\0'; p++)
    if (*p == ' ' && p > cell && p[1] != '\0' && p[1] != ' ' && p[-1] != ' '
        && luo_ledger_sentence_ends (cell, p) && !(g_ascii_isprint (p[-1]) && g_ascii_isalpha (p[1])))
      *p = '\n';
  return cell;
}

guint
luo_ledger_parse_number (const char *text, const char **rest)
{
  guint value = 0;
  guint digits = 0;

  while (*text != '\0' && g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  while (*text != '\0' && digits < 7)
    {
      gunichar c = g_utf8_get_char (text);
      int digit = c < 0x80 || (c >= 0xFF10 && c <= 0xFF19) ? g_unichar_digit_value (c) : -1;

      if (digit < 0)
        break;
      value = value * 10 + (guint)digit;
      digits++;
      text = g_utf8_next_char (text);
    }
  if (rest != NULL)
    *rest = text;
  return digits > 0 && digits < 7 ? value : 0;
}

/* Pipes */

static guint
count_bars (const char *line)
{
  guint bars = 0;

  for (; *line != '\0'; line++)
    bars += *line == '|';
  return bars;
}

static gboolean
only_bars (const char *line)
{
  return line[strspn (line, "| \t")] == '\0';
}

/* | --- | :-: | of a table that went through a plain-text editor. */
static gboolean
is_rule (const char *line)
{
  return strchr (line, '-') != NULL && line[strspn (line, "|-:+ \t")] == '\0';
}

static void
cut_at_bars (GPtrArray *cells, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, "|", -1);

  for (gsize i = 0; parts[i] != NULL; i++)
    g_ptr_array_add (cells, luo_ledger_trim (parts[i], strlen (parts[i])));
}

/* A bar before the first header or behind the last parts nothing. */
static void
drop_outer_cells (GPtrArray *cells)
{
  while (cells->len > 1 && *(char *)g_ptr_array_index (cells, cells->len - 1) == '\0')
    g_ptr_array_set_size (cells, (int)cells->len - 1);
  while (cells->len > 1 && *(char *)g_ptr_array_index (cells, 0) == '\0')
    g_ptr_array_remove_index (cells, 0);
}

/* Takes stray empty cells away until there are @wanted: at the end first, then at the start, then anywhere. */
static void
drop_stray_cells (GPtrArray *cells, guint wanted)
{
  while (cells->len > wanted && *(char *)g_ptr_array_index (cells, cells->len - 1) == '\0')
    g_ptr_array_set_size (cells, (int)cells->len - 1);
  while (cells->len > wanted && *(char *)g_ptr_array_index (cells, 0) == '\0')
    g_ptr_array_remove_index (cells, 0);
  for (guint i = cells->len; i > 0 && cells->len > wanted; i--)
    if (*(char *)g_ptr_array_index (cells, i - 1) == '\0')
      g_ptr_array_remove_index (cells, i - 1);
}

/* Joins a line to the row it continues: where a sentence ended it is a paragraph of its own, else the line was only wrapped. */
static void
join_line (GString *row, const char *line)
{
  gsize length = strlen (row->str);

  while (length > 0 && g_ascii_isspace (row->str[length - 1]))
    length--;
  while (g_ascii_isspace (*line))
    line++;
  if (length == 0 || *line == '\0')
    return;
  if (row->str[length - 1] == '|' || *line == '|')
    ;
  else if (luo_ledger_sentence_ends (row->str, row->str + length))
    g_string_truncate (row, length), g_string_append_c (row, '\n');
  else if (g_ascii_isalnum (row->str[length - 1]) && g_ascii_isalnum (*line))
    g_string_truncate (row, length), g_string_append_c (row, ' ');
  else
    g_string_truncate (row, length);
  g_string_append (row, line);
}

/* 二、……, 第二部分 …: a heading between two rows. */
static gboolean
is_heading (const char *line)
{
  return g_regex_match_simple ("^\\s*([(\\x{FF08}]?[一二三四五六七八九十]{1,3}[)、.\\x{FF09}\\x{FF0E}]|第["
                               "一二三四五六七八九十]{1,3}[部章节])",
                               line, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT);
}

static gboolean
is_footer (const char *line)
{
  return g_regex_match_simple (
      "^\\s*(填表人|填报人|填报单位|填报日期|审核人?|制表人?|联系人|联系电话|备注|注)\\s*[:\\x{FF1A}]", line,
      G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT);
}

typedef struct
{
  LuoLedgerTable *table;
  GPtrArray *problems;
  guint wanted;         /* cells of the header */
  gboolean closing;     /* a bar stands behind the last cell of the header, so of each row */
  gboolean order_first; /* 序号 stands first, so that a row shows where it begins */
  GString *row;         /* (owned) (nullable): the row that is being read */
  guint row_line;
} PipeReader;

/* How many bars a row has at least, and that it is closed by one. */
static gboolean
row_is_full (PipeReader *self)
{
  return self->row != NULL && count_bars (self->row->str) + 1 >= self->wanted;
}

static gboolean
row_is_closed (PipeReader *self)
{
  guint bars;
  gsize length;

  if (self->row == NULL)
    return TRUE;
  bars = count_bars (self->row->str);
  length = strlen (self->row->str);
  while (length > 0 && g_ascii_isspace (self->row->str[length - 1]))
    length--;
  if (length == 0 || self->row->str[length - 1] != '|')
    return FALSE;
  return bars - (self->row->str[0] == '|') >= self->wanted;
}

static gboolean
begins_row (PipeReader *self, const char *line)
{
  const char *start = line;
  const char *rest;
  guint bars = count_bars (line);

  if (bars == 0 || only_bars (line))
    return FALSE;
  if (self->row == NULL)
    return TRUE;
  while (*start == ' ' || *start == '\t' || *start == '|')
    start++;
  if (self->order_first && luo_ledger_parse_number (start, &rest) > 0)
    {
      while (*rest == ' ' || *rest == '\t' || *rest == '.')
        rest++;
      if (*rest == '|')
        return TRUE;
    }
  if (row_is_closed (self))
    return TRUE;
  return !self->order_first && row_is_full (self) && bars + 1 >= self->wanted;
}

static void
finish_row (PipeReader *self)
{
  LuoLedgerLine *line;

  if (self->row == NULL)
    return;
  line = luo_ledger_line_new (self->row_line);
  cut_at_bars (line->cells, self->row->str);
  if (self->closing && line->cells->len > 1
      && *(char *)g_ptr_array_index (line->cells, line->cells->len - 1) == '\0')
    g_ptr_array_set_size (line->cells, (int)line->cells->len - 1);
  drop_stray_cells (line->cells, self->wanted);
  for (guint i = 0; i < line->cells->len; i++)
    part_paragraphs (g_ptr_array_index (line->cells, i));
  g_string_free (self->row, TRUE);
  self->row = NULL;
  g_ptr_array_add (self->table->lines, line);
}

static void
read_pipe_line (PipeReader *self, const char *line, guint number)
{
  if (line[strspn (line, " \t")] == '\0' || is_rule (line))
    return;
  if (begins_row (self, line))
    {
      g_autofree char *trimmed = luo_ledger_trim (line, strlen (line));

      finish_row (self);
      self->row = g_string_new (trimmed);
      self->row_line = number;
    }
  else if (self->row != NULL && (!row_is_closed (self) || only_bars (line)))
    {
      join_line (self->row, line);
    }
  else if (is_heading (line))
    {
      LuoLedgerLine *heading;

      finish_row (self);
      heading = luo_ledger_line_new (number);
      heading->heading = luo_ledger_trim (line, strlen (line));
      g_ptr_array_add (self->table->lines, heading);
    }
  else if (!is_footer (line) && !only_bars (line))
    {
      g_autofree char *found = luo_ledger_trim (line, strlen (line));

      luo_ledger_add_problem (
          self->problems, number,
          g_strdup_printf (_ ("a row of %u cells parted by “|” was expected; “%s” was found"), self->wanted,
                           found));
    }
}

/* Headers */

static gboolean
is_header (GPtrArray *cells)
{
  gboolean task = FALSE;
  guint known = 0;

  for (guint i = 0; i < cells->len; i++)
    {
      guint year = 0, month = 0;
      LuoColumn column = luo_ledger_column_of (g_ptr_array_index (cells, i), &year, &month);

      task = task || column == LUO_COLUMN_TASK;
      known += column != LUO_COLUMN_REMARK;
    }
  return task && known >= 2;
}

/* Which character parts the cells: '|', tab, ',' or 0 where no line looks like the headers. @place: the header's line from 0. */
static char
find_header (char **lines, guint *place)
{
  const char delimiters[] = { '|', '\t', ',' };

  for (guint i = 0; lines[i] != NULL && i < MAX_TITLE_LINES; i++)
    for (gsize d = 0; d < G_N_ELEMENTS (delimiters); d++)
      {
        const char delimiter[] = { delimiters[d], '\0' };
        g_auto (GStrv) parts = g_strsplit (lines[i], delimiter, -1);
        g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

        for (gsize p = 0; parts[p] != NULL; p++)
          {
            char *cell = luo_ledger_trim (parts[p], strlen (parts[p]));
            gsize length = strlen (cell);

            if (length >= 2 && cell[0] == '"' && cell[length - 1] == '"')
              {
                cell[length - 1] = ' ';
                cell[0] = ' ';
              }
            g_ptr_array_add (cells, cell);
          }
        if (is_header (cells))
          {
            *place = i;
            return delimiters[d];
          }
      }
  return 0;
}

static void
split_pipes (LuoLedgerTable *table, char **lines, guint place, GPtrArray *problems)
{
  PipeReader reader = { .table = table, .problems = problems };
  guint year, month;

  table->header = luo_ledger_line_new (place + 1);
  cut_at_bars (table->header->cells, lines[place]);
  reader.closing = *(char *)g_ptr_array_index (table->header->cells, table->header->cells->len - 1) == '\0';
  drop_outer_cells (table->header->cells);
  reader.wanted = table->header->cells->len;
  reader.order_first
      = luo_ledger_column_of (g_ptr_array_index (table->header->cells, 0), &year, &month) == LUO_COLUMN_ORDER;
  for (guint i = place + 1; lines[i] != NULL; i++)
    read_pipe_line (&reader, lines[i], i + 1);
  finish_row (&reader);
}

static void
split_csv (LuoLedgerTable *table, const char *text, char delimiter, GPtrArray *problems)
{
  g_autoptr (GPtrArray) rows = luo_ledger_read_csv (text, delimiter, problems);
  guint wanted = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      LuoLedgerLine *row = g_ptr_array_index (rows, i);

      if (table->header == NULL)
        {
          if (!is_header (row->cells))
            continue;
          while (row->cells->len > 1 && *(char *)g_ptr_array_index (row->cells, row->cells->len - 1) == '\0')
            g_ptr_array_set_size (row->cells, (int)row->cells->len - 1);
          wanted = row->cells->len;
          table->header = row;
          rows->pdata[i] = luo_ledger_line_new (0);
          continue;
        }
      while (row->cells->len > wanted && *(char *)g_ptr_array_index (row->cells, row->cells->len - 1) == '\0')
        g_ptr_array_set_size (row->cells, (int)row->cells->len - 1);
      while (row->cells->len < wanted)
        g_ptr_array_add (row->cells, g_strdup (""));
      for (guint c = 1; c < row->cells->len && row->heading == NULL; c++)
        if (*(char *)g_ptr_array_index (row->cells, c) != '\0')
          break;
        else if (c + 1 == row->cells->len && is_heading (g_ptr_array_index (row->cells, 0)))
          row->heading = g_strdup (g_ptr_array_index (row->cells, 0));
      if (row->heading == NULL && is_footer (g_ptr_array_index (row->cells, 0)))
        continue;
      for (guint c = 0; c < row->cells->len; c++)
        part_paragraphs (g_ptr_array_index (row->cells, c));
      g_ptr_array_add (table->lines, row);
      rows->pdata[i] = luo_ledger_line_new (0);
    }
}

LuoLedgerTable *
luo_ledger_split (const char *text, GPtrArray *problems)
{
  LuoLedgerTable *table = g_new0 (LuoLedgerTable, 1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *narrow = NULL;
  guint place = 0;
  char delimiter;

  table->lines = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_ledger_line_free);
  delimiter = find_header (lines, &place);
  if (delimiter == 0 && strstr (text, FULL_WIDTH_BAR) != NULL)
    {
      /* The same table typed with full-width bars. */
      g_auto (GStrv) parts = g_strsplit (text, FULL_WIDTH_BAR, -1);

      narrow = g_strjoinv ("|", parts);
      g_clear_pointer (&lines, g_strfreev);
      lines = g_strsplit (narrow, "\n", -1);
      delimiter = find_header (lines, &place);
    }
  if (delimiter == 0)
    {
      luo_ledger_add_problem (
          problems, 1,
          g_strdup (_ ("no line of headers was found; one with “目标任务” or “任务目标” was expected")));
      table->title = g_strdup ("");
      return table;
    }
  table->title = g_strdup ("");
  for (guint i = 0; i < place; i++)
    {
      char *joined = g_strconcat (table->title, lines[i], "\n", NULL);

      g_free (table->title);
      table->title = joined;
    }
  if (delimiter == '|')
    split_pipes (table, lines, place, problems);
  else
    split_csv (table, text, delimiter, problems);
  return table;
}
