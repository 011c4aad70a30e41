/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-json-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-json-scan-private.h"
#include "luo-record-error.h"

/* The tokens of an RFC 6901 pointer, decoded; NULL with the error set. "" has none. */
static GStrv
split_pointer (const char *pointer, GError **error)
{
  GStrv tokens;

  if (*pointer != '\0' && *pointer != '/')
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER,
                   _ ("“%s” is not the path of a member: it must begin with “/”"), pointer);
      return NULL;
    }
  tokens = g_strsplit (*pointer == '/' ? pointer + 1 : pointer, "/", -1);
  /* Splitting the empty text gives nothing, but "/" names the member "". */
  if (*pointer == '/' && tokens[0] == NULL)
    {
      g_strfreev (tokens);
      tokens = g_new0 (char *, 2);
      tokens[0] = g_strdup ("");
    }
  for (guint i = 0; tokens[i] != NULL; i++)
    {
      char *to = tokens[i];

      for (const char *from = tokens[i]; *from != '\0'; from++)
        {
          if (*from == '~' && (from[1] == '0' || from[1] == '1'))
            *to++ = *++from == '0' ? '~' : '/';
          else
            *to++ = *from;
        }
      *to = '\0';
    }
  return tokens;
}

/* The index of the member or item that @token names in @parts; the number of parts where it would be a new one; -1 where it
 * can not be. */
static gint64
find_part (const GArray *parts, gboolean is_object, const char *token)
{
  guint64 index;

  if (is_object)
    {
      for (guint i = 0; i < parts->len; i++)
        if (luo_json_member_is (&g_array_index (parts, LuoJsonMember, i), token))
          return i;
      return parts->len;
    }
  if (strcmp (token, "-") == 0)
    return parts->len;
  if ((token[0] == '0' && token[1] != '\0')
      || !g_ascii_string_to_unsigned (token, 10, 0, G_MAXUINT, &index, NULL))
    return -1;
  return index <= parts->len ? (gint64)index : -1;
}

static gboolean
cut_container (const char *text, gsize length, GArray *parts, gboolean *is_object, GError **error)
{
  *is_object = *text == '{';
  if (*is_object)
    return luo_json_cut (text, length, parts, error);
  return luo_json_cut_array (text, length, parts, error);
}

/* @value within the objects and arrays that the rest of a pointer asks for. */
static char *
wrap_value (char *const *tokens, const char *value)
{
  guint n = g_strv_length ((GStrv)tokens);
  GString *out = g_string_new (value);

  while (n-- > 0)
    {
      if (strcmp (tokens[n], "-") == 0 || strcmp (tokens[n], "0") == 0)
        {
          g_string_prepend_c (out, '[');
          g_string_append_c (out, ']');
        }
      else
        {
          g_autofree char *name = luo_json_encode_string (tokens[n]);

          g_string_prepend_c (out, ':');
          g_string_prepend (out, name);
          g_string_prepend_c (out, '{');
          g_string_append_c (out, '}');
        }
    }
  return g_string_free (out, FALSE);
}

static const char *
part_start (const LuoJsonMember *part)
{
  return part->start != NULL ? part->start : part->value;
}

/* @text with the bytes from @from to @to replaced by @with. */
static char *
splice (const char *text, const char *from, const char *to, const char *with)
{
  GString *out = g_string_sized_new (strlen (text) + strlen (with));

  g_string_append_len (out, text, from - text);
  g_string_append (out, with);
  g_string_append (out, to);
  return g_string_free (out, FALSE);
}

static char *
remove_part (const char *text, const GArray *parts, guint index)
{
  const LuoJsonMember *part = &g_array_index (parts, LuoJsonMember, index);

  if (index + 1 < parts->len)
    return splice (text, part_start (part), part_start (part + 1), "");
  if (index > 0)
    return splice (text, part[-1].value + part[-1].value_length, part->value + part->value_length, "");
  return splice (text, part_start (part), part->value + part->value_length, "");
}

