/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "luo-filter-button.h"
#include "luo-list-condition.h"
#include "luo-list-total.h"
#include "luo-overview-door.h"
#include "luo-overview-page.h"
#include "luo-overview-sections.h"
#include "luo-sample.h"
#include "luo-store-sync.h"
#include "luo-test-finalize.h"
#include "luo-test-replica.h"

/* Each number of the overview opens its records: whatever is pressed asks for a record or a list; the list has as many records as the
 * number says, or its records add up to it, and says in words what it was narrowed to. */

#define MONTH "2020-08"
#define TODAY "2020-08-30"

typedef struct
{
  LuoTestReplica *replica;
  LuoSession *session;
  LuoPage *page;
  LuoOverview *data;
  char *record; /* what was asked for last */
  char *list;
  GStrv where;
  guint figures;
} Fixture;

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(LuoSession **)user_data = luo_session_open_finish (result, &error);
  g_assert_no_error (error);
}

static gboolean
is_set (gpointer user_data)
{
  return *(gpointer *)user_data != NULL;
}

static void
open_record_cb (Fixture *fixture, const char *id)
{
  g_free (fixture->record);
  fixture->record = g_strdup (id);
}

static void
open_list_cb (Fixture *fixture, const char *list, GStrv where)
{
  g_free (fixture->list);
  g_strfreev (fixture->where);
  fixture->list = g_strdup (list);
  fixture->where = g_strdupv (where);
}

static void
put (LuoTestReplica *replica, const char *id, const char *body)
{
  g_free (luo_test_replica_put (replica, "city", id, body));
}

/* Records that other programs may write: outside the thirteen districts, at no stage or at one that nobody knows here, money whose
 * source is not said, a source beside another in one project, training that no district held. */
static void
add_odd_records (LuoTestReplica *replica)
{
  put (replica, "project:odd1",
       "{\"type\":\"project\",\"programme\":\"rural-pilot\",\"district\":\"tieling\",\"name\":\"甲\","
       "\"stages\":[{\"stage\":\"surveyed\",\"on\":\"2020-05-01\"}],"
       "\"funds\":[{\"key\":\"a\",\"allocated_fen\":700,\"used_fen\":300},"
       "{\"key\":\"b\",\"source\":\"省级\",\"allocated_fen\":100,\"disbursed_fen\":50}]}");
  put (replica, "project:odd2",
       "{\"type\":\"project\",\"programme\":\"rural-pilot\",\"district\":\"huanggu\",\"name\":\"乙\","
       "\"funds\":[{\"key\":\"a\",\"source\":\"省级\"},{\"key\":\"b\",\"source\":\"某基金会\","
       "\"used_fen\":20}]}");
  put (replica, "project:odd3",
       "{\"type\":\"project\",\"programme\":\"rural-pilot\",\"name\":\"丙\","
       "\"funds\":[{\"key\":\"a\",\"allocated_fen\":5}]}");
  put (replica, "training:odd",
       "{\"type\":\"training\",\"on\":\"2020-08-31\",\"topic\":\"全市培训\",\"attendances\":40,"
       "\"eligible\":50,\"covered\":30}");
  put (replica, "training:other-year",
       "{\"type\":\"training\",\"on\":\"2019-12-31\",\"topic\":\"上年\",\"attendances\":9}");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->replica = luo_test_replica_new ();
  luo_sample_load (fixture->replica->store, SAMPLE_DATA, NULL, &error);
  g_assert_no_error (error);
  add_odd_records (fixture->replica);
  luo_session_open_async (fixture->replica->folder, NULL, opened_cb, &fixture->session);
  luo_test_wait (is_set, &fixture->session);
  fixture->page = g_object_ref_sink (
      g_object_new (LUO_TYPE_OVERVIEW_PAGE, "session", fixture->session, "title", "Overview", NULL));
  g_signal_connect_swapped (fixture->page, "open-record", G_CALLBACK (open_record_cb), fixture);
  g_signal_connect_swapped (fixture->page, "open-list", G_CALLBACK (open_list_cb), fixture);
  fixture->data = luo_overview_read (fixture->replica->store, MONTH, "city", TODAY, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  luo_overview_free (fixture->data);
  g_clear_object (&fixture->page);
  luo_session_close (fixture->session);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  luo_test_finalize (g_steal_pointer (&fixture->session));
  luo_test_replica_free (fixture->replica);
  g_free (fixture->record);
  g_free (fixture->list);
  g_strfreev (fixture->where);
}

static const char *
type_of_list (const char *list)
{
  static const struct
  {
    const char *list, *type;
  } types[]
      = { { "tasks", "task" }, { "projects", "project" }, { "training", "training" }, { "visits", "visit" } };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].list, list))
      return types[i].type;
  g_assert_not_reached ();
}

