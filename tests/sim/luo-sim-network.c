/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "luo-hub-call-private.h"
#include "luo-http-transport-private.h"
#include "luo-replication-tuning.h"
#include "luo-sim-private.h"

/* The network: requests of the desks' sessions go to the hub in this process, or do not. */

/**
 * LuoSimWatch: a long poll on its way.
 */
typedef struct
{
  LuoSimDesk *desk;
  char *path, *cookie, *authorization; /* (owned) (nullable) but for @path */
  GCancellable *cancellable;           /* (owned) (nullable) */
  LuoHttpReplyFunc func;
  gpointer user_data;
  gint64 until;   /* when it ends by itself */
  gint64 silent;  /* when its watchdog gives it up */
  guint life;     /* of the hub that it waits at */
  guint64 looked; /* the sum of the hub's sequences when the hub was asked last */
} LuoSimWatch;

/**
 * LuoSimLate: a request that arrives once more: something between kept it and sends it again.
 */
typedef struct
{
  char *method, *path; /* (owned) */
  GStrv headers;       /* (owned) */
  GBytes *body;        /* (owned) */
} LuoSimLate;

static void
watch_free (gpointer data)
{
  LuoSimWatch *watch = data;

  g_free (watch->path);
  g_free (watch->cookie);
  g_free (watch->authorization);
  g_clear_object (&watch->cancellable);
  g_free (watch);
}

static void
late_free (gpointer data)
{
  LuoSimLate *late = data;

  g_free (late->method);
  g_free (late->path);
  g_strfreev (late->headers);
  g_bytes_unref (late->body);
  g_free (late);
}

static GError *
offline_error (void)
{
  return g_error_new_literal (LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE, "simulated");
}

/* Whether a request of this desk reaches the hub at all. */
static gboolean
is_reachable (LuoSimDesk *desk)
{
  LuoSim *sim = desk->sim;

  return !desk->partitioned && sim->hub != NULL && !sim->hub_doomed && !luo_sim_disk_is_dead (sim->hub_disk);
}

static GStrv
make_headers (const LuoHttpRequest *request, const char *cookie, const char *authorization, gsize length)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *text = g_strdup_printf ("%" G_GSIZE_FORMAT, length);

  g_strv_builder_add_many (builder, "Accept", request->gzip != NULL ? "*/*" : "application/json",
                           "Content-Length", text, NULL);
  if (length > 0)
    g_strv_builder_add_many (builder, "Content-Type",
                             request->content_type != NULL ? request->content_type : "application/json",
                             NULL);
  if (cookie != NULL)
    g_strv_builder_add_many (builder, "Cookie", cookie, NULL);
  if (authorization != NULL)
    g_strv_builder_add_many (builder, "Authorization", authorization, NULL);
  return g_strv_builder_end (builder);
}

/* The hub carries a request out; where it dies at it, nobody hears of it. */
static LuoHubCall *
call_hub (LuoSim *sim, const char *method, const char *path, const char *const *headers, GBytes *body,
          gsize arrives)
{
  LuoSimDesk *actor = luo_sim_set_actor (sim, NULL);
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  LuoHubCall *call;

  if (luo_sim_chance (sim, sim->faults.kill_hub))
    luo_sim_disk_set_fuse (sim->hub_disk, 1 + luo_sim_pick (sim, 12));
  call = luo_hub_call (sim->hub, method, path, headers, data, length, arrives);
  luo_sim_set_actor (sim, actor);
  if (luo_sim_disk_is_dead (sim->hub_disk))
    {
      sim->hub_doomed = TRUE;
      call->status = 0;
    }
  return call;
}

static GBytes *
read_body (const LuoHttpRequest *request)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GOutputStream) memory = NULL;
  g_autoptr (GError) error = NULL;

  if (request->body != NULL)
    return g_bytes_ref (request->body);
  if (request->open_body == NULL)
    return g_bytes_new (NULL, 0);
  stream = request->open_body (request->body_data, &error);
  if (stream == NULL)
    return NULL;
  memory = g_memory_output_stream_new_resizable ();
  if (g_output_stream_splice (memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL) < 0)
    return NULL;
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static LuoHttpReply *
reply_new (guint status, const char *body, gsize length)
{
  LuoHttpReply *reply = g_new0 (LuoHttpReply, 1);

  reply->status = status;
  reply->body = g_strndup (body, length);
  reply->length = length;
  reply->json = TRUE;
  reply->retry_after = -1;
  return reply;
}

/* A reply that did not come from the hub itself. */
static LuoHttpReply *
make_fault (LuoSim *sim, guint status)
{
  LuoHttpReply *reply = reply_new (status, "", 0);

  if (status == 503 && luo_sim_chance (sim, 500))
    reply->retry_after = 2;
  return reply;
}

