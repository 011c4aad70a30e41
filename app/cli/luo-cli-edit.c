/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "luo-json-text.h"
#include "luo-record-edit.h"
#include "luo-record-error.h"

static void
print_saved (LuoCli *cli, const char *id, const char *rev)
{
  g_autoptr (GString) json = g_string_new ("{\"ok\":true,\"id\":");

  if (!cli->json)
    {
      luo_cli_print ("%s\n", id);
      return;
    }
  luo_json_append_string (json, id);
  luo_cli_print ("%s,\"rev\":\"%s\"}\n", json->str, rev);
}

/* Applies MEMBER=VALUE arguments. Returns: (transfer full) (nullable) */
static char *
apply_members (const char *body, char **assignments, GError **error)
{
  g_autofree char *result = g_strdup (body);

  for (char **a = assignments; *a != NULL; a++)
    {
      const char *equals = strchr (*a, '=');
      g_autofree char *path = NULL;
      char *patched;

      if (equals == NULL || equals == *a || !g_utf8_validate (*a, -1, NULL))
        {
          g_autofree char *shown = g_utf8_make_valid (*a, -1);

          g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER,
                       _ ("“%s” was found where MEMBER=VALUE was expected."), shown);
          return NULL;
        }
      path = g_strndup (*a, (gsize)(equals - *a));
      patched = luo_record_set_member (result, path, equals + 1, error);
      if (patched == NULL)
        return NULL;
      g_free (result);
      result = patched;
    }
  return g_steal_pointer (&result);
}

static char *
read_input (const char *name, GError **error)
{
  char *text;

  if (!g_str_equal (name, "-"))
    return g_file_get_contents (name, &text, NULL, error) ? text : NULL;
  {
    g_autoptr (GString) all = g_string_new (NULL);
    char buffer[4096];
    size_t n;

    while ((n = fread (buffer, 1, sizeof buffer, stdin)) > 0 && all->len <= LUO_JSON_MAX_DOCUMENT)
      g_string_append_len (all, buffer, (gssize)n);
    return g_strdup (all->str);
  }
}

/* A document as `show --json` prints it may be given back: what belongs to the replica is left out. */
static char *
drop_replica_members (const char *body, GError **error)
{
  static const char *const names[] = { "/_id",        "/_rev",       "/_conflicts", "/_attachments",
                                       "/created_at", "/created_by", "/updated_at", "/updated_by" };
  g_autofree char *result = g_strdup (body);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *value = luo_json_at (result, names[i]);
      char *patched;

      if (value == NULL)
        continue;
      patched = luo_json_patch (result, names[i], NULL, error);
      if (patched == NULL)
        return NULL;
      g_free (result);
      result = patched;
    }
  return g_steal_pointer (&result);
}

/* The body a new record begins with: of the type, or as it was given in JSON. */
static char *
first_body (const char *type, const char *input, GError **error)
{
  g_autofree char *quoted = luo_json_encode_string (type);
  g_autofree char *text = NULL;
  g_autofree char *stripped = NULL;
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

  if (input == NULL)
    return g_strdup_printf ("{\"type\":%s}", quoted);
  text = read_input (input, error);
  if (text == NULL || !luo_json_cut (text, strlen (text), members, error))
    return NULL;
  stripped = drop_replica_members (text, error);
  if (stripped == NULL)
    return NULL;
  return luo_json_patch (stripped, "/type", quoted, error);
}

static int
run_new (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *space = NULL;
  g_autofree char *input = NULL;
  const GOptionEntry entries[] = {
    { "space", 's', 0, G_OPTION_ARG_FILENAME, &space, N_ ("In the space S (city where it is not said)"),
      N_ ("S") },
    { "json", 'j', 0, G_OPTION_ARG_FILENAME, &input,
      N_ ("Read the members as JSON from FILE, - for standard input"), N_ ("FILE") },
    { NULL },
  };
  g_autofree char *first = NULL;
  g_autofree char *body = NULL;
  g_autofree char *user = NULL;
  g_autofree char *id = NULL;
  g_autofree char *rev = NULL;
  g_autoptr (GError) error = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 1, G_MAXUINT) || !luo_cli_check_type ("new", args[1]))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  first = first_body (args[1], input, &error);
  body = first != NULL ? apply_members (first, args + 2, &error) : NULL;
  if (body == NULL)
    return luo_cli_fail (error);
  user = luo_record_get_user (store);
  if (!luo_record_create (store, space != NULL ? space : "city", body, user, &id, &rev, &error))
    return luo_cli_fail (error);
  cli->json = input != NULL;
  print_saved (cli, id, rev);
  return 0;
}

