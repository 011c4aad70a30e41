/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-http-call-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-replication-tuning.h"

struct _LuoHttpCall
{
  LuoHttpWire *wire;
  SoupMessage *message;          /* (owned) */
  const LuoHttpRequest *request; /* (nullable) */
  GCancellable *io;              /* (owned): what libsoup watches */
  GCancellable *outer;           /* (owned) (nullable): the caller's */
  gulong outer_id;
  guint watchdog;        /* seconds */
  LuoHttpReplyFunc func; /* (nullable): of a watch */
  gpointer func_data;

  /* The replication thread's own. */
  GInputStream *stream; /* (owned) (nullable) */
  gint64 last_activity; /* monotonic time */
  gboolean timed_out;
  gboolean connected; /* the message opened a connection of its own */
  gboolean repeated;  /* it has been sent again already */

  GMutex lock; /* guards what follows */
  GCond cond;
  GQueue chunks;   /* (owned) (element-type GBytes) */
  gsize queued;    /* bytes in @chunks */
  gboolean paused; /* reading waits until the chunks have been taken */
  gboolean done;
  GError *error; /* (owned) (nullable) */
  guint status;  /* 0 until the head has arrived */
};

static void read_on (LuoHttpCall *self);

LuoHttpCall *
luo_http_call_ref (LuoHttpCall *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
call_clear (gpointer data)
{
  LuoHttpCall *self = data;

  g_clear_object (&self->message);
  g_clear_object (&self->io);
  g_clear_object (&self->outer);
  g_clear_object (&self->stream);
  g_queue_clear_full (&self->chunks, (GDestroyNotify)g_bytes_unref);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

void
luo_http_call_unref (LuoHttpCall *self)
{
  g_atomic_rc_box_release_full (self, call_clear);
}

/* Gives the message its body, from the beginning. FALSE where it can not be opened. */
static gboolean
set_body (LuoHttpCall *self, GError **error)
{
  const LuoHttpRequest *request = self->request;
  const char *type;

  if (request == NULL)
    return TRUE;
  type = request->content_type != NULL ? request->content_type : "application/json";
  if (request->body != NULL)
    soup_message_set_request_body_from_bytes (self->message, type, request->body);
  else if (request->open_body != NULL)
    {
      g_autoptr (GInputStream) stream = request->open_body (request->body_data, error);

      if (stream == NULL)
        return FALSE;
      soup_message_set_request_body (self->message, type, stream, (gssize)request->body_length);
    }
  return TRUE;
}

LuoHttpCall *
luo_http_call_new (LuoHttpWire *wire, SoupMessage *message, const LuoHttpRequest *request, guint watchdog,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr (LuoHttpCall) self = g_atomic_rc_box_new0 (LuoHttpCall);

  self->wire = wire;
  self->message = message;
  self->request = request;
  self->io = g_cancellable_new ();
  if (cancellable != NULL)
    self->outer = g_object_ref (cancellable);
  self->watchdog = watchdog;
  g_queue_init (&self->chunks);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  if (!set_body (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
cancel_io_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

/* libsoup ends a request in the very call that cancels it, so that must come from the replication thread. */
static void
cancel_io (LuoHttpCall *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, cancel_io_cb, g_object_ref (self->io), g_object_unref);
  g_source_attach (source, self->wire->context);
}

static void
outer_cancelled_cb (GCancellable *outer, gpointer user_data)
{
  cancel_io (user_data);
}

static gboolean
is_gzip (LuoHttpCall *self)
{
  const char *encoding
      = soup_message_headers_get_one (soup_message_get_response_headers (self->message), "Content-Encoding");

  return encoding != NULL && g_ascii_strcasecmp (encoding, "gzip") == 0;
}

static LuoHttpReply *
make_reply (LuoHttpCall *self, GString *body)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  const char *after = soup_message_headers_get_one (headers, "Retry-After");
  LuoHttpReply *reply = g_new0 (LuoHttpReply, 1);

  reply->status = self->status;
  reply->length = body->len;
  reply->body = g_string_free (body, FALSE);
  reply->gzip = is_gzip (self);
  reply->json = type != NULL && g_ascii_strcasecmp (type, "application/json") == 0;
  reply->retry_after = -1;
  if (after != NULL)
    {
      guint64 seconds;

      if (g_ascii_string_to_unsigned (after, 10, 0, 86400, &seconds, NULL))
        reply->retry_after = (gint64)seconds;
      else
        {
          g_autoptr (GDateTime) at = soup_date_time_new_from_http_string (after);

          if (at != NULL)
            reply->retry_after
                = CLAMP (g_date_time_to_unix (at) - g_get_real_time () / G_USEC_PER_SEC, 0, 86400);
        }
    }
  return reply;
}

/* All chunks as one text, for a watch: nobody takes them one by one. */
static GString *
join_chunks (LuoHttpCall *self)
{
  GString *body = g_string_new (NULL);
  GBytes *chunk;

  while ((chunk = g_queue_pop_head (&self->chunks)) != NULL)
    {
      gsize length;
      const char *data = g_bytes_get_data (chunk, &length);

      g_string_append_len (body, data, (gssize)length);
      g_bytes_unref (chunk);
    }
  return body;
}

/* The end of the exchange, whatever it is. Takes @error, and the reference that the exchange holds. */
static void
finish (LuoHttpCall *self, GError *error)
{
  g_ptr_array_remove_fast (self->wire->active, self);
  if (self->outer != NULL)
    g_cancellable_disconnect (self->outer, self->outer_id);
  /* Closing a reply that broke ends the request, which libsoup does in this thread alone. */
  g_clear_object (&self->stream);
  if (self->timed_out && error != NULL)
    {
      g_error_free (error);
      error = g_error_new_literal (LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE,
                                   _ ("The server does not answer any more."));
    }

  g_mutex_lock (&self->lock);
  self->error = error != NULL ? luo_replication_error_translate (error) : NULL;
  self->done = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);

  if (self->func != NULL)
    {
      g_autoptr (LuoHttpReply) reply = self->error == NULL ? make_reply (self, join_chunks (self)) : NULL;

      self->func (reply, self->error, self->func_data);
    }
  luo_http_call_unref (self);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_input_stream_close_finish (G_INPUT_STREAM (source), result, NULL);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoHttpCall *self = user_data;
  GError *error = NULL;
  GBytes *chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize length;
  gboolean go_on;

  if (chunk == NULL)
    {
      finish (self, error);
      return;
    }
  self->last_activity = g_get_monotonic_time ();
  length = g_bytes_get_size (chunk);
  if (length == 0)
    {
      g_bytes_unref (chunk);
      /* Closing at the end of the reply gives the connection back. */
      g_input_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, closed_cb, NULL);
      finish (self, NULL);
      return;
    }

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->chunks, chunk);
  self->queued += length;
  go_on = self->queued < (self->func != NULL ? LUO_TUNING_REPLY_MAX : LUO_TUNING_READ_AHEAD);
  self->paused = !go_on;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);

  if (go_on)
    read_on (self);
  else if (self->func != NULL)
    finish (self, g_error_new_literal (LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                                       _ ("The server’s answer is longer than expected.")));
}

