/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * luo_narrative_merge:
 * @base: the text that both stand on; empty where there was none
 * @ours: one edit of it
 * @theirs: the other
 *
 * Merges two edits of one text sentence by sentence; pure, and the same for @ours and @theirs exchanged. A sentence ends with 。；！？
 * or with the line.
 *
 * - What one side added, changed or removed is added, changed or removed.
 * - A sentence that both changed, or one changed and the other removed, is in dispute; so is one added among sentences that the
 *   other side wrote anew. One added among sentences that the other side removed stays.
 * - Where both added at one place, sentences that both added come once, those between them in the order of their bytes.
 *   What both added at two places comes once, at the first.
 * - White space is no statement: where both changed it, the greater bytes stand. Two sentences never run together: where one
 *   without a stop comes before another of the same line, it gets 。
 *
 * Returns: (transfer full) (nullable): NULL where a sentence is in dispute, or the texts are too long to compare
 */
char *luo_narrative_merge (const char *base, const char *ours, const char *theirs);

G_END_DECLS
