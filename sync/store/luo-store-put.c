/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "luo-ancestry.h"
#include "luo-document-private.h"
#include "luo-edit.h"
#include "luo-history-note.h"
#include "luo-json-text.h"
#include "luo-store-put-private.h"

void
luo_prepared_put_clear (gpointer data)
{
  LuoPreparedPut *self = data;

  g_free (self->own_body);
  g_free (self->own_type);
  g_free (self->rev);
}

gboolean
luo_prepared_put_init (LuoPreparedPut *self, const LuoPut *put, GError **error)
{
  self->put = put;
  if ((put->flags & LUO_PUT_CHECKED) != 0)
    {
      self->body = put->body;
      self->type = put->type;
    }
  else
    {
      self->body = self->own_body = g_strstrip (g_strdup (put->body != NULL ? put->body : "{}"));
      if (!luo_body_check (self->body, &self->own_type, error))
        return FALSE;
      self->type = self->own_type;
    }
  self->length = strlen (self->body);
  return luo_id_check (put->id, error)
         && (put->parent == NULL || luo_rev_parse (put->parent, NULL) != NULL
             || (g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID, _ ("“%s” is no version."),
                              put->parent),
                 FALSE));
}

/* The revision that an edit becomes on @parent (nullable). */
char *
luo_prepared_put_make_rev (const LuoPreparedPut *self, const char *parent, const char *attachments,
                           GError **error)
{
  return luo_rev_make_checked (parent, self->put->deleted, self->body, self->length, attachments, error);
}

gboolean
luo_put_set_conflict (const char *id, GError **error)
{
  g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT,
               _ ("The record %s was changed meanwhile; the change was not saved over it."), id);
  return FALSE;
}

/* The attachments of two revisions are equal where names and digests are; revpos and length follow from those. */
gboolean
luo_put_attachments_equal (const char *a, const char *b)
{
  g_autofree char *rev_a = NULL, *rev_b = NULL;

  if (a == NULL || b == NULL)
    return a == b;
  rev_a = luo_rev_make (NULL, FALSE, "{}", a, NULL);
  rev_b = luo_rev_make (NULL, FALSE, "{}", b, NULL);
  return rev_a != NULL && g_strcmp0 (rev_a, rev_b) == 0;
}

/* Whether a revision of the tree says what the edit says; FALSE too where its body is not kept. */
gboolean
luo_put_says_the_same (LuoEdit *edit, int index, const LuoPreparedPut *prepared, const char *stubs,
                       gboolean *same, GError **error)
{
  const LuoNode *node = luo_tree_node (edit->tree, index);
  g_autofree char *body = NULL, *attachments = NULL;

  *same = FALSE;
  if (((node->flags & LUO_REV_DELETED) != 0) != (prepared->put->deleted != FALSE))
    return TRUE;
  if (!luo_edit_read_body (edit, index, &body, &attachments, error))
    return FALSE;
  *same = body != NULL && luo_put_attachments_equal (attachments, stubs)
          && (strcmp (body, prepared->body) == 0 || luo_json_equal (body, prepared->body));
  return TRUE;
}

static gboolean
has_other_child (LuoEdit *edit, int parent, int child)
{
  for (guint i = 0; i < edit->tree->nodes->len; i++)
    if ((int)i != child && luo_tree_node (edit->tree, (int)i)->parent == parent)
      return TRUE;
  return FALSE;
}

char *
luo_put_dup_rev (LuoEdit *edit, int index)
{
  char rev[LUO_REV_BUFFER];

  return g_strdup (luo_node_print (luo_tree_node (edit->tree, index), rev));
}

