/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-space-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/** As CouchDB: a name of a database has at most so many bytes. */
#define NAME_MAX_BYTES 238

char *
luo_uuid_new (void)
{
  g_autofree char *uuid = g_uuid_string_random ();
  GString *out = g_string_sized_new (32);

  for (const char *p = uuid; *p != '\0'; p++)
    if (*p != '-')
      g_string_append_c (out, *p);
  return g_string_free (out, FALSE);
}

void
luo_space_free (LuoSpace *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->instance);
  g_free (self);
}

gboolean
luo_space_insert (LuoConnection *conn, const char *name, GError **error)
{
  g_autofree char *instance = luo_uuid_new ();
  sqlite3_stmt *stmt
      = luo_connection_prepare (conn, "INSERT INTO spaces (name, instance) VALUES (?1, ?2)", error);

  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 1, name);
  luo_bind_text (stmt, 2, instance);
  return luo_connection_run (conn, stmt, error);
}

GPtrArray *
luo_space_list_names (LuoConnection *conn, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt = luo_connection_prepare (conn, "SELECT name FROM spaces ORDER BY name", error);
  int row;

  if (stmt == NULL)
    return NULL;
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    g_ptr_array_add (names, luo_column_dup (stmt, 0));
  if (row < 0)
    return NULL;
  luo_statement_done (stmt);
  return g_steal_pointer (&names);
}

static void
set_no_space (const char *name, GError **error)
{
  g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND, _ ("There is no space %s here."), name);
}

gboolean
luo_space_find (LuoConnection *conn, const char *name, gint64 *id, gint64 *seq, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, "SELECT id, seq FROM spaces WHERE name = ?1", error);
  int row;

  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 1, name);
  row = luo_connection_step (conn, stmt, error);
  if (row < 0)
    return FALSE;
  if (row > 0)
    {
      *id = sqlite3_column_int64 (stmt, 0);
      if (seq != NULL)
        *seq = sqlite3_column_int64 (stmt, 1);
    }
  luo_statement_done (stmt);
  if (row == 0)
    set_no_space (name, error);
  return row > 0;
}

#define SPACE_COLUMNS                                                                                        \
  "id, name, instance, seq, documents, deleted, pending, conflicts, size, "                                  \
  "(SELECT count(DISTINCT r.id) FROM refusals r WHERE r.space = spaces.id)"

static LuoSpace *
read_space (sqlite3_stmt *stmt, gint64 *id)
{
  LuoSpace *space = g_new0 (LuoSpace, 1);

  *id = sqlite3_column_int64 (stmt, 0);
  space->name = luo_column_dup (stmt, 1);
  space->instance = luo_column_dup (stmt, 2);
  space->seq = sqlite3_column_int64 (stmt, 3);
  space->documents = sqlite3_column_int64 (stmt, 4);
  space->deleted = sqlite3_column_int64 (stmt, 5);
  space->pending = sqlite3_column_int64 (stmt, 6);
  space->conflicts = sqlite3_column_int64 (stmt, 7);
  space->size = sqlite3_column_int64 (stmt, 8);
  space->refused = sqlite3_column_int64 (stmt, 9);
  return space;
}

gint64
luo_space_count_records (const LuoSpace *self)
{
  return self->documents - self->entries;
}

gint64
luo_space_count_pending (const LuoSpace *self)
{
  return self->pending - self->entries_pending;
}

