/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "luo-store-error.h"

G_BEGIN_DECLS

/* The one place that opens the file, checks its PRAGMAs, keeps prepared statements, and translates what SQLite answers to
 * LuoStoreError. A connection is used by one thread at a time. Private to sync/store. */

/** How long a writer waits for the write lock of another process, in milliseconds: a bulk transaction takes well under a second. */
#define LUO_CONNECTION_BUSY_MS 15000
/** How many statements made from changing text (lists, filters) are kept prepared per connection. */
#define LUO_CONNECTION_DYNAMIC_MAX 48

/** Pages of 8 KiB in the write-ahead log above which it is copied back to the file as soon as nobody writes, … */
#define LUO_CONNECTION_WAL_IDLE 250
/** … above which, again and again, it is copied while the writer goes on: 32 MiB, so that a bulk load copies each hot page of an
 * index once for many commits … */
#define LUO_CONNECTION_WAL_COPY 4000
/** … and above which the writer waits for it: only then can the log begin anew, and it must not fill the disk. */
#define LUO_CONNECTION_WAL_MAX 32000
/** Saves without a pause copy it back themselves, after they were answered, when they have written so much of it: it stays short. */
#define LUO_CONNECTION_WAL_SAVES 450
/** A commit of more pages belongs to a bulk load; a save writes some ten. */
#define LUO_CONNECTION_WAL_SAVE_PAGES 64
/** What the log is made long at once, in bytes: a little more than saves reach. Where a commit makes the file longer, the file system
 * has to write down its new length as well, which costs three times as much as writing where the file is already. */
#define LUO_CONNECTION_WAL_RESERVE (512 * 8192)

/**
 * LuoConnectionMode:
 * @LUO_CONNECTION_WRITE: the writing connection; makes the file (0600) where it does not exist
 * @LUO_CONNECTION_READ: one of the pool, which must find the file there
 */
typedef enum
{
  LUO_CONNECTION_WRITE,
  LUO_CONNECTION_READ,
} LuoConnectionMode;

typedef struct _LuoConnection LuoConnection;

/**
 * luo_connection_open:
 *
 * Opens @path, sets and verifies WAL, synchronous FULL, foreign keys off, a busy time-out. A file that is no replica is
 * LUO_STORE_ERROR_DAMAGED, one of a newer program LUO_STORE_ERROR_NEWER; both are left as they were.
 *
 * Returns: (transfer full)
 */
LuoConnection *luo_connection_open (const char *path, LuoConnectionMode mode, GError **error);
void luo_connection_close (LuoConnection *self);
/** Whether the log has grown so that it should be copied back when there is time. Writing connection only. */
gboolean luo_connection_needs_checkpoint (LuoConnection *self);
/** Whether it has grown so far that it must be copied back though others wait to write. Writing connection only. */
gboolean luo_connection_must_checkpoint (LuoConnection *self);
void luo_connection_checkpoint (LuoConnection *self);
/** Whether there is a log, and luo_connection_reserve_log() has not been called yet. Writing connection only. */
gboolean luo_connection_needs_log (LuoConnection *self);
/** Makes the log LUO_CONNECTION_WAL_RESERVE long, once; some milliseconds. Outside a transaction. A failure only costs time later. */
void luo_connection_reserve_log (LuoConnection *self);
sqlite3 *luo_connection_get_handle (LuoConnection *self);

/**
 * luo_connection_prepare:
 * @sql: static text: the statement is kept by the ADDRESS of the text, so it must be a literal that is never freed
 *
 * Returns: (transfer none): a statement that is reset and has no bindings. Reset it with luo_connection_run() or
 *   luo_statement_done() as soon as its rows are read: an open statement holds the read transaction.
 */
sqlite3_stmt *luo_connection_prepare (LuoConnection *self, const char *sql, GError **error);

/** The same for text that was put together: kept by its content, the least recently prepared ones are dropped. */
sqlite3_stmt *luo_connection_prepare_dynamic (LuoConnection *self, const char *sql, GError **error);

/**
 * luo_connection_step:
 *
 * Returns: 1 where a row is there, 0 at the end, -1 with @error set (the statement is then reset)
 */
int luo_connection_step (LuoConnection *self, sqlite3_stmt *stmt, GError **error);

/** Steps to the end and resets. For statements that give no rows. */
gboolean luo_connection_run (LuoConnection *self, sqlite3_stmt *stmt, GError **error);

/** Steps once, reads the first column as an integer (0 without a row), resets. */
gboolean luo_connection_run_int (LuoConnection *self, sqlite3_stmt *stmt, gint64 *value, GError **error);

/** Runs one or several statements without rows, not kept prepared. */
gboolean luo_connection_exec (LuoConnection *self, const char *sql, GError **error);

/** Resets and forgets the bindings. */
void luo_statement_done (sqlite3_stmt *stmt);

/** Binds text without copying it: it must live until the statement is reset. NULL binds NULL. */
void luo_bind_text (sqlite3_stmt *stmt, int index, const char *text);
void luo_bind_text_n (sqlite3_stmt *stmt, int index, const char *text, gsize length);
/** Returns: (transfer full) (nullable) */
char *luo_column_dup (sqlite3_stmt *stmt, int column);

/**
 * luo_connection_set_error:
 * @code: a result code of SQLite
 *
 * The one translation of SQLite's results to LuoStoreError. Always returns FALSE.
 */
gboolean luo_connection_set_error (LuoConnection *self, int code, GError **error);

/**
 * luo_connection_set_durable:
 *
 * Whether a commit waits for the disk, as it does from the beginning (synchronous FULL). One that does not (NORMAL) becomes durable
 * with the next one that does, which syncs the whole log, or when the log is copied back; a power cut takes commits away from the
 * end only, so that what is left is an older state and never a damaged one. Between transactions.
 */
gboolean luo_connection_set_durable (LuoConnection *self, gboolean durable, GError **error);

/** BEGIN IMMEDIATE / COMMIT / ROLLBACK; a failed COMMIT has been rolled back. Only the worker and a migration call these. */
gboolean luo_connection_begin (LuoConnection *self, gboolean immediate, GError **error);
gboolean luo_connection_commit (LuoConnection *self, GError **error);
void luo_connection_rollback (LuoConnection *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoConnection, luo_connection_close)

G_END_DECLS
