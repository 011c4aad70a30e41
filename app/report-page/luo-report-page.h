/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-month-page.h"

G_BEGIN_DECLS

#define LUO_TYPE_REPORT_PAGE (luo_report_page_get_type ())
G_DECLARE_FINAL_TYPE (LuoReportPage, luo_report_page, LUO, REPORT_PAGE, LuoMonthPage)

/** LuoReportPage: the monthly table as it will be printed. */

G_END_DECLS
