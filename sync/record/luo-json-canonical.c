/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-json-text.h"

#include <string.h>

#include "luo-json-scan-private.h"
#include "luo-record-error.h"

/* A member of an object that is being printed: its decoded name, and where it stands in what was printed. */
typedef struct
{
  GString *name; /* (owned) */
  gsize offset;
  gsize length;
} Printed;

static void
printed_clear (gpointer data)
{
  Printed *printed = data;

  g_string_free (printed->name, TRUE);
}

static int
compare_printed (gconstpointer a, gconstpointer b)
{
  const Printed *one = a, *two = b;
  gsize common = MIN (one->name->len, two->name->len);
  int order = memcmp (one->name->str, two->name->str, common);

  if (order != 0)
    return order;
  return one->name->len < two->name->len ? -1 : one->name->len > two->name->len;
}

/* The text is checked before it is printed, so that nothing below has to look for its end. */

static const char *
skip_space (const char *p)
{
  while (luo_json_is_space (*p))
    p++;
  return p;
}

/* The closing quote of the string whose inside begins at @p. */
static const char *
string_end (const char *p)
{
  while (*p != '"')
    p += *p == '\\' ? 2 : 1;
  return p;
}

static const char *
print_string (GString *out, const char *p)
{
  const char *inside = p + 1;
  const char *closing = string_end (inside);
  gsize length = (gsize)(closing - inside);

  if (memchr (inside, '\\', length) == NULL)
    g_string_append_len (out, p, closing + 1 - p);
  else
    {
      g_autoptr (GString) decoded = g_string_sized_new (length);

      luo_json_decode_append (decoded, inside, length);
      luo_json_append_bytes (out, decoded->str, decoded->len);
    }
  return closing + 1;
}

static const char *print_value (GString *out, const char *p, const char *end);

static const char *
print_array (GString *out, const char *p, const char *end)
{
  g_string_append_c (out, '[');
  p = skip_space (p + 1);
  while (*p != ']')
    {
      p = skip_space (print_value (out, p, end));
      if (*p == ',')
        {
          g_string_append_c (out, ',');
          p = skip_space (p + 1);
        }
    }
  g_string_append_c (out, ']');
  return p + 1;
}

static const char *
print_object (GString *out, const char *p, const char *end)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (Printed));
  gsize begin = out->len;
  gboolean sorted = TRUE;

  g_array_set_clear_func (members, printed_clear);
  g_string_append_c (out, '{');
  p = skip_space (p + 1);
  while (*p != '}')
    {
      Printed printed = { g_string_new (NULL), out->len, 0 };
      const char *name = p + 1;
      const char *closing = string_end (name);

      luo_json_decode_append (printed.name, name, (gsize)(closing - name));
      luo_json_append_bytes (out, printed.name->str, printed.name->len);
      g_string_append_c (out, ':');
      p = skip_space (closing + 1);
      p = skip_space (print_value (out, skip_space (p + 1), end));
      printed.length = out->len - printed.offset;
      if (members->len > 0
          && compare_printed (&g_array_index (members, Printed, members->len - 1), &printed) > 0)
        sorted = FALSE;
      g_array_append_val (members, printed);
      if (*p == ',')
        {
          g_string_append_c (out, ',');
          p = skip_space (p + 1);
        }
    }
  g_string_append_c (out, '}');

  if (!sorted)
    {
      g_autoptr (GString) again = g_string_sized_new (out->len - begin);

      g_array_sort (members, compare_printed);
      for (guint i = 0; i < members->len; i++)
        {
          Printed *printed = &g_array_index (members, Printed, i);

          g_string_append_c (again, i == 0 ? '{' : ',');
          g_string_append_len (again, out->str + printed->offset, (gssize)printed->length);
        }
      g_string_append_c (again, '}');
      memcpy (out->str + begin, again->str, again->len);
    }
  return p + 1;
}

static const char *
print_value (GString *out, const char *p, const char *end)
{
  const char *begin = p;

  if (*p == '{')
    return print_object (out, p, end);
  if (*p == '[')
    return print_array (out, p, end);
  if (*p == '"')
    return print_string (out, p);
  while (p < end && *p != ',' && *p != '}' && *p != ']' && !luo_json_is_space (*p))
    p++;
  g_string_append_len (out, begin, p - begin);
  return p;
}

char *
luo_json_canonical (const char *text, gssize length, GError **error)
{
  gsize n;
  GString *out;

  g_return_val_if_fail (text != NULL, NULL);

  n = length < 0 ? strlen (text) : (gsize)length;
  if (!luo_json_check (text, n, error))
    return NULL;
  out = g_string_sized_new (n + 1);
  print_value (out, skip_space (text), text + n);
  return g_string_free (out, FALSE);
}

gboolean
luo_json_equal (const char *a, const char *b)
{
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (strcmp (a, b) == 0)
    return TRUE;
  one = luo_json_canonical (a, -1, NULL);
  two = luo_json_canonical (b, -1, NULL);
  return one != NULL && two != NULL && strcmp (one, two) == 0;
}
