/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-http-session-private.h"
#include "luo-store.h"

G_BEGIN_DECLS

/**
 * luo_attachment_fetch_run:
 * @fetched: (out): how many came
 * @first_failure: (out) (transfer full) (nullable): why the first of those that stay wanted did not come: gone on the server, or
 *   its bytes do not have the digest they should have
 *
 * Fetches what stored revisions name and what is not here yet, smallest first, a few at a time, each verified by its digest. A server that
 * keeps compressible types gzipped digests the gzipped bytes (C3271); both are accepted. Blocks.
 *
 * Returns: FALSE with LuoReplicationError where the server was lost or the replica could not store
 */
gboolean luo_attachment_fetch_run (LuoStore *store, LuoHttpSession *session, const char *space,
                                   GCancellable *cancellable, guint64 *fetched, GError **first_failure,
                                   GError **error);

G_END_DECLS
