/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-session.h"

#include <glib/gi18n.h>

#include "luo-password.h"
#include "luo-query.h"
#include "luo-record-edit.h"
#include "luo-replication-error.h"
#include "luo-sample.h"
#include "luo-work.h"

struct _LuoSession
{
  GObject parent_instance;

  LuoStore *store;           /* (owned) */
  LuoReplicator *replicator; /* (owned) */
  LuoUndo *undo;             /* (owned) */
  LuoSyncStatus *status;     /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  char *month;               /* (owned) */
  char *office;              /* (owned) */
  char *user;                /* (owned) (nullable) */
  char *server;              /* (owned) (nullable) */
  char *server_user;         /* (owned) (nullable) */
  gboolean started;
  gboolean sample;
  gboolean live; /* the replicator was started */
  gboolean counting;
  gboolean count_again;
};

G_DEFINE_FINAL_TYPE (LuoSession, luo_session, G_TYPE_OBJECT)

enum
{
  PROP_STORE = 1,
  PROP_REPLICATOR,
  PROP_MONTH,
  PROP_OFFICE,
  PROP_USER,
  PROP_STARTED,
  PROP_SAMPLE,
  PROP_SERVER,
  PROP_STATUS,
  N_PROPS,
};

enum
{
  NOTICE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* Settings are written in the background; one that can not be written is asked again at the next start. */

typedef struct
{
  char *name;  /* (owned) */
  char *value; /* (owned) (nullable) */
} Setting;

static void
setting_free (gpointer data)
{
  Setting *setting = data;

  g_free (setting->name);
  g_free (setting->value);
  g_free (setting);
}

static gpointer
write_setting (LuoStore *store, gpointer data, GError **error)
{
  Setting *setting = data;

  luo_store_set_meta (store, setting->name, setting->value, error);
  return NULL;
}

static void
setting_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  luo_work_finish (result, &error);
  if (error != NULL)
    luo_session_notify_person (LUO_SESSION (source), error->message, FALSE);
}

static void
keep_setting (LuoSession *self, const char *name, const char *value)
{
  Setting *setting = g_new0 (Setting, 1);

  setting->name = g_strdup (name);
  setting->value = g_strdup (value);
  luo_work_run (self, self->store, write_setting, setting, setting_free, NULL, NULL, setting_written_cb,
                NULL);
}

