/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-history-private.h"

#include <string.h>

#include "luo-hub-private.h"
#include "luo-hub-users-private.h"
#include "luo-json-text.h"
#include "luo-record-id.h"

#define ENTRY_TYPE "edit"

gboolean
luo_hub_history_concerns (LuoHubRequest *request, const LuoIncoming *incoming)
{
  return (luo_record_id_is_entry (incoming->id) || g_strcmp0 (incoming->record_type, ENTRY_TYPE) == 0)
         && g_str_has_prefix (request->space, LUO_HUB_SPACE_PREFIX);
}

static gboolean
is_there (LuoHubRequest *request, const LuoIncoming *incoming)
{
  g_autoptr (LuoDocument) document = NULL;

  if (incoming->history[0] == NULL)
    return FALSE;
  document = luo_store_get (luo_hub_get_store (request->hub), request->space, incoming->id,
                            incoming->history[0], NULL);
  return document != NULL;
}

static gboolean
is_somebody_else (LuoHubRequest *request, const char *name)
{
  g_autoptr (LuoHubUser) user = NULL;

  if (request->user->admin || strcmp (name, request->user->name) == 0)
    return FALSE;
  user = luo_hub_users_lookup (luo_hub_get_users (request->hub), name);
  return user != NULL;
}

gboolean
luo_hub_history_check (LuoHubRequest *request, const LuoIncoming *incoming, GError **error)
{
  g_autofree char *value = NULL;
  g_autofree char *by = NULL;

  if (is_there (request, incoming))
    return TRUE;
  if (incoming->deleted)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_FORBIDDEN,
                           "The history is append-only: an entry is neither changed nor deleted.");
      return FALSE;
    }
  if (!luo_record_id_is_entry (incoming->id) || g_strcmp0 (incoming->record_type, ENTRY_TYPE) != 0)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_FORBIDDEN,
                           "An entry of the history has the type “edit” and an id that begins with “edit:”.");
      return FALSE;
    }
  value = luo_json_at (incoming->body, "/by");
  by = value != NULL ? luo_json_decode_string (value, strlen (value)) : NULL;
  if (by == NULL || !is_somebody_else (request, by))
    return TRUE;
  g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_FORBIDDEN,
               "An entry of the history is written in one's own name, not in that of “%s”.", by);
  return FALSE;
}

gboolean
luo_hub_history_check_copy (LuoHubRequest *request, const char *id, GError **error)
{
  if (!luo_record_id_is_entry (id) || !g_str_has_prefix (request->space, LUO_HUB_SPACE_PREFIX))
    return TRUE;
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_FORBIDDEN, "Nothing is copied into the history.");
  return FALSE;
}
