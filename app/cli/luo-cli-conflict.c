/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-cli-json.h"
#include "luo-conflict.h"
#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-record-error.h"
#include "luo-record-type.h"
#include "luo-title.h"

/* As many as the window shows. */
#define MAX_CONFLICTS 200

/* conflicts */

/* Versions are called A, B … in print. */
static char
letter_of (LuoConflict *conflict, LuoDocument *leaf)
{
  guint place = 0;

  for (guint i = 0; i < conflict->leaves->len; i++, place++)
    if (strcmp (luo_document_get_rev (conflict->leaves->pdata[i]), luo_document_get_rev (leaf)) == 0)
      break;
  return place < 26 ? (char)('A' + place) : '?';
}

static void
print_value (LuoConflict *conflict, const char *name, const char *pointer, const char *value,
             const char *unit)
{
  g_autofree char *text = luo_conflict_value_text (conflict, pointer, value, unit);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (i == 0)
      luo_cli_print (_ ("    %s: %s\n"), name, lines[i]);
    else
      luo_cli_print ("      %s\n", lines[i]);
}

static void
print_member (LuoConflict *conflict, const LuoConflictMember *member)
{
  luo_cli_print ("  %s  (%s)\n", member->label, member->pointer + 1);
  if (member->base != NULL)
    print_value (conflict, _ ("before"), member->pointer, member->before, member->unit);
  for (guint i = 0; i < member->options->len; i++)
    {
      const LuoConflictOption *option = member->options->pdata[i];
      g_autoptr (GString) names = g_string_new (NULL);

      for (guint l = 0; l < option->leaves->len; l++)
        {
          if (l > 0)
            g_string_append_c (names, ' ');
          g_string_append_c (names, letter_of (conflict, option->leaves->pdata[l]));
        }
      print_value (conflict, names->str, member->pointer, option->value, member->unit);
    }
}

static void
print_conflict (LuoConflict *conflict)
{
  g_autofree char *title = luo_title_of (conflict->winner);
  guint merged = conflict->merged->len;

  luo_cli_print ("%s  %s  %s\n", luo_document_get_id (conflict->winner),
                 luo_format_office (luo_document_get_space (conflict->winner)), title);
  for (guint i = 0; i < conflict->leaves->len; i++)
    {
      g_autofree char *author = luo_conflict_author (conflict, conflict->leaves->pdata[i]);

      luo_cli_print ("  %c  %s  %s\n", letter_of (conflict, conflict->leaves->pdata[i]),
                     luo_document_get_rev (conflict->leaves->pdata[i]), author);
    }
  for (guint i = 0; i < conflict->deletions->len; i++)
    {
      g_autofree char *author = luo_conflict_author (conflict, conflict->deletions->pdata[i]);

      /* Translators: a version of a record, and who deleted the record when */
      luo_cli_print (_ ("  deleted  %s  %s\n"), luo_document_get_rev (conflict->deletions->pdata[i]), author);
    }
  if (conflict->problem != NULL)
    luo_cli_print (_ ("  The versions do not contradict each other, but together they are not valid: %s\n"),
                   conflict->problem);
  for (guint i = 0; i < conflict->members->len; i++)
    print_member (conflict, conflict->members->pdata[i]);
  if (merged > 0)
    luo_cli_print (ngettext ("  %u other difference needs no decision.\n",
                             "  %u other differences need no decision.\n", merged),
                   merged);
}

/* @value: (nullable): JSON text; what is not there is left out */
static void
add_value (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_value (builder, json_from_string (value, NULL));
}

