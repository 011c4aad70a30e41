/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "luo-http-session-private.h"

G_BEGIN_DECLS

/* One exchange of LuoHttpSession: a request and its reply, handed from the replication thread to the thread that waits for it. */

typedef struct _LuoHttpCall LuoHttpCall;

/**
 * LuoHttpWire: the libsoup session with what belongs to it; only the replication thread looks inside.
 */
typedef struct
{
  GMainContext *context; /* (owned) */
  SoupSession *soup;     /* (owned) */
  GPtrArray *active;     /* (owned) (element-type LuoHttpCall): not owned here, calls take themselves out */
  GSource *tick;         /* (owned) (nullable): the watchdog's second */
} LuoHttpWire;

LuoHttpWire *luo_http_wire_new (void);
/** Cancels what is active. In the replication thread. */
void luo_http_wire_abort (LuoHttpWire *self);
void luo_http_wire_free (LuoHttpWire *self);

/**
 * luo_http_call_new:
 * @message: (transfer full): without a body
 * @request: (nullable): whose body the message gets, each time it is sent; stays until the call has ended
 * @watchdog: seconds without a byte
 * @cancellable: (nullable): ends the call; may be cancelled from any thread
 *
 * Returns: (transfer full): NULL where the body can not be opened
 */
LuoHttpCall *luo_http_call_new (LuoHttpWire *wire, SoupMessage *message, const LuoHttpRequest *request,
                                guint watchdog, GCancellable *cancellable, GError **error);
LuoHttpCall *luo_http_call_ref (LuoHttpCall *self);
void luo_http_call_unref (LuoHttpCall *self);

/** Sends the request; any thread. */
void luo_http_call_start (LuoHttpCall *self);

/** Sends the request from the replication thread and calls @func there at the end, once, with a reply or an error. */
void luo_http_call_start_watch (LuoHttpCall *self, LuoHttpReplyFunc func, gpointer user_data);

/**
 * luo_http_call_wait:
 * @cookie: (out) (transfer full) (nullable): a session cookie that the reply set, "AuthSession=…"
 * @cookie_age: (out): its Max-Age, -1 where not said
 *
 * Waits for the reply to a started call and gives its bytes to the request's sink. Any thread but the replication thread.
 *
 * Returns: (transfer full)
 */
LuoHttpReply *luo_http_call_wait (LuoHttpCall *self, char **cookie, int *cookie_age, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoHttpCall, luo_http_call_unref)

G_END_DECLS
