/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-search-private.h"

G_BEGIN_DECLS

/** The private-use character that begins the tokens which are no words: the type and the space of a record, so that the index
 *  itself narrows a search to them. */
#define LUO_SEARCH_MARK "\xee\x80\x80"

/** The tables of the index:
 *
 *   search_docs   n INTEGER PRIMARY KEY AUTOINCREMENT, doc UNIQUE: the row of a document in the index
 *   search_index  FTS5, contentless: rowid = n
 *
 * Its hooks are declared in luo-store-private.h, its words in luo-search-private.h. */

G_END_DECLS
