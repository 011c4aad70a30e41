/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-http-session-private.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* How far one direction of one space has come, kept on both sides under `_local/` as CouchDB keeps it (replication.md 1 to 5).
 * Used by one thread at a time; every function blocks. */

/** Where the replica keeps, beside the space, which database of the server it reconciled with. */
#define LUO_CHECKPOINT_META_INSTANCE "peer-instance"

typedef enum
{
  LUO_DIRECTION_PULL,
  LUO_DIRECTION_PUSH,
} LuoDirection;

typedef struct _LuoCheckpoint LuoCheckpoint;

/** Returns: (transfer full) */
LuoCheckpoint *luo_checkpoint_new (LuoStore *store, LuoHttpSession *session, const char *space,
                                   LuoDirection direction);
void luo_checkpoint_free (LuoCheckpoint *self);

/**
 * luo_checkpoint_load:
 *
 * Looks at the server's database (LUO_REPLICATION_ERROR_NOT_FOUND where there is none) and reads both logs, once; later calls do
 * nothing. Where the database is another one than last time, all marks of what the server holds are dropped and the space begins anew.
 */
gboolean luo_checkpoint_load (LuoCheckpoint *self, GCancellable *cancellable, GError **error);

/** Whether luo_checkpoint_load() has read it and nothing reset it since. */
gboolean luo_checkpoint_is_loaded (LuoCheckpoint *self);
/**
 * luo_checkpoint_doubt:
 * @behind: (out): the server's log of pushes is not where ours is
 *
 * For a checkpoint of pushes, loaded or not, before anything is pulled: what was marked as held after the point that both logs know
 * may be gone from a server that was set up again from a backup, or that lost its last writes. Such marks are dropped, so that it is
 * asked for; where the logs agree and nothing was sent since, this costs one request.
 */
gboolean luo_checkpoint_doubt (LuoCheckpoint *self, gboolean *behind, GCancellable *cancellable,
                               GError **error);
/** Forgets what was read, so that the next luo_checkpoint_load() reads again: after any failure. */
void luo_checkpoint_reset (LuoCheckpoint *self);

/** The sequence to go on from, as the JSON text the source gave; "0" at the beginning. */
const char *luo_checkpoint_get_seq (LuoCheckpoint *self);

/** Notes that all up to @seq (JSON text) is durable on the target. Not written yet. */
void luo_checkpoint_advance (LuoCheckpoint *self, const char *seq);

/** Counts for the log, since the session began. */
void luo_checkpoint_count (LuoCheckpoint *self, guint64 checked, guint64 missing, guint64 read,
                           guint64 written, guint64 failed);

/**
 * luo_checkpoint_begin:
 *
 * Writes a log where the server has none yet, before anything is sent: it says that all of it may be doubted.
 */
gboolean luo_checkpoint_begin (LuoCheckpoint *self, GCancellable *cancellable, GError **error);
/**
 * luo_checkpoint_save:
 * @force: also when the last one is younger than LUO_TUNING_CHECKPOINT_SECONDS
 *
 * Writes the log to the target and the source where the sequence has moved. Before that it looks whether the server's database is
 * still the same; LUO_REPLICATION_ERROR_NOT_FOUND or PROTOCOL with luo_checkpoint_is_remade() where not.
 */
gboolean luo_checkpoint_save (LuoCheckpoint *self, gboolean force, GCancellable *cancellable, GError **error);

/** Whether the server's database was found to have been made anew while a job was at work: begin again. */
gboolean luo_checkpoint_is_remade (LuoCheckpoint *self);

/**
 * luo_checkpoint_id:
 *
 * The replication id: the same for one replica, server, space and direction whatever the scheme, name and password are.
 *
 * Returns: (transfer full): 32 hex digits
 */
char *luo_checkpoint_id (const char *uuid, const char *endpoint, const char *space, LuoDirection direction);

/**
 * luo_checkpoint_compare:
 * @source, @target: (nullable): JSON texts of both logs
 * @history: (out) (optional) (transfer full) (element-type utf8): the entries on which they agree, newest first: those that the next
 *   log may carry on
 *
 * Where both sides agree that replication had come to.
 *
 * Returns: (transfer full): the sequence's JSON text; "0" where they have nothing in common
 */
char *luo_checkpoint_compare (const char *source, const char *target, GPtrArray **history);

/** Returns: (transfer full): "luoshi-<space>", escaped for a path */
char *luo_database_path (const char *space);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoCheckpoint, luo_checkpoint_free)

G_END_DECLS
