/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/* Reading the monthly table as it arrives (pipe-separated text, CSV, pasted text) into tasks and progress. */

/**
 * LuoLedgerProblem: a line that could not be read.
 */
typedef struct
{
  guint line;     /* from 1 */
  char *message;  /* translated: what was found and what was expected */
} LuoLedgerProblem;
void luo_ledger_problem_free (LuoLedgerProblem *self);

typedef struct
{
  guint section;  /* from 1: a numbering that starts again begins a new one */
  guint order;    /* 序号 */
  guint number;   /* 73 */
  char *title;
  char *overall;      /* (nullable) paragraphs joined by \n */
  char *this_month;   /* (nullable) */
  char *lead;         /* (nullable) 责任单位 */
  GHashTable *remarks; /* (element-type utf8 utf8): unknown columns and 存在问题 by their headers */
  guint line;
} LuoLedgerRow;

typedef struct
{
  guint year;      /* 0 where the headers do not say */
  guint month;     /* 8 of 总体工作进展及8月份进展; 0 where the headers do not say */
  GPtrArray *rows; /* (element-type LuoLedgerRow) */
} LuoLedger;
void luo_ledger_free (LuoLedger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoLedger, luo_ledger_free)

/**
 * luo_ledger_read:
 * @text: the bytes of the file: UTF-8 with or without BOM, else GB18030; pipe-separated, CSV, or tab-separated (pasted)
 * @problems: (out) (transfer full) (element-type LuoLedgerProblem): every line that can not be read
 *
 * Returns: (transfer full) (nullable): NULL with @error where there were problems: nothing is half read
 */
LuoLedger *luo_ledger_read (GBytes *text, GPtrArray **problems, GError **error);

typedef struct
{
  guint tasks_new, tasks_changed, tasks_same;
  guint progress_new, progress_changed, progress_same;
} LuoLedgerImport;

/**
 * luo_ledger_import:
 * @space: "city" or a district: tasks go to city, progress is of the office of @space
 * @month: (nullable): `YYYY-MM` where the table does not say the year or month; wins over it
 * @user: who imports
 *
 * All or nothing in one transaction; importing the same table twice changes nothing.
 */
gboolean luo_ledger_import (LuoLedger *self, LuoStore *store, const char *space, const char *month, const char *user,
                            LuoLedgerImport *result, GError **error);

G_END_DECLS
