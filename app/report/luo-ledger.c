/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-ledger-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-record-error.h"

void
luo_ledger_problem_free (LuoLedgerProblem *self)
{
  if (self == NULL)
    return;
  g_free (self->message);
  g_free (self);
}

void
luo_ledger_add_problem (GPtrArray *problems, guint line, char *message)
{
  LuoLedgerProblem *problem = g_new0 (LuoLedgerProblem, 1);

  problem->line = line;
  problem->message = message;
  g_ptr_array_add (problems, problem);
}

static void
row_free (LuoLedgerRow *self)
{
  g_free (self->title);
  g_free (self->overall);
  g_free (self->this_month);
  g_free (self->lead);
  g_strfreev (self->partners);
  g_clear_pointer (&self->remarks, g_hash_table_unref);
  g_free (self);
}

void
luo_ledger_free (LuoLedger *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_free (self);
}

/* Headers */

/* A header without blanks, with ASCII digits and brackets: 总体 工作进展 及 8 月份进展 is what it is. */
static char *
normal_header (const char *header)
{
  GString *out = g_string_new (NULL);

  for (const char *p = header; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c))
        continue;
      if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
      g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}

/* Each a whole header without what stands in brackets. The first that fits is taken. */
static const struct
{
  LuoColumn column;
  const char *pattern;
} headers[] = {
  { LUO_COLUMN_ORDER, "序号|序" },
  { LUO_COLUMN_NUMBER, "任务编号|编号|任务号" },
  { LUO_COLUMN_TASK, "目标任务|任务目标|工作任务|任务名称|目标任务(内容|名称)|重点任务" },
  { LUO_COLUMN_COMBINED, "(总体|累计)?(工作)?(进展|进度|完成)(情况)?[及和与、](((\\d{4})年)?\\d{1,2}月份?|"
                         "当月|本月)(工作)?(进展|进度|完成)(情况)?" },
  { LUO_COLUMN_OVERALL,
    "总体(工作)?(进展|进度)(情况)?|(工作)?(进展|完成)情况|累计(进展|进度|完成)(情况)?|工作进展" },
  { LUO_COLUMN_THIS_MONTH, "(((\\d{4})年)?\\d{1,2}月份?|当月|本月)(工作)?(进展|进度|完成)(情况)?" },
  { LUO_COLUMN_LEAD, "责任(单位|处室|部门)|牵头(单位|处室|部门)" },
  { LUO_COLUMN_PARTNERS, "(配合|协办|协同)(单位|处室|部门)" },
};

/* The number before @unit: 8 of 8月, 2020 of 2020年. */
static guint
number_before (const char *text, const char *unit, guint min_digits, guint max_digits)
{
  g_autofree char *pattern = g_strdup_printf ("(?<!\\d)(\\d{%u,%u})%s", min_digits, max_digits, unit);
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *digits = NULL;

  if (!g_regex_match (regex, text, G_REGEX_MATCH_DEFAULT, &match))
    return 0;
  digits = g_match_info_fetch (match, 1);
  return (guint)g_ascii_strtoull (digits, NULL, 10);
}

static void
find_time (const char *normal, guint *year, guint *month)
{
  guint y = number_before (normal, "年", 4, 4);
  guint m = number_before (normal, "月", 1, 2);

  if (y >= 1949 && y <= 2999)
    *year = y;
  if (m >= 1 && m <= 12)
    *month = m;
}

LuoColumn
luo_ledger_column_of (const char *header, guint *year, guint *month)
{
  g_autofree char *normal = normal_header (header);
  char *bracket = strchr (normal, '(');

  if (bracket != NULL && bracket != normal)
    *bracket = '\0';
  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *pattern = g_strdup_printf ("^(%s)$", headers[i].pattern);

      if (!g_regex_match_simple (pattern, normal, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT))
        continue;
      if (headers[i].column == LUO_COLUMN_COMBINED || headers[i].column == LUO_COLUMN_THIS_MONTH)
        find_time (normal, year, month);
      return headers[i].column;
    }
  return LUO_COLUMN_REMARK;
}

