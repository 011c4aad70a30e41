/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-edit.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "luo-json-text.h"
#include "luo-record-check.h"
#include "luo-record-error.h"

/* One walk along a path: where it is in the record and what the table says of it. */
typedef struct
{
  const char *path;         /* as it was typed, for messages */
  GString *pointer;         /* (owned): RFC 6901, as far as the walk has come */
  const LuoMember *members; /* (nullable): what a step may name here; NULL where the table does not say */
  const LuoMember *member;  /* (nullable): what the pointer points at */
  LuoMember item; /* describes a value of a map or a text of a set, which have no member of their own */
  gboolean known; /* the table describes what the pointer points at */
} MemberWalk;

static void
refuse (GError **error, const char *path, const char *expected)
{
  g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER,
               /* Translators: the first %s is the member of a record, the second says what was expected. */
               _ ("%s: %s"), path, expected);
}

static void
append_step (GString *pointer, const char *step)
{
  g_string_append_c (pointer, '/');
  for (const char *p = step; *p != '\0'; p++)
    {
      if (*p == '~')
        g_string_append (pointer, "~0");
      else if (*p == '/')
        g_string_append (pointer, "~1");
      else
        g_string_append_c (pointer, *p);
    }
}

static gboolean
is_place (const char *step)
{
  if (*step == '\0' || strlen (step) > 6)
    return FALSE;
  for (; *step != '\0'; step++)
    if (!g_ascii_isdigit (*step))
      return FALSE;
  return TRUE;
}

static const LuoMember *
find_member (const LuoMember *members, const char *name)
{
  for (const LuoMember *m = members; m != NULL && m->name != NULL; m++)
    if (g_str_equal (m->name, name))
      return m;
  return NULL;
}

static const LuoMember *
find_key (const LuoMember *members)
{
  for (const LuoMember *m = members; m != NULL && m->name != NULL; m++)
    if (m->flags & LUO_MEMBER_KEY)
      return m;
  return NULL;
}

/* The place of the item whose key member is @key, or -1. */
static int
place_of_key (const char *items, const LuoMember *members, const char *key)
{
  const LuoMember *key_member = find_key (members);
  g_autoptr (JsonNode) node = NULL;
  JsonArray *array;

  if (key_member == NULL || items == NULL)
    return -1;
  node = json_from_string (items, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return -1;
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      JsonNode *value;

      if (!JSON_NODE_HOLDS_OBJECT (element))
        continue;
      value = json_object_get_member (json_node_get_object (element), key_member->name);
      if (value != NULL && json_node_get_value_type (value) == G_TYPE_STRING
          && g_str_equal (json_node_get_string (value), key))
        return (int)i;
    }
  return -1;
}

/* Steps into an array: a place, the key of an item, or `-`. */
static gboolean
step_into_items (MemberWalk *walk, const char **body, char **patched, const char *step, gboolean last,
                 GError **error)
{
  const LuoMember *array = walk->member;
  g_autofree char *items = luo_json_at (*body, walk->pointer->str);
  g_autofree char *fresh = g_strdup ("{}");
  guint length = 0;
  int place = -1;

  if (items != NULL)
    {
      g_autoptr (JsonNode) node = json_from_string (items, NULL);

      if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
        length = json_array_get_length (json_node_get_array (node));
    }
  if (g_str_equal (step, "-"))
    place = (int)length;
  else if (is_place (step))
    place = (int)g_ascii_strtoll (step, NULL, 10);
  else if (array->kind == LUO_KIND_ITEMS)
    {
      const LuoMember *key = find_key (array->members);

      place = place_of_key (items, array->members, step);
      if (place < 0 && key != NULL && !last)
        {
          /* A key that no item has yet names the new item. */
          g_autofree char *name = luo_json_encode_string (step);

          g_free (fresh);
          fresh = g_strdup_printf ("{\"%s\":%s}", key->name, name);
          place = (int)length;
        }
    }
  if (place < 0 || place > (int)length)
    {
      g_autofree char *expected = g_strdup_printf (
          _ ("there is no item “%s”; a place counted from 0, a key, or “-” for a new one was expected"),
          step);
      refuse (error, walk->path, expected);
      return FALSE;
    }

  /* A new item begins empty or with its key, so that its first member has something to be put into. */
  if (place == (int)length && !last)
    {
      g_autofree char *pointer = NULL;
      char *made;

      if (items == NULL)
        {
          made = luo_json_patch (*body, walk->pointer->str, "[]", error);
          if (made == NULL)
            return FALSE;
          g_free (*patched);
          *body = *patched = made;
        }
      pointer = g_strconcat (walk->pointer->str, "/-", NULL);
      made = luo_json_patch (*body, pointer, fresh, error);
      if (made == NULL)
        return FALSE;
      g_free (*patched);
      *body = *patched = made;
    }
  else if (items == NULL)
    {
      char *made = luo_json_patch (*body, walk->pointer->str, "[]", error);

      if (made == NULL)
        return FALSE;
      g_free (*patched);
      *body = *patched = made;
    }
  if (place == (int)length && last)
    g_string_append (walk->pointer, "/-");
  else
    g_string_append_printf (walk->pointer, "/%d", place);

  walk->members = array->kind == LUO_KIND_ITEMS ? array->members : NULL;
  walk->item = (LuoMember){ .name = walk->path, .label = array->label, .kind = LUO_KIND_TEXT };
  walk->member = array->kind == LUO_KIND_TEXTS ? &walk->item : NULL;
  if (array->kind == LUO_KIND_ITEMS)
    {
      walk->item.kind = LUO_KIND_OBJECT;
      walk->item.members = array->members;
      walk->member = &walk->item;
    }
  return TRUE;
}