/* What the row of a space does not count. */
static gboolean
count_beside (LuoStore *self, LuoConnection *conn, gint64 id, LuoSpace *space, GError **error)
{
  sqlite3_stmt *stmt;
  int row;

  if (!luo_attachments_count_wanted (conn, id, &space->wanted, error))
    return FALSE;
  if ((luo_store_get_flags (self) & LUO_STORE_HUB) != 0)
    return TRUE;
  stmt = luo_connection_prepare (conn,
                                 "SELECT (SELECT count(*) FROM p_edit WHERE space = ?1), (SELECT count(*) "
                                 "FROM documents WHERE space = ?1 AND pending > 0 AND type = 'edit')",
                                 error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  row = luo_connection_step (conn, stmt, error);
  if (row <= 0)
    return FALSE;
  space->entries = sqlite3_column_int64 (stmt, 0);
  space->entries_pending = sqlite3_column_int64 (stmt, 1);
  luo_statement_done (stmt);
  return TRUE;
}

static GPtrArray *
list_spaces (LuoStore *self, LuoConnection *conn, GError **error)
{
  g_autoptr (GPtrArray) spaces = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_space_free);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *stmt
      = luo_connection_prepare (conn, "SELECT " SPACE_COLUMNS " FROM spaces ORDER BY name", error);
  int row;

  if (stmt == NULL)
    return NULL;
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      gint64 id;

      g_ptr_array_add (spaces, read_space (stmt, &id));
      g_array_append_val (ids, id);
    }
  if (row < 0)
    return NULL;
  luo_statement_done (stmt);

  for (guint i = 0; i < spaces->len; i++)
    {
      LuoSpace *space = spaces->pdata[i];

      if (!count_beside (self, conn, g_array_index (ids, gint64, i), space, error))
        return NULL;
    }
  return g_steal_pointer (&spaces);
}

GPtrArray *
luo_store_list_spaces (LuoStore *self, GError **error)
{
  GPtrArray *spaces;
  LuoConnection *conn;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);

  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return NULL;
  spaces = list_spaces (self, conn, error);
  luo_store_read_end (self, conn);
  return spaces;
}

static LuoSpace *
get_space (LuoStore *self, LuoConnection *conn, const char *name, GError **error)
{
  g_autoptr (LuoSpace) space = NULL;
  sqlite3_stmt *stmt
      = luo_connection_prepare (conn, "SELECT " SPACE_COLUMNS " FROM spaces WHERE name = ?1", error);
  gint64 id = 0;
  int row;

  if (stmt == NULL)
    return NULL;
  luo_bind_text (stmt, 1, name);
  row = luo_connection_step (conn, stmt, error);
  if (row < 0)
    return NULL;
  if (row > 0)
    space = read_space (stmt, &id);
  luo_statement_done (stmt);

  if (row == 0)
    set_no_space (name, error);
  else if (count_beside (self, conn, id, space, error))
    return g_steal_pointer (&space);
  return NULL;
}

LuoSpace *
luo_store_get_space (LuoStore *self, const char *space, GError **error)
{
  LuoConnection *conn;
  LuoSpace *found;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (space != NULL, NULL);

  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return NULL;
  found = get_space (self, conn, space, error);
  luo_store_read_end (self, conn);
  return found;
}

static gboolean
create_space_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  const char *name = data;
  sqlite3_stmt *stmt = luo_connection_prepare (conn, "SELECT count(*) FROM spaces WHERE name = ?1", error);
  gint64 there;

  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 1, name);
  if (!luo_connection_run_int (conn, stmt, &there, error))
    return FALSE;
  if (there > 0)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS, _ ("The space %s exists already."), name);
      return FALSE;
    }
  if (!luo_space_insert (conn, name, error))
    return FALSE;
  luo_store_note_change (self, name, 0);
  return TRUE;
}

static gboolean
check_name (const char *name, GError **error)
{
  gsize length = strlen (name);
  gboolean ok = length > 0 && length <= NAME_MAX_BYTES && (g_ascii_islower (name[0]) || name[0] == '_');

  for (const char *p = name; ok && *p != '\0'; p++)
    ok = g_ascii_islower (*p) || g_ascii_isdigit (*p) || strchr ("_$()+-/", *p) != NULL;
  if (!ok)
    g_set_error (
        error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
        _ ("“%s” can not be the name of a space: it begins with a small letter and has small letters, digits "
           "and any of _$()+-/ only."),
        name);
  return ok;
}

gboolean
luo_store_create_space (LuoStore *self, const char *space, GError **error)
{
  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL, FALSE);

  return check_name (space, error) && luo_store_write (self, create_space_func, (gpointer)space, error);
}

static gboolean
run_for_space (LuoConnection *conn, const char *sql, gint64 id, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  return luo_connection_run (conn, stmt, error);
}

