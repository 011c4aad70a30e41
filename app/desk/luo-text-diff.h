/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How two versions of a text differ, for a person who compares them. Pure and thread-safe. */

typedef enum
{
  LUO_RUN_SAME,
  LUO_RUN_REMOVED,  /* only before */
  LUO_RUN_INSERTED, /* only after */
} LuoRunKind;

typedef struct
{
  LuoRunKind kind;
  char *text; /* (owned) */
} LuoTextRun;

/**
 * luo_text_diff:
 * @before: the text before
 * @after: the text after
 *
 * Compares sentence by sentence (。；！？ and line ends), and within sentences that were rewritten character by character; a
 * sentence of which little is left, and a text too long to be compared closely, is told as removed and inserted whole. The runs
 * that are not INSERTED together are @before, those that are not REMOVED are @after; what was removed stands before what came for it.
 *
 * Returns: (transfer full) (element-type LuoTextRun)
 */
GPtrArray *luo_text_diff (const char *before, const char *after);

/**
 * luo_text_unite:
 * @base: (nullable): the text that both stand on
 * @first: one edit
 * @second: the other
 *
 * Proposes a text with what both wrote: every sentence that either added, without those that either removed. Of a sentence that
 * both rewrote the version of @first is taken. A proposal for a person, never saved by itself: luo_merge() says what may be merged.
 *
 * Returns: (transfer full)
 */
char *luo_text_unite (const char *base, const char *first, const char *second);

G_END_DECLS
