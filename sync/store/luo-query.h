/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/* Lists, counts, totals and search over the projections. Columns are the members that the record table marks
 * LUO_MEMBER_COLUMN, its derived columns, and for every type: id, created_at, created_by, updated_at, updated_by, space,
 * pending (0/1), conflicts (count), type, not_understood. Another member of the record table may be used too, by its path
 * ("site/address", "readings/centres"), at the cost of reading bodies. A set ("partners") equals each of its values.
 * A condition may name a column of the items of a member ("funds/source", "findings/due"): it is met by a record that has an item
 * which meets all conditions on the items of that member.
 *
 * Every function here reads one state of the replica and may fail with LUO_STORE_ERROR_INVALID for what is no column or no
 * value of it, by name, or with any error of reading. */

typedef struct _LuoQuery LuoQuery;

typedef enum
{
  LUO_EQUAL,
  LUO_NOT_EQUAL,
  LUO_LESS, /* dates and months compare as text, which is their order */
  LUO_AT_MOST,
  LUO_GREATER,
  LUO_AT_LEAST,
  LUO_PRESENT, /* value ignored */
  LUO_ABSENT,
} LuoOperator;

/** @type: (nullable): NULL or "" for records of any type, which entries of the history are not; a record type's name; or "type/member" for a child table: "project/funds", "visit/findings", "progress/readings",
 *  "task/indicators", "project/stages". Child rows have the columns of their item (map: key, value) and of their parent. */
LuoQuery *luo_query_new (const char *type);
LuoQuery *luo_query_copy (const LuoQuery *self);
void luo_query_free (LuoQuery *self);

void luo_query_set_space (LuoQuery *self, const char *space);
/** Conditions are joined by AND. Integers are given as text. An unknown column is LUO_STORE_ERROR_INVALID when run. */
void luo_query_where (LuoQuery *self, const char *column, LuoOperator op, const char *value);
/** column IN (values) */
void luo_query_where_in (LuoQuery *self, const char *column, const char *const *values);
/** Words a person typed: each must be found, Chinese of two characters and more too, document numbers in any form. */
void luo_query_set_words (LuoQuery *self, const char *words);
/** May be called several times: first is the most significant. What is absent is before everything else. Ties are ordered by id in
 *  a whole list, so that two replicas give the same one, and by key (the order in which records came here) in a page and in lists
 *  of keys, which come from an index. Words without a sort give what was changed last first. */
void luo_query_sort (LuoQuery *self, const char *column, gboolean descending);
/** @limit: 0 for all */
void luo_query_set_limit (LuoQuery *self, guint offset, guint limit);

/** Returns: (transfer full) (element-type LuoDocument): winners that are not deleted */
GPtrArray *luo_store_list (LuoStore *self, const LuoQuery *query, GError **error);
/** Returns: (transfer full) (element-type gint64): the keys alone, for a list model over 100,000 rows */
GArray *luo_store_list_keys (LuoStore *self, const LuoQuery *query, GError **error);
/** Returns: (transfer full) (element-type LuoDocument) (nullable elements): in the order of @keys; NULL where gone */
GPtrArray *luo_store_get_by_keys (LuoStore *self, const gint64 *keys, gsize n, GError **error);
gint64 luo_store_count (LuoStore *self, const LuoQuery *query, GError **error);

/**
 * LuoGroup: one row of a total.
 */
typedef struct
{
  char **by; /* the values of the grouping columns, in order; "" where absent; NULL-ended */
  gint64 count;
  gint64 *sums; /* one per summed column */
} LuoGroup;
void luo_group_free (LuoGroup *self);

/**
 * luo_store_group:
 * @by: NULL-ended grouping columns, may be empty
 * @sum: NULL-ended summed columns, may be empty
 *
 * SELECT by…, COUNT, SUM(sum)… GROUP BY by… of the query: projects by district and stage, funds by source and district.
 *
 * Returns: (transfer full) (element-type LuoGroup)
 */
GPtrArray *luo_store_group (LuoStore *self, const LuoQuery *query, const char *const *by,
                            const char *const *sum, GError **error);

/**
 * LuoItemRow: rows of a child table with the key of their record.
 */
typedef struct
{
  gint64 key; /* of the record */
  char *id;   /* of the record */
  char *space;
  char **values; /* of the columns asked for; "" where absent; NULL-ended */
} LuoItemRow;
void luo_item_row_free (LuoItemRow *self);
/** Returns: (transfer full) (element-type LuoItemRow): the columns of a query over a type or child table */
GPtrArray *luo_store_list_columns (LuoStore *self, const LuoQuery *query, const char *const *columns,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoQuery, luo_query_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoGroup, luo_group_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoItemRow, luo_item_row_free)

G_END_DECLS
