/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-query.h"
#include "luo-record-type.h"

G_BEGIN_DECLS

#define LUO_TYPE_LIST_TOTAL (luo_list_total_get_type ())
G_DECLARE_FINAL_TYPE (LuoListTotal, luo_list_total, LUO, LIST_TOTAL, AdwBin)

/**
 * LuoListTotal: what the records of a list add up to, so that a person who came by a number finds it again: a line above the list.
 *
 * Adds up a column of the records ("attendances"), or of their items ("funds/used_fen"); counts the items where the column is their
 * key ("findings/key"), and the different values of columns of text ("district,community"). Hidden while there is none.
 */
GtkWidget *luo_list_total_new (const char *record_type);

/** @column: (nullable): none */
void luo_list_total_set_column (LuoListTotal *self, const char *column);

/** Returns: (transfer none) (nullable): the member whose items are added up, "funds" */
const char *luo_list_total_get_items (LuoListTotal *self);

/** @query: (transfer full): the list's query, made over the items where there are such; ignored where there is no column */
void luo_list_total_set_query (LuoListTotal *self, LuoStore *store, LuoQuery *query);

/**
 * luo_list_total_read:
 * @column: as above, without the name of the member where @query is over its items
 *
 * Blocks. Returns: the total, -1 with @error
 */
gint64 luo_list_total_read (LuoStore *store, const LuoQuery *query, const char *column, LuoKind kind,
                            GError **error);

G_END_DECLS
