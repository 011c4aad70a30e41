/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-task-view.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-indicator-table.h"
#include "luo-progress-editor.h"
#include "luo-query.h"
#include "luo-read.h"
#include "luo-record-id.h"
#include "luo-record-type.h"
#include "luo-task-figures.h"
#include "luo-title.h"

struct _LuoTaskView
{
  LuoRecordView parent_instance;

  GtkWidget *head; /* (nullable): what is built again */
  GtkWidget *progress;
  GtkWidget *others;
};

G_DEFINE_FINAL_TYPE (LuoTaskView, luo_task_view, LUO_TYPE_RECORD_VIEW)

typedef struct
{
  GPtrArray *progress;        /* (owned) (element-type LuoDocument): of the year, of all offices */
  LuoIgnoredFigures *ignored; /* (owned) */
  LuoLampRule rule;
  char *colour; /* (owned) */
  char *reason; /* (owned) */
  char *month;  /* (owned) */
  char *office; /* (owned) */
} TaskData;

static void
task_data_free (gpointer data)
{
  TaskData *task = data;

  g_clear_pointer (&task->progress, g_ptr_array_unref);
  g_clear_pointer (&task->ignored, luo_ignored_figures_unref);
  g_free (task->colour);
  g_free (task->reason);
  g_free (task->month);
  g_free (task->office);
  g_free (task);
}

static gpointer
read_task (LuoStore *store, gpointer data, GError **error)
{
  LuoViewRequest *request = data;
  JsonObject *object = luo_document_get_object (request->document);
  const char *id = luo_document_get_id (request->document);
  g_autoptr (LuoQuery) query = luo_query_new ("progress");
  g_autofree char *first = g_strdup_printf ("%.4s-01", request->month);
  g_autofree char *last = g_strdup_printf ("%.4s-12", request->month);
  GPtrArray *progress;
  JsonObject *readings;
  LuoLamp lamp = { 0 };
  TaskData *task;

  luo_query_where (query, "task", LUO_EQUAL, id);
  luo_query_where (query, "month", LUO_AT_LEAST, first);
  luo_query_where (query, "month", LUO_AT_MOST, last);
  progress = luo_store_list (store, query, error);
  if (progress == NULL)
    return NULL;
  task = g_new0 (TaskData, 1);
  task->progress = progress;
  task->ignored = luo_ignored_figures_read (store);
  task->month = g_strdup (request->month);
  task->office = g_strdup (request->office);
  luo_task_figures_read_rule (store, &task->rule);
  readings = luo_task_figures_readings (object, id, progress, request->month);
  luo_lamp_of (&lamp, object, readings, request->month, request->day, &task->rule);
  task->colour = g_strdup (lamp.colour);
  task->reason = g_strdup (lamp.reason);
  luo_lamp_clear (&lamp);
  json_object_unref (readings);
  return task;
}

static char *
join_texts (JsonArray *array)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < luo_read_length (array); i++)
    if (luo_read_element (array, i) != NULL)
      {
        g_string_append (out, out->len > 0 ? "、" : "");
        g_string_append (out, luo_read_element (array, i));
      }
  return g_string_free (out, FALSE);
}

