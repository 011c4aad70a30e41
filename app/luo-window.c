/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-window.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-conflicts-page.h"
#include "luo-format.h"
#include "luo-month-button.h"
#include "luo-overview-page.h"
#include "luo-projects-page.h"
#include "luo-query.h"
#include "luo-record-id.h"
#include "luo-report-page.h"
#include "luo-store-sync.h"
#include "luo-sync-button.h"
#include "luo-tasks-page.h"
#include "luo-training-page.h"
#include "luo-visits-page.h"
#include "luo-welcome.h"
#include "luo-window-private.h"
#include "luo-work.h"

/* One entry of the sidebar. */
typedef struct
{
  const char *name;
  const char *title; /* N_() */
  const char *icon;
  const char *record_type; /* (nullable): shown there, counted beside it */
  gboolean month;          /* shows one month */
  GType (*get_type) (void);
} Entry;

/* Translators: the pages of the window: 概览 目标任务 试点项目 培训 走访督导 月报 冲突 */
static const Entry entries[] = {
  { "overview", N_ ("Overview"), "view-grid-symbolic", NULL, TRUE, luo_overview_page_get_type },
  { "tasks", N_ ("Target tasks"), "view-list-symbolic", "task", TRUE, luo_tasks_page_get_type },
  { "projects", N_ ("Pilot projects"), "mark-location-symbolic", "project", FALSE,
    luo_projects_page_get_type },
  { "training", N_ ("Training"), "system-users-symbolic", "training", FALSE, luo_training_page_get_type },
  { "visits", N_ ("Visits"), "find-location-symbolic", "visit", FALSE, luo_visits_page_get_type },
  { "report", N_ ("Monthly report"), "x-office-document-symbolic", NULL, TRUE, luo_report_page_get_type },
  { "conflicts", N_ ("Conflicts"), "dialog-warning-symbolic", NULL, FALSE, luo_conflicts_page_get_type },
};

/* Milliseconds. */
#define SPINNER_AFTER 400

struct _LuoWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *root;
  GtkSpinner *spinner;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  GtkWidget *content;
  GtkListBox *entries;
  GtkWidget *new_button;
  GtkWidget *menu_button;
  GtkWidget *back_button;
  LuoSyncButton *sync_button;
  LuoSyncButton *compact_sync_button;
  GtkLabel *title;
  GtkLabel *subtitle;
  LuoMonthButton *month_button;
  AdwBin *header_end;
  GtkInfoBar *sample_bar;
  GtkStack *pages;

  LuoSession *session; /* (owned) (nullable) */
  GSettings *settings; /* (owned) (nullable): not installed where the program runs from its build folder */
  GSignalGroup *page_signals; /* (owned) */
  GCancellable *cancellable;  /* (owned) */
  GtkLabel *counts[G_N_ELEMENTS (entries)];
  AdwToast *toast; /* (nullable): the one that offers to undo */
  gint64 conflicts;
  guint layout_source;
  guint spinner_source; /* while the records are being opened */
  guint session_source; /* while they are open and not shown yet */
  gboolean counting;
  gboolean count_again;
};

G_DEFINE_FINAL_TYPE (LuoWindow, luo_window, ADW_TYPE_APPLICATION_WINDOW)

enum
{
  SESSION_OPENED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

LuoSession *
luo_window_get_session (LuoWindow *self)
{
  g_return_val_if_fail (LUO_IS_WINDOW (self), NULL);

  return self->session;
}

LuoPage *
luo_window_get_page (LuoWindow *self)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);

  return page != NULL ? LUO_PAGE (page) : NULL;
}

/* Counts beside the entries */

/* So many deletions beside edits are counted with the conflicts. */
#define MAX_DELETIONS 200

typedef struct
{
  guint year;
  gint64 counts[G_N_ELEMENTS (entries)]; /* -1: none is shown */
} Counts;

