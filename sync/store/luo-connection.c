/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-connection.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "luo-log-copier.h"
#include "luo-schema.h"

struct _LuoConnection
{
  sqlite3 *db;          /* (owned) */
  GHashTable *fixed;    /* (owned): address of SQL text → sqlite3_stmt (owned) */
  GHashTable *dynamic;  /* (owned): SQL text (owned by the statement) → sqlite3_stmt (owned) */
  GQueue recent;        /* sqlite3_stmt of @dynamic, newest first */
  const char *last_sql; /* the statement asked for last, found again without hashing */
  sqlite3_stmt *last;
  LuoLogCopier *copier;  /* (owned) (nullable): of the writing connection */
  int wal_pages;         /* pages in the log */
  int wal_copied;        /* how many there were when luo_connection_checkpoint() copied it back */
  int wal_asked;         /* how many there were when the copier was asked last */
  int wal_commit;        /* how many the last commit wrote */
  gboolean wal_reserved; /* luo_connection_reserve_log() was called */
  gboolean hasty;        /* commits do not wait for the disk */
};

G_DEFINE_QUARK (luo - store - error - quark, luo_store_error)

/* Whether the system said that there is no room: on the disk, in somebody's quota, or below the limit of a file's size. */
static gboolean
is_no_room (int system_error)
{
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

/* SQLite's own words are English and for programmers; the system's are in the person's language. */
static void
set_io_error (LuoConnection *self, int code, int system_error, GError **error)
{
  const char *said = system_error != 0 ? g_strerror (system_error) : sqlite3_errstr (code);

  switch (code & 0xff)
    {
    case SQLITE_READONLY:
      g_set_error_literal (
          error, LUO_STORE_ERROR, LUO_STORE_ERROR_IO,
          _ ("The data file or its folder is protected against writing; nothing was changed."));
      break;
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_IO,
                   _ ("The data file can not be opened or written: %s"), said);
      break;
    case SQLITE_IOERR:
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_IO,
                   _ ("The data file can not be read or written: %s"), said);
      break;
    default:
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_IO,
                   _ ("The data file can not be read or written: %s"),
                   self != NULL ? sqlite3_errmsg (self->db) : sqlite3_errstr (code));
      break;
    }
}

gboolean
luo_connection_set_error (LuoConnection *self, int code, GError **error)
{
  int system_error = self != NULL ? sqlite3_system_errno (self->db) : 0;
  int domain_code = LUO_STORE_ERROR_IO;
  const char *message = NULL;

  switch (code & 0xff)
    {
    case SQLITE_FULL:
      domain_code = LUO_STORE_ERROR_FULL;
      message = _ ("The disk is full; nothing was changed.");
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      domain_code = LUO_STORE_ERROR_DAMAGED;
      message = _ ("The data file is damaged or is no data file of Luoshi; it was left as it is.");
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      domain_code = LUO_STORE_ERROR_BUSY;
      message = _ ("Another program is writing to the data file; please try again.");
      break;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      /* A write that found no room is told apart from one that the disk refused. */
      if (is_no_room (system_error))
        {
          domain_code = LUO_STORE_ERROR_FULL;
          message = _ ("The disk is full; nothing was changed.");
        }
      break;
    case SQLITE_TOOBIG:
      domain_code = LUO_STORE_ERROR_INVALID;
      message = _ ("The record is too large to be kept.");
      break;
    default:
      break;
    }

  if (message != NULL)
    g_set_error_literal (error, LUO_STORE_ERROR, domain_code, message);
  else
    set_io_error (self, code, system_error, error);

  return FALSE;
}

static void
finalize_statement (gpointer stmt)
{
  sqlite3_finalize (stmt);
}

/* Nobody asks SQLite how much memory it uses, and counting takes a lock at every allocation. Has no effect where SQLite is in use in
 * this process already, which does no harm. */
static void
configure_library (void)
{
  static gsize configured = 0;

  if (g_once_init_enter (&configured))
    {
      sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
      g_once_init_leave (&configured, 1);
    }
}

