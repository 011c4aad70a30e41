/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-query.h"
#include "store-fixture.h"

/* Three projects of two districts, two of them in the district's own space. */
static void
add_projects (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  luo_store_create_space (fixture->store, "huanggu", &error);
  g_assert_no_error (error);
  insert (
      fixture->store, "huanggu", "project:a", "1-a", FALSE,
      "{\"type\":\"project\",\"programme\":\"home-care-pilot\",\"district\":\"huanggu\",\"name\":\"甲中心\","
      "\"stages\":[{\"stage\":\"confirmed\",\"on\":\"2020-03-12\"},{\"stage\":\"built\",\"on\":\"2020-07-"
      "01\"}],"
      "\"funds\":[{\"key\":\"p\",\"source\":\"省级\",\"allocated_fen\":66960000,\"used_fen\":100},"
      "{\"key\":\"c\",\"source\":\"市级\",\"allocated_fen\":5}],\"facts\":{\"elderly\":2140}}",
      LUO_INSERT_HELD);
  insert (
      fixture->store, "huanggu", "project:b", "1-b", FALSE,
      "{\"type\":\"project\",\"programme\":\"home-care-pilot\",\"district\":\"huanggu\",\"name\":\"乙中心\","
      "\"stages\":[{\"stage\":\"confirmed\",\"on\":\"2020-04-02\"}],"
      "\"funds\":[{\"key\":\"p\",\"source\":\"省级\",\"allocated_fen\":40}]}",
      LUO_INSERT_HELD);
  insert (fixture->store, "city", "project:c", "1-c", FALSE,
          "{\"type\":\"project\",\"programme\":\"rural-pilot\",\"district\":\"hunnan\",\"name\":\"丙村\","
          "\"site\":{\"address\":\"某路1号\"}}",
          LUO_INSERT_DEFAULT);
}

/* The ids of a list, joined. */
static char *
list_ids (LuoStore *store, const LuoQuery *query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) documents = luo_store_list (store, query, &error);
  GString *ids = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < documents->len; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "",
                            luo_document_get_id (g_ptr_array_index (documents, i)));
  return g_string_free (ids, FALSE);
}

static int
count_words (const char *ids)
{
  int n = *ids != '\0';

  for (const char *p = ids; *p != '\0'; p++)
    n += *p == ' ';
  return n;
}

typedef struct
{
  const char *what;
  const char *column;
  LuoOperator op;
  const char *value;
  const char *ids;
} ConditionVector;

static const ConditionVector conditions[] = {
  { "text", "district", LUO_EQUAL, "huanggu", "project:a project:b" },
  { "text, not", "district", LUO_NOT_EQUAL, "huanggu", "project:c" },
  { "derived text", "stage", LUO_EQUAL, "built", "project:a" },
  { "derived text, not or absent", "stage", LUO_NOT_EQUAL, "built", "project:b project:c" },
  { "derived day", "stage_on", LUO_AT_LEAST, "2020-04-02", "project:a project:b" },
  { "derived day", "stage_on", LUO_LESS, "2020-07-01", "project:b" },
  { "derived money", "allocated_fen", LUO_EQUAL, "66960005", "project:a" },
  { "derived money as a number, not as text", "allocated_fen", LUO_GREATER, "5", "project:a project:b" },
  { "absent", "stage", LUO_ABSENT, NULL, "project:c" },
  { "present", "stage", LUO_PRESENT, NULL, "project:a project:b" },
  { "space", "space", LUO_EQUAL, "city", "project:c" },
  { "other spaces", "space", LUO_NOT_EQUAL, "city", "project:a project:b" },
  { "pending", "pending", LUO_EQUAL, "1", "project:c" },
  { "not pending", "pending", LUO_EQUAL, "0", "project:a project:b" },
  { "conflicts", "conflicts", LUO_GREATER, "0", "" },
  { "no conflicts", "conflicts", LUO_EQUAL, "0", "project:a project:b project:c" },
  { "id", "id", LUO_EQUAL, "project:b", "project:b" },
  { "a member of an object, from the body", "site/address", LUO_EQUAL, "某路1号", "project:c" },
  { "a number of a map, from the body", "facts/elderly", LUO_AT_LEAST, "2000", "project:a" },
};

