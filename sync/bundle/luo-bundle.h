/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-bundle-error.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* Reconciling without a network: what another replica lacks as one file, sealed with a passphrase, carried by hand.
 *
 * Each file has an id, drawn when it is made, and the maker remembers how far its spaces had come by then. A replica that took a
 * file in remembers its id and says so in the files it makes itself; that is how the maker learns what needs not be sent again.
 * Nothing is taken as received that was not said to be: a stick that was lost is made good by the next file, and a maker that was
 * restored from an older backup does not know the ids of what came after it and sends all. A file that continues another is
 * refused where that other was never taken in.
 *
 * Everything here blocks and may be called from any thread but a window's main thread.
 */

/**
 * LuoBundleOptions:
 * @passphrase: at least 8 characters; never kept
 * @to: (nullable): the UUID of the replica that an export is for, for what it is not known to have; NULL: any, with everything
 * @spaces: (nullable): NULL-ended names of the spaces to export; NULL: all
 * @prefix: what stands before a space's name in this store: "" in a client's, "luoshi-" in a hub's
 * @create_spaces: whether an import makes spaces that are not there (a client); else they are an error (a hub)
 * @weak: seal so that guessing is cheap; for tests alone
 */
typedef struct
{
  const char *passphrase;
  const char *to;
  const char *const *spaces;
  const char *prefix;
  gboolean create_spaces;
  gboolean weak;
} LuoBundleOptions;

/**
 * LuoBundleReport: what a file holds, and what became of it.
 */
typedef struct
{
  char *id;            /* of the file: 32 hex digits */
  char *from;          /* UUID of the replica that made it */
  char *to;            /* (nullable) */
  char *base;          /* (nullable): the file that it continues */
  char *at;            /* when it was made, RFC 3339, by the maker's clock; shown only */
  char **spaces;       /* NULL-ended, without prefix */
  guint64 versions;    /* versions of records */
  guint64 attachments; /* files among them */
  GPtrArray *
      refused; /* (element-type utf8): of an import: "id: reason" for what the store did not take; the rest is in */
} LuoBundleReport;

void luo_bundle_report_free (LuoBundleReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoBundleReport, luo_bundle_report_free)

/**
 * luo_bundle_export:
 * @path: is replaced only when the whole file is written and synced
 *
 * Every live and deleted leaf with its history, and the attachments that are here. Versions that the server does not hold count as
 * offered from now on: they may be on another machine, so later edits stand on them instead of replacing them.
 *
 * LUO_BUNDLE_ERROR_PASSPHRASE, LUO_STORE_ERROR_NOT_FOUND for an unknown space, errors of the disk.
 *
 * Returns: (transfer full)
 */
LuoBundleReport *luo_bundle_export (LuoStore *store, const char *path, const LuoBundleOptions *options,
                                    GCancellable *cancellable, GError **error);

/**
 * luo_bundle_import:
 *
 * Reads the whole file once and checks it (seal, grammar, digests, totals, recipient, what it continues) before a second reading applies
 * it in batches, each durable. Interrupted, it is called again: what is there already, attachments above all, is not written twice. Conflicts are for the caller to merge (luo_store_list_conflicts()).
 *
 * LuoBundleError, G_IO_ERROR_CANCELLED, errors of the disk.
 *
 * Returns: (transfer full)
 */
LuoBundleReport *luo_bundle_import (LuoStore *store, const char *path, const LuoBundleOptions *options,
                                    GCancellable *cancellable, GError **error);

G_END_DECLS
