/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-schema.h"

#include <glib/gi18n-lib.h>

/* Version 1.
 *
 * documents: small columns stand before the texts, so that a feed of changes or a list of revisions never reads the pages a long
 * body overflows to. `leaves` counts all leaves, `conflicts` the live ones besides the winner, `pending` those that the server is
 * not known to hold.
 *
 * revisions: the parent is the suffix of the revision one generation before; NULL where the history is cut or begins. */
static const char version_1[]
    = "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
      "CREATE TABLE spaces ("
      "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
      "  name TEXT NOT NULL UNIQUE,"
      "  instance TEXT NOT NULL,"
      "  seq INTEGER NOT NULL DEFAULT 0,"
      "  stamp INTEGER NOT NULL DEFAULT 0,"
      "  indexed INTEGER NOT NULL DEFAULT 0,"
      "  documents INTEGER NOT NULL DEFAULT 0,"
      "  deleted INTEGER NOT NULL DEFAULT 0,"
      "  pending INTEGER NOT NULL DEFAULT 0,"
      "  conflicts INTEGER NOT NULL DEFAULT 0,"
      "  size INTEGER NOT NULL DEFAULT 0) STRICT;"
      "CREATE TABLE space_meta ("
      "  space INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,"
      "  PRIMARY KEY (space, name)) STRICT, WITHOUT ROWID;"
      "CREATE TABLE documents ("
      "  key INTEGER PRIMARY KEY,"
      "  space INTEGER NOT NULL,"
      "  seq INTEGER NOT NULL,"
      "  rev TEXT NOT NULL,"
      "  flags INTEGER NOT NULL,"
      "  deleted INTEGER NOT NULL,"
      "  type TEXT NOT NULL,"
      "  conflicts INTEGER NOT NULL,"
      "  pending INTEGER NOT NULL,"
      "  leaves INTEGER NOT NULL,"
      "  id TEXT NOT NULL,"
      "  not_understood TEXT,"
      "  attachments TEXT,"
      "  body TEXT NOT NULL) STRICT;"
      "CREATE UNIQUE INDEX documents_id ON documents (space, id);"
      "CREATE UNIQUE INDEX documents_seq ON documents (space, seq);"
      "CREATE INDEX documents_pending ON documents (space, seq) WHERE pending > 0;"
      "CREATE INDEX documents_conflicts ON documents (space, seq) WHERE conflicts > 0;"
      "CREATE TABLE revisions ("
      "  doc INTEGER NOT NULL,"
      "  generation INTEGER NOT NULL,"
      "  suffix TEXT NOT NULL,"
      "  parent TEXT,"
      "  flags INTEGER NOT NULL,"
      "  attachments TEXT,"
      "  body TEXT,"
      "  PRIMARY KEY (doc, generation, suffix)) STRICT, WITHOUT ROWID;"
      "CREATE TABLE locals ("
      "  space INTEGER NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, body TEXT NOT NULL,"
      "  PRIMARY KEY (space, id)) STRICT, WITHOUT ROWID;"
      "CREATE TABLE refusals ("
      "  space INTEGER NOT NULL, id TEXT NOT NULL, rev TEXT NOT NULL, status INTEGER NOT NULL,"
      "  error TEXT, reason TEXT, at INTEGER NOT NULL,"
      "  PRIMARY KEY (space, id, rev)) STRICT, WITHOUT ROWID;";

/* Version 2: tombstones beside other leaves are found without going through all revisions. 3 is LUO_REV_LEAF | LUO_REV_DELETED; the
 * body of a winner stands in its document, so what is here is beside one. */
static const char version_2[] = "CREATE INDEX revisions_deletions ON revisions (doc) "
                                "WHERE flags & 3 = 3 AND body IS NOT NULL;";

/* Version 3: entries of the history that are to be sent are counted without looking at each; a person is told of records alone. */
static const char version_3[] = "CREATE INDEX documents_entries_pending ON documents (space) "
                                "WHERE pending > 0 AND type = 'edit';";

typedef struct
{
  int version; /* after it ran */
  const char *sql;
} Migration;

static const Migration migrations[] = {
  { 1, version_1 },
  { 2, version_2 },
  { 3, version_3 },
};

G_STATIC_ASSERT (G_N_ELEMENTS (migrations) == LUO_SCHEMA_VERSION);

static gboolean
read_pragma (LuoConnection *conn, const char *sql, gint64 *value, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  return stmt != NULL && luo_connection_run_int (conn, stmt, value, error);
}

gboolean
luo_schema_check (LuoConnection *conn, gboolean *fresh, GError **error)
{
  gint64 application = 0, version = 0, tables = 0;

  if (!read_pragma (conn, "PRAGMA application_id", &application, error)
      || !read_pragma (conn, "PRAGMA user_version", &version, error)
      || !read_pragma (conn, "SELECT count(*) FROM sqlite_schema", &tables, error))
    return FALSE;

  *fresh = application == 0 && version == 0 && tables == 0;
  if (*fresh)
    return TRUE;

  if (application != LUO_SCHEMA_APPLICATION)
    {
      g_set_error_literal (
          error, LUO_STORE_ERROR, LUO_STORE_ERROR_DAMAGED,
          _ ("The data file is damaged or is no data file of Luoshi; it was left as it is."));
      return FALSE;
    }
  if (version > LUO_SCHEMA_VERSION)
    {
      g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NEWER,
                           _ ("The data was written by a newer version of Luoshi; please install that one. "
                              "The data file was left as it is."));
      return FALSE;
    }

  return TRUE;
}

gboolean
luo_schema_migrate (LuoConnection *conn, GError **error)
{
  gint64 version = 0;

  if (!read_pragma (conn, "PRAGMA user_version", &version, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (migrations); i++)
    {
      g_autofree char *stamp = NULL;

      if (migrations[i].version <= version)
        continue;

      stamp = g_strdup_printf ("PRAGMA user_version = %d; PRAGMA application_id = %d", migrations[i].version,
                               LUO_SCHEMA_APPLICATION);
      if (!luo_connection_exec (conn, migrations[i].sql, error) || !luo_connection_exec (conn, stamp, error))
        return FALSE;
    }

  return TRUE;
}
