/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-checkpoint-private.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* What is done for one space with one server, in passes: a pull with merging and attachments, or a push. Passes block; one pull and one
 * push may run at once, each in a thread of its own. Counts may be read from any thread. */

typedef struct _LuoSpaceSync LuoSpaceSync;

/**
 * LuoSpaceCounts: since the last luo_space_sync_begin_run(), and what the replica counts.
 */
typedef struct
{
  guint64 pulled, pushed, merged;
  gint64 to_pull;
  gint64 pending, conflicts, refused, wanted;
  gint64 entries_pending; /* of those pending, entries of the history */
  gint64 last_settled;
} LuoSpaceCounts;

/** @session: (nullable): NULL only counts. Returns: (transfer full) */
LuoSpaceSync *luo_space_sync_new (LuoStore *store, LuoHttpSession *session, const char *space);
LuoSpaceSync *luo_space_sync_ref (LuoSpaceSync *self);
void luo_space_sync_unref (LuoSpaceSync *self);

/** Called in any thread when counts change; must be quick. Set before the first pass. */
void luo_space_sync_set_notify (LuoSpaceSync *self, GFunc func, gpointer user_data);

void luo_space_sync_get_counts (LuoSpaceSync *self, LuoSpaceCounts *counts);
/** Sets the counts of the run to 0, and lets both checkpoints be read again by the next passes. */
void luo_space_sync_begin_run (LuoSpaceSync *self);

/** The server may have become another one unnoticed (a connection broke, the machine slept): both checkpoints are read and compared
 * again by the next passes. */
void luo_space_sync_doubt (LuoSpaceSync *self);
/**
 * luo_space_sync_pull:
 * @settle_checkpoint: write the checkpoint now, however young the last one is
 * @seq: (out) (transfer full): where the server's feed has been followed to, for a long poll
 *
 * LUO_REPLICATION_ERROR_WITHDRAWN: the server knows the user and lets him read the space no longer; its copies were removed. Where
 * something was never sent it stays, and the error is LUO_REPLICATION_ERROR_FORBIDDEN.
 *
 * Pulls, merges what can be merged, fetches attachments. @soft (out) (nullable): an attachment that did not come while all else did.
 */
gboolean luo_space_sync_pull (LuoSpaceSync *self, gboolean settle_checkpoint, char **seq, GError **soft,
                              GCancellable *cancellable, GError **error);

/** Pushes what is pending. Notes the time where the space has come to rest. */
gboolean luo_space_sync_push (LuoSpaceSync *self, gboolean retry_refused, gboolean settle_checkpoint,
                              GCancellable *cancellable, GError **error);

/** Reads the counts of the replica anew. */
gboolean luo_space_sync_count (LuoSpaceSync *self, GError **error);

/** The first refusal of the space in words, for a person: the server's reason. Returns: (transfer full) (nullable) */
char *luo_space_sync_describe_refusal (LuoSpaceSync *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoSpaceSync, luo_space_sync_unref)

G_END_DECLS
