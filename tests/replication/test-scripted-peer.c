/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-attachment.h"
#include "luo-replication-error.h"
#include "luo-scripted-peer.h"
#include "luo-store-sync.h"
#include "luo-test-replica.h"

/* One replica and a server that misbehaves. The numbers are those of the points that reconciling has to get right. */

#define N_DOCUMENTS 30

typedef struct
{
  LuoScriptedPeer *peer;
  LuoTestReplica *replica;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->peer = luo_scripted_peer_new ();
  f->replica = luo_test_replica_new ();
  luo_replicator_set_server (f->replica->replicator, luo_scripted_peer_get_url (f->peer), "admin", "secret");
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  luo_test_replica_free (f->replica);
  luo_scripted_peer_free (f->peer);
}

/* Documents there:NN on the server. */
static void
fill_peer (Fixture *f, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *json = g_strdup_printf (
          "{\"_id\":\"there:%04u\",\"_rev\":\"1-%032x\",\"type\":\"note\",\"n\":%u}", i, i + 1, i);

      luo_scripted_peer_put (f->peer, json);
    }
}

/* Documents here:NN in the replica. */
static void
fill_replica (Fixture *f, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("here:%04u", i);
      g_autofree char *body = g_strdup_printf ("{\"type\":\"note\",\"n\":%u}", i);

      g_free (luo_test_replica_put (f->replica, "city", id, body));
    }
}

static LuoSpace *
space_of (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  LuoSpace *space = luo_store_get_space (f->replica->store, "city", &error);

  g_assert_no_error (error);
  return space;
}

/* Both sides have so many documents, and nothing is pending, refused or in conflict. */
static void
assert_reconciled (Fixture *f, guint n)
{
  g_autoptr (LuoSpace) space = space_of (f);

  g_assert_cmpint (space->documents, ==, n);
  g_assert_cmpint (space->pending, ==, 0);
  g_assert_cmpint (space->refused, ==, 0);
  g_assert_cmpint (space->conflicts, ==, 0);
  g_assert_cmpuint (luo_scripted_peer_count_documents (f->peer), ==, n);
}

static void
sync_fails (Fixture *f, LuoReplicationError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (luo_test_replica_try_sync (f->replica, NULL, &error));
  g_assert_error (error, LUO_REPLICATION_ERROR, (int)code);
  g_assert_cmpuint (strlen (error->message), >, 10);
}

/* Every request of the protocol fails once in every way, and the run gets there all the same: nothing lost, nothing doubled. */

static const struct
{
  const char *method, *part;
} requests[] = {
  { "POST", "/_session" }, { "GET", "/_local/" },     { "GET", "/_changes" },    { "POST", "/_bulk_get" },
  { "PUT", "/_local/" },   { "POST", "/_revs_diff" }, { "POST", "/_bulk_docs" },
};

static const struct
{
  const char *name;
  LuoFault fault;
  guint status;
} faults[] = {
  { "cut before", LUO_FAULT_CUT_BEFORE }, { "cut within", LUO_FAULT_CUT_WITHIN },
  { "lost reply", LUO_FAULT_LOSE_REPLY }, { "carried out twice", LUO_FAULT_DOUBLE },
  { "garbage", LUO_FAULT_GARBAGE },       { "500", LUO_FAULT_STATUS, 500 },
  { "502", LUO_FAULT_STATUS, 502 },       { "503", LUO_FAULT_STATUS, 503 },
  { "429", LUO_FAULT_STATUS, 429 },
};

