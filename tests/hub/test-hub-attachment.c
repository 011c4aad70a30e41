/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "hub-fixture.h"

/* Larger than what is kept in the database. */
#define LARGE (3 * 1024 * 1024 + 17)

static char *
make_bytes (gsize length)
{
  char *bytes = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (char)(i * 31 + (i >> 9));
  return bytes;
}

static char *
digest_of (const char *bytes, gsize length)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);
  guint8 raw[16];
  gsize n = sizeof raw;
  g_autofree char *encoded = NULL;

  g_checksum_update (sum, (const guchar *)bytes, (gssize)length);
  g_checksum_get_digest (sum, raw, &n);
  encoded = g_base64_encode (raw, n);
  return g_strconcat ("md5-", encoded, NULL);
}

/* The bytes of an answer, which may hold NULs. */
static GBytes *
get_bytes (HubFixture *fixture, const char *path, const char *const *headers, guint *status)
{
  g_autofree char *uri = g_strconcat (fixture->base, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                "Basic YWRtaW46cHc=");
  for (gsize i = 0; headers != NULL && headers[i] != NULL; i += 2)
    soup_message_headers_replace (soup_message_get_request_headers (message), headers[i], headers[i + 1]);
  bytes = soup_session_send_and_read (fixture->session, message, NULL, &error);
  g_assert_no_error (error);
  *status = soup_message_get_status (message);
  return bytes;
}

/* PUT, GET, ranges, conditional GET, another revision, DELETE of one attachment. */
static void
test_single (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *bytes = make_bytes (LARGE);
  g_autofree char *digest = digest_of (bytes, LARGE);
  g_autofree char *rev = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autofree char *etag = g_strdup_printf ("\"%s\"", digest + 4);
  g_autoptr (Reply) put = hub_request_full (fixture, "PUT", "/luoshi-city/visit/照片%2F1.jpg", bytes, LARGE,
                                            "image/jpeg", NULL);
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) part = NULL;
  g_autoptr (GBytes) tail = NULL;
  g_autoptr (GBytes) same = NULL;
  g_autoptr (GBytes) beyond = NULL;
  guint status;

  g_assert_cmpuint (put->status, ==, 201);
  rev = json_text_at (put->text, "/rev");
  text = hub_expect (fixture, "GET", "/luoshi-city/visit", NULL, 200, digest);
  g_assert_nonnull (strstr (text, "\"照片/1.jpg\":{\"content_type\":\"image/jpeg\""));
  g_assert_nonnull (strstr (text, "\"stub\":true"));
  g_assert_nonnull (strstr (text, "\"revpos\":1"));

  whole = get_bytes (fixture, "/luoshi-city/visit/%E7%85%A7%E7%89%87/1.jpg", NULL, &status);
  g_assert_cmpuint (status, ==, 200);
  g_assert_cmpmem (bytes, LARGE, g_bytes_get_data (whole, NULL), g_bytes_get_size (whole));
  {
    const char *const range[] = { "Range", "bytes=100000-200000", NULL };
    const char *const suffix[] = { "Range", "bytes=-10", NULL };
    const char *const far[] = { "Range", "bytes=99999999-", NULL };
    const char *const known[] = { "If-None-Match", etag, NULL };

    part = get_bytes (fixture, "/luoshi-city/visit/%E7%85%A7%E7%89%87/1.jpg", range, &status);
    g_assert_cmpuint (status, ==, 206);
    g_assert_cmpmem (bytes + 100000, 100001, g_bytes_get_data (part, NULL), g_bytes_get_size (part));
    tail = get_bytes (fixture, "/luoshi-city/visit/%E7%85%A7%E7%89%87/1.jpg", suffix, &status);
    g_assert_cmpuint (status, ==, 206);
    g_assert_cmpmem (bytes + LARGE - 10, 10, g_bytes_get_data (tail, NULL), g_bytes_get_size (tail));
    beyond = get_bytes (fixture, "/luoshi-city/visit/%E7%85%A7%E7%89%87/1.jpg", far, &status);
    g_assert_cmpuint (status, ==, 416);
    same = get_bytes (fixture, "/luoshi-city/visit/%E7%85%A7%E7%89%87/1.jpg", known, &status);
    g_assert_cmpuint (status, ==, 304);
  }

  hub_expect_error (fixture, "PUT", "/luoshi-city/visit/b.txt", "x", 409, "conflict",
                    "Document update conflict.");
  hub_expect_error (fixture, "GET", "/luoshi-city/visit/none", NULL, 404, "not_found",
                    "Document is missing attachment");
  hub_expect_error (fixture, "GET", "/luoshi-city/none/none", NULL, 404, "not_found", "missing");
  hub_expect_error (fixture, "PUT", "/luoshi-city/visit/_b.txt", "x", 400, "bad_request", NULL);
  path = g_strdup_printf ("/luoshi-city/visit/b.txt?rev=%s", rev);
  g_clear_pointer (&text, g_free);
  text = hub_expect (fixture, "PUT", path, "x", 201, "\"rev\":\"2-");
  g_clear_pointer (&rev, g_free);
  rev = json_text_at (text, "/rev");
  g_free (hub_expect (fixture, "GET", "/luoshi-city/visit", NULL, 200, "\"revpos\":2"));

  g_clear_pointer (&path, g_free);
  path = g_strdup_printf ("/luoshi-city/visit/%%E7%%85%%A7%%E7%%89%%87/1.jpg?rev=%s", rev);
  g_free (hub_expect (fixture, "DELETE", path, NULL, 200, "\"rev\":\"3-"));
  g_clear_pointer (&text, g_free);
  text = hub_expect (fixture, "GET", "/luoshi-city/visit", NULL, 200, "\"b.txt\"");
  g_assert_null (strstr (text, "1.jpg"));
  {
    const char *const wrong[] = { "Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==", NULL };
    g_autoptr (Reply) damaged
        = hub_request_full (fixture, "PUT", "/luoshi-city/other/a", "abc", 3, "text/plain", wrong);

    g_assert_cmpuint (damaged->status, ==, 400);
    g_assert_nonnull (strstr (damaged->text, "\"content_md5_mismatch\""));
  }
}

