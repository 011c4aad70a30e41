/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-hub.h"

G_BEGIN_DECLS

#define LUO_TEST_USER "admin"
#define LUO_TEST_PASSWORD "secret"

/**
 * LuoTestHub: a hub in this process with data in a temporary folder and an administrator.
 */
typedef struct
{
  char *folder;
  LuoHub *hub;
  char *backup; /* (nullable) */
  guint port;
  char *url; /* "http://127.0.0.1:PORT" */
} LuoTestHub;

/** @space: (nullable): made at once, the database luoshi-<space> */
LuoTestHub *luo_test_hub_new (const char *space);
void luo_test_hub_free (LuoTestHub *self);

/** Stops answering, and answers again at the same port. */
void luo_test_hub_stop (LuoTestHub *self);
void luo_test_hub_start (LuoTestHub *self);

/** Keeps the hub's data as they are now, replacing what was kept before; the hub restarts. */
void luo_test_hub_back_up (LuoTestHub *self);
/** Puts what was kept in the place of the hub's data, as an administrator does after a disk has failed; the hub restarts. */
void luo_test_hub_restore (LuoTestHub *self);

/** Makes, or deletes and makes anew, the database of a space. */
void luo_test_hub_create_space (LuoTestHub *self, const char *space);
void luo_test_hub_remake_space (LuoTestHub *self, const char *space);

G_END_DECLS
