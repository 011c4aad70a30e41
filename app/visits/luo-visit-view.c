/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-visit-view.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-findings-list.h"
#include "luo-format.h"
#include "luo-read.h"
#include "luo-record-type.h"
#include "luo-title.h"
#include "luo-visit-photos.h"

struct _LuoVisitView
{
  LuoRecordView parent_instance;
};

G_DEFINE_FINAL_TYPE (LuoVisitView, luo_visit_view, LUO_TYPE_RECORD_VIEW)

typedef struct
{
  LuoDocument *project; /* (owned) (nullable) */
  LuoDocument *task;    /* (owned) (nullable) */
} VisitData;

static void
visit_data_free (gpointer data)
{
  VisitData *visit = data;

  g_clear_pointer (&visit->project, luo_document_unref);
  g_clear_pointer (&visit->task, luo_document_unref);
  g_free (visit);
}

static LuoDocument *
read_reference (LuoStore *store, LuoDocument *document, const char *member)
{
  const char *id = luo_document_get_text (document, member);

  return id != NULL ? luo_store_find (store, id, NULL) : NULL;
}

static gpointer
read_visit (LuoStore *store, gpointer data, GError **error)
{
  LuoViewRequest *request = data;
  VisitData *visit = g_new0 (VisitData, 1);

  visit->project = read_reference (store, request->document, "project");
  visit->task = read_reference (store, request->document, "task");
  return visit;
}

static void
reference_cb (LuoRecordView *view, AdwActionRow *row)
{
  luo_record_view_open_record (view, g_object_get_data (G_OBJECT (row), "luo-id"));
}

static void
append_reference (LuoRecordView *view, GtkWidget *list, const char *name, LuoDocument *document)
{
  GtkWidget *row;
  g_autofree char *title = NULL;
  g_autofree char *label = NULL;

  if (document == NULL)
    return;
  title = luo_title_of (document);
  label = luo_format_join (name, title, NULL);
  row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), name);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  luo_build_set_name (row, label);
  g_object_set_data_full (G_OBJECT (row), "luo-id", g_strdup (luo_document_get_id (document)), g_free);
  g_signal_connect_object (row, "activated", G_CALLBACK (reference_cb), view, G_CONNECT_SWAPPED);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
}

/* The counts side by side, as large as they matter. Returns: (nullable): NULL where nothing was counted */
static GtkWidget *
counts (JsonObject *visit)
{
  static const struct
  {
    const char *member;
    const char *label;
  } shown[] = {
    { "questions_answered", N_ ("Questions answered") },
    { "problems_found", N_ ("Problems found") },
    { "problems_solved", N_ ("Problems solved") },
  };
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_box_set_homogeneous (GTK_BOX (line), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      GtkWidget *card;
      g_autofree char *text = NULL;
      gint64 n;

      if (!luo_read_int (visit, shown[i].member, &n))
        continue;
      card = luo_build_card (GTK_ORIENTATION_VERTICAL);
      text = luo_format_integer (n);
      gtk_widget_add_css_class (card, "figure");
      gtk_box_append (GTK_BOX (card), luo_build_text (text, "title-2 numeric"));
      gtk_box_append (GTK_BOX (card), luo_build_text (_ (shown[i].label), "caption dim-label"));
      gtk_box_append (GTK_BOX (line), card);
    }
  if (gtk_widget_get_first_child (line) == NULL)
    {
      g_object_unref (g_object_ref_sink (line));
      return NULL;
    }
  return line;
}

static void
build_visit (LuoRecordView *view, GtkBox *box, gpointer data)
{
  VisitData *read = data;
  LuoDocument *document = luo_record_view_get_document (view);
  JsonObject *visit = luo_document_get_object (document);
  const char *inspector = luo_read_text (visit, "inspector");
  g_autofree char *title = luo_title_of (document);
  g_autofree char *date = luo_format_date (luo_read_text (visit, "on"),
                                           luo_session_get_year (luo_record_view_get_session (view)));
  g_autofree char *subtitle
      = luo_format_join (luo_format_office (luo_read_text (visit, "district")),
                         luo_format_choice (luo_visit_kind_choices, luo_read_text (visit, "kind")), date,
                         inspector != NULL ? inspector : "", NULL);
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *list = luo_build_list ();
  GtkWidget *counted = counts (visit);
  GtkWidget *photos = luo_visit_photos_new (luo_record_view_get_session (view));

  luo_build_clear (GTK_WIDGET (box));
  gtk_box_append (GTK_BOX (head), luo_build_text (title, "title-2"));
  gtk_box_append (GTK_BOX (head), luo_build_text (subtitle, "dim-label"));
  gtk_box_append (box, head);
  if (counted != NULL)
    gtk_box_append (box, counted);
  g_ptr_array_add (one, document);
  if (luo_read_length (luo_read_array (visit, "findings")) > 0)
    gtk_box_append (box, luo_build_group (_ ("Findings"), luo_findings_list_new (view, one)));
  else
    gtk_box_append (box, luo_build_group (_ ("Findings"), luo_build_text (_ ("Nothing found"), "dim-label")));
  luo_visit_photos_set_document (LUO_VISIT_PHOTOS (photos), document);
  gtk_box_append (box, luo_build_group (_ ("Photos"), photos));
  append_reference (view, list, _ ("Pilot project"), read->project);
  append_reference (view, list, _ ("Target task"), read->task);
  if (gtk_widget_get_first_child (list) != NULL)
    gtk_box_append (box, luo_build_group (_ ("Belongs to"), list));
  else
    g_object_unref (g_object_ref_sink (list));
}

static void
luo_visit_view_class_init (LuoVisitViewClass *klass)
{
  LuoRecordViewClass *view_class = LUO_RECORD_VIEW_CLASS (klass);

  view_class->read = read_visit;
  view_class->read_free = visit_data_free;
  view_class->build = build_visit;
}

static void
luo_visit_view_init (LuoVisitView *self)
{
}
