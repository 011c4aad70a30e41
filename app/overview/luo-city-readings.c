/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-city-readings.h"

#include <string.h>

#include "luo-query.h"
#include "luo-read.h"

struct _LuoCityReadings
{
  char *month;            /* (owned) */
  GHashTable *indicators; /* (owned): "task key month" → GArray of LuoOfficeReading */
  GStringChunk *offices;  /* (owned): the names that the readings point to */
};

static void
add_key (GString *key, const char *task, const char *indicator, const char *month)
{
  g_string_printf (key, "%s\n%s\n%s", task, indicator, month);
}

static LuoOfficeReading *
find_office (LuoCityReadings *self, char **values)
{
  g_autoptr (GString) key = g_string_new (NULL);
  LuoOfficeReading added = { 0 };
  GArray *readings;

  add_key (key, values[0], values[3], values[1]);
  readings = g_hash_table_lookup (self->indicators, key->str);
  if (readings == NULL)
    {
      readings = g_array_new (FALSE, FALSE, sizeof (LuoOfficeReading));
      g_hash_table_insert (self->indicators, g_strdup (key->str), readings);
    }
  for (guint i = 0; i < readings->len; i++)
    {
      LuoOfficeReading *reading = &g_array_index (readings, LuoOfficeReading, i);

      if (strcmp (reading->office, values[2]) == 0)
        return reading;
    }
  added.office = g_string_chunk_insert_const (self->offices, values[2]);
  g_array_append_val (readings, added);
  return &g_array_index (readings, LuoOfficeReading, readings->len - 1);
}

static gboolean
read_table (LuoCityReadings *self, LuoStore *store, const char *table, const char *const *columns,
            GError **error)
{
  g_autoptr (LuoQuery) query = luo_query_new (table);
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *first = g_strdup_printf ("%.4s-01", self->month);
  gboolean shares = g_str_has_suffix (table, "/shares");

  luo_query_where (query, "month", LUO_AT_LEAST, first);
  luo_query_where (query, "month", LUO_AT_MOST, self->month);
  rows = luo_store_list_columns (store, query, columns, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      char **values = ((LuoItemRow *)g_ptr_array_index (rows, i))->values;
      LuoOfficeReading *reading;

      if (*values[4] == '\0' || (shares && *values[5] == '\0'))
        continue;
      reading = find_office (self, values);
      if (shares)
        {
          reading->counted = TRUE;
          reading->covered = g_ascii_strtoll (values[4], NULL, 10);
          reading->eligible = g_ascii_strtoll (values[5], NULL, 10);
        }
      else
        {
          reading->present = TRUE;
          reading->value = g_ascii_strtoll (values[4], NULL, 10);
        }
    }
  return TRUE;
}

LuoCityReadings *
luo_city_readings_read (LuoStore *store, const char *month, GError **error)
{
  const char *const readings[] = { "task", "month", "office", "key", "value", NULL };
  const char *const shares[] = { "task", "month", "office", "key", "covered", "eligible", NULL };
  g_autoptr (LuoCityReadings) self = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);
  g_return_val_if_fail (month != NULL, NULL);

  self = g_new0 (LuoCityReadings, 1);
  self->month = g_strdup (month);
  self->indicators = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
  self->offices = g_string_chunk_new (256);
  if (!read_table (self, store, "progress/readings", readings, error)
      || !read_table (self, store, "progress/shares", shares, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
luo_city_readings_free (LuoCityReadings *self)
{
  if (self == NULL)
    return;
  g_free (self->month);
  g_clear_pointer (&self->indicators, g_hash_table_unref);
  g_clear_pointer (&self->offices, g_string_chunk_free);
  g_free (self);
}

static GArray *
lookup (LuoCityReadings *self, const char *task, JsonObject *indicator, const char *month)
{
  const char *name = luo_read_text (indicator, "key");
  g_autoptr (GString) key = g_string_new (NULL);

  if (name == NULL)
    return NULL;
  add_key (key, task, name, month);
  return g_hash_table_lookup (self->indicators, key->str);
}

gboolean
luo_city_readings_get (LuoCityReadings *self, const char *task, JsonObject *indicator, const char *month,
                       LuoCityReading *reading)
{
  const char *kind = luo_read_text (indicator, "kind");
  GArray *offices;

  g_return_val_if_fail (self != NULL && reading != NULL, FALSE);

  offices = lookup (self, task, indicator, month);
  luo_indicator_add_up (reading, kind != NULL ? kind : "cumulative",
                        offices != NULL ? (const LuoOfficeReading *)offices->data : NULL,
                        offices != NULL ? offices->len : 0);
  return reading->present;
}

gboolean
luo_city_readings_get_year (LuoCityReadings *self, const char *task, JsonObject *indicator, gint64 *sum)
{
  int last;
  gboolean any = FALSE;

  g_return_val_if_fail (self != NULL && sum != NULL, FALSE);

  *sum = 0;
  last = (int)g_ascii_strtoll (self->month + 5, NULL, 10);
  for (int i = 1; i <= last; i++)
    {
      g_autofree char *month = g_strdup_printf ("%.4s-%02d", self->month, i);
      LuoCityReading reading;

      if (!luo_city_readings_get (self, task, indicator, month, &reading))
        continue;
      any = TRUE;
      if (__builtin_add_overflow (*sum, reading.value, sum))
        *sum = G_MAXINT64;
    }
  return any;
}

gboolean
luo_city_readings_get_counts (LuoCityReadings *self, const char *task, JsonObject *indicator,
                              const char *month, gint64 *covered, gint64 *eligible)
{
  GArray *offices;

  g_return_val_if_fail (self != NULL && covered != NULL && eligible != NULL, FALSE);

  *covered = *eligible = 0;
  offices = lookup (self, task, indicator, month);
  for (guint i = 0; offices != NULL && i < offices->len; i++)
    {
      const LuoOfficeReading *reading = &g_array_index (offices, LuoOfficeReading, i);

      if (!reading->counted)
        continue;
      if (strcmp (reading->office, "city") == 0)
        {
          *covered = reading->covered;
          *eligible = reading->eligible;
          return *eligible > 0;
        }
      if (__builtin_add_overflow (*covered, reading->covered, covered)
          || __builtin_add_overflow (*eligible, reading->eligible, eligible))
        return FALSE;
    }
  return *eligible > 0;
}

JsonObject *
luo_city_readings_for_lamp (LuoCityReadings *self, const char *id, JsonObject *task)
{
  JsonArray *indicators = luo_read_array (task, "indicators");
  JsonObject *readings = json_object_new ();

  g_return_val_if_fail (self != NULL, readings);

  for (guint i = 0; i < luo_read_length (indicators); i++)
    {
      JsonObject *indicator = luo_read_item (indicators, i);
      const char *key = luo_read_text (indicator, "key");
      LuoCityReading reading;
      gint64 value;

      if (key == NULL)
        continue;
      if (g_strcmp0 (luo_read_text (indicator, "kind"), "monthly") == 0)
        {
          if (luo_city_readings_get_year (self, id, indicator, &value))
            json_object_set_int_member (readings, key, value);
        }
      else if (luo_city_readings_get (self, id, indicator, self->month, &reading))
        {
          json_object_set_int_member (readings, key, reading.value);
        }
    }
  return readings;
}
