/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-edit.h"
#include "luo-space-private.h"

typedef struct
{
  const char *space;
  const char *const *ids;
  const char *const *revs;
  gsize n;
} Mark;

static sqlite3_stmt *
prepare_for_space (LuoConnection *conn, const char *sql, const LuoSpaceState *space, const char *id,
                   GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  if (stmt != NULL)
    {
      sqlite3_bind_int64 (stmt, 1, space->id);
      luo_bind_text (stmt, 2, id);
    }
  return stmt;
}

/* Being offered shows nowhere but in the tree, so that one small row is all that is written. */
static gboolean
mark_offered (LuoConnection *conn, LuoSpaceState *space, const char *id, const char *rev, GError **error)
{
  guint generation = 0;
  const char *suffix = luo_rev_parse (rev, &generation);
  sqlite3_stmt *stmt;

  if (suffix == NULL)
    return TRUE;
  stmt = prepare_for_space (
      conn,
      "UPDATE revisions SET flags = flags | ?5 WHERE doc = (SELECT key FROM documents WHERE "
      "space = ?1 AND id = ?2) AND generation = ?3 AND suffix = ?4",
      space, id, error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 3, generation);
  luo_bind_text (stmt, 4, suffix);
  sqlite3_bind_int64 (stmt, 5, LUO_REV_OFFERED);
  return luo_connection_run (conn, stmt, error);
}

/* The bulk path: a document of one revision that the server did not hold until now.
 * @taken: FALSE where it is another, and nothing was done. */
static gboolean
mark_single_held (LuoStore *self, LuoConnection *conn, LuoSpaceState *space, const char *id, const char *rev,
                  gboolean *taken, GError **error)
{
  guint generation = 0;
  const char *suffix = luo_rev_parse (rev, &generation);
  sqlite3_stmt *stmt;
  gint64 key = 0;

  *taken = FALSE;
  /* Being held goes on to the ancestors, and may free the bodies of merge bases. */
  if (suffix == NULL || generation > 1)
    return TRUE;

  stmt = prepare_for_space (
      conn,
      "UPDATE documents SET flags = flags | ?4, pending = 0 WHERE space = ?1 AND id = ?2 "
      "AND rev = ?3 AND leaves = 1 AND pending > 0 RETURNING key",
      space, id, error);
  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 3, rev);
  sqlite3_bind_int64 (stmt, 4, LUO_REV_HELD);
  if (!luo_connection_run_int (conn, stmt, &key, error))
    return FALSE;
  if (key == 0)
    return TRUE;

  *taken = TRUE;
  stmt = luo_connection_prepare (
      conn, "UPDATE revisions SET flags = flags | ?4 WHERE doc = ?1 AND generation = ?2 AND suffix = ?3",
      error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, key);
  sqlite3_bind_int64 (stmt, 2, generation);
  luo_bind_text (stmt, 3, suffix);
  sqlite3_bind_int64 (stmt, 4, LUO_REV_HELD);
  if (!luo_connection_run (conn, stmt, error))
    return FALSE;

  space->pending--;
  luo_store_note_change (self, space->name, key);
  return TRUE;
}

static gboolean
mark_held_in_tree (LuoStore *self, LuoConnection *conn, LuoSpaceState *space, const char *id, const char *rev,
                   GError **error)
{
  g_auto (LuoEdit) edit = { NULL };
  int index;

  if (!luo_edit_open (&edit, self, conn, space, id, error))
    return FALSE;
  /* It may have been pruned, or the space made anew: there is nothing to mark. */
  index = luo_tree_find_rev (edit.tree, rev);
  if (index < 0 || !luo_tree_mark_held (edit.tree, index))
    return TRUE;
  return luo_edit_save (&edit, FALSE, error);
}

static gboolean
has_refusals (LuoConnection *conn, LuoSpaceState *space, gint64 *there, GError **error)
{
  sqlite3_stmt *stmt
      = luo_connection_prepare (conn, "SELECT EXISTS (SELECT 1 FROM refusals WHERE space = ?1)", error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space->id);
  return luo_connection_run_int (conn, stmt, there, error);
}

