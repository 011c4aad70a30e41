/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-report-page.h"

#include <glib/gi18n.h>

struct _LuoReportPage
{
  LuoPage parent_instance;
};

G_DEFINE_FINAL_TYPE (LuoReportPage, luo_report_page, LUO_TYPE_PAGE)

static void
luo_report_page_class_init (LuoReportPageClass *klass)
{
}

static void
luo_report_page_init (LuoReportPage *self)
{
  GtkWidget *nothing = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (nothing), "x-office-document-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (nothing), _ ("Nothing Here Yet"));
  adw_bin_set_child (ADW_BIN (self), nothing);
}
