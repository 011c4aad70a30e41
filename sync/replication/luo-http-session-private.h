/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "luo-replication-error-private.h"

G_BEGIN_DECLS

/* HTTP with one server. The requests themselves run in the replication thread, in whose main context the session was made; the
 * jobs call luo_http_session_send() from threads of their own and wait there. */

typedef struct _LuoHttpSession LuoHttpSession;

/**
 * LuoHttpSink: takes the bytes of a reply with a status below 300 as they arrive, in the thread that called luo_http_session_send(). While
 * it works at most LUO_TUNING_READ_AHEAD bytes are read ahead. Return FALSE with @error set to give the reply up.
 */
typedef gboolean (*LuoHttpSink) (const char *data, gsize length, gpointer user_data, GError **error);

/** Opens the body of a request; called again where the request is sent again. Returns: (transfer full) */
typedef GInputStream *(*LuoHttpOpenBody) (gpointer user_data, GError **error);

/**
 * LuoHttpRequest: filled by the caller, left as it is.
 */
typedef struct
{
  const char *method;
  const char *path; /* below the server's URL, escaped, with its query: "/luoshi-city/_changes?limit=1" */
  GBytes *body;     /* (nullable) */
  const char *content_type;  /* (nullable): application/json */
  LuoHttpOpenBody open_body; /* (nullable): instead of @body, with @body_length */
  gpointer body_data;
  goffset body_length;
  LuoHttpSink sink; /* (nullable): NULL collects the reply */
  gpointer sink_data;
  gboolean *
      gzip; /* (nullable): the reply may come with Content-Encoding: gzip and is not decoded; set before @sink is called */
  guint watchdog;     /* seconds without a byte; 0: LUO_TUNING_WATCHDOG */
  gboolean fail_busy; /* 429 and 503 are not waited for */
  gboolean
      repeatable; /* a POST that does no more when it is carried out twice: goes out over a kept connection */
} LuoHttpRequest;

/**
 * LuoHttpReply: of any status.
 */
typedef struct
{
  guint status;
  char *body; /* (owned): NUL-terminated; empty where it went to the sink */
  gsize length;
  gboolean gzip;      /* Content-Encoding: gzip */
  gboolean json;      /* Content-Type: application/json */
  gint64 retry_after; /* seconds, -1 where not said */
} LuoHttpReply;
void luo_http_reply_free (LuoHttpReply *self);

/** Whether the status is below 400; else sets the error it stands for, with the server's reason. */
gboolean luo_http_reply_check (const LuoHttpReply *self, GError **error);
/** Returns: (transfer full) (nullable): a text member of the reply's JSON object: "error", "reason" */
char *luo_http_reply_text (const LuoHttpReply *self, const char *member);
/** Returns: (transfer full) (nullable): the JSON text of a member of the reply's object */
char *luo_http_reply_member (const LuoHttpReply *self, const char *member);

/**
 * luo_http_session_new:
 * @url: "http://host:5984", perhaps with a path
 * @user, @password: (nullable): NULL signs in nowhere
 *
 * To be called in the replication thread. LUO_REPLICATION_ERROR_PROTOCOL where @url is no HTTP URL.
 *
 * Returns: (transfer full)
 */
LuoHttpSession *luo_http_session_new (const char *url, const char *user, const char *password,
                                      GError **error);
LuoHttpSession *luo_http_session_ref (LuoHttpSession *self);
void luo_http_session_unref (LuoHttpSession *self);
/** Ends all requests; those that wait fail as cancelled. In the replication thread. */
void luo_http_session_abort (LuoHttpSession *self);

/** The server's URL without scheme, user and trailing slash: "host:5984/path", part of the replication id. */
const char *luo_http_session_get_endpoint (LuoHttpSession *self);

/**
 * luo_http_session_send:
 *
 * Sends and waits for the whole reply; any thread but the replication thread. Signs in first, and again before the session expires
 * or after a 401 (once). Waits where the server is busy (429, 503), up to a bound, and lets fewer requests out at once then.
 *
 * Returns: (transfer full): a reply of any status but 401, 429 and 503, which are errors at last (with fail_busy the latter two are replies)
 */
LuoHttpReply *luo_http_session_send (LuoHttpSession *self, const LuoHttpRequest *request,
                                     GCancellable *cancellable, GError **error);

/** As luo_http_session_send() for a JSON request (@body nullable) whose reply is collected and must have a status below 400. */
LuoHttpReply *luo_http_session_call (LuoHttpSession *self, const char *method, const char *path,
                                     const char *body, GCancellable *cancellable, GError **error);

/** Signs in now, where there is a user: before the first request, or where the session is doubted (C1607). Waits. */
gboolean luo_http_session_sign_in (LuoHttpSession *self, GCancellable *cancellable, GError **error);

/** Whether the server has answered anything yet. */
gboolean luo_http_session_was_reached (LuoHttpSession *self);

/** Whether there is a user to sign in with. */
gboolean luo_http_session_has_user (LuoHttpSession *self);

/** Called in the replication thread; @reply (nullable) and @error (nullable) belong to the caller. */
typedef void (*LuoHttpReplyFunc) (LuoHttpReply *reply, const GError *error, gpointer user_data);

/**
 * luo_http_session_watch:
 *
 * Sends one GET without waiting, for long polls: in the replication thread, one attempt, no signing in, not counted among the
 * requests under way. @func is always called once, never from within this function.
 */
void luo_http_session_watch (LuoHttpSession *self, const char *path, guint watchdog,
                             GCancellable *cancellable, LuoHttpReplyFunc func, gpointer user_data);

/** Appends @text escaped for one segment of a path or one value of a query. */
void luo_http_append_escaped (GString *out, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoHttpReply, luo_http_reply_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoHttpSession, luo_http_session_unref)

G_END_DECLS
