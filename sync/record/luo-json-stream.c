/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-json-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-json-scan-private.h"
#include "luo-record-error.h"

/* What stands around the array is small in every reply; a larger one is not what was asked for. */
#define MAX_AROUND (1024 * 1024)

/**
 * Where the stream stands. Around the array every byte is kept for the caller; within it only brackets, quotes and escapes are
 * followed, because each element is checked whole by luo_json_cut() afterwards.
 */
typedef enum
{
  AT_AROUND,  /* outside the array: the bytes belong to the rest */
  AT_FIRST,   /* after the opening bracket: an element or the end */
  AT_ELEMENT, /* an element must begin */
  AT_INSIDE,  /* within an element, outside a string */
  AT_STRING,  /* within a string of an element */
  AT_ESCAPE,  /* after a backslash in a string of an element */
  AT_NEXT,    /* after an element: a comma or the end */
} Place;

struct _LuoJsonStream
{
  char *path; /* (owned) (nullable) */
  gsize max_element;
  LuoJsonStreamFunc func;
  gpointer user_data;

  Place place;
  gboolean bare; /* no array around: a sequence of objects */
  gboolean done; /* the array has closed */
  gboolean failed;
  guint64 offset;   /* of the first byte of the current feed */
  guint depth;      /* brackets open within the element */
  GString *element; /* (owned): what earlier feeds brought of the element */

  GString *around; /* (owned): the rest, with the array emptied */
  guint around_depth;
  gboolean around_string;
  gboolean around_escape;
  gboolean name_expected; /* the next string of depth 1 is a name */
  gboolean path_named;    /* the last name was @path; its value follows */
  gsize string_start;     /* in @around: the inside of the current string */
};

LuoJsonStream *
luo_json_stream_new (const char *path, gsize max_element, LuoJsonStreamFunc func, gpointer user_data)
{
  LuoJsonStream *self;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (LuoJsonStream, 1);
  self->path = g_strdup (path);
  self->max_element = max_element > 0 ? max_element : LUO_JSON_MAX_DOCUMENT;
  self->func = func;
  self->user_data = user_data;
  self->element = g_string_new (NULL);
  self->around = g_string_new (NULL);
  self->place = AT_AROUND;
  return self;
}

void
luo_json_stream_free (LuoJsonStream *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_string_free (self->element, TRUE);
  g_string_free (self->around, TRUE);
  g_free (self);
}

static gboolean
fail (LuoJsonStream *self, guint64 at, const char *what, GError **error)
{
  g_autofree char *place = g_strdup_printf ("%" G_GUINT64_FORMAT, at);

  g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON,
               /* Translators: the first is a place in the text; the second says what was found there */
               _ ("Not valid JSON at byte %s: %s"), place, what);
  return FALSE;
}

/* One byte around the array. Sets the place where the array begins. */
static gboolean
feed_around (LuoJsonStream *self, char c, guint64 at, GError **error)
{
  GString *around = self->around;

  if (self->path == NULL && self->around_depth == 0)
    {
      /* The text itself is the array, or a sequence of objects. */
      if (luo_json_is_space (c))
        return TRUE;
      if (self->done || (c != '[' && c != '{'))
        return fail (self, at,
                     self->done ? _ ("something follows the end of the value") : _ ("expected an object"),
                     error);
      self->bare = c == '{';
      self->place = self->bare ? AT_ELEMENT : AT_FIRST;
      return TRUE;
    }

  if (around->len >= MAX_AROUND)
    return fail (self, at, _ ("too much text around the list"), error);
  g_string_append_c (around, c);
  if (self->around_string)
    {
      if (self->around_escape)
        self->around_escape = FALSE;
      else if (c == '\\')
        self->around_escape = TRUE;
      else if (c == '"')
        {
          self->around_string = FALSE;
          if (self->around_depth == 1 && self->name_expected)
            {
              LuoJsonMember name
                  = { around->str + self->string_start, around->len - 1 - self->string_start, NULL, 0, NULL };

              self->path_named = luo_json_member_is (&name, self->path);
              self->name_expected = FALSE;
            }
        }
      return TRUE;
    }

  switch (c)
    {
    case '"':
      self->around_string = TRUE;
      self->string_start = around->len;
      break;
    case '{':
    case '[':
      if (c == '[' && self->around_depth == 1 && self->path_named && !self->done)
        {
          self->place = AT_FIRST;
          self->path_named = FALSE;
          break;
        }
      self->around_depth++;
      self->name_expected = c == '{' && self->around_depth == 1;
      break;
    case '}':
    case ']':
      if (self->around_depth == 0)
        return fail (self, at, _ ("a bracket too many"), error);
      self->around_depth--;
      break;
    case ',':
      if (self->around_depth == 1)
        {
          self->name_expected = TRUE;
          self->path_named = FALSE;
        }
      break;
    default:
      break;
    }
  return TRUE;
}

