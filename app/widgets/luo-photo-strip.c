/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-photo-strip.h"

#include <glib/gi18n.h>

#include "luo-attachment.h"
#include "luo-build.h"
#include "luo-format.h"
#include "luo-read.h"
#include "luo-receipt.h"
#include "luo-work.h"

/* Twice the size that is shown, so that it is sharp on a dense display. */
#define PIXELS 320

struct _LuoPhotoStrip
{
  GtkWidget parent_instance;

  LuoSession *session; /* (owned) */
  GtkWidget *flow;
};

G_DEFINE_FINAL_TYPE (LuoPhotoStrip, luo_photo_strip, GTK_TYPE_WIDGET)

typedef struct
{
  LuoDocument *document; /* (owned) */
  char *name;            /* (owned): of the original */
} Photo;

static void
photo_free (gpointer data)
{
  Photo *photo = data;

  luo_document_unref (photo->document);
  g_free (photo->name);
  g_free (photo);
}

static gboolean
is_original (const char *name, JsonObject *stub)
{
  const char *type = luo_read_text (stub, "content_type");

  return type != NULL && g_str_has_prefix (type, "image/") && strstr (name, ".small.") == NULL;
}

static GPtrArray *
photos_of (GPtrArray *documents)
{
  GPtrArray *photos = g_ptr_array_new_with_free_func (photo_free);

  for (guint i = 0; i < documents->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (documents, i);
      const char *text = luo_document_get_attachments (document);
      g_autoptr (JsonNode) stubs = text != NULL ? json_from_string (text, NULL) : NULL;
      g_autoptr (GList) names = NULL;

      if (stubs == NULL || !JSON_NODE_HOLDS_OBJECT (stubs))
        continue;
      names = json_object_get_members (json_node_get_object (stubs));
      for (GList *l = names; l != NULL; l = l->next)
        if (is_original (l->data, luo_read_object (json_node_get_object (stubs), l->data)))
          {
            Photo *photo = g_new0 (Photo, 1);

            photo->document = luo_document_ref (document);
            photo->name = g_strdup (l->data);
            g_ptr_array_add (photos, photo);
          }
    }
  return photos;
}

gboolean
luo_photo_strip_has_photos (GPtrArray *documents)
{
  g_autoptr (GPtrArray) photos = photos_of (documents);

  return photos->len > 0;
}

/* board.jpg has board.small.jpg beside it. */
static char *
small_name (const char *name)
{
  const char *dot = strrchr (name, '.');

  return dot != NULL ? g_strdup_printf ("%.*s.small%s", (int)(dot - name), name, dot) : g_strdup (name);
}

static gpointer
read_photo (LuoStore *store, gpointer data, GError **error)
{
  Photo *photo = data;
  g_autoptr (GPtrArray) attachments = luo_store_list_attachments (store, photo->document, error);
  g_autofree char *small = small_name (photo->name);
  LuoAttachment *best = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GdkPixbuf) upright = NULL;

  if (attachments == NULL)
    return NULL;
  for (guint i = 0; i < attachments->len; i++)
    {
      LuoAttachment *attachment = g_ptr_array_index (attachments, i);

      if (!attachment->present)
        continue;
      if (strcmp (attachment->name, small) == 0
          || (best == NULL && strcmp (attachment->name, photo->name) == 0))
        best = attachment;
    }
  if (best == NULL)
    return NULL;
  stream = luo_store_read_attachment (store, best->digest, NULL, error);
  if (stream == NULL)
    return NULL;
  pixbuf = gdk_pixbuf_new_from_stream_at_scale (stream, PIXELS, PIXELS, TRUE, NULL, error);
  if (pixbuf == NULL)
    return NULL;
  upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  return gdk_texture_new_for_pixbuf (upright);
}

static void
photo_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GtkWidget *picture = GTK_WIDGET (source);
  g_autoptr (GdkTexture) texture = luo_work_finish (result, NULL);

  if (texture != NULL)
    gtk_picture_set_paintable (GTK_PICTURE (picture), GDK_PAINTABLE (texture));
  else
    gtk_widget_add_css_class (picture, "photo-missing");
}

/* What the server holds of the photo itself, whatever else of the record is still to be sent. */
static gpointer
read_receipt (LuoStore *store, gpointer data, GError **error)
{
  Photo *photo = data;
  g_autoptr (GPtrArray) receipts = luo_receipt_of (store, photo->document, error);

  for (guint i = 0; receipts != NULL && i < receipts->len; i++)
    if (g_strcmp0 (((LuoReceipt *)g_ptr_array_index (receipts, i))->file, photo->name) == 0)
      return g_ptr_array_steal_index (receipts, i);
  return NULL;
}

