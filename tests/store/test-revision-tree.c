/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "luo-json-text.h"
#include "store-fixture.h"

#define A1 "1-a0000000000000000000000000000001"
#define A2 "2-a0000000000000000000000000000002"
#define A3 "3-a0000000000000000000000000000003"
#define B2 "2-b0000000000000000000000000000002"
#define B3 "3-b0000000000000000000000000000003"
#define C3 "3-c0000000000000000000000000000003"
#define C4 "4-c0000000000000000000000000000004"

/* What is a revision, and what is not (C2015: 32 characters must be hex). */
static void
test_parse (void)
{
  static const struct
  {
    const char *rev;
    guint generation; /* 0: no revision */
  } vectors[] = {
    { A1, 1 },
    { "12-abc", 12 },
    { "3-UPPER", 3 },
    { "", 0 },
    { "1", 0 },
    { "1-", 0 },
    { "0-a", 0 },
    { "-a", 0 },
    { "01-a", 0 },
    { "1-a b", 0 },
    { "1-a\"b", 0 },
    { "x-a", 0 },
    { "1-\n", 0 },
    { "1-养", 0 },
    { "9999999999-a", 0 },
    { "1-g0000000000000000000000000000001", 0 },
    { "1-00000000000000000000000000000000000000000000000000000000000000000", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      guint generation = 0;
      const char *suffix = luo_rev_parse (vectors[i].rev, &generation);

      g_test_message ("Vector %s", vectors[i].rev);
      g_assert_cmpint (suffix != NULL, ==, vectors[i].generation != 0);
      if (suffix != NULL)
        g_assert_cmpuint (generation, ==, vectors[i].generation);
    }
}

/* The order that makes a winner: not deleted, then the generation as a number, then the bytes of the id. */
static void
test_compare (void)
{
  static const struct
  {
    const char *less;
    gboolean less_deleted;
    const char *more;
    gboolean more_deleted;
  } vectors[] = {
    { "9-f", FALSE, "10-a", FALSE },   { "2-a", FALSE, "2-b", FALSE }, { "99-f", TRUE, "1-a", FALSE },
    { "2-a", TRUE, "3-a", TRUE },      { "2-B", FALSE, "2-a", FALSE }, { "2-a", TRUE, "2-b", TRUE },
    { "2-ab", FALSE, "2-abc", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_test_message ("Vector %s < %s", vectors[i].less, vectors[i].more);
      g_assert_cmpint (luo_rev_compare (vectors[i].less, vectors[i].less_deleted, vectors[i].more,
                                        vectors[i].more_deleted),
                       <, 0);
      g_assert_cmpint (luo_rev_compare (vectors[i].more, vectors[i].more_deleted, vectors[i].less,
                                        vectors[i].less_deleted),
                       >, 0);
      g_assert_cmpint (luo_rev_compare (vectors[i].less, vectors[i].less_deleted, vectors[i].less,
                                        vectors[i].less_deleted),
                       ==, 0);
    }
}

/* Equal edits give equal revisions however they are written; whatever is different gives another. */
static void
test_make (void)
{
  const char *stubs
      = "{\"p.jpg\":{\"content_type\":\"image/jpeg\",\"digest\":\"md5-AA==\",\"length\":3,\"revpos\":1}}";
  const char *stubs_later = "{\"p.jpg\":{\"digest\":\"md5-AA==\",\"revpos\":2,\"stub\":true}}";
  const char *others = "{\"p.jpg\":{\"digest\":\"md5-BB==\"}}";
  g_autofree char *rev = luo_rev_make (NULL, FALSE, "{\"a\":1,\"b\":\"养老\"}", NULL, NULL);
  g_autofree char *same = luo_rev_make (NULL, FALSE, " { \"b\" : \"\\u517b\\u8001\", \"a\":1 } ", NULL, NULL);
  g_autofree char *body = luo_rev_make (NULL, FALSE, "{\"a\":1.0,\"b\":\"养老\"}", NULL, NULL);
  g_autofree char *deleted = luo_rev_make (NULL, TRUE, "{\"a\":1,\"b\":\"养老\"}", NULL, NULL);
  g_autofree char *child = luo_rev_make (A1, FALSE, "{\"a\":1,\"b\":\"养老\"}", NULL, NULL);
  g_autofree char *photo = luo_rev_make (NULL, FALSE, "{}", stubs, NULL);
  g_autofree char *photo_same = luo_rev_make (NULL, FALSE, "{}", stubs_later, NULL);
  g_autofree char *photo_other = luo_rev_make (NULL, FALSE, "{}", others, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix (rev, "1-"));
  g_assert_cmpuint (strlen (rev), ==, 34);
  g_assert_true (g_str_has_prefix (child, "2-"));
  g_assert_cmpstr (rev, ==, same);
  g_assert_cmpstr (rev, !=, body);
  g_assert_cmpstr (rev, !=, deleted);
  g_assert_cmpstr (rev + 1, !=, child + 1);
  g_assert_cmpstr (photo, ==, photo_same);
  g_assert_cmpstr (photo, !=, photo_other);
  g_assert_null (luo_rev_make (NULL, FALSE, "{\"a\":", NULL, &error));
  g_assert_nonnull (error);
}

typedef struct
{
  const char *history;
  gboolean deleted;
  const char *body;
} Revision;

static const Revision forest[] = {
  { A3 " " A2 " " A1, FALSE, "{\"v\":\"a3\"}" },
  { B2 " " A1, FALSE, "{\"v\":\"b2\"}" },
  { B3 " " B2 " " A1, TRUE, "{\"v\":\"b3\"}" },
  { C4 " " C3 " " A2 " " A1, TRUE, "{\"v\":\"c4\"}" },
  { "2-d " A1, FALSE, "{\"v\":\"2d\"}" },
  { "3-e 2-d", FALSE, "{\"v\":\"3e\"}" }, /* a history that was cut: joined when 2-d has come with its own */
  { "7-f", FALSE, "{\"v\":\"7f\"}" },
  { "8-f 7-f 6-f", FALSE, "{\"v\":\"8f\"}" },
};

static void
shuffle (int *order, int n)
{
  for (int i = n - 1; i > 0; i--)
    {
      int j = g_test_rand_int_range (0, i + 1);
      int other = order[i];

      order[i] = order[j];
      order[j] = other;
    }
}

/* In whatever order revisions arrive, and however often, the tree, the winner, the leaves and their texts are the same. */
static void
test_any_order (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *expected = NULL, *expected_leaves = NULL;
  int order[G_N_ELEMENTS (forest)];

  for (int i = 0; i < (int)G_N_ELEMENTS (forest); i++)
    order[i] = i;
  for (int round = 0; round < 60; round++)
    {
      g_autofree char *id = g_strdup_printf ("doc-%d", round);
      g_autofree char *tree = NULL;
      g_autoptr (GPtrArray) leaves = NULL;
      g_autoptr (GError) error = NULL;
      GString *words = g_string_new (NULL);

      for (int i = 0; i < (int)G_N_ELEMENTS (forest); i++)
        {
          const Revision *revision = &forest[order[i]];

          insert (fixture->store, "city", id, revision->history, revision->deleted, revision->body,
                  LUO_INSERT_DEFAULT);
          if (g_test_rand_bit ())
            insert (fixture->store, "city", id, revision->history, revision->deleted, revision->body,
                    LUO_INSERT_DEFAULT);
        }
      tree = describe_tree (fixture->store, "city", id);
      leaves = luo_store_get_leaves (fixture->store, "city", id, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < leaves->len; i++)
        g_string_append_printf (words, "%s %s ", luo_document_get_rev (leaves->pdata[i]),
                                luo_document_get_body (leaves->pdata[i], NULL));
      if (round == 0)
        {
          expected = g_strdup (tree);
          expected_leaves = g_strdup (words->str);
          g_assert_true (g_str_has_prefix (words->str, "8-f {\"v\":\"8f\"} 3-e {\"v\":\"3e\"} " A3));
          g_assert_cmpuint (leaves->len, ==, 5);
          g_assert_cmpuint (luo_document_get_conflicts (leaves->pdata[0]), ==, 2);
        }
      g_assert_cmpstr (tree, ==, expected);
      g_assert_cmpstr (words->str, ==, expected_leaves);
      g_string_free (words, TRUE);
      shuffle (order, G_N_ELEMENTS (order));
    }
  assert_sound (fixture->store);
}

static const char *
winner_of (LuoStore *store, const char *id)
{
  static char rev[128];
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (store, "city", id, &error);

  g_assert_no_error (error);
  g_strlcpy (rev, luo_document_get_rev (leaves->pdata[0]), sizeof rev);
  return rev;
}

/* Which of the leaves is shown, step by step; its text goes with it. */
static void
test_winner (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = NULL;

  insert (fixture->store, "city", "a", A2 " " A1, FALSE, "{\"v\":\"a2\"}", LUO_INSERT_DEFAULT);
  insert (fixture->store, "city", "a", B2 " " A1, FALSE, "{\"v\":\"b2\"}", LUO_INSERT_DEFAULT);
  g_assert_cmpstr (winner_of (fixture->store, "a"), ==, B2);
  insert (fixture->store, "city", "a", A3 " " A2 " " A1, FALSE, "{\"v\":\"a3\"}", LUO_INSERT_DEFAULT);
  g_assert_cmpstr (winner_of (fixture->store, "a"), ==, A3);
  insert (fixture->store, "city", "a", "10-a", FALSE, "{\"v\":\"10\"}", LUO_INSERT_DEFAULT);
  g_assert_cmpstr (winner_of (fixture->store, "a"), ==, "10-a");
  insert (fixture->store, "city", "a", "11-a 10-a", TRUE, "{\"v\":\"11\"}", LUO_INSERT_DEFAULT);
  g_assert_cmpstr (winner_of (fixture->store, "a"), ==, A3);
  document = luo_store_get (fixture->store, "city", "a", NULL, &error);
  g_assert_cmpstr (luo_document_get_body (document, NULL), ==, "{\"v\":\"a3\"}");
  g_clear_pointer (&document, luo_document_unref);
  document = luo_store_get (fixture->store, "city", "a", B2, &error);
  g_assert_cmpstr (luo_document_get_body (document, NULL), ==, "{\"v\":\"b2\"}");

  insert (fixture->store, "city", "a", "4-a " A3, TRUE, "{}", LUO_INSERT_DEFAULT);
  g_assert_cmpstr (winner_of (fixture->store, "a"), ==, B2);
  insert (fixture->store, "city", "a", B3 " " B2, TRUE, "{}", LUO_INSERT_DEFAULT);
  g_assert_cmpstr (winner_of (fixture->store, "a"), ==, "11-a");
  g_clear_pointer (&document, luo_document_unref);
  document = luo_store_get (fixture->store, "city", "a", NULL, &error);
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_DELETED);
  assert_sound (fixture->store);
}

static guint
count_nodes (LuoStore *store, const char *id)
{
  g_autoptr (GPtrArray) nodes = luo_store_get_tree (store, "city", id, NULL);

  return nodes->len;
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

/* Unsent edits are one revision on the same parent; one that was offered or is held is built upon. */
static void
test_collapse (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *first = put (fixture->store, "a", NULL, "{\"n\":1}", LUO_PUT_COLLAPSE);
  g_autofree char *second = put (fixture->store, "a", first, "{\"n\":2}", LUO_PUT_COLLAPSE);
  g_autofree char *third = NULL, *fourth = NULL, *fifth = NULL, *direct = NULL;
  g_autofree char *tree = NULL, *expected = NULL;

  g_assert_true (g_str_has_prefix (second, "1-"));
  g_assert_cmpuint (count_nodes (fixture->store, "a"), ==, 1);
  direct = luo_rev_make (NULL, FALSE, "{\"n\":2}", NULL, NULL);
  g_assert_cmpstr (second, ==, direct);

  mark (fixture->store, "a", second, FALSE);
  third = put (fixture->store, "a", second, "{\"n\":3}", LUO_PUT_COLLAPSE);
  g_assert_true (g_str_has_prefix (third, "2-"));
  fourth = put (fixture->store, "a", third, "{\"n\":4}", LUO_PUT_COLLAPSE);
  g_assert_true (g_str_has_prefix (fourth, "2-"));
  tree = describe_tree (fixture->store, "city", "a");
  expected = g_strdup_printf ("%s(%s) leaf %s() ", fourth, second, second);
  g_assert_cmpstr (tree, ==, expected);

  mark (fixture->store, "a", fourth, TRUE);
  fifth = put (fixture->store, "a", fourth, "{\"n\":5}", LUO_PUT_COLLAPSE);
  g_assert_true (g_str_has_prefix (fifth, "3-"));
  assert_sound (fixture->store);
}

/* Without the flag every save is a revision; what came from elsewhere is never replaced. */
static void
test_collapse_not (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *first = put (fixture->store, "a", NULL, "{\"n\":1}", LUO_PUT_DEFAULT);
  g_autofree char *second = put (fixture->store, "a", first, "{\"n\":2}", LUO_PUT_DEFAULT);
  g_autofree char *other = NULL;

  g_assert_true (g_str_has_prefix (second, "2-"));
  insert (fixture->store, "city", "b", A1, FALSE, "{\"n\":1}", LUO_INSERT_DEFAULT);
  other = put (fixture->store, "b", A1, "{\"n\":2}", LUO_PUT_COLLAPSE);
  g_assert_true (g_str_has_prefix (other, "2-"));
  assert_sound (fixture->store);
}

/* Who takes an unsent edit back is at the version before, and nothing is pending any more. */
static void
test_collapse_undo (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (LuoSpace) space = NULL;
  g_autofree char *edited = NULL, *back = NULL, *edited_again = NULL;

  insert (fixture->store, "city", "a", A1, FALSE, "{\"n\":1}", LUO_INSERT_HELD);
  edited = put (fixture->store, "a", A1, "{\"n\":2}", LUO_PUT_COLLAPSE);
  back = put (fixture->store, "a", edited, "{\"n\": 1}", LUO_PUT_COLLAPSE);
  g_assert_cmpstr (back, ==, A1);
  g_assert_cmpuint (count_nodes (fixture->store, "a"), ==, 1);
  space = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_cmpint (space->pending, ==, 0);
  edited_again = put (fixture->store, "a", A1, "{\"n\":2}", LUO_PUT_COLLAPSE);
  g_assert_cmpstr (edited_again, ==, edited);
  assert_sound (fixture->store);
}

/* The same edit made here unsent and arriving from another machine is one revision, not a conflict. */
static void
test_same_edit_elsewhere (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (LuoSpace) space = NULL;
  g_autofree char *made = NULL, *history = NULL;

  insert (fixture->store, "city", "a", A1, FALSE, "{\"n\":1}", LUO_INSERT_HELD);
  made = put (fixture->store, "a", A1, "{\"n\":2}", LUO_PUT_COLLAPSE);
  history = g_strconcat (made, " ", A1, NULL);
  insert (fixture->store, "city", "a", history, FALSE, "{\"n\":2}", LUO_INSERT_HELD);
  space = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_cmpint (space->pending, ==, 0);
  g_assert_cmpint (space->conflicts, ==, 0);
  assert_sound (fixture->store);
}

static gboolean
is_kept (LuoStore *store, const char *id, const char *rev)
{
  g_autoptr (LuoDocument) document = luo_store_get (store, "city", id, rev, NULL);

  return document != NULL;
}

/* The base of an edit stays until the edit is held, and the bases of edits made here stay after it; those of others go. */
static void
test_bases (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) bases = NULL;
  g_autofree char *edit = NULL;

  insert (fixture->store, "city", "a", A1, FALSE, "{\"n\":1}", LUO_INSERT_HELD);
  edit = put (fixture->store, "a", A1, "{\"n\":2}", LUO_PUT_COLLAPSE);
  g_assert_true (is_kept (fixture->store, "a", A1));
  mark (fixture->store, "a", edit, FALSE);
  mark (fixture->store, "a", edit, TRUE);
  g_assert_true (is_kept (fixture->store, "a", A1));
  insert (fixture->store, "city", "a", B2 " " A1, FALSE, "{\"n\":3}", LUO_INSERT_HELD);
  bases = luo_store_get_bases (fixture->store, "city", "a", edit, B2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bases->len, ==, 1);
  g_assert_cmpstr (luo_document_get_rev (bases->pdata[0]), ==, A1);
  g_assert_cmpstr (luo_document_get_body (bases->pdata[0], NULL), ==, "{\"n\":1}");

  insert (fixture->store, "city", "b", A1, FALSE, "{\"n\":1}", LUO_INSERT_HELD);
  insert (fixture->store, "city", "b", A2 " " A1, FALSE, "{\"n\":2}", LUO_INSERT_HELD);
  g_assert_false (is_kept (fixture->store, "b", A1));
  g_clear_pointer (&bases, g_ptr_array_unref);
  insert (fixture->store, "city", "b", B2 " " A1, FALSE, "{\"n\":3}", LUO_INSERT_HELD);
  bases = luo_store_get_bases (fixture->store, "city", "b", A2, B2, &error);
  g_assert_no_error (error);
  g_assert_null (bases);
  assert_sound (fixture->store);
}

/* Of a long row of sent edits the last eight bases stay. */
static void
test_bases_last (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) revs = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; i < 20; i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"n\":%d}", i);
      char *rev = put (fixture->store, "a", i > 0 ? revs->pdata[i - 1] : NULL, body, LUO_PUT_COLLAPSE);

      g_ptr_array_add (revs, rev);
      mark (fixture->store, "a", rev, FALSE);
      mark (fixture->store, "a", rev, TRUE);
    }
  for (int i = 0; i < 20; i++)
    g_assert_cmpint (is_kept (fixture->store, "a", revs->pdata[i]), ==, i >= 20 - 1 - 8);
  assert_sound (fixture->store);
}

