/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-attachment-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "luo-json-text.h"

struct _LuoAttachmentWriter
{
  LuoStore *store;     /* (owned) */
  GChecksum *checksum; /* (owned) */
  GByteArray *small;   /* (owned): the bytes while they are few */
  char *path;          /* (owned) (nullable): the temporary file once they are many */
  int fd;
  gint64 length;
};

void
luo_attachment_free (LuoAttachment *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->content_type);
  g_free (self->digest);
  g_free (self);
}

void
luo_wanted_free (LuoWanted *self)
{
  if (self == NULL)
    return;

  g_free (self->space);
  g_free (self->id);
  g_free (self->rev);
  g_free (self->name);
  g_free (self->content_type);
  g_free (self->digest);
  g_free (self);
}

/* Members of a stub, which came from a server: the kind of each is checked. */

static char *
dup_text_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_dup_string (node)
             : NULL;
}

static gint64
int_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
             ? json_node_get_int (node)
             : 0;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const LuoAttachment *const *first = a, *const *second = b;

  return strcmp ((*first)->name, (*second)->name);
}

GPtrArray *
luo_store_list_attachments (LuoStore *self, LuoDocument *document, GError **error)
{
  g_autoptr (GPtrArray) result = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_attachment_free);
  g_autoptr (JsonParser) parser = json_parser_new ();
  const char *text;
  LuoConnection *conn;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  gboolean ok = TRUE;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (document != NULL, NULL);

  text = luo_document_get_attachments (document);
  if (text == NULL || !json_parser_load_from_data (parser, text, -1, NULL)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return g_steal_pointer (&result);

  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return NULL;
  json_object_iter_init (&iter, json_node_get_object (json_parser_get_root (parser)));
  while (ok && json_object_iter_next (&iter, &name, &node))
    {
      LuoAttachment *attachment;
      gint64 held = -1;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        continue;
      attachment = g_new0 (LuoAttachment, 1);
      attachment->name = g_strdup (name);
      attachment->content_type = dup_text_member (json_node_get_object (node), "content_type");
      attachment->digest = dup_text_member (json_node_get_object (node), "digest");
      attachment->length = int_member (json_node_get_object (node), "length");
      attachment->revpos = (guint)int_member (json_node_get_object (node), "revpos");
      g_ptr_array_add (result, attachment);
      ok = attachment->digest == NULL || luo_blob_find (conn, attachment->digest, &held, error);
      attachment->present = held >= 0;
    }
  luo_store_read_end (self, conn);
  if (!ok)
    return NULL;

  g_ptr_array_sort (result, compare_names);
  return g_steal_pointer (&result);
}

/* Writing */

LuoAttachmentWriter *
luo_attachment_writer_new (LuoStore *store, GError **error)
{
  LuoAttachmentWriter *self;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);

  self = g_new0 (LuoAttachmentWriter, 1);
  self->store = g_object_ref (store);
  self->checksum = g_checksum_new (G_CHECKSUM_MD5);
  self->small = g_byte_array_new ();
  self->fd = -1;
  return self;
}

static gboolean
write_all (LuoAttachmentWriter *self, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      gssize n = write (self->fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, LUO_STORE_ERROR, errno == ENOSPC ? LUO_STORE_ERROR_FULL : LUO_STORE_ERROR_IO,
                       _ ("The attachment file %s can not be written: %s"), self->path, g_strerror (errno));
          return FALSE;
        }
      data += n;
      length -= (gsize)n;
    }
  return TRUE;
}

static gboolean
open_file (LuoAttachmentWriter *self, GError **error)
{
  g_autofree char *folder = luo_attachment_ensure_folder (self->store, error);

  if (folder == NULL)
    return FALSE;
  self->path = g_build_filename (folder, "tmp-XXXXXX", NULL);
  self->fd = g_mkstemp_full (self->path, O_RDWR | O_CLOEXEC, 0600);
  if (self->fd < 0)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_IO,
                   _ ("The attachment file %s can not be written: %s"), self->path, g_strerror (errno));
      g_clear_pointer (&self->path, g_free);
      return FALSE;
    }
  return write_all (self, self->small->data, self->small->len, error);
}

gboolean
luo_attachment_writer_write (LuoAttachmentWriter *self, const void *data, gsize length, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  g_checksum_update (self->checksum, data, (gssize)length);
  self->length += (gint64)length;

  if (self->fd < 0 && self->length <= LUO_ATTACHMENT_INLINE_MAX)
    {
      g_byte_array_append (self->small, data, (guint)length);
      return TRUE;
    }
  if (self->fd < 0)
    {
      if (!open_file (self, error))
        return FALSE;
      g_byte_array_set_size (self->small, 0);
    }
  return write_all (self, data, length, error);
}

