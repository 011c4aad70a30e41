/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-http-session-private.h"
#include "luo-scripted-peer.h"
#include "luo-test-replica.h"

/* One HTTP session against a server that misbehaves, without a replica. The session has a thread of its own, as in the replicator; requests
 * are sent from another one, because the peer answers from this one. */

typedef struct
{
  LuoScriptedPeer *peer;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  LuoHttpSession *session;
  gint ready; /* atomic */
} Fixture;

static gpointer
session_thread (gpointer data)
{
  Fixture *f = data;

  g_main_context_push_thread_default (f->context);
  f->session = luo_http_session_new (luo_scripted_peer_get_url (f->peer), "admin", "secret", NULL);
  g_atomic_int_set (&f->ready, 1);
  g_main_loop_run (f->loop);
  luo_http_session_abort (f->session);
  while (g_main_context_iteration (f->context, FALSE))
    ;
  g_clear_pointer (&f->session, luo_http_session_unref);
  g_main_context_pop_thread_default (f->context);
  return NULL;
}

static gboolean
is_ready (gpointer user_data)
{
  return g_atomic_int_get (&((Fixture *)user_data)->ready) != 0;
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->peer = luo_scripted_peer_new ();
  f->context = g_main_context_new ();
  f->loop = g_main_loop_new (f->context, FALSE);
  f->thread = g_thread_new ("session", session_thread, f);
  luo_test_wait (is_ready, f);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_main_loop_quit (f->loop);
  g_main_context_wakeup (f->context);
  g_thread_join (f->thread);
  g_main_loop_unref (f->loop);
  g_main_context_unref (f->context);
  luo_scripted_peer_free (f->peer);
}

typedef struct
{
  Fixture *f;
  LuoHttpRequest request;
  GCancellable *cancellable;
  LuoHttpReply *reply;
  GError *error;
  gint done; /* atomic */
} Sent;

static gpointer
send_thread (gpointer data)
{
  Sent *sent = data;

  sent->reply = luo_http_session_send (sent->f->session, &sent->request, sent->cancellable, &sent->error);
  g_atomic_int_set (&sent->done, 1);
  return NULL;
}

static gboolean
is_done (gpointer user_data)
{
  return g_atomic_int_get (&((Sent *)user_data)->done) != 0;
}

static void
sent_clear (Sent *sent)
{
  luo_http_reply_free (sent->reply);
  g_clear_error (&sent->error);
}

static void
send_and_wait (Sent *sent)
{
  GThread *thread = g_thread_new ("send", send_thread, sent);

  luo_test_wait (is_done, sent);
  g_thread_join (thread);
}

/* A half-open socket: the watchdog ends what nobody answers. */
static void
test_watchdog (Fixture *f, gconstpointer unused)
{
  Sent sent = { .f = f, .request = { .method = "GET", .path = "/luoshi-city/_changes", .watchdog = 1 } };

  luo_scripted_peer_fail (f->peer, "GET", "/_changes", 0, -1, LUO_FAULT_HANG, 0);
  send_and_wait (&sent);
  g_assert_null (sent.reply);
  g_assert_error (sent.error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE);
  sent_clear (&sent);
}

static gboolean
was_asked (gpointer user_data)
{
  return luo_scripted_peer_count (user_data, "GET", "/_changes") > 0;
}

