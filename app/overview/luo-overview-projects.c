/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-build.h"
#include "luo-chart-bar.h"
#include "luo-format.h"
#include "luo-overview-door.h"
#include "luo-overview-sections.h"

/* Projects of a district, of all where it is NULL, at a stage, at any where it is NULL. */
static gint64
count_at (const LuoOverview *data, const char *district, const char *stage)
{
  gint64 count = 0;

  for (guint i = 0; i < data->projects->len; i++)
    {
      const LuoOverviewProjects *projects = g_ptr_array_index (data->projects, i);

      if ((district == NULL || strcmp (projects->district, district) == 0)
          && (stage == NULL || strcmp (projects->stage, stage) == 0))
        count += projects->count;
    }
  return count;
}

static void
add_once (GPtrArray *values, const char *value)
{
  if (!g_ptr_array_find_with_equal_func (values, value, g_str_equal, NULL))
    g_ptr_array_add (values, (gpointer)value);
}

/* Every stage that projects stand at: the furthest along first, as the eye begins there; then what is no stage here, none at the
 * end. */
static GPtrArray *
list_stages (const LuoOverview *data)
{
  GPtrArray *stages = g_ptr_array_new ();
  guint known = 0;

  while (luo_stage_choices[known].value != NULL)
    known++;
  for (guint i = known; i > 0; i--)
    if (count_at (data, NULL, luo_stage_choices[i - 1].value) > 0)
      g_ptr_array_add (stages, (gpointer)luo_stage_choices[i - 1].value);
  for (guint i = 0; i < data->projects->len; i++)
    {
      const LuoOverviewProjects *projects = g_ptr_array_index (data->projects, i);

      if (*projects->stage != '\0')
        add_once (stages, projects->stage);
    }
  if (count_at (data, NULL, "") > 0)
    g_ptr_array_add (stages, (gpointer) "");
  return stages;
}

static GPtrArray *
list_districts (const LuoOverview *data)
{
  GPtrArray *districts = g_ptr_array_new ();

  for (guint i = 0; i < data->projects->len; i++)
    add_once (districts, ((LuoOverviewProjects *)g_ptr_array_index (data->projects, i))->district);
  g_ptr_array_sort (districts, luo_overview_compare_districts);
  return districts;
}

static const char *
stage_label (const char *stage)
{
  return *stage != '\0' ? luo_choice_label (luo_stage_choices, stage) : _ ("Not begun");
}

static char *
stage_condition (const char *stage)
{
  return *stage != '\0' ? luo_overview_condition ("stage", stage)
                        : luo_overview_words_condition ("stage=", "", stage_label (stage));
}

static char *
stage_class (const char *stage)
{
  gboolean known = strcmp (luo_choice_label (luo_stage_choices, stage), stage) != 0;

  return g_strconcat ("stage-", known ? stage : "none", NULL);
}

static char *
district_condition (const char *district)
{
  return *district != '\0'
             ? luo_overview_condition ("district", district)
             : luo_overview_words_condition ("district=", "", luo_overview_district_label (district));
}

static GtkWidget *
build_bar (LuoPage *page, const LuoOverview *data, GPtrArray *stages, const char *district, gint64 whole)
{
  GtkWidget *bar = luo_chart_bar_new (whole);
  g_autofree char *of_district = district_condition (district);

  for (guint i = 0; i < stages->len; i++)
    {
      const char *stage = g_ptr_array_index (stages, i);
      gint64 count = count_at (data, district, stage);
      g_autofree char *number = luo_format_integer (count);
      g_autofree char *label = g_strdup_printf ("%s %s", stage_label (stage), number);
      g_autofree char *class = stage_class (stage);
      g_autofree char *at_stage = stage_condition (stage);
      g_autofree char *name = NULL;
      const LuoFigure figure = { count, "projects", NULL, { of_district, at_stage } };

      if (count == 0)
        continue;
      /* Translators: 1: district, 2: stage, 3: number of projects */
      name = g_strdup_printf (
          ngettext ("%1$s, %2$s: %3$s project", "%1$s, %2$s: %3$s projects", (gulong)count),
          luo_overview_district_label (district), stage_label (stage), number);
      luo_door_lead_to_list (page, luo_chart_bar_add (LUO_CHART_BAR (bar), count, number, label, class, name),
                             &figure);
    }
  gtk_widget_set_hexpand (bar, TRUE);
  return bar;
}

