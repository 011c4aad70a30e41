/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-scripted-peer-private.h"

#include <string.h>

typedef struct
{
  char *method, *part;
  guint skip;
  int times;
  LuoFault fault;
  guint status;
} Rule;

typedef struct
{
  char *method, *path, *body;
  guint documents;
} Seen;

static void
rule_free (gpointer data)
{
  Rule *rule = data;

  g_free (rule->method);
  g_free (rule->part);
  g_free (rule);
}

static void
seen_free (gpointer data)
{
  Seen *seen = data;

  g_free (seen->method);
  g_free (seen->path);
  g_free (seen->body);
  g_free (seen);
}

/* Answers */

void
luo_scripted_answer (SoupServerMessage *message, guint status, const char *json)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, json, strlen (json));
}

void
luo_scripted_answer_error (SoupServerMessage *message, guint status, const char *word, const char *reason)
{
  g_autofree char *json = g_strdup_printf ("{\"error\":\"%s\",\"reason\":\"%s\"}", word, reason);

  luo_scripted_answer (message, status, json);
}

const char *
luo_scripted_text_member (JsonObject *object, const char *name)
{
  return json_object_has_member (object, name) ? json_object_get_string_member (object, name) : NULL;
}

void
luo_scripted_set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  g_assert_no_error (error);
  return node;
}

/* Sessions */

static gboolean
is_signed_in (LuoScriptedPeer *self, SoupServerMessage *message)
{
  const char *cookie
      = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Cookie");
  g_autofree char *right = g_strdup_printf ("AuthSession=%u", self->session);

  return !self->needs_session || g_strcmp0 (cookie, right) == 0;
}

static void
handle_session (LuoScriptedPeer *self, SoupServerMessage *message, JsonNode *body)
{
  JsonObject *object = json_node_get_object (body);
  g_autofree char *cookie = NULL;

  if (g_strcmp0 (luo_scripted_text_member (object, "name"), "admin") != 0
      || g_strcmp0 (luo_scripted_text_member (object, "password"), "secret") != 0)
    {
      luo_scripted_answer_error (message, 401, "unauthorized", "Name or password is incorrect.");
      return;
    }
  cookie = g_strdup_printf ("AuthSession=%u; Version=1; Max-Age=%d; Path=/; HttpOnly", ++self->session,
                            self->session_age);
  soup_message_headers_append (soup_server_message_get_response_headers (message), "Set-Cookie", cookie);
  luo_scripted_answer (message, 200, "{\"ok\":true,\"name\":\"admin\",\"roles\":[\"_admin\"]}");
}

/* Carrying out a request */

static void
carry_out (LuoScriptedPeer *self, SoupServerMessage *message, const char *path, GHashTable *query,
           const char *text)
{
  static const char database[] = "/luoshi-city";
  g_autoptr (JsonNode) body = *text != '\0' && *text != '-' ? parse (text) : NULL;
  gboolean signed_in = is_signed_in (self, message);

  if (strcmp (path, "/_session") == 0)
    {
      handle_session (self, message, body);
      return;
    }
  if (!signed_in && !self->forbid_expired)
    {
      luo_scripted_answer_error (message, 401, "unauthorized", "You are not authorized to access this db.");
      return;
    }
  if (strcmp (path, "/") == 0)
    {
      luo_scripted_answer (message, 200, "{\"couchdb\":\"Welcome\",\"version\":\"3.3.3\"}");
      return;
    }
  if (!g_str_has_prefix (path, database))
    {
      luo_scripted_answer_error (message, 404, "not_found", "Database does not exist.");
      return;
    }
  luo_scripted_database_handle (self, message, path + strlen (database), query, body, strlen (text),
                                signed_in);
}

/* Faults */

static void
close_connection (SoupServerMessage *message, const char *bytes)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  if (bytes != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (stream), bytes, strlen (bytes), NULL, NULL,
                               NULL);
  g_io_stream_close (stream, NULL, NULL);
}

/* The head and half the body of the answer that was made, written by hand. */
static void
cut_within (SoupServerMessage *message)
{
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_response_body (message));
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  g_autofree char *bytes = g_strdup_printf (
      "HTTP/1.1 %u OK\r\nContent-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%.*s",
      soup_server_message_get_status (message), length, (int)(length / 2), data);

  close_connection (message, bytes);
}

static const Rule *
next_rule (LuoScriptedPeer *self, const char *method, const char *target)
{
  for (guint i = 0; i < self->rules->len; i++)
    {
      Rule *rule = self->rules->pdata[i];

      if (strcmp (rule->method, method) != 0 || strstr (target, rule->part) == NULL || rule->times == 0)
        continue;
      if (rule->skip > 0)
        {
          rule->skip--;
          continue;
        }
      if (rule->times > 0)
        rule->times--;
      return rule;
    }
  return NULL;
}

static guint
count_text (const char *body, const char *text)
{
  guint n = 0;

  for (const char *p = body; (p = strstr (p, text)) != NULL; p += strlen (text))
    n++;
  return n;
}

/* Revisions sent in full, or asked for. */
static guint
count_documents_in (const char *body)
{
  return MAX (count_text (body, "\"_rev\":\""), count_text (body, "\"rev\":\""));
}

