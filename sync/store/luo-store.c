/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-store.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "luo-change-counts.h"
#include "luo-reader-pool.h"
#include "luo-schema.h"
#include "luo-space-private.h"
#include "luo-store-private.h"
#include "luo-writer.h"

/** `changed` is emitted at most so often, in microseconds: ten times a second is as fast as a list need be read again. */
#define CHANGED_INTERVAL_US (G_USEC_PER_SEC / 10)
/** So many documents are held in memory while projections are made anew. */
#define REBUILD_STEP 500

struct _LuoStore
{
  GObject parent_instance;

  char *folder; /* (owned) */
  char *uuid;   /* (owned) */
  LuoStoreFlags flags;
  LuoReaderPool *pool;     /* (owned) (nullable) */
  LuoWriter *writer;       /* (owned) (nullable): NULL where read-only */
  LuoChangeCounts *counts; /* (owned) */

  GMainContext *context; /* (owned): where `changed` is emitted */
  GMutex lock;
  LuoChangeSet *untold; /* (owned) (lock): changes that `changed` has not told yet */
  GSource *telling;     /* (owned) (nullable) (lock) */
  gint64 told_at;       /* (lock) */
};

G_DEFINE_FINAL_TYPE (LuoStore, luo_store, G_TYPE_OBJECT)

enum
{
  CHANGED,
  WRITTEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
tell_changed_cb (gpointer data)
{
  g_autoptr (LuoStore) self = g_weak_ref_get (data);
  g_autoptr (GArray) keys = NULL;
  g_auto (GStrv) spaces = NULL;

  if (self == NULL)
    return G_SOURCE_REMOVE;

  g_mutex_lock (&self->lock);
  if (!luo_change_set_is_empty (self->untold))
    {
      spaces = luo_change_set_dup_spaces (self->untold);
      keys = luo_change_set_dup_keys (self->untold);
      luo_change_set_clear (self->untold);
    }
  self->told_at = g_get_monotonic_time ();
  g_clear_pointer (&self->telling, g_source_unref);
  g_mutex_unlock (&self->lock);

  if (spaces != NULL)
    g_signal_emit (self, signals[CHANGED], 0, spaces, keys);
  return G_SOURCE_REMOVE;
}

static void
free_weak_ref (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
plan_telling (LuoStore *self)
{
  gint64 ready = self->told_at + CHANGED_INTERVAL_US - g_get_monotonic_time ();
  GWeakRef *ref;

  if (self->telling != NULL)
    return;

  ref = g_new0 (GWeakRef, 1);
  g_weak_ref_init (ref, self);
  self->telling = g_idle_source_new ();
  g_source_set_priority (self->telling, G_PRIORITY_DEFAULT);
  if (ready > 0)
    g_source_set_ready_time (self->telling, g_get_monotonic_time () + ready);
  g_source_set_callback (self->telling, tell_changed_cb, ref, free_weak_ref);
  g_source_attach (self->telling, self->context);
}

/* In the worker thread, after each commit. */
static void
changed_cb (LuoStore *self, const LuoChangeSet *changes)
{
  g_autoptr (LuoStore) alive = NULL;

  /* An emission takes a reference, so there is none where nobody listens: the store may then end at any moment. */
  if (g_signal_has_handler_pending (self, signals[WRITTEN], 0, FALSE))
    {
      g_autoptr (GArray) keys = luo_change_set_dup_keys (changes);
      g_auto (GStrv) spaces = luo_change_set_dup_spaces (changes);

      alive = g_object_ref (self);
      g_signal_emit (self, signals[WRITTEN], 0, spaces, keys);
    }

  g_mutex_lock (&self->lock);
  luo_change_set_merge (self->untold, changes);
  plan_telling (self);
  g_mutex_unlock (&self->lock);
}

static gpointer
end_writer (gpointer writer)
{
  luo_writer_free (writer);
  return NULL;
}

static void
luo_store_dispose (GObject *object)
{
  LuoStore *self = LUO_STORE (object);

  /* The last reference may have been that of an emission in the worker thread, which can not wait for itself. */
  if (self->writer != NULL && luo_writer_is_worker (self->writer))
    {
      luo_writer_ask_stop (self->writer);
      g_thread_unref (g_thread_new ("luo-store-end", end_writer, g_steal_pointer (&self->writer)));
    }
  luo_store_close (self);

  G_OBJECT_CLASS (luo_store_parent_class)->dispose (object);
}

static void
luo_store_finalize (GObject *object)
{
  LuoStore *self = LUO_STORE (object);

  g_clear_pointer (&self->pool, luo_reader_pool_free);
  g_clear_pointer (&self->writer, luo_writer_free);
  g_clear_pointer (&self->untold, luo_change_set_free);
  g_clear_pointer (&self->counts, luo_change_counts_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->folder);
  g_free (self->uuid);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (luo_store_parent_class)->finalize (object);
}

static void
luo_store_class_init (LuoStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = luo_store_dispose;
  object_class->finalize = luo_store_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_STRV, G_TYPE_ARRAY);
  signals[WRITTEN] = g_signal_new ("written", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_STRV, G_TYPE_ARRAY);
}

static void
luo_store_init (LuoStore *self)
{
  g_mutex_init (&self->lock);
  self->untold = luo_change_set_new ();
  self->counts = luo_change_counts_new ();
  self->context = g_main_context_ref_thread_default ();
}

/* Opening */

static gboolean
read_meta (LuoConnection *conn, const char *name, char **value, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, "SELECT value FROM meta WHERE name = ?1", error);
  int row;

