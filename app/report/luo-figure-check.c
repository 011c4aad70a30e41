/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-figure-check.h"

#include <string.h>

/* Whether a clause ends here, so that a number behind it belongs to something else. */
static gboolean
ends_clause (gunichar c)
{
  return c == 0x3002 || c == 0xFF0C || c == ',' || c == 0xFF1B || c == ';' || c == 0x3001 || c == '\n'
         || c == '.';
}

/* Reads a number at @p, thousands separated or not. Returns: where it ends; NULL where there is none or it is too large. */
static const char *
read_number (const char *p, gint64 *value)
{
  const char *start = p;

  *value = 0;
  for (;;)
    {
      gunichar c = g_utf8_get_char (p);
      const char *next = g_utf8_next_char (p);
      int digit = c != 0 ? g_unichar_digit_value (c) : -1;

      if ((c == ',' || c == 0xFF0C) && p > start && g_unichar_digit_value (g_utf8_get_char (next)) >= 0)
        {
          p = next;
          continue;
        }
      if (digit < 0)
        return p > start ? p : NULL;
      if (__builtin_mul_overflow (*value, 10, value) || __builtin_add_overflow (*value, digit, value))
        return NULL;
      p = next;
    }
}

static gboolean
number_behind (const char *p, const char *unit, gint64 *found)
{
  for (int i = 0; i <= LUO_FIGURE_CHECK_REACH && *p != '\0'; i++, p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      const char *end;

      if (ends_clause (c))
        return FALSE;
      if (g_unichar_digit_value (c) < 0)
        continue;
      end = read_number (p, found);
      if (end == NULL)
        return FALSE;
      while (g_unichar_isspace (g_utf8_get_char (end)))
        end = g_utf8_next_char (end);
      return unit == NULL || *unit == '\0' || g_str_has_prefix (end, unit);
    }
  return FALSE;
}

gboolean
luo_figure_check (const char *text, const char *name, const char *unit, gint64 *found)
{
  const char *p;

  g_return_val_if_fail (found != NULL, FALSE);

  if (text == NULL || name == NULL || *name == '\0' || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (p = strstr (text, name); p != NULL; p = strstr (p + 1, name))
    if (number_behind (p + strlen (name), unit, found))
      return TRUE;
  return FALSE;
}
