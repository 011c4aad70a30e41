/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-overview-page.h"

#include <glib/gi18n.h>

struct _LuoOverviewPage
{
  LuoPage parent_instance;
};

G_DEFINE_FINAL_TYPE (LuoOverviewPage, luo_overview_page, LUO_TYPE_PAGE)

static void
luo_overview_page_class_init (LuoOverviewPageClass *klass)
{
}

static void
luo_overview_page_init (LuoOverviewPage *self)
{
  GtkWidget *nothing = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (nothing), "view-grid-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (nothing), _ ("Nothing Here Yet"));
  adw_bin_set_child (ADW_BIN (self), nothing);
}
