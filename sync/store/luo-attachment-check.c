/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-attachment-private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* Read at once when a file is compared with its digest. */
#define CHUNK (64 * 1024)

typedef struct
{
  gint64 id;
  char *digest; /* (owned) */
  gboolean external;
} Blob;

static void
clear_blob (gpointer data)
{
  g_free (((Blob *)data)->digest);
}

/* @sql gives id, digest, external. */
static gboolean
read_blobs (LuoConnection *conn, const char *sql, gint64 parameter, GArray *blobs, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);
  int row;

  g_array_set_size (blobs, 0);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, parameter);
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    {
      Blob blob
          = { sqlite3_column_int64 (stmt, 0), luo_column_dup (stmt, 1), sqlite3_column_int (stmt, 2) != 0 };

      g_array_append_val (blobs, blob);
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  return TRUE;
}

static gboolean
remove_blob (LuoStore *store, LuoConnection *conn, const Blob *blob, GError **error)
{
  static const char *const statements[] = {
    "DELETE FROM blob_data WHERE id = ?1",
    "DELETE FROM blob_aliases WHERE digest = (SELECT digest FROM blobs WHERE id = ?1)",
    "DELETE FROM blobs WHERE id = ?1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      sqlite3_stmt *stmt = luo_connection_prepare (conn, statements[i], error);

      if (stmt == NULL)
        return FALSE;
      sqlite3_bind_int64 (stmt, 1, blob->id);
      if (!luo_connection_run (conn, stmt, error))
        return FALSE;
    }

  /* Under the write lock, see luo-attachment-private.h. Where the transaction fails after all, a row without a file that
   * nothing refers to is left, and the next check takes it away. */
  if (blob->external)
    {
      g_autofree char *path = luo_digest_path (store, blob->digest);

      g_unlink (path);
    }
  return TRUE;
}

gboolean
luo_attachments_remove_unreferenced (LuoStore *store, LuoConnection *conn, GError **error)
{
  g_autoptr (GArray) blobs = g_array_new (FALSE, FALSE, sizeof (Blob));

  g_array_set_clear_func (blobs, clear_blob);
  if (!read_blobs (
          conn,
          "SELECT id, digest, external FROM blobs AS b WHERE (referred OR added < ?1)"
          " AND NOT EXISTS (SELECT 1 FROM attachment_refs AS r WHERE r.digest = b.digest)"
          " AND NOT EXISTS (SELECT 1 FROM blob_aliases AS a JOIN attachment_refs AS r ON r.digest = a.alias"
          " WHERE a.digest = b.digest)",
          g_get_real_time () / G_USEC_PER_SEC - LUO_ATTACHMENT_GRACE, blobs, error))
    return FALSE;
  for (guint i = 0; i < blobs->len; i++)
    if (!remove_blob (store, conn, &g_array_index (blobs, Blob, i), error))
      return FALSE;
  return TRUE;
}

static char *
digest_of_file (const char *path)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  g_autofree guchar *buffer = g_malloc (CHUNK);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gssize n = -1;

  if (fd < 0)
    return NULL;
  while ((n = read (fd, buffer, CHUNK)) > 0)
    g_checksum_update (checksum, buffer, n);
  close (fd);
  return n == 0 ? luo_digest_from_checksum (checksum) : NULL;
}

static gboolean
digest_of_blob (LuoStore *store, LuoConnection *conn, const Blob *blob, char **digest, GError **error)
{
  *digest = NULL;
  if (blob->external)
    {
      g_autofree char *path = luo_digest_path (store, blob->digest);

      *digest = digest_of_file (path);
    }
  else
    {
      sqlite3_stmt *stmt = luo_connection_prepare (conn, "SELECT data FROM blob_data WHERE id = ?1", error);
      int row;

      if (stmt == NULL)
        return FALSE;
      sqlite3_bind_int64 (stmt, 1, blob->id);
      row = luo_connection_step (conn, stmt, error);
      if (row < 0)
        return FALSE;
      if (row > 0)
        *digest
            = luo_digest_from_bytes (sqlite3_column_blob (stmt, 0), (gsize)sqlite3_column_bytes (stmt, 0));
      luo_statement_done (stmt);
    }
  return TRUE;
}

