/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "luo-store-sync.h"

G_BEGIN_DECLS

/**
 * StoreFixture: a real replica in a temporary folder that goes with it. Set-up opens a client's store with the space "city".
 */
typedef struct
{
  char *folder;
  LuoStore *store;
} StoreFixture;

void store_fixture_set_up (StoreFixture *fixture, gconstpointer flags);
void store_fixture_tear_down (StoreFixture *fixture, gconstpointer flags);
/** Closes the store and opens the folder again. */
void store_fixture_reopen (StoreFixture *fixture, LuoStoreFlags flags);

/** Returns: (transfer full): a new empty folder */
char *make_folder (void);
void remove_folder (const char *folder);

/** Asserts that the store's check finds nothing. */
void assert_sound (LuoStore *store);

/** Saves an edit in "city" and returns the revision: (transfer full) */
char *put (LuoStore *store, const char *id, const char *parent, const char *body, LuoPutFlags flags);

/** An incoming revision: @history is "2-b 1-a", newest first. (transfer full) */
LuoIncoming *make_incoming (const char *id, const char *history, gboolean deleted, const char *body);

/** Inserts one revision into @space and asserts that it was taken. */
void insert (LuoStore *store, const char *space, const char *id, const char *history, gboolean deleted,
             const char *body, LuoInsertFlags flags);

/** Returns: (transfer full): the tree in words: "2-b(1-a) leaf …" by generation downwards; to compare two stores */
char *describe_tree (LuoStore *store, const char *space, const char *id);

G_END_DECLS
