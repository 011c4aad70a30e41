/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-change-set.h"
#include "luo-store-private.h"

G_BEGIN_DECLS

/** How long one COMMIT is kept waiting for further queued writes, in microseconds: less than a person notices, and in a bulk load
 * each page of an index is written once for several batches. */
#define LUO_WRITER_GROUP_US (40 * 1000)
/** The same for what could be had again, as a pull: several batches of a thousand go in one, so that the pages of an index over random ids, all of
 * which a few thousand documents touch, are written less often. A save that comes meanwhile waits for the batch alone. */
#define LUO_WRITER_LOAD_US (120 * 1000)
/** How long the queue has been empty before the search index goes on, in microseconds: a pull hands over its batches faster. */
#define LUO_WRITER_IDLE_US (30 * 1000)
/** Documents that the search index takes in one transaction: some ten milliseconds, which is what a save may have to wait. */
#define LUO_WRITER_INDEX_STEP 200
/** How often changes by other processes are looked for, in microseconds. */
#define LUO_WRITER_POLL_US G_USEC_PER_SEC
/** How long the search index rests after it failed (a full disk), in microseconds. */
#define LUO_WRITER_RETRY_US (10 * G_USEC_PER_SEC)

/**
 * LuoWriter: the worker thread that owns the writing connection. Carries out queued writes one after another, several in one
 * COMMIT, lets the search index catch up in between, and looks for changes of other processes.
 */
typedef struct _LuoWriter LuoWriter;

/** Called in the worker thread after each commit that changed something. */
typedef void (*LuoWriterChanged) (LuoStore *store, const LuoChangeSet *changes);

/** @conn: (transfer full). @store: (transfer none): outlives the writer. */
LuoWriter *luo_writer_new (LuoStore *store, LuoConnection *conn, gboolean indexing, LuoWriterChanged changed);
/** Begins the work, once the store knows its writer. */
void luo_writer_start (LuoWriter *self);
/** Takes no more writes and lets the worker end after those that are queued, without waiting for it. */
void luo_writer_ask_stop (LuoWriter *self);
/** Carries out what is queued, ends the thread, closes the connection. Further writes fail. */
void luo_writer_stop (LuoWriter *self);
void luo_writer_free (LuoWriter *self);
/** Whether the calling thread is the worker. */
gboolean luo_writer_is_worker (LuoWriter *self);

gboolean luo_writer_run (LuoWriter *self, LuoWriteFunc func, gpointer data, GError **error);
/** The same for what could be had again: returns after the COMMIT, which need not be durable before the next one of luo_writer_run(). */
gboolean luo_writer_run_repeatable (LuoWriter *self, LuoWriteFunc func, gpointer data, GError **error);
void luo_writer_post (LuoWriter *self, LuoWriteFunc func, gpointer data, LuoWriteDone done);
/** Whether workers use the time between writes: for the search index, for copying the log back and for looking at what other
 * processes changed. The simulator, where each write has its number, lets the index catch up itself. Before any store is open. */
void luo_writer_set_idle_work (gboolean idle_work);
/** Blocks until the search index has caught up. */
void luo_writer_wait_indexed (LuoWriter *self);

/* Inside a LuoWriteFunc */
LuoSpaceState *luo_writer_touch_space (LuoWriter *self, const char *space, GError **error);
/** Forgets what was read of the space in this transaction: its row was removed. */
void luo_writer_forget_space (LuoWriter *self, const char *space);
gboolean luo_writer_next_key (LuoWriter *self, gint64 *key, GError **error);
void luo_writer_note (LuoWriter *self, const char *space, gint64 key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoWriter, luo_writer_free)

G_END_DECLS
