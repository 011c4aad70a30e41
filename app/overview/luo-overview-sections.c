/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-overview-sections.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-chart-bullet.h"
#include "luo-format.h"

static void
open_record_cb (GtkButton *button, LuoPage *page)
{
  luo_page_open_record (page, g_object_get_data (G_OBJECT (button), "record"));
}

static void
open_list_cb (GtkButton *button, LuoPage *page)
{
  luo_page_open_list (page, g_object_get_data (G_OBJECT (button), "list"),
                      g_object_get_data (G_OBJECT (button), "where"));
}

void
luo_overview_open_record_on_click (LuoPage *page, GtkWidget *button, const char *id)
{
  g_object_set_data_full (G_OBJECT (button), "record", g_strdup (id), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (open_record_cb), page, 0);
}

void
luo_overview_open_list_on_click (LuoPage *page, GtkWidget *button, const char *list, const char *const *where)
{
  g_object_set_data_full (G_OBJECT (button), "list", g_strdup (list), g_free);
  g_object_set_data_full (G_OBJECT (button), "where", g_strdupv ((char **)where), (GDestroyNotify)g_strfreev);
  g_signal_connect_object (button, "clicked", G_CALLBACK (open_list_cb), page, 0);
}

char *
luo_overview_condition (const char *column, const char *value)
{
  return g_strdup_printf ("%s=%s", column, value);
}

GtkWidget *
luo_overview_build_figure (const char *number, const char *label)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  g_autofree char *name = g_strdup_printf ("%s %s", label, number);

  gtk_box_append (GTK_BOX (box), luo_build_text (number, "title-2 numeric"));
  gtk_box_append (GTK_BOX (box), luo_build_text (label, "caption dim-label"));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "door");
  luo_build_set_name (button, name);
  return button;
}

/* A line: a dot, what is the matter with its reason, and the one thing to do about it. */
static GtkWidget *
build_line (const char *colour, const char *title, const char *reason, const char *action, GtkWidget **button)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *dot = luo_build_dot (colour);
  g_autofree char *name = g_strdup_printf ("%s: %s", action, title);

  *button = gtk_button_new_with_label (action);
  luo_build_set_name (*button, name);
  gtk_widget_set_valign (*button, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (dot, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (texts), luo_build_text (title, NULL));
  if (reason != NULL)
    gtk_box_append (GTK_BOX (texts), luo_build_text (reason, "caption dim-label"));
  gtk_box_append (GTK_BOX (box), dot);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), *button);
  gtk_widget_add_css_class (box, "fact");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

static gboolean
needs_attention (const LuoLamp *lamp)
{
  return lamp->colour != NULL
         && (g_str_equal (lamp->colour, "red") || g_str_equal (lamp->colour, "amber")
             || g_str_equal (lamp->colour, "yellow"));
}

