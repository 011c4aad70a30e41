/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "luo-document.h"
#include "luo-revision.h"
#include "luo-store-error.h"

G_BEGIN_DECLS

/* The replica: one SQLite file with all spaces of a user, attachments beside it.
 *
 * Threads: every function here blocks and may be called from any thread but a window's main thread (which wraps them in a
 * GTask); functions that write are carried out one after another by the store's worker thread, which owns the writing connection,
 * and return when their transaction is durable (WAL, synchronous FULL). Functions that read borrow a read connection. Two
 * processes may use one folder at the same time. A crash at any point leaves the old state or the new one.
 */

#define LUO_TYPE_STORE (luo_store_get_type ())
G_DECLARE_FINAL_TYPE (LuoStore, luo_store, LUO, STORE, GObject)

/**
 * LuoStoreFlags:
 * @LUO_STORE_HUB: a server's store: no projections, no search index, no retention of merge bases; any database name is a space
 * @LUO_STORE_READ_ONLY: nothing is created or written
 * @LUO_STORE_MUST_EXIST: LUO_STORE_ERROR_NOT_FOUND where the folder holds no replica
 */
typedef enum
{
  LUO_STORE_DEFAULT = 0,
  LUO_STORE_HUB = 1 << 0,
  LUO_STORE_READ_ONLY = 1 << 1,
  LUO_STORE_MUST_EXIST = 1 << 2,
} LuoStoreFlags;

/**
 * luo_store_open:
 * @folder: made (0700) where it does not exist
 *
 * A fresh replica of a client has the space "city".
 *
 * Returns: (transfer full)
 */
LuoStore *luo_store_open (const char *folder, LuoStoreFlags flags, GError **error);

/** Ends the worker after the queued writes, closes the file. Further calls fail. Called by dispose too. */
void luo_store_close (LuoStore *self);

const char *luo_store_get_folder (LuoStore *self);
/** The replica's own persistent UUID (32 hex digits): part of the replication id (replication.md 5). */
const char *luo_store_get_uuid (LuoStore *self);

/**
 * LuoStore::changed:
 * @spaces: (type GStrv) names of the spaces in which something changed
 * @keys: (element-type gint64) GArray of the keys of changed documents; empty where too many to name (a bulk load): read all again
 *
 * Emitted in the main context that was thread-default when the store was opened, at most some ten times a second during a
 * bulk load, for changes of this process at once and for those of another process within a second.
 *
 * LuoStore::written: emitted in the worker thread right after each commit with the same arguments: for the replicator and the
 * hub's long polls; handlers must be quick and thread-safe.
 */

/* Settings that belong to the replica (endpoint, user, device name, receipts of time) */

/** Returns: (transfer full) (nullable) */
char *luo_store_get_meta (LuoStore *self, const char *name, GError **error);
/** @value NULL removes. */
gboolean luo_store_set_meta (LuoStore *self, const char *name, const char *value, GError **error);

/* Spaces */

typedef struct
{
  char *name;
  char *instance;   /* (owned) of this space here, new at each creation: hub's instance_start_time */
  gint64 seq;       /* the last local sequence */
  gint64 documents; /* not deleted */
  gint64 deleted;
  gint64 pending;                  /* documents with a leaf that the server is not known to hold (clients) */
  gint64 entries, entries_pending; /* of those, entries of the history: no records to a person (clients) */
  gint64 conflicts;                /* documents with more than one live leaf */
  gint64 refused;                  /* documents the server refused */
  gint64 wanted;                   /* attachments known but not yet fetched */
  gint64 size;                     /* bytes of bodies, roughly */
} LuoSpace;

void luo_space_free (LuoSpace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoSpace, luo_space_free)
/** How many records there are, and are to be sent, as a person counts them. */
gint64 luo_space_count_records (const LuoSpace *self);
gint64 luo_space_count_pending (const LuoSpace *self);

/** Returns: (transfer full) (element-type LuoSpace): sorted by name */
GPtrArray *luo_store_list_spaces (LuoStore *self, GError **error);
LuoSpace *luo_store_get_space (LuoStore *self, const char *space, GError **error);
/** LUO_STORE_ERROR_EXISTS where it exists. */
gboolean luo_store_create_space (LuoStore *self, const char *space, GError **error);
/** Removes the space with all its documents, checkpoints and marks; unreferenced attachments go with the next luo_store_check(). */
gboolean luo_store_delete_space (LuoStore *self, const char *space, GError **error);
/** A text kept with the space (the hub's _security object, a client's peer instance). @value NULL removes. */
char *luo_store_get_space_meta (LuoStore *self, const char *space, const char *name, GError **error);
gboolean luo_store_set_space_meta (LuoStore *self, const char *space, const char *name, const char *value,
                                   GError **error);

