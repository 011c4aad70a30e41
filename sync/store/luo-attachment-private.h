/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-attachment.h"
#include "luo-store-private.h"

G_BEGIN_DECLS

/* What the files of luo-attachment.h share. Private to sync/store.
 *
 *   blobs            id, digest UNIQUE, length, external (a file holds the bytes), referred (a revision has ever named it), added
 *   blob_data        id, data: the bytes of a small one
 *   blob_aliases     alias, digest: another digest of the same bytes
 *   attachment_refs  doc, generation, suffix, name, space, digest: what the stored revisions name
 *   attachment_wanted  the same of those whose bytes are not here, with length and content type
 *
 * A file is named after its digest in hex. It gets that name, and loses it, only while the write lock of the database is held, so
 * that a check in one process can not remove what another one is adding. */

/** The folder of large attachments in the store's folder. */
#define LUO_ATTACHMENT_FOLDER "attachments"

/** Bytes that no revision has named yet are kept so long, in seconds: what was attached is named by the save that follows. */
#define LUO_ATTACHMENT_GRACE 3600

/** Returns: (transfer full): "md5-" and base64 of a finished MD5 */
char *luo_digest_from_checksum (GChecksum *checksum);
/** Returns: (transfer full): of bytes in memory */
char *luo_digest_from_bytes (const void *data, gsize length);
/** Returns: (transfer full) (nullable): the path of the bytes' file; NULL where @digest is none of ours */
char *luo_digest_path (LuoStore *store, const char *digest);
/** Whether CouchDB keeps this type gzipped, so that its digest covers other bytes than the ones it sends (C3271). */
gboolean luo_content_type_is_compressible (const char *content_type);

/** Writes a temporary file's bytes and name to disk: fsync of the file. */
gboolean luo_attachment_sync_file (int fd, GError **error);
/** Makes (0700) and returns the folder. (transfer full) */
char *luo_attachment_ensure_folder (LuoStore *store, GError **error);

/**
 * luo_blob_add:
 * @data: (nullable): the bytes of a small one
 * @path: (nullable): the synced temporary file of a large one, renamed to its place
 * @alias: (nullable)
 *
 * Makes bytes known under their digest, within a write transaction. What waited for them is no longer wanted.
 */
gboolean luo_blob_add (LuoStore *store, LuoConnection *conn, const char *digest, const char *alias,
                       gint64 length, const void *data, const char *path, GError **error);
/** Adds bytes in memory of any size, within a write transaction. */
gboolean luo_blob_add_bytes (LuoStore *store, LuoConnection *conn, const char *digest, const char *alias,
                             const void *data, gsize length, GError **error);
/** @length: (out): -1 where the bytes are not held */
gboolean luo_blob_find (LuoConnection *conn, const char *digest, gint64 *length, GError **error);

G_END_DECLS
