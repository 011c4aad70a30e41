/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-record-view.h"

G_BEGIN_DECLS

#define LUO_TYPE_PROJECT_VIEW (luo_project_view_get_type ())
G_DECLARE_FINAL_TYPE (LuoProjectView, luo_project_view, LUO, PROJECT_VIEW, LuoRecordView)

/** LuoProjectView: one site on one page: stages, funds, visits and what is open, photos, basic facts. */

G_END_DECLS
