/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "luo-document-private.h"
#include "luo-space-private.h"
#include "luo-store-private.h"
#include "luo-tree.h"

void
luo_change_free (LuoChange *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_strfreev (self->leaves);
  g_free (self);
}

/* Fills in the other leaves of a document that has several. */
static gboolean
read_leaves (LuoConnection *conn, LuoChange *change, GError **error)
{
  g_autoptr (LuoTree) tree = luo_tree_load (conn, change->key, error);
  g_autoptr (GPtrArray) leaves = NULL;
  g_autoptr (GArray) indices = NULL;

  if (tree == NULL)
    return FALSE;
  leaves = g_ptr_array_new_with_free_func (g_free);
  indices = luo_tree_list_leaves (tree);
  for (guint i = 0; i < indices->len; i++)
    {
      char rev[LUO_REV_BUFFER];

      g_ptr_array_add (
          leaves, g_strdup (luo_node_print (luo_tree_node (tree, g_array_index (indices, int, i)), rev)));
    }
  g_ptr_array_add (leaves, NULL);
  g_strfreev (change->leaves);
  change->leaves = (char **)g_ptr_array_free (g_steal_pointer (&leaves), FALSE);
  change->rev = change->leaves[0];
  return TRUE;
}

static GPtrArray *
read_changes (LuoConnection *conn, const char *space, gint64 since, guint limit, gboolean descending,
              gint64 *last_seq, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_change_free);
  g_autoptr (GArray) several = g_array_new (FALSE, FALSE, sizeof (guint));
  sqlite3_stmt *stmt;
  gint64 id, seq;
  int row;

  if (!luo_space_find (conn, space, &id, &seq, error))
    return NULL;

  if (descending)
    stmt = luo_connection_prepare (conn,
                                   "SELECT seq, key, id, deleted, rev, leaves FROM documents "
                                   "WHERE space = ?1 AND seq > ?2 ORDER BY seq DESC LIMIT ?3",
                                   error);
  else
    stmt = luo_connection_prepare (conn,
                                   "SELECT seq, key, id, deleted, rev, leaves FROM documents "
                                   "WHERE space = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
                                   error);
  if (stmt == NULL)
    return NULL;
  sqlite3_bind_int64 (stmt, 1, id);
  sqlite3_bind_int64 (stmt, 2, since);
  sqlite3_bind_int64 (stmt, 3, limit);
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      LuoChange *change = g_new0 (LuoChange, 1);

      change->seq = sqlite3_column_int64 (stmt, 0);
      change->key = sqlite3_column_int64 (stmt, 1);
      change->id = luo_column_dup (stmt, 2);
      change->deleted = sqlite3_column_int (stmt, 3) != 0;
      change->leaves = g_new0 (char *, 2);
      change->rev = change->leaves[0] = luo_column_dup (stmt, 4);
      if (sqlite3_column_int (stmt, 5) > 1)
        g_array_append_val (several, changes->len);
      g_ptr_array_add (changes, change);
    }
  if (row < 0)
    return NULL;
  luo_statement_done (stmt);

  for (guint i = 0; i < several->len; i++)
    if (!read_leaves (conn, changes->pdata[g_array_index (several, guint, i)], error))
      return NULL;

  if (last_seq != NULL)
    {
      if (changes->len == limit && changes->len > 0)
        *last_seq = ((LuoChange *)changes->pdata[changes->len - 1])->seq;
      else
        *last_seq = limit > 0 ? MAX (seq, since) : since;
    }
  return g_steal_pointer (&changes);
}

GPtrArray *
luo_store_changes (LuoStore *self, const char *space, gint64 since, guint limit, gboolean descending,
                   gint64 *last_seq, GError **error)
{
  LuoConnection *conn;
  GPtrArray *changes;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (space != NULL, NULL);

  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return NULL;
  changes = read_changes (conn, space, since, limit, descending, last_seq, error);
  luo_store_read_end (self, conn);
  return changes;
}

