/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-pace.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-record-check-private.h"
#include "luo-record-error.h"
#include "luo-record-type.h"

/* Shares past ten times the target say no more than that. */
#define MAX_PERMILLE 10000

/* The lamps as levels; a place's palette names them. */
typedef enum
{
  LEVEL_GOOD,
  LEVEL_WARN,
  LEVEL_BAD,
} Level;

static const char *
text_of (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

static gboolean
integer_of (JsonObject *object, const char *name, gint64 *value)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return TRUE;
}

static JsonObject *
object_of (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

void
luo_lamp_rule_default (LuoLampRule *rule)
{
  g_return_if_fail (rule != NULL);

  rule->blue_yellow_red = FALSE;
  rule->behind_permille = 100;
  rule->far_behind_permille = 250;
  rule->red_within_days = 0;
  rule->amber_within_days = 14;
}

gboolean
luo_lamp_rule_read (LuoLampRule *rule, JsonObject *reference, GError **error)
{
  const LuoRecordType *type = luo_record_type_find ("reference");
  LuoLampRule read;
  const struct
  {
    const char *name;
    int *value;
  } numbers[] = {
    { "behind_permille", &read.behind_permille },
    { "far_behind_permille", &read.far_behind_permille },
    { "red_within_days", &read.red_within_days },
    { "amber_within_days", &read.amber_within_days },
  };

  g_return_val_if_fail (rule != NULL, FALSE);
  g_return_val_if_fail (reference != NULL, FALSE);

  luo_lamp_rule_default (&read);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      JsonNode *node = json_object_get_member (reference, numbers[i].name);

      if (node == NULL)
        continue;
      if (!luo_member_check (luo_record_type_member (type, numbers[i].name), node, error))
        return FALSE;
      *numbers[i].value = (int)json_node_get_int (node);
    }
  if (json_object_has_member (reference, "palette"))
    {
      if (!luo_member_check (luo_record_type_member (type, "palette"),
                             json_object_get_member (reference, "palette"), error))
        return FALSE;
      read.blue_yellow_red = g_strcmp0 (text_of (reference, "palette"), "blue-yellow-red") == 0;
    }
  if (read.far_behind_permille < read.behind_permille)
    {
      luo_member_expected (error, "far_behind_permille", _ ("at least as much as behind_permille"));
      return FALSE;
    }
  *rule = read;
  return TRUE;
}

static guint
number_at (const char *text, guint digits)
{
  guint value = 0;

  for (guint i = 0; i < digits; i++)
    value = value * 10 + (guint)(text[i] - '0');
  return value;
}

/* The share of the time gone at the end of @month, as a fraction. */
static void
time_gone (guint year, const char *month, const char *due, gint64 *numerator, gint64 *denominator)
{
  guint month_year = number_at (month, 4);

  *denominator = 12;
  *numerator = month_year < year ? 0 : month_year > year ? 12 : number_at (month + 5, 2);
  if (due != NULL && luo_text_is_date (due) && number_at (due, 4) <= year)
    {
      guint due_month = number_at (due + 5, 2);
      guint days = g_date_get_days_in_month ((GDateMonth)due_month, (GDateYear)number_at (due, 4));

      if (number_at (due, 4) < year)
        {
          *numerator = *denominator;
          return;
        }
      /* In parts of the month that the due day stands in. */
      *numerator *= days;
      *denominator = (due_month - 1) * days + number_at (due + 8, 2);
    }
  *numerator = MIN (*numerator, *denominator);
}

/* What the plan by month asks for at the end of @month: the entry of the latest month up to it. */
static gint64
planned_for (JsonObject *plan, const char *month)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  const char *latest = "";
  gint64 planned = 0;

  json_object_iter_init (&iter, plan);
  while (json_object_iter_next (&iter, &name, &node))
    {
      gint64 value;

      if (luo_text_is_month (name) && strcmp (name, month) <= 0 && strcmp (name, latest) > 0
          && integer_of (plan, name, &value))
        {
          latest = name;
          planned = value;
        }
    }
  return planned;
}

