/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-body-cursor.h"

static const char *
skip_space (const char *p, const char *end)
{
  while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
    p++;
  return p;
}

/* @p behind the opening quote; returns the closing one. */
static const char *
skip_string (const char *p, const char *end)
{
  for (;;)
    {
      const char *quote = memchr (p, '"', (gsize)(end - p));
      const char *q;

      if (quote == NULL)
        return end;
      for (q = quote; q > p && q[-1] == '\\'; q--)
        ;
      if ((quote - q) % 2 == 0)
        return quote;
      p = quote + 1;
    }
}

static const char *
skip_value (const char *p, const char *end)
{
  guint depth = 0;

  while (p < end)
    {
      switch (*p)
        {
        case '"':
          p = skip_string (p + 1, end);
          if (p < end)
            p++;
          if (depth == 0)
            return p;
          break;
        case '{':
        case '[':
          depth++;
          p++;
          break;
        case '}':
        case ']':
          if (depth == 0)
            return p;
          p++;
          if (--depth == 0)
            return p;
          break;
        case ',':
          if (depth == 0)
            return p;
          p++;
          break;
        default:
          p++;
          break;
        }
    }
  return p;
}

gboolean
luo_body_enter (LuoBodyCursor *self, const char *text, gsize length)
{
  self->end = text + length;
  self->p = skip_space (text, self->end);
  if (self->p == self->end || (*self->p != '{' && *self->p != '['))
    return FALSE;

  self->object = *self->p == '{';
  self->p++;
  return TRUE;
}

gboolean
luo_body_next (LuoBodyCursor *self, LuoBodyItem *item)
{
  const char *p = skip_space (self->p, self->end), *stop;

  if (p < self->end && *p == ',')
    p = skip_space (p + 1, self->end);
  if (p == self->end || *p == '}' || *p == ']')
    return FALSE;

  if (self->object)
    {
      item->name = p + 1;
      p = skip_string (p + 1, self->end);
      item->name_length = (gsize)(p - item->name);
      p = skip_space (p < self->end ? p + 1 : p, self->end);
      if (p == self->end)
        return FALSE;
      p = skip_space (p + 1, self->end);
    }
  item->value = p;
  stop = skip_value (p, self->end);
  self->p = stop;
  /* A number may be followed by white space. */
  while (stop > p && (stop[-1] == ' ' || stop[-1] == '\n' || stop[-1] == '\r' || stop[-1] == '\t'))
    stop--;
  item->value_length = (gsize)(stop - p);
  return TRUE;
}

void
luo_body_cut (const char *text, gsize length, GArray *items)
{
  LuoBodyCursor cursor;
  LuoBodyItem item = { NULL };

  if (luo_body_enter (&cursor, text, length))
    while (luo_body_next (&cursor, &item))
      g_array_append_val (items, item);
}
