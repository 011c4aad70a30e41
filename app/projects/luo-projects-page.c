/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-projects-page.h"

#include <glib/gi18n.h>

#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-money.h"
#include "luo-project-view.h"
#include "luo-read.h"
#include "luo-title.h"

struct _LuoProjectsPage
{
  LuoListPage parent_instance;
};

G_DEFINE_FINAL_TYPE (LuoProjectsPage, luo_projects_page, LUO_TYPE_LIST_PAGE)

static const LuoListFilter filters[] = {
  { "district", N_ ("District"), luo_district_choices },
  { "stage", N_ ("Stage"), luo_stage_choices },
  { "programme", N_ ("Programme"), luo_programme_choices },
  { "funds/source", N_ ("Source of funds"), luo_fund_source_choices },
  { NULL },
};

static const LuoListOrder orders[] = {
  { N_ ("By district"), { "district", "name" }, FALSE },
  { N_ ("Newest stage first"), { "stage_on" }, TRUE },
  { N_ ("Most funds first"), { "allocated_fen" }, TRUE },
  { N_ ("Last edited first"), { "updated_at" }, TRUE },
  { NULL },
};

static void
bind_row (LuoListPage *page, LuoRecordRow *row, LuoDocument *document, LuoDocument *before)
{
  JsonObject *project = luo_document_get_object (document);
  guint year = luo_session_get_year (luo_page_get_session (LUO_PAGE (page)));
  const char *on = NULL;
  const char *stage = luo_title_stage (project, &on);
  g_autofree char *date = luo_format_date (on, year);
  g_autofree char *subtitle = NULL;
  gint64 fen;

  luo_record_row_set_title (row, luo_read_text (project, "name"));
  subtitle = luo_format_join (luo_format_office (luo_read_text (project, "district")),
                              luo_format_choice (luo_stage_choices, stage), date, NULL);
  luo_record_row_set_subtitle (row, subtitle);
  if (luo_title_funds (project, "allocated_fen", &fen) && fen > 0)
    {
      g_autofree char *money = luo_money_format (fen);

      luo_record_row_set_end (row, money);
    }
}

static char *
new_body (LuoListPage *page)
{
  const char *office = luo_session_get_office (luo_page_get_session (LUO_PAGE (page)));
  const char *district = strcmp (office, "city") != 0 ? office : luo_district_choices[0].value;
  GString *body = g_string_new ("{\"type\":\"project\",\"programme\":\"home-care-pilot\",\"district\":");

  luo_json_append_string (body, district);
  g_string_append_c (body, '}');
  return g_string_free (body, FALSE);
}

static void
luo_projects_page_class_init (LuoProjectsPageClass *klass)
{
  LuoListPageClass *list_class = LUO_LIST_PAGE_CLASS (klass);

  list_class->record_type = "project";
  list_class->filters = filters;
  list_class->orders = orders;
  list_class->search_hint = N_ ("Search names, places, documents…");
  list_class->get_view_type = luo_project_view_get_type;
  list_class->bind_row = bind_row;
  list_class->new_body = new_body;
}

static void
luo_projects_page_init (LuoProjectsPage *self)
{
}
