/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoDispute: one member that two people changed to different values.
 */
typedef struct
{
  char *
      pointer; /* RFC 6901, by key for items: "/readings/centres", "/funds/provincial/used_fen", "/overall" */
  char *base;  /* (nullable): JSON text of the value before */
  char *ours;  /* (nullable): JSON text; NULL = absent */
  char *theirs; /* (nullable) */
} LuoDispute;
void luo_dispute_free (LuoDispute *self);

/**
 * luo_merge:
 * @base: (nullable): JSON text of the nearest common ancestor; "{}" where both sides made the record anew
 * @ours: JSON text of one leaf
 * @theirs: JSON text of the other
 * @merged: (out) (optional) (transfer full) (nullable): JSON text with both edits; NULL where members are in dispute
 * @disputes: (out) (optional) (transfer full) (element-type LuoDispute): empty when merged
 * @error: LUO_RECORD_ERROR_JSON where a text is no JSON object
 *
 * Three-way by member; pure and deterministic: no clock, no locale, and luo_merge (b, x, y) and luo_merge (b, y, x) give the same
 * bytes. A value that one side left alone is taken from the other side byte for byte; luo_merge (b, x, b) is x itself.
 *
 * - Objects, known or not, are merged by member, recursively. One side removed what the other changed: a dispute.
 * - Items (LUO_KIND_ITEMS) are merged by the member that the record table marks LUO_MEMBER_KEY. Arrays that the table does not
 *   know are merged by "key", else by "name", where every item on every side is an object that has it as text, without doubles.
 * - Texts (LUO_KIND_TEXTS) are sets: what either side added is there, what either side removed is not.
 * - Narrative (LUO_KIND_NARRATIVE, the entries of LUO_KIND_TEXT_MAP) is merged by sentence, as luo_narrative_merge() describes: two
 *   offices that add different sentences both keep theirs, a sentence that both changed is a dispute of the whole text. Which
 *   members are narrative is the table's word, never a matter of their content. Where the base has no text at all, both sides wrote the
 *   whole of it: two versions, and a dispute.
 * - Everything else, other arrays, short text and text that the table does not know among them, is equal or in dispute. Numbers
 *   and money are never added up by guess.
 * - A member that this version does not know is merged as any other and keeps its bytes.
 * - The order of items and members is that of the base, or of the one side that changed it; what was added stands after the
 *   neighbour it was added behind, where both added at one place the run whose first key is less in bytes comes first.
 * - `updated_at` with `updated_by` are no dispute: the later pair by text wins; of `created_at` with `created_by` the earlier.
 * - Without @base, what is equal on both sides stays and all else, one-sided members too, is in dispute.
 *
 * Thread-safe. Returns: FALSE with @error set
 */
gboolean luo_merge (const char *base, const char *ours, const char *theirs, char **merged,
                    GPtrArray **disputes, GError **error);

/**
 * luo_merge_bases:
 * @bases: (nullable): NULL-ended, in any order: every nearest common ancestor; empty where both sides made the record anew; NULL
 *   where none is known
 *
 * As luo_merge(), where the two sides may have several nearest common ancestors, because the same leaves were merged twice, each time
 * otherwise. What each side decided then is a change against one ancestor and none against the other, so a result stands only
 * where all agree on it; any other member is in dispute.
 */
gboolean luo_merge_bases (const char *const *bases, const char *ours, const char *theirs, char **merged,
                          GPtrArray **disputes, GError **error);

G_END_DECLS
