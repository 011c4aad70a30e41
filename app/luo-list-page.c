/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-list-page-private.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-record-form.h"
#include "luo-record-id.h"

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (LuoListPage, luo_list_page, LUO_TYPE_PAGE)

LuoListPagePrivate *
luo_list_page_get_private (LuoListPage *self)
{
  return luo_list_page_get_instance_private (self);
}

static LuoListPagePrivate *
get_private (LuoListPage *self)
{
  return luo_list_page_get_instance_private (self);
}

static void luo_list_page_remove (LuoPage *page);
static void edit_clicked_cb (LuoListPage *self);

/* The record that is shown */

static void
update_buttons (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);
  gboolean folded = adw_leaflet_get_folded (priv->leaflet);
  gboolean detail = !folded || adw_leaflet_get_visible_child (priv->leaflet) == priv->detail_pane;
  gboolean understood = priv->document != NULL && luo_document_get_not_understood (priv->document) == NULL;

  gtk_widget_set_visible (priv->edit_button, detail && (priv->editing || understood));
  /* A narrow header has no room for it; there it stands below the form. */
  gtk_widget_set_visible (priv->delete_button, detail && !folded && priv->document != NULL && !priv->editing);
  gtk_button_set_label (GTK_BUTTON (priv->edit_button), priv->editing ? _ ("Finish") : _ ("Edit"));
  if (priv->editing)
    gtk_widget_add_css_class (priv->edit_button, "suggested-action");
  else
    gtk_widget_remove_css_class (priv->edit_button, "suggested-action");
  luo_page_set_can_go_back (LUO_PAGE (self), (folded && detail) || priv->editing);
}

static void
select_row (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);
  guint position = GTK_INVALID_LIST_POSITION;

  if (priv->document != NULL)
    {
      position = luo_record_model_find (priv->model, luo_document_get_key (priv->document));
      if (position == G_MAXUINT)
        position = GTK_INVALID_LIST_POSITION;
    }
  priv->selecting = TRUE;
  gtk_single_selection_set_selected (priv->selection, position);
  priv->selecting = FALSE;
}

static void
show_document (LuoListPage *self, LuoDocument *document)
{
  LuoListPagePrivate *priv = get_private (self);

  if (document != NULL)
    luo_document_ref (document);
  g_clear_pointer (&priv->document, luo_document_unref);
  priv->document = document;
  if (priv->editing)
    {
      update_buttons (self);
      return;
    }
  if (document == NULL)
    gtk_stack_set_visible_child_name (priv->detail, "none");
  else if (luo_document_get_not_understood (document) != NULL)
    {
      luo_raw_view_set_document (priv->raw, document);
      gtk_stack_set_visible_child_name (priv->detail, "raw");
    }
  else
    {
      luo_record_view_set_document (priv->view, document);
      gtk_stack_set_visible_child_name (priv->detail, "view");
    }
  update_buttons (self);
}

static void
stop_editing (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);

  if (!priv->editing)
    return;
  priv->editing = FALSE;
  adw_bin_set_child (priv->form_place, NULL);
  show_document (self, priv->document);
}

static void
scroll_to_top (LuoListPage *self)
{
  GtkWidget *scroll
      = gtk_widget_get_ancestor (GTK_WIDGET (get_private (self)->view), GTK_TYPE_SCROLLED_WINDOW);

  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroll)), 0);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoListPage *self = LUO_LIST_PAGE (source);
  LuoListPagePrivate *priv = get_private (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = luo_work_finish (result, &error);

  if (document == NULL)
    {
      /* What was deleted here or elsewhere is not shown any more. */
      if (priv->document != NULL && g_strcmp0 (priv->wanted, luo_document_get_id (priv->document)) == 0)
        {
          stop_editing (self);
          show_document (self, NULL);
          adw_leaflet_set_visible_child (priv->leaflet, priv->list_pane);
        }
      return;
    }
  if (g_strcmp0 (priv->wanted, luo_document_get_id (document)) != 0)
    return;
  show_document (self, document);
  select_row (self);
  if (priv->edit_when_found && !priv->editing)
    edit_clicked_cb (self);
  priv->edit_when_found = FALSE;
}

static gpointer
find_document (LuoStore *store, gpointer data, GError **error)
{
  return luo_store_find (store, data, error);
}

