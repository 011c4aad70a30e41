/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * LuoLampRule: how a place turns pace and due date into a lamp; `reference:lamp-rule` in the space city.
 * Members of its JSON, each optional: palette "red-amber-green" | "blue-yellow-red", behind_permille (default 100: from
 * this many per mille behind pace: amber), far_behind_permille (default 250: red), red_within_days (default 0: open and
 * due within so many days is red), amber_within_days (default 14).
 */
typedef struct
{
  gboolean blue_yellow_red;
  int behind_permille;
  int far_behind_permille;
  int red_within_days;
  int amber_within_days;
} LuoLampRule;

void luo_lamp_rule_default (LuoLampRule *rule);

/** Reads the rule of a reference record; members that are absent keep their default. LUO_RECORD_ERROR_MEMBER. */
gboolean luo_lamp_rule_read (LuoLampRule *rule, JsonObject *reference, GError **error);

/**
 * LuoPace: one indicator against its target. Shares are per mille of the target.
 */
typedef struct
{
  gboolean known; /* false: no target or no reading, then nothing below is meant */
  gint64 target;
  gint64 reading;
  int done_permille;
  int expected_permille; /* share of the year gone at the end of the month (August: 667), or of the plan */
  int behind_permille;   /* expected - done, negative when ahead */
  gint64 expected;       /* reading that pace asks for: 67 of 100, rounded up */
} LuoPace;

/**
 * luo_pace_of:
 * @indicator: an item of a task's `indicators`
 * @reading: (nullable): the reading of the month; of the kind "monthly" the sum of the year up to it
 * @year: the task's year
 * @month: `YYYY-MM` of the reading
 * @due: (nullable): `YYYY-MM-DD`; pace runs to it where it is before the year's end
 *
 * A member `plan` of the indicator (month → reading) replaces the share of the year: the entry of the latest month up to @month. A
 * share and a tick are held against the whole target, unless there is a plan.
 */
void luo_pace_of (LuoPace *pace, JsonObject *indicator, const gint64 *reading, guint year, const char *month,
                  const char *due);

/**
 * LuoLamp: colour with its reason in words.
 */
typedef struct
{
  const char *colour; /* red amber green done, or blue yellow red by the palette; static */
  char *reason;       /* (owned) translated, with the name of the indicator and its figures */
  gboolean overridden;
  int worst_behind_permille;
} LuoLamp;

/**
 * luo_lamp_of:
 * @task: the task record
 * @readings: (nullable): the city's readings of @month (key → integer), after offices are added up (luo-indicator.h)
 * @month: `YYYY-MM`
 * @today: `YYYY-MM-DD`, the day that "within days" is counted from
 * @rule: the place's rule
 *
 * An override in the task (`lamp` with this month) wins. A done task is "done". Else the worse of two: the indicator that is
 * furthest behind, and the due day of a task that is still open; past its due day it is red. Where every target is reached a near
 * due day does not matter, and a past one is only amber.
 */
void luo_lamp_of (LuoLamp *lamp, JsonObject *task, JsonObject *readings, const char *month, const char *today,
                  const LuoLampRule *rule);
void luo_lamp_clear (LuoLamp *lamp);

G_END_DECLS
