/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-search-index.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "luo-projection.h"
#include "luo-record-check.h"

/* The index is built anew where it has numbered more than this many rows, and several times as many as there are documents. */
#define STALE_ROWS 20000
#define STALE_FACTOR 3

gboolean
luo_search_index_schema (LuoConnection *conn, GError **error)
{
  return luo_connection_exec (
      conn,
      "DROP TABLE IF EXISTS search_docs;"
      "DROP TABLE IF EXISTS search_index;"
      "CREATE TABLE search_docs (n INTEGER PRIMARY KEY AUTOINCREMENT, doc INTEGER NOT NULL UNIQUE) STRICT;"
      "CREATE VIRTUAL TABLE search_index USING fts5 (text, content = '', detail = none, columnsize = 0,"
      " tokenize = 'ascii');"
      "UPDATE spaces SET indexed = 0;"
      "REPLACE INTO meta (name, value) VALUES ('search_format', '" LUO_SEARCH_FORMAT "');",
      error);
}

/* Builds the index anew where it was made by another program or is full of rows that belong to no document. */
static gboolean
ensure_format (LuoConnection *conn, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (
      conn,
      "SELECT coalesce ((SELECT value <> '" LUO_SEARCH_FORMAT "' FROM meta WHERE name = 'search_format'), 1)"
      " OR (SELECT coalesce (max (seq), 0) FROM sqlite_sequence WHERE name = 'search_docs')"
      " > ?1 + ?2 * (SELECT total (documents) FROM spaces)",
      error);
  gint64 renew;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int (stmt, 1, STALE_ROWS);
  sqlite3_bind_int (stmt, 2, STALE_FACTOR);
  if (!luo_connection_run_int (conn, stmt, &renew, error))
    return FALSE;
  return renew == 0 || luo_search_index_schema (conn, error);
}

/* A document read for indexing. */
typedef struct
{
  gint64 key;
  gint64 seq;
  gboolean deleted;
  char *id, *type, *not_understood;
  char *body;
  gsize length;
} Entry;

static void
clear_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->id);
  g_free (entry->type);
  g_free (entry->not_understood);
  g_free (entry->body);
}

static gboolean
read_entries (LuoConnection *conn, gint64 space, gint64 since, guint limit, GArray *entries, GError **error)
{
  sqlite3_stmt *stmt
      = luo_connection_prepare (conn,
                                "SELECT key, seq, deleted, id, type, not_understood, body"
                                " FROM documents WHERE space = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
                                error);
  int row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space);
  sqlite3_bind_int64 (stmt, 2, since);
  sqlite3_bind_int64 (stmt, 3, limit);
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      Entry entry = { 0 };

      entry.key = sqlite3_column_int64 (stmt, 0);
      entry.seq = sqlite3_column_int64 (stmt, 1);
      entry.deleted = sqlite3_column_int (stmt, 2) != 0;
      entry.id = luo_column_dup (stmt, 3);
      entry.type = luo_column_dup (stmt, 4);
      entry.not_understood = luo_column_dup (stmt, 5);
      entry.body = luo_column_dup (stmt, 6);
      entry.length = (gsize)sqlite3_column_bytes (stmt, 6);
      g_array_append_val (entries, entry);
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  return TRUE;
}

static gboolean
write_row (LuoConnection *conn, gint64 space, const Entry *entry, const char *text, GError **error)
{
  g_autoptr (GString) tokens = g_string_new (NULL);
  sqlite3_stmt *stmt;

  stmt = luo_connection_prepare (conn, "DELETE FROM search_docs WHERE doc = ?1", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, entry->key);
  if (!luo_connection_run (conn, stmt, error))
    return FALSE;

  luo_search_tokenize (text, tokens);
  if (tokens->len == 0)
    return TRUE;

  g_string_append_printf (tokens, LUO_SEARCH_MARK "s%" G_GINT64_FORMAT " ", space);
  if (luo_record_type_find (entry->type) != NULL)
    g_string_append_printf (tokens, LUO_SEARCH_MARK "t%s ", entry->type);

  stmt = luo_connection_prepare (conn, "INSERT INTO search_docs (doc) VALUES (?1)", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, entry->key);
  if (!luo_connection_run (conn, stmt, error))
    return FALSE;

  stmt = luo_connection_prepare (conn, "INSERT INTO search_index (rowid, text) VALUES (?1, ?2)", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, sqlite3_last_insert_rowid (luo_connection_get_handle (conn)));
  luo_bind_text_n (stmt, 2, tokens->str, tokens->len);
  return luo_connection_run (conn, stmt, error);
}

