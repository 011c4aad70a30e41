/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-request-private.h"

#include <string.h>

#include "luo-hub-call-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-private.h"
#include "luo-hub-route-private.h"
#include "luo-hub-session-private.h"
#include "luo-hub-tuning.h"
#include "luo-hub-users-private.h"
#include "luo-json-text.h"

/* --- Reading the request line --------------------------------------------------------------------- */

/* Decodes %XX and +. NULL where an escape is broken or the text is no UTF-8 or holds a NUL. */
static char *
decode (const char *text, gsize length)
{
  GString *out = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (c == '+')
        c = ' ';
      else if (c == '%')
        {
          int high = i + 2 < length ? g_ascii_xdigit_value (text[i + 1]) : -1;
          int low = i + 2 < length ? g_ascii_xdigit_value (text[i + 2]) : -1;

          if (high < 0 || low < 0)
            return g_string_free (out, TRUE), NULL;
          c = (char)(high * 16 + low);
          i += 2;
        }
      g_string_append_c (out, c);
    }
  if (!g_utf8_validate (out->str, (gssize)out->len, NULL))
    return g_string_free (out, TRUE), NULL;
  return g_string_free (out, FALSE);
}

static gboolean
parse_path (LuoHubRequest *self, const char *path, gsize length, GError **error)
{
  const char *end = path + length;

  self->path = g_ptr_array_new_with_free_func (g_free);
  if (length == 0 || *path != '/')
    return g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "Invalid path"), FALSE;

  for (path++; path < end;)
    {
      const char *slash = memchr (path, '/', (gsize)(end - path));
      gsize n = slash != NULL ? (gsize)(slash - path) : (gsize)(end - path);
      char *segment = decode (path, n);

      if (segment == NULL || self->path->len >= LUO_HUB_MAX_PARTS)
        {
          g_free (segment);
          return g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "Invalid path"), FALSE;
        }
      g_ptr_array_add (self->path, segment);
      path += n + 1;
    }
  return TRUE;
}

static gboolean
parse_query (LuoHubRequest *self, const char *query, GError **error)
{
  while (*query != '\0')
    {
      gsize n = strcspn (query, "&");
      const char *equals = memchr (query, '=', n);
      gsize name_length = equals != NULL ? (gsize)(equals - query) : n;
      char *name = decode (query, name_length);
      char *value = equals != NULL ? decode (equals + 1, n - name_length - 1) : g_strdup ("");

      g_ptr_array_add (self->query, name);
      g_ptr_array_add (self->query, value);
      if (name == NULL || value == NULL || self->query->len > 2 * LUO_HUB_MAX_PARTS)
        return g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "Invalid query"), FALSE;
      query += n;
      if (*query == '&')
        query++;
    }
  return TRUE;
}

static LuoHubMethod
parse_method (const char *method)
{
  static const char *const names[] = { "GET", "HEAD", "PUT", "POST", "DELETE", "COPY" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (method, names[i]) == 0)
      return (LuoHubMethod)i;
  return LUO_HUB_METHOD_OTHER;
}

LuoHubRequest *
luo_hub_request_new (LuoHub *hub, const char *uri, struct MHD_Connection *connection)
{
  LuoHubRequest *self = g_new0 (LuoHubRequest, 1);

  self->hub = hub;
  self->connection = connection;
  self->uri = g_strdup (uri);
  self->query = g_ptr_array_new_with_free_func (g_free);
  self->headers = g_ptr_array_new_with_free_func (g_free);
  self->body = g_string_new (NULL);
  return self;
}

void
luo_hub_request_free (LuoHubRequest *self)
{
  if (self == NULL)
    return;
  if (self->data_free != NULL && self->data != NULL)
    self->data_free (self->data);
  if (self->counted)
    luo_hub_count_request (self->hub, -1);
  g_clear_pointer (&self->path, g_ptr_array_unref);
  g_ptr_array_unref (self->query);
  g_ptr_array_unref (self->headers);
  g_string_free (self->body, TRUE);
  g_clear_object (&self->unpack);
  g_clear_error (&self->error);
  luo_hub_answer_free (self->answer);
  luo_hub_user_free (self->user);
  luo_hub_space_unref (self->database);
  g_free (self->space);
  g_free (self->uri);
  g_free (self->id);
  g_free (self->attachment);
  g_free (self);
}

/* --- What came ------------------------------------------------------------------------------------- */

