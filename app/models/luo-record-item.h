/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-document.h"

G_BEGIN_DECLS

#define LUO_TYPE_RECORD_ITEM (luo_record_item_get_type ())
G_DECLARE_FINAL_TYPE (LuoRecordItem, luo_record_item, LUO, RECORD_ITEM, GObject)

/**
 * LuoRecordItem: one row of a LuoRecordModel.
 *
 * Property: "document" (LuoDocument, nullable: not read yet), which is notified when it arrives and when the
 * record changes. Main thread only.
 */
LuoRecordItem *luo_record_item_new (gint64 key);
gint64 luo_record_item_get_key (LuoRecordItem *self);
/** Returns: (transfer none) (nullable) */
LuoDocument *luo_record_item_get_document (LuoRecordItem *self);
void luo_record_item_set_document (LuoRecordItem *self, LuoDocument *document);

G_END_DECLS
