/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <libglib-testing/signal-logger.h>
#include <sqlite3.h>

#include "luo-store-private.h"
#include "store-fixture.h"

/* A second process is this program again with a job and a folder as arguments. */
static const char *program;

static GPid
spawn (const char *job, const char *folder, int *out)
{
  const char *argv[] = { program, job, folder, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async_with_pipes (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, out,
                            NULL, &error);
  g_assert_no_error (error);
  return pid;
}

static int
reap (GPid pid)
{
  int status;

  while (waitpid (pid, &status, 0) < 0)
    g_assert_cmpint (errno, ==, EINTR);
  return status;
}

/* The job of a writer that will be killed: pairs of edits and batches, each told on stdout once it is acknowledged. */
static int
write_for_ever (const char *folder)
{
  g_autoptr (LuoStore) store = luo_store_open (folder, LUO_STORE_DEFAULT, NULL);
  guint32 base = g_random_int ();

  g_assert_nonnull (store);
  for (guint i = 0;; i++)
    {
      g_autofree char *left = g_strdup_printf ("left-%u-%u", base, i);
      g_autofree char *right = g_strdup_printf ("right-%u-%u", base, i);
      g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
      LuoPut puts[] = {
        { "city", left, NULL, "{\"type\":\"visit\"}", NULL, FALSE, LUO_PUT_COLLAPSE },
        { "city", right, NULL, "{\"type\":\"edit\"}", NULL, FALSE, LUO_PUT_COLLAPSE },
      };

      if (!luo_store_put_all (store, puts, 2, NULL, NULL))
        return 1;
      g_print ("%u-%u\n", base, i);
      for (int k = 0; k < 50; k++)
        {
          g_autofree char *id = g_strdup_printf ("pulled-%u-%u-%d", base, i, k);

          g_ptr_array_add (batch, make_incoming (id, "2-b 1-a", FALSE, "{\"type\":\"project\"}"));
        }
      if (!luo_store_insert (store, "city", batch, LUO_INSERT_HELD, NULL, NULL))
        return 1;
    }
}

static gboolean
exists (LuoStore *store, const char *prefix, const char *rest)
{
  g_autofree char *id = g_strconcat (prefix, rest, NULL);
  g_autoptr (LuoDocument) document = luo_store_get (store, "city", id, NULL, NULL);

  return document != NULL;
}

/* Reads what the killed writer told, to the end of the pipe. */
static char *
read_all (int fd)
{
  GString *text = g_string_new (NULL);
  char buffer[4096];
  ssize_t n;

  while ((n = read (fd, buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, n);
  close (fd);
  return g_string_free (text, FALSE);
}

/* Killed at any moment, a replica is whole: what was acknowledged is there, what was not is there wholly or not at all. */
static void
test_kill (void)
{
  g_autofree char *folder = make_folder ();
  guint acknowledged = 0;

  for (int round = 0; round < 12; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LuoStore) store = NULL;
      g_autoptr (GPtrArray) rows = NULL;
      g_auto (GStrv) lines = NULL;
      g_autofree char *text = NULL, *rest = NULL;
      char first[1];
      guint lefts = 0, rights = 0, pulled = 0;
      int out;
      GPid pid = spawn ("--write-for-ever", folder, &out);

      /* It is killed somewhere in its work, not while it still starts. */
      g_assert_cmpint (read (out, first, 1), ==, 1);
      g_usleep ((gulong)g_test_rand_int_range (0, 40000));
      kill (pid, SIGKILL);
      g_assert_true (WIFSIGNALED (reap (pid)));
      rest = read_all (out);
      text = g_strdup_printf ("%c%s", first[0], rest);

      store = luo_store_open (folder, LUO_STORE_MUST_EXIST, &error);
      g_assert_no_error (error);
      assert_sound (store);
      lines = g_strsplit (text, "\n", -1);
      /* The last line may have been cut. */
      for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++, acknowledged++)
        {
          g_assert_true (exists (store, "left-", lines[i]));
          g_assert_true (exists (store, "right-", lines[i]));
        }
      rows = luo_store_all_docs (store, "city", NULL, NULL, NULL, TRUE, FALSE, 0, G_MAXINT, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < rows->len; i++)
        {
          const char *id = ((LuoAllDocsRow *)rows->pdata[i])->id;

          lefts += g_str_has_prefix (id, "left-");
          rights += g_str_has_prefix (id, "right-");
          pulled += g_str_has_prefix (id, "pulled-");
        }
      g_assert_cmpuint (lefts, ==, rights);
      g_assert_cmpuint (pulled % 50, ==, 0);
    }
  g_assert_cmpuint (acknowledged, >, 0);
  remove_folder (folder);
}

static int
write_hundred (const char *folder)
{
  g_autoptr (LuoStore) store = luo_store_open (folder, LUO_STORE_DEFAULT, NULL);

  g_assert_nonnull (store);
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *id = g_strdup_printf ("other-%d", i);
      g_autoptr (GError) error = NULL;

      luo_store_put (store, "city", id, NULL, "{\"type\":\"visit\"}", NULL, FALSE, LUO_PUT_COLLAPSE, NULL,
                     &error);
      g_assert_no_error (error);
    }
  return 0;
}

