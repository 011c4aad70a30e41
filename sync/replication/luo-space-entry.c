/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-space-entry-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-checkpoint-private.h"
#include "luo-clock.h"
#include "luo-json-text.h"
#include "luo-replication-tuning.h"

/**
 * Pass: work handed to the pool, and its result on the way back.
 */
typedef struct
{
  LuoSchedule *schedule;
  GFunc func; /* (nullable): of luo_schedule_run_blocking() */
  gpointer data;
  LuoSpaceEntry *entry; /* (owned): a reference */
  PassKind kind;
  LuoSpaceSync *sync;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
  gboolean retry_refused;
  gboolean settle_checkpoint;
  char *seq;     /* (owned) (nullable) */
  GError *soft;  /* (owned) (nullable) */
  GError *error; /* (owned) (nullable) */
} Pass;

static LuoSpaceEntry *
entry_ref (LuoSpaceEntry *entry)
{
  return g_rc_box_acquire (entry);
}

static void
entry_clear (gpointer data)
{
  LuoSpaceEntry *entry = data;

  g_free (entry->name);
  luo_space_sync_unref (entry->sync);
  g_object_unref (entry->cancellable);
  g_free (entry->seq);
  g_free (entry->message);
  g_clear_error (&entry->failure);
  g_clear_error (&entry->soft);
}

static void
entry_unref (LuoSpaceEntry *entry)
{
  g_rc_box_release_full (entry, entry_clear);
}

void
luo_space_entry_stop_watch (LuoSpaceEntry *entry)
{
  if (entry->watch != NULL)
    g_cancellable_cancel (entry->watch);
  g_clear_object (&entry->watch);
  luo_schedule_clear_source (&entry->poll_later);
}

void
luo_space_entry_drop (gpointer data)
{
  LuoSpaceEntry *entry = data;

  luo_space_entry_stop_watch (entry);
  luo_schedule_clear_source (&entry->retry);
  luo_schedule_clear_source (&entry->rest);
  g_cancellable_cancel (entry->cancellable);
  entry->schedule = NULL;
  entry_unref (entry);
}

LuoSpaceEntry *
luo_space_entry_new (LuoSchedule *schedule, const char *name)
{
  LuoSpaceEntry *entry = g_rc_box_new0 (LuoSpaceEntry);

  entry->schedule = schedule;
  entry->name = g_strdup (name);
  entry->sync = luo_space_sync_new (schedule->store, schedule->session, name);
  luo_space_sync_set_notify (entry->sync, luo_schedule_counts_changed_cb, schedule);
  entry->cancellable = g_cancellable_new ();
  entry->state = schedule->session != NULL ? LUO_SYNC_OFFLINE : LUO_SYNC_UNCONNECTED;
  return entry;
}

void
luo_space_entry_stop (LuoSpaceEntry *entry)
{
  luo_space_entry_stop_watch (entry);
  luo_schedule_clear_source (&entry->retry);
  luo_schedule_clear_source (&entry->rest);
  entry->due[PASS_PULL] = entry->due[PASS_PUSH] = FALSE;
  g_cancellable_cancel (entry->cancellable);
  g_object_unref (entry->cancellable);
  entry->cancellable = g_cancellable_new ();
}

static void
set_state (LuoSpaceEntry *entry, LuoSyncState state, const char *message)
{
  if (entry->state == state && g_strcmp0 (entry->message, message) == 0)
    return;
  entry->state = state;
  g_free (entry->message);
  entry->message = g_strdup (message);
  luo_schedule_note_status (entry->schedule);
}

gboolean
luo_space_entry_is_running (const LuoSpaceEntry *entry)
{
  return entry->running[PASS_PULL] || entry->running[PASS_PUSH];
}

/* Passes */

static gboolean pass_done_cb (gpointer user_data);

static void
pass_free (Pass *pass)
{
  g_clear_pointer (&pass->sync, luo_space_sync_unref);
  g_clear_object (&pass->cancellable);
  g_free (pass->seq);
  g_clear_error (&pass->soft);
  g_clear_error (&pass->error);
  g_free (pass);
}

void
luo_space_entry_work (gpointer data, gpointer user_data)
{
  Pass *pass = data;
  LuoSchedule *self = user_data;
  g_autoptr (GSource) source = NULL;

  if (pass->func != NULL)
    pass->func (pass->data, NULL);
  else if (pass->kind == PASS_PULL)
    luo_space_sync_pull (pass->sync, pass->settle_checkpoint, &pass->seq, &pass->soft, pass->cancellable,
                         &pass->error);
  else if (pass->kind == PASS_PUSH)
    luo_space_sync_push (pass->sync, pass->retry_refused, pass->settle_checkpoint, pass->cancellable,
                         &pass->error);
  else
    luo_space_sync_count (pass->sync, &pass->error);

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, pass_done_cb, pass, NULL);
  g_source_attach (source, self->context);
}

