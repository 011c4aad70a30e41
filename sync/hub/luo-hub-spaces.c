/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-spaces-private.h"

#include <string.h>

#include "luo-clock.h"
#include "luo-hub-error.h"
#include "luo-hub-json-private.h"
#include "luo-hub-tuning.h"

/* So much of an instance tells it from every other of the same name. */
#define INSTANCE_PREFIX 12

struct _LuoHubSpaces
{
  LuoStore *store; /* (unowned) */
  GMutex mutex;
  GPtrArray *list;     /* (owned) (nullable): of LuoHubSpace, sorted by name */
  GHashTable *by_name; /* (owned): of LuoHubSpace, not owned */
  gint64 fresh_until;
};

LuoHubSpaces *
luo_hub_spaces_new (LuoStore *store)
{
  LuoHubSpaces *self = g_new0 (LuoHubSpaces, 1);

  self->store = store;
  g_mutex_init (&self->mutex);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
luo_hub_spaces_free (LuoHubSpaces *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_clear_pointer (&self->list, g_ptr_array_unref);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
luo_hub_spaces_forget (LuoHubSpaces *self)
{
  g_mutex_lock (&self->mutex);
  self->fresh_until = 0;
  g_mutex_unlock (&self->mutex);
}

LuoHubSpace *
luo_hub_space_ref (LuoHubSpace *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
luo_hub_space_unref (LuoHubSpace *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->name);
  g_free (self->instance);
  g_strfreev (self->admin_names);
  g_strfreev (self->admin_roles);
  g_strfreev (self->member_names);
  g_strfreev (self->member_roles);
  g_free (self);
}

static void
read_list (JsonObject *security, const char *member, char ***names, char ***roles)
{
  JsonNode *node = json_object_get_member (security, member);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  *names = luo_hub_json_get_strings (json_node_get_object (node), "names");
  *roles = luo_hub_json_get_strings (json_node_get_object (node), "roles");
}

static LuoHubSpace *
space_read (LuoStore *store, const LuoSpace *space)
{
  LuoHubSpace *self = g_new0 (LuoHubSpace, 1);
  g_autofree char *text = luo_store_get_space_meta (store, space->name, LUO_HUB_SECURITY_META, NULL);
  g_autoptr (JsonObject) security = NULL;

  g_atomic_ref_count_init (&self->references);
  self->name = g_strdup (space->name);
  self->instance = g_strdup (space->instance);
  if (text != NULL)
    security = luo_hub_json_parse_object (text, strlen (text), NULL);
  if (security != NULL)
    {
      read_list (security, "admins", &self->admin_names, &self->admin_roles);
      read_list (security, "members", &self->member_names, &self->member_roles);
    }
  return self;
}

/* With the mutex held. */
static gboolean
refresh (LuoHubSpaces *self, GError **error)
{
  gint64 now = luo_clock_get_monotonic ();
  g_autoptr (GPtrArray) spaces = NULL;

  if (self->list != NULL && now < self->fresh_until)
    return TRUE;
  spaces = luo_store_list_spaces (self->store, error);
  if (spaces == NULL)
    return FALSE;

  g_hash_table_remove_all (self->by_name);
  g_clear_pointer (&self->list, g_ptr_array_unref);
  self->list = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_hub_space_unref);
  for (guint i = 0; i < spaces->len; i++)
    {
      LuoHubSpace *space = space_read (self->store, spaces->pdata[i]);

      g_ptr_array_add (self->list, space);
      g_hash_table_insert (self->by_name, space->name, space);
    }
  self->fresh_until = now + LUO_HUB_SPACES_FRESH_USEC;
  return TRUE;
}

LuoHubSpace *
luo_hub_spaces_get (LuoHubSpaces *self, const char *name, GError **error)
{
  LuoHubSpace *space = NULL;

  g_mutex_lock (&self->mutex);
  if (refresh (self, error))
    {
      space = g_hash_table_lookup (self->by_name, name);
      if (space != NULL)
        luo_hub_space_ref (space);
      else
        g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_FOUND, "Database does not exist.");
    }
  g_mutex_unlock (&self->mutex);
  return space;
}

gboolean
luo_hub_spaces_has (LuoHubSpaces *self, const char *name)
{
  gboolean has;

  g_mutex_lock (&self->mutex);
  has = refresh (self, NULL) && g_hash_table_contains (self->by_name, name);
  g_mutex_unlock (&self->mutex);
  return has;
}

GPtrArray *
luo_hub_spaces_list (LuoHubSpaces *self, GError **error)
{
  GPtrArray *list = NULL;

  g_mutex_lock (&self->mutex);
  if (refresh (self, error))
    {
      list = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_hub_space_unref);
      for (guint i = 0; i < self->list->len; i++)
        g_ptr_array_add (list, luo_hub_space_ref (self->list->pdata[i]));
    }
  g_mutex_unlock (&self->mutex);
  return list;
}

void
luo_hub_space_append_seq (LuoHubSpace *self, gint64 seq, GString *out)
{
  g_string_append_printf (out, "\"%" G_GINT64_FORMAT "-%.*s\"", seq, INSTANCE_PREFIX, self->instance);
}

gint64
luo_hub_space_parse_seq (LuoHubSpace *self, const char *text)
{
  char *end;
  gint64 seq;

  if (text == NULL)
    return 0;
  /* CouchDB's own replicator sends it as it is in JSON, with quotes. */
  if (*text == '"')
    text++;
  if (!g_ascii_isdigit (*text))
    return 0;
  seq = g_ascii_strtoll (text, &end, 10);
  if (*end == '\0' || *end == '"')
    return seq;
  if (*end != '-' || strncmp (end + 1, self->instance, MIN (strlen (self->instance), INSTANCE_PREFIX)) != 0)
    return 0;
  return seq;
}
