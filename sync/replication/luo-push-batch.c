/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-push-batch-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-clock.h"
#include "luo-push-answer-private.h"
#include "luo-push-document-private.h"
#include "luo-record-id.h"
#include "luo-replication-tuning.h"
#include "luo-revision.h"
#include "luo-store-sync.h"

/**
 * Item: a revision that the server lacks, with its place in the text of the batch.
 */
typedef struct
{
  const char *id;
  const char *rev;
  gsize start, end;
  LuoPushDocument *document; /* (owned) (nullable): where there are attachments */
} Item;

/**
 * Sending: a batch on its way.
 */
typedef struct
{
  LuoPushPeer *peer;
  GString *text;    /* (owned): the documents with commas between */
  GArray *items;    /* (owned) (element-type Item): in the text */
  GPtrArray *alone; /* (owned) (element-type LuoPushDocument): with attachments too large to go inline */
  GPtrArray *held_ids, *held_revs; /* (owned) (element-type utf8, not owned): what the server has by now */
} Sending;

LuoPushBatch *
luo_push_batch_new (void)
{
  LuoPushBatch *self = g_new0 (LuoPushBatch, 1);

  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->revs = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
luo_push_batch_add (LuoPushBatch *self, const char *id, const char *rev)
{
  g_ptr_array_add (self->ids, g_strdup (id));
  g_ptr_array_add (self->revs, g_strdup (rev));
}

void
luo_push_batch_free (LuoPushBatch *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->ids);
  g_ptr_array_unref (self->revs);
  g_free (self);
}

static gboolean
store_failed (GError *store_error, GError **error)
{
  luo_replication_error_propagate (error, store_error);
  return FALSE;
}

/* Results */

static void
note_held (Sending *self, const char *id, const char *rev)
{
  g_ptr_array_add (self->held_ids, (gpointer)id);
  g_ptr_array_add (self->held_revs, (gpointer)rev);
}

static gboolean
mark_held (Sending *self, GError **error)
{
  GError *store_error = NULL;
  gsize n = self->held_ids->len;

  if (n > 0
      && !luo_store_mark_held (self->peer->store, self->peer->space,
                               (const char *const *)self->held_ids->pdata,
                               (const char *const *)self->held_revs->pdata, n, &store_error))
    return store_failed (store_error, error);
  g_ptr_array_set_size (self->held_ids, 0);
  g_ptr_array_set_size (self->held_revs, 0);
  return TRUE;
}

/* The server took revisions that it lacked before; so many of them are of records. */
static void
note_taken (LuoPushPeer *peer, guint64 documents, guint64 records)
{
  if (documents == 0)
    return;
  g_atomic_int_set (&peer->taken, 1);
  g_mutex_lock (&peer->lock);
  peer->written += documents;
  g_mutex_unlock (&peer->lock);
  if (records > 0)
    peer->taken_cb (records, peer->user_data);
}

/* An entry of the history goes to the server from the machine that wrote it, or from an administrator's: the server takes none in
 * another's name. Others have the same entry to send where the server lost it; that it is not theirs to send is no trouble of theirs. */
static gboolean
is_entry_of_others (LuoPushPeer *peer, const char *id, const char *rev)
{
  g_autoptr (GPtrArray) tree
      = luo_record_id_is_entry (id) ? luo_store_get_tree (peer->store, peer->space, id, NULL) : NULL;

  for (guint i = 0; tree != NULL && i < tree->len; i++)
    {
      const LuoTreeNode *node = tree->pdata[i];

      if (strcmp (node->rev, rev) == 0)
        return (node->flags & LUO_REV_MINE) == 0;
    }
  return FALSE;
}

static gboolean
leave_to_others (LuoPushPeer *peer, const char *id, const char *rev, GError **error)
{
  GError *store_error = NULL;

  return luo_store_mark_held (peer->store, peer->space, &id, &rev, 1, &store_error)
         || store_failed (store_error, error);
}

