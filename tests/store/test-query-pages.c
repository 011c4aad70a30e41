/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-query.h"
#include "store-fixture.h"

/* Lists of some thousand records, so that sets are intersected and indexes walked, compared with what reading every record gives. */

#define RECORDS 3000
#define PAGE 40

static const char *const districts[] = { "heping", "shenhe", "tiexi", "huanggu" };
static const char *const topics[] = { "养老服务规范", "消防安全，养护常识", "老年人能力评估", "财务管理" };

typedef struct
{
  gint64 key;
  char *district, *topic, *on;
  gint64 attendances; /* -1: absent */
  gboolean city;
} Record;

static LuoIncoming *
make_training (GRand *rand, guint i)
{
  g_autoptr (GString) body = g_string_new ("{\"type\":\"training\"");
  g_autofree char *id = g_strdup_printf ("training:%08x%u", g_rand_int (rand), i);

  g_string_append_printf (body, ",\"on\":\"2020-%02d-%02d\",\"topic\":\"%s%u\",\"district\":\"%s\"",
                          g_rand_int_range (rand, 1, 13), g_rand_int_range (rand, 1, 29),
                          topics[g_rand_int_range (rand, 0, 4)], i % 7,
                          districts[g_rand_int_range (rand, 0, 4)]);
  if (g_rand_int_range (rand, 0, 5) > 0)
    g_string_append_printf (body, ",\"attendances\":%d", g_rand_int_range (rand, 0, 50));
  g_string_append_c (body, '}');
  return make_incoming (id, "1-a", FALSE, body->str);
}

static void
load (LuoStore *store, const char *space, GRand *rand, guint n)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (documents, make_training (rand, i));
  luo_store_insert (store, space, documents, LUO_INSERT_HELD, NULL, &error);
  g_assert_no_error (error);
}

static void
clear_record (gpointer data)
{
  Record *record = data;

  g_free (record->district);
  g_free (record->topic);
  g_free (record->on);
}

/* Every record, read from its body. */
static GArray *
read_records (LuoStore *store)
{
  GArray *records = g_array_new (FALSE, TRUE, sizeof (Record));
  g_autoptr (LuoQuery) query = luo_query_new ("training");
  g_autoptr (GPtrArray) documents = luo_store_list (store, query, NULL);

  g_array_set_clear_func (records, clear_record);
  for (guint i = 0; i < documents->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (documents, i);
      JsonObject *object = luo_document_get_object (document);
      Record record = { luo_document_get_key (document) };

      record.district = g_strdup (luo_document_get_text (document, "district"));
      record.topic = g_strdup (luo_document_get_text (document, "topic"));
      record.on = g_strdup (luo_document_get_text (document, "on"));
      record.attendances = json_object_has_member (object, "attendances")
                               ? luo_document_get_int (document, "attendances")
                               : -1;
      record.city = strcmp (luo_document_get_space (document), "city") == 0;
      g_array_append_val (records, record);
    }
  return records;
}

/* What a list is asked for. */
typedef struct
{
  const char *district; /* (nullable) */
  const char *from;     /* (nullable): on, at least */
  const char *space;    /* (nullable) */
  const char *words;    /* (nullable): one word */
  const char *sort;
  gboolean descending;
  gboolean creator; /* created_at is absent, a condition that every record meets */
} Vector;

static const Vector vectors[] = {
  { .sort = "on" },
  { .sort = "on", .descending = TRUE },
  { .district = "tiexi", .sort = "on" },
  { .district = "tiexi", .sort = "on", .descending = TRUE },
  { .district = "tiexi", .sort = "district" },
  { .district = "nowhere", .sort = "on" },
  { .from = "2020-11-01", .sort = "on" },
  { .from = "2020-11-01", .sort = "on", .descending = TRUE },
  { .from = "2020-02-01", .district = "heping", .sort = "topic" },
  { .space = "huanggu", .sort = "attendances" },
  { .space = "huanggu", .district = "heping", .sort = "attendances", .descending = TRUE },
  { .space = "huanggu", .district = "heping", .from = "2020-12-20", .sort = "attendances" },
  { .district = "shenhe", .creator = TRUE, .sort = "attendances", .descending = TRUE },
  { .words = "养老", .sort = "on" },
  { .words = "养老服", .sort = "on", .descending = TRUE },
  { .words = "养老", .district = "tiexi", .sort = "attendances" },
  { .words = "评估3", .district = "tiexi", .sort = "on" },
  { .words = "全养", .sort = "on" },
};

static gboolean
matches (const Vector *vector, const Record *record)
{
  return (vector->district == NULL || strcmp (record->district, vector->district) == 0)
         && (vector->from == NULL || strcmp (record->on, vector->from) >= 0)
         && (vector->space == NULL || record->city == (strcmp (vector->space, "city") == 0))
         && (vector->words == NULL || strstr (record->topic, vector->words) != NULL);
}

static int
compare_records (gconstpointer a, gconstpointer b, gpointer data)
{
  const Record *const first = a, *const second = b;
  const Vector *vector = data;
  int order = 0;

  if (strcmp (vector->sort, "on") == 0)
    order = strcmp (first->on, second->on);
  else if (strcmp (vector->sort, "district") == 0)
    order = strcmp (first->district, second->district);
  else if (strcmp (vector->sort, "topic") == 0)
    order = strcmp (first->topic, second->topic);
  else if (first->attendances != second->attendances)
    order = first->attendances < second->attendances ? -1 : 1;
  if (order == 0)
    order = first->key < second->key ? -1 : first->key > second->key;
  return vector->descending ? -order : order;
}

