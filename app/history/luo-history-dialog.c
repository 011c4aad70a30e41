/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-history-dialog.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-history-words.h"
#include "luo-record-edit.h"
#include "luo-record-id.h"
#include "luo-work.h"

struct _LuoHistoryDialog
{
  AdwWindow parent_instance;

  LuoSession *session; /* (owned) */
  char *space, *record, *entry;
  gboolean before;
  GtkWidget *title, *restore, *box;
};

G_DEFINE_FINAL_TYPE (LuoHistoryDialog, luo_history_dialog, ADW_TYPE_WINDOW)

/**
 * State: what is read, or done, in a thread.
 */
typedef struct
{
  char *space, *record, *entry, *user;
  gboolean before, exact;
  char *body;           /* (owned) (nullable): the state */
  char *former, *after; /* (owned) (nullable): the record before and after it was made the record's again */
} State;

static void
state_free (gpointer data)
{
  State *state = data;

  g_free (state->space);
  g_free (state->record);
  g_free (state->entry);
  g_free (state->user);
  g_free (state->body);
  g_free (state->former);
  g_free (state->after);
  g_free (state);
}

static State *
new_state (LuoHistoryDialog *self)
{
  State *state = g_new0 (State, 1);

  state->space = g_strdup (self->space);
  state->record = g_strdup (self->record);
  state->entry = g_strdup (self->entry);
  state->before = self->before;
  state->user = g_strdup (luo_session_get_user (self->session));
  return state;
}

static gpointer
read_state (LuoStore *store, gpointer data, GError **error)
{
  const State *asked = data;
  State *state = g_new0 (State, 1);

  if (!luo_history_get_state (store, asked->space, asked->record, asked->entry, asked->before, &state->body,
                              NULL, &state->exact, error))
    g_clear_pointer (&state, state_free);
  return state;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoHistoryDialog *self = LUO_HISTORY_DIALOG (source);
  g_autofree char *type = luo_record_id_type (self->record);
  g_autoptr (GError) error = NULL;
  State *state = luo_work_finish (result, &error);

  if (state == NULL || state->body == NULL)
    {
      gtk_box_append (
          GTK_BOX (self->box),
          luo_build_text (error != NULL ? error->message : _ ("The record was deleted then."), "dim-label"));
    }
  else
    {
      GtkWidget *list = luo_build_list ();
      g_autoptr (GPtrArray) facts = luo_history_words_facts (type, state->body);

      if (!state->exact)
        gtk_box_append (GTK_BOX (self->box),
                        luo_build_text (_ ("Edits of several offices were merged since then; what came later "
                                           "was undone member by member."),
                                        "dim-label"));
      for (guint i = 0; i + 1 < facts->len; i += 2)
        gtk_list_box_append (GTK_LIST_BOX (list), luo_build_fact (facts->pdata[i], facts->pdata[i + 1]));
      gtk_box_append (GTK_BOX (self->box), list);
      gtk_widget_set_sensitive (self->restore, TRUE);
    }
  g_clear_pointer (&state, state_free);
}

/* Making it the record's again */

static char *
read_body (LuoStore *store, const State *state)
{
  g_autoptr (LuoDocument) document = luo_store_get (store, state->space, state->record, NULL, NULL);

  return document != NULL && !luo_document_get_deleted (document)
             ? g_strdup (luo_document_get_body (document, NULL))
             : NULL;
}

