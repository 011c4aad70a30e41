/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-pipeline-private.h"

typedef struct
{
  guint64 number;
  gpointer unit;
} Entry;

struct _LuoPipeline
{
  guint workers;
  guint limit;
  LuoPipelineFunc func;
  GDestroyNotify free_unit;
  gpointer user_data;
  GPtrArray *threads; /* (owned) (element-type GThread) */

  GMutex lock; /* guards what follows */
  GCond cond;
  GQueue waiting;    /* (owned) (element-type Entry) */
  guint64 pushed;    /* units so far */
  guint64 complete;  /* from the first on without a gap */
  GHashTable *ahead; /* (owned): numbers of units complete beyond a gap */
  gboolean ended;    /* no more units come */
  GError *error;     /* (owned) (nullable): the first */
};

static LuoPipelinePick pick_unit; /* (nullable) */

void
luo_pipeline_set_pick (LuoPipelinePick pick)
{
  pick_unit = pick;
}

LuoPipeline *
luo_pipeline_new (guint workers, guint queue, LuoPipelineFunc func, GDestroyNotify free_unit,
                  gpointer user_data)
{
  LuoPipeline *self = g_new0 (LuoPipeline, 1);

  self->workers = workers;
  self->limit = queue;
  self->func = func;
  self->free_unit = free_unit;
  self->user_data = user_data;
  self->threads = g_ptr_array_new ();
  self->ahead = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_queue_init (&self->waiting);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

/* Takes the unit that waits at @place, works on it and counts it. Called with the lock held, which is let go meanwhile. */
static void
work_on (LuoPipeline *self, guint place)
{
  Entry *entry = g_queue_pop_nth (&self->waiting, place);
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;

  g_cond_broadcast (&self->cond);
  if (self->error == NULL)
    {
      g_mutex_unlock (&self->lock);
      ok = self->func (entry->unit, self->user_data, &error);
      g_mutex_lock (&self->lock);
    }

  if (ok)
    {
      if (entry->number == self->complete)
        {
          self->complete++;
          while (g_hash_table_remove (self->ahead, &self->complete))
            self->complete++;
        }
      else
        g_hash_table_add (self->ahead, g_memdup2 (&entry->number, sizeof entry->number));
    }
  else if (self->error == NULL)
    self->error = g_steal_pointer (&error);
  self->free_unit (entry->unit);
  g_free (entry);
  g_cond_broadcast (&self->cond);
}

static gpointer
worker_thread (gpointer data)
{
  LuoPipeline *self = data;

  g_mutex_lock (&self->lock);
  while (TRUE)
    if (!g_queue_is_empty (&self->waiting))
      work_on (self, 0);
    else if (self->ended)
      break;
    else
      g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* In the place of threads. With the lock held. */
static void
work_on_picked (LuoPipeline *self)
{
  while (!g_queue_is_empty (&self->waiting))
    {
      int place = pick_unit (self->waiting.length);

      if (place < 0 && self->waiting.length < self->limit)
        break;
      work_on (self, (guint)MAX (place, 0));
    }
}

gboolean
luo_pipeline_push (LuoPipeline *self, gpointer unit)
{
  Entry *entry = g_new0 (Entry, 1);
  gboolean ok;

  g_mutex_lock (&self->lock);
  entry->number = self->pushed++;
  entry->unit = unit;
  g_queue_push_tail (&self->waiting, entry);
  if (pick_unit != NULL)
    work_on_picked (self);
  else if (self->threads->len < self->workers && self->waiting.length > 1)
    {
      /* The first unit waited to see whether it would be the only one. */
      while (self->threads->len < MIN (self->workers, self->waiting.length))
        g_ptr_array_add (self->threads, g_thread_new ("luo-pipeline", worker_thread, self));
    }
  g_cond_broadcast (&self->cond);
  while (self->threads->len > 0 && self->waiting.length >= self->limit && self->error == NULL)
    g_cond_wait (&self->cond, &self->lock);
  ok = self->error == NULL;
  g_mutex_unlock (&self->lock);
  return ok;
}

guint64
luo_pipeline_get_complete (LuoPipeline *self)
{
  guint64 complete;

  g_mutex_lock (&self->lock);
  complete = self->complete;
  g_mutex_unlock (&self->lock);
  return complete;
}

static void
join (LuoPipeline *self)
{
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_cond_broadcast (&self->cond);
  while (!g_queue_is_empty (&self->waiting))
    work_on (self, 0);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (self->threads->pdata[i]);
  g_ptr_array_set_size (self->threads, 0);
}

gboolean
luo_pipeline_finish (LuoPipeline *self, GError **error)
{
  join (self);
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

void
luo_pipeline_free (LuoPipeline *self)
{
  if (!self->ended)
    {
      g_mutex_lock (&self->lock);
      if (self->error == NULL)
        self->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
      g_mutex_unlock (&self->lock);
      join (self);
    }
  g_clear_error (&self->error);
  g_hash_table_unref (self->ahead);
  g_ptr_array_unref (self->threads);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}
