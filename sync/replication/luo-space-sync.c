/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-space-sync-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-attachment-fetch-private.h"
#include "luo-clock.h"
#include "luo-conflict-merger.h"
#include "luo-pull-job-private.h"
#include "luo-push-job-private.h"
#include "luo-replication-tuning.h"
#include "luo-store-sync.h"
#include "luo-sync-status-private.h"

/* Seconds between two notes of it while edits go out one by one: each is a transaction. */
#define SETTLED_STEP 10

struct _LuoSpaceSync
{
  LuoStore *store;         /* (owned) */
  LuoHttpSession *session; /* (owned) (nullable) */
  char *space;             /* (owned) */
  LuoCheckpoint *pull;     /* (owned) (nullable): of the pull pass */
  LuoCheckpoint *push;     /* (owned) (nullable): of the push pass */
  GHashTable
      *disputed; /* (owned): "id\nrev" of documents that could not be merged as they are; the pull pass's */
  GFunc notify;  /* (nullable) */
  gpointer notify_data;
  gint reset_pull, reset_push; /* atomic: read the checkpoint again */

  GMutex lock; /* guards what follows */
  LuoSpaceCounts counts;
};

LuoSpaceSync *
luo_space_sync_new (LuoStore *store, LuoHttpSession *session, const char *space)
{
  LuoSpaceSync *self = g_atomic_rc_box_new0 (LuoSpaceSync);

  self->store = g_object_ref (store);
  self->space = g_strdup (space);
  self->disputed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (session != NULL)
    {
      self->session = luo_http_session_ref (session);
      self->pull = luo_checkpoint_new (store, session, space, LUO_DIRECTION_PULL);
      self->push = luo_checkpoint_new (store, session, space, LUO_DIRECTION_PUSH);
    }
  g_mutex_init (&self->lock);
  self->counts.to_pull = -1;
  return self;
}

LuoSpaceSync *
luo_space_sync_ref (LuoSpaceSync *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
space_sync_clear (gpointer data)
{
  LuoSpaceSync *self = data;

  g_clear_pointer (&self->pull, luo_checkpoint_free);
  g_clear_pointer (&self->push, luo_checkpoint_free);
  g_clear_pointer (&self->session, luo_http_session_unref);
  g_object_unref (self->store);
  g_free (self->space);
  g_hash_table_unref (self->disputed);
  g_mutex_clear (&self->lock);
}

void
luo_space_sync_unref (LuoSpaceSync *self)
{
  g_atomic_rc_box_release_full (self, space_sync_clear);
}

void
luo_space_sync_set_notify (LuoSpaceSync *self, GFunc func, gpointer user_data)
{
  self->notify = func;
  self->notify_data = user_data;
}

static void
notify (LuoSpaceSync *self)
{
  if (self->notify != NULL)
    self->notify (self, self->notify_data);
}

void
luo_space_sync_get_counts (LuoSpaceSync *self, LuoSpaceCounts *counts)
{
  g_mutex_lock (&self->lock);
  *counts = self->counts;
  g_mutex_unlock (&self->lock);
}

void
luo_space_sync_begin_run (LuoSpaceSync *self)
{
  g_mutex_lock (&self->lock);
  self->counts.pulled = self->counts.pushed = self->counts.merged = 0;
  g_mutex_unlock (&self->lock);
  luo_space_sync_doubt (self);
}

void
luo_space_sync_doubt (LuoSpaceSync *self)
{
  g_atomic_int_set (&self->reset_pull, 1);
  g_atomic_int_set (&self->reset_push, 1);
}

gboolean
luo_space_sync_count (LuoSpaceSync *self, GError **error)
{
  GError *store_error = NULL;
  g_autoptr (LuoSpace) space = luo_store_get_space (self->store, self->space, &store_error);
  g_autofree char *settled = NULL;

  if (space != NULL)
    settled = luo_store_get_space_meta (self->store, self->space, LUO_SPACE_META_SETTLED, &store_error);
  if (space == NULL || store_error != NULL)
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  g_mutex_lock (&self->lock);
  self->counts.pending = space->pending;
  self->counts.entries_pending = space->entries_pending;
  self->counts.conflicts = space->conflicts;
  self->counts.refused = space->refused;
  self->counts.wanted = space->wanted;
  if (settled != NULL)
    self->counts.last_settled = g_ascii_strtoll (settled, NULL, 10);
  g_mutex_unlock (&self->lock);
  notify (self);
  return TRUE;
}

char *
luo_space_sync_describe_refusal (LuoSpaceSync *self)
{
  g_autoptr (GPtrArray) refusals = luo_store_list_refusals (self->store, self->space, NULL, NULL);
  const LuoRefusal *first;

  if (refusals == NULL || refusals->len == 0)
    return NULL;
  first = refusals->pdata[0];
  if (first->reason != NULL && *first->reason != '\0')
    return g_strdup_printf (ngettext ("The server did not take %u record: %s",
                                      "The server did not take %u records: %s", refusals->len),
                            refusals->len, first->reason);
  return g_strdup_printf (
      ngettext ("The server did not take %u record.", "The server did not take %u records.", refusals->len),
      refusals->len);
}

static void
pulled_cb (guint64 documents, gint64 pending, gpointer user_data)
{
  LuoSpaceSync *self = user_data;

  g_mutex_lock (&self->lock);
  self->counts.pulled += documents;
  self->counts.to_pull = pending;
  g_mutex_unlock (&self->lock);
  notify (self);
}

static void
pushed_cb (guint64 documents, gpointer user_data)
{
  LuoSpaceSync *self = user_data;

  g_mutex_lock (&self->lock);
  self->counts.pushed += documents;
  g_mutex_unlock (&self->lock);
  notify (self);
}

/* Merges the documents in conflict, except those that could not be merged as they are. */
static gboolean
merge_conflicts (LuoSpaceSync *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) documents = NULL;
  GError *store_error = NULL;

  documents = luo_store_list_conflicts (self->store, self->space, LUO_TUNING_CONFLICTS, &store_error);
  if (documents == NULL)
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  for (guint i = 0; i < documents->len; i++)
    {
      LuoDocument *document = documents->pdata[i];
      const char *id = luo_document_get_id (document);
      /* A further leaf changes the sequence even where the winner stays. */
      g_autofree char *key = g_strdup_printf ("%s\n%" G_GINT64_FORMAT, id, luo_document_get_seq (document));
      gboolean merged;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (g_hash_table_contains (self->disputed, key))
        continue;
      if (!luo_conflict_merge (self->store, self->space, id, &merged, error))
        return FALSE;
      if (merged)
        {
          g_mutex_lock (&self->lock);
          self->counts.merged++;
          g_mutex_unlock (&self->lock);
        }
      else
        g_hash_table_add (self->disputed, g_steal_pointer (&key));
    }
  return TRUE;
}

