/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-seal-private.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "luo-bundle-error.h"

#define MAGIC "LUOSHIX1"
#define MAGIC_LENGTH 8
/* The magic up to its version: a newer file is told from a foreign one by it. */
#define MAGIC_NAME_LENGTH 7
#define HEAD_LENGTH                                                                                          \
  (MAGIC_LENGTH + 8 + crypto_pwhash_SALTBYTES + crypto_secretstream_xchacha20poly1305_HEADERBYTES)

#define CHUNK (64 * 1024)
#define FRAME_MAX (CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES)

/* A head asks for memory before anything of it is known to be true; more than this is not made by this program. */
#define MAX_OPERATIONS 16
#define MAX_MEMORY_KIB (1024 * 1024)

G_DEFINE_QUARK (luo - bundle - error - quark, luo_bundle_error)

const LuoSealCost luo_seal_cost_default
    = { crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE / 1024 };

struct _LuoSealWriter
{
  GOutputStream *out; /* (owned) */
  crypto_secretstream_xchacha20poly1305_state state;
  guchar head[HEAD_LENGTH];
  gboolean head_sealed;
  guchar plain[CHUNK];
  gsize used;
  guchar frame[4 + FRAME_MAX];
};

struct _LuoSealReader
{
  GInputStream *in; /* (owned) */
  crypto_secretstream_xchacha20poly1305_state state;
  guchar head[HEAD_LENGTH];
  gboolean head_opened;
  gboolean ended;
  guchar plain[CHUNK];
  gsize used, length;
  guchar frame[FRAME_MAX];
};

static void
put_uint32 (guchar *at, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  memcpy (at, &little, sizeof little);
}

static guint32
get_uint32 (const guchar *at)
{
  guint32 little;

  memcpy (&little, at, sizeof little);
  return GUINT32_FROM_LE (little);
}

/* Lays out what stands in the head before the stream's own part. */
static guchar *
salt_of (guchar *head)
{
  return head + MAGIC_LENGTH + 8;
}

static guchar *
stream_head_of (guchar *head)
{
  return salt_of (head) + crypto_pwhash_SALTBYTES;
}

static gboolean
make_key (const char *passphrase, guchar *head, guchar *key, GError **error)
{
  guint32 operations = get_uint32 (head + MAGIC_LENGTH);
  guint32 memory_kib = get_uint32 (head + MAGIC_LENGTH + 4);

  if (crypto_pwhash (key, crypto_secretstream_xchacha20poly1305_KEYBYTES, passphrase, strlen (passphrase),
                     salt_of (head), operations, (gsize)memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13)
      == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
               _ ("There is not enough memory to use the passphrase: %u MiB are needed."), memory_kib / 1024);
  return FALSE;
}

static gboolean
start_sodium (GError **error)
{
  if (sodium_init () >= 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("This machine gives no random numbers."));
  return FALSE;
}

/* Writing */

LuoSealWriter *
luo_seal_writer_new (GOutputStream *out, const char *passphrase, const LuoSealCost *cost, GError **error)
{
  g_autoptr (LuoSealWriter) self = NULL;
  guchar key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
  gboolean ok;

  g_return_val_if_fail (G_IS_OUTPUT_STREAM (out) && passphrase != NULL && cost != NULL, NULL);

  if (g_utf8_strlen (passphrase, -1) < LUO_SEAL_MIN_PASSPHRASE)
    {
      g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_PASSPHRASE,
                   _ ("The passphrase is too short: at least %d characters are expected."),
                   LUO_SEAL_MIN_PASSPHRASE);
      return NULL;
    }
  if (!start_sodium (error))
    return NULL;

  self = g_new0 (LuoSealWriter, 1);
  self->out = g_object_ref (out);
  memcpy (self->head, MAGIC, MAGIC_LENGTH);
  put_uint32 (self->head + MAGIC_LENGTH, cost->operations);
  put_uint32 (self->head + MAGIC_LENGTH + 4, cost->memory_kib);
  randombytes_buf (salt_of (self->head), crypto_pwhash_SALTBYTES);
  ok = make_key (passphrase, self->head, key, error);
  if (ok)
    {
      crypto_secretstream_xchacha20poly1305_init_push (&self->state, stream_head_of (self->head), key);
      ok = g_output_stream_write_all (out, self->head, HEAD_LENGTH, NULL, NULL, error);
    }
  sodium_memzero (key, sizeof key);
  return ok ? g_steal_pointer (&self) : NULL;
}

static gboolean
write_frame (LuoSealWriter *self, guchar tag, GCancellable *cancellable, GError **error)
{
  unsigned long long length = 0;

  crypto_secretstream_xchacha20poly1305_push (&self->state, self->frame + 4, &length, self->plain, self->used,
                                              self->head_sealed ? NULL : self->head,
                                              self->head_sealed ? 0 : HEAD_LENGTH, tag);
  self->head_sealed = TRUE;
  self->used = 0;
  put_uint32 (self->frame, (guint32)length);
  return g_output_stream_write_all (self->out, self->frame, 4 + (gsize)length, NULL, cancellable, error);
}

