/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-overview-page.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-columns.h"
#include "luo-format.h"
#include "luo-overview-sections.h"

/* From this width of the page on, there are two columns. */
#define TWO_COLUMNS_FROM 720

struct _LuoOverviewPage
{
  LuoMonthPage parent_instance;

  GtkBox *first, *second;
};

G_DEFINE_FINAL_TYPE (LuoOverviewPage, luo_overview_page, LUO_TYPE_MONTH_PAGE)

static gpointer
luo_overview_page_read (LuoStore *store, const LuoMonthRequest *request, GError **error)
{
  return luo_overview_read (store, request->month, request->office, request->today, error);
}

static void
append (GtkBox *box, GtkWidget *part)
{
  if (part != NULL)
    gtk_box_append (box, part);
}

static void
luo_overview_page_show (LuoMonthPage *month_page, gconstpointer shown)
{
  LuoOverviewPage *self = LUO_OVERVIEW_PAGE (month_page);
  LuoPage *page = LUO_PAGE (self);
  const LuoOverview *data = shown;
  g_autofree char *month = luo_format_month (data->month);
  g_autofree char *subtitle = luo_format_join (month, luo_format_office (data->office), NULL);

  luo_page_set_subtitle (page, subtitle);
  if (data->tasks->len == 0 && data->projects->len == 0 && data->training->len == 0 && data->visits->len == 0)
    {
      luo_month_page_show_nothing (
          month_page, _ ("Nothing Here Yet"),
          _ ("Once there are target tasks, projects, training or visits, this page says where they stand."));
      return;
    }
  luo_build_clear (GTK_WIDGET (self->first));
  luo_build_clear (GTK_WIDGET (self->second));
  append (self->first, luo_overview_build_today (page, data));
  append (self->first, luo_overview_build_projects (page, data));
  append (self->first, luo_overview_build_funds (page, data));
  append (self->first, luo_overview_build_visits (page, data));
  append (self->second, luo_overview_build_indicators (page, data));
  append (self->second, luo_overview_build_month (page, data));
  append (self->second, luo_overview_build_training (page, data));
  luo_month_page_show_content (month_page);
}

static void
luo_overview_page_fail (LuoMonthPage *page, const GError *error)
{
  luo_month_page_show_nothing (page, _ ("The Overview Can Not Be Read"), error->message);
}

static void
luo_overview_page_class_init (LuoOverviewPageClass *klass)
{
  LuoMonthPageClass *month_class = LUO_MONTH_PAGE_CLASS (klass);

  month_class->read = luo_overview_page_read;
  month_class->data_free = (GDestroyNotify)luo_overview_free;
  month_class->show = luo_overview_page_show;
  month_class->fail = luo_overview_page_fail;
}

static void
luo_overview_page_init (LuoOverviewPage *self)
{
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *columns;

  self->first = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 18));
  self->second = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 18));
  columns = luo_columns_new (GTK_WIDGET (self->first), GTK_WIDGET (self->second), TWO_COLUMNS_FROM);
  gtk_widget_add_css_class (columns, "page-box");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 1400);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), 1200);
  adw_clamp_set_child (ADW_CLAMP (clamp), columns);
  luo_month_page_set_content (LUO_MONTH_PAGE (self), luo_build_scrolled (clamp), "view-grid-symbolic");
}
