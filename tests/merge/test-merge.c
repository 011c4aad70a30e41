/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-merge.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-record-error.h"

/* One case: three texts and either the merged text byte for byte, or the pointers in dispute, separated by spaces. */
typedef struct
{
  const char *name;
  const char *base;
  const char *ours;
  const char *theirs;
  const char *merged;
  const char *disputes;
} Vector;

static const Vector vectors[] = {
  /* Members */
  { "nothing-changed", "{\"a\":1}", "{\"a\":1}", "{\"a\":1}", "{\"a\":1}" },
  { "ours-alone", "{\"a\":1}", "{\"a\":2}", "{\"a\":1}", "{\"a\":2}" },
  { "theirs-alone", "{\"a\":1}", "{\"a\":1}", "{\"a\":3}", "{\"a\":3}" },
  { "different-members", "{\"a\":1,\"b\":1}", "{\"a\":2,\"b\":1}", "{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":2}" },
  { "same-change", "{\"a\":1}", "{\"a\":2}", "{\"a\":2}", "{\"a\":2}" },
  { "same-member", "{\"a\":1}", "{\"a\":2}", "{\"a\":3}", NULL, "/a" },
  { "one-agrees-one-disputed", "{\"a\":1,\"b\":1}", "{\"a\":2,\"b\":2}", "{\"a\":3,\"b\":2}", NULL, "/a" },
  { "two-disputed", "{\"a\":1,\"b\":1}", "{\"a\":2,\"b\":2}", "{\"a\":3,\"b\":3}", NULL, "/a /b" },
  { "both-add-different", "{\"a\":1}", "{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":3}",
    "{\"a\":1,\"b\":2,\"c\":3}" },
  { "both-add-same", "{\"a\":1}", "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2}" },
  { "both-add-otherwise", "{\"a\":1}", "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":3}", NULL, "/b" },
  { "removed-by-one", "{\"a\":1,\"b\":1}", "{\"b\":1}", "{\"a\":1,\"b\":2}", "{\"b\":2}" },
  { "removed-by-both", "{\"a\":1,\"b\":1}", "{\"b\":1}", "{\"b\":1}", "{\"b\":1}" },
  { "removed-and-changed", "{\"a\":1,\"b\":1}", "{\"b\":1}", "{\"a\":2,\"b\":1}", NULL, "/a" },
  { "empty-record", "{}", "{}", "{}", "{}" },
  { "kind-changed-by-one", "{\"a\":1}", "{\"a\":\"x\"}", "{\"a\":1}", "{\"a\":\"x\"}" },
  { "kinds-differ", "{\"a\":1}", "{\"a\":\"x\"}", "{\"a\":[1]}", NULL, "/a" },
  { "money-is-never-added-up", "{\"used_fen\":100}", "{\"used_fen\":150}", "{\"used_fen\":130}", NULL,
    "/used_fen" },
  { "long-text-is-one-value", "{\"overall\":\"一\"}", "{\"overall\":\"一二\"}", "{\"overall\":\"零一\"}",
    NULL, "/overall" },
  { "numbers-as-written", "{\"a\":1.0}", "{\"a\":1.00}", "{\"a\":1.0}", "{\"a\":1.00}" },

  /* Objects within */
  { "members-of-an-object", "{\"readings\":{\"x\":1,\"y\":1}}", "{\"readings\":{\"x\":2,\"y\":1}}",
    "{\"readings\":{\"x\":1,\"y\":5}}", "{\"readings\":{\"x\":2,\"y\":5}}" },
  { "same-member-of-an-object", "{\"readings\":{\"x\":1}}", "{\"readings\":{\"x\":2}}",
    "{\"readings\":{\"x\":3}}", NULL, "/readings/x" },
  { "object-added-by-both", "{}", "{\"remarks\":{\"甲\":\"1\"}}", "{\"remarks\":{\"乙\":\"2\"}}",
    "{\"remarks\":{\"乙\":\"2\",\"甲\":\"1\"}}" },
  { "object-removed-and-changed-within", "{\"site\":{\"a\":1}}", "{}", "{\"site\":{\"a\":2}}", NULL,
    "/site" },
  { "object-emptied-by-both", "{\"f\":{\"a\":1,\"b\":1}}", "{\"f\":{\"a\":1}}", "{\"f\":{\"b\":1}}",
    "{\"f\":{}}" },
  { "pointer-is-escaped", "{\"a/b\":{\"c~d\":1}}", "{\"a/b\":{\"c~d\":2}}", "{\"a/b\":{\"c~d\":3}}", NULL,
    "/a~1b/c~0d" },
  { "deep", "{\"a\":{\"b\":{\"c\":{\"d\":1,\"e\":1}}}}", "{\"a\":{\"b\":{\"c\":{\"d\":2,\"e\":1}}}}",
    "{\"a\":{\"b\":{\"c\":{\"d\":1,\"e\":3}}}}", "{\"a\":{\"b\":{\"c\":{\"d\":2,\"e\":3}}}}" },

  /* Items by key */
  { "stages-by-stage", "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\",\"on\":\"2020-03-12\"}]}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\",\"on\":\"2020-03-12\"},{\"stage\":\"funded\","
    "\"on\":\"2020-05-01\"}]}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\",\"on\":\"2020-03-12\",\"document\":\"x\"}]}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\",\"on\":\"2020-03-12\",\"document\":\"x\"},{"
    "\"stage\":\"funded\",\"on\":\"2020-05-01\"}]}" },
  { "same-stage-two-days", "{\"type\":\"project\",\"stages\":[]}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":\"built\",\"on\":\"2020-08-01\"}]}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":\"built\",\"on\":\"2020-08-02\"}]}", NULL,
    "/stages/built/on" },
  { "fund-lines-by-key",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"p\",\"used_fen\":1},{\"key\":\"c\",\"used_fen\":1}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"p\",\"used_fen\":2},{\"key\":\"c\",\"used_fen\":1}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"p\",\"used_fen\":1},{\"key\":\"c\",\"used_fen\":3}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"p\",\"used_fen\":2},{\"key\":\"c\",\"used_fen\":3}]}" },
  { "same-fund-line", "{\"type\":\"project\",\"funds\":[{\"key\":\"provincial\",\"used_fen\":1}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"provincial\",\"used_fen\":2}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"provincial\",\"used_fen\":3}]}", NULL,
    "/funds/provincial/used_fen" },
  { "item-removed-by-one", "{\"type\":\"project\",\"funds\":[{\"key\":\"p\"},{\"key\":\"c\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"c\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"p\"},{\"key\":\"c\",\"used_fen\":1}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"c\",\"used_fen\":1}]}" },
  { "item-removed-and-changed", "{\"type\":\"project\",\"funds\":[{\"key\":\"p\"},{\"key\":\"c\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"c\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"p\",\"used_fen\":1},{\"key\":\"c\"}]}", NULL, "/funds/p" },
  { "key-comes-twice", "{\"type\":\"project\",\"funds\":[{\"key\":\"p\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"p\"},{\"key\":\"p\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"p\",\"used_fen\":1}]}", NULL, "/funds" },
  { "key-is-no-text", "{\"type\":\"project\",\"funds\":[]}", "{\"type\":\"project\",\"funds\":[{\"key\":1}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"p\"}]}", NULL, "/funds" },
  { "findings-added-by-both", "{\"type\":\"visit\",\"findings\":[{\"key\":\"a\"}]}",
    "{\"type\":\"visit\",\"findings\":[{\"key\":\"a\"},{\"key\":\"x\"},{\"key\":\"b\"}]}",
    "{\"type\":\"visit\",\"findings\":[{\"key\":\"a\"},{\"key\":\"c\"}]}",
    "{\"type\":\"visit\",\"findings\":[{\"key\":\"a\"},{\"key\":\"c\"},{\"key\":\"x\"},{\"key\":\"b\"}]}" },
  { "photos-by-name", "{\"type\":\"visit\",\"photos\":[]}",
    "{\"type\":\"visit\",\"photos\":[{\"name\":\"1.jpg\"}]}",
    "{\"type\":\"visit\",\"photos\":[{\"name\":\"2.jpg\"}]}",
    "{\"type\":\"visit\",\"photos\":[{\"name\":\"1.jpg\"},{\"name\":\"2.jpg\"}]}" },
  { "reordered-by-one", "{\"type\":\"project\",\"funds\":[{\"key\":\"a\"},{\"key\":\"b\"},{\"key\":\"c\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"c\"},{\"key\":\"a\"},{\"key\":\"b\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"a\"},{\"key\":\"b\",\"used_fen\":1},{\"key\":\"c\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"c\"},{\"key\":\"a\"},{\"key\":\"b\",\"used_fen\":1}]}" },
  { "reordered-by-both", "{\"type\":\"project\",\"funds\":[{\"key\":\"a\"},{\"key\":\"b\"},{\"key\":\"c\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"c\"},{\"key\":\"a\"},{\"key\":\"b\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"b\"},{\"key\":\"a\"},{\"key\":\"c\"}]}",
    "{\"type\":\"project\",\"funds\":[{\"key\":\"a\"},{\"key\":\"b\"},{\"key\":\"c\"}]}" },
  { "set-within-an-item", "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\",\"by\":[\"a\"]}]}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\",\"by\":[\"a\",\"b\"]}]}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\",\"by\":[\"a\",\"c\"]}]}",
    "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\",\"by\":[\"a\",\"b\",\"c\"]}]}" },
  { "map-within-an-item", "{\"type\":\"task\",\"indicators\":[{\"key\":\"c\",\"plan\":{\"2020-08\":1}}]}",
    "{\"type\":\"task\",\"indicators\":[{\"key\":\"c\",\"plan\":{\"2020-08\":2}}]}",
    "{\"type\":\"task\",\"indicators\":[{\"key\":\"c\",\"plan\":{\"2020-08\":1,\"2020-09\":3}}]}",
    "{\"type\":\"task\",\"indicators\":[{\"key\":\"c\",\"plan\":{\"2020-08\":2,\"2020-09\":3}}]}" },

  /* Sets */
  { "set-both-add", "{\"type\":\"task\",\"partners\":[\"a\"]}",
    "{\"type\":\"task\",\"partners\":[\"a\",\"b\"]}", "{\"type\":\"task\",\"partners\":[\"a\",\"c\"]}",
    "{\"type\":\"task\",\"partners\":[\"a\",\"b\",\"c\"]}" },
  { "set-add-and-remove", "{\"type\":\"task\",\"partners\":[\"a\",\"b\"]}",
    "{\"type\":\"task\",\"partners\":[\"b\"]}", "{\"type\":\"task\",\"partners\":[\"a\",\"b\",\"c\"]}",
    "{\"type\":\"task\",\"partners\":[\"b\",\"c\"]}" },
  { "set-escapes-are-one-text", "{\"type\":\"task\",\"partners\":[]}",
    "{\"type\":\"task\",\"partners\":[\"\\u0061\"]}", "{\"type\":\"task\",\"partners\":[\"a\",\"b\"]}",
    "{\"type\":\"task\",\"partners\":[\"\\u0061\",\"b\"]}" },
  { "set-new-on-both", "{\"type\":\"task\"}", "{\"type\":\"task\",\"documents\":[\"沈政办发〔2020〕27号\"]}",
    "{\"type\":\"task\",\"documents\":[\"沈民发〔2020〕3号\"]}",
    "{\"type\":\"task\",\"documents\":[\"沈政办发〔2020〕27号\",\"沈民发〔2020〕3号\"]}" },
  { "set-of-other-kinds", "{\"type\":\"task\",\"partners\":[]}", "{\"type\":\"task\",\"partners\":[1]}",
    "{\"type\":\"task\",\"partners\":[\"a\"]}", NULL, "/partners" },

  /* What the table does not know */
  { "unknown-array-by-key", "{\"x\":[{\"key\":\"a\",\"n\":1},{\"key\":\"b\",\"n\":1}]}",
    "{\"x\":[{\"key\":\"a\",\"n\":2},{\"key\":\"b\",\"n\":1}]}",
    "{\"x\":[{\"key\":\"a\",\"n\":1},{\"key\":\"b\",\"n\":2}]}",
    "{\"x\":[{\"key\":\"a\",\"n\":2},{\"key\":\"b\",\"n\":2}]}" },
  { "unknown-array-by-name", "{\"x\":[{\"name\":\"a\"}]}", "{\"x\":[{\"name\":\"a\",\"n\":1}]}",
    "{\"x\":[{\"name\":\"a\"},{\"name\":\"b\"}]}", "{\"x\":[{\"name\":\"a\",\"n\":1},{\"name\":\"b\"}]}" },
  { "unknown-array-of-texts", "{\"x\":[\"a\"]}", "{\"x\":[\"a\",\"b\"]}", "{\"x\":[\"a\",\"c\"]}", NULL,
    "/x" },
  { "unknown-array-by-one", "{\"x\":[1]}", "{\"x\":[1,2]}", "{\"x\":[1]}", "{\"x\":[1,2]}" },
  { "unknown-array-by-both", "{\"x\":[1]}", "{\"x\":[1,2]}", "{\"x\":[2]}", NULL, "/x" },
  { "unknown-bytes-stay", "{\"a\":1,\"new\":{\"z\":1.50, \"y\":\"\\u4e00\"}}",
    "{\"a\":2,\"new\":{\"z\":1.50, \"y\":\"\\u4e00\"}}",
    "{\"b\":1,\"a\":1,\"new\":{\"z\":1.50, \"y\":\"\\u4e00\"}}",
    "{\"b\":1,\"a\":2,\"new\":{\"z\":1.50, \"y\":\"\\u4e00\"}}" },
  { "types-differ", "{\"type\":\"task\",\"partners\":[]}", "{\"type\":\"task\",\"partners\":[\"a\"]}",
    "{\"type\":\"project\",\"partners\":[\"b\"]}", NULL, "/partners" },

  /* Stamps */
  { "later-stamp", "{\"updated_at\":\"2020-08-01T00:00:00Z\",\"updated_by\":\"z\",\"a\":1}",
    "{\"updated_at\":\"2020-08-02T00:00:00Z\",\"updated_by\":\"li\",\"a\":2}",
    "{\"updated_at\":\"2020-08-03T00:00:00Z\",\"updated_by\":\"an\",\"a\":1}",
    "{\"updated_at\":\"2020-08-03T00:00:00Z\",\"updated_by\":\"an\",\"a\":2}" },
  { "stamp-in-one-second", "{\"updated_at\":\"1\",\"updated_by\":\"z\"}",
    "{\"updated_at\":\"2\",\"updated_by\":\"b\"}", "{\"updated_at\":\"2\",\"updated_by\":\"a\"}",
    "{\"updated_at\":\"2\",\"updated_by\":\"b\"}" },
  { "stamp-of-one", "{\"updated_at\":\"1\",\"updated_by\":\"z\",\"a\":1}",
    "{\"updated_at\":\"1\",\"updated_by\":\"z\",\"a\":2}",
    "{\"updated_at\":\"0\",\"updated_by\":\"y\",\"a\":1}",
    "{\"updated_at\":\"0\",\"updated_by\":\"y\",\"a\":2}" },
  { "made-twice", "{}",
    "{\"created_at\":\"2\",\"created_by\":\"b\",\"updated_at\":\"2\",\"updated_by\":\"b\",\"type\":\"task\"}",
    "{\"created_at\":\"1\",\"created_by\":\"a\",\"updated_at\":\"1\",\"updated_by\":\"a\",\"type\":\"task\"}",
    "{\"created_at\":\"1\",\"created_by\":\"a\",\"updated_at\":\"2\",\"updated_by\":\"b\",\"type\":"
    "\"task\"}" },
  { "stamp-within-is-a-value", "{\"x\":{\"updated_at\":\"1\"}}", "{\"x\":{\"updated_at\":\"2\"}}",
    "{\"x\":{\"updated_at\":\"3\"}}", NULL, "/x/updated_at" },

  /* Without a base */
  { "no-base-equal", NULL, "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "{\"a\":1,\"b\":2}" },
  { "no-base-different", NULL, "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":3}", NULL, "/b" },
  { "no-base-one-sided", NULL, "{\"a\":1}", "{\"a\":1,\"b\":3}", NULL, "/b" },
  { "no-base-within", NULL, "{\"r\":{\"x\":1,\"y\":1}}", "{\"r\":{\"x\":2,\"y\":1}}", NULL, "/r/x" },
  { "no-base-set", NULL, "{\"type\":\"task\",\"partners\":[\"a\"]}",
    "{\"type\":\"task\",\"partners\":[\"b\"]}", NULL, "/partners" },
  { "no-base-stamp", NULL, "{\"a\":1,\"updated_at\":\"1\"}",
    "{\"a\":1,\"updated_at\":\"2\",\"updated_by\":\"x\"}",
    "{\"a\":1,\"updated_at\":\"2\",\"updated_by\":\"x\"}" },
};

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

