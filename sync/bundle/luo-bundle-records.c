/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-bundle-records-private.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "luo-bundle-error.h"

gboolean
luo_bundle_put (LuoSealWriter *out, LuoBundleRecord kind, gconstpointer data, gsize length,
                GCancellable *cancellable, GError **error)
{
  guint32 size = GUINT32_TO_LE ((guint32)length);
  guchar start[5] = { (guchar)kind };

  g_return_val_if_fail (length <= LUO_BUNDLE_RECORD_MAX, FALSE);

  memcpy (start + 1, &size, sizeof size);
  return luo_seal_writer_write (out, start, sizeof start, cancellable, error)
         && luo_seal_writer_write (out, data, length, cancellable, error);
}

/**
 * Visit: one reading.
 */
typedef struct
{
  const LuoBundleVisitor *visitor;
  gpointer user_data;
  GByteArray *record; /* (owned): the bytes of the present record, with a NUL behind them */
  gboolean has_head, has_space, ended;
  GChecksum *checksum; /* (owned) (nullable): of the attachment under way */
  char *md5;           /* (owned) (nullable) */
  gint64 remaining;
  guint64 versions, attachments;
} Visit;

static gboolean
set_wrong (GError **error)
{
  g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_DAMAGED,
               _ ("The content of the exchange file is not in order; nothing of it was taken in."));
  return FALSE;
}

/* Returns: (transfer full) (nullable) */
static JsonObject *
parse_object (Visit *self, GError **error)
{
  g_autoptr (JsonNode) node = json_from_string ((const char *)self->record->data, NULL);

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_object_ref (json_node_get_object (node));
  set_wrong (error);
  return NULL;
}

static gboolean
end_attachment (Visit *self, GError **error)
{
  g_autofree char *base64 = NULL;
  g_autofree char *digest = NULL;
  guchar md5[16];
  gsize length = sizeof md5;

  g_checksum_get_digest (self->checksum, md5, &length);
  base64 = g_base64_encode (md5, length);
  digest = g_strconcat ("md5-", base64, NULL);
  g_clear_pointer (&self->checksum, g_checksum_free);
  self->attachments++;
  if (g_strcmp0 (digest, self->md5) != 0)
    return set_wrong (error);
  return self->visitor->attachment_end == NULL || self->visitor->attachment_end (self->user_data, error);
}

static gboolean
visit_attachment (Visit *self, GError **error)
{
  g_autoptr (JsonObject) object = parse_object (self, error);
  const char *digest;

  if (object == NULL)
    return FALSE;
  digest = json_object_get_string_member_with_default (object, "digest", NULL);
  g_free (self->md5);
  self->md5 = g_strdup (json_object_get_string_member_with_default (object, "md5", NULL));
  self->remaining = json_object_get_int_member_with_default (object, "length", -1);
  if (!self->has_space || digest == NULL || self->md5 == NULL || self->remaining < 0)
    return set_wrong (error);
  self->checksum = g_checksum_new (G_CHECKSUM_MD5);
  if (self->visitor->attachment != NULL
      && !self->visitor->attachment (digest, self->md5, self->user_data, error))
    return FALSE;
  return self->remaining > 0 || end_attachment (self, error);
}

static gboolean
visit_bytes (Visit *self, gsize length, GError **error)
{
  if (length == 0 || (gint64)length > self->remaining)
    return set_wrong (error);
  g_checksum_update (self->checksum, self->record->data, (gssize)length);
  self->remaining -= (gint64)length;
  if (self->visitor->bytes != NULL
      && !self->visitor->bytes (self->record->data, length, self->user_data, error))
    return FALSE;
  return self->remaining > 0 || end_attachment (self, error);
}

static gboolean
visit_end (Visit *self, GError **error)
{
  g_autoptr (JsonObject) object = parse_object (self, error);

  if (object == NULL)
    return FALSE;
  self->ended = TRUE;
  return ((guint64)json_object_get_int_member_with_default (object, "versions", -1) == self->versions
          && (guint64)json_object_get_int_member_with_default (object, "attachments", -1)
                 == self->attachments)
         || set_wrong (error);
}

static gboolean
visit_record (Visit *self, guchar kind, gsize length, GError **error)
{
  const char *text = (const char *)self->record->data;

  if (self->ended || self->has_head == (kind == LUO_BUNDLE_HEAD)
      || (self->checksum != NULL) != (kind == LUO_BUNDLE_BYTES))
    return set_wrong (error);
  switch (kind)
    {
    case LUO_BUNDLE_HEAD:
      self->has_head = TRUE;
      return self->visitor->head == NULL || self->visitor->head (text, length, self->user_data, error);
    case LUO_BUNDLE_SPACE:
      self->has_space = TRUE;
      return self->visitor->space == NULL || self->visitor->space (text, self->user_data, error);
    case LUO_BUNDLE_ATTACHMENT:
      return visit_attachment (self, error);
    case LUO_BUNDLE_BYTES:
      return visit_bytes (self, length, error);
    case LUO_BUNDLE_VERSION:
      self->versions++;
      if (!self->has_space)
        return set_wrong (error);
      return self->visitor->version == NULL || self->visitor->version (text, length, self->user_data, error);
    case LUO_BUNDLE_END:
      return visit_end (self, error);
    default:
      return set_wrong (error);
    }
}

static gboolean
visit_all (Visit *self, LuoSealReader *in, GCancellable *cancellable, GError **error)
{
  while (TRUE)
    {
      guchar start[5];
      guint32 length;
      gboolean over = FALSE;

      if (!luo_seal_reader_read (in, start, sizeof start, &over, cancellable, error))
        return FALSE;
      if (over)
        return self->ended || set_wrong (error);
      memcpy (&length, start + 1, sizeof length);
      length = GUINT32_FROM_LE (length);
      if (length > LUO_BUNDLE_RECORD_MAX)
        return set_wrong (error);
      g_byte_array_set_size (self->record, length + 1);
      if (!luo_seal_reader_read (in, self->record->data, length, NULL, cancellable, error))
        return FALSE;
      self->record->data[length] = '\0';
      if (!visit_record (self, start[0], length, error))
        return FALSE;
    }
}

gboolean
luo_bundle_visit (LuoSealReader *in, const LuoBundleVisitor *visitor, gpointer user_data,
                  GCancellable *cancellable, GError **error)
{
  Visit self = { .visitor = visitor, .user_data = user_data, .record = g_byte_array_new () };
  gboolean ok = visit_all (&self, in, cancellable, error);

  g_byte_array_unref (self.record);
  g_clear_pointer (&self.checksum, g_checksum_free);
  g_free (self.md5);
  return ok;
}