static void
luo_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LuoSession *self = LUO_SESSION (object);

  switch (id)
    {
    case PROP_STORE:
      g_value_set_object (value, self->store);
      break;
    case PROP_REPLICATOR:
      g_value_set_object (value, self->replicator);
      break;
    case PROP_MONTH:
      g_value_set_string (value, self->month);
      break;
    case PROP_OFFICE:
      g_value_set_string (value, self->office);
      break;
    case PROP_USER:
      g_value_set_string (value, self->user);
      break;
    case PROP_STARTED:
      g_value_set_boolean (value, self->started);
      break;
    case PROP_SAMPLE:
      g_value_set_boolean (value, self->sample);
      break;
    case PROP_SERVER:
      g_value_set_string (value, self->server);
      break;
    case PROP_STATUS:
      g_value_set_boxed (value, self->status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LuoSession *self = LUO_SESSION (object);

  switch (id)
    {
    case PROP_MONTH:
      luo_session_set_month (self, g_value_get_string (value));
      break;
    case PROP_OFFICE:
      luo_session_set_office (self, g_value_get_string (value));
      break;
    case PROP_USER:
      luo_session_set_user (self, g_value_get_string (value));
      break;
    case PROP_STARTED:
      luo_session_set_started (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_session_dispose (GObject *object)
{
  LuoSession *self = LUO_SESSION (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->replicator);
  g_clear_object (&self->undo);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (luo_session_parent_class)->dispose (object);
}

static void
luo_session_finalize (GObject *object)
{
  LuoSession *self = LUO_SESSION (object);

  g_clear_pointer (&self->status, luo_sync_status_free);
  g_free (self->month);
  g_free (self->office);
  g_free (self->user);
  g_free (self->server);
  g_free (self->server_user);
  G_OBJECT_CLASS (luo_session_parent_class)->finalize (object);
}

static void
luo_session_class_init (LuoSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = luo_session_get_property;
  object_class->set_property = luo_session_set_property;
  object_class->dispose = luo_session_dispose;
  object_class->finalize = luo_session_finalize;
  properties[PROP_STORE] = g_param_spec_object ("store", NULL, NULL, LUO_TYPE_STORE, readable);
  properties[PROP_REPLICATOR] = g_param_spec_object ("replicator", NULL, NULL, LUO_TYPE_REPLICATOR, readable);
  properties[PROP_MONTH] = g_param_spec_string ("month", NULL, NULL, NULL, writable);
  properties[PROP_OFFICE] = g_param_spec_string ("office", NULL, NULL, NULL, writable);
  properties[PROP_USER] = g_param_spec_string ("user", NULL, NULL, NULL, writable);
  properties[PROP_STARTED] = g_param_spec_boolean ("started", NULL, NULL, FALSE, writable);
  properties[PROP_SAMPLE] = g_param_spec_boolean ("sample", NULL, NULL, FALSE, readable);
  properties[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, readable);
  properties[PROP_STATUS] = g_param_spec_boxed ("status", NULL, NULL, LUO_TYPE_SYNC_STATUS, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[NOTICE] = g_signal_new ("notice", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
luo_session_init (LuoSession *self)
{
  self->undo = luo_undo_new ();
  self->cancellable = g_cancellable_new ();
}

/* Opening */

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

/* The month of the newest progress: what a person was working at. */
static char *
newest_month (LuoStore *store)
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
    opening->month = newest_month (store);
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

/* The replicator knows how it stands with the server; how much waits to be sent is asked of the replica itself, also while nothing
 * is connected or reachable. One question is under way at a time. */

static gpointer
count_spaces (LuoStore *store, gpointer data, GError **error)
{
  return luo_store_list_spaces (store, error);
}

static void
take_counts (LuoSyncStatus *status, GPtrArray *spaces)
{
  status->pending = 0;
  for (guint i = 0; i < spaces->len; i++)
    {
      LuoSpace *space = g_ptr_array_index (spaces, i);

      status->pending += space->pending;
      for (guint n = 0; status->spaces != NULL && n < status->spaces->len; n++)
        {
          LuoSpaceStatus *one = g_ptr_array_index (status->spaces, n);

          if (g_strcmp0 (one->space, space->name) == 0)
            {
              one->pending = space->pending;
              one->conflicts = (guint64)space->conflicts;
            }
        }
    }
}

static void recount (LuoSession *self);

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoSession *self = LUO_SESSION (source);
  g_autoptr (GPtrArray) spaces = luo_work_finish (result, NULL);

  self->counting = FALSE;
  if (self->replicator == NULL)
    return;
  g_clear_pointer (&self->status, luo_sync_status_free);
  self->status = luo_replicator_get_status (self->replicator);
  if (spaces != NULL)
    take_counts (self->status, spaces);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
  if (self->count_again)
    recount (self);
}

static void
recount (LuoSession *self)
{
  self->count_again = self->counting;
  if (self->counting || self->store == NULL)
    return;
  self->counting = TRUE;
  luo_work_run (self, self->store, count_spaces, NULL, NULL, (GDestroyNotify)g_ptr_array_unref,
                self->cancellable, counted_cb, NULL);
}

static void
go_live (LuoSession *self)
{
  if (self->live)
    luo_replicator_nudge (self->replicator);
  else
    luo_replicator_start (self->replicator);
  self->live = TRUE;
}

/* Who signs in where; the password last where it is known. */
typedef struct
{
  char *server;   /* (owned) */
  char *user;     /* (owned) (nullable) */
  char *password; /* (owned) (nullable) */
} Account;

static void
account_free (gpointer data)
{
  Account *account = data;

  g_free (account->server);
  g_free (account->user);
  luo_password_free (account->password);
  g_free (account);
}

static Account *
account_new (const char *server, const char *user, const char *password)
{
  Account *account = g_new0 (Account, 1);

  account->server = g_strdup (server);
  account->user = g_strdup (user);
  account->password = g_strdup (password);
  return account;
}

static gpointer
find_password (LuoStore *store, gpointer data, GError **error)
{
  Account *asked = data;
  Account *found = account_new (asked->server, asked->user, NULL);

  if (asked->user != NULL)
    found->password = luo_password_find (asked->server, asked->user);
  if (found->password == NULL)
    found->password = g_strdup (g_getenv ("LUOSHI_PASSWORD"));
  return found;
}

static gpointer
keep_password (LuoStore *store, gpointer data, GError **error)
{
  Account *account = data;

  luo_password_keep (account->server, account->user, account->password, error);
  return NULL;
}

static gpointer
forget_password (LuoStore *store, gpointer data, GError **error)
{
  Account *account = data;

  luo_password_forget (account->server, account->user);
  return NULL;
}

static void
password_kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  luo_work_finish (result, &error);
  if (error != NULL)
    g_message ("The password is kept until the window closes: %s", error->message);
}

static void
password_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoSession *self = LUO_SESSION (source);
  Account *account = luo_work_finish (result, NULL);

  if (account == NULL)
    return;
  if (self->replicator != NULL)
    {
      luo_replicator_set_server (self->replicator, account->server, account->user, account->password);
      go_live (self);
    }
  account_free (account);
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
  g_signal_connect_object (self->replicator, "status-changed", G_CALLBACK (recount), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->store, "changed", G_CALLBACK (recount), self, G_CONNECT_SWAPPED);
  recount (self);
  if (self->server != NULL)
    {
      self->server_user = g_strdup (opening->user);
      luo_work_run (self, NULL, find_password, account_new (self->server, opening->user, NULL), account_free,
                    account_free, self->cancellable, password_found_cb, NULL);
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

/* What a person chose */

LuoStore *
luo_session_get_store (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->store;
}

LuoReplicator *
luo_session_get_replicator (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->replicator;
}

const LuoSyncStatus *
luo_session_get_status (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->status;
}

const char *
luo_session_get_month (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->month;
}

static gboolean
replace_text (char **field, const char *text)
{
  if (g_strcmp0 (*field, text) == 0)
    return FALSE;
  g_free (*field);
  *field = g_strdup (text);
  return TRUE;
}

void
luo_session_set_month (LuoSession *self, const char *month)
{
  g_return_if_fail (LUO_IS_SESSION (self));
  g_return_if_fail (month != NULL && strlen (month) == 7);

  if (!replace_text (&self->month, month))
    return;
  keep_setting (self, "month", month);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MONTH]);
}

const char *
luo_session_get_office (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->office;
}

void
luo_session_set_office (LuoSession *self, const char *office)
{
  g_return_if_fail (LUO_IS_SESSION (self));
  g_return_if_fail (office != NULL);

  if (!replace_text (&self->office, office))
    return;
  keep_setting (self, "office", office);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OFFICE]);
}

const char *
luo_session_get_user (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->user;
}

void
luo_session_set_user (LuoSession *self, const char *user)
{
  g_return_if_fail (LUO_IS_SESSION (self));

  if (user != NULL && *user == '\0')
    user = NULL;
  if (!replace_text (&self->user, user))
    return;
  keep_setting (self, "person", user);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER]);
}