/* Progress texts */

static gboolean
begins_this_month (const char *paragraph, guint month)
{
  g_autofree char *pattern = NULL;

  if (g_regex_match_simple ("^(截至|截止|进入|自|从|今年)?(本月|当月)", paragraph, G_REGEX_DEFAULT,
                            G_REGEX_MATCH_DEFAULT))
    return TRUE;
  if (month == 0)
    return FALSE;
  pattern = g_strdup_printf ("^(截至|截止|进入|自|从|今年)?0?%u月", month);
  return g_regex_match_simple (pattern, paragraph, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT);
}

static gboolean
is_numbered (const char *paragraph)
{
  return g_regex_match_simple ("^(\\d{1,2}[.、)\\x{FF0E}\\x{FF09}]|[(\\x{FF08}]\\d{1,2}[)\\x{FF09}]|["
                               "一二三四五六七八九十]{1,3}[、是])",
                               paragraph, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT);
}

void
luo_ledger_split_progress (const char *text, guint month, char **overall, char **this_month)
{
  const char *cut = NULL;

  *overall = *this_month = NULL;
  if (text == NULL || *text == '\0')
    return;
  for (const char *p = text; p != NULL; p = strchr (p, '\n'))
    {
      p += *p == '\n';
      if (cut == NULL && begins_this_month (p, month))
        cut = p;
      else if (cut != NULL && is_numbered (p))
        {
          cut = NULL;
          break;
        }
    }
  if (cut == NULL)
    {
      *overall = g_strdup (text);
      return;
    }
  if (cut > text)
    *overall = g_strndup (text, (gsize)(cut - 1 - text));
  *this_month = g_strdup (cut);
}

char *
luo_ledger_join_progress (const char *overall, const char *this_month)
{
  if (overall == NULL || *overall == '\0')
    return g_strdup (this_month != NULL ? this_month : "");
  if (this_month == NULL || *this_month == '\0')
    return g_strdup (overall);
  return g_strconcat (overall, "\n", this_month, NULL);
}

char *
luo_ledger_flatten (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '|')
        g_string_append (out, "\uFF5C");
      else if (*p == '\n' || *p == '\r' || *p == '\t')
        g_string_append_c (out, ' ');
      else
        g_string_append_c (out, *p);
    }
  return g_string_free (out, FALSE);
}

/* Rows */

typedef struct
{
  LuoLedger *ledger;
  LuoLedgerTable *table;
  GPtrArray *problems;
  LuoColumn *columns; /* (owned): one per cell of the header */
  gboolean has_order;
  guint section, order; /* of the row before; section 0 before the first */
  gboolean heading;     /* a heading stood before this row */
  GHashTable *numbers;  /* (owned): task number → line */
} RowReader;

/* The cell of @column, "" where the table has none. */
static const char *
cell_of (RowReader *self, LuoLedgerLine *line, LuoColumn column)
{
  for (guint i = 0; i < line->cells->len && i < self->table->header->cells->len; i++)
    if (self->columns[i] == column)
      return g_ptr_array_index (line->cells, i);
  return "";
}

static void
append_paragraph (char **cell, const char *text)
{
  char *joined;

  if (*text == '\0')
    return;
  joined = **cell != '\0' ? g_strconcat (*cell, "\n", text, NULL) : g_strdup (text);
  g_free (*cell);
  *cell = joined;
}

