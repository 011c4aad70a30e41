/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-document.h"

G_BEGIN_DECLS

#define LUO_TYPE_RAW_VIEW (luo_raw_view_get_type ())
G_DECLARE_FINAL_TYPE (LuoRawView, luo_raw_view, LUO, RAW_VIEW, AdwBin)

/** LuoRawView: a record that this program does not understand: says so and why, and shows its members as they are. Not editable. */
GtkWidget *luo_raw_view_new (void);
void luo_raw_view_set_document (LuoRawView *self, LuoDocument *document);

G_END_DECLS
