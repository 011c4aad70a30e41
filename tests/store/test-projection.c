/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "luo-query.h"
#include "store-fixture.h"

/* The check projects every record once more by SQLite's JSON functions, so that a sound store says that both ways agree. */

/* Values of the wrong kind, escapes, deep and empty values give what SQLite reads of them, and never an error. */
static void
test_odd_values (StoreFixture *fixture, gconstpointer data)
{
  static const char *const bodies[] = {
    "{\"type\":\"project\"}",
    "{\"type\":\"project\",\"district\":7,\"name\":null,\"programme\":[1],\"community\":{\"a\":1}}",
    "{\"type\":\"project\",\"name\":\"\",\"district\":\"\\u7687\\u59d1\",\"community\":\"a\\\\\\\"b\\n\"}",
    "{\"type\":\"project\",\"n\\u0061me\":\"escaped name\"}",
    "{ \"type\" : \"project\" , \"name\" : \"blanks\" , \"stages\" : [ ] , \"funds\" : [ { } , 1 , \"x\" , "
    "null ] }",
    "{\"type\":\"project\",\"stages\":{\"stage\":\"built\"},\"funds\":\"none\",\"facts\":[1,2]}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":\"built\",\"on\":\"2020-01-02\"},{\"on\":1},[],{\"stage\":"
    "2}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"a\",\"source\":\"\xe7\x9c\x81\xe7\xba\xa7\",\"allocated_"
    "fen\":66960000,"
    "\"disbursed_fen\":1.5,\"used_fen\":\"3\"},{\"key\":\"b\",\"allocated_fen\":99999999999999999999}]}",
    "{\"type\":\"project\",\"facts\":{\"elderly\":2140,\"x\":\"y\",\"\\u0065\":3,\"\":4}}",
    "{\"type\":\"project\",\"site\":{\"area_m2\":12.5,\"address\":\"}],{[\\\"\"},\"name\":\"}\"}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":\"design\",\"on\":\"2020-05-01\"},{\"stage\":\"built\","
    "\"on\":\"2020-05-01\"},"
    "{\"stage\":\"tendered\",\"on\":\"2020-05-01\"},{\"stage\":\"operating\",\"planned\":\"2020-12-01\"},"
    "{\"planned\":\"2020-11-01\",\"on\":null},{\"planned\":\"2020-11-\\u0030\\u0032\"}]}",
    "{\"type\":\"project\",\"stages\":[{\"on\":\"2020-05-01\"},{\"stage\":null,\"on\":\"2020-05-01\"},{"
    "\"stage\":7,\"on\":"
    "\"2020-05-01\"}]}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":{ \"a\" : [ \"} ]\\\"\" ] },\"on\":\"2020-05-0\\u0031\"}]}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":\"\",\"on\":\"x\"},{\"stage\":true,\"on\":\"x\"},{"
    "\"stage\":1.50,\"on\":\"xy\"}]}",
    "{\"type\":\"project\",\"stages\":{\"b\":{\"stage\":\"built\",\"on\":\"x\"},\"a\":{\"stage\":\"built\","
    "\"on\":\"x\"}}}",
    "{\"type\":\"project\",\"funds\":{\"a\":{\"used_fen\":3},\"b\":{\"used_fen\":-4},\"c\":[{\"used_fen\":5}]"
    "}}",
    "{\"type\":\"project\",\"funds\":[{\"used_fen\":9223372036854775807},{\"used_fen\":9223372036854775807},"
    "{\"disbursed_fen\":-0}]}",
    "{\"type\":\"visit\",\"findings\":[{\"due\":\"2020-09-02\"},{\"due\":\"2020-09-01\"},{\"due\":\"2020-08-"
    "01\","
    "\"solved_on\":\"2020-08-02\"},{\"due\":5},{\"due\":\"\"},[],7]}",
    "{\"type\":\"visit\",\"findings\":{\"x\":{\"due\":\"2020-09-02\",\"solved_on\":null},\"y\":{}}}",
    "{\"type\":\"task\",\"year\":2020,\"number\":1e2,\"section\":-0,\"indicators\":[{\"key\":\"k\","
    "\"target\":100}]}",
    "{\"type\":\"task\",\"year\":\"2020\",\"title\":\"\\ud83d\\ude00\"}",
    "{\"type\":\"progress\",\"readings\":{\"centres\":15,\"stations\":117.0,\"none\":null},\"month\":\"2020-"
    "08\"}",
    "{\"type\":\"progress\",\"readings\":[15]}",
    "{\"type\":\"training\",\"eligible\":180,\"covered\":180,\"attendances\":true}",
    "{\"type\":\"training\",\"eligible\":0,\"covered\":\"x\"}",
    "{\"type\":\"visit\",\"findings\":[{\"key\":\"a\",\"text\":\"t\",\"due\":\"2020-09-01\"},{\"solved_on\":"
    "\"2020-08-01\"}]}",
    "{\"type\":\"visit\",\"findings\":7}",
    "{\"type\":7}",
    "{\"type\":\"unheard of\",\"a\":1}",
    "{}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *id = g_strdup_printf ("odd-%" G_GSIZE_FORMAT, i);

      g_test_message ("Vector %s", bodies[i]);
      insert (fixture->store, "city", id, "1-a", FALSE, bodies[i], LUO_INSERT_HELD);
      assert_sound (fixture->store);
    }

  /* Each record in the place of each other: rows of the former type and its items go. */
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *id = g_strdup_printf ("odd-%" G_GSIZE_FORMAT, i);

      insert (fixture->store, "city", id, "2-b 1-a", i % 5 == 0, bodies[(i + 7) % G_N_ELEMENTS (bodies)],
              LUO_INSERT_HELD);
    }
  assert_sound (fixture->store);

  /* And by steps through all of them in one record, where rows that are there are compared with what comes. */
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *rev = g_strdup_printf ("%" G_GSIZE_FORMAT "-c", i + 3);
      g_autofree char *history = g_strdup_printf ("%s %" G_GSIZE_FORMAT "-c", rev, i + 2);
      gsize vector = i < G_N_ELEMENTS (bodies) ? i : 2 * G_N_ELEMENTS (bodies) - 1 - i;

      insert (fixture->store, "city", "odd-steps", history, FALSE, bodies[vector], LUO_INSERT_HELD);
      if (i % 4 == 0)
        assert_sound (fixture->store);
    }
}

