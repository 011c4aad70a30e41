/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli-server.h"

#include <glib/gi18n.h>

#include "luo-password.h"

/* A password in a local that is overwritten when it goes out of scope. */
typedef char *Password;
static void
clear_password (Password *password)
{
  luo_password_free (*password);
}
#define LUO_AUTO_PASSWORD __attribute__ ((cleanup (clear_password))) Password

static char *
ask_password (const char *user, const char *url, GError **error)
{
  g_autofree char *prompt = g_strdup_printf (_ ("Password of %s at %s: "), user, url);

  return luo_password_ask (prompt, error);
}

LuoReplicator *
luo_cli_get_replicator (LuoCli *cli)
{
  LuoStore *store = luo_cli_open (cli, FALSE);
  g_autoptr (LuoReplicator) replicator = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  g_autofree char *user = NULL;
  LUO_AUTO_PASSWORD password = NULL;

  if (store == NULL)
    return NULL;
  url = luo_store_get_meta (store, "endpoint", NULL);
  user = luo_store_get_meta (store, "user", NULL);
  if (url == NULL || user == NULL)
    {
      luo_cli_say (_ ("luoshictl: No server is set; “luoshictl connect URL --user NAME” sets one.\n"));
      return NULL;
    }
  password = g_strdup (g_getenv ("LUOSHI_PASSWORD"));
  if (password == NULL)
    password = luo_password_find (url, user);
  if (password == NULL)
    password = ask_password (user, url, &error);
  if (password == NULL)
    {
      luo_cli_fail (error);
      return NULL;
    }
  replicator = luo_replicator_new (store);
  luo_replicator_set_server (replicator, url, user, password);
  return g_steal_pointer (&replicator);
}

static int
run_connect (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *user = NULL;
  const GOptionEntry entries[] = {
    { "user", 'u', 0, G_OPTION_ARG_FILENAME, &user, N_ ("Sign in as NAME"), N_ ("NAME") },
    { NULL },
  };
  g_autoptr (LuoReplicator) replicator = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (LuoCliWait) wait = { NULL };
  LUO_AUTO_PASSWORD password = NULL;
  LuoStore *store;
  const char *url;

  if (!luo_cli_parse (cli, command, entries, args, 1, 1))
    return LUO_CLI_EXIT_USAGE;
  if (user == NULL || *user == '\0')
    {
      luo_cli_say (_ ("luoshictl connect: --user NAME is missing.\n"));
      return LUO_CLI_EXIT_USAGE;
    }
  url = args[1];
  if (!g_uri_is_valid (url, G_URI_FLAGS_NONE, NULL)
      || (!g_str_has_prefix (url, "http://") && !g_str_has_prefix (url, "https://")))
    {
      luo_cli_say (_ ("luoshictl connect: “%s” is no address of a server; one like "
                      "https://hub.example.org:5984 was expected.\n"),
                   url);
      return LUO_CLI_EXIT_USAGE;
    }
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  password = g_strdup (g_getenv ("LUOSHI_PASSWORD"));
  if (password == NULL)
    password = ask_password (user, url, &error);
  if (password == NULL)
    return luo_cli_fail (error);

  replicator = luo_replicator_new (store);
  luo_replicator_connect_async (replicator, url, user, password, NULL, luo_cli_wait_cb, &wait);
  if (!luo_replicator_connect_finish (replicator, luo_cli_wait (&wait), &error))
    return luo_cli_fail (error);
  luo_cli_print (_ ("Connected to %s as %s.\n"), url, user);
  if (!luo_password_keep (url, user, password, &error))
    {
      luo_cli_say (
          _ ("The password is not kept: %s It is asked for at each sync, or taken from LUOSHI_PASSWORD.\n"),
          error->message);
    }
  return 0;
}

static gboolean
strv_contains (char **names, const char *name)
{
  return names != NULL && g_strv_contains ((const char *const *)names, name);
}

/* Makes the space on the server where it is not there yet. */
static gboolean
create_on_server (LuoReplicator *replicator, char **present, const char *name, GError **error)
{
  g_auto (LuoCliWait) wait = { NULL };

  if (strv_contains (present, name))
    {
      luo_cli_say (_ ("The server has the space %s already.\n"), name);
      return TRUE;
    }
  luo_replicator_create_server_space_async (replicator, name, NULL, luo_cli_wait_cb, &wait);
  return luo_replicator_create_server_space_finish (replicator, luo_cli_wait (&wait), error);
}

