/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "luo-document-private.h"
#include "luo-edit.h"

typedef struct
{
  char *space;          /* (owned) */
  GPtrArray *documents; /* (owned) (element-type LuoIncoming) */
  LuoInsertFlags flags;
  LuoInsertResult *results; /* (owned): one per document */
  GTask *task;              /* (owned) (nullable) */
  GError *error;            /* (owned) (nullable): of the batch, on its way to the caller's context */
} Insert;

void
luo_insert_results_free (LuoInsertResult *results, gsize n)
{
  if (results == NULL)
    return;

  for (gsize i = 0; i < n; i++)
    g_clear_error (&results[i].error);
  g_free (results);
}

static void
free_insert (gpointer data)
{
  Insert *insert = data;

  luo_insert_results_free (insert->results, insert->documents->len);
  g_ptr_array_unref (insert->documents);
  g_free (insert->space);
  g_clear_error (&insert->error);
  g_free (insert);
}

static gboolean
resolve_attachments (LuoStore *self, LuoConnection *conn, const LuoIncoming *incoming, const char *parent,
                     char **stubs, GError **error)
{
  guint generation = 1;

  *stubs = NULL;
  if (incoming->attachments == NULL)
    return TRUE;
  luo_rev_parse (incoming->history[0], &generation);
  return luo_attachments_resolve (self, conn,
                                  (luo_store_get_flags (self) & LUO_STORE_HUB) != 0 ? LUO_ATTACHMENTS_HUB
                                                                                    : LUO_ATTACHMENTS_INSERT,
                                  incoming->attachments, parent, generation, stubs, error);
}

/* @taken: FALSE where the document is here already and nothing was done. */
static gboolean
insert_new (LuoStore *self, LuoConnection *conn, LuoSpaceState *space, const LuoIncoming *incoming,
            LuoInsertFlags flags, gboolean *taken, GError **error)
{
  gboolean held = (luo_store_get_flags (self) & LUO_STORE_HUB) == 0 && (flags & LUO_INSERT_HELD) != 0;
  LuoNewDocument document = {
    .id = incoming->id,
    .history = (const char *const *)incoming->history,
    .flags = (held ? LUO_REV_HELD : 0u) | (incoming->deleted ? LUO_REV_DELETED : 0u),
    .type = incoming->record_type,
    .body = incoming->body,
    .length = strlen (incoming->body),
  };
  g_autofree char *stubs = NULL;
  const char *suffix;
  guint generation = 0;
  sqlite3_stmt *stmt;
  gint64 key;

  if (!luo_edit_insert_new (self, conn, space, &document, &key, taken, error))
    return FALSE;
  if (!*taken || incoming->attachments == NULL)
    return TRUE;

  if (!resolve_attachments (self, conn, incoming, NULL, &stubs, error))
    return FALSE;
  if (stubs == NULL)
    return TRUE;
  stmt = luo_connection_prepare (conn, "UPDATE documents SET attachments = ?2 WHERE key = ?1", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, key);
  luo_bind_text (stmt, 2, stubs);
  suffix = luo_rev_parse (incoming->history[0], &generation);
  return luo_connection_run (conn, stmt, error)
         && luo_attachments_refer (conn, space->id, key, generation, suffix, stubs, error);
}

/* The nearest ancestor here whose stubs can vouch for those of the revision that comes. */
static gboolean
read_parent_stubs (LuoEdit *edit, int index, char **stubs, GError **error)
{
  *stubs = NULL;
  for (int at = luo_tree_node (edit->tree, index)->parent; at >= 0;
       at = luo_tree_node (edit->tree, at)->parent)
    if ((luo_tree_node (edit->tree, at)->flags & LUO_REV_BODY) != 0)
      {
        g_autofree char *body = NULL;

        return luo_edit_read_body (edit, at, &body, stubs, error);
      }
  return TRUE;
}

