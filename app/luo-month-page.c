/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-month-page.h"

#include "luo-work.h"

typedef struct
{
  GtkStack *stack;
  AdwStatusPage *nothing;
  GCancellable *reading; /* (owned) (nullable) */
} LuoMonthPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (LuoMonthPage, luo_month_page, LUO_TYPE_PAGE)

/* The request with what it needs in the thread. */
typedef struct
{
  LuoMonthRequest request;
  gpointer (*read) (LuoStore *store, const LuoMonthRequest *request, GError **error);
  char *month, *office, *today; /* (owned) */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_free (reading->month);
  g_free (reading->office);
  g_free (reading->today);
  g_free (reading);
}

static gpointer
read_in_thread (LuoStore *store, gpointer data, GError **error)
{
  const Reading *reading = data;

  return reading->read (store, &reading->request, error);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoMonthPage *self = LUO_MONTH_PAGE (source);
  LuoMonthPageClass *klass = LUO_MONTH_PAGE_GET_CLASS (self);
  g_autoptr (GError) error = NULL;
  gpointer data = luo_work_finish (result, &error);

  if (data != NULL)
    {
      klass->show (self, data);
      klass->data_free (data);
    }
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      klass->fail (self, error);
    }
}

static void
cancel (LuoMonthPage *self)
{
  LuoMonthPagePrivate *priv = luo_month_page_get_instance_private (self);

  g_cancellable_cancel (priv->reading);
  g_clear_object (&priv->reading);
}

static void
luo_month_page_refresh (LuoPage *page)
{
  LuoMonthPage *self = LUO_MONTH_PAGE (page);
  LuoMonthPagePrivate *priv = luo_month_page_get_instance_private (self);
  LuoMonthPageClass *klass = LUO_MONTH_PAGE_GET_CLASS (self);
  LuoSession *session = luo_page_get_session (page);
  Reading *reading = g_new0 (Reading, 1);

  cancel (self);
  priv->reading = g_cancellable_new ();
  reading->read = klass->read;
  reading->request.month = reading->month = g_strdup (luo_page_get_month (page));
  reading->request.office = reading->office = g_strdup (luo_session_get_office (session));
  reading->request.today = reading->today = luo_session_get_day (session);
  luo_work_run (self, luo_page_get_store (page), read_in_thread, reading, reading_free, klass->data_free,
                priv->reading, read_cb, NULL);
}

static void
luo_month_page_dispose (GObject *object)
{
  cancel (LUO_MONTH_PAGE (object));
  G_OBJECT_CLASS (luo_month_page_parent_class)->dispose (object);
}

static void
luo_month_page_class_init (LuoMonthPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_month_page_dispose;
  LUO_PAGE_CLASS (klass)->refresh = luo_month_page_refresh;
}

static void
luo_month_page_init (LuoMonthPage *self)
{
  LuoMonthPagePrivate *priv = luo_month_page_get_instance_private (self);

  priv->nothing = ADW_STATUS_PAGE (adw_status_page_new ());
  priv->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (priv->stack, adw_bin_new (), "reading");
  gtk_stack_add_named (priv->stack, GTK_WIDGET (priv->nothing), "nothing");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (priv->stack));
}

void
luo_month_page_set_content (LuoMonthPage *self, GtkWidget *content, const char *icon)
{
  LuoMonthPagePrivate *priv = luo_month_page_get_instance_private (self);

  g_return_if_fail (LUO_IS_MONTH_PAGE (self));

  gtk_stack_add_named (priv->stack, content, "content");
  adw_status_page_set_icon_name (priv->nothing, icon);
}

void
luo_month_page_show_content (LuoMonthPage *self)
{
  LuoMonthPagePrivate *priv = luo_month_page_get_instance_private (self);

  g_return_if_fail (LUO_IS_MONTH_PAGE (self));

  gtk_stack_set_visible_child_name (priv->stack, "content");
}

void
luo_month_page_show_nothing (LuoMonthPage *self, const char *title, const char *description)
{
  LuoMonthPagePrivate *priv = luo_month_page_get_instance_private (self);

  g_return_if_fail (LUO_IS_MONTH_PAGE (self));

  adw_status_page_set_title (priv->nothing, title);
  adw_status_page_set_description (priv->nothing, description);
  gtk_stack_set_visible_child_name (priv->stack, "nothing");
}