static void
test_every_fault_once (Fixture *f, gconstpointer unused)
{
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (faults); j++)
      {
        g_autoptr (GError) error = NULL;

        g_test_message ("Vector %s %s: %s", requests[i].method, requests[i].part, faults[j].name);
        luo_scripted_peer_require_session (f->peer);
        for (guint k = 0; k < 3; k++, n++)
          {
            g_autofree char *json = g_strdup_printf (
                "{\"_id\":\"there:%04u\",\"_rev\":\"1-%032x\",\"type\":\"note\"}", n, n + 1);
            g_autofree char *id = g_strdup_printf ("here:%04u", n);

            luo_scripted_peer_put (f->peer, json);
            g_free (luo_test_replica_put (f->replica, "city", id, "{\"type\":\"note\"}"));
          }
        luo_scripted_peer_fail (f->peer, requests[i].method, requests[i].part, 0, 1, faults[j].fault,
                                faults[j].status);
        /* Before the first answer there is no telling a cut from a server that is not there: the next run finds it. */
        if (!luo_test_replica_try_sync (f->replica, NULL, &error))
          {
            g_assert_cmpstr (requests[i].part, ==, "/_session");
            luo_test_replica_sync (f->replica);
          }
        luo_scripted_peer_behave (f->peer);
        assert_reconciled (f, 2 * n);
      }
}

/* 3: what was read and is not stored does not move the checkpoint. */
static void
test_checkpoint_after_durable (Fixture *f, gconstpointer unused)
{
  g_autofree char *locals = NULL;

  fill_peer (f, N_DOCUMENTS);
  luo_scripted_peer_fail (f->peer, "POST", "/_bulk_get", 0, -1, LUO_FAULT_CUT_WITHIN, 0);
  sync_fails (f, LUO_REPLICATION_ERROR_OFFLINE);
  locals = luo_scripted_peer_get_locals (f->peer);
  g_assert_cmpstr (locals, ==, "[]");
  luo_scripted_peer_behave (f->peer);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, N_DOCUMENTS);
}

/* 1: a second run asks from where the first came to. */
static void
test_checkpoint_is_used (Fixture *f, gconstpointer unused)
{
  fill_peer (f, N_DOCUMENTS);
  fill_replica (f, N_DOCUMENTS);
  luo_test_replica_sync (f->replica);
  luo_test_replica_sync (f->replica);
  luo_test_replica_restart (f->replica);
  luo_scripted_peer_forget (f->peer);
  luo_replicator_set_server (f->replica->replicator, luo_scripted_peer_get_url (f->peer), "admin", "secret");
  luo_test_replica_sync (f->replica);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "GET", "since=60"), ==, 1);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "POST", "_bulk_get"), ==, 0);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "POST", "_revs_diff"), ==, 0);
  /* 7 */
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "GET", "style=all_docs&limit=1000&seq_interval=1000"),
                    ==, 1);
}

/* 2: a database made anew gets everything again, whether it says when it was made or not. */
static void
test_remade (Fixture *f, gconstpointer data)
{
  const char *const *instances = data;

  luo_scripted_peer_set_instance (f->peer, instances[0]);
  fill_replica (f, N_DOCUMENTS);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, N_DOCUMENTS);
  luo_scripted_peer_clear (f->peer);
  luo_scripted_peer_set_instance (f->peer, instances[1]);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, N_DOCUMENTS);
}

/* 2: made anew in the middle of a run. */
static void
test_remade_meanwhile (Fixture *f, gconstpointer unused)
{
  luo_scripted_peer_set_instance (f->peer, "1600000000000000");
  fill_replica (f, N_DOCUMENTS);
  luo_test_replica_sync (f->replica);
  fill_peer (f, N_DOCUMENTS);
  luo_scripted_peer_set_instance (f->peer, "1700000000000000");
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, 2 * N_DOCUMENTS);
}

/* 6: sequences are of any kind, change from call to call, rewind, and rows come twice. */
static void
test_sequences (Fixture *f, gconstpointer unused)
{
  static const LuoSeqStyle styles[] = { LUO_SEQ_TEXT, LUO_SEQ_ARRAY, LUO_SEQ_NUMBER };

  for (gsize i = 0; i < G_N_ELEMENTS (styles); i++)
    {
      g_autofree char *json
          = g_strdup_printf ("{\"_id\":\"style:%" G_GSIZE_FORMAT "\",\"_rev\":\"1-%032x\",\"type\":\"note\"}",
                             i, (guint)i + 1000);

      luo_scripted_peer_set_seq_style (f->peer, styles[i]);
      luo_scripted_peer_put (f->peer, json);
      if (i == 0)
        fill_peer (f, N_DOCUMENTS);
      luo_test_replica_sync (f->replica);
      assert_reconciled (f, N_DOCUMENTS + (guint)i + 1);
    }
  luo_scripted_peer_set_rewind (f->peer, 20);
  luo_scripted_peer_set_double_rows (f->peer, TRUE);
  luo_scripted_peer_put (
      f->peer, "{\"_id\":\"late\",\"_rev\":\"1-00000000000000000000000000009999\",\"type\":\"note\"}");
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, N_DOCUMENTS + 4);
}

