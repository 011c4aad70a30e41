/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflicts-page.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-conflict-view.h"
#include "luo-format.h"
#include "luo-store-sync.h"
#include "luo-title.h"
#include "luo-work.h"

/* More than these are not decided in one sitting. */
#define MAX_CONFLICTS 200

struct _LuoConflictsPage
{
  LuoPage parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *list;
  GtkWidget *list_pane;
  GtkStack *detail;
  LuoConflictView *view;
  GPtrArray *documents;  /* (owned) (nullable) (element-type LuoDocument) */
  LuoConflict *conflict; /* (owned) (nullable): that is shown */
};

G_DEFINE_FINAL_TYPE (LuoConflictsPage, luo_conflicts_page, LUO_TYPE_PAGE)

static void
update_back (LuoConflictsPage *self)
{
  luo_page_set_can_go_back (LUO_PAGE (self), adw_leaflet_get_folded (self->leaflet)
                                                 && adw_leaflet_get_visible_child (self->leaflet)
                                                        == GTK_WIDGET (self->detail));
}

static void
show_conflict (LuoConflictsPage *self, LuoConflict *conflict)
{
  luo_conflict_view_show (self->view, conflict,
                          luo_session_get_year (luo_page_get_session (LUO_PAGE (self))));
  g_clear_pointer (&self->conflict, luo_conflict_free);
  self->conflict = conflict;
  gtk_stack_set_visible_child_name (self->detail, conflict != NULL ? "conflict" : "none");
}

typedef struct
{
  char *space;           /* (owned) (nullable) */
  char *id;              /* (owned) (nullable) */
  char *user;            /* (owned) (nullable) */
  LuoConflict *conflict; /* (owned) (nullable) */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->space);
  g_free (request->id);
  g_free (request->user);
  g_clear_pointer (&request->conflict, luo_conflict_free);
  g_free (request);
}

static gpointer
read_conflict (LuoStore *store, gpointer data, GError **error)
{
  Request *request = data;

  return luo_conflict_read (store, request->space, request->id, error);
}

static void
conflict_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoConflictsPage *self = LUO_CONFLICTS_PAGE (source);

  show_conflict (self, luo_work_finish (result, NULL));
}

static void
row_activated_cb (LuoConflictsPage *self, GtkListBoxRow *row)
{
  guint index = (guint)gtk_list_box_row_get_index (row);
  LuoDocument *document = index < self->documents->len ? g_ptr_array_index (self->documents, index) : NULL;
  Request *request;

  if (document == NULL)
    return;
  request = g_new0 (Request, 1);
  request->space = g_strdup (luo_document_get_space (document));
  request->id = g_strdup (luo_document_get_id (document));
  luo_work_run (self, luo_page_get_store (LUO_PAGE (self)), read_conflict, request, request_free,
                (GDestroyNotify)luo_conflict_free, NULL, conflict_read_cb, NULL);
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->detail));
}

static gpointer
save_conflict (LuoStore *store, gpointer data, GError **error)
{
  Request *request = data;

  luo_conflict_save (request->conflict, store, request->user, error);
  return NULL;
}

static void
conflict_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoConflictsPage *self = LUO_CONFLICTS_PAGE (source);
  LuoSession *session = luo_page_get_session (LUO_PAGE (self));
  g_autoptr (GError) error = NULL;

  luo_work_finish (result, &error);
  luo_session_notify_person (
      session, error != NULL ? error->message : _ ("The decision is saved on this machine"), FALSE);
  adw_leaflet_set_visible_child (self->leaflet, self->list_pane);
  luo_page_queue_refresh (LUO_PAGE (self));
}

static void
save_cb (LuoConflictsPage *self)
{
  Request *request = g_new0 (Request, 1);

  luo_conflict_view_show (self->view, NULL, 0);
  request->conflict = g_steal_pointer (&self->conflict);
  request->user = g_strdup (luo_session_get_user (luo_page_get_session (LUO_PAGE (self))));
  gtk_stack_set_visible_child_name (self->detail, "none");
  luo_work_run (self, luo_page_get_store (LUO_PAGE (self)), save_conflict, request, request_free, NULL, NULL,
                conflict_saved_cb, NULL);
}

