/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "luo-attachment.h"
#include "luo-bundle.h"
#include "luo-store-sync.h"
#include "luo-test-replica.h"

#define PASSPHRASE "the stick's passphrase"
#define ID "training:0123456789abcdef0123456789abcdef"
#define OTHER "training:fedcba9876543210fedcba9876543210"

/* Two offices and a folder that stands for the stick. */
typedef struct
{
  LuoTestReplica *a, *b;
  char *stick;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->a = luo_test_replica_new ();
  fixture->b = luo_test_replica_new ();
  fixture->stick = g_dir_make_tmp ("luoshi-stick-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  luo_test_replica_free (fixture->a);
  luo_test_replica_free (fixture->b);
  luo_test_remove_folder (fixture->stick);
  g_free (fixture->stick);
}

static LuoBundleOptions
options_for (LuoTestReplica *to)
{
  return (LuoBundleOptions){
    .passphrase = PASSPHRASE,
    .to = to != NULL ? luo_store_get_uuid (to->store) : NULL,
    .prefix = "",
    .create_spaces = TRUE,
    .weak = TRUE,
  };
}

static LuoBundleReport *
export_file (Fixture *fixture, LuoTestReplica *from, LuoTestReplica *to, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->stick, name, NULL);
  LuoBundleOptions options = options_for (to);
  g_autoptr (GError) error = NULL;
  LuoBundleReport *report = luo_bundle_export (from->store, path, &options, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (report);
  return report;
}

static LuoBundleReport *
try_import (Fixture *fixture, LuoTestReplica *to, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (fixture->stick, name, NULL);
  LuoBundleOptions options = options_for (NULL);

  return luo_bundle_import (to->store, path, &options, NULL, error);
}

static LuoBundleReport *
import_file (Fixture *fixture, LuoTestReplica *to, const char *name)
{
  g_autoptr (GError) error = NULL;
  LuoBundleReport *report = try_import (fixture, to, name, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (report->refused->len, ==, 0);
  return report;
}

/* Carries all that @from has to @to. Returns: how many versions were in the file */
static guint64
carry (Fixture *fixture, LuoTestReplica *from, LuoTestReplica *to)
{
  g_autoptr (LuoBundleReport) made = export_file (fixture, from, to, "carried");
  g_autoptr (LuoBundleReport) taken = import_file (fixture, to, "carried");

  g_assert_cmpstr (made->id, ==, taken->id);
  g_assert_cmpuint (made->versions, ==, taken->versions);
  g_assert_cmpuint (made->attachments, ==, taken->attachments);
  return made->versions;
}

static gint64
seq_of (LuoTestReplica *self)
{
  g_autoptr (LuoSpace) space = luo_store_get_space (self->store, "city", NULL);

  return space->seq;
}

static void
save (LuoTestReplica *self, const char *id, const char *topic)
{
  g_autofree char *body = g_strdup_printf (
      "{\"type\":\"training\",\"on\":\"2020-06-17\",\"topic\":\"%s\",\"unknown\":[1.50]}", topic);

  g_free (luo_test_replica_put (self, "city", id, body));
}

static GBytes *
make_bytes (gsize length)
{
  guchar *data = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    data[i] = (guchar)(i * 31 + i / 253);
  return g_bytes_new_take (data, length);
}

static void
assert_check_clean (LuoTestReplica *self)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (luo_store_check (self->store, &problems, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 0);
}

/* Records, deletions, conflicts and files arrive as they are; a second time changes nothing. */
static void
test_whole (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) small = make_bytes (1000);
  g_autoptr (GBytes) large = make_bytes (300000);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) read = NULL;
  g_autoptr (LuoBundleReport) made = NULL;
  g_autoptr (LuoBundleReport) again = NULL;
  g_autoptr (LuoBundleReport) taken = NULL;
  g_autofree char *leaves = NULL;
  g_autofree char *space = g_strdup ("huanggu");
  gint64 seq;

  save (fixture->a, ID, "first");
  luo_test_replica_attach (fixture->a, "city", ID, "small.jpg", "image/jpeg", small);
  luo_test_replica_attach (fixture->a, "city", ID, "large.jpg", "image/jpeg", large);
  luo_test_replica_attach (fixture->a, "city", ID, "empty", "text/plain", empty);
  save (fixture->a, OTHER, "goes");
  luo_test_replica_delete (fixture->a, "city", OTHER);
  luo_store_create_space (fixture->a->store, space, NULL);
  g_free (luo_test_replica_put (fixture->a, space, OTHER, "{\"type\":\"training\"}"));

  made = export_file (fixture, fixture->a, NULL, "all");
  g_assert_cmpuint (made->versions, ==, 3);
  g_assert_cmpuint (made->attachments, ==, 3);
  g_assert_null (made->to);
  taken = import_file (fixture, fixture->b, "all");
  luo_test_replicas_assert_equal (fixture->a, fixture->b, "city");
  luo_test_replicas_assert_equal (fixture->a, fixture->b, space);
  read = luo_test_replica_read (fixture->b, "city", ID, "large.jpg");
  g_assert_true (g_bytes_equal (read, large));
  assert_check_clean (fixture->b);

  seq = seq_of (fixture->b);
  again = import_file (fixture, fixture->b, "all");
  g_assert_cmpint (seq_of (fixture->b), ==, seq);
}

