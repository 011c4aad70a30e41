/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file sealed with a passphrase: what an exchange file is outside.
 *
 *   "LUOSHIX1"  operations and KiB of argon2id (two 32-bit numbers)  salt (16 bytes)  stream header (24 bytes)
 *   frames: length of what follows (32 bits), then a message of libsodium's secretstream (XChaCha20-Poly1305)
 *
 * Numbers have their least byte first. The head is authenticated with the first frame, and the last frame is marked as such, so
 * that a file that was changed, put together or cut anywhere is known. The key is argon2id of the passphrase. Both ends stream: one
 * frame is in memory. Not thread-safe; every call blocks.
 */

#define LUO_SEAL_MIN_PASSPHRASE 8 /* characters; below it the sealing would only look like one */

/**
 * LuoSealCost: what guessing one passphrase costs, libsodium's words.
 */
typedef struct
{
  guint32 operations;
  guint32 memory_kib;
} LuoSealCost;

/** libsodium's "moderate": 256 MiB and well under a second, for a stick that may be lost. */
extern const LuoSealCost luo_seal_cost_default;

typedef struct _LuoSealWriter LuoSealWriter;

/** Writes the head. LUO_BUNDLE_ERROR_PASSPHRASE where the passphrase is too short. Takes a reference on @out. */
LuoSealWriter *luo_seal_writer_new (GOutputStream *out, const char *passphrase, const LuoSealCost *cost,
                                    GError **error);
gboolean luo_seal_writer_write (LuoSealWriter *self, gconstpointer data, gsize length,
                                GCancellable *cancellable, GError **error);
/** Writes the last frame. Without it the file is not valid. */
gboolean luo_seal_writer_finish (LuoSealWriter *self, GCancellable *cancellable, GError **error);
void luo_seal_writer_free (LuoSealWriter *self);

typedef struct _LuoSealReader LuoSealReader;

/** Reads the head and makes the key. LUO_BUNDLE_ERROR_FORMAT, _DAMAGED. Takes a reference on @in. */
LuoSealReader *luo_seal_reader_new (GInputStream *in, const char *passphrase, GError **error);

/**
 * luo_seal_reader_read:
 *
 * Fills @buffer with exactly @length bytes that were authenticated; or, where @ended is given and the sealed content is over, sets it
 * and reads none. LUO_BUNDLE_ERROR_PASSPHRASE where not even the first frame opens, _DAMAGED.
 */
gboolean luo_seal_reader_read (LuoSealReader *self, gpointer buffer, gsize length, gboolean *ended,
                               GCancellable *cancellable, GError **error);
void luo_seal_reader_free (LuoSealReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoSealWriter, luo_seal_writer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoSealReader, luo_seal_reader_free)

G_END_DECLS