const char *
luo_hub_request_get_header (LuoHubRequest *self, const char *name)
{
  if (self->call != NULL)
    return luo_hub_call_get_header (self->call, name);
  return MHD_lookup_connection_value (self->connection, MHD_HEADER_KIND, name);
}

char *
luo_hub_request_get_cookie (LuoHubRequest *self, const char *name)
{
  const char *header;
  gsize length = strlen (name);

  if (self->call == NULL)
    return g_strdup (MHD_lookup_connection_value (self->connection, MHD_COOKIE_KIND, name));
  header = luo_hub_request_get_header (self, "Cookie");
  if (header == NULL || strncmp (header, name, length) != 0 || header[length] != '=')
    return NULL;
  return g_strdup (header + length + 1);
}

const char *
luo_hub_request_get_query (LuoHubRequest *self, const char *name)
{
  for (guint i = self->query->len; i >= 2; i -= 2)
    if (strcmp (self->query->pdata[i - 2], name) == 0)
      return self->query->pdata[i - 1];
  return NULL;
}

gboolean
luo_hub_request_get_flag (LuoHubRequest *self, const char *name)
{
  return g_strcmp0 (luo_hub_request_get_query (self, name), "true") == 0;
}

gboolean
luo_hub_request_get_uint (LuoHubRequest *self, const char *name, guint64 *value, GError **error)
{
  const char *text = luo_hub_request_get_query (self, name);
  guint64 number;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &number, NULL))
    {
      g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_QUERY_PARSE,
                   "Invalid value for integer parameter `%s`: %s", name, text);
      return FALSE;
    }
  *value = number;
  return TRUE;
}

gboolean
luo_hub_request_get_json_string (LuoHubRequest *self, const char *name, char **value, GError **error)
{
  const char *text = luo_hub_request_get_query (self, name);

  *value = NULL;
  if (text == NULL)
    return TRUE;
  *value = luo_hub_json_decode (text, strlen (text));
  if (*value != NULL)
    return TRUE;
  g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_QUERY_PARSE, "Invalid value for parameter `%s`: %s", name,
               text);
  return FALSE;
}

gboolean
luo_hub_request_expect_json (LuoHubRequest *self, GError **error)
{
  const char *type = luo_hub_request_get_header (self, "Content-Type");

  if (type != NULL && g_ascii_strncasecmp (type, "application/json", strlen ("application/json")) == 0)
    return TRUE;
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_CONTENT_TYPE,
                       "Content-Type must be application/json");
  return FALSE;
}

gboolean
luo_hub_request_accepts (LuoHubRequest *self, const char *type)
{
  const char *accept = luo_hub_request_get_header (self, "Accept");
  gsize length = strlen (type);

  while (accept != NULL && *accept != '\0')
    {
      accept += strspn (accept, " ,\t");
      if (g_ascii_strncasecmp (accept, type, length) == 0 && strchr ("; ,\t", accept[length]) != NULL)
        return TRUE;
      accept += strcspn (accept, ",");
    }
  return FALSE;
}

JsonObject *
luo_hub_request_parse_body (LuoHubRequest *self, GError **error)
{
  return luo_hub_json_parse_object (self->body->str, self->body->len, error);
}

char *
luo_hub_request_get_rev (LuoHubRequest *self)
{
  const char *rev = luo_hub_request_get_query (self, "rev");
  const char *match;
  gsize length;

  if (rev != NULL && *rev != '\0')
    return g_strdup (rev);
  match = luo_hub_request_get_header (self, "If-Match");
  if (match == NULL || strcmp (match, "*") == 0)
    return NULL;
  length = strlen (match);
  if (length >= 2 && match[0] == '"' && match[length - 1] == '"')
    return g_strndup (match + 1, length - 2);
  return g_strdup (match);
}

gboolean
luo_hub_request_has_etag (LuoHubRequest *self, const char *etag)
{
  const char *known = luo_hub_request_get_header (self, "If-None-Match");
  gsize length = strlen (etag);

  while (known != NULL && *known != '\0')
    {
      known += strspn (known, " ,\t");
      if (strncmp (known, "W/", 2) == 0)
        known += 2;
      if (*known == '*')
        return TRUE;
      if (strncmp (known, etag, length) == 0 && strchr (" ,\t", known[length]) != NULL)
        return TRUE;
      known += strcspn (known, ",");
    }
  return FALSE;
}

/* --- The answer ------------------------------------------------------------------------------------ */

