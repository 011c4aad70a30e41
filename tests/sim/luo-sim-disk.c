/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-sim-disk.h"

#include <sqlite3.h>
#include <string.h>

/**
 * Undo: how to take one unsynced change back.
 */
typedef struct
{
  gsize offset;
  gsize size;  /* of the file before */
  GBytes *old; /* (owned): the bytes that were overwritten or cut off */
} Undo;

/**
 * File: stays as long as its disk, so that handles need not count.
 */
typedef struct
{
  LuoSimDisk *disk; /* (nullable): NULL is a temporary file */
  GByteArray *data;
  GQueue undo; /* (element-type Undo): newest first */
  gboolean exists;
  guint handles;

  /* Locks of the file, as SQLite counts them. */
  guint shared;
  gpointer reserved, exclusive; /* (nullable): the handle that has it */

  /* The index of the log, shared by the handles. */
  GPtrArray *regions; /* (owned) */
  guint slot_shared[SQLITE_SHM_NLOCK];
  gpointer slot_owner[SQLITE_SHM_NLOCK];
} File;

typedef struct
{
  sqlite3_file base;
  File *file;
  int level;
  guint slots; /* shared slots held */
} Handle;

struct _LuoSimDisk
{
  char *folder;
  GHashTable *files; /* path → File */
  guint fuse;
  gboolean dead;
  guint64 steps;
};

/* Guards everything: the worker threads of all machines come here. */
static GMutex lock;
static GPtrArray *disks;

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  g_bytes_unref (undo->old);
  g_free (undo);
}

static File *
file_new (LuoSimDisk *disk)
{
  File *file = g_new0 (File, 1);

  file->disk = disk;
  file->data = g_byte_array_new ();
  file->regions = g_ptr_array_new_with_free_func (g_free);
  g_queue_init (&file->undo);
  return file;
}

static void
file_free (gpointer data)
{
  File *file = data;

  g_assert (file->handles == 0);
  g_byte_array_unref (file->data);
  g_queue_clear_full (&file->undo, undo_free);
  g_ptr_array_unref (file->regions);
  g_free (file);
}

/* Counts a step. FALSE where the machine is dead, or dies with it. */
static gboolean
step (LuoSimDisk *disk)
{
  if (disk == NULL)
    return TRUE;
  if (disk->dead)
    return FALSE;
  disk->steps++;
  if (disk->fuse > 0 && --disk->fuse == 0)
    disk->dead = TRUE;
  return !disk->dead;
}

static gboolean
is_dead (const File *file)
{
  return file->disk != NULL && file->disk->dead;
}

/* --- A file ------------------------------------------------------------------------------------------ */

static int
sim_close (sqlite3_file *base)
{
  Handle *self = (Handle *)base;
  File *file = self->file;

  g_mutex_lock (&lock);
  if (--file->handles == 0)
    {
      g_ptr_array_set_size (file->regions, 0);
      if (file->disk == NULL)
        file_free (file);
    }
  g_mutex_unlock (&lock);
  return SQLITE_OK;
}

static int
sim_read (sqlite3_file *base, void *out, int n, sqlite3_int64 offset)
{
  File *file = ((Handle *)base)->file;
  int code = SQLITE_OK;
  gsize got = 0;

  g_mutex_lock (&lock);
  if (is_dead (file))
    code = SQLITE_IOERR_READ;
  else
    {
      if ((gsize)offset < file->data->len)
        got = MIN ((gsize)n, file->data->len - (gsize)offset);
      if (got > 0)
        memcpy (out, file->data->data + offset, got);
      if (got < (gsize)n)
        {
          memset ((char *)out + got, 0, (gsize)n - got);
          code = SQLITE_IOERR_SHORT_READ;
        }
    }
  g_mutex_unlock (&lock);
  return code;
}

static void
remember (File *file, gsize offset, gsize length)
{
  gsize end = MIN (offset + length, file->data->len);
  Undo *undo;

  if (file->disk == NULL)
    return;
  undo = g_new0 (Undo, 1);
  undo->offset = offset;
  undo->size = file->data->len;
  undo->old = end > offset ? g_bytes_new (file->data->data + offset, end - offset) : g_bytes_new (NULL, 0);
  g_queue_push_head (&file->undo, undo);
}

static void
write_bytes (File *file, const void *data, gsize length, gsize offset)
{
  gsize size = file->data->len;

  remember (file, offset, length);
  if (offset + length > size)
    {
      g_byte_array_set_size (file->data, (guint)(offset + length));
      if (offset > size)
        memset (file->data->data + size, 0, offset - size);
    }
  memcpy (file->data->data + offset, data, length);
}

