/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * LuoDocument: one revision of one document as it was read: an immutable, reference-counted value, safe in any thread.
 */
typedef struct _LuoDocument LuoDocument;

#define LUO_TYPE_DOCUMENT (luo_document_get_type ())
GType luo_document_get_type (void);
LuoDocument *luo_document_ref (LuoDocument *self);
void luo_document_unref (LuoDocument *self);

const char *luo_document_get_space (LuoDocument *self);
const char *luo_document_get_id (LuoDocument *self);
const char *luo_document_get_rev (LuoDocument *self);
/** The type member of the body ("task"); "" where there is none. */
const char *luo_document_get_record_type (LuoDocument *self);
gboolean luo_document_get_deleted (LuoDocument *self);
/** The row of the document in this store: the key of lists. Never reused. */
gint64 luo_document_get_key (LuoDocument *self);
gint64 luo_document_get_seq (LuoDocument *self);
/** LuoRevisionFlags of this revision; LUO_REV_OFFERED and LUO_REV_MINE are told by luo_store_get_tree() alone. */
guint luo_document_get_flags (LuoDocument *self);
/** How many live leaves there are besides the winner: > 0 is a conflict. */
guint luo_document_get_conflicts (LuoDocument *self);
/** Whether some leaf is not yet on the server. */
gboolean luo_document_get_pending (LuoDocument *self);
/** (nullable): why this program does not understand the record, in words; NULL where it is valid. */
const char *luo_document_get_not_understood (LuoDocument *self);

/** JSON text of the body, without `_` members, byte for byte as it arrived. NUL-terminated. */
const char *luo_document_get_body (LuoDocument *self, gsize *length);
/** (nullable): JSON text of the attachment stubs. */
const char *luo_document_get_attachments (LuoDocument *self);
/** (transfer none): the body parsed, at the first call; an empty object where it can not be. Do not modify. Thread-safe. */
JsonObject *luo_document_get_object (LuoDocument *self);
/** (nullable) (transfer none): shorthand for a text member of the parsed body. */
const char *luo_document_get_text (LuoDocument *self, const char *member);
/** 0 where absent or no number. */
gint64 luo_document_get_int (LuoDocument *self, const char *member);

/** Returns: (transfer full): the document as CouchDB prints it: {"_id","_rev",("_deleted":true),(_attachments stubs), members…} */
char *luo_document_to_json (LuoDocument *self);

/**
 * LuoIncoming: a revision as it came over the wire or is to be stored with its history.
 */
typedef struct
{
  char *id; /* (owned) */
  char **
      history; /* (owned): revisions newest first: [0] is the revision itself, then its ancestors; NULL-ended */
  gboolean deleted;
  char *body; /* (owned): JSON text without `_` members */
  char *
      attachments; /* (owned) (nullable): JSON text of `_attachments` as it came (stubs, follows or inline data) */
  char *record_type; /* (owned) (nullable): the `type` member's text */
} LuoIncoming;

/**
 * luo_incoming_parse:
 * @text: e.g. {"_id":"a","_rev":"2-x","_revisions":{"start":2,"ids":["x","y"]},"type":"task",…}
 * @error: LUO_RECORD_ERROR_JSON, LUO_STORE_ERROR_INVALID
 *
 * `_id` and `_rev` may be absent (then NULL / empty history). History comes from `_revisions` where present, else is `_rev`
 * alone. Known and dropped: _conflicts, _deleted_conflicts, _revs_info, _local_seq, _revisions.
 */
LuoIncoming *luo_incoming_parse (const char *text, gsize length, GError **error);
void luo_incoming_free (LuoIncoming *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoDocument, luo_document_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoIncoming, luo_incoming_free)

G_END_DECLS
