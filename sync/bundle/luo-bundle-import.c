/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-bundle.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-attachment.h"
#include "luo-bundle-ledger-private.h"
#include "luo-bundle-records-private.h"
#include "luo-store-sync.h"

/* A batch is one transaction: this many versions, or this much text, whichever is reached first. */
#define BATCH_VERSIONS 500
#define BATCH_BYTES (4 * 1024 * 1024)

/**
 * Import: one file being taken in.
 */
typedef struct
{
  LuoStore *store;
  const LuoBundleOptions *options;
  LuoBundleReport *report;
  JsonObject *head;            /* (owned) (nullable) */
  char *space;                 /* (owned) (nullable): with prefix */
  LuoAttachmentWriter *writer; /* (owned) (nullable) */
  char *digest, *md5;          /* (owned) (nullable): of the attachment under way */
  GPtrArray *batch;            /* (owned) (element-type LuoIncoming) */
  gsize batch_bytes;
} Import;

/* The head */

static gboolean
set_format (GError **error)
{
  g_set_error (
      error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_FORMAT,
      _ ("The exchange file is not understood: it may have been made by a newer version of Luoshi."));
  return FALSE;
}

static char *
dup_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_dup_string (node)
                                                                          : NULL;
}

static char **
dup_texts (JsonObject *object, const char *name)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonNode *node = json_object_get_member (object, name);
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      if (json_node_get_value_type (item) == G_TYPE_STRING)
        g_strv_builder_add (builder, json_node_get_string (item));
    }
  return g_strv_builder_end (builder);
}

static gboolean
read_head (const char *json, gsize length, gpointer user_data, GError **error)
{
  Import *self = user_data;
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  LuoBundleReport *report = self->report;
  g_autofree char *format = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return set_format (error);
  self->head = json_object_ref (json_node_get_object (node));
  format = dup_text (self->head, "format");
  report->id = dup_text (self->head, "id");
  report->from = dup_text (self->head, "from");
  report->to = dup_text (self->head, "to");
  report->base = dup_text (self->head, "base");
  report->at = dup_text (self->head, "at");
  report->spaces = dup_texts (self->head, "spaces");
  if (g_strcmp0 (format, LUO_BUNDLE_FORMAT_NAME) != 0 || report->id == NULL || report->from == NULL
      || json_object_get_int_member_with_default (self->head, "version", 0) != LUO_BUNDLE_VERSION_NUMBER)
    return set_format (error);
  return TRUE;
}

/* The first reading: nothing is written. */

static gboolean
check_recipient (Import *self, GError **error)
{
  const char *uuid = luo_store_get_uuid (self->store);

  if (g_strcmp0 (self->report->from, uuid) == 0)
    {
      g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_RECIPIENT,
                   _ ("The exchange file was made here; it is for another machine."));
      return FALSE;
    }
  if (self->report->to == NULL || g_strcmp0 (self->report->to, uuid) == 0)
    return TRUE;
  g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_RECIPIENT,
               _ ("The exchange file was made for another machine (%s); this one is %s."), self->report->to,
               uuid);
  return FALSE;
}

static gboolean
check_base (Import *self, GError **error)
{
  gboolean taken = FALSE;

  if (self->report->base == NULL)
    return TRUE;
  if (!luo_bundle_ledger_has_taken (self->store, self->options->prefix, self->report->from,
                                    self->report->base, &taken, error))
    return FALSE;
  if (!taken)
    g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_GAP,
                 _ ("The exchange file continues an earlier one that was not taken in here; ask for one with "
                    "everything."));
  return taken;
}

static gboolean
check_head (const char *json, gsize length, gpointer user_data, GError **error)
{
  return read_head (json, length, user_data, error) && check_recipient (user_data, error)
         && check_base (user_data, error);
}

static gboolean
check_space (const char *name, gpointer user_data, GError **error)
{
  Import *self = user_data;
  g_autofree char *full = g_strconcat (self->options->prefix, name, NULL);
  g_autoptr (LuoSpace) space = NULL;
  g_autoptr (GError) here = NULL;

  if (self->options->create_spaces)
    return TRUE;
  space = luo_store_get_space (self->store, full, &here);
  if (space != NULL)
    return TRUE;
  if (!g_error_matches (here, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&here));
  else
    g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_SPACE,
                 _ ("The exchange file holds %s, which is not kept here; make it first."), full);
  return FALSE;
}

static gboolean
check_version (const char *json, gsize length, gpointer user_data, GError **error)
{
  g_autoptr (LuoIncoming) incoming = luo_incoming_parse (json, length, error);

  return incoming != NULL;
}

/* The second reading */

static gboolean
apply_batch (Import *self, GError **error)
{
  LuoInsertResult *results = NULL;

  if (self->batch->len == 0)
    return TRUE;
  if (!luo_store_insert (self->store, self->space, self->batch, LUO_INSERT_DEFAULT, &results, error))
    return FALSE;
  for (guint i = 0; i < self->batch->len; i++)
    {
      const LuoIncoming *incoming = self->batch->pdata[i];

      if (results[i].error != NULL)
        g_ptr_array_add (self->report->refused,
                         g_strdup_printf ("%s: %s", incoming->id, results[i].error->message));
    }
  luo_insert_results_free (results, self->batch->len);
  g_ptr_array_set_size (self->batch, 0);
  self->batch_bytes = 0;
  return TRUE;
}

static gboolean
apply_space (const char *name, gpointer user_data, GError **error)
{
  Import *self = user_data;
  g_autoptr (GError) here = NULL;

  if (!apply_batch (self, error))
    return FALSE;
  g_free (self->space);
  self->space = g_strconcat (self->options->prefix, name, NULL);
  if (!self->options->create_spaces || luo_store_create_space (self->store, self->space, &here)
      || g_error_matches (here, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&here));
  return FALSE;
}

