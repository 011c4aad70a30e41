/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-overview-data.h"

G_BEGIN_DECLS

/** Tasks, lamps, indicators and the progress of the office. After the projects and the training, which indicators are compared with. */
gboolean luo_overview_read_tasks (LuoOverview *self, LuoStore *store, GError **error);
G_END_DECLS
