/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-json-text.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "luo-json-scan-private.h"
#include "luo-record-error.h"

/* Names of one object are compared pair by pair up to this number, and sorted past it. */
#define FEW_NAMES 24

/* A member name seen in an object that is still open. */
typedef struct
{
  guint64 key;      /* of length and some bytes: equal names have equal keys */
  const char *name; /* decoded */
  gsize length;
} Name;

typedef struct
{
  const char *text;
  const char *end;
  Name *names; /* of all open objects, the innermost last */
  gsize n_names;
  gsize room;
  Name few[128];      /* the first room, so that most documents allocate nothing */
  GPtrArray *decoded; /* (owned) (nullable): names that had escapes */
  GError **error;
} Scan;

static gboolean
fail (Scan *scan, const char *at, const char *what)
{
  g_set_error (scan->error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON,
               /* Translators: the number is a place in the text; the last part says what was found there */
               _ ("Not valid JSON at byte %u: %s"), (guint)(at - scan->text), what);
  return FALSE;
}

static inline const char *
skip_space (const char *p, const char *end)
{
  while (p < end && luo_json_is_space (*p))
    p++;
  return p;
}

/* The length of the well-formed UTF-8 character at @p, which begins with a byte from 0x80; 0 where it is not one. */
static inline gsize
utf8_length (const char *p, const char *end)
{
  const guchar *u = (const guchar *)p;
  gsize left = (gsize)(end - p);

  if (left >= 3 && (u[0] & 0xf0) == 0xe0)
    {
      if ((u[1] & 0xc0) != 0x80 || (u[2] & 0xc0) != 0x80)
        return 0;
      if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] >= 0xa0))
        return 0;
      return 3;
    }
  if (left >= 2 && u[0] >= 0xc2 && u[0] <= 0xdf)
    return (u[1] & 0xc0) == 0x80 ? 2 : 0;
  if (left >= 4 && u[0] >= 0xf0 && u[0] <= 0xf4)
    {
      if ((u[1] & 0xc0) != 0x80 || (u[2] & 0xc0) != 0x80 || (u[3] & 0xc0) != 0x80)
        return 0;
      if ((u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] >= 0x90))
        return 0;
      return 4;
    }
  return 0;
}

/* Four hexadecimal digits at @p, or -1. */
static int
hex4 (const char *p, const char *end)
{
  int value = 0;

  if (end - p < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (p[i]);

      if (digit < 0)
        return -1;
      value = value * 16 + digit;
    }
  return value;
}

/* Checks one escape at @p (a backslash) and returns what follows it; NULL with the error set. */
static const char *
scan_escape (Scan *scan, const char *p)
{
  int unit, low;

  if (scan->end - p < 2)
    {
      fail (scan, p, _ ("the text ends within a string"));
      return NULL;
    }
  if (p[1] != 'u')
    {
      if (p[1] == '\0' || strchr ("\"\\/bfnrt", p[1]) == NULL)
        {
          fail (scan, p, _ ("an escape that does not exist"));
          return NULL;
        }
      return p + 2;
    }

  unit = hex4 (p + 2, scan->end);
  if (unit < 0)
    {
      fail (scan, p, _ ("\\u needs four hexadecimal digits"));
      return NULL;
    }
  if (unit < 0xd800 || unit > 0xdfff)
    return p + 6;

  /* Half a pair is no character, and no text of ours could hold it. */
  low = scan->end - p >= 8 && p[6] == '\\' && p[7] == 'u' ? hex4 (p + 8, scan->end) : -1;
  if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
    {
      fail (scan, p, _ ("half a character (a lone surrogate)"));
      return NULL;
    }
  return p + 12;
}

