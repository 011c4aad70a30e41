/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-hub-user-private.h"
#include "luo-store.h"

G_BEGIN_DECLS

/** The database of users, as in CouchDB. */
#define LUO_HUB_USERS_SPACE "_users"
/** What the id of a user's document begins with. */
#define LUO_HUB_USER_PREFIX "org.couchdb.user:"

/**
 * LuoHubUsers: the users, kept as documents of `_users`: {"name","roles","type":"user","password_scheme":"argon2id",
 * "derived_key":"$argon2id$…"}. Another process may write them; a change holds within a second. Thread-safe; what hashes
 * a password blocks for some 50 ms.
 */
typedef struct _LuoHubUsers LuoHubUsers;

/** @store: (transfer none): outlives it. Makes `_users` where it is not there. Returns: (transfer full) */
LuoHubUsers *luo_hub_users_new (LuoStore *store, GError **error);
void luo_hub_users_free (LuoHubUsers *self);
/** Something was written to `_users`. */
void luo_hub_users_forget (LuoHubUsers *self);

/** LUO_HUB_ERROR_BAD_REQUEST for a name or a password that can not be. */
gboolean luo_hub_users_set (LuoHubUsers *self, const char *name, const char *password,
                            const char *const *roles, GError **error);
gboolean luo_hub_users_remove (LuoHubUsers *self, const char *name, GError **error);
/** Returns: (transfer full) (element-type LuoHubUser): sorted by name */
GPtrArray *luo_hub_users_list (LuoHubUsers *self, GError **error);

/** Returns: (transfer full) (nullable): NULL where there is no such user */
LuoHubUser *luo_hub_users_lookup (LuoHubUsers *self, const char *name);

/**
 * luo_hub_users_verify:
 * @address: where the attempt comes from
 *
 * LUO_HUB_ERROR_UNAUTHORIZED where name or password is wrong, in the same time for both; LUO_HUB_ERROR_TOO_MANY, without
 * looking at the password, after too many failures. A password that was right is not hashed again for a while.
 *
 * Returns: (transfer full)
 */
LuoHubUser *luo_hub_users_verify (LuoHubUsers *self, const char *name, const char *password,
                                  const char *address, GError **error);

/**
 * luo_hub_users_hash_body:
 * @body: of a document of `_users`, without `_` members
 * @id: of the document
 *
 * Puts the hash in the place of a `password` member and checks that name and id fit together, as CouchDB does before it writes one.
 *
 * Returns: (transfer full)
 */
char *luo_hub_users_hash_body (const char *id, const char *body, GError **error);

/** The key that signs a session of @user: ends with the user's password. @key: 32 bytes */
void luo_hub_users_session_key (LuoHubUsers *self, LuoHubUser *user, guint8 *key);

G_END_DECLS
