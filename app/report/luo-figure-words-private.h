/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which words of a clause are an indicator's. Texts here are arrays of characters, folded: half-width, synonyms made one. */

/** A name or a stretch of text. */
typedef struct
{
  const gunichar *chars;
  guint length;
} LuoWords;

/**
 * LuoWordsMatch:
 * @score: characters of the name that the text has, in words of two characters and more, in the order of the name
 * @begins, @ends: whether the first and the last word of the name are among them
 * @foreign_before, @foreign_after: characters before and behind the number that are neither the name's nor filler
 * @within: such characters between the first and the last word that were found
 * @reach: characters of any kind from the last word before the number to it; G_MAXUINT where there is none
 */
typedef struct
{
  guint score;
  gboolean begins, ends;
  guint foreign_before, foreign_after, within, reach;
} LuoWordsMatch;

/** Returns: (transfer full): characters folded one for one, so that places stay what they were; @length: (out) */
gunichar *luo_words_fold (const char *text, guint *length);

/** Returns: (transfer full): the same for an indicator's name, without what people leave out: spaces, quotes, brackets, 的, a leading 已 */
gunichar *luo_words_fold_name (const char *name, guint *length);

/** Whether @text has @word (UTF-8) at or behind @from. Returns: its place, -1 where it has not. */
int luo_words_find (const LuoWords *text, guint from, const char *word);

/** @before: of the clause, up to the number; @after: from the unit on */
void luo_words_match (const LuoWords *name, const LuoWords *before, const LuoWords *after,
                      LuoWordsMatch *match);

G_END_DECLS
