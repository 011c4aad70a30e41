/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-session.h"

G_BEGIN_DECLS

/**
 * luo_photo_import_async:
 * @document: a visit
 * @files: (element-type GFile): pictures
 *
 * Makes pictures upright and no larger than a report needs, with a small one beside each, and keeps them with the visit: attachments and an entry
 * each in its `photos`. Result: how many were taken in.
 */
void luo_photo_import_async (LuoSession *session, LuoDocument *document, GListModel *files,
                             GAsyncReadyCallback callback, gpointer user_data);
/** Returns: how many; 0 with @error where none could be taken in */
guint luo_photo_import_finish (GAsyncResult *result, GError **error);

G_END_DECLS
