/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-check.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "luo-json-scan-private.h"
#include "luo-record-check-private.h"
#include "luo-record-error.h"
#include "luo-record-id.h"

/* Where a value stands in its record; the text is made only when there is something to say. */
typedef struct _Path Path;
struct _Path
{
  const Path *parent; /* (nullable) */
  const char *name;   /* (nullable): NULL for an item of an array */
  guint index;
  const LuoMember *member; /* (nullable): gives the label */
};

static void
append_path (GString *out, const Path *path)
{
  if (path->parent != NULL)
    {
      append_path (out, path->parent);
      g_string_append_c (out, '/');
    }
  if (path->name != NULL)
    g_string_append (out, path->name);
  else
    g_string_append_printf (out, "%u", path->index);
}

static gboolean G_GNUC_PRINTF (3, 4) expected (GError **error, const Path *path, const char *format, ...)
{
  g_autoptr (GString) where = g_string_new (NULL);
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);

  append_path (where, path);
  if (path->member != NULL)
    g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER,
                 /* Translators: the member as it is stored, as it is shown, and what should stand there */
                 _ ("%s (%s): expected %s"), where->str, _ (path->member->label), what);
  else
    luo_member_expected (error, where->str, what);
  return FALSE;
}

static gboolean
missing (GError **error, const Path *path)
{
  g_autoptr (GString) where = g_string_new (NULL);

  append_path (where, path);
  g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER,
               /* Translators: the member as it is stored, and as it is shown */
               _ ("%s (%s) is missing"), where->str, _ (path->member->label));
  return FALSE;
}

void
luo_member_expected (GError **error, const char *path, const char *what)
{
  g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER,
               /* Translators: the member as it is stored, and what should stand there */
               _ ("%s: expected %s"), path, what);
}

/* Whether @text has the form of @pattern, where 0 stands for a digit. */
static gboolean
has_form (const char *text, const char *pattern)
{
  for (; *pattern != '\0'; pattern++, text++)
    if (*pattern == '0' ? !g_ascii_isdigit (*text) : *text != *pattern)
      return FALSE;
  return *text == '\0';
}

static guint
two_digits (const char *text)
{
  return (guint)(text[0] - '0') * 10 + (guint)(text[1] - '0');
}

gboolean
luo_text_is_date (const char *text)
{
  return has_form (text, "0000-00-00")
         && g_date_valid_dmy ((GDateDay)two_digits (text + 8), (GDateMonth)two_digits (text + 5),
                              (GDateYear)(two_digits (text) * 100 + two_digits (text + 2)));
}

gboolean
luo_text_is_month (const char *text)
{
  return has_form (text, "0000-00") && two_digits (text + 5) >= 1 && two_digits (text + 5) <= 12;
}

gboolean
luo_text_is_instant (const char *text)
{
  char day[11];
  char second[10];
  const char *fraction = text + 19;

  if (strnlen (text, 20) < 20)
    return FALSE;
  memcpy (day, text, 10);
  day[10] = '\0';
  memcpy (second, text + 10, 9);
  second[9] = '\0';
  if (!luo_text_is_date (day) || !has_form (second, "T00:00:00"))
    return FALSE;
  if (two_digits (text + 11) > 23 || two_digits (text + 14) > 59 || two_digits (text + 17) > 60)
    return FALSE;
  if (*fraction == '.')
    {
      gsize digits = strspn (fraction + 1, "0123456789");

      if (digits < 1 || digits > 9)
        return FALSE;
      fraction += 1 + digits;
    }
  return strcmp (fraction, "Z") == 0;
}

gboolean
luo_text_is_identifier (const char *text)
{
  if (!g_ascii_islower (*text) || strlen (text) > 64)
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_islower (*text) && !g_ascii_isdigit (*text) && *text != '-')
      return FALSE;
  return TRUE;
}

