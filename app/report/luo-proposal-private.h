/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-proposal.h"

G_BEGIN_DECLS

/** The records that a proposal is made from, sorted out. Objects are not owned. */
typedef struct
{
  const char *month; /* `YYYY-MM` */
  const char *until; /* `YYYY-MM-DD` */
  gboolean by_district;
  GPtrArray *projects, *trainings, *visits; /* (owned) (element-type JsonObject) */
  GHashTable *places;                       /* (owned): district → its name in texts, "皇姑区" */
} LuoLinkedRecords;

/** Places of stages in their order, 0 for confirmed; -1 for another text. */
int luo_linked_stage_rank (const char *stage);
/** Returns: the furthest stage reached by the last day that counts; -1 where none is. @on: (out) (optional): since when */
int luo_linked_stage (const LuoLinkedRecords *self, JsonObject *project, const char **on);
/** Whether a day lies in the month and counts. */
gboolean luo_linked_in_month (const LuoLinkedRecords *self, const char *day);
/** Whether a day counts: of the year up to the last day. */
gboolean luo_linked_in_year (const LuoLinkedRecords *self, const char *day);
/** Adds up @member over records. Returns: whether any states it. */
gboolean luo_linked_sum (GPtrArray *records, const char *member, gint64 *sum);

/** The narratives. Returns: (transfer full) (nullable) */
char *luo_linked_write_overall (const LuoLinkedRecords *self);
char *luo_linked_write_month (const LuoLinkedRecords *self);

G_END_DECLS
