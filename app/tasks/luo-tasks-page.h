/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-list-page.h"

G_BEGIN_DECLS

#define LUO_TYPE_TASKS_PAGE (luo_tasks_page_get_type ())
G_DECLARE_FINAL_TYPE (LuoTasksPage, luo_tasks_page, LUO, TASKS_PAGE, LuoListPage)

/** LuoTasksPage: the target tasks of the year, by section. */

G_END_DECLS
