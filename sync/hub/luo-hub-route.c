/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-route-private.h"

#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-private.h"
#include "luo-hub-session-private.h"
#include "luo-hub-tuning.h"
#include "luo-json-text.h"

#define NONE LUO_HUB_ACCESS_NONE
#define READ LUO_HUB_ACCESS_READ
#define WRITE LUO_HUB_ACCESS_WRITE
#define ADMIN LUO_HUB_ACCESS_ADMIN
#define SERVER LUO_HUB_ACCESS_SERVER

#define R(resource, name, method, access, run)                                                               \
  {                                                                                                          \
    LUO_HUB_RESOURCE_##resource, name, LUO_HUB_METHOD_##method, access, LUO_HUB_BODY_JSON, TRUE, NULL, NULL, \
        run                                                                                                  \
  }
#define STREAM(resource, name, method, access, body, unpacks, stem)                                          \
  {                                                                                                          \
    LUO_HUB_RESOURCE_##resource, name, LUO_HUB_METHOD_##method, access, LUO_HUB_BODY_##body, unpacks,        \
        stem##_begin, stem##_feed, stem##_run                                                                \
  }

static const LuoHubRoute routes[] = {
  R (ROOT, NULL, GET, NONE, luo_hub_server_welcome),
  R (SERVER, "_up", GET, NONE, luo_hub_server_up),
  R (SERVER, "_session", GET, NONE, luo_hub_session_get),
  R (SERVER, "_session", POST, NONE, luo_hub_session_post),
  R (SERVER, "_session", DELETE, NONE, luo_hub_session_delete),
  R (SERVER, "_all_dbs", GET, READ, luo_hub_server_all_dbs),
  R (SERVER, "_uuids", GET, READ, luo_hub_server_uuids),

  R (DATABASE, NULL, GET, READ, luo_hub_database_get),
  R (DATABASE, NULL, PUT, SERVER, luo_hub_database_put),
  R (DATABASE, NULL, DELETE, SERVER, luo_hub_database_delete),
  R (DATABASE, NULL, POST, WRITE, luo_hub_document_post),
  R (SPECIAL, "_all_docs", GET, READ, luo_hub_list_get),
  R (SPECIAL, "_all_docs", POST, READ, luo_hub_list_post),
  STREAM (SPECIAL, "_bulk_docs", POST, WRITE, BULK, TRUE, luo_hub_bulk_docs),
  STREAM (SPECIAL, "_bulk_get", POST, READ, BULK, TRUE, luo_hub_bulk_get),
  R (SPECIAL, "_changes", GET, READ, luo_hub_changes_get),
  R (SPECIAL, "_changes", POST, READ, luo_hub_changes_post),
  R (SPECIAL, "_compact", POST, ADMIN, luo_hub_database_compact),
  R (SPECIAL, "_ensure_full_commit", POST, READ, luo_hub_database_commit),
  R (SPECIAL, "_missing_revs", POST, READ, luo_hub_revs_missing),
  R (SPECIAL, "_revs_diff", POST, READ, luo_hub_revs_diff),
  R (SPECIAL, "_revs_limit", GET, READ, luo_hub_database_get_revs_limit),
  R (SPECIAL, "_revs_limit", PUT, ADMIN, luo_hub_database_put_revs_limit),
  R (SPECIAL, "_security", GET, READ, luo_hub_database_get_security),
  R (SPECIAL, "_security", PUT, ADMIN, luo_hub_database_put_security),

  R (LOCAL, NULL, GET, READ, luo_hub_local_get),
  R (LOCAL, NULL, PUT, READ, luo_hub_local_put),
  R (LOCAL, NULL, DELETE, READ, luo_hub_local_delete),
  R (DOCUMENT, NULL, GET, READ, luo_hub_document_get),
  STREAM (DOCUMENT, NULL, PUT, WRITE, FILE, TRUE, luo_hub_document_put),
  R (DOCUMENT, NULL, DELETE, WRITE, luo_hub_document_delete),
  R (DOCUMENT, NULL, COPY, WRITE, luo_hub_document_copy),
  R (ATTACHMENT, NULL, GET, READ, luo_hub_attachment_get),
  STREAM (ATTACHMENT, NULL, PUT, WRITE, FILE, FALSE, luo_hub_attachment_put),
  R (ATTACHMENT, NULL, DELETE, WRITE, luo_hub_attachment_delete),
};