static GtkWidget *
lamp_pill (const char *colour)
{
  GtkWidget *pill = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *class = g_strconcat ("pill-", colour, NULL);

  gtk_widget_add_css_class (pill, "lamp-pill");
  gtk_widget_add_css_class (pill, class);
  gtk_widget_set_valign (pill, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (pill, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (pill), luo_build_dot (colour));
  gtk_box_append (GTK_BOX (pill), gtk_label_new (luo_choice_label (luo_lamp_choices, colour)));
  return pill;
}

static void
build_head (LuoTaskView *self, TaskData *read)
{
  LuoRecordView *view = LUO_RECORD_VIEW (self);
  LuoDocument *document = luo_record_view_get_document (view);
  JsonObject *task = luo_document_get_object (document);
  guint year = luo_session_get_year (luo_record_view_get_session (view));
  g_autofree char *title = luo_title_of (document);
  g_autofree char *partners = join_texts (luo_read_array (task, "partners"));
  g_autofree char *documents = join_texts (luo_read_array (task, "documents"));
  g_autofree char *with = *partners != '\0' ? g_strdup_printf (_ ("with %s"), partners) : g_strdup ("");
  g_autofree char *date = luo_format_date (luo_read_text (task, "due"), year);
  g_autofree char *due = *date != '\0' ? g_strdup_printf (_ ("due %s"), date) : g_strdup ("");
  const char *lead = luo_read_text (task, "lead");
  g_autofree char *subtitle = luo_format_join (lead != NULL ? lead : "", with, due, documents, NULL);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *table = luo_indicator_table_new (document, read->progress, read->month, &read->rule);

  luo_build_clear (self->head);
  gtk_box_append (GTK_BOX (lines), luo_build_text (title, "title-2"));
  gtk_box_append (GTK_BOX (lines), luo_build_text (subtitle, "dim-label"));
  if (read->colour != NULL)
    {
      GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

      gtk_widget_set_margin_top (line, 6);
      gtk_box_append (GTK_BOX (line), lamp_pill (read->colour));
      if (read->reason != NULL && *read->reason != '\0')
        {
          GtkWidget *reason = luo_build_text (read->reason, NULL);

          gtk_widget_set_hexpand (reason, TRUE);
          gtk_box_append (GTK_BOX (line), reason);
        }
      gtk_box_append (GTK_BOX (lines), line);
    }
  gtk_box_append (GTK_BOX (self->head), lines);
  if (table != NULL)
    gtk_box_append (GTK_BOX (self->head), table);
}

/* What the other offices wrote for the month, to read. */
static void
build_others (LuoTaskView *self, TaskData *read)
{
  GtkWidget *list = luo_build_list ();
  gboolean any = FALSE;

  luo_build_clear (self->others);
  for (guint i = 0; i < read->progress->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (read->progress, i);
      const char *office = luo_document_get_text (document, "office");
      const char *overall = luo_document_get_text (document, "overall");
      const char *this_month = luo_document_get_text (document, "this_month");
      g_autofree char *name = NULL;
      g_autofree char *text = NULL;

      if (g_strcmp0 (luo_document_get_text (document, "month"), read->month) != 0
          || g_strcmp0 (office, read->office) == 0)
        continue;
      name = luo_format_join (
          luo_format_office (office),
          luo_format_choice (luo_progress_state_choices, luo_document_get_text (document, "state")), NULL);
      text = g_strdup_printf ("%s%s%s", overall != NULL ? overall : "",
                              overall != NULL && this_month != NULL ? "\n" : "",
                              this_month != NULL ? this_month : "");
      gtk_list_box_append (GTK_LIST_BOX (list), luo_build_fact (name, *text != '\0' ? text : "—"));
      any = TRUE;
    }
  if (any)
    gtk_box_append (GTK_BOX (self->others), luo_build_group (_ ("Other offices"), list));
  else
    g_object_unref (g_object_ref_sink (list));
}

static void
build_task (LuoRecordView *view, GtkBox *box, gpointer data)
{
  LuoTaskView *self = LUO_TASK_VIEW (view);
  TaskData *read = data;

  /* The editor stays as it is: a person may be typing in it. */
  if (self->head == NULL)
    {
      self->head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
      self->progress = luo_progress_editor_new (luo_record_view_get_session (view));
      self->others = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
      gtk_box_append (box, self->head);
      gtk_box_append (box, self->progress);
      gtk_box_append (box, self->others);
    }
  build_head (self, read);
  luo_progress_editor_show (LUO_PROGRESS_EDITOR (self->progress), luo_record_view_get_document (view),
                            read->progress, read->ignored);
  build_others (self, read);
}

/* What this office wrote for the month is edited here too. */
static void
add_progress (LuoRecordView *view, GPtrArray *ids)
{
  LuoSession *session = luo_record_view_get_session (view);
  char *id = luo_record_id_progress (luo_document_get_id (luo_record_view_get_document (view)),
                                     luo_session_get_month (session), luo_session_get_office (session), NULL);

  if (id != NULL)
    g_ptr_array_add (ids, id);
}

static void
luo_task_view_class_init (LuoTaskViewClass *klass)
{
  LuoRecordViewClass *view_class = LUO_RECORD_VIEW_CLASS (klass);

  view_class->read = read_task;
  view_class->read_free = task_data_free;
  view_class->build = build_task;
  view_class->add_shown = add_progress;
}

static void
luo_task_view_init (LuoTaskView *self)
{
}
