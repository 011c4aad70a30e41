/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luo-attachment.h"
#include "luo-clock.h"
#include "luo-pipeline-private.h"
#include "luo-sim-entropy.h"
#include "luo-sim-private.h"
#include "luo-writer.h"

/* Lines of the trace that are kept for a failure. */
#define TRACE_LINES 120
/* The time of day at which each run begins: 2020-08-01. */
#define BEGINNING (G_GINT64_CONSTANT (1596240000) * G_USEC_PER_SEC)
/* So much may happen until everything is at rest, and so long may it take in the run's time; far more than is ever needed. */
#define SETTLE_STEPS 20000
#define SETTLE_TIME (G_GINT64_CONSTANT (3) * 3600 * G_USEC_PER_SEC)
/* So long nothing may be written once it is. */
#define REST_TIME (G_GINT64_CONSTANT (10) * 60 * G_USEC_PER_SEC)
#define DAY (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

static const char *const space_names[] = { "city", "huanggu", NULL };

static LuoSim *running;   /* (nullable) */
static LuoSimDesk *actor; /* (nullable): NULL is the hub */

static gint64
sim_monotonic (void)
{
  return running->now;
}

static gint64
sim_real (void)
{
  return BEGINNING + running->now + (actor != NULL ? actor->skew : running->hub_skew);
}

LuoSimDesk *
luo_sim_set_actor (LuoSim *self, LuoSimDesk *desk)
{
  LuoSimDesk *before = actor;

  actor = desk;
  return before;
}

void
luo_sim_note (LuoSim *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  char *line;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strdup_printf ("%10.3f %*s%s", (double)self->now / G_USEC_PER_SEC, (int)(2 * self->depth), "",
                          text);
  g_checksum_update (self->hash, (const guchar *)line, -1);
  self->lines++;
  if (self->verbose)
    printf ("%s\n", line);
  g_queue_push_tail (&self->trace, line);
  if (self->trace.length > TRACE_LINES)
    g_free (g_queue_pop_head (&self->trace));
}

static void
print_trace (LuoSim *self)
{
  if (!self->verbose)
    for (GList *item = self->trace.head; item != NULL; item = item->next)
      printf ("%s\n", (const char *)item->data);
}

void
luo_sim_fail (LuoSim *self, const char *format, ...)
{
  va_list args;

  print_trace (self);
  printf ("seed %u FAILED: ", self->seed);
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  printf ("\n");
  fflush (stdout);
  _Exit (LUO_SIM_FAILED);
}

gboolean
luo_sim_chance (LuoSim *self, guint per_mille)
{
  return per_mille > 0 && (guint)g_rand_int_range (self->rand, 0, 1000) < per_mille;
}

guint
luo_sim_pick (LuoSim *self, guint n)
{
  return (guint)g_rand_int_range (self->rand, 0, (gint32)n);
}

/* --- What happens ------------------------------------------------------------------------------------- */

/* Something that waits to be done is done. FALSE where nothing waits. */
static gboolean
advance_machine (LuoSim *self)
{
  guint n = self->n_desks + 1;
  guint first = luo_sim_pick (self, n);

  for (guint i = 0; i < n; i++)
    {
      guint which = (first + i) % n;

      if (which == self->n_desks ? luo_sim_network_is_ready (self)
                                 : luo_sim_desk_is_ready (self->desks[which]))
        {
          if (which == self->n_desks)
            luo_sim_network_advance (self);
          else
            luo_sim_desk_advance (self->desks[which]);
          return TRUE;
        }
    }
  return FALSE;
}

/* Time passes, up to the next timer where nothing else is to be done. */
static void
advance_clock (LuoSim *self, gint64 most)
{
  int next = luo_sim_network_next_timer (self);

  for (guint i = 0; i < self->n_desks; i++)
    {
      int timer = luo_sim_desk_next_timer (self->desks[i]);

      if (timer >= 0 && (next < 0 || timer < next))
        next = timer;
    }
  self->now += next >= 0 ? CLAMP ((gint64)next * 1000, 1000, most) : most;
}

static gint64
wrong_by (LuoSim *self)
{
  return ((gint64)luo_sim_pick (self, 21) - 10) * DAY + (gint64)luo_sim_pick (self, 86400) * G_USEC_PER_SEC;
}