/* Each operator finds exactly its records, whether the member has a column or not. */
static void
test_conditions (StoreFixture *fixture, gconstpointer data)
{
  add_projects (fixture);

  for (gsize i = 0; i < G_N_ELEMENTS (conditions); i++)
    {
      g_autoptr (LuoQuery) query = luo_query_new ("project");
      g_autofree char *ids = NULL;

      g_test_message ("Vector %" G_GSIZE_FORMAT ": %s", i, conditions[i].what);
      luo_query_where (query, conditions[i].column, conditions[i].op, conditions[i].value);
      ids = list_ids (fixture->store, query);
      g_assert_cmpstr (ids, ==, conditions[i].ids);
      g_assert_cmpint (luo_store_count (fixture->store, query, NULL), ==, count_words (ids));
    }
}

/* A set of values, a space, and several conditions together. */
static void
test_in_and_space (StoreFixture *fixture, gconstpointer data)
{
  const char *const districts[] = { "hunnan", "shenhe", NULL };
  g_autoptr (LuoQuery) query = luo_query_new ("project");
  g_autoptr (LuoQuery) other = luo_query_new ("project");
  g_autofree char *ids = NULL;
  g_autofree char *none = NULL;

  add_projects (fixture);
  luo_query_where_in (query, "district", districts);
  ids = list_ids (fixture->store, query);
  g_assert_cmpstr (ids, ==, "project:c");

  luo_query_set_space (other, "huanggu");
  luo_query_where_in (other, "district", districts);
  none = list_ids (fixture->store, other);
  g_assert_cmpstr (none, ==, "");
}

/* Conditions on the items of a member are met by one item, not by several between them. */
static void
test_items (StoreFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *what;
    struct
    {
      const char *column;
      LuoOperator op;
      const char *value;
    } conditions[3];
    const char *ids;
  } vectors[] = {
    { "a source", { { "funds/source", LUO_EQUAL, "省级" } }, "project:a project:b" },
    { "a source that one has", { { "funds/source", LUO_EQUAL, "市级" } }, "project:a" },
    { "an amount of that source",
      { { "funds/source", LUO_EQUAL, "省级" }, { "funds/used_fen", LUO_PRESENT, NULL } },
      "project:a" },
    { "an amount that another source of the record has",
      { { "funds/source", LUO_EQUAL, "市级" }, { "funds/used_fen", LUO_PRESENT, NULL } },
      "" },
    { "another member between them",
      { { "funds/source", LUO_EQUAL, "省级" },
        { "stage", LUO_EQUAL, "built" },
        { "funds/allocated_fen", LUO_GREATER, "40" } },
      "project:a" },
    { "two members",
      { { "stages/stage", LUO_EQUAL, "confirmed" },
        { "stages/on", LUO_AT_LEAST, "2020-04-01" },
        { "funds/source", LUO_EQUAL, "省级" } },
      "project:b" },
  };

  add_projects (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (LuoQuery) query = luo_query_new ("project");
      g_autofree char *ids = NULL;

      g_test_message ("Vector %s", vectors[i].what);
      for (gsize j = 0; j < G_N_ELEMENTS (vectors[i].conditions) && vectors[i].conditions[j].column != NULL;
           j++)
        luo_query_where (query, vectors[i].conditions[j].column, vectors[i].conditions[j].op,
                         vectors[i].conditions[j].value);
      ids = list_ids (fixture->store, query);
      g_assert_cmpstr (ids, ==, vectors[i].ids);
      g_assert_cmpint (luo_store_count (fixture->store, query, NULL), ==, count_words (ids));
    }
}

/* The order is that of the columns, most significant first; what is absent comes first, ties by id; pages fit together. */
static void
test_sort_and_pages (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (LuoQuery) by_money = luo_query_new ("project");
  g_autoptr (LuoQuery) by_two = luo_query_new ("project");
  g_autoptr (LuoQuery) page = NULL;
  g_autofree char *money = NULL;
  g_autofree char *two = NULL;
  g_autofree char *second = NULL;

  add_projects (fixture);
  luo_query_sort (by_money, "allocated_fen", TRUE);
  money = list_ids (fixture->store, by_money);
  g_assert_cmpstr (money, ==, "project:a project:b project:c");

  luo_query_sort (by_two, "district", TRUE);
  luo_query_sort (by_two, "stage_on", TRUE);
  two = list_ids (fixture->store, by_two);
  g_assert_cmpstr (two, ==, "project:c project:a project:b");

  page = luo_query_copy (by_two);
  luo_query_set_limit (page, 1, 1);
  second = list_ids (fixture->store, page);
  g_assert_cmpstr (second, ==, "project:a");
}

