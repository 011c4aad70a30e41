/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-search-private.h"

#include <string.h>

#include "luo-body-cursor.h"
#include "luo-json-text.h"
#include "luo-record-type.h"

/* Longer tokens are cut: nobody types them, and a stray block of data must not fill the index. */
#define TOKEN_MAX 64
/* Deeper text is not searched; the JSON checks allow no more than 64 levels. */
#define DEPTH_MAX 64

/* Characters of scripts that are written without blanks between words: searched by pairs. */
static gboolean
is_han (gunichar c)
{
  return (c >= 0x2e80 && c <= 0x2fff) || (c >= 0x3005 && c <= 0x3007) || (c >= 0x3021 && c <= 0x9fff)
         || (c >= 0xac00 && c <= 0xd7af) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

static gboolean
is_word (gunichar c)
{
  return c < 0x80 ? g_ascii_isalnum ((char)c) : g_unichar_isalnum (c) || g_unichar_ismark (c);
}

static void
append_folded (GString *out, gunichar c)
{
  switch (c)
    {
    case '[':
    case '{':
    case 0x3008: /* 〈 */
    case 0x300a: /* 《 */
    case 0x300c: /* 「 */
    case 0x300e: /* 『 */
    case 0x3010: /* 【 */
    case 0x3014: /* 〔 */
    case 0x3016: /* 〖 */
      g_string_append_c (out, '(');
      break;
    case ']':
    case '}':
    case 0x3009:
    case 0x300b:
    case 0x300d:
    case 0x300f:
    case 0x3011:
    case 0x3015:
    case 0x3017:
      g_string_append_c (out, ')');
      break;
    default:
      if (c < 0x80)
        g_string_append_c (out, g_ascii_tolower ((char)c));
      else
        g_string_append_unichar (out, c);
      break;
    }
}

/* Text of other scripts and full-width forms, by GLib's tables. */
static void
append_normalized (GString *out, const char *text, gsize length)
{
  g_autofree char *normal = g_utf8_normalize (text, (gssize)length, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *folded = normal != NULL ? g_utf8_casefold (normal, -1) : NULL;

  for (const char *p = folded; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    append_folded (out, g_utf8_get_char (p));
}

static void
fold_into (GString *out, const char *text, gsize length)
{
  const char *p = text, *end = text + length;

  while (p < end)
    {
      gunichar c = (guchar)*p < 0x80 ? (gunichar)(guchar)*p : g_utf8_get_char (p);

      /* Almost all of a narrative: what folding leaves as it is. */
      if (c < 0x80 || (c >= 0x3000 && c <= 0x303f) || (c >= 0x3400 && c <= 0x9fff))
        {
          append_folded (out, c == 0x3000 ? ' ' : c);
          p = g_utf8_next_char (p);
        }
      else
        {
          const char *start = p;

          while (p < end && (guchar)*p >= 0x80)
            {
              c = g_utf8_get_char (p);
              if ((c >= 0x3000 && c <= 0x303f) || (c >= 0x3400 && c <= 0x9fff))
                break;
              p = g_utf8_next_char (p);
            }
          append_normalized (out, start, (gsize)(p - start));
        }
    }
}

char *
luo_search_fold (const char *text, gssize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, length);
  GString *out = g_string_new (NULL);

  fold_into (out, valid, strlen (valid));
  return g_string_free (out, FALSE);
}

void
luo_search_tokenize (const char *folded, GString *out)
{
  const char *p = folded;

  while (*p != '\0')
    {
      gunichar c = g_utf8_get_char (p);
      const char *next = g_utf8_next_char (p);

      if (is_han (c))
        {
          gunichar follower = g_utf8_get_char (next);
          const char *end = is_han (follower) ? g_utf8_next_char (next) : next;

          g_string_append_len (out, p, end - p);
          g_string_append_c (out, ' ');
          p = next;
        }
      else if (is_word (c))
        {
          const char *start = p;

          while (is_word (c) && !is_han (c))
            {
              p = g_utf8_next_char (p);
              c = g_utf8_get_char (p);
            }
          g_string_append_len (out, start,
                               p - start > TOKEN_MAX
                                   ? g_utf8_find_prev_char (start, start + TOKEN_MAX + 1) - start
                                   : p - start);
          g_string_append_c (out, ' ');
        }
      else
        {
          p = next;
        }
    }
}

/* The text of a body. Bodies were checked when they were stored, so that they are walked over without a tree. */

static void append_value (GString *out, const LuoBodyItem *item, const LuoMember *members, guint depth);

static void
append_text (GString *out, const char *inside, gsize length)
{
  if (memchr (inside, '\\', length) == NULL)
    {
      fold_into (out, inside, length);
    }
  else
    {
      g_autofree char *decoded = luo_json_decode_string (inside - 1, length + 2);

      if (decoded != NULL)
        fold_into (out, decoded, strlen (decoded));
    }
  g_string_append_c (out, '\n');
}

static const LuoMember *
find_member (const LuoMember *members, const LuoBodyItem *item)
{
  for (const LuoMember *member = members; member->name != NULL; member++)
    if (luo_body_item_is (item, member->name, strlen (member->name)))
      return member;
  return NULL;
}

static void
append_member (GString *out, const LuoBodyItem *item, const LuoMember *members, guint depth)
{
  LuoBodyItem named = *item;
  g_autofree char *decoded = NULL;
  const LuoMember *member;

  if (members == NULL)
    {
      /* The names of a map are words of its author's: remarks { "存在问题": … }. */
      if (depth > 1)
        append_text (out, item->name, item->name_length);
      append_value (out, item, NULL, depth);
      return;
    }

  if (memchr (item->name, '\\', item->name_length) != NULL)
    {
      decoded = luo_json_decode_string (item->name - 1, item->name_length + 2);
      if (decoded == NULL)
        return;
      named.name = decoded;
      named.name_length = strlen (decoded);
    }
  member = find_member (members, &named);
  if (member != NULL && (member->flags & LUO_MEMBER_SEARCH) != 0)
    append_value (out, item, member->members, depth);
}

static void
append_value (GString *out, const LuoBodyItem *item, const LuoMember *members, guint depth)
{
  LuoBodyCursor cursor;
  LuoBodyItem inner = { NULL };

  if (depth > DEPTH_MAX || item->value_length == 0)
    return;

  if (*item->value == '"' && item->value_length >= 2)
    append_text (out, item->value + 1, item->value_length - 2);
  else if (*item->value == '-' || g_ascii_isdigit (*item->value))
    g_string_append_printf (out, "%.*s\n", (int)item->value_length, item->value);
  else if (luo_body_enter (&cursor, item->value, item->value_length))
    while (luo_body_next (&cursor, &inner))
      {
        if (cursor.object)
          append_member (out, &inner, members, depth + 1);
        else
          append_value (out, &inner, members, depth + 1);
      }
}

char *
luo_search_text (const char *type, const char *body, gsize length)
{
  const LuoRecordType *record_type = type != NULL ? luo_record_type_find (type) : NULL;
  LuoBodyItem root = { .value = body, .value_length = length };
  GString *out = g_string_new (NULL);

  append_value (out, &root, record_type != NULL ? record_type->members : NULL, 0);
  return g_string_free (out, FALSE);
}

/* The words of a person */

static gboolean
is_all_han (const char *word)
{
  for (const char *p = word; *p != '\0'; p = g_utf8_next_char (p))
    if (!is_han (g_utf8_get_char (p)))
      return FALSE;
  return *word != '\0';
}

/* Adds what the index is asked for one word. Returns how many tokens that were. */
static guint
append_match (GString *match, const char *word)
{
  g_autoptr (GString) tokens = g_string_new (NULL);
  g_auto (GStrv) parts = NULL;
  gunichar last = 0;
  guint n = 0, length;

  luo_search_tokenize (word, tokens);
  g_strchomp (tokens->str);
  if (tokens->str[0] == '\0')
    return 0;

  parts = g_strsplit (tokens->str, " ", -1);
  length = g_strv_length (parts);
  for (const char *p = word; *p != '\0'; p = g_utf8_next_char (p))
    last = g_utf8_get_char (p);

  /* In the text another character may follow the word's last one, so its own token is not asked for where a pair ends with
   * it, and else is a beginning. */
  if (is_han (last) && length > 1 && g_utf8_strlen (parts[length - 2], -1) == 2
      && is_han (g_utf8_get_char (parts[length - 2]))
      && g_str_has_suffix (parts[length - 2], parts[length - 1]))
    length--;

  for (guint i = 0; i < length; i++)
    {
      gboolean open = i == length - 1 && (is_han (last) ? g_utf8_strlen (parts[i], -1) == 1 : is_word (last));

      g_string_append_printf (match, "%s\"%s\"%s", match->len > 0 ? " AND " : "", parts[i], open ? " *" : "");
      n++;
    }
  return n;
}

void
luo_search_read_words (LuoSearch *self, const char *words)
{
  g_autofree char *folded = luo_search_fold (words, -1);
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\r\n", -1);
  g_autoptr (GString) match = g_string_new (NULL);

  self->exact = TRUE;
  self->plain = TRUE;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      guint n = append_match (match, parts[i]);

      /* A word of punctuation alone is no word. */
      if (n == 0)
        continue;
      g_ptr_array_add (self->words, g_strdup (parts[i]));
      self->exact = self->exact && n == 1 && (is_all_han (parts[i]) || g_str_is_ascii (parts[i]));
      self->plain = self->plain && is_all_han (parts[i]);
    }
  if (match->len > 0)
    self->match = g_string_free (g_steal_pointer (&match), FALSE);
}

gboolean
luo_search_check (const LuoSearch *self, const char *type, const char *body, gsize length, gboolean indexed)
{
  g_autofree char *text = NULL;

  if (self->plain)
    {
      gboolean found = TRUE;

      for (guint i = 0; found && i < self->words->len; i++)
        {
          const char *word = g_ptr_array_index (self->words, i);

          found = memmem (body, length, word, strlen (word)) != NULL;
        }
      if (found && indexed)
        return TRUE;
      if (!found && memmem (body, length, "\\u", 2) == NULL)
        return FALSE;
    }

  text = luo_search_text (type, body, length);
  for (guint i = 0; i < self->words->len; i++)
    if (strstr (text, g_ptr_array_index (self->words, i)) == NULL)
      return FALSE;
  return TRUE;
}
