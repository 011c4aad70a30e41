/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_MONTH_BUTTON (luo_month_button_get_type ())
G_DECLARE_FINAL_TYPE (LuoMonthButton, luo_month_button, LUO, MONTH_BUTTON, AdwBin)

/** LuoMonthButton: shows the session's month and lets a person choose another: a popover with a year and its twelve months. */
void luo_month_button_set_session (LuoMonthButton *self, LuoSession *session);

G_END_DECLS
