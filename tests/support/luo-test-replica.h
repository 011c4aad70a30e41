/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-replicator.h"

G_BEGIN_DECLS

/**
 * LuoTestReplica: a replica in a temporary folder with its replicator. Every function asserts success unless it has an error.
 */
typedef struct
{
  char *folder;
  LuoStore *store;
  LuoReplicator *replicator;
} LuoTestReplica;

LuoTestReplica *luo_test_replica_new (void);
/** Closes the replica and removes its folder; asserts that nothing holds on to its objects. */
void luo_test_replica_free (LuoTestReplica *self);

/** Closes replicator and store and opens the folder again, as a restart of the program does. */
void luo_test_replica_restart (LuoTestReplica *self);

gboolean luo_test_replica_connect (LuoTestReplica *self, const char *url, const char *user,
                                   const char *password, GError **error);
/** One run over all spaces. */
gboolean luo_test_replica_try_sync (LuoTestReplica *self, GCancellable *cancellable, GError **error);
void luo_test_replica_sync (LuoTestReplica *self);

/** Saves @body on the winner, or as a new document. Returns: (transfer full): the revision */
char *luo_test_replica_put (LuoTestReplica *self, const char *space, const char *id, const char *body);
/** Sets one member of the winner. */
void luo_test_replica_set (LuoTestReplica *self, const char *space, const char *id, const char *pointer,
                           const char *value);
void luo_test_replica_delete (LuoTestReplica *self, const char *space, const char *id);
/** Adds a file to the winner. */
void luo_test_replica_attach (LuoTestReplica *self, const char *space, const char *id, const char *name,
                              const char *content_type, GBytes *bytes);
/** Returns: (transfer full): the bytes of a file of the winner */
GBytes *luo_test_replica_read (LuoTestReplica *self, const char *space, const char *id, const char *name);

/** Returns: (transfer full) (nullable): the winner's body; NULL where there is none or it is deleted */
char *luo_test_replica_body (LuoTestReplica *self, const char *space, const char *id);
/** Returns: (transfer full): the revisions of all live leaves, sorted, with a space between */
char *luo_test_replica_leaves (LuoTestReplica *self, const char *space, const char *id);

/** Asserts that two replicas hold the same documents, leaves and bodies in a space. */
void luo_test_replicas_assert_equal (LuoTestReplica *a, LuoTestReplica *b, const char *space);

/** Iterates the main context until @done or, asserting, until far too much time has passed. */
typedef gboolean (*LuoTestDone) (gpointer user_data);
void luo_test_wait (LuoTestDone done, gpointer user_data);

/** Removes a folder with what is in it. */
void luo_test_remove_folder (const char *folder);

G_END_DECLS
