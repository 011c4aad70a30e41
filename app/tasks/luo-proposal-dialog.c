/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-proposal-dialog.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-progress-check.h"
#include "luo-read.h"
#include "luo-reading-fields.h"

typedef struct
{
  const char *member;
  GtkWidget *view;   /* (nullable): nothing is proposed */
  GtkWidget *behind; /* (nullable): a check button: there is a text already */
} Narrative;

struct _LuoProposalDialog
{
  AdwWindow parent_instance;

  LuoDraft *draft;       /* (owned) */
  LuoProposal *proposal; /* (owned) */
  GtkWidget *box;
  Narrative narratives[2];
  GPtrArray
      *checks; /* (owned) (element-type GtkCheckButton): one for each reading, NULL where none is shown */
};

G_DEFINE_FINAL_TYPE (LuoProposalDialog, luo_proposal_dialog, ADW_TYPE_WINDOW)

static void
luo_proposal_dialog_finalize (GObject *object)
{
  LuoProposalDialog *self = LUO_PROPOSAL_DIALOG (object);

  g_clear_object (&self->draft);
  luo_proposal_free (self->proposal);
  g_ptr_array_unref (self->checks);
  G_OBJECT_CLASS (luo_proposal_dialog_parent_class)->finalize (object);
}

static void
accept_narrative (LuoProposalDialog *self, const Narrative *narrative)
{
  const char *written = luo_read_text (luo_draft_get_object (self->draft), narrative->member);
  g_autofree char *pointer = g_strconcat ("/", narrative->member, NULL);
  g_autofree char *proposed = NULL;
  g_autofree char *text = NULL;
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  if (narrative->view == NULL)
    return;
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (narrative->view));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  proposed = g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
  if (*proposed == '\0')
    return;
  if (written != NULL && narrative->behind != NULL
      && gtk_check_button_get_active (GTK_CHECK_BUTTON (narrative->behind)))
    text = g_strconcat (written, "\n", proposed, NULL);
  luo_draft_set_text (self->draft, pointer, text != NULL ? text : proposed);
}

static void
accept_reading (LuoProposalDialog *self, const LuoProposedReading *reading)
{
  g_autofree char *value = g_strdup_printf ("%" G_GINT64_FORMAT, reading->value);
  g_autofree char *covered = g_strdup_printf ("%" G_GINT64_FORMAT, reading->covered);
  g_autofree char *eligible = g_strdup_printf ("%" G_GINT64_FORMAT, reading->eligible);

  if (!reading->counted)
    luo_reading_fields_put (self->draft, reading->key, NULL, value);
  else
    {
      luo_reading_fields_put (self->draft, reading->key, "covered", covered);
      luo_reading_fields_put (self->draft, reading->key, "eligible", eligible);
    }
}

static void
accept_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoProposalDialog *self = LUO_PROPOSAL_DIALOG (widget);

  for (guint i = 0; i < G_N_ELEMENTS (self->narratives); i++)
    accept_narrative (self, &self->narratives[i]);
  for (guint i = 0; i < self->proposal->readings->len; i++)
    {
      GtkWidget *check = g_ptr_array_index (self->checks, i);

      if (check != NULL && gtk_check_button_get_active (GTK_CHECK_BUTTON (check)))
        accept_reading (self, g_ptr_array_index (self->proposal->readings, i));
    }
  luo_draft_flush (self->draft);
  /* The fields that are being written show what was taken. */
  g_signal_emit_by_name (self->draft, "changed");
  gtk_window_close (GTK_WINDOW (self));
}

static void
luo_proposal_dialog_class_init (LuoProposalDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = luo_proposal_dialog_finalize;
  gtk_widget_class_install_action (widget_class, "proposal.accept", NULL, accept_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "proposal.accept",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
luo_proposal_dialog_init (LuoProposalDialog *self)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = adw_header_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));
  GtkWidget *accept = gtk_button_new_with_mnemonic (_ ("_Accept"));
  GtkWidget *scroll = gtk_scrolled_window_new ();

  self->checks = g_ptr_array_new ();
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (accept), "proposal.accept");
  gtk_widget_add_css_class (accept, "suggested-action");
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (bar), FALSE);
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (bar), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), accept);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_add_css_class (self->box, "page-box");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroll), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), self->box);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_box_append (GTK_BOX (content), bar);
  gtk_box_append (GTK_BOX (content), scroll);
  adw_window_set_content (ADW_WINDOW (self), content);
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Draft from Records"));
}

