/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-chart-bar.h"
#include "luo-chart-bullet.h"
#include "luo-format.h"
#include "luo-money.h"
#include "luo-overview-sections.h"

#define MAX_STAGES 10

/* Counts per stage in the order of luo_stage_choices; the last place is for projects at no stage. */
typedef struct
{
  gint64 counts[MAX_STAGES];
  gint64 all;
} StageCounts;

static guint
stage_index (const char *stage)
{
  guint i;

  for (i = 0; luo_stage_choices[i].value != NULL && i < MAX_STAGES - 1; i++)
    if (g_strcmp0 (luo_stage_choices[i].value, stage) == 0)
      return i;
  return i;
}

static const char *
stage_label (guint index)
{
  return luo_stage_choices[index].value != NULL
             ? luo_choice_label (luo_stage_choices, luo_stage_choices[index].value)
             : _ ("Not begun");
}

static const char *
stage_value (guint index)
{
  return luo_stage_choices[index].value != NULL ? luo_stage_choices[index].value : "";
}

static char *
stage_class (guint index)
{
  return g_strdup_printf ("stage-%s",
                          luo_stage_choices[index].value != NULL ? luo_stage_choices[index].value : "none");
}

static gboolean
count_stages (const LuoOverview *data, const char *district, StageCounts *counts)
{
  *counts = (StageCounts){ 0 };
  for (guint i = 0; i < data->projects->len; i++)
    {
      const LuoOverviewProjects *projects = g_ptr_array_index (data->projects, i);

      if (district != NULL && g_strcmp0 (projects->district, district) != 0)
        continue;
      counts->counts[stage_index (projects->stage)] += projects->count;
      counts->all += projects->count;
    }
  return counts->all > 0;
}

static GtkWidget *
build_stage_bar (LuoPage *page, const char *district, const StageCounts *counts)
{
  GtkWidget *bar = luo_chart_bar_new ();

  for (guint i = 0; i < MAX_STAGES; i++)
    {
      g_autofree char *number = NULL;
      g_autofree char *name = NULL;
      g_autofree char *class = NULL;
      g_autofree char *by_district = luo_overview_condition ("district", district);
      g_autofree char *by_stage = NULL;
      const char *where[3] = { by_district, NULL, NULL };
      GtkWidget *segment;

      if (counts->counts[i] == 0)
        continue;
      number = luo_format_integer (counts->counts[i]);
      /* Translators: 1: district, 2: stage, 3: number of projects */
      name = g_strdup_printf (_ ("%1$s, %2$s: %3$s projects"), luo_format_office (district), stage_label (i),
                              number);
      class = stage_class (i);
      by_stage = luo_overview_condition ("stage", stage_value (i));
      where[1] = by_stage;
      segment = gtk_button_new_with_label (number);
      gtk_widget_add_css_class (segment, "segment");
      gtk_widget_add_css_class (segment, class);
      gtk_widget_set_tooltip_text (segment, name);
      luo_build_set_name (segment, name);
      luo_overview_open_list_on_click (page, segment, "projects", where);
      luo_chart_bar_add (LUO_CHART_BAR (bar), counts->counts[i], segment);
    }
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  return bar;
}

static GtkWidget *
build_legend (const StageCounts *all)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 8);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 10);
  for (guint i = 0; i < MAX_STAGES; i++)
    {
      GtkWidget *box, *swatch;
      g_autofree char *class = NULL;
      g_autofree char *number = NULL;
      g_autofree char *text = NULL;

      if (all->counts[i] == 0)
        continue;
      class = stage_class (i);
      number = luo_format_integer (all->counts[i]);
      text = g_strdup_printf ("%s %s", stage_label (i), number);
      box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      swatch = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
      gtk_widget_add_css_class (swatch, "swatch");
      gtk_widget_add_css_class (swatch, class);
      gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), swatch);
      gtk_box_append (GTK_BOX (box), luo_build_text (text, "caption numeric"));
      gtk_flow_box_append (GTK_FLOW_BOX (flow), box);
      gtk_widget_set_focusable (gtk_widget_get_parent (box), FALSE);
    }
  return flow;
}

/* A district's name as a door to its records in a list. */
static GtkWidget *
build_district (LuoPage *page, const char *list, const char *district)
{
  GtkWidget *button = gtk_button_new_with_label (luo_format_office (district));
  g_autofree char *condition = luo_overview_condition ("district", district);
  const char *const where[] = { condition, NULL };

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "name");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  luo_overview_open_list_on_click (page, button, list, where);
  return button;
}

