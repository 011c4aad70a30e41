/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-multipart-private.h"

#include <string.h>

#include "luo-hub-error.h"

/* RFC 2046: a boundary has at most 70 characters. */
#define MAX_BOUNDARY 70
#define MAX_HEADERS (16 * 1024)
#define MAX_PARTS 10000

typedef enum
{
  AT_PREAMBLE, /* before the first boundary */
  AT_BOUNDARY, /* after a boundary: CRLF or -- */
  AT_HEADERS,
  AT_DATA,
  AT_END,
} Place;

struct _LuoHubMultipart
{
  const LuoHubMultipartFuncs *funcs;
  gpointer user_data;
  char *delimiter; /* (owned): CRLF -- boundary */
  gsize delimiter_length;
  Place place;
  GString *buffer; /* (owned): what came and was not yet taken */
  guint parts;
};

char *
luo_hub_multipart_get_parameter (const char *value, const char *name)
{
  gsize length = strlen (name);

  while ((value = strchr (value, ';')) != NULL)
    {
      const char *end;

      value++;
      value += strspn (value, " \t");
      if (g_ascii_strncasecmp (value, name, length) != 0 || value[length] != '=')
        continue;
      value += length + 1;
      if (*value != '"')
        return g_strndup (value, strcspn (value, "; \t"));
      {
        g_autoptr (GString) text = g_string_new (NULL);

        for (end = value + 1; *end != '\0' && *end != '"'; end++)
          {
            if (*end == '\\' && end[1] != '\0')
              end++;
            g_string_append_c (text, *end);
          }
        return *end == '"' ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
      }
    }
  return NULL;
}

LuoHubMultipart *
luo_hub_multipart_new (const char *content_type, const LuoHubMultipartFuncs *funcs, gpointer user_data,
                       GError **error)
{
  g_autofree char *boundary = luo_hub_multipart_get_parameter (content_type, "boundary");
  LuoHubMultipart *self;

  if (boundary == NULL || *boundary == '\0' || strlen (boundary) > MAX_BOUNDARY)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                           "The multipart body has no boundary");
      return NULL;
    }
  self = g_new0 (LuoHubMultipart, 1);
  self->funcs = funcs;
  self->user_data = user_data;
  self->delimiter = g_strconcat ("\r\n--", boundary, NULL);
  self->delimiter_length = strlen (self->delimiter);
  /* The first boundary may stand at the very beginning, without a line before it. */
  self->buffer = g_string_new ("\r\n");
  return self;
}

void
luo_hub_multipart_free (LuoHubMultipart *self)
{
  if (self == NULL)
    return;
  g_free (self->delimiter);
  g_string_free (self->buffer, TRUE);
  g_free (self);
}

static gboolean
fail (const char *reason, GError **error)
{
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, reason);
  return FALSE;
}

static gboolean
begin_part (LuoHubMultipart *self, const char *text, gsize length, GError **error)
{
  g_autoptr (GHashTable) headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) lines = g_strsplit (copy, "\r\n", -1);

  if (++self->parts > MAX_PARTS)
    return fail ("The multipart body has too many parts", error);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      char *colon = strchr (lines[i], ':');

      if (*lines[i] == '\0')
        continue;
      if (colon == NULL)
        return fail ("A header of the multipart body is malformed", error);
      *colon = '\0';
      g_hash_table_insert (headers, g_ascii_strdown (g_strstrip (lines[i]), -1),
                           g_strdup (g_strstrip (colon + 1)));
    }
  return self->funcs->begin (headers, self->user_data, error);
}

/* One step over what is in the buffer. @more: something was taken, try again */
static gboolean
step (LuoHubMultipart *self, gboolean *more, GError **error)
{
  GString *buffer = self->buffer;
  char *found;
  gsize n;

  *more = FALSE;
  switch (self->place)
    {
    case AT_PREAMBLE:
    case AT_DATA:
      found = memmem (buffer->str, buffer->len, self->delimiter, self->delimiter_length);
      /* The end of what is there may be the beginning of the delimiter. */
      n = found != NULL ? (gsize)(found - buffer->str)
                        : buffer->len - MIN (buffer->len, self->delimiter_length - 1);
      if (self->place == AT_DATA && n > 0 && !self->funcs->data (buffer->str, n, self->user_data, error))
        return FALSE;
      if (found != NULL && self->place == AT_DATA && !self->funcs->end (self->user_data, error))
        return FALSE;
      if (found != NULL)
        {
          n += self->delimiter_length;
          self->place = AT_BOUNDARY;
          *more = TRUE;
        }
      g_string_erase (buffer, 0, (gssize)n);
      return TRUE;

    case AT_BOUNDARY:
      n = strspn (buffer->str, " \t");
      if (buffer->len < n + 2)
        return buffer->len < 256 ? TRUE : fail ("A boundary of the multipart body is malformed", error);
      if (strncmp (buffer->str, "--", 2) == 0)
        self->place = AT_END;
      else if (strncmp (buffer->str + n, "\r\n", 2) == 0)
        {
          /* The line end stays, so that headers end with an empty line even where there are none. */
          g_string_erase (buffer, 0, (gssize)n);
          self->place = AT_HEADERS;
        }
      else
        return fail ("A boundary of the multipart body is malformed", error);
      *more = TRUE;
      return TRUE;

    case AT_HEADERS:
      found = memmem (buffer->str, buffer->len, "\r\n\r\n", 4);
      if (found == NULL)
        return buffer->len <= MAX_HEADERS ? TRUE : fail ("The headers of a part are too long", error);
      if (!begin_part (self, buffer->str, (gsize)(found - buffer->str), error))
        return FALSE;
      /* A part may be empty: the line end before its boundary is then that of the headers. */
      g_string_erase (buffer, 0, found - buffer->str + 4);
      if (strncmp (buffer->str, self->delimiter + 2, self->delimiter_length - 2) == 0)
        g_string_prepend (buffer, "\r\n");
      self->place = AT_DATA;
      *more = TRUE;
      return TRUE;

    case AT_END:
    default:
      g_string_truncate (buffer, 0);
      return TRUE;
    }
}

gboolean
luo_hub_multipart_feed (LuoHubMultipart *self, const char *data, gsize length, GError **error)
{
  gboolean more;

  g_string_append_len (self->buffer, data, (gssize)length);
  do
    if (!step (self, &more, error))
      return FALSE;
  while (more);
  return TRUE;
}

gboolean
luo_hub_multipart_end (LuoHubMultipart *self, GError **error)
{
  if (self->place == AT_END)
    return TRUE;
  return fail ("The multipart body ends early", error);
}
