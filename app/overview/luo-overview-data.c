/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-overview-data.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-conflict.h"
#include "luo-format.h"
#include "luo-overview-private.h"
#include "luo-query.h"
#include "luo-record-type.h"
#include "luo-store-sync.h"
#include "luo-title.h"

static const char *const no_columns[] = { NULL };

static void
task_free (gpointer data)
{
  LuoOverviewTask *self = data;

  g_free (self->id);
  g_free (self->title);
  luo_lamp_clear (&self->lamp);
  g_free (self);
}

static void
indicator_free (gpointer data)
{
  LuoOverviewIndicator *self = data;

  g_free (self->task);
  g_free (self->key);
  g_free (self->name);
  g_free (self->unit);
  g_free (self->kind);
  g_free (self->reason);
  g_free (self);
}

static void
projects_free (gpointer data)
{
  LuoOverviewProjects *self = data;

  g_free (self->programme);
  g_free (self->district);
  g_free (self->stage);
  g_free (self);
}

static void
reached_free (gpointer data)
{
  LuoOverviewReached *self = data;

  g_free (self->programme);
  g_free (self->district);
  g_free (self->stage);
  g_free (self);
}

static void
fund_free (gpointer data)
{
  LuoOverviewFund *self = data;

  g_free (self->source);
  g_free (self->district);
  g_free (self);
}

static void
training_free (gpointer data)
{
  LuoOverviewTraining *self = data;

  g_free (self->district);
  g_free (self);
}

static void
visits_free (gpointer data)
{
  LuoOverviewVisits *self = data;

  g_free (self->kind);
  g_free (self);
}

static void
finding_free (gpointer data)
{
  LuoOverviewFinding *self = data;

  g_free (self->visit);
  g_free (self->text);
  g_free (self->due);
  g_free (self->district);
  g_free (self->community);
  g_free (self->severity);
  g_free (self);
}

void
luo_overview_free (LuoOverview *self)
{
  if (self == NULL)
    return;
  g_free (self->month);
  g_free (self->office);
  g_free (self->today);
  g_free (self->year_begin);
  g_free (self->begin);
  g_free (self->end);
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_clear_pointer (&self->indicators, g_ptr_array_unref);
  g_clear_pointer (&self->projects, g_ptr_array_unref);
  g_clear_pointer (&self->reached, g_ptr_array_unref);
  g_clear_pointer (&self->funds, g_ptr_array_unref);
  g_clear_pointer (&self->training, g_ptr_array_unref);
  g_clear_pointer (&self->visits, g_ptr_array_unref);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_clear_pointer (&self->progress.open, g_ptr_array_unref);
  g_free (self->conflict_reason);
  g_free (self->refused_id);
  g_free (self->refused_reason);
  g_free (self);
}

static char *
last_day (const char *month)
{
  guint year = (guint)g_ascii_strtoull (month, NULL, 10);
  guint number = (guint)g_ascii_strtoull (month + 5, NULL, 10);

  return g_strdup_printf ("%.7s-%02u", month, g_date_get_days_in_month ((GDateMonth)number, (GDateYear)year));
}

/* The place of a district in the order of the city; unknown ones come last. */
static guint
district_place (const char *district)
{
  guint place = 0;

  while (luo_district_choices[place].value != NULL
         && strcmp (luo_district_choices[place].value, district) != 0)
    place++;
  return place;
}

/* Projects and funds */

static gboolean
read_projects (LuoOverview *self, LuoStore *store, GError **error)
{
  const char *const by[] = { "programme", "district", "stage", NULL };
  g_autoptr (LuoQuery) query = luo_query_new ("project");
  g_autoptr (GPtrArray) groups = luo_store_group (store, query, by, no_columns, error);

  for (guint i = 0; groups != NULL && i < groups->len; i++)
    {
      LuoGroup *group = g_ptr_array_index (groups, i);
      LuoOverviewProjects *projects = g_new0 (LuoOverviewProjects, 1);

      projects->programme = g_strdup (group->by[0]);
      projects->district = g_strdup (group->by[1]);
      projects->stage = g_strdup (group->by[2]);
      projects->count = group->count;
      g_ptr_array_add (self->projects, projects);
    }
  return groups != NULL;
}

