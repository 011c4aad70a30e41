/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-schedule-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-clock.h"
#include "luo-replication-tuning.h"
#include "luo-replicator.h"
#include "luo-server-private.h"
#include "luo-space-entry-private.h"

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

/* Sources */

GSource *
luo_schedule_add_timeout (LuoSchedule *self, gint64 milliseconds, GSourceFunc func, gpointer data)
{
  GSource *source = luo_clock_timeout_new (milliseconds);

  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, self->context);
  return source;
}

void
luo_schedule_clear_source (GSource **source)
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

  luo_schedule_clear_source (&self->status);
  self->status_at = luo_clock_get_monotonic ();
  g_atomic_int_set (&self->stale, 0);
  for (guint i = 0; i < names->len; i++)
    {
      const LuoSpaceEntry *entry = g_hash_table_lookup (self->entries, names->pdata[i]);
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
      space->pending = counts.pending - counts.entries_pending;
      space->to_pull = counts.to_pull;
      space->wanted = counts.wanted;
      space->last_settled = counts.last_settled;
      luo_sync_status_take_space (status, space);
    }
  self->status_func (status, self->user_data);
  return G_SOURCE_REMOVE;
}

/* Lets a snapshot be made soon, and not too often. */
void
luo_schedule_note_status (LuoSchedule *self)
{
  gint64 since = (luo_clock_get_monotonic () - self->status_at) / 1000;

  if (self->status == NULL && !self->ending)
    self->status = luo_schedule_add_timeout (
        self, CLAMP (LUO_TUNING_STATUS_MS - since, 0, LUO_TUNING_STATUS_MS), status_cb, self);
}

static gboolean
stale_cb (gpointer user_data)
{
  luo_schedule_note_status (user_data);
  return G_SOURCE_REMOVE;
}

/* Counts of a space changed, in whatever thread. */
void
luo_schedule_counts_changed_cb (gpointer sync, gpointer user_data)
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

static LuoSpaceEntry *
ensure_entry (LuoSchedule *self, const char *name)
{
  LuoSpaceEntry *entry = g_hash_table_lookup (self->entries, name);

  if (entry == NULL)
    {
      entry = luo_space_entry_new (self, name);
      g_hash_table_insert (self->entries, entry->name, entry);
    }
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

/* Runs */

gboolean
luo_schedule_has_run (LuoSchedule *self, const char *space)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (g_hash_table_contains (((Run *)self->runs->pdata[i])->open, space))
      return TRUE;
  return FALSE;
}

