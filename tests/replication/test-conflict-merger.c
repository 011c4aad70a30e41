/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflict-merger.h"

#include <string.h>

#include "luo-attachment.h"
#include "luo-json-text.h"
#include "store-fixture.h"

#define ID "progress:2020:195:2020-08:city"
#define A1 "1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B1 "1-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define A2 "2-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B2 "2-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C2 "2-cccccccccccccccccccccccccccccccc"
#define D3 "3-dddddddddddddddddddddddddddddddd"
#define E3 "3-eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"

/* A valid progress record with further members. */
#define BODY(members)                                                                                        \
  "{\"type\":\"progress\",\"task\":\"task:2020:195\",\"month\":\"2020-08\",\"office\":\"city\",\"state\":"   \
  "\"draft\"" members "}"

/**
 * Replicas: three offices that take each other's revisions without a network between.
 */
typedef struct
{
  StoreFixture a, b, c;
} Replicas;

static void
set_up (Replicas *self, gconstpointer unused)
{
  store_fixture_set_up (&self->a, GUINT_TO_POINTER (LUO_STORE_DEFAULT));
  store_fixture_set_up (&self->b, GUINT_TO_POINTER (LUO_STORE_DEFAULT));
  store_fixture_set_up (&self->c, GUINT_TO_POINTER (LUO_STORE_DEFAULT));
}

static void
tear_down (Replicas *self, gconstpointer unused)
{
  assert_sound (self->a.store);
  assert_sound (self->b.store);
  assert_sound (self->c.store);
  store_fixture_tear_down (&self->a, NULL);
  store_fixture_tear_down (&self->b, NULL);
  store_fixture_tear_down (&self->c, NULL);
}

/* Makes sure that an edit is not collapsed any more: it has left this office. */
static char *
save (LuoStore *store, const char *parent, const char *body)
{
  char *rev = put (store, ID, parent, body, LUO_PUT_COLLAPSE);
  const char *ids[] = { ID, NULL }, *revs[] = { rev, NULL };
  g_autoptr (GError) error = NULL;

  luo_store_mark_offered (store, "city", ids, revs, 1, &error);
  g_assert_no_error (error);
  return rev;
}

static char *
winner_body (LuoStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = luo_store_get (store, "city", ID, NULL, &error);

  g_assert_no_error (error);
  return g_strdup (luo_document_get_body (document, NULL));
}

/* @to takes every leaf that @from has. */
static void
take (LuoStore *to, LuoStore *from)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (from, "city", ID, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < leaves->len; i++)
    {
      LuoDocument *leaf = leaves->pdata[i];
      g_auto (GStrv) history = luo_store_get_history (from, "city", ID, luo_document_get_rev (leaf), &error);
      g_autofree char *joined = NULL;

      g_assert_no_error (error);
      joined = g_strjoinv (" ", history);
      insert (to, "city", ID, joined, luo_document_get_deleted (leaf), luo_document_get_body (leaf, NULL),
              LUO_INSERT_HELD);
    }
}

static gboolean
merges (LuoStore *store)
{
  g_autoptr (GError) error = NULL;
  gboolean merged = FALSE;

  luo_conflict_merge (store, "city", ID, &merged, &error);
  g_assert_no_error (error);
  return merged;
}

static void
assert_merges_to (LuoStore *store, const char *expected)
{
  g_autofree char *body = NULL;

  g_assert_true (merges (store));
  body = winner_body (store);
  g_assert_true (luo_json_equal (body, expected));
}

static void
assert_waits (LuoStore *store)
{
  g_autofree char *before = describe_tree (store, "city", ID);
  g_autofree char *after = NULL;

  g_assert_false (merges (store));
  after = describe_tree (store, "city", ID);
  g_assert_cmpstr (before, ==, after);
}

static void
assert_same_trees (LuoStore *a, LuoStore *b)
{
  g_autofree char *tree_a = describe_tree (a, "city", ID);
  g_autofree char *tree_b = describe_tree (b, "city", ID);

  g_assert_cmpstr (tree_a, ==, tree_b);
}

