/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-bundle-ledger-private.h"

#define MADE "bundle.made"
#define TAKEN "bundle.taken"
#define KNOWN "bundle.known"

/* As many ids of a replica go into a head: one would do, the others serve a maker that was restored from a backup. */
#define TOLD 8

/* Returns: (transfer full) (nullable): what is remembered under @name; an empty @empty where nothing, or nothing readable, is */
static JsonNode *
load (LuoStore *store, const char *name, const char *empty, GError **error)
{
  g_autoptr (GError) here = NULL;
  g_autofree char *text = luo_store_get_meta (store, name, &here);
  g_autoptr (JsonNode) wanted = json_from_string (empty, NULL);
  g_autoptr (JsonNode) node = NULL;

  if (here != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&here));
      return NULL;
    }
  node = text != NULL ? json_from_string (text, NULL) : NULL;
  if (node != NULL && json_node_get_node_type (node) == json_node_get_node_type (wanted))
    return g_steal_pointer (&node);
  return g_steal_pointer (&wanted);
}

static gboolean
keep (LuoStore *store, const char *name, JsonNode *node, GError **error)
{
  g_autofree char *text = json_to_string (node, FALSE);

  return luo_store_set_meta (store, name, text, error);
}

static const char *
text_at (JsonArray *array, guint i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static JsonArray *
array_of (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* Returns: (transfer none) (nullable): the newest entry of that id */
static JsonObject *
find_entry (JsonArray *entries, const char *id)
{
  for (guint i = entries != NULL ? json_array_get_length (entries) : 0; i-- > 0;)
    {
      JsonNode *node = json_array_get_element (entries, i);
      JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (entry != NULL
          && g_strcmp0 (json_object_get_string_member_with_default (entry, "id", NULL), id) == 0)
        return entry;
    }
  return NULL;
}

/* Returns: (transfer none) (nullable): `spaces` of an entry */
static JsonObject *
spaces_of (JsonObject *entry)
{
  JsonNode *node = entry != NULL ? json_object_get_member (entry, "spaces") : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* Takes @spaces. */
static void
add_entry (JsonArray *entries, const char *id, JsonObject *spaces)
{
  JsonObject *entry = json_object_new ();

  json_object_set_string_member (entry, "id", id);
  json_object_set_object_member (entry, "spaces", spaces);
  json_array_add_object_element (entries, entry);
  while (json_array_get_length (entries) > LUO_BUNDLE_REMEMBERED)
    json_array_remove_element (entries, 0);
}

/* Made */

gboolean
luo_bundle_ledger_add_made (LuoStore *store, const char *id, JsonObject *spaces, GError **error)
{
  g_autoptr (JsonNode) node = load (store, MADE, "[]", error);

  if (node == NULL)
    return FALSE;
  add_entry (json_node_get_array (node), id, json_object_ref (spaces));
  return keep (store, MADE, node, error);
}

gboolean
luo_bundle_ledger_find_base (LuoStore *store, const char *peer, char **id, JsonObject **spaces,
                             GError **error)
{
  g_autoptr (JsonNode) known = load (store, KNOWN, "{}", error);
  g_autoptr (JsonNode) made = known != NULL ? load (store, MADE, "[]", error) : NULL;
  const char *base;
  JsonObject *found;

  *id = NULL;
  *spaces = NULL;
  if (made == NULL)
    return FALSE;
  base = json_object_get_string_member_with_default (json_node_get_object (known), peer, NULL);
  found = base != NULL ? spaces_of (find_entry (json_node_get_array (made), base)) : NULL;
  if (found != NULL)
    {
      *id = g_strdup (base);
      *spaces = json_object_ref (found);
    }
  return TRUE;
}

/* Taken */

/* Returns: (transfer full): the instance of a space; NULL where it is not kept here */
static char *
instance_of (LuoStore *store, const char *prefix, const char *name)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);
  g_autoptr (LuoSpace) space = luo_store_get_space (store, full, NULL);

  return space != NULL ? g_strdup (space->instance) : NULL;
}

/* Whether the spaces that a file was taken into are still those. */
static gboolean
still_here (LuoStore *store, const char *prefix, JsonObject *entry)
{
  JsonObject *spaces = spaces_of (entry);
  g_autoptr (GList) names = spaces != NULL ? json_object_get_members (spaces) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *instance = instance_of (store, prefix, l->data);

      if (g_strcmp0 (instance, json_object_get_string_member_with_default (spaces, l->data, "")) != 0)
        return FALSE;
    }
  return spaces != NULL;
}

