/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-seal-private.h"

G_BEGIN_DECLS

/* What is inside an exchange file: records, each a letter, its length (32 bits, least byte first) and so many bytes:
 *
 *   H  head: JSON object: format, version, id, from, to, base, at, spaces, taken
 *   S  the name of the space that what follows belongs to
 *   A  an attachment: JSON object: digest (as records name it), md5 (of the bytes; another where a server
 *      names what it compressed), length; then
 *   B    its bytes, in as many records as it takes
 *   D  a revision as CouchDB sends it, with `_revisions` and stubs
 *   E  end: JSON object: versions, attachments
 */
typedef enum
{
  LUO_BUNDLE_HEAD = 'H',
  LUO_BUNDLE_SPACE = 'S',
  LUO_BUNDLE_ATTACHMENT = 'A',
  LUO_BUNDLE_BYTES = 'B',
  LUO_BUNDLE_VERSION = 'D',
  LUO_BUNDLE_END = 'E',
} LuoBundleRecord;

#define LUO_BUNDLE_VERSION_NUMBER 1
#define LUO_BUNDLE_FORMAT_NAME "luoshi-exchange"
/** The longest record: a document of the greatest length with room for its history. */
#define LUO_BUNDLE_RECORD_MAX (16 * 1024 * 1024)
#define LUO_BUNDLE_PART (48 * 1024)

gboolean luo_bundle_put (LuoSealWriter *out, LuoBundleRecord kind, gconstpointer data, gsize length,
                         GCancellable *cancellable, GError **error);

/**
 * LuoBundleVisitor: what is told of a file as it is read, in its order. Each (nullable) function returns FALSE with an error to stop.
 */
typedef struct
{
  gboolean (*head) (const char *json, gsize length, gpointer user_data, GError **error);
  gboolean (*space) (const char *name, gpointer user_data, GError **error);
  gboolean (*attachment) (const char *digest, const char *md5, gpointer user_data, GError **error);
  gboolean (*bytes) (gconstpointer data, gsize length, gpointer user_data, GError **error);
  /* After the last of its bytes, which were as many as said and have the MD5. */
  gboolean (*attachment_end) (gpointer user_data, GError **error);
  gboolean (*version) (const char *json, gsize length, gpointer user_data, GError **error);
} LuoBundleVisitor;

/**
 * luo_bundle_visit:
 *
 * Reads a file to its end, and holds it against the grammar: the head first and once, versions within a space, attachments whole and with the
 * MD5 that was said, the totals of the end, nothing after it. LUO_BUNDLE_ERROR_DAMAGED.
 */
gboolean luo_bundle_visit (LuoSealReader *in, const LuoBundleVisitor *visitor, gpointer user_data,
                           GCancellable *cancellable, GError **error);

G_END_DECLS
