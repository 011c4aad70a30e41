/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-sync-popover.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-receipt.h"
#include "luo-replication-error.h"
#include "luo-sync-button.h"
#include "luo-work.h"

struct _LuoSyncPopover
{
  GtkPopover parent_instance;

  LuoSession *session; /* (owned) */
  GtkWidget *box;
  GtkWidget *spaces;
  GtkWidget *stuck;
  GtkWidget *message;
  GtkWidget *create_all;
  GtkWidget *sync;
  GtkWidget *connect;
};

G_DEFINE_FINAL_TYPE (LuoSyncPopover, luo_sync_popover, GTK_TYPE_POPOVER)

static void
create_space_cb (LuoSyncPopover *self, GtkButton *button)
{
  luo_session_create_server_space (self->session, g_object_get_data (G_OBJECT (button), "luo-space"));
}

/* @format: a translated text with one %s. */
static char *
counted (const char *format, gint64 n)
{
  g_autofree char *number = luo_format_integer (n);
  GString *out = g_string_new (format);

  g_string_replace (out, "%s", number, 1);
  return g_string_free (out, FALSE);
}

/* Whether the server lacks this space, as far as that can be told. */
static gboolean
is_missing (LuoSyncPopover *self, const LuoSpaceStatus *space)
{
  return space->state == LUO_SYNC_STUCK && space->pushed + space->pulled == 0 && space->refused == 0
         && luo_session_get_server (self->session) != NULL && space->last_settled == 0;
}

static void
create_all_cb (LuoSyncPopover *self)
{
  const LuoSyncStatus *status = luo_session_get_status (self->session);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; status != NULL && status->spaces != NULL && i < status->spaces->len; i++)
    {
      LuoSpaceStatus *space = g_ptr_array_index (status->spaces, i);

      if (is_missing (self, space))
        g_ptr_array_add (names, g_strdup (space->space));
    }
  for (guint i = 0; i < names->len; i++)
    luo_session_create_server_space (self->session, g_ptr_array_index (names, i));
}

static char *
describe_space (const LuoSpaceStatus *space)
{
  g_autofree char *sent = NULL;
  g_autofree char *wanted = NULL;
  g_autofree char *conflicts = NULL;

  if (space->message != NULL)
    return g_strdup (space->message);
  sent = space->pending > 0 ? counted (_ ("%s to send"), space->pending) : g_strdup ("");
  if (space->to_pull > 0)
    /* Translators: so many records still come from the server */
    wanted = counted (_ ("%s to receive"), space->to_pull);
  else if (space->wanted > 0)
    wanted = counted (ngettext ("%s photo to receive", "%s photos to receive", (gulong)space->wanted),
                      space->wanted);
  else
    wanted = g_strdup ("");
  conflicts = space->conflicts > 0
                  ? counted (ngettext ("%s conflict", "%s conflicts", (gulong)space->conflicts),
                             (gint64)space->conflicts)
                  : g_strdup ("");
  if (*sent == '\0' && *wanted == '\0' && *conflicts == '\0')
    return g_strdup (space->state == LUO_SYNC_SETTLED ? _ ("Everything received") : "");
  return luo_format_join (sent, wanted, conflicts, NULL);
}

static const char *
space_colour (const LuoSpaceStatus *space)
{
  LuoSyncStatus one = { .state = space->state };

  return luo_sync_state_colour (&one);
}

static GtkWidget *
space_row (LuoSyncPopover *self, const LuoSpaceStatus *space)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *line = describe_space (space);
  GtkWidget *dot = luo_build_dot (space_colour (space));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), luo_format_office (space->space));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), line);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), dot);
  if (is_missing (self, space))
    {
      GtkWidget *button = gtk_button_new_with_label (_ ("Create on server"));

      g_object_set_data_full (G_OBJECT (button), "luo-space", g_strdup (space->space), g_free);
      g_signal_connect_object (button, "clicked", G_CALLBACK (create_space_cb), self, G_CONNECT_SWAPPED);
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  return row;
}

static void
update (LuoSyncPopover *self)
{
  const LuoSyncStatus *status = luo_session_get_status (self->session);
  gboolean connected = luo_session_get_server (self->session) != NULL;
  GtkWidget *child;
  guint missing = 0;

  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  while ((child = gtk_widget_get_first_child (self->spaces)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->spaces), child);
  for (guint i = 0; status != NULL && status->spaces != NULL && i < status->spaces->len; i++)
    {
      missing += is_missing (self, g_ptr_array_index (status->spaces, i)) ? 1 : 0;
      gtk_list_box_append (GTK_LIST_BOX (self->spaces),
                           space_row (self, g_ptr_array_index (status->spaces, i)));
    }
  gtk_widget_set_visible (self->spaces, status != NULL && status->spaces != NULL && status->spaces->len > 0);
  gtk_label_set_label (GTK_LABEL (self->message), status != NULL && status->message != NULL ? status->message
                                                  : connected ? luo_session_get_server (self->session)
                                                              : _ ("Records are kept on this machine."));
  gtk_widget_set_visible (self->create_all, missing > 1);
  gtk_widget_set_visible (self->sync, connected);
  gtk_widget_set_visible (self->connect,
                          !connected
                              || (status != NULL && status->state == LUO_SYNC_STUCK && status->refused == 0));
}

