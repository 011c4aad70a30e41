/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-progress-check.h"
#include "luo-proposal.h"
#include "luo-read.h"
#include "luo-sample.h"
#include "report-store.h"

#define TASK                                                                                                 \
  "{\"type\":\"task\",\"indicators\":["                                                                      \
  "{\"key\":\"started\",\"name\":\"已开工试点项目\",\"kind\":\"cumulative\",\"unit\":\"个\"},"       \
  "{\"key\":\"tendered\",\"name\":\"完成招投标的区\",\"kind\":\"cumulative\",\"unit\":\"个\"},"      \
  "{\"key\":\"coverage\",\"name\":\"线上学习覆盖率\",\"kind\":\"share\"},"                            \
  "{\"key\":\"trained\",\"name\":\"培训\",\"kind\":\"monthly\",\"unit\":\"人次\"},"                      \
  "{\"key\":\"answered\",\"name\":\"解答居民问题\",\"kind\":\"monthly\",\"unit\":\"件次\"},"         \
  "{\"key\":\"issued\",\"name\":\"提标文件已印发\",\"kind\":\"tick\",\"unit\":\"个\"}]}"

static const char *const records[] = {
  "{\"type\":\"office\",\"district\":\"huanggu\",\"name\":\"皇姑区民政局\"}",
  "{\"type\":\"office\",\"district\":\"hunnan\",\"name\":\"浑南区民政局\"}",
  "{\"type\":\"project\",\"task\":\"t\",\"programme\":\"p\",\"district\":\"huanggu\",\"name\":\"甲中心\","
  "\"stages\":["
  "{\"stage\":\"construction\",\"on\":\"2020-06-01\"},{\"stage\":\"built\",\"on\":\"2020-08-20\"}],"
  "\"funds\":[{\"key\":\"a\",\"source\":\"省级\",\"allocated_fen\":669600000,\"disbursed_fen\":669600000,"
  "\"disbursed_on\":\"2020-07-01\"},{\"key\":\"b\",\"source\":\"市级\",\"disbursed_fen\":100,\"disbursed_"
  "on\":\"2020-09-02\"}]}",
  "{\"type\":\"project\",\"task\":\"t\",\"programme\":\"p\",\"district\":\"huanggu\",\"name\":\"乙中心\","
  "\"stages\":["
  "{\"stage\":\"tendered\",\"on\":\"2020-08-01\"},{\"stage\":\"built\",\"planned\":\"2020-10-01\"}]}",
  /* Reached in September: in August it stands where it stood in July. */
  "{\"type\":\"project\",\"task\":\"t\",\"programme\":\"p\",\"district\":\"hunnan\",\"name\":\"丙中心\","
  "\"stages\":["
  "{\"stage\":\"design\",\"on\":\"2020-07-01\"},{\"stage\":\"construction\",\"on\":\"2020-09-01\"}]}",
  /* Of another task, and of none. */
  "{\"type\":\"project\",\"task\":\"u\",\"programme\":\"p\",\"district\":\"huanggu\",\"name\":\"丁中心\","
  "\"stages\":["
  "{\"stage\":\"built\",\"on\":\"2020-08-20\"}]}",
  "{\"type\":\"visit\",\"kind\":\"call\",\"on\":\"2020-08-03\",\"district\":\"huanggu\",\"questions_"
  "answered\":1000}",
  "{\"type\":\"training\",\"task\":\"t\",\"on\":\"2020-08-03\",\"mode\":\"onsite\",\"district\":\"huanggu\","
  "\"attendances\":178}",
  "{\"type\":\"training\",\"task\":\"t\",\"on\":\"2020-08-05\",\"mode\":\"onsite\",\"district\":\"hunnan\","
  "\"attendances\":22}",
  "{\"type\":\"training\",\"task\":\"t\",\"on\":\"2020-07-05\",\"mode\":\"online\",\"district\":\"huanggu\","
  "\"eligible\":200,"
  "\"covered\":50}",
  "{\"type\":\"training\",\"task\":\"t\",\"on\":\"2020-08-05\",\"mode\":\"online\",\"district\":\"huanggu\","
  "\"eligible\":200,"
  "\"covered\":197}",
  "{\"type\":\"visit\",\"task\":\"t\",\"kind\":\"call\",\"on\":\"2020-08-03\",\"district\":\"huanggu\","
  "\"community\":\"一社区\","
  "\"questions_answered\":30,\"problems_found\":4,\"problems_solved\":3,\"findings\":[{\"key\":\"a\","
  "\"text\":\"x\","
  "\"solved_on\":\"2020-08-09\"},{\"key\":\"b\",\"text\":\"y\",\"due\":\"2020-09-01\"}]}",
  "{\"type\":\"visit\",\"task\":\"t\",\"kind\":\"call\",\"on\":\"2020-07-03\",\"district\":\"huanggu\","
  "\"questions_answered\":500}",
  "{\"type\":\"visit\",\"task\":\"t\",\"kind\":\"supervision\",\"on\":\"2020-08-13\",\"district\":\"hunnan\","
  "\"community\":\"二社区\"}",
  "{\"type\":\"visit\",\"task\":\"t\",\"kind\":\"supervision\",\"on\":\"2020-08-14\",\"district\":\"hunnan\","
  "\"community\":\"二社区\"}",
};

