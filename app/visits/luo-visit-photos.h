/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_VISIT_PHOTOS (luo_visit_photos_get_type ())
G_DECLARE_FINAL_TYPE (LuoVisitPhotos, luo_visit_photos, LUO, VISIT_PHOTOS, AdwBin)

/** LuoVisitPhotos: the photos of one visit, each with its receipt, and a button that adds more. */
GtkWidget *luo_visit_photos_new (LuoSession *session);

/** @visit: (nullable): NULL where it is not kept yet: nothing can be added then */
void luo_visit_photos_set_document (LuoVisitPhotos *self, LuoDocument *visit);

G_END_DECLS
