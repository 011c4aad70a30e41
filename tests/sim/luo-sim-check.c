/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-attachment.h"
#include "luo-sim-private.h"
#include "luo-store-sync.h"

/* What must hold when the faults have stopped and everything has come to rest. */

typedef struct
{
  LuoSim *sim;
  GHashTable *texts; /* (owned): "space\nid" → the text of all live leaves on the first desk */
} Check;

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* A document as every machine must have it: all leaves, tombstones among them, with bodies and attached files. */
static char *
describe_document (LuoStore *store, const char *space, const LuoChange *change, GString *text)
{
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (store, space, change->id, NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *joined = NULL;

  for (guint i = 0; leaves != NULL && i < leaves->len; i++)
    {
      LuoDocument *leaf = leaves->pdata[i];
      g_autoptr (GPtrArray) attachments = luo_store_list_attachments (store, leaf, NULL);
      g_autoptr (GString) line = g_string_new (luo_document_get_rev (leaf));

      g_string_append_printf (line, "%s %s", luo_document_get_deleted (leaf) ? " deleted" : "",
                              luo_document_get_body (leaf, NULL));
      for (guint j = 0; attachments != NULL && j < attachments->len; j++)
        {
          const LuoAttachment *attachment = attachments->pdata[j];

          g_string_append_printf (line, " %s=%s%s", attachment->name, attachment->digest,
                                  attachment->present ? "" : " MISSING");
        }
      if (text != NULL && !luo_document_get_deleted (leaf))
        g_string_append (text, line->str);
      g_ptr_array_add (lines, g_string_free (g_steal_pointer (&line), FALSE));
    }
  g_ptr_array_sort (lines, compare_texts);
  g_ptr_array_add (lines, NULL);
  joined = g_strjoinv ("\n    ", (char **)lines->pdata);
  return g_strdup_printf ("%s winner %s\n    %s", change->id, change->rev, joined);
}

static char *
describe_space (LuoStore *store, const char *space, const char *shown, Check *check)
{
  g_autoptr (GPtrArray) changes = luo_store_changes (store, space, 0, G_MAXINT, FALSE, NULL, NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      const LuoChange *change = changes->pdata[i];
      GString *text = check != NULL ? g_string_new (NULL) : NULL;

      g_ptr_array_add (lines, describe_document (store, space, change, text));
      if (text != NULL)
        g_hash_table_insert (check->texts, g_strconcat (shown, "\n", change->id, NULL),
                             g_string_free (text, FALSE));
    }
  g_ptr_array_sort (lines, compare_texts);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n  ", (char **)lines->pdata);
}

static void
expect_cb (const char *space, const char *id, const char *token, guint edit, guint desk, gpointer user_data)
{
  Check *check = user_data;
  g_autofree char *key = g_strconcat (space, "\n", id, NULL);
  const char *text = g_hash_table_lookup (check->texts, key);

  if (text == NULL || strstr (text, token) == NULL)
    luo_sim_fail (check->sim, "lost: edit %u of desk%u brought %s to %s in %s, which now is: %s", edit, desk,
                  token, id, space, text != NULL && *text != '\0' ? text : "deleted");
}

static void
check_store (LuoSim *sim, LuoStore *store, const char *name)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;

  if (!luo_store_check (store, &problems, &error))
    luo_sim_fail (sim, "%s can not be checked: %s", name, error->message);
  if (problems->len > 0)
    luo_sim_fail (sim, "%s is not sound: %s", name, (const char *)problems->pdata[0]);
}

void
luo_sim_check (LuoSim *sim)
{
  Check check = { .sim = sim };

  check.texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; sim->spaces[i] != NULL; i++)
    {
      const char *space = sim->spaces[i];
      g_autofree char *database = g_strconcat ("luoshi-", space, NULL);
      g_autofree char *on_hub = describe_space (luo_hub_get_store (sim->hub), database, space, &check);

      for (guint j = 0; j < sim->n_desks; j++)
        {
          g_autofree char *here = describe_space (sim->desks[j]->store, space, space, NULL);

          if (strcmp (here, on_hub) != 0)
            luo_sim_fail (sim, "%s differs from the hub in %s\n- %s:\n  %s\n- hub:\n  %s",
                          sim->desks[j]->name, space, sim->desks[j]->name, here, on_hub);
          if (strstr (here, "MISSING") != NULL)
            luo_sim_fail (sim, "%s lacks a file in %s:\n  %s", sim->desks[j]->name, space, here);
        }
      luo_sim_note (sim, "%s: %s", space, on_hub);
    }
  luo_sim_ledger_foreach (sim->ledger, expect_cb, &check);
  for (guint i = 0; i < sim->n_desks; i++)
    check_store (sim, sim->desks[i]->store, sim->desks[i]->name);
  check_store (sim, luo_hub_get_store (sim->hub), "the hub");
  g_hash_table_unref (check.texts);
}