static gboolean
run_pragma (LuoConnection *self, const char *sql, const char *expected, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  gboolean ok = FALSE;
  int code = sqlite3_prepare_v2 (self->db, sql, -1, &stmt, NULL);

  if (code == SQLITE_OK)
    {
      code = sqlite3_step (stmt);
      if (code == SQLITE_ROW)
        {
          const char *value = (const char *)sqlite3_column_text (stmt, 0);
          ok = expected == NULL || g_strcmp0 (value, expected) == 0;
          if (!ok)
            g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_IO,
                         _ ("The data file can not be set up (%s gives %s)."), sql,
                         value != NULL ? value : "");
        }
      else if (code == SQLITE_DONE)
        {
          ok = expected == NULL;
          if (!ok)
            g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_IO,
                         _ ("The data file can not be set up (%s gives %s)."), sql, "");
        }
      else
        {
          luo_connection_set_error (self, code, error);
        }
    }
  else
    {
      luo_connection_set_error (self, code, error);
    }

  sqlite3_finalize (stmt);
  return ok;
}

/* After each commit, in place of SQLite's own rule, which would copy the log back before the commit is confirmed. */
static int
wal_hook_cb (void *data, sqlite3 *db, const char *name, int pages)
{
  LuoConnection *self = data;

  /* A log that was copied back wholly begins anew. */
  if (pages < self->wal_pages)
    self->wal_pages = self->wal_copied = self->wal_asked = 0;
  self->wal_commit = pages - self->wal_pages;
  self->wal_pages = pages;
  if (pages > LUO_CONNECTION_WAL_MAX)
    {
      luo_connection_checkpoint (self);
    }
  else if (pages - self->wal_asked > LUO_CONNECTION_WAL_COPY)
    {
      self->wal_asked = pages;
      luo_log_copier_ask (self->copier);
    }
  return SQLITE_OK;
}

LuoConnection *
luo_connection_open (const char *path, LuoConnectionMode mode, GError **error)
{
  g_autoptr (LuoConnection) self = NULL;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  gboolean fresh;
  int code;

  g_return_val_if_fail (path != NULL, NULL);

  configure_library ();

  if (mode == LUO_CONNECTION_WRITE)
    {
      /* SQLite makes its side files with the mode of the database, so making that one 0600 covers all. */
      int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

      if (fd < 0)
        {
          g_set_error (error, LUO_STORE_ERROR, errno == ENOSPC ? LUO_STORE_ERROR_FULL : LUO_STORE_ERROR_IO,
                       _ ("The data file %s can not be opened: %s"), path, g_strerror (errno));
          return NULL;
        }
      close (fd);
    }

  self = g_new0 (LuoConnection, 1);
  self->fixed = g_hash_table_new_full (NULL, NULL, NULL, finalize_statement);
  self->dynamic = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, finalize_statement);
  g_queue_init (&self->recent);

  code = sqlite3_open_v2 (path, &self->db, flags, NULL);
  if (code != SQLITE_OK)
    {
      luo_connection_set_error (self->db != NULL ? self : NULL, code, error);
      return NULL;
    }

  sqlite3_busy_timeout (self->db, LUO_CONNECTION_BUSY_MS);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  /* Statements run with a cache of 512 slots a connection instead of malloc for every small thing. */
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 512, 256);

  /* What is no replica is found before anything is written: setting WAL writes to the file. */
  if (!luo_schema_check (self, &fresh, error))
    return NULL;

  /* Records of some 700 bytes pack better into pages of 8 KiB, and trees of indexes have a level less; measured a fifth faster in
   * bulk and no slower for one save. Only an empty file takes it. */
  if (!run_pragma (self, "PRAGMA page_size = 8192", NULL, error)
      || !run_pragma (self, "PRAGMA journal_mode = WAL", "wal", error)
      || !run_pragma (self, "PRAGMA synchronous = FULL", NULL, error)
      || !run_pragma (self, "PRAGMA synchronous", "2", error)
      || !run_pragma (self, "PRAGMA foreign_keys = OFF", NULL, error)
      || !run_pragma (self, "PRAGMA secure_delete = OFF", NULL, error)
      || !run_pragma (self, "PRAGMA temp_store = MEMORY", NULL, error)
      || !run_pragma (
          self, mode == LUO_CONNECTION_WRITE ? "PRAGMA cache_size = -16384" : "PRAGMA cache_size = -4096",
          NULL, error)
      || (mode == LUO_CONNECTION_READ && !run_pragma (self, "PRAGMA query_only = ON", NULL, error)))
    return NULL;

  if (mode == LUO_CONNECTION_WRITE)
    {
      self->copier = luo_log_copier_new (path);
      sqlite3_wal_hook (self->db, wal_hook_cb, self);
    }

  return g_steal_pointer (&self);
}