static void
start_pass (LuoSpaceEntry *entry, PassKind kind)
{
  LuoSchedule *self = entry->schedule;
  Pass *pass = g_new0 (Pass, 1);

  pass->schedule = self;
  pass->entry = entry_ref (entry);
  pass->kind = kind;
  pass->sync = luo_space_sync_ref (entry->sync);
  pass->cancellable = g_object_ref (entry->cancellable);
  /* A single run leaves the checkpoints as far as it came; live work writes them now and then, and once it rests. */
  pass->settle_checkpoint = luo_schedule_has_run (entry->schedule, entry->name) || entry->settle;
  if (kind != PASS_COUNT)
    entry->unsettled = !pass->settle_checkpoint;
  if (kind == PASS_PUSH)
    entry->settle = FALSE;
  if (kind == PASS_PUSH)
    {
      pass->retry_refused = entry->retry_refused;
      entry->retry_refused = FALSE;
    }
  entry->due[kind] = FALSE;
  entry->running[kind] = TRUE;
  luo_schedule_push_pass (self, pass);
}

void
luo_schedule_run_blocking (LuoSchedule *self, GFunc func, gpointer data)
{
  Pass *pass = g_new0 (Pass, 1);

  pass->schedule = self;
  pass->func = func;
  pass->data = data;
  luo_schedule_push_pass (self, pass);
}

/* Long polls, and waiting */

static gboolean
retry_cb (gpointer user_data)
{
  LuoSpaceEntry *entry = user_data;

  luo_schedule_clear_source (&entry->retry);
  entry->due[PASS_PULL] = entry->due[PASS_PUSH] = TRUE;
  luo_space_entry_go_on (entry);
  return G_SOURCE_REMOVE;
}

/* The rows that a poll gave; -1 where it failed. */
static int
count_rows (const LuoHttpReply *reply)
{
  g_autofree char *results
      = reply != NULL && reply->status == 200 ? luo_http_reply_member (reply, "results") : NULL;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

  if (results == NULL || !luo_json_cut_array (results, strlen (results), items, NULL))
    return -1;
  return (int)items->len;
}

static gboolean
poll_later_cb (gpointer user_data)
{
  LuoSpaceEntry *entry = user_data;

  luo_schedule_clear_source (&entry->poll_later);
  entry->due[PASS_PULL] = TRUE;
  luo_space_entry_go_on (entry);
  return G_SOURCE_REMOVE;
}

/* After a poll: another one where it came to its time, else a pull, which finds out what changed or why the poll broke. */
static void
take_poll (LuoSpaceEntry *entry, const LuoHttpReply *reply)
{
  gboolean quick = luo_clock_get_monotonic () - entry->watch_began < G_USEC_PER_SEC;
  gboolean signed_out = reply != NULL && reply->status == 401;
  int rows = count_rows (reply);
  gboolean early
      = rows == 0
        && luo_clock_get_monotonic () - entry->watch_began < LUO_TUNING_LONGPOLL_MS * (gint64)1000 / 2;

  /* A poll that broke, or that ended with nothing long before its time: the server went away, and what answers next may be another
   * one, or an older state of it. */
  if ((rows < 0 && !signed_out) || early)
    luo_space_sync_doubt (entry->sync);
  entry->quick_polls = quick ? entry->quick_polls + 1 : 0;
  if (rows == 0 && !early)
    {
      g_autofree char *seq = luo_http_reply_member (reply, "last_seq");

      if (seq != NULL)
        {
          g_free (entry->seq);
          entry->seq = g_steal_pointer (&seq);
        }
    }
  else if (quick && !signed_out && (rows <= 0 || entry->quick_polls > LUO_TUNING_QUICK_POLLS))
    /* A server that ends polls at once, with nothing or always with the same, is not asked at once again. */
    entry->poll_later
        = luo_schedule_add_timeout (entry->schedule, LUO_TUNING_BACKOFF_MS, poll_later_cb, entry);
  else
    entry->due[PASS_PULL] = TRUE;
  luo_space_entry_go_on (entry);
}

static void
watch_cb (LuoHttpReply *reply, const GError *error, gpointer user_data)
{
  LuoSpaceEntry *entry = user_data;

  /* The entry was dropped, or the poll ended because it was not wanted any more. */
  if (entry->schedule != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_object (&entry->watch);
      take_poll (entry, reply);
    }
  entry_unref (entry);
}