GtkWidget *
luo_overview_build_projects (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *grid = gtk_grid_new ();
  StageCounts counts, all;
  int row = 0;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 10);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  for (guint i = 0; luo_district_choices[i].value != NULL; i++)
    {
      const char *district = luo_district_choices[i].value;
      g_autofree char *number = NULL;

      if (!count_stages (data, district, &counts))
        continue;
      number = luo_format_integer (counts.all);
      gtk_grid_attach (GTK_GRID (grid), build_district (page, "projects", district), 0, row, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), build_stage_bar (page, district, &counts), 1, row, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), luo_build_cell (number, TRUE, NULL), 2, row, 1, 1);
      row++;
    }
  if (row == 0)
    gtk_box_append (GTK_BOX (card), luo_build_fact (_ ("No projects yet"), ""));
  else
    {
      count_stages (data, NULL, &all);
      gtk_widget_add_css_class (grid, "table");
      gtk_box_append (GTK_BOX (card), grid);
      {
        GtkWidget *legend = build_legend (&all);

        gtk_widget_add_css_class (legend, "table");
        gtk_box_append (GTK_BOX (card), legend);
      }
    }
  return luo_build_group (_ ("Projects by District and Stage"), card);
}

typedef struct
{
  char *name;
  gint64 allocated, disbursed, used;
} FundSum;

static void
fund_sum_free (gpointer data)
{
  g_free (((FundSum *)data)->name);
  g_free (data);
}

static FundSum *
find_sum (GPtrArray *sums, const char *name)
{
  FundSum *sum;

  for (guint i = 0; i < sums->len; i++)
    if (g_strcmp0 (((FundSum *)g_ptr_array_index (sums, i))->name, name) == 0)
      return g_ptr_array_index (sums, i);
  sum = g_new0 (FundSum, 1);
  sum->name = g_strdup (name);
  g_ptr_array_add (sums, sum);
  return sum;
}

static GPtrArray *
sum_funds (const LuoOverview *data, gboolean by_district)
{
  GPtrArray *sums = g_ptr_array_new_with_free_func (fund_sum_free);

  for (guint i = 0; i < data->funds->len; i++)
    {
      const LuoOverviewFund *fund = g_ptr_array_index (data->funds, i);
      FundSum *sum = find_sum (sums, by_district ? fund->district : fund->source);

      sum->allocated += fund->allocated;
      sum->disbursed += fund->disbursed;
      sum->used += fund->used;
    }
  return sums;
}

static void
attach_money (GtkGrid *grid, int row, gint64 fen, int column, const char *classes)
{
  g_autofree char *text = luo_money_format_bare (fen);
  GtkWidget *cell = luo_build_cell (text, TRUE, classes);

  gtk_grid_attach (grid, cell, column, row, 1, 1);
}

static GtkWidget *
build_fund_grid (LuoPage *page, const LuoOverview *data, gboolean by_district)
{
  g_autoptr (GPtrArray) sums = sum_funds (data, by_district);
  GtkWidget *grid = gtk_grid_new ();
  FundSum all = { 0 };
  int row = 1;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 2);
  gtk_grid_attach (GTK_GRID (grid),
                   luo_build_cell (by_district ? _ ("District") : _ ("Source"), FALSE, "caption dim-label"),
                   0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), luo_build_cell (_ ("Allocated"), TRUE, "caption dim-label"), 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), luo_build_cell (_ ("Disbursed"), TRUE, "caption dim-label"), 2, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), luo_build_cell (_ ("Used"), TRUE, "caption dim-label"), 3, 0, 1, 1);
  for (guint i = 0; i < sums->len; i++)
    {
      const FundSum *sum = g_ptr_array_index (sums, i);
      gint64 of = sum->disbursed > 0 ? sum->disbursed : sum->allocated;
      int share = of > 0 ? (int)MIN ((double)sum->used * 1000.0 / (double)of, 1000.0) : 0;
      g_autofree char *share_text = luo_format_share (share);
      g_autofree char *name = NULL;
      GtkWidget *head, *bar;

      if (by_district)
        head = build_district (page, "projects", sum->name);
      else
        {
          head = gtk_button_new_with_label (*sum->name != '\0' ? sum->name : _ ("Not said"));
          gtk_widget_add_css_class (head, "flat");
          gtk_widget_add_css_class (head, "name");
          gtk_widget_set_halign (head, GTK_ALIGN_START);
          luo_overview_open_list_on_click (page, head, "projects", NULL);
        }
      /* Translators: 1: a source of funds or a district, 2: share of the money that was used */
      name = g_strdup_printf (_ ("%1$s: %2$s used"), by_district ? luo_format_office (sum->name) : sum->name,
                              share_text);
      gtk_grid_attach (GTK_GRID (grid), head, 0, row, 1, 1);
      attach_money (GTK_GRID (grid), row, sum->allocated, 1, NULL);
      attach_money (GTK_GRID (grid), row, sum->disbursed, 2, NULL);
      attach_money (GTK_GRID (grid), row, sum->used, 3, NULL);
      bar = luo_chart_bullet_new (share, -1, NULL, name);
      gtk_widget_set_tooltip_text (bar, name);
      gtk_grid_attach (GTK_GRID (grid), bar, 0, row + 1, 4, 1);
      all.allocated += sum->allocated;
      all.disbursed += sum->disbursed;
      all.used += sum->used;
      row += 2;
    }
  {
    GtkWidget *total = luo_build_cell (_ ("Total"), FALSE, "heading");

    gtk_widget_set_hexpand (total, TRUE);
    gtk_grid_attach (GTK_GRID (grid), total, 0, row, 1, 1);
  }
  attach_money (GTK_GRID (grid), row, all.allocated, 1, "heading");
  attach_money (GTK_GRID (grid), row, all.disbursed, 2, "heading");
  attach_money (GTK_GRID (grid), row, all.used, 3, "heading");
  gtk_widget_add_css_class (grid, "table");
  return grid;
}