static gboolean
drop_refusal (LuoConnection *conn, LuoSpaceState *space, const char *id, const char *rev, GError **error)
{
  sqlite3_stmt *stmt = prepare_for_space (
      conn, "DELETE FROM refusals WHERE space = ?1 AND id = ?2 AND rev = ?3", space, id, error);

  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 3, rev);
  return luo_connection_run (conn, stmt, error);
}

static gboolean
mark_offered_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  const Mark *mark = data;
  LuoSpaceState *space = luo_store_touch_space (self, conn, mark->space, error);

  if (space == NULL)
    return FALSE;
  for (gsize i = 0; i < mark->n; i++)
    if (!mark_offered (conn, space, mark->ids[i], mark->revs[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
mark_held_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  const Mark *mark = data;
  LuoSpaceState *space = luo_store_touch_space (self, conn, mark->space, error);
  gint64 refusals = 0;

  if (space == NULL || !has_refusals (conn, space, &refusals, error))
    return FALSE;
  for (gsize i = 0; i < mark->n; i++)
    {
      gboolean taken;

      if (!mark_single_held (self, conn, space, mark->ids[i], mark->revs[i], &taken, error)
          || (!taken && !mark_held_in_tree (self, conn, space, mark->ids[i], mark->revs[i], error))
          || (refusals > 0 && !drop_refusal (conn, space, mark->ids[i], mark->revs[i], error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
luo_store_mark_offered (LuoStore *self, const char *space, const char *const *ids, const char *const *revs,
                        gsize n, GError **error)
{
  Mark mark = { space, ids, revs, n };

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL, FALSE);

  return luo_store_write (self, mark_offered_func, &mark, error);
}

gboolean
luo_store_mark_held (LuoStore *self, const char *space, const char *const *ids, const char *const *revs,
                     gsize n, GError **error)
{
  Mark mark = { space, ids, revs, n };

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL, FALSE);

  return luo_store_write (self, mark_held_func, &mark, error);
}

typedef struct
{
  const char *space;
  gint64 since;
} Forget;

static gboolean
run_since (LuoConnection *conn, const char *sql, const LuoSpaceState *space, gint64 since, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space->id);
  sqlite3_bind_int64 (stmt, 2, since);
  sqlite3_bind_int64 (stmt, 3, LUO_REV_HELD);
  sqlite3_bind_int64 (stmt, 4, LUO_REV_OFFERED);
  return luo_connection_run (conn, stmt, error);
}

static gboolean
forget_marks_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  const Forget *forget = data;
  LuoSpaceState *space = luo_store_touch_space (self, conn, forget->space, error);
  sqlite3_stmt *stmt;
  gint64 pending;

  if (space == NULL)
    return FALSE;
  /* Every leaf has to be offered again; what the server has is found by asking it. After a sequence those documents are left out
   * whose leaves all have to be sent in any case: what is held below them stands before it. */
  if (!run_since (
          conn,
          "UPDATE revisions SET flags = (flags & ~?3) | ?4 WHERE doc IN "
          "(SELECT key FROM documents WHERE space = ?1 AND seq > ?2 AND (?2 = 0 OR pending < leaves)) "
          "AND flags & ?3",
          space, forget->since, error)
      || !run_since (conn,
                     "UPDATE documents SET flags = flags & ~?3, pending = leaves WHERE space = ?1 "
                     "AND seq > ?2 AND (pending < leaves OR flags & ?3) AND ?4 = ?4",
                     space, forget->since, error))
    return FALSE;
  if (forget->since == 0
      && !run_since (conn, "DELETE FROM refusals WHERE space = ?1 AND ?2 = ?2 AND ?3 = ?3 AND ?4 = ?4", space,
                     forget->since, error))
    return FALSE;

  stmt = luo_connection_prepare (conn, "SELECT count (*) FROM documents WHERE space = ?1 AND pending > 0",
                                 error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space->id);
  if (!luo_connection_run_int (conn, stmt, &pending, error))
    return FALSE;
  if (space->pending == pending && forget->since > 0)
    return TRUE;
  space->pending = pending;
  luo_store_note_change (self, space->name, 0);
  return TRUE;
}

gboolean
luo_store_forget_marks (LuoStore *self, const char *space, gint64 since, GError **error)
{
  Forget forget = { space, since };

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL, FALSE);

  /* A server's own store has no marks. */
  if ((luo_store_get_flags (self) & LUO_STORE_HUB) != 0)
    return TRUE;
  return luo_store_write (self, forget_marks_func, &forget, error);
}

/* Refusals */

void
luo_refusal_free (LuoRefusal *self)
{
  if (self == NULL)
    return;

  g_free (self->space);
  g_free (self->id);
  g_free (self->rev);
  g_free (self->error);
  g_free (self->reason);
  g_free (self);
}

static gboolean
find_key (LuoConnection *conn, const LuoSpaceState *space, const char *id, gint64 *key, GError **error)
{
  sqlite3_stmt *stmt
      = luo_connection_prepare (conn, "SELECT key FROM documents WHERE space = ?1 AND id = ?2", error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space->id);
  luo_bind_text (stmt, 2, id);
  return luo_connection_run_int (conn, stmt, key, error);
}

static gboolean
set_refusal_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  const LuoRefusal *refusal = data;
  LuoSpaceState *space = luo_store_touch_space (self, conn, refusal->space, error);
  sqlite3_stmt *stmt;
  gint64 key;

  if (space == NULL || !find_key (conn, space, refusal->id, &key, error))
    return FALSE;
  stmt
      = luo_connection_prepare (conn,
                                "INSERT OR REPLACE INTO refusals (space, id, rev, status, error, reason, at) "
                                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                                error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space->id);
  luo_bind_text (stmt, 2, refusal->id);
  luo_bind_text (stmt, 3, refusal->rev);
  sqlite3_bind_int (stmt, 4, refusal->status);
  luo_bind_text (stmt, 5, refusal->error);
  luo_bind_text (stmt, 6, refusal->reason);
  sqlite3_bind_int64 (stmt, 7, refusal->at);
  if (!luo_connection_run (conn, stmt, error))
    return FALSE;
  luo_store_note_change (self, space->name, key);
  return TRUE;
}

gboolean
luo_store_set_refusal (LuoStore *self, const LuoRefusal *refusal, GError **error)
{
  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (
      refusal != NULL && refusal->space != NULL && refusal->id != NULL && refusal->rev != NULL, FALSE);

  return luo_store_write (self, set_refusal_func, (gpointer)refusal, error);
}

GPtrArray *
luo_store_list_refusals (LuoStore *self, const char *space, const char *id, GError **error)
{
  g_autoptr (GPtrArray) refusals = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_refusal_free);
  LuoConnection *conn;
  sqlite3_stmt *stmt;
  int row = -1;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);

  conn = luo_store_read_once (self, error);
  if (conn == NULL)
    return NULL;
  stmt = luo_connection_prepare (
      conn,
      "SELECT s.name, r.id, r.rev, r.status, r.error, r.reason, r.at FROM refusals r "
      "JOIN spaces s ON s.id = r.space WHERE (?1 IS NULL OR s.name = ?1) "
      "AND (?2 IS NULL OR r.id = ?2) ORDER BY s.name, r.at, r.id",
      error);
  if (stmt != NULL)
    {
      luo_bind_text (stmt, 1, space);
      luo_bind_text (stmt, 2, id);
      while ((row = luo_connection_step (conn, stmt, error)) > 0)
        {
          LuoRefusal *refusal = g_new0 (LuoRefusal, 1);

          refusal->space = luo_column_dup (stmt, 0);
          refusal->id = luo_column_dup (stmt, 1);
          refusal->rev = luo_column_dup (stmt, 2);
          refusal->status = sqlite3_column_int (stmt, 3);
          refusal->error = luo_column_dup (stmt, 4);
          refusal->reason = luo_column_dup (stmt, 5);
          refusal->at = sqlite3_column_int64 (stmt, 6);
          g_ptr_array_add (refusals, refusal);
        }
      luo_statement_done (stmt);
    }
  luo_store_read_end (self, conn);
  return row == 0 ? g_steal_pointer (&refusals) : NULL;
}