static void
find (LuoListPage *self, const char *id)
{
  LuoListPagePrivate *priv = get_private (self);

  if (priv->wanted != id)
    {
      g_free (priv->wanted);
      priv->wanted = g_strdup (id);
    }
  luo_work_run (self, luo_page_get_store (LUO_PAGE (self)), find_document, g_strdup (id), g_free,
                (GDestroyNotify)luo_document_unref, NULL, found_cb, NULL);
}

static void
selected_cb (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);
  LuoRecordItem *item = gtk_single_selection_get_selected_item (priv->selection);
  LuoDocument *document = item != NULL ? luo_record_item_get_document (item) : NULL;

  if (priv->selecting || document == NULL)
    return;
  if (priv->document != NULL && luo_document_get_key (priv->document) == luo_document_get_key (document))
    return;
  stop_editing (self);
  g_free (priv->wanted);
  priv->wanted = g_strdup (luo_document_get_id (document));
  show_document (self, document);
  scroll_to_top (self);
}

void
luo_list_page_activate (LuoListPage *self, guint position)
{
  LuoListPagePrivate *priv = get_private (self);

  gtk_single_selection_set_selected (priv->selection, position);
  selected_cb (self);
  adw_leaflet_set_visible_child (priv->leaflet, priv->detail_pane);
  update_buttons (self);
}

static void
luo_list_page_open (LuoPage *page, const char *id)
{
  LuoListPage *self = LUO_LIST_PAGE (page);

  stop_editing (self);
  get_private (self)->edit_when_found = FALSE;
  find (self, id);
  scroll_to_top (self);
  adw_leaflet_set_visible_child (get_private (self)->leaflet, get_private (self)->detail_pane);
  update_buttons (self);
}

void
luo_list_page_write (LuoListPage *self, const char *id)
{
  g_return_if_fail (LUO_IS_LIST_PAGE (self));

  luo_list_page_open (LUO_PAGE (self), id);
  get_private (self)->edit_when_found = TRUE;
}

/* Editing */

static void
draft_document_cb (LuoListPage *self, GParamSpec *pspec, LuoDraft *draft)
{
  LuoListPagePrivate *priv = get_private (self);
  LuoDocument *document = luo_draft_get_document (draft);

  if (document == NULL)
    return;
  g_free (priv->wanted);
  priv->wanted = g_strdup (luo_document_get_id (document));
  show_document (self, document);
  select_row (self);
}

static void
delete_edited_cb (LuoListPage *self)
{
  stop_editing (self);
  luo_list_page_remove (LUO_PAGE (self));
}

static GtkWidget *
with_delete_button (LuoListPage *self, GtkWidget *form)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *button = gtk_button_new_with_label (_ ("Delete this record"));

  gtk_widget_add_css_class (button, "destructive-action");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_bottom (button, 24);
  gtk_widget_set_visible (button, get_private (self)->document != NULL);
  g_signal_connect_object (button, "clicked", G_CALLBACK (delete_edited_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), form);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

static void
edit (LuoListPage *self, LuoDraft *draft)
{
  LuoListPagePrivate *priv = get_private (self);
  LuoListPageClass *klass = LUO_LIST_PAGE_GET_CLASS (self);
  GtkWidget *form = klass->new_form != NULL
                        ? klass->new_form (self, draft)
                        : luo_record_form_new (draft, klass->form_skip, klass->form_counters);

  g_signal_connect_object (draft, "notify::document", G_CALLBACK (draft_document_cb), self,
                           G_CONNECT_SWAPPED);
  adw_bin_set_child (priv->form_place, with_delete_button (self, form));
  gtk_stack_set_visible_child_name (priv->detail, "form");
  priv->editing = TRUE;
  adw_leaflet_set_visible_child (priv->leaflet, priv->detail_pane);
  update_buttons (self);
  gtk_widget_child_focus (form, GTK_DIR_TAB_FORWARD);
}

static void
edit_clicked_cb (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);

  if (priv->editing)
    {
      stop_editing (self);
      luo_page_queue_refresh (LUO_PAGE (self));
      if (priv->document == NULL)
        adw_leaflet_set_visible_child (priv->leaflet, priv->list_pane);
    }
  else if (priv->document != NULL)
    {
      g_autoptr (LuoDraft) draft = luo_draft_new (luo_page_get_session (LUO_PAGE (self)), priv->document);

      edit (self, draft);
    }
}

void
luo_list_page_finish (LuoListPage *self)
{
  LuoListPagePrivate *priv;

  g_return_if_fail (LUO_IS_LIST_PAGE (self));

  priv = get_private (self);
  if (priv->editing)
    edit_clicked_cb (self);
  if (priv->front_stack != NULL)
    adw_leaflet_set_visible_child (priv->leaflet, priv->list_pane);
  update_buttons (self);
}