/* Checks the string whose inside begins at @p and returns its closing quote; NULL with the error set. */
static inline const char *
scan_string (Scan *scan, const char *p, gboolean *escaped)
{
  const char *end = scan->end;

  *escaped = FALSE;
  for (;;)
    {
      guchar c;

      p = luo_json_skip_plain (p, end, TRUE);
      if (p == end)
        {
          fail (scan, p, _ ("the text ends within a string"));
          return NULL;
        }
      c = (guchar)*p;
      if (c == '"')
        return p;
      if (c >= 0x80)
        {
          do
            {
              gsize n;

              /* Most Chinese characters are U+4000 to U+9FFF, whose three bytes need no other check. */
              while (end - p >= 3 && (guchar)*p >= 0xe4 && (guchar)*p <= 0xe9 && ((guchar)p[1] & 0xc0) == 0x80
                     && ((guchar)p[2] & 0xc0) == 0x80)
                p += 3;
              if (p == end || (guchar)*p < 0x80)
                break;
              n = utf8_length (p, end);

              if (n == 0)
                {
                  fail (scan, p, _ ("not UTF-8"));
                  return NULL;
                }
              p += n;
            }
          while (p < end && (guchar)*p >= 0x80);
        }
      else if (c == '\\')
        {
          *escaped = TRUE;
          p = scan_escape (scan, p);
          if (p == NULL)
            return NULL;
        }
      else
        {
          fail (scan, p, _ ("a control character within a string"));
          return NULL;
        }
    }
}

/* Checks the number at @p and returns what follows it; NULL with the error set. @digits: those of a whole number, else 0. */
static const char *
scan_number (Scan *scan, const char *p, gsize *digits)
{
  const char *end = scan->end;
  const char *begin = p;
  const char *first;

  if (*p == '-')
    p++;
  first = p;
  while (p < end && g_ascii_isdigit (*p))
    p++;
  *digits = (gsize)(p - first);
  if (p == first || (*first == '0' && p - first > 1))
    {
      fail (scan, begin, _ ("not a number"));
      return NULL;
    }
  if (p < end && *p == '.')
    {
      *digits = 0;
      first = ++p;
      while (p < end && g_ascii_isdigit (*p))
        p++;
      if (p == first)
        {
          fail (scan, begin, _ ("not a number"));
          return NULL;
        }
    }
  if (p < end && (*p == 'e' || *p == 'E'))
    {
      *digits = 0;
      p++;
      if (p < end && (*p == '+' || *p == '-'))
        p++;
      first = p;
      while (p < end && g_ascii_isdigit (*p))
        p++;
      if (p == first)
        {
          fail (scan, begin, _ ("not a number"));
          return NULL;
        }
    }
  return p;
}

static inline guint64
name_key (const char *name, gsize length)
{
  guint64 head = 0, tail = 0;

  if (length >= 8)
    {
      memcpy (&head, name, 8);
      memcpy (&tail, name + length - 8, 8);
    }
  else
    memcpy (&head, name, length);
  return (head ^ ((tail << 29) | (tail >> 35))) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + length;
}

static void
push_name (Scan *scan, const char *name, gsize length, gboolean escaped)
{
  Name *entry;

  if (scan->n_names == scan->room)
    {
      scan->room *= 2;
      if (scan->names == scan->few)
        {
          scan->names = g_new (Name, scan->room);
          memcpy (scan->names, scan->few, sizeof scan->few);
        }
      else
        scan->names = g_renew (Name, scan->names, scan->room);
    }
  entry = &scan->names[scan->n_names++];
  if (escaped)
    {
      GString *decoded = g_string_new (NULL);

      luo_json_decode_append (decoded, name, length);
      if (scan->decoded == NULL)
        scan->decoded = g_ptr_array_new_with_free_func (g_free);
      length = decoded->len;
      name = g_string_free (decoded, FALSE);
      g_ptr_array_add (scan->decoded, (gpointer)name);
    }
  entry->name = name;
  entry->length = length;
  entry->key = name_key (name, length);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const Name *one = a, *two = b;

  if (one->key != two->key)
    return one->key < two->key ? -1 : 1;
  if (one->length != two->length)
    return one->length < two->length ? -1 : 1;
  return memcmp (one->name, two->name, one->length);
}

