/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-attachment-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define DIGEST_PREFIX "md5-"
#define MD5_LENGTH 16

static gboolean
set_errno_error (GError **error, int code, const char *path)
{
  g_set_error (error, LUO_STORE_ERROR,
               code == ENOSPC || code == EDQUOT || code == EFBIG ? LUO_STORE_ERROR_FULL : LUO_STORE_ERROR_IO,
               _ ("The attachment file %s can not be written: %s"), path, g_strerror (code));
  return FALSE;
}

char *
luo_digest_from_checksum (GChecksum *checksum)
{
  guint8 bytes[MD5_LENGTH];
  gsize length = sizeof bytes;
  g_autofree char *encoded = NULL;

  g_checksum_get_digest (checksum, bytes, &length);
  encoded = g_base64_encode (bytes, length);
  return g_strconcat (DIGEST_PREFIX, encoded, NULL);
}

char *
luo_digest_from_bytes (const void *data, gsize length)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);

  g_checksum_update (checksum, data, (gssize)length);
  return luo_digest_from_checksum (checksum);
}

char *
luo_digest_path (LuoStore *store, const char *digest)
{
  g_autofree guchar *bytes = NULL;
  g_autoptr (GString) name = NULL;
  gsize length = 0;

  if (!g_str_has_prefix (digest, DIGEST_PREFIX))
    return NULL;
  bytes = g_base64_decode (digest + strlen (DIGEST_PREFIX), &length);
  if (length != MD5_LENGTH)
    return NULL;

  name = g_string_new (NULL);
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (name, "%02x", bytes[i]);
  return g_build_filename (luo_store_get_folder (store), LUO_ATTACHMENT_FOLDER, name->str, NULL);
}

gboolean
luo_content_type_is_compressible (const char *content_type)
{
  static const char *const types[]
      = { "text/", "application/javascript", "application/json", "application/xml" };

  for (guint i = 0; content_type != NULL && i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strncasecmp (content_type, types[i], strlen (types[i])) == 0)
      return TRUE;
  return FALSE;
}

gboolean
luo_attachment_sync_file (int fd, GError **error)
{
  return fsync (fd) == 0 || set_errno_error (error, errno, LUO_ATTACHMENT_FOLDER);
}

char *
luo_attachment_ensure_folder (LuoStore *store, GError **error)
{
  g_autofree char *folder = g_build_filename (luo_store_get_folder (store), LUO_ATTACHMENT_FOLDER, NULL);

  if (g_mkdir (folder, 0700) != 0 && errno != EEXIST)
    {
      set_errno_error (error, errno, folder);
      return NULL;
    }
  return g_steal_pointer (&folder);
}

/* A name is durable once its folder is. */
static gboolean
sync_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    set_errno_error (error, errno, folder);
  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
run_texts (LuoConnection *conn, const char *sql, const char *first, const char *second, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 1, first);
  if (second != NULL)
    luo_bind_text (stmt, 2, second);
  return luo_connection_run (conn, stmt, error);
}

gboolean
luo_blob_find (LuoConnection *conn, const char *digest, gint64 *length, GError **error)
{
  sqlite3_stmt *stmt
      = luo_connection_prepare (conn,
                                "SELECT coalesce ((SELECT length FROM blobs WHERE digest = ?1),"
                                " (SELECT b.length FROM blob_aliases AS a JOIN blobs AS b ON b.digest = "
                                "a.digest WHERE a.alias = ?1), -1)",
                                error);

  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 1, digest);
  return luo_connection_run_int (conn, stmt, length, error);
}

static gboolean
insert_blob (LuoStore *store, LuoConnection *conn, const char *digest, gint64 length, const void *data,
             const char *path, GError **error)
{
  sqlite3_stmt *stmt;

  if (path != NULL)
    {
      g_autofree char *final = luo_digest_path (store, digest);

      if (g_rename (path, final) != 0)
        return set_errno_error (error, errno, final);
      if (!sync_folder (final, error))
        return FALSE;
    }

  stmt = luo_connection_prepare (conn,
                                 "INSERT INTO blobs (digest, length, external, referred, added)"
                                 " VALUES (?1, ?2, ?3, 0, ?4)",
                                 error);
  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 1, digest);
  sqlite3_bind_int64 (stmt, 2, length);
  sqlite3_bind_int (stmt, 3, path != NULL);
  sqlite3_bind_int64 (stmt, 4, g_get_real_time () / G_USEC_PER_SEC);
  if (!luo_connection_run (conn, stmt, error))
    return FALSE;
  if (path != NULL)
    return TRUE;

  stmt = luo_connection_prepare (conn, "INSERT INTO blob_data (id, data) VALUES (last_insert_rowid (), ?1)",
                                 error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_blob64 (stmt, 1, length > 0 ? data : "", (sqlite3_uint64)length, SQLITE_STATIC);
  return luo_connection_run (conn, stmt, error);
}

gboolean
luo_blob_add (LuoStore *store, LuoConnection *conn, const char *digest, const char *alias, gint64 length,
              const void *data, const char *path, GError **error)
{
  gint64 held = -1;

  if (!luo_blob_find (conn, digest, &held, error)
      || (held < 0 && !insert_blob (store, conn, digest, length, data, path, error)))
    return FALSE;
  if (alias != NULL && strcmp (alias, digest) != 0
      && (!run_texts (conn, "INSERT OR IGNORE INTO blob_aliases (alias, digest) VALUES (?1, ?2)", alias,
                      digest, error)
          || !run_texts (conn, "DELETE FROM attachment_wanted WHERE digest = ?1", alias, NULL, error)))
    return FALSE;
  return run_texts (conn, "DELETE FROM attachment_wanted WHERE digest = ?1", digest, NULL, error);
}

gboolean
luo_blob_add_bytes (LuoStore *store, LuoConnection *conn, const char *digest, const char *alias,
                    const void *data, gsize length, GError **error)
{
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  const char *p = data;
  gsize left = length;
  gboolean ok;
  int fd;

  if (length <= LUO_ATTACHMENT_INLINE_MAX)
    return luo_blob_add (store, conn, digest, alias, (gint64)length, data, NULL, error);

  folder = luo_attachment_ensure_folder (store, error);
  if (folder == NULL)
    return FALSE;
  path = g_build_filename (folder, "tmp-XXXXXX", NULL);
  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return set_errno_error (error, errno, path);
  while (left > 0)
    {
      gssize n = write (fd, p, left);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          set_errno_error (error, errno, path);
          break;
        }
      p += n;
      left -= (gsize)n;
    }
  ok = left == 0 && luo_attachment_sync_file (fd, error);
  close (fd);
  ok = ok && luo_blob_add (store, conn, digest, alias, (gint64)length, NULL, path, error);
  /* Gone where it was renamed; left over where it failed or the bytes were held already. */
  g_unlink (path);
  return ok;
}
