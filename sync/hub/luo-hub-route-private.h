/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-hub-request-private.h"

G_BEGIN_DECLS

/**
 * LuoHubResource: what a path names.
 */
typedef enum
{
  LUO_HUB_RESOURCE_ROOT,       /* / */
  LUO_HUB_RESOURCE_SERVER,     /* /_up: the name is "_up" */
  LUO_HUB_RESOURCE_DATABASE,   /* /db */
  LUO_HUB_RESOURCE_SPECIAL,    /* /db/_changes: the name is "_changes" */
  LUO_HUB_RESOURCE_LOCAL,      /* /db/_local/id */
  LUO_HUB_RESOURCE_DOCUMENT,   /* /db/id, /db/_design/id */
  LUO_HUB_RESOURCE_ATTACHMENT, /* /db/id/name */
} LuoHubResource;

typedef enum
{
  LUO_HUB_BODY_NONE, /* a body is not looked at */
  LUO_HUB_BODY_JSON, /* one JSON text, up to LUO_JSON_MAX_DOCUMENT */
  LUO_HUB_BODY_BULK, /* cut as it comes, up to LUO_HUB_MAX_BODY */
  LUO_HUB_BODY_FILE, /* up to LUO_HUB_MAX_ATTACHMENT, never held */
} LuoHubBody;

/**
 * LuoHubRoute: what is done for a method and a resource: a row of the one table of luo-hub-route.c.
 * @access: what the user must be allowed to do with the database; LUO_HUB_ACCESS_SERVER is an administrator; for a resource of
 *   the server LUO_HUB_ACCESS_READ is anybody who has signed in and LUO_HUB_ACCESS_NONE anybody at all
 * @unpacks: a gzip body is unpacked
 * @begin: (nullable): before the body
 * @feed: (nullable): takes the body as it comes; NULL collects it in LuoHubRequest::body
 * @run: after the body: makes the answer
 */
struct _LuoHubRoute
{
  LuoHubResource resource;
  const char *name; /* (nullable): of a SERVER or SPECIAL resource */
  LuoHubMethod method;
  LuoHubAccess access;
  LuoHubBody body;
  gboolean unpacks;
  gboolean (*begin) (LuoHubRequest *request, GError **error);
  gboolean (*feed) (LuoHubRequest *request, const char *data, gsize length, GError **error);
  gboolean (*run) (LuoHubRequest *request, GError **error);
};

/** Finds the route of a request whose path is parsed, its database, and whether its user may. */
gboolean luo_hub_route_find (LuoHubRequest *request, GError **error);

guint64 luo_hub_route_get_limit (const LuoHubRoute *route);

G_END_DECLS
