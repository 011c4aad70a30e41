/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-month-page.h"

G_BEGIN_DECLS

#define LUO_TYPE_OVERVIEW_PAGE (luo_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (LuoOverviewPage, luo_overview_page, LUO, OVERVIEW_PAGE, LuoMonthPage)

/** LuoOverviewPage: what needs a person today, and where everything stands in the month. */

G_END_DECLS