gint64
luo_store_count_changes (LuoStore *self, const char *space, gint64 since, GError **error)
{
  LuoConnection *conn;
  LuoChangeCounts *counts = luo_store_get_change_counts (self);
  gint64 count = -1, id, seq, from, known = 0;

  g_return_val_if_fail (LUO_IS_STORE (self), -1);
  g_return_val_if_fail (space != NULL, -1);

  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return -1;
  if (luo_space_find (conn, space, &id, &seq, error))
    {
      gboolean found = luo_change_counts_find (counts, id, seq, since, &from, &known);
      sqlite3_stmt *stmt = luo_connection_prepare (
          conn, "SELECT count(*) FROM documents WHERE space = ?1 AND seq > ?2 AND seq <= ?3", error);

      if (stmt != NULL)
        {
          sqlite3_bind_int64 (stmt, 1, id);
          sqlite3_bind_int64 (stmt, 2, found ? from : since);
          sqlite3_bind_int64 (stmt, 3, found ? since : G_MAXINT64);
          if (!luo_connection_run_int (conn, stmt, &count, error))
            count = -1;
        }
      if (count >= 0 && found)
        count = known - count;
      if (count >= 0 && (!found || from != since))
        luo_change_counts_add (counts, id, seq, since, count);
    }
  luo_store_read_end (self, conn);
  return count;
}

/* Which revisions are missing */

void
luo_revs_query_free (LuoRevsQuery *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_strfreev (self->revs);
  g_strfreev (self->missing);
  g_strfreev (self->possible_ancestors);
  g_free (self);
}

static char **
list_ancestors (LuoConnection *conn, gint64 key, guint below, GError **error)
{
  g_autoptr (LuoTree) tree = luo_tree_load (conn, key, error);
  g_autoptr (GPtrArray) revs = NULL;
  g_autoptr (GArray) indices = NULL;

  if (tree == NULL)
    return NULL;
  revs = g_ptr_array_new_with_free_func (g_free);
  indices = luo_tree_list_leaves (tree);
  for (guint i = 0; i < indices->len; i++)
    {
      const LuoNode *node = luo_tree_node (tree, g_array_index (indices, int, i));
      char rev[LUO_REV_BUFFER];

      if (node->generation < below)
        g_ptr_array_add (revs, g_strdup (luo_node_print (node, rev)));
    }
  g_ptr_array_add (revs, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&revs), FALSE);
}

static int
has_revision (LuoConnection *conn, gint64 key, const char *rev, GError **error)
{
  guint generation = 0;
  const char *suffix = luo_rev_parse (rev, &generation);
  sqlite3_stmt *stmt;
  int row;

  if (suffix == NULL)
    return 0;
  stmt = luo_connection_prepare (
      conn, "SELECT 1 FROM revisions WHERE doc = ?1 AND generation = ?2 AND suffix = ?3", error);
  if (stmt == NULL)
    return -1;
  sqlite3_bind_int64 (stmt, 1, key);
  sqlite3_bind_int64 (stmt, 2, generation);
  luo_bind_text (stmt, 3, suffix);
  row = luo_connection_step (conn, stmt, error);
  if (row >= 0)
    luo_statement_done (stmt);
  return row;
}

static gboolean
diff_one (LuoConnection *conn, gint64 space, LuoRevsQuery *query, GError **error)
{
  g_autoptr (GPtrArray) missing = NULL;
  char winner[LUO_REV_BUFFER] = "";
  sqlite3_stmt *stmt;
  gint64 key = 0;
  guint greatest = 0;
  int row;

  g_clear_pointer (&query->missing, g_strfreev);
  g_clear_pointer (&query->possible_ancestors, g_strfreev);

  stmt = luo_connection_prepare (conn, "SELECT key, rev FROM documents WHERE space = ?1 AND id = ?2", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space);
  luo_bind_text (stmt, 2, query->id);
  row = luo_connection_step (conn, stmt, error);
  if (row < 0)
    return FALSE;
  if (row > 0)
    {
      key = sqlite3_column_int64 (stmt, 0);
      g_strlcpy (winner, (const char *)sqlite3_column_text (stmt, 1), sizeof winner);
    }
  luo_statement_done (stmt);

  /* A document that is not here at all: everything is missing. */
  if (row == 0)
    {
      query->missing = g_strdupv (query->revs);
      query->possible_ancestors = g_new0 (char *, 1);
      return TRUE;
    }

  missing = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; query->revs[i] != NULL; i++)
    {
      guint generation = 0;
      int there;

      if (strcmp (query->revs[i], winner) == 0)
        continue;
      there = has_revision (conn, key, query->revs[i], error);
      if (there < 0)
        return FALSE;
      if (there > 0)
        continue;
      g_ptr_array_add (missing, g_strdup (query->revs[i]));
      luo_rev_parse (query->revs[i], &generation);
      greatest = MAX (greatest, generation);
    }
  if (missing->len > 0)
    {
      query->possible_ancestors = list_ancestors (conn, key, greatest, error);
      if (query->possible_ancestors == NULL)
        return FALSE;
    }
  else
    {
      query->possible_ancestors = g_new0 (char *, 1);
    }
  g_ptr_array_add (missing, NULL);
  query->missing = (char **)g_ptr_array_free (g_steal_pointer (&missing), FALSE);
  return TRUE;
}

