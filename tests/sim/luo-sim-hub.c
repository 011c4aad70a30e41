/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "luo-hub-private.h"
#include "luo-sim-private.h"
#include "luo-store-sync.h"

/* A hash that costs nothing: what argon2id costs is not what is tried here. */
static const char *
cheap_hash (void)
{
  static char hash[crypto_pwhash_STRBYTES];

  if (hash[0] == '\0')
    g_assert (crypto_pwhash_str_alg (hash, "secret", strlen ("secret"), crypto_pwhash_OPSLIMIT_MIN,
                                     crypto_pwhash_MEMLIMIT_MIN, crypto_pwhash_ALG_ARGON2ID13)
              == 0);
  return hash;
}

static void
put_user (LuoSim *sim, const char *name, const char *roles)
{
  LuoStore *store = luo_hub_get_store (sim->hub);
  g_autofree char *id = g_strconcat (LUO_HUB_USER_PREFIX, name, NULL);
  g_autofree char *body = g_strdup_printf ("{\"name\":\"%s\",\"type\":\"user\",\"roles\":[%s],"
                                           "\"password_scheme\":\"argon2id\",\"derived_key\":\"%s\"}",
                                           name, roles, cheap_hash ());
  g_autoptr (LuoDocument) document = luo_store_get (store, LUO_HUB_USERS_SPACE, id, NULL, NULL);
  g_autoptr (GError) error = NULL;

  if (!luo_store_put (store, LUO_HUB_USERS_SPACE, id,
                      document != NULL ? luo_document_get_rev (document) : NULL, body, NULL, FALSE,
                      LUO_PUT_DEFAULT, NULL, &error)
      && !luo_sim_disk_is_dead (sim->hub_disk))
    luo_sim_fail (sim, "the hub can not keep a user: %s", error->message);
  luo_hub_users_forget (luo_hub_get_users (sim->hub));
}

void
luo_sim_hub_set_rights (LuoSim *sim, LuoSimDesk *desk, gboolean all)
{
  /* The role of a district may read the city; the city's own role may write there. */
  static const char *const roles[] = { "\"city\",\"huanggu\"", "\"huanggu\"", "\"city\"", "" };
  /* Who may not read a space any more gives up what the server holds of it. Where the server loses its database as well, nobody is left
   * who could know better, so in a run with databases that are lost everybody may read all. */
  guint which = all ? 0 : luo_sim_pick (sim, sim->faults.remake > 0 ? 2 : G_N_ELEMENTS (roles));

  if (sim->hub == NULL || luo_sim_disk_is_dead (sim->hub_disk))
    return;
  luo_sim_note (sim, "%s may [%s]", desk->name, roles[which]);
  put_user (sim, desk->name, roles[which]);
}

static void
ensure_database (LuoSim *sim, const char *space)
{
  g_autofree char *database = g_strconcat ("luoshi-", space, NULL);
  g_autoptr (GError) error = NULL;

  if (!luo_store_create_space (luo_hub_get_store (sim->hub), database, &error)
      && !g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS)
      && !luo_sim_disk_is_dead (sim->hub_disk))
    luo_sim_fail (sim, "the hub can not make a database: %s", error->message);
  luo_hub_spaces_forget (luo_hub_get_spaces (sim->hub));
}

void
luo_sim_hub_start (LuoSim *sim)
{
  LuoSimDesk *actor;
  g_autoptr (GMainContext) deaf = NULL;
  g_autoptr (GError) error = NULL;

  if (sim->hub != NULL)
    return;
  actor = luo_sim_set_actor (sim, NULL);
  deaf = g_main_context_new ();
  luo_sim_note (sim, "the hub starts");
  g_main_context_push_thread_default (deaf);
  sim->hub = luo_hub_new (sim->hub_folder, &error);
  g_main_context_pop_thread_default (deaf);
  if (sim->hub == NULL)
    luo_sim_fail (sim, "the hub can not start: %s", error->message);
  if (sim->hub_life++ == 0)
    for (guint i = 0; i < sim->n_desks; i++)
      luo_sim_hub_set_rights (sim, sim->desks[i], TRUE);
  for (guint i = 0; sim->spaces[i] != NULL; i++)
    ensure_database (sim, sim->spaces[i]);
  luo_sim_set_actor (sim, actor);
}

void
luo_sim_hub_stop (LuoSim *sim)
{
  if (sim->hub == NULL)
    return;
  luo_sim_note (sim, "the hub %s", luo_sim_disk_is_dead (sim->hub_disk) ? "is gone" : "ends");
  g_assert_finalize_object (g_steal_pointer (&sim->hub));
  if (luo_sim_disk_is_dead (sim->hub_disk))
    luo_sim_disk_revive (sim->hub_disk, g_rand_boolean (sim->disk_rand), sim->disk_rand);
  sim->hub_doomed = FALSE;
}

void
luo_sim_hub_free (LuoSim *sim)
{
  luo_sim_hub_stop (sim);
  luo_sim_disk_free (sim->hub_disk);
}

void
luo_sim_hub_remake (LuoSim *sim, const char *space)
{
  g_autofree char *database = g_strconcat ("luoshi-", space, NULL);
  g_autoptr (GError) error = NULL;
  LuoSimDesk *actor;

  if (sim->hub == NULL || luo_sim_disk_is_dead (sim->hub_disk))
    return;
  actor = luo_sim_set_actor (sim, NULL);
  luo_sim_note (sim, "the hub's database %s is made anew", space);
  if (!luo_store_delete_space (luo_hub_get_store (sim->hub), database, &error)
      && !luo_sim_disk_is_dead (sim->hub_disk))
    luo_sim_fail (sim, "the hub can not delete a database: %s", error->message);
  ensure_database (sim, space);
  luo_sim_set_actor (sim, actor);
}

gint64
luo_sim_hub_get_seq (LuoSim *sim, const char *space)
{
  g_autofree char *database = g_strconcat ("luoshi-", space, NULL);
  g_autoptr (LuoSpace) found
      = sim->hub != NULL ? luo_store_get_space (luo_hub_get_store (sim->hub), database, NULL) : NULL;

  return found != NULL ? found->seq : 0;
}