  *value = NULL;
  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 1, name);
  row = luo_connection_step (conn, stmt, error);
  if (row < 0)
    return FALSE;
  if (row > 0)
    *value = luo_column_dup (stmt, 0);
  luo_statement_done (stmt);
  return TRUE;
}

static gboolean
write_meta (LuoConnection *conn, const char *name, const char *value, GError **error)
{
  sqlite3_stmt *stmt;

  if (value != NULL)
    stmt = luo_connection_prepare (conn, "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)", error);
  else
    stmt = luo_connection_prepare (conn, "DELETE FROM meta WHERE name = ?1", error);
  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 1, name);
  if (value != NULL)
    luo_bind_text (stmt, 2, value);
  return luo_connection_run (conn, stmt, error);
}

/* Projects the documents with the next keys. They are read to the end first: projecting may drop an index, which SQLite refuses
 * while a statement is open. */
static gboolean
rebuild_some (LuoConnection *conn, gint64 *after, gboolean *more, GError **error)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
  g_autoptr (GArray) spaces = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *stmt;
  int row;

  stmt = luo_connection_prepare (
      conn,
      "SELECT " LUO_DOCUMENT_COLUMNS ", d.space FROM documents d JOIN spaces s "
      "ON s.id = d.space WHERE d.key > ?1 AND d.deleted = 0 ORDER BY d.key LIMIT ?2",
      error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, *after);
  sqlite3_bind_int (stmt, 2, REBUILD_STEP);
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      gint64 space = sqlite3_column_int64 (stmt, LUO_DOCUMENT_N_COLUMNS);

      g_ptr_array_add (documents, luo_document_from_row (stmt));
      g_array_append_val (spaces, space);
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);

  for (guint i = 0; i < documents->len; i++)
    {
      LuoDocument *document = documents->pdata[i];
      gsize length;
      const char *body = luo_document_get_body (document, &length);

      *after = luo_document_get_key (document);
      if (!luo_projection_update (conn, *after, g_array_index (spaces, gint64, i),
                                  luo_document_get_id (document), luo_document_get_record_type (document),
                                  body, length, TRUE, error))
        return FALSE;
    }
  *more = documents->len == REBUILD_STEP;
  return TRUE;
}

/* Makes projections and search index anew from the bodies, in the caller's transaction. The index itself is filled by the worker. */
static gboolean
rebuild (LuoConnection *conn, GError **error)
{
  gboolean more = TRUE;
  gint64 after = 0;

  if (!luo_projection_schema (conn, error) || !luo_search_index_schema (conn, error)
      || !luo_connection_exec (conn, "UPDATE spaces SET indexed = 0", error))
    return FALSE;

  while (more)
    if (!rebuild_some (conn, &after, &more, error))
      return FALSE;

  return write_meta (conn, "projection", luo_projection_version (), error);
}

static gboolean
prepare_file (LuoStore *self, LuoConnection *conn, GError **error)
{
  gboolean hub = (self->flags & LUO_STORE_HUB) != 0;
  g_autofree char *kind = NULL, *projection = NULL;

  if (!luo_schema_migrate (conn, error) || !luo_attachments_schema (conn, error)
      || !read_meta (conn, "kind", &kind, error) || !read_meta (conn, "uuid", &self->uuid, error))
    return FALSE;

  if (kind == NULL)
    {
      g_clear_pointer (&self->uuid, g_free);
      self->uuid = luo_uuid_new ();
      if (!write_meta (conn, "kind", hub ? "hub" : "client", error)
          || !write_meta (conn, "uuid", self->uuid, error)
          || (!hub && !luo_space_insert (conn, "city", error)))
        return FALSE;
    }
  else if (hub != (strcmp (kind, "hub") == 0))
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                   hub ? _ ("The folder %s holds the data of a desk, not of a server.")
                       : _ ("The folder %s holds the data of a server, not of a desk."),
                   self->folder);
      return FALSE;
    }

  if (hub)
    return TRUE;
  if (!read_meta (conn, "projection", &projection, error))
    return FALSE;
  return g_strcmp0 (projection, luo_projection_version ()) == 0 || rebuild (conn, error);
}

