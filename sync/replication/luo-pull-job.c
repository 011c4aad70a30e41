/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-pull-job-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-clock.h"
#include "luo-json-text.h"
#include "luo-pipeline-private.h"
#include "luo-replication-tuning.h"
#include "luo-store-sync.h"

/**
 * Unit: revisions to ask for in one request.
 */
typedef struct
{
  GPtrArray *ids;  /* (owned) (element-type utf8) */
  GPtrArray *revs; /* (owned) (element-type utf8) */
} Unit;

/**
 * Mark: once so many units are complete the source has been followed up to @seq.
 */
typedef struct
{
  guint64 units;
  char *seq; /* (owned) */
} Mark;

struct _LuoPullJob
{
  LuoStore *store;         /* (owned) */
  LuoHttpSession *session; /* (owned) */
  char *space;             /* (owned) */
  char *database;          /* (owned): path segment */
  LuoCheckpoint *checkpoint;
  LuoPullProgress progress;
  gpointer user_data;
  GCancellable *cancellable; /* (nullable): of the run */

  /* The feeder's own. */
  LuoPipeline *pipeline; /* (nullable): while running */
  GPtrArray *queries;    /* (element-type LuoRevsQuery): rows not compared yet */
  Unit *unit;            /* (nullable): being filled */
  guint64 units;         /* pushed */
  GQueue marks;          /* (element-type Mark) */
  guint rows;            /* of the current page */

  gint no_bulk_get; /* atomic: the server has none, ask for each document */
  gint attachments; /* atomic */

  GMutex lock; /* guards what follows */
  gint64 pending;
  guint64 checked, missing, read, stored, failed; /* for the log of the checkpoint */
};

/**
 * Fetch: one request of a worker and what has come of it so far.
 */
typedef struct
{
  LuoPullJob *job;
  GHashTable *open;      /* (owned): "id\nrev" that were asked for and not answered yet */
  LuoJsonStream *stream; /* (nullable): over the reply */
  GPtrArray *documents;  /* (owned) (element-type LuoIncoming): cut, not stored yet */
  gsize bytes;           /* of them */
} Fetch;

static Unit *
unit_new (void)
{
  Unit *unit = g_new0 (Unit, 1);

  unit->ids = g_ptr_array_new_with_free_func (g_free);
  unit->revs = g_ptr_array_new_with_free_func (g_free);
  return unit;
}

static void
unit_free (gpointer data)
{
  Unit *unit = data;

  if (unit == NULL)
    return;
  g_ptr_array_unref (unit->ids);
  g_ptr_array_unref (unit->revs);
  g_free (unit);
}

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  g_free (mark->seq);
  g_free (mark);
}

LuoPullJob *
luo_pull_job_new (LuoStore *store, LuoHttpSession *session, const char *space, LuoCheckpoint *checkpoint,
                  LuoPullProgress progress, gpointer user_data)
{
  LuoPullJob *self = g_new0 (LuoPullJob, 1);

  self->store = g_object_ref (store);
  self->session = luo_http_session_ref (session);
  self->space = g_strdup (space);
  self->database = luo_database_path (space);
  self->checkpoint = checkpoint;
  self->progress = progress;
  self->user_data = user_data;
  self->queries = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_revs_query_free);
  self->pending = -1;
  g_queue_init (&self->marks);
  g_mutex_init (&self->lock);
  return self;
}

