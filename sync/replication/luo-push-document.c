/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-push-document-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-json-text.h"

void
luo_push_document_free (LuoPushDocument *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->rev);
  g_free (self->wire);
  g_clear_pointer (&self->attachments, g_ptr_array_unref);
  g_free (self);
}

gboolean
luo_wire_may_have_attachments (const char *wire, gsize length)
{
  /* Within a text its quotes would be escaped. */
  static const char name[] = "\"_attachments\"";

  return memmem (wire, length, name, sizeof name - 1) != NULL;
}

/* Whether the bytes of an attachment go along. */
static gboolean
goes_along (const LuoPushDocument *self, const LuoAttachment *attachment, gboolean all)
{
  return attachment->present && (all || attachment->revpos == 0 || attachment->revpos > self->known);
}

gint64
luo_push_document_count_data (const LuoPushDocument *self, gboolean all)
{
  gint64 bytes = 0;

  for (guint i = 0; self->attachments != NULL && i < self->attachments->len; i++)
    if (goes_along (self, self->attachments->pdata[i], all))
      bytes += ((const LuoAttachment *)self->attachments->pdata[i])->length;
  return bytes;
}

gboolean
luo_push_document_lacks_data (const LuoPushDocument *self)
{
  for (guint i = 0; self->attachments != NULL && i < self->attachments->len; i++)
    if (!((const LuoAttachment *)self->attachments->pdata[i])->present)
      return TRUE;
  return FALSE;
}

/* The members that every form of an attachment has. */
static void
append_common (GString *out, const LuoAttachment *attachment)
{
  luo_json_append_string (out, attachment->name);
  g_string_append (out, ":{\"content_type\":");
  luo_json_append_string (out, attachment->content_type);
  if (attachment->revpos > 0)
    g_string_append_printf (out, ",\"revpos\":%u", attachment->revpos);
}

static void
append_stub (GString *out, const LuoAttachment *attachment, const char *kind)
{
  append_common (out, attachment);
  g_string_append (out, ",\"digest\":");
  luo_json_append_string (out, attachment->digest);
  g_string_append_printf (out, ",\"length\":%" G_GINT64_FORMAT ",\"%s\":true}", attachment->length, kind);
}

static gboolean
append_data (GString *out, LuoStore *store, const LuoAttachment *attachment, GError **error)
{
  g_autoptr (GInputStream) stream = NULL;
  guchar raw[12 * 1024];
  char text[17 * 1024];
  gint state = 0, save = 0;
  gsize got;

  stream = luo_store_read_attachment (store, attachment->digest, NULL, error);
  if (stream == NULL)
    return FALSE;
  append_common (out, attachment);
  g_string_append (out, ",\"data\":\"");
  do
    {
      if (!g_input_stream_read_all (stream, raw, sizeof raw, &got, NULL, error))
        return FALSE;
      g_string_append_len (out, text, (gssize)g_base64_encode_step (raw, got, FALSE, text, &state, &save));
    }
  while (got == sizeof raw);
  g_string_append_len (out, text, (gssize)g_base64_encode_close (FALSE, text, &state, &save));
  g_string_append (out, "\"}");
  return TRUE;
}

/* The document with its `_attachments` made anew: data inline, or as parts that follow. */
static gboolean
append_document (const LuoPushDocument *self, LuoStore *store, gboolean all, gboolean parts, GString *out,
                 GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  const LuoJsonMember *member;

  if (!luo_json_cut (self->wire, self->length, members, error))
    return FALSE;
  member = luo_json_find (members, "_attachments");
  if (member == NULL)
    {
      g_string_append_len (out, self->wire, (gssize)self->length);
      return TRUE;
    }

  g_string_append_len (out, self->wire, member->value - self->wire);
  g_string_append_c (out, '{');
  for (guint i = 0; i < self->attachments->len; i++)
    {
      const LuoAttachment *attachment = self->attachments->pdata[i];

      if (i > 0)
        g_string_append_c (out, ',');
      if (!goes_along (self, attachment, all))
        append_stub (out, attachment, "stub");
      else if (parts)
        append_stub (out, attachment, "follows");
      else if (!append_data (out, store, attachment, error))
        return FALSE;
    }
  g_string_append_c (out, '}');
  g_string_append_len (out, member->value + member->value_length,
                       self->wire + self->length - (member->value + member->value_length));
  return TRUE;
}

gboolean
luo_push_document_append_inline (const LuoPushDocument *self, LuoStore *store, gboolean all, GString *out,
                                 GError **error)
{
  GError *foreign = NULL;
  gsize before = out->len;

  if (append_document (self, store, all, FALSE, out, &foreign))
    return TRUE;
  g_string_truncate (out, before);
  luo_replication_error_propagate (error, foreign);
  return FALSE;
}

/* Multipart */

/* Bytes in memory, or those of an attachment. */
typedef struct
{
  GBytes *bytes; /* (owned) (nullable) */
  char *digest;  /* (owned) (nullable) */
} Piece;

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  g_clear_pointer (&piece->bytes, g_bytes_unref);
  g_free (piece->digest);
  g_free (piece);
}

struct _LuoMultipart
{
  LuoStore *store;    /* (owned) */
  char *content_type; /* (owned) */
  GPtrArray *pieces;  /* (owned) (element-type Piece) */
  goffset length;
};