static LuoQuery *
make_query (const Vector *vector)
{
  LuoQuery *query = luo_query_new ("training");

  if (vector->district != NULL)
    luo_query_where (query, "district", LUO_EQUAL, vector->district);
  if (vector->from != NULL)
    luo_query_where (query, "on", LUO_AT_LEAST, vector->from);
  if (vector->creator)
    luo_query_where (query, "not_understood", LUO_ABSENT, NULL);
  if (vector->space != NULL)
    luo_query_set_space (query, vector->space);
  if (vector->words != NULL)
    luo_query_set_words (query, vector->words);
  luo_query_sort (query, vector->sort, vector->descending);
  return query;
}

static void
assert_list (LuoStore *store, const Vector *vector, GArray *records)
{
  g_autoptr (GArray) expected = g_array_new (FALSE, FALSE, sizeof (Record));
  g_autoptr (LuoQuery) query = make_query (vector);
  g_autoptr (GArray) all = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < records->len; i++)
    if (matches (vector, &g_array_index (records, Record, i)))
      g_array_append_val (expected, g_array_index (records, Record, i));
  g_array_sort_with_data (expected, compare_records, (gpointer)vector);

  all = luo_store_list_keys (store, query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, expected->len);
  for (guint i = 0; i < all->len; i++)
    g_assert_cmpint (g_array_index (all, gint64, i), ==, g_array_index (expected, Record, i).key);
  g_assert_cmpint (luo_store_count (store, query, &error), ==, expected->len);

  for (guint offset = 0; offset <= MIN (expected->len, 5 * PAGE); offset += PAGE)
    {
      g_autoptr (GPtrArray) page = NULL;

      luo_query_set_limit (query, offset, PAGE);
      page = luo_store_list (store, query, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (page->len, ==, MIN (PAGE, expected->len - offset));
      for (guint i = 0; i < page->len; i++)
        g_assert_cmpint (luo_document_get_key (g_ptr_array_index (page, i)), ==,
                         g_array_index (expected, Record, offset + i).key);
    }
}

/* Every list is that of the records that meet its conditions, in its order, whole and by pages: while indexes are missing and words
 * are not indexed, when all is, and when a part is again. */
static void
test_pages (StoreFixture *fixture, gconstpointer data)
{
  static const char *const states[] = { "all new", "all indexed", "some new" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autoptr (GError) error = NULL;

  luo_store_create_space (fixture->store, "huanggu", &error);
  g_assert_no_error (error);
  load (fixture->store, "city", rand, RECORDS / 2);
  load (fixture->store, "huanggu", rand, RECORDS / 2);

  for (gsize state = 0; state < G_N_ELEMENTS (states); state++)
    {
      g_autoptr (GArray) records = NULL;

      if (state == 1)
        luo_store_wait_indexed (fixture->store);
      else if (state == 2)
        load (fixture->store, "city", rand, 100);
      /* One state for all of it: the index would catch up in between. */
      luo_store_snapshot_begin (fixture->store, &error);
      g_assert_no_error (error);
      records = read_records (fixture->store);
      for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
        {
          g_test_message ("Vector %" G_GSIZE_FORMAT ", %s", i, states[state]);
          assert_list (fixture->store, &vectors[i], records);
        }
      luo_store_snapshot_end (fixture->store);
    }
  assert_sound (fixture->store);
}

/* Words without a sort: the newest change first, the conditions met, pages that fit together. */
static void
test_recent (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (12);
  g_autoptr (LuoQuery) query = luo_query_new ("training");
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GArray) all = NULL;
  g_autofree char *rev = NULL;
  LuoDocument *document;

  load (fixture->store, "city", rand, 1500);
  luo_store_wait_indexed (fixture->store);
  luo_query_set_words (query, "养老");
  luo_query_where (query, "district", LUO_EQUAL, "tiexi");
  all = luo_store_list_keys (fixture->store, query, NULL);
  g_assert_cmpuint (all->len, >, 20);
  for (guint i = 1; i < all->len; i++)
    g_assert_cmpint (g_array_index (all, gint64, i), <, g_array_index (all, gint64, i - 1));

  /* The last one is edited: it is the first now, before and after it is indexed. */
  luo_query_set_limit (query, all->len - 1, 10);
  first = luo_store_list (fixture->store, query, NULL);
  g_assert_cmpuint (first->len, ==, 1);
  document = g_ptr_array_index (first, 0);
  rev = put (fixture->store, luo_document_get_id (document), luo_document_get_rev (document),
             "{\"type\":\"training\",\"on\":\"2020-08-01\",\"topic\":\"居家养老\",\"district\":\"tiexi\"}",
             LUO_PUT_DEFAULT);
  luo_query_set_limit (query, 0, 10);
  for (guint round = 0; round < 2; round++)
    {
      g_clear_pointer (&second, g_ptr_array_unref);
      second = luo_store_list (fixture->store, query, NULL);
      g_assert_cmpuint (second->len, ==, 10);
      g_assert_cmpstr (luo_document_get_rev (g_ptr_array_index (second, 0)), ==, rev);
      luo_store_wait_indexed (fixture->store);
    }
}

#define ADD(path, func)                                                                                      \
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up, func, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/query/pages", test_pages);
  ADD ("/query/recent", test_recent);

  return g_test_run ();
}
