/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-progress-editor.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-draft.h"
#include "luo-figure-guard.h"
#include "luo-form-field.h"
#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-proposal-dialog.h"
#include "luo-read.h"
#include "luo-reading-fields.h"
#include "luo-record-id.h"
#include "luo-task-records.h"
#include "luo-work.h"

#define MONTHS 3

struct _LuoProgressEditor
{
  AdwBin parent_instance;

  LuoSession *session;        /* (owned) */
  LuoDocument *task;          /* (owned) (nullable) */
  GPtrArray *progress;        /* (owned) (nullable) (element-type LuoDocument) */
  LuoIgnoredFigures *ignored; /* (owned) (nullable) */
  LuoDraft *draft;            /* (owned) (nullable) */
  LuoFigureGuard *guard;      /* (owned) (nullable): of the draft */
  char *id;                   /* (owned) (nullable): of the progress that is shown */
  char *month;                /* (owned) (nullable): that is shown */
  char *base_month;           /* (owned) (nullable): the session's when the task was shown */

  GtkWidget *tabs[MONTHS];
  char *tab_months[MONTHS]; /* (owned) */
  GtkWidget *carry;
  GtkWidget *propose;
  GtkWidget *submit;
  GtkWidget *fields;
  GtkLabel *foot;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (LuoProgressEditor, luo_progress_editor, ADW_TYPE_BIN)

static LuoDocument *
find_progress (LuoProgressEditor *self, const char *month)
{
  const char *office = luo_session_get_office (self->session);

  for (guint i = 0; self->progress != NULL && i < self->progress->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (self->progress, i);

      if (g_strcmp0 (luo_document_get_text (document, "office"), office) == 0
          && g_strcmp0 (luo_document_get_text (document, "month"), month) == 0)
        return document;
    }
  return NULL;
}

static void
show_state (LuoProgressEditor *self)
{
  JsonObject *progress = luo_draft_get_object (self->draft);
  const char *state = luo_read_text (progress, "state");
  g_autofree char *saved = luo_draft_describe (self->draft);
  g_autofree char *month = luo_format_month (self->month);
  g_autofree char *text = NULL;
  gboolean bad = luo_draft_get_state (self->draft) == LUO_DRAFT_INVALID
                 || luo_draft_get_state (self->draft) == LUO_DRAFT_FAILED;
  gboolean frozen = g_strcmp0 (state, "frozen") == 0;
  gboolean writing = g_strcmp0 (state, "draft") == 0 || g_strcmp0 (state, "returned") == 0;

  text = luo_format_join (luo_format_office (luo_session_get_office (self->session)), month,
                          luo_format_choice (luo_progress_state_choices, state), saved, NULL);
  gtk_label_set_label (self->foot, text);
  if (bad)
    gtk_widget_add_css_class (GTK_WIDGET (self->foot), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->foot), "error");
  gtk_widget_set_sensitive (self->fields, !frozen);
  gtk_widget_set_sensitive (self->submit,
                            writing && luo_draft_get_state (self->draft) != LUO_DRAFT_NEW && !bad);
  gtk_widget_set_sensitive (self->carry, writing);
  gtk_widget_set_sensitive (self->propose, writing);
}

/* @label: (nullable): what it is called here; NULL as in the record table; @view: (out): what it is written in */
static GtkWidget *
narrative_list (LuoProgressEditor *self, const char *member_name, const char *label, GtkTextView **view)
{
  const LuoMember *member = luo_record_type_member (luo_record_type_find ("progress"), member_name);
  GtkWidget *list = luo_build_list ();
  g_autofree char *pointer = g_strdup_printf ("/%s", member_name);

  if (label != NULL)
    {
      LuoMember *named = g_memdup2 (member, sizeof *member);

      named->label = g_strdup (label);
      g_object_set_data_full (G_OBJECT (list), "luo-label", (gpointer)named->label, g_free);
      g_object_set_data_full (G_OBJECT (list), "luo-member", named, g_free);
      member = named;
    }
  *view = GTK_TEXT_VIEW (luo_form_field_get_editor (
      luo_form_field_append (GTK_LIST_BOX (list), self->draft, member, pointer, FALSE)));
  return list;
}

/* What the figures of the texts are held against. */
static void
guard_figures (LuoProgressEditor *self)
{
  if (self->guard != NULL && self->ignored != NULL)
    luo_figure_guard_set_task (self->guard, self->task, self->progress, self->ignored, self->id, self->month);
}

