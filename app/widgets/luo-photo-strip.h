/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_PHOTO_STRIP (luo_photo_strip_get_type ())
G_DECLARE_FINAL_TYPE (LuoPhotoStrip, luo_photo_strip, LUO, PHOTO_STRIP, GtkWidget)

/**
 * LuoPhotoStrip: the photos of some records, small, each with its day and whether the server holds it. Pictures are read and made small in
 * threads; one that has not come yet says so.
 */
GtkWidget *luo_photo_strip_new (LuoSession *session);

/** @documents: (element-type LuoDocument): visits, projects… whose image attachments are shown */
void luo_photo_strip_set_documents (LuoPhotoStrip *self, GPtrArray *documents);

/** Whether any of @documents has an image. */
gboolean luo_photo_strip_has_photos (GPtrArray *documents);

G_END_DECLS
