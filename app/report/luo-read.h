/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Reading members of records that may come from anywhere: each function checks the type of the JSON value first and answers
 * "not there" for a value of another type. */

static inline JsonNode *
luo_read_node (JsonObject *object, const char *member)
{
  return object != NULL && json_object_has_member (object, member) ? json_object_get_member (object, member)
                                                                   : NULL;
}

/** Returns: (nullable) (transfer none) */
static inline const char *
luo_read_text (JsonObject *object, const char *member)
{
  JsonNode *node = luo_read_node (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/** @value: (out): 0 where the member is no whole number. Returns: whether it is one. */
static inline gboolean
luo_read_int (JsonObject *object, const char *member, gint64 *value)
{
  JsonNode *node = luo_read_node (object, member);

  *value = 0;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return TRUE;
}

/** Returns: (nullable) (transfer none) */
static inline JsonArray *
luo_read_array (JsonObject *object, const char *member)
{
  JsonNode *node = luo_read_node (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static inline guint
luo_read_length (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

/** Returns: (nullable) (transfer none) */
static inline JsonObject *
luo_read_object (JsonObject *object, const char *member)
{
  JsonNode *node = luo_read_node (object, member);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/** Returns: (nullable) (transfer none): the object at @index */
static inline JsonObject *
luo_read_item (JsonArray *array, guint index)
{
  JsonNode *node = index < luo_read_length (array) ? json_array_get_element (array, index) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/** Returns: (nullable) (transfer none): the text at @index */
static inline const char *
luo_read_element (JsonArray *array, guint index)
{
  JsonNode *node = index < luo_read_length (array) ? json_array_get_element (array, index) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

G_END_DECLS