static void
request_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  LuoScriptedPeer *self = user_data;
  const char *method = soup_server_message_get_method (message);
  g_autofree char *target = g_uri_to_string (soup_server_message_get_uri (message));
  g_autoptr (GBytes) bytes = soup_message_body_flatten (soup_server_message_get_request_body (message));
  Seen *seen = g_new0 (Seen, 1);
  const Rule *rule;

  seen->method = g_strdup (method);
  seen->path = g_strdup (target);
  seen->body = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  seen->documents = count_documents_in (seen->body);
  g_ptr_array_add (self->seen, seen);
  g_hash_table_add (self->ports, GUINT_TO_POINTER (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (
                                     soup_server_message_get_remote_address (message)))));

  rule = next_rule (self, method, target);
  if (rule == NULL)
    {
      carry_out (self, message, path, query, seen->body);
      return;
    }
  switch (rule->fault)
    {
    case LUO_FAULT_STATUS:
      if (self->retry_after != NULL)
        soup_message_headers_append (soup_server_message_get_response_headers (message), "Retry-After",
                                     self->retry_after);
      luo_scripted_answer_error (message, rule->status, "scripted", "as it was told to");
      break;
    case LUO_FAULT_CUT_BEFORE:
      close_connection (message, NULL);
      break;
    case LUO_FAULT_CUT_WITHIN:
      carry_out (self, message, path, query, seen->body);
      cut_within (message);
      break;
    case LUO_FAULT_LOSE_REPLY:
      carry_out (self, message, path, query, seen->body);
      close_connection (message, NULL);
      break;
    case LUO_FAULT_DOUBLE:
      carry_out (self, message, path, query, seen->body);
      soup_message_body_truncate (soup_server_message_get_response_body (message));
      carry_out (self, message, path, query, seen->body);
      break;
    case LUO_FAULT_HANG:
      soup_server_message_pause (message);
      g_ptr_array_add (self->hanging, g_object_ref (message));
      break;
    case LUO_FAULT_GARBAGE:
      soup_server_message_set_status (message, rule->status != 0 ? rule->status : 200, NULL);
      soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC,
                                        "<html>Welcome to our hotel</html>", 33);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* From the tests */

LuoScriptedPeer *
luo_scripted_peer_new (void)
{
  LuoScriptedPeer *self = g_new0 (LuoScriptedPeer, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->rules = g_ptr_array_new_with_free_func (rule_free);
  self->seen = g_ptr_array_new_with_free_func (seen_free);
  luo_scripted_database_init (self);
  self->hanging = g_ptr_array_new_with_free_func (g_object_unref);
  self->ports = g_hash_table_new (NULL, NULL);
  self->session_age = 600;
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  return self;
}

void
luo_scripted_peer_free (LuoScriptedPeer *self)
{
  if (self == NULL)
    return;
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_ptr_array_unref (self->hanging);
  g_hash_table_unref (self->ports);
  g_ptr_array_unref (self->rules);
  g_ptr_array_unref (self->seen);
  luo_scripted_database_finish (self);
  g_free (self->url);
  g_free (self->retry_after);
  g_free (self);
}

const char *
luo_scripted_peer_get_url (LuoScriptedPeer *self)
{
  return self->url;
}

void
luo_scripted_peer_fail (LuoScriptedPeer *self, const char *method, const char *part, guint skip, int times,
                        LuoFault fault, guint status)
{
  Rule *rule = g_new0 (Rule, 1);

  rule->method = g_strdup (method);
  rule->part = g_strdup (part);
  rule->skip = skip;
  rule->times = times;
  rule->fault = fault;
  rule->status = status;
  g_ptr_array_add (self->rules, rule);
}

void
luo_scripted_peer_set_retry_after (LuoScriptedPeer *self, const char *retry_after)
{
  luo_scripted_set_text (&self->retry_after, retry_after);
}

void
luo_scripted_peer_behave (LuoScriptedPeer *self)
{
  g_ptr_array_set_size (self->rules, 0);
}

void
luo_scripted_peer_require_session (LuoScriptedPeer *self)
{
  self->needs_session = TRUE;
  self->forbid_expired = FALSE;
  self->session++;
}

void
luo_scripted_peer_forbid_expired (LuoScriptedPeer *self)
{
  self->needs_session = TRUE;
  self->forbid_expired = TRUE;
  self->session++;
}

void
luo_scripted_peer_set_session_age (LuoScriptedPeer *self, int seconds)
{
  self->session_age = seconds;
}

guint
luo_scripted_peer_count (LuoScriptedPeer *self, const char *method, const char *part)
{
  guint n = 0;

  for (guint i = 0; i < self->seen->len; i++)
    {
      const Seen *seen = self->seen->pdata[i];

      n += (method == NULL || strcmp (seen->method, method) == 0) && strstr (seen->path, part) != NULL;
    }
  return n;
}

guint
luo_scripted_peer_count_connections (LuoScriptedPeer *self)
{
  return g_hash_table_size (self->ports);
}

guint
luo_scripted_peer_most_documents (LuoScriptedPeer *self, const char *part)
{
  guint most = 0;

  for (guint i = 0; i < self->seen->len; i++)
    {
      const Seen *seen = self->seen->pdata[i];

      if (strstr (seen->path, part) != NULL)
        most = MAX (most, seen->documents);
    }
  return most;
}

gboolean
luo_scripted_peer_saw (LuoScriptedPeer *self, const char *part, const char *text)
{
  for (guint i = 0; i < self->seen->len; i++)
    {
      const Seen *seen = self->seen->pdata[i];

      if (strstr (seen->path, part) != NULL && strstr (seen->body, text) != NULL)
        return TRUE;
    }
  return FALSE;
}

void
luo_scripted_peer_forget (LuoScriptedPeer *self)
{
  g_ptr_array_set_size (self->seen, 0);
  g_hash_table_remove_all (self->ports);
}
