/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-filter-button.h"
#include "luo-list-page.h"
#include "luo-list-total.h"
#include "luo-raw-view.h"
#include "luo-record-model.h"

G_BEGIN_DECLS

/* What the files of the list page share. */

typedef struct
{
  AdwLeaflet *leaflet;
  GtkWidget *list_pane;
  GtkWidget *detail_pane;
  GtkWidget *search;
  LuoFilterButton *filter;
  LuoListTotal *total;
  GtkWidget *list_stack;
  GtkWidget *front_stack; /* (nullable): the front and the list, where the page has a front */
  AdwStatusPage *empty;
  GtkWidget *list_view;
  GtkSingleSelection *selection;
  LuoRecordModel *model; /* (owned) */
  GtkStack *detail;
  LuoRecordView *view;
  LuoRawView *raw;
  AdwBin *form_place;
  GtkWidget *edit_button;
  GtkWidget *delete_button;
  LuoDocument *document; /* (owned) (nullable): the record that is shown */
  char *wanted;          /* (owned) (nullable): id of the record to be shown when it is read */
  GHashTable *bound;     /* (owned): list items that are bound */
  guint layout_source;
  gboolean editing;
  gboolean edit_when_found; /* the record that is wanted is to be edited */
  gboolean selecting;       /* the selection follows the record, not the other way round */
} LuoListPagePrivate;

LuoListPagePrivate *luo_list_page_get_private (LuoListPage *self);

/** Shows the record of a row, as a click does. */
void luo_list_page_activate (LuoListPage *self, guint position);

/** Returns: (transfer full): makes the rows of the list, and binds them to their records when these arrive */
GtkListItemFactory *luo_list_rows_new (LuoListPage *self);

G_END_DECLS
