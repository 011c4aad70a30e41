/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the bytes of a pull cost by themselves: the same URLs with the same bodies, as many at once, and every reply thrown away as it
 * comes. Driven by bench.js.
 *
 *   bench-requests pull URL/DATABASE AT-ONCE    all pages of changes, and each page's revisions as soon as the page is there
 *   bench-requests get URL/DATABASE AT-ONCE     the revisions alone
 *
 * Signs in as admin with LUOSHI_PASSWORD. What is to be asked for is found out before, untimed. Prints { seconds, bytes, documents }.
 */

#include "config.h"

#include <libsoup/soup.h>
#include <locale.h>
#include <string.h>

#include "luo-json-text.h"

/* As the pull has them (luo-replication-tuning.h). */
#define PAGE 1000
#define CHUNK (64 * 1024)

typedef struct
{
  char *url;    /* (owned): of a page of changes */
  GBytes *body; /* (owned): asks for the revisions of the page */
} Page;

typedef struct
{
  SoupSession *soup;
  const char *database; /* URL */
  char *cookie;         /* (owned) */
  GPtrArray *pages;     /* (owned) (element-type Page) */
  guint documents;

  /* Of the timed part. */
  GMainLoop *loop;
  guint at_once, under_way;
  gboolean with_pages;
  gboolean reading_page;
  guint pages_read, bodies_sent, bodies_done;
  guint64 bytes;
} Bench;

/* One reply that is read and thrown away. */
typedef struct
{
  Bench *bench;
  SoupMessage *message; /* (owned) */
  GInputStream *stream; /* (owned) (nullable) */
  gboolean is_page;
} Reply;

static void go_on (Bench *self);

static void
page_free (gpointer data)
{
  Page *page = data;

  g_free (page->url);
  g_bytes_unref (page->body);
  g_free (page);
}

static void
die_on (GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

static SoupMessage *
make_message (Bench *self, const char *method, const char *url, GBytes *body)
{
  SoupMessage *message = soup_message_new (method, url);

  g_assert (message != NULL);
  soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  soup_message_headers_append (soup_message_get_request_headers (message), "Accept", "application/json");
  if (self->cookie != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "Cookie", self->cookie);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, "application/json", body);
  return message;
}

static void
check_status (SoupMessage *message)
{
  if (soup_message_get_status (message) >= 300)
    g_error ("%s %s: %u", soup_message_get_method (message), g_uri_get_path (soup_message_get_uri (message)),
             soup_message_get_status (message));
}

/* Untimed */

static void
sign_in (Bench *self)
{
  g_autoptr (GUri) uri = g_uri_parse (self->database, G_URI_FLAGS_NONE, NULL);
  g_autofree char *url
      = g_strdup_printf ("http://%s:%d/_session", g_uri_get_host (uri), g_uri_get_port (uri));
  g_autofree char *text
      = g_strdup_printf ("{\"name\":\"admin\",\"password\":\"%s\"}", g_getenv ("LUOSHI_PASSWORD"));
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));
  g_autoptr (SoupMessage) message = make_message (self, "POST", url, body);
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  GSList *cookies;

  reply = soup_session_send_and_read (self->soup, message, NULL, &error);
  die_on (error);
  check_status (message);
  cookies = soup_cookies_from_response (message);
  g_assert (cookies != NULL);
  self->cookie = soup_cookie_to_cookie_header (cookies->data);
  soup_cookies_free (cookies);
}

/* Adds what a row of changes names to the body of a _bulk_get. */
static gboolean
take_row_cb (const char *text, gsize length, gpointer user_data, GError **error)
{
  GString *body = user_data;
  g_autofree char *row = g_strndup (text, length);
  g_autofree char *id = luo_json_at (row, "/id");
  g_autofree char *rev = luo_json_at (row, "/changes/0/rev");

  g_assert (id != NULL && rev != NULL);
  g_string_append_printf (body, "%s{\"id\":%s,\"rev\":%s}", body->str[body->len - 1] == '[' ? "" : ",", id,
                          rev);
  return TRUE;
}

