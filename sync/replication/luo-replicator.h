/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/* Reconciles the spaces of one replica with one CouchDB-compatible server. Runs in a thread of its own with its own main context;
 * every function here may be called from any thread and does not block unless said; signals are emitted in the main context that was
 * thread-default when the replicator was made. */

/* Meta of the store: "all" makes live work bring in every space that the server lets this user read, also one that is granted later;
 * without it the spaces are those that the replica has. */
#define LUO_META_SPACES "spaces"
#define LUO_META_SPACES_ALL "all"

typedef enum
{
  LUO_SYNC_UNCONNECTED, /* no server is set */
  LUO_SYNC_OFFLINE,     /* not reachable; tried again by itself when live */
  LUO_SYNC_ACTIVE,      /* requests are under way */
  LUO_SYNC_SETTLED,     /* all that was known is reconciled */
  LUO_SYNC_STUCK,       /* needs a person: password, rights, refused records */
} LuoSyncState;

/**
 * LuoSpaceStatus: one space, a snapshot.
 */
typedef struct
{
  char *space;
  LuoSyncState state;
  char *message;          /* (owned) (nullable): why it is stuck or offline, translated */
  guint64 pulled, pushed; /* documents, since this run started */
  guint64 merged;
  guint64 refused;
  guint64 conflicts;   /* open ones in the space */
  gint64 pending;      /* records still to be sent; entries of the history are not counted */
  gint64 to_pull;      /* the server's `pending`, -1 not known */
  gint64 wanted;       /* attachments still to fetch */
  gint64 last_settled; /* seconds since 1970 UTC, 0 never; kept in the replica */
} LuoSpaceStatus;

typedef struct
{
  LuoSyncState state; /* the worst of the spaces: STUCK > OFFLINE > ACTIVE > SETTLED */
  char *message;
  gint64 pending, conflicts, refused;
  gint64 last_settled;
  GPtrArray *spaces; /* (element-type LuoSpaceStatus) by name */
} LuoSyncStatus;

#define LUO_TYPE_SYNC_STATUS (luo_sync_status_get_type ())
GType luo_sync_status_get_type (void);
/**
 * luo_sync_status_read:
 *
 * What the replica itself knows, without a replicator: what is pending, refused and in conflict, and when each space last came to
 * rest. Blocks.
 *
 * Returns: (transfer full)
 */
LuoSyncStatus *luo_sync_status_read (LuoStore *store, GError **error);
LuoSyncStatus *luo_sync_status_copy (const LuoSyncStatus *self);
void luo_sync_status_free (LuoSyncStatus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoSyncStatus, luo_sync_status_free)

#define LUO_TYPE_REPLICATOR (luo_replicator_get_type ())
G_DECLARE_FINAL_TYPE (LuoReplicator, luo_replicator, LUO, REPLICATOR, GObject)

/**
 * LuoReplicator::status-changed: (status: LuoSyncStatus) at most some ten times a second.
 */

LuoReplicator *luo_replicator_new (LuoStore *store);

/**
 * luo_replicator_set_server:
 * @url: (nullable): "http://host:5984" or with a path prefix; kept in the replica's meta "endpoint" by luo_replicator_connect();
 *   NULL disconnects
 */
void luo_replicator_set_server (LuoReplicator *self, const char *url, const char *user, const char *password);

/**
 * luo_replicator_connect_async:
 *
 * Signs in at @url and, where that works, keeps endpoint and user in the replica and sets them. The password is the caller's to keep.
 */
void luo_replicator_connect_async (LuoReplicator *self, const char *url, const char *user,
                                   const char *password, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean luo_replicator_connect_finish (LuoReplicator *self, GAsyncResult *result, GError **error);

/** Names of the server's spaces (databases that begin with luoshi-, the prefix taken off) this user may read. */
void luo_replicator_list_server_spaces_async (LuoReplicator *self, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
/** Returns: (transfer full): NULL-ended */
char **luo_replicator_list_server_spaces_finish (LuoReplicator *self, GAsyncResult *result, GError **error);

/** Makes the database luoshi-<space> on the server (an administrator's right). */
void luo_replicator_create_server_space_async (LuoReplicator *self, const char *space,
                                               GCancellable *cancellable, GAsyncReadyCallback callback,
                                               gpointer user_data);
gboolean luo_replicator_create_server_space_finish (LuoReplicator *self, GAsyncResult *result,
                                                    GError **error);

/**
 * luo_replicator_run_async:
 * @spaces: (nullable): NULL-ended; NULL is every space of the replica
 *
 * Reconciles once, both directions and attachments, until there is nothing left to do; merges what can be merged and sends that
 * too. Completes TRUE only when everything is reconciled (nothing pending, nothing refused); conflicts do not count as failure.
 */
void luo_replicator_run_async (LuoReplicator *self, const char *const *spaces, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean luo_replicator_run_finish (LuoReplicator *self, GAsyncResult *result, GError **error);

/** Keeps reconciling (long polls, pushes as soon as something is saved, backoff with jitter while unreachable) until stopped. */
void luo_replicator_start (LuoReplicator *self);
/** Tries at once instead of waiting for the backoff; starts spaces that were added since. */
void luo_replicator_nudge (LuoReplicator *self);
/** Stops the live work; completes what is in flight or cancels it. Blocks for at most two seconds. */
void luo_replicator_stop (LuoReplicator *self);

/** Returns: (transfer full): a snapshot */
LuoSyncStatus *luo_replicator_get_status (LuoReplicator *self);

G_END_DECLS