static void
start_watch (LuoSpaceEntry *entry)
{
  LuoSchedule *self = entry->schedule;
  g_autofree char *database = luo_database_path (entry->name);
  g_autofree char *seq = luo_json_decode_string (entry->seq, strlen (entry->seq));
  GString *path = g_string_new (NULL);

  g_string_append_printf (path,
                          "/%s/_changes?feed=longpoll&style=all_docs&limit=1&timeout=%d&since=", database,
                          LUO_TUNING_LONGPOLL_MS);
  luo_http_append_escaped (path, seq != NULL ? seq : entry->seq);
  entry->watch = g_cancellable_new ();
  entry->watch_began = luo_clock_get_monotonic ();
  luo_http_session_watch (self->session, path->str, LUO_TUNING_LONGPOLL_MS / 1000 + LUO_TUNING_LONGPOLL_GRACE,
                          entry->watch, watch_cb, entry_ref (entry));
  g_string_free (path, TRUE);
}

/* After a failure */

/* Needs a person, or time: the second kind is tried again soon. */
static gboolean
is_transient (const GError *error)
{
  if (error->domain != LUO_REPLICATION_ERROR)
    return FALSE;
  switch ((LuoReplicationError)error->code)
    {
    case LUO_REPLICATION_ERROR_OFFLINE:
    case LUO_REPLICATION_ERROR_BUSY:
    case LUO_REPLICATION_ERROR_SERVER:
    case LUO_REPLICATION_ERROR_PROTOCOL:
      return TRUE;
    default:
      return FALSE;
    }
}

/* A space that may not be read any more, of which nothing is left: nobody needs to do anything, and it is asked for again now and
 * then, because the right may come back. */
static void
rest_withdrawn (LuoSpaceEntry *entry)
{
  set_state (entry, LUO_SYNC_SETTLED, entry->failure->message);
  luo_schedule_leave_runs (entry->schedule, entry->name, NULL);
  luo_schedule_clear_source (&entry->retry);
  if (entry->schedule->live)
    entry->retry = luo_schedule_add_timeout (entry->schedule, LUO_TUNING_STUCK_RETRY_MS, retry_cb, entry);
}

static void
fail_entry (LuoSpaceEntry *entry)
{
  LuoSchedule *self = entry->schedule;
  gboolean transient = is_transient (entry->failure);
  gboolean reached = luo_http_session_was_reached (self->session);
  gint64 wait;

  luo_space_entry_stop_watch (entry);
  entry->pulled_once = FALSE;
  entry->failures++;
  entry->due[PASS_PULL] = entry->due[PASS_PUSH] = FALSE;
  if (g_error_matches (entry->failure, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_WITHDRAWN))
    {
      rest_withdrawn (entry);
      return;
    }
  set_state (entry, transient ? LUO_SYNC_OFFLINE : LUO_SYNC_STUCK, entry->failure->message);

  /* A run waits for a connection that broke, not for a server that is not there. */
  if (luo_schedule_has_run (entry->schedule, entry->name) && transient && reached
      && entry->failures < LUO_TUNING_RUN_TRIES)
    wait = (gint64)LUO_TUNING_RUN_WAIT_MS << (entry->failures - 1);
  else
    {
      luo_schedule_leave_runs (entry->schedule, entry->name, entry->failure);
      if (!self->live)
        return;
      wait = transient ? MIN (LUO_TUNING_BACKOFF_MAX_MS,
                              (gint64)LUO_TUNING_BACKOFF_MS << MIN (entry->failures - 1, 16))
                       : LUO_TUNING_STUCK_RETRY_MS;
    }
  luo_schedule_clear_source (&entry->retry);
  entry->retry = luo_schedule_add_timeout (self, wait / 2 + g_random_int_range (0, (gint32)(wait / 2 + 1)),
                                           retry_cb, entry);
}

/* Work that went out one edit at a time rests: the checkpoint follows, so that the server's log tells what it has. */
static gboolean
rest_cb (gpointer user_data)
{
  LuoSpaceEntry *entry = user_data;

  luo_schedule_clear_source (&entry->rest);
  entry->settle = TRUE;
  entry->due[PASS_PUSH] = TRUE;
  luo_space_entry_go_on (entry);
  return G_SOURCE_REMOVE;
}

/* Nothing is due: the space is at rest, or something stays that needs a person. */
static void
settle_entry (LuoSpaceEntry *entry)
{
  LuoSpaceCounts counts;
  g_autofree char *refusal = NULL;
  g_autoptr (GError) error = NULL;

  luo_space_sync_get_counts (entry->sync, &counts);
  if (counts.refused > 0)
    {
      refusal = luo_space_sync_describe_refusal (entry->sync);
      g_set_error_literal (&error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_FORBIDDEN,
                           refusal != NULL ? refusal : _ ("The server did not take some records."));
    }
  else if (entry->soft != NULL)
    error = g_error_copy (entry->soft);
  else if (counts.pending > 0)
    g_set_error_literal (&error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                         _ ("The server did not take everything that was sent."));

  set_state (entry, error != NULL ? LUO_SYNC_STUCK : LUO_SYNC_SETTLED, error != NULL ? error->message : NULL);
  luo_schedule_leave_runs (entry->schedule, entry->name, error);
}

