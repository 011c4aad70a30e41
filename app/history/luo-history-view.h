/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_HISTORY_VIEW (luo_history_view_get_type ())
G_DECLARE_FINAL_TYPE (LuoHistoryView, luo_history_view, LUO, HISTORY_VIEW, AdwBin)

/**
 * LuoHistoryView: who changed a record, when, on which machine and what, newest first, behind one row that opens. Each edit opens the
 * state after it, which can be made the record's again. Nothing is shown where there was no edit.
 */
GtkWidget *luo_history_view_new (LuoSession *session);

/**
 * luo_history_view_show:
 * @records: the ids of records in @space whose edits are shown together: a task and its progress
 *
 * Reads them in a thread. The row stays open where it shows the same records again.
 */
void luo_history_view_show (LuoHistoryView *self, const char *space, const char *const *records);

G_END_DECLS
