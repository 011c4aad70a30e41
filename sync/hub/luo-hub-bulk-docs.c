/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-incoming-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-private.h"
#include "luo-hub-tuning.h"
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
  GMainContext *context;  /* (owned): by which the end of an insert comes */
  GPtrArray *storing;     /* (owned) (nullable): the batch that is being stored */
  GError *error;          /* (owned) (nullable): of the last batch */
} BulkDocs;

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

static void
inserted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BulkDocs *self = user_data;
  LuoInsertResult *results = NULL;
  gsize n = 0;

  if (luo_store_insert_finish (LUO_STORE (source), result, &results, &n, &self->error))
    {
      for (gsize i = 0; i < n; i++)
        if (results[i].error != NULL)
          append_error_row (self, self->storing->pdata[i], results[i].error);
      luo_insert_results_free (results, n);
    }
  g_clear_pointer (&self->storing, g_ptr_array_unref);
}

/* Until the batch that was handed over is durable. Nothing but its end comes by the context. */
static gboolean
wait_for_insert (BulkDocs *self, GError **error)
{
  while (self->storing != NULL)
    g_main_context_iteration (self->context, TRUE);
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

static void
bulk_docs_free (gpointer data)
{
  BulkDocs *self = data;

  wait_for_insert (self, NULL);
  luo_json_stream_free (self->stream);
  g_ptr_array_unref (self->documents);
  g_string_free (self->head, TRUE);
  g_string_free (self->rows, TRUE);
  g_main_context_unref (self->context);
  g_free (self);
}

/* Hands over what has gathered with its history: it is stored while the next batch is read. */
static gboolean
insert (BulkDocs *self, GError **error)
{
  GPtrArray *batch;

  if (!check_revisions (self, error) || !wait_for_insert (self, error))
    return FALSE;
  sift (self);
  batch = g_steal_pointer (&self->documents);
  self->documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  self->bytes = 0;
  if (batch->len == 0)
    {
      g_ptr_array_unref (batch);
      return TRUE;
    }
  self->storing = batch;
  g_main_context_push_thread_default (self->context);
  luo_store_insert_async (luo_hub_get_store (self->request->hub), self->request->space, batch,
                          LUO_INSERT_DEFAULT, NULL, inserted_cb, self);
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
  self->context = g_main_context_new ();
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

/* Whether an error is a single document's, and not the disk's. */
static gboolean
is_of_one (const GError *error)
{
  return error->domain != LUO_STORE_ERROR || error->code == LUO_STORE_ERROR_CONFLICT
         || error->code == LUO_STORE_ERROR_INVALID || error->code == LUO_STORE_ERROR_MISSING_STUB;
}

/* Saves @n edits in one transaction; where one of them can not be, halves, so that it fails alone. */
static void
put (BulkDocs *self, LuoIncoming **documents, LuoPut *puts, gsize n)
{
  g_auto (GStrv) revs = NULL;
  g_autoptr (GError) error = NULL;

  if (n == 0)
    return;
  if (luo_store_put_all (luo_hub_get_store (self->request->hub), puts, n, &revs, &error))
    {
      for (gsize i = 0; i < n; i++)
        append_ok_row (self, documents[i], revs[i]);
      return;
    }
  if (n == 1 || !is_of_one (error))
    {
      for (gsize i = 0; i < n; i++)
        append_error_row (self, documents[i], error);
      return;
    }
  put (self, documents, puts, n / 2);
  put (self, documents + n / 2, puts + n / 2, n - n / 2);
}

/* Rows are in the order of the documents, so what can not be stored ends a run. */
static void
put_documents (BulkDocs *self)
{
  g_autofree LuoPut *puts = g_new0 (LuoPut, self->documents->len);
  LuoIncoming **documents = (LuoIncoming **)self->documents->pdata;
  guint start = 0;
  gsize bytes = 0;

  for (guint i = 0; i < self->documents->len; i++)
    {
      LuoIncoming *document = documents[i];
      LuoPut *one = &puts[i];

      if (i - start >= LUO_HUB_INSERT_BATCH || bytes >= LUO_HUB_INSERT_BYTES)
        {
          put (self, documents + start, puts + start, i - start);
          start = i;
          bytes = 0;
        }
      if (!luo_hub_security_check_write (self->request->user, self->request->access, document->id, NULL)
          || strcmp (self->request->space, LUO_HUB_USERS_SPACE) == 0)
        {
          put (self, documents + start, puts + start, i - start);
          start = i;
          bytes = 0;
          if (!prepare (self, document))
            {
              start = i + 1;
              continue;
            }
        }
      one->space = self->request->space;
      one->id = document->id;
      one->parent = document->history[0];
      one->body = document->body;
      one->attachments = document->attachments;
      one->deleted = document->deleted;
      bytes += strlen (document->body);
    }
  if (start < self->documents->len)
    put (self, documents + start, puts + start, self->documents->len - start);
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
  return wait_for_insert (self, error);
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
