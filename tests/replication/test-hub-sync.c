/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hub-sync-fixture.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-replication-error.h"
#include "luo-store-sync.h"

/* Two replicas and a hub in one process. */

#define TASK                                                                                                            \
  "{\"type\":\"task\",\"year\":2020,\"number\":73,\"title\":\"农村互助养老试点\",\"lead\":\"养老服务处\"," \
  "\"state\":\"open\","                                                                                                 \
  "\"created_at\":\"2020-08-01T00:00:00Z\",\"created_by\":\"li\",\"updated_at\":\"2020-08-01T00:00:00Z\","              \
  "\"updated_by\":\"li\"}"

/* What one saves the other has after both have reconciled. */
static void
test_different_records (HubSyncFixture *f, gconstpointer unused)
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

/* Different members of one record: merged by itself, and the bodies are equal on both sides. */
static void
test_different_members (HubSyncFixture *f, gconstpointer unused)
{
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  g_free (luo_test_replica_put (f->a, "city", "task:2020:73", TASK));
  hub_sync_both (f);
  luo_test_replica_set (f->a, "city", "task:2020:73", "/lead", "\"规划财务处\"");
  luo_test_replica_set (f->b, "city", "task:2020:73", "/due", "\"2020-12-31\"");
  hub_sync_both (f);

  a = luo_test_replica_body (f->a, "city", "task:2020:73");
  b = luo_test_replica_body (f->b, "city", "task:2020:73");
  g_assert_cmpstr (a, ==, b);
  g_assert_nonnull (strstr (a, "规划财务处"));
  g_assert_nonnull (strstr (a, "2020-12-31"));
  g_assert_cmpuint (hub_sync_count_conflicts (f->a), ==, 0);
  g_assert_cmpuint (hub_sync_count_conflicts (f->b), ==, 0);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
}

/* The same, both merging at the same time before either has sent its merge: equal merges are equal revisions. */
static void
test_both_merge (HubSyncFixture *f, gconstpointer unused)
{
  g_autofree char *leaves = NULL;

  g_free (luo_test_replica_put (f->a, "city", "task:2020:73", TASK));
  hub_sync_both (f);
  luo_test_replica_set (f->a, "city", "task:2020:73", "/lead", "\"规划财务处\"");
  luo_test_replica_set (f->b, "city", "task:2020:73", "/due", "\"2020-12-31\"");
  /* Both live: each hears of the other's edit at about the same time. */
  luo_replicator_start (f->a->replicator);
  luo_replicator_start (f->b->replicator);
  luo_test_replica_sync (f->a);
  luo_test_replica_sync (f->b);
  luo_replicator_stop (f->a->replicator);
  luo_replicator_stop (f->b->replicator);
  hub_sync_both (f);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  leaves = luo_test_replica_leaves (f->a, "city", "task:2020:73");
  g_assert_null (strchr (leaves, ' '));
}

/* The same member: both values stay, on both sides, and both sides list the record. */
static void
test_same_member (HubSyncFixture *f, gconstpointer unused)
{
  g_autofree char *leaves_a = NULL;
  g_autofree char *leaves_b = NULL;
  g_autoptr (LuoSyncStatus) status = NULL;

  g_free (luo_test_replica_put (f->a, "city", "task:2020:73", TASK));
  hub_sync_both (f);
  luo_test_replica_set (f->a, "city", "task:2020:73", "/lead", "\"甲处\"");
  luo_test_replica_set (f->b, "city", "task:2020:73", "/lead", "\"乙处\"");
  hub_sync_both (f);

  leaves_a = luo_test_replica_leaves (f->a, "city", "task:2020:73");
  leaves_b = luo_test_replica_leaves (f->b, "city", "task:2020:73");
  g_assert_cmpstr (leaves_a, ==, leaves_b);
  g_assert_nonnull (strchr (leaves_a, ' '));
  g_assert_cmpuint (hub_sync_count_conflicts (f->a), ==, 1);
  g_assert_cmpuint (hub_sync_count_conflicts (f->b), ==, 1);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  status = luo_replicator_get_status (f->a->replicator);
  g_assert_cmpint (status->conflicts, ==, 1);
  g_assert_cmpint (status->state, ==, LUO_SYNC_SETTLED);
}

