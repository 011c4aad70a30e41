/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-list-page.h"

G_BEGIN_DECLS

#define LUO_TYPE_FILTER_BUTTON (luo_filter_button_get_type ())
G_DECLARE_FINAL_TYPE (LuoFilterButton, luo_filter_button, LUO, FILTER_BUTTON, AdwBin)

/**
 * LuoFilterButton: opens the conditions and the order of a list. Conditions in force are shown as chips that take them away.
 *
 * LuoFilterButton::changed
 */
GtkWidget *luo_filter_button_new (const char *record_type, const LuoListFilter *filters,
                                  const LuoListOrder *orders);

/** Returns: (transfer none): the chips, to be put where there is room */
GtkWidget *luo_filter_button_get_chips (LuoFilterButton *self);
guint luo_filter_button_get_order (LuoFilterButton *self);
gboolean luo_filter_button_is_active (LuoFilterButton *self);
/** @items: (nullable): see luo_list_condition_apply() */
void luo_filter_button_apply (LuoFilterButton *self, LuoQuery *query, const char *items);
/** @where: NULL-ended: conditions as luo_list_condition_parse() reads them; emits changed */
void luo_filter_button_set_conditions (LuoFilterButton *self, const char *const *where);

G_END_DECLS