static void
luo_list_page_edit (LuoPage *page)
{
  LuoListPagePrivate *priv = get_private (LUO_LIST_PAGE (page));

  if (gtk_widget_get_visible (priv->edit_button))
    edit_clicked_cb (LUO_LIST_PAGE (page));
}

static void
luo_list_page_create (LuoPage *page)
{
  LuoListPage *self = LUO_LIST_PAGE (page);
  LuoListPagePrivate *priv = get_private (self);
  g_autofree char *body = LUO_LIST_PAGE_GET_CLASS (self)->new_body (self);
  const LuoRecordType *type = luo_record_type_find (LUO_LIST_PAGE_GET_CLASS (self)->record_type);
  g_autoptr (LuoDraft) draft
      = luo_draft_new_record (luo_page_get_session (page), type->city_only ? "city" : NULL, body);

  stop_editing (self);
  g_clear_pointer (&priv->wanted, g_free);
  show_document (self, NULL);
  select_row (self);
  edit (self, draft);
}

static void
luo_list_page_remove (LuoPage *page)
{
  LuoListPagePrivate *priv = get_private (LUO_LIST_PAGE (page));

  if (priv->document != NULL && !priv->editing)
    luo_session_delete (luo_page_get_session (page), priv->document);
}

static void
luo_list_page_go_back (LuoPage *page)
{
  LuoListPage *self = LUO_LIST_PAGE (page);
  LuoListPagePrivate *priv = get_private (self);

  if (priv->editing)
    edit_clicked_cb (self);
  else
    adw_leaflet_set_visible_child (priv->leaflet, priv->list_pane);
  update_buttons (self);
}

/* The list */

/* The query of the list without its order, over the items of a member where @items names one. */
static LuoQuery *
build_query (LuoListPage *self, const char *items)
{
  LuoListPagePrivate *priv = get_private (self);
  LuoListPageClass *klass = LUO_LIST_PAGE_GET_CLASS (self);
  g_autofree char *type
      = items != NULL ? g_strconcat (klass->record_type, "/", items, NULL) : g_strdup (klass->record_type);
  LuoQuery *query = luo_query_new (type);
  const char *words = gtk_editable_get_text (GTK_EDITABLE (priv->search));

  if (klass->build_query != NULL)
    klass->build_query (self, query);
  luo_filter_button_apply (priv->filter, query, items);
  if (*words != '\0')
    luo_query_set_words (query, words);
  return query;
}

static void
update_total (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);

  luo_list_total_set_query (priv->total, luo_page_get_store (LUO_PAGE (self)),
                            build_query (self, luo_list_total_get_items (priv->total)));
}

void
luo_list_page_requery (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);
  LuoListPageClass *klass = LUO_LIST_PAGE_GET_CLASS (self);
  LuoQuery *query = build_query (self, NULL);
  const LuoListOrder *order = &klass->orders[luo_filter_button_get_order (priv->filter)];

  for (guint i = 0; i < G_N_ELEMENTS (order->columns) && order->columns[i] != NULL; i++)
    luo_query_sort (query, order->columns[i], order->descending);
  luo_record_model_set_query (priv->model, query);
  update_total (self);
}

static void
update_list_state (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (priv->model));
  gboolean narrowed = luo_filter_button_is_active (priv->filter)
                      || *gtk_editable_get_text (GTK_EDITABLE (priv->search)) != '\0';
  g_autofree char *number = luo_format_integer (n);
  /* Translators: how many records a list has; %s is the number with separators */
  g_autofree char *subtitle = g_strdup_printf (ngettext ("%s record", "%s records", n), number);
  const char *failure = luo_record_model_get_failure (priv->model);

  if (n == 0 && !luo_record_model_get_loading (priv->model))
    {
      adw_status_page_set_title (priv->empty, failure != NULL ? _ ("The List Could Not Be Read")
                                              : narrowed      ? _ ("Nothing Found")
                                                              : _ ("Nothing Here Yet"));
      adw_status_page_set_description (
          priv->empty, failure != NULL ? failure
                       : narrowed
                           ? _ ("No record fits the search and the filter.")
                           : _ ("Press Ctrl+N, or the button with the plus sign, to make the first record."));
      gtk_stack_set_visible_child_name (GTK_STACK (priv->list_stack), "empty");
    }
  else
    gtk_stack_set_visible_child_name (GTK_STACK (priv->list_stack), "list");
  luo_page_set_subtitle (LUO_PAGE (self), subtitle);
}

