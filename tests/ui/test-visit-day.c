/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "luo-record-check.h"
#include "luo-test-replica.h"
#include "luo-visit-day.h"

/* What an inspector is sent to, from nothing but the visits that are there. */

#define DAY "2020-08-28"
#define VISIT(rest) "{\"type\":\"visit\",\"kind\":\"call\",\"district\":\"huanggu\"," rest "}"
#define DUE(day) "\"findings\":[{\"key\":\"a\",\"text\":\"x\",\"due\":\"" day "\"}]"
#define SOLVED(due, day)                                                                                     \
  "\"findings\":[{\"key\":\"a\",\"text\":\"x\",\"due\":\"" due "\",\"solved_on\":\"" day "\"}]"

static void
put (LuoTestReplica *replica, const char *name, const char *body)
{
  g_autofree char *id = g_strconcat ("visit:", name, NULL);
  g_autofree char *rev = luo_test_replica_put (replica, "huanggu", id, body);
}

static LuoTestReplica *
replica_new (void)
{
  LuoTestReplica *replica = luo_test_replica_new ();
  g_autoptr (GError) error = NULL;

  luo_store_create_space (replica->store, "huanggu", &error);
  g_assert_no_error (error);
  return replica;
}

static LuoVisitDay *
read_day (LuoTestReplica *replica, const char *office)
{
  g_autoptr (GError) error = NULL;
  LuoVisitDay *day = luo_visit_day_read (replica->store, DAY, office, &error);

  g_assert_no_error (error);
  return day;
}

static char *
titles (LuoVisitDay *day)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < day->planned->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "",
                            ((LuoPlannedVisit *)g_ptr_array_index (day->planned, i))->title);
  return g_string_free (out, FALSE);
}

/* Sites whose findings are past their date come first, then what falls due or is planned; not what is far, solved, without a date, or
 * a past visit that had nothing to say. */
static void
test_planned (void)
{
  LuoTestReplica *replica = replica_new ();

  put (replica, "late", VISIT ("\"on\":\"2020-08-06\",\"community\":\"late\"," DUE ("2020-08-22")));
  put (replica, "soon", VISIT ("\"on\":\"2020-08-06\",\"community\":\"soon\"," DUE ("2020-09-04")));
  put (replica, "far", VISIT ("\"on\":\"2020-08-06\",\"community\":\"far\"," DUE ("2020-09-05")));
  put (replica, "solved",
       VISIT ("\"on\":\"2020-08-06\",\"community\":\"solved\"," SOLVED ("2020-08-10", "2020-08-09")));
  put (replica, "undated",
       VISIT (
           "\"on\":\"2020-08-06\",\"community\":\"undated\",\"findings\":[{\"key\":\"a\",\"text\":\"x\"}]"));
  put (replica, "past", VISIT ("\"on\":\"2020-08-20\",\"community\":\"past\""));
  put (replica, "today", VISIT ("\"on\":\"2020-08-28\",\"community\":\"today\""));
  put (replica, "tomorrow", VISIT ("\"on\":\"2020-08-29\",\"community\":\"tomorrow\""));
  {
    g_autoptr (LuoVisitDay) day = read_day (replica, "city");
    g_autoptr (LuoVisitDay) other = read_day (replica, "heping");
    g_autofree char *order = titles (day);

    g_assert_cmpstr (order, ==, "late today tomorrow soon");
    g_assert_cmpuint (day->done->len, ==, 0);
    g_assert_cmpuint (other->planned->len, ==, 0);
  }
  luo_test_replica_free (replica);
}

/* A visit that was planned to a site with findings is one entry; once it has a result, if only that nothing was counted, the site was
 * seen today. */
