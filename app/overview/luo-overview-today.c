/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-overview-door.h"
#include "luo-overview-sections.h"
#include "luo-record-id.h"

/* A line: a dot, what is the matter with its reason, and the one thing to do about it. Returns: (transfer none): its button */
static GtkWidget *
add_line (GtkWidget *list, const char *colour, const char *title, const char *reason, const char *action)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *button = gtk_button_new_with_label (action);
  g_autofree char *name = g_strdup_printf ("%s: %s", action, title);

  luo_build_set_name (button, name);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (texts), luo_build_text (title, NULL));
  if (reason != NULL && *reason != '\0')
    gtk_box_append (GTK_BOX (texts), luo_build_text (reason, "caption dim-label"));
  gtk_box_append (GTK_BOX (box), luo_build_dot (colour));
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), button);
  gtk_widget_add_css_class (box, "fact");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
  return button;
}

static gboolean
needs_attention (const LuoLamp *lamp)
{
  static const char *const colours[] = { "red", "amber", "yellow", NULL };

  return lamp->colour != NULL && g_strv_contains (colours, lamp->colour);
}

static void
add_tasks (LuoPage *page, GtkWidget *list, const LuoOverview *data)
{
  for (guint i = 0; i < data->tasks->len; i++)
    {
      const LuoOverviewTask *task = g_ptr_array_index (data->tasks, i);
      g_autofree char *title = g_strdup_printf ("%u · %s", task->number, task->title);
      g_autofree char *reason = NULL;

      if (!needs_attention (&task->lamp))
        continue;
      reason
          = luo_format_join (luo_choice_label (luo_lamp_choices, task->lamp.colour), task->lamp.reason, NULL);
      luo_door_lead_to_record (page, add_line (list, task->lamp.colour, title, reason, _ ("View")), task->id);
    }
}

static guint
days_late (const LuoOverview *data, const char *due)
{
  g_autoptr (GDate) from = g_date_new ();
  g_autoptr (GDate) to = g_date_new ();

  g_date_set_parse (from, due);
  g_date_set_parse (to, data->today);
  return g_date_valid (from) && g_date_valid (to) ? (guint)MAX (g_date_days_between (from, to), 0) : 0;
}

static void
add_overdue (LuoPage *page, GtkWidget *list, const LuoOverview *data)
{
  g_autofree char *count = luo_format_integer (data->overdue_findings);
  g_autofree char *title = g_strdup_printf (
      ngettext ("%s correction is overdue", "%s corrections are overdue", (gulong)data->overdue_findings),
      count);
  g_autofree char *reason = NULL;
  g_autofree char *unsolved = luo_overview_unsolved_condition ();
  g_autofree char *due = luo_overview_words_condition ("findings/due<", data->today, _ ("Overdue"));
  const LuoFigure figure = { data->overdue_findings, "visits", "findings/key", { unsolved, due } };

  if (data->overdue_findings == 0)
    return;
  if (data->findings->len > 0)
    {
      const LuoOverviewFinding *first = g_ptr_array_index (data->findings, 0);
      guint days = days_late (data, first->due);
      g_autofree char *late = g_strdup_printf (ngettext ("%u day late", "%u days late", days), days);
      /* Translators: the oldest finding that was not put right */
      g_autofree char *oldest = g_strdup_printf (_ ("Oldest: %s"), *first->community != '\0'
                                                                       ? first->community
                                                                       : luo_format_office (first->district));

      reason = luo_format_join (oldest, first->text, late, NULL);
    }
  luo_door_lead_to_list (page, add_line (list, "red", title, reason, _ ("Handle")), &figure);
}

static void
add_conflicts (LuoPage *page, GtkWidget *list, const LuoOverview *data)
{
  g_autofree char *count = luo_format_integer (data->conflicts);
  g_autofree char *title
      = g_strdup_printf (ngettext ("%s conflict waits for a decision", "%s conflicts wait for a decision",
                                   (gulong)data->conflicts),
                         count);
  const LuoFigure figure = { data->conflicts, "conflicts", NULL, { NULL } };

  if (data->conflicts > 0)
    luo_door_lead_to_list (page, add_line (list, "amber", title, data->conflict_reason, _ ("Decide")),
                           &figure);
}