/* A stream over the pieces one after another. */
#define LUO_TYPE_PIECES_STREAM (luo_pieces_stream_get_type ())
G_DECLARE_FINAL_TYPE (LuoPiecesStream, luo_pieces_stream, LUO, PIECES_STREAM, GInputStream)

struct _LuoPiecesStream
{
  GInputStream parent_instance;
  LuoStore *store;       /* (owned) */
  GPtrArray *pieces;     /* (owned) */
  guint next;            /* piece to open */
  GInputStream *current; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (LuoPiecesStream, luo_pieces_stream, G_TYPE_INPUT_STREAM)

static gssize
luo_pieces_stream_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable,
                        GError **error)
{
  LuoPiecesStream *self = LUO_PIECES_STREAM (stream);

  while (TRUE)
    {
      gssize got;

      if (self->current == NULL)
        {
          const Piece *piece;

          if (self->next == self->pieces->len)
            return 0;
          piece = self->pieces->pdata[self->next++];
          self->current = piece->bytes != NULL
                              ? g_memory_input_stream_new_from_bytes (piece->bytes)
                              : luo_store_read_attachment (self->store, piece->digest, NULL, error);
          if (self->current == NULL)
            return -1;
        }
      got = g_input_stream_read (self->current, buffer, count, cancellable, error);
      if (got != 0)
        return got;
      g_clear_object (&self->current);
    }
}

static void
luo_pieces_stream_dispose (GObject *object)
{
  LuoPiecesStream *self = LUO_PIECES_STREAM (object);

  g_clear_object (&self->current);
  g_clear_object (&self->store);
  g_clear_pointer (&self->pieces, g_ptr_array_unref);
  G_OBJECT_CLASS (luo_pieces_stream_parent_class)->dispose (object);
}

static void
luo_pieces_stream_class_init (LuoPiecesStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_pieces_stream_dispose;
  G_INPUT_STREAM_CLASS (klass)->read_fn = luo_pieces_stream_read;
}

static void
luo_pieces_stream_init (LuoPiecesStream *self)
{
}

static void
add_text (LuoMultipart *self, GString *text)
{
  Piece *piece = g_new0 (Piece, 1);
  gsize length = text->len;

  piece->bytes = g_bytes_new_take (g_string_free (text, FALSE), length);
  self->length += (goffset)length;
  g_ptr_array_add (self->pieces, piece);
}

static void
add_attachment (LuoMultipart *self, const LuoAttachment *attachment)
{
  Piece *piece = g_new0 (Piece, 1);

  piece->digest = g_strdup (attachment->digest);
  self->length += attachment->length;
  g_ptr_array_add (self->pieces, piece);
}

/* A file name as a quoted header value: nothing in it may end the quotes or the line. */
static void
append_quoted (GString *out, const char *name)
{
  g_string_append_c (out, '"');
  for (const char *p = name; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, (guchar)*p < 0x20 ? '_' : *p);
    }
  g_string_append_c (out, '"');
}

/* A content type comes from anywhere; in a header it must stay on its line. */
static void
append_header_value (GString *out, const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    g_string_append_c (out, (guchar)*p < 0x20 ? ' ' : *p);
}

LuoMultipart *
luo_multipart_new (const LuoPushDocument *document, LuoStore *store, gboolean all, GError **error)
{
  g_autoptr (LuoMultipart) self = g_new0 (LuoMultipart, 1);
  g_autofree char *boundary = g_uuid_string_random ();
  GString *text = g_string_new (NULL);
  GError *foreign = NULL;

  self->store = g_object_ref (store);
  self->pieces = g_ptr_array_new_with_free_func (piece_free);
  self->content_type = g_strdup_printf ("multipart/related; boundary=\"%s\"", boundary);

  g_string_append_printf (text, "--%s\r\nContent-Type: application/json\r\n\r\n", boundary);
  if (!append_document (document, store, all, TRUE, text, &foreign))
    {
      g_string_free (text, TRUE);
      luo_replication_error_propagate (error, foreign);
      return NULL;
    }
  for (guint i = 0; i < document->attachments->len; i++)
    {
      const LuoAttachment *attachment = document->attachments->pdata[i];

      if (!goes_along (document, attachment, all))
        continue;
      g_string_append_printf (text, "\r\n--%s\r\nContent-Disposition: attachment; filename=", boundary);
      append_quoted (text, attachment->name);
      g_string_append (text, "\r\nContent-Type: ");
      append_header_value (text, attachment->content_type);
      g_string_append_printf (text, "\r\nContent-Length: %" G_GINT64_FORMAT "\r\n\r\n", attachment->length);
      add_text (self, text);
      add_attachment (self, attachment);
      text = g_string_new (NULL);
    }
  g_string_append_printf (text, "\r\n--%s--", boundary);
  add_text (self, text);
  return g_steal_pointer (&self);
}

void
luo_multipart_free (LuoMultipart *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->store);
  g_ptr_array_unref (self->pieces);
  g_free (self->content_type);
  g_free (self);
}

const char *
luo_multipart_get_content_type (LuoMultipart *self)
{
  return self->content_type;
}

goffset
luo_multipart_get_length (LuoMultipart *self)
{
  return self->length;
}

GInputStream *
luo_multipart_open (gpointer data, GError **error)
{
  LuoMultipart *self = data;
  LuoPiecesStream *stream = g_object_new (LUO_TYPE_PIECES_STREAM, NULL);

  stream->store = g_object_ref (self->store);
  stream->pieces = g_ptr_array_ref (self->pieces);
  return G_INPUT_STREAM (stream);
}
