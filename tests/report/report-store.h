/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>

#include "luo-query.h"
#include "luo-store.h"
#include "luo-test-finalize.h"

/* A replica in a folder of its own. */
typedef struct
{
  char *folder;
  LuoStore *store;
} Fixture;

static inline void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

static inline void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("luoshi-report-XXXXXX", &error);
  g_assert_no_error (error);
  self->store = luo_store_open (self->folder, LUO_STORE_DEFAULT, &error);
  g_assert_no_error (error);
}

static inline void
tear_down (Fixture *self, gconstpointer data)
{
  luo_store_close (self->store);
  luo_test_finalize (self->store);
  remove_tree (self->folder);
  g_free (self->folder);
}

static inline LuoDocument *
get (Fixture *self, const char *id)
{
  g_autoptr (GError) error = NULL;
  LuoDocument *document = luo_store_get (self->store, "city", id, NULL, &error);

  g_assert_no_error (error);
  return document;
}

static inline gint64
count (Fixture *self, const char *type)
{
  g_autoptr (LuoQuery) query = luo_query_new (type);
  g_autoptr (GError) error = NULL;
  gint64 n = luo_store_count (self->store, query, &error);

  g_assert_no_error (error);
  return n;
}