static gboolean
activate_first_cb (gpointer user_data)
{
  g_autoptr (LuoListPage) self = user_data;
  LuoListPagePrivate *priv = get_private (self);
  LuoDocument *first = luo_record_model_peek (priv->model, 0);

  /* Side by side an empty half of the window tells nothing: the first record is shown. */
  if (priv->document == NULL && priv->wanted == NULL && !priv->editing && first != NULL
      && !adw_leaflet_get_folded (priv->leaflet))
    {
      g_free (priv->wanted);
      priv->wanted = g_strdup (luo_document_get_id (first));
      show_document (self, first);
      select_row (self);
    }
  return G_SOURCE_REMOVE;
}

/* What a person looks for is in the list. */
static void
show_list (LuoListPage *self)
{
  GtkWidget *stack = get_private (self)->front_stack;

  if (stack != NULL)
    gtk_stack_set_visible_child_name (GTK_STACK (stack), "list");
}

static void
search_changed_cb (LuoListPage *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (get_private (self)->search)) != '\0')
    show_list (self);
  luo_list_page_requery (self);
}

static void
luo_list_page_search (LuoPage *page)
{
  LuoListPagePrivate *priv = get_private (LUO_LIST_PAGE (page));

  adw_leaflet_set_visible_child (priv->leaflet, priv->list_pane);
  show_list (LUO_LIST_PAGE (page));
  gtk_widget_grab_focus (priv->search);
  gtk_editable_select_region (GTK_EDITABLE (priv->search), 0, -1);
}

static void
search_done_cb (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);

  gtk_editable_set_text (GTK_EDITABLE (priv->search), "");
  gtk_widget_grab_focus (priv->list_view);
}

static void
luo_list_page_filter (LuoPage *page, const char *const *where)
{
  LuoListPage *self = LUO_LIST_PAGE (page);
  LuoListPagePrivate *priv = get_private (self);

  stop_editing (self);
  g_clear_pointer (&priv->wanted, g_free);
  show_document (self, NULL);
  gtk_editable_set_text (GTK_EDITABLE (priv->search), "");
  luo_list_total_set_column (priv->total, NULL);
  for (guint i = 0; where != NULL && where[i] != NULL; i++)
    if (g_str_has_prefix (where[i], LUO_PAGE_SUM))
      luo_list_total_set_column (priv->total, where[i] + strlen (LUO_PAGE_SUM));
  luo_filter_button_set_conditions (priv->filter, where);
  show_list (self);
  adw_leaflet_set_visible_child (priv->leaflet, priv->list_pane);
  update_buttons (self);
}

static void
luo_list_page_refresh (LuoPage *page)
{
  LuoListPage *self = LUO_LIST_PAGE (page);
  LuoListPagePrivate *priv = get_private (self);

  update_total (self);
  if (priv->wanted != NULL)
    find (self, priv->wanted);
  else
    g_idle_add_full (G_PRIORITY_LOW, activate_first_cb, g_object_ref (self), NULL);
}

static void
list_loaded_cb (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);

  update_list_state (self);
  if (priv->document != NULL)
    select_row (self);
  else
    g_timeout_add (60, activate_first_cb, g_object_ref (self));
}

/* Building */