/* Something goes wrong with a machine, or is made good. */
static void
disturb (LuoSim *self)
{
  LuoSimDesk *desk = self->desks[luo_sim_pick (self, self->n_desks)];
  const LuoSimFaults *faults = &self->faults;

  if (luo_sim_chance (self, faults->partition))
    {
      desk->partitioned = !desk->partitioned;
      luo_sim_note (self, "%s is %s", desk->name, desk->partitioned ? "cut off" : "connected");
    }
  if (luo_sim_chance (self, faults->kill_desk) && desk->store != NULL)
    luo_sim_disk_set_fuse (desk->disk, 1 + luo_sim_pick (self, 40));
  if (luo_sim_chance (self, faults->remake))
    luo_sim_hub_remake (self, self->spaces[luo_sim_pick (self, 2)]);
  if (luo_sim_chance (self, faults->rights))
    luo_sim_hub_set_rights (self, desk, luo_sim_chance (self, 400));
  if (luo_sim_chance (self, faults->clock))
    {
      if (luo_sim_chance (self, 300))
        self->hub_skew = wrong_by (self);
      else
        desk->skew = wrong_by (self);
    }
}

void
luo_sim_step (LuoSim *self)
{
  LuoSimDesk *desk = self->desks[luo_sim_pick (self, self->n_desks)];

  if (self->quiet)
    {
      advance_machine (self);
      return;
    }
  self->now += luo_sim_pick (self, 50000);
  if (luo_sim_chance (self, 550) && advance_machine (self))
    return;
  switch (luo_sim_pick (self, 8))
    {
    case 0:
    case 1:
    case 2:
      if (luo_sim_desk_works (desk) && !self->still)
        luo_sim_edit (desk);
      break;
    case 3:
      disturb (self);
      break;
    case 4:
      if (luo_sim_desk_works (desk))
        {
          if (luo_sim_chance (self, 500))
            luo_sim_desk_nudge (desk);
          else
            luo_sim_desk_run (desk);
        }
      break;
    default:
      advance_clock (self, (gint64)(1 + luo_sim_pick (self, 100)) * G_USEC_PER_SEC);
      break;
    }
}

/* What died is taken down, and machines start again some time later. Nothing is on the stack here. */
static void
tend_machines (LuoSim *self)
{
  if (self->hub != NULL && luo_sim_disk_is_dead (self->hub_disk))
    luo_sim_hub_stop (self);
  if (self->hub == NULL && (self->quiet || luo_sim_chance (self, 300)))
    luo_sim_hub_start (self);
  for (guint i = 0; i < self->n_desks; i++)
    {
      LuoSimDesk *desk = self->desks[i];

      if (desk->store != NULL
          && (luo_sim_disk_is_dead (desk->disk)
              || (!self->quiet && luo_sim_chance (self, self->faults.restart))))
        luo_sim_desk_stop (desk);
      if (desk->store == NULL && (self->quiet || luo_sim_chance (self, 300)))
        luo_sim_desk_start (desk);
    }
}

/* --- The end ------------------------------------------------------------------------------------------ */

static gboolean
is_settled (LuoSim *self, gboolean may_be_refused)
{
  for (guint i = 0; i < self->n_desks; i++)
    if (!luo_sim_desk_is_settled (self->desks[i], may_be_refused))
      return FALSE;
  return TRUE;
}

/* A file that does not come, and the versions of its record. */
static void
describe_wanted (LuoSim *self, LuoSimDesk *desk, const char *space)
{
  g_autoptr (GPtrArray) list = luo_store_list_wanted (desk->store, space, 5, NULL);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const LuoWanted *wanted = list->pdata[i];
      g_autoptr (GPtrArray) tree = luo_store_get_tree (desk->store, space, wanted->id, NULL);
      g_autoptr (GPtrArray) leaves = luo_store_get_leaves (desk->store, space, wanted->id, NULL);

      luo_sim_note (self, "wanted: %s %s %s %s", wanted->id, wanted->rev, wanted->name, wanted->digest);
      for (guint j = 0; tree != NULL && j < tree->len; j++)
        {
          const LuoTreeNode *node = tree->pdata[j];

          luo_sim_note (self, "  %s on %s, flags %x", node->rev, node->parent, node->flags);
        }
      for (guint j = 0; leaves != NULL && j < leaves->len; j++)
        luo_sim_note (self, "  leaf %s: %s", luo_document_get_rev (leaves->pdata[j]),
                      luo_document_get_attachments (leaves->pdata[j]));
    }
}

