/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-writer.h"

#include <string.h>

#include <glib/gi18n-lib.h>

typedef struct
{
  LuoWriteFunc func; /* (nullable): NULL waits for the search index */
  gpointer data;
  LuoWriteDone done;   /* (nullable) */
  gboolean repeatable; /* need not be durable when it is answered */
  gboolean waiting;    /* the caller waits for @finished and owns this */
  gboolean finished;   /* (lock) */
  gboolean ok;
  GError *error; /* (owned) (nullable) */
} Work;

/* What this process knows to have told about a space. */
typedef struct
{
  gint64 id, seq, stamp;
  gboolean seen;
} Known;

struct _LuoWriter
{
  LuoStore *store;
  LuoWriterChanged changed;
  gboolean indexing;
  GThread *thread; /* (owned) (nullable) */

  GMutex lock;
  GCond wake;        /* the queue or @stopping changed */
  GCond finished;    /* some work is finished */
  GQueue queue;      /* (lock) (element-type Work) */
  gboolean stopping; /* (lock) */

  /* Below: worker thread only. */
  LuoConnection *conn; /* (owned) */
  GHashTable *states;  /* (owned): name → LuoSpaceState of the running transaction */
  LuoSpaceState *last; /* (nullable): of @states, touched last */
  gint64 next_key;     /* 0: to be read in this transaction */
  LuoChangeSet *changes;
  GHashTable *known; /* (owned): name → Known */
  gint64 data_version;
  gboolean unindexed;
};

static gboolean idle_work = TRUE;

void
luo_writer_set_idle_work (gboolean idle_work_)
{
  idle_work = idle_work_;
}

static void
free_state (gpointer data)
{
  LuoSpaceState *state = data;

  g_free (state->name);
  g_free (state);
}

static void
free_work (Work *work)
{
  g_clear_error (&work->error);
  g_free (work);
}

static void
forget_states (LuoWriter *self)
{
  self->last = NULL;
  self->next_key = 0;
  g_hash_table_remove_all (self->states);
}

static gboolean
flush_states (LuoWriter *self, GError **error)
{
  GHashTableIter iter;
  LuoSpaceState *state;

  g_hash_table_iter_init (&iter, self->states);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&state))
    {
      sqlite3_stmt *stmt;

      if (!state->dirty)
        continue;
      stmt = luo_connection_prepare (self->conn,
                                     "UPDATE spaces SET seq = ?2, stamp = ?3, documents = ?4, deleted = ?5, "
                                     "pending = ?6, conflicts = ?7, size = ?8 WHERE id = ?1",
                                     error);
      if (stmt == NULL)
        return FALSE;
      state->stamp++;
      sqlite3_bind_int64 (stmt, 1, state->id);
      sqlite3_bind_int64 (stmt, 2, state->seq);
      sqlite3_bind_int64 (stmt, 3, state->stamp);
      sqlite3_bind_int64 (stmt, 4, state->documents);
      sqlite3_bind_int64 (stmt, 5, state->deleted);
      sqlite3_bind_int64 (stmt, 6, state->pending);
      sqlite3_bind_int64 (stmt, 7, state->conflicts);
      sqlite3_bind_int64 (stmt, 8, state->size);
      if (!luo_connection_run (self->conn, stmt, error))
        return FALSE;
      state->dirty = FALSE;
    }

  return TRUE;
}

static void
remember_states (LuoWriter *self)
{
  GHashTableIter iter;
  LuoSpaceState *state;

  g_hash_table_iter_init (&iter, self->states);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&state))
    {
      Known *known = g_hash_table_lookup (self->known, state->name);

      if (known == NULL)
        {
          known = g_new0 (Known, 1);
          g_hash_table_insert (self->known, g_strdup (state->name), known);
        }
      known->id = state->id;
      known->seq = state->seq;
      known->stamp = state->stamp;
    }
}

