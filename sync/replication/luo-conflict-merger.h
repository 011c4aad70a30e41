/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/**
 * luo_conflict_merge:
 * @store, @space, @id: a document with more than one live leaf
 * @merged: (out): whether it has one live leaf now
 *
 * Merges the leaves of a document (luo_merge() with the base kept by the store) and writes the result with luo_store_resolve(). Where members are in
 * dispute, or no base is left and leaves differ, nothing is written. Called after each pull; blocks.
 */
gboolean luo_conflict_merge (LuoStore *store, const char *space, const char *id, gboolean *merged,
                             GError **error);

/**
 * luo_conflict_merge_all:
 * @merged: (out): how many records were merged
 * @left: (out): how many are in conflict still
 *
 * The same for every record of the replica with more than one live leaf; after records came in on another way than by a pull.
 */
gboolean luo_conflict_merge_all (LuoStore *store, guint64 *merged, guint64 *left, GError **error);

G_END_DECLS
