/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"
#include "luo-work.h"

G_BEGIN_DECLS

#define LUO_TYPE_RECORD_VIEW (luo_record_view_get_type ())
G_DECLARE_DERIVABLE_TYPE (LuoRecordView, luo_record_view, LUO, RECORD_VIEW, AdwBin)

/**
 * LuoViewRequest: what a view reads for: immutable, used in the worker thread.
 */
typedef struct
{
  LuoDocument *document; /* (owned) */
  char *month;           /* (owned) `YYYY-MM` */
  char *office;          /* (owned) */
  char *day;             /* (owned) `YYYY-MM-DD`, see luo_session_get_day() */
} LuoViewRequest;

/**
 * LuoRecordView: one record to read. What it needs beside the record is read in a thread; then it is built in one go, again at each change.
 *
 * LuoRecordView::open-record: (id)
 */
struct _LuoRecordViewClass
{
  AdwBinClass parent_class;

  /** read: (nullable): in a worker thread; gets a LuoViewRequest. The result goes to build. */
  LuoWorkFunc read;
  /** read_free: of read's result */
  GDestroyNotify read_free;
  /** build: fill @box (a vertical GtkBox, which may hold what was built before). @data: (nullable): what read gave */
  void (*build) (LuoRecordView *self, GtkBox *box, gpointer data);
  /** add_shown: (nullable): adds the ids (to be freed) of other records of the space whose history belongs to what is shown */
  void (*add_shown) (LuoRecordView *self, GPtrArray *ids);
};

LuoSession *luo_record_view_get_session (LuoRecordView *self);
/** Returns: (nullable) (transfer none) */
LuoDocument *luo_record_view_get_document (LuoRecordView *self);
/** Shows another record, or another version of it. */
void luo_record_view_set_document (LuoRecordView *self, LuoDocument *document);
/** Reads and builds again. */
void luo_record_view_refresh (LuoRecordView *self);
void luo_record_view_open_record (LuoRecordView *self, const char *id);

G_END_DECLS