static void
take_draft (LuoProgressEditor *self, LuoDraft *draft)
{
  GtkWidget *readings, *overall, *this_month;
  GtkTextView *overall_view, *month_view;
  g_autofree char *short_month = luo_format_month_short (self->month);
  /* Translators: the narrative of one month; %s is the month: 8月份进展 */
  g_autofree char *of_month = g_strdup_printf (_ ("Progress of %s"), short_month);

  if (self->draft != NULL)
    {
      luo_draft_flush (self->draft);
      g_signal_handlers_disconnect_by_func (self->draft, show_state, self);
    }
  g_clear_object (&self->guard);
  g_clear_object (&self->draft);
  self->draft = draft;
  luo_undo_seal (luo_session_get_undo (self->session));
  g_signal_connect_object (draft, "notify::state", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  luo_build_clear (self->fields);
  readings = luo_reading_fields_new (draft, luo_document_get_object (self->task));
  if (readings != NULL)
    gtk_box_append (GTK_BOX (self->fields), readings);
  overall = narrative_list (self, "overall", NULL, &overall_view);
  this_month = narrative_list (self, "this_month", of_month, &month_view);
  self->guard = luo_figure_guard_new (draft, overall_view, month_view);
  gtk_box_append (GTK_BOX (self->fields), overall);
  gtk_box_append (GTK_BOX (self->fields), luo_figure_guard_get_notes (self->guard, FALSE));
  gtk_box_append (GTK_BOX (self->fields), this_month);
  gtk_box_append (GTK_BOX (self->fields), luo_figure_guard_get_notes (self->guard, TRUE));
  guard_figures (self);
  show_state (self);
}

static void
open_month (LuoProgressEditor *self, const char *month)
{
  const char *office = luo_session_get_office (self->session);
  LuoDocument *document = find_progress (self, month);
  g_autofree char *id = luo_record_id_progress (luo_document_get_id (self->task), month, office, NULL);

  if (id == NULL)
    return;
  if (self->month != month)
    {
      g_free (self->month);
      self->month = g_strdup (month);
    }
  /* What is open keeps itself up to date; a record that was made elsewhere meanwhile takes the place of an empty one. */
  if (g_strcmp0 (id, self->id) == 0
      && !(luo_draft_get_state (self->draft) == LUO_DRAFT_NEW && document != NULL))
    {
      show_state (self);
      return;
    }
  g_free (self->id);
  self->id = g_steal_pointer (&id);
  if (document != NULL)
    take_draft (self, luo_draft_new (self->session, document));
  else
    {
      g_autofree char *task = luo_json_encode_string (luo_document_get_id (self->task));
      g_autofree char *body = g_strdup_printf (
          "{\"type\":\"progress\",\"task\":%s,\"month\":\"%s\",\"office\":\"%s\",\"state\":\"draft\"}", task,
          month, office);

      take_draft (self, luo_draft_new_record (self->session, office, body));
    }
}

static void
tab_cb (LuoProgressEditor *self, GtkToggleButton *tab)
{
  if (self->showing || !gtk_toggle_button_get_active (tab))
    return;
  for (guint i = 0; i < MONTHS; i++)
    if (self->tabs[i] == GTK_WIDGET (tab))
      open_month (self, self->tab_months[i]);
}

/* Texts and running totals that are empty here are taken from the month before. */
static void
carry_cb (LuoProgressEditor *self)
{
  g_autofree char *before = luo_month_shift (self->month, -1);
  LuoDocument *last = find_progress (self, before);
  JsonObject *now = luo_draft_get_object (self->draft);
  JsonObject *readings;
  JsonArray *indicators = luo_read_array (luo_document_get_object (self->task), "indicators");
  const char *overall;
  g_autoptr (LuoDraft) draft = g_object_ref (self->draft);

  if (last == NULL)
    {
      luo_session_notify_person (self->session, _ ("There is no progress of the month before"), FALSE);
      return;
    }
  overall = luo_document_get_text (last, "overall");
  if (overall != NULL && luo_read_text (now, "overall") == NULL)
    luo_draft_set_text (draft, "/overall", overall);
  readings = luo_read_object (luo_document_get_object (last), "readings");
  for (guint i = 0; i < luo_read_length (indicators); i++)
    {
      JsonObject *indicator = luo_read_item (indicators, i);
      const char *key = luo_read_text (indicator, "key");
      const char *kind = luo_read_text (indicator, "kind");
      g_autofree char *pointer = NULL;
      g_autofree char *value = NULL;
      gint64 reading, present;

      if (key == NULL || g_strcmp0 (kind, "monthly") == 0 || !luo_read_int (readings, key, &reading)
          || luo_read_int (luo_read_object (luo_draft_get_object (draft), "readings"), key, &present))
        continue;
      pointer = luo_reading_fields_pointer (key);
      value = g_strdup_printf ("%" G_GINT64_FORMAT, reading);
      luo_draft_set (draft, pointer, value);
    }
  luo_draft_flush (draft);
  take_draft (self, g_steal_pointer (&draft));
}

/* A proposal from the records of the task */

typedef struct
{
  LuoDocument *task; /* (owned) */
  char *month;       /* (owned) */
  char *until;       /* (owned) */
  char *office;      /* (owned) */
} ProposalRequest;

static void
proposal_request_free (gpointer data)
{
  ProposalRequest *request = data;

  luo_document_unref (request->task);
  g_free (request->month);
  g_free (request->until);
  g_free (request->office);
  g_free (request);
}

static gpointer
read_proposal (LuoStore *store, gpointer data, GError **error)
{
  ProposalRequest *request = data;

  return luo_task_records_propose (store, request->task, request->month, request->until, request->office,
                                   error);
}

static void
proposed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoProgressEditor *self = LUO_PROGRESS_EDITOR (source);
  g_autofree char *id = user_data;
  g_autoptr (GError) error = NULL;
  LuoProposal *proposal = luo_work_finish (result, &error);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (proposal == NULL)
    {
      luo_session_notify_person (self->session, error->message, FALSE);
      return;
    }
  /* Another task or month was opened meanwhile. */
  if (self->draft == NULL || g_strcmp0 (id, self->id) != 0 || !GTK_IS_WINDOW (root))
    {
      luo_proposal_free (proposal);
      return;
    }
  if (proposal->overall == NULL && proposal->this_month == NULL && proposal->readings->len == 0)
    {
      luo_session_notify_person (
          self->session, _ ("No project, training or visit of the month belongs to this task"), FALSE);
      luo_proposal_free (proposal);
      return;
    }
  luo_undo_seal (luo_session_get_undo (self->session));
  gtk_window_present (GTK_WINDOW (luo_proposal_dialog_new (
      GTK_WINDOW (root), proposal, luo_document_get_object (self->task), self->draft)));
}

