/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-print-private.h"

#include <string.h>

#include "luo-hub-json-private.h"
#include "luo-json-text.h"

void
luo_hub_file_free (LuoHubFile *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->content_type);
  g_free (self->digest);
  g_free (self);
}

static gint64
parse_int (const LuoJsonMember *member)
{
  return g_ascii_strtoll (member->value, NULL, 10);
}

GPtrArray *
luo_hub_files_parse (const char *attachments)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_hub_file_free);
  g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

  if (attachments == NULL || !luo_json_cut (attachments, strlen (attachments), names, NULL))
    return files;
  for (guint i = 0; i < names->len; i++)
    {
      const LuoJsonMember *item = &g_array_index (names, LuoJsonMember, i);
      LuoHubFile *file;

      if (!luo_json_cut (item->value, item->value_length, members, NULL))
        continue;
      file = g_new0 (LuoHubFile, 1);
      file->name = luo_json_decode_string (item->name - 1, item->name_length + 2);
      for (guint j = 0; j < members->len; j++)
        {
          const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, j);

          if (luo_json_member_is (member, "content_type"))
            file->content_type = luo_json_decode_string (member->value, member->value_length);
          else if (luo_json_member_is (member, "digest"))
            file->digest = luo_json_decode_string (member->value, member->value_length);
          else if (luo_json_member_is (member, "length"))
            file->length = parse_int (member);
          else if (luo_json_member_is (member, "revpos"))
            file->revpos = parse_int (member);
        }
      if (file->name == NULL || file->digest == NULL)
        {
          luo_hub_file_free (file);
          continue;
        }
      if (file->content_type == NULL)
        file->content_type = g_strdup ("application/octet-stream");
      g_ptr_array_add (files, file);
    }
  return files;
}

/* Prints `_attachments` with their bytes in the place of the stubs. */
static void
append_files (LuoStore *store, LuoHubAnswer *answer, const char *stubs, LuoHubPrint print, GPtrArray *follow)
{
  g_autoptr (GPtrArray) files = luo_hub_files_parse (stubs);

  g_string_append_c (luo_hub_answer_text (answer), '{');
  for (guint i = 0; i < files->len; i++)
    {
      const LuoHubFile *file = files->pdata[i];
      GString *out = luo_hub_answer_text (answer);

      if (i > 0)
        g_string_append_c (out, ',');
      luo_json_append_string (out, file->name);
      g_string_append (out, ":{\"content_type\":");
      luo_json_append_string (out, file->content_type);
      g_string_append_printf (out, ",\"revpos\":%" G_GINT64_FORMAT ",\"digest\":", file->revpos);
      luo_json_append_string (out, file->digest);
      if (!luo_store_has_attachment (store, file->digest))
        g_string_append_printf (out, ",\"length\":%" G_GINT64_FORMAT ",\"stub\":true}", file->length);
      else if (print & LUO_HUB_PRINT_FOLLOWS)
        {
          LuoHubFile *copy = g_new0 (LuoHubFile, 1);

          g_string_append_printf (out, ",\"length\":%" G_GINT64_FORMAT ",\"follows\":true}", file->length);
          copy->name = g_strdup (file->name);
          copy->content_type = g_strdup (file->content_type);
          copy->digest = g_strdup (file->digest);
          copy->length = file->length;
          g_ptr_array_add (follow, copy);
        }
      else
        {
          g_string_append (out, ",\"data\":\"");
          luo_hub_answer_append_attachment (answer, file->digest, 0, file->length, TRUE);
          g_string_append (luo_hub_answer_text (answer), "\"}");
        }
    }
  g_string_append_c (luo_hub_answer_text (answer), '}');
}

/* Prints the document at @start of the text anew with its attachments' bytes, where it has any. */
static void
expand_attachments (LuoStore *store, LuoHubAnswer *answer, gsize start, LuoHubPrint print, GPtrArray *follow)
{
  GString *text = luo_hub_answer_text (answer);
  g_autoptr (GArray) members = NULL;
  g_autofree char *document = NULL;
  gsize length = text->len - start;

  if (memmem (text->str + start, length, "\"_attachments\"", 14) == NULL)
    return;
  document = g_strndup (text->str + start, length);
  members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  if (!luo_json_cut (document, length, members, NULL))
    return;
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);
      g_autofree char *stubs = NULL;

      if (!luo_json_member_is (member, "_attachments"))
        continue;
      stubs = g_strndup (member->value, member->value_length);
      g_string_truncate (text, start);
      g_string_append_len (text, document, member->value - document);
      append_files (store, answer, stubs, print, follow);
      g_string_append (luo_hub_answer_text (answer), member->value + member->value_length);
      return;
    }
}

static int
compare_nodes (gconstpointer a, gconstpointer b)
{
  const LuoTreeNode *x = *(LuoTreeNode *const *)a;
  const LuoTreeNode *y = *(LuoTreeNode *const *)b;

  return -luo_rev_compare (x->rev, (x->flags & LUO_REV_DELETED) != 0, y->rev,
                           (y->flags & LUO_REV_DELETED) != 0);
}

/* Leaves of the tree, the winner first; the nodes belong to @tree. */
static GPtrArray *
leaves_of (GPtrArray *tree)
{
  GPtrArray *leaves = g_ptr_array_new ();

  for (guint i = 0; i < tree->len; i++)
    if (((LuoTreeNode *)tree->pdata[i])->flags & LUO_REV_LEAF)
      g_ptr_array_add (leaves, tree->pdata[i]);
  g_ptr_array_sort (leaves, compare_nodes);
  return leaves;
}

