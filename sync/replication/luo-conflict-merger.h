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

G_END_DECLS