/* The last day of the month that is written, or today where that is earlier. */
static char *
last_day (const char *month)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  char *today = g_date_time_format (now, "%Y-%m-%d");
  guint number = (guint)g_ascii_strtoull (month + 5, NULL, 10);
  guint year = (guint)g_ascii_strtoull (month, NULL, 10);

  if (strncmp (today, month, 7) <= 0)
    return today;
  g_free (today);
  return g_strdup_printf ("%s-%02u", month, g_date_get_days_in_month (number, (GDateYear)year));
}

static void
propose (LuoProgressEditor *self)
{
  ProposalRequest *request;

  if (self->draft == NULL || !gtk_widget_get_sensitive (self->propose))
    return;
  request = g_new0 (ProposalRequest, 1);
  request->task = luo_document_ref (self->task);
  request->month = g_strdup (self->month);
  request->until = last_day (self->month);
  request->office = g_strdup (luo_session_get_office (self->session));
  luo_work_run (self, luo_session_get_store (self->session), read_proposal, request, proposal_request_free,
                (GDestroyNotify)luo_proposal_free, NULL, proposed_cb, g_strdup (self->id));
}

static void
propose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  propose (LUO_PROGRESS_EDITOR (widget));
}

static void
submit_cb (LuoProgressEditor *self)
{
  luo_draft_set_text (self->draft, "/state", "submitted");
  luo_draft_flush (self->draft);
  luo_session_notify_person (self->session, _ ("The progress is submitted"), TRUE);
}

static void
luo_progress_editor_unmap (GtkWidget *widget)
{
  LuoProgressEditor *self = LUO_PROGRESS_EDITOR (widget);

  if (self->draft != NULL)
    luo_draft_flush (self->draft);
  GTK_WIDGET_CLASS (luo_progress_editor_parent_class)->unmap (widget);
}

static void
focus_left_cb (LuoProgressEditor *self)
{
  if (self->draft != NULL)
    luo_draft_flush (self->draft);
}

static void
luo_progress_editor_dispose (GObject *object)
{
  LuoProgressEditor *self = LUO_PROGRESS_EDITOR (object);

  if (self->draft != NULL)
    luo_draft_flush (self->draft);
  g_clear_object (&self->guard);
  g_clear_object (&self->draft);
  g_clear_object (&self->session);
  g_clear_pointer (&self->ignored, luo_ignored_figures_unref);
  g_clear_pointer (&self->task, luo_document_unref);
  g_clear_pointer (&self->progress, g_ptr_array_unref);
  G_OBJECT_CLASS (luo_progress_editor_parent_class)->dispose (object);
}

static void
luo_progress_editor_finalize (GObject *object)
{
  LuoProgressEditor *self = LUO_PROGRESS_EDITOR (object);

  g_free (self->id);
  g_free (self->month);
  g_free (self->base_month);
  for (guint i = 0; i < MONTHS; i++)
    g_free (self->tab_months[i]);
  G_OBJECT_CLASS (luo_progress_editor_parent_class)->finalize (object);
}