static gboolean
note_refused (LuoPushPeer *peer, const char *id, const char *rev, guint status, const char *word,
              const char *reason, GError **error)
{
  LuoRefusal refusal = {
    .space = (char *)peer->space,
    .id = (char *)id,
    .rev = (char *)rev,
    .status = (int)status,
    .error = (char *)(word != NULL ? word : "refused"),
    .reason = (char *)(reason != NULL ? reason : ""),
    .at = luo_clock_get_real () / G_USEC_PER_SEC,
  };
  GError *store_error = NULL;

  if (status == 403 && is_entry_of_others (peer, id, rev))
    return leave_to_others (peer, id, rev, error);
  g_mutex_lock (&peer->lock);
  peer->failed++;
  g_mutex_unlock (&peer->lock);
  if (luo_store_set_refusal (peer->store, &refusal, &store_error))
    return TRUE;
  /* The document is gone by now: there is nothing to refuse. */
  if (g_error_matches (store_error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND))
    {
      g_error_free (store_error);
      return TRUE;
    }
  return store_failed (store_error, error);
}

static gboolean
note_refused_reply (LuoPushPeer *peer, const char *id, const char *rev, const LuoHttpReply *reply,
                    GError **error)
{
  g_autofree char *word = luo_http_reply_text (reply, "error");
  g_autofree char *reason = luo_http_reply_text (reply, "reason");

  return note_refused (peer, id, rev, reply->status, word, reason, error);
}

/* An expired session can show as `forbidden` (C1607): once in a job it is doubted. @anew (out): send the same again. */
static gboolean
doubt_session (LuoPushPeer *peer, gboolean *anew, GError **error)
{
  *anew = FALSE;
  if (!luo_http_session_has_user (peer->session)
      || !g_atomic_int_compare_and_exchange (&peer->signed_anew, 0, 1))
    return TRUE;
  *anew = TRUE;
  return luo_http_session_sign_in (peer->session, peer->cancellable, error);
}

/* One document alone, with its attachments as parts or inline */

static gboolean send_alone (Sending *self, LuoPushDocument *document, gboolean all, GError **error);

/* Whether the server itself says that it has the document: a gateway that wants to be signed in to says 200 to everything. */
static gboolean
is_taken (const LuoHttpReply *reply, const char *rev)
{
  g_autofree char *said = luo_http_reply_text (reply, "rev");

  return g_strcmp0 (said, rev) == 0;
}

/* Puts a document as multipart, or with inline data where @parts is FALSE. */
static LuoHttpReply *
put_document (LuoPushPeer *peer, LuoPushDocument *document, gboolean all, gboolean parts, GError **error)
{
  GString *path = g_string_new (NULL);
  g_autofree char *owned_path = NULL;
  g_autoptr (LuoMultipart) multipart = NULL;
  g_autoptr (GBytes) bytes = NULL;
  LuoHttpRequest request = { .method = "PUT" };

  g_string_append_printf (path, "/%s/", peer->database);
  luo_http_append_escaped (path, document->id);
  g_string_append (path, "?new_edits=false");
  owned_path = g_string_free (path, FALSE);
  request.path = owned_path;
  if (parts)
    {
      multipart = luo_multipart_new (document, peer->store, all, error);
      if (multipart == NULL)
        return NULL;
      request.content_type = luo_multipart_get_content_type (multipart);
      request.open_body = luo_multipart_open;
      request.body_data = multipart;
      request.body_length = luo_multipart_get_length (multipart);
    }
  else
    {
      g_autoptr (GString) text = g_string_new (NULL);
      gsize length;

      if (!luo_push_document_append_inline (document, peer->store, all, text, error))
        return NULL;
      length = text->len;
      bytes = g_bytes_new_take (g_string_free (g_steal_pointer (&text), FALSE), length);
      request.body = bytes;
    }
  return luo_http_session_send (peer->session, &request, peer->cancellable, error);
}