/* Both edit the same record apart from each other: both versions are on both sides after a file each way. */
static void
test_both_ways (Fixture *fixture, gconstpointer data)
{
  g_autofree char *leaves = NULL;

  save (fixture->a, ID, "before");
  carry (fixture, fixture->a, fixture->b);
  save (fixture->a, ID, "of a");
  save (fixture->b, ID, "of b");
  carry (fixture, fixture->a, fixture->b);
  carry (fixture, fixture->b, fixture->a);
  luo_test_replicas_assert_equal (fixture->a, fixture->b, "city");
  leaves = luo_test_replica_leaves (fixture->a, "city", ID);
  g_assert_nonnull (strchr (leaves, ' '));
}

/* What a file offered is not replaced by a later edit: the edit stands on it, and arrives as its successor. */
static void
test_offered (Fixture *fixture, gconstpointer data)
{
  g_autofree char *leaves = NULL;

  save (fixture->a, ID, "first");
  carry (fixture, fixture->a, fixture->b);
  save (fixture->a, ID, "second");
  carry (fixture, fixture->a, fixture->b);
  leaves = luo_test_replica_leaves (fixture->b, "city", ID);
  g_assert_true (g_str_has_prefix (leaves, "2-"));
  g_assert_null (strchr (leaves, ' '));
}

/* Once the other side has said what it has, only the rest is sent; a stick that was lost is made good. */
static void
test_continued (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LuoBundleReport) lost = NULL;
  g_autoptr (LuoBundleReport) next = NULL;
  g_autoptr (LuoBundleReport) taken = NULL;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("training:%032x", i);

      save (fixture->a, id, "one of many");
    }
  g_assert_cmpuint (carry (fixture, fixture->a, fixture->b), ==, 20);
  /* Nothing was heard of it yet. */
  g_assert_cmpuint (carry (fixture, fixture->a, fixture->b), ==, 20);
  carry (fixture, fixture->b, fixture->a);

  save (fixture->a, ID, "new");
  lost = export_file (fixture, fixture->a, fixture->b, "lost");
  g_assert_cmpuint (lost->versions, ==, 1);
  g_assert_nonnull (lost->base);
  save (fixture->a, OTHER, "newer");
  next = export_file (fixture, fixture->a, fixture->b, "next");
  g_assert_cmpuint (next->versions, ==, 2);
  taken = import_file (fixture, fixture->b, "next");
  luo_test_replicas_assert_equal (fixture->a, fixture->b, "city");
}

/* A file that continues one that is not here (any more) is refused, and a whole one helps. */
static void
test_gap (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LuoBundleReport) next = NULL;
  g_autoptr (LuoBundleReport) whole = NULL;
  g_autoptr (LuoBundleReport) taken = NULL;
  g_autoptr (GError) error = NULL;

  save (fixture->a, ID, "first");
  carry (fixture, fixture->a, fixture->b);
  carry (fixture, fixture->b, fixture->a);
  save (fixture->a, OTHER, "second");
  next = export_file (fixture, fixture->a, fixture->b, "next");
  g_assert_cmpuint (next->versions, ==, 1);

  luo_store_delete_space (fixture->b->store, "city", &error);
  g_assert_no_error (error);
  g_assert_null (try_import (fixture, fixture->b, "next", &error));
  g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_GAP);
  g_clear_error (&error);
  g_assert_null (luo_store_get_space (fixture->b->store, "city", NULL));

  whole = export_file (fixture, fixture->a, NULL, "whole");
  taken = import_file (fixture, fixture->b, "whole");
  luo_test_replicas_assert_equal (fixture->a, fixture->b, "city");
}

/* A replica that lost its space says so by what it does not say, and the next file for it is whole. */
static void
test_restored (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save (fixture->a, ID, "first");
  carry (fixture, fixture->a, fixture->b);
  carry (fixture, fixture->b, fixture->a);
  luo_store_delete_space (fixture->b->store, "city", &error);
  luo_store_create_space (fixture->b->store, "city", &error);
  g_assert_no_error (error);
  carry (fixture, fixture->b, fixture->a);
  g_assert_cmpuint (carry (fixture, fixture->a, fixture->b), ==, 1);
  luo_test_replicas_assert_equal (fixture->a, fixture->b, "city");
}

static void
test_recipient (Fixture *fixture, gconstpointer data)
{
  LuoTestReplica *c = luo_test_replica_new ();
  g_autoptr (LuoBundleReport) made = NULL;
  g_autoptr (GError) error = NULL;

  save (fixture->a, ID, "first");
  made = export_file (fixture, fixture->a, fixture->b, "for-b");
  g_assert_null (try_import (fixture, c, "for-b", &error));
  g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_RECIPIENT);
  g_clear_error (&error);
  g_assert_null (try_import (fixture, fixture->a, "for-b", &error));
  g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_RECIPIENT);
  luo_test_replica_free (c);
}