static void
receipt_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GtkLabel *label = GTK_LABEL (source);
  GtkWidget *overlay = gtk_widget_get_parent (GTK_WIDGET (label));
  GtkWidget *picture = overlay != NULL ? gtk_overlay_get_child (GTK_OVERLAY (overlay)) : NULL;
  g_autoptr (LuoReceipt) receipt = luo_work_finish (result, NULL);
  g_autofree char *caption = NULL;
  g_autofree char *name = NULL;

  if (receipt == NULL || picture == NULL)
    return;
  caption = luo_format_join (gtk_label_get_label (label), luo_receipt_state_label (receipt->state), NULL);
  name = luo_format_join (receipt->title, caption, receipt->reason != NULL ? receipt->reason : "", NULL);
  gtk_label_set_label (label, caption);
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), name);
  luo_build_set_name (picture, name);
  gtk_widget_set_tooltip_text (picture, name);
}

static Photo *
photo_copy (const Photo *photo)
{
  Photo *copy = g_new0 (Photo, 1);

  copy->document = luo_document_ref (photo->document);
  copy->name = g_strdup (photo->name);
  return copy;
}

static GtkWidget *
photo_tile (LuoPhotoStrip *self, Photo *photo)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *picture = gtk_picture_new ();
  const char *day = luo_document_get_text (photo->document, "on");
  g_autofree char *date = luo_format_date (day, luo_session_get_year (self->session));
  g_autofree char *name = luo_format_join (photo->name, date, NULL);
  GtkWidget *label = luo_build_text (date, "photo-caption caption numeric");

  gtk_widget_set_size_request (picture, 150, 96);
  gtk_widget_set_overflow (overlay, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (overlay, "photo");
  gtk_picture_set_can_shrink (GTK_PICTURE (picture), TRUE);
  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_COVER);
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), name);
  luo_build_set_name (picture, name);
  gtk_widget_set_tooltip_text (picture, name);
  gtk_widget_set_valign (label, GTK_ALIGN_END);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), picture);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), label);
  if (luo_session_get_server (self->session) != NULL)
    luo_work_run (label, luo_session_get_store (self->session), read_receipt, photo_copy (photo), photo_free,
                  (GDestroyNotify)luo_receipt_free, NULL, receipt_read_cb, NULL);
  luo_work_run (picture, luo_session_get_store (self->session), read_photo, g_steal_pointer (&photo),
                photo_free, g_object_unref, NULL, photo_read_cb, NULL);
  return overlay;
}

static void
luo_photo_strip_dispose (GObject *object)
{
  LuoPhotoStrip *self = LUO_PHOTO_STRIP (object);

  g_clear_pointer (&self->flow, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (luo_photo_strip_parent_class)->dispose (object);
}

static void
luo_photo_strip_class_init (LuoPhotoStripClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_photo_strip_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
luo_photo_strip_init (LuoPhotoStrip *self)
{
  self->flow = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->flow), 2);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->flow), 4);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->flow), 8);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->flow), 8);
  gtk_widget_set_halign (self->flow, GTK_ALIGN_START);
  luo_build_set_name (self->flow, _ ("Photos"));
  gtk_widget_set_parent (self->flow, GTK_WIDGET (self));
}

GtkWidget *
luo_photo_strip_new (LuoSession *session)
{
  LuoPhotoStrip *self = g_object_new (LUO_TYPE_PHOTO_STRIP, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}

void
luo_photo_strip_set_documents (LuoPhotoStrip *self, GPtrArray *documents)
{
  g_autoptr (GPtrArray) photos = photos_of (documents);
  GtkWidget *child;

  g_return_if_fail (LUO_IS_PHOTO_STRIP (self));

  while ((child = gtk_widget_get_first_child (self->flow)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->flow), child);
  g_ptr_array_set_free_func (photos, NULL);
  for (guint i = 0; i < photos->len; i++)
    {
      GtkWidget *tile = photo_tile (self, g_ptr_array_index (photos, i));

      gtk_flow_box_insert (GTK_FLOW_BOX (self->flow), tile, -1);
      gtk_widget_set_focusable (gtk_widget_get_parent (tile), FALSE);
    }
}
