/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoStoreError:
 * @LUO_STORE_ERROR_NOT_FOUND: no such space, document, revision or attachment
 * @LUO_STORE_ERROR_DELETED: the document exists, its winner is deleted (CouchDB: 404 with reason "deleted")
 * @LUO_STORE_ERROR_CONFLICT: the revision an edit is based on is no longer a leaf (CouchDB: 409)
 * @LUO_STORE_ERROR_EXISTS: a space of that name exists (CouchDB: 412 file_exists)
 * @LUO_STORE_ERROR_INVALID: an id, revision or document that can not be stored; the message names what was expected
 * @LUO_STORE_ERROR_MISSING_STUB: an attachment stub names a digest that is not held (CouchDB: 412 missing_stub)
 * @LUO_STORE_ERROR_FORBIDDEN: what is append-only was to be changed or deleted (CouchDB: 403 forbidden)
 * @LUO_STORE_ERROR_FULL: the disk is full; nothing was changed
 * @LUO_STORE_ERROR_DAMAGED: the file is not a replica or is damaged; it was left as it was
 * @LUO_STORE_ERROR_NEWER: the replica was written by a newer program; it was left as it was
 * @LUO_STORE_ERROR_BUSY: another process held the write lock for too long
 * @LUO_STORE_ERROR_IO: any other failure of the disk
 *
 * Every SQLite result is translated to one of these in one function.
 */
typedef enum
{
  LUO_STORE_ERROR_NOT_FOUND,
  LUO_STORE_ERROR_DELETED,
  LUO_STORE_ERROR_CONFLICT,
  LUO_STORE_ERROR_EXISTS,
  LUO_STORE_ERROR_INVALID,
  LUO_STORE_ERROR_MISSING_STUB,
  LUO_STORE_ERROR_FORBIDDEN,
  LUO_STORE_ERROR_FULL,
  LUO_STORE_ERROR_DAMAGED,
  LUO_STORE_ERROR_NEWER,
  LUO_STORE_ERROR_BUSY,
  LUO_STORE_ERROR_IO,
} LuoStoreError;

#define LUO_STORE_ERROR (luo_store_error_quark ())
GQuark luo_store_error_quark (void);

G_END_DECLS
