/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-city-readings.h"
#include "luo-overview-private.h"
#include "luo-query.h"
#include "luo-read.h"

/* What the records behind a reading are. Only where the list is meant to be whole may it be held against a reading, so a list
 * without any such record says nothing. */
typedef struct
{
  const char *key;       /* of the indicator */
  const char *programme; /* of the projects that count */
  const char *stage;     /* that they must have reached */
  gboolean districts;    /* districts are counted, not projects */
} Listed;

static const Listed listed[] = {
  { "started", "home-care-pilot", "construction", FALSE },
  { "works", "inclusive-care", "construction", FALSE },
  { "centres", "regional-centre", "built", FALSE },
  { "stations", "care-station", "built", FALSE },
  { "confirmed", "service-mechanism", "confirmed", TRUE },
  { "tendered", "service-mechanism", "tendered", TRUE },
};

static gboolean
count_projects (LuoOverview *self, const Listed *what, gint64 *count)
{
  gboolean any = FALSE;

  *count = 0;
  for (guint i = 0; i < self->reached->len; i++)
    {
      const LuoOverviewReached *reached = g_ptr_array_index (self->reached, i);

      if (strcmp (reached->programme, what->programme) != 0)
        continue;
      any = TRUE;
      if (strcmp (reached->stage, what->stage) == 0)
        *count += what->districts ? 1 : reached->count;
    }
  return any;
}

/* Coverage of the courses, per mille, from the sums. */
static gboolean
count_coverage (LuoOverview *self, gint64 *permille)
{
  gint64 eligible = 0, covered = 0;

  for (guint i = 0; i < self->training->len; i++)
    {
      const LuoOverviewTraining *training = g_ptr_array_index (self->training, i);

      eligible += training->eligible;
      covered += training->covered;
    }
  *permille = eligible > 0 ? (gint64)((double)covered * 1000.0 / (double)eligible) : 0;
  return eligible > 0;
}

static gboolean
count_by_list (LuoOverview *self, const char *key, gint64 *count)
{
  for (gsize i = 0; i < G_N_ELEMENTS (listed); i++)
    if (strcmp (listed[i].key, key) == 0)
      return count_projects (self, &listed[i], count);
  if (strcmp (key, "coverage") == 0)
    return count_coverage (self, count);
  return FALSE;
}

static char *
month_before (const char *month)
{
  guint year = (guint)g_ascii_strtoull (month, NULL, 10);
  guint number = (guint)g_ascii_strtoull (month + 5, NULL, 10);

  return number > 1 ? g_strdup_printf ("%04u-%02u", year, number - 1) : g_strdup_printf ("%04u-12", year - 1);
}

/* The lamp that this indicator would give the task if it were the only one, without due day and without override. */
static void
judge (LuoOverviewIndicator *self, LuoDocument *task, JsonObject *indicator, gint64 reading,
       LuoOverview *overview, const LuoLampRule *rule)
{
  g_autoptr (JsonObject) alone = json_object_new ();
  g_autoptr (JsonObject) readings = json_object_new ();
  JsonArray *indicators = json_array_new ();
  LuoLamp lamp;

  json_object_set_int_member (alone, "year", luo_document_get_int (task, "year"));
  if (luo_document_get_text (task, "due") != NULL)
    json_object_set_string_member (alone, "due", luo_document_get_text (task, "due"));
  json_array_add_object_element (indicators, json_object_ref (indicator));
  json_object_set_array_member (alone, "indicators", indicators);
  json_object_set_int_member (readings, self->key, reading);
  /* Counted from long before the due day, it is the pace alone that speaks. */
  luo_lamp_of (&lamp, alone, readings, overview->month, "1900-01-01", rule);
  self->colour = self->pace.done_permille >= 1000 ? "done" : lamp.colour;
  self->reason = g_strdup (lamp.reason);
  luo_lamp_clear (&lamp);
}

static void
add_indicator (LuoOverview *self, LuoDocument *task, JsonObject *item, LuoCityReadings *readings,
               const LuoLampRule *rule)
{
  const char *id = luo_document_get_id (task);
  const char *key = luo_read_text (item, "key");
  const char *name = luo_read_text (item, "name");
  const char *kind = luo_read_text (item, "kind");
  g_autofree char *before = month_before (self->month);
  g_autoptr (JsonObject) copy = NULL;
  LuoOverviewIndicator *indicator;
  LuoCityReading previous;
  gint64 reading, target;

  if (key == NULL)
    return;
  indicator = g_new0 (LuoOverviewIndicator, 1);
  indicator->task = g_strdup (id);
  indicator->number = (guint)CLAMP (luo_document_get_int (task, "number"), 0, G_MAXINT);
  indicator->key = g_strdup (key);
  indicator->name = g_strdup (name != NULL ? name : key);
  indicator->unit = g_strdup (luo_read_text (item, "unit"));
  indicator->kind = g_strdup (kind != NULL ? kind : "cumulative");
  g_ptr_array_add (self->indicators, indicator);

  luo_city_readings_get (readings, id, item, self->month, &indicator->city);
  indicator->has_previous = strncmp (before, self->month, 4) == 0
                            && luo_city_readings_get (readings, id, item, before, &previous);
  if (indicator->has_previous)
    indicator->previous = previous.value;
  if (strcmp (indicator->kind, "share") == 0)
    indicator->has_counts = luo_city_readings_get_counts (readings, id, item, self->month,
                                                          &indicator->covered, &indicator->eligible);
  indicator->counted = count_by_list (self, key, &indicator->by_list);
  if (!indicator->city.present)
    return;
  reading = indicator->city.value;
  if (strcmp (indicator->kind, "monthly") == 0)
    luo_city_readings_get_year (readings, id, item, &reading);
  if (strcmp (indicator->kind, "tick") == 0 && !luo_read_int (item, "target", &target))
    {
      /* Every office is meant to be done. */
      copy = json_object_new ();
      json_object_set_string_member (copy, "key", key);
      json_object_set_string_member (copy, "name", indicator->name);
      json_object_set_string_member (copy, "kind", "tick");
      json_object_set_int_member (copy, "target", self->districts);
      item = copy;
    }
  luo_pace_of (&indicator->pace, item, &reading, (guint)luo_document_get_int (task, "year"), self->month,
               luo_document_get_text (task, "due"));
  if (indicator->pace.known)
    judge (indicator, task, item, reading, self, rule);
}