static void
append_narrative (LuoProposalDialog *self, Narrative *narrative, const char *member, const char *label,
                  const char *text)
{
  const char *written = luo_read_text (luo_draft_get_object (self->draft), member);
  GtkWidget *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);

  narrative->member = member;
  if (text == NULL)
    return;
  narrative->view = gtk_text_view_new ();
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (narrative->view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (narrative->view), FALSE);
  gtk_widget_add_css_class (narrative->view, "narrative");
  gtk_widget_set_size_request (narrative->view, -1, 110);
  gtk_widget_set_hexpand (narrative->view, TRUE);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (narrative->view)), text, -1);
  luo_build_set_name (narrative->view, label);
  gtk_widget_add_css_class (card, "fact");
  gtk_box_append (GTK_BOX (card), narrative->view);
  gtk_box_append (GTK_BOX (group), card);
  if (written != NULL)
    {
      narrative->behind = gtk_check_button_new_with_label (_ ("Put it behind what is written"));
      gtk_check_button_set_active (GTK_CHECK_BUTTON (narrative->behind), TRUE);
      gtk_widget_set_tooltip_text (narrative->behind, _ ("Otherwise it takes the place of what is written"));
      gtk_box_append (GTK_BOX (group), narrative->behind);
    }
  gtk_box_append (GTK_BOX (self->box), luo_build_group (label, group));
}

static void
append_reading (LuoProposalDialog *self, GtkWidget *list, JsonObject *task, const LuoProposedReading *reading)
{
  JsonArray *indicators = luo_read_array (task, "indicators");
  JsonObject *indicator = NULL;
  GtkWidget *row, *check;
  const char *name, *unit, *kind;
  g_autofree char *value = NULL;
  g_autofree char *counts = NULL;
  g_autofree char *now = NULL;
  g_autofree char *subtitle = NULL;
  gint64 current;
  gboolean there;

  for (guint i = 0; i < luo_read_length (indicators); i++)
    if (g_strcmp0 (luo_read_text (luo_read_item (indicators, i), "key"), reading->key) == 0)
      indicator = luo_read_item (indicators, i);
  there = luo_progress_reading (luo_draft_get_object (self->draft), indicator, &current);
  if (indicator == NULL || (there && current == reading->value))
    {
      g_ptr_array_add (self->checks, NULL);
      return;
    }
  name = luo_read_text (indicator, "name");
  unit = luo_read_text (indicator, "unit");
  kind = luo_read_text (indicator, "kind");
  value = luo_format_amount (reading->value, unit, kind);
  if (reading->counted)
    counts = g_strdup_printf ("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, reading->covered, reading->eligible);
  if (there)
    {
      g_autofree char *before = luo_format_amount (current, unit, kind);

      /* Translators: the reading that is there, with its unit */
      now = g_strdup_printf (_ ("now %s"), before);
    }
  subtitle = luo_format_join (value, counts != NULL ? counts : "", now != NULL ? now : _ ("not reported yet"),
                              NULL);
  row = adw_action_row_new ();
  check = gtk_check_button_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), !there);
  luo_build_set_name (check, name);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
  g_ptr_array_add (self->checks, check);
}

static void
append_sources (LuoProposalDialog *self)
{
  const LuoProposal *from = self->proposal;
  g_autofree char *projects
      = g_strdup_printf (ngettext ("%u project", "%u projects", from->projects), from->projects);
  g_autofree char *trainings = g_strdup_printf (
      ngettext ("%u training session", "%u training sessions", from->trainings), from->trainings);
  g_autofree char *visits = g_strdup_printf (ngettext ("%u visit", "%u visits", from->visits), from->visits);
  g_autofree char *list
      = luo_format_join (from->projects > 0 ? projects : "", from->trainings > 0 ? trainings : "",
                         from->visits > 0 ? visits : "", NULL);
  /* Translators: %s are the records it was made from: 16个项目 · 28次走访 */
  g_autofree char *text = g_strdup_printf (
      _ ("From the records of this task: %s. Change what you like; only what you accept is kept."), list);

  gtk_box_append (GTK_BOX (self->box), luo_build_text (text, "dim-label"));
}

GtkWidget *
luo_proposal_dialog_new (GtkWindow *parent, LuoProposal *proposal, JsonObject *task, LuoDraft *draft)
{
  LuoProposalDialog *self = g_object_new (LUO_TYPE_PROPOSAL_DIALOG, "transient-for", parent, NULL);
  GtkWidget *list = luo_build_list ();
  int width = 640, height = 640;

  self->draft = g_object_ref (draft);
  self->proposal = proposal;
  append_sources (self);
  append_narrative (self, &self->narratives[0], "overall", _ ("Overall progress"), proposal->overall);
  append_narrative (self, &self->narratives[1], "this_month", _ ("Progress of the month"),
                    proposal->this_month);
  for (guint i = 0; i < proposal->readings->len; i++)
    append_reading (self, list, task, g_ptr_array_index (proposal->readings, i));
  if (gtk_widget_get_first_child (list) != NULL)
    gtk_box_append (GTK_BOX (self->box), luo_build_group (_ ("Readings"), list));
  else
    g_object_unref (g_object_ref_sink (list));
  /* On a narrow window it is as wide as that. */
  if (parent != NULL)
    {
      width = MIN (width, gtk_widget_get_width (GTK_WIDGET (parent)));
      height = MIN (height, gtk_widget_get_height (GTK_WIDGET (parent)));
    }
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  return GTK_WIDGET (self);
}