/* A server that does not know the sequence any more is compared from the beginning. */
static void
test_unknown_sequence (Fixture *f, gconstpointer unused)
{
  fill_peer (f, N_DOCUMENTS);
  luo_test_replica_sync (f->replica);
  luo_scripted_peer_put (
      f->peer, "{\"_id\":\"late\",\"_rev\":\"1-00000000000000000000000000009999\",\"type\":\"note\"}");
  luo_scripted_peer_fail (f->peer, "GET", "since=30", 0, -1, LUO_FAULT_STATUS, 400);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, N_DOCUMENTS + 1);
}

/* 9: a space that may not be read any more is said to be so, and unsent work stays. */
static void
test_access_lost (Fixture *f, gconstpointer unused)
{
  g_autoptr (LuoSpace) space = NULL;
  g_autoptr (LuoSyncStatus) status = NULL;

  fill_replica (f, 3);
  luo_scripted_peer_fail (f->peer, "GET", "/luoshi-city", 0, -1, LUO_FAULT_STATUS, 403);
  sync_fails (f, LUO_REPLICATION_ERROR_FORBIDDEN);
  space = space_of (f);
  g_assert_cmpint (space->documents, ==, 3);
  g_assert_cmpint (space->pending, ==, 3);
  status = luo_replicator_get_status (f->replica->replicator);
  g_assert_cmpint (status->state, ==, LUO_SYNC_STUCK);
  g_assert_cmpint (status->pending, ==, 3);
}

/* 12: one document that can not be stored is noted, the others are stored. */
static void
test_unstorable (Fixture *f, gconstpointer unused)
{
  g_autoptr (GPtrArray) refusals = NULL;
  g_autoptr (LuoSpace) space = NULL;
  g_autoptr (GError) error = NULL;

  fill_peer (f, N_DOCUMENTS);
  luo_scripted_peer_put (
      f->peer, "{\"_id\":\"bad\",\"_rev\":\"1-zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\",\"type\":\"note\"}");
  sync_fails (f, LUO_REPLICATION_ERROR_FORBIDDEN);
  space = space_of (f);
  g_assert_cmpint (space->documents, ==, N_DOCUMENTS);
  refusals = luo_store_list_refusals (f->replica->store, "city", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (refusals->len, ==, 1);
  g_assert_cmpstr (((LuoRefusal *)refusals->pdata[0])->id, ==, "bad");
}

/* 16: what was sent and perhaps arrived is not collapsed, so no false conflict comes of a lost reply. */
static void
test_lost_reply_then_edit (Fixture *f, gconstpointer unused)
{
  g_autofree char *first = luo_test_replica_put (f->replica, "city", "note:1", "{\"type\":\"note\",\"n\":1}");
  g_autofree char *second = NULL;
  g_autofree char *there = NULL;
  g_autofree char *before = NULL;

  luo_scripted_peer_fail (f->peer, "POST", "/_bulk_docs", 0, -1, LUO_FAULT_LOSE_REPLY, 0);
  luo_scripted_peer_fail (f->peer, "POST", "/_revs_diff", 1, -1, LUO_FAULT_CUT_BEFORE, 0);
  sync_fails (f, LUO_REPLICATION_ERROR_OFFLINE);
  second = luo_test_replica_put (f->replica, "city", "note:1", "{\"type\":\"note\",\"n\":2}");
  luo_scripted_peer_behave (f->peer);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, 1);
  there = luo_scripted_peer_get (f->peer, "note:1", second);
  before = luo_scripted_peer_get (f->peer, "note:1", first);
  g_assert_nonnull (there);
  g_assert_null (before);
}

