/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-list-page.h"

G_BEGIN_DECLS

#define LUO_TYPE_PROJECTS_PAGE (luo_projects_page_get_type ())
G_DECLARE_FINAL_TYPE (LuoProjectsPage, luo_projects_page, LUO, PROJECTS_PAGE, LuoListPage)

/** LuoProjectsPage: the pilot projects. */

G_END_DECLS