static gboolean
send_alone (Sending *self, LuoPushDocument *document, gboolean all, GError **error)
{
  LuoPushPeer *peer = self->peer;
  gboolean parts = luo_push_document_count_data (document, all) > LUO_TUNING_INLINE_BYTES;
  guint faults = 0;

  while (TRUE)
    {
      g_autoptr (LuoHttpReply) reply = put_document (peer, document, all, parts, error);
      gboolean anew;

      if (reply == NULL)
        return FALSE;
      if (reply->status < 300)
        {
          if (!is_taken (reply, document->rev))
            {
              g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                                   _ ("What answered is not the server."));
              return FALSE;
            }
          note_taken (peer, 1, !luo_record_id_is_entry (document->id));
          note_held (self, document->id, document->rev);
          return TRUE;
        }
      switch (reply->status)
        {
        case 412:
          /* The server lacks what a stub names (P2358). */
          if (!all)
            return send_alone (self, document, TRUE, error);
          return note_refused_reply (peer, document->id, document->rev, reply, error);
        case 403:
          if (!doubt_session (peer, &anew, error))
            return FALSE;
          if (anew)
            continue;
          return note_refused_reply (peer, document->id, document->rev, reply, error);
        case 400:
        case 406:
        case 415:
          /* A server that does not take parts may take the same inline. */
          if (!parts)
            return note_refused_reply (peer, document->id, document->rev, reply, error);
          parts = FALSE;
          break;
        case 409:
        case 413:
          return note_refused_reply (peer, document->id, document->rev, reply, error);
        case 500:
          if (++faults < LUO_TUNING_FAULT_TRIES)
            break;
          if (g_atomic_int_get (&peer->taken))
            return note_refused_reply (peer, document->id, document->rev, reply, error);
          return luo_http_reply_check (reply, error);
        default:
          return luo_http_reply_check (reply, error);
        }
    }
}

/* Many documents with one request */

static gboolean
settle_rows (Sending *self, const GPtrArray *rows, guint from, guint to, GError **error)
{
  guint64 taken = 0, records = 0;
  const LuoPushRow *fault = NULL;

  for (guint i = from; i < to; i++)
    {
      const Item *item = &g_array_index (self->items, Item, i);
      const LuoPushRow *row = luo_push_rows_find (rows, item->id, item->rev);

      if (row == NULL)
        {
          taken++;
          records += !luo_record_id_is_entry (item->id);
          note_held (self, item->id, item->rev);
        }
      else if (luo_push_row_is_missing_stub (row) && item->document != NULL)
        {
          if (!send_alone (self, item->document, TRUE, error))
            return FALSE;
        }
      else if (row->status >= 500)
        fault = row;
      else if (!note_refused (self->peer, item->id, item->rev, row->status, row->word, row->reason, error))
        return FALSE;
    }
  note_taken (self->peer, taken, records);
  if (fault == NULL)
    return TRUE;
  if (mark_held (self, error))
    luo_replication_error_set_status (error, fault->status, fault->reason);
  return FALSE;
}

static GBytes *
bulk_docs_body (Sending *self, guint from, guint to)
{
  static const char head[] = "{\"new_edits\":false,\"docs\":[";
  gsize start = g_array_index (self->items, Item, from).start;
  gsize end = g_array_index (self->items, Item, to - 1).end;
  gsize length = sizeof head - 1 + (end - start) + 2;
  char *body = g_malloc (length);

  memcpy (body, head, sizeof head - 1);
  memcpy (body + sizeof head - 1, self->text->str + start, end - start);
  body[length - 2] = ']';
  body[length - 1] = '}';
  return g_bytes_new_take (body, length);
}

static gboolean send_range (Sending *self, guint from, guint to, GError **error);

static gboolean
send_halves (Sending *self, guint from, guint to, GError **error)
{
  guint middle = from + (to - from) / 2;

  return send_range (self, from, middle, error) && send_range (self, middle, to, error);
}

