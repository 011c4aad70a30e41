/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>
#include <time.h>

#include "luo-hub.h"

/* How many documents of about 700 bytes the hub takes by _bulk_docs and gives by _bulk_get, a thousand at a time, over real
 * sockets; one line each. Apache CouchDB 3.5 on the same two processors: 14,500 and 26,500 a second. */

#define BATCH 1000

static const char *const narrative
    = "本月新建区域性居家养老服务中心三个，完成验收两个，其余正在装修设计；"
      "社区工作者培训四场，参训一百七十八人次，覆盖率百分之百；"
      "走访社区二十一个，现场解答问题三百零三个，解决技术问题二百七十六个，尚有五项整改未完成，限期下月底。";

static SoupSession *session;
static char *base;

static gsize
post (const char *path, const char *body, gsize length)
{
  g_autofree char *uri = g_strconcat (base, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
  g_autoptr (GBytes) bytes = g_bytes_new_static (body, length);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  static char buffer[128 * 1024];
  gsize sum = 0;
  gssize n;

  /* Else libsoup makes a new connection for each POST. */
  soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                "Basic YWRtaW46cHc=");
  stream = soup_session_send (session, message, NULL, &error);
  g_assert_no_error (error);
  while ((n = g_input_stream_read (stream, buffer, sizeof buffer, NULL, &error)) > 0)
    sum += (gsize)n;
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), <, 300);
  return sum;
}

static GString *
build_batch (guint from, const char *head, gboolean with_history)
{
  GString *body = g_string_new (head);

  for (guint i = from; i < from + BATCH; i++)
    {
      g_string_append_printf (body, "%s{\"_id\":\"progress:2020:%06u\"", i > from ? "," : "", i);
      if (with_history)
        g_string_append_printf (
            body, ",\"_rev\":\"1-%032x\",\"_revisions\":{\"start\":1,\"ids\":[\"%032x\"]}", i, i);
      g_string_append_printf (
          body,
          ",\"type\":\"progress\",\"month\":\"2020-08\",\"office\":\"huanggu\",\"overall\":\"%s\","
          "\"readings\":{\"centres\":%u,\"stations\":117},\"state\":\"draft\"}",
          narrative, i);
    }
  g_string_append (body, "]}");
  return body;
}

static void
report (const char *what, guint documents, gint64 started, clock_t clock_started, gsize bytes)
{
  /* Of client and hub together: what is left to compare by where others use the machine too. */
  double processor = (double)(clock () - clock_started) / CLOCKS_PER_SEC * 1e6 / documents;
  double seconds = (double)(g_get_monotonic_time () - started) / G_USEC_PER_SEC;

  g_print ("%-34s %9.0f documents/s %8.1f MB/s %6.1f µs of processor each\n", what, documents / seconds,
           (double)bytes / seconds / 1e6, processor);
}

static void
bench_docs (const char *what, const char *space, const char *head, gboolean with_history, guint documents)
{
  g_autofree char *path = g_strconcat ("/", space, "/_bulk_docs", NULL);
  g_autoptr (GPtrArray) bodies = g_ptr_array_new ();
  gsize bytes = 0;
  gint64 started;
  clock_t clock_started;

  for (guint i = 0; i < documents; i += BATCH)
    g_ptr_array_add (bodies, build_batch (i, head, with_history));
  started = g_get_monotonic_time ();
  clock_started = clock ();
  for (guint i = 0; i < bodies->len; i++)
    {
      GString *body = bodies->pdata[i];

      post (path, body->str, body->len);
      bytes += body->len;
    }
  report (what, documents, started, clock_started, bytes);
  for (guint i = 0; i < bodies->len; i++)
    g_string_free (bodies->pdata[i], TRUE);
}

static void
bench_get (const char *what, const char *query, guint documents)
{
  g_autofree char *path = g_strconcat ("/luoshi-huanggu/_bulk_get", query, NULL);
  gint64 started = g_get_monotonic_time ();
  clock_t clock_started = clock ();
  gsize bytes = 0;

  for (guint i = 0; i < documents; i += BATCH)
    {
      g_autoptr (GString) body = g_string_new ("{\"docs\":[");

      for (guint j = i; j < i + BATCH; j++)
        g_string_append_printf (body, "%s{\"id\":\"progress:2020:%06u\",\"rev\":\"1-%032x\"}",
                                j > i ? "," : "", j, j);
      g_string_append (body, "]}");
      bytes += post (path, body->str, body->len);
    }
  report (what, documents, started, clock_started, bytes);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("luoshi-bench-hub-XXXXXX", NULL);
  const char *const roles[] = { "_admin", NULL };
  guint documents = argc > 1 ? (guint)atoi (argv[1]) : 50000;
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoHub) hub = luo_hub_new (folder, &error);
  g_autofree char *command = NULL;

  g_assert_no_error (error);
  luo_hub_set_user (hub, "admin", "pw", roles, &error);
  g_assert_no_error (error);
  luo_store_create_space (luo_hub_get_store (hub), "luoshi-huanggu", NULL);
  luo_store_create_space (luo_hub_get_store (hub), "luoshi-city", NULL);
  luo_store_create_space (luo_hub_get_store (hub), "luoshi-late", NULL);
  luo_hub_start (hub, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  base = g_strdup_printf ("http://127.0.0.1:%u", luo_hub_get_port (hub));
  session = soup_session_new ();

  bench_docs ("_bulk_docs new_edits=false first", "luoshi-huanggu", "{\"new_edits\":false,\"docs\":[", TRUE,
              documents);
  bench_docs ("_bulk_docs new_edits=false again", "luoshi-huanggu", "{\"new_edits\":false,\"docs\":[", TRUE,
              documents);
  bench_docs ("_bulk_docs new edits", "luoshi-city", "{\"docs\":[", FALSE, documents);
  bench_get ("_bulk_get revs=true", "?revs=true", documents);
  bench_get ("_bulk_get revs, latest, attachments", "?revs=true&latest=true&attachments=true", documents);

  g_clear_object (&session);
  luo_hub_stop (hub);
  g_clear_object (&hub);
  command = g_strdup_printf ("rm -rf '%s'", folder);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  g_free (base);
  return 0;
}
