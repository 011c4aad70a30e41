/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-ancestry.h"
#include "luo-document-private.h"
#include "luo-edit.h"
#include "luo-json-text.h"
#include "luo-store-put-private.h"

typedef struct
{
  const char *space, *id;
  const char *const *leaves;
  LuoPreparedPut prepared; /* with the merged body, where there is one */
  gboolean merged;
  gboolean deleted; /* the body is a tombstone for every live leaf */
  gboolean decided; /* by a person: the history has it */
  const char *attachments;
  char *stubs; /* (owned) (nullable): the attachments as they are stored */
  char *rev;   /* (owned) */
} Resolve;

/* A tombstone keeps by what a record is routed (replication.md 10) and names the revision that the leaf was merged into, if any, so
 * that it is known as its ancestor. Made from the two alone, so that it is the same everywhere. */
static char *
make_tombstone (const char *body, const char *merged_into)
{
  static const char *const kept[] = { "type", "district", "office" };
  GString *out = g_string_new ("{");

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      g_autofree char *pointer = g_strconcat ("/", kept[i], NULL);
      g_autofree char *value = luo_json_at (body, pointer);

      if (value != NULL)
        g_string_append_printf (out, "%s\"%s\":%s", out->len > 1 ? "," : "", kept[i], value);
    }
  if (merged_into != NULL)
    g_string_append_printf (out, "%s\"" LUO_MERGED_INTO "\":\"%s\"", out->len > 1 ? "," : "", merged_into);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

/* Whether the leaves are those that were seen: every live one, and of the tombstones at least those that were named. */
static gboolean
leaves_match (LuoEdit *edit, GArray *leaves, const char *const *expected)
{
  guint named = 0;

  for (guint i = 0; i < leaves->len; i++)
    {
      const LuoNode *node = luo_tree_node (edit->tree, g_array_index (leaves, int, i));
      char rev[LUO_REV_BUFFER];

      if (g_strv_contains (expected, luo_node_print (node, rev)))
        named++;
      else if ((node->flags & LUO_REV_DELETED) == 0)
        return FALSE;
    }
  return named == g_strv_length ((char **)expected);
}

/* Puts a tombstone on a leaf: @body, or (NULL) one that is made from the leaf and what it was merged into (nullable). Returns its
 * index, or -1. */
static int
bury (LuoEdit *edit, int leaf, const char *body, const char *merged_into, GPtrArray *owned, GError **error)
{
  g_autofree char *leaf_body = NULL, *attachments = NULL, *leaf_rev = luo_put_dup_rev (edit, leaf),
                  *rev = NULL;
  char *tombstone, *type;

  if (!luo_edit_read_body (edit, leaf, &leaf_body, &attachments, error))
    return -1;
  tombstone
      = body != NULL ? g_strdup (body) : make_tombstone (leaf_body != NULL ? leaf_body : "{}", merged_into);
  g_ptr_array_add (owned, tombstone);
  type = luo_body_record_type (tombstone, strlen (tombstone));
  if (type != NULL)
    g_ptr_array_add (owned, type);
  rev = luo_rev_make (leaf_rev, TRUE, tombstone, NULL, error);
  if (rev == NULL)
    return -1;
  return luo_put_add_revision (edit, leaf, rev, TRUE, tombstone, NULL, type);
}

/* Puts the merged body on the winner, unless the winner says the same. */
static gboolean
write_merged (LuoStore *self, LuoConnection *conn, LuoEdit *edit, Resolve *resolve, gboolean *same,
              GError **error)
{
  int winner = edit->tree->winner;

  *same = TRUE;
  if (resolve->merged)
    {
      if (resolve->attachments != NULL
          && !luo_attachments_resolve (self, conn, LUO_ATTACHMENTS_INSERT, resolve->attachments,
                                       edit->attachments, luo_tree_node (edit->tree, winner)->generation + 1,
                                       &resolve->stubs, error))
        return FALSE;
      if (!luo_put_says_the_same (edit, winner, &resolve->prepared, resolve->stubs, same, error))
        return FALSE;
    }
  if (*same)
    {
      resolve->rev = g_strdup (edit->rev);
      return TRUE;
    }
  resolve->rev = luo_prepared_put_make_rev (&resolve->prepared, edit->rev, resolve->stubs, error);
  if (resolve->rev == NULL)
    return FALSE;
  luo_put_add_revision (edit, winner, resolve->rev, FALSE, resolve->prepared.body, resolve->stubs,
                        resolve->prepared.type);
  return TRUE;
}

/* A version that a person has seen and decided about. */
typedef struct
{
  char *rev;          /* (owned) */
  char *body, *files; /* (owned) (nullable) */
} Seen;

static void
seen_clear (gpointer data)
{
  Seen *self = data;

  g_free (self->rev);
  g_free (self->body);
  g_free (self->files);
}

static gboolean
read_seen (LuoEdit *edit, const GArray *leaves, GArray *all, GError **error)
{
  for (guint i = 0; i < leaves->len; i++)
    {
      int index = g_array_index (leaves, int, i);
      Seen seen = { NULL };

      if ((luo_tree_node (edit->tree, index)->flags & LUO_REV_DELETED) != 0)
        continue;
      if (!luo_edit_read_body (edit, index, &seen.body, &seen.files, error))
        return FALSE;
      seen.rev = luo_put_dup_rev (edit, index);
      g_array_append_val (all, seen);
    }
  return TRUE;
}