/* The server does not take the batch: smaller ones, down to the one document that it does not take. */
static gboolean
settle_refused_batch (Sending *self, const LuoHttpReply *reply, guint from, guint to, GError **error)
{
  const Item *item = &g_array_index (self->items, Item, from);

  if (to - from > 1)
    return send_halves (self, from, to, error);
  if (item->document != NULL && reply->status != 413)
    return send_alone (self, item->document, reply->status == 412, error);
  return note_refused_reply (self->peer, item->id, item->rev, reply, error);
}

static gboolean
send_range (Sending *self, guint from, guint to, GError **error)
{
  LuoPushPeer *peer = self->peer;
  g_autofree char *path = g_strdup_printf ("/%s/_bulk_docs", peer->database);
  guint faults = 0;

  while (from < to)
    {
      g_autoptr (GBytes) body = bulk_docs_body (self, from, to);
      /* With new_edits=false a revision that is there already is left as it is. */
      LuoHttpRequest request = { .method = "POST", .path = path, .body = body, .repeatable = TRUE };
      g_autoptr (LuoHttpReply) reply
          = luo_http_session_send (peer->session, &request, peer->cancellable, error);
      g_autoptr (GPtrArray) rows = NULL;
      gboolean anew = FALSE;

      if (reply == NULL)
        return FALSE;
      if (reply->status < 300)
        {
          rows = luo_push_rows_read (reply, error);
          if (rows == NULL)
            return FALSE;
          if (luo_push_rows_any_about_rights (rows) && !doubt_session (peer, &anew, error))
            return FALSE;
          if (anew)
            continue;
          return settle_rows (self, rows, from, to, error);
        }

      switch (reply->status)
        {
        case 413:
          /* What was too much now is too much for the next batch as well. */
          g_atomic_int_set (&peer->byte_limit,
                            MAX (LUO_TUNING_PUSH_BYTES_MIN, g_atomic_int_get (&peer->byte_limit) / 2));
          return settle_refused_batch (self, reply, from, to, error);
        case 400:
        case 409:
        case 412:
        case 415:
          return settle_refused_batch (self, reply, from, to, error);
        case 403:
          if (!doubt_session (peer, &anew, error))
            return FALSE;
          if (anew)
            continue;
          for (guint i = from; i < to; i++)
            {
              const Item *item = &g_array_index (self->items, Item, i);

              if (!note_refused_reply (peer, item->id, item->rev, reply, error))
                return FALSE;
            }
          return TRUE;
        case 500:
          if (++faults < LUO_TUNING_FAULT_TRIES)
            continue;
          /* One document of the batch may be what the server fails at; a server that fails at all of them is out of order. */
          if (to - from == 1 && !g_atomic_int_get (&peer->taken))
            return luo_http_reply_check (reply, error);
          return settle_refused_batch (self, reply, from, to, error);
        default:
          return luo_http_reply_check (reply, error);
        }
    }
  return TRUE;
}

/* Putting the texts together */

static void
item_clear (gpointer data)
{
  luo_push_document_free (((Item *)data)->document);
}

/* The generation of the nearest ancestor that the server has, by what it says or, where it does not, by what is known here. */
static gboolean
find_known (LuoPushPeer *peer, const char *id, const char *rev, char **possible_ancestors, guint *known,
            GError **error)
{
  GError *store_error = NULL;
  g_auto (GStrv) history = luo_store_get_history (peer->store, peer->space, id, rev, &store_error);
  g_autoptr (GPtrArray) tree = NULL;

  *known = 0;
  if (history == NULL)
    return store_failed (store_error, error);
  if (possible_ancestors == NULL)
    {
      tree = luo_store_get_tree (peer->store, peer->space, id, &store_error);
      if (tree == NULL)
        return store_failed (store_error, error);
    }
  for (guint i = 1; history[0] != NULL && history[i] != NULL && *known == 0; i++)
    {
      gboolean is_known = possible_ancestors != NULL
                          && g_strv_contains ((const char *const *)possible_ancestors, history[i]);

      for (guint j = 0; tree != NULL && j < tree->len && !is_known; j++)
        {
          const LuoTreeNode *node = tree->pdata[j];

          is_known = (node->flags & LUO_REV_HELD) && strcmp (node->rev, history[i]) == 0;
        }
      if (is_known)
        luo_rev_parse (history[i], known);
    }
  return TRUE;
}

