/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-record-view.h"

G_BEGIN_DECLS

#define LUO_TYPE_TASK_VIEW (luo_task_view_get_type ())
G_DECLARE_FINAL_TYPE (LuoTaskView, luo_task_view, LUO, TASK_VIEW, LuoRecordView)

/** LuoTaskView: a task to read: its lamp and why, its indicators over the months against pace, its progress to write. */

G_END_DECLS
