/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** More changed documents than this are not named one by one: whoever shows them reads all again. */
#define LUO_CHANGE_SET_MAX 256

/**
 * LuoChangeSet: what changed, to be said in one signal. A plain value of one thread at a time.
 */
typedef struct
{
  GHashTable *spaces; /* (owned): set of names */
  GArray *keys;       /* (owned): gint64 */
  gboolean all;       /* too many to name, or not of one document */
} LuoChangeSet;

LuoChangeSet *luo_change_set_new (void);
void luo_change_set_free (LuoChangeSet *self);
/** @key 0: not of one document. */
void luo_change_set_add (LuoChangeSet *self, const char *space, gint64 key);
void luo_change_set_merge (LuoChangeSet *self, const LuoChangeSet *other);
gboolean luo_change_set_is_empty (const LuoChangeSet *self);
void luo_change_set_clear (LuoChangeSet *self);
/** Returns: (transfer full) */
GStrv luo_change_set_dup_spaces (const LuoChangeSet *self);
/** Returns: (transfer full) (element-type gint64): empty where all is to be read again */
GArray *luo_change_set_dup_keys (const LuoChangeSet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoChangeSet, luo_change_set_free)

G_END_DECLS
