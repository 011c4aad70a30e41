/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-change-counts.h"
#include "luo-connection.h"
#include "luo-store-sync.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* The contract inside sync/store. luo-schema.c makes these tables (all STRICT):
 *
 *   meta        name PRIMARY KEY, value
 *   spaces      id, name, instance, seq, stamp, indexed, documents, deleted, pending, conflicts, size (stamp: counts writes)
 *   space_meta  space, name, value
 *   documents   key, space, seq, rev, flags, deleted, type, conflicts, pending, leaves, id, not_understood, attachments, body
 *               UNIQUE (space, id), UNIQUE (space, seq): one row per document, with the winner's body; tombstones too
 *   revisions   doc, generation, suffix, parent, flags, attachments, body; body and attachments only where it is not the winner
 *   locals, refusals
 *
 * spaces.indexed is the sequence up to which the search index and the "not understood" check have come; the index owns it.
 */

/** Ancestors of edits made here whose bodies are kept as merge bases even after they are held (replication.md 15). */
#define LUO_STORE_KEPT_BASES 8

/** The name of the database file in the store's folder. */
#define LUO_STORE_FILE "luoshi.db"

/* Reading */

/**
 * luo_store_read_begin:
 *
 * Borrows a pooled read connection with a read transaction open, or the calling thread's snapshot. Statements must be reset before
 * luo_store_read_end().
 *
 * Returns: (transfer none) (nullable)
 */
LuoConnection *luo_store_read_begin (LuoStore *self, GError **error);
void luo_store_read_end (LuoStore *self, LuoConnection *conn);

/**
 * luo_store_read_once:
 *
 * As luo_store_read_begin() without opening a transaction: for readers of exactly one statement, which is its own snapshot. Also
 * given back with luo_store_read_end().
 */
LuoConnection *luo_store_read_once (LuoStore *self, GError **error);

/* Writing */

typedef gboolean (*LuoWriteFunc) (LuoStore *self, LuoConnection *conn, gpointer data, GError **error);

/**
 * luo_store_write:
 *
 * Runs @func in the worker thread inside a transaction (its own SAVEPOINT; several writes may share one COMMIT) and returns when
 * the COMMIT is durable. Where @func returns FALSE what it did is undone and its error is returned. @func must not call blocking
 * functions of the store.
 */
gboolean luo_store_write (LuoStore *self, LuoWriteFunc func, gpointer data, GError **error);

/** The same for what could be had again: durable no later than the next luo_store_write(). */
gboolean luo_store_write_repeatable (LuoStore *self, LuoWriteFunc func, gpointer data, GError **error);

/** The same without waiting: @done (nullable) is called in the worker thread after the COMMIT, with the error or NULL. */
typedef void (*LuoWriteDone) (LuoStore *self, gpointer data, const GError *error);
void luo_store_write_async (LuoStore *self, LuoWriteFunc func, gpointer data, LuoWriteDone done);

/* Below: only inside a LuoWriteFunc, in the worker thread. */

/**
 * LuoSpaceState: counts of a space inside the running transaction; written back when the LuoWriteFunc ends. Whoever changes
 * something of the space counts here.
 */
typedef struct
{
  gint64 id;
  char *name; /* (owned) */
  gint64 seq, stamp;
  gint64 documents, deleted, pending, conflicts, size;
  gboolean dirty;
} LuoSpaceState;

/** Looks the space up in this transaction. Returns: (transfer none): LUO_STORE_ERROR_NOT_FOUND where there is none */
LuoSpaceState *luo_store_touch_space (LuoStore *self, LuoConnection *conn, const char *space, GError **error);

/** The next key of a document: never used before. */
gboolean luo_store_next_key (LuoStore *self, LuoConnection *conn, gint64 *key, GError **error);

/** Says that a document changed, for the `changed` signal of this transaction, here and in other processes. @key 0: something of the space as a whole. */
void luo_store_note_change (LuoStore *self, const char *space, gint64 key);

LuoStoreFlags luo_store_get_flags (LuoStore *self);
/** What is remembered of counted changes. (transfer none) */
LuoChangeCounts *luo_store_get_change_counts (LuoStore *self);

/* Documents as rows */

/** Columns of a query over `documents d JOIN spaces s ON s.id = d.space`, as luo_document_from_row() reads them. */
#define LUO_DOCUMENT_COLUMNS                                                                                 \
  "d.key, s.name, d.id, d.rev, d.type, d.deleted, d.seq, d.flags, d.conflicts, d.pending, "                  \
  "d.not_understood, "                                                                                       \
  "d.attachments, d.body"

/** How many those are: a query may have more behind them. */
#define LUO_DOCUMENT_N_COLUMNS 13

/** Returns: (transfer full): the document of the current row, whose first columns are LUO_DOCUMENT_COLUMNS. */
LuoDocument *luo_document_from_row (sqlite3_stmt *stmt);

/* Hooks that the core calls. The first two groups are not called in a hub's store. */