/* Keeps the bytes of an element that the feed ended in. */
static gboolean
keep (LuoJsonStream *self, const char *from, const char *to, guint64 at, GError **error)
{
  if (self->element->len + (gsize)(to - from) > self->max_element)
    return fail (self, at, _ ("an item is larger than the limit"), error);
  g_string_append_len (self->element, from, to - from);
  return TRUE;
}

static gboolean
deliver (LuoJsonStream *self, const char *from, const char *to, guint64 at, GError **error)
{
  gboolean ok;

  if (self->element->len == 0)
    {
      if ((gsize)(to - from) > self->max_element)
        return fail (self, at, _ ("an item is larger than the limit"), error);
      return self->func (from, (gsize)(to - from), self->user_data, error);
    }
  if (!keep (self, from, to, at, error))
    return FALSE;
  ok = self->func (self->element->str, self->element->len, self->user_data, error);
  g_string_truncate (self->element, 0);
  return ok;
}

/* The first bracket or quote from @p on. Outside strings an element is mostly names and punctuation of a few bytes. */
static const char *
skip_inside (const char *p, const char *end)
{
  while (p < end && *p != '"' && *p != '{' && *p != '}' && *p != '[' && *p != ']')
    p++;
  return p;
}

static gboolean
feed (LuoJsonStream *self, const char *data, gsize length, GError **error)
{
  const char *end = data + length;
  const char *from = data; /* the first byte of the element that stands in this feed */
  const char *p = data;

#define AT (self->offset + (guint64)(p - data))
  while (p < end)
    switch (self->place)
      {
      case AT_AROUND:
        if (!feed_around (self, *p, AT, error))
          return FALSE;
        /* The brace of the first object of a sequence is read again, as the element it begins. */
        if (self->place != AT_ELEMENT)
          p++;
        break;

      case AT_FIRST:
      case AT_ELEMENT:
        if (luo_json_is_space (*p))
          p++;
        else if (*p == '{')
          {
            from = p++;
            self->depth = 1;
            self->place = AT_INSIDE;
          }
        else if (*p == ']' && self->place == AT_FIRST)
          self->place = AT_NEXT;
        else
          return fail (self, AT, _ ("expected an object"), error);
        break;

      case AT_INSIDE:
        p = skip_inside (p, end);
        if (p == end)
          break;
        if (*p == '"')
          self->place = AT_STRING;
        else if (*p == '{' || *p == '[')
          {
            if (++self->depth > LUO_JSON_MAX_DEPTH)
              return fail (self, AT, _ ("nested too deeply"), error);
          }
        else if (--self->depth == 0)
          {
            self->place = self->bare ? AT_ELEMENT : AT_NEXT;
            if (!deliver (self, from, p + 1, AT, error))
              return FALSE;
          }
        p++;
        break;

      case AT_STRING:
        p = luo_json_skip_plain (p, end, FALSE);
        if (p == end)
          break;
        self->place = *p == '"' ? AT_INSIDE : AT_ESCAPE;
        p++;
        break;

      case AT_ESCAPE:
        self->place = AT_STRING;
        p++;
        break;

      case AT_NEXT:
        if (luo_json_is_space (*p))
          p++;
        else if (*p == ',')
          {
            self->place = AT_ELEMENT;
            p++;
          }
        else if (*p == ']')
          {
            self->done = TRUE;
            self->place = AT_AROUND;
            if (self->path != NULL)
              g_string_append_c (self->around, ']');
            p++;
          }
        else
          return fail (self, AT, _ ("expected “,” or “]”"), error);
        break;

      default:
        g_assert_not_reached ();
      }

  if ((self->place == AT_INSIDE || self->place == AT_STRING || self->place == AT_ESCAPE)
      && !keep (self, from, end, AT, error))
    return FALSE;
#undef AT
  self->offset += length;
  return TRUE;
}

gboolean
luo_json_stream_feed (LuoJsonStream *self, const char *data, gsize length, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (self->failed)
    return fail (self, self->offset, _ ("the text was refused before"), error);
  if (length > 0 && !feed (self, data, length, error))
    {
      self->failed = TRUE;
      return FALSE;
    }
  return TRUE;
}

gboolean
luo_json_stream_end (LuoJsonStream *self, char **rest, GError **error)
{
  gboolean complete;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->failed)
    return fail (self, self->offset, _ ("the text was refused before"), error);
  if (self->bare)
    complete = self->place == AT_ELEMENT;
  else if (self->path == NULL)
    complete = self->place == AT_AROUND; /* the array has closed, or nothing but heartbeats came */
  else
    complete = self->place == AT_AROUND && self->around_depth == 0 && !self->around_string;
  if (!complete)
    return fail (self, self->offset, _ ("the text ends too early"), error);

  if (self->path != NULL
      && !luo_json_scan (self->around->str, self->around->len, LUO_JSON_WANT_OBJECT, NULL, NULL, error))
    return FALSE;
  if (rest != NULL)
    *rest = g_strdup (self->path != NULL ? self->around->str : self->bare ? "" : "[]");
  return TRUE;
}