static gboolean
read_reached (LuoOverview *self, LuoStore *store, GError **error)
{
  const char *const by[] = { "programme", "district", "stage", NULL };
  g_autoptr (LuoQuery) query = luo_query_new ("project/stages");
  g_autoptr (GPtrArray) groups = NULL;

  luo_query_where (query, "on", LUO_AT_MOST, self->end);
  groups = luo_store_group (store, query, by, no_columns, error);
  for (guint i = 0; groups != NULL && i < groups->len; i++)
    {
      LuoGroup *group = g_ptr_array_index (groups, i);
      LuoOverviewReached *reached = g_new0 (LuoOverviewReached, 1);

      reached->programme = g_strdup (group->by[0]);
      reached->district = g_strdup (group->by[1]);
      reached->stage = g_strdup (group->by[2]);
      reached->count = group->count;
      g_ptr_array_add (self->reached, reached);
    }
  return groups != NULL;
}

static gboolean
read_funds (LuoOverview *self, LuoStore *store, GError **error)
{
  const char *const by[] = { "source", "district", NULL };
  const char *const sums[] = { "allocated_fen", "disbursed_fen", "used_fen", NULL };
  g_autoptr (LuoQuery) query = luo_query_new ("project/funds");
  g_autoptr (GPtrArray) groups = luo_store_group (store, query, by, sums, error);

  for (guint i = 0; groups != NULL && i < groups->len; i++)
    {
      LuoGroup *group = g_ptr_array_index (groups, i);
      LuoOverviewFund *fund = g_new0 (LuoOverviewFund, 1);

      fund->source = g_strdup (group->by[0]);
      fund->district = g_strdup (group->by[1]);
      fund->lines = group->count;
      fund->allocated = group->sums[0];
      fund->disbursed = group->sums[1];
      fund->used = group->sums[2];
      g_ptr_array_add (self->funds, fund);
    }
  return groups != NULL;
}

/* Training and visits */

static int
compare_training (gconstpointer a, gconstpointer b)
{
  const LuoOverviewTraining *one = *(LuoOverviewTraining *const *)a;
  const LuoOverviewTraining *two = *(LuoOverviewTraining *const *)b;

  return (int)district_place (one->district) - (int)district_place (two->district);
}

static gboolean
read_training (LuoOverview *self, LuoStore *store, GError **error)
{
  const char *const by[] = { "district", NULL };
  const char *const attended[] = { "attendances", NULL };
  const char *const covered[] = { "eligible", "covered", NULL };
  g_autoptr (LuoQuery) query = luo_query_new ("training");
  g_autoptr (GPtrArray) groups = NULL;
  g_autoptr (GPtrArray) counts = NULL;

  luo_query_where (query, "on", LUO_AT_LEAST, self->year_begin);
  luo_query_where (query, "on", LUO_AT_MOST, self->end);
  groups = luo_store_group (store, query, by, attended, error);
  if (groups == NULL)
    return FALSE;
  /* Coverage is said of the sessions that count both, so that eligible heads nobody counted do not pass for uncovered. */
  luo_query_where (query, "eligible", LUO_PRESENT, NULL);
  luo_query_where (query, "covered", LUO_PRESENT, NULL);
  counts = luo_store_group (store, query, by, covered, error);
  if (counts == NULL)
    return FALSE;
  for (guint i = 0; i < groups->len; i++)
    {
      LuoGroup *group = g_ptr_array_index (groups, i);
      LuoOverviewTraining *training = g_new0 (LuoOverviewTraining, 1);

      training->district = g_strdup (group->by[0]);
      training->sessions = group->count;
      training->attendances = group->sums[0];
      for (guint j = 0; j < counts->len; j++)
        {
          LuoGroup *count = g_ptr_array_index (counts, j);

          if (strcmp (count->by[0], group->by[0]) != 0)
            continue;
          training->eligible = count->sums[0];
          training->covered = count->sums[1];
        }
      g_ptr_array_add (self->training, training);
    }
  g_ptr_array_sort (self->training, compare_training);
  return TRUE;
}

static LuoOverviewVisits *
find_visits (LuoOverview *self, const char *kind)
{
  LuoOverviewVisits *visits;

  for (guint i = 0; i < self->visits->len; i++)
    {
      visits = g_ptr_array_index (self->visits, i);
      if (strcmp (visits->kind, kind) == 0)
        return visits;
    }
  visits = g_new0 (LuoOverviewVisits, 1);
  visits->kind = g_strdup (kind);
  g_ptr_array_add (self->visits, visits);
  return visits;
}