static gboolean
add_foreign_keys (LuoWriter *self, const char *space, gint64 id, gint64 since, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (
      self->conn, "SELECT key FROM documents WHERE space = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3", error);
  int row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  sqlite3_bind_int64 (stmt, 2, since);
  sqlite3_bind_int (stmt, 3, LUO_CHANGE_SET_MAX + 1);
  while ((row = luo_connection_step (self->conn, stmt, error)) > 0)
    luo_change_set_add (self->changes, space, sqlite3_column_int64 (stmt, 0));
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  return TRUE;
}

/* Compares the spaces with what this process has told, and adds what another one changed. Within a transaction. */
static gboolean
read_foreign_changes (LuoWriter *self, gboolean tell, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_state);
  GHashTableIter iter;
  const char *name;
  Known *known;
  sqlite3_stmt *stmt;
  int row;

  stmt = luo_connection_prepare (self->conn, "SELECT id, name, seq, stamp FROM spaces", error);
  if (stmt == NULL)
    return FALSE;
  while ((row = luo_connection_step (self->conn, stmt, error)) > 0)
    {
      LuoSpaceState *state = g_new0 (LuoSpaceState, 1);

      state->id = sqlite3_column_int64 (stmt, 0);
      state->name = luo_column_dup (stmt, 1);
      state->seq = sqlite3_column_int64 (stmt, 2);
      state->stamp = sqlite3_column_int64 (stmt, 3);
      g_ptr_array_add (rows, state);
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);

  for (guint i = 0; i < rows->len; i++)
    {
      LuoSpaceState *state = rows->pdata[i];

      known = g_hash_table_lookup (self->known, state->name);
      if (known == NULL)
        {
          known = g_new0 (Known, 1);
          g_hash_table_insert (self->known, g_strdup (state->name), known);
        }
      known->seen = TRUE;
      if (tell && (known->id != state->id || known->stamp != state->stamp))
        {
          if (known->id != state->id || known->seq >= state->seq)
            luo_change_set_add (self->changes, state->name, 0);
          else if (!add_foreign_keys (self, state->name, state->id, known->seq, error))
            return FALSE;
          self->unindexed = self->indexing;
        }
      known->id = state->id;
      known->seq = state->seq;
      known->stamp = state->stamp;
    }

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, (gpointer *)&name, (gpointer *)&known))
    {
      if (!known->seen)
        {
          if (tell)
            luo_change_set_add (self->changes, name, 0);
          g_hash_table_iter_remove (&iter);
        }
      else
        {
          known->seen = FALSE;
        }
    }

  return TRUE;
}

static gboolean
check_foreign_changes (LuoWriter *self, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (self->conn, "PRAGMA data_version", error);
  gint64 version;

  if (stmt == NULL || !luo_connection_run_int (self->conn, stmt, &version, error))
    return FALSE;
  if (version == self->data_version)
    return TRUE;

  self->data_version = version;
  return read_foreign_changes (self, TRUE, error);
}

static void
tell_changes (LuoWriter *self)
{
  if (luo_change_set_is_empty (self->changes))
    return;

  self->changed (self->store, self->changes);
  luo_change_set_clear (self->changes);
}

static void
answer (LuoWriter *self, Work *work)
{
  if (work->done != NULL)
    work->done (self->store, work->data, work->error);

  if (!work->waiting)
    {
      free_work (work);
      return;
    }
  g_mutex_lock (&self->lock);
  work->finished = TRUE;
  g_mutex_unlock (&self->lock);
  /* Behind the lock, which whoever wakes up takes at once. @work may be gone by now. */
  g_cond_broadcast (&self->finished);
}

static gboolean
run_sql (LuoWriter *self, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (self->conn, sql, error);

  return stmt != NULL && luo_connection_run (self->conn, stmt, error);
}

