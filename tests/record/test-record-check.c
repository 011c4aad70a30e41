/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-record-check.h"
#include "luo-record-error.h"

/* One whole record of each kind, with members that this version does not know. */
static const struct
{
  const char *id;
  const char *body;
} whole[] = {
  { "task:2020:195",
    "{\"type\":\"task\",\"created_at\":\"2020-01-05T01:02:03Z\",\"created_by\":\"wang\",\"updated_at\":"
    "\"2020-08-28T09:30:00.123Z\",\"updated_by\":\"li\",\"year\":2020,\"number\":195,\"section\":1,\"order\":"
    "4,"
    "\"title\":\"推进居家养老服务\",\"lead\":\"养老服务处\",\"partners\":[\"市政府督查室\",\"市财政局\"],"
    "\"due\":\"2020-12-31\","
    "\"documents\":[\"沈政办发〔2020〕27号\"],\"state\":\"open\",\"indicators\":[{\"key\":\"centres\","
    "\"name\":"
    "\"新建区域性居家养老服务中心\",\"unit\":\"个\",\"kind\":\"cumulative\",\"target\":100,\"plan\":{\"2020-"
    "08\":60}},{\"key\":"
    "\"stations\",\"name\":\"改造站\",\"kind\":\"level\",\"x\":[1]}],\"lamp\":{\"colour\":\"amber\","
    "\"reason\":\"疫情影响\","
    "\"month\":\"2020-08\"},\"x_new\":null}" },
  { "progress:2020:195:2020-08:huanggu",
    "{\"type\":\"progress\",\"task\":\"task:2020:195\",\"month\":\"2020-08\",\"office\":\"huanggu\","
    "\"overall\":"
    "\"第一段\\n第二段\",\"this_month\":\"本月\",\"readings\":{\"centres\":15,\"stations\":117},\"shares\":[{"
    "\"key\":\"c\","
    "\"covered\":3,\"eligible\":4}],\"remarks\":{\"存在问题\":\"无\"},\"state\":\"draft\"}" },
  { "project:0123456789abcdef0123456789abcdef",
    "{\"type\":\"project\",\"programme\":\"home-care-pilot\",\"task\":\"task:2020:73\",\"district\":"
    "\"huanggu\","
    "\"subdistrict\":\"三台子街道\",\"community\":\"牡丹社区\",\"name\":\"牡丹社区居家养老\",\"site\":{"
    "\"address\":\"某路1号\","
    "\"latitude\":41.85,\"longitude\":123.4,\"area_m2\":820},\"operator\":\"某机构\",\"stages\":[{\"stage\":"
    "\"confirmed\","
    "\"on\":\"2020-03-12\",\"by\":[\"civil-affairs\",\"finance\"],\"document\":\"沈民发〔2020〕3号\"},{"
    "\"stage\":\"built\","
    "\"planned\":\"2020-10-31\"}],\"funds\":[{\"key\":\"provincial\",\"source\":\"省级\",\"document\":"
    "\"辽财〔2020〕1号\","
    "\"allocated_fen\":669600000,\"disbursed_fen\":0,\"disbursed_on\":\"2020-05-01\",\"used_fen\":12}],"
    "\"facts\":"
    "{\"elderly\":2140,\"households\":1830},\"registered\":[{\"system\":\"国家重大项目库\",\"on\":\"2020-08-"
    "15\",\"number\":"
    "\"A1\"}]}" },
  { "training:x1", "{\"type\":\"training\",\"on\":\"2020-06-20\",\"topic\":\"全市通办\",\"mode\":\"online\","
                   "\"district\":\"heping\","
                   "\"audience\":\"社区工作者\",\"attendances\":178,\"eligible\":180,\"covered\":180,"
                   "\"task\":\"task:2020:142\","
                   "\"materials\":[\"a.pdf\"]}" },
  { "visit:x1",
    "{\"type\":\"visit\",\"kind\":\"call\",\"on\":\"2020-08-11\",\"inspector\":\"赵\",\"district\":"
    "\"shenhe\",\"community\":"
    "\"某社区\",\"project\":\"project:1\",\"task\":\"task:2020:142\",\"questions_answered\":3,\"problems_"
    "found\":2,"
    "\"problems_solved\":1,\"findings\":[{\"key\":\"f1\",\"text\":\"门前坡道\",\"severity\":\"major\","
    "\"due\":\"2020-09-01\","
    "\"solved_on\":\"2020-08-30\",\"solved_note\":\"已修\",\"photos\":[\"1.jpg\"]}],\"photos\":[{\"name\":"
    "\"1.jpg\","
    "\"taken_at\":\"2020-08-11T02:00:00Z\",\"latitude\":41,\"longitude\":123.5,\"sha256\":\"00\"}]}" },
  { "office:huanggu", "{\"type\":\"office\",\"name\":\"皇姑区民政局\",\"short_name\":\"皇姑\",\"district\":"
                      "\"huanggu\",\"order\":4}" },
  { "reference:lamp-rule", "{\"type\":\"reference\",\"name\":\"lamp-rule\",\"title\":\"灯\",\"palette\":"
                           "\"blue-yellow-red\",\"red_within_days\":3,"
                           "\"values\":[{\"value\":\"a\",\"label\":\"甲\"}],\"text\":\"一\\n二\"}" },
  { "edit:x1", "{\"type\":\"edit\",\"record\":\"task:2020:195\",\"by\":\"li\",\"device\":\"d1\",\"at\":"
               "\"2020-08-28T09:30:00Z\",\"base\":"
               "\"3-abc\",\"changes\":{\"/due\":[\"2020-12-01\",\"2020-12-31\"]}}" },
};

