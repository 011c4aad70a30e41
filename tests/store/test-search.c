/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "luo-query.h"
#include "store-fixture.h"

static void
save (LuoStore *store, const char *id, const char *inspector, const char *findings)
{
  g_autofree char *body
      = g_strdup_printf ("{\"type\":\"visit\",\"kind\":\"call\",\"on\":\"2020-08-28\",\"inspector\":\"%s\","
                         "\"district\":\"heping\",\"findings\":[{\"key\":\"a\",\"text\":\"%s\"}]}",
                         inspector, findings);
  g_autoptr (LuoDocument) there = luo_store_get (store, "city", id, NULL, NULL);
  g_autofree char *rev
      = put (store, id, there != NULL ? luo_document_get_rev (there) : NULL, body, LUO_PUT_COLLAPSE);

  g_assert_nonnull (rev);
}

static void
assert_found (LuoStore *store, const char *words, const char *expected)
{
  g_autoptr (LuoQuery) query = luo_query_new ("visit");
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  GString *ids = g_string_new (NULL);

  luo_query_set_words (query, words);
  luo_query_sort (query, "id", FALSE);
  found = luo_store_list (store, query, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", luo_document_get_id (found->pdata[i]));
  g_test_message ("Words %s", words);
  g_assert_cmpstr (ids->str, ==, expected);
  g_string_free (ids, TRUE);
}

/* Two characters are found within running text, not across punctuation; several words must all be there. */
static void
test_words (StoreFixture *fixture, gconstpointer data)
{
  save (fixture->store, "visit:1", "李明", "居家养老服务中心消防通道堵塞");
  save (fixture->store, "visit:2", "王芳", "休养，老人活动室未开放");
  save (fixture->store, "visit:3", "李明", "台账与现场不符，按沈政办发〔2020〕27号整改 WiFi");
  luo_store_wait_indexed (fixture->store);

  assert_found (fixture->store, "养老", "visit:1");
  assert_found (fixture->store, "老人", "visit:2");
  assert_found (fixture->store, "服务中心", "visit:1");
  assert_found (fixture->store, "李明", "visit:1 visit:3");
  assert_found (fixture->store, "李明 消防", "visit:1");
  assert_found (fixture->store, "李明 老人", "");
  assert_found (fixture->store, "wifi", "visit:3");
  assert_found (fixture->store, "没有的词", "");
  assert_found (fixture->store, "\" OR *", "");
  /* A document number is found in whatever brackets it is typed. */
  assert_found (fixture->store, "沈政办发〔2020〕27号", "visit:3");
  assert_found (fixture->store, "沈政办发[2020]27号", "visit:3");
  assert_sound (fixture->store);
}

/* What is found follows edits, deletion, and a winner that changes. */
static void
test_follows (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = NULL;

  save (fixture->store, "visit:1", "李明", "消防通道");
  luo_store_wait_indexed (fixture->store);
  assert_found (fixture->store, "消防", "visit:1");

  /* An edit is found at once, before the index has caught up. */
  save (fixture->store, "visit:1", "李明", "无障碍坡道");
  assert_found (fixture->store, "坡道", "visit:1");
  assert_found (fixture->store, "消防", "");
  luo_store_wait_indexed (fixture->store);
  assert_found (fixture->store, "坡道", "visit:1");
  assert_found (fixture->store, "消防", "");

  document = luo_store_get (fixture->store, "city", "visit:1", NULL, &error);
  g_assert_true (luo_store_put (fixture->store, "city", "visit:1", luo_document_get_rev (document),
                                "{\"type\":\"visit\"}", NULL, TRUE, LUO_PUT_COLLAPSE, NULL, &error));
  assert_found (fixture->store, "坡道", "");
  luo_store_wait_indexed (fixture->store);
  assert_found (fixture->store, "坡道", "");
  assert_sound (fixture->store);
  g_assert_true (luo_store_rebuild (fixture->store, &error));
  luo_store_wait_indexed (fixture->store);
  assert_sound (fixture->store);
}

/* A record that is not valid here is kept and says why, until it is valid; a tombstone says nothing. */
static void
test_not_understood (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) wrong = NULL, right = NULL;

  insert (fixture->store, "city", "visit:1", "1-a", FALSE, "{\"type\":\"visit\",\"on\":\"the day before\"}",
          LUO_INSERT_HELD);
  luo_store_wait_indexed (fixture->store);
  wrong = luo_store_get (fixture->store, "city", "visit:1", NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (luo_document_get_not_understood (wrong));

  save (fixture->store, "visit:1", "李明", "整改完成");
  luo_store_wait_indexed (fixture->store);
  right = luo_store_get (fixture->store, "city", "visit:1", NULL, &error);
  g_assert_null (luo_document_get_not_understood (right));
}

static char *
find_any (LuoStore *store, const char *words)
{
  g_autoptr (LuoQuery) query = luo_query_new (NULL);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  GString *ids = g_string_new (NULL);

  luo_query_set_words (query, words);
  luo_query_set_limit (query, 0, 10);
  found = luo_store_list (store, query, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", luo_document_get_id (found->pdata[i]));
  return g_string_free (ids, FALSE);
}

/* Words are looked for in records of any type, what was changed last first; a task by its number; a type that is not known by every
 * text it has. */
static void
test_any_type (StoreFixture *fixture, gconstpointer data)
{
  insert (fixture->store, "city", "task:2020:195", "1-a", FALSE,
          "{\"type\":\"task\",\"year\":2020,\"number\":195,\"title\":\"推进居家养老\"}", LUO_INSERT_HELD);
  save (fixture->store, "visit:1", "李明", "居家养老服务中心");
  insert (fixture->store, "city", "weather:1", "1-a", FALSE,
          "{\"type\":\"weather\",\"said\":[{\"of\":\"居家\"}]}", LUO_INSERT_HELD);

  for (guint round = 0; round < 2; round++)
    {
      g_autofree char *home = find_any (fixture->store, "居家");
      g_autofree char *care = find_any (fixture->store, "居家养老");
      g_autofree char *number = find_any (fixture->store, "195");
      g_autofree char *beginning = find_any (fixture->store, "19");
      g_autofree char *single = find_any (fixture->store, "养");

      g_assert_cmpstr (home, ==, "weather:1 visit:1 task:2020:195");
      g_assert_cmpstr (care, ==, "visit:1 task:2020:195");
      g_assert_cmpstr (number, ==, "task:2020:195");
      g_assert_cmpstr (beginning, ==, "task:2020:195");
      g_assert_cmpstr (single, ==, "visit:1 task:2020:195");
      luo_store_wait_indexed (fixture->store);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                                      \
  g_test_add (path, StoreFixture, GUINT_TO_POINTER (LUO_STORE_DEFAULT), store_fixture_set_up, func,          \
              store_fixture_tear_down)

  ADD ("/store/search/words", test_words);
  ADD ("/store/search/any-type", test_any_type);
  ADD ("/store/search/follows", test_follows);
  ADD ("/store/search/not-understood", test_not_understood);

  return g_test_run ();
}
