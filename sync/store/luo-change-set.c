/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-change-set.h"

LuoChangeSet *
luo_change_set_new (void)
{
  LuoChangeSet *self = g_new0 (LuoChangeSet, 1);

  self->spaces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  return self;
}

void
luo_change_set_free (LuoChangeSet *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->spaces);
  g_array_unref (self->keys);
  g_free (self);
}

void
luo_change_set_add (LuoChangeSet *self, const char *space, gint64 key)
{
  if (!g_hash_table_contains (self->spaces, space))
    g_hash_table_add (self->spaces, g_strdup (space));

  if (self->all)
    return;
  if (key == 0 || self->keys->len >= LUO_CHANGE_SET_MAX)
    {
      self->all = TRUE;
      g_array_set_size (self->keys, 0);
      return;
    }
  if (self->keys->len == 0 || g_array_index (self->keys, gint64, self->keys->len - 1) != key)
    g_array_append_val (self->keys, key);
}

void
luo_change_set_merge (LuoChangeSet *self, const LuoChangeSet *other)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, other->spaces);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (self->spaces, name))
      g_hash_table_add (self->spaces, g_strdup (name));

  if (self->all)
    return;
  if (other->all || self->keys->len + other->keys->len > LUO_CHANGE_SET_MAX)
    {
      self->all = TRUE;
      g_array_set_size (self->keys, 0);
      return;
    }
  g_array_append_vals (self->keys, other->keys->data, other->keys->len);
}

gboolean
luo_change_set_is_empty (const LuoChangeSet *self)
{
  return g_hash_table_size (self->spaces) == 0;
}

void
luo_change_set_clear (LuoChangeSet *self)
{
  g_hash_table_remove_all (self->spaces);
  g_array_set_size (self->keys, 0);
  self->all = FALSE;
}

GStrv
luo_change_set_dup_spaces (const LuoChangeSet *self)
{
  GStrv spaces = g_new0 (char *, g_hash_table_size (self->spaces) + 1);
  GHashTableIter iter;
  gpointer name;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->spaces);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    spaces[n++] = g_strdup (name);
  return spaces;
}

GArray *
luo_change_set_dup_keys (const LuoChangeSet *self)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!self->all)
    g_array_append_vals (keys, self->keys->data, self->keys->len);
  return keys;
}
