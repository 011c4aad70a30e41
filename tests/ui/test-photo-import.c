/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <json-glib/json-glib.h>

#include "luo-attachment.h"
#include "luo-photo-import.h"
#include "luo-read.h"
#include "luo-test-finalize.h"
#include "luo-test-replica.h"

/* A photo that a person chooses becomes an attachment that a report can use, a small one beside it, and an entry in the visit. */

typedef struct
{
  char *folder;
  LuoSession *session;
  LuoDocument *visit;
} Fixture;

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(LuoSession **)user_data = luo_session_open_finish (result, &error);
  g_assert_no_error (error);
}

static gboolean
is_set (gpointer user_data)
{
  return *(gpointer *)user_data != NULL;
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(char **)user_data = luo_session_create_finish (LUO_SESSION (source), result, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  fixture->folder = g_dir_make_tmp ("luoshi-photo-XXXXXX", &error);
  g_assert_no_error (error);
  luo_session_open_async (fixture->folder, NULL, opened_cb, &fixture->session);
  luo_test_wait (is_set, &fixture->session);
  luo_session_set_user (fixture->session, "tester");
  luo_session_create_async (
      fixture->session, "huanggu",
      "{\"type\":\"visit\",\"kind\":\"call\",\"district\":\"huanggu\",\"on\":\"2020-08-28\",\"own\":[1,2]}",
      NULL, created_cb, &id);
  luo_test_wait (is_set, &id);
  fixture->visit = luo_store_find (luo_session_get_store (fixture->session), id, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  luo_document_unref (fixture->visit);
  luo_session_close (fixture->session);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  luo_test_finalize (g_steal_pointer (&fixture->session));
  luo_test_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

typedef struct
{
  gboolean done;
  guint n;
  GError *error;
} Outcome;

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->n = luo_photo_import_finish (result, &outcome->error);
  outcome->done = TRUE;
}

static gboolean
is_done (gpointer user_data)
{
  return ((Outcome *)user_data)->done;
}

static Outcome
import (Fixture *fixture, const char *const *paths)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  Outcome outcome = { 0 };

  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_path (paths[i]);

      g_list_store_append (files, file);
    }
  luo_photo_import_async (fixture->session, fixture->visit, G_LIST_MODEL (files), imported_cb, &outcome);
  luo_test_wait (is_done, &outcome);
  return outcome;
}

static LuoDocument *
visit_now (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  LuoDocument *visit = luo_store_find (luo_session_get_store (fixture->session),
                                       luo_document_get_id (fixture->visit), &error);

  g_assert_no_error (error);
  return visit;
}

static GdkPixbuf *
read_picture (Fixture *fixture, LuoDocument *visit, const char *name)
{
  LuoStore *store = luo_session_get_store (fixture->session);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) attachments = luo_store_list_attachments (store, visit, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < attachments->len; i++)
    {
      LuoAttachment *attachment = g_ptr_array_index (attachments, i);
      g_autoptr (GInputStream) stream = NULL;
      GdkPixbuf *picture;

      if (strcmp (attachment->name, name) != 0)
        continue;
      stream = luo_store_read_attachment (store, attachment->digest, NULL, &error);
      g_assert_no_error (error);
      picture = gdk_pixbuf_new_from_stream (stream, NULL, &error);
      g_assert_no_error (error);
      return picture;
    }
  g_assert_not_reached ();
}

/* Two photos: two entries with files of their names, each with a small one, no larger than a report needs; what the visit had keeps. */
static void
test_import (Fixture *fixture, gconstpointer data)
{
  g_autofree char *large = g_build_filename (fixture->folder, "large.png", NULL);
  const char *const paths[] = { SAMPLE_DATA "/passage.jpg", large, NULL };
  g_autoptr (GdkPixbuf) drawn = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 3000, 1500);
  g_autoptr (LuoDocument) visit = NULL;
  g_autoptr (GError) error = NULL;
  JsonArray *photos;
  Outcome outcome;

  gdk_pixbuf_fill (drawn, 0x3584e4ff);
  gdk_pixbuf_save (drawn, large, "png", &error, NULL);
  g_assert_no_error (error);
  outcome = import (fixture, paths);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.n, ==, 2);

  visit = visit_now (fixture);
  g_assert_null (luo_document_get_not_understood (visit));
  g_assert_nonnull (strstr (luo_document_get_body (visit, NULL), "\"own\":[1,2]"));
  photos = luo_read_array (luo_document_get_object (visit), "photos");
  g_assert_cmpuint (luo_read_length (photos), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const char *name = luo_read_text (luo_read_item (photos, i), "name");
      g_autofree char *stem = g_strndup (name, strlen (name) - strlen (".jpg"));
      g_autofree char *small_name = g_strconcat (stem, ".small.jpg", NULL);
      g_autoptr (GdkPixbuf) picture = read_picture (fixture, visit, name);
      g_autoptr (GdkPixbuf) small = read_picture (fixture, visit, small_name);

      g_assert_cmpint (MAX (gdk_pixbuf_get_width (picture), gdk_pixbuf_get_height (picture)), <=, 1600);
      g_assert_cmpint (MAX (gdk_pixbuf_get_width (small), gdk_pixbuf_get_height (small)), <=, 320);
      g_assert_nonnull (luo_read_text (luo_read_item (photos, i), "sha256"));
      g_assert_nonnull (luo_read_text (luo_read_item (photos, i), "taken_at"));
    }
}

/* A file that is no picture is told, and those beside it are taken in all the same. */
static void
test_no_picture (Fixture *fixture, gconstpointer data)
{
  const char *const both[] = { SAMPLE_DATA "/records.jsonl", SAMPLE_DATA "/board.jpg", NULL };
  const char *const none[] = { SAMPLE_DATA "/records.jsonl", NULL };
  g_autoptr (LuoDocument) visit = NULL;
  Outcome outcome = import (fixture, none);

  g_assert_nonnull (outcome.error);
  g_clear_error (&outcome.error);
  outcome = import (fixture, both);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.n, ==, 1);
  visit = visit_now (fixture);
  g_assert_cmpuint (luo_read_length (luo_read_array (luo_document_get_object (visit), "photos")), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ui/photo-import/import", Fixture, NULL, set_up, test_import, tear_down);
  g_test_add ("/ui/photo-import/no-picture", Fixture, NULL, set_up, test_no_picture, tear_down);
  return g_test_run ();
}
