/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-merge.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-merge-attachments.h"
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

#define FILE(name, digest) "\"" name "\":{\"digest\":\"" digest "\"}"

/* Files: three sets of stubs and the merged one. */
static const struct
{
  const char *name, *base, *ours, *theirs, *merged;
} files[] = {
  { "none", NULL, NULL, NULL, NULL },
  { "added-by-one", NULL, "{" FILE ("a", "1") "}", NULL, "{" FILE ("a", "1") "}" },
  { "added-by-both", NULL, "{" FILE ("b", "1") "}", "{" FILE ("a", "2") "}",
    "{" FILE ("a", "2") "," FILE ("b", "1") "}" },
  { "same-file", NULL, "{" FILE ("a", "1") "}", "{" FILE ("a", "1") "}", "{" FILE ("a", "1") "}" },
  { "removed-by-one", "{" FILE ("a", "1") "}", NULL, "{" FILE ("a", "1") "}", NULL },
  { "replaced-by-one", "{" FILE ("a", "1") "}", "{" FILE ("a", "2") "}", "{" FILE ("a", "1") "}",
    "{" FILE ("a", "2") "}" },
  { "replaced-and-removed", "{" FILE ("a", "1") "}", "{" FILE ("a", "2") "}", NULL, "{" FILE ("a", "2") "}" },
  { "replaced-by-both", "{" FILE ("a.txt", "1") "}", "{" FILE ("a.txt", "3") "}", "{" FILE ("a.txt", "2") "}",
    "{" FILE ("a-eccbc87e.txt", "3") "," FILE ("a.txt", "2") "}" },
  { "other-file-of-one-name", NULL, "{" FILE (".a", "3") "}", "{" FILE (".a", "2") "}",
    "{" FILE (".a", "2") "," FILE (".a-eccbc87e", "3") "}" },
  { "marked-name-is-taken", NULL, "{" FILE ("a", "3") "}",
    "{" FILE ("a", "2") "," FILE ("a-eccbc87e", "4") "}",
    "{" FILE ("a", "2") "," FILE ("a-eccbc87e", "4") "," FILE ("a-eccbc87e4b5ce2fe28308fd9f2a7baf3",
                                                               "3") "}" },
};

/* Files are merged by name, and none that a side added or replaced is lost. */
static void
test_files (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *merged = luo_merge_attachments (files[i].base, files[i].ours, files[i].theirs);
      g_autofree char *swapped = luo_merge_attachments (files[i].base, files[i].theirs, files[i].ours);

      g_test_message ("Vector %s", files[i].name);
      g_assert_cmpstr (merged, ==, files[i].merged);
      g_assert_cmpstr (swapped, ==, merged);
    }
}

/* Several ancestors: what they agree on is merged, a member decided twice is in dispute, whatever their order. */
static void
test_bases (void)
{
  static const char *const a = "{\"x\":1,\"y\":1}", *const b = "{\"x\":2,\"y\":1}";
  const char *const orders[][3] = { { a, b, NULL }, { b, a, NULL } };
  const char *const none[] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autofree char *merged = NULL, *agreed = NULL, *pointers = NULL;
      g_autoptr (GPtrArray) disputes = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (
          luo_merge_bases (orders[i], "{\"x\":1,\"y\":1}", "{\"x\":2,\"y\":2}", &merged, &disputes, &error));
      g_assert_no_error (error);
      g_assert_null (merged);
      pointers = pointers_of (disputes);
      g_assert_cmpstr (pointers, ==, "/x");
      g_assert_cmpstr (((LuoDispute *)disputes->pdata[0])->ours, ==, "1");
      g_assert_cmpstr (((LuoDispute *)disputes->pdata[0])->theirs, ==, "2");

      g_assert_true (luo_merge_bases (orders[i], "{\"x\":2,\"y\":1,\"z\":1}", "{\"x\":2,\"y\":2}", &agreed,
                                      NULL, &error));
      g_assert_cmpstr (agreed, ==, "{\"x\":2,\"y\":2,\"z\":1}");
    }

  /* Two who decide alike in the second of the edits before: who and when are nothing to decide. */
  {
    const char *const bases[] = { "{\"x\":1,\"updated_at\":\"T\",\"updated_by\":\"a\"}",
                                  "{\"x\":2,\"updated_at\":\"T\",\"updated_by\":\"b\"}", NULL };
    g_autofree char *merged = NULL;
    g_autoptr (GPtrArray) disputes = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (luo_merge_bases (bases, "{\"x\":3,\"updated_at\":\"T\",\"updated_by\":\"a\"}",
                                    "{\"x\":3,\"updated_at\":\"T\",\"updated_by\":\"b\"}", &merged, &disputes,
                                    &error));
    g_assert_no_error (error);
    g_assert_cmpuint (disputes->len, ==, 0);
    g_assert_cmpstr (merged, ==, "{\"x\":3,\"updated_at\":\"T\",\"updated_by\":\"a\"}");
  }

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *merged = NULL;
      g_autoptr (GError) error = NULL;

      /* Nothing known is not the same as nothing there. */
      g_assert_true (luo_merge_bases (i == 0 ? none : NULL, "{\"x\":1}", "{\"y\":1}", &merged, NULL, &error));
      g_assert_cmpstr (merged, ==, i == 0 ? "{\"x\":1,\"y\":1}" : NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge/table", test_table);
  g_test_add_func ("/merge/dispute-values", test_dispute_values);
  g_test_add_func ("/merge/refused", test_refused);
  g_test_add_func ("/merge/files", test_files);
  g_test_add_func ("/merge/several-bases", test_bases);
  return g_test_run ();
}
