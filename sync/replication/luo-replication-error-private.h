/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-replication-error.h"

G_BEGIN_DECLS

/**
 * luo_replication_error_translate:
 * @foreign: (transfer full): an error of GIO, TLS, libsoup, the store or a JSON text
 *
 * The one place where foreign errors become LuoReplicationError. A cancellation (G_IO_ERROR_CANCELLED) stays one.
 *
 * Returns: (transfer full)
 */
GError *luo_replication_error_translate (GError *foreign);

/** As g_propagate_error(), translated. */
void luo_replication_error_propagate (GError **error, GError *foreign);

/** Sets the error that an HTTP status of 400 or more stands for. @reason: (nullable): the server's own words */
void luo_replication_error_set_status (GError **error, guint status, const char *reason);

G_END_DECLS