/* Whether no two names from @first on are equal. Many names are sorted whole, so that no choice of names makes it slow. */
static gboolean
names_differ (Scan *scan, gsize first, const char *at)
{
  Name *names = scan->names + first;
  gsize n = scan->n_names - first;

  if (n <= FEW_NAMES)
    {
      for (gsize i = 1; i < n; i++)
        for (gsize j = 0; j < i; j++)
          if (G_UNLIKELY (names[i].key == names[j].key) && compare_names (&names[i], &names[j]) == 0)
            goto twice;
      return TRUE;
    }
  qsort (names, n, sizeof *names, compare_names);
  for (gsize i = 1; i < n; i++)
    if (G_UNLIKELY (names[i].key == names[i - 1].key) && compare_names (&names[i], &names[i - 1]) == 0)
      goto twice;
  return TRUE;

twice:
  return fail (scan, at, _ ("an object has a member twice"));
}

static gboolean
scan_text (Scan *scan, LuoJsonWant want, GArray *members, GArray *long_integers)
{
  const char *end = scan->end;
  const char *p = skip_space (scan->text, end);
  gsize first_name[LUO_JSON_MAX_DEPTH + 1];
  gboolean is_object[LUO_JSON_MAX_DEPTH + 1];
  LuoJsonMember current = { 0 };
  guint depth = 0;
  gboolean escaped;
  gsize digits;

  if (want == LUO_JSON_WANT_OBJECT && (p == end || *p != '{'))
    return fail (scan, p, _ ("expected an object"));
  if (want == LUO_JSON_WANT_ARRAY && (p == end || *p != '['))
    return fail (scan, p, _ ("expected an array"));

value:
  if (p == end)
    return fail (scan, p, _ ("the text ends too early"));
  if (depth == 1)
    current.value = p;
  switch (*p)
    {
    case '{':
    case '[':
      if (depth == LUO_JSON_MAX_DEPTH)
        return fail (scan, p, _ ("nested too deeply"));
      depth++;
      is_object[depth] = *p == '{';
      first_name[depth] = scan->n_names;
      p = skip_space (p + 1, end);
      if (is_object[depth])
        {
          if (p < end && *p == '}')
            goto close;
          goto key;
        }
      if (p < end && *p == ']')
        goto close;
      goto value;

    case '"':
      p = scan_string (scan, p + 1, &escaped);
      if (p == NULL)
        return FALSE;
      p++;
      break;

    case 't':
      if (end - p < 4 || memcmp (p, "true", 4) != 0)
        return fail (scan, p, _ ("expected a value"));
      p += 4;
      break;

    case 'f':
      if (end - p < 5 || memcmp (p, "false", 5) != 0)
        return fail (scan, p, _ ("expected a value"));
      p += 5;
      break;

    case 'n':
      if (end - p < 4 || memcmp (p, "null", 4) != 0)
        return fail (scan, p, _ ("expected a value"));
      p += 4;
      break;

    default:
      if (*p != '-' && !g_ascii_isdigit (*p))
        return fail (scan, p, _ ("expected a value"));
      p = scan_number (scan, p, &digits);
      if (p == NULL)
        return FALSE;
      if (G_UNLIKELY (digits >= LUO_JSON_LONG_INTEGER_DIGITS) && long_integers != NULL)
        {
          gsize offset = (gsize)(p - scan->text);

          g_array_append_val (long_integers, offset);
        }
      break;
    }

after:
  if (depth == 0)
    {
      p = skip_space (p, end);
      return p == end || fail (scan, p, _ ("something follows the end of the value"));
    }
  if (depth == 1 && members != NULL)
    {
      current.value_length = (gsize)(p - current.value);
      g_array_append_val (members, current);
    }
  p = skip_space (p, end);
  if (p == end)
    return fail (scan, p, _ ("the text ends too early"));
  if (*p == (is_object[depth] ? '}' : ']'))
    goto close;
  if (*p != ',')
    return fail (scan, p, is_object[depth] ? _ ("expected “,” or “}”") : _ ("expected “,” or “]”"));
  p = skip_space (p + 1, end);
  if (!is_object[depth])
    goto value;

key:
  if (p == end || *p != '"')
    return fail (scan, p, _ ("expected the name of a member in quotes"));
  {
    const char *name = p + 1;

    p = scan_string (scan, name, &escaped);
    if (p == NULL)
      return FALSE;
    if (depth == 1)
      {
        current.start = name - 1;
        current.name = name;
        current.name_length = (gsize)(p - name);
      }
    push_name (scan, name, (gsize)(p - name), escaped);
  }
  p = skip_space (p + 1, end);
  if (p == end || *p != ':')
    return fail (scan, p, _ ("expected “:”"));
  p = skip_space (p + 1, end);
  goto value;

close:
  if (is_object[depth])
    {
      if (!names_differ (scan, first_name[depth], p))
        return FALSE;
      scan->n_names = first_name[depth];
    }
  depth--;
  p++;
  goto after;
}

