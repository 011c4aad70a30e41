/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-pull-job-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-json-text.h"
#include "luo-pipeline-private.h"
#include "luo-pull-batch-private.h"
#include "luo-replication-tuning.h"
#include "luo-store-sync.h"

/**
 * Mark: once so many batches are complete the source has been followed up to @seq.
 */
typedef struct
{
  guint64 batches;
  char *seq; /* (owned) */
} Mark;

struct _LuoPullJob
{
  LuoStore *store;         /* (owned) */
  LuoHttpSession *session; /* (owned) */
  char *space;             /* (owned) */
  char *database;          /* (owned): path segment */
  LuoCheckpoint *checkpoint;
  LuoPullProgress progress;
  gpointer user_data;
  LuoPullPeer peer;

  /* The feeder's own. */
  LuoPipeline *pipeline;    /* (nullable): while running */
  GPtrArray *queries;       /* (owned) (element-type LuoRevsQuery): rows not compared yet */
  LuoPullBatch *batch;      /* (owned) (nullable): being filled */
  guint64 batches;          /* pushed */
  GQueue marks;             /* (owned) (element-type Mark) */
  guint rows;               /* of the current page */
  gboolean fresh;           /* nothing was here at the beginning, so every revision is missing */
  GArray *members, *items;  /* (owned) (element-type LuoJsonMember): of the row that is read */
  guint64 checked, missing; /* for the log of the checkpoint */

  GMutex lock; /* guards what follows */
  gint64 pending;
};

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  g_free (mark->seq);
  g_free (mark);
}

static void
stored_cb (guint64 documents, gpointer user_data)
{
  LuoPullJob *self = user_data;
  gint64 pending;

  g_mutex_lock (&self->lock);
  pending = self->pending;
  g_mutex_unlock (&self->lock);
  self->progress (documents, pending, self->user_data);
}

LuoPullJob *
luo_pull_job_new (LuoStore *store, LuoHttpSession *session, const char *space, LuoCheckpoint *checkpoint,
                  LuoPullProgress progress, gpointer user_data)
{
  LuoPullJob *self = g_new0 (LuoPullJob, 1);

  self->store = g_object_ref (store);
  self->session = luo_http_session_ref (session);
  self->space = g_strdup (space);
  self->database = luo_database_path (space);
  self->checkpoint = checkpoint;
  self->progress = progress;
  self->user_data = user_data;
  self->queries = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_revs_query_free);
  self->members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  self->items = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  self->pending = -1;
  self->peer.store = self->store;
  self->peer.session = self->session;
  self->peer.space = self->space;
  self->peer.database = self->database;
  self->peer.stored_cb = stored_cb;
  self->peer.user_data = self;
  g_mutex_init (&self->peer.lock);
  g_queue_init (&self->marks);
  g_mutex_init (&self->lock);
  return self;
}

void
luo_pull_job_free (LuoPullJob *self)
{
  g_object_unref (self->store);
  luo_http_session_unref (self->session);
  g_free (self->space);
  g_free (self->database);
  g_ptr_array_unref (self->queries);
  g_array_unref (self->members);
  g_array_unref (self->items);
  luo_pull_batch_free (self->batch);
  g_queue_clear_full (&self->marks, mark_free);
  g_mutex_clear (&self->peer.lock);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* The feed of changes */

static gboolean
push_batch (LuoPullJob *self)
{
  self->batches++;
  return luo_pipeline_push (self->pipeline, g_steal_pointer (&self->batch));
}

/* Lets a revision (transfer full) be asked for. */
static gboolean
want (LuoPullJob *self, char *id, char *rev, GError **error)
{
  if (self->batch == NULL)
    self->batch = luo_pull_batch_new ();
  g_ptr_array_add (self->batch->ids, id);
  g_ptr_array_add (self->batch->revs, rev);
  self->missing++;
  if (self->batch->ids->len < LUO_TUNING_GET_BATCH || push_batch (self))
    return TRUE;
  /* The pipeline's own error is found when it is finished. */
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "");
  return FALSE;
}

