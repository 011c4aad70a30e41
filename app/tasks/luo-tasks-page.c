/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-tasks-page.h"

#include <glib/gi18n.h>

#include "luo-format.h"
#include "luo-read.h"
#include "luo-task-figures.h"
#include "luo-task-view.h"
#include "luo-work.h"

struct _LuoTasksPage
{
  LuoListPage parent_instance;

  GHashTable *figures;       /* (owned) (nullable): by task id */
  GCancellable *cancellable; /* (owned) */
};

G_DEFINE_FINAL_TYPE (LuoTasksPage, luo_tasks_page, LUO_TYPE_LIST_PAGE)

static const LuoChoice state_choices[] = {
  { "open", N_ ("Open") },
  { "done", N_ ("Done") },
  { NULL },
};

static const LuoListFilter filters[] = {
  { "state", N_ ("State"), state_choices },
  { NULL },
};

static const LuoListOrder orders[] = {
  { N_ ("As in the table"), { "section", "order", "number" }, FALSE },
  { N_ ("By number"), { "number" }, FALSE },
  { N_ ("Due first"), { "due", "number" }, FALSE },
  { N_ ("Last edited first"), { "updated_at" }, TRUE },
  { NULL },
};

static void
build_query (LuoListPage *page, LuoQuery *query)
{
  g_autofree char *year = g_strndup (luo_page_get_month (LUO_PAGE (page)), 4);

  luo_query_where (query, "year", LUO_EQUAL, year);
}

static gint64
section_of (LuoDocument *document)
{
  gint64 section = 0;

  if (document != NULL)
    luo_read_int (luo_document_get_object (document), "section", &section);
  return section;
}

static void
bind_row (LuoListPage *page, LuoRecordRow *row, LuoDocument *document, LuoDocument *before)
{
  LuoTasksPage *self = LUO_TASKS_PAGE (page);
  JsonObject *task = luo_document_get_object (document);
  LuoTaskFigure *figure
      = self->figures != NULL ? g_hash_table_lookup (self->figures, luo_document_get_id (document)) : NULL;
  gint64 number, section = section_of (document);

  if (section > 0 && section != section_of (before))
    {
      /* Translators: a part of the table with its own numbering: 第一部分 */
      g_autofree char *heading = g_strdup_printf (_ ("Section %d"), (int)section);

      luo_record_row_set_heading (row, heading);
    }
  if (luo_read_int (task, "number", &number))
    {
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

      luo_record_row_set_number (row, text);
    }
  luo_record_row_set_title (row, luo_read_text (task, "title"));
  luo_record_row_set_subtitle (row, figure != NULL ? figure->summary : luo_read_text (task, "lead"));
  if (figure != NULL && figure->colour != NULL)
    luo_record_row_set_lamp (row, figure->colour, luo_choice_label (luo_lamp_choices, figure->colour),
                             figure->reason);
}

static char *
new_body (LuoListPage *page)
{
  return g_strdup_printf (
      "{\"type\":\"task\",\"year\":%.4s,\"section\":1,\"due\":\"%.4s-12-31\",\"state\":\"open\"}",
      luo_page_get_month (LUO_PAGE (page)), luo_page_get_month (LUO_PAGE (page)));
}

typedef struct
{
  char *month; /* (owned) */
  char *day;   /* (owned) */
} FiguresRequest;

static void
figures_request_free (gpointer data)
{
  FiguresRequest *request = data;

  g_free (request->month);
  g_free (request->day);
  g_free (request);
}

static gpointer
read_figures (LuoStore *store, gpointer data, GError **error)
{
  FiguresRequest *request = data;

  return luo_task_figures_read (store, request->month, request->day, error);
}

static void
figures_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoTasksPage *self = LUO_TASKS_PAGE (source);
  GHashTable *figures = luo_work_finish (result, NULL);

  if (figures == NULL)
    return;
  g_clear_pointer (&self->figures, g_hash_table_unref);
  self->figures = figures;
  luo_list_page_rebind (LUO_LIST_PAGE (self));
}

static void
luo_tasks_page_refresh (LuoPage *page)
{
  LuoTasksPage *self = LUO_TASKS_PAGE (page);
  FiguresRequest *request = g_new0 (FiguresRequest, 1);

  LUO_PAGE_CLASS (luo_tasks_page_parent_class)->refresh (page);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  request->month = g_strdup (luo_page_get_month (page));
  request->day = luo_session_get_day (luo_page_get_session (page));
  luo_work_run (self, luo_page_get_store (page), read_figures, request, figures_request_free,
                (GDestroyNotify)g_hash_table_unref, self->cancellable, figures_read_cb, NULL);
}

static void
month_changed_cb (LuoTasksPage *self)
{
  luo_list_page_requery (LUO_LIST_PAGE (self));
}

static void
luo_tasks_page_constructed (GObject *object)
{
  G_OBJECT_CLASS (luo_tasks_page_parent_class)->constructed (object);
  g_signal_connect (object, "notify::month", G_CALLBACK (month_changed_cb), NULL);
}

static void
luo_tasks_page_finalize (GObject *object)
{
  LuoTasksPage *self = LUO_TASKS_PAGE (object);

  g_clear_pointer (&self->figures, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (luo_tasks_page_parent_class)->finalize (object);
}

static void
luo_tasks_page_class_init (LuoTasksPageClass *klass)
{
  LuoListPageClass *list_class = LUO_LIST_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = luo_tasks_page_constructed;
  G_OBJECT_CLASS (klass)->finalize = luo_tasks_page_finalize;
  LUO_PAGE_CLASS (klass)->refresh = luo_tasks_page_refresh;
  list_class->record_type = "task";
  list_class->filters = filters;
  list_class->orders = orders;
  list_class->search_hint = N_ ("Search numbers, tasks, documents…");
  list_class->get_view_type = luo_task_view_get_type;
  list_class->build_query = build_query;
  list_class->bind_row = bind_row;
  list_class->new_body = new_body;
}

static void
luo_tasks_page_init (LuoTasksPage *self)
{
  self->cancellable = g_cancellable_new ();
}
