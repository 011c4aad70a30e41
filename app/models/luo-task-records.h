/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-proposal.h"
#include "luo-store.h"

G_BEGIN_DECLS

/**
 * luo_task_records_propose:
 * @task: the task
 * @month, @until, @office: see luo_proposal_new()
 *
 * Reads the records that are linked to a task and makes a proposal from them. Blocks.
 *
 * Returns: (transfer full): NULL with an error of reading
 */
LuoProposal *luo_task_records_propose (LuoStore *store, LuoDocument *task, const char *month,
                                       const char *until, const char *office, GError **error);

G_END_DECLS
