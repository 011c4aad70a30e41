/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-session.h"

G_BEGIN_DECLS

/* What the files of the session share: luo-session.c holds what a person chose and the state of reconciling, luo-session-open.c opens and closes,
 * luo-session-server.c signs in and out, luo-session-records.c makes and deletes records. */

struct _LuoSession
{
  GObject parent_instance;

  LuoStore *store;           /* (owned) */
  LuoReplicator *replicator; /* (owned) */
  LuoUndo *undo;             /* (owned) */
  LuoSyncStatus *status;     /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  char *month;               /* (owned) */
  char *office;              /* (owned) */
  char *user;                /* (owned) (nullable) */
  char *server;              /* (owned) (nullable) */
  char *server_user;         /* (owned) (nullable) */
  gboolean started;
  gboolean sample;
  gboolean live; /* the replicator was started */
  gboolean counting;
  gboolean count_again;
};

/** Writes a setting of the replica in the background. @value: (nullable): NULL removes it */
void luo_session_keep_setting (LuoSession *self, const char *name, const char *value);
/** Asks the replica and the replicator how things stand, and notifies "status". */
void luo_session_recount (LuoSession *self);
/** Sets the address that is shown. @url: (nullable) */
void luo_session_take_server (LuoSession *self, const char *url);
/** Starts reconciling, or hurries it. */
void luo_session_go_live (LuoSession *self);
/** Looks for the password of the server that the replica names and goes live. */
void luo_session_sign_in_again (LuoSession *self);
/** Blocks. Returns: (transfer full) (nullable): the month of the newest progress: what a person was working at */
char *luo_session_newest_month (LuoStore *store);

G_END_DECLS
