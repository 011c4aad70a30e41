/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-http-session-private.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* Sending a batch of revisions: _revs_diff, _bulk_docs, and what is to be done when the server does not take a batch whole. */

/**
 * LuoPushPeer: what the batches of one job share. Threads: the atomics as marked, the rest is not changed while batches run.
 */
typedef struct
{
  LuoStore *store;
  LuoHttpSession *session;
  const char *space;
  const char *database; /* path segment */
  GCancellable *cancellable;
  void (*taken_cb) (guint64 documents, gpointer user_data); /* any thread */
  gpointer user_data;

  gint byte_limit;  /* atomic: of a _bulk_docs */
  gint signed_anew; /* atomic: the session was doubted once and renewed (C1607) */
  gint taken;       /* atomic: whether the server took anything yet */

  GMutex lock;                                     /* guards what follows */
  guint64 checked, missing, read, written, failed; /* for the log of the checkpoint */
} LuoPushPeer;

/**
 * LuoPushBatch: revisions of some documents, pairwise.
 */
typedef struct
{
  GPtrArray *ids;  /* (owned) (element-type utf8): equal ids stand together */
  GPtrArray *revs; /* (owned) (element-type utf8) */
} LuoPushBatch;

LuoPushBatch *luo_push_batch_new (void);
void luo_push_batch_add (LuoPushBatch *self, const char *id, const char *rev);
void luo_push_batch_free (LuoPushBatch *self);

/**
 * luo_push_batch_send:
 *
 * Asks which of the revisions the server lacks and sends them. Marks them as offered before and as held after, durably; notes
 * refusals. A LuoPipelineFunc (a LuoPushBatch, a LuoPushPeer); any thread.
 *
 * Returns: FALSE with LuoReplicationError where the batch is not done
 */
gboolean luo_push_batch_send (gpointer batch, gpointer peer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoPushBatch, luo_push_batch_free)

G_END_DECLS
