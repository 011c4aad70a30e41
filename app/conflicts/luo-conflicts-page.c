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
  GtkListBox *list;
  GtkWidget *list_pane;
  GtkStack *detail;
  LuoConflictView *view;
  GPtrArray *listed;         /* (owned) (nullable) (element-type Listed) */
  LuoConflict *conflict;     /* (owned) (nullable): that is shown */
  char *wanted;              /* (owned) (nullable): id of the record to be shown */
  GCancellable *cancellable; /* (owned) (nullable): of the conflict that is being read */
  gboolean filling;          /* rows are made: what is selected was not selected by the person */
  gboolean saving;
};

G_DEFINE_FINAL_TYPE (LuoConflictsPage, luo_conflicts_page, LUO_TYPE_PAGE)

/**
 * Listed: a record in conflict as the list shows it.
 */
typedef struct
{
  LuoDocument *document; /* (owned) */
  guint open;            /* how many things are to be decided */
} Listed;

static void
listed_free (gpointer data)
{
  Listed *listed = data;

  luo_document_unref (listed->document);
  g_free (listed);
}

typedef struct
{
  char *space;           /* (owned) (nullable) */
  char *id;              /* (owned) (nullable) */
  char *user;            /* (owned) (nullable) */
  LuoConflict *conflict; /* not owned (nullable): nobody else touches it while it is saved */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->space);
  g_free (request->id);
  g_free (request->user);
  g_free (request);
}

static void
update_back (LuoConflictsPage *self)
{
  luo_page_set_can_go_back (LUO_PAGE (self), adw_leaflet_get_folded (self->leaflet)
                                                 && adw_leaflet_get_visible_child (self->leaflet)
                                                        == GTK_WIDGET (self->detail));
}

/* @conflict: (transfer full) (nullable) */
static void
show_conflict (LuoConflictsPage *self, LuoConflict *conflict)
{
  luo_conflict_view_show (self->view, conflict);
  g_clear_pointer (&self->conflict, luo_conflict_free);
  self->conflict = conflict;
  gtk_stack_set_visible_child_name (self->detail, conflict != NULL ? "conflict" : "none");
}

static void
tell (LuoConflictsPage *self, const char *text)
{
  luo_session_notify_person (luo_page_get_session (LUO_PAGE (self)), text, FALSE);
}

static gpointer
read_conflict (LuoStore *store, gpointer data, GError **error)
{
  Request *request = data;

  return luo_conflict_read (store, request->space, request->id, error);
}

/* What is decided already stays where a record was changed again while it is looked at. */
static void
conflict_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoConflictsPage *self = LUO_CONFLICTS_PAGE (source);
  g_autoptr (GError) error = NULL;
  LuoConflict *conflict = luo_work_finish (result, &error);
  gboolean same_record;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->saving)
    {
      luo_conflict_free (conflict);
      return;
    }
  if (conflict == NULL)
    {
      if (self->conflict != NULL && error == NULL)
        tell (self, _ ("This was decided meanwhile"));
      else if (error != NULL)
        tell (self, error->message);
      show_conflict (self, NULL);
      return;
    }
  if (self->conflict != NULL && luo_conflict_is_same (conflict, self->conflict))
    {
      luo_conflict_free (conflict);
      return;
    }
  same_record
      = self->conflict != NULL
        && g_strcmp0 (luo_document_get_id (conflict->winner), luo_document_get_id (self->conflict->winner))
               == 0;
  if (same_record)
    {
      luo_conflict_adopt (conflict, self->conflict);
      tell (self, _ ("Somebody changed the record meanwhile; please look again"));
    }
  show_conflict (self, conflict);
}

static void
read_document (LuoConflictsPage *self, LuoDocument *document)
{
  Request *request = g_new0 (Request, 1);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  request->space = g_strdup (luo_document_get_space (document));
  request->id = g_strdup (luo_document_get_id (document));
  luo_work_run (self, luo_page_get_store (LUO_PAGE (self)), read_conflict, request, request_free,
                (GDestroyNotify)luo_conflict_free, self->cancellable, conflict_read_cb, NULL);
}

