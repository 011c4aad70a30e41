/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <gio/gio.h>
#include <sqlite3.h>

#include "luo-attachment.h"
#include "luo-query.h"
#include "luo-schema.h"
#include "store-fixture.h"

/* Data files as programs of older schema versions wrote them (tests/fixtures/make-replica): each opens, and all of it is there. */

#define PROGRESS "progress:2020:11:2020-08:city"
#define TRAINING "training:3fe17d29ee6cd49a9cf4838b57d4c4b3"
#define DELETED "training:9fefbde7e4782f5937b0259981f9e0c2"

/* Unpacks a stored file into a folder of its own. */
static char *
unpack (const char *name)
{
  g_autofree char *packed = g_build_filename (FIXTURES, name, NULL);
  g_autoptr (GFile) source = g_file_new_for_path (packed);
  g_autoptr (GConverter) converter = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) raw = NULL;
  g_autoptr (GInputStream) in = NULL;
  g_autoptr (GOutputStream) out = NULL;
  g_autoptr (GError) error = NULL;
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "luoshi.db", NULL);
  g_autoptr (GFile) target = g_file_new_for_path (path);

  raw = G_INPUT_STREAM (g_file_read (source, NULL, &error));
  g_assert_no_error (error);
  in = g_converter_input_stream_new (raw, converter);
  out = G_OUTPUT_STREAM (g_file_create (target, G_FILE_CREATE_NONE, NULL, &error));
  g_assert_no_error (error);
  g_output_stream_splice (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                          NULL, &error);
  g_assert_no_error (error);
  return folder;
}

static gint64
read_number (const char *folder, const char *sql)
{
  g_autofree char *path = g_build_filename (folder, "luoshi.db", NULL);
  sqlite3_stmt *stmt = NULL;
  sqlite3 *db = NULL;
  gint64 value;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  value = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return value;
}

static LuoStore *
open_store (const char *folder, LuoStoreFlags flags)
{
  g_autoptr (GError) error = NULL;
  LuoStore *store = luo_store_open (folder, flags | LUO_STORE_MUST_EXIST, &error);

  g_assert_no_error (error);
  return store;
}

static void
assert_text (LuoStore *store, const char *space, const char *id, const char *member, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = luo_store_get (store, space, id, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (luo_document_get_text (document, member), ==, expected);
}

/* Both versions of the record in conflict are there. */
static void
assert_conflict (LuoStore *store, const char *space)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (store, space, PROGRESS, &error);
  gint64 sum = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (leaves->len, ==, 2);
  for (guint i = 0; i < leaves->len; i++)
    {
      JsonObject *readings
          = json_object_get_object_member (luo_document_get_object (leaves->pdata[i]), "readings");

      sum += json_object_get_int_member (readings, "canteens");
    }
  g_assert_cmpint (sum, ==, 12 + 13);
}

static void
assert_file (LuoStore *store, const char *space)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = luo_store_get (store, space, "task:2020:11", NULL, &error);
  g_autoptr (GPtrArray) list = luo_store_list_attachments (store, document, &error);
  g_autoptr (GInputStream) stream = NULL;
  char text[64] = "";
  gsize length;

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  stream = luo_store_read_attachment (store, ((LuoAttachment *)list->pdata[0])->digest, NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_all (stream, text, sizeof text - 1, &length, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "a small file\n");
}

static void
assert_deleted (LuoStore *store, const char *space)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = luo_store_get (store, space, DELETED, NULL, &error);

  g_assert_null (document);
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_DELETED);
}

static void
assert_space (LuoStore *store, const char *name, gint64 seq, gint64 documents, gint64 pending,
              gint64 conflicts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoSpace) space = luo_store_get_space (store, name, &error);

  g_assert_no_error (error);
  g_assert_cmpint (space->seq, ==, seq);
  g_assert_cmpint (space->documents, ==, documents);
  g_assert_cmpint (space->pending, ==, pending);
  g_assert_cmpint (space->conflicts, ==, conflicts);
}

/* A replica of a desk: records, versions, marks, lists, search, file, and what it knows of its server; and it goes on. */
static void
test_replica (gconstpointer data)
{
  g_autofree char *folder = unpack (data);
  g_autoptr (LuoStore) store = open_store (folder, LUO_STORE_DEFAULT);
  g_autoptr (LuoQuery) query = luo_query_new ("task");
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) pending = NULL;
  g_autoptr (LuoDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *user = NULL;

  g_assert_cmpint (read_number (folder, "PRAGMA user_version"), ==, LUO_SCHEMA_VERSION);
  g_assert_cmpstr (luo_store_get_uuid (store), ==, "ce402f4de19d4d7daf95ae69cbc2a69b");
  user = luo_store_get_meta (store, "user", &error);
  g_assert_cmpstr (user, ==, "bureau");
  assert_space (store, "city", 9, 5, 2, 1);
  assert_space (store, "huanggu", 3, 1, 0, 0);
  g_assert_cmpint (read_number (folder, "SELECT count(*) FROM locals"), ==, 4);
  assert_text (store, "city", "task:2020:27", "lead", "养老服务处");
  assert_text (store, "city", TRAINING, "topic", "业务培训");
  assert_conflict (store, "city");
  assert_file (store, "city");
  assert_deleted (store, "huanggu");
  pending = luo_store_list_pending (store, "city", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pending->len, ==, 2);

  luo_store_wait_indexed (store);
  luo_query_set_words (query, "社区食堂");
  found = luo_store_list (store, query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (luo_document_get_id (found->pdata[0]), ==, "task:2020:11");
  assert_sound (store);

  document = luo_store_get (store, "city", TRAINING, NULL, &error);
  g_assert_no_error (error);
  luo_store_put (store, "city", TRAINING, luo_document_get_rev (document),
                 "{\"type\":\"training\",\"topic\":\"另一次\"}", NULL, FALSE, LUO_PUT_COLLAPSE, NULL, &error);
  g_assert_no_error (error);
  luo_store_close (store);
  g_clear_object (&store);
  store = open_store (folder, LUO_STORE_DEFAULT);
  assert_text (store, "city", TRAINING, "topic", "另一次");
  luo_store_wait_indexed (store);
  assert_sound (store);
  luo_store_close (store);
  remove_folder (folder);
}

/* A hub's data: databases with all versions, files, logs of those who reconcile, users. */
static void
test_hub (gconstpointer data)
{
  g_autofree char *folder = unpack (data);
  g_autoptr (LuoStore) store = open_store (folder, LUO_STORE_HUB);
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (read_number (folder, "PRAGMA user_version"), ==, LUO_SCHEMA_VERSION);
  assert_space (store, "luoshi-city", 6, 4, 0, 1);
  assert_space (store, "luoshi-huanggu", 3, 1, 0, 0);
  g_assert_cmpint (read_number (folder, "SELECT count(*) FROM locals"), ==, 8);
  assert_text (store, "_users", "org.couchdb.user:bureau", "name", "bureau");
  assert_conflict (store, "luoshi-city");
  assert_file (store, "luoshi-city");
  assert_deleted (store, "luoshi-huanggu");
  changes = luo_store_changes (store, "luoshi-city", 0, 100, FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (changes->len, ==, 4);
  assert_sound (store);
  luo_store_close (store);
  remove_folder (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store/stored-files/replica/1", "replica-v1.db.gz", test_replica);
  g_test_add_data_func ("/store/stored-files/hub/1", "hub-v1.db.gz", test_hub);
  return g_test_run ();
}
