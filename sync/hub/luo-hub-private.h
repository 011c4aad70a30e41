/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-hub-spaces-private.h"
#include "luo-hub-users-private.h"
#include "luo-hub-wait-private.h"
#include "luo-hub.h"

G_BEGIN_DECLS

/* What requests need of the hub. All of it is thread-safe and lives as long as the hub. */

LuoHubWaits *luo_hub_get_waits (LuoHub *self);
LuoHubUsers *luo_hub_get_users (LuoHub *self);
LuoHubSpaces *luo_hub_get_spaces (LuoHub *self);

/** Counts the requests in flight: +1 when one begins, -1 when its answer is sent. */
void luo_hub_count_request (LuoHub *self, int change);
gboolean luo_hub_is_stopping (LuoHub *self);

/**
 * luo_hub_take_context:
 *
 * A main context by which a request hears of what the store does for it meanwhile; luo_hub_give_context() gives it back when nothing more
 * will come by it. They live as long as the hub: the store's thread still touches one for a moment after what it brought has been
 * taken out, and GLib (2.74) looks into it when it lets go of the source.
 *
 * Returns: (transfer full): to be given back
 */
GMainContext *luo_hub_take_context (LuoHub *self);
/** @context: (transfer full) */
void luo_hub_give_context (LuoHub *self, GMainContext *context);

/** LUO_HUB_ERROR_ILLEGAL_DATABASE_NAME where @name can not be the name of a database. */
gboolean luo_hub_check_database_name (const char *name, GError **error);

G_END_DECLS
