/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoLogCopier: a thread with a connection of its own that copies SQLite's write-ahead log back to the data file, so that the writer
 * does not wait for the disk in the middle of a load. Private to sync/store.
 */
typedef struct _LuoLogCopier LuoLogCopier;

/** @path: the data file, which must be there once the copier is asked. Returns: (transfer full) */
LuoLogCopier *luo_log_copier_new (const char *path);
/** Lets the log be copied as far as it goes, soon, and returns at once. Any thread. */
void luo_log_copier_ask (LuoLogCopier *self);
/** Waits for the copying that is under way. */
void luo_log_copier_free (LuoLogCopier *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoLogCopier, luo_log_copier_free)

G_END_DECLS
