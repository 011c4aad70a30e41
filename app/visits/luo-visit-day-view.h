/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"
#include "luo-visit-day.h"

G_BEGIN_DECLS

#define LUO_TYPE_VISIT_DAY_VIEW (luo_visit_day_view_get_type ())
G_DECLARE_FINAL_TYPE (LuoVisitDayView, luo_visit_day_view, LUO, VISIT_DAY_VIEW, AdwBin)

/**
 * LuoVisitDayView: an inspector's day: what is planned, each started in one tap; what was done, each with its receipt; a new visit.
 *
 * LuoVisitDayView::open: (id) a visit is to be shown
 * LuoVisitDayView::write: (id) a planned visit is to be filled in
 * LuoVisitDayView::start: (planned: pointer to LuoPlannedVisit, day) a site is to be visited: a new visit is to be made
 * LuoVisitDayView::new-visit: another site than those
 */
GtkWidget *luo_visit_day_view_new (LuoSession *session);

/** The day that is shown: today; the last day of the month where a person looks more than a month back. Returns: (transfer full) */
char *luo_visit_day_view_get_day (LuoVisitDayView *self);

/** Reads everything again. */
void luo_visit_day_view_refresh (LuoVisitDayView *self);

G_END_DECLS
