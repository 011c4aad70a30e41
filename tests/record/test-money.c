/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-money.h"
#include "luo-record-error.h"

static void
test_reads (void)
{
  static const struct
  {
    const char *text;
    gint64 fen;
    const char *printed;
  } vectors[] = {
    { "669.6万元", 669600000, "669.6万元" },
    { "669.6万", 669600000, "669.6万元" },
    { "669.6", 669600000, "669.6万元" },
    { "669.60 万元", 669600000, "669.6万元" },
    { " 669.6万元 ", 669600000, "669.6万元" },
    { "６６９．６万元", 669600000, "669.6万元" },
    { "　６６９．６　万元", 669600000, "669.6万元" },
    { "756万元", 756000000, "756万元" },
    { "0", 0, "0万元" },
    { "0.000万元", 0, "0万元" },
    { "1,234.5万元", 1234500000, "1234.5万元" },
    { "１，２３４．５万元", 1234500000, "1234.5万元" },
    { "1,234,567元", 123456700, "123.4567万元" },
    { "50元", 5000, "0.005万元" },
    { "0.01元", 1, "0.000001万元" },
    { "0.000001", 1, "0.000001万元" },
    { "0.0000010000", 1, "0.000001万元" },
    { "12345.67元", 1234567, "1.234567万元" },
    { "1.2亿元", G_GINT64_CONSTANT (12000000000), "12000万元" },
    { "1.2亿", G_GINT64_CONSTANT (12000000000), "12000万元" },
    { "007万元", 7000000, "7万元" },
    { "9007199254.740991万元", LUO_MONEY_MAX, "9007199254.740991万元" },
    { "90071992547409.91元", LUO_MONEY_MAX, "9007199254.740991万元" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gint64 fen = -1, again = -1;
      g_autofree char *printed = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("Vector %s", vectors[i].text);
      g_assert_true (luo_money_parse (vectors[i].text, &fen, &error));
      g_assert_no_error (error);
      g_assert_cmpint (fen, ==, vectors[i].fen);
      printed = luo_money_format (fen);
      g_assert_cmpstr (printed, ==, vectors[i].printed);
      g_assert_true (luo_money_parse (printed, &again, NULL));
      g_assert_cmpint (again, ==, fen);
    }
}

/* What is printed reads back to the same amount, whatever the amount. */
static void
test_round_trip (void)
{
  for (int i = 0; i < 10000; i++)
    {
      gint64 fen = ((gint64)g_test_rand_int_range (0, 1 << 30) << 23 | g_test_rand_int_range (0, 1 << 23))
                   >> g_test_rand_int_range (0, 53);
      g_autofree char *printed = luo_money_format (fen);
      g_autofree char *bare = luo_money_format_bare (fen);
      gint64 again = -1;

      g_assert_true (luo_money_parse (printed, &again, NULL));
      g_assert_cmpint (again, ==, fen);
      again = -1;
      g_assert_true (luo_money_parse (bare, &again, NULL));
      g_assert_cmpint (again, ==, fen);
    }
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *text;
    const char *why;
  } vectors[] = {
    { "", "not an amount" },
    { "万元", "not an amount" },
    { "abc", "not an amount" },
    { "六百万元", "not an amount" },
    { "669.6万元整", "not an amount" },
    { "669.6 美元", "not an amount" },
    { "669.万元", "not an amount" },
    { ".5万元", "not an amount" },
    { "6 69万元", "not an amount" },
    { "1,23万元", "not an amount" },
    { "1234,567元", "not an amount" },
    { "1,2345元", "not an amount" },
    { ",123元", "not an amount" },
    { "1,234,元", "not an amount" },
    { "1.2.3万元", "not an amount" },
    { "+5万元", "not an amount" },
    { "1e3万元", "not an amount" },
    { "0x10", "not an amount" },
    { "inf", "not an amount" },
    { "\xff", "not an amount" },
    { "-5万元", "negative" },
    { "－5万元", "negative" },
    { "−5万元", "negative" },
    { "0.0000001", "fen" },
    { "669.6000001万元", "fen" },
    { "0.001元", "fen" },
    { "9007199254.740992万元", "largest" },
    { "90071992547409.92元", "largest" },
    { "1000000000000亿元", "largest" },
    { "99999999999999999999999999999999", "largest" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gint64 fen = 42;
      g_autoptr (GError) error = NULL;

      g_assert_false (luo_money_parse (vectors[i].text, &fen, &error));
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE);
      g_test_message ("Vector %" G_GSIZE_FORMAT ": %s", i, error->message);
      g_assert_nonnull (strstr (error->message, vectors[i].why));
      g_assert_cmpint (fen, ==, 42);
    }
}

static void
test_prints (void)
{
  static const struct
  {
    gint64 fen;
    const char *bare;
  } vectors[] = {
    { 0, "0" },
    { 1669600000, "1,669.6" },
    { 669600000, "669.6" },
    { 999000000, "999" },
    { 1000000000, "1,000" },
    { G_GINT64_CONSTANT (1234567890123), "1,234,567.890123" },
    { -1669600000, "-1,669.6" }, /* a difference */
    { G_MININT64, "-9,223,372,036,854.775808" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *bare = luo_money_format_bare (vectors[i].fen);

      g_assert_cmpstr (bare, ==, vectors[i].bare);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/money/reads", test_reads);
  g_test_add_func ("/record/money/round-trip", test_round_trip);
  g_test_add_func ("/record/money/refuses", test_refuses);
  g_test_add_func ("/record/money/prints", test_prints);
  return g_test_run ();
}
