/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-replication-error.h"
#include "luo-store-sync.h"
#include "luo-test-hub.h"
#include "luo-test-replica.h"

/* Two replicas and a hub in one process. */

typedef struct
{
  LuoTestHub *hub;
  LuoTestReplica *a, *b;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
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

static void
tear_down (Fixture *f, gconstpointer unused)
{
  luo_test_replica_free (f->a);
  luo_test_replica_free (f->b);
  luo_test_hub_free (f->hub);
}

static LuoSpaceStatus *
status_of (LuoSyncStatus *status, const char *space)
{
  for (guint i = 0; i < status->spaces->len; i++)
    if (strcmp (((LuoSpaceStatus *)status->spaces->pdata[i])->space, space) == 0)
      return status->spaces->pdata[i];
  return NULL;
}

#define TASK                                                                                                            \
  "{\"type\":\"task\",\"year\":2020,\"number\":73,\"title\":\"农村互助养老试点\",\"lead\":\"养老服务处\"," \
  "\"state\":\"open\","                                                                                                 \
  "\"created_at\":\"2020-08-01T00:00:00Z\",\"created_by\":\"li\",\"updated_at\":\"2020-08-01T00:00:00Z\","              \
  "\"updated_by\":\"li\"}"

/* What one saves the other has after both have reconciled. */
static void
test_different_records (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("note:a%02u", i);
      g_autofree char *body = g_strdup_printf ("{\"type\":\"note\",\"n\":%u}", i);

      g_free (luo_test_replica_put (f->a, "city", id, body));
    }
  g_free (luo_test_replica_put (f->b, "city", "task:2020:73", TASK));
  luo_test_replica_sync (f->a);
  luo_test_replica_sync (f->b);
  luo_test_replica_sync (f->a);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  {
    g_autofree char *body = luo_test_replica_body (f->a, "city", "task:2020:73");

    g_assert_cmpstr (body, ==, TASK);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  TEST ("/replication/hub/different-records", test_different_records);
#undef TEST
  (void)status_of;
  return g_test_run ();
}
