/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "luo-bundle.h"
#include "luo-hub-private.h"
#include "luo-hub-security-private.h"
#include "luo-hub-tuning.h"
#include "luo-hub.h"

/* luoshi-hub: the program around the library: words for a person, signals, exit status. */

#define EXIT_USAGE 2

static char *data_folder;

static const GOptionEntry common_options[] = {
  { "data", 0, 0, G_OPTION_ARG_FILENAME, &data_folder, N_ ("Folder of the server’s data"), N_ ("DIR") },
  G_OPTION_ENTRY_NULL,
};

/* Options are read anew after the command, so that they may stand on either side of it. */
static gboolean
parse (const char *parameters, const GOptionEntry *entries, int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autoptr (GError) error = NULL;

  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common_options, GETTEXT_PACKAGE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  g_printerr ("luoshi-hub: %s\n", error->message);
  return FALSE;
}

static int
fail (const char *message)
{
  g_printerr ("luoshi-hub: %s\n", message);
  return EXIT_FAILURE;
}

static int
fail_usage (const char *message)
{
  g_printerr ("luoshi-hub: %s\n", message);
  g_printerr ("%s\n", _ ("“luoshi-hub --help” lists the commands."));
  return EXIT_USAGE;
}

static LuoHub *
open_hub (void)
{
  g_autoptr (GError) error = NULL;
  LuoHub *hub;

  if (data_folder == NULL)
    {
      fail_usage (_ ("--data DIR says where the server keeps its data; it is missing."));
      return NULL;
    }
  hub = luo_hub_new (data_folder, &error);
  if (hub == NULL)
    fail (error->message);
  return hub;
}

/* --- user ------------------------------------------------------------------------------------------------ */

/* Reads a line without showing it. Returns: (transfer full) (nullable) */
static char *
read_secret (const char *prompt)
{
  struct termios before;
  struct termios silent;
  gboolean terminal = tcgetattr (STDIN_FILENO, &before) == 0;
  char line[1100];
  char *read;

  if (terminal)
    {
      silent = before;
      silent.c_lflag &= ~(tcflag_t)ECHO;
      g_printerr ("%s", prompt);
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
    }
  read = fgets (line, sizeof line, stdin);
  if (terminal)
    {
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
      g_printerr ("\n");
    }
  if (read == NULL)
    return NULL;
  line[strcspn (line, "\r\n")] = '\0';
  return g_strdup (line);
}

static char *
ask_password (const char *name)
{
  const char *given = g_getenv ("LUOSHI_PASSWORD");
  g_autofree char *prompt = NULL;
  g_autofree char *password = NULL;
  g_autofree char *again = NULL;

  if (given != NULL)
    return g_strdup (given);
  /* Translators: %s is the name of a user */
  prompt = g_strdup_printf (_ ("Password of %s: "), name);
  password = read_secret (prompt);
  if (password == NULL || *password == '\0')
    {
      fail (_ ("A password is needed."));
      return NULL;
    }
  if (!isatty (STDIN_FILENO))
    return g_steal_pointer (&password);
  again = read_secret (_ ("The same again: "));
  if (g_strcmp0 (password, again) == 0)
    return g_steal_pointer (&password);
  fail (_ ("The two are not the same."));
  return NULL;
}

static int
user_add (int argc, char **argv)
{
  g_auto (GStrv) roles = NULL;
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING_ARRAY, &roles,
      N_ ("A role: a district (huanggu), city, bureau or _admin; may be given several times"), N_ ("ROLE") },
    G_OPTION_ENTRY_NULL,
  };
  const char *const none[] = { NULL };
  g_autoptr (LuoHub) hub = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *password = NULL;

  if (!parse (_ ("user add NAME"), entries, &argc, &argv))
    return EXIT_USAGE;
  if (argc != 2)
    return fail_usage (_ ("user add: one name is needed."));
  hub = open_hub ();
  if (hub == NULL)
    return EXIT_FAILURE;
  password = ask_password (argv[1]);
  if (password == NULL)
    return EXIT_FAILURE;
  if (!luo_hub_set_user (hub, argv[1], password, roles != NULL ? (const char *const *)roles : none, &error))
    return fail (error->message);
  /* Translators: %s is the name of a user */
  g_print (_ ("User %s can sign in."), argv[1]);
  g_print ("\n");
  return EXIT_SUCCESS;
}

