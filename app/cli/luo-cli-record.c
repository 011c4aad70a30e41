/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "luo-attachment.h"
#include "luo-cli-format.h"
#include "luo-json-text.h"
#include "luo-query.h"
#include "luo-record-check.h"
#include "luo-record-edit.h"
#include "luo-record-error.h"

/* A record may be edited by the window between our reading and our saving; then the edit is made anew, so often. */
#define MAX_TRIES 5

static gboolean
check_type (const char *command, const char *type)
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

/* list and search */

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

  if (!luo_cli_parse (cli, command, entries, args, 1, 1) || !check_type ("list", args[1])
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
      || (type_name != NULL && !check_type ("search", type_name)))
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

/* show */

static LuoDocument *
find_document (LuoStore *store, const char *space, const char *id, GError **error)
{
  return space != NULL ? luo_store_get (store, space, id, NULL, error) : luo_store_find (store, id, error);
}

/* One version of a member, with whose it is. */
static void
print_version (LuoDocument *leaf, const LuoMember *member, const char *name)
{
  const char *by = luo_document_get_text (leaf, "updated_by");
  const char *at = luo_document_get_text (leaf, "updated_at");
  JsonNode *value = json_object_get_member (luo_document_get_object (leaf), name);
  g_autofree char *text = NULL;

  if (value == NULL)
    text = g_strdup (_ ("(nothing)"));
  else if (member != NULL && member->kind != LUO_KIND_ITEMS && member->kind != LUO_KIND_OBJECT
           && member->kind != LUO_KIND_INTEGER_MAP && member->kind != LUO_KIND_TEXT_MAP)
    text = luo_member_format (member, value);
  else
    text = json_to_string (value, FALSE);
  /* Translators: who, when, the value. */
  luo_cli_print (_ ("    %s, %s: %s\n"), by != NULL ? by : "", at != NULL ? at : "", text);
}

static gboolean
differs (GPtrArray *leaves, const char *name)
{
  g_autofree char *pointer = g_strconcat ("/", name, NULL);
  g_autofree char *first = luo_json_at (luo_document_get_body (g_ptr_array_index (leaves, 0), NULL), pointer);

  for (guint i = 1; i < leaves->len; i++)
    {
      g_autofree char *other
          = luo_json_at (luo_document_get_body (g_ptr_array_index (leaves, i), NULL), pointer);

      if ((first == NULL) != (other == NULL) || (first != NULL && g_strcmp0 (first, other) != 0))
        return TRUE;
    }
  return FALSE;
}

/* Every value of every member on which the versions differ. */
static void
print_conflict (const LuoRecordType *type, GPtrArray *leaves)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  luo_cli_print (
      ngettext ("In conflict: %u version is kept.\n", "In conflict: %u versions are kept.\n", leaves->len),
      leaves->len);
  for (guint i = 0; i < leaves->len; i++)
    {
      g_autoptr (GList) names
          = json_object_get_members (luo_document_get_object (g_ptr_array_index (leaves, i)));

      for (GList *l = names; l != NULL; l = l->next)
        {
          const LuoMember *member = type != NULL ? luo_record_type_member (type, l->data) : NULL;

          if (g_str_has_prefix (l->data, "updated_") || !g_hash_table_add (seen, l->data)
              || !differs (leaves, l->data))
            continue;
          luo_cli_print (_ ("  %s:\n"), member != NULL ? _ (member->label) : (char *)l->data);
          for (guint v = 0; v < leaves->len; v++)
            print_version (g_ptr_array_index (leaves, v), member, l->data);
        }
    }
}

static void
print_attachments (LuoStore *store, LuoDocument *document)
{
  g_autoptr (GPtrArray) attachments = luo_store_list_attachments (store, document, NULL);

  if (attachments == NULL || attachments->len == 0)
    return;
  luo_cli_print (_ ("Files:\n"));
  for (guint i = 0; i < attachments->len; i++)
    {
      const LuoAttachment *attachment = g_ptr_array_index (attachments, i);
      g_autofree char *size = g_format_size ((guint64)attachment->length);

      luo_cli_print ("  %s  %s  %s%s%s\n", attachment->name, attachment->content_type, size,
                     attachment->present ? "" : "  ", attachment->present ? "" : _ ("not here yet"));
    }
}

static void
print_tree (GPtrArray *tree, const char *winner)
{
  luo_cli_print (_ ("Versions:\n"));
  for (guint i = 0; i < tree->len; i++)
    {
      const LuoTreeNode *node = g_ptr_array_index (tree, i);

      luo_cli_print ("  %s", node->rev);
      if (g_str_equal (node->rev, winner))
        luo_cli_print ("  %s", _ ("shown"));
      else if (node->flags & LUO_REV_LEAF)
        luo_cli_print ("  %s", node->flags & LUO_REV_DELETED ? _ ("deleted") : _ ("in conflict"));
      if (node->flags & LUO_REV_HELD)
        luo_cli_print ("  %s", _ ("on the server"));
      luo_cli_print ("\n");
    }
}

