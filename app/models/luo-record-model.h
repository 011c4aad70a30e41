/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-query.h"
#include "luo-record-item.h"

G_BEGIN_DECLS

#define LUO_TYPE_RECORD_MODEL (luo_record_model_get_type ())
G_DECLARE_FINAL_TYPE (LuoRecordModel, luo_record_model, LUO, RECORD_MODEL, GObject)

/**
 * LuoRecordModel: a GListModel of LuoRecordItem over a query of the replica.
 *
 * Holds the keys of all rows and reads a record only when its row is asked for, many at a time. The first page of a new query is
 * there before the rest of its keys. When the replica changes, `items-changed` names the rows that came, went or moved and no
 * others; a record that changed in its place is told by its item's notify::document.
 *
 * Main thread only; everything is read in worker threads.
 *
 * LuoRecordModel::loaded: the keys of a query that was set have all arrived.
 */
LuoRecordModel *luo_record_model_new (LuoStore *store);

/** @query: (transfer full): shows its rows instead; its limit is not used */
void luo_record_model_set_query (LuoRecordModel *self, LuoQuery *query);

/** Whether the keys of the query are still being read. */
gboolean luo_record_model_get_loading (LuoRecordModel *self);
/** Returns: (nullable) (transfer none): why the last query could not be read, in words */
const char *luo_record_model_get_failure (LuoRecordModel *self);

/** Returns: the row of a record, G_MAXUINT where it is none */
guint luo_record_model_find (LuoRecordModel *self, gint64 key);
/** Returns: (transfer none) (nullable): the record of a row where it was read already; asks for nothing */
LuoDocument *luo_record_model_peek (LuoRecordModel *self, guint position);

G_END_DECLS
