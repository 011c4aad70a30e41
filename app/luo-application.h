/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define LUO_TYPE_APPLICATION (luo_application_get_type ())
G_DECLARE_FINAL_TYPE (LuoApplication, luo_application, LUO, APPLICATION, AdwApplication)

/** The program: `luoshi [--replica DIR]`: one window on one replica. */
LuoApplication *luo_application_new (void);

G_END_DECLS
