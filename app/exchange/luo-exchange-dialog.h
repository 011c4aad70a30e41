/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_EXCHANGE_DIALOG (luo_exchange_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LuoExchangeDialog, luo_exchange_dialog, LUO, EXCHANGE_DIALOG, AdwWindow)

/**
 * luo_exchange_dialog_new:
 * @exports: whether an exchange file is made; else one is taken in
 *
 * A modal window that asks for the file and its passphrase, and does it in the background; closes itself where that worked and tells
 * the outcome by the session's notice. Closing it meanwhile cancels.
 */
LuoExchangeDialog *luo_exchange_dialog_new (GtkWindow *parent, LuoSession *session, gboolean exports);

G_END_DECLS
