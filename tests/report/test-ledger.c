/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "luo-ledger.h"
#include "luo-record-error.h"
#include "report-fixture.h"

static LuoLedger *
read_text (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  LuoLedger *ledger = luo_ledger_read (bytes, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (ledger);
  return ledger;
}

static void
assert_row (LuoLedger *ledger, guint i, guint section, guint order, guint number, const char *title,
            const char *overall, const char *this_month)
{
  const LuoLedgerRow *row = g_ptr_array_index (ledger->rows, i);

  g_assert_cmpuint (row->section, ==, section);
  g_assert_cmpuint (row->order, ==, order);
  g_assert_cmpuint (row->number, ==, number);
  g_assert_cmpstr (row->title, ==, title);
  g_assert_cmpstr (row->overall, ==, overall);
  g_assert_cmpstr (row->this_month, ==, this_month);
}

static void
assert_fixture (LuoLedger *ledger)
{
  g_assert_cmpuint (ledger->rows->len, ==, 5);
  g_assert_cmpuint (ledger->month, ==, 8);
  assert_row (ledger, 0, 1, 1, 11, "修缮社区食堂20处。", "目前,已修缮12处。其余点位正在备料。", NULL);
  assert_row (ledger, 1, 1, 2, 27, "开通社区“一键求助”。", "联合三个部门完成联调。",
              "8月以来,共接听求助310件次。回访288件次。");
  assert_row (ledger, 2, 1, 3, 35, "更新健身器材。",
              "截至目前,更新器材41套。\n按照安排,将逐处验收,并建立台账。", NULL);
  assert_row (ledger, 3, 1, 4, 42, "完善无障碍设施,改善出行。",
              "1.改造坡道9处。\n2.加装扶手60米。\n3.试点小区(含新建)完成验收。", NULL);
  assert_row (ledger, 4, 2, 1, 58, "推进邻里互助。", "建立互助小组75个。", NULL);
}

/* Wrapped rows, a bar on its own line, a numbering that starts again and a last row without a bar are read as they are meant. */
static void
test_pipes (void)
{
  g_autoptr (LuoLedger) ledger = read_text (FIXTURE_LEDGER);
  g_autoptr (LuoLedger) printed = read_text (FIXTURE_PRINTED);

  g_assert_cmpuint (ledger->year, ==, 0);
  assert_fixture (ledger);
  assert_fixture (printed);
  g_assert_cmpuint (((LuoLedgerRow *)g_ptr_array_index (ledger->rows, 2))->line, ==, 4);
  g_assert_cmpuint (((LuoLedgerRow *)g_ptr_array_index (ledger->rows, 3))->line, ==, 7);
}

/* Full-width bars, bars at both ends, a rule below the headers, CRLF and a mark of UTF-8: the same table. */
static void
test_pipe_styles (void)
{
  static const char *const styles[] = {
    "\xEF\xBB\xBF|序号|目标任务|总体工作进展及8月份进展|\r\n|---|:-:|---|\r\n|1|11.修缮社区食堂20处。|甲。 "
    "8月以来,乙。|\r\n",
    "序号\uFF5C目标任务\uFF5C总体工作进展及\uFF18月份进展\n\uFF11\uFF5C11、修缮社区食堂20处。\uFF5C甲。 "
    "8月以来,乙。\n",
    "2020年目标任务进展情况表\n\n序号 | 目标任务 | 总体工作进展及 8月份 进展\n1 | 11.修缮社区食堂20处。 | "
    "甲。 8月以来,乙。\n",
    "序号 | 目标任务 | 总体工作进展及8月份进展 |\n1 | | 11.修缮社区食堂20处。 | 甲。 8月以来,乙。 | "
    "|\n\n填表人\uFF1A某某\n",
    "序号 | 目标任务 | 总体工作进展及8月份进展 |\n1 |\n11.修缮社区食堂20处。 |\n甲。\n8月以来,乙。 |\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (styles); i++)
    {
      g_autoptr (LuoLedger) ledger = NULL;

      g_test_message ("Vector %" G_GSIZE_FORMAT, i);
      ledger = read_text (styles[i]);
      g_assert_cmpuint (ledger->rows->len, ==, 1);
      assert_row (ledger, 0, 1, 1, 11, "修缮社区食堂20处。", "甲。", "8月以来,乙。");
      g_assert_cmpuint (ledger->year, ==, i == 2 ? 2020 : 0);
    }
}

/* Columns are known by their headers, wherever they stand; what is not known is a remark under its header. */
static void
test_columns (void)
{
  g_autoptr (LuoLedger) ledger = read_text (
      "责任单位 | 任务目标 | 存在问题 | 累计进度 | 2021年3月份进展 | 进度标识 | 序号 | 配合单位 | 责任领导\n"
      "养老处 | 7.办实事。 | 缺资金 | 完成三成。 | 开工两处。 | 绿 | 1 | 财政局、住建局 | 甲\n"
      "救助处 | 9.解难题。 | | 完成一半。 | | 黄 | 2 | | 乙\n");
  const LuoLedgerRow *row = g_ptr_array_index (ledger->rows, 0);

  g_assert_cmpuint (ledger->rows->len, ==, 2);
  g_assert_cmpuint (ledger->year, ==, 2021);
  g_assert_cmpuint (ledger->month, ==, 3);
  g_assert_true (ledger->has_lead);
  assert_row (ledger, 0, 1, 1, 7, "办实事。", "完成三成。", "开工两处。");
  g_assert_cmpstr (row->lead, ==, "养老处");
  g_assert_cmpstr (row->partners[0], ==, "财政局");
  g_assert_cmpstr (row->partners[1], ==, "住建局");
  g_assert_null (row->partners[2]);
  g_assert_cmpuint (g_hash_table_size (row->remarks), ==, 3);
  g_assert_cmpstr (g_hash_table_lookup (row->remarks, "存在问题"), ==, "缺资金");
  g_assert_cmpstr (g_hash_table_lookup (row->remarks, "进度标识"), ==, "绿");
  g_assert_cmpstr (g_hash_table_lookup (row->remarks, "责任领导"), ==, "甲");
  assert_row (ledger, 1, 1, 2, 9, "解难题。", "完成一半。", NULL);
}

/* CSV with quoted line ends, in GB18030 as spreadsheets of these offices write it; and cells pasted from one. */
static void
test_csv (void)
{
  const char *csv = "2020年8月进展情况表,,\r\n\"序号\",\"目标任务\",\"总体工作进展及8月份进展\"\r\n"
                    "1,11.修缮社区食堂20处。,\"甲,“引号”,\"\"重点\"\"。\n8月以来,乙。\"\r\n,,\r\n"
                    "2,12.开通热线。,\r\n,,补充一段。\r\n1,13.第二组。,丙。\r\n";
  const char *pasted = "序号\t目标任务\t总体工作进展及8月份进展\n1\t11.修缮社区食堂20处。\t甲,“引号”,"
                       "\"重点\"。 8月以来,乙。\n";
  g_autoptr (LuoLedger) ledger = read_text (csv);
  g_autoptr (LuoLedger) tabs = read_text (pasted);
  g_autoptr (LuoLedger) legacy = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  char *encoded = g_convert (csv, -1, "GB18030", "UTF-8", NULL, &length, &error);

  g_assert_no_error (error);
  bytes = g_bytes_new_take (encoded, length);
  legacy = luo_ledger_read (bytes, NULL, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < 2; i++)
    {
      LuoLedger *read = i == 0 ? ledger : legacy;

      g_assert_cmpuint (read->rows->len, ==, 3);
      g_assert_cmpuint (read->year, ==, 2020);
      assert_row (read, 0, 1, 1, 11, "修缮社区食堂20处。", "甲,“引号”,\"重点\"。", "8月以来,乙。");
      assert_row (read, 1, 1, 2, 12, "开通热线。", "补充一段。", NULL);
      assert_row (read, 2, 2, 1, 13, "第二组。", "丙。", NULL);
    }
  g_assert_cmpuint (((LuoLedgerRow *)g_ptr_array_index (ledger->rows, 2))->line, ==, 8);
  g_assert_cmpuint (tabs->rows->len, ==, 1);
  assert_row (tabs, 0, 1, 1, 11, "修缮社区食堂20处。", "甲,“引号”,\"重点\"。", "8月以来,乙。");
}

/* Every line that can not be read is named, with what was found and expected, and nothing is half read. */
static void
test_problems (void)
{
  static const struct
  {
    const char *text;
    guint line;
    const char *said;
  } vectors[] = {
    { "", 1, "目标任务" },
    { "序号 | 进展\n1 | 甲\n", 1, "目标任务" },
    { "序号 | 目标任务 | 完成情况 |\n", 1, "no row" },
    { "序号 | 目标任务 | 完成情况 |\n1 | 11.修缮。 |\n", 2, "2 cells" },
    { "序号 | 目标任务 | 完成情况 |\n1 | 11.修缮。 | 甲 | 乙 |\n", 2, "4 cells" },
    { "序号 | 目标任务 | 完成情况 |\n1 | 修缮。 | 甲 |\n", 2, "修缮。" },
    { "序号 | 目标任务 | 完成情况 |\n1 | 11.修缮。 | 甲 |\n\n2 | 11.再修缮。 | 乙 |\n", 4, "line 2" },
    { "序号 | 目标任务 | 完成情况 |\n1 | 11.修缮。 | 甲 |\n散落的文字\n", 3, "散落的文字" },
    { "目标任务 | 序号 | 完成情况 |\n11.修缮。 | 一 | 甲 |\n", 2, "一" },
    { "序号,目标任务,完成情况\n1,11.修缮。,\"甲\n", 2, "quote" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (vectors[i].text, strlen (vectors[i].text));
      g_autoptr (GPtrArray) problems = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (LuoLedger) ledger = luo_ledger_read (bytes, &problems, &error);
      const LuoLedgerProblem *problem;

      g_test_message ("Vector %" G_GSIZE_FORMAT, i);
      g_assert_null (ledger);
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE);
      g_assert_cmpuint (problems->len, >=, 1);
      problem = g_ptr_array_index (problems, 0);
      g_assert_cmpuint (problem->line, ==, vectors[i].line);
      g_assert_nonnull (strstr (problem->message, vectors[i].said));
    }
}

/* What is no text at all is refused in words. */
static void
test_binary (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x89PNG\0\xff\xff", 7);
  g_autoptr (GError) error = NULL;

  g_assert_null (luo_ledger_read (bytes, NULL, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE);
}

/* Parting a cell loses nothing: the parts joined are the cell. */
static void
test_split_progress (void)
{
  static const struct
  {
    const char *text, *overall, *this_month;
    guint month;
  } vectors[] = {
    { "甲。\n8月以来,乙。", "甲。", "8月以来,乙。", 8 },
    { "甲。\n8月份,乙。\n下一步,丙。", "甲。", "8月份,乙。\n下一步,丙。", 8 },
    { "8月以来,乙。", NULL, "8月以来,乙。", 8 },
    { "甲。\n7月1日起实行。", "甲。\n7月1日起实行。", NULL, 8 },
    { "甲\uFF1B\n8月份\uFF0C乙。", "甲\uFF1B", "8月份\uFF0C乙。", 8 },
    { "甲。\n8月份,乙。\n(1)丙。", "甲。\n8月份,乙。\n(1)丙。", NULL, 8 },
    { "甲。\n18月。", "甲。\n18月。", NULL, 8 },
    { "1.甲。\n8月以来,乙。\n2.丙。", "1.甲。\n8月以来,乙。\n2.丙。", NULL, 8 },
    { "甲。\n本月,乙。", "甲。", "本月,乙。", 0 },
    { "甲。8月以来,乙。", "甲。8月以来,乙。", NULL, 8 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *overall = NULL;
      g_autofree char *this_month = NULL;
      g_autofree char *joined = NULL;

      g_test_message ("Vector %" G_GSIZE_FORMAT, i);
      luo_ledger_split_progress (vectors[i].text, vectors[i].month, &overall, &this_month);
      g_assert_cmpstr (overall, ==, vectors[i].overall);
      g_assert_cmpstr (this_month, ==, vectors[i].this_month);
      joined = luo_ledger_join_progress (overall, this_month);
      g_assert_cmpstr (joined, ==, vectors[i].text);
    }
}

/* The month: as said, else from the file's name and the table, and a question where they disagree or do not say. */
static void
test_month (void)
{
  static const struct
  {
    const char *header, *given, *file, *month;
  } vectors[] = {
    { "总体工作进展及8月份进展", NULL, "/a/ledger-2020-08.txt", "2020-08" },
    { "总体工作进展及8月份进展", NULL, "2020年8月.csv", "2020-08" },
    { "总体工作进展及8月份进展", NULL, "表202008.csv", "2020-08" },
    { "总体工作进展及8月份进展", NULL, "表2020.csv", "2020-08" },
    { "完成情况", NULL, "2020-11.csv", "2020-11" },
    { "2020年8月份进展", NULL, NULL, "2020-08" },
    { "总体工作进展及8月份进展", "2019-08", "2020-08.txt", "2019-08" },
    { "总体工作进展及8月份进展", NULL, "2020-07.txt", NULL },
    { "总体工作进展及8月份进展", NULL, "table.txt", NULL },
    { "总体工作进展及8月份进展", NULL, "number 12345678.txt", NULL },
    { "完成情况", NULL, NULL, NULL },
    { "完成情况", "2020-13", NULL, NULL },
    { "完成情况", "August", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = g_strdup_printf ("序号|目标任务|%s\n1|11.修缮。|甲\n", vectors[i].header);
      g_autoptr (LuoLedger) ledger = read_text (text);
      g_autoptr (GError) error = NULL;
      g_autofree char *month = luo_ledger_resolve_month (ledger, vectors[i].given, vectors[i].file, &error);

      g_test_message ("Vector %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (month, ==, vectors[i].month);
      g_assert_true ((month == NULL) == (error != NULL));
    }
}

/* The real table of August 2020: seven tasks in two sections. */
static void
test_sample (void)
{
  static const guint numbers[] = { 73, 142, 184, 195, 173, 175, 188 };
  g_autofree char *path = find_sample (SOURCE_ROOT);
  g_autofree char *text = NULL;
  g_autoptr (LuoLedger) ledger = NULL;
  const LuoLedgerRow *row;

  if (path == NULL)
    {
      g_test_skip ("the real table is not here");
      return;
    }
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  ledger = read_text (text);
  g_assert_cmpuint (ledger->rows->len, ==, 7);
  g_assert_cmpuint (ledger->month, ==, 8);
  for (guint i = 0; i < 7; i++)
    {
      row = g_ptr_array_index (ledger->rows, i);
      g_assert_cmpuint (row->number, ==, numbers[i]);
      g_assert_cmpuint (row->section, ==, i < 6 ? 1 : 2);
      g_assert_cmpuint (row->order, ==, i < 6 ? i + 1 : 1);
      g_assert_nonnull (row->overall);
      g_assert_true ((row->this_month != NULL) == (row->number == 142));
    }
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/ledger/pipes", test_pipes);
  g_test_add_func ("/report/ledger/pipe-styles", test_pipe_styles);
  g_test_add_func ("/report/ledger/columns-by-header", test_columns);
  g_test_add_func ("/report/ledger/csv", test_csv);
  g_test_add_func ("/report/ledger/problems-name-the-line", test_problems);
  g_test_add_func ("/report/ledger/binary", test_binary);
  g_test_add_func ("/report/ledger/split-progress", test_split_progress);
  g_test_add_func ("/report/ledger/month", test_month);
  g_test_add_func ("/report/ledger/sample", test_sample);
  return g_test_run ();
}
