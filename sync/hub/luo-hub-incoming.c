/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-incoming-private.h"

#include <string.h>

#include "luo-hub-history-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-print-private.h"
#include "luo-hub-private.h"
#include "luo-hub-users-private.h"
#include "luo-hub-tuning.h"
#include "luo-json-text.h"
#include "luo-record-error.h"

/* The members of a document with an underscore that CouchDB knows. */
static const char *const known_members[] = { "_id",        "_rev",       "_deleted",           "_attachments",
                                             "_revisions", "_conflicts", "_deleted_conflicts", "_revs_info",
                                             "_local_seq", NULL };

gboolean
luo_hub_incoming_check_id (const char *id, GError **error)
{
  if (*id == '\0')
    g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_ILLEGAL_DOCID, "Document id must not be empty");
  else if (*id == '_' && (!g_str_has_prefix (id, "_design/") || id[strlen ("_design/")] == '\0')
           && (!g_str_has_prefix (id, "_local/") || id[strlen ("_local/")] == '\0'))
    g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_ILLEGAL_DOCID,
                         "Only reserved document ids may start with underscore.");
  else
    return TRUE;
  return FALSE;
}

gboolean
luo_hub_incoming_check_rev (const char *rev, GError **error)
{
  if (rev == NULL || luo_rev_parse (rev, NULL) != NULL)
    return TRUE;
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "Invalid rev format");
  return FALSE;
}

/* Finds CouchDB's words for what the store would not take. */
static void
explain (const char *text, gsize length, GError *failure, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

  if (failure->domain == LUO_RECORD_ERROR || !luo_json_cut (text, length, members, NULL))
    {
      g_propagate_error (error, failure);
      return;
    }
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);
      g_autofree char *name = luo_json_decode_string (member->name - 1, member->name_length + 2);
      g_autofree char *value = luo_json_decode_string (member->value, member->value_length);
      GError *better = NULL;

      if (name == NULL || *name != '_')
        continue;
      if (!g_strv_contains (known_members, name))
        g_set_error (&better, LUO_HUB_ERROR, LUO_HUB_ERROR_DOC_VALIDATION, "Bad special document member: %s",
                     name);
      else if (strcmp (name, "_id") == 0 && value == NULL)
        g_set_error_literal (&better, LUO_HUB_ERROR, LUO_HUB_ERROR_ILLEGAL_DOCID,
                             "Document id must be a string");
      else if (strcmp (name, "_id") == 0)
        luo_hub_incoming_check_id (value, &better);
      else if (strcmp (name, "_rev") == 0 && (value == NULL || luo_rev_parse (value, NULL) == NULL))
        g_set_error_literal (&better, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "Invalid rev format");
      if (better != NULL)
        {
          g_error_free (failure);
          g_propagate_error (error, better);
          return;
        }
    }
  g_error_free (failure);
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_DOC_VALIDATION,
                       "A special document member is malformed");
}

LuoIncoming *
luo_hub_incoming_parse (const char *text, gsize length, GError **error)
{
  GError *failure = NULL;
  LuoIncoming *incoming;
  gsize start = 0;

  if (length > LUO_JSON_MAX_DOCUMENT)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_DOCUMENT_TOO_LARGE,
                           "the document is too large");
      return NULL;
    }
  while (start < length && strchr (" \t\r\n", text[start]) != NULL)
    start++;
  if (start < length && text[start] != '{' && strchr ("[\"-0123456789tfn", text[start]) != NULL)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "Document must be a JSON object");
      return NULL;
    }
  incoming = luo_incoming_parse (text, length, &failure);
  if (incoming == NULL)
    {
      explain (text, length, failure, error);
      return NULL;
    }
  if (strlen (incoming->body) > LUO_HUB_MAX_DOCUMENT)
    {
      g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_DOCUMENT_TOO_LARGE, "%s",
                   incoming->id != NULL ? incoming->id : "the document is too large");
      luo_incoming_free (incoming);
      return NULL;
    }
  return incoming;
}

/* Who is no administrator keeps the roles he has. */
static gboolean
check_own_roles (LuoHubRequest *request, const char *body, GError **error)
{
  g_autoptr (JsonObject) object = luo_hub_json_parse_object (body, strlen (body), error);
  g_auto (GStrv) roles = NULL;

  if (object == NULL)
    return FALSE;
  roles = luo_hub_json_get_strings (object, "roles");
  if (roles != NULL && g_strv_equal ((const char *const *)roles, (const char *const *)request->user->roles))
    return TRUE;
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_FORBIDDEN, "Only _admin may set roles");
  return FALSE;
}

gboolean
luo_hub_incoming_prepare (LuoHubRequest *request, LuoIncoming *incoming, GError **error)
{
  g_autofree char *hashed = NULL;

  if (!luo_hub_security_check_write (request->user, request->access, incoming->id, error))
    return FALSE;
  if (luo_hub_history_concerns (request, incoming) && !luo_hub_history_check (request, incoming, error))
    return FALSE;
  if (strcmp (request->space, LUO_HUB_USERS_SPACE) != 0 || incoming->deleted
      || g_str_has_prefix (incoming->id, "_design/"))
    return TRUE;
  if (!request->user->admin && !check_own_roles (request, incoming->body, error))
    return FALSE;
  hashed = luo_hub_users_hash_body (incoming->id, incoming->body, error);
  if (hashed == NULL)
    return FALSE;
  g_free (incoming->body);
  incoming->body = g_steal_pointer (&hashed);
  return TRUE;
}

char *
luo_hub_incoming_follow (const char *attachments, GHashTable *parts, GError **error)
{
  g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GString) out = g_string_new ("{");

  if (!luo_json_cut (attachments, strlen (attachments), names, error))
    return NULL;
  for (guint i = 0; i < names->len; i++)
    {
      const LuoJsonMember *item = &g_array_index (names, LuoJsonMember, i);
      g_autofree char *name = luo_json_decode_string (item->name - 1, item->name_length + 2);
      const LuoHubFile *part;
      gboolean follows = FALSE;

      if (name == NULL || !luo_json_cut (item->value, item->value_length, members, error))
        return NULL;
      if (i > 0)
        g_string_append_c (out, ',');
      luo_json_append_string (out, name);
      g_string_append (out, ":{");
      for (guint j = 0; j < members->len; j++)
        {
          const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, j);

          if (luo_json_member_is (member, "follows"))
            {
              follows = follows || *member->value == 't';
              continue;
            }
          /* What came is known better than what was announced. */
          if (luo_json_member_is (member, "digest") && g_hash_table_contains (parts, name))
            continue;
          if (luo_json_member_is (member, "length") && g_hash_table_contains (parts, name))
            continue;
          if (out->str[out->len - 1] != '{')
            g_string_append_c (out, ',');
          g_string_append_len (out, member->start, member->value + member->value_length - member->start);
        }
      part = g_hash_table_lookup (parts, name);
      if (follows && part == NULL)
        {
          g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_MISSING_STUB,
                       "Attachment %s is missing in the body", name);
          return NULL;
        }
      if (follows)
        {
          luo_hub_json_append_name (out, "digest");
          luo_json_append_string (out, part->digest);
          g_string_append_printf (out, ",\"length\":%" G_GINT64_FORMAT ",\"stub\":true", part->length);
        }
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, '}');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
luo_hub_incoming_make_id (void)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_auto (GStrv) parts = g_strsplit (uuid, "-", -1);

  return g_strjoinv (NULL, parts);
}