/* Cells that were merged over several rows of a spreadsheet: what has neither number nor task goes on with the row before. */
static void
merge_continued (RowReader *self)
{
  GPtrArray *lines = self->table->lines;
  LuoLedgerLine *before = NULL;

  for (guint i = 0; i < lines->len;)
    {
      LuoLedgerLine *line = g_ptr_array_index (lines, i);
      gboolean continues = before != NULL && line->heading == NULL && line->cells->len == before->cells->len
                           && *cell_of (self, line, LUO_COLUMN_TASK) == '\0'
                           && *cell_of (self, line, LUO_COLUMN_ORDER) == '\0';

      if (!continues)
        {
          before = line->heading == NULL ? line : NULL;
          i++;
          continue;
        }
      for (guint c = 0; c < line->cells->len; c++)
        append_paragraph ((char **)&before->cells->pdata[c], g_ptr_array_index (line->cells, c));
      g_ptr_array_remove_index (lines, i);
    }
}

static gboolean
read_order (RowReader *self, LuoLedgerLine *line, LuoLedgerRow *row)
{
  const char *text = cell_of (self, line, LUO_COLUMN_ORDER);
  guint order;

  if (self->has_order)
    {
      order = luo_ledger_parse_number (text, NULL);
      if (order == 0)
        {
          luo_ledger_add_problem (
              self->problems, line->line,
              g_strdup_printf (_ ("“%s” stands where the row's number (序号) was expected"), text));
          return FALSE;
        }
    }
  else
    {
      order = self->heading || self->section == 0 ? 1 : self->order + 1;
    }
  if (self->section == 0 || self->heading || order <= self->order)
    self->section++;
  self->heading = FALSE;
  self->order = order;
  row->section = self->section;
  row->order = order;
  return TRUE;
}

static gboolean
read_task (RowReader *self, LuoLedgerLine *line, LuoLedgerRow *row)
{
  const char *text = cell_of (self, line, LUO_COLUMN_TASK);
  const char *title = text;
  gpointer before;

  row->number = luo_ledger_parse_number (cell_of (self, line, LUO_COLUMN_NUMBER), NULL);
  if (row->number == 0)
    {
      row->number = luo_ledger_parse_number (text, &title);
      while (*title == '.' || *title == ' ' || g_str_has_prefix (title, "、")
             || g_str_has_prefix (title, "\uFF0E") || g_str_has_prefix (title, "。"))
        title = g_utf8_next_char (title);
    }
  if (row->number == 0 || row->number > 99999 || *title == '\0')
    {
      luo_ledger_add_problem (
          self->problems, line->line,
          g_strdup_printf (_ ("“%s” stands where a target task with its number was expected, such as “73.…”"),
                           text));
      return FALSE;
    }
  before = g_hash_table_lookup (self->numbers, GUINT_TO_POINTER (row->number));
  if (before != NULL)
    {
      luo_ledger_add_problem (
          self->problems, line->line,
          g_strdup_printf (_ ("task %u stands here a second time; the first is in line %u"), row->number,
                           GPOINTER_TO_UINT (before)));
      return FALSE;
    }
  g_hash_table_insert (self->numbers, GUINT_TO_POINTER (row->number), GUINT_TO_POINTER (line->line));
  row->title = g_strdup (title);
  return TRUE;
}

static char *
text_or_null (const char *text)
{
  return *text != '\0' ? g_strdup (text) : NULL;
}

/* What must be one line: the paragraphs of a cell parted by blanks. */
static char *
one_line (const char *text)
{
  return *text != '\0' ? luo_ledger_flatten (text) : NULL;
}

