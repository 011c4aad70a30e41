/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-visit-day.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-query.h"
#include "luo-read.h"
#include "luo-title.h"

/* A plan further ahead than this is no matter of the day. */
#define AHEAD_DAYS 14

void
luo_planned_visit_free (LuoPlannedVisit *self)
{
  g_free (self->title);
  g_clear_pointer (&self->visit, luo_document_unref);
  g_clear_pointer (&self->last, luo_document_unref);
  g_clear_pointer (&self->project, luo_document_unref);
  g_free (self->due);
  g_free (self);
}

void
luo_visit_day_free (LuoVisitDay *self)
{
  if (self == NULL)
    return;
  g_free (self->day);
  g_clear_pointer (&self->planned, g_ptr_array_unref);
  g_clear_pointer (&self->done, g_ptr_array_unref);
  g_free (self);
}

gboolean
luo_visit_is_done (JsonObject *visit)
{
  static const char *const counts[] = { "questions_answered", "problems_found", "problems_solved" };
  gint64 n;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (luo_read_int (visit, counts[i], &n))
      return TRUE;
  return luo_read_length (luo_read_array (visit, "findings")) > 0
         || luo_read_length (luo_read_array (visit, "photos")) > 0;
}

gboolean
luo_visit_same_site (JsonObject *a, JsonObject *b)
{
  const char *project = luo_read_text (a, "project");
  const char *community = luo_read_text (a, "community");

  if (project != NULL && luo_read_text (b, "project") != NULL)
    return g_strcmp0 (project, luo_read_text (b, "project")) == 0;
  return community != NULL && g_strcmp0 (community, luo_read_text (b, "community")) == 0
         && g_strcmp0 (luo_read_text (a, "district"), luo_read_text (b, "district")) == 0;
}

static char *
days_after (const char *day, int days)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autofree char *text = g_strconcat (day, "T00:00:00Z", NULL);
  g_autoptr (GDateTime) from = g_date_time_new_from_iso8601 (text, zone);
  g_autoptr (GDateTime) to = from != NULL ? g_date_time_add_days (from, days) : NULL;

  return to != NULL ? g_date_time_format (to, "%Y-%m-%d") : g_strdup (day);
}

static JsonObject *
visit_of (const LuoPlannedVisit *planned)
{
  return luo_document_get_object (planned->visit != NULL ? planned->visit : planned->last);
}

static LuoPlannedVisit *
find_site (GPtrArray *planned, JsonObject *visit)
{
  for (guint i = 0; i < planned->len; i++)
    if (luo_visit_same_site (visit_of (g_ptr_array_index (planned, i)), visit))
      return g_ptr_array_index (planned, i);
  return NULL;
}

static gboolean
was_seen (GPtrArray *done, JsonObject *visit)
{
  for (guint i = 0; i < done->len; i++)
    if (luo_visit_same_site (luo_document_get_object (g_ptr_array_index (done, i)), visit))
      return TRUE;
  return FALSE;
}

/* Takes up the open findings of a visit that are due up to @soon. */
static void
add_findings (LuoVisitDay *self, LuoDocument *document, const char *soon)
{
  JsonObject *visit = luo_document_get_object (document);
  JsonArray *findings = luo_read_array (visit, "findings");
  LuoPlannedVisit *planned = find_site (self->planned, visit);

  for (guint i = 0; i < luo_read_length (findings); i++)
    {
      JsonObject *finding = luo_read_item (findings, i);
      const char *due = finding != NULL ? luo_read_text (finding, "due") : NULL;

      if (due == NULL || luo_read_text (finding, "solved_on") != NULL || strcmp (due, soon) > 0)
        continue;
      if (planned == NULL)
        {
          planned = g_new0 (LuoPlannedVisit, 1);
          g_ptr_array_add (self->planned, planned);
        }
      if (planned->last == NULL)
        planned->last = luo_document_ref (document);
      planned->open++;
      if (planned->due == NULL || strcmp (due, planned->due) < 0)
        {
          g_free (planned->due);
          planned->due = g_strdup (due);
        }
    }
}

/* What is due first comes first. */
static gint
compare_planned (gconstpointer a, gconstpointer b)
{
  const LuoPlannedVisit *one = *(LuoPlannedVisit *const *)a;
  const LuoPlannedVisit *two = *(LuoPlannedVisit *const *)b;
  const char *day_one = one->due != NULL ? one->due : luo_read_text (visit_of (one), "on");
  const char *day_two = two->due != NULL ? two->due : luo_read_text (visit_of (two), "on");
  int order = g_strcmp0 (day_one, day_two);

  return order != 0 ? order : g_strcmp0 (one->title, two->title);
}

static void
name_site (LuoStore *store, LuoPlannedVisit *planned)
{
  const char *project = luo_read_text (visit_of (planned), "project");

  if (project != NULL)
    planned->project = luo_store_find (store, project, NULL);
  planned->title = luo_title_of (planned->project != NULL ? planned->project
                                 : planned->visit != NULL ? planned->visit
                                                          : planned->last);
}

static GPtrArray *
list_visits (LuoStore *store, LuoQuery *query, const char *office, GError **error)
{
  if (strcmp (office, "city") != 0)
    luo_query_where (query, "district", LUO_EQUAL, office);
  return luo_store_list (store, query, error);
}