static gboolean
begin (LuoWriter *self, gboolean durable, GError **error)
{
  forget_states (self);
  if (!luo_connection_set_durable (self->conn, durable, error)
      || !luo_connection_begin (self->conn, TRUE, error))
    return FALSE;
  if (!check_foreign_changes (self, error))
    {
      luo_connection_rollback (self->conn);
      return FALSE;
    }
  return TRUE;
}

/* Runs one write of a group. Returns FALSE where the whole transaction is lost. */
static gboolean
run_one (LuoWriter *self, Work *work, gboolean grouped)
{
  guint mark = self->changes->keys->len;
  gboolean all = self->changes->all;

  work->ok = (!grouped || run_sql (self, "SAVEPOINT one", &work->error))
             && work->func (self->store, self->conn, work->data, &work->error)
             && flush_states (self, &work->error)
             && (!grouped || run_sql (self, "RELEASE one", &work->error));
  if (work->ok)
    return TRUE;

  g_assert (work->error != NULL);
  forget_states (self);
  if (!all && !self->changes->all)
    g_array_set_size (self->changes->keys, mark);
  if (sqlite3_get_autocommit (luo_connection_get_handle (self->conn)) || !grouped)
    {
      luo_connection_rollback (self->conn);
      return FALSE;
    }
  if (!run_sql (self, "ROLLBACK TO one", NULL) || !run_sql (self, "RELEASE one", NULL))
    {
      luo_connection_rollback (self->conn);
      return FALSE;
    }
  return TRUE;
}

/* Whether somebody has come who waits for what must not be lost. */
static gboolean
somebody_waits (LuoWriter *self)
{
  const Work *first;
  gboolean waits;

  g_mutex_lock (&self->lock);
  first = g_queue_peek_head (&self->queue);
  waits = first != NULL && !first->repeatable;
  g_mutex_unlock (&self->lock);
  return waits;
}

/* The next write of a transaction that has begun: of its group, or one of the same kind that came meanwhile. Whoever hands over a bulk
 * in parts gets it written in one, since the next part is ready before this one is written. */
static Work *
take_next (LuoWriter *self, GQueue *group, gboolean durable)
{
  Work *work = g_queue_pop_head (group);

  if (work != NULL)
    return work;
  g_mutex_lock (&self->lock);
  work = g_queue_peek_head (&self->queue);
  if (work != NULL && (work->func == NULL || work->repeatable == durable))
    work = NULL;
  if (work != NULL)
    g_queue_pop_head (&self->queue);
  g_mutex_unlock (&self->lock);
  return work;
}

/* @group: all of it repeatable or none */
static void
run_group (LuoWriter *self, GQueue *group)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  gboolean durable = !((const Work *)g_queue_peek_head (group))->repeatable;
  GQueue done = G_QUEUE_INIT;
  gboolean alive;
  Work *work;

  alive = begin (self, durable, &error);
  while (alive && (work = take_next (self, group, durable)) != NULL)
    {
      g_queue_push_tail (&done, work);
      /* The first one that fails takes nothing with it but the transaction. */
      alive = run_one (self, work, done.length > 1);
      if (g_get_monotonic_time () - start > (durable ? LUO_WRITER_GROUP_US : LUO_WRITER_LOAD_US)
          || (!durable && somebody_waits (self)))
        break;
    }

  if (alive)
    alive = luo_connection_commit (self->conn, &error);
  else if (error == NULL && done.tail != NULL)
    error = g_error_copy (((Work *)done.tail->data)->error);
  else
    g_queue_push_tail (&done, g_queue_pop_head (group)); /* The transaction could not even begin. */

  if (alive)
    {
      remember_states (self);
      self->unindexed = self->indexing;
    }
  else
    {
      luo_change_set_clear (self->changes);
      forget_states (self);
      /* What another process changed is told after the next transaction. */
      self->data_version = -1;
    }

  while ((work = g_queue_pop_head (&done)) != NULL)
    {
      if (!alive && work->error == NULL)
        work->error = g_error_copy (error);
      answer (self, work);
    }
  tell_changes (self);
  if (luo_connection_must_checkpoint (self->conn))
    luo_connection_checkpoint (self->conn);
}

