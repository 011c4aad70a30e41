/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-visit-photos.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-photo-import.h"
#include "luo-photo-strip.h"

struct _LuoVisitPhotos
{
  AdwBin parent_instance;

  LuoSession *session;           /* (owned) */
  LuoDocument *visit;            /* (owned) (nullable) */
  GtkFileChooserNative *chooser; /* (owned) (nullable): while it is open */
  char *shown; /* (owned) (nullable): which files the strip shows, and whether they were received */
  GtkWidget *strip;
  GtkWidget *add;
};

G_DEFINE_FINAL_TYPE (LuoVisitPhotos, luo_visit_photos, ADW_TYPE_BIN)

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
chosen_cb (LuoVisitPhotos *self, int response)
{
  if (response == GTK_RESPONSE_ACCEPT && self->visit != NULL)
    {
      g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (self->chooser));

      luo_photo_import_async (self->session, self->visit, files, imported_cb, NULL);
    }
  g_clear_object (&self->chooser);
}

static void
add_cb (LuoVisitPhotos *self)
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

static void
luo_visit_photos_dispose (GObject *object)
{
  LuoVisitPhotos *self = LUO_VISIT_PHOTOS (object);

  g_clear_object (&self->chooser);
  g_clear_pointer (&self->visit, luo_document_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (luo_visit_photos_parent_class)->dispose (object);
}

static void
luo_visit_photos_finalize (GObject *object)
{
  g_free (LUO_VISIT_PHOTOS (object)->shown);
  G_OBJECT_CLASS (luo_visit_photos_parent_class)->finalize (object);
}

static void
luo_visit_photos_class_init (LuoVisitPhotosClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_visit_photos_dispose;
  G_OBJECT_CLASS (klass)->finalize = luo_visit_photos_finalize;
}

static void
luo_visit_photos_init (LuoVisitPhotos *self)
{
}

GtkWidget *
luo_visit_photos_new (LuoSession *session)
{
  LuoVisitPhotos *self = g_object_new (LUO_TYPE_VISIT_PHOTOS, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *content = adw_button_content_new ();

  self->session = g_object_ref (session);
  self->strip = luo_photo_strip_new (session);
  self->add = gtk_button_new ();
  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "camera-photo-symbolic");
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), _ ("Add Photos…"));
  gtk_button_set_child (GTK_BUTTON (self->add), content);
  gtk_widget_set_halign (self->add, GTK_ALIGN_START);
  luo_build_set_name (self->add, _ ("Add Photos…"));
  g_signal_connect_object (self->add, "clicked", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), self->strip);
  gtk_box_append (GTK_BOX (box), self->add);
  adw_bin_set_child (ADW_BIN (self), box);
  luo_visit_photos_set_document (self, NULL);
  return GTK_WIDGET (self);
}

void
luo_visit_photos_set_document (LuoVisitPhotos *self, LuoDocument *visit)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_autofree char *now = NULL;
  const char *attachments = visit != NULL ? luo_document_get_attachments (visit) : NULL;

  g_return_if_fail (LUO_IS_VISIT_PHOTOS (self));

  if (visit != NULL)
    {
      luo_document_ref (visit);
      g_ptr_array_add (one, visit);
    }
  g_clear_pointer (&self->visit, luo_document_unref);
  self->visit = visit;
  gtk_widget_set_sensitive (self->add, visit != NULL);
  /* Pictures are read anew only where there are others. */
  now = g_strdup_printf ("%d %s", visit != NULL && luo_document_get_pending (visit),
                         attachments != NULL ? attachments : "");
  if (g_strcmp0 (now, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&now);
  gtk_widget_set_visible (self->strip, visit != NULL && luo_photo_strip_has_photos (one));
  luo_photo_strip_set_documents (LUO_PHOTO_STRIP (self->strip), one);
}
