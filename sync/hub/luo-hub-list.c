/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-print-private.h"
#include "luo-hub-private.h"
#include "luo-hub-tuning.h"
#include "luo-json-text.h"
#include "luo-store-sync.h"

/**
 * List: one _all_docs, page by page.
 */
typedef struct
{
  LuoStore *store;    /* (owned) */
  LuoHubSpace *space; /* (owned) */
  char **keys;        /* (owned) (nullable): the ids that are asked for */
  gsize next_key;     /* of them */
  gsize n_keys;
  char *start; /* (owned) (nullable) */
  char *end;   /* (owned) (nullable) */
  gboolean inclusive_end;
  gboolean descending;
  gboolean include_docs;
  gboolean update_seq;
  LuoHubPrint print;
  guint64 skip;
  guint64 left;
  gint64 total;
  gint64 seq;
  gint64 offset; /* -1: not known */
  gboolean begun;
  gboolean any;    /* a row was sent */
  GPtrArray *page; /* (owned) (nullable) (element-type LuoAllDocsRow): read and not yet sent */
  guint next;      /* of it */
  gboolean more;   /* there are pages behind it */
} List;

static void
list_free (gpointer data)
{
  List *self = data;

  g_strfreev (self->keys);
  g_clear_pointer (&self->page, g_ptr_array_unref);
  luo_hub_space_unref (self->space);
  g_object_unref (self->store);
  g_free (self->start);
  g_free (self->end);
  g_free (self);
}

static void
append_head (List *self, GString *out)
{
  g_string_append_printf (out, "{\"total_rows\":%" G_GINT64_FORMAT ",\"offset\":", self->total);
  if (self->offset >= 0)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, self->offset);
  else
    g_string_append (out, "null");
  if (self->update_seq)
    {
      g_string_append (out, ",\"update_seq\":");
      luo_hub_space_append_seq (self->space, self->seq, out);
    }
  g_string_append (out, ",\"rows\":[\n");
}

static void
append_row (List *self, const LuoAllDocsRow *row, LuoHubAnswer *answer)
{
  GString *out = luo_hub_answer_text (answer);

  if (self->any)
    g_string_append (out, ",\n");
  self->any = TRUE;
  if (row->missing)
    {
      g_string_append (out, "{\"key\":");
      luo_json_append_string (out, row->id);
      g_string_append (out, ",\"error\":\"not_found\"}");
      return;
    }
  g_string_append (out, "{\"id\":");
  luo_json_append_string (out, row->id);
  g_string_append (out, ",\"key\":");
  luo_json_append_string (out, row->id);
  g_string_append (out, ",\"value\":{\"rev\":\"");
  g_string_append (out, row->rev);
  g_string_append (out, row->deleted ? "\",\"deleted\":true}" : "\"}");
  if (self->include_docs)
    {
      g_string_append (out, ",\"doc\":");
      if (row->deleted
          || !luo_hub_print_document (self->store, self->space->name, row->id, row->rev, self->print, answer,
                                      NULL, NULL))
        g_string_append (luo_hub_answer_text (answer), "null");
    }
  g_string_append_c (luo_hub_answer_text (answer), '}');
}

/* A page of the keys. NULL on failure. */
static GPtrArray *
read_keys (List *self, gboolean *more, GError **error)
{
  gsize n = MIN (self->n_keys - self->next_key, MIN (self->left, LUO_HUB_PAGE));
  g_autofree const char **keys = g_new0 (const char *, n + 1);
  GPtrArray *rows;

  for (gsize i = 0; i < n; i++)
    keys[i] = self->keys[self->descending ? self->n_keys - 1 - self->next_key - i : self->next_key + i];
  rows = luo_store_all_docs (self->store, self->space->name, keys, NULL, NULL, TRUE, FALSE, 0, (guint)n,
                             error);
  self->next_key += n;
  self->left -= n;
  *more = self->next_key < self->n_keys && self->left > 0;
  return rows;
}

