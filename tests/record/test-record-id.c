/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-record-check.h"
#include "luo-record-error.h"
#include "luo-record-id.h"

static void
test_natural (void)
{
  static const struct
  {
    const char *record;
    const char *id; /* NULL: refused */
    const char *member;
  } vectors[] = {
    { "{\"type\":\"task\",\"year\":2020,\"number\":73}", "task:2020:73", NULL },
    { "{\"type\":\"task\",\"year\":2020}", NULL, "number" },
    { "{\"type\":\"task\",\"number\":73}", NULL, "year" },
    { "{\"type\":\"task\",\"year\":2020,\"number\":\"73\"}", NULL, "number" },
    { "{\"type\":\"task\",\"year\":2020,\"number\":-73}", NULL, "number" },
    { "{\"type\":\"progress\",\"task\":\"task:2020:73\",\"month\":\"2020-08\",\"office\":\"city\"}",
      "progress:2020:73:2020-08:city", NULL },
    { "{\"type\":\"progress\",\"task\":\"task:2020:73\",\"month\":\"2020-08\",\"office\":\"huanggu\"}",
      "progress:2020:73:2020-08:huanggu", NULL },
    { "{\"type\":\"progress\",\"task\":\"task:2020:73\",\"month\":\"2020-08\"}", NULL, "office" },
    { "{\"type\":\"progress\",\"task\":\"task:2020:73\",\"month\":\"8月\",\"office\":\"city\"}", NULL,
      "month" },
    { "{\"type\":\"progress\",\"task\":\"2020:73\",\"month\":\"2020-08\",\"office\":\"city\"}", NULL,
      "task" },
    { "{\"type\":\"progress\",\"task\":\"task:2020:73\",\"month\":\"2020-08\",\"office\":\"皇姑区\"}", NULL,
      "office" },
    { "{\"type\":\"office\",\"district\":\"huanggu\"}", "office:huanggu", NULL },
    { "{\"type\":\"office\",\"name\":\"x\"}", NULL, "district" },
    { "{\"type\":\"reference\",\"name\":\"lamp-rule\"}", "reference:lamp-rule", NULL },
    { "{\"type\":\"reference\",\"name\":\"Lamp rule\"}", NULL, "name" },
    { "{\"year\":2020}", NULL, "type" },
    { "{\"type\":7}", NULL, "type" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (JsonObject) record = luo_record_parse (vectors[i].record, -1, NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *id = luo_record_id_for (record, &error);

      g_test_message ("Vector %s", vectors[i].record);
      g_assert_cmpstr (id, ==, vectors[i].id);
      if (vectors[i].id != NULL)
        continue;
      g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER);
      g_assert_true (g_str_has_prefix (error->message, vectors[i].member));
    }
}

/* Where two offices may make different things of one kind, ids never meet. */
static void
test_random (void)
{
  static const char *types[] = { "project", "training", "visit", "edit" };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"type\":\"%s\"}", types[i % 4]);
      g_autofree char *prefix = g_strdup_printf ("%s:", types[i % 4]);
      g_autoptr (JsonObject) record = luo_record_parse (text, -1, NULL);
      char *id = luo_record_id_for (record, NULL);
      const char *digits = id + strlen (prefix);

      g_assert_true (g_str_has_prefix (id, prefix));
      g_assert_cmpuint (strlen (digits), ==, 32);
      g_assert_cmpuint (strspn (digits, "0123456789abcdef"), ==, 32);
      g_assert_true (g_hash_table_add (seen, id));
    }
}

static void
test_type (void)
{
  static const char *vectors[][2] = { { "task:2020:73", "task" },
                                      { "project:x", "project" },
                                      { "a:", "a" },
                                      { ":x", NULL },
                                      { "_design/x", NULL },
                                      { "", NULL } };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *type = luo_record_id_type (vectors[i][0]);

      g_assert_cmpstr (type, ==, vectors[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/id/natural", test_natural);
  g_test_add_func ("/record/id/random", test_random);
  g_test_add_func ("/record/id/type", test_type);
  return g_test_run ();
}
