/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-indicator-table.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "luo-build.h"
#include "luo-fit-bin.h"
#include "luo-format.h"
#include "luo-read.h"
#include "luo-task-figures.h"
#include "luo-trend.h"

#define MONTHS 3

typedef struct
{
  const char *name;
  const char *unit;
  char *target;         /* (owned) */
  char *months[MONTHS]; /* (owned) */
  char *state;          /* (owned): in words how it stands to its pace */
  const char *colour;   /* (nullable) */
  gint64 readings[12];
  gint64 pace[12];
  gboolean has_pace;
} Indicator;

static void
indicator_clear (gpointer data)
{
  Indicator *self = data;

  g_free (self->target);
  g_free (self->state);
  for (guint i = 0; i < MONTHS; i++)
    g_free (self->months[i]);
}

/* How many percentage points it is behind or ahead, in words. */
static char *
describe_pace (const LuoPace *pace, const char *unit, const char *kind)
{
  g_autofree char *points = NULL;
  g_autofree char *expected = NULL;

  if (!pace->known)
    return g_strdup ("");
  if (pace->done_permille >= 1000)
    return g_strdup (_ ("target reached"));
  points = g_strdup_printf ("%d", (abs (pace->behind_permille) + 5) / 10);
  expected = luo_format_amount (pace->expected, unit, kind);
  if (pace->behind_permille >= 5)
    /* Translators: an indicator stands so many percentage points behind its pace; what it should have */
    return g_strdup_printf (_ ("%1$s points behind pace, %2$s expected"), points, expected);
  if (pace->behind_permille <= -5)
    return g_strdup_printf (_ ("%s points ahead of pace"), points);
  return g_strdup (_ ("on pace"));
}

static void
read_indicator (Indicator *self, JsonObject *object, LuoDocument *task, GPtrArray *progress,
                const char *month, const LuoLampRule *rule)
{
  JsonObject *record = luo_document_get_object (task);
  guint number = (guint)strtoul (month + 5, NULL, 10);
  gint64 target, year = 0;
  LuoPace now = { 0 };

  luo_read_int (record, "year", &year);
  self->name = luo_read_text (object, "name");
  self->unit = luo_read_text (object, "unit");
  self->target = luo_read_int (object, "target", &target)
                     ? luo_format_amount (target, self->unit, luo_read_text (object, "kind"))
                     : g_strdup ("—");
  for (guint m = 0; m < 12; m++)
    {
      g_autofree char *at = g_strdup_printf ("%.4s-%02u", month, m + 1);
      LuoCityReading city;
      LuoPace pace = { 0 };
      gint64 nothing = 0;

      luo_task_figures_add_up (&city, object, progress, luo_document_get_id (task), at);
      self->readings[m] = city.present && m < number ? city.value : LUO_TREND_ABSENT;
      luo_pace_of (&pace, object, city.present ? &city.value : &nothing, (guint)year, at,
                   luo_read_text (record, "due"));
      self->pace[m] = pace.expected;
      self->has_pace = self->has_pace || pace.known;
      if (m + 1 == number && city.present)
        now = pace;
    }
  for (guint i = 0; i < MONTHS; i++)
    {
      int m = (int)number - MONTHS + (int)i;

      self->months[i] = m >= 0 && self->readings[m] != LUO_TREND_ABSENT
                            ? (g_strcmp0 (luo_read_text (object, "kind"), "share") == 0
                                   ? luo_format_share (self->readings[m])
                                   : luo_format_integer (self->readings[m]))
                            : g_strdup ("—");
    }
  self->colour = luo_task_figures_colour (&now, rule);
  self->state = describe_pace (&now, self->unit, luo_read_text (object, "kind"));
}

static GtkWidget *
trend_of (const Indicator *self)
{
  g_autofree char *name = luo_format_join (self->name, self->state, NULL);

  return luo_trend_new (self->readings, self->has_pace ? self->pace : NULL, self->colour, name);
}