static void
append_conflicts (GPtrArray *tree, gboolean deleted, GString *out)
{
  g_autoptr (GPtrArray) leaves = leaves_of (tree);
  gboolean first = TRUE;

  /* Like CouchDB: the member is there only where there is something to say. */
  for (guint i = 1; i < leaves->len; i++)
    {
      const LuoTreeNode *node = leaves->pdata[i];

      if (((node->flags & LUO_REV_DELETED) != 0) != deleted)
        continue;
      g_string_append (out, first ? (deleted ? ",\"_deleted_conflicts\":[" : ",\"_conflicts\":[") : ",");
      luo_json_append_string (out, node->rev);
      first = FALSE;
    }
  if (!first)
    g_string_append_c (out, ']');
}

static void
append_revs_info (GPtrArray *tree, char **history, GString *out)
{
  g_autoptr (GHashTable) nodes = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < tree->len; i++)
    g_hash_table_insert (nodes, ((LuoTreeNode *)tree->pdata[i])->rev, tree->pdata[i]);
  g_string_append (out, ",\"_revs_info\":[");
  for (gsize i = 0; history[i] != NULL; i++)
    {
      const LuoTreeNode *node = g_hash_table_lookup (nodes, history[i]);
      const char *status = "missing";

      if (node != NULL && (node->flags & LUO_REV_BODY))
        status = node->flags & LUO_REV_DELETED ? "deleted" : "available";
      g_string_append_printf (out, "%s{\"rev\":", i > 0 ? "," : "");
      luo_json_append_string (out, history[i]);
      g_string_append_printf (out, ",\"status\":\"%s\"}", status);
    }
  g_string_append_c (out, ']');
}

/* Puts further members before the closing brace. */
static gboolean
append_extras (LuoStore *store, const char *space, const char *id, const char *rev, LuoHubPrint print,
               LuoHubAnswer *answer, GError **error)
{
  g_autoptr (GPtrArray) tree = luo_store_get_tree (store, space, id, error);
  GString *text = luo_hub_answer_text (answer);

  if (tree == NULL)
    return FALSE;
  g_string_truncate (text, text->len - 1);
  if (print & LUO_HUB_PRINT_CONFLICTS)
    append_conflicts (tree, FALSE, text);
  if (print & LUO_HUB_PRINT_DELETED_CONFLICTS)
    append_conflicts (tree, TRUE, text);
  if (print & LUO_HUB_PRINT_REVS_INFO)
    {
      g_auto (GStrv) history = luo_store_get_history (store, space, id, rev, error);

      if (history == NULL)
        return FALSE;
      append_revs_info (tree, history, text);
    }
  if (print & LUO_HUB_PRINT_LOCAL_SEQ)
    {
      g_autoptr (LuoDocument) document = luo_store_get (store, space, id, rev, error);

      if (document == NULL)
        return FALSE;
      g_string_append_printf (text, ",\"_local_seq\":%" G_GINT64_FORMAT, luo_document_get_seq (document));
    }
  g_string_append_c (text, '}');
  return TRUE;
}

gboolean
luo_hub_print_document (LuoStore *store, const char *space, const char *id, const char *rev,
                        LuoHubPrint print, LuoHubAnswer *answer, GPtrArray *files, GError **error)
{
  const LuoHubPrint extras = LUO_HUB_PRINT_CONFLICTS | LUO_HUB_PRINT_DELETED_CONFLICTS
                             | LUO_HUB_PRINT_REVS_INFO | LUO_HUB_PRINT_LOCAL_SEQ;
  GString *text = luo_hub_answer_text (answer);
  gsize start = text->len;

  if (!luo_store_append_wire (store, space, id, rev, (print & LUO_HUB_PRINT_REVS) != 0, text, error)
      || ((print & extras) != 0 && !append_extras (store, space, id, rev, print, answer, error)))
    {
      g_string_truncate (text, start);
      return FALSE;
    }
  if (print & (LUO_HUB_PRINT_ATTACHMENTS | LUO_HUB_PRINT_FOLLOWS))
    expand_attachments (store, answer, start, print, files);
  return TRUE;
}

GPtrArray *
luo_hub_print_leaves (LuoStore *store, const char *space, const char *id, const char *rev, GError **error)
{
  g_autoptr (GPtrArray) tree = luo_store_get_tree (store, space, id, error);
  g_autoptr (GPtrArray) leaves = NULL;
  g_autoptr (GHashTable) nodes = NULL;
  GPtrArray *found;

  if (tree == NULL)
    return NULL;
  leaves = leaves_of (tree);
  nodes = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < tree->len; i++)
    g_hash_table_insert (nodes, ((LuoTreeNode *)tree->pdata[i])->rev, tree->pdata[i]);

  found = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < leaves->len; i++)
    {
      const LuoTreeNode *leaf = leaves->pdata[i];
      const LuoTreeNode *node = leaf;

      while (rev != NULL && node != NULL && strcmp (node->rev, rev) != 0)
        node = node->parent != NULL ? g_hash_table_lookup (nodes, node->parent) : NULL;
      if (node != NULL)
        g_ptr_array_add (found, g_strdup (leaf->rev));
    }
  return found;
}
