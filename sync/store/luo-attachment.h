/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/* Attachments: content-addressed by digest ("md5-" and base64, as CouchDB writes it), shared between revisions and spaces. Small ones
 * are kept in the database, large ones as files in `attachments/` of the store's folder, written and synced before the
 * transaction that refers to them. */

/** Attachments up to this many bytes are kept in SQLite: below it a row is faster than a file, above it rows bloat the WAL. */
#define LUO_ATTACHMENT_INLINE_MAX (64 * 1024)

typedef struct
{
  char *name;
  char *content_type;
  char *digest;
  gint64 length;
  guint revpos;
  gboolean present; /* the bytes are held here */
} LuoAttachment;
void luo_attachment_free (LuoAttachment *self);

/** Returns: (transfer full) (element-type LuoAttachment): of a document's revision, by name */
GPtrArray *luo_store_list_attachments (LuoStore *self, LuoDocument *document, GError **error);

/**
 * LuoAttachmentWriter: takes bytes as they arrive, computes the digest, never holds the whole in memory.
 */
typedef struct _LuoAttachmentWriter LuoAttachmentWriter;
LuoAttachmentWriter *luo_attachment_writer_new (LuoStore *store, GError **error);
gboolean luo_attachment_writer_write (LuoAttachmentWriter *self, const void *data, gsize length,
                                      GError **error);
/**
 * luo_attachment_writer_finish:
 * @expected_digest: (nullable): LUO_STORE_ERROR_INVALID and nothing kept where it is another; NULL accepts
 * @alias: (nullable): a further digest under which the same bytes are known: a server that gzips digests the gzipped bytes (C3271)
 * @digest: (out) (optional) (transfer full)
 * @length: (out) (optional)
 *
 * Makes the bytes durable under their digest. Consumes nothing; free the writer afterwards.
 */
gboolean luo_attachment_writer_finish (LuoAttachmentWriter *self, const char *expected_digest,
                                       const char *alias, char **digest, gint64 *length, GError **error);
void luo_attachment_writer_free (LuoAttachmentWriter *self);

/** For what is in memory already. */
gboolean luo_store_add_attachment (LuoStore *self, GBytes *bytes, char **digest, GError **error);

/** A stream over the bytes of a digest. Returns: (transfer full) */
GInputStream *luo_store_read_attachment (LuoStore *self, const char *digest, gint64 *length, GError **error);
/** Whether the bytes of @digest are held here. */
gboolean luo_store_has_attachment (LuoStore *self, const char *digest);

/**
 * LuoWanted: an attachment that a stored revision names and whose bytes are not here yet.
 */
typedef struct
{
  char *space, *id, *rev, *name, *content_type, *digest;
  gint64 length;
} LuoWanted;
void luo_wanted_free (LuoWanted *self);
/** Smallest first, so that thumbnails come before originals; where several revisions name the same bytes, the newest that the server holds
 * first: a server has the files of leaves alone. Returns: (transfer full) (element-type LuoWanted) */
GPtrArray *luo_store_list_wanted (LuoStore *self, const char *space, guint limit, GError **error);

/** Returns: (transfer full): @attachments (JSON of stubs, nullable) with one added or replaced; revpos is set by the store on put */
char *luo_attachments_set (const char *attachments, const char *name, const char *content_type,
                           const char *digest, gint64 length);
/** Returns: (transfer full) (nullable): without @name; NULL where none is left */
char *luo_attachments_remove (const char *attachments, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoAttachment, luo_attachment_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoAttachmentWriter, luo_attachment_writer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoWanted, luo_wanted_free)

G_END_DECLS
