/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_RECORD_CHOOSER (luo_record_chooser_get_type ())
G_DECLARE_FINAL_TYPE (LuoRecordChooser, luo_record_chooser, LUO, RECORD_CHOOSER, AdwBin)

/**
 * LuoRecordChooser: chooses one record of a type by its title: a drop-down with search, read from the replica.
 *
 * LuoRecordChooser::chosen: (id: utf8, "" for none)
 */
GtkWidget *luo_record_chooser_new (LuoSession *session, const char *record_type);
/** @id: (nullable): shows it as chosen; emits nothing */
void luo_record_chooser_set_chosen (LuoRecordChooser *self, const char *id);

G_END_DECLS
