/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "luo-ancestry.h"
#include "luo-document-private.h"
#include "luo-history.h"
#include "luo-space-private.h"
#include "luo-store-private.h"
#include "luo-tree.h"

static void
set_not_found (const char *id, GError **error)
{
  g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND, _ ("There is no record %s here."), id);
}

/* The document with its winner; a tombstone too. */
static LuoDocument *
read_winner (LuoConnection *conn, const char *space, const char *id, GError **error)
{
  LuoDocument *document = NULL;
  sqlite3_stmt *stmt;
  int row;

  stmt = luo_connection_prepare (conn,
                                 "SELECT " LUO_DOCUMENT_COLUMNS
                                 " FROM spaces s JOIN documents d ON d.space = s.id "
                                 "WHERE s.name = ?1 AND d.id = ?2",
                                 error);
  if (stmt == NULL)
    return NULL;
  luo_bind_text (stmt, 1, space);
  luo_bind_text (stmt, 2, id);
  row = luo_connection_step (conn, stmt, error);
  if (row < 0)
    return NULL;
  if (row > 0)
    document = luo_document_from_row (stmt);
  else
    set_not_found (id, error);
  luo_statement_done (stmt);
  return document;
}

static LuoDocument *
read_revision (LuoConnection *conn, LuoDocument *winner, const char *rev, GError **error)
{
  LuoDocument *document = NULL;
  guint generation = 0;
  const char *suffix;
  sqlite3_stmt *stmt;
  int row;

  if (strcmp (rev, luo_document_get_rev (winner)) == 0)
    return luo_document_ref (winner);

  suffix = luo_rev_parse (rev, &generation);
  if (suffix == NULL)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID, _ ("“%s” is no version."), rev);
      return NULL;
    }
  stmt = luo_connection_prepare (
      conn,
      "SELECT flags, body, attachments FROM revisions WHERE doc = ?1 AND generation = ?2 AND suffix = ?3",
      error);
  if (stmt == NULL)
    return NULL;
  sqlite3_bind_int64 (stmt, 1, luo_document_get_key (winner));
  sqlite3_bind_int64 (stmt, 2, generation);
  luo_bind_text (stmt, 3, suffix);
  row = luo_connection_step (conn, stmt, error);
  if (row < 0)
    return NULL;
  if (row > 0 && sqlite3_column_type (stmt, 1) != SQLITE_NULL)
    document = luo_document_with_revision (winner, rev, (guint)sqlite3_column_int (stmt, 0),
                                           (const char *)sqlite3_column_text (stmt, 1),
                                           (const char *)sqlite3_column_text (stmt, 2));
  else
    g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND,
                 _ ("That version of %s is not kept here."), luo_document_get_id (winner));
  luo_statement_done (stmt);
  return document;
}

LuoDocument *
luo_store_get (LuoStore *self, const char *space, const char *id, const char *rev, GError **error)
{
  g_autoptr (LuoDocument) winner = NULL;
  LuoDocument *document = NULL;
  LuoConnection *conn;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (space != NULL && id != NULL, NULL);

  conn = rev != NULL ? luo_store_read_begin (self, error) : luo_store_read_once (self, error);
  if (conn == NULL)
    return NULL;

  winner = read_winner (conn, space, id, error);
  if (winner != NULL)
    {
      if (rev != NULL)
        document = read_revision (conn, winner, rev, error);
      else if (luo_document_get_deleted (winner))
        g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_DELETED, _ ("The record %s was deleted."), id);
      else
        document = g_steal_pointer (&winner);
    }
  luo_store_read_end (self, conn);
  return document;
}

