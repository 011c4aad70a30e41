/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the replica itself costs, without the start of a program for each figure; driven by bench.js.
 *
 *   bench-store fill FOLDER SPACE FILE    saves the records of FILE, a JSON line each, as edits of this replica
 *   bench-store local FOLDER WORD…        median milliseconds of lists, of searches, of a save, and of the bare cost of a save, which
 *                                         is one committed update of a body in SQLite, as JSON
 */

#include "config.h"

#include <locale.h>
#include <sqlite3.h>
#include <string.h>

#include "luo-json-text.h"
#include "luo-query.h"
#include "luo-store.h"

#define SAVES 400
#define PAGE 50
#define BATCH 1000

static int
compare_double (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

static double
median (GArray *figures)
{
  g_array_sort (figures, compare_double);
  return figures->len ? g_array_index (figures, double, figures->len / 2) : 0;
}

static void
add_since (GArray *figures, gint64 start)
{
  double milliseconds = (g_get_monotonic_time () - start) / 1000.0;

  g_array_append_val (figures, milliseconds);
}

static GArray *
figures_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (double));
}

static void
die_on (GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

/* Fill */

static void
save_batch (LuoStore *store, GArray *puts, GPtrArray *texts)
{
  g_autoptr (GError) error = NULL;

  if (puts->len > 0)
    luo_store_put_all (store, (const LuoPut *)puts->data, puts->len, NULL, &error);
  die_on (error);
  g_array_set_size (puts, 0);
  g_ptr_array_set_size (texts, 0);
}

static void
fill (const char *folder, const char *space, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoStore) store = luo_store_open (folder, LUO_STORE_DEFAULT, &error);
  g_autofree char *text = NULL;
  g_autoptr (GArray) puts = g_array_new (FALSE, TRUE, sizeof (LuoPut));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) lines = NULL;

  die_on (error);
  g_file_get_contents (file, &text, NULL, &error);
  die_on (error);
  luo_store_create_space (store, space, NULL); /* It may be there. */

  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *id_text = lines[i][0] ? luo_json_at (lines[i], "/_id") : NULL;
      LuoPut put = { .space = space };
      char *id, *body;

      if (id_text == NULL)
        continue;
      id = luo_json_decode_string (id_text, strlen (id_text));
      body = luo_json_patch (lines[i], "/_id", NULL, &error);
      die_on (error);
      g_ptr_array_add (texts, id);
      g_ptr_array_add (texts, body);
      put.id = id;
      put.body = body;
      g_array_append_val (puts, put);
      if (puts->len == BATCH)
        save_batch (store, puts, texts);
    }
  save_batch (store, puts, texts);
  luo_store_wait_indexed (store);
  luo_store_close (store);
}

/* Local */

static double
time_list (LuoStore *store, const LuoQuery *query, guint turns, guint *found)
{
  g_autoptr (GArray) figures = figures_new ();

  for (guint turn = 0; turn < turns; turn++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) page = NULL;
      gint64 start = g_get_monotonic_time ();

      page = luo_store_list (store, query, &error);
      die_on (error);
      add_since (figures, start);
      *found = page->len;
    }
  return median (figures);
}

/* The worst of the lists that the pages show: sorted by text, date, number and derived column, plain and filtered. */
static double
time_lists (LuoStore *store)
{
  static const struct
  {
    const char *type, *sort;
    gboolean descending;
    const char *where, *value;
  } lists[] = {
    { "project", "updated_at", TRUE, NULL, NULL },
    { "project", "name", FALSE, NULL, NULL },
    { "project", "stage", FALSE, NULL, NULL },
    { "project", "stage_on", TRUE, "district", "huanggu" },
    { "project", "used_fen", TRUE, NULL, NULL },
    { "project", "name", FALSE, "stage", "construction" },
    { "progress", "month", TRUE, NULL, NULL },
    { "progress", "updated_at", TRUE, "state", "submitted" },
    { "progress", "task", FALSE, "office", "hunnan" },
  };
  double worst = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr (LuoQuery) query = luo_query_new (lists[i].type);
      guint found = 0;
      double taken;

      luo_query_sort (query, lists[i].sort, lists[i].descending);
      if (lists[i].where != NULL)
        luo_query_where (query, lists[i].where, LUO_EQUAL, lists[i].value);
      luo_query_set_limit (query, 0, PAGE);
      taken = time_list (store, query, 15, &found);
      g_printerr ("  list %s by %s%s%s%s%s: %.2f ms, %u rows\n", lists[i].type, lists[i].sort,
                  lists[i].where ? " where " : "", lists[i].where ? lists[i].where : "",
                  lists[i].where ? "=" : "", lists[i].where ? lists[i].value : "", taken, found);
      worst = MAX (worst, taken);
    }
  return worst;
}

