/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-list-page.h"

G_BEGIN_DECLS

#define LUO_TYPE_TRAINING_PAGE (luo_training_page_get_type ())
G_DECLARE_FINAL_TYPE (LuoTrainingPage, luo_training_page, LUO, TRAINING_PAGE, LuoListPage)

/** LuoTrainingPage: the training sessions. */

G_END_DECLS
