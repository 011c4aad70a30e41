/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_WELCOME (luo_welcome_get_type ())
G_DECLARE_FINAL_TYPE (LuoWelcome, luo_welcome, LUO, WELCOME, AdwBin)

/** LuoWelcome: the first start: a server, this machine only for now, or a look at the sample data. */
void luo_welcome_set_session (LuoWelcome *self, LuoSession *session);

G_END_DECLS