static gboolean
join (LuoStore *store, const char *name, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (luo_store_create_space (store, name, &local_error)
      || g_error_matches (local_error, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static char **
list_server_spaces (LuoReplicator *replicator, GError **error)
{
  g_auto (LuoCliWait) wait = { NULL };

  luo_replicator_list_server_spaces_async (replicator, NULL, luo_cli_wait_cb, &wait);
  return luo_replicator_list_server_spaces_finish (replicator, luo_cli_wait (&wait), error);
}

static int
print_spaces (LuoCli *cli, LuoStore *store, char **on_server)
{
  const char *const header[] = { _ ("Space"), _ ("Records"), _ ("To be sent"), _ ("In conflict"), NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) spaces = luo_store_list_spaces (store, &error);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  g_autoptr (GString) json = g_string_new ("[");

  if (spaces == NULL)
    return luo_cli_fail (error);
  for (guint i = 0; i < spaces->len; i++)
    {
      const LuoSpace *space = g_ptr_array_index (spaces, i);
      char **row = g_new0 (char *, 5);

      row[0] = g_strdup (space->name);
      row[1] = g_strdup_printf ("%" G_GINT64_FORMAT, luo_space_count_records (space));
      row[2] = g_strdup_printf ("%" G_GINT64_FORMAT, luo_space_count_pending (space));
      row[3] = g_strdup_printf ("%" G_GINT64_FORMAT, space->conflicts);
      g_ptr_array_add (rows, row);
      g_string_append_printf (
          json, "%s{\"space\":\"%s\",\"joined\":true,\"documents\":%s,\"pending\":%s,\"conflicts\":%s}",
          i > 0 ? "," : "", row[0], row[1], row[2], row[3]);
    }
  for (gsize i = 0; on_server != NULL && on_server[i] != NULL; i++)
    {
      gboolean joined = FALSE;
      char **row;

      for (guint s = 0; s < spaces->len; s++)
        joined = joined || g_str_equal (((LuoSpace *)g_ptr_array_index (spaces, s))->name, on_server[i]);
      if (joined)
        continue;
      row = g_new0 (char *, 5);
      row[0] = g_strdup (on_server[i]);
      /* Translators: in place of a number of records: the space is on the server and not on this machine. */
      row[1] = g_strdup (_ ("not joined"));
      row[2] = g_strdup ("");
      row[3] = g_strdup ("");
      g_ptr_array_add (rows, row);
      g_string_append_printf (json, "%s{\"space\":\"%s\",\"joined\":false}", rows->len > 1 ? "," : "",
                              row[0]);
    }
  if (cli->json)
    luo_cli_print ("%s]\n", json->str);
  else
    luo_cli_print_table (header, rows);
  return 0;
}

static int
run_spaces (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_auto (GStrv) joined = NULL;
  g_auto (GStrv) created = NULL;
  gboolean server = FALSE;
  const GOptionEntry entries[] = {
    { "join", 'j', 0, G_OPTION_ARG_FILENAME_ARRAY, &joined, N_ ("Take part in the space NAME"), N_ ("NAME") },
    { "create", 'c', 0, G_OPTION_ARG_FILENAME_ARRAY, &created,
      N_ ("Make the space NAME on the server and take part in it"), N_ ("NAME") },
    { "server", 's', 0, G_OPTION_ARG_NONE, &server, N_ ("List the server's spaces too"), NULL },
    { NULL },
  };
  g_autoptr (LuoReplicator) replicator = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) on_server = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 0, G_MAXUINT))
    return LUO_CLI_EXIT_USAGE;
  if (args[1] != NULL && joined == NULL && created == NULL)
    {
      luo_cli_say (_ ("luoshictl spaces: --join or --create is missing before “%s”.\n"), args[1]);
      return LUO_CLI_EXIT_USAGE;
    }
  if (args[1] != NULL && joined != NULL && created != NULL)
    {
      luo_cli_say (_ ("luoshictl spaces: use --join and --create one after the other.\n"));
      return LUO_CLI_EXIT_USAGE;
    }
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  if (created != NULL || server)
    {
      replicator = luo_cli_get_replicator (cli);
      if (replicator == NULL)
        return 1;
      on_server = list_server_spaces (replicator, &error);
      if (on_server == NULL)
        return luo_cli_fail (error);
    }

  /* The first name stands behind the option, the others are plain arguments. */
  for (char **name = created; name != NULL && *name != NULL; name++)
    if (!create_on_server (replicator, on_server, *name, &error) || !join (store, *name, &error))
      return luo_cli_fail (error);
  for (char **name = joined; name != NULL && *name != NULL; name++)
    if (!join (store, *name, &error))
      return luo_cli_fail (error);
  for (char **name = args + 1; *name != NULL; name++)
    if ((created != NULL && !create_on_server (replicator, on_server, *name, &error))
        || !join (store, *name, &error))
      return luo_cli_fail (error);
  if (created != NULL && server)
    {
      g_clear_pointer (&on_server, g_strfreev);
      on_server = list_server_spaces (replicator, &error);
      if (on_server == NULL)
        return luo_cli_fail (error);
    }
  return print_spaces (cli, store, server ? on_server : NULL);
}

const LuoCliCommand luo_cli_server_commands[] = {
  { "connect", N_ ("URL --user NAME"),
    N_ ("Sets the server; the password is asked for or taken from LUOSHI_PASSWORD, and kept by the keyring."),
    FALSE, run_connect },
  { "spaces", N_ ("[--join NAME…] [--create NAME…]"),
    N_ ("Lists the spaces, takes part in some, or makes them."), TRUE, run_spaces },
  { NULL },
};
