/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-record-view.h"

G_BEGIN_DECLS

#define LUO_TYPE_TRAINING_VIEW (luo_training_view_get_type ())
G_DECLARE_FINAL_TYPE (LuoTrainingView, luo_training_view, LUO, TRAINING_VIEW, LuoRecordView)

/** LuoTrainingView: a training session to read. */

G_END_DECLS
