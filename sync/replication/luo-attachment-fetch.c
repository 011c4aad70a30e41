/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-attachment-fetch-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-attachment.h"
#include "luo-checkpoint-private.h"
#include "luo-pipeline-private.h"
#include "luo-replication-tuning.h"

typedef struct
{
  LuoStore *store;
  LuoHttpSession *session;
  const char *space;
  char *database; /* (owned) */
  GCancellable *cancellable;

  GMutex lock; /* guards what follows */
  guint64 fetched;
  GHashTable *failed; /* (owned): keys of what was asked for in vain in this run */
  GPtrArray *
      failures; /* (owned) (element-type Failure): of files that have not come by another way since, the first first */
} Fetch;

/**
 * Failure: why a file did not come.
 */
typedef struct
{
  char *digest;  /* (owned) */
  GError *error; /* (owned) */
} Failure;

static void
failure_free (gpointer data)
{
  Failure *self = data;

  g_free (self->digest);
  g_error_free (self->error);
  g_free (self);
}

/**
 * Download: one attachment on its way to the store.
 */
typedef struct
{
  Fetch *fetch;
  LuoAttachmentWriter *writer;   /* (owned) */
  gboolean gzip;                 /* as the reply says, before its first byte */
  GZlibDecompressor *decompress; /* (owned) (nullable) */
  gboolean unzipped;             /* the gzipped bytes came to their end */
  GChecksum *raw;                /* (owned): of the bytes as they were sent */
} Download;

static gboolean
write_plain (Download *self, const void *data, gsize length, GError **error)
{
  GError *store_error = NULL;

  if (luo_attachment_writer_write (self->writer, data, length, &store_error))
    return TRUE;
  luo_replication_error_propagate (error, store_error);
  return FALSE;
}