static gpointer
count_records (LuoStore *store, gpointer data, GError **error)
{
  Counts *counts = g_memdup2 (data, sizeof (Counts));
  g_autoptr (GPtrArray) spaces = luo_store_list_spaces (store, NULL);
  g_autoptr (GPtrArray) deletions = luo_store_list_deletions (store, NULL, MAX_DELETIONS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr (LuoQuery) query = NULL;

      counts->counts[i] = -1;
      if (entries[i].record_type == NULL)
        continue;
      query = luo_query_new (entries[i].record_type);
      if (strcmp (entries[i].record_type, "task") == 0)
        {
          g_autofree char *year = g_strdup_printf ("%u", counts->year);

          luo_query_where (query, "year", LUO_EQUAL, year);
        }
      counts->counts[i] = luo_store_count (store, query, NULL);
    }
  counts->counts[G_N_ELEMENTS (entries) - 1] = 0;
  for (guint i = 0; spaces != NULL && i < spaces->len; i++)
    counts->counts[G_N_ELEMENTS (entries) - 1] += ((LuoSpace *)g_ptr_array_index (spaces, i))->conflicts;
  if (deletions != NULL)
    counts->counts[G_N_ELEMENTS (entries) - 1] += deletions->len;
  return counts;
}

static void count (LuoWindow *self);

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoWindow *self = LUO_WINDOW (source);
  g_autofree Counts *counts = luo_work_finish (result, NULL);

  self->counting = FALSE;
  for (guint i = 0; counts != NULL && i < G_N_ELEMENTS (entries); i++)
    {
      gboolean conflicts = i == G_N_ELEMENTS (entries) - 1;
      g_autofree char *text = luo_format_integer (counts->counts[i]);

      if (self->counts[i] == NULL)
        continue;
      gtk_label_set_label (self->counts[i], text);
      gtk_widget_set_visible (GTK_WIDGET (self->counts[i]),
                              counts->counts[i] > 0 || (!conflicts && counts->counts[i] == 0));
      if (conflicts)
        {
          self->conflicts = counts->counts[i];
          gtk_widget_set_visible (
              GTK_WIDGET (gtk_list_box_get_row_at_index (self->entries, (int)i)),
              counts->counts[i] > 0
                  || g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), "conflicts") == 0);
        }
    }
  if (self->count_again)
    count (self);
}

static void
count (LuoWindow *self)
{
  Counts *request;

  if (self->session == NULL || !luo_session_get_started (self->session))
    return;
  self->count_again = self->counting;
  if (self->counting)
    return;
  self->counting = TRUE;
  request = g_new0 (Counts, 1);
  request->year = luo_session_get_year (self->session);
  luo_work_run (self, luo_session_get_store (self->session), count_records, request, g_free, g_free,
                self->cancellable, counted_cb, NULL);
}

/* The header and the two panes */

static void
update_header (LuoWindow *self)
{
  LuoPage *page = luo_window_get_page (self);
  gboolean folded = adw_leaflet_get_folded (self->leaflet);
  GtkWidget *end = NULL;
  g_autofree char *subtitle = NULL;

  if (page == NULL)
    return;
  g_object_get (page, "subtitle", &subtitle, "header-end", &end, NULL);
  gtk_label_set_label (self->title, luo_page_get_title (page));
  gtk_label_set_label (self->subtitle, subtitle != NULL ? subtitle : "");
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), !folded && subtitle != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->compact_sync_button), folded);
  if (adw_bin_get_child (self->header_end) != end)
    adw_bin_set_child (self->header_end, end);
  g_clear_object (&end);
  gtk_widget_set_visible (self->back_button, luo_window_can_go_back (self));
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), entries[i].name) == 0)
      {
        gboolean within = FALSE;

        g_object_get (page, "can-go-back", &within, NULL);
        gtk_widget_set_visible (GTK_WIDGET (self->month_button), entries[i].month && !(within && folded));
        gtk_list_box_select_row (self->entries, gtk_list_box_get_row_at_index (self->entries, (int)i));
      }
  gtk_widget_set_visible (self->new_button, luo_page_has_create (page));
  luo_window_update_actions (self);
}

