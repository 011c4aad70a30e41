/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "luo-record-type.h"

G_BEGIN_DECLS

/* Places within a record, named by keys as luo_merge() names what is in dispute: "/funds/provincial/used_fen". The same item may
 * stand at another place in each version of a record. All pure and thread-safe. */

/**
 * LuoKeyedPlace: what the record table says of a place.
 * @member: (nullable): the member of the record that the place lies in
 * @inner: (nullable): the member of an item or object that the place is
 * @value: how a value there is written; kind NARRATIVE or INTEGER for the entries of a map. Its name is NULL where the table does
 *   not know the place
 */
typedef struct
{
  const LuoMember *member;
  const LuoMember *inner;
  LuoMember value;
} LuoKeyedPlace;

/** @record_type: "progress"; @pointer: by keys. */
void luo_keyed_place_describe (const char *record_type, const char *pointer, LuoKeyedPlace *place);

/**
 * luo_keyed_place_label:
 * @body: (nullable): JSON text of a version of the record, where the names of the items are read
 *
 * Returns: (transfer full): the place as a form names it: "Funds · 省级 · Used"
 */
char *luo_keyed_place_label (const char *record_type, const char *pointer, const char *body);

/** Returns: (transfer full) (nullable): the JSON text of the value at @pointer in @body; NULL where it is not there */
char *luo_keyed_place_get (const char *record_type, const char *body, const char *pointer);

/**
 * luo_keyed_place_set:
 * @value: (nullable): JSON text; NULL takes the value away
 *
 * Sets the value at @pointer and leaves every other byte as it was. An item that is not there is added at the end; removing what
 * is not there changes nothing. LUO_RECORD_ERROR_MEMBER where the item that @pointer leads through is not there.
 *
 * Returns: (transfer full): the new body
 */
char *luo_keyed_place_set (const char *record_type, const char *body, const char *pointer, const char *value,
                           GError **error);

/** Whether the place @inner is the place @outer or lies in it. */
gboolean luo_keyed_place_is_within (const char *inner, const char *outer);

G_END_DECLS
