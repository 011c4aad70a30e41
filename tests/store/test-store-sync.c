/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "luo-json-text.h"
#include "store-fixture.h"

#define A1 "1-a0000000000000000000000000000001"
#define A2 "2-a0000000000000000000000000000002"
#define B2 "2-b0000000000000000000000000000002"
#define B3 "3-b0000000000000000000000000000003"

static GPtrArray *
changes (LuoStore *store, gint64 since, guint limit, gboolean descending, gint64 *last_seq)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = luo_store_changes (store, "city", since, limit, descending, last_seq, &error);

  g_assert_no_error (error);
  return rows;
}

/* Each document once, at its latest sequence, all leaves with it; paging ends at the space's sequence. */
static void
test_changes (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) first = NULL, second = NULL, none = NULL, newest = NULL;
  g_autoptr (GError) error = NULL;
  const LuoChange *change;
  gint64 last = 0;

  insert (fixture->store, "city", "a", A1, FALSE, "{}", LUO_INSERT_HELD);
  insert (fixture->store, "city", "b", A1, FALSE, "{}", LUO_INSERT_HELD);
  insert (fixture->store, "city", "c", A1, TRUE, "{}", LUO_INSERT_HELD);
  insert (fixture->store, "city", "a", A2 " " A1, FALSE, "{}", LUO_INSERT_HELD);
  insert (fixture->store, "city", "a", B2 " " A1, TRUE, "{}", LUO_INSERT_HELD);
  insert (fixture->store, "city", "a", B2 " " A1, TRUE, "{}", LUO_INSERT_HELD);

  first = changes (fixture->store, 0, 2, FALSE, &last);
  g_assert_cmpuint (first->len, ==, 2);
  g_assert_cmpstr (((LuoChange *)first->pdata[0])->id, ==, "b");
  change = first->pdata[1];
  g_assert_cmpstr (change->id, ==, "c");
  g_assert_true (change->deleted);
  g_assert_cmpint (last, ==, change->seq);

  second = changes (fixture->store, last, 10, FALSE, &last);
  g_assert_cmpuint (second->len, ==, 1);
  change = second->pdata[0];
  g_assert_cmpstr (change->id, ==, "a");
  g_assert_false (change->deleted);
  g_assert_cmpuint (g_strv_length (change->leaves), ==, 2);
  g_assert_cmpstr (change->leaves[0], ==, A2);
  g_assert_cmpstr (change->leaves[1], ==, B2);
  g_assert_cmpstr (change->rev, ==, A2);
  g_assert_cmpint (last, ==, change->seq);
  none = changes (fixture->store, last, 10, FALSE, &last);
  g_assert_cmpuint (none->len, ==, 0);

  newest = changes (fixture->store, 0, 1, TRUE, NULL);
  g_assert_cmpstr (((LuoChange *)newest->pdata[0])->id, ==, "a");
  g_assert_cmpint (luo_store_count_changes (fixture->store, "city", 0, &error), ==, 3);
  g_assert_cmpint (luo_store_count_changes (fixture->store, "city", last, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_null (luo_store_changes (fixture->store, "nowhere", 0, 1, FALSE, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
}

/* What follows a sequence is right from page to page, backwards, after further changes and in another space. */
static void
test_count_changes (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 last = 0;

  luo_store_create_space (fixture->store, "heping", &error);
  g_assert_no_error (error);
  for (int i = 0; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("d%d", i);

      insert (fixture->store, "city", id, A1, FALSE, "{}", LUO_INSERT_HELD);
    }
  insert (fixture->store, "heping", "d", A1, FALSE, "{}", LUO_INSERT_HELD);
  for (int left = 18; left >= 10; left -= 2)
    {
      g_autoptr (GPtrArray) page = changes (fixture->store, last, 2, FALSE, &last);

      g_assert_cmpint (luo_store_count_changes (fixture->store, "city", last, &error), ==, left);
      g_assert_cmpint (luo_store_count_changes (fixture->store, "city", last, &error), ==, left);
    }
  /* One that was passed comes again at the end, one that is ahead moves. */
  insert (fixture->store, "city", "d0", A2 " " A1, FALSE, "{}", LUO_INSERT_HELD);
  g_assert_cmpint (luo_store_count_changes (fixture->store, "city", last, &error), ==, 11);
  insert (fixture->store, "city", "d15", A2 " " A1, FALSE, "{}", LUO_INSERT_HELD);
  g_assert_cmpint (luo_store_count_changes (fixture->store, "city", last, &error), ==, 11);
  g_assert_cmpint (luo_store_count_changes (fixture->store, "city", 0, &error), ==, 20);
  g_assert_cmpint (luo_store_count_changes (fixture->store, "heping", 0, &error), ==, 1);
  g_assert_cmpint (luo_store_count_changes (fixture->store, "heping", last, &error), ==, 0);
  g_assert_cmpint (luo_store_count_changes (fixture->store, "city", 1000, &error), ==, 0);
  g_assert_no_error (error);
}

static LuoRevsQuery *
ask (GPtrArray *queries, const char *id, const char *revs)
{
  LuoRevsQuery *query = g_new0 (LuoRevsQuery, 1);

  query->id = g_strdup (id);
  query->revs = g_strsplit (revs, " ", -1);
  g_ptr_array_add (queries, query);
  return query;
}

static void
assert_words (char **words, const char *expected)
{
  g_autofree char *joined = g_strjoinv (" ", words);

  g_assert_cmpstr (joined, ==, expected);
}

/* What is missing of what a peer offers, and what of ours it may stand on. */
static void
test_revs_diff (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_revs_query_free);
  g_autoptr (GError) error = NULL;
  LuoRevsQuery *unknown, *held, *ancestor, *newer, *wrong;

  insert (fixture->store, "city", "a", A2 " " A1, FALSE, "{}", LUO_INSERT_HELD);
  insert (fixture->store, "city", "a", B3 " " B2 " " A1, FALSE, "{}", LUO_INSERT_HELD);
  unknown = ask (queries, "x", A1 " " A2);
  held = ask (queries, "a", A2 " " B3);
  ancestor = ask (queries, "a", A1 " " B2);
  newer = ask (queries, "a", "3-f " B3 " 4-f");
  wrong = ask (queries, "a", "nonsense");
  g_assert_true (luo_store_revs_diff (fixture->store, "city", queries, &error));
  g_assert_no_error (error);
  assert_words (unknown->missing, A1 " " A2);
  assert_words (unknown->possible_ancestors, "");
  assert_words (held->missing, "");
  assert_words (ancestor->missing, "");
  assert_words (newer->missing, "3-f 4-f");
  assert_words (newer->possible_ancestors, B3 " " A2);
  assert_words (wrong->missing, "nonsense");
}

static void
mark (LuoStore *store, const char *id, const char *rev, gboolean held)
{
  const char *ids[] = { id, NULL }, *revs[] = { rev, NULL };
  g_autoptr (GError) error = NULL;

  if (held)
    luo_store_mark_held (store, "city", ids, revs, 1, &error);
  else
    luo_store_mark_offered (store, "city", ids, revs, 1, &error);
  g_assert_no_error (error);
}

static guint
flags_of (LuoStore *store, const char *id, const char *rev)
{
  g_autoptr (GPtrArray) nodes = luo_store_get_tree (store, "city", id, NULL);

  for (guint i = 0; i < nodes->len; i++)
    if (strcmp (((LuoTreeNode *)nodes->pdata[i])->rev, rev) == 0)
      return ((LuoTreeNode *)nodes->pdata[i])->flags;
  g_assert_not_reached ();
}

static gint64
count_pending (LuoStore *store)
{
  g_autoptr (LuoSpace) space = luo_store_get_space (store, "city", NULL);
  g_autoptr (GPtrArray) listed = luo_store_list_pending (store, "city", 0, NULL);

  g_assert_cmpint (space->pending, ==, listed->len);
  return space->pending;
}

/* Marks go to the ancestors, are no change for others, and are forgotten together. */
static void
test_marks (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (LuoSpace) before = NULL, after = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = put (fixture->store, "a", NULL, "{\"n\":1}", LUO_PUT_DEFAULT);
  g_autofree char *second = put (fixture->store, "a", first, "{\"n\":2}", LUO_PUT_DEFAULT);
  g_autofree char *single = put (fixture->store, "b", NULL, "{\"n\":1}", LUO_PUT_DEFAULT);

  insert (fixture->store, "city", "c", A1, FALSE, "{}", LUO_INSERT_HELD);
  before = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_cmpint (count_pending (fixture->store), ==, 2);

  mark (fixture->store, "a", second, FALSE);
  g_assert_cmpuint (flags_of (fixture->store, "a", second) & LUO_REV_OFFERED, !=, 0);
  g_assert_cmpint (count_pending (fixture->store), ==, 2);
  mark (fixture->store, "a", second, TRUE);
  mark (fixture->store, "b", single, TRUE);
  g_assert_cmpuint (flags_of (fixture->store, "a", first) & LUO_REV_HELD, !=, 0);
  g_assert_cmpint (count_pending (fixture->store), ==, 0);
  after = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_cmpint (after->seq, ==, before->seq);
  assert_sound (fixture->store);

  mark (fixture->store, "a", "7-gone", TRUE);
  mark (fixture->store, "no such", A1, TRUE);

  /* Of the documents after a sequence alone, ... */
  g_assert_true (luo_store_forget_marks (fixture->store, "city", after->seq - 1, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_pending (fixture->store), ==, 1);
  g_assert_cmpuint (flags_of (fixture->store, "a", second) & LUO_REV_HELD, !=, 0);
  assert_sound (fixture->store);

  /* ... or of all. What was held has been out and stays offered. */
  g_assert_true (luo_store_forget_marks (fixture->store, "city", 0, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (flags_of (fixture->store, "a", second) & LUO_REV_HELD, ==, 0);
  g_assert_cmpuint (flags_of (fixture->store, "a", second) & LUO_REV_OFFERED, !=, 0);
  g_assert_cmpint (count_pending (fixture->store), ==, 3);
  assert_sound (fixture->store);
}

/* A refusal stays with its revision, is counted, and goes when the revision is held or something newer stands on it. */
static void
test_refusals (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (LuoSpace) space = NULL;
  g_autofree char *first = put (fixture->store, "a", NULL, "{\"n\":1}", LUO_PUT_COLLAPSE);
  g_autofree char *other = put (fixture->store, "b", NULL, "{\"n\":1}", LUO_PUT_COLLAPSE);
  g_autofree char *second = NULL;
  LuoRefusal refusal
      = { (char *)"city", (char *)"a", first, 403, (char *)"forbidden", (char *)"not yours", 1600000000 };

  mark (fixture->store, "a", first, FALSE);
  g_assert_true (luo_store_set_refusal (fixture->store, &refusal, &error));
  refusal.id = (char *)"b";
  refusal.rev = other;
  g_assert_true (luo_store_set_refusal (fixture->store, &refusal, &error));
  g_assert_no_error (error);
  listed = luo_store_list_refusals (fixture->store, "city", NULL, &error);
  g_assert_cmpuint (listed->len, ==, 2);
  g_assert_cmpstr (((LuoRefusal *)listed->pdata[0])->reason, ==, "not yours");
  space = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_cmpint (space->refused, ==, 2);

  second = put (fixture->store, "a", first, "{\"n\":2}", LUO_PUT_COLLAPSE);
  mark (fixture->store, "b", other, TRUE);
  g_clear_pointer (&listed, g_ptr_array_unref);
  listed = luo_store_list_refusals (fixture->store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listed->len, ==, 0);
}

static char *
wire (LuoStore *store, const char *id, const char *rev, gboolean with_history)
{
  g_autoptr (GError) error = NULL;
  GString *out = g_string_new (NULL);

  luo_store_append_wire (store, "city", id, rev, with_history, out, &error);
  g_assert_no_error (error);
  return g_string_free (out, FALSE);
}

/* What goes over the wire, byte for byte: of the winner, of another leaf, of a tombstone; and it can be read again. */
static void
test_wire (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoIncoming) incoming = NULL;
  g_autofree char *single = NULL, *winner = NULL, *other = NULL, *bare = NULL;
  GString *out;

  insert (fixture->store, "city", "s", A1, FALSE, "{\"v\":1.0}", LUO_INSERT_HELD);
  insert (fixture->store, "city", "a", B3 " " B2 " " A1, FALSE, "{\"type\":\"visit\",\"n\":\"养\"}",
          LUO_INSERT_HELD);
  insert (fixture->store, "city", "a", A2 " " A1, TRUE, "{}", LUO_INSERT_HELD);

  single = wire (fixture->store, "s", A1, TRUE);
  g_assert_cmpstr (single, ==,
                   "{\"_id\":\"s\",\"_rev\":\"" A1 "\",\"_revisions\":{\"start\":1,\"ids\":["
                   "\"a0000000000000000000000000000001\"]},\"v\":1.0}");
  winner = wire (fixture->store, "a", B3, TRUE);
  g_assert_cmpstr (winner, ==,
                   "{\"_id\":\"a\",\"_rev\":\"" B3 "\",\"_revisions\":{\"start\":3,\"ids\":["
                   "\"b0000000000000000000000000000003\",\"b0000000000000000000000000000002\","
                   "\"a0000000000000000000000000000001\"]},\"type\":\"visit\",\"n\":\"养\"}");
  other = wire (fixture->store, "a", A2, TRUE);
  g_assert_cmpstr (
      other, ==,
      "{\"_id\":\"a\",\"_rev\":\"" A2 "\",\"_revisions\":{\"start\":2,\"ids\":["
      "\"a0000000000000000000000000000002\",\"a0000000000000000000000000000001\"]},\"_deleted\":true}");
  bare = wire (fixture->store, "s", A1, FALSE);
  g_assert_cmpstr (bare, ==, "{\"_id\":\"s\",\"_rev\":\"" A1 "\",\"v\":1.0}");

  incoming = luo_incoming_parse (winner, strlen (winner), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (incoming->id, ==, "a");
  assert_words (incoming->history, B3 " " B2 " " A1);
  g_assert_cmpstr (incoming->body, ==, "{\"type\":\"visit\",\"n\":\"养\"}");
  g_assert_cmpstr (incoming->record_type, ==, "visit");

  out = g_string_new ("before");
  g_assert_false (luo_store_append_wire (fixture->store, "city", "a", B2, TRUE, out, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
  g_assert_cmpstr (out->str, ==, "before");
  g_string_free (out, TRUE);
}

/* Documents as they come: known members with `_` are taken out wherever they stand, every other byte stays. */
static void
test_incoming (void)
{
  static const struct
  {
    const char *text;
    const char *body; /* NULL: refused */
    const char *history;
  } vectors[] = {
    { "{\"_id\":\"a\",\"_rev\":\"" A1 "\",\"n\":1.10, \"m\":[ 1 ]}", "{\"n\":1.10, \"m\":[ 1 ]}", A1 },
    { "{\"n\":1,\"_id\":\"a\",\"m\":2,\"_rev\":\"" A1 "\"}", "{\"n\":1,\"m\":2}", A1 },
    { "{\"n\":1,\"_conflicts\":[],\"_revs_info\":[],\"_local_seq\":3,\"_deleted_conflicts\":[]}", "{\"n\":1}",
      "" },
    { "{}", "{}", "" },
    { "{\"_revisions\":{\"ids\":[\"b\",\"a\"],\"start\":4},\"_rev\":\"4-b\"}", "{}", "4-b 3-a" },
    { "{\"_revisions\":{\"start\":1,\"ids\":[\"b\",\"a\"]}}", NULL, NULL },
    { "{\"_revisions\":{\"start\":2,\"ids\":[\"b\",7]}}", NULL, NULL },
    { "{\"_revisions\":{\"start\":2,\"ids\":[]}}", NULL, NULL },
    { "{\"_revisions\":[]}", NULL, NULL },
    { "{\"_revisions\":{\"start\":2,\"ids\":[\"b\",\"a\"]},\"_rev\":\"2-c\"}", NULL, NULL },
    { "{\"_rev\":\"x\"}", NULL, NULL },
    { "{\"_rev\":1}", NULL, NULL },
    { "{\"_id\":1}", NULL, NULL },
    { "{\"_id\":\"_x\"}", NULL, NULL },
    { "{\"_deleted\":1}", NULL, NULL },
    { "{\"_attachments\":[]}", NULL, NULL },
    { "{\"_unknown\":1}", NULL, NULL },
    { "{\"\\u005Funknown\":1}", NULL, NULL },
    { "{\"a\":1,\"a\":2}", NULL, NULL },
    { "[]", NULL, NULL },
    { "{\"a\":1} x", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LuoIncoming) incoming
          = luo_incoming_parse (vectors[i].text, strlen (vectors[i].text), &error);

      g_test_message ("Vector %s", vectors[i].text);
      if (vectors[i].body == NULL)
        {
          g_assert_null (incoming);
          g_assert_nonnull (error);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (incoming->body, ==, vectors[i].body);
      assert_words (incoming->history, vectors[i].history);
    }
}

/* One document that can not be stored fails alone, and says why; the rest of the batch is stored. */
static void
test_insert_bad (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  g_autoptr (GError) error = NULL;
  LuoInsertResult *results = NULL;
  g_autoptr (LuoSpace) space = NULL;

  g_ptr_array_add (documents, make_incoming ("a", A1, FALSE, "{}"));
  g_ptr_array_add (documents, make_incoming ("b", "3-c 1-a", FALSE, "{}"));
  g_ptr_array_add (documents, make_incoming ("c", "", FALSE, "{}"));
  g_ptr_array_add (documents, make_incoming ("d", A2 " " A1, FALSE, "{}"));
  g_assert_true (luo_store_insert (fixture->store, "city", documents, LUO_INSERT_HELD, &results, &error));
  g_assert_no_error (error);
  g_assert_no_error (results[0].error);
  g_assert_error (results[1].error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID);
  g_assert_error (results[2].error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID);
  g_assert_no_error (results[3].error);
  luo_insert_results_free (results, 4);
  space = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_cmpint (space->documents, ==, 2);

  results = NULL;
  g_assert_false (luo_store_insert (fixture->store, "nowhere", documents, LUO_INSERT_HELD, &results, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
  g_assert_null (results);
  assert_sound (fixture->store);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

/* Without blocking: completes in the caller's context; a cancelled one stores nothing. */
static void
test_insert_async (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  g_autoptr (GAsyncResult) done = NULL, cancelled = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoSpace) space = NULL;
  LuoInsertResult *results = NULL;
  gsize n = 0;

  g_ptr_array_add (documents, make_incoming ("a", A1, FALSE, "{}"));
  g_ptr_array_add (others, make_incoming ("b", A1, FALSE, "{}"));
  luo_store_insert_async (fixture->store, "city", documents, LUO_INSERT_HELD, NULL, result_cb, &done);
  g_cancellable_cancel (cancellable);
  luo_store_insert_async (fixture->store, "city", others, LUO_INSERT_HELD, cancellable, result_cb,
                          &cancelled);
  g_assert_null (done);
  while (done == NULL || cancelled == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (luo_store_insert_finish (fixture->store, done, &results, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  luo_insert_results_free (results, n);
  g_assert_false (luo_store_insert_finish (fixture->store, cancelled, &results, &n, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  space = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_cmpint (space->documents, ==, 1);
}

static void
assert_ids (GPtrArray *rows, const char *expected)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      const LuoAllDocsRow *row = rows->pdata[i];

      g_string_append_printf (words, "%s%s%s%s", i > 0 ? " " : "", row->id, row->deleted ? "-" : "",
                              row->missing ? "?" : "");
    }
  g_assert_cmpstr (words->str, ==, expected);
  g_string_free (words, TRUE);
}

/* Documents in order of their ids' bytes, by range and by keys. */
static void
test_all_docs (StoreFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *start, *end;
    gboolean inclusive, descending;
    guint skip, limit;
    const char *expected;
  } vectors[] = {
    { NULL, NULL, TRUE, FALSE, 0, 100, "B a b d é" },
    { "a", "b", TRUE, FALSE, 0, 100, "a b" },
    { "a", "b", FALSE, FALSE, 0, 100, "a" },
    { "b", "a", TRUE, TRUE, 0, 100, "b a" },
    { NULL, NULL, TRUE, TRUE, 1, 2, "d b" },
    { "c", NULL, TRUE, FALSE, 0, 1, "d" },
    { NULL, "a", TRUE, FALSE, 0, 0, "" },
  };
  const char *const keys[] = { "d", "c", "x", "a", NULL };
  g_autoptr (GPtrArray) by_keys = NULL;
  g_autoptr (GError) error = NULL;

  for (const char *const *id = (const char *const[]){ "b", "a", "d", "B", "é", NULL }; *id != NULL; id++)
    insert (fixture->store, "city", *id, A1, FALSE, "{}", LUO_INSERT_HELD);
  insert (fixture->store, "city", "c", A1, TRUE, "{}", LUO_INSERT_HELD);

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GPtrArray) rows = luo_store_all_docs (
          fixture->store, "city", NULL, vectors[i].start, vectors[i].end, vectors[i].inclusive,
          vectors[i].descending, vectors[i].skip, vectors[i].limit, &error);

      g_test_message ("Vector %" G_GSIZE_FORMAT, i);
      g_assert_no_error (error);
      assert_ids (rows, vectors[i].expected);
    }
  by_keys = luo_store_all_docs (fixture->store, "city", keys, NULL, NULL, TRUE, FALSE, 0, 100, &error);
  g_assert_no_error (error);
  assert_ids (by_keys, "d c- x? a");
}

/* Conflicts are listed and counted, and no longer once one leaf is left. */
static void
test_conflicts (StoreFixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GPtrArray) listed = NULL;
      g_autoptr (LuoSpace) space = NULL;

      if (i == 0)
        {
          insert (fixture->store, "city", "a", A2 " " A1, FALSE, "{}", LUO_INSERT_HELD);
          insert (fixture->store, "city", "a", B2 " " A1, FALSE, "{}", LUO_INSERT_HELD);
          insert (fixture->store, "city", "b", A1, FALSE, "{}", LUO_INSERT_HELD);
        }
      else
        {
          insert (fixture->store, "city", "a", B3 " " B2 " " A1, TRUE, "{}", LUO_INSERT_HELD);
        }
      listed = luo_store_list_conflicts (fixture->store, NULL, 0, NULL);
      space = luo_store_get_space (fixture->store, "city", NULL);
      g_assert_cmpuint (listed->len, ==, i == 0 ? 1 : 0);
      g_assert_cmpint (space->conflicts, ==, i == 0 ? 1 : 0);
    }
  assert_sound (fixture->store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                                      \
  g_test_add (path, StoreFixture, GUINT_TO_POINTER (LUO_STORE_DEFAULT), store_fixture_set_up, func,          \
              store_fixture_tear_down)

  ADD ("/store/changes/each-once", test_changes);
  ADD ("/store/changes/count", test_count_changes);
  ADD ("/store/revs-diff", test_revs_diff);
  ADD ("/store/marks", test_marks);
  ADD ("/store/refusals", test_refusals);
  ADD ("/store/wire", test_wire);
  g_test_add_func ("/store/incoming/parse", test_incoming);
  ADD ("/store/insert/one-fails-alone", test_insert_bad);
  ADD ("/store/insert/async", test_insert_async);
  ADD ("/store/all-docs", test_all_docs);
  ADD ("/store/conflicts", test_conflicts);

  return g_test_run ();
}