static void
describe_unrest (LuoSim *self)
{
  for (guint i = 0; i < self->n_desks; i++)
    {
      const LuoSyncStatus *status = self->desks[i]->status;

      for (guint j = 0; status != NULL && j < status->spaces->len; j++)
        {
          const LuoSpaceStatus *space = status->spaces->pdata[j];

          luo_sim_note (self,
                        "%s %s: state %d, pending %" G_GINT64_FORMAT ", refused %" G_GUINT64_FORMAT
                        ", wanted %" G_GINT64_FORMAT ", %s",
                        self->desks[i]->name, space->space, (int)space->state, space->pending, space->refused,
                        space->wanted, space->message != NULL ? space->message : "");
          if (space->wanted > 0)
            describe_wanted (self, self->desks[i], space->space);
        }
    }
}

/* Lets everything come to rest by itself. */
static void
settle (LuoSim *self, gboolean may_be_refused)
{
  gint64 until = self->now + SETTLE_TIME;
  guint steps = 0;

  while (TRUE)
    {
      if (steps++ > SETTLE_STEPS || self->now > until)
        {
          describe_unrest (self);
          luo_sim_fail (self, "does not come to rest (%u steps)", steps);
        }
      tend_machines (self);
      if (advance_machine (self))
        continue;
      if (is_settled (self, may_be_refused))
        return;
      advance_clock (self, 60 * G_USEC_PER_SEC);
    }
}

static gint64
sum_of_seqs (LuoSim *self)
{
  gint64 sum = 0;

  for (guint i = 0; self->spaces[i] != NULL; i++)
    {
      sum += luo_sim_hub_get_seq (self, self->spaces[i]);
      for (guint j = 0; j < self->n_desks; j++)
        {
          g_autoptr (LuoSpace) space = luo_store_get_space (self->desks[j]->store, self->spaces[i], NULL);

          sum += space->seq;
        }
    }
  return sum;
}

/* Nobody answers anybody any more. */
static void
rest (LuoSim *self)
{
  gint64 until = self->now + REST_TIME;
  gint64 before = sum_of_seqs (self);
  guint steps = 0;

  while (self->now < until)
    {
      if (steps++ > SETTLE_STEPS)
        luo_sim_fail (self, "does not stay at rest");
      if (!advance_machine (self))
        advance_clock (self, 60 * G_USEC_PER_SEC);
    }
  if (sum_of_seqs (self) != before)
    luo_sim_fail (self, "something was written after all had come to rest");
}

static void
calm (LuoSim *self)
{
  luo_sim_note (self, "the faults stop");
  memset (&self->faults, 0, sizeof self->faults);
  self->still = self->quiet = TRUE;
  self->nest = 0;
  g_ptr_array_set_size (self->late, 0);
  luo_sim_disk_set_fuse (self->hub_disk, 0);
  for (guint i = 0; i < self->n_desks; i++)
    {
      luo_sim_disk_set_fuse (self->desks[i]->disk, 0);
      self->desks[i]->partitioned = FALSE;
    }
  tend_machines (self);
  for (guint i = 0; i < self->n_desks; i++)
    luo_sim_hub_set_rights (self, self->desks[i], TRUE);
}

/* --- A run -------------------------------------------------------------------------------------------- */

/* Each run has some kinds of faults and not others, each often or seldom. */
static guint
some (LuoSim *self, guint most)
{
  return luo_sim_chance (self, 500) ? 0 : 1 + luo_sim_pick (self, most);
}

static void
choose_faults (LuoSim *self)
{
  LuoSimFaults *faults = &self->faults;

  faults->cut_before = some (self, 150);
  faults->cut_within = some (self, 100);
  faults->lost_reply = some (self, 150);
  faults->cut_reply = some (self, 100);
  faults->twice = some (self, 100);
  faults->late = some (self, 80);
  faults->busy = some (self, 80);
  faults->fault = some (self, 60);
  faults->partition = some (self, 300);
  faults->kill_desk = some (self, 100);
  faults->kill_hub = some (self, 30);
  faults->restart = some (self, 15);
  faults->remake = some (self, 100);
  faults->rights = some (self, 200);
  faults->clock = some (self, 300);
  self->nest = luo_sim_pick (self, 500);
}

