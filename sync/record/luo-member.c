/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-check.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "luo-json-text.h"
#include "luo-money.h"
#include "luo-record-check-private.h"
#include "luo-record-error.h"
#include "luo-text-private.h"

/* Typed values: what a person writes, as JSON text. */

static char *
refuse (const LuoMember *member, const char *what, GError **error)
{
  g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE,
               /* Translators: the member as it is stored, as it is shown, and what should be typed */
               _ ("%s (%s): expected %s"), member->name, _ (member->label), what);
  return NULL;
}

/* Reads numbers with anything that is no digit between them: 2020-08-28, 2020/8/28, 2020年8月28日, and 20200828. */
static guint
read_parts (const char *folded, guint parts[3])
{
  guint n = 0;
  gsize digits = strspn (folded, "0123456789");
  const char *p = folded;

  if (folded[digits] == '\0' && (digits == 8 || digits == 6))
    {
      parts[0] = (guint)g_ascii_strtoull (folded, NULL, 10) / (digits == 8 ? 10000 : 100);
      parts[1] = (guint)g_ascii_strtoull (folded, NULL, 10) / (digits == 8 ? 100 : 1) % 100;
      parts[2] = (guint)g_ascii_strtoull (folded, NULL, 10) % 100;
      return digits == 8 ? 3 : 2;
    }
  while (*p != '\0')
    {
      static const char *const separators[] = { "-", "/", ".", "年", "月", "日", "号" };
      gsize run = strspn (p, "0123456789");
      gboolean separated = FALSE;

      if (n == 3 || run == 0 || run > 4)
        return 0;
      parts[n++] = (guint)g_ascii_strtoull (p, NULL, 10);
      p += run;
      while (*p == ' ')
        p++;
      for (gsize i = 0; i < G_N_ELEMENTS (separators) && !separated; i++)
        if (g_str_has_prefix (p, separators[i]))
          {
            p += strlen (separators[i]);
            separated = TRUE;
          }
      if (!separated && *p != '\0')
        return 0;
      while (*p == ' ')
        p++;
    }
  return n;
}

static char *
parse_day (const LuoMember *member, const char *folded, GError **error)
{
  guint parts[3];
  g_autofree char *day = NULL;

  if (read_parts (folded, parts) == 3)
    {
      day = g_strdup_printf ("%04u-%02u-%02u", parts[0], parts[1], parts[2]);
      if (luo_text_is_date (day))
        return luo_json_encode_string (day);
    }
  return refuse (member, _ ("a day such as 2020-08-28"), error);
}

static char *
parse_month (const LuoMember *member, const char *folded, GError **error)
{
  guint parts[3];
  g_autofree char *month = NULL;

  if (read_parts (folded, parts) == 2)
    {
      month = g_strdup_printf ("%04u-%02u", parts[0], parts[1]);
      if (luo_text_is_month (month))
        return luo_json_encode_string (month);
    }
  return refuse (member, _ ("a month such as 2020-08"), error);
}

static char *
parse_instant (const LuoMember *member, const char *folded, GError **error)
{
  g_autoptr (GTimeZone) local = NULL;
  g_autoptr (GDateTime) typed = NULL;
  g_autoptr (GDateTime) utc = NULL;
  g_autofree char *text = NULL;

  if (luo_text_is_instant (folded))
    return luo_json_encode_string (folded);
  local = g_time_zone_new_local ();
  typed = g_date_time_new_from_iso8601 (folded, local);
  utc = typed != NULL ? g_date_time_to_utc (typed) : NULL;
  text = utc != NULL ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ") : NULL;
  if (text != NULL)
    return luo_json_encode_string (text);
  return refuse (member, _ ("an instant such as 2020-08-28T09:30:00Z"), error);
}

static char *
parse_integer (const LuoMember *member, const char *folded, GError **error)
{
  g_autoptr (GString) digits = g_string_new (NULL);
  const char *p = folded;
  gsize run;

  if (*p == '-')
    g_string_append_c (digits, *p++);
  run = strspn (p, "0123456789");
  if (run == 0 || (p[run] == ',' && run > 3))
    return refuse (member, _ ("a whole number"), error);
  for (;;)
    {
      g_string_append_len (digits, p, (gssize)run);
      p += run;
      if (*p != ',')
        break;
      run = strspn (++p, "0123456789");
      if (run != 3)
        return refuse (member, _ ("a whole number"), error);
    }
  while (*p == ' ')
    p++;
  if ((*p != '\0' && (member->unit == NULL || strcmp (p, _ (member->unit)) != 0)) || digits->len > 18)
    return refuse (member, _ ("a whole number"), error);
  return g_strdup_printf ("%" G_GINT64_FORMAT, g_ascii_strtoll (digits->str, NULL, 10));
}