static gboolean
step_index (LuoWriter *self, gboolean *more, GError **error)
{
  gboolean ok;

  *more = FALSE;
  /* The index can be made again from what it is about, and says itself how far it is. */
  if (!begin (self, FALSE, error))
    return FALSE;
  ok = luo_search_index_step (self->store, self->conn, LUO_WRITER_INDEX_STEP, more, error)
       && flush_states (self, error) && luo_connection_commit (self->conn, error);
  if (ok)
    {
      remember_states (self);
      tell_changes (self);
    }
  else
    {
      luo_connection_rollback (self->conn);
      luo_change_set_clear (self->changes);
      forget_states (self);
      self->data_version = -1;
    }
  return ok;
}

static void
catch_up (LuoWriter *self, Work *work)
{
  gboolean more = self->indexing;

  work->ok = TRUE;
  luo_projection_end_load (self->conn);
  while (more && work->ok)
    work->ok = step_index (self, &more, &work->error);
  self->unindexed = self->unindexed && !work->ok;
  answer (self, work);
}

static void
poll_foreign_changes (LuoWriter *self)
{
  gint64 before = self->data_version;

  if (!luo_connection_begin (self->conn, FALSE, NULL))
    return;
  if (!check_foreign_changes (self, NULL))
    self->data_version = before;
  luo_connection_rollback (self->conn);
  tell_changes (self);
}

/* What can be had again waits behind everything else. Whoever asks for it waits for the answer before asking for anything that depends
 * on it, so the order among different callers is free. */
static int
compare_patience (gconstpointer a, gconstpointer b, gpointer data)
{
  return (int)((const Work *)a)->repeatable - (int)((const Work *)b)->repeatable;
}

static gpointer
worker_main (gpointer data)
{
  LuoWriter *self = data;
  gint64 poll_at = g_get_monotonic_time () + LUO_WRITER_POLL_US;
  gint64 index_at = 0;

  g_mutex_lock (&self->lock);
  for (;;)
    {
      gint64 now = g_get_monotonic_time ();
      gint64 deadline = poll_at;

      if (self->queue.length > 0)
        {
          GQueue group = G_QUEUE_INIT;
          const Work *next;
          Work *first = g_queue_peek_head (&self->queue);

          if (first->func == NULL)
            {
              g_queue_pop_head (&self->queue);
              g_mutex_unlock (&self->lock);
              catch_up (self, first);
              g_mutex_lock (&self->lock);
              continue;
            }

          while ((next = g_queue_peek_head (&self->queue)) != NULL && next->func != NULL
                 && next->repeatable == first->repeatable)
            g_queue_push_tail (&group, g_queue_pop_head (&self->queue));
          g_mutex_unlock (&self->lock);
          run_group (self, &group);
          g_mutex_lock (&self->lock);
          /* What did not fit goes first next time. */
          while (group.length > 0)
            g_queue_push_head (&self->queue, g_queue_pop_tail (&group));
          g_queue_sort (&self->queue, compare_patience, NULL);
          index_at = MAX (index_at, g_get_monotonic_time () + LUO_WRITER_IDLE_US);
          continue;
        }
      if (self->stopping)
        break;
      if (!idle_work)
        {
          g_cond_wait (&self->wake, &self->lock);
          continue;
        }

      if (self->unindexed && now >= index_at)
        {
          gboolean more;
          gint64 due;

          g_mutex_unlock (&self->lock);
          if (!step_index (self, &more, NULL))
            index_at = g_get_monotonic_time () + LUO_WRITER_RETRY_US;
          else if (!more && (due = luo_projection_index_due (self->conn)) != 0)
            index_at = MAX (index_at, due);
          else if (!more)
            self->unindexed = FALSE;
          g_mutex_lock (&self->lock);
          continue;
        }
      if (luo_connection_needs_checkpoint (self->conn) && now >= index_at)
        {
          g_mutex_unlock (&self->lock);
          luo_connection_checkpoint (self->conn);
          g_mutex_lock (&self->lock);
          continue;
        }
      if (luo_connection_needs_log (self->conn) && now >= index_at)
        {
          g_mutex_unlock (&self->lock);
          luo_connection_reserve_log (self->conn);
          g_mutex_lock (&self->lock);
          continue;
        }
      if (now >= poll_at)
        {
          g_mutex_unlock (&self->lock);
          poll_foreign_changes (self);
          g_mutex_lock (&self->lock);
          poll_at = g_get_monotonic_time () + LUO_WRITER_POLL_US;
          continue;
        }

      if (self->unindexed || luo_connection_needs_checkpoint (self->conn)
          || luo_connection_needs_log (self->conn))
        deadline = MIN (deadline, index_at);
      g_cond_wait_until (&self->wake, &self->lock, deadline);
    }
  g_mutex_unlock (&self->lock);

  return NULL;
}

