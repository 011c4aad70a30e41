/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-merge-attachments.h"

#include <string.h>

#include "luo-json-text.h"

/* How much of a file's own number goes behind its name, and all of it where even that name is taken. */
#define SHORT_MARK 8
#define LONG_MARK 32

/* Files by name: the texts of their stubs. Returns: (transfer full) (element-type utf8 utf8) */
static GHashTable *
read_stubs (const char *stubs)
{
  GHashTable *files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

  if (stubs == NULL || !luo_json_cut (stubs, strlen (stubs), members, NULL))
    return files;
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);

      g_hash_table_insert (files, luo_json_decode_string (member->name - 1, member->name_length + 2),
                           g_strndup (member->value, member->value_length));
    }
  return files;
}

static char *
digest_of (const char *stub)
{
  g_autofree char *value = stub != NULL ? luo_json_at (stub, "/digest") : NULL;

  return value != NULL ? luo_json_decode_string (value, strlen (value)) : NULL;
}

/* Whether both are absent or name the same bytes. */
static gboolean
same_file (const char *a, const char *b)
{
  g_autofree char *digest_a = digest_of (a);
  g_autofree char *digest_b = digest_of (b);

  if (a == NULL || b == NULL)
    return a == b;
  return g_strcmp0 (digest_a, digest_b) == 0;
}

static int
compare_files (const char *a, const char *b)
{
  g_autofree char *digest_a = digest_of (a);
  g_autofree char *digest_b = digest_of (b);
  int order = g_strcmp0 (digest_a, digest_b);

  return order != 0 ? order : strcmp (a, b);
}

static char *
marked_name (const char *name, const char *stub, int length)
{
  g_autofree char *digest = digest_of (stub);
  g_autofree char *mark = g_compute_checksum_for_string (G_CHECKSUM_MD5, digest != NULL ? digest : stub, -1);
  const char *extension = strrchr (name, '.');

  if (extension == NULL || extension == name)
    extension = name + strlen (name);
  return g_strdup_printf ("%.*s-%.*s%s", (int)(extension - name), name, length, mark, extension);
}

/* Keeps the second of two files of one name under a name that no other file has. */
static void
keep_beside (GHashTable *merged, GHashTable *ours, GHashTable *theirs, const char *name, const char *stub)
{
  g_autofree char *marked = marked_name (name, stub, SHORT_MARK);
  const char *o = g_hash_table_lookup (ours, marked);
  const char *t = g_hash_table_lookup (theirs, marked);

  if ((o != NULL && !same_file (o, stub)) || (t != NULL && !same_file (t, stub)))
    {
      g_free (marked);
      marked = marked_name (name, stub, LONG_MARK);
    }
  g_hash_table_insert (merged, g_steal_pointer (&marked), g_strdup (stub));
}

static void
merge_file (GHashTable *merged, GHashTable *base, GHashTable *ours, GHashTable *theirs, const char *name)
{
  const char *b = g_hash_table_lookup (base, name);
  const char *o = g_hash_table_lookup (ours, name);
  const char *t = g_hash_table_lookup (theirs, name);
  const char *stands = NULL, *beside = NULL;

  if (same_file (o, t))
    /* One file, perhaps described differently. */
    stands = o == NULL || strcmp (o, t) <= 0 ? o : t;
  else if (same_file (t, b))
    stands = o;
  else if (same_file (o, b))
    stands = t;
  else if (o == NULL || t == NULL)
    stands = o != NULL ? o : t;
  else
    {
      gboolean ours_first = compare_files (o, t) <= 0;

      stands = ours_first ? o : t;
      beside = ours_first ? t : o;
    }

  if (stands != NULL)
    g_hash_table_insert (merged, g_strdup (name), g_strdup (stands));
  if (beside != NULL)
    keep_beside (merged, ours, theirs, name, beside);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

char *
luo_merge_attachments (const char *base, const char *ours, const char *theirs)
{
  g_autoptr (GHashTable) b = read_stubs (base);
  g_autoptr (GHashTable) o = read_stubs (ours);
  g_autoptr (GHashTable) t = read_stubs (theirs);
  g_autoptr (GHashTable) merged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GList) names = NULL;
  GHashTableIter iter;
  gpointer name;
  GString *out;

  g_hash_table_iter_init (&iter, o);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    merge_file (merged, b, o, t, name);
  g_hash_table_iter_init (&iter, t);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (o, name))
      merge_file (merged, b, o, t, name);
  if (g_hash_table_size (merged) == 0)
    return NULL;

  out = g_string_new (NULL);
  names = g_list_sort (g_hash_table_get_keys (merged), compare_names);
  for (GList *link = names; link != NULL; link = link->next)
    {
      g_string_append_c (out, link == names ? '{' : ',');
      luo_json_append_string (out, link->data);
      g_string_append_c (out, ':');
      g_string_append (out, g_hash_table_lookup (merged, link->data));
    }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}
