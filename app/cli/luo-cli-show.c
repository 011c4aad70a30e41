/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli.h"

#include <glib/gi18n.h>

#include "luo-attachment.h"
#include "luo-cli-format.h"
#include "luo-json-text.h"
#include "luo-receipt.h"
#include "luo-record-check.h"

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

/* What the server holds of the record or of a file. */
static void
print_receipt (const LuoReceipt *receipt)
{
  const char *state = luo_receipt_state_label (receipt->state);

  if (receipt->state == LUO_RECEIPT_HELD)
    luo_cli_print ("%s\n", state);
  else if (receipt->advice == NULL)
    luo_cli_print (_ ("%s: %s\n"), state, receipt->reason);
  else
    /* Translators: the state of a record at the server, the reason, what can be done */
    luo_cli_print (_ ("%s: %s; %s\n"), state, receipt->reason, receipt->advice);
}

static void
print_attachments (LuoStore *store, LuoDocument *document, GPtrArray *receipts)
{
  g_autoptr (GPtrArray) attachments = luo_store_list_attachments (store, document, NULL);

  if (attachments == NULL || attachments->len == 0)
    return;
  luo_cli_print (_ ("Files:\n"));
  for (guint i = 0; i < attachments->len; i++)
    {
      const LuoAttachment *attachment = g_ptr_array_index (attachments, i);
      g_autofree char *size = g_format_size ((guint64)attachment->length);

      luo_cli_print ("  %s  %s  %s%s%s  ", attachment->name, attachment->content_type, size,
                     attachment->present ? "" : "  ", attachment->present ? "" : _ ("not here yet"));
      /* The first is of the record. */
      print_receipt (g_ptr_array_index (receipts, i + 1));
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
  g_autoptr (GPtrArray) receipts = NULL;

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
  receipts = luo_receipt_of (store, document, error);
  if (receipts == NULL)
    return 1;
  print_attachments (store, document, receipts);
  luo_cli_print (
      _ ("Last edited by %s, %s\n"),
      luo_document_get_text (document, "updated_by") != NULL ? luo_document_get_text (document, "updated_by")
                                                             : "",
      luo_document_get_text (document, "updated_at") != NULL ? luo_document_get_text (document, "updated_at")
                                                             : "");
  luo_cli_print ("%s", _ ("Server: "));
  print_receipt (g_ptr_array_index (receipts, 0));
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
  document = luo_cli_find (store, space, args[1], &error);
  if (document == NULL)
    return luo_cli_fail (error);
  status = show (cli, store, document, revisions, &error);
  return error != NULL ? luo_cli_fail (error) : status;
}

const LuoCliCommand luo_cli_show_commands[] = {
  { "show", N_ ("ID"), N_ ("Prints one record."), TRUE, run_show },
  { NULL },
};
