/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-sync-status-private.h"

G_DEFINE_BOXED_TYPE (LuoSyncStatus, luo_sync_status, luo_sync_status_copy, luo_sync_status_free)

static void
space_status_free (gpointer data)
{
  LuoSpaceStatus *space = data;

  g_free (space->space);
  g_free (space->message);
  g_free (space);
}

LuoSyncStatus *
luo_sync_status_new (void)
{
  LuoSyncStatus *self = g_new0 (LuoSyncStatus, 1);

  self->state = LUO_SYNC_UNCONNECTED;
  self->spaces = g_ptr_array_new_with_free_func (space_status_free);
  return self;
}

void
luo_sync_status_take_space (LuoSyncStatus *self, LuoSpaceStatus *space)
{
  /* The worst state of a space is that of the whole. */
  static const int badness[] = {
    [LUO_SYNC_UNCONNECTED] = 0, [LUO_SYNC_SETTLED] = 1, [LUO_SYNC_ACTIVE] = 2,
    [LUO_SYNC_OFFLINE] = 3,     [LUO_SYNC_STUCK] = 4,
  };
  gboolean first = self->spaces->len == 0;

  if (first || badness[space->state] > badness[self->state])
    {
      self->state = space->state;
      g_free (self->message);
      self->message = g_strdup (space->message);
    }
  self->pending += space->pending;
  self->conflicts += (gint64)space->conflicts;
  self->refused += (gint64)space->refused;
  /* What is reconciled is so since the space that is longest behind. */
  if (first || space->last_settled < self->last_settled)
    self->last_settled = space->last_settled;
  g_ptr_array_add (self->spaces, space);
}

LuoSyncStatus *
luo_sync_status_read (LuoStore *store, GError **error)
{
  g_autoptr (LuoSyncStatus) self = luo_sync_status_new ();
  g_autoptr (GPtrArray) spaces = NULL;
  g_autoptr (GError) meta_error = NULL;
  g_autofree char *endpoint = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);

  endpoint = luo_store_get_meta (store, "endpoint", &meta_error);
  spaces = meta_error == NULL ? luo_store_list_spaces (store, &meta_error) : NULL;
  for (guint i = 0; spaces != NULL && i < spaces->len && meta_error == NULL; i++)
    {
      const LuoSpace *space = g_ptr_array_index (spaces, i);
      g_autofree char *settled
          = luo_store_get_space_meta (store, space->name, LUO_SPACE_META_SETTLED, &meta_error);
      LuoSpaceStatus *status = g_new0 (LuoSpaceStatus, 1);

      status->space = g_strdup (space->name);
      status->state = endpoint != NULL ? LUO_SYNC_OFFLINE : LUO_SYNC_UNCONNECTED;
      status->pending = space->pending;
      status->conflicts = (guint64)space->conflicts;
      status->refused = (guint64)space->refused;
      status->wanted = space->wanted;
      status->to_pull = -1;
      status->last_settled = settled != NULL ? g_ascii_strtoll (settled, NULL, 10) : 0;
      luo_sync_status_take_space (self, status);
    }
  if (meta_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&meta_error));
      return NULL;
    }
  return g_steal_pointer (&self);
}

LuoSyncStatus *
luo_sync_status_copy (const LuoSyncStatus *self)
{
  LuoSyncStatus *copy = luo_sync_status_new ();

  copy->state = self->state;
  copy->message = g_strdup (self->message);
  copy->pending = self->pending;
  copy->conflicts = self->conflicts;
  copy->refused = self->refused;
  copy->last_settled = self->last_settled;
  for (guint i = 0; i < self->spaces->len; i++)
    {
      LuoSpaceStatus *space = g_memdup2 (self->spaces->pdata[i], sizeof (LuoSpaceStatus));

      space->space = g_strdup (space->space);
      space->message = g_strdup (space->message);
      g_ptr_array_add (copy->spaces, space);
    }
  return copy;
}

void
luo_sync_status_free (LuoSyncStatus *self)
{
  if (self == NULL)
    return;
  g_free (self->message);
  g_ptr_array_unref (self->spaces);
  g_free (self);
}
