/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>
#include <libglib-testing/signal-logger.h>
#include <sqlite3.h>

#include "luo-json-text.h"
#include "luo-revision.h"
#include "store-fixture.h"

/* A fresh replica of a client has the space "city", its own identity, and is readable by its owner alone. */
static void
test_open_fresh (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) spaces = luo_store_list_spaces (fixture->store, &error);
  g_autofree char *uuid = g_strdup (luo_store_get_uuid (fixture->store));
  g_autofree char *path = g_build_filename (fixture->folder, "luoshi.db", NULL);
  struct stat info;

  g_assert_no_error (error);
  g_assert_cmpuint (spaces->len, ==, 1);
  g_assert_cmpstr (((LuoSpace *)spaces->pdata[0])->name, ==, "city");
  g_assert_cmpuint (strlen (uuid), ==, 32);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  store_fixture_reopen (fixture, LUO_STORE_MUST_EXIST);
  g_assert_cmpstr (luo_store_get_uuid (fixture->store), ==, uuid);
}

static void
assert_refused (const char *folder, LuoStoreFlags flags, LuoStoreError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoStore) store = luo_store_open (folder, flags, &error);

  g_assert_error (error, LUO_STORE_ERROR, (int)code);
  g_assert_null (store);
}

static void
assert_refused_untouched (const char *folder, LuoStoreError code)
{
  g_autofree char *path = g_build_filename (folder, "luoshi.db", NULL);
  g_autofree char *before = NULL, *after = NULL;
  gsize before_length, after_length;

  g_assert_true (g_file_get_contents (path, &before, &before_length, NULL));
  assert_refused (folder, LUO_STORE_DEFAULT, code);
  g_assert_true (g_file_get_contents (path, &after, &after_length, NULL));
  g_assert_cmpmem (before, before_length, after, after_length);
}

static void
run_sql (const char *folder, const char *sql)
{
  g_autofree char *path = g_build_filename (folder, "luoshi.db", NULL);
  g_autofree char *message = NULL;
  sqlite3 *db = NULL;
  char *text = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  if (sqlite3_exec (db, sql, NULL, NULL, &text) != SQLITE_OK)
    g_error ("%s: %s", sql, text);
  sqlite3_close (db);
}

/* Nothing there, garbage, another program's database, a newer program's: each is refused by name and left as it was. */
static void
test_open_refused (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "luoshi.db", NULL);

  assert_refused (folder, LUO_STORE_MUST_EXIST, LUO_STORE_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  g_assert_true (g_file_set_contents (path,
                                      "not a database at all, but long enough to be looked at as one, "
                                      "which takes more than a hundred bytes of text in this place",
                                      -1, NULL));
  assert_refused_untouched (folder, LUO_STORE_ERROR_DAMAGED);
  g_unlink (path);

  run_sql (folder, "CREATE TABLE recipes (name TEXT)");
  assert_refused_untouched (folder, LUO_STORE_ERROR_DAMAGED);
  g_unlink (path);

  run_sql (folder, "PRAGMA application_id = 1282764659; PRAGMA user_version = 99; CREATE TABLE meta (a)");
  assert_refused_untouched (folder, LUO_STORE_ERROR_NEWER);
  remove_folder (folder);
}

/* A data file of version 1 is brought up to date: what it holds is there, and what version 2 finds is found. */
static void
test_open_version_1 (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) deletions = NULL;
  g_autoptr (GError) error = NULL;

  insert (fixture->store, "city", "a", "2-a 1-a", FALSE, "{\"type\":\"visit\"}", LUO_INSERT_DEFAULT);
  insert (fixture->store, "city", "a", "2-b 1-a", TRUE, "{\"updated_by\":\"city\"}", LUO_INSERT_DEFAULT);
  luo_store_close (fixture->store);
  g_clear_object (&fixture->store);
  run_sql (fixture->folder,
           "DROP INDEX revisions_deletions; DROP INDEX documents_entries_pending; PRAGMA user_version = 1");
  fixture->store = luo_store_open (fixture->folder, LUO_STORE_DEFAULT, &error);
  g_assert_no_error (error);
  deletions = luo_store_list_deletions (fixture->store, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (deletions->len, ==, 1);
  g_assert_cmpstr (luo_document_get_id (deletions->pdata[0]), ==, "a");
  assert_sound (fixture->store);
}

