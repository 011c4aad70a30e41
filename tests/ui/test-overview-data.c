/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-overview-data.h"
#include "luo-sample.h"
#include "luo-test-replica.h"

/* What the overview says of the sample's August is what domain.md says of it. */

static LuoTestReplica *
new_replica (void)
{
  LuoTestReplica *replica = luo_test_replica_new ();
  g_autoptr (GError) error = NULL;

  luo_sample_load (replica->store, SAMPLE_DATA, NULL, &error);
  g_assert_no_error (error);
  return replica;
}

static LuoOverview *
read_month (LuoTestReplica *replica, const char *month, const char *office)
{
  g_autofree char *today = g_strconcat (month, "-30", NULL);
  g_autoptr (GError) error = NULL;
  LuoOverview *overview = luo_overview_read (replica->store, month, office, today, &error);

  g_assert_no_error (error);
  g_assert_nonnull (overview);
  return overview;
}

static gint64
count_projects (LuoOverview *overview, const char *programme, const char *district, const char *stage)
{
  gint64 count = 0;

  for (guint i = 0; i < overview->projects->len; i++)
    {
      LuoOverviewProjects *projects = g_ptr_array_index (overview->projects, i);

      if (g_str_equal (projects->programme, programme) && g_str_equal (projects->district, district)
          && g_str_equal (projects->stage, stage))
        count += projects->count;
    }
  return count;
}

static LuoOverviewIndicator *
find_indicator (LuoOverview *overview, const char *key)
{
  for (guint i = 0; i < overview->indicators->len; i++)
    {
      LuoOverviewIndicator *indicator = g_ptr_array_index (overview->indicators, i);

      if (g_str_equal (indicator->key, key))
        return indicator;
    }
  g_assert_not_reached ();
}

static LuoOverviewTask *
find_task (LuoOverview *overview, guint number)
{
  for (guint i = 0; i < overview->tasks->len; i++)
    {
      LuoOverviewTask *task = g_ptr_array_index (overview->tasks, i);

      if (task->number == number)
        return task;
    }
  g_assert_not_reached ();
}

/* How many projects of a district stand at each stage. */
static void
test_projects (void)
{
  LuoTestReplica *replica = new_replica ();
  g_autoptr (LuoOverview) overview = read_month (replica, "2020-08", "city");

  g_assert_cmpint (count_projects (overview, "home-care-pilot", "huanggu", "built"), ==, 3);
  g_assert_cmpint (count_projects (overview, "home-care-pilot", "huanggu", "construction"), ==, 5);
  g_assert_cmpint (count_projects (overview, "home-care-pilot", "hunnan", "construction"), ==, 3);
  g_assert_cmpint (count_projects (overview, "home-care-pilot", "hunnan", "design"), ==, 5);
  luo_test_replica_free (replica);
}