/* Bytes within the JSON, in and out; a stub keeps what is there; one for what is not is refused. */
static void
test_inline (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *rev
      = hub_put (fixture, "/luoshi-city/d",
                 "{\"_attachments\":{\"t.txt\":{\"content_type\":\"text/plain\",\"data\":\"aGVsbG8=\"}}}");
  g_autofree char *path = g_strdup_printf ("/luoshi-city/d?rev=%s", rev);

  g_free (hub_expect (fixture, "GET", "/luoshi-city/d?attachments=true", NULL, 200, "\"data\":\"aGVsbG8=\""));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/d/t.txt", NULL, 200, "hello"));
  hub_expect_error (fixture, "PUT", path,
                    "{\"_attachments\":{\"u\":{\"content_type\":\"a/b\",\"data\":\"?\"}}}", 400,
                    "doc_validation", NULL);
  g_free (
      hub_expect (fixture, "PUT", path, "{\"v\":2,\"_attachments\":{\"t.txt\":{\"stub\":true}}}", 201, NULL));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/d/t.txt", NULL, 200, "hello"));
  hub_expect_error (
      fixture, "POST", "/luoshi-city",
      "{\"_attachments\":{\"t\":{\"stub\":true,\"digest\":\"md5-AAAAAAAAAAAAAAAAAAAAAA==\",\"length\":1}}}",
      412, "missing_stub", NULL);
}