GtkWidget *
luo_overview_build_funds (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);

  if (data->funds->len == 0)
    gtk_box_append (GTK_BOX (card), luo_build_fact (_ ("No funds entered yet"), ""));
  else
    {
      GtkWidget *stack = gtk_stack_new ();
      GtkWidget *switcher = gtk_stack_switcher_new ();

      gtk_stack_set_vhomogeneous (GTK_STACK (stack), FALSE);
      gtk_stack_add_titled (GTK_STACK (stack), build_fund_grid (page, data, FALSE), "source",
                            _ ("By Source"));
      gtk_stack_add_titled (GTK_STACK (stack), build_fund_grid (page, data, TRUE), "district",
                            _ ("By District"));
      gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), GTK_STACK (stack));
      gtk_widget_set_halign (switcher, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (switcher, "table");
      gtk_box_append (GTK_BOX (card), switcher);
      gtk_box_append (GTK_BOX (card), stack);
    }
  return luo_build_group (_ ("Funds (in 10,000 yuan)"), card);
}

GtkWidget *
luo_overview_build_training (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *figures = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *grid = gtk_grid_new ();
  gint64 attendances = 0, covered = 0, eligible = 0, districts = 0;
  int row = 0;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 2);
  for (guint i = 0; i < data->training->len; i++)
    {
      const LuoOverviewTraining *training = g_ptr_array_index (data->training, i);
      int share = training->eligible > 0
                      ? (int)MIN ((double)training->covered * 1000.0 / (double)training->eligible, 1000.0)
                      : 0;
      g_autofree char *number = luo_format_integer (training->attendances);
      g_autofree char *share_text = training->eligible > 0 ? luo_format_share (share) : g_strdup ("—");
      g_autofree char *name = NULL;
      GtkWidget *bar;

      attendances += training->attendances;
      covered += training->covered;
      eligible += training->eligible;
      if (training->district == NULL || *training->district == '\0'
          || g_str_equal (training->district, "city"))
        continue;
      districts++;
      /* Translators: 1: district, 2: attendances, 3: coverage */
      name = g_strdup_printf (_ ("%1$s: %2$s attended, %3$s covered"), luo_format_office (training->district),
                              number, share_text);
      bar = luo_chart_bullet_new (share, -1, "green", name);
      gtk_widget_set_hexpand (bar, TRUE);
      gtk_widget_set_tooltip_text (bar, name);
      gtk_grid_attach (GTK_GRID (grid), build_district (page, "training", training->district), 0, row, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), luo_build_cell (number, TRUE, NULL), 1, row, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), bar, 2, row, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), luo_build_cell (share_text, TRUE, "dim-label"), 3, row, 1, 1);
      row++;
    }
  if (data->training->len == 0)
    gtk_box_append (GTK_BOX (card), luo_build_fact (_ ("No training yet this year"), ""));
  else
    {
      g_autofree char *all = luo_format_integer (attendances);
      g_autofree char *reached
          = g_strdup_printf ("%" G_GINT64_FORMAT " / %" G_GINT64_FORMAT, districts, data->districts);
      g_autofree char *share = eligible > 0 ? luo_format_share (covered * 1000 / eligible) : g_strdup ("—");
      const char *const labels[] = { _ ("Attendances"), _ ("Districts reached"), _ ("Coverage") };
      const char *const numbers[] = { all, reached, share };

      for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
        {
          GtkWidget *figure = luo_overview_build_figure (numbers[i], labels[i]);

          luo_overview_open_list_on_click (page, figure, "training", NULL);
          gtk_box_append (GTK_BOX (figures), figure);
        }
      gtk_box_set_homogeneous (GTK_BOX (figures), TRUE);
      gtk_box_append (GTK_BOX (card), figures);
      gtk_widget_add_css_class (grid, "table");
      gtk_box_append (GTK_BOX (card), grid);
    }
  return luo_build_group (_ ("Training This Year"), card);
}

