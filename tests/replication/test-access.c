/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hub-sync-fixture.h"

#include <string.h>

#include "luo-attachment.h"
#include "luo-checkpoint-private.h"
#include "luo-replication-error.h"
#include "luo-store-sync.h"

#define OFFICER "officer"

/* What happens to a replica whose user loses a district, or is given one. A is the officer's, B the administrator's. */

static void
let_officer (HubSyncFixture *f, const char *role, const char *second)
{
  const char *const roles[] = { role, second, NULL };
  g_autoptr (GError) error = NULL;

  luo_hub_set_user (f->hub->hub, OFFICER, LUO_TEST_PASSWORD, roles, &error);
  g_assert_no_error (error);
}

static void
set_up (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) photo = g_bytes_new_static ("photo", 5);
  g_autoptr (GError) error = NULL;

  hub_sync_set_up (f, NULL);
  luo_test_hub_create_space (f->hub, "huanggu");
  luo_store_create_space (f->b->store, "huanggu", &error);
  g_assert_no_error (error);
  g_free (luo_test_replica_put (f->b, "city", "note:1", "{\"type\":\"note\"}"));
  g_free (luo_test_replica_put (f->b, "huanggu", "note:2", "{\"type\":\"note\"}"));
  luo_test_replica_attach (f->b, "huanggu", "note:2", "photo.jpg", "image/jpeg", photo);
  luo_test_replica_sync (f->b);

  let_officer (f, "city", "huanggu");
  luo_test_replica_connect (f->a, f->hub->url, OFFICER, LUO_TEST_PASSWORD, &error);
  g_assert_no_error (error);
}

static void
keep_huanggu (LuoTestReplica *replica)
{
  g_autoptr (GError) error = NULL;

  luo_store_create_space (replica->store, "huanggu", &error);
  g_assert_no_error (error);
}

static void
assert_sound (LuoTestReplica *replica)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (luo_store_check (replica->store, &problems, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 0);
}

static LuoSpace *
space_of (LuoTestReplica *replica)
{
  g_autoptr (GError) error = NULL;
  LuoSpace *space = luo_store_get_space (replica->store, "huanggu", &error);

  g_assert_no_error (error);
  return space;
}

/* The copies of a lost district go, with its photo; the other space stays; nothing is deleted on the server. */
static void
test_lost (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (LuoSyncStatus) status = NULL;
  g_autoptr (LuoSpace) space = NULL;
  g_autofree char *other = NULL;
  g_autofree char *there = NULL;
  LuoSpaceStatus *lost;

  keep_huanggu (f->a);
  luo_test_replica_sync (f->a);
  let_officer (f, "city", NULL);
  luo_test_replica_sync (f->a);

  space = space_of (f->a);
  g_assert_cmpint (space->documents, ==, 0);
  other = luo_test_replica_body (f->a, "city", "note:1");
  g_assert_nonnull (other);
  status = luo_replicator_get_status (f->a->replicator);
  lost = hub_sync_status_of (status, "huanggu");
  g_assert_cmpint (lost->state, ==, LUO_SYNC_SETTLED);
  g_assert_nonnull (lost->message);
  assert_sound (f->a);
  luo_test_replica_sync (f->b);
  there = luo_test_replica_body (f->b, "huanggu", "note:2");
  g_assert_nonnull (there);
}