GtkWidget *
luo_overview_build_today (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *list = luo_build_list ();
  GtkWidget *button;
  guint lines = 0;

  for (guint i = 0; i < data->tasks->len; i++)
    {
      const LuoOverviewTask *task = g_ptr_array_index (data->tasks, i);
      g_autofree char *title = g_strdup_printf ("%u · %s", task->number, task->title);
      g_autofree char *reason = NULL;

      if (!needs_attention (&task->lamp))
        continue;
      reason
          = luo_format_join (luo_choice_label (luo_lamp_choices, task->lamp.colour), task->lamp.reason, NULL);
      gtk_list_box_append (GTK_LIST_BOX (list),
                           build_line (task->lamp.colour, title, reason, _ ("View"), &button));
      luo_overview_open_record_on_click (page, button, task->id);
      lines++;
    }
  if (data->overdue_findings > 0)
    {
      const LuoOverviewFinding *first
          = data->findings->len > 0 ? g_ptr_array_index (data->findings, 0) : NULL;
      g_autofree char *count = luo_format_integer (data->overdue_findings);
      g_autofree char *title = g_strdup_printf (
          ngettext ("%s correction is overdue", "%s corrections are overdue", (gulong)data->overdue_findings),
          count);
      g_autofree char *due
          = first != NULL && first->due != NULL
                ? luo_format_date (first->due, (guint)g_ascii_strtoull (data->month, NULL, 10))
                : g_strdup ("");
      g_autofree char *reason
          = first != NULL ? luo_format_join (first->community != NULL ? first->community
                                                                      : luo_format_office (first->district),
                                             first->text, due, NULL)
                          : NULL;

      gtk_list_box_append (GTK_LIST_BOX (list), build_line ("red", title, reason, _ ("Handle"), &button));
      if (first != NULL)
        luo_overview_open_record_on_click (page, button, first->visit);
      lines++;
    }
  if (data->conflicts > 0)
    {
      g_autofree char *count = luo_format_integer (data->conflicts);
      g_autofree char *title
          = g_strdup_printf (ngettext ("%s conflict waits for a decision", "%s conflicts wait for a decision",
                                       (gulong)data->conflicts),
                             count);

      gtk_list_box_append (GTK_LIST_BOX (list),
                           build_line ("amber", title, _ ("Two people changed the same entry; both are kept"),
                                       _ ("Decide"), &button));
      luo_overview_open_list_on_click (page, button, "conflicts", NULL);
      lines++;
    }
  if (data->refused > 0)
    {
      g_autofree char *count = luo_format_integer (data->refused);
      g_autofree char *title
          = g_strdup_printf (ngettext ("The server did not take %s record",
                                       "The server did not take %s records", (gulong)data->refused),
                             count);

      gtk_list_box_append (GTK_LIST_BOX (list),
                           build_line ("red", title, data->refused_reason, _ ("View"), &button));
      if (data->refused_id != NULL)
        luo_overview_open_record_on_click (page, button, data->refused_id);
      lines++;
    }
  if (data->progress.tasks > data->progress.submitted)
    {
      g_autofree char *count = luo_format_integer (data->progress.tasks - data->progress.submitted);
      g_autofree char *month = luo_format_month_short (data->month);
      /* Translators: 1: number of tasks, 2: month, "8月" */
      g_autofree char *title
          = g_strdup_printf (_ ("%1$s tasks have no submitted progress for %2$s"), count, month);
      g_autofree char *office = g_strdup (luo_format_office (data->office));

      gtk_list_box_append (GTK_LIST_BOX (list), build_line ("amber", title, office, _ ("Fill In"), &button));
      if (data->progress.first != NULL)
        luo_overview_open_record_on_click (page, button, data->progress.first);
      lines++;
    }
  if (lines == 0)
    gtk_list_box_append (GTK_LIST_BOX (list), luo_build_fact (_ ("Nothing waits for you"), "✓"));
  return luo_build_group (_ ("To Do Today"), list);
}

/* What does not fit together is said, not hidden: the city's own figure against its offices, and by hand against by list. */
static char *
describe_differences (const LuoOverviewIndicator *indicator)
{
  g_autofree char *sum = NULL;
  g_autofree char *list = NULL;

  if (indicator->city.differs)
    {
      g_autofree char *amount = luo_format_amount (indicator->city.sum, indicator->unit, indicator->kind);

      sum = g_strdup_printf (_ ("offices add up to %s"), amount);
    }
  if (indicator->counted && indicator->city.present && indicator->by_list != indicator->city.value)
    {
      g_autofree char *amount = luo_format_amount (indicator->by_list, indicator->unit, indicator->kind);

      list = g_strdup_printf (_ ("the records count %s"), amount);
    }
  return luo_format_join (sum != NULL ? sum : "", list, NULL);
}