static void
run_free (gpointer data)
{
  Run *run = data;

  luo_schedule_clear_source (&run->cancelled);
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

void
luo_schedule_leave_runs (LuoSchedule *self, const char *space, const GError *error)
{
  guint i = 0;

  while (i < self->runs->len)
    {
      Run *run = self->runs->pdata[i];

      if (g_hash_table_remove (run->open, space))
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

/* From outside */

LuoSchedule *
luo_schedule_new (LuoStore *store, LuoScheduleStatus status_func, gpointer user_data,
                  LuoScheduleExecutor executor, gpointer executor_data)
{
  LuoSchedule *self = g_new0 (LuoSchedule, 1);
  g_auto (GStrv) names = NULL;

  self->store = g_object_ref (store);
  self->context = g_main_context_ref_thread_default ();
  self->pool = g_thread_pool_new (luo_space_entry_work, self, LUO_TUNING_PASSES, FALSE, NULL);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, luo_space_entry_drop);
  self->runs = g_ptr_array_new ();
  self->status_func = status_func;
  self->user_data = user_data;
  self->executor = executor;
  self->executor_data = executor_data;
  names = list_spaces (self);
  for (guint i = 0; names[i] != NULL; i++)
    {
      LuoSpaceEntry *entry = ensure_entry (self, names[i]);

      entry->due[PASS_COUNT] = TRUE;
      luo_space_entry_go_on (entry);
    }
  luo_schedule_note_status (self);
  return self;
}

void
luo_schedule_push_pass (LuoSchedule *self, gpointer pass)
{
  g_atomic_int_inc (&self->under_way);
  if (self->executor != NULL)
    self->executor (self, pass, self->executor_data);
  else
    g_thread_pool_push (self->pool, pass, NULL);
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

/* Spaces that became readable */

/**
 * Discovery: one look at what the server lets this user read.
 */
typedef struct
{
  LuoStore *store;         /* (owned) */
  LuoHttpSession *session; /* (owned) */
} Discovery;

/* In a thread of the pool. What is made here comes back as written, and is pulled then. */
static void
discover (gpointer data, gpointer unused)
{
  Discovery *discovery = data;
  g_autofree char *wanted = luo_store_get_meta (discovery->store, LUO_META_SPACES, NULL);
  g_auto (GStrv) names = NULL;

  if (g_strcmp0 (wanted, LUO_META_SPACES_ALL) == 0)
    names = luo_server_list_spaces (discovery->session, NULL, NULL);
  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    luo_store_create_space (discovery->store, names[i], NULL);
  luo_http_session_unref (discovery->session);
  g_object_unref (discovery->store);
  g_free (discovery);
}

static gboolean
discover_cb (gpointer user_data)
{
  LuoSchedule *self = user_data;
  Discovery *discovery;

  luo_schedule_clear_source (&self->discover);
  if (!self->live || self->session == NULL || self->ending)
    return G_SOURCE_REMOVE;
  discovery = g_new0 (Discovery, 1);
  discovery->store = g_object_ref (self->store);
  discovery->session = luo_http_session_ref (self->session);
  luo_schedule_run_blocking (self, discover, discovery);
  self->discover = luo_schedule_add_timeout (self, LUO_TUNING_DISCOVER_MS, discover_cb, self);
  return G_SOURCE_REMOVE;
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
      LuoSpaceEntry *entry = ensure_entry (self, names[i]);

      entry->due[PASS_COUNT] = TRUE;
      entry->due[PASS_PULL] = entry->due[PASS_PUSH] = self->live;
      luo_space_entry_go_on (entry);
    }
  discover_cb (self);
  luo_schedule_note_status (self);
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
      LuoSpaceEntry *entry = g_hash_table_lookup (self->entries, name);

      if (entry != NULL && !self->live)
        luo_space_entry_stop (entry);
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
      LuoSpaceEntry *entry = ensure_entry (self, spaces[i]);

      g_hash_table_add (run->open, g_strdup (spaces[i]));
      luo_space_sync_begin_run (entry->sync);
      luo_schedule_clear_source (&entry->retry);
      entry->failures = 0;
      entry->rounds = 0;
      entry->retry_refused = TRUE;
      entry->due[PASS_PULL] = entry->due[PASS_PUSH] = TRUE;
      g_ptr_array_add (entries, entry);
    }
  for (guint i = 0; i < entries->len; i++)
    luo_space_entry_go_on (entries->pdata[i]);
}

void
luo_schedule_nudge (LuoSchedule *self, gboolean by_person)
{
  g_auto (GStrv) names = list_spaces (self);

  for (guint i = 0; names[i] != NULL; i++)
    {
      LuoSpaceEntry *entry = ensure_entry (self, names[i]);

      luo_schedule_clear_source (&entry->retry);
      luo_space_sync_doubt (entry->sync);
      entry->failures = 0;
      entry->rounds = 0;
      entry->retry_refused = entry->retry_refused || by_person;
      entry->due[PASS_COUNT] = TRUE;
      entry->due[PASS_PULL] = entry->due[PASS_PUSH] = TRUE;
      luo_space_entry_go_on (entry);
    }
  discover_cb (self);
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
    luo_space_sync_begin_run (((LuoSpaceEntry *)entry)->sync);
  luo_schedule_nudge (self, FALSE);
}

void
luo_schedule_stop (LuoSchedule *self)
{
  GHashTableIter iter;
  gpointer value;

  self->live = FALSE;
  luo_schedule_clear_source (&self->discover);
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LuoSpaceEntry *entry = value;

      luo_space_entry_stop_watch (entry);
      if (luo_schedule_has_run (self, entry->name))
        continue;
      luo_space_entry_stop (entry);
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
  LuoSpaceEntry *entry = g_hash_table_lookup (self->entries, space);

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
  /* Passes count when they end; where none can begin now, counting is all there is. */
  if (!luo_space_entry_is_running (entry) && (entry->retry != NULL || !entry->due[PASS_PUSH]))
    entry->due[PASS_COUNT] = TRUE;
  luo_space_entry_go_on (entry);
}

void
luo_schedule_shut_down (LuoSchedule *self)
{
  luo_schedule_stop (self);
  fail_runs (self);
  self->ending = TRUE;
  luo_schedule_clear_source (&self->status);
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
