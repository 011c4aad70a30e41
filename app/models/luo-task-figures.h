/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "luo-indicator.h"
#include "luo-pace.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* The figures of tasks: what the offices reported, added up for the city, and the lamps that follow. Everything here that takes a store blocks. */

/**
 * LuoTaskFigure: one task in one month.
 */
typedef struct
{
  char *colour;  /* (owned): of the lamp */
  char *reason;  /* (owned): why, in words; "" where there is nothing to say */
  char *summary; /* (owned): "15/100 个 · 117/300 个" */
} LuoTaskFigure;

void luo_task_figure_free (LuoTaskFigure *self);

/**
 * luo_task_figures_read:
 * @month: `YYYY-MM`
 * @day: `YYYY-MM-DD`: today, or the last day of the month
 *
 * Returns: (transfer full) (element-type utf8 LuoTaskFigure): every task of the month's year by its id
 */
GHashTable *luo_task_figures_read (LuoStore *store, const char *month, const char *day, GError **error);

/** The rule of the place (reference:lamp-rule), else the usual one. */
void luo_task_figures_read_rule (LuoStore *store, LuoLampRule *rule);

/**
 * luo_task_figures_add_up:
 * @indicator: an item of a task's indicators
 * @progress: (element-type LuoDocument): progress records; those of @task and @month count
 */
void luo_task_figures_add_up (LuoCityReading *city, JsonObject *indicator, GPtrArray *progress,
                              const char *task, const char *month);

/** Returns: (transfer full): the city's readings of a task in a month (key to integer), as luo_lamp_of() wants them */
JsonObject *luo_task_figures_readings (JsonObject *task, const char *task_id, GPtrArray *progress,
                                       const char *month);

/** Returns: (transfer none): the colour of one indicator by the rule: red, amber, green or done; NULL where pace is not known */
const char *luo_task_figures_colour (const LuoPace *pace, const LuoLampRule *rule);

G_END_DECLS
