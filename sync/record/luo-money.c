/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-money.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-record-error.h"
#include "luo-text-private.h"

/* 万元 in fen, and how many decimals that is. */
#define WAN_FEN G_GINT64_CONSTANT (1000000)
#define WAN_DECIMALS 6

/* The units that may follow a number; the longest that fits is taken. */
static const struct
{
  const char *unit;
  int decimals; /* of the unit in fen */
} units[] = {
  { "亿元", 10 }, { "万元", WAN_DECIMALS }, { "亿", 10 }, { "万", WAN_DECIMALS },
  { "元", 2 },    { "", WAN_DECIMALS },
};

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *message = NULL;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE, message);
  return FALSE;
}

static gboolean
refuse_form (GError **error, const char *text)
{
  return refuse (error, _ ("“%s” is not an amount; expected one such as 669.6万元"), text);
}

/* The digits before the point, with or without commas between thousands, into @digits. Returns what follows them; NULL where
 * the commas do not stand between thousands. */
static const char *
read_whole (const char *p, GString *digits)
{
  gsize group = strspn (p, "0123456789");
  gboolean grouped = p[group] == ',';

  if (group == 0 || (grouped && group > 3))
    return NULL;
  for (;;)
    {
      g_string_append_len (digits, p, (gssize)group);
      p += group;
      if (*p != ',')
        return p;
      p++;
      group = strspn (p, "0123456789");
      if (group != 3)
        return NULL;
    }
}

gboolean
luo_money_parse (const char *text, gint64 *fen, GError **error)
{
  g_autofree char *folded = NULL;
  g_autoptr (GString) digits = g_string_new (NULL);
  const char *p;
  const char *fraction;
  gsize fraction_length = 0;
  int decimals = -1;
  gint64 amount = 0;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (fen != NULL, FALSE);

  folded = luo_text_fold_width (text);
  if (*folded == '-' || g_str_has_prefix (folded, "−"))
    return refuse (error, _ ("“%s” is negative; an amount is zero or more"), text);
  p = read_whole (folded, digits);
  if (p == NULL)
    return refuse_form (error, text);
  fraction = p;
  if (*p == '.')
    {
      fraction = p + 1;
      fraction_length = strspn (fraction, "0123456789");
      if (fraction_length == 0)
        return refuse_form (error, text);
      p = fraction + fraction_length;
    }
  while (*p == ' ')
    p++;
  for (gsize i = 0; i < G_N_ELEMENTS (units) && decimals < 0; i++)
    if (strcmp (p, units[i].unit) == 0)
      decimals = units[i].decimals;
  if (decimals < 0)
    return refuse_form (error, text);

  /* Zeros at the end of the fraction mean nothing; any other digit past the fen can not be kept. */
  while (fraction_length > 0 && fraction[fraction_length - 1] == '0')
    fraction_length--;
  if (fraction_length > (gsize)decimals)
    return refuse (error, _ ("“%s” is not a whole number of fen (0.01 yuan)"), text);
  g_string_append_len (digits, fraction, (gssize)fraction_length);
  for (gsize i = fraction_length; i < (gsize)decimals; i++)
    g_string_append_c (digits, '0');

  for (gsize i = 0; i < digits->len; i++)
    {
      int digit = digits->str[i] - '0';

      if (amount > (LUO_MONEY_MAX - digit) / 10)
        {
          g_autofree char *limit = luo_money_format (LUO_MONEY_MAX);

          return refuse (error, _ ("“%s” is larger than the largest amount, %s"), text, limit);
        }
      amount = amount * 10 + digit;
    }
  *fen = amount;
  return TRUE;
}

/* The amount in 万元 in its shortest exact form. @grouped: with commas between thousands. */
static GString *
print (gint64 fen, gboolean grouped)
{
  GString *out = g_string_new (NULL);
  guint64 amount = fen < 0 ? (guint64)0 - (guint64)fen : (guint64)fen;
  guint64 fraction = amount % WAN_FEN;
  gsize first;

  if (fen < 0)
    g_string_append_c (out, '-');
  first = out->len;
  g_string_append_printf (out, "%" G_GUINT64_FORMAT, amount / WAN_FEN);
  if (grouped)
    for (gsize at = out->len; at > first + 3;)
      {
        at -= 3;
        g_string_insert_c (out, (gssize)at, ',');
      }
  if (fraction > 0)
    {
      g_string_append_printf (out, ".%0*" G_GUINT64_FORMAT, WAN_DECIMALS, fraction);
      while (out->str[out->len - 1] == '0')
        g_string_truncate (out, out->len - 1);
    }
  return out;
}

char *
luo_money_format (gint64 fen)
{
  GString *out = print (fen, FALSE);

  g_string_append (out, "万元");
  return g_string_free (out, FALSE);
}

char *
luo_money_format_bare (gint64 fen)
{
  return g_string_free (print (fen, TRUE), FALSE);
}
