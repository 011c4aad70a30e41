/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "hub-fixture.h"

#define AUTHORIZED "Host: x\r\nAuthorization: Basic YWRtaW46cHc=\r\nConnection: close\r\n"

/* Sends bytes as they are and reads all that comes back; with @listen FALSE the client is gone right after them. */
static char *
send_raw (HubFixture *fixture, const char *bytes, gsize length, gboolean listen)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (
      client, "127.0.0.1", (guint16)luo_hub_get_port (fixture->hub), NULL, &error);
  GString *answer = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  g_assert_no_error (error);
  /* The hub may have closed before everything was sent. */
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), bytes, length, NULL,
                             NULL, NULL);
  while (listen
         && (n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer,
                                      sizeof buffer, NULL, NULL))
                > 0)
    g_string_append_len (answer, buffer, n);
  return g_string_free (answer, FALSE);
}

/* Request lines, headers and bodies that are not what they should be get an error or a closed line, and the hub goes on. */
static void
test_malformed (HubFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *bytes;
    const char *status; /* (nullable): NULL: whatever, as long as the hub lives */
  } vectors[] = {
    { "GET /luoshi-city/a%2 HTTP/1.1\r\n" AUTHORIZED "\r\n", "400" },
    { "GET /luoshi-city/a%zz HTTP/1.1\r\n" AUTHORIZED "\r\n", "400" },
    { "GET /luoshi-city/a%ff HTTP/1.1\r\n" AUTHORIZED "\r\n", "400" },
    { "GET /luoshi-city/a%00b HTTP/1.1\r\n" AUTHORIZED "\r\n", "400" },
    { "GET /luoshi-city/a?rev=%ff HTTP/1.1\r\n" AUTHORIZED "\r\n", "400" },
    { "GET luoshi-city HTTP/1.1\r\n" AUTHORIZED "\r\n", "400" },
    { "GET /../../etc/passwd HTTP/1.1\r\n" AUTHORIZED "\r\n", "404" },
    { "GET //// HTTP/1.1\r\n" AUTHORIZED "\r\n", "404" },
    { "BREW /luoshi-city HTTP/1.1\r\n" AUTHORIZED "\r\n", "405" },
    { "GET /luoshi-city HTTP/1.1\r\nHost: x\r\nAuthorization: Basic !!!\r\nConnection: close\r\n\r\n",
      "401" },
    { "GET /luoshi-city HTTP/1.1\r\nHost: x\r\nCookie: AuthSession=YWRtaW4\r\nConnection: close\r\n\r\n",
      "401" },
    { "GET /luoshi-city HTTP/1.1\r\nHost: x\r\nCookie: AuthSession=\r\nConnection: close\r\n\r\n", "401" },
    { "PUT /luoshi-city/a HTTP/1.1\r\n" AUTHORIZED "Content-Length: -5\r\n\r\n{}", NULL },
    { "PUT /luoshi-city/a HTTP/1.1\r\n" AUTHORIZED "Content-Length: 10\r\n\r\n{}", NULL },
    { "PUT /luoshi-city/a HTTP/1.1\r\n" AUTHORIZED "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}", NULL },
    { "\r\n\r\n", NULL },
    { "nonsense\r\n\r\n", NULL },
    { "GET", NULL },
    { "\x16\x03\x01\x02", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *answer
          = send_raw (fixture, vectors[i].bytes, strlen (vectors[i].bytes), vectors[i].status != NULL);
      g_autofree char *line = g_strndup (answer, strcspn (answer, "\r\n"));

      g_test_message ("Vector %u: %s", i, line);
      if (vectors[i].status != NULL)
        {
          g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 "));
          g_assert_true (g_str_has_prefix (answer + strlen ("HTTP/1.1 "), vectors[i].status));
        }
    }
  g_free (hub_expect (fixture, "GET", "/luoshi-city", NULL, 200, "\"update_seq\":\"0-"));
}

/* A header longer than the hub's memory for one connection. */
static void
test_long_header (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *filler = g_strnfill (400 * 1024, 'x');
  g_autofree char *request = g_strdup_printf ("GET /%s HTTP/1.1\r\n" AUTHORIZED "\r\n", filler);
  g_autofree char *header = g_strdup_printf ("GET / HTTP/1.1\r\n" AUTHORIZED "X: %s\r\n\r\n", filler);

  g_free (send_raw (fixture, request, strlen (request), TRUE));
  g_free (send_raw (fixture, header, strlen (header), TRUE));
  g_free (hub_expect (fixture, "GET", "/_up", NULL, 200, NULL));
}

