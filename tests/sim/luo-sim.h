/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The status of a process whose run has failed, and has said so. */
#define LUO_SIM_FAILED 3

/**
 * LuoSim: one run, decided by its seed.
 */
typedef struct _LuoSim LuoSim;

/** Once in a process, before anything else. */
void luo_sim_init (void);

/**
 * luo_sim_run:
 * @verbose: print each line of the trace
 *
 * Carries a run out. A failure prints the end of the trace and ends the process with LUO_SIM_FAILED.
 *
 * Returns: (transfer full): a checksum of the whole trace, which is the same for the same seed
 */
char *luo_sim_run (guint32 seed, gboolean verbose);

/** Prints the trace of the run that is under way, for a process that is about to end. */
void luo_sim_print_running (void);

G_END_DECLS
