/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-figure.h"
#include "luo-ledger.h"
#include "luo-monthly-report.h"
#include "luo-progress-check.h"
#include "luo-query.h"
#include "luo-read.h"
#include "luo-record-id.h"
#include "luo-sample.h"
#include "report-fixture.h"
#include "report-store.h"

/* The indicators of the tasks that people write about. */
enum
{
  CENTRES,
  STATIONS,
  LIBRARY,
  ACCEPTED,
  COMPARED,
  SPARED,
  COVERAGE,
  WORKS,
  FUNDS,
  ISSUED,
  STARTED,
  TENDERED,
  N_NAMES,
  NONE,
};

static const LuoFigureName names[N_NAMES] = {
  [CENTRES] = { "新建区域性居家养老服务中心", "个", "cumulative" },
  [STATIONS] = { "改造社区养老服务站", "个", "cumulative" },
  [LIBRARY] = { "国家重大项目库录入(二期)", "个", "level" },
  [ACCEPTED] = { "受理服务事项", "件次", "monthly" },
  [COMPARED] = { "比对数据", "条次", "monthly" },
  [SPARED] = { "减少重复要件", "个", "monthly" },
  [COVERAGE] = { "线上学习覆盖率", NULL, "share" },
  [WORKS] = { "一期合作项目开工", "个", "cumulative" },
  [FUNDS] = { "中央预算内资金拨付", "万元", "cumulative" },
  [ISSUED] = { "提标文件已印发", "个", "tick" },
  [STARTED] = { "已开工试点项目", "个", "cumulative" },
  [TENDERED] = { "完成招投标的区", "个", "cumulative" },
};

typedef struct
{
  const char *text;
  guint indicator; /* NONE: the text states nothing */
  gint64 value;
  const char *written; /* the characters that state it */
} Vector;

static const Vector overall[] = {
  /* In the indicator's own words, with more or less between. */
  { "全市改造社区养老服务站117个。", STATIONS, 117, "117" },
  { "全市改造社区养老服务站共计117个。", STATIONS, 117, "117" },
  { "改造社区养老服务站 121 个", STATIONS, 121, "121" },
  { "截至目前，全市新建区域性居家养老服务中心15个", CENTRES, 15, "15" },
  { "截至8月底，全市累计改造社区养老服务站117个", STATIONS, 117, "117" },
  { "受理居民服务事项１７，４１９件次", ACCEPTED, 17419, "１７，４１９" },
  { "8月以来，全市社区通过“全市通办”服务管理平台共受理居民服务事项17,419件次", ACCEPTED, 17419, "17,419" },
  { "社区工作者线上学习培训覆盖率达到100%", COVERAGE, 1000, "100" },
  { "目前，一期合作项目已有11个正式开工建设", WORKS, 11, "11" },
  { "中央预算内资金已拨付756万元", FUNDS, 756, "756" },
  /* As people shorten them. */
  { "改造服务站117个", STATIONS, 117, "117" },
  { "建成区域性中心15个，改造服务站117个。", CENTRES, 15, "15" },
  { "全市已建成区域性居家养老服务中心15个", CENTRES, 15, "15" },
  { "新建中心15个", CENTRES, 15, "15" },
  { "一期动工11个", WORKS, 11, "11" },
  { "覆盖率98%", COVERAGE, 980, "98" },
  { "线上学习覆盖率达98.4％", COVERAGE, 984, "98.4" },
  { "受理17419件次", ACCEPTED, 17419, "17419" },
  { "受理1.7万件次", ACCEPTED, 17000, "1.7万" },
  { "比对28704条次", COMPARED, 28704, "28704" },
  { "减少重复要件5852个", SPARED, 5852, "5852" },
  { "中央资金拨付756万元", FUNDS, 756, "756" },
  { "中央预算内资金拨付7560000元", FUNDS, 756, "7560000元" },
  { "中央预算内资金拨付1.2亿元", FUNDS, 12000, "1.2亿元" },
  { "117个社区养老服务站完成改造", STATIONS, 117, "117" },
  { "改造社区养老服务站增加到117个", STATIONS, 117, "117" },
  /* Another thing, another unit, another clause. */
  { "改造社区养老服务站，新建食堂15个", NONE },
  { "改造社区养老服务站3处、117个", NONE },
  { "改造社区养老服务站工作由各区按照计划组织推进，117个", NONE },
  { "另有15个", NONE },
  { "改造社区养老服务站99999999999999999999个", NONE },
  { "", NONE },
  { "改造社区养老服务站", NONE },
  { "改造社区养老服务站用了3个月", NONE },
  { "线上学习覆盖率提高15个百分点", NONE },
  { "线上学习覆盖率提高15%", NONE },
  { "线下培训覆盖率98%", NONE },
  { "服务站500个", NONE },
  { "试点项目16个", NONE },
  { "皇姑区8个项目中，已建成3个，正在建设5个", NONE },
  { "另拨付50万元", NONE },
  { "投入50万元修缮的居家养老服务中心", NONE },
  { "按沈政办发〔2020〕27号执行", NONE },
  { "已完成3个", NONE },
  { "解答社区各类问题303件次", NONE },
  /* Plans, parts, growth, another time, about how many. */
  { "计划改造社区养老服务站300个", NONE },
  { "全年改造社区养老服务站300个的任务进展顺利", NONE },
  { "其中皇姑区改造社区养老服务站9个", NONE },
  { "和平区改造服务站9个", NONE },
  { "其余改造社区养老服务站183个", NONE },
  { "新增改造社区养老服务站25个", NONE },
  { "8月新改造社区养老服务站25个", NONE },
  { "上月改造社区养老服务站92个", NONE },
  { "改造社区养老服务站约120个", NONE },
  { "改造社区养老服务站100个以上", NONE },
  { "改造社区养老服务站92-117个", NONE },
  { "上线以来累计受理服务事项32627件次", NONE },
};

