/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Walks over JSON text that is known to be valid (it was checked when it was stored), without a tree and without copying.
 * Bounded by @end all the same. Private to sync/store. */

/**
 * LuoBodyCursor: stands in an object or array.
 */
typedef struct
{
  const char *p;
  const char *end;
  gboolean object;
} LuoBodyCursor;

/**
 * LuoBodyItem: a member or an element, as spans of the text.
 */
typedef struct
{
  const char *name; /* of a member: between its quotes, escapes not decoded */
  gsize name_length;
  const char *value;
  gsize value_length;
} LuoBodyItem;

/** Enters the object or array at @text. FALSE where it is neither. */
gboolean luo_body_enter (LuoBodyCursor *self, const char *text, gsize length);
/** The next member or element. FALSE at the end. */
gboolean luo_body_next (LuoBodyCursor *self, LuoBodyItem *item);

/** Appends all members or elements of the object or array at @text to @items (element-type LuoBodyItem). */
void luo_body_cut (const char *text, gsize length, GArray *items);

/** Whether the member's name is @name. */
static inline gboolean
luo_body_item_is (const LuoBodyItem *item, const char *name, gsize length)
{
  return item->name_length == length && memcmp (item->name, name, length) == 0;
}

G_END_DECLS
