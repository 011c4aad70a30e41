/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-private.h"
#include "luo-json-text.h"

/* The CouchDB whose behaviour is followed: clients choose their ways by it. */
#define COUCHDB_VERSION "3.5.0"
#define MAX_UUIDS 1000

gboolean
luo_hub_server_welcome (LuoHubRequest *request, GError **error)
{
  GString *out = luo_hub_answer_text (luo_hub_request_answer (request, 200));

  g_string_append (out, "{\"couchdb\":\"Welcome\",\"version\":\"" COUCHDB_VERSION "\",\"uuid\":");
  luo_json_append_string (out, luo_store_get_uuid (luo_hub_get_store (request->hub)));
  g_string_append (out, ",\"features\":[],\"vendor\":{\"name\":\"luoshi-hub\",\"version\":\"" PACKAGE_VERSION
                        "\"}}\n");
  return TRUE;
}

gboolean
luo_hub_server_up (LuoHubRequest *request, GError **error)
{
  if (luo_hub_is_stopping (request->hub))
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_UNAVAILABLE, "The server is stopping.");
      return FALSE;
    }
  luo_hub_request_answer_text (request, 200, "{\"status\":\"ok\",\"seeds\":{}}");
  return TRUE;
}

gboolean
luo_hub_server_uuids (LuoHubRequest *request, GError **error)
{
  guint64 count = 1;
  GString *out;

  if (!luo_hub_request_get_uint (request, "count", &count, error))
    return FALSE;
  if (count > MAX_UUIDS)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "count parameter too large");
      return FALSE;
    }
  out = luo_hub_answer_text (luo_hub_request_answer (request, 200));
  luo_hub_request_set_header (request, "Cache-Control", "must-revalidate, no-cache");
  luo_hub_request_set_header (request, "Pragma", "no-cache");
  g_string_append (out, "{\"uuids\":[");
  for (guint64 i = 0; i < count; i++)
    {
      guint8 raw[16];
      char hex[33];

      randombytes_buf (raw, sizeof raw);
      g_string_append_printf (out, "%s\"%s\"", i > 0 ? "," : "",
                              sodium_bin2hex (hex, sizeof hex, raw, sizeof raw));
    }
  g_string_append (out, "]}\n");
  return TRUE;
}

/* A key of the query under either of its names. */
static gboolean
get_key (LuoHubRequest *request, const char *name, const char *other, char **value, GError **error)
{
  return luo_hub_request_get_json_string (
      request, luo_hub_request_get_query (request, name) != NULL ? name : other, value, error);
}

gboolean
luo_hub_server_all_dbs (LuoHubRequest *request, GError **error)
{
  g_autoptr (GPtrArray) spaces = NULL;
  g_autofree char *start = NULL;
  g_autofree char *end = NULL;
  gboolean descending = luo_hub_request_get_flag (request, "descending");
  guint64 limit = G_MAXINT64;
  guint64 skip = 0;
  gboolean first = TRUE;
  GString *out;

  if (!luo_hub_request_get_uint (request, "limit", &limit, error)
      || !luo_hub_request_get_uint (request, "skip", &skip, error)
      || !get_key (request, "startkey", "start_key", &start, error)
      || !get_key (request, "endkey", "end_key", &end, error))
    return FALSE;
  spaces = luo_hub_spaces_list (luo_hub_get_spaces (request->hub), error);
  if (spaces == NULL)
    return FALSE;

  out = luo_hub_answer_text (luo_hub_request_answer (request, 200));
  g_string_append_c (out, '[');
  for (guint i = 0; i < spaces->len && limit > 0; i++)
    {
      LuoHubSpace *space = spaces->pdata[descending ? spaces->len - 1 - i : i];
      const char *low = descending ? end : start;
      const char *high = descending ? start : end;

      if ((low != NULL && strcmp (space->name, low) < 0) || (high != NULL && strcmp (space->name, high) > 0)
          || luo_hub_security_access (luo_hub_get_spaces (request->hub), request->user, space, NULL)
                 < LUO_HUB_ACCESS_READ)
        continue;
      if (skip > 0)
        {
          skip--;
          continue;
        }
      if (!first)
        g_string_append_c (out, ',');
      first = FALSE;
      luo_json_append_string (out, space->name);
      limit--;
    }
  g_string_append (out, "]\n");
  return TRUE;
}