LuoDocument *
luo_store_find (LuoStore *self, const char *id, GError **error)
{
  LuoDocument *document = NULL;
  gboolean deleted = FALSE;
  LuoConnection *conn;
  sqlite3_stmt *stmt;
  int row = -1;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  conn = luo_store_read_once (self, error);
  if (conn == NULL)
    return NULL;
  /* There are some fourteen spaces: one look-up by the index of ids in each. */
  stmt = luo_connection_prepare (conn,
                                 "SELECT " LUO_DOCUMENT_COLUMNS " FROM spaces s CROSS JOIN documents d "
                                 "ON d.space = s.id AND d.id = ?1 ORDER BY d.deleted, s.id LIMIT 1",
                                 error);
  if (stmt != NULL)
    {
      luo_bind_text (stmt, 1, id);
      row = luo_connection_step (conn, stmt, error);
      if (row > 0)
        {
          deleted = sqlite3_column_int (stmt, 5) != 0;
          document = deleted ? NULL : luo_document_from_row (stmt);
        }
      luo_statement_done (stmt);
    }
  luo_store_read_end (self, conn);

  if (deleted)
    g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_DELETED, _ ("The record %s was deleted."), id);
  else if (row == 0)
    set_not_found (id, error);
  return document;
}

/* Borrows a connection and reads a document with its tree. */
static LuoTree *
begin_tree (LuoStore *self, const char *space, const char *id, LuoConnection **conn, LuoDocument **winner,
            GError **error)
{
  LuoTree *tree = NULL;

  *winner = NULL;
  *conn = luo_store_read_begin (self, error);
  if (*conn == NULL)
    return NULL;
  *winner = read_winner (*conn, space, id, error);
  if (*winner != NULL)
    tree = luo_tree_load (*conn, luo_document_get_key (*winner), error);
  if (tree == NULL)
    {
      luo_store_read_end (self, *conn);
      *conn = NULL;
    }
  return tree;
}

GPtrArray *
luo_store_get_leaves (LuoStore *self, const char *space, const char *id, GError **error)
{
  g_autoptr (GPtrArray) leaves = NULL;
  g_autoptr (LuoDocument) winner = NULL;
  g_autoptr (LuoTree) tree = NULL;
  g_autoptr (GArray) indices = NULL;
  LuoConnection *conn;
  gboolean ok = TRUE;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (space != NULL && id != NULL, NULL);

  tree = begin_tree (self, space, id, &conn, &winner, error);
  if (tree == NULL)
    return NULL;

  leaves = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
  indices = luo_tree_list_leaves (tree);
  for (guint i = 0; ok && i < indices->len; i++)
    {
      char rev[LUO_REV_BUFFER];
      LuoDocument *leaf;

      luo_node_print (luo_tree_node (tree, g_array_index (indices, int, i)), rev);
      leaf = read_revision (conn, winner, rev, error);
      if (leaf != NULL)
        g_ptr_array_add (leaves, leaf);
      else
        ok = FALSE;
    }
  luo_store_read_end (self, conn);
  return ok ? g_steal_pointer (&leaves) : NULL;
}

static void
free_tree_node (gpointer data)
{
  LuoTreeNode *node = data;

  g_free (node->rev);
  g_free (node->parent);
  g_free (node);
}

GPtrArray *
luo_store_get_tree (LuoStore *self, const char *space, const char *id, GError **error)
{
  g_autoptr (LuoDocument) winner = NULL;
  g_autoptr (LuoTree) tree = NULL;
  LuoConnection *conn;
  GPtrArray *nodes;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (space != NULL && id != NULL, NULL);

  tree = begin_tree (self, space, id, &conn, &winner, error);
  if (tree == NULL)
    return NULL;
  luo_store_read_end (self, conn);

  /* The rows came by generation and suffix. */
  nodes = g_ptr_array_new_with_free_func (free_tree_node);
  for (int i = (int)tree->nodes->len - 1; i >= 0; i--)
    {
      const LuoNode *node = luo_tree_node (tree, i);
      LuoTreeNode *out = g_new0 (LuoTreeNode, 1);
      char rev[LUO_REV_BUFFER];

      out->rev = g_strdup (luo_node_print (node, rev));
      if (node->parent >= 0)
        out->parent = g_strdup (luo_node_print (luo_tree_node (tree, node->parent), rev));
      out->flags = node->flags & (LUO_DOCUMENT_PUBLIC_FLAGS | LUO_REV_MINE);
      g_ptr_array_add (nodes, out);
    }
  return nodes;
}

