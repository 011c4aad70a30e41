/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "luo-attachment.h"
#include "luo-bundle-ledger-private.h"
#include "luo-bundle-records-private.h"
#include "luo-store-sync.h"

/* Changes read and marked at once. */
#define BATCH 500

static const LuoSealCost weak_cost = { 1, 8 };

/**
 * Export: one file being made.
 */
typedef struct
{
  LuoStore *store;
  const LuoBundleOptions *options;
  GCancellable *cancellable;
  LuoSealWriter *out; /* (owned) */
  LuoBundleReport *report;
  GPtrArray *spaces;       /* (owned) (element-type LuoSpace): those of this file */
  JsonObject *base;        /* (owned) (nullable): how far they had come in the file that this one continues */
  JsonObject *reached;     /* (owned): how far they have come in this one */
  GHashTable *attachments; /* (owned) (element-type utf8): digests that are in the file already */
  GString *wire;           /* (owned) */
} Export;

static gboolean
put (Export *self, LuoBundleRecord kind, gconstpointer data, gsize length, GError **error)
{
  return luo_bundle_put (self->out, kind, data, length, self->cancellable, error);
}

static gboolean
put_object (Export *self, LuoBundleRecord kind, JsonObject *object, GError **error)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = json_to_string (node, FALSE);

  return put (self, kind, text, strlen (text), error);
}

/* Attachments */

