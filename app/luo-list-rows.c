/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-list-page-private.h"

/* Rows of the list: made when they are seen, filled when their record has been read. */

static void
bind_document (LuoListPage *self, GtkListItem *item)
{
  LuoListPagePrivate *priv = luo_list_page_get_private (self);
  LuoRecordRow *row = LUO_RECORD_ROW (gtk_list_item_get_child (item));
  LuoRecordItem *record = gtk_list_item_get_item (item);
  LuoDocument *document = record != NULL ? luo_record_item_get_document (record) : NULL;
  guint position = gtk_list_item_get_position (item);
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (row));
  g_autofree char *name = NULL;

  luo_record_row_clear (row);
  if (document == NULL)
    return;
  if (luo_document_get_not_understood (document) != NULL)
    {
      luo_record_row_set_title (row, luo_document_get_id (document));
      luo_record_row_set_subtitle (row, _ ("This program does not understand the record"));
    }
  else
    LUO_LIST_PAGE_GET_CLASS (self)->bind_row (
        self, row, document, position > 0 ? luo_record_model_peek (priv->model, position - 1) : NULL);
  /* Where no server is connected everything waits, which need not be said of each row. */
  luo_record_row_set_marks (row,
                            luo_document_get_pending (document)
                                && luo_session_get_server (luo_page_get_session (LUO_PAGE (self))) != NULL,
                            luo_document_get_conflicts (document) > 0);
  name = luo_record_row_describe (row);
  if (parent != NULL)
    luo_build_set_name (parent, name);
}

static void
document_arrived_cb (GtkListItem *item, GParamSpec *pspec, LuoRecordItem *record)
{
  LuoListPage *self = g_object_get_data (G_OBJECT (item), "luo-page");

  bind_document (self, item);
}

/* A click opens a record; where it lies over the list, moving along the list with the keys does not. */
static void
clicked_cb (GtkGestureClick *gesture, int n_press, double x, double y, GtkListItem *item)
{
  LuoListPage *self = g_object_get_data (G_OBJECT (item), "luo-page");

  luo_list_page_activate (self, gtk_list_item_get_position (item));
}

static void
setup_cb (LuoListPage *self, GtkListItem *item)
{
  GtkWidget *row = luo_record_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_object (click, "released", G_CALLBACK (clicked_cb), item, 0);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  gtk_list_item_set_child (item, row);
  g_object_set_data (G_OBJECT (item), "luo-page", self);
}

static void
bind_cb (LuoListPage *self, GtkListItem *item)
{
  g_hash_table_add (luo_list_page_get_private (self)->bound, item);
  g_signal_connect_object (gtk_list_item_get_item (item), "notify::document",
                           G_CALLBACK (document_arrived_cb), item, G_CONNECT_SWAPPED);
  bind_document (self, item);
}

static void
unbind_cb (LuoListPage *self, GtkListItem *item)
{
  g_hash_table_remove (luo_list_page_get_private (self)->bound, item);
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), document_arrived_cb, item);
}

void
luo_list_page_rebind (LuoListPage *self)
{
  GHashTableIter iter;
  gpointer item;

  g_return_if_fail (LUO_IS_LIST_PAGE (self));

  g_hash_table_iter_init (&iter, luo_list_page_get_private (self)->bound);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    bind_document (self, item);
}

GtkListItemFactory *
luo_list_rows_new (LuoListPage *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);
  return factory;
}
