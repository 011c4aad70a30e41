/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-cli.h"
#include "luo-replicator.h"

G_BEGIN_DECLS

/**
 * luo_cli_get_replicator:
 *
 * A replicator for the replica, with its server, user and password set (LUOSHI_PASSWORD, the keyring, or asked for).
 *
 * Returns: (transfer full) (nullable): NULL where the reason was printed
 */
LuoReplicator *luo_cli_get_replicator (LuoCli *cli);

G_END_DECLS
