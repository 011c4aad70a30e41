/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-progress-check.h"

#include "luo-read.h"

static LuoFigureName
name_of (JsonObject *indicator)
{
  LuoFigureName name = { luo_read_text (indicator, "name"), luo_read_text (indicator, "unit"),
                         luo_read_text (indicator, "kind") };

  return name;
}

static void
check_text (GArray *checked, JsonArray *indicators, const char *member, const char *text,
            LuoFigureScope scope, guint month, const char *place, LuoReadingFunc reading, gpointer user_data)
{
  LuoFigureName names[LUO_FIGURE_NAMES];
  guint n = MIN (luo_read_length (indicators), LUO_FIGURE_NAMES);
  g_autoptr (GArray) figures = NULL;

  for (guint i = 0; i < n; i++)
    names[i] = name_of (luo_read_item (indicators, i));
  figures = luo_figures_find (text, scope, month, place, names, n);
  for (guint i = 0; i < figures->len; i++)
    {
      LuoCheckedFigure one = { .member = member, .figure = g_array_index (figures, LuoFigure, i) };

      one.indicator = luo_read_item (indicators, one.figure.indicator);
      if (!reading (one.indicator, &one.reading, user_data))
        continue;
      one.agrees = luo_figure_agrees (&one.figure, one.reading);
      g_array_append_val (checked, one);
    }
}

GArray *
luo_progress_check (JsonObject *task, const char *overall, const char *this_month, const char *month,
                    const char *place, LuoReadingFunc reading, gpointer user_data)
{
  GArray *checked = g_array_new (FALSE, FALSE, sizeof (LuoCheckedFigure));
  JsonArray *indicators = luo_read_array (task, "indicators");
  guint number = month != NULL && strlen (month) == 7 ? (guint)g_ascii_strtoull (month + 5, NULL, 10) : 0;

  g_return_val_if_fail (reading != NULL, checked);

  check_text (checked, indicators, "overall", overall, LUO_FIGURE_OVERALL, number, place, reading, user_data);
  check_text (checked, indicators, "this_month", this_month, LUO_FIGURE_THIS_MONTH, number, place, reading,
              user_data);
  return checked;
}

static gboolean
read_share (JsonArray *shares, const char *key, gint64 *value)
{
  for (guint i = 0; i < luo_read_length (shares); i++)
    {
      JsonObject *share = luo_read_item (shares, i);
      gint64 covered, eligible, thousand;

      if (share == NULL || g_strcmp0 (luo_read_text (share, "key"), key) != 0
          || !luo_read_int (share, "covered", &covered) || !luo_read_int (share, "eligible", &eligible)
          || eligible <= 0 || __builtin_mul_overflow (covered, 1000, &thousand))
        continue;
      *value = thousand / eligible;
      return TRUE;
    }
  return FALSE;
}

gboolean
luo_progress_reading (JsonObject *progress, JsonObject *indicator, gint64 *value)
{
  const char *key = luo_read_text (indicator, "key");

  *value = 0;
  if (progress == NULL || key == NULL)
    return FALSE;
  return read_share (luo_read_array (progress, "shares"), key, value)
         || luo_read_int (luo_read_object (progress, "readings"), key, value);
}

char *
luo_checked_figure_write (const LuoCheckedFigure *self)
{
  LuoFigureName name;

  g_return_val_if_fail (self != NULL, NULL);

  name = name_of (self->indicator);
  return luo_figure_write (&self->figure, &name, self->reading);
}
