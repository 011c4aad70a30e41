/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-connection.h"
#include "luo-revision.h"

G_BEGIN_DECLS

/**
 * LuoNode: one revision within a LuoTree.
 */
typedef struct
{
  guint generation;
  char suffix[65];
  int parent; /* index of the node it stands on, -1 where the history is cut or begins */
  guint flags;
  guint stored_flags;
  gboolean stored;    /* has a row */
  gboolean relinked;  /* a stored one whose parent changed */
  gboolean removed;   /* to be deleted, no part of the tree any more */
  gboolean has_stubs; /* its kept body has attachments */
  gboolean keep;      /* not a leaf, but a merge base that is still needed */

  /* What an edit brings; unowned, alive until the edit is saved. */
  const char *body; /* (nullable) */
  gsize body_length;
  const char *attachments; /* (nullable) */
  const char *type;        /* (nullable) */
} LuoNode;

/**
 * LuoTree: the revisions of one document in memory: pure, without rows, so that its rules are tested by themselves.
 *
 * Invariants after luo_tree_settle(): LEAF is set on exactly the nodes nothing stands on; an ancestor of a HELD node is HELD; the
 * winner is the greatest leaf by luo_rev_compare().
 */
typedef struct
{
  GArray *nodes; /* (owned) (element-type LuoNode): never shrinks, so that an index stays what it is */
  int winner;    /* index, -1 in an empty tree */
  guint leaves;
  guint live;   /* leaves that are not deleted */
  guint unheld; /* leaves that the server is not known to hold */
} LuoTree;

LuoTree *luo_tree_new (void);
void luo_tree_free (LuoTree *self);
static inline LuoNode *
luo_tree_node (const LuoTree *self, int index)
{
  return &g_array_index (self->nodes, LuoNode, index);
}

/** Reads the revisions of a document. Returns: (transfer full) */
LuoTree *luo_tree_load (LuoConnection *conn, gint64 key, GError **error);

/** Returns: the index, -1 where it is not there */
int luo_tree_find (const LuoTree *self, guint generation, const char *suffix);
int luo_tree_find_rev (const LuoTree *self, const char *rev);

/**
 * luo_tree_add:
 * @history: revisions newest first, each of one generation less
 *
 * Adds what is not there and links what was cut. In whatever order the histories of a tree are added, the tree is the same.
 *
 * Returns: the index of @history[0]
 */
int luo_tree_add (LuoTree *self, const char *const *history);

/** Marks a revision and its ancestors with HELD. Returns: whether anything changed */
gboolean luo_tree_mark_held (LuoTree *self, int index);

/**
 * luo_tree_settle:
 * @bases: how many ancestors of edits made here keep their bodies; 0 keeps no merge bases at all (a hub)
 *
 * Finds leaves, winner and counts, which ancestors stay merge bases (`keep`), and removes what is beyond @limit.
 */
void luo_tree_settle (LuoTree *self, guint bases, guint limit);

/** Writes `generation-suffix` of a node to @rev. */
#define LUO_REV_BUFFER 80
const char *luo_node_print (const LuoNode *node, char rev[LUO_REV_BUFFER]);
/** < 0 where @a comes before @b in the order in which the last is the winner. */
int luo_node_compare (const LuoNode *a, const LuoNode *b);

/** Returns: (transfer full) (element-type int): indices of all leaves, the winner first */
GArray *luo_tree_list_leaves (const LuoTree *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoTree, luo_tree_free)

G_END_DECLS
