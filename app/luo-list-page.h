/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-draft.h"
#include "luo-page.h"
#include "luo-query.h"
#include "luo-record-row.h"
#include "luo-record-type.h"
#include "luo-record-view.h"

G_BEGIN_DECLS

#define LUO_TYPE_LIST_PAGE (luo_list_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (LuoListPage, luo_list_page, LUO, LIST_PAGE, LuoPage)

/** A condition that the filter offers. */
typedef struct
{
  const char *column; /* NULL ends an array */
  const char *label;  /* N_() */
  const LuoChoice *choices;
} LuoListFilter;

/** An order that the filter offers; the first is the usual one. */
typedef struct
{
  const char *label; /* N_(); NULL ends an array */
  const char *columns[4];
  gboolean descending;
} LuoListOrder;

/**
 * LuoListPage: a list of the records of one type with search, filter and order, and beside it (or over it, where it is narrow) one record to read
 * and to edit.
 */
struct _LuoListPageClass
{
  LuoPageClass parent_class;

  const char *record_type;
  const LuoListFilter *filters; /* (nullable) */
  const LuoListOrder *orders;
  const char *const *form_skip;     /* (nullable): see luo_record_form_new() */
  const char *const *form_counters; /* (nullable) */
  const char *search_hint;          /* N_(): what the search finds */

  /** The read view of a record. */
  GType (*get_view_type) (void);
  /** (nullable): conditions that always hold */
  void (*build_query) (LuoListPage *self, LuoQuery *query);
  /** Fill a row that was cleared. @before: (nullable): the record of the row above, where it was read already */
  void (*bind_row) (LuoListPage *self, LuoRecordRow *row, LuoDocument *document, LuoDocument *before);
  /** Returns: (transfer full): JSON text of a new record with its usual members */
  char *(*new_body) (LuoListPage *self);
  /** (nullable): the form of a record; NULL: the one that follows from the record table. Returns: (transfer floating) */
  GtkWidget *(*new_form) (LuoListPage *self, LuoDraft *draft);
};

/**
 * luo_list_page_set_front:
 * @front: (transfer floating): what stands in place of the list at first
 *
 * Gives the page a front: what matters now, with the whole list one step away. Searching and filtering show the list. To be called
 * once, when the page is made.
 */
void luo_list_page_set_front (LuoListPage *self, GtkWidget *front, const char *front_title,
                              const char *list_title);
/** Shows a record to be edited. */
void luo_list_page_write (LuoListPage *self, const char *id);
/** Ends editing; where there is a front, back to it on a narrow window. */
void luo_list_page_finish (LuoListPage *self);
/** Binds the rows again: what stands beside the records (lamps) has changed. */
void luo_list_page_rebind (LuoListPage *self);
/** Sets the query anew (its conditions have changed). */
void luo_list_page_requery (LuoListPage *self);

G_END_DECLS
