/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-window-private.h"

#include <glib/gi18n.h>

#include "luo-connect-dialog.h"
#include "luo-exchange-dialog.h"
#include "luo-preferences.h"

static void
sync_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoSession *session = luo_window_get_session (LUO_WINDOW (widget));

  if (session == NULL)
    return;
  if (luo_session_get_server (session) == NULL)
    gtk_widget_activate_action (widget, "win.connect", NULL);
  else
    luo_replicator_nudge (luo_session_get_replicator (session));
}

static void
show_sync_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  luo_window_show_sync (LUO_WINDOW (widget));
}

static void
connect_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoSession *session = luo_window_get_session (LUO_WINDOW (widget));

  if (session != NULL)
    gtk_window_present (GTK_WINDOW (luo_connect_dialog_new (GTK_WINDOW (widget), session)));
}

static void
show_exchange (GtkWidget *widget, gboolean exports)
{
  LuoSession *session = luo_window_get_session (LUO_WINDOW (widget));

  if (session != NULL)
    gtk_window_present (GTK_WINDOW (luo_exchange_dialog_new (GTK_WINDOW (widget), session, exports)));
}

static void
export_bundle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_exchange (widget, TRUE);
}

static void
import_bundle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_exchange (widget, FALSE);
}

static void
preferences_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoSession *session = luo_window_get_session (LUO_WINDOW (widget));

  if (session != NULL)
    gtk_window_present (GTK_WINDOW (luo_preferences_new (GTK_WINDOW (widget), session)));
}

/* GTK would build this with the window, if it lay where GTK looks for it; it is asked for seldom. */
static void
keys_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkApplicationWindow *window = GTK_APPLICATION_WINDOW (widget);

  if (gtk_application_window_get_help_overlay (window) == NULL)
    {
      g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/luoshi/Luoshi/help-overlay.ui");

      gtk_application_window_set_help_overlay (
          window, GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
    }
  gtk_window_present (GTK_WINDOW (gtk_application_window_get_help_overlay (window)));
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoSession *session = luo_window_get_session (LUO_WINDOW (widget));

  if (session != NULL)
    luo_session_undo (session);
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoPage *page = luo_window_get_page (LUO_WINDOW (widget));

  if (page != NULL)
    luo_page_search (page);
}

static void
new_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoWindow *self = LUO_WINDOW (widget);
  LuoPage *page = luo_window_get_page (self);

  if (page != NULL && luo_page_has_create (page))
    luo_page_create (page);
}

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoPage *page = luo_window_get_page (LUO_WINDOW (widget));

  if (page != NULL)
    luo_page_edit (page);
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoPage *page = luo_window_get_page (LUO_WINDOW (widget));

  if (page != NULL)
    luo_page_remove (page);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  luo_window_go_back (LUO_WINDOW (widget));
}

static void
page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  luo_window_show_nth_page (LUO_WINDOW (widget), (guint)g_variant_get_int32 (parameter));
}

static void
leave_sample_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoSession *session = luo_window_get_session (LUO_WINDOW (widget));

  if (session != NULL && luo_session_get_sample (session) && luo_session_get_server (session) == NULL)
    luo_session_leave_sample (session);
}

static void
month_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoSession *session = luo_window_get_session (LUO_WINDOW (widget));

  if (session != NULL)
    luo_session_set_month (session, g_variant_get_string (parameter, NULL));
}

void
luo_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.sync", NULL, sync_action);
  gtk_widget_class_install_action (widget_class, "win.show-sync", NULL, show_sync_action);
  gtk_widget_class_install_action (widget_class, "win.connect", NULL, connect_action);
  gtk_widget_class_install_action (widget_class, "win.export-bundle", NULL, export_bundle_action);
  gtk_widget_class_install_action (widget_class, "win.import-bundle", NULL, import_bundle_action);
  gtk_widget_class_install_action (widget_class, "win.preferences", NULL, preferences_action);
  gtk_widget_class_install_action (widget_class, "win.keys", NULL, keys_action);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "win.edit", NULL, edit_action);
  gtk_widget_class_install_action (widget_class, "win.delete", NULL, delete_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.page", "i", page_action);
  gtk_widget_class_install_action (widget_class, "win.month", "s", month_action);
  gtk_widget_class_install_action (widget_class, "win.leave-sample", NULL, leave_sample_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "win.search", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK, "win.new", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "win.edit", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK, "win.sync", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "win.sync", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.export-bundle", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_o, GDK_CONTROL_MASK, "win.import-bundle", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F1, 0, "win.keys", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_question, GDK_CONTROL_MASK, "win.keys", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_comma, GDK_CONTROL_MASK, "win.preferences",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "win.delete", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
  for (int i = 0; i < 7; i++)
    gtk_widget_class_add_binding_action (widget_class, (guint)(GDK_KEY_1 + i), GDK_ALT_MASK, "win.page", "i",
                                         i);
}

void
luo_window_update_actions (LuoWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  LuoSession *session = luo_window_get_session (self);
  LuoPage *page = luo_window_get_page (self);
  gboolean main = session != NULL && luo_session_get_started (session);

  gtk_widget_action_set_enabled (widget, "win.sync", main);
  gtk_widget_action_set_enabled (widget, "win.connect", session != NULL);
  gtk_widget_action_set_enabled (widget, "win.export-bundle", main);
  gtk_widget_action_set_enabled (widget, "win.import-bundle", main);
  gtk_widget_action_set_enabled (widget, "win.preferences", main);
  gtk_widget_action_set_enabled (widget, "win.undo",
                                 main && luo_undo_get_can_undo (luo_session_get_undo (session)));
  gtk_widget_action_set_enabled (widget, "win.search", main && page != NULL && luo_page_has_search (page));
  gtk_widget_action_set_enabled (widget, "win.new", main && page != NULL && luo_page_has_create (page));
  gtk_widget_action_set_enabled (widget, "win.edit", main && page != NULL);
  gtk_widget_action_set_enabled (widget, "win.delete", main && page != NULL);
  gtk_widget_action_set_enabled (widget, "win.back", main && luo_window_can_go_back (self));
  gtk_widget_action_set_enabled (widget, "win.leave-sample",
                                 main && luo_session_get_sample (session)
                                     && luo_session_get_server (session) == NULL);
}
