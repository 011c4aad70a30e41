/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is on the disk when the power goes: this program stands between SQLite and fdatasync(), remembers how much of the log had been
 * made durable, and opens a copy that holds just that. */

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "store-fixture.h"

#define DOCUMENTS 50

static gint64 durable; /* bytes of the log, (lock) */
static GMutex lock;

int
fdatasync (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *path = g_file_read_link (link, NULL);
  struct stat info;

  if (path != NULL && g_str_has_suffix (path, "-wal") && fstat (fd, &info) == 0)
    {
      g_mutex_lock (&lock);
      durable = info.st_size;
      g_mutex_unlock (&lock);
    }
  return (int)syscall (SYS_fdatasync, fd);
}

static void
copy_file (const char *from, const char *to, const char *name, gint64 length)
{
  g_autofree char *source = g_build_filename (from, name, NULL);
  g_autofree char *target = g_build_filename (to, name, NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (source, &bytes, &size, &error);
  g_assert_no_error (error);
  if (length >= 0)
    g_assert_cmpint (length, <=, (gint64)size);
  g_file_set_contents (target, bytes, length >= 0 ? (gssize)length : (gssize)size, &error);
  g_assert_no_error (error);
}

/* Counts the documents that a power cut now would leave, and whether it would leave the log of a checkpoint. */
static gint64
count_after_power_cut (StoreFixture *fixture, gboolean *checkpoint)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoStore) store = NULL;
  g_autoptr (LuoSpace) space = NULL;
  g_autofree char *log = NULL;

  copy_file (fixture->folder, folder, "luoshi.db", -1);
  g_mutex_lock (&lock);
  copy_file (fixture->folder, folder, "luoshi.db-wal", durable);
  g_mutex_unlock (&lock);
  store = luo_store_open (folder, LUO_STORE_MUST_EXIST, &error);
  g_assert_no_error (error);
  assert_sound (store);
  space = luo_store_get_space (store, "city", &error);
  g_assert_no_error (error);
  log = luo_store_get_local (store, "city", "checkpoint", NULL, &error);
  g_assert_no_error (error);
  *checkpoint = log != NULL;
  luo_store_close (store);
  remove_folder (folder);
  return space->documents;
}

static void
insert_many (StoreFixture *fixture, const char *prefix, LuoInsertFlags flags)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < DOCUMENTS; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s-%d", prefix, i);

      g_ptr_array_add (documents, make_incoming (id, "1-a", FALSE, "{\"type\":\"visit\"}"));
    }
  luo_store_insert (fixture->store, "city", documents, flags, NULL, &error);
  g_assert_no_error (error);
}

/* What a hub or anybody else confirms is on the disk at once. */
static void
test_confirmed (StoreFixture *fixture, gconstpointer data)
{
  gboolean checkpoint;

  g_free (put (fixture->store, "edit", NULL, "{}", LUO_PUT_DEFAULT));
  g_assert_cmpint (count_after_power_cut (fixture, &checkpoint), ==, 1);
  insert_many (fixture, "held", LUO_INSERT_HELD);
  g_assert_cmpint (count_after_power_cut (fixture, &checkpoint), ==, 1 + DOCUMENTS);
  /* Whatever was not waited for in between does not take an edit along. */
  insert_many (fixture, "pulled", LUO_INSERT_HELD | LUO_INSERT_REPEATABLE);
  g_free (put (fixture->store, "later", NULL, "{}", LUO_PUT_DEFAULT));
  g_assert_cmpint (count_after_power_cut (fixture, &checkpoint), ==, 2 + 2 * DOCUMENTS);
}

/* What can be had again is not waited for, but no checkpoint says that it is there before it is. */
static void
test_repeatable (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean checkpoint;

  g_free (put (fixture->store, "edit", NULL, "{}", LUO_PUT_DEFAULT));
  insert_many (fixture, "pulled", LUO_INSERT_HELD | LUO_INSERT_REPEATABLE);
  g_assert_cmpint (count_after_power_cut (fixture, &checkpoint), ==, 1);
  g_assert_false (checkpoint);

  luo_store_put_local (fixture->store, "city", "checkpoint", NULL, TRUE, "{\"seq\":1}", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_after_power_cut (fixture, &checkpoint), ==, 1 + DOCUMENTS);
  g_assert_true (checkpoint);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                                      \
  g_test_add (path, StoreFixture, GUINT_TO_POINTER (LUO_STORE_DEFAULT), store_fixture_set_up, func,          \
              store_fixture_tear_down)

  ADD ("/store/disk/confirmed", test_confirmed);
  ADD ("/store/disk/repeatable", test_repeatable);

  return g_test_run ();
}