/* Two offices make the record of one natural id apart: what they agree in is one record. */
static void
test_made_twice (HubSyncFixture *f, gconstpointer unused)
{
  g_autofree char *body = NULL;

  g_free (luo_test_replica_put (f->a, "city", "task:2020:73", TASK));
  g_free (luo_test_replica_put (f->b, "city", "task:2020:73", TASK));
  luo_test_replica_set (f->b, "city", "task:2020:73", "/created_at", "\"2020-07-01T00:00:00Z\"");
  luo_test_replica_set (f->b, "city", "task:2020:73", "/due", "\"2020-12-31\"");
  hub_sync_both (f);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  g_assert_cmpuint (hub_sync_count_conflicts (f->a), ==, 0);
  body = luo_test_replica_body (f->a, "city", "task:2020:73");
  g_assert_nonnull (strstr (body, "2020-12-31"));
  g_assert_nonnull (strstr (body, "2020-07-01"));
}

/* The offline matrix: what each side does with one record while apart, and what both have afterwards. */
typedef enum
{
  DOES_NOTHING,
  DOES_ADD,
  DOES_EDIT,
  DOES_DELETE,
} Does;

static const struct
{
  Does a, b;
  const char *lead; /* on both sides afterwards; NULL deleted; "*" two versions */
} matrix[] = {
  { DOES_ADD, DOES_NOTHING, "a" },
  { DOES_ADD, DOES_ADD, "*" },
  { DOES_EDIT, DOES_NOTHING, "a" },
  { DOES_EDIT, DOES_EDIT, "*" },
  /* An edit brings back what the other side deleted: no edit is lost. */
  { DOES_EDIT, DOES_DELETE, "a" },
  { DOES_DELETE, DOES_NOTHING, NULL },
  { DOES_DELETE, DOES_EDIT, "b" },
  { DOES_DELETE, DOES_DELETE, NULL },
  { DOES_NOTHING, DOES_ADD, "b" },
  { DOES_NOTHING, DOES_EDIT, "b" },
  { DOES_NOTHING, DOES_DELETE, NULL },
  { DOES_NOTHING, DOES_NOTHING, "o" },
};

static void
do_it (LuoTestReplica *replica, const char *id, Does does, const char *lead)
{
  g_autofree char *body = g_strdup_printf ("{\"type\":\"note\",\"lead\":\"%s\"}", lead);

  switch (does)
    {
    case DOES_ADD:
    case DOES_EDIT:
      g_free (luo_test_replica_put (replica, "city", id, body));
      break;
    case DOES_DELETE:
      luo_test_replica_delete (replica, "city", id);
      break;
    default:
      break;
    }
}

static void
test_matrix (HubSyncFixture *f, gconstpointer unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (matrix); i++)
    {
      g_autofree char *id = g_strdup_printf ("note:%02u", i);

      if (matrix[i].a != DOES_ADD && matrix[i].b != DOES_ADD)
        do_it (f->a, id, DOES_ADD, "o");
    }
  hub_sync_both (f);
  for (guint i = 0; i < G_N_ELEMENTS (matrix); i++)
    {
      g_autofree char *id = g_strdup_printf ("note:%02u", i);

      do_it (f->a, id, matrix[i].a, "a");
      do_it (f->b, id, matrix[i].b, "b");
    }
  hub_sync_both (f);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  for (guint i = 0; i < G_N_ELEMENTS (matrix); i++)
    {
      g_autofree char *id = g_strdup_printf ("note:%02u", i);
      g_autofree char *body = luo_test_replica_body (f->a, "city", id);
      g_autofree char *leaves = luo_test_replica_leaves (f->a, "city", id);

      g_test_message ("Vector %u", i);
      if (matrix[i].lead == NULL)
        g_assert_null (body);
      else if (strcmp (matrix[i].lead, "*") == 0)
        g_assert_nonnull (strchr (leaves, ' '));
      else
        {
          g_autofree char *lead = luo_json_at (body, "/lead");
          g_autofree char *expected = g_strdup_printf ("\"%s\"", matrix[i].lead);

          g_assert_cmpstr (lead, ==, expected);
          g_assert_null (strchr (leaves, ' '));
        }
    }
}

