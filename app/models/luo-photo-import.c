/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-photo-import.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n.h>

#include "luo-json-text.h"
#include "luo-read.h"
#include "luo-record-edit.h"
#include "luo-work.h"

/* Sharp on a printed page; about 0.2 MB as JPEG. */
#define LARGE_PIXELS 1600
/* Sharp in a list on a dense display; fetched first (replication.md 22). */
#define SMALL_PIXELS 320
#define JPEG_QUALITY "82"

typedef struct
{
  LuoDocument *document; /* (owned) */
  GPtrArray *files;      /* (owned) (element-type GFile) */
  char *user;            /* (owned) (nullable) */
} Import;

static void
import_free (gpointer data)
{
  Import *import = data;

  luo_document_unref (import->document);
  g_ptr_array_unref (import->files);
  g_free (import->user);
  g_free (import);
}

static GBytes *
scaled (GFile *file, int pixels, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (GdkPixbuf) whole = NULL;
  g_autoptr (GdkPixbuf) upright = NULL;
  g_autoptr (GdkPixbuf) small = NULL;
  double factor;
  char *buffer = NULL;
  gsize length;

  if (stream == NULL)
    return NULL;
  whole = gdk_pixbuf_new_from_stream (G_INPUT_STREAM (stream), NULL, error);
  if (whole == NULL)
    return NULL;
  upright = gdk_pixbuf_apply_embedded_orientation (whole);
  factor = MIN (1.0, (double)pixels / MAX (gdk_pixbuf_get_width (upright), gdk_pixbuf_get_height (upright)));
  small = gdk_pixbuf_scale_simple (upright, MAX (1, (int)(gdk_pixbuf_get_width (upright) * factor)),
                                   MAX (1, (int)(gdk_pixbuf_get_height (upright) * factor)),
                                   GDK_INTERP_BILINEAR);
  if (!gdk_pixbuf_save_to_buffer (small, &buffer, &length, "jpeg", error, "quality", JPEG_QUALITY, NULL))
    return NULL;
  return g_bytes_new_take (buffer, length);
}

/* When the picture was taken, as far as the file says. */
static char *
taken_at (GFile *file)
{
  g_autoptr (GFileInfo) info
      = g_file_query_info (file, G_FILE_ATTRIBUTE_TIME_MODIFIED, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autoptr (GDateTime) time = info != NULL ? g_file_info_get_modification_date_time (info) : NULL;
  g_autoptr (GDateTime) utc = time != NULL ? g_date_time_to_utc (time) : NULL;

  return utc != NULL ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static gboolean
add_entry (LuoStore *store, LuoDocument *visit, const char *name, GFile *file, GBytes *bytes,
           const char *user, GError **error)
{
  g_autoptr (LuoDocument) now
      = luo_store_get (store, luo_document_get_space (visit), luo_document_get_id (visit), NULL, error);
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *taken = taken_at (file);
  g_autofree char *entry = NULL;
  g_autofree char *body = NULL;
  gboolean first;

  if (now == NULL)
    return FALSE;
  first = luo_read_array (luo_document_get_object (now), "photos") == NULL;
  entry = taken != NULL
              ? g_strdup_printf ("{\"name\":\"%s\",\"taken_at\":\"%s\",\"sha256\":\"%s\"}", name, taken, sum)
              : g_strdup_printf ("{\"name\":\"%s\",\"sha256\":\"%s\"}", name, sum);
  if (first)
    {
      char *list = g_strconcat ("[", entry, "]", NULL);

      g_free (entry);
      entry = list;
    }
  body = luo_json_patch (luo_document_get_body (now, NULL), first ? "/photos" : "/photos/-", entry, error);
  return body != NULL
         && luo_record_save (store, luo_document_get_space (now), luo_document_get_id (now),
                             luo_document_get_rev (now), body, user, NULL, error);
}

static gboolean
import_file (LuoStore *store, Import *import, GFile *file, GError **error)
{
  const char *space = luo_document_get_space (import->document);
  const char *id = luo_document_get_id (import->document);
  g_autoptr (GBytes) large = scaled (file, LARGE_PIXELS, error);
  g_autoptr (GBytes) small = large != NULL ? scaled (file, SMALL_PIXELS, error) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *stem = g_strdup_printf ("%s-%04x", stamp, g_random_int () & 0xffff);
  g_autofree char *large_name = g_strconcat (stem, ".jpg", NULL);
  g_autofree char *small_name = g_strconcat (stem, ".small.jpg", NULL);

  return small != NULL
         && luo_record_attach (store, space, id, NULL, small_name, "image/jpeg", small, import->user, NULL,
                               error)
         && luo_record_attach (store, space, id, NULL, large_name, "image/jpeg", large, import->user, NULL,
                               error)
         && add_entry (store, import->document, large_name, file, large, import->user, error);
}

static gpointer
import_in_thread (LuoStore *store, gpointer data, GError **error)
{
  Import *import = data;
  guint n = 0;
  g_autoptr (GError) first = NULL;

  if (import->user == NULL)
    import->user = luo_record_get_user (store);
  for (guint i = 0; i < import->files->len; i++)
    if (import_file (store, import, g_ptr_array_index (import->files, i), first == NULL ? &first : NULL))
      n++;
  if (n == 0 && first != NULL)
    g_propagate_error (error, g_steal_pointer (&first));
  return GUINT_TO_POINTER (n);
}

void
luo_photo_import_async (LuoSession *session, LuoDocument *document, GListModel *files,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  Import *import;

  g_return_if_fail (LUO_IS_SESSION (session));
  g_return_if_fail (document != NULL);

  import = g_new0 (Import, 1);
  import->document = luo_document_ref (document);
  import->files = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    g_ptr_array_add (import->files, g_list_model_get_item (files, i));
  import->user = g_strdup (luo_session_get_user (session));
  luo_work_run (session, luo_session_get_store (session), import_in_thread, import, import_free, NULL, NULL,
                callback, user_data);
}

guint
luo_photo_import_finish (GAsyncResult *result, GError **error)
{
  return GPOINTER_TO_UINT (luo_work_finish (result, error));
}
