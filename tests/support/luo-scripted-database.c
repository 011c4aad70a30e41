/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-scripted-peer-private.h"

#include <string.h>

typedef struct
{
  char *id;
  gint64 seq;
  GHashTable *known;  /* every revision ever heard of */
  GHashTable *leaves; /* rev → JSON text */
} Doc;

typedef struct
{
  GBytes *bytes;
  gboolean gzip;
} File;

static void
doc_free (gpointer data)
{
  Doc *doc = data;

  g_free (doc->id);
  g_hash_table_unref (doc->known);
  g_hash_table_unref (doc->leaves);
  g_free (doc);
}

static void
file_free (gpointer data)
{
  File *file = data;

  g_bytes_unref (file->bytes);
  g_free (file);
}

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  g_assert_no_error (error);
  return node;
}

/* Revisions */

static Doc *
find_doc (LuoScriptedPeer *self, const char *id, gboolean make)
{
  Doc *doc = g_hash_table_lookup (self->docs, id);

  if (doc == NULL && make)
    {
      doc = g_new0 (Doc, 1);
      doc->id = g_strdup (id);
      doc->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      doc->leaves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_hash_table_insert (self->docs, doc->id, doc);
    }
  return doc;
}

static void
insert (LuoScriptedPeer *self, JsonNode *node)
{
  JsonObject *object = json_node_get_object (node);
  const char *rev = luo_scripted_text_member (object, "_rev");
  Doc *doc = find_doc (self, luo_scripted_text_member (object, "_id"), TRUE);

  if (g_hash_table_contains (doc->known, rev))
    return;
  if (json_object_has_member (object, "_revisions"))
    {
      JsonObject *revisions = json_object_get_object_member (object, "_revisions");
      JsonArray *ids = json_object_get_array_member (revisions, "ids");
      gint64 generation = json_object_get_int_member (revisions, "start");

      for (guint i = 0; i < json_array_get_length (ids); i++)
        {
          char *ancestor = g_strdup_printf ("%" G_GINT64_FORMAT "-%s", generation - i,
                                            json_array_get_string_element (ids, i));

          g_hash_table_remove (doc->leaves, ancestor);
          g_hash_table_add (doc->known, ancestor);
        }
    }
  g_hash_table_add (doc->known, g_strdup (rev));
  g_hash_table_insert (doc->leaves, g_strdup (rev), json_to_string (node, FALSE));
  doc->seq = ++self->seq;
}

static void
append_seq (LuoScriptedPeer *self, GString *out, gint64 seq)
{
  switch (self->style)
    {
    case LUO_SEQ_TEXT:
      g_string_append_printf (out, "\"%" G_GINT64_FORMAT "-g1AA%08x\"", seq, g_random_int ());
      break;
    case LUO_SEQ_ARRAY:
      g_string_append_printf (out, "[%" G_GINT64_FORMAT ",\"g1AAAA\"]", seq);
      break;
    default:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, seq);
      break;
    }
}

static int
compare_seqs (gconstpointer a, gconstpointer b)
{
  const Doc *x = *(const Doc *const *)a, *y = *(const Doc *const *)b;

  return (x->seq > y->seq) - (x->seq < y->seq);
}

static gint64
number_in (const char *text)
{
  while (text != NULL && *text != '\0' && !g_ascii_isdigit (*text))
    text++;
  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static void
handle_changes (LuoScriptedPeer *self, SoupServerMessage *message, GHashTable *query)
{
  gint64 since = number_in (query != NULL ? g_hash_table_lookup (query, "since") : NULL);
  gint64 limit = number_in (query != NULL ? g_hash_table_lookup (query, "limit") : NULL);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  g_autoptr (GString) out = g_string_new ("\n{\"results\":[");
  GHashTableIter iter;
  gpointer value;
  gint64 last = since;
  guint rows = 0, i;

  since = MAX (0, since - self->rewind);
  g_hash_table_iter_init (&iter, self->docs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Doc *)value)->seq > since)
      g_ptr_array_add (sorted, value);
  g_ptr_array_sort (sorted, compare_seqs);
  for (i = 0; i < sorted->len && (limit == 0 || i < limit); i++)
    {
      const Doc *doc = sorted->pdata[i];

      for (guint twice = 0; twice < (self->doubled ? 2 : 1); twice++)
        {
          GHashTableIter leaves;
          gpointer rev;
          gboolean first = TRUE;

          g_string_append (out, rows++ > 0 ? ",\n{\"seq\":" : "\n{\"seq\":");
          append_seq (self, out, doc->seq);
          g_string_append_printf (out, ",\"id\":\"%s\",\"changes\":[", doc->id);
          g_hash_table_iter_init (&leaves, doc->leaves);
          while (g_hash_table_iter_next (&leaves, &rev, NULL))
            {
              g_string_append_printf (out, "%s{\"rev\":\"%s\"}", first ? "" : ",", (char *)rev);
              first = FALSE;
            }
          g_string_append (out, "]}");
        }
      last = doc->seq;
    }
  g_string_append (out, "\n],\n\"last_seq\":");
  append_seq (self, out, MAX (last, since));
  g_string_append_printf (out, ",\"pending\":%u}\n", sorted->len - i);
  luo_scripted_answer (message, 200, out->str);
}