/* How much money was allocated, disbursed and used, by source. */
static void
test_funds (void)
{
  LuoTestReplica *replica = new_replica ();
  g_autoptr (LuoOverview) overview = read_month (replica, "2020-08", "city");
  static const struct
  {
    const char *source;
    gint64 allocated, disbursed, used;
  } vectors[] = {
    { "省级", 669600000, 669600000, 355200000 },
    { "中央预算内", 756000000, 756000000, 318000000 },
    { "捐赠", 50000000, 50000000, 50000000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gint64 allocated = 0, disbursed = 0, used = 0;

      g_test_message ("Vector %s", vectors[i].source);
      for (guint j = 0; j < overview->funds->len; j++)
        {
          LuoOverviewFund *fund = g_ptr_array_index (overview->funds, j);

          if (!g_str_equal (fund->source, vectors[i].source))
            continue;
          allocated += fund->allocated;
          disbursed += fund->disbursed;
          used += fund->used;
        }
      g_assert_cmpint (allocated, ==, vectors[i].allocated);
      g_assert_cmpint (disbursed, ==, vectors[i].disbursed);
      g_assert_cmpint (used, ==, vectors[i].used);
    }
  luo_test_replica_free (replica);
}

/* Training by district, coverage from the sums; a month before the courses has less of it. */
static void
test_training (void)
{
  LuoTestReplica *replica = new_replica ();
  g_autoptr (LuoOverview) august = read_month (replica, "2020-08", "city");
  g_autoptr (LuoOverview) june = read_month (replica, "2020-06", "city");
  gint64 attendances = 0, eligible = 0, covered = 0;

  for (guint i = 0; i < august->training->len; i++)
    {
      LuoOverviewTraining *training = g_ptr_array_index (august->training, i);

      attendances += training->attendances;
      eligible += training->eligible;
      covered += training->covered;
    }
  g_assert_cmpuint (august->training->len, ==, 13);
  g_assert_cmpint (august->districts, ==, 13);
  g_assert_cmpint (attendances, ==, 2317);
  g_assert_cmpint (eligible, >, 0);
  g_assert_cmpint (covered, ==, eligible);
  g_assert_cmpstr (((LuoOverviewTraining *)g_ptr_array_index (august->training, 0))->district, ==, "heping");
  g_assert_cmpuint (june->training->len, <, 13);
  luo_test_replica_free (replica);
}

/* What visits found and what is open. */
static void
test_visits (void)
{
  LuoTestReplica *replica = new_replica ();
  g_autoptr (LuoOverview) overview = read_month (replica, "2020-08", "city");
  LuoOverviewFinding *first = g_ptr_array_index (overview->findings, 0);
  gboolean called = FALSE, supervised = FALSE;

  for (guint i = 0; i < overview->visits->len; i++)
    {
      LuoOverviewVisits *visits = g_ptr_array_index (overview->visits, i);

      if (g_str_equal (visits->kind, "call"))
        {
          called = TRUE;
          g_assert_cmpint (visits->communities, ==, 21);
          g_assert_cmpint (visits->questions, ==, 303);
          g_assert_cmpint (visits->solved, ==, 276);
        }
      if (g_str_equal (visits->kind, "supervision"))
        {
          supervised = TRUE;
          g_assert_cmpint (visits->visits, ==, 7);
        }
    }
  g_assert_true (called && supervised);
  /* Three are past their day on 30 August; the one without a day asks for nothing. */
  g_assert_cmpint (overview->overdue_findings, ==, 3);
  g_assert_cmpint (overview->open_findings, ==, 6);
  g_assert_cmpstr (first->due, ==, "2020-08-24");
  g_assert_cmpstr (first->district, ==, "huanggu");
  g_assert_true (first->overdue);
  luo_test_replica_free (replica);
}

/* Which indicators are behind pace and by how much, and the lamps say why. */
static void
test_indicators (void)
{
  LuoTestReplica *replica = new_replica ();
  g_autoptr (LuoOverview) overview = read_month (replica, "2020-08", "city");
  LuoOverviewIndicator *centres = find_indicator (overview, "centres");
  LuoOverviewIndicator *issued = find_indicator (overview, "issued");
  LuoOverviewIndicator *accepted = find_indicator (overview, "accepted");
  LuoOverviewTask *task = find_task (overview, 195);

  g_assert_cmpint (centres->city.value, ==, 15);
  g_assert_cmpint (centres->pace.target, ==, 100);
  g_assert_cmpint (centres->pace.expected, ==, 67);
  g_assert_cmpint (centres->pace.behind_permille, ==, 517);
  g_assert_cmpstr (centres->colour, ==, "red");
  g_assert_cmpstr (task->lamp.colour, ==, "red");
  g_assert_nonnull (strstr (task->lamp.reason, centres->name));
  g_assert_nonnull (strstr (task->lamp.reason, "67"));
  /* A person's word wins over the pace. */
  g_assert_true (find_task (overview, 188)->lamp.overridden);
  /* A tick is held against all offices. */
  g_assert_cmpint (issued->city.value, ==, 13);
  g_assert_cmpint (issued->pace.target, ==, 13);
  g_assert_cmpstr (issued->colour, ==, "done");
  /* An amount of the month stands for itself, beside that of the month before. */
  g_assert_cmpint (accepted->city.value, ==, 17419);
  g_assert_false (accepted->pace.known);
  g_assert_true (accepted->has_previous);
  g_assert_cmpint (accepted->previous, ==, 15208);
  luo_test_replica_free (replica);
}

/* Counting by list is compared with counting by hand, and the city's own with what the offices add up to. */
static void
test_compared (void)
{
  LuoTestReplica *replica = new_replica ();
  g_autoptr (LuoOverview) agreed = read_month (replica, "2020-08", "city");
  g_autoptr (LuoOverview) differs = NULL;
  g_autoptr (LuoOverview) earlier = read_month (replica, "2020-07", "city");

  g_assert_true (find_indicator (agreed, "started")->counted);
  g_assert_cmpint (find_indicator (agreed, "started")->by_list, ==, 11);
  g_assert_cmpint (find_indicator (agreed, "works")->by_list, ==, 11);
  g_assert_cmpint (find_indicator (agreed, "coverage")->by_list, ==, 1000);
  g_assert_false (find_indicator (agreed, "centres")->city.differs);
  g_assert_false (find_indicator (agreed, "stations")->counted);
  /* An earlier month is held against what had been reached by its end. */
  g_assert_cmpint (find_indicator (earlier, "works")->by_list, ==, 9);

  luo_test_replica_set (replica, "city", "progress:2020:195:2020-08:city", "/readings/centres", "17");
  luo_test_replica_set (replica, "city", "progress:2020:73:2020-08:city", "/readings/started", "12");
  differs = read_month (replica, "2020-08", "city");
  g_assert_true (find_indicator (differs, "centres")->city.differs);
  g_assert_cmpint (find_indicator (differs, "centres")->city.value, ==, 17);
  g_assert_cmpint (find_indicator (differs, "centres")->city.sum, ==, 15);
  g_assert_cmpint (find_indicator (differs, "started")->by_list, ==, 11);
  luo_test_replica_free (replica);
}

/* The city has to report on every open task, a district on what it reported before or has begun. */
static void
test_progress (void)
{
  LuoTestReplica *replica = new_replica ();
  g_autoptr (LuoOverview) city = read_month (replica, "2020-08", "city");
  g_autoptr (LuoOverview) september = read_month (replica, "2020-09", "huanggu");
  g_autoptr (LuoOverview) nothing = read_month (replica, "2019-08", "city");
  g_autofree char *latest = luo_overview_latest_month (replica->store, NULL);

  g_assert_cmpstr (latest, ==, "2020-08");
  g_assert_cmpint (city->progress.tasks, ==, 7);
  g_assert_cmpint (city->progress.submitted, ==, 3);
  g_assert_cmpint (city->progress.drafts, ==, 4);
  g_assert_cmpuint (city->progress.open->len, ==, 4);
  g_assert_cmpstr (g_ptr_array_index (city->progress.open, 0), ==, "task:2020:184");
  g_assert_cmpint (september->progress.tasks, ==, 4);
  g_assert_cmpint (september->progress.missing, ==, 4);
  g_assert_cmpuint (nothing->tasks->len, ==, 0);
  g_assert_cmpint (city->conflicts, ==, 0);
  luo_test_replica_free (replica);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/overview/projects-by-district-and-stage", test_projects);
  g_test_add_func ("/overview/funds-by-source", test_funds);
  g_test_add_func ("/overview/training-by-district", test_training);
  g_test_add_func ("/overview/visits-and-open-findings", test_visits);
  g_test_add_func ("/overview/indicators-against-pace", test_indicators);
  g_test_add_func ("/overview/list-against-hand", test_compared);
  g_test_add_func ("/overview/progress-to-submit", test_progress);
  return g_test_run ();
}
