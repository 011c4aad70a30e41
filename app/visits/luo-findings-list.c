/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-findings-list.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-draft.h"
#include "luo-format.h"
#include "luo-read.h"
#include "luo-title.h"

struct _LuoFindingsList
{
  AdwBin parent_instance;

  LuoRecordView *view; /* not owned: the list stands in it */
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (LuoFindingsList, luo_findings_list, ADW_TYPE_BIN)

static void
luo_findings_list_class_init (LuoFindingsListClass *klass)
{
}

static void
luo_findings_list_init (LuoFindingsList *self)
{
  self->list = luo_build_list ();
  adw_bin_set_child (ADW_BIN (self), self->list);
}

static void
solve_cb (LuoFindingsList *self, GtkButton *button)
{
  LuoSession *session = luo_record_view_get_session (self->view);
  LuoDocument *visit = g_object_get_data (G_OBJECT (button), "luo-visit");
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "luo-index"));
  g_autoptr (LuoDraft) draft = luo_draft_new (session, visit);
  g_autofree char *pointer = g_strdup_printf ("/findings/%u/solved_on", index);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");

  luo_draft_set_text (draft, pointer, today);
  luo_draft_flush (draft);
  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  luo_session_notify_person (session, _ ("The finding is marked as solved"), TRUE);
}

static void
activated_cb (LuoFindingsList *self, AdwActionRow *row)
{
  LuoDocument *visit = g_object_get_data (G_OBJECT (row), "luo-visit");
  LuoDocument *shown = luo_record_view_get_document (self->view);

  if (strcmp (luo_document_get_id (visit), luo_document_get_id (shown)) != 0)
    luo_record_view_open_record (self->view, luo_document_get_id (visit));
}

static GtkWidget *
row_new (LuoFindingsList *self, LuoDocument *visit, const char *colour, const char *title,
         const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *name = luo_format_join (title, subtitle, NULL);
  gboolean elsewhere
      = strcmp (luo_document_get_id (visit), luo_document_get_id (luo_record_view_get_document (self->view)))
        != 0;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), luo_build_dot (colour));
  g_object_set_data_full (G_OBJECT (row), "luo-visit", luo_document_ref (visit),
                          (GDestroyNotify)luo_document_unref);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), elsewhere);
  g_signal_connect_object (row, "activated", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  luo_build_set_name (row, name);
  return row;
}

static char *
state_of (JsonObject *finding, const char *day, guint year, const char **colour)
{
  const char *solved = luo_read_text (finding, "solved_on");
  const char *due = luo_read_text (finding, "due");
  const char *note = luo_read_text (finding, "solved_note");
  g_autofree char *date = luo_format_date (solved != NULL ? solved : due, year);

  if (solved != NULL)
    {
      g_autofree char *text = NULL;

      *colour = "green";
      /* Translators: a finding was solved on a day */
      text = g_strdup_printf (_ ("solved %s"), date);
      return luo_format_join (text, note != NULL ? note : "", NULL);
    }
  if (due == NULL)
    {
      *colour = "amber";
      return g_strdup (_ ("open"));
    }
  if (strcmp (due, day) < 0)
    {
      *colour = "red";
      /* Translators: a finding was to be solved by a day, which is past */
      return g_strdup_printf (_ ("due %s, overdue"), date);
    }
  *colour = "amber";
  return g_strdup_printf (_ ("due %s"), date);
}

static void
append_finding (LuoFindingsList *self, LuoDocument *visit, guint index, const char *day, guint year)
{
  JsonObject *object = luo_document_get_object (visit);
  JsonObject *finding = luo_read_item (luo_read_array (object, "findings"), index);
  const char *text = luo_read_text (finding, "text");
  const char *severity = luo_read_text (finding, "severity");
  const char *colour;
  g_autofree char *state = state_of (finding, day, year, &colour);
  g_autofree char *date = luo_format_date (luo_read_text (object, "on"), year);
  g_autofree char *subtitle
      = luo_format_join (luo_format_choice (luo_visit_kind_choices, luo_read_text (object, "kind")), date,
                         luo_format_choice (luo_severity_choices, severity), state, NULL);
  GtkWidget *row = row_new (self, visit, colour, text != NULL ? text : "", subtitle);

  if (luo_read_text (finding, "solved_on") == NULL)
    {
      GtkWidget *button = gtk_button_new_with_label (_ ("Solved"));
      /* Translators: accessible name of a button; %s is what was found */
      g_autofree char *name = g_strdup_printf (_ ("Mark as solved: %s"), text != NULL ? text : "");

      luo_build_set_name (button, name);
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      g_object_set_data_full (G_OBJECT (button), "luo-visit", luo_document_ref (visit),
                              (GDestroyNotify)luo_document_unref);
      g_object_set_data (G_OBJECT (button), "luo-index", GUINT_TO_POINTER (index));
      g_signal_connect_object (button, "clicked", G_CALLBACK (solve_cb), self, G_CONNECT_SWAPPED);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static void
append_visit (LuoFindingsList *self, LuoDocument *visit, guint year)
{
  JsonObject *object = luo_document_get_object (visit);
  g_autofree char *title = luo_title_of (visit);
  g_autofree char *date = luo_format_date (luo_read_text (object, "on"), year);
  g_autofree char *answered = NULL;
  g_autofree char *subtitle = NULL;
  gint64 n;

  if (luo_read_int (object, "questions_answered", &n) && n > 0)
    answered
        = g_strdup_printf (ngettext ("%d question answered", "%d questions answered", (gulong)n), (int)n);
  subtitle = luo_format_join (luo_format_choice (luo_visit_kind_choices, luo_read_text (object, "kind")),
                              date, answered != NULL ? answered : _ ("nothing found"), NULL);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row_new (self, visit, "green", title, subtitle));
}

GtkWidget *
luo_findings_list_new (LuoRecordView *view, GPtrArray *visits)
{
  LuoFindingsList *self = g_object_new (LUO_TYPE_FINDINGS_LIST, NULL);
  LuoSession *session = luo_record_view_get_session (view);
  g_autofree char *day = luo_session_get_day (session);
  guint year = luo_session_get_year (session);

  self->view = view;
  for (guint i = 0; i < visits->len; i++)
    {
      LuoDocument *visit = g_ptr_array_index (visits, i);
      JsonArray *findings = luo_read_array (luo_document_get_object (visit), "findings");

      for (guint f = 0; f < luo_read_length (findings); f++)
        if (luo_read_item (findings, f) != NULL)
          append_finding (self, visit, f, day, year);
      if (luo_read_length (findings) == 0)
        append_visit (self, visit, year);
    }
  if (visits->len == 0)
    adw_bin_set_child (ADW_BIN (self), luo_build_text (_ ("No visit yet"), "dim-label"));
  return GTK_WIDGET (self);
}
