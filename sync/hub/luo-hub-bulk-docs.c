/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-history-private.h"
#include "luo-hub-incoming-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-private.h"
#include "luo-hub-tuning.h"
#include "luo-hub-users-private.h"
#include "luo-json-text.h"
#include "luo-store-sync.h"

/* How much of the beginning is looked at for `new_edits`. */
#define HEAD_MAX 128

/**
 * BulkDocs: one _bulk_docs. Where the body says at its very beginning that its documents come with their history
 * (`{"new_edits":false,"docs":[`), they are stored while the rest arrives; else they are kept until the end says what they are.
 */
typedef struct
{
  LuoHubRequest *request; /* (unowned): owns this */
  LuoJsonStream *stream;  /* (owned) */
  GString *head;          /* (owned): the first bytes */
  gboolean early;         /* known to be `new_edits` false */
  GPtrArray *documents;   /* (owned): of LuoIncoming, not yet stored */
  gsize bytes;            /* of them */
  GString *rows;          /* (owned): of the answer, without brackets */
  GMainContext *context;  /* (owned): by which the end of a batch comes; goes back to the hub */
  guint under_way;        /* batches that were handed to the store and have not ended */
  GError *error;          /* (owned) (nullable): of the first batch that could not be stored */
} BulkDocs;

/**
 * Batch: documents with their history that were handed to the store at once.
 */
typedef struct
{
  BulkDocs *owner;
  GPtrArray *documents; /* (owned): of LuoIncoming */
} Batch;

static void
append_error_row (BulkDocs *self, const LuoIncoming *document, const GError *error)
{
  if (self->rows->len > 0)
    g_string_append_c (self->rows, ',');
  g_string_append (self->rows, "{\"id\":");
  luo_json_append_string (self->rows, document->id);
  if (document->history[0] != NULL)
    {
      g_string_append (self->rows, ",\"rev\":");
      luo_json_append_string (self->rows, document->history[0]);
    }
  g_string_append_c (self->rows, ',');
  luo_hub_error_append (error, self->rows);
  g_string_append_c (self->rows, '}');
}

static void
append_ok_row (BulkDocs *self, const LuoIncoming *document, const char *rev)
{
  if (self->rows->len > 0)
    g_string_append_c (self->rows, ',');
  g_string_append (self->rows, "{\"ok\":true,\"id\":");
  luo_json_append_string (self->rows, document->id);
  g_string_append_printf (self->rows, ",\"rev\":\"%s\"}", rev);
}

/* Whether a row may be stored: the rights of each document, passwords. An error of its own is its row. */
static gboolean
prepare (BulkDocs *self, LuoIncoming *document)
{
  g_autoptr (GError) error = NULL;

  if (luo_hub_incoming_prepare (self->request, document, &error))
    return TRUE;
  append_error_row (self, document, error);
  return FALSE;
}

/* With history the documents must have revisions. */
static gboolean
check_revisions (BulkDocs *self, GError **error)
{
  for (guint i = 0; i < self->documents->len; i++)
    if (((LuoIncoming *)self->documents->pdata[i])->history[0] == NULL)
      {
        g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                             "Missing revision of a document");
        return FALSE;
      }
  return TRUE;
}

/* Takes out of the batch what may not be stored. */
static void
sift (BulkDocs *self)
{
  for (guint i = 0; i < self->documents->len;)
    {
      LuoIncoming *document = self->documents->pdata[i];

      if (prepare (self, document))
        {
          i++;
          continue;
        }
      g_ptr_array_remove_index (self->documents, i);
    }
}

/* Until at most @left of the batches that were handed over are not durable yet. Nothing but their ends comes by the context. */
static void
wait_for_batches (BulkDocs *self, guint left)
{
  while (self->under_way > left)
    g_main_context_iteration (self->context, TRUE);
}

static gboolean
check_batches (BulkDocs *self, GError **error)
{
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

static void
inserted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) documents = NULL;
  g_autofree Batch *batch = user_data;
  BulkDocs *self = batch->owner;
  g_autoptr (GError) error = NULL;
  LuoInsertResult *results = NULL;
  gsize n = 0;

  documents = g_steal_pointer (&batch->documents);
  self->under_way--;
  if (!luo_store_insert_finish (LUO_STORE (source), result, &results, &n, &error))
    {
      if (self->error == NULL)
        self->error = g_steal_pointer (&error);
      return;
    }
  for (gsize i = 0; i < n; i++)
    if (results[i].error != NULL)
      append_error_row (self, documents->pdata[i], results[i].error);
  luo_insert_results_free (results, n);
}

