/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-visit-day-view.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-read.h"
#include "luo-receipt.h"
#include "luo-record-type.h"
#include "luo-title.h"
#include "luo-work.h"

struct _LuoVisitDayView
{
  AdwBin parent_instance;

  LuoSession *session; /* (owned) */
  GtkWidget *box;
  LuoVisitDay *day;          /* (owned) (nullable): what is shown */
  GCancellable *cancellable; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (LuoVisitDayView, luo_visit_day_view, ADW_TYPE_BIN)

enum
{
  OPEN,
  WRITE,
  START,
  NEW_VISIT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

char *
luo_visit_day_view_get_day (LuoVisitDayView *self)
{
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *month = NULL;
  g_autofree char *before = NULL;

  g_return_val_if_fail (LUO_IS_VISIT_DAY_VIEW (self), NULL);

  now = g_date_time_new_now_local ();
  month = g_date_time_format (now, "%Y-%m");
  before = luo_month_shift (month, -1);
  /* Early in September August is still being reported, but visits are made today. */
  if (strcmp (luo_session_get_month (self->session), before) >= 0)
    return g_date_time_format (now, "%Y-%m-%d");
  return luo_session_get_day (self->session);
}

static gint64
days_between (const char *from, const char *to)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *one = g_strconcat (from, "T00:00:00Z", NULL);
  g_autofree char *two = g_strconcat (to, "T00:00:00Z", NULL);
  g_autoptr (GDateTime) first = g_date_time_new_from_iso8601 (one, utc);
  g_autoptr (GDateTime) last = g_date_time_new_from_iso8601 (two, utc);

  return first != NULL && last != NULL ? g_date_time_difference (last, first) / G_TIME_SPAN_DAY : 0;
}

/* Whether the server has a record: a word and a mark. */
static GtkWidget *
receipt_new (LuoSession *session, LuoDocument *document)
{
  gboolean connected = luo_session_get_server (session) != NULL;
  gboolean held = connected && !luo_document_get_pending (document);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *label
      = gtk_label_new (connected ? luo_receipt_state_label (held ? LUO_RECEIPT_HELD : LUO_RECEIPT_UNSENT)
                                 : _ ("on this machine"));

  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (box, "caption");
  gtk_widget_add_css_class (box, held ? "ink-green" : "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  if (held)
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("emblem-ok-symbolic"));
  return box;
}

static GtkWidget *
row_new (const char *colour, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *name = luo_format_join (title, subtitle, NULL);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  if (colour != NULL)
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), luo_build_dot (colour));
  luo_build_set_name (row, name);
  return row;
}

static void
start_cb (LuoVisitDayView *self, GtkButton *button)
{
  LuoPlannedVisit *planned = g_object_get_data (G_OBJECT (button), "luo-planned");

  if (planned->visit != NULL)
    g_signal_emit (self, signals[WRITE], 0, luo_document_get_id (planned->visit));
  else
    g_signal_emit (self, signals[START], 0, planned, self->day->day);
}

/* Why one goes there: 整改复查 · 已超期6天, 走访 · 今天, 督导 · 9月2日 */
static char *
reason_of (LuoVisitDayView *self, const LuoPlannedVisit *planned, const char **colour)
{
  const char *day = self->day->day;
  guint year = luo_session_get_year (self->session);
  g_autofree char *findings = NULL;
  g_autofree char *when = NULL;
  g_autofree char *plan = NULL;

  *colour = "blue";
  if (planned->due != NULL)
    {
      gint64 late = days_between (planned->due, day);
      g_autofree char *date = luo_format_date (planned->due, year);

      *colour = late > 0 ? "red" : "amber";
      findings = g_strdup_printf (ngettext ("%u finding to check", "%u findings to check", planned->open),
                                  planned->open);
      when = late > 0
                 ? g_strdup_printf (ngettext ("%d day overdue", "%d days overdue", (gulong)late), (int)late)
             : late == 0 ? g_strdup (_ ("due today"))
                         : g_strdup_printf (_ ("due %s"), date);
    }
  if (planned->visit != NULL)
    {
      const char *on = luo_document_get_text (planned->visit, "on");
      const char *kind = luo_document_get_text (planned->visit, "kind");
      g_autofree char *date = luo_format_date (on, year);

      plan = luo_format_join (luo_format_choice (luo_visit_kind_choices, kind),
                              g_strcmp0 (on, day) == 0 ? _ ("today") : date, NULL);
    }
  return luo_format_join (plan != NULL ? plan : "", findings != NULL ? findings : "",
                          when != NULL ? when : "", NULL);
}

