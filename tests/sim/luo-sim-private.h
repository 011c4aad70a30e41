/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-hub.h"
#include "luo-schedule-private.h"
#include "luo-sim-disk.h"
#include "luo-sim-ledger.h"
#include "luo-sim.h"

G_BEGIN_DECLS

/* One run of the simulator: a hub and some desks, each with a disk and a clock of its own, on a network between them. Everything happens
 * in one thread, one thing after another, and what happens next is chosen by LuoSim::rand alone. */

#define LUO_SIM_MAX_DESKS 4
/** How deep things may happen within requests of other things. */
#define LUO_SIM_MAX_DEPTH 3
/** How much may happen so in one run: each pass has many requests, and without a bound a run could feed itself for hours. */
#define LUO_SIM_MAX_NESTED 2000
/** Records are few, so that desks meet in them; of some more, seldom edited, nothing comes later that would make good what was lost. */
#define LUO_SIM_RECORDS 7
#define LUO_SIM_SELDOM_RECORDS 12

typedef struct _LuoSimDesk LuoSimDesk;

/**
 * LuoSimFaults: what may go wrong in this run, per mille of the occasions.
 */
typedef struct
{
  guint cut_before; /* the request does not arrive */
  guint cut_within; /* a part of its body does */
  guint lost_reply; /* it is carried out, and nobody hears of it */
  guint cut_reply;  /* a part of the reply arrives */
  guint twice;      /* it is carried out twice */
  guint late;       /* it is carried out once more, some time later */
  guint busy;       /* 429 or 503 */
  guint fault;      /* 500 */
  guint partition;  /* a desk is cut off, or back */
  guint kill_desk;  /* in the middle of whatever it writes */
  guint kill_hub;
  guint restart; /* a desk ends in order and begins again */
  guint remake;  /* a database is deleted and made again on the server */
  guint rights;  /* a user's rights change */
  guint clock;   /* a clock is set wrong by days */
} LuoSimFaults;

struct _LuoSim
{
  guint32 seed;
  GRand *rand;      /* (owned) */
  GRand *disk_rand; /* (owned): for what a disk loses, whose number of choices depends on SQLite */
  LuoSimFaults faults;
  gboolean still; /* nobody edits any more */
  gboolean quiet; /* and the faults have stopped */
  guint nest;     /* per mille: something else happens within a request */
  guint depth;
  guint nested;         /* steps within requests so far */
  gint64 now;           /* microseconds of the run */
  LuoSimLedger *ledger; /* (owned) */

  char *folder;                         /* (owned): a temporary one, for what is not SQLite's */
  LuoSimDesk *desks[LUO_SIM_MAX_DESKS]; /* (owned) */
  guint n_desks;
  const char *const *spaces; /* NULL-ended */

  LuoHub *hub;          /* (owned) (nullable): NULL while it is down */
  LuoSimDisk *hub_disk; /* (owned) */
  char *hub_folder;     /* (owned) */
  gint64 hub_skew;
  gboolean hub_doomed; /* died while it worked; taken down when the request is over */
  guint hub_life;      /* counts starts */
  guint64 hub_steps;   /* of its disk, when the sequences were read last */
  guint64 hub_seqs;    /* the sum of its sequences then */
  guint64 requests;

  GPtrArray *watches; /* (owned) (element-type LuoSimWatch) */
  GPtrArray *late;    /* (owned) (element-type LuoSimLate): requests that arrive once more */

  GChecksum *hash;  /* (owned): of the whole trace */
  GQueue trace;     /* (owned) (element-type utf8): the last lines */
  gboolean verbose; /* print the trace */
  guint64 lines;
};

/**
 * LuoSimDesk: a replica with its schedule, as a person's program has them.
 */
