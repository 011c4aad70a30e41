/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-test-finalize.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("luoshi-store-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_folder (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

void
store_fixture_set_up (StoreFixture *fixture, gconstpointer flags)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = make_folder ();
  fixture->store = luo_store_open (fixture->folder, (LuoStoreFlags)GPOINTER_TO_UINT (flags), &error);
  g_assert_no_error (error);
  g_assert_nonnull (fixture->store);
}

void
store_fixture_tear_down (StoreFixture *fixture, gconstpointer flags)
{
  if (fixture->store != NULL)
    luo_test_finalize (fixture->store);
  remove_folder (fixture->folder);
  g_free (fixture->folder);
}

void
store_fixture_reopen (StoreFixture *fixture, LuoStoreFlags flags)
{
  g_autoptr (GError) error = NULL;

  luo_store_close (fixture->store);
  luo_test_finalize (g_steal_pointer (&fixture->store));
  fixture->store = luo_store_open (fixture->folder, flags, &error);
  g_assert_no_error (error);
}

void
assert_sound (LuoStore *store)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;

  luo_store_check (store, &problems, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    g_test_message ("Problem: %s", (const char *)problems->pdata[i]);
  g_assert_cmpuint (problems->len, ==, 0);
}

char *
put (LuoStore *store, const char *id, const char *parent, const char *body, LuoPutFlags flags)
{
  g_autoptr (GError) error = NULL;
  char *rev = NULL;

  luo_store_put (store, "city", id, parent, body, NULL, FALSE, flags, &rev, &error);
  g_assert_no_error (error);
  g_assert_nonnull (rev);
  return rev;
}

LuoIncoming *
make_incoming (const char *id, const char *history, gboolean deleted, const char *body)
{
  LuoIncoming *incoming = g_new0 (LuoIncoming, 1);
  g_autofree char *type = luo_json_at (body, "/type");

  incoming->id = g_strdup (id);
  incoming->history = g_strsplit (history, " ", -1);
  incoming->deleted = deleted;
  incoming->body = g_strdup (body);
  incoming->record_type = type != NULL ? luo_json_decode_string (type, strlen (type)) : NULL;
  return incoming;
}

void
insert (LuoStore *store, const char *space, const char *id, const char *history, gboolean deleted,
        const char *body, LuoInsertFlags flags)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  g_autoptr (GError) error = NULL;
  LuoInsertResult *results = NULL;

  g_ptr_array_add (documents, make_incoming (id, history, deleted, body));
  luo_store_insert (store, space, documents, flags, &results, &error);
  g_assert_no_error (error);
  g_assert_no_error (results[0].error);
  luo_insert_results_free (results, 1);
}

char *
describe_tree (LuoStore *store, const char *space, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) nodes = luo_store_get_tree (store, space, id, &error);
  GString *out = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < nodes->len; i++)
    {
      const LuoTreeNode *node = nodes->pdata[i];

      g_string_append_printf (out, "%s(%s)%s%s ", node->rev, node->parent != NULL ? node->parent : "",
                              (node->flags & LUO_REV_LEAF) != 0 ? " leaf" : "",
                              (node->flags & LUO_REV_DELETED) != 0 ? " deleted" : "");
    }
  return g_string_free (out, FALSE);
}