/* In the narrative of the month a total is only what says so. */
static const Vector this_month[] = {
  { "改造社区养老服务站25个", NONE },
  { "累计改造社区养老服务站117个", STATIONS, 117, "117" },
  { "本月受理17419件次，比对数据28704条次", ACCEPTED, 17419, "17419" },
  { "本月线上学习覆盖率达到100%", COVERAGE, 1000, "100" },
  { "二期50个项目进入国家重大项目库", NONE },
};

static void
check_vectors (const Vector *vectors, gsize n, LuoFigureScope scope)
{
  for (gsize i = 0; i < n; i++)
    {
      const Vector *vector = &vectors[i];
      g_autoptr (GArray) found = luo_figures_find (vector->text, scope, 8, NULL, names, N_NAMES);
      const LuoFigure *figure = &g_array_index (found, LuoFigure, 0);
      g_autofree char *written = NULL;
      gint64 value;

      g_test_message ("Vector %" G_GSIZE_FORMAT ": %s", i, vector->text);
      if (vector->indicator == NONE)
        {
          g_assert_cmpuint (found->len, ==, 0);
          continue;
        }
      g_assert_cmpuint (found->len, >=, 1);
      g_assert_cmpuint (figure->indicator, ==, vector->indicator);
      g_assert_true (luo_figure_value (figure, &value));
      g_assert_cmpint (value, ==, vector->value);
      written = g_utf8_substring (vector->text, figure->start, figure->start + figure->length);
      g_assert_cmpstr (written, ==, vector->written);
    }
}

/* A number is an indicator's where unit and words say so, also as people shorten them, and only there. */
static void
test_vectors (void)
{
  check_vectors (overall, G_N_ELEMENTS (overall), LUO_FIGURE_OVERALL);
  check_vectors (this_month, G_N_ELEMENTS (this_month), LUO_FIGURE_THIS_MONTH);
}

