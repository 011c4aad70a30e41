/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-change-counts.h"

/** Feeds that are read at the same time from different places; with more of them some count anew. */
#define ENTRIES 16

typedef struct
{
  gint64 space; /* 0: not used yet */
  gint64 seq, since, count;
} Entry;

struct _LuoChangeCounts
{
  GMutex lock; /* guards what follows */
  Entry entries[ENTRIES];
  guint next; /* to be written over */
};

LuoChangeCounts *
luo_change_counts_new (void)
{
  LuoChangeCounts *self = g_new0 (LuoChangeCounts, 1);

  g_mutex_init (&self->lock);
  return self;
}

void
luo_change_counts_free (LuoChangeCounts *self)
{
  if (self == NULL)
    return;

  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
luo_change_counts_find (LuoChangeCounts *self, gint64 space, gint64 seq, gint64 since, gint64 *from,
                        gint64 *count)
{
  const Entry *best = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < ENTRIES; i++)
    {
      const Entry *entry = &self->entries[i];

      if (entry->space == space && entry->seq == seq && entry->since <= since
          && (best == NULL || entry->since > best->since))
        best = entry;
    }
  if (best != NULL)
    {
      *from = best->since;
      *count = best->count;
    }
  g_mutex_unlock (&self->lock);
  return best != NULL;
}

void
luo_change_counts_add (LuoChangeCounts *self, gint64 space, gint64 seq, gint64 since, gint64 count)
{
  g_mutex_lock (&self->lock);
  self->entries[self->next] = (Entry){ space, seq, since, count };
  self->next = (self->next + 1) % ENTRIES;
  g_mutex_unlock (&self->lock);
}
