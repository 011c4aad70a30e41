/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-schedule-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-checkpoint-private.h"
#include "luo-json-text.h"
#include "luo-replication-tuning.h"
#include "luo-space-sync-private.h"

typedef enum
{
  PASS_PULL,
  PASS_PUSH,
  PASS_COUNT,
  N_PASSES,
} PassKind;

/**
 * Entry: one space with the present server.
 */
typedef struct
{
  LuoSchedule *schedule;     /* NULL once the entry was dropped */
  char *name;                /* (owned) */
  LuoSpaceSync *sync;        /* (owned) */
  GCancellable *cancellable; /* (owned): of its passes */
  gboolean due[N_PASSES];
  gboolean running[N_PASSES];
  gboolean retry_refused;
  gboolean pulled_once; /* with this server, without a failure since */
  guint failures;       /* one after another */
  guint rounds;         /* pushes without coming to rest */
  GSource *retry;       /* (owned) (nullable): waits before the next attempt */
  GCancellable *watch;  /* (owned) (nullable): of the long poll */
  gint64 watch_began;   /* monotonic time */
  guint64 pulled;       /* what the last pull had counted up to */
  guint quick_polls;    /* that ended at once, one after another, and brought nothing */
  GSource *poll_later;  /* (owned) (nullable): waits before the next poll */
  char *seq;            /* (owned) (nullable): where the long poll goes on */
  LuoSyncState state;
  char *message;   /* (owned) (nullable) */
  GError *failure; /* (owned) (nullable): of the last pass */
  GError *soft;    /* (owned) (nullable): something stays behind while the rest is done */
} Entry;

/**
 * Run: one luo_schedule_run().
 */
typedef struct
{
  LuoSchedule *schedule;
  GHashTable *open;          /* (owned): names of spaces not at rest yet */
  GCancellable *cancellable; /* (owned) (nullable) */
  GSource *cancelled;        /* (owned) (nullable) */
  GError *error;             /* (owned) (nullable): the first */
  LuoScheduleDone done;
  gpointer user_data;
} Run;

/**
 * Pass: work handed to the pool, and its result on the way back.
 */
typedef struct
{
  LuoSchedule *schedule;
  GFunc func; /* (nullable): of luo_schedule_run_blocking() */
  gpointer data;
  Entry *entry; /* (owned): a reference */
  PassKind kind;
  LuoSpaceSync *sync;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
  gboolean retry_refused;
  gboolean settle_checkpoint;
  char *seq;     /* (owned) (nullable) */
  GError *soft;  /* (owned) (nullable) */
  GError *error; /* (owned) (nullable) */
} Pass;

struct _LuoSchedule
{
  LuoStore *store;         /* (owned) */
  GMainContext *context;   /* (owned) */
  GThreadPool *pool;       /* (owned) */
  LuoHttpSession *session; /* (owned) (nullable) */
  GHashTable *entries;     /* (owned): name → Entry */
  GPtrArray *runs;         /* (owned) (element-type Run) */
  gboolean live;
  gboolean ending;
  gint under_way; /* atomic: passes in the pool */
  LuoScheduleStatus status_func;
  gpointer user_data;
  GSource *status;  /* (owned) (nullable): waits for the next snapshot */
  gint64 status_at; /* monotonic time of the last */
  gint stale;       /* atomic: counts changed since */
};

static void go_on (Entry *entry);
static void note_status (LuoSchedule *self);

/* Sources */

static GSource *
add_timeout (LuoSchedule *self, gint64 milliseconds, GSourceFunc func, gpointer data)
{
  GSource *source = g_timeout_source_new ((guint)milliseconds);

  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, self->context);
  return source;
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Status */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
sorted_names (LuoSchedule *self)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  g_ptr_array_sort (names, compare_names);
  return names;
}

