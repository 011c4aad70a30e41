/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-page.h"
#include "luo-window.h"

G_BEGIN_DECLS

/* What luo-window.c and luo-window-actions.c share. */

/** Installs the window's actions and keys. */
void luo_window_install_actions (GtkWidgetClass *widget_class);
/** Enables what can be done now. Called whenever the page, its record or the session changed. */
void luo_window_update_actions (LuoWindow *self);

/** Returns: (nullable): the page that is shown */
LuoPage *luo_window_get_page (LuoWindow *self);
/** One step back: within the page, else to the sidebar. */
void luo_window_go_back (LuoWindow *self);
gboolean luo_window_can_go_back (LuoWindow *self);
/** Opens what is said about synchronising, with the records that the server did not take. */
void luo_window_show_sync (LuoWindow *self);
/** Shows the page at a place of the sidebar, from 0. */
void luo_window_show_nth_page (LuoWindow *self, guint n);

G_END_DECLS
