/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-draft.h"

G_BEGIN_DECLS

#define LUO_TYPE_VISIT_FORM (luo_visit_form_get_type ())
G_DECLARE_FINAL_TYPE (LuoVisitForm, luo_visit_form, LUO, VISIT_FORM, AdwBin)

/**
 * luo_visit_form_new:
 * @draft: a visit
 *
 * A visit to fill in on the spot, in the order in which it goes: photos, what was found last time to tick off, what is found now, with
 * phrases to choose from (reference:finding-phrases of the city, else the usual ones), what was counted, done. Saved at once.
 *
 * LuoVisitForm::finished: the visit is done; it has a count of everything, of none where nothing was counted
 */
GtkWidget *luo_visit_form_new (LuoDraft *draft);

G_END_DECLS