static void
note_cb (LuoStore *store, const char *const *spaces, GArray *keys, gpointer data)
{
  guint *noted = data;

  *noted += keys->len;
  if (keys->len == 0)
    *noted = G_MAXUINT / 2;
}

/* Two processes write to one replica: every sequence is given once, nothing is lost, and each hears of the other's changes. */
static void
test_two_processes (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  guint noted = 0;
  gint64 until;
  GPid pid;

  g_signal_connect (fixture->store, "changed", G_CALLBACK (note_cb), &noted);
  pid = spawn ("--write-hundred", fixture->folder, NULL);
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *id = g_strdup_printf ("mine-%d", i);

      g_free (put (fixture->store, id, NULL, "{\"type\":\"visit\"}", LUO_PUT_COLLAPSE));
    }
  g_assert_cmpint (reap (pid), ==, 0);

  rows = luo_store_changes (fixture->store, "city", 0, 1000, FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 200);
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpint (((LuoChange *)rows->pdata[i])->seq, ==, i + 1);

  until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (noted < 200 && g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (noted, >=, 200);
  g_signal_handlers_disconnect_by_func (fixture->store, note_cb, &noted);
  assert_sound (fixture->store);
}

typedef struct
{
  LuoStore *store;
  int number;
} Thread;

static gpointer
put_many (gpointer data)
{
  Thread *thread = data;

  for (int i = 0; i < 50; i++)
    {
      g_autofree char *id = g_strdup_printf ("thread-%d-%d", thread->number, i);
      g_autoptr (LuoDocument) document = NULL;

      g_free (put (thread->store, id, NULL, "{\"type\":\"visit\"}", LUO_PUT_COLLAPSE));
      document = luo_store_get (thread->store, "city", id, NULL, NULL);
      g_assert_nonnull (document);
      /* One write of a shared commit fails, and undoes none of the others. */
      g_assert_false (
          luo_store_put (thread->store, "city", id, NULL, "{}", NULL, FALSE, LUO_PUT_DEFAULT, NULL, NULL));
    }
  return NULL;
}

/* Threads that write at the same time share commits; each finds what it saved as soon as it is told so. */
static void
test_threads (StoreFixture *fixture, gconstpointer data)
{
  Thread threads[6];
  GThread *running[6];
  g_autoptr (LuoSpace) space = NULL;

  for (int i = 0; i < 6; i++)
    {
      threads[i] = (Thread){ fixture->store, i };
      running[i] = g_thread_new ("put", put_many, &threads[i]);
    }
  for (int i = 0; i < 6; i++)
    g_thread_join (running[i]);
  space = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_cmpint (space->documents, ==, 300);
  g_assert_cmpint (space->seq, ==, 300);
  assert_sound (fixture->store);
}

