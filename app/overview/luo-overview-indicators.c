/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-build.h"
#include "luo-chart-bullet.h"
#include "luo-format.h"
#include "luo-overview-door.h"
#include "luo-overview-sections.h"

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

/* From the one that asks for most to the one that asks for nothing. */
static int
rank (const char *colour)
{
  static const char *const order[] = { "red", "amber", "yellow", "green", "blue", "done" };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (g_strcmp0 (colour, order[i]) == 0)
      return (int)i;
  return (int)G_N_ELEMENTS (order);
}

static int
compare_indicators (gconstpointer a, gconstpointer b)
{
  const LuoOverviewIndicator *one = *(LuoOverviewIndicator *const *)a;
  const LuoOverviewIndicator *two = *(LuoOverviewIndicator *const *)b;

  if (rank (one->colour) != rank (two->colour))
    return rank (one->colour) - rank (two->colour);
  return two->pace.behind_permille - one->pace.behind_permille;
}

/* The lamp's word and how far it is behind. */
static char *
describe_lamp (const LuoOverviewIndicator *indicator)
{
  int points = (indicator->pace.behind_permille + 5) / 10;
  g_autofree char *expected = NULL;
  g_autofree char *behind = NULL;

  if (indicator->colour == NULL)
    return g_strdup ("");
  if (strcmp (indicator->colour, "done") == 0 || points <= 0)
    return g_strdup (luo_choice_label (luo_lamp_choices, indicator->colour));
  expected = luo_format_amount (indicator->pace.expected, indicator->unit, indicator->kind);
  /* Translators: 1: percentage points behind pace, 2: the reading that the pace asks for, with its unit */
  behind = g_strdup_printf (
      ngettext ("%1$d point behind, %2$s expected", "%1$d points behind, %2$s expected", (gulong)points),
      points, expected);
  return luo_format_join (luo_choice_label (luo_lamp_choices, indicator->colour), behind, NULL);
}

static GtkWidget *
build_indicator (LuoPage *page, const LuoOverviewIndicator *indicator)
{
  GtkWidget *button;
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
  g_autofree char *behind = describe_lamp (indicator);
  g_autofree char *lamp = luo_format_join (behind, differs, NULL);
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
  button = luo_door_new (box, name);
  gtk_widget_set_tooltip_text (button, indicator->reason);
  luo_door_lead_to_record (page, button, indicator->task);
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
  g_autoptr (GPtrArray) known = g_ptr_array_new ();

  for (guint i = 0; i < data->indicators->len; i++)
    if (((LuoOverviewIndicator *)g_ptr_array_index (data->indicators, i))->pace.known)
      g_ptr_array_add (known, g_ptr_array_index (data->indicators, i));
  g_ptr_array_sort (known, compare_indicators);
  for (guint i = 0; i < known->len; i++)
    gtk_box_append (GTK_BOX (card), build_indicator (page, g_ptr_array_index (known, i)));
  if (known->len == 0)
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
  gtk_widget_add_css_class (flow, "plain");
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (flow), 2);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 3);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 8);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 8);
  for (guint i = 0; i < data->indicators->len; i++)
    {
      const LuoOverviewIndicator *indicator = g_ptr_array_index (data->indicators, i);
      g_autofree char *number = NULL;
      g_autofree char *label = NULL;
      g_autofree char *before = NULL;
      GtkWidget *figure;

      if (g_strcmp0 (indicator->kind, "monthly") != 0 || !indicator->city.present)
        continue;
      number = luo_format_integer (indicator->city.value);
      label = g_strdup_printf ("%s %s", indicator->name, indicator->unit != NULL ? indicator->unit : "");
      if (indicator->has_previous)
        {
          g_autofree char *previous = luo_format_integer (indicator->previous);

          /* Translators: an amount of the month before, below that of the month: "上月 15,208" */
          before = g_strdup_printf (_ ("Month before: %s"), previous);
        }
      figure = luo_overview_build_figure (number, g_strstrip (label));
      if (before != NULL)
        gtk_box_append (GTK_BOX (gtk_button_get_child (GTK_BUTTON (figure))),
                        luo_build_text (before, "caption numeric dim-label"));
      gtk_widget_remove_css_class (figure, "flat");
      gtk_widget_add_css_class (figure, "card");
      luo_door_lead_to_record (page, figure, indicator->task);
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