/* A data file of version 2, which did not count the history's entries, is brought up to date. */
static void
test_open_version_2 (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (LuoSpace) space = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *rev = put (fixture->store, "visit:1", NULL, "{\"type\":\"visit\"}", LUO_PUT_COLLAPSE);
  g_autofree char *next = put (fixture->store, "visit:1", rev, "{\"type\":\"visit\",\"n\":1}",
                               LUO_PUT_COLLAPSE | LUO_PUT_HISTORY);

  luo_store_close (fixture->store);
  g_clear_object (&fixture->store);
  run_sql (fixture->folder, "DROP INDEX documents_entries_pending; PRAGMA user_version = 2");
  fixture->store = luo_store_open (fixture->folder, LUO_STORE_DEFAULT, &error);
  g_assert_no_error (error);
  space = luo_store_get_space (fixture->store, "city", &error);
  g_assert_no_error (error);
  g_assert_cmpint (space->entries_pending, ==, 1);
  g_assert_cmpint (luo_space_count_pending (space), ==, 1);
  assert_sound (fixture->store);
}

/* A server's folder is not opened as a desk's, nor the other way round. */
static void
test_open_kind (StoreFixture *fixture, gconstpointer data)
{
  luo_store_close (fixture->store);
  g_clear_object (&fixture->store);
  assert_refused (fixture->folder, LUO_STORE_HUB, LUO_STORE_ERROR_INVALID);
}

/* What was saved is read back byte for byte, here and after reopening; unknown members too. */
static void
test_put_get (StoreFixture *fixture, gconstpointer data)
{
  const char *body = "{\"type\":\"reference\", \"x-new\":[1.10, 1e2],\"名\":\"养老\"}";
  g_autofree char *rev = put (fixture->store, "reference:a", NULL, body, LUO_PUT_COLLAPSE);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LuoDocument) document = luo_store_get (fixture->store, "city", "reference:a", NULL, &error);
      g_autoptr (LuoDocument) found = luo_store_find (fixture->store, "reference:a", NULL);

      g_assert_no_error (error);
      g_assert_cmpstr (luo_document_get_body (document, NULL), ==, body);
      g_assert_cmpstr (luo_document_get_rev (document), ==, rev);
      g_assert_cmpstr (luo_document_get_record_type (document), ==, "reference");
      g_assert_true (luo_document_get_pending (document));
      g_assert_cmpuint (luo_document_get_flags (document), ==, LUO_REV_LEAF | LUO_REV_BODY);
      g_assert_cmpstr (luo_document_get_text (document, "名"), ==, "养老");
      g_assert_nonnull (found);
      g_assert_cmpstr (luo_document_get_space (found), ==, "city");
      store_fixture_reopen (fixture, LUO_STORE_DEFAULT);
    }
  assert_sound (fixture->store);
}

