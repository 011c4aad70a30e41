/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-history-view.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-history-dialog.h"
#include "luo-history-words.h"
#include "luo-history.h"
#include "luo-record-id.h"
#include "luo-work.h"

struct _LuoHistoryView
{
  AdwBin parent_instance;

  LuoSession *session;       /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): of the read that is under way */
  char *space;               /* (owned) (nullable) */
  GStrv records;             /* (owned) (nullable) */
  GPtrArray *edits;          /* (owned) (element-type Edit) (nullable): what is shown */
  GtkWidget *list;
  AdwActionRow *head;
  GtkToggleButton *open;
  GPtrArray *rows; /* (owned) (element-type GtkWidget): of the edits, unowned */
};

G_DEFINE_FINAL_TYPE (LuoHistoryView, luo_history_view, ADW_TYPE_BIN)

/**
 * Edit: an entry, and the record it is of.
 */
typedef struct
{
  char *record;           /* (owned) */
  char *body;             /* (owned) (nullable): of the record today, which knows what its items are called */
  LuoHistoryEntry *entry; /* (owned) */
  gboolean is_first;      /* of its record */
} Edit;

static void
edit_free (gpointer data)
{
  Edit *edit = data;

  g_free (edit->record);
  g_free (edit->body);
  luo_history_entry_free (edit->entry);
  g_free (edit);
}

typedef struct
{
  char *space;
  GStrv records;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->space);
  g_strfreev (request->records);
  g_free (request);
}

/* Entries of one record are in their order; those of several are put together by their times. */
static GPtrArray *
unite (GPtrArray *lists, GPtrArray *bodies, const GStrv records)
{
  g_autoptr (GPtrArray) edits = g_ptr_array_new_with_free_func (edit_free);

  for (;;)
    {
      guint newest = lists->len;

      for (guint i = 0; i < lists->len; i++)
        {
          GPtrArray *list = g_ptr_array_index (lists, i);
          GPtrArray *other = newest < lists->len ? g_ptr_array_index (lists, newest) : NULL;

          if (list->len > 0
              && (other == NULL
                  || g_strcmp0 (((LuoHistoryEntry *)list->pdata[0])->at,
                                ((LuoHistoryEntry *)other->pdata[0])->at)
                         > 0))
            newest = i;
        }
      if (newest == lists->len)
        return g_steal_pointer (&edits);
      else
        {
          GPtrArray *list = g_ptr_array_index (lists, newest);
          Edit *edit = g_new0 (Edit, 1);

          edit->record = g_strdup (records[newest]);
          edit->body = g_strdup (g_ptr_array_index (bodies, newest));
          edit->entry = g_ptr_array_steal_index (list, 0);
          edit->is_first = list->len == 0;
          g_ptr_array_add (edits, edit);
        }
    }
}

static gpointer
read_edits (LuoStore *store, gpointer data, GError **error)
{
  const Request *request = data;
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);

  g_autoptr (GPtrArray) bodies = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; request->records[i] != NULL; i++)
    {
      g_autoptr (LuoDocument) document
          = luo_store_get (store, request->space, request->records[i], NULL, NULL);
      GPtrArray *entries = luo_history_list (store, request->space, request->records[i], error);

      if (entries == NULL)
        return NULL;
      g_ptr_array_add (lists, entries);
      g_ptr_array_add (bodies, document != NULL ? g_strdup (luo_document_get_body (document, NULL)) : NULL);
    }
  return unite (lists, bodies, request->records);
}

static void
open_state (GtkWidget *button, gboolean before)
{
  LuoHistoryView *self = LUO_HISTORY_VIEW (gtk_widget_get_ancestor (button, LUO_TYPE_HISTORY_VIEW));
  const Edit *edit = g_object_get_data (G_OBJECT (button), "luo-edit");
  GtkRoot *root = gtk_widget_get_root (button);

  gtk_window_present (
      GTK_WINDOW (luo_history_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->session,
                                          self->space, edit->record, edit->entry, before)));
}

static void
after_cb (GtkWidget *button)
{
  open_state (button, FALSE);
}

static void
before_cb (GtkWidget *button)
{
  open_state (button, TRUE);
}

static GtkWidget *
new_button (Edit *edit, const char *label, const char *name, void (*clicked) (GtkWidget *))
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  luo_build_set_name (button, name);
  g_object_set_data (G_OBJECT (button), "luo-edit", edit);
  g_signal_connect (button, "clicked", G_CALLBACK (clicked), NULL);
  return button;
}

static void
add_row (LuoHistoryView *self, GtkWidget *row)
{
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  g_object_bind_property (self->open, "active", row, "visible", G_BINDING_SYNC_CREATE);
  g_ptr_array_add (self->rows, row);
}

static void
append_edit (LuoHistoryView *self, Edit *edit, gboolean several)
{
  g_autofree char *type = luo_record_id_type (edit->record);
  g_autofree char *when = luo_format_instant (edit->entry->at, luo_session_get_year (self->session));
  g_autofree char *who = luo_format_join (
      when, edit->entry->by != NULL ? luo_format_office (edit->entry->by) : _ ("unknown"),
      edit->entry->device != NULL ? edit->entry->device : "", several ? luo_history_words_type (type) : "",
      edit->entry->pending ? _ ("not sent yet") : "", NULL);
  g_autofree char *name = g_strdup_printf (_ ("Look at it as of %s"), when);
  g_autoptr (GPtrArray) lines = luo_history_words_changes (type, edit->entry->changes, edit->body);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  gtk_box_append (GTK_BOX (text), luo_build_text (who, "caption dim-label"));
  for (guint i = 0; i < lines->len; i++)
    gtk_box_append (GTK_BOX (text), luo_build_text (g_ptr_array_index (lines, i), NULL));
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_add_css_class (box, "fact");
  gtk_box_append (GTK_BOX (box), text);
  gtk_box_append (GTK_BOX (box), new_button (edit, _ ("View"), name, after_cb));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  add_row (self, row);
}

