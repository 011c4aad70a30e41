/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-indicator.h"
#include "luo-pace.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* What the overview shows, read from the replica in one state of it. No interface in here: figures and names only. */

/** One target task with its lamp. */
typedef struct
{
  char *id;
  guint number;
  char *title;
  LuoLamp lamp;
} LuoOverviewTask;

/** One indicator in the month. */
typedef struct
{
  char *task;
  guint number; /* of the task */
  char *key, *name, *unit, *kind;
  LuoCityReading city;
  LuoPace pace;       /* known where there is a target; a tick's target is the number of offices */
  const char *colour; /* (nullable): of the lamp this indicator would give alone; static */
  char *reason;       /* (nullable): of that lamp */
  gboolean has_previous;
  gint64 previous; /* the reading of the month before */
  gboolean has_counts;
  gint64 covered, eligible; /* of a share */
  gboolean counted;
  gint64 by_list; /* what the records count up to at the month's end, where they can say */
} LuoOverviewIndicator;

/** Projects of one programme and district that stand at one stage; @stage: "" where none is reached. */
typedef struct
{
  char *programme, *district, *stage;
  gint64 count;
} LuoOverviewProjects;

/** Projects of one programme and district that had reached a stage by the month's end, whatever they reached since. */
typedef struct
{
  char *programme, *district, *stage;
  gint64 count;
} LuoOverviewReached;

typedef struct
{
  char *source, *district;
  gint64 allocated, disbursed, used; /* fen */
  gint64 lines;
} LuoOverviewFund;

/** Training of a district from the year's first day to the month's last. */
typedef struct
{
  char *district;
  gint64 sessions, attendances, eligible, covered;
} LuoOverviewTraining;

/** Visits of one kind in the month. */
typedef struct
{
  char *kind;
  gint64 visits, communities, questions, found, solved;
} LuoOverviewVisits;

/** A finding that is still open. */
typedef struct
{
  char *visit; /* id */
  char *text, *due, *district, *community, *severity;
  gboolean overdue;
} LuoOverviewFinding;

/** How far the records of progress of the month are, of one office. */
typedef struct
{
  gint64 tasks;     /* that it has to report on */
  gint64 submitted; /* submitted, accepted or frozen */
  gint64 drafts, returned, missing;
  GPtrArray *open; /* (element-type utf8): ids of the tasks that are not submitted */
} LuoOverviewProgress;

typedef struct
{
  char *month, *office, *today;
  char *year_begin, *begin, *end; /* the first day of its year, the first and the last of the month */
  int gone_permille;              /* share of the year gone at the month's end */
  GPtrArray *tasks;               /* (element-type LuoOverviewTask): by section and place */
  GPtrArray *indicators;          /* (element-type LuoOverviewIndicator) */
  GPtrArray *projects;            /* (element-type LuoOverviewProjects) */
  GPtrArray *reached;             /* (element-type LuoOverviewReached) */
  GPtrArray *funds;               /* (element-type LuoOverviewFund) */
  GPtrArray *training;            /* (element-type LuoOverviewTraining): in the order of the districts */
  GPtrArray *visits;              /* (element-type LuoOverviewVisits) */
  GPtrArray
      *findings; /* (element-type LuoOverviewFinding): the first few that are open, the most urgent first */
  gint64 open_findings, overdue_findings;
  gint64 month_findings, month_findings_solved; /* of the visits of the month */
  LuoOverviewProgress progress;
  gint64 conflicts;
  char *conflict_reason; /* (nullable): what the first is about, and who changed it */
  gint64 refused;
  char *refused_id, *refused_reason; /* (nullable): the first: what it is and what the server said */
  gint64 districts;                  /* how many there are */
} LuoOverview;

/** So many open findings are named; the rest is counted. */
#define LUO_OVERVIEW_FINDINGS 5

/**
 * luo_overview_read:
 * @month: `YYYY-MM`
 * @office: "city" or a district: whose progress is still to be submitted
 * @today: `YYYY-MM-DD`
 *
 * Blocks; for a worker thread. Returns: (transfer full)
 */
LuoOverview *luo_overview_read (LuoStore *store, const char *month, const char *office, const char *today,
                                GError **error);
void luo_overview_free (LuoOverview *self);

/** Returns: (transfer full) (nullable): the latest month that has progress; NULL with or without @error where there is none */
char *luo_overview_latest_month (LuoStore *store, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoOverview, luo_overview_free)

G_END_DECLS
