/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "luo-json-text.h"
#include "luo-ledger.h"
#include "luo-monthly-report.h"
#include "luo-record-edit.h"
#include "luo-record-error.h"
#include "report-fixture.h"
#include "report-store.h"

static LuoLedgerImport
import_text (Fixture *self, const char *text, const char *month)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoLedger) ledger = luo_ledger_read (bytes, NULL, &error);
  LuoLedgerImport result;

  g_assert_no_error (error);
  luo_ledger_import (ledger, self->store, "city", month, "bureau", &result, &error);
  g_assert_no_error (error);
  return result;
}

static char *
print (Fixture *self, const char *month)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoMonthlyReport) report = luo_monthly_report_read (self->store, month, "city", &error);

  g_assert_no_error (error);
  return luo_monthly_report_to_text (report);
}

/* What was imported is printed again: the same rows, order, sections and texts. */
static void
test_prints_again (Fixture *self, gconstpointer data)
{
  LuoLedgerImport result = import_text (self, FIXTURE_LEDGER, "2020-08");
  g_autofree char *text = print (self, "2020-08");
  g_autoptr (LuoDocument) task = get (self, "task:2020:27");
  g_autoptr (LuoDocument) progress = get (self, "progress:2020:27:2020-08:city");

  g_assert_cmpuint (result.tasks_new, ==, 5);
  g_assert_cmpuint (result.progress_new, ==, 5);
  g_assert_cmpstr (text, ==, FIXTURE_PRINTED);
  g_assert_cmpint (luo_document_get_int (task, "section"), ==, 1);
  g_assert_cmpint (luo_document_get_int (task, "order"), ==, 2);
  g_assert_cmpstr (luo_document_get_text (task, "created_by"), ==, "bureau");
  g_assert_cmpstr (luo_document_get_text (progress, "overall"), ==, "联合三个部门完成联调。");
  g_assert_cmpstr (luo_document_get_text (progress, "office"), ==, "city");
  g_assert_null (luo_document_get_not_understood (task));
  g_assert_null (luo_document_get_not_understood (progress));
}

/* Importing the same table, or the printed one, changes nothing: the same revisions. */
static void
test_import_twice (Fixture *self, gconstpointer data)
{
  g_autofree char *rev = NULL;

  import_text (self, FIXTURE_LEDGER, "2020-08");
  {
    g_autoptr (LuoDocument) document = get (self, "progress:2020:27:2020-08:city");

    rev = g_strdup (luo_document_get_rev (document));
  }
  for (guint i = 0; i < 2; i++)
    {
      LuoLedgerImport result = import_text (self, i == 0 ? FIXTURE_LEDGER : FIXTURE_PRINTED, "2020-08");
      g_autoptr (LuoDocument) document = get (self, "progress:2020:27:2020-08:city");

      g_assert_cmpuint (result.tasks_same, ==, 5);
      g_assert_cmpuint (result.progress_same, ==, 5);
      g_assert_cmpuint (
          result.tasks_new + result.tasks_changed + result.progress_new + result.progress_changed, ==, 0);
      g_assert_cmpstr (luo_document_get_rev (document), ==, rev);
    }
  g_assert_cmpint (count (self, "task"), ==, 5);
  g_assert_cmpint (count (self, "progress"), ==, 5);
}

static void
edit (Fixture *self, const char *id, const char *path, const char *text)
{
  g_autoptr (LuoDocument) document = get (self, id);
  g_autoptr (GError) error = NULL;
  g_autofree char *body = luo_record_set_member (luo_document_get_body (document, NULL), path, text, &error);

  g_assert_no_error (error);
  luo_record_save (self->store, "city", id, NULL, body, "desk", NULL, &error);
  g_assert_no_error (error);
}

/* An import changes the members that the table gives; indicators, readings and unknown members stay, and so does the way a person
 * parted the text. */