/* @tokens: the token of the new member or item, and what follows it. */
static char *
add_part (const char *text, const char *container, const GArray *parts, gboolean is_object,
          char *const *tokens, const char *value)
{
  g_autofree char *inner = wrap_value (tokens + 1, value);
  g_autoptr (GString) added = g_string_new (NULL);
  const char *at = container + 1;

  if (parts->len > 0)
    {
      const LuoJsonMember *last = &g_array_index (parts, LuoJsonMember, parts->len - 1);

      at = last->value + last->value_length;
      g_string_append_c (added, ',');
    }
  if (is_object)
    {
      luo_json_append_string (added, tokens[0]);
      g_string_append_c (added, ':');
    }
  g_string_append (added, inner);
  return splice (text, at, at, added->str);
}

static char *
patch_tokens (const char *text, const char *pointer, const GStrv tokens, const char *value, GError **error)
{
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  const char *container = text;
  gsize length = strlen (text);

  while (luo_json_is_space (*container))
    container++;
  length -= (gsize)(container - text);

  for (guint i = 0;; i++)
    {
      gboolean is_object;
      const LuoJsonMember *part;
      gint64 index;

      if (*container != '{' && *container != '[')
        {
          g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER,
                       _ ("%s: what is above it is a single value and has no members"), pointer + 1);
          return NULL;
        }
      if (!cut_container (container, length, parts, &is_object, error))
        return NULL;
      index = find_part (parts, is_object, tokens[i]);
      if (index < 0)
        {
          g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER,
                       g_dngettext (GETTEXT_PACKAGE, "%s: the list has %u item", "%s: the list has %u items",
                                    parts->len),
                       pointer + 1, parts->len);
          return NULL;
        }
      if (index == parts->len)
        {
          if (value == NULL)
            return g_strdup (text);
          return add_part (text, container, parts, is_object, tokens + i, value);
        }
      part = &g_array_index (parts, LuoJsonMember, index);
      if (tokens[i + 1] == NULL)
        {
          if (value == NULL)
            return remove_part (text, parts, (guint)index);
          return splice (text, part->value, part->value + part->value_length, value);
        }
      container = part->value;
      length = part->value_length;
    }
}

char *
luo_json_patch (const char *text, const char *pointer, const char *value, GError **error)
{
  g_auto (GStrv) tokens = NULL;
  g_autofree char *trimmed = NULL;
  g_autofree char *patched = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (pointer != NULL, NULL);

  tokens = split_pointer (pointer, error);
  if (tokens == NULL)
    return NULL;
  if (value != NULL)
    {
      if (!luo_json_check (value, strlen (value), error))
        return NULL;
      trimmed = g_strstrip (g_strdup (value));
    }

  if (tokens[0] != NULL)
    {
      if (!luo_json_scan (text, strlen (text), LUO_JSON_WANT_OBJECT, NULL, NULL, error))
        return NULL;
      patched = patch_tokens (text, pointer, tokens, trimmed, error);
      if (patched == NULL)
        return NULL;
    }
  else
    patched = g_strdup (trimmed != NULL ? trimmed : "");

  /* The new text may be too deep or too large even where both parts were not. */
  if (!luo_json_scan (patched, strlen (patched), LUO_JSON_WANT_OBJECT, NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&patched);
}

char *
luo_json_at (const char *text, const char *pointer)
{
  g_auto (GStrv) tokens = NULL;
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  const char *value = text;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (pointer != NULL, NULL);

  tokens = split_pointer (pointer, NULL);
  length = strlen (text);
  while (luo_json_is_space (*value))
    {
      value++;
      length--;
    }
  while (length > 0 && luo_json_is_space (value[length - 1]))
    length--;
  if (tokens == NULL || !luo_json_check (value, length, NULL))
    return NULL;

  for (guint i = 0; tokens[i] != NULL; i++)
    {
      gboolean is_object;
      gint64 index;

      if ((*value != '{' && *value != '[') || !cut_container (value, length, parts, &is_object, NULL))
        return NULL;
      index = find_part (parts, is_object, tokens[i]);
      if (index < 0 || index == parts->len)
        return NULL;
      value = g_array_index (parts, LuoJsonMember, index).value;
      length = g_array_index (parts, LuoJsonMember, index).value_length;
    }
  return g_strndup (value, length);
}
