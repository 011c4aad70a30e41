/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "luo-record-type.h"

G_BEGIN_DECLS

/* How values are written for a person. All pure; all return (transfer full) text. */

/** @date: `YYYY-MM-DD`; @year: the year that need not be said: 8月28日, else 2020年8月28日. Another text is given back as it is. */
char *luo_format_date (const char *date, guint year);
/** @month: `YYYY-MM`: 2020年8月 */
char *luo_format_month (const char *month);
/** 8月 */
char *luo_format_month_short (const char *month);
/** @instant: UTC `…Z`, shown in local time: 8月28日 16:42 */
char *luo_format_instant (const char *instant, guint year);
/** Seconds since 1970: 16:42 today, else 8月28日 16:42 */
char *luo_format_time (gint64 seconds);
/** 28,704 */
char *luo_format_integer (gint64 value);
/** Per mille as per cent: 667 is 66.7%, 1000 is 100% */
char *luo_format_share (gint64 permille);
/** A number with its unit: "15 个"; a share (@kind "share") as per cent. @unit, @kind: (nullable) */
char *luo_format_amount (gint64 value, const char *unit, const char *kind);

/** (transfer none): the name of an office or district as people say it: "市局", "皇姑区" */
const char *luo_format_office (const char *office);
/** (transfer none): the label of a stage, programme … among @choices; "" for NULL */
const char *luo_format_choice (const LuoChoice *choices, const char *value);

/** Joins what is not empty with " · "; the first NULL ends the list. */
char *luo_format_join (const char *first, ...) G_GNUC_NULL_TERMINATED;

/** @month moved by @months: "2020-08" by -1 is "2020-07" */
char *luo_month_shift (const char *month, int months);

G_END_DECLS
