/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-attachment.h"
#include "luo-http-session-private.h"

G_BEGIN_DECLS

/* A document with attachments as it goes over the wire: stubs for what the server has (never a stub together with data, P833), data for
 * the rest, inline or as parts of a multipart request. */

/**
 * LuoPushDocument: one revision that is to be sent.
 */
typedef struct
{
  char *id;               /* (owned) */
  char *rev;              /* (owned) */
  char *wire;             /* (owned): as luo_store_append_wire() gives it */
  gsize length;           /* of @wire */
  GPtrArray *attachments; /* (owned) (nullable) (element-type LuoAttachment) */
  guint known;            /* generation of the nearest ancestor that the server has; 0 none */
} LuoPushDocument;
void luo_push_document_free (LuoPushDocument *self);

/** Whether the wire text has attachments. Looks for the member's name only: may be TRUE by mistake, never FALSE by mistake. */
gboolean luo_wire_may_have_attachments (const char *wire, gsize length);

/** Bytes that must go along, @all: also those that the server should have. What is not held here is not counted. */
gint64 luo_push_document_count_data (const LuoPushDocument *self, gboolean all);

/** Whether @all can not be sent because bytes are not held here. */
gboolean luo_push_document_lacks_data (const LuoPushDocument *self);

/** Appends the document with its data inline (base64). Blocks. */
gboolean luo_push_document_append_inline (const LuoPushDocument *self, LuoStore *store, gboolean all,
                                          GString *out, GError **error);

/**
 * LuoMultipart: the body of a multipart/related PUT: the document, then each attachment as a part with headers of its own.
 */
typedef struct _LuoMultipart LuoMultipart;

/** Returns: (transfer full) (nullable): NULL with LuoReplicationError */
LuoMultipart *luo_multipart_new (const LuoPushDocument *document, LuoStore *store, gboolean all,
                                 GError **error);
void luo_multipart_free (LuoMultipart *self);
const char *luo_multipart_get_content_type (LuoMultipart *self);
goffset luo_multipart_get_length (LuoMultipart *self);
/** A LuoHttpOpenBody. Attachments are read when their turn comes. */
GInputStream *luo_multipart_open (gpointer self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoPushDocument, luo_push_document_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoMultipart, luo_multipart_free)

G_END_DECLS