static GPtrArray *
parse_all (void)
{
  GPtrArray *objects = g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref);

  for (gsize i = 0; i < G_N_ELEMENTS (records); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = json_from_string (records[i], &error);

      g_assert_no_error (error);
      g_ptr_array_add (objects, json_object_ref (json_node_get_object (node)));
    }
  return objects;
}

static LuoProposal *
propose (GPtrArray *objects, const char *office)
{
  g_autoptr (JsonNode) task = json_from_string (TASK, NULL);

  return luo_proposal_new (json_node_get_object (task), "t", "2020-08", "2020-08-31", office, objects);
}

static const LuoProposedReading *
find (LuoProposal *proposal, const char *key)
{
  for (guint i = 0; i < proposal->readings->len; i++)
    {
      const LuoProposedReading *reading = g_ptr_array_index (proposal->readings, i);

      if (strcmp (reading->key, key) == 0)
        return reading;
    }
  return NULL;
}

/* The city's proposal says of each district where its projects stand, what happened in the month, and nothing of other tasks,
 * other months or what lies ahead. */
static void
test_city (void)
{
  g_autoptr (GPtrArray) objects = parse_all ();
  g_autoptr (LuoProposal) proposal = propose (objects, "city");

  g_assert_cmpstr (proposal->overall, ==,
                   "皇姑区2个项目中，已建成1个、已完成招投标1个；浑南区1个项目中，装修设计1个。"
                   "省级资金下达669.6万元、下拨669.6万元。");
  g_assert_cmpstr (proposal->this_month, ==,
                   "建成1个项目（皇姑区甲中心）；完成招投标1个项目（皇姑区乙中心）。"
                   "开展现场培训2场，参训200人次；开展线上培训1场，应训200人、已训197人，覆盖率98.5%。"
                   "走访社区1个，解答问题30件次，发现问题4个，解决问题3个；实地督导2次；"
                   "提出整改意见2条，已整改1条、正在整改1条。");
  g_assert_cmpuint (proposal->projects, ==, 3);
  g_assert_cmpuint (proposal->trainings, ==, 4);
  g_assert_cmpuint (proposal->visits, ==, 4);
}

/* A reading is counted from the records where its name says how; a tick is nobody's to count. */
static void
test_readings (void)
{
  g_autoptr (GPtrArray) objects = parse_all ();
  g_autoptr (LuoProposal) proposal = propose (objects, "city");

  g_assert_cmpint (find (proposal, "started")->value, ==, 1);
  g_assert_cmpint (find (proposal, "tendered")->value, ==, 2);
  g_assert_cmpint (find (proposal, "trained")->value, ==, 200);
  g_assert_cmpint (find (proposal, "answered")->value, ==, 30);
  g_assert_true (find (proposal, "coverage")->counted);
  g_assert_cmpint (find (proposal, "coverage")->covered, ==, 197);
  g_assert_cmpint (find (proposal, "coverage")->eligible, ==, 200);
  g_assert_null (find (proposal, "issued"));
}

/* Projects of two programmes are not one count. */
static void
test_two_programmes (void)
{
  g_autoptr (GPtrArray) objects = parse_all ();
  g_autoptr (LuoProposal) proposal = NULL;

  json_object_set_string_member (g_ptr_array_index (objects, 2), "programme", "q");
  proposal = propose (objects, "city");
  g_assert_null (find (proposal, "started"));
  g_assert_nonnull (find (proposal, "trained"));
}