gboolean
luo_connection_needs_checkpoint (LuoConnection *self)
{
  return self->wal_pages - self->wal_copied > LUO_CONNECTION_WAL_IDLE;
}

gboolean
luo_connection_must_checkpoint (LuoConnection *self)
{
  return self->wal_commit <= LUO_CONNECTION_WAL_SAVE_PAGES
         && self->wal_pages - self->wal_copied > LUO_CONNECTION_WAL_SAVES;
}

void
luo_connection_checkpoint (LuoConnection *self)
{
  /* A reader that still needs the log leaves a part of it; that is tried again after as many pages. */
  sqlite3_wal_checkpoint_v2 (self->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  self->wal_copied = self->wal_pages;
}

gboolean
luo_connection_needs_log (LuoConnection *self)
{
  return !self->wal_reserved && self->wal_pages > 0;
}

void
luo_connection_reserve_log (LuoConnection *self)
{
  static const char zeros[64 * 1024];
  sqlite3_file *log = NULL;
  sqlite3_int64 size = 0;

  self->wal_reserved = TRUE;
  /* Nobody else writes to the log while the write lock is held, and SQLite takes what follows the last commit for the remains of an
   * earlier log. */
  if (!luo_connection_begin (self, TRUE, NULL))
    return;
  if (sqlite3_file_control (self->db, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log != NULL
      && log->pMethods != NULL && log->pMethods->xFileSize (log, &size) == SQLITE_OK)
    {
      int code = SQLITE_OK;

      for (; code == SQLITE_OK && size < LUO_CONNECTION_WAL_RESERVE; size += sizeof zeros)
        code = log->pMethods->xWrite (log, zeros, sizeof zeros, size);
      if (code == SQLITE_OK)
        log->pMethods->xSync (log, SQLITE_SYNC_NORMAL);
    }
  luo_connection_rollback (self);
}

void
luo_connection_close (LuoConnection *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->copier, luo_log_copier_free);
  g_queue_clear (&self->recent);
  g_clear_pointer (&self->fixed, g_hash_table_unref);
  g_clear_pointer (&self->dynamic, g_hash_table_unref);
  if (self->db != NULL)
    {
      int code = sqlite3_close (self->db);
      g_assert (code == SQLITE_OK);
    }
  g_free (self);
}

sqlite3 *
luo_connection_get_handle (LuoConnection *self)
{
  return self->db;
}

sqlite3_stmt *
luo_connection_prepare (LuoConnection *self, const char *sql, GError **error)
{
  sqlite3_stmt *stmt;
  int code;

  if (sql == self->last_sql)
    return self->last;

  stmt = g_hash_table_lookup (self->fixed, sql);
  if (stmt == NULL)
    {
      code = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
      if (code != SQLITE_OK)
        {
          luo_connection_set_error (self, code, error);
          return NULL;
        }
      g_hash_table_insert (self->fixed, (gpointer)sql, stmt);
    }

  self->last_sql = sql;
  self->last = stmt;
  return stmt;
}

sqlite3_stmt *
luo_connection_prepare_dynamic (LuoConnection *self, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = g_hash_table_lookup (self->dynamic, sql);
  int code;

  if (stmt != NULL)
    {
      g_queue_remove (&self->recent, stmt);
      g_queue_push_head (&self->recent, stmt);
      return stmt;
    }

  code = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
  if (code != SQLITE_OK)
    {
      luo_connection_set_error (self, code, error);
      return NULL;
    }

  while (g_queue_get_length (&self->recent) >= LUO_CONNECTION_DYNAMIC_MAX)
    {
      sqlite3_stmt *oldest = g_queue_pop_tail (&self->recent);
      g_hash_table_remove (self->dynamic, sqlite3_sql (oldest));
    }
  g_hash_table_insert (self->dynamic, (gpointer)sqlite3_sql (stmt), stmt);
  g_queue_push_head (&self->recent, stmt);
  return stmt;
}

int
luo_connection_step (LuoConnection *self, sqlite3_stmt *stmt, GError **error)
{
  int code = sqlite3_step (stmt);

  if (code == SQLITE_ROW)
    return 1;
  if (code == SQLITE_DONE)
    return 0;

  luo_connection_set_error (self, code, error);
  luo_statement_done (stmt);
  return -1;
}

gboolean
luo_connection_run (LuoConnection *self, sqlite3_stmt *stmt, GError **error)
{
  int code;

  do
    code = sqlite3_step (stmt);
  while (code == SQLITE_ROW);

  if (code != SQLITE_DONE)
    luo_connection_set_error (self, code, error);
  luo_statement_done (stmt);

  return code == SQLITE_DONE;
}

gboolean
luo_connection_run_int (LuoConnection *self, sqlite3_stmt *stmt, gint64 *value, GError **error)
{
  int row = luo_connection_step (self, stmt, error);

  if (row < 0)
    return FALSE;

  *value = row > 0 ? sqlite3_column_int64 (stmt, 0) : 0;
  luo_statement_done (stmt);
  return TRUE;
}

gboolean
luo_connection_exec (LuoConnection *self, const char *sql, GError **error)
{
  int code = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  if (code != SQLITE_OK)
    return luo_connection_set_error (self, code, error);

  return TRUE;
}

void
luo_statement_done (sqlite3_stmt *stmt)
{
  sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);
}

