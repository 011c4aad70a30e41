/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-answer-private.h"

#include <string.h>

#include "luo-hub-tuning.h"

/* Base64 is made of whole groups of three bytes, so that no padding falls into the middle. */
#define BASE64_STEP (3 * 4096)

typedef struct
{
  GString *text; /* (owned) (nullable): NULL for an attachment */
  gsize sent;    /* of @text */

  char *digest;         /* (owned) (nullable) */
  gint64 offset;        /* where the bytes begin */
  gint64 left;          /* bytes of the attachment not yet read */
  gboolean base64;      /* encoded, through @text */
  GInputStream *stream; /* (owned) (nullable): opened when its turn comes */
} Piece;

struct _LuoHubAnswer
{
  LuoStore *store; /* (owned) */
  GQueue pieces;   /* of Piece, owned */
  LuoHubProducer producer;
  gpointer user_data; /* (owned) (nullable) */
  GDestroyNotify destroy;
  gboolean ended; /* the producer has said so, or there is none */
};

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  if (piece->text != NULL)
    g_string_free (piece->text, TRUE);
  g_free (piece->digest);
  g_clear_object (&piece->stream);
  g_free (piece);
}

LuoHubAnswer *
luo_hub_answer_new (LuoStore *store)
{
  LuoHubAnswer *self = g_new0 (LuoHubAnswer, 1);

  self->store = g_object_ref (store);
  g_queue_init (&self->pieces);
  self->ended = TRUE;
  return self;
}

void
luo_hub_answer_free (LuoHubAnswer *self)
{
  if (self == NULL)
    return;
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_queue_clear_full (&self->pieces, piece_free);
  g_object_unref (self->store);
  g_free (self);
}

void
luo_hub_answer_set_producer (LuoHubAnswer *self, LuoHubProducer producer, gpointer user_data,
                             GDestroyNotify destroy)
{
  g_return_if_fail (self->producer == NULL);
  self->producer = producer;
  self->user_data = user_data;
  self->destroy = destroy;
  self->ended = FALSE;
}

GString *
luo_hub_answer_text (LuoHubAnswer *self)
{
  Piece *last = g_queue_peek_tail (&self->pieces);

  if (last == NULL || last->digest != NULL)
    {
      last = g_new0 (Piece, 1);
      last->text = g_string_sized_new (1024);
      g_queue_push_tail (&self->pieces, last);
    }
  return last->text;
}

void
luo_hub_answer_append_attachment (LuoHubAnswer *self, const char *digest, gint64 offset, gint64 length,
                                  gboolean base64)
{
  Piece *piece = g_new0 (Piece, 1);

  piece->digest = g_strdup (digest);
  piece->offset = offset;
  piece->left = length;
  piece->base64 = base64;
  g_queue_push_tail (&self->pieces, piece);
}

gint64
luo_hub_answer_get_length (LuoHubAnswer *self)
{
  gint64 sum = 0;

  for (GList *l = self->pieces.head; l != NULL; l = l->next)
    {
      const Piece *piece = l->data;

      if (piece->text != NULL)
        sum += piece->text->len - piece->sent;
      if (piece->digest != NULL)
        sum += piece->base64 ? (piece->left + 2) / 3 * 4 : piece->left;
    }
  return sum;
}

/* Opens the bytes of an attachment at its offset. */
static gboolean
open_piece (LuoHubAnswer *self, Piece *piece)
{
  g_autoptr (GError) error = NULL;
  gint64 length;

  piece->stream = luo_store_read_attachment (self->store, piece->digest, &length, &error);
  if (piece->stream == NULL)
    {
      g_warning ("Attachment %s: %s", piece->digest, error->message);
      return FALSE;
    }
  while (piece->offset > 0)
    {
      gssize n = g_input_stream_skip (piece->stream, (gsize)MIN (piece->offset, 1 << 20), NULL, &error);

      if (n <= 0)
        {
          g_warning ("Attachment %s ends early", piece->digest);
          return FALSE;
        }
      piece->offset -= n;
    }
  return TRUE;
}