/* Compares the rows read so far with what is here, where there can be anything, and hands the missing revisions to the workers. */
static gboolean
compare_rows (LuoPullJob *self, GError **error)
{
  GError *store_error = NULL;

  if (self->queries->len == 0)
    return TRUE;
  if (!self->fresh && !luo_store_revs_diff (self->store, self->space, self->queries, &store_error))
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  for (guint i = 0; i < self->queries->len; i++)
    {
      LuoRevsQuery *query = self->queries->pdata[i];
      char **missing = self->fresh ? query->revs : query->missing;

      self->checked += g_strv_length (query->revs);
      for (guint j = 0; missing != NULL && missing[j] != NULL; j++)
        if (!want (self, g_strdup (query->id), g_strdup (missing[j]), error))
          return FALSE;
    }
  g_ptr_array_set_size (self->queries, 0);
  return TRUE;
}

/* The revision of {"rev":…}; NULL where it is not one. */
static char *
read_rev (LuoPullJob *self, const LuoJsonMember *item)
{
  const LuoJsonMember *member;

  if (item->value[0] != '{' || !luo_json_cut (item->value, item->value_length, self->members, NULL)
      || (member = luo_json_find (self->members, "rev")) == NULL)
    return NULL;
  return luo_json_decode_string (member->value, member->value_length);
}

/* A row of the feed: {"seq":…,"id":…,"changes":[{"rev":…},…]}. */
static gboolean
take_row_cb (const char *text, gsize length, gpointer user_data, GError **error)
{
  LuoPullJob *self = user_data;
  g_autoptr (GPtrArray) revs = NULL;
  g_autofree char *id = NULL;
  const LuoJsonMember *member;
  LuoRevsQuery *query;

  self->rows++;
  if (!luo_json_cut (text, length, self->members, error))
    return FALSE;
  if ((member = luo_json_find (self->members, "id")) != NULL)
    id = luo_json_decode_string (member->value, member->value_length);
  member = luo_json_find (self->members, "changes");
  if (id == NULL || member == NULL
      || !luo_json_cut_array (member->value, member->value_length, self->items, NULL))
    {
      g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                           _ ("The server’s list of changes can not be read."));
      return FALSE;
    }

  revs = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->items->len; i++)
    {
      char *rev = read_rev (self, &g_array_index (self->items, LuoJsonMember, i));

      if (rev != NULL)
        g_ptr_array_add (revs, rev);
    }
  if (revs->len == 0)
    return TRUE;

  g_ptr_array_add (revs, NULL);
  query = g_new0 (LuoRevsQuery, 1);
  query->id = g_steal_pointer (&id);
  query->revs = (char **)g_ptr_array_free (g_steal_pointer (&revs), FALSE);
  g_ptr_array_add (self->queries, query);
  /* The page is compared when its request is over, or workers could wait for the place that it holds while it waits for them. Only a
   * server that gives more rows than asked for is not held in memory whole. */
  return self->queries->len < 4 * LUO_TUNING_CHANGES_BATCH || compare_rows (self, error);
}

/* A sequence as a query's value: text without its quotes, anything else as it is. */
static void
append_seq (GString *path, const char *seq)
{
  g_autofree char *text = luo_json_decode_string (seq, strlen (seq));

  luo_http_append_escaped (path, text != NULL ? text : seq);
}

