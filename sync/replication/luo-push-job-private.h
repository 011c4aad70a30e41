/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-checkpoint-private.h"

G_BEGIN_DECLS

/* One push of one space: all that the server is not known to hold. Used once; its functions block. */

typedef struct _LuoPushJob LuoPushJob;

/** Called now and then from threads of the job: @documents that the server took since the last call. */
typedef void (*LuoPushProgress) (guint64 documents, gpointer user_data);

/**
 * luo_push_job_new:
 * @retry_refused: also what the server refused before, unchanged as it is: a person asked, or rights may have changed
 *
 * Returns: (transfer full)
 */
LuoPushJob *luo_push_job_new (LuoStore *store, LuoHttpSession *session, const char *space,
                              LuoCheckpoint *checkpoint, gboolean retry_refused, LuoPushProgress progress,
                              gpointer user_data);

/**
 * luo_push_job_run:
 *
 * A revision that the server does not take is noted as refused with the server's reason, and the rest goes on.
 *
 * Returns: FALSE with LuoReplicationError, or G_IO_ERROR_CANCELLED; what was taken until then is marked
 */
gboolean luo_push_job_run (LuoPushJob *self, GCancellable *cancellable, GError **error);

/** Documents that the server took. */
guint64 luo_push_job_get_taken (LuoPushJob *self);

void luo_push_job_free (LuoPushJob *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoPushJob, luo_push_job_free)

G_END_DECLS
