/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-key-set.h"
#include "luo-projection.h"
#include "luo-query.h"
#include "luo-search-private.h"

G_BEGIN_DECLS

/* How a LuoQuery becomes SQL. Private to sync/store. */

/** The rows of a condition are read from its index up to this number (some 2 ms) to be intersected with those of others; a
 *  condition that meets more is looked at row by row, since most rows meet it. */
#define LUO_QUERY_KEYS_MAX 16000
/** A set so small is not worth intersecting with more. */
#define LUO_QUERY_KEYS_FEW 300

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
  char *keys;        /* (owned) (nullable): a SELECT of the keys of its rows, without a limit */
  gboolean covered;  /* every key of the set meets it */
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
/** Appends " AND …" for the conditions that the set does not cover. */
void luo_select_append_open_terms (LuoSelect *self, GString *sql);
/** Appends " AND …" for the conditions on the column whose index is used. */
void luo_select_append_index_terms (LuoSelect *self, GString *sql);
/** Whether there are no open ones. */
gboolean luo_select_is_covered (const LuoSelect *self);
/**
 * luo_select_read_keys:
 * @set: (out) (nullable): NULL where no condition is selective: all records may be in the list
 *
 * The records that meet the conditions that have an index, each of which is then covered.
 */
gboolean luo_select_read_keys (LuoSelect *self, LuoConnection *conn, LuoKeySet **set, GError **error);
/** Makes @self read its table by the index of the first sort, where there is one. */
gboolean luo_select_use_sort_index (LuoSelect *self, LuoConnection *conn, GError **error);
/** Returns: (transfer none): prepared and bound */
sqlite3_stmt *luo_select_prepare (LuoSelect *self, LuoConnection *conn, const char *sql, GError **error);

/* luo-query-list.c */

/**
 * LuoRun: a query while it runs within one read transaction.
 */
typedef struct
{
  LuoStore *store;
  LuoConnection *conn;
  const LuoQuery *query;
  gboolean by_id; /* ties by id */
  LuoSelect select;
  LuoSearch *search; /* (owned) (nullable): words that are still to be looked for */
  LuoKeySet *set;    /* (owned) (nullable): the records that can be in the list; NULL: all */
  GString *sql;      /* (owned) */
} LuoRun;

/** Begins the read transaction and reads the sets of the conditions. */
gboolean luo_run_start (LuoRun *self, LuoStore *store, const LuoQuery *query, gboolean by_id, GError **error);
void luo_run_clear (LuoRun *self);
/** The keys of the page, in order. */
gboolean luo_run_keys (LuoRun *self, GArray *keys, GError **error);
/**
 * luo_run_find_words:
 * @max: 0, or how many hits are read at most
 *
 * Makes the set that of the hits. With @max 0 they are looked at and @search is done with; else @search is left where bodies are
 * still to be looked at, and the set as it was where there are more.
 */
gboolean luo_run_find_words (LuoRun *self, guint max, GError **error);
/** Appends " FROM … WHERE …", with the set in front where there is one. */
gboolean luo_run_append_filter (LuoRun *self, GError **error);
/** Appends ", …" for each column. Returns: how many there are; -1 with @error */
int luo_run_append_columns (LuoRun *self, const char *const *names, GError **error);
/** Appends " LIMIT … OFFSET …" of the page. */
void luo_run_append_limit (LuoRun *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LuoRun, luo_run_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LuoSelect, luo_select_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LuoField, luo_field_clear)

G_END_DECLS
