/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-keyed-place.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "luo-json-text.h"
#include "luo-record-error.h"

/* A step of an RFC 6901 pointer as it names a member. */
static char *
decode_step (const char *step)
{
  GString *out = g_string_new (NULL);

  for (; *step != '\0'; step++)
    if (step[0] == '~' && (step[1] == '0' || step[1] == '1'))
      g_string_append_c (out, *++step == '0' ? '~' : '/');
    else
      g_string_append_c (out, *step);
  return g_string_free (out, FALSE);
}

/* Returns: (transfer full): the decoded steps */
static char **
split (const char *pointer)
{
  char **steps = g_strsplit (*pointer == '/' ? pointer + 1 : pointer, "/", -1);

  for (guint i = 0; steps[i] != NULL; i++)
    {
      char *decoded = decode_step (steps[i]);

      g_free (steps[i]);
      steps[i] = decoded;
    }
  return steps;
}

static void
append_step (GString *pointer, const char *step)
{
  g_string_append_c (pointer, '/');
  for (; *step != '\0'; step++)
    if (*step == '~')
      g_string_append (pointer, "~0");
    else if (*step == '/')
      g_string_append (pointer, "~1");
    else
      g_string_append_c (pointer, *step);
}

static const LuoMember *
find_member (const LuoMember *members, const char *name)
{
  for (; members != NULL && members->name != NULL; members++)
    if (strcmp (members->name, name) == 0)
      return members;
  return NULL;
}

static const LuoMember *
find_key (const LuoMember *members)
{
  for (; members != NULL && members->name != NULL; members++)
    if ((members->flags & LUO_MEMBER_KEY) != 0)
      return members;
  return NULL;
}

static const char *
text_of (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* Which member names the items of an array, as luo_merge() takes it: the table's key, else "key", else "name". */
static const char *
key_name_of (const LuoMember *array, JsonArray *items)
{
  const LuoMember *key = array != NULL ? find_key (array->members) : NULL;
  static const char *const usual[] = { "key", "name" };

  if (key != NULL)
    return key->name;
  for (guint n = 0; n < G_N_ELEMENTS (usual); n++)
    {
      gboolean all = TRUE;

      for (guint i = 0; i < json_array_get_length (items) && all; i++)
        {
          JsonNode *item = json_array_get_element (items, i);

          all = JSON_NODE_HOLDS_OBJECT (item) && text_of (json_node_get_object (item), usual[n]) != NULL;
        }
      if (all)
        return usual[n];
    }
  return usual[0];
}

static int
find_item (JsonArray *items, const char *key_name, const char *key)
{
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonNode *item = json_array_get_element (items, i);

      if (JSON_NODE_HOLDS_OBJECT (item)
          && g_strcmp0 (text_of (json_node_get_object (item), key_name), key) == 0)
        return (int)i;
    }
  return -1;
}

static const LuoMember *
outer_member (const char *record_type, const char *step)
{
  const LuoRecordType *type = luo_record_type_find (record_type);

  return type != NULL && step != NULL ? luo_record_type_member (type, step) : NULL;
}

/* The pointer by places in @root; NULL where an item that it leads through is not there. @there: whether the value is. */
static char *
by_place (const char *record_type, JsonNode *root, const char *pointer, gboolean *there)
{
  g_auto (GStrv) steps = split (pointer);
  const LuoMember *member = outer_member (record_type, steps[0]);
  g_autoptr (GString) place = g_string_new (NULL);
  JsonNode *node = root;

  for (guint i = 0; steps[i] != NULL; i++)
    {
      gboolean is_array = node != NULL ? JSON_NODE_HOLDS_ARRAY (node)
                                       : i > 0 && member != NULL && member->kind == LUO_KIND_ITEMS;

      if (is_array)
        {
          JsonArray *items = node != NULL ? json_node_get_array (node) : NULL;
          int at = items != NULL ? find_item (items, key_name_of (member, items), steps[i]) : -1;

          if (at < 0 && steps[i + 1] != NULL)
            return NULL;
          if (at < 0)
            g_string_append (place, "/-");
          else
            g_string_append_printf (place, "/%d", at);
          node = at >= 0 ? json_array_get_element (items, (guint)at) : NULL;
        }
      else
        {
          append_step (place, steps[i]);
          node = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                     ? json_object_get_member (json_node_get_object (node), steps[i])
                     : NULL;
        }
      if (i > 0 && member != NULL && member->kind != LUO_KIND_ITEMS)
        member = find_member (member->members, steps[i]);
    }
  *there = node != NULL;
  return g_string_free (g_steal_pointer (&place), FALSE);
}