static gboolean
insert_into_tree (LuoStore *self, LuoConnection *conn, LuoSpaceState *space, const LuoIncoming *incoming,
                  LuoInsertFlags flags, GError **error)
{
  g_auto (LuoEdit) edit = { NULL };
  g_autofree char *stubs = NULL, *parent_stubs = NULL;
  gboolean grown, marked = FALSE, relinked = FALSE;
  guint before;
  LuoNode *node;
  int index;

  if (!luo_edit_open (&edit, self, conn, space, incoming->id, error))
    return FALSE;
  before = edit.tree->nodes->len;
  index = luo_tree_add (edit.tree, (const char *const *)incoming->history);
  grown = (guint)index >= before;
  for (guint i = 0; !relinked && i < before; i++)
    relinked = luo_tree_node (edit.tree, (int)i)->relinked;
  node = luo_tree_node (edit.tree, index);
  if (grown)
    {
      if (!luo_edit_check_append_only (&edit, error)
          || !read_parent_stubs (&edit, index, &parent_stubs, error)
          || !resolve_attachments (self, conn, incoming, parent_stubs, &stubs, error))
        return FALSE;
      node->flags |= incoming->deleted ? LUO_REV_DELETED : 0;
      node->body = incoming->body;
      node->body_length = strlen (incoming->body);
      node->attachments = stubs;
      node->has_stubs = stubs != NULL;
      node->type = incoming->record_type;
    }
  if (!edit.hub && (flags & LUO_INSERT_HELD) != 0)
    marked = luo_tree_mark_held (edit.tree, index);
  else if (!edit.hub)
    {
      /* New ancestors of a revision that the server holds are held as well. */
      for (guint i = 0; i < edit.tree->nodes->len; i++)
        {
          const LuoNode *other = luo_tree_node (edit.tree, (int)i);

          if (other->parent >= 0 && (other->flags & LUO_REV_HELD) != 0)
            luo_tree_mark_held (edit.tree, other->parent);
        }
    }

  if (!grown && !marked && !relinked && edit.tree->nodes->len == before)
    return TRUE;
  return luo_edit_save (&edit, grown, error);
}

static gboolean
check_incoming (const LuoIncoming *incoming, GError **error)
{
  guint expected = 0;

  if (incoming->id == NULL)
    {
      g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                           _ ("A document has no identifier."));
      return FALSE;
    }
  if (incoming->history == NULL || incoming->history[0] == NULL)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID, _ ("The document %s has no version."),
                   incoming->id);
      return FALSE;
    }
  for (gsize i = 0; incoming->history[i] != NULL; i++)
    {
      guint generation = 0;

      if (luo_rev_parse (incoming->history[i], &generation) == NULL || (i > 0 && generation != expected))
        {
          g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID, _ ("“%s” is no version."),
                       incoming->history[i]);
          return FALSE;
        }
      expected = generation - 1;
    }
  return luo_id_check (incoming->id, error);
}

static gboolean
insert_one (LuoStore *self, LuoConnection *conn, LuoSpaceState *space, const LuoIncoming *incoming,
            LuoInsertFlags flags, GError **error)
{
  gboolean taken;

  if (!insert_new (self, conn, space, incoming, flags, &taken, error))
    return FALSE;
  return taken || insert_into_tree (self, conn, space, incoming, flags, error);
}

/* Of a document alone: its attachments, its content, or that it is append-only. Everything else is the store's failure and ends the batch. */
static gboolean
is_of_document (const GError *error)
{
  return g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID)
         || g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_MISSING_STUB)
         || g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_FORBIDDEN)
         || error->domain != LUO_STORE_ERROR;
}

static gboolean
run_sql (LuoConnection *conn, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  return stmt != NULL && luo_connection_run (conn, stmt, error);
}