static gboolean
read_visits (LuoOverview *self, LuoStore *store, GError **error)
{
  const char *const by[] = { "kind", "district", "community", NULL };
  const char *const sums[] = { "questions_answered", "problems_found", "problems_solved", NULL };
  g_autoptr (LuoQuery) query = luo_query_new ("visit");
  g_autoptr (GPtrArray) groups = NULL;

  luo_query_where (query, "on", LUO_AT_LEAST, self->begin);
  luo_query_where (query, "on", LUO_AT_MOST, self->end);
  groups = luo_store_group (store, query, by, sums, error);
  for (guint i = 0; groups != NULL && i < groups->len; i++)
    {
      LuoGroup *group = g_ptr_array_index (groups, i);
      LuoOverviewVisits *visits = find_visits (self, group->by[0]);

      visits->visits += group->count;
      visits->communities += *group->by[2] != '\0';
      visits->questions += group->sums[0];
      visits->found += group->sums[1];
      visits->solved += group->sums[2];
    }
  return groups != NULL;
}

static LuoQuery *
new_open_findings (void)
{
  LuoQuery *query = luo_query_new ("visit/findings");

  luo_query_where (query, "solved_on", LUO_ABSENT, NULL);
  luo_query_where (query, "due", LUO_PRESENT, NULL);
  return query;
}

static gboolean
read_findings (LuoOverview *self, LuoStore *store, GError **error)
{
  const char *const columns[] = { "text", "due", "district", "community", "severity", NULL };
  g_autoptr (LuoQuery) open = new_open_findings ();
  g_autoptr (LuoQuery) overdue = new_open_findings ();
  g_autoptr (LuoQuery) found = luo_query_new ("visit/findings");
  g_autoptr (LuoQuery) solved = luo_query_new ("visit/findings");
  g_autoptr (GPtrArray) rows = NULL;

  /* Only what has a day to be put right by asks for anything; a finding without one is a remark. */
  self->open_findings = luo_store_count (store, open, error);
  luo_query_where (overdue, "due", LUO_LESS, self->today);
  self->overdue_findings = self->open_findings < 0 ? -1 : luo_store_count (store, overdue, error);
  luo_query_where (found, "on", LUO_AT_LEAST, self->begin);
  luo_query_where (found, "on", LUO_AT_MOST, self->end);
  self->month_findings = self->overdue_findings < 0 ? -1 : luo_store_count (store, found, error);
  luo_query_where (solved, "on", LUO_AT_LEAST, self->begin);
  luo_query_where (solved, "on", LUO_AT_MOST, self->end);
  luo_query_where (solved, "solved_on", LUO_PRESENT, NULL);
  self->month_findings_solved = self->month_findings < 0 ? -1 : luo_store_count (store, solved, error);
  if (self->month_findings_solved < 0)
    return FALSE;
  luo_query_sort (open, "due", FALSE);
  luo_query_set_limit (open, 0, LUO_OVERVIEW_FINDINGS);
  rows = luo_store_list_columns (store, open, columns, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      LuoItemRow *row = g_ptr_array_index (rows, i);
      LuoOverviewFinding *finding = g_new0 (LuoOverviewFinding, 1);

      finding->visit = g_strdup (row->id);
      finding->text = g_strdup (row->values[0]);
      finding->due = g_strdup (row->values[1]);
      finding->district = g_strdup (row->values[2]);
      finding->community = g_strdup (row->values[3]);
      finding->severity = g_strdup (row->values[4]);
      finding->overdue = strcmp (finding->due, self->today) < 0;
      g_ptr_array_add (self->findings, finding);
    }
  return rows != NULL;
}

/* What the server or another desk has to say */

/* So many are counted, as many as the page of conflicts shows. */
#define MAX_CONFLICTS 200

/* The record, what is in dispute in it, and who has changed that: "173 · 月度进展：总体工作进展（张三、李四）". */
static char *
describe_conflict (LuoStore *store, LuoDocument *document)
{
  g_autofree char *title = luo_title_of (document);
  g_autoptr (LuoConflict) conflict
      = luo_conflict_read (store, luo_document_get_space (document), luo_document_get_id (document), NULL);
  g_autoptr (GString) people = g_string_new (NULL);
  const LuoConflictMember *member;

  if (conflict == NULL || conflict->members->len == 0)
    return g_steal_pointer (&title);
  member = g_ptr_array_index (conflict->members, 0);
  for (guint i = 0; i < member->options->len; i++)
    {
      const LuoConflictOption *option = g_ptr_array_index (member->options, i);

      for (guint l = 0; l < option->leaves->len; l++)
        {
          const char *by = luo_document_get_text (g_ptr_array_index (option->leaves, l), "updated_by");

          if (by != NULL && strstr (people->str, luo_format_office (by)) == NULL)
            g_string_append_printf (people, "%s%s",
                                    people->len > 0 ? C_ ("between texts of a list", ", ") : "",
                                    luo_format_office (by));
        }
    }
  return luo_format_join (title, member->label, people->str, NULL);
}

