/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-security-private.h"

#include <string.h>

#include "luo-hub-error.h"
#include "luo-hub-users-private.h"

static gboolean
is_named (LuoHubUser *user, char **names, char **roles)
{
  if (names != NULL && g_strv_contains ((const char *const *)names, user->name))
    return TRUE;
  for (gsize i = 0; roles != NULL && roles[i] != NULL; i++)
    if (luo_hub_user_has_role (user, roles[i]))
      return TRUE;
  return FALSE;
}

/* Whether one of the user's roles is a database that exists. */
static gboolean
has_district (LuoHubSpaces *spaces, LuoHubUser *user)
{
  for (gsize i = 0; user->roles[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat (LUO_HUB_SPACE_PREFIX, user->roles[i], NULL);

      if (luo_hub_spaces_has (spaces, name))
        return TRUE;
    }
  return FALSE;
}

LuoHubAccess
luo_hub_security_access (LuoHubSpaces *spaces, LuoHubUser *user, LuoHubSpace *database, const char *id)
{
  if (user == NULL)
    return LUO_HUB_ACCESS_NONE;
  if (user->admin)
    return LUO_HUB_ACCESS_SERVER;

  if (strcmp (database->name, LUO_HUB_USERS_SPACE) == 0)
    {
      gboolean own = id != NULL && g_str_has_prefix (id, LUO_HUB_USER_PREFIX)
                     && strcmp (id + strlen (LUO_HUB_USER_PREFIX), user->name) == 0;

      return own ? LUO_HUB_ACCESS_WRITE : LUO_HUB_ACCESS_NONE;
    }
  if (is_named (user, database->admin_names, database->admin_roles))
    return LUO_HUB_ACCESS_ADMIN;
  if (is_named (user, database->member_names, database->member_roles))
    return LUO_HUB_ACCESS_WRITE;
  if (!g_str_has_prefix (database->name, LUO_HUB_SPACE_PREFIX))
    return LUO_HUB_ACCESS_NONE;

  if (luo_hub_user_has_role (user, LUO_HUB_BUREAU_ROLE)
      || luo_hub_user_has_role (user, database->name + strlen (LUO_HUB_SPACE_PREFIX)))
    return LUO_HUB_ACCESS_WRITE;
  if (strcmp (database->name, LUO_HUB_CITY_SPACE) == 0 && has_district (spaces, user))
    return LUO_HUB_ACCESS_READ;
  return LUO_HUB_ACCESS_NONE;
}

gboolean
luo_hub_security_demand (LuoHubUser *user, LuoHubAccess has, LuoHubAccess needs, GError **error)
{
  if (has >= needs)
    return TRUE;
  if (needs == LUO_HUB_ACCESS_SERVER)
    g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_UNAUTHORIZED, "You are not a server admin.");
  else if (user == NULL)
    g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_UNAUTHORIZED,
                         "You are not authorized to access this db.");
  else if (has == LUO_HUB_ACCESS_NONE)
    g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_FORBIDDEN,
                         "You are not allowed to access this db.");
  else if (needs == LUO_HUB_ACCESS_ADMIN)
    g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_UNAUTHORIZED,
                         "You are not a db or server admin.");
  else
    g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_FORBIDDEN,
                         "You may read this db but not write to it.");
  return FALSE;
}

gboolean
luo_hub_security_check_write (LuoHubUser *user, LuoHubAccess has, const char *id, GError **error)
{
  gboolean design = g_str_has_prefix (id, "_design/");

  return luo_hub_security_demand (user, has, design ? LUO_HUB_ACCESS_ADMIN : LUO_HUB_ACCESS_WRITE, error);
}