static gboolean
fill_func (LuoStore *store, LuoConnection *conn, gpointer data, GError **error)
{
  /* The file may not grow by more than a little: SQLite then answers as on a full disk. */
  sqlite3_stmt *stmt = luo_connection_prepare (conn, "PRAGMA page_count", error);
  g_autofree char *limit = NULL;
  gint64 pages = 0;

  if (stmt == NULL || !luo_connection_run_int (conn, stmt, &pages, error))
    return FALSE;
  limit = g_strdup_printf ("PRAGMA max_page_count = %" G_GINT64_FORMAT, pages + *(gint64 *)data);
  return luo_connection_exec (conn, limit, error);
}

/* On a full disk a save fails and says so; nothing of it is there, everything before it is, and with room it goes on. */
static void
test_full (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  g_autoptr (LuoSpace) before = NULL, after = NULL;
  g_autofree char *filler = g_strnfill (5000, 'x');
  g_autofree char *body = g_strdup_printf ("{\"type\":\"visit\",\"note\":\"%s\"}", filler);
  gint64 room = 20;

  g_free (put (fixture->store, "a", NULL, "{\"n\":1}", LUO_PUT_DEFAULT));
  luo_store_wait_indexed (fixture->store);
  g_assert_true (luo_store_write (fixture->store, fill_func, &room, &error));
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *id = g_strdup_printf ("big-%d", i);

      g_ptr_array_add (documents, make_incoming (id, "1-a", FALSE, body));
    }
  before = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_false (luo_store_insert (fixture->store, "city", documents, LUO_INSERT_HELD, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_FULL);
  g_clear_error (&error);
  after = luo_store_get_space (fixture->store, "city", NULL);
  g_assert_cmpint (after->documents, ==, before->documents);
  g_assert_cmpint (after->seq, ==, before->seq);
  g_assert_true (exists (fixture->store, "a", ""));
  assert_sound (fixture->store);

  room = 100000;
  g_assert_true (luo_store_write (fixture->store, fill_func, &room, &error));
  g_assert_true (luo_store_insert (fixture->store, "city", documents, LUO_INSERT_HELD, NULL, &error));
  g_assert_no_error (error);
  assert_sound (fixture->store);
}

/* What the threads of a load and a person share. */
typedef struct
{
  LuoStore *store;
  GMutex lock;
  GCond cond;
  gboolean held;   /* the first write of the load is being written */
  gboolean closed; /* it goes on once a save was asked for */
  gboolean saved;  /* (writer's thread) */
} Race;

static gboolean
hold_func (LuoStore *store, LuoConnection *conn, gpointer data, GError **error)
{
  Race *race = data;

  g_mutex_lock (&race->lock);
  race->held = TRUE;
  g_cond_broadcast (&race->cond);
  while (race->closed)
    g_cond_wait (&race->cond, &race->lock);
  g_mutex_unlock (&race->lock);
  return TRUE;
}

static gboolean
load_func (LuoStore *store, LuoConnection *conn, gpointer data, GError **error)
{
  g_assert_true (((Race *)data)->saved);
  return TRUE;
}

static gboolean
save_func (LuoStore *store, LuoConnection *conn, gpointer data, GError **error)
{
  ((Race *)data)->saved = TRUE;
  return TRUE;
}

static gpointer
hold_thread (gpointer data)
{
  g_assert_true (luo_store_write_repeatable (((Race *)data)->store, hold_func, data, NULL));
  return NULL;
}

static gpointer
load_thread (gpointer data)
{
  g_assert_true (luo_store_write_repeatable (((Race *)data)->store, load_func, data, NULL));
  return NULL;
}

/* A save that comes while a load is being written is written next, before what the load has waiting. */
static void
test_save_first (StoreFixture *fixture, gconstpointer data)
{
  Race race = { .store = fixture->store, .closed = TRUE };
  GThread *threads[4];

  g_mutex_init (&race.lock);
  g_cond_init (&race.cond);
  threads[0] = g_thread_new ("hold", hold_thread, &race);
  g_mutex_lock (&race.lock);
  while (!race.held)
    g_cond_wait (&race.cond, &race.lock);
  g_mutex_unlock (&race.lock);
  for (int i = 1; i < 4; i++)
    threads[i] = g_thread_new ("load", load_thread, &race);

  luo_store_write_async (fixture->store, save_func, &race, NULL);
  g_mutex_lock (&race.lock);
  race.closed = FALSE;
  g_cond_broadcast (&race.cond);
  g_mutex_unlock (&race.lock);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);

  g_assert_true (race.saved);
  g_mutex_clear (&race.lock);
  g_cond_clear (&race.cond);
}

