/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-call-private.h"

/* A body comes from a connection in pieces of about this size. */
#define PIECE (16 * 1024)

LuoHubCall *
luo_hub_call (LuoHub *hub, const char *method, const char *uri, const char *const *headers, const char *body,
              gsize length, gsize arrives)
{
  LuoHubCall *self = g_new0 (LuoHubCall, 1);
  LuoHubRequest *request = luo_hub_request_new (hub, uri, NULL);
  gsize left = MIN (length, arrives);
  enum MHD_Result result;
  size_t none = 0;

  self->headers = g_ptr_array_new_with_free_func (g_free);
  self->body = g_string_new (NULL);
  self->arrived = headers;
  request->call = self;
  result = luo_hub_request_access (request, method, NULL, &none);
  while (result == MHD_YES && self->status == 0 && left > 0)
    {
      size_t piece = MIN (left, PIECE);
      const char *data = body;

      body += piece;
      left -= piece;
      result = luo_hub_request_access (request, method, data, &piece);
    }
  if (result == MHD_YES && self->status == 0 && arrives >= length)
    luo_hub_request_access (request, method, NULL, &none);
  luo_hub_request_free (request);
  self->arrived = NULL;
  return self;
}

void
luo_hub_call_free (LuoHubCall *self)
{
  g_ptr_array_unref (self->headers);
  g_string_free (self->body, TRUE);
  g_free (self);
}

const char *
luo_hub_call_get_answer_header (LuoHubCall *self, const char *name)
{
  for (guint i = 0; i < self->headers->len; i += 2)
    if (g_ascii_strcasecmp (self->headers->pdata[i], name) == 0)
      return self->headers->pdata[i + 1];
  return NULL;
}

const char *
luo_hub_call_get_header (LuoHubCall *self, const char *name)
{
  for (gsize i = 0; self->arrived[i] != NULL; i += 2)
    if (g_ascii_strcasecmp (self->arrived[i], name) == 0)
      return self->arrived[i + 1];
  return NULL;
}

void
luo_hub_call_take_answer (LuoHubCall *self, guint status, GPtrArray *headers, LuoHubAnswer *answer)
{
  self->status = status;
  for (guint i = 0; i < headers->len; i++)
    g_ptr_array_add (self->headers, g_strdup (headers->pdata[i]));
  self->whole = luo_hub_answer_collect (answer, self->body);
}
