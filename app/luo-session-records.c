/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-session-private.h"

#include <glib/gi18n.h>

#include "luo-record-edit.h"
#include "luo-sample.h"
#include "luo-work.h"

/* Sample data */

static gpointer
load_sample (LuoStore *store, gpointer data, GError **error)
{
  char *month = NULL;

  if (luo_sample_load (store, NULL, NULL, error) && luo_store_set_meta (store, "sample", "1", error))
    month = luo_session_newest_month (store);
  return month;
}

static void
sample_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LuoSession *self = LUO_SESSION (source);
  GError *error = NULL;
  g_autofree char *month = luo_work_finish (result, &error);

  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (month != NULL)
    luo_session_set_month (self, month);
  self->sample = TRUE;
  g_object_notify (G_OBJECT (self), "sample");
  luo_session_set_started (self, TRUE);
  g_task_return_boolean (task, TRUE);
}

void
luo_session_load_sample_async (LuoSession *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task;

  g_return_if_fail (LUO_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, luo_session_load_sample_async);
  luo_work_run (self, self->store, load_sample, NULL, NULL, g_free, cancellable, sample_loaded_cb, task);
}

gboolean
luo_session_load_sample_finish (LuoSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gpointer
empty_replica (LuoStore *store, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) spaces = luo_store_list_spaces (store, error);

  if (spaces == NULL)
    return NULL;
  for (guint i = 0; i < spaces->len; i++)
    if (!luo_store_delete_space (store, ((LuoSpace *)g_ptr_array_index (spaces, i))->name, error))
      return NULL;
  if (luo_store_create_space (store, "city", error))
    luo_store_set_meta (store, "sample", NULL, error);
  return NULL;
}

static void
emptied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoSession *self = LUO_SESSION (source);
  g_autoptr (GError) error = NULL;

  luo_work_finish (result, &error);
  if (error != NULL)
    {
      luo_session_notify_person (self, error->message, FALSE);
      return;
    }
  luo_undo_clear (self->undo);
  {
    g_autoptr (GDateTime) now = g_date_time_new_now_local ();
    g_autofree char *month = g_date_time_format (now, "%Y-%m");

    luo_session_set_month (self, month);
  }
  self->sample = FALSE;
  g_object_notify (G_OBJECT (self), "sample");
  luo_session_set_started (self, FALSE);
}

void
luo_session_leave_sample (LuoSession *self)
{
  g_return_if_fail (LUO_IS_SESSION (self));
  g_return_if_fail (self->sample && self->server == NULL);

  luo_work_run (self, self->store, empty_replica, NULL, NULL, NULL, NULL, emptied_cb, NULL);
}

/* Records */

typedef struct
{
  char *space;           /* (owned) */
  char *body;            /* (owned) (nullable) */
  char *user;            /* (owned) (nullable) */
  LuoDocument *document; /* (owned) (nullable) */
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->space);
  g_free (change->body);
  g_free (change->user);
  g_clear_pointer (&change->document, luo_document_unref);
  g_free (change);
}

static char *
stamp_user (LuoStore *store, const char *user)
{
  return user != NULL ? g_strdup (user) : luo_record_get_user (store);
}

static gpointer
create_record (LuoStore *store, gpointer data, GError **error)
{
  Change *change = data;
  g_autoptr (GError) here = NULL;
  g_autofree char *user = stamp_user (store, change->user);
  char *id = NULL;

  if (!luo_store_create_space (store, change->space, &here)
      && !g_error_matches (here, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&here));
      return NULL;
    }
  luo_record_create (store, change->space, change->body, user, &id, NULL, error);
  return id;
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LuoSession *self = LUO_SESSION (source);
  GError *error = NULL;
  char *id = luo_work_finish (result, &error);

  if (id == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  luo_undo_add_creation (self->undo, g_task_get_task_data (task), id);
  g_task_return_pointer (task, id, g_free);
}

void
luo_session_create_async (LuoSession *self, const char *space, const char *body, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  Change *change;

  g_return_if_fail (LUO_IS_SESSION (self));
  g_return_if_fail (space != NULL && body != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, luo_session_create_async);
  g_task_set_task_data (task, g_strdup (space), g_free);
  change = g_new0 (Change, 1);
  change->space = g_strdup (space);
  change->body = g_strdup (body);
  change->user = g_strdup (self->user);
  luo_work_run (self, self->store, create_record, change, change_free, g_free, cancellable, created_cb, task);
}

char *
luo_session_create_finish (LuoSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
delete_record (LuoStore *store, gpointer data, GError **error)
{
  Change *change = data;
  g_autofree char *user = stamp_user (store, change->user);
  g_autoptr (LuoDocument) now
      = luo_store_get (store, change->space, luo_document_get_id (change->document), NULL, error);

  if (now == NULL
      || !luo_record_delete (store, change->space, luo_document_get_id (now), luo_document_get_rev (now),
                             user, NULL, error))
    return NULL;
  return g_steal_pointer (&now);
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoSession *self = LUO_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = luo_work_finish (result, &error);

  if (document == NULL)
    {
      luo_session_notify_person (self, error->message, FALSE);
      return;
    }
  luo_undo_add_deletion (self->undo, document);
  luo_session_notify_person (self, _ ("The record was deleted"), TRUE);
}

void
luo_session_delete (LuoSession *self, LuoDocument *document)
{
  Change *change;

  g_return_if_fail (LUO_IS_SESSION (self));
  g_return_if_fail (document != NULL);

  change = g_new0 (Change, 1);
  change->space = g_strdup (luo_document_get_space (document));
  change->document = luo_document_ref (document);
  change->user = g_strdup (self->user);
  luo_work_run (self, self->store, delete_record, change, change_free, (GDestroyNotify)luo_document_unref,
                NULL, deleted_cb, NULL);
}