/* Reading documents */

/**
 * luo_store_get:
 * @rev: (nullable): a revision; NULL is the winner
 *
 * LUO_STORE_ERROR_NOT_FOUND; LUO_STORE_ERROR_DELETED where @rev is NULL and the winner is a tombstone. A revision whose body is not
 * kept is NOT_FOUND.
 *
 * Returns: (transfer full)
 */
LuoDocument *luo_store_get (LuoStore *self, const char *space, const char *id, const char *rev,
                            GError **error);

/** Finds the space that holds @id (a client knows ids, a person does not know spaces). Returns: (transfer full) */
LuoDocument *luo_store_find (LuoStore *self, const char *id, GError **error);

/** Returns: (transfer full) (element-type LuoDocument): all leaves with bodies, winner first, tombstones included and last */
GPtrArray *luo_store_get_leaves (LuoStore *self, const char *space, const char *id, GError **error);

typedef struct
{
  char *rev;
  char *parent; /* (nullable) */
  guint flags;  /* LuoRevisionFlags */
} LuoTreeNode;

/** Returns: (transfer full) (element-type LuoTreeNode): the whole tree, greatest generation first */
GPtrArray *luo_store_get_tree (LuoStore *self, const char *space, const char *id, GError **error);

/** Returns: (transfer full): NULL-ended history of a revision, newest first, as `_revisions` wants it */
char **luo_store_get_history (LuoStore *self, const char *space, const char *id, const char *rev,
                              GError **error);

/**
 * luo_store_get_bases:
 *
 * What two leaves have in common: the base of their merge. That is the nearest common ancestor and nothing older, because what
 * was changed in between and taken back by one leaf would look as if it had never been. A leaf that was merged into another
 * revision counts as an ancestor of that one, so there are several where the same leaves were merged twice, each time otherwise.
 *
 * A body that is not kept any more is made again out of the history of edits (luo-history.h), where that gives the revision's id.
 *
 * Returns: (transfer full) (element-type LuoDocument) (nullable): the nearest common ancestors with their bodies; empty where the
 *   two were made apart, under one id; NULL without an error where a body can not be had here any more, or that can not be told
 */
GPtrArray *luo_store_get_bases (LuoStore *self, const char *space, const char *id, const char *rev_a,
                                const char *rev_b, GError **error);

/* Edits of this replica */

/**
 * LuoPutFlags:
 * @LUO_PUT_COLLAPSE: where the parent is an unsent revision of this replica (neither held nor offered), replace it instead of
 *   standing on it, so that an afternoon's typing is one revision (replication.md 16). What a client's saves use.
 * @LUO_PUT_CHECKED: the body is one that luo_incoming_parse() made, and is not looked at once more
 * @LUO_PUT_HISTORY: write an entry of the history (luo-history.h) in the same transaction, where the record was there before
 */
typedef enum
{
  LUO_PUT_DEFAULT = 0,
  LUO_PUT_COLLAPSE = 1 << 0,
  LUO_PUT_CHECKED = 1 << 1,
  LUO_PUT_HISTORY = 1 << 2,
} LuoPutFlags;

/**
 * luo_store_put:
 * @parent: (nullable): the leaf this edit stands on; NULL creates (or revives a deleted document)
 * @body: JSON text without `_` members
 * @attachments: (nullable): JSON text of stubs; every digest must be held (LUO_STORE_ERROR_MISSING_STUB) or be in the parent
 * @rev: (out) (optional) (transfer full): the new revision
 *
 * Saves one edit: revision, projection and sequence in one durable transaction. A client checks the record first
 * (luo_record_check()); the store does not. Equal content again changes nothing and gives the revision that is there.
 *
 * LUO_STORE_ERROR_CONFLICT where @parent is not a leaf any more, or is NULL and the document exists: nothing was changed.
 */
gboolean luo_store_put (LuoStore *self, const char *space, const char *id, const char *parent,
                        const char *body, const char *attachments, gboolean deleted, LuoPutFlags flags,
                        char **rev, GError **error);

/** One edit of several: all are saved or none. */
typedef struct
{
  const char *space, *id, *parent, *body, *attachments;
  gboolean deleted;
  LuoPutFlags flags;
  const char *type; /* (nullable): where LUO_PUT_CHECKED says so, the member type of @body */
} LuoPut;