static gboolean
is_prepared (LuoStore *self, LuoConnection *conn, gboolean *prepared, GError **error)
{
  gboolean hub = (self->flags & LUO_STORE_HUB) != 0;
  g_autofree char *kind = NULL, *projection = NULL;
  sqlite3_stmt *stmt = luo_connection_prepare (conn, "PRAGMA user_version", error);
  gint64 version;

  *prepared = FALSE;
  if (stmt == NULL || !luo_connection_run_int (conn, stmt, &version, error))
    return FALSE;
  if (version != LUO_SCHEMA_VERSION)
    return TRUE;
  if (!read_meta (conn, "kind", &kind, error) || !read_meta (conn, "uuid", &self->uuid, error)
      || !read_meta (conn, "projection", &projection, error))
    return FALSE;
  *prepared = g_strcmp0 (kind, hub ? "hub" : "client") == 0 && self->uuid != NULL
              && (hub || g_strcmp0 (projection, luo_projection_version ()) == 0);
  return TRUE;
}

static gboolean
open_file (LuoStore *self, const char *path, GError **error)
{
  gboolean read_only = (self->flags & LUO_STORE_READ_ONLY) != 0;
  g_autoptr (LuoConnection) conn = NULL;
  gboolean prepared;

  conn = luo_connection_open (path, read_only ? LUO_CONNECTION_READ : LUO_CONNECTION_WRITE, error);
  if (conn == NULL || !is_prepared (self, conn, &prepared, error))
    return FALSE;

  if (!prepared && read_only)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                   _ ("The data in %s has to be opened for writing once before it can only be read."),
                   self->folder);
      return FALSE;
    }
  if (!prepared)
    {
      g_clear_pointer (&self->uuid, g_free);
      if (!luo_connection_begin (conn, TRUE, error))
        return FALSE;
      if (!prepare_file (self, conn, error))
        {
          luo_connection_rollback (conn);
          return FALSE;
        }
      if (!luo_connection_commit (conn, error))
        return FALSE;
    }

  self->pool = luo_reader_pool_new (path);
  if (!read_only)
    {
      self->writer
          = luo_writer_new (self, g_steal_pointer (&conn), (self->flags & LUO_STORE_HUB) == 0, changed_cb);
      luo_writer_start (self->writer);
    }
  return TRUE;
}

LuoStore *
luo_store_open (const char *folder, LuoStoreFlags flags, GError **error)
{
  g_autoptr (LuoStore) self = NULL;
  g_autofree char *path = NULL;

  g_return_val_if_fail (folder != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = g_object_new (LUO_TYPE_STORE, NULL);
  self->folder = g_strdup (folder);
  self->flags = flags;
  path = g_build_filename (folder, LUO_STORE_FILE, NULL);

  if ((flags & (LUO_STORE_MUST_EXIST | LUO_STORE_READ_ONLY)) != 0 && !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND, _ ("There is no data of Luoshi in %s."),
                   folder);
      return NULL;
    }
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, LUO_STORE_ERROR, errno == ENOSPC ? LUO_STORE_ERROR_FULL : LUO_STORE_ERROR_IO,
                   _ ("The folder %s can not be made: %s"), folder, g_strerror (errno));
      return NULL;
    }
  if (!open_file (self, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
luo_store_close (LuoStore *self)
{
  g_return_if_fail (LUO_IS_STORE (self));

  if (self->writer != NULL)
    luo_writer_stop (self->writer);
  if (self->pool != NULL)
    luo_reader_pool_close (self->pool);

  g_mutex_lock (&self->lock);
  if (self->telling != NULL)
    {
      g_source_destroy (self->telling);
      g_clear_pointer (&self->telling, g_source_unref);
    }
  g_mutex_unlock (&self->lock);
}

const char *
luo_store_get_folder (LuoStore *self)
{
  g_return_val_if_fail (LUO_IS_STORE (self), NULL);

  return self->folder;
}

const char *
luo_store_get_uuid (LuoStore *self)
{
  g_return_val_if_fail (LUO_IS_STORE (self), NULL);

  return self->uuid;
}

LuoStoreFlags
luo_store_get_flags (LuoStore *self)
{
  return self->flags;
}

/* What the other files of the folder build on */

LuoChangeCounts *
luo_store_get_change_counts (LuoStore *self)
{
  return self->counts;
}

LuoConnection *
luo_store_read_begin (LuoStore *self, GError **error)
{
  return luo_reader_pool_borrow (self->pool, TRUE, error);
}

LuoConnection *
luo_store_read_once (LuoStore *self, GError **error)
{
  return luo_reader_pool_borrow (self->pool, FALSE, error);
}

void
luo_store_read_end (LuoStore *self, LuoConnection *conn)
{
  luo_reader_pool_return (self->pool, conn);
}

gboolean
luo_store_snapshot_begin (LuoStore *self, GError **error)
{
  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);

  return luo_reader_pool_begin_snapshot (self->pool, error);
}

void
luo_store_snapshot_end (LuoStore *self)
{
  g_return_if_fail (LUO_IS_STORE (self));

  luo_reader_pool_end_snapshot (self->pool);
}

static gboolean
check_writable (LuoStore *self, GError **error)
{
  if (self->writer != NULL)
    return TRUE;
  g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_IO,
                       _ ("The data was opened for reading only."));
  return FALSE;
}