/* What was never sent stays and is said; with the right it comes back, all goes on from there. */
static void
test_lost_with_unsent (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoSyncStatus) status = NULL;
  g_autoptr (LuoSpace) space = NULL;
  g_autoptr (LuoSpace) again = NULL;
  g_autofree char *kept = NULL;
  LuoSpaceStatus *lost;

  keep_huanggu (f->a);
  luo_test_replica_sync (f->a);
  g_free (luo_test_replica_put (f->a, "huanggu", "note:3", "{\"type\":\"note\",\"mine\":true}"));
  let_officer (f, "city", NULL);
  g_assert_false (luo_test_replica_try_sync (f->a, NULL, &error));
  g_assert_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_FORBIDDEN);

  space = space_of (f->a);
  g_assert_cmpint (space->documents, ==, 1);
  g_assert_cmpint (space->pending, ==, 1);
  kept = luo_test_replica_body (f->a, "huanggu", "note:3");
  g_assert_nonnull (kept);
  status = luo_replicator_get_status (f->a->replicator);
  lost = hub_sync_status_of (status, "huanggu");
  g_assert_cmpint (lost->state, ==, LUO_SYNC_STUCK);
  g_assert_nonnull (strchr (lost->message, '1'));
  assert_sound (f->a);

  let_officer (f, "city", "huanggu");
  hub_sync_both (f);
  luo_test_replicas_assert_equal (f->a, f->b, "huanggu");
  again = space_of (f->a);
  g_assert_cmpint (again->documents, ==, 2);
  g_assert_cmpint (again->pending, ==, 0);
  assert_sound (f->a);
}

/* A wrong password, or a server that lost the database, is no loss of rights: every copy stays. */
static void
test_not_lost (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoSpace) space = NULL;

  keep_huanggu (f->a);
  luo_test_replica_sync (f->a);
  luo_hub_remove_user (f->hub->hub, OFFICER, &error);
  g_assert_no_error (error);
  g_assert_false (luo_test_replica_try_sync (f->a, NULL, &error));
  g_clear_error (&error);
  let_officer (f, "city", "huanggu");
  luo_store_delete_space (luo_hub_get_store (f->hub->hub), "luoshi-huanggu", &error);
  g_assert_no_error (error);
  g_assert_false (luo_test_replica_try_sync (f->a, NULL, &error));
  g_assert_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_NOT_FOUND);
  space = space_of (f->a);
  g_assert_cmpint (space->documents, ==, 1);
}

static gboolean
has_huanggu (gpointer user_data)
{
  LuoTestReplica *replica = user_data;
  g_autofree char *body = luo_test_replica_body (replica, "huanggu", "note:2");

  return body != NULL;
}

/* The first log after the right has come back never reached the server, which still has that of before: what it says came here went. */
static void
test_again_interrupted (HubSyncFixture *f, gconstpointer unused)
{
  LuoStore *there = luo_hub_get_store (f->hub->hub);
  g_autofree char *endpoint = g_strdup_printf ("127.0.0.1:%u", f->hub->port);
  g_autofree char *id
      = luo_checkpoint_id (luo_store_get_uuid (f->a->store), endpoint, "huanggu", LUO_DIRECTION_PULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *seq = NULL;
  g_autoptr (GError) error = NULL;

  keep_huanggu (f->a);
  luo_test_replica_sync (f->a);
  before = luo_store_get_local (there, "luoshi-huanggu", id, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (before);

  let_officer (f, "city", NULL);
  luo_test_replica_sync (f->a);
  let_officer (f, "city", "huanggu");
  luo_test_replica_sync (f->a);
  after = luo_store_get_local (f->a->store, "huanggu", id, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (after);

  seq = luo_checkpoint_compare (before, after, NULL);
  g_assert_cmpstr (seq, ==, "0");
}

/* Who wants all that may be read gets a district that is granted while the replicator is live, without a restart. */
static void
test_gained (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  let_officer (f, "city", NULL);
  luo_store_set_meta (f->a->store, LUO_META_SPACES, LUO_META_SPACES_ALL, &error);
  g_assert_no_error (error);
  luo_test_replica_sync (f->a);
  luo_replicator_start (f->a->replicator);
  let_officer (f, "city", "huanggu");
  luo_replicator_nudge (f->a->replicator);
  luo_test_wait (has_huanggu, f->a);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func)                                                                                     \
  g_test_add ("/replication/access/" path, HubSyncFixture, NULL, set_up, func, hub_sync_tear_down)
  TEST ("lost/copies-go", test_lost);
  TEST ("lost/unsent-work-stays", test_lost_with_unsent);
  TEST ("lost/only-when-the-server-says-so", test_not_lost);
  TEST ("again/interrupted", test_again_interrupted);
  TEST ("gained/comes-by-itself", test_gained);
#undef TEST
  return g_test_run ();
}
