/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-build.h"
#include "luo-chart-bullet.h"
#include "luo-format.h"
#include "luo-overview-door.h"
#include "luo-overview-sections.h"

/* What was done out there: training and visits. */

static int
share_of (gint64 covered, gint64 eligible)
{
  return eligible > 0 ? (int)CLAMP ((double)covered * 1000.0 / (double)eligible, 0.0, 1000.0) : 0;
}

static char *
share_text (gint64 covered, gint64 eligible)
{
  return eligible > 0 ? luo_format_share (share_of (covered, eligible)) : g_strdup ("—");
}

/* Training */

static void
attach_training (LuoPage *page, GtkGrid *grid, int row, const LuoOverview *data,
                 const LuoOverviewTraining *training)
{
  const char *district = *training->district != '\0' ? luo_format_office (training->district)
                                                     /* Translators: training that no district held */
                                                     : _ ("No district");
  g_autofree char *number = luo_format_integer (training->attendances);
  g_autofree char *share = share_text (training->covered, training->eligible);
  /* Translators: 1: district, 2: attendances, 3: coverage */
  g_autofree char *name = g_strdup_printf (_ ("%1$s: %2$s attended, %3$s covered"), district, number, share);
  g_autofree char *days = luo_overview_days_condition (data, TRUE);
  g_autofree char *of_district = *training->district != '\0'
                                     ? luo_overview_condition ("district", training->district)
                                     : luo_overview_words_condition ("district=", "", district);
  const LuoFigure attended
      = { training->attendances, "training", "attendances", { of_district, days, "attendances!=" } };
  const LuoFigure covered
      = { training->covered, "training", "covered", { of_district, days, "covered!=", "eligible!=" } };
  GtkWidget *bar = luo_chart_bullet_new (share_of (training->covered, training->eligible), -1, "green", name);
  GtkWidget *attended_cell = luo_overview_build_cell (number, TRUE, NULL, name);
  GtkWidget *covered_cell = luo_overview_build_cell (share, TRUE, "dim-label", name);

  luo_door_lead_to_list (page, attended_cell, &attended);
  luo_door_lead_to_list (page, covered_cell, &covered);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_tooltip_text (bar, name);
  gtk_grid_attach (grid, luo_build_cell (district, FALSE, NULL), 0, row, 1, 1);
  gtk_grid_attach (grid, attended_cell, 1, row, 1, 1);
  gtk_grid_attach (grid, bar, 2, row, 1, 1);
  gtk_grid_attach (grid, covered_cell, 3, row, 1, 1);
}

static void
append_figure (LuoPage *page, GtkWidget *figures, const char *number, const char *label,
               const LuoFigure *figure)
{
  GtkWidget *button = luo_overview_build_figure (number, label);

  luo_door_lead_to_list (page, button, figure);
  gtk_box_append (GTK_BOX (figures), button);
}

static GtkWidget *
build_training_figures (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *figures = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gint64 attendances = 0, covered = 0, eligible = 0, districts = 0;
  g_autofree char *days = luo_overview_days_condition (data, TRUE);
  g_autofree char *all = NULL;
  g_autofree char *reached = NULL;
  g_autofree char *share = NULL;

  for (guint i = 0; i < data->training->len; i++)
    {
      const LuoOverviewTraining *training = g_ptr_array_index (data->training, i);

      attendances += training->attendances;
      covered += training->covered;
      eligible += training->eligible;
      districts += *training->district != '\0';
    }
  all = luo_format_integer (attendances);
  reached = g_strdup_printf ("%" G_GINT64_FORMAT " / %" G_GINT64_FORMAT, districts, data->districts);
  share = share_text (covered, eligible);
  {
    const LuoFigure attended = { attendances, "training", "attendances", { days, "attendances!=" } };
    const LuoFigure in_districts = { districts, "training", "district", { days, "district!=" } };
    const LuoFigure coverage = { covered, "training", "covered", { days, "covered!=", "eligible!=" } };

    append_figure (page, figures, all, _ ("Attendances"), &attended);
    append_figure (page, figures, reached, _ ("Districts reached"), &in_districts);
    append_figure (page, figures, share, _ ("Coverage"), &coverage);
  }
  gtk_box_set_homogeneous (GTK_BOX (figures), TRUE);
  return figures;
}

GtkWidget *
luo_overview_build_training (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *grid;

  if (data->training->len == 0)
    {
      gtk_box_append (GTK_BOX (card), luo_build_fact (_ ("No training yet this year"), ""));
      return luo_build_group (_ ("Training This Year"), card);
    }
  grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 2);
  gtk_widget_add_css_class (grid, "table");
  for (guint i = 0; i < data->training->len; i++)
    attach_training (page, GTK_GRID (grid), (int)i, data, g_ptr_array_index (data->training, i));
  gtk_box_append (GTK_BOX (card), build_training_figures (page, data));
  gtk_box_append (GTK_BOX (card), grid);
  return luo_build_group (_ ("Training This Year"), card);
}

