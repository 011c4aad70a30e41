/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hub-sync-fixture.h"

#include <string.h>

#include "luo-receipt.h"
#include "luo-replication-error.h"
#include "luo-scripted-peer.h"

/* The hub takes documents of eight million bytes; a replica holds a little more. */
#define TOO_LARGE 8100000

static LuoReceipt *
receipt_of (LuoTestReplica *replica, const char *id, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = luo_store_get (replica->store, "city", id, NULL, &error);
  g_autoptr (GPtrArray) receipts = NULL;

  g_assert_no_error (error);
  receipts = luo_receipt_of (replica->store, document, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < receipts->len; i++)
    if (g_strcmp0 (((LuoReceipt *)receipts->pdata[i])->file, file) == 0)
      return g_ptr_array_steal_index (receipts, i);
  g_assert_not_reached ();
}

static void
assert_state (LuoTestReplica *replica, const char *id, const char *file, LuoReceiptState state)
{
  g_autoptr (LuoReceipt) receipt = receipt_of (replica, id, file);

  g_test_message ("%s %s", id, file != NULL ? file : "");
  g_assert_cmpint (receipt->state, ==, state);
  g_assert_cmpint (receipt->reason == NULL, ==, state == LUO_RECEIPT_HELD);
}

static void
attach (LuoTestReplica *replica, const char *name, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  luo_test_replica_attach (replica, "city", "note:a", name, "image/png", bytes);
}

/* A record and each of its files are not sent, then held; a file that is held stays so while the record is edited again. */
static void
test_held (HubSyncFixture *f, gconstpointer unused)
{
  g_free (luo_test_replica_put (f->a, "city", "note:a", "{\"type\":\"note\",\"n\":1}"));
  attach (f->a, "1.png", "one");
  assert_state (f->a, "note:a", NULL, LUO_RECEIPT_UNSENT);
  assert_state (f->a, "note:a", "1.png", LUO_RECEIPT_UNSENT);
  hub_sync_both (f);
  assert_state (f->a, "note:a", NULL, LUO_RECEIPT_HELD);
  assert_state (f->a, "note:a", "1.png", LUO_RECEIPT_HELD);
  assert_state (f->b, "note:a", "1.png", LUO_RECEIPT_HELD);

  luo_test_replica_set (f->a, "city", "note:a", "/n", "2");
  attach (f->a, "2.png", "two");
  assert_state (f->a, "note:a", NULL, LUO_RECEIPT_UNSENT);
  assert_state (f->a, "note:a", "1.png", LUO_RECEIPT_HELD);
  assert_state (f->a, "note:a", "2.png", LUO_RECEIPT_UNSENT);
  hub_sync_both (f);
  assert_state (f->a, "note:a", "2.png", LUO_RECEIPT_HELD);
}

/* A record that is too large for the hub is stuck alone, with the reason in words; everything else goes on, its own later too. */
static void
test_too_large (HubSyncFixture *f, gconstpointer unused)
{
  g_autofree char *filler = g_strnfill (TOO_LARGE, 'x');
  g_autofree char *body = g_strdup_printf ("{\"type\":\"note\",\"text\":\"%s\"}", filler);
  g_autoptr (GPtrArray) receipts = NULL;
  g_autoptr (GError) error = NULL;
  const LuoReceipt *stuck;

  hub_sync_put_many (f->a, 5);
  g_free (luo_test_replica_put (f->a, "city", "note:large", body));
  g_free (luo_test_replica_put (f->a, "city", "note:after", "{\"type\":\"note\"}"));
  g_assert_false (luo_test_replica_try_sync (f->a, NULL, &error));
  g_assert_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_FORBIDDEN);
  g_clear_error (&error);
  luo_test_replica_sync (f->b);
  assert_state (f->a, "note:00004", NULL, LUO_RECEIPT_HELD);
  assert_state (f->a, "note:after", NULL, LUO_RECEIPT_HELD);

  receipts = luo_receipt_list (f->a->store, NULL, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (receipts->len, ==, 1);
  stuck = receipts->pdata[0];
  g_assert_cmpstr (stuck->id, ==, "note:large");
  g_assert_cmpint (stuck->state, ==, LUO_RECEIPT_REFUSED);
  g_assert_cmpint (stuck->status, ==, 413);
  g_assert_nonnull (strstr (stuck->reason, "larger than the server takes"));
  g_assert_nonnull (stuck->advice);
  g_assert_null (luo_test_replica_body (f->b, "city", "note:large"));

  /* What is saved meanwhile goes, and the record itself once it is smaller. */
  g_free (luo_test_replica_put (f->a, "city", "note:later", "{\"type\":\"note\"}"));
  g_assert_false (luo_test_replica_try_sync (f->a, NULL, &error));
  assert_state (f->a, "note:later", NULL, LUO_RECEIPT_HELD);
  luo_test_replica_set (f->a, "city", "note:large", "/text", "\"short\"");
  hub_sync_both (f);
  assert_state (f->a, "note:large", NULL, LUO_RECEIPT_HELD);
  luo_test_replicas_assert_equal (f->a, f->b, "city");
}