/* Reads a session that the answer brings. */
static void
take_cookie (LuoHubCall *call, char **cookie, int *age)
{
  const char *header = luo_hub_call_get_answer_header (call, "Set-Cookie");
  const char *max_age = header != NULL ? strstr (header, "Max-Age=") : NULL;

  if (header == NULL)
    return;
  g_free (*cookie);
  *cookie = g_strndup (header, strcspn (header, ";"));
  *age = max_age != NULL ? atoi (max_age + strlen ("Max-Age=")) : -1;
}

/* Hands the answer on to whoever asked, in pieces; the line may be cut in it. */
static LuoHttpReply *
take_answer (LuoSim *sim, LuoHubCall *call, const LuoHttpRequest *request, GError **error)
{
  gboolean cut = !call->whole || luo_sim_chance (sim, sim->faults.cut_reply);
  gsize length = cut && call->body->len > 0 ? luo_sim_pick (sim, (guint)call->body->len) : call->body->len;
  const char *type = luo_hub_call_get_answer_header (call, "Content-Type");
  LuoHttpReply *reply;

  if (request->sink != NULL && call->status < 300)
    {
      gsize sent = 0;

      if (request->gzip != NULL)
        *request->gzip = FALSE;
      while (sent < length)
        {
          gsize most = 1 + luo_sim_pick (sim, 4000);
          gsize piece = MIN (length - sent, most);

          if (!request->sink (call->body->str + sent, piece, request->sink_data, error))
            return NULL;
          sent += piece;
        }
    }
  if (cut)
    {
      luo_sim_note (sim, "  < cut after %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT, length, call->body->len);
      g_propagate_error (error, offline_error ());
      return NULL;
    }
  if (request->sink != NULL && call->status < 300)
    length = 0;
  reply = reply_new (call->status, call->body->str, length);
  reply->json = type != NULL && g_str_has_prefix (type, "application/json");
  return reply;
}

static gboolean
is_gone (LuoSimDesk *desk, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return TRUE;
  if (luo_sim_desk_works (desk))
    return FALSE;
  /* The process is dead; what still runs of it here is not heard by anybody. */
  g_propagate_error (error, offline_error ());
  return TRUE;
}

/* Other things happen while the request is on its way. Not while a sign-in holds what others would wait for. */
static void
let_happen (LuoSim *sim, const LuoHttpRequest *request)
{
  if (sim->depth >= LUO_SIM_MAX_DEPTH || g_str_has_prefix (request->path, "/_session"))
    return;
  sim->depth++;
  while (sim->nested < LUO_SIM_MAX_NESTED && luo_sim_chance (sim, sim->nest))
    {
      sim->nested++;
      luo_sim_step (sim);
    }
  sim->depth--;
}

/* A path without what differs from run to run: checkpoints and sequences have random parts. */
static char *
public_path (const char *path)
{
  const char *end = strstr (path, "_local/");

  if (end != NULL)
    return g_strdup_printf ("%.*s_local", (int)(end - path), path);
  end = strstr (path, "&since=");
  if (end == NULL)
    end = strstr (path, "?since=");
  return end != NULL ? g_strndup (path, (gsize)(end - path)) : g_strdup (path);
}

static LuoHttpReply *
network_send (gpointer data, const LuoHttpRequest *request, const char *cookie, const char *authorization,
              char **set_cookie, int *cookie_age, GCancellable *cancellable, GError **error)
{
  LuoSimDesk *desk = data;
  LuoSim *sim = desk->sim;
  g_autofree char *shown = public_path (request->path);
  g_autoptr (GBytes) body = read_body (request);
  g_autoptr (LuoHubCall) call = NULL;
  g_auto (GStrv) headers = NULL;
  LuoHttpReply *reply = NULL;
  guint life;
  gsize arrives, length;

  sim->requests++;
  if (body == NULL)
    {
      g_propagate_error (error, offline_error ());
      return NULL;
    }
  length = arrives = g_bytes_get_size (body);
  headers = make_headers (request, cookie, authorization, length);
  luo_sim_note (sim, "%s > %s %s", desk->name, request->method, shown);
  sim->now += luo_sim_pick (sim, 20000);
  let_happen (sim, request);

  if (is_gone (desk, cancellable, error))
    return NULL;
  if (!is_reachable (desk) || luo_sim_chance (sim, sim->faults.cut_before))
    {
      luo_sim_note (sim, "  > lost");
      g_propagate_error (error, offline_error ());
      return NULL;
    }
  if (luo_sim_chance (sim, sim->faults.busy))
    return make_fault (sim, luo_sim_chance (sim, 500) ? 503 : 429);
  if (luo_sim_chance (sim, sim->faults.fault))
    return make_fault (sim, 500);
  if (luo_sim_chance (sim, sim->faults.late))
    {
      LuoSimLate *late = g_new0 (LuoSimLate, 1);

      late->method = g_strdup (request->method);
      late->path = g_strdup (request->path);
      late->headers = g_strdupv (headers);
      late->body
          = g_bytes_new (g_bytes_get_data (body, NULL), length); /* the caller's bytes may be his own */
      g_ptr_array_add (sim->late, late);
    }
  if (luo_sim_chance (sim, sim->faults.twice))
    {
      luo_sim_note (sim, "  > twice");
      luo_hub_call_free (
          call_hub (sim, request->method, request->path, (const char *const *)headers, body, length));
      if (!is_reachable (desk))
        {
          g_propagate_error (error, offline_error ());
          return NULL;
        }
    }
  if (length > 0 && luo_sim_chance (sim, sim->faults.cut_within))
    arrives = luo_sim_pick (sim, (guint)length);

  life = sim->hub_life;
  call = call_hub (sim, request->method, request->path, (const char *const *)headers, body, arrives);
  luo_sim_note (sim, "  < %u %s", call->status, arrives < length ? "cut within" : "");
  sim->now += luo_sim_pick (sim, 20000);
  if (call->status != 0)
    let_happen (sim, request);
  if (is_gone (desk, cancellable, error))
    return NULL;
  if (call->status == 0 || arrives < length || !is_reachable (desk) || life != sim->hub_life
      || luo_sim_chance (sim, sim->faults.lost_reply))
    {
      luo_sim_note (sim, "  < lost");
      g_propagate_error (error, offline_error ());
      return NULL;
    }
  reply = take_answer (sim, call, request, error);
  if (reply != NULL)
    take_cookie (call, set_cookie, cookie_age);
  return reply;
}

static void
network_watch (gpointer data, const char *path, const char *cookie, const char *authorization,
               GCancellable *cancellable, LuoHttpReplyFunc func, gpointer user_data)
{
  LuoSimDesk *desk = data;
  LuoSimWatch *watch = g_new0 (LuoSimWatch, 1);

  watch->desk = desk;
  watch->path = g_strdup (path);
  watch->cookie = g_strdup (cookie);
  watch->authorization = g_strdup (authorization);
  if (cancellable != NULL)
    watch->cancellable = g_object_ref (cancellable);
  watch->func = func;
  watch->user_data = user_data;
  watch->until = desk->sim->now + (gint64)LUO_TUNING_LONGPOLL_MS * 1000;
  watch->silent = watch->until + (gint64)LUO_TUNING_LONGPOLL_GRACE * G_USEC_PER_SEC;
  watch->life = desk->sim->hub_life;
  watch->looked = G_MAXUINT64;
  g_ptr_array_add (desk->sim->watches, watch);
}

static void
network_wait (gpointer data, gint64 milliseconds)
{
  LuoSimDesk *desk = data;

  desk->sim->now += milliseconds * 1000;
}

/* Ends a long poll. @reply: (transfer full) (nullable); @error: (transfer full) (nullable) */
static void
end_watch (LuoSim *sim, guint index, LuoHttpReply *reply, GError *error)
{
  LuoSimWatch *watch = g_ptr_array_steal_index (sim->watches, index);
  LuoSimDesk *actor = luo_sim_set_actor (sim, watch->desk);

  g_main_context_push_thread_default (watch->desk->context);
  watch->func (reply, error, watch->user_data);
  g_main_context_pop_thread_default (watch->desk->context);
  luo_sim_set_actor (sim, actor);
  luo_http_reply_free (reply);
  g_clear_error (&error);
  watch_free (watch);
}

static void
network_abort (gpointer data)
{
  LuoSimDesk *desk = data;
  LuoSim *sim = desk->sim;

  for (guint i = sim->watches->len; i > 0; i--)
    if (((LuoSimWatch *)sim->watches->pdata[i - 1])->desk == desk)
      end_watch (sim, i - 1, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, ""));
}

