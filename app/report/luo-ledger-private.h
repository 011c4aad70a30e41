/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-ledger.h"

G_BEGIN_DECLS

/* The table as rows of cells, before anything is made of them. */

typedef struct
{
  guint line;       /* from 1: where the row begins */
  GPtrArray *cells; /* (owned) (element-type utf8): trimmed, paragraphs joined by \n */
  char
      *heading; /* (owned) (nullable): a line of its own that begins a new section; then there are no cells */
} LuoLedgerLine;
LuoLedgerLine *luo_ledger_line_new (guint number);
void luo_ledger_line_free (LuoLedgerLine *self);

typedef struct
{
  char *title;           /* (owned): the lines above the headers */
  LuoLedgerLine *header; /* (owned) (nullable) */
  GPtrArray *lines;      /* (owned) (element-type LuoLedgerLine) */
} LuoLedgerTable;
void luo_ledger_table_free (LuoLedgerTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoLedgerTable, luo_ledger_table_free)

/** What a column is, by its header. */
typedef enum
{
  LUO_COLUMN_REMARK,
  LUO_COLUMN_ORDER,
  LUO_COLUMN_NUMBER,
  LUO_COLUMN_TASK,
  LUO_COLUMN_COMBINED,
  LUO_COLUMN_OVERALL,
  LUO_COLUMN_THIS_MONTH,
  LUO_COLUMN_LEAD,
  LUO_COLUMN_PARTNERS,
} LuoColumn;

/** @year, @month: (out): set where the header says them. */
LuoColumn luo_ledger_column_of (const char *header, guint *year, guint *month);

/** Adds a problem; takes @message. */
void luo_ledger_add_problem (GPtrArray *problems, guint line, char *message);

/** Returns: (transfer full) (nullable): UTF-8 with \n line ends; NULL where the bytes are no text */
char *luo_ledger_decode (GBytes *bytes, GError **error);

/** Returns: (transfer full): without the blanks, of any script, at both ends */
char *luo_ledger_trim (const char *start, gsize length);

/** Every row of CSV or tab-separated text that is not empty. Returns: (transfer full) (element-type LuoLedgerLine) */
GPtrArray *luo_ledger_read_csv (const char *text, char delimiter, GPtrArray *problems);

/** Takes the text apart. Every row has as many cells as the header; those that have not are named in @problems. */
LuoLedgerTable *luo_ledger_split (const char *text, GPtrArray *problems);

/** Reads "12", "12.", "12" from the start; full-width digits too. @rest: (out) (optional): what follows the digits. 0: no number. */
guint luo_ledger_parse_number (const char *text, const char **rest);

/** Whether a sentence ends at the byte before @end: then what follows on a new line is a new paragraph. */
gboolean luo_ledger_sentence_ends (const char *start, const char *end);

G_END_DECLS
