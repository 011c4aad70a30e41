/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-text-private.h"

char *
luo_text_fold_width (const char *text)
{
  GString *out;

  g_return_val_if_fail (text != NULL, NULL);

  if (!g_utf8_validate (text, -1, NULL))
    return g_strdup ("");
  out = g_string_new (NULL);
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (c >= 0xff01 && c <= 0xff5e)
        c -= 0xff01 - 0x21;
      else if (g_unichar_isspace (c))
        c = ' ';
      g_string_append_unichar (out, c);
    }
  return g_strstrip (g_string_free (out, FALSE));
}