static gboolean
status_cb (gpointer user_data)
{
  LuoSchedule *self = user_data;
  LuoSyncStatus *status = luo_sync_status_new ();
  g_autoptr (GPtrArray) names = sorted_names (self);

  clear_source (&self->status);
  self->status_at = g_get_monotonic_time ();
  g_atomic_int_set (&self->stale, 0);
  for (guint i = 0; i < names->len; i++)
    {
      const Entry *entry = g_hash_table_lookup (self->entries, names->pdata[i]);
      LuoSpaceStatus *space = g_new0 (LuoSpaceStatus, 1);
      LuoSpaceCounts counts;

      luo_space_sync_get_counts (entry->sync, &counts);
      space->space = g_strdup (entry->name);
      space->state = self->session != NULL ? entry->state : LUO_SYNC_UNCONNECTED;
      space->message = g_strdup (entry->message);
      space->pulled = counts.pulled;
      space->pushed = counts.pushed;
      space->merged = counts.merged;
      space->refused = (guint64)counts.refused;
      space->conflicts = (guint64)counts.conflicts;
      space->pending = counts.pending;
      space->to_pull = counts.to_pull;
      space->wanted = counts.wanted;
      space->last_settled = counts.last_settled;
      luo_sync_status_take_space (status, space);
    }
  self->status_func (status, self->user_data);
  return G_SOURCE_REMOVE;
}

/* Lets a snapshot be made soon, and not too often. */
static void
note_status (LuoSchedule *self)
{
  gint64 since = (g_get_monotonic_time () - self->status_at) / 1000;

  if (self->status == NULL && !self->ending)
    self->status
        = add_timeout (self, CLAMP (LUO_TUNING_STATUS_MS - since, 0, LUO_TUNING_STATUS_MS), status_cb, self);
}

static gboolean
stale_cb (gpointer user_data)
{
  note_status (user_data);
  return G_SOURCE_REMOVE;
}

/* Counts of a space changed, in whatever thread. */
static void
counts_changed_cb (gpointer sync, gpointer user_data)
{
  LuoSchedule *self = user_data;

  if (g_atomic_int_compare_and_exchange (&self->stale, 0, 1))
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_callback (source, stale_cb, self, NULL);
      g_source_attach (source, self->context);
    }
}

/* Entries */

static Entry *
entry_ref (Entry *entry)
{
  return g_rc_box_acquire (entry);
}

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  luo_space_sync_unref (entry->sync);
  g_object_unref (entry->cancellable);
  g_free (entry->seq);
  g_free (entry->message);
  g_clear_error (&entry->failure);
  g_clear_error (&entry->soft);
}

static void
entry_unref (Entry *entry)
{
  g_rc_box_release_full (entry, entry_clear);
}

static void
stop_watch (Entry *entry)
{
  if (entry->watch != NULL)
    g_cancellable_cancel (entry->watch);
  g_clear_object (&entry->watch);
  clear_source (&entry->poll_later);
}

/* Out of the schedule: its passes are cancelled, and what they report does not count any more. */
static void
entry_drop (gpointer data)
{
  Entry *entry = data;

  stop_watch (entry);
  clear_source (&entry->retry);
  g_cancellable_cancel (entry->cancellable);
  entry->schedule = NULL;
  entry_unref (entry);
}

static Entry *
ensure_entry (LuoSchedule *self, const char *name)
{
  Entry *entry = g_hash_table_lookup (self->entries, name);

  if (entry != NULL)
    return entry;
  entry = g_rc_box_new0 (Entry);
  entry->schedule = self;
  entry->name = g_strdup (name);
  entry->sync = luo_space_sync_new (self->store, self->session, name);
  luo_space_sync_set_notify (entry->sync, counts_changed_cb, self);
  entry->cancellable = g_cancellable_new ();
  entry->state = self->session != NULL ? LUO_SYNC_OFFLINE : LUO_SYNC_UNCONNECTED;
  g_hash_table_insert (self->entries, entry->name, entry);
  return entry;
}

