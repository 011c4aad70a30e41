/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-format.h"

#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static gboolean
read_date (const char *date, int *year, int *month, int *day)
{
  int end = 0;

  return date != NULL && sscanf (date, "%4d-%2d-%2d%n", year, month, day, &end) == 3 && end == 10 && *year > 0
         && *month >= 1 && *month <= 12 && *day >= 1
         && *day <= g_date_get_days_in_month ((GDateMonth)*month, (GDateYear)*year);
}

static char *
format_day (GDateTime *time, guint year)
{
  if ((guint)g_date_time_get_year (time) == year)
    /* Translators: a day of this year, as strftime writes it; in Chinese %-m月%-d日 */
    return g_date_time_format (time, _ ("%-d %B"));
  /* Translators: a day with its year; in Chinese %Y年%-m月%-d日 */
  return g_date_time_format (time, _ ("%-d %B %Y"));
}

char *
luo_format_date (const char *date, guint year)
{
  g_autoptr (GDateTime) time = NULL;
  int y, m, d;

  if (!read_date (date, &y, &m, &d))
    return g_strdup (date != NULL ? date : "");
  time = g_date_time_new_utc (y, m, d, 0, 0, 0);
  return format_day (time, year);
}

static GDateTime *
read_month (const char *month)
{
  int y, m;

  if (month == NULL || sscanf (month, "%4d-%2d", &y, &m) != 2 || y < 1 || m < 1 || m > 12)
    return NULL;
  return g_date_time_new_utc (y, m, 1, 0, 0, 0);
}

char *
luo_format_month (const char *month)
{
  g_autoptr (GDateTime) time = read_month (month);

  if (time == NULL)
    return g_strdup (month != NULL ? month : "");
  /* Translators: a month with its year; in Chinese %Y年%-m月 */
  return g_date_time_format (time, _ ("%B %Y"));
}

char *
luo_format_month_short (const char *month)
{
  g_autoptr (GDateTime) time = read_month (month);

  if (time == NULL)
    return g_strdup (month != NULL ? month : "");
  /* Translators: a month alone; in Chinese %-m月 */
  return g_date_time_format (time, _ ("%b"));
}

char *
luo_format_instant (const char *instant, guint year)
{
  g_autoptr (GDateTime) time = instant != NULL ? g_date_time_new_from_iso8601 (instant, NULL) : NULL;
  g_autoptr (GDateTime) local = time != NULL ? g_date_time_to_local (time) : NULL;
  g_autofree char *day = NULL;
  g_autofree char *clock = NULL;

  if (local == NULL)
    return g_strdup (instant != NULL ? instant : "");
  day = format_day (local, year);
  clock = g_date_time_format (local, "%H:%M");
  return g_strdup_printf ("%s %s", day, clock);
}

char *
luo_format_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *clock = NULL;
  g_autofree char *day = NULL;

  if (time == NULL)
    return g_strdup ("");
  clock = g_date_time_format (time, "%H:%M");
  if (g_date_time_get_year (time) == g_date_time_get_year (now)
      && g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (now))
    return g_steal_pointer (&clock);
  day = format_day (time, (guint)g_date_time_get_year (now));
  return g_strdup_printf ("%s %s", day, clock);
}

char *
luo_format_integer (gint64 value)
{
  char digits[32];
  GString *out = g_string_new (NULL);
  gsize length;

  g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, value);
  length = strlen (digits);
  for (gsize i = 0; i < length; i++)
    {
      g_string_append_c (out, digits[i]);
      if (digits[i] != '-' && i + 1 < length && (length - i - 1) % 3 == 0)
        g_string_append_c (out, ',');
    }
  return g_string_free (out, FALSE);
}

char *
luo_format_share (gint64 permille)
{
  if (permille % 10 == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT "%%", permille / 10);
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%d%%", permille / 10, (int)ABS (permille % 10));
}

char *
luo_format_amount (gint64 value, const char *unit, const char *kind)
{
  g_autofree char *number = NULL;

  if (g_strcmp0 (kind, "share") == 0 || g_strcmp0 (unit, "‰") == 0)
    return luo_format_share (value);
  number = luo_format_integer (value);
  if (unit == NULL)
    return g_steal_pointer (&number);
  /* A unit stays with its number where the line ends. */
  return g_strdup_printf ("%s\u00a0%s", number, unit);
}

const char *
luo_format_office (const char *office)
{
  if (office == NULL)
    return "";
  if (strcmp (office, "city") == 0)
    /* Translators: the city's own civil-affairs bureau, 市局 */
    return _ ("City bureau");
  return luo_choice_label (luo_district_choices, office);
}

const char *
luo_format_choice (const LuoChoice *choices, const char *value)
{
  return value != NULL ? luo_choice_label (choices, value) : "";
}

char *
luo_format_join (const char *first, ...)
{
  GString *out = g_string_new (first != NULL ? first : "");
  va_list parts;

  va_start (parts, first);
  while (first != NULL)
    {
      first = va_arg (parts, const char *); /* NOLINT(clang-analyzer-valist.Uninitialized) */
      if (first == NULL || *first == '\0')
        continue;
      if (out->len > 0)
        g_string_append (out, " · ");
      g_string_append (out, first);
    }
  va_end (parts);
  return g_string_free (out, FALSE);
}

char *
luo_month_shift (const char *month, int months)
{
  g_autoptr (GDateTime) time = read_month (month);
  g_autoptr (GDateTime) moved = time != NULL ? g_date_time_add_months (time, months) : NULL;

  return moved != NULL ? g_date_time_format (moved, "%Y-%m") : g_strdup (month);
}