/* Attachments */

static GBytes *
noise (gsize length, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint8 *bytes = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8)g_rand_int_range (rand, 0, 256);
  return g_bytes_new_take (bytes, length);
}

static void
assert_file (LuoTestReplica *replica, const char *id, const char *name, GBytes *bytes)
{
  g_autoptr (GBytes) found = luo_test_replica_read (replica, "city", id, name);

  g_assert_true (g_bytes_equal (found, bytes));
}

/* Small files inline, large ones as parts, both ways; a later edit sends stubs for what the hub has; the bytes arrive whole. */
static void
test_attachments (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) thumb = noise (3000, 1);
  g_autoptr (GBytes) photo = noise (900 * 1024, 2);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) text = g_bytes_new_static ("第一季度走访记录\n", strlen ("第一季度走访记录\n"));
  g_autofree char *body = NULL;

  g_free (luo_test_replica_put (f->a, "city", "note:1", "{\"type\":\"note\"}"));
  luo_test_replica_attach (f->a, "city", "note:1", "现场 1.jpg", "image/jpeg", photo);
  luo_test_replica_attach (f->a, "city", "note:1", "现场 1 小.jpg", "image/jpeg", thumb);
  luo_test_replica_attach (f->a, "city", "note:1", "empty", "application/octet-stream", empty);
  hub_sync_both (f);
  assert_file (f->b, "note:1", "现场 1.jpg", photo);
  assert_file (f->b, "note:1", "现场 1 小.jpg", thumb);
  assert_file (f->b, "note:1", "empty", empty);

  luo_test_replica_set (f->b, "city", "note:1", "/n", "1");
  luo_test_replica_attach (f->b, "city", "note:1", "a\"b.txt", "text/plain; charset=utf-8", text);
  hub_sync_both (f);
  assert_file (f->a, "note:1", "现场 1.jpg", photo);
  assert_file (f->a, "note:1", "a\"b.txt", text);
  body = luo_test_replica_body (f->a, "city", "note:1");
  g_assert_cmpstr (body, ==, "{\"type\":\"note\",\"n\":1}");
  luo_test_replicas_assert_equal (f->a, f->b, "city");
}

/* The record was received and its file was not, and both sides edit it then: the server keeps the file with the newest version alone, and
 * it arrives. */
static void
test_attachment_after_edits (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) photo = noise (200 * 1024, 5);
  g_autoptr (GPtrArray) received = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  g_autoptr (GString) wire = g_string_new (NULL);
  g_autoptr (LuoDocument) document = NULL;
  g_autoptr (GError) error = NULL;

  g_free (luo_test_replica_put (f->a, "city", "note:1", "{\"type\":\"note\"}"));
  luo_test_replica_attach (f->a, "city", "note:1", "1.jpg", "image/jpeg", photo);
  luo_test_replica_sync (f->a);
  document = luo_store_get (f->a->store, "city", "note:1", NULL, &error);
  g_assert_no_error (error);
  luo_store_append_wire (f->a->store, "city", "note:1", luo_document_get_rev (document), TRUE, wire, &error);
  g_assert_no_error (error);
  g_ptr_array_add (received, luo_incoming_parse (wire->str, wire->len, &error));
  g_assert_no_error (error);
  luo_store_insert (f->b->store, "city", received, LUO_INSERT_HELD, NULL, &error);
  g_assert_no_error (error);

  luo_test_replica_set (f->b, "city", "note:1", "/b", "1");
  luo_test_replica_set (f->a, "city", "note:1", "/a", "1");
  luo_test_replica_sync (f->a);
  luo_test_replica_sync (f->b);
  assert_file (f->b, "note:1", "1.jpg", photo);
  hub_sync_both (f);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
}