static void
remove_folder (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_folder (path);
      else
        g_unlink (path);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (folder);
}

static LuoSim *
sim_new (guint32 seed, gboolean verbose)
{
  LuoSim *self = g_new0 (LuoSim, 1);
  g_autoptr (GError) error = NULL;

  self->seed = seed;
  self->verbose = verbose;
  self->rand = g_rand_new_with_seed (seed);
  self->disk_rand = g_rand_new_with_seed (seed);
  /* Identifiers that GLib makes are the same each time as well. */
  g_random_set_seed (seed);
  luo_sim_entropy_set_seed (seed);
  self->now = G_USEC_PER_SEC;
  self->hash = g_checksum_new (G_CHECKSUM_MD5);
  g_queue_init (&self->trace);
  self->ledger = luo_sim_ledger_new ();
  self->spaces = space_names;
  self->folder = g_dir_make_tmp ("luoshi-sim-XXXXXX", &error);
  g_assert_no_error (error);
  running = self;
  actor = NULL;

  luo_sim_network_init (self);
  self->hub_folder = g_build_filename (self->folder, "hub", NULL);
  self->hub_disk = luo_sim_disk_new (self->hub_folder);
  self->n_desks = 2 + luo_sim_pick (self, LUO_SIM_MAX_DESKS - 1);
  for (guint i = 0; i < self->n_desks; i++)
    self->desks[i] = luo_sim_desk_new (self, i);
  luo_sim_hub_start (self);
  for (guint i = 0; i < self->n_desks; i++)
    luo_sim_desk_start (self->desks[i]);
  choose_faults (self);
  return self;
}

static void
sim_free (LuoSim *self)
{
  for (guint i = 0; i < self->n_desks; i++)
    luo_sim_desk_free (self->desks[i]);
  luo_sim_hub_free (self);
  luo_sim_network_clear (self);
  remove_folder (self->folder);
  luo_sim_ledger_free (self->ledger);
  g_rand_free (self->rand);
  g_rand_free (self->disk_rand);
  g_checksum_free (self->hash);
  g_queue_clear_full (&self->trace, g_free);
  g_free (self->hub_folder);
  g_free (self->folder);
  g_free (self);
  running = NULL;
}

/* Machines die in the middle of things and their libraries say so; whether that matters the run itself finds out. */
static GLogWriterOutput
log_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_FLAG_FATAL)) == 0)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, user_data);
}

/* Which unit of a pipeline is worked on now, as if its threads had got so far. */
static int
pick_unit (guint waiting)
{
  return luo_sim_chance (running, 500) ? (int)luo_sim_pick (running, waiting) : -1;
}

void
luo_sim_init (void)
{
  static const LuoClockSource source = { sim_monotonic, sim_real };

  g_log_set_writer_func (log_cb, NULL, NULL);
  luo_sim_disk_register ();
  luo_clock_set_source (&source);
  luo_pipeline_set_pick (pick_unit);
  luo_writer_set_idle_work (FALSE);
}

void
luo_sim_print_running (void)
{
  if (running == NULL)
    return;
  print_trace (running);
  fflush (stdout);
}

char *
luo_sim_run (guint32 seed, gboolean verbose)
{
  LuoSim *self = sim_new (seed, verbose);
  guint edited = 60 + luo_sim_pick (self, 240);
  guint steps = edited + luo_sim_pick (self, 80);
  g_autoptr (GChecksum) checksum = NULL;
  char *hash;

  for (guint i = 0; i < steps; i++)
    {
      /* What goes wrong with the last edits no later one makes good. */
      self->still = i >= edited;
      tend_machines (self);
      luo_sim_step (self);
    }
  calm (self);
  settle (self, TRUE);
  for (guint i = 0; i < self->n_desks; i++)
    luo_sim_desk_nudge (self->desks[i]);
  settle (self, FALSE);
  rest (self);
  luo_sim_check (self);
  checksum = g_checksum_copy (self->hash);
  hash = g_strdup (g_checksum_get_string (checksum));
  sim_free (self);
  return hash;
}
