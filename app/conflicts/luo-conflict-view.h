/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-conflict.h"

G_BEGIN_DECLS

#define LUO_TYPE_CONFLICT_VIEW (luo_conflict_view_get_type ())
G_DECLARE_FINAL_TYPE (LuoConflictView, luo_conflict_view, LUO, CONFLICT_VIEW, AdwBin)

/**
 * LuoConflictView: what several people changed differently in one record, and the means to decide.
 *
 * LuoConflictView::save: everything is decided and should be saved
 * LuoConflictView::later: the person wants to decide it another time
 */
GtkWidget *luo_conflict_view_new (void);
/** @conflict: (nullable): not owned; must live until the next call */
void luo_conflict_view_show (LuoConflictView *self, LuoConflict *conflict);
/** Says why the decision could not be saved. @message: (nullable) */
void luo_conflict_view_refuse (LuoConflictView *self, const char *message);

G_END_DECLS