/* A district's proposal is made from its own records, without its name before each. */
static void
test_district (void)
{
  g_autoptr (GPtrArray) objects = parse_all ();
  g_autoptr (LuoProposal) proposal = propose (objects, "hunnan");

  g_assert_cmpstr (proposal->overall, ==, "1个项目中，装修设计1个。");
  g_assert_cmpstr (proposal->this_month, ==, "开展现场培训1场，参训22人次。实地督导2次。");
}

/* No records, no words. */
static void
test_nothing (void)
{
  g_autoptr (GPtrArray) objects = parse_all ();
  g_autoptr (LuoProposal) proposal = propose (objects, "faku");

  g_assert_null (proposal->overall);
  g_assert_null (proposal->this_month);
  g_assert_cmpuint (proposal->readings->len, ==, 0);
}

static gboolean
proposed_reading (JsonObject *indicator, gint64 *value, gpointer user_data)
{
  const LuoProposedReading *reading = find (user_data, luo_read_text (indicator, "key"));

  if (reading == NULL)
    return FALSE;
  *value = reading->value;
  return TRUE;
}

/* What is proposed from the sample data is what August 2020 states, and agrees with itself. */
static void
test_sample (Fixture *self, gconstpointer data)
{
  static const char *const types[] = { "project", "training", "visit", "office" };
  g_autoptr (GPtrArray) objects = g_ptr_array_new ();
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) pilot = NULL;
  g_autoptr (LuoDocument) service = NULL;
  g_autoptr (LuoProposal) of_pilot = NULL;
  g_autoptr (LuoProposal) of_service = NULL;
  g_autoptr (GArray) checked = NULL;

  luo_sample_load (self->store, SOURCE_ROOT "/data/sample", NULL, &error);
  g_assert_no_error (error);
  for (guint t = 0; t < G_N_ELEMENTS (types); t++)
    {
      g_autoptr (LuoQuery) query = luo_query_new (types[t]);
      GPtrArray *list = luo_store_list (self->store, query, &error);

      g_assert_no_error (error);
      g_ptr_array_add (lists, list);
      for (guint i = 0; i < list->len; i++)
        g_ptr_array_add (objects, luo_document_get_object (g_ptr_array_index (list, i)));
    }
  pilot = get (self, "task:2020:73");
  service = get (self, "task:2020:142");
  of_pilot = luo_proposal_new (luo_document_get_object (pilot), "task:2020:73", "2020-08", "2020-08-31",
                               "city", objects);
  of_service = luo_proposal_new (luo_document_get_object (service), "task:2020:142", "2020-08", "2020-08-31",
                                 "city", objects);

  g_assert_nonnull (strstr (of_pilot->overall, "皇姑区8个项目中，已建成3个、正在建设5个"));
  g_assert_nonnull (strstr (of_pilot->overall, "浑南区8个项目中，正在建设3个、装修设计5个"));
  g_assert_nonnull (strstr (of_pilot->overall, "省级资金下达669.6万元"));
  g_assert_cmpint (find (of_pilot, "started")->value, ==, 11);
  g_assert_nonnull (strstr (of_service->this_month, "走访社区21个，解答问题303件次"));
  g_assert_nonnull (strstr (of_service->this_month, "解决问题276个"));
  g_assert_nonnull (strstr (of_service->this_month, "实地督导社区7个"));
  g_assert_cmpint (find (of_service, "coverage")->value, ==, 1000);
  checked = luo_progress_check (luo_document_get_object (service), of_service->overall,
                                of_service->this_month, "2020-08", NULL, proposed_reading, of_service);
  for (guint i = 0; i < checked->len; i++)
    g_assert_true (g_array_index (checked, LuoCheckedFigure, i).agrees);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/proposal/city", test_city);
  g_test_add_func ("/report/proposal/readings", test_readings);
  g_test_add_func ("/report/proposal/two-programmes", test_two_programmes);
  g_test_add_func ("/report/proposal/district", test_district);
  g_test_add_func ("/report/proposal/nothing", test_nothing);
  g_test_add ("/report/proposal/sample", Fixture, NULL, set_up, test_sample, tear_down);
  return g_test_run ();
}
