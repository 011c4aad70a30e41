/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli.h"

#include <glib/gi18n.h>

#include "luo-json-text.h"

static int
run_init (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *user = NULL;
  const GOptionEntry entries[] = {
    { "user", 'u', 0, G_OPTION_ARG_FILENAME, &user,
      N_ ("Records are made and edited by NAME until a server is set"), N_ ("NAME") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 0, 0))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, TRUE);
  if (store == NULL)
    return 1;
  if (user != NULL && !luo_store_set_meta (store, "user", user, &error))
    return luo_cli_fail (error);
  luo_cli_print (_ ("The records are kept in %s.\n"), luo_store_get_folder (store));
  return 0;
}

static int
run_check (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  gboolean rebuild = FALSE;
  const GOptionEntry entries[] = {
    { "rebuild", 0, 0, G_OPTION_ARG_NONE, &rebuild, N_ ("Build lists and search anew first"), NULL },
    { NULL },
  };
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 0, 0))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  if (rebuild && !luo_store_rebuild (store, &error))
    return luo_cli_fail (error);
  luo_store_wait_indexed (store);
  if (!luo_store_check (store, &problems, &error))
    return luo_cli_fail (error);
  if (cli->json)
    {
      g_autoptr (GString) json = g_string_new (NULL);

      g_string_printf (json, "{\"ok\":%s,\"problems\":[", problems->len == 0 ? "true" : "false");
      for (guint i = 0; i < problems->len; i++)
        {
          if (i > 0)
            g_string_append_c (json, ',');
          luo_json_append_string (json, g_ptr_array_index (problems, i));
        }
      luo_cli_print ("%s]}\n", json->str);
      return problems->len == 0 ? 0 : 1;
    }
  for (guint i = 0; i < problems->len; i++)
    luo_cli_print ("%s\n", (char *)g_ptr_array_index (problems, i));
  if (problems->len > 0)
    {
      luo_cli_say (ngettext ("luoshictl: %u problem was found.\n", "luoshictl: %u problems were found.\n",
                             problems->len),
                   problems->len);
      return 1;
    }
  luo_cli_print (_ ("All is well.\n"));
  return 0;
}

const LuoCliCommand luo_cli_replica_commands[] = {
  { "init", "", N_ ("Makes an empty place for records."), FALSE, run_init },
  { "check", "", N_ ("Checks that the records are whole."), TRUE, run_check },
  { NULL },
};