static void
test_done (void)
{
  LuoTestReplica *replica = replica_new ();

  put (replica, "before", VISIT ("\"on\":\"2020-08-06\",\"community\":\"one\"," DUE ("2020-08-22")));
  put (replica, "now", VISIT ("\"on\":\"2020-08-28\",\"community\":\"one\""));
  {
    g_autoptr (LuoVisitDay) day = read_day (replica, "huanggu");
    LuoPlannedVisit *planned = g_ptr_array_index (day->planned, 0);

    g_assert_cmpuint (day->planned->len, ==, 1);
    g_assert_cmpstr (luo_document_get_id (planned->visit), ==, "visit:now");
    g_assert_cmpstr (planned->due, ==, "2020-08-22");
    g_assert_cmpuint (planned->open, ==, 1);
  }
  luo_test_replica_set (replica, "huanggu", "visit:now", "/questions_answered", "0");
  {
    g_autoptr (LuoVisitDay) day = read_day (replica, "huanggu");

    g_assert_cmpuint (day->planned->len, ==, 0);
    g_assert_cmpuint (day->done->len, ==, 1);
  }
  luo_test_replica_free (replica);
}

/* Starting makes a valid visit with the place, the project, the task and the kind of the last one. */
static void
test_start (void)
{
  LuoTestReplica *replica = replica_new ();

  put (replica, "before",
       "{\"type\":\"visit\",\"kind\":\"inspection\",\"district\":\"huanggu\",\"on\":\"2020-08-06\","
       "\"community\":\"one\","
       "\"project\":\"project:x\",\"task\":\"task:2020:142\"," DUE ("2020-08-22") "}");
  {
    g_autoptr (LuoVisitDay) day = read_day (replica, "city");
    g_autofree char *body = luo_visit_day_start (g_ptr_array_index (day->planned, 0), day->day, "inspector");
    g_autoptr (GError) error = NULL;

    g_assert_cmpstr (
        body, ==,
        "{\"type\":\"visit\",\"kind\":\"inspection\",\"on\":\"2020-08-28\",\"inspector\":\"inspector\","
        "\"district\":\"huanggu\",\"community\":\"one\",\"project\":\"project:x\",\"task\":\"task:2020:"
        "142\"}");
    luo_record_check_text ("visit:y", body, -1, &error);
    g_assert_no_error (error);
  }
  luo_test_replica_free (replica);
}

/* What is to be ticked off: open findings of earlier visits to the site, and those solved on the day itself. */
static void
test_last_findings (void)
{
  LuoTestReplica *replica = replica_new ();
  g_autoptr (LuoDocument) visit = NULL;
  g_autoptr (GPtrArray) last = NULL;
  g_autoptr (GError) error = NULL;

  put (replica, "open", VISIT ("\"on\":\"2020-08-06\",\"community\":\"one\"," DUE ("2020-08-22")));
  put (replica, "ticked", VISIT ("\"on\":\"2020-08-05\",\"community\":\"one\"," SOLVED ("2020-08-22", DAY)));
  put (replica, "solved",
       VISIT ("\"on\":\"2020-08-04\",\"community\":\"one\"," SOLVED ("2020-08-22", "2020-08-10")));
  put (replica, "elsewhere", VISIT ("\"on\":\"2020-08-06\",\"community\":\"two\"," DUE ("2020-08-22")));
  put (replica, "later", VISIT ("\"on\":\"2020-08-30\",\"community\":\"one\"," DUE ("2020-09-22")));
  put (replica, "now", VISIT ("\"on\":\"2020-08-28\",\"community\":\"one\""));
  visit = luo_store_find (replica->store, "visit:now", &error);
  g_assert_no_error (error);
  last = luo_visit_day_last_findings (replica->store, visit, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (last->len, ==, 2);
  g_assert_cmpstr (luo_document_get_id (g_ptr_array_index (last, 0)), ==, "visit:open");
  g_assert_cmpstr (luo_document_get_id (g_ptr_array_index (last, 1)), ==, "visit:ticked");
  luo_test_replica_free (replica);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/visit-day/planned", test_planned);
  g_test_add_func ("/ui/visit-day/done", test_done);
  g_test_add_func ("/ui/visit-day/start", test_start);
  g_test_add_func ("/ui/visit-day/last-findings", test_last_findings);
  return g_test_run ();
}
