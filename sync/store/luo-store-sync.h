/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/* What the replicator and the hub need of a store: changes, revisions with their history, marks of what a peer holds. */

/**
 * LuoChange: one row of a changes feed.
 */
typedef struct
{
  gint64 seq;
  gint64 key;
  char *id;
  gboolean deleted; /* the winner is a tombstone */
  char **leaves;    /* NULL-ended; the winner first; tombstones included (style=all_docs) */
  char *rev;        /* the winner (= leaves[0]) */
} LuoChange;
void luo_change_free (LuoChange *self);

/**
 * luo_store_changes:
 * @since: local sequence, exclusive
 * @limit: at most so many
 * @descending: newest first
 * @last_seq: (out) (optional): where to go on: the last row's sequence, or the space's where the end was reached
 *
 * Each document once, at its latest sequence. Returns: (transfer full) (element-type LuoChange)
 */
GPtrArray *luo_store_changes (LuoStore *self, const char *space, gint64 since, guint limit,
                              gboolean descending, gint64 *last_seq, GError **error);

/** How many documents changed after @since: `pending` of a feed. */
gint64 luo_store_count_changes (LuoStore *self, const char *space, gint64 since, GError **error);

/**
 * LuoRevsQuery: ask for revisions of one document.
 */
typedef struct
{
  char *id;
  char **revs;               /* in: NULL-ended */
  char **missing;            /* out: those not in the tree; NULL-ended, empty where none */
  char **possible_ancestors; /* out: leaves of a lower generation than a missing one */
} LuoRevsQuery;
void luo_revs_query_free (LuoRevsQuery *self);

/** Fills `missing` and `possible_ancestors` for each (one read transaction). */
gboolean luo_store_revs_diff (LuoStore *self, const char *space, GPtrArray *queries, GError **error);

/**
 * LuoInsertFlags:
 * @LUO_INSERT_HELD: mark these revisions and their ancestors as held by the server (a pull)
 * @LUO_INSERT_REPEATABLE: who inserts can have them again until a later write of its own (a checkpoint) is durable, which then makes
 *   these durable too: do not wait for the disk
 */
typedef enum
{
  LUO_INSERT_DEFAULT = 0,
  LUO_INSERT_HELD = 1 << 0,
  LUO_INSERT_REPEATABLE = 1 << 1,
} LuoInsertFlags;

/**
 * LuoInsertResult: per document of a batch. Where @error is NULL the revision is stored durably (but for LUO_INSERT_REPEATABLE) or
 * was there already.
 */
typedef struct
{
  GError *error; /* (owned) (nullable) */
} LuoInsertResult;

/**
 * luo_store_insert:
 * @documents: (element-type LuoIncoming)
 * @results: (out) (optional) (transfer full) (array): one per document; free with luo_insert_results_free()
 *
 * Stores revisions with their history as they are (`new_edits=false`): adds to the trees, never refuses for conflict, is
 * idempotent. One transaction for the batch; a document that can not be stored fails alone. Attachment stubs whose digest is not held
 * are recorded as wanted (client) or refused with LUO_STORE_ERROR_MISSING_STUB (hub); inline data (base64) is decoded, verified
 * and stored.
 */
gboolean luo_store_insert (LuoStore *self, const char *space, GPtrArray *documents, LuoInsertFlags flags,
                           LuoInsertResult **results, GError **error);
void luo_insert_results_free (LuoInsertResult *results, gsize n);