/** @revs: (out) (optional): NULL-ended array of the new revisions, in order */
gboolean luo_store_put_all (LuoStore *self, const LuoPut *puts, gsize n, char ***revs, GError **error);

/** What became of one edit of several that are saved each for itself: the revision, durable, or an error. */
typedef struct
{
  char *rev;     /* (owned) (nullable) */
  GError *error; /* (owned) (nullable) */
} LuoPutResult;

/**
 * luo_store_put_each_async:
 * @puts: with all they point to they stay as they are until @callback
 *
 * Saves the edits one after another in one durable transaction, without blocking; one that can not be saved fails alone. Completes in
 * the thread-default context of the caller; several calls are carried out and complete in their order. Checks and hashes before it
 * returns, so that who saves many does that while those before are written.
 */
void luo_store_put_each_async (LuoStore *self, const LuoPut *puts, gsize n, GAsyncReadyCallback callback,
                               gpointer user_data);
/** @results: (out) (transfer full) (array): one per edit; free with luo_put_results_free() */
gboolean luo_store_put_each_finish (LuoStore *self, GAsyncResult *result, LuoPutResult **results, gsize *n,
                                    GError **error);
void luo_put_results_free (LuoPutResult *results, gsize n);

/**
 * luo_store_resolve:
 * @leaves: NULL-ended: every leaf that is not deleted, as the merge saw them, in any order
 * @body: (nullable): merged body to stand on the winner; NULL leaves the winner as it is
 *
 * Ends a conflict in one transaction: looks at the leaves again (LUO_STORE_ERROR_CONFLICT where they are others by now), writes the
 * merged revision on the winner and a tombstone on each other live leaf. Ids are deterministic, no clock is used: two replicas
 * that merge the same leaves make the same revisions.
 */
gboolean luo_store_resolve (LuoStore *self, const char *space, const char *id, const char *const *leaves,
                            const char *body, const char *attachments, char **rev, GError **error);

/**
 * luo_store_decide:
 * @leaves: NULL-ended: every leaf that is not deleted, as the person saw them, and those tombstones in spite of which the record stays
 * @body: (nullable): the body to stand on the winner; NULL leaves the winner as it is
 * @deleted: @body is a tombstone, to stand on every live leaf; @attachments is NULL then
 *
 * What a person decided, as luo_store_resolve() writes what was merged: one transaction that looks at the leaves again. The change of
 * the winner is an entry of the history. On each tombstone among @leaves another is put that names nobody, by which every replica
 * knows that the deletion was decided against.
 */
gboolean luo_store_decide (LuoStore *self, const char *space, const char *id, const char *const *leaves,
                           const char *body, const char *attachments, gboolean deleted, char **rev,
                           GError **error);

/* Local documents: `_local/<id>`, never replicated, with their own revision rule 0-N */

/** Returns: (transfer full) (nullable): JSON body; NULL without error where there is none */
char *luo_store_get_local (LuoStore *self, const char *space, const char *id, char **rev, GError **error);
/** @parent: (nullable): the revision it must have ("0-3"); NULL with @force TRUE overwrites whatever is there. */
gboolean luo_store_put_local (LuoStore *self, const char *space, const char *id, const char *parent,
                              gboolean force, const char *body, char **rev, GError **error);
gboolean luo_store_delete_local (LuoStore *self, const char *space, const char *id, const char *parent,
                                 GError **error);

/* Integrity and care */

/**
 * luo_store_check:
 * @problems: (out) (transfer full) (element-type utf8): what is wrong, in words; empty where all is well
 *
 * SQLite's integrity check, trees (one winner, leaves, parents), projections against bodies, attachments against digests,
 * search index; removes attachments that nothing refers to.
 */
gboolean luo_store_check (LuoStore *self, GPtrArray **problems, GError **error);

/** Builds projections and search index anew from the bodies. */
gboolean luo_store_rebuild (LuoStore *self, GError **error);

/** Blocks until the search index has caught up with what is committed. For tests and reports. */
void luo_store_wait_indexed (LuoStore *self);

/**
 * luo_store_snapshot_begin:
 *
 * Until luo_store_snapshot_end() all reads of the calling thread see one state of the replica (one read transaction). For
 * overview and reports. Not nested. No writes in between by this thread.
 */
gboolean luo_store_snapshot_begin (LuoStore *self, GError **error);
void luo_store_snapshot_end (LuoStore *self);

G_END_DECLS
