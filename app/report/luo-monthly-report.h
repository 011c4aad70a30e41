/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/* The monthly table for one month, from the records of the replica. The window draws it, luoshictl prints it. */

typedef struct
{
  guint section, order, number;
  char *task_id;
  char *title;
  char *text;       /* the cell: overall and this month's text as the table joins them */
  char *overall;    /* (nullable) */
  char *this_month; /* (nullable) */
  char *state;      /* (nullable) of the progress */
  gboolean missing; /* no progress for the month */
  gboolean changed; /* the text differs from last month's */
} LuoReportRow;

typedef struct
{
  guint year, month;
  char *title;                /* 2020年目标任务进展情况表(8月) */
  char *column;               /* 总体工作进展及8月份进展 */
  GPtrArray *rows;            /* (element-type LuoReportRow) in the order of sections and 序号 */
  GPtrArray *missing_offices; /* (element-type utf8) */
} LuoMonthlyReport;
void luo_monthly_report_free (LuoMonthlyReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoMonthlyReport, luo_monthly_report_free)

/**
 * luo_monthly_report_read:
 * @month: `YYYY-MM`
 * @office: "city" or a district, whose progress is printed
 *
 * Blocks (reads). LUO_STORE_ERROR_NOT_FOUND where the year has no tasks.
 */
LuoMonthlyReport *luo_monthly_report_read (LuoStore *store, const char *month, const char *office,
                                           GError **error);

/** Returns: (transfer full): pipe-separated as the table arrives, one row a line; luo_ledger_read() reads it back the same */
char *luo_monthly_report_to_text (LuoMonthlyReport *self);
/** Returns: (transfer full): RFC 4180 with a UTF-8 BOM */
char *luo_monthly_report_to_csv (LuoMonthlyReport *self);

G_END_DECLS
