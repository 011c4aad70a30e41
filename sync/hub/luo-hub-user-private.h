/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoHubUser: somebody who has signed in: an immutable, reference-counted value.
 */
typedef struct _LuoHubUser LuoHubUser;
struct _LuoHubUser
{
  gatomicrefcount references;
  char *name;
  char **roles;      /* NULL-ended */
  gboolean admin;    /* has the role _admin */
  char *derived_key; /* argon2id as libsodium writes it: "$argon2id$v=19$…" */
};

/** @roles: (transfer none): NULL-ended */
LuoHubUser *luo_hub_user_new (const char *name, const char *const *roles, const char *derived_key);
LuoHubUser *luo_hub_user_ref (LuoHubUser *self);
void luo_hub_user_unref (LuoHubUser *self);
/** unref that takes NULL. */
void luo_hub_user_free (LuoHubUser *self);
gboolean luo_hub_user_has_role (LuoHubUser *self, const char *role);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoHubUser, luo_hub_user_free)

G_END_DECLS
