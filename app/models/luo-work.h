/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "luo-store.h"

G_BEGIN_DECLS

/* The window's way to the replica: the store's functions block, so each use of it is one function that runs in a thread of GTask's
 * pool and gives one result. */

/**
 * LuoWorkFunc:
 * @data: (nullable): what was given to luo_work_run(); nobody else touches it meanwhile
 *
 * Runs in a worker thread. Returns: (transfer full) (nullable): the result; NULL with @error set, or NULL as a result
 */
typedef gpointer (*LuoWorkFunc) (LuoStore *store, gpointer data, GError **error);

/**
 * luo_work_run:
 * @source: (nullable): the object the work is for; a reference is kept until @callback was called
 * @data: (transfer full)
 * @result_free: (nullable): frees a result that nobody takes
 * @callback: (scope async): called in the caller's main context; takes the result with luo_work_finish()
 */
void luo_work_run (gpointer source, LuoStore *store, LuoWorkFunc func, gpointer data,
                   GDestroyNotify data_free, GDestroyNotify result_free, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data);

/** Returns: (transfer full) (nullable): what the function gave; NULL with @error where it failed or was cancelled */
gpointer luo_work_finish (GAsyncResult *result, GError **error);

G_END_DECLS