static void
insert_many (LuoStore *store, guint first, guint n)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  g_autoptr (GError) error = NULL;

  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *id = g_strdup_printf ("project:%u", i);
      g_autofree char *body
          = g_strdup_printf ("{\"type\":\"project\",\"district\":\"%s\",\"name\":\"%u\",\"stages\":["
                             "{\"stage\":\"confirmed\",\"on\":\"2020-03-12\"}]}",
                             i % 2 == 0 ? "heping" : "huanggu", i);

      g_ptr_array_add (documents, make_incoming (id, "1-a", FALSE, body));
    }
  luo_store_insert (store, "city", documents, LUO_INSERT_HELD, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_count (LuoStore *store, const char *district, gint64 expected)
{
  g_autoptr (LuoQuery) query = luo_query_new ("project");
  g_autoptr (GError) error = NULL;

  luo_query_where (query, "district", LUO_EQUAL, district);
  g_assert_cmpint (luo_store_count (store, query, &error), ==, expected);
  g_assert_no_error (error);
}

/* A bulk load, lists in the middle of it, saves after it, and everything made anew. */
static void
test_bulk (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 5; i++)
    {
      insert_many (fixture->store, i * 1000, 1000);
      assert_count (fixture->store, "heping", (i + 1) * 500);
    }
  luo_store_wait_indexed (fixture->store);
  assert_count (fixture->store, "heping", 2500);
  assert_sound (fixture->store);

  g_free (put (fixture->store, "project:new", NULL, "{\"type\":\"project\",\"district\":\"heping\"}",
               LUO_PUT_COLLAPSE));
  assert_count (fixture->store, "heping", 2501);
  g_assert_true (luo_store_rebuild (fixture->store, &error));
  g_assert_no_error (error);
  assert_count (fixture->store, "heping", 2501);
  assert_sound (fixture->store);

  store_fixture_reopen (fixture, LUO_STORE_DEFAULT);
  assert_count (fixture->store, "huanggu", 2500);
  assert_sound (fixture->store);
}

/* How many pages the log holds, as the index of the log says that SQLite keeps beside it. */
static guint32
count_logged (StoreFixture *fixture)
{
  g_autofree char *file = g_build_filename (fixture->folder, "luoshi.db-shm", NULL);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  guint32 pages;
  gsize length;

  g_file_get_contents (file, &data, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, >, 20);
  memcpy (&pages, data + 16, sizeof pages);
  return pages;
}

/* A save is confirmed when its pages are on the disk, so it writes those of what it changes and not of every index. */
static void
test_save_writes_little (StoreFixture *fixture, gconstpointer data)
{
  guint32 before;

  insert_many (fixture->store, 0, 5000);
  luo_store_wait_indexed (fixture->store);
  /* Closing copies the log back and takes it away; the first save makes it anew. */
  store_fixture_reopen (fixture, LUO_STORE_DEFAULT);
  g_free (put (fixture->store, "project:17", "1-a",
               "{\"type\":\"project\",\"district\":\"huanggu\",\"name\":\"17\",\"stages\":["
               "{\"stage\":\"confirmed\",\"on\":\"2020-03-12\"}],\"operator\":\"a\"}",
               LUO_PUT_COLLAPSE));
  g_assert_cmpuint (count_logged (fixture), <=, 16);

  /* Another stage changes the rows of the stages and the columns that are made from them. */
  luo_store_wait_indexed (fixture->store);
  before = count_logged (fixture);
  g_free (
      put (fixture->store, "project:18", "1-a",
           "{\"type\":\"project\",\"district\":\"heping\",\"name\":\"18\",\"stages\":["
           "{\"stage\":\"confirmed\",\"on\":\"2020-03-12\"},{\"stage\":\"built\",\"on\":\"2020-10-31\"}]}",
           LUO_PUT_COLLAPSE));
  g_assert_cmpuint (count_logged (fixture), >, before);
  g_assert_cmpuint (count_logged (fixture), <=, before + 24);
  assert_sound (fixture->store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/store/projection/odd-values", StoreFixture, GUINT_TO_POINTER (LUO_STORE_DEFAULT),
              store_fixture_set_up, test_odd_values, store_fixture_tear_down);
  g_test_add ("/store/projection/bulk", StoreFixture, GUINT_TO_POINTER (LUO_STORE_DEFAULT),
              store_fixture_set_up, test_bulk, store_fixture_tear_down);

  g_test_add ("/store/projection/save-writes-little", StoreFixture, GUINT_TO_POINTER (LUO_STORE_DEFAULT),
              store_fixture_set_up, test_save_writes_little, store_fixture_tear_down);

  return g_test_run ();
}
