/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/* luoshi-hub as a library, so that two replicas and a hub can be tested in one process. */

#define LUO_TYPE_HUB (luo_hub_get_type ())
G_DECLARE_FINAL_TYPE (LuoHub, luo_hub, LUO, HUB, GObject)

/**
 * luo_hub_new:
 * @data: folder of the hub's store; made where it does not exist
 *
 * Returns: (transfer full)
 */
LuoHub *luo_hub_new (const char *data, GError **error);

/**
 * luo_hub_start:
 * @listen: "127.0.0.1:0", "[::1]:5985"; port 0 lets the system choose
 *
 * Listens with threads of its own; returns when requests are answered.
 */
gboolean luo_hub_start (LuoHub *self, const char *listen, GError **error);
guint luo_hub_get_port (LuoHub *self);
/** Finishes what is in flight, ends waiting polls, stops listening. Blocks. The store stays open for another start. */
void luo_hub_stop (LuoHub *self);

/** Adds or replaces a user (argon2id). @roles: NULL-ended; "_admin" is an administrator. Blocks for the time of the hash. */
gboolean luo_hub_set_user (LuoHub *self, const char *name, const char *password, const char *const *roles,
                           GError **error);
gboolean luo_hub_remove_user (LuoHub *self, const char *name, GError **error);

/** Returns: (transfer none): the hub's store (spaces are databases by their full names) */
LuoStore *luo_hub_get_store (LuoHub *self);

/** How many feeds of changes wait now, without a thread. */
guint luo_hub_count_waiting (LuoHub *self);

G_END_DECLS
