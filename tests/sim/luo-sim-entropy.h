/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Random ids follow from @seed from now on. The simulator is one process a seed, and one desk acts at a time. */
void luo_sim_entropy_set_seed (guint32 seed);

G_END_DECLS