/* What is deleted is in no list, and a key that is gone gives NULL in its place. */
static void
test_keys (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoQuery) query = luo_query_new ("project");
  g_autoptr (GArray) keys = NULL;
  g_autoptr (GArray) after = NULL;
  g_autoptr (GPtrArray) documents = NULL;

  add_projects (fixture);
  keys = luo_store_list_keys (fixture->store, query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (keys->len, ==, 3);

  insert (fixture->store, "huanggu", "project:b", "2-b 1-b", TRUE, "{\"type\":\"project\"}", LUO_INSERT_HELD);
  documents = luo_store_get_by_keys (fixture->store, (const gint64 *)(gpointer)keys->data, keys->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (documents->len, ==, 3);
  g_assert_cmpstr (luo_document_get_id (g_ptr_array_index (documents, 0)), ==, "project:a");
  g_assert_null (g_ptr_array_index (documents, 1));
  g_assert_cmpstr (luo_document_get_id (g_ptr_array_index (documents, 2)), ==, "project:c");

  after = luo_store_list_keys (fixture->store, query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (after->len, ==, 2);
}

static void
assert_group (GPtrArray *groups, guint i, const char *by, gint64 count, gint64 sum)
{
  const LuoGroup *group = g_ptr_array_index (groups, i);
  g_autofree char *joined = g_strjoinv ("|", group->by);

  g_assert_cmpstr (joined, ==, by);
  g_assert_cmpint (group->count, ==, count);
  if (sum >= 0)
    g_assert_cmpint (group->sums[0], ==, sum);
}

/* Totals: records by two columns, money by the source of the fund lines, and everything at once. */
static void
test_group (StoreFixture *fixture, gconstpointer data)
{
  const char *const by_stage[] = { "district", "stage", NULL };
  const char *const by_source[] = { "district", "source", NULL };
  const char *const none[] = { NULL };
  const char *const allocated[] = { "allocated_fen", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoQuery) projects = luo_query_new ("project");
  g_autoptr (LuoQuery) funds = luo_query_new ("project/funds");
  g_autoptr (GPtrArray) stages = NULL;
  g_autoptr (GPtrArray) sources = NULL;
  g_autoptr (GPtrArray) total = NULL;

  add_projects (fixture);
  stages = luo_store_group (fixture->store, projects, by_stage, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stages->len, ==, 3);
  assert_group (stages, 0, "huanggu|built", 1, -1);
  assert_group (stages, 1, "huanggu|confirmed", 1, -1);
  assert_group (stages, 2, "hunnan|", 1, -1);

  sources = luo_store_group (fixture->store, funds, by_source, allocated, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sources->len, ==, 2);
  assert_group (sources, 0, "huanggu|市级", 1, 5);
  assert_group (sources, 1, "huanggu|省级", 2, 66960040);

  total = luo_store_group (fixture->store, projects, none, allocated, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (total->len, ==, 1);
  assert_group (total, 0, "", 3, 66960045);
}

/* Groups are in the order of their values, numbers as numbers, what is absent first; everything is one group even of nothing. */
static void
test_group_order (StoreFixture *fixture, gconstpointer data)
{
  static const char *const bodies[]
      = { "{\"type\":\"training\",\"attendances\":10}", "{\"type\":\"training\",\"attendances\":9}",
          "{\"type\":\"training\",\"attendances\":\"9\"}", "{\"type\":\"training\"}",
          "{\"type\":\"training\",\"attendances\":10}" };
  const char *const by[] = { "attendances", NULL };
  const char *const sum[] = { "attendances", NULL };
  const char *const none[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoQuery) query = luo_query_new ("training");
  g_autoptr (LuoQuery) nobody = luo_query_new ("office");
  g_autoptr (GPtrArray) groups = NULL;
  g_autoptr (GPtrArray) nothing = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *id = g_strdup_printf ("training:%u", i);

      insert (fixture->store, "city", id, "1-a", FALSE, bodies[i], LUO_INSERT_HELD);
    }
  groups = luo_store_group (fixture->store, query, by, sum, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (groups->len, ==, 3);
  assert_group (groups, 0, "", 2, 0);
  assert_group (groups, 1, "9", 1, 9);
  assert_group (groups, 2, "10", 2, 20);

  nothing = luo_store_group (fixture->store, nobody, none, none, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nothing->len, ==, 1);
  assert_group (nothing, 0, "", 0, -1);
}

/* Rows of a child table have the columns of their item and of their record; a list of it names each record once. */
static void
test_child_rows (StoreFixture *fixture, gconstpointer data)
{
  const char *const columns[] = { "source", "allocated_fen", "name", "used_fen", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoQuery) query = luo_query_new ("project/funds");
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *ids = NULL;
  const LuoItemRow *row;

  add_projects (fixture);
  luo_query_sort (query, "allocated_fen", FALSE);
  rows = luo_store_list_columns (fixture->store, query, columns, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 3);
  row = g_ptr_array_index (rows, 0);
  g_assert_cmpstr (row->id, ==, "project:a");
  g_assert_cmpstr (row->space, ==, "huanggu");
  g_assert_cmpstr (row->values[0], ==, "市级");
  g_assert_cmpstr (row->values[1], ==, "5");
  g_assert_cmpstr (row->values[2], ==, "甲中心");
  g_assert_cmpstr (row->values[3], ==, "");
  g_assert_null (row->values[4]);
  g_assert_cmpint (luo_store_count (fixture->store, query, NULL), ==, 3);

  ids = list_ids (fixture->store, query);
  g_assert_cmpstr (ids, ==, "project:a project:b");
}

/* What is not known is refused by its name, never read as nothing. */
static void
test_unknown (StoreFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "colour", "site/nothing", "name/inner", "a\"b", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) sort_error = NULL;
      g_autoptr (LuoQuery) query = luo_query_new ("project");
      g_autoptr (LuoQuery) sorted = luo_query_new ("project");

      g_test_message ("Vector %" G_GSIZE_FORMAT ": %s", i, names[i]);
      luo_query_where (query, names[i], LUO_EQUAL, "x");
      g_assert_null (luo_store_list (fixture->store, query, &error));
      g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, names[i]));

      luo_query_sort (sorted, names[i], FALSE);
      g_assert_null (luo_store_list_keys (fixture->store, sorted, &sort_error));
      g_assert_error (sort_error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID);
    }
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (LuoQuery) query = luo_query_new ("project");

    luo_query_where (query, "updated_at", LUO_EQUAL, "x' OR 1 --");
    g_assert_cmpint (luo_store_count (fixture->store, query, &error), ==, 0);
    g_assert_no_error (error);
    luo_query_where (query, "allocated_fen", LUO_EQUAL, "much");
    g_assert_cmpint (luo_store_count (fixture->store, query, &error), ==, 0);
    g_assert_no_error (error);
  }
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (LuoQuery) query = luo_query_new ("training");

    luo_query_where (query, "attendances", LUO_EQUAL, "many");
    g_assert_cmpint (luo_store_count (fixture->store, query, &error), ==, -1);
    g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, "attendances"));
  }
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (LuoQuery) query = luo_query_new ("project/nothing");

    g_assert_null (luo_store_list (fixture->store, query, &error));
    g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID);
  }
}