/* 16: an afternoon's typing before the first push is one revision. */
static void
test_unsent_edits_collapse (Fixture *f, gconstpointer unused)
{
  g_autofree char *there = NULL;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"type\":\"note\",\"n\":%u}", i);

      g_free (luo_test_replica_put (f->replica, "city", "note:1", body));
    }
  luo_test_replica_sync (f->replica);
  there = luo_scripted_peer_get (f->peer, "note:1", NULL);
  g_assert_nonnull (strstr (there, "\"_rev\":\"1-"));
  g_assert_nonnull (strstr (there, "\"n\":19"));
}

/* 17: a row that is refused is noted with the server's reason, and the rest goes on; a later run tries it again. */
static void
test_refused_row (Fixture *f, gconstpointer unused)
{
  g_autoptr (GPtrArray) refusals = NULL;
  g_autoptr (LuoSyncStatus) status = NULL;
  g_autoptr (GError) error = NULL;

  fill_replica (f, N_DOCUMENTS);
  luo_scripted_peer_forbid (f->peer, "here:0007");
  sync_fails (f, LUO_REPLICATION_ERROR_FORBIDDEN);
  g_assert_cmpuint (luo_scripted_peer_count_documents (f->peer), ==, N_DOCUMENTS - 1);
  refusals = luo_store_list_refusals (f->replica->store, "city", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (refusals->len, ==, 1);
  g_assert_cmpstr (((LuoRefusal *)refusals->pdata[0])->id, ==, "here:0007");
  g_assert_cmpstr (((LuoRefusal *)refusals->pdata[0])->reason, ==, "not yours");
  g_assert_cmpint (((LuoRefusal *)refusals->pdata[0])->status, ==, 403);
  status = luo_replicator_get_status (f->replica->replicator);
  g_assert_cmpint (status->state, ==, LUO_SYNC_STUCK);
  g_assert_cmpint (status->refused, ==, 1);
  g_assert_nonnull (strstr (status->message, "not yours"));

  luo_scripted_peer_forbid (f->peer, NULL);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, N_DOCUMENTS);
}

/* 19: where there is no _bulk_get, or it fails, each document is asked for. */
static void
test_no_bulk_get (Fixture *f, gconstpointer data)
{
  fill_peer (f, N_DOCUMENTS);
  luo_scripted_peer_fail (f->peer, "POST", "/_bulk_get", 0, -1, LUO_FAULT_STATUS, GPOINTER_TO_UINT (data));
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, N_DOCUMENTS);
}

/* What _bulk_get passes over in silence is asked for alone. */
static void
test_bulk_get_omits (Fixture *f, gconstpointer unused)
{
  fill_peer (f, N_DOCUMENTS);
  luo_scripted_peer_omit_every (f->peer, 3);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, N_DOCUMENTS);
}

/* 23: 413 halves the batch of a pull. */
static void
test_pull_too_large (Fixture *f, gconstpointer unused)
{
  fill_peer (f, N_DOCUMENTS);
  luo_scripted_peer_fail (f->peer, "POST", "/_bulk_get", 0, 3, LUO_FAULT_STATUS, 413);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, N_DOCUMENTS);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "POST", "/_bulk_get"), ==, 7);
}