static GtkWidget *
wide_table (GArray *indicators, char *labels[MONTHS])
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *head = luo_build_cell (_ ("Indicator"), FALSE, "caption dim-label");
  int row = 0;

  gtk_widget_add_css_class (grid, "table");
  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_widget_set_hexpand (head, TRUE);
  gtk_grid_attach (GTK_GRID (grid), head, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), luo_build_cell (_ ("Target"), TRUE, "caption dim-label"), 1, 0, 1, 1);
  for (int i = 0; i < MONTHS; i++)
    gtk_grid_attach (GTK_GRID (grid), luo_build_cell (labels[i], TRUE, "caption dim-label"), 2 + i, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), luo_build_cell (_ ("Trend"), FALSE, "caption dim-label"), 2 + MONTHS, 0,
                   1, 1);
  for (guint n = 0; n < indicators->len; n++)
    {
      Indicator *indicator = &g_array_index (indicators, Indicator, n);
      GtkWidget *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

      gtk_grid_attach (GTK_GRID (grid), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL), 0, ++row, 3 + MONTHS,
                       1);
      row++;
      gtk_box_append (GTK_BOX (names), luo_build_cell (indicator->name, FALSE, NULL));
      if (*indicator->state != '\0')
        gtk_box_append (GTK_BOX (names),
                        luo_build_cell (indicator->state, FALSE, "caption dim-label numeric"));
      gtk_grid_attach (GTK_GRID (grid), names, 0, row, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), luo_build_cell (indicator->target, TRUE, NULL), 1, row, 1, 1);
      for (int i = 0; i < MONTHS; i++)
        gtk_grid_attach (GTK_GRID (grid),
                         luo_build_cell (indicator->months[i], TRUE, i + 1 == MONTHS ? "heading" : NULL),
                         2 + i, row, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), trend_of (indicator), 2 + MONTHS, row, 1, 1);
    }
  gtk_box_append (GTK_BOX (card), grid);
  return card;
}

static GtkWidget *
narrow_table (GArray *indicators, char *labels[MONTHS])
{
  GtkWidget *list = luo_build_list ();

  for (guint n = 0; n < indicators->len; n++)
    {
      Indicator *indicator = &g_array_index (indicators, Indicator, n);
      GtkWidget *row = gtk_list_box_row_new ();
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
      GtkWidget *numbers = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

      gtk_widget_add_css_class (box, "fact");
      gtk_box_append (GTK_BOX (box), luo_build_text (indicator->name, "heading"));
      if (*indicator->state != '\0')
        gtk_box_append (GTK_BOX (box), luo_build_text (indicator->state, "caption dim-label numeric"));
      gtk_box_set_homogeneous (GTK_BOX (numbers), TRUE);
      for (int i = -1; i < MONTHS; i++)
        {
          GtkWidget *pair = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

          gtk_box_append (GTK_BOX (pair),
                          luo_build_text (i < 0 ? _ ("Target") : labels[i], "caption dim-label"));
          gtk_box_append (GTK_BOX (pair), luo_build_text (i < 0 ? indicator->target : indicator->months[i],
                                                          i + 1 == MONTHS ? "heading numeric" : "numeric"));
          gtk_box_append (GTK_BOX (numbers), pair);
        }
      gtk_box_append (GTK_BOX (box), numbers);
      gtk_box_append (GTK_BOX (box), trend_of (indicator));
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
      gtk_widget_set_focusable (row, FALSE);
      gtk_list_box_append (GTK_LIST_BOX (list), row);
    }
  return list;
}

GtkWidget *
luo_indicator_table_new (LuoDocument *task, GPtrArray *progress, const char *month, const LuoLampRule *rule)
{
  JsonArray *items = luo_read_array (luo_document_get_object (task), "indicators");
  g_autoptr (GArray) indicators = g_array_new (FALSE, TRUE, sizeof (Indicator));
  char *labels[MONTHS];
  GtkWidget *table;

  g_array_set_clear_func (indicators, indicator_clear);
  for (guint i = 0; i < luo_read_length (items); i++)
    {
      JsonObject *item = luo_read_item (items, i);
      Indicator indicator = { 0 };

      if (luo_read_text (item, "name") == NULL)
        continue;
      read_indicator (&indicator, item, task, progress, month, rule);
      g_array_append_val (indicators, indicator);
    }
  if (indicators->len == 0)
    return NULL;
  for (int i = 0; i < MONTHS; i++)
    {
      g_autofree char *at = luo_month_shift (month, i - (MONTHS - 1));

      labels[i] = luo_format_month_short (at);
    }
  table = luo_fit_bin_new (wide_table (indicators, labels), narrow_table (indicators, labels), 560);
  for (int i = 0; i < MONTHS; i++)
    g_free (labels[i]);
  return table;
}