static char **
part_names (const char *text)
{
  g_auto (GStrv) parts = NULL;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean any = FALSE;

  parts = g_regex_split_simple ("[、,;\\x{FF0C}\\x{FF1B}\\s]+", text, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT);
  for (gsize i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0' && g_hash_table_add (seen, parts[i]))
      {
        g_strv_builder_add (names, parts[i]);
        any = TRUE;
      }
  return any ? g_strv_builder_end (names) : NULL;
}

/* A remark's name is its header without blanks; a column without a header goes by its place. */
static char *
remark_name (RowReader *self, guint column)
{
  g_autofree char *name = normal_header (g_ptr_array_index (self->table->header->cells, column));

  if (*name != '\0')
    return g_steal_pointer (&name);
  return g_strdup_printf ("第%u列", column + 1);
}

static void
read_texts (RowReader *self, LuoLedgerLine *line, LuoLedgerRow *row)
{
  const char *combined = cell_of (self, line, LUO_COLUMN_COMBINED);

  if (*combined != '\0')
    {
      luo_ledger_split_progress (combined, self->ledger->month, &row->overall, &row->this_month);
    }
  else
    {
      row->overall = text_or_null (cell_of (self, line, LUO_COLUMN_OVERALL));
      row->this_month = text_or_null (cell_of (self, line, LUO_COLUMN_THIS_MONTH));
    }
  row->lead = one_line (cell_of (self, line, LUO_COLUMN_LEAD));
  row->partners = part_names (cell_of (self, line, LUO_COLUMN_PARTNERS));
  for (guint i = 0; i < line->cells->len; i++)
    if (self->columns[i] == LUO_COLUMN_REMARK && *(char *)g_ptr_array_index (line->cells, i) != '\0')
      g_hash_table_replace (row->remarks, remark_name (self, i),
                            g_strdup (g_ptr_array_index (line->cells, i)));
}

static char *
header_names (LuoLedgerTable *table)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < table->header->cells->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " | " : "",
                            (char *)g_ptr_array_index (table->header->cells, i));
  return g_string_free (names, FALSE);
}

static void
read_line (RowReader *self, LuoLedgerLine *line)
{
  LuoLedgerRow *row;
  guint wanted = self->table->header->cells->len;

  if (line->heading != NULL)
    {
      self->heading = TRUE;
      return;
    }
  if (line->cells->len != wanted)
    {
      g_autofree char *names = header_names (self->table);

      luo_ledger_add_problem (
          self->problems, line->line,
          g_strdup_printf (ngettext ("%u cell was found where %u were expected (%s)",
                                     "%u cells were found where %u were expected (%s)", line->cells->len),
                           line->cells->len, wanted, names));
      return;
    }
  row = g_new0 (LuoLedgerRow, 1);
  row->line = line->line;
  row->remarks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (read_order (self, line, row) && read_task (self, line, row))
    {
      read_texts (self, line, row);
      g_ptr_array_add (self->ledger->rows, row);
    }
  else
    {
      row_free (row);
    }
}

/* Two columns of one meaning would overwrite each other: the second of them is a remark. */
static void
read_columns (RowReader *self)
{
  GPtrArray *cells = self->table->header->cells;
  gboolean seen[LUO_COLUMN_PARTNERS + 1] = { FALSE };

  self->columns = g_new0 (LuoColumn, cells->len);
  for (guint i = 0; i < cells->len; i++)
    {
      LuoColumn column
          = luo_ledger_column_of (g_ptr_array_index (cells, i), &self->ledger->year, &self->ledger->month);

      self->columns[i] = seen[column] ? LUO_COLUMN_REMARK : column;
      seen[column] = TRUE;
    }
  self->has_order = seen[LUO_COLUMN_ORDER];
  self->ledger->has_progress
      = seen[LUO_COLUMN_COMBINED] || seen[LUO_COLUMN_OVERALL] || seen[LUO_COLUMN_THIS_MONTH];
  self->ledger->has_lead = seen[LUO_COLUMN_LEAD];
  self->ledger->has_partners = seen[LUO_COLUMN_PARTNERS];
}

static gint
compare_problems (gconstpointer a, gconstpointer b)
{
  const LuoLedgerProblem *one = *(LuoLedgerProblem *const *)a;
  const LuoLedgerProblem *two = *(LuoLedgerProblem *const *)b;

  return one->line < two->line ? -1 : one->line > two->line;
}