static gboolean
is_blank (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!g_unichar_isspace (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

/* Whether @text has no control character; with @lines line breaks and tabs are none. */
static gboolean
is_printable (const char *text, gboolean lines)
{
  for (; *text != '\0'; text++)
    if (((guchar)*text < 0x20 && !(lines && (*text == '\n' || *text == '\r' || *text == '\t')))
        || *text == 0x7f)
      return FALSE;
  return TRUE;
}

static gboolean
check_line (const Path *path, const char *text, GError **error)
{
  if (is_blank (text))
    return expected (error, path, _ ("a text that is not empty"));
  if (!is_printable (text, FALSE))
    return expected (error, path, _ ("a text of one line"));
  if (strlen (text) > LUO_RECORD_MAX_TEXT && g_utf8_strlen (text, -1) > LUO_RECORD_MAX_TEXT)
    return expected (error, path, _ ("a text of at most %d characters"), LUO_RECORD_MAX_TEXT);
  return TRUE;
}

static gboolean
check_narrative (const Path *path, const char *text, GError **error)
{
  if (is_blank (text))
    return expected (error, path, _ ("a text that is not empty"));
  if (!is_printable (text, TRUE))
    return expected (error, path, _ ("a text without control characters"));
  if (strlen (text) > LUO_RECORD_MAX_NARRATIVE && g_utf8_strlen (text, -1) > LUO_RECORD_MAX_NARRATIVE)
    return expected (error, path, _ ("a text of at most %d characters"), LUO_RECORD_MAX_NARRATIVE);
  return TRUE;
}

static gboolean
check_choice (const Path *path, const LuoChoice *choices, const char *text, GError **error)
{
  g_autoptr (GString) values = g_string_new (NULL);

  for (const LuoChoice *choice = choices; choice->value != NULL; choice++)
    {
      if (strcmp (choice->value, text) == 0)
        return TRUE;
      g_string_append_printf (values, "%s%s (%s)", values->len > 0 ? ", " : "", choice->value,
                              _ (choice->label));
    }
  /* Translators: a list of values follows */
  return expected (error, path, _ ("one of %s"), values->str);
}

static gboolean
check_record_id (const Path *path, const char *ref_type, const char *text, GError **error)
{
  const char *colon = strchr (text, ':');

  if (is_printable (text, FALSE) && colon != NULL && colon > text && colon[1] != '\0'
      && (ref_type == NULL
          || (strlen (ref_type) == (gsize)(colon - text) && g_str_has_prefix (text, ref_type))))
    return TRUE;
  if (ref_type == NULL)
    return expected (error, path, _ ("the id of a record"));
  return expected (error, path, _ ("the id of a record that begins with “%s:”"), ref_type);
}

static gboolean
check_text (const Path *path, const LuoMember *member, const char *text, GError **error)
{
  switch (member->kind)
    {
    case LUO_KIND_NARRATIVE:
      return check_narrative (path, text, error);
    case LUO_KIND_CHOICE:
      return check_choice (path, member->choices, text, error);
    case LUO_KIND_DATE:
      return luo_text_is_date (text) || expected (error, path, _ ("a day such as 2020-08-28"));
    case LUO_KIND_MONTH:
      return luo_text_is_month (text) || expected (error, path, _ ("a month such as 2020-08"));
    case LUO_KIND_INSTANT:
      return luo_text_is_instant (text)
             || expected (error, path, _ ("an instant such as 2020-08-28T09:30:00Z"));
    case LUO_KIND_DISTRICT:
      return (luo_text_is_identifier (text) && strcmp (text, "city") != 0)
             || expected (error, path, _ ("a district such as huanggu"));
    case LUO_KIND_OFFICE:
      return luo_text_is_identifier (text)
             || expected (error, path, _ ("an office such as huanggu, or city"));
    case LUO_KIND_RECORD:
      return check_record_id (path, member->ref_type, text, error);
    default:
      return check_line (path, text, error);
    }
}

static gboolean
check_number (const Path *path, const LuoMember *member, JsonNode *node, GError **error)
{
  gboolean bounded = member->min != 0 || member->max != 0;
  double min = bounded ? member->min : 0;
  double max = bounded ? member->max : LUO_RECORD_MAX_INTEGER;
  double value = json_node_get_double (node);

  if (!isfinite (value) || value < min || value > max)
    {
      if (min == 0 && !bounded)
        return expected (error, path, _ ("a number from 0 to 2⁵³ − 1"));
      return expected (error, path, _ ("a number from %.15g to %.15g"), min, max);
    }
  return TRUE;
}

static gboolean check_value (const Path *path, const LuoMember *member, JsonNode *node, GError **error);

static gboolean
check_members (const Path *path, const LuoMember *members, JsonObject *object, GError **error)
{
  for (const LuoMember *member = members; member->name != NULL; member++)
    {
      JsonNode *node = json_object_get_member (object, member->name);
      Path own = { path, member->name, 0, member };

      if (node == NULL)
        {
          if (member->flags & LUO_MEMBER_REQUIRED)
            return missing (error, &own);
        }
      else if (!check_value (&own, member, node, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_items (const Path *path, const LuoMember *member, JsonArray *items, GError **error)
{
  g_autoptr (GHashTable) keys = NULL;
  const char *key = NULL;
  guint n = json_array_get_length (items);

  if (n > LUO_RECORD_MAX_ITEMS)
    return expected (error, path, _ ("a list of at most %d items"), LUO_RECORD_MAX_ITEMS);
  for (const LuoMember *each = member->members; each->name != NULL; each++)
    if (each->flags & LUO_MEMBER_KEY)
      key = each->name;
  if (key != NULL)
    keys = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (items, i);
      Path own = { path, NULL, i, NULL };

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return expected (error, &own, _ ("an object"));
      if (!check_members (&own, member->members, json_node_get_object (node), error))
        return FALSE;
      if (key != NULL)
        {
          const char *value
              = json_object_get_string_member_with_default (json_node_get_object (node), key, NULL);
          Path at = { &own, key, 0, NULL };

          if (value != NULL && !g_hash_table_add (keys, (gpointer)value))
            return expected (error, &at, _ ("no other item with “%s”"), value);
        }
    }
  return TRUE;
}

static gboolean
check_texts (const Path *path, JsonArray *items, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = json_array_get_length (items);

  if (n > LUO_RECORD_MAX_ITEMS)
    return expected (error, path, _ ("a list of at most %d items"), LUO_RECORD_MAX_ITEMS);
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (items, i);
      Path own = { path, NULL, i, NULL };

      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        return expected (error, &own, _ ("a text"));
      if (!check_line (&own, json_node_get_string (node), error))
        return FALSE;
      if (!g_hash_table_add (seen, (gpointer)json_node_get_string (node)))
        return expected (error, &own, _ ("no text twice; “%s” is there already"),
                         json_node_get_string (node));
    }
  return TRUE;
}

static gboolean
check_map (const Path *path, const LuoMember *member, JsonObject *map, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  const LuoMember number = { .kind = LUO_KIND_INTEGER, .min = member->min, .max = member->max };
  const LuoMember text = { .kind = LUO_KIND_NARRATIVE };

  if (json_object_get_size (map) > LUO_RECORD_MAX_ITEMS)
    return expected (error, path, _ ("a list of at most %d items"), LUO_RECORD_MAX_ITEMS);
  json_object_iter_init (&iter, map);
  while (json_object_iter_next (&iter, &name, &node))
    {
      Path own = { path, name, 0, NULL };

      if (*name == '\0')
        return expected (error, path, _ ("names that are not empty"));
      if (!check_value (&own, member->kind == LUO_KIND_INTEGER_MAP ? &number : &text, node, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_value (const Path *path, const LuoMember *member, JsonNode *node, GError **error)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (JSON_NODE_HOLDS_NULL (node))
    return expected (error, path, _ ("a value, not null; what is not known is left out"));

  switch (member->kind)
    {
    case LUO_KIND_INTEGER:
      if (type != G_TYPE_INT64)
        return expected (error, path, _ ("a whole number"));
      return check_number (path, member, node, error);
    case LUO_KIND_NUMBER:
      if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
        return expected (error, path, _ ("a number"));
      return check_number (path, member, node, error);
    case LUO_KIND_MONEY:
      if (type != G_TYPE_INT64)
        return expected (error, path, _ ("an amount in whole fen"));
      return check_number (path, member, node, error);
    case LUO_KIND_BOOLEAN:
      return type == G_TYPE_BOOLEAN || expected (error, path, _ ("true or false"));
    case LUO_KIND_TEXTS:
      if (!JSON_NODE_HOLDS_ARRAY (node))
        return expected (error, path, _ ("a list of texts"));
      return check_texts (path, json_node_get_array (node), error);
    case LUO_KIND_OBJECT:
      if (!JSON_NODE_HOLDS_OBJECT (node))
        return expected (error, path, _ ("an object"));
      return member->members == NULL
             || check_members (path, member->members, json_node_get_object (node), error);
    case LUO_KIND_ITEMS:
      if (!JSON_NODE_HOLDS_ARRAY (node))
        return expected (error, path, _ ("a list of objects"));
      return check_items (path, member, json_node_get_array (node), error);
    case LUO_KIND_INTEGER_MAP:
    case LUO_KIND_TEXT_MAP:
      if (!JSON_NODE_HOLDS_OBJECT (node))
        return expected (error, path, _ ("an object"));
      return check_map (path, member, json_node_get_object (node), error);
    default:
      if (type != G_TYPE_STRING)
        return expected (error, path, _ ("a text"));
      return check_text (path, member, json_node_get_string (node), error);
    }
}

gboolean
luo_member_check (const LuoMember *member, JsonNode *value, GError **error)
{
  Path path = { NULL, member->name, 0, member };

  g_return_val_if_fail (value != NULL, FALSE);

  return check_value (&path, member, value, error);
}

/* The id of records whose id is not made of their members: the type and anything printable without blanks. */
static gboolean
is_free_id (const char *id, const char *type)
{
  gsize length = strlen (type);

  if (strncmp (id, type, length) != 0 || id[length] != ':' || id[length + 1] == '\0' || strlen (id) > 256)
    return FALSE;
  for (const char *p = id; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;
  return TRUE;
}

static gboolean
check_id (const char *id, const char *type, JsonObject *record, GError **error)
{
  g_autofree char *natural = NULL;

  if (strcmp (type, "task") != 0 && strcmp (type, "progress") != 0 && strcmp (type, "office") != 0
      && strcmp (type, "reference") != 0)
    {
      g_autofree char *example = NULL;

      if (is_free_id (id, type))
        return TRUE;
      example = g_strdup_printf ("%s:…", type);
      luo_member_expected (error, "_id", example);
      return FALSE;
    }
  natural = luo_record_id_for (record, error);
  if (natural == NULL)
    return FALSE;
  if (strcmp (natural, id) == 0)
    return TRUE;
  luo_member_expected (error, "_id", natural);
  return FALSE;
}

gboolean
luo_record_check (const char *id, JsonObject *record, GError **error)
{
  JsonNode *node;
  const LuoRecordType *type;

  g_return_val_if_fail (record != NULL, FALSE);

  node = json_object_get_member (record, "type");
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_TYPE,
                   _ ("type: expected the kind of the record"));
      return FALSE;
    }
  type = luo_record_type_find (json_node_get_string (node));
  if (type == NULL)
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_TYPE,
                   _ ("type: “%s” is not a kind of record that this version knows"),
                   json_node_get_string (node));
      return FALSE;
    }
  return check_members (NULL, luo_common_members, record, error)
         && check_members (NULL, type->members, record, error)
         && (id == NULL || check_id (id, type->name, record, error));
}

JsonObject *
luo_record_parse (const char *body, gssize length, GError **error)
{
  g_autoptr (GArray) long_integers = NULL;
  g_autoptr (JsonParser) parser = NULL;
  g_autofree char *widened = NULL;
  g_autoptr (GError) parse_error = NULL;
  gsize n;

  g_return_val_if_fail (body != NULL, NULL);

  n = length < 0 ? strlen (body) : (gsize)length;
  long_integers = g_array_new (FALSE, FALSE, sizeof (gsize));
  if (!luo_json_scan (body, n, LUO_JSON_WANT_OBJECT, NULL, long_integers, error))
    return NULL;

  /* json-glib wraps integers beyond 64 bits; as numbers with a fraction they keep their size and are refused as integers. */
  if (long_integers->len > 0)
    {
      GString *copy = g_string_sized_new (n + 2 * long_integers->len);
      gsize from = 0;

      for (guint i = 0; i < long_integers->len; i++)
        {
          gsize to = g_array_index (long_integers, gsize, i);

          g_string_append_len (copy, body + from, (gssize)(to - from));
          g_string_append (copy, ".0");
          from = to;
        }
      g_string_append_len (copy, body + from, (gssize)(n - from));
      n = copy->len;
      widened = g_string_free (copy, FALSE);
      body = widened;
    }

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, body, (gssize)n, &parse_error)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON, _ ("Not valid JSON: %s"),
                   parse_error != NULL ? parse_error->message : _ ("expected an object"));
      return NULL;
    }
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

gboolean
luo_record_check_text (const char *id, const char *body, gssize length, GError **error)
{
  g_autoptr (JsonObject) record = luo_record_parse (body, length, error);

  return record != NULL && luo_record_check (id, record, error);
}
