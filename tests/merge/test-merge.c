/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-merge.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-record-error.h"
#include "merge-table.h"

static char *
pointers_of (GPtrArray *disputes)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < disputes->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "", ((LuoDispute *)disputes->pdata[i])->pointer);
  return g_string_free (out, FALSE);
}

static char *
merge (const char *base, const char *ours, const char *theirs, char **disputed)
{
  g_autoptr (GPtrArray) disputes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *pointers = NULL;
  char *merged = NULL;

  g_assert_true (luo_merge (base, ours, theirs, &merged, &disputes, &error));
  g_assert_no_error (error);
  pointers = pointers_of (disputes);
  g_assert_true ((merged == NULL) == (disputes->len > 0));
  if (disputed != NULL)
    *disputed = g_steal_pointer (&pointers);
  return merged;
}

/* Each case of the table gives its merged text, or its disputes, whichever side is called ours. */
static void
test_table (void)
{
  guint count = 0;

  for (const MergeCase *v = merge_table; v->name != NULL; v++, count++)
    {
      g_autofree char *disputes = NULL;
      g_autofree char *swapped_disputes = NULL;

      g_test_message ("Vector %s", v->name);
      g_autofree char *merged = merge (v->base, v->ours, v->theirs, &disputes);
      g_autofree char *swapped = merge (v->base, v->theirs, v->ours, &swapped_disputes);

      g_assert_cmpstr (merged, ==, v->merged);
      g_assert_cmpstr (disputes, ==, v->disputes != NULL ? v->disputes : "");
      g_assert_cmpstr (swapped, ==, merged);
      g_assert_cmpstr (swapped_disputes, ==, disputes);
    }
  g_test_message ("%u cases", count);
}

/* A dispute carries the three values as texts; what is absent is NULL. */
static void
test_dispute_values (void)
{
  g_autoptr (GPtrArray) disputes = NULL;
  g_autoptr (GError) error = NULL;
  LuoDispute *dispute;

  g_assert_true (luo_merge ("{\"a\":[1, 2]}", "{}", "{\"a\":\"x\"}", NULL, &disputes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (disputes->len, ==, 1);
  dispute = disputes->pdata[0];
  g_assert_cmpstr (dispute->pointer, ==, "/a");
  g_assert_cmpstr (dispute->base, ==, "[1, 2]");
  g_assert_null (dispute->ours);
  g_assert_cmpstr (dispute->theirs, ==, "\"x\"");
}

/* What is no JSON object is refused, whichever of the three it is. */
static void
test_refused (void)
{
  static const char *const texts[] = { "", "[]", "1", "{\"a\":1,\"a\":2}", "{\"a\":}", "{} {}" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint place = 0; place < 3; place++)
      {
        g_autoptr (GError) error = NULL;
        g_autofree char *merged = NULL;

        g_assert_false (luo_merge (place == 0 ? texts[i] : "{}", place == 1 ? texts[i] : "{}",
                                   place == 2 ? texts[i] : "{}", &merged, NULL, &error));
        g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON);
        g_assert_null (merged);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge/table", test_table);
  g_test_add_func ("/merge/dispute-values", test_dispute_values);
  g_test_add_func ("/merge/refused", test_refused);
  return g_test_run ();
}
