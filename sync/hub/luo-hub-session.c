/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-session-private.h"

#include <netdb.h>
#include <sodium.h>
#include <string.h>

#include "luo-clock.h"
#include "luo-hub-json-private.h"
#include "luo-hub-private.h"
#include "luo-hub-tuning.h"
#include "luo-json-text.h"

#define COOKIE_NAME "AuthSession"
#define SIGNATURE_BYTES crypto_auth_hmacsha256_BYTES

static char *
client_address (LuoHubRequest *request)
{
  const union MHD_ConnectionInfo *info = NULL;
  char host[NI_MAXHOST];
  socklen_t length;

  if (request->connection != NULL)
    info = MHD_get_connection_info (request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == NULL || info->client_addr == NULL)
    return g_strdup ("");
  length
      = info->client_addr->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in);
  if (getnameinfo (info->client_addr, length, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
    return g_strdup ("");
  return g_strdup (host);
}

static gint64
now_seconds (void)
{
  return luo_clock_get_real () / G_USEC_PER_SEC;
}

static void
sign (LuoHubRequest *request, LuoHubUser *user, const char *text, guint8 *signature)
{
  guint8 key[crypto_auth_hmacsha256_KEYBYTES];

  luo_hub_users_session_key (luo_hub_get_users (request->hub), user, key);
  crypto_auth_hmacsha256 (signature, (const guint8 *)text, strlen (text), key);
  sodium_memzero (key, sizeof key);
}

/* The cookie's value is base64url of NAME:HEXTIME: and the signature's bytes, as CouchDB's is. */
static void
set_cookie (LuoHubRequest *request, LuoHubUser *user)
{
  g_autofree char *text = g_strdup_printf ("%s:%" G_GINT64_MODIFIER "X", user->name, now_seconds ());
  g_autoptr (GByteArray) raw = g_byte_array_new ();
  guint8 signature[SIGNATURE_BYTES];
  g_autofree char *value = NULL;
  g_autofree char *header = NULL;
  gsize size;

  sign (request, user, text, signature);
  g_byte_array_append (raw, (const guint8 *)text, (guint)strlen (text));
  g_byte_array_append (raw, (const guint8 *)":", 1);
  g_byte_array_append (raw, signature, sizeof signature);
  size = sodium_base64_ENCODED_LEN (raw->len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  value = g_malloc (size);
  sodium_bin2base64 (value, size, raw->data, raw->len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  header = g_strdup_printf (COOKIE_NAME "=%s; Version=1; Max-Age=%d; Path=/; HttpOnly; SameSite=Strict",
                            value, LUO_HUB_SESSION_SECONDS);
  luo_hub_request_set_header (request, "Set-Cookie", header);
}

/* NULL where the cookie is not, or no longer, good. */
static LuoHubUser *
read_cookie (LuoHubRequest *request, const char *value, gint64 *left)
{
  guint8 raw[1024];
  guint8 signature[SIGNATURE_BYTES];
  gsize length;
  gsize text_length;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  g_autoptr (LuoHubUser) user = NULL;
  char *colon;
  guint64 made;

  if (sodium_base642bin (raw, sizeof raw, value, strlen (value), "=", &length, NULL,
                         sodium_base64_VARIANT_URLSAFE_NO_PADDING)
          != 0
      || length < SIGNATURE_BYTES + 4)
    return NULL;
  text_length = length - SIGNATURE_BYTES - 1;
  if (raw[text_length] != ':' || memchr (raw, '\0', text_length) != NULL)
    return NULL;
  text = g_strndup ((const char *)raw, text_length);
  colon = strrchr (text, ':');
  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 16, 0, G_MAXINT64, &made, NULL))
    return NULL;
  *left = (gint64)made + LUO_HUB_SESSION_SECONDS - now_seconds ();
  if (*left <= 0)
    return NULL;

  name = g_strndup (text, (gsize)(colon - text));
  user = luo_hub_users_lookup (luo_hub_get_users (request->hub), name);
  if (user == NULL)
    return NULL;
  sign (request, user, text, signature);
  if (sodium_memcmp (signature, raw + text_length + 1, SIGNATURE_BYTES) != 0)
    return NULL;
  return g_steal_pointer (&user);
}

static gboolean
identify_basic (LuoHubRequest *request, const char *encoded, GError **error)
{
  gsize length = 0;
  g_autofree guchar *raw = g_base64_decode (encoded, &length);
  g_autofree char *text = g_strndup ((const char *)raw, length);
  g_autofree char *address = client_address (request);
  char *colon = strchr (text, ':');

  if (colon == NULL || !g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_UNAUTHORIZED,
                           "Name or password is incorrect.");
      return FALSE;
    }
  *colon = '\0';
  request->user = luo_hub_users_verify (luo_hub_get_users (request->hub), text, colon + 1, address, error);
  sodium_memzero (colon + 1, strlen (colon + 1));
  return request->user != NULL;
}