static gboolean
insert_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  Insert *insert = data;
  LuoSpaceState *space = luo_store_touch_space (self, conn, insert->space, error);

  if (space == NULL)
    return FALSE;

  for (guint i = 0; i < insert->documents->len; i++)
    {
      const LuoIncoming *incoming = insert->documents->pdata[i];
      g_autoptr (GError) local = NULL;
      gboolean guarded, ok;

      if (!check_incoming (incoming, &insert->results[i].error))
        continue;

      /* Only attachments can make a document fail after a part of it was written. */
      guarded = incoming->attachments != NULL;
      if (guarded && !run_sql (conn, "SAVEPOINT document", error))
        return FALSE;
      {
        LuoSpaceState state = *space;

        ok = insert_one (self, conn, space, incoming, insert->flags, &local);
        if (!ok)
          *space = state;
      }
      /* What is append-only is refused before anything is written. */
      if (!ok && !guarded && g_error_matches (local, LUO_STORE_ERROR, LUO_STORE_ERROR_FORBIDDEN))
        {
          insert->results[i].error = g_steal_pointer (&local);
          continue;
        }
      if (!ok && (!guarded || !is_of_document (local)))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (!ok)
        {
          insert->results[i].error = g_steal_pointer (&local);
          if (!run_sql (conn, "ROLLBACK TO document", error))
            return FALSE;
        }
      if (guarded && !run_sql (conn, "RELEASE document", error))
        return FALSE;
    }

  return TRUE;
}

gboolean
luo_store_insert (LuoStore *self, const char *space, GPtrArray *documents, LuoInsertFlags flags,
                  LuoInsertResult **results, GError **error)
{
  Insert insert = { NULL };
  gboolean ok;

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (space != NULL && documents != NULL, FALSE);

  insert.space = (char *)space;
  insert.documents = documents;
  insert.flags = flags;
  insert.results = g_new0 (LuoInsertResult, MAX (documents->len, 1));
  ok = (flags & LUO_INSERT_REPEATABLE) != 0 ? luo_store_write_repeatable (self, insert_func, &insert, error)
                                            : luo_store_write (self, insert_func, &insert, error);
  if (ok && results != NULL)
    *results = insert.results;
  else
    luo_insert_results_free (insert.results, documents->len);
  return ok;
}

static gboolean
insert_async_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  Insert *insert = data;

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (insert->task), error))
    return FALSE;
  return insert_func (self, conn, data, error);
}

static gboolean
complete_insert_cb (gpointer data)
{
  Insert *insert = data;
  g_autoptr (GTask) task = g_steal_pointer (&insert->task);

  if (insert->error != NULL)
    g_task_return_error (task, g_steal_pointer (&insert->error));
  else
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

/* In the worker: the task is completed and let go of in the caller's context, never here, since it may hold the last reference on
 * the store, which ends the worker. */
static void
insert_done_cb (LuoStore *self, gpointer data, const GError *error)
{
  Insert *insert = data;
  /* Whoever waits may be answered and let go of the context before the source is, which needs it. */
  g_autoptr (GMainContext) context = g_main_context_ref (g_task_get_context (insert->task));
  g_autoptr (GSource) source = g_idle_source_new ();

  insert->error = error != NULL ? g_error_copy (error) : NULL;
  g_source_set_priority (source, g_task_get_priority (insert->task));
  g_source_set_callback (source, complete_insert_cb, insert, NULL);
  g_source_attach (source, context);
}

void
luo_store_insert_async (LuoStore *self, const char *space, GPtrArray *documents, LuoInsertFlags flags,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Insert *insert;
  GTask *task;

  g_return_if_fail (LUO_IS_STORE (self));
  g_return_if_fail (space != NULL && documents != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, luo_store_insert_async);
  insert = g_new0 (Insert, 1);
  insert->space = g_strdup (space);
  insert->documents = g_ptr_array_ref (documents);
  insert->flags = flags;
  insert->results = g_new0 (LuoInsertResult, MAX (documents->len, 1));
  insert->task = task;
  g_task_set_task_data (task, insert, free_insert);
  luo_store_write_async (self, insert_async_func, insert, insert_done_cb);
}

gboolean
luo_store_insert_finish (LuoStore *self, GAsyncResult *result, LuoInsertResult **results, gsize *n,
                         GError **error)
{
  Insert *insert;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, luo_store_insert_async), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  insert = g_task_get_task_data (G_TASK (result));
  if (n != NULL)
    *n = insert->documents->len;
  if (results != NULL)
    *results = g_steal_pointer (&insert->results);
  return TRUE;
}