/* Adds a revision made here on top of @parent (-1: none). Returns its index. */
int
luo_put_add_revision (LuoEdit *edit, int parent, const char *rev, gboolean deleted, const char *body,
                      const char *attachments, const char *type)
{
  g_autofree char *parent_rev = parent >= 0 ? luo_put_dup_rev (edit, parent) : NULL;
  const char *history[] = { rev, parent_rev, NULL };
  guint before = edit->tree->nodes->len;
  int index = luo_tree_add (edit->tree, history);
  LuoNode *node = luo_tree_node (edit->tree, index);

  /* The same edit may have come from another machine; then it is that one. */
  if ((guint)index < before)
    return index;
  node->flags |= LUO_REV_MINE | (deleted ? LUO_REV_DELETED : 0);
  node->body = body;
  node->body_length = strlen (body);
  node->attachments = attachments;
  node->has_stubs = attachments != NULL;
  node->type = type;
  return index;
}

/* Whether a document that shows as deleted was merged into a revision that has not come here yet: it is alive elsewhere. */
static gboolean
lives_elsewhere (LuoEdit *edit, gboolean *elsewhere, GError **error)
{
  g_autoptr (GArray) leaves = luo_tree_list_leaves (edit->tree);

  *elsewhere = FALSE;
  for (guint i = 0; i < leaves->len && !*elsewhere; i++)
    {
      g_autofree char *body = NULL, *attachments = NULL, *merged = NULL;

      if (!luo_edit_read_body (edit, g_array_index (leaves, int, i), &body, &attachments, error))
        return FALSE;
      merged = body != NULL ? luo_ancestry_read_merged (body) : NULL;
      *elsewhere = merged != NULL && luo_tree_find_rev (edit->tree, merged) < 0;
    }
  return TRUE;
}

/* Finds what a record stands on that is made in the place of a deleted one. Whoever makes it while only the tombstone of a merge is here has
 * not seen what was merged. On that tombstone the new record would count as made with that in view, and merging would drop all of it
 * that the new one does not say; with a beginning of its own it is a second record of that id, and what differs is asked. */
static gboolean
find_parent_of_new (LuoEdit *edit, const LuoPreparedPut *prepared, int *parent, GError **error)
{
  g_autofree char *made = NULL;
  gboolean elsewhere;

  if (edit->hub)
    return TRUE;
  if (!lives_elsewhere (edit, &elsewhere, error))
    return FALSE;
  if (!elsewhere)
    return TRUE;
  made = luo_prepared_put_make_rev (prepared, NULL, prepared->put->attachments, error);
  if (made == NULL)
    return FALSE;
  /* That of the very same content would be the old one again. */
  if (luo_tree_find_rev (edit->tree, made) < 0)
    *parent = -1;
  return TRUE;
}

/* Finds the revision an edit stands on. @done: the edit is there already, as @rev. */
static gboolean
find_parent (LuoEdit *edit, const LuoPreparedPut *prepared, int *parent, gboolean *done, char **rev,
             GError **error)
{
  const LuoPut *put = prepared->put;

  *parent = -1;
  *done = FALSE;
  if (put->parent == NULL)
    {
      if (!edit->exists)
        return TRUE;
      *parent = edit->tree->winner;
      if (edit->deleted)
        return find_parent_of_new (edit, prepared, parent, error);
      /* A record with a natural id made twice is the same record where it says the same. */
      if (!edit->hub && !luo_put_says_the_same (edit, *parent, prepared, put->attachments, done, error))
        return FALSE;
      if (!*done)
        return luo_put_set_conflict (put->id, error);
      *rev = luo_put_dup_rev (edit, *parent);
      return TRUE;
    }

  *parent = luo_tree_find_rev (edit->tree, put->parent);
  if (*parent >= 0 && (luo_tree_node (edit->tree, *parent)->flags & LUO_REV_LEAF) != 0)
    return TRUE;

  /* An edit that was saved and is saved again, after its answer was lost, is no conflict. */
  if (*parent >= 0 && !edit->hub)
    {
      g_autofree char *made = luo_prepared_put_make_rev (prepared, put->parent, put->attachments, error);

      if (made == NULL)
        return FALSE;
      if (luo_tree_find_rev (edit->tree, made) >= 0)
        {
          *done = TRUE;
          *rev = g_steal_pointer (&made);
          return TRUE;
        }
    }
  return luo_put_set_conflict (put->id, error);
}

