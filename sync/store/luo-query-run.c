/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-query-private.h"

#include <string.h>

/* The keys of a list within one read transaction.
 *
 * With words there are three ways. Without a sort the hits come from the index newest first, and reading stops when the page is
 * full. Few hits are gathered and sorted. Of many hits a list in its own order is walked, and each of its rows is checked,
 * since one of a few dozen rows is a hit. */
typedef struct
{
  LuoStore *store;
  LuoConnection *conn;
  const LuoQuery *query;
  gboolean by_id; /* ties by id */
  LuoSelect select;
  LuoSearch *search; /* (owned) (nullable): words to look for */
  GString *sql;      /* (owned) */
} Run;

static void
clear_run (Run *run)
{
  luo_select_clear (&run->select);
  g_clear_pointer (&run->search, luo_search_free);
  if (run->sql != NULL)
    g_string_free (run->sql, TRUE);
  if (run->conn != NULL)
    luo_store_read_end (run->store, run->conn);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, clear_run)

static gboolean
start_run (Run *run, LuoStore *store, const LuoQuery *query, gboolean by_id, GError **error)
{
  run->store = store;
  run->query = query;
  run->by_id = by_id;
  run->sql = g_string_new (NULL);
  if (!luo_select_init (&run->select, query, error))
    return FALSE;

  run->conn = luo_store_read_begin (store, error);
  if (run->conn == NULL)
    return FALSE;
  if (query->words != NULL)
    {
      run->search = luo_search_new (run->conn, query->words, run->select.type, query->space, error);
      if (run->search == NULL)
        return FALSE;
      if (run->search->match == NULL)
        g_clear_pointer (&run->search, luo_search_free);
    }
  return TRUE;
}

/* How many rows a page needs from the start of the list; 0 for all. */
static guint
rows_wanted (const LuoQuery *query)
{
  if (query->limit == 0)
    return 0;
  return query->limit > G_MAXUINT - query->offset ? G_MAXUINT : query->offset + query->limit;
}

static void
append_limit (const LuoQuery *query, GString *sql)
{
  if (query->limit > 0)
    g_string_append_printf (sql, " LIMIT %u OFFSET %u", query->limit, query->offset);
  else if (query->offset > 0)
    g_string_append_printf (sql, " LIMIT -1 OFFSET %u", query->offset);
}

static gboolean
read_keys (LuoConnection *conn, sqlite3_stmt *stmt, GArray *keys, GError **error)
{
  int row;

  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      gint64 key = sqlite3_column_int64 (stmt, 0);

      g_array_append_val (keys, key);
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  return TRUE;
}