static void
add_versions (JsonBuilder *builder, LuoConflict *conflict, const char *name, GPtrArray *documents)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < documents->len; i++)
    {
      LuoDocument *leaf = documents->pdata[i];

      json_builder_begin_object (builder);
      luo_cli_json_add_text (builder, "rev", luo_document_get_rev (leaf));
      luo_cli_json_add_text (builder, "by", luo_document_get_text (leaf, "updated_by"));
      luo_cli_json_add_text (builder, "at", luo_document_get_text (leaf, "updated_at"));
      json_builder_set_member_name (builder, "ours");
      json_builder_add_boolean_value (builder, documents == conflict->leaves && i == conflict->ours);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_member (JsonBuilder *builder, const LuoConflictMember *member)
{
  json_builder_begin_object (builder);
  luo_cli_json_add_text (builder, "member", member->pointer + 1);
  luo_cli_json_add_text (builder, "label", member->label);
  add_value (builder, "before", member->before);
  json_builder_set_member_name (builder, "values");
  json_builder_begin_array (builder);
  for (guint i = 0; i < member->options->len; i++)
    {
      const LuoConflictOption *option = member->options->pdata[i];

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "revs");
      json_builder_begin_array (builder);
      for (guint l = 0; l < option->leaves->len; l++)
        json_builder_add_string_value (builder, luo_document_get_rev (option->leaves->pdata[l]));
      json_builder_end_array (builder);
      add_value (builder, "value", option->value);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_conflict (JsonBuilder *builder, LuoConflict *conflict)
{
  g_autofree char *title = luo_title_of (conflict->winner);

  json_builder_begin_object (builder);
  luo_cli_json_add_text (builder, "id", luo_document_get_id (conflict->winner));
  luo_cli_json_add_text (builder, "space", luo_document_get_space (conflict->winner));
  luo_cli_json_add_text (builder, "type", luo_document_get_record_type (conflict->winner));
  luo_cli_json_add_text (builder, "title", title);
  add_versions (builder, conflict, "leaves", conflict->leaves);
  add_versions (builder, conflict, "deletions", conflict->deletions);
  luo_cli_json_add_text (builder, "problem", conflict->problem);
  json_builder_set_member_name (builder, "members");
  json_builder_begin_array (builder);
  for (guint i = 0; i < conflict->members->len; i++)
    add_member (builder, conflict->members->pdata[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "merged");
  json_builder_begin_array (builder);
  for (guint i = 0; i < conflict->merged->len; i++)
    {
      const LuoConflictMerged *merged = conflict->merged->pdata[i];

      json_builder_begin_object (builder);
      luo_cli_json_add_text (builder, "member", merged->pointer + 1);
      luo_cli_json_add_text (builder, "rev", luo_document_get_rev (merged->leaf));
      add_value (builder, "before", merged->before);
      add_value (builder, "after", merged->after);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static int
run_conflicts (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autoptr (GPtrArray) documents = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, NULL, args, 0, 0))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  documents = luo_conflict_list (store, MAX_CONFLICTS, &error);
  if (documents == NULL)
    return luo_cli_fail (error);
  json_builder_begin_array (builder);
  for (guint i = 0; i < documents->len; i++)
    {
      LuoDocument *document = documents->pdata[i];
      g_autoptr (LuoConflict) conflict = luo_conflict_read (store, luo_document_get_space (document),
                                                            luo_document_get_id (document), &error);

      if (error != NULL)
        return luo_cli_fail (error);
      if (conflict == NULL)
        continue;
      if (cli->json)
        add_conflict (builder, conflict);
      else
        print_conflict (conflict);
    }
  json_builder_end_array (builder);
  if (!cli->json)
    {
      if (documents->len == 0)
        luo_cli_print (_ ("Nothing is in conflict.\n"));
      return 0;
    }
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  luo_cli_print ("%s\n", text);
  return 0;
}

/* resolve */

static gboolean
refuse (GError **error, const char *format, const char *text)
{
  g_autofree char *message = NULL;
  GString *out = g_string_new (format);

  g_string_replace (out, "%s", text, 1);
  message = g_string_free (out, FALSE);
  g_set_error_literal (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER, message);
  return FALSE;
}

static gboolean
decide_theirs (LuoConflict *conflict, LuoConflictMember *member, GError **error)
{
  g_autoptr (GString) revs = g_string_new (NULL);

  if (conflict->leaves->len == 2)
    {
      luo_conflict_take_version (member, luo_document_get_rev (conflict->leaves->pdata[1 - conflict->ours]));
      return TRUE;
    }
  for (guint i = 0; i < conflict->leaves->len; i++)
    if (i != conflict->ours)
      g_string_append_printf (revs, "%s%s", revs->len > 0 ? ", " : "",
                              luo_document_get_rev (conflict->leaves->pdata[i]));
  return refuse (error,
                 /* Translators: %s lists versions of a record */
                 _ ("“theirs” is not clear, because others wrote more than one version (%s); name one "
                    "with --take, or the value."),
                 revs->str);
}

/* MEMBER=ours|theirs|both|VALUE */
static gboolean
decide (LuoConflict *conflict, const char *assignment, GError **error)
{
  const char *equals = strchr (assignment, '=');
  g_autofree char *path = NULL;
  LuoConflictMember *member;

  if (equals == NULL || equals == assignment || !g_utf8_validate (assignment, -1, NULL))
    {
      g_autofree char *shown = g_utf8_make_valid (assignment, -1);

      return refuse (
          error, _ ("“%s” was found where MEMBER=ours, MEMBER=theirs or MEMBER=VALUE was expected."), shown);
    }
  path = g_strndup (assignment, (gsize)(equals - assignment));
  member = luo_conflict_find_member (conflict, path);
  if (member == NULL)
    {
      g_autoptr (GString) known = g_string_new (NULL);
      g_autofree char *message = NULL;

      for (guint i = 0; i < conflict->members->len; i++)
        g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "",
                                ((LuoConflictMember *)conflict->members->pdata[i])->pointer + 1);
      /* Translators: the member that was named, and those that could be */
      message = g_strdup_printf (_ ("“%s” is not in dispute; to be decided: %s"), path,
                                 known->len > 0 ? known->str : _ ("nothing"));
      g_set_error_literal (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER, message);
      return FALSE;
    }
  if (strcmp (equals + 1, "ours") == 0)
    {
      luo_conflict_take_version (member, luo_document_get_rev (conflict->leaves->pdata[conflict->ours]));
      return TRUE;
    }
  if (strcmp (equals + 1, "theirs") == 0)
    return decide_theirs (conflict, member, error);
  if (member->is_file && strcmp (equals + 1, "both") == 0)
    {
      luo_conflict_keep_both (member);
      return TRUE;
    }
  return luo_conflict_write (conflict, member, equals + 1, error);
}

/* Says what is still open. */
static gboolean
check_decided (LuoConflict *conflict, GError **error)
{
  g_autoptr (GString) open = g_string_new (NULL);

  if (conflict->fate == LUO_CONFLICT_FATE_OPEN)
    return refuse (error,
                   _ ("Somebody deleted the record while it was edited; name the version that stands with "
                      "--take: %s to delete it."),
                   luo_document_get_rev (conflict->deletions->pdata[0]));
  for (guint i = 0; i < conflict->members->len; i++)
    {
      LuoConflictMember *member = conflict->members->pdata[i];

      if (!member->decided)
        g_string_append_printf (open, "%s%s", open->len > 0 ? ", " : "", member->pointer + 1);
    }
  if (open->len == 0 || luo_conflict_is_decided (conflict))
    return TRUE;
  return refuse (error, _ ("Still to be decided: %s"), open->str);
}

static gboolean
resolve (LuoStore *store, LuoConflict *conflict, const char *take, char **assignments, GError **error)
{
  if (take != NULL && !luo_conflict_take_leaf (conflict, take, error))
    return FALSE;
  for (char **a = assignments; *a != NULL; a++)
    if (!decide (conflict, *a, error))
      return FALSE;
  return check_decided (conflict, error) && luo_conflict_save (conflict, store, NULL, error);
}

static int
run_resolve (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *space = NULL;
  g_autofree char *take = NULL;
  const GOptionEntry entries[] = {
    { "space", 's', 0, G_OPTION_ARG_FILENAME, &space, N_ ("Look in the space S alone"), N_ ("S") },
    { "take", 't', 0, G_OPTION_ARG_FILENAME, &take,
      N_ ("Decide everything as the version LEAF has it; what does not contradict it stays"), N_ ("LEAF") },
    { NULL },
  };
  g_autoptr (LuoDocument) document = NULL;
  g_autoptr (LuoConflict) conflict = NULL;
  g_autoptr (GError) error = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 1, G_MAXUINT))
    return LUO_CLI_EXIT_USAGE;
  if (take == NULL && args[2] == NULL)
    {
      luo_cli_say (_ ("luoshictl resolve: --take LEAF or MEMBER=ours|theirs|VALUE was expected; “luoshictl "
                      "conflicts” shows what is to be decided.\n"));
      return LUO_CLI_EXIT_USAGE;
    }
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  document = luo_cli_find (store, space, args[1], &error);
  if (document == NULL)
    return luo_cli_fail (error);
  conflict = luo_conflict_read (store, luo_document_get_space (document), args[1], &error);
  if (conflict == NULL && error == NULL)
    refuse (&error, _ ("The record %s is not in conflict."), args[1]);
  if (conflict == NULL || !resolve (store, conflict, take, args + 2, &error))
    return luo_cli_fail (error);
  if (cli->json)
    {
      g_autofree char *id = luo_json_encode_string (args[1]);

      luo_cli_print ("{\"ok\":true,\"id\":%s}\n", id);
    }
  else
    luo_cli_print ("%s\n", args[1]);
  return 0;
}

const LuoCliCommand luo_cli_conflict_commands[] = {
  { "conflicts", "",
    N_ ("Shows what several people changed differently, and who deleted what another edited."), TRUE,
    run_conflicts },
  { "resolve", N_ ("ID --take LEAF | MEMBER=ours|theirs|VALUE…"),
    N_ ("Decides a conflict; the decision is an edit like any other. MEMBER= takes a value away."), TRUE,
    run_resolve },
  { NULL },
};
