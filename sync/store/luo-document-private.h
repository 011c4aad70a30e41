/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-document.h"
#include "luo-revision.h"

G_BEGIN_DECLS

/** What callers may see of a revision's flags. */
#define LUO_DOCUMENT_PUBLIC_FLAGS 0xff
/** What is written into the row of a document of its winner's flags: OFFERED is left to the tree, so that marking it is cheap. */
#define LUO_DOCUMENT_ROW_FLAGS (LUO_DOCUMENT_PUBLIC_FLAGS & ~LUO_REV_OFFERED)

/** Returns: (transfer full): another revision of the document of @winner. */
LuoDocument *luo_document_with_revision (LuoDocument *winner, const char *rev, guint flags, const char *body,
                                         const char *attachments);

/** Returns: (transfer full) (nullable): the text of the `type` member of a body; NULL where there is none or it is no text */
char *luo_body_record_type (const char *body, gsize length);

/**
 * luo_body_check:
 * @type: (out) (transfer full) (nullable): the `type` member
 *
 * Whether @body is the strict JSON text of an object without members that start with `_`.
 */
gboolean luo_body_check (const char *body, char **type, GError **error);

/** Whether @id can be the id of a document: not empty, UTF-8, not too long, no leading `_` but `_design/`. */
gboolean luo_id_check (const char *id, GError **error);

/** Appends `{"_id":"…","_rev":"…"`; further members begin with a comma. */
void luo_wire_append_head (GString *out, const char *id, const char *rev);
/** Appends `_deleted`, `_attachments`, the members of the body and the closing brace. */
void luo_wire_append_rest (GString *out, gboolean deleted, const char *attachments, const char *body,
                           gsize length);

G_END_DECLS