static gboolean
apply_attachment (const char *digest, const char *md5, gpointer user_data, GError **error)
{
  Import *self = user_data;

  self->report->attachments++;
  if (luo_store_has_attachment (self->store, digest))
    return TRUE;
  g_free (self->digest);
  g_free (self->md5);
  self->digest = g_strdup (digest);
  self->md5 = g_strdup (md5);
  self->writer = luo_attachment_writer_new (self->store, error);
  return self->writer != NULL;
}

static gboolean
apply_bytes (gconstpointer data, gsize length, gpointer user_data, GError **error)
{
  Import *self = user_data;

  return self->writer == NULL || luo_attachment_writer_write (self->writer, data, length, error);
}

static gboolean
apply_attachment_end (gpointer user_data, GError **error)
{
  Import *self = user_data;
  const char *alias = g_strcmp0 (self->digest, self->md5) != 0 ? self->digest : NULL;
  gboolean ok = self->writer == NULL
                || luo_attachment_writer_finish (self->writer, self->md5, alias, NULL, NULL, error);

  g_clear_pointer (&self->writer, luo_attachment_writer_free);
  return ok;
}

static gboolean
apply_version (const char *json, gsize length, gpointer user_data, GError **error)
{
  Import *self = user_data;
  LuoIncoming *incoming;

  self->report->versions++;
  incoming = luo_incoming_parse (json, length, error);
  if (incoming == NULL)
    return FALSE;
  g_ptr_array_add (self->batch, incoming);
  self->batch_bytes += length;
  return (self->batch->len < BATCH_VERSIONS && self->batch_bytes < BATCH_BYTES) || apply_batch (self, error);
}

/* What is remembered after a whole file: that it was taken in, if nothing of it was refused, and what its maker has of ours. */
static gboolean
remember (Import *self, GError **error)
{
  const char *from = self->report->from;
  JsonNode *node = json_object_get_member (self->head, "taken");
  JsonObject *taken = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *ours = taken != NULL ? json_object_get_member (taken, luo_store_get_uuid (self->store)) : NULL;
  g_autoptr (JsonArray) ids = ours != NULL && JSON_NODE_HOLDS_ARRAY (ours)
                                  ? json_array_ref (json_node_get_array (ours))
                                  : json_array_new ();

  /* With something missing, a file that continues this one would leave a gap. */
  if (self->report->refused->len == 0
      && !luo_bundle_ledger_add_taken (self->store, self->options->prefix, from, self->report->id,
                                       (const char *const *)self->report->spaces, error))
    return FALSE;
  return luo_bundle_ledger_learn (self->store, from, ids, error);
}

/* Both readings */

static gboolean
visit_file (const char *path, Import *self, const LuoBundleVisitor *visitor, GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autoptr (GInputStream) in = NULL;
  g_autoptr (LuoSealReader) reader = NULL;

  if (stream == NULL)
    return FALSE;
  in = g_buffered_input_stream_new_sized (G_INPUT_STREAM (stream), 256 * 1024);
  reader = luo_seal_reader_new (in, self->options->passphrase, error);
  return reader != NULL && luo_bundle_visit (reader, visitor, self, cancellable, error);
}

static LuoBundleReport *
report_new (void)
{
  LuoBundleReport *report = g_new0 (LuoBundleReport, 1);

  report->refused = g_ptr_array_new_with_free_func (g_free);
  return report;
}

static gboolean
check (Import *self, const char *path, GCancellable *cancellable, char **id, GError **error)
{
  static const LuoBundleVisitor visitor
      = { .head = check_head, .space = check_space, .version = check_version };
  gboolean ok;

  self->report = report_new ();
  ok = visit_file (path, self, &visitor, cancellable, error);
  *id = g_strdup (self->report->id);
  g_clear_pointer (&self->report, luo_bundle_report_free);
  g_clear_pointer (&self->head, json_object_unref);
  return ok;
}

static gboolean
apply (Import *self, const char *path, const char *id, GCancellable *cancellable, GError **error)
{
  static const LuoBundleVisitor visitor
      = { read_head, apply_space, apply_attachment, apply_bytes, apply_attachment_end, apply_version };

  self->report = report_new ();
  if (!visit_file (path, self, &visitor, cancellable, error) || !apply_batch (self, error))
    return FALSE;
  if (g_strcmp0 (id, self->report->id) == 0)
    return remember (self, error);
  g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_DAMAGED,
               _ ("The exchange file was replaced while it was read; take it in once more."));
  return FALSE;
}

LuoBundleReport *
luo_bundle_import (LuoStore *store, const char *path, const LuoBundleOptions *options,
                   GCancellable *cancellable, GError **error)
{
  Import self = { .store = store, .options = options };
  g_autofree char *id = NULL;
  gboolean ok;

  g_return_val_if_fail (LUO_IS_STORE (store) && path != NULL, NULL);
  g_return_val_if_fail (options != NULL && options->passphrase != NULL && options->prefix != NULL, NULL);

  self.batch = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  ok = check (&self, path, cancellable, &id, error) && apply (&self, path, id, cancellable, error);

  g_ptr_array_unref (self.batch);
  g_clear_pointer (&self.writer, luo_attachment_writer_free);
  g_clear_pointer (&self.head, json_object_unref);
  g_free (self.space);
  g_free (self.digest);
  g_free (self.md5);
  if (ok)
    return self.report;
  g_clear_pointer (&self.report, luo_bundle_report_free);
  return NULL;
}
