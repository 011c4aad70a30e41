/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-record-check.h"
#include "luo-record-error.h"

/* The member at a path such as "project/funds/allocated_fen". */
static const LuoMember *
find_member (const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  const LuoMember *member = luo_record_type_member (luo_record_type_find (names[0]), names[1]);

  for (guint i = 2; names[i] != NULL; i++)
    {
      const LuoMember *each = member->members;

      while (strcmp (each->name, names[i]) != 0)
        each++;
      member = each;
    }
  return member;
}

static void
test_parse (void)
{
  static const struct
  {
    const char *member;
    const char *text;
    const char *json;
  } vectors[] = {
    { "project/name", " 牡丹社区 ", "\"牡丹社区\"" },
    { "project/name", "a \"quoted\" name", "\"a \\\"quoted\\\" name\"" },
    { "project/name", "2020", "\"2020\"" },
    { "progress/overall", "一\n二", "\"一\\n二\"" },
    { "project/funds/document", "沈政办发〔2020〕27号", "\"沈政办发〔2020〕27号\"" },
    { "project/funds/allocated_fen", "669.6万元", "669600000" },
    { "project/funds/allocated_fen", "669.6", "669600000" },
    { "project/funds/allocated_fen", "５０元", "5000" },
    { "task/due", "2020-08-28", "\"2020-08-28\"" },
    { "task/due", "2020-8-5", "\"2020-08-05\"" },
    { "task/due", "2020/8/28", "\"2020-08-28\"" },
    { "task/due", "2020.8.28", "\"2020-08-28\"" },
    { "task/due", "20200828", "\"2020-08-28\"" },
    { "task/due", "2020年8月28日", "\"2020-08-28\"" },
    { "task/due", "２０２０年８月２８日", "\"2020-08-28\"" },
    { "task/due", "2020 年 8 月 28 日", "\"2020-08-28\"" },
    { "progress/month", "2020-08", "\"2020-08\"" },
    { "progress/month", "2020年8月", "\"2020-08\"" },
    { "progress/month", "202008", "\"2020-08\"" },
    { "visit/photos/taken_at", "2020-08-28T09:30:00Z", "\"2020-08-28T09:30:00Z\"" },
    { "visit/photos/taken_at", "2020-08-28T17:30:00+08:00", "\"2020-08-28T09:30:00Z\"" },
    { "training/attendances", "2317", "2317" },
    { "training/attendances", "2,317", "2317" },
    { "training/attendances", "２３１７", "2317" },
    { "training/attendances", "007", "7" },
    { "project/site/area_m2", "820.5", "820.5" },
    { "project/site/area_m2", "820.50 m²", "820.5" },
    { "project/site/latitude", "-0.1", "-0.1" },
    { "progress/state", "submitted", "\"submitted\"" },
    { "progress/state", "Submitted", "\"submitted\"" },
    { "project/stages/stage", "Under construction", "\"construction\"" },
    { "project/programme", "Rural pilot", "\"rural-pilot\"" },
    { "project/programme", "我们自己的项目", "\"我们自己的项目\"" },
    { "project/district", "Huanggu", "\"huanggu\"" },
    { "project/district", "elsewhere", "\"elsewhere\"" },
    { "progress/office", "City bureau", "\"city\"" },
    { "visit/task", "task:2020:142", "\"task:2020:142\"" },
    { "task/partners", "市政府督查室、市财政局", "[\"市政府督查室\",\"市财政局\"]" },
    { "task/partners", "a, b，c；d", "[\"a\",\"b\",\"c\",\"d\"]" },
    { "task/partners", "[\"a, b\"]", "[\"a, b\"]" },
    { "project/stages/by", "Civil affairs、finance", "[\"civil-affairs\",\"finance\"]" },
    { "progress/readings", " {\"centres\": 15} ", "{\"centres\": 15}" },
    { "progress/remarks", "{\"存在问题\":\"无\"}", "{\"存在问题\":\"无\"}" },
    { "project/stages", "[{\"stage\":\"built\",\"on\":\"2020-08-01\"}]",
      "[{\"stage\":\"built\",\"on\":\"2020-08-01\"}]" },
    { "project/site", "{\"address\":\"x\"}", "{\"address\":\"x\"}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *json = luo_member_parse (find_member (vectors[i].member), vectors[i].text, &error);

      g_test_message ("Vector %s %s", vectors[i].member, vectors[i].text);
      g_assert_no_error (error);
      g_assert_cmpstr (json, ==, vectors[i].json);
    }
}

static void
test_parse_refuses (void)
{
  static const struct
  {
    const char *member;
    const char *text;
  } vectors[] = {
    { "project/name", "" },
    { "project/name", "  " },
    { "project/name", "a\nb" },
    { "project/name", "\xff" },
    { "project/funds/allocated_fen", "lots" },
    { "project/funds/allocated_fen", "-1万元" },
    { "project/funds/allocated_fen", "0.001元" },
    { "task/due", "" },
    { "task/due", "2020-02-30" },
    { "task/due", "2020-08" },
    { "task/due", "8月28日" },
    { "task/due", "28.8.2020" },
    { "task/due", "2020-08-28-1" },
    { "task/due", "2020 08 28" },
    { "task/due", "tomorrow" },
    { "progress/month", "2020-13" },
    { "progress/month", "2020-08-01" },
    { "progress/month", "8月" },
    { "visit/photos/taken_at", "yesterday" },
    { "training/attendances", "many" },
    { "training/attendances", "1.5" },
    { "training/attendances", "1,23" },
    { "training/attendances", "-5" },
    { "training/attendances", "12人次" },
    { "training/attendances", "9007199254740992" },
    { "training/attendances", "99999999999999999999" },
    { "task/year", "20" },
    { "project/site/latitude", "91" },
    { "project/site/latitude", "nan" },
    { "project/site/latitude", "inf" },
    { "project/site/area_m2", "12 acres" },
    { "progress/state", "closed" },
    { "project/stages/stage", "" },
    { "project/district", "某区" },
    { "project/district", "city" },
    { "visit/task", "project:1" },
    { "task/partners", "a、a" },
    { "task/partners", "[1]" },
    { "task/partners", "[\"a\"" },
    { "progress/readings", "centres=15" },
    { "progress/readings", "{\"centres\":1.5}" },
    { "progress/readings", "{\"centres\":1,\"centres\":2}" },
    { "progress/readings", "[1]" },
    { "project/stages", "[{\"stage\":\"x\"}]" },
    { "project/stages", "{\"stage\":\"built\"}" },
    { "project/site", "{\"latitude\":1} trailing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const LuoMember *member = find_member (vectors[i].member);
      g_autoptr (GError) error = NULL;

      g_assert_null (luo_member_parse (member, vectors[i].text, &error));
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE);
      g_test_message ("Vector %" G_GSIZE_FORMAT ": %s", i, error->message);
      g_assert_true (g_str_has_prefix (error->message, member->name));
    }
}

static char *
format (const char *path, const char *json)
{
  g_autofree char *wrapped = g_strdup_printf ("{\"v\":%s}", json);
  g_autoptr (JsonObject) holder = luo_record_parse (wrapped, -1, NULL);

  return luo_member_format (find_member (path), json_object_get_member (holder, "v"));
}

static void
test_format (void)
{
  static const struct
  {
    const char *member;
    const char *json;
    const char *text;
  } vectors[] = {
    { "project/name", "\"牡丹社区\"", "牡丹社区" },
    { "project/funds/allocated_fen", "669600000", "669.6万元" },
    { "training/attendances", "2317", "2,317" },
    { "task/year", "2020", "2020" },
    { "project/site/area_m2", "1820.5", "1,820.5 m²" },
    { "progress/state", "\"submitted\"", "Submitted" },
    { "progress/state", "\"unheard\"", "unheard" },
    { "project/programme", "\"rural-pilot\"", "Rural pilot" },
    { "project/district", "\"huanggu\"", "Huanggu" },
    { "progress/office", "\"city\"", "City bureau" },
    { "task/due", "\"2019-08-28\"", "28 August 2019" },
    { "task/due", "\"soon\"", "soon" },
    { "progress/month", "\"2020-08\"", "August 2020" },
    { "task/partners", "[\"甲\",\"乙\"]", "甲, 乙" },
    { "project/stages/by", "[\"civil-affairs\",\"finance\"]", "Civil affairs, Finance" },
    { "progress/readings", "{\"centres\":1500,\"stations\":117}", "centres: 1,500, stations: 117" },
    { "project/facts", "{\"elderly\":2140}", "Elderly people: 2,140" },
    { "project/stages", "[{\"stage\":\"built\",\"on\":\"2019-08-01\"},{\"stage\":\"design\"}]",
      "Stage: Built, Reached on: 1 August 2019\nStage: Fitting-out design" },
    { "project/site", "{\"address\":\"x\",\"area_m2\":820,\"y\":1}", "Address: x, Floor area: 820 m²" },
    /* What is not as it should be is shown as it is. */
    { "project/funds/allocated_fen", "\"lots\"", "lots" },
    { "project/name", "12", "12" },
    { "project/name", "true", "Yes" },
    { "project/name", "null", "null" },
    { "project/name", "{\"a\":1}", "{\"a\":1}" },
    { "task/partners", "[1,\"a\"]", "1, a" },
    { "project/stages", "[\"x\"]", "\"x\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = format (vectors[i].member, vectors[i].json);

      g_test_message ("Vector %s %s", vectors[i].member, vectors[i].json);
      g_assert_cmpstr (text, ==, vectors[i].text);
    }
}

/* The year is left out of a day of this year. */
static void
test_this_year (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *json = g_strdup_printf ("\"%04d-08-28\"", g_date_time_get_year (now));
  g_autofree char *text = format ("task/due", json);

  g_assert_cmpstr (text, ==, "28 August");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/member/parse", test_parse);
  g_test_add_func ("/record/member/parse-refuses", test_parse_refuses);
  g_test_add_func ("/record/member/format", test_format);
  g_test_add_func ("/record/member/this-year", test_this_year);
  return g_test_run ();
}