/* Records of any type, and of a type that this program does not know, are listed too. */
static void
test_any_type (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (LuoQuery) any = luo_query_new (NULL);
  g_autoptr (LuoQuery) foreign = luo_query_new ("weather");
  g_autofree char *all = NULL;
  g_autofree char *one = NULL;

  add_projects (fixture);
  insert (fixture->store, "city", "weather:1", "1-a", FALSE, "{\"type\":\"weather\",\"wind\":3}",
          LUO_INSERT_HELD);
  all = list_ids (fixture->store, any);
  g_assert_cmpstr (all, ==, "project:a project:b project:c weather:1");
  one = list_ids (fixture->store, foreign);
  g_assert_cmpstr (one, ==, "weather:1");
}

/* A set is asked for one of its values. */
static void
test_sets (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (LuoQuery) query = luo_query_new ("task");
  g_autofree char *ids = NULL;

  insert (fixture->store, "city", "task:2020:1", "1-a", FALSE,
          "{\"type\":\"task\",\"year\":2020,\"number\":1,\"partners\":[\"市财政局\",\"市政务办\"]}",
          LUO_INSERT_HELD);
  insert (fixture->store, "city", "task:2020:2", "1-a", FALSE,
          "{\"type\":\"task\",\"year\":2020,\"number\":2,\"partners\":[\"市财政局\"]}", LUO_INSERT_HELD);
  luo_query_where (query, "partners", LUO_EQUAL, "市政务办");
  ids = list_ids (fixture->store, query);
  g_assert_cmpstr (ids, ==, "task:2020:1");
}

#define ADD(path, func)                                                                                      \
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up, func, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/query/conditions", test_conditions);
  ADD ("/query/in-and-space", test_in_and_space);
  ADD ("/query/items", test_items);
  ADD ("/query/sort-and-pages", test_sort_and_pages);
  ADD ("/query/keys", test_keys);
  ADD ("/query/group", test_group);
  ADD ("/query/group-order", test_group_order);
  ADD ("/query/child-rows", test_child_rows);
  ADD ("/query/unknown", test_unknown);
  ADD ("/query/any-type", test_any_type);
  ADD ("/query/sets", test_sets);

  return g_test_run ();
}