/* Reads @max bytes, fewer only at the end of the piece; -1 where the file does not give what was promised. */
static gssize
read_piece (Piece *piece, char *buffer, gsize max)
{
  g_autoptr (GError) error = NULL;
  gsize want = (gsize)MIN ((gint64)max, piece->left);
  gsize n = 0;

  if (!g_input_stream_read_all (piece->stream, buffer, want, &n, NULL, &error) || n < want)
    {
      g_warning ("Attachment %s: %s", piece->digest, error != NULL ? error->message : "ends early");
      return -1;
    }
  piece->left -= (gint64)n;
  return (gssize)n;
}

/* Copies from @piece: bytes copied, 0 where it is spent, -1 on failure. */
static gssize
take (LuoHubAnswer *self, Piece *piece, char *buffer, gsize max)
{
  gsize n;

  if (piece->digest != NULL && piece->left > 0 && piece->stream == NULL && !open_piece (self, piece))
    return -1;

  if (piece->digest != NULL && !piece->base64)
    return piece->left > 0 ? read_piece (piece, buffer, max) : 0;

  if (piece->base64 && piece->left > 0 && (piece->text == NULL || piece->sent == piece->text->len))
    {
      char raw[BASE64_STEP];
      gssize got = read_piece (piece, raw, sizeof raw);

      if (got < 0)
        return -1;
      if (piece->text != NULL)
        g_string_free (piece->text, TRUE);
      g_autofree char *encoded = g_base64_encode ((const guchar *)raw, (gsize)got);
      piece->text = g_string_new (encoded);
      piece->sent = 0;
    }
  if (piece->text == NULL)
    return 0;
  n = MIN (max, piece->text->len - piece->sent);
  memcpy (buffer, piece->text->str + piece->sent, n);
  piece->sent += n;
  return (gssize)n;
}

static ssize_t
read_cb (void *cls, uint64_t pos, char *buffer, size_t max)
{
  LuoHubAnswer *self = cls;
  gsize done = 0;

  while (done < max)
    {
      Piece *piece = g_queue_peek_head (&self->pieces);

      if (piece != NULL)
        {
          gssize n = take (self, piece, buffer + done, max - done);

          if (n < 0)
            return MHD_CONTENT_READER_END_WITH_ERROR;
          if (n == 0)
            piece_free (g_queue_pop_head (&self->pieces));
          done += (gsize)n;
          continue;
        }
      if (self->ended)
        return done > 0 ? (ssize_t)done : MHD_CONTENT_READER_END_OF_STREAM;
      /* What is there goes out before the producer may decide to wait. */
      if (done > 0)
        return (ssize_t)done;

      switch (self->producer (self, self->user_data))
        {
        case LUO_HUB_PRODUCED_MORE:
          break;
        case LUO_HUB_PRODUCED_END:
          self->ended = TRUE;
          break;
        case LUO_HUB_PRODUCED_WAIT:
          return 0;
        case LUO_HUB_PRODUCED_ERROR:
        default:
          return MHD_CONTENT_READER_END_WITH_ERROR;
        }
    }
  return (ssize_t)done;
}

static void
free_cb (void *cls)
{
  luo_hub_answer_free (cls);
}

struct MHD_Response *
luo_hub_answer_respond (LuoHubAnswer *self)
{
  const Piece *only = g_queue_peek_head (&self->pieces);

  /* A chunked answer is copied straight into the connection's memory; libmicrohttpd would allocate the block for nothing, and
   * thousands of waiting feeds feel it. */
  if (self->producer != NULL)
    return MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, 1, read_cb, self, free_cb);
  if (self->pieces.length == 1 && only->digest == NULL)
    return MHD_create_response_from_buffer_with_free_callback_cls (only->text->len, only->text->str, free_cb,
                                                                   self);
  return MHD_create_response_from_callback ((guint64)luo_hub_answer_get_length (self), LUO_HUB_CHUNK, read_cb,
                                            self, free_cb);
}

gboolean
luo_hub_answer_collect (LuoHubAnswer *self, GString *out)
{
  char buffer[16 * 1024];
  ssize_t n;

  while ((n = read_cb (self, out->len, buffer, sizeof buffer)) > 0)
    g_string_append_len (out, buffer, n);
  luo_hub_answer_free (self);
  return n == MHD_CONTENT_READER_END_OF_STREAM;
}
