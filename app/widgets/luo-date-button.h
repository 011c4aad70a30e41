/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define LUO_TYPE_DATE_BUTTON (luo_date_button_get_type ())
G_DECLARE_FINAL_TYPE (LuoDateButton, luo_date_button, LUO, DATE_BUTTON, AdwBin)

/**
 * LuoDateButton: opens a calendar beside an entry for a date. Property "date": `YYYY-MM-DD`, where the calendar opens.
 *
 * LuoDateButton::chosen: (date: utf8)
 */
GtkWidget *luo_date_button_new (void);

G_END_DECLS