void
luo_keyed_place_describe (const char *record_type, const char *pointer, LuoKeyedPlace *place)
{
  g_auto (GStrv) steps = split (pointer);
  guint length = g_strv_length (steps);

  memset (place, 0, sizeof *place);
  place->member = outer_member (record_type, steps[0]);
  if (place->member == NULL)
    return;
  if (length == 1)
    {
      place->value = *place->member;
      return;
    }
  switch (place->member->kind)
    {
    case LUO_KIND_INTEGER_MAP:
    case LUO_KIND_TEXT_MAP:
      if (length != 2)
        return;
      place->value = (LuoMember){
        .name = place->member->name,
        .label = place->member->label,
        .kind = place->member->kind == LUO_KIND_INTEGER_MAP ? LUO_KIND_INTEGER : LUO_KIND_NARRATIVE,
        .unit = place->member->unit,
      };
      return;
    case LUO_KIND_ITEMS:
      if (length == 2)
        {
          place->value = (LuoMember){
            .name = place->member->name,
            .label = place->member->label,
            .kind = LUO_KIND_OBJECT,
            .members = place->member->members,
          };
          return;
        }
      place->inner = length == 3 ? find_member (place->member->members, steps[2]) : NULL;
      break;
    case LUO_KIND_OBJECT:
      place->inner = length == 2 ? find_member (place->member->members, steps[1]) : NULL;
      break;
    default:
      return;
    }
  if (place->inner != NULL)
    place->value = *place->inner;
}

/* What a person calls an item: what its key means, else the first text that says something, else the key itself. */
static char *
item_name (const LuoMember *array, JsonObject *item, const char *key)
{
  const LuoMember *key_member = find_key (array->members);

  if (key_member != NULL && key_member->choices != NULL)
    return g_strdup (luo_choice_label (key_member->choices, key));
  for (const LuoMember *member = array->members; item != NULL && member != NULL && member->name != NULL;
       member++)
    {
      const char *text = (member->flags & LUO_MEMBER_KEY) == 0 ? text_of (item, member->name) : NULL;

      if (text != NULL && (member->kind == LUO_KIND_TEXT || member->kind == LUO_KIND_NARRATIVE))
        return g_strdup (luo_choice_label (member->choices, text));
    }
  return g_strdup (key);
}

char *
luo_keyed_place_label (const char *record_type, const char *pointer, const char *body)
{
  g_auto (GStrv) steps = split (pointer);
  g_autoptr (JsonNode) root = body != NULL ? json_from_string (body, NULL) : NULL;
  LuoKeyedPlace place;
  GString *label;

  luo_keyed_place_describe (record_type, pointer, &place);
  label = g_string_new (place.member != NULL ? _ (place.member->label) : steps[0]);
  for (guint i = 1; steps[i] != NULL; i++)
    {
      g_autofree char *name = NULL;

      if (steps[i + 1] == NULL && place.inner != NULL)
        name = g_strdup (_ (place.inner->label));
      else if (i == 1 && place.member != NULL && place.member->kind == LUO_KIND_ITEMS)
        {
          JsonNode *array = root != NULL && JSON_NODE_HOLDS_OBJECT (root)
                                ? json_object_get_member (json_node_get_object (root), steps[0])
                                : NULL;
          JsonArray *items
              = array != NULL && JSON_NODE_HOLDS_ARRAY (array) ? json_node_get_array (array) : NULL;
          int at = items != NULL ? find_item (items, key_name_of (place.member, items), steps[1]) : -1;

          name = item_name (place.member, at >= 0 ? json_array_get_object_element (items, (guint)at) : NULL,
                            steps[1]);
        }
      else
        name
            = g_strdup (place.member != NULL ? luo_choice_label (place.member->choices, steps[i]) : steps[i]);
      g_string_append_printf (label, " · %s", name);
    }
  return g_string_free (label, FALSE);
}

char *
luo_keyed_place_get (const char *record_type, const char *body, const char *pointer)
{
  g_autoptr (JsonNode) root = json_from_string (body, NULL);
  g_autofree char *place = NULL;
  gboolean there = FALSE;

  place = root != NULL ? by_place (record_type, root, pointer, &there) : NULL;
  return there ? luo_json_at (body, place) : NULL;
}

char *
luo_keyed_place_set (const char *record_type, const char *body, const char *pointer, const char *value,
                     GError **error)
{
  g_autoptr (JsonNode) root = json_from_string (body, error);
  g_autofree char *place = NULL;
  gboolean there = FALSE;

  if (root == NULL)
    return NULL;
  place = by_place (record_type, root, pointer, &there);
  if (!there && value == NULL)
    return g_strdup (body);
  if (place == NULL)
    {
      g_set_error (
          error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER,
          /* Translators: %s is the path of a member within an item, such as funds/provincial/used_fen */
          _ ("%s: the item that it belongs to is not there"), pointer + 1);
      return NULL;
    }
  return luo_json_patch (body, place, value, error);
}

gboolean
luo_keyed_place_is_within (const char *inner, const char *outer)
{
  gsize length = strlen (outer);

  return strncmp (inner, outer, length) == 0 && (inner[length] == '\0' || inner[length] == '/');
}
