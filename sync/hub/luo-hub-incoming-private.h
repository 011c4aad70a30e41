/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-hub-request-private.h"
#include "luo-document.h"

G_BEGIN_DECLS

/**
 * luo_hub_incoming_parse:
 * @text: a document as it came
 *
 * luo_incoming_parse() with CouchDB's statuses and words for what is wrong, and with the hub's limit of size.
 *
 * Returns: (transfer full)
 */
LuoIncoming *luo_hub_incoming_parse (const char *text, gsize length, GError **error);

/** LUO_HUB_ERROR_ILLEGAL_DOCID where @id can not be the id of a document. */
gboolean luo_hub_incoming_check_id (const char *id, GError **error);

/** LUO_HUB_ERROR_BAD_REQUEST where @rev (nullable) is no revision. */
gboolean luo_hub_incoming_check_rev (const char *rev, GError **error);

/**
 * luo_hub_incoming_prepare:
 *
 * What is done to a document of its own before it is written, once its id is known: whether the user may write it; a password of
 * `_users` is hashed, and who is no administrator may not give himself roles.
 */
gboolean luo_hub_incoming_prepare (LuoHubRequest *request, LuoIncoming *incoming, GError **error);

/**
 * luo_hub_incoming_follow:
 * @attachments: JSON text of `_attachments`
 * @parts: name → LuoHubFile of the parts that came after the document
 *
 * Puts the digest of what came in the place of each `"follows":true`.
 *
 * Returns: (transfer full): the new text
 */
char *luo_hub_incoming_follow (const char *attachments, GHashTable *parts, GError **error);

/** An id for a document that came without one: 32 hex digits. Returns: (transfer full) */
char *luo_hub_incoming_make_id (void);

G_END_DECLS