/* An unsent revision of this replica is replaced rather than built upon (replication.md 16). */
static gboolean
collapses (LuoEdit *edit, int parent, const LuoPut *put)
{
  const LuoNode *node;

  if (parent < 0 || edit->hub || (put->flags & LUO_PUT_COLLAPSE) == 0)
    return FALSE;
  node = luo_tree_node (edit->tree, parent);
  return (node->flags & LUO_REV_MINE) != 0 && (node->flags & (LUO_REV_HELD | LUO_REV_OFFERED)) == 0;
}

/* What most documents of a bulk load are. @taken: FALSE where there is one of that id, or attachments have to be looked at */
static gboolean
put_new (LuoStore *self, LuoConnection *conn, LuoSpaceState *space, const LuoPreparedPut *prepared,
         char **rev, gboolean *taken, GError **error)
{
  const LuoPut *put = prepared->put;
  g_autofree char *made = NULL;
  const char *history[2] = { NULL };
  LuoNewDocument document = {
    .id = put->id,
    .history = history,
    .flags = LUO_REV_MINE | (put->deleted ? LUO_REV_DELETED : 0u),
    .type = prepared->type,
    .body = prepared->body,
    .length = prepared->length,
  };
  gint64 key;

  *taken = FALSE;
  if (put->parent != NULL || put->attachments != NULL)
    return TRUE;
  made = prepared->rev != NULL ? g_strdup (prepared->rev)
                               : luo_prepared_put_make_rev (prepared, NULL, NULL, error);
  if (made == NULL)
    return FALSE;
  history[0] = made;
  if (!luo_edit_insert_new (self, conn, space, &document, &key, taken, error))
    return FALSE;
  if (*taken)
    *rev = g_steal_pointer (&made);
  return TRUE;
}

static gboolean put_one (LuoStore *self, LuoConnection *conn, const LuoPreparedPut *prepared, char **rev,
                         GError **error);

/* Writes the entry of an edit that has been saved. */
gboolean
luo_put_write_history (LuoStore *self, LuoConnection *conn, const LuoPut *edit, gint64 space,
                       const LuoHistoryNote *note, GError **error)
{
  g_autofree char *id = NULL, *parent = NULL, *body = NULL, *rev = NULL;
  LuoPut put = { .space = edit->space, .flags = LUO_PUT_COLLAPSE };
  LuoPreparedPut prepared = { .put = &put, .type = "edit" };

  if (!luo_history_note_write (self, conn, space, note, &id, &parent, &body, error))
    return FALSE;
  if (id == NULL)
    return TRUE;
  put.id = id;
  put.parent = parent;
  put.body = prepared.body = body;
  prepared.length = strlen (body);
  return put_one (self, conn, &prepared, &rev, error);
}

/* What an edit stands on, as the history is to have it; read before it may be gone. */
typedef struct
{
  gboolean wanted;
  char *rev;          /* (owned) */
  char *body, *files; /* (owned) (nullable) */
  gboolean is_replaced;
} Before;

