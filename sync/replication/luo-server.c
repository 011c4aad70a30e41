/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-server-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-checkpoint-private.h"
#include "luo-json-text.h"
#include "luo-record-type.h"
#include "luo-store-sync.h"

#define DATABASE_PREFIX "luoshi-"

gboolean
luo_server_greet (LuoHttpSession *session, GCancellable *cancellable, GError **error)
{
  g_autoptr (LuoHttpReply) reply = NULL;
  g_autofree char *welcome = NULL;

  if (!luo_http_session_sign_in (session, cancellable, error))
    return FALSE;
  reply = luo_http_session_call (session, "GET", "/", NULL, cancellable, error);
  if (reply == NULL)
    return FALSE;
  welcome = luo_http_reply_text (reply, "couchdb");
  if (welcome == NULL)
    welcome = luo_http_reply_text (reply, "express-pouchdb");
  if (welcome != NULL)
    return TRUE;
  g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                       _ ("What answers at this address is no server that Luoshi can work with."));
  return FALSE;
}

static gboolean
forget_server (LuoStore *store, GError **error)
{
  g_autoptr (GPtrArray) spaces = luo_store_list_spaces (store, error);

  for (guint i = 0; spaces != NULL && i < spaces->len; i++)
    {
      const LuoSpace *space = spaces->pdata[i];

      if (!luo_store_forget_marks (store, space->name, 0, error)
          || !luo_store_set_space_meta (store, space->name, LUO_CHECKPOINT_META_INSTANCE, NULL, error))
        return FALSE;
    }
  return spaces != NULL;
}

gboolean
luo_server_keep (LuoStore *store, LuoHttpSession *session, const char *url, const char *user, GError **error)
{
  GError *store_error = NULL;
  g_autofree char *before = luo_store_get_meta (store, "endpoint", &store_error);

  if (store_error == NULL && before != NULL)
    {
      const char *scheme = strstr (before, "://");
      g_autofree char *endpoint = g_strdup (scheme != NULL ? scheme + strlen ("://") : before);

      while (g_str_has_suffix (endpoint, "/"))
        endpoint[strlen (endpoint) - 1] = '\0';
      if (strcmp (endpoint, luo_http_session_get_endpoint (session)) != 0)
        forget_server (store, &store_error);
    }
  if (store_error == NULL && luo_store_set_meta (store, "endpoint", url, &store_error)
      && luo_store_set_meta (store, "user", user, &store_error))
    return TRUE;
  luo_replication_error_propagate (error, store_error);
  return FALSE;
}

/* Names of spaces among the server's databases; where it does not tell everybody which there are, those that may be. */
static GPtrArray *
candidate_spaces (LuoHttpSession *session, GCancellable *cancellable, GError **error)
{
  LuoHttpRequest request = { .method = "GET", .path = "/_all_dbs" };
  g_autoptr (GError) send_error = NULL;
  g_autoptr (LuoHttpReply) reply = luo_http_session_send (session, &request, cancellable, &send_error);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  GPtrArray *names;

  if (reply == NULL
      && !g_error_matches (send_error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_UNAUTHORIZED))
    {
      g_propagate_error (error, g_steal_pointer (&send_error));
      return NULL;
    }
  names = g_ptr_array_new_with_free_func (g_free);
  if (reply != NULL && reply->status < 300 && luo_json_cut_array (reply->body, reply->length, items, NULL))
    {
      for (guint i = 0; i < items->len; i++)
        {
          const LuoJsonMember *item = &g_array_index (items, LuoJsonMember, i);
          g_autofree char *name = luo_json_decode_string (item->value, item->value_length);

          if (name != NULL && g_str_has_prefix (name, DATABASE_PREFIX)
              && name[strlen (DATABASE_PREFIX)] != '\0')
            g_ptr_array_add (names, g_strdup (name + strlen (DATABASE_PREFIX)));
        }
      return names;
    }
  g_ptr_array_add (names, g_strdup ("city"));
  for (const LuoChoice *choice = luo_district_choices; choice->value != NULL; choice++)
    g_ptr_array_add (names, g_strdup (choice->value));
  return names;
}

/* FALSE only where the server was lost: no right to one space says nothing about the others. */
static gboolean
may_read (LuoHttpSession *session, const char *space, gboolean *may, GCancellable *cancellable,
          GError **error)
{
  g_autofree char *database = luo_database_path (space);
  g_autofree char *path = g_strconcat ("/", database, NULL);
  LuoHttpRequest request = { .method = "GET", .path = path };
  g_autoptr (GError) send_error = NULL;
  g_autoptr (LuoHttpReply) reply = luo_http_session_send (session, &request, cancellable, &send_error);

  *may = reply != NULL && reply->status < 300;
  if (reply != NULL
      || g_error_matches (send_error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_UNAUTHORIZED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&send_error));
  return FALSE;
}

char **
luo_server_list_spaces (LuoHttpSession *session, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) candidates = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  /* A wrong password is said to be so, and not taken for a lack of rights. */
  if (!luo_http_session_sign_in (session, cancellable, error))
    return NULL;
  candidates = candidate_spaces (session, cancellable, error);
  if (candidates == NULL)
    return NULL;
  for (guint i = 0; i < candidates->len; i++)
    {
      gboolean may;

      if (!may_read (session, candidates->pdata[i], &may, cancellable, error))
        return NULL;
      if (may)
        g_ptr_array_add (names, g_strdup (candidates->pdata[i]));
    }
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

gboolean
luo_server_create_space (LuoHttpSession *session, const char *space, GCancellable *cancellable,
                         GError **error)
{
  g_autofree char *database = luo_database_path (space);
  g_autofree char *path = g_strconcat ("/", database, NULL);
  LuoHttpRequest request = { .method = "PUT", .path = path };
  g_autoptr (LuoHttpReply) reply = luo_http_session_send (session, &request, cancellable, error);

  return reply != NULL && (reply->status == 412 || luo_http_reply_check (reply, error));
}
