/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "luo-report-sheet.h"

static LuoReportRow *
row_new (guint order, guint number, const char *title, const char *text)
{
  LuoReportRow *row = g_new0 (LuoReportRow, 1);

  row->section = 1;
  row->order = order;
  row->number = number;
  row->task_id = g_strdup_printf ("task:2020:%u", number);
  row->title = g_strdup (title);
  row->text = g_strdup (text);
  return row;
}

/* A report of @n rows whose last cell repeats a sentence @sentences times. */
static LuoMonthlyReport *
report_new (guint n, guint sentences)
{
  LuoMonthlyReport *report = g_new0 (LuoMonthlyReport, 1);

  report->year = 2020;
  report->month = 8;
  report->title = g_strdup ("2020年目标任务进展情况表(8月)");
  report->column = g_strdup ("总体工作进展及8月份进展");
  report->rows = g_ptr_array_new ();
  report->missing_offices = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint k = 0; k < sentences; k++)
        g_string_append_printf (text, "第%u处点位完成装修。", k + 1);
      g_ptr_array_add (report->rows, row_new (i + 1, 100 + i, "改造服务站", text->str));
    }
  return report;
}

static void
report_free (LuoMonthlyReport *report)
{
  for (guint i = 0; i < report->rows->len; i++)
    {
      LuoReportRow *row = g_ptr_array_index (report->rows, i);

      g_free (row->task_id);
      g_free (row->title);
      g_free (row->text);
      g_free (row);
    }
  g_ptr_array_set_size (report->rows, 0);
  luo_monthly_report_free (report);
}

static guint
count_pages (guint rows, guint sentences)
{
  LuoMonthlyReport *report = report_new (rows, sentences);
  g_autoptr (LuoReportSheet) sheet = luo_report_sheet_new (report);

  report_free (report);
  return luo_report_sheet_get_n_pages (sheet);
}

/* A short table is one page, a long one several, and a row that is longer than a page is cut and goes on. */
static void
test_pages (void)
{
  guint long_row, longer_row;

  g_assert_cmpuint (count_pages (0, 0), ==, 1);
  g_assert_cmpuint (count_pages (3, 2), ==, 1);
  g_assert_cmpuint (count_pages (60, 2), >, 1);
  long_row = count_pages (1, 300);
  longer_row = count_pages (1, 600);
  g_assert_cmpuint (long_row, >, 1);
  g_assert_cmpuint (longer_row, >=, 2 * long_row - 1);
}

/* Every sentence of every row is in the PDF, none twice: what pdftotext reads back is what was written. */
static void
test_pdf (void)
{
  LuoMonthlyReport *report = report_new (2, 150);
  g_autoptr (LuoReportSheet) sheet = luo_report_sheet_new (report);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = luo_report_sheet_to_pdf (sheet, &error);
  g_autofree char *tool = g_find_program_in_path ("pdftotext");
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;
  g_autofree char *joined = NULL;
  const char *argv[] = { "pdftotext", NULL, "-", NULL };
  gsize length;
  const char *start;

  g_assert_no_error (error);
  start = g_bytes_get_data (bytes, &length);
  g_assert_true (g_str_has_prefix (start, "%PDF-"));
  report_free (report);
  if (tool == NULL)
    {
      g_test_message ("pdftotext is not installed: the words are not read back");
      return;
    }

  folder = g_dir_make_tmp ("luoshi-sheet-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (folder, "report.pdf", NULL);
  g_assert_true (g_file_set_contents (path, start, (gssize)length, &error));
  argv[1] = path;
  g_assert_true (
      g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, NULL, &error));
  g_assert_no_error (error);
  words = g_strsplit_set (text, " \n\f", -1);
  joined = g_strjoinv ("", words);
  for (guint k = 1; k <= 150; k++)
    {
      g_autofree char *sentence = g_strdup_printf ("第%u处点位", k);
      const char *first = strstr (joined, sentence);
      const char *second = first != NULL ? strstr (first + 1, sentence) : NULL;

      g_assert_nonnull (first);
      g_assert_nonnull (second);
      g_assert_null (strstr (second + 1, sentence));
    }
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/sheet/pages", test_pages);
  g_test_add_func ("/report/sheet/pdf", test_pdf);
  return g_test_run ();
}
