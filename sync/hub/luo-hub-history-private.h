/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-document.h"
#include "luo-hub-request-private.h"

G_BEGIN_DECLS

/* The history of records (documents `edit:…` of the type "edit" in the databases of spaces) is only added to:
 *
 *  1. An entry that is there is neither changed nor deleted. The store sees to that, within its transaction.
 *  2. An entry is written in one's own name: `by` is the user's, or a name that nobody has on this server (what was edited before
 *     the office had an account), or absent. Administrators may carry the entries of others.
 *  3. Id and type go together, so that nothing else passes for an entry.
 *
 * A revision that is there already is taken as often as it comes, from whoever: replication repeats itself. What is refused is
 * LUO_HUB_ERROR_FORBIDDEN: 403, or `forbidden` in its row, as a validation function of CouchDB does it. */

/** Whether a document that is to be written is an entry, or pretends to be. Quick. */
gboolean luo_hub_history_concerns (LuoHubRequest *request, const LuoIncoming *incoming);

/** Rules 2 and 3, and a tombstone of what is not there. */
gboolean luo_hub_history_check (LuoHubRequest *request, const LuoIncoming *incoming, GError **error);

/** Nothing is copied into the history. */
gboolean luo_hub_history_check_copy (LuoHubRequest *request, const char *id, GError **error);

G_END_DECLS
