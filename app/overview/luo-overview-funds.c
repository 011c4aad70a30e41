/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-build.h"
#include "luo-chart-bullet.h"
#include "luo-format.h"
#include "luo-money.h"
#include "luo-overview-door.h"
#include "luo-overview-sections.h"

/* The amounts of a fund line. */
static const struct
{
  const char *column; /* of the items of a project */
  const char *stated; /* the condition that an item states it */
  const char *label;  /* N_() */
} amounts[] = {
  { "funds/allocated_fen", "funds/allocated_fen!=", N_ ("Allocated") },
  { "funds/disbursed_fen", "funds/disbursed_fen!=", N_ ("Disbursed") },
  { "funds/used_fen", "funds/used_fen!=", N_ ("Used") },
};

#define N_AMOUNTS G_N_ELEMENTS (amounts)

/* One line of the table. */
typedef struct
{
  const char *key;   /* source or district; NULL for the total */
  const char *label; /* as a person reads it */
  gint64 fen[N_AMOUNTS];
} FundSum;

static void
add_fund (FundSum *sum, const LuoOverviewFund *fund)
{
  sum->fen[0] += fund->allocated;
  sum->fen[1] += fund->disbursed;
  sum->fen[2] += fund->used;
}

static int
compare_sums (gconstpointer a, gconstpointer b, gpointer by_district)
{
  const FundSum *one = a, *two = b;

  if (by_district != NULL)
    return luo_overview_compare_districts (&one->key, &two->key);
  return one->fen[0] != two->fen[0] ? (one->fen[0] > two->fen[0] ? -1 : 1) : strcmp (one->key, two->key);
}

/* Every source, the largest first, or every district in the order of the city; the total last. */
static GArray *
sum_funds (const LuoOverview *data, gboolean by_district)
{
  GArray *sums = g_array_new (FALSE, FALSE, sizeof (FundSum));
  FundSum total = { NULL, _ ("Total"), { 0 } };

  for (guint i = 0; i < data->funds->len; i++)
    {
      const LuoOverviewFund *fund = g_ptr_array_index (data->funds, i);
      FundSum added = { by_district ? fund->district : fund->source, NULL, { 0 } };
      guint place = 0;

      while (place < sums->len && strcmp (g_array_index (sums, FundSum, place).key, added.key) != 0)
        place++;
      if (place == sums->len)
        {
          added.label = by_district          ? luo_overview_district_label (added.key)
                        : *added.key != '\0' ? luo_choice_label (luo_fund_source_choices, added.key)
                                             : _ ("Not said");
          g_array_append_val (sums, added);
        }
      add_fund (&g_array_index (sums, FundSum, place), fund);
      add_fund (&total, fund);
    }
  g_array_sort_with_data (sums, compare_sums, GINT_TO_POINTER (by_district));
  g_array_append_val (sums, total);
  return sums;
}

static GtkWidget *
build_amount (LuoPage *page, const FundSum *sum, gsize amount, gboolean by_district)
{
  g_autofree char *text = luo_money_format_bare (sum->fen[amount]);
  g_autofree char *money = luo_money_format (sum->fen[amount]);
  g_autofree char *name = luo_format_join (sum->label, _ (amounts[amount].label), money, NULL);
  g_autofree char *of = NULL;
  LuoFigure figure = { sum->fen[amount], "projects", amounts[amount].column, { amounts[amount].stated } };
  GtkWidget *cell = luo_overview_build_cell (text, TRUE, sum->key == NULL ? "heading" : NULL, name);

  if (sum->key != NULL)
    {
      const char *column = by_district ? "district" : "funds/source";

      if (*sum->key != '\0')
        of = luo_overview_condition (column, sum->key);
      else
        {
          g_autofree char *head = g_strconcat (column, "=", NULL);

          of = luo_overview_words_condition (head, "",
                                             by_district ? _ ("District not said") : _ ("Source not said"));
        }
      figure.where[1] = figure.where[0];
      figure.where[0] = of;
    }
  luo_door_lead_to_list (page, cell, &figure);
  return cell;
}

static GtkWidget *
build_share (const FundSum *sum)
{
  gint64 of = sum->fen[1] > 0 ? sum->fen[1] : sum->fen[0];
  int share = of > 0 ? (int)CLAMP ((double)sum->fen[2] * 1000.0 / (double)of, 0.0, 1000.0) : 0;
  g_autofree char *share_text = luo_format_share (share);
  /* Translators: 1: a source of funds or a district, 2: share of the money that was used */
  g_autofree char *name = g_strdup_printf (_ ("%1$s: %2$s used"), sum->label, share_text);
  GtkWidget *bar = luo_chart_bullet_new (share, -1, NULL, name);

  gtk_widget_set_tooltip_text (bar, name);
  return bar;
}

static GtkWidget *
build_fund_grid (LuoPage *page, const LuoOverview *data, gboolean by_district)
{
  g_autoptr (GArray) sums = sum_funds (data, by_district);
  GtkWidget *grid = gtk_grid_new ();
  int row = 0;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 2);
  gtk_grid_attach (GTK_GRID (grid),
                   luo_build_cell (by_district ? _ ("District") : _ ("Source"), FALSE, "caption dim-label"),
                   0, row, 1, 1);
  for (gsize i = 0; i < N_AMOUNTS; i++)
    gtk_grid_attach (GTK_GRID (grid), luo_build_cell (_ (amounts[i].label), TRUE, "caption dim-label"),
                     (int)i + 1, row, 1, 1);
  for (guint i = 0; i < sums->len; i++)
    {
      const FundSum *sum = &g_array_index (sums, FundSum, i);
      GtkWidget *label = luo_build_cell (sum->label, FALSE, sum->key == NULL ? "heading" : NULL);

      row++;
      gtk_widget_set_hexpand (label, TRUE);
      gtk_grid_attach (GTK_GRID (grid), label, 0, row, 1, 1);
      for (gsize j = 0; j < N_AMOUNTS; j++)
        gtk_grid_attach (GTK_GRID (grid), build_amount (page, sum, j, by_district), (int)j + 1, row, 1, 1);
      if (sum->key != NULL)
        gtk_grid_attach (GTK_GRID (grid), build_share (sum), 0, ++row, 4, 1);
    }
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
      GtkWidget *legend
          = luo_build_text (_ ("The bar is the share used of what was disbursed"), "caption dim-label");

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
      gtk_widget_add_css_class (legend, "table");
      gtk_widget_add_css_class (legend, "foot");
      gtk_box_append (GTK_BOX (card), legend);
    }
  return luo_build_group (_ ("Funds (in 10,000 yuan)"), card);
}
