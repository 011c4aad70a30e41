/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-visit-view.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-findings-list.h"
#include "luo-format.h"
#include "luo-photo-import.h"
#include "luo-photo-strip.h"
#include "luo-read.h"
#include "luo-record-type.h"
#include "luo-title.h"

struct _LuoVisitView
{
  LuoRecordView parent_instance;

  GtkFileChooserNative *chooser; /* (owned) (nullable): while it is open */
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

/* Three counts side by side, as large as they matter. */
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
      GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
      g_autofree char *text = NULL;
      gint64 n;

      text = luo_read_int (visit, shown[i].member, &n) ? luo_format_integer (n) : g_strdup ("—");
      gtk_widget_add_css_class (card, "figure");
      gtk_box_append (GTK_BOX (card), luo_build_text (text, "title-2 numeric"));
      gtk_box_append (GTK_BOX (card), luo_build_text (_ (shown[i].label), "caption dim-label"));
      gtk_box_append (GTK_BOX (line), card);
    }
  return line;
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoSession *session = LUO_SESSION (source);
  g_autoptr (GError) error = NULL;
  guint n = luo_photo_import_finish (result, &error);
  g_autofree char *text = NULL;

  if (error != NULL)
    {
      luo_session_notify_person (session, error->message, FALSE);
      return;
    }
  text = g_strdup_printf (ngettext ("%u photo was added", "%u photos were added", n), n);
  luo_session_notify_person (session, text, FALSE);
}

static void
chosen_cb (LuoVisitView *self, int response)
{
  LuoRecordView *view = LUO_RECORD_VIEW (self);

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (self->chooser));

      luo_photo_import_async (luo_record_view_get_session (view), luo_record_view_get_document (view), files,
                              imported_cb, NULL);
    }
  g_clear_object (&self->chooser);
}

static void
add_photos_cb (LuoVisitView *self)
{
  g_autoptr (GtkFileFilter) pictures = gtk_file_filter_new ();

  gtk_file_filter_set_name (pictures, _ ("Photos"));
  gtk_file_filter_add_pixbuf_formats (pictures);
  g_clear_object (&self->chooser);
  self->chooser
      = gtk_file_chooser_native_new (_ ("Add Photos"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                     GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Add"), NULL);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), pictures);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static GtkWidget *
photos_group (LuoVisitView *self, GPtrArray *one)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *content = adw_button_content_new ();

  if (luo_photo_strip_has_photos (one))
    {
      GtkWidget *strip = luo_photo_strip_new (luo_record_view_get_session (LUO_RECORD_VIEW (self)));

      luo_photo_strip_set_documents (LUO_PHOTO_STRIP (strip), one);
      gtk_box_append (GTK_BOX (box), strip);
    }
  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "camera-photo-symbolic");
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), _ ("Add Photos…"));
  gtk_button_set_child (GTK_BUTTON (button), content);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  luo_build_set_name (button, _ ("Add Photos…"));
  g_signal_connect_object (button, "clicked", G_CALLBACK (add_photos_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), button);
  return luo_build_group (_ ("Photos"), box);
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

  luo_build_clear (GTK_WIDGET (box));
  gtk_box_append (GTK_BOX (head), luo_build_text (title, "title-2"));
  gtk_box_append (GTK_BOX (head), luo_build_text (subtitle, "dim-label"));
  gtk_box_append (box, head);
  gtk_box_append (box, counts (visit));
  g_ptr_array_add (one, document);
  if (luo_read_length (luo_read_array (visit, "findings")) > 0)
    gtk_box_append (box, luo_build_group (_ ("Findings"), luo_findings_list_new (view, one)));
  else
    gtk_box_append (box, luo_build_group (_ ("Findings"), luo_build_text (_ ("Nothing found"), "dim-label")));
  gtk_box_append (box, photos_group (LUO_VISIT_VIEW (view), one));
  append_reference (view, list, _ ("Pilot project"), read->project);
  append_reference (view, list, _ ("Target task"), read->task);
  if (gtk_widget_get_first_child (list) != NULL)
    gtk_box_append (box, luo_build_group (_ ("Belongs to"), list));
  else
    g_object_unref (g_object_ref_sink (list));
}

static void
luo_visit_view_dispose (GObject *object)
{
  g_clear_object (&LUO_VISIT_VIEW (object)->chooser);
  G_OBJECT_CLASS (luo_visit_view_parent_class)->dispose (object);
}

static void
luo_visit_view_class_init (LuoVisitViewClass *klass)
{
  LuoRecordViewClass *view_class = LUO_RECORD_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = luo_visit_view_dispose;
  view_class->read = read_visit;
  view_class->read_free = visit_data_free;
  view_class->build = build_visit;
}

static void
luo_visit_view_init (LuoVisitView *self)
{
}