static void
row_selected_cb (LuoConflictsPage *self, GtkListBoxRow *row)
{
  Listed *listed;

  if (row == NULL || self->filling || self->listed == NULL
      || (guint)gtk_list_box_row_get_index (row) >= self->listed->len)
    return;
  listed = g_ptr_array_index (self->listed, (guint)gtk_list_box_row_get_index (row));
  g_free (self->wanted);
  self->wanted = g_strdup (luo_document_get_id (listed->document));
  read_document (self, listed->document);
}

static void
row_activated_cb (LuoConflictsPage *self, GtkListBoxRow *row)
{
  row_selected_cb (self, row);
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->detail));
}

static void
leave (LuoConflictsPage *self)
{
  g_clear_pointer (&self->wanted, g_free);
  show_conflict (self, NULL);
  gtk_list_box_unselect_all (self->list);
  adw_leaflet_set_visible_child (self->leaflet, self->list_pane);
}

/* Saving */

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
  g_autoptr (GError) error = NULL;

  luo_work_finish (result, &error);
  self->saving = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->view), TRUE);
  if (g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT) && self->conflict != NULL)
    {
      read_document (self, self->conflict->winner);
      return;
    }
  if (error != NULL)
    {
      luo_conflict_view_refuse (self->view, error->message);
      return;
    }
  tell (self, _ ("The decision is saved on this machine"));
  leave (self);
  luo_page_queue_refresh (LUO_PAGE (self));
}

static void
save_cb (LuoConflictsPage *self)
{
  Request *request;

  if (self->conflict == NULL || self->saving)
    return;
  self->saving = TRUE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->view), FALSE);
  request = g_new0 (Request, 1);
  request->conflict = self->conflict;
  request->user = g_strdup (luo_session_get_user (luo_page_get_session (LUO_PAGE (self))));
  luo_work_run (self, luo_page_get_store (LUO_PAGE (self)), save_conflict, request, request_free, NULL, NULL,
                conflict_saved_cb, NULL);
}

/* The list */

static gpointer
list_conflicts (LuoStore *store, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) documents = luo_conflict_list (store, MAX_CONFLICTS, error);
  GPtrArray *listed;

  if (documents == NULL)
    return NULL;
  listed = g_ptr_array_new_with_free_func (listed_free);
  for (guint i = 0; i < documents->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (documents, i);
      g_autoptr (LuoConflict) conflict = luo_conflict_read (store, luo_document_get_space (document),
                                                            luo_document_get_id (document), NULL);
      Listed *one;

      if (conflict == NULL)
        continue;
      one = g_new0 (Listed, 1);
      one->document = luo_document_ref (document);
      one->open = luo_conflict_count (conflict);
      g_ptr_array_add (listed, one);
    }
  return listed;
}

static GtkWidget *
build_row (const Listed *listed)
{
  GtkWidget *row = adw_action_row_new ();
  const LuoRecordType *type = luo_record_type_find (luo_document_get_record_type (listed->document));
  g_autofree char *title = luo_title_of (listed->document);
  g_autofree char *open
      = g_strdup_printf (ngettext ("%u to decide", "%u to decide", listed->open), listed->open);
  g_autofree char *subtitle
      = luo_format_join (type != NULL ? _ (type->label_one) : "",
                         luo_format_office (luo_document_get_space (listed->document)), open, NULL);
  g_autofree char *name = luo_format_join (title, subtitle, NULL);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), luo_build_dot ("amber"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  luo_build_set_name (row, name);
  return row;
}