static void
read_on (LuoHttpCall *self)
{
  g_input_stream_read_bytes_async (self->stream, LUO_TUNING_READ_CHUNK, G_PRIORITY_DEFAULT, self->io, read_cb,
                                   self);
}

static void sent_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
send_message (LuoHttpCall *self)
{
  self->last_activity = g_get_monotonic_time ();
  soup_session_send_async (self->wire->soup, self->message, G_PRIORITY_DEFAULT, self->io, sent_cb, self);
}

/* Whether the request met the end of a connection that the server had kept until then. It says nothing about the server: that may
 * close what is idle whenever it likes, even while a request is on its way. libsoup repeats a GET or a PUT then, but no POST, whatever
 * the message's flags say. The second time goes over a new connection, so there is no third. */
static gboolean
met_closed_connection (LuoHttpCall *self, const GError *error)
{
  return self->request != NULL && self->request->repeatable && !self->repeated && !self->connected
         && !self->timed_out && !g_cancellable_is_cancelled (self->io)
         && (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)
             || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT));
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoHttpCall *self = user_data;
  GError *error = NULL;

  self->last_activity = g_get_monotonic_time ();
  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL && met_closed_connection (self, error) && set_body (self, NULL))
    {
      g_error_free (error);
      self->repeated = TRUE;
      soup_message_add_flags (self->message, SOUP_MESSAGE_NEW_CONNECTION);
      send_message (self);
      return;
    }
  if (self->stream == NULL)
    {
      finish (self, error);
      return;
    }
  g_mutex_lock (&self->lock);
  self->status = soup_message_get_status (self->message);
  g_mutex_unlock (&self->lock);
  read_on (self);
}