static void
append_findings (LuoPage *page, GtkWidget *list, const LuoOverview *data)
{
  guint year = (guint)g_ascii_strtoull (data->month, NULL, 10);

  for (guint i = 0; i < data->findings->len; i++)
    {
      const LuoOverviewFinding *finding = g_ptr_array_index (data->findings, i);
      GtkWidget *button = gtk_button_new ();
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
      g_autofree char *date = finding->due != NULL ? luo_format_date (finding->due, year) : g_strdup ("");
      g_autofree char *due = *date != '\0' ? g_strdup_printf (_ ("due %s"), date) : g_strdup ("");
      g_autofree char *subtitle = luo_format_join (luo_format_office (finding->district),
                                                   finding->community != NULL ? finding->community : "", due,
                                                   finding->overdue ? _ ("overdue") : NULL, NULL);

      gtk_box_append (GTK_BOX (box), luo_build_text (finding->text != NULL ? finding->text : "", NULL));
      gtk_box_append (GTK_BOX (box),
                      luo_build_text (subtitle, finding->overdue ? "caption ink-red" : "caption dim-label"));
      gtk_button_set_child (GTK_BUTTON (button), box);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_add_css_class (button, "door");
      luo_overview_open_record_on_click (page, button, finding->visit);
      gtk_box_append (GTK_BOX (list), button);
    }
  if (data->open_findings > (gint64)data->findings->len)
    {
      g_autofree char *number = luo_format_integer (data->open_findings - data->findings->len);
      g_autofree char *text = g_strdup_printf (_ ("%s more are open"), number);
      GtkWidget *button = gtk_button_new_with_label (text);

      gtk_widget_add_css_class (button, "flat");
      luo_overview_open_list_on_click (page, button, "visits", NULL);
      gtk_box_append (GTK_BOX (list), button);
    }
}

GtkWidget *
luo_overview_build_visits (LuoPage *page, const LuoOverview *data)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *figures = gtk_flow_box_new ();
  gint64 visits = 0, communities = 0, questions = 0, solved = 0;

  for (guint i = 0; i < data->visits->len; i++)
    {
      const LuoOverviewVisits *kind = g_ptr_array_index (data->visits, i);

      visits += kind->visits;
      /* Supervisions come back to the same communities; calls are what says how many were reached. */
      if (g_strcmp0 (kind->kind, "call") == 0)
        communities += kind->communities;
      questions += kind->questions;
      solved += kind->solved;
    }
  {
    const gint64 values[]
        = { visits, communities, questions, solved, data->open_findings, data->overdue_findings };
    const char *const labels[] = { _ ("Visits in the month"), _ ("Communities"),   _ ("Questions answered"),
                                   _ ("Problems solved"),     _ ("Findings open"), _ ("of these overdue") };

    gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (figures), GTK_SELECTION_NONE);
    gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (figures), TRUE);
    gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (figures), 3);
    gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (figures), 3);
    for (guint i = 0; i < G_N_ELEMENTS (values); i++)
      {
        g_autofree char *number = luo_format_integer (values[i]);
        GtkWidget *figure = luo_overview_build_figure (number, labels[i]);

        luo_overview_open_list_on_click (page, figure, "visits", NULL);
        gtk_flow_box_append (GTK_FLOW_BOX (figures), figure);
        gtk_widget_set_focusable (gtk_widget_get_parent (figure), FALSE);
      }
  }
  gtk_box_append (GTK_BOX (card), figures);
  append_findings (page, card, data);
  return luo_build_group (_ ("Visits and What They Found"), card);
}
