/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-user-private.h"

LuoHubUser *
luo_hub_user_new (const char *name, const char *const *roles, const char *derived_key)
{
  LuoHubUser *self = g_new0 (LuoHubUser, 1);

  g_atomic_ref_count_init (&self->references);
  self->name = g_strdup (name);
  self->roles = roles != NULL ? g_strdupv ((char **)roles) : g_new0 (char *, 1);
  self->derived_key = g_strdup (derived_key);
  self->admin = luo_hub_user_has_role (self, "_admin");
  return self;
}

LuoHubUser *
luo_hub_user_ref (LuoHubUser *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
luo_hub_user_unref (LuoHubUser *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->name);
  g_strfreev (self->roles);
  g_free (self->derived_key);
  g_free (self);
}

void
luo_hub_user_free (LuoHubUser *self)
{
  if (self != NULL)
    luo_hub_user_unref (self);
}

gboolean
luo_hub_user_has_role (LuoHubUser *self, const char *role)
{
  return g_strv_contains ((const char *const *)self->roles, role);
}
