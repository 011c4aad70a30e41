/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <microhttpd.h>

#include "luo-hub-answer-private.h"
#include "luo-hub-error.h"
#include "luo-hub-security-private.h"
#include "luo-hub-spaces-private.h"
#include "luo-hub-user-private.h"
#include "luo-hub.h"

G_BEGIN_DECLS

typedef struct _LuoHubRequest LuoHubRequest;
typedef struct _LuoHubRoute LuoHubRoute;
typedef struct _LuoHubCall LuoHubCall;

typedef enum
{
  LUO_HUB_METHOD_GET,
  LUO_HUB_METHOD_HEAD,
  LUO_HUB_METHOD_PUT,
  LUO_HUB_METHOD_POST,
  LUO_HUB_METHOD_DELETE,
  LUO_HUB_METHOD_COPY,
  LUO_HUB_METHOD_OTHER,
} LuoHubMethod;

/**
 * LuoHubRequest: one request from its first line to the last byte of its answer. It is used by one thread at a time: the one
 * that serves its connection. Handlers read the first block and set the second by the functions below.
 */
struct _LuoHubRequest
{
  LuoHub *hub;                       /* (unowned): outlives its requests */
  struct MHD_Connection *connection; /* (nullable): NULL where it came by @call */
  LuoHubCall *call;                  /* (unowned) (nullable): luo_hub_call() instead of a connection */
  LuoHubMethod method;
  GPtrArray *path;           /* (owned) (nullable) (element-type utf8): decoded segments */
  GPtrArray *query;          /* (owned) (element-type utf8): name, value, name, value … decoded */
  const LuoHubRoute *route;  /* (nullable) */
  LuoHubUser *user;          /* (owned) (nullable): NULL is nobody */
  char *space;               /* (owned) (nullable): the name of the database of the path */
  LuoHubSpace *database;     /* (owned) (nullable): it, where the route needs that it exists */
  LuoHubAccess access;       /* what the user may do there */
  const char *authenticated; /* (nullable): how: "cookie" or "default" */
  char *id;                  /* (owned) (nullable): the document of the path, with `_design/` or `_local/` */
  char *attachment;          /* (owned) (nullable): the attachment of the path, may hold slashes */
  GString *body;             /* (owned): where the route has no feed */
  guint64 received;          /* bytes of the body so far, after unpacking */

  gpointer data; /* (owned) (nullable): of the route's begin and feed */
  GDestroyNotify data_free;

  /* The rest belongs to luo-hub-request.c. */
  char *uri;          /* (owned): as it came */
  GConverter *unpack; /* (owned) (nullable): of a packed body */
  gboolean begun, counted, refused;
  GError *error; /* (owned) (nullable): the refusal, while the rest of the body is read */
  guint64 discarded;
  guint status;
  GPtrArray *headers;   /* (owned) (element-type utf8): name, value … of the answer */
  LuoHubAnswer *answer; /* (owned) (nullable) */
};

LuoHubRequest *luo_hub_request_new (LuoHub *hub, const char *uri, struct MHD_Connection *connection);
void luo_hub_request_free (LuoHubRequest *self);

/** libmicrohttpd's access handler for one request. */
enum MHD_Result luo_hub_request_access (LuoHubRequest *self, const char *method, const char *data,
                                        size_t *size);

/* What came */

/** (nullable): a header; case of the name does not matter */
const char *luo_hub_request_get_header (LuoHubRequest *self, const char *name);
/** (nullable): a cookie's value */
char *luo_hub_request_get_cookie (LuoHubRequest *self, const char *name);
/** (nullable): a member of the query; the last where it is given more than once */
const char *luo_hub_request_get_query (LuoHubRequest *self, const char *name);
/** Whether a member of the query is "true". */
gboolean luo_hub_request_get_flag (LuoHubRequest *self, const char *name);
/** LUO_HUB_ERROR_QUERY_PARSE where it is no whole number of 0 or more. @value is left alone where the member is absent. */
gboolean luo_hub_request_get_uint (LuoHubRequest *self, const char *name, guint64 *value, GError **error);
/** The text of a query member that is JSON text (`startkey="a"`); NULL in @value where absent. */
gboolean luo_hub_request_get_json_string (LuoHubRequest *self, const char *name, char **value,
                                          GError **error);
/** Whether the body's media type is @type; LUO_HUB_ERROR_CONTENT_TYPE otherwise. */
gboolean luo_hub_request_expect_json (LuoHubRequest *self, GError **error);
/** Whether the client takes @type (`Accept`), without any wildcards. */
gboolean luo_hub_request_accepts (LuoHubRequest *self, const char *type);
/** The body as one strictly checked JSON object. Returns: (transfer full) */
JsonObject *luo_hub_request_parse_body (LuoHubRequest *self, GError **error);
/** The revision that a query `rev` or `If-Match` names. (nullable) Returns: (transfer full) */
char *luo_hub_request_get_rev (LuoHubRequest *self);
/** Whether the client has @etag (with quotes) already. */
gboolean luo_hub_request_has_etag (LuoHubRequest *self, const char *etag);

/* The answer */

void luo_hub_request_set_header (LuoHubRequest *self, const char *name, const char *value);
/** Makes the answer with JSON as its media type. Returns: (transfer none): append to its text */
LuoHubAnswer *luo_hub_request_answer (LuoHubRequest *self, guint status);
/** The same for one ready text. */
void luo_hub_request_answer_text (LuoHubRequest *self, guint status, const char *json);
/** An answer without a body. */
void luo_hub_request_answer_empty (LuoHubRequest *self, guint status);
/** Another media type than JSON. */
void luo_hub_request_set_type (LuoHubRequest *self, const char *type);

G_END_DECLS
