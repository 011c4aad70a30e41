/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-conflict.h"

G_BEGIN_DECLS

#define LUO_TYPE_CONFLICT_CHOICE (luo_conflict_choice_get_type ())
G_DECLARE_FINAL_TYPE (LuoConflictChoice, luo_conflict_choice, LUO, CONFLICT_CHOICE, AdwBin)

/**
 * LuoConflictChoice: one member in dispute: what stood there before, what each version says with who and when and the differences
 * marked, and a third value where one can be typed. One of them is picked.
 *
 * LuoConflictChoice::changed: something else is picked, or nothing that can be saved
 */

/** @conflict, @member: not owned; live as long as the widget */
GtkWidget *luo_conflict_choice_new (LuoConflict *conflict, LuoConflictMember *member);

/**
 * luo_conflict_choice_new_fate:
 *
 * The choice whether a record that one edited and another deleted stays.
 */
GtkWidget *luo_conflict_choice_new_fate (LuoConflict *conflict);

G_END_DECLS
