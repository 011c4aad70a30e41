/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-history.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-query.h"
#include "store-fixture.h"

#define ID "task:2020:195"
#define EDIT (LUO_PUT_COLLAPSE | LUO_PUT_HISTORY)

/* A task as @by left it at a minute of one day. */
static char *
task (const char *members, const char *by, guint minute)
{
  return g_strdup_printf (
      "{\"type\":\"task\"%s,\"updated_by\":\"%s\",\"updated_at\":\"2020-08-28T%02u:%02u:00Z\"}", members, by,
      minute / 60, minute % 60);
}

static char *
save (LuoStore *store, const char *parent, const char *members, const char *by, guint minute)
{
  g_autofree char *body = task (members, by, minute);

  return put (store, ID, parent, body, parent != NULL ? EDIT : LUO_PUT_COLLAPSE);
}

static void
mark_sent (LuoStore *store, const char *id, const char *rev)
{
  const char *ids[] = { id, NULL }, *revs[] = { rev, NULL };
  g_autoptr (GError) error = NULL;

  luo_store_mark_held (store, "city", ids, revs, 1, &error);
  g_assert_no_error (error);
}

static GPtrArray *
list (LuoStore *store)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *entries = luo_history_list (store, "city", ID, &error);

  g_assert_no_error (error);
  return entries;
}

static LuoHistoryEntry *
entry_at (GPtrArray *entries, guint i)
{
  g_assert_cmpuint (i, <, entries->len);
  return entries->pdata[i];
}

static void
assert_changed (LuoHistoryEntry *entry, const char *pointer, const char *expected)
{
  g_autofree char *escaped = g_strdup (pointer);
  g_autofree char *value = NULL;
  GString *place = g_string_new (escaped);

  g_string_replace (place, "~", "~0", 0);
  g_string_replace (place, "/", "~1", 0);
  g_string_prepend_c (place, '/');
  value = luo_json_at (entry->changes, place->str);
  g_assert_cmpstr (value, ==, expected);
  g_string_free (place, TRUE);
}

static void
assert_state (LuoStore *store, const char *entry, gboolean before, const char *expected,
              gboolean expect_exact)
{
  g_autofree char *body = NULL;
  g_autoptr (GError) error = NULL;
  gboolean exact = FALSE;

  luo_history_get_state (store, "city", ID, entry, before, &body, NULL, &exact, &error);
  g_assert_no_error (error);
  g_assert_true (exact == expect_exact);
  if (expected == NULL)
    g_assert_null (body);
  else
    g_assert_true (luo_json_equal (body, expected));
}

