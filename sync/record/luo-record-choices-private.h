/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-record-type.h"

G_BEGIN_DECLS

/* Choices that only the table names; the others stand in luo-record-type.h. */
extern const LuoChoice luo_task_state_choices[];
extern const LuoChoice luo_palette_choices[];
extern const LuoChoice luo_authority_choices[];
extern const LuoChoice luo_fact_choices[];

G_END_DECLS
