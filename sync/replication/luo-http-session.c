/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-http-session-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-clock.h"
#include "luo-http-call-private.h"
#include "luo-http-transport-private.h"
#include "luo-json-text.h"
#include "luo-replication-tuning.h"

struct _LuoHttpSession
{
  LuoHttpWire *wire;                 /* (owned) (nullable): NULL where there is a transport */
  const LuoHttpTransport *transport; /* (nullable) */
  gpointer transport_data;
  char *base;     /* (owned): URL without user and trailing slash */
  char *endpoint; /* (owned) */
  char *user;     /* (owned) (nullable) */
  char *password; /* (owned) (nullable) */

  gint reached; /* atomic */

  GMutex signing; /* held while signing in, so that one request does it for all */

  GMutex lock; /* guards what follows */
  GCond cond;
  char *cookie;     /* (owned) (nullable) */
  gboolean basic;   /* the server has no sessions: send the password with each request */
  guint generation; /* counts sign-ins */
  gint64 renew_at;  /* monotonic time */
  guint under_way;  /* requests */
  guint allowed;    /* of them at once */
  guint successes;  /* since the last change of @allowed */
};

void
luo_http_reply_free (LuoHttpReply *self)
{
  if (self == NULL)
    return;
  g_free (self->body);
  g_free (self);
}

char *
luo_http_reply_member (const LuoHttpReply *self, const char *member)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  const LuoJsonMember *found;

  if (!luo_json_cut (self->body, self->length, members, NULL))
    return NULL;
  found = luo_json_find (members, member);
  return found != NULL ? g_strndup (found->value, found->value_length) : NULL;
}

char *
luo_http_reply_text (const LuoHttpReply *self, const char *member)
{
  g_autofree char *value = luo_http_reply_member (self, member);

  return value != NULL ? luo_json_decode_string (value, strlen (value)) : NULL;
}

gboolean
luo_http_reply_check (const LuoHttpReply *self, GError **error)
{
  g_autofree char *reason = NULL;

  if (self->status < 300)
    return TRUE;
  reason = luo_http_reply_text (self, "reason");
  luo_replication_error_set_status (error, self->status, reason);
  return FALSE;
}

void
luo_http_append_escaped (GString *out, const char *text)
{
  g_string_append_uri_escaped (out, text, NULL, FALSE);
}

static LuoHttpSession *
session_new (const char *url, const char *user, const char *password, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GString) endpoint = NULL;
  LuoHttpSession *self;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0'
      || (strcmp (g_uri_get_scheme (uri), "http") != 0 && strcmp (g_uri_get_scheme (uri), "https") != 0))
    {
      g_set_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                   _ ("“%s” is no address of a server; expected one like http://host:5984."), url);
      return NULL;
    }

  endpoint = g_string_new (NULL);
  if (strchr (g_uri_get_host (uri), ':') != NULL)
    g_string_append_printf (endpoint, "[%s]", g_uri_get_host (uri));
  else
    g_string_append (endpoint, g_uri_get_host (uri));
  if (g_uri_get_port (uri) > 0)
    g_string_append_printf (endpoint, ":%d", g_uri_get_port (uri));
  g_string_append (endpoint, g_uri_get_path (uri));
  while (endpoint->len > 0 && endpoint->str[endpoint->len - 1] == '/')
    g_string_truncate (endpoint, endpoint->len - 1);

  self = g_atomic_rc_box_new0 (LuoHttpSession);
  self->base = g_strdup_printf ("%s://%s", g_uri_get_scheme (uri), endpoint->str);
  self->endpoint = g_string_free (g_steal_pointer (&endpoint), FALSE);
  self->user = user != NULL && *user != '\0' ? g_strdup (user) : NULL;
  self->password = g_strdup (password != NULL ? password : "");
  self->allowed = LUO_TUNING_REQUESTS;
  g_mutex_init (&self->signing);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

LuoHttpSession *
luo_http_session_new (const char *url, const char *user, const char *password, GError **error)
{
  LuoHttpSession *self = session_new (url, user, password, error);

  if (self != NULL)
    self->wire = luo_http_wire_new ();
  return self;
}

LuoHttpSession *
luo_http_session_new_over (const LuoHttpTransport *transport, gpointer data, const char *url,
                           const char *user, const char *password, GError **error)
{
  LuoHttpSession *self = session_new (url, user, password, error);

  if (self != NULL)
    {
      self->transport = transport;
      self->transport_data = data;
    }
  return self;
}

