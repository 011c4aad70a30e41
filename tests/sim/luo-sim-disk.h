/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The disk under every SQLite file of the simulator: a VFS in memory that can lose power, or its process, at any write, sync, truncation
 * or deletion. What was not synced before a loss of power is gone, all of it or from some write on. */

/**
 * LuoSimDisk: the files below one folder, which is one machine's.
 */
typedef struct _LuoSimDisk LuoSimDisk;

/** Makes the VFS SQLite's default one; once in a process, before SQLite is used. */
void luo_sim_disk_register (void);

LuoSimDisk *luo_sim_disk_new (const char *folder);
/** With every file; nothing may be open. */
void luo_sim_disk_free (LuoSimDisk *self);

/** After so many more steps (writes, syncs, truncations, deletions) the machine dies; 0 lets it live. */
void luo_sim_disk_set_fuse (LuoSimDisk *self, guint steps);
/** The machine dies now: from here on nothing can be read or written. */
void luo_sim_disk_kill (LuoSimDisk *self);
gboolean luo_sim_disk_is_dead (LuoSimDisk *self);

/**
 * luo_sim_disk_revive:
 * @power_cut: what was not synced is lost, from a write on that @rand chooses; else only the process died, and every write is there
 *
 * Nothing may be open.
 */
void luo_sim_disk_revive (LuoSimDisk *self, gboolean power_cut, GRand *rand);

/** Steps so far. */
guint64 luo_sim_disk_get_steps (LuoSimDisk *self);

G_END_DECLS