static const LuoHttpTransport transport = {
  .send = network_send,
  .watch = network_watch,
  .wait = network_wait,
  .abort = network_abort,
};

LuoHttpSession *
luo_sim_network_connect (LuoSimDesk *desk)
{
  g_autoptr (GError) error = NULL;
  LuoHttpSession *session
      = luo_http_session_new_over (&transport, desk, "http://hub:5984", desk->name, "secret", &error);

  g_assert_no_error (error);
  return session;
}

void
luo_sim_network_init (LuoSim *sim)
{
  sim->watches = g_ptr_array_new_with_free_func (watch_free);
  sim->late = g_ptr_array_new_with_free_func (late_free);
}

void
luo_sim_network_clear (LuoSim *sim)
{
  g_ptr_array_unref (sim->watches);
  g_ptr_array_unref (sim->late);
}

/* Changes whenever a long poll may have something to tell. */
static guint64
hub_state (LuoSim *sim)
{
  guint64 steps = luo_sim_disk_get_steps (sim->hub_disk);

  if (steps != sim->hub_steps)
    {
      sim->hub_steps = steps;
      sim->hub_seqs = 0;
      for (guint i = 0; sim->spaces[i] != NULL; i++)
        sim->hub_seqs += (guint64)luo_sim_hub_get_seq (sim, sim->spaces[i]);
    }
  return ((guint64)sim->hub_life << 48) + sim->hub_seqs;
}