/* Reads one page of changes after @since. @seq (out): where the page ends; @more (out): whether another page follows. */
static gboolean
read_page (LuoPullJob *self, const char *since, char **seq, gboolean *more, GError **error)
{
  g_autoptr (LuoJsonStream) stream = NULL;
  g_autoptr (LuoHttpReply) reply = NULL;
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  GString *path = g_string_new (NULL);
  g_autofree char *owned_path = NULL;
  g_autofree char *rest = NULL;
  const LuoJsonMember *member;
  LuoHttpRequest request = { .method = "GET" };
  GError *stream_error = NULL;
  gint64 pending = -1;

  g_string_append_printf (path, "/%s/_changes?style=all_docs&limit=%d&seq_interval=%d&since=", self->database,
                          LUO_TUNING_CHANGES_BATCH, LUO_TUNING_CHANGES_BATCH);
  append_seq (path, since);
  owned_path = g_string_free (path, FALSE);
  stream = luo_json_stream_new ("results", LUO_JSON_MAX_DOCUMENT, take_row_cb, self);
  request.path = owned_path;
  request.sink = luo_json_stream_sink;
  request.sink_data = stream;
  self->rows = 0;
  reply = luo_http_session_send (self->session, &request, self->peer.cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->status == 400 && strcmp (since, "0") != 0)
    {
      /* A sequence that the server does not know any more: compare from the beginning, which costs time and loses nothing. */
      *seq = g_strdup ("0");
      *more = TRUE;
      return TRUE;
    }
  if (!luo_http_reply_check (reply, error))
    return FALSE;
  if (!luo_json_stream_end (stream, &rest, &stream_error)
      || !luo_json_cut (rest, strlen (rest), members, &stream_error))
    {
      luo_replication_error_propagate (error, stream_error);
      return FALSE;
    }
  if ((member = luo_json_find (members, "pending")) != NULL)
    {
      g_autofree char *text = g_strndup (member->value, member->value_length);
      guint64 number;

      if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &number, NULL))
        pending = (gint64)number;
    }
  if ((member = luo_json_find (members, "last_seq")) == NULL)
    {
      g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                           _ ("The server’s list of changes can not be read."));
      return FALSE;
    }
  *seq = g_strndup (member->value, member->value_length);
  /* A feed that does not move would be read for ever. */
  *more = self->rows > 0 && pending != 0 && (pending > 0 || self->rows >= LUO_TUNING_CHANGES_BATCH)
          && strcmp (*seq, since) != 0;

  g_mutex_lock (&self->lock);
  self->pending = pending;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* Moves the checkpoint as far as all is durable. */
static void
follow (LuoPullJob *self)
{
  guint64 complete = luo_pipeline_get_complete (self->pipeline);
  Mark *mark;

  while ((mark = g_queue_peek_head (&self->marks)) != NULL && mark->batches <= complete)
    {
      luo_checkpoint_advance (self->checkpoint, mark->seq);
      mark_free (g_queue_pop_head (&self->marks));
    }
}

static gboolean
read_feed (LuoPullJob *self, GError **error)
{
  g_autofree char *since = g_strdup (luo_checkpoint_get_seq (self->checkpoint));
  gboolean more = TRUE;

  while (more)
    {
      g_autofree char *seq = NULL;
      Mark *mark;

      if (!read_page (self, since, &seq, &more, error) || !compare_rows (self, error))
        return FALSE;
      if (self->batch != NULL && !push_batch (self))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "");
          return FALSE;
        }
      mark = g_new0 (Mark, 1);
      mark->batches = self->batches;
      mark->seq = g_strdup (seq);
      g_queue_push_tail (&self->marks, mark);
      follow (self);
      if (more && !luo_checkpoint_save (self->checkpoint, FALSE, self->peer.cancellable, error))
        return FALSE;
      g_free (since);
      since = g_steal_pointer (&seq);
    }
  return TRUE;
}

gboolean
luo_pull_job_run (LuoPullJob *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) feed_error = NULL;
  g_autoptr (GError) work_error = NULL;
  g_autoptr (LuoSpace) space = NULL;
  GError *store_error = NULL;
  gboolean ok;

  self->peer.cancellable = cancellable;
  if (!luo_checkpoint_load (self->checkpoint, cancellable, error))
    return FALSE;
  space = luo_store_get_space (self->store, self->space, &store_error);
  if (space == NULL)
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  /* What is saved here meanwhile and the server has too is fetched for nothing, and stored once all the same. */
  self->fresh = space->seq == 0;
  self->pipeline = luo_pipeline_new (LUO_TUNING_PULL_WORKERS, LUO_TUNING_PULL_QUEUE, luo_pull_batch_fetch,
                                     (GDestroyNotify)luo_pull_batch_free, &self->peer);
  ok = read_feed (self, &feed_error);
  ok = luo_pipeline_finish (self->pipeline, &work_error) && ok;
  follow (self);
  luo_checkpoint_count (self->checkpoint, self->checked, self->missing, self->peer.read, self->peer.stored,
                        self->peer.failed);
  g_clear_pointer (&self->pipeline, luo_pipeline_free);
  if (ok)
    return TRUE;
  /* A worker's error is the cause of the feeder's where both failed. */
  g_propagate_error (error,
                     work_error != NULL ? g_steal_pointer (&work_error) : g_steal_pointer (&feed_error));
  return FALSE;
}
