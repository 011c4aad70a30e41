/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-keyed-place.h"
#include "luo-record-error.h"

#define PROJECT                                                                                              \
  "{\"type\":\"project\",\"x\":[{\"key\":\"a/b\",\"n\":1}],"                                                 \
  "\"funds\":[{\"key\":\"city\",\"source\":\"市级\",\"used_fen\":1},{\"key\":\"provincial\",\"source\":"   \
  "\"省级\","                                                                                              \
  "\"used_fen\":2}]}"

static void
test_get (void)
{
  static const struct
  {
    const char *pointer, *value;
  } vectors[] = {
    { "/funds/provincial/used_fen", "2" },
    { "/funds/city/source", "\"市级\"" },
    { "/funds/district", NULL },
    { "/funds/district/used_fen", NULL },
    { "/x/a~1b/n", "1" },
    { "/site/address", NULL },
    { "/type", "\"project\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *value = luo_keyed_place_get ("project", PROJECT, vectors[i].pointer);

      g_test_message ("Vector %s", vectors[i].pointer);
      g_assert_cmpstr (value, ==, vectors[i].value);
    }
}

static void
test_set (void)
{
  static const struct
  {
    const char *body, *pointer, *value, *result;
  } vectors[] = {
    { "{\"funds\":[{\"key\":\"a\"},{\"key\":\"b\",\"used_fen\":1}]}", "/funds/b/used_fen", "7",
      "{\"funds\":[{\"key\":\"a\"},{\"key\":\"b\",\"used_fen\":7}]}" },
    { "{\"funds\":[{\"key\":\"a\"}]}", "/funds/b", "{\"key\":\"b\"}",
      "{\"funds\":[{\"key\":\"a\"},{\"key\":\"b\"}]}" },
    { "{}", "/funds/b", "{\"key\":\"b\"}", "{\"funds\":[{\"key\":\"b\"}]}" },
    { "{\"funds\":[{\"key\":\"a\"}]}", "/funds/a", NULL, "{\"funds\":[]}" },
    { "{\"funds\":[{\"key\":\"a\"}]}", "/funds/b", NULL, "{\"funds\":[{\"key\":\"a\"}]}" },
    { "{}", "/readings/centres", "3", "{\"readings\":{\"centres\":3}}" },
    { "{\"x\":1}", "/x", NULL, "{}" },
  };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *result
          = luo_keyed_place_set ("project", vectors[i].body, vectors[i].pointer, vectors[i].value, &error);

      g_test_message ("Vector %s", vectors[i].pointer);
      g_assert_no_error (error);
      g_assert_cmpstr (result, ==, vectors[i].result);
    }
  g_assert_null (luo_keyed_place_set ("project", "{}", "/funds/b/used_fen", "1", &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER);
}

/* As the forms name it; what the table does not know keeps its own name. */
static void
test_label (void)
{
  static const struct
  {
    const char *type, *pointer, *label;
  } vectors[] = {
    { "project", "/funds/provincial/used_fen", "Funds · Provincial funds · Used" },
    { "project", "/funds/provincial", "Funds · Provincial funds" },
    { "project", "/site/address", "Site · Address" },
    { "project", "/facts/elderly", "Basic facts · Elderly people" },
    { "project", "/stages/construction/on", "Stages · Under construction · Reached on" },
    { "project", "/unheard", "unheard" },
    { "unheard", "/a/b", "a · b" },
    { "progress", "/remarks/存在问题", "Remarks · 存在问题" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *label = luo_keyed_place_label (vectors[i].type, vectors[i].pointer, PROJECT);

      g_test_message ("Vector %s", vectors[i].pointer);
      g_assert_cmpstr (label, ==, vectors[i].label);
    }
}

static void
test_within (void)
{
  g_assert_true (luo_keyed_place_is_within ("/funds/a/used_fen", "/funds/a"));
  g_assert_true (luo_keyed_place_is_within ("/funds/a", "/funds/a"));
  g_assert_false (luo_keyed_place_is_within ("/funds/ab", "/funds/a"));
  g_assert_false (luo_keyed_place_is_within ("/funds", "/funds/a"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desk/place/get", test_get);
  g_test_add_func ("/desk/place/set", test_set);
  g_test_add_func ("/desk/place/label", test_label);
  g_test_add_func ("/desk/place/within", test_within);
  return g_test_run ();
}
