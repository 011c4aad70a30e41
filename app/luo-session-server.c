/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-session-private.h"

#include <glib/gi18n.h>

#include "luo-password.h"
#include "luo-work.h"

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
luo_session_go_live (LuoSession *self)
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
      luo_session_go_live (self);
    }
  account_free (account);
}

void
luo_session_sign_in_again (LuoSession *self)
{
  luo_work_run (self, NULL, find_password, account_new (self->server, self->server_user, NULL), account_free,
                account_free, self->cancellable, password_found_cb, NULL);
}

void
luo_session_take_server (LuoSession *self, const char *url)
{
  if (replace_text (&self->server, url))
    g_object_notify (G_OBJECT (self), "server");
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
  /* A district that is granted later comes by itself. */
  luo_store_set_meta (store, LUO_META_SPACES, LUO_META_SPACES_ALL, error);
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
  luo_session_go_live (self);
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
  luo_session_take_server (self, account->server);
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
  luo_session_keep_setting (self, "endpoint", NULL);
  luo_session_keep_setting (self, "user", NULL);
  luo_session_take_server (self, NULL);
  luo_session_recount (self);
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