gboolean
luo_store_revs_diff (LuoStore *self, const char *space, GPtrArray *queries, GError **error)
{
  LuoConnection *conn;
  gboolean ok;
  gint64 id;

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL && queries != NULL, FALSE);

  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return FALSE;
  ok = luo_space_find (conn, space, &id, NULL, error);
  for (guint i = 0; ok && i < queries->len; i++)
    ok = diff_one (conn, id, queries->pdata[i], error);
  luo_store_read_end (self, conn);
  return ok;
}

/* All documents in order of their ids */

void
luo_all_docs_row_free (LuoAllDocsRow *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->rev);
  g_free (self);
}

static gboolean
all_docs_by_keys (LuoConnection *conn, gint64 space, const char *const *keys, guint skip, guint limit,
                  GPtrArray *rows, GError **error)
{
  for (gsize i = skip; keys[i] != NULL && rows->len < limit; i++)
    {
      LuoAllDocsRow *out = g_new0 (LuoAllDocsRow, 1);
      sqlite3_stmt *stmt = luo_connection_prepare (
          conn, "SELECT rev, deleted FROM documents WHERE space = ?1 AND id = ?2", error);
      int row;

      out->id = g_strdup (keys[i]);
      g_ptr_array_add (rows, out);
      if (stmt == NULL)
        return FALSE;
      sqlite3_bind_int64 (stmt, 1, space);
      luo_bind_text (stmt, 2, keys[i]);
      row = luo_connection_step (conn, stmt, error);
      if (row < 0)
        return FALSE;
      out->missing = row == 0;
      if (row > 0)
        {
          out->rev = luo_column_dup (stmt, 0);
          out->deleted = sqlite3_column_int (stmt, 1) != 0;
        }
      luo_statement_done (stmt);
    }
  return TRUE;
}

static gboolean
all_docs_by_range (LuoConnection *conn, gint64 space, const char *start, const char *end,
                   gboolean inclusive_end, gboolean descending, guint skip, guint limit, GPtrArray *rows,
                   GError **error)
{
  /* Bounds are put into the text: an optional one in SQL ("?2 IS NULL OR …") would not use the index. */
  g_autofree char *sql = NULL;
  const char *after = descending ? "<=" : ">=";
  const char *before = descending ? (inclusive_end ? ">=" : ">") : (inclusive_end ? "<=" : "<");
  sqlite3_stmt *stmt;
  int row;

  sql = g_strdup_printf ("SELECT id, rev FROM documents WHERE space = ?1 AND deleted = 0%s%s%s%s%s%s "
                         "ORDER BY id %s LIMIT ?4 OFFSET ?5",
                         start != NULL ? " AND id " : "", start != NULL ? after : "",
                         start != NULL ? " ?2" : "", end != NULL ? " AND id " : "", end != NULL ? before : "",
                         end != NULL ? " ?3" : "", descending ? "DESC" : "ASC");
  stmt = luo_connection_prepare_dynamic (conn, sql, error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space);
  if (start != NULL)
    luo_bind_text (stmt, 2, start);
  if (end != NULL)
    luo_bind_text (stmt, 3, end);
  sqlite3_bind_int64 (stmt, 4, limit);
  sqlite3_bind_int64 (stmt, 5, skip);
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      LuoAllDocsRow *out = g_new0 (LuoAllDocsRow, 1);

      out->id = luo_column_dup (stmt, 0);
      out->rev = luo_column_dup (stmt, 1);
      g_ptr_array_add (rows, out);
    }
  if (row == 0)
    luo_statement_done (stmt);
  return row == 0;
}

GPtrArray *
luo_store_all_docs (LuoStore *self, const char *space, const char *const *keys, const char *start,
                    const char *end, gboolean inclusive_end, gboolean descending, guint skip, guint limit,
                    GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  LuoConnection *conn;
  gboolean ok;
  gint64 id;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (space != NULL, NULL);

  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return NULL;
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_all_docs_row_free);
  ok = luo_space_find (conn, space, &id, NULL, error);
  if (ok && keys != NULL)
    ok = skip >= g_strv_length ((char **)keys) || all_docs_by_keys (conn, id, keys, skip, limit, rows, error);
  else if (ok)
    ok = all_docs_by_range (conn, id, start, end, inclusive_end, descending, skip, limit, rows, error);
  luo_store_read_end (self, conn);
  return ok ? g_steal_pointer (&rows) : NULL;
}
