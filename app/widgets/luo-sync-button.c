/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-sync-button.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-sync-popover.h"

struct _LuoSyncButton
{
  AdwBin parent_instance;

  LuoSession *session; /* (owned) (nullable) */
  GtkWidget *button;
  AdwBin *dot_place;
  GtkLabel *word;
  GtkLabel *pending;
  GtkLabel *last;
  gboolean compact;
};

G_DEFINE_FINAL_TYPE (LuoSyncButton, luo_sync_button, ADW_TYPE_BIN)

enum
{
  PROP_COMPACT = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

const char *
luo_sync_state_word (const LuoSyncStatus *status)
{
  if (status == NULL)
    return _ ("This machine only");
  switch (status->state)
    {
    case LUO_SYNC_OFFLINE:
      return _ ("Offline");
    case LUO_SYNC_ACTIVE:
      return _ ("Synchronising");
    case LUO_SYNC_SETTLED:
      return _ ("Synchronised");
    case LUO_SYNC_STUCK:
      return _ ("Needs attention");
    case LUO_SYNC_UNCONNECTED:
    default:
      return _ ("This machine only");
    }
}

const char *
luo_sync_state_colour (const LuoSyncStatus *status)
{
  if (status == NULL)
    return "grey";
  switch (status->state)
    {
    case LUO_SYNC_OFFLINE:
      return "amber";
    case LUO_SYNC_ACTIVE:
      return "blue";
    case LUO_SYNC_SETTLED:
      return "green";
    case LUO_SYNC_STUCK:
      return "red";
    case LUO_SYNC_UNCONNECTED:
    default:
      return "grey";
    }
}

static char *
last_line (const LuoSyncStatus *status)
{
  g_autofree char *time = NULL;

  if (status == NULL || status->state == LUO_SYNC_UNCONNECTED)
    return g_strdup (_ ("No server is connected"));
  if (status->state == LUO_SYNC_STUCK && status->message != NULL)
    return g_strdup (status->message);
  if (status->last_settled == 0)
    return g_strdup (_ ("Not synchronised yet"));
  if (status->state == LUO_SYNC_SETTLED && status->pending == 0)
    {
      guint n = status->spaces != NULL ? status->spaces->len : 0;

      return g_strdup_printf (ngettext ("All of %u space received", "All of %u spaces received", n), n);
    }
  time = luo_format_time (status->last_settled);
  /* Translators: %s is a time, or a day and a time */
  return g_strdup_printf (_ ("Last synchronised %s"), time);
}

static gint64
under_way (const LuoSyncStatus *status)
{
  gint64 n = status->pending;

  for (guint i = 0; status->spaces != NULL && i < status->spaces->len; i++)
    n += MAX (((LuoSpaceStatus *)g_ptr_array_index (status->spaces, i))->to_pull, 0);
  return n;
}

static void
update (LuoSyncButton *self)
{
  const LuoSyncStatus *status = self->session != NULL ? luo_session_get_status (self->session) : NULL;
  g_autofree char *word = NULL;
  g_autofree char *pending = NULL;
  g_autofree char *last = last_line (status);
  g_autofree char *name = NULL;

  if (status != NULL && status->state == LUO_SYNC_ACTIVE && under_way (status) > 0)
    word = g_strdup_printf ("%s %" G_GINT64_FORMAT, luo_sync_state_word (status), under_way (status));
  else
    word = g_strdup (luo_sync_state_word (status));
  if (status != NULL && status->pending > 0 && status->state != LUO_SYNC_ACTIVE)
    {
      g_autofree char *number = luo_format_integer (status->pending);

      /* Translators: so many edits wait to be sent to the server, 待发送 5 */
      pending = g_strdup_printf (_ ("%s to send"), number);
    }
  else if (status != NULL && status->state == LUO_SYNC_SETTLED && status->last_settled != 0 && !self->compact)
    pending = luo_format_time (status->last_settled);

  adw_bin_set_child (self->dot_place, luo_build_dot (luo_sync_state_colour (status)));
  gtk_label_set_label (self->pending, pending != NULL ? pending : "");
  gtk_label_set_label (self->last, last);
  gtk_widget_set_visible (GTK_WIDGET (self->last), !self->compact);
  gtk_widget_set_visible (GTK_WIDGET (self->pending), !self->compact && pending != NULL);
  name = luo_format_join (word, pending != NULL ? pending : "", NULL);
  gtk_label_set_label (self->word, self->compact ? name : word);
  g_free (g_steal_pointer (&name));

  /* Translators: the accessible name of the button that shows the state of synchronising; %s is the state */
  g_free (g_steal_pointer (&word));
  word = luo_format_join (luo_sync_state_word (status), pending != NULL ? pending : "", last, NULL);
  name = g_strdup_printf (_ ("Synchronising: %s"), word);
  luo_build_set_name (self->button, name);
  gtk_widget_set_tooltip_text (self->button, last);
}

static void
luo_sync_button_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LuoSyncButton *self = LUO_SYNC_BUTTON (object);

