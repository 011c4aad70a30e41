/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-indicator.h"

#include <string.h>

/* Readings are below 2^53, so that a sum of so many offices can not overflow; more of them stay at the top. */
static gint64
add (gint64 a, gint64 b)
{
  gint64 sum;

  return __builtin_add_overflow (a, b, &sum) ? G_MAXINT64 : sum;
}

/* Covered of eligible, per mille, rounded down: 1000 is said only when everybody is covered. */
static gint64
share_of (gint64 covered, gint64 eligible)
{
  if (covered >= eligible)
    return covered == eligible ? 1000 : (gint64)((double)covered / (double)eligible * 1000);
  return MIN ((gint64)((double)covered * 1000.0 / (double)eligible), 999);
}

static gboolean
is_city (const LuoOfficeReading *reading)
{
  return g_strcmp0 (reading->office, "city") == 0;
}

/* What one office says for itself. A share is counted anew where the counts are there. */
static gint64
value_of (const LuoOfficeReading *reading, gboolean share)
{
  if (share && reading->counted && reading->eligible > 0)
    return share_of (reading->covered, reading->eligible);
  return reading->value;
}

void
luo_indicator_add_up (LuoCityReading *city, const char *kind, const LuoOfficeReading *readings, gsize n)
{
  gboolean share, level, tick;
  gint64 covered = 0, eligible = 0;
  gint64 greatest = 0;

  g_return_if_fail (city != NULL);
  g_return_if_fail (kind != NULL);
  g_return_if_fail (readings != NULL || n == 0);

  share = strcmp (kind, "share") == 0;
  level = strcmp (kind, "level") == 0;
  tick = strcmp (kind, "tick") == 0;

  memset (city, 0, sizeof *city);
  for (gsize i = 0; i < n; i++)
    {
      const LuoOfficeReading *reading = &readings[i];
      gboolean counted = share && reading->counted && reading->eligible > 0;

      if (!reading->present && !counted)
        continue;
      if (is_city (reading))
        {
          city->own = TRUE;
          city->value = value_of (reading, share);
          continue;
        }
      city->offices++;
      if (counted)
        {
          covered = add (covered, reading->covered);
          eligible = add (eligible, reading->eligible);
        }
      else if (tick)
        city->sum += reading->value != 0;
      else if (!share)
        city->sum = add (city->sum, reading->value);
      greatest = city->offices == 1 ? reading->value : MAX (greatest, reading->value);
    }

  if (share)
    {
      /* A mean of shares would weigh a village like a city: without counts there is nothing to add up. */
      city->sum_present = eligible > 0;
      city->sum = eligible > 0 ? share_of (covered, eligible) : 0;
    }
  else if (level)
    {
      city->sum_present = FALSE;
      city->sum = 0;
    }
  else
    city->sum_present = city->offices > 0;

  city->differs = city->own && city->sum_present && city->value != city->sum;
  city->present = city->own || city->sum_present || (level && city->offices > 0);
  if (!city->own)
    city->value = level ? greatest : city->sum;
}
