/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-http-session-private.h"

G_BEGIN_DECLS

/**
 * LuoHttpTransport: carries requests to a server in place of libsoup. The simulator's network is one.
 *
 * @send: as luo_http_session_send() for one attempt, in the thread that called it; @cookie and @authorization (nullable) are header
 *   values; @set_cookie (out) (transfer full) (nullable) is a session that the reply brought and @cookie_age its seconds, -1 where
 *   not said
 * @watch: as luo_http_session_watch()
 * @wait: lets so much time pass in which a server may become less busy
 * @abort: as luo_http_session_abort()
 */
typedef struct
{
  LuoHttpReply *(*send) (gpointer data, const LuoHttpRequest *request, const char *cookie,
                         const char *authorization, char **set_cookie, int *cookie_age,
                         GCancellable *cancellable, GError **error);
  void (*watch) (gpointer data, const char *path, const char *cookie, const char *authorization,
                 GCancellable *cancellable, LuoHttpReplyFunc func, gpointer user_data);
  void (*wait) (gpointer data, gint64 milliseconds);
  void (*abort) (gpointer data);
} LuoHttpTransport;

/** As luo_http_session_new(), with requests going over @transport (transfer none), which outlives the session. */
LuoHttpSession *luo_http_session_new_over (const LuoHttpTransport *transport, gpointer data, const char *url,
                                           const char *user, const char *password, GError **error);

G_END_DECLS
