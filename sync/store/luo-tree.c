/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-tree.h"

#include <string.h>

#include "luo-store-private.h"

LuoTree *
luo_tree_new (void)
{
  LuoTree *self = g_new0 (LuoTree, 1);

  self->nodes = g_array_sized_new (FALSE, TRUE, sizeof (LuoNode), 8);
  self->winner = -1;
  return self;
}

void
luo_tree_free (LuoTree *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->nodes);
  g_free (self);
}

static int
append_node (LuoTree *self, guint generation, const char *suffix, gsize length)
{
  LuoNode *node;

  g_array_set_size (self->nodes, self->nodes->len + 1);
  node = luo_tree_node (self, (int)self->nodes->len - 1);
  node->generation = generation;
  node->parent = -1;
  memcpy (node->suffix, suffix, MIN (length, sizeof node->suffix - 1));
  return (int)self->nodes->len - 1;
}

LuoTree *
luo_tree_load (LuoConnection *conn, gint64 key, GError **error)
{
  g_autoptr (LuoTree) self = luo_tree_new ();
  int before = 0, current = 0; /* where the nodes of the generation before and of this one begin */
  guint generation = 0;
  sqlite3_stmt *stmt;
  int row;

  stmt = luo_connection_prepare (
      conn,
      "SELECT generation, suffix, parent, flags, attachments IS NOT NULL FROM revisions "
      "WHERE doc = ?1 ORDER BY generation, suffix",
      error);
  if (stmt == NULL)
    return NULL;
  sqlite3_bind_int64 (stmt, 1, key);
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      guint of = (guint)sqlite3_column_int (stmt, 0);
      const char *suffix = (const char *)sqlite3_column_text (stmt, 1);
      const char *parent = (const char *)sqlite3_column_text (stmt, 2);
      int index;
      LuoNode *node;

      if (suffix == NULL)
        suffix = "";
      index = append_node (self, of, suffix, strlen (suffix));
      node = luo_tree_node (self, index);
      if (of != generation)
        {
          before = of == generation + 1 ? current : index;
          current = index;
          generation = of;
        }
      node->stored = TRUE;
      node->flags = node->stored_flags = (guint)sqlite3_column_int (stmt, 3);
      node->has_stubs = sqlite3_column_int (stmt, 4) != 0;
      if (parent != NULL)
        for (int i = before; i < current; i++)
          if (strcmp (luo_tree_node (self, i)->suffix, parent) == 0)
            {
              node->parent = i;
              break;
            }
    }
  if (row < 0)
    return NULL;
  luo_statement_done (stmt);

  return g_steal_pointer (&self);
}

int
luo_tree_find (const LuoTree *self, guint generation, const char *suffix)
{
  for (int i = (int)self->nodes->len - 1; i >= 0; i--)
    {
      const LuoNode *node = luo_tree_node (self, i);

      if (node->generation == generation && !node->removed && strcmp (node->suffix, suffix) == 0)
        return i;
    }
  return -1;
}

int
luo_tree_find_rev (const LuoTree *self, const char *rev)
{
  guint generation;
  const char *suffix = luo_rev_parse (rev, &generation);

  return suffix != NULL ? luo_tree_find (self, generation, suffix) : -1;
}

int
luo_tree_add (LuoTree *self, const char *const *history)
{
  int first = -1, child = -1;

  for (gsize i = 0; history[i] != NULL; i++)
    {
      guint generation = 0;
      const char *suffix = luo_rev_parse (history[i], &generation);
      gboolean existed;
      int index;

      g_assert (suffix != NULL);
      index = luo_tree_find (self, generation, suffix);
      existed = index >= 0;
      if (!existed)
        index = append_node (self, generation, suffix, strlen (suffix));

      if (child >= 0)
        {
          LuoNode *node = luo_tree_node (self, child);

          if (node->parent < 0)
            {
              node->parent = index;
              node->relinked = node->stored;
            }
        }
      else
        {
          first = index;
        }
      child = index;

      /* What is further down is there already. */
      if (existed && luo_tree_node (self, index)->parent >= 0)
        break;
    }

  return first;
}

gboolean
luo_tree_mark_held (LuoTree *self, int index)
{
  gboolean changed = FALSE;

  for (; index >= 0; index = luo_tree_node (self, index)->parent)
    {
      LuoNode *node = luo_tree_node (self, index);

      if ((node->flags & LUO_REV_HELD) != 0)
        break;
      node->flags |= LUO_REV_HELD;
      changed = TRUE;
    }
  return changed;
}

