/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-history-private.h"
#include "luo-hub-incoming-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-multipart-private.h"
#include "luo-hub-print-private.h"
#include "luo-hub-private.h"
#include "luo-hub-tuning.h"
#include "luo-json-text.h"
#include "luo-store-sync.h"

/**
 * Related: a document that comes as multipart/related: JSON first, then its attachments, which go to disk as they arrive.
 */
typedef struct
{
  LuoStore *store;             /* (owned) */
  LuoHubMultipart *multipart;  /* (owned) */
  GString *json;               /* (owned): of the first part */
  gboolean first;              /* within the first part */
  GPtrArray *names;            /* (owned) (nullable): of what follows, in the order of the document */
  guint next;                  /* of them */
  LuoAttachmentWriter *writer; /* (owned) (nullable): of the part that is coming */
  char *name;                  /* (owned) (nullable): of it */
  GHashTable *parts;           /* (owned): name → LuoHubFile */
} Related;

static void
related_free (gpointer data)
{
  Related *self = data;

  luo_hub_multipart_free (self->multipart);
  g_clear_pointer (&self->writer, luo_attachment_writer_free);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_hash_table_unref (self->parts);
  g_string_free (self->json, TRUE);
  g_object_unref (self->store);
  g_free (self->name);
  g_free (self);
}

/* The names of what is to follow, from the document that came first. */
static gboolean
read_names (Related *self, GError **error)
{
  g_autoptr (LuoIncoming) incoming = luo_hub_incoming_parse (self->json->str, self->json->len, error);
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

  if (incoming == NULL)
    return FALSE;
  self->names = g_ptr_array_new_with_free_func (g_free);
  if (incoming->attachments == NULL)
    return TRUE;
  if (!luo_json_cut (incoming->attachments, strlen (incoming->attachments), members, error))
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);
      g_autofree char *value = g_strndup (member->value, member->value_length);
      g_autofree char *follows = luo_json_at (value, "/follows");

      if (g_strcmp0 (follows, "true") == 0)
        g_ptr_array_add (self->names, luo_json_decode_string (member->name - 1, member->name_length + 2));
    }
  return TRUE;
}

static gboolean
part_begin_cb (GHashTable *headers, gpointer user_data, GError **error)
{
  Related *self = user_data;
  const char *disposition = g_hash_table_lookup (headers, "content-disposition");

  if (self->names == NULL)
    {
      self->first = TRUE;
      return TRUE;
    }
  /* CouchDB goes by the order; a name that is given is better. */
  g_clear_pointer (&self->name, g_free);
  if (disposition != NULL)
    self->name = luo_hub_multipart_get_parameter (disposition, "filename");
  if (self->name == NULL && self->next < self->names->len)
    self->name = g_strdup (self->names->pdata[self->next]);
  self->next++;
  if (self->name == NULL)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                           "More parts than attachments follow");
      return FALSE;
    }
  self->writer = luo_attachment_writer_new (self->store, error);
  return self->writer != NULL;
}

static gboolean
part_data_cb (const char *data, gsize length, gpointer user_data, GError **error)
{
  Related *self = user_data;

  if (!self->first)
    return luo_attachment_writer_write (self->writer, data, length, error);
  g_string_append_len (self->json, data, (gssize)length);
  if (self->json->len <= LUO_JSON_MAX_DOCUMENT)
    return TRUE;
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_DOCUMENT_TOO_LARGE, "the document is too large");
  return FALSE;
}

static gboolean
part_end_cb (gpointer user_data, GError **error)
{
  Related *self = user_data;
  LuoHubFile *file;

  if (self->first)
    {
      self->first = FALSE;
      return read_names (self, error);
    }
  file = g_new0 (LuoHubFile, 1);
  if (!luo_attachment_writer_finish (self->writer, NULL, NULL, &file->digest, &file->length, error))
    {
      luo_hub_file_free (file);
      return FALSE;
    }
  g_clear_pointer (&self->writer, luo_attachment_writer_free);
  g_hash_table_insert (self->parts, g_strdup (self->name), file);
  return TRUE;
}

