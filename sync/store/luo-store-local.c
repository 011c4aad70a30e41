/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "luo-document-private.h"
#include "luo-space-private.h"
#include "luo-store-private.h"

static gboolean
read_local (LuoConnection *conn, gint64 space, const char *id, char **body, gint64 *number, GError **error)
{
  sqlite3_stmt *stmt
      = luo_connection_prepare (conn, "SELECT body, rev FROM locals WHERE space = ?1 AND id = ?2", error);
  int row;

  *number = 0;
  if (body != NULL)
    *body = NULL;
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space);
  luo_bind_text (stmt, 2, id);
  row = luo_connection_step (conn, stmt, error);
  if (row < 0)
    return FALSE;
  if (row > 0)
    {
      if (body != NULL)
        *body = luo_column_dup (stmt, 0);
      *number = sqlite3_column_int64 (stmt, 1);
    }
  luo_statement_done (stmt);
  return TRUE;
}

char *
luo_store_get_local (LuoStore *self, const char *space, const char *id, char **rev, GError **error)
{
  LuoConnection *conn;
  char *body = NULL;
  gint64 key, number = 0;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (space != NULL && id != NULL, NULL);

  if (rev != NULL)
    *rev = NULL;
  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return NULL;
  if (luo_space_find (conn, space, &key, NULL, error) && read_local (conn, key, id, &body, &number, error)
      && body != NULL && rev != NULL)
    *rev = g_strdup_printf ("0-%" G_GINT64_FORMAT, number);
  luo_store_read_end (self, conn);
  return body;
}

typedef struct
{
  const char *space, *id, *parent;
  gboolean force;
  const char *body; /* (nullable): NULL deletes */
  char *rev;        /* (owned) */
} PutLocal;

static gboolean
parent_matches (const char *parent, gint64 number)
{
  g_autofree char *rev = g_strdup_printf ("0-%" G_GINT64_FORMAT, number);

  if (parent == NULL)
    return number == 0;
  return number > 0 && strcmp (parent, rev) == 0;
}

static gboolean
put_local_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  PutLocal *put = data;
  LuoSpaceState *space = luo_store_touch_space (self, conn, put->space, error);
  sqlite3_stmt *stmt;
  gint64 number;

  if (space == NULL || !read_local (conn, space->id, put->id, NULL, &number, error))
    return FALSE;
  if (put->body == NULL && number == 0)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND, _ ("There is no record %s here."),
                   put->id);
      return FALSE;
    }
  if (!(put->force && put->parent == NULL) && !parent_matches (put->parent, number))
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT,
                   _ ("The record %s was changed meanwhile; the change was not saved over it."), put->id);
      return FALSE;
    }

  if (put->body != NULL)
    stmt = luo_connection_prepare (
        conn, "INSERT OR REPLACE INTO locals (space, id, rev, body) VALUES (?1, ?2, ?3, ?4)", error);
  else
    stmt = luo_connection_prepare (conn, "DELETE FROM locals WHERE space = ?1 AND id = ?2", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space->id);
  luo_bind_text (stmt, 2, put->id);
  if (put->body != NULL)
    {
      sqlite3_bind_int64 (stmt, 3, number + 1);
      luo_bind_text (stmt, 4, put->body);
      put->rev = g_strdup_printf ("0-%" G_GINT64_FORMAT, number + 1);
    }
  return luo_connection_run (conn, stmt, error);
}

gboolean
luo_store_put_local (LuoStore *self, const char *space, const char *id, const char *parent, gboolean force,
                     const char *body, char **rev, GError **error)
{
  PutLocal put = { space, id, parent, force, body, NULL };
  g_autofree char *type = NULL;
  gboolean ok;

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL && body != NULL, FALSE);

  if (!luo_body_check (body, &type, error))
    return FALSE;
  ok = luo_store_write (self, put_local_func, &put, error);
  if (ok && rev != NULL)
    *rev = g_steal_pointer (&put.rev);
  g_free (put.rev);
  return ok;
}

gboolean
luo_store_delete_local (LuoStore *self, const char *space, const char *id, const char *parent, GError **error)
{
  PutLocal put = { space, id, parent, FALSE, NULL, NULL };

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL, FALSE);

  return luo_store_write (self, put_local_func, &put, error);
}