typedef struct
{
  guint commits;
  gboolean failed; /* it was said that the second one did */
} Joined;

static int
count_commit_cb (void *data)
{
  ((Joined *)data)->commits++;
  return 0;
}

static gboolean
add_meta (LuoConnection *conn, const char *name, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("INSERT INTO meta (name, value) VALUES ('%s', '')", name);

  return luo_connection_exec (conn, sql, error);
}

static gboolean
join_failing_func (LuoStore *store, LuoConnection *conn, gpointer data, GError **error)
{
  g_assert_true (add_meta (conn, "joined-2", NULL));
  g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID, "no");
  return FALSE;
}

static void
join_failed_cb (LuoStore *store, gpointer data, const GError *error)
{
  ((Joined *)data)->failed = g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID);
}

static gboolean
join_last_func (LuoStore *store, LuoConnection *conn, gpointer data, GError **error)
{
  return add_meta (conn, "joined-3", error);
}

static gboolean
join_first_func (LuoStore *store, LuoConnection *conn, gpointer data, GError **error)
{
  sqlite3_commit_hook (luo_connection_get_handle (conn), count_commit_cb, data);
  luo_store_write_async (store, join_failing_func, data, join_failed_cb);
  luo_store_write_async (store, join_last_func, data, NULL);
  return add_meta (conn, "joined-1", error);
}

static gboolean
join_look_func (LuoStore *store, LuoConnection *conn, gpointer data, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (
      conn, "SELECT group_concat (name) FROM meta WHERE name GLOB 'joined-*'", error);

  sqlite3_commit_hook (luo_connection_get_handle (conn), NULL, NULL);
  g_assert_cmpint (luo_connection_step (conn, stmt, error), ==, 1);
  g_assert_cmpstr ((const char *)sqlite3_column_text (stmt, 0), ==, "joined-1,joined-3");
  luo_statement_done (stmt);
  return luo_connection_exec (conn, "DELETE FROM meta WHERE name GLOB 'joined-*'", error);
}

/* What comes while a transaction runs goes into it; one of them that fails takes nothing of the others with it. */
static void
test_joined (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Joined joined = { 0 };

  /* A transaction that the machine has left lying for long takes nothing more, so it may need another turn. */
  for (guint turn = 0; joined.commits != 1; turn++)
    {
      g_assert_cmpuint (turn, <, 100);
      joined = (Joined){ 0 };
      g_assert_true (luo_store_write (fixture->store, join_first_func, &joined, &error));
      g_assert_no_error (error);
      g_assert_true (luo_store_write (fixture->store, join_look_func, NULL, &error));
      g_assert_no_error (error);
      g_assert_true (joined.failed);
    }
}

static void
run_sql (const char *folder, const char *sql)
{
  g_autofree char *path = g_build_filename (folder, "luoshi.db", NULL);
  sqlite3 *db = NULL;
  char *text = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  if (sqlite3_exec (db, sql, NULL, NULL, &text) != SQLITE_OK)
    g_error ("%s: %s", sql, text);
  sqlite3_close (db);
}