/* A page of the range, which goes on behind the last row of the page before. */
static GPtrArray *
read_range (List *self, gboolean *more, GError **error)
{
  guint limit = (guint)MIN (self->left, LUO_HUB_PAGE);
  GPtrArray *rows
      = luo_store_all_docs (self->store, self->space->name, NULL, self->start, self->end, self->inclusive_end,
                            self->descending, (guint)self->skip, limit, error);

  if (rows == NULL)
    return NULL;
  self->left -= MIN (self->left, rows->len);
  *more = rows->len == limit && self->left > 0;
  if (*more)
    {
      g_free (self->start);
      self->start = g_strdup (((LuoAllDocsRow *)rows->pdata[rows->len - 1])->id);
      self->skip = 1;
    }
  return rows;
}

/* Sends rows until a chunk is full: with documents a page could be larger than anybody should hold. FALSE on failure. */
static gboolean
append_rows (List *self, LuoHubAnswer *answer, GError **error)
{
  if (self->page == NULL)
    {
      self->next = 0;
      self->page
          = self->keys != NULL ? read_keys (self, &self->more, error) : read_range (self, &self->more, error);
      if (self->page == NULL)
        return FALSE;
    }
  while (self->next < self->page->len && luo_hub_answer_get_length (answer) < LUO_HUB_CHUNK)
    append_row (self, self->page->pdata[self->next++], answer);
  if (self->next == self->page->len)
    g_clear_pointer (&self->page, g_ptr_array_unref);
  return TRUE;
}

static LuoHubProduced
produce (LuoHubAnswer *answer, gpointer user_data)
{
  List *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean snapshot;
  gboolean ok;

  if (!self->begun)
    {
      append_head (self, luo_hub_answer_text (answer));
      self->begun = TRUE;
      self->more = self->left > 0;
    }
  if (self->page != NULL || self->more)
    {
      snapshot = luo_store_snapshot_begin (self->store, NULL);
      ok = append_rows (self, answer, &error);
      if (snapshot)
        luo_store_snapshot_end (self->store);
      if (!ok)
        {
          g_warning ("%s", error->message);
          return LUO_HUB_PRODUCED_ERROR;
        }
    }
  if (self->page != NULL || self->more)
    return LUO_HUB_PRODUCED_MORE;
  g_string_append (luo_hub_answer_text (answer), "\n]}\n");
  return LUO_HUB_PRODUCED_END;
}

/* Two names for each key. A single key is a range of one. */
static gboolean
read_bounds (LuoHubRequest *request, List *list, GError **error)
{
  const char *start = luo_hub_request_get_query (request, "startkey") != NULL ? "startkey" : "start_key";
  const char *end = luo_hub_request_get_query (request, "endkey") != NULL ? "endkey" : "end_key";
  g_autofree char *key = NULL;

  if (!luo_hub_request_get_json_string (request, start, &list->start, error)
      || !luo_hub_request_get_json_string (request, end, &list->end, error)
      || !luo_hub_request_get_json_string (request, "key", &key, error))
    return FALSE;
  if (key == NULL)
    return TRUE;
  g_free (list->start);
  g_free (list->end);
  list->start = g_strdup (key);
  list->end = g_steal_pointer (&key);
  list->inclusive_end = TRUE;
  return TRUE;
}

static gboolean
set_keys (List *list, char **keys, GError **error)
{
  if (keys == NULL)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                           "`keys` member must be an array.");
      return FALSE;
    }
  list->keys = keys;
  list->n_keys = g_strv_length (keys);
  list->next_key = MIN (list->skip, list->n_keys);
  list->offset = -1;
  return TRUE;
}

