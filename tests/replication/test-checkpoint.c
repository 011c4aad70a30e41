/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-checkpoint-private.h"
#include "luo-pipeline-private.h"

/* Where both sides agree that replication had come to. */
static const struct
{
  const char *name;
  const char *source;
  const char *target;
  const char *seq;
} vectors[] = {
  { "none", NULL, NULL, "0" },
  { "source-alone", "{\"session_id\":\"a\",\"source_last_seq\":5,\"history\":[]}", NULL, "0" },
  { "target-alone", NULL, "{\"session_id\":\"a\",\"source_last_seq\":5,\"history\":[]}", "0" },
  { "same-session", "{\"session_id\":\"a\",\"source_last_seq\":5}",
    "{\"session_id\":\"a\",\"source_last_seq\":5}", "5" },
  { "same-session-target-behind", "{\"session_id\":\"a\",\"source_last_seq\":9}",
    "{\"session_id\":\"a\",\"source_last_seq\":5}", "5" },
  { "same-session-source-behind", "{\"session_id\":\"a\",\"source_last_seq\":4}",
    "{\"session_id\":\"a\",\"source_last_seq\":5}", "4" },
  { "opaque", "{\"session_id\":\"a\",\"source_last_seq\":\"9-g1AA\"}",
    "{\"session_id\":\"a\",\"source_last_seq\":\"5-g1BB\"}", "\"9-g1AA\"" },
  { "array", "{\"session_id\":\"a\",\"source_last_seq\":[9,\"x\"]}",
    "{\"session_id\":\"a\",\"source_last_seq\":[9,\"x\"]}", "[9,\"x\"]" },
  { "newest-in-common",
    "{\"session_id\":\"d\",\"source_last_seq\":9,\"history\":[{\"session_id\":\"d\",\"recorded_seq\":9},"
    "{\"session_id\":\"b\",\"recorded_seq\":7},{\"session_id\":\"a\",\"recorded_seq\":3}]}",
    "{\"session_id\":\"c\",\"source_last_seq\":8,\"history\":[{\"session_id\":\"c\",\"recorded_seq\":8},"
    "{\"session_id\":\"b\",\"recorded_seq\":7},{\"session_id\":\"a\",\"recorded_seq\":3}]}",
    "7" },
  { "in-common-behind",
    "{\"session_id\":\"d\",\"source_last_seq\":9,\"history\":[{\"session_id\":\"b\",\"recorded_seq\":7}]}",
    "{\"session_id\":\"c\",\"source_last_seq\":8,\"history\":[{\"session_id\":\"b\",\"recorded_seq\":6}]}",
    "6" },
  { "nothing-in-common",
    "{\"session_id\":\"d\",\"source_last_seq\":9,\"history\":[{\"session_id\":\"d\",\"recorded_seq\":9}]}",
    "{\"session_id\":\"c\",\"source_last_seq\":8,\"history\":[{\"session_id\":\"c\",\"recorded_seq\":8}]}",
    "0" },
  { "empty-session", "{\"session_id\":\"\",\"source_last_seq\":9}",
    "{\"session_id\":\"\",\"source_last_seq\":9}", "0" },
  { "no-sequence", "{\"session_id\":\"a\"}", "{\"session_id\":\"a\",\"source_last_seq\":9}", "0" },
  { "no-json", "<html>", "{\"session_id\":\"a\",\"source_last_seq\":9}", "0" },
  { "history-is-no-list", "{\"session_id\":\"a\",\"source_last_seq\":9,\"history\":{}}",
    "{\"session_id\":\"b\",\"source_last_seq\":9,\"history\":7}", "0" },
  { "session-is-no-text", "{\"session_id\":1,\"source_last_seq\":9}",
    "{\"session_id\":1,\"source_last_seq\":9}", "0" },
};

static void
test_compare (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *seq = luo_checkpoint_compare (vectors[i].source, vectors[i].target, NULL);

      g_test_message ("Vector %s", vectors[i].name);
      g_assert_cmpstr (seq, ==, vectors[i].seq);
    }
}