static void
append_leaf (GString *out, const Doc *doc, const char *rev)
{
  const char *json = doc != NULL ? g_hash_table_lookup (doc->leaves, rev) : NULL;

  if (json != NULL)
    g_string_append_printf (out, "{\"ok\":%s}", json);
  else
    g_string_append_printf (
        out, "{\"error\":{\"id\":\"%s\",\"rev\":\"%s\",\"error\":\"not_found\",\"reason\":\"missing\"}}",
        doc != NULL ? doc->id : "", rev);
}

static void
handle_bulk_get (LuoScriptedPeer *self, SoupServerMessage *message, JsonNode *body)
{
  JsonArray *docs = json_object_get_array_member (json_node_get_object (body), "docs");
  g_autoptr (GString) out = g_string_new ("{\"results\": [");
  gboolean first = TRUE;

  for (guint i = 0; i < json_array_get_length (docs); i++)
    {
      JsonObject *wanted = json_array_get_object_element (docs, i);
      const char *id = luo_scripted_text_member (wanted, "id");

      if (self->omit > 0 && i % self->omit == 0)
        continue;
      g_string_append_printf (out, "%s\n{\"id\": \"%s\", \"docs\": [", first ? "" : ",", id);
      append_leaf (out, find_doc (self, id, FALSE), luo_scripted_text_member (wanted, "rev"));
      g_string_append (out, "]}");
      first = FALSE;
    }
  g_string_append (out, "]}");
  luo_scripted_answer (message, 200, out->str);
}

static void
append_lack (gpointer data, const Doc *doc, const char *id, JsonArray *revs)
{
  GString *out = data;
  gboolean first = TRUE;

  for (guint i = 0; i < json_array_get_length (revs); i++)
    {
      const char *rev = json_array_get_string_element (revs, i);

      if (doc != NULL && g_hash_table_contains (doc->known, rev))
        continue;
      if (first)
        g_string_append_printf (out, "%s\"%s\":{\"missing\":[", out->len > 1 ? "," : "", id);
      g_string_append_printf (out, "%s\"%s\"", first ? "" : ",", rev);
      first = FALSE;
    }
  if (!first)
    g_string_append (out, "]}");
}

static void
handle_revs_diff (LuoScriptedPeer *self, SoupServerMessage *message, JsonNode *body)
{
  JsonObject *object = json_node_get_object (body);
  g_autoptr (GList) ids = json_object_get_members (object);
  g_autoptr (GString) out = g_string_new ("{");

  for (GList *item = ids; item != NULL; item = item->next)
    append_lack (out, find_doc (self, item->data, FALSE), item->data,
                 json_object_get_array_member (object, item->data));
  g_string_append_c (out, '}');
  luo_scripted_answer (message, 200, out->str);
}

static gboolean
has_stub (JsonObject *object)
{
  JsonObject *attachments;
  g_autoptr (GList) names = NULL;

  if (!json_object_has_member (object, "_attachments"))
    return FALSE;
  attachments = json_object_get_object_member (object, "_attachments");
  names = json_object_get_members (attachments);
  for (GList *item = names; item != NULL; item = item->next)
    if (json_object_has_member (json_object_get_object_member (attachments, item->data), "stub"))
      return TRUE;
  return FALSE;
}