/* What the chips say. Each condition has one, in words: no column's name and no sign of the program. */
static void
check_chips (LuoFilterButton *filter, guint conditions)
{
  GtkWidget *chips = luo_filter_button_get_chips (filter);
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (chips); child != NULL;
       child = gtk_widget_get_next_sibling (child), n++)
    {
      GtkWidget *chip = gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (child));
      GtkWidget *label = gtk_widget_get_first_child (gtk_button_get_child (GTK_BUTTON (chip)));
      const char *text = gtk_label_get_label (GTK_LABEL (label));

      g_assert_cmpstr (text, !=, "");
      g_assert_null (strpbrk (text, "/_="));
    }
  g_assert_cmpuint (n, ==, conditions);
  g_assert_true (gtk_widget_get_visible (chips) == (conditions > 0));
}

static LuoQuery *
new_query (LuoFilterButton *filter, const char *type, const char *items)
{
  g_autofree char *name = items != NULL ? g_strconcat (type, "/", items, NULL) : g_strdup (type);
  LuoQuery *query = luo_query_new (name);

  luo_filter_button_apply (filter, query, items);
  return query;
}

/* The list that a figure opened, as its page would query it. */
static void
check_figure (Fixture *fixture, const LuoFigure *figure)
{
  static const LuoListOrder orders[] = { { NULL } };
  const char *type = type_of_list (fixture->list);
  const LuoRecordType *record_type = luo_record_type_find (type);
  LuoFilterButton *filter
      = LUO_FILTER_BUTTON (g_object_ref_sink (luo_filter_button_new (type, NULL, orders)));
  g_autoptr (LuoQuery) query = NULL;
  g_autoptr (GError) error = NULL;
  guint conditions = g_strv_length (fixture->where);
  gint64 records;

  g_assert_cmpstr (fixture->list, ==, figure->list);
  if (figure->sum != NULL)
    {
      conditions--;
      g_assert_true (g_str_has_prefix (fixture->where[conditions], LUO_PAGE_SUM));
      g_assert_cmpstr (fixture->where[conditions] + strlen (LUO_PAGE_SUM), ==, figure->sum);
    }
  luo_filter_button_set_conditions (filter, (const char *const *)fixture->where);
  check_chips (filter, conditions);
  query = new_query (filter, type, NULL);
  records = luo_store_count (fixture->replica->store, query, &error);
  g_assert_no_error (error);
  if (figure->sum == NULL)
    {
      g_assert_cmpint (records, ==, figure->value);
    }
  else
    {
      const char *slash = strchr (figure->sum, '/');
      const LuoMember *member = luo_list_condition_member (record_type, figure->sum);
      g_autofree char *items = slash != NULL ? g_strndup (figure->sum, (gsize)(slash - figure->sum)) : NULL;
      g_autoptr (LuoQuery) sum = new_query (filter, type, items);

      g_assert_cmpint (luo_list_total_read (fixture->replica->store, sum,
                                            slash != NULL ? slash + 1 : figure->sum,
                                            member != NULL ? member->kind : LUO_KIND_TEXT, &error),
                       ==, figure->value);
      g_assert_no_error (error);
      g_assert_cmpint (records, >, 0);
    }
  g_object_unref (filter);
}