/* The shortest decimal text that gives the same number again. */
static char *
shortest (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 15; digits <= 17; digits++)
    {
      g_autofree char *format = g_strdup_printf ("%%.%dg", digits);

      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  return g_strdup (text);
}

static char *
parse_number (const LuoMember *member, const char *folded, GError **error)
{
  char *end;
  double value = g_ascii_strtod (folded, &end);

  while (*end == ' ')
    end++;
  if (end == folded || g_ascii_isalpha (*folded) || !isfinite (value)
      || (*end != '\0' && (member->unit == NULL || strcmp (end, _ (member->unit)) != 0)))
    return refuse (member, _ ("a number"), error);
  return shortest (value);
}

static char *
parse_boolean (const LuoMember *member, const char *folded, GError **error)
{
  static const char *const yes[] = { "true", "yes", "1", "是", "有" };
  static const char *const no[] = { "false", "no", "0", "否", "无" };

  for (gsize i = 0; i < G_N_ELEMENTS (yes); i++)
    if (g_ascii_strcasecmp (folded, yes[i]) == 0)
      return g_strdup ("true");
  for (gsize i = 0; i < G_N_ELEMENTS (no); i++)
    if (g_ascii_strcasecmp (folded, no[i]) == 0)
      return g_strdup ("false");
  if (g_utf8_collate (folded, _ ("Yes")) == 0)
    return g_strdup ("true");
  if (g_utf8_collate (folded, _ ("No")) == 0)
    return g_strdup ("false");
  return refuse (member, _ ("true or false"), error);
}

static char *
parse_texts (const char *text, const LuoChoice *choices)
{
  /* A set separates its values as people do in a list; a comma of either width, a semicolon or a line break too. */
  g_autoptr (GRegex) separators
      = g_regex_new ("[、,，;；\\n\\r]+", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
  g_auto (GStrv) parts = g_regex_split (separators, text, G_REGEX_MATCH_DEFAULT);
  GString *out = g_string_new ("[");

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *value = g_strstrip (parts[i]);

      if (*value == '\0')
        continue;
      for (const LuoChoice *choice = choices; choice != NULL && choice->value != NULL; choice++)
        if (strcmp (value, _ (choice->label)) == 0)
          value = choice->value;
      if (out->len > 1)
        g_string_append_c (out, ',');
      luo_json_append_string (out, value);
    }
  g_string_append_c (out, ']');
  return g_string_free (out, FALSE);
}

/* A choice by its value or its label, in the language of the person or as it is written in the program. */
static const char *
find_choice (const LuoChoice *choices, const char *text)
{
  for (const LuoChoice *choice = choices; choice != NULL && choice->value != NULL; choice++)
    if (strcmp (choice->value, text) == 0 || strcmp (_ (choice->label), text) == 0
        || strcmp (choice->label, text) == 0)
      return choice->value;
  return NULL;
}

static char *
parse_value (const LuoMember *member, const char *text, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *folded = luo_text_fold_width (text);
  const LuoChoice *choices = member->choices;
  gboolean is_json = *stripped == '[' || *stripped == '{';
  const char *choice;
  gint64 fen;

  switch (member->kind)
    {
    case LUO_KIND_DATE:
      return parse_day (member, folded, error);
    case LUO_KIND_MONTH:
      return parse_month (member, folded, error);
    case LUO_KIND_INSTANT:
      return parse_instant (member, folded, error);
    case LUO_KIND_INTEGER:
      return parse_integer (member, folded, error);
    case LUO_KIND_NUMBER:
      return parse_number (member, folded, error);
    case LUO_KIND_MONEY:
      if (!luo_money_parse (text, &fen, error))
        {
          g_prefix_error (error, "%s (%s): ", member->name, _ (member->label));
          return NULL;
        }
      return g_strdup_printf ("%" G_GINT64_FORMAT, fen);
    case LUO_KIND_BOOLEAN:
      return parse_boolean (member, folded, error);
    case LUO_KIND_TEXTS:
      return is_json ? g_steal_pointer (&stripped) : parse_texts (stripped, choices);
    case LUO_KIND_OBJECT:
    case LUO_KIND_ITEMS:
    case LUO_KIND_INTEGER_MAP:
    case LUO_KIND_TEXT_MAP:
      if (!is_json)
        return refuse (member, _ ("JSON that begins with “[” or “{”"), error);
      return g_steal_pointer (&stripped);
    case LUO_KIND_DISTRICT:
      choices = choices != NULL ? choices : luo_district_choices;
      break;
    case LUO_KIND_OFFICE:
      choices = choices != NULL ? choices : luo_office_choices;
      break;
    default:
      break;
    }
  choice = find_choice (choices, stripped);
  return luo_json_encode_string (choice != NULL ? choice : stripped);
}

