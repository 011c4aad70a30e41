/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-draft.h"
#include "luo-proposal.h"

G_BEGIN_DECLS

#define LUO_TYPE_PROPOSAL_DIALOG (luo_proposal_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LuoProposalDialog, luo_proposal_dialog, LUO, PROPOSAL_DIALOG, AdwWindow)

/**
 * luo_proposal_dialog_new:
 * @parent: (nullable): the window it stands before
 * @proposal: (transfer full): what the records say
 * @task: the task, for the names of its indicators
 * @draft: the progress that takes what a person accepts
 *
 * Shows a proposal to be accepted in parts and edited. Nothing that is written already is lost unless a person chooses so: a text goes
 * behind the one that is there, a reading that is there is kept.
 *
 * Returns: (transfer none): the window, which is freed when it is closed
 */
GtkWidget *luo_proposal_dialog_new (GtkWindow *parent, LuoProposal *proposal, JsonObject *task,
                                    LuoDraft *draft);

G_END_DECLS
