/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the files of luo-merge.h share; nothing outside sync/merge includes this. */

/**
 * LuoSpan: a JSON value as bytes of a larger text; @text NULL where it is absent.
 */
typedef struct
{
  const char *text;
  gsize length;
} LuoSpan;

/** Whether both are absent, or both present with the same canonical form. */
gboolean luo_span_equal (LuoSpan a, LuoSpan b);
/** Whether both are absent or byte for byte the same. */
gboolean luo_span_same (LuoSpan a, LuoSpan b);
/** Bytewise order, absent first. */
int luo_span_compare (LuoSpan a, LuoSpan b);

/**
 * LuoPart: a member of an object, an item of a list with keys, or a text of a set.
 */
typedef struct
{
  char *name; /* (owned): canonical JSON string that names the part, with its quotes */
  LuoSpan value;
} LuoPart;

/**
 * LuoParts: a value taken apart by name, in its own order.
 */
typedef struct
{
  GPtrArray *list;   /* (owned) (element-type LuoPart) */
  GHashTable *index; /* (owned): name → LuoPart */
} LuoParts;

/** Returns: (transfer full): without any part */
LuoParts *luo_parts_new (void);
void luo_parts_free (LuoParts *self);

/** Returns: (transfer full): the members of an object; NULL with LUO_RECORD_ERROR_JSON */
LuoParts *luo_parts_new_members (LuoSpan object, GError **error);
/** Returns: (transfer full) (nullable): NULL where an item is no object, has no text member @key, or a key comes twice */
LuoParts *luo_parts_new_items (LuoSpan array, const char *key);
/** Returns: (transfer full) (nullable): NULL where an item is no text or comes twice */
LuoParts *luo_parts_new_texts (LuoSpan array);

/** Returns: the value of that name; absent where there is none */
LuoSpan luo_parts_get (const LuoParts *self, const char *name);

/** Sets the value of the part of that name, added last where it is not there; absent makes the part absent. */
void luo_parts_set (LuoParts *self, const char *name, LuoSpan value);

/**
 * luo_parts_order:
 *
 * Every name of the three, once, in the order that luo_merge() describes; the same for @ours and @theirs exchanged.
 *
 * Returns: (transfer container) (element-type utf8): names owned by the parts
 */
GPtrArray *luo_parts_order (const LuoParts *base, const LuoParts *ours, const LuoParts *theirs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoParts, luo_parts_free)

G_END_DECLS
