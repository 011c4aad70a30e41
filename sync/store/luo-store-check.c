/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "luo-document-private.h"
#include "luo-json-text.h"
#include "luo-store-private.h"
#include "luo-tree.h"

/** After so many problems of one kind the rest is not listed: the file is damaged, and a list of thousands helps nobody. */
#define PROBLEMS_MAX 100

static void G_GNUC_PRINTF (2, 3) add_problem (GPtrArray *problems, const char *format, ...)
{
  va_list args;

  if (problems->len >= PROBLEMS_MAX)
    return;
  va_start (args, format);
  g_ptr_array_add (problems, g_strdup_vprintf (format, args));
  va_end (args);
}

static gboolean
check_file (LuoConnection *conn, GPtrArray *problems, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, "PRAGMA integrity_check (20)", error);
  int row;

  if (stmt == NULL)
    return FALSE;
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      const char *text = (const char *)sqlite3_column_text (stmt, 0);

      if (g_strcmp0 (text, "ok") != 0)
        add_problem (problems, _ ("The data file is damaged: %s"), text);
    }
  if (row == 0)
    luo_statement_done (stmt);
  return row == 0;
}

/* What the row of a document says of it. */
typedef struct
{
  gint64 key;
  const char *id, *rev;
  guint flags, conflicts, pending, leaves;
} Row;

static gboolean
check_bodies (LuoConnection *conn, const Row *row, const LuoTree *tree, GPtrArray *problems, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (
      conn, "SELECT generation, suffix, flags, body, parent FROM revisions WHERE doc = ?1", error);
  int step;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, row->key);
  while ((step = luo_connection_step (conn, stmt, error)) > 0)
    {
      int index = luo_tree_find (tree, (guint)sqlite3_column_int (stmt, 0),
                                 (const char *)sqlite3_column_text (stmt, 1));
      const char *body = (const char *)sqlite3_column_text (stmt, 3);
      gboolean has_body = (sqlite3_column_int (stmt, 2) & LUO_REV_BODY) != 0;

      if (index >= 0 && sqlite3_column_type (stmt, 4) != SQLITE_NULL
          && luo_tree_node (tree, index)->parent < 0)
        add_problem (problems, _ ("The versions of %s do not fit together."), row->id);
      /* The winner's body stands in the document. */
      if (index == tree->winner ? body != NULL : has_body != (body != NULL))
        add_problem (problems, _ ("A version of %s has no text where one should be."), row->id);
      else if (body != NULL)
        {
          g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

          if (!luo_json_cut (body, strlen (body), members, NULL))
            add_problem (problems, _ ("A version of %s is not readable."), row->id);
        }
    }
  if (step == 0)
    luo_statement_done (stmt);
  return step == 0;
}

static gboolean
check_tree (LuoConnection *conn, const Row *row, gboolean hub, GPtrArray *problems, GError **error)
{
  g_autoptr (LuoTree) tree = luo_tree_load (conn, row->key, error);
  g_autofree guint *stored = NULL;
  guint n;

  if (tree == NULL)
    return FALSE;
  n = tree->nodes->len;
  stored = g_new0 (guint, n + 1);
  for (guint i = 0; i < n; i++)
    stored[i] = luo_tree_node (tree, (int)i)->flags;
  luo_tree_settle (tree, 0, G_MAXUINT);

  if (tree->winner < 0)
    {
      add_problem (problems, _ ("The record %s has no version."), row->id);
      return TRUE;
    }
  for (guint i = 0; i < n; i++)
    {
      const LuoNode *node = luo_tree_node (tree, (int)i);

      if ((stored[i] & LUO_REV_LEAF) != (node->flags & LUO_REV_LEAF)
          || ((node->flags & LUO_REV_LEAF) != 0 && (node->flags & LUO_REV_BODY) == 0))
        add_problem (problems, _ ("The versions of %s do not fit together."), row->id);
      if (node->parent >= 0 && (node->flags & LUO_REV_HELD) != 0
          && (luo_tree_node (tree, node->parent)->flags & LUO_REV_HELD) == 0)
        add_problem (problems, _ ("The marks of %s do not fit together."), row->id);
    }
  if (tree->winner != luo_tree_find_rev (tree, row->rev)
      || row->flags != (luo_tree_node (tree, tree->winner)->flags & LUO_DOCUMENT_ROW_FLAGS)
      || row->conflicts != (tree->live > 1 ? tree->live - 1 : 0) || row->leaves != tree->leaves
      || row->pending != (hub ? 0 : tree->unheld))
    add_problem (problems, _ ("The version shown of %s is not the one that its versions make."), row->id);

  return check_bodies (conn, row, tree, problems, error);
}

