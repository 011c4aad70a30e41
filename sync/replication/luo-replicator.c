/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-replicator.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "luo-schedule-private.h"
#include "luo-server-private.h"
#include "luo-sync-status-private.h"

/* How long luo_replicator_stop() waits for what it cancelled. */
#define STOP_MAX (2 * G_USEC_PER_SEC)

/**
 * Core: what the replication thread and the store's signals share with the object; outlives it where a call is still on its way.
 */
typedef struct
{
  LuoStore *store;       /* (owned) */
  GMainContext *context; /* (owned): of the replication thread */
  GMainContext *owner;   /* (owned): where signals are emitted */
  GMainLoop *loop;       /* (owned) */
  LuoSchedule *schedule; /* (owned) (nullable): only in the replication thread */
  GCancellable *closing; /* (owned): of calls that are not of a space */
  GWeakRef replicator;

  GMutex lock;           /* guards what follows */
  LuoSyncStatus *status; /* (owned): the last snapshot */
  GHashTable *written;   /* (owned): names of spaces that were written and not looked at yet */
} Core;

struct _LuoReplicator
{
  GObject parent_instance;
  Core *core;      /* (owned): a reference */
  GThread *thread; /* (owned) */
  gulong written_id, changed_id;
  GNetworkMonitor *monitor; /* (owned) */
  gulong monitor_id;
};

enum
{
  STATUS_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LuoReplicator, luo_replicator, G_TYPE_OBJECT)

static Core *
core_ref (Core *core)
{
  return g_atomic_rc_box_acquire (core);
}

static void
core_clear (gpointer data)
{
  Core *core = data;

  g_object_unref (core->store);
  g_main_context_unref (core->context);
  g_main_context_unref (core->owner);
  g_main_loop_unref (core->loop);
  g_object_unref (core->closing);
  g_weak_ref_clear (&core->replicator);
  luo_sync_status_free (core->status);
  g_hash_table_unref (core->written);
  g_mutex_clear (&core->lock);
}

static void
core_unref (gpointer core)
{
  g_atomic_rc_box_release_full (core, core_clear);
}

/* Lets @func run in the replication thread. */
static void
invoke (Core *core, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, core->context);
}

/* Status */

static gboolean
emit_status_cb (gpointer user_data)
{
  Core *core = user_data;
  g_autoptr (LuoReplicator) self = g_weak_ref_get (&core->replicator);
  g_autoptr (LuoSyncStatus) status = NULL;

  if (self == NULL)
    return G_SOURCE_REMOVE;
  status = luo_replicator_get_status (self);
  g_signal_emit (self, signals[STATUS_CHANGED], 0, status);
  return G_SOURCE_REMOVE;
}

static void
status_cb (LuoSyncStatus *status, gpointer user_data)
{
  Core *core = user_data;
  g_autoptr (GSource) source = g_idle_source_new ();

  g_mutex_lock (&core->lock);
  luo_sync_status_free (core->status);
  core->status = status;
  g_mutex_unlock (&core->lock);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, emit_status_cb, core_ref (core), core_unref);
  g_source_attach (source, core->owner);
}

/* What the store says, in the worker's thread or the owner's */

static gboolean
look_at_written_cb (gpointer user_data)
{
  Core *core = user_data;
  g_autoptr (GHashTable) written = NULL;
  GHashTableIter iter;
  gpointer space;

  g_mutex_lock (&core->lock);
  written = core->written;
  core->written = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_unlock (&core->lock);
  /* The last writes of all are seen when the thread is about to end. */
  if (core->schedule == NULL)
    return G_SOURCE_REMOVE;
  g_hash_table_iter_init (&iter, written);
  while (g_hash_table_iter_next (&iter, &space, NULL))
    luo_schedule_note_written (core->schedule, space);
  return G_SOURCE_REMOVE;
}

