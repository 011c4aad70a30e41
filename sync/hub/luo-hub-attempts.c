/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-attempts-private.h"

#include "luo-clock.h"
#include "luo-hub-tuning.h"

/* Beyond this many entries the old ones are thrown out. */
#define MAX_ENTRIES 10000

typedef struct
{
  guint failures;
  gint64 until; /* when the window ends */
} Count;

struct _LuoHubAttempts
{
  GMutex mutex;
  GHashTable *counts; /* (owned): "address" or "address\nname" → Count */
};

LuoHubAttempts *
luo_hub_attempts_new (void)
{
  LuoHubAttempts *self = g_new0 (LuoHubAttempts, 1);

  g_mutex_init (&self->mutex);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
luo_hub_attempts_free (LuoHubAttempts *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->counts);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static gboolean
is_over (gpointer key, gpointer value, gpointer user_data)
{
  return ((Count *)value)->until <= *(gint64 *)user_data;
}

/* With the mutex held. */
static guint
failures_of (LuoHubAttempts *self, const char *key)
{
  Count *count = g_hash_table_lookup (self->counts, key);

  return count != NULL && count->until > luo_clock_get_monotonic () ? count->failures : 0;
}

/* With the mutex held. */
static void
add (LuoHubAttempts *self, const char *key)
{
  gint64 now = luo_clock_get_monotonic ();
  Count *count = g_hash_table_lookup (self->counts, key);

  if (count == NULL)
    {
      if (g_hash_table_size (self->counts) >= MAX_ENTRIES)
        g_hash_table_foreach_remove (self->counts, is_over, &now);
      if (g_hash_table_size (self->counts) >= MAX_ENTRIES)
        g_hash_table_remove_all (self->counts);
      count = g_new0 (Count, 1);
      g_hash_table_insert (self->counts, g_strdup (key), count);
    }
  if (count->until <= now)
    {
      count->failures = 0;
      count->until = now + LUO_HUB_SIGN_IN_WINDOW_SECONDS * G_USEC_PER_SEC;
    }
  count->failures++;
}

gboolean
luo_hub_attempts_may (LuoHubAttempts *self, const char *name, const char *address)
{
  g_autofree char *both = g_strconcat (address, "\n", name, NULL);
  gboolean may;

  g_mutex_lock (&self->mutex);
  may = failures_of (self, both) < LUO_HUB_SIGN_IN_FAILURES
        && failures_of (self, address) < LUO_HUB_SIGN_IN_FAILURES_ADDRESS;
  g_mutex_unlock (&self->mutex);
  return may;
}

void
luo_hub_attempts_add_failure (LuoHubAttempts *self, const char *name, const char *address)
{
  g_autofree char *both = g_strconcat (address, "\n", name, NULL);

  g_mutex_lock (&self->mutex);
  add (self, both);
  add (self, address);
  g_mutex_unlock (&self->mutex);
}

void
luo_hub_attempts_succeed (LuoHubAttempts *self, const char *name, const char *address)
{
  g_autofree char *both = g_strconcat (address, "\n", name, NULL);

  g_mutex_lock (&self->mutex);
  g_hash_table_remove (self->counts, both);
  g_mutex_unlock (&self->mutex);
}
