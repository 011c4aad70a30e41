/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-push-answer-private.h"

#include <string.h>

#include "luo-json-text.h"

/* Rows */

static void
row_free (gpointer data)
{
  LuoPushRow *row = data;

  g_free (row->id);
  g_free (row->rev);
  g_free (row->word);
  g_free (row->reason);
  g_free (row);
}

static char *
text_of (const GArray *members, const char *name)
{
  const LuoJsonMember *member = luo_json_find (members, name);

  return member != NULL ? luo_json_decode_string (member->value, member->value_length) : NULL;
}

GPtrArray *
luo_push_rows_read (const LuoHttpReply *reply, GError **error)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  GError *json_error = NULL;

  if (!luo_json_cut_array (reply->body, reply->length, items, &json_error))
    {
      luo_replication_error_propagate (error, json_error);
      return NULL;
    }
  for (guint i = 0; i < items->len; i++)
    {
      const LuoJsonMember *item = &g_array_index (items, LuoJsonMember, i);
      const LuoJsonMember *failure;
      const LuoJsonMember *status;
      LuoPushRow *row;

      if (item->value[0] != '{' || !luo_json_cut (item->value, item->value_length, members, NULL))
        continue;
      failure = luo_json_find (members, "error");
      if (failure == NULL || failure->value[0] == 'f' || failure->value[0] == 'n')
        continue;
      row = g_new0 (LuoPushRow, 1);
      row->id = text_of (members, "id");
      row->rev = text_of (members, "rev");
      row->word = luo_json_decode_string (failure->value, failure->value_length);
      if (row->word == NULL)
        row->word = text_of (members, "name"); /* PouchDB's server says "error": true */
      row->reason = text_of (members, "reason");
      if (row->reason == NULL)
        row->reason = text_of (members, "message");
      status = luo_json_find (members, "status");
      if (status != NULL)
        row->status = (guint)g_ascii_strtoull (status->value, NULL, 10);
      else if (g_strcmp0 (row->word, "forbidden") == 0)
        row->status = 403;
      else if (g_strcmp0 (row->word, "unauthorized") == 0)
        row->status = 401;
      g_ptr_array_add (rows, row);
    }
  return g_steal_pointer (&rows);
}

const LuoPushRow *
luo_push_rows_find (const GPtrArray *rows, const char *id, const char *rev)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const LuoPushRow *row = rows->pdata[i];

      if (g_strcmp0 (row->id, id) == 0 && (row->rev == NULL || strcmp (row->rev, rev) == 0))
        return row;
    }
  return NULL;
}

gboolean
luo_push_row_is_about_rights (const LuoPushRow *row)
{
  return row->status == 401 || row->status == 403;
}

gboolean
luo_push_row_is_missing_stub (const LuoPushRow *row)
{
  return row->status == 412 || g_strcmp0 (row->word, "missing_stub") == 0;
}

gboolean
luo_push_rows_any_about_rights (const GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    if (luo_push_row_is_about_rights (rows->pdata[i]))
      return TRUE;
  return FALSE;
}

/* Lacks */

GBytes *
luo_push_lacks_ask (const GPtrArray *ids, const GPtrArray *revs)
{
  GString *body = g_string_new ("{");
  gsize length;

  for (guint i = 0; i < ids->len; i++)
    {
      gboolean same = i > 0 && strcmp (ids->pdata[i], ids->pdata[i - 1]) == 0;

      if (!same)
        {
          g_string_append (body, i > 0 ? "]," : "");
          luo_json_append_string (body, ids->pdata[i]);
          g_string_append (body, ":[");
        }
      else
        g_string_append_c (body, ',');
      luo_json_append_string (body, revs->pdata[i]);
    }
  g_string_append (body, ids->len > 0 ? "]}" : "}");
  length = body->len;
  return g_bytes_new_take (g_string_free (body, FALSE), length);
}

static void
lack_free (gpointer data)
{
  LuoPushLack *lack = data;

  g_strfreev (lack->missing);
  g_strfreev (lack->possible_ancestors);
  g_free (lack);
}

static char **
texts_of (const GArray *members, const char *name)
{
  const LuoJsonMember *member = luo_json_find (members, name);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  GPtrArray *texts;

  if (member == NULL || !luo_json_cut_array (member->value, member->value_length, items, NULL))
    return NULL;
  texts = g_ptr_array_new ();
  for (guint i = 0; i < items->len; i++)
    {
      const LuoJsonMember *item = &g_array_index (items, LuoJsonMember, i);
      char *text = luo_json_decode_string (item->value, item->value_length);

      if (text != NULL)
        g_ptr_array_add (texts, text);
    }
  g_ptr_array_add (texts, NULL);
  return (char **)g_ptr_array_free (texts, FALSE);
}

GHashTable *
luo_push_lacks_read (const LuoHttpReply *reply, GError **error)
{
  g_autoptr (GArray) documents = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GHashTable) lacks = NULL;
  GError *json_error = NULL;

  if (!luo_json_cut (reply->body, reply->length, documents, &json_error))
    {
      luo_replication_error_propagate (error, json_error);
      return NULL;
    }
  lacks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lack_free);
  for (guint i = 0; i < documents->len; i++)
    {
      const LuoJsonMember *document = &g_array_index (documents, LuoJsonMember, i);
      LuoPushLack *lack;

      if (document->value[0] != '{' || !luo_json_cut (document->value, document->value_length, members, NULL))
        continue;
      lack = g_new0 (LuoPushLack, 1);
      lack->missing = texts_of (members, "missing");
      lack->possible_ancestors = texts_of (members, "possible_ancestors");
      g_hash_table_replace (lacks, luo_json_decode_string (document->name - 1, document->name_length + 2),
                            lack);
    }
  return g_steal_pointer (&lacks);
}