/* What the server refused: why, and what can be done. */

/* The rest is counted at the space. */
#define MAX_STUCK 20

static gpointer
read_refused (LuoStore *store, gpointer data, GError **error)
{
  return luo_receipt_list (store, NULL, MAX_STUCK, error);
}

static GtkWidget *
stuck_row (const LuoReceipt *receipt)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *said
      = receipt->said != NULL ? g_strdup_printf (_ ("The server says: %s"), receipt->said) : NULL;
  g_autoptr (GString) text = g_string_new (receipt->reason);

  if (receipt->advice != NULL)
    g_string_append_printf (text, "\n%s", receipt->advice);
  if (said != NULL)
    g_string_append_printf (text, "\n%s", said);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), receipt->title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text->str);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), luo_build_dot ("red"));
  return row;
}

static void
refused_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoSyncPopover *self = LUO_SYNC_POPOVER (source);
  g_autoptr (GPtrArray) receipts = luo_work_finish (result, NULL);
  GtkWidget *child;
  gboolean any = FALSE;

  while ((child = gtk_widget_get_first_child (self->stuck)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->stuck), child);
  for (guint i = 0; receipts != NULL && i < receipts->len; i++)
    {
      const LuoReceipt *receipt = g_ptr_array_index (receipts, i);

      if (receipt->state != LUO_RECEIPT_REFUSED)
        continue;
      gtk_list_box_append (GTK_LIST_BOX (self->stuck), stuck_row (receipt));
      any = TRUE;
    }
  gtk_widget_set_visible (self->stuck, any);
}

static void
luo_sync_popover_show (GtkWidget *widget)
{
  LuoSyncPopover *self = LUO_SYNC_POPOVER (widget);

  GTK_WIDGET_CLASS (luo_sync_popover_parent_class)->show (widget);
  update (self);
  luo_work_run (self, luo_session_get_store (self->session), read_refused, NULL, NULL,
                (GDestroyNotify)g_ptr_array_unref, NULL, refused_read_cb, NULL);
}

static void
luo_sync_popover_finalize (GObject *object)
{
  g_clear_object (&LUO_SYNC_POPOVER (object)->session);
  G_OBJECT_CLASS (luo_sync_popover_parent_class)->finalize (object);
}

static void
luo_sync_popover_class_init (LuoSyncPopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = luo_sync_popover_finalize;
  GTK_WIDGET_CLASS (klass)->show = luo_sync_popover_show;
}

static void
luo_sync_popover_init (LuoSyncPopover *self)
{
  GtkWidget *scroll = gtk_scrolled_window_new ();
  GtkWidget *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (self->box, "popover-box");
  self->message = luo_build_text (NULL, "dim-label");
  gtk_label_set_max_width_chars (GTK_LABEL (self->message), 30);
  self->spaces = luo_build_list ();
  luo_build_set_name (self->spaces, _ ("Spaces"));
  self->stuck = luo_build_list ();
  luo_build_set_name (self->stuck, _ ("Records that the server did not take"));
  self->create_all = gtk_button_new_with_label (_ ("Create All on Server"));
  g_signal_connect_object (self->create_all, "clicked", G_CALLBACK (create_all_cb), self, G_CONNECT_SWAPPED);
  self->sync = gtk_button_new_with_label (_ ("Synchronise Now"));
  gtk_widget_add_css_class (self->sync, "suggested-action");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->sync), "win.sync");
  self->connect = gtk_button_new_with_label (_ ("Connect to a Server…"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->connect), "win.connect");

  gtk_box_append (GTK_BOX (inner), self->stuck);
  gtk_box_append (GTK_BOX (inner), self->spaces);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroll), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroll), 420);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), inner);
  gtk_box_append (GTK_BOX (self->box), self->message);
  gtk_box_append (GTK_BOX (self->box), scroll);
  gtk_box_append (GTK_BOX (self->box), self->create_all);
  gtk_box_append (GTK_BOX (self->box), self->sync);
  gtk_box_append (GTK_BOX (self->box), self->connect);
  gtk_popover_set_child (GTK_POPOVER (self), self->box);
  gtk_widget_set_size_request (self->box, 280, -1);
}

GtkWidget *
luo_sync_popover_new (LuoSession *session)
{
  LuoSyncPopover *self = g_object_new (LUO_TYPE_SYNC_POPOVER, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::status", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
