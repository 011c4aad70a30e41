/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-push-job-private.h"

#include <string.h>

#include "luo-pipeline-private.h"
#include "luo-push-batch-private.h"
#include "luo-replication-tuning.h"
#include "luo-revision.h"
#include "luo-store-sync.h"

/**
 * Mark: once so many batches are complete the target has followed up to @seq.
 */
typedef struct
{
  guint64 batches;
  gint64 seq;
} Mark;

struct _LuoPushJob
{
  LuoStore *store;         /* (owned) */
  LuoHttpSession *session; /* (owned) */
  char *space;             /* (owned) */
  char *database;          /* (owned) */
  LuoCheckpoint *checkpoint;
  gboolean retry_refused;
  LuoPushProgress progress;
  gpointer user_data;
  LuoPushPeer peer;

  /* The feeder's own. */
  LuoPipeline *pipeline; /* (nullable): while running */
  guint64 batches;       /* pushed */
  GQueue marks;          /* (owned) (element-type Mark) */
  GHashTable *
      tried; /* (owned): "id\nrev" that this job has dealt with from the list of what is pending, or that stay refused */
  gint taken; /* atomic */
};

static void
taken_cb (guint64 documents, gpointer user_data)
{
  LuoPushJob *self = user_data;

  g_atomic_int_add (&self->taken, (gint)documents);
  self->progress (documents, self->user_data);
}

