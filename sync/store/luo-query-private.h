/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-projection.h"
#include "luo-query.h"
#include "luo-search-private.h"

G_BEGIN_DECLS

/* How a LuoQuery becomes SQL. Private to sync/store. */

/** Rows that are counted at most to learn how selective a condition is: counting so many index entries takes under 1 ms. */
#define LUO_QUERY_PROBE_MAX 20000

typedef struct
{
  char *column; /* (owned) */
  LuoOperator op;
  gboolean in;   /* @values instead of @op and values[0] */
  char **values; /* (owned) (nullable) */
} LuoCondition;

typedef struct
{
  char *column; /* (owned) */
  gboolean descending;
} LuoSort;

struct _LuoQuery
{
  char *type;         /* (owned): "" for any */
  char *space;        /* (owned) (nullable) */
  char *words;        /* (owned) (nullable) */
  GArray *conditions; /* (owned): LuoCondition */
  GArray *sorts;      /* (owned): LuoSort */
  guint offset;
  guint limit; /* 0: all */
};

/** A value bound to a statement, by its place in LuoSelect.binds. */
typedef struct
{
  char *text; /* (owned) (nullable): a text; NULL for a number */
  gboolean real;
  gint64 integer;
  double number;
} LuoBind;

/** A compiled condition. */
typedef struct
{
  char *sql;         /* (owned) */
  const char *index; /* (nullable): the index that finds its rows */
} LuoTerm;

/**
 * LuoSelect: a query while it is being turned into SQL. Aliases: p the table of the type, c the child table, d documents.
 * Without a type's table (records of any or of an unknown type) there is d alone.
 */
typedef struct
{
  const LuoQuery *query;
  const LuoTable *table; /* (nullable): of the type */
  const LuoTable *child; /* (nullable) */
  const char *type;      /* (nullable): the type alone */
  gboolean documents;    /* d is joined */
  GArray *binds;         /* (owned): LuoBind */
  GArray *terms;         /* (owned): LuoTerm */
  char *index;           /* (owned) (nullable): the index that @table is read by */
} LuoSelect;

/** A column of a list as SQL. */
typedef struct
{
  char *sql; /* (owned) */
  LuoKind kind;
  gboolean derived;  /* of any kind */
  const char *index; /* (nullable) */
} LuoField;
void luo_field_clear (LuoField *self);

/** Compiles the conditions. LUO_STORE_ERROR_INVALID names what is not known. */
gboolean luo_select_init (LuoSelect *self, const LuoQuery *query, GError **error);
void luo_select_clear (LuoSelect *self);
/** Returns: the number of the parameter: "?3" */
guint luo_select_bind_text (LuoSelect *self, const char *text);
gboolean luo_select_field (LuoSelect *self, const char *name, LuoField *field, GError **error);
/** The key of a row's document. */
const char *luo_select_key (const LuoSelect *self);
const char *luo_select_id (const LuoSelect *self);
/** The name of a row's space. */
const char *luo_select_space (const LuoSelect *self);
/** @before: (nullable): what drives the join, "json_each (?4) AS j"; d is joined where it is needed or @documents. */
void luo_select_append_from (LuoSelect *self, GString *sql, const char *before);
/** Appends " AND …" for each condition. */
void luo_select_append_terms (LuoSelect *self, GString *sql);
/** Appends " ORDER BY …". @by_id: ties by id, else by key. */
gboolean luo_select_append_order (LuoSelect *self, GString *sql, gboolean by_id, GError **error);
/** Chooses the index: the sort's, or that of the most selective condition. @wanted: rows that will be read, 0 for all. */
gboolean luo_select_choose_index (LuoSelect *self, LuoConnection *conn, guint wanted, GError **error);
/** Returns: (transfer none): prepared and bound */
sqlite3_stmt *luo_select_prepare (LuoSelect *self, LuoConnection *conn, const char *sql, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LuoSelect, luo_select_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LuoField, luo_field_clear)

G_END_DECLS
