/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sqlite3.h>
#include <string.h>

#include "luo-record-check.h"
#include "luo-record-type.h"

static void
check_choices (const LuoChoice *choices)
{
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);

  for (; choices->value != NULL; choices++)
    {
      g_assert_true (g_hash_table_add (values, (gpointer)choices->value));
      g_assert_nonnull (choices->label);
      g_assert_cmpstr (choices->label, !=, "");
    }
  g_assert_cmpuint (g_hash_table_size (values), >, 0);
}

static void
check_members (const LuoMember *members, guint depth)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  guint keys = 0;

  for (; members->name != NULL; members++)
    {
      g_test_message ("%*s%s", (int)depth * 2, "", members->name);
      g_assert_true (g_hash_table_add (names, (gpointer)members->name));
      g_assert_nonnull (members->label);
      g_assert_true (members->name[0] != '_');
      if (members->kind == LUO_KIND_CHOICE)
        g_assert_nonnull (members->choices);
      if (members->choices != NULL)
        check_choices (members->choices);
      if (members->kind == LUO_KIND_ITEMS)
        g_assert_nonnull (members->members);
      if (members->members != NULL)
        {
          g_assert_true (members->kind == LUO_KIND_ITEMS || members->kind == LUO_KIND_OBJECT);
          check_members (members->members, depth + 1);
        }
      if (members->ref_type != NULL)
        g_assert_nonnull (luo_record_type_find (members->ref_type));
      if (members->flags & LUO_MEMBER_TABLE)
        g_assert_true (members->kind == LUO_KIND_ITEMS || members->kind == LUO_KIND_INTEGER_MAP);
      /* A column holds one value, not a list of them. */
      if (members->flags & LUO_MEMBER_COLUMN)
        g_assert_cmpint (members->kind, <, LUO_KIND_TEXTS);
      if (members->flags & LUO_MEMBER_KEY)
        {
          keys++;
          g_assert_true (members->flags & LUO_MEMBER_REQUIRED);
        }
      g_assert_cmpfloat (members->min, <=, members->max);
    }
  g_assert_cmpuint (keys, <=, depth > 0 ? 1 : 0);
}

/* The table is whole: names once, choices where they are chosen from, references to types that exist. */
static void
test_table (void)
{
  static const char *names[]
      = { "task", "progress", "project", "training", "visit", "office", "reference", "edit", NULL };
  const LuoRecordType *const *types = luo_record_types ();
  guint n = 0;

  for (; types[n] != NULL; n++)
    {
      const LuoRecordType *type = types[n];

      g_assert_cmpstr (type->name, ==, names[n]);
      g_assert_true (luo_record_type_find (type->name) == type);
      check_members (type->members, 0);
      for (const LuoMember *member = luo_common_members; member->name != NULL; member++)
        {
          for (const LuoMember *own = type->members; own->name != NULL; own++)
            g_assert_cmpstr (own->name, !=, member->name);
          g_assert_true (luo_record_type_member (type, member->name) == member);
        }
      for (const LuoDerived *derived = type->derived; derived != NULL && derived->name != NULL; derived++)
        {
          g_assert_null (luo_record_type_member (type, derived->name));
          g_assert_true (luo_record_type_derived (type, derived->name) == derived);
          g_assert_cmpint (derived->kind, <, LUO_KIND_TEXTS);
          g_assert_cmpint (derived->kind == LUO_KIND_CHOICE, ==, derived->choices != NULL);
        }
      g_assert_null (luo_record_type_derived (type, "nothing"));
    }
  g_assert_null (names[n]);
  check_members (luo_common_members, 0);
  g_assert_null (luo_record_type_find ("tasks"));
  g_assert_null (luo_record_type_member (types[0], "nothing"));
  g_assert_true (types[7]->append_only);
  g_assert_true (types[0]->city_only);
}