/* What the next log carries on: from the entry in common on, as the side that is behind tells it. */
static void
test_carried_on (void)
{
  static const struct
  {
    const char *source, *target;
    const char *carried; /* the entries, with a space between */
  } cases[] = {
    { NULL, NULL, "" },
    /* A replica that gave up its copies and its log must not take the server's memory of them for its own. */
    { "{\"session_id\":\"b\",\"source_last_seq\":9,\"history\":[{\"session_id\":\"b\",\"recorded_seq\":9}]}",
      NULL, "" },
    { NULL,
      "{\"session_id\":\"b\",\"source_last_seq\":9,\"history\":[{\"session_id\":\"b\",\"recorded_seq\":9}]}",
      "" },
    { "{\"session_id\":\"b\",\"source_last_seq\":9,\"history\":[{\"session_id\":\"b\",\"recorded_seq\":9}]}",
      "{\"session_id\":\"b\",\"source_last_seq\":9,\"history\":[{\"session_id\":\"b\",\"recorded_seq\":9}]}",
      "{\"session_id\":\"b\",\"recorded_seq\":9}" },
    { "{\"session_id\":\"b\",\"source_last_seq\":9,\"history\":[{\"session_id\":\"b\",\"recorded_seq\":9}]}",
      "{\"session_id\":\"b\",\"source_last_seq\":5,\"history\":[{\"session_id\":\"b\",\"recorded_seq\":5}]}",
      "{\"session_id\":\"b\",\"recorded_seq\":5}" },
    { "{\"session_id\":\"d\",\"source_last_seq\":9,\"history\":[{\"session_id\":\"d\",\"recorded_seq\":9},"
      "{\"session_id\":\"b\",\"recorded_seq\":7},{\"session_id\":\"a\",\"recorded_seq\":3}]}",
      "{\"session_id\":\"b\",\"source_last_seq\":7,\"history\":[{\"session_id\":\"b\",\"recorded_seq\":7}]}",
      "{\"session_id\":\"b\",\"recorded_seq\":7} {\"session_id\":\"a\",\"recorded_seq\":3}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) history = NULL;
      g_autofree char *seq = luo_checkpoint_compare (cases[i].source, cases[i].target, &history);
      g_autofree char *carried = NULL;

      g_ptr_array_add (history, NULL);
      carried = g_strjoinv (" ", (char **)history->pdata);
      g_assert_nonnull (seq);
      g_assert_cmpstr (carried, ==, cases[i].carried);
    }
}

/* The id is that of replica, server, space and direction, and of nothing else. */
static void
test_id (void)
{
  g_autofree char *id = luo_checkpoint_id ("u1", "host:5984", "city", LUO_DIRECTION_PULL);
  g_autofree char *again = luo_checkpoint_id ("u1", "host:5984", "city", LUO_DIRECTION_PULL);
  g_autofree char *push = luo_checkpoint_id ("u1", "host:5984", "city", LUO_DIRECTION_PUSH);
  g_autofree char *replica = luo_checkpoint_id ("u2", "host:5984", "city", LUO_DIRECTION_PULL);
  g_autofree char *server = luo_checkpoint_id ("u1", "host:5985", "city", LUO_DIRECTION_PULL);
  g_autofree char *space = luo_checkpoint_id ("u1", "host:5984", "huanggu", LUO_DIRECTION_PULL);

  g_assert_cmpuint (strlen (id), ==, 32);
  g_assert_cmpstr (id, ==, again);
  g_assert_cmpstr (id, !=, push);
  g_assert_cmpstr (id, !=, replica);
  g_assert_cmpstr (id, !=, server);
  g_assert_cmpstr (id, !=, space);
}

/* The endpoint leaves scheme, user and slashes away, so that a change of those does not begin anew. */
static void
test_endpoint (void)
{
  static const struct
  {
    const char *url;
    const char *endpoint; /* NULL: no address */
  } urls[] = {
    { "http://host:5984", "host:5984" },
    { "https://host:5984/", "host:5984" },
    { "http://li:secret@host:5984", "host:5984" },
    { "http://host/couch/", "host/couch" },
    { "http://[::1]:5984", "[::1]:5984" },
    { "host:5984", NULL },
    { "ftp://host", NULL },
    { "", NULL },
    { "http://", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LuoHttpSession) session = luo_http_session_new (urls[i].url, NULL, NULL, &error);

      g_test_message ("Vector %s", urls[i].url);
      if (urls[i].endpoint == NULL)
        g_assert_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL);
      else
        {
          g_assert_no_error (error);
          g_assert_cmpstr (luo_http_session_get_endpoint (session), ==, urls[i].endpoint);
        }
    }
}