/* Each vector gives its merged text, or its disputes, whichever side is called ours. */
static void
test_vectors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const Vector *v = &vectors[i];
      g_autofree char *disputes = NULL;
      g_autofree char *swapped_disputes = NULL;
      g_autofree char *merged = merge (v->base, v->ours, v->theirs, &disputes);
      g_autofree char *swapped = merge (v->base, v->theirs, v->ours, &swapped_disputes);

      g_test_message ("Vector %s", v->name);
      g_assert_cmpstr (merged, ==, v->merged);
      g_assert_cmpstr (disputes, ==, v->disputes != NULL ? v->disputes : "");
      g_assert_cmpstr (swapped, ==, merged);
      g_assert_cmpstr (swapped_disputes, ==, disputes);
    }
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

/* Random records */

static const char *const words[] = { "\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\"" };

static void append_value (GString *out, GRand *rand, guint depth);

static void
append_members (GString *out, GRand *rand, guint depth)
{
  gboolean first = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_rand_boolean (rand))
      {
        g_string_append_printf (out, "%s%s:%s", first ? "" : ",", words[i], g_rand_boolean (rand) ? " " : "");
        append_value (out, rand, depth);
        first = FALSE;
      }
}

static void
append_items (GString *out, GRand *rand, guint depth)
{
  guint shift = g_rand_int_range (rand, 0, 3);
  gboolean first = TRUE;

  g_string_append_c (out, '[');
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_rand_boolean (rand))
      {
        GString *inner = g_string_new (NULL);

        append_members (inner, rand, depth);
        g_string_append_printf (out, "%s{\"key\":%s%s%s}", first ? "" : ",",
                                words[(i + shift) % G_N_ELEMENTS (words)], inner->len > 0 ? "," : "",
                                inner->str);
        g_string_free (inner, TRUE);
        first = FALSE;
      }
  g_string_append_c (out, ']');
}