static void
test_whole (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (whole); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("Vector %s", whole[i].id);
      g_assert_true (luo_record_check_text (whole[i].id, whole[i].body, -1, &error));
      g_assert_no_error (error);
      g_assert_true (luo_record_check_text (NULL, whole[i].body, (gssize)strlen (whole[i].body), NULL));
    }
}

/* One change to a whole record each; the message names the member by its path and what was expected. */
static void
test_bad_members (void)
{
  static const struct
  {
    guint record;
    const char *pointer;
    const char *value; /* NULL: left out */
    const char *path;
    const char *expected;
  } vectors[] = {
    /* Every kind of member, with what it is not. */
    { 0, "/title", NULL, "title", "missing" },
    { 0, "/title", "12", "title", "a text" },
    { 0, "/title", "\"\"", "title", "not empty" },
    { 0, "/title", "\" \\u3000\"", "title", "not empty" },
    { 0, "/title", "null", "title", "not null" },
    { 0, "/lead", "\"a\\nb\"", "lead", "one line" },
    { 0, "/lead", "[\"a\"]", "lead", "a text" },
    { 0, "/year", "\"2020\"", "year", "whole number" },
    { 0, "/year", "2020.0", "year", "whole number" },
    { 0, "/year", "20", "year", "from 1949 to 2999" },
    { 0, "/number", "0", "number", "from 1" },
    { 0, "/order", "-1", "order", "from 1" },
    { 0, "/order", "1e2", "order", "whole number" },
    { 0, "/order", "18446744073709551620", "order", "whole number" },
    { 0, "/indicators/0/target", "9007199254740992", "indicators/0/target", "a number" },
    { 0, "/indicators/0/target", "18446744073709551716", "indicators/0/target", "whole number" },
    { 0, "/due", "\"2020-02-30\"", "due", "a day such as" },
    { 0, "/due", "\"2020-2-3\"", "due", "a day such as" },
    { 0, "/due", "\"2020-02-03T\"", "due", "a day such as" },
    { 0, "/due", "\"2020年2月3日\"", "due", "a day such as" },
    { 0, "/due", "20200203", "due", "a text" },
    { 0, "/state", "\"closed\"", "state", "open (" },
    { 0, "/created_at", "\"2020-08-28\"", "created_at", "an instant such as" },
    { 0, "/created_at", "\"2020-08-28T09:30:00\"", "created_at", "an instant such as" },
    { 0, "/created_at", "\"2020-08-28T09:30:00+08:00\"", "created_at", "an instant such as" },
    { 0, "/created_at", "\"2020-08-28T24:30:00Z\"", "created_at", "an instant such as" },
    { 0, "/created_at", "\"2020-08-28T09:30:00.Z\"", "created_at", "an instant such as" },
    { 0, "/created_at", "\"2020-08-28T09:30:00Zx\"", "created_at", "an instant such as" },
    { 0, "/updated_by", "7", "updated_by", "a text" },
    { 0, "/partners", "\"a\"", "partners", "a list of texts" },
    { 0, "/partners", "[\"a\",1]", "partners/1", "a text" },
    { 0, "/partners", "[\"a\",\"b\",\"a\"]", "partners/2", "no text twice" },
    { 0, "/partners", "[\"\"]", "partners/0", "not empty" },
    { 0, "/indicators", "{}", "indicators", "a list of objects" },
    { 0, "/indicators/1", "\"x\"", "indicators/1", "an object" },
    { 0, "/indicators/1/key", NULL, "indicators/1/key", "missing" },
    { 0, "/indicators/1/key", "\"centres\"", "indicators/1/key", "no other item" },
    { 0, "/indicators/0/kind", "\"sum\"", "indicators/0/kind", "cumulative (" },
    { 0, "/indicators/0/plan/2020-09", "\"x\"", "indicators/0/plan/2020-09", "whole number" },
    { 0, "/lamp", "[]", "lamp", "an object" },
    { 0, "/lamp/reason", NULL, "lamp/reason", "missing" },
    { 0, "/lamp/month", "\"2020-13\"", "lamp/month", "a month such as" },
    { 1, "/month", "\"2020-00\"", "month", "a month such as" },
    { 1, "/month", "\"2020-08-01\"", "month", "a month such as" },
    { 1, "/office", "\"Huanggu\"", "office", "an office such as" },
    { 1, "/office", "\"皇姑区\"", "office", "an office such as" },
    { 1, "/task", "\"project:1\"", "task", "task:" },
    { 1, "/task", "\"task:\"", "task", "task:" },
    { 1, "/readings/centres", "15.5", "readings/centres", "whole number" },
    { 1, "/readings/centres", "-1", "readings/centres", "a number" },
    { 1, "/readings", "[]", "readings", "an object" },
    { 1, "/readings", "{\"\":1}", "readings", "names that are not empty" },
    { 1, "/remarks/存在问题", "1", "remarks/存在问题", "a text" },
    { 1, "/remarks/存在问题", "\"\"", "remarks/存在问题", "not empty" },
    { 1, "/overall", "\"a\\u0007b\"", "overall", "control characters" },
    { 1, "/state", NULL, "state", "missing" },
    { 1, "/shares/0/covered", "\"3\"", "shares/0/covered", "whole number" },
    { 2, "/district", "\"city\"", "district", "a district such as" },
    { 2, "/district", "\"皇姑区\"", "district", "a district such as" },
    { 2, "/site/latitude", "91", "site/latitude", "from -90 to 90" },
    { 2, "/site/latitude", "\"41\"", "site/latitude", "a number" },
    { 2, "/site/area_m2", "1e999", "site/area_m2", "a number" },
    { 2, "/stages/1/stage", "\"finished\"", "stages/1/stage", "confirmed (" },
    { 2, "/stages/1/stage", "\"confirmed\"", "stages/1/stage", "no other item" },
    { 2, "/stages/0/on", "\"2020-3-12\"", "stages/0/on", "a day such as" },
    { 2, "/stages/0/by", "[3]", "stages/0/by/0", "a text" },
    { 2, "/funds/0/allocated_fen", "669.6", "funds/0/allocated_fen", "whole fen" },
    { 2, "/funds/0/allocated_fen", "\"669.6万元\"", "funds/0/allocated_fen", "whole fen" },
    { 2, "/funds/0/allocated_fen", "-1", "funds/0/allocated_fen", "from 0" },
    { 2, "/funds/0/allocated_fen", "9007199254740992", "funds/0/allocated_fen", "2⁵³" },
    { 2, "/funds/0/allocated_fen", "99999999999999999999999", "funds/0/allocated_fen", "whole fen" },
    { 2, "/facts/elderly", "true", "facts/elderly", "whole number" },
    { 3, "/mode", "\"线上\"", "mode", "onsite (" },
    { 4, "/kind", NULL, "kind", "missing" },
    { 4, "/findings/0/severity", "\"bad\"", "findings/0/severity", "minor (" },
    { 4, "/photos/0/name", NULL, "photos/0/name", "missing" },
    { 6, "/palette", "\"pink\"", "palette", "red-amber-green (" },
    { 6, "/red_within_days", "400", "red_within_days", "from 0 to 366" },
    { 7, "/record", "\"x\"", "record", "the id of a record" },
    { 7, "/changes", "[]", "changes", "an object" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const char *id = whole[vectors[i].record].id;
      g_autofree char *body
          = luo_json_patch (whole[vectors[i].record].body, vectors[i].pointer, vectors[i].value, NULL);
      g_autofree char *path = g_strdup_printf ("%s ", vectors[i].path);
      g_autofree char *bare_path = g_strdup_printf ("%s:", vectors[i].path);
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (body);
      g_assert_false (luo_record_check_text (id, body, -1, &error));
      g_test_message ("Vector %s %s: %s", vectors[i].pointer, vectors[i].value, error->message);
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER);
      g_assert_true (g_str_has_prefix (error->message, path) || g_str_has_prefix (error->message, bare_path));
      g_assert_nonnull (strstr (error->message, vectors[i].expected));
    }
}

