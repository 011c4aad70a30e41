/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-test-hub.h"

#include "luo-test-replica.h"

LuoTestHub *
luo_test_hub_new (const char *space)
{
  static const char *const roles[] = { "_admin", NULL };
  LuoTestHub *self = g_new0 (LuoTestHub, 1);
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("luoshi-hub-XXXXXX", &error);
  g_assert_no_error (error);
  self->hub = luo_hub_new (self->folder, &error);
  g_assert_no_error (error);
  luo_hub_set_user (self->hub, LUO_TEST_USER, LUO_TEST_PASSWORD, roles, &error);
  g_assert_no_error (error);
  if (space != NULL)
    luo_test_hub_create_space (self, space);
  luo_test_hub_start (self);
  return self;
}

void
luo_test_hub_free (LuoTestHub *self)
{
  luo_hub_stop (self->hub);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->hub);
  luo_test_remove_folder (self->folder);
  if (self->backup != NULL)
    luo_test_remove_folder (self->backup);
  g_free (self->folder);
  g_free (self->backup);
  g_free (self->url);
  g_free (self);
}

void
luo_test_hub_stop (LuoTestHub *self)
{
  luo_hub_stop (self->hub);
}

void
luo_test_hub_start (LuoTestHub *self)
{
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", self->port);
  g_autoptr (GError) error = NULL;

  luo_hub_start (self->hub, listen, &error);
  g_assert_no_error (error);
  self->port = luo_hub_get_port (self->hub);
  g_free (self->url);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);
}

static void
copy_folder (const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (from, 0, &error);
  const char *name;

  g_assert_no_error (error);
  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        {
          copy_folder (source, target);
          continue;
        }
      g_file_get_contents (source, &bytes, &length, &error);
      g_assert_no_error (error);
      g_file_set_contents (target, bytes, (gssize)length, &error);
      g_assert_no_error (error);
    }
}

/* Copies a folder while the hub is down. */
static void
copy_data (LuoTestHub *self, const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;

  luo_hub_stop (self->hub);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->hub);
  luo_test_remove_folder (to);
  copy_folder (from, to);
  self->hub = luo_hub_new (self->folder, &error);
  g_assert_no_error (error);
  luo_test_hub_start (self);
}

void
luo_test_hub_back_up (LuoTestHub *self)
{
  if (self->backup == NULL)
    self->backup = g_strconcat (self->folder, "-backup", NULL);
  copy_data (self, self->folder, self->backup);
}

void
luo_test_hub_restore (LuoTestHub *self)
{
  g_assert_nonnull (self->backup);
  copy_data (self, self->backup, self->folder);
}

void
luo_test_hub_create_space (LuoTestHub *self, const char *space)
{
  g_autofree char *database = g_strconcat ("luoshi-", space, NULL);
  g_autoptr (GError) error = NULL;

  luo_store_create_space (luo_hub_get_store (self->hub), database, &error);
  g_assert_no_error (error);
}

void
luo_test_hub_remake_space (LuoTestHub *self, const char *space)
{
  g_autofree char *database = g_strconcat ("luoshi-", space, NULL);
  g_autoptr (GError) error = NULL;

  luo_store_delete_space (luo_hub_get_store (self->hub), database, &error);
  g_assert_no_error (error);
  luo_test_hub_create_space (self, space);
}