struct _LuoSimDesk
{
  LuoSim *sim;
  guint number;
  char *name;            /* (owned): of the user */
  char *folder;          /* (owned) */
  LuoSimDisk *disk;      /* (owned) */
  GMainContext *context; /* (owned): of the schedule */
  LuoStore *store;       /* (owned) (nullable): NULL while the program does not run */
  LuoSchedule *schedule; /* (owned) (nullable) */
  LuoSyncStatus *status; /* (owned) (nullable): the last */
  GQueue passes;         /* (element-type gpointer): wait to be carried out */
  guint depth;           /* passes being carried out, one within another */
  gboolean ending;       /* the program is ending and asks nothing more */
  gboolean partitioned;
  gint64 skew;        /* of its clock */
  GHashTable *seen;   /* (owned): space → what the schedule was told last */
  guint64 told_steps; /* of its disk, when the schedule knew all */
  guint runs;         /* luo_schedule_run() that have not ended */
};

/* luo-sim.c */

/** A line of the trace. */
void luo_sim_note (LuoSim *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** The run has shown a failure: prints the trace's end and ends the process. */
void luo_sim_fail (LuoSim *self, const char *format, ...) G_GNUC_PRINTF (2, 3) G_GNUC_NORETURN;
/** Whether something with so many per mille happens now. */
gboolean luo_sim_chance (LuoSim *self, guint per_mille);
/** Less than @n. */
guint luo_sim_pick (LuoSim *self, guint n);
/** Lets something happen, or nothing. */
void luo_sim_step (LuoSim *self);
/** Whose clock luo_clock_get_real() is: NULL is the hub's. Returns the one before. */
LuoSimDesk *luo_sim_set_actor (LuoSim *self, LuoSimDesk *desk);

/* luo-sim-desk.c */

LuoSimDesk *luo_sim_desk_new (LuoSim *sim, guint number);
void luo_sim_desk_free (LuoSimDesk *self);
/** Opens the replica and goes live. Does nothing where it is open. */
void luo_sim_desk_start (LuoSimDesk *self);
/** Ends the program; nothing of it is on the stack. */
void luo_sim_desk_stop (LuoSimDesk *self);
/** Whether the program runs and its machine is alive. */
gboolean luo_sim_desk_works (LuoSimDesk *self);
/** Whether one of its passes, calls or signals waits to be carried out. */
gboolean luo_sim_desk_is_ready (LuoSimDesk *self);
/** Carries one of them out. */
void luo_sim_desk_advance (LuoSimDesk *self);
/** Milliseconds until its next timer; -1 where there is none. */
int luo_sim_desk_next_timer (LuoSimDesk *self);
/** Whether every space has come to rest, with the server holding all, or all but what it refused and nobody has sent again since. */
gboolean luo_sim_desk_is_settled (LuoSimDesk *self, gboolean may_be_refused);
/** Presses “reconcile now”, or reconciles once as the command line does. */
void luo_sim_desk_nudge (LuoSimDesk *self);
void luo_sim_desk_run (LuoSimDesk *self);

/* luo-sim-hub.c */

void luo_sim_hub_start (LuoSim *sim);
/** Ends the process of the hub; nothing of it is on the stack. */
void luo_sim_hub_stop (LuoSim *sim);
void luo_sim_hub_free (LuoSim *sim);
void luo_sim_hub_remake (LuoSim *sim, const char *space);
/** Gives a desk's user all rights, or the rights to some spaces, or to read some. */
void luo_sim_hub_set_rights (LuoSim *sim, LuoSimDesk *desk, gboolean all);
/** The last sequence of a database; 0 where the hub is down. */
gint64 luo_sim_hub_get_seq (LuoSim *sim, const char *space);

/* luo-sim-network.c */

void luo_sim_network_init (LuoSim *sim);
void luo_sim_network_clear (LuoSim *sim);
/** Returns: (transfer full) */
LuoHttpSession *luo_sim_network_connect (LuoSimDesk *desk);
/** Whether a long poll or a late request could arrive now. */
gboolean luo_sim_network_is_ready (LuoSim *sim);
void luo_sim_network_advance (LuoSim *sim);
/** Milliseconds until a long poll ends by itself; -1 where there is none. */
int luo_sim_network_next_timer (LuoSim *sim);

/* luo-sim-edit.c */

/** A person at a desk does something. */
void luo_sim_edit (LuoSimDesk *desk);

/* luo-sim-check.c */

/** Whether every edit is there, all machines hold the same, and every store is sound. */
void luo_sim_check (LuoSim *sim);

G_END_DECLS
