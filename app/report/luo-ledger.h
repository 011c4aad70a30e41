/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/* Reading the monthly table as it arrives (pipe-separated text, CSV, pasted text) into tasks and progress.
 *
 * Columns are known by their headers, in any order and number: 序号; 目标任务 or 任务目标; 总体工作进展及N月份进展 (one cell for both);
 * 总体工作进展, 完成情况 or 累计进度; N月份进展 or 当月进度; 责任单位 or 责任处室; 配合单位. Every other column, 存在问题 and 进度标识 among them, is kept as a remark
 * under its header. */

/**
 * LuoLedgerProblem: a line that could not be read.
 */
typedef struct
{
  guint line;    /* from 1 */
  char *message; /* (owned): translated: what was found and what was expected */
} LuoLedgerProblem;
void luo_ledger_problem_free (LuoLedgerProblem *self);

typedef struct
{
  guint section;       /* from 1: a numbering that starts again begins a new one */
  guint order;         /* 序号 */
  guint number;        /* 73 */
  char *title;         /* (owned): without the number */
  char *overall;       /* (owned) (nullable): paragraphs joined by \n */
  char *this_month;    /* (owned) (nullable) */
  char *lead;          /* (owned) (nullable): 责任单位 */
  char **partners;     /* (owned) (nullable): 配合单位, taken apart */
  GHashTable *remarks; /* (owned) (element-type utf8 utf8): other columns by their headers */
  guint line;
} LuoLedgerRow;

typedef struct
{
  guint year;  /* 0 where neither headers nor title say */
  guint month; /* 8 of 总体工作进展及8月份进展; 0 where neither headers nor title say */
  gboolean has_progress, has_lead, has_partners; /* which columns the table has */
  GPtrArray *rows;                               /* (owned) (element-type LuoLedgerRow) */
} LuoLedger;
void luo_ledger_free (LuoLedger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoLedger, luo_ledger_free)

/**
 * luo_ledger_read:
 * @text: the bytes of the file: UTF-8 with or without BOM, UTF-16 with BOM, else GB18030; pipe-separated, CSV, or tab-separated (pasted)
 * @problems: (out) (optional) (transfer full) (element-type LuoLedgerProblem): every line that can not be read; empty where all is well
 * @error: LUO_RECORD_ERROR_VALUE with the first problem
 *
 * Touches nothing. Thread-safe.
 *
 * Returns: (transfer full) (nullable): NULL where there were problems: nothing is half read
 */
LuoLedger *luo_ledger_read (GBytes *text, GPtrArray **problems, GError **error);

/**
 * luo_ledger_resolve_month:
 * @given: (nullable): `YYYY-MM` that a person said; wins
 * @file_name: (nullable): looked at for 2020-08, 202008, 2020年8月
 * @error: LUO_RECORD_ERROR_VALUE where it is not known or the file's name and the table disagree: ask the person
 *
 * Which month the table is of: many a table says 8月份 and no year.
 *
 * Returns: (transfer full): `YYYY-MM`
 */
char *luo_ledger_resolve_month (const LuoLedger *self, const char *given, const char *file_name,
                                GError **error);

/**
 * luo_ledger_split_progress:
 * @text: a cell 总体工作进展及8月份进展, its paragraphs joined by \n
 * @month: 8; 0 where it is not known
 *
 * From the first paragraph on that begins with the month (8月以来, 8月份, 截至8月, 本月, 当月) the cell tells of this month, unless a
 * numbered paragraph (3.) follows, which shows that the cell is one list. Joining the parts again with
 * luo_ledger_join_progress() gives @text.
 */
void luo_ledger_split_progress (const char *text, guint month, char **overall, char **this_month);

/** Returns: (transfer full): the cell of the two parts, either of which may be NULL */
char *luo_ledger_join_progress (const char *overall, const char *this_month);

/** Returns: (transfer full): @text as one line of a pipe-separated table: paragraphs parted by a space, no bar within */
char *luo_ledger_flatten (const char *text);

typedef struct
{
  guint tasks_new, tasks_changed, tasks_same;
  guint progress_new, progress_changed, progress_same;
} LuoLedgerImport;

/**
 * luo_ledger_import:
 * @space: "city" or a district: tasks go to city, progress is of the office of @space
 * @month: `YYYY-MM`, see luo_ledger_resolve_month()
 * @user: who imports
 * @result: (out caller-allocates) (optional)
 * @error: LUO_STORE_ERROR_…, LUO_RECORD_ERROR_…
 *
 * All or nothing in one transaction; importing the same table twice changes nothing. Of a record that is there already only the
 * members that the table gives are changed; indicators, readings and everything else stay. Where the text of the cell is the
 * same, the way it is parted into overall and this month stays. Blocks.
 */
gboolean luo_ledger_import (LuoLedger *self, LuoStore *store, const char *space, const char *month,
                            const char *user, LuoLedgerImport *result, GError **error);

G_END_DECLS
