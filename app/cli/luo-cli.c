/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luo-record-type.h"

static const LuoCliCommand *const groups[] = {
  luo_cli_replica_commands,    luo_cli_server_commands, luo_cli_sync_commands,     luo_cli_list_commands,
  luo_cli_show_commands,       luo_cli_edit_commands,   luo_cli_conflict_commands, luo_cli_history_commands,
  luo_cli_attachment_commands, luo_cli_table_commands,  luo_cli_bundle_commands,
};

/* Output */

static void
print_to (FILE *file, const char *text)
{
  fputs (text, file);
}

void
luo_cli_print (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  print_to (stdout, text);
}

void
luo_cli_say (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  fflush (stdout);
  print_to (stderr, text);
}

int
luo_cli_fail (GError *error)
{
  luo_cli_say ("luoshictl: %s\n",
               error != NULL ? error->message : _ ("It did not work, and no reason is known."));
  return 1;
}

/* How many columns of a terminal @text takes. */
static guint
width_of (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

static void
print_row (const char *const *cells, const guint *widths, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      luo_cli_print ("%s", cells[i]);
      if (i + 1 < n)
        luo_cli_print ("%*s", (int)(widths[i] - width_of (cells[i]) + 2), "");
    }
  luo_cli_print ("\n");
}

void
luo_cli_print_table (const char *const *header, GPtrArray *rows)
{
  guint n = g_strv_length ((char **)header);
  g_autofree guint *widths = g_new0 (guint, n);

  for (guint i = 0; i < n; i++)
    {
      widths[i] = width_of (header[i]);
      for (guint r = 0; r < rows->len; r++)
        widths[i] = MAX (widths[i], width_of (((char **)g_ptr_array_index (rows, r))[i]));
    }
  print_row (header, widths, n);
  for (guint r = 0; r < rows->len; r++)
    print_row (g_ptr_array_index (rows, r), widths, n);
}

/* Waiting */

void
luo_cli_wait_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoCliWait *self = user_data;

  g_set_object (&self->result, result);
}

GAsyncResult *
luo_cli_wait (LuoCliWait *self)
{
  while (self->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return self->result;
}

void
luo_cli_wait_clear (LuoCliWait *self)
{
  g_clear_object (&self->result);
}

/* Options */

static void
add_common_options (GOptionGroup *group, LuoCli *cli, gboolean json)
{
  const GOptionEntry replica[] = {
    { "replica", 0, 0, G_OPTION_ARG_FILENAME, &cli->replica, N_ ("Use the records in DIR"), N_ ("DIR") },
    { NULL },
  };
  const GOptionEntry as_json[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("Print data as JSON"), NULL },
    { NULL },
  };

  g_option_group_add_entries (group, replica);
  if (json)
    g_option_group_add_entries (group, as_json);
}

gboolean
luo_cli_parse (LuoCli *cli, const LuoCliCommand *command, const GOptionEntry *entries, char **args, guint min,
               guint max)
{
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, NULL, NULL);
  g_autofree char *usage = g_strdup_printf ("%s%s%s", command->name, *command->arguments != '\0' ? " " : "",
                                            *command->arguments != '\0' ? _ (command->arguments) : "");
  /* The program's name stands before what is parsed, as GOption has it. */
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parsed = NULL;
  guint n;

  context = g_option_context_new (usage);
  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  if (entries != NULL)
    g_option_group_add_entries (group, entries);
  add_common_options (group, cli, command->prints_data);
  g_option_context_set_main_group (context, group);
  g_option_context_set_summary (context, _ (command->summary));

  g_strv_builder_add (builder, "luoshictl");
  g_strv_builder_addv (builder, (const char **)args + 1);
  parsed = g_strv_builder_end (builder);
  if (!g_option_context_parse_strv (context, &parsed, &error))
    {
      luo_cli_say ("luoshictl %s: %s\n", command->name, error->message);
      luo_cli_say (_ ("See “luoshictl %s --help”.\n"), command->name);
      return FALSE;
    }

  n = g_strv_length (parsed) - 1;
  if (n > 0 && g_str_equal (parsed[1], "--"))
    {
      g_free (parsed[1]);
      memmove (parsed + 1, parsed + 2, n * sizeof (char *));
      n--;
    }
  if (n < min || n > max)
    {
      luo_cli_say (n < min ? _ ("luoshictl %s: an argument is missing.\n")
                           : _ ("luoshictl %s: there are too many arguments.\n"),
                   command->name);
      luo_cli_say (_ ("Usage: luoshictl %s\n"), usage);
      return FALSE;
    }
  for (guint i = 1; args[i] != NULL; i++)
    g_clear_pointer (&args[i], g_free);
  for (guint i = 0; i < n; i++)
    args[i + 1] = g_steal_pointer (&parsed[i + 1]);
  return TRUE;
}

