/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "luo-body-cursor.h"

G_BEGIN_DECLS

/* Derived columns that are computed here rather than by their SQL, which opens SQLite's JSON functions once for each of them and made
 * up most of the cost of a project. The SQL of the record table stays what they mean: luo_projection_check() compares. */

/** At most so many columns are made from one member. */
#define LUO_DERIVATION_COLUMNS 3

/**
 * LuoDerivedBind:
 * @parameters: of the derivation's columns, in their order
 * @member: (nullable): the one member of the body that the columns are made from; NULL where the body has none
 *
 * Binds the values of the columns in one walk over the member, or leaves their parameters NULL.
 */
typedef void (*LuoDerivedBind) (sqlite3_stmt *stmt, const int *parameters, const LuoBodyItem *member);

/**
 * LuoDerivation: the columns of a type that are made from one member.
 */
typedef struct
{
  const char *type, *member;
  const char *columns[LUO_DERIVATION_COLUMNS]; /* NULL behind the last one */
  LuoDerivedBind bind;
} LuoDerivation;

/** @place: (out): of the column in the derivation. Returns: (nullable): NULL where the SQL has to compute the column */
const LuoDerivation *luo_derivation_find (const char *type, const char *column, guint *place);

/** Binds a JSON string as it stands where it has no escapes: the text must live until the statement is reset. */
void luo_body_bind_string (sqlite3_stmt *stmt, int parameter, const char *value, gsize length);
/** Binds a number as SQLite's JSON functions read it: an integer, or a real where it does not fit 64 bits. */
void luo_body_bind_number (sqlite3_stmt *stmt, int parameter, const char *value, gsize length,
                           gboolean real_allowed);

G_END_DECLS