/* Takes the wire text of a revision with attachments out of the batch's text and puts it back as it is to be sent. */
static gboolean
prepare_attachments (Sending *self, const char *id, const char *rev, gsize start, char **possible_ancestors,
                     GError **error)
{
  LuoPushPeer *peer = self->peer;
  g_autoptr (LuoPushDocument) document = g_new0 (LuoPushDocument, 1);
  g_autoptr (LuoDocument) stored = NULL;
  GError *store_error = NULL;
  Item item = { .id = id, .rev = rev, .start = start };

  document->id = g_strdup (id);
  document->rev = g_strdup (rev);
  document->wire = g_strndup (self->text->str + start, self->text->len - start);
  document->length = self->text->len - start;
  g_string_truncate (self->text, start);

  stored = luo_store_get (peer->store, peer->space, id, rev, &store_error);
  if (stored != NULL)
    document->attachments = luo_store_list_attachments (peer->store, stored, &store_error);
  if (document->attachments == NULL)
    return store_failed (store_error, error);
  if (!find_known (peer, id, rev, possible_ancestors, &document->known, error))
    return FALSE;

  if (luo_push_document_count_data (document, FALSE) > LUO_TUNING_INLINE_BYTES)
    {
      g_ptr_array_add (self->alone, g_steal_pointer (&document));
      return TRUE;
    }
  if (self->items->len > 0)
    g_string_append_c (self->text, ',');
  item.start = self->text->len;
  if (!luo_push_document_append_inline (document, peer->store, FALSE, self->text, error))
    return FALSE;
  item.end = self->text->len;
  item.document = g_steal_pointer (&document);
  g_array_append_val (self->items, item);
  return TRUE;
}

/* Sends what has come together. */
static gboolean
send_text (Sending *self, GError **error)
{
  gboolean ok = self->items->len == 0 || send_range (self, 0, self->items->len, error);

  for (guint i = 0; ok && i < self->alone->len; i++)
    ok = send_alone (self, self->alone->pdata[i], FALSE, error);
  /* What was taken stays taken, however the rest went. */
  if (!mark_held (self, ok ? error : NULL))
    ok = FALSE;
  g_array_set_size (self->items, 0);
  g_ptr_array_set_size (self->alone, 0);
  g_string_truncate (self->text, 0);
  return ok;
}

static gboolean
add_revision (Sending *self, const char *id, const char *rev, char **possible_ancestors, GError **error)
{
  LuoPushPeer *peer = self->peer;
  gsize before = self->text->len;
  gsize start;
  GError *store_error = NULL;

  if (self->items->len > 0)
    g_string_append_c (self->text, ',');
  start = self->text->len;
  if (!luo_store_append_wire (peer->store, peer->space, id, rev, TRUE, self->text, &store_error))
    {
      g_string_truncate (self->text, before);
      /* Replaced by a later edit before it was offered: that one is a change of its own. */
      if (g_error_matches (store_error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND))
        {
          g_error_free (store_error);
          return TRUE;
        }
      return store_failed (store_error, error);
    }
  g_mutex_lock (&peer->lock);
  peer->read++;
  g_mutex_unlock (&peer->lock);

  if (luo_wire_may_have_attachments (self->text->str + start, self->text->len - start))
    {
      g_autofree char *wire = g_strndup (self->text->str + start, self->text->len - start);

      /* Without the comma before it: the document may go alone. */
      g_string_truncate (self->text, before);
      g_string_append (self->text, wire);
      if (!prepare_attachments (self, id, rev, before, possible_ancestors, error))
        return FALSE;
    }
  else
    {
      Item item = { .id = id, .rev = rev, .start = start, .end = self->text->len };

      g_array_append_val (self->items, item);
    }
  if (self->text->len >= (gsize)g_atomic_int_get (&peer->byte_limit)
      || self->items->len >= LUO_TUNING_PUSH_BATCH)
    return send_text (self, error);
  return TRUE;
}