/* A revision that the server has dropped wants the same file as one that it has: the file comes with that one. */
static void
test_attachment_of_another_revision (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) photo = noise (3000, 6);
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  g_autoptr (LuoDocument) document = NULL;
  g_autoptr (LuoSpace) space = NULL;
  g_autoptr (GError) error = NULL;
  LuoIncoming *incoming = g_new0 (LuoIncoming, 1);
  LuoInsertResult *results = NULL;

  g_free (luo_test_replica_put (f->a, "city", "note:2", "{\"type\":\"note\"}"));
  luo_test_replica_attach (f->a, "city", "note:2", "1.jpg", "image/jpeg", photo);
  luo_test_replica_sync (f->a);
  document = luo_store_get (f->a->store, "city", "note:2", NULL, &error);
  g_assert_no_error (error);

  /* B took it from the server at a time when that still had it. */
  incoming->id = g_strdup ("note:1");
  incoming->history = g_strsplit ("1-0123456789abcdef0123456789abcdef", " ", -1);
  incoming->body = g_strdup ("{\"type\":\"note\"}");
  incoming->attachments = g_strdup (luo_document_get_attachments (document));
  incoming->record_type = g_strdup ("note");
  g_ptr_array_add (gone, incoming);
  luo_store_insert (f->b->store, "city", gone, LUO_INSERT_HELD, &results, &error);
  g_assert_no_error (error);
  g_assert_no_error (results[0].error);
  luo_insert_results_free (results, 1);

  luo_test_replica_sync (f->b);
  assert_file (f->b, "note:2", "1.jpg", photo);
  assert_file (f->b, "note:1", "1.jpg", photo);
  space = luo_store_get_space (f->b->store, "city", &error);
  g_assert_no_error (error);
  g_assert_cmpint (space->wanted, ==, 0);
}

/* Both add a file to one record while apart: the merge has both. */
static void
test_attachments_merged (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) one = noise (2000, 3);
  g_autoptr (GBytes) two = noise (400 * 1024, 4);

  g_free (luo_test_replica_put (f->a, "city", "note:1", "{\"type\":\"note\"}"));
  hub_sync_both (f);
  luo_test_replica_attach (f->a, "city", "note:1", "1.jpg", "image/jpeg", one);
  luo_test_replica_attach (f->b, "city", "note:1", "2.jpg", "image/jpeg", two);
  hub_sync_both (f);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  g_assert_cmpuint (hub_sync_count_conflicts (f->a), ==, 0);
  assert_file (f->a, "note:1", "1.jpg", one);
  assert_file (f->a, "note:1", "2.jpg", two);
  assert_file (f->b, "note:1", "1.jpg", one);
  assert_file (f->b, "note:1", "2.jpg", two);
}

/* Interruptions */

static gint64
count_documents (LuoTestReplica *replica)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoSpace) space = luo_store_get_space (replica->store, "city", &error);

  g_assert_no_error (error);
  return space->documents;
}

static void
cancel_at_status_cb (LuoReplicator *replicator, LuoSyncStatus *status, gpointer user_data)
{
  const LuoSpaceStatus *space = hub_sync_status_of (status, "city");

  if (space != NULL && space->pulled > 0)
    g_cancellable_cancel (user_data);
}

/* A pull that is cancelled in the middle keeps what it has, and the next one fetches the rest alone. */
static void
test_resume_after_cancel (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gulong id;

  hub_sync_put_many (f->a, 6000);
  luo_test_replica_sync (f->a);
  id = g_signal_connect (f->b->replicator, "status-changed", G_CALLBACK (cancel_at_status_cb), cancellable);
  if (!luo_test_replica_try_sync (f->b, cancellable, &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_signal_handler_disconnect (f->b->replicator, id);
  luo_test_replica_restart (f->b);
  g_clear_error (&error);
  luo_test_replica_connect (f->b, f->hub->url, LUO_TEST_USER, LUO_TEST_PASSWORD, &error);
  g_assert_no_error (error);
  luo_test_replica_sync (f->b);
  g_assert_cmpint (count_documents (f->b), ==, 6000);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
}

/* With the hub gone a run says so at once and keeps everything; with the hub back all goes on. */
static void
test_hub_stopped_and_back (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoSyncStatus) status = NULL;

  g_free (luo_test_replica_put (f->a, "city", "note:1", "{\"type\":\"note\"}"));
  luo_test_replica_sync (f->a);
  luo_test_hub_stop (f->hub);
  g_free (luo_test_replica_put (f->a, "city", "note:2", "{\"type\":\"note\"}"));
  g_assert_false (luo_test_replica_try_sync (f->a, NULL, &error));
  g_assert_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE);
  luo_test_hub_start (f->hub);
  luo_test_replica_sync (f->a);
  luo_test_replica_sync (f->b);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
  status = luo_replicator_get_status (f->b->replicator);
  g_assert_cmpint (status->pending, ==, 0);
}