static void
handle_bulk_docs (LuoScriptedPeer *self, SoupServerMessage *message, JsonNode *body, gsize length,
                  gboolean signed_in)
{
  JsonArray *docs = json_object_get_array_member (json_node_get_object (body), "docs");
  g_autoptr (GString) out = g_string_new ("[");

  g_assert_false (json_object_get_boolean_member (json_node_get_object (body), "new_edits"));
  if (self->body_limit > 0 && length > self->body_limit)
    {
      luo_scripted_answer_error (message, 413, "too_large", "the request is too large");
      return;
    }
  for (guint i = 0; i < json_array_get_length (docs); i++)
    {
      g_autofree char *text = json_to_string (json_array_get_element (docs, i), FALSE);
      JsonObject *object = json_array_get_object_element (docs, i);

      if (self->choke != NULL && strstr (text, self->choke) != NULL)
        {
          luo_scripted_answer_error (message, 500, "internal_server_error", "function_clause");
          return;
        }
      if (has_stub (object) && find_doc (self, luo_scripted_text_member (object, "_id"), FALSE) == NULL)
        {
          luo_scripted_answer_error (message, 412, "missing_stub", "id:a, name:b");
          return;
        }
    }
  for (guint i = 0; i < json_array_get_length (docs); i++)
    {
      JsonObject *object = json_array_get_object_element (docs, i);
      const char *id = luo_scripted_text_member (object, "_id");

      if ((self->forbidden != NULL && g_str_has_prefix (id, self->forbidden)) || !signed_in)
        g_string_append_printf (
            out, "%s{\"id\":\"%s\",\"rev\":\"%s\",\"error\":\"forbidden\",\"reason\":\"not yours\"}",
            out->len > 1 ? "," : "", id, luo_scripted_text_member (object, "_rev"));
      else
        insert (self, json_array_get_element (docs, i));
    }
  g_string_append_c (out, ']');
  luo_scripted_answer (message, 201, out->str);
}

static void
handle_local (LuoScriptedPeer *self, SoupServerMessage *message, const char *id, JsonNode *body)
{
  const char *stored = g_hash_table_lookup (self->locals, id);
  g_autofree char *rev = NULL;
  gint64 generation = 0;

  if (stored != NULL)
    {
      g_autoptr (JsonNode) node = parse (stored);

      rev = g_strdup (luo_scripted_text_member (json_node_get_object (node), "_rev"));
      generation = number_in (rev + 2);
    }
  if (body == NULL)
    {
      if (stored == NULL)
        luo_scripted_answer_error (message, 404, "not_found", "missing");
      else
        luo_scripted_answer (message, 200, stored);
      return;
    }
  if (g_strcmp0 (rev, luo_scripted_text_member (json_node_get_object (body), "_rev")) != 0)
    {
      luo_scripted_answer_error (message, 409, "conflict", "Document update conflict.");
      return;
    }
  g_free (rev);
  rev = g_strdup_printf ("0-%" G_GINT64_FORMAT, generation + 1);
  json_object_set_string_member (json_node_get_object (body), "_rev", rev);
  g_hash_table_insert (self->locals, g_strdup (id), json_to_string (body, FALSE));
  {
    g_autofree char *json = g_strdup_printf ("{\"ok\":true,\"id\":\"_local/%s\",\"rev\":\"%s\"}", id, rev);

    luo_scripted_answer (message, 201, json);
  }
}

/* GET or PUT of a document, GET of an attachment: @rest is "id" or "id/name". */
static void
handle_document (LuoScriptedPeer *self, SoupServerMessage *message, const char *rest, GHashTable *query,
                 JsonNode *body)
{
  File *file = g_hash_table_lookup (self->files, rest);
  const char *rev = query != NULL ? g_hash_table_lookup (query, "rev") : NULL;
  const Doc *doc = find_doc (self, rest, FALSE);
  const char *json = doc != NULL && rev != NULL ? g_hash_table_lookup (doc->leaves, rev) : NULL;

  if (body != NULL)
    {
      JsonObject *object = json_node_get_object (body);
      g_autofree char *said = g_strdup_printf ("{\"ok\":true,\"id\":\"%s\",\"rev\":\"%s\"}",
                                               luo_scripted_text_member (object, "_id"),
                                               luo_scripted_text_member (object, "_rev"));

      insert (self, body);
      luo_scripted_answer (message, 201, said);
    }
  else if (file != NULL)
    {
      gsize length;
      const char *data = g_bytes_get_data (file->bytes, &length);

      soup_server_message_set_status (message, 200, NULL);
      if (file->gzip)
        soup_message_headers_append (soup_server_message_get_response_headers (message), "Content-Encoding",
                                     "gzip");
      soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY, data, length);
    }
  else if (json != NULL)
    luo_scripted_answer (message, 200, json);
  else
    luo_scripted_answer_error (message, 404, "not_found", "missing");
}