/* Bytes that do not fit their digest are worse than none: they go, and are wanted again from the server. */
static gboolean
check_blobs (LuoStore *store, LuoConnection *conn, GPtrArray *problems, GError **error)
{
  g_autoptr (GArray) blobs = g_array_new (FALSE, FALSE, sizeof (Blob));

  g_array_set_clear_func (blobs, clear_blob);
  if (!read_blobs (conn, "SELECT id, digest, external FROM blobs WHERE id > ?1", 0, blobs, error))
    return FALSE;
  for (guint i = 0; i < blobs->len; i++)
    {
      const Blob *blob = &g_array_index (blobs, Blob, i);
      g_autofree char *digest = NULL;

      if (!digest_of_blob (store, conn, blob, &digest, error))
        return FALSE;
      if (g_strcmp0 (digest, blob->digest) == 0)
        continue;
      g_ptr_array_add (problems, g_strdup_printf (digest != NULL ? _ ("The attachment %s is damaged.")
                                                                 : _ ("The attachment %s is missing."),
                                                  blob->digest));
      if (!remove_blob (store, conn, blob, error))
        return FALSE;
    }
  return TRUE;
}

/* What a leaf names and is not here is wanted, nothing else is. (1 is LUO_REV_LEAF.) */
static gboolean
check_wanted (LuoConnection *conn, GPtrArray *problems, GError **error)
{
  static const char *const repairs[] = {
    "INSERT OR IGNORE INTO attachment_wanted (doc, generation, suffix, name, space, digest, content_type, "
    "length)"
    " SELECT doc, generation, suffix, name, space, digest, NULL, 0 FROM attachment_refs AS r"
    " WHERE NOT EXISTS (SELECT 1 FROM blobs AS b WHERE b.digest = r.digest)"
    " AND NOT EXISTS (SELECT 1 FROM blob_aliases AS a WHERE a.alias = r.digest)"
    " AND EXISTS (SELECT 1 FROM attachment_refs AS l JOIN revisions AS v ON v.doc = l.doc"
    " AND v.generation = l.generation AND v.suffix = l.suffix"
    " WHERE l.doc = r.doc AND l.digest = r.digest AND v.flags & 1)",
    "DELETE FROM attachment_wanted WHERE digest IN (SELECT digest FROM blobs)"
    " OR digest IN (SELECT alias FROM blob_aliases)"
    " OR NOT EXISTS (SELECT 1 FROM attachment_refs AS r WHERE r.doc = attachment_wanted.doc"
    " AND r.generation = attachment_wanted.generation AND r.suffix = attachment_wanted.suffix"
    " AND r.name = attachment_wanted.name)"
    " OR NOT EXISTS (SELECT 1 FROM attachment_refs AS l JOIN revisions AS v ON v.doc = l.doc"
    " AND v.generation = l.generation AND v.suffix = l.suffix WHERE l.doc = attachment_wanted.doc"
    " AND l.digest = attachment_wanted.digest AND v.flags & 1)",
  };
  int wrong = 0;

  for (guint i = 0; i < G_N_ELEMENTS (repairs); i++)
    {
      sqlite3_stmt *stmt = luo_connection_prepare (conn, repairs[i], error);

      if (stmt == NULL || !luo_connection_run (conn, stmt, error))
        return FALSE;
      wrong += sqlite3_changes (luo_connection_get_handle (conn));
    }
  if (wrong > 0)
    g_ptr_array_add (
        problems,
        g_strdup_printf (ngettext ("%d attachment was not listed as still to be fetched, or wrongly so.",
                                   "%d attachments were not listed as still to be fetched, or wrongly so.",
                                   (gulong)wrong),
                         wrong));
  return TRUE;
}

/* Files that a crash left behind: temporary ones, and ones whose transaction never came. */
static gboolean
remove_stray_files (LuoStore *store, LuoConnection *conn, GError **error)
{
  g_autofree char *folder = g_build_filename (luo_store_get_folder (store), LUO_ATTACHMENT_FOLDER, NULL);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) blobs = g_array_new (FALSE, FALSE, sizeof (Blob));
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_array_set_clear_func (blobs, clear_blob);
  if (!read_blobs (conn, "SELECT id, digest, external FROM blobs WHERE external AND id > ?1", 0, blobs,
                   error))
    return FALSE;
  for (guint i = 0; i < blobs->len; i++)
    {
      g_autofree char *path = luo_digest_path (store, g_array_index (blobs, Blob, i).digest);

      g_hash_table_add (known, g_path_get_basename (path));
    }

  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      struct stat info;

      /* A young one may belong to a writer that has not finished. */
      if (!g_hash_table_contains (known, name) && stat (path, &info) == 0
          && info.st_mtime < g_get_real_time () / G_USEC_PER_SEC - LUO_ATTACHMENT_GRACE)
        g_unlink (path);
    }
  return TRUE;
}

gboolean
luo_attachments_check (LuoStore *self, LuoConnection *conn, GPtrArray *problems, GError **error)
{
  return luo_attachments_remove_unreferenced (self, conn, error) && check_blobs (self, conn, problems, error)
         && check_wanted (conn, problems, error) && remove_stray_files (self, conn, error);
}
