/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "hub-fixture.h"

/* A request that is under way, with the time at which its answer came. */
typedef struct
{
  HubFixture *fixture;
  char *text;
  guint status;
  gint64 came;
  gboolean done;
  guint *pending; /* (nullable): counted down */
} Poll;

static void
poll_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Poll *poll = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);

  g_assert_no_error (error);
  poll->status
      = soup_message_get_status (soup_session_get_async_result_message (SOUP_SESSION (source), result));
  poll->text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  poll->came = g_get_monotonic_time ();
  poll->done = TRUE;
  if (poll->pending != NULL)
    (*poll->pending)--;
}

static void
poll_start (Poll *poll, HubFixture *fixture, SoupSession *session, const char *path)
{
  g_autofree char *uri = g_strconcat (fixture->base, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                "Basic YWRtaW46cHc=");
  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, poll_cb, poll);
}

static void
poll_wait (Poll *poll)
{
  while (!poll->done)
    g_main_context_iteration (NULL, TRUE);
}

/* Blocks until @count feeds of the hub wait, as luo_hub_count_waiting() says. */
static void
wait_for_waiting (HubFixture *fixture, guint count)
{
  while (luo_hub_count_waiting (fixture->hub) < count)
    {
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

static void
test_normal (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *rev = NULL;
  g_autofree char *text = NULL;
  g_autofree char *last = NULL;
  g_autofree char *path = NULL;
  g_autofree char *other = NULL;

  g_free (hub_expect (fixture, "GET", "/luoshi-city/_changes", NULL, 200,
                      "{\"results\":[\n\n],\n\"last_seq\":\"0-"));
  g_free (hub_put (fixture, "/luoshi-city/a", "{\"v\":1}"));
  rev = hub_put (fixture, "/luoshi-city/b", "{\"v\":2}");
  path = g_strdup_printf ("/luoshi-city/b?rev=%s", rev);
  g_free (hub_expect (fixture, "DELETE", path, NULL, 200, NULL));
  g_free (hub_put (fixture, "/luoshi-city/_design/d", "{}"));

  text = hub_expect (fixture, "GET", "/luoshi-city/_changes?include_docs=true", NULL, 200,
                     "\"deleted\":true,\"doc\":{");
  g_assert_true (strstr (text, "\"id\":\"a\"") < strstr (text, "\"id\":\"b\""));
  g_assert_nonnull (strstr (text, "\"pending\":0}"));
  last = json_text_at (text, "/last_seq");
  g_assert_true (g_str_has_prefix (last, "4-"));

  g_free (hub_expect (fixture, "GET", "/luoshi-city/_changes?limit=1", NULL, 200, "\"pending\":2}"));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/_changes?limit=1&descending=true", NULL, 200,
                      "\"_design/d\""));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/_changes?since=now", NULL, 200, "\"results\":[\n\n]"));
  g_clear_pointer (&path, g_free);
  path = g_strdup_printf ("/luoshi-city/_changes?since=%s", last);
  g_free (hub_expect (fixture, "GET", path, NULL, 200, "\"results\":[\n\n]"));
  g_clear_pointer (&path, g_free);
  path = g_strdup_printf ("/luoshi-city/_changes?since=%%22%s%%22", last);
  g_free (hub_expect (fixture, "GET", path, NULL, 200, "\"results\":[\n\n]"));
  /* What another instance said means nothing here: from the beginning. */
  g_free (
      hub_expect (fixture, "GET", "/luoshi-city/_changes?since=4-0123456789ab", NULL, 200, "\"id\":\"a\""));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/_changes?since=2", NULL, 200, "\"id\":\"b\""));
  /* Beyond the end is the end. */
  other = hub_expect (fixture, "GET", "/luoshi-city/_changes?since=99", NULL, 200, "\"last_seq\":\"4-");

  g_clear_pointer (&text, g_free);
  text = hub_expect (fixture, "GET", "/luoshi-city/_changes?seq_interval=2", NULL, 200,
                     "{\"seq\":null,\"id\":\"a\"");
  g_clear_pointer (&text, g_free);
  text = hub_expect (fixture, "POST", "/luoshi-city/_changes?filter=_doc_ids", "{\"doc_ids\":[\"b\"]}", 200,
                     "\"id\":\"b\"");
  g_assert_null (strstr (text, "\"id\":\"a\""));
  g_clear_pointer (&text, g_free);
  text = hub_expect (fixture, "GET", "/luoshi-city/_changes?filter=_design", NULL, 200, "\"_design/d\"");
  g_assert_null (strstr (text, "\"id\":\"a\""));
  hub_expect_error (fixture, "POST", "/luoshi-city/_changes?filter=_doc_ids", "{}", 400, "bad_request", NULL);
  hub_expect_error (fixture, "GET", "/luoshi-city/_changes?filter=app/mine", NULL, 501, "not_implemented",
                    NULL);
  hub_expect_error (fixture, "GET", "/luoshi-city/_changes?feed=other", NULL, 400, "bad_request", NULL);
  hub_expect_error (fixture, "GET", "/luoshi-city/_changes?limit=-1", NULL, 400, "query_parse_error", NULL);
}