gboolean
luo_session_get_started (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), FALSE);

  return self->started;
}

void
luo_session_set_started (LuoSession *self, gboolean started)
{
  g_return_if_fail (LUO_IS_SESSION (self));

  if (self->started == started)
    return;
  self->started = started;
  keep_setting (self, "started", started ? "1" : NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STARTED]);
}

gboolean
luo_session_get_sample (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), FALSE);

  return self->sample;
}

const char *
luo_session_get_server (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->server;
}

guint
luo_session_get_year (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), 0);

  return (guint)g_ascii_strtoull (self->month, NULL, 10);
}

char *
luo_session_get_day (LuoSession *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *month = g_date_time_format (now, "%Y-%m");
  guint year = luo_session_get_year (self);
  guint number = (guint)g_ascii_strtoull (self->month + 5, NULL, 10);

  if (strcmp (self->month, month) >= 0 || number < 1 || number > 12 || year < 1)
    return g_date_time_format (now, "%Y-%m-%d");
  return g_strdup_printf ("%s-%02u", self->month, g_date_get_days_in_month (number, (GDateYear)year));
}

/* Server */

static void
set_server (LuoSession *self, const char *url)
{
  if (replace_text (&self->server, url))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SERVER]);
}

static gpointer
join_spaces (LuoStore *store, gpointer data, GError **error)
{
  char **names = data;

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GError) here = NULL;

      if (!luo_store_create_space (store, names[i], &here)
          && !g_error_matches (here, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS))
        {
          g_propagate_error (error, g_steal_pointer (&here));
          return NULL;
        }
    }
  return NULL;
}

