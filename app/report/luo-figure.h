/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Finding in a narrative the numbers that state what an indicator reports. Pure; any thread. */

/** What a text may speak of: an indicator as the task names it. */
typedef struct
{
  const char *name; /* "改造社区养老服务站" */
  const char *unit; /* (nullable): "个", "件次", "万元" */
  const char *kind; /* (nullable): cumulative, monthly, level, share; a tick is no number */
} LuoFigureName;

/** Which narrative it is: a total so far this year is not the month's own amount. */
typedef enum
{
  LUO_FIGURE_OVERALL,
  LUO_FIGURE_THIS_MONTH,
} LuoFigureScope;

/**
 * LuoFigure: one number of a text: @mantissa × @scale / 10^@decimals, in the unit of the indicator (per mille for a share).
 */
typedef struct
{
  guint indicator; /* place among the names */
  guint start;     /* first character of the number, in characters, not bytes */
  guint length;    /* characters up to the unit: digits, separators and 万 */
  gint64 mantissa;
  gint64 scale;
  guint decimals;
  gboolean separated;     /* thousands were separated */
  gboolean rewrites_unit; /* @length has the unit, which is another one than the indicator's: 亿元 for 万元 */
} LuoFigure;

/**
 * luo_figures_find:
 * @text: (nullable): a narrative
 * @month: the month that is reported, 1 to 12; 0 where it is not known
 * @place: (nullable): the office's own district as texts write it ("皇姑区"); NULL for the city
 * @names: the indicators of the task, at most LUO_FIGURE_NAMES of them
 *
 * A number belongs to an indicator where its unit follows and the words of its clause are the indicator's: all of the name, in
 * its order, with little between ("受理居民服务事项17419件次"); or, as people shorten, its beginning and its end with nothing
 * else in the clause ("改造服务站117个", "新建中心15个"), its end for a share ("覆盖率98%"), its beginning or end where the unit
 * itself is telling ("受理17419件次"). Of two that fit, the one with more words; of two that fit equally, neither.
 *
 * A wrong warning costs more trust than a missing one. So a clause that speaks of plans, parts, growth, an earlier time or about
 * how many says nothing here, nor one that names another place; nor, for a total, one about the month alone; nor, for
 * an amount of the month, one about a longer time. The same words in a name are no hint.
 *
 * Returns: (transfer full) (element-type LuoFigure): in the order of the text
 */
GArray *luo_figures_find (const char *text, LuoFigureScope scope, guint month, const char *place,
                          const LuoFigureName *names, guint n_names);

/** Whether a text that gives @self states @reading: exactly, or rounded to as many digits as the text gives. */
gboolean luo_figure_agrees (const LuoFigure *self, gint64 reading);

/** @value: (out): what a reading would have to be for the text to be right. Returns: whether a whole number would be. */
gboolean luo_figure_value (const LuoFigure *self, gint64 *value);

/**
 * luo_figure_write:
 * @name: the indicator of the figure
 *
 * Returns: (transfer full): what stands in place of the figure's characters where the text is to state @reading: "117", "17,419",
 *   "98.4" of a share
 */
char *luo_figure_write (const LuoFigure *self, const LuoFigureName *name, gint64 reading);

/** Characters between the words of an indicator and its number: "共计已完成" and the like. */
#define LUO_FIGURE_REACH 8
/** Characters within the words that are not the indicator's: "居民" in "受理居民服务事项". */
#define LUO_FIGURE_GAP 6
/** A task has a handful of indicators; more than this are not looked for. */
#define LUO_FIGURE_NAMES 64

G_END_DECLS