/* A file that was cut or changed anywhere is refused before anything of it is applied. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->stick, "all", NULL);
  g_autoptr (GBytes) photo = make_bytes (200000);
  g_autoptr (LuoBundleReport) made = NULL;
  g_autofree char *content = NULL;
  gint64 seq = seq_of (fixture->b);
  gsize length = 0;

  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *id = g_strdup_printf ("training:%032x", i);

      save (fixture->a, id, "one of many");
    }
  save (fixture->a, ID, "with a photo");
  luo_test_replica_attach (fixture->a, "city", ID, "photo.jpg", "image/jpeg", photo);
  made = export_file (fixture, fixture->a, NULL, "all");
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));

  for (gsize at = 0; at < length; at += length / 23)
    for (guint cut = 0; cut < 2; cut++)
      {
        g_autoptr (GError) error = NULL;

        content[at] ^= 1;
        g_assert_true (g_file_set_contents (path, content, cut ? (gssize)at : (gssize)length, NULL));
        content[at] ^= 1;
        g_assert_null (try_import (fixture, fixture->b, "all", &error));
        g_assert_nonnull (error);
        g_assert_true (error->domain == LUO_BUNDLE_ERROR);
        g_assert_cmpint (seq_of (fixture->b), ==, seq);
      }
}

static void
test_passphrase (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->stick, "all", NULL);
  LuoBundleOptions options = options_for (NULL);
  g_autoptr (LuoBundleReport) made = export_file (fixture, fixture->a, NULL, "all");
  g_autoptr (GError) error = NULL;

  options.passphrase = "another passphrase";
  g_assert_null (luo_bundle_import (fixture->b->store, path, &options, NULL, &error));
  g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_PASSPHRASE);
}

/* What was there under the name stays until a whole file takes its place. */
static void
test_kept_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->stick, "all", NULL);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  LuoBundleOptions options = options_for (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;

  save (fixture->a, ID, "first");
  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_null (luo_bundle_export (fixture->a->store, path, &options, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "before");
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  g_clear_error (&error);

  options.spaces = (const char *const[]){ "nowhere", NULL };
  g_assert_null (luo_bundle_export (fixture->a->store, path, &options, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
}

/* A hub takes a file into the database of the space, and answers with one of its own. */
static void
test_hub (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->stick, "hub", NULL);
  g_autofree char *path = g_build_filename (fixture->stick, "all", NULL);
  LuoBundleOptions options = options_for (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoStore) hub = luo_store_open (folder, LUO_STORE_HUB, &error);
  g_autoptr (LuoBundleReport) made = NULL;
  g_autoptr (LuoBundleReport) taken = NULL;
  g_autoptr (LuoBundleReport) answer = NULL;
  g_autoptr (LuoBundleReport) back = NULL;
  g_autoptr (LuoSpace) space = NULL;

  g_assert_no_error (error);
  save (fixture->a, ID, "first");
  made = export_file (fixture, fixture->a, NULL, "all");
  options.prefix = "luoshi-";
  options.create_spaces = FALSE;
  g_assert_null (luo_bundle_import (hub, path, &options, NULL, &error));
  g_assert_error (error, LUO_BUNDLE_ERROR, LUO_BUNDLE_ERROR_SPACE);
  g_assert_nonnull (strstr (error->message, "luoshi-city"));
  g_clear_error (&error);

  luo_store_create_space (hub, "luoshi-city", &error);
  luo_store_create_space (hub, "something-else", &error);
  g_assert_no_error (error);
  taken = luo_bundle_import (hub, path, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (taken->refused->len, ==, 0);
  space = luo_store_get_space (hub, "luoshi-city", NULL);
  g_assert_cmpint (space->documents, ==, 1);

  answer = luo_bundle_export (hub, path, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (answer->spaces[0], ==, "city");
  g_assert_null (answer->spaces[1]);
  back = import_file (fixture, fixture->b, "all");
  luo_test_replicas_assert_equal (fixture->a, fixture->b, "city");
  luo_store_close (hub);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/bundle/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("whole/arrives-as-it-is-and-twice-is-once", test_whole);
  ADD ("both-ways/both-edits-are-on-both-sides", test_both_ways);
  ADD ("offered/later-edits-stand-on-it", test_offered);
  ADD ("continued/only-what-was-not-acknowledged", test_continued);
  ADD ("gap/is-refused", test_gap);
  ADD ("gap/a-restored-replica-gets-everything", test_restored);
  ADD ("recipient/another-replica-refuses", test_recipient);
  ADD ("damaged/nothing-is-applied", test_damaged);
  ADD ("passphrase/another-is-said-so", test_passphrase);
  ADD ("export/what-was-there-stays", test_kept_file);
  ADD ("hub/takes-one-in-and-answers", test_hub);
#undef ADD
  return g_test_run ();
}