static GtkWidget *
build_indicator (LuoPage *page, const LuoOverviewIndicator *indicator)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name_label = luo_build_text (indicator->name, NULL);
  g_autofree char *reading = indicator->city.present
                                 ? luo_format_amount (indicator->city.value, NULL, indicator->kind)
                                 : g_strdup ("—");
  g_autofree char *target = luo_format_amount (indicator->pace.target, indicator->unit, indicator->kind);
  g_autofree char *amount = g_strdup_printf ("%s / %s", reading, target);
  g_autofree char *done = luo_format_share (indicator->pace.done_permille);
  g_autofree char *differs = describe_differences (indicator);
  g_autofree char *lamp = luo_format_join (
      indicator->colour != NULL ? luo_choice_label (luo_lamp_choices, indicator->colour) : "", differs, NULL);
  g_autofree char *name = luo_format_join (indicator->name, amount, done, lamp, indicator->reason, NULL);

  gtk_widget_set_hexpand (name_label, TRUE);
  gtk_box_append (GTK_BOX (head), name_label);
  gtk_box_append (GTK_BOX (head), luo_build_text (amount, "numeric heading"));
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box),
                  luo_chart_bullet_new (indicator->pace.done_permille, indicator->pace.expected_permille,
                                        indicator->colour, name));
  {
    GtkWidget *lamp_label = luo_build_text (lamp, "caption dim-label");

    gtk_widget_set_hexpand (lamp_label, TRUE);
    gtk_box_append (GTK_BOX (foot), lamp_label);
  }
  gtk_box_append (GTK_BOX (foot), luo_build_text (done, "caption numeric dim-label"));
  gtk_box_append (GTK_BOX (box), foot);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "door");
  gtk_widget_set_tooltip_text (button, indicator->reason);
  luo_build_set_name (button, name);
  luo_overview_open_record_on_click (page, button, indicator->task);
  return button;
}

GtkWidget *
luo_overview_build_indicators (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  g_autofree char *gone = luo_format_share (data->gone_permille);
  g_autofree char *month = luo_format_month_short (data->month);
  /* Translators: below the heading of the indicators; 1: "8月", 2: "66.7%" */
  g_autofree char *legend
      = g_strdup_printf (_ ("The line stands where %1$s should have come: %2$s of the year"), month, gone);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  guint shown = 0;

  for (guint i = 0; i < data->indicators->len; i++)
    {
      const LuoOverviewIndicator *indicator = g_ptr_array_index (data->indicators, i);

      if (!indicator->pace.known)
        continue;
      gtk_box_append (GTK_BOX (card), build_indicator (page, indicator));
      shown++;
    }
  if (shown == 0)
    gtk_box_append (GTK_BOX (card), luo_build_fact (_ ("No indicator has a target and a reading"), ""));
  gtk_widget_add_css_class (card, "door-list");
  gtk_box_append (GTK_BOX (box), luo_build_text (legend, "caption dim-label"));
  gtk_box_append (GTK_BOX (box), card);
  return luo_build_group (_ ("Indicators and Pace"), box);
}

GtkWidget *
luo_overview_build_month (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *flow = gtk_flow_box_new ();
  guint shown = 0;

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), TRUE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (flow), 2);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 3);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 8);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 8);
  for (guint i = 0; i < data->indicators->len; i++)
    {
      const LuoOverviewIndicator *indicator = g_ptr_array_index (data->indicators, i);
      g_autofree char *number = NULL;
      g_autofree char *label = NULL;
      GtkWidget *figure;

      if (g_strcmp0 (indicator->kind, "monthly") != 0 || !indicator->city.present)
        continue;
      number = luo_format_integer (indicator->city.value);
      label = g_strdup_printf ("%s %s", indicator->name, indicator->unit != NULL ? indicator->unit : "");
      figure = luo_overview_build_figure (number, g_strstrip (label));
      gtk_widget_remove_css_class (figure, "flat");
      gtk_widget_add_css_class (figure, "card");
      luo_overview_open_record_on_click (page, figure, indicator->task);
      gtk_flow_box_append (GTK_FLOW_BOX (flow), figure);
      gtk_widget_set_focusable (gtk_widget_get_parent (figure), FALSE);
      shown++;
    }
  if (shown == 0)
    {
      g_object_ref_sink (flow);
      g_object_unref (flow);
      return NULL;
    }
  {
    g_autofree char *month = luo_format_month_short (data->month);
    /* Translators: heading; %s is the month, "8月" */
    g_autofree char *heading = g_strdup_printf (_ ("Done in %s"), month);

    return luo_build_group (heading, flow);
  }
}
