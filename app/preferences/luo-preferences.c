/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-preferences.h"

#include <glib/gi18n.h>

#include "luo-connect-dialog.h"
#include "luo-format.h"
#include "luo-month-button.h"

struct _LuoPreferences
{
  AdwPreferencesWindow parent_instance;

  GtkEditable *user_row;
  GtkDropDown *office;
  LuoMonthButton *month;
  AdwActionRow *server_row;
  GtkWidget *connect_button;
  GtkWidget *sign_out_button;

  LuoSession *session; /* (owned) */
};

G_DEFINE_FINAL_TYPE (LuoPreferences, luo_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static const char *
nth_office (guint n)
{
  return n == 0 ? "city" : luo_district_choices[n - 1].value;
}

static void
user_applied_cb (LuoPreferences *self)
{
  luo_session_set_user (self->session, gtk_editable_get_text (self->user_row));
}

static void
office_chosen_cb (LuoPreferences *self)
{
  if (self->session != NULL && gtk_drop_down_get_selected (self->office) != GTK_INVALID_LIST_POSITION)
    luo_session_set_office (self->session, nth_office (gtk_drop_down_get_selected (self->office)));
}

static void
connect_cb (LuoPreferences *self)
{
  gtk_window_present (GTK_WINDOW (luo_connect_dialog_new (GTK_WINDOW (self), self->session)));
}

static void
sign_out_answered_cb (LuoPreferences *self, const char *response)
{
  if (strcmp (response, "sign-out") == 0)
    luo_session_disconnect (self->session);
}

static void
sign_out_cb (LuoPreferences *self)
{
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (self), _ ("Sign Out?"),
      _ ("The records stay on this machine. They are not exchanged until you connect again."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "sign-out",
                                    _ ("_Sign Out"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (sign_out_answered_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
server_changed_cb (LuoPreferences *self)
{
  const char *server = luo_session_get_server (self->session);

  adw_action_row_set_subtitle (self->server_row, server != NULL ? server : _ ("No server is connected"));
  gtk_widget_set_visible (self->connect_button, server == NULL);
  gtk_widget_set_visible (self->sign_out_button, server != NULL);
}

static void
luo_preferences_dispose (GObject *object)
{
  LuoPreferences *self = LUO_PREFERENCES (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), LUO_TYPE_PREFERENCES);
  G_OBJECT_CLASS (luo_preferences_parent_class)->dispose (object);
}

static void
luo_preferences_class_init (LuoPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = luo_preferences_dispose;
  g_type_ensure (LUO_TYPE_MONTH_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/luoshi/Luoshi/luo-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, LuoPreferences, user_row);
  gtk_widget_class_bind_template_child (widget_class, LuoPreferences, office);
  gtk_widget_class_bind_template_child (widget_class, LuoPreferences, month);
  gtk_widget_class_bind_template_child (widget_class, LuoPreferences, server_row);
  gtk_widget_class_bind_template_child (widget_class, LuoPreferences, connect_button);
  gtk_widget_class_bind_template_child (widget_class, LuoPreferences, sign_out_button);
  gtk_widget_class_bind_template_callback (widget_class, user_applied_cb);
  gtk_widget_class_bind_template_callback (widget_class, office_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_out_cb);
}

static void
luo_preferences_init (LuoPreferences *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_string_list_append (names, luo_format_office ("city"));
  for (guint i = 0; luo_district_choices[i].value != NULL; i++)
    gtk_string_list_append (names, luo_format_office (luo_district_choices[i].value));
  gtk_drop_down_set_model (self->office, G_LIST_MODEL (names));
}

LuoPreferences *
luo_preferences_new (GtkWindow *parent, LuoSession *session)
{
  LuoPreferences *self = g_object_new (LUO_TYPE_PREFERENCES, "transient-for", parent, NULL);

  for (guint i = 0; nth_office (i) != NULL; i++)
    if (strcmp (nth_office (i), luo_session_get_office (session)) == 0)
      gtk_drop_down_set_selected (self->office, i);
  self->session = g_object_ref (session);
  if (luo_session_get_user (session) != NULL)
    gtk_editable_set_text (self->user_row, luo_session_get_user (session));
  luo_month_button_set_session (self->month, session);
  g_signal_connect_object (session, "notify::server", G_CALLBACK (server_changed_cb), self,
                           G_CONNECT_SWAPPED);
  server_changed_cb (self);
  return self;
}