static void
wrote_cb (SoupMessage *message, guint length, gpointer user_data)
{
  LuoHttpCall *self = user_data;

  self->last_activity = g_get_monotonic_time ();
}

static void
network_event_cb (SoupMessage *message, GSocketClientEvent event, GIOStream *connection, gpointer user_data)
{
  LuoHttpCall *self = user_data;

  self->connected = TRUE;
}

/* libsoup sends a PUT again by itself where a kept connection turns out to be closed, but the body has been read by then and
 * would go out empty. */
static void
restarted_cb (SoupMessage *message, gpointer user_data)
{
  set_body (user_data, NULL);
}

static gboolean
begin_cb (gpointer user_data)
{
  LuoHttpCall *self = user_data;

  g_ptr_array_add (self->wire->active, self);
  if (self->outer != NULL)
    self->outer_id = g_cancellable_connect (self->outer, G_CALLBACK (outer_cancelled_cb),
                                            luo_http_call_ref (self), (GDestroyNotify)luo_http_call_unref);
  g_signal_connect (self->message, "network-event", G_CALLBACK (network_event_cb), self);
  g_signal_connect (self->message, "restarted", G_CALLBACK (restarted_cb), self);
  g_signal_connect (self->message, "wrote-body-data", G_CALLBACK (wrote_cb), self);
  /* The reference given to this source becomes the exchange's, until finish(). */
  send_message (self);
  return G_SOURCE_REMOVE;
}

static void
invoke (LuoHttpCall *self, GSourceFunc func, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, luo_http_call_ref (self), destroy);
  g_source_attach (source, self->wire->context);
}

void
luo_http_call_start (LuoHttpCall *self)
{
  invoke (self, begin_cb, NULL);
}

void
luo_http_call_start_watch (LuoHttpCall *self, LuoHttpReplyFunc func, gpointer user_data)
{
  self->func = func;
  self->func_data = user_data;
  luo_http_call_start (self);
}

static gboolean
resume_cb (gpointer user_data)
{
  LuoHttpCall *self = user_data;

  self->last_activity = g_get_monotonic_time ();
  read_on (self);
  return G_SOURCE_REMOVE;
}

/* Waits for the next chunk. Returns NULL at the end of the exchange. */
static GBytes *
next_chunk (LuoHttpCall *self)
{
  GBytes *chunk;
  gboolean resume = FALSE;

  g_mutex_lock (&self->lock);
  while ((chunk = g_queue_pop_head (&self->chunks)) == NULL && !self->done)
    g_cond_wait (&self->cond, &self->lock);
  if (chunk != NULL)
    {
      self->queued -= g_bytes_get_size (chunk);
      if (self->paused && self->queued <= LUO_TUNING_READ_AHEAD / 2)
        {
          self->paused = FALSE;
          resume = TRUE;
        }
    }
  g_mutex_unlock (&self->lock);

  if (resume)
    invoke (self, resume_cb, (GDestroyNotify)luo_http_call_unref);
  return chunk;
}

/* Ends an exchange whose reply is of no more use, and waits until it has ended. */
static void
give_up (LuoHttpCall *self)
{
  GBytes *chunk;

  cancel_io (self);
  while ((chunk = next_chunk (self)) != NULL)
    g_bytes_unref (chunk);
}

