/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a process that runs seeds ends before its time, and what it leaves for whoever reads the report. */

/**
 * luo_sim_end_prepare:
 *
 * In a process that runs seeds, before its first: what it writes to its standard error is kept for its parent (luo_sim_end_report()), and
 * whatever ends it (a signal, an assertion, a sanitizer, luo_sim_end_set_limit()) prints the trace of the run that is under way.
 *
 * @errors: a file descriptor that parent and child share, of luo_sim_end_open_errors()
 */
void luo_sim_end_prepare (int errors);

/** Ends the process after so many seconds of real time, with the stacks of all its threads; 0 takes the limit away. */
void luo_sim_end_set_limit (guint seconds);

/** A file for what one child writes to its standard error; -1 where there is none to be had. */
int luo_sim_end_open_errors (void);

/**
 * luo_sim_end_report:
 * @seed: that was running
 * @status: as wait() gave it
 * @errors: (transfer full): of luo_sim_end_open_errors()
 *
 * In the parent: prints what the child wrote to its standard error, if it did, and what ended it.
 */
void luo_sim_end_report (guint32 seed, int status, int errors);

G_END_DECLS
