/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-test-hub.h"
#include "luo-test-replica.h"

G_BEGIN_DECLS

/**
 * HubSyncFixture: two replicas and a hub with the space city in one process, connected.
 */
typedef struct
{
  LuoTestHub *hub;
  LuoTestReplica *a, *b;
} HubSyncFixture;

void hub_sync_set_up (HubSyncFixture *f, gconstpointer unused);
void hub_sync_tear_down (HubSyncFixture *f, gconstpointer unused);

/** Both reconcile until nothing moves any more: A sends, B merges and sends, A takes the merge. */
void hub_sync_both (HubSyncFixture *f);

/** The status of a space; NULL where it has none. */
LuoSpaceStatus *hub_sync_status_of (LuoSyncStatus *status, const char *space);
/** Records in conflict in city. */
guint hub_sync_count_conflicts (LuoTestReplica *replica);
/** Saves @n notes in city as one edit: note:00000, … with a member n. */
void hub_sync_put_many (LuoTestReplica *replica, guint n);

G_END_DECLS
