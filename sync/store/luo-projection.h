/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-derived.h"
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
 * The members of a body are cut out and bound as they stand, without a tree; derived columns are SQL over just the members
 * that they name. A value of the wrong kind gives NULL, never an error, since a record that is not valid here is kept and
 * listed all the same. luo_projection_check() projects once more by SQLite's JSON functions and compares.
 *
 * A record that is there already has only those columns written that are different: SQLite writes a page or two of the index of each
 * column that an UPDATE names, and a save would otherwise write the indexes of all columns to the disk before it is confirmed.
 *
 * Every index ends with the document's key, so that a list that is sorted by one column comes from it page by page, and so
 * that a bulk load appends to the end of each group rather than writing all over the index. Narratives have none: nobody
 * sorts by them. A bulk load into few records drops the indexes of its type, which costs an insert twice what all else does, and
 * they are made anew when the worker is idle, one in a transaction, sorted: luo_projection_index_step(). Until then
 * lists are right but slower. Private to sync/store. */

/** A bulk load of so many new records without a pause looks whether dropping the indexes pays, and at each doubling again. */
#define LUO_PROJECTION_BULK 1024
/** It pays where the records before are at most so many times as many: building an index costs a tenth of filling it. */
#define LUO_PROJECTION_BULK_FACTOR 8
/** A load has ended when nothing new came for so long, in microseconds; only then are indexes made, since those of 100,000 records
 *  take a second or two and the next batch of a pull would have to keep them up. */
#define LUO_PROJECTION_REST_US G_USEC_PER_SEC

/**
 * LuoColumn: one projected column.
 */
typedef struct
{
  const char *name;
  gsize name_length;
  char *sql; /* (owned): the quoted name */
  char *
      value; /* (owned): of a type's table or a child's, the SQL of its value over the parameters of an INSERT */
  LuoKind kind;     /* of a member; LUO_KIND_TEXT for a derived column */
  gboolean derived; /* its values may be of any kind */
  char *index;      /* (owned) (nullable): the quoted name of its index */
} LuoColumn;

/**
 * LuoBodyPart: the members of a body that one or several derived columns read, bound as a body of its own.
 */
typedef struct
{
  char **members; /* (owned) */
} LuoBodyPart;

/**
 * LuoTableDerivation: a derivation with the parameters of an INSERT that its columns have.
 */
typedef struct
{
  const LuoDerivation *derivation;
  int parameters[LUO_DERIVATION_COLUMNS];
} LuoTableDerivation;

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
  GArray *columns;         /* (owned): LuoColumn, the derived ones last */
  guint n_derived;         /* how many of them are derived */
  guint place;             /* of a type's table, in luo_projection_tables() */
  GPtrArray *children;     /* (owned): LuoTable of a type's child tables */
  GArray *
      derivations; /* (owned): LuoTableDerivation, derived columns that are computed here rather than by SQL */
  GPtrArray *parts; /* (owned): LuoBodyPart, what derived columns are computed from */
  char *create;     /* (owned): several statements */
  char *insert;     /* (owned): ?1 doc, ?2 n or space, ?3 id, then columns and parts */
  char *replace;    /* (owned) (nullable): the same over a row that is there */
  char *
      same; /* (owned): of a type's table, for each column whether its value is the one of the row that is there; of a
                            * child table, whether all are; parameters as of an INSERT */
  char *count;        /* (owned) (nullable): of a child table, how many rows a record has; ?1 doc */
  guint n_parameters; /* of an INSERT */
  char *project;      /* (owned): SELECT of the same rows by SQLite over documents as d; ?1 the type */
  char *bare;         /* (owned) (nullable): a row of the document alone */
  char *remove;       /* (owned): ?1 doc */
  char *remove_space; /* (owned): ?1 space */
};

/** Returns: (transfer none) (nullable): the table of "project" or "project/funds" */
const LuoTable *luo_projection_find (const char *name);

/**
 * luo_projection_index_step:
 * @more: (out): whether an index was made, and perhaps more are missing
 *
 * Makes one of the indexes that a bulk load dropped, once the load has ended. In a write transaction of the idle worker.
 */
gboolean luo_projection_index_step (LuoConnection *conn, gboolean *more, GError **error);

/** Returns: (transfer none) (nullable): a column of @self alone (not of the parent) */
const LuoColumn *luo_table_column (const LuoTable *self, const char *name);

/** Returns: (transfer none) (element-type LuoTable): the tables of all types, without child tables */
GPtrArray *luo_projection_tables (void);

G_END_DECLS
