/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-http-session-private.h"
#include "luo-sync-status-private.h"

G_BEGIN_DECLS

/* What LuoReplicator does in its thread: which space is pulled and pushed when, long polls, runs, and backoff after a failure. Every
 * function is called in the replication thread, unless said. */

typedef struct _LuoSchedule LuoSchedule;

/** Called in the replication thread with a new snapshot (transfer full), at most some ten times a second. */
typedef void (*LuoScheduleStatus) (LuoSyncStatus *status, gpointer user_data);

/** Called once, in the replication thread: @error (nullable) belongs to the caller. */
typedef void (*LuoScheduleDone) (const GError *error, gpointer user_data);

/** Takes @pass in place of the schedule's threads; luo_space_entry_work (@pass, @schedule) carries it out. */
typedef void (*LuoScheduleExecutor) (LuoSchedule *schedule, gpointer pass, gpointer user_data);

/**
 * luo_schedule_new:
 * @executor: (nullable): decides when passes are carried out, for the simulator, where only one thing happens at a time; NULL gives
 *   them to threads
 *
 * Returns: (transfer full): for the thread-default main context of the caller
 */
LuoSchedule *luo_schedule_new (LuoStore *store, LuoScheduleStatus status_func, gpointer user_data,
                               LuoScheduleExecutor executor, gpointer executor_data);

/** Ends all work and waits for it; @self is freed. The main context is iterated meanwhile. */
void luo_schedule_shut_down (LuoSchedule *self);

/** Sets the server; what is under way with another one is cancelled. @session: (transfer full) (nullable) */
void luo_schedule_set_session (LuoSchedule *self, LuoHttpSession *session);
/** Returns: (transfer none) (nullable) */
LuoHttpSession *luo_schedule_get_session (LuoSchedule *self);

/** Reconciles once. See luo_replicator_run_async(). */
void luo_schedule_run (LuoSchedule *self, const char *const *spaces, GCancellable *cancellable,
                       LuoScheduleDone done, gpointer user_data);

void luo_schedule_start (LuoSchedule *self);
void luo_schedule_stop (LuoSchedule *self);
/** Whether a pass is under way. */
gboolean luo_schedule_is_busy (LuoSchedule *self);
/** @by_person: also what was refused is tried again */
void luo_schedule_nudge (LuoSchedule *self, gboolean by_person);

/** Something was saved in a space. */
void luo_schedule_note_written (LuoSchedule *self, const char *space);

/** Runs @func(@data) in a thread of the schedule's pool; any thread. */
void luo_schedule_run_blocking (LuoSchedule *self, GFunc func, gpointer data);

G_END_DECLS