static void
append_planned (LuoVisitDayView *self, GtkWidget *list, LuoPlannedVisit *planned, gboolean first)
{
  const char *colour;
  g_autofree char *reason = reason_of (self, planned, &colour);
  GtkWidget *row = row_new (colour, planned->title, reason);
  GtkWidget *button = gtk_button_new_with_label (_ ("Start"));
  /* Translators: accessible name of a button; %s is the site */
  g_autofree char *name = g_strdup_printf (_ ("Start the visit: %s"), planned->title);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  if (first)
    gtk_widget_add_css_class (button, "suggested-action");
  luo_build_set_name (button, name);
  g_object_set_data (G_OBJECT (button), "luo-planned", planned);
  g_signal_connect_object (button, "clicked", G_CALLBACK (start_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
}

static void
open_cb (LuoVisitDayView *self, AdwActionRow *row)
{
  g_signal_emit (self, signals[OPEN], 0, g_object_get_data (G_OBJECT (row), "luo-id"));
}

/* 解答4件次 · 解决2个 · 照片3张 */
static char *
results_of (JsonObject *visit)
{
  g_autofree char *answered = NULL;
  g_autofree char *solved = NULL;
  g_autofree char *found = NULL;
  g_autofree char *photos = NULL;
  guint n_found = luo_read_length (luo_read_array (visit, "findings"));
  guint n_photos = luo_read_length (luo_read_array (visit, "photos"));
  char *text;
  gint64 n;

  if (luo_read_int (visit, "questions_answered", &n) && n > 0)
    answered
        = g_strdup_printf (ngettext ("%d question answered", "%d questions answered", (gulong)n), (int)n);
  if (luo_read_int (visit, "problems_solved", &n) && n > 0)
    solved = g_strdup_printf (ngettext ("%d solved", "%d solved", (gulong)n), (int)n);
  if (n_found > 0)
    found = g_strdup_printf (ngettext ("%u finding", "%u findings", n_found), n_found);
  if (n_photos > 0)
    photos = g_strdup_printf (ngettext ("%u photo", "%u photos", n_photos), n_photos);
  text = luo_format_join (answered != NULL ? answered : "", solved != NULL ? solved : "",
                          found != NULL ? found : "", photos != NULL ? photos : "", NULL);
  if (*text == '\0')
    {
      g_free (text);
      text = g_strdup (_ ("nothing found"));
    }
  return text;
}

static void
append_done (LuoVisitDayView *self, GtkWidget *list, LuoDocument *document)
{
  g_autofree char *title = luo_title_of (document);
  g_autofree char *results = results_of (luo_document_get_object (document));
  GtkWidget *row = row_new (NULL, title, results);

  adw_action_row_add_suffix (ADW_ACTION_ROW (row), receipt_new (self->session, document));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "luo-id", g_strdup (luo_document_get_id (document)), g_free);
  g_signal_connect_object (row, "activated", G_CALLBACK (open_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
}

static void
build (LuoVisitDayView *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");
  g_autofree char *date = luo_format_date (self->day->day, luo_session_get_year (self->session));
  gboolean is_today = strcmp (today, self->day->day) == 0;
  /* Translators: heading of the visits that were made on a day that is not today */
  g_autofree char *done_on = g_strdup_printf (_ ("Visited on %s"), date);
  g_autofree char *plan_on = g_strdup_printf (_ ("Planned on %s"), date);
  GtkWidget *planned = luo_build_list ();
  GtkWidget *done = luo_build_list ();

  luo_build_clear (self->box);
  for (guint i = 0; i < self->day->planned->len; i++)
    append_planned (self, planned, g_ptr_array_index (self->day->planned, i), i == 0);
  for (guint i = 0; i < self->day->done->len; i++)
    append_done (self, done, g_ptr_array_index (self->day->done, i));
  if (self->day->planned->len == 0)
    {
      g_object_unref (g_object_ref_sink (planned));
      planned = luo_build_text (_ ("No visit is planned and no finding falls due these days."), "dim-label");
    }
  if (self->day->done->len == 0)
    {
      g_object_unref (g_object_ref_sink (done));
      done = luo_build_text (_ ("No visit yet"), "dim-label");
    }
  gtk_box_append (GTK_BOX (self->box), luo_build_group (is_today ? _ ("Planned visits") : plan_on, planned));
  gtk_box_append (GTK_BOX (self->box), luo_build_group (is_today ? _ ("Visited today") : done_on, done));
}

typedef struct
{
  char *day;    /* (owned) */
  char *office; /* (owned) */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->day);
  g_free (request->office);
  g_free (request);
}

static gpointer
read_day (LuoStore *store, gpointer data, GError **error)
{
  Request *request = data;

  return luo_visit_day_read (store, request->day, request->office, error);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoVisitDayView *self = LUO_VISIT_DAY_VIEW (source);
  g_autoptr (GError) error = NULL;
  LuoVisitDay *day = luo_work_finish (result, &error);
  LuoVisitDay *before = self->day;

  if (day == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("The visits of the day could not be read: %s", error->message);
      return;
    }
  self->day = day;
  build (self);
  /* The rows pointed into it until now. */
  luo_visit_day_free (before);
}

void
luo_visit_day_view_refresh (LuoVisitDayView *self)
{
  Request *request;

  g_return_if_fail (LUO_IS_VISIT_DAY_VIEW (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  request = g_new0 (Request, 1);
  request->day = luo_visit_day_view_get_day (self);
  request->office = g_strdup (luo_session_get_office (self->session));
  luo_work_run (self, luo_session_get_store (self->session), read_day, request, request_free,
                (GDestroyNotify)luo_visit_day_free, self->cancellable, read_cb, NULL);
}

static void
new_cb (LuoVisitDayView *self)
{
  g_signal_emit (self, signals[NEW_VISIT], 0);
}

static void
luo_visit_day_view_dispose (GObject *object)
{
  LuoVisitDayView *self = LUO_VISIT_DAY_VIEW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (luo_visit_day_view_parent_class)->dispose (object);
}

static void
luo_visit_day_view_finalize (GObject *object)
{
  luo_visit_day_free (LUO_VISIT_DAY_VIEW (object)->day);
  G_OBJECT_CLASS (luo_visit_day_view_parent_class)->finalize (object);
}

static void
luo_visit_day_view_class_init (LuoVisitDayViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = luo_visit_day_view_dispose;
  object_class->finalize = luo_visit_day_view_finalize;
  signals[OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[WRITE] = g_signal_new ("write", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[START] = g_signal_new ("start", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_STRING);
  signals[NEW_VISIT] = g_signal_new ("new-visit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 0);
}

static void
luo_visit_day_view_init (LuoVisitDayView *self)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroll = gtk_scrolled_window_new ();
  GtkWidget *button = gtk_button_new_with_label (_ ("New Visit"));

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_add_css_class (self->box, "day-box");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), self->box);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_add_css_class (button, "big-button");
  g_signal_connect_object (button, "clicked", G_CALLBACK (new_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (outer), scroll);
  gtk_box_append (GTK_BOX (outer), button);
  adw_bin_set_child (ADW_BIN (self), outer);
}

GtkWidget *
luo_visit_day_view_new (LuoSession *session)
{
  LuoVisitDayView *self = g_object_new (LUO_TYPE_VISIT_DAY_VIEW, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
