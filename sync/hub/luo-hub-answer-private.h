/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <microhttpd.h>

#include "luo-attachment.h"

G_BEGIN_DECLS

/**
 * LuoHubAnswer: the body of an answer as it is produced and sent: pieces of text and of attachments in their order. A producer
 * makes further pieces when those before are sent, so an answer of any size is held only a chunk at a time.
 *
 * Used by one thread at a time: the one that serves the connection.
 */
typedef struct _LuoHubAnswer LuoHubAnswer;

/**
 * LuoHubProduced: what a producer did.
 * @LUO_HUB_PRODUCED_MORE: it appended something, or will at the next call
 * @LUO_HUB_PRODUCED_END: it appended the last, or nothing more
 * @LUO_HUB_PRODUCED_WAIT: nothing yet, and it has suspended the connection (luo_hub_wait_suspend())
 * @LUO_HUB_PRODUCED_ERROR: the rest can not be made; the line is cut, so that the client sees an answer that is not whole
 */
typedef enum
{
  LUO_HUB_PRODUCED_MORE,
  LUO_HUB_PRODUCED_END,
  LUO_HUB_PRODUCED_WAIT,
  LUO_HUB_PRODUCED_ERROR,
} LuoHubProduced;

typedef LuoHubProduced (*LuoHubProducer) (LuoHubAnswer *answer, gpointer user_data);

/** @store: (transfer none): where attachments are read. Returns: (transfer full) */
LuoHubAnswer *luo_hub_answer_new (LuoStore *store);
void luo_hub_answer_free (LuoHubAnswer *self);

/** @user_data: (transfer full): freed with @destroy when the answer is done with, in whatever thread */
void luo_hub_answer_set_producer (LuoHubAnswer *self, LuoHubProducer producer, gpointer user_data,
                                  GDestroyNotify destroy);

/** Returns: (transfer none): text at the end of what is to be sent; append to it, and do not keep it over other calls */
GString *luo_hub_answer_text (LuoHubAnswer *self);

/**
 * luo_hub_answer_append_attachment:
 * @offset, @length: the part of the bytes to be sent
 * @base64: as the text of a JSON string, without its quotes
 *
 * The bytes are read when their turn comes.
 */
void luo_hub_answer_append_attachment (LuoHubAnswer *self, const char *digest, gint64 offset, gint64 length,
                                       gboolean base64);

/** Bytes that wait to be sent, attachments counted. */
gint64 luo_hub_answer_get_length (LuoHubAnswer *self);

/** Consumes @self. Returns: (transfer full): of a known length where there is no producer, else chunked */
struct MHD_Response *luo_hub_answer_respond (LuoHubAnswer *self);

/** Consumes @self and appends all of it to @out. FALSE where the rest can not be made. Of an answer that does not wait. */
gboolean luo_hub_answer_collect (LuoHubAnswer *self, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoHubAnswer, luo_hub_answer_free)

G_END_DECLS
