/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-draft.h"

G_BEGIN_DECLS

#define LUO_TYPE_RECORD_FORM (luo_record_form_get_type ())
G_DECLARE_FINAL_TYPE (LuoRecordForm, luo_record_form, LUO, RECORD_FORM, AdwBin)

/**
 * luo_record_form_new:
 * @skip: (nullable): NULL-ended names of members that are edited elsewhere
 * @counters: (nullable): NULL-ended names of whole numbers that are counted up and down
 *
 * The form of a record, made from the record table. Says at its head whether everything is saved; saves what waits when the
 * focus leaves it or it goes away.
 */
GtkWidget *luo_record_form_new (LuoDraft *draft, const char *const *skip, const char *const *counters);

LuoDraft *luo_record_form_get_draft (LuoRecordForm *self);

G_END_DECLS
