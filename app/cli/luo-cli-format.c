/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli-format.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-cli.h"
#include "luo-json-text.h"
#include "luo-record-check.h"

/* Longer texts are cut in a list; `show` prints the whole. */
#define MAX_CELL 40

/* One line of at most MAX_CELL characters. */
static char *
shorten (char *text)
{
  g_autofree char *cut = NULL;

  for (char *p = text; *p != '\0'; p++)
    if (*p == '\n')
      *p = ' ';
  if (g_utf8_strlen (text, -1) <= MAX_CELL)
    return text;
  cut = g_utf8_substring (text, 0, MAX_CELL - 1);
  g_free (text);
  return g_strconcat (cut, "…", NULL);
}

/* The stage a project stands at: the last that was reached. */
static char *
stage_of (LuoDocument *document)
{
  JsonObject *object = luo_document_get_object (document);
  JsonNode *node = json_object_get_member (object, "stages");
  const char *stage = NULL;
  const char *on = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return g_strdup ("");
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    {
      JsonNode *item = json_array_get_element (json_node_get_array (node), i);
      JsonObject *step = JSON_NODE_HOLDS_OBJECT (item) ? json_node_get_object (item) : NULL;
      const char *reached
          = step != NULL ? json_object_get_string_member_with_default (step, "on", NULL) : NULL;

      if (reached != NULL && g_strcmp0 (reached, on) >= 0)
        {
          on = reached;
          stage = json_object_get_string_member_with_default (step, "stage", NULL);
        }
    }
  return g_strdup (stage != NULL ? luo_choice_label (luo_stage_choices, stage) : "");
}

char *
luo_cli_cell (LuoDocument *document, const char *name)
{
  const LuoRecordType *type = luo_record_type_find (luo_document_get_record_type (document));
  const LuoMember *member = type != NULL ? luo_record_type_member (type, name) : NULL;
  JsonNode *value = json_object_get_member (luo_document_get_object (document), name);

  if (g_str_equal (name, "stage"))
    return stage_of (document);
  if (value == NULL || member == NULL)
    return g_strdup ("");
  return shorten (luo_member_format (member, value));
}