static gboolean
layout_settled_cb (gpointer user_data)
{
  LuoWindow *self = user_data;

  self->layout_source = 0;
  update_header (self);
  return G_SOURCE_REMOVE;
}

/* The panes fold while they are given their sizes; the header must not change its own just then. */
static void
layout_changed_cb (LuoWindow *self)
{
  if (self->layout_source == 0)
    self->layout_source = g_idle_add_full (G_PRIORITY_HIGH, layout_settled_cb, self, NULL);
}

static void
page_changed_cb (LuoWindow *self)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);

  if (page == NULL || gtk_widget_in_destruction (GTK_WIDGET (self)))
    return;
  g_signal_group_set_target (self->page_signals, page);
  if (self->settings != NULL)
    g_settings_set_string (self->settings, "page", gtk_stack_get_visible_child_name (self->pages));
  update_header (self);
}

gboolean
luo_window_can_go_back (LuoWindow *self)
{
  LuoPage *page = luo_window_get_page (self);
  gboolean within = FALSE;

  if (page == NULL)
    return FALSE;
  g_object_get (page, "can-go-back", &within, NULL);
  return within
         || (adw_leaflet_get_folded (self->leaflet)
             && adw_leaflet_get_visible_child (self->leaflet) == self->content);
}

void
luo_window_go_back (LuoWindow *self)
{
  LuoPage *page = luo_window_get_page (self);
  gboolean within = FALSE;

  if (page == NULL)
    return;
  g_object_get (page, "can-go-back", &within, NULL);
  if (within)
    luo_page_go_back (page);
  else if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_set_visible_child (self->leaflet, self->sidebar);
}

/* A page is built when it is shown first: the window would wait for seven of them to show one. */
void
luo_window_show_page (LuoWindow *self, const char *name)
{
  g_return_if_fail (LUO_IS_WINDOW (self));
  g_return_if_fail (name != NULL);

  if (self->session == NULL || !luo_session_get_started (self->session))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      if (strcmp (entries[i].name, name) != 0)
        continue;
      if (gtk_stack_get_child_by_name (self->pages, name) == NULL)
        gtk_stack_add_named (self->pages,
                             g_object_new (entries[i].get_type (), "session", self->session, "title",
                                           _ (entries[i].title), NULL),
                             name);
      gtk_stack_set_visible_child_name (self->pages, name);
      adw_leaflet_set_visible_child (self->leaflet, self->content);
    }
}

void
luo_window_show_nth_page (LuoWindow *self, guint n)
{
  GtkWidget *row = GTK_WIDGET (gtk_list_box_get_row_at_index (self->entries, (int)n));

  if (n < G_N_ELEMENTS (entries) && row != NULL && gtk_widget_get_visible (row))
    luo_window_show_page (self, entries[n].name);
}

static void
entry_activated_cb (LuoWindow *self, GtkListBoxRow *row)
{
  luo_window_show_nth_page (self, (guint)gtk_list_box_row_get_index (row));
}

void
luo_window_open_record (LuoWindow *self, const char *id)
{
  g_autofree char *type = luo_record_id_type (id);

  g_return_if_fail (LUO_IS_WINDOW (self));

  /* Progress is read with its task: progress:2020:195:2020-08:city is on the page of task:2020:195. */
  if (g_strcmp0 (type, "progress") == 0)
    {
      g_auto (GStrv) parts = g_strsplit (id, ":", -1);

      if (g_strv_length (parts) >= 3)
        {
          g_autofree char *task = g_strdup_printf ("task:%s:%s", parts[1], parts[2]);

          luo_window_open_record (self, task);
        }
      return;
    }
  for (guint i = 0; type != NULL && i < G_N_ELEMENTS (entries); i++)
    if (g_strcmp0 (entries[i].record_type, type) == 0)
      {
        luo_window_show_page (self, entries[i].name);
        luo_page_open (luo_window_get_page (self), id);
        return;
      }
}

void
luo_window_show_sync (LuoWindow *self)
{
  g_return_if_fail (LUO_IS_WINDOW (self));

  luo_sync_button_popup (adw_leaflet_get_folded (self->leaflet) ? self->compact_sync_button
                                                                : self->sync_button);
}