static gboolean
read_rule (LuoLampRule *rule, LuoStore *store)
{
  g_autoptr (LuoDocument) reference = luo_store_get (store, "city", "reference:lamp-rule", NULL, NULL);

  luo_lamp_rule_default (rule);
  /* A rule that can not be understood must not hide the lamps; the record itself is listed as not understood. */
  return reference != NULL && luo_lamp_rule_read (rule, luo_document_get_object (reference), NULL);
}

/* States of the progress of one month and office: task → state. */
static GHashTable *
read_states (LuoStore *store, const char *month, const char *office, GError **error)
{
  const char *const columns[] = { "task", "state", NULL };
  g_autoptr (LuoQuery) query = luo_query_new ("progress");
  g_autoptr (GPtrArray) rows = NULL;
  GHashTable *states;

  luo_query_where (query, "month", LUO_EQUAL, month);
  luo_query_where (query, "office", LUO_EQUAL, office);
  rows = luo_store_list_columns (store, query, columns, error);
  if (rows == NULL)
    return NULL;
  states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < rows->len; i++)
    {
      char **values = ((LuoItemRow *)g_ptr_array_index (rows, i))->values;

      g_hash_table_replace (states, g_strdup (values[0]), g_strdup (values[1]));
    }
  return states;
}

/* The city reports on every open task; a district on those it reported on before or has begun to. */
static gboolean
read_progress (LuoOverview *self, LuoStore *store, GPtrArray *tasks, GError **error)
{
  g_autofree char *before_month = month_before (self->month);
  g_autoptr (GHashTable) states = read_states (store, self->month, self->office, error);
  g_autoptr (GHashTable) before
      = states != NULL ? read_states (store, before_month, self->office, error) : NULL;
  gboolean city = strcmp (self->office, "city") == 0;
  LuoOverviewProgress *progress = &self->progress;

  if (before == NULL)
    return FALSE;
  for (guint i = 0; i < tasks->len; i++)
    {
      LuoDocument *task = g_ptr_array_index (tasks, i);
      const char *id = luo_document_get_id (task);
      const char *state = g_hash_table_lookup (states, id);
      gboolean done = g_strcmp0 (luo_document_get_text (task, "state"), "done") == 0;

      if (state == NULL && (done || (!city && !g_hash_table_contains (before, id))))
        continue;
      progress->tasks++;
      if (state == NULL)
        progress->missing++;
      else if (strcmp (state, "draft") == 0)
        progress->drafts++;
      else if (strcmp (state, "returned") == 0)
        progress->returned++;
      else
        {
          progress->submitted++;
          continue;
        }
      g_ptr_array_add (progress->open, g_strdup (id));
    }
  return TRUE;
}

gboolean
luo_overview_read_tasks (LuoOverview *self, LuoStore *store, GError **error)
{
  g_autoptr (LuoQuery) query = luo_query_new ("task");
  g_autoptr (GPtrArray) tasks = NULL;
  g_autoptr (LuoCityReadings) readings = NULL;
  g_autofree char *year = g_strndup (self->month, 4);
  LuoLampRule rule;

  luo_query_where (query, "year", LUO_EQUAL, year);
  luo_query_sort (query, "section", FALSE);
  luo_query_sort (query, "order", FALSE);
  luo_query_sort (query, "number", FALSE);
  tasks = luo_store_list (store, query, error);
  if (tasks == NULL)
    return FALSE;
  readings = luo_city_readings_read (store, self->month, error);
  if (readings == NULL)
    return FALSE;
  read_rule (&rule, store);
  for (guint i = 0; i < tasks->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (tasks, i);
      JsonObject *object = luo_document_get_object (document);
      JsonArray *indicators = luo_read_array (object, "indicators");
      const char *title = luo_document_get_text (document, "title");
      LuoOverviewTask *task = g_new0 (LuoOverviewTask, 1);
      g_autoptr (JsonObject) city
          = luo_city_readings_for_lamp (readings, luo_document_get_id (document), object);

      task->id = g_strdup (luo_document_get_id (document));
      task->number = (guint)CLAMP (luo_document_get_int (document, "number"), 0, G_MAXINT);
      task->title = g_strdup (title != NULL ? title : "");
      luo_lamp_of (&task->lamp, object, city, self->month, self->today, &rule);
      g_ptr_array_add (self->tasks, task);
      for (guint j = 0; j < luo_read_length (indicators); j++)
        if (luo_read_item (indicators, j) != NULL)
          add_indicator (self, document, luo_read_item (indicators, j), readings, &rule);
    }
  return read_progress (self, store, tasks, error);
}
