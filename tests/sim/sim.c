/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "luo-sim-end.h"
#include "luo-sim.h"

/* Runs the simulator for many seeds, in several processes. A seed that fails ends its process; the others are run all the same. */

/* No run takes a hundredth of this; beyond it something waits for ever. */
#define SECONDS_PER_SEED 120
/* After so many failures the rest would tell nothing new. */
#define FAILURES_MAX 20

/**
 * Progress: of one process, shared with its parent.
 */
typedef struct
{
  guint32 seed;
  guint32 done;
} Progress;

typedef struct
{
  pid_t pid;
  int errors; /* of luo_sim_end_open_errors() */
} Child;

static int first = 1;
static int seeds = 200;
static int jobs = 2;
static gboolean trace;
static gboolean twice;

static const GOptionEntry options[] = {
  { "first", 'f', 0, G_OPTION_ARG_INT, &first, "The first seed", "SEED" },
  { "seeds", 'n', 0, G_OPTION_ARG_INT, &seeds, "How many", "N" },
  { "jobs", 'j', 0, G_OPTION_ARG_INT, &jobs, "Processes at once", "N" },
  { "trace", 't', 0, G_OPTION_ARG_NONE, &trace, "Print what happens", NULL },
  { "twice", 0, 0, G_OPTION_ARG_NONE, &twice, "Run each seed twice and compare the traces", NULL },
  G_OPTION_ENTRY_NULL,
};

static void
run_one (guint32 seed)
{
  g_autofree char *hash = NULL;

  luo_sim_end_set_limit (SECONDS_PER_SEED);
  hash = luo_sim_run (seed, trace);
  if (twice)
    {
      g_autofree char *again = luo_sim_run (seed, trace);

      if (g_strcmp0 (hash, again) != 0)
        {
          printf ("seed %u FAILED: the same seed ran differently (%s, then %s)\n", seed, hash, again);
          fflush (stdout);
          _Exit (LUO_SIM_FAILED);
        }
    }
  if (trace)
    printf ("seed %u: %s\n", seed, hash);
  luo_sim_end_set_limit (0);
}

/* Runs the seeds from the one in @progress on, every jobs-th. */
static void
work (Progress *progress, int errors)
{
  luo_sim_end_prepare (errors);
  luo_sim_init ();
  for (; progress->seed < (guint32)(first + seeds); progress->seed += (guint32)jobs)
    {
      run_one (progress->seed);
      progress->done++;
    }
}

/* A run is one thread waiting for another all the time, which is quick where both are on one processor. */
static void
stay_on_one_processor (int job)
{
  cpu_set_t all, one;
  int skip;

  if (sched_getaffinity (0, sizeof all, &all) != 0)
    return;
  skip = job % CPU_COUNT (&all);
  CPU_ZERO (&one);
  for (int i = 0; i < CPU_SETSIZE && CPU_COUNT (&one) == 0; i++)
    if (CPU_ISSET (i, &all) && skip-- == 0)
      CPU_SET (i, &one);
  sched_setaffinity (0, sizeof one, &one);
}

static Child
start (Progress *progress, int job)
{
  Child child = { .errors = luo_sim_end_open_errors () };

  fflush (stdout);
  child.pid = fork ();
  if (child.pid == 0)
    {
      stay_on_one_processor (job);
      work (progress, child.errors);
      exit (0);
    }
  return child;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- the simulator");
  g_autoptr (GError) error = NULL;
  g_autofree Child *children = NULL;
  Progress *progress;
  guint failures = 0, done = 0;
  gint64 began = g_get_monotonic_time ();

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  jobs = CLAMP (jobs, 1, MAX (seeds, 1));
  children = g_new0 (Child, jobs);
  progress = mmap (NULL, sizeof (Progress) * (gsize)jobs, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                   -1, 0);
  g_assert (progress != MAP_FAILED);
  for (int i = 0; i < jobs; i++)
    {
      progress[i].seed = (guint32)(first + i);
      children[i] = start (&progress[i], i);
    }
  while (TRUE)
    {
      int status;
      pid_t pid = wait (&status);

      if (pid < 0)
        break;
      for (int i = 0; i < jobs; i++)
        if (children[i].pid == pid && !(WIFEXITED (status) && WEXITSTATUS (status) == 0))
          {
            failures++;
            luo_sim_end_report (progress[i].seed, status, children[i].errors);
            printf ("again: ./dev sim --first %u --seeds 1\n", progress[i].seed);
            progress[i].seed += (guint32)jobs;
            if (failures < FAILURES_MAX)
              children[i] = start (&progress[i], i);
          }
    }
  for (int i = 0; i < jobs; i++)
    done += progress[i].done;
  printf ("%u seeds from %d on: %u without a failure, %u failed, in %.1f s\n", (guint)seeds, first, done,
          failures, (double)(g_get_monotonic_time () - began) / G_USEC_PER_SEC);
  munmap (progress, sizeof (Progress) * (gsize)jobs);
  return failures > 0 || done < (guint)seeds ? 1 : 0;
}