/* Live */

typedef struct
{
  LuoTestReplica *replica;
  const char *id;
  const char *body;
} Awaited;

static gboolean
has_body (gpointer user_data)
{
  Awaited *awaited = user_data;
  g_autofree char *body = luo_test_replica_body (awaited->replica, "city", awaited->id);

  return g_strcmp0 (body, awaited->body) == 0;
}

static gboolean
is_settled (gpointer user_data)
{
  g_autoptr (LuoSyncStatus) status = luo_replicator_get_status (((LuoTestReplica *)user_data)->replicator);

  return status->state == LUO_SYNC_SETTLED && status->pending == 0;
}

static gboolean
is_offline (gpointer user_data)
{
  g_autoptr (LuoSyncStatus) status = luo_replicator_get_status (((LuoTestReplica *)user_data)->replicator);

  return status->state == LUO_SYNC_OFFLINE && status->message != NULL;
}

/* Both live: an edit here is shown there without anybody asking. */
static void
test_live (HubSyncFixture *f, gconstpointer unused)
{
  gint64 worst = 0;

  luo_replicator_start (f->a->replicator);
  luo_replicator_start (f->b->replicator);
  luo_test_wait (is_settled, f->a);
  luo_test_wait (is_settled, f->b);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *id = g_strdup_printf ("note:%u", i);
      LuoTestReplica *from = i % 2 == 0 ? f->a : f->b;
      Awaited awaited = { i % 2 == 0 ? f->b : f->a, id, "{\"type\":\"note\"}" };
      gint64 began = g_get_monotonic_time ();

      g_free (luo_test_replica_put (from, "city", id, awaited.body));
      luo_test_wait (has_body, &awaited);
      worst = MAX (worst, g_get_monotonic_time () - began);
    }
  g_test_message ("Slowest of 10 edits was shown after %" G_GINT64_FORMAT " ms", worst / 1000);
  luo_test_wait (is_settled, f->a);
  luo_test_wait (is_settled, f->b);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
}

typedef struct
{
  LuoTestReplica *replica;
  gint64 pending;
} AwaitedCount;

static gboolean
has_pending (gpointer user_data)
{
  const AwaitedCount *awaited = user_data;
  g_autoptr (LuoSyncStatus) status = luo_replicator_get_status (awaited->replica->replicator);

  return status->state == LUO_SYNC_OFFLINE && status->pending == awaited->pending;
}

/* While the server is out of reach the status counts what is saved. */
static void
test_live_counts_offline (HubSyncFixture *f, gconstpointer unused)
{
  AwaitedCount none = { f->a, 0 }, one = { f->a, 1 }, two = { f->a, 2 };

  luo_test_hub_stop (f->hub);
  luo_replicator_start (f->a->replicator);
  luo_test_wait (has_pending, &none);
  g_free (luo_test_replica_put (f->a, "city", "note:1", "{\"type\":\"note\"}"));
  luo_test_wait (has_pending, &one);
  g_free (luo_test_replica_put (f->a, "city", "note:2", "{\"type\":\"note\"}"));
  luo_test_wait (has_pending, &two);
  luo_test_hub_start (f->hub);
}

