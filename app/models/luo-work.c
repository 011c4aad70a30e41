/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-work.h"

typedef struct
{
  LuoStore *store; /* (owned) */
  LuoWorkFunc func;
  gpointer data; /* (owned) */
  GDestroyNotify data_free;
  GDestroyNotify result_free;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  if (work->data_free != NULL && work->data != NULL)
    work->data_free (work->data);
  g_clear_object (&work->store);
  g_free (work);
}

static void
work_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;
  gpointer result;

  if (g_task_return_error_if_cancelled (task))
    return;
  result = work->func (work->store, work->data, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, work->result_free);
}

void
luo_work_run (gpointer source, LuoStore *store, LuoWorkFunc func, gpointer data, GDestroyNotify data_free,
              GDestroyNotify result_free, GCancellable *cancellable, GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->store = store != NULL ? g_object_ref (store) : NULL;
  work->func = func;
  work->data = data;
  work->data_free = data_free;
  work->result_free = result_free;
  g_task_set_source_tag (task, luo_work_run);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, work_in_thread);
}

gpointer
luo_work_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, luo_work_run), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
