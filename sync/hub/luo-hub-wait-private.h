/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <microhttpd.h>

G_BEGIN_DECLS

/**
 * LuoHubWaits: the feeds that wait for a change, by space. A waiting feed is a suspended connection and costs no thread. One
 * thread of this object watches over all of them: it wakes those whose time is up and those whose client has gone.
 *
 * Thread-safe.
 */
typedef struct _LuoHubWaits LuoHubWaits;

LuoHubWaits *luo_hub_waits_new (void);
/** All waits must be freed before. */
void luo_hub_waits_free (LuoHubWaits *self);

/** Wakes the feeds of @spaces (NULL-ended). Quick; called from the store's worker thread after each commit. */
void luo_hub_waits_wake (LuoHubWaits *self, const char *const *spaces);

/** @stopping TRUE: wakes all, and none may wait any more; FALSE allows it again. */
void luo_hub_waits_set_stopping (LuoHubWaits *self, gboolean stopping);
gboolean luo_hub_waits_is_stopping (LuoHubWaits *self);

/** How many wait now. */
guint luo_hub_waits_count (LuoHubWaits *self);

/**
 * LuoHubWait: the wait of one feed. Used by the thread that serves its connection.
 */
typedef struct _LuoHubWait LuoHubWait;

/** @waits: (transfer none): outlives it */
LuoHubWait *luo_hub_wait_new (LuoHubWaits *waits, const char *space, struct MHD_Connection *connection);
void luo_hub_wait_free (LuoHubWait *self);

/**
 * luo_hub_wait_mark:
 *
 * To be called before the changes are read: a commit after this call keeps luo_hub_wait_suspend() from waiting.
 */
void luo_hub_wait_mark (LuoHubWait *self);

/**
 * luo_hub_wait_suspend:
 * @until: monotonic time (microseconds) at which it is woken at the latest; G_MAXINT64 for never
 *
 * Suspends the connection until something is written to the space, the time is up, the client goes or the hub stops.
 *
 * Returns: FALSE where there is no reason to wait: written since the mark, stopping, gone or @until is past
 */
gboolean luo_hub_wait_suspend (LuoHubWait *self, gint64 until);

/** Whether the client has closed its end. */
gboolean luo_hub_wait_is_gone (LuoHubWait *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoHubWait, luo_hub_wait_free)

G_END_DECLS