/* A server keeps the bodies of leaves only. */
static void
test_bases_hub (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = NULL;

  g_assert_true (luo_store_create_space (fixture->store, "luoshi-city", &error));
  insert (fixture->store, "luoshi-city", "a", A1, FALSE, "{\"n\":1}", LUO_INSERT_DEFAULT);
  insert (fixture->store, "luoshi-city", "a", A2 " " A1, FALSE, "{\"n\":2}", LUO_INSERT_DEFAULT);
  document = luo_store_get (fixture->store, "luoshi-city", "a", A1, &error);
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
  assert_sound (fixture->store);
}

/* A history beyond the limit is cut at its far end, and the document stays whole. */
static void
test_limit (StoreFixture *fixture, gconstpointer data)
{
  GString *history = g_string_new (NULL);
  g_auto (GStrv) kept = NULL;
  g_autofree char *rev = NULL;

  for (int i = LUO_REVS_LIMIT + 20; i > 0; i--)
    g_string_append_printf (history, "%s%d-x%d", history->len > 0 ? " " : "", i, i);
  insert (fixture->store, "city", "a", history->str, FALSE, "{}", LUO_INSERT_HELD);
  g_string_free (history, TRUE);
  g_assert_cmpuint (count_nodes (fixture->store, "a"), ==, LUO_REVS_LIMIT);

  rev = put (fixture->store, "a", "1020-x1020", "{\"n\":1}", LUO_PUT_COLLAPSE);
  kept = luo_store_get_history (fixture->store, "city", "a", rev, NULL);
  g_assert_cmpuint (g_strv_length (kept), ==, LUO_REVS_LIMIT);
  g_assert_cmpstr (kept[0], ==, rev);
  g_assert_cmpstr (kept[LUO_REVS_LIMIT - 1], ==, "22-x22");
  assert_sound (fixture->store);
}