/* The names of the replica's spaces; those that are gone leave the schedule. */
static char **
list_spaces (LuoSchedule *self)
{
  g_autoptr (GPtrArray) spaces = luo_store_list_spaces (self->store, NULL);
  g_autoptr (GHashTable) present = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  for (guint i = 0; spaces != NULL && i < spaces->len; i++)
    {
      g_ptr_array_add (names, g_strdup (((LuoSpace *)spaces->pdata[i])->name));
      g_hash_table_add (present, names->pdata[names->len - 1]);
    }
  g_hash_table_iter_init (&iter, self->entries);
  while (spaces != NULL && g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (present, name))
      g_hash_table_iter_remove (&iter);
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_free (names, FALSE);
}

static void
set_state (Entry *entry, LuoSyncState state, const char *message)
{
  if (entry->state == state && g_strcmp0 (entry->message, message) == 0)
    return;
  entry->state = state;
  g_free (entry->message);
  entry->message = g_strdup (message);
  note_status (entry->schedule);
}

static gboolean
is_running (const Entry *entry)
{
  return entry->running[PASS_PULL] || entry->running[PASS_PUSH];
}

/* Runs */

static Run *
find_run (Entry *entry)
{
  LuoSchedule *self = entry->schedule;

  for (guint i = 0; i < self->runs->len; i++)
    if (g_hash_table_contains (((Run *)self->runs->pdata[i])->open, entry->name))
      return self->runs->pdata[i];
  return NULL;
}

static void
run_free (gpointer data)
{
  Run *run = data;

  clear_source (&run->cancelled);
  g_clear_object (&run->cancellable);
  g_hash_table_unref (run->open);
  g_clear_error (&run->error);
  g_free (run);
}

static void
finish_run (Run *run)
{
  g_ptr_array_remove (run->schedule->runs, run);
  /* Whoever waited for the run looks at the status next. */
  status_cb (run->schedule);
  run->done (run->error, run->user_data);
  run_free (run);
}

