/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <microhttpd.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "luo-hub-private.h"
#include "luo-hub-request-private.h"
#include "luo-hub-tuning.h"

struct _LuoHub
{
  GObject parent_instance;

  LuoStore *store;      /* (owned) */
  LuoHubUsers *users;   /* (owned) */
  LuoHubSpaces *spaces; /* (owned) */
  LuoHubWaits *waits;   /* (owned) */
  gulong written;       /* handler of the store's signal */

  struct MHD_Daemon *daemon; /* (owned) (nullable): while listening */
  guint port;

  GMutex mutex;
  GCond idle;
  guint in_flight;
  GPtrArray *contexts; /* (owned) (element-type GMainContext): idle ones, ready to be taken */
};

G_DEFINE_FINAL_TYPE (LuoHub, luo_hub, G_TYPE_OBJECT)

/* --- libmicrohttpd's callbacks ---------------------------------------------------------------------- */

/* The first that is heard of a request; the path is taken here, because it is whole only here. */
static void *
uri_cb (void *cls, const char *uri, struct MHD_Connection *connection)
{
  return luo_hub_request_new (cls, uri, connection);
}

static enum MHD_Result
access_cb (void *cls, struct MHD_Connection *connection, const char *url, const char *method,
           const char *version, const char *data, size_t *size, void **context)
{
  return luo_hub_request_access (*context, method, data, size);
}

static void
completed_cb (void *cls, struct MHD_Connection *connection, void **context,
              enum MHD_RequestTerminationCode code)
{
  g_clear_pointer ((LuoHubRequest **)context, luo_hub_request_free);
}

static size_t
unescape_cb (void *cls, struct MHD_Connection *connection, char *text)
{
  /* luo-hub-request.c reads the path as it came, where `%2F` is not yet a slash. */
  return strlen (text);
}

static void
log_cb (void *cls, const char *format, va_list arguments)
{
  g_autofree char *message = g_strdup_vprintf (format, arguments);

  g_debug ("%s", g_strchomp (message));
}

/* In the store's worker thread, right after a commit. */
static void
written_cb (LuoStore *store, char **spaces, GArray *keys, LuoHub *self)
{
  if (spaces != NULL && g_strv_contains ((const char *const *)spaces, LUO_HUB_USERS_SPACE))
    luo_hub_users_forget (self->users);
  luo_hub_waits_wake (self->waits, (const char *const *)spaces);
}

/* --- Object ------------------------------------------------------------------------------------------ */

static void
luo_hub_dispose (GObject *object)
{
  LuoHub *self = LUO_HUB (object);

  luo_hub_stop (self);
  g_clear_signal_handler (&self->written, self->store);
  if (self->store != NULL)
    luo_store_close (self->store);
  G_OBJECT_CLASS (luo_hub_parent_class)->dispose (object);
}

static void
luo_hub_finalize (GObject *object)
{
  LuoHub *self = LUO_HUB (object);

  luo_hub_users_free (self->users);
  luo_hub_spaces_free (self->spaces);
  luo_hub_waits_free (self->waits);
  g_clear_object (&self->store);
  g_ptr_array_unref (self->contexts);
  g_cond_clear (&self->idle);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (luo_hub_parent_class)->finalize (object);
}

static void
luo_hub_class_init (LuoHubClass *class)
{
  G_OBJECT_CLASS (class)->dispose = luo_hub_dispose;
  G_OBJECT_CLASS (class)->finalize = luo_hub_finalize;
}

static void
luo_hub_init (LuoHub *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->idle);
  self->waits = luo_hub_waits_new ();
  self->contexts = g_ptr_array_new_with_free_func ((GDestroyNotify)g_main_context_unref);
}

LuoHub *
luo_hub_new (const char *data, GError **error)
{
  g_autoptr (LuoHub) self = NULL;

  g_return_val_if_fail (data != NULL, NULL);
  if (sodium_init () < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "libsodium can not be used");
      return NULL;
    }
  self = g_object_new (LUO_TYPE_HUB, NULL);
  self->store = luo_store_open (data, LUO_STORE_HUB, error);
  if (self->store == NULL)
    return NULL;
  self->users = luo_hub_users_new (self->store, error);
  if (self->users == NULL)
    return NULL;
  self->spaces = luo_hub_spaces_new (self->store);
  self->written = g_signal_connect (self->store, "written", G_CALLBACK (written_cb), self);
  return g_steal_pointer (&self);
}