/* What the server lacks */

/* Returns: (transfer full): id → LuoPushLack; NULL with @error set */
static GHashTable *
ask_lacks (LuoPushPeer *peer, const LuoPushBatch *batch, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/%s/_revs_diff", peer->database);
  g_autoptr (GBytes) body = luo_push_lacks_ask (batch->ids, batch->revs);
  LuoHttpRequest request = { .method = "POST", .path = path, .body = body, .repeatable = TRUE };
  g_autoptr (LuoHttpReply) reply = luo_http_session_send (peer->session, &request, peer->cancellable, error);

  if (reply == NULL || !luo_http_reply_check (reply, error))
    return NULL;
  return luo_push_lacks_read (reply, error);
}

static gboolean
send_lacks (Sending *self, const LuoPushBatch *batch, GHashTable *lacks, GError **error)
{
  LuoPushPeer *peer = self->peer;
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GPtrArray) revs = g_ptr_array_new ();
  GError *store_error = NULL;

  for (guint i = 0; i < batch->ids->len; i++)
    {
      const char *id = batch->ids->pdata[i];
      const char *rev = batch->revs->pdata[i];
      const LuoPushLack *lack = g_hash_table_lookup (lacks, id);

      if (lack != NULL && lack->missing != NULL && g_strv_contains ((const char *const *)lack->missing, rev))
        {
          g_ptr_array_add (ids, (gpointer)id);
          g_ptr_array_add (revs, (gpointer)rev);
        }
      else
        note_held (self, id, rev);
    }
  g_mutex_lock (&peer->lock);
  peer->checked += batch->ids->len;
  peer->missing += ids->len;
  g_mutex_unlock (&peer->lock);
  if (!mark_held (self, error))
    return FALSE;
  if (ids->len == 0)
    return TRUE;

  /* Before the text is read: what is offered is not collapsed any more, so what is sent is what is marked. */
  if (!luo_store_mark_offered (peer->store, peer->space, (const char *const *)ids->pdata,
                               (const char *const *)revs->pdata, ids->len, &store_error))
    return store_failed (store_error, error);
  for (guint i = 0; i < ids->len; i++)
    {
      const LuoPushLack *lack = g_hash_table_lookup (lacks, ids->pdata[i]);

      if (!add_revision (self, ids->pdata[i], revs->pdata[i], lack->possible_ancestors, error))
        return FALSE;
    }
  return send_text (self, error);
}

gboolean
luo_push_batch_send (gpointer batch_data, gpointer peer_data, GError **error)
{
  const LuoPushBatch *batch = batch_data;
  LuoPushPeer *peer = peer_data;
  g_autoptr (GHashTable) lacks = NULL;
  Sending self = { .peer = peer };
  gboolean ok;

  if (batch->ids->len == 0)
    return TRUE;
  lacks = ask_lacks (peer, batch, error);
  if (lacks == NULL)
    return FALSE;

  self.text = g_string_new (NULL);
  self.items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_array_set_clear_func (self.items, item_clear);
  self.alone = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_push_document_free);
  self.held_ids = g_ptr_array_new ();
  self.held_revs = g_ptr_array_new ();
  ok = send_lacks (&self, batch, lacks, error);
  g_string_free (self.text, TRUE);
  g_array_unref (self.items);
  g_ptr_array_unref (self.alone);
  g_ptr_array_unref (self.held_ids);
  g_ptr_array_unref (self.held_revs);
  return ok;
}
