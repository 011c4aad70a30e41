/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflict-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-attachment.h"
#include "luo-json-text.h"
#include "luo-merge-attachments.h"

/* Files of one name that differ among the versions. By themselves both stay, as luo_merge_attachments() has it; a person may take one. */

static const char *
stubs_of (LuoDocument *document)
{
  return document != NULL ? luo_document_get_attachments (document) : NULL;
}

/* Returns: (transfer full) (nullable): the stub of a file */
static char *
find_stub (const char *stubs, const char *name)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  const LuoJsonMember *member;

  if (stubs == NULL || !luo_json_cut (stubs, strlen (stubs), members, NULL))
    return NULL;
  member = luo_json_find (members, name);
  return member != NULL ? g_strndup (member->value, member->value_length) : NULL;
}

/* Whether both are there and name other bytes. */
static gboolean
differ (const char *a, const char *b)
{
  g_autofree char *digest_a = a != NULL ? luo_json_at (a, "/digest") : NULL;
  g_autofree char *digest_b = b != NULL ? luo_json_at (b, "/digest") : NULL;

  return digest_a != NULL && digest_b != NULL && strcmp (digest_a, digest_b) != 0;
}

/* The stub of a version that has changed the file, or has it where no base is known. */
static char *
changed_stub (LuoConflict *self, guint leaf, const char *name)
{
  LuoDocument *base = luo_conflict_base_of (self, leaf);
  g_autofree char *stub = find_stub (stubs_of (self->leaves->pdata[leaf]), name);
  g_autofree char *before = find_stub (stubs_of (base), name);

  return before == NULL || differ (before, stub) ? g_steal_pointer (&stub) : NULL;
}

static void
option_free (gpointer data)
{
  LuoConflictOption *option = data;

  g_free (option->value);
  g_ptr_array_unref (option->leaves);
  g_free (option);
}

static void
add_version (GPtrArray *options, char *stub, LuoDocument *leaf)
{
  LuoConflictOption *option = NULL;

  for (guint i = 0; i < options->len && option == NULL; i++)
    if (!differ (((LuoConflictOption *)options->pdata[i])->value, stub))
      option = options->pdata[i];
  if (option == NULL)
    {
      option = g_new0 (LuoConflictOption, 1);
      option->value = g_strdup (stub);
      option->leaves = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
      g_ptr_array_add (options, option);
    }
  g_ptr_array_add (option->leaves, luo_document_ref (leaf));
  g_free (stub);
}

static void
add_file (LuoConflict *self, const char *name)
{
  g_autoptr (GPtrArray) options = g_ptr_array_new_with_free_func (option_free);
  LuoDocument *base = luo_conflict_base_of (self, 0);
  LuoConflictMember *member;

  for (guint i = 0; i < self->leaves->len; i++)
    {
      char *stub = changed_stub (self, i, name);

      if (stub != NULL)
        add_version (options, stub, self->leaves->pdata[i]);
    }
  if (options->len < 2)
    return;
  member = g_new0 (LuoConflictMember, 1);
  member->pointer = g_strconcat (LUO_CONFLICT_FILES, name, NULL);
  /* Translators: a file of a record; %s is its name */
  member->label = g_strdup_printf (_ ("File %s"), name);
  member->is_file = TRUE;
  member->before = find_stub (stubs_of (base), name);
  member->base = base != NULL ? luo_document_ref (base) : NULL;
  member->options = g_steal_pointer (&options);
  luo_conflict_keep_both (member);
  g_ptr_array_add (self->members, member);
}

void
luo_conflict_add_files (LuoConflict *self)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->leaves->len; i++)
    {
      g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
      const char *stubs = stubs_of (self->leaves->pdata[i]);

      if (stubs == NULL || !luo_json_cut (stubs, strlen (stubs), members, NULL))
        continue;
      for (guint m = 0; m < members->len; m++)
        {
          const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, m);
          g_autofree char *name = luo_json_decode_string (member->name - 1, member->name_length + 2);

          if (g_hash_table_add (names, g_strdup (name)))
            add_file (self, name);
        }
    }
}

static char *
pointer_to (const char *name)
{
  GString *pointer = g_string_new ("/");

  for (; *name != '\0'; name++)
    if (*name == '~' || *name == '/')
      g_string_append (pointer, *name == '~' ? "~0" : "~1");
    else
      g_string_append_c (pointer, *name);
  return g_string_free (pointer, FALSE);
}

/* The files that a version contributes: of a name that was decided the chosen one, which is the same in every version then. */
static char *
files_of (LuoConflict *self, LuoDocument *document)
{
  char *stubs = g_strdup (stubs_of (document));

  for (guint i = 0; i < self->members->len; i++)
    {
      LuoConflictMember *member = self->members->pdata[i];
      g_autofree char *pointer = NULL;
      char *patched;

      if (!member->is_file || member->both || member->chosen == NULL)
        continue;
      pointer = pointer_to (member->pointer + strlen (LUO_CONFLICT_FILES));
      patched = luo_json_patch (stubs != NULL ? stubs : "{}", pointer, member->chosen, NULL);
      if (patched == NULL)
        continue;
      g_free (stubs);
      stubs = patched;
    }
  return stubs;
}

char *
luo_conflict_decide_files (LuoConflict *self)
{
  char *files = files_of (self, self->winner);

  for (guint i = 1; i < self->leaves->len; i++)
    {
      g_autofree char *before = files;
      g_autofree char *theirs = files_of (self, self->leaves->pdata[i]);

      files = luo_merge_attachments (stubs_of (luo_conflict_base_of (self, i)), before, theirs);
    }
  return files;
}
