/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-cli-format.h"
#include "luo-json-text.h"
#include "luo-query.h"
#include "luo-record-check.h"

static gboolean
parse_number (const char *command, const char *option, const char *text, guint *number)
{
  guint64 value;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &value, NULL))
    {
      luo_cli_say (_ ("luoshictl %s: %s: “%s” is no number.\n"), command, option, text);
      return FALSE;
    }
  *number = (guint)value;
  return TRUE;
}

/* Longer operators first, so that >= is not read as >. */
static const struct
{
  const char *text;
  LuoOperator op;
} operators[] = {
  { "!=", LUO_NOT_EQUAL }, { "<=", LUO_AT_MOST }, { ">=", LUO_AT_LEAST },
  { "<", LUO_LESS },       { ">", LUO_GREATER },  { "=", LUO_EQUAL },
};

/* What a person typed as the value is stored: 正在建设 is construction, 50万元 is so many fen. */
static char *
stored_value (const LuoRecordType *type, const char *name, const char *text, GError **error)
{
  const LuoMember *member = luo_record_type_member (type, name);
  g_autofree char *json = NULL;

  if (member == NULL && g_str_equal (name, "stage"))
    {
      const LuoMember stage
          = { .name = "stage", .label = "stage", .kind = LUO_KIND_CHOICE, .choices = luo_stage_choices };

      json = luo_member_parse (&stage, text, error);
      if (json == NULL)
        return NULL;
    }
  else if (member == NULL)
    {
      return g_strdup (text);
    }
  else
    {
      switch (member->kind)
        {
        case LUO_KIND_TEXTS:
        case LUO_KIND_OBJECT:
        case LUO_KIND_ITEMS:
        case LUO_KIND_INTEGER_MAP:
        case LUO_KIND_TEXT_MAP:
        case LUO_KIND_INSTANT:
        case LUO_KIND_NARRATIVE:
          return g_strdup (text);
        default:
          json = luo_member_parse (member, text, error);
          if (json == NULL)
            return NULL;
        }
    }
  if (json[0] == '"')
    return luo_json_decode_string (json, strlen (json));
  return g_steal_pointer (&json);
}

static gboolean
add_condition (LuoQuery *query, const LuoRecordType *type, const char *condition)
{
  const char *at = NULL;
  gsize found = 0;
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  g_autoptr (GError) error = NULL;

  for (const char *p = condition; *p != '\0' && at == NULL; p++)
    for (gsize i = 0; i < G_N_ELEMENTS (operators) && at == NULL; i++)
      if (g_str_has_prefix (p, operators[i].text))
        {
          at = p;
          found = i;
        }
  if (at == NULL || at == condition || !g_utf8_validate (condition, -1, NULL))
    {
      luo_cli_say (_ ("luoshictl list: “%s” is no condition; one like district=huanggu or on>=2020-08-01 was "
                      "expected.\n"),
                   condition);
      return FALSE;
    }
  name = g_strndup (condition, (gsize)(at - condition));
  at += strlen (operators[found].text);
  if (*at == '\0')
    {
      luo_query_where (query, name, operators[found].op == LUO_NOT_EQUAL ? LUO_PRESENT : LUO_ABSENT, NULL);
      return TRUE;
    }
  value = stored_value (type, name, at, &error);
  if (value == NULL)
    {
      luo_cli_fail (error);
      return FALSE;
    }
  luo_query_where (query, name, operators[found].op, value);
  return TRUE;
}

static int
print_list (LuoCli *cli, LuoStore *store, GPtrArray *documents)
{
  luo_cli_print ("[");
  for (guint i = 0; i < documents->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *json = luo_cli_document_to_json (store, g_ptr_array_index (documents, i), &error);

      if (json == NULL)
        return luo_cli_fail (error);
      luo_cli_print ("%s\n%s", i > 0 ? "," : "", json);
    }
  luo_cli_print ("%s]\n", documents->len > 0 ? "\n" : "");
  return 0;
}

/* Records of one type as a table; the last column is what a person must know of one. */
static void
print_records (const LuoRecordType *type, GPtrArray *documents)
{
  const char *const *columns = luo_cli_columns_of (type->name);
  guint n = g_strv_length ((char **)columns);
  g_autofree const char **header = g_new0 (const char *, n + 3);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  header[0] = _ ("Identifier");
  for (guint c = 0; c < n; c++)
    {
      const LuoMember *member = luo_record_type_member (type, columns[c]);

      header[c + 1] = member != NULL ? _ (member->label) : _ ("Stage");
    }
  header[n + 1] = _ ("Note");
  for (guint i = 0; i < documents->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (documents, i);
      char **row = g_new0 (char *, n + 3);

      row[0] = g_strdup (luo_document_get_id (document));
      for (guint c = 0; c < n; c++)
        row[c + 1] = luo_cli_cell (document, columns[c]);
      row[n + 1] = luo_cli_note_of (document);
      g_ptr_array_add (rows, row);
    }
  luo_cli_print_table (header, rows);
}

