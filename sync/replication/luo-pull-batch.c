/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-pull-batch-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-clock.h"
#include "luo-json-text.h"
#include "luo-record-id.h"
#include "luo-replication-tuning.h"
#include "luo-store-sync.h"

/**
 * Fetch: one request of a worker and what has come of it so far.
 */
typedef struct
{
  LuoPullPeer *peer;
  const LuoPullBatch *batch;
  gboolean *answered;   /* (owned): for each revision of @batch */
  guint next;           /* where the next answer is looked for first: most servers answer in order */
  GPtrArray *documents; /* (owned) (element-type LuoIncoming): cut, not stored yet */
  gsize bytes;          /* of them */
} Fetch;

LuoPullBatch *
luo_pull_batch_new (void)
{
  LuoPullBatch *self = g_new0 (LuoPullBatch, 1);

  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->revs = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
luo_pull_batch_free (LuoPullBatch *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->ids);
  g_ptr_array_unref (self->revs);
  g_free (self);
}

/* Storing */

/* A document that can not be kept here is a visible failure of that document, and the rest goes on. */
static gboolean
note_unstorable (LuoPullPeer *peer, const char *id, const char *rev, const char *reason, GError **error)
{
  LuoRefusal refusal = {
    .space = (char *)peer->space,
    .id = (char *)id,
    .rev = (char *)rev,
    .error = (char *)"not_stored",
    .reason = (char *)reason,
    .at = luo_clock_get_real () / G_USEC_PER_SEC,
  };
  GError *store_error = NULL;

  if (luo_store_set_refusal (peer->store, &refusal, &store_error))
    return TRUE;
  /* Not even the refusal can be kept: of a document whose very name is impossible there is nothing to remember it by. */
  if (g_error_matches (store_error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID)
      || g_error_matches (store_error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND))
    {
      g_error_free (store_error);
      return TRUE;
    }
  luo_replication_error_propagate (error, store_error);
  return FALSE;
}

/* Stores what has been cut so far. The log of the checkpoint is written to the same file, and only then must this be durable. */
static gboolean
flush (Fetch *fetch, GError **error)
{
  LuoPullPeer *peer = fetch->peer;
  g_autoptr (GPtrArray) documents = g_steal_pointer (&fetch->documents);
  LuoInsertResult *results = NULL;
  GError *store_error = NULL;
  guint64 stored = 0, records = 0;
  gboolean ok = TRUE;

  fetch->documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  fetch->bytes = 0;
  if (documents->len == 0)
    return TRUE;
  if (!luo_store_insert (peer->store, peer->space, documents, LUO_INSERT_HELD | LUO_INSERT_REPEATABLE,
                         &results, &store_error))
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  for (guint i = 0; i < documents->len && ok; i++)
    if (results[i].error == NULL)
      {
        stored++;
        records += !luo_record_id_is_entry (((LuoIncoming *)documents->pdata[i])->id);
      }
    else
      {
        const LuoIncoming *document = documents->pdata[i];

        ok = note_unstorable (peer, document->id, document->history[0], results[i].error->message, error);
      }
  luo_insert_results_free (results, documents->len);

  g_mutex_lock (&peer->lock);
  peer->read += documents->len;
  peer->stored += stored;
  peer->failed += documents->len - stored;
  g_mutex_unlock (&peer->lock);
  if (stored > 0)
    peer->stored_cb (records, peer->user_data);
  return ok;
}

/* Fetching */

static void
answered (Fetch *fetch, const char *id, const char *rev)
{
  guint n = fetch->batch->ids->len;

  for (guint i = 0; i < n; i++)
    {
      guint place = (fetch->next + i) % n;

      if (strcmp (fetch->batch->ids->pdata[place], id) == 0
          && strcmp (fetch->batch->revs->pdata[place], rev) == 0)
        {
          fetch->answered[place] = TRUE;
          fetch->next = place + 1;
          return;
        }
    }
}

/* A document as the server sent it; NULL where it can not be read. */
static LuoIncoming *
parse_document (const char *text, gsize length, GError **error)
{
  g_autoptr (LuoIncoming) document = luo_incoming_parse (text, length, error);

  if (document == NULL)
    return NULL;
  if (document->id == NULL || document->history == NULL || document->history[0] == NULL)
    {
      g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                           _ ("The server sent a record without its name."));
      return NULL;
    }
  return g_steal_pointer (&document);
}

/* Takes a document (transfer full) and stores what has come together where it is enough. */
static gboolean
take_document (Fetch *fetch, LuoIncoming *document, gsize length, GError **error)
{
  answered (fetch, document->id, document->history[0]);
  fetch->bytes += length;
  g_ptr_array_add (fetch->documents, document);
  return fetch->bytes < LUO_TUNING_INSERT_BYTES || flush (fetch, error);
}