static void
bulk_docs_free (gpointer data)
{
  BulkDocs *self = data;

  wait_for_batches (self, 0);
  g_clear_error (&self->error);
  luo_json_stream_free (self->stream);
  g_ptr_array_unref (self->documents);
  g_string_free (self->head, TRUE);
  g_string_free (self->rows, TRUE);
  luo_hub_give_context (self->request->hub, self->context);
  g_free (self);
}

/* Hands over what has gathered with its history: it is stored while the next batch is read. */
static gboolean
insert (BulkDocs *self, GError **error)
{
  Batch *batch;

  if (!check_revisions (self, error))
    return FALSE;
  wait_for_batches (self, LUO_HUB_INSERT_AHEAD - 1);
  if (!check_batches (self, error))
    return FALSE;
  sift (self);
  self->bytes = 0;
  if (self->documents->len == 0)
    return TRUE;
  batch = g_new0 (Batch, 1);
  batch->owner = self;
  batch->documents = g_steal_pointer (&self->documents);
  self->documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  self->under_way++;
  g_main_context_push_thread_default (self->context);
  luo_store_insert_async (luo_hub_get_store (self->request->hub), self->request->space, batch->documents,
                          LUO_INSERT_DEFAULT, NULL, inserted_cb, batch);
  g_main_context_pop_thread_default (self->context);
  return TRUE;
}

static gboolean
element_cb (const char *text, gsize length, gpointer user_data, GError **error)
{
  BulkDocs *self = user_data;
  LuoIncoming *document = luo_hub_incoming_parse (text, length, error);

  if (document == NULL)
    return FALSE;
  if (document->id == NULL)
    document->id = luo_hub_incoming_make_id ();
  g_ptr_array_add (self->documents, document);
  self->bytes += length;
  if (self->early && (self->documents->len >= LUO_HUB_INSERT_BATCH || self->bytes >= LUO_HUB_INSERT_BYTES))
    return insert (self, error);
  return TRUE;
}

gboolean
luo_hub_bulk_docs_begin (LuoHubRequest *request, GError **error)
{
  BulkDocs *self;

  if (!luo_hub_request_expect_json (request, error))
    return FALSE;
  self = g_new0 (BulkDocs, 1);
  self->request = request;
  self->head = g_string_new (NULL);
  self->context = luo_hub_take_context (request->hub);
  self->rows = g_string_new (NULL);
  self->documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  self->stream = luo_json_stream_new ("docs", LUO_HUB_MAX_BODY, element_cb, self);
  request->data = self;
  request->data_free = bulk_docs_free;
  return TRUE;
}

/* Whether the body begins with {"new_edits":false,"docs":[ and nothing else. */
static gboolean
begins_with_history (const char *head)
{
  static const char *const expected[] = { "{", "\"new_edits\"", ":", "false", ",", "\"docs\"", ":", "[" };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      head += strspn (head, " \t\r\n");
      if (!g_str_has_prefix (head, expected[i]))
        return FALSE;
      head += strlen (expected[i]);
    }
  return TRUE;
}

gboolean
luo_hub_bulk_docs_feed (LuoHubRequest *request, const char *data, gsize length, GError **error)
{
  BulkDocs *self = request->data;

  if (!self->early && self->head->len < HEAD_MAX)
    {
      g_string_append_len (self->head, data, (gssize)MIN (length, HEAD_MAX - self->head->len));
      self->early = begins_with_history (self->head->str);
    }
  return luo_json_stream_feed (self->stream, data, length, error);
}

/**
 * Edits: the new edits of a request. Rows are in the order of the documents, whichever was refused before it came to the store.
 */
typedef struct
{
  BulkDocs *owner;
  LuoPut *puts;          /* (owned): of those that may be stored */
  guint *places;         /* (owned): where they stand among the documents */
  LuoPutResult *results; /* (owned): one per document */
} Edits;

typedef struct
{
  Edits *edits;
  guint first, n; /* of its puts */
} EditsPart;

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree EditsPart *part = user_data;
  Edits *edits = part->edits;
  g_autoptr (GError) error = NULL;
  LuoPutResult *results = NULL;
  gsize n = 0;
  gboolean ok = luo_store_put_each_finish (LUO_STORE (source), result, &results, &n, &error);

  edits->owner->under_way--;
  for (guint i = 0; i < part->n; i++)
    {
      LuoPutResult *place = &edits->results[edits->places[part->first + i]];

      if (ok)
        {
          place->rev = g_steal_pointer (&results[i].rev);
          place->error = g_steal_pointer (&results[i].error);
        }
      else
        place->error = g_error_copy (error);
    }
  luo_put_results_free (results, n);
}

