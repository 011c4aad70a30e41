/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-draft.h"
#include "luo-record-type.h"

G_BEGIN_DECLS

#define LUO_TYPE_ITEMS_EDITOR (luo_items_editor_get_type ())
G_DECLARE_FINAL_TYPE (LuoItemsEditor, luo_items_editor, LUO, ITEMS_EDITOR, AdwBin)

/**
 * LuoItemsEditor: edits a member that is an array of objects (fund lines, indicators, findings): a row for each item that says what it is
 * and opens to its fields. Where the items' key is a choice (stages), every choice has its row in order, reached or not.
 */
GtkWidget *luo_items_editor_new (LuoDraft *draft, const LuoMember *member);

G_END_DECLS