static gboolean
fetch_attachments (LuoSpaceSync *self, GError **soft, GCancellable *cancellable, GError **error)
{
  LuoSpaceCounts counts;
  guint64 fetched = 0;

  luo_space_sync_get_counts (self, &counts);
  if (counts.wanted == 0)
    return TRUE;
  if (!luo_attachment_fetch_run (self->store, self->session, self->space, cancellable, &fetched, soft, error))
    return FALSE;
  /* A merge may have waited for a file. */
  if (fetched > 0 && counts.conflicts > 0)
    {
      g_hash_table_remove_all (self->disputed);
      if (!merge_conflicts (self, cancellable, error))
        return FALSE;
    }
  return luo_space_sync_count (self, error);
}

/* Before the first pull after a start, a failure or a doubt: a server that stands on an older backup lacks what it once held. */
static gboolean
begin_pull (LuoSpaceSync *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (LuoCheckpoint) push = NULL;
  gboolean behind;

  if (luo_checkpoint_is_loaded (self->pull))
    return TRUE;
  /* One of its own: the push pass may be using the other. */
  push = luo_checkpoint_new (self->store, self->session, self->space, LUO_DIRECTION_PUSH);
  if (!luo_checkpoint_load (self->pull, cancellable, error)
      || !luo_checkpoint_doubt (push, &behind, cancellable, error))
    return FALSE;
  if (behind)
    g_atomic_int_set (&self->reset_push, 1);
  return TRUE;
}

static gboolean
run_pull (LuoSpaceSync *self, gboolean settle_checkpoint, GCancellable *cancellable, GError **error)
{
  for (guint attempt = 0;; attempt++)
    {
      g_autoptr (LuoPullJob) job
          = luo_pull_job_new (self->store, self->session, self->space, self->pull, pulled_cb, self);
      g_autoptr (GError) job_error = NULL;

      if (begin_pull (self, cancellable, &job_error) && luo_pull_job_run (job, cancellable, &job_error)
          && luo_checkpoint_save (self->pull, settle_checkpoint, cancellable, &job_error))
        return TRUE;
      if (!luo_checkpoint_is_remade (self->pull) || attempt > 0)
        {
          luo_checkpoint_reset (self->pull);
          g_propagate_error (error, g_steal_pointer (&job_error));
          return FALSE;
        }
      luo_checkpoint_reset (self->pull);
    }
}

static gboolean
pull (LuoSpaceSync *self, gboolean settle_checkpoint, GError **soft, GCancellable *cancellable,
      GError **error)
{
  LuoSpaceCounts counts;

  if (!run_pull (self, settle_checkpoint, cancellable, error) || !luo_space_sync_count (self, error))
    return FALSE;
  luo_space_sync_get_counts (self, &counts);
  if (counts.conflicts > 0
      && (!merge_conflicts (self, cancellable, error) || !luo_space_sync_count (self, error)))
    return FALSE;
  return fetch_attachments (self, soft, cancellable, error);
}

