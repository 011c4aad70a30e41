/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/**
 * luo_sample_get_folder:
 *
 * Returns: (transfer full): where the sample data lies: $LUOSHI_SAMPLE_DATA, else as installed (PKGDATADIR/sample)
 */
char *luo_sample_get_folder (void);

/**
 * luo_sample_load:
 * @folder: (nullable): with records.jsonl and the files it names; NULL is luo_sample_get_folder()
 * @loaded: (out) (optional): records that are new or changed
 * @error: names the line of records.jsonl: LUO_RECORD_ERROR_…, G_IO_ERROR_…, LUO_STORE_ERROR_…
 *
 * Loads the sample records, a line each: {"_id","space","_attach":[{"name","file","content_type"}], members…}. Spaces are made as
 * needed. All records or none; loading again changes nothing, and a record that was edited since keeps the edit. Blocks.
 */
gboolean luo_sample_load (LuoStore *store, const char *folder, guint *loaded, GError **error);

G_END_DECLS