/* The MD5 of what is read: not always the digest that records name, since a server may digest what it compressed. */
static char *
compute_md5 (Export *self, const char *digest, gint64 *length, GError **error)
{
  g_autoptr (GInputStream) in = luo_store_read_attachment (self->store, digest, length, error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  g_autofree char *base64 = NULL;
  guchar part[LUO_BUNDLE_PART];
  guchar md5[16];
  gsize got, size = sizeof md5;

  if (in == NULL)
    return NULL;
  do
    {
      if (!g_input_stream_read_all (in, part, sizeof part, &got, self->cancellable, error))
        return NULL;
      g_checksum_update (checksum, part, (gssize)got);
    }
  while (got == sizeof part);
  g_checksum_get_digest (checksum, md5, &size);
  base64 = g_base64_encode (md5, size);
  return g_strconcat ("md5-", base64, NULL);
}

static gboolean
put_attachment (Export *self, const char *digest, GError **error)
{
  g_autoptr (JsonObject) head = json_object_new ();
  g_autoptr (GInputStream) in = NULL;
  gint64 length = 0;
  g_autofree char *md5 = compute_md5 (self, digest, &length, error);
  guchar part[LUO_BUNDLE_PART];
  gsize got;

  if (md5 == NULL)
    return FALSE;
  json_object_set_string_member (head, "digest", digest);
  json_object_set_string_member (head, "md5", md5);
  json_object_set_int_member (head, "length", length);
  in = luo_store_read_attachment (self->store, digest, NULL, error);
  if (in == NULL || !put_object (self, LUO_BUNDLE_ATTACHMENT, head, error))
    return FALSE;
  do
    {
      if (!g_input_stream_read_all (in, part, sizeof part, &got, self->cancellable, error)
          || (got > 0 && !put (self, LUO_BUNDLE_BYTES, part, got, error)))
        return FALSE;
    }
  while (got == sizeof part);
  self->report->attachments++;
  return TRUE;
}

/* The bytes stand before the first version that names them, so that a reader has them when it needs them. */
static gboolean
put_attachments_of (Export *self, const char *space, const char *id, const char *rev, GError **error)
{
  g_autoptr (LuoDocument) document = luo_store_get (self->store, space, id, rev, error);
  g_autoptr (GPtrArray) attachments
      = document != NULL ? luo_store_list_attachments (self->store, document, error) : NULL;

  if (attachments == NULL)
    return FALSE;
  for (guint i = 0; i < attachments->len; i++)
    {
      const LuoAttachment *attachment = attachments->pdata[i];

      if (!attachment->present || g_hash_table_contains (self->attachments, attachment->digest))
        continue;
      if (!put_attachment (self, attachment->digest, error))
        return FALSE;
      g_hash_table_add (self->attachments, g_strdup (attachment->digest));
    }
  return TRUE;
}

/* Versions */

static gboolean
put_version (Export *self, const char *space, const char *id, const char *rev, GError **error)
{
  static const char stubs[] = "\"_attachments\"";
  g_autoptr (GError) here = NULL;

  g_string_truncate (self->wire, 0);
  if (!luo_store_append_wire (self->store, space, id, rev, TRUE, self->wire, &here))
    {
      /* It was replaced since the changes were read, before it was marked: what took its place comes later in the changes. */
      if (g_error_matches (here, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&here));
      return FALSE;
    }
  /* Within a text its quotes would be escaped. */
  if (memmem (self->wire->str, self->wire->len, stubs, sizeof stubs - 1) != NULL
      && !put_attachments_of (self, space, id, rev, error))
    return FALSE;
  self->report->versions++;
  return put (self, LUO_BUNDLE_VERSION, self->wire->str, self->wire->len, error);
}

static gboolean
put_changes (Export *self, const char *space, GPtrArray *changes, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GPtrArray) revs = g_ptr_array_new ();

  for (guint i = 0; i < changes->len; i++)
    {
      const LuoChange *change = changes->pdata[i];

      for (gsize n = 0; change->leaves[n] != NULL; n++)
        {
          g_ptr_array_add (ids, change->id);
          g_ptr_array_add (revs, change->leaves[n]);
        }
    }
  /* Before the texts are read: what is offered is not replaced any more, so what is written is what is marked. */
  if (!luo_store_mark_offered (self->store, space, (const char *const *)ids->pdata,
                               (const char *const *)revs->pdata, ids->len, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (g_cancellable_set_error_if_cancelled (self->cancellable, error)
        || !put_version (self, space, ids->pdata[i], revs->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* From where on the changes of a space are sent: all of them where it was made anew since. */
static gint64
since_of (Export *self, const LuoSpace *space, const char *name)
{
  JsonNode *node = self->base != NULL ? json_object_get_member (self->base, name) : NULL;
  JsonObject *before = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (before == NULL
      || g_strcmp0 (json_object_get_string_member_with_default (before, "instance", NULL), space->instance)
             != 0)
    return 0;
  return json_object_get_int_member_with_default (before, "seq", 0);
}

static gboolean
put_space (Export *self, const LuoSpace *space, GError **error)
{
  const char *name = space->name + strlen (self->options->prefix);
  gint64 seq = since_of (self, space, name);
  JsonObject *reached;
  guint n;

  if (!put (self, LUO_BUNDLE_SPACE, name, strlen (name), error))
    return FALSE;
  do
    {
      g_autoptr (GPtrArray) changes
          = luo_store_changes (self->store, space->name, seq, BATCH, FALSE, &seq, error);

      if (changes == NULL || !put_changes (self, space->name, changes, error))
        return FALSE;
      n = changes->len;
    }
  while (n == BATCH);
  reached = json_object_new ();
  json_object_set_string_member (reached, "instance", space->instance);
  json_object_set_int_member (reached, "seq", seq);
  json_object_set_object_member (self->reached, name, reached);
  return TRUE;
}

static gboolean
put_head (Export *self, GError **error)
{
  g_autoptr (JsonObject) head = json_object_new ();
  JsonObject *taken = luo_bundle_ledger_list_taken (self->store, self->options->prefix, error);
  JsonArray *spaces;

  if (taken == NULL)
    return FALSE;
  spaces = json_array_new ();
  for (gsize i = 0; self->report->spaces[i] != NULL; i++)
    json_array_add_string_element (spaces, self->report->spaces[i]);
  json_object_set_string_member (head, "format", LUO_BUNDLE_FORMAT_NAME);
  json_object_set_int_member (head, "version", LUO_BUNDLE_VERSION_NUMBER);
  json_object_set_string_member (head, "id", self->report->id);
  json_object_set_string_member (head, "from", self->report->from);
  if (self->report->to != NULL)
    json_object_set_string_member (head, "to", self->report->to);
  if (self->report->base != NULL)
    json_object_set_string_member (head, "base", self->report->base);
  json_object_set_string_member (head, "at", self->report->at);
  json_object_set_array_member (head, "spaces", spaces);
  json_object_set_object_member (head, "taken", taken);
  return put_object (self, LUO_BUNDLE_HEAD, head, error);
}

static gboolean
put_all (Export *self, GError **error)
{
  g_autoptr (JsonObject) end = json_object_new ();

  if (!put_head (self, error))
    return FALSE;
  for (guint i = 0; i < self->spaces->len; i++)
    if (!put_space (self, self->spaces->pdata[i], error))
      return FALSE;
  json_object_set_int_member (end, "versions", (gint64)self->report->versions);
  json_object_set_int_member (end, "attachments", (gint64)self->report->attachments);
  return put_object (self, LUO_BUNDLE_END, end, error)
         && luo_seal_writer_finish (self->out, self->cancellable, error);
}

/* Choosing */

static gboolean
add_space (Export *self, const char *name, GError **error)
{
  g_autofree char *full = g_strconcat (self->options->prefix, name, NULL);
  LuoSpace *space = luo_store_get_space (self->store, full, error);

  if (space == NULL)
    return FALSE;
  g_ptr_array_add (self->spaces, space);
  return TRUE;
}

static gboolean
choose_spaces (Export *self, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  self->spaces = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_space_free);
  if (self->options->spaces != NULL)
    {
      for (gsize i = 0; self->options->spaces[i] != NULL; i++)
        if (!add_space (self, self->options->spaces[i], error))
          return FALSE;
    }
  else
    {
      g_autoptr (GPtrArray) all = luo_store_list_spaces (self->store, error);

      if (all == NULL)
        return FALSE;
      for (guint i = 0; i < all->len; i++)
        {
          const char *name = ((LuoSpace *)all->pdata[i])->name;

          if (g_str_has_prefix (name, self->options->prefix)
              && !add_space (self, name + strlen (self->options->prefix), error))
            return FALSE;
        }
    }
  for (guint i = 0; i < self->spaces->len; i++)
    g_strv_builder_add (names, ((LuoSpace *)self->spaces->pdata[i])->name + strlen (self->options->prefix));
  self->report->spaces = g_strv_builder_end (names);
  return TRUE;
}

static gboolean
prepare (Export *self, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  LuoBundleReport *report = self->report;

  report->id = g_uuid_string_random ();
  report->from = g_strdup (luo_store_get_uuid (self->store));
  report->to = g_strdup (self->options->to);
  report->at = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  if (!choose_spaces (self, error))
    return FALSE;
  return report->to == NULL
         || luo_bundle_ledger_find_base (self->store, report->to, &report->base, &self->base, error);
}

/* The file */

static gboolean
set_errno (const char *path, GError **error)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("%s could not be written: %s"), path,
               g_strerror (code));
  return FALSE;
}

static gboolean
sync_folder_of (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean ok
      = fd >= 0 && (fsync (fd) == 0 || errno == EINVAL || errno == ENOTSUP || set_errno (path, error));

  if (fd < 0)
    return set_errno (path, error);
  close (fd);
  return ok;
}

static gboolean
write_file (Export *self, int fd, const char *path, GError **error)
{
  g_autoptr (GOutputStream) stream = g_unix_output_stream_new (fd, FALSE);

  self->out = luo_seal_writer_new (stream, self->options->passphrase,
                                   self->options->weak ? &weak_cost : &luo_seal_cost_default, error);
  if (self->out == NULL || !put_all (self, error))
    return FALSE;
  return fsync (fd) == 0 || set_errno (path, error);
}

/* Written beside and renamed, so that a file that was there is replaced by a whole one or not at all. What the ledger remembers is
 * written first: a file that it does not know would count for nothing, one that never came to be does no harm. */
static gboolean
write_whole (Export *self, const char *path, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  int fd = g_open (part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gboolean ok;

  if (fd < 0)
    return set_errno (path, error);
  ok = write_file (self, fd, path, error);
  if (close (fd) != 0 && ok)
    ok = set_errno (path, error);
  ok = ok && luo_bundle_ledger_add_made (self->store, self->report->id, self->reached, error);
  if (ok && g_rename (part, path) != 0)
    ok = set_errno (path, error);
  if (!ok)
    g_unlink (part);
  return ok && sync_folder_of (path, error);
}

LuoBundleReport *
luo_bundle_export (LuoStore *store, const char *path, const LuoBundleOptions *options,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr (LuoBundleReport) report = NULL;
  Export self = { .store = store, .options = options, .cancellable = cancellable };
  gboolean ok;

  g_return_val_if_fail (LUO_IS_STORE (store) && path != NULL, NULL);
  g_return_val_if_fail (options != NULL && options->passphrase != NULL && options->prefix != NULL, NULL);

  report = g_new0 (LuoBundleReport, 1);
  self.report = report;
  self.reached = json_object_new ();
  self.attachments = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.wire = g_string_new (NULL);
  ok = prepare (&self, error) && write_whole (&self, path, error);

  luo_seal_writer_free (self.out);
  g_clear_pointer (&self.spaces, g_ptr_array_unref);
  g_clear_pointer (&self.base, json_object_unref);
  json_object_unref (self.reached);
  g_hash_table_unref (self.attachments);
  g_string_free (self.wire, TRUE);
  return ok ? g_steal_pointer (&report) : NULL;
}