/* The pipeline */

static GMutex lock;
static GCond cond;
static gboolean first_may_end;

/* Unit 0 ends last of all. */
static gboolean
first_is_slow (gpointer unit, gpointer user_data, GError **error)
{
  if (GPOINTER_TO_UINT (unit) == 1)
    {
      g_mutex_lock (&lock);
      while (!first_may_end)
        g_cond_wait (&cond, &lock);
      g_mutex_unlock (&lock);
    }
  g_atomic_int_inc ((gint *)user_data);
  return TRUE;
}

static void
ignore (gpointer unit)
{
}

/* What is complete counts only up to the first unit that is not. */
static void
test_pipeline_order (void)
{
  gint done = 0;
  g_autoptr (LuoPipeline) pipeline = luo_pipeline_new (3, 4, first_is_slow, ignore, &done);
  g_autoptr (GError) error = NULL;

  first_may_end = FALSE;
  for (guint i = 1; i <= 20; i++)
    g_assert_true (luo_pipeline_push (pipeline, GUINT_TO_POINTER (i)));
  g_assert_cmpuint (luo_pipeline_get_complete (pipeline), ==, 0);
  g_mutex_lock (&lock);
  first_may_end = TRUE;
  g_cond_signal (&cond);
  g_mutex_unlock (&lock);
  g_assert_true (luo_pipeline_finish (pipeline, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (luo_pipeline_get_complete (pipeline), ==, 20);
  g_assert_cmpint (done, ==, 20);
}

static gboolean
tenth_fails (gpointer unit, gpointer user_data, GError **error)
{
  if (GPOINTER_TO_UINT (unit) != 10)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "ten");
  return FALSE;
}

/* The first error ends all, and nothing beyond it counts as complete. */
static void
test_pipeline_error (void)
{
  g_autoptr (LuoPipeline) pipeline = luo_pipeline_new (2, 3, tenth_fails, ignore, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= 100 && luo_pipeline_push (pipeline, GUINT_TO_POINTER (i)); i++)
    ;
  g_assert_false (luo_pipeline_finish (pipeline, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpuint (luo_pipeline_get_complete (pipeline), ==, 9);
}

/* A single unit is worked on by the caller itself. */
static gboolean
same_thread (gpointer unit, gpointer user_data, GError **error)
{
  g_assert_true (g_thread_self () == user_data);
  return TRUE;
}

static void
test_pipeline_single (void)
{
  g_autoptr (LuoPipeline) pipeline = luo_pipeline_new (3, 4, same_thread, ignore, g_thread_self ());
  g_autoptr (GError) error = NULL;

  g_assert_true (luo_pipeline_push (pipeline, GUINT_TO_POINTER (1)));
  g_assert_true (luo_pipeline_finish (pipeline, &error));
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replication/checkpoint/compare", test_compare);
  g_test_add_func ("/replication/checkpoint/carried-on", test_carried_on);
  g_test_add_func ("/replication/checkpoint/id", test_id);
  g_test_add_func ("/replication/checkpoint/endpoint", test_endpoint);
  g_test_add_func ("/replication/pipeline/order", test_pipeline_order);
  g_test_add_func ("/replication/pipeline/error", test_pipeline_error);
  g_test_add_func ("/replication/pipeline/single", test_pipeline_single);
  return g_test_run ();
}