char **
luo_store_get_history (LuoStore *self, const char *space, const char *id, const char *rev, GError **error)
{
  g_autoptr (LuoDocument) winner = NULL;
  g_autoptr (LuoTree) tree = NULL;
  g_autoptr (GPtrArray) history = NULL;
  LuoConnection *conn;
  int at;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (space != NULL && id != NULL && rev != NULL, NULL);

  tree = begin_tree (self, space, id, &conn, &winner, error);
  if (tree == NULL)
    return NULL;
  luo_store_read_end (self, conn);

  at = luo_tree_find_rev (tree, rev);
  if (at < 0)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND,
                   _ ("That version of %s is not kept here."), id);
      return NULL;
    }
  history = g_ptr_array_new ();
  for (; at >= 0; at = luo_tree_node (tree, at)->parent)
    {
      char buffer[LUO_REV_BUFFER];

      g_ptr_array_add (history, g_strdup (luo_node_print (luo_tree_node (tree, at), buffer)));
    }
  g_ptr_array_add (history, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&history), FALSE);
}

static gboolean
read_tombstones (LuoConnection *conn, LuoDocument *winner, const LuoTree *tree, LuoAncestry *ancestry,
                 GError **error)
{
  for (int i = 0; i < (int)tree->nodes->len; i++)
    {
      const LuoNode *node = luo_tree_node (tree, i);
      g_autoptr (LuoDocument) tombstone = NULL;
      char rev[LUO_REV_BUFFER];

      if ((node->flags & LUO_REV_LEAF) == 0 || (node->flags & LUO_REV_DELETED) == 0)
        continue;
      tombstone = read_revision (conn, winner, luo_node_print (node, rev), error);
      if (tombstone == NULL)
        return FALSE;
      luo_ancestry_add_tombstone (ancestry, i, luo_document_get_body (tombstone, NULL));
    }
  return TRUE;
}

static void
unref_base (gpointer base)
{
  if (base != NULL)
    luo_document_unref (base);
}

/* NULL stands for one whose body is not kept. */
static GPtrArray *
read_bases (LuoConnection *conn, LuoDocument *winner, const LuoTree *tree, const GArray *nearest,
            GError **error)
{
  g_autoptr (GPtrArray) bases = g_ptr_array_new_with_free_func (unref_base);

  for (guint i = 0; i < nearest->len; i++)
    {
      const LuoNode *node = luo_tree_node (tree, g_array_index (nearest, int, i));
      char rev[LUO_REV_BUFFER];
      LuoDocument *base = NULL;

      if ((node->flags & LUO_REV_BODY) != 0)
        {
          base = read_revision (conn, winner, luo_node_print (node, rev), error);
          if (base == NULL)
            return NULL;
        }
      g_ptr_array_add (bases, base);
    }
  return g_steal_pointer (&bases);
}

/* A base out of the history of edits. Its id is the proof: what does not give it is not that revision. */
static LuoDocument *
rebuild_base (LuoStore *self, LuoDocument *winner, const LuoTree *tree, int index, GError **error)
{
  const LuoNode *node = luo_tree_node (tree, index);
  char rev[LUO_REV_BUFFER], parent[LUO_REV_BUFFER];
  g_autofree char *body = NULL, *files = NULL, *made = NULL;

  luo_node_print (node, rev);
  if (node->parent >= 0)
    luo_node_print (luo_tree_node (tree, node->parent), parent);
  if ((node->flags & LUO_REV_DELETED) != 0 || (node->parent < 0 && node->generation != 1)
      || !luo_history_rebuild (self, luo_document_get_space (winner), luo_document_get_id (winner), rev,
                               &body, &files, error)
      || body == NULL)
    return NULL;
  made = luo_rev_make (node->parent >= 0 ? parent : NULL, FALSE, body, files, NULL);
  if (g_strcmp0 (made, rev) != 0)
    return NULL;
  return luo_document_with_revision (winner, rev, node->flags, body, files);
}