LuoLedger *
luo_ledger_read (GBytes *text, GPtrArray **problems, GError **error)
{
  g_autoptr (LuoLedger) self = g_new0 (LuoLedger, 1);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_ledger_problem_free);
  g_autoptr (LuoLedgerTable) table = NULL;
  g_autofree char *decoded = NULL;
  RowReader reader = { .ledger = self, .problems = found };

  g_return_val_if_fail (text != NULL, NULL);

  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)row_free);
  if (problems != NULL)
    *problems = g_ptr_array_ref (found);
  decoded = luo_ledger_decode (text, error);
  if (decoded == NULL)
    return NULL;

  table = luo_ledger_split (decoded, found);
  if (table->header != NULL)
    {
      g_autofree char *title = normal_header (table->title);
      guint year = 0, month = 0;

      reader.table = table;
      read_columns (&reader);
      find_time (title, &year, &month);
      if (self->year == 0)
        self->year = year;
      if (self->month == 0)
        self->month = month;
      reader.numbers = g_hash_table_new (NULL, NULL);
      merge_continued (&reader);
      for (guint i = 0; i < table->lines->len; i++)
        read_line (&reader, g_ptr_array_index (table->lines, i));
      if (self->rows->len == 0 && found->len == 0)
        luo_ledger_add_problem (found, table->header->line, g_strdup (_ ("no row follows the headers")));
      g_hash_table_unref (reader.numbers);
      g_free (reader.columns);
    }
  g_ptr_array_sort (found, compare_problems);
  if (found->len > 0)
    {
      const LuoLedgerProblem *first = g_ptr_array_index (found, 0);

      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE, _ ("line %u: %s"), first->line,
                   first->message);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* The month of the table */

static gboolean
is_month (const char *text)
{
  return g_regex_match_simple ("^(19|20)\\d\\d-(0[1-9]|1[0-2])$", text, G_REGEX_DEFAULT,
                               G_REGEX_MATCH_DEFAULT);
}

static void
find_in_file_name (const char *file_name, guint *year, guint *month)
{
  g_autofree char *name = g_path_get_basename (file_name);
  g_autoptr (GRegex) regex
      = g_regex_new ("(?<!\\d)((?:19|20)\\d\\d)[-_.年]?(0[1-9]|1[0-2]|[1-9](?!\\d))?(?!\\d)", G_REGEX_DEFAULT,
                     G_REGEX_MATCH_DEFAULT, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *y = NULL;
  g_autofree char *m = NULL;

  if (!g_utf8_validate (name, -1, NULL) || !g_regex_match (regex, name, G_REGEX_MATCH_DEFAULT, &match))
    return;
  y = g_match_info_fetch (match, 1);
  m = g_match_info_fetch (match, 2);
  *year = (guint)g_ascii_strtoull (y, NULL, 10);
  *month = m != NULL ? (guint)g_ascii_strtoull (m, NULL, 10) : 0;
}

char *
luo_ledger_resolve_month (const LuoLedger *self, const char *given, const char *file_name, GError **error)
{
  guint file_year = 0, file_month = 0;
  guint year, month;

  g_return_val_if_fail (self != NULL, NULL);

  if (given != NULL)
    {
      if (is_month (given))
        return g_strdup (given);
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE,
                   _ ("“%s” is no month; one like 2020-08 was expected."), given);
      return NULL;
    }
  if (file_name != NULL)
    find_in_file_name (file_name, &file_year, &file_month);
  if ((self->month != 0 && file_month != 0 && self->month != file_month)
      || (self->year != 0 && file_year != 0 && self->year != file_year))
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE,
                   _ ("The name of the file and the table disagree about the month; say which it is."));
      return NULL;
    }
  year = file_year != 0 ? file_year : self->year;
  month = self->month != 0 ? self->month : file_month;
  if (year == 0 || month == 0)
    {
      g_set_error (
          error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE,
          year == 0
              ? _ (
                  "Neither the table nor the name of the file says the year; say the month, such as 2020-08.")
              : _ ("Neither the table nor the name of the file says the month; say it, such as 2020-08."));
      return NULL;
    }
  return g_strdup_printf ("%04u-%02u", year, month);
}