void
luo_scripted_database_handle (LuoScriptedPeer *self, SoupServerMessage *message, const char *rest,
                              GHashTable *query, JsonNode *body, gsize length, gboolean signed_in)
{
  const char *method = soup_server_message_get_method (message);

  if (*rest == '\0')
    {
      g_autofree char *json
          = g_strdup_printf ("{\"db_name\":\"luoshi-city\",\"instance_start_time\":\"%s\",\"doc_count\":%u}",
                             self->instance, g_hash_table_size (self->docs));

      luo_scripted_answer (message, 200, json);
    }
  else if (strcmp (rest, "/_changes") == 0)
    handle_changes (self, message, query);
  else if (strcmp (rest, "/_bulk_get") == 0)
    handle_bulk_get (self, message, body);
  else if (strcmp (rest, "/_revs_diff") == 0)
    handle_revs_diff (self, message, body);
  else if (strcmp (rest, "/_bulk_docs") == 0)
    handle_bulk_docs (self, message, body, length, signed_in);
  else if (g_str_has_prefix (rest, "/_local/"))
    handle_local (self, message, rest + strlen ("/_local/"), strcmp (method, "PUT") == 0 ? body : NULL);
  else
    handle_document (self, message, rest + 1, query, strcmp (method, "PUT") == 0 ? body : NULL);
}

void
luo_scripted_database_init (LuoScriptedPeer *self)
{
  self->docs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, doc_free);
  self->locals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, file_free);
  self->instance = g_strdup ("0");
}

void
luo_scripted_database_finish (LuoScriptedPeer *self)
{
  g_hash_table_unref (self->docs);
  g_hash_table_unref (self->locals);
  g_hash_table_unref (self->files);
  g_free (self->forbidden);
  g_free (self->choke);
  g_free (self->instance);
}

/* From the tests */

void
luo_scripted_peer_forbid (LuoScriptedPeer *self, const char *prefix)
{
  luo_scripted_set_text (&self->forbidden, prefix);
}

void
luo_scripted_peer_limit_body (LuoScriptedPeer *self, gsize bytes)
{
  self->body_limit = bytes;
}

void
luo_scripted_peer_choke_on (LuoScriptedPeer *self, const char *text)
{
  luo_scripted_set_text (&self->choke, text);
}

void
luo_scripted_peer_set_seq_style (LuoScriptedPeer *self, LuoSeqStyle style)
{
  self->style = style;
}

void
luo_scripted_peer_set_rewind (LuoScriptedPeer *self, gint64 by)
{
  self->rewind = by;
}

void
luo_scripted_peer_set_double_rows (LuoScriptedPeer *self, gboolean doubled)
{
  self->doubled = doubled;
}

void
luo_scripted_peer_omit_every (LuoScriptedPeer *self, guint nth)
{
  self->omit = nth;
}

void
luo_scripted_peer_set_instance (LuoScriptedPeer *self, const char *instance)
{
  luo_scripted_set_text (&self->instance, instance);
}

void
luo_scripted_peer_clear (LuoScriptedPeer *self)
{
  g_hash_table_remove_all (self->docs);
  g_hash_table_remove_all (self->locals);
  self->seq = 0;
}

void
luo_scripted_peer_put (LuoScriptedPeer *self, const char *json)
{
  g_autoptr (JsonNode) node = parse (json);

  insert (self, node);
}

void
luo_scripted_peer_put_file (LuoScriptedPeer *self, const char *id, const char *name, GBytes *bytes,
                            gboolean gzip)
{
  File *file = g_new0 (File, 1);

  file->bytes = g_bytes_ref (bytes);
  file->gzip = gzip;
  g_hash_table_insert (self->files, g_strconcat (id, "/", name, NULL), file);
}

char *
luo_scripted_peer_get (LuoScriptedPeer *self, const char *id, const char *rev)
{
  const Doc *doc = find_doc (self, id, FALSE);
  GHashTableIter iter;
  gpointer json = NULL;

  if (doc == NULL)
    return NULL;
  if (rev != NULL)
    return g_strdup (g_hash_table_lookup (doc->leaves, rev));
  g_hash_table_iter_init (&iter, doc->leaves);
  g_hash_table_iter_next (&iter, NULL, &json);
  return g_strdup (json);
}

guint
luo_scripted_peer_count_documents (LuoScriptedPeer *self)
{
  return g_hash_table_size (self->docs);
}

char *
luo_scripted_peer_get_locals (LuoScriptedPeer *self)
{
  GString *out = g_string_new ("[");
  GHashTableIter iter;
  gpointer json;

  g_hash_table_iter_init (&iter, self->locals);
  while (g_hash_table_iter_next (&iter, NULL, &json))
    g_string_append_printf (out, "%s%s", out->len > 1 ? "," : "", (char *)json);
  g_string_append_c (out, ']');
  return g_string_free (out, FALSE);
}