static int
permille (gint64 part, gint64 whole)
{
  double share;

  if (whole <= 0)
    return 1000;
  share = (double)part * 1000.0 / (double)whole;
  return share >= MAX_PERMILLE ? MAX_PERMILLE : share <= 0 ? 0 : (int)share;
}

void
luo_pace_of (LuoPace *pace, JsonObject *indicator, const gint64 *reading, guint year, const char *month,
             const char *due)
{
  const char *kind;
  JsonObject *plan;

  g_return_if_fail (pace != NULL);
  g_return_if_fail (indicator != NULL);
  g_return_if_fail (month != NULL && luo_text_is_month (month));

  memset (pace, 0, sizeof *pace);
  if (reading == NULL || !integer_of (indicator, "target", &pace->target) || pace->target < 0
      || (gdouble)pace->target > LUO_RECORD_MAX_INTEGER)
    return;
  pace->known = TRUE;
  pace->reading = *reading;
  pace->done_permille = permille (pace->reading, pace->target);

  kind = text_of (indicator, "kind");
  plan = object_of (indicator, "plan");
  if (plan != NULL && json_object_get_size (plan) > 0)
    {
      pace->expected = planned_for (plan, month);
      pace->expected_permille = pace->target > 0 ? permille (pace->expected, pace->target) : 1000;
    }
  else if (g_strcmp0 (kind, "share") == 0 || g_strcmp0 (kind, "tick") == 0)
    {
      pace->expected = pace->target;
      pace->expected_permille = 1000;
    }
  else
    {
      gint64 numerator, denominator;

      time_gone (year, month, due, &numerator, &denominator);
      /* A target below 2^53 times at most 372 fits. */
      pace->expected = (pace->target * numerator + denominator - 1) / denominator;
      pace->expected_permille = (int)((numerator * 2000 + denominator) / (2 * denominator));
    }
  pace->behind_permille = pace->expected_permille - pace->done_permille;
}

/* The days from @from to @to, both `YYYY-MM-DD`. */
static int
days_between (const char *from, const char *to)
{
  GDate begin, end;

  g_date_clear (&begin, 1);
  g_date_clear (&end, 1);
  g_date_set_dmy (&begin, (GDateDay)number_at (from + 8, 2), (GDateMonth)number_at (from + 5, 2),
                  (GDateYear)number_at (from, 4));
  g_date_set_dmy (&end, (GDateDay)number_at (to + 8, 2), (GDateMonth)number_at (to + 5, 2),
                  (GDateYear)number_at (to, 4));
  return g_date_days_between (&begin, &end);
}

static const char *
level_colour (Level level, const LuoLampRule *rule)
{
  static const char *const names[2][3] = { { "green", "amber", "red" }, { "blue", "yellow", "red" } };

  return names[rule->blue_yellow_red ? 1 : 0][level];
}

/* A colour that stands in a record, as the static text of the choices. */
static const char *
known_colour (const char *colour)
{
  for (const LuoChoice *choice = luo_lamp_choices; choice->value != NULL; choice++)
    if (g_strcmp0 (choice->value, colour) == 0)
      return choice->value;
  return NULL;
}

/* "15 of 100 个, 67 expected", the figures that every reason of an indicator ends in. */
static char *
describe_figures (JsonObject *indicator, const LuoPace *pace)
{
  const char *unit = text_of (indicator, "unit");
  g_autofree char *reading = g_strdup_printf ("%" G_GINT64_FORMAT, pace->reading);
  g_autofree char *target = g_strdup_printf ("%" G_GINT64_FORMAT, pace->target);
  g_autofree char *expected = g_strdup_printf ("%" G_GINT64_FORMAT, pace->expected);

  /* A share counts in per mille; a person reads per cent. */
  if (g_strcmp0 (text_of (indicator, "kind"), "share") == 0)
    return g_strdup_printf (_ ("%g%% of %g%%, %g%% expected"), (double)pace->reading / 10,
                            (double)pace->target / 10, (double)pace->expected / 10);
  if (unit == NULL)
    return g_strdup_printf (_ ("%s of %s, %s expected"), reading, target, expected);
  /* Translators: a reading, its target, the unit (个), and the reading that the pace asks for */
  return g_strdup_printf (_ ("%s of %s %s, %s expected"), reading, target, unit, expected);
}