gboolean
luo_hub_session_identify (LuoHubRequest *request, GError **error)
{
  const char *authorization = luo_hub_request_get_header (request, "Authorization");
  g_autofree char *cookie = NULL;
  gint64 left;

  if (authorization != NULL && g_ascii_strncasecmp (authorization, "Basic ", 6) == 0)
    {
      request->authenticated = "default";
      if (identify_basic (request, authorization + 6, error))
        return TRUE;
      if (error != NULL && g_error_matches (*error, LUO_HUB_ERROR, LUO_HUB_ERROR_TOO_MANY))
        luo_hub_request_set_header (request, "Retry-After", G_STRINGIFY (LUO_HUB_SIGN_IN_WINDOW_SECONDS));
      return FALSE;
    }

  cookie = luo_hub_request_get_cookie (request, COOKIE_NAME);
  if (cookie == NULL || *cookie == '\0')
    return TRUE;
  request->user = read_cookie (request, cookie, &left);
  if (request->user == NULL)
    return TRUE;
  request->authenticated = "cookie";
  if (left < LUO_HUB_SESSION_SECONDS * LUO_HUB_SESSION_RENEW_PERCENT / 100)
    set_cookie (request, request->user);
  return TRUE;
}

gboolean
luo_hub_session_get (LuoHubRequest *request, GError **error)
{
  GString *out = luo_hub_answer_text (luo_hub_request_answer (request, 200));

  g_string_append (out, "{\"ok\":true,\"userCtx\":{\"name\":");
  if (request->user != NULL)
    luo_json_append_string (out, request->user->name);
  else
    g_string_append (out, "null");
  g_string_append (out, ",\"roles\":");
  luo_hub_json_append_strings (out, request->user != NULL ? (const char *const *)request->user->roles : NULL);
  g_string_append (out, "},\"info\":{\"authentication_handlers\":[\"cookie\",\"default\"]");
  if (request->user != NULL)
    g_string_append_printf (out, ",\"authenticated\":\"%s\"", request->authenticated);
  g_string_append (out, "}}\n");
  return TRUE;
}

/* Name and password of a form or of a JSON body. */
static gboolean
read_credentials (LuoHubRequest *request, char **name, char **password, GError **error)
{
  const char *type = luo_hub_request_get_header (request, "Content-Type");

  if (type != NULL && g_ascii_strncasecmp (type, "application/x-www-form-urlencoded", 33) == 0)
    {
      g_autoptr (GHashTable) form = g_uri_parse_params (request->body->str, (gssize)request->body->len, "&",
                                                        G_URI_PARAMS_WWW_FORM, NULL);

      if (form != NULL)
        {
          *name = g_strdup (g_hash_table_lookup (form, "name"));
          *password = g_strdup (g_hash_table_lookup (form, "password"));
        }
    }
  else
    {
      g_autoptr (JsonObject) object = NULL;

      if (!luo_hub_request_expect_json (request, error))
        return FALSE;
      object = luo_hub_request_parse_body (request, error);
      if (object == NULL)
        return FALSE;
      *name = g_strdup (luo_hub_json_get_text (object, "name"));
      if (*name == NULL)
        *name = g_strdup (luo_hub_json_get_text (object, "username"));
      *password = g_strdup (luo_hub_json_get_text (object, "password"));
    }
  if (*name != NULL && *password != NULL)
    return TRUE;
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                       "request body must contain a name and a password");
  return FALSE;
}

gboolean
luo_hub_session_post (LuoHubRequest *request, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *password = NULL;
  g_autofree char *address = client_address (request);
  g_autoptr (LuoHubUser) user = NULL;
  GError *failure = NULL;
  GString *out;

  if (!read_credentials (request, &name, &password, error))
    return FALSE;
  user = luo_hub_users_verify (luo_hub_get_users (request->hub), name, password, address, &failure);
  if (user == NULL)
    {
      if (g_error_matches (failure, LUO_HUB_ERROR, LUO_HUB_ERROR_TOO_MANY))
        luo_hub_request_set_header (request, "Retry-After", G_STRINGIFY (LUO_HUB_SIGN_IN_WINDOW_SECONDS));
      g_propagate_error (error, failure);
      return FALSE;
    }
  out = luo_hub_answer_text (luo_hub_request_answer (request, 200));
  set_cookie (request, user);
  g_string_append (out, "{\"ok\":true,\"name\":");
  luo_json_append_string (out, user->name);
  g_string_append (out, ",\"roles\":");
  luo_hub_json_append_strings (out, (const char *const *)user->roles);
  g_string_append (out, "}\n");
  return TRUE;
}

gboolean
luo_hub_session_delete (LuoHubRequest *request, GError **error)
{
  luo_hub_request_set_header (request, "Set-Cookie",
                              COOKIE_NAME "=; Version=1; Max-Age=0; Path=/; HttpOnly; SameSite=Strict");
  luo_hub_request_answer_text (request, 200, "{\"ok\":true}");
  return TRUE;
}
