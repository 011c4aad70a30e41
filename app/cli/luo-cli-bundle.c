/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "luo-bundle.h"
#include "luo-conflict-merger.h"
#include "luo-password.h"

/* The passphrase of a file, from the environment or the terminal. A file that is made is worth nothing under a typing error, so it
 * is asked for twice. Returns: (transfer full) (nullable): free with luo_password_free() */
static char *
ask_passphrase (gboolean twice, GError **error)
{
  const char *given = g_getenv ("LUOSHI_PASSPHRASE");
  char *passphrase, *again;

  if (given != NULL)
    return g_strdup (given);
  passphrase = luo_password_ask (_ ("Passphrase of the exchange file: "), error);
  if (passphrase == NULL)
    {
      g_clear_error (error);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _ ("The passphrase can not be asked for here; put it into LUOSHI_PASSPHRASE."));
      return NULL;
    }
  if (!twice)
    return passphrase;
  again = luo_password_ask (_ ("The same again: "), error);
  if (again != NULL && strcmp (passphrase, again) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("The two are not the same."));
      luo_password_free (again);
      again = NULL;
    }
  if (again == NULL)
    g_clear_pointer (&passphrase, luo_password_free);
  luo_password_free (again);
  return passphrase;
}

static void
print_report_json (const LuoBundleReport *report, guint64 merged, guint64 left)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "ok");
  json_builder_add_boolean_value (builder, report->refused == NULL || report->refused->len == 0);
  json_builder_set_member_name (builder, "id");
  json_builder_add_string_value (builder, report->id);
  json_builder_set_member_name (builder, "from");
  json_builder_add_string_value (builder, report->from);
  json_builder_set_member_name (builder, "to");
  json_builder_add_string_value (builder, report->to != NULL ? report->to : "all");
  json_builder_set_member_name (builder, "whole");
  json_builder_add_boolean_value (builder, report->base == NULL);
  json_builder_set_member_name (builder, "versions");
  json_builder_add_int_value (builder, (gint64)report->versions);
  json_builder_set_member_name (builder, "files");
  json_builder_add_int_value (builder, (gint64)report->attachments);
  json_builder_set_member_name (builder, "merged");
  json_builder_add_int_value (builder, (gint64)merged);
  json_builder_set_member_name (builder, "conflicts");
  json_builder_add_int_value (builder, (gint64)left);
  json_builder_set_member_name (builder, "refused");
  json_builder_begin_array (builder);
  for (guint i = 0; report->refused != NULL && i < report->refused->len; i++)
    json_builder_add_string_value (builder, report->refused->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  luo_cli_print ("%s\n", text);
}

static int
export_bundle (LuoCli *cli, LuoStore *store, const char *path, const LuoBundleOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoBundleReport) report = luo_bundle_export (store, path, options, NULL, &error);

  if (report == NULL)
    return luo_cli_fail (error);
  if (cli->json)
    print_report_json (report, 0, 0);
  else
    luo_cli_print (_ ("%s: %lu versions of records and %lu files. It is sealed; give the passphrase on "
                      "another way than the file.\n"),
                   path, (gulong)report->versions, (gulong)report->attachments);
  return 0;
}

static int
import_bundle (LuoCli *cli, LuoStore *store, const char *path, const LuoBundleOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoBundleReport) report = luo_bundle_import (store, path, options, NULL, &error);
  guint64 merged = 0, left = 0;

  if (report == NULL || !luo_conflict_merge_all (store, &merged, &left, &error))
    return luo_cli_fail (error);
  if (cli->json)
    {
      print_report_json (report, merged, left);
      return report->refused->len > 0 ? 1 : 0;
    }
  luo_cli_print (
      _ ("%s: %lu versions of records and %lu files were taken in, merged %lu, in conflict %lu.\n"), path,
      (gulong)report->versions, (gulong)report->attachments, (gulong)merged, (gulong)left);
  for (guint i = 0; i < report->refused->len; i++)
    luo_cli_say (_ ("  not taken in: %s\n"), (char *)report->refused->pdata[i]);
  return report->refused->len > 0 ? 1 : 0;
}

/* Who a file is for: NULL for "all". FALSE where it is no replica's id. */
static gboolean
read_recipient (const char *to, const char **uuid)
{
  gsize length = strspn (to, "0123456789abcdef");

  *uuid = g_str_equal (to, "all") ? NULL : to;
  return *uuid == NULL || (length == 32 && to[length] == '\0');
}

static int
run_export (LuoCli *cli, LuoStore *store, const char *path, const char *to, char **spaces)
{
  LuoBundleOptions options = { .prefix = "", .spaces = (const char *const *)spaces };
  g_autoptr (GError) error = NULL;
  char *passphrase;
  int status;

  if (to == NULL || !read_recipient (to, &options.to))
    {
      luo_cli_say (_ ("luoshictl bundle export: --to expects “all” or the id of a replica, which "
                      "“luoshictl bundle id” prints there.\n"));
      return LUO_CLI_EXIT_USAGE;
    }
  passphrase = ask_passphrase (TRUE, &error);
  if (passphrase == NULL)
    return luo_cli_fail (error);
  options.passphrase = passphrase;
  status = export_bundle (cli, store, path, &options);
  luo_password_free (passphrase);
  return status;
}

static int
run_import (LuoCli *cli, LuoStore *store, const char *path)
{
  LuoBundleOptions options = { .prefix = "", .create_spaces = TRUE };
  g_autoptr (GError) error = NULL;
  char *passphrase = ask_passphrase (FALSE, &error);
  int status;

  if (passphrase == NULL)
    return luo_cli_fail (error);
  options.passphrase = passphrase;
  status = import_bundle (cli, store, path, &options);
  luo_password_free (passphrase);
  return status;
}

static int
run_bundle (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *to = NULL;
  g_auto (GStrv) spaces = NULL;
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_STRING, &to, N_ ("Who an exported file is for: the id of a replica, or all"),
      N_ ("REPLICA") },
    { "space", 0, 0, G_OPTION_ARG_STRING_ARRAY, &spaces, N_ ("Export this space alone; may be repeated"),
      N_ ("SPACE") },
    { NULL },
  };
  LuoStore *store;
  gboolean exports, imports, has_path;

  if (!luo_cli_parse (cli, command, entries, args, 1, 2))
    return LUO_CLI_EXIT_USAGE;
  exports = g_str_equal (args[1], "export");
  imports = g_str_equal (args[1], "import");
  has_path = args[2] != NULL;
  if ((!exports && !imports && !g_str_equal (args[1], "id")) || (exports || imports) != has_path)
    {
      luo_cli_say (
          _ ("luoshictl bundle: “export FILE --to REPLICA|all”, “import FILE” or “id” was expected.\n"));
      return LUO_CLI_EXIT_USAGE;
    }
  store = luo_cli_open (cli, imports);
  if (store == NULL)
    return 1;
  if (exports)
    return run_export (cli, store, args[2], to, spaces);
  if (imports)
    return run_import (cli, store, args[2]);
  luo_cli_print ("%s\n", luo_store_get_uuid (store));
  return 0;
}

const LuoCliCommand luo_cli_bundle_commands[] = {
  { "bundle", N_ ("export FILE --to REPLICA|all | import FILE | id"),
    N_ ("Reconciles by a file where there is no network."), TRUE, run_bundle },
  { NULL },
};