static void
check_button (Fixture *fixture, GtkWidget *button)
{
  const LuoFigure *figure = luo_door_get_figure (button);

  g_clear_pointer (&fixture->record, g_free);
  g_clear_pointer (&fixture->list, g_free);
  if (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)) != NULL)
    return;
  if (figure != NULL && figure->value == 0)
    {
      g_assert_false (gtk_widget_get_sensitive (button));
      return;
    }
  g_signal_emit_by_name (button, "clicked");
  if (figure == NULL)
    {
      g_assert_nonnull (fixture->record);
      return;
    }
  g_assert_nonnull (fixture->list);
  g_test_message ("%s: %" G_GINT64_FORMAT " %s", figure->list, figure->value,
                  figure->where[0] != NULL ? figure->where[0] : "");
  fixture->figures++;
  if (!g_str_equal (figure->list, "conflicts"))
    check_figure (fixture, figure);
}

static void
check_buttons (Fixture *fixture, GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && !GTK_IS_TOGGLE_BUTTON (widget))
    check_button (fixture, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_buttons (fixture, child);
}

typedef GtkWidget *(*Build) (LuoPage *page, const LuoOverview *data);

static const struct
{
  const char *name;
  Build build;
  guint figures; /* at least so many */
} sections[] = {
  { "today", luo_overview_build_today, 2 },   { "projects", luo_overview_build_projects, 40 },
  { "funds", luo_overview_build_funds, 30 },  { "training", luo_overview_build_training, 28 },
  { "visits", luo_overview_build_visits, 7 }, { "indicators", luo_overview_build_indicators, 0 },
  { "month", luo_overview_build_month, 0 },
};

static void
test_figures (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      GtkWidget *section = g_object_ref_sink (sections[i].build (fixture->page, fixture->data));

      g_test_message ("Section %s", sections[i].name);
      fixture->figures = 0;
      check_buttons (fixture, section);
      g_assert_cmpuint (fixture->figures, >=, sections[i].figures);
      g_object_unref (section);
    }
}

/* Whether a text stands somewhere below a widget. */
static gboolean
says (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, text))
      return TRUE;
  return FALSE;
}

/* Nothing that is counted in a total is out of sight: a district that the city does not have has its row. */
static void
test_odd_rows (Fixture *fixture, gconstpointer data)
{
  GtkWidget *projects = g_object_ref_sink (luo_overview_build_projects (fixture->page, fixture->data));
  GtkWidget *funds = g_object_ref_sink (luo_overview_build_funds (fixture->page, fixture->data));
  GtkWidget *training = g_object_ref_sink (luo_overview_build_training (fixture->page, fixture->data));

  g_assert_true (says (projects, "tieling"));
  g_assert_true (says (projects, "surveyed"));
  g_assert_true (says (projects, "Not said"));
  g_assert_true (says (projects, "Not begun"));
  g_assert_true (says (funds, "tieling"));
  g_assert_true (says (funds, "某基金会"));
  g_assert_true (says (funds, "Not said"));
  g_assert_true (says (training, "No district"));
  g_object_unref (projects);
  g_object_unref (funds);
  g_object_unref (training);
}

/* What the server did not take leads somewhere, whatever it is, and a conflict says what it is about. */
static void
test_trouble (Fixture *fixture, gconstpointer data)
{
  static const char *const refused[] = { "project:odd1", "reference:programmes", "project:odd2" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      LuoRefusal refusal = {
        (char *)"city", (char *)refused[i], (char *)"1-a", 403, (char *)"forbidden", (char *)"no right", 0
      };
      g_autoptr (LuoOverview) overview = NULL;
      GtkWidget *today;

      luo_store_set_refusal (fixture->replica->store, &refusal, &error);
      g_assert_no_error (error);
      overview = luo_overview_read (fixture->replica->store, MONTH, "city", TODAY, &error);
      g_assert_no_error (error);
      g_assert_cmpint (overview->refused, ==, i + 1);
      today = g_object_ref_sink (luo_overview_build_today (fixture->page, overview));
      check_buttons (fixture, today);
      g_assert_true (says (today, "no right"));
      g_object_unref (today);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/overview/figures-open-their-records", Fixture, NULL, set_up, test_figures, tear_down);
  g_test_add ("/overview/nothing-out-of-sight", Fixture, NULL, set_up, test_odd_rows, tear_down);
  g_test_add ("/overview/trouble-leads-somewhere", Fixture, NULL, set_up, test_trouble, tear_down);
  return g_test_run ();
}