/* In whatever order the leaves arrived, the merge of several is one and the same revision. */
static void
test_any_order (Replicas *self, gconstpointer unused)
{
  static const char *const leaves[][2] = {
    { A2 " " A1, BODY (",\"overall\":\"甲。乙。\"") },
    { B2 " " A1, BODY (",\"overall\":\"甲。丙。\",\"readings\":{\"x\":1}") },
    { D3 " " C2 " " A1, BODY (",\"overall\":\"甲。丁。\",\"later\":1") },
    { E3 " " C2 " " A1, BODY (",\"overall\":\"甲。丁。戊。\"") },
  };
  static const guint orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 }, { 2, 0, 3, 1 } };
  g_autofree char *tree = NULL, *body = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      StoreFixture fixture = { NULL };
      g_autofree char *own_tree = NULL, *own_body = NULL;

      store_fixture_set_up (&fixture, GUINT_TO_POINTER (LUO_STORE_DEFAULT));
      insert (fixture.store, "city", ID, A1, FALSE, BODY (",\"overall\":\"甲。\""), LUO_INSERT_DEFAULT);
      insert (fixture.store, "city", ID, C2 " " A1, FALSE, BODY (",\"overall\":\"甲。丁。\""),
              LUO_INSERT_DEFAULT);
      for (guint j = 0; j < 4; j++)
        insert (fixture.store, "city", ID, leaves[orders[i][j]][0], FALSE, leaves[orders[i][j]][1],
                LUO_INSERT_DEFAULT);
      g_assert_true (merges (fixture.store));
      own_tree = describe_tree (fixture.store, "city", ID);
      own_body = winner_body (fixture.store);
      if (tree == NULL)
        {
          tree = g_steal_pointer (&own_tree);
          body = g_steal_pointer (&own_body);
        }
      else
        {
          g_assert_cmpstr (own_tree, ==, tree);
          g_assert_cmpstr (own_body, ==, body);
        }
      store_fixture_tear_down (&fixture, NULL);
    }
  g_assert_true (luo_json_equal (
      body, BODY (",\"overall\":\"甲。丁。戊。丙。乙。\",\"readings\":{\"x\":1},\"later\":1")));
}

/* Two offices merge the same leaves apart: taking each other's merge, and a third taking both, changes nothing any more. */
static void
test_nobody_answers (Replicas *self, gconstpointer unused)
{
  LuoStore *a = self->a.store, *b = self->b.store, *c = self->c.store;
  g_autofree char *base = save (a, NULL, BODY (",\"overall\":\"甲。\""));
  g_autofree char *one = NULL, *two = NULL, *before = NULL, *after = NULL;

  take (b, a);
  take (c, a);
  one = save (a, base, BODY (",\"overall\":\"甲。乙。\",\"updated_at\":\"2020-08-02T00:00:00Z\""));
  two = save (b, base, BODY (",\"overall\":\"甲。丙。\",\"updated_at\":\"2031-01-01T00:00:00Z\""));
  take (a, b);
  take (b, a);
  g_assert_true (merges (a));
  g_assert_true (merges (b));
  assert_same_trees (a, b);
  take (a, b);
  take (b, a);
  take (c, a);
  take (c, b);
  before = describe_tree (a, "city", ID);
  g_assert_true (merges (a));
  g_assert_true (merges (c));
  after = describe_tree (a, "city", ID);
  g_assert_cmpstr (before, ==, after);
  assert_same_trees (a, c);
}

/* An ancestor older than the nearest one is no base: against it a member that one leaf took back would come again. Who has only that
 * one waits for another who has the nearest. */
static void
test_older_base_waits (Replicas *self, gconstpointer unused)
{
  LuoStore *a = self->a.store, *b = self->b.store, *c = self->c.store;
  g_autofree char *first = save (c, NULL, BODY (",\"readings\":{\"x\":1}"));
  g_autofree char *second = save (c, first, BODY (",\"readings\":{\"x\":1,\"y\":1}"));
  g_autofree char *nearest = NULL, *one = NULL, *two = NULL;

  take (a, c);
  nearest = save (a, second, BODY (",\"readings\":{\"x\":2,\"y\":1}"));
  take (b, a);
  take (c, a);
  one = save (a, nearest, BODY (",\"readings\":{\"x\":1,\"y\":1}"));
  take (c, a);
  two = save (b, nearest, BODY (",\"readings\":{\"x\":2,\"y\":1,\"z\":3}"));
  take (c, b);
  assert_waits (c);
  take (b, a);
  assert_merges_to (b, BODY (",\"readings\":{\"x\":1,\"y\":1,\"z\":3}"));
  take (c, b);
  assert_merges_to (c, BODY (",\"readings\":{\"x\":1,\"y\":1,\"z\":3}"));
}

/* A leaf was merged away while its office went on with it and took its own edit back: it is compared with what it saw, so that the
 * second thought stands. */