void
luo_space_entry_go_on (LuoSpaceEntry *entry)
{
  LuoSchedule *self = entry->schedule;
  gboolean wanted;

  if (self->ending)
    return;
  if (entry->due[PASS_COUNT] && !entry->running[PASS_COUNT])
    start_pass (entry, PASS_COUNT);
  if (entry->retry != NULL)
    return;

  wanted = self->session != NULL && (self->live || luo_schedule_has_run (entry->schedule, entry->name));
  if (!wanted)
    return;
  if (entry->due[PASS_PULL] && !entry->running[PASS_PULL])
    {
      luo_space_entry_stop_watch (entry);
      start_pass (entry, PASS_PULL);
    }
  /* What is saved while a long pull is under way goes out beside it; the first push waits for what the pull may bring. */
  if (entry->due[PASS_PUSH] && !entry->running[PASS_PUSH]
      && ((!entry->running[PASS_PULL] && !entry->due[PASS_PULL]) || (self->live && entry->pulled_once)))
    start_pass (entry, PASS_PUSH);

  if (luo_space_entry_is_running (entry))
    {
      if (entry->state != LUO_SYNC_STUCK || luo_schedule_has_run (entry->schedule, entry->name))
        set_state (entry, LUO_SYNC_ACTIVE, NULL);
      if (self->live && entry->watch == NULL && entry->poll_later == NULL && !entry->running[PASS_PULL]
          && entry->pulled_once && entry->seq != NULL)
        start_watch (entry);
      return;
    }
  settle_entry (entry);
  luo_schedule_clear_source (&entry->rest);
  if (self->live && entry->unsettled && entry->pulled_once)
    entry->rest
        = luo_schedule_add_timeout (self, LUO_TUNING_CHECKPOINT_SECONDS * (gint64)1000, rest_cb, entry);
  if (self->live && entry->watch == NULL && entry->poll_later == NULL && entry->pulled_once
      && entry->seq != NULL)
    start_watch (entry);
}

static void
take_result (LuoSpaceEntry *entry, Pass *pass)
{
  LuoSpaceCounts counts;

  entry->running[pass->kind] = FALSE;
  if (pass->kind == PASS_COUNT)
    {
      /* The count may see what another process saved before the word of it arrives: that is work, not something the server left. */
      luo_space_sync_get_counts (entry->sync, &counts);
      if (counts.pending > counts.refused && entry->rounds++ < LUO_TUNING_RUN_ROUNDS)
        entry->due[PASS_PUSH] = TRUE;
      luo_schedule_note_status (entry->schedule);
      luo_space_entry_go_on (entry);
      return;
    }
  if (pass->error != NULL)
    {
      /* The other direction fails by itself or comes to its end; the entry goes on when both have. */
      if (entry->failure == NULL || !is_transient (pass->error))
        {
          g_clear_error (&entry->failure);
          entry->failure = g_steal_pointer (&pass->error);
        }
    }
  else if (pass->kind == PASS_PULL)
    {
      entry->pulled_once = TRUE;
      g_free (entry->seq);
      entry->seq = g_steal_pointer (&pass->seq);
      g_clear_error (&entry->soft);
      entry->soft = g_steal_pointer (&pass->soft);
    }

  if (entry->failure != NULL)
    {
      if (luo_space_entry_is_running (entry))
        return;
      if (g_error_matches (entry->failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          set_state (entry, LUO_SYNC_OFFLINE, NULL);
          luo_schedule_leave_runs (entry->schedule, entry->name, entry->failure);
        }
      else
        fail_entry (entry);
      g_clear_error (&entry->failure);
      return;
    }

  luo_space_sync_get_counts (entry->sync, &counts);
  if (counts.pulled != entry->pulled)
    entry->quick_polls = 0;
  entry->pulled = counts.pulled;
  if (pass->kind == PASS_PUSH)
    entry->failures = 0;
  if (counts.pending > counts.refused)
    {
      /* Saved or merged meanwhile. Rounds end where somebody saves all the time. */
      if (pass->kind == PASS_PULL || entry->rounds++ < LUO_TUNING_RUN_ROUNDS)
        entry->due[PASS_PUSH] = TRUE;
    }
  else if (pass->kind == PASS_PUSH)
    entry->rounds = 0;
  luo_space_entry_go_on (entry);
}

static gboolean
pass_done_cb (gpointer user_data)
{
  Pass *pass = user_data;

  g_atomic_int_add (&pass->schedule->under_way, -1);
  if (pass->entry != NULL)
    {
      if (pass->entry->schedule != NULL)
        take_result (pass->entry, pass);
      entry_unref (pass->entry);
    }
  pass_free (pass);
  return G_SOURCE_REMOVE;
}