/* One record that has a page is shown there; several, and what has no page, are listed with their reasons where synchronising is. */
static void
add_refused (LuoPage *page, GtkWidget *list, const LuoOverview *data)
{
  static const char *const with_page[] = { "task", "progress", "project", "training", "visit", NULL };
  g_autofree char *count = luo_format_integer (data->refused);
  g_autofree char *title
      = g_strdup_printf (ngettext ("The server did not take %s record", "The server did not take %s records",
                                   (gulong)data->refused),
                         count);
  g_autofree char *type = data->refused_id != NULL ? luo_record_id_type (data->refused_id) : NULL;
  GtkWidget *button;

  if (data->refused == 0)
    return;
  button = add_line (list, "red", title, data->refused_reason, _ ("View"));
  if (data->refused == 1 && type != NULL && g_strv_contains (with_page, type))
    luo_door_lead_to_record (page, button, data->refused_id);
  else
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.show-sync");
}

static void
add_progress (LuoPage *page, GtkWidget *list, const LuoOverview *data)
{
  const LuoOverviewProgress *progress = &data->progress;
  gint64 open = progress->open->len;
  g_autofree char *count = luo_format_integer (open);
  g_autofree char *month = luo_format_month_short (data->month);
  /* Translators: 1: number of tasks, 2: month, "8月" */
  g_autofree char *title
      = g_strdup_printf (ngettext ("%1$s task has no submitted progress for %2$s",
                                   "%1$s tasks have no submitted progress for %2$s", (gulong)open),
                         count, month);
  g_autofree char *drafts = NULL;
  g_autofree char *returned = NULL;
  g_autofree char *missing = NULL;
  g_autofree char *reason = NULL;
  GtkWidget *button;

  if (open == 0)
    return;
  drafts = progress->drafts > 0 ? g_strdup_printf (_ ("drafts: %d"), (int)progress->drafts) : g_strdup ("");
  returned = progress->returned > 0 ? g_strdup_printf (_ ("returned: %d"), (int)progress->returned)
                                    : g_strdup ("");
  missing = progress->missing > 0 ? g_strdup_printf (_ ("not written: %d"), (int)progress->missing)
                                  : g_strdup ("");
  reason = luo_format_join (luo_format_office (data->office), returned, drafts, missing, NULL);
  button = add_line (list, progress->returned > 0 ? "red" : "amber", title, reason, _ ("Fill In"));
  if (open == 1)
    {
      luo_door_lead_to_record (page, button, g_ptr_array_index (progress->open, 0));
      return;
    }
  {
    g_autoptr (GString) among = g_string_new ("id=");
    LuoFigure figure = { open, "tasks", NULL, { NULL } };

    for (guint i = 0; i < progress->open->len; i++)
      g_string_append_printf (among, "%s%s", i > 0 ? "|" : "",
                              (const char *)g_ptr_array_index (progress->open, i));
    /* Translators: a condition of the list of tasks; %s is a month, "8月" */
    g_string_append_c (among, '\t');
    g_string_append_printf (among, _ ("Not submitted for %s"), month);
    figure.where[0] = among->str;
    luo_door_lead_to_list (page, button, &figure);
  }
}

GtkWidget *
luo_overview_build_today (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *list = luo_build_list ();

  add_conflicts (page, list, data);
  add_refused (page, list, data);
  add_tasks (page, list, data);
  add_overdue (page, list, data);
  add_progress (page, list, data);
  if (gtk_widget_get_first_child (list) == NULL)
    gtk_list_box_append (GTK_LIST_BOX (list), luo_build_fact (_ ("Nothing waits for you"), "✓"));
  return luo_build_group (_ ("To Do Today"), list);
}