/* 23: 413 halves the batch of a push; the one document that is too large is refused, and the rest goes on. */
static void
test_push_too_large (Fixture *f, gconstpointer unused)
{
  g_autofree char *large = g_strnfill (5000, 'x');
  g_autofree char *body = g_strdup_printf ("{\"type\":\"note\",\"text\":\"%s\"}", large);
  g_autoptr (GPtrArray) refusals = NULL;
  g_autoptr (GError) error = NULL;

  fill_replica (f, N_DOCUMENTS);
  g_free (luo_test_replica_put (f->replica, "city", "here:0004", body));
  luo_scripted_peer_limit_body (f->peer, 2000);
  sync_fails (f, LUO_REPLICATION_ERROR_FORBIDDEN);
  g_assert_cmpuint (luo_scripted_peer_count_documents (f->peer), ==, N_DOCUMENTS - 1);
  refusals = luo_store_list_refusals (f->replica->store, "city", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (refusals->len, ==, 1);
  g_assert_cmpint (((LuoRefusal *)refusals->pdata[0])->status, ==, 413);
  g_assert_cmpstr (((LuoRefusal *)refusals->pdata[0])->id, ==, "here:0004");
}

/* One document that the server fails at with 500 is put aside, and the rest goes on. */
static void
test_push_poison (Fixture *f, gconstpointer unused)
{
  fill_replica (f, N_DOCUMENTS);
  luo_scripted_peer_choke_on (f->peer, "\"here:0011\"");
  sync_fails (f, LUO_REPLICATION_ERROR_FORBIDDEN);
  g_assert_cmpuint (luo_scripted_peer_count_documents (f->peer), ==, N_DOCUMENTS - 1);
  luo_scripted_peer_choke_on (f->peer, NULL);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, N_DOCUMENTS);
}

/* A server that fails at everything is out of order: nothing is refused for that. */
static void
test_push_out_of_order (Fixture *f, gconstpointer unused)
{
  g_autoptr (LuoSpace) space = NULL;

  fill_replica (f, 3);
  luo_scripted_peer_fail (f->peer, "POST", "/_bulk_docs", 0, -1, LUO_FAULT_STATUS, 500);
  sync_fails (f, LUO_REPLICATION_ERROR_SERVER);
  space = space_of (f);
  g_assert_cmpint (space->refused, ==, 0);
  g_assert_cmpint (space->pending, ==, 3);
}

/* 20: a server that lacks what a stub names gets the data. */
static void
test_missing_stub (Fixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("photo", 5);
  g_autofree char *there = NULL;

  luo_scripted_peer_set_instance (f->peer, "1600000000000000");
  g_free (luo_test_replica_put (f->replica, "city", "note:1", "{\"type\":\"note\"}"));
  luo_test_replica_attach (f->replica, "city", "note:1", "1.jpg", "image/jpeg", bytes);
  luo_test_replica_sync (f->replica);
  g_assert_true (luo_scripted_peer_saw (f->peer, "/_bulk_docs", "\"data\":\"cGhvdG8=\""));
  /* The server's copy goes without its saying so: the next edit sends a stub at first. */
  {
    g_autofree char *locals = luo_scripted_peer_get_locals (f->peer);

    g_assert_cmpstr (locals, !=, "[]");
  }
  luo_scripted_peer_forget (f->peer);
  luo_test_replica_set (f->replica, "city", "note:1", "/n", "2");
  luo_scripted_peer_fail (f->peer, "POST", "/_bulk_docs", 0, 1, LUO_FAULT_STATUS, 412);
  luo_test_replica_sync (f->replica);
  g_assert_true (luo_scripted_peer_saw (f->peer, "/_bulk_docs", "\"stub\":true"));
  g_assert_false (luo_scripted_peer_saw (f->peer, "/_bulk_docs", "\"data\":"));
  g_assert_true (luo_scripted_peer_saw (f->peer, "new_edits=false", "\"data\":\"cGhvdG8=\""));
  assert_reconciled (f, 1);
}

/* A gateway that wants to be signed in to answers for the server: what it answers is no word that a document was taken, nor that one is
 * not there. */
