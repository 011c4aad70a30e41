/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hub-sync-fixture.h"

#include <string.h>

#include "luo-checkpoint-private.h"
#include "luo-json-text.h"
#include "luo-store-sync.h"

/* A server that is not any more what it was: its database made anew, or set up again from a backup. Two replicas and a hub in one
 * process. */

/* The database was deleted and made again: all that the replicas have goes up again, though it was marked as held. */
static void
test_remade (HubSyncFixture *f, gconstpointer unused)
{
  hub_sync_put_many (f->a, 50);
  hub_sync_both (f);
  luo_test_hub_remake_space (f->hub, "city");
  g_free (luo_test_replica_put (f->b, "city", "note:new", "{\"type\":\"note\"}"));
  hub_sync_both (f);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (LuoSpace) space = luo_store_get_space (luo_hub_get_store (f->hub->hub), "luoshi-city", &error);

    g_assert_no_error (error);
    g_assert_cmpint (space->documents, ==, 51);
  }
}

/* What is edited after the database was made anew stands on what was there before, which the other replica has too. */
static void
test_remade_edit_follows (HubSyncFixture *f, gconstpointer unused)
{
  g_free (luo_test_replica_put (f->a, "city", "note:1", "{\"type\":\"note\",\"n\":1}"));
  hub_sync_both (f);
  luo_test_hub_remake_space (f->hub, "city");
  luo_test_replica_sync (f->b);
  /* A learns of it while its own edit is not sent. */
  luo_test_hub_remake_space (f->hub, "city");
  {
    g_autoptr (GError) error = NULL;

    luo_store_forget_marks (f->a->store, "city", 0, &error);
    g_assert_no_error (error);
  }
  luo_test_replica_set (f->a, "city", "note:1", "/n", "2");
  hub_sync_both (f);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  g_assert_cmpuint (hub_sync_count_conflicts (f->a), ==, 0);
  {
    g_autofree char *body = luo_test_replica_body (f->b, "city", "note:1");

    g_assert_cmpstr (body, ==, "{\"type\":\"note\",\"n\":2}");
  }
}

/* Whether the hub holds the winner that a replica has. */
static gboolean
hub_has (LuoTestHub *hub, LuoTestReplica *replica, const char *id)
{
  g_autoptr (LuoDocument) there = luo_store_get (luo_hub_get_store (hub->hub), "luoshi-city", id, NULL, NULL);
  g_autoptr (LuoDocument) here = luo_store_get (replica->store, "city", id, NULL, NULL);

  g_assert_nonnull (here);
  return there != NULL && strcmp (luo_document_get_rev (there), luo_document_get_rev (here)) == 0;
}

/* The server was set up again from a backup that is older than what the replicas have sent: all of it goes up again, from whoever has
 * it, and what came to the server since is found. */
static void
restore_backup (HubSyncFixture *f, guint later)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoSpace) space = NULL;

  hub_sync_put_many (f->a, 50);
  hub_sync_both (f);
  luo_test_hub_back_up (f->hub);
  for (guint i = 0; i < later; i++)
    {
      g_autofree char *id = g_strdup_printf ("note:later%u", i);

      g_free (luo_test_replica_put (f->a, "city", id, "{\"type\":\"note\"}"));
    }
  luo_test_replica_set (f->a, "city", "note:00001", "/n", "-1");
  hub_sync_both (f);
  luo_test_replica_set (f->b, "city", "note:00002", "/n", "-2");
  hub_sync_both (f);

  luo_test_hub_restore (f->hub);
  g_assert_false (hub_has (f->hub, f->a, "note:later0"));
  g_free (luo_test_replica_put (f->b, "city", "note:since", "{\"type\":\"note\"}"));
  hub_sync_both (f);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  g_assert_cmpuint (hub_sync_count_conflicts (f->a), ==, 0);
  g_assert_true (hub_has (f->hub, f->a, "note:00001"));
  g_assert_true (hub_has (f->hub, f->a, "note:00002"));
  g_assert_true (hub_has (f->hub, f->a, "note:later0"));
  space = luo_store_get_space (luo_hub_get_store (f->hub->hub), "luoshi-city", &error);
  g_assert_no_error (error);
  g_assert_cmpint (space->documents, ==, 50 + later + 1);

  /* And then it is at rest: nothing is doubted for ever. */
  luo_test_replica_sync (f->a);
  {
    g_autoptr (LuoSyncStatus) status = luo_replicator_get_status (f->a->replicator);

    g_assert_cmpint (status->pending, ==, 0);
    g_assert_cmpuint (hub_sync_status_of (status, "city")->pushed, ==, 0);
  }
}

static void
test_restored_backup (HubSyncFixture *f, gconstpointer unused)
{
  restore_backup (f, 3);
}