void
luo_hub_request_set_header (LuoHubRequest *self, const char *name, const char *value)
{
  g_ptr_array_add (self->headers, g_strdup (name));
  g_ptr_array_add (self->headers, g_strdup (value));
}

LuoHubAnswer *
luo_hub_request_answer (LuoHubRequest *self, guint status)
{
  g_clear_pointer (&self->answer, luo_hub_answer_free);
  self->status = status;
  self->answer = luo_hub_answer_new (luo_hub_get_store (self->hub));
  return self->answer;
}

void
luo_hub_request_answer_text (LuoHubRequest *self, guint status, const char *json)
{
  GString *text = luo_hub_answer_text (luo_hub_request_answer (self, status));

  g_string_append (text, json);
  g_string_append_c (text, '\n');
}

void
luo_hub_request_answer_empty (LuoHubRequest *self, guint status)
{
  luo_hub_request_answer (self, status);
}

void
luo_hub_request_set_type (LuoHubRequest *self, const char *type)
{
  luo_hub_request_set_header (self, "Content-Type", type);
}

/* The status must be sent before the body, so an error after the answer was begun replaces it whole. */
static void
answer_error (LuoHubRequest *self, const GError *error)
{
  guint status;
  const char *word;
  const char *reason;
  GString *text;

  luo_hub_error_words (error, &status, &word, &reason);
  /* What the handler has set belongs to the answer that does not come; Allow and Retry-After belong to the refusal. */
  for (guint i = 0; i < self->headers->len;)
    {
      const char *name = self->headers->pdata[i];

      if (strcmp (name, "Allow") == 0 || strcmp (name, "Retry-After") == 0
          || strcmp (name, "Content-Range") == 0)
        i += 2;
      else
        g_ptr_array_remove_range (self->headers, i, 2);
    }
  text = luo_hub_answer_text (luo_hub_request_answer (self, status));
  g_string_append_c (text, '{');
  luo_hub_error_append (error, text);
  g_string_append (text, "}\n");
}

static gboolean
has_header (LuoHubRequest *self, const char *name)
{
  for (guint i = 0; i < self->headers->len; i += 2)
    if (g_ascii_strcasecmp (self->headers->pdata[i], name) == 0)
      return TRUE;
  return FALSE;
}

static enum MHD_Result
queue_answer (LuoHubRequest *self)
{
  struct MHD_Response *response;
  enum MHD_Result result;

  if (self->call != NULL)
    {
      luo_hub_call_take_answer (self->call, self->status, self->headers, g_steal_pointer (&self->answer));
      return MHD_YES;
    }
  response = luo_hub_answer_respond (g_steal_pointer (&self->answer));
  if (response == NULL)
    return MHD_NO;
  if (!has_header (self, "Content-Type") && self->status != 304 && self->status != 204)
    MHD_add_response_header (response, "Content-Type", "application/json");
  if (!has_header (self, "Cache-Control"))
    MHD_add_response_header (response, "Cache-Control", "must-revalidate");
  MHD_add_response_header (response, "Server", "luoshi-hub/" PACKAGE_VERSION);
  for (guint i = 0; i < self->headers->len; i += 2)
    MHD_add_response_header (response, self->headers->pdata[i], self->headers->pdata[i + 1]);
  if (luo_hub_is_stopping (self->hub))
    MHD_add_response_header (response, "Connection", "close");
  result = MHD_queue_response (self->connection, self->status, response);
  MHD_destroy_response (response);
  return result;
}

/* --- From the first line to the answer ------------------------------------------------------------- */

/* Before the body: who it is, what is asked for, whether it may be. */
static gboolean
begin (LuoHubRequest *self, const char *method, GError **error)
{
  const char *encoding = luo_hub_request_get_header (self, "Content-Encoding");
  const char *length = luo_hub_request_get_header (self, "Content-Length");
  gsize path_length = strcspn (self->uri, "?#");
  guint64 announced = 0;

  self->method = parse_method (method);
  if (!parse_path (self, self->uri, path_length, error))
    return FALSE;
  if (self->uri[path_length] == '?' && !parse_query (self, self->uri + path_length + 1, error))
    return FALSE;
  if (!luo_hub_session_identify (self, error))
    return FALSE;
  if (!luo_hub_route_find (self, error))
    return FALSE;

  if (length != NULL && g_ascii_string_to_unsigned (length, 10, 0, G_MAXUINT64, &announced, NULL)
      && announced > luo_hub_route_get_limit (self->route))
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_TOO_LARGE, "the request entity is too large");
      return FALSE;
    }
  if (encoding != NULL && g_ascii_strcasecmp (encoding, "gzip") == 0 && self->route->unpacks)
    self->unpack = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  else if (encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0 && self->route->unpacks)
    {
      g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_CONTENT_TYPE, "Unsupported Content-Encoding: %s",
                   encoding);
      return FALSE;
    }
  return self->route->begin == NULL || self->route->begin (self, error);
}

