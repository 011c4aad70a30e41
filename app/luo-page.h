/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

/** Begins what a list is to add up: "+attendances", "+funds/used_fen" (of those items that fit the conditions). */
#define LUO_PAGE_SUM "+"

#define LUO_TYPE_PAGE (luo_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (LuoPage, luo_page, LUO, PAGE, AdwBin)

/**
 * LuoPage: a page of the window: one entry of the sidebar.
 *
 * Properties: "session" (construct only), "store" and "month" (read only, from the session), "title", "subtitle" (nullable), "can-go-back" (there is
 * something within the page to go back to), "header-end" (GtkWidget, nullable: controls of the page for the window's header bar).
 *
 * LuoPage::open-record: (id) a person wants to see a record: the window shows it on the page of its type
 * LuoPage::open-list: (page, where) a person wants to see a list: @where is conditions as luo_list_condition_parse() reads them, and
 * at most one LUO_PAGE_SUM; NULL-ended
 */
struct _LuoPageClass
{
  AdwBinClass parent_class;

  /**
   * refresh: read everything again, in a thread, and show it. Called when the page is first shown, when the replica, the month or
   * the office changed while it is shown, and when it is shown after such a change. Calls are gathered.
   */
  void (*refresh) (LuoPage *self);
  /** (nullable): Ctrl+F */
  void (*search) (LuoPage *self);
  /** (nullable): Ctrl+N */
  void (*create) (LuoPage *self);
  /** (nullable): Ctrl+E: begin or end editing the record that is shown */
  void (*edit) (LuoPage *self);
  /** (nullable): Delete */
  void (*remove) (LuoPage *self);
  /** (nullable): the header's back button, while "can-go-back" */
  void (*go_back) (LuoPage *self);
  /** (nullable): show a record by its id */
  void (*open) (LuoPage *self, const char *id);
  /** (nullable): show the list with these conditions and no others */
  void (*filter) (LuoPage *self, const char *const *where);
};

LuoSession *luo_page_get_session (LuoPage *self);
LuoStore *luo_page_get_store (LuoPage *self);
const char *luo_page_get_month (LuoPage *self);

const char *luo_page_get_title (LuoPage *self);
void luo_page_set_title (LuoPage *self, const char *title);
void luo_page_set_subtitle (LuoPage *self, const char *subtitle);
void luo_page_set_can_go_back (LuoPage *self, gboolean can_go_back);
/** @widget: (nullable) (transfer floating) */
void luo_page_set_header_end (LuoPage *self, GtkWidget *widget);

/** Reads again soon, or when the page is shown next. */
void luo_page_queue_refresh (LuoPage *self);

void luo_page_open_record (LuoPage *self, const char *id);
/** @page: "tasks", "projects", "training", "visits", "report", "conflicts"; @where: (nullable) */
void luo_page_open_list (LuoPage *self, const char *page, const char *const *where);

/* For the window: each calls the page's function where it has one. */
void luo_page_search (LuoPage *self);
void luo_page_create (LuoPage *self);
void luo_page_edit (LuoPage *self);
void luo_page_remove (LuoPage *self);
void luo_page_go_back (LuoPage *self);
void luo_page_open (LuoPage *self, const char *id);
void luo_page_filter (LuoPage *self, const char *const *where);
gboolean luo_page_has_search (LuoPage *self);
gboolean luo_page_has_create (LuoPage *self);

G_END_DECLS