/* More than the list of what is pending names: the changes are gone through, from before the checkpoint. */
static void
test_restored_backup_many (HubSyncFixture *f, gconstpointer unused)
{
  restore_backup (f, 700);
}

/* The only replica that still has a record is one that received it. */
static void
test_restored_backup_receiver (HubSyncFixture *f, gconstpointer unused)
{
  g_free (luo_test_replica_put (f->b, "city", "note:0", "{\"type\":\"note\"}"));
  hub_sync_both (f);
  luo_test_hub_back_up (f->hub);
  g_free (luo_test_replica_put (f->a, "city", "note:1", "{\"type\":\"note\"}"));
  hub_sync_both (f);
  luo_test_hub_restore (f->hub);
  luo_test_replica_sync (f->b);
  g_assert_true (hub_has (f->hub, f->b, "note:1"));
}

/* Live */

typedef struct
{
  LuoTestHub *hub;
  LuoTestReplica *replica;
  const char *id;
} AwaitedThere;

static gboolean
is_there (gpointer user_data)
{
  const AwaitedThere *awaited = user_data;

  return hub_has (awaited->hub, awaited->replica, awaited->id);
}

/* Live, the server comes back as it was before the last edit: the edit goes up again by itself, and so does an edit whose
 * checkpoint had not been written yet. */
static void
test_live_restored_backup (HubSyncFixture *f, gconstpointer unused)
{
  AwaitedThere first = { f->hub, f->a, "note:1" };
  AwaitedThere second = { f->hub, f->a, "note:2" };

  luo_replicator_start (f->a->replicator);
  g_free (luo_test_replica_put (f->a, "city", "note:1", "{\"type\":\"note\"}"));
  luo_test_wait (is_there, &first);
  luo_test_hub_back_up (f->hub);
  g_free (luo_test_replica_put (f->a, "city", "note:2", "{\"type\":\"note\"}"));
  luo_test_wait (is_there, &second);
  luo_test_hub_restore (f->hub);
  luo_replicator_nudge (f->a->replicator);
  luo_test_wait (is_there, &second);
  g_assert_true (is_there (&first));
}

static gboolean
log_is_written (gpointer user_data)
{
  HubSyncFixture *f = user_data;
  g_autofree char *endpoint = g_strdup_printf ("127.0.0.1:%u", f->hub->port);
  g_autofree char *id
      = luo_checkpoint_id (luo_store_get_uuid (f->a->store), endpoint, "city", LUO_DIRECTION_PUSH);
  g_autofree char *there
      = luo_store_get_local (luo_hub_get_store (f->hub->hub), "luoshi-city", id, NULL, NULL);
  g_autofree char *here = luo_store_get_local (f->a->store, "city", id, NULL, NULL);
  g_autoptr (LuoSpace) space = luo_store_get_space (f->a->store, "city", NULL);
  g_autofree char *seq = there != NULL ? luo_json_at (there, "/source_last_seq") : NULL;
  g_autofree char *own = here != NULL ? luo_json_at (here, "/source_last_seq") : NULL;
  g_autofree char *wanted = g_strdup_printf ("%" G_GINT64_FORMAT, space->seq);

  return g_strcmp0 (seq, wanted) == 0 && g_strcmp0 (own, wanted) == 0;
}

/* When live work rests, both sides' logs say how far it has come: what was sent one edit at a time is known as sent. */
static void
test_live_checkpoint_at_rest (HubSyncFixture *f, gconstpointer unused)
{
  AwaitedThere first = { f->hub, f->a, "note:1" };
  AwaitedThere second = { f->hub, f->a, "note:2" };

  luo_replicator_start (f->a->replicator);
  g_free (luo_test_replica_put (f->a, "city", "note:1", "{\"type\":\"note\"}"));
  luo_test_wait (is_there, &first);
  g_free (luo_test_replica_put (f->a, "city", "note:2", "{\"type\":\"note\"}"));
  luo_test_wait (is_there, &second);
  luo_test_wait (log_is_written, f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func)                                                                                     \
  g_test_add ("/replication/lost-server/" path, HubSyncFixture, NULL, hub_sync_set_up, func,                 \
              hub_sync_tear_down)
  TEST ("remade", test_remade);
  TEST ("remade-edit-follows", test_remade_edit_follows);
  TEST ("restored-backup", test_restored_backup);
  TEST ("restored-backup-many", test_restored_backup_many);
  TEST ("restored-backup-receiver", test_restored_backup_receiver);
  TEST ("live/restored-backup", test_live_restored_backup);
  TEST ("live/checkpoint-at-rest", test_live_checkpoint_at_rest);
#undef TEST
  return g_test_run ();
}
