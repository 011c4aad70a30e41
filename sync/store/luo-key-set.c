/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-key-set.h"

#include <string.h>

LuoKeySet *
luo_key_set_new (void)
{
  return g_new0 (LuoKeySet, 1);
}

void
luo_key_set_free (LuoKeySet *self)
{
  if (self == NULL)
    return;

  g_free (self->words);
  g_free (self);
}

void
luo_key_set_add (LuoKeySet *self, gint64 key)
{
  gsize word = (gsize)key / 64;
  guint64 bit = G_GUINT64_CONSTANT (1) << (key % 64);

  g_return_if_fail (key >= 0);

  if (word >= self->n_words)
    {
      gsize n = MAX (word + 1, self->n_words * 2);

      self->words = g_renew (guint64, self->words, n);
      memset (self->words + self->n_words, 0, (n - self->n_words) * sizeof (guint64));
      self->n_words = n;
    }
  if ((self->words[word] & bit) == 0)
    {
      self->words[word] |= bit;
      self->count++;
    }
}

gint64
luo_key_set_next (const LuoKeySet *self, gint64 from)
{
  gsize word = (gsize)from / 64;
  guint64 bits;

  if (word >= self->n_words)
    return -1;
  bits = self->words[word] >> (from % 64) << (from % 64);
  while (bits == 0)
    {
      if (++word >= self->n_words)
        return -1;
      bits = self->words[word];
    }
  return (gint64)word * 64 + __builtin_ctzll (bits);
}

char *
luo_key_set_to_json (const LuoKeySet *self)
{
  GString *json = g_string_new ("[");

  for (gint64 key = luo_key_set_next (self, 0); key >= 0; key = luo_key_set_next (self, key + 1))
    g_string_append_printf (json, "%s%" G_GINT64_FORMAT, json->len > 1 ? "," : "", key);
  g_string_append_c (json, ']');
  return g_string_free (json, FALSE);
}