static void
test_leaves (HubFixture *fixture, gconstpointer data)
{
  g_free (hub_expect (
      fixture, "POST", "/luoshi-city/_bulk_docs",
      "{\"new_edits\":false,\"docs\":[{\"_id\":\"c\",\"_rev\":\"1-aa\"},{\"_id\":\"c\",\"_rev\":\"1-bb\"},"
      "{\"_id\":\"c\",\"_rev\":\"1-cc\",\"_deleted\":true}]}",
      201, "[]"));
  g_free (
      hub_expect (fixture, "GET", "/luoshi-city/_changes", NULL, 200, "\"changes\":[{\"rev\":\"1-bb\"}]}"));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/_changes?style=all_docs", NULL, 200,
                      "\"changes\":[{\"rev\":\"1-bb\"},{\"rev\":\"1-aa\"},{\"rev\":\"1-cc\"}]}"));
}

/* A long poll answers at once where there is something, and within 100 ms of a write where there was not. */
static void
test_longpoll (HubFixture *fixture, gconstpointer data)
{
  Poll poll = { 0 };
  gint64 written;

  g_free (hub_put (fixture, "/luoshi-city/a", "{}"));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/_changes?feed=longpoll", NULL, 200, "\"id\":\"a\""));

  poll_start (&poll, fixture, fixture->session,
              "/luoshi-city/_changes?feed=longpoll&since=now&timeout=20000");
  wait_for_waiting (fixture, 1);
  g_free (hub_put (fixture, "/luoshi-huanggu/elsewhere", "{}"));
  g_free (hub_put (fixture, "/luoshi-city/b", "{}"));
  written = g_get_monotonic_time ();
  poll_wait (&poll);
  g_assert_cmpuint (poll.status, ==, 200);
  g_assert_nonnull (strstr (poll.text, "\"id\":\"b\""));
  g_assert_null (strstr (poll.text, "\"elsewhere\""));
  g_test_message ("woken after %" G_GINT64_FORMAT " µs", poll.came - written);
  g_assert_cmpint (poll.came - written, <, 100 * 1000);
  g_free (poll.text);
}

/* A filtered poll sleeps through what it does not want; a heartbeat is sent meanwhile; its time ends it. */
static void
test_timeouts (HubFixture *fixture, gconstpointer data)
{
  Poll poll = { 0 };
  Poll filtered = { 0 };
  g_autoptr (SoupSession) session = soup_session_new ();
  gint64 started = g_get_monotonic_time ();

  poll_start (&poll, fixture, session,
              "/luoshi-city/_changes?feed=longpoll&since=now&timeout=500&heartbeat=100");
  poll_start (
      &filtered, fixture, session,
      "/luoshi-city/_changes?feed=longpoll&since=now&timeout=20000&filter=_doc_ids&doc_ids=%5B%22x%22%5D");
  wait_for_waiting (fixture, 2);
  g_free (hub_put (fixture, "/luoshi-city/_local/quiet", "{}"));
  poll_wait (&poll);
  g_assert_cmpint (poll.came - started, >=, 500 * 1000);
  g_assert_true (g_str_has_prefix (poll.text, "{\"results\":[\n\n\n"));
  g_assert_nonnull (strstr (poll.text, "\"last_seq\":\"0-"));
  g_free (hub_put (fixture, "/luoshi-city/not-x", "{}"));
  wait_for_waiting (fixture, 1);
  g_assert_false (filtered.done);
  g_free (hub_put (fixture, "/luoshi-city/x", "{}"));
  poll_wait (&filtered);
  g_assert_nonnull (strstr (filtered.text, "\"id\":\"x\""));
  g_assert_null (strstr (filtered.text, "\"not-x\""));
  g_free (poll.text);
  g_free (filtered.text);
}