void
luo_bind_text (sqlite3_stmt *stmt, int index, const char *text)
{
  if (text != NULL)
    sqlite3_bind_text (stmt, index, text, -1, SQLITE_STATIC);
  else
    sqlite3_bind_null (stmt, index);
}

void
luo_bind_text_n (sqlite3_stmt *stmt, int index, const char *text, gsize length)
{
  if (text != NULL)
    sqlite3_bind_text64 (stmt, index, text, length, SQLITE_STATIC, SQLITE_UTF8);
  else
    sqlite3_bind_null (stmt, index);
}

char *
luo_column_dup (sqlite3_stmt *stmt, int column)
{
  return g_strdup ((const char *)sqlite3_column_text (stmt, column));
}

gboolean
luo_connection_set_durable (LuoConnection *self, gboolean durable, GError **error)
{
  if (self->hasty == !durable)
    return TRUE;
  /* Not kept prepared: SQLite carries this one out when it is prepared. */
  if (!luo_connection_exec (self, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                            error))
    return FALSE;
  self->hasty = !durable;
  return TRUE;
}

gboolean
luo_connection_begin (LuoConnection *self, gboolean immediate, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (self, immediate ? "BEGIN IMMEDIATE" : "BEGIN", error);

  return stmt != NULL && luo_connection_run (self, stmt, error);
}

gboolean
luo_connection_commit (LuoConnection *self, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (self, "COMMIT", error);

  if (stmt != NULL && luo_connection_run (self, stmt, error))
    return TRUE;

  luo_connection_rollback (self);
  return FALSE;
}

void
luo_connection_rollback (LuoConnection *self)
{
  sqlite3_stmt *stmt;

  /* A full disk or a lost lock may have ended the transaction already. */
  if (sqlite3_get_autocommit (self->db))
    return;

  /* Whoever gave up half-way may have left rows unread. */
  for (stmt = sqlite3_next_stmt (self->db, NULL); stmt != NULL; stmt = sqlite3_next_stmt (self->db, stmt))
    if (sqlite3_stmt_busy (stmt))
      sqlite3_reset (stmt);

  stmt = luo_connection_prepare (self, "ROLLBACK", NULL);
  if (stmt != NULL)
    luo_connection_run (self, stmt, NULL);
}