static void
written_cb (LuoStore *store, char **spaces, GArray *keys, gpointer user_data)
{
  Core *core = user_data;
  gboolean first;

  g_mutex_lock (&core->lock);
  first = g_hash_table_size (core->written) == 0;
  for (guint i = 0; spaces != NULL && spaces[i] != NULL; i++)
    g_hash_table_add (core->written, g_strdup (spaces[i]));
  g_mutex_unlock (&core->lock);
  if (first)
    invoke (core, look_at_written_cb, core_ref (core), core_unref);
}

static gboolean
network_changed_in_thread_cb (gpointer user_data)
{
  Core *core = user_data;

  if (core->schedule != NULL)
    luo_schedule_nudge (core->schedule, FALSE);
  return G_SOURCE_REMOVE;
}

/* A hint: what was thought to be out of reach may be there now. */
static void
network_changed_cb (GNetworkMonitor *monitor, gboolean available, gpointer user_data)
{
  Core *core = user_data;

  if (available)
    invoke (core, network_changed_in_thread_cb, core_ref (core), core_unref);
}

/* The replication thread */

static gpointer
replication_thread (gpointer data)
{
  Core *core = data;

  g_main_context_push_thread_default (core->context);
  core->schedule = luo_schedule_new (core->store, status_cb, core, NULL, NULL);
  g_main_loop_run (core->loop);
  luo_schedule_shut_down (g_steal_pointer (&core->schedule));
  g_main_context_pop_thread_default (core->context);
  core_unref (core);
  return NULL;
}

static gboolean
quit_cb (gpointer user_data)
{
  Core *core = user_data;

  g_main_loop_quit (core->loop);
  return G_SOURCE_REMOVE;
}

static void
luo_replicator_dispose (GObject *object)
{
  LuoReplicator *self = LUO_REPLICATOR (object);

  if (self->thread != NULL)
    {
      g_signal_handler_disconnect (self->core->store, self->written_id);
      g_signal_handler_disconnect (self->core->store, self->changed_id);
      g_signal_handler_disconnect (self->monitor, self->monitor_id);
      g_cancellable_cancel (self->core->closing);
      invoke (self->core, quit_cb, core_ref (self->core), core_unref);
      g_thread_join (g_steal_pointer (&self->thread));
    }
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (luo_replicator_parent_class)->dispose (object);
}

static void
luo_replicator_finalize (GObject *object)
{
  LuoReplicator *self = LUO_REPLICATOR (object);

  g_clear_pointer (&self->core, core_unref);
  G_OBJECT_CLASS (luo_replicator_parent_class)->finalize (object);
}

static void
luo_replicator_class_init (LuoReplicatorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_replicator_dispose;
  G_OBJECT_CLASS (klass)->finalize = luo_replicator_finalize;

  /**
   * LuoReplicator::status-changed:
   * @status: a snapshot
   *
   * Something of the status changed; at most some ten times a second.
   */
  signals[STATUS_CHANGED] = g_signal_new ("status-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, LUO_TYPE_SYNC_STATUS);
}

static void
luo_replicator_init (LuoReplicator *self)
{
}

LuoReplicator *
luo_replicator_new (LuoStore *store)
{
  LuoReplicator *self = g_object_new (LUO_TYPE_REPLICATOR, NULL);
  Core *core = g_atomic_rc_box_new0 (Core);

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);

  self->core = core;
  core->store = g_object_ref (store);
  core->context = g_main_context_new ();
  core->owner = g_main_context_ref_thread_default ();
  core->loop = g_main_loop_new (core->context, FALSE);
  core->closing = g_cancellable_new ();
  core->status = luo_sync_status_new ();
  core->written = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&core->lock);
  g_weak_ref_init (&core->replicator, self);
  self->written_id = g_signal_connect (store, "written", G_CALLBACK (written_cb), core);
  /* For what another process wrote. */
  self->changed_id = g_signal_connect (store, "changed", G_CALLBACK (written_cb), core);
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->monitor_id
      = g_signal_connect (self->monitor, "network-changed", G_CALLBACK (network_changed_cb), core);
  self->thread = g_thread_new ("luo-replication", replication_thread, core_ref (core));
  return self;
}

