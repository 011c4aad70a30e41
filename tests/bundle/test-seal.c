/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-bundle-error.h"
#include "luo-seal-private.h"

static const LuoSealCost cheap = { 1, 8 };

/* Returns: (transfer full): @length bytes that are all different enough, sealed */
static GBytes *
seal (const char *passphrase, const guchar *content, gsize length)
{
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoSealWriter) writer = luo_seal_writer_new (out, passphrase, &cheap, &error);

  g_assert_no_error (error);
  luo_seal_writer_write (writer, content, length, NULL, &error);
  g_assert_no_error (error);
  luo_seal_writer_finish (writer, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (out, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

/* Reads all there is in odd pieces. Returns: (transfer full) (nullable) */
static GByteArray *
open_sealed (GBytes *sealed, const char *passphrase, GError **error)
{
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_bytes (sealed);
  g_autoptr (LuoSealReader) reader = luo_seal_reader_new (in, passphrase, error);
  g_autoptr (GByteArray) content = g_byte_array_new ();
  gboolean ended = FALSE;

  if (reader == NULL)
    return NULL;
  while (TRUE)
    {
      guchar byte;

      if (!luo_seal_reader_read (reader, &byte, 1, &ended, NULL, error))
        return NULL;
      if (ended)
        return g_steal_pointer (&content);
      g_byte_array_append (content, &byte, 1);
    }
}

static guchar *
make_content (gsize length)
{
  guchar *content = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    content[i] = (guchar)(i * 7 + i / 251);
  return content;
}

/* Nothing, less than a frame, exactly one, and several come back as they were. */
static void
test_round_trip (void)
{
  static const gsize lengths[] = { 0, 1, 65535, 65536, 65537, 200000 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree guchar *content = make_content (lengths[i]);
      g_autoptr (GBytes) sealed = seal ("八个字以上的口令句", content, lengths[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) opened = open_sealed (sealed, "八个字以上的口令句", &error);

      g_assert_no_error (error);
      g_assert_cmpmem (opened->data, opened->len, content, lengths[i]);
    }
}

static void
test_passphrase (void)
{
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GBytes) sealed = seal ("long enough", (const guchar *)"content", 7);
  g_autoptr (GError) error = NULL;

  g_assert_null (luo_seal_writer_new (out, "七个字的口令句", &cheap, &error));
  g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_PASSPHRASE);
  g_clear_error (&error);
  g_assert_null (open_sealed (sealed, "long enougH", &error));
  g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_PASSPHRASE);
}

/* Wherever a file is cut, it is known; also exactly between two frames. */
static void
test_cut (void)
{
  g_autofree guchar *content = make_content (150000);
  g_autoptr (GBytes) sealed = seal ("long enough", content, 150000);
  gsize size = g_bytes_get_size (sealed);
  gsize frame = 4 + 65536 + 17;

  for (gsize length = 0; length < size; length += length < 70 ? 1 : 9973)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (sealed, 0, length);
      g_autoptr (GError) error = NULL;

      g_assert_null (open_sealed (cut, "long enough", &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == LUO_BUNDLE_ERROR);
    }
  for (gsize n = 0; n < 3; n++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (sealed, 0, 56 + n * frame);
      g_autoptr (GError) error = NULL;

      g_assert_null (open_sealed (cut, "long enough", &error));
      g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_DAMAGED);
    }
}

/* Each changed bit of head and frames is found, and so is what follows the end. */
static void
test_changed (void)
{
  g_autoptr (GBytes) sealed = seal ("long enough", (const guchar *)"0123456789", 10);
  gsize size = 0;
  const guchar *data = g_bytes_get_data (sealed, &size);

  for (gsize i = 0; i <= size; i++)
    {
      g_autofree guchar *copy = g_malloc (size + 1);
      g_autoptr (GBytes) changed = NULL;
      g_autoptr (GError) error = NULL;

      memcpy (copy, data, size);
      copy[size] = 'x';
      if (i < size)
        copy[i] ^= 0x10;
      changed = g_bytes_new (copy, i < size ? size : size + 1);
      g_assert_null (open_sealed (changed, "long enough", &error));
      g_assert_nonnull (error);
    }
}

/* Frames in another order, or one twice, are no file. */
static void
test_shuffled (void)
{
  g_autofree guchar *content = make_content (140000);
  g_autoptr (GBytes) sealed = seal ("long enough", content, 140000);
  const guchar *data = g_bytes_get_data (sealed, NULL);
  gsize size = g_bytes_get_size (sealed);
  gsize head = 56, frame = 4 + 65536 + 17;
  g_autoptr (GByteArray) swapped = g_byte_array_new ();
  g_autoptr (GByteArray) doubled = g_byte_array_new ();
  g_autoptr (GBytes) a = NULL;
  g_autoptr (GBytes) b = NULL;
  g_autoptr (GError) error = NULL;

  g_byte_array_append (swapped, data, head);
  g_byte_array_append (swapped, data + head + frame, frame);
  g_byte_array_append (swapped, data + head, frame);
  g_byte_array_append (swapped, data + head + 2 * frame, size - head - 2 * frame);
  a = g_byte_array_free_to_bytes (g_steal_pointer (&swapped));
  g_assert_null (open_sealed (a, "long enough", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  g_byte_array_append (doubled, data, head + frame);
  g_byte_array_append (doubled, data + head, size - head);
  b = g_byte_array_free_to_bytes (g_steal_pointer (&doubled));
  g_assert_null (open_sealed (b, "long enough", &error));
  g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_DAMAGED);
}

static void
test_foreign (void)
{
  g_autoptr (GBytes) foreign
      = g_bytes_new_static ("PK\003\004 something else, long enough to have held a head", 52);
  g_autoptr (GBytes) newer
      = g_bytes_new_static ("LUOSHIX2 and what the next version writes behind it ..", 54);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (open_sealed (foreign, "long enough", &error));
  g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (open_sealed (newer, "long enough", &error));
  g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (open_sealed (empty, "long enough", &error));
  g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_FORMAT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bundle/seal/round-trip", test_round_trip);
  g_test_add_func ("/bundle/seal/passphrase", test_passphrase);
  g_test_add_func ("/bundle/seal/cut-anywhere-is-known", test_cut);
  g_test_add_func ("/bundle/seal/changed-anywhere-is-known", test_changed);
  g_test_add_func ("/bundle/seal/frames-in-another-order", test_shuffled);
  g_test_add_func ("/bundle/seal/foreign-files", test_foreign);
  return g_test_run ();
}