static void
append_texts (GString *out, GRand *rand)
{
  guint shift = g_rand_int_range (rand, 0, 3);
  gboolean first = TRUE;

  g_string_append_c (out, '[');
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_rand_boolean (rand))
      {
        g_string_append_printf (out, "%s%s", first ? "" : ",", words[(i + shift) % G_N_ELEMENTS (words)]);
        first = FALSE;
      }
  g_string_append_c (out, ']');
}

static void
append_value (GString *out, GRand *rand, guint depth)
{
  switch (g_rand_int_range (rand, 0, depth > 0 ? 5 : 3))
    {
    case 0:
      g_string_append (out, words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
      break;
    case 1:
    case 2:
      g_string_append_printf (out, "%d", g_rand_int_range (rand, 0, 3));
      break;
    case 3:
      g_string_append_c (out, '{');
      append_members (out, rand, depth - 1);
      g_string_append_c (out, '}');
      break;
    default:
      append_items (out, rand, depth - 1);
      break;
    }
}

static char *
random_record (GRand *rand)
{
  GString *out = g_string_new ("{\"type\":\"task\"");
  GString *members = g_string_new (NULL);

  if (g_rand_boolean (rand))
    {
      g_string_append (out, ",\"partners\":");
      append_texts (out, rand);
    }
  if (g_rand_boolean (rand))
    {
      g_string_append (out, ",\"indicators\":");
      append_items (out, rand, 1);
    }
  if (g_rand_boolean (rand))
    g_string_append_printf (out, ",\"updated_at\":\"%d\",\"updated_by\":%s", g_rand_int_range (rand, 0, 3),
                            words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
  append_members (members, rand, 2);
  if (members->len > 0)
    g_string_append_printf (out, ",%s", members->str);
  g_string_free (members, TRUE);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

/* For any records: the order of the sides does not matter, one edit alone stands byte for byte, a merge is at rest when
 * merged again with either side, and what is merged is JSON. */
static void
test_laws (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());
  guint merges = 0;

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *b = random_record (rand);
      g_autofree char *x = random_record (rand);
      /* Two edits of one record have most of it in common. */
      g_autofree char *y = g_rand_boolean (rand) ? random_record (rand) : luo_json_patch (b, "/a", "7", NULL);
      const char *base = g_rand_int_range (rand, 0, 10) == 0 ? NULL : b;
      g_autofree char *disputes = NULL;
      g_autofree char *swapped_disputes = NULL;
      g_autofree char *merged = merge (base, x, y, &disputes);
      g_autofree char *swapped = merge (base, y, x, &swapped_disputes);
      g_autofree char *alone = merge (b, x, b, NULL);
      g_autofree char *alone_swapped = merge (b, b, x, NULL);

      g_assert_cmpstr (merged, ==, swapped);
      g_assert_cmpstr (disputes, ==, swapped_disputes);
      g_assert_cmpstr (alone, ==, x);
      g_assert_cmpstr (alone_swapped, ==, x);
      if (merged != NULL)
        {
          g_autofree char *again = merge (x, merged, x, NULL);
          g_autofree char *with_base = merge (y, y, merged, NULL);

          g_assert_true (luo_json_check (merged, strlen (merged), NULL));
          g_assert_cmpstr (again, ==, merged);
          g_assert_cmpstr (with_base, ==, merged);
          merges++;
        }
    }
  g_test_message ("%u of 3000 merged", merges);
  g_assert_cmpuint (merges, >, 100);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge/vectors", test_vectors);
  g_test_add_func ("/merge/dispute-values", test_dispute_values);
  g_test_add_func ("/merge/refused", test_refused);
  g_test_add_func ("/merge/laws", test_laws);
  return g_test_run ();
}