void
luo_pull_job_free (LuoPullJob *self)
{
  g_object_unref (self->store);
  luo_http_session_unref (self->session);
  g_free (self->space);
  g_free (self->database);
  g_ptr_array_unref (self->queries);
  unit_free (self->unit);
  g_queue_clear_full (&self->marks, mark_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint64
luo_pull_job_get_stored (LuoPullJob *self)
{
  return self->stored;
}

gboolean
luo_pull_job_saw_attachments (LuoPullJob *self)
{
  return g_atomic_int_get (&self->attachments) != 0;
}

/* Storing */

/* A document that can not be kept here is a visible failure of that document, and the rest goes on. */
static gboolean
note_unstorable (LuoPullJob *self, const char *id, const char *rev, const char *reason, GError **error)
{
  LuoRefusal refusal = {
    .space = self->space,
    .id = (char *)id,
    .rev = (char *)rev,
    .error = (char *)"not_stored",
    .reason = (char *)reason,
    .at = luo_clock_get_real () / G_USEC_PER_SEC,
  };
  GError *store_error = NULL;

  if (luo_store_set_refusal (self->store, &refusal, &store_error))
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

/* Stores what has been cut so far, durably. */
static gboolean
flush (Fetch *fetch, GError **error)
{
  LuoPullJob *self = fetch->job;
  g_autoptr (GPtrArray) documents = g_steal_pointer (&fetch->documents);
  LuoInsertResult *results = NULL;
  GError *store_error = NULL;
  guint64 stored = 0;
  gint64 pending;
  gboolean ok = TRUE;

  fetch->documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  fetch->bytes = 0;
  if (documents->len == 0)
    return TRUE;
  if (!luo_store_insert (self->store, self->space, documents, LUO_INSERT_HELD, &results, &store_error))
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  for (guint i = 0; i < documents->len && ok; i++)
    if (results[i].error == NULL)
      stored++;
    else
      {
        const LuoIncoming *document = documents->pdata[i];

        ok = note_unstorable (self, document->id, document->history[0], results[i].error->message, error);
      }
  luo_insert_results_free (results, documents->len);

  g_mutex_lock (&self->lock);
  self->read += documents->len;
  self->stored += stored;
  self->failed += documents->len - stored;
  pending = self->pending;
  g_mutex_unlock (&self->lock);
  if (stored > 0)
    self->progress (stored, pending, self->user_data);
  return ok;
}

/* Fetching */

static char *
open_key (const char *id, const char *rev)
{
  return g_strconcat (id, "\n", rev, NULL);
}

static void
answered (Fetch *fetch, const char *id, const char *rev)
{
  g_autofree char *key = open_key (id, rev);

  g_hash_table_remove (fetch->open, key);
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
  if (document->attachments != NULL)
    g_atomic_int_set (&fetch->job->attachments, 1);
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
  static const char ok[] = "{\"ok\":";
  Fetch *fetch = user_data;
  g_autoptr (GArray) members = NULL;
  const LuoJsonMember *member;
  LuoIncoming *document;

  /* What every server sends, without looking at the document twice; anything else behind it fails to parse. */
  if (length > sizeof ok && memcmp (text, ok, sizeof ok - 1) == 0)
    {
      document = parse_document (text + sizeof ok - 1, length - sizeof ok, NULL);
      if (document != NULL)
        return take_document (fetch, document, length, error);
    }

  members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
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

/* An element of the `results` of _bulk_get: {"id":…,"docs":[…]}; only its brackets are followed here. */
static gboolean
take_result_cb (const char *text, gsize length, gpointer user_data, GError **error)
{
  g_autoptr (LuoJsonStream) docs
      = luo_json_stream_new ("docs", LUO_TUNING_ELEMENT_MAX, take_doc_cb, user_data);

  return luo_json_stream_feed (docs, text, length, error) && luo_json_stream_end (docs, NULL, error);
}

static gboolean
sink_stream (const char *data, gsize length, gpointer user_data, GError **error)
{
  GError *stream_error = NULL;

  if (luo_json_stream_feed (user_data, data, length, &stream_error))
    return TRUE;
  luo_replication_error_propagate (error, stream_error);
  return FALSE;
}

/* Asks for one revision by itself. */
static gboolean
get_one (Fetch *fetch, const char *id, const char *rev, GError **error)
{
  LuoPullJob *self = fetch->job;
  GString *path = g_string_new (NULL);
  g_autofree char *owned_path = NULL;
  LuoHttpRequest request = { .method = "GET" };
  g_autoptr (LuoHttpReply) reply = NULL;
  g_autoptr (GError) parse_error = NULL;
  LuoIncoming *document;

  g_string_append_printf (path, "/%s/", self->database);
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

  reply = luo_http_session_send (self->session, &request, self->cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->status == 404)
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
  g_mutex_lock (&self->lock);
  self->failed++;
  g_mutex_unlock (&self->lock);
  return note_unstorable (self, id, rev, parse_error->message, error);
}

/* Asks for each revision that has not been answered yet by itself. */
static gboolean
get_each (Fetch *fetch, const Unit *unit, guint from, guint to, GError **error)
{
  for (guint i = from; i < to; i++)
    {
      g_autofree char *key = open_key (unit->ids->pdata[i], unit->revs->pdata[i]);

      if (g_hash_table_contains (fetch->open, key)
          && !get_one (fetch, unit->ids->pdata[i], unit->revs->pdata[i], error))
        return FALSE;
    }
  return TRUE;
}

static GBytes *
bulk_get_body (const Unit *unit, guint from, guint to)
{
  GString *body = g_string_new ("{\"docs\":[");
  gsize length;

  for (guint i = from; i < to; i++)
    {
      g_string_append (body, i > from ? ",{\"id\":" : "{\"id\":");
      luo_json_append_string (body, unit->ids->pdata[i]);
      g_string_append (body, ",\"rev\":");
      luo_json_append_string (body, unit->revs->pdata[i]);
      g_string_append_c (body, '}');
    }
  g_string_append (body, "]}");
  length = body->len;
  return g_bytes_new_take (g_string_free (body, FALSE), length);
}

/* Asks for a range of a unit with one request, or smaller ones where the server does not take it. */
static gboolean
get_range (Fetch *fetch, const Unit *unit, guint from, guint to, GError **error)
{
  LuoPullJob *self = fetch->job;
  g_autoptr (LuoJsonStream) stream = NULL;
  g_autoptr (LuoHttpReply) reply = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *path = NULL;
  LuoHttpRequest request = { .method = "POST" };
  g_autoptr (GError) send_error = NULL;
  GError *stream_error = NULL;

  if (g_atomic_int_get (&self->no_bulk_get))
    return get_each (fetch, unit, from, to, error);

  body = bulk_get_body (unit, from, to);
  path = g_strdup_printf ("/%s/_bulk_get?revs=true", self->database);
  stream = luo_json_stream_new ("results", LUO_TUNING_ELEMENT_MAX, take_result_cb, fetch);
  request.path = path;
  request.body = body;
  request.sink = sink_stream;
  request.sink_data = stream;
  reply = luo_http_session_send (self->session, &request, self->cancellable, &send_error);
  if (reply == NULL && g_error_matches (send_error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL))
    /* One document in it can not be cut: too large, too deep. */
    return flush (fetch, error) && get_each (fetch, unit, from, to, error);
  if (reply == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&send_error));
      return FALSE;
    }

  switch (reply->status)
    {
    case 413:
      if (to - from == 1)
        return get_each (fetch, unit, from, to, error);
      return get_range (fetch, unit, from, from + (to - from) / 2, error)
             && get_range (fetch, unit, from + (to - from) / 2, to, error);
    case 404:
    case 405:
    case 501:
      g_atomic_int_set (&self->no_bulk_get, 1);
      return get_each (fetch, unit, from, to, error);
    case 400:
    case 500:
      /* Some servers fail at one document of the batch (C4144, C3328). */
      return get_each (fetch, unit, from, to, error);
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
  return get_each (fetch, unit, from, to, error);
}

static gboolean
fetch_unit (gpointer data, gpointer user_data, GError **error)
{
  const Unit *unit = data;
  Fetch fetch = { .job = user_data };
  gboolean ok;

  fetch.open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  fetch.documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  for (guint i = 0; i < unit->ids->len; i++)
    g_hash_table_add (fetch.open, open_key (unit->ids->pdata[i], unit->revs->pdata[i]));

  ok = get_range (&fetch, unit, 0, unit->ids->len, error) && flush (&fetch, error);

  g_hash_table_unref (fetch.open);
  g_ptr_array_unref (fetch.documents);
  return ok;
}

/* The feed of changes */

static gboolean
push_unit (LuoPullJob *self)
{
  self->units++;
  return luo_pipeline_push (self->pipeline, g_steal_pointer (&self->unit));
}

/* Compares the rows read so far with what is here and hands the missing revisions to the workers. */
static gboolean
compare_rows (LuoPullJob *self, GError **error)
{
  GError *store_error = NULL;
  guint64 checked = 0, missing = 0;

  if (self->queries->len == 0)
    return TRUE;
  if (!luo_store_revs_diff (self->store, self->space, self->queries, &store_error))
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  for (guint i = 0; i < self->queries->len; i++)
    {
      LuoRevsQuery *query = self->queries->pdata[i];

      checked += g_strv_length (query->revs);
      for (guint j = 0; query->missing != NULL && query->missing[j] != NULL; j++)
        {
          if (self->unit == NULL)
            self->unit = unit_new ();
          g_ptr_array_add (self->unit->ids, g_strdup (query->id));
          g_ptr_array_add (self->unit->revs, g_strdup (query->missing[j]));
          missing++;
          if (self->unit->ids->len >= LUO_TUNING_GET_BATCH && !push_unit (self))
            {
              /* The pipeline's own error is found when it is finished. */
              g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "");
              return FALSE;
            }
        }
    }
  g_ptr_array_set_size (self->queries, 0);
  g_mutex_lock (&self->lock);
  self->checked += checked;
  self->missing += missing;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* A row of the feed: {"seq":…,"id":…,"changes":[{"rev":…},…]}. */
static gboolean
take_row_cb (const char *text, gsize length, gpointer user_data, GError **error)
{
  LuoPullJob *self = user_data;
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GPtrArray) revs = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *id = NULL;
  const LuoJsonMember *member;
  LuoRevsQuery *query;

  self->rows++;
  if (!luo_json_cut (text, length, members, error))
    return FALSE;
  if ((member = luo_json_find (members, "id")) != NULL)
    id = luo_json_decode_string (member->value, member->value_length);
  member = luo_json_find (members, "changes");
  if (id == NULL || member == NULL || !luo_json_cut_array (member->value, member->value_length, items, NULL))
    {
      g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                           _ ("The server’s list of changes can not be read."));
      return FALSE;
    }
  for (guint i = 0; i < items->len; i++)
    {
      const LuoJsonMember *item = &g_array_index (items, LuoJsonMember, i);
      char *rev = NULL;

      if (item->value[0] == '{' && luo_json_cut (item->value, item->value_length, members, NULL)
          && (member = luo_json_find (members, "rev")) != NULL)
        rev = luo_json_decode_string (member->value, member->value_length);
      if (rev != NULL)
        g_ptr_array_add (revs, rev);
    }
  if (revs->len == 0)
    return TRUE;

  g_ptr_array_add (revs, NULL);
  query = g_new0 (LuoRevsQuery, 1);
  query->id = g_steal_pointer (&id);
  query->revs = (char **)g_ptr_array_free (g_steal_pointer (&revs), FALSE);
  g_ptr_array_add (self->queries, query);
  return self->queries->len < LUO_TUNING_CHANGES_BATCH || compare_rows (self, error);
}

/* A sequence as a query's value: text without its quotes, anything else as it is. */
static void
append_seq (GString *path, const char *seq)
{
  g_autofree char *text = luo_json_decode_string (seq, strlen (seq));

  luo_http_append_escaped (path, text != NULL ? text : seq);
}

/* Reads one page of changes after @since. @seq (out): where the page ends; @more (out): whether another page follows. */
static gboolean
read_page (LuoPullJob *self, const char *since, char **seq, gboolean *more, GError **error)
{
  g_autoptr (LuoJsonStream) stream = NULL;
  g_autoptr (LuoHttpReply) reply = NULL;
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  GString *path = g_string_new (NULL);
  g_autofree char *owned_path = NULL;
  g_autofree char *rest = NULL;
  const LuoJsonMember *member;
  LuoHttpRequest request = { .method = "GET" };
  GError *stream_error = NULL;
  gint64 pending = -1;

  g_string_append_printf (path, "/%s/_changes?style=all_docs&limit=%d&seq_interval=%d&since=", self->database,
                          LUO_TUNING_CHANGES_BATCH, LUO_TUNING_CHANGES_BATCH);
  append_seq (path, since);
  owned_path = g_string_free (path, FALSE);
  stream = luo_json_stream_new ("results", LUO_JSON_MAX_DOCUMENT, take_row_cb, self);
  request.path = owned_path;
  request.sink = sink_stream;
  request.sink_data = stream;
  self->rows = 0;
  reply = luo_http_session_send (self->session, &request, self->cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->status == 400 && strcmp (since, "0") != 0)
    {
      /* A sequence that the server does not know any more: compare from the beginning, which costs time and loses nothing. */
      *seq = g_strdup ("0");
      *more = TRUE;
      return TRUE;
    }
  if (!luo_http_reply_check (reply, error))
    return FALSE;
  if (!luo_json_stream_end (stream, &rest, &stream_error)
      || !luo_json_cut (rest, strlen (rest), members, &stream_error))
    {
      luo_replication_error_propagate (error, stream_error);
      return FALSE;
    }
  if ((member = luo_json_find (members, "pending")) != NULL)
    {
      g_autofree char *text = g_strndup (member->value, member->value_length);
      guint64 number;

      if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &number, NULL))
        pending = (gint64)number;
    }
  if ((member = luo_json_find (members, "last_seq")) == NULL)
    {
      g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                           _ ("The server’s list of changes can not be read."));
      return FALSE;
    }
  *seq = g_strndup (member->value, member->value_length);
  /* A feed that does not move would be read for ever. */
  *more = self->rows > 0 && pending != 0 && (pending > 0 || self->rows >= LUO_TUNING_CHANGES_BATCH)
          && strcmp (*seq, since) != 0;

  g_mutex_lock (&self->lock);
  self->pending = pending;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* Moves the checkpoint as far as all is durable. */
