/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-pace.h"
#include "luo-record-check.h"
#include "luo-record-error.h"

static JsonObject *
read_json (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = luo_record_parse (text, -1, &error);

  g_assert_no_error (error);
  return object;
}

static void
test_pace (void)
{
  static const struct
  {
    const char *indicator;
    gint64 reading;
    const char *month;
    const char *due;
    int done, expected_permille;
    gint64 expected;
  } vectors[] = {
    { "{\"kind\":\"cumulative\",\"target\":100}", 15, "2020-08", NULL, 150, 667, 67 },
    { "{\"kind\":\"cumulative\",\"target\":300}", 117, "2020-08", "2020-12-31", 390, 667, 200 },
    { "{\"kind\":\"cumulative\",\"target\":100}", 0, "2020-01", NULL, 0, 83, 9 },
    { "{\"kind\":\"cumulative\",\"target\":100}", 100, "2020-12", NULL, 1000, 1000, 100 },
    { "{\"kind\":\"cumulative\",\"target\":3}", 1, "2020-08", NULL, 333, 667, 2 },
    { "{\"kind\":\"level\",\"target\":115}", 115, "2020-08", NULL, 1000, 667, 77 },
    { "{\"kind\":\"monthly\",\"target\":1200}", 900, "2020-06", NULL, 750, 500, 600 },
    /* To a due day before the end of the year. */
    { "{\"kind\":\"cumulative\",\"target\":100}", 50, "2020-08", "2020-10-31", 500, 800, 80 },
    { "{\"kind\":\"cumulative\",\"target\":100}", 50, "2020-08", "2020-09-15", 500, 941, 95 },
    { "{\"kind\":\"cumulative\",\"target\":100}", 50, "2020-08", "2020-08-15", 500, 1000, 100 },
    { "{\"kind\":\"cumulative\",\"target\":100}", 50, "2020-08", "2020-03-01", 500, 1000, 100 },
    { "{\"kind\":\"cumulative\",\"target\":100}", 50, "2020-08", "2019-03-01", 500, 1000, 100 },
    { "{\"kind\":\"cumulative\",\"target\":100}", 50, "2020-08", "2021-03-01", 500, 667, 67 },
    { "{\"kind\":\"cumulative\",\"target\":100}", 50, "2020-08", "soon", 500, 667, 67 },
    /* Months outside the year. */
    { "{\"kind\":\"cumulative\",\"target\":100}", 50, "2019-12", NULL, 500, 0, 0 },
    { "{\"kind\":\"cumulative\",\"target\":100}", 50, "2021-01", NULL, 500, 1000, 100 },
    /* A plan by month; a month without an entry keeps the one before. */
    { "{\"kind\":\"cumulative\",\"target\":100,\"plan\":{\"2020-06\":10,\"2020-09\":60}}", 15, "2020-08",
      NULL, 150, 100, 10 },
    { "{\"kind\":\"cumulative\",\"target\":100,\"plan\":{\"2020-06\":10,\"2020-09\":60}}", 15, "2020-09",
      NULL, 150, 600, 60 },
    { "{\"kind\":\"cumulative\",\"target\":100,\"plan\":{\"2020-06\":10,\"2020-09\":60}}", 15, "2020-05",
      NULL, 150, 0, 0 },
    /* Held against the whole target. */
    { "{\"kind\":\"share\",\"target\":1000}", 988, "2020-08", NULL, 988, 1000, 1000 },
    { "{\"kind\":\"tick\",\"target\":13}", 12, "2020-08", NULL, 923, 1000, 13 },
    /* The ends of the scale. */
    { "{\"kind\":\"cumulative\",\"target\":0}", 0, "2020-08", NULL, 1000, 667, 0 },
    { "{\"kind\":\"cumulative\",\"target\":1}", G_GINT64_CONSTANT (9007199254740991), "2020-08", NULL, 10000,
      667, 1 },
    { "{\"kind\":\"cumulative\",\"target\":9007199254740991}", 0, "2020-12", "2020-12-31", 0, 1000,
      G_GINT64_CONSTANT (9007199254740991) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (JsonObject) indicator = read_json (vectors[i].indicator);
      LuoPace pace;

      g_test_message ("Vector %s %s %s", vectors[i].indicator, vectors[i].month, vectors[i].due);
      luo_pace_of (&pace, indicator, &vectors[i].reading, 2020, vectors[i].month, vectors[i].due);
      g_assert_true (pace.known);
      g_assert_cmpint (pace.reading, ==, vectors[i].reading);
      g_assert_cmpint (pace.done_permille, ==, vectors[i].done);
      g_assert_cmpint (pace.expected_permille, ==, vectors[i].expected_permille);
      g_assert_cmpint (pace.behind_permille, ==, vectors[i].expected_permille - vectors[i].done);
      g_assert_cmpint (pace.expected, ==, vectors[i].expected);
    }
}

static void
test_pace_unknown (void)
{
  static const char *indicators[]
      = { "{\"kind\":\"monthly\"}", "{\"target\":\"all\"}", "{\"target\":-1}", "{\"target\":1.5}" };
  const gint64 reading = 5;
  LuoPace pace;

  for (gsize i = 0; i < G_N_ELEMENTS (indicators); i++)
    {
      g_autoptr (JsonObject) indicator = read_json (indicators[i]);

      luo_pace_of (&pace, indicator, &reading, 2020, "2020-08", NULL);
      g_assert_false (pace.known);
    }
  {
    g_autoptr (JsonObject) indicator = read_json ("{\"kind\":\"cumulative\",\"target\":100}");

    luo_pace_of (&pace, indicator, NULL, 2020, "2020-08", NULL);
    g_assert_false (pace.known);
  }
}

#define CENTRES                                                                                              \
  "\"indicators\":[{\"key\":\"centres\",\"name\":\"Centres\",\"unit\":\"pcs\",\"kind\":\"cumulative\","      \
  "\"target\":100}]"
#define TWO                                                                                                  \
  "\"indicators\":[{\"key\":\"centres\",\"name\":\"Centres\",\"kind\":\"cumulative\",\"target\":100},"       \
  "{\"key\":\"stations\",\"name\":\"Stations\",\"kind\":\"cumulative\",\"target\":300}]"
#define RULE_THREE_DAYS "{\"red_within_days\":3}"
#define RULE_BLUE "{\"palette\":\"blue-yellow-red\"}"

/* The lamp of August under the rules of several places, with the reason in words and figures. */
static void
test_lamp (void)
{
  static const struct
  {
    const char *task;
    const char *readings;
    const char *today;
    const char *rule;
    const char *colour;
    const char *reason;
    const char *also; /* also in the reason */
  } vectors[] = {
    /* By pace. */
    { "{\"year\":2020," CENTRES "}", "{\"centres\":15}", "2020-08-31", "{}", "red",
      "Centres is 52 percentage points behind pace (15 of 100 pcs, 67 expected)", "" },
    { "{\"year\":2020," CENTRES "}", "{\"centres\":50}", "2020-08-31", "{}", "amber",
      "17 percentage points behind", "50 of 100" },
    { "{\"year\":2020," CENTRES "}", "{\"centres\":60}", "2020-08-31", "{}", "green", "within the limit",
      "60 of 100" },
    { "{\"year\":2020," CENTRES "}", "{\"centres\":80}", "2020-08-31", "{}", "green", "is on pace",
      "80 of 100" },
    { "{\"year\":2020," CENTRES "}", "{\"centres\":100}", "2020-08-31", "{}", "green", "reached its target",
      "" },
    { "{\"year\":2020," CENTRES "}", "{\"centres\":50}", "2020-08-31", "{\"behind_permille\":200}", "green",
      "within the limit", "" },
    { "{\"year\":2020," CENTRES "}", "{\"centres\":50}", "2020-08-31", "{\"far_behind_permille\":150}", "red",
      "behind", "" },
    { "{\"year\":2020," TWO "}", "{\"centres\":70,\"stations\":117}", "2020-08-31", "{}", "red",
      "Stations is", "117 of 300" },
    { "{\"year\":2020," TWO "}", "{\"centres\":40,\"stations\":200}", "2020-08-31", "{}", "red", "Centres is",
      "" },
    /* The other palette. */
    { "{\"year\":2020," CENTRES "}", "{\"centres\":15}", "2020-08-31", RULE_BLUE, "red", "52", "" },
    { "{\"year\":2020," CENTRES "}", "{\"centres\":50}", "2020-08-31", RULE_BLUE, "yellow", "17", "" },
    { "{\"year\":2020," CENTRES "}", "{\"centres\":80}", "2020-08-31", RULE_BLUE, "blue", "on pace", "" },
    /* By the due day. */
    { "{\"year\":2020,\"due\":\"2020-09-03\"}", "{}", "2020-08-31", RULE_THREE_DAYS, "red", "due in 3 days",
      "2020-09-03" },
    { "{\"year\":2020,\"due\":\"2020-09-04\"}", "{}", "2020-08-31", RULE_THREE_DAYS, "amber", "due in 4 days",
      "" },
    { "{\"year\":2020,\"due\":\"2020-09-03\"}", "{}", "2020-08-31", "{}", "amber", "due in 3 days", "" },
    { "{\"year\":2020,\"due\":\"2020-09-01\"}", "{}", "2020-08-31", "{}", "amber", "due in 1 day,", "" },
    { "{\"year\":2020,\"due\":\"2020-08-31\"}", "{}", "2020-08-31", "{}", "red", "due today", "" },
    { "{\"year\":2020,\"due\":\"2020-08-30\"}", "{}", "2020-08-31", "{}", "red", "1 day past", "" },
    { "{\"year\":2020,\"due\":\"2020-09-14\"}", "{}", "2020-08-31", "{}", "amber", "due in 14 days", "" },
    { "{\"year\":2020,\"due\":\"2020-09-15\"}", "{}", "2020-08-31", "{}", "green", "no reading",
      "2020-09-15" },
    { "{\"year\":2020,\"due\":\"2020-09-03\"}", "{}", "2020-08-31",
      "{\"palette\":\"blue-yellow-red\",\"red_within_days\":3}", "red", "due in 3 days", "" },
    { "{\"year\":2020,\"due\":\"2020-09-04\"}", "{}", "2020-08-31",
      "{\"palette\":\"blue-yellow-red\",\"red_within_days\":3}", "yellow", "due in 4 days", "" },
    /* Both reasons stand side by side, and the worse one decides. */
    { "{\"year\":2020,\"due\":\"2020-09-03\"," CENTRES "}", "{\"centres\":15}", "2020-08-31", "{}", "red",
      "due in 3 days", "behind pace" },
    /* Reached: a near due day is nothing, a past one asks to close the task. */
    { "{\"year\":2020,\"due\":\"2020-09-01\"," CENTRES "}", "{\"centres\":100}", "2020-08-31", "{}", "green",
      "reached", "" },
    { "{\"year\":2020,\"due\":\"2020-08-01\"," CENTRES "}", "{\"centres\":100}", "2020-08-31", "{}", "amber",
      "past its due day", "reached" },
    { "{\"year\":2020,\"due\":\"2020-08-01\"," TWO "}", "{\"centres\":100}", "2020-08-31", "{}", "red",
      "past its due day", "" },
    /* Nothing to judge by, and records that are not as they should be. */
    { "{\"year\":2020}", "{}", "2020-08-31", "{}", "green", "no due day", "" },
    { "{\"year\":2020," CENTRES "}", "{\"centres\":\"many\"}", "2020-08-31", "{}", "green", "no reading",
      "" },
    { "{\"year\":\"x\",\"due\":5,\"indicators\":[1,{\"target\":3},{\"key\":7}],\"lamp\":[],\"state\":4}",
      "{}", "2020-08-31", "{}", "green", "no reading", "" },
    { "{\"year\":2020,\"due\":\"2020-02-30\"}", "{}", "2020-08-31", "{}", "green", "no due day", "" },
    /* Done, and set by hand. */
    { "{\"year\":2020,\"state\":\"done\",\"due\":\"2020-01-01\"," CENTRES "}", "{\"centres\":15}",
      "2020-08-31", "{}", "done", "done", "" },
    { "{\"year\":2020," CENTRES
      ",\"lamp\":{\"colour\":\"green\",\"reason\":\"flood\",\"month\":\"2020-08\"}}",
      "{\"centres\":15}", "2020-08-31", "{}", "green", "flood", "by hand" },
    { "{\"year\":2020," CENTRES
      ",\"lamp\":{\"colour\":\"green\",\"reason\":\"flood\",\"month\":\"2020-07\"}}",
      "{\"centres\":15}", "2020-08-31", "{}", "red", "behind pace", "" },
    { "{\"year\":2020," CENTRES ",\"lamp\":{\"colour\":\"pink\",\"reason\":\"flood\",\"month\":\"2020-08\"}}",
      "{\"centres\":15}", "2020-08-31", "{}", "red", "behind pace", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (JsonObject) task = read_json (vectors[i].task);
      g_autoptr (JsonObject) readings = read_json (vectors[i].readings);
      g_autoptr (JsonObject) reference = read_json (vectors[i].rule);
      LuoLampRule rule;
      LuoLamp lamp;

      g_assert_true (luo_lamp_rule_read (&rule, reference, NULL));
      luo_lamp_of (&lamp, task, readings, "2020-08", vectors[i].today, &rule);
      g_test_message ("Vector %" G_GSIZE_FORMAT ": %s: %s", i, lamp.colour, lamp.reason);
      g_assert_cmpstr (lamp.colour, ==, vectors[i].colour);
      g_assert_nonnull (strstr (lamp.reason, vectors[i].reason));
      g_assert_nonnull (strstr (lamp.reason, vectors[i].also));
      g_assert_cmpint (lamp.overridden, ==, strstr (lamp.reason, "by hand") != NULL);
      luo_lamp_clear (&lamp);
      g_assert_null (lamp.reason);
    }
}

static void
test_lamp_without_readings (void)
{
  g_autoptr (JsonObject) task = read_json ("{\"year\":2020," CENTRES "}");
  LuoLampRule rule;
  LuoLamp lamp;

  luo_lamp_rule_default (&rule);
  luo_lamp_of (&lamp, task, NULL, "2020-08", "2020-08-31", &rule);
  g_assert_cmpstr (lamp.colour, ==, "green");
  g_assert_cmpint (lamp.worst_behind_permille, ==, 0);
  luo_lamp_clear (&lamp);
}

static void
test_rule (void)
{
  static const struct
  {
    const char *text;
    const char *member;
  } bad[] = {
    { "{\"palette\":\"pink\"}", "palette" },
    { "{\"palette\":3}", "palette" },
    { "{\"behind_permille\":\"100\"}", "behind_permille" },
    { "{\"behind_permille\":-1}", "behind_permille" },
    { "{\"far_behind_permille\":1001}", "far_behind_permille" },
    { "{\"behind_permille\":300}", "far_behind_permille" },
    { "{\"red_within_days\":3.5}", "red_within_days" },
    { "{\"amber_within_days\":null}", "amber_within_days" },
  };
  LuoLampRule rule;
  g_autoptr (JsonObject) good
      = read_json ("{\"palette\":\"blue-yellow-red\",\"behind_permille\":50,\"far_behind_permille\":"
                   "60,\"red_within_days\":3,\"amber_within_days\":30,\"x\":1}");

  g_assert_true (luo_lamp_rule_read (&rule, good, NULL));
  g_assert_true (rule.blue_yellow_red);
  g_assert_cmpint (rule.behind_permille, ==, 50);
  g_assert_cmpint (rule.far_behind_permille, ==, 60);
  g_assert_cmpint (rule.red_within_days, ==, 3);
  g_assert_cmpint (rule.amber_within_days, ==, 30);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (JsonObject) reference = read_json (bad[i].text);
      g_autoptr (GError) error = NULL;

      g_assert_false (luo_lamp_rule_read (&rule, reference, &error));
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER);
      g_assert_true (g_str_has_prefix (error->message, bad[i].member));
      /* A rule that is refused changes nothing. */
      g_assert_cmpint (rule.behind_permille, ==, 50);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/pace/pace", test_pace);
  g_test_add_func ("/record/pace/unknown", test_pace_unknown);
  g_test_add_func ("/record/lamp/lamp", test_lamp);
  g_test_add_func ("/record/lamp/without-readings", test_lamp_without_readings);
  g_test_add_func ("/record/lamp/rule", test_rule);
  return g_test_run ();
}