/* Setting the server */

typedef struct
{
  Core *core;              /* (owned) */
  char *url;               /* (owned) (nullable) */
  char *user;              /* (owned) (nullable) */
  char *password;          /* (owned) (nullable) */
  LuoHttpSession *session; /* (owned) (nullable) */
  GTask *task;             /* (owned) (nullable) */
  GError *error;           /* (owned) (nullable) */
  char **names;            /* (owned) (nullable): spaces asked for or found */
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  core_unref (call->core);
  g_free (call->url);
  g_free (call->user);
  g_free (call->password);
  g_clear_pointer (&call->session, luo_http_session_unref);
  g_clear_object (&call->task);
  g_clear_error (&call->error);
  g_strfreev (call->names);
  g_free (call);
}

static Call *
call_new (LuoReplicator *self, GTask *task)
{
  Call *call = g_new0 (Call, 1);

  call->core = core_ref (self->core);
  call->task = task;
  return call;
}

static gboolean
set_server_cb (gpointer user_data)
{
  Call *call = user_data;
  LuoHttpSession *session = NULL;

  /* An address that is none leaves the replica unconnected; luo_replicator_connect_async() says why. */
  if (call->url != NULL)
    session = luo_http_session_new (call->url, call->user, call->password, NULL);
  luo_schedule_set_session (call->core->schedule, session);
  return G_SOURCE_REMOVE;
}

void
luo_replicator_set_server (LuoReplicator *self, const char *url, const char *user, const char *password)
{
  Call *call;

  g_return_if_fail (LUO_IS_REPLICATOR (self));

  call = call_new (self, NULL);
  call->url = g_strdup (url);
  call->user = g_strdup (user);
  call->password = g_strdup (password);
  invoke (self->core, set_server_cb, call, call_free);
}

/* Calls that are not of a space: begun in the replication thread, carried out in its pool, ended in it again */

/* In the main context of the task. */
static gboolean
return_task_cb (gpointer user_data)
{
  Call *call = user_data;

  if (call->error != NULL)
    g_task_return_error (call->task, g_steal_pointer (&call->error));
  else
    g_task_return_pointer (call->task, g_steal_pointer (&call->names), (GDestroyNotify)g_strfreev);
  return G_SOURCE_REMOVE;
}

/* Ends the call (transfer full): its task returns. The task, and with it perhaps the last reference to the replicator, is let go in the task's
 * own context: the replication thread can not wait for its own end. */
static void
return_call (Call *call)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, return_task_cb, call, call_free);
  g_source_attach (source, g_task_get_context (call->task));
}

/* The session is let go in its own thread, the call in the task's. */
static gboolean
returned_cb (gpointer user_data)
{
  Call *call = user_data;

  g_clear_pointer (&call->session, luo_http_session_unref);
  return_call (call);
  return G_SOURCE_REMOVE;
}

/* Carries out @func in the pool with the present session, or the one that the call brought. */
static void
call_begin (Call *call, GFunc func)
{
  if (call->session == NULL && luo_schedule_get_session (call->core->schedule) != NULL)
    call->session = luo_http_session_ref (luo_schedule_get_session (call->core->schedule));
  if (call->session == NULL && call->error == NULL)
    g_set_error_literal (&call->error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE,
                         _ ("No server has been set."));
  if (call->error != NULL)
    {
      return_call (call);
      return;
    }
  luo_schedule_run_blocking (call->core->schedule, func, call);
}

