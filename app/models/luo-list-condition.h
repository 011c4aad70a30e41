/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-query.h"
#include "luo-record-type.h"

G_BEGIN_DECLS

/**
 * LuoListCondition: one condition of a list as it is handed from page to page, in words for the person and as SQL for the replica.
 * A plain value.
 *
 * As text: a column of the record type or of its items ("district", "funds/source"), a sign and a value:
 * "district=huanggu", "stage!=built", "next_due<2020-09-01", "stage=" (absent), "covered!=" (present), "on=2020-08-01..2020-08-31" (from
 * … to …, both within), "id=task:2020:73|task:2020:142" (one of these). A tab and words may follow, which are shown to the person
 * instead of what the program would say.
 */
typedef struct
{
  char *column; /* (owned) */
  LuoOperator op;
  char *value; /* (owned) */
  char *until; /* (owned) (nullable): @value is the first and this the last that fits */
  GStrv among; /* (owned) (nullable): the values one of which it has to be */
  char *words; /* (owned) (nullable) */
} LuoListCondition;

/** Returns: (transfer full) (nullable): NULL where @text is no condition */
LuoListCondition *luo_list_condition_parse (const char *text);
/** "column=value" */
LuoListCondition *luo_list_condition_new_equal (const char *column, const char *value);
void luo_list_condition_free (LuoListCondition *self);

/** Returns: (transfer full): the condition in words. @type: of the records */
char *luo_list_condition_describe (const LuoListCondition *self, const LuoRecordType *type);

/** @items: (nullable): the query is over the items of this member ("funds"), and what is said of them is said of each row */
void luo_list_condition_apply (const LuoListCondition *self, LuoQuery *query, const char *items);

/** Returns: (nullable) (transfer none): the member of "district" or "funds/source"; NULL for a derived column. */
const LuoMember *luo_list_condition_member (const LuoRecordType *type, const char *column);
/** Returns: (transfer none): what a column is called */
const char *luo_list_condition_label (const LuoRecordType *type, const char *column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoListCondition, luo_list_condition_free)

G_END_DECLS