gboolean
luo_json_scan (const char *text, gsize length, LuoJsonWant want, GArray *members, GArray *long_integers,
               GError **error)
{
  Scan scan;
  gboolean ok;

  if (length > LUO_JSON_MAX_DOCUMENT)
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON,
                   /* Translators: both numbers are MiB */
                   _ ("The JSON text of %u MiB is larger than the limit of %d MiB"),
                   (guint)((length + 1024 * 1024 - 1) / (1024 * 1024)),
                   LUO_JSON_MAX_DOCUMENT / (1024 * 1024));
      return FALSE;
    }

  scan.text = text;
  scan.end = text + length;
  scan.names = scan.few;
  scan.n_names = 0;
  scan.room = G_N_ELEMENTS (scan.few);
  scan.decoded = NULL;
  scan.error = error;
  ok = scan_text (&scan, want, members, long_integers);
  if (scan.names != scan.few)
    g_free (scan.names);
  g_clear_pointer (&scan.decoded, g_ptr_array_unref);
  if (!ok && members != NULL)
    g_array_set_size (members, 0);
  return ok;
}

void
luo_json_decode_append (GString *out, const char *inside, gsize length)
{
  const char *p = inside;
  const char *end = inside + length;

  while (p < end)
    {
      const char *plain = memchr (p, '\\', (gsize)(end - p));
      int unit;

      g_string_append_len (out, p, (plain != NULL ? plain : end) - p);
      if (plain == NULL || end - plain < 2)
        return;
      p = plain + 2;
      switch (plain[1])
        {
        case 'b':
          g_string_append_c (out, '\b');
          break;
        case 'f':
          g_string_append_c (out, '\f');
          break;
        case 'n':
          g_string_append_c (out, '\n');
          break;
        case 'r':
          g_string_append_c (out, '\r');
          break;
        case 't':
          g_string_append_c (out, '\t');
          break;
        case 'u':
          unit = hex4 (p, end);
          if (unit < 0)
            return;
          p += 4;
          if (unit >= 0xd800 && unit <= 0xdbff)
            {
              int low = end - p >= 6 ? hex4 (p + 2, end) : -1;

              if (low < 0xdc00)
                return;
              unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
              p += 6;
            }
          if (unit == 0)
            g_string_append_c (out, '\0');
          else
            g_string_append_unichar (out, (gunichar)unit);
          break;
        default:
          g_string_append_c (out, plain[1]);
          break;
        }
    }
}

gboolean
luo_json_check (const char *text, gsize length, GError **error)
{
  g_return_val_if_fail (text != NULL, FALSE);

  return luo_json_scan (text, length, LUO_JSON_WANT_ANY, NULL, NULL, error);
}