char *
luo_member_parse (const LuoMember *member, const char *text, GError **error)
{
  g_autofree char *json = NULL;
  g_autofree char *wrapped = NULL;
  g_autoptr (JsonObject) holder = NULL;
  g_autoptr (GError) check_error = NULL;

  g_return_val_if_fail (member != NULL && member->name != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  if (!g_utf8_validate (text, -1, NULL))
    return refuse (member, _ ("a text in UTF-8"), error);
  json = parse_value (member, text, error);
  if (json == NULL)
    return NULL;

  /* What was read is held to the same table as everything else. */
  wrapped = g_strdup_printf ("{\"value\":%s}", json);
  holder = luo_record_parse (wrapped, -1, &check_error);
  if (holder == NULL)
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE, "%s (%s): %s", member->name,
                   _ (member->label), check_error->message);
      return NULL;
    }
  if (!luo_member_check (member, json_object_get_member (holder, "value"), &check_error))
    {
      g_set_error_literal (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE, check_error->message);
      return NULL;
    }
  return g_steal_pointer (&json);
}

/* Values as a person reads them. */

static char *
format_moment (const char *text, gboolean instant)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) moment = NULL;
  gboolean this_year;

  if (instant)
    {
      g_autoptr (GDateTime) utc = g_date_time_new_from_iso8601 (text, NULL);

      moment = utc != NULL ? g_date_time_to_local (utc) : NULL;
    }
  else
    moment = g_date_time_new_local (atoi (text), atoi (text + 5), atoi (text + 8), 0, 0, 0);
  if (moment == NULL)
    return g_strdup (text);
  this_year = g_date_time_get_year (moment) == g_date_time_get_year (now);
  if (instant)
    /* Translators: a day of this year and the time, then the same with the year, as strftime has it */
    return g_date_time_format (moment, this_year ? _ ("%-d %B %H:%M") : _ ("%-d %B %Y %H:%M"));
  /* Translators: a day of this year, then a day with its year, as strftime has it */
  return g_date_time_format (moment, this_year ? _ ("%-d %B") : _ ("%-d %B %Y"));
}

static char *
format_month (const char *text)
{
  g_autoptr (GDateTime) month = g_date_time_new_local (atoi (text), atoi (text + 5), 1, 0, 0, 0);

  /* Translators: a month with its year, as strftime has it */
  return month != NULL ? g_date_time_format (month, _ ("%B %Y")) : g_strdup (text);
}

/* Commas between thousands of the whole part. */
static char *
group_thousands (const char *number)
{
  gsize sign = *number == '-';
  gsize whole = sign + strspn (number + sign, "0123456789");
  GString *out = g_string_new (number);

  for (gsize at = whole; at > sign + 3;)
    {
      at -= 3;
      g_string_insert_c (out, (gssize)at, ',');
    }
  return g_string_free (out, FALSE);
}

static char *
format_number (const LuoMember *member, JsonNode *value)
{
  g_autofree char *number = json_node_get_value_type (value) == G_TYPE_INT64
                                ? g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (value))
                                : shortest (json_node_get_double (value));
  g_autofree char *grouped = NULL;

  /* A whole number with bounds of its own is a year, a number or a place: a name, not an amount. */
  if (member->kind == LUO_KIND_INTEGER && (member->min != 0 || member->max != 0))
    return g_steal_pointer (&number);
  grouped = group_thousands (number);
  if (member->unit == NULL)
    return g_steal_pointer (&grouped);
  return g_strdup_printf ("%s %s", grouped, _ (member->unit));
}