/* Bare */

static void
run_sql (sqlite3 *db, const char *sql)
{
  char *message = NULL;

  if (sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

/* What a save is compared with: a body of the same length in a table of its own, the same settings (synchronous FULL, the same pages,
 * the same cache), a log that has its length already. */
static sqlite3 *
open_bare (const char *folder, sqlite3_stmt **update)
{
  g_autofree char *file = g_build_filename (folder, "bare.db", NULL);
  sqlite3 *db = NULL;

  if (sqlite3_open (file, &db) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (db));
  run_sql (db, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
               "PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=450;"
               "CREATE TABLE d (id INTEGER PRIMARY KEY, body TEXT);"
               "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
               " INSERT INTO d SELECT i, hex (zeroblob (350)) FROM n;");
  if (sqlite3_prepare_v2 (db, "UPDATE d SET body = ?1 WHERE id = ?2", -1, update, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (db));
  return db;
}

static void
update_bare (sqlite3 *db, sqlite3_stmt *update, const char *body, guint i)
{
  sqlite3_bind_text (update, 1, body, -1, SQLITE_STATIC);
  sqlite3_bind_int (update, 2, 1 + (int)(i * 37 % 10000));
  if (sqlite3_step (update) != SQLITE_DONE)
    g_error ("%s", sqlite3_errmsg (db));
  sqlite3_reset (update);
}

/* Saves */

static void
save_one (LuoStore *store, LuoDocument *document, const char *body)
{
  g_autoptr (GError) error = NULL;

  luo_store_put (store, luo_document_get_space (document), luo_document_get_id (document),
                 luo_document_get_rev (document), body, NULL, FALSE, LUO_PUT_COLLAPSE | LUO_PUT_HISTORY, NULL,
                 &error);
  die_on (error);
}

static char *
make_edit (LuoDocument *document)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *value = g_strdup_printf ("\"运营单位%" G_GINT64_FORMAT "\"", g_get_real_time ());
  char *body = luo_json_patch (luo_document_get_body (document, NULL), "/operator", value, &error);

  die_on (error);
  return body;
}

/* A save and a bare update in turns, so that both see the same machine and the same disk. */
static void
time_saves (LuoStore *store, const char *folder, double *save, double *bare)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoQuery) query = luo_query_new ("project");
  g_autoptr (GPtrArray) some = NULL;
  g_autoptr (GArray) saves = figures_new ();
  g_autoptr (GArray) bares = figures_new ();
  sqlite3_stmt *update = NULL;
  sqlite3 *db = open_bare (folder, &update);

  luo_query_sort (query, "name", FALSE);
  luo_query_set_limit (query, 0, SAVES + 1);
  some = luo_store_list (store, query, &error);
  die_on (error);
  for (guint i = 0; i < some->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (some, i);
      g_autofree char *body = make_edit (document);
      gint64 start = g_get_monotonic_time ();

      save_one (store, document, body);
      if (i == 0)
        {
          /* The first save of a session makes the log; after it a person looks up. */
          g_usleep (200 * 1000);
          continue;
        }
      add_since (saves, start);
      start = g_get_monotonic_time ();
      update_bare (db, update, body, i);
      add_since (bares, start);
    }
  sqlite3_finalize (update);
  sqlite3_close (db);
  *save = median (saves);
  *bare = median (bares);
}

static void
local (const char *folder, char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoStore) store = luo_store_open (folder, LUO_STORE_MUST_EXIST, &error);
  double save, bare, list;

  die_on (error);
  luo_store_wait_indexed (store);
  list = time_lists (store);
  g_print ("{\"list\":%.4f,\"search\":{", list);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      g_autoptr (LuoQuery) query = luo_query_new ("progress");
      guint found = 0;
      double taken;

      luo_query_set_words (query, words[i]);
      luo_query_set_limit (query, 0, PAGE);
      taken = time_list (store, query, 15, &found);
      if (found == 0)
        g_error ("“%s” was not found", words[i]);
      g_printerr ("  search %s: %.2f ms, %u rows\n", words[i], taken, found);
      g_print ("%s\"%s\":%.4f", i ? "," : "", words[i], taken);
    }
  time_saves (store, folder, &save, &bare);
  g_print ("},\"save\":%.4f,\"bare\":%.4f}\n", save, bare);
  luo_store_close (store);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  if (argc == 5 && g_str_equal (argv[1], "fill"))
    fill (argv[2], argv[3], argv[4]);
  else if (argc >= 3 && g_str_equal (argv[1], "local"))
    local (argv[2], argv + 3);
  else
    {
      g_printerr ("usage: bench-store fill FOLDER SPACE FILE | local FOLDER WORD…\n");
      return 2;
    }
  return 0;
}
