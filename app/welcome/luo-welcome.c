/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-welcome.h"

#include "luo-connect-dialog.h"

struct _LuoWelcome
{
  AdwBin parent_instance;

  GtkWidget *choices;
  GtkStack *sample_stack;
  LuoSession *session; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (LuoWelcome, luo_welcome, ADW_TYPE_BIN)

static void
connect_cb (LuoWelcome *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));

  gtk_window_present (GTK_WINDOW (luo_connect_dialog_new (window, self->session)));
}

static void
alone_cb (LuoWelcome *self)
{
  luo_session_set_started (self->session, TRUE);
}

static void
sample_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LuoWelcome) self = user_data;
  g_autoptr (GError) error = NULL;

  gtk_widget_set_sensitive (self->choices, TRUE);
  gtk_stack_set_visible_child_name (self->sample_stack, "ready");
  if (!luo_session_load_sample_finish (LUO_SESSION (source), result, &error))
    luo_session_notify_person (LUO_SESSION (source), error->message, FALSE);
}

static void
sample_cb (LuoWelcome *self)
{
  gtk_widget_set_sensitive (self->choices, FALSE);
  gtk_stack_set_visible_child_name (self->sample_stack, "loading");
  luo_session_load_sample_async (self->session, NULL, sample_loaded_cb, g_object_ref (self));
}

static void
luo_welcome_dispose (GObject *object)
{
  LuoWelcome *self = LUO_WELCOME (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), LUO_TYPE_WELCOME);
  G_OBJECT_CLASS (luo_welcome_parent_class)->dispose (object);
}

static void
luo_welcome_class_init (LuoWelcomeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = luo_welcome_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/luoshi/Luoshi/luo-welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, LuoWelcome, choices);
  gtk_widget_class_bind_template_child (widget_class, LuoWelcome, sample_stack);
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, alone_cb);
  gtk_widget_class_bind_template_callback (widget_class, sample_cb);
}

static void
luo_welcome_init (LuoWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
luo_welcome_set_session (LuoWelcome *self, LuoSession *session)
{
  g_return_if_fail (LUO_IS_WELCOME (self));

  g_set_object (&self->session, session);
}
