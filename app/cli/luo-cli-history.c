/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-history.h"
#include "luo-json-text.h"
#include "luo-record-edit.h"

/* The space that holds a record, also one that was deleted. Returns: (transfer full) */
static char *
find_space (LuoStore *store, const char *space, const char *id, GError **error)
{
  g_autoptr (GPtrArray) spaces = NULL;

  if (space != NULL)
    return g_strdup (space);
  spaces = luo_store_list_spaces (store, error);
  for (guint i = 0; spaces != NULL && i < spaces->len; i++)
    {
      const LuoSpace *one = g_ptr_array_index (spaces, i);
      g_autoptr (GPtrArray) leaves = luo_store_get_leaves (store, one->name, id, NULL);

      if (leaves != NULL)
        return g_strdup (one->name);
    }
  if (spaces != NULL)
    g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND, _ ("There is no record %s here."), id);
  return NULL;
}

/* A value of a change as a person types it; other values than texts as JSON. */
static char *
value_text (const LuoJsonMember *value)
{
  if (*value->value == '"')
    return luo_json_decode_string (value->value, value->value_length);
  if (*value->value == 'n')
    return g_strdup (_ ("(nothing)"));
  return g_strndup (value->value, value->value_length);
}

static void
print_changes (const char *changes)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) pair = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

  if (!luo_json_cut (changes, strlen (changes), members, NULL))
    return;
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);
      g_autofree char *pointer = luo_json_decode_string (member->name - 1, member->name_length + 2);
      g_autofree char *before = NULL, *after = NULL;

      /* Who and when stand in the line above. */
      if (g_str_equal (pointer, "/updated_at") || g_str_equal (pointer, "/updated_by")
          || !luo_json_cut_array (member->value, member->value_length, pair, NULL) || pair->len != 2)
        continue;
      before = value_text (&g_array_index (pair, LuoJsonMember, 0));
      after = value_text (&g_array_index (pair, LuoJsonMember, 1));
      if (*pointer == '\0')
        luo_cli_print ("  %s\n", *g_array_index (pair, LuoJsonMember, 1).value == 'n' ? _ ("deleted")
                                                                                      : _ ("made again"));
      else
        luo_cli_print ("  %s: %s → %s\n", pointer + 1, before, after);
    }
}

static void
append_text (GString *json, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (json, ",\"%s\":", name);
  luo_json_append_string (json, value);
}

static void
print_json (const char *id, GPtrArray *entries)
{
  g_autoptr (GString) json = g_string_new ("{\"id\":");

  luo_json_append_string (json, id);
  g_string_append (json, ",\"entries\":[");
  for (guint i = 0; i < entries->len; i++)
    {
      const LuoHistoryEntry *entry = g_ptr_array_index (entries, i);

      g_string_append (json, i > 0 ? ",\n{\"id\":" : "\n{\"id\":");
      luo_json_append_string (json, entry->id);
      append_text (json, "at", entry->at);
      append_text (json, "by", entry->by);
      append_text (json, "device", entry->device);
      append_text (json, "base", entry->base);
      append_text (json, "rev", entry->rev);
      g_string_append_printf (json, ",\"pending\":%s,\"changes\":%s}", entry->pending ? "true" : "false",
                              entry->changes);
    }
  luo_cli_print ("%s]}\n", json->str);
}

static int
run_history (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *space = NULL;
  const GOptionEntry entries[] = {
    { "space", 's', 0, G_OPTION_ARG_FILENAME, &space, N_ ("Look in the space S alone"), N_ ("S") },
    { NULL },
  };
  g_autofree char *found = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (LuoDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 1, 1))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  found = find_space (store, space, args[1], &error);
  list = found != NULL ? luo_history_list (store, found, args[1], &error) : NULL;
  if (list == NULL)
    return luo_cli_fail (error);
  if (cli->json)
    {
      print_json (args[1], list);
      return 0;
    }

  for (guint i = 0; i < list->len; i++)
    {
      const LuoHistoryEntry *entry = g_ptr_array_index (list, i);

      luo_cli_print ("%s  %s  %s  %s%s%s\n", entry->at, entry->by != NULL ? entry->by : "?",
                     entry->device != NULL ? entry->device : "?", entry->id, entry->pending ? "  " : "",
                     entry->pending ? _ ("not sent yet") : "");
      print_changes (entry->changes);
    }
  document = luo_store_get (store, found, args[1], NULL, NULL);
  if (document != NULL && luo_document_get_text (document, "created_at") != NULL)
    luo_cli_print (_ ("Made by %s, %s\n"),
                   luo_document_get_text (document, "created_by") != NULL
                       ? luo_document_get_text (document, "created_by")
                       : "?",
                   luo_document_get_text (document, "created_at"));
  return 0;
}

static int
run_restore (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *space = NULL;
  gboolean before = FALSE, exact = TRUE;
  const GOptionEntry entries[] = {
    { "space", 's', 0, G_OPTION_ARG_FILENAME, &space, N_ ("Look in the space S alone"), N_ ("S") },
    { "before", 'b', 0, G_OPTION_ARG_NONE, &before, N_ ("What was before the edit, not after it"), NULL },
    { NULL },
  };
  g_autofree char *found = NULL, *user = NULL, *rev = NULL;
  g_autoptr (GError) error = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 2, 2))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  user = luo_record_get_user (store);
  found = find_space (store, space, args[1], &error);
  if (found == NULL
      || !luo_record_return_to (store, found, args[1], args[2], before, user, &exact, &rev, &error))
    return luo_cli_fail (error);
  if (!exact)
    luo_cli_say (
        _ ("Edits of several offices were merged since then; what came later was undone member by member. "
           "Please look at the record.\n"));
  if (cli->json)
    luo_cli_print ("{\"ok\":true,\"id\":\"%s\",\"rev\":\"%s\",\"exact\":%s}\n", args[1], rev,
                   exact ? "true" : "false");
  else
    luo_cli_print ("%s\n", args[1]);
  return 0;
}

const LuoCliCommand luo_cli_history_commands[] = {
  { "history", N_ ("ID"), N_ ("Prints who changed a record, when, on which machine, and what."), TRUE,
    run_history },
  { "restore", N_ ("ID EDIT"), N_ ("Brings a record back to what it was after an edit of its history."), TRUE,
    run_restore },
  { NULL },
};
