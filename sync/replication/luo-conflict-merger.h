/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/**
 * luo_conflict_merge:
 * @store, @space, @id: a document with more than one live leaf
 * @merged: (out): whether it has one live leaf now
 *
 * Merges the live leaves of a document (luo_merge(), luo_merge_attachments()) and writes the result with luo_store_resolve(): the
 * merged revision on the winner and a tombstone on each other leaf, in one transaction that looks at the leaves again. Called
 * after each pull; blocks. The rules, by which every replica that merges the same leaves makes the same revisions:
 *
 * - The base is the nearest common ancestor, nothing older (luo_store_get_bases()). A replica that does not have it merges only
 *   leaves that say the same, and otherwise waits for one that has, or for a person.
 * - A leaf that was merged into a revision is an ancestor of it: who edited on it before he knew is compared with what he saw.
 * - Of more than two leaves those that parted last are merged first. All are merged or none.
 * - Edit against delete: the edit stays, and the tombstone remains a leaf of its own, so there is nothing to merge. A deletion is
 *   made again by who still wants it.
 * - Create against create under one natural id (two first revisions): both are additions to nothing; members that one side alone
 *   has stay, those that both have must be equal, or are in dispute.
 * - Attachment against attachment of one name: both stay (luo_merge_attachments()).
 * - Where members are in dispute, or the merged record would not be valid although each leaf is, nothing is written.
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
