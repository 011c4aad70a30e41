/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store-private.h"

G_BEGIN_DECLS

/** Returns: (transfer full): 32 hex digits from the system's generator */
char *luo_uuid_new (void);
/** Inserts the row of a new space, in a write transaction. */
gboolean luo_space_insert (LuoConnection *conn, const char *name, GError **error);
/** Returns: (transfer full) (element-type utf8) */
GPtrArray *luo_space_list_names (LuoConnection *conn, GError **error);
/** Looks the id of a space up. LUO_STORE_ERROR_NOT_FOUND where there is none. */
gboolean luo_space_find (LuoConnection *conn, const char *name, gint64 *id, gint64 *seq, GError **error);
/** Drops what the running transaction knows of a space. */
void luo_store_forget_space (LuoStore *self, const char *space);

G_END_DECLS
