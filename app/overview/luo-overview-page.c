/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-overview-page.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-columns.h"
#include "luo-format.h"
#include "luo-overview-sections.h"
#include "luo-work.h"

/* From this width of the page on, there are two columns. */
#define TWO_COLUMNS_FROM 720

struct _LuoOverviewPage
{
  LuoPage parent_instance;

  GtkStack *stack;
  AdwStatusPage *nothing;
  GtkBox *first, *second;
  GCancellable *reading; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (LuoOverviewPage, luo_overview_page, LUO_TYPE_PAGE)

typedef struct
{
  char *month, *office, *today;
} Request;

static void
request_free (gpointer data)
{
  Request *self = data;

  g_free (self->month);
  g_free (self->office);
  g_free (self->today);
  g_free (self);
}

static gpointer
read_overview (LuoStore *store, gpointer data, GError **error)
{
  Request *request = data;

  return luo_overview_read (store, request->month, request->office, request->today, error);
}

static void
append (GtkBox *box, GtkWidget *part)
{
  if (part != NULL)
    gtk_box_append (box, part);
}

static void
show (LuoOverviewPage *self, const LuoOverview *data)
{
  LuoPage *page = LUO_PAGE (self);
  g_autofree char *month = luo_format_month (data->month);
  g_autofree char *subtitle = luo_format_join (month, luo_format_office (data->office), NULL);

  luo_page_set_subtitle (page, subtitle);
  if (data->tasks->len == 0 && data->projects->len == 0 && data->training->len == 0 && data->visits->len == 0)
    {
      adw_status_page_set_title (self->nothing, _ ("Nothing Here Yet"));
      adw_status_page_set_description (
          self->nothing,
          _ ("Once there are target tasks, projects, training or visits, this page says where they stand."));
      gtk_stack_set_visible_child_name (self->stack, "nothing");
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
  gtk_stack_set_visible_child_name (self->stack, "overview");
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoOverviewPage *self = LUO_OVERVIEW_PAGE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoOverview) data = luo_work_finish (result, &error);

  if (data != NULL)
    show (self, data);
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      adw_status_page_set_title (self->nothing, _ ("The Overview Can Not Be Read"));
      adw_status_page_set_description (self->nothing, error->message);
      gtk_stack_set_visible_child_name (self->stack, "nothing");
    }
}

static void
luo_overview_page_refresh (LuoPage *page)
{
  LuoOverviewPage *self = LUO_OVERVIEW_PAGE (page);
  LuoSession *session = luo_page_get_session (page);
  Request *request = g_new0 (Request, 1);

  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  self->reading = g_cancellable_new ();
  request->month = g_strdup (luo_page_get_month (page));
  request->office = g_strdup (luo_session_get_office (session));
  request->today = luo_session_get_day (session);
  luo_work_run (self, luo_page_get_store (page), read_overview, request, request_free,
                (GDestroyNotify)luo_overview_free, self->reading, read_cb, NULL);
}

static void
luo_overview_page_dispose (GObject *object)
{
  LuoOverviewPage *self = LUO_OVERVIEW_PAGE (object);

  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  G_OBJECT_CLASS (luo_overview_page_parent_class)->dispose (object);
}

static void
luo_overview_page_class_init (LuoOverviewPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_overview_page_dispose;
  LUO_PAGE_CLASS (klass)->refresh = luo_overview_page_refresh;
}

static void
luo_overview_page_init (LuoOverviewPage *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *columns;

  self->first = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 18));
  self->second = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 18));
  columns = luo_columns_new (GTK_WIDGET (self->first), GTK_WIDGET (self->second), TWO_COLUMNS_FROM);
  gtk_widget_add_css_class (columns, "page-box");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 1400);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), 1200);
  adw_clamp_set_child (ADW_CLAMP (clamp), columns);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);

  self->nothing = ADW_STATUS_PAGE (adw_status_page_new ());
  adw_status_page_set_icon_name (self->nothing, "view-grid-symbolic");
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, gtk_label_new (NULL), "reading");
  gtk_stack_add_named (self->stack, scrolled, "overview");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->nothing), "nothing");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
}
