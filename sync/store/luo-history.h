/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/* The history of a record: every saved edit, from every device. An edit saved with LUO_PUT_HISTORY writes an entry as a document of
 * its own (type `edit`, id `edit:<random>`) in the space of the record and in the transaction of the edit:
 *
 *   { "type": "edit", "record": "task:2020:195", "by": "li", "device": "…", "at": "2020-08-28T01:02:03Z",
 *     "base": "2-…", "rev": "3-…", "changes": { "/lead": ["…", "…"] } }
 *
 * `base` and `rev` are the record's revisions before and after, `changes` is as luo-changes.h has it. Entries replicate as any
 * document and never conflict, so they survive a server's compaction, and the record's own revisions do not grow by them. Rules:
 *
 * - Saves of one user on one unsent record, each at most half an hour after the one before, are one entry until that is sent; a deletion
 *   stands by itself.
 * - Making a record writes none (the record says who made it), nor does a merge: what went into it has entries of its own, and a
 *   random id would make two equal merges different.
 * - Nothing changes an entry once it has left the office: a server's store refuses (LUO_STORE_ERROR_FORBIDDEN).
 * - Entries are no records: lists and searches of records of any type, and the numbers a person is shown (LuoSpace.entries_pending
 *   is what to take off), leave them out. Only a list of the type "edit" has them. */

/**
 * LuoHistoryEntry: one edit.
 */
typedef struct
{
  char *id;
  char *by, *device; /* (nullable) */
  char *at;          /* instant; of its writer's clock, shown only */
  char *base, *rev;  /* (nullable) */
  char *changes;     /* JSON text: luo-changes.h */
  gboolean pending;  /* not yet on the server */
} LuoHistoryEntry;
void luo_history_entry_free (LuoHistoryEntry *self);

/**
 * luo_history_list:
 *
 * Newest first: by the writers' clocks, but never before the edit it stands on, however wrong a clock was. What was taken back within one
 * sitting is left out. Blocks.
 *
 * Returns: (transfer full) (element-type LuoHistoryEntry): empty where there are none
 */
GPtrArray *luo_history_list (LuoStore *store, const char *space, const char *record, GError **error);

/**
 * luo_history_get_state:
 * @entry: the id of an entry of @record
 * @before: the state before the edit, else the one after it
 * @body: (out) (transfer full) (nullable): JSON text; NULL where the record was deleted then
 * @files: (out) (optional) (transfer full) (nullable): its attachment stubs
 * @exact: (out) (optional): whether it is that revision; else the record of today with every later edit of any office undone, member by
 *   member, which is what can be said where a merge lies between and the revision is not kept
 *
 * Blocks. LUO_STORE_ERROR_NOT_FOUND where @record has no such entry.
 */
gboolean luo_history_get_state (LuoStore *store, const char *space, const char *record, const char *entry,
                                gboolean before, char **body, char **files, gboolean *exact, GError **error);

/**
 * luo_history_rebuild:
 * @rev: a revision whose body is not kept
 *
 * Undoes edits of the history from a revision whose body is kept down to @rev: a merge's base. The caller holds the result against the
 * revision's id. Blocks. Returns: FALSE without an error where the entries do not lead there
 */
gboolean luo_history_rebuild (LuoStore *store, const char *space, const char *record, const char *rev,
                              char **body, char **files, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoHistoryEntry, luo_history_entry_free)

G_END_DECLS