static gboolean
check_documents (LuoConnection *conn, gboolean hub, GPtrArray *problems, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (
      conn, "SELECT key, id, rev, flags, conflicts, pending, leaves, body, deleted FROM documents", error);
  int step;

  if (stmt == NULL)
    return FALSE;
  while ((step = luo_connection_step (conn, stmt, error)) > 0)
    {
      g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
      Row row = { 0 };

      row.key = sqlite3_column_int64 (stmt, 0);
      row.id = (const char *)sqlite3_column_text (stmt, 1);
      row.rev = (const char *)sqlite3_column_text (stmt, 2);
      row.flags = (guint)sqlite3_column_int (stmt, 3);
      row.conflicts = (guint)sqlite3_column_int (stmt, 4);
      row.pending = (guint)sqlite3_column_int (stmt, 5);
      row.leaves = (guint)sqlite3_column_int (stmt, 6);
      if (!luo_json_cut ((const char *)sqlite3_column_text (stmt, 7), (gsize)sqlite3_column_bytes (stmt, 7),
                         members, NULL))
        add_problem (problems, _ ("A version of %s is not readable."), row.id);
      if ((sqlite3_column_int (stmt, 8) != 0) != ((row.flags & LUO_REV_DELETED) != 0))
        add_problem (problems, _ ("The versions of %s do not fit together."), row.id);
      if (!check_tree (conn, &row, hub, problems, error))
        {
          luo_statement_done (stmt);
          return FALSE;
        }
    }
  if (step == 0)
    luo_statement_done (stmt);
  return step == 0;
}

static gboolean
check_counts (LuoConnection *conn, GPtrArray *problems, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (
      conn,
      "SELECT s.name, s.documents IS sum(d.deleted = 0) AND s.deleted IS sum(d.deleted <> 0) "
      "AND s.pending IS sum(d.pending > 0) AND s.conflicts IS sum(d.conflicts > 0) "
      "AND s.size IS sum(length (CAST (d.body AS BLOB))) AND s.seq >= max(d.seq) "
      "FROM spaces s JOIN documents d ON d.space = s.id GROUP BY s.id",
      error);
  int step;

  if (stmt == NULL)
    return FALSE;
  while ((step = luo_connection_step (conn, stmt, error)) > 0)
    if (sqlite3_column_int (stmt, 1) == 0)
      add_problem (problems, _ ("The counts of the space %s are wrong."),
                   (const char *)sqlite3_column_text (stmt, 0));
  if (step < 0)
    return FALSE;
  luo_statement_done (stmt);

  stmt = luo_connection_prepare (
      conn,
      "SELECT (SELECT count(*) FROM documents WHERE space NOT IN (SELECT id FROM spaces)) + "
      "(SELECT count(DISTINCT doc) FROM revisions WHERE doc NOT IN (SELECT key FROM documents))",
      error);
  if (stmt != NULL)
    {
      gint64 orphans;

      if (!luo_connection_run_int (conn, stmt, &orphans, error))
        return FALSE;
      if (orphans > 0)
        add_problem (problems, _ ("There are versions that belong to no record."));
    }
  return stmt != NULL;
}

static gboolean
check_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  return luo_attachments_check (self, conn, data, error);
}

gboolean
luo_store_check (LuoStore *self, GPtrArray **problems, GError **error)
{
  gboolean hub;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local = NULL;
  LuoConnection *conn;
  gboolean ok;

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (problems != NULL, FALSE);

  hub = (luo_store_get_flags (self) & LUO_STORE_HUB) != 0;
  luo_store_wait_indexed (self);

  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return FALSE;
  ok = check_file (conn, found, &local) && check_documents (conn, hub, found, &local)
       && check_counts (conn, found, &local)
       && (hub
           || (luo_projection_check (conn, found, &local) && luo_search_index_check (conn, found, &local)));
  luo_store_read_end (self, conn);

  /* Nothing is removed from a replica that is damaged. */
  if (ok && found->len == 0 && (luo_store_get_flags (self) & LUO_STORE_READ_ONLY) == 0)
    ok = luo_store_write (self, check_func, found, &local);

  /* Damage that stops the check is what it found, not a failure of the check. */
  if (!ok && g_error_matches (local, LUO_STORE_ERROR, LUO_STORE_ERROR_DAMAGED))
    {
      g_ptr_array_add (found, g_strdup (local->message));
      ok = TRUE;
    }
  else if (!ok)
    {
      g_propagate_error (error, g_steal_pointer (&local));
    }

  if (ok)
    *problems = g_steal_pointer (&found);
  return ok;
}
