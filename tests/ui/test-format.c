/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>

#include "luo-format.h"

static void
test_integer (void)
{
  static const struct
  {
    gint64 value;
    const char *text;
  } vectors[] = {
    { 0, "0" },          { 7, "7" },          { 999, "999" },
    { 1000, "1,000" },   { 28704, "28,704" }, { 1234567, "1,234,567" },
    { -1500, "-1,500" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = luo_format_integer (vectors[i].value);

      g_test_message ("Vector %u", i);
      g_assert_cmpstr (text, ==, vectors[i].text);
    }
}

static void
test_share (void)
{
  g_autofree char *whole = luo_format_share (1000);
  g_autofree char *part = luo_format_share (667);

  g_assert_cmpstr (whole, ==, "100%");
  g_assert_cmpstr (part, ==, "66.7%");
}

/* A date says its year where it is not the one that is looked at; what is no date is shown as it is. */
static void
test_date (void)
{
  g_autofree char *same = luo_format_date ("2020-08-28", 2020);
  g_autofree char *other = luo_format_date ("2019-08-28", 2020);
  g_autofree char *wrong = luo_format_date ("2020-02-30", 2020);

  g_assert_null (strstr (same, "2020"));
  g_assert_nonnull (strstr (other, "2019"));
  g_assert_cmpstr (wrong, ==, "2020-02-30");
}

static void
test_month_shift (void)
{
  g_autofree char *before = luo_month_shift ("2020-01", -1);
  g_autofree char *after = luo_month_shift ("2020-12", 1);

  g_assert_cmpstr (before, ==, "2019-12");
  g_assert_cmpstr (after, ==, "2021-01");
}

static void
test_join (void)
{
  g_autofree char *text = luo_format_join ("", "a", "", "b", NULL);

  g_assert_cmpstr (text, ==, "a · b");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/integer/thousands", test_integer);
  g_test_add_func ("/format/share/per-cent", test_share);
  g_test_add_func ("/format/date/year-where-it-differs", test_date);
  g_test_add_func ("/format/month/shift-over-the-year", test_month_shift);
  g_test_add_func ("/format/join/leaves-out-what-is-empty", test_join);
  return g_test_run ();
}
