/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store-private.h"

G_BEGIN_DECLS

/* The search index, and how words are found in it. Private to sync/store.
 *
 * What is indexed: the text of the members that the record table marks LUO_MEMBER_SEARCH (of a type that is not
 * known: every text), folded: NFKC, lower case, all kinds of brackets as one. A run of Chinese characters gives each pair of
 * neighbours and its last character; a run of letters and digits is one token. So "养老" is one token, "养老服务" is three
 * that must all be there, "养" is what begins with it, "2020" is what begins with it. FTS5 with detail=none keeps no places,
 * so a word of more than one token is looked for in the body again (the check of the hit).
 *
 * Why pairs, measured with 100,000 narratives of 120 characters: single characters as a phrase 2.9 s to build, 33 MB, and
 * up to 16 ms for two frequent characters that never stand together; pairs with places 3.3 s, 38 MB; pairs without places
 * 1.7 s, 12 MB, never more than 0.5 ms for a first page and 6 ms for all hits.
 *
 * Rows are numbered in the order in which they were indexed, and a document gets a new one at each change, so that the
 * newest come first without sorting. The old row's tokens stay, belong to no document, and go when the index is built anew
 * (luo_search_index_step() does it where they are too many): FTS5 could take them out only if their text were kept. */

/** Version of what is indexed, changed with the tokens and with what the record table marks; the index is built anew where another
 *  one is in meta. */
#define LUO_SEARCH_FORMAT "2"
/** How many documents of a space that are not yet indexed are looked through at each search, the newest first: some
 *  5 ms. Only a bulk load, whose own end is seconds away, ever leaves more. */
#define LUO_SEARCH_TAIL_MAX 5000
/** Up to so many hits of Chinese words are sorted by a list's column, and LUO_QUERY_KEYS_MAX of others, whose checks cost more; of more, the list is walked in its order and each row is checked: either takes
 *  some 3 ms. */
#define LUO_SEARCH_SORT_MAX 5000

/** Folds and cuts @text into tokens, appended to @out with a blank after each. @folded: taken by luo_search_fold(). */
void luo_search_tokenize (const char *folded, GString *out);
/** Returns: (transfer full): @text as it is compared: NFKC, lower case, one kind of brackets; bad UTF-8 replaced */
char *luo_search_fold (const char *text, gssize length);
/** Returns: (transfer full): the folded text of a body that is searched, parts ended by a newline */
char *luo_search_text (const char *type, const char *body, gsize length);

/**
 * LuoSearch: words that a person typed, ready to be looked for.
 */
typedef struct
{
  GPtrArray *words;    /* (owned) (element-type utf8): folded */
  char *match;         /* (owned) (nullable): the FTS5 query; NULL where the words hold nothing to look for */
  gboolean exact;      /* the index answers by itself, no check of the hits */
  gboolean behind;     /* something is not indexed yet */
  gboolean plain;      /* all words are Chinese: found in a body's bytes as they stand */
  GArray *tail;        /* (owned) (element-type gint64): keys of hits not yet indexed, the newest first */
  GHashTable *in_tail; /* (owned): the same as a set of gint64 */
} LuoSearch;

/**
 * luo_search_new:
 * @type: (nullable): only records of this type
 * @space: (nullable): only of this space
 *
 * Reads the words and looks through what is not yet indexed, within the read transaction of @conn.
 *
 * Returns: (transfer full)
 */
LuoSearch *luo_search_new (LuoConnection *conn, const char *words, const char *type, const char *space,
                           GError **error);
void luo_search_free (LuoSearch *self);
/** Fills in the words and what the index is asked. */
void luo_search_read_words (LuoSearch *self, const char *words);

/** Whether all words are in the searched text of a body. @indexed: the index says that their tokens are. */
gboolean luo_search_check (const LuoSearch *self, const char *type, const char *body, gsize length,
                           gboolean indexed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoSearch, luo_search_free)

G_END_DECLS