gboolean
luo_bundle_ledger_add_taken (LuoStore *store, const char *prefix, const char *peer, const char *id,
                             const char *const *spaces, GError **error)
{
  g_autoptr (JsonNode) node = load (store, TAKEN, "{}", error);
  JsonObject *peers, *instances;
  JsonArray *entries;

  if (node == NULL)
    return FALSE;
  peers = json_node_get_object (node);
  entries = array_of (peers, peer);
  if (entries == NULL)
    {
      entries = json_array_new ();
      json_object_set_array_member (peers, peer, entries);
    }
  instances = json_object_new ();
  for (gsize i = 0; spaces[i] != NULL; i++)
    {
      g_autofree char *instance = instance_of (store, prefix, spaces[i]);

      json_object_set_string_member (instances, spaces[i], instance != NULL ? instance : "");
    }
  add_entry (entries, id, instances);
  return keep (store, TAKEN, node, error);
}

gboolean
luo_bundle_ledger_has_taken (LuoStore *store, const char *prefix, const char *peer, const char *id,
                             gboolean *taken, GError **error)
{
  g_autoptr (JsonNode) node = load (store, TAKEN, "{}", error);
  JsonObject *entry;

  if (node == NULL)
    return FALSE;
  entry = find_entry (array_of (json_node_get_object (node), peer), id);
  *taken = entry != NULL && still_here (store, prefix, entry);
  return TRUE;
}

/* The ids of the last files of a replica that count as taken in. */
static JsonArray *
list_last (LuoStore *store, const char *prefix, JsonArray *entries)
{
  guint n = entries != NULL ? json_array_get_length (entries) : 0;
  JsonArray *ids = json_array_new ();

  for (guint i = n > TOLD ? n - TOLD : 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (entries, i);
      JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *id = entry != NULL ? json_object_get_string_member_with_default (entry, "id", NULL) : NULL;

      if (id != NULL && still_here (store, prefix, entry))
        json_array_add_string_element (ids, id);
    }
  return ids;
}

JsonObject *
luo_bundle_ledger_list_taken (LuoStore *store, const char *prefix, GError **error)
{
  g_autoptr (JsonNode) node = load (store, TAKEN, "{}", error);
  g_autoptr (GList) peers = NULL;
  JsonObject *told;

  if (node == NULL)
    return NULL;
  told = json_object_new ();
  peers = json_object_get_members (json_node_get_object (node));
  for (GList *l = peers; l != NULL; l = l->next)
    json_object_set_array_member (told, l->data,
                                  list_last (store, prefix, array_of (json_node_get_object (node), l->data)));
  return told;
}

/* Known */

gboolean
luo_bundle_ledger_learn (LuoStore *store, const char *peer, JsonArray *ids, GError **error)
{
  g_autoptr (JsonNode) known = load (store, KNOWN, "{}", error);
  g_autoptr (JsonNode) made = known != NULL ? load (store, MADE, "[]", error) : NULL;
  const char *before;

  if (made == NULL)
    return FALSE;
  before = json_object_get_string_member_with_default (json_node_get_object (known), peer, NULL);
  for (guint i = json_array_get_length (ids); i-- > 0;)
    {
      const char *id = text_at (ids, i);

      if (id == NULL || find_entry (json_node_get_array (made), id) == NULL)
        continue;
      if (g_strcmp0 (before, id) == 0)
        return TRUE;
      json_object_set_string_member (json_node_get_object (known), peer, id);
      return keep (store, KNOWN, known, error);
    }
  /* The replica has none of our files (any more): it may have been restored from a backup, so the next one is whole. */
  if (before == NULL)
    return TRUE;
  json_object_remove_member (json_node_get_object (known), peer);
  return keep (store, KNOWN, known, error);
}