LuoHttpSession *
luo_http_session_ref (LuoHttpSession *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
session_clear (gpointer data)
{
  LuoHttpSession *self = data;

  g_clear_pointer (&self->wire, luo_http_wire_free);
  g_free (self->base);
  g_free (self->endpoint);
  g_free (self->user);
  g_free (self->password);
  g_free (self->cookie);
  g_mutex_clear (&self->signing);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

void
luo_http_session_unref (LuoHttpSession *self)
{
  g_atomic_rc_box_release_full (self, session_clear);
}

void
luo_http_session_abort (LuoHttpSession *self)
{
  if (self->transport != NULL)
    self->transport->abort (self->transport_data);
  else
    luo_http_wire_abort (self->wire);
}

const char *
luo_http_session_get_endpoint (LuoHttpSession *self)
{
  return self->endpoint;
}

gboolean
luo_http_session_has_user (LuoHttpSession *self)
{
  return self->user != NULL;
}

gboolean
luo_http_session_was_reached (LuoHttpSession *self)
{
  return g_atomic_int_get (&self->reached) != 0;
}

/**
 * Credentials: what signs a request in, as values of its headers.
 */
typedef struct
{
  char *cookie;        /* (owned) (nullable) */
  char *authorization; /* (owned) (nullable) */
} Credentials;

static void
credentials_clear (Credentials *self)
{
  g_free (self->cookie);
  g_free (self->authorization);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Credentials, credentials_clear)

/* @generation (nullable) gets the sign-in that is used. */
static Credentials
get_credentials (LuoHttpSession *self, guint *generation)
{
  Credentials credentials = { NULL, NULL };

  g_mutex_lock (&self->lock);
  if (self->basic && self->user != NULL)
    {
      g_autofree char *pair = g_strdup_printf ("%s:%s", self->user, self->password);
      g_autofree char *encoded = g_base64_encode ((const guchar *)pair, strlen (pair));

      credentials.authorization = g_strconcat ("Basic ", encoded, NULL);
    }
  else
    credentials.cookie = g_strdup (self->cookie);
  if (generation != NULL)
    *generation = self->generation;
  g_mutex_unlock (&self->lock);
  return credentials;
}

static SoupMessage *
make_message (LuoHttpSession *self, const char *method, const char *path, gboolean accept_gzip,
              const Credentials *credentials, GError **error)
{
  g_autofree char *url = g_strconcat (self->base, path, NULL);
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  SoupMessage *message;
  SoupMessageHeaders *headers;

  if (uri == NULL)
    {
      g_set_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                   _ ("“%s” is no address of a server; expected one like http://host:5984."), url);
      return NULL;
    }
  message = soup_message_new_from_uri (method, uri);
  /* A redirection would take the session along to another server. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (message);
  soup_message_headers_append (headers, "Accept", accept_gzip ? "*/*" : "application/json");
  if (accept_gzip)
    soup_message_headers_append (headers, "Accept-Encoding", "gzip");
  if (credentials->authorization != NULL)
    soup_message_headers_append (headers, "Authorization", credentials->authorization);
  if (credentials->cookie != NULL)
    soup_message_headers_append (headers, "Cookie", credentials->cookie);
  return message;
}

/* Keeps a session cookie that a reply brought: a sign-in, or the server renewing it. */
static void
take_cookie (LuoHttpSession *self, char *cookie, int age)
{
  if (cookie == NULL)
    return;
  if (age <= 0)
    age = LUO_TUNING_SESSION_SECONDS;
  g_mutex_lock (&self->lock);
  g_free (self->cookie);
  self->cookie = cookie;
  self->renew_at
      = luo_clock_get_monotonic () + (gint64)age * G_USEC_PER_SEC * LUO_TUNING_SESSION_RENEW_PERCENT / 100;
  g_mutex_unlock (&self->lock);
}

static LuoHttpReply *
exchange_by_wire (LuoHttpSession *self, const LuoHttpRequest *request, const Credentials *credentials,
                  char **cookie, int *age, GCancellable *cancellable, GError **error)
{
  guint watchdog = request->watchdog > 0 ? request->watchdog : LUO_TUNING_WATCHDOG;
  SoupMessage *message
      = make_message (self, request->method, request->path, request->gzip != NULL, credentials, error);
  g_autoptr (LuoHttpCall) call = NULL;

  if (message == NULL)
    return NULL;
  /* Without this libsoup opens a connection for each POST. */
  if (request->repeatable)
    soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  call = luo_http_call_new (self->wire, message, request, watchdog, cancellable, error);
  if (call == NULL)
    return NULL;
  luo_http_call_start (call);
  return luo_http_call_wait (call, cookie, age, error);
}

/* One attempt. @generation (nullable) gets the sign-in that it uses. */
static LuoHttpReply *
exchange (LuoHttpSession *self, const LuoHttpRequest *request, guint *generation, GCancellable *cancellable,
          GError **error)
{
  g_auto (Credentials) credentials = get_credentials (self, generation);
  LuoHttpReply *reply;
  char *cookie = NULL;
  int age = -1;

  if (self->transport != NULL)
    reply = self->transport->send (self->transport_data, request, credentials.cookie,
                                   credentials.authorization, &cookie, &age, cancellable, error);
  else
    reply = exchange_by_wire (self, request, &credentials, &cookie, &age, cancellable, error);
  take_cookie (self, cookie, age);
  if (reply != NULL)
    g_atomic_int_set (&self->reached, 1);
  /* cppcheck-suppress returnDanglingLifetime ; what a transport is given to fill is not what it returns */
  return reply;
}

/* Posts name and password. FALSE with UNAUTHORIZED where they are wrong. */
static gboolean
post_session (LuoHttpSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (LuoHttpReply) reply = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GString *body = g_string_new ("{\"name\":");
  LuoHttpRequest request = { .method = "POST", .path = "/_session" };
  gsize length;

  luo_json_append_string (body, self->user);
  g_string_append (body, ",\"password\":");
  luo_json_append_string (body, self->password);
  g_string_append_c (body, '}');
  length = body->len;
  bytes = g_bytes_new_take (g_string_free (body, FALSE), length);

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->cookie, g_free);
  g_mutex_unlock (&self->lock);
  request.body = bytes;
  reply = exchange (self, &request, NULL, cancellable, error);
  if (reply == NULL)
    return FALSE;

  if (reply->status == 404 || reply->status == 405 || reply->status == 501)
    {
      g_mutex_lock (&self->lock);
      self->basic = TRUE;
      self->renew_at = G_MAXINT64;
      g_mutex_unlock (&self->lock);
      return TRUE;
    }
  return luo_http_reply_check (reply, error);
}