/* A space is at rest, or can not be: each run that waits for it learns so. @error (nullable) stays the caller's. */
static void
leave_runs (Entry *entry, const GError *error)
{
  LuoSchedule *self = entry->schedule;
  guint i = 0;

  while (i < self->runs->len)
    {
      Run *run = self->runs->pdata[i];

      if (g_hash_table_remove (run->open, entry->name))
        {
          if (error != NULL && run->error == NULL)
            run->error = g_error_copy (error);
          if (g_hash_table_size (run->open) == 0)
            {
              finish_run (run);
              continue;
            }
        }
      i++;
    }
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

/* In a thread of the pool. */
static void
work (gpointer data, gpointer user_data)
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
start_pass (Entry *entry, PassKind kind)
{
  LuoSchedule *self = entry->schedule;
  Pass *pass = g_new0 (Pass, 1);

  pass->schedule = self;
  pass->entry = entry_ref (entry);
  pass->kind = kind;
  pass->sync = luo_space_sync_ref (entry->sync);
  pass->cancellable = g_object_ref (entry->cancellable);
  /* A single run leaves the checkpoints as far as it came; live work writes them now and then. */
  pass->settle_checkpoint = find_run (entry) != NULL;
  if (kind == PASS_PUSH)
    {
      pass->retry_refused = entry->retry_refused;
      entry->retry_refused = FALSE;
    }
  entry->due[kind] = FALSE;
  entry->running[kind] = TRUE;
  g_atomic_int_inc (&self->under_way);
  g_thread_pool_push (self->pool, pass, NULL);
}

void
luo_schedule_run_blocking (LuoSchedule *self, GFunc func, gpointer data)
{
  Pass *pass = g_new0 (Pass, 1);

  pass->schedule = self;
  pass->func = func;
  pass->data = data;
  g_atomic_int_inc (&self->under_way);
  g_thread_pool_push (self->pool, pass, NULL);
}

/* Long polls, and waiting */

static gboolean
retry_cb (gpointer user_data)
{
  Entry *entry = user_data;

  clear_source (&entry->retry);
  entry->due[PASS_PULL] = entry->due[PASS_PUSH] = TRUE;
  go_on (entry);
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
  Entry *entry = user_data;

  clear_source (&entry->poll_later);
  entry->due[PASS_PULL] = TRUE;
  go_on (entry);
  return G_SOURCE_REMOVE;
}

/* After a poll: another one where it came to its time, else a pull, which finds out what changed or why the poll broke. */
static void
take_poll (Entry *entry, const LuoHttpReply *reply)
{
  gboolean quick = g_get_monotonic_time () - entry->watch_began < G_USEC_PER_SEC;
  gboolean signed_out = reply != NULL && reply->status == 401;
  int rows = count_rows (reply);

  entry->quick_polls = quick ? entry->quick_polls + 1 : 0;
  if (rows == 0 && !quick)
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
    entry->poll_later = add_timeout (entry->schedule, LUO_TUNING_BACKOFF_MS, poll_later_cb, entry);
  else
    entry->due[PASS_PULL] = TRUE;
  go_on (entry);
}

static void
watch_cb (LuoHttpReply *reply, const GError *error, gpointer user_data)
{
  Entry *entry = user_data;

  /* The entry was dropped, or the poll ended because it was not wanted any more. */
  if (entry->schedule != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_object (&entry->watch);
      take_poll (entry, reply);
    }
  entry_unref (entry);
}

static void
start_watch (Entry *entry)
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
  entry->watch_began = g_get_monotonic_time ();
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

static void
fail_entry (Entry *entry)
{
  LuoSchedule *self = entry->schedule;
  gboolean transient = is_transient (entry->failure);
  gboolean reached = luo_http_session_was_reached (self->session);
  gint64 wait;

  stop_watch (entry);
  entry->pulled_once = FALSE;
  entry->failures++;
  entry->due[PASS_PULL] = entry->due[PASS_PUSH] = FALSE;
  set_state (entry, transient ? LUO_SYNC_OFFLINE : LUO_SYNC_STUCK, entry->failure->message);

  /* A run waits for a connection that broke, not for a server that is not there. */
  if (find_run (entry) != NULL && transient && reached && entry->failures < LUO_TUNING_RUN_TRIES)
    wait = (gint64)LUO_TUNING_RUN_WAIT_MS << (entry->failures - 1);
  else
    {
      leave_runs (entry, entry->failure);
      if (!self->live)
        return;
      wait = transient ? MIN (LUO_TUNING_BACKOFF_MAX_MS,
                              (gint64)LUO_TUNING_BACKOFF_MS << MIN (entry->failures - 1, 16))
                       : LUO_TUNING_STUCK_RETRY_MS;
    }
  clear_source (&entry->retry);
  entry->retry
      = add_timeout (self, wait / 2 + g_random_int_range (0, (gint32)(wait / 2 + 1)), retry_cb, entry);
}

/* Nothing is due: the space is at rest, or something stays that needs a person. */
static void
settle_entry (Entry *entry)
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
  leave_runs (entry, error);
}

/* What a space does next. */
static void
go_on (Entry *entry)
{
  LuoSchedule *self = entry->schedule;
  gboolean wanted;

  if (self->ending || entry->retry != NULL)
    return;
  if (entry->due[PASS_COUNT] && !entry->running[PASS_COUNT])
    start_pass (entry, PASS_COUNT);

  wanted = self->session != NULL && (self->live || find_run (entry) != NULL);
  if (!wanted)
    return;
  if (entry->due[PASS_PULL] && !entry->running[PASS_PULL])
    {
      stop_watch (entry);
      start_pass (entry, PASS_PULL);
    }
  /* What is saved while a long pull is under way goes out beside it; the first push waits for what the pull may bring. */
  if (entry->due[PASS_PUSH] && !entry->running[PASS_PUSH]
      && ((!entry->running[PASS_PULL] && !entry->due[PASS_PULL]) || (self->live && entry->pulled_once)))
    start_pass (entry, PASS_PUSH);

  if (is_running (entry))
    {
      if (entry->state != LUO_SYNC_STUCK || find_run (entry) != NULL)
        set_state (entry, LUO_SYNC_ACTIVE, NULL);
      if (self->live && entry->watch == NULL && entry->poll_later == NULL && !entry->running[PASS_PULL]
          && entry->pulled_once && entry->seq != NULL)
        start_watch (entry);
      return;
    }
  settle_entry (entry);
  if (self->live && entry->watch == NULL && entry->poll_later == NULL && entry->pulled_once
      && entry->seq != NULL)
    start_watch (entry);
}

