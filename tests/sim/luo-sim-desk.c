/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-attachment.h"
#include "luo-sim-private.h"
#include "luo-space-entry-private.h"
#include "luo-store-sync.h"

LuoSimDesk *
luo_sim_desk_new (LuoSim *sim, guint number)
{
  LuoSimDesk *self = g_new0 (LuoSimDesk, 1);

  self->sim = sim;
  self->number = number;
  self->name = g_strdup_printf ("desk%u", number);
  self->folder = g_build_filename (sim->folder, self->name, NULL);
  self->disk = luo_sim_disk_new (self->folder);
  self->context = g_main_context_new ();
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->passes);
  return self;
}

void
luo_sim_desk_free (LuoSimDesk *self)
{
  luo_sim_desk_stop (self);
  luo_sim_disk_free (self->disk);
  g_main_context_unref (self->context);
  g_hash_table_unref (self->seen);
  g_free (self->name);
  g_free (self->folder);
  g_free (self);
}

static void
status_cb (LuoSyncStatus *status, gpointer user_data)
{
  LuoSimDesk *self = user_data;

  g_clear_pointer (&self->status, luo_sync_status_free);
  self->status = status;
}

static void
pass_cb (LuoSchedule *schedule, gpointer pass, gpointer user_data)
{
  g_queue_push_tail (&((LuoSimDesk *)user_data)->passes, pass);
}

/* What a space looks like to whoever watches for changes. */
static char *
describe_space (const LuoSpace *space)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                          " %" G_GINT64_FORMAT,
                          space->seq, space->pending, space->conflicts, space->refused, space->wanted);
}

/* The space that changed since the schedule was told; NULL where none. */
static char *
find_written (LuoSimDesk *self, gboolean note)
{
  guint64 steps = luo_sim_disk_get_steps (self->disk);
  g_autoptr (GPtrArray) spaces = NULL;

  /* What changes a space writes to the disk. */
  if (steps == self->told_steps)
    return NULL;
  spaces = luo_store_list_spaces (self->store, NULL);
  for (guint i = 0; spaces != NULL && i < spaces->len; i++)
    {
      const LuoSpace *space = spaces->pdata[i];
      g_autofree char *now = describe_space (space);

      if (g_strcmp0 (g_hash_table_lookup (self->seen, space->name), now) == 0)
        continue;
      if (note)
        g_hash_table_insert (self->seen, g_strdup (space->name), g_steal_pointer (&now));
      return g_strdup (space->name);
    }
  if (spaces != NULL)
    self->told_steps = steps;
  return NULL;
}

/* Whether an edit that was being saved when the program died is there. */
static gboolean
decide (const char *space, const char *id, const char *const *tokens, const char *before, gpointer user_data)
{
  LuoSimDesk *self = user_data;
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (self->store, space, id, NULL);
  gboolean there = tokens[0] == NULL;

  for (guint i = 0; leaves != NULL && i < leaves->len; i++)
    {
      const char *body = luo_document_get_body (leaves->pdata[i], NULL);
      const char *stubs = luo_document_get_attachments (leaves->pdata[i]);
      g_autofree char *text = g_strconcat (body, "\n", stubs != NULL ? stubs : "", NULL);
      gboolean all = !luo_document_get_deleted (leaves->pdata[i]);

      if (tokens[0] == NULL)
        {
          there = there && (!all || strcmp (text, before) != 0);
          continue;
        }
      for (guint j = 0; tokens[j] != NULL; j++)
        all = all && strstr (text, tokens[j]) != NULL;
      there = there || all;
    }
  return there;
}

void
luo_sim_desk_start (LuoSimDesk *self)
{
  LuoSim *sim = self->sim;
  LuoSimDesk *actor = luo_sim_set_actor (sim, self);
  g_autoptr (GMainContext) deaf = g_main_context_new ();
  g_autoptr (GError) error = NULL;

  if (self->store == NULL)
    {
      luo_sim_note (sim, "%s starts", self->name);
      /* Nobody here listens to LuoStore::changed. */
      g_main_context_push_thread_default (deaf);
      self->store = luo_store_open (self->folder, LUO_STORE_DEFAULT, &error);
      g_main_context_pop_thread_default (deaf);
      if (self->store == NULL)
        luo_sim_fail (sim, "%s can not open its replica: %s", self->name, error->message);
      for (guint i = 0; sim->spaces[i] != NULL; i++)
        if (!luo_store_create_space (self->store, sim->spaces[i], &error)
            && !g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS))
          luo_sim_fail (sim, "%s can not make a space: %s", self->name, error->message);
        else
          g_clear_error (&error);
      luo_sim_ledger_settle (sim->ledger, self->number, decide, self);

      g_main_context_push_thread_default (self->context);
      self->schedule = luo_schedule_new (self->store, status_cb, self, pass_cb, self);
      luo_schedule_set_session (self->schedule, luo_sim_network_connect (self));
      luo_schedule_start (self->schedule);
      g_main_context_pop_thread_default (self->context);
    }
  luo_sim_set_actor (sim, actor);
}

static void
run_pass (LuoSimDesk *self)
{
  gpointer pass = g_queue_pop_head (&self->passes);

  self->depth++;
  luo_space_entry_work (pass, self->schedule);
  self->depth--;
}

