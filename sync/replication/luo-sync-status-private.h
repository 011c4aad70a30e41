/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-replicator.h"

G_BEGIN_DECLS

/** Beside each space: when it last came to rest, in seconds since 1970 UTC. */
#define LUO_SPACE_META_SETTLED "last-settled"

/** Returns: (transfer full): without spaces, unconnected */
LuoSyncStatus *luo_sync_status_new (void);

/** Adds a space (transfer full; its texts owned) and counts it into the whole. Spaces are added by name. */
void luo_sync_status_take_space (LuoSyncStatus *self, LuoSpaceStatus *space);

G_END_DECLS