static void
take_result (Entry *entry, Pass *pass)
{
  LuoSpaceCounts counts;

  entry->running[pass->kind] = FALSE;
  if (pass->kind == PASS_COUNT)
    {
      note_status (entry->schedule);
      go_on (entry);
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
      if (is_running (entry))
        return;
      if (g_error_matches (entry->failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          set_state (entry, LUO_SYNC_OFFLINE, NULL);
          leave_runs (entry, entry->failure);
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
  go_on (entry);
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

/* From outside */

LuoSchedule *
luo_schedule_new (LuoStore *store, LuoScheduleStatus status_func, gpointer user_data)
{
  LuoSchedule *self = g_new0 (LuoSchedule, 1);
  g_auto (GStrv) names = NULL;

  self->store = g_object_ref (store);
  self->context = g_main_context_ref_thread_default ();
  self->pool = g_thread_pool_new (work, self, LUO_TUNING_PASSES, FALSE, NULL);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_drop);
  self->runs = g_ptr_array_new ();
  self->status_func = status_func;
  self->user_data = user_data;
  names = list_spaces (self);
  for (guint i = 0; names[i] != NULL; i++)
    {
      Entry *entry = ensure_entry (self, names[i]);

      entry->due[PASS_COUNT] = TRUE;
      go_on (entry);
    }
  note_status (self);
  return self;
}

LuoHttpSession *
luo_schedule_get_session (LuoSchedule *self)
{
  return self->session;
}

static void
fail_runs (LuoSchedule *self)
{
  while (self->runs->len > 0)
    {
      Run *run = self->runs->pdata[0];

      if (run->error == NULL)
        run->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Reconciling was stopped."));
      finish_run (run);
    }
}

void
luo_schedule_set_session (LuoSchedule *self, LuoHttpSession *session)
{
  g_auto (GStrv) names = NULL;

  fail_runs (self);
  g_hash_table_remove_all (self->entries);
  if (self->session != NULL)
    luo_http_session_abort (self->session);
  g_clear_pointer (&self->session, luo_http_session_unref);
  self->session = session;
  names = list_spaces (self);
  for (guint i = 0; names[i] != NULL; i++)
    {
      Entry *entry = ensure_entry (self, names[i]);

      entry->due[PASS_COUNT] = TRUE;
      entry->due[PASS_PULL] = entry->due[PASS_PUSH] = self->live;
      go_on (entry);
    }
  note_status (self);
}

static gboolean
run_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Run *run = user_data;
  LuoSchedule *self = run->schedule;
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, run->open);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      Entry *entry = g_hash_table_lookup (self->entries, name);

      if (entry == NULL || self->live)
        continue;
      g_cancellable_cancel (entry->cancellable);
      g_object_unref (entry->cancellable);
      entry->cancellable = g_cancellable_new ();
      entry->due[PASS_PULL] = entry->due[PASS_PUSH] = FALSE;
      clear_source (&entry->retry);
    }
  if (run->error == NULL)
    g_set_error_literal (&run->error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Reconciling was stopped."));
  finish_run (run);
  return G_SOURCE_REMOVE;
}

void
luo_schedule_run (LuoSchedule *self, const char *const *spaces, GCancellable *cancellable,
                  LuoScheduleDone done, gpointer user_data)
{
  g_auto (GStrv) all = list_spaces (self);
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  Run *run = g_new0 (Run, 1);

  run->schedule = self;
  run->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  run->done = done;
  run->user_data = user_data;
  g_ptr_array_add (self->runs, run);
  if (spaces == NULL)
    spaces = (const char *const *)all;

  if (self->session == NULL)
    g_set_error_literal (&run->error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE,
                         _ ("No server has been set."));
  for (guint i = 0; run->error == NULL && spaces[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *)all, spaces[i]))
      g_set_error (&run->error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_REPLICA,
                   _ ("There is no space “%s” here."), spaces[i]);
  if (run->error != NULL || spaces[0] == NULL)
    {
      finish_run (run);
      return;
    }

  if (cancellable != NULL)
    {
      run->cancellable = g_object_ref (cancellable);
      run->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (run->cancelled, G_SOURCE_FUNC (run_cancelled_cb), run, NULL);
      g_source_attach (run->cancelled, self->context);
    }
  for (guint i = 0; spaces[i] != NULL; i++)
    {
      Entry *entry = ensure_entry (self, spaces[i]);

      g_hash_table_add (run->open, g_strdup (spaces[i]));
      luo_space_sync_begin_run (entry->sync);
      clear_source (&entry->retry);
      entry->failures = 0;
      entry->rounds = 0;
      entry->retry_refused = TRUE;
      entry->due[PASS_PULL] = entry->due[PASS_PUSH] = TRUE;
      g_ptr_array_add (entries, entry);
    }
  for (guint i = 0; i < entries->len; i++)
    go_on (entries->pdata[i]);
}