/* Live while the hub goes and comes back: what was saved meanwhile arrives by itself. */
static void
test_live_through_outage (HubSyncFixture *f, gconstpointer unused)
{
  Awaited awaited = { f->b, "note:offline", "{\"type\":\"note\"}" };

  luo_replicator_start (f->a->replicator);
  luo_replicator_start (f->b->replicator);
  luo_test_wait (is_settled, f->a);
  luo_test_wait (is_settled, f->b);
  luo_test_hub_stop (f->hub);
  g_free (luo_test_replica_put (f->a, "city", awaited.id, awaited.body));
  luo_test_wait (is_offline, f->a);
  luo_test_hub_start (f->hub);
  luo_test_wait (has_body, &awaited);
}

/* Who and where */

static void
test_wrong_password (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (luo_test_replica_connect (f->a, f->hub->url, LUO_TEST_USER, "wrong", &error));
  g_assert_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_UNAUTHORIZED);
  g_clear_error (&error);
  luo_replicator_set_server (f->a->replicator, f->hub->url, LUO_TEST_USER, "wrong");
  g_assert_false (luo_test_replica_try_sync (f->a, NULL, &error));
  g_assert_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_UNAUTHORIZED);
}

static void
test_no_such_space (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  luo_store_create_space (f->a->store, "huanggu", &error);
  g_assert_no_error (error);
  g_free (luo_test_replica_put (f->a, "city", "note:1", "{\"type\":\"note\"}"));
  g_assert_false (luo_test_replica_try_sync (f->a, NULL, &error));
  g_assert_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_NOT_FOUND);
  /* The other space is reconciled all the same. */
  luo_test_replica_sync (f->b);
  {
    g_autofree char *body = luo_test_replica_body (f->b, "city", "note:1");

    g_assert_nonnull (body);
  }
}

static void
test_no_server (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  luo_replicator_set_server (f->a->replicator, NULL, NULL, NULL);
  g_assert_false (luo_test_replica_try_sync (f->a, NULL, &error));
  g_assert_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE);
  g_clear_error (&error);
  g_assert_false (luo_test_replica_connect (f->a, "ftp://x", NULL, NULL, &error));
  g_assert_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static gboolean
has_result (gpointer user_data)
{
  return *(GAsyncResult **)user_data != NULL;
}

/* Spaces are made on the server and listed from it, twice without an error. */
static void
test_server_spaces (HubSyncFixture *f, gconstpointer unused)
{
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree char *joined = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) made = NULL;

      luo_replicator_create_server_space_async (f->a->replicator, "huanggu", NULL, result_cb, &made);
      luo_test_wait (has_result, &made);
      g_assert_true (luo_replicator_create_server_space_finish (f->a->replicator, made, &error));
      g_assert_no_error (error);
    }
  luo_replicator_list_server_spaces_async (f->a->replicator, NULL, result_cb, &listed);
  luo_test_wait (has_result, &listed);
  names = luo_replicator_list_server_spaces_finish (f->a->replicator, listed, &error);
  g_assert_no_error (error);
  joined = g_strjoinv (" ", names);
  g_assert_cmpstr (joined, ==, "city huanggu");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func)                                                                                     \
  g_test_add ("/replication/hub/" path, HubSyncFixture, NULL, hub_sync_set_up, func, hub_sync_tear_down)
  TEST ("different-records", test_different_records);
  TEST ("different-members", test_different_members);
  TEST ("both-merge", test_both_merge);
  TEST ("same-member", test_same_member);
  TEST ("made-twice", test_made_twice);
  TEST ("matrix", test_matrix);
  TEST ("attachments", test_attachments);
  TEST ("attachment-after-edits", test_attachment_after_edits);
  TEST ("attachment-of-another-revision", test_attachment_of_another_revision);
  TEST ("attachments-merged", test_attachments_merged);
  TEST ("resume-after-cancel", test_resume_after_cancel);
  TEST ("hub-stopped-and-back", test_hub_stopped_and_back);
  TEST ("live", test_live);
  TEST ("live-counts-offline", test_live_counts_offline);
  TEST ("live-through-outage", test_live_through_outage);
  TEST ("wrong-password", test_wrong_password);
  TEST ("no-such-space", test_no_such_space);
  TEST ("no-server", test_no_server);
  TEST ("server-spaces", test_server_spaces);
#undef TEST
  return g_test_run ();
}
