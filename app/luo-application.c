/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-application.h"

#include <glib/gi18n.h>

#include "luo-window.h"

struct _LuoApplication
{
  AdwApplication parent_instance;

  char *folder;        /* (owned) (nullable) */
  char *record;        /* (owned) (nullable): shown first */
  LuoSession *session; /* (owned) (nullable): closed last, after the edits that were under way */
};

G_DEFINE_FINAL_TYPE (LuoApplication, luo_application, ADW_TYPE_APPLICATION)

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkApplication *self = user_data;

  adw_show_about_window (
      gtk_application_get_active_window (self), "application-name", _ ("Luoshi"), "application-icon",
      "org.luoshi.Luoshi", "version", PACKAGE_VERSION, "comments",
      _ ("The annual target tasks of a civil-affairs bureau, kept together without a network"),
      "license-type", GTK_LICENSE_GPL_3_0, "developer-name", _ ("The Luoshi authors"),
      /* Translators: your names, a line each */
      "translator-credits", _ ("translator-credits"), NULL);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  /* The program ends with its last window, when edits under way are on the disk. */
  for (GList *l = gtk_application_get_windows (user_data); l != NULL;)
    {
      GtkWindow *window = l->data;

      l = l->next;
      gtk_window_close (window);
    }
}

static const GActionEntry actions[] = {
  { "about", about_action },
  { "quit", quit_action },
};

static char *
usual_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "luoshi", NULL);
}

static void
session_opened_cb (LuoApplication *self, LuoWindow *window)
{
  g_set_object (&self->session, luo_window_get_session (window));
  if (self->record != NULL && luo_session_get_started (self->session))
    luo_window_open_record (window, self->record);
}

static void
luo_application_activate (GApplication *application)
{
  LuoApplication *self = LUO_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    {
      g_autofree char *folder = self->folder != NULL ? g_strdup (self->folder) : usual_folder ();

      window = GTK_WINDOW (luo_window_new (GTK_APPLICATION (self), folder));
      g_signal_connect_object (window, "session-opened", G_CALLBACK (session_opened_cb), self,
                               G_CONNECT_SWAPPED);
    }
  gtk_window_present (window);
}

static int
luo_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  LuoApplication *self = LUO_APPLICATION (application);

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("luoshi %s\n", PACKAGE_VERSION);
      return 0;
    }
  g_variant_dict_lookup (options, "replica", "^ay", &self->folder);
  g_variant_dict_lookup (options, "record", "s", &self->record);
  return -1;
}

static void
luo_application_shutdown (GApplication *application)
{
  LuoApplication *self = LUO_APPLICATION (application);

  if (self->session != NULL)
    luo_session_close (self->session);
  g_clear_object (&self->session);
  G_APPLICATION_CLASS (luo_application_parent_class)->shutdown (application);
}

static void
luo_application_finalize (GObject *object)
{
  LuoApplication *self = LUO_APPLICATION (object);

  g_free (self->folder);
  g_free (self->record);
  G_OBJECT_CLASS (luo_application_parent_class)->finalize (object);
}

static void
luo_application_class_init (LuoApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = luo_application_finalize;
  application_class->activate = luo_application_activate;
  application_class->handle_local_options = luo_application_handle_local_options;
  application_class->shutdown = luo_application_shutdown;
}

static void
luo_application_init (LuoApplication *self)
{
  const char *const quit_keys[] = { "<Control>q", NULL };
  const GOptionEntry options[] = {
    { "replica", 'r', 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Folder of the records"), N_ ("DIR") },
    { "record", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Show the record with this identifier"), N_ ("ID") },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", quit_keys);
}

LuoApplication *
luo_application_new (void)
{
  /* Each replica has a window of its own, so that two can be open side by side. */
  return g_object_new (LUO_TYPE_APPLICATION, "application-id", "org.luoshi.Luoshi", "flags",
                       G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/luoshi/Luoshi", NULL);
}
