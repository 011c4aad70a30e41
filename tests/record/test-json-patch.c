/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-record-error.h"

/* One value changes; every other byte, white space and order included, stays. */
static void
test_patch (void)
{
  static const struct
  {
    const char *text;
    const char *pointer;
    const char *value;
    const char *patched;
  } vectors[] = {
    { "{\"a\":1,\"b\":2}", "/a", "10", "{\"a\":10,\"b\":2}" },
    { "{ \"a\" : 1 , \"b\" : 2.50 }", "/a", " \"x\" ", "{ \"a\" : \"x\" , \"b\" : 2.50 }" },
    { "{}", "/a", "1", "{\"a\":1}" },
    { "{ }", "/a", "1", "{\"a\":1 }" },
    { "{\"a\":1 }", "/b", "[2]", "{\"a\":1,\"b\":[2] }" },
    { "{\"a\":{\"b\":{\"c\":1}}}", "/a/b/c", "2", "{\"a\":{\"b\":{\"c\":2}}}" },
    { "{\"a\":1}", "/readings/centres", "15", "{\"a\":1,\"readings\":{\"centres\":15}}" },
    { "{\"a\":1}", "/site/deep/er", "15", "{\"a\":1,\"site\":{\"deep\":{\"er\":15}}}" },
    { "{\"l\":[1,2,3]}", "/l/0", "9", "{\"l\":[9,2,3]}" },
    { "{\"l\":[1,2,3]}", "/l/2", "9", "{\"l\":[1,2,9]}" },
    { "{\"l\":[1, 2]}", "/l/-", "3", "{\"l\":[1, 2,3]}" },
    { "{\"l\":[1, 2]}", "/l/2", "3", "{\"l\":[1, 2,3]}" },
    { "{\"l\":[]}", "/l/-", "3", "{\"l\":[3]}" },
    { "{\"l\":[ ]}", "/l/0", "3", "{\"l\":[3 ]}" },
    { "{}", "/findings/-", "{\"key\":\"k\"}", "{\"findings\":[{\"key\":\"k\"}]}" },
    { "{}", "/findings/0/text", "\"x\"", "{\"findings\":[{\"text\":\"x\"}]}" },
    { "{\"stages\":[{\"stage\":\"confirmed\"},{\"stage\":\"built\"}]}", "/stages/1/on", "\"2020-08-01\"",
      "{\"stages\":[{\"stage\":\"confirmed\"},{\"stage\":\"built\",\"on\":\"2020-08-01\"}]}" },
    /* Removal, with the comma that goes. */
    { "{\"a\":1,\"b\":2,\"c\":3}", "/a", NULL, "{\"b\":2,\"c\":3}" },
    { "{\"a\":1,\"b\":2,\"c\":3}", "/b", NULL, "{\"a\":1,\"c\":3}" },
    { "{\"a\":1,\"b\":2,\"c\":3}", "/c", NULL, "{\"a\":1,\"b\":2}" },
    { "{ \"a\" : 1 , \"b\" : 2 }", "/a", NULL, "{ \"b\" : 2 }" },
    { "{ \"a\" : 1 , \"b\" : 2 }", "/b", NULL, "{ \"a\" : 1 }" },
    { "{ \"a\" : 1 }", "/a", NULL, "{  }" },
    { "{\"l\":[1,2,3]}", "/l/1", NULL, "{\"l\":[1,3]}" },
    { "{\"l\":[1]}", "/l/0", NULL, "{\"l\":[]}" },
    { "{\"a\":1}", "/b", NULL, "{\"a\":1}" },
    { "{\"a\":1}", "/b/c/d", NULL, "{\"a\":1}" },
    { "{\"l\":[1]}", "/l/-", NULL, "{\"l\":[1]}" },
    /* Names: of other languages, empty, with the escapes of pointers and of JSON. */
    { "{\"remarks\":{\"存在问题\":\"无\"}}", "/remarks/存在问题", "\"有\"",
      "{\"remarks\":{\"存在问题\":\"有\"}}" },
    { "{\"a/b\":1,\"m~n\":2}", "/a~1b", "3", "{\"a/b\":3,\"m~n\":2}" },
    { "{\"a/b\":1,\"m~n\":2}", "/m~0n", "3", "{\"a/b\":1,\"m~n\":3}" },
    { "{\"~1\":1}", "/~01", "3", "{\"~1\":3}" },
    { "{\"\":1}", "/", "3", "{\"\":3}" },
    { "{\"n\\u0061me\":1}", "/name", "3", "{\"n\\u0061me\":3}" },
    { "{}", "/quo\"te", "3", "{\"quo\\\"te\":3}" },
    { "{\"a\":1}", "", "{\"b\":2}", "{\"b\":2}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *patched
          = luo_json_patch (vectors[i].text, vectors[i].pointer, vectors[i].value, &error);

      g_test_message ("Vector %s %s", vectors[i].text, vectors[i].pointer);
      g_assert_no_error (error);
      g_assert_cmpstr (patched, ==, vectors[i].patched);
    }
}

static void
test_patch_refuses (void)
{
  static const struct
  {
    const char *text;
    const char *pointer;
    const char *value;
    int code;
  } vectors[] = {
    { "{\"a\":1}", "a", "2", LUO_RECORD_ERROR_MEMBER },
    { "{\"a\":1}", "/a/b", "2", LUO_RECORD_ERROR_MEMBER },
    { "{\"a\":\"x\"}", "/a/0", "2", LUO_RECORD_ERROR_MEMBER },
    { "{\"l\":[1]}", "/l/2", "2", LUO_RECORD_ERROR_MEMBER },
    { "{\"l\":[1]}", "/l/01", "2", LUO_RECORD_ERROR_MEMBER },
    { "{\"l\":[1]}", "/l/-1", "2", LUO_RECORD_ERROR_MEMBER },
    { "{\"l\":[1]}", "/l/x", "2", LUO_RECORD_ERROR_MEMBER },
    { "{\"l\":[1]}", "/l/99999999999999999999", "2", LUO_RECORD_ERROR_MEMBER },
    { "{\"a\":1}", "/a", "", LUO_RECORD_ERROR_JSON },
    { "{\"a\":1}", "/a", "2,\"b\":3", LUO_RECORD_ERROR_JSON },
    { "{\"a\":1}", "/a", "nul", LUO_RECORD_ERROR_JSON },
    { "{\"a\":1}", "/a", "{\"x\":1,\"x\":2}", LUO_RECORD_ERROR_JSON },
    { "{\"a\":1", "/a", "2", LUO_RECORD_ERROR_JSON },
    { "[1]", "/0", "2", LUO_RECORD_ERROR_JSON },
    { "{\"a\":1}", "", NULL, LUO_RECORD_ERROR_JSON },
    { "{\"a\":1}", "", "[]", LUO_RECORD_ERROR_JSON },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("Vector %s %s", vectors[i].text, vectors[i].pointer);
      g_assert_null (luo_json_patch (vectors[i].text, vectors[i].pointer, vectors[i].value, &error));
      g_assert_error (error, LUO_RECORD_ERROR, vectors[i].code);
    }

  {
    g_autofree char *open = g_strnfill (LUO_JSON_MAX_DEPTH - 1, '[');
    g_autofree char *close = g_strnfill (LUO_JSON_MAX_DEPTH - 1, ']');
    g_autofree char *deep = g_strconcat (open, close, NULL);
    g_autofree char *patched = luo_json_patch ("{}", "/a", deep, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (patched);
    g_assert_null (luo_json_patch ("{}", "/a/b", deep, &error));
    g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
  }
}

/* What this version does not know keeps its bytes through an edit of what it knows. */
static void
test_unknown_survives (void)
{
  const char *unknown = "\"x_plan\" : {\"ratio\": 1.10, "
                        "\"big\":123456789012345678901234567890,\"t\":\"\\u843d\\/\" ,\"n\":null}";
  g_autofree char *body = g_strdup_printf (
      "{\"type\":\"project\",%s,\"stages\":[{\"stage\":\"confirmed\",\"x\":1e2}],\"name\":\"甲\"}", unknown);
  g_autofree char *one = luo_json_patch (body, "/name", "\"乙\"", NULL);
  g_autofree char *two = luo_json_patch (one, "/stages/0/on", "\"2020-08-01\"", NULL);
  g_autofree char *three = luo_json_patch (two, "/operator", "\"丙\"", NULL);
  g_autofree char *four = luo_json_patch (three, "/type", NULL, NULL);
  g_autofree char *expected
      = g_strdup_printf ("{%s,\"stages\":[{\"stage\":\"confirmed\",\"x\":1e2,\"on\":\"2020-08-01\"}],"
                         "\"name\":\"乙\",\"operator\":\"丙\"}",
                         unknown);

  g_assert_cmpstr (four, ==, expected);
}

static void
test_at (void)
{
  const char *text = " {\"a\":{\"b\":[1, {\"c\" : \"x\"} ]},\"d\": 2.50 } ";
  static const struct
  {
    const char *pointer;
    const char *value;
  } vectors[] = {
    { "/a/b/0", "1" },       { "/a/b/1", "{\"c\" : \"x\"}" },
    { "/a/b/1/c", "\"x\"" }, { "/a/b", "[1, {\"c\" : \"x\"} ]" },
    { "/d", "2.50" },        { "/a/b/2", NULL },
    { "/a/b/-", NULL },      { "/a/x", NULL },
    { "/d/x", NULL },        { "d", NULL },
    { "/", NULL },           { "", "{\"a\":{\"b\":[1, {\"c\" : \"x\"} ]},\"d\": 2.50 }" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *value = luo_json_at (text, vectors[i].pointer);

      g_assert_cmpstr (value, ==, vectors[i].value);
    }
  g_assert_null (luo_json_at ("{\"a\":1", "/a"));
}

static void
test_canonical (void)
{
  static const struct
  {
    const char *text;
    const char *canonical;
  } vectors[] = {
    { " { } ", "{}" },
    { "[ ]", "[]" },
    { " 1.50 ", "1.50" },
    { "\"\\u0061\"", "\"a\"" },
    { "{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}" },
    { "{ \"b\" : [ 3 , 1 , { \"d\" : null , \"c\" : true } ] , \"a\" : 1e5 }",
      "{\"a\":1e5,\"b\":[3,1,{\"c\":true,\"d\":null}]}" },
    { "{\"\\u0062\":\"\\u843d\\u5b9e\\/\\u0022\\u001f\\ud83d\\ude00\",\"a\":123456789012345678901234567890}",
      "{\"a\":123456789012345678901234567890,\"b\":\"落实/\\\"\\u001f😀\"}" },
    /* Bytes, not letters of a locale: capitals first, a prefix before what it begins, U+0000 lowest. */
    { "{\"aa\":1,\"a\":2,\"B\":3,\"落\":4,\"\":5,\"a\\u0000\":6}",
      "{\"\":5,\"B\":3,\"a\":2,\"a\\u0000\":6,\"aa\":1,\"落\":4}" },
    { "{\"z\":{\"y\":{\"x\":{\"w\":1,\"v\":2},\"u\":3},\"t\":4},\"s\":5}",
      "{\"s\":5,\"z\":{\"t\":4,\"y\":{\"u\":3,\"x\":{\"v\":2,\"w\":1}}}}" },
    /* Names with escapes, in an order that only shows without them, around objects that are in order and that are not. */
    { "{\"\\u0063\":{\"\\u0079\":1,\"x\":[{\"q\":1,\"\\u0070\":2}]},\"\\u0062\\n\":{\"r\":1,\"\\u0073\":2},"
      "\"a\":0}",
      "{\"a\":0,\"b\\n\":{\"r\":1,\"s\":2},\"c\":{\"x\":[{\"p\":2,\"q\":1}],\"y\":1}}" },
  };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *canonical = luo_json_canonical (vectors[i].text, -1, NULL);
      g_autofree char *again = NULL;
      /* An own block without a NUL. */
      g_autofree char *block = g_memdup2 (vectors[i].text, strlen (vectors[i].text));
      g_autofree char *of_block = luo_json_canonical (block, (gssize)strlen (vectors[i].text), NULL);

      g_assert_cmpstr (canonical, ==, vectors[i].canonical);
      g_assert_cmpstr (of_block, ==, vectors[i].canonical);
      again = luo_json_canonical (canonical, -1, NULL);
      g_assert_cmpstr (again, ==, canonical);
      g_assert_true (luo_json_equal (vectors[i].text, canonical));
    }
  g_assert_null (luo_json_canonical ("{\"a\":1,\"a\":2}", -1, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);

  g_assert_true (luo_json_equal ("{\"a\":1,\"b\":[ 2 ]}", "{\"b\":[2],\"a\":1}"));
  g_assert_false (luo_json_equal ("[1,2]", "[2,1]"));
  g_assert_false (luo_json_equal ("1.0", "1"));
  g_assert_false (luo_json_equal ("{", "[1]"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/json-patch/patch", test_patch);
  g_test_add_func ("/record/json-patch/refuses", test_patch_refuses);
  g_test_add_func ("/record/json-patch/unknown-survives", test_unknown_survives);
  g_test_add_func ("/record/json-patch/at", test_at);
  g_test_add_func ("/record/json-patch/canonical", test_canonical);
  return g_test_run ();
}