/* Signs in unless somebody else did since @generation. */
static gboolean
sign_in (LuoHttpSession *self, guint generation, GCancellable *cancellable, GError **error)
{
  gboolean ok = TRUE;
  gboolean due;

  g_mutex_lock (&self->signing);
  g_mutex_lock (&self->lock);
  due = self->generation == generation;
  g_mutex_unlock (&self->lock);
  if (due)
    {
      ok = post_session (self, cancellable, error);
      if (ok)
        {
          g_mutex_lock (&self->lock);
          self->generation++;
          g_mutex_unlock (&self->lock);
        }
    }
  g_mutex_unlock (&self->signing);
  return ok;
}

gboolean
luo_http_session_sign_in (LuoHttpSession *self, GCancellable *cancellable, GError **error)
{
  guint generation;

  if (self->user == NULL)
    return TRUE;
  g_mutex_lock (&self->lock);
  generation = self->generation;
  g_mutex_unlock (&self->lock);
  return sign_in (self, generation, cancellable, error);
}

/* Signs in where there is no session, or renews one that will soon be over. */
static gboolean
ensure_signed_in (LuoHttpSession *self, GCancellable *cancellable, GError **error)
{
  guint generation;
  gboolean due;

  if (self->user == NULL)
    return TRUE;
  g_mutex_lock (&self->lock);
  generation = self->generation;
  due = !self->basic && (self->cookie == NULL || luo_clock_get_monotonic () >= self->renew_at);
  g_mutex_unlock (&self->lock);
  return !due || sign_in (self, generation, cancellable, error);
}

/* Waits for one of the places of requests under way. */
static gboolean
take_place (LuoHttpSession *self, GCancellable *cancellable, GError **error)
{
  g_mutex_lock (&self->lock);
  while (self->under_way >= self->allowed)
    {
      /* A cancellation does not reach the condition; it is looked for now and then. */
      g_cond_wait_until (&self->cond, &self->lock, g_get_monotonic_time () + 100 * G_TIME_SPAN_MILLISECOND);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          g_mutex_unlock (&self->lock);
          return FALSE;
        }
    }
  self->under_way++;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
