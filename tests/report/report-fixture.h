/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A table of invented text in the shape in which the real ones arrive: a bar behind each row, one row closed on a line of its own, one
 * wrapped within a sentence, paragraphs parted by a space, a numbering that starts again, a last row without its bar. */
#define FIXTURE_LEDGER                                                                                                                        \
  "序号 | 目标任务 | 总体工作进展及8月份进展 |\n"                                                                            \
  "1 | 11.修缮社区食堂20处。 | 目前,已修缮12处。其余点位正在备料。 |\n"                                               \
  "2 | 27.开通社区“一键求助”。 | 联合三个部门完成联调。 8月以来,共接听求助310件次。回访288件次。 |\n" \
  "3 | 35.更新健身器材。 | 截至目前,更新器材41套。 按照安排,将逐处验收,\n"                                          \
  "并建立台账。\n"                                                                                                                      \
  "|\n"                                                                                                                                       \
  "4 | 42.完善无障碍设施,改善出行。 | 1.改造坡道9处。 2.加装扶手60米。 3.试点小区(含新建)完成验收。|\n"   \
  "1 | 58.推进邻里互助。 | 建立互助小组75个。"

/* The same as the report prints it: what was stray is gone, the texts are the same. */
#define FIXTURE_PRINTED                                                                                                                       \
  "序号 | 目标任务 | 总体工作进展及8月份进展 |\n"                                                                            \
  "1 | 11.修缮社区食堂20处。 | 目前,已修缮12处。其余点位正在备料。 |\n"                                               \
  "2 | 27.开通社区“一键求助”。 | 联合三个部门完成联调。 8月以来,共接听求助310件次。回访288件次。 |\n" \
  "3 | 35.更新健身器材。 | 截至目前,更新器材41套。 按照安排,将逐处验收,并建立台账。 |\n"                      \
  "4 | 42.完善无障碍设施,改善出行。 | 1.改造坡道9处。 2.加装扶手60米。 3.试点小区(含新建)完成验收。 |\n"  \
  "1 | 58.推进邻里互助。 | 建立互助小组75个。 |\n"

/* The path of the real table of August 2020; NULL where it is not there, then its tests are skipped. */
static inline char *
find_sample (const char *source_root)
{
  const char *folder = g_getenv ("LUOSHI_SAMPLES");
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "ledger-2020-08.txt", NULL)
                                         : g_build_filename (source_root, "..", "shared", "samples",
                                                             "ledger-2020-08.txt", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

/* The table with what is stray taken away: a bar on its own line closes the row before it, blanks beside bars are one. */
static inline char *
normal_table (const char *text)
{
  g_autoptr (GRegex) wrapped = g_regex_new ("\\s*\\n\\s*\\|", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
  g_autoptr (GRegex) bars = g_regex_new ("[ \\t]*\\|[ \\t]*", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
  g_autofree char *joined = g_regex_replace_literal (wrapped, text, -1, 0, " |", G_REGEX_MATCH_DEFAULT, NULL);
  char *normal = g_regex_replace_literal (bars, joined, -1, 0, "|", G_REGEX_MATCH_DEFAULT, NULL);

  return g_strstrip (normal);
}