static gboolean
take_step (MemberWalk *walk, const char **body, char **patched, const char *step, gboolean last,
           GError **error)
{
  const LuoMember *at = walk->member;

  if (*step == '\0')
    {
      refuse (error, walk->path, _ ("a member or a path such as “readings.centres” was expected"));
      return FALSE;
    }
  if (at == NULL || !walk->known)
    {
      /* The record itself, or something the table does not describe. */
      const LuoMember *member = walk->known ? find_member (walk->members, step) : NULL;

      append_step (walk->pointer, step);
      walk->member = member;
      walk->known = member != NULL;
      walk->members = member != NULL ? member->members : NULL;
      return TRUE;
    }
  switch (at->kind)
    {
    case LUO_KIND_ITEMS:
    case LUO_KIND_TEXTS:
      return step_into_items (walk, body, patched, step, last, error);
    case LUO_KIND_OBJECT:
      append_step (walk->pointer, step);
      walk->member = find_member (at->members, step);
      walk->known = walk->member != NULL;
      return TRUE;
    case LUO_KIND_INTEGER_MAP:
      append_step (walk->pointer, step);
      walk->item = (LuoMember){ .name = walk->path,
                                .label = at->label,
                                .kind = LUO_KIND_INTEGER,
                                .min = at->min,
                                .max = at->max,
                                .unit = at->unit };
      walk->member = &walk->item;
      return TRUE;
    case LUO_KIND_TEXT_MAP:
      append_step (walk->pointer, step);
      walk->item = (LuoMember){ .name = walk->path, .label = at->label, .kind = LUO_KIND_NARRATIVE };
      walk->member = &walk->item;
      return TRUE;
    default:
      refuse (error, walk->path,
              _ ("a member that has no parts was not expected to be followed by a further step"));
      return FALSE;
    }
}

/* What a person typed for a member that the table does not know. */
static char *
free_value (const char *text)
{
  g_autofree char *document = g_strconcat ("{\"v\":", text, "}", NULL);
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

  if (luo_json_cut (document, strlen (document), members, NULL) && members->len == 1)
    return g_strdup (text);
  return luo_json_encode_string (text);
}

/* The same message, beginning with the whole path where it began with the last member alone. */
static void
name_path (GError **error, const char *path)
{
  const char *last = path;

  if (error == NULL || *error == NULL || strstr ((*error)->message, path) != NULL)
    return;
  for (const char *p = path; *p != '\0'; p++)
    if (*p == '.' || *p == '/')
      last = p + 1;
  if (g_str_has_prefix ((*error)->message, last))
    g_prefix_error (error, "%.*s", (int)(last - path), path);
  else
    g_prefix_error (error, "%s: ", path);
}

char *
luo_record_set_member (const char *body, const char *path, const char *text, GError **error)
{
  MemberWalk walk = { .path = path, .known = TRUE };
  g_autofree char *type_text = NULL;
  g_autofree char *type_name = NULL;
  g_autofree char *patched = NULL;
  g_autofree char *value = NULL;
  g_autofree char *result = NULL;
  g_autoptr (GString) pointer = g_string_new (NULL);
  g_autoptr (GArray) cut = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_auto (GStrv) steps = NULL;
  const LuoRecordType *type;
  const char *original = body;
  gboolean removes = text == NULL || *text == '\0';

  g_return_val_if_fail (body != NULL && path != NULL, NULL);

  if (!luo_json_cut (body, strlen (body), cut, error))
    return NULL;
  type_text = luo_json_at (body, "/type");
  type_name = type_text != NULL ? luo_json_decode_string (type_text, strlen (type_text)) : NULL;
  type = type_name != NULL ? luo_record_type_find (type_name) : NULL;
  steps = g_strsplit (path, strchr (path, '/') != NULL ? "/" : ".", -1);
  if (steps[0] == NULL || steps[0][0] == '\0' || steps[0][0] == '_')
    {
      refuse (error, path, _ ("a member or a path such as “readings.centres” was expected"));
      return NULL;
    }

  walk.pointer = pointer;
  append_step (pointer, steps[0]);
  walk.member = type != NULL ? luo_record_type_member (type, steps[0]) : NULL;
  walk.known = walk.member != NULL;
  for (gsize i = 1; steps[i] != NULL; i++)
    if (!take_step (&walk, &body, &patched, steps[i], steps[i + 1] == NULL, error))
      return NULL;

  if (removes)
    {
      g_autofree char *present = luo_json_at (body, pointer->str);

      if (present == NULL)
        return g_strdup (original);
    }
  else if (walk.known && walk.member != NULL)
    {
      value = luo_member_parse (walk.member, text, error);
      if (value == NULL)
        {
          name_path (error, path);
          return NULL;
        }
    }
  else
    {
      value = free_value (text);
    }
  result = luo_json_patch (body, pointer->str, value, error);
  if (result == NULL)
    name_path (error, path);
  return g_steal_pointer (&result);
}