/* Every figure of a sentence is found, each with its own words. */
static void
test_several (void)
{
  const char *text = "建成区域性中心15个，改造服务站117个；本月受理17419件次。";
  g_autoptr (GArray) found = luo_figures_find (text, LUO_FIGURE_OVERALL, 8, NULL, names, N_NAMES);

  g_assert_cmpuint (found->len, ==, 3);
  g_assert_cmpuint (g_array_index (found, LuoFigure, 1).indicator, ==, STATIONS);
  g_assert_cmpuint (g_array_index (found, LuoFigure, 2).indicator, ==, ACCEPTED);
}

/* Where two indicators fit equally, nothing is said. */
static void
test_ambiguous (void)
{
  const LuoFigureName two[] = { { "线上学习覆盖率", NULL, "share" }, { "线下学习覆盖率", NULL, "share" } };
  g_autoptr (GArray) both = luo_figures_find ("覆盖率98%", LUO_FIGURE_OVERALL, 8, NULL, two, 2);
  g_autoptr (GArray) one = luo_figures_find ("线下学习覆盖率98%", LUO_FIGURE_OVERALL, 8, NULL, two, 2);

  g_assert_cmpuint (both->len, ==, 0);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpuint (g_array_index (one, LuoFigure, 0).indicator, ==, 1);
}

/* An office's text about its own district speaks of its own readings. */
static void
test_own_place (void)
{
  const char *text = "皇姑区改造服务站9个";
  g_autoptr (GArray) city = luo_figures_find (text, LUO_FIGURE_OVERALL, 8, NULL, names, N_NAMES);
  g_autoptr (GArray) own = luo_figures_find (text, LUO_FIGURE_OVERALL, 8, "皇姑区", names, N_NAMES);
  g_autoptr (GArray) other = luo_figures_find (text, LUO_FIGURE_OVERALL, 8, "和平区", names, N_NAMES);

  g_assert_cmpuint (city->len, ==, 0);
  g_assert_cmpuint (own->len, ==, 1);
  g_assert_cmpuint (other->len, ==, 0);
}

typedef struct
{
  const char *text;
  gint64 reading;
  gboolean agrees;
  const char *mended;
} Comparison;