static int
user_remove (int argc, char **argv)
{
  g_autoptr (LuoHub) hub = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse (_ ("user remove NAME"), NULL, &argc, &argv))
    return EXIT_USAGE;
  if (argc != 2)
    return fail_usage (_ ("user remove: one name is needed."));
  hub = open_hub ();
  if (hub == NULL)
    return EXIT_FAILURE;
  if (!luo_hub_remove_user (hub, argv[1], &error))
    return fail (error->message);
  /* Translators: %s is the name of a user */
  g_print (_ ("User %s was removed."), argv[1]);
  g_print ("\n");
  return EXIT_SUCCESS;
}

static int
user_list (int argc, char **argv)
{
  g_autoptr (LuoHub) hub = NULL;
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse (_ ("user list"), NULL, &argc, &argv))
    return EXIT_USAGE;
  hub = open_hub ();
  if (hub == NULL)
    return EXIT_FAILURE;
  users = luo_hub_users_list (luo_hub_get_users (hub), &error);
  if (users == NULL)
    return fail (error->message);
  for (guint i = 0; i < users->len; i++)
    {
      const LuoHubUser *user = users->pdata[i];
      g_autofree char *roles = g_strjoinv (" ", user->roles);

      g_print ("%s\t%s\n", user->name, roles);
    }
  return EXIT_SUCCESS;
}

/* --- db -------------------------------------------------------------------------------------------------- */

