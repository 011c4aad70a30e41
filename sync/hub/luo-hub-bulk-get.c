/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-incoming-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-print-private.h"
#include "luo-hub-private.h"
#include "luo-hub-tuning.h"
#include "luo-json-text.h"

typedef struct
{
  char *id;  /* (owned) */
  char *rev; /* (owned) (nullable): NULL asks for all leaves */
} Wanted;

/* One _bulk_get: the list that was asked for, then how far its answer is. */
typedef struct
{
  LuoStore *store;       /* (owned) */
  char *space;           /* (owned) */
  LuoJsonStream *stream; /* (owned) (nullable) */
  GArray *wanted;        /* (owned): of Wanted */
  guint next;
  LuoHubPrint print;
  gboolean latest;
} BulkGet;

static void
clear_wanted (gpointer data)
{
  Wanted *wanted = data;

  g_free (wanted->id);
  g_free (wanted->rev);
}

static void
bulk_get_free (gpointer data)
{
  BulkGet *self = data;

  luo_json_stream_free (self->stream);
  g_array_unref (self->wanted);
  g_object_unref (self->store);
  g_free (self->space);
  g_free (self);
}

static gboolean
element_cb (const char *text, gsize length, gpointer user_data, GError **error)
{
  BulkGet *self = user_data;
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  Wanted wanted = { NULL, NULL };

  if (!luo_json_cut (text, length, members, error))
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);

      if (luo_json_member_is (member, "id"))
        wanted.id = luo_json_decode_string (member->value, member->value_length);
      else if (luo_json_member_is (member, "rev"))
        wanted.rev = luo_json_decode_string (member->value, member->value_length);
    }
  if (wanted.id == NULL)
    {
      clear_wanted (&wanted);
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "document id missed");
      return FALSE;
    }
  g_array_append_val (self->wanted, wanted);
  return TRUE;
}

gboolean
luo_hub_bulk_get_begin (LuoHubRequest *request, GError **error)
{
  BulkGet *self;

  if (!luo_hub_request_expect_json (request, error))
    return FALSE;
  self = g_new0 (BulkGet, 1);
  self->store = g_object_ref (luo_hub_get_store (request->hub));
  self->space = g_strdup (request->space);
  self->wanted = g_array_new (FALSE, FALSE, sizeof (Wanted));
  g_array_set_clear_func (self->wanted, clear_wanted);
  self->stream = luo_json_stream_new ("docs", LUO_JSON_MAX_DOCUMENT, element_cb, self);
  self->latest = luo_hub_request_get_flag (request, "latest");
  if (luo_hub_request_get_flag (request, "revs"))
    self->print |= LUO_HUB_PRINT_REVS;
  if (luo_hub_request_get_flag (request, "attachments"))
    self->print |= LUO_HUB_PRINT_ATTACHMENTS;
  request->data = self;
  request->data_free = bulk_get_free;
  return TRUE;
}

gboolean
luo_hub_bulk_get_feed (LuoHubRequest *request, const char *data, gsize length, GError **error)
{
  return luo_json_stream_feed (((BulkGet *)request->data)->stream, data, length, error);
}

static void
append_missing (const Wanted *wanted, const char *word, const char *reason, GString *out)
{
  g_string_append (out, "{\"error\":{\"id\":");
  luo_json_append_string (out, wanted->id);
  g_string_append (out, ",\"rev\":");
  luo_json_append_string (out, wanted->rev != NULL ? wanted->rev : "undefined");
  g_string_append_printf (out, ",\"error\":\"%s\",\"reason\":\"%s\"}}", word, reason);
}

/* One revision as {"ok":…}; FALSE where its body is not kept. */
static gboolean
append_revision (BulkGet *self, const char *id, const char *rev, gboolean comma, LuoHubAnswer *answer)
{
  GString *out = luo_hub_answer_text (answer);
  gsize start = out->len;

  g_string_append (out, comma ? ",{\"ok\":" : "{\"ok\":");
  if (!luo_hub_print_document (self->store, self->space, id, rev, self->print, answer, NULL, NULL))
    {
      g_string_truncate (out, start);
      return FALSE;
    }
  g_string_append_c (luo_hub_answer_text (answer), '}');
  return TRUE;
}

static gboolean
append_leaves (BulkGet *self, const Wanted *wanted, LuoHubAnswer *answer)
{
  g_autoptr (GPtrArray) leaves
      = luo_hub_print_leaves (self->store, self->space, wanted->id, wanted->rev, NULL);
  gboolean any = FALSE;

  for (guint i = 0; leaves != NULL && i < leaves->len; i++)
    any = append_revision (self, wanted->id, leaves->pdata[i], any, answer) || any;
  return any;
}

static void
append_wanted (BulkGet *self, const Wanted *wanted, LuoHubAnswer *answer)
{
  GString *out = luo_hub_answer_text (answer);

  g_string_append (out, "{\"id\":");
  luo_json_append_string (out, wanted->id);
  g_string_append (out, ",\"docs\":[");
  if (wanted->rev != NULL && luo_rev_parse (wanted->rev, NULL) == NULL)
    append_missing (wanted, "bad_request", "Invalid rev format", out);
  /* A hub keeps the bodies of leaves alone: what has one is its own latest. */
  else if ((wanted->rev == NULL || !append_revision (self, wanted->id, wanted->rev, FALSE, answer))
           && ((wanted->rev != NULL && !self->latest) || !append_leaves (self, wanted, answer)))
    append_missing (wanted, "not_found", "missing", luo_hub_answer_text (answer));
  g_string_append (luo_hub_answer_text (answer), "]}");
}

static LuoHubProduced
produce (LuoHubAnswer *answer, gpointer user_data)
{
  BulkGet *self = user_data;
  gboolean snapshot;

  if (self->next == 0)
    g_string_append (luo_hub_answer_text (answer), "{\"results\":[");
  /* One read transaction for a chunk: to begin and end one for each document costs as much as reading it. */
  snapshot = luo_store_snapshot_begin (self->store, NULL);
  while (self->next < self->wanted->len && luo_hub_answer_get_length (answer) < LUO_HUB_CHUNK)
    {
      if (self->next > 0)
        g_string_append_c (luo_hub_answer_text (answer), ',');
      append_wanted (self, &g_array_index (self->wanted, Wanted, self->next), answer);
      self->next++;
    }
  if (snapshot)
    luo_store_snapshot_end (self->store);
  if (self->next < self->wanted->len)
    return LUO_HUB_PRODUCED_MORE;
  g_string_append (luo_hub_answer_text (answer), "]}\n");
  return LUO_HUB_PRODUCED_END;
}

gboolean
luo_hub_bulk_get_run (LuoHubRequest *request, GError **error)
{
  BulkGet *self = request->data;
  g_autofree char *rest = NULL;

  if (!luo_json_stream_end (self->stream, &rest, error))
    return FALSE;
  if (strstr (rest, "\"docs\"") == NULL)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST, "Missing JSON list of 'docs'.");
      return FALSE;
    }
  luo_hub_answer_set_producer (luo_hub_request_answer (request, 200), produce,
                               g_steal_pointer (&request->data), bulk_get_free);
  return TRUE;
}
