/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-indicator.h"
#include "luo-store.h"

G_BEGIN_DECLS

/**
 * LuoCityReadings: what the offices reported for the indicators of one year up to a month, so that any indicator can be added up.
 * Read once, immutable afterwards, safe in any thread.
 */
typedef struct _LuoCityReadings LuoCityReadings;

/**
 * luo_city_readings_read:
 * @month: `YYYY-MM`: the months of its year up to this one are read
 *
 * Blocks. Returns: (transfer full)
 */
LuoCityReadings *luo_city_readings_read (LuoStore *store, const char *month, GError **error);
void luo_city_readings_free (LuoCityReadings *self);

/**
 * luo_city_readings_get:
 * @task: id of the task
 * @indicator: an item of its `indicators`
 * @month: `YYYY-MM`, one of those that were read
 *
 * Adds the offices up for one month. Returns: whether anybody reported.
 */
gboolean luo_city_readings_get (LuoCityReadings *self, const char *task, JsonObject *indicator,
                                const char *month, LuoCityReading *reading);

/** The sum of the months up to the month that was read: the reading a target of the kind "monthly" is held against. */
gboolean luo_city_readings_get_year (LuoCityReadings *self, const char *task, JsonObject *indicator,
                                     gint64 *sum);

/** Covered and eligible of a share, the city's own where it counts itself, else the sums of the offices. */
gboolean luo_city_readings_get_counts (LuoCityReadings *self, const char *task, JsonObject *indicator,
                                       const char *month, gint64 *covered, gint64 *eligible);

/**
 * luo_city_readings_for_lamp:
 * @task: the task record
 *
 * Returns: (transfer full): key → reading, as luo_lamp_of() wants it
 */
JsonObject *luo_city_readings_for_lamp (LuoCityReadings *self, const char *id, JsonObject *task);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoCityReadings, luo_city_readings_free)

G_END_DECLS