static GTask *
task_new (LuoReplicator *self, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

/* Connecting */

static gboolean
connected_cb (gpointer user_data)
{
  Call *call = user_data;

  if (call->error == NULL)
    luo_schedule_set_session (call->core->schedule, g_steal_pointer (&call->session));
  g_clear_pointer (&call->session, luo_http_session_unref);
  return_call (call);
  return G_SOURCE_REMOVE;
}

/* In the pool. */
static void
connect_work (gpointer data, gpointer unused)
{
  Call *call = data;

  if (luo_server_greet (call->session, call->core->closing, &call->error))
    luo_server_keep (call->core->store, call->session, call->url, call->user, &call->error);
  invoke (call->core, connected_cb, call, NULL);
}

static gboolean
connect_cb (gpointer user_data)
{
  Call *call = user_data;

  call->session = luo_http_session_new (call->url, call->user, call->password, &call->error);
  call_begin (call, connect_work);
  return G_SOURCE_REMOVE;
}

void
luo_replicator_connect_async (LuoReplicator *self, const char *url, const char *user, const char *password,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Call *call;

  g_return_if_fail (LUO_IS_REPLICATOR (self));
  g_return_if_fail (url != NULL);

  call = call_new (self, task_new (self, luo_replicator_connect_async, cancellable, callback, user_data));
  call->url = g_strdup (url);
  call->user = g_strdup (user);
  call->password = g_strdup (password);
  invoke (self->core, connect_cb, call, NULL);
}

static gboolean
finish_call (LuoReplicator *self, GAsyncResult *result, char ***names, GError **error)
{
  g_auto (GStrv) found = NULL;
  GError *task_error = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  found = g_task_propagate_pointer (G_TASK (result), &task_error);
  if (task_error != NULL)
    {
      g_propagate_error (error, task_error);
      return FALSE;
    }
  if (names != NULL)
    *names = g_steal_pointer (&found);
  return TRUE;
}

gboolean
luo_replicator_connect_finish (LuoReplicator *self, GAsyncResult *result, GError **error)
{
  return finish_call (self, result, NULL, error);
}

/* The server's spaces */

static void
list_work (gpointer data, gpointer unused)
{
  Call *call = data;

  call->names = luo_server_list_spaces (call->session, call->core->closing, &call->error);
  invoke (call->core, returned_cb, call, NULL);
}

static gboolean
list_cb (gpointer user_data)
{
  call_begin (user_data, list_work);
  return G_SOURCE_REMOVE;
}

void
luo_replicator_list_server_spaces_async (LuoReplicator *self, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (LUO_IS_REPLICATOR (self));

  invoke (self->core, list_cb,
          call_new (self, task_new (self, luo_replicator_list_server_spaces_async, cancellable, callback,
                                    user_data)),
          NULL);
}

char **
luo_replicator_list_server_spaces_finish (LuoReplicator *self, GAsyncResult *result, GError **error)
{
  char **names = NULL;

  return finish_call (self, result, &names, error) ? names : NULL;
}

static void
create_work (gpointer data, gpointer unused)
{
  Call *call = data;

  luo_server_create_space (call->session, call->names[0], call->core->closing, &call->error);
  g_clear_pointer (&call->names, g_strfreev);
  invoke (call->core, returned_cb, call, NULL);
}

static gboolean
create_cb (gpointer user_data)
{
  call_begin (user_data, create_work);
  return G_SOURCE_REMOVE;
}

void
luo_replicator_create_server_space_async (LuoReplicator *self, const char *space, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data)
{
  const char *names[] = { space, NULL };
  Call *call;

  g_return_if_fail (LUO_IS_REPLICATOR (self));
  g_return_if_fail (space != NULL);

  call = call_new (
      self, task_new (self, luo_replicator_create_server_space_async, cancellable, callback, user_data));
  call->names = g_strdupv ((char **)names);
  invoke (self->core, create_cb, call, NULL);
}

gboolean
luo_replicator_create_server_space_finish (LuoReplicator *self, GAsyncResult *result, GError **error)
{
  return finish_call (self, result, NULL, error);
}

/* Runs */

static void
run_done_cb (const GError *error, gpointer user_data)
{
  Call *call = user_data;

  g_clear_pointer (&call->names, g_strfreev);
  if (error != NULL)
    call->error = g_error_copy (error);
  return_call (call);
}

static gboolean
run_cb (gpointer user_data)
{
  Call *call = user_data;

  luo_schedule_run (call->core->schedule, (const char *const *)call->names,
                    g_task_get_cancellable (call->task), run_done_cb, call);
  return G_SOURCE_REMOVE;
}

void
luo_replicator_run_async (LuoReplicator *self, const char *const *spaces, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  Call *call;

  g_return_if_fail (LUO_IS_REPLICATOR (self));

  call = call_new (self, task_new (self, luo_replicator_run_async, cancellable, callback, user_data));
  call->names = g_strdupv ((char **)spaces);
  invoke (self->core, run_cb, call, NULL);
}

gboolean
luo_replicator_run_finish (LuoReplicator *self, GAsyncResult *result, GError **error)
{
  return finish_call (self, result, NULL, error);
}

/* Live */

static gboolean
start_cb (gpointer user_data)
{
  luo_schedule_start (((Core *)user_data)->schedule);
  return G_SOURCE_REMOVE;
}

void
luo_replicator_start (LuoReplicator *self)
{
  g_return_if_fail (LUO_IS_REPLICATOR (self));

  invoke (self->core, start_cb, core_ref (self->core), core_unref);
}

static gboolean
nudge_cb (gpointer user_data)
{
  luo_schedule_nudge (((Core *)user_data)->schedule, TRUE);
  return G_SOURCE_REMOVE;
}

void
luo_replicator_nudge (LuoReplicator *self)
{
  g_return_if_fail (LUO_IS_REPLICATOR (self));

  invoke (self->core, nudge_cb, core_ref (self->core), core_unref);
}

/**
 * Stop: shared by the thread that waits and the replication thread.
 */
typedef struct
{
  Core *core;    /* (owned) */
  gint64 until;  /* monotonic time */
  gboolean told; /* the schedule knows */
  GMutex lock;
  GCond cond;
  gboolean done;
} Stop;

static void
stop_clear (gpointer data)
{
  Stop *stop = data;

  core_unref (stop->core);
  g_mutex_clear (&stop->lock);
  g_cond_clear (&stop->cond);
}

static void
stop_unref (gpointer stop)
{
  g_atomic_rc_box_release_full (stop, stop_clear);
}

static gboolean
stop_cb (gpointer user_data)
{
  Stop *stop = user_data;

  if (!stop->told)
    luo_schedule_stop (stop->core->schedule);
  stop->told = TRUE;
  /* What was cancelled comes to its end within moments; it is looked for until then. */
  if (luo_schedule_is_busy (stop->core->schedule) && g_get_monotonic_time () < stop->until)
    {
      g_autoptr (GSource) source = g_timeout_source_new (5);

      g_source_set_callback (source, stop_cb, g_atomic_rc_box_acquire (stop), stop_unref);
      g_source_attach (source, stop->core->context);
      return G_SOURCE_REMOVE;
    }
  g_mutex_lock (&stop->lock);
  stop->done = TRUE;
  g_cond_signal (&stop->cond);
  g_mutex_unlock (&stop->lock);
  return G_SOURCE_REMOVE;
}

void
luo_replicator_stop (LuoReplicator *self)
{
  Stop *stop;

  g_return_if_fail (LUO_IS_REPLICATOR (self));

  stop = g_atomic_rc_box_new0 (Stop);
  stop->core = core_ref (self->core);
  stop->until = g_get_monotonic_time () + STOP_MAX;
  g_mutex_init (&stop->lock);
  g_cond_init (&stop->cond);
  invoke (self->core, stop_cb, g_atomic_rc_box_acquire (stop), stop_unref);
  g_mutex_lock (&stop->lock);
  while (!stop->done)
    if (!g_cond_wait_until (&stop->cond, &stop->lock, stop->until))
      break;
  g_mutex_unlock (&stop->lock);
  stop_unref (stop);
}

LuoSyncStatus *
luo_replicator_get_status (LuoReplicator *self)
{
  LuoSyncStatus *status;

  g_return_val_if_fail (LUO_IS_REPLICATOR (self), NULL);

  g_mutex_lock (&self->core->lock);
  status = luo_sync_status_copy (self->core->status);
  g_mutex_unlock (&self->core->lock);
  return status;
}
