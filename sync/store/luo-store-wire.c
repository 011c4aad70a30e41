/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "luo-document-private.h"
#include "luo-store-private.h"

/* Walks from a revision to its ancestors in one pass over the rows, which come by generation downwards. */
static gboolean
append_history (LuoConnection *conn, gint64 key, guint generation, const char *suffix, GString *out,
                GError **error)
{
  char wanted[72];
  guint at = generation;
  gboolean first = TRUE, end = FALSE;
  sqlite3_stmt *stmt;
  int row = 0;

  g_string_append_printf (out, ",\"_revisions\":{\"start\":%u,\"ids\":[", generation);
  g_strlcpy (wanted, suffix, sizeof wanted);

  stmt = luo_connection_prepare (
      conn,
      "SELECT generation, suffix, parent FROM revisions WHERE doc = ?1 AND generation <= ?2 "
      "ORDER BY generation DESC",
      error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, key);
  sqlite3_bind_int64 (stmt, 2, generation);
  while (!end && (row = luo_connection_step (conn, stmt, error)) > 0)
    {
      const char *this_suffix = (const char *)sqlite3_column_text (stmt, 1);
      const char *parent;

      if ((guint)sqlite3_column_int (stmt, 0) != at || strcmp (this_suffix, wanted) != 0)
        continue;
      if (!first)
        g_string_append_c (out, ',');
      first = FALSE;
      g_string_append_c (out, '"');
      g_string_append (out, this_suffix);
      g_string_append_c (out, '"');
      at--;
      parent = (const char *)sqlite3_column_text (stmt, 2);
      end = parent == NULL;
      if (!end)
        g_strlcpy (wanted, parent, sizeof wanted);
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  g_string_append_len (out, "]}", 2);
  return TRUE;
}

static gboolean
set_not_kept (const char *id, GError **error)
{
  g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND, _ ("That version of %s is not kept here."),
               id);
  return FALSE;
}

/* The revision is another than the winner. */
static gboolean
append_other (LuoConnection *conn, gint64 key, const char *id, const char *rev, guint generation,
              const char *suffix, gboolean with_history, GString *out, GError **error)
{
  g_autofree char *body = NULL, *attachments = NULL;
  gboolean deleted = FALSE;
  sqlite3_stmt *stmt;
  int row;

  stmt = luo_connection_prepare (
      conn,
      "SELECT body, attachments, flags FROM revisions WHERE doc = ?1 AND generation = ?2 AND suffix = ?3",
      error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, key);
  sqlite3_bind_int64 (stmt, 2, generation);
  luo_bind_text (stmt, 3, suffix);
  row = luo_connection_step (conn, stmt, error);
  if (row < 0)
    return FALSE;
  if (row > 0)
    {
      body = luo_column_dup (stmt, 0);
      attachments = luo_column_dup (stmt, 1);
      deleted = (sqlite3_column_int (stmt, 2) & LUO_REV_DELETED) != 0;
    }
  luo_statement_done (stmt);
  if (body == NULL)
    return set_not_kept (id, error);

  luo_wire_append_head (out, id, rev);
  if (with_history && !append_history (conn, key, generation, suffix, out, error))
    return FALSE;
  luo_wire_append_rest (out, deleted, attachments, body, strlen (body));
  return TRUE;
}

static gboolean
append_wire (LuoConnection *conn, const char *space, const char *id, const char *rev, gboolean with_history,
             GString *out, GError **error)
{
  guint generation = 0;
  const char *suffix = luo_rev_parse (rev, &generation);
  gboolean is_winner, ok = TRUE;
  sqlite3_stmt *stmt;
  gint64 key;
  int row;

  if (suffix == NULL)
    return set_not_kept (id, error);

  stmt = luo_connection_prepare (conn,
                                 "SELECT key, rev, deleted, attachments, body FROM documents "
                                 "WHERE space = (SELECT id FROM spaces WHERE name = ?1) AND id = ?2",
                                 error);
  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 1, space);
  luo_bind_text (stmt, 2, id);
  row = luo_connection_step (conn, stmt, error);
  if (row < 0)
    return FALSE;
  if (row == 0)
    {
      luo_statement_done (stmt);
      return set_not_kept (id, error);
    }

  key = sqlite3_column_int64 (stmt, 0);
  is_winner = strcmp ((const char *)sqlite3_column_text (stmt, 1), rev) == 0;
  if (is_winner)
    {
      /* The row is copied straight into the reply. */
      luo_wire_append_head (out, id, rev);
      if (with_history && generation > 1)
        {
          ok = append_history (conn, key, generation, suffix, out, error);
        }
      else if (with_history)
        {
          g_string_append (out, ",\"_revisions\":{\"start\":1,\"ids\":[\"");
          g_string_append (out, suffix);
          g_string_append_len (out, "\"]}", 3);
        }
      if (ok)
        luo_wire_append_rest (
            out, sqlite3_column_int (stmt, 2) != 0, (const char *)sqlite3_column_text (stmt, 3),
            (const char *)sqlite3_column_text (stmt, 4), (gsize)sqlite3_column_bytes (stmt, 4));
    }
  else
    {
      ok = append_other (conn, key, id, rev, generation, suffix, with_history, out, error);
    }
  /* Open until here, so that what was read besides is of the same state without the cost of a transaction. */
  luo_statement_done (stmt);
  return ok;
}

gboolean
luo_store_append_wire (LuoStore *self, const char *space, const char *id, const char *rev,
                       gboolean with_history, GString *out, GError **error)
{
  gsize before;
  LuoConnection *conn;
  gboolean ok;

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL && rev != NULL && out != NULL, FALSE);

  before = out->len;
  conn = luo_store_read_once (self, error);
  if (conn == NULL)
    return FALSE;
  ok = append_wire (conn, space, id, rev, with_history, out, error);
  luo_store_read_end (self, conn);
  if (!ok)
    g_string_truncate (out, before);
  return ok;
}