void
luo_sim_desk_stop (LuoSimDesk *self)
{
  LuoSim *sim = self->sim;
  LuoSimDesk *actor = luo_sim_set_actor (sim, self);

  g_assert (self->depth == 0);
  if (self->store != NULL)
    {
      luo_sim_note (sim, "%s %s", self->name, luo_sim_disk_is_dead (self->disk) ? "is gone" : "ends");
      self->ending = TRUE;
      g_main_context_push_thread_default (self->context);
      luo_schedule_stop (self->schedule);
      /* Passes that have not begun come to nothing. */
      while (luo_schedule_is_busy (self->schedule))
        if (!g_queue_is_empty (&self->passes))
          run_pass (self);
        else
          g_main_context_iteration (self->context, FALSE);
      luo_schedule_shut_down (g_steal_pointer (&self->schedule));
      g_main_context_pop_thread_default (self->context);
      if (self->runs > 0)
        luo_sim_fail (sim, "%s: %u runs never ended", self->name, self->runs);
      luo_store_close (self->store);
      g_assert_finalize_object (g_steal_pointer (&self->store));
    }
  g_clear_pointer (&self->status, luo_sync_status_free);
  g_hash_table_remove_all (self->seen);
  self->told_steps = 0;
  self->ending = FALSE;
  /* It may have died while it ended. */
  if (luo_sim_disk_is_dead (self->disk))
    luo_sim_disk_revive (self->disk, g_rand_boolean (sim->disk_rand), sim->disk_rand);
  luo_sim_set_actor (sim, actor);
}

gboolean
luo_sim_desk_works (LuoSimDesk *self)
{
  return self->store != NULL && !self->ending && !luo_sim_disk_is_dead (self->disk);
}

gboolean
luo_sim_desk_is_ready (LuoSimDesk *self)
{
  g_autofree char *written = NULL;
  LuoSimDesk *actor;
  gboolean pending;

  if (!luo_sim_desk_works (self))
    return FALSE;
  /* A pass within a pass of the same desk waits where the server is busy and lets only one request out. */
  if (!g_queue_is_empty (&self->passes) && (self->depth == 0 || self->sim->faults.busy == 0))
    return TRUE;
  actor = luo_sim_set_actor (self->sim, self);
  pending = g_main_context_pending (self->context);
  luo_sim_set_actor (self->sim, actor);
  if (pending)
    return TRUE;
  written = find_written (self, FALSE);
  return written != NULL;
}

void
luo_sim_desk_advance (LuoSimDesk *self)
{
  LuoSimDesk *actor = luo_sim_set_actor (self->sim, self);
  gboolean may_pass = !g_queue_is_empty (&self->passes) && (self->depth == 0 || self->sim->faults.busy == 0);
  g_autofree char *written = NULL;

  g_main_context_push_thread_default (self->context);
  if (may_pass && luo_sim_chance (self->sim, 600))
    run_pass (self);
  else if (g_main_context_pending (self->context))
    g_main_context_iteration (self->context, FALSE);
  else if (may_pass)
    run_pass (self);
  else if ((written = find_written (self, TRUE)) != NULL)
    luo_schedule_note_written (self->schedule, written);
  g_main_context_pop_thread_default (self->context);
  luo_sim_set_actor (self->sim, actor);
}

int
luo_sim_desk_next_timer (LuoSimDesk *self)
{
  GPollFD fds[8];
  int priority;
  int timeout = -1;

  if (!luo_sim_desk_works (self) || !g_main_context_acquire (self->context))
    return -1;
  g_main_context_prepare (self->context, &priority);
  g_main_context_query (self->context, G_MAXINT, &timeout, fds, G_N_ELEMENTS (fds));
  g_main_context_release (self->context);
  return timeout;
}

gboolean
luo_sim_desk_is_settled (LuoSimDesk *self, gboolean may_be_refused)
{
  if (self->status == NULL || self->status->spaces->len == 0 || luo_schedule_is_busy (self->schedule))
    return FALSE;
  for (guint i = 0; i < self->status->spaces->len; i++)
    {
      const LuoSpaceStatus *space = self->status->spaces->pdata[i];
      gboolean refused = may_be_refused && space->state == LUO_SYNC_STUCK && space->refused > 0
                         && space->pending <= (gint64)space->refused;

      if (!refused && (space->state != LUO_SYNC_SETTLED || space->pending > 0 || space->wanted > 0))
        return FALSE;
    }
  return TRUE;
}

void
luo_sim_desk_nudge (LuoSimDesk *self)
{
  LuoSimDesk *actor = luo_sim_set_actor (self->sim, self);

  luo_sim_note (self->sim, "%s: reconcile now", self->name);
  g_main_context_push_thread_default (self->context);
  luo_schedule_nudge (self->schedule, TRUE);
  g_main_context_pop_thread_default (self->context);
  luo_sim_set_actor (self->sim, actor);
}

static void
run_done_cb (const GError *error, gpointer user_data)
{
  LuoSimDesk *self = user_data;

  self->runs--;
  luo_sim_note (self->sim, "%s: a run ended%s", self->name, error != NULL ? " with an error" : "");
}

void
luo_sim_desk_run (LuoSimDesk *self)
{
  LuoSimDesk *actor = luo_sim_set_actor (self->sim, self);

  luo_sim_note (self->sim, "%s: a run", self->name);
  self->runs++;
  g_main_context_push_thread_default (self->context);
  luo_schedule_run (self->schedule, NULL, NULL, run_done_cb, self);
  g_main_context_pop_thread_default (self->context);
  luo_sim_set_actor (self->sim, actor);
}
