/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The most ancestors that are kept and sent, as CouchDB's _revs_limit. */
#define LUO_REVS_LIMIT 1000

/**
 * LuoRevisionFlags: what is known of one revision in a tree.
 * @LUO_REV_LEAF: nothing was written on top of it
 * @LUO_REV_DELETED: a tombstone
 * @LUO_REV_BODY: its body is kept here
 * @LUO_REV_HELD: the server is known to hold it
 * @LUO_REV_OFFERED: it was sent and may be on the server, so it is never collapsed any more
 * @LUO_REV_MINE: it was made here
 */
typedef enum
{
  LUO_REV_LEAF = 1 << 0,
  LUO_REV_DELETED = 1 << 1,
  LUO_REV_BODY = 1 << 2,
  LUO_REV_HELD = 1 << 3,
  LUO_REV_OFFERED = 1 << 4,
  LUO_REV_MINE = 1 << 8,
} LuoRevisionFlags;

/**
 * luo_rev_parse:
 * @rev: "3-917fa2381192822767f010b95b45325b"; the part after the dash is not empty, at most 64 bytes of printable ASCII without quotes and backslashes, and
 *   where it has 32 characters they must be hex (CouchDB refuses others, C2015)
 * @generation: (out) (optional): 3
 *
 * Returns: (nullable) (transfer none): the part after the dash, within @rev; NULL where @rev is no revision
 */
const char *luo_rev_parse (const char *rev, guint *generation);

/**
 * luo_rev_compare:
 *
 * The order that makes a winner: not deleted before deleted, then generation as a number, then the id bytewise; the greatest
 * wins (replication.md 13). Returns: < 0, 0, > 0 as for qsort, the winner greatest.
 */
int luo_rev_compare (const char *a, gboolean a_deleted, const char *b, gboolean b_deleted);

/**
 * luo_rev_make:
 * @parent: (nullable): the revision this one stands on
 * @body: JSON text without `_` members
 * @attachments: (nullable): JSON text of the stubs: {"name":{"content_type","digest","length","revpos"}}
 *
 * The id of a revision made here: N- and the MD5 of parent, deleted flag, canonical body and the attachments' names and digests.
 * Equal edits on two machines give equal revisions. A peer's id is never recomputed.
 *
 * Returns: (transfer full): the id; NULL where @body is no JSON object
 */
char *luo_rev_make (const char *parent, gboolean deleted, const char *body, const char *attachments,
                    GError **error);

/** The same of a body that luo_json_cut() has found to be an object, which is not looked at once more; fails for @attachments alone. */
char *luo_rev_make_checked (const char *parent, gboolean deleted, const char *body, gsize length,
                            const char *attachments, GError **error);

G_END_DECLS
