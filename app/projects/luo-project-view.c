/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-project-view.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-columns.h"
#include "luo-findings-list.h"
#include "luo-format.h"
#include "luo-funds-table.h"
#include "luo-photo-strip.h"
#include "luo-query.h"
#include "luo-read.h"
#include "luo-record-check.h"
#include "luo-stage-line.h"
#include "luo-title.h"

struct _LuoProjectView
{
  LuoRecordView parent_instance;
};

G_DEFINE_FINAL_TYPE (LuoProjectView, luo_project_view, LUO_TYPE_RECORD_VIEW)

typedef struct
{
  GPtrArray *visits; /* (owned) (element-type LuoDocument) */
  char *task_title;  /* (owned) (nullable) */
} ProjectData;

static void
project_data_free (gpointer data)
{
  ProjectData *project = data;

  g_clear_pointer (&project->visits, g_ptr_array_unref);
  g_free (project->task_title);
  g_free (project);
}

static gpointer
read_project (LuoStore *store, gpointer data, GError **error)
{
  LuoViewRequest *request = data;
  const char *task = luo_document_get_text (request->document, "task");
  g_autoptr (LuoDocument) task_document = task != NULL ? luo_store_find (store, task, NULL) : NULL;
  g_autoptr (LuoQuery) query = luo_query_new ("visit");
  ProjectData *project;
  GPtrArray *visits;

  luo_query_where (query, "project", LUO_EQUAL, luo_document_get_id (request->document));
  luo_query_sort (query, "on", TRUE);
  luo_query_set_limit (query, 0, 50);
  visits = luo_store_list (store, query, error);
  if (visits == NULL)
    return NULL;
  project = g_new0 (ProjectData, 1);
  project->visits = visits;
  project->task_title = task_document != NULL ? luo_title_of (task_document) : NULL;
  return project;
}

static char *
subtitle_of (JsonObject *project, const char *task_title)
{
  JsonObject *site = luo_read_object (project, "site");
  JsonNode *area = luo_read_node (site, "area_m2");
  g_autofree char *area_text = NULL;

  if (area != NULL && JSON_NODE_HOLDS_VALUE (area) && json_node_get_value_type (area) != G_TYPE_STRING)
    area_text = g_strdup_printf (_ ("floor area %.0f m²"), json_node_get_double (area));
  return luo_format_join (luo_format_office (luo_read_text (project, "district")),
                          luo_format_choice (luo_programme_choices, luo_read_text (project, "programme")),
                          task_title != NULL ? task_title : "", area_text != NULL ? area_text : "", NULL);
}

static void
append_fact (GtkWidget *list, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    gtk_list_box_append (GTK_LIST_BOX (list), luo_build_fact (name, value));
}

static GtkWidget *
facts_list (JsonObject *project, guint year)
{
  GtkWidget *list = luo_build_list ();
  JsonObject *facts = luo_read_object (project, "facts");
  JsonArray *registered = luo_read_array (project, "registered");
  const LuoMember *member = luo_record_type_member (luo_record_type_find ("project"), "facts");
  g_autofree char *address = luo_format_join (luo_read_text (project, "subdistrict"), NULL);

  append_fact (list, _ ("Operator"), luo_read_text (project, "operator"));
  append_fact (list, _ ("Subdistrict"), address);
  append_fact (list, _ ("Community"), luo_read_text (project, "community"));
  append_fact (list, _ ("Address"), luo_read_text (luo_read_object (project, "site"), "address"));
  if (facts != NULL)
    {
      g_autoptr (GList) names = json_object_get_members (facts);

      for (GList *l = names; l != NULL; l = l->next)
        {
          gint64 value;
          g_autofree char *text = NULL;

          if (!luo_read_int (facts, l->data, &value))
            continue;
          text = luo_format_integer (value);
          append_fact (list, member->choices != NULL ? luo_choice_label (member->choices, l->data) : l->data,
                       text);
        }
    }
  for (guint i = 0; i < luo_read_length (registered); i++)
    {
      JsonObject *item = luo_read_item (registered, i);
      g_autofree char *on = luo_format_date (luo_read_text (item, "on"), year);
      const char *number = luo_read_text (item, "number");
      g_autofree char *text = luo_format_join (on, number != NULL ? number : "", NULL);

      append_fact (list, luo_read_text (item, "system"), *text != '\0' ? text : _ ("entered"));
    }
  return list;
}

static void
build_project (LuoRecordView *view, GtkBox *box, gpointer data)
{
  ProjectData *read = data;
  JsonObject *project = luo_document_get_object (luo_record_view_get_document (view));
  guint year = luo_session_get_year (luo_record_view_get_session (view));
  const char *name = luo_read_text (project, "name");
  g_autofree char *subtitle = subtitle_of (project, read->task_title);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *right = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *findings;
  GtkWidget *facts = facts_list (project, year);

  luo_build_clear (GTK_WIDGET (box));
  gtk_box_append (GTK_BOX (head), luo_build_text (name != NULL ? name : _ ("Unnamed"), "title-2"));
  gtk_box_append (GTK_BOX (head), luo_build_text (subtitle, "dim-label"));
  gtk_box_append (box, head);
  gtk_widget_add_css_class (card, "stage-card");
  gtk_box_append (GTK_BOX (card), luo_stage_line_new (project, year));
  gtk_box_append (box, card);

  if (luo_read_length (luo_read_array (project, "funds")) > 0)
    gtk_box_append (GTK_BOX (left), luo_build_group (_ ("Funds"), luo_funds_table_new (project)));
  else
    gtk_box_append (GTK_BOX (left),
                    luo_build_group (_ ("Funds"), luo_build_text (_ ("No funds recorded"), "dim-label")));
  findings = luo_findings_list_new (view, read->visits);
  gtk_box_append (GTK_BOX (left), luo_build_group (_ ("Visits"), findings));
  if (luo_photo_strip_has_photos (read->visits))
    {
      GtkWidget *strip = luo_photo_strip_new (luo_record_view_get_session (view));

      luo_photo_strip_set_documents (LUO_PHOTO_STRIP (strip), read->visits);
      gtk_box_append (GTK_BOX (right), luo_build_group (_ ("Photos"), strip));
    }
  if (gtk_widget_get_first_child (facts) != NULL)
    gtk_box_append (GTK_BOX (right), luo_build_group (_ ("Basic facts"), facts));
  else
    g_object_unref (g_object_ref_sink (facts));
  gtk_box_append (box, luo_columns_new (left, right, 860));
}

static void
luo_project_view_class_init (LuoProjectViewClass *klass)
{
  LuoRecordViewClass *view_class = LUO_RECORD_VIEW_CLASS (klass);

  view_class->read = read_project;
  view_class->read_free = project_data_free;
  view_class->build = build_project;
}

static void
luo_project_view_init (LuoProjectView *self)
{
}