/* What CouchDB has and the hub has not: 501 with a reason, so that nobody looks for a mistake of his own. */
static const char *const absent_server[]
    = { "_replicate", "_active_tasks",  "_db_updates", "_dbs_info", "_scheduler",
        "_node",      "_cluster_setup", "_config",     NULL };
static const char *const absent_special[]
    = { "_find",       "_index",       "_explain",        "_purge",
        "_local_docs", "_design_docs", "_view_cleanup",   "_purged_infos_limit",
        "_shards",     "_partition",   "_search_analyze", "_sync_shards",
        NULL };

static char *
join_rest (GPtrArray *path, guint from)
{
  GString *joined = g_string_new (path->pdata[from]);

  for (guint i = from + 1; i < path->len; i++)
    {
      g_string_append_c (joined, '/');
      g_string_append (joined, path->pdata[i]);
    }
  return g_string_free (joined, FALSE);
}

static gboolean
fail_missing (GError **error)
{
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_FOUND, "missing");
  return FALSE;
}

/* What is inside of a database: sets id and attachment of the request. */
static gboolean
resolve_inside (LuoHubRequest *request, LuoHubResource *resource, const char **name, GError **error)
{
  GPtrArray *path = request->path;
  const char *first = path->pdata[1];
  guint next = 2; /* where an attachment's name begins */

  if (strcmp (first, "_design") == 0 || strcmp (first, "_local") == 0)
    {
      if (path->len < 3 || *(char *)path->pdata[2] == '\0')
        return fail_missing (error);
      request->id = g_strconcat (first, "/", path->pdata[2], NULL);
      next = 3;
    }
  else if (*first == '_' && !g_str_has_prefix (first, "_design/") && !g_str_has_prefix (first, "_local/"))
    {
      *resource = LUO_HUB_RESOURCE_SPECIAL;
      *name = first;
      /* Only documents and attachments have anything below them. */
      if (path->len > 2 && !g_strv_contains (absent_special, first))
        return fail_missing (error);
      return TRUE;
    }
  else
    request->id = g_strdup (first);

  if (g_str_has_prefix (request->id, "_local/"))
    {
      *resource = LUO_HUB_RESOURCE_LOCAL;
      return path->len > next ? fail_missing (error) : TRUE;
    }
  *resource = LUO_HUB_RESOURCE_DOCUMENT;
  if (path->len > next)
    {
      *resource = LUO_HUB_RESOURCE_ATTACHMENT;
      request->attachment = join_rest (path, next);
      if (*request->attachment == '\0')
        return fail_missing (error);
      if (*request->attachment == '_' && g_str_has_prefix (request->id, "_design/"))
        {
          g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_IMPLEMENTED,
                               "Design documents are stored and replicated but not executed.");
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
resolve (LuoHubRequest *request, LuoHubResource *resource, const char **name, GError **error)
{
  GPtrArray *path = request->path;
  const char *first;

  *name = NULL;
  if (path->len > 0 && *(char *)path->pdata[path->len - 1] == '\0' && path->len <= 2)
    g_ptr_array_remove_index (path, path->len - 1); /* `/db/` is `/db` */
  if (path->len == 0)
    {
      *resource = LUO_HUB_RESOURCE_ROOT;
      return TRUE;
    }
  first = path->pdata[0];
  if (*first == '_' && strcmp (first, LUO_HUB_USERS_SPACE) != 0)
    {
      *resource = LUO_HUB_RESOURCE_SERVER;
      *name = first;
      return path->len == 1 || g_strv_contains (absent_server, first) ? TRUE : fail_missing (error);
    }
  request->space = g_strdup (first);
  if (path->len == 1)
    {
      *resource = LUO_HUB_RESOURCE_DATABASE;
      return TRUE;
    }
  return resolve_inside (request, resource, name, error);
}

/* Says which methods the resource has; or that there is no such resource. */
static gboolean
fail_method (LuoHubRequest *request, LuoHubResource resource, const char *name, GError **error)
{
  static const char *const methods[] = { "GET", "HEAD", "PUT", "POST", "DELETE", "COPY" };
  gboolean has[G_N_ELEMENTS (methods)] = { FALSE };
  g_autoptr (GString) allowed = g_string_new (NULL);
  g_autofree char *reason = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (routes[i].resource == resource && g_strcmp0 (routes[i].name, name) == 0)
      {
        has[routes[i].method] = TRUE;
        if (routes[i].method == LUO_HUB_METHOD_GET)
          has[LUO_HUB_METHOD_HEAD] = TRUE;
      }
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (has[i])
      g_string_append_printf (allowed, "%s%s", allowed->len > 0 ? "," : "", methods[i]);

  if (allowed->len > 0)
    {
      luo_hub_request_set_header (request, "Allow", allowed->str);
      g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_METHOD, "Only %s allowed", allowed->str);
    }
  else if (g_strv_contains (resource == LUO_HUB_RESOURCE_SERVER ? absent_server : absent_special, name))
    g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_IMPLEMENTED, "This server has no %s.", name);
  else
    fail_missing (error);
  return FALSE;
}

