/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-query-private.h"

#include <string.h>

GArray *
luo_store_list_keys (LuoStore *self, const LuoQuery *query, GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (LuoRun) run = { 0 };

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);

  if (!luo_run_start (&run, self, query, FALSE, error) || !luo_run_keys (&run, keys, error))
    return NULL;
  return g_steal_pointer (&keys);
}

static gboolean
read_documents (LuoConnection *conn, const gint64 *keys, gsize n, GPtrArray *documents, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      sqlite3_stmt *stmt
          = luo_connection_prepare (conn,
                                    "SELECT " LUO_DOCUMENT_COLUMNS " FROM documents AS d JOIN spaces AS s"
                                    " ON s.id = d.space WHERE d.key = ?1 AND NOT d.deleted",
                                    error);
      int row;

      if (stmt == NULL)
        return FALSE;
      sqlite3_bind_int64 (stmt, 1, keys[i]);
      row = luo_connection_step (conn, stmt, error);
      if (row < 0)
        return FALSE;
      g_ptr_array_add (documents, row > 0 ? luo_document_from_row (stmt) : NULL);
      luo_statement_done (stmt);
    }
  return TRUE;
}

static void
unref_document (gpointer document)
{
  if (document != NULL)
    luo_document_unref (document);
}

GPtrArray *
luo_store_list (LuoStore *self, const LuoQuery *query, GError **error)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func (unref_document);
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (LuoRun) run = { 0 };

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);

  if (!luo_run_start (&run, self, query, query->limit == 0, error) || !luo_run_keys (&run, keys, error)
      || !read_documents (run.conn, (const gint64 *)(gpointer)keys->data, keys->len, documents, error))
    return NULL;
  return g_steal_pointer (&documents);
}

GPtrArray *
luo_store_get_by_keys (LuoStore *self, const gint64 *keys, gsize n, GError **error)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func (unref_document);
  LuoConnection *conn;
  gboolean ok;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (keys != NULL || n == 0, NULL);

  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return NULL;
  ok = read_documents (conn, keys, n, documents, error);
  luo_store_read_end (self, conn);
  return ok ? g_steal_pointer (&documents) : NULL;
}

gint64
luo_store_count (LuoStore *self, const LuoQuery *query, GError **error)
{
  g_auto (LuoRun) run = { 0 };
  sqlite3_stmt *stmt;
  gint64 count = 0;

  g_return_val_if_fail (LUO_IS_STORE (self), -1);
  g_return_val_if_fail (query != NULL, -1);

  if (!luo_run_start (&run, self, query, FALSE, error) || !luo_run_find_words (&run, 0, error))
    return -1;
  /* With every condition covered the set is the answer; hits of words are still joined with what is listed. */
  if (run.set != NULL && query->words == NULL && luo_select_is_covered (&run.select))
    return (gint64)run.set->count;
  g_string_assign (run.sql, "SELECT count(*)");
  if (!luo_run_append_filter (&run, error))
    return -1;
  stmt = luo_select_prepare (&run.select, run.conn, run.sql->str, error);
  if (stmt == NULL || !luo_connection_run_int (run.conn, stmt, &count, error))
    return -1;
  return count;
}

static char *
column_text (sqlite3_stmt *stmt, int column)
{
  const char *text = (const char *)sqlite3_column_text (stmt, column);

  return g_strdup (text != NULL ? text : "");
}

GPtrArray *
luo_store_list_columns (LuoStore *self, const LuoQuery *query, const char *const *columns, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_item_row_free);
  g_autoptr (GString) order = g_string_new (NULL);
  g_auto (LuoRun) run = { 0 };
  sqlite3_stmt *stmt;
  int n, row;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);
  g_return_val_if_fail (columns != NULL, NULL);

  if (!luo_run_start (&run, self, query, query->limit == 0, error)
      || !luo_select_use_sort_index (&run.select, run.conn, error))
    return NULL;
  g_string_printf (run.sql, "SELECT %s, %s, %s", luo_select_key (&run.select), luo_select_id (&run.select),
                   luo_select_space (&run.select));
  n = luo_run_append_columns (&run, columns, error);
  if (n < 0 || !luo_select_append_order (&run.select, order, run.by_id, error)
      || !luo_run_append_filter (&run, error))
    return NULL;
  g_string_append (run.sql, order->str);
  luo_run_append_limit (&run);

  stmt = luo_select_prepare (&run.select, run.conn, run.sql->str, error);
  if (stmt == NULL)
    return NULL;
  while ((row = luo_connection_step (run.conn, stmt, error)) > 0)
    {
      LuoItemRow *item = g_new0 (LuoItemRow, 1);

      item->key = sqlite3_column_int64 (stmt, 0);
      item->id = column_text (stmt, 1);
      item->space = column_text (stmt, 2);
      item->values = g_new0 (char *, n + 1);
      for (int i = 0; i < n; i++)
        item->values[i] = column_text (stmt, 3 + i);
      g_ptr_array_add (rows, item);
    }
  if (row < 0)
    return NULL;
  luo_statement_done (stmt);
  return g_steal_pointer (&rows);
}