static GtkWidget *
build_list_pane (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);
  LuoListPageClass *klass = LUO_LIST_PAGE_GET_CLASS (self);
  GtkWidget *pane = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *scroll;
  GtkListItemFactory *factory = luo_list_rows_new (self);

  gtk_widget_add_css_class (line, "list-tools");
  priv->search = gtk_search_entry_new ();
  gtk_widget_set_hexpand (priv->search, TRUE);
  g_object_set (priv->search, "placeholder-text", _ (klass->search_hint), NULL);
  luo_build_set_name (priv->search, _ ("Search"));
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (priv->search), GTK_WIDGET (self));
  g_signal_connect_object (priv->search, "search-changed", G_CALLBACK (search_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->search, "stop-search", G_CALLBACK (search_done_cb), self, G_CONNECT_SWAPPED);
  priv->filter
      = LUO_FILTER_BUTTON (luo_filter_button_new (klass->record_type, klass->filters, klass->orders));
  g_signal_connect_object (priv->filter, "changed", G_CALLBACK (luo_list_page_requery), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (line), priv->search);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (priv->filter));
  gtk_box_append (GTK_BOX (pane), line);
  gtk_box_append (GTK_BOX (pane), luo_filter_button_get_chips (priv->filter));
  priv->total = LUO_LIST_TOTAL (luo_list_total_new (klass->record_type));
  gtk_box_append (GTK_BOX (pane), GTK_WIDGET (priv->total));

  priv->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (priv->selection, FALSE);
  gtk_single_selection_set_can_unselect (priv->selection, TRUE);
  g_signal_connect_object (priv->selection, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  priv->list_view = gtk_list_view_new (GTK_SELECTION_MODEL (priv->selection), factory);
  gtk_widget_add_css_class (priv->list_view, "record-list");
  luo_build_set_name (priv->list_view, luo_page_get_title (LUO_PAGE (self)));
  g_signal_connect_object (priv->list_view, "activate", G_CALLBACK (luo_list_page_activate), self,
                           G_CONNECT_SWAPPED);
  scroll = luo_build_scrolled (priv->list_view);
  gtk_widget_set_vexpand (scroll, TRUE);

  priv->list_stack = gtk_stack_new ();
  priv->empty = ADW_STATUS_PAGE (adw_status_page_new ());
  adw_status_page_set_icon_name (priv->empty, "edit-find-symbolic");
  gtk_widget_add_css_class (GTK_WIDGET (priv->empty), "compact");
  gtk_stack_add_named (GTK_STACK (priv->list_stack), scroll, "list");
  gtk_stack_add_named (GTK_STACK (priv->list_stack), GTK_WIDGET (priv->empty), "empty");
  gtk_box_append (GTK_BOX (pane), priv->list_stack);
  gtk_widget_set_size_request (pane, 330, -1);
  gtk_widget_set_hexpand (pane, FALSE);
  gtk_widget_add_css_class (pane, "list-pane");
  return pane;
}

static void
build_detail_pane (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);
  GtkWidget *none = adw_status_page_new ();

  priv->detail = GTK_STACK (gtk_stack_new ());
  priv->detail_pane = GTK_WIDGET (priv->detail);
  priv->view = g_object_new (LUO_LIST_PAGE_GET_CLASS (self)->get_view_type (), "session",
                             luo_page_get_session (LUO_PAGE (self)), NULL);
  g_signal_connect_object (priv->view, "open-record", G_CALLBACK (luo_page_open_record), self,
                           G_CONNECT_SWAPPED);
  priv->raw = LUO_RAW_VIEW (luo_raw_view_new ());
  priv->form_place = ADW_BIN (adw_bin_new ());
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (none), "view-list-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (none), _ ("No Record Chosen"));
  gtk_stack_set_vhomogeneous (priv->detail, FALSE);
  gtk_stack_add_named (priv->detail, none, "none");
  gtk_stack_add_named (priv->detail, luo_build_scrolled (GTK_WIDGET (priv->view)), "view");
  gtk_stack_add_named (priv->detail, luo_build_scrolled (GTK_WIDGET (priv->raw)), "raw");
  gtk_stack_add_named (priv->detail, luo_build_scrolled (GTK_WIDGET (priv->form_place)), "form");
  gtk_widget_set_hexpand (priv->detail_pane, TRUE);
}

void
luo_list_page_set_front (LuoListPage *self, GtkWidget *front, const char *front_title, const char *list_title)
{
  LuoListPagePrivate *priv;
  GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *switcher = gtk_stack_switcher_new ();
  GtkWidget *child;

  g_return_if_fail (LUO_IS_LIST_PAGE (self));

  priv = get_private (self);
  while ((child = gtk_widget_get_first_child (priv->list_pane)) != NULL)
    {
      g_object_ref (child);
      gtk_box_remove (GTK_BOX (priv->list_pane), child);
      gtk_box_append (GTK_BOX (list), child);
      g_object_unref (child);
    }
  priv->front_stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (priv->front_stack), FALSE);
  gtk_stack_add_titled (GTK_STACK (priv->front_stack), front, "front", front_title);
  gtk_stack_add_titled (GTK_STACK (priv->front_stack), list, "list", list_title);
  gtk_widget_set_vexpand (priv->front_stack, TRUE);
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), GTK_STACK (priv->front_stack));
  gtk_widget_add_css_class (switcher, "list-front");
  gtk_box_append (GTK_BOX (priv->list_pane), switcher);
  gtk_box_append (GTK_BOX (priv->list_pane), priv->front_stack);
}