static gboolean
write_understanding (LuoStore *store, LuoConnection *conn, const char *space, const Entry *entry,
                     const char *message, GError **error)
{
  sqlite3_stmt *stmt;

  if (g_strcmp0 (message, entry->not_understood) == 0)
    return TRUE;

  stmt = luo_connection_prepare (conn, "UPDATE documents SET not_understood = ?2 WHERE key = ?1", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, entry->key);
  luo_bind_text (stmt, 2, message);
  if (!luo_connection_run (conn, stmt, error))
    return FALSE;

  luo_store_note_change (store, space, entry->key);
  return TRUE;
}

static gboolean
index_entry (LuoStore *store, LuoConnection *conn, gint64 space_id, const char *space, const Entry *entry,
             GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) refused = NULL;

  if (!entry->deleted)
    {
      JsonNode *root = NULL;

      parser = json_parser_new_immutable ();
      if (json_parser_load_from_data (parser, entry->body, (gssize)entry->length, &refused))
        root = json_parser_get_root (parser);
      if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
        luo_record_check (entry->id, json_node_get_object (root), &refused);
      text = luo_search_text (entry->type, entry->body, entry->length);
    }

  return write_row (conn, space_id, entry, text != NULL ? text : "", error)
         && write_understanding (store, conn, space, entry, refused != NULL ? refused->message : NULL, error);
}

gboolean
luo_search_index_step (LuoStore *store, LuoConnection *conn, guint limit, gboolean *more, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autofree char *space = NULL;
  gint64 id, since, last, seq;
  sqlite3_stmt *stmt;
  int row;

  /* Lists first: they are looked at more than words are searched for. */
  if (!luo_projection_index_step (conn, more, error))
    return FALSE;
  if (*more)
    return TRUE;
  if (!ensure_format (conn, error))
    return FALSE;

  stmt = luo_connection_prepare (
      conn, "SELECT id, name, indexed, seq FROM spaces WHERE seq > indexed LIMIT 1", error);
  if (stmt == NULL)
    return FALSE;
  row = luo_connection_step (conn, stmt, error);
  if (row < 0)
    return FALSE;
  if (row == 0)
    {
      luo_statement_done (stmt);
      return TRUE;
    }
  id = sqlite3_column_int64 (stmt, 0);
  space = luo_column_dup (stmt, 1);
  since = sqlite3_column_int64 (stmt, 2);
  seq = sqlite3_column_int64 (stmt, 3);
  luo_statement_done (stmt);

  g_array_set_clear_func (entries, clear_entry);
  if (!read_entries (conn, id, since, limit, entries, error))
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    if (!index_entry (store, conn, id, space, &g_array_index (entries, Entry, i), error))
      return FALSE;

  /* Sequences between two documents belong to their older states. */
  last = entries->len == limit && limit > 0 ? g_array_index (entries, Entry, entries->len - 1).seq : seq;
  stmt = luo_connection_prepare (conn, "UPDATE spaces SET indexed = ?2 WHERE id = ?1", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  sqlite3_bind_int64 (stmt, 2, last);
  if (!luo_connection_run (conn, stmt, error))
    return FALSE;

  *more = TRUE;
  return TRUE;
}

gboolean
luo_search_index_remove_space (LuoConnection *conn, gint64 space, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (
      conn, "DELETE FROM search_docs WHERE doc IN (SELECT key FROM documents WHERE space = ?1)", error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space);
  return luo_connection_run (conn, stmt, error);
}

gboolean
luo_search_index_check (LuoConnection *conn, GPtrArray *problems, GError **error)
{
  sqlite3_stmt *stmt;
  gint64 wrong = 0;
  int row;

  if (sqlite3_exec (luo_connection_get_handle (conn),
                    "INSERT INTO search_index (search_index) VALUES ('integrity-check')", NULL, NULL, NULL)
      == SQLITE_CORRUPT_VTAB)
    g_ptr_array_add (problems, g_strdup (_ ("The search index is damaged.")));

  stmt = luo_connection_prepare (
      conn,
      "SELECT count(*) FROM search_docs AS m LEFT JOIN documents AS d ON d.key = m.doc"
      " LEFT JOIN spaces AS s ON s.id = d.space"
      " WHERE d.key IS NULL OR (d.deleted AND d.seq <= s.indexed)",
      error);
  if (stmt == NULL || !luo_connection_run_int (conn, stmt, &wrong, error))
    return FALSE;

  stmt
      = luo_connection_prepare (conn,
                                "SELECT d.type, d.body FROM documents AS d JOIN spaces AS s ON s.id = d.space"
                                " WHERE NOT d.deleted AND d.seq <= s.indexed"
                                " AND NOT EXISTS (SELECT 1 FROM search_docs AS m WHERE m.doc = d.key)",
                                error);
  if (stmt == NULL)
    return FALSE;
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      g_autofree char *text = luo_search_text ((const char *)sqlite3_column_text (stmt, 0),
                                               (const char *)sqlite3_column_text (stmt, 1),
                                               (gsize)sqlite3_column_bytes (stmt, 1));
      g_autoptr (GString) tokens = g_string_new (NULL);

      luo_search_tokenize (text, tokens);
      if (tokens->len > 0)
        wrong++;
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);

  if (wrong != 0)
    g_ptr_array_add (problems,
                     g_strdup_printf (ngettext ("The search index is wrong about %d record.",
                                                "The search index is wrong about %d records.", (gulong)wrong),
                                      (int)wrong));
  return TRUE;
}