static int
print_revisions_json (LuoDocument *document, GPtrArray *leaves, GPtrArray *tree)
{
  g_autoptr (GString) json = g_string_new ("{\"id\":");

  luo_json_append_string (json, luo_document_get_id (document));
  g_string_append_printf (json, ",\"winner\":\"%s\",\"leaves\":[", luo_document_get_rev (document));
  for (guint i = 0; i < leaves->len; i++)
    {
      g_autofree char *leaf = luo_document_to_json (g_ptr_array_index (leaves, i));

      g_string_append_printf (json, "%s\n%s", i > 0 ? "," : "", leaf);
    }
  g_string_append (json, "],\n\"revisions\":[");
  for (guint i = 0; i < tree->len; i++)
    {
      const LuoTreeNode *node = g_ptr_array_index (tree, i);

      g_string_append_printf (json, "%s\n{\"rev\":\"%s\"", i > 0 ? "," : "", node->rev);
      if (node->parent != NULL)
        g_string_append_printf (json, ",\"parent\":\"%s\"", node->parent);
      g_string_append_printf (
          json, ",\"leaf\":%s,\"deleted\":%s,\"available\":%s,\"held\":%s}",
          node->flags & LUO_REV_LEAF ? "true" : "false", node->flags & LUO_REV_DELETED ? "true" : "false",
          node->flags & LUO_REV_BODY ? "true" : "false", node->flags & LUO_REV_HELD ? "true" : "false");
    }
  luo_cli_print ("%s]}\n", json->str);
  return 0;
}

static int
show (LuoCli *cli, LuoStore *store, LuoDocument *document, gboolean revisions, GError **error)
{
  const LuoRecordType *type = luo_record_type_find (luo_document_get_record_type (document));
  const char *space = luo_document_get_space (document);
  const char *id = luo_document_get_id (document);
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (store, space, id, error);
  g_autoptr (GPtrArray) tree = NULL;

  if (leaves == NULL)
    return 1;
  if (revisions)
    {
      tree = luo_store_get_tree (store, space, id, error);
      if (tree == NULL)
        return 1;
    }
  if (cli->json && revisions)
    return print_revisions_json (document, leaves, tree);
  if (cli->json)
    {
      g_autofree char *json = luo_cli_document_to_json (store, document, error);

      if (json == NULL)
        return 1;
      luo_cli_print ("%s\n", json);
      return 0;
    }

  luo_cli_print ("%s  %s  %s\n", id, space,
                 type != NULL ? _ (type->label_one) : luo_document_get_record_type (document));
  if (luo_document_get_not_understood (document) != NULL)
    luo_cli_print (_ ("Not understood here: %s\n"), luo_document_get_not_understood (document));
  luo_cli_print_members (luo_document_get_object (document), type != NULL ? type->members : NULL, 0);
  print_attachments (store, document);
  luo_cli_print (
      _ ("Last edited by %s, %s\n"),
      luo_document_get_text (document, "updated_by") != NULL ? luo_document_get_text (document, "updated_by")
                                                             : "",
      luo_document_get_text (document, "updated_at") != NULL ? luo_document_get_text (document, "updated_at")
                                                             : "");
  for (guint i = leaves->len; i > 0; i--)
    if (luo_document_get_deleted (g_ptr_array_index (leaves, i - 1)))
      g_ptr_array_remove_index (leaves, i - 1);
  if (leaves->len > 1)
    print_conflict (type, leaves);
  if (revisions)
    print_tree (tree, luo_document_get_rev (document));
  return 0;
}

static int
run_show (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *space = NULL;
  gboolean revisions = FALSE;
  const GOptionEntry entries[] = {
    { "space", 's', 0, G_OPTION_ARG_FILENAME, &space, N_ ("Look in the space S alone"), N_ ("S") },
    { "revisions", 'r', 0, G_OPTION_ARG_NONE, &revisions,
      N_ ("Print its versions too, those in conflict among them"), NULL },
    { NULL },
  };
  g_autoptr (LuoDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  LuoStore *store;
  int status;

  if (!luo_cli_parse (cli, command, entries, args, 1, 1))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  document = find_document (store, space, args[1], &error);
  if (document == NULL)
    return luo_cli_fail (error);
  status = show (cli, store, document, revisions, &error);
  return error != NULL ? luo_cli_fail (error) : status;
}

/* new, set, delete */

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

  if (!luo_cli_parse (cli, command, entries, args, 1, G_MAXUINT) || !check_type ("new", args[1]))
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

      document = find_document (store, space, args[1], &error);
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
      if (tries == MAX_TRIES || !g_error_matches (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT))
        return luo_cli_fail (error);
    }
}

static int
run_delete (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autofree char *space = NULL;
  const GOptionEntry entries[] = {
    { "space", 's', 0, G_OPTION_ARG_FILENAME, &space, N_ ("Look in the space S alone"), N_ ("S") },
    { NULL },
  };
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *user = NULL;
  g_autofree char *rev = NULL;
  g_autoptr (GError) error = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, entries, args, 1, 1))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  user = luo_record_get_user (store);
  document = find_document (store, space, args[1], &error);
  if (document == NULL
      || !luo_record_delete (store, luo_document_get_space (document), args[1],
                             luo_document_get_rev (document), user, &rev, &error))
    return luo_cli_fail (error);
  print_saved (cli, args[1], rev);
  return 0;
}

const LuoCliCommand luo_cli_record_commands[] = {
  { "list", N_ ("TYPE"),
    N_ ("Lists records: task, progress, project, training, visit, office, reference, edit."), TRUE,
    run_list },
  { "show", N_ ("ID"), N_ ("Prints one record."), TRUE, run_show },
  { "new", N_ ("TYPE [MEMBER=VALUE…]"), N_ ("Makes a record and prints its identifier."), FALSE, run_new },
  { "set", N_ ("ID MEMBER=VALUE…"),
    N_ ("Changes members of a record, such as readings.centres=15 or stages/built/on=2020-08-28; MEMBER= "
        "removes one."),
    TRUE, run_set },
  { "delete", N_ ("ID"), N_ ("Deletes a record."), TRUE, run_delete },
  { "search", N_ ("WORDS…"), N_ ("Finds records by words, Chinese words of two characters too."), TRUE,
    run_search },
  { NULL },
};