leave_place (LuoHttpSession *self, const LuoHttpReply *reply)
{
  g_mutex_lock (&self->lock);
  self->under_way--;
  if (reply != NULL && (reply->status == 429 || reply->status == 503))
    {
      self->allowed = MAX (1, self->allowed / 2);
      self->successes = 0;
    }
  else if (reply != NULL && ++self->successes >= LUO_TUNING_REQUESTS_REGAIN)
    {
      self->allowed = MIN (LUO_TUNING_REQUESTS, self->allowed + 1);
      self->successes = 0;
    }
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* Sleeps so many milliseconds, or until cancelled. */
static gboolean
pause_for (LuoHttpSession *self, gint64 milliseconds, GCancellable *cancellable, GError **error)
{
  GPollFD fd;

  if (self->transport != NULL)
    self->transport->wait (self->transport_data, milliseconds);
  else if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_poll (&fd, 1, (gint)milliseconds);
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep ((gulong)milliseconds * 1000);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

LuoHttpReply *
luo_http_session_send (LuoHttpSession *self, const LuoHttpRequest *request, GCancellable *cancellable,
                       GError **error)
{
  gboolean signed_anew = FALSE;
  guint busy = 0;

  g_return_val_if_fail (self->wire == NULL || !g_main_context_is_owner (self->wire->context), NULL);

  while (TRUE)
    {
      g_autoptr (LuoHttpReply) reply = NULL;
      guint generation;
      gint64 wait;

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !ensure_signed_in (self, cancellable, error) || !take_place (self, cancellable, error))
        return NULL;
      reply = exchange (self, request, &generation, cancellable, error);
      leave_place (self, reply);
      if (reply == NULL)
        return NULL;

      if (reply->status == 401)
        {
          if (self->user != NULL && !self->basic && !signed_anew)
            {
              signed_anew = TRUE;
              if (!sign_in (self, generation, cancellable, error))
                return NULL;
              continue;
            }
          luo_replication_error_set_status (error, 401, NULL);
          return NULL;
        }
      if ((reply->status != 429 && reply->status != 503) || request->fail_busy)
        return g_steal_pointer (&reply);

      if (++busy >= LUO_TUNING_BUSY_TRIES || reply->retry_after > LUO_TUNING_RETRY_AFTER_MAX)
        {
          luo_replication_error_set_status (error, reply->status, NULL);
          return NULL;
        }
      wait = (gint64)LUO_TUNING_BUSY_WAIT_MS << (busy - 1);
      wait += g_random_int_range (0, (gint32)wait);
      if (reply->retry_after > 0)
        wait = reply->retry_after * 1000 + g_random_int_range (0, LUO_TUNING_BUSY_WAIT_MS);
      if (!pause_for (self, wait, cancellable, error))
        return NULL;
    }
}

LuoHttpReply *
luo_http_session_call (LuoHttpSession *self, const char *method, const char *path, const char *body,
                       GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new_static (body, strlen (body)) : NULL;
  LuoHttpRequest request = { .method = method, .path = path, .body = bytes };
  g_autoptr (LuoHttpReply) reply = luo_http_session_send (self, &request, cancellable, error);

  if (reply == NULL || !luo_http_reply_check (reply, error))
    return NULL;
  return g_steal_pointer (&reply);
}

void
luo_http_session_watch (LuoHttpSession *self, const char *path, guint watchdog, GCancellable *cancellable,
                        LuoHttpReplyFunc func, gpointer user_data)
{
  g_auto (Credentials) credentials = get_credentials (self, NULL);
  SoupMessage *message;
  g_autoptr (LuoHttpCall) call = NULL;

  if (self->transport != NULL)
    {
      self->transport->watch (self->transport_data, path, credentials.cookie, credentials.authorization,
                              cancellable, func, user_data);
      return;
    }
  message = make_message (self, "GET", path, FALSE, &credentials, NULL);
  /* The base and every path that is made here are URLs. */
  g_assert (message != NULL);
  call = luo_http_call_new (self->wire, message, NULL, watchdog, cancellable, NULL);
  luo_http_call_start_watch (call, func, user_data);
}