/* Records that a server forbids are told apart from those that only wait, each with its own reason. */
static void
test_forbidden (void)
{
  LuoScriptedPeer *peer = luo_scripted_peer_new ();
  LuoTestReplica *replica = luo_test_replica_new ();
  g_autoptr (GPtrArray) receipts = NULL;
  g_autoptr (LuoReceipt) waiting = NULL;
  g_autoptr (GError) error = NULL;
  const LuoReceipt *stuck;

  g_free (luo_test_replica_put (replica, "city", "mine:1", "{\"type\":\"note\"}"));
  g_free (luo_test_replica_put (replica, "city", "theirs:1", "{\"type\":\"note\"}"));
  waiting = receipt_of (replica, "mine:1", NULL);
  g_assert_nonnull (strstr (waiting->reason, "No server"));

  luo_test_replica_connect (replica, luo_scripted_peer_get_url (peer), "admin", "secret", &error);
  g_assert_no_error (error);
  luo_scripted_peer_forbid (peer, "theirs:");
  g_assert_false (luo_test_replica_try_sync (replica, NULL, &error));
  assert_state (replica, "mine:1", NULL, LUO_RECEIPT_HELD);
  assert_state (replica, "theirs:1", NULL, LUO_RECEIPT_REFUSED);
  g_free (luo_test_replica_put (replica, "city", "mine:2", "{\"type\":\"note\"}"));

  receipts = luo_receipt_list (replica->store, "city", 10, NULL);
  g_assert_cmpuint (receipts->len, ==, 2);
  stuck = receipts->pdata[0];
  g_assert_cmpstr (stuck->id, ==, "theirs:1");
  g_assert_cmpstr (stuck->said, ==, "not yours");
  g_assert_nonnull (strstr (stuck->reason, "not allow"));
  g_assert_cmpint (((LuoReceipt *)receipts->pdata[1])->state, ==, LUO_RECEIPT_UNSENT);
  g_assert_cmpstr (((LuoReceipt *)receipts->pdata[1])->id, ==, "mine:2");
  luo_test_replica_free (replica);
  luo_scripted_peer_free (peer);
}

/* Whatever a server answers, a person is told why and what can be done. */
static void
test_words (void)
{
  static const struct
  {
    int status;
    const char *word, *reason;
  } vectors[] = {
    { 413, "too_large", "larger" },
    { 0, "document_too_large", "larger" },
    { 403, "forbidden", "not allow" },
    { 0, "forbidden", "not allow" },
    { 401, "unauthorized", "who you are" },
    { 412, "missing_stub", "missing" },
    { 400, "doc_validation", "not valid" },
    { 409, "conflict", "another version" },
    { 500, "unknown", "fails" },
    { 599, NULL, "fails" },
    { 418, "teapot", "did not take" },
    { 0, NULL, "did not take" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const LuoRefusal refusal = { .status = vectors[i].status, .error = (char *)vectors[i].word };
      g_autofree char *reason = NULL;
      g_autofree char *advice = NULL;

      g_test_message ("Vector %d %s", vectors[i].status, vectors[i].word);
      luo_receipt_explain (&refusal, &reason, &advice);
      g_assert_nonnull (strstr (reason, vectors[i].reason));
      g_assert_cmpstr (advice, !=, "");
    }
}

int
main (int argc, char *argv[])
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/desk/receipt/words", test_words);
  g_test_add_func ("/desk/receipt/forbidden", test_forbidden);
#define ADD(path, func) g_test_add (path, HubSyncFixture, NULL, hub_sync_set_up, func, hub_sync_tear_down)
  ADD ("/desk/receipt/held", test_held);
  ADD ("/desk/receipt/too-large", test_too_large);

  return g_test_run ();
}
