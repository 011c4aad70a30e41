/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-http-session-private.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* Fetching a batch of revisions: _bulk_get, cut into documents as it arrives, stored; and what is to be done where a server does not
 * give a batch whole. */

/**
 * LuoPullPeer: what the batches of one job share. Threads: the atomics as marked, the rest is not changed while batches run.
 */
typedef struct
{
  LuoStore *store;
  LuoHttpSession *session;
  const char *space;
  const char *database;                                      /* path segment */
  GCancellable *cancellable;                                 /* (nullable) */
  void (*stored_cb) (guint64 documents, gpointer user_data); /* any thread */
  gpointer user_data;

  gint no_bulk_get; /* atomic: the server has none, ask for each document */

  GMutex lock;                  /* guards what follows */
  guint64 read, stored, failed; /* for the log of the checkpoint */
} LuoPullPeer;

/**
 * LuoPullBatch: revisions to ask for, pairwise.
 */
typedef struct
{
  GPtrArray *ids;  /* (owned) (element-type utf8) */
  GPtrArray *revs; /* (owned) (element-type utf8) */
} LuoPullBatch;

LuoPullBatch *luo_pull_batch_new (void);
void luo_pull_batch_free (LuoPullBatch *self);

/**
 * luo_pull_batch_fetch:
 *
 * Fetches and stores a batch, which the checkpoint that covers it makes durable (LUO_INSERT_REPEATABLE). What can not be stored is noted as refused. A LuoPipelineFunc (a LuoPullBatch, a LuoPullPeer); any
 * thread.
 *
 * Returns: FALSE with LuoReplicationError where the batch is not done
 */
gboolean luo_pull_batch_fetch (gpointer batch, gpointer peer, GError **error);

/** A LuoHttpSink that feeds a LuoJsonStream, its user data. */
gboolean luo_json_stream_sink (const char *data, gsize length, gpointer stream, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoPullBatch, luo_pull_batch_free)

G_END_DECLS
