/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-training-page.h"

#include <glib/gi18n.h>

#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-read.h"
#include "luo-training-view.h"

struct _LuoTrainingPage
{
  LuoListPage parent_instance;
};

G_DEFINE_FINAL_TYPE (LuoTrainingPage, luo_training_page, LUO_TYPE_LIST_PAGE)

static const LuoListFilter filters[] = {
  { "district", N_ ("District"), luo_district_choices },
  { "mode", N_ ("Mode"), luo_training_mode_choices },
  { NULL },
};

static const LuoListOrder orders[] = {
  { N_ ("Newest first"), { "on" }, TRUE },
  { N_ ("By district"), { "district", "on" }, FALSE },
  { N_ ("Most attendances first"), { "attendances" }, TRUE },
  { N_ ("Last edited first"), { "updated_at" }, TRUE },
  { NULL },
};

static void
bind_row (LuoListPage *page, LuoRecordRow *row, LuoDocument *document, LuoDocument *before)
{
  JsonObject *training = luo_document_get_object (document);
  guint year = luo_session_get_year (luo_page_get_session (LUO_PAGE (page)));
  g_autofree char *date = luo_format_date (luo_read_text (training, "on"), year);
  const char *audience = luo_read_text (training, "audience");
  g_autofree char *subtitle = NULL;
  gint64 n;

  subtitle = luo_format_join (luo_format_office (luo_read_text (training, "district")), date,
                              luo_format_choice (luo_training_mode_choices, luo_read_text (training, "mode")),
                              audience != NULL ? audience : "", NULL);
  luo_record_row_set_title (row, luo_read_text (training, "topic"));
  luo_record_row_set_subtitle (row, subtitle);
  if (luo_read_int (training, "attendances", &n))
    {
      g_autofree char *number = luo_format_integer (n);
      /* Translators: attendances of a training, 人次 */
      g_autofree char *text = g_strdup_printf (_ ("%s attended"), number);

      luo_record_row_set_end (row, text);
    }
}

static char *
new_body (LuoListPage *page)
{
  const char *office = luo_session_get_office (luo_page_get_session (LUO_PAGE (page)));
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");
  GString *body = g_string_new ("{\"type\":\"training\",\"mode\":\"onsite\",\"on\":");

  luo_json_append_string (body, today);
  if (strcmp (office, "city") != 0)
    {
      g_string_append (body, ",\"district\":");
      luo_json_append_string (body, office);
    }
  g_string_append_c (body, '}');
  return g_string_free (body, FALSE);
}

static void
luo_training_page_class_init (LuoTrainingPageClass *klass)
{
  LuoListPageClass *list_class = LUO_LIST_PAGE_CLASS (klass);

  list_class->record_type = "training";
  list_class->filters = filters;
  list_class->orders = orders;
  list_class->search_hint = N_ ("Search topics, audiences…");
  list_class->get_view_type = luo_training_view_get_type;
  list_class->bind_row = bind_row;
  list_class->new_body = new_body;
}

static void
luo_training_page_init (LuoTrainingPage *self)
{
}
