/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-body-private.h"

#include <string.h>

#include "luo-json-text.h"

gboolean
luo_record_body_check (const char *body, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

  return luo_json_cut (body, strlen (body), members, error);
}

char *
luo_record_body_get_text (const char *body, const char *member)
{
  g_autofree char *pointer = g_strconcat ("/", member, NULL);
  g_autofree char *value = luo_json_at (body, pointer);

  if (value == NULL || value[0] != '"')
    return NULL;
  return luo_json_decode_string (value, strlen (value));
}

gboolean
luo_record_body_set (char **body, const char *member, const char *value, GError **error)
{
  g_autofree char *pointer = g_strconcat ("/", member, NULL);
  char *patched;

  if (value == NULL)
    {
      g_autofree char *present = luo_json_at (*body, pointer);

      if (present == NULL)
        return TRUE;
    }
  patched = luo_json_patch (*body, pointer, value, error);
  if (patched == NULL)
    return FALSE;
  g_free (*body);
  *body = patched;
  return TRUE;
}

gboolean
luo_record_body_set_text (char **body, const char *member, const char *text, GError **error)
{
  g_autofree char *value = text != NULL && *text != '\0' ? luo_json_encode_string (text) : NULL;

  return luo_record_body_set (body, member, value, error);
}

gboolean
luo_record_body_set_int (char **body, const char *member, gint64 value, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  return luo_record_body_set (body, member, text, error);
}