/* A bare number is meant as it stands; one that was rounded agrees with all that round to it. Mended it is written in its own style. */
static void
test_compared (void)
{
  static const Comparison comparisons[] = {
    { "改造服务站117个", 117, TRUE, "117" },
    { "改造服务站121个", 117, FALSE, "117" },
    { "受理服务事项17,491件次", 17419, FALSE, "17,419" },
    { "受理1.7万件次", 17419, TRUE, "17419" },
    { "受理1.9万件次", 17419, FALSE, "17419" },
    { "覆盖率98%", 984, TRUE, "98.4" },
    { "覆盖率98%", 960, FALSE, "96" },
    { "线上学习覆盖率98.4%", 985, FALSE, "98.5" },
    { "中央预算内资金拨付756.3万元", 756, TRUE, "756" },
    { "中央预算内资金拨付1.2亿元", 756, FALSE, "756万元" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (comparisons); i++)
    {
      const Comparison *vector = &comparisons[i];
      g_autoptr (GArray) found = luo_figures_find (vector->text, LUO_FIGURE_OVERALL, 8, NULL, names, N_NAMES);
      const LuoFigure *figure = &g_array_index (found, LuoFigure, 0);
      g_autofree char *mended = NULL;

      g_test_message ("Vector %" G_GSIZE_FORMAT ": %s", i, vector->text);
      g_assert_cmpuint (found->len, ==, 1);
      g_assert_cmpint (luo_figure_agrees (figure, vector->reading), ==, vector->agrees);
      mended = luo_figure_write (figure, &names[figure->indicator], vector->reading);
      g_assert_cmpstr (mended, ==, vector->mended);
    }
}

typedef struct
{
  JsonObject *own;
} Readings;

static gboolean
own_reading (JsonObject *indicator, gint64 *value, gpointer user_data)
{
  return luo_progress_reading (((Readings *)user_data)->own, indicator, value);
}

/* Checks every progress of the replica against its own readings. Returns: how many figures were checked. */
static guint
check_all (Fixture *self, LuoStore *texts)
{
  g_autoptr (LuoQuery) query = luo_query_new ("progress");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = luo_store_list (self->store, query, &error);
  guint n = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    {
      LuoDocument *progress = g_ptr_array_index (list, i);
      g_autoptr (LuoDocument) task
          = luo_store_find (self->store, luo_document_get_text (progress, "task"), &error);
      g_autoptr (LuoDocument) other
          = texts != NULL ? luo_store_find (texts, luo_document_get_id (progress), NULL) : NULL;
      LuoDocument *text = texts != NULL ? other : progress;
      Readings readings = { luo_document_get_object (progress) };
      const char *office = luo_document_get_text (progress, "office");
      g_autofree char *office_id = g_strconcat ("office:", office, NULL);
      g_autoptr (LuoDocument) home = luo_store_find (self->store, office_id, &error);
      /* 和平区民政局 writes of 和平区. */
      g_auto (GStrv) name = g_strsplit (luo_document_get_text (home, "name"), "民政局", 2);
      const char *place = strcmp (office, "city") != 0 ? name[0] : NULL;
      g_autoptr (GArray) checked = NULL;

      if (text == NULL)
        continue;
      checked = luo_progress_check (luo_document_get_object (task), luo_document_get_text (text, "overall"),
                                    luo_document_get_text (text, "this_month"),
                                    luo_document_get_text (progress, "month"), place, own_reading, &readings);
      for (guint k = 0; k < checked->len; k++)
        {
          const LuoCheckedFigure *figure = &g_array_index (checked, LuoCheckedFigure, k);

          if (!figure->agrees)
            g_error ("%s: %s in %s is held against %" G_GINT64_FORMAT, luo_document_get_id (progress),
                     luo_read_text (figure->indicator, "name"), figure->member, figure->reading);
        }
      n += checked->len;
    }
  return n;
}

static void
load_sample (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  luo_sample_load (self->store, SOURCE_ROOT "/data/sample", NULL, &error);
  g_assert_no_error (error);
}

/* The sample data is right: no figure of it is held against another reading, and many are found. */
static void
test_sample (Fixture *self, gconstpointer data)
{
  guint n;

  load_sample (self);
  n = check_all (self, NULL);
  g_test_message ("%u figures checked", n);
  g_assert_cmpuint (n, >=, 30);
}

/* The real table of August 2020 against the readings that are known for it: no false alarm, and the figures are found. */
static void
test_real_table (Fixture *self, gconstpointer data)
{
  g_autofree char *path = find_sample (SOURCE_ROOT);
  Fixture real = { 0 };
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoLedger) ledger = NULL;
  LuoLedgerImport result;
  guint n;

  if (path == NULL)
    {
      g_test_skip ("The real table is not there.");
      return;
    }
  set_up (&real, NULL);
  load_sample (self);
  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new (text, length);
  ledger = luo_ledger_read (bytes, NULL, &error);
  g_assert_no_error (error);
  luo_ledger_import (ledger, real.store, "city", "2020-08", "bureau", &result, &error);
  g_assert_no_error (error);
  n = check_all (self, real.store);
  g_test_message ("%u figures checked", n);
  g_assert_cmpuint (n, >=, 6);
  tear_down (&real, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/figures/vectors", test_vectors);
  g_test_add_func ("/report/figures/several", test_several);
  g_test_add_func ("/report/figures/ambiguous", test_ambiguous);
  g_test_add_func ("/report/figures/own-place", test_own_place);
  g_test_add_func ("/report/figures/compared", test_compared);
  g_test_add ("/report/figures/sample", Fixture, NULL, set_up, test_sample, tear_down);
  g_test_add ("/report/figures/real-table", Fixture, NULL, set_up, test_real_table, tear_down);
  return g_test_run ();
}