static gboolean
prepare_page (Bench *self, char **since)
{
  Page *page = g_new0 (Page, 1);
  GString *body = g_string_new ("{\"docs\":[");
  LuoJsonStream *rows = luo_json_stream_new ("results", LUO_JSON_MAX_DOCUMENT, take_row_cb, body);
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autofree char *rest = NULL;
  g_autofree char *escaped = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  gboolean any;

  escaped = g_uri_escape_string (*since, NULL, FALSE);
  page->url = g_strdup_printf ("%s/_changes?style=all_docs&limit=%d&seq_interval=%d&since=%s", self->database,
                               PAGE, PAGE, escaped);
  message = make_message (self, "GET", page->url, NULL);
  reply = soup_session_send_and_read (self->soup, message, NULL, &error);
  die_on (error);
  check_status (message);
  luo_json_stream_feed (rows, g_bytes_get_data (reply, NULL), g_bytes_get_size (reply), &error);
  die_on (error);
  luo_json_stream_end (rows, &rest, &error);
  die_on (error);
  luo_json_stream_free (rows);

  any = body->str[body->len - 1] != '[';
  g_free (*since);
  *since = luo_json_at (rest, "/last_seq");
  if ((*since)[0] == '"')
    {
      char *text = luo_json_decode_string (*since, strlen (*since));

      g_free (*since);
      *since = text;
    }
  g_string_append (body, "]}");
  length = body->len;
  for (const char *p = body->str; (p = strstr (p, "{\"id\":")) != NULL; p++)
    self->documents++;
  page->body = g_bytes_new_take (g_string_free (body, FALSE), length);
  if (any)
    g_ptr_array_add (self->pages, page);
  else
    page_free (page);
  return any;
}

/* Timed */

static void
reply_done (Reply *reply)
{
  Bench *self = reply->bench;

  self->under_way--;
  if (reply->is_page)
    {
      self->pages_read++;
      self->reading_page = FALSE;
    }
  else
    self->bodies_done++;
  g_object_unref (reply->message);
  g_object_unref (reply->stream);
  g_free (reply);
  go_on (self);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  reply_done (user_data);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reply *reply = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  die_on (error);
  reply->bench->bytes += g_bytes_get_size (chunk);
  if (g_bytes_get_size (chunk) > 0)
    g_input_stream_read_bytes_async (reply->stream, CHUNK, G_PRIORITY_DEFAULT, NULL, read_cb, reply);
  else
    g_input_stream_close_async (reply->stream, G_PRIORITY_DEFAULT, NULL, closed_cb, reply);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reply *reply = user_data;
  g_autoptr (GError) error = NULL;

  reply->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  die_on (error);
  check_status (reply->message);
  g_input_stream_read_bytes_async (reply->stream, CHUNK, G_PRIORITY_DEFAULT, NULL, read_cb, reply);
}

static void
ask (Bench *self, SoupMessage *message, gboolean is_page)
{
  Reply *reply = g_new0 (Reply, 1);

  reply->bench = self;
  reply->message = message;
  reply->is_page = is_page;
  self->under_way++;
  soup_session_send_async (self->soup, message, G_PRIORITY_DEFAULT, NULL, sent_cb, reply);
}

/* Asks for what can be asked for now. A page names where the next begins, so there is one at a time. */
static void
go_on (Bench *self)
{
  g_autofree char *url = g_strconcat (self->database, "/_bulk_get?revs=true", NULL);

  while (self->under_way < self->at_once)
    if (self->with_pages && !self->reading_page && self->pages_read < self->pages->len)
      {
        const Page *page = self->pages->pdata[self->pages_read];

        self->reading_page = TRUE;
        ask (self, make_message (self, "GET", page->url, NULL), TRUE);
      }
    else if (self->bodies_sent < (self->with_pages ? self->pages_read : self->pages->len))
      {
        const Page *page = self->pages->pdata[self->bodies_sent++];

        ask (self, make_message (self, "POST", url, page->body), FALSE);
      }
    else
      break;
  if (self->bodies_done == self->pages->len)
    g_main_loop_quit (self->loop);
}

int
main (int argc, char **argv)
{
  Bench bench = { 0 };
  char *since = g_strdup ("0");
  gint64 start;

  setlocale (LC_ALL, "");
  if (argc != 4 || (!g_str_equal (argv[1], "pull") && !g_str_equal (argv[1], "get")))
    {
      g_printerr ("usage: bench-requests pull|get URL/DATABASE AT-ONCE\n");
      return 2;
    }
  bench.with_pages = g_str_equal (argv[1], "pull");
  bench.database = argv[2];
  bench.at_once = (guint)MAX (1, atoi (argv[3]));
  bench.soup = soup_session_new_with_options ("max-conns", 48, "max-conns-per-host", 48, NULL);
  soup_session_remove_feature_by_type (bench.soup, SOUP_TYPE_CONTENT_DECODER);
  bench.loop = g_main_loop_new (NULL, FALSE);
  bench.pages = g_ptr_array_new_with_free_func (page_free);
  sign_in (&bench);
  while (prepare_page (&bench, &since))
    ;

  start = g_get_monotonic_time ();
  go_on (&bench);
  if (bench.bodies_done < bench.pages->len)
    g_main_loop_run (bench.loop);
  g_print ("{\"seconds\":%.6f,\"bytes\":%" G_GUINT64_FORMAT ",\"documents\":%u}\n",
           (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC, bench.bytes, bench.documents);

  g_ptr_array_unref (bench.pages);
  g_main_loop_unref (bench.loop);
  g_object_unref (bench.soup);
  g_free (bench.cookie);
  g_free (since);
  return 0;
}
