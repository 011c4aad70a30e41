/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-funds-table.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-fit-bin.h"
#include "luo-format.h"
#include "luo-money.h"
#include "luo-read.h"
#include "luo-title.h"

static const struct
{
  const char *member;
  const char *label;
} amounts[] = {
  { "allocated_fen", N_ ("Allocated") },
  { "disbursed_fen", N_ ("Disbursed") },
  { "used_fen", N_ ("Used") },
};

static char *
amount_text (JsonObject *line, const char *member)
{
  gint64 fen;

  return luo_read_int (line, member, &fen) && fen >= 0 ? luo_money_format_bare (fen) : g_strdup ("—");
}

static char *
total_text (JsonObject *project, const char *member)
{
  gint64 fen;

  return luo_title_funds (project, member, &fen) ? luo_money_format_bare (fen) : g_strdup ("—");
}

static void
attach_line (GtkGrid *grid, int row)
{
  gtk_grid_attach (grid, gtk_separator_new (GTK_ORIENTATION_HORIZONTAL), 0, row, 5, 1);
}

static GtkWidget *
wide_table (JsonObject *project, JsonArray *funds)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *document;
  int row = 0;

  gtk_widget_add_css_class (grid, "table");
  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_attach (GTK_GRID (grid), luo_build_cell (_ ("Source"), FALSE, "caption dim-label"), 0, row, 1, 1);
  document = luo_build_cell (_ ("Document"), FALSE, "caption dim-label");
  gtk_widget_set_hexpand (document, TRUE);
  gtk_grid_attach (GTK_GRID (grid), document, 1, row, 1, 1);
  for (int i = 0; i < 3; i++)
    gtk_grid_attach (GTK_GRID (grid), luo_build_cell (_ (amounts[i].label), TRUE, "caption dim-label"), 2 + i,
                     row, 1, 1);
  for (guint f = 0; f < luo_read_length (funds); f++)
    {
      JsonObject *line = luo_read_item (funds, f);
      const char *source = luo_read_text (line, "source");
      const char *number = luo_read_text (line, "document");

      attach_line (GTK_GRID (grid), ++row);
      row++;
      gtk_grid_attach (GTK_GRID (grid), luo_build_cell (source != NULL ? source : "—", FALSE, NULL), 0, row,
                       1, 1);
      document = luo_build_cell (number != NULL ? number : "—", FALSE, NULL);
      gtk_label_set_selectable (GTK_LABEL (document), TRUE);
      gtk_widget_set_focusable (document, FALSE);
      gtk_grid_attach (GTK_GRID (grid), document, 1, row, 1, 1);
      for (int i = 0; i < 3; i++)
        {
          g_autofree char *text = amount_text (line, amounts[i].member);

          gtk_grid_attach (GTK_GRID (grid), luo_build_cell (text, TRUE, NULL), 2 + i, row, 1, 1);
        }
    }
  attach_line (GTK_GRID (grid), ++row);
  row++;
  gtk_grid_attach (GTK_GRID (grid), luo_build_cell (_ ("Total (10,000 yuan)"), FALSE, "heading"), 0, row, 2,
                   1);
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *text = total_text (project, amounts[i].member);

      gtk_grid_attach (GTK_GRID (grid), luo_build_cell (text, TRUE, "heading"), 2 + i, row, 1, 1);
    }
  gtk_box_append (GTK_BOX (card), grid);
  return card;
}

static GtkWidget *
narrow_row (const char *title, const char *subtitle, char *texts[3])
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *numbers = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_widget_add_css_class (box, "fact");
  gtk_box_append (GTK_BOX (box), luo_build_text (title, "heading"));
  if (subtitle != NULL)
    gtk_box_append (GTK_BOX (box), luo_build_text (subtitle, "caption dim-label"));
  gtk_box_set_homogeneous (GTK_BOX (numbers), TRUE);
  for (int i = 0; i < 3; i++)
    {
      GtkWidget *pair = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

      gtk_box_append (GTK_BOX (pair), luo_build_text (_ (amounts[i].label), "caption dim-label"));
      gtk_box_append (GTK_BOX (pair), luo_build_text (texts[i], "numeric"));
      gtk_box_append (GTK_BOX (numbers), pair);
      g_free (texts[i]);
    }
  gtk_box_append (GTK_BOX (box), numbers);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  return row;
}

static GtkWidget *
narrow_table (JsonObject *project, JsonArray *funds)
{
  GtkWidget *list = luo_build_list ();

  for (guint f = 0; f < luo_read_length (funds); f++)
    {
      JsonObject *line = luo_read_item (funds, f);
      const char *source = luo_read_text (line, "source");
      char *texts[3];

      for (int i = 0; i < 3; i++)
        texts[i] = amount_text (line, amounts[i].member);
      gtk_list_box_append (GTK_LIST_BOX (list), narrow_row (source != NULL ? source : "—",
                                                            luo_read_text (line, "document"), texts));
    }
  {
    char *texts[3];

    for (int i = 0; i < 3; i++)
      texts[i] = total_text (project, amounts[i].member);
    gtk_list_box_append (GTK_LIST_BOX (list), narrow_row (_ ("Total (10,000 yuan)"), NULL, texts));
  }
  return list;
}

GtkWidget *
luo_funds_table_new (JsonObject *project)
{
  JsonArray *funds = luo_read_array (project, "funds");

  return luo_fit_bin_new (wide_table (project, funds), narrow_table (project, funds), 420);
}