  switch (id)
    {
    case PROP_COMPACT:
      g_value_set_boolean (value, self->compact);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_sync_button_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LuoSyncButton *self = LUO_SYNC_BUTTON (object);

  switch (id)
    {
    case PROP_COMPACT:
      self->compact = g_value_get_boolean (value);
      if (self->compact)
        {
          gtk_widget_add_css_class (self->button, "compact");
          gtk_widget_add_css_class (GTK_WIDGET (self->word), "caption");
          gtk_widget_remove_css_class (GTK_WIDGET (self->word), "heading");
          gtk_label_set_ellipsize (self->word, PANGO_ELLIPSIZE_END);
          gtk_label_set_width_chars (self->word, 4);
        }
      update (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_sync_button_dispose (GObject *object)
{
  LuoSyncButton *self = LUO_SYNC_BUTTON (object);

  luo_sync_button_set_session (self, NULL);
  G_OBJECT_CLASS (luo_sync_button_parent_class)->dispose (object);
}

static void
luo_sync_button_class_init (LuoSyncButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = luo_sync_button_get_property;
  object_class->set_property = luo_sync_button_set_property;
  object_class->dispose = luo_sync_button_dispose;
  properties[PROP_COMPACT] = g_param_spec_boolean (
      "compact", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
luo_sync_button_init (LuoSyncButton *self)
{
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *first = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->dot_place = ADW_BIN (adw_bin_new ());
  self->word = GTK_LABEL (luo_build_text (NULL, "heading"));
  gtk_label_set_wrap (self->word, FALSE);
  self->pending = GTK_LABEL (luo_build_text (NULL, "dim-label numeric"));
  gtk_label_set_wrap (self->pending, FALSE);
  gtk_label_set_xalign (self->pending, 1);
  gtk_widget_set_hexpand (GTK_WIDGET (self->pending), TRUE);
  self->last = GTK_LABEL (luo_build_text (NULL, "caption dim-label"));
  gtk_label_set_wrap (self->last, FALSE);
  gtk_label_set_ellipsize (self->last, PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (self->last, 24);
  gtk_box_append (GTK_BOX (first), GTK_WIDGET (self->dot_place));
  gtk_box_append (GTK_BOX (first), GTK_WIDGET (self->word));
  gtk_box_append (GTK_BOX (first), GTK_WIDGET (self->pending));
  gtk_box_append (GTK_BOX (lines), first);
  gtk_box_append (GTK_BOX (lines), GTK_WIDGET (self->last));

  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_child (GTK_MENU_BUTTON (self->button), lines);
  /* The button keeps its child in the middle; here it is to have the whole width. */
  gtk_widget_set_halign (gtk_widget_get_parent (lines), GTK_ALIGN_FILL);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (self->button), GTK_ARROW_UP);
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "sync");
  gtk_widget_set_hexpand (lines, TRUE);
  adw_bin_set_child (ADW_BIN (self), self->button);
  update (self);
}

/* The popover is built when it is opened first: the window need not wait for it. */
static void
create_popover_cb (GtkMenuButton *button, gpointer user_data)
{
  LuoSyncButton *self = user_data;

  if (gtk_menu_button_get_popover (button) == NULL && self->session != NULL)
    gtk_menu_button_set_popover (button, luo_sync_popover_new (self->session));
}

void
luo_sync_button_set_session (LuoSyncButton *self, LuoSession *session)
{
  g_return_if_fail (LUO_IS_SYNC_BUTTON (self));

  if (self->session == session)
    return;
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->session, update, self);
      gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), NULL);
    }
  g_set_object (&self->session, session);
  if (session == NULL)
    return;
  g_signal_connect_object (session, "notify::status", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (self->button),
                                 self->compact ? GTK_ARROW_DOWN : GTK_ARROW_UP);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->button), create_popover_cb, self, NULL);
  update (self);
}

void
luo_sync_button_popup (LuoSyncButton *self)
{
  g_return_if_fail (LUO_IS_SYNC_BUTTON (self));

  gtk_menu_button_popup (GTK_MENU_BUTTON (self->button));
}