static gboolean
delete_space_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  const char *name = data;
  LuoSpaceState *state = luo_store_touch_space (self, conn, name, error);
  gint64 id;

  if (state == NULL)
    return FALSE;
  id = state->id;
  luo_store_note_change (self, name, 0);

  if ((luo_store_get_flags (self) & LUO_STORE_HUB) == 0
      && (!luo_projection_remove_space (conn, id, error) || !luo_search_index_remove_space (conn, id, error)))
    return FALSE;

  /* A key of the space may have been the greatest of all; it must not be given again. */
  if (!luo_attachments_remove_space (conn, id, error)
      || !run_for_space (
          conn,
          "INSERT OR REPLACE INTO meta (name, value) SELECT 'key_floor', max(key) FROM documents "
          "WHERE ?1 = ?1 HAVING max(key) IS NOT NULL AND max(key) > coalesce ((SELECT CAST (value AS "
          "INTEGER) FROM meta WHERE name = 'key_floor'), 0)",
          id, error)
      || !run_for_space (
          conn, "DELETE FROM revisions WHERE doc IN (SELECT key FROM documents WHERE space = ?1)", id, error)
      || !run_for_space (conn, "DELETE FROM documents WHERE space = ?1", id, error)
      || !run_for_space (conn, "DELETE FROM locals WHERE space = ?1", id, error)
      || !run_for_space (conn, "DELETE FROM refusals WHERE space = ?1", id, error)
      || !run_for_space (conn, "DELETE FROM space_meta WHERE space = ?1", id, error)
      || !run_for_space (conn, "DELETE FROM spaces WHERE id = ?1", id, error))
    return FALSE;

  luo_store_forget_space (self, name);
  return TRUE;
}

gboolean
luo_store_delete_space (LuoStore *self, const char *space, GError **error)
{
  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL, FALSE);

  return luo_store_write (self, delete_space_func, (gpointer)space, error);
}

char *
luo_store_get_space_meta (LuoStore *self, const char *space, const char *name, GError **error)
{
  LuoConnection *conn;
  sqlite3_stmt *stmt;
  char *value = NULL;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (space != NULL && name != NULL, NULL);

  conn = luo_store_read_once (self, error);
  if (conn == NULL)
    return NULL;
  stmt = luo_connection_prepare (conn,
                                 "SELECT m.value FROM spaces s LEFT JOIN space_meta m ON m.space = s.id AND "
                                 "m.name = ?2 WHERE s.name = ?1",
                                 error);
  if (stmt != NULL)
    {
      int row;

      luo_bind_text (stmt, 1, space);
      luo_bind_text (stmt, 2, name);
      row = luo_connection_step (conn, stmt, error);
      if (row > 0)
        value = luo_column_dup (stmt, 0);
      else if (row == 0)
        set_no_space (space, error);
      luo_statement_done (stmt);
    }
  luo_store_read_end (self, conn);
  return value;
}

typedef struct
{
  const char *space, *name, *value;
} SetSpaceMeta;

static gboolean
set_space_meta_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  const SetSpaceMeta *set = data;
  LuoSpaceState *state = luo_store_touch_space (self, conn, set->space, error);
  sqlite3_stmt *stmt;

  if (state == NULL)
    return FALSE;
  if (set->value != NULL)
    stmt = luo_connection_prepare (
        conn, "INSERT OR REPLACE INTO space_meta (space, name, value) VALUES (?1, ?2, ?3)", error);
  else
    stmt = luo_connection_prepare (conn, "DELETE FROM space_meta WHERE space = ?1 AND name = ?2", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, state->id);
  luo_bind_text (stmt, 2, set->name);
  if (set->value != NULL)
    luo_bind_text (stmt, 3, set->value);
  return luo_connection_run (conn, stmt, error);
}

gboolean
luo_store_set_space_meta (LuoStore *self, const char *space, const char *name, const char *value,
                          GError **error)
{
  SetSpaceMeta set = { space, name, value };

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL && name != NULL, FALSE);

  return luo_store_write (self, set_space_meta_func, &set, error);
}