static void
test_import_over_edits (Fixture *self, gconstpointer data)
{
  const char *id = "progress:2020:11:2020-08:city";
  g_autofree char *changed = NULL;
  g_auto (GStrv) parts = g_strsplit (FIXTURE_LEDGER, "已修缮12处", 2);
  g_autofree char *body = NULL;
  LuoLedgerImport result;

  import_text (self, FIXTURE_LEDGER, "2020-08");
  edit (self, id, "readings.canteens", "12");
  edit (self, "task:2020:11", "due", "2020-11-30");
  edit (self, "task:2020:11", "indicators/-",
        "{\"key\":\"canteens\",\"name\":\"食堂\",\"kind\":\"cumulative\",\"target\":20}");
  edit (self, "task:2020:11", "from_a_newer_version", "{\"a\":1.50}");
  edit (self, "progress:2020:27:2020-08:city", "overall",
        "联合三个部门完成联调。\n8月以来,共接听求助310件次。回访288件次。");
  edit (self, "progress:2020:27:2020-08:city", "this_month", NULL);

  changed = g_strjoin ("已修缮13处", parts[0], parts[1], NULL);
  result = import_text (self, changed, "2020-08");
  g_assert_cmpuint (result.tasks_same, ==, 5);
  g_assert_cmpuint (result.progress_same, ==, 4);
  g_assert_cmpuint (result.progress_changed, ==, 1);
  {
    g_autoptr (LuoDocument) task = get (self, "task:2020:11");
    g_autoptr (LuoDocument) progress = get (self, id);
    g_autoptr (LuoDocument) other = get (self, "progress:2020:27:2020-08:city");
    g_autofree char *reading = luo_json_at (luo_document_get_body (progress, NULL), "/readings/canteens");
    g_autofree char *unknown = luo_json_at (luo_document_get_body (task, NULL), "/from_a_newer_version");

    g_assert_cmpstr (luo_document_get_text (progress, "overall"), ==, "目前,已修缮13处。其余点位正在备料。");
    g_assert_cmpstr (luo_document_get_text (progress, "updated_by"), ==, "bureau");
    g_assert_cmpstr (reading, ==, "12");
    g_assert_cmpstr (unknown, ==, "{\"a\":1.50}");
    g_assert_cmpstr (luo_document_get_text (task, "due"), ==, "2020-11-30");
    g_assert_cmpstr (luo_document_get_text (task, "updated_by"), ==, "desk");
    g_assert_null (luo_document_get_text (other, "this_month"));
  }
}