static void
test_gateway_answers (Fixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("photo", 5);

  g_free (luo_test_replica_put (f->replica, "city", "note:1", "{\"type\":\"note\"}"));
  luo_test_replica_attach (f->replica, "city", "note:1", "1.jpg", "image/jpeg", bytes);
  /* Alone, with its file: the answer is of one document. */
  luo_scripted_peer_fail (f->peer, "POST", "/_bulk_docs", 0, 1, LUO_FAULT_STATUS, 412);
  luo_scripted_peer_fail (f->peer, "PUT", "new_edits=false", 0, 1, LUO_FAULT_GARBAGE, 0);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, 1);

  luo_scripted_peer_put (f->peer, "{\"_id\":\"there:1\",\"_rev\":\"1-00000000000000000000000000000001\","
                                  "\"type\":\"note\"}");
  luo_scripted_peer_fail (f->peer, "POST", "/_bulk_get", 0, -1, LUO_FAULT_STATUS, 404);
  luo_scripted_peer_fail (f->peer, "GET", "/there", 0, 1, LUO_FAULT_GARBAGE, 404);
  sync_fails (f, LUO_REPLICATION_ERROR_NOT_FOUND);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, 2);
}

static const char stub_format[]
    = "{\"_id\":\"%s\",\"_rev\":\"1-%032x\",\"type\":\"note\",\"_attachments\":{\"a.txt\":{"
      "\"content_type\":\"text/plain\",\"revpos\":1,\"digest\":\"%s\",\"length\":%u,\"stub\":true}}}";

/* The digest of bytes as CouchDB writes it. */
static char *
digest_of (GBytes *bytes)
{
  g_autofree char *hex = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, bytes);
  guint8 raw[16];
  g_autofree char *encoded = NULL;

  for (guint i = 0; i < 16; i++)
    raw[i] = (guint8)(g_ascii_xdigit_value (hex[2 * i]) * 16 + g_ascii_xdigit_value (hex[2 * i + 1]));
  encoded = g_base64_encode (raw, 16);
  return g_strconcat ("md5-", encoded, NULL);
}

static GBytes *
gzip (GBytes *bytes)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (memory, G_CONVERTER (compressor));
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  g_output_stream_splice (out, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

/* 21: each file is verified; a damaged one stays wanted, is said to be damaged, and comes with the next run. */
static void
test_damaged_file (Fixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) right = g_bytes_new_static ("right", 5);
  g_autoptr (GBytes) wrong = g_bytes_new_static ("wrong", 5);
  g_autofree char *digest = digest_of (right);
  g_autofree char *json = g_strdup_printf (stub_format, "note:1", 1, digest, 5);
  g_autoptr (LuoSpace) space = NULL;
  g_autoptr (GBytes) found = NULL;

  luo_scripted_peer_put (f->peer, json);
  luo_scripted_peer_put_file (f->peer, "note:1", "a.txt", wrong, FALSE);
  sync_fails (f, LUO_REPLICATION_ERROR_PROTOCOL);
  space = space_of (f);
  g_assert_cmpint (space->documents, ==, 1);
  g_assert_cmpint (space->wanted, ==, 1);
  g_assert_false (luo_store_has_attachment (f->replica->store, digest));

  luo_scripted_peer_put_file (f->peer, "note:1", "a.txt", right, FALSE);
  luo_test_replica_sync (f->replica);
  found = luo_test_replica_read (f->replica, "city", "note:1", "a.txt");
  g_assert_true (g_bytes_equal (found, right));
}

/* 21: a server that keeps text gzipped digests the gzipped bytes (C3271). */
static void
test_gzipped_file (Fixture *f, gconstpointer unused)
{
  g_autofree char *text = g_strnfill (70000, 'a');
  g_autoptr (GBytes) plain = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) zipped = gzip (plain);
  g_autofree char *of_zipped = digest_of (zipped);
  g_autofree char *of_plain = digest_of (plain);
  const char *digests[] = { of_zipped, of_plain };

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *id = g_strdup_printf ("note:%u", i);
      g_autofree char *json = g_strdup_printf (stub_format, id, i + 1, digests[i], (guint)strlen (text));
      g_autoptr (GBytes) found = NULL;

      luo_scripted_peer_put (f->peer, json);
      luo_scripted_peer_put_file (f->peer, id, "a.txt", zipped, TRUE);
      luo_test_replica_sync (f->replica);
      found = luo_test_replica_read (f->replica, "city", id, "a.txt");
      g_assert_cmpuint (g_bytes_get_size (found), ==, g_bytes_get_size (plain));
      g_assert_true (g_bytes_equal (found, plain));
    }
}