/** The same without blocking: completes in the thread-default context of the caller when durable. Takes a reference on @documents. */
void luo_store_insert_async (LuoStore *self, const char *space, GPtrArray *documents, LuoInsertFlags flags,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean luo_store_insert_finish (LuoStore *self, GAsyncResult *result, LuoInsertResult **results, gsize *n,
                                  GError **error);

/**
 * luo_store_append_wire:
 * @with_history: `_revisions` is included
 *
 * Appends a revision as CouchDB sends it to @out, spliced from stored text without parsing:
 * {"_id":…,"_rev":…,"_revisions":{…},"_deleted":true,"_attachments":{stubs},…}. The hot path of _bulk_get and of a push.
 * Returns: FALSE with LUO_STORE_ERROR_NOT_FOUND where the revision's body is not kept
 */
gboolean luo_store_append_wire (LuoStore *self, const char *space, const char *id, const char *rev,
                                gboolean with_history, GString *out, GError **error);

/** Marks revisions (ids and revs pairwise) as sent and perhaps arrived, durable before the request leaves. */
gboolean luo_store_mark_offered (LuoStore *self, const char *space, const char *const *ids,
                                 const char *const *revs, gsize n, GError **error);
/** Marks revisions and their ancestors as held by the server, and takes their refusals away. */
gboolean luo_store_mark_held (LuoStore *self, const char *space, const char *const *ids,
                              const char *const *revs, gsize n, GError **error);
/**
 * luo_store_forget_marks:
 * @since: local sequence, exclusive; 0 is every document
 *
 * The server may not have any more what it had: its database was made anew (@since 0, refusals go too; replication.md 2), or stands
 * on a backup from before these documents changed. Those that it held are pending again; what the server has after all is found by asking. A revision
 * that was held stays OFFERED: it has been out, others may hold it, so it is never collapsed.
 */
gboolean luo_store_forget_marks (LuoStore *self, const char *space, gint64 since, GError **error);

/**
 * luo_store_withdraw_copies:
 * @removed: (out) (optional): how many documents were removed
 * @kept: (out) (optional): how many stay because the server does not hold all of their leaves
 *
 * The right to read a space is gone (replication.md 9): removes what the server holds, with its files and the checkpoints, and keeps what
 * was never sent. Nothing is deleted on the server: there are no tombstones. The space counts as another one afterwards
 * (`instance`). A client's store alone.
 */
gboolean luo_store_withdraw_copies (LuoStore *self, const char *space, guint64 *removed, guint64 *kept,
                                    GError **error);

/**
 * LuoRefusal: a revision that the server did not take, alone, while the rest goes on.
 */
typedef struct
{
  char *space, *id, *rev;
  int status;   /* HTTP status, 0 where none */
  char *error;  /* the server's word: forbidden, too_large … */
  char *reason; /* the server's reason */
  gint64 at;    /* seconds since 1970, UTC; shown only */
} LuoRefusal;
void luo_refusal_free (LuoRefusal *self);
gboolean luo_store_set_refusal (LuoStore *self, const LuoRefusal *refusal, GError **error);
/** @space, @id: (nullable): all. Returns: (transfer full) (element-type LuoRefusal) */
GPtrArray *luo_store_list_refusals (LuoStore *self, const char *space, const char *id, GError **error);

/** Documents with more than one live leaf. @space: (nullable). Returns: (transfer full) (element-type LuoDocument): winners */
GPtrArray *luo_store_list_conflicts (LuoStore *self, const char *space, guint limit, GError **error);

/**
 * luo_store_list_deletions:
 * @space: (nullable)
 *
 * Documents with one live leaf beside which a person deleted the record (a tombstone with `updated_by`; the tombstones that end a
 * conflict name nobody): the edit stands until somebody decides (luo_store_decide()).
 *
 * Returns: (transfer full) (element-type LuoDocument): winners
 */
GPtrArray *luo_store_list_deletions (LuoStore *self, const char *space, guint limit, GError **error);

/** Ids of documents with a leaf that is not held. @space: (nullable). Returns: (transfer full) (element-type LuoDocument): winners, oldest change first */
GPtrArray *luo_store_list_pending (LuoStore *self, const char *space, guint limit, GError **error);

/**
 * LuoAllDocsRow: `_all_docs` of the hub, in id order (bytes).
 */
typedef struct
{
  char *id;
  char *rev;
  gboolean deleted; /* only with @keys */
  gboolean missing; /* only with @keys */
} LuoAllDocsRow;
void luo_all_docs_row_free (LuoAllDocsRow *self);
/** @keys: (nullable) ids asked for, in their order; else the range @start … @end (nullable, inclusive as asked), @skip, @limit. */
GPtrArray *luo_store_all_docs (LuoStore *self, const char *space, const char *const *keys, const char *start,
                               const char *end, gboolean inclusive_end, gboolean descending, guint skip,
                               guint limit, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoChange, luo_change_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoRefusal, luo_refusal_free)

G_END_DECLS
