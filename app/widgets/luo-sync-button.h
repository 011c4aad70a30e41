/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_SYNC_BUTTON (luo_sync_button_get_type ())
G_DECLARE_FINAL_TYPE (LuoSyncButton, luo_sync_button, LUO, SYNC_BUTTON, AdwBin)

/**
 * LuoSyncButton: the state of reconciling, always visible: a word, what waits to be sent, when it last went well. Opens a popover with
 * each space, what is stuck and why, and "sync now" (action app.sync).
 *
 * Properties: "session", "compact" (one small line, for under a title).
 */
void luo_sync_button_set_session (LuoSyncButton *self, LuoSession *session);
/** Opens the popover, as a click does. */
void luo_sync_button_popup (LuoSyncButton *self);

/** Returns: (transfer none): the state as a word: Offline, Synchronised … */
const char *luo_sync_state_word (const LuoSyncStatus *status);
/** Returns: (transfer none): the colour of its dot */
const char *luo_sync_state_colour (const LuoSyncStatus *status);

G_END_DECLS
