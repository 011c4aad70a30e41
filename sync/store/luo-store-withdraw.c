/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "luo-attachment-private.h"
#include "luo-projection.h"
#include "luo-space-private.h"
#include "luo-store-sync.h"

/**
 * Withdraw: what one call does.
 */
typedef struct
{
  const char *space;
  guint64 removed, kept;
} Withdraw;

/**
 * Copy: a document that the server holds whole.
 */
typedef struct
{
  gint64 key;
  char *type; /* (owned) */
} Copy;

static void
clear_copy (gpointer data)
{
  g_free (((Copy *)data)->type);
}

static gboolean
list_copies (LuoConnection *conn, gint64 space, GArray *copies, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (
      conn, "SELECT key, type FROM documents WHERE space = ?1 AND pending = 0", error);
  int row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space);
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      Copy copy = { sqlite3_column_int64 (stmt, 0), luo_column_dup (stmt, 1) };

      g_array_append_val (copies, copy);
    }
  luo_statement_done (stmt);
  return row == 0;
}

static gboolean
run_with (LuoConnection *conn, const char *sql, gint64 value, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, value);
  return luo_connection_run (conn, stmt, error);
}

static gboolean
count_for (LuoConnection *conn, const char *sql, gint64 space, gint64 *count, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space);
  return luo_connection_run_int (conn, stmt, count, error);
}

static gboolean
remove_copy (LuoConnection *conn, const Copy *copy, GError **error)
{
  static const char *const statements[] = {
    "DELETE FROM search_docs WHERE doc = ?1",       "DELETE FROM attachment_refs WHERE doc = ?1",
    "DELETE FROM attachment_wanted WHERE doc = ?1", "DELETE FROM revisions WHERE doc = ?1",
    "DELETE FROM documents WHERE key = ?1",
  };

  if (!luo_projection_remove (conn, copy->key, copy->type, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    if (!run_with (conn, statements[i], copy->key, error))
      return FALSE;
  return TRUE;
}

static gboolean
count_again (LuoConnection *conn, LuoSpaceState *state, GError **error)
{
  state->dirty = TRUE;
  return count_for (conn, "SELECT count(*) FROM documents WHERE space = ?1 AND deleted = 0", state->id,
                    &state->documents, error)
         && count_for (conn, "SELECT count(*) FROM documents WHERE space = ?1 AND deleted <> 0", state->id,
                       &state->deleted, error)
         && count_for (conn, "SELECT count(*) FROM documents WHERE space = ?1 AND conflicts > 0", state->id,
                       &state->conflicts, error)
         && count_for (conn,
                       "SELECT coalesce(sum(length(CAST (body AS BLOB))), 0) FROM documents WHERE space = ?1",
                       state->id, &state->size, error);
}

static gboolean
renew_instance (LuoConnection *conn, gint64 space, GError **error)
{
  g_autofree char *instance = luo_uuid_new ();
  sqlite3_stmt *stmt = luo_connection_prepare (conn, "UPDATE spaces SET instance = ?2 WHERE id = ?1", error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space);
  luo_bind_text (stmt, 2, instance);
  return luo_connection_run (conn, stmt, error);
}

static gboolean
withdraw_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  Withdraw *withdraw = data;
  LuoSpaceState *state = luo_store_touch_space (self, conn, withdraw->space, error);
  g_autoptr (GArray) copies = g_array_new (FALSE, FALSE, sizeof (Copy));
  gint64 kept = 0;

  g_array_set_clear_func (copies, clear_copy);
  if (state == NULL
      || !list_copies (conn, state->id, copies, error)
      /* A key that was given is never given again, also where it was the greatest of all. */
      || !run_with (
          conn,
          "INSERT OR REPLACE INTO meta (name, value) SELECT 'key_floor', max(key) FROM documents WHERE "
          "?1 = ?1 HAVING max(key) IS NOT NULL AND max(key) > coalesce ((SELECT CAST (value AS INTEGER) "
          "FROM meta WHERE name = 'key_floor'), 0)",
          state->id, error))
    return FALSE;
  for (guint i = 0; i < copies->len; i++)
    if (!remove_copy (conn, &g_array_index (copies, Copy, i), error))
      return FALSE;

  /* Whoever gets the right again begins from the first change. */
  if (!run_with (conn, "DELETE FROM locals WHERE space = ?1", state->id, error)
      || !renew_instance (conn, state->id, error) || !luo_attachments_remove_unreferenced (self, conn, error)
      || !count_again (conn, state, error)
      || !count_for (conn, "SELECT count(*) FROM documents WHERE space = ?1", state->id, &kept, error))
    return FALSE;
  withdraw->removed = copies->len;
  withdraw->kept = (guint64)kept;
  if (copies->len > 0)
    luo_store_note_change (self, withdraw->space, 0);
  return TRUE;
}

gboolean
luo_store_withdraw_copies (LuoStore *self, const char *space, guint64 *removed, guint64 *kept, GError **error)
{
  Withdraw withdraw = { .space = space };

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL, FALSE);
  g_return_val_if_fail ((luo_store_get_flags (self) & LUO_STORE_HUB) == 0, FALSE);

  if (!luo_store_write (self, withdraw_func, &withdraw, error))
    return FALSE;
  if (removed != NULL)
    *removed = withdraw.removed;
  if (kept != NULL)
    *kept = withdraw.kept;
  return TRUE;
}
