/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The time that replication and the hub go by. It is the system's, unless the simulator has put its own in its place: waiting, backoff,
 * sessions that expire and clocks that are wrong by days then happen at once, and happen again with the same seed. */

/**
 * LuoClockSource: a clock in place of the system's; both in microseconds, callable from any thread.
 */
typedef struct
{
  gint64 (*monotonic) (void);
  gint64 (*real) (void);
} LuoClockSource;

/** @source: (nullable): NULL is the system's clock again. Before any other thread asks for the time. */
void luo_clock_set_source (const LuoClockSource *source);

/** As g_get_monotonic_time(). */
gint64 luo_clock_get_monotonic (void);
/** As g_get_real_time(). */
gint64 luo_clock_get_real (void);

/**
 * luo_clock_timeout_new:
 *
 * As g_timeout_source_new(), by this clock.
 *
 * Returns: (transfer full)
 */
GSource *luo_clock_timeout_new (gint64 milliseconds);

G_END_DECLS
