/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-reader-pool.h"

#include <glib/gi18n-lib.h>

struct _LuoReaderPool
{
  char *path; /* (owned) */
  GMutex lock;
  GPtrArray *idle;       /* (owned) (element-type LuoConnection) (lock) */
  GHashTable *snapshots; /* (owned) (lock): GThread → LuoConnection that the thread reads by */
  guint n_snapshots;     /* (atomic): so that threads without one need not look */
  gboolean closed;       /* (lock) */
};

LuoReaderPool *
luo_reader_pool_new (const char *path)
{
  LuoReaderPool *self = g_new0 (LuoReaderPool, 1);

  self->path = g_strdup (path);
  g_mutex_init (&self->lock);
  self->idle = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_connection_close);
  self->snapshots = g_hash_table_new (NULL, NULL);
  return self;
}

void
luo_reader_pool_free (LuoReaderPool *self)
{
  if (self == NULL)
    return;

  luo_reader_pool_close (self);
  g_ptr_array_unref (self->idle);
  g_hash_table_unref (self->snapshots);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self);
}

void
luo_reader_pool_close (LuoReaderPool *self)
{
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_ptr_array_set_size (self->idle, 0);
  g_mutex_unlock (&self->lock);
}

static LuoConnection *
take (LuoReaderPool *self, GError **error)
{
  LuoConnection *conn = NULL;
  gboolean closed;

  g_mutex_lock (&self->lock);
  closed = self->closed;
  if (!closed && self->idle->len > 0)
    conn = g_ptr_array_steal_index (self->idle, self->idle->len - 1);
  g_mutex_unlock (&self->lock);

  if (closed)
    {
      g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_IO, _ ("The data file is closed."));
      return NULL;
    }
  return conn != NULL ? conn : luo_connection_open (self->path, LUO_CONNECTION_READ, error);
}

static void
give (LuoReaderPool *self, LuoConnection *conn)
{
  g_mutex_lock (&self->lock);
  if (!self->closed && self->idle->len < LUO_READER_POOL_KEEP)
    g_ptr_array_add (self->idle, g_steal_pointer (&conn));
  g_mutex_unlock (&self->lock);

  luo_connection_close (conn);
}

static LuoConnection *
find_snapshot (LuoReaderPool *self)
{
  LuoConnection *conn;

  if (g_atomic_int_get (&self->n_snapshots) == 0)
    return NULL;

  g_mutex_lock (&self->lock);
  conn = g_hash_table_lookup (self->snapshots, g_thread_self ());
  g_mutex_unlock (&self->lock);
  return conn;
}

LuoConnection *
luo_reader_pool_borrow (LuoReaderPool *self, gboolean transaction, GError **error)
{
  LuoConnection *conn = find_snapshot (self);

  if (conn != NULL)
    return conn;

  conn = take (self, error);
  if (conn != NULL && transaction && !luo_connection_begin (conn, FALSE, error))
    {
      luo_connection_close (conn);
      return NULL;
    }
  return conn;
}

void
luo_reader_pool_return (LuoReaderPool *self, LuoConnection *conn)
{
  if (conn == find_snapshot (self))
    return;

  luo_connection_rollback (conn);
  give (self, conn);
}

gboolean
luo_reader_pool_begin_snapshot (LuoReaderPool *self, GError **error)
{
  LuoConnection *conn;
  sqlite3_stmt *stmt;
  gint64 count;

  g_return_val_if_fail (find_snapshot (self) == NULL, FALSE);

  conn = take (self, error);
  if (conn == NULL)
    return FALSE;
  /* A deferred transaction sees the state of its first read, so that one is made here. */
  if (!luo_connection_begin (conn, FALSE, error)
      || (stmt = luo_connection_prepare (conn, "SELECT count(*) FROM meta", error)) == NULL
      || !luo_connection_run_int (conn, stmt, &count, error))
    {
      luo_connection_close (conn);
      return FALSE;
    }

  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->snapshots, g_thread_self (), conn);
  g_mutex_unlock (&self->lock);
  g_atomic_int_inc (&self->n_snapshots);
  return TRUE;
}

void
luo_reader_pool_end_snapshot (LuoReaderPool *self)
{
  LuoConnection *conn = find_snapshot (self);

  g_return_if_fail (conn != NULL);

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->snapshots, g_thread_self ());
  g_mutex_unlock (&self->lock);
  (void)g_atomic_int_dec_and_test (&self->n_snapshots);

  luo_connection_rollback (conn);
  give (self, conn);
}