LuoPushJob *
luo_push_job_new (LuoStore *store, LuoHttpSession *session, const char *space, LuoCheckpoint *checkpoint,
                  gboolean retry_refused, LuoPushProgress progress, gpointer user_data)
{
  LuoPushJob *self = g_new0 (LuoPushJob, 1);

  self->store = g_object_ref (store);
  self->session = luo_http_session_ref (session);
  self->space = g_strdup (space);
  self->database = luo_database_path (space);
  self->checkpoint = checkpoint;
  self->retry_refused = retry_refused;
  self->progress = progress;
  self->user_data = user_data;
  self->peer.store = self->store;
  self->peer.session = self->session;
  self->peer.space = self->space;
  self->peer.database = self->database;
  self->peer.taken_cb = taken_cb;
  self->peer.user_data = self;
  self->peer.byte_limit = LUO_TUNING_PUSH_BYTES;
  g_mutex_init (&self->peer.lock);
  g_queue_init (&self->marks);
  self->tried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
luo_push_job_free (LuoPushJob *self)
{
  g_object_unref (self->store);
  luo_http_session_unref (self->session);
  g_free (self->space);
  g_free (self->database);
  g_mutex_clear (&self->peer.lock);
  g_queue_clear_full (&self->marks, g_free);
  g_hash_table_unref (self->tried);
  g_free (self);
}

guint64
luo_push_job_get_taken (LuoPushJob *self)
{
  return (guint64)g_atomic_int_get (&self->taken);
}

static gboolean
store_failed (GError *store_error, GError **error)
{
  luo_replication_error_propagate (error, store_error);
  return FALSE;
}

/* Counts a revision as dealt with; FALSE where it was before. */
static gboolean
try_once (LuoPushJob *self, const char *id, const char *rev)
{
  return g_hash_table_add (self->tried, g_strconcat (id, "\n", rev, NULL));
}

/* Hands a batch (transfer full) to the senders. FALSE where one of them failed. */
static gboolean
push_batch (LuoPushJob *self, LuoPushBatch *batch)
{
  self->batches++;
  return luo_pipeline_push (self->pipeline, batch);
}

static void
add_mark (LuoPushJob *self, gint64 seq)
{
  Mark *mark = g_new0 (Mark, 1);

  mark->batches = self->batches;
  mark->seq = seq;
  g_queue_push_tail (&self->marks, mark);
}

/* Moves the checkpoint as far as all was taken or refused. */
static void
follow (LuoPushJob *self)
{
  guint64 complete = luo_pipeline_get_complete (self->pipeline);
  Mark *mark;

  while ((mark = g_queue_peek_head (&self->marks)) != NULL && mark->batches <= complete)
    {
      g_autofree char *seq = g_strdup_printf ("%" G_GINT64_FORMAT, mark->seq);

      luo_checkpoint_advance (self->checkpoint, seq);
      g_free (g_queue_pop_head (&self->marks));
    }
}

/* Where the walk begins: at the checkpoint, or before it where something stands there that the server does not hold, refused or
 * doubted since. */
static gboolean
find_start (LuoPushJob *self, gint64 *since, GError **error)
{
  GError *store_error = NULL;
  g_autoptr (GPtrArray) oldest = luo_store_list_pending (self->store, self->space, 1, &store_error);

  if (oldest == NULL)
    return store_failed (store_error, error);
  *since = g_ascii_strtoll (luo_checkpoint_get_seq (self->checkpoint), NULL, 10);
  if (oldest->len > 0)
    *since = MIN (*since, luo_document_get_seq (oldest->pdata[0]) - 1);
  return TRUE;
}

/* Many are unsent: goes through the changes, page by page. */
static gboolean
walk_changes (LuoPushJob *self, gint64 since, GCancellable *cancellable, GError **error)
{
  while (TRUE)
    {
      g_autoptr (GPtrArray) changes = NULL;
      GError *store_error = NULL;
      LuoPushBatch *batch;
      gint64 last_seq = since;

      changes = luo_store_changes (self->store, self->space, since, LUO_TUNING_PUSH_BATCH, FALSE, &last_seq,
                                   &store_error);
      if (changes == NULL)
        return store_failed (store_error, error);
      if (changes->len == 0)
        {
          add_mark (self, MAX (since, last_seq));
          return TRUE;
        }
      batch = luo_push_batch_new ();
      for (guint i = 0; i < changes->len; i++)
        {
          const LuoChange *change = changes->pdata[i];

          for (guint j = 0; change->leaves[j] != NULL; j++)
            if (!g_hash_table_size (self->tried) || try_once (self, change->id, change->leaves[j]))
              luo_push_batch_add (batch, change->id, change->leaves[j]);
          since = MAX (since, change->seq);
        }
      if (!push_batch (self, batch))
        return TRUE; /* the pipeline's error is found when it is finished */
      add_mark (self, since);
      follow (self);
      if (!luo_checkpoint_save (self->checkpoint, FALSE, cancellable, error))
        return FALSE;
    }
}

/* Adds the leaves of a document that the server is not known to hold. */
static gboolean
add_unheld (LuoPushJob *self, LuoPushBatch *batch, const char *id, GError **error)
{
  GError *store_error = NULL;
  g_autoptr (GPtrArray) tree = luo_store_get_tree (self->store, self->space, id, &store_error);

  if (tree == NULL)
    return store_failed (store_error, error);
  for (guint i = 0; i < tree->len; i++)
    {
      const LuoTreeNode *node = tree->pdata[i];

      if ((node->flags & LUO_REV_LEAF) && !(node->flags & LUO_REV_HELD) && try_once (self, id, node->rev))
        luo_push_batch_add (batch, id, node->rev);
    }
  return TRUE;
}

/* Few are unsent: the store knows which. */
static gboolean
list_pending (LuoPushJob *self, GError **error)
{
  g_autoptr (GPtrArray) documents = NULL;
  GError *store_error = NULL;
  g_autoptr (LuoPushBatch) batch = luo_push_batch_new ();
  guint limit = LUO_TUNING_PENDING_LIST + g_hash_table_size (self->tried);

  documents = luo_store_list_pending (self->store, self->space, limit, &store_error);
  if (documents == NULL)
    return store_failed (store_error, error);
  for (guint i = 0; i < documents->len; i++)
    if (!add_unheld (self, batch, luo_document_get_id (documents->pdata[i]), error))
      return FALSE;
  if (batch->ids->len > 0)
    push_batch (self, g_steal_pointer (&batch));
  return TRUE;
}

/* What the server refused as it is stays so until somebody asks again. */
static gboolean
skip_refused (LuoPushJob *self, GError **error)
{
  GError *store_error = NULL;
  g_autoptr (GPtrArray) refusals = NULL;

  if (self->retry_refused)
    return TRUE;
  refusals = luo_store_list_refusals (self->store, self->space, NULL, &store_error);
  if (refusals == NULL)
    return store_failed (store_error, error);
  for (guint i = 0; i < refusals->len; i++)
    {
      const LuoRefusal *refusal = refusals->pdata[i];

      try_once (self, refusal->id, refusal->rev);
    }
  return TRUE;
}

static gboolean
feed (LuoPushJob *self, GCancellable *cancellable, GError **error)
{
  GError *store_error = NULL;
  g_autoptr (LuoSpace) space = luo_store_get_space (self->store, self->space, &store_error);

  if (space == NULL)
    return store_failed (store_error, error);
  if (space->pending > 0)
    {
      if (!skip_refused (self, error) || !luo_checkpoint_begin (self->checkpoint, cancellable, error))
        return FALSE;
      if (space->pending > LUO_TUNING_PENDING_LIST + (gint64)g_hash_table_size (self->tried))
        {
          gint64 since;

          return find_start (self, &since, error) && walk_changes (self, since, cancellable, error);
        }
      if (!list_pending (self, error))
        return FALSE;
    }
  /* All that was pending up to here has been handed out; what was saved meanwhile has a later sequence. */
  add_mark (self, space->seq);
  return TRUE;
}

gboolean
luo_push_job_run (LuoPushJob *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) feed_error = NULL;
  g_autoptr (GError) work_error = NULL;
  gboolean ok;

  self->peer.cancellable = cancellable;
  if (!luo_checkpoint_load (self->checkpoint, cancellable, error))
    return FALSE;
  self->pipeline = luo_pipeline_new (LUO_TUNING_PUSH_WORKERS, LUO_TUNING_PUSH_QUEUE, luo_push_batch_send,
                                     (GDestroyNotify)luo_push_batch_free, &self->peer);
  ok = feed (self, cancellable, &feed_error);
  ok = luo_pipeline_finish (self->pipeline, &work_error) && ok;
  follow (self);
  luo_checkpoint_count (self->checkpoint, self->peer.checked, self->peer.missing, self->peer.read,
                        self->peer.written, self->peer.failed);
  g_clear_pointer (&self->pipeline, luo_pipeline_free);
  if (ok)
    return TRUE;
  g_propagate_error (error,
                     work_error != NULL ? g_steal_pointer (&work_error) : g_steal_pointer (&feed_error));
  return FALSE;
}
