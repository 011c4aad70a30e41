/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-ledger.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-body-private.h"
#include "luo-json-text.h"
#include "luo-record-edit.h"
#include "luo-record-error.h"
#include "luo-record-id.h"

/* Another program may edit a record between our reading and our writing; then the import looks again, so often. */
#define MAX_TRIES 5

/* Collects what one transaction writes. */
typedef struct
{
  LuoLedger *ledger;
  LuoStore *store;
  const char *space, *month, *user;
  LuoLedgerImport counts;
  GPtrArray *strings;   /* (owned) (element-type utf8): keeps the texts that the puts point at */
  GPtrArray *documents; /* (owned) (element-type LuoDocument): likewise */
  GArray *puts;         /* (owned) (element-type LuoPut) */
} Importer;

static char *
keep (Importer *self, char *string)
{
  g_ptr_array_add (self->strings, string);
  return string;
}

/* The record as it is now; NULL without an error where there is none or it was deleted. */
static gboolean
read_document (Importer *self, const char *space, const char *id, LuoDocument **document, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *document = luo_store_get (self->store, space, id, NULL, &local_error);
  if (*document != NULL)
    {
      g_ptr_array_add (self->documents, *document);
      return TRUE;
    }
  if (g_error_matches (local_error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND)
      || g_error_matches (local_error, LUO_STORE_ERROR, LUO_STORE_ERROR_DELETED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Takes @body. */
static gboolean
add_put (Importer *self, const char *space, const char *id, LuoDocument *document, const char *body,
         guint *is_new, guint *is_changed, guint *is_same, GError **error)
{
  gboolean changed;
  char *prepared = luo_record_prepare (id, document != NULL ? luo_document_get_body (document, NULL) : NULL,
                                       body, self->user, &changed, error);
  LuoPut put = { .space = space, .id = id, .flags = LUO_PUT_COLLAPSE | LUO_PUT_HISTORY };

  if (prepared == NULL)
    return FALSE;
  put.body = keep (self, prepared);
  if (document == NULL)
    {
      (*is_new)++;
    }
  else if (!changed)
    {
      (*is_same)++;
      return TRUE;
    }
  else
    {
      (*is_changed)++;
      put.parent = luo_document_get_rev (document);
      put.attachments = luo_document_get_attachments (document);
    }
  g_array_append_val (self->puts, put);
  return TRUE;
}

static char *
texts_to_json (char **texts)
{
  GString *out = g_string_new ("[");

  for (gsize i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      luo_json_append_string (out, texts[i]);
    }
  g_string_append_c (out, ']');
  return g_string_free (out, FALSE);
}

/* A title is the same when it prints the same. */
static gboolean
prints_same (const char *a, const char *b)
{
  g_autofree char *one = luo_ledger_flatten (a != NULL ? a : "");
  g_autofree char *two = luo_ledger_flatten (b != NULL ? b : "");

  return g_str_equal (one, two);
}

static gboolean
import_task (Importer *self, const LuoLedgerRow *row, guint year, const char **task_id, GError **error)
{
  char *id = keep (self, luo_record_id_task (year, row->number));
  LuoDocument *document;
  g_autofree char *body = NULL;
  g_autofree char *title = NULL;

  *task_id = id;
  if (!read_document (self, "city", id, &document, error))
    return FALSE;
  body = document != NULL
             ? g_strdup (luo_document_get_body (document, NULL))
             : g_strdup_printf ("{\"type\":\"task\",\"year\":%u,\"number\":%u,\"state\":\"open\"}", year,
                                row->number);
  if (!luo_record_body_set_int (&body, "section", row->section, error)
      || !luo_record_body_set_int (&body, "order", row->order, error))
    return FALSE;
  title = luo_record_body_get_text (body, "title");
  if (!prints_same (title, row->title) && !luo_record_body_set_text (&body, "title", row->title, error))
    return FALSE;
  if (row->lead != NULL && !luo_record_body_set_text (&body, "lead", row->lead, error))
    return FALSE;
  if (row->partners != NULL)
    {
      g_autofree char *partners = texts_to_json (row->partners);

      if (!luo_record_body_set (&body, "partners", partners, error))
        return FALSE;
    }
  return add_put (self, "city", id, document, body, &self->counts.tasks_new, &self->counts.tasks_changed,
                  &self->counts.tasks_same, error);
}

/* The two texts, unless the record prints the same cell already: then the way it is parted stays as it is. */
static gboolean
set_texts (char **body, const LuoLedgerRow *row, GError **error)
{
  g_autofree char *overall = luo_record_body_get_text (*body, "overall");
  g_autofree char *this_month = luo_record_body_get_text (*body, "this_month");
  g_autofree char *before = luo_ledger_join_progress (overall, this_month);
  g_autofree char *after = luo_ledger_join_progress (row->overall, row->this_month);

  if (*after == '\0' || prints_same (before, after))
    return TRUE;
  return luo_record_body_set_text (body, "overall", row->overall, error)
         && luo_record_body_set_text (body, "this_month", row->this_month, error);
}

static gboolean
set_remarks (char **body, const LuoLedgerRow *row, GError **error)
{
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (row->remarks), (GCompareFunc)strcmp);

  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autoptr (GString) pointer = g_string_new ("/remarks/");
      g_autofree char *value = luo_json_encode_string (g_hash_table_lookup (row->remarks, l->data));
      char *patched;

      for (const char *p = l->data; *p != '\0'; p++)
        g_string_append_printf (pointer, *p == '~' ? "~0" : *p == '/' ? "~1" : "%c", *p);
      patched = luo_json_patch (*body, pointer->str, value, error);
      if (patched == NULL)
        return FALSE;
      g_free (*body);
      *body = patched;
    }
  return TRUE;
}

static gboolean
import_progress (Importer *self, const LuoLedgerRow *row, const char *task_id, GError **error)
{
  char *id = luo_record_id_progress (task_id, self->month, self->space, error);
  LuoDocument *document;
  g_autofree char *body = NULL;

  if (id == NULL)
    return FALSE;
  keep (self, id);
  if (row->overall == NULL && row->this_month == NULL && g_hash_table_size (row->remarks) == 0)
    return TRUE;
  if (!read_document (self, self->space, id, &document, error))
    return FALSE;
  if (document != NULL)
    {
      body = g_strdup (luo_document_get_body (document, NULL));
    }
  else
    {
      body = g_strdup ("{\"type\":\"progress\"}");
      if (!luo_record_body_set_text (&body, "task", task_id, error)
          || !luo_record_body_set_text (&body, "month", self->month, error)
          || !luo_record_body_set_text (&body, "office", self->space, error)
          || !luo_record_body_set_text (&body, "state", "draft", error))
        return FALSE;
    }
  if (!set_texts (&body, row, error) || !set_remarks (&body, row, error))
    return FALSE;
  return add_put (self, self->space, id, document, body, &self->counts.progress_new,
                  &self->counts.progress_changed, &self->counts.progress_same, error);
}

static gboolean
import_once (Importer *self, guint year, GError **error)
{
  for (guint i = 0; i < self->ledger->rows->len; i++)
    {
      const LuoLedgerRow *row = g_ptr_array_index (self->ledger->rows, i);
      const char *task_id;

      if (!import_task (self, row, year, &task_id, error) || !import_progress (self, row, task_id, error))
        {
          g_prefix_error (error, _ ("line %u: "), row->line);
          return FALSE;
        }
    }
  if (self->puts->len == 0)
    return TRUE;
  return luo_store_put_all (self->store, (const LuoPut *)(gpointer)self->puts->data, self->puts->len, NULL,
                            error);
}

gboolean
luo_ledger_import (LuoLedger *self, LuoStore *store, const char *space, const char *month, const char *user,
                   LuoLedgerImport *result, GError **error)
{
  g_autoptr (LuoSpace) found = NULL;
  g_autofree char *resolved = NULL;
  guint year;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);
  g_return_val_if_fail (space != NULL && user != NULL, FALSE);

  resolved = luo_ledger_resolve_month (self, month, NULL, error);
  if (resolved == NULL)
    return FALSE;
  year = (guint)g_ascii_strtoull (resolved, NULL, 10);
  found = luo_store_get_space (store, space, error);
  if (found == NULL)
    return FALSE;

  for (guint tries = 1;; tries++)
    {
      g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
      g_autoptr (GArray) puts = g_array_new (FALSE, FALSE, sizeof (LuoPut));
      g_autoptr (GError) local_error = NULL;
      Importer importer = {
        .ledger = self,
        .store = store,
        .space = space,
        .month = resolved,
        .user = user,
        .strings = strings,
        .documents = documents,
        .puts = puts,
      };

      if (import_once (&importer, year, &local_error))
        {
          if (result != NULL)
            *result = importer.counts;
          return TRUE;
        }
      if (tries == MAX_TRIES || !g_error_matches (local_error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
}