/* multipart/related in, with and without names of files, and out again. */
static void
test_related (HubFixture *fixture, gconstpointer data)
{
  static const char *const heads[]
      = { "\r\n--b\r\n\r\n", "\r\n--b\r\nContent-Disposition: attachment; filename=\"two\"\r\n\r\n",
          "\r\n--b\r\nContent-Disposition: attachment; filename=\"one\"\r\n\r\n" };
  g_autofree char *bytes = make_bytes (LARGE);
  g_autofree char *digest = digest_of (bytes, LARGE);

  for (guint named = 0; named < 2; named++)
    {
      g_autoptr (GByteArray) body = g_byte_array_new ();
      g_autofree char *path = g_strdup_printf ("/luoshi-city/m%u", named);
      g_autofree char *file = g_strdup_printf ("/luoshi-city/m%u/one", named);
      g_autofree char *document = g_strdup_printf (
          "--b\r\nContent-Type: application/json\r\n\r\n{\"v\":1,\"_attachments\":{\"one\":{\"follows\":true,"
          "\"content_type\":\"image/"
          "png\",\"length\":%d,\"digest\":\"%s\"},\"two\":{\"follows\":true,\"content_type\":"
          "\"text/plain\",\"length\":0}}}",
          LARGE, digest);
      g_autoptr (Reply) put = NULL;
      g_autoptr (Reply) got = NULL;
      g_autoptr (GBytes) one = NULL;
      const char *const related[] = { "Accept", "multipart/related", NULL };
      guint status;

      g_byte_array_append (body, (const guint8 *)document, (guint)strlen (document));
      /* In the order of the document, or in another where the parts say which they are. */
      if (named)
        g_byte_array_append (body, (const guint8 *)heads[1], (guint)strlen (heads[1]));
      g_byte_array_append (body, (const guint8 *)heads[named ? 2 : 0], (guint)strlen (heads[named ? 2 : 0]));
      g_byte_array_append (body, (const guint8 *)bytes, LARGE);
      if (!named)
        g_byte_array_append (body, (const guint8 *)heads[0], (guint)strlen (heads[0]));
      g_byte_array_append (body, (const guint8 *)"\r\n--b--", 7);
      put = hub_request_full (fixture, "PUT", path, (const char *)body->data, body->len,
                              "multipart/related; boundary=\"b\"", NULL);
      g_test_message ("%s", put->text);
      g_assert_cmpuint (put->status, ==, 201);
      one = get_bytes (fixture, file, NULL, &status);
      g_assert_cmpmem (bytes, LARGE, g_bytes_get_data (one, NULL), g_bytes_get_size (one));
      g_free (hub_expect (fixture, "GET", path, NULL, 200, "\"two\":{\"content_type\":\"text/plain\""));

      {
        g_autofree char *with = g_strconcat (path, "?attachments=true", NULL);

        got = hub_request_full (fixture, "GET", with, NULL, 0, NULL, related);
        g_assert_cmpstr (
            soup_message_headers_get_content_type (soup_message_get_response_headers (got->message), NULL),
            ==, "multipart/related");
        g_assert_nonnull (strstr (got->text, "\"follows\":true"));
      }
    }
  {
    const char *cut
        = "--b\r\nContent-Type: "
          "application/json\r\n\r\n{\"_attachments\":{\"one\":{\"follows\":true}}}\r\n--b\r\n\r\nabc";
    const char *missing = "--b\r\nContent-Type: "
                          "application/json\r\n\r\n{\"_attachments\":{\"one\":{\"follows\":true}}}\r\n--b--";
    g_autoptr (Reply) ends = hub_request_full (fixture, "PUT", "/luoshi-city/cut", cut, -1,
                                               "multipart/related; boundary=b", NULL);
    g_autoptr (Reply) lacks = hub_request_full (fixture, "PUT", "/luoshi-city/cut", missing, -1,
                                                "multipart/related; boundary=b", NULL);
    g_autoptr (Reply) none
        = hub_request_full (fixture, "PUT", "/luoshi-city/cut", cut, -1, "multipart/related", NULL);

    g_assert_cmpuint (ends->status, ==, 400);
    g_assert_cmpuint (lacks->status, ==, 412);
    g_assert_cmpuint (none->status, ==, 400);
    hub_expect_error (fixture, "GET", "/luoshi-city/cut", NULL, 404, "not_found", "missing");
  }
}

/* Bytes of any length come out of base64 as they went in. */
static void
test_lengths (HubFixture *fixture, gconstpointer data)
{
  static const gsize lengths[] = { 0, 1, 2, 3, 12287, 12288, 12289, 24576, 65536, 200000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *bytes = make_bytes (MAX (lengths[i], 1));
      g_autofree char *encoded = g_base64_encode ((const guchar *)bytes, lengths[i]);
      g_autofree char *body = g_strdup_printf (
          "{\"_attachments\":{\"a\":{\"content_type\":\"x/y\",\"data\":\"%s\"}}}", encoded);
      g_autofree char *path = g_strdup_printf ("/luoshi-city/l%u", i);
      g_autofree char *with = g_strconcat (path, "?attachments=true", NULL);
      g_autofree char *text = NULL;
      g_autofree char *got = NULL;

      g_test_message ("Vector %" G_GSIZE_FORMAT, lengths[i]);
      g_free (hub_put (fixture, path, body));
      text = hub_expect (fixture, "GET", with, NULL, 200, NULL);
      got = json_text_at (text, "/_attachments/a/data");
      g_assert_cmpstr (got, ==, encoded);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, HubFixture, NULL, hub_fixture_set_up, func, hub_fixture_tear_down)
  ADD ("/hub/attachment/single", test_single);
  ADD ("/hub/attachment/inline", test_inline);
  ADD ("/hub/attachment/related", test_related);
  ADD ("/hub/attachment/lengths", test_lengths);
  return g_test_run ();
}
