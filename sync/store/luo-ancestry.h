/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-tree.h"

G_BEGIN_DECLS

/* The member of a tombstone that a merge wrote: the revision that says what the leaf below the tombstone said. */
#define LUO_MERGED_INTO "merged_into"

/**
 * LuoAncestry: what each revision of a document stands on. That is its parent and, because a revision tree knows one parent only,
 * for a merged revision also the leaves that were merged into it: their tombstones name it. Without those a later edit of a merged
 * leaf would be compared with what was before the merge, and what it took back would look as if it had never been.
 * A plain value; pure.
 */
typedef struct
{
  const LuoTree *tree; /* unowned */
  GArray *merges;      /* (owned) (element-type LuoMergeEdge) */
} LuoAncestry;

LuoAncestry *luo_ancestry_new (const LuoTree *tree);
void luo_ancestry_free (LuoAncestry *self);

/** Returns: (transfer full) (nullable): the revision that the body of a tombstone names as what its leaf was merged into */
char *luo_ancestry_read_merged (const char *body);

/** Takes in the body of a leaf that is a tombstone. */
void luo_ancestry_add_tombstone (LuoAncestry *self, int leaf, const char *body);

/**
 * luo_ancestry_find_nearest:
 *
 * The common ancestors of two revisions on which no other common ancestor stands: one after a fork, several where the same leaves
 * were merged twice, each time otherwise.
 *
 * Returns: (transfer full) (element-type int): indices, in the order in which revisions win; empty where they have nothing in common
 */
GArray *luo_ancestry_find_nearest (LuoAncestry *self, int a, int b);

/** Whether every root of what a revision stands on is a first revision: nothing of its history was cut away. */
gboolean luo_ancestry_is_whole (LuoAncestry *self, int index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoAncestry, luo_ancestry_free)

G_END_DECLS
