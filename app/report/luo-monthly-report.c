/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-monthly-report.h"

#include <glib/gi18n-lib.h>

#include "luo-ledger.h"
#include "luo-query.h"
#include "luo-record-error.h"
#include "luo-table-writer.h"

/* The table is an official document in Chinese whatever language the program speaks: these are not translated. */
#define HEADER_ORDER "序号"
#define HEADER_TASK "目标任务"

static void
row_free (LuoReportRow *self)
{
  g_free (self->task_id);
  g_free (self->title);
  g_free (self->text);
  g_free (self->overall);
  g_free (self->this_month);
  g_free (self->state);
  g_free (self);
}

void
luo_monthly_report_free (LuoMonthlyReport *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->column);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->missing_offices, g_ptr_array_unref);
  g_free (self);
}

static gboolean
parse_month (const char *text, guint *year, guint *month, GError **error)
{
  if (!g_regex_match_simple ("^(19|20)\\d\\d-(0[1-9]|1[0-2])$", text, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT))
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE,
                   _ ("“%s” is no month; one like 2020-08 was expected."), text);
      return FALSE;
    }
  *year = (guint)g_ascii_strtoull (text, NULL, 10);
  *month = (guint)g_ascii_strtoull (text + 5, NULL, 10);
  return TRUE;
}

/* The progress of one month and office: task id → document. */
static GHashTable *
read_progress (LuoStore *store, guint year, guint month, const char *office, GError **error)
{
  g_autoptr (LuoQuery) query = luo_query_new ("progress");
  g_autofree char *text = g_strdup_printf ("%04u-%02u", year, month);
  g_autoptr (GPtrArray) list = NULL;
  GHashTable *by_task;

  luo_query_where (query, "month", LUO_EQUAL, text);
  luo_query_where (query, "office", LUO_EQUAL, office);
  list = luo_store_list (store, query, error);
  if (list == NULL)
    return NULL;
  by_task = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)luo_document_unref);
  for (guint i = 0; i < list->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (list, i);
      const char *task = luo_document_get_text (document, "task");

      if (task != NULL)
        g_hash_table_replace (by_task, g_strdup (task), luo_document_ref (document));
    }
  return by_task;
}

/* A task that stands in no section comes after those that do. */
static gint
compare_rows (gconstpointer a, gconstpointer b)
{
  const LuoReportRow *one = *(LuoReportRow *const *)a;
  const LuoReportRow *two = *(LuoReportRow *const *)b;

  if (one->section != two->section)
    return one->section - 1 < two->section - 1 ? -1 : 1;
  if (one->order != two->order)
    return one->order - 1 < two->order - 1 ? -1 : 1;
  return one->number < two->number ? -1 : one->number > two->number;
}

static char *
cell_of (LuoDocument *progress)
{
  return luo_ledger_join_progress (luo_document_get_text (progress, "overall"),
                                   luo_document_get_text (progress, "this_month"));
}

static LuoReportRow *
make_row (LuoDocument *task, LuoDocument *progress, LuoDocument *before)
{
  LuoReportRow *row = g_new0 (LuoReportRow, 1);
  const char *title = luo_document_get_text (task, "title");

  row->section = (guint)CLAMP (luo_document_get_int (task, "section"), 0, G_MAXINT);
  row->order = (guint)CLAMP (luo_document_get_int (task, "order"), 0, G_MAXINT);
  row->number = (guint)CLAMP (luo_document_get_int (task, "number"), 0, G_MAXINT);
  row->task_id = g_strdup (luo_document_get_id (task));
  row->title = g_strdup (title != NULL ? title : "");
  row->missing = progress == NULL;
  if (progress == NULL)
    {
      row->text = g_strdup ("");
      return row;
    }
  row->text = cell_of (progress);
  row->overall = g_strdup (luo_document_get_text (progress, "overall"));
  row->this_month = g_strdup (luo_document_get_text (progress, "this_month"));
  row->state = g_strdup (luo_document_get_text (progress, "state"));
  if (before != NULL)
    {
      g_autofree char *text = cell_of (before);

      row->changed = !g_str_equal (text, row->text);
    }
  else
    {
      row->changed = TRUE;
    }
  return row;
}

/* Rows without a place get the next one, so that the printed numbering has no holes at the end. */
static void
number_rows (GPtrArray *rows)
{
  guint section = 0, order = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      LuoReportRow *row = g_ptr_array_index (rows, i);

      if (row->section == 0)
        row->section = section != 0 ? section : 1;
      if (row->section != section)
        order = 0;
      section = row->section;
      if (row->order == 0)
        row->order = order + 1;
      order = row->order;
    }
}