/* Whether two bodies differ at most in who saved them and when. */
static gboolean
differ_in_stamps (const char *a, const char *b)
{
  static const char *const stamps[] = { "/updated_at", "/updated_by" };
  g_autofree char *left = g_strdup (a), *right = g_strdup (b);

  for (gsize i = 0; i < G_N_ELEMENTS (stamps); i++)
    {
      char *patched = luo_json_patch (left, stamps[i], NULL, NULL);

      g_free (left);
      left = patched;
      patched = luo_json_patch (right, stamps[i], NULL, NULL);
      g_free (right);
      right = patched;
      if (left == NULL || right == NULL)
        return FALSE;
    }
  return luo_json_equal (left, right);
}

/* One entry for each version that says something else than what was decided: of a record that was made twice, no other entry has
 * what the one that gives way said. */
static gboolean
note_decision (LuoEdit *edit, const Resolve *resolve, const GArray *all, const char *after,
               const char *after_files, GError **error)
{
  LuoPut put = { .space = resolve->space, .id = resolve->id };

  for (guint i = 0; i < all->len; i++)
    {
      const Seen *seen = &g_array_index (all, Seen, i);
      LuoHistoryNote note = { .record = resolve->id,
                              .base = seen->rev,
                              .before = seen->body,
                              .before_files = seen->files,
                              .rev = resolve->rev,
                              .after = resolve->deleted ? NULL : after,
                              .after_files = resolve->deleted ? NULL : after_files,
                              .stamped = resolve->merged ? resolve->prepared.body : after };

      if (seen->body == NULL || strcmp (seen->rev, resolve->rev) == 0
          || (note.after != NULL && differ_in_stamps (seen->body, after)
              && luo_put_attachments_equal (seen->files, after_files)))
        continue;
      if (!luo_put_write_history (edit->store, edit->conn, &put, edit->space->id, &note, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
resolve_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  Resolve *resolve = data;
  LuoSpaceState *space = luo_store_touch_space (self, conn, resolve->space, error);
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) leaves = NULL;
  g_auto (LuoEdit) edit = { NULL };
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (Seen));
  g_autofree char *after = NULL, *after_files = NULL;
  gboolean same = FALSE;
  guint buried = 0;
  int winner;

  g_array_set_clear_func (seen, seen_clear);
  if (space == NULL || !luo_edit_open (&edit, self, conn, space, resolve->id, error))
    return FALSE;
  leaves = luo_tree_list_leaves (edit.tree);
  if (!edit.exists || !leaves_match (&edit, leaves, resolve->leaves) || edit.tree->live == 0)
    return luo_put_set_conflict (resolve->id, error);

  winner = edit.tree->winner;
  if (resolve->decided && !edit.hub && !read_seen (&edit, leaves, seen, error))
    return FALSE;
  if (!resolve->deleted && !write_merged (self, conn, &edit, resolve, &same, error))
    return FALSE;
  /* The winner as it was, or what was put on it. */
  after = g_strdup (same ? edit.body : resolve->prepared.body);
  after_files = g_strdup (same ? edit.attachments : resolve->stubs);
  for (guint i = 0; i < leaves->len; i++)
    {
      int index = g_array_index (leaves, int, i);
      gboolean live = (luo_tree_node (edit.tree, index)->flags & LUO_REV_DELETED) == 0;
      char rev[LUO_REV_BUFFER];
      int tombstone;

      if ((index == winner && !resolve->deleted)
          || (!live
              && !g_strv_contains (resolve->leaves, luo_node_print (luo_tree_node (edit.tree, index), rev))))
        continue;
      tombstone = bury (&edit, index, live && resolve->deleted ? resolve->prepared.body : NULL,
                        live ? resolve->rev : NULL, owned, error);
      if (tombstone < 0)
        return FALSE;
      if (index == winner)
        resolve->rev = luo_put_dup_rev (&edit, tombstone);
      buried++;
    }

  if (same && buried == 0)
    return TRUE;
  return luo_edit_save (&edit, TRUE, error)
         && note_decision (&edit, resolve, seen, after, after_files, error);
}

static gboolean
carry_out (LuoStore *self, Resolve *resolve, char **rev, GError **error)
{
  LuoPut put = { .space = resolve->space,
                 .id = resolve->id,
                 .body = resolve->prepared.body,
                 .attachments = resolve->attachments,
                 .deleted = resolve->deleted };
  gboolean ok;

  resolve->merged = put.body != NULL;
  resolve->prepared.body = NULL;
  ok = (put.body == NULL || luo_prepared_put_init (&resolve->prepared, &put, error))
       && luo_store_write (self, resolve_func, resolve, error);
  luo_prepared_put_clear (&resolve->prepared);
  if (ok && rev != NULL)
    *rev = g_steal_pointer (&resolve->rev);
  g_free (resolve->rev);
  g_free (resolve->stubs);
  return ok;
}

gboolean
luo_store_decide (LuoStore *self, const char *space, const char *id, const char *const *leaves,
                  const char *body, const char *attachments, gboolean deleted, char **rev, GError **error)
{
  Resolve decision = { .space = space,
                       .id = id,
                       .leaves = leaves,
                       .prepared.body = body,
                       .deleted = deleted,
                       .decided = TRUE,
                       .attachments = attachments };

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL && leaves != NULL, FALSE);
  g_return_val_if_fail (!deleted || (body != NULL && attachments == NULL), FALSE);

  return carry_out (self, &decision, rev, error);
}

gboolean
luo_store_resolve (LuoStore *self, const char *space, const char *id, const char *const *leaves,
                   const char *body, const char *attachments, char **rev, GError **error)
{
  Resolve merge
      = { .space = space, .id = id, .leaves = leaves, .prepared.body = body, .attachments = attachments };

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL && leaves != NULL, FALSE);

  return carry_out (self, &merge, rev, error);
}
