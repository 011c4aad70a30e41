/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-ignored-figures.h"

#include <string.h>

#include "luo-read.h"
#include "luo-work.h"

/* Several years of months; the oldest are forgotten first. */
#define MOST 1000
#define META "ignored-figures"

struct _LuoIgnoredFigures
{
  gatomicrefcount refs;
  GPtrArray *keys; /* (owned) (element-type utf8): oldest first */
};

static char *
key_of (const char *progress, const LuoCheckedFigure *figure)
{
  const char *key = luo_read_text (figure->indicator, "key");
  g_autofree char *text
      = g_strdup_printf ("%s\n%s\n%s\n%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u\n%" G_GINT64_FORMAT,
                         progress, figure->member, key != NULL ? key : "", figure->figure.mantissa,
                         figure->figure.scale, figure->figure.decimals, figure->reading);
  char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  sum[16] = '\0';
  return sum;
}

static LuoIgnoredFigures *
read_text (const char *text)
{
  LuoIgnoredFigures *self = g_new0 (LuoIgnoredFigures, 1);
  g_auto (GStrv) keys = text != NULL ? g_strsplit (text, "\n", -1) : NULL;

  g_atomic_ref_count_init (&self->refs);
  self->keys = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    if (*keys[i] != '\0')
      g_ptr_array_add (self->keys, g_strdup (keys[i]));
  return self;
}

LuoIgnoredFigures *
luo_ignored_figures_read (LuoStore *store)
{
  g_autofree char *text = luo_store_get_meta (store, META, NULL);

  return read_text (text);
}

LuoIgnoredFigures *
luo_ignored_figures_ref (LuoIgnoredFigures *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
luo_ignored_figures_unref (LuoIgnoredFigures *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_unref (self->keys);
  g_free (self);
}

static gboolean
has_key (LuoIgnoredFigures *self, const char *key)
{
  return g_ptr_array_find_with_equal_func (self->keys, key, g_str_equal, NULL);
}

gboolean
luo_ignored_figures_has (LuoIgnoredFigures *self, const char *progress, const LuoCheckedFigure *figure)
{
  g_autofree char *key = NULL;

  g_return_val_if_fail (self != NULL && progress != NULL && figure != NULL, FALSE);

  key = key_of (progress, figure);
  return has_key (self, key);
}

/* Adds to what is there now: another window may have added meanwhile. */
static gpointer
keep (LuoStore *store, gpointer data, GError **error)
{
  g_autoptr (LuoIgnoredFigures) now = luo_ignored_figures_read (store);
  GString *text = g_string_new (NULL);

  if (!has_key (now, data))
    g_ptr_array_add (now->keys, g_strdup (data));
  for (guint i = now->keys->len > MOST ? now->keys->len - MOST : 0; i < now->keys->len; i++)
    g_string_append_printf (text, "%s\n", (char *)g_ptr_array_index (now->keys, i));
  luo_store_set_meta (store, META, text->str, error);
  g_string_free (text, TRUE);
  return NULL;
}

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  luo_work_finish (result, &error);
  if (error != NULL)
    g_warning ("A dismissed figure could not be noted: %s", error->message);
}

void
luo_ignored_figures_add (LuoIgnoredFigures *self, LuoStore *store, const char *progress,
                         const LuoCheckedFigure *figure)
{
  g_autofree char *key = NULL;

  g_return_if_fail (self != NULL && progress != NULL && figure != NULL);

  key = key_of (progress, figure);
  if (has_key (self, key))
    return;
  luo_work_run (NULL, store, keep, g_strdup (key), g_free, NULL, NULL, kept_cb, NULL);
  g_ptr_array_add (self->keys, g_steal_pointer (&key));
}
