/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hub-sync-fixture.h"

#include <string.h>

#include "luo-store-sync.h"

void
hub_sync_set_up (HubSyncFixture *f, gconstpointer unused)
{
  LuoTestReplica *replicas[2];

  f->hub = luo_test_hub_new ("city");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      replicas[i] = luo_test_replica_new ();
      luo_test_replica_connect (replicas[i], f->hub->url, LUO_TEST_USER, LUO_TEST_PASSWORD, &error);
      g_assert_no_error (error);
    }
  f->a = replicas[0];
  f->b = replicas[1];
}

void
hub_sync_tear_down (HubSyncFixture *f, gconstpointer unused)
{
  luo_test_replica_free (f->a);
  luo_test_replica_free (f->b);
  luo_test_hub_free (f->hub);
}

LuoSpaceStatus *
hub_sync_status_of (LuoSyncStatus *status, const char *space)
{
  for (guint i = 0; i < status->spaces->len; i++)
    if (strcmp (((LuoSpaceStatus *)status->spaces->pdata[i])->space, space) == 0)
      return status->spaces->pdata[i];
  return NULL;
}

void
hub_sync_both (HubSyncFixture *f)
{
  luo_test_replica_sync (f->a);
  luo_test_replica_sync (f->b);
  luo_test_replica_sync (f->a);
  luo_test_replica_sync (f->b);
}

guint
hub_sync_count_conflicts (LuoTestReplica *replica)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) conflicts = luo_store_list_conflicts (replica->store, "city", 100, &error);

  g_assert_no_error (error);
  return conflicts->len;
}

void
hub_sync_put_many (LuoTestReplica *replica, guint n)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree LuoPut *puts = g_new0 (LuoPut, n);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (texts, g_strdup_printf ("note:%05u", i));
      puts[i].id = texts->pdata[texts->len - 1];
      g_ptr_array_add (texts, g_strdup_printf ("{\"type\":\"note\",\"n\":%u}", i));
      puts[i].body = texts->pdata[texts->len - 1];
      puts[i].space = "city";
      puts[i].flags = LUO_PUT_COLLAPSE;
    }
  luo_store_put_all (replica->store, puts, n, NULL, &error);
  g_assert_no_error (error);
}
