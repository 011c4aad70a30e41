/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoDispute: one member that two people changed to different values.
 */
typedef struct
{
  char *pointer;  /* RFC 6901 by key for items: "/readings/centres", "/funds/provincial/used_fen", "/overall" */
  char *base;     /* (nullable) JSON text of the value before */
  char *ours;     /* (nullable) JSON text; NULL = absent */
  char *theirs;   /* (nullable) */
} LuoDispute;
void luo_dispute_free (LuoDispute *self);

/**
 * luo_merge:
 * @base: (nullable): JSON text of the nearest common ancestor
 * @ours: JSON text of one leaf, @theirs of the other
 * @merged: (out) (transfer full) (nullable): JSON text with both edits; NULL where members are in dispute
 * @disputes: (out) (optional) (transfer full) (element-type LuoDispute): empty when merged
 *
 * Three-way by member; pure and deterministic: no clock, no locale, and luo_merge (b, x, y) and luo_merge (b, y, x) give the same
 * text. Arrays of items with a key are merged by key, sets as sets, other values are equal or in dispute, numbers and money are never
 * added up by guess. `updated_at` and `updated_by` are no dispute: the later of the two by text with its author. Members nobody knows
 * are merged like the others. Without a base, equal members stay and the rest is a dispute.
 *
 * Returns: FALSE with LUO_RECORD_ERROR_JSON where a text is no JSON object
 */
gboolean luo_merge (const char *base, const char *ours, const char *theirs, char **merged, GPtrArray **disputes,
                    GError **error);

G_END_DECLS
