/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-record-view.h"

G_BEGIN_DECLS

#define LUO_TYPE_VISIT_VIEW (luo_visit_view_get_type ())
G_DECLARE_FINAL_TYPE (LuoVisitView, luo_visit_view, LUO, VISIT_VIEW, LuoRecordView)

/** LuoVisitView: a visit to read: what was found, what is open, photos. */

G_END_DECLS
