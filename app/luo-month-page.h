/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-page.h"

G_BEGIN_DECLS

#define LUO_TYPE_MONTH_PAGE (luo_month_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (LuoMonthPage, luo_month_page, LUO, MONTH_PAGE, LuoPage)

/** What is to be read. */
typedef struct
{
  const char *month;  /* `YYYY-MM` */
  const char *office; /* "city" or a district */
  const char *today;  /* `YYYY-MM-DD` */
} LuoMonthRequest;

/**
 * LuoMonthPage: a page that shows one month as a whole: read in a thread whenever the replica, the month or the office changed, and
 * only what was asked for last is shown.
 */
struct _LuoMonthPageClass
{
  LuoPageClass parent_class;

  /** In a worker thread. Returns: (transfer full) */
  gpointer (*read) (LuoStore *store, const LuoMonthRequest *request, GError **error);
  GDestroyNotify data_free;
  /** Shows what was read: calls luo_month_page_show_content() or luo_month_page_show_nothing(). */
  void (*show) (LuoMonthPage *self, gconstpointer data);
  /** Says why it could not be read. */
  void (*fail) (LuoMonthPage *self, const GError *error);
};

/** @content: (transfer floating): shown once something was read; @icon: stands where there is nothing */
void luo_month_page_set_content (LuoMonthPage *self, GtkWidget *content, const char *icon);
void luo_month_page_show_content (LuoMonthPage *self);
void luo_month_page_show_nothing (LuoMonthPage *self, const char *title, const char *description);

G_END_DECLS