/* Cancelled from another thread while it waits for an answer. */
static void
test_cancel (Fixture *f, gconstpointer unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Sent sent = { .f = f,
                .request = { .method = "GET", .path = "/luoshi-city/_changes" },
                .cancellable = cancellable };
  GThread *thread;

  luo_scripted_peer_fail (f->peer, "GET", "/_changes", 0, -1, LUO_FAULT_HANG, 0);
  thread = g_thread_new ("send", send_thread, &sent);
  luo_test_wait (was_asked, f->peer);
  g_cancellable_cancel (cancellable);
  luo_test_wait (is_done, &sent);
  g_thread_join (thread);
  g_assert_error (sent.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  sent_clear (&sent);
}

static gboolean
refuse_bytes (const char *data, gsize length, gpointer user_data, GError **error)
{
  ++*(guint *)user_data;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
  return FALSE;
}

/* A sink that gives up ends the request with its own error, and is not called again. */
static void
test_sink_gives_up (Fixture *f, gconstpointer unused)
{
  guint calls = 0;
  Sent sent
      = { .f = f,
          .request
          = { .method = "GET", .path = "/luoshi-city/_changes", .sink = refuse_bytes, .sink_data = &calls } };

  send_and_wait (&sent);
  g_assert_error (sent.error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpuint (calls, ==, 1);
  sent_clear (&sent);
}

/* Errors are told by status, in words, with the server's reason. */
static void
test_statuses (Fixture *f, gconstpointer unused)
{
  static const struct
  {
    guint status;
    int code;
  } statuses[] = {
    { 403, LUO_REPLICATION_ERROR_FORBIDDEN }, { 404, LUO_REPLICATION_ERROR_NOT_FOUND },
    { 409, LUO_REPLICATION_ERROR_PROTOCOL },  { 412, LUO_REPLICATION_ERROR_PROTOCOL },
    { 413, LUO_REPLICATION_ERROR_PROTOCOL },  { 500, LUO_REPLICATION_ERROR_SERVER },
    { 502, LUO_REPLICATION_ERROR_OFFLINE },   { 301, LUO_REPLICATION_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      Sent sent = { .f = f, .request = { .method = "GET", .path = "/luoshi-city" } };
      g_autoptr (GError) error = NULL;

      g_test_message ("Vector %u", statuses[i].status);
      luo_scripted_peer_behave (f->peer);
      luo_scripted_peer_fail (f->peer, "GET", "/luoshi-city", 0, 1, LUO_FAULT_STATUS, statuses[i].status);
      send_and_wait (&sent);
      g_assert_no_error (sent.error);
      g_assert_cmpuint (sent.reply->status, ==, statuses[i].status);
      g_assert_false (luo_http_reply_check (sent.reply, &error));
      g_assert_error (error, LUO_REPLICATION_ERROR, statuses[i].code);
      sent_clear (&sent);
    }
}

static void
post (Fixture *f, Sent *sent, const char *path, const char *text, gboolean repeatable)
{
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));

  *sent = (Sent){ .f = f,
                  .request = { .method = "POST", .path = path, .body = body, .repeatable = repeatable } };
  send_and_wait (sent);
}

static void
post_well (Fixture *f, const char *path, const char *text)
{
  Sent sent;

  post (f, &sent, path, text, TRUE);
  g_assert_no_error (sent.error);
  g_assert_cmpuint (sent.reply->status, <, 300);
  sent_clear (&sent);
}

#define REVS_DIFF "/luoshi-city/_revs_diff"
#define ASKED "{\"a\":[\"1-00000000000000000000000000000001\"]}"
#define BULK_DOCS "/luoshi-city/_bulk_docs"
#define SENT                                                                                                 \
  "{\"new_edits\":false,\"docs\":[{\"_id\":\"a\",\"_rev\":\"1-00000000000000000000000000000001\","           \
  "\"_revisions\":{\"start\":1,\"ids\":[\"00000000000000000000000000000001\"]},\"n\":1}]}"

/* A POST that may be repeated goes over the connection of the one before, sign-in and all. */
static void
test_keeps_connection (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < 5; i++)
    post_well (f, REVS_DIFF, ASKED);
  post_well (f, BULK_DOCS, SENT);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "POST", REVS_DIFF), ==, 5);
  g_assert_cmpuint (luo_scripted_peer_count_connections (f->peer), ==, 1);
}

/* The server closes a kept connection just when the next request comes, which it has carried out or not: the request goes out
 * again, once and whole, and nobody hears of it. */
static void
test_closed_while_sending (Fixture *f, gconstpointer unused)
{
  static const LuoFault faults[] = { LUO_FAULT_CUT_BEFORE, LUO_FAULT_LOSE_REPLY };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_test_message ("Vector %u", faults[i]);
      luo_scripted_peer_clear (f->peer);
      post_well (f, REVS_DIFF, ASKED);
      luo_scripted_peer_forget (f->peer);
      luo_scripted_peer_fail (f->peer, "POST", BULK_DOCS, 0, 1, faults[i], 0);
      post_well (f, BULK_DOCS, SENT);
      g_assert_cmpuint (luo_scripted_peer_count (f->peer, "POST", BULK_DOCS), ==, 2);
      g_assert_cmpuint (luo_scripted_peer_count_connections (f->peer), ==, 2);
      g_assert_cmpuint (luo_scripted_peer_count_documents (f->peer), ==, 1);
      luo_scripted_peer_behave (f->peer);
    }
}

/* A server that does so at the new connection too is not there any more: no third time. */
static void
test_closed_twice (Fixture *f, gconstpointer unused)
{
  Sent sent;

  post_well (f, REVS_DIFF, ASKED);
  luo_scripted_peer_fail (f->peer, "POST", BULK_DOCS, 0, -1, LUO_FAULT_CUT_BEFORE, 0);
  post (f, &sent, BULK_DOCS, SENT, TRUE);
  g_assert_error (sent.error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "POST", BULK_DOCS), ==, 2);
  sent_clear (&sent);
}

/* The first request of a connection is not repeated, nor is one that could do something twice. */
static void
test_not_repeated (Fixture *f, gconstpointer unused)
{
  Sent sent;

  luo_scripted_peer_fail (f->peer, "POST", BULK_DOCS, 0, -1, LUO_FAULT_CUT_BEFORE, 0);
  post (f, &sent, BULK_DOCS, SENT, TRUE);
  g_assert_error (sent.error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE);
  sent_clear (&sent);

  post_well (f, REVS_DIFF, ASKED);
  luo_scripted_peer_forget (f->peer);
  post (f, &sent, BULK_DOCS, SENT, FALSE);
  g_assert_error (sent.error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "POST", BULK_DOCS), ==, 1);
  sent_clear (&sent);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add ("/replication/http/" path, Fixture, NULL, set_up, func, tear_down)
  TEST ("watchdog", test_watchdog);
  TEST ("cancel", test_cancel);
  TEST ("sink-gives-up", test_sink_gives_up);
  TEST ("statuses", test_statuses);
  TEST ("keeps-connection", test_keeps_connection);
  TEST ("closed-while-sending", test_closed_while_sending);
  TEST ("closed-twice", test_closed_twice);
  TEST ("not-repeated", test_not_repeated);
#undef TEST
  return g_test_run ();
}