/* A row for a revision that the server does not give. One that is gone was replaced, and its successor is in the feed. */
static void
take_row_error (Fetch *fetch, const LuoJsonMember *row)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autofree char *id = NULL;
  g_autofree char *rev = NULL;
  g_autofree char *word = NULL;
  const LuoJsonMember *member;

  if (!luo_json_cut (row->value, row->value_length, members, NULL))
    return;
  if ((member = luo_json_find (members, "id")) != NULL)
    id = luo_json_decode_string (member->value, member->value_length);
  if ((member = luo_json_find (members, "rev")) != NULL)
    rev = luo_json_decode_string (member->value, member->value_length);
  if ((member = luo_json_find (members, "error")) != NULL)
    word = luo_json_decode_string (member->value, member->value_length);
  if (id != NULL && rev != NULL && word != NULL && strcmp (word, "not_found") == 0)
    answered (fetch, id, rev);
}

/* An element of the `docs` of an answer: {"ok":{…}} or {"error":{…}}. What can not be read stays open and is asked for alone. */
static gboolean
take_doc_cb (const char *text, gsize length, gpointer user_data, GError **error)
{
  Fetch *fetch = user_data;
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  const LuoJsonMember *member;
  LuoIncoming *document;

  if (!luo_json_cut (text, length, members, NULL))
    return TRUE;
  if ((member = luo_json_find (members, "ok")) != NULL)
    {
      document = parse_document (member->value, member->value_length, NULL);
      return document == NULL || take_document (fetch, document, length, error);
    }
  if ((member = luo_json_find (members, "error")) != NULL)
    take_row_error (fetch, member);
  return TRUE;
}

/* Where the one document of {"id":…,"docs":[{"ok":{…}}]} begins and how long it is, as every server writes it; NULL where the element
 * looks otherwise. What is taken for a document by mistake does not parse as one. */
static const char *
find_document (const char *text, gsize length, gsize *document_length)
{
  static const char head[] = "{\"id\":\"";
  static const char middle[] = "\",\"docs\":[{\"ok\":";
  static const char tail[] = "}]}";
  const char *quote;

  if (length < sizeof head + sizeof middle + sizeof tail || memcmp (text, head, sizeof head - 1) != 0
      || memcmp (text + length - (sizeof tail - 1), tail, sizeof tail - 1) != 0)
    return NULL;
  quote = memchr (text + sizeof head - 1, '"', length - (sizeof head - 1));
  if (quote == NULL || quote[-1] == '\\' || (gsize)(text + length - quote) < sizeof middle + sizeof tail
      || memcmp (quote, middle, sizeof middle - 1) != 0)
    return NULL;
  quote += sizeof middle - 1;
  *document_length = (gsize)(text + length - (sizeof tail - 1) - quote);
  return quote;
}

/* An element of the `results` of _bulk_get: {"id":…,"docs":[…]}. */
static gboolean
take_result_cb (const char *text, gsize length, gpointer user_data, GError **error)
{
  g_autoptr (LuoJsonStream) docs = NULL;
  gsize document_length = 0;
  const char *found = find_document (text, length, &document_length);
  LuoIncoming *document = found != NULL ? parse_document (found, document_length, NULL) : NULL;

  if (document != NULL)
    return take_document (user_data, document, document_length, error);
  docs = luo_json_stream_new ("docs", LUO_TUNING_ELEMENT_MAX, take_doc_cb, user_data);
  return luo_json_stream_feed (docs, text, length, error) && luo_json_stream_end (docs, NULL, error);
}

gboolean
luo_json_stream_sink (const char *data, gsize length, gpointer stream, GError **error)
{
  GError *stream_error = NULL;

  if (luo_json_stream_feed (stream, data, length, &stream_error))
    return TRUE;
  luo_replication_error_propagate (error, stream_error);
  return FALSE;
}