static void
read_cookie (LuoHttpCall *self, char **cookie, int *cookie_age)
{
  GSList *cookies = soup_cookies_from_response (self->message);

  for (GSList *item = cookies; item != NULL; item = item->next)
    if (strcmp (soup_cookie_get_name (item->data), "AuthSession") == 0)
      {
        GDateTime *expires = soup_cookie_get_expires (item->data);

        g_free (*cookie);
        *cookie = soup_cookie_to_cookie_header (item->data);
        *cookie_age = -1;
        if (expires != NULL)
          *cookie_age
              = (int)CLAMP (g_date_time_to_unix (expires) - g_get_real_time () / G_USEC_PER_SEC, 0, 86400);
      }
  soup_cookies_free (cookies);
}

LuoHttpReply *
luo_http_call_wait (LuoHttpCall *self, char **cookie, int *cookie_age, GError **error)
{
  const LuoHttpRequest *request = self->request;
  g_autoptr (GString) body = g_string_new (NULL);
  GBytes *chunk;

  while ((chunk = next_chunk (self)) != NULL)
    {
      gsize length;
      const char *data = g_bytes_get_data (chunk, &length);
      gboolean ok = TRUE;

      /* A chunk comes after the head, so the status is known and does not change any more. */
      if (request->sink != NULL && self->status < 300)
        {
          if (request->gzip != NULL)
            *request->gzip = is_gzip (self);
          ok = request->sink (data, length, request->sink_data, error);
        }
      else if (body->len + length <= LUO_TUNING_REPLY_MAX)
        g_string_append_len (body, data, (gssize)length);
      else
        {
          g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                               _ ("The server’s answer is longer than expected."));
          ok = FALSE;
        }
      g_bytes_unref (chunk);
      if (!ok)
        {
          give_up (self);
          return NULL;
        }
    }

  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return NULL;
    }
  read_cookie (self, cookie, cookie_age);
  return make_reply (self, g_steal_pointer (&body));
}

/* The wire */

static gboolean
tick_cb (gpointer user_data)
{
  LuoHttpWire *self = user_data;
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < self->active->len; i++)
    {
      LuoHttpCall *call = self->active->pdata[i];
      gboolean paused;

      g_mutex_lock (&call->lock);
      paused = call->paused;
      g_mutex_unlock (&call->lock);
      if (!paused && !call->timed_out && now - call->last_activity > (gint64)call->watchdog * G_USEC_PER_SEC)
        {
          call->timed_out = TRUE;
          g_cancellable_cancel (call->io);
        }
    }
  return G_SOURCE_CONTINUE;
}

LuoHttpWire *
luo_http_wire_new (void)
{
  LuoHttpWire *self = g_new0 (LuoHttpWire, 1);

  self->context = g_main_context_ref_thread_default ();
  /* The watchdog measures time without a byte; libsoup's own time-out stands far behind it. */
  self->soup = soup_session_new_with_options ("max-conns", LUO_TUNING_CONNECTIONS, "max-conns-per-host",
                                              LUO_TUNING_CONNECTIONS, "timeout", 180, "user-agent",
                                              "Luoshi/" PACKAGE_VERSION, NULL);
  /* Sessions are signed in here, and attachments' digests cover the bytes as they are sent (C3271). */
  soup_session_remove_feature_by_type (self->soup, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (self->soup, SOUP_TYPE_CONTENT_DECODER);
  self->active = g_ptr_array_new ();
  self->tick = g_timeout_source_new_seconds (1);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, self->context);
  return self;
}

void
luo_http_wire_abort (LuoHttpWire *self)
{
  g_autoptr (GPtrArray) active = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_http_call_unref);

  for (guint i = 0; i < self->active->len; i++)
    g_ptr_array_add (active, luo_http_call_ref (self->active->pdata[i]));
  for (guint i = 0; i < active->len; i++)
    g_cancellable_cancel (((LuoHttpCall *)active->pdata[i])->io);
  soup_session_abort (self->soup);
}

void
luo_http_wire_free (LuoHttpWire *self)
{
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  g_clear_object (&self->soup);
  g_ptr_array_unref (self->active);
  g_main_context_unref (self->context);
  g_free (self);
}
