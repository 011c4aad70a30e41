/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-report-data.h"

#include "luo-city-readings.h"
#include "luo-figure-check.h"
#include "luo-format.h"
#include "luo-read.h"

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

static void
check_row (LuoReportData *self, const LuoReportRow *row, LuoCityReadings *readings, JsonArray *indicators,
           const char *month)
{
  for (guint i = 0; i < luo_read_length (indicators); i++)
    {
      JsonObject *indicator = luo_read_item (indicators, i);
      const char *name = luo_read_text (indicator, "name");
      const char *unit = luo_read_text (indicator, "unit");
      const char *kind = luo_read_text (indicator, "kind");
      LuoCityReading reading;
      LuoReportMismatch *mismatch;
      gint64 found;

      /* A share is kept per mille and written per cent, a tick is no number. */
      if (name == NULL || g_strcmp0 (kind, "share") == 0 || g_strcmp0 (kind, "tick") == 0
          || !luo_city_readings_get (readings, row->task_id, indicator, month, &reading)
          || !luo_figure_check (row->text, name, unit, &found))
        continue;
      if (found == reading.value)
        {
          self->agreeing++;
          continue;
        }
      mismatch = g_new0 (LuoReportMismatch, 1);
      mismatch->task_id = g_strdup (row->task_id);
      mismatch->number = row->number;
      mismatch->indicator = g_strdup (name);
      mismatch->written = luo_format_amount (found, unit, kind);
      mismatch->reported = luo_format_amount (reading.value, unit, kind);
      g_ptr_array_add (self->mismatches, mismatch);
    }
}

LuoReportData *
luo_report_data_read (LuoStore *store, const char *month, const char *office, GError **error)
{
  g_autoptr (LuoReportData) self = g_new0 (LuoReportData, 1);
  g_autoptr (LuoCityReadings) readings = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);

  self->mismatches = g_ptr_array_new_with_free_func (mismatch_free);
  self->report = luo_monthly_report_read (store, month, office, error);
  if (self->report == NULL)
    return NULL;
  readings = luo_city_readings_read (store, month, error);
  if (readings == NULL)
    return NULL;

  for (guint i = 0; i < self->report->rows->len; i++)
    {
      const LuoReportRow *row = g_ptr_array_index (self->report->rows, i);
      g_autoptr (LuoDocument) task = NULL;

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
      check_row (self, row, readings, luo_read_array (luo_document_get_object (task), "indicators"), month);
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
