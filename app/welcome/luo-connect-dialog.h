/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_CONNECT_DIALOG (luo_connect_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LuoConnectDialog, luo_connect_dialog, LUO, CONNECT_DIALOG, AdwWindow)

/** A modal window that asks for a server's address, user and password and connects; closes itself where that worked. */
LuoConnectDialog *luo_connect_dialog_new (GtkWindow *parent, LuoSession *session);

G_END_DECLS