static char *
describe_indicator (JsonObject *indicator, const LuoPace *pace, int behind_limit)
{
  const char *name = text_of (indicator, "name");
  g_autofree char *figures = describe_figures (indicator, pace);
  int points = (ABS (pace->behind_permille) + 5) / 10;

  if (name == NULL)
    name = text_of (indicator, "key");
  if (name == NULL)
    name = _ ("Indicator");
  if (pace->done_permille >= 1000)
    /* Translators: an indicator's name, then its figures */
    return g_strdup_printf (_ ("%s has reached its target (%s)"), name, figures);
  if (pace->behind_permille >= behind_limit)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s is %d percentage point behind pace (%s)",
                                         "%s is %d percentage points behind pace (%s)", (gulong)points),
                            name, points, figures);
  if (pace->behind_permille > 0)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%s is on pace within the limit, %d percentage point behind (%s)",
                     "%s is on pace within the limit, %d percentage points behind (%s)", (gulong)points),
        name, points, figures);
  return g_strdup_printf (_ ("%s is on pace (%s)"), name, figures);
}

/* What the due day makes of an open task. @reached: every measured target is reached, only the task is not closed yet. */
static Level
judge_due (const char *due, const char *today, const LuoLampRule *rule, gboolean reached, char **reason)
{
  int left = days_between (today, due);
  Level level = LEVEL_GOOD;

  if (left < 0)
    {
      level = reached ? LEVEL_WARN : LEVEL_BAD;
      *reason = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d day past its due day, %s",
                                              "%d days past its due day, %s", (gulong)-left),
                                 -left, due);
      return level;
    }
  if (reached)
    return LEVEL_GOOD;
  if (left <= rule->red_within_days)
    level = LEVEL_BAD;
  else if (left <= rule->amber_within_days)
    level = LEVEL_WARN;
  if (level == LEVEL_GOOD)
    return level;
  if (left == 0)
    *reason = g_strdup_printf (_ ("due today, %s, and still open"), due);
  else
    *reason = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "due in %d day, on %s, and still open",
                                            "due in %d days, on %s, and still open", (gulong)left),
                               left, due);
  return level;
}

static gboolean
take_override (LuoLamp *lamp, JsonObject *task, const char *month)
{
  JsonObject *override = object_of (task, "lamp");
  const char *colour;
  const char *reason;

  if (override == NULL || g_strcmp0 (text_of (override, "month"), month) != 0)
    return FALSE;
  colour = known_colour (text_of (override, "colour"));
  if (colour == NULL)
    return FALSE;
  reason = text_of (override, "reason");
  lamp->colour = colour;
  lamp->overridden = TRUE;
  lamp->reason
      = reason != NULL ? g_strdup_printf (_ ("Set by hand: %s"), reason) : g_strdup (_ ("Set by hand"));
  return TRUE;
}

/* The pace of the indicator that is furthest behind. Returns that indicator; NULL where none can be measured. */
static JsonObject *
find_worst (JsonObject *task, JsonObject *readings, const char *month, LuoPace *worst)
{
  JsonNode *node = json_object_get_member (task, "indicators");
  JsonObject *found = NULL;
  gint64 year;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  if (!integer_of (task, "year", &year))
    year = number_at (month, 4);

  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    {
      JsonNode *item = json_array_get_element (json_node_get_array (node), i);
      JsonObject *indicator;
      const char *key;
      gint64 reading;
      gboolean read;
      LuoPace pace;

      if (!JSON_NODE_HOLDS_OBJECT (item))
        continue;
      indicator = json_node_get_object (item);
      key = text_of (indicator, "key");
      read = readings != NULL && key != NULL && integer_of (readings, key, &reading);
      luo_pace_of (&pace, indicator, read ? &reading : NULL, (guint)year, month, text_of (task, "due"));
      if (pace.known && (found == NULL || pace.behind_permille > worst->behind_permille))
        {
          *worst = pace;
          found = indicator;
        }
    }
  return found;
}