static gboolean
read_conflicts (LuoOverview *self, LuoStore *store, GError **error)
{
  g_autoptr (GPtrArray) conflicts = luo_conflict_list (store, MAX_CONFLICTS, error);

  if (conflicts == NULL)
    return FALSE;
  self->conflicts = conflicts->len;
  if (conflicts->len > 0)
    self->conflict_reason = describe_conflict (store, g_ptr_array_index (conflicts, 0));
  return TRUE;
}

static gboolean
read_refusals (LuoOverview *self, LuoStore *store, GError **error)
{
  g_autoptr (GPtrArray) refusals = luo_store_list_refusals (store, NULL, NULL, error);

  if (refusals == NULL)
    return FALSE;
  self->refused = refusals->len;
  if (refusals->len > 0)
    {
      const LuoRefusal *refusal = g_ptr_array_index (refusals, 0);
      g_autoptr (LuoDocument) document = luo_store_get (store, refusal->space, refusal->id, NULL, NULL);
      g_autofree char *title = document != NULL && luo_document_get_not_understood (document) == NULL
                                   ? luo_title_of (document)
                                   : g_strdup (refusal->id);

      self->refused_id = g_strdup (refusal->id);
      self->refused_reason
          = luo_format_join (title, refusal->reason != NULL ? refusal->reason : refusal->error, NULL);
    }
  return TRUE;
}

static gboolean
read_offices (LuoOverview *self, LuoStore *store, GError **error)
{
  g_autoptr (LuoQuery) query = luo_query_new ("office");

  luo_query_where (query, "district", LUO_NOT_EQUAL, "city");
  self->districts = luo_store_count (store, query, error);
  if (self->districts == 0)
    while (luo_district_choices[self->districts].value != NULL)
      self->districts++;
  return self->districts >= 0;
}

char *
luo_overview_latest_month (LuoStore *store, GError **error)
{
  const char *const columns[] = { "month", NULL };
  g_autoptr (LuoQuery) query = luo_query_new ("progress");
  g_autoptr (GPtrArray) rows = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);

  luo_query_where (query, "month", LUO_PRESENT, NULL);
  luo_query_sort (query, "month", TRUE);
  luo_query_set_limit (query, 0, 1);
  rows = luo_store_list_columns (store, query, columns, error);
  if (rows == NULL || rows->len == 0)
    return NULL;
  return g_strdup (((LuoItemRow *)g_ptr_array_index (rows, 0))->values[0]);
}

static gboolean
read_all (LuoOverview *self, LuoStore *store, GError **error)
{
  return read_offices (self, store, error) && read_projects (self, store, error)
         && read_reached (self, store, error) && read_funds (self, store, error)
         && read_training (self, store, error) && luo_overview_read_tasks (self, store, error)
         && read_visits (self, store, error) && read_findings (self, store, error)
         && read_conflicts (self, store, error) && read_refusals (self, store, error);
}

LuoOverview *
luo_overview_read (LuoStore *store, const char *month, const char *office, const char *today, GError **error)
{
  g_autoptr (LuoOverview) self = NULL;
  gboolean read;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);
  g_return_val_if_fail (month != NULL && strlen (month) == 7, NULL);
  g_return_val_if_fail (office != NULL && today != NULL, NULL);

  self = g_new0 (LuoOverview, 1);
  self->month = g_strdup (month);
  self->office = g_strdup (office);
  self->today = g_strdup (today);
  self->year_begin = g_strdup_printf ("%.4s-01-01", month);
  self->begin = g_strdup_printf ("%s-01", month);
  self->end = last_day (month);
  self->gone_permille = (int)((g_ascii_strtoull (month + 5, NULL, 10) * 2000 + 12) / 24);
  self->tasks = g_ptr_array_new_with_free_func (task_free);
  self->indicators = g_ptr_array_new_with_free_func (indicator_free);
  self->projects = g_ptr_array_new_with_free_func (projects_free);
  self->reached = g_ptr_array_new_with_free_func (reached_free);
  self->funds = g_ptr_array_new_with_free_func (fund_free);
  self->training = g_ptr_array_new_with_free_func (training_free);
  self->visits = g_ptr_array_new_with_free_func (visits_free);
  self->findings = g_ptr_array_new_with_free_func (finding_free);
  self->progress.open = g_ptr_array_new_with_free_func (g_free);
  if (!luo_store_snapshot_begin (store, error))
    return NULL;
  read = read_all (self, store, error);
  luo_store_snapshot_end (store);
  return read ? g_steal_pointer (&self) : NULL;
}
