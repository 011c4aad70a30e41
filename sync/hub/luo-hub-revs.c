/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-private.h"
#include "luo-json-text.h"
#include "luo-store-sync.h"

/* Reads {"id":["1-a","2-b"],…}. Returns: (element-type LuoRevsQuery) */
static GPtrArray *
parse_queries (LuoHubRequest *request, GError **error)
{
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_revs_query_free);
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

  if (!luo_hub_request_expect_json (request, error)
      || !luo_json_cut (request->body->str, request->body->len, members, error))
    return NULL;
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);
      LuoRevsQuery *query = g_new0 (LuoRevsQuery, 1);

      g_ptr_array_add (queries, query);
      query->id = luo_json_decode_string (member->name - 1, member->name_length + 2);
      query->revs = luo_hub_json_strings (member->value, member->value_length);
      if (query->id == NULL || query->revs == NULL)
        {
          g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                               "Request body must be an object of lists of revisions");
          return NULL;
        }
      for (gsize j = 0; query->revs[j] != NULL; j++)
        if (luo_rev_parse (query->revs[j], NULL) == NULL)
          {
            g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "Invalid rev format");
            return NULL;
          }
    }
  if (!luo_store_revs_diff (luo_hub_get_store (request->hub), request->space, queries, error))
    return NULL;
  return g_steal_pointer (&queries);
}

gboolean
luo_hub_revs_diff (LuoHubRequest *request, GError **error)
{
  g_autoptr (GPtrArray) queries = parse_queries (request, error);
  GString *out;

  if (queries == NULL)
    return FALSE;
  out = luo_hub_answer_text (luo_hub_request_answer (request, 200));
  g_string_append_c (out, '{');
  for (guint i = 0; i < queries->len; i++)
    {
      const LuoRevsQuery *query = queries->pdata[i];

      if (query->missing == NULL || query->missing[0] == NULL)
        continue;
      luo_hub_json_append_name (out, query->id);
      g_string_append (out, "{\"missing\":");
      luo_hub_json_append_strings (out, (const char *const *)query->missing);
      if (query->possible_ancestors != NULL && query->possible_ancestors[0] != NULL)
        {
          g_string_append (out, ",\"possible_ancestors\":");
          luo_hub_json_append_strings (out, (const char *const *)query->possible_ancestors);
        }
      g_string_append_c (out, '}');
    }
  g_string_append (out, "}\n");
  return TRUE;
}

gboolean
luo_hub_revs_missing (LuoHubRequest *request, GError **error)
{
  g_autoptr (GPtrArray) queries = parse_queries (request, error);
  GString *out;

  if (queries == NULL)
    return FALSE;
  out = luo_hub_answer_text (luo_hub_request_answer (request, 200));
  g_string_append (out, "{\"missing_revs\":{");
  for (guint i = 0; i < queries->len; i++)
    {
      const LuoRevsQuery *query = queries->pdata[i];

      if (query->missing == NULL || query->missing[0] == NULL)
        continue;
      luo_hub_json_append_name (out, query->id);
      luo_hub_json_append_strings (out, (const char *const *)query->missing);
    }
  g_string_append (out, "}}\n");
  return TRUE;
}
