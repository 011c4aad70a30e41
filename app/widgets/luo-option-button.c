/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-option-button.h"

struct _LuoOptionButton
{
  GtkCheckButton parent_instance;
};

G_DEFINE_FINAL_TYPE (LuoOptionButton, luo_option_button, GTK_TYPE_CHECK_BUTTON)

static void
pick (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_check_button_set_active (GTK_CHECK_BUTTON (widget), TRUE);
}

static void
luo_option_button_class_init (LuoOptionButtonClass *klass)
{
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "option.pick", NULL, pick);
}

static void
luo_option_button_init (LuoOptionButton *self)
{
}

GtkWidget *
luo_option_button_new (void)
{
  return g_object_new (LUO_TYPE_OPTION_BUTTON, "accessible-role", GTK_ACCESSIBLE_ROLE_RADIO, NULL);
}
