/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-schedule-private.h"
#include "luo-space-sync-private.h"

G_BEGIN_DECLS

/* What luo-schedule.c (runs, status, what comes from outside) and luo-space-entry.c (one space: its passes, long polls and retries)
 * share. Everything here happens in the replication thread, unless said. */

typedef enum
{
  PASS_PULL,
  PASS_PUSH,
  PASS_COUNT,
  N_PASSES,
} PassKind;

/**
 * LuoSpaceEntry: one space with the present server.
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
  gboolean unsettled;   /* the last pass left the checkpoint as it was */
  gboolean settle;      /* the next push writes it */
  GSource *rest;        /* (owned) (nullable): waits until nothing more has come */
  guint64 pulled;       /* what the last pull had counted up to */
  guint quick_polls;    /* that ended at once, one after another, and brought nothing */
  GSource *poll_later;  /* (owned) (nullable): waits before the next poll */
  char *seq;            /* (owned) (nullable): where the long poll goes on */
  LuoSyncState state;
  char *message;   /* (owned) (nullable) */
  GError *failure; /* (owned) (nullable): of the last pass */
  GError *soft;    /* (owned) (nullable): something stays behind while the rest is done */
} LuoSpaceEntry;

struct _LuoSchedule
{
  LuoStore *store;         /* (owned) */
  GMainContext *context;   /* (owned) */
  GThreadPool *pool;       /* (owned) */
  LuoHttpSession *session; /* (owned) (nullable) */
  GHashTable *entries;     /* (owned): name → LuoSpaceEntry */
  GPtrArray *runs;         /* (owned) (element-type Run) */
  gboolean live;
  gboolean ending;
  gint under_way;               /* atomic: passes in the pool */
  LuoScheduleExecutor executor; /* (nullable): in place of the pool */
  gpointer executor_data;
  LuoScheduleStatus status_func;
  gpointer user_data;
  GSource *discover; /* (owned) (nullable): waits for the next look at the server's spaces */
  GSource *status;   /* (owned) (nullable): waits for the next snapshot */
  gint64 status_at;  /* monotonic time of the last */
  gint stale;        /* atomic: counts changed since */
};

/* luo-space-entry.c */

LuoSpaceEntry *luo_space_entry_new (LuoSchedule *schedule, const char *name);
/** Out of the schedule: its passes are cancelled, and what they report does not count any more. Frees the schedule's reference. */
void luo_space_entry_drop (gpointer entry);
/** Begins what is due and may begin now; otherwise settles, and waits with a long poll where live. */
void luo_space_entry_go_on (LuoSpaceEntry *entry);
/** Whether a pull or a push is under way. */
gboolean luo_space_entry_is_running (const LuoSpaceEntry *entry);
/** Ends the long poll, or the wait before one. */
void luo_space_entry_stop_watch (LuoSpaceEntry *entry);
/** Cancels passes and retries; nothing is due any more. */
void luo_space_entry_stop (LuoSpaceEntry *entry);
/** The GFunc of the schedule's pool. In a thread of it. */
void luo_space_entry_work (gpointer pass, gpointer schedule);

/* luo-schedule.c */

/** Lets a snapshot be made soon, and not too often. */
void luo_schedule_note_status (LuoSchedule *self);
/** Counts a pass and hands it to the pool, or to what stands in its place. */
void luo_schedule_push_pass (LuoSchedule *self, gpointer pass);
/** Whether a run waits for the space. */
gboolean luo_schedule_has_run (LuoSchedule *self, const char *space);
/** The space is at rest, or can not be: each run that waits for it learns so. @error (nullable) stays the caller's. */
void luo_schedule_leave_runs (LuoSchedule *self, const char *space, const GError *error);
/** A LuoSpaceSync tells that its counts changed. Any thread. */
void luo_schedule_counts_changed_cb (gpointer sync, gpointer schedule);

/* Either */

/** Returns: (transfer full): a timeout in the replication thread */
GSource *luo_schedule_add_timeout (LuoSchedule *self, gint64 milliseconds, GSourceFunc func, gpointer data);
/** Ends a source and lets it go; *@source may be NULL. */
void luo_schedule_clear_source (GSource **source);

G_END_DECLS
