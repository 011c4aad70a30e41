/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-record-type.h"
#include "luo-store-private.h"

G_BEGIN_DECLS

/* The projections: what lists, filters, sorts and totals read instead of bodies. Made from the record table alone:
 *
 *   p_<type>            doc INTEGER PRIMARY KEY (= documents.key), space, id, created_at, created_by, updated_at, updated_by,
 *                       a column for each LUO_MEMBER_COLUMN member and each derived column
 *   p_<type>_<member>   doc, n (place in the array, or name in the map), a column for each LUO_MEMBER_COLUMN member of the items
 *                       (of a map: key, value); PRIMARY KEY (doc, n), WITHOUT ROWID
 *
 * SQLite reads the JSON text itself: one INSERT … SELECT for each table. A value of the wrong kind gives NULL, never an
 * error, since a record that is not valid here is kept and listed all the same.
 *
 * Every index ends with the document's key, so that a list that is sorted by one column comes from it page by page, and so
 * that a bulk load appends to the end of each group rather than writing all over the index. Narratives have none: nobody
 * sorts by them. Private to sync/store. */

/**
 * LuoColumn: one projected column.
 */
typedef struct
{
  const char *name;
  char *sql;        /* (owned): the quoted name */
  LuoKind kind;     /* of a member; LUO_KIND_TEXT for a derived column */
  gboolean derived; /* its values may be of any kind */
  char *index;      /* (owned) (nullable): the quoted name of its index */
} LuoColumn;

/**
 * LuoTable: one projection table. Made once, never freed, safe in any thread.
 */
typedef struct _LuoTable LuoTable;
struct _LuoTable
{
  const LuoRecordType *type;
  const LuoMember *member; /* (nullable): of a child table */
  const LuoTable *parent;  /* (nullable): of a child table */
  char *name;              /* (owned): "project", "project/funds" */
  char *sql;               /* (owned): "p_project", quoted */
  char *space_index;       /* (owned) (nullable): of a type's table, quoted */
  GArray *columns;         /* (owned): LuoColumn */
  GPtrArray *children;     /* (owned): LuoTable of a type's child tables */
  char *needle;            /* (owned) (nullable): a body without this text has no rows in the child table */
  char *create;            /* (owned): several statements */
  char *insert;            /* (owned): ?1 doc, ?2 body, and of a type's table ?3 space, ?4 id */
  char *replace;           /* (owned) (nullable): the same over a row that is there */
  char *bare;              /* (owned) (nullable): a row of the document alone */
  char *remove;            /* (owned): ?1 doc */
  char *remove_space;      /* (owned): ?1 space */
};

/** Returns: (transfer none) (nullable): the table of "project" or "project/funds" */
const LuoTable *luo_projection_find (const char *name);

/** Returns: (transfer none) (nullable): a column of @self alone (not of the parent) */
const LuoColumn *luo_table_column (const LuoTable *self, const char *name);

/** Returns: (transfer none) (element-type LuoTable): the tables of all types, without child tables */
GPtrArray *luo_projection_tables (void);

G_END_DECLS