static void
test_ids (void)
{
  static const struct
  {
    guint record;
    const char *id;
  } bad[] = {
    { 0, "task:2020:196" },
    { 0, "task:2020:195 " },
    { 0, "task:abc" },
    { 0, "" },
    { 1, "progress:2020:195:2020-08:city" },
    { 2, "project:" },
    { 2, "projects:1" },
    { 2, "visit:1" },
    { 2, "project:a b" },
    { 2, "project:甲" },
    { 5, "office:heping" },
    { 6, "reference:rule" },
    { 7, "x" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("Vector %s", bad[i].id);
      g_assert_false (luo_record_check_text (bad[i].id, whole[bad[i].record].body, -1, &error));
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER);
      g_assert_true (g_str_has_prefix (error->message, "_id: "));
    }
}

static void
test_types (void)
{
  static const char *bad[] = { "{}",
                               "{\"type\":1}",
                               "{\"type\":null}",
                               "{\"type\":\"\"}",
                               "{\"type\":\"Task\"}",
                               "{\"type\":\"plan\",\"x\":1}" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (luo_record_check_text ("x:1", bad[i], -1, &error));
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_TYPE);
    }
}

/* Text that json-glib alone would take is refused as JSON. */
static void
test_strict_json (void)
{
  static const char *bad[] = {
    "",
    "[]",
    "{\"type\":\"edit\"",
    "{'type':'edit'}",
    "{\"type\":\"edit\",\"type\":\"edit\"}",
    "{\"type\":\"edit\"} // c",
    "{\"type\":\"\\ud800\"}",
    "{\"year\":02020}",
    "{\"type\":\"\xff\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (luo_record_check_text ("edit:1", bad[i], -1, &error));
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
    }
}