static gpointer
restore_state (LuoStore *store, gpointer data, GError **error)
{
  const State *asked = data;
  g_autofree char *user = asked->user != NULL ? g_strdup (asked->user) : luo_record_get_user (store);
  State *state = g_new0 (State, 1);

  state->former = read_body (store, asked);
  if (!luo_record_return_to (store, asked->space, asked->record, asked->entry, asked->before, user,
                             &state->exact, NULL, error))
    g_clear_pointer (&state, state_free);
  else
    state->after = read_body (store, asked);
  return state;
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoHistoryDialog *self = LUO_HISTORY_DIALOG (source);
  g_autoptr (GError) error = NULL;
  State *state = luo_work_finish (result, &error);
  gboolean undo = state != NULL && state->former != NULL && state->after != NULL;

  if (state == NULL)
    {
      gtk_widget_set_sensitive (self->restore, TRUE);
      gtk_box_prepend (GTK_BOX (self->box), luo_build_text (error != NULL ? error->message : "", "error"));
      return;
    }
  if (undo)
    {
      luo_undo_seal (luo_session_get_undo (self->session));
      luo_undo_add_edit (luo_session_get_undo (self->session), NULL, self->space, self->record, state->former,
                         state->after);
      luo_undo_seal (luo_session_get_undo (self->session));
    }
  luo_session_notify_person (self->session, _ ("The earlier state is the record's again"), undo);
  state_free (state);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
restore_cb (LuoHistoryDialog *self)
{
  gtk_widget_set_sensitive (self->restore, FALSE);
  luo_work_run (self, luo_session_get_store (self->session), restore_state, new_state (self), state_free,
                state_free, NULL, restored_cb, NULL);
}

static void
luo_history_dialog_finalize (GObject *object)
{
  LuoHistoryDialog *self = LUO_HISTORY_DIALOG (object);

  g_clear_object (&self->session);
  g_free (self->space);
  g_free (self->record);
  g_free (self->entry);
  G_OBJECT_CLASS (luo_history_dialog_parent_class)->finalize (object);
}

static void
luo_history_dialog_class_init (LuoHistoryDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = luo_history_dialog_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
luo_history_dialog_init (LuoHistoryDialog *self)
{
  GtkWidget *bar = adw_header_bar_new ();
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroll, *clamp = adw_clamp_new ();

  self->title = adw_window_title_new (_ ("Earlier state"), NULL);
  self->restore = gtk_button_new_with_label (_ ("Restore"));
  gtk_widget_add_css_class (self->restore, "suggested-action");
  gtk_widget_set_tooltip_text (self->restore, _ ("Makes this state the record’s again, as a new edit"));
  gtk_widget_set_sensitive (self->restore, FALSE);
  g_signal_connect_swapped (self->restore, "clicked", G_CALLBACK (restore_cb), self);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (bar), self->title);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), self->restore);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (self->box, "page-box");
  adw_clamp_set_child (ADW_CLAMP (clamp), self->box);
  scroll = luo_build_scrolled (clamp);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_box_append (GTK_BOX (content), bar);
  gtk_box_append (GTK_BOX (content), scroll);
  adw_window_set_content (ADW_WINDOW (self), content);
}

GtkWidget *
luo_history_dialog_new (GtkWindow *parent, LuoSession *session, const char *space, const char *record,
                        const LuoHistoryEntry *entry, gboolean before)
{
  LuoHistoryDialog *self
      = g_object_new (LUO_TYPE_HISTORY_DIALOG, "transient-for", parent, "modal", TRUE, NULL);
  g_autofree char *when = luo_format_instant (entry->at, luo_session_get_year (session));
  g_autofree char *title = before ? g_strdup (_ ("As it was made")) : g_strdup_printf (_ ("As of %s"), when);
  int width = 560, height = 640;

  self->session = g_object_ref (session);
  self->space = g_strdup (space);
  self->record = g_strdup (record);
  self->entry = g_strdup (entry->id);
  self->before = before;
  gtk_window_set_title (GTK_WINDOW (self), title);
  adw_window_title_set_title (ADW_WINDOW_TITLE (self->title), title);
  /* On a narrow window it is as wide as that. */
  if (parent != NULL)
    {
      width = MIN (width, gtk_widget_get_width (GTK_WIDGET (parent)));
      height = MIN (height, gtk_widget_get_height (GTK_WIDGET (parent)));
    }
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  luo_work_run (self, luo_session_get_store (session), read_state, new_state (self), state_free, state_free,
                NULL, read_cb, NULL);
  return GTK_WIDGET (self);
}
