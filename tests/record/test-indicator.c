/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-indicator.h"

static void
test_sums (void)
{
  static const char *kinds[] = { "cumulative", "monthly", "something-new" };
  const LuoOfficeReading readings[]
      = { { "huanggu", TRUE, 8 }, { "hunnan", FALSE, 99 }, { "heping", TRUE, 7 }, { "city", TRUE, 15 } };
  LuoCityReading city;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      luo_indicator_add_up (&city, kinds[i], readings, 3);
      g_assert_true (city.present && !city.own && city.sum_present && !city.differs);
      g_assert_cmpint (city.value, ==, 15);
      g_assert_cmpuint (city.offices, ==, 2);

      luo_indicator_add_up (&city, kinds[i], readings, 4);
      g_assert_true (city.present && city.own && city.sum_present && !city.differs);
      g_assert_cmpint (city.value, ==, 15);
      g_assert_cmpuint (city.offices, ==, 2);
    }
}

/* The city's own figure wins, and that it differs is said. */
static void
test_own_differs (void)
{
  const LuoOfficeReading readings[] = { { "city", TRUE, 20 }, { "huanggu", TRUE, 8 } };
  LuoCityReading city;

  luo_indicator_add_up (&city, "cumulative", readings, 2);
  g_assert_true (city.own && city.differs);
  g_assert_cmpint (city.value, ==, 20);
  g_assert_cmpint (city.sum, ==, 8);

  luo_indicator_add_up (&city, "cumulative", readings, 1);
  g_assert_true (city.present && city.own && !city.sum_present && !city.differs);
  g_assert_cmpint (city.value, ==, 20);

  luo_indicator_add_up (&city, "cumulative", NULL, 0);
  g_assert_false (city.present || city.own || city.sum_present || city.differs);
}

static void
test_level (void)
{
  const LuoOfficeReading readings[]
      = { { "heping", TRUE, 110 }, { "huanggu", TRUE, 115 }, { "city", TRUE, 112 } };
  LuoCityReading city;

  luo_indicator_add_up (&city, "level", readings, 2);
  g_assert_true (city.present && !city.own && !city.differs);
  g_assert_cmpint (city.value, ==, 115);
  luo_indicator_add_up (&city, "level", readings, 3);
  g_assert_true (city.own && !city.differs);
  g_assert_cmpint (city.value, ==, 112);
}

/* A share comes from the sums: the mean of 50 % of 10 and 100 % of 990 would be 75 %. */
static void
test_share (void)
{
  const LuoOfficeReading readings[] = {
    { "heping", TRUE, 500, TRUE, 5, 10 },
    { "huanggu", FALSE, 0, TRUE, 990, 990 },
    { "hunnan", TRUE, 100 },
    { "city", TRUE, 900 },
  };
  const LuoOfficeReading empty[] = { { "heping", TRUE, 0, TRUE, 0, 0 }, { "huanggu", TRUE, 700 } };
  const LuoOfficeReading almost = { "city", FALSE, 0, TRUE, 9999, 10000 };
  LuoCityReading city;

  luo_indicator_add_up (&city, "share", readings, 3);
  g_assert_true (city.present && city.sum_present && !city.own);
  g_assert_cmpint (city.value, ==, 995);
  g_assert_cmpuint (city.offices, ==, 3);
  luo_indicator_add_up (&city, "share", readings, 4);
  g_assert_true (city.own && city.differs);
  g_assert_cmpint (city.value, ==, 900);
  g_assert_cmpint (city.sum, ==, 995);

  luo_indicator_add_up (&city, "share", empty, 2);
  g_assert_false (city.present || city.sum_present);

  luo_indicator_add_up (&city, "share", &almost, 1);
  g_assert_true (city.own);
  g_assert_cmpint (city.value, ==, 999);
}

static void
test_tick (void)
{
  const LuoOfficeReading readings[]
      = { { "heping", TRUE, 1 }, { "huanggu", TRUE, 0 }, { "hunnan", TRUE, 7 } };
  LuoCityReading city;

  luo_indicator_add_up (&city, "tick", readings, 3);
  g_assert_cmpint (city.value, ==, 2);
  g_assert_cmpuint (city.offices, ==, 3);
}

static void
test_no_overflow (void)
{
  const LuoOfficeReading readings[] = { { "heping", TRUE, G_MAXINT64 }, { "huanggu", TRUE, G_MAXINT64 } };
  LuoCityReading city;

  luo_indicator_add_up (&city, "cumulative", readings, 2);
  g_assert_cmpint (city.value, ==, G_MAXINT64);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/indicator/sums", test_sums);
  g_test_add_func ("/record/indicator/own-differs", test_own_differs);
  g_test_add_func ("/record/indicator/level", test_level);
  g_test_add_func ("/record/indicator/share", test_share);
  g_test_add_func ("/record/indicator/tick", test_tick);
  g_test_add_func ("/record/indicator/no-overflow", test_no_overflow);
  return g_test_run ();
}
