/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * LuoProposedReading: what the records say about one indicator of a task.
 */
typedef struct
{
  char *key;                /* (owned): of the indicator */
  gboolean counted;         /* a share: covered and eligible are there */
  gint64 covered, eligible; /* where @counted */
  gint64 value;             /* per mille where @counted */
} LuoProposedReading;

/**
 * LuoProposal: the progress of one task, month and office as its records have it, for a person to accept or to edit. The narratives
 * are official text in Chinese, whatever language the program speaks.
 */
typedef struct
{
  char *overall;                     /* (owned) (nullable): where the projects stand and the money */
  char *this_month;                  /* (owned) (nullable): what happened in the month */
  GPtrArray *readings;               /* (owned) (element-type LuoProposedReading) */
  guint projects, trainings, visits; /* how many records it was made from */
} LuoProposal;

/**
 * luo_proposal_new:
 * @task: the task, with its indicators
 * @task_id: its id; records of other tasks, or of none, do not count
 * @month: `YYYY-MM`
 * @until: `YYYY-MM-DD`: the last day that counts: the last of the month, or today
 * @office: "city", or the district whose records alone count
 * @records: (element-type JsonObject): projects, training, visits, and offices for the names of districts; others are passed over
 *
 * Pure. A reading is proposed only where the indicator's name says what is to be counted and the records hold it: a stage of
 * projects of one programme, attendances or coverage of training, what visits counted.
 *
 * Returns: (transfer full): with neither text nor readings where no record is linked to the task
 */
LuoProposal *luo_proposal_new (JsonObject *task, const char *task_id, const char *month, const char *until,
                               const char *office, GPtrArray *records);
void luo_proposal_free (LuoProposal *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoProposal, luo_proposal_free)

G_END_DECLS
