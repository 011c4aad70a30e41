/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-json-private.h"

#include <string.h>

#include "luo-hub-error.h"
#include "luo-json-text.h"

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Past the string that begins at @p (its opening quote); NULL where it does not end. */
static const char *
skip_string (const char *p, const char *end)
{
  for (p++; p < end; p++)
    {
      if (*p == '\\')
        p++;
      else if (*p == '"')
        return p + 1;
    }
  return NULL;
}

char *
luo_hub_json_decode (const char *text, gsize length)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autofree char *object = g_strdup_printf ("{\"v\":%.*s}", (int)length, text);

  /* Wrapped, the strict check of objects serves for a bare value. */
  if (!luo_json_cut (object, strlen (object), members, NULL) || members->len != 1)
    return NULL;
  return luo_json_decode_string (g_array_index (members, LuoJsonMember, 0).value,
                                 g_array_index (members, LuoJsonMember, 0).value_length);
}

char **
luo_hub_json_strings (const char *text, gsize length)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  const char *end = text + length;

  if (length < 2 || *text != '[')
    return NULL;
  for (const char *p = text + 1; p < end;)
    {
      const char *next;
      char *decoded;

      if (is_space (*p) || *p == ',')
        {
          p++;
          continue;
        }
      if (*p == ']')
        {
          g_ptr_array_add (strings, NULL);
          return (char **)g_ptr_array_free (g_steal_pointer (&strings), FALSE);
        }
      if (*p != '"' || (next = skip_string (p, end)) == NULL)
        return NULL;
      decoded = luo_json_decode_string (p, (gsize)(next - p));
      if (decoded == NULL)
        return NULL;
      g_ptr_array_add (strings, decoded);
      p = next;
    }
  return NULL;
}

JsonObject *
luo_hub_json_parse_object (const char *text, gsize length, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (!luo_json_cut (text, length, members, error))
    return NULL;
  if (!json_parser_load_from_data (parser, text, (gssize)length, NULL)
      || (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                           "Request body must be a JSON object");
      return NULL;
    }
  return json_object_ref (json_node_get_object (root));
}

const char *
luo_hub_json_get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

gboolean
luo_hub_json_get_flag (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN
         && json_node_get_boolean (node);
}

char **
luo_hub_json_get_strings (JsonObject *object, const char *name)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  JsonNode *node = json_object_get_member (object, name);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_STRING)
        return NULL;
      g_ptr_array_add (strings, json_node_dup_string (element));
    }
  g_ptr_array_add (strings, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&strings), FALSE);
}

void
luo_hub_json_append_strings (GString *out, const char *const *strings)
{
  g_string_append_c (out, '[');
  for (gsize i = 0; strings != NULL && strings[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      luo_json_append_string (out, strings[i]);
    }
  g_string_append_c (out, ']');
}

void
luo_hub_json_append_name (GString *out, const char *name)
{
  if (out->len > 0 && strchr ("{[,", out->str[out->len - 1]) == NULL)
    g_string_append_c (out, ',');
  luo_json_append_string (out, name);
  g_string_append_c (out, ':');
}