/* Selects the row of the record that is shown or asked for; beside the list, the first where there is none. */
static void
select_wanted (LuoConflictsPage *self)
{
  guint found = self->listed->len;

  for (guint i = 0; i < self->listed->len && found == self->listed->len; i++)
    if (g_strcmp0 (luo_document_get_id (((Listed *)g_ptr_array_index (self->listed, i))->document),
                   self->wanted)
        == 0)
      found = i;
  if (found == self->listed->len && self->conflict != NULL)
    {
      /* Decided elsewhere: reading it again says so. */
      read_document (self, self->conflict->winner);
      return;
    }
  if (found == self->listed->len && !adw_leaflet_get_folded (self->leaflet))
    found = 0;
  if (found < self->listed->len)
    gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, (int)found));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoConflictsPage *self = LUO_CONFLICTS_PAGE (source);
  GPtrArray *listed = luo_work_finish (result, NULL);
  GtkWidget *child;
  g_autofree char *subtitle = NULL;

  if (listed == NULL)
    return;
  g_clear_pointer (&self->listed, g_ptr_array_unref);
  self->listed = listed;
  self->filling = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);
  for (guint i = 0; i < listed->len; i++)
    gtk_list_box_append (self->list, build_row (g_ptr_array_index (listed, i)));
  self->filling = FALSE;
  subtitle = g_strdup_printf (ngettext ("%u record", "%u records", listed->len), listed->len);
  luo_page_set_subtitle (LUO_PAGE (self), subtitle);
  select_wanted (self);
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
luo_conflicts_page_open (LuoPage *page, const char *id)
{
  LuoConflictsPage *self = LUO_CONFLICTS_PAGE (page);

  g_free (self->wanted);
  self->wanted = g_strdup (id);
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->detail));
  luo_page_queue_refresh (page);
}

static void
luo_conflicts_page_dispose (GObject *object)
{
  LuoConflictsPage *self = LUO_CONFLICTS_PAGE (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->listed, g_ptr_array_unref);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (luo_conflicts_page_parent_class)->dispose (object);
}

/* The choices point into the conflict for as long as there are widgets. */
static void
luo_conflicts_page_finalize (GObject *object)
{
  g_clear_pointer (&LUO_CONFLICTS_PAGE (object)->conflict, luo_conflict_free);
  G_OBJECT_CLASS (luo_conflicts_page_parent_class)->finalize (object);
}

static void
luo_conflicts_page_class_init (LuoConflictsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_conflicts_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = luo_conflicts_page_finalize;
  LUO_PAGE_CLASS (klass)->refresh = luo_conflicts_page_refresh;
  LUO_PAGE_CLASS (klass)->go_back = luo_conflicts_page_go_back;
  LUO_PAGE_CLASS (klass)->open = luo_conflicts_page_open;
}

static GtkWidget *
build_list_pane (LuoConflictsPage *self)
{
  GtkWidget *scroll;

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  luo_build_set_name (GTK_WIDGET (self->list), _ ("Records in conflict"));
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "navigation-sidebar");
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_SINGLE);
  g_signal_connect_object (self->list, "row-selected", G_CALLBACK (row_selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (row_activated_cb), self,
                           G_CONNECT_SWAPPED);
  scroll = luo_build_scrolled (GTK_WIDGET (self->list));
  gtk_widget_set_size_request (scroll, 270, -1);
  gtk_widget_set_hexpand (scroll, FALSE);
  gtk_widget_add_css_class (scroll, "list-pane");
  return scroll;
}

static GtkWidget *
build_detail (LuoConflictsPage *self)
{
  GtkWidget *none = adw_status_page_new ();

  self->view = LUO_CONFLICT_VIEW (luo_conflict_view_new ());
  g_signal_connect_object (self->view, "save", G_CALLBACK (save_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "later", G_CALLBACK (leave), self, G_CONNECT_SWAPPED);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (none), "emblem-ok-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (none), _ ("Nothing to Decide Here"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (none), _ ("Where two people changed the same thing differently, it is decided here."));
  self->detail = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->detail, none, "none");
  gtk_stack_add_named (self->detail, luo_build_scrolled (GTK_WIDGET (self->view)), "conflict");
  gtk_widget_set_hexpand (GTK_WIDGET (self->detail), TRUE);
  return GTK_WIDGET (self->detail);
}

static void
luo_conflicts_page_init (LuoConflictsPage *self)
{
  AdwLeafletPage *separator;

  self->leaflet = ADW_LEAFLET (adw_leaflet_new ());
  adw_leaflet_set_can_navigate_back (self->leaflet, TRUE);
  self->list_pane = build_list_pane (self);
  adw_leaflet_append (self->leaflet, self->list_pane);
  separator = adw_leaflet_append (self->leaflet, gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  adw_leaflet_page_set_navigatable (separator, FALSE);
  adw_leaflet_append (self->leaflet, build_detail (self));
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (update_back), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->leaflet, "notify::visible-child", G_CALLBACK (update_back), self,
                           G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->leaflet));
}
