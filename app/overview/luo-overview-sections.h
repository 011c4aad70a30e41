/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-overview-data.h"
#include "luo-page.h"

G_BEGIN_DECLS

/* The parts of the overview, each built anew from what was read. All return floating widgets, NULL where there is nothing to say.
 * Numbers and names in them open their records on @page. */

/** What needs a person today, each line with its reason and one action. */
GtkWidget *luo_overview_build_today (LuoPage *page, const LuoOverview *data);
/** Indicators with a target, as bars against the pace. */
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

/** Makes a click on @button open a record, or a list where @list is given; @where: "column=value", NULL-ended, or NULL. */
void luo_overview_open_record_on_click (LuoPage *page, GtkWidget *button, const char *id);
void luo_overview_open_list_on_click (LuoPage *page, GtkWidget *button, const char *list,
                                      const char *const *where);
/** A flat button with a number and what it counts below: a door. */
GtkWidget *luo_overview_build_figure (const char *number, const char *label);
/** "column=value" */
char *luo_overview_condition (const char *column, const char *value);

G_END_DECLS
