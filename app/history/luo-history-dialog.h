/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-history.h"
#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_HISTORY_DIALOG (luo_history_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LuoHistoryDialog, luo_history_dialog, LUO, HISTORY_DIALOG, AdwWindow)

/**
 * luo_history_dialog_new:
 * @parent: (nullable)
 * @entry: an edit of @record
 * @before: what was before it, else what was after it
 *
 * LuoHistoryDialog: an earlier state of a record, to read, and to make the record's again as a new edit, which can be undone.
 */
GtkWidget *luo_history_dialog_new (GtkWindow *parent, LuoSession *session, const char *space,
                                   const char *record, const LuoHistoryEntry *entry, gboolean before);

G_END_DECLS
