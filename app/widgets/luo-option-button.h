/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LUO_TYPE_OPTION_BUTTON (luo_option_button_get_type ())
G_DECLARE_FINAL_TYPE (LuoOptionButton, luo_option_button, LUO, OPTION_BUTTON, GtkCheckButton)

/**
 * LuoOptionButton: one of several choices. A check button of a group that tells assistive technology that it is a radio button and can be
 * picked, which GTK 4.8 leaves out.
 */
GtkWidget *luo_option_button_new (void);

G_END_DECLS
