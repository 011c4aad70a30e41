/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-private.h"
#include "luo-hub-users-private.h"
#include "luo-json-text.h"

/* CouchDB's longest database name. */
#define MAX_NAME 238

gboolean
luo_hub_check_database_name (const char *name, GError **error)
{
  gboolean good = g_ascii_islower (*name) && strlen (name) <= MAX_NAME;

  if (strcmp (name, LUO_HUB_USERS_SPACE) == 0)
    return TRUE;
  for (const char *p = name; good && *p != '\0'; p++)
    good = g_ascii_islower (*p) || g_ascii_isdigit (*p) || strchr ("_$()+-/", *p) != NULL;
  if (!good)
    g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_ILLEGAL_DATABASE_NAME,
                 "Name: '%s'. Only lowercase characters (a-z), digits (0-9), and any of the characters _, $, "
                 "(, ), +, -, "
                 "and / are allowed. Must begin with a letter.",
                 name);
  return good;
}

gboolean
luo_hub_database_get (LuoHubRequest *request, GError **error)
{
  g_autoptr (LuoSpace) space = luo_store_get_space (luo_hub_get_store (request->hub), request->space, error);
  GString *out;

  if (space == NULL)
    return FALSE;
  out = luo_hub_answer_text (luo_hub_request_answer (request, 200));
  g_string_append (out, "{\"instance_start_time\":");
  luo_json_append_string (out, space->instance);
  g_string_append (out, ",\"db_name\":");
  luo_json_append_string (out, space->name);
  g_string_append (out, ",\"purge_seq\":\"0\",\"update_seq\":");
  luo_hub_space_append_seq (request->database, space->seq, out);
  g_string_append_printf (out,
                          ",\"sizes\":{\"file\":%" G_GINT64_FORMAT ",\"external\":%" G_GINT64_FORMAT
                          ",\"active\":%" G_GINT64_FORMAT "},\"props\":{},\"doc_del_count\":%" G_GINT64_FORMAT
                          ",\"doc_count\":%" G_GINT64_FORMAT
                          ",\"disk_format_version\":8,\"compact_running\":false,"
                          "\"cluster\":{\"q\":1,\"n\":1,\"w\":1,\"r\":1}}\n",
                          space->size, space->size, space->size, space->deleted, space->documents);
  return TRUE;
}

static void
set_location (LuoHubRequest *request)
{
  const char *host = luo_hub_request_get_header (request, "Host");
  g_autofree char *escaped = g_uri_escape_string (request->space, NULL, FALSE);
  g_autofree char *location
      = host != NULL ? g_strdup_printf ("http://%s/%s", host, escaped) : g_strdup_printf ("/%s", escaped);

  luo_hub_request_set_header (request, "Location", location);
}

gboolean
luo_hub_database_put (LuoHubRequest *request, GError **error)
{
  if (!luo_hub_check_database_name (request->space, error)
      || !luo_store_create_space (luo_hub_get_store (request->hub), request->space, error))
    return FALSE;
  luo_hub_spaces_forget (luo_hub_get_spaces (request->hub));
  luo_hub_request_answer_text (request, 201, "{\"ok\":true}");
  set_location (request);
  return TRUE;
}

gboolean
luo_hub_database_delete (LuoHubRequest *request, GError **error)
{
  const char *const spaces[] = { request->space, NULL };
  g_autoptr (GError) failure = NULL;

  if (strcmp (request->space, LUO_HUB_USERS_SPACE) == 0)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_FORBIDDEN,
                           "The database of users can not be deleted.");
      return FALSE;
    }
  if (!luo_store_delete_space (luo_hub_get_store (request->hub), request->space, &failure))
    {
      if (g_error_matches (failure, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND))
        g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_FOUND, "Database does not exist.");
      else
        g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  luo_hub_spaces_forget (luo_hub_get_spaces (request->hub));
  /* Feeds that wait on it must end. */
  luo_hub_waits_wake (luo_hub_get_waits (request->hub), spaces);
  luo_hub_request_answer_text (request, 200, "{\"ok\":true}");
  return TRUE;
}

gboolean
luo_hub_database_compact (LuoHubRequest *request, GError **error)
{
  /* Bodies that nothing needs any more are never kept here, so there is nothing to do later. */
  luo_hub_request_answer_text (request, 202, "{\"ok\":true}");
  return TRUE;
}

gboolean
luo_hub_database_commit (LuoHubRequest *request, GError **error)
{
  /* Every write was durable before it was answered. */
  GString *out = luo_hub_answer_text (luo_hub_request_answer (request, 201));

  g_string_append (out, "{\"ok\":true,\"instance_start_time\":");
  luo_json_append_string (out, request->database->instance);
  g_string_append (out, "}\n");
  return TRUE;
}

gboolean
luo_hub_database_get_revs_limit (LuoHubRequest *request, GError **error)
{
  luo_hub_request_answer_text (request, 200, G_STRINGIFY (LUO_REVS_LIMIT));
  return TRUE;
}

gboolean
luo_hub_database_put_revs_limit (LuoHubRequest *request, GError **error)
{
  g_autofree char *text = g_strstrip (g_strndup (request->body->str, request->body->len));
  guint64 limit;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT, &limit, NULL))
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                           "`rev_limit` must be positive integer");
      return FALSE;
    }
  if (limit != LUO_REVS_LIMIT)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_IMPLEMENTED,
                           "This server keeps " G_STRINGIFY (LUO_REVS_LIMIT) " revisions of every document.");
      return FALSE;
    }
  luo_hub_request_answer_text (request, 200, "{\"ok\":true}");
  return TRUE;
}

gboolean
luo_hub_database_get_security (LuoHubRequest *request, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *text = luo_store_get_space_meta (luo_hub_get_store (request->hub), request->space,
                                                    LUO_HUB_SECURITY_META, &failure);

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  luo_hub_request_answer_text (
      request, 200,
      text != NULL ? text : "{\"members\":{\"roles\":[\"_admin\"]},\"admins\":{\"roles\":[\"_admin\"]}}");
  return TRUE;
}

/* A list of names or roles must be one, where it is there. */
static gboolean
check_security (JsonObject *security, GError **error)
{
  static const char *const sections[] = { "admins", "members" };
  static const char *const lists[] = { "names", "roles" };

  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      JsonNode *node = json_object_get_member (security, sections[i]);

      if (node == NULL)
        continue;
      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "%s must be a JSON object",
                       sections[i]);
          return FALSE;
        }
      for (guint j = 0; j < G_N_ELEMENTS (lists); j++)
        {
          g_auto (GStrv) strings = NULL;

          if (!json_object_has_member (json_node_get_object (node), lists[j]))
            continue;
          strings = luo_hub_json_get_strings (json_node_get_object (node), lists[j]);
          if (strings != NULL)
            continue;
          g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "%s must be a JSON list of strings",
                       lists[j]);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
luo_hub_database_put_security (LuoHubRequest *request, GError **error)
{
  g_autoptr (JsonObject) security = luo_hub_request_parse_body (request, error);

  if (security == NULL || !check_security (security, error)
      || !luo_store_set_space_meta (luo_hub_get_store (request->hub), request->space, LUO_HUB_SECURITY_META,
                                    request->body->str, error))
    return FALSE;
  luo_hub_spaces_forget (luo_hub_get_spaces (request->hub));
  luo_hub_request_answer_text (request, 200, "{\"ok\":true}");
  return TRUE;
}
