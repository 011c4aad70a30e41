/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-overview-data.h"
#include "luo-page.h"

G_BEGIN_DECLS

/* The parts of the overview, each built anew from what was read. All return floating widgets, NULL where there is nothing to say.
 * Numbers and names in them open their records on @page. */

/** What needs a person today, each line with its reason and one action. */
GtkWidget *luo_overview_build_today (LuoPage *page, const LuoOverview *data);
/** Indicators with a target, as bars against the pace, the furthest behind first. */
GtkWidget *luo_overview_build_indicators (LuoPage *page, const LuoOverview *data);
/** What the month counted: indicators of the kind "monthly". */
GtkWidget *luo_overview_build_month (LuoPage *page, const LuoOverview *data);
/** Projects by district and stage. */
GtkWidget *luo_overview_build_projects (LuoPage *page, const LuoOverview *data);
/** Funds by source, and by district. */
GtkWidget *luo_overview_build_funds (LuoPage *page, const LuoOverview *data);
/** Training and coverage by district. */
GtkWidget *luo_overview_build_training (LuoPage *page, const LuoOverview *data);
/** What visits found, and what is open. */
GtkWidget *luo_overview_build_visits (LuoPage *page, const LuoOverview *data);

/* For the parts themselves */

/** A flat button with a number and what it counts below; to be made to lead somewhere. */
GtkWidget *luo_overview_build_figure (const char *number, const char *label);
/** A small flat button with the text of a cell; @numeric: tabular numbers at the right; @name: (nullable): accessible name */
GtkWidget *luo_overview_build_cell (const char *text, gboolean numeric, const char *classes,
                                    const char *name);

/** "column=value" */
char *luo_overview_condition (const char *column, const char *value);
/** @head with @value, and the @words that say it */
char *luo_overview_words_condition (const char *head, const char *value, const char *words);
/** Findings that nobody put right. */
char *luo_overview_unsolved_condition (void);
/** The days of the month, or of its year up to its end. */
char *luo_overview_days_condition (const LuoOverview *data, gboolean year);

/** What a district is called: where it is not said, that. */
const char *luo_overview_district_label (const char *district);
/** Districts in the order of the city, then those it does not have, what is not said last. For qsort(). */
int luo_overview_compare_districts (gconstpointer a, gconstpointer b);

G_END_DECLS