static int
run_list (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *space = NULL;
  g_autofree char *limit_text = NULL;
  g_autofree char *offset_text = NULL;
  g_auto (GStrv) conditions = NULL;
  g_auto (GStrv) sorts = NULL;
  const GOptionEntry entries[] = {
    { "space", 's', 0, G_OPTION_ARG_FILENAME, &space, N_ ("Only records of the space S"), N_ ("S") },
    { "where", 'w', 0, G_OPTION_ARG_FILENAME_ARRAY, &conditions,
      N_ ("Only records whose MEMBER is VALUE; also !=, <, <=, >, >="), N_ ("MEMBER=VALUE") },
    { "sort", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &sorts, N_ ("Sort by the member M, downwards with -M"),
      N_ ("M") },
    { "limit", 'n', 0, G_OPTION_ARG_FILENAME, &limit_text, N_ ("At most N records"), N_ ("N") },
    { "offset", 0, 0, G_OPTION_ARG_FILENAME, &offset_text, N_ ("Leave out the first N"), N_ ("N") },
    { NULL },
  };
  g_autoptr (LuoQuery) query = NULL;
  g_autoptr (GPtrArray) documents = NULL;
  g_autoptr (GError) error = NULL;
  const LuoRecordType *type;
  LuoStore *store;
  guint limit = 0, offset = 0;

  if (!luo_cli_parse (cli, command, entries, args, 1, 1) || !luo_cli_check_type ("list", args[1])
      || !parse_number ("list", "--limit", limit_text, &limit)
      || !parse_number ("list", "--offset", offset_text, &offset))
    return LUO_CLI_EXIT_USAGE;
  type = luo_record_type_find (args[1]);
  query = luo_query_new (args[1]);
  if (space != NULL)
    luo_query_set_space (query, space);
  for (char **c = conditions; c != NULL && *c != NULL; c++)
    if (!add_condition (query, type, *c))
      return LUO_CLI_EXIT_USAGE;
  for (char **s = sorts; s != NULL && *s != NULL; s++)
    luo_query_sort (query, **s == '-' ? *s + 1 : *s, **s == '-');
  if (sorts == NULL)
    luo_query_sort (query, "id", FALSE);
  if (limit_text != NULL || offset_text != NULL)
    luo_query_set_limit (query, offset, limit_text != NULL ? limit : G_MAXINT);
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  documents = luo_store_list (store, query, &error);
  if (documents == NULL)
    return luo_cli_fail (error);
  if (cli->json)
    return print_list (cli, store, documents);
  print_records (type, documents);
  return 0;
}

static int
run_search (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *space = NULL;
  g_autofree char *type_name = NULL;
  g_autofree char *limit_text = NULL;
  const GOptionEntry entries[] = {
    { "space", 's', 0, G_OPTION_ARG_FILENAME, &space, N_ ("Only records of the space S"), N_ ("S") },
    { "type", 't', 0, G_OPTION_ARG_FILENAME, &type_name, N_ ("Only records of TYPE"), N_ ("TYPE") },
    { "limit", 'n', 0, G_OPTION_ARG_FILENAME, &limit_text, N_ ("At most N records of each type"), N_ ("N") },
    { NULL },
  };
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
  g_autofree char *words = NULL;
  LuoStore *store;
  guint limit = 0;

  if (!luo_cli_parse (cli, command, entries, args, 1, G_MAXUINT)
      || !parse_number ("search", "--limit", limit_text, &limit)
      || (type_name != NULL && !luo_cli_check_type ("search", type_name)))
    return LUO_CLI_EXIT_USAGE;
  words = g_strjoinv (" ", args + 1);
  if (!g_utf8_validate (words, -1, NULL))
    {
      luo_cli_say (_ ("luoshictl search: The words are no UTF-8 text.\n"));
      return LUO_CLI_EXIT_USAGE;
    }
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  luo_store_wait_indexed (store);
  for (const LuoRecordType *const *t = luo_record_types (); *t != NULL; t++)
    {
      g_autoptr (LuoQuery) query = NULL;
      g_autoptr (GPtrArray) documents = NULL;
      g_autoptr (GError) error = NULL;

      if (type_name != NULL && !g_str_equal ((*t)->name, type_name))
        continue;
      query = luo_query_new ((*t)->name);
      luo_query_set_words (query, words);
      if (space != NULL)
        luo_query_set_space (query, space);
      if (limit_text != NULL)
        luo_query_set_limit (query, 0, limit);
      documents = luo_store_list (store, query, &error);
      if (documents == NULL)
        return luo_cli_fail (error);
      if (documents->len > 0 && !cli->json)
        {
          luo_cli_print ("%s%s\n", found->len > 0 ? "\n" : "", _ ((*t)->label));
          print_records (*t, documents);
        }
      for (guint i = 0; i < documents->len; i++)
        g_ptr_array_add (found, luo_document_ref (g_ptr_array_index (documents, i)));
    }
  if (cli->json)
    return print_list (cli, store, found);
  if (found->len == 0)
    luo_cli_say (_ ("Nothing was found.\n"));
  return 0;
}

const LuoCliCommand luo_cli_list_commands[] = {
  { "list", N_ ("TYPE"),
    N_ ("Lists records: task, progress, project, training, visit, office, reference, edit."), TRUE,
    run_list },
  { "search", N_ ("WORDS…"), N_ ("Finds records by words, Chinese words of two characters too."), TRUE,
    run_search },
  { NULL },
};