static gpointer
list_conflicts (LuoStore *store, gpointer data, GError **error)
{
  return luo_store_list_conflicts (store, NULL, MAX_CONFLICTS, error);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoConflictsPage *self = LUO_CONFLICTS_PAGE (source);
  GPtrArray *documents = luo_work_finish (result, NULL);
  GtkWidget *child;
  g_autofree char *subtitle = NULL;

  if (documents == NULL)
    return;
  g_clear_pointer (&self->documents, g_ptr_array_unref);
  self->documents = documents;
  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  for (guint i = 0; i < documents->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (documents, i);
      GtkWidget *row = adw_action_row_new ();
      g_autofree char *title = luo_title_of (document);

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                                   luo_format_office (luo_document_get_space (document)));
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), luo_build_dot ("amber"));
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      luo_build_set_name (row, title);
      gtk_list_box_append (GTK_LIST_BOX (self->list), row);
    }
  subtitle = g_strdup_printf (ngettext ("%u record", "%u records", documents->len), documents->len);
  luo_page_set_subtitle (LUO_PAGE (self), subtitle);
  if (self->conflict == NULL)
    gtk_stack_set_visible_child_name (self->detail, "none");
}

static void
luo_conflicts_page_refresh (LuoPage *page)
{
  luo_work_run (page, luo_page_get_store (page), list_conflicts, NULL, NULL,
                (GDestroyNotify)g_ptr_array_unref, NULL, listed_cb, NULL);
}

static void
luo_conflicts_page_go_back (LuoPage *page)
{
  LuoConflictsPage *self = LUO_CONFLICTS_PAGE (page);

  adw_leaflet_set_visible_child (self->leaflet, self->list_pane);
}

static void
luo_conflicts_page_dispose (GObject *object)
{
  LuoConflictsPage *self = LUO_CONFLICTS_PAGE (object);

  g_clear_pointer (&self->documents, g_ptr_array_unref);
  g_clear_pointer (&self->conflict, luo_conflict_free);
  G_OBJECT_CLASS (luo_conflicts_page_parent_class)->dispose (object);
}

static void
luo_conflicts_page_class_init (LuoConflictsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_conflicts_page_dispose;
  LUO_PAGE_CLASS (klass)->refresh = luo_conflicts_page_refresh;
  LUO_PAGE_CLASS (klass)->go_back = luo_conflicts_page_go_back;
}

static void
luo_conflicts_page_init (LuoConflictsPage *self)
{
  GtkWidget *none = adw_status_page_new ();
  GtkWidget *list_scroll, *detail_scroll;
  AdwLeafletPage *separator;

  self->leaflet = ADW_LEAFLET (adw_leaflet_new ());
  adw_leaflet_set_can_navigate_back (self->leaflet, TRUE);
  self->list = gtk_list_box_new ();
  luo_build_set_name (self->list, _ ("Records in conflict"));
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (row_activated_cb), self,
                           G_CONNECT_SWAPPED);
  list_scroll = luo_build_scrolled (self->list);
  gtk_widget_set_size_request (list_scroll, 300, -1);
  gtk_widget_set_hexpand (list_scroll, FALSE);
  self->list_pane = list_scroll;

  self->view = LUO_CONFLICT_VIEW (luo_conflict_view_new ());
  g_signal_connect_object (self->view, "save", G_CALLBACK (save_cb), self, G_CONNECT_SWAPPED);
  detail_scroll = luo_build_scrolled (GTK_WIDGET (self->view));
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (none), "emblem-ok-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (none), _ ("Nothing to Decide Here"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (none), _ ("Where two people changed the same thing differently, it is decided here."));
  self->detail = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->detail, none, "none");
  gtk_stack_add_named (self->detail, detail_scroll, "conflict");
  gtk_widget_set_hexpand (GTK_WIDGET (self->detail), TRUE);

  adw_leaflet_append (self->leaflet, self->list_pane);
  separator = adw_leaflet_append (self->leaflet, gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  adw_leaflet_page_set_navigatable (separator, FALSE);
  adw_leaflet_append (self->leaflet, GTK_WIDGET (self->detail));
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (update_back), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->leaflet, "notify::visible-child", G_CALLBACK (update_back), self,
                           G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->leaflet));
}