gboolean
luo_hub_document_put_begin (LuoHubRequest *request, GError **error)
{
  static const LuoHubMultipartFuncs funcs = { part_begin_cb, part_data_cb, part_end_cb };
  const char *type = luo_hub_request_get_header (request, "Content-Type");
  Related *self;

  if (!luo_hub_incoming_check_id (request->id, error)
      || !luo_hub_security_check_write (request->user, request->access, request->id, error))
    return FALSE;
  if (type == NULL || g_ascii_strncasecmp (type, "multipart/", strlen ("multipart/")) != 0)
    return TRUE;
  self = g_new0 (Related, 1);
  self->store = g_object_ref (luo_hub_get_store (request->hub));
  self->json = g_string_new (NULL);
  self->parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)luo_hub_file_free);
  request->data = self;
  request->data_free = related_free;
  self->multipart = luo_hub_multipart_new (type, &funcs, self, error);
  return self->multipart != NULL;
}

gboolean
luo_hub_document_put_feed (LuoHubRequest *request, const char *data, gsize length, GError **error)
{
  if (request->data != NULL)
    return luo_hub_multipart_feed (((Related *)request->data)->multipart, data, length, error);
  g_string_append_len (request->body, data, (gssize)length);
  if (request->body->len <= LUO_JSON_MAX_DOCUMENT)
    return TRUE;
  g_set_error (error, LUO_HUB_ERROR, LUO_HUB_ERROR_DOCUMENT_TOO_LARGE, "%s", request->id);
  return FALSE;
}

/* --- Writing ------------------------------------------------------------------------------------------- */

static void
answer_written (LuoHubRequest *request, guint status, const char *id, const char *rev)
{
  const char *host = luo_hub_request_get_header (request, "Host");
  GString *out = luo_hub_answer_text (luo_hub_request_answer (request, status));
  g_autofree char *etag = g_strdup_printf ("\"%s\"", rev);

  g_string_append (out, "{\"ok\":true,\"id\":");
  luo_json_append_string (out, id);
  g_string_append_printf (out, ",\"rev\":\"%s\"}\n", rev);
  luo_hub_request_set_header (request, "ETag", etag);
  if (status == 201)
    {
      g_autofree char *space = g_uri_escape_string (request->space, NULL, FALSE);
      g_autofree char *name = g_uri_escape_string (id, g_str_has_prefix (id, "_design/") ? "/" : NULL, FALSE);
      g_autofree char *location = g_strdup_printf ("%s%s/%s/%s", host != NULL ? "http://" : "",
                                                   host != NULL ? host : "", space, name);

      luo_hub_request_set_header (request, "Location", location);
    }
}

/* Whether the rest of the request names a revision, and one that fits the body's. Returns: (transfer full) (nullable) in @rev */
static gboolean
choose_rev (LuoHubRequest *request, const LuoIncoming *incoming, char **rev, GError **error)
{
  g_autofree char *named = luo_hub_request_get_rev (request);

  *rev = NULL;
  if (!luo_hub_incoming_check_rev (named, error))
    return FALSE;
  if (named != NULL && incoming->history[0] != NULL && strcmp (named, incoming->history[0]) != 0)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                           "Document rev from request body and query string have different values");
      return FALSE;
    }
  *rev = named != NULL ? g_steal_pointer (&named) : g_strdup (incoming->history[0]);
  return TRUE;
}

/* Stores one document with its history. */
static gboolean
insert (LuoHubRequest *request, LuoIncoming *incoming, GError **error)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new ();
  LuoInsertResult *results = NULL;
  gboolean ok;

  if (incoming->history[0] == NULL)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "Missing revision of a document");
      return FALSE;
    }
  g_ptr_array_add (documents, incoming);
  if (!luo_store_insert (luo_hub_get_store (request->hub), request->space, documents, LUO_INSERT_DEFAULT,
                         &results, error))
    return FALSE;
  ok = results[0].error == NULL;
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&results[0].error));
  luo_insert_results_free (results, 1);
  return ok;
}

/* Writes a document that is parsed and has its id. */
static gboolean
write_document (LuoHubRequest *request, LuoIncoming *incoming, guint status, GError **error)
{
  g_autofree char *parent = NULL;
  g_autofree char *rev = NULL;

  if (!luo_hub_incoming_prepare (request, incoming, error))
    return FALSE;
  if (g_strcmp0 (luo_hub_request_get_query (request, "new_edits"), "false") == 0)
    {
      if (!insert (request, incoming, error))
        return FALSE;
      answer_written (request, status, incoming->id, incoming->history[0]);
      return TRUE;
    }
  if (!choose_rev (request, incoming, &parent, error)
      || !luo_store_put (luo_hub_get_store (request->hub), request->space, incoming->id, parent,
                         incoming->body, incoming->attachments, incoming->deleted, LUO_PUT_DEFAULT, &rev,
                         error))
    return FALSE;
  answer_written (request, status, incoming->id, rev);
  return TRUE;
}