static void
open_list_cb (LuoWindow *self, const char *page, const char *const *where)
{
  luo_window_show_page (self, page);
  luo_page_filter (luo_window_get_page (self), where);
}

/* Notices */

static void
toast_gone_cb (LuoWindow *self, AdwToast *toast)
{
  if (self->toast == toast)
    self->toast = NULL;
}

static void
notice_cb (LuoWindow *self, const char *text, gboolean undo)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  if (undo)
    {
      adw_toast_set_button_label (toast, _ ("Undo"));
      adw_toast_set_action_name (toast, "win.undo");
    }
  self->toast = toast;
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (toast_gone_cb), self, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* The session */

static void
show_welcome (LuoWindow *self)
{
  if (gtk_stack_get_child_by_name (self->root, "welcome") == NULL)
    {
      GtkWidget *welcome = g_object_new (LUO_TYPE_WELCOME, NULL);

      luo_welcome_set_session (LUO_WELCOME (welcome), self->session);
      gtk_stack_add_named (self->root, welcome, "welcome");
    }
  gtk_stack_set_visible_child_name (self->root, "welcome");
}

static void
show_failure (LuoWindow *self, const GError *error)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *status = adw_status_page_new ();

  gtk_widget_add_css_class (header, "flat");
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (status), "dialog-error-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (status), _ ("The Records Could Not Be Opened"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), error->message);
  gtk_widget_set_vexpand (status, TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), status);
  gtk_stack_add_named (self->root, box, "failed");
  gtk_stack_set_visible_child_name (self->root, "failed");
}

/* The page that was shown last, which is the overview at first. */
static void
show_last_page (LuoWindow *self)
{
  g_autofree char *page = self->settings != NULL ? g_settings_get_string (self->settings, "page") : NULL;

  if (page != NULL)
    luo_window_show_page (self, page);
  if (luo_window_get_page (self) == NULL)
    luo_window_show_page (self, entries[0].name);
}

static void
started_changed_cb (LuoWindow *self)
{
  if (!luo_session_get_started (self->session))
    {
      show_welcome (self);
      luo_window_update_actions (self);
      return;
    }
  if (luo_window_get_page (self) == NULL)
    show_last_page (self);
  gtk_stack_set_visible_child_name (self->root, "main");
  count (self);
  update_header (self);
}

static void
sample_changed_cb (LuoWindow *self)
{
  gtk_info_bar_set_revealed (self->sample_bar, luo_session_get_sample (self->session)
                                                   && luo_session_get_server (self->session) == NULL);
  luo_window_update_actions (self);
}

/* Opening takes no time for the most part, and what only flashes disturbs. */
static gboolean
show_spinner_cb (gpointer user_data)
{
  LuoWindow *self = user_data;

  self->spinner_source = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
  gtk_spinner_start (self->spinner);
  return G_SOURCE_REMOVE;
}

