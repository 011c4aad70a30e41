/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * LuoOfficeReading: what one office reported for one indicator and month.
 */
typedef struct
{
  const char *office;
  gboolean present;
  gint64 value;     /* for share: per mille where covered/eligible are absent */
  gboolean counted; /* covered and eligible are there */
  gint64 covered, eligible;
} LuoOfficeReading;

/**
 * LuoCityReading: the offices of one indicator and month added up.
 */
typedef struct
{
  gboolean present;
  gint64 value;
  gboolean own; /* the city's own reading won */
  gint64 sum;   /* what the offices add up to */
  gboolean sum_present;
  gboolean differs; /* own and sum are both there and differ: said to a person */
  guint offices;    /* how many reported */
} LuoCityReading;

/**
 * luo_indicator_add_up:
 * @kind: cumulative | monthly | level | share | tick
 * @readings: one per office; the one of office "city" is the city's own
 *
 * Adds up by kind: cumulative and monthly are sums, level the city's own or the greatest, share from the sums of covered and
 * eligible (never a mean of shares, so nothing where no office counts), tick the number of offices whose value is not 0. A share is
 * rounded down, so that 1000 is only said of all. The offices are those beside the city. Where the city has a reading of its own it
 * wins and, but for level, is compared with what the offices add up to. Any other kind is a sum.
 */
void luo_indicator_add_up (LuoCityReading *city, const char *kind, const LuoOfficeReading *readings, gsize n);

G_END_DECLS
