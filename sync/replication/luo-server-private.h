/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-http-session-private.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* What is asked of a server as a whole. All of it blocks. */

/** Signs in and looks whether what answers is a CouchDB. */
gboolean luo_server_greet (LuoHttpSession *session, GCancellable *cancellable, GError **error);

/**
 * luo_server_keep:
 *
 * Keeps endpoint and user in the replica. Where another server was kept before, what that one holds says nothing about this one: all marks
 * are dropped.
 */
gboolean luo_server_keep (LuoStore *store, LuoHttpSession *session, const char *url, const char *user,
                          GError **error);

/** Returns: (transfer full) (nullable): names of the server's spaces that this user may read, NULL-ended */
char **luo_server_list_spaces (LuoHttpSession *session, GCancellable *cancellable, GError **error);

/** Makes the database of a space; one that is there already is what was asked for. */
gboolean luo_server_create_space (LuoHttpSession *session, const char *space, GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