/* A file that the server does not have any more is said so; the records are there. */
static void
test_missing_file (Fixture *f, gconstpointer unused)
{
  g_autofree char *json = g_strdup_printf (stub_format, "note:1", 1, "md5-AAAAAAAAAAAAAAAAAAAAAA==", 5);

  luo_scripted_peer_put (f->peer, json);
  fill_peer (f, 3);
  sync_fails (f, LUO_REPLICATION_ERROR_NOT_FOUND);
  {
    g_autoptr (LuoSpace) space = space_of (f);

    g_assert_cmpint (space->documents, ==, 4);
  }
}

/* 24: a server that asks to wait is waited for, as long as it says. */
static void
test_retry_after (Fixture *f, gconstpointer unused)
{
  gint64 began = g_get_monotonic_time ();

  fill_peer (f, 3);
  luo_scripted_peer_set_retry_after (f->peer, "1");
  luo_scripted_peer_fail (f->peer, "GET", "/_changes", 0, 1, LUO_FAULT_STATUS, 429);
  luo_test_replica_sync (f->replica);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, G_USEC_PER_SEC);
  assert_reconciled (f, 3);
}

/* 24: one that asks for more than a person would wait is left alone. */
static void
test_busy_for_long (Fixture *f, gconstpointer unused)
{
  luo_scripted_peer_set_retry_after (f->peer, "3600");
  luo_scripted_peer_fail (f->peer, "GET", "/luoshi-city", 0, -1, LUO_FAULT_STATUS, 503);
  sync_fails (f, LUO_REPLICATION_ERROR_BUSY);
}

/* 25: a session that ends in the middle is renewed once; a password that does not count any more is said so. */
static void
test_session_ends (Fixture *f, gconstpointer unused)
{
  luo_scripted_peer_require_session (f->peer);
  fill_peer (f, 3);
  luo_test_replica_sync (f->replica);
  luo_scripted_peer_require_session (f->peer);
  fill_replica (f, 3);
  luo_scripted_peer_forget (f->peer);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, 6);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "POST", "/_session"), ==, 1);

  luo_scripted_peer_require_session (f->peer);
  luo_scripted_peer_fail (f->peer, "POST", "/_session", 0, -1, LUO_FAULT_STATUS, 401);
  luo_scripted_peer_forget (f->peer);
  sync_fails (f, LUO_REPLICATION_ERROR_UNAUTHORIZED);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "POST", "/_session"), <=, 2);
}

/* 25: a session is renewed before it ends, by its own Max-Age. */
static void
test_session_renewed (Fixture *f, gconstpointer unused)
{
  luo_scripted_peer_require_session (f->peer);
  luo_scripted_peer_set_session_age (f->peer, 1);
  fill_peer (f, 3);
  /* The server takes its time with the feed, and the session is nearly over then. */
  luo_scripted_peer_set_retry_after (f->peer, "1");
  luo_scripted_peer_fail (f->peer, "GET", "/_changes", 0, 1, LUO_FAULT_STATUS, 503);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, 3);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "POST", "/_session"), ==, 2);
}

/* 25: a session that is over shows as `forbidden` rows: signed in again, nothing is refused (C1607). */
static void
test_session_ends_as_forbidden (Fixture *f, gconstpointer unused)
{
  luo_scripted_peer_require_session (f->peer);
  fill_peer (f, 3);
  luo_test_replica_sync (f->replica);
  luo_scripted_peer_forbid_expired (f->peer);
  fill_replica (f, 3);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, 6);
}

/* A server without sessions gets the password with each request. */
static void
test_no_sessions (Fixture *f, gconstpointer unused)
{
  fill_peer (f, 3);
  luo_scripted_peer_fail (f->peer, "POST", "/_session", 0, -1, LUO_FAULT_STATUS, 404);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, 3);
}

