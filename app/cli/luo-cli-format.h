/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-document.h"
#include "luo-record-type.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* Records as a terminal shows them. */

/** Prints @object with the labels of @members, nested things indented by @indent; members the table does not know last. */
void luo_cli_print_members (JsonObject *object, const LuoMember *members, guint indent);

/** Returns: (transfer full): a member of a record in one line ("" where it is absent) */
char *luo_cli_cell (LuoDocument *document, const char *member);

/** The columns that a list of @type shows, NULL-ended member names. */
const char *const *luo_cli_columns_of (const char *type);

/**
 * luo_cli_document_to_json:
 *
 * The document as CouchDB prints it with `conflicts=true`: `_id`, `_rev`, and `_conflicts` with the revisions of the other live leaves.
 *
 * Returns: (transfer full) (nullable)
 */
char *luo_cli_document_to_json (LuoStore *store, LuoDocument *document, GError **error);

/** Returns: (transfer full): words on a record that a person must know of: in conflict, not understood, not sent; "" where nothing */
char *luo_cli_note_of (LuoDocument *document);

G_END_DECLS