GPtrArray *
luo_store_get_bases (LuoStore *self, const char *space, const char *id, const char *rev_a, const char *rev_b,
                     GError **error)
{
  g_autoptr (LuoDocument) winner = NULL;
  g_autoptr (LuoTree) tree = NULL;
  g_autoptr (LuoAncestry) ancestry = NULL;
  g_autoptr (GArray) nearest = NULL;
  g_autoptr (GPtrArray) bases = NULL;
  LuoConnection *conn;
  int a, b;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (space != NULL && id != NULL && rev_a != NULL && rev_b != NULL, NULL);

  tree = begin_tree (self, space, id, &conn, &winner, error);
  if (tree == NULL)
    return NULL;

  ancestry = luo_ancestry_new (tree);
  a = luo_tree_find_rev (tree, rev_a);
  b = luo_tree_find_rev (tree, rev_b);
  if (a >= 0 && b >= 0 && read_tombstones (conn, winner, tree, ancestry, error))
    {
      nearest = luo_ancestry_find_nearest (ancestry, a, b);
      if (nearest->len > 0 || (luo_ancestry_is_whole (ancestry, a) && luo_ancestry_is_whole (ancestry, b)))
        bases = read_bases (conn, winner, tree, nearest, error);
    }
  luo_store_read_end (self, conn);

  for (guint i = 0; bases != NULL && i < bases->len; i++)
    if (bases->pdata[i] == NULL)
      {
        bases->pdata[i] = rebuild_base (self, winner, tree, g_array_index (nearest, int, i), error);
        if (bases->pdata[i] == NULL)
          return NULL;
      }
  return g_steal_pointer (&bases);
}

static GPtrArray *
list_winners (LuoStore *self, const char *sql, const char *space, guint limit, GError **error)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
  LuoConnection *conn = luo_store_read_once (self, error);
  sqlite3_stmt *stmt;
  int row = -1;

  if (conn == NULL)
    return NULL;
  stmt = luo_connection_prepare (conn, sql, error);
  if (stmt != NULL)
    {
      luo_bind_text (stmt, 1, space);
      sqlite3_bind_int64 (stmt, 2, limit > 0 ? (gint64)limit : -1);
      while ((row = luo_connection_step (conn, stmt, error)) > 0)
        g_ptr_array_add (documents, luo_document_from_row (stmt));
      luo_statement_done (stmt);
    }
  luo_store_read_end (self, conn);
  return row == 0 ? g_steal_pointer (&documents) : NULL;
}

GPtrArray *
luo_store_list_conflicts (LuoStore *self, const char *space, guint limit, GError **error)
{
  g_return_val_if_fail (LUO_IS_STORE (self), NULL);

  return list_winners (
      self,
      "SELECT " LUO_DOCUMENT_COLUMNS " FROM spaces s CROSS JOIN documents d ON d.space = s.id "
      "WHERE d.conflicts > 0 AND (?1 IS NULL OR s.name = ?1) ORDER BY s.name, d.seq LIMIT ?2",
      space, limit, error);
}

GPtrArray *
luo_store_list_deletions (LuoStore *self, const char *space, guint limit, GError **error)
{
  g_return_val_if_fail (LUO_IS_STORE (self), NULL);

  return list_winners (
      self,
      "SELECT " LUO_DOCUMENT_COLUMNS " FROM spaces s CROSS JOIN documents d ON d.space = s.id "
      "WHERE d.key IN (SELECT doc FROM revisions INDEXED BY revisions_deletions "
      "WHERE flags & 3 = 3 AND body IS NOT NULL AND json_extract (body, '$.updated_by') IS NOT NULL) "
      "AND d.deleted = 0 AND d.conflicts = 0 AND (?1 IS NULL OR s.name = ?1) "
      "ORDER BY s.name, d.seq LIMIT ?2",
      space, limit, error);
}

GPtrArray *
luo_store_list_pending (LuoStore *self, const char *space, guint limit, GError **error)
{
  g_return_val_if_fail (LUO_IS_STORE (self), NULL);

  return list_winners (self,
                       "SELECT " LUO_DOCUMENT_COLUMNS
                       " FROM spaces s CROSS JOIN documents d ON d.space = s.id "
                       "WHERE d.pending > 0 AND (?1 IS NULL OR s.name = ?1) ORDER BY s.name, d.seq LIMIT ?2",
                       space, limit, error);
}
