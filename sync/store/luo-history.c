/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-history.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-changes.h"
#include "luo-json-text.h"
#include "luo-store-private.h"

/**
 * Placed: an entry on its way into the order of luo_history_list().
 */
typedef struct
{
  LuoHistoryEntry *entry;
  const char *at;  /* the latest instant of it and of what it stands on */
  guint depth;     /* how many entries of that instant it stands on */
  gboolean placed; /* or being placed */
} Placed;

void
luo_history_entry_free (LuoHistoryEntry *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->by);
  g_free (self->device);
  g_free (self->at);
  g_free (self->base);
  g_free (self->rev);
  g_free (self->changes);
  g_free (self);
}

static LuoHistoryEntry *
entry_new (LuoDocument *document)
{
  LuoHistoryEntry *self = g_new0 (LuoHistoryEntry, 1);
  const char *body = luo_document_get_body (document, NULL);

  self->id = g_strdup (luo_document_get_id (document));
  self->by = g_strdup (luo_document_get_text (document, "by"));
  self->device = g_strdup (luo_document_get_text (document, "device"));
  self->at = g_strdup (luo_document_get_text (document, "at"));
  self->base = g_strdup (luo_document_get_text (document, "base"));
  self->rev = g_strdup (luo_document_get_text (document, "rev"));
  self->changes = luo_json_at (body, "/changes");
  self->pending = luo_document_get_pending (document);
  /* What another program wrote may lack anything. */
  if (self->at == NULL)
    self->at = g_strdup ("");
  if (self->changes == NULL || *self->changes != '{')
    {
      g_free (self->changes);
      self->changes = g_strdup ("{}");
    }
  return self;
}

/* All entries, as they are found. */
static GPtrArray *
read_entries (LuoStore *store, const char *space, const char *record, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_history_entry_free);
  LuoConnection *conn = luo_store_read_once (store, error);
  sqlite3_stmt *stmt;
  int row = -1;

  if (conn == NULL)
    return NULL;
  stmt = luo_connection_prepare (
      conn,
      "SELECT " LUO_DOCUMENT_COLUMNS
      " FROM p_edit e CROSS JOIN documents d ON d.key = e.doc JOIN spaces s ON s.id = d.space "
      "WHERE e.record = ?1 AND s.name = ?2",
      error);
  if (stmt != NULL)
    {
      luo_bind_text (stmt, 1, record);
      luo_bind_text (stmt, 2, space);
      while ((row = luo_connection_step (conn, stmt, error)) > 0)
        {
          g_autoptr (LuoDocument) document = luo_document_from_row (stmt);

          g_ptr_array_add (entries, entry_new (document));
        }
      luo_statement_done (stmt);
    }
  luo_store_read_end (store, conn);
  return row == 0 ? g_steal_pointer (&entries) : NULL;
}

/* The order */

static void
place (Placed *self, GHashTable *by_rev)
{
  Placed *before;

  /* An entry that stands on itself, by whatever way, is placed by its own clock. */
  self->placed = TRUE;
  self->at = self->entry->at;
  before = self->entry->base != NULL ? g_hash_table_lookup (by_rev, self->entry->base) : NULL;
  if (before == NULL || before == self)
    return;
  if (!before->placed)
    place (before, by_rev);
  if (before->at != NULL && strcmp (before->at, self->at) >= 0)
    {
      self->at = before->at;
      self->depth = before->depth + 1;
    }
}

static int
compare_placed (gconstpointer a, gconstpointer b)
{
  const Placed *x = *(const Placed *const *)a, *y = *(const Placed *const *)b;
  int order = strcmp (y->at, x->at);

  if (order == 0)
    order = (x->depth < y->depth) - (x->depth > y->depth);
  return order != 0 ? order : strcmp (x->entry->id, y->entry->id);
}

GPtrArray *
luo_history_list (LuoStore *store, const char *space, const char *record, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) placed = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) by_rev = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *list;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);
  g_return_val_if_fail (space != NULL && record != NULL, NULL);

  entries = read_entries (store, space, record, error);
  if (entries == NULL)
    return NULL;
  for (guint i = 0; i < entries->len; i++)
    {
      Placed *one = g_new0 (Placed, 1);

      one->entry = entries->pdata[i];
      g_ptr_array_add (placed, one);
      if (one->entry->rev != NULL)
        g_hash_table_insert (by_rev, one->entry->rev, one);
    }
  for (guint i = 0; i < placed->len; i++)
    if (!((Placed *)placed->pdata[i])->placed)
      place (placed->pdata[i], by_rev);
  g_ptr_array_sort (placed, compare_placed);

  list = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_history_entry_free);
  g_ptr_array_set_free_func (entries, NULL);
  for (guint i = 0; i < placed->len; i++)
    {
      LuoHistoryEntry *entry = ((Placed *)placed->pdata[i])->entry;

      if (strcmp (entry->changes, "{}") != 0)
        g_ptr_array_add (list, entry);
      else
        luo_history_entry_free (entry);
    }
  return list;
}

