/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_PREFERENCES (luo_preferences_get_type ())
G_DECLARE_FINAL_TYPE (LuoPreferences, luo_preferences, LUO, PREFERENCES, AdwPreferencesWindow)

/** Who works here (name, office), the month, the server. */
LuoPreferences *luo_preferences_new (GtkWindow *parent, LuoSession *session);

G_END_DECLS
