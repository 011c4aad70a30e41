/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-connection.h"

G_BEGIN_DECLS

/** So many read connections stay open when nobody uses them: about as many threads as read at the same time. */
#define LUO_READER_POOL_KEEP 6

/**
 * LuoReaderPool: read connections of one file, lent to threads; and the snapshots that threads hold. Thread-safe.
 */
typedef struct _LuoReaderPool LuoReaderPool;

LuoReaderPool *luo_reader_pool_new (const char *path);
/** No connection may be lent any more. */
void luo_reader_pool_free (LuoReaderPool *self);
/** Closes what is idle; what is lent is closed when it comes back; nothing more is lent. */
void luo_reader_pool_close (LuoReaderPool *self);

/** @transaction: begin a read transaction. Returns: (transfer none): the thread's snapshot where it has one */
LuoConnection *luo_reader_pool_borrow (LuoReaderPool *self, gboolean transaction, GError **error);
void luo_reader_pool_return (LuoReaderPool *self, LuoConnection *conn);

gboolean luo_reader_pool_begin_snapshot (LuoReaderPool *self, GError **error);
void luo_reader_pool_end_snapshot (LuoReaderPool *self);

G_END_DECLS