static void
test_merged_leaf_goes_on (Replicas *self, gconstpointer unused)
{
  LuoStore *a = self->a.store, *b = self->b.store;
  g_autofree char *base = save (a, NULL, BODY (",\"readings\":{\"x\":1,\"y\":1}"));
  g_autofree char *one = NULL, *two = NULL, *back = NULL;

  take (b, a);
  one = save (a, base, BODY (",\"readings\":{\"x\":1,\"y\":2}"));
  two = save (b, base, BODY (",\"readings\":{\"x\":2,\"y\":1}"));
  take (a, b);
  assert_merges_to (a, BODY (",\"readings\":{\"x\":2,\"y\":2}"));
  back = save (b, two, BODY (",\"readings\":{\"x\":1,\"y\":1}"));
  take (b, a);
  take (a, b);
  assert_merges_to (b, BODY (",\"readings\":{\"x\":1,\"y\":2}"));
  assert_merges_to (a, BODY (",\"readings\":{\"x\":1,\"y\":2}"));
  assert_same_trees (a, b);
}

static void
decide (LuoStore *store, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (store, "city", ID, &error);
  g_autoptr (GPtrArray) revs = g_ptr_array_new ();

  for (guint i = 0; i < leaves->len; i++)
    if (!luo_document_get_deleted (leaves->pdata[i]))
      g_ptr_array_add (revs, (gpointer)luo_document_get_rev (leaves->pdata[i]));
  g_ptr_array_add (revs, NULL);
  luo_store_resolve (store, "city", ID, (const char *const *)revs->pdata, body, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* Two people decide one conflict differently, each with a stamp as every edit has: neither decision gives way to the other by itself. Where they agree it ends. */
static void
test_decided_twice (Replicas *self, gconstpointer unused)
{
  LuoStore *a = self->a.store, *b = self->b.store;
  g_autofree char *base = save (a, NULL, BODY (",\"readings\":{\"x\":1}"));
  g_autofree char *one = NULL, *two = NULL;

  take (b, a);
  one = save (a, base, BODY (",\"readings\":{\"x\":2}"));
  two = save (b, base, BODY (",\"readings\":{\"x\":3}"));
  take (a, b);
  take (b, a);
  assert_waits (a);
  assert_waits (b);
  decide (a, BODY (",\"readings\":{\"x\":2},\"updated_at\":\"2020-08-02T00:00:00Z\""));
  decide (b, BODY (",\"readings\":{\"x\":3},\"updated_at\":\"2020-08-03T00:00:00Z\""));
  take (a, b);
  take (b, a);
  assert_waits (a);
  assert_waits (b);
  decide (a, BODY (",\"readings\":{\"x\":3},\"updated_at\":\"2020-08-04T00:00:00Z\""));
  take (b, a);
  g_assert_true (merges (b));
  assert_same_trees (a, b);
}

/* Edit against delete: the edit stays, on whichever side it was made, and the tombstone remains a leaf. */
static void
test_edit_against_delete (Replicas *self, gconstpointer unused)
{
  LuoStore *a = self->a.store, *b = self->b.store;
  g_autofree char *base = save (a, NULL, BODY (""));
  g_autofree char *one = NULL, *body = NULL, *tree = NULL;
  g_autoptr (GError) error = NULL;

  take (b, a);
  one = save (a, base, BODY (",\"overall\":\"甲。\""));
  g_assert_true (luo_store_put (b, "city", ID, base, "{\"type\":\"progress\"}", NULL, TRUE, LUO_PUT_DEFAULT,
                                NULL, &error));
  g_assert_no_error (error);
  take (a, b);
  take (b, a);
  g_assert_true (merges (a));
  g_assert_true (merges (b));
  assert_same_trees (a, b);
  body = winner_body (b);
  g_assert_cmpstr (body, ==, BODY (",\"overall\":\"甲。\""));
  tree = describe_tree (b, "city", ID);
  g_assert_nonnull (strstr (tree, "deleted"));
}

/* Two offices make one record by its natural id: what one side alone says stays, what both say must be equal. */
static void
test_created_twice (Replicas *self, gconstpointer unused)
{
  insert (self->a.store, "city", ID, A1, FALSE, BODY (",\"overall\":\"甲。\",\"readings\":{\"x\":1}"),
          LUO_INSERT_DEFAULT);
  insert (self->a.store, "city", ID, B1, FALSE, BODY (",\"this_month\":\"乙。\",\"readings\":{\"y\":1}"),
          LUO_INSERT_DEFAULT);
  assert_merges_to (self->a.store,
                    BODY (",\"overall\":\"甲。\",\"this_month\":\"乙。\",\"readings\":{\"x\":1,\"y\":1}"));

  insert (self->b.store, "city", ID, A1, FALSE, BODY (",\"overall\":\"甲。\""), LUO_INSERT_DEFAULT);
  insert (self->b.store, "city", ID, B1, FALSE, BODY (",\"overall\":\"乙。\""), LUO_INSERT_DEFAULT);
  assert_waits (self->b.store);

  /* A history that was cut does not tell whether they were made apart. */
  insert (self->c.store, "city", ID, A2, FALSE, BODY (",\"readings\":{\"x\":1}"), LUO_INSERT_DEFAULT);
  insert (self->c.store, "city", ID, B2, FALSE, BODY (",\"readings\":{\"y\":1}"), LUO_INSERT_DEFAULT);
  assert_waits (self->c.store);
}

static char *
stub_of (LuoStore *store, const char *name, const char *content)
{
  g_autoptr (GBytes) bytes = g_bytes_new (content, strlen (content));
  g_autofree char *digest = NULL;
  g_autoptr (GError) error = NULL;

  luo_store_add_attachment (store, bytes, &digest, &error);
  g_assert_no_error (error);
  return g_strdup_printf ("\"%s\":{\"content_type\":\"text/plain\",\"digest\":\"%s\",\"stub\":true}", name,
                          digest);
}

static void
put_branch (LuoStore *store, const char *history, const char *stubs)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  LuoIncoming *incoming = make_incoming (ID, history, FALSE, BODY (""));
  LuoInsertResult *results = NULL;
  g_autoptr (GError) error = NULL;

  incoming->attachments = g_strdup_printf ("{%s}", stubs);
  g_ptr_array_add (documents, incoming);
  luo_store_insert (store, "city", documents, LUO_INSERT_DEFAULT, &results, &error);
  g_assert_no_error (error);
  g_assert_no_error (results[0].error);
  luo_insert_results_free (results, 1);
}

/* Two files of one name: both are there after the merge, and every office calls them the same. */
static void
test_attachments_of_one_name (Replicas *self, gconstpointer unused)
{
  LuoStore *stores[] = { self->a.store, self->b.store };
  char *names[2];

  for (guint s = 0; s < 2; s++)
    {
      g_autofree char *before = stub_of (stores[s], "通知.txt", "before");
      g_autofree char *one = stub_of (stores[s], "通知.txt", "one");
      g_autofree char *two = stub_of (stores[s], "通知.txt", "two");
      g_autoptr (GError) error = NULL;
      g_autoptr (LuoDocument) document = NULL;
      g_autoptr (GPtrArray) attachments = NULL;
      g_autoptr (GString) list = g_string_new (NULL);

      put_branch (stores[s], A1, before);
      put_branch (stores[s], s == 0 ? A2 " " A1 : B2 " " A1, s == 0 ? one : two);
      put_branch (stores[s], s == 0 ? B2 " " A1 : A2 " " A1, s == 0 ? two : one);
      g_assert_true (merges (stores[s]));
      document = luo_store_get (stores[s], "city", ID, NULL, &error);
      g_assert_no_error (error);
      attachments = luo_store_list_attachments (stores[s], document, &error);
      g_assert_cmpuint (attachments->len, ==, 2);
      for (guint i = 0; i < 2; i++)
        {
          const LuoAttachment *attachment = attachments->pdata[i];

          g_assert_true (attachment->present);
          g_assert_true (g_str_has_prefix (attachment->name, "通知"));
          g_assert_true (g_str_has_suffix (attachment->name, ".txt"));
          g_string_append_printf (list, "%s %s\n", attachment->name, attachment->digest);
        }
      names[s] = g_string_free (g_steal_pointer (&list), FALSE);
    }
  g_assert_cmpstr (names[0], ==, names[1]);
  assert_same_trees (stores[0], stores[1]);
  g_free (names[0]);
  g_free (names[1]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add ("/conflict-merger/" path, Replicas, NULL, set_up, func, tear_down)
  TEST ("any-order", test_any_order);
  TEST ("nobody-answers", test_nobody_answers);
  TEST ("older-base-waits", test_older_base_waits);
  TEST ("merged-leaf-goes-on", test_merged_leaf_goes_on);
  TEST ("decided-twice", test_decided_twice);
  TEST ("edit-against-delete", test_edit_against_delete);
  TEST ("created-twice", test_created_twice);
  TEST ("attachments-of-one-name", test_attachments_of_one_name);
#undef TEST
  return g_test_run ();
}
