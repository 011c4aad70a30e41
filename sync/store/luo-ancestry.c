/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-ancestry.h"

#include <string.h>

#include "luo-json-text.h"

typedef struct
{
  int merged; /* the revision that a merge made */
  int leaf;   /* the leaf that went into it */
} LuoMergeEdge;

LuoAncestry *
luo_ancestry_new (const LuoTree *tree)
{
  LuoAncestry *self = g_new0 (LuoAncestry, 1);

  self->tree = tree;
  self->merges = g_array_new (FALSE, FALSE, sizeof (LuoMergeEdge));
  return self;
}

void
luo_ancestry_free (LuoAncestry *self)
{
  g_array_unref (self->merges);
  g_free (self);
}

char *
luo_ancestry_read_merged (const char *body)
{
  g_autofree char *value = luo_json_at (body, "/" LUO_MERGED_INTO);
  g_autofree char *rev = value != NULL ? luo_json_decode_string (value, strlen (value)) : NULL;

  return rev != NULL && luo_rev_parse (rev, NULL) != NULL ? g_steal_pointer (&rev) : NULL;
}

void
luo_ancestry_add_tombstone (LuoAncestry *self, int leaf, const char *body)
{
  g_autofree char *rev = luo_ancestry_read_merged (body);
  LuoMergeEdge edge = { -1, luo_tree_node (self->tree, leaf)->parent };

  if (rev != NULL)
    edge.merged = luo_tree_find_rev (self->tree, rev);
  if (edge.merged >= 0 && edge.leaf >= 0)
    g_array_append_val (self->merges, edge);
}

/* Marks a revision and all that it stands on. Each is visited once, so that not even a tombstone that names its own descendant
 * leads in circles. */
static void
mark_ancestors (LuoAncestry *self, int index, gboolean *marks)
{
  for (; index >= 0 && !marks[index]; index = luo_tree_node (self->tree, index)->parent)
    {
      marks[index] = TRUE;
      for (guint i = 0; i < self->merges->len; i++)
        {
          const LuoMergeEdge *edge = &g_array_index (self->merges, LuoMergeEdge, i);

          if (edge->merged == index)
            mark_ancestors (self, edge->leaf, marks);
        }
    }
}

static int
compare_nodes (gconstpointer a, gconstpointer b, gpointer data)
{
  const LuoTree *tree = data;

  return luo_node_compare (luo_tree_node (tree, *(const int *)b), luo_tree_node (tree, *(const int *)a));
}

GArray *
luo_ancestry_find_nearest (LuoAncestry *self, int a, int b)
{
  guint n = self->tree->nodes->len;
  g_autofree gboolean *above_a = g_new0 (gboolean, n);
  g_autofree gboolean *above_b = g_new0 (gboolean, n);
  g_autofree gboolean *covered = g_new0 (gboolean, n);
  GArray *nearest = g_array_new (FALSE, FALSE, sizeof (int));

  mark_ancestors (self, a, above_a);
  mark_ancestors (self, b, above_b);
  for (guint i = 0; i < n; i++)
    {
      int parent = luo_tree_node (self->tree, (int)i)->parent;

      if (above_a[i] && above_b[i] && parent >= 0)
        covered[parent] = TRUE;
    }
  for (guint i = 0; i < self->merges->len; i++)
    {
      const LuoMergeEdge *edge = &g_array_index (self->merges, LuoMergeEdge, i);

      if (above_a[edge->merged] && above_b[edge->merged])
        covered[edge->leaf] = TRUE;
    }
  for (int i = 0; i < (int)n; i++)
    if (above_a[i] && above_b[i] && !covered[i])
      g_array_append_val (nearest, i);
  g_array_sort_with_data (nearest, compare_nodes, (gpointer)self->tree);
  return nearest;
}

gboolean
luo_ancestry_is_whole (LuoAncestry *self, int index)
{
  g_autofree gboolean *marks = g_new0 (gboolean, self->tree->nodes->len);

  mark_ancestors (self, index, marks);
  for (guint i = 0; i < self->tree->nodes->len; i++)
    {
      const LuoNode *node = luo_tree_node (self->tree, (int)i);

      if (marks[i] && node->parent < 0 && node->generation != 1)
        return FALSE;
    }
  return TRUE;
}