/* A piece of the body, unpacked. */
static gboolean
feed (LuoHubRequest *self, const char *data, gsize length, GError **error)
{
  self->received += length;
  if (self->received > luo_hub_route_get_limit (self->route))
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_TOO_LARGE, "the request entity is too large");
      return FALSE;
    }
  if (self->route->feed != NULL)
    return self->route->feed (self, data, length, error);
  g_string_append_len (self->body, data, (gssize)length);
  return TRUE;
}

static gboolean
feed_packed (LuoHubRequest *self, const char *data, gsize length, gboolean last, GError **error)
{
  char plain[32 * 1024];

  for (;;)
    {
      gsize taken = 0;
      gsize made = 0;
      GConverterResult result;
      g_autoptr (GError) packed = NULL;

      result = g_converter_convert (self->unpack, data, length, plain, sizeof plain,
                                    last ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS, &taken, &made,
                                    &packed);
      if (result == G_CONVERTER_ERROR && g_error_matches (packed, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT)
          && !last)
        return TRUE;
      if (result == G_CONVERTER_ERROR)
        {
          g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "Invalid gzip body");
          return FALSE;
        }
      if (made > 0 && !feed (self, plain, made, error))
        return FALSE;
      data += taken;
      length -= taken;
      if (result == G_CONVERTER_FINISHED)
        {
          /* What follows the packed body is not looked at: the decompressor is done. */
          g_clear_object (&self->unpack);
          return TRUE;
        }
      if (length == 0 && made < sizeof plain && !last)
        return TRUE;
    }
}

static gboolean
refuse (LuoHubRequest *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  self->refused = TRUE;
  return TRUE;
}

/* Whether a refusal must not wait for the rest of the body: the client asked first, or the rest is too long. */
static gboolean
refuses_at_once (LuoHubRequest *self)
{
  const char *expect = luo_hub_request_get_header (self, "Expect");
  const char *length = luo_hub_request_get_header (self, "Content-Length");
  guint64 announced = 0;

  if (expect != NULL && g_ascii_strcasecmp (expect, "100-continue") == 0)
    return TRUE;
  return length != NULL
         && (!g_ascii_string_to_unsigned (length, 10, 0, G_MAXUINT64, &announced, NULL)
             || announced > LUO_HUB_MAX_DISCARD);
}

static enum MHD_Result
finish (LuoHubRequest *self)
{
  g_autoptr (GError) error = NULL;

  if (self->refused)
    answer_error (self, self->error);
  else if ((self->unpack != NULL && !feed_packed (self, "", 0, TRUE, &error))
           || !self->route->run (self, &error))
    answer_error (self, error);
  /* The store tells of a change right after it was written, which may be after this answer: whoever has read it must not be let in
   * by the old password. */
  if (g_strcmp0 (self->space, LUO_HUB_USERS_SPACE) == 0)
    luo_hub_users_forget (luo_hub_get_users (self->hub));
  return queue_answer (self);
}

enum MHD_Result
luo_hub_request_access (LuoHubRequest *self, const char *method, const char *data, size_t *size)
{
  GError *error = NULL;

  if (!self->begun)
    {
      self->begun = TRUE;
      self->counted = TRUE;
      luo_hub_count_request (self->hub, 1);
      if (!begin (self, method, &error))
        {
          refuse (self, error);
          if (refuses_at_once (self))
            return finish (self);
        }
      return MHD_YES;
    }
  if (*size > 0)
    {
      gsize length = *size;

      *size = 0;
      if (self->refused)
        {
          /* Cutting the line is all that is left for a sender who does not end. */
          self->discarded += length;
          return self->discarded > LUO_HUB_MAX_DISCARD ? MHD_NO : MHD_YES;
        }
      if (!(self->unpack != NULL ? feed_packed (self, data, length, FALSE, &error)
                                 : feed (self, data, length, &error)))
        {
          refuse (self, error);
          if (self->data_free != NULL)
            g_clear_pointer (&self->data, self->data_free);
          g_string_truncate (self->body, 0);
        }
      return MHD_YES;
    }
  return finish (self);
}
