/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-visits-page.h"

#include <glib/gi18n.h>

#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-read.h"
#include "luo-title.h"
#include "luo-visit-day-view.h"
#include "luo-visit-form.h"
#include "luo-visit-view.h"

struct _LuoVisitsPage
{
  LuoListPage parent_instance;

  LuoVisitDayView *day; /* not owned: stands in the page */
};

G_DEFINE_FINAL_TYPE (LuoVisitsPage, luo_visits_page, LUO_TYPE_LIST_PAGE)

static const LuoListFilter filters[] = {
  { "district", N_ ("District"), luo_district_choices },
  { "kind", N_ ("Kind of visit"), luo_visit_kind_choices },
  { NULL },
};

static const LuoListOrder orders[] = {
  { N_ ("Newest first"), { "on" }, TRUE },
  { N_ ("By district"), { "district", "community" }, FALSE },
  { N_ ("Most open findings first"), { "open_findings", "next_due" }, TRUE },
  { N_ ("Last edited first"), { "updated_at" }, TRUE },
  { NULL },
};

static void
bind_row (LuoListPage *page, LuoRecordRow *row, LuoDocument *document, LuoDocument *before)
{
  LuoSession *session = luo_page_get_session (LUO_PAGE (page));
  JsonObject *visit = luo_document_get_object (document);
  JsonArray *findings = luo_read_array (visit, "findings");
  g_autofree char *title = luo_title_of (document);
  g_autofree char *date = luo_format_date (luo_read_text (visit, "on"), luo_session_get_year (session));
  g_autofree char *day = luo_session_get_day (session);
  g_autofree char *answered = NULL;
  g_autofree char *subtitle = NULL;
  guint open = 0, overdue = 0;
  gint64 n;

  for (guint i = 0; i < luo_read_length (findings); i++)
    {
      JsonObject *finding = luo_read_item (findings, i);
      const char *due = luo_read_text (finding, "due");

      if (finding == NULL || luo_read_text (finding, "solved_on") != NULL)
        continue;
      open++;
      if (due != NULL && strcmp (due, day) < 0)
        overdue++;
    }
  if (luo_read_int (visit, "questions_answered", &n) && n > 0)
    answered
        = g_strdup_printf (ngettext ("%d question answered", "%d questions answered", (gulong)n), (int)n);
  subtitle = luo_format_join (luo_format_office (luo_read_text (visit, "district")),
                              luo_format_choice (luo_visit_kind_choices, luo_read_text (visit, "kind")), date,
                              answered != NULL ? answered : "", NULL);
  luo_record_row_set_title (row, title);
  luo_record_row_set_subtitle (row, subtitle);
  if (open > 0)
    {
      g_autofree char *word = overdue > 0
                                  ? g_strdup_printf (ngettext ("%u overdue", "%u overdue", overdue), overdue)
                                  /* Translators: so many findings are open */
                                  : g_strdup_printf (ngettext ("%u open", "%u open", open), open);

      luo_record_row_set_lamp (row, overdue > 0 ? "red" : "amber", word, word);
    }
}

static char *
new_body (LuoListPage *page)
{
  LuoSession *session = luo_page_get_session (LUO_PAGE (page));
  const char *office = luo_session_get_office (session);
  g_autofree char *today = luo_visit_day_view_get_day (LUO_VISITS_PAGE (page)->day);
  GString *body = g_string_new ("{\"type\":\"visit\",\"kind\":\"call\",\"on\":");

  luo_json_append_string (body, today);
  if (luo_session_get_user (session) != NULL)
    {
      g_string_append (body, ",\"inspector\":");
      luo_json_append_string (body, luo_session_get_user (session));
    }
  g_string_append (body, ",\"district\":");
  luo_json_append_string (body, strcmp (office, "city") != 0 ? office : luo_district_choices[0].value);
  g_string_append_c (body, '}');
  return g_string_free (body, FALSE);
}

static GtkWidget *
new_form (LuoListPage *page, LuoDraft *draft)
{
  GtkWidget *form = luo_visit_form_new (draft);

  g_signal_connect_object (form, "finished", G_CALLBACK (luo_list_page_finish), page, G_CONNECT_SWAPPED);
  return form;
}

/* The day */

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LuoListPage) page = user_data;
  LuoSession *session = LUO_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = luo_session_create_finish (session, result, &error);

  if (id != NULL)
    luo_list_page_write (page, id);
  else
    luo_session_notify_person (session, error->message, FALSE);
}

static void
start_cb (LuoVisitsPage *self, LuoPlannedVisit *planned, const char *day)
{
  LuoSession *session = luo_page_get_session (LUO_PAGE (self));
  const char *district = luo_document_get_text (planned->last, "district");
  g_autofree char *body = luo_visit_day_start (planned, day, luo_session_get_user (session));

  luo_session_create_async (session, district != NULL ? district : luo_document_get_space (planned->last),
                            body, NULL, started_cb, g_object_ref (self));
}

static void
luo_visits_page_refresh (LuoPage *page)
{
  LUO_PAGE_CLASS (luo_visits_page_parent_class)->refresh (page);
  luo_visit_day_view_refresh (LUO_VISITS_PAGE (page)->day);
}

static void
luo_visits_page_constructed (GObject *object)
{
  LuoVisitsPage *self = LUO_VISITS_PAGE (object);
  GtkWidget *day;

  /* The list makes its first query while it is built, before there is a day. */
  G_OBJECT_CLASS (luo_visits_page_parent_class)->constructed (object);
  day = luo_visit_day_view_new (luo_page_get_session (LUO_PAGE (self)));
  self->day = LUO_VISIT_DAY_VIEW (day);
  g_signal_connect_object (day, "open", G_CALLBACK (luo_page_open), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (day, "write", G_CALLBACK (luo_list_page_write), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (day, "start", G_CALLBACK (start_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (day, "new-visit", G_CALLBACK (luo_page_create), self, G_CONNECT_SWAPPED);
  /* Translators: of two views of the visits: an inspector's day, and the list of all */
  luo_list_page_set_front (LUO_LIST_PAGE (self), day, _ ("Today"), _ ("All Visits"));
}

static void
luo_visits_page_class_init (LuoVisitsPageClass *klass)
{
  LuoListPageClass *list_class = LUO_LIST_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = luo_visits_page_constructed;
  LUO_PAGE_CLASS (klass)->refresh = luo_visits_page_refresh;
  list_class->record_type = "visit";
  list_class->filters = filters;
  list_class->orders = orders;
  list_class->new_form = new_form;
  list_class->search_hint = N_ ("Search places, findings, inspectors…");
  list_class->get_view_type = luo_visit_view_get_type;
  list_class->bind_row = bind_row;
  list_class->new_body = new_body;
}

static void
luo_visits_page_init (LuoVisitsPage *self)
{
}
