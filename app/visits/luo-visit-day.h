/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-document.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* An inspector's day, from the visits that are there. Nothing is stored for it: a visit is done once it has a result (a count,
 * also of none, a finding or a photo); one of today or later without any is planned; and a site is to be seen again where an open
 * finding is past its due date or nearly so. */

/** Findings that fall due within so many days are worth the way. */
#define LUO_VISIT_DAY_SOON 7

/**
 * LuoPlannedVisit: a site to be visited.
 */
typedef struct
{
  char *title;          /* (owned): the project, else the community, else the district */
  LuoDocument *visit;   /* (owned) (nullable): the visit that was planned */
  LuoDocument *last;    /* (owned) (nullable): the last visit with an open finding that is due */
  LuoDocument *project; /* (owned) (nullable) */
  char *due;            /* (owned) (nullable): the earliest due date of the site's open findings */
  guint open;           /* open findings that are due */
} LuoPlannedVisit;

/**
 * LuoVisitDay: what is to be done and what was done on one day. Read in a thread, immutable afterwards.
 */
typedef struct
{
  char *day;          /* (owned) `YYYY-MM-DD` */
  GPtrArray *planned; /* (owned) (element-type LuoPlannedVisit): by the day they are due or planned for */
  GPtrArray *done;    /* (owned) (element-type LuoDocument): of the day, last edited first */
} LuoVisitDay;

/**
 * luo_visit_day_read:
 * @day: `YYYY-MM-DD`
 * @office: "city" sees every site, a district its own
 *
 * Blocks. Returns: (transfer full)
 */
LuoVisitDay *luo_visit_day_read (LuoStore *store, const char *day, const char *office, GError **error);
void luo_visit_day_free (LuoVisitDay *self);
void luo_planned_visit_free (LuoPlannedVisit *self);

/** Whether a visit has a result. */
gboolean luo_visit_is_done (JsonObject *visit);

/** Whether two visits are to one site: the same project, else the same community of the same district. */
gboolean luo_visit_same_site (JsonObject *a, JsonObject *b);

/**
 * luo_visit_day_start:
 * @planned: a site without a visit that was planned
 * @user: (nullable): who goes
 *
 * Returns: (transfer full): JSON text of a new visit to the site: its place, project and task and the kind of the last visit
 */
char *luo_visit_day_start (const LuoPlannedVisit *planned, const char *day, const char *user);

/**
 * luo_visit_day_last_findings:
 * @visit: a visit
 *
 * What earlier visits to the same site found and is open, or was solved on the day of this one. Blocks.
 *
 * Returns: (transfer full) (element-type LuoDocument): those visits, newest first
 */
GPtrArray *luo_visit_day_last_findings (LuoStore *store, LuoDocument *visit, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoVisitDay, luo_visit_day_free)

G_END_DECLS