/* The window stands on the screen before its contents are built; only then is it worth while. */
static gboolean
show_session_cb (gpointer user_data)
{
  LuoWindow *self = user_data;
  LuoSession *session = self->session;

  self->session_source = 0;
  g_signal_connect_object (session, "notice", G_CALLBACK (notice_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::started", G_CALLBACK (started_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::sample", G_CALLBACK (sample_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::server", G_CALLBACK (sample_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::month", G_CALLBACK (count), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (luo_session_get_store (session), "changed", G_CALLBACK (count), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (luo_session_get_undo (session), "notify::can-undo",
                           G_CALLBACK (luo_window_update_actions), self, G_CONNECT_SWAPPED);
  luo_sync_button_set_session (self->sync_button, session);
  luo_sync_button_set_session (self->compact_sync_button, session);
  luo_month_button_set_session (self->month_button, session);
  started_changed_cb (self);
  sample_changed_cb (self);
  g_signal_emit (self, signals[SESSION_OPENED], 0);
  return G_SOURCE_REMOVE;
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LuoWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  LuoSession *session = luo_session_open_finish (result, &error);

  g_clear_handle_id (&self->spinner_source, g_source_remove);

  if (session == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      show_failure (self, error);
      return;
    }
  self->session = session;
  self->session_source = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, show_session_cb, self, NULL);
}

static void
add_entries (LuoWindow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      GtkWidget *row = gtk_list_box_row_new ();
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
      GtkWidget *label = gtk_label_new (_ (entries[i].title));
      GtkWidget *number = gtk_label_new (NULL);
      gboolean conflicts = i == G_N_ELEMENTS (entries) - 1;

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_set_hexpand (label, TRUE);
      gtk_widget_add_css_class (number, "numeric");
      gtk_widget_add_css_class (number, conflicts ? "count-badge" : "dim-label");
      gtk_widget_set_visible (number, FALSE);
      gtk_widget_set_valign (number, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (entries[i].icon));
      gtk_box_append (GTK_BOX (box), label);
      gtk_box_append (GTK_BOX (box), number);
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
      luo_build_set_name (row, _ (entries[i].title));
      gtk_list_box_append (self->entries, row);
      gtk_widget_set_visible (row, !conflicts);
      self->counts[i] = GTK_LABEL (number);
    }
}

static void
bind_settings (LuoWindow *self)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
      = source != NULL ? g_settings_schema_source_lookup (source, "org.luoshi.Luoshi", TRUE) : NULL;

  if (schema == NULL)
    return;
  self->settings = g_settings_new ("org.luoshi.Luoshi");
  g_settings_bind (self->settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
}

static void
luo_window_dispose (GObject *object)
{
  LuoWindow *self = LUO_WINDOW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->page_signals);
  g_clear_handle_id (&self->layout_source, g_source_remove);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_clear_handle_id (&self->session_source, g_source_remove);
  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), LUO_TYPE_WINDOW);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (luo_window_parent_class)->dispose (object);
}

static void
luo_window_class_init (LuoWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = luo_window_dispose;
  g_type_ensure (LUO_TYPE_SYNC_BUTTON);
  g_type_ensure (LUO_TYPE_MONTH_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/luoshi/Luoshi/luo-window.ui");
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, root);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, content);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, entries);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, new_button);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, sync_button);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, compact_sync_button);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, title);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, month_button);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, header_end);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, sample_bar);
  gtk_widget_class_bind_template_child (widget_class, LuoWindow, pages);
  gtk_widget_class_bind_template_callback (widget_class, layout_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
  luo_window_install_actions (widget_class);
  signals[SESSION_OPENED] = g_signal_new ("session-opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
luo_window_init (LuoWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  self->page_signals = g_signal_group_new (LUO_TYPE_PAGE);
  g_signal_group_connect_swapped (self->page_signals, "notify::title", G_CALLBACK (update_header), self);
  g_signal_group_connect_swapped (self->page_signals, "notify::subtitle", G_CALLBACK (update_header), self);
  g_signal_group_connect_swapped (self->page_signals, "notify::can-go-back", G_CALLBACK (update_header),
                                  self);
  g_signal_group_connect_swapped (self->page_signals, "notify::header-end", G_CALLBACK (update_header), self);
  g_signal_group_connect_swapped (self->page_signals, "open-record", G_CALLBACK (luo_window_open_record),
                                  self);
  g_signal_group_connect_swapped (self->page_signals, "open-list", G_CALLBACK (open_list_cb), self);
  luo_build_set_name (self->menu_button, _ ("Main menu"));
  add_entries (self);
  bind_settings (self);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  luo_window_update_actions (self);
}

LuoWindow *
luo_window_new (GtkApplication *application, const char *folder)
{
  LuoWindow *self = g_object_new (LUO_TYPE_WINDOW, "application", application, NULL);

  self->spinner_source = g_timeout_add (SPINNER_AFTER, show_spinner_cb, self);
  luo_session_open_async (folder, self->cancellable, opened_cb, g_object_ref (self));
  return self;
}