static void
append_labelled (GString *out, const char *label, const char *text)
{
  if (out->len > 0)
    /* Translators: between the parts of one item that are written in a line */
    g_string_append (out, C_ ("between parts of an item", ", "));
  /* Translators: a label and its value within a line */
  g_string_append_printf (out, C_ ("label and value", "%s: %s"), label, text);
}

static char *
format_object (const LuoMember *member, JsonObject *object)
{
  GString *out = g_string_new (NULL);

  for (const LuoMember *each = member->members; each != NULL && each->name != NULL; each++)
    {
      JsonNode *node = json_object_get_member (object, each->name);
      g_autofree char *text = NULL;

      /* A key is for programs, unless it is a choice or a name that says something. */
      if (node == NULL || strcmp (each->name, "key") == 0)
        continue;
      text = luo_member_format (each, node);
      append_labelled (out, _ (each->label), text);
    }
  return g_string_free (out, FALSE);
}

static char *
format_map (const LuoMember *member, JsonObject *map)
{
  GString *out = g_string_new (NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  const LuoMember number = { .kind = LUO_KIND_INTEGER };
  const LuoMember text = { .kind = LUO_KIND_NARRATIVE };

  json_object_iter_init (&iter, map);
  while (json_object_iter_next (&iter, &name, &node))
    {
      g_autofree char *value
          = luo_member_format (member->kind == LUO_KIND_INTEGER_MAP ? &number : &text, node);

      append_labelled (out, luo_choice_label (member->choices, name), value);
    }
  return g_string_free (out, FALSE);
}

static char *
format_list (const LuoMember *member, JsonArray *items)
{
  GString *out = g_string_new (NULL);
  gboolean texts = member->kind == LUO_KIND_TEXTS;

  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonNode *node = json_array_get_element (items, i);
      g_autofree char *text = NULL;

      if (texts && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        text = g_strdup (luo_choice_label (member->choices, json_node_get_string (node)));
      else if (!texts && JSON_NODE_HOLDS_OBJECT (node))
        text = format_object (member, json_node_get_object (node));
      else
        text = json_to_string (node, FALSE);
      if (out->len > 0)
        /* Translators: between the texts of a list: 、 */
        g_string_append (out, texts ? C_ ("between texts of a list", ", ") : "\n");
      g_string_append (out, text);
    }
  return g_string_free (out, FALSE);
}

char *
luo_member_format (const LuoMember *member, JsonNode *value)
{
  GType type;
  const char *text;

  g_return_val_if_fail (member != NULL, NULL);
  g_return_val_if_fail (value != NULL, NULL);

  if (JSON_NODE_HOLDS_OBJECT (value) && member->members != NULL)
    return format_object (member, json_node_get_object (value));
  if (JSON_NODE_HOLDS_OBJECT (value)
      && (member->kind == LUO_KIND_INTEGER_MAP || member->kind == LUO_KIND_TEXT_MAP))
    return format_map (member, json_node_get_object (value));
  if (JSON_NODE_HOLDS_ARRAY (value))
    return format_list (member, json_node_get_array (value));
  if (!JSON_NODE_HOLDS_VALUE (value))
    return json_to_string (value, FALSE);

  type = json_node_get_value_type (value);
  if (type == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (value) ? _ ("Yes") : _ ("No"));
  if (type == G_TYPE_INT64 && member->kind == LUO_KIND_MONEY)
    return luo_money_format (json_node_get_int (value));
  if (type != G_TYPE_STRING)
    return format_number (member, value);

  text = json_node_get_string (value);
  switch (member->kind)
    {
    case LUO_KIND_DATE:
      return luo_text_is_date (text) ? format_moment (text, FALSE) : g_strdup (text);
    case LUO_KIND_INSTANT:
      return luo_text_is_instant (text) ? format_moment (text, TRUE) : g_strdup (text);
    case LUO_KIND_MONTH:
      return luo_text_is_month (text) ? format_month (text) : g_strdup (text);
    case LUO_KIND_DISTRICT:
      return g_strdup (luo_choice_label (luo_district_choices, text));
    case LUO_KIND_OFFICE:
      return g_strdup (luo_choice_label (luo_office_choices, text));
    default:
      return g_strdup (luo_choice_label (member->choices, text));
    }
}