/* An edit on a version that is no longer a leaf is refused and changes nothing; so is making what is there. */
static void
test_put_conflict (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *first = put (fixture->store, "a", NULL, "{\"n\":1}", LUO_PUT_DEFAULT);
  g_autofree char *second = put (fixture->store, "a", first, "{\"n\":2}", LUO_PUT_DEFAULT);

  g_assert_false (luo_store_put (fixture->store, "city", "a", first, "{\"n\":3}", NULL, FALSE,
                                 LUO_PUT_DEFAULT, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (luo_store_put (fixture->store, "city", "a", NULL, "{\"n\":3}", NULL, FALSE, LUO_PUT_DEFAULT,
                                 NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_clear_error (&error);

  document = luo_store_get (fixture->store, "city", "a", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (luo_document_get_rev (document), ==, second);
  g_assert_true (g_str_has_prefix (second, "2-"));
}

/* Equal content gives the version that is there: the same edit twice, the same record made twice. */
static void
test_put_equal (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *first = put (fixture->store, "a", NULL, "{\"n\":1,\"m\":2}", LUO_PUT_DEFAULT);
  g_autofree char *again = put (fixture->store, "a", NULL, "{ \"m\":2, \"n\":1 }", LUO_PUT_DEFAULT);
  g_autofree char *edited = put (fixture->store, "a", first, "{\"n\":3}", LUO_PUT_DEFAULT);
  g_autofree char *repeated = put (fixture->store, "a", first, "{\"n\":3}", LUO_PUT_DEFAULT);

  g_assert_cmpstr (again, ==, first);
  g_assert_cmpstr (repeated, ==, edited);
}

/* What can not be a record is refused. */
static void
test_put_invalid (StoreFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *id, *parent, *body;
  } vectors[] = {
    { "", NULL, "{}" },
    { "_a", NULL, "{}" },
    { "a", NULL, "[]" },
    { "a", NULL, "{" },
    { "a", NULL, "{\"a\":1,\"a\":2}" },
    { "a", NULL, "{\"_id\":\"a\"}" },
    { "a", NULL, "{\"\\u005fid\":\"a\"}" },
    { "a", "nonsense", "{}" },
    { "a", "1-zz345678901234567890123456789012", "{}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("Vector %" G_GSIZE_FORMAT, i);
      g_assert_false (luo_store_put (fixture->store, "city", vectors[i].id, vectors[i].parent,
                                     vectors[i].body, NULL, FALSE, LUO_PUT_DEFAULT, NULL, &error));
      g_assert_nonnull (error);
    }
}

/* All of several edits are saved, or none. */
static void
test_put_all (StoreFixture *fixture, gconstpointer data)
{
  LuoPut puts[] = {
    { "city", "a", NULL, "{\"n\":1}", NULL, FALSE, LUO_PUT_DEFAULT },
    { "city", "b", NULL, "{\"n\":2}", NULL, FALSE, LUO_PUT_DEFAULT },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) revs = NULL;
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *there = put (fixture->store, "b", NULL, "{\"n\":0}", LUO_PUT_DEFAULT);

  g_assert_false (luo_store_put_all (fixture->store, puts, 2, &revs, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  document = luo_store_get (fixture->store, "city", "a", NULL, &error);
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  puts[1].parent = there;
  g_assert_true (luo_store_put_all (fixture->store, puts, 2, &revs, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (revs), ==, 2);
  assert_sound (fixture->store);
}

/* A deleted record is gone for reading, keeps its tombstone, and can be made again on top of it. */
static void
test_put_deleted (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) gone = NULL;
  g_autoptr (LuoSpace) space = NULL;
  g_autofree char *tombstone = NULL, *revived = NULL;
  g_autofree char *first = put (fixture->store, "a", NULL, "{\"type\":\"visit\",\"n\":1}", LUO_PUT_DEFAULT);

  g_assert_true (luo_store_put (fixture->store, "city", "a", first, "{\"type\":\"visit\"}", NULL, TRUE,
                                LUO_PUT_DEFAULT, &tombstone, &error));
  g_assert_no_error (error);
  gone = luo_store_get (fixture->store, "city", "a", NULL, &error);
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_DELETED);
  g_clear_error (&error);
  gone = luo_store_get (fixture->store, "city", "a", tombstone, &error);
  g_assert_no_error (error);
  g_assert_true (luo_document_get_deleted (gone));
  g_assert_cmpstr (luo_document_get_record_type (gone), ==, "visit");

  space = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_cmpint (space->documents, ==, 0);
  g_assert_cmpint (space->deleted, ==, 1);

  revived = put (fixture->store, "a", NULL, "{\"type\":\"visit\",\"n\":2}", LUO_PUT_DEFAULT);
  g_assert_true (g_str_has_prefix (revived, "3-"));
  assert_sound (fixture->store);
}

/* Spaces are made, counted, and removed with all that is theirs; a key is never given twice. */
static void
test_spaces (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) before = NULL, after = NULL;
  g_autofree char *instance = NULL, *value = NULL, *rev = NULL;

  g_assert_true (luo_store_create_space (fixture->store, "huanggu", &error));
  g_assert_no_error (error);
  g_assert_false (luo_store_create_space (fixture->store, "huanggu", &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (luo_store_create_space (fixture->store, "Not a name", &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_true (luo_store_put (fixture->store, "huanggu", "a", NULL, "{\"n\":1}", NULL, FALSE,
                                LUO_PUT_DEFAULT, &rev, &error));
  g_assert_true (
      luo_store_put_local (fixture->store, "huanggu", "checkpoint", NULL, FALSE, "{}", NULL, &error));
  g_assert_true (luo_store_set_space_meta (fixture->store, "huanggu", "peer", "x", &error));
  value = luo_store_get_space_meta (fixture->store, "huanggu", "peer", &error);
  g_assert_cmpstr (value, ==, "x");
  before = luo_store_get (fixture->store, "huanggu", "a", NULL, &error);
  g_assert_no_error (error);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (LuoSpace) space = luo_store_get_space (fixture->store, "huanggu", &error);

      g_assert_no_error (error);
      g_assert_cmpint (space->documents, ==, i == 0 ? 1 : 0);
      g_assert_cmpstr (space->instance, !=, instance);
      g_free (instance);
      instance = g_strdup (space->instance);
      if (i == 0)
        {
          g_assert_true (luo_store_delete_space (fixture->store, "huanggu", &error));
          g_assert_no_error (error);
          g_assert_true (luo_store_create_space (fixture->store, "huanggu", &error));
        }
    }
  g_assert_null (luo_store_get_local (fixture->store, "huanggu", "checkpoint", NULL, &error));
  g_assert_no_error (error);
  g_assert_null (luo_store_get_space_meta (fixture->store, "huanggu", "peer", &error));
  g_assert_no_error (error);

  g_clear_pointer (&rev, g_free);
  g_assert_true (luo_store_put (fixture->store, "huanggu", "a", NULL, "{\"n\":1}", NULL, FALSE,
                                LUO_PUT_DEFAULT, &rev, &error));
  after = luo_store_get (fixture->store, "huanggu", "a", NULL, &error);
  g_assert_cmpint (luo_document_get_key (after), >, luo_document_get_key (before));
  assert_sound (fixture->store);
}

/* Local documents have revisions of their own, and are written only over the one that was read. */
static void
test_local (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *rev = NULL, *body = NULL, *read_rev = NULL;

  g_assert_null (luo_store_get_local (fixture->store, "city", "c", NULL, &error));
  g_assert_no_error (error);
  g_assert_true (luo_store_put_local (fixture->store, "city", "c", NULL, FALSE, "{\"a\":1}", &rev, &error));
  g_assert_cmpstr (rev, ==, "0-1");
  g_assert_false (luo_store_put_local (fixture->store, "city", "c", NULL, FALSE, "{\"a\":2}", NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (luo_store_put_local (fixture->store, "city", "c", "0-1", FALSE, "{\"a\":2}", NULL, &error));
  g_assert_true (luo_store_put_local (fixture->store, "city", "c", NULL, TRUE, "{\"a\":3}", NULL, &error));
  body = luo_store_get_local (fixture->store, "city", "c", &read_rev, &error);
  g_assert_cmpstr (body, ==, "{\"a\":3}");
  g_assert_cmpstr (read_rev, ==, "0-3");
  g_assert_false (luo_store_delete_local (fixture->store, "city", "c", "0-1", &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (luo_store_delete_local (fixture->store, "city", "c", "0-3", &error));
  g_assert_no_error (error);
  g_assert_false (luo_store_put_local (fixture->store, "nowhere", "c", NULL, FALSE, "{}", NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
}

/* Within a snapshot a thread sees one state, whatever is written meanwhile by another. */
static gpointer
put_in_thread (gpointer data)
{
  g_free (put (data, "b", NULL, "{}", LUO_PUT_DEFAULT));
  return NULL;
}

static void
test_snapshot (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *rev = put (fixture->store, "a", NULL, "{}", LUO_PUT_DEFAULT);

  g_assert_true (luo_store_snapshot_begin (fixture->store, &error));
  g_thread_join (g_thread_new ("put", put_in_thread, fixture->store));
  document = luo_store_get (fixture->store, "city", "b", NULL, &error);
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  luo_store_snapshot_end (fixture->store);

  document = luo_store_get (fixture->store, "city", "b", NULL, &error);
  g_assert_no_error (error);
}

/* One save is told once, in the context of who opened the store, with the space and the key; a refused one is not told. */
static void
test_changed (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GtSignalLogger) logger = gt_signal_logger_new ();
  g_auto (GStrv) spaces = NULL;
  g_autoptr (GArray) keys = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *rev = NULL;

  gt_signal_logger_connect (logger, fixture->store, "changed");
  rev = put (fixture->store, "a", NULL, "{\"n\":1}", LUO_PUT_DEFAULT);
  document = luo_store_get (fixture->store, "city", "a", NULL, &error);
  while (gt_signal_logger_get_n_emissions (logger) == 0)
    g_main_context_iteration (NULL, TRUE);
  gt_signal_logger_assert_emission_pop (logger, fixture->store, "changed", &spaces, &keys);
  g_assert_cmpuint (g_strv_length (spaces), ==, 1);
  g_assert_cmpstr (spaces[0], ==, "city");
  g_assert_cmpuint (keys->len, ==, 1);
  g_assert_cmpint (g_array_index (keys, gint64, 0), ==, luo_document_get_key (document));

  g_assert_false (luo_store_put (fixture->store, "city", "a", NULL, "{\"n\":2}", NULL, FALSE, LUO_PUT_DEFAULT,
                                 NULL, NULL));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  gt_signal_logger_assert_no_emissions (logger);
}

static void
test_written_cb (LuoStore *store, const char *const *spaces, GArray *keys, gint *count)
{
  g_assert_cmpstr (spaces[0], ==, "city");
  g_atomic_int_inc (count);
}

/* `written` comes without any main loop, from the worker, before a later write is answered. */
static void
test_written (StoreFixture *fixture, gconstpointer data)
{
  gint count = 0;

  g_signal_connect (fixture->store, "written", G_CALLBACK (test_written_cb), &count);
  g_free (put (fixture->store, "a", NULL, "{}", LUO_PUT_DEFAULT));
  g_free (put (fixture->store, "b", NULL, "{}", LUO_PUT_DEFAULT));
  g_assert_cmpint (g_atomic_int_get (&count), >=, 1);
  g_signal_handlers_disconnect_by_func (fixture->store, test_written_cb, &count);
}

static void
drop_cb (LuoStore *store, const char *const *spaces, GArray *keys, gpointer data)
{
  /* Two references of the emission are left once the test has let go of its own. */
  while (g_atomic_int_get ((gint *)&G_OBJECT (store)->ref_count) > 2)
    g_thread_yield ();
}

static void
gone_cb (gpointer data, GObject *store)
{
  g_atomic_int_set ((gint *)data, TRUE);
}

/* A store whose last reference is let go of while it tells a write ends all the same. */
static void
test_drop_in_handler (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  LuoStore *store = luo_store_open (folder, LUO_STORE_DEFAULT, &error);
  gint gone = FALSE;

  g_object_weak_ref (G_OBJECT (store), gone_cb, &gone);
  g_signal_connect (store, "written", G_CALLBACK (drop_cb), NULL);
  g_free (put (store, "a", NULL, "{}", LUO_PUT_DEFAULT));
  g_object_unref (store);
  while (!g_atomic_int_get (&gone))
    g_thread_yield ();
  remove_folder (folder);
}

/* A document as CouchDB prints it. */
static void
test_to_json (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = NULL, empty = NULL;
  g_autofree char *json = NULL, *empty_json = NULL, *expected = NULL;
  g_autofree char *rev = put (fixture->store, "a\"b", NULL, "{\"n\":1}", LUO_PUT_DEFAULT);
  g_autofree char *rev_empty = put (fixture->store, "e", NULL, "{ }", LUO_PUT_DEFAULT);

  document = luo_store_get (fixture->store, "city", "a\"b", NULL, &error);
  json = luo_document_to_json (document);
  expected = g_strdup_printf ("{\"_id\":\"a\\\"b\",\"_rev\":\"%s\",\"n\":1}", rev);
  g_assert_cmpstr (json, ==, expected);

  empty = luo_store_get (fixture->store, "city", "e", NULL, &error);
  empty_json = luo_document_to_json (empty);
  g_clear_pointer (&expected, g_free);
  expected = g_strdup_printf ("{\"_id\":\"e\",\"_rev\":\"%s\"}", rev_empty);
  g_assert_cmpstr (empty_json, ==, expected);
}

/* Settings of the replica stay, and do not get into the way of the store's own. */
static void
test_meta (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uuid = g_strdup (luo_store_get_uuid (fixture->store));
  g_autofree char *value = NULL;

  g_assert_true (luo_store_set_meta (fixture->store, "uuid", "mine", &error));
  store_fixture_reopen (fixture, LUO_STORE_READ_ONLY);
  g_assert_cmpstr (luo_store_get_uuid (fixture->store), ==, uuid);
  value = luo_store_get_meta (fixture->store, "uuid", &error);
  g_assert_cmpstr (value, ==, "mine");
  g_assert_false (luo_store_set_meta (fixture->store, "uuid", NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_IO);
}

static void
each_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

/* Several edits in one transaction, each for itself: what can not be saved fails alone, in its place, and leaves nothing behind. */
static void
test_put_each (StoreFixture *fixture, gconstpointer data)
{
  const LuoPut puts[] = {
    { "city", "a", NULL, "{\"n\":1}", NULL, FALSE, LUO_PUT_DEFAULT },
    { "city", "b", NULL, "{\"n\":2}", NULL, FALSE, LUO_PUT_DEFAULT },
    { "city", "c", NULL, "{\"n\":", NULL, FALSE, LUO_PUT_DEFAULT },
    { "city", "d", NULL, "{\"n\":3}",
      "{\"x\":{\"stub\":true,\"digest\":\"md5-XUFAKrxLKna5cZ2REBfFkg==\",\"length\":5,\"revpos\":1}}", FALSE,
      LUO_PUT_DEFAULT },
    { "city", "e", NULL, "{\"n\":4}", NULL, FALSE, LUO_PUT_DEFAULT },
    { "city", "e", NULL, "{\"n\":5}", NULL, FALSE, LUO_PUT_DEFAULT },
    /* What a caller has checked is the same revision and record. */
    { "city", "f", NULL, "{\"type\":\"task\",\"n\":6}", NULL, FALSE, LUO_PUT_CHECKED, "task" },
  };
  g_autofree char *checked = luo_rev_make (NULL, FALSE, "{\"n\": 6, \"type\":\"task\"}", NULL, NULL);
  g_autofree char *b = put (fixture->store, "b", NULL, "{\"n\":1}", LUO_PUT_DEFAULT);
  g_autofree char *alone = luo_rev_make (NULL, FALSE, "{\"n\":4}", NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoSpace) space = NULL;
  g_autoptr (LuoDocument) e = NULL, f = NULL;
  LuoPutResult *results = NULL;
  gsize n = 0;

  luo_store_put_each_async (fixture->store, puts, G_N_ELEMENTS (puts), each_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (luo_store_put_each_finish (fixture->store, result, &results, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (puts));
  g_assert_nonnull (results[0].rev);
  g_assert_error (results[1].error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_assert_nonnull (results[2].error);
  g_assert_error (results[3].error, LUO_STORE_ERROR, LUO_STORE_ERROR_MISSING_STUB);
  g_assert_cmpstr (results[4].rev, ==, alone);
  g_assert_error (results[5].error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_assert_cmpstr (results[6].rev, ==, checked);
  luo_put_results_free (results, n);

  f = luo_store_get (fixture->store, "city", "f", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (luo_document_get_record_type (f), ==, "task");
  e = luo_store_get (fixture->store, "city", "e", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (luo_document_get_rev (e), ==, alone);
  g_assert_cmpstr (luo_document_get_body (e, NULL), ==, "{\"n\":4}");
  space = luo_store_get_space (fixture->store, "city", &error);
  g_assert_no_error (error);
  g_assert_cmpint (space->documents, ==, 4);
  assert_sound (fixture->store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                                      \
  g_test_add (path, StoreFixture, GUINT_TO_POINTER (LUO_STORE_DEFAULT), store_fixture_set_up, func,          \
              store_fixture_tear_down)

  ADD ("/store/open/fresh", test_open_fresh);
  g_test_add_func ("/store/open/refused", test_open_refused);
  ADD ("/store/open/kind", test_open_kind);
  ADD ("/store/open/version-1", test_open_version_1);
  ADD ("/store/open/version-2", test_open_version_2);
  ADD ("/store/put/get", test_put_get);
  ADD ("/store/put/conflict", test_put_conflict);
  ADD ("/store/put/equal", test_put_equal);
  ADD ("/store/put/invalid", test_put_invalid);
  ADD ("/store/put/all", test_put_all);
  ADD ("/store/put/each", test_put_each);
  ADD ("/store/put/deleted", test_put_deleted);
  ADD ("/store/spaces", test_spaces);
  ADD ("/store/local", test_local);
  ADD ("/store/snapshot", test_snapshot);
  ADD ("/store/signal/changed", test_changed);
  ADD ("/store/signal/written", test_written);
  g_test_add_func ("/store/signal/drop-in-handler", test_drop_in_handler);
  ADD ("/store/document/to-json", test_to_json);
  ADD ("/store/meta", test_meta);

  return g_test_run ();
}
