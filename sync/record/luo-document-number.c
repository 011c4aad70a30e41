/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-document-number.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-record-error.h"

#define MAX_ISSUER 40       /* characters of an issuer that is typed */
#define MAX_ISSUER_FOUND 12 /* characters of an issuer in running text, where nothing marks its beginning */
#define MIN_YEAR 1949
#define MAX_YEAR 2999
#define MAX_NUMBER 999999

/* The pairs of brackets that stand around the year. */
static const gunichar brackets[][2] = {
  { 0x3014, 0x3015 },                     /* 〔〕 */
  { '[', ']' },       { 0xff08, 0xff09 }, /* （） */
  { '(', ')' },       { 0x3010, 0x3011 }, /* 【】 */
  { 0xff3b, 0xff3d },                     /* ［］ */
};

/* Words that lead to a document in running text and are no part of its issuer. */
static const char *const leading_words[] = {
  "根据", "依据", "按照", "依照", "遵照", "贯彻", "落实", "执行", "印发",
  "制发", "下发", "转发", "出台", "文件", "参照", "详见", "通过", "关于",
};

static gunichar
closing_of (gunichar opening)
{
  for (gsize i = 0; i < G_N_ELEMENTS (brackets); i++)
    if (brackets[i][0] == opening)
      return brackets[i][1];
  return 0;
}

static int
digit_of (gunichar c)
{
  if (c >= '0' && c <= '9')
    return (int)(c - '0');
  if (c >= 0xff10 && c <= 0xff19)
    return (int)(c - 0xff10);
  return -1;
}

static const char *
skip_blanks (const char *p)
{
  while (*p != '\0' && g_unichar_isspace (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return p;
}

/* Reads digits in either width. Returns what follows; @n_digits is how many there were. */
static const char *
read_digits (const char *p, guint *value, guint *n_digits)
{
  int digit;

  *value = 0;
  *n_digits = 0;
  while ((digit = digit_of (g_utf8_get_char (p))) >= 0)
    {
      if (*value <= MAX_NUMBER)
        *value = *value * 10 + (guint)digit;
      ++*n_digits;
      p = g_utf8_next_char (p);
    }
  return p;
}

/* Reads 〔2020〕27号 at @p. Returns what follows it; NULL where it is not one. */
static const char *
read_tail (const char *p, guint *year, guint *number)
{
  gunichar closing = closing_of (g_utf8_get_char (p));
  guint n_digits;

  if (closing == 0)
    return NULL;
  p = skip_blanks (read_digits (skip_blanks (g_utf8_next_char (p)), year, &n_digits));
  if (n_digits != 4 || *year < MIN_YEAR || *year > MAX_YEAR || g_utf8_get_char (p) != closing)
    return NULL;
  p = skip_blanks (g_utf8_next_char (p));
  if (g_str_has_prefix (p, "第"))
    p = skip_blanks (p + strlen ("第"));
  p = skip_blanks (read_digits (p, number, &n_digits));
  if (n_digits == 0 || *number == 0 || *number > MAX_NUMBER || !g_str_has_prefix (p, "号"))
    return NULL;
  return p + strlen ("号");
}

static gboolean
is_issuer_character (gunichar c)
{
  return g_unichar_isalnum (c) && digit_of (c) < 0 && c != 0x53f7 /* 号 */;
}

static LuoDocumentNumber *
new_number (const char *issuer, gsize issuer_length, const char *end, guint year, guint number)
{
  LuoDocumentNumber *self = g_new0 (LuoDocumentNumber, 1);

  self->original = g_strndup (issuer, (gsize)(end - issuer));
  self->issuer = g_strstrip (g_strndup (issuer, issuer_length));
  self->year = year;
  self->number = number;
  return self;
}

LuoDocumentNumber *
luo_document_number_parse (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  if (g_utf8_validate (text, -1, NULL))
    {
      const char *begin = skip_blanks (text);
      const char *p = begin;
      guint year, number;
      const char *end;

      while (is_issuer_character (g_utf8_get_char (p)) || *p == ' ')
        p = g_utf8_next_char (p);
      if (p > begin && g_utf8_strlen (begin, p - begin) <= MAX_ISSUER
          && (end = read_tail (p, &year, &number)) != NULL && *skip_blanks (end) == '\0')
        return new_number (begin, (gsize)(p - begin), end, year, number);
    }
  g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE,
               _ ("“%s” is not a document number; expected one such as 沈政办发〔2020〕27号"), text);
  return NULL;
}

void
luo_document_number_free (LuoDocumentNumber *self)
{
  if (self == NULL)
    return;
  g_free (self->issuer);
  g_free (self->original);
  g_free (self);
}

char *
luo_document_number_print (const LuoDocumentNumber *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup (self->original);
}

char *
luo_document_number_normal (const LuoDocumentNumber *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup_printf ("%s〔%u〕%u号", self->issuer, self->year, self->number);
}

/* Where the issuer that ends at @end begins: after the last punctuation, digit or leading word before it. */
static const char *
find_issuer (const char *text, const char *end)
{
  const char *begin = end;
  g_autofree char *run = NULL;
  gsize cut = 0;

  for (guint n = 0; begin > text && n < MAX_ISSUER_FOUND; n++)
    {
      const char *before = g_utf8_prev_char (begin);

      if (!is_issuer_character (g_utf8_get_char (before)))
        break;
      begin = before;
    }
  run = g_strndup (begin, (gsize)(end - begin));
  for (gsize i = 0; i < G_N_ELEMENTS (leading_words); i++)
    {
      const char *word = g_strrstr (run, leading_words[i]);
      gsize after = word == NULL ? 0 : (gsize)(word - run) + strlen (leading_words[i]);

      /* 沈民转发〔2020〕5号: a word at the very end belongs to the issuer. */
      if (run[after] != '\0')
        cut = MAX (cut, after);
    }
  return begin + cut;
}

GPtrArray *
luo_document_number_find (const char *text)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_number_free);

  g_return_val_if_fail (text != NULL, found);

  if (!g_utf8_validate (text, -1, NULL))
    return found;
  for (const char *p = text; *p != '\0';)
    {
      guint year, number;
      const char *end = read_tail (p, &year, &number);
      const char *issuer = end == NULL ? p : find_issuer (text, p);

      if (issuer < p)
        g_ptr_array_add (found, new_number (issuer, (gsize)(p - issuer), end, year, number));
      p = end != NULL ? end : g_utf8_next_char (p);
    }
  return found;
}