static gboolean
layout_settled_cb (gpointer user_data)
{
  LuoListPage *self = user_data;

  get_private (self)->layout_source = 0;
  update_buttons (self);
  return G_SOURCE_REMOVE;
}

/* The panes fold while they are given their sizes; the header must not change its own just then. */
static void
layout_changed_cb (LuoListPage *self)
{
  LuoListPagePrivate *priv = get_private (self);

  if (priv->layout_source == 0)
    priv->layout_source = g_idle_add_full (G_PRIORITY_HIGH, layout_settled_cb, self, NULL);
}

static void
luo_list_page_constructed (GObject *object)
{
  LuoListPage *self = LUO_LIST_PAGE (object);
  LuoListPagePrivate *priv = get_private (self);
  GtkWidget *separator = gtk_separator_new (GTK_ORIENTATION_VERTICAL);
  GtkWidget *end = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  AdwLeafletPage *leaflet_page;

  G_OBJECT_CLASS (luo_list_page_parent_class)->constructed (object);
  priv->leaflet = ADW_LEAFLET (adw_leaflet_new ());
  adw_leaflet_set_can_navigate_back (priv->leaflet, TRUE);
  priv->list_pane = build_list_pane (self);
  build_detail_pane (self);
  adw_leaflet_append (priv->leaflet, priv->list_pane);
  leaflet_page = adw_leaflet_append (priv->leaflet, separator);
  adw_leaflet_page_set_navigatable (leaflet_page, FALSE);
  adw_leaflet_append (priv->leaflet, priv->detail_pane);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (priv->leaflet));

  priv->edit_button = gtk_button_new_with_label (_ ("Edit"));
  priv->delete_button = luo_build_icon_button ("user-trash-symbolic", _ ("Delete this record"));
  g_signal_connect_object (priv->edit_button, "clicked", G_CALLBACK (edit_clicked_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->delete_button, "clicked", G_CALLBACK (luo_list_page_remove), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (end), priv->edit_button);
  gtk_box_append (GTK_BOX (end), priv->delete_button);
  luo_page_set_header_end (LUO_PAGE (self), end);

  g_signal_connect_object (priv->leaflet, "notify::folded", G_CALLBACK (layout_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->leaflet, "notify::visible-child", G_CALLBACK (layout_changed_cb), self,
                           G_CONNECT_SWAPPED);

  priv->model = luo_record_model_new (luo_page_get_store (LUO_PAGE (self)));
  g_signal_connect_object (priv->model, "items-changed", G_CALLBACK (update_list_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->model, "loaded", G_CALLBACK (list_loaded_cb), self, G_CONNECT_SWAPPED);
  gtk_single_selection_set_model (priv->selection, G_LIST_MODEL (priv->model));
  update_buttons (self);
  luo_list_page_requery (self);
}

static void
luo_list_page_dispose (GObject *object)
{
  LuoListPagePrivate *priv = get_private (LUO_LIST_PAGE (object));

  if (priv->list_view != NULL)
    gtk_list_view_set_model (GTK_LIST_VIEW (priv->list_view), NULL);
  priv->list_view = NULL;
  g_clear_handle_id (&priv->layout_source, g_source_remove);
  g_clear_object (&priv->model);
  g_clear_pointer (&priv->document, luo_document_unref);
  g_clear_pointer (&priv->wanted, g_free);
  G_OBJECT_CLASS (luo_list_page_parent_class)->dispose (object);
}

static void
luo_list_page_finalize (GObject *object)
{
  g_hash_table_unref (get_private (LUO_LIST_PAGE (object))->bound);
  G_OBJECT_CLASS (luo_list_page_parent_class)->finalize (object);
}

static void
luo_list_page_class_init (LuoListPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  LuoPageClass *page_class = LUO_PAGE_CLASS (klass);

  object_class->constructed = luo_list_page_constructed;
  object_class->dispose = luo_list_page_dispose;
  object_class->finalize = luo_list_page_finalize;
  page_class->refresh = luo_list_page_refresh;
  page_class->search = luo_list_page_search;
  page_class->create = luo_list_page_create;
  page_class->edit = luo_list_page_edit;
  page_class->remove = luo_list_page_remove;
  page_class->go_back = luo_list_page_go_back;
  page_class->open = luo_list_page_open;
  page_class->filter = luo_list_page_filter;
}

static void
luo_list_page_init (LuoListPage *self)
{
  get_private (self)->bound = g_hash_table_new (g_direct_hash, g_direct_equal);
}