static void
insert_conflict (LuoStore *store)
{
  insert (store, "city", "a", A2 " " A1, FALSE, "{\"type\":\"visit\",\"district\":\"heping\",\"n\":2}",
          LUO_INSERT_HELD);
  insert (store, "city", "a", B2 " " A1, FALSE, "{\"type\":\"visit\",\"district\":\"heping\",\"m\":3}",
          LUO_INSERT_HELD);
}

/* Two replicas that end the same conflict make the same revisions, and one takes the other's without a change. */
static void
test_resolve (StoreFixture *fixture, gconstpointer data)
{
  StoreFixture other = { NULL };
  const char *const leaves[] = { A2, B2, NULL }, *const reversed[] = { B2, A2, NULL };
  const char *merged = "{\"type\":\"visit\",\"district\":\"heping\",\"n\":2,\"m\":3}";
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) documents = NULL;
  g_autoptr (LuoSpace) space = NULL;
  g_autofree char *rev = NULL, *other_rev = NULL, *tree = NULL, *other_tree = NULL, *tombstone = NULL;

  store_fixture_set_up (&other, GUINT_TO_POINTER (LUO_STORE_DEFAULT));
  insert_conflict (fixture->store);
  insert_conflict (other.store);
  g_assert_true (luo_store_resolve (fixture->store, "city", "a", leaves, merged, NULL, &rev, &error));
  g_assert_no_error (error);
  g_assert_true (luo_store_resolve (other.store, "city", "a", reversed, merged, NULL, &other_rev, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (rev, ==, other_rev);
  tree = describe_tree (fixture->store, "city", "a");
  other_tree = describe_tree (other.store, "city", "a");
  g_assert_cmpstr (tree, ==, other_tree);

  documents = luo_store_get_leaves (fixture->store, "city", "a", &error);
  g_assert_cmpuint (documents->len, ==, 2);
  g_assert_cmpstr (luo_document_get_rev (documents->pdata[0]), ==, rev);
  g_assert_cmpstr (luo_document_get_body (documents->pdata[0], NULL), ==, merged);
  g_assert_true (luo_document_get_deleted (documents->pdata[1]));
  tombstone = g_strdup_printf ("{\"type\":\"visit\",\"district\":\"heping\",\"merged_into\":\"%s\"}", rev);
  g_assert_cmpstr (luo_document_get_body (documents->pdata[1], NULL), ==, tombstone);
  space = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_cmpint (space->conflicts, ==, 0);
  g_assert_cmpint (space->pending, ==, 1);
  assert_sound (fixture->store);
  store_fixture_tear_down (&other, NULL);
}

/* Only the tombstone of a merge has come, not what was merged: who makes the record anew has not seen that, and it does not give way. */
static void
test_made_before_merge_came (StoreFixture *fixture, gconstpointer data)
{
  const char *merged = "3-dddddddddddddddddddddddddddddddd";
  g_autoptr (GPtrArray) bases = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = g_strdup_printf ("{\"type\":\"visit\",\"merged_into\":\"%s\"}", merged);
  g_autofree char *history = g_strdup_printf ("%s %s %s", merged, A2, A1);
  g_autofree char *rev = NULL;

  insert (fixture->store, "city", "a", B2 " " A1, FALSE, "{\"type\":\"visit\",\"m\":3}", LUO_INSERT_HELD);
  insert (fixture->store, "city", "a", "3-cccccccccccccccccccccccccccccccc " B2 " " A1, TRUE, body,
          LUO_INSERT_HELD);
  rev = put (fixture->store, "a", NULL, "{\"type\":\"visit\",\"m\":4}", LUO_PUT_COLLAPSE);
  g_assert_true (g_str_has_prefix (rev, "1-"));

  insert (fixture->store, "city", "a", history, FALSE, "{\"type\":\"visit\",\"n\":2,\"m\":3}",
          LUO_INSERT_HELD);
  bases = luo_store_get_bases (fixture->store, "city", "a", merged, rev, &error);
  g_assert_no_error (error);
  g_assert_true (bases == NULL || bases->len == 0);
  assert_sound (fixture->store);
}

/* Where what was merged is here and was deleted since, the record begins again upon it. */
static void
test_made_after_merge_was_deleted (StoreFixture *fixture, gconstpointer data)
{
  const char *const leaves[] = { A2, B2, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *merged = NULL, *rev = NULL, *gone = NULL;

  insert_conflict (fixture->store);
  g_assert_true (luo_store_resolve (fixture->store, "city", "a", leaves, "{\"type\":\"visit\",\"n\":2}", NULL,
                                    &merged, &error));
  g_assert_no_error (error);
  g_assert_true (luo_store_put (fixture->store, "city", "a", merged, "{\"type\":\"visit\"}", NULL, TRUE,
                                LUO_PUT_DEFAULT, &gone, &error));
  g_assert_no_error (error);
  rev = put (fixture->store, "a", NULL, "{\"type\":\"visit\",\"m\":4}", LUO_PUT_COLLAPSE);
  g_assert_false (g_str_has_prefix (rev, "1-"));
  assert_sound (fixture->store);
}

/* A conflict that has changed since the merge saw it is not ended by it. */
static void
test_resolve_stale (StoreFixture *fixture, gconstpointer data)
{
  const char *const leaves[] = { A2, B2, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL, *rev = NULL;

  insert_conflict (fixture->store);
  insert (fixture->store, "city", "a", B3 " " B2, FALSE, "{\"n\":9}", LUO_INSERT_HELD);
  before = describe_tree (fixture->store, "city", "a");
  g_assert_false (luo_store_resolve (fixture->store, "city", "a", leaves, "{\"n\":5}", NULL, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  after = describe_tree (fixture->store, "city", "a");
  g_assert_cmpstr (before, ==, after);

  /* Keeping the winner as it is only takes the others away. */
  {
    const char *const now[] = { A2, B3, NULL };

    g_assert_true (luo_store_resolve (fixture->store, "city", "a", now, NULL, NULL, &rev, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (rev, ==, B3);
  }
  assert_sound (fixture->store);
}

static guint
count_deletions (LuoStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) listed = luo_store_list_deletions (store, "city", 0, &error);

  g_assert_no_error (error);
  return listed->len;
}

/* One edits a record, another deletes it: the edit stands and the question is listed until it is decided, the same on every replica. */
static void
test_deletion_kept (StoreFixture *fixture, gconstpointer data)
{
  StoreFixture other = { NULL };
  const char *const leaves[] = { A2, B2, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *rev = NULL, *tree = NULL, *other_tree = NULL;

  store_fixture_set_up (&other, GUINT_TO_POINTER (LUO_STORE_DEFAULT));
  for (int i = 0; i < 2; i++)
    {
      LuoStore *store = i == 0 ? fixture->store : other.store;

      insert (store, "city", "a", A2 " " A1, FALSE, "{\"type\":\"visit\",\"district\":\"heping\",\"n\":2}",
              LUO_INSERT_HELD);
      g_assert_cmpuint (count_deletions (store), ==, 0);
      insert (store, "city", "a", B2 " " A1, TRUE,
              "{\"type\":\"visit\",\"district\":\"heping\",\"updated_by\":\"heping\"}", LUO_INSERT_HELD);
      g_assert_cmpuint (count_deletions (store), ==, 1);
      g_assert_true (luo_store_decide (store, "city", "a", leaves, NULL, NULL, FALSE, &rev, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (rev, ==, A2);
      g_clear_pointer (&rev, g_free);
      g_assert_cmpuint (count_deletions (store), ==, 0);
      assert_sound (store);
    }
  tree = describe_tree (fixture->store, "city", "a");
  other_tree = describe_tree (other.store, "city", "a");
  g_assert_cmpstr (tree, ==, other_tree);
  store_fixture_tear_down (&other, NULL);
}

/* The deletion is decided for: every live leaf goes, in one transaction that does not delete what was not seen. */
static void
test_deletion_made (StoreFixture *fixture, gconstpointer data)
{
  const char *const leaves[] = { A2, B2, NULL }, *const stale[] = { A2, NULL };
  const char *tombstone = "{\"type\":\"visit\",\"updated_by\":\"city\"}";
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) gone = NULL;

  insert_conflict (fixture->store);
  g_assert_false (luo_store_decide (fixture->store, "city", "a", stale, tombstone, NULL, TRUE, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (luo_store_decide (fixture->store, "city", "a", leaves, tombstone, NULL, TRUE, NULL, &error));
  g_assert_no_error (error);
  gone = luo_store_get (fixture->store, "city", "a", NULL, &error);
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_DELETED);
  g_assert_cmpuint (count_deletions (fixture->store), ==, 0);
  assert_sound (fixture->store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD_AS(path, func, flags)                                                                            \
  g_test_add (path, StoreFixture, GUINT_TO_POINTER (flags), store_fixture_set_up, func,                      \
              store_fixture_tear_down)
#define ADD(path, func) ADD_AS (path, func, LUO_STORE_DEFAULT)

  g_test_add_func ("/store/revision/parse", test_parse);
  g_test_add_func ("/store/revision/compare", test_compare);
  g_test_add_func ("/store/revision/make", test_make);
  ADD ("/store/tree/any-order", test_any_order);
  ADD ("/store/tree/winner", test_winner);
  ADD ("/store/tree/limit", test_limit);
  ADD ("/store/collapse/unsent", test_collapse);
  ADD ("/store/collapse/not", test_collapse_not);
  ADD ("/store/collapse/undo", test_collapse_undo);
  ADD ("/store/collapse/same-elsewhere", test_same_edit_elsewhere);
  ADD ("/store/bases/kept", test_bases);
  ADD ("/store/bases/last", test_bases_last);
  ADD_AS ("/store/bases/hub", test_bases_hub, LUO_STORE_HUB);
  ADD ("/store/resolve/same-everywhere", test_resolve);
  ADD ("/store/resolve/made-before-merge-came", test_made_before_merge_came);
  ADD ("/store/resolve/made-after-merge-was-deleted", test_made_after_merge_was_deleted);
  ADD ("/store/resolve/stale", test_resolve_stale);
  ADD ("/store/decide/deletion-kept", test_deletion_kept);
  ADD ("/store/decide/deletion-made", test_deletion_made);

  return g_test_run ();
}
