/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoReplicationError: why reconciling did not go on. Messages are translated and fit for a person.
 * @LUO_REPLICATION_ERROR_OFFLINE: no connection, name not found, connection cut; tried again later
 * @LUO_REPLICATION_ERROR_UNAUTHORIZED: 401: user or password
 * @LUO_REPLICATION_ERROR_FORBIDDEN: 403
 * @LUO_REPLICATION_ERROR_WITHDRAWN: a space may not be read any more and its copies are gone
 * @LUO_REPLICATION_ERROR_NOT_FOUND: the server has no such space
 * @LUO_REPLICATION_ERROR_BUSY: 429, 503: the server asks to wait
 * @LUO_REPLICATION_ERROR_PROTOCOL: an answer that CouchDB would not give
 * @LUO_REPLICATION_ERROR_SERVER: 5xx
 * @LUO_REPLICATION_ERROR_TLS: the certificate is not trusted
 * @LUO_REPLICATION_ERROR_REPLICA: this replica could not store (message of LuoStoreError)
 */
typedef enum
{
  LUO_REPLICATION_ERROR_OFFLINE,
  LUO_REPLICATION_ERROR_UNAUTHORIZED,
  LUO_REPLICATION_ERROR_FORBIDDEN,
  LUO_REPLICATION_ERROR_WITHDRAWN,
  LUO_REPLICATION_ERROR_NOT_FOUND,
  LUO_REPLICATION_ERROR_BUSY,
  LUO_REPLICATION_ERROR_PROTOCOL,
  LUO_REPLICATION_ERROR_SERVER,
  LUO_REPLICATION_ERROR_TLS,
  LUO_REPLICATION_ERROR_REPLICA,
} LuoReplicationError;

#define LUO_REPLICATION_ERROR (luo_replication_error_quark ())
GQuark luo_replication_error_quark (void);

G_END_DECLS
