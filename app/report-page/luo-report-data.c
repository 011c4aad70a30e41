/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-report-data.h"

#include <string.h>

#include "luo-city-readings.h"
#include "luo-format.h"
#include "luo-ignored-figures.h"
#include "luo-progress-check.h"
#include "luo-read.h"
#include "luo-record-id.h"

static void
mismatch_free (gpointer data)
{
  LuoReportMismatch *self = data;

  g_free (self->task_id);
  g_free (self->indicator);
  g_free (self->written);
  g_free (self->reported);
  g_free (self);
}

typedef struct
{
  LuoCityReadings *city;
  const char *task_id;
  const char *month;
  JsonObject *own;  /* (nullable): the progress of the office */
  gboolean adds_up; /* the city is what its offices report where it has no reading of its own */
} Readings;

static gboolean
read_reading (JsonObject *indicator, gint64 *value, gpointer user_data)
{
  Readings *readings = user_data;
  LuoCityReading city;

  if (luo_progress_reading (readings->own, indicator, value))
    return TRUE;
  if (!readings->adds_up
      || !luo_city_readings_get (readings->city, readings->task_id, indicator, readings->month, &city))
    return FALSE;
  *value = city.value;
  return TRUE;
}

static void
check_row (LuoReportData *self, const LuoReportRow *row, JsonObject *task, Readings *readings,
           LuoIgnoredFigures *ignored, const char *office, const char *progress)
{
  g_autoptr (GArray) checked
      = luo_progress_check (task, row->overall, row->this_month, readings->month,
                            readings->adds_up ? NULL : luo_format_office (office), read_reading, readings);

  for (guint i = 0; i < checked->len; i++)
    {
      const LuoCheckedFigure *figure = &g_array_index (checked, LuoCheckedFigure, i);
      const char *unit = luo_read_text (figure->indicator, "unit");
      const char *kind = luo_read_text (figure->indicator, "kind");
      const char *text = strcmp (figure->member, "overall") == 0 ? row->overall : row->this_month;
      LuoReportMismatch *mismatch;
      g_autofree char *written = NULL;

      if (figure->agrees)
        {
          self->agreeing++;
          continue;
        }
      if (luo_ignored_figures_has (ignored, progress, figure))
        {
          self->ignored++;
          continue;
        }
      mismatch = g_new0 (LuoReportMismatch, 1);
      mismatch->task_id = g_strdup (row->task_id);
      mismatch->number = row->number;
      mismatch->indicator = g_strdup (luo_read_text (figure->indicator, "name"));
      written = g_utf8_substring (text, figure->figure.start, figure->figure.start + figure->figure.length);
      mismatch->written = figure->figure.rewrites_unit || unit == NULL
                              ? g_strdup (written)
                              : g_strdup_printf ("%s %s", written, unit);
      if (g_strcmp0 (kind, "share") == 0)
        {
          g_free (mismatch->written);
          mismatch->written = g_strconcat (written, "%", NULL);
        }
      mismatch->reported = luo_format_amount (figure->reading, unit, kind);
      g_ptr_array_add (self->mismatches, mismatch);
    }
}

LuoReportData *
luo_report_data_read (LuoStore *store, const char *month, const char *office, GError **error)
{
  g_autoptr (LuoReportData) self = g_new0 (LuoReportData, 1);
  g_autoptr (LuoCityReadings) readings = NULL;
  g_autoptr (LuoIgnoredFigures) ignored = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);

  self->mismatches = g_ptr_array_new_with_free_func (mismatch_free);
  self->report = luo_monthly_report_read (store, month, office, error);
  if (self->report == NULL)
    return NULL;
  readings = luo_city_readings_read (store, month, error);
  if (readings == NULL)
    return NULL;
  ignored = luo_ignored_figures_read (store);

  for (guint i = 0; i < self->report->rows->len; i++)
    {
      const LuoReportRow *row = g_ptr_array_index (self->report->rows, i);
      g_autoptr (LuoDocument) task = NULL;
      g_autoptr (LuoDocument) progress = NULL;
      g_autofree char *id = NULL;
      Readings of = { readings, row->task_id, month, NULL, strcmp (office, "city") == 0 };

      if (row->missing)
        {
          self->missing++;
          continue;
        }
      if (row->changed)
        self->changed++;
      else
        self->same++;
      if (g_strcmp0 (row->state, "draft") == 0 || g_strcmp0 (row->state, "returned") == 0)
        self->drafts++;
      task = luo_store_find (store, row->task_id, error);
      if (task == NULL)
        return NULL;
      id = luo_record_id_progress (row->task_id, month, office, error);
      progress = id != NULL ? luo_store_find (store, id, error) : NULL;
      if (progress == NULL)
        return NULL;
      of.own = luo_document_get_object (progress);
      check_row (self, row, luo_document_get_object (task), &of, ignored, office, id);
    }
  return g_steal_pointer (&self);
}

void
luo_report_data_free (LuoReportData *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->report, luo_monthly_report_free);
  g_clear_pointer (&self->mismatches, g_ptr_array_unref);
  g_free (self);
}