static int
sim_write (sqlite3_file *base, const void *data, int n, sqlite3_int64 offset)
{
  File *file = ((Handle *)base)->file;
  gboolean was_dead, ok;

  g_mutex_lock (&lock);
  was_dead = is_dead (file);
  ok = step (file->disk);
  if (ok)
    write_bytes (file, data, (gsize)n, (gsize)offset);
  else if (!was_dead)
    write_bytes (file, data, (gsize)n / 2, (gsize)offset); /* the write in which it dies is torn */
  g_mutex_unlock (&lock);
  return ok ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

static int
sim_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  File *file = ((Handle *)base)->file;
  gboolean ok;

  g_mutex_lock (&lock);
  ok = step (file->disk);
  if (ok && (gsize)size < file->data->len)
    {
      remember (file, (gsize)size, file->data->len - (gsize)size);
      g_byte_array_set_size (file->data, (guint)size);
    }
  g_mutex_unlock (&lock);
  return ok ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int
sim_sync (sqlite3_file *base, int flags)
{
  File *file = ((Handle *)base)->file;
  gboolean ok;

  g_mutex_lock (&lock);
  ok = step (file->disk);
  if (ok)
    g_queue_clear_full (&file->undo, undo_free);
  g_mutex_unlock (&lock);
  return ok ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int
sim_size (sqlite3_file *base, sqlite3_int64 *size)
{
  File *file = ((Handle *)base)->file;

  g_mutex_lock (&lock);
  *size = (sqlite3_int64)file->data->len;
  g_mutex_unlock (&lock);
  return is_dead (file) ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int
sim_lock (sqlite3_file *base, int level)
{
  Handle *self = (Handle *)base;
  File *file = self->file;
  int code = SQLITE_OK;

  g_mutex_lock (&lock);
  if (self->level < SQLITE_LOCK_SHARED && level >= SQLITE_LOCK_SHARED)
    {
      if (file->exclusive != NULL)
        code = SQLITE_BUSY;
      else
        {
          file->shared++;
          self->level = SQLITE_LOCK_SHARED;
        }
    }
  if (code == SQLITE_OK && level >= SQLITE_LOCK_RESERVED && self->level < SQLITE_LOCK_RESERVED)
    {
      if (file->reserved != NULL && file->reserved != self)
        code = SQLITE_BUSY;
      else
        {
          file->reserved = self;
          self->level = SQLITE_LOCK_RESERVED;
        }
    }
  if (code == SQLITE_OK && level >= SQLITE_LOCK_EXCLUSIVE && self->level < SQLITE_LOCK_EXCLUSIVE)
    {
      if (file->shared > 1)
        code = SQLITE_BUSY;
      else
        {
          file->exclusive = self;
          self->level = SQLITE_LOCK_EXCLUSIVE;
        }
    }
  g_mutex_unlock (&lock);
  return code;
}

static int
sim_unlock (sqlite3_file *base, int level)
{
  Handle *self = (Handle *)base;
  File *file = self->file;

  g_mutex_lock (&lock);
  if (self->level > level)
    {
      if (file->exclusive == self)
        file->exclusive = NULL;
      if (file->reserved == self)
        file->reserved = NULL;
      if (level < SQLITE_LOCK_SHARED && self->level >= SQLITE_LOCK_SHARED)
        file->shared--;
      self->level = level;
    }
  g_mutex_unlock (&lock);
  return SQLITE_OK;
}

static int
sim_check_reserved_lock (sqlite3_file *base, int *reserved)
{
  File *file = ((Handle *)base)->file;

  g_mutex_lock (&lock);
  *reserved = file->reserved != NULL;
  g_mutex_unlock (&lock);
  return SQLITE_OK;
}

static int
sim_file_control (sqlite3_file *base, int op, void *argument)
{
  return SQLITE_NOTFOUND;
}

static int
sim_sector_size (sqlite3_file *base)
{
  return 4096;
}

static int
sim_device_characteristics (sqlite3_file *base)
{
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int
sim_shm_map (sqlite3_file *base, int region, int size, int extend, void volatile **out)
{
  File *file = ((Handle *)base)->file;

  g_mutex_lock (&lock);
  while (extend && file->regions->len <= (guint)region)
    g_ptr_array_add (file->regions, g_malloc0 ((gsize)size));
  *out = (guint)region < file->regions->len ? file->regions->pdata[region] : NULL;
  g_mutex_unlock (&lock);
  return SQLITE_OK;
}

static int
sim_shm_lock (sqlite3_file *base, int offset, int n, int flags)
{
  Handle *self = (Handle *)base;
  File *file = self->file;
  gboolean exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  int code = SQLITE_OK;

  g_mutex_lock (&lock);
  for (int i = offset; i < offset + n; i++)
    {
      guint bit = 1u << i;

      if (flags & SQLITE_SHM_UNLOCK)
        {
          if (file->slot_owner[i] == self)
            file->slot_owner[i] = NULL;
          else if (self->slots & bit)
            {
              file->slot_shared[i]--;
              self->slots &= ~bit;
            }
        }
      else if (exclusive ? (file->slot_shared[i] > 0
                            || (file->slot_owner[i] != NULL && file->slot_owner[i] != self))
                         : (file->slot_owner[i] != NULL && file->slot_owner[i] != self))
        code = SQLITE_BUSY;
    }
  for (int i = offset; code == SQLITE_OK && (flags & SQLITE_SHM_LOCK) && i < offset + n; i++)
    {
      guint bit = 1u << i;

      if (exclusive)
        file->slot_owner[i] = self;
      else if ((self->slots & bit) == 0)
        {
          file->slot_shared[i]++;
          self->slots |= bit;
        }
    }
  g_mutex_unlock (&lock);
  return code;
}

static void
sim_shm_barrier (sqlite3_file *base)
{
  g_mutex_lock (&lock);
  g_mutex_unlock (&lock);
}

static int
sim_shm_unmap (sqlite3_file *base, int remove)
{
  return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = sim_close,
  .xRead = sim_read,
  .xWrite = sim_write,
  .xTruncate = sim_truncate,
  .xSync = sim_sync,
  .xFileSize = sim_size,
  .xLock = sim_lock,
  .xUnlock = sim_unlock,
  .xCheckReservedLock = sim_check_reserved_lock,
  .xFileControl = sim_file_control,
  .xSectorSize = sim_sector_size,
  .xDeviceCharacteristics = sim_device_characteristics,
  .xShmMap = sim_shm_map,
  .xShmLock = sim_shm_lock,
  .xShmBarrier = sim_shm_barrier,
  .xShmUnmap = sim_shm_unmap,
};

/* --- The file system --------------------------------------------------------------------------------- */

/* The disk that a path lies on. With the lock held. */
static LuoSimDisk *
disk_of (const char *path)
{
  for (guint i = 0; i < disks->len; i++)
    {
      LuoSimDisk *disk = disks->pdata[i];
      gsize length = strlen (disk->folder);

      if (strncmp (path, disk->folder, length) == 0 && path[length] == '/')
        return disk;
    }
  return NULL;
}

static int
sim_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
  Handle *self = (Handle *)base;
  LuoSimDisk *disk;
  File *file = NULL;
  int code = SQLITE_OK;

  memset (self, 0, sizeof *self);
  g_mutex_lock (&lock);
  disk = name != NULL ? disk_of (name) : NULL;
  if (name == NULL)
    file = file_new (NULL);
  else if (disk == NULL || disk->dead)
    code = SQLITE_CANTOPEN;
  else
    {
      file = g_hash_table_lookup (disk->files, name);
      if (file == NULL)
        {
          file = file_new (disk);
          g_hash_table_insert (disk->files, g_strdup (name), file);
        }
      /* The file of the database itself is made by whoever opens it. */
      if (!file->exists && (flags & (SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB)) == 0)
        code = SQLITE_CANTOPEN;
      else
        file->exists = TRUE;
    }
  if (code == SQLITE_OK)
    {
      file->handles++;
      self->file = file;
      self->base.pMethods = &methods;
      if (out_flags != NULL)
        *out_flags = flags;
    }
  g_mutex_unlock (&lock);
  return code;
}

static int
sim_delete (sqlite3_vfs *vfs, const char *name, int sync_folder)
{
  LuoSimDisk *disk;
  File *file;
  int code = SQLITE_OK;

  g_mutex_lock (&lock);
  disk = disk_of (name);
  file = disk != NULL ? g_hash_table_lookup (disk->files, name) : NULL;
  if (disk != NULL && !step (disk))
    code = SQLITE_IOERR_DELETE;
  else if (file == NULL || !file->exists)
    code = SQLITE_IOERR_DELETE_NOENT;
  else
    {
      file->exists = FALSE;
      g_byte_array_set_size (file->data, 0);
      g_queue_clear_full (&file->undo, undo_free);
    }
  g_mutex_unlock (&lock);
  return code;
}

static int
sim_access (sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
  LuoSimDisk *disk;
  File *file;

  g_mutex_lock (&lock);
  disk = disk_of (name);
  file = disk != NULL ? g_hash_table_lookup (disk->files, name) : NULL;
  *out = file != NULL && file->exists && (flags != SQLITE_ACCESS_EXISTS || file->data->len > 0);
  g_mutex_unlock (&lock);
  return SQLITE_OK;
}

static int
sim_full_pathname (sqlite3_vfs *vfs, const char *name, int n, char *out)
{
  g_strlcpy (out, name, (gsize)n);
  return SQLITE_OK;
}

/* The salts of the log: any numbers, and the same in each run. */
static int
sim_randomness (sqlite3_vfs *vfs, int n, char *out)
{
  for (int i = 0; i < n; i++)
    out[i] = (char)(i * 37 + 11);
  return n;
}

static int
sim_sleep (sqlite3_vfs *vfs, int microseconds)
{
  g_usleep ((gulong)microseconds);
  return microseconds;
}

static int
sim_current_time (sqlite3_vfs *vfs, double *out)
{
  *out = 2459080.5;
  return SQLITE_OK;
}

static int
sim_get_last_error (sqlite3_vfs *vfs, int n, char *out)
{
  return 0;
}

void
luo_sim_disk_register (void)
{
  static sqlite3_vfs vfs = {
    .iVersion = 1,
    .szOsFile = sizeof (Handle),
    .mxPathname = 512,
    .zName = "luo-sim",
    .xOpen = sim_open,
    .xDelete = sim_delete,
    .xAccess = sim_access,
    .xFullPathname = sim_full_pathname,
    .xRandomness = sim_randomness,
    .xSleep = sim_sleep,
    .xCurrentTime = sim_current_time,
    .xGetLastError = sim_get_last_error,
  };

  disks = g_ptr_array_new ();
  g_assert (sqlite3_vfs_register (&vfs, 1) == SQLITE_OK);
}

/* --- For the simulator ------------------------------------------------------------------------------- */

LuoSimDisk *
luo_sim_disk_new (const char *folder)
{
  LuoSimDisk *self = g_new0 (LuoSimDisk, 1);

  self->folder = g_strdup (folder);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, file_free);
  g_mutex_lock (&lock);
  g_ptr_array_add (disks, self);
  g_mutex_unlock (&lock);
  return self;
}

void
luo_sim_disk_free (LuoSimDisk *self)
{
  g_mutex_lock (&lock);
  g_ptr_array_remove (disks, self);
  g_mutex_unlock (&lock);
  g_hash_table_unref (self->files);
  g_free (self->folder);
  g_free (self);
}

void
luo_sim_disk_set_fuse (LuoSimDisk *self, guint steps)
{
  g_mutex_lock (&lock);
  self->fuse = steps;
  g_mutex_unlock (&lock);
}

void
luo_sim_disk_kill (LuoSimDisk *self)
{
  g_mutex_lock (&lock);
  self->dead = TRUE;
  g_mutex_unlock (&lock);
}

gboolean
luo_sim_disk_is_dead (LuoSimDisk *self)
{
  gboolean dead;

  g_mutex_lock (&lock);
  dead = self->dead;
  g_mutex_unlock (&lock);
  return dead;
}

static void
cut_power (File *file, GRand *rand)
{
  guint lost = (guint)g_rand_int_range (rand, 0, (gint32)file->undo.length + 1);

  /* As often as not nothing that was not synced has reached the disk. */
  if (g_rand_boolean (rand))
    lost = file->undo.length;
  for (guint i = 0; i < lost; i++)
    {
      Undo *undo = g_queue_pop_head (&file->undo);
      gsize length;
      const void *old = g_bytes_get_data (undo->old, &length);

      if (file->data->len < undo->offset + length)
        g_byte_array_set_size (file->data, (guint)(undo->offset + length));
      if (length > 0)
        memcpy (file->data->data + undo->offset, old, length);
      g_byte_array_set_size (file->data, (guint)undo->size);
      undo_free (undo);
    }
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

void
luo_sim_disk_revive (LuoSimDisk *self, gboolean power_cut, GRand *rand)
{
  GList *paths = g_list_sort (g_hash_table_get_keys (self->files), compare_paths);

  g_mutex_lock (&lock);
  for (GList *item = paths; item != NULL; item = item->next)
    {
      File *file = g_hash_table_lookup (self->files, item->data);

      g_assert (file->handles == 0);
      if (power_cut)
        cut_power (file, rand);
      g_queue_clear_full (&file->undo, undo_free);
      file->shared = 0;
      file->reserved = file->exclusive = NULL;
      memset (file->slot_shared, 0, sizeof file->slot_shared);
      memset (file->slot_owner, 0, sizeof file->slot_owner);
    }
  self->dead = FALSE;
  self->fuse = 0;
  g_mutex_unlock (&lock);
  g_list_free (paths);
}

guint64
luo_sim_disk_get_steps (LuoSimDisk *self)
{
  guint64 steps;

  g_mutex_lock (&lock);
  steps = self->steps;
  g_mutex_unlock (&lock);
  return steps;
}