/* Names of the offices that have reported nothing for the month, in the order of the city. */
static GPtrArray *
read_missing_offices (LuoStore *store, const char *month, GError **error)
{
  const char *const by[] = { "office", NULL };
  const char *const sums[] = { NULL };
  g_autoptr (LuoQuery) offices_query = luo_query_new ("office");
  g_autoptr (LuoQuery) progress_query = luo_query_new ("progress");
  g_autoptr (GPtrArray) offices = NULL;
  g_autoptr (GPtrArray) groups = NULL;
  g_autoptr (GHashTable) reported = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *missing;

  luo_query_sort (offices_query, "order", FALSE);
  offices = luo_store_list (store, offices_query, error);
  if (offices == NULL)
    return NULL;
  luo_query_where (progress_query, "month", LUO_EQUAL, month);
  groups = luo_store_group (store, progress_query, by, sums, error);
  if (groups == NULL)
    return NULL;
  for (guint i = 0; i < groups->len; i++)
    g_hash_table_add (reported, ((LuoGroup *)g_ptr_array_index (groups, i))->by[0]);

  missing = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < offices->len; i++)
    {
      LuoDocument *office = g_ptr_array_index (offices, i);
      const char *district = luo_document_get_text (office, "district");
      const char *name = luo_document_get_text (office, "name");

      if (district != NULL && name != NULL && !g_hash_table_contains (reported, district))
        g_ptr_array_add (missing, g_strdup (name));
    }
  return missing;
}

static LuoMonthlyReport *
read_report (LuoStore *store, guint year, guint month, const char *office, GError **error)
{
  g_autoptr (LuoMonthlyReport) self = g_new0 (LuoMonthlyReport, 1);
  g_autoptr (LuoQuery) query = luo_query_new ("task");
  g_autoptr (GPtrArray) tasks = NULL;
  g_autoptr (GHashTable) progress = NULL;
  g_autoptr (GHashTable) before = NULL;
  g_autofree char *year_text = g_strdup_printf ("%u", year);
  g_autofree char *month_text = g_strdup_printf ("%04u-%02u", year, month);

  luo_query_where (query, "year", LUO_EQUAL, year_text);
  tasks = luo_store_list (store, query, error);
  if (tasks == NULL)
    return NULL;
  if (tasks->len == 0)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND, _ ("There are no target tasks for %u."),
                   year);
      return NULL;
    }
  progress = read_progress (store, year, month, office, error);
  if (progress == NULL)
    return NULL;
  before = read_progress (store, month > 1 ? year : year - 1, month > 1 ? month - 1 : 12, office, error);
  if (before == NULL)
    return NULL;
  self->missing_offices = read_missing_offices (store, month_text, error);
  if (self->missing_offices == NULL)
    return NULL;

  self->year = year;
  self->month = month;
  self->title = g_strdup_printf ("%u年目标任务进展情况表(%u月)", year, month);
  self->column = g_strdup_printf ("总体工作进展及%u月份进展", month);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)row_free);
  for (guint i = 0; i < tasks->len; i++)
    {
      LuoDocument *task = g_ptr_array_index (tasks, i);
      const char *id = luo_document_get_id (task);

      g_ptr_array_add (self->rows,
                       make_row (task, g_hash_table_lookup (progress, id), g_hash_table_lookup (before, id)));
    }
  g_ptr_array_sort (self->rows, compare_rows);
  number_rows (self->rows);
  return g_steal_pointer (&self);
}

LuoMonthlyReport *
luo_monthly_report_read (LuoStore *store, const char *month, const char *office, GError **error)
{
  LuoMonthlyReport *self;
  guint year, number;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);
  g_return_val_if_fail (month != NULL && office != NULL, NULL);

  if (!parse_month (month, &year, &number, error))
    return NULL;
  if (!luo_store_snapshot_begin (store, error))
    return NULL;
  self = read_report (store, year, number, office, error);
  luo_store_snapshot_end (store);
  return self;
}

static char *
write_rows (LuoMonthlyReport *self, LuoTableFormat format)
{
  g_autoptr (LuoTableWriter) writer = luo_table_writer_new (format);
  const char *const header[] = { HEADER_ORDER, HEADER_TASK, self->column, NULL };

  luo_table_writer_add (writer, header);
  for (guint i = 0; i < self->rows->len; i++)
    {
      const LuoReportRow *row = g_ptr_array_index (self->rows, i);
      g_autofree char *order = g_strdup_printf ("%u", row->order);
      g_autofree char *title = g_strdup_printf ("%u.%s", row->number, row->title);
      const char *const cells[] = { order, title, row->text, NULL };

      luo_table_writer_add (writer, cells);
    }
  return luo_table_writer_finish (writer);
}

char *
luo_monthly_report_to_text (LuoMonthlyReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return write_rows (self, LUO_TABLE_PIPES);
}

char *
luo_monthly_report_to_csv (LuoMonthlyReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return write_rows (self, LUO_TABLE_CSV);
}