static gboolean
read_query (LuoHubRequest *request, List *list, GError **error)
{
  const char *keys = luo_hub_request_get_query (request, "keys");

  if (!read_bounds (request, list, error) || !luo_hub_request_get_uint (request, "limit", &list->left, error)
      || !luo_hub_request_get_uint (request, "skip", &list->skip, error))
    return FALSE;
  list->skip = MIN (list->skip, G_MAXINT);
  list->offset = list->start == NULL ? (gint64)MIN (list->skip, (guint64)list->total) : -1;
  if (keys != NULL)
    {
      g_autofree char *wrapped = g_strdup_printf ("{\"keys\":%s}", keys);
      g_autoptr (JsonObject) object = luo_hub_json_parse_object (wrapped, strlen (wrapped), NULL);

      return set_keys (list, object != NULL ? luo_hub_json_get_strings (object, "keys") : NULL, error);
    }
  return TRUE;
}

/* The body may name the keys, and whatever the query can. */
static gboolean
read_body (LuoHubRequest *request, List *list, JsonObject *body, GError **error)
{
  static const char *const flags[]
      = { "include_docs", "descending", "conflicts", "update_seq", "attachments" };
  static const char *const texts[] = { "startkey", "start_key", "endkey", "end_key", "key" };
  static const char *const numbers[] = { "limit", "skip" };
  JsonNode *node;

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (luo_hub_json_get_flag (body, flags[i]))
      {
        g_ptr_array_add (request->query, g_strdup (flags[i]));
        g_ptr_array_add (request->query, g_strdup ("true"));
      }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (luo_hub_json_get_text (body, texts[i]) != NULL)
      {
        g_ptr_array_add (request->query, g_strdup (texts[i]));
        g_ptr_array_add (request->query, luo_json_encode_string (luo_hub_json_get_text (body, texts[i])));
      }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      node = json_object_get_member (body, numbers[i]);
      if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
        continue;
      g_ptr_array_add (request->query, g_strdup (numbers[i]));
      g_ptr_array_add (request->query, g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node)));
    }
  node = json_object_get_member (body, "inclusive_end");
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && !json_node_get_boolean (node))
    {
      g_ptr_array_add (request->query, g_strdup ("inclusive_end"));
      g_ptr_array_add (request->query, g_strdup ("false"));
    }
  return TRUE;
}

static gboolean
answer_list (LuoHubRequest *request, JsonObject *body, GError **error)
{
  List *list = g_new0 (List, 1);
  g_autoptr (LuoSpace) space = NULL;
  gboolean ok;

  list->store = g_object_ref (luo_hub_get_store (request->hub));
  list->space = luo_hub_space_ref (request->database);
  list->left = G_MAXUINT64;
  space = luo_store_get_space (list->store, request->space, error);
  ok = space != NULL && (body == NULL || read_body (request, list, body, error));
  if (ok)
    {
      list->total = space->documents;
      list->seq = space->seq;
      list->inclusive_end = g_strcmp0 (luo_hub_request_get_query (request, "inclusive_end"), "false") != 0;
      list->descending = luo_hub_request_get_flag (request, "descending");
      list->include_docs = luo_hub_request_get_flag (request, "include_docs");
      list->update_seq = luo_hub_request_get_flag (request, "update_seq");
      if (luo_hub_request_get_flag (request, "conflicts"))
        list->print |= LUO_HUB_PRINT_CONFLICTS;
      if (luo_hub_request_get_flag (request, "attachments"))
        list->print |= LUO_HUB_PRINT_ATTACHMENTS;
      ok = read_query (request, list, error);
    }
  if (ok && body != NULL && json_object_has_member (body, "keys"))
    ok = set_keys (list, luo_hub_json_get_strings (body, "keys"), error);
  if (!ok)
    {
      list_free (list);
      return FALSE;
    }
  luo_hub_answer_set_producer (luo_hub_request_answer (request, 200), produce, list, list_free);
  return TRUE;
}

gboolean
luo_hub_list_get (LuoHubRequest *request, GError **error)
{
  return answer_list (request, NULL, error);
}

gboolean
luo_hub_list_post (LuoHubRequest *request, GError **error)
{
  g_autoptr (JsonObject) body = NULL;

  if (!luo_hub_request_expect_json (request, error))
    return FALSE;
  body = luo_hub_request_parse_body (request, error);
  return body != NULL && answer_list (request, body, error);
}
