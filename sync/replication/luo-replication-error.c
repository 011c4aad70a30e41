/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-replication-error-private.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "luo-record-error.h"
#include "luo-store-error.h"

G_DEFINE_QUARK (luo - replication - error - quark, luo_replication_error)

GError *
luo_replication_error_translate (GError *foreign)
{
  GError *error;

  if (foreign->domain == LUO_REPLICATION_ERROR || g_error_matches (foreign, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return foreign;

  if (foreign->domain == LUO_STORE_ERROR)
    error = g_error_new_literal (LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_REPLICA, foreign->message);
  else if (foreign->domain == LUO_RECORD_ERROR)
    error = g_error_new (LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                         _ ("The server gave an answer that can not be read: %s"), foreign->message);
  else if (foreign->domain == G_TLS_ERROR && foreign->code != G_TLS_ERROR_EOF)
    error = g_error_new (LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_TLS,
                         _ ("The server’s certificate is not trusted: %s"), foreign->message);
  else
    /* Sockets, name lookup, proxies and the HTTP parser: whatever it was, the other end was not reached or went away. */
    error = g_error_new (LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE,
                         _ ("The server can not be reached: %s"), foreign->message);
  g_error_free (foreign);
  return error;
}

void
luo_replication_error_propagate (GError **error, GError *foreign)
{
  g_propagate_error (error, luo_replication_error_translate (foreign));
}

void
luo_replication_error_set_status (GError **error, guint status, const char *reason)
{
  LuoReplicationError code;

  switch (status)
    {
    case 401:
      g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_UNAUTHORIZED,
                           _ ("The server does not accept this name and password."));
      return;
    case 403:
      code = LUO_REPLICATION_ERROR_FORBIDDEN;
      if (reason != NULL)
        g_set_error (error, LUO_REPLICATION_ERROR, code, _ ("The server does not allow it: %s"), reason);
      else
        g_set_error_literal (error, LUO_REPLICATION_ERROR, code, _ ("The server does not allow it."));
      return;
    case 404:
      g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_NOT_FOUND,
                           _ ("The server has no such space."));
      return;
    case 429:
    case 503:
      g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_BUSY,
                           _ ("The server is busy and asks to wait."));
      return;
    case 502:
    case 504:
      /* A proxy speaks for a server that is not there. */
      g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_OFFLINE,
                           _ ("The server can not be reached at the moment."));
      return;
    default:
      break;
    }

  if (status >= 500)
    g_set_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_SERVER,
                 _ ("The server has a fault (%u %s)."), status, reason != NULL ? reason : "");
  else
    g_set_error (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                 _ ("The server gave an answer that was not expected (%u %s)."), status,
                 reason != NULL ? reason : "");
}
