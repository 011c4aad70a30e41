/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-sample.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-attachment.h"
#include "luo-body-private.h"
#include "luo-json-text.h"
#include "luo-record-check.h"
#include "luo-record-edit.h"
#include "luo-record-error.h"

char *
luo_sample_get_folder (void)
{
  const char *set = g_getenv ("LUOSHI_SAMPLE_DATA");

  return set != NULL && *set != '\0' ? g_strdup (set) : g_build_filename (PKGDATADIR, "sample", NULL);
}

/* Collects what one transaction writes. */
typedef struct
{
  LuoStore *store;
  const char *folder;
  GPtrArray *strings; /* (owned) (element-type utf8): keeps the texts that the puts point at */
  GArray *puts;       /* (owned) (element-type LuoPut) */
  GHashTable *spaces; /* (owned) (element-type utf8): those that exist */
} Loader;

static char *
keep (Loader *self, char *string)
{
  if (string != NULL)
    g_ptr_array_add (self->strings, string);
  return string;
}

static gboolean
make_space (Loader *self, const char *space, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (g_hash_table_contains (self->spaces, space))
    return TRUE;
  if (!luo_store_create_space (self->store, space, &local_error)
      && !g_error_matches (local_error, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_hash_table_add (self->spaces, g_strdup (space));
  return TRUE;
}

/* Puts the files that `_attach` names into the replica. @attachments: (out) (nullable): their stubs */
static gboolean
attach_files (Loader *self, const char *list, char **attachments, GError **error)
{
  g_autoptr (JsonNode) node = json_from_string (list, error);
  g_autofree char *stubs = NULL;
  JsonArray *array;

  if (node == NULL)
    return FALSE;
  array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
      const char *name
          = object != NULL ? json_object_get_string_member_with_default (object, "name", NULL) : NULL;
      const char *file
          = object != NULL ? json_object_get_string_member_with_default (object, "file", name) : NULL;
      const char *type = object != NULL ? json_object_get_string_member_with_default (
                             object, "content_type", "application/octet-stream")
                                        : NULL;
      g_autofree char *path = NULL;
      g_autofree char *digest = NULL;
      g_autofree char *data = NULL;
      g_autoptr (GBytes) bytes = NULL;
      gsize length;
      char *added;

      if (name == NULL)
        {
          g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER,
                       _ ("_attach/%u: a name was expected"), i);
          return FALSE;
        }
      path = g_build_filename (self->folder, file, NULL);
      if (!g_file_get_contents (path, &data, &length, error))
        return FALSE;
      bytes = g_bytes_new_take (g_steal_pointer (&data), length);
      if (!luo_store_add_attachment (self->store, bytes, &digest, error))
        return FALSE;
      added = luo_attachments_set (stubs, name, type, digest, (gint64)length);
      g_free (stubs);
      stubs = added;
    }
  *attachments = g_steal_pointer (&stubs);
  return TRUE;
}

static gboolean
load_line (Loader *self, const char *line, GError **error)
{
  g_autofree char *id = NULL;
  g_autofree char *space = NULL;
  g_autofree char *attach = NULL;
  g_autofree char *attachments = NULL;
  g_autofree char *body = g_strdup (line);
  g_autofree char *stamp = NULL;
  g_autoptr (LuoDocument) present = NULL;
  g_autoptr (GError) local_error = NULL;
  LuoPut put = { .flags = LUO_PUT_COLLAPSE };

  if (!luo_record_body_check (line, error))
    return FALSE;
  id = luo_record_body_get_text (line, "_id");
  space = luo_record_body_get_text (line, "space");
  attach = luo_json_at (line, "/_attach");
  if (id == NULL || space == NULL)
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER, _ ("%s: a text was expected"),
                   id == NULL ? "_id" : "space");
      return FALSE;
    }
  if (!make_space (self, space, error))
    return FALSE;

  /* What is there already, edited or deleted since, is a person's work and stays. */
  present = luo_store_get (self->store, space, id, NULL, &local_error);
  if (present != NULL || g_error_matches (local_error, LUO_STORE_ERROR, LUO_STORE_ERROR_DELETED))
    return TRUE;
  if (!g_error_matches (local_error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (!luo_record_body_set (&body, "_id", NULL, error) || !luo_record_body_set (&body, "space", NULL, error)
      || !luo_record_body_set (&body, "_attach", NULL, error))
    return FALSE;
  stamp = luo_record_body_get_text (body, "created_at");
  if (stamp == NULL)
    {
      g_autofree char *user = luo_record_get_user (self->store);
      char *prepared = luo_record_prepare (id, NULL, body, user, NULL, error);

      if (prepared == NULL)
        return FALSE;
      g_free (body);
      body = prepared;
    }
  else if (!luo_record_check_text (id, body, -1, error))
    {
      return FALSE;
    }
  if (attach != NULL && !attach_files (self, attach, &attachments, error))
    return FALSE;

  put.space = keep (self, g_steal_pointer (&space));
  put.id = keep (self, g_steal_pointer (&id));
  put.body = keep (self, g_steal_pointer (&body));
  put.attachments = keep (self, g_steal_pointer (&attachments));
  g_array_append_val (self->puts, put);
  return TRUE;
}

gboolean
luo_sample_load (LuoStore *store, const char *folder, guint *loaded, GError **error)
{
  g_autofree char *default_folder = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) puts = g_array_new (FALSE, FALSE, sizeof (LuoPut));
  g_autoptr (GHashTable) spaces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Loader loader = { .store = store, .strings = strings, .puts = puts, .spaces = spaces };

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);

  if (folder == NULL)
    folder = default_folder = luo_sample_get_folder ();
  loader.folder = folder;
  path = g_build_filename (folder, "records.jsonl", NULL);
  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (*g_strstrip (lines[i]) == '\0')
        continue;
      if (!load_line (&loader, lines[i], error))
        {
          /* Translators: a file, a line's number; the reason follows. */
          g_prefix_error (error, _ ("%s, line %u: "), path, i + 1);
          return FALSE;
        }
    }
  if (puts->len > 0
      && !luo_store_put_all (store, (const LuoPut *)(gpointer)puts->data, puts->len, NULL, error))
    return FALSE;
  if (loaded != NULL)
    *loaded = puts->len;
  return TRUE;
}