int
luo_node_compare (const LuoNode *a, const LuoNode *b)
{
  gboolean a_deleted = (a->flags & LUO_REV_DELETED) != 0;
  gboolean b_deleted = (b->flags & LUO_REV_DELETED) != 0;

  if (a_deleted != b_deleted)
    return a_deleted ? -1 : 1;
  if (a->generation != b->generation)
    return a->generation < b->generation ? -1 : 1;
  return strcmp (a->suffix, b->suffix);
}

const char *
luo_node_print (const LuoNode *node, char rev[LUO_REV_BUFFER])
{
  g_snprintf (rev, LUO_REV_BUFFER, "%u-%s", node->generation, node->suffix);
  return rev;
}

static gboolean
is_leaf (const LuoNode *node)
{
  return !node->removed && (node->flags & LUO_REV_LEAF) != 0;
}

static void
find_leaves (LuoTree *self)
{
  guint n = self->nodes->len;

  for (guint i = 0; i < n; i++)
    luo_tree_node (self, (int)i)->flags |= LUO_REV_LEAF;
  for (guint i = 0; i < n; i++)
    {
      const LuoNode *node = luo_tree_node (self, (int)i);

      if (!node->removed && node->parent >= 0)
        luo_tree_node (self, node->parent)->flags &= ~(guint)LUO_REV_LEAF;
    }
}

/* Only so many ancestors of each leaf stay; what is further down goes, and the history is cut there. */
static void
prune (LuoTree *self, guint limit)
{
  g_autofree gboolean *stays = g_new0 (gboolean, self->nodes->len);

  for (guint i = 0; i < self->nodes->len; i++)
    {
      int at = (int)i;

      if (!is_leaf (luo_tree_node (self, at)))
        continue;
      for (guint depth = 0; at >= 0 && depth < limit; depth++)
        {
          stays[at] = TRUE;
          at = luo_tree_node (self, at)->parent;
        }
    }
  for (guint i = 0; i < self->nodes->len; i++)
    {
      LuoNode *node = luo_tree_node (self, (int)i);

      if (!stays[i])
        {
          node->removed = TRUE;
        }
      else if (node->parent >= 0 && !stays[node->parent])
        {
          node->parent = -1;
          node->relinked = node->stored;
        }
    }
}

/* Which ancestors are still needed as bases of merges: all below a leaf that is not held, all while there are several live
 * leaves, and the nearest ones of edits made here (an edit of another machine on the same base may still arrive). */
static void
find_bases (LuoTree *self, guint bases)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      const LuoNode *leaf = luo_tree_node (self, (int)i);
      gboolean all, mine = FALSE;
      guint depth = 0;

      if (!is_leaf (leaf))
        continue;
      all = self->live > 1 || (leaf->flags & LUO_REV_HELD) == 0;
      mine = (leaf->flags & LUO_REV_MINE) != 0;
      for (int at = leaf->parent; at >= 0; at = luo_tree_node (self, at)->parent)
        {
          LuoNode *node = luo_tree_node (self, at);

          if (!all && depth++ >= bases)
            break;
          mine = mine || (node->flags & LUO_REV_MINE) != 0;
          node->keep = node->keep || all || mine;
        }
    }
}

void
luo_tree_settle (LuoTree *self, guint bases, guint limit)
{
  find_leaves (self);
  if (self->nodes->len > limit)
    prune (self, limit);

  self->winner = -1;
  self->leaves = self->live = self->unheld = 0;
  for (guint i = 0; i < self->nodes->len; i++)
    {
      LuoNode *node = luo_tree_node (self, (int)i);

      node->keep = FALSE;
      if (!is_leaf (node))
        continue;
      self->leaves++;
      self->live += (node->flags & LUO_REV_DELETED) == 0;
      self->unheld += (node->flags & LUO_REV_HELD) == 0;
      if (self->winner < 0 || luo_node_compare (luo_tree_node (self, self->winner), node) < 0)
        self->winner = (int)i;
    }

  if (bases > 0)
    find_bases (self, bases);
}

static int
compare_indices (gconstpointer a, gconstpointer b, gpointer data)
{
  const LuoTree *self = data;

  return luo_node_compare (luo_tree_node (self, *(const int *)b), luo_tree_node (self, *(const int *)a));
}

GArray *
luo_tree_list_leaves (const LuoTree *self)
{
  GArray *leaves = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; i < self->nodes->len; i++)
    if (is_leaf (luo_tree_node (self, (int)i)))
      g_array_append_val (leaves, i);
  g_array_sort_with_data (leaves, compare_indices, (gpointer)self);
  return leaves;
}
