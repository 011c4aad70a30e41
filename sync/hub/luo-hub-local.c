/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-private.h"
#include "luo-json-text.h"

/* The store keeps local documents under their ids without the prefix. */
static const char *
bare_id (LuoHubRequest *request)
{
  return request->id + strlen ("_local/");
}

/* Takes the members with an underscore out of a local document, and its `_rev`. */
static char *
strip (const char *text, gsize length, char **rev, gboolean *deleted, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GString) out = g_string_new ("{");

  *deleted = FALSE;
  if (!luo_json_cut (text, length, members, error))
    return NULL;
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);

      if (luo_json_member_is (member, "_rev"))
        {
          g_free (*rev);
          *rev = luo_json_decode_string (member->value, member->value_length);
        }
      if (luo_json_member_is (member, "_deleted"))
        *deleted = *member->value == 't';
      if (member->name_length > 0 && *member->name == '_')
        continue;
      if (out->len > 1)
        g_string_append_c (out, ',');
      g_string_append_len (out, member->start, member->value + member->value_length - member->start);
    }
  g_string_append_c (out, '}');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
answer_ok (LuoHubRequest *request, guint status, const char *rev)
{
  GString *out = luo_hub_answer_text (luo_hub_request_answer (request, status));

  g_string_append (out, "{\"ok\":true,\"id\":");
  luo_json_append_string (out, request->id);
  g_string_append_printf (out, ",\"rev\":\"%s\"}\n", rev);
}

gboolean
luo_hub_local_get (LuoHubRequest *request, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *rev = NULL;
  g_autofree char *body = luo_store_get_local (luo_hub_get_store (request->hub), request->space,
                                               bare_id (request), &rev, &failure);
  GString *out;

  if (body == NULL)
    {
      if (failure != NULL)
        g_propagate_error (error, g_steal_pointer (&failure));
      else
        g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_FOUND, "missing");
      return FALSE;
    }
  out = luo_hub_answer_text (luo_hub_request_answer (request, 200));
  g_string_append (out, "{\"_id\":");
  luo_json_append_string (out, request->id);
  g_string_append_printf (out, ",\"_rev\":\"%s\"", rev);
  if (strcmp (body, "{}") != 0)
    g_string_append_c (out, ',');
  g_string_append (out, body + 1);
  g_string_append_c (out, '\n');
  return TRUE;
}

static gboolean
delete_local (LuoHubRequest *request, const char *rev, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *known = NULL;
  g_autofree char *body = luo_store_get_local (luo_hub_get_store (request->hub), request->space,
                                               bare_id (request), &known, &failure);

  if (body == NULL)
    {
      if (failure != NULL)
        g_propagate_error (error, g_steal_pointer (&failure));
      else
        g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_FOUND, "missing");
      return FALSE;
    }
  if (!luo_store_delete_local (luo_hub_get_store (request->hub), request->space, bare_id (request),
                               rev != NULL ? rev : known, error))
    return FALSE;
  answer_ok (request, 200, "0-0");
  return TRUE;
}

gboolean
luo_hub_local_put (LuoHubRequest *request, GError **error)
{
  g_autofree char *rev = luo_hub_request_get_rev (request);
  g_autofree char *body = NULL;
  g_autofree char *new_rev = NULL;
  gboolean deleted;

  body = strip (request->body->str, request->body->len, &rev, &deleted, error);
  if (body == NULL)
    return FALSE;
  if (deleted)
    return delete_local (request, rev, error);
  if (!luo_store_put_local (luo_hub_get_store (request->hub), request->space, bare_id (request), rev, FALSE,
                            body, &new_rev, error))
    return FALSE;
  answer_ok (request, 201, new_rev);
  return TRUE;
}

gboolean
luo_hub_local_delete (LuoHubRequest *request, GError **error)
{
  g_autofree char *rev = luo_hub_request_get_rev (request);

  return delete_local (request, rev, error);
}