static void
spaces_joined_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LuoSession *self = g_task_get_source_object (task);
  GError *error = NULL;

  luo_work_finish (result, &error);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  luo_session_set_started (self, TRUE);
  go_live (self);
  g_task_return_boolean (task, TRUE);
}

static void
spaces_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LuoSession *self = g_task_get_source_object (task);
  GError *error = NULL;
  char **names = luo_replicator_list_server_spaces_finish (LUO_REPLICATOR (source), result, &error);

  if (names == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  luo_work_run (self, self->store, join_spaces, names, (GDestroyNotify)g_strfreev, NULL, NULL,
                spaces_joined_cb, g_steal_pointer (&task));
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LuoSession *self = g_task_get_source_object (task);
  Account *account = g_task_get_task_data (task);
  GCancellable *cancellable;
  GError *error = NULL;

  if (!luo_replicator_connect_finish (LUO_REPLICATOR (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  set_server (self, account->server);
  replace_text (&self->server_user, account->user);
  if (self->user == NULL)
    luo_session_set_user (self, account->user);
  luo_work_run (self, NULL, keep_password, account_new (account->server, account->user, account->password),
                account_free, NULL, self->cancellable, password_kept_cb, NULL);
  cancellable = g_task_get_cancellable (task);
  luo_replicator_list_server_spaces_async (self->replicator, cancellable, spaces_listed_cb,
                                           g_steal_pointer (&task));
}

void
luo_session_connect_async (LuoSession *self, const char *url, const char *user, const char *password,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (LUO_IS_SESSION (self));
  g_return_if_fail (url != NULL && user != NULL && password != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, luo_session_connect_async);
  g_task_set_task_data (task, account_new (url, user, password), account_free);
  luo_replicator_connect_async (self->replicator, url, user, password, cancellable, connected_cb, task);
}

gboolean
luo_session_connect_finish (LuoSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
luo_session_disconnect (LuoSession *self)
{
  g_return_if_fail (LUO_IS_SESSION (self));

  if (self->live)
    luo_replicator_stop (self->replicator);
  self->live = FALSE;
  luo_replicator_set_server (self->replicator, NULL, NULL, NULL);
  if (self->server != NULL && self->server_user != NULL)
    luo_work_run (self, NULL, forget_password, account_new (self->server, self->server_user, NULL),
                  account_free, NULL, NULL, password_kept_cb, NULL);
  keep_setting (self, "endpoint", NULL);
  keep_setting (self, "user", NULL);
  set_server (self, NULL);
  recount (self);
}

static void
server_space_created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LuoSession) self = user_data;
  g_autoptr (GError) error = NULL;

  if (luo_replicator_create_server_space_finish (LUO_REPLICATOR (source), result, &error))
    luo_replicator_nudge (LUO_REPLICATOR (source));
  else
    luo_session_notify_person (self, error->message, FALSE);
}

void
luo_session_create_server_space (LuoSession *self, const char *space)
{
  g_return_if_fail (LUO_IS_SESSION (self));

  luo_replicator_create_server_space_async (self->replicator, space, self->cancellable,
                                            server_space_created_cb, g_object_ref (self));
}

/* Sample data */

static gpointer
load_sample (LuoStore *store, gpointer data, GError **error)
{
  char *month = NULL;

  if (luo_sample_load (store, NULL, NULL, error) && luo_store_set_meta (store, "sample", "1", error))
    month = newest_month (store);
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
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SAMPLE]);
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
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SAMPLE]);
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

LuoUndo *
luo_session_get_undo (LuoSession *self)
{
  g_return_val_if_fail (LUO_IS_SESSION (self), NULL);

  return self->undo;
}

static void
undone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LuoSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *done = luo_undo_run_finish (LUO_UNDO (source), result, &error);

  luo_session_notify_person (self, done != NULL ? done : error->message, FALSE);
}

void
luo_session_undo (LuoSession *self)
{
  g_return_if_fail (LUO_IS_SESSION (self));

  if (!luo_undo_get_can_undo (self->undo))
    {
      luo_session_notify_person (self, _ ("There is nothing to take back"), FALSE);
      return;
    }
  luo_undo_run_async (self->undo, self->store, self->user != NULL ? self->user : g_get_user_name (),
                      undone_cb, g_object_ref (self));
}

void
luo_session_notify_person (LuoSession *self, const char *text, gboolean undo)
{
  g_return_if_fail (LUO_IS_SESSION (self));

  g_signal_emit (self, signals[NOTICE], 0, text, undo);
}