const char *const *
luo_cli_columns_of (const char *type)
{
  static const struct
  {
    const char *type;
    const char *columns[6];
  } lists[] = {
    { "task", { "number", "title", "lead", "due", "state" } },
    { "progress", { "month", "office", "state", "this_month" } },
    { "project", { "district", "name", "programme", "stage" } },
    { "training", { "on", "district", "topic", "attendances" } },
    { "visit", { "on", "district", "kind", "community", "inspector" } },
    { "office", { "name", "district" } },
    { "reference", { "title" } },
    { "edit", { "at", "by", "record" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    if (g_str_equal (lists[i].type, type))
      return lists[i].columns;
  return NULL;
}

char *
luo_cli_note_of (LuoDocument *document)
{
  g_autoptr (GString) note = g_string_new (NULL);

  if (luo_document_get_conflicts (document) > 0)
    g_string_append (note, _ ("in conflict"));
  if (luo_document_get_not_understood (document) != NULL)
    g_string_append_printf (note, "%s%s", note->len > 0 ? ", " : "", _ ("not understood"));
  if (luo_document_get_pending (document))
    g_string_append_printf (note, "%s%s", note->len > 0 ? ", " : "", _ ("to be sent"));
  return g_strdup (note->str);
}

char *
luo_cli_document_to_json (LuoStore *store, LuoDocument *document, GError **error)
{
  g_autofree char *json = luo_document_to_json (document);
  g_autoptr (GPtrArray) leaves = NULL;
  g_autoptr (GString) revs = NULL;

  if (luo_document_get_conflicts (document) == 0)
    return g_steal_pointer (&json);
  leaves = luo_store_get_leaves (store, luo_document_get_space (document), luo_document_get_id (document),
                                 error);
  if (leaves == NULL)
    return NULL;
  revs = g_string_new ("[");
  for (guint i = 0; i < leaves->len; i++)
    {
      LuoDocument *leaf = g_ptr_array_index (leaves, i);

      if (luo_document_get_deleted (leaf)
          || g_str_equal (luo_document_get_rev (leaf), luo_document_get_rev (document)))
        continue;
      g_string_append_printf (revs, "%s\"%s\"", revs->len > 1 ? "," : "", luo_document_get_rev (leaf));
    }
  g_string_append_c (revs, ']');
  return luo_json_patch (json, "/_conflicts", revs->str, error);
}

static const LuoMember *
find_member (const LuoMember *members, const char *name)
{
  for (const LuoMember *m = members; m != NULL && m->name != NULL; m++)
    if (g_str_equal (m->name, name))
      return m;
  return NULL;
}

/* Paragraphs of a narrative stand below each other. */
static void
print_value (const char *label, const char *text, guint indent)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  if (lines[0] == NULL || lines[1] == NULL)
    {
      luo_cli_print (_ ("%*s%s: %s\n"), (int)indent, "", label, text);
      return;
    }
  luo_cli_print (_ ("%*s%s:\n"), (int)indent, "", label);
  for (gsize i = 0; lines[i] != NULL; i++)
    luo_cli_print ("%*s%s\n", (int)indent + 2, "", lines[i]);
}

static void
print_unknown (const char *name, JsonNode *value, guint indent)
{
  g_autofree char *text = json_to_string (value, FALSE);

  print_value (name, text, indent);
}

static void
print_map (const LuoMember *member, JsonObject *map, guint indent)
{
  LuoMember item = { .kind = member->kind == LUO_KIND_INTEGER_MAP ? LUO_KIND_INTEGER : LUO_KIND_NARRATIVE };
  g_autoptr (GList) names = json_object_get_members (map);

  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *text = NULL;

      item.name = item.label = l->data;
      text = luo_member_format (&item, json_object_get_member (map, l->data));
      print_value (member->choices != NULL ? luo_choice_label (member->choices, l->data) : l->data, text,
                   indent);
    }
}

static void
print_items (const LuoMember *member, JsonArray *items, guint indent)
{
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonNode *item = json_array_get_element (items, i);

      luo_cli_print ("%*s%u.\n", (int)indent, "", i + 1);
      if (JSON_NODE_HOLDS_OBJECT (item))
        luo_cli_print_members (json_node_get_object (item), member->members, indent + 2);
      else
        print_unknown (member->name, item, indent + 2);
    }
}

static void
print_member (const LuoMember *member, JsonNode *value, guint indent)
{
  const char *label = _ (member->label);

  switch (member->kind)
    {
    case LUO_KIND_OBJECT:
    case LUO_KIND_INTEGER_MAP:
    case LUO_KIND_TEXT_MAP:
      if (!JSON_NODE_HOLDS_OBJECT (value))
        break;
      luo_cli_print (_ ("%*s%s:\n"), (int)indent, "", label);
      if (member->kind == LUO_KIND_OBJECT)
        luo_cli_print_members (json_node_get_object (value), member->members, indent + 2);
      else
        print_map (member, json_node_get_object (value), indent + 2);
      return;
    case LUO_KIND_ITEMS:
      if (!JSON_NODE_HOLDS_ARRAY (value))
        break;
      luo_cli_print (_ ("%*s%s:\n"), (int)indent, "", label);
      print_items (member, json_node_get_array (value), indent + 2);
      return;
    default:
      {
        g_autofree char *text = luo_member_format (member, value);

        print_value (label, text, indent);
        return;
      }
    }
  /* Of another kind than the table says: as it is. */
  print_unknown (label, value, indent);
}

void
luo_cli_print_members (JsonObject *object, const LuoMember *members, guint indent)
{
  g_autoptr (GList) names = json_object_get_members (object);

  for (const LuoMember *m = members; m != NULL && m->name != NULL; m++)
    {
      JsonNode *value = json_object_get_member (object, m->name);

      if (value != NULL)
        print_member (m, value, indent);
    }
  for (GList *l = names; l != NULL; l = l->next)
    if (find_member (members, l->data) == NULL && find_member (luo_common_members, l->data) == NULL)
      print_unknown (l->data, json_object_get_member (object, l->data), indent);
}