static void
follow (LuoPullJob *self)
{
  guint64 complete = luo_pipeline_get_complete (self->pipeline);
  Mark *mark;

  while ((mark = g_queue_peek_head (&self->marks)) != NULL && mark->units <= complete)
    {
      luo_checkpoint_advance (self->checkpoint, mark->seq);
      mark_free (g_queue_pop_head (&self->marks));
    }
}

static void
count (LuoPullJob *self)
{
  g_mutex_lock (&self->lock);
  luo_checkpoint_count (self->checkpoint, self->checked, self->missing, self->read, self->stored,
                        self->failed);
  self->checked = self->missing = self->read = self->failed = 0;
  g_mutex_unlock (&self->lock);
}

static gboolean
read_feed (LuoPullJob *self, GError **error)
{
  g_autofree char *since = g_strdup (luo_checkpoint_get_seq (self->checkpoint));
  gboolean more = TRUE;

  while (more)
    {
      g_autofree char *seq = NULL;
      Mark *mark;

      if (!read_page (self, since, &seq, &more, error) || !compare_rows (self, error))
        return FALSE;
      if (self->unit != NULL && !push_unit (self))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "");
          return FALSE;
        }
      mark = g_new0 (Mark, 1);
      mark->units = self->units;
      mark->seq = g_strdup (seq);
      g_queue_push_tail (&self->marks, mark);
      follow (self);
      if (more && !luo_checkpoint_save (self->checkpoint, FALSE, self->cancellable, error))
        return FALSE;
      g_free (since);
      since = g_steal_pointer (&seq);
    }
  return TRUE;
}

gboolean
luo_pull_job_run (LuoPullJob *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) feed_error = NULL;
  g_autoptr (GError) work_error = NULL;
  gboolean ok;

  self->cancellable = cancellable;
  if (!luo_checkpoint_load (self->checkpoint, cancellable, error))
    return FALSE;
  self->pipeline
      = luo_pipeline_new (LUO_TUNING_PULL_WORKERS, LUO_TUNING_PULL_QUEUE, fetch_unit, unit_free, self);
  ok = read_feed (self, &feed_error);
  ok = luo_pipeline_finish (self->pipeline, &work_error) && ok;
  follow (self);
  count (self);
  g_clear_pointer (&self->pipeline, luo_pipeline_free);
  if (ok)
    return TRUE;
  /* A worker's error is the cause of the feeder's where both failed. */
  g_propagate_error (error,
                     work_error != NULL ? g_steal_pointer (&work_error) : g_steal_pointer (&feed_error));
  return FALSE;
}
