/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-connect-dialog.h"

#include <glib/gi18n.h>

struct _LuoConnectDialog
{
  AdwWindow parent_instance;

  GtkWidget *connect_button;
  GtkWidget *fields;
  GtkEditable *url_row;
  GtkEditable *user_row;
  GtkEditable *password_row;
  GtkLabel *message;
  GtkSpinner *spinner;

  LuoSession *session;       /* (owned) */
  GCancellable *cancellable; /* (owned) */
};

G_DEFINE_FINAL_TYPE (LuoConnectDialog, luo_connect_dialog, ADW_TYPE_WINDOW)

static void
set_busy (LuoConnectDialog *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->fields, !busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_sensitive (self->connect_button, !busy);
}

static void
show_message (LuoConnectDialog *self, const char *message)
{
  gtk_label_set_label (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LuoConnectDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (luo_session_connect_finish (LUO_SESSION (source), result, &error))
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, FALSE);
  show_message (self, error->message);
}

/* Office networks are typed as they are said: "10.0.0.5:5984" is http. */
static char *
complete_url (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  gsize length;

  if (strstr (stripped, "://") == NULL)
    {
      char *with_scheme = g_strconcat ("http://", stripped, NULL);

      g_free (stripped);
      stripped = with_scheme;
    }
  for (length = strlen (stripped); length > 0 && stripped[length - 1] == '/'; length--)
    stripped[length - 1] = '\0';
  return g_steal_pointer (&stripped);
}

static void
connect_clicked_cb (LuoConnectDialog *self)
{
  g_autofree char *url = complete_url (gtk_editable_get_text (self->url_row));

  if (!g_uri_is_valid (url, G_URI_FLAGS_NONE, NULL))
    {
      show_message (self, _ ("This is no address of a server; it looks like http://10.0.0.5:5984"));
      return;
    }
  show_message (self, NULL);
  set_busy (self, TRUE);
  luo_session_connect_async (self->session, url, gtk_editable_get_text (self->user_row),
                             gtk_editable_get_text (self->password_row), self->cancellable, connected_cb,
                             g_object_ref (self));
}

static void
changed_cb (LuoConnectDialog *self)
{
  gtk_widget_set_sensitive (self->connect_button, *gtk_editable_get_text (self->url_row) != '\0'
                                                      && *gtk_editable_get_text (self->user_row) != '\0'
                                                      && *gtk_editable_get_text (self->password_row) != '\0');
}

static gboolean
luo_connect_dialog_close_request (GtkWindow *window)
{
  g_cancellable_cancel (LUO_CONNECT_DIALOG (window)->cancellable);
  return GTK_WINDOW_CLASS (luo_connect_dialog_parent_class)->close_request (window);
}

static void
luo_connect_dialog_dispose (GObject *object)
{
  LuoConnectDialog *self = LUO_CONNECT_DIALOG (object);

  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), LUO_TYPE_CONNECT_DIALOG);
  G_OBJECT_CLASS (luo_connect_dialog_parent_class)->dispose (object);
}

static void
luo_connect_dialog_class_init (LuoConnectDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = luo_connect_dialog_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = luo_connect_dialog_close_request;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/luoshi/Luoshi/luo-connect-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, LuoConnectDialog, connect_button);
  gtk_widget_class_bind_template_child (widget_class, LuoConnectDialog, fields);
  gtk_widget_class_bind_template_child (widget_class, LuoConnectDialog, url_row);
  gtk_widget_class_bind_template_child (widget_class, LuoConnectDialog, user_row);
  gtk_widget_class_bind_template_child (widget_class, LuoConnectDialog, password_row);
  gtk_widget_class_bind_template_child (widget_class, LuoConnectDialog, message);
  gtk_widget_class_bind_template_child (widget_class, LuoConnectDialog, spinner);
  gtk_widget_class_bind_template_callback (widget_class, connect_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
luo_connect_dialog_init (LuoConnectDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  changed_cb (self);
}

LuoConnectDialog *
luo_connect_dialog_new (GtkWindow *parent, LuoSession *session)
{
  LuoConnectDialog *self = g_object_new (LUO_TYPE_CONNECT_DIALOG, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  if (luo_session_get_server (session) != NULL)
    gtk_editable_set_text (self->url_row, luo_session_get_server (session));
  gtk_widget_grab_focus (GTK_WIDGET (self->url_row));
  return self;
}
