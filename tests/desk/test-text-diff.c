/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-text-diff.h"

/* The runs in words: what was removed in [-…-], what was inserted in {+…+}. */
static char *
describe (const char *before, const char *after)
{
  g_autoptr (GPtrArray) runs = luo_text_diff (before, after);
  g_autoptr (GString) old = g_string_new (NULL), new = g_string_new (NULL);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < runs->len; i++)
    {
      const LuoTextRun *run = runs->pdata[i];

      g_string_append_printf (out,
                              run->kind == LUO_RUN_REMOVED    ? "[-%s-]"
                              : run->kind == LUO_RUN_INSERTED ? "{+%s+}"
                                                              : "%s",
                              run->text);
      if (run->kind != LUO_RUN_INSERTED)
        g_string_append (old, run->text);
      if (run->kind != LUO_RUN_REMOVED)
        g_string_append (new, run->text);
    }
  /* Nothing of either text is left out, whatever is marked. */
  g_assert_cmpstr (old->str, ==, before);
  g_assert_cmpstr (new->str, ==, after);
  return g_string_free (out, FALSE);
}

static void
test_diff (void)
{
  static const struct
  {
    const char *before, *after, *marked;
  } vectors[] = {
    { "", "", "" },
    { "甲。", "甲。", "甲。" },
    { "", "甲。", "{+甲。+}" },
    { "甲。乙。", "甲。", "甲。[-乙。-]" },
    { "一期有 9 个开工建设。", "一期有 11 个开工建设。", "一期有 [-9-]{+11+} 个开工建设。" },
    { "一期有 9 个开工建设。", "一期有 9 个开工建设。二期已入库。", "一期有 9 个开工建设。{+二期已入库。+}" },
    { "完成摸底。", "资金下拨到位。", "[-完成摸底。-]{+资金下拨到位。+}" },
    { "甲；\n乙", "甲；\n丙\n乙", "甲；\n{+丙\n+}乙" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *marked = describe (vectors[i].before, vectors[i].after);

      g_test_message ("Vector %s → %s", vectors[i].before, vectors[i].after);
      g_assert_cmpstr (marked, ==, vectors[i].marked);
    }
}

/* A text too long to be compared closely is told whole, and at once. */
static void
test_long (void)
{
  g_autoptr (GString) before = g_string_new (NULL), after = g_string_new (NULL);
  g_autofree char *marked = NULL;

  for (guint i = 0; i < 20000; i++)
    {
      g_string_append (before, "甲");
      g_string_append (after, i % 2 ? "甲" : "乙");
    }
  marked = describe (before->str, after->str);
  g_assert_true (g_str_has_prefix (marked, "[-"));
}

static void
test_unite (void)
{
  static const struct
  {
    const char *base, *first, *second, *united;
  } vectors[] = {
    /* Both added: both stay, once each. */
    { "甲。", "甲。乙。", "甲。丙。", "甲。乙。丙。" },
    { "甲。", "甲。乙。", "甲。乙。", "甲。乙。" },
    /* One removed, the other added. */
    { "甲。乙。", "乙。", "甲。乙。丙。", "乙。丙。" },
    /* Both rewrote one sentence, and one added another: the first version and what was added. */
    { "一期合作项目已有 9 个开工建设。", "一期合作项目已有 11 个开工建设，其他点位将于近期进场。",
      "一期合作项目已有 10 个开工建设。二期 50 个项目已录入国家重大项目库。",
      "一期合作项目已有 11 个开工建设，其他点位将于近期进场。二期 50 个项目已录入国家重大项目库。" },
    /* One moved a sentence: it is not lost. */
    { "甲。乙。", "乙。甲。", "甲。乙。丙。", "乙。甲。丙。" },
    /* Two sentences do not run together. */
    { NULL, "已完成", "资金到位", "已完成。资金到位" },
    { NULL, "甲。", "甲。", "甲。" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *united = luo_text_unite (vectors[i].base, vectors[i].first, vectors[i].second);

      g_test_message ("Vector %s | %s", vectors[i].first, vectors[i].second);
      g_assert_cmpstr (united, ==, vectors[i].united);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desk/text/diff", test_diff);
  g_test_add_func ("/desk/text/diff-long", test_long);
  g_test_add_func ("/desk/text/unite", test_unite);
  return g_test_run ();
}