/* Hundreds of polls wait without a thread each, and all hear of one write. */
static void
test_hundreds (HubFixture *fixture, gconstpointer data)
{
  enum
  {
    N = 400
  };
  g_autofree Poll *polls = g_new0 (Poll, N);
  g_autoptr (SoupSession) session
      = soup_session_new_with_options ("max-conns", N, "max-conns-per-host", N, "timeout", 60, NULL);
  guint pending = N;
  gint64 written;
  gint64 last = 0;

  for (guint i = 0; i < N; i++)
    {
      polls[i].pending = &pending;
      poll_start (&polls[i], fixture, session, "/luoshi-city/_changes?feed=longpoll&since=now&timeout=50000");
    }
  wait_for_waiting (fixture, N);
  g_free (hub_put (fixture, "/luoshi-city/b", "{}"));
  written = g_get_monotonic_time ();
  while (pending > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < N; i++)
    {
      g_assert_nonnull (strstr (polls[i].text, "\"id\":\"b\""));
      last = MAX (last, polls[i].came);
      g_free (polls[i].text);
    }
  g_test_message ("the last of %d after %" G_GINT64_FORMAT " ms", N, (last - written) / 1000);
  g_assert_cmpuint (luo_hub_count_waiting (fixture->hub), ==, 0);
}

/* Reads one line of a feed; heartbeats are empty lines. */
static char *
read_line (GDataInputStream *stream)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line (stream, NULL, NULL, &error);

  g_assert_no_error (error);
  return line;
}

/* A continuous feed: a line for each change, heartbeats between, and the end after its limit. */
static void
test_continuous (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *uri
      = g_strconcat (fixture->base, "/luoshi-city/_changes?feed=continuous&heartbeat=100&limit=3", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupSession) session = soup_session_new ();
  guint beats = 0;

  g_free (hub_put (fixture, "/luoshi-city/a", "{}"));
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                "Basic YWRtaW46cHc=");
  stream = soup_session_send (session, message, NULL, &error);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (stream);
  for (guint i = 0; i < 3; i++)
    {
      static const char *const ids[] = { "\"id\":\"a\"", "\"id\":\"b\"", "\"id\":\"c\"" };
      g_autofree char *line = NULL;

      if (i == 1)
        while (beats < 2)
          {
            g_autofree char *beat = read_line (lines);

            g_assert_cmpstr (beat, ==, "");
            beats++;
          }
      if (i > 0)
        g_free (hub_put (fixture, i == 1 ? "/luoshi-city/b" : "/luoshi-city/c", "{}"));
      do
        {
          g_free (line);
          line = read_line (lines);
        }
      while (*line == '\0');
      g_assert_nonnull (strstr (line, ids[i]));
    }
  {
    g_autofree char *line = read_line (lines);
    g_autofree char *end = read_line (lines);

    g_assert_true (g_str_has_prefix (line, "{\"last_seq\":\"3-"));
    g_assert_null (end);
  }
}

/* A client that goes while it waits is noticed at once, and its place is free. */
static void
test_gone (HubFixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (
      client, "127.0.0.1", (guint16)luo_hub_get_port (fixture->hub), NULL, &error);
  const char *request
      = "GET /luoshi-city/_changes?feed=longpoll&since=now&heartbeat=60000 HTTP/1.1\r\nHost: x\r\n"
        "Authorization: Basic YWRtaW46cHc=\r\n\r\n";

  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                             strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  wait_for_waiting (fixture, 1);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  while (luo_hub_count_waiting (fixture->hub) > 0)
    g_thread_yield ();
}

/* Deleting the database, and stopping the hub, end what waits. */
static void
test_ends (HubFixture *fixture, gconstpointer data)
{
  Poll deleted = { 0 };
  Poll stopped = { 0 };
  g_autoptr (SoupSession) session = soup_session_new ();

  poll_start (&deleted, fixture, session, "/luoshi-hunnan/_changes?feed=longpoll&since=now");
  poll_start (&stopped, fixture, session, "/luoshi-city/_changes?feed=longpoll&since=now");
  wait_for_waiting (fixture, 2);
  g_free (hub_expect (fixture, "DELETE", "/luoshi-hunnan", NULL, 200, NULL));
  poll_wait (&deleted);
  g_assert_nonnull (strstr (deleted.text, "\"last_seq\":"));
  luo_hub_stop (fixture->hub);
  poll_wait (&stopped);
  g_assert_nonnull (strstr (stopped.text, "\"last_seq\":\"0-"));
  g_free (deleted.text);
  g_free (stopped.text);
}

/* Who is removed while his feed waits hears nothing more. */
static void
test_removed (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *uri
      = g_strconcat (fixture->base, "/luoshi-hunnan/_changes?feed=continuous&heartbeat=60000", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;

  g_free (hub_put (fixture, "/luoshi-hunnan/a", "{}"));
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                "Basic aHVubmFuOnB3"); /* hunnan:pw */
  stream = soup_session_send (session, message, NULL, &error);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (stream);
  first = read_line (lines);
  g_assert_nonnull (strstr (first, "\"id\":\"a\""));
  wait_for_waiting (fixture, 1);
  luo_hub_remove_user (fixture->hub, "hunnan", &error);
  g_assert_no_error (error);
  g_free (hub_put (fixture, "/luoshi-hunnan/b", "{}"));
  last = read_line (lines);
  g_assert_true (g_str_has_prefix (last, "{\"last_seq\":"));
}