/* Whether the server says no to a user whom it knows: signed in anew, because an expired session can show as a lack of rights. */
static gboolean
access_is_gone (LuoSpaceSync *self, GCancellable *cancellable)
{
  g_autofree char *database = luo_database_path (self->space);
  g_autofree char *path = g_strconcat ("/", database, NULL);
  LuoHttpRequest request = { .method = "GET", .path = path };
  g_autoptr (LuoHttpReply) reply = NULL;

  if (!luo_http_session_has_user (self->session)
      || !luo_http_session_sign_in (self->session, cancellable, NULL))
    return FALSE;
  reply = luo_http_session_send (self->session, &request, cancellable, NULL);
  return reply != NULL && reply->status == 403;
}

/* The copies of a space that may not be read any more go (replication.md 9); what was never sent stays, and is said. */
static gboolean
withdraw (LuoSpaceSync *self, GError **error)
{
  GError *store_error = NULL;
  guint64 kept = 0;

  if (!luo_store_withdraw_copies (self->store, self->space, NULL, &kept, &store_error))
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  luo_space_sync_doubt (self);
  g_hash_table_remove_all (self->disputed);
  if (kept == 0)
    g_set_error_literal (
        error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_WITHDRAWN,
        _ ("The server no longer lets you read this space; its records were removed from this machine."));
  else
    g_set_error (
        error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_FORBIDDEN,
        ngettext (
            "The server no longer lets you read this space. %lu record that was never sent is kept here; "
            "an exchange file can carry it on.",
            "The server no longer lets you read this space. %lu records that were never sent are kept "
            "here; an exchange file can carry them on.",
            kept),
        (gulong)kept);
  return FALSE;
}

gboolean
luo_space_sync_pull (LuoSpaceSync *self, gboolean settle_checkpoint, char **seq, GError **soft,
                     GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) failure = NULL;

  g_return_val_if_fail (self->session != NULL, FALSE);

  if (g_atomic_int_compare_and_exchange (&self->reset_pull, 1, 0))
    luo_checkpoint_reset (self->pull);
  if (!pull (self, settle_checkpoint, soft, cancellable, &failure))
    {
      if (g_error_matches (failure, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_FORBIDDEN)
          && access_is_gone (self, cancellable))
        withdraw (self, error);
      else
        g_propagate_error (error, g_steal_pointer (&failure));
      /* What came before the failure counts. */
      luo_space_sync_count (self, NULL);
      return FALSE;
    }
  g_mutex_lock (&self->lock);
  self->counts.to_pull = 0;
  g_mutex_unlock (&self->lock);
  *seq = g_strdup (luo_checkpoint_get_seq (self->pull));
  return TRUE;
}

static gboolean
run_push (LuoSpaceSync *self, gboolean retry_refused, gboolean settle_checkpoint, GCancellable *cancellable,
          GError **error)
{
  for (guint attempt = 0;; attempt++)
    {
      g_autoptr (LuoPushJob) job = luo_push_job_new (self->store, self->session, self->space, self->push,
                                                     retry_refused, pushed_cb, self);
      g_autoptr (GError) job_error = NULL;

      if (luo_push_job_run (job, cancellable, &job_error)
          && luo_checkpoint_save (self->push, settle_checkpoint, cancellable, &job_error))
        return TRUE;
      if (!luo_checkpoint_is_remade (self->push) || attempt > 0)
        {
          luo_checkpoint_reset (self->push);
          g_propagate_error (error, g_steal_pointer (&job_error));
          return FALSE;
        }
      luo_checkpoint_reset (self->push);
    }
}

/* Keeps the time where all is reconciled. */
static gboolean
note_settled (LuoSpaceSync *self, GError **error)
{
  gint64 now = luo_clock_get_real () / G_USEC_PER_SEC;
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, now);
  GError *store_error = NULL;
  LuoSpaceCounts counts;

  luo_space_sync_get_counts (self, &counts);
  if (counts.pending > 0 || counts.refused > 0 || counts.wanted > 0
      || (now >= counts.last_settled && now - counts.last_settled < SETTLED_STEP))
    return TRUE;
  if (!luo_store_set_space_meta (self->store, self->space, LUO_SPACE_META_SETTLED, text, &store_error))
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  g_mutex_lock (&self->lock);
  self->counts.last_settled = now;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

gboolean
luo_space_sync_push (LuoSpaceSync *self, gboolean retry_refused, gboolean settle_checkpoint,
                     GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (self->session != NULL, FALSE);

  if (g_atomic_int_compare_and_exchange (&self->reset_push, 1, 0))
    luo_checkpoint_reset (self->push);
  if (!run_push (self, retry_refused, settle_checkpoint, cancellable, error))
    {
      luo_space_sync_count (self, NULL);
      return FALSE;
    }
  return luo_space_sync_count (self, error) && note_settled (self, error);
}