/* The values that pages draw are in the order of the domain. */
static void
test_choices (void)
{
  static const char *stages[] = { "confirmed",    "requested", "funded",    "tendered", "design",
                                  "construction", "built",     "operating", NULL };
  guint n = 0;

  for (; stages[n] != NULL; n++)
    g_assert_cmpstr (luo_stage_choices[n].value, ==, stages[n]);
  g_assert_null (luo_stage_choices[n].value);
  for (n = 0; luo_district_choices[n].value != NULL; n++)
    g_assert_cmpstr (luo_office_choices[n + 1].value, ==, luo_district_choices[n].value);
  g_assert_cmpuint (n, ==, 13);
  g_assert_cmpstr (luo_office_choices[0].value, ==, "city");
  g_assert_cmpstr (luo_choice_label (luo_stage_choices, "built"), ==, "Built");
  g_assert_cmpstr (luo_choice_label (luo_stage_choices, "unheard"), ==, "unheard");
  g_assert_cmpstr (luo_choice_label (NULL, "unheard"), ==, "unheard");
}

/* What a derived column of @type gives for @body, NULL for SQL's NULL. */
static char *
derive (sqlite3 *db, const char *type_name, const char *column, const char *body)
{
  const LuoRecordType *type = luo_record_type_find (type_name);
  const LuoDerived *derived = luo_record_type_derived (type, column);
  g_autofree char *sql = NULL;
  sqlite3_stmt *statement = NULL;
  char *value;

  sql = g_strdup_printf ("SELECT %s FROM (SELECT ?1 AS body)", derived->sql);
  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s.%s: %s", type_name, column, sqlite3_errmsg (db));
  sqlite3_bind_text (statement, 1, body, -1, SQLITE_STATIC);
  if (sqlite3_step (statement) != SQLITE_ROW)
    g_error ("%s.%s of %s: %s", type_name, column, body, sqlite3_errmsg (db));
  value = g_strdup ((const char *)sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  return value;
}

static void
test_derived (void)
{
  static const struct
  {
    const char *type;
    const char *column;
    const char *body;
    const char *value;
  } vectors[] = {
    { "project", "stage", "{}", NULL },
    { "project", "stage", "{\"stages\":[]}", NULL },
    { "project", "stage", "{\"stages\":[{\"stage\":\"built\",\"planned\":\"2020-10-31\"}]}", NULL },
    { "project", "stage",
      "{\"stages\":[{\"stage\":\"confirmed\",\"on\":\"2020-03-12\"},{\"stage\":\"tendered\",\"on\":\"2020-06-"
      "01\"},"
      "{\"stage\":\"built\",\"planned\":\"2020-10-31\"}]}",
      "tendered" },
    { "project", "stage_on",
      "{\"stages\":[{\"stage\":\"confirmed\",\"on\":\"2020-03-12\"},{\"stage\":\"tendered\",\"on\":\"2020-06-"
      "01\"},"
      "{\"stage\":\"built\",\"planned\":\"2020-10-31\"}]}",
      "2020-06-01" },
    /* The order of the list does not matter, nor of one day. */
    { "project", "stage",
      "{\"stages\":[{\"stage\":\"tendered\",\"on\":\"2020-06-01\"},{\"stage\":\"confirmed\",\"on\":\"2020-03-"
      "12\"}]}",
      "tendered" },
    { "project", "stage",
      "{\"stages\":[{\"stage\":\"construction\",\"on\":\"2020-06-01\"},{\"stage\":\"design\",\"on\":\"2020-"
      "06-01\"}]}",
      "construction" },
    { "project", "stage",
      "{\"stages\":[{\"stage\":\"built\",\"on\":\"2020-06-01\"},{\"stage\":\"operating\",\"on\":\"2020-06-"
      "01\"}]}",
      "operating" },
    { "project", "next_planned",
      "{\"stages\":[{\"stage\":\"design\",\"on\":\"2020-06-01\",\"planned\":\"2020-05-01\"},"
      "{\"stage\":\"operating\",\"planned\":\"2020-12-01\"},{\"stage\":\"built\",\"planned\":\"2020-10-31\"}]"
      "}",
      "2020-10-31" },
    { "project", "next_planned", "{\"stages\":[{\"stage\":\"design\",\"on\":\"2020-06-01\"}]}", NULL },
    { "project", "allocated_fen", "{\"funds\":[{\"key\":\"a\"}]}", NULL },
    { "project", "allocated_fen", "{}", NULL },
    { "project", "allocated_fen",
      "{\"funds\":[{\"allocated_fen\":669600000},{\"allocated_fen\":1},{\"key\":\"x\"}]}", "669600001" },
    { "project", "disbursed_fen", "{\"funds\":[{\"allocated_fen\":5,\"disbursed_fen\":0}]}", "0" },
    { "project", "used_fen", "{\"funds\":[{\"used_fen\":9007199254740991}]}", "9007199254740991" },
    { "training", "coverage", "{\"eligible\":180,\"covered\":178}", "988" },
    { "training", "coverage", "{\"eligible\":180,\"covered\":180}", "1000" },
    { "training", "coverage", "{\"eligible\":0,\"covered\":0}", NULL },
    { "training", "coverage", "{\"covered\":180}", NULL },
    { "visit", "open_findings", "{}", "0" },
    { "visit", "open_findings",
      "{\"findings\":[{\"key\":\"a\",\"due\":\"2020-09-01\"},{\"key\":\"b\",\"due\":\"2020-08-20\",\"solved_"
      "on\":"
      "\"2020-08-19\"},{\"key\":\"c\"}]}",
      "2" },
    { "visit", "next_due",
      "{\"findings\":[{\"key\":\"a\",\"due\":\"2020-09-01\"},{\"key\":\"b\",\"due\":\"2020-08-20\",\"solved_"
      "on\":"
      "\"2020-08-19\"},{\"key\":\"c\",\"due\":\"2020-08-31\"}]}",
      "2020-08-31" },
    { "visit", "next_due", "{\"findings\":[{\"key\":\"a\"}]}", NULL },
  };
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *value = derive (db, vectors[i].type, vectors[i].column, vectors[i].body);

      g_test_message ("Vector %s.%s %s", vectors[i].type, vectors[i].column, vectors[i].body);
      g_assert_cmpstr (value, ==, vectors[i].value);
    }
  sqlite3_close (db);
}

