/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-list-page.h"

G_BEGIN_DECLS

#define LUO_TYPE_VISITS_PAGE (luo_visits_page_get_type ())
G_DECLARE_FINAL_TYPE (LuoVisitsPage, luo_visits_page, LUO, VISITS_PAGE, LuoListPage)

/** LuoVisitsPage: calls, supervisions and inspections. */

G_END_DECLS