typedef struct
{
  LuoAttachmentWriter *writer; /* (nullable) */
  GBytes *bytes;               /* (nullable) */
  const char *digest;
  const char *alias;
} Add;

static gboolean
add_blob_cb (LuoStore *store, LuoConnection *conn, gpointer data, GError **error)
{
  Add *add = data;

  if (add->bytes != NULL)
    return luo_blob_add_bytes (store, conn, add->digest, NULL, g_bytes_get_data (add->bytes, NULL),
                               g_bytes_get_size (add->bytes), error);
  return luo_blob_add (store, conn, add->digest, add->alias, add->writer->length, add->writer->small->data,
                       add->writer->path, error);
}

gboolean
luo_attachment_writer_finish (LuoAttachmentWriter *self, const char *expected_digest, const char *alias,
                              char **digest, gint64 *length, GError **error)
{
  g_autofree char *computed = NULL;
  Add add = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  computed = luo_digest_from_checksum (self->checksum);
  if (expected_digest != NULL && strcmp (expected_digest, computed) != 0)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                   /* Translators: both are checksums */
                   _ ("The attachment arrived damaged: expected %s, got %s."), expected_digest, computed);
      return FALSE;
    }
  if (self->fd >= 0 && !luo_attachment_sync_file (self->fd, error))
    return FALSE;

  add.writer = self;
  add.digest = computed;
  add.alias = alias;
  if (!luo_store_write (self->store, add_blob_cb, &add, error))
    return FALSE;

  if (digest != NULL)
    *digest = g_steal_pointer (&computed);
  if (length != NULL)
    *length = self->length;
  return TRUE;
}

void
luo_attachment_writer_free (LuoAttachmentWriter *self)
{
  if (self == NULL)
    return;

  if (self->fd >= 0)
    close (self->fd);
  /* After a finish the file bears its own name, or the bytes were held before. */
  if (self->path != NULL)
    g_unlink (self->path);
  g_free (self->path);
  g_byte_array_unref (self->small);
  g_checksum_free (self->checksum);
  g_object_unref (self->store);
  g_free (self);
}

gboolean
luo_store_add_attachment (LuoStore *self, GBytes *bytes, char **digest, GError **error)
{
  g_autofree char *computed = NULL;
  Add add = { 0 };

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);

  computed = luo_digest_from_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  add.bytes = bytes;
  add.digest = computed;
  if (!luo_store_write (self, add_blob_cb, &add, error))
    return FALSE;

  if (digest != NULL)
    *digest = g_steal_pointer (&computed);
  return TRUE;
}

/* Reading */

GInputStream *
luo_store_read_attachment (LuoStore *self, const char *digest, gint64 *length, GError **error)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char *external = NULL;
  LuoConnection *conn;
  sqlite3_stmt *stmt;
  int row = -1;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (digest != NULL, NULL);

  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return NULL;
  stmt = luo_connection_prepare (conn,
                                 "SELECT b.length, b.digest, b.external, d.data FROM blobs AS b"
                                 " LEFT JOIN blob_data AS d ON d.id = b.id WHERE b.digest ="
                                 " coalesce ((SELECT digest FROM blob_aliases WHERE alias = ?1), ?1)",
                                 error);
  if (stmt != NULL)
    {
      luo_bind_text (stmt, 1, digest);
      row = luo_connection_step (conn, stmt, error);
    }
  if (row > 0)
    {
      if (length != NULL)
        *length = sqlite3_column_int64 (stmt, 0);
      if (sqlite3_column_int (stmt, 2) != 0)
        external = luo_column_dup (stmt, 1);
      else
        stream = g_memory_input_stream_new_from_data (
            g_memdup2 (sqlite3_column_blob (stmt, 3), (gsize)sqlite3_column_bytes (stmt, 3)),
            sqlite3_column_bytes (stmt, 3), g_free);
    }
  if (row >= 0)
    luo_statement_done (stmt);
  luo_store_read_end (self, conn);
  if (row < 0)
    return NULL;

  if (external != NULL)
    {
      g_autofree char *path = luo_digest_path (self, external);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (GError) local_error = NULL;

      stream = G_INPUT_STREAM (g_file_read (file, NULL, &local_error));
      if (stream == NULL)
        g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_IO, _ ("The attachment can not be read: %s"),
                     local_error->message);
    }
  else if (stream == NULL)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND,
                   _ ("The attachment %s has not been fetched yet."), digest);
    }
  return g_steal_pointer (&stream);
}