/* Saves d000 to d699, which are together more than what waits in the sockets between two ends. */
static void
save_large (HubFixture *fixture)
{
  g_autofree char *filler = g_strnfill (30000, 'x');
  g_autoptr (GString) docs = g_string_new ("{\"docs\":[");

  for (guint i = 0; i < 700; i++)
    g_string_append_printf (docs, "%s{\"_id\":\"d%03u\",\"x\":\"%s\"}", i > 0 ? "," : "", i, filler);
  g_string_append (docs, "]}");
  g_free (hub_expect (fixture, "POST", "/luoshi-city/_bulk_docs", docs->str, 201, NULL));
}

/* What is written while a feed is sent is left to the next one: a slow reader comes to the end while others go on writing. */
static void
test_written_meanwhile (HubFixture *fixture, gconstpointer data)
{
  static const char *const kinds[] = { "normal", "longpoll" };

  save_large (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *uri = g_strdup_printf ("%s/luoshi-city/_changes?include_docs=true&limit=5000&feed=%s",
                                              fixture->base, kinds[i]);
      g_autofree char *later = g_strdup_printf ("/luoshi-city/later%u", i);
      g_autofree char *last_seq = g_strdup_printf ("\"last_seq\":\"%u-", 700 + i);
      g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
      g_autoptr (SoupSession) session = soup_session_new ();
      g_autoptr (GInputStream) stream = NULL;
      g_autoptr (GOutputStream) text = g_memory_output_stream_new_resizable ();
      g_autoptr (GError) error = NULL;
      const char *all;

      g_test_message ("Vector %s", kinds[i]);
      soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                    "Basic YWRtaW46cHc=");
      stream = soup_session_send (session, message, NULL, &error);
      g_assert_no_error (error);
      g_free (hub_put (fixture, later, "{}"));
      g_output_stream_splice (text, stream, G_OUTPUT_STREAM_SPLICE_NONE, NULL, &error);
      g_assert_no_error (error);
      g_output_stream_write_all (text, "", 1, NULL, NULL, &error);
      g_assert_no_error (error);
      all = g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (text));
      g_assert_nonnull (strstr (all, "\"id\":\"d699\""));
      g_assert_null (strstr (all, later + strlen ("/luoshi-city/")));
      g_assert_nonnull (strstr (all, last_seq));
      g_assert_true (g_str_has_suffix (all, "\"pending\":1}\n"));
    }
}

/* Pages and chunks of many large documents come whole and in order, forwards and backwards. */
static void
test_large (HubFixture *fixture, gconstpointer data)
{
  static const char *const paths[] = { "/luoshi-city/_changes?include_docs=true",
                                       "/luoshi-city/_changes?include_docs=true&descending=true",
                                       "/luoshi-city/_all_docs?include_docs=true",
                                       "/luoshi-city/_all_docs?include_docs=true&descending=true" };

  save_large (fixture);
  for (guint p = 0; p < G_N_ELEMENTS (paths); p++)
    {
      g_autofree char *text = hub_expect (fixture, "GET", paths[p], NULL, 200, NULL);
      gboolean backwards = strstr (paths[p], "descending") != NULL;
      const char *at = text;

      g_assert_cmpuint (strlen (text), >, 700 * 30000);
      for (guint i = 0; i < 700; i++)
        {
          g_autofree char *row = g_strdup_printf ("\"_id\":\"d%03u\"", backwards ? 699 - i : i);

          at = strstr (at, row);
          g_assert_nonnull (at);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, HubFixture, NULL, hub_fixture_set_up, func, hub_fixture_tear_down)
  ADD ("/hub/changes/normal", test_normal);
  ADD ("/hub/changes/leaves", test_leaves);
  ADD ("/hub/changes/longpoll", test_longpoll);
  ADD ("/hub/changes/timeouts", test_timeouts);
  ADD ("/hub/changes/hundreds", test_hundreds);
  ADD ("/hub/changes/continuous", test_continuous);
  ADD ("/hub/changes/gone", test_gone);
  ADD ("/hub/changes/ends", test_ends);
  ADD ("/hub/changes/removed", test_removed);
  ADD ("/hub/changes/large", test_large);
  ADD ("/hub/changes/written-meanwhile", test_written_meanwhile);
  return g_test_run ();
}
