/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-visits-page.h"

#include <glib/gi18n.h>

#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-read.h"
#include "luo-title.h"
#include "luo-visit-view.h"

struct _LuoVisitsPage
{
  LuoListPage parent_instance;
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

static const char *const counters[] = { "questions_answered", "problems_found", "problems_solved", NULL };
static const char *const skip[] = { "photos", NULL };

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
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");
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

static void
luo_visits_page_class_init (LuoVisitsPageClass *klass)
{
  LuoListPageClass *list_class = LUO_LIST_PAGE_CLASS (klass);

  list_class->record_type = "visit";
  list_class->filters = filters;
  list_class->orders = orders;
  list_class->form_skip = skip;
  list_class->form_counters = counters;
  list_class->search_hint = N_ ("Search places, findings, inspectors…");
  list_class->get_view_type = luo_visit_view_get_type;
  list_class->bind_row = bind_row;
  list_class->new_body = new_body;
}

static void
luo_visits_page_init (LuoVisitsPage *self)
{
}