/* A saved edit writes who, when, where and what beside the record, and is none of the records that a person sees. */
static void
test_entry (StoreFixture *fixture, gconstpointer data)
{
  LuoStore *store = fixture->store;
  g_autofree char *made = save (store, NULL, ",\"lead\":\"a\"", "li", 0);
  g_autofree char *rev = NULL;
  g_autoptr (GPtrArray) entries = NULL, found = NULL, listed = NULL;
  g_autoptr (LuoSpace) space = NULL;
  g_autoptr (LuoQuery) query = luo_query_new (NULL), of_edits = luo_query_new ("edit");
  g_autoptr (GError) error = NULL;
  LuoHistoryEntry *entry;

  mark_sent (store, ID, made);
  rev = save (store, made, ",\"lead\":\"养老服务处\",\"order\":1", "wang", 1);
  entries = list (store);
  g_assert_cmpuint (entries->len, ==, 1);
  entry = entry_at (entries, 0);
  g_assert_true (g_str_has_prefix (entry->id, "edit:"));
  g_assert_cmpstr (entry->by, ==, "wang");
  g_assert_cmpstr (entry->at, ==, "2020-08-28T00:01:00Z");
  g_assert_cmpstr (entry->base, ==, made);
  g_assert_cmpstr (entry->rev, ==, rev);
  g_assert_nonnull (entry->device);
  g_assert_true (entry->pending);
  assert_changed (entry, "/lead", "[\"a\",\"养老服务处\"]");
  assert_changed (entry, "/order", "[null,1]");

  space = luo_store_get_space (store, "city", &error);
  g_assert_no_error (error);
  g_assert_cmpint (space->documents, ==, 2);
  g_assert_cmpint (luo_space_count_records (space), ==, 1);
  g_assert_cmpint (space->pending, ==, 2);
  g_assert_cmpint (luo_space_count_pending (space), ==, 1);
  listed = luo_store_list (store, query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listed->len, ==, 1);
  g_assert_cmpstr (luo_document_get_id (listed->pdata[0]), ==, ID);
  g_assert_cmpint (luo_store_count (store, of_edits, &error), ==, 1);
  luo_store_wait_indexed (store);
  luo_query_set_words (query, "养老服务处");
  found = luo_store_list (store, query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  assert_sound (store);
}

/* Saves of one sitting are one entry; another user, a pause, or an entry that was sent begins another. */
static void
test_sitting (StoreFixture *fixture, gconstpointer data)
{
  LuoStore *store = fixture->store;
  g_autofree char *r1 = save (store, NULL, ",\"order\":1", "li", 0);
  g_autofree char *r2 = save (store, r1, ",\"order\":2", "li", 1);
  g_autofree char *r3 = save (store, r2, ",\"order\":3,\"lead\":\"a\"", "li", 25);
  g_autofree char *r4 = NULL, *r5 = NULL, *r6 = NULL, *r7 = NULL;
  g_autoptr (GPtrArray) one = list (store), two = NULL, three = NULL, four = NULL, five = NULL;
  g_autoptr (LuoDocument) document = NULL;

  g_assert_cmpuint (one->len, ==, 1);
  assert_changed (entry_at (one, 0), "/order", "[1,3]");
  assert_changed (entry_at (one, 0), "/lead", "[null,\"a\"]");
  g_assert_cmpstr (entry_at (one, 0)->base, ==, r1);
  g_assert_cmpstr (entry_at (one, 0)->rev, ==, r3);

  r4 = save (store, r3, ",\"order\":4,\"lead\":\"a\"", "li", 56);
  two = list (store);
  g_assert_cmpuint (two->len, ==, 2);
  assert_changed (entry_at (two, 0), "/order", "[3,4]");

  r5 = save (store, r4, ",\"order\":5,\"lead\":\"a\"", "wang", 57);
  three = list (store);
  g_assert_cmpuint (three->len, ==, 3);

  document = luo_store_get (store, "city", entry_at (three, 0)->id, NULL, NULL);
  mark_sent (store, luo_document_get_id (document), luo_document_get_rev (document));
  r6 = save (store, r5, ",\"order\":6,\"lead\":\"a\"", "wang", 58);
  four = list (store);
  g_assert_cmpuint (four->len, ==, 4);
  g_assert_false (entry_at (four, 1)->pending);

  /* What is taken back within a sitting was nothing. */
  r7 = save (store, r6, ",\"order\":5,\"lead\":\"a\"", "wang", 57);
  g_assert_cmpstr (r7, ==, r5);
  five = list (store);
  g_assert_cmpuint (five->len, ==, 5);
  assert_sound (store);
}

/* Every earlier state can be had again, before a deletion too. */
static void
test_states (StoreFixture *fixture, gconstpointer data)
{
  LuoStore *store = fixture->store;
  g_autofree char *first = task (",\"order\":1,\"partners\":[\"a\"]", "li", 0);
  g_autofree char *second = task (",\"order\":2,\"indicators\":[{\"key\":\"x\"},{\"key\":\"y\"}]", "li", 60);
  g_autofree char *third = task (",\"indicators\":[{\"key\":\"y\",\"target\":3},{\"key\":\"x\"}]", "li", 120);
  g_autofree char *r1 = put (store, ID, NULL, first, LUO_PUT_COLLAPSE);
  g_autofree char *r2 = put (store, ID, r1, second, EDIT);
  g_autofree char *r3 = put (store, ID, r2, third, EDIT);
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;

  g_assert_true (luo_store_put (store, "city", ID, r3,
                                "{\"type\":\"task\",\"updated_at\":\"2020-08-28T03:00:00Z\"}", NULL, TRUE,
                                EDIT, NULL, &error));
  g_assert_no_error (error);
  entries = list (store);
  g_assert_cmpuint (entries->len, ==, 3);
  assert_state (store, entry_at (entries, 0)->id, FALSE, NULL, TRUE);
  assert_state (store, entry_at (entries, 0)->id, TRUE, third, TRUE);
  assert_state (store, entry_at (entries, 1)->id, FALSE, third, TRUE);
  assert_state (store, entry_at (entries, 1)->id, TRUE, second, TRUE);
  assert_state (store, entry_at (entries, 2)->id, TRUE, first, TRUE);
  g_assert_false (luo_history_get_state (store, "city", ID, "edit:none", TRUE, &body, NULL, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
}

static void
insert_entry (LuoStore *store, const char *id, const char *at, const char *base, const char *rev,
              const char *changes)
{
  g_autofree char *body
      = g_strdup_printf ("{\"type\":\"edit\",\"record\":\"" ID "\",\"at\":\"%s\",\"base\":\"%s\","
                         "\"rev\":\"%s\",\"changes\":%s}",
                         at, base, rev, changes);

  insert (store, "city", id, "1-a", FALSE, body, LUO_INSERT_HELD);
}

/* A clock that is wrong by days does not put an edit before the one it stands on; and what no chain of revisions leads to is said
 * member by member. */
static void
test_wrong_clock (StoreFixture *fixture, gconstpointer data)
{
  LuoStore *store = fixture->store;
  g_autoptr (GPtrArray) entries = NULL;

  insert (store, "city", ID, "4-d 3-c 2-b 1-a", FALSE, "{\"type\":\"task\",\"order\":4,\"section\":9}",
          LUO_INSERT_HELD);
  insert_entry (store, "edit:1", "2020-08-28T00:00:00Z", "1-a", "2-b", "{\"/order\":[1,2]}");
  insert_entry (store, "edit:2", "2019-01-01T00:00:00Z", "2-b", "3-c", "{\"/order\":[2,3]}");
  entries = list (store);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_cmpstr (entry_at (entries, 0)->id, ==, "edit:2");
  g_assert_cmpstr (entry_at (entries, 1)->id, ==, "edit:1");
  assert_state (store, "edit:1", TRUE, "{\"type\":\"task\",\"order\":1,\"section\":9}", FALSE);
  assert_state (store, "edit:2", FALSE, "{\"type\":\"task\",\"order\":4,\"section\":9}", FALSE);
}

/* Makes nineteen sent edits, and one of another office that stands on the first revision. @first: (out): that revision. Returns: (transfer
 * full) (nullable): the base of the two */
static GPtrArray *
base_of_late_edit (LuoStore *store, LuoPutFlags flags, char **first)
{
  g_autofree char *base = save (store, NULL, ",\"order\":0", "li", 0);
  g_autofree char *last = g_strdup (base), *other = NULL, *history = NULL;
  GPtrArray *bases;
  g_autoptr (LuoDocument) kept = NULL;
  g_autoptr (GError) error = NULL;

  mark_sent (store, ID, base);
  for (guint i = 1; i < 20; i++)
    {
      g_autofree char *members = g_strdup_printf (",\"order\":%u,\"partners\":[\"%u\"]", i, i % 3);
      g_autofree char *body = task (members, "li", i);
      char *rev = put (store, ID, last, body, flags);

      mark_sent (store, ID, rev);
      g_free (last);
      last = rev;
    }
  kept = luo_store_get (store, "city", ID, base, NULL);
  g_assert_null (kept);
  other = g_strdup ("2-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
  history = g_strconcat (other, " ", base, NULL);
  insert (store, "city", ID, history, FALSE, "{\"type\":\"task\",\"order\":0,\"lead\":\"b\"}",
          LUO_INSERT_HELD);
  bases = luo_store_get_bases (store, "city", ID, last, other, &error);
  g_assert_no_error (error);
  *first = g_steal_pointer (&base);
  return bases;
}

/* After many sent edits the base of a late one is not kept any more: the history gives it back. */
static void
test_rebuilt_base (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *base = NULL, *expected = task (",\"order\":0", "li", 0);
  g_autoptr (GPtrArray) bases = base_of_late_edit (fixture->store, EDIT, &base);

  g_assert_cmpuint (bases->len, ==, 1);
  g_assert_cmpstr (luo_document_get_rev (bases->pdata[0]), ==, base);
  g_assert_true (luo_json_equal (luo_document_get_body (bases->pdata[0], NULL), expected));
}

/* Where nothing was written down nothing is guessed. */
static void
test_no_base (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *base = NULL;
  g_autoptr (GPtrArray) bases = base_of_late_edit (fixture->store, LUO_PUT_COLLAPSE, &base);

  g_assert_null (bases);
}

/* A record's own versions do not grow by its history. */
static void
test_revisions_do_not_grow (StoreFixture *fixture, gconstpointer data)
{
  LuoStore *store = fixture->store;
  g_autofree char *rev = save (store, NULL, ",\"order\":0", "li", 0);
  g_autoptr (GPtrArray) tree = NULL, entries = NULL;

  for (guint i = 1; i < 10; i++)
    {
      g_autofree char *members = g_strdup_printf (",\"order\":%u", i);
      char *next = save (store, rev, members, "li", 40 * i);

      g_free (rev);
      rev = next;
    }
  tree = luo_store_get_tree (store, "city", ID, NULL);
  entries = list (store);
  g_assert_cmpuint (tree->len, ==, 1);
  g_assert_cmpuint (entries->len, ==, 9);
}

/* What a person decided of a conflict is an edit like any other; what was merged by itself is none. */
static void
test_decision (StoreFixture *fixture, gconstpointer data)
{
  LuoStore *store = fixture->store;
  const char *const leaves[] = { "2-c", "2-b", NULL };
  const char *const made[] = { "1-c", "1-b", NULL };
  g_autoptr (GPtrArray) entries = NULL, none = NULL, twice = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *rev = NULL, *decided = task (",\"order\":2", "li", 0);

  insert (store, "city", ID, "2-b 1-a", FALSE, "{\"type\":\"task\",\"order\":2}", LUO_INSERT_HELD);
  insert (store, "city", ID, "2-c 1-a", FALSE, "{\"type\":\"task\",\"order\":3}", LUO_INSERT_HELD);
  g_assert_true (luo_store_decide (store, "city", ID, leaves, decided, NULL, FALSE, &rev, &error));
  g_assert_no_error (error);
  entries = list (store);
  g_assert_cmpuint (entries->len, ==, 1);
  assert_changed (entry_at (entries, 0), "/order", "[3,2]");
  g_assert_cmpstr (entry_at (entries, 0)->base, ==, "2-c");
  g_assert_cmpstr (entry_at (entries, 0)->rev, ==, rev);
  g_assert_cmpstr (entry_at (entries, 0)->by, ==, "li");

  /* Of a record made twice, what gave way is in the history though the winner stays as it is. */
  insert (store, "city", "task:2020:142", "1-b", FALSE, "{\"type\":\"task\",\"lead\":\"b\"}",
          LUO_INSERT_HELD);
  insert (store, "city", "task:2020:142", "1-c", FALSE, "{\"type\":\"task\",\"lead\":\"c\"}",
          LUO_INSERT_HELD);
  g_assert_true (luo_store_decide (store, "city", "task:2020:142", made, NULL, NULL, FALSE, NULL, &error));
  twice = luo_history_list (store, "city", "task:2020:142", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (twice->len, ==, 1);
  g_assert_cmpstr (entry_at (twice, 0)->base, ==, "1-b");
  g_assert_cmpstr (entry_at (twice, 0)->rev, ==, "1-c");
  assert_changed (entry_at (twice, 0), "/lead", "[\"b\",\"c\"]");

  insert (store, "city", "task:2020:73", "2-b 1-a", FALSE, "{\"type\":\"task\",\"order\":2}",
          LUO_INSERT_HELD);
  insert (store, "city", "task:2020:73", "2-c 1-a", FALSE, "{\"type\":\"task\",\"order\":3}",
          LUO_INSERT_HELD);
  g_assert_true (luo_store_resolve (store, "city", "task:2020:73", leaves, decided, NULL, NULL, &error));
  none = luo_history_list (store, "city", "task:2020:73", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  assert_sound (store);
}

/* A server's store takes an entry, and the same again, and nothing else of it ever. */
static void
test_append_only (StoreFixture *fixture, gconstpointer data)
{
  LuoStore *store = fixture->store;
  const char *body
      = "{\"type\":\"edit\",\"record\":\"task:2020:195\",\"at\":\"2020-08-28T00:00:00Z\",\"changes\":{}}";
  const char *const histories[] = { "1-b", "2-a 1-a", "2-c 1-b" };
  g_autoptr (GError) error = NULL;

  g_assert_true (luo_store_create_space (store, "city", &error));
  insert (store, "city", "edit:1", "1-a", FALSE, body, LUO_INSERT_DEFAULT);
  insert (store, "city", "edit:1", "1-a", FALSE, body, LUO_INSERT_DEFAULT);
  for (guint i = 0; i < G_N_ELEMENTS (histories); i++)
    for (guint deleted = 0; deleted < 2; deleted++)
      {
        g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
        LuoInsertResult *results = NULL;

        g_ptr_array_add (documents,
                         make_incoming ("edit:1", histories[i], deleted != 0, deleted ? "{}" : body));
        luo_store_insert (store, "city", documents, LUO_INSERT_DEFAULT, &results, &error);
        g_assert_no_error (error);
        g_assert_error (results[0].error, LUO_STORE_ERROR, LUO_STORE_ERROR_FORBIDDEN);
        luo_insert_results_free (results, 1);
      }
  g_assert_false (luo_store_put (store, "city", "edit:1", "1-a", "{\"type\":\"edit\"}", NULL, FALSE,
                                 LUO_PUT_DEFAULT, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_false (
      luo_store_put (store, "city", "edit:1", "1-a", "{}", NULL, TRUE, LUO_PUT_DEFAULT, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_FORBIDDEN);
  assert_sound (store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func)                                                                                     \
  g_test_add ("/store/history/" path, StoreFixture, GUINT_TO_POINTER (LUO_STORE_DEFAULT),                    \
              store_fixture_set_up, func, store_fixture_tear_down)
  TEST ("entry", test_entry);
  TEST ("sitting", test_sitting);
  TEST ("states", test_states);
  TEST ("wrong-clock", test_wrong_clock);
  TEST ("rebuilt-base", test_rebuilt_base);
  TEST ("no-base-without-entries", test_no_base);
  TEST ("revisions-do-not-grow", test_revisions_do_not_grow);
  TEST ("decision", test_decision);
#undef TEST
  g_test_add ("/store/history/append-only", StoreFixture, GUINT_TO_POINTER (LUO_STORE_HUB),
              store_fixture_set_up, test_append_only, store_fixture_tear_down);
  return g_test_run ();
}