LuoVisitDay *
luo_visit_day_read (LuoStore *store, const char *day, const char *office, GError **error)
{
  g_autoptr (LuoVisitDay) self = g_new0 (LuoVisitDay, 1);
  g_autoptr (LuoQuery) from_today = luo_query_new ("visit");
  g_autoptr (LuoQuery) due = luo_query_new ("visit");
  g_autoptr (GPtrArray) coming = NULL;
  g_autoptr (GPtrArray) open = NULL;
  g_autofree char *soon = days_after (day, LUO_VISIT_DAY_SOON);
  g_autofree char *last = days_after (day, AHEAD_DAYS);

  self->day = g_strdup (day);
  self->planned = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_planned_visit_free);
  self->done = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
  luo_query_where (from_today, "on", LUO_AT_LEAST, day);
  luo_query_where (from_today, "on", LUO_AT_MOST, last);
  luo_query_sort (from_today, "updated_at", TRUE);
  coming = list_visits (store, from_today, office, error);
  if (coming == NULL)
    return NULL;
  luo_query_where (due, "open_findings", LUO_GREATER, "0");
  luo_query_where (due, "next_due", LUO_AT_MOST, soon);
  luo_query_sort (due, "on", TRUE);
  open = list_visits (store, due, office, error);
  if (open == NULL)
    return NULL;

  for (guint i = 0; i < coming->len; i++)
    {
      LuoDocument *visit = g_ptr_array_index (coming, i);
      const char *on = luo_document_get_text (visit, "on");
      gboolean done = luo_visit_is_done (luo_document_get_object (visit));

      if (done && g_strcmp0 (on, day) == 0)
        g_ptr_array_add (self->done, luo_document_ref (visit));
      else if (!done)
        {
          LuoPlannedVisit *planned = g_new0 (LuoPlannedVisit, 1);

          planned->visit = luo_document_ref (visit);
          g_ptr_array_add (self->planned, planned);
        }
    }
  for (guint i = 0; i < open->len; i++)
    {
      LuoDocument *visit = g_ptr_array_index (open, i);

      if (!was_seen (self->done, luo_document_get_object (visit)))
        add_findings (self, visit, soon);
    }
  for (guint i = 0; i < self->planned->len; i++)
    name_site (store, g_ptr_array_index (self->planned, i));
  g_ptr_array_sort (self->planned, compare_planned);
  return g_steal_pointer (&self);
}

static void
append_member (GString *body, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (body, ",\"%s\":", name);
  luo_json_append_string (body, value);
}

char *
luo_visit_day_start (const LuoPlannedVisit *planned, const char *day, const char *user)
{
  JsonObject *last = visit_of (planned);
  const char *kind = luo_read_text (last, "kind");
  GString *body = g_string_new ("{\"type\":\"visit\"");

  append_member (body, "kind", kind != NULL ? kind : "call");
  append_member (body, "on", day);
  append_member (body, "inspector", user);
  append_member (body, "district", luo_read_text (last, "district"));
  append_member (body, "community", luo_read_text (last, "community"));
  append_member (body, "project", luo_read_text (last, "project"));
  append_member (body, "task", luo_read_text (last, "task"));
  g_string_append_c (body, '}');
  return g_string_free (body, FALSE);
}

GPtrArray *
luo_visit_day_last_findings (LuoStore *store, LuoDocument *visit, GError **error)
{
  const char *on = luo_document_get_text (visit, "on");
  const char *district = luo_document_get_text (visit, "district");
  g_autoptr (LuoQuery) query = luo_query_new ("visit");
  g_autoptr (GPtrArray) list = NULL;
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);

  if (on == NULL || district == NULL)
    return found;
  luo_query_where (query, "district", LUO_EQUAL, district);
  luo_query_where (query, "on", LUO_AT_MOST, on);
  if (luo_document_get_text (visit, "project") != NULL)
    luo_query_where (query, "project", LUO_EQUAL, luo_document_get_text (visit, "project"));
  else if (luo_document_get_text (visit, "community") != NULL)
    luo_query_where (query, "community", LUO_EQUAL, luo_document_get_text (visit, "community"));
  else
    return found;
  luo_query_sort (query, "on", TRUE);
  list = luo_store_list (store, query, error);
  if (list == NULL)
    {
      g_ptr_array_unref (found);
      return NULL;
    }
  for (guint i = 0; i < list->len; i++)
    {
      LuoDocument *other = g_ptr_array_index (list, i);
      JsonArray *findings = luo_read_array (luo_document_get_object (other), "findings");
      gboolean any = FALSE;

      for (guint f = 0; f < luo_read_length (findings); f++)
        {
          JsonObject *finding = luo_read_item (findings, f);
          const char *solved = finding != NULL ? luo_read_text (finding, "solved_on") : NULL;

          any = any || (finding != NULL && (solved == NULL || strcmp (solved, on) == 0));
        }
      if (any && strcmp (luo_document_get_id (other), luo_document_get_id (visit)) != 0)
        g_ptr_array_add (found, luo_document_ref (other));
    }
  return found;
}
