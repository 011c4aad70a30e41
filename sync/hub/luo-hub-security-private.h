/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "luo-hub-spaces-private.h"
#include "luo-hub-user-private.h"

G_BEGIN_DECLS

/* Who may do what. The rule, in full:
 *
 *  1. Nobody who has not signed in may do anything but ask for the welcome, `/_up` and `/_session`.
 *  2. The role `_admin` may do everything.
 *  3. A database's `_security` object names admins and members, by name and by role. An admin may read, write, change `_security`
 *     and write design documents; a member may read and write.
 *  4. The role `bureau` may read and write every database whose name begins with `luoshi-`.
 *  5. A role that equals the name of a database without `luoshi-` (`huanggu` for `luoshi-huanggu`) may read and write it.
 *  6. Who has such a role of a database that exists may read `luoshi-city`, whose role is `city`.
 *  7. Everything else is refused: a database whose `_security` names nobody is for administrators and 4 to 6.
 *  8. In `_users` everybody may read and write his own document, but not change his roles.
 *  9. Who may read a database may write its `_local` documents, which hold a replicator's checkpoints and go nowhere.
 */

/** The prefix of the databases that hold spaces. */
#define LUO_HUB_SPACE_PREFIX "luoshi-"
#define LUO_HUB_CITY_SPACE "luoshi-city"
#define LUO_HUB_BUREAU_ROLE "bureau"

typedef enum
{
  LUO_HUB_ACCESS_NONE,
  LUO_HUB_ACCESS_READ,
  LUO_HUB_ACCESS_WRITE,
  LUO_HUB_ACCESS_ADMIN,  /* of the database */
  LUO_HUB_ACCESS_SERVER, /* an administrator of the server */
} LuoHubAccess;

/** @user: (nullable); @id: (nullable): the document that is asked for. What @user may do with @database. */
LuoHubAccess luo_hub_security_access (LuoHubSpaces *spaces, LuoHubUser *user, LuoHubSpace *database,
                                      const char *id);

/** Whether @has is enough for @needs; otherwise LUO_HUB_ERROR_UNAUTHORIZED or _FORBIDDEN, as CouchDB answers. */
gboolean luo_hub_security_demand (LuoHubUser *user, LuoHubAccess has, LuoHubAccess needs, GError **error);

/**
 * luo_hub_security_check_write:
 * @has: what luo_hub_security_access() said
 * @id: the document that is to be written
 *
 * What holds for single documents beyond the right to write: design documents are for the database's admins. The one place
 * through which every write of a document goes.
 */
gboolean luo_hub_security_check_write (LuoHubUser *user, LuoHubAccess has, const char *id, GError **error);

G_END_DECLS