/* luo-projection.c */

/** A digest of the projected columns; where it differs from the one in meta the core rebuilds everything. (transfer none) */
const char *luo_projection_version (void);
/** Drops the projection tables and makes them anew, empty. In a write transaction. */
gboolean luo_projection_schema (LuoConnection *conn, GError **error);
/**
 * luo_projection_update:
 * @body: the winner's JSON text (not a tombstone's)
 * @is_new: there is no row of @key yet (the bulk path): a plain INSERT will do
 *
 * Never fails for what a body holds: wrong kinds give NULL columns.
 */
gboolean luo_projection_update (LuoConnection *conn, gint64 key, gint64 space, const char *id,
                                const char *type, const char *body, gsize body_length, gboolean is_new,
                                GError **error);
/** The document of that type is gone, deleted, or has another type by now. */
gboolean luo_projection_remove (LuoConnection *conn, gint64 key, const char *type, GError **error);
gboolean luo_projection_remove_space (LuoConnection *conn, gint64 space, GError **error);
/** When the indexes that a bulk load dropped may be made, as monotonic time, so that the worker calls luo_search_index_step() again then;
 *  0 where there is nothing to wait for. */
gint64 luo_projection_index_due (LuoConnection *conn);
/** Somebody waits: the load has ended, whatever the clock says. */
void luo_projection_end_load (LuoConnection *conn);
/** Compares the projections with the bodies; adds sentences to @problems. */
gboolean luo_projection_check (LuoConnection *conn, GPtrArray *problems, GError **error);

/* luo-search-index.c */

gboolean luo_search_index_schema (LuoConnection *conn, GError **error);
/**
 * luo_search_index_step:
 * @limit: at most so many documents
 * @more: (out): whether some are left
 *
 * Called by the worker in a transaction of its own when its queue is idle: takes documents with seq > spaces.indexed in order of
 * seq, (re)indexes them, sets or clears documents.not_understood by luo_record_check_text() (telling luo_store_note_change() where
 * it changed), advances spaces.indexed.
 */
gboolean luo_search_index_step (LuoStore *self, LuoConnection *conn, guint limit, gboolean *more,
                                GError **error);
gboolean luo_search_index_remove_space (LuoConnection *conn, gint64 space, GError **error);
gboolean luo_search_index_check (LuoConnection *conn, GPtrArray *problems, GError **error);

/* luo-attachment.c: called only where a revision has attachments */

typedef enum
{
  LUO_ATTACHMENTS_PUT, /* an edit here: each digest held or in the parent, else MISSING_STUB; revpos is set */
  LUO_ATTACHMENTS_INSERT, /* replicated to a client: what is not held becomes wanted */
  LUO_ATTACHMENTS_HUB,    /* replicated to a hub: what is not held is MISSING_STUB */
} LuoAttachmentsMode;

/** Makes the tables of blobs, aliases, references and wanted ones where they do not exist. Called for hubs too. */
gboolean luo_attachments_schema (LuoConnection *conn, GError **error);
/**
 * luo_attachments_resolve:
 * @attachments: JSON of `_attachments` as it came: stubs, inline base64 data
 * @parent: (nullable): stubs of the parent revision
 * @generation: of the new revision, for revpos
 * @stubs: (out) (transfer full) (nullable): {"name":{"content_type","digest","length","revpos","stub":true}}; NULL where empty
 *
 * Before the revision is stored (its id is made from the digests): checks, decodes and stores inline data.
 */
gboolean luo_attachments_resolve (LuoStore *self, LuoConnection *conn, LuoAttachmentsMode mode,
                                  const char *attachments, const char *parent, guint generation, char **stubs,
                                  GError **error);
/** The revision of a document is stored with these stubs: keeps references, and notes those wanted. */
gboolean luo_attachments_refer (LuoConnection *conn, gint64 space, gint64 key, guint generation,
                                const char *suffix, const char *stubs, GError **error);
/** The body of a revision is no longer kept: its references and wanted ones go. */
gboolean luo_attachments_release (LuoConnection *conn, gint64 key, guint generation, const char *suffix,
                                  GError **error);
/** No more fetches what no leaf of the document names any more: a server keeps the files of leaves alone. */
gboolean luo_attachments_forget_unneeded (LuoConnection *conn, gint64 key, GError **error);
/** Lets go of the bytes that nothing has referred to for a while, within a write transaction. */
gboolean luo_attachments_remove_unreferenced (LuoStore *store, LuoConnection *conn, GError **error);
gboolean luo_attachments_remove_space (LuoConnection *conn, gint64 space, GError **error);
/** How many are wanted in a space. */
gboolean luo_attachments_count_wanted (LuoConnection *conn, gint64 space, gint64 *count, GError **error);
/** Files against digests, references against blobs; removes blobs that nothing refers to. In a write transaction. */
gboolean luo_attachments_check (LuoStore *self, LuoConnection *conn, GPtrArray *problems, GError **error);

G_END_DECLS