static void
put_part (Edits *edits, guint first, guint n)
{
  EditsPart *part;

  if (n == 0)
    return;
  part = g_new0 (EditsPart, 1);
  part->edits = edits;
  part->first = first;
  part->n = n;
  edits->owner->under_way++;
  luo_store_put_each_async (luo_hub_get_store (edits->owner->request->hub), edits->puts + first, n, put_cb,
                            part);
}

/* Saves the documents as new edits, each for itself: a part is written while the next is checked and hashed. */
static void
put_documents (BulkDocs *self)
{
  guint n = self->documents->len, taken = 0, first = 0;
  g_autofree LuoPut *puts = g_new0 (LuoPut, MAX (n, 1));
  g_autofree guint *places = g_new0 (guint, MAX (n, 1));
  LuoPutResult *results = g_new0 (LuoPutResult, MAX (n, 1));
  Edits edits = { self, puts, places, results };
  gsize bytes = 0;

  g_main_context_push_thread_default (self->context);
  for (guint i = 0; i < n; i++)
    {
      LuoIncoming *document = self->documents->pdata[i];
      LuoPut *put = &puts[taken];

      if (!luo_hub_incoming_prepare (self->request, document, &results[i].error))
        continue;
      put->space = self->request->space;
      put->id = document->id;
      put->parent = document->history[0];
      put->body = document->body;
      put->attachments = document->attachments;
      put->deleted = document->deleted;
      /* The body of a user may have been put together anew. */
      if (strcmp (put->space, LUO_HUB_USERS_SPACE) != 0)
        put->flags = LUO_PUT_CHECKED;
      put->type = document->record_type;
      places[taken++] = i;
      bytes += strlen (document->body);
      if (taken - first >= LUO_HUB_INSERT_BATCH || bytes >= LUO_HUB_INSERT_BYTES)
        {
          put_part (&edits, first, taken - first);
          first = taken;
          bytes = 0;
        }
    }
  put_part (&edits, first, taken - first);
  g_main_context_pop_thread_default (self->context);
  wait_for_batches (self, 0);

  for (guint i = 0; i < n; i++)
    if (results[i].error != NULL)
      append_error_row (self, self->documents->pdata[i], results[i].error);
    else
      append_ok_row (self, self->documents->pdata[i], results[i].rev);
  luo_put_results_free (results, n);
}

/* What stands around the documents. */
static gboolean
read_rest (BulkDocs *self, gboolean *new_edits, GError **error)
{
  g_autofree char *rest = NULL;
  g_autoptr (JsonObject) object = NULL;
  JsonNode *docs;

  if (!luo_json_stream_end (self->stream, &rest, error))
    return FALSE;
  object = luo_hub_json_parse_object (rest, strlen (rest), error);
  if (object == NULL)
    return FALSE;
  docs = json_object_get_member (object, "docs");
  if (docs == NULL || !JSON_NODE_HOLDS_ARRAY (docs))
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                           docs == NULL ? "POST body must include `docs` parameter."
                                        : "`docs` parameter must be an array.");
      return FALSE;
    }
  *new_edits = TRUE;
  if (json_object_has_member (object, "new_edits"))
    *new_edits = luo_hub_json_get_flag (object, "new_edits");
  return TRUE;
}

/* Stores what was kept until the end, batch by batch. */
static gboolean
insert_all (BulkDocs *self, GError **error)
{
  g_autoptr (GPtrArray) all = g_steal_pointer (&self->documents);
  guint next = 0;

  self->documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  while (next < all->len)
    {
      for (; next < all->len && self->documents->len < LUO_HUB_INSERT_BATCH; next++)
        g_ptr_array_add (self->documents, g_steal_pointer (&all->pdata[next]));
      if (!insert (self, error))
        return FALSE;
    }
  wait_for_batches (self, 0);
  return check_batches (self, error);
}

gboolean
luo_hub_bulk_docs_run (LuoHubRequest *request, GError **error)
{
  BulkDocs *self = request->data;
  gboolean new_edits;
  GString *out;

  if (!read_rest (self, &new_edits, error))
    return FALSE;
  if (new_edits)
    put_documents (self);
  else if (!insert_all (self, error))
    return FALSE;

  out = luo_hub_answer_text (luo_hub_request_answer (request, 201));
  g_string_append_c (out, '[');
  g_string_append_len (out, self->rows->str, (gssize)self->rows->len);
  g_string_append (out, "]\n");
  return TRUE;
}