void
luo_schedule_nudge (LuoSchedule *self, gboolean by_person)
{
  g_auto (GStrv) names = list_spaces (self);

  for (guint i = 0; names[i] != NULL; i++)
    {
      Entry *entry = ensure_entry (self, names[i]);

      clear_source (&entry->retry);
      entry->failures = 0;
      entry->rounds = 0;
      entry->retry_refused = entry->retry_refused || by_person;
      entry->due[PASS_COUNT] = TRUE;
      entry->due[PASS_PULL] = entry->due[PASS_PUSH] = TRUE;
      go_on (entry);
    }
}

void
luo_schedule_start (LuoSchedule *self)
{
  GHashTableIter iter;
  gpointer entry;

  if (self->live)
    return;
  self->live = TRUE;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    luo_space_sync_begin_run (((Entry *)entry)->sync);
  luo_schedule_nudge (self, FALSE);
}

void
luo_schedule_stop (LuoSchedule *self)
{
  GHashTableIter iter;
  gpointer value;

  self->live = FALSE;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      stop_watch (entry);
      if (find_run (entry) != NULL)
        continue;
      clear_source (&entry->retry);
      entry->due[PASS_PULL] = entry->due[PASS_PUSH] = FALSE;
      g_cancellable_cancel (entry->cancellable);
      g_object_unref (entry->cancellable);
      entry->cancellable = g_cancellable_new ();
    }
}

gboolean
luo_schedule_is_busy (LuoSchedule *self)
{
  return g_atomic_int_get (&self->under_way) > 0;
}

void
luo_schedule_note_written (LuoSchedule *self, const char *space)
{
  Entry *entry = g_hash_table_lookup (self->entries, space);

  if (entry == NULL)
    {
      g_auto (GStrv) names = list_spaces (self);

      if (!g_strv_contains ((const char *const *)names, space))
        return;
      entry = ensure_entry (self, space);
      entry->due[PASS_PULL] = self->live;
    }
  /* What a pull writes is not to be sent; its end looks for what is. */
  if (self->live && self->session != NULL && !(entry->running[PASS_PULL] && !entry->pulled_once))
    entry->due[PASS_PUSH] = TRUE;
  else if (!is_running (entry))
    entry->due[PASS_COUNT] = TRUE;
  go_on (entry);
}

void
luo_schedule_shut_down (LuoSchedule *self)
{
  luo_schedule_stop (self);
  fail_runs (self);
  self->ending = TRUE;
  clear_source (&self->status);
  g_hash_table_remove_all (self->entries);
  if (self->session != NULL)
    luo_http_session_abort (self->session);
  while (luo_schedule_is_busy (self))
    g_main_context_iteration (self->context, TRUE);
  g_thread_pool_free (self->pool, FALSE, TRUE);
  /* Polls that were cut report once more. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_clear_pointer (&self->session, luo_http_session_unref);
  g_hash_table_unref (self->entries);
  g_ptr_array_unref (self->runs);
  g_object_unref (self->store);
  g_main_context_unref (self->context);
  g_free (self);
}