/* States */

/**
 * Search: the way from a revision whose body is kept down to one whose body is not.
 */
typedef struct
{
  LuoStore *store;
  const char *space, *record;
  GPtrArray *entries;
  GHashTable *seen; /* (owned) (element-type utf8): revisions that lead nowhere, or are being looked at */
} Search;

/* FALSE where no kept revision can be undone to @rev. */
static gboolean
reach (Search *self, const char *rev, char **body, char **files)
{
  g_autoptr (LuoDocument) kept = NULL;

  if (!g_hash_table_add (self->seen, (gpointer)rev))
    return FALSE;
  kept = luo_store_get (self->store, self->space, self->record, rev, NULL);
  if (kept != NULL)
    {
      gboolean deleted = luo_document_get_deleted (kept);

      *body = deleted ? NULL : g_strdup (luo_document_get_body (kept, NULL));
      *files = deleted ? NULL : g_strdup (luo_document_get_attachments (kept));
      return TRUE;
    }
  for (guint i = 0; i < self->entries->len; i++)
    {
      const LuoHistoryEntry *entry = self->entries->pdata[i];

      if (g_strcmp0 (entry->base, rev) != 0 || entry->rev == NULL || !reach (self, entry->rev, body, files))
        continue;
      if (luo_changes_undo (entry->changes, TRUE, body, files, NULL))
        return TRUE;
      g_clear_pointer (body, g_free);
      g_clear_pointer (files, g_free);
    }
  return FALSE;
}

static gboolean
search (LuoStore *store, const char *space, const char *record, GPtrArray *entries, const char *rev,
        char **body, char **files)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  Search self = { store, space, record, entries, seen };

  *body = *files = NULL;
  return rev != NULL && reach (&self, rev, body, files);
}

gboolean
luo_history_rebuild (LuoStore *store, const char *space, const char *record, const char *rev, char **body,
                     char **files, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);
  g_return_val_if_fail (space != NULL && record != NULL && rev != NULL && body != NULL && files != NULL,
                        FALSE);

  *body = *files = NULL;
  entries = read_entries (store, space, record, error);
  return entries != NULL && search (store, space, record, entries, rev, body, files);
}

/* The record of today without the edits before @end in the order of the list. */
static gboolean
undo_later (LuoStore *store, const char *space, const char *record, GPtrArray *entries, guint end,
            char **body, char **files, GError **error)
{
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (store, space, record, error);
  LuoDocument *winner;

  if (leaves == NULL)
    return FALSE;
  winner = leaves->pdata[0];
  if (!luo_document_get_deleted (winner))
    {
      *body = g_strdup (luo_document_get_body (winner, NULL));
      *files = g_strdup (luo_document_get_attachments (winner));
    }
  for (guint i = 0; i < end; i++)
    if (!luo_changes_undo (((LuoHistoryEntry *)entries->pdata[i])->changes, FALSE, body, files, error))
      return FALSE;
  return TRUE;
}

gboolean
luo_history_get_state (LuoStore *store, const char *space, const char *record, const char *entry,
                       gboolean before, char **body, char **files, gboolean *exact, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *found_body = NULL, *found_files = NULL;
  const LuoHistoryEntry *wanted = NULL;
  gboolean found;
  guint at;

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);
  g_return_val_if_fail (space != NULL && record != NULL && entry != NULL && body != NULL, FALSE);

  *body = NULL;
  entries = luo_history_list (store, space, record, error);
  if (entries == NULL)
    return FALSE;
  for (at = 0; at < entries->len && wanted == NULL; at++)
    if (strcmp (((LuoHistoryEntry *)entries->pdata[at])->id, entry) == 0)
      wanted = entries->pdata[at];
  if (wanted == NULL)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND,
                   /* Translators: an entry of the history, a record. */
                   _ ("There is no edit %s in the history of %s."), entry, record);
      return FALSE;
    }

  found = search (store, space, record, entries, before ? wanted->base : wanted->rev, &found_body,
                  &found_files);
  if (!found
      && !undo_later (store, space, record, entries, before ? at : at - 1, &found_body, &found_files, error))
    return FALSE;
  *body = g_steal_pointer (&found_body);
  if (files != NULL)
    *files = g_steal_pointer (&found_files);
  if (exact != NULL)
    *exact = found;
  return TRUE;
}
