/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib/gstdio.h>

#include "luo-attachment.h"
#include "luo-store-sync.h"
#include "store-fixture.h"

static GBytes *
make_bytes (gsize length, char fill)
{
  char *text = g_malloc (length);

  if (length > 0)
    memset (text, fill, length);
  return g_bytes_new_take (text, length);
}

static char *
digest_of (GBytes *bytes)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);
  g_autofree char *base64 = NULL;
  guint8 raw[16];
  gsize length = sizeof raw;

  g_checksum_update (sum, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  g_checksum_get_digest (sum, raw, &length);
  base64 = g_base64_encode (raw, length);
  return g_strconcat ("md5-", base64, NULL);
}

static void
assert_content (LuoStore *store, const char *digest, GBytes *expected)
{
  g_autoptr (GError) error = NULL;
  gint64 length = 0;
  g_autoptr (GInputStream) stream = luo_store_read_attachment (store, digest, &length, &error);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GBytes) read = NULL;

  g_assert_no_error (error);
  g_output_stream_splice (out, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  read = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
  g_assert_true (g_bytes_equal (read, expected));
  g_assert_cmpint (length, ==, (gint64)g_bytes_get_size (expected));
}

/* Small and large bytes are read back by their digest, also after reopening; the same bytes twice are kept once. */
static void
test_round_trip (StoreFixture *fixture, gconstpointer data)
{
  static const gsize lengths[] = { 0, 1, LUO_ATTACHMENT_INLINE_MAX, LUO_ATTACHMENT_INLINE_MAX + 1, 3000000 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (lengths[i], 'p');
      g_autofree char *expected = digest_of (bytes), *digest = NULL, *written = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (LuoAttachmentWriter) writer = luo_attachment_writer_new (fixture->store, &error);
      const char *text = g_bytes_get_data (bytes, NULL);

      g_test_message ("Vector %" G_GSIZE_FORMAT, lengths[i]);
      g_assert_false (luo_store_has_attachment (fixture->store, expected));
      g_assert_true (luo_store_add_attachment (fixture->store, bytes, &digest, &error));
      g_assert_cmpstr (digest, ==, expected);
      for (gsize at = 0; at < lengths[i]; at += 10000)
        g_assert_true (luo_attachment_writer_write (writer, text + at, MIN (10000, lengths[i] - at), &error));
      g_assert_true (luo_attachment_writer_finish (writer, expected, NULL, &written, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (written, ==, expected);
      assert_content (fixture->store, expected, bytes);
      g_clear_pointer (&writer, luo_attachment_writer_free);
      store_fixture_reopen (fixture, LUO_STORE_DEFAULT);
      assert_content (fixture->store, expected, bytes);
    }
}

/* Bytes that do not fit the digest that was expected are refused, and nothing of them is kept. */
static void
test_damaged (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = make_bytes (100000, 'x');
  g_autofree char *real = digest_of (bytes);
  g_autoptr (LuoAttachmentWriter) writer = luo_attachment_writer_new (fixture->store, &error);
  g_autofree char *folder = g_build_filename (fixture->folder, "attachments", NULL);
  g_autoptr (GDir) dir = NULL;

  g_assert_true (luo_attachment_writer_write (writer, g_bytes_get_data (bytes, NULL), 100000, &error));
  g_assert_false (
      luo_attachment_writer_finish (writer, "md5-AAAAAAAAAAAAAAAAAAAAAA==", NULL, NULL, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID);
  g_clear_pointer (&writer, luo_attachment_writer_free);
  g_assert_false (luo_store_has_attachment (fixture->store, real));
  g_assert_false (luo_store_has_attachment (fixture->store, "md5-AAAAAAAAAAAAAAAAAAAAAA=="));
  dir = g_dir_open (folder, 0, NULL);
  g_assert_null (g_dir_read_name (dir));
}

/* A server that keeps a text gzipped names it by the digest of those bytes: the plain ones are found under it too. */
static void
test_alias (StoreFixture *fixture, gconstpointer data)
{
  const char *alias = "md5-AAAAAAAAAAAAAAAAAAAAAQ==";
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = make_bytes (10, 't');
  g_autoptr (LuoAttachmentWriter) writer = luo_attachment_writer_new (fixture->store, &error);

  g_assert_true (luo_attachment_writer_write (writer, g_bytes_get_data (bytes, NULL), 10, &error));
  g_assert_true (luo_attachment_writer_finish (writer, NULL, alias, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (luo_store_has_attachment (fixture->store, alias));
  assert_content (fixture->store, alias, bytes);
}

static gboolean
put_with (LuoStore *store, const char *parent, const char *stubs, char **rev, GError **error)
{
  return luo_store_put (store, "city", "visit:1", parent, "{\"type\":\"visit\"}", stubs, FALSE,
                        LUO_PUT_DEFAULT, rev, error);
}

/* An edit names only what is here or what its parent had; revpos says when an attachment came; it can be taken away. */
static void
test_put (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = make_bytes (5, 'a'), other = make_bytes (6, 'b');
  g_autofree char *digest = NULL, *other_digest = NULL, *stubs = NULL, *both = NULL, *one = NULL;
  g_autofree char *first = NULL, *second = NULL, *third = NULL, *missing = NULL;
  g_autoptr (LuoDocument) document = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  const LuoAttachment *attachment;

  missing = luo_attachments_set (NULL, "photo.jpg", "image/jpeg", "md5-AAAAAAAAAAAAAAAAAAAAAA==", 5);
  g_assert_false (put_with (fixture->store, NULL, missing, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_MISSING_STUB);
  g_clear_error (&error);

  luo_store_add_attachment (fixture->store, bytes, &digest, &error);
  luo_store_add_attachment (fixture->store, other, &other_digest, &error);
  stubs = luo_attachments_set (NULL, "photo.jpg", "image/jpeg", digest, 5);
  both = luo_attachments_set (stubs, "b/~.txt", "text/plain", other_digest, 6);
  g_assert_true (put_with (fixture->store, NULL, stubs, &first, &error));
  g_assert_true (put_with (fixture->store, first, both, &second, &error));
  g_assert_no_error (error);

  document = luo_store_get (fixture->store, "city", "visit:1", NULL, &error);
  listed = luo_store_list_attachments (fixture->store, document, &error);
  g_assert_cmpuint (listed->len, ==, 2);
  attachment = listed->pdata[0];
  g_assert_cmpstr (attachment->name, ==, "b/~.txt");
  g_assert_cmpuint (attachment->revpos, ==, 2);
  attachment = listed->pdata[1];
  g_assert_cmpstr (attachment->name, ==, "photo.jpg");
  g_assert_cmpstr (attachment->content_type, ==, "image/jpeg");
  g_assert_cmpstr (attachment->digest, ==, digest);
  g_assert_cmpint (attachment->length, ==, 5);
  g_assert_cmpuint (attachment->revpos, ==, 1);
  g_assert_true (attachment->present);

  one = luo_attachments_remove (luo_document_get_attachments (document), "photo.jpg");
  g_assert_true (put_with (fixture->store, second, one, &third, &error));
  g_assert_no_error (error);
  g_clear_pointer (&document, luo_document_unref);
  g_clear_pointer (&listed, g_ptr_array_unref);
  document = luo_store_get (fixture->store, "city", "visit:1", NULL, &error);
  listed = luo_store_list_attachments (fixture->store, document, &error);
  g_assert_cmpuint (listed->len, ==, 1);
  assert_sound (fixture->store);
  /* The versions before are merge bases, so that what they have is kept. */
  g_assert_true (luo_store_has_attachment (fixture->store, digest));
}

static void
insert_with (LuoStore *store, const char *space, const char *id, const char *history, const char *attachments,
             GError **error)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  LuoIncoming *incoming = make_incoming (id, history, FALSE, "{\"type\":\"visit\"}");
  LuoInsertResult *results = NULL;
  GError *failed = NULL;

  incoming->attachments = g_strdup (attachments);
  g_ptr_array_add (documents, incoming);
  g_ptr_array_add (documents, make_incoming ("beside", "1-a", FALSE, "{}"));
  luo_store_insert (store, space, documents, LUO_INSERT_HELD, &results, &failed);
  g_assert_no_error (failed);
  g_assert_no_error (results[1].error);
  if (results[0].error != NULL)
    g_propagate_error (error, g_steal_pointer (&results[0].error));
  luo_insert_results_free (results, 2);
}

static gint64
count_wanted (LuoStore *store)
{
  g_autoptr (LuoSpace) space = luo_store_get_space (store, "city", NULL);
  g_autoptr (GPtrArray) listed = luo_store_list_wanted (store, "city", 0, NULL);

  g_assert_cmpint (space->wanted, ==, listed->len);
  return space->wanted;
}

/* A pulled record names photos that are not here: they are wanted, the small one first, until their bytes come. */
static void
test_wanted (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) small = make_bytes (5, 'a'), large = make_bytes (70000, 'b');
  g_autofree char *small_digest = digest_of (small), *large_digest = digest_of (large);
  g_autofree char *one = luo_attachments_set (NULL, "original.jpg", "image/jpeg", large_digest, 70000);
  g_autofree char *stubs = luo_attachments_set (one, "small.jpg", "image/jpeg", small_digest, 5);
  g_autoptr (GPtrArray) wanted = NULL;
  const LuoWanted *first;

  insert_with (fixture->store, "city", "visit:1", "2-b 1-a", stubs, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_wanted (fixture->store), ==, 2);
  wanted = luo_store_list_wanted (fixture->store, "city", 1, &error);
  first = wanted->pdata[0];
  g_assert_cmpstr (first->name, ==, "small.jpg");
  g_assert_cmpstr (first->id, ==, "visit:1");
  g_assert_cmpstr (first->rev, ==, "2-b");
  g_assert_cmpstr (first->digest, ==, small_digest);
  assert_sound (fixture->store);

  luo_store_add_attachment (fixture->store, small, NULL, &error);
  g_assert_cmpint (count_wanted (fixture->store), ==, 1);
  /* A newer version without the photo: nobody wants it any more. */
  insert_with (fixture->store, "city", "visit:1", "3-c 2-b 1-a", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_wanted (fixture->store), ==, 0);
  assert_sound (fixture->store);
}

/* A version that is kept only to merge by wants nothing: the server has the files of leaves alone, and would be asked for ever. What
 * several versions name is asked for by the newest that the server has. */
static void
test_wanted_by_leaves (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) small = make_bytes (5, 'a');
  g_autofree char *digest = digest_of (small);
  g_autofree char *stubs = luo_attachments_set (NULL, "small.jpg", "image/jpeg", digest, 5);
  g_autoptr (GPtrArray) wanted = NULL;
  g_autofree char *mine = NULL;
  g_autofree char *edited = NULL;

  insert_with (fixture->store, "city", "visit:1", "2-b 1-a", stubs, &error);
  g_assert_no_error (error);
  luo_store_put (fixture->store, "city", "visit:1", "2-b", "{\"type\":\"visit\",\"n\":1}", stubs, FALSE,
                 LUO_PUT_DEFAULT, &mine, &error);
  g_assert_no_error (error);
  wanted = luo_store_list_wanted (fixture->store, "city", 1, &error);
  g_assert_cmpstr (((LuoWanted *)wanted->pdata[0])->rev, ==, "2-b");
  g_assert_true (luo_store_mark_held (fixture->store, "city", (const char *const[]){ "visit:1" },
                                      (const char *const[]){ mine }, 1, &error));
  g_clear_pointer (&wanted, g_ptr_array_unref);
  wanted = luo_store_list_wanted (fixture->store, "city", 1, &error);
  g_assert_cmpstr (((LuoWanted *)wanted->pdata[0])->rev, ==, mine);
  assert_sound (fixture->store);

  /* An unsent edit that kept the photo is replaced by one without it. */
  g_clear_pointer (&edited, g_free);
  luo_store_put (fixture->store, "city", "visit:1", mine, "{\"type\":\"visit\",\"n\":2}", stubs, FALSE,
                 LUO_PUT_COLLAPSE, &edited, &error);
  g_assert_no_error (error);
  luo_store_put (fixture->store, "city", "visit:1", edited, "{\"type\":\"visit\",\"n\":3}", NULL, FALSE,
                 LUO_PUT_COLLAPSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_wanted (fixture->store), ==, 0);
  assert_sound (fixture->store);
}

/* Inline data is decoded, verified and kept; what is wrong with it fails that document alone. */
static void
test_inline (StoreFixture *fixture, gconstpointer data)
{
  static const char *const wrong[] = {
    "{\"p\":{\"content_type\":\"image/png\",\"data\":\"not base64!\"}}",
    "{\"p\":{\"content_type\":\"image/"
    "png\",\"data\":\"aGVsbG8=\",\"digest\":\"md5-AAAAAAAAAAAAAAAAAAAAAA==\"}}",
    "{\"p\":{\"data\":\"aGVsbG8=\",\"stub\":true}}",
    "{\"_p\":{\"data\":\"aGVsbG8=\"}}",
    "{\"p\":7}",
    "{\"p\":{\"stub\":true}}",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) hello = g_bytes_new_static ("hello", 5);
  g_autofree char *digest = digest_of (hello);
  g_autoptr (LuoDocument) document = NULL;

  insert_with (fixture->store, "city", "visit:1", "1-a",
               "{\"p\":{\"content_type\":\"image/png\",\"data\":\"aGVsbG8=\"}}", &error);
  g_assert_no_error (error);
  assert_content (fixture->store, digest, hello);
  document = luo_store_get (fixture->store, "city", "visit:1", NULL, &error);
  g_assert_nonnull (strstr (luo_document_get_attachments (document), "\"stub\":true"));
  g_assert_null (strstr (luo_document_get_attachments (document), "aGVsbG8="));

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (LuoDocument) none = NULL;

      g_test_message ("Vector %s", wrong[i]);
      insert_with (fixture->store, "city", "visit:2", "1-a", wrong[i], &error);
      g_assert_nonnull (error);
      g_clear_error (&error);
      none = luo_store_get (fixture->store, "city", "visit:2", NULL, NULL);
      g_assert_null (none);
    }
  assert_sound (fixture->store);
}

/* A server refuses a stub whose bytes it does not hold: the sender has to send them. */
static void
test_hub (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *stubs
      = luo_attachments_set (NULL, "p.jpg", "image/jpeg", "md5-AAAAAAAAAAAAAAAAAAAAAA==", 5);

  g_assert_true (luo_store_create_space (fixture->store, "luoshi-city", &error));
  insert_with (fixture->store, "luoshi-city", "visit:1", "1-a", stubs, &error);
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_MISSING_STUB);
  assert_sound (fixture->store);
}

/* A file that was changed or lost on the disk is found, and its bytes are wanted again. */
static void
test_check (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) large = make_bytes (100000, 'l');
  g_autofree char *digest = NULL, *stubs = NULL, *folder = NULL, *path = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GPtrArray) problems = NULL;

  luo_store_add_attachment (fixture->store, large, &digest, &error);
  stubs = luo_attachments_set (NULL, "p.jpg", "image/jpeg", digest, 100000);
  g_assert_true (put_with (fixture->store, NULL, stubs, NULL, &error));
  assert_sound (fixture->store);

  folder = g_build_filename (fixture->folder, "attachments", NULL);
  dir = g_dir_open (folder, 0, NULL);
  path = g_build_filename (folder, g_dir_read_name (dir), NULL);
  g_assert_true (g_file_set_contents (path, "other bytes", -1, NULL));
  g_assert_true (luo_store_check (fixture->store, &problems, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, >, 0);
  g_assert_false (luo_store_has_attachment (fixture->store, digest));
  g_assert_cmpint (count_wanted (fixture->store), ==, 1);

  luo_store_add_attachment (fixture->store, large, NULL, &error);
  g_assert_cmpint (count_wanted (fixture->store), ==, 0);
  assert_sound (fixture->store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD_AS(path, func, flags)                                                                            \
  g_test_add (path, StoreFixture, GUINT_TO_POINTER (flags), store_fixture_set_up, func,                      \
              store_fixture_tear_down)
#define ADD(path, func) ADD_AS (path, func, LUO_STORE_DEFAULT)

  ADD ("/store/attachment/round-trip", test_round_trip);
  ADD ("/store/attachment/damaged", test_damaged);
  ADD ("/store/attachment/alias", test_alias);
  ADD ("/store/attachment/put", test_put);
  ADD ("/store/attachment/wanted", test_wanted);
  ADD ("/store/attachment/wanted-by-leaves", test_wanted_by_leaves);
  ADD ("/store/attachment/inline", test_inline);
  ADD_AS ("/store/attachment/hub", test_hub, LUO_STORE_HUB);
  ADD ("/store/attachment/check", test_check);

  return g_test_run ();
}