/* Each key where it stands first, until there are @wanted (0: all). A child table has several rows of a record. */
static gboolean
read_distinct_keys (LuoConnection *conn, sqlite3_stmt *stmt, guint wanted, GArray *keys, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  int row = 0;

  while ((wanted == 0 || keys->len < wanted) && (row = luo_connection_step (conn, stmt, error)) > 0)
    {
      gint64 key = sqlite3_column_int64 (stmt, 0);

      if (g_hash_table_add (seen, g_memdup2 (&key, sizeof key)))
        g_array_append_val (keys, key);
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  return TRUE;
}

static char *
keys_to_json (GArray *keys)
{
  GString *json = g_string_new ("[");

  for (guint i = 0; i < keys->len; i++)
    g_string_append_printf (json, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", g_array_index (keys, gint64, i));
  g_string_append_c (json, ']');
  return g_string_free (json, FALSE);
}

/* "json_each (?4) AS j" over keys. */
static char *
bind_keys (Run *run, GArray *keys)
{
  g_autofree char *json = keys_to_json (keys);

  return g_strdup_printf ("json_each (?%u) AS j", luo_select_bind_text (&run->select, json));
}

/* One hit of the index, read by read_hits(): whether it is one. Columns from @first on: key, indexed, type, body. */
static gboolean
is_hit (Run *run, sqlite3_stmt *stmt)
{
  gint64 key = sqlite3_column_int64 (stmt, 0);
  gboolean indexed = sqlite3_column_int (stmt, 1) != 0;

  if (!indexed && g_hash_table_contains (run->search->in_tail, &key))
    return FALSE;
  if (indexed && run->search->exact)
    return TRUE;
  return luo_search_check (run->search, (const char *)sqlite3_column_text (stmt, 2),
                           (const char *)sqlite3_column_text (stmt, 3), (gsize)sqlite3_column_bytes (stmt, 3),
                           indexed);
}

/* Appends hits of the index to @keys, newest first, until there are @wanted (0: all). @narrowed: only those that meet the
 * conditions. */
static gboolean
read_hits (Run *run, gboolean narrowed, guint wanted, GArray *keys, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  LuoSelect *select = &run->select;
  sqlite3_stmt *stmt;
  int row = 0;
  gint64 last = 0;

  g_string_append_printf (
      sql, "SELECT m.doc, d.seq <= s.indexed, d.type, d.body FROM search_index"
           " CROSS JOIN search_docs AS m ON m.n = search_index.rowid"
           " CROSS JOIN documents AS d ON d.key = m.doc CROSS JOIN spaces AS s ON s.id = d.space");
  if (narrowed && select->table != NULL)
    g_string_append_printf (sql, " CROSS JOIN %s AS p ON p.doc = m.doc", select->table->sql);
  if (narrowed && select->child != NULL)
    g_string_append_printf (sql, " CROSS JOIN %s AS c ON c.doc = m.doc", select->child->sql);
  g_string_append_printf (sql, " WHERE search_index MATCH ?%u AND NOT d.deleted",
                          luo_select_bind_text (select, run->search->match));
  if (narrowed)
    luo_select_append_terms (select, sql);
  g_string_append (sql, " ORDER BY search_index.rowid DESC");

  stmt = luo_select_prepare (select, run->conn, sql->str, error);
  if (stmt == NULL)
    return FALSE;
  while ((wanted == 0 || keys->len < wanted) && (row = luo_connection_step (run->conn, stmt, error)) > 0)
    {
      gint64 key = sqlite3_column_int64 (stmt, 0);

      /* Rows of one record in a child table follow each other. */
      if (key == last || !is_hit (run, stmt))
        continue;
      g_array_append_val (keys, key);
      last = key;
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  return TRUE;
}

/* The hits that are not indexed yet and meet the conditions, newest first. */
static gboolean
read_tail (Run *run, GArray *keys, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  g_autofree char *before = NULL;
  sqlite3_stmt *stmt;

  if (run->search->tail->len == 0)
    return TRUE;

  before = bind_keys (run, run->search->tail);
  g_string_append_printf (sql, "SELECT DISTINCT %s", luo_select_key (&run->select));
  luo_select_append_from (&run->select, sql, before);
  g_string_append (sql, " WHERE 1");
  luo_select_append_terms (&run->select, sql);
  g_string_append (sql, " ORDER BY j.key");
  stmt = luo_select_prepare (&run->select, run->conn, sql->str, error);
  return stmt != NULL && read_keys (run->conn, stmt, keys, error);
}

static void
cut_page (const LuoQuery *query, GArray *keys)
{
  g_array_remove_range (keys, 0, MIN (query->offset, keys->len));
  if (query->limit > 0 && keys->len > query->limit)
    g_array_set_size (keys, query->limit);
}

/* The words' hits newest first. */
static gboolean
list_recent (Run *run, GArray *keys, GError **error)
{
  guint wanted = rows_wanted (run->query);

  if (!read_tail (run, keys, error))
    return FALSE;
  if ((wanted == 0 || keys->len < wanted) && !read_hits (run, TRUE, wanted, keys, error))
    return FALSE;
  cut_page (run->query, keys);
  return TRUE;
}

/* "SELECT … FROM … WHERE …" of the list in its order, driven by @before where given, @extra columns behind the key. */
static gboolean
compose_list (Run *run, const char *before, const char *extra, GError **error)
{
  g_autoptr (GString) order = g_string_new (NULL);

  /* First the order: it says whether bodies are read. */
  if (!luo_select_append_order (&run->select, order, run->by_id, error))
    return FALSE;
  g_string_printf (run->sql, "SELECT %s%s", luo_select_key (&run->select), extra);
  luo_select_append_from (&run->select, run->sql, before);
  g_string_append (run->sql, " WHERE 1");
  luo_select_append_terms (&run->select, run->sql);
  g_string_append (run->sql, order->str);
  return TRUE;
}

static gboolean
list_walked (Run *run, GArray *keys, GError **error)
{
  guint wanted = rows_wanted (run->query);
  sqlite3_stmt *stmt;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  int row = 0;

  run->select.documents = TRUE;
  if (!luo_select_choose_index (&run->select, run->conn, wanted, error)
      || !compose_list (run, NULL, ", d.type, d.body", error))
    return FALSE;
  stmt = luo_select_prepare (&run->select, run->conn, run->sql->str, error);
  if (stmt == NULL)
    return FALSE;
  while (keys->len < wanted && (row = luo_connection_step (run->conn, stmt, error)) > 0)
    {
      gint64 key = sqlite3_column_int64 (stmt, 0);

      if (g_hash_table_contains (seen, &key)
          || !luo_search_check (run->search, (const char *)sqlite3_column_text (stmt, 1),
                                (const char *)sqlite3_column_text (stmt, 2),
                                (gsize)sqlite3_column_bytes (stmt, 2), FALSE))
        continue;
      g_array_append_val (keys, key);
      g_hash_table_add (seen, g_memdup2 (&key, sizeof key));
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  cut_page (run->query, keys);
  return TRUE;
}

/* Every hit of the words, conditions not looked at. @full: (out) (optional): there are more than LUO_SEARCH_SORT_MAX. */
static gboolean
gather_hits (Run *run, gboolean *full, GArray *hits, GError **error)
{
  guint wanted = full != NULL ? LUO_SEARCH_SORT_MAX + 1 : 0;

  g_array_append_vals (hits, run->search->tail->data, run->search->tail->len);
  if ((wanted == 0 || hits->len < wanted) && !read_hits (run, FALSE, wanted, hits, error))
    return FALSE;
  if (full != NULL)
    *full = hits->len >= wanted;
  return TRUE;
}

static gboolean
list_sorted (Run *run, GArray *keys, GError **error)
{
  g_autofree char *before = NULL;
  sqlite3_stmt *stmt;

  if (run->search != NULL)
    {
      g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (gint64));
      gboolean full = FALSE;

      if (!gather_hits (run, run->query->limit > 0 ? &full : NULL, hits, error))
        return FALSE;
      if (full)
        return list_walked (run, keys, error);
      before = bind_keys (run, hits);
    }
  else if (!luo_select_choose_index (&run->select, run->conn, rows_wanted (run->query), error))
    {
      return FALSE;
    }

  if (!compose_list (run, before, "", error))
    return FALSE;
  if (run->select.child == NULL)
    append_limit (run->query, run->sql);
  stmt = luo_select_prepare (&run->select, run->conn, run->sql->str, error);
  if (stmt == NULL)
    return FALSE;
  if (run->select.child == NULL)
    return read_keys (run->conn, stmt, keys, error);
  if (!read_distinct_keys (run->conn, stmt, rows_wanted (run->query), keys, error))
    return FALSE;
  cut_page (run->query, keys);
  return TRUE;
}

static gboolean
run_keys (Run *run, GArray *keys, GError **error)
{
  if (run->search != NULL && run->query->sorts->len == 0)
    return list_recent (run, keys, error);
  return list_sorted (run, keys, error);
}

GArray *
luo_store_list_keys (LuoStore *self, const LuoQuery *query, GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (Run) run = { 0 };

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);

  if (!start_run (&run, self, query, FALSE, error) || !run_keys (&run, keys, error))
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
  g_auto (Run) run = { 0 };

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);

  if (!start_run (&run, self, query, query->limit == 0, error) || !run_keys (&run, keys, error)
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

/* " FROM … WHERE …" with the words' hits in front, where there are words. */
static gboolean
append_filter (Run *run, GError **error)
{
  g_autofree char *before = NULL;

  if (run->search != NULL)
    {
      g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (gint64));

      if (!gather_hits (run, NULL, hits, error))
        return FALSE;
      before = bind_keys (run, hits);
    }
  luo_select_append_from (&run->select, run->sql, before);
  g_string_append (run->sql, " WHERE 1");
  luo_select_append_terms (&run->select, run->sql);
  return TRUE;
}

gint64
luo_store_count (LuoStore *self, const LuoQuery *query, GError **error)
{
  g_auto (Run) run = { 0 };
  sqlite3_stmt *stmt;
  gint64 count = 0;

  g_return_val_if_fail (LUO_IS_STORE (self), -1);
  g_return_val_if_fail (query != NULL, -1);

  if (!start_run (&run, self, query, FALSE, error)
      || !luo_select_choose_index (&run.select, run.conn, 0, error))
    return -1;
  g_string_assign (run.sql, "SELECT count(*)");
  if (!append_filter (&run, error))
    return -1;
  stmt = luo_select_prepare (&run.select, run.conn, run.sql->str, error);
  if (stmt == NULL || !luo_connection_run_int (run.conn, stmt, &count, error))
    return -1;
  return count;
}

/* Appends the columns and returns how many there are; -1 with @error. */
static int
append_columns (Run *run, const char *const *names, const char *before, const char *after, GError **error)
{
  int n = 0;

  for (; names != NULL && names[n] != NULL; n++)
    {
      g_auto (LuoField) field = { 0 };

      if (!luo_select_field (&run->select, names[n], &field, error))
        return -1;
      g_string_append_printf (run->sql, "%s%s%s%s", run->sql->str[run->sql->len - 1] == ' ' ? "" : ", ",
                              before, field.sql, after);
    }
  return n;
}

static char *
column_text (sqlite3_stmt *stmt, int column)
{
  const char *text = (const char *)sqlite3_column_text (stmt, column);

  return g_strdup (text != NULL ? text : "");
}

GPtrArray *
luo_store_group (LuoStore *self, const LuoQuery *query, const char *const *by, const char *const *sum,
                 GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_group_free);
  g_auto (Run) run = { 0 };
  sqlite3_stmt *stmt;
  int n_by, n_sums, row;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);

  if (!start_run (&run, self, query, FALSE, error))
    return NULL;
  g_string_assign (run.sql, "SELECT ");
  n_by = append_columns (&run, by, "", "", error);
  if (n_by < 0)
    return NULL;
  g_string_append (run.sql, n_by > 0 ? ", count(*)" : "count(*)");
  /* total() never overflows, and money stays far below 2^53. */
  n_sums = append_columns (&run, sum, "CAST (total (", ") AS INTEGER)", error);
  if (n_sums < 0 || !append_filter (&run, error))
    return NULL;
  for (int i = 0; i < n_by; i++)
    g_string_append_printf (run.sql, "%s%d", i > 0 ? ", " : " GROUP BY ", i + 1);
  for (int i = 0; i < n_by; i++)
    g_string_append_printf (run.sql, "%s%d", i > 0 ? ", " : " ORDER BY ", i + 1);

  stmt = luo_select_prepare (&run.select, run.conn, run.sql->str, error);
  if (stmt == NULL)
    return NULL;
  while ((row = luo_connection_step (run.conn, stmt, error)) > 0)
    {
      LuoGroup *group = g_new0 (LuoGroup, 1);

      group->by = g_new0 (char *, n_by + 1);
      group->sums = g_new0 (gint64, n_sums + 1);
      for (int i = 0; i < n_by; i++)
        group->by[i] = column_text (stmt, i);
      group->count = sqlite3_column_int64 (stmt, n_by);
      for (int i = 0; i < n_sums; i++)
        group->sums[i] = sqlite3_column_int64 (stmt, n_by + 1 + i);
      g_ptr_array_add (groups, group);
    }
  if (row < 0)
    return NULL;
  luo_statement_done (stmt);
  return g_steal_pointer (&groups);
}

GPtrArray *
luo_store_list_columns (LuoStore *self, const LuoQuery *query, const char *const *columns, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_item_row_free);
  g_autoptr (GString) order = g_string_new (NULL);
  g_auto (Run) run = { 0 };
  sqlite3_stmt *stmt;
  int n, row;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);
  g_return_val_if_fail (columns != NULL, NULL);

  if (!start_run (&run, self, query, query->limit == 0, error)
      || (run.search == NULL && !luo_select_choose_index (&run.select, run.conn, rows_wanted (query), error)))
    return NULL;
  g_string_printf (run.sql, "SELECT %s, %s, %s", luo_select_key (&run.select), luo_select_id (&run.select),
                   luo_select_space (&run.select));
  n = append_columns (&run, columns, "", "", error);
  if (n < 0 || !luo_select_append_order (&run.select, order, run.by_id, error)
      || !append_filter (&run, error))
    return NULL;
  g_string_append (run.sql, order->str);
  append_limit (query, run.sql);

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
