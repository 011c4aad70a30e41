/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-monthly-report.h"

G_BEGIN_DECLS

/**
 * LuoReportMismatch: a number in the text of a task that is not what was reported for the indicator.
 */
typedef struct
{
  char *task_id;
  guint number;
  char *indicator; /* (owned): its name */
  char *written;   /* (owned): what the text says, with its unit */
  char *reported;  /* (owned): the reading, with its unit */
} LuoReportMismatch;

/**
 * LuoReportData: the monthly report with its figures checked. Read in a thread, immutable afterwards.
 */
typedef struct
{
  LuoMonthlyReport *report; /* (owned) */
  GPtrArray *mismatches;    /* (owned) (element-type LuoReportMismatch) */
  guint agreeing;           /* figures that are what was reported */
  guint ignored;            /* that are not, and a person said they need not be */
  guint changed, same, missing, drafts;
} LuoReportData;

/**
 * luo_report_data_read:
 * @month: `YYYY-MM`
 * @office: whose report
 *
 * Blocks. Returns: (transfer full): NULL with LUO_STORE_ERROR_NOT_FOUND where the year has no tasks
 */
LuoReportData *luo_report_data_read (LuoStore *store, const char *month, const char *office, GError **error);
void luo_report_data_free (LuoReportData *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoReportData, luo_report_data_free)

G_END_DECLS