LuoWriter *
luo_writer_new (LuoStore *store, LuoConnection *conn, gboolean indexing, LuoWriterChanged changed)
{
  LuoWriter *self = g_new0 (LuoWriter, 1);

  self->store = store;
  self->conn = conn;
  self->indexing = indexing;
  self->unindexed = indexing;
  self->changed = changed;
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_cond_init (&self->finished);
  g_queue_init (&self->queue);
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_state);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->changes = luo_change_set_new ();

  /* From here on changes are told. data_version is read first, so that a write in between is told rather than missed. */
  {
    sqlite3_stmt *stmt = luo_connection_prepare (conn, "PRAGMA data_version", NULL);

    if (stmt == NULL || !luo_connection_run_int (conn, stmt, &self->data_version, NULL)
        || !read_foreign_changes (self, FALSE, NULL))
      self->data_version = -1;
  }

  return self;
}

void
luo_writer_start (LuoWriter *self)
{
  g_assert (self->thread == NULL);

  self->thread = g_thread_new ("luo-writer", worker_main, self);
}

void
luo_writer_ask_stop (LuoWriter *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

void
luo_writer_stop (LuoWriter *self)
{
  g_assert (g_thread_self () != self->thread);

  luo_writer_ask_stop (self);
  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
  g_clear_pointer (&self->conn, luo_connection_close);
}

void
luo_writer_free (LuoWriter *self)
{
  if (self == NULL)
    return;

  luo_writer_stop (self);
  g_hash_table_unref (self->states);
  g_hash_table_unref (self->known);
  luo_change_set_free (self->changes);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_cond_clear (&self->finished);
  g_free (self);
}

gboolean
luo_writer_is_worker (LuoWriter *self)
{
  return g_thread_self () == self->thread;
}

static gboolean
enqueue (LuoWriter *self, Work *work)
{
  gboolean taken;

  g_mutex_lock (&self->lock);
  taken = !self->stopping;
  if (taken)
    {
      g_queue_push_tail (&self->queue, work);
      g_queue_sort (&self->queue, compare_patience, NULL);
    }
  g_mutex_unlock (&self->lock);
  if (taken)
    g_cond_signal (&self->wake);

  if (!taken)
    work->error = g_error_new_literal (LUO_STORE_ERROR, LUO_STORE_ERROR_IO, _ ("The data file is closed."));
  return taken;
}

static gboolean
run_work (LuoWriter *self, Work *work, GError **error)
{
  g_return_val_if_fail (g_thread_self () != self->thread, FALSE);

  if (enqueue (self, work))
    {
      g_mutex_lock (&self->lock);
      while (!work->finished)
        g_cond_wait (&self->finished, &self->lock);
      g_mutex_unlock (&self->lock);
    }

  if (work->error != NULL)
    {
      g_propagate_error (error, work->error);
      return FALSE;
    }
  return TRUE;
}

gboolean
luo_writer_run (LuoWriter *self, LuoWriteFunc func, gpointer data, GError **error)
{
  Work work = { .func = func, .data = data, .waiting = TRUE };

  return run_work (self, &work, error);
}

gboolean
luo_writer_run_repeatable (LuoWriter *self, LuoWriteFunc func, gpointer data, GError **error)
{
  Work work = { .func = func, .data = data, .waiting = TRUE, .repeatable = TRUE };

  return run_work (self, &work, error);
}

void
luo_writer_post (LuoWriter *self, LuoWriteFunc func, gpointer data, LuoWriteDone done)
{
  Work *work = g_new0 (Work, 1);

  work->func = func;
  work->data = data;
  work->done = done;
  if (!enqueue (self, work))
    answer (self, work);
}

void
luo_writer_wait_indexed (LuoWriter *self)
{
  Work work = { .func = NULL, .waiting = TRUE };
  g_autoptr (GError) error = NULL;

  if (self->indexing && !run_work (self, &work, &error))
    g_warning ("The search index could not catch up: %s", error->message);
}

LuoSpaceState *
luo_writer_touch_space (LuoWriter *self, const char *space, GError **error)
{
  LuoSpaceState *state = self->last;
  sqlite3_stmt *stmt;
  int row;

  if (state != NULL && strcmp (state->name, space) == 0)
    return state;

  state = g_hash_table_lookup (self->states, space);
  if (state != NULL)
    return self->last = state;

  stmt = luo_connection_prepare (
      self->conn,
      "SELECT id, seq, stamp, documents, deleted, pending, conflicts, size FROM spaces WHERE name = ?1",
      error);
  if (stmt == NULL)
    return NULL;
  luo_bind_text (stmt, 1, space);
  row = luo_connection_step (self->conn, stmt, error);
  if (row < 0)
    return NULL;
  if (row == 0)
    {
      luo_statement_done (stmt);
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND, _ ("There is no space %s here."),
                   space);
      return NULL;
    }

  state = g_new0 (LuoSpaceState, 1);
  state->name = g_strdup (space);
  state->id = sqlite3_column_int64 (stmt, 0);
  state->seq = sqlite3_column_int64 (stmt, 1);
  state->stamp = sqlite3_column_int64 (stmt, 2);
  state->documents = sqlite3_column_int64 (stmt, 3);
  state->deleted = sqlite3_column_int64 (stmt, 4);
  state->pending = sqlite3_column_int64 (stmt, 5);
  state->conflicts = sqlite3_column_int64 (stmt, 6);
  state->size = sqlite3_column_int64 (stmt, 7);
  luo_statement_done (stmt);
  g_hash_table_insert (self->states, state->name, state);
  return self->last = state;
}

void
luo_writer_forget_space (LuoWriter *self, const char *space)
{
  self->last = NULL;
  g_hash_table_remove (self->states, space);
  g_hash_table_remove (self->known, space);
}

gboolean
luo_writer_next_key (LuoWriter *self, gint64 *key, GError **error)
{
  if (self->next_key == 0)
    {
      /* The floor is raised where a space is removed, so that no key comes back. */
      sqlite3_stmt *stmt = luo_connection_prepare (
          self->conn,
          "SELECT 1 + max (coalesce ((SELECT max (key) FROM documents), 0), "
          "coalesce ((SELECT CAST (value AS INTEGER) FROM meta WHERE name = 'key_floor'), 0))",
          error);

      if (stmt == NULL || !luo_connection_run_int (self->conn, stmt, &self->next_key, error))
        return FALSE;
    }
  *key = self->next_key++;
  return TRUE;
}

void
luo_writer_note (LuoWriter *self, const char *space, gint64 key)
{
  LuoSpaceState *state = luo_writer_touch_space (self, space, NULL);

  if (state != NULL)
    state->dirty = TRUE;
  luo_change_set_add (self->changes, space, key);
}