gboolean
luo_store_has_attachment (LuoStore *self, const char *digest)
{
  LuoConnection *conn;
  gint64 held = -1;

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (digest != NULL, FALSE);

  conn = luo_store_read_begin (self, NULL);
  if (conn == NULL)
    return FALSE;
  if (!luo_blob_find (conn, digest, &held, NULL))
    held = -1;
  luo_store_read_end (self, conn);
  return held >= 0;
}

GPtrArray *
luo_store_list_wanted (LuoStore *self, const char *space, guint limit, GError **error)
{
  g_autoptr (GPtrArray) result = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_wanted_free);
  LuoConnection *conn;
  sqlite3_stmt *stmt;
  int row = -1;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);

  conn = luo_store_read_begin (self, error);
  if (conn == NULL)
    return NULL;
  stmt = luo_connection_prepare (
      conn,
      "SELECT s.name, d.id, w.generation || '-' || w.suffix, w.name, w.content_type,"
      " w.digest, w.length"
      " FROM attachment_wanted AS w JOIN spaces AS s ON s.id = w.space"
      " JOIN documents AS d ON d.key = w.doc"
      " JOIN revisions AS v ON v.doc = w.doc AND v.generation = w.generation AND v.suffix = w.suffix"
      " WHERE ?1 IS NULL OR s.name = ?1"
      " ORDER BY w.length, v.flags & ?3 DESC, w.generation DESC, w.doc, w.name LIMIT ?2",
      error);
  if (stmt != NULL)
    {
      luo_bind_text (stmt, 1, space);
      sqlite3_bind_int64 (stmt, 2, limit > 0 ? (gint64)limit : -1);
      sqlite3_bind_int (stmt, 3, LUO_REV_HELD);
      while ((row = luo_connection_step (conn, stmt, error)) > 0)
        {
          LuoWanted *wanted = g_new0 (LuoWanted, 1);

          wanted->space = luo_column_dup (stmt, 0);
          wanted->id = luo_column_dup (stmt, 1);
          wanted->rev = luo_column_dup (stmt, 2);
          wanted->name = luo_column_dup (stmt, 3);
          wanted->content_type = luo_column_dup (stmt, 4);
          wanted->digest = luo_column_dup (stmt, 5);
          wanted->length = sqlite3_column_int64 (stmt, 6);
          g_ptr_array_add (result, wanted);
        }
      if (row == 0)
        luo_statement_done (stmt);
    }
  luo_store_read_end (self, conn);

  return row == 0 ? g_steal_pointer (&result) : NULL;
}

/* Stubs as JSON */

static char *
pointer_to_name (const char *name)
{
  GString *pointer = g_string_new ("/");

  for (const char *p = name; *p != '\0'; p++)
    {
      if (*p == '~')
        g_string_append (pointer, "~0");
      else if (*p == '/')
        g_string_append (pointer, "~1");
      else
        g_string_append_c (pointer, *p);
    }
  return g_string_free (pointer, FALSE);
}

char *
luo_attachments_set (const char *attachments, const char *name, const char *content_type, const char *digest,
                     gint64 length)
{
  g_autofree char *pointer = NULL;
  g_autofree char *type_text = NULL;
  g_autofree char *digest_text = NULL;
  g_autofree char *value = NULL;
  g_autoptr (GError) error = NULL;
  char *result;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (digest != NULL, NULL);

  pointer = pointer_to_name (name);
  type_text = luo_json_encode_string (content_type != NULL ? content_type : "application/octet-stream");
  digest_text = luo_json_encode_string (digest);
  value
      = g_strdup_printf ("{\"content_type\":%s,\"digest\":%s,\"length\":%" G_GINT64_FORMAT ",\"stub\":true}",
                         type_text, digest_text, length);
  result = luo_json_patch (attachments != NULL ? attachments : "{}", pointer, value, &error);
  /* Only where @attachments is no JSON object, which no stored stubs are. */
  if (result == NULL)
    result = luo_json_patch ("{}", pointer, value, NULL);
  return result;
}

char *
luo_attachments_remove (const char *attachments, const char *name)
{
  g_autofree char *pointer = NULL;
  g_autofree char *result = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  if (attachments == NULL)
    return NULL;
  pointer = pointer_to_name (name);
  result = luo_json_patch (attachments, pointer, NULL, NULL);
  if (result == NULL)
    result = g_strdup (attachments);
  return luo_json_equal (result, "{}") ? NULL : g_steal_pointer (&result);
}