gboolean
luo_store_write (LuoStore *self, LuoWriteFunc func, gpointer data, GError **error)
{
  return check_writable (self, error) && luo_writer_run (self->writer, func, data, error);
}

gboolean
luo_store_write_repeatable (LuoStore *self, LuoWriteFunc func, gpointer data, GError **error)
{
  return check_writable (self, error) && luo_writer_run_repeatable (self->writer, func, data, error);
}

void
luo_store_write_async (LuoStore *self, LuoWriteFunc func, gpointer data, LuoWriteDone done)
{
  g_autoptr (GError) error = NULL;

  if (check_writable (self, &error))
    luo_writer_post (self->writer, func, data, done);
  else if (done != NULL)
    done (self, data, error);
}

LuoSpaceState *
luo_store_touch_space (LuoStore *self, LuoConnection *conn, const char *space, GError **error)
{
  return luo_writer_touch_space (self->writer, space, error);
}

void
luo_store_forget_space (LuoStore *self, const char *space)
{
  luo_writer_forget_space (self->writer, space);
}

gboolean
luo_store_next_key (LuoStore *self, LuoConnection *conn, gint64 *key, GError **error)
{
  return luo_writer_next_key (self->writer, key, error);
}

void
luo_store_note_change (LuoStore *self, const char *space, gint64 key)
{
  luo_writer_note (self->writer, space, key);
}

/* Settings of the replica */

char *
luo_store_get_meta (LuoStore *self, const char *name, GError **error)
{
  g_autofree char *prefixed = NULL;
  LuoConnection *conn;
  char *value = NULL;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  conn = luo_store_read_once (self, error);
  if (conn == NULL)
    return NULL;
  prefixed = g_strconcat ("user:", name, NULL);
  read_meta (conn, prefixed, &value, error);
  luo_store_read_end (self, conn);
  return value;
}

typedef struct
{
  const char *name, *value;
} SetMeta;

static gboolean
set_meta_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  const SetMeta *set = data;
  /* The core keeps its own values in the same table. */
  g_autofree char *prefixed = g_strconcat ("user:", set->name, NULL);

  return write_meta (conn, prefixed, set->value, error);
}

gboolean
luo_store_set_meta (LuoStore *self, const char *name, const char *value, GError **error)
{
  SetMeta set = { name, value };

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return luo_store_write (self, set_meta_func, &set, error);
}

/* Care */

static gboolean
rebuild_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) names = luo_space_list_names (conn, error);

  if (names == NULL || !rebuild (conn, error))
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    luo_store_note_change (self, names->pdata[i], 0);
  return TRUE;
}

gboolean
luo_store_rebuild (LuoStore *self, GError **error)
{
  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);

  if ((self->flags & LUO_STORE_HUB) != 0)
    return TRUE;
  return luo_store_write (self, rebuild_func, NULL, error);
}

void
luo_store_wait_indexed (LuoStore *self)
{
  g_return_if_fail (LUO_IS_STORE (self));

  if (self->writer != NULL)
    luo_writer_wait_indexed (self->writer);
}
