/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-task-figures.h"

#include <string.h>

#include "luo-format.h"
#include "luo-query.h"
#include "luo-read.h"

void
luo_task_figure_free (LuoTaskFigure *self)
{
  g_free (self->colour);
  g_free (self->reason);
  g_free (self->summary);
  g_free (self);
}

static void
read_office (LuoOfficeReading *reading, JsonObject *progress, const char *key)
{
  JsonArray *shares = luo_read_array (progress, "shares");

  reading->office = luo_read_text (progress, "office");
  reading->present = luo_read_int (luo_read_object (progress, "readings"), key, &reading->value);
  for (guint i = 0; i < luo_read_length (shares); i++)
    {
      JsonObject *share = luo_read_item (shares, i);

      if (g_strcmp0 (luo_read_text (share, "key"), key) != 0)
        continue;
      if (luo_read_int (share, "covered", &reading->covered)
          && luo_read_int (share, "eligible", &reading->eligible))
        reading->present = reading->counted = TRUE;
    }
}

void
luo_task_figures_add_up (LuoCityReading *city, JsonObject *indicator, GPtrArray *progress, const char *task,
                         const char *month)
{
  g_autoptr (GArray) readings = g_array_new (FALSE, TRUE, sizeof (LuoOfficeReading));
  const char *key = luo_read_text (indicator, "key");
  const char *kind = luo_read_text (indicator, "kind");

  memset (city, 0, sizeof *city);
  if (key == NULL || kind == NULL)
    return;
  for (guint i = 0; i < progress->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (progress, i);
      JsonObject *object = luo_document_get_object (document);
      LuoOfficeReading reading = { 0 };

      if (g_strcmp0 (luo_read_text (object, "task"), task) != 0
          || g_strcmp0 (luo_read_text (object, "month"), month) != 0)
        continue;
      read_office (&reading, object, key);
      if (reading.office != NULL)
        g_array_append_val (readings, reading);
    }
  luo_indicator_add_up (city, kind, (const LuoOfficeReading *)(void *)readings->data, readings->len);
}

JsonObject *
luo_task_figures_readings (JsonObject *task, const char *task_id, GPtrArray *progress, const char *month)
{
  JsonArray *indicators = luo_read_array (task, "indicators");
  JsonObject *readings = json_object_new ();

  for (guint i = 0; i < luo_read_length (indicators); i++)
    {
      JsonObject *indicator = luo_read_item (indicators, i);
      const char *key = luo_read_text (indicator, "key");
      LuoCityReading city;

      if (key == NULL)
        continue;
      luo_task_figures_add_up (&city, indicator, progress, task_id, month);
      if (city.present)
        json_object_set_int_member (readings, key, city.value);
    }
  return readings;
}

const char *
luo_task_figures_colour (const LuoPace *pace, const LuoLampRule *rule)
{
  if (!pace->known)
    return NULL;
  if (pace->done_permille >= 1000)
    return "done";
  if (pace->behind_permille >= rule->far_behind_permille)
    return "red";
  if (pace->behind_permille >= rule->behind_permille)
    return "amber";
  return "green";
}

void
luo_task_figures_read_rule (LuoStore *store, LuoLampRule *rule)
{
  g_autoptr (LuoDocument) reference = luo_store_get (store, "city", "reference:lamp-rule", NULL, NULL);

  luo_lamp_rule_default (rule);
  if (reference != NULL && !luo_lamp_rule_read (rule, luo_document_get_object (reference), NULL))
    luo_lamp_rule_default (rule);
}

/* What a row says beside the lamp: readings against targets, as many as fit a line or two. */
static char *
summarise (JsonObject *task, JsonObject *readings)
{
  JsonArray *indicators = luo_read_array (task, "indicators");
  JsonArray *documents = luo_read_array (task, "documents");
  GString *out = g_string_new (NULL);
  guint shown = 0;

  for (guint i = 0; i < luo_read_length (indicators) && shown < 3; i++)
    {
      JsonObject *indicator = luo_read_item (indicators, i);
      const char *key = luo_read_text (indicator, "key");
      const char *unit = luo_read_text (indicator, "unit");
      const char *kind = luo_read_text (indicator, "kind");
      g_autofree char *reading_text = NULL;
      gint64 reading, target;

      if (key == NULL || !luo_read_int (readings, key, &reading))
        continue;
      if (out->len > 0)
        g_string_append (out, " · ");
      if (luo_read_int (indicator, "target", &target) && g_strcmp0 (kind, "share") != 0)
        {
          g_autofree char *target_text = luo_format_amount (target, unit, kind);

          reading_text = luo_format_integer (reading);
          g_string_append_printf (out, "%s/%s", reading_text, target_text);
        }
      else
        {
          reading_text = luo_format_amount (reading, unit, kind);
          g_string_append (out, reading_text);
        }
      shown++;
    }
  if (shown == 0 && luo_read_element (documents, 0) != NULL)
    g_string_append (out, luo_read_element (documents, 0));
  if (out->len == 0 && luo_read_text (task, "lead") != NULL)
    g_string_append (out, luo_read_text (task, "lead"));
  return g_string_free (out, FALSE);
}

static GPtrArray *
read_tasks (LuoStore *store, const char *year, GError **error)
{
  g_autoptr (LuoQuery) query = luo_query_new ("task");

  luo_query_where (query, "year", LUO_EQUAL, year);
  return luo_store_list (store, query, error);
}

static GPtrArray *
read_progress (LuoStore *store, const char *month, GError **error)
{
  g_autoptr (LuoQuery) query = luo_query_new ("progress");

  luo_query_where (query, "month", LUO_EQUAL, month);
  return luo_store_list (store, query, error);
}

GHashTable *
luo_task_figures_read (LuoStore *store, const char *month, const char *day, GError **error)
{
  g_autofree char *year = g_strndup (month, 4);
  g_autoptr (GPtrArray) tasks = read_tasks (store, year, error);
  g_autoptr (GPtrArray) progress = tasks != NULL ? read_progress (store, month, error) : NULL;
  GHashTable *figures;
  LuoLampRule rule;

  if (progress == NULL)
    return NULL;
  luo_task_figures_read_rule (store, &rule);
  figures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)luo_task_figure_free);
  for (guint i = 0; i < tasks->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (tasks, i);
      JsonObject *task = luo_document_get_object (document);
      JsonObject *readings
          = luo_task_figures_readings (task, luo_document_get_id (document), progress, month);
      LuoTaskFigure *figure = g_new0 (LuoTaskFigure, 1);
      LuoLamp lamp = { 0 };

      luo_lamp_of (&lamp, task, readings, month, day, &rule);
      figure->colour = g_strdup (lamp.colour);
      figure->reason = g_strdup (lamp.reason != NULL ? lamp.reason : "");
      figure->summary = summarise (task, readings);
      luo_lamp_clear (&lamp);
      json_object_unref (readings);
      g_hash_table_insert (figures, g_strdup (luo_document_get_id (document)), figure);
    }
  return figures;
}