/* Numbers as json-glib gives them, and those it would wrap. */
static void
test_parse_numbers (void)
{
  g_autoptr (JsonObject) record
      = luo_record_parse ("{\"a\":9223372036854775807,\"b\":18446744073709551617,\"c\":-1,\"d\":"
                          "9007199254740991,\"e\":[99999999999999999999]}",
                          -1, NULL);

  g_assert_nonnull (record);
  g_assert_cmpfloat (json_object_get_double_member (record, "b"), ==, 18446744073709551617.0);
  g_assert_true (json_node_get_value_type (json_object_get_member (record, "b")) == G_TYPE_DOUBLE);
  g_assert_cmpint (json_object_get_int_member (record, "c"), ==, -1);
  g_assert_cmpint (json_object_get_int_member (record, "d"), ==, G_GINT64_CONSTANT (9007199254740991));
  g_assert_cmpfloat (json_array_get_double_element (json_object_get_array_member (record, "e"), 0), ==, 1e20);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/check/whole", test_whole);
  g_test_add_func ("/record/check/bad-members", test_bad_members);
  g_test_add_func ("/record/check/ids", test_ids);
  g_test_add_func ("/record/check/types", test_types);
  g_test_add_func ("/record/check/strict-json", test_strict_json);
  g_test_add_func ("/record/check/parse-numbers", test_parse_numbers);
  return g_test_run ();
}