/* A record that came from elsewhere and is not valid is projected all the same: no derived column may fail on it. */
static void
test_derived_of_garbage (void)
{
  static const char *garbage[] = {
    "1",
    "\"x\"",
    "null",
    "true",
    "[]",
    "{}",
    "[1,\"{\",null,[],{}]",
    "{\"a\":\"b\"}",
    "{\"a\\\"b.c[\":{}}",
    "[{\"on\":1,\"stage\":2,\"planned\":3,\"allocated_fen\":\"x\",\"used_fen\":1.5,\"due\":4,\"solved_on\":{}"
    "}]",
    "[{\"on\":null,\"stage\":null,\"allocated_fen\":null,\"due\":[],\"solved_on\":null}]",
    "[{\"on\":\"x\",\"stage\":[1],\"allocated_fen\":99999999999999999999,\"disbursed_fen\":-5,\"due\":\"y\"}"
    "]",
    "[{\"allocated_fen\":9223372036854775807},{\"allocated_fen\":9223372036854775807}]",
    "1e999",
    "-9223372036854775808",
  };
  static const char *members[] = { "stages", "funds", "findings", "covered", "eligible" };
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
  for (guint t = 0; luo_record_types ()[t] != NULL; t++)
    for (const LuoDerived *derived = luo_record_types ()[t]->derived;
         derived != NULL && derived->name != NULL; derived++)
      for (gsize m = 0; m < G_N_ELEMENTS (members); m++)
        for (gsize g = 0; g < G_N_ELEMENTS (garbage); g++)
          {
            g_autofree char *body = g_strdup_printf ("{\"%s\":%s,\"eligible\" : 5}", members[m], garbage[g]);
            g_autofree char *value = derive (db, luo_record_types ()[t]->name, derived->name, body);
          }
  sqlite3_close (db);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/type/table", test_table);
  g_test_add_func ("/record/type/choices", test_choices);
  g_test_add_func ("/record/type/derived", test_derived);
  g_test_add_func ("/record/type/derived-of-garbage", test_derived_of_garbage);
  return g_test_run ();
}
