/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-conflict.h"

G_BEGIN_DECLS

#define LUO_TYPE_CONFLICT_VIEW (luo_conflict_view_get_type ())
G_DECLARE_FINAL_TYPE (LuoConflictView, luo_conflict_view, LUO, CONFLICT_VIEW, AdwBin)

/**
 * LuoConflictView: each member in dispute with the value before, what each version says, by whom and when, to pick one or to write a third.
 *
 * LuoConflictView::save: every member is decided and a person wants it saved
 */
GtkWidget *luo_conflict_view_new (void);
/** @conflict: (nullable) (transfer none): it lives as long as it is shown; decisions are put into it */
void luo_conflict_view_show (LuoConflictView *self, LuoConflict *conflict, guint year);

G_END_DECLS