static void
before_clear (Before *self)
{
  g_free (self->rev);
  g_free (self->body);
  g_free (self->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Before, before_clear)

static gboolean
read_before (LuoEdit *edit, int parent, const LuoPut *put, Before *before, GError **error)
{
  before->wanted = parent >= 0 && !edit->hub && (put->flags & LUO_PUT_HISTORY) != 0;
  if (!before->wanted)
    return TRUE;
  before->rev = luo_put_dup_rev (edit, parent);
  before->is_replaced = collapses (edit, parent, put);
  return (luo_tree_node (edit->tree, parent)->flags & LUO_REV_DELETED) != 0
         || luo_edit_read_body (edit, parent, &before->body, &before->files, error);
}

static gboolean
save_with_history (LuoEdit *edit, const LuoPreparedPut *prepared, const char *stubs, const Before *before,
                   const char *rev, GError **error)
{
  const LuoPut *put = prepared->put;
  LuoHistoryNote note = { put->id,
                          before->rev,
                          before->body,
                          before->files,
                          rev,
                          put->deleted ? NULL : prepared->body,
                          put->deleted ? NULL : stubs,
                          prepared->body,
                          before->is_replaced };

  return luo_edit_save (edit, TRUE, error)
         && (!before->wanted
             || luo_put_write_history (edit->store, edit->conn, put, edit->space->id, &note, error));
}

static gboolean
put_one (LuoStore *self, LuoConnection *conn, const LuoPreparedPut *prepared, char **rev, GError **error)
{
  const LuoPut *put = prepared->put;
  LuoSpaceState *space = luo_store_touch_space (self, conn, put->space, error);
  g_autofree char *parent_body = NULL, *parent_attachments = NULL, *stubs = NULL, *base_rev = NULL;
  g_auto (LuoEdit) edit = { NULL };
  g_auto (Before) before = { FALSE };
  gboolean done, same = FALSE, taken;
  int parent, base;

  *rev = NULL;
  if (space == NULL || !put_new (self, conn, space, prepared, rev, &taken, error))
    return FALSE;
  if (taken)
    return TRUE;
  if (!luo_edit_open (&edit, self, conn, space, put->id, error) || !luo_edit_check_append_only (&edit, error)
      || !find_parent (&edit, prepared, &parent, &done, rev, error))
    return FALSE;
  if (done)
    return TRUE;

  if (put->attachments != NULL)
    {
      guint generation = 1;

      if (parent >= 0)
        {
          if (!luo_edit_read_body (&edit, parent, &parent_body, &parent_attachments, error))
            return FALSE;
          generation = luo_tree_node (edit.tree, parent)->generation + !collapses (&edit, parent, put);
        }
      if (!luo_attachments_resolve (self, conn, LUO_ATTACHMENTS_PUT, put->attachments, parent_attachments,
                                    generation, &stubs, error))
        return FALSE;
    }

  if (parent >= 0 && !edit.hub)
    {
      if (!luo_put_says_the_same (&edit, parent, prepared, stubs, &same, error))
        return FALSE;
      if (same)
        {
          *rev = luo_put_dup_rev (&edit, parent);
          return TRUE;
        }
    }

  if (!read_before (&edit, parent, put, &before, error))
    return FALSE;
  base = parent;
  if (collapses (&edit, parent, put))
    {
      base = luo_tree_node (edit.tree, parent)->parent;
      luo_tree_node (edit.tree, parent)->removed = TRUE;
      /* Who takes an unsent edit back is where he was before. */
      if (base >= 0 && !has_other_child (&edit, base, parent)
          && (luo_tree_node (edit.tree, base)->flags & LUO_REV_BODY) != 0)
        {
          if (!luo_put_says_the_same (&edit, base, prepared, stubs, &same, error))
            return FALSE;
          if (same)
            {
              *rev = luo_put_dup_rev (&edit, base);
              return save_with_history (&edit, prepared, stubs, &before, *rev, error);
            }
        }
    }

  base_rev = base >= 0 ? luo_put_dup_rev (&edit, base) : NULL;
  if (prepared->rev != NULL && stubs == NULL && g_strcmp0 (base_rev, put->parent) == 0)
    *rev = g_strdup (prepared->rev);
  else
    *rev = luo_prepared_put_make_rev (prepared, base_rev, stubs, error);
  if (*rev == NULL)
    return FALSE;
  luo_put_add_revision (&edit, base, *rev, put->deleted, prepared->body, stubs, prepared->type);
  return save_with_history (&edit, prepared, stubs, &before, *rev, error);
}

typedef struct
{
  GArray *prepared; /* (owned) (element-type LuoPreparedPut) */
  char **revs;      /* (owned) */
} PutAll;

static gboolean
put_all_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  PutAll *all = data;

  for (guint i = 0; i < all->prepared->len; i++)
    if (!put_one (self, conn, &g_array_index (all->prepared, LuoPreparedPut, i), &all->revs[i], error))
      return FALSE;
  return TRUE;
}