/* Searching */

/* The hits among the newest documents of a space that are not indexed yet. */
static gboolean
search_tail (LuoSearch *self, LuoConnection *conn, const char *type, gint64 space, gint64 indexed,
             GError **error)
{
  sqlite3_stmt *stmt
      = luo_connection_prepare (conn,
                                "SELECT key, type, body FROM documents WHERE space = ?1 AND seq > ?2"
                                " AND NOT deleted ORDER BY seq DESC LIMIT ?3",
                                error);
  int row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space);
  sqlite3_bind_int64 (stmt, 2, indexed);
  sqlite3_bind_int (stmt, 3, LUO_SEARCH_TAIL_MAX);
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      const char *record_type = (const char *)sqlite3_column_text (stmt, 1);
      gint64 key = sqlite3_column_int64 (stmt, 0);

      if ((type == NULL || g_strcmp0 (type, record_type) == 0)
          && luo_search_check (self, record_type, (const char *)sqlite3_column_text (stmt, 2),
                               (gsize)sqlite3_column_bytes (stmt, 2), FALSE))
        {
          g_array_append_val (self->tail, key);
          g_hash_table_add (self->in_tail, g_memdup2 (&key, sizeof key));
        }
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  return TRUE;
}

LuoSearch *
luo_search_new (LuoConnection *conn, const char *words, const char *type, const char *space, GError **error)
{
  g_autoptr (LuoSearch) self = g_new0 (LuoSearch, 1);
  g_autoptr (GArray) behind = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 space_id = 0;
  sqlite3_stmt *stmt;
  int row;

  self->words = g_ptr_array_new_with_free_func (g_free);
  self->tail = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->in_tail = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  luo_search_read_words (self, words);
  if (self->match == NULL)
    return g_steal_pointer (&self);

  stmt = luo_connection_prepare (conn, "SELECT id, indexed, seq FROM spaces WHERE ?1 IS NULL OR name = ?1",
                                 error);
  if (stmt == NULL)
    return NULL;
  luo_bind_text (stmt, 1, space);
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      gint64 indexed = sqlite3_column_int64 (stmt, 1);

      space_id = sqlite3_column_int64 (stmt, 0);
      if (sqlite3_column_int64 (stmt, 2) > indexed)
        {
          self->behind = TRUE;
          g_array_append_val (behind, space_id);
          g_array_append_val (behind, indexed);
        }
    }
  if (row < 0)
    return NULL;
  luo_statement_done (stmt);

  for (guint i = 0; i < behind->len; i += 2)
    if (!search_tail (self, conn, type, g_array_index (behind, gint64, i),
                      g_array_index (behind, gint64, i + 1), error))
      return NULL;

  if (type != NULL && luo_record_type_find (type) != NULL)
    {
      char *match = g_strdup_printf ("%s AND \"" LUO_SEARCH_MARK "t%s\"", self->match, type);

      g_free (self->match);
      self->match = match;
    }
  if (space != NULL)
    {
      char *match
          = g_strdup_printf ("%s AND \"" LUO_SEARCH_MARK "s%" G_GINT64_FORMAT "\"", self->match, space_id);

      g_free (self->match);
      self->match = match;
    }
  return g_steal_pointer (&self);
}

void
luo_search_free (LuoSearch *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->words);
  g_array_unref (self->tail);
  g_hash_table_unref (self->in_tail);
  g_free (self->match);
  g_free (self);
}
