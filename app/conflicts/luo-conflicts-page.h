/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-list-page.h"

G_BEGIN_DECLS

#define LUO_TYPE_CONFLICTS_PAGE (luo_conflicts_page_get_type ())
G_DECLARE_FINAL_TYPE (LuoConflictsPage, luo_conflicts_page, LUO, CONFLICTS_PAGE, LuoPage)

/** LuoConflictsPage: records that two people changed differently, and the means to decide. */

G_END_DECLS