/* Visits */

static void
append_findings (LuoPage *page, GtkWidget *list, const LuoOverview *data, const LuoFigure *open)
{
  guint year = (guint)g_ascii_strtoull (data->month, NULL, 10);

  for (guint i = 0; i < data->findings->len; i++)
    {
      const LuoOverviewFinding *finding = g_ptr_array_index (data->findings, i);
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
      GtkWidget *button;
      g_autofree char *date = luo_format_date (finding->due, year);
      g_autofree char *due = g_strdup_printf (_ ("due %s"), date);
      g_autofree char *subtitle = luo_format_join (
          luo_format_office (finding->district), finding->community,
          luo_format_choice (luo_severity_choices, *finding->severity != '\0' ? finding->severity : NULL),
          due, finding->overdue ? _ ("overdue") : NULL, NULL);
      g_autofree char *name = g_strdup_printf ("%s %s", finding->text, subtitle);

      gtk_box_append (GTK_BOX (box), luo_build_text (finding->text, NULL));
      gtk_box_append (GTK_BOX (box),
                      luo_build_text (subtitle, finding->overdue ? "caption ink-red" : "caption dim-label"));
      button = luo_door_new (box, name);
      luo_door_lead_to_record (page, button, finding->visit);
      gtk_box_append (GTK_BOX (list), button);
    }
  if (data->open_findings > (gint64)data->findings->len)
    {
      gint64 more = data->open_findings - (gint64)data->findings->len;
      g_autofree char *number = luo_format_integer (more);
      g_autofree char *text = g_strdup_printf (
          ngettext ("%s more is open: show all", "%s more are open: show all", (gulong)more), number);
      GtkWidget *button = luo_door_new (luo_build_text (text, "caption"), text);

      luo_door_lead_to_list (page, button, open);
      gtk_box_append (GTK_BOX (list), button);
    }
}

GtkWidget *
luo_overview_build_visits (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *figures = gtk_flow_box_new ();
  g_autofree char *days = luo_overview_days_condition (data, FALSE);
  g_autofree char *unsolved = luo_overview_unsolved_condition ();
  g_autofree char *due
      = luo_overview_words_condition ("findings/due!=", "", _ ("With a day to be put right by"));
  g_autofree char *overdue = luo_overview_words_condition ("findings/due<", data->today, _ ("Overdue"));
  gint64 visits = 0, communities = 0, questions = 0, solved = 0;

  for (guint i = 0; i < data->visits->len; i++)
    {
      const LuoOverviewVisits *kind = g_ptr_array_index (data->visits, i);

      visits += kind->visits;
      /* Supervisions come back to the same communities; calls are what says how many were reached. */
      if (strcmp (kind->kind, "call") == 0)
        communities += kind->communities;
      questions += kind->questions;
      solved += kind->solved;
    }
  {
    const struct
    {
      const char *label;
      LuoFigure figure;
    } tiles[] = {
      { _ ("Visits in the month"), { visits, "visits", NULL, { days } } },
      { _ ("Communities"), { communities, "visits", "community", { days, "kind=call", "community!=" } } },
      { _ ("Questions answered"),
        { questions, "visits", "questions_answered", { days, "questions_answered!=" } } },
      { _ ("Problems solved"), { solved, "visits", "problems_solved", { days, "problems_solved!=" } } },
      { _ ("Findings open"), { data->open_findings, "visits", "findings/key", { unsolved, due } } },
      { _ ("of these overdue"), { data->overdue_findings, "visits", "findings/key", { unsolved, overdue } } },
    };

    gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (figures), GTK_SELECTION_NONE);
    gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (figures), TRUE);
    gtk_widget_add_css_class (figures, "plain");
    gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (figures), 3);
    gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (figures), 3);
    for (guint i = 0; i < G_N_ELEMENTS (tiles); i++)
      {
        g_autofree char *number = luo_format_integer (tiles[i].figure.value);
        GtkWidget *tile = luo_overview_build_figure (number, tiles[i].label);

        luo_door_lead_to_list (page, tile, &tiles[i].figure);
        gtk_flow_box_append (GTK_FLOW_BOX (figures), tile);
        gtk_widget_set_focusable (gtk_widget_get_parent (tile), FALSE);
      }
    gtk_box_append (GTK_BOX (card), figures);
    append_findings (page, card, data, &tiles[4].figure);
  }
  return luo_build_group (_ ("Visits and What They Found"), card);
}
