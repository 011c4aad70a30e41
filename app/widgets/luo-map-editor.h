/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-draft.h"
#include "luo-record-type.h"

G_BEGIN_DECLS

#define LUO_TYPE_MAP_EDITOR (luo_map_editor_get_type ())
G_DECLARE_FINAL_TYPE (LuoMapEditor, luo_map_editor, LUO, MAP_EDITOR, AdwBin)

/** LuoMapEditor: edits a member that is an object of any names (basic facts, remarks): a row for each name, and one to add another. */
GtkWidget *luo_map_editor_new (LuoDraft *draft, const LuoMember *member);

G_END_DECLS