/* Whether there are targets and each is reached. */
static gboolean
all_reached (JsonObject *task, JsonObject *readings)
{
  JsonNode *node = json_object_get_member (task, "indicators");
  gboolean any = FALSE;

  if (readings == NULL || node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    {
      JsonNode *item = json_array_get_element (json_node_get_array (node), i);
      JsonObject *indicator = JSON_NODE_HOLDS_OBJECT (item) ? json_node_get_object (item) : NULL;
      const char *key = indicator != NULL ? text_of (indicator, "key") : NULL;
      gint64 target, reading;

      if (indicator == NULL || !integer_of (indicator, "target", &target))
        continue;
      if (key == NULL || !integer_of (readings, key, &reading) || reading < target)
        return FALSE;
      any = TRUE;
    }
  return any;
}

void
luo_lamp_of (LuoLamp *lamp, JsonObject *task, JsonObject *readings, const char *month, const char *today,
             const LuoLampRule *rule)
{
  LuoPace worst = { 0 };
  JsonObject *indicator;
  Level level = LEVEL_GOOD;
  Level by_due = LEVEL_GOOD;
  const char *due;
  g_autofree char *pace_reason = NULL;
  g_autofree char *due_reason = NULL;
  gboolean reached;

  g_return_if_fail (lamp != NULL && task != NULL && rule != NULL);
  g_return_if_fail (month != NULL && luo_text_is_month (month));
  g_return_if_fail (today != NULL && luo_text_is_date (today));

  memset (lamp, 0, sizeof *lamp);
  indicator = find_worst (task, readings, month, &worst);
  lamp->worst_behind_permille = indicator != NULL ? worst.behind_permille : 0;
  if (take_override (lamp, task, month))
    return;
  if (g_strcmp0 (text_of (task, "state"), "done") == 0)
    {
      lamp->colour = "done";
      lamp->reason = g_strdup (_ ("The task is done"));
      return;
    }

  reached = all_reached (task, readings);
  if (indicator != NULL)
    {
      if (worst.behind_permille >= rule->far_behind_permille)
        level = LEVEL_BAD;
      else if (worst.behind_permille >= rule->behind_permille)
        level = LEVEL_WARN;
      pace_reason = describe_indicator (indicator, &worst, rule->behind_permille);
    }
  due = text_of (task, "due");
  if (due != NULL && luo_text_is_date (due))
    by_due = judge_due (due, today, rule, reached, &due_reason);

  lamp->colour = level_colour (MAX (level, by_due), rule);
  if (due_reason != NULL && pace_reason != NULL)
    /* Translators: two reasons for one lamp */
    lamp->reason = g_strdup_printf (_ ("%s; %s"), due_reason, pace_reason);
  else if (due_reason != NULL)
    lamp->reason = g_steal_pointer (&due_reason);
  else if (pace_reason != NULL)
    lamp->reason = g_steal_pointer (&pace_reason);
  else if (due != NULL && luo_text_is_date (due))
    lamp->reason = g_strdup_printf (_ ("no reading of this month to measure; due on %s"), due);
  else
    lamp->reason = g_strdup (_ ("no reading of this month to measure, and no due day"));
}

void
luo_lamp_clear (LuoLamp *lamp)
{
  if (lamp == NULL)
    return;
  g_clear_pointer (&lamp->reason, g_free);
  memset (lamp, 0, sizeof *lamp);
}
