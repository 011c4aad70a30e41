/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "luo-body-cursor.h"

G_BEGIN_DECLS

/* Derived columns that are computed here rather than by their SQL, which opens SQLite's JSON functions once for each of them and made
 * up most of the cost of a project. The SQL of the record table stays what they mean: luo_projection_check() compares. */

/**
 * LuoDerivedBind:
 * @member: (nullable): the one member of the body that the column is made from; NULL where the body has none
 *
 * Binds the column's value, or leaves the parameter NULL.
 */
typedef void (*LuoDerivedBind) (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member);

/** @member: (out): the name of that member. Returns: (nullable): NULL where the SQL has to compute the column */
LuoDerivedBind luo_derived_find (const char *type, const char *column, const char **member);

/** Binds a JSON string as it stands where it has no escapes: the text must live until the statement is reset. */
void luo_body_bind_string (sqlite3_stmt *stmt, int parameter, const char *value, gsize length);
/** Binds a number as SQLite's JSON functions read it: an integer, or a real where it does not fit 64 bits. */
void luo_body_bind_number (sqlite3_stmt *stmt, int parameter, const char *value, gsize length,
                           gboolean real_allowed);

G_END_DECLS