/* What is too large is refused with 413, and the connection serves the next request. */
static void
test_oversized (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *filler = g_strnfill (8500000, 'x');
  g_autofree char *document = g_strdup_printf ("{\"a\":\"%s\"}", filler);
  g_autofree char *bulk
      = g_strdup_printf ("{\"docs\":[{\"_id\":\"small\"},{\"_id\":\"large\",\"a\":\"%s\"}]}", filler);
  g_autoptr (GString) endless = g_string_new ("{\"docs\":[");

  hub_expect_error (fixture, "PUT", "/luoshi-city/a", document, 413, "document_too_large", NULL);
  hub_expect_error (fixture, "POST", "/luoshi-city", document, 413, "too_large", NULL);
  hub_expect_error (fixture, "POST", "/luoshi-city/_bulk_docs", bulk, 413, "document_too_large", NULL);
  hub_expect_error (fixture, "POST", "/luoshi-city/_revs_diff", document, 413, "too_large", NULL);
  hub_expect_error (fixture, "GET", "/luoshi-city/small", NULL, 404, "not_found", "missing");

  while (endless->len < 65 * 1024 * 1024)
    g_string_append_printf (endless, "{\"_id\":\"x%" G_GSIZE_FORMAT "\",\"a\":\"%.100000s\"},", endless->len,
                            filler);
  g_string_append (endless, "{}]}");
  hub_expect_error (fixture, "POST", "/luoshi-city/_bulk_docs", endless->str, 413, "too_large",
                    "the request entity is too large");
  g_free (hub_expect (fixture, "GET", "/luoshi-city", NULL, 200, "\"update_seq\":\"0-"));
}

/* Packed bodies are unpacked, within the same limits; what is no gzip is refused. */
static void
test_gzip (HubFixture *fixture, gconstpointer data)
{
  const char *const packed[] = { "Content-Encoding", "gzip", NULL };
  const char *const strange[] = { "Content-Encoding", "br", NULL };
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  g_autoptr (GZlibCompressor) bomb_compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  const char *body = "{\"docs\":[{\"_id\":\"packed\",\"v\":\"值\"}]}";
  g_autofree char *filler = g_strnfill (70 * 1024 * 1024, ' ');
  char small[512];
  g_autofree char *bomb = g_malloc (1024 * 1024);
  gsize read;
  gsize small_length = 0;
  gsize bomb_length = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (Reply) good = NULL;
  g_autoptr (Reply) cut = NULL;
  g_autoptr (Reply) nonsense = NULL;
  g_autoptr (Reply) other = NULL;
  g_autoptr (Reply) exploded = NULL;

  memcpy (filler, "{\"docs\":[", strlen ("{\"docs\":["));
  g_converter_convert (G_CONVERTER (compressor), body, strlen (body), small, sizeof small,
                       G_CONVERTER_INPUT_AT_END, &read, &small_length, &error);
  g_assert_no_error (error);
  g_converter_convert (G_CONVERTER (bomb_compressor), filler, 70 * 1024 * 1024, bomb, 1024 * 1024,
                       G_CONVERTER_INPUT_AT_END, &read, &bomb_length, &error);
  g_assert_no_error (error);

  good = hub_request_full (fixture, "POST", "/luoshi-city/_bulk_docs", small, (gssize)small_length, NULL,
                           packed);
  g_assert_cmpuint (good->status, ==, 201);
  g_free (hub_expect (fixture, "GET", "/luoshi-city/packed", NULL, 200, "\"v\":\"值\""));
  cut = hub_request_full (fixture, "POST", "/luoshi-city/_bulk_docs", small, (gssize)small_length - 12, NULL,
                          packed);
  g_assert_cmpuint (cut->status, ==, 400);
  nonsense = hub_request_full (fixture, "POST", "/luoshi-city/_bulk_docs", body, -1, NULL, packed);
  g_assert_cmpuint (nonsense->status, ==, 400);
  other = hub_request_full (fixture, "POST", "/luoshi-city/_bulk_docs", body, -1, NULL, strange);
  g_assert_cmpuint (other->status, ==, 415);
  exploded = hub_request_full (fixture, "POST", "/luoshi-city/_bulk_docs", bomb, (gssize)bomb_length, NULL,
                               packed);
  g_assert_cmpuint (exploded->status, ==, 413);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, HubFixture, NULL, hub_fixture_set_up, func, hub_fixture_tear_down)
  ADD ("/hub/limits/malformed", test_malformed);
  ADD ("/hub/limits/long-header", test_long_header);
  ADD ("/hub/limits/oversized", test_oversized);
  ADD ("/hub/limits/gzip", test_gzip);
  return g_test_run ();
}