static int
run_set (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *space = NULL;
  const GOptionEntry entries[] = {
    { "space", 's', 0, G_OPTION_ARG_FILENAME, &space, N_ ("Look in the space S alone"), N_ ("S") },
    { NULL },
  };
  g_autofree char *user = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 2, G_MAXUINT))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  user = luo_record_get_user (store);
  for (guint tries = 1;; tries++)
    {
      g_autoptr (LuoDocument) document = NULL;
      g_autofree char *body = NULL;
      g_autofree char *rev = NULL;
      g_autoptr (GError) error = NULL;

      document = luo_cli_find (store, space, args[1], &error);
      body = document != NULL ? apply_members (luo_document_get_body (document, NULL), args + 2, &error)
                              : NULL;
      if (body == NULL)
        return luo_cli_fail (error);
      if (luo_record_save (store, luo_document_get_space (document), args[1], luo_document_get_rev (document),
                           body, user, &rev, &error))
        {
          print_saved (cli, args[1], rev);
          return 0;
        }
      if (tries == LUO_CLI_MAX_TRIES || !g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT))
        return luo_cli_fail (error);
    }
}

static int
run_delete (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *space = NULL;
  gboolean all = FALSE;
  const GOptionEntry entries[] = {
    { "space", 's', 0, G_OPTION_ARG_FILENAME, &space, N_ ("Look in the space S alone"), N_ ("S") },
    { "all-versions", 'a', 0, G_OPTION_ARG_NONE, &all,
      N_ ("Delete a record in conflict too, with all its versions"), NULL },
    { NULL },
  };
  g_autofree char *user = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 1, 1))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  user = luo_record_get_user (store);
  for (guint tries = 1;; tries++)
    {
      g_autoptr (LuoDocument) document = NULL;
      g_autofree char *rev = NULL;
      g_autoptr (GError) error = NULL;
      gboolean disputed;

      document = luo_cli_find (store, space, args[1], &error);
      if (document == NULL)
        return luo_cli_fail (error);
      disputed = luo_document_get_conflicts (document) > 0;
      if (disputed && all)
        {
          if (luo_record_delete_versions (store, luo_document_get_space (document), args[1], user, &rev,
                                          &error))
            {
              print_saved (cli, args[1], rev);
              return 0;
            }
        }
      else if (luo_record_delete (store, luo_document_get_space (document), args[1],
                                  luo_document_get_rev (document), user, &rev, &error))
        {
          print_saved (cli, args[1], rev);
          return 0;
        }
      if (disputed && !all)
        {
          luo_cli_fail (error);
          luo_cli_say (_ ("“luoshictl show %s” shows them, “luoshictl delete --all-versions %s” deletes them "
                          "all.\n"),
                       args[1], args[1]);
          return 1;
        }
      if (tries == LUO_CLI_MAX_TRIES || !g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT))
        return luo_cli_fail (error);
    }
}

const LuoCliCommand luo_cli_edit_commands[] = {
  { "new", N_ ("TYPE [MEMBER=VALUE…]"), N_ ("Makes a record and prints its identifier."), FALSE, run_new },
  { "set", N_ ("ID MEMBER=VALUE…"),
    N_ ("Changes members of a record, such as readings.centres=15 or stages/built/on=2020-08-28; "
        "MEMBER= removes one."),
    TRUE, run_set },
  { "delete", N_ ("ID"), N_ ("Deletes a record."), TRUE, run_delete },
  { NULL },
};
