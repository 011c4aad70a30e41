/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-overview-sections.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-overview-door.h"

GtkWidget *
luo_overview_build_figure (const char *number, const char *label)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  g_autofree char *name = g_strdup_printf ("%s %s", label, number);

  gtk_box_append (GTK_BOX (box), luo_build_text (number, "title-2 numeric"));
  gtk_box_append (GTK_BOX (box), luo_build_text (label, "caption dim-label"));
  return luo_door_new (box, name);
}

GtkWidget *
luo_overview_build_cell (const char *text, gboolean numeric, const char *classes, const char *name)
{
  GtkWidget *button = luo_door_new (luo_build_cell (text, numeric, classes), name != NULL ? name : text);

  gtk_widget_remove_css_class (button, "door");
  gtk_widget_add_css_class (button, "cell");
  gtk_widget_set_halign (button, numeric ? GTK_ALIGN_END : GTK_ALIGN_START);
  return button;
}

char *
luo_overview_condition (const char *column, const char *value)
{
  return g_strdup_printf ("%s=%s", column, value);
}

char *
luo_overview_words_condition (const char *head, const char *value, const char *words)
{
  return g_strdup_printf ("%s%s\t%s", head, value, words);
}

char *
luo_overview_unsolved_condition (void)
{
  return luo_overview_words_condition ("findings/solved_on=", "", _ ("Not put right"));
}

char *
luo_overview_days_condition (const LuoOverview *data, gboolean year)
{
  g_autofree char *first = g_strdup_printf ("%.4s-01", data->month);
  g_autofree char *from = luo_format_month (first);
  g_autofree char *month = luo_format_month (data->month);
  g_autofree char *to = luo_format_month_short (data->month);
  g_autofree char *days = g_strdup_printf ("%s..%s", year ? data->year_begin : data->begin, data->end);
  g_autofree char *words = year && strcmp (first, data->month) != 0
                               /* Translators: months: "2020年1月", "8月" */
                               ? g_strdup_printf (_ ("%1$s to %2$s"), from, to)
                               : g_strdup (month);

  return luo_overview_words_condition ("on=", days, words);
}

const char *
luo_overview_district_label (const char *district)
{
  return *district != '\0' ? luo_format_office (district) : _ ("Not said");
}

static guint
place_of (const char *district)
{
  guint place = 0;

  while (luo_district_choices[place].value != NULL
         && strcmp (luo_district_choices[place].value, district) != 0)
    place++;
  return place + (*district == '\0');
}

int
luo_overview_compare_districts (gconstpointer a, gconstpointer b)
{
  const char *one = *(const char *const *)a;
  const char *two = *(const char *const *)b;
  guint first = place_of (one), second = place_of (two);

  return first != second ? (first < second ? -1 : 1) : strcmp (one, two);
}