/* Whether the user may, of a resource of the server. */
static gboolean
demand_server (LuoHubRequest *request, LuoHubAccess needs, GError **error)
{
  if (needs == LUO_HUB_ACCESS_NONE || request->user != NULL)
    return TRUE;
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_UNAUTHORIZED, "Authentication required.");
  return FALSE;
}

gboolean
luo_hub_route_find (LuoHubRequest *request, GError **error)
{
  LuoHubMethod method = request->method == LUO_HUB_METHOD_HEAD ? LUO_HUB_METHOD_GET : request->method;
  LuoHubResource resource = LUO_HUB_RESOURCE_ROOT;
  const char *name;

  if (!resolve (request, &resource, &name, error))
    {
      /* A stranger is not told what is there. */
      if (request->user == NULL)
        {
          g_clear_error (error);
          return demand_server (request, LUO_HUB_ACCESS_READ, error);
        }
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (routes[i].resource == resource && routes[i].method == method && g_strcmp0 (routes[i].name, name) == 0)
      {
        request->route = &routes[i];
        break;
      }
  if (request->route == NULL)
    return demand_server (request, LUO_HUB_ACCESS_READ, error)
           && fail_method (request, resource, name, error);

  if (request->space == NULL)
    return demand_server (request, request->route->access, error);
  if (request->user == NULL)
    return luo_hub_security_demand (NULL, LUO_HUB_ACCESS_NONE, request->route->access, error);
  if (request->route->access == LUO_HUB_ACCESS_SERVER)
    {
      request->access = request->user->admin ? LUO_HUB_ACCESS_SERVER : LUO_HUB_ACCESS_NONE;
      return luo_hub_security_demand (request->user, request->access, LUO_HUB_ACCESS_SERVER, error);
    }
  request->database = luo_hub_spaces_get (luo_hub_get_spaces (request->hub), request->space, error);
  if (request->database == NULL)
    return FALSE;
  request->access = luo_hub_security_access (luo_hub_get_spaces (request->hub), request->user,
                                             request->database, request->id);
  return luo_hub_security_demand (request->user, request->access, request->route->access, error);
}

guint64
luo_hub_route_get_limit (const LuoHubRoute *route)
{
  switch (route->body)
    {
    case LUO_HUB_BODY_FILE:
      return LUO_HUB_MAX_ATTACHMENT;
    case LUO_HUB_BODY_BULK:
      return LUO_HUB_MAX_BODY;
    case LUO_HUB_BODY_JSON:
    case LUO_HUB_BODY_NONE:
    default:
      return LUO_JSON_MAX_DOCUMENT;
    }
}
