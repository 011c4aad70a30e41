/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-users-private.h"

#include <glib/gstdio.h>

/* So often a password changes while others look the user up. */
#define N_CHANGES 1000

typedef struct
{
  char *folder;
  LuoStore *store;
  LuoHubUsers *users;
  gint ending; /* atomic */
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("luoshi-users-XXXXXX", &error);
  g_assert_no_error (error);
  f->store = luo_store_open (f->folder, LUO_STORE_HUB, &error);
  g_assert_no_error (error);
  f->users = luo_hub_users_new (f->store, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  luo_hub_users_free (f->users);
  luo_store_close (f->store);
  g_clear_object (&f->store);
  dir = g_dir_open (f->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
}

static gpointer
look_up (gpointer user_data)
{
  Fixture *f = user_data;

  while (!g_atomic_int_get (&f->ending))
    {
      g_autoptr (LuoHubUser) user = NULL;

      /* As others' changes do, so that each look-up reads. */
      luo_hub_users_forget (f->users);
      user = luo_hub_users_lookup (f->users, "li");
      g_assert_true (user == NULL || g_str_has_prefix (user->derived_key, "$argon2id$"));
    }
  return NULL;
}

/* Once a change has been told, nobody is given what was there before, however many were reading it at that moment. */
static void
test_change_while_read (Fixture *f, gconstpointer unused)
{
  GThread *threads[2];
  g_autofree char *rev = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("look-up", look_up, f);
  for (guint i = 0; i < N_CHANGES; i++)
    {
      g_autofree char *key = g_strdup_printf ("$argon2id$%u", i);
      g_autofree char *body = g_strdup_printf ("{\"name\":\"li\",\"type\":\"user\",\"roles\":[],"
                                               "\"password_scheme\":\"argon2id\",\"derived_key\":\"%s\"}",
                                               key);
      g_autoptr (LuoHubUser) user = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *parent = g_steal_pointer (&rev);

      luo_store_put (f->store, LUO_HUB_USERS_SPACE, LUO_HUB_USER_PREFIX "li", parent, body, NULL, FALSE,
                     LUO_PUT_DEFAULT, &rev, &error);
      g_assert_no_error (error);
      luo_hub_users_forget (f->users);
      g_thread_yield ();
      user = luo_hub_users_lookup (f->users, "li");
      g_assert_cmpstr (user->derived_key, ==, key);
    }
  g_atomic_int_set (&f->ending, 1);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/hub/users/change-while-read", Fixture, NULL, set_up, test_change_while_read, tear_down);
  return g_test_run ();
}