/* The check finds each kind of damage. */
static void
test_check_finds (void)
{
  static const char *const damages[] = {
    "UPDATE revisions SET flags = flags & ~1 WHERE generation = 2",
    "UPDATE revisions SET parent = 'x' WHERE suffix = 'a' AND generation = 2",
    "DELETE FROM revisions WHERE generation = 2 AND suffix = 'b'",
    "UPDATE revisions SET flags = flags & ~8 WHERE generation = 1",
    "UPDATE revisions SET body = NULL WHERE body IS NOT NULL",
    "UPDATE documents SET rev = '2-a'",
    "UPDATE documents SET conflicts = 0",
    "UPDATE documents SET pending = 1",
    "UPDATE documents SET deleted = 1",
    "UPDATE documents SET body = '{'",
    "UPDATE spaces SET documents = 7",
    "UPDATE spaces SET size = size + 1",
    "INSERT INTO revisions (doc, generation, suffix, flags) VALUES (99, 1, 'x', 1)",
    "DELETE FROM documents",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      StoreFixture fixture = { NULL };
      g_autoptr (GPtrArray) problems = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("Vector %s", damages[i]);
      store_fixture_set_up (&fixture, GUINT_TO_POINTER (LUO_STORE_DEFAULT));
      insert (fixture.store, "city", "visit:1", "2-a 1-a", FALSE, "{\"type\":\"visit\",\"n\":1}",
              LUO_INSERT_HELD);
      insert (fixture.store, "city", "visit:1", "2-b 1-a", FALSE, "{\"type\":\"visit\",\"n\":2}",
              LUO_INSERT_HELD);
      assert_sound (fixture.store);
      luo_store_close (fixture.store);
      g_clear_object (&fixture.store);
      run_sql (fixture.folder, damages[i]);

      fixture.store = luo_store_open (fixture.folder, LUO_STORE_DEFAULT, &error);
      g_assert_no_error (error);
      g_assert_true (luo_store_check (fixture.store, &problems, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (problems->len, >, 0);
      store_fixture_tear_down (&fixture, NULL);
    }
}

/* A page that was overwritten on the disk is found by the check, or before; never taken for data. */
static void
test_check_page (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "luoshi.db", NULL);
  g_autofree char *junk = g_strnfill (3 * 4096, 'j');
  g_autofree char *filler = g_strnfill (3000, 'x');
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  int fd;

  for (int i = 0; i < 50; i++)
    {
      g_autofree char *id = g_strdup_printf ("a-%d", i);
      g_autofree char *body = g_strdup_printf ("{\"type\":\"visit\",\"x\":\"%s\"}", filler);

      insert (fixture->store, "city", id, "1-a", FALSE, body, LUO_INSERT_HELD);
    }
  luo_store_close (fixture->store);
  g_clear_object (&fixture->store);

  fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  size = (gsize)lseek (fd, 0, SEEK_END);
  g_assert_cmpint (pwrite (fd, junk, 3 * 4096, (off_t)(size / 4096 / 2 * 4096)), ==, 3 * 4096);
  close (fd);

  fixture->store = luo_store_open (fixture->folder, LUO_STORE_DEFAULT, &error);
  if (fixture->store == NULL)
    {
      g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_DAMAGED);
      return;
    }
  g_assert_true (luo_store_check (fixture->store, &problems, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, >, 0);
}

/* Projections and search index made anew from the bodies are as they were. */
static void
test_rebuild (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  insert (fixture->store, "city", "visit:1", "1-a", FALSE, "{\"type\":\"visit\",\"on\":\"2020-08-01\"}",
          LUO_INSERT_HELD);
  g_assert_true (luo_store_rebuild (fixture->store, &error));
  g_assert_no_error (error);
  assert_sound (fixture->store);
}

int
main (int argc, char *argv[])
{
  program = argv[0];
  if (argc == 3 && strcmp (argv[1], "--write-for-ever") == 0)
    return write_for_ever (argv[2]);
  if (argc == 3 && strcmp (argv[1], "--write-hundred") == 0)
    return write_hundred (argv[2]);

  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                                      \
  g_test_add (path, StoreFixture, GUINT_TO_POINTER (LUO_STORE_DEFAULT), store_fixture_set_up, func,          \
              store_fixture_tear_down)

  g_test_add_func ("/store/durability/kill", test_kill);
  ADD ("/store/durability/two-processes", test_two_processes);
  ADD ("/store/durability/threads", test_threads);
  ADD ("/store/durability/full", test_full);
  ADD ("/store/durability/save-first", test_save_first);
  ADD ("/store/durability/joined", test_joined);
  g_test_add_func ("/store/check/finds", test_check_finds);
  ADD ("/store/check/page", test_check_page);
  ADD ("/store/rebuild", test_rebuild);

  return g_test_run ();
}
