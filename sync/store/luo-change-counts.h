/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoChangeCounts: remembers how many changes followed a sequence, so that a feed that is read page by page counts each change once
 * and not again at each page before it. Any thread. Private to sync/store.
 */
typedef struct _LuoChangeCounts LuoChangeCounts;

LuoChangeCounts *luo_change_counts_new (void);
void luo_change_counts_free (LuoChangeCounts *self);

/**
 * luo_change_counts_find:
 * @seq: the latest sequence of the space: what was counted before it changed is of no more use
 * @from: (out): a sequence not after @since …
 * @count: (out): … and how many changes followed it
 */
gboolean luo_change_counts_find (LuoChangeCounts *self, gint64 space, gint64 seq, gint64 since, gint64 *from,
                                 gint64 *count);
void luo_change_counts_add (LuoChangeCounts *self, gint64 space, gint64 seq, gint64 since, gint64 count);

G_END_DECLS