gboolean
luo_seal_writer_write (LuoSealWriter *self, gconstpointer data, gsize length, GCancellable *cancellable,
                       GError **error)
{
  const guchar *from = data;

  g_return_val_if_fail (self != NULL, FALSE);

  while (length > 0)
    {
      gsize part = MIN (length, CHUNK - self->used);

      memcpy (self->plain + self->used, from, part);
      self->used += part;
      from += part;
      length -= part;
      if (self->used == CHUNK
          && !write_frame (self, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
luo_seal_writer_finish (LuoSealWriter *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return write_frame (self, crypto_secretstream_xchacha20poly1305_TAG_FINAL, cancellable, error);
}

void
luo_seal_writer_free (LuoSealWriter *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->out);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

/* Reading */

static gboolean
set_damaged (GError **error)
{
  g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_DAMAGED,
               _ ("The exchange file is damaged or was changed; nothing of it was taken in."));
  return FALSE;
}

static gboolean
set_cut (GError **error)
{
  g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_DAMAGED,
               _ ("The exchange file ends early: it was not copied whole; nothing of it was taken in."));
  return FALSE;
}

static gboolean
read_head (LuoSealReader *self, GError **error)
{
  gsize got = 0;

  if (!g_input_stream_read_all (self->in, self->head, HEAD_LENGTH, &got, NULL, error))
    return FALSE;
  if (got < MAGIC_LENGTH || memcmp (self->head, MAGIC, MAGIC_NAME_LENGTH) != 0)
    {
      g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_FORMAT,
                   _ ("This is no exchange file of Luoshi."));
      return FALSE;
    }
  if (memcmp (self->head, MAGIC, MAGIC_LENGTH) != 0)
    {
      g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_FORMAT,
                   _ ("The exchange file was made by a newer version of Luoshi."));
      return FALSE;
    }
  if (got < HEAD_LENGTH)
    return set_cut (error);
  if (get_uint32 (self->head + MAGIC_LENGTH) > MAX_OPERATIONS
      || get_uint32 (self->head + MAGIC_LENGTH + 4) > MAX_MEMORY_KIB)
    return set_damaged (error);
  return TRUE;
}

LuoSealReader *
luo_seal_reader_new (GInputStream *in, const char *passphrase, GError **error)
{
  g_autoptr (LuoSealReader) self = NULL;
  guchar key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
  gboolean ok;

  g_return_val_if_fail (G_IS_INPUT_STREAM (in) && passphrase != NULL, NULL);

  if (!start_sodium (error))
    return NULL;
  self = g_new0 (LuoSealReader, 1);
  self->in = g_object_ref (in);
  ok = read_head (self, error) && make_key (passphrase, self->head, key, error);
  if (ok
      && crypto_secretstream_xchacha20poly1305_init_pull (&self->state, stream_head_of (self->head), key)
             != 0)
    ok = set_damaged (error);
  sodium_memzero (key, sizeof key);
  return ok ? g_steal_pointer (&self) : NULL;
}

static gboolean
open_frame (LuoSealReader *self, guint32 length, GError **error)
{
  unsigned long long plain = 0;
  guchar tag = 0;

  if (crypto_secretstream_xchacha20poly1305_pull (&self->state, self->plain, &plain, &tag, self->frame,
                                                  length, self->head_opened ? NULL : self->head,
                                                  self->head_opened ? 0 : HEAD_LENGTH)
      != 0)
    {
      if (self->head_opened)
        return set_damaged (error);
      g_set_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_PASSPHRASE,
                   _ ("The passphrase is not the one that the exchange file was sealed with."));
      return FALSE;
    }
  self->head_opened = TRUE;
  self->used = 0;
  self->length = (gsize)plain;
  self->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  return TRUE;
}

static gboolean
read_frame (LuoSealReader *self, GCancellable *cancellable, GError **error)
{
  guchar size[4];
  gsize got = 0;
  guint32 length;

  if (!g_input_stream_read_all (self->in, size, sizeof size, &got, cancellable, error))
    return FALSE;
  if (got < sizeof size)
    return set_cut (error);
  length = get_uint32 (size);
  if (length < crypto_secretstream_xchacha20poly1305_ABYTES || length > FRAME_MAX)
    return set_damaged (error);
  if (!g_input_stream_read_all (self->in, self->frame, length, &got, cancellable, error))
    return FALSE;
  if (got < length)
    return set_cut (error);
  return open_frame (self, length, error);
}

/* Nothing may follow the last frame. */
static gboolean
check_end (LuoSealReader *self, gboolean *ended, GCancellable *cancellable, GError **error)
{
  guchar more;
  gsize got = 0;

  if (!g_input_stream_read_all (self->in, &more, 1, &got, cancellable, error))
    return FALSE;
  *ended = got == 0;
  return *ended || set_damaged (error);
}

gboolean
luo_seal_reader_read (LuoSealReader *self, gpointer buffer, gsize length, gboolean *ended,
                      GCancellable *cancellable, GError **error)
{
  guchar *to = buffer;

  g_return_val_if_fail (self != NULL, FALSE);

  if (ended != NULL)
    *ended = FALSE;
  while (length > 0)
    {
      gsize part;

      if (self->used == self->length)
        {
          if (self->ended && ended != NULL && to == (guchar *)buffer)
            return check_end (self, ended, cancellable, error);
          /* The content ended within something; a frame after the last one does not exist. */
          if (self->ended)
            return set_damaged (error);
          if (!read_frame (self, cancellable, error))
            return FALSE;
          continue;
        }
      part = MIN (length, self->length - self->used);
      memcpy (to, self->plain + self->used, part);
      self->used += part;
      to += part;
      length -= part;
    }
  return TRUE;
}

void
luo_seal_reader_free (LuoSealReader *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->in);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}