static gboolean
watch_is_ready (LuoSim *sim, const LuoSimWatch *watch, guint64 state)
{
  if (watch->cancellable != NULL && g_cancellable_is_cancelled (watch->cancellable))
    return TRUE;
  if (!luo_sim_desk_works (watch->desk))
    return FALSE;
  if (!is_reachable (watch->desk))
    return sim->now >= watch->silent;
  return watch->life != sim->hub_life || watch->looked != state || sim->now >= watch->until;
}

gboolean
luo_sim_network_is_ready (LuoSim *sim)
{
  guint64 state = hub_state (sim);

  if (sim->late->len > 0 && sim->hub != NULL && !sim->hub_doomed && !luo_sim_disk_is_dead (sim->hub_disk))
    return TRUE;
  for (guint i = 0; i < sim->watches->len; i++)
    if (watch_is_ready (sim, sim->watches->pdata[i], state))
      return TRUE;
  return FALSE;
}

/* A request arrives once more. */
static void
deliver_late (LuoSim *sim)
{
  LuoSimLate *late = g_ptr_array_steal_index (sim->late, luo_sim_pick (sim, sim->late->len));
  g_autofree char *shown = public_path (late->path);
  LuoHubCall *call = call_hub (sim, late->method, late->path, (const char *const *)late->headers, late->body,
                               g_bytes_get_size (late->body));

  luo_sim_note (sim, "late %s %s: %u", late->method, shown, call->status);
  luo_hub_call_free (call);
  late_free (late);
}

/* The hub is asked what there is for a long poll. */
static void
look (LuoSim *sim, guint index, guint64 state)
{
  LuoSimWatch *watch = sim->watches->pdata[index];
  LuoHttpRequest request = { .method = "GET", .path = watch->path };
  g_auto (GStrv) headers = make_headers (&request, watch->cookie, watch->authorization, 0);
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr (LuoHubCall) call = call_hub (sim, "GET", watch->path, (const char *const *)headers, none, 0);
  gboolean empty = call->status == 200 && strstr (call->body->str, "\"changes\"") == NULL;

  watch->looked = state;
  if (call->status == 0)
    {
      end_watch (sim, index, NULL, offline_error ());
      return;
    }
  if (empty && sim->now < watch->until)
    return;
  luo_sim_note (sim, "%s: a poll ends with %u%s", watch->desk->name, call->status, empty ? ", empty" : "");
  if (luo_sim_chance (sim, sim->faults.lost_reply))
    end_watch (sim, index, NULL, offline_error ());
  else
    end_watch (sim, index, reply_new (call->status, call->body->str, call->body->len), NULL);
}

void
luo_sim_network_advance (LuoSim *sim)
{
  guint64 state = hub_state (sim);
  guint first = sim->watches->len > 0 ? luo_sim_pick (sim, sim->watches->len) : 0;

  if (sim->late->len > 0 && sim->hub != NULL && !sim->hub_doomed && !luo_sim_disk_is_dead (sim->hub_disk)
      && luo_sim_chance (sim, 300))
    {
      deliver_late (sim);
      return;
    }
  for (guint i = 0; i < sim->watches->len; i++)
    {
      guint index = (first + i) % sim->watches->len;
      const LuoSimWatch *watch = sim->watches->pdata[index];

      if (!watch_is_ready (sim, watch, state))
        continue;
      if (watch->cancellable != NULL && g_cancellable_is_cancelled (watch->cancellable))
        end_watch (sim, index, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, ""));
      else if (!is_reachable (watch->desk) || watch->life != sim->hub_life)
        end_watch (sim, index, NULL, offline_error ());
      else
        look (sim, index, state);
      return;
    }
}

int
luo_sim_network_next_timer (LuoSim *sim)
{
  gint64 next = -1;

  for (guint i = 0; i < sim->watches->len; i++)
    {
      const LuoSimWatch *watch = sim->watches->pdata[i];
      gint64 left = MAX ((is_reachable (watch->desk) ? watch->until : watch->silent) - sim->now, 0);

      if (luo_sim_desk_works (watch->desk))
        next = next < 0 ? left : MIN (next, left);
    }
  return next < 0 ? -1 : (int)((next + 999) / 1000);
}
