/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-session-private.h"

#include "luo-query.h"
#include "luo-work.h"

typedef struct
{
  char *folder;                                                     /* (owned) */
  LuoStore *store;                                                  /* (owned) */
  char *month, *office, *person, *user, *server, *started, *sample; /* (owned) (nullable) */
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_clear_object (&opening->store);
  g_free (opening->folder);
  g_free (opening->month);
  g_free (opening->office);
  g_free (opening->person);
  g_free (opening->user);
  g_free (opening->server);
  g_free (opening->started);
  g_free (opening->sample);
  g_free (opening);
}

/* A replica that was filled by the command line has answered the question of the first start. */
static gboolean
holds_records (LuoStore *store)
{
  g_autoptr (GPtrArray) spaces = luo_store_list_spaces (store, NULL);

  for (guint i = 0; spaces != NULL && i < spaces->len; i++)
    if (((LuoSpace *)g_ptr_array_index (spaces, i))->documents > 0)
      return TRUE;
  return FALSE;
}

char *
luo_session_newest_month (LuoStore *store)
{
  g_autoptr (LuoQuery) query = luo_query_new ("progress");
  g_autoptr (GPtrArray) rows = NULL;
  const char *const columns[] = { "month", NULL };

  luo_query_sort (query, "month", TRUE);
  luo_query_set_limit (query, 0, 1);
  rows = luo_store_list_columns (store, query, columns, NULL);
  if (rows == NULL || rows->len == 0)
    return NULL;
  return g_strdup (((LuoItemRow *)g_ptr_array_index (rows, 0))->values[0]);
}

static gpointer
open_in_thread (LuoStore *none, gpointer data, GError **error)
{
  Opening *request = data;
  Opening *opening;
  LuoStore *store = luo_store_open (request->folder, LUO_STORE_DEFAULT, error);

  if (store == NULL)
    return NULL;
  opening = g_new0 (Opening, 1);
  opening->store = store;
  opening->month = luo_store_get_meta (store, "month", NULL);
  opening->office = luo_store_get_meta (store, "office", NULL);
  opening->person = luo_store_get_meta (store, "person", NULL);
  opening->user = luo_store_get_meta (store, "user", NULL);
  opening->server = luo_store_get_meta (store, "endpoint", NULL);
  opening->started = luo_store_get_meta (store, "started", NULL);
  opening->sample = luo_store_get_meta (store, "sample", NULL);
  if (opening->started == NULL && (opening->server != NULL || holds_records (store)))
    opening->started = g_strdup ("1");
  if (opening->month == NULL)
    opening->month = luo_session_newest_month (store);
  return opening;
}

void
luo_session_open_async (const char *folder, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  Opening *request;

  g_return_if_fail (folder != NULL);

  request = g_new0 (Opening, 1);
  request->folder = g_strdup (folder);
  luo_work_run (NULL, NULL, open_in_thread, request, opening_free, opening_free, cancellable, callback,
                user_data);
}

LuoSession *
luo_session_open_finish (GAsyncResult *result, GError **error)
{
  Opening *opening = luo_work_finish (result, error);
  LuoSession *self;

  if (opening == NULL)
    return NULL;
  self = g_object_new (LUO_TYPE_SESSION, NULL);
  self->store = g_steal_pointer (&opening->store);
  self->month = g_steal_pointer (&opening->month);
  self->office = g_steal_pointer (&opening->office);
  self->server = g_steal_pointer (&opening->server);
  self->user = g_strdup (opening->person != NULL ? opening->person : opening->user);
  self->started = opening->started != NULL;
  self->sample = opening->sample != NULL;
  if (self->office == NULL)
    self->office = g_strdup ("city");
  if (self->month == NULL)
    {
      g_autoptr (GDateTime) now = g_date_time_new_now_local ();

      self->month = g_date_time_format (now, "%Y-%m");
    }
  self->replicator = luo_replicator_new (self->store);
  g_signal_connect_object (self->replicator, "status-changed", G_CALLBACK (luo_session_recount), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->store, "changed", G_CALLBACK (luo_session_recount), self, G_CONNECT_SWAPPED);
  luo_session_recount (self);
  if (self->server != NULL)
    {
      self->server_user = g_strdup (opening->user);
      luo_session_sign_in_again (self);
    }
  opening_free (opening);
  return self;
}

void
luo_session_close (LuoSession *self)
{
  g_return_if_fail (LUO_IS_SESSION (self));

  g_cancellable_cancel (self->cancellable);
  if (self->replicator != NULL && self->live)
    luo_replicator_stop (self->replicator);
  self->live = FALSE;
  g_clear_object (&self->replicator);
  if (self->store != NULL)
    luo_store_close (self->store);
}