/* A table of which one row is not valid imports nothing, and the line is named. */
static void
test_nothing_half_imported (Fixture *self, gconstpointer data)
{
  const char *text = "序号 | 目标任务 | 完成情况\n1 | 11.修缮。 | 甲\n99999 | 12.开通。 | 乙\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoLedger) ledger = luo_ledger_read (bytes, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (luo_ledger_import (ledger, self->store, "city", "2020-08", "bureau", NULL, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER);
  g_assert_nonnull (strstr (error->message, "line 3"));
  g_assert_nonnull (strstr (error->message, "order"));
  g_assert_cmpint (count (self, "task"), ==, 0);
  g_assert_cmpint (count (self, "progress"), ==, 0);
  g_clear_error (&error);

  g_assert_false (luo_ledger_import (ledger, self->store, "city", NULL, "bureau", NULL, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE);
  g_clear_error (&error);
  g_assert_false (luo_ledger_import (ledger, self->store, "nowhere", "2020-08", "bureau", NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
}

/* A district's table: the tasks are the city's, the progress is its own and lies in its space. */
static void
test_district (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (FIXTURE_LEDGER, strlen (FIXTURE_LEDGER));
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoLedger) ledger = luo_ledger_read (bytes, NULL, &error);
  g_autoptr (LuoMonthlyReport) report = NULL;
  g_autoptr (LuoMonthlyReport) city = NULL;
  g_autofree char *text = NULL;

  luo_store_create_space (self->store, "huanggu", &error);
  g_assert_no_error (error);
  luo_ledger_import (ledger, self->store, "huanggu", "2020-08", "huanggu", NULL, &error);
  g_assert_no_error (error);
  report = luo_monthly_report_read (self->store, "2020-08", "huanggu", &error);
  g_assert_no_error (error);
  text = luo_monthly_report_to_text (report);
  g_assert_cmpstr (text, ==, FIXTURE_PRINTED);

  city = luo_monthly_report_read (self->store, "2020-08", "city", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (city->rows->len, ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_true (((LuoReportRow *)g_ptr_array_index (city->rows, i))->missing);
}

/* What changed since last month is marked; a month without a year's tasks is an error. */
static void
test_changed (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoMonthlyReport) report = NULL;

  import_text (self, FIXTURE_LEDGER, "2020-07");
  import_text (self, FIXTURE_LEDGER, "2020-08");
  edit (self, "progress:2020:58:2020-08:city", "overall", "建立互助小组80个。");
  report = luo_monthly_report_read (self->store, "2020-08", "city", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (report->column, ==, "总体工作进展及8月份进展");
  for (guint i = 0; i < report->rows->len; i++)
    {
      const LuoReportRow *row = g_ptr_array_index (report->rows, i);

      g_assert_true (row->changed == (row->number == 58));
    }
  g_assert_null (luo_monthly_report_read (self->store, "2021-08", "city", &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (luo_monthly_report_read (self->store, "2020-8", "city", &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE);
}

/* The CSV is read back as the same table, quotes, commas and paragraphs included. */
static void
test_csv (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoMonthlyReport) report = NULL;
  g_autofree char *csv = NULL;
  LuoLedgerImport result;

  import_text (self, FIXTURE_LEDGER, "2020-08");
  edit (self, "progress:2020:58:2020-08:city", "overall", "建立“互助”, \"小组\"75个。");
  report = luo_monthly_report_read (self->store, "2020-08", "city", &error);
  g_assert_no_error (error);
  csv = luo_monthly_report_to_csv (report);
  g_assert_true (g_str_has_prefix (
      csv, "\xEF\xBB\xBF序号,目标任务,总体工作进展及8月份进展\r\n1,11.修缮社区食堂20处。,"));
  g_assert_nonnull (strstr (csv, "\"建立“互助”, \"\"小组\"\"75个。\""));
  result = import_text (self, csv, "2020-08");
  g_assert_cmpuint (result.tasks_same, ==, 5);
  g_assert_cmpuint (result.progress_same, ==, 5);
}

/* The real table of August 2020 is printed again row by row. */
static void
test_sample (Fixture *self, gconstpointer data)
{
  g_autofree char *path = find_sample (SOURCE_ROOT);
  g_autofree char *text = NULL;
  g_autofree char *printed = NULL;
  g_autofree char *wanted = NULL;
  g_autofree char *got = NULL;
  LuoLedgerImport result;

  if (path == NULL)
    {
      g_test_skip ("the real table is not here");
      return;
    }
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  result = import_text (self, text, "2020-08");
  g_assert_cmpuint (result.tasks_new, ==, 7);
  g_assert_cmpuint (result.progress_new, ==, 7);
  printed = print (self, "2020-08");
  wanted = normal_table (text);
  got = normal_table (printed);
  g_assert_cmpstr (got, ==, wanted);
  result = import_text (self, printed, "2020-08");
  g_assert_cmpuint (result.tasks_same, ==, 7);
  g_assert_cmpuint (result.progress_same, ==, 7);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/report/monthly/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("prints-again", test_prints_again);
  ADD ("import-twice", test_import_twice);
  ADD ("import-over-edits", test_import_over_edits);
  ADD ("nothing-half-imported", test_nothing_half_imported);
  ADD ("district", test_district);
  ADD ("changed", test_changed);
  ADD ("csv", test_csv);
  ADD ("sample", test_sample);
  return g_test_run ();
}
