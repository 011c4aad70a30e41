/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-json-text.h"

#include <stdlib.h>
#include <string.h>

#include "luo-json-scan-private.h"
#include "luo-record-error.h"

/* A member of an object that is being printed. */
typedef struct
{
  const char *name; /* decoded: within the text, or (where it has escapes) in Printer.decoded */
  gsize name_length;
  const char *printed; /* where it stands in what was printed */
  gsize length;
} Printed;

/* What is printed is never longer than the text, since it has no other escapes and no more white space. So nothing below looks for
 * room; nor for the end of the text, which is checked before. */
typedef struct
{
  char *out;
  const char *end;
  GArray *members;    /* (owned): Printed, of all objects that are open, the innermost last */
  GPtrArray *decoded; /* (owned) (nullable): GString of names that had escapes */
  char *again;        /* (owned) (nullable): as long as the text, for members in another order */
  gsize room;
} Printer;

static int
compare_printed (gconstpointer a, gconstpointer b)
{
  const Printed *one = a, *two = b;
  int order = memcmp (one->name, two->name, MIN (one->name_length, two->name_length));

  if (order != 0)
    return order;
  return one->name_length < two->name_length ? -1 : one->name_length > two->name_length;
}

static const char *
skip_space (const char *p)
{
  while (luo_json_is_space (*p))
    p++;
  return p;
}

/* The closing quote of the string whose inside begins at @p. */
static const char *
string_end (const Printer *self, const char *p, gboolean *escaped)
{
  *escaped = FALSE;
  for (;;)
    {
      p = luo_json_skip_plain (p, self->end, FALSE);
      if (*p == '"')
        return p;
      *escaped = TRUE;
      p += 2;
    }
}

static void
print_bytes (Printer *self, const char *bytes, gsize length)
{
  memcpy (self->out, bytes, length);
  self->out += length;
}

/* Prints decoded bytes with the least escapes. */
static void
print_decoded (Printer *self, const GString *decoded)
{
  g_autoptr (GString) printed = g_string_sized_new (decoded->len + 2);

  luo_json_append_bytes (printed, decoded->str, decoded->len);
  print_bytes (self, printed->str, printed->len);
}

static const char *
print_string (Printer *self, const char *p)
{
  gboolean escaped;
  const char *closing = string_end (self, p + 1, &escaped);

  if (!escaped)
    print_bytes (self, p, (gsize)(closing + 1 - p));
  else
    {
      g_autoptr (GString) decoded = g_string_new (NULL);

      luo_json_decode_append (decoded, p + 1, (gsize)(closing - p - 1));
      print_decoded (self, decoded);
    }
  return closing + 1;
}

static const char *print_value (Printer *self, const char *p);

static const char *
print_array (Printer *self, const char *p)
{
  *self->out++ = '[';
  p = skip_space (p + 1);
  while (*p != ']')
    {
      p = skip_space (print_value (self, p));
      if (*p == ',')
        {
          *self->out++ = ',';
          p = skip_space (p + 1);
        }
    }
  *self->out++ = ']';
  return p + 1;
}

static void
free_decoded (gpointer decoded)
{
  g_string_free (decoded, TRUE);
}

/* Prints a name with its quotes and says what it is without escapes. */
static const char *
print_name (Printer *self, const char *p, Printed *printed)
{
  gboolean escaped;
  const char *closing = string_end (self, p + 1, &escaped);

  printed->name = p + 1;
  printed->name_length = (gsize)(closing - p - 1);
  if (!escaped)
    print_bytes (self, p, printed->name_length + 2);
  else
    {
      GString *decoded = g_string_new (NULL);

      luo_json_decode_append (decoded, printed->name, printed->name_length);
      print_decoded (self, decoded);
      if (self->decoded == NULL)
        self->decoded = g_ptr_array_new_with_free_func (free_decoded);
      g_ptr_array_add (self->decoded, decoded);
      printed->name = decoded->str;
      printed->name_length = decoded->len;
    }
  return closing + 1;
}

/* Puts the members of the object that begins at @begin, and of which Printer.members has those from @first on, in order. */
static void
sort_members (Printer *self, char *begin, guint first)
{
  Printed *members = &g_array_index (self->members, Printed, first);
  char *again;

  if (self->again == NULL)
    self->again = g_malloc (self->room);
  again = self->again;
  qsort (members, self->members->len - first, sizeof *members, compare_printed);
  for (guint i = 0; i < self->members->len - first; i++)
    {
      *again++ = ',';
      memcpy (again, members[i].printed, members[i].length);
      again += members[i].length;
    }
  memcpy (begin + 1, self->again + 1, (gsize)(again - self->again) - 1);
}

static const char *
print_object (Printer *self, const char *p)
{
  guint first = self->members->len;
  char *begin = self->out;
  gboolean sorted = TRUE;

  *self->out++ = '{';
  p = skip_space (p + 1);
  while (*p != '}')
    {
      Printed printed = { .printed = self->out };

      p = skip_space (print_name (self, p, &printed));
      *self->out++ = ':';
      p = skip_space (print_value (self, skip_space (p + 1)));
      printed.length = (gsize)(self->out - printed.printed);
      if (sorted && self->members->len > first
          && compare_printed (&g_array_index (self->members, Printed, self->members->len - 1), &printed) > 0)
        sorted = FALSE;
      g_array_append_val (self->members, printed);
      if (*p == ',')
        {
          *self->out++ = ',';
          p = skip_space (p + 1);
        }
    }
  *self->out++ = '}';

  if (!sorted)
    sort_members (self, begin, first);
  g_array_set_size (self->members, first);
  return p + 1;
}

static const char *
print_value (Printer *self, const char *p)
{
  const char *begin = p;

  if (*p == '{')
    return print_object (self, p);
  if (*p == '[')
    return print_array (self, p);
  if (*p == '"')
    return print_string (self, p);
  while (p < self->end && *p != ',' && *p != '}' && *p != ']' && !luo_json_is_space (*p))
    p++;
  print_bytes (self, begin, (gsize)(p - begin));
  return p;
}

char *
luo_json_canonical_checked (const char *text, gsize length)
{
  Printer printer = { .end = text + length, .room = length + 1 };
  char *canonical = printer.out = g_malloc (length + 1);

  printer.members = g_array_sized_new (FALSE, FALSE, sizeof (Printed), 32);
  print_value (&printer, skip_space (text));
  *printer.out = '\0';
  g_array_unref (printer.members);
  g_clear_pointer (&printer.decoded, g_ptr_array_unref);
  g_free (printer.again);
  return canonical;
}

char *
luo_json_canonical (const char *text, gssize length, GError **error)
{
  gsize n;

  g_return_val_if_fail (text != NULL, NULL);

  n = length < 0 ? strlen (text) : (gsize)length;
  if (!luo_json_check (text, n, error))
    return NULL;
  return luo_json_canonical_checked (text, n);
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
