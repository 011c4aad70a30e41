/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_DRAFT (luo_draft_get_type ())
G_DECLARE_FINAL_TYPE (LuoDraft, luo_draft, LUO, DRAFT, GObject)

/**
 * LuoDraftState:
 * @LUO_DRAFT_NEW: not in the replica yet, nothing was typed
 * @LUO_DRAFT_SAVED: the replica holds what is shown
 * @LUO_DRAFT_EDITED: will be saved in a moment
 * @LUO_DRAFT_SAVING: is being saved
 * @LUO_DRAFT_INVALID: something is missing or wrong: the message says what; not saved
 * @LUO_DRAFT_FAILED: could not be saved: the message says why
 */
typedef enum
{
  LUO_DRAFT_NEW,
  LUO_DRAFT_SAVED,
  LUO_DRAFT_EDITED,
  LUO_DRAFT_SAVING,
  LUO_DRAFT_INVALID,
  LUO_DRAFT_FAILED,
} LuoDraftState;

/**
 * LuoDraft: a record being edited. Every edit patches the record's text, is checked at once and saved a moment later, so that
 * members nobody here knows keep their bytes. An edit that meets a newer version of the record is merged into it. Main thread only.
 *
 * Properties: "state" (int), "document" (LuoDocument, nullable until the first save).
 *
 * LuoDraft::changed: the record became another one by an edit from elsewhere: show its members again.
 */
LuoDraft *luo_draft_new (LuoSession *session, LuoDocument *document);

/** @body: JSON text with `type`: a record that is made when it is valid for the first time. @space: (nullable): NULL follows `district` */
LuoDraft *luo_draft_new_record (LuoSession *session, const char *space, const char *body);

LuoSession *luo_draft_get_session (LuoDraft *self);
LuoDraftState luo_draft_get_state (LuoDraft *self);
/** Returns: (nullable) (transfer none): why it is INVALID or FAILED, in words */
const char *luo_draft_get_message (LuoDraft *self);
/** Returns: (transfer full): the state as a sentence for a person: "Saved on this machine" */
char *luo_draft_describe (LuoDraft *self);
/** Returns: (nullable) (transfer none) */
LuoDocument *luo_draft_get_document (LuoDraft *self);
/** Returns: (transfer none): the record as it is now, with unsaved edits; valid until the next edit */
JsonObject *luo_draft_get_object (LuoDraft *self);
const char *luo_draft_get_body (LuoDraft *self);

/**
 * luo_draft_set:
 * @pointer: RFC 6901
 * @value: (nullable): JSON text; NULL removes the member
 */
void luo_draft_set (LuoDraft *self, const char *pointer, const char *value);
/** A text member: empty text removes it. */
void luo_draft_set_text (LuoDraft *self, const char *pointer, const char *text);

/** @message: (nullable): what was typed at @pointer can not be read: it did not reach the record; NULL: it can again */
void luo_draft_refuse (LuoDraft *self, const char *pointer, const char *message);
/** Whether something that was typed can not be read. */
gboolean luo_draft_get_refused (LuoDraft *self);

/** Saves now what waits to be saved. The draft lives until that is done. */
void luo_draft_flush (LuoDraft *self);

G_END_DECLS