gboolean
luo_json_cut (const char *text, gsize length, GArray *members, GError **error)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (members != NULL, FALSE);

  g_array_set_size (members, 0);
  return luo_json_scan (text, length, LUO_JSON_WANT_OBJECT, members, NULL, error);
}

gboolean
luo_json_cut_array (const char *text, gsize length, GArray *items, GError **error)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (items != NULL, FALSE);

  g_array_set_size (items, 0);
  return luo_json_scan (text, length, LUO_JSON_WANT_ARRAY, items, NULL, error);
}

gboolean
luo_json_member_is (const LuoJsonMember *member, const char *name)
{
  gsize length = strlen (name);
  g_autoptr (GString) decoded = NULL;

  if (member->name == NULL)
    return FALSE;
  if (member->name_length == length && memcmp (member->name, name, length) == 0)
    return memchr (name, '\\', length) == NULL;
  /* An escape is always longer than what it stands for. */
  if (member->name_length <= length || memchr (member->name, '\\', member->name_length) == NULL)
    return FALSE;
  decoded = g_string_new (NULL);
  luo_json_decode_append (decoded, member->name, member->name_length);
  return decoded->len == length && memcmp (decoded->str, name, length) == 0;
}

const LuoJsonMember *
luo_json_find (const GArray *members, const char *name)
{
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);

      if (luo_json_member_is (member, name))
        return member;
    }
  return NULL;
}

char *
luo_json_decode_string (const char *value, gsize length)
{
  GString *decoded;

  g_return_val_if_fail (value != NULL, NULL);

  if (length < 2 || value[0] != '"' || value[length - 1] != '"')
    return NULL;
  if (memchr (value + 1, '\\', length - 2) == NULL)
    return g_strndup (value + 1, length - 2);

  decoded = g_string_sized_new (length);
  luo_json_decode_append (decoded, value + 1, length - 2);
  /* A C string can not hold U+0000; the replacement character says that something stood there. */
  for (gsize i = 0; i < decoded->len; i++)
    if (decoded->str[i] == '\0')
      {
        g_string_erase (decoded, (gssize)i, 1);
        g_string_insert (decoded, (gssize)i, "\357\277\275");
      }
  return g_string_free (decoded, FALSE);
}

void
luo_json_append_bytes (GString *out, const char *bytes, gsize length)
{
  static const char hex[] = "0123456789abcdef";
  const char *p = bytes;
  const char *end = bytes + length;

  g_string_append_c (out, '"');
  while (p < end)
    {
      const char *plain = p;
      char short_form = 0;

      while (p < end && *p != '"' && *p != '\\' && (guchar)*p >= 0x20)
        p++;
      g_string_append_len (out, plain, p - plain);
      if (p == end)
        break;
      switch (*p)
        {
        case '"':
        case '\\':
          short_form = *p;
          break;
        case '\b':
          short_form = 'b';
          break;
        case '\f':
          short_form = 'f';
          break;
        case '\n':
          short_form = 'n';
          break;
        case '\r':
          short_form = 'r';
          break;
        case '\t':
          short_form = 't';
          break;
        default:
          break;
        }
      g_string_append_c (out, '\\');
      if (short_form != 0)
        g_string_append_c (out, short_form);
      else
        {
          g_string_append (out, "u00");
          g_string_append_c (out, hex[(guchar)*p >> 4]);
          g_string_append_c (out, hex[(guchar)*p & 15]);
        }
      p++;
    }
  g_string_append_c (out, '"');
}

void
luo_json_append_string (GString *out, const char *text)
{
  g_return_if_fail (out != NULL);
  g_return_if_fail (text != NULL);

  luo_json_append_bytes (out, text, strlen (text));
}

char *
luo_json_encode_string (const char *text)
{
  GString *out;

  g_return_val_if_fail (text != NULL, NULL);

  out = g_string_sized_new (strlen (text) + 2);
  luo_json_append_string (out, text);
  return g_string_free (out, FALSE);
}
