/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-document.h"
#include "luo-store.h"

G_BEGIN_DECLS

#define LUO_TYPE_UNDO (luo_undo_get_type ())
G_DECLARE_FINAL_TYPE (LuoUndo, luo_undo, LUO, UNDO, GObject)

/**
 * LuoUndo: what this window did to records, newest last, so that it can be taken back. Main thread only.
 *
 * Taking back an edit puts the members that it changed back to what they were and leaves what others changed since.
 * Property "can-undo".
 */
LuoUndo *luo_undo_new (void);

/** Steps of one @owner on the same record become one: an afternoon's typing in one form is one step. */
void luo_undo_add_edit (LuoUndo *self, gpointer owner, const char *space, const char *id, const char *before,
                        const char *after);
void luo_undo_add_creation (LuoUndo *self, const char *space, const char *id);
void luo_undo_add_deletion (LuoUndo *self, LuoDocument *document);
gboolean luo_undo_get_can_undo (LuoUndo *self);
/** Ends the joining of steps: the next edit is a step of its own. */
void luo_undo_seal (LuoUndo *self);
void luo_undo_clear (LuoUndo *self);

/** Takes the newest step back in a thread. Result: a sentence that says what was done. */
void luo_undo_run_async (LuoUndo *self, LuoStore *store, const char *user, GAsyncReadyCallback callback,
                         gpointer user_data);
/** Returns: (transfer full) */
char *luo_undo_run_finish (LuoUndo *self, GAsyncResult *result, GError **error);

G_END_DECLS