static gboolean
write_gzipped (Download *self, const char *data, gsize length, GError **error)
{
  guchar plain[32 * 1024];
  GConverterResult result = G_CONVERTER_CONVERTED;
  gsize gave = 0;

  if (self->decompress == NULL)
    self->decompress = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  /* A full buffer means that more may come of what was taken already. */
  while ((length > 0 || gave == sizeof plain) && result != G_CONVERTER_FINISHED)
    {
      gsize took = 0;
      g_autoptr (GError) convert_error = NULL;

      result = g_converter_convert (G_CONVERTER (self->decompress), data, length, plain, sizeof plain,
                                    G_CONVERTER_NO_FLAGS, &took, &gave, &convert_error);
      if (result == G_CONVERTER_ERROR)
        {
          if (g_error_matches (convert_error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
            return TRUE;
          g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                               convert_error->message);
          return FALSE;
        }
      data += took;
      length -= took;
      if (!write_plain (self, plain, gave, error))
        return FALSE;
    }
  self->unzipped = result == G_CONVERTER_FINISHED;
  return TRUE;
}

static gboolean
take_bytes (const char *data, gsize length, gpointer user_data, GError **error)
{
  Download *self = user_data;

  g_checksum_update (self->raw, (const guchar *)data, (gssize)length);
  return self->gzip ? write_gzipped (self, data, length, error) : write_plain (self, data, length, error);
}

static char *
digest_of (GChecksum *checksum)
{
  guint8 bytes[16];
  gsize length = sizeof bytes;
  g_autofree char *encoded = NULL;

  g_checksum_get_digest (checksum, bytes, &length);
  encoded = g_base64_encode (bytes, length);
  return g_strconcat ("md5-", encoded, NULL);
}

/* One revision of one document: a server may have dropped it and have the same file in another. */
static char *
key_of (const LuoWanted *wanted)
{
  return g_strconcat (wanted->id, "\n", wanted->rev, "\n", wanted->name, NULL);
}

static gboolean
has_failed (Fetch *self, const LuoWanted *wanted)
{
  g_autofree char *key = key_of (wanted);
  gboolean failed;

  g_mutex_lock (&self->lock);
  failed = g_hash_table_contains (self->failed, key);
  g_mutex_unlock (&self->lock);
  return failed;
}

/* @error: (transfer full) */
static void
note_failure (Fetch *self, const LuoWanted *wanted, GError *error)
{
  Failure *failure = g_new0 (Failure, 1);

  failure->digest = g_strdup (wanted->digest);
  failure->error = error;
  g_mutex_lock (&self->lock);
  g_hash_table_add (self->failed, key_of (wanted));
  g_ptr_array_add (self->failures, failure);
  g_mutex_unlock (&self->lock);
}

static void
note_fetched (Fetch *self, const LuoWanted *wanted)
{
  g_mutex_lock (&self->lock);
  self->fetched++;
  for (guint i = self->failures->len; i > 0; i--)
    if (strcmp (((Failure *)self->failures->pdata[i - 1])->digest, wanted->digest) == 0)
      g_ptr_array_remove_index (self->failures, i - 1);
  g_mutex_unlock (&self->lock);
}

static char *
path_of (Fetch *self, const LuoWanted *wanted)
{
  GString *path = g_string_new (NULL);
  g_auto (GStrv) segments = g_strsplit (wanted->name, "/", -1);

  g_string_append_printf (path, "/%s/", self->database);
  luo_http_append_escaped (path, wanted->id);
  /* A name may have slashes, which CouchDB takes as they are. */
  for (guint i = 0; segments[i] != NULL; i++)
    {
      g_string_append_c (path, '/');
      luo_http_append_escaped (path, segments[i]);
    }
  g_string_append (path, "?rev=");
  luo_http_append_escaped (path, wanted->rev);
  return g_string_free (path, FALSE);
}

/* Makes the bytes that came durable where they are the right ones. */
static gboolean
finish_download (Download *self, const LuoWanted *wanted, gboolean *right, GError **error)
{
  g_autofree char *raw = digest_of (self->raw);
  gboolean is_alias = self->unzipped && strcmp (raw, wanted->digest) == 0;
  GError *store_error = NULL;

  *right = luo_attachment_writer_finish (self->writer, is_alias ? NULL : wanted->digest,
                                         is_alias ? wanted->digest : NULL, NULL, NULL, &store_error);
  if (*right)
    return TRUE;
  if (g_error_matches (store_error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID))
    {
      g_error_free (store_error);
      return TRUE;
    }
  luo_replication_error_propagate (error, store_error);
  return FALSE;
}

/* One attempt. @right (out): whether the attachment is here now; FALSE without an error where it stays wanted. */
static gboolean
download (Fetch *self, const LuoWanted *wanted, gboolean last, gboolean *right, GError **error)
{
  g_autofree char *path = path_of (self, wanted);
  Download down = { .fetch = self };
  LuoHttpRequest request
      = { .method = "GET", .path = path, .gzip = &down.gzip, .sink = take_bytes, .sink_data = &down };
  g_autoptr (LuoHttpReply) reply = NULL;
  g_autoptr (LuoAttachmentWriter) writer = NULL;
  g_autoptr (GError) send_error = NULL;
  GError *store_error = NULL;
  gboolean ok = TRUE;

  *right = FALSE;
  writer = luo_attachment_writer_new (self->store, &store_error);
  if (writer == NULL)
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  down.writer = writer;
  down.raw = g_checksum_new (G_CHECKSUM_MD5);
  reply = luo_http_session_send (self->session, &request, self->cancellable, &send_error);
  if (reply == NULL && !g_error_matches (send_error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL))
    {
      g_propagate_error (error, g_steal_pointer (&send_error));
      ok = FALSE;
    }
  else if (reply != NULL && reply->status != 404 && !luo_http_reply_check (reply, error))
    ok = FALSE;
  else if (reply != NULL && reply->status < 300)
    ok = finish_download (&down, wanted, right, error);

  if (ok && !*right && (last || (reply != NULL && reply->status == 404)))
    note_failure (self, wanted,
                  reply != NULL && reply->status == 404
                      ? g_error_new (LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_NOT_FOUND,
                                     _ ("The server does not have the file “%s” any more."), wanted->name)
                      : g_error_new (LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                                     _ ("The file “%s” arrived damaged."), wanted->name));
  g_checksum_free (down.raw);
  g_clear_object (&down.decompress);
  return ok;
}

static gboolean
fetch_one (gpointer unit, gpointer user_data, GError **error)
{
  const LuoWanted *wanted = unit;
  Fetch *self = user_data;
  gboolean right;

  /* Another document may have brought the same bytes meanwhile. */
  if (luo_store_has_attachment (self->store, wanted->digest))
    return TRUE;
  for (guint attempt = 0; attempt < 2; attempt++)
    {
      if (!download (self, wanted, attempt == 1, &right, error))
        return FALSE;
      if (right)
        note_fetched (self, wanted);
      if (right || has_failed (self, wanted))
        break;
    }
  return TRUE;
}

/* Hands out what is wanted and did not fail yet. @some (out): whether there was anything. */
static gboolean
fetch_round (Fetch *self, gboolean *some, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (LuoPipeline) pipeline = NULL;
  GError *store_error = NULL;

  *some = FALSE;
  list = luo_store_list_wanted (self->store, self->space,
                                LUO_TUNING_ATTACHMENT_LIST + g_hash_table_size (self->failed), &store_error);
  if (list == NULL)
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  g_ptr_array_set_free_func (list, NULL);
  pipeline = luo_pipeline_new (LUO_TUNING_ATTACHMENT_WORKERS, LUO_TUNING_ATTACHMENT_LIST, fetch_one,
                               (GDestroyNotify)luo_wanted_free, self);
  for (guint i = 0; i < list->len; i++)
    {
      LuoWanted *wanted = list->pdata[i];

      if (has_failed (self, wanted) || !g_hash_table_add (taken, g_strdup (wanted->digest)))
        luo_wanted_free (wanted);
      else
        {
          luo_pipeline_push (pipeline, wanted);
          *some = TRUE;
        }
    }
  return luo_pipeline_finish (pipeline, error);
}

gboolean
luo_attachment_fetch_run (LuoStore *store, LuoHttpSession *session, const char *space,
                          GCancellable *cancellable, guint64 *fetched, GError **first_failure, GError **error)
{
  Fetch self = { .store = store, .session = session, .space = space, .cancellable = cancellable };
  gboolean some = TRUE;
  gboolean ok = TRUE;

  self.database = luo_database_path (space);
  self.failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.failures = g_ptr_array_new_with_free_func (failure_free);
  g_mutex_init (&self.lock);
  while (ok && some)
    {
      guint64 before = self.fetched + g_hash_table_size (self.failed);

      ok = fetch_round (&self, &some, error);
      /* Each round fetches or fails; where neither counts up, what is listed is here already. */
      some = some && self.fetched + g_hash_table_size (self.failed) > before;
    }

  *fetched = self.fetched;
  if (self.failures->len > 0)
    g_propagate_error (first_failure, g_error_copy (((Failure *)self.failures->pdata[0])->error));
  g_ptr_array_unref (self.failures);
  g_hash_table_unref (self.failed);
  g_free (self.database);
  g_mutex_clear (&self.lock);
  return ok;
}
