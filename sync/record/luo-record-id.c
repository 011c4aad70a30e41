/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-id.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#include "luo-record-check-private.h"
#include "luo-record-error.h"

#define RANDOM_BYTES 16

char *
luo_record_id_task (guint year, guint number)
{
  return g_strdup_printf ("task:%u:%u", year, number);
}

char *
luo_record_id_progress (const char *task_id, const char *month, const char *office, GError **error)
{
  g_return_val_if_fail (task_id != NULL && month != NULL && office != NULL, NULL);

  if (!g_str_has_prefix (task_id, "task:") || task_id[5] == '\0')
    {
      luo_member_expected (error, "task", _ ("a task such as task:2020:73"));
      return NULL;
    }
  if (!luo_text_is_month (month))
    {
      luo_member_expected (error, "month", _ ("a month such as 2020-08"));
      return NULL;
    }
  if (!luo_text_is_identifier (office))
    {
      luo_member_expected (error, "office", _ ("an office such as huanggu, or city"));
      return NULL;
    }
  return g_strdup_printf ("progress:%s:%s:%s", task_id + 5, month, office);
}

char *
luo_record_id_random (const char *type)
{
  guint8 bytes[RANDOM_BYTES];
  GString *id;

  g_return_val_if_fail (type != NULL, NULL);

  /* An id that is not random would overwrite another office's record, so there is nothing to fall back to. */
  if (getentropy (bytes, sizeof bytes) != 0)
    g_error ("The system's random numbers can not be read");

  id = g_string_new (type);
  g_string_append_c (id, ':');
  for (gsize i = 0; i < sizeof bytes; i++)
    g_string_append_printf (id, "%02x", bytes[i]);
  return g_string_free (id, FALSE);
}

static gboolean
read_integer (JsonObject *record, const char *name, gint64 *value, GError **error)
{
  JsonNode *node = json_object_get_member (record, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64
      || json_node_get_int (node) <= 0 || json_node_get_int (node) > G_MAXINT)
    {
      luo_member_expected (error, name, _ ("a whole number"));
      return FALSE;
    }
  *value = json_node_get_int (node);
  return TRUE;
}

static const char *
read_text (JsonObject *record, const char *name, const char *expected, GError **error)
{
  JsonNode *node = json_object_get_member (record, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING
      || *json_node_get_string (node) == '\0')
    {
      luo_member_expected (error, name, expected);
      return NULL;
    }
  return json_node_get_string (node);
}

char *
luo_record_id_for (JsonObject *record, GError **error)
{
  const char *type;

  g_return_val_if_fail (record != NULL, NULL);

  type = read_text (record, "type", _ ("the kind of the record"), error);
  if (type == NULL)
    return NULL;

  if (strcmp (type, "task") == 0)
    {
      gint64 year, number;

      if (!read_integer (record, "year", &year, error) || !read_integer (record, "number", &number, error))
        return NULL;
      return luo_record_id_task ((guint)year, (guint)number);
    }
  if (strcmp (type, "progress") == 0)
    {
      const char *task = read_text (record, "task", _ ("a task such as task:2020:73"), error);
      const char *month
          = task == NULL ? NULL : read_text (record, "month", _ ("a month such as 2020-08"), error);
      const char *office
          = month == NULL ? NULL
                          : read_text (record, "office", _ ("an office such as huanggu, or city"), error);

      return office == NULL ? NULL : luo_record_id_progress (task, month, office, error);
    }
  if (strcmp (type, "office") == 0 || strcmp (type, "reference") == 0)
    {
      const char *name = strcmp (type, "office") == 0 ? "district" : "name";
      const char *value
          = read_text (record, name, _ ("an identifier of small letters, digits and “-”"), error);

      if (value == NULL)
        return NULL;
      if (!luo_text_is_identifier (value))
        {
          luo_member_expected (error, name, _ ("an identifier of small letters, digits and “-”"));
          return NULL;
        }
      return g_strdup_printf ("%s:%s", type, value);
    }
  return luo_record_id_random (type);
}

char *
luo_record_id_type (const char *id)
{
  const char *colon;

  g_return_val_if_fail (id != NULL, NULL);

  colon = strchr (id, ':');
  if (colon == NULL || colon == id)
    return NULL;
  return g_strndup (id, (gsize)(colon - id));
}

gboolean
luo_record_id_is_entry (const char *id)
{
  return g_str_has_prefix (id, "edit:");
}