static void
luo_progress_editor_class_init (LuoProgressEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = luo_progress_editor_dispose;
  object_class->finalize = luo_progress_editor_finalize;
  GTK_WIDGET_CLASS (klass)->unmap = luo_progress_editor_unmap;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "progress.propose", NULL, propose_action);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_d, GDK_CONTROL_MASK,
                                       "progress.propose", NULL);
}

static void
luo_progress_editor_init (LuoProgressEditor *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *line = gtk_flow_box_new ();
  GtkWidget *tabs = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *heading = luo_build_text (_ ("Progress"), "heading");
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_label_set_wrap (GTK_LABEL (heading), FALSE);
  gtk_widget_add_css_class (tabs, "linked");
  for (guint i = 0; i < MONTHS; i++)
    {
      self->tabs[i] = gtk_toggle_button_new ();
      if (i > 0)
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->tabs[i]), GTK_TOGGLE_BUTTON (self->tabs[0]));
      g_signal_connect_object (self->tabs[i], "toggled", G_CALLBACK (tab_cb), self, G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (tabs), self->tabs[i]);
    }
  gtk_box_append (GTK_BOX (head), heading);
  gtk_box_append (GTK_BOX (head), tabs);
  self->carry = gtk_button_new_with_label (_ ("Carry Over Last Month"));
  self->propose = gtk_button_new_with_label (_ ("Draft from Records"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->propose), "progress.propose");
  gtk_widget_set_tooltip_text (self->propose,
                               _ ("Drafts the progress from the projects, training and visits of this task"));
  self->submit = gtk_button_new_with_label (_ ("Submit"));
  gtk_widget_add_css_class (self->submit, "suggested-action");
  g_signal_connect_object (self->carry, "clicked", G_CALLBACK (carry_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->submit, "clicked", G_CALLBACK (submit_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (buttons), self->carry);
  gtk_box_append (GTK_BOX (buttons), self->propose);
  gtk_box_append (GTK_BOX (buttons), self->submit);
  gtk_widget_set_halign (buttons, GTK_ALIGN_END);
  gtk_widget_set_halign (head, GTK_ALIGN_START);
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (line), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (line), 2);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (line), 6);
  gtk_flow_box_insert (GTK_FLOW_BOX (line), head, -1);
  gtk_flow_box_insert (GTK_FLOW_BOX (line), buttons, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (head), FALSE);
  gtk_widget_set_focusable (gtk_widget_get_parent (buttons), FALSE);
  self->fields = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  self->foot = GTK_LABEL (luo_build_text (NULL, "caption dim-label"));
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), self->fields);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->foot));
  adw_bin_set_child (ADW_BIN (self), box);
  g_signal_connect_object (focus, "leave", G_CALLBACK (focus_left_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

GtkWidget *
luo_progress_editor_new (LuoSession *session)
{
  LuoProgressEditor *self = g_object_new (LUO_TYPE_PROGRESS_EDITOR, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}

void
luo_progress_editor_show (LuoProgressEditor *self, LuoDocument *task, GPtrArray *progress,
                          LuoIgnoredFigures *ignored)
{
  const char *base = luo_session_get_month (self->session);
  gboolean other;

  g_return_if_fail (LUO_IS_PROGRESS_EDITOR (self));

  other = self->task == NULL || strcmp (luo_document_get_id (self->task), luo_document_get_id (task)) != 0
          || g_strcmp0 (base, self->base_month) != 0;
  g_clear_pointer (&self->task, luo_document_unref);
  self->task = luo_document_ref (task);
  g_clear_pointer (&self->progress, g_ptr_array_unref);
  self->progress = g_ptr_array_ref (progress);
  /* Nobody but this editor adds to them; what was read while one was being kept would not have it. */
  if (self->ignored == NULL)
    self->ignored = luo_ignored_figures_ref (ignored);
  if (other)
    {
      g_free (self->base_month);
      self->base_month = g_strdup (base);
      self->showing = TRUE;
      for (guint i = 0; i < MONTHS; i++)
        {
          g_autofree char *label = NULL;

          g_free (self->tab_months[i]);
          self->tab_months[i] = luo_month_shift (base, (int)i - (MONTHS - 1));
          label = luo_format_month_short (self->tab_months[i]);
          gtk_button_set_label (GTK_BUTTON (self->tabs[i]), label);
        }
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->tabs[MONTHS - 1]), TRUE);
      self->showing = FALSE;
      open_month (self, self->tab_months[MONTHS - 1]);
    }
  else
    open_month (self, self->month);
  guard_figures (self);
}