gboolean
luo_store_put_all (LuoStore *self, const LuoPut *puts, gsize n, char ***revs, GError **error)
{
  PutAll all = { NULL };
  gboolean ok = TRUE;

  g_return_val_if_fail (LUO_IS_STORE (self), FALSE);
  g_return_val_if_fail (puts != NULL || n == 0, FALSE);

  all.prepared = g_array_sized_new (FALSE, TRUE, sizeof (LuoPreparedPut), (guint)n);
  g_array_set_clear_func (all.prepared, luo_prepared_put_clear);
  g_array_set_size (all.prepared, (guint)n);
  all.revs = g_new0 (char *, n + 1);
  for (gsize i = 0; ok && i < n; i++)
    ok = luo_prepared_put_init (&g_array_index (all.prepared, LuoPreparedPut, i), &puts[i], error);
  ok = ok && luo_store_write (self, put_all_func, &all, error);
  g_array_unref (all.prepared);

  if (ok && revs != NULL)
    {
      *revs = all.revs;
      return TRUE;
    }
  for (gsize i = 0; i < n; i++)
    g_free (all.revs[i]);
  g_free (all.revs);
  return ok;
}

gboolean
luo_store_put (LuoStore *self, const char *space, const char *id, const char *parent, const char *body,
               const char *attachments, gboolean deleted, LuoPutFlags flags, char **rev, GError **error)
{
  LuoPut put = { space, id, parent, body, attachments, deleted, flags, NULL };
  g_auto (GStrv) revs = NULL;

  g_return_val_if_fail (space != NULL && id != NULL, FALSE);
  g_return_val_if_fail (body != NULL || deleted, FALSE);

  if (!luo_store_put_all (self, &put, 1, &revs, error))
    return FALSE;
  if (rev != NULL)
    *rev = g_steal_pointer (&revs[0]);
  return TRUE;
}

/* Each for itself */

typedef struct
{
  GArray *prepared;      /* (owned) (element-type LuoPreparedPut) */
  LuoPutResult *results; /* (owned) (nullable): one per edit */
  GTask *task;           /* (owned) (nullable) */
  GError *error;         /* (owned) (nullable): of all, on its way to the caller's context */
} PutEach;

void
luo_put_results_free (LuoPutResult *results, gsize n)
{
  if (results == NULL)
    return;

  for (gsize i = 0; i < n; i++)
    {
      g_free (results[i].rev);
      g_clear_error (&results[i].error);
    }
  g_free (results);
}

static void
free_put_each (gpointer data)
{
  PutEach *each = data;

  luo_put_results_free (each->results, each->prepared->len);
  g_array_unref (each->prepared);
  g_clear_error (&each->error);
  g_free (each);
}

/* Of an edit alone: a conflict, its attachments or its content, or that nobody may change it. Everything else is the store's failure and
 * ends all of them. */
static gboolean
is_of_edit (const GError *error)
{
  return error->domain != LUO_STORE_ERROR || error->code == LUO_STORE_ERROR_CONFLICT
         || error->code == LUO_STORE_ERROR_INVALID || error->code == LUO_STORE_ERROR_MISSING_STUB
         || error->code == LUO_STORE_ERROR_FORBIDDEN;
}

static gboolean
run_sql (LuoConnection *conn, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  return stmt != NULL && luo_connection_run (conn, stmt, error);
}