/* A listening socket of our own says exactly what went wrong and takes a port again right after a stop. */
static int
listen_on (const char *listen_text, guint *port, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autofree char *host = NULL;
  const char *colon = strrchr (listen_text, ':');
  guint64 number;
  gsize length;
  int fd;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &number, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: expected ADDRESS:PORT", listen_text);
      return -1;
    }
  host = g_strndup (listen_text, (gsize)(colon - listen_text));
  length = strlen (host);
  if (length >= 2 && host[0] == '[' && host[length - 1] == ']')
    {
      host[length - 1] = '\0';
      memmove (host, host + 1, length - 1);
    }
  if (strcmp (host, "localhost") == 0)
    {
      g_free (host);
      host = g_strdup ("127.0.0.1");
    }
  address = g_inet_socket_address_new_from_string (host, (guint)number);
  if (address == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: not an IP address", host);
      return -1;
    }
  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                         error);
  if (socket == NULL)
    return -1;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, 1024);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return -1;
  bound = g_socket_get_local_address (socket, error);
  if (bound == NULL)
    return -1;
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  /* libmicrohttpd closes its socket itself; the GSocket keeps its own number of it. */
  fd = fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 0);
  if (fd < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
  return fd;
}

gboolean
luo_hub_start (LuoHub *self, const char *listen, GError **error)
{
  int fd;

  g_return_val_if_fail (LUO_IS_HUB (self), FALSE);
  g_return_val_if_fail (self->daemon == NULL, FALSE);

  fd = listen_on (listen, &self->port, error);
  if (fd < 0)
    return FALSE;
  luo_hub_waits_set_stopping (self->waits, FALSE);
  self->daemon = MHD_start_daemon (
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL,
      NULL, access_cb, self, MHD_OPTION_EXTERNAL_LOGGER, log_cb, self, MHD_OPTION_LISTEN_SOCKET, fd,
      MHD_OPTION_THREAD_POOL_SIZE, (unsigned int)LUO_HUB_THREADS, MHD_OPTION_CONNECTION_LIMIT,
      (unsigned int)LUO_HUB_MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
      (unsigned int)LUO_HUB_IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      (size_t)LUO_HUB_CONNECTION_MEMORY, MHD_OPTION_URI_LOG_CALLBACK, uri_cb, self,
      MHD_OPTION_NOTIFY_COMPLETED, completed_cb, self, MHD_OPTION_UNESCAPE_CALLBACK, unescape_cb, self,
      MHD_OPTION_END);
  if (self->daemon == NULL)
    {
      close (fd);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "libmicrohttpd can not be started");
      return FALSE;
    }
  return TRUE;
}

guint
luo_hub_get_port (LuoHub *self)
{
  g_return_val_if_fail (LUO_IS_HUB (self), 0);
  return self->port;
}

void
luo_hub_stop (LuoHub *self)
{
  gint64 deadline = g_get_monotonic_time () + LUO_HUB_STOP_SECONDS * G_USEC_PER_SEC;
  int fd;

  g_return_if_fail (LUO_IS_HUB (self));
  if (self->daemon == NULL)
    return;

  fd = MHD_quiesce_daemon (self->daemon);
  luo_hub_waits_set_stopping (self->waits, TRUE);
  g_mutex_lock (&self->mutex);
  while (self->in_flight > 0 && g_cond_wait_until (&self->idle, &self->mutex, deadline))
    ;
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&self->daemon, MHD_stop_daemon);
  if (fd >= 0)
    close (fd);
}

gboolean
luo_hub_set_user (LuoHub *self, const char *name, const char *password, const char *const *roles,
                  GError **error)
{
  g_return_val_if_fail (LUO_IS_HUB (self), FALSE);
  return luo_hub_users_set (self->users, name, password, roles, error);
}

gboolean
luo_hub_remove_user (LuoHub *self, const char *name, GError **error)
{
  g_return_val_if_fail (LUO_IS_HUB (self), FALSE);
  return luo_hub_users_remove (self->users, name, error);
}

LuoStore *
luo_hub_get_store (LuoHub *self)
{
  return self->store;
}

guint
luo_hub_count_waiting (LuoHub *self)
{
  g_return_val_if_fail (LUO_IS_HUB (self), 0);
  return luo_hub_waits_count (self->waits);
}

/* --- For requests ------------------------------------------------------------------------------------ */

LuoHubWaits *
luo_hub_get_waits (LuoHub *self)
{
  return self->waits;
}

LuoHubUsers *
luo_hub_get_users (LuoHub *self)
{
  return self->users;
}

LuoHubSpaces *
luo_hub_get_spaces (LuoHub *self)
{
  return self->spaces;
}

GMainContext *
luo_hub_take_context (LuoHub *self)
{
  GMainContext *context = NULL;

  g_mutex_lock (&self->mutex);
  if (self->contexts->len > 0)
    context = g_ptr_array_steal_index_fast (self->contexts, self->contexts->len - 1);
  g_mutex_unlock (&self->mutex);
  return context != NULL ? context : g_main_context_new ();
}

void
luo_hub_give_context (LuoHub *self, GMainContext *context)
{
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->contexts, context);
  g_mutex_unlock (&self->mutex);
}

void
luo_hub_count_request (LuoHub *self, int change)
{
  g_mutex_lock (&self->mutex);
  self->in_flight = (guint)((int)self->in_flight + change);
  if (self->in_flight == 0)
    g_cond_broadcast (&self->idle);
  g_mutex_unlock (&self->mutex);
}

gboolean
luo_hub_is_stopping (LuoHub *self)
{
  return luo_hub_waits_is_stopping (self->waits);
}
