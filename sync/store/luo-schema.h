/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-connection.h"

G_BEGIN_DECLS

/** The version of the tables that this program writes; PRAGMA user_version. Each step has a migration in luo-schema.c. */
#define LUO_SCHEMA_VERSION 3
/** PRAGMA application_id of a replica: "Luos". */
#define LUO_SCHEMA_APPLICATION 0x4c756f73

/**
 * luo_schema_check:
 * @fresh: (out): the file is empty: there are no tables yet
 *
 * Looks at a file before anything is written to it. LUO_STORE_ERROR_DAMAGED where it is another program's database or none at all,
 * LUO_STORE_ERROR_NEWER where a newer program wrote it.
 */
gboolean luo_schema_check (LuoConnection *conn, gboolean *fresh, GError **error);

/**
 * luo_schema_migrate:
 *
 * Brings the tables of the core to LUO_SCHEMA_VERSION, in the caller's write transaction.
 */
gboolean luo_schema_migrate (LuoConnection *conn, GError **error);

G_END_DECLS
