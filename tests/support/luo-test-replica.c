/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-test-replica.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "luo-attachment.h"
#include "luo-json-text.h"
#include "luo-store-sync.h"
#include "luo-test-finalize.h"

/* Far more than anything here takes, sanitizers and a busy machine included: beyond it a test hangs. */
#define WAIT_MAX (120 * G_USEC_PER_SEC)

void
luo_test_remove_folder (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        luo_test_remove_folder (path);
      else
        g_unlink (path);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (folder);
}

static void
open_replica (LuoTestReplica *self)
{
  g_autoptr (GError) error = NULL;

  self->store = luo_store_open (self->folder, LUO_STORE_DEFAULT, &error);
  g_assert_no_error (error);
  self->replicator = luo_replicator_new (self->store);
}

static void
close_replica (LuoTestReplica *self)
{
  luo_replicator_stop (self->replicator);
  /* Signals that are on their way hold the replicator until they have been emitted. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  luo_test_finalize (g_steal_pointer (&self->replicator));
  luo_store_close (self->store);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->store);
}

LuoTestReplica *
luo_test_replica_new (void)
{
  LuoTestReplica *self = g_new0 (LuoTestReplica, 1);
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("luoshi-replica-XXXXXX", &error);
  g_assert_no_error (error);
  open_replica (self);
  return self;
}

void
luo_test_replica_free (LuoTestReplica *self)
{
  close_replica (self);
  luo_test_remove_folder (self->folder);
  g_free (self->folder);
  g_free (self);
}

void
luo_test_replica_restart (LuoTestReplica *self)
{
  close_replica (self);
  open_replica (self);
}

void
luo_test_wait (LuoTestDone done, gpointer user_data)
{
  gint64 until = g_get_monotonic_time () + WAIT_MAX;

  while (!done (user_data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static gboolean
has_result (gpointer user_data)
{
  return *(GAsyncResult **)user_data != NULL;
}

gboolean
luo_test_replica_connect (LuoTestReplica *self, const char *url, const char *user, const char *password,
                          GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  luo_replicator_connect_async (self->replicator, url, user, password, NULL, result_cb, &result);
  luo_test_wait (has_result, &result);
  return luo_replicator_connect_finish (self->replicator, result, error);
}

gboolean
luo_test_replica_try_sync (LuoTestReplica *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  luo_replicator_run_async (self->replicator, NULL, cancellable, result_cb, &result);
  luo_test_wait (has_result, &result);
  return luo_replicator_run_finish (self->replicator, result, error);
}

void
luo_test_replica_sync (LuoTestReplica *self)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = luo_test_replica_try_sync (self, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

/* The winner, also where it is a tombstone; NULL where there is no such document. */
static LuoDocument *
find_winner (LuoTestReplica *self, const char *space, const char *id)
{
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (self->store, space, id, NULL);

  return leaves != NULL && leaves->len > 0 ? luo_document_ref (leaves->pdata[0]) : NULL;
}

char *
luo_test_replica_put (LuoTestReplica *self, const char *space, const char *id, const char *body)
{
  g_autoptr (LuoDocument) winner = find_winner (self, space, id);
  gboolean lives = winner != NULL && !luo_document_get_deleted (winner);
  g_autoptr (GError) error = NULL;
  char *rev = NULL;

  luo_store_put (self->store, space, id, lives ? luo_document_get_rev (winner) : NULL, body,
                 lives ? luo_document_get_attachments (winner) : NULL, FALSE, LUO_PUT_COLLAPSE, &rev, &error);
  g_assert_no_error (error);
  return rev;
}

void
luo_test_replica_set (LuoTestReplica *self, const char *space, const char *id, const char *pointer,
                      const char *value)
{
  g_autofree char *body = luo_test_replica_body (self, space, id);
  g_autoptr (GError) error = NULL;
  g_autofree char *patched = luo_json_patch (body, pointer, value, &error);

  g_assert_no_error (error);
  g_free (luo_test_replica_put (self, space, id, patched));
}

void
luo_test_replica_delete (LuoTestReplica *self, const char *space, const char *id)
{
  g_autoptr (LuoDocument) winner = find_winner (self, space, id);
  g_autoptr (GError) error = NULL;

  luo_store_put (self->store, space, id, luo_document_get_rev (winner), luo_document_get_body (winner, NULL),
                 NULL, TRUE, LUO_PUT_COLLAPSE, NULL, &error);
  g_assert_no_error (error);
}

void
luo_test_replica_attach (LuoTestReplica *self, const char *space, const char *id, const char *name,
                         const char *content_type, GBytes *bytes)
{
  g_autoptr (LuoDocument) winner = find_winner (self, space, id);
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *stubs = NULL;

  luo_store_add_attachment (self->store, bytes, &digest, &error);
  g_assert_no_error (error);
  stubs = luo_attachments_set (luo_document_get_attachments (winner), name, content_type, digest,
                               (gint64)g_bytes_get_size (bytes));
  luo_store_put (self->store, space, id, luo_document_get_rev (winner), luo_document_get_body (winner, NULL),
                 stubs, FALSE, LUO_PUT_COLLAPSE, NULL, &error);
  g_assert_no_error (error);
}

GBytes *
luo_test_replica_read (LuoTestReplica *self, const char *space, const char *id, const char *name)
{
  g_autoptr (LuoDocument) winner = find_winner (self, space, id);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = luo_store_list_attachments (self->store, winner, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    {
      const LuoAttachment *attachment = list->pdata[i];
      g_autoptr (GInputStream) stream = NULL;
      g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();

      if (strcmp (attachment->name, name) != 0)
        continue;
      g_assert_true (attachment->present);
      stream = luo_store_read_attachment (self->store, attachment->digest, NULL, &error);
      g_assert_no_error (error);
      g_output_stream_splice (memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
      g_assert_no_error (error);
      return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
    }
  g_assert_not_reached ();
}

char *
luo_test_replica_body (LuoTestReplica *self, const char *space, const char *id)
{
  g_autoptr (LuoDocument) document = luo_store_get (self->store, space, id, NULL, NULL);

  return document != NULL ? g_strdup (luo_document_get_body (document, NULL)) : NULL;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

char *
luo_test_replica_leaves (LuoTestReplica *self, const char *space, const char *id)
{
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (self->store, space, id, NULL);
  g_autoptr (GPtrArray) revs = g_ptr_array_new ();

  for (guint i = 0; leaves != NULL && i < leaves->len; i++)
    if (!luo_document_get_deleted (leaves->pdata[i]))
      g_ptr_array_add (revs, (gpointer)luo_document_get_rev (leaves->pdata[i]));
  g_ptr_array_sort (revs, compare_texts);
  g_ptr_array_add (revs, NULL);
  return g_strjoinv (" ", (char **)revs->pdata);
}

/* One line per document: id, winner, deleted, live leaves, body. */
static char *
describe (LuoTestReplica *self, const char *space)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) changes = luo_store_changes (self->store, space, 0, G_MAXINT, FALSE, NULL, &error);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  g_assert_no_error (error);
  for (guint i = 0; i < changes->len; i++)
    {
      const LuoChange *change = changes->pdata[i];
      g_autofree char *leaves = luo_test_replica_leaves (self, space, change->id);
      g_autofree char *body = luo_test_replica_body (self, space, change->id);

      g_ptr_array_add (lines, g_strdup_printf ("%s %s %s [%s] %s", change->id, change->rev,
                                               change->deleted ? "deleted" : "lives", leaves,
                                               body != NULL ? body : ""));
    }
  g_ptr_array_sort (lines, compare_texts);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}

void
luo_test_replicas_assert_equal (LuoTestReplica *a, LuoTestReplica *b, const char *space)
{
  g_autofree char *text_a = describe (a, space);
  g_autofree char *text_b = describe (b, space);

  g_assert_cmpstr (text_a, ==, text_b);
}