/* Saves one edit of several. Nothing was written by one that fails unless it has attachments or an entry of the history. */
static gboolean
put_guarded (LuoStore *self, LuoConnection *conn, const LuoPreparedPut *prepared, LuoPutResult *result,
             GError **error)
{
  gboolean guarded = prepared->put->attachments != NULL || (prepared->put->flags & LUO_PUT_HISTORY) != 0;
  LuoSpaceState *space = luo_store_touch_space (self, conn, prepared->put->space, error);
  LuoSpaceState before;

  if (space == NULL || (guarded && !run_sql (conn, "SAVEPOINT edit", error)))
    return FALSE;
  before = *space;
  if (!put_one (self, conn, prepared, &result->rev, &result->error))
    {
      g_clear_pointer (&result->rev, g_free);
      *space = before;
      if (!is_of_edit (result->error))
        {
          g_propagate_error (error, g_steal_pointer (&result->error));
          return FALSE;
        }
      if (guarded && !run_sql (conn, "ROLLBACK TO edit", error))
        return FALSE;
    }
  return !guarded || run_sql (conn, "RELEASE edit", error);
}

static gboolean
put_each_func (LuoStore *self, LuoConnection *conn, gpointer data, GError **error)
{
  PutEach *each = data;

  for (guint i = 0; i < each->prepared->len; i++)
    if (each->results[i].error == NULL
        && !put_guarded (self, conn, &g_array_index (each->prepared, LuoPreparedPut, i), &each->results[i],
                         error))
      return FALSE;
  return TRUE;
}

static gboolean
complete_put_each_cb (gpointer data)
{
  PutEach *each = data;
  g_autoptr (GTask) task = g_steal_pointer (&each->task);

  if (each->error != NULL)
    g_task_return_error (task, g_steal_pointer (&each->error));
  else
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

/* In the worker, which must not let go of the task: it may hold the last reference on the store, which ends the worker. */
static void
put_each_done_cb (LuoStore *self, gpointer data, const GError *error)
{
  PutEach *each = data;
  /* Whoever waits may be answered and let go of the context before the source is, which needs it. */
  g_autoptr (GMainContext) context = g_main_context_ref (g_task_get_context (each->task));
  g_autoptr (GSource) source = g_idle_source_new ();

  each->error = error != NULL ? g_error_copy (error) : NULL;
  g_source_set_priority (source, g_task_get_priority (each->task));
  g_source_set_callback (source, complete_put_each_cb, each, NULL);
  g_source_attach (source, context);
}

void
luo_store_put_each_async (LuoStore *self, const LuoPut *puts, gsize n, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  PutEach *each;

  g_return_if_fail (LUO_IS_STORE (self));
  g_return_if_fail (puts != NULL || n == 0);

  each = g_new0 (PutEach, 1);
  each->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (each->task, luo_store_put_each_async);
  g_task_set_task_data (each->task, each, free_put_each);
  each->results = g_new0 (LuoPutResult, MAX (n, 1));
  each->prepared = g_array_sized_new (FALSE, TRUE, sizeof (LuoPreparedPut), (guint)n);
  g_array_set_clear_func (each->prepared, luo_prepared_put_clear);
  g_array_set_size (each->prepared, (guint)n);
  for (gsize i = 0; i < n; i++)
    {
      LuoPreparedPut *prepared = &g_array_index (each->prepared, LuoPreparedPut, i);

      /* The worker has other things to do than to hash. */
      if (luo_prepared_put_init (prepared, &puts[i], &each->results[i].error) && puts[i].attachments == NULL)
        prepared->rev = luo_prepared_put_make_rev (prepared, puts[i].parent, NULL, NULL);
    }
  luo_store_write_async (self, put_each_func, each, put_each_done_cb);
}

gboolean
luo_store_put_each_finish (LuoStore *self, GAsyncResult *result, LuoPutResult **results, gsize *n,
                           GError **error)
{
  PutEach *each;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, luo_store_put_each_async), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  each = g_task_get_task_data (G_TASK (result));
  *n = each->prepared->len;
  *results = g_steal_pointer (&each->results);
  return TRUE;
}
