/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-checkpoint-private.h"

G_BEGIN_DECLS

/* One pull of one space: all that changed on the server since the checkpoint. Used once; its functions block.
 *
 * The feed of changes is read ahead of a few workers, each of which asks for a batch of the revisions that are missing here, cuts the
 * reply into documents as it arrives and stores them; so fetching, cutting and writing go on at the same time, and no more than
 * the batches in flight is ever in memory. The checkpoint follows what is durable. */

typedef struct _LuoPullJob LuoPullJob;

/** Called now and then from threads of the job: @documents stored since the last call, @pending the server's count, -1 not known. */
typedef void (*LuoPullProgress) (guint64 documents, gint64 pending, gpointer user_data);

/** Returns: (transfer full) */
LuoPullJob *luo_pull_job_new (LuoStore *store, LuoHttpSession *session, const char *space,
                              LuoCheckpoint *checkpoint, LuoPullProgress progress, gpointer user_data);

/**
 * luo_pull_job_run:
 *
 * A document that can not be stored here is noted as refused (luo_store_list_refusals()) and the rest goes on.
 *
 * Returns: FALSE with LuoReplicationError, or G_IO_ERROR_CANCELLED; what was stored until then stays, and so far the checkpoint goes
 */
gboolean luo_pull_job_run (LuoPullJob *self, GCancellable *cancellable, GError **error);

void luo_pull_job_free (LuoPullJob *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoPullJob, luo_pull_job_free)

G_END_DECLS