/* Many documents go in batches of bounded size, both ways. */
static void
test_batches (Fixture *f, gconstpointer unused)
{
  fill_peer (f, 2300);
  fill_replica (f, 1300);
  luo_test_replica_sync (f->replica);
  assert_reconciled (f, 3600);
  g_assert_cmpuint (luo_scripted_peer_most_documents (f->peer, "/_bulk_get"), <=, 1000);
  g_assert_cmpuint (luo_scripted_peer_most_documents (f->peer, "/_bulk_docs"), <=, 1000);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "GET", "/_changes"), ==, 3);
}

/* A long poll that the server ends at once does not become a storm of requests. */
static gboolean
two_seconds_over (gpointer user_data)
{
  return g_get_monotonic_time () - *(gint64 *)user_data > 2 * G_USEC_PER_SEC;
}

static void
test_polls_end_at_once (Fixture *f, gconstpointer unused)
{
  gint64 began = g_get_monotonic_time ();

  fill_peer (f, 3);
  luo_replicator_start (f->replica->replicator);
  luo_test_wait (two_seconds_over, &began);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "GET", "feed=longpoll"), >=, 1);
  g_assert_cmpuint (luo_scripted_peer_count (f->peer, "GET", "feed=longpoll"), <=, 5);
}

int
main (int argc, char *argv[])
{
  static const char *const unknown[] = { "0", "0" };
  static const char *const known[] = { "1600000000000000", "1700000000000000" };
  static const guint no_bulk_get[] = { 400, 404, 405, 500, 501 };

  g_test_init (&argc, &argv, NULL);
#define TEST_DATA(path, func, data)                                                                          \
  g_test_add ("/replication/peer/" path, Fixture, data, set_up, func, tear_down)
#define TEST(path, func) TEST_DATA (path, func, NULL)
  TEST ("every-fault-once", test_every_fault_once);
  TEST ("checkpoint/after-durable", test_checkpoint_after_durable);
  TEST ("checkpoint/is-used", test_checkpoint_is_used);
  TEST_DATA ("remade/unknown", test_remade, unknown);
  TEST_DATA ("remade/known", test_remade, known);
  TEST ("remade/meanwhile", test_remade_meanwhile);
  TEST ("sequences", test_sequences);
  TEST ("unknown-sequence", test_unknown_sequence);
  TEST ("access-lost", test_access_lost);
  TEST ("unstorable", test_unstorable);
  TEST ("lost-reply-then-edit", test_lost_reply_then_edit);
  TEST ("unsent-edits-collapse", test_unsent_edits_collapse);
  TEST ("refused-row", test_refused_row);
  for (gsize i = 0; i < G_N_ELEMENTS (no_bulk_get); i++)
    {
      g_autofree char *path = g_strdup_printf ("/replication/peer/no-bulk-get/%u", no_bulk_get[i]);

      g_test_add (path, Fixture, GUINT_TO_POINTER (no_bulk_get[i]), set_up, test_no_bulk_get, tear_down);
    }
  TEST ("bulk-get-omits", test_bulk_get_omits);
  TEST ("pull-too-large", test_pull_too_large);
  TEST ("push-too-large", test_push_too_large);
  TEST ("push-poison", test_push_poison);
  TEST ("push-out-of-order", test_push_out_of_order);
  TEST ("missing-stub", test_missing_stub);
  TEST ("gateway-answers", test_gateway_answers);
  TEST ("damaged-file", test_damaged_file);
  TEST ("gzipped-file", test_gzipped_file);
  TEST ("missing-file", test_missing_file);
  TEST ("retry-after", test_retry_after);
  TEST ("busy-for-long", test_busy_for_long);
  TEST ("session/ends", test_session_ends);
  TEST ("session/renewed", test_session_renewed);
  TEST ("session/ends-as-forbidden", test_session_ends_as_forbidden);
  TEST ("session/none", test_no_sessions);
  TEST ("batches", test_batches);
  TEST ("polls-end-at-once", test_polls_end_at_once);
#undef TEST
#undef TEST_DATA
  return g_test_run ();
}