/* What was there before anybody changed it. */
static void
append_original (LuoHistoryView *self, Edit *edit, gboolean several)
{
  g_autofree char *type = luo_record_id_type (edit->record);
  g_autofree char *title
      = luo_format_join (_ ("As it was made"), several ? luo_history_words_type (type) : "", NULL);
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_button (edit, _ ("View"), title, before_cb));
  add_row (self, row);
}

static gboolean
is_same (GPtrArray *a, GPtrArray *b)
{
  if (a == NULL || b == NULL || a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const Edit *one = g_ptr_array_index (a, i), *other = g_ptr_array_index (b, i);

      if (g_strcmp0 (one->entry->id, other->entry->id) != 0
          || g_strcmp0 (one->entry->rev, other->entry->rev) != 0
          || one->entry->pending != other->entry->pending)
        return FALSE;
    }
  return TRUE;
}

static void
show_edits (LuoHistoryView *self, GPtrArray *edits)
{
  gboolean several = self->records[1] != NULL;
  g_autofree char *subtitle = NULL;

  for (guint i = 0; i < self->rows->len; i++)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  g_clear_pointer (&self->edits, g_ptr_array_unref);
  self->edits = g_ptr_array_ref (edits);
  gtk_widget_set_visible (GTK_WIDGET (self), edits->len > 0);
  subtitle = g_strdup_printf (ngettext ("%u edit", "%u edits", edits->len), edits->len);
  adw_action_row_set_subtitle (self->head, subtitle);
  for (guint i = 0; i < edits->len; i++)
    append_edit (self, g_ptr_array_index (edits, i), several);
  for (guint i = 0; i < edits->len; i++)
    if (((Edit *)edits->pdata[i])->is_first)
      append_original (self, g_ptr_array_index (edits, i), several);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoHistoryView *self = LUO_HISTORY_VIEW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) edits = luo_work_finish (result, &error);

  if (edits != NULL && self->head != NULL && !is_same (self->edits, edits))
    show_edits (self, edits);
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("The history of a record could not be shown: %s", error->message);
}

void
luo_history_view_show (LuoHistoryView *self, const char *space, const char *const *records)
{
  Request *request;

  g_return_if_fail (LUO_IS_HISTORY_VIEW (self));
  g_return_if_fail (records != NULL && records[0] != NULL);

  if (self->records == NULL || !g_strv_equal ((const char *const *)self->records, records))
    {
      gtk_toggle_button_set_active (self->open, FALSE);
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      g_clear_pointer (&self->edits, g_ptr_array_unref);
      g_strfreev (self->records);
      self->records = g_strdupv ((GStrv)records);
    }
  g_free (self->space);
  self->space = g_strdup (space);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  request = g_new0 (Request, 1);
  request->space = g_strdup (space);
  request->records = g_strdupv ((GStrv)records);
  luo_work_run (self, luo_session_get_store (self->session), read_edits, request, request_free,
                (GDestroyNotify)g_ptr_array_unref, self->cancellable, read_cb, NULL);
}

static void
luo_history_view_dispose (GObject *object)
{
  LuoHistoryView *self = LUO_HISTORY_VIEW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->head = NULL;
  G_OBJECT_CLASS (luo_history_view_parent_class)->dispose (object);
}

static void
luo_history_view_finalize (GObject *object)
{
  LuoHistoryView *self = LUO_HISTORY_VIEW (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->edits, g_ptr_array_unref);
  g_ptr_array_unref (self->rows);
  g_free (self->space);
  g_strfreev (self->records);
  G_OBJECT_CLASS (luo_history_view_parent_class)->finalize (object);
}

static void
luo_history_view_class_init (LuoHistoryViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_history_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = luo_history_view_finalize;
}

static void
luo_history_view_init (LuoHistoryView *self)
{
  self->rows = g_ptr_array_new ();
  self->list = luo_build_list ();
  /* Assistive technology can press a button; a row that expands it can not. */
  self->open = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  gtk_button_set_icon_name (GTK_BUTTON (self->open), "pan-down-symbolic");
  gtk_widget_add_css_class (GTK_WIDGET (self->open), "flat");
  gtk_widget_set_valign (GTK_WIDGET (self->open), GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->open), _ ("Show the history"));
  luo_build_set_name (GTK_WIDGET (self->open), _ ("Show the history"));
  self->head = ADW_ACTION_ROW (adw_action_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->head), _ ("History"));
  adw_action_row_add_suffix (self->head, GTK_WIDGET (self->open));
  adw_action_row_set_activatable_widget (self->head, GTK_WIDGET (self->open));
  gtk_list_box_append (GTK_LIST_BOX (self->list), GTK_WIDGET (self->head));
  adw_bin_set_child (ADW_BIN (self), self->list);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
luo_history_view_new (LuoSession *session)
{
  LuoHistoryView *self = g_object_new (LUO_TYPE_HISTORY_VIEW, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
