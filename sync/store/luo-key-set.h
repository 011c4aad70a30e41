/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoKeySet: a set of keys of documents, one bit a key: what the conditions of a list are intersected with. Keys are small numbers
 * without large gaps, so that 100,000 documents take 12 kB. Private to sync/store.
 */
typedef struct
{
  guint64 *words; /* (owned) */
  gsize n_words;
  gsize count;
} LuoKeySet;

LuoKeySet *luo_key_set_new (void);
void luo_key_set_free (LuoKeySet *self);
void luo_key_set_add (LuoKeySet *self, gint64 key);
/** The smallest key from @from on; -1 where there is none. */
gint64 luo_key_set_next (const LuoKeySet *self, gint64 from);
/** Returns: (transfer full): "[3,8,…]", ascending */
char *luo_key_set_to_json (const LuoKeySet *self);

static inline gboolean
luo_key_set_contains (const LuoKeySet *self, gint64 key)
{
  gsize word = (gsize)key / 64;

  return key >= 0 && word < self->n_words && (self->words[word] >> (key % 64) & 1) != 0;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoKeySet, luo_key_set_free)

G_END_DECLS