gboolean
luo_hub_document_put_run (LuoHubRequest *request, GError **error)
{
  Related *related = request->data;
  GString *json = related != NULL ? related->json : request->body;
  g_autoptr (LuoIncoming) incoming = NULL;

  if (related != NULL && !luo_hub_multipart_end (related->multipart, error))
    return FALSE;
  incoming = luo_hub_incoming_parse (json->str, json->len, error);
  if (incoming == NULL)
    return FALSE;
  if (incoming->attachments != NULL && related != NULL)
    {
      char *attachments = luo_hub_incoming_follow (incoming->attachments, related->parts, error);

      if (attachments == NULL)
        return FALSE;
      g_free (incoming->attachments);
      incoming->attachments = attachments;
    }
  /* The path says which document it is, as in CouchDB. */
  g_free (incoming->id);
  incoming->id = g_strdup (request->id);
  return write_document (request, incoming, 201, error);
}

gboolean
luo_hub_document_post (LuoHubRequest *request, GError **error)
{
  g_autoptr (LuoIncoming) incoming = NULL;

  if (!luo_hub_request_expect_json (request, error))
    return FALSE;
  incoming = luo_hub_incoming_parse (request->body->str, request->body->len, error);
  if (incoming == NULL)
    return FALSE;
  if (incoming->id == NULL)
    incoming->id = luo_hub_incoming_make_id ();
  return write_document (request, incoming, 201, error);
}

gboolean
luo_hub_document_delete (LuoHubRequest *request, GError **error)
{
  LuoStore *store = luo_hub_get_store (request->hub);
  g_autofree char *parent = luo_hub_request_get_rev (request);
  g_autofree char *rev = NULL;
  g_autoptr (LuoDocument) winner = NULL;

  if (!luo_hub_incoming_check_id (request->id, error) || !luo_hub_incoming_check_rev (parent, error)
      || !luo_hub_security_check_write (request->user, request->access, request->id, error))
    return FALSE;
  /* What is not there can not be in conflict. */
  winner = luo_store_get (store, request->space, request->id, parent != NULL ? parent : NULL, error);
  if (winner == NULL)
    {
      g_autoptr (LuoDocument) other = NULL;

      if (parent == NULL)
        return FALSE;
      g_clear_error (error);
      other = luo_store_get (store, request->space, request->id, NULL, error);
      if (other == NULL)
        return FALSE;
      g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT, "Document update conflict.");
      return FALSE;
    }
  if (parent == NULL)
    {
      g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT, "Document update conflict.");
      return FALSE;
    }
  if (!luo_store_put (store, request->space, request->id, parent, "{}", NULL, TRUE, LUO_PUT_DEFAULT, &rev,
                      error))
    return FALSE;
  answer_written (request, 200, request->id, rev);
  return TRUE;
}

gboolean
luo_hub_document_copy (LuoHubRequest *request, GError **error)
{
  LuoStore *store = luo_hub_get_store (request->hub);
  const char *destination = luo_hub_request_get_header (request, "Destination");
  const char *query;
  g_autofree char *raw = NULL;
  g_autofree char *id = NULL;
  g_autofree char *parent = NULL;
  g_autofree char *rev = NULL;
  g_autoptr (LuoDocument) document = NULL;

  if (destination == NULL || *destination == '\0')
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                           "Destination header is mandatory for COPY.");
      return FALSE;
    }
  query = strchr (destination, '?');
  raw = query != NULL ? g_strndup (destination, (gsize)(query - destination)) : g_strdup (destination);
  id = g_uri_unescape_string (raw, NULL);
  if (query != NULL && g_str_has_prefix (query, "?rev="))
    parent = g_strdup (query + strlen ("?rev="));
  if (id == NULL || !g_utf8_validate (id, -1, NULL))
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "Invalid Destination header");
      return FALSE;
    }
  if (!luo_hub_incoming_check_id (id, error) || !luo_hub_incoming_check_rev (parent, error)
      || !luo_hub_security_check_write (request->user, request->access, id, error)
      || !luo_hub_history_check_copy (request, id, error))
    return FALSE;
  document
      = luo_store_get (store, request->space, request->id, luo_hub_request_get_query (request, "rev"), error);
  if (document == NULL
      || !luo_store_put (store, request->space, id, parent, luo_document_get_body (document, NULL),
                         luo_document_get_attachments (document), FALSE, LUO_PUT_DEFAULT, &rev, error))
    return FALSE;
  answer_written (request, 201, id, rev);
  return TRUE;
}