/* Asks for one revision by itself. */
static gboolean
get_one (Fetch *fetch, const char *id, const char *rev, GError **error)
{
  LuoPullPeer *peer = fetch->peer;
  GString *path = g_string_new (NULL);
  g_autofree char *owned_path = NULL;
  LuoHttpRequest request = { .method = "GET" };
  g_autoptr (LuoHttpReply) reply = NULL;
  g_autoptr (GError) parse_error = NULL;
  LuoIncoming *document;

  g_string_append_printf (path, "/%s/", peer->database);
  if (g_str_has_prefix (id, "_design/"))
    {
      g_string_append (path, "_design/");
      luo_http_append_escaped (path, id + strlen ("_design/"));
    }
  else
    luo_http_append_escaped (path, id);
  g_string_append (path, "?revs=true&rev=");
  luo_http_append_escaped (path, rev);
  owned_path = g_string_free (path, FALSE);
  request.path = owned_path;

  reply = luo_http_session_send (peer->session, &request, peer->cancellable, error);
  if (reply == NULL)
    return FALSE;
  /* A page of a proxy that says 404 is no word of the server's on the record. */
  if (reply->status == 404 && reply->json)
    {
      answered (fetch, id, rev);
      return TRUE;
    }
  if (!luo_http_reply_check (reply, error))
    return FALSE;
  document = parse_document (reply->body, reply->length, &parse_error);
  if (document != NULL)
    return take_document (fetch, document, reply->length, error);
  if (!reply->json)
    {
      /* Not even JSON: that is no answer of the server that was asked. */
      luo_replication_error_propagate (error, g_steal_pointer (&parse_error));
      return FALSE;
    }
  answered (fetch, id, rev);
  g_mutex_lock (&peer->lock);
  peer->failed++;
  g_mutex_unlock (&peer->lock);
  return note_unstorable (peer, id, rev, parse_error->message, error);
}

/* Asks for each revision that has not been answered yet by itself. */
static gboolean
get_each (Fetch *fetch, guint from, guint to, GError **error)
{
  for (guint i = from; i < to; i++)
    if (!fetch->answered[i]
        && !get_one (fetch, fetch->batch->ids->pdata[i], fetch->batch->revs->pdata[i], error))
      return FALSE;
  return TRUE;
}

static GBytes *
bulk_get_body (const LuoPullBatch *batch, guint from, guint to)
{
  GString *body = g_string_new ("{\"docs\":[");
  gsize length;

  for (guint i = from; i < to; i++)
    {
      g_string_append (body, i > from ? ",{\"id\":" : "{\"id\":");
      luo_json_append_string (body, batch->ids->pdata[i]);
      g_string_append (body, ",\"rev\":");
      luo_json_append_string (body, batch->revs->pdata[i]);
      g_string_append_c (body, '}');
    }
  g_string_append (body, "]}");
  length = body->len;
  return g_bytes_new_take (g_string_free (body, FALSE), length);
}

/* Asks for a range of a batch with one request, or smaller ones where the server does not take it. */
static gboolean
get_range (Fetch *fetch, guint from, guint to, GError **error)
{
  LuoPullPeer *peer = fetch->peer;
  g_autoptr (LuoJsonStream) stream = NULL;
  g_autoptr (LuoHttpReply) reply = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *path = NULL;
  LuoHttpRequest request = { .method = "POST", .repeatable = TRUE };
  g_autoptr (GError) send_error = NULL;
  GError *stream_error = NULL;

  if (g_atomic_int_get (&peer->no_bulk_get))
    return get_each (fetch, from, to, error);

  body = bulk_get_body (fetch->batch, from, to);
  path = g_strdup_printf ("/%s/_bulk_get?revs=true", peer->database);
  stream = luo_json_stream_new ("results", LUO_TUNING_ELEMENT_MAX, take_result_cb, fetch);
  request.path = path;
  request.body = body;
  request.sink = luo_json_stream_sink;
  request.sink_data = stream;
  reply = luo_http_session_send (peer->session, &request, peer->cancellable, &send_error);
  if (reply == NULL && g_error_matches (send_error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL))
    /* One document in it can not be cut: too large, too deep. */
    return flush (fetch, error) && get_each (fetch, from, to, error);
  if (reply == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&send_error));
      return FALSE;
    }

  switch (reply->status)
    {
    case 413:
      if (to - from == 1)
        return get_each (fetch, from, to, error);
      return get_range (fetch, from, from + (to - from) / 2, error)
             && get_range (fetch, from + (to - from) / 2, to, error);
    case 404:
    case 405:
    case 501:
      g_atomic_int_set (&peer->no_bulk_get, 1);
      return get_each (fetch, from, to, error);
    case 400:
    case 500:
      /* Some servers fail at one document of the batch (C4144, C3328). */
      return get_each (fetch, from, to, error);
    default:
      break;
    }
  if (!luo_http_reply_check (reply, error))
    return FALSE;
  if (!luo_json_stream_end (stream, NULL, &stream_error))
    {
      luo_replication_error_propagate (error, stream_error);
      return FALSE;
    }
  /* What a server passed over in silence is asked for alone: nothing may vanish. */
  return get_each (fetch, from, to, error);
}

gboolean
luo_pull_batch_fetch (gpointer data, gpointer user_data, GError **error)
{
  const LuoPullBatch *batch = data;
  Fetch fetch = { .peer = user_data, .batch = batch };
  gboolean ok;

  fetch.answered = g_new0 (gboolean, batch->ids->len);
  fetch.documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  ok = get_range (&fetch, 0, batch->ids->len, error) && flush (&fetch, error);
  g_free (fetch.answered);
  g_ptr_array_unref (fetch.documents);
  return ok;
}