/* Makes a database where it is not there. */
static gboolean
create_database (LuoHub *hub, const char *name, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (!luo_hub_check_database_name (name, error))
    return FALSE;
  if (luo_store_create_space (luo_hub_get_store (hub), name, &failure)
      || g_error_matches (failure, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static int
db_create (int argc, char **argv)
{
  g_autoptr (LuoHub) hub = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse (_ ("db create NAME…"), NULL, &argc, &argv))
    return EXIT_USAGE;
  if (argc < 2)
    return fail_usage (_ ("db create: a name is needed."));
  hub = open_hub ();
  if (hub == NULL)
    return EXIT_FAILURE;
  for (int i = 1; i < argc; i++)
    if (!create_database (hub, argv[i], &error))
      return fail (error->message);
  return EXIT_SUCCESS;
}

static int
db_list (int argc, char **argv)
{
  g_autoptr (LuoHub) hub = NULL;
  g_autoptr (GPtrArray) spaces = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse (_ ("db list"), NULL, &argc, &argv))
    return EXIT_USAGE;
  hub = open_hub ();
  if (hub == NULL)
    return EXIT_FAILURE;
  spaces = luo_store_list_spaces (luo_hub_get_store (hub), &error);
  if (spaces == NULL)
    return fail (error->message);
  for (guint i = 0; i < spaces->len; i++)
    {
      const LuoSpace *space = spaces->pdata[i];

      g_print ("%s\t%" G_GINT64_FORMAT "\n", space->name, space->documents);
    }
  return EXIT_SUCCESS;
}

/* --- bundle ---------------------------------------------------------------------------------------------- */

static LuoBundleReport *
carry (LuoStore *store, gboolean in, const char *path, const LuoBundleOptions *options)
{
  g_autoptr (GError) error = NULL;
  LuoBundleReport *report = in ? luo_bundle_import (store, path, options, NULL, &error)
                               : luo_bundle_export (store, path, options, NULL, &error);

  if (report == NULL)
    fail (error->message);
  return report;
}

/* A file for every replica, or one from a replica. The server may be running meanwhile. */
static int
bundle (gboolean in, int argc, char **argv)
{
  LuoBundleOptions options = { .prefix = LUO_HUB_SPACE_PREFIX };
  const char *given = g_getenv ("LUOSHI_PASSPHRASE");
  g_autoptr (LuoHub) hub = NULL;
  g_autofree char *passphrase = NULL;
  g_autoptr (LuoBundleReport) report = NULL;

  if (!parse (in ? _ ("bundle import FILE") : _ ("bundle export FILE"), NULL, &argc, &argv))
    return EXIT_USAGE;
  if (argc != 2)
    return fail_usage (_ ("bundle: one file is needed."));
  hub = open_hub ();
  if (hub == NULL)
    return EXIT_FAILURE;
  passphrase = given != NULL ? g_strdup (given) : read_secret (_ ("Passphrase of the exchange file: "));
  if (passphrase == NULL)
    return fail (_ ("A passphrase is needed."));
  options.passphrase = passphrase;
  report = carry (luo_hub_get_store (hub), in, argv[1], &options);
  if (report == NULL)
    return EXIT_FAILURE;
  g_print (in ? _ ("%s: %lu versions of records and %lu files were taken in.\n")
              : _ ("%s: %lu versions of records and %lu files.\n"),
           argv[1], (gulong)report->versions, (gulong)report->attachments);
  for (guint i = 0; report->refused != NULL && i < report->refused->len; i++)
    g_printerr (_ ("  not taken in: %s\n"), (char *)report->refused->pdata[i]);
  return report->refused != NULL && report->refused->len > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int
bundle_export (int argc, char **argv)
{
  return bundle (FALSE, argc, argv);
}

static int
bundle_import (int argc, char **argv)
{
  return bundle (TRUE, argc, argv);
}

/* --- serve ------------------------------------------------------------------------------------------------ */

static gboolean
is_loopback (const char *listen)
{
  g_autofree char *host = g_strndup (listen, (gsize)(strrchr (listen, ':') - listen));
  g_autoptr (GInetAddress) address = NULL;

  if (strcmp (host, "localhost") == 0)
    return TRUE;
  if (*host == '[' && strlen (host) > 2)
    {
      host[strlen (host) - 1] = '\0';
      address = g_inet_address_new_from_string (host + 1);
    }
  else
    address = g_inet_address_new_from_string (host);
  /* What is no address is refused when it is listened on. */
  return address == NULL || g_inet_address_get_is_loopback (address);
}

/* Every waiting poll is an open file; the usual limit of 1024 is for other programs. */
static void
raise_open_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static gboolean
has_users (LuoHub *hub)
{
  g_autoptr (GPtrArray) users = luo_hub_users_list (luo_hub_get_users (hub), NULL);

  return users != NULL && users->len > 0;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
create_spaces (LuoHub *hub, char **spaces)
{
  for (gsize i = 0; spaces != NULL && spaces[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat (LUO_HUB_SPACE_PREFIX, spaces[i], NULL);
      g_autoptr (GError) error = NULL;

      if (!create_database (hub, name, &error))
        {
          fail (error->message);
          return FALSE;
        }
    }
  return TRUE;
}

static int
serve (int argc, char **argv)
{
  g_autofree char *listen = NULL;
  gboolean insecure = FALSE;
  g_auto (GStrv) spaces = NULL;
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &listen, N_ ("Address and port, 127.0.0.1:5985 where not given"),
      N_ ("ADDRESS:PORT") },
    { "insecure-listen", 0, 0, G_OPTION_ARG_NONE, &insecure,
      N_ ("Listen beyond this machine without encryption: only behind a proxy that encrypts, or in a closed "
          "network"),
      NULL },
    { "space", 0, 0, G_OPTION_ARG_STRING_ARRAY, &spaces,
      N_ ("Make the database of this space (city, huanggu) where it is not there; may be given several "
          "times"),
      N_ ("NAME") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (LuoHub) hub = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  g_autofree char *host = NULL;
  guint terminate;
  guint interrupt;

  if (!parse (_ ("serve"), entries, &argc, &argv))
    return EXIT_USAGE;
  if (listen == NULL)
    listen = g_strdup ("127.0.0.1:5985");
  if (strrchr (listen, ':') == NULL)
    return fail_usage (_ ("serve: --listen expects ADDRESS:PORT."));
  if (!insecure && !is_loopback (listen))
    return fail (
        _ ("Passwords would cross the network unencrypted. Listen on 127.0.0.1 behind a proxy that encrypts, "
           "or say --insecure-listen."));

  raise_open_files ();
  hub = open_hub ();
  if (hub == NULL)
    return EXIT_FAILURE;
  if (!has_users (hub))
    {
      fail (_ ("Nobody could sign in: there is no user yet. Add the first one, an administrator, with"));
      g_printerr ("  luoshi-hub --data %s user add NAME --role _admin\n", data_folder);
      return EXIT_FAILURE;
    }
  if (!create_spaces (hub, spaces))
    return EXIT_FAILURE;
  if (!luo_hub_start (hub, listen, &error))
    return fail (error->message);
  /* What clients read is CouchDB's English whatever the language of this machine is. */
  setlocale (LC_MESSAGES, "C");

  loop = g_main_loop_new (NULL, FALSE);
  terminate = g_unix_signal_add (SIGTERM, quit_cb, loop);
  interrupt = g_unix_signal_add (SIGINT, quit_cb, loop);
  host = g_strndup (listen, (gsize)(strrchr (listen, ':') - listen));
  /* Programs wait for this line; it is the same in every language. */
  g_print ("listening on http://%s:%u\n", host, luo_hub_get_port (hub));
  fflush (stdout);

  g_main_loop_run (loop);
  g_source_remove (terminate);
  g_source_remove (interrupt);
  luo_hub_stop (hub);
  return EXIT_SUCCESS;
}

/* --- Commands ---------------------------------------------------------------------------------------------- */

static const struct
{
  const char *noun;
  const char *verb; /* (nullable) */
  int (*run) (int argc, char **argv);
} commands[] = {
  { "serve", NULL, serve },
  { "user", "add", user_add },
  { "user", "remove", user_remove },
  { "user", "list", user_list },
  { "db", "create", db_create },
  { "db", "list", db_list },
  { "bundle", "export", bundle_export },
  { "bundle", "import", bundle_import },
};

static int
run_command (int argc, char **argv)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      int words = commands[i].verb != NULL ? 2 : 1;

      if (argc <= words || strcmp (argv[1], commands[i].noun) != 0
          || (words == 2 && strcmp (argv[2], commands[i].verb) != 0))
        continue;
      /* The last word of the command stands in the place of the program's name. */
      argv[words] = argv[0];
      return commands[i].run (argc - words, argv + words);
    }
  return fail_usage (_ ("That is no command."));
}

int
main (int argc, char **argv)
{
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_ ("Print the version"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("luoshi-hub");

  context = g_option_context_new (_ ("COMMAND — the server of Luoshi"));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_set_description (
      context,
      _ ("Commands:\n"
         "  serve [--listen ADDRESS:PORT] [--space NAME…]   serve until SIGTERM\n"
         "  user add NAME [--role ROLE…]                    add or replace a user; the password is asked "
         "for, or taken from LUOSHI_PASSWORD\n"
         "  user remove NAME\n"
         "  user list\n"
         "  db create NAME…                                 make databases\n"
         "  db list\n"
         "  bundle export FILE                              write all records into a sealed file\n"
         "  bundle import FILE                              take in what a replica exported; the passphrase "
         "is asked for, or taken from LUOSHI_PASSPHRASE\n"));
  g_option_context_add_main_entries (context, common_options, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail_usage (error->message);
  if (version)
    {
      g_print ("luoshi-hub %s\n", PACKAGE_VERSION);
      return EXIT_SUCCESS;
    }
  if (argc < 2)
    return fail_usage (_ ("A command is missing."));
  status = run_command (argc, argv);
  g_free (data_folder);
  return status;
}