static GtkWidget *
build_legend (LuoPage *page, const LuoOverview *data, GPtrArray *stages)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 8);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 4);
  for (guint i = 0; i < stages->len; i++)
    {
      const char *stage = g_ptr_array_index (stages, i);
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      GtkWidget *swatch = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
      GtkWidget *label, *button;
      gint64 count = count_at (data, NULL, stage);
      g_autofree char *class = stage_class (stage);
      g_autofree char *number = luo_format_integer (count);
      g_autofree char *text = g_strdup_printf ("%s %s", stage_label (stage), number);
      g_autofree char *at_stage = stage_condition (stage);
      const LuoFigure figure = { count, "projects", NULL, { at_stage } };

      gtk_widget_add_css_class (swatch, "swatch");
      gtk_widget_add_css_class (swatch, class);
      gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
      label = luo_build_text (text, "caption numeric");
      gtk_label_set_wrap (GTK_LABEL (label), FALSE);
      gtk_box_append (GTK_BOX (box), swatch);
      gtk_box_append (GTK_BOX (box), label);
      button = luo_door_new (box, text);
      gtk_widget_remove_css_class (button, "door");
      gtk_widget_add_css_class (button, "cell");
      luo_door_lead_to_list (page, button, &figure);
      gtk_flow_box_append (GTK_FLOW_BOX (flow), button);
      gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
    }
  gtk_widget_add_css_class (flow, "table");
  gtk_widget_add_css_class (flow, "foot");
  gtk_widget_add_css_class (flow, "plain");
  return flow;
}

GtkWidget *
luo_overview_build_projects (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *grid = gtk_grid_new ();
  g_autoptr (GPtrArray) stages = list_stages (data);
  g_autoptr (GPtrArray) districts = list_districts (data);
  gint64 most = 0;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 10);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  gtk_widget_add_css_class (grid, "table");
  /* One measure for all, so that the districts compare. */
  for (guint i = 0; i < districts->len; i++)
    most = MAX (most, count_at (data, g_ptr_array_index (districts, i), NULL));
  for (guint i = 0; i < districts->len; i++)
    {
      const char *district = g_ptr_array_index (districts, i);
      const char *label = luo_overview_district_label (district);
      gint64 count = count_at (data, district, NULL);
      g_autofree char *number = luo_format_integer (count);
      /* Translators: 1: district, 2: number of projects */
      g_autofree char *name = g_strdup_printf (
          ngettext ("%1$s: %2$s project", "%1$s: %2$s projects", (gulong)count), label, number);
      g_autofree char *of_district = district_condition (district);
      const LuoFigure figure = { count, "projects", NULL, { of_district } };
      GtkWidget *cell = luo_overview_build_cell (number, TRUE, NULL, name);

      luo_door_lead_to_list (page, cell, &figure);
      gtk_grid_attach (GTK_GRID (grid), luo_build_cell (label, FALSE, NULL), 0, (int)i, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), build_bar (page, data, stages, district, most), 1, (int)i, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), cell, 2, (int)i, 1, 1);
    }
  gtk_box_append (GTK_BOX (card), grid);
  if (districts->len == 0)
    gtk_box_append (GTK_BOX (card), luo_build_fact (_ ("No projects yet"), ""));
  else
    gtk_box_append (GTK_BOX (card), build_legend (page, data, stages));
  return luo_build_group (_ ("Projects by District and Stage"), card);
}
