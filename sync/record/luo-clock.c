/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-clock.h"

typedef struct
{
  GSource source;
  gint64 interval; /* microseconds */
  gint64 due;      /* monotonic time */
} Timeout;

static const LuoClockSource *clock_source; /* (nullable) */

void
luo_clock_set_source (const LuoClockSource *source)
{
  clock_source = source;
}

gint64
luo_clock_get_monotonic (void)
{
  return clock_source != NULL ? clock_source->monotonic () : g_get_monotonic_time ();
}

gint64
luo_clock_get_real (void)
{
  return clock_source != NULL ? clock_source->real () : g_get_real_time ();
}

static gboolean
timeout_prepare (GSource *source, gint *timeout)
{
  gint64 left = ((Timeout *)source)->due - luo_clock_get_monotonic ();

  *timeout = left > 0 ? (gint)MIN ((left + 999) / 1000, G_MAXINT) : 0;
  return left <= 0;
}

static gboolean
timeout_check (GSource *source)
{
  return ((Timeout *)source)->due <= luo_clock_get_monotonic ();
}

static gboolean
timeout_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Timeout *self = (Timeout *)source;

  self->due = luo_clock_get_monotonic () + self->interval;
  return callback != NULL ? callback (user_data) : G_SOURCE_REMOVE;
}

GSource *
luo_clock_timeout_new (gint64 milliseconds)
{
  static GSourceFuncs funcs
      = { .prepare = timeout_prepare, .check = timeout_check, .dispatch = timeout_dispatch };
  GSource *source = g_source_new (&funcs, sizeof (Timeout));
  Timeout *self = (Timeout *)source;

  self->interval = MAX (milliseconds, 0) * 1000;
  self->due = luo_clock_get_monotonic () + self->interval;
  return source;
}
