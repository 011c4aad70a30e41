/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-history-words.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "luo-keyed-place.h"
#include "luo-record-check.h"
#include "luo-record-type.h"

#define FILES "/_attachments/"

/* A text longer than this is cut in a line of the history; the state shows it whole. */
#define MAX_CHARACTERS 120

const char *
luo_history_words_type (const char *record_type)
{
  const LuoRecordType *type = luo_record_type_find (record_type);

  return type != NULL ? _ (type->label_one) : record_type;
}

static gboolean
is_stamp (const char *pointer)
{
  static const char *const stamps[]
      = { "/type", "/created_at", "/created_by", "/updated_at", "/updated_by", NULL };

  return g_strv_contains (stamps, pointer);
}

static char *
place_text (const char *record_type, const char *pointer, JsonNode *node)
{
  LuoKeyedPlace place;

  luo_keyed_place_describe (record_type, pointer, &place);
  if (place.value.name != NULL)
    return luo_member_format (&place.value, node);
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  return json_to_string (node, FALSE);
}

static char *
change_text (const char *record_type, const char *pointer, JsonNode *node)
{
  g_autofree char *text = NULL;
  g_autofree char *cut = NULL;

  if (JSON_NODE_HOLDS_NULL (node))
    /* Translators: a version of a record that has no value there */
    return g_strdup (_ ("(nothing)"));
  if (g_str_has_prefix (pointer, FILES))
    return g_strdup (pointer + strlen (FILES));
  text = place_text (record_type, pointer, node);
  if (g_utf8_strlen (text, -1) <= MAX_CHARACTERS)
    return g_steal_pointer (&text);
  cut = g_utf8_substring (text, 0, MAX_CHARACTERS);
  return g_strconcat (cut, "…", NULL);
}

static char *
place_label (const char *record_type, const char *pointer, const char *body)
{
  if (g_str_has_prefix (pointer, FILES))
    return g_strdup (_ ("File"));
  return luo_keyed_place_label (record_type, pointer, body);
}

/* One line of a change from @before to @after. */
static char *
change_line (const char *record_type, const char *pointer, const char *body, JsonNode *before,
             JsonNode *after)
{
  g_autofree char *label = NULL, *was = NULL, *is = NULL;

  if (*pointer == '\0')
    return g_strdup (JSON_NODE_HOLDS_NULL (after) ? _ ("deleted") : _ ("made again"));
  label = place_label (record_type, pointer, body);
  /* The order of items is named by their keys, which are no words for a person. */
  if (g_str_has_suffix (pointer, "/-"))
    return g_strdup_printf (_ ("%s: another order"), label);
  was = change_text (record_type, pointer, before);
  is = change_text (record_type, pointer, after);
  /* Translators: what was changed, from what to what: 牵头处室：养老服务处 → 社会救助处 */
  return g_strdup_printf (_ ("%s: %s → %s"), label, was, is);
}

GPtrArray *
luo_history_words_changes (const char *record_type, const char *changes, const char *body)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) node = json_from_string (changes, NULL);
  JsonObjectIter iter;
  const char *pointer;
  JsonNode *pair;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return lines;
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &pointer, &pair))
    {
      JsonArray *values = JSON_NODE_HOLDS_ARRAY (pair) ? json_node_get_array (pair) : NULL;

      if (is_stamp (pointer) || values == NULL || json_array_get_length (values) != 2)
        continue;
      g_ptr_array_add (lines, change_line (record_type, pointer, body, json_array_get_element (values, 0),
                                           json_array_get_element (values, 1)));
    }
  return lines;
}

static void add_facts (GPtrArray *facts, const char *record_type, const char *pointer, JsonNode *node,
                       const char *body);

static void
add_members (GPtrArray *facts, const char *record_type, const char *pointer, JsonObject *object,
             const char *body)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *inner = g_strconcat (pointer, "/", name, NULL);

      if (!is_stamp (inner) && !g_str_equal (name, "key"))
        add_facts (facts, record_type, inner, node, body);
    }
}

static void
add_facts (GPtrArray *facts, const char *record_type, const char *pointer, JsonNode *node, const char *body)
{
  JsonArray *items = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      add_members (facts, record_type, pointer, json_node_get_object (node), body);
      return;
    }
  if (items != NULL && json_array_get_length (items) > 0
      && JSON_NODE_HOLDS_OBJECT (json_array_get_element (items, 0)))
    {
      for (guint i = 0; i < json_array_get_length (items); i++)
        {
          JsonNode *item = json_array_get_element (items, i);
          const char *key
              = JSON_NODE_HOLDS_OBJECT (item)
                    ? json_object_get_string_member_with_default (json_node_get_object (item), "key", NULL)
                    : NULL;
          g_autofree char *inner
              = key != NULL ? g_strconcat (pointer, "/", key, NULL) : g_strdup_printf ("%s/%u", pointer, i);

          add_facts (facts, record_type, inner, item, body);
        }
      return;
    }
  g_ptr_array_add (facts, place_label (record_type, pointer, body));
  g_ptr_array_add (facts, place_text (record_type, pointer, node));
}

GPtrArray *
luo_history_words_facts (const char *record_type, const char *body)
{
  GPtrArray *facts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) node = json_from_string (body, NULL);

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    add_members (facts, record_type, "", json_node_get_object (node), body);
  return facts;
}