LuoStore *
luo_cli_open (LuoCli *cli, gboolean create)
{
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;

  if (cli->store != NULL)
    return cli->store;
  folder = cli->replica != NULL ? g_strdup (cli->replica)
                                : g_build_filename (g_get_user_data_dir (), "luoshi", NULL);
  cli->store = luo_store_open (folder, create ? LUO_STORE_DEFAULT : LUO_STORE_MUST_EXIST, &error);
  if (cli->store == NULL)
    {
      if (g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND))
        luo_cli_say (
            _ ("luoshictl: There are no records in %s yet; “luoshictl init” makes a place for them.\n"),
            folder);
      else
        luo_cli_fail (error);
    }
  return cli->store;
}

gboolean
luo_cli_check_type (const char *command, const char *type)
{
  g_autoptr (GString) names = NULL;

  if (luo_record_type_find (type) != NULL)
    return TRUE;
  names = g_string_new (NULL);
  for (const LuoRecordType *const *t = luo_record_types (); *t != NULL; t++)
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", (*t)->name);
  luo_cli_say (_ ("luoshictl %s: There are no records of the type “%s”; one of %s was expected.\n"), command,
               type, names->str);
  return FALSE;
}

LuoDocument *
luo_cli_find (LuoStore *store, const char *space, const char *id, GError **error)
{
  return space != NULL ? luo_store_get (store, space, id, NULL, error) : luo_store_find (store, id, error);
}

/* Commands */

static const LuoCliCommand *
find_command (const char *name)
{
  for (gsize g = 0; g < G_N_ELEMENTS (groups); g++)
    for (const LuoCliCommand *c = groups[g]; c->name != NULL; c++)
      if (g_str_equal (c->name, name))
        return c;
  return NULL;
}

static char *
describe_commands (void)
{
  GString *text = g_string_new (_ ("Commands:"));

  for (gsize g = 0; g < G_N_ELEMENTS (groups); g++)
    for (const LuoCliCommand *c = groups[g]; c->name != NULL; c++)
      g_string_append_printf (text, "\n  %-10s %s", c->name, _ (c->summary));
  g_string_append_printf (text, "\n\n%s", _ ("“luoshictl COMMAND --help” tells more of each."));
  return g_string_free (text, FALSE);
}

static int
run_command (LuoCli *cli, char **args)
{
  const LuoCliCommand *command = find_command (args[0]);

  if (command == NULL)
    {
      luo_cli_say (_ ("luoshictl: There is no command “%s”; “luoshictl --help” lists them.\n"), args[0]);
      return LUO_CLI_EXIT_USAGE;
    }
  return command->run (cli, command, args);
}

/* The place of the first argument that is neither --replica nor its value. */
static int
find_command_place (int argc, char *argv[])
{
  for (int i = 1; i < argc; i++)
    {
      if (g_str_equal (argv[i], "--replica"))
        i++;
      else if (argv[i][0] != '-')
        return i;
    }
  return argc;
}

int
luo_cli_main (int argc, char *argv[])
{
  LuoCli cli = { NULL };
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_ ("Print the version"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) before = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) after = g_strv_builder_new ();
  g_autofree char *description = NULL;
  g_auto (GStrv) options = NULL;
  g_auto (GStrv) args = NULL;
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, NULL, NULL);
  const char *locale_dir = g_getenv ("LUOSHI_LOCALEDIR");
  int place, status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  place = find_command_place (argc, argv);
  for (int i = 0; i < argc; i++)
    g_strv_builder_add (i < place ? before : after, argv[i]);
  options = g_strv_builder_end (before);
  args = g_strv_builder_end (after);

  context = g_option_context_new (_ ("COMMAND [ARGUMENT…]"));
  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  g_option_group_add_entries (group, entries);
  add_common_options (group, &cli, FALSE);
  g_option_context_set_main_group (context, group);
  g_option_context_set_summary (context, _ ("Works with Luoshi's records without a window."));
  description = describe_commands ();
  g_option_context_set_description (context, description);
  if (!g_option_context_parse_strv (context, &options, &error))
    {
      luo_cli_say ("luoshictl: %s\n", error->message);
      status = LUO_CLI_EXIT_USAGE;
    }
  else if (version)
    {
      luo_cli_print ("luoshictl %s\n", PACKAGE_VERSION);
      status = 0;
    }
  else if (args[0] == NULL)
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

      luo_cli_say ("%s", help);
      status = LUO_CLI_EXIT_USAGE;
    }
  else
    {
      status = run_command (&cli, args);
    }

  if (cli.store != NULL)
    luo_store_close (cli.store);
  g_clear_object (&cli.store);
  g_free (cli.replica);
  if (fflush (stdout) != 0 && status == 0)
    {
      luo_cli_say (_ ("luoshictl: The output could not be written.\n"));
      status = 1;
    }
  return status;
}
