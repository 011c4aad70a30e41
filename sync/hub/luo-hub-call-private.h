/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-hub-request-private.h"

G_BEGIN_DECLS

/**
 * LuoHubCall: one request to a hub in this process that is carried out in the calling thread, without a connection: the simulator's
 * way in. From the request's first line on it is the same code that serves a connection; only waiting feeds do not wait.
 */
struct _LuoHubCall
{
  guint status;       /* 0 where there was no answer: the line would have been cut */
  GPtrArray *headers; /* (owned) (element-type utf8): name, value … of the answer */
  GString *body;      /* (owned) */
  gboolean whole;     /* @body is all of it */

  /* Of the request. */
  const char *const *arrived; /* name, value … NULL */
};

/**
 * luo_hub_call:
 * @uri: path and query, as a client sends them
 * @headers: name, value … NULL
 * @arrives: bytes of the body that arrive; where they are fewer than @length, the line is cut then
 *
 * Returns: (transfer full)
 */
LuoHubCall *luo_hub_call (LuoHub *hub, const char *method, const char *uri, const char *const *headers,
                          const char *body, gsize length, gsize arrives);
void luo_hub_call_free (LuoHubCall *self);

/** Returns: (transfer none) (nullable): a header of the answer; case of the name does not matter */
const char *luo_hub_call_get_answer_header (LuoHubCall *self, const char *name);

/* For luo-hub-request.c */

/** (nullable): a header of the request */
const char *luo_hub_call_get_header (LuoHubCall *self, const char *name);
/** @answer: (transfer full) */
void luo_hub_call_take_answer (LuoHubCall *self, guint status, GPtrArray *headers, LuoHubAnswer *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoHubCall, luo_hub_call_free)

G_END_DECLS
