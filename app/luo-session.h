/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-replicator.h"
#include "luo-store.h"
#include "luo-undo.h"

G_BEGIN_DECLS

#define LUO_TYPE_SESSION (luo_session_get_type ())
G_DECLARE_FINAL_TYPE (LuoSession, luo_session, LUO, SESSION, GObject)

/**
 * LuoSession: the open replica, its replicator, and what a person chose for it. One for each window; pages share it. Main thread only.
 *
 * Properties: "store", "replicator", "month" (`YYYY-MM`, the month that pages show), "office" ("city" or a district: whose progress
 * is written here), "user" (name), "started" (a first start was answered), "status" (LuoSyncStatus, nullable), "sample".
 *
 * LuoSession::notice: (text, undo: gboolean): something to tell in passing; with @undo it can be taken back by luo_session_undo_async()
 */

/** Opens the replica in @folder in a thread. */
void luo_session_open_async (const char *folder, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
/** Returns: (transfer full): NULL with an error fit for a person where the replica can not be used */
LuoSession *luo_session_open_finish (GAsyncResult *result, GError **error);

/** Stops the replicator and closes the replica after the queued writes. */
void luo_session_close (LuoSession *self);

LuoStore *luo_session_get_store (LuoSession *self);
LuoReplicator *luo_session_get_replicator (LuoSession *self);
/** Returns: (transfer none) (nullable) */
const LuoSyncStatus *luo_session_get_status (LuoSession *self);
const char *luo_session_get_month (LuoSession *self);
void luo_session_set_month (LuoSession *self, const char *month);
const char *luo_session_get_office (LuoSession *self);
void luo_session_set_office (LuoSession *self, const char *office);
/** Returns: (nullable): as a person wrote it in the preferences, else the user at the server */
const char *luo_session_get_user (LuoSession *self);
void luo_session_set_user (LuoSession *self, const char *user);
/** Whether the question of the first start was answered (a server, this machine only, the sample data). */
gboolean luo_session_get_started (LuoSession *self);
void luo_session_set_started (LuoSession *self, gboolean started);
/** Whether the replica holds the sample data. */
gboolean luo_session_get_sample (LuoSession *self);
/** Returns: (nullable): address of the server, NULL where none is set */
const char *luo_session_get_server (LuoSession *self);

/** The year that dates are shown without: that of the month. */
guint luo_session_get_year (LuoSession *self);
/** Returns: (transfer full): `YYYY-MM-DD`: today, or the last day of the month that is shown where that is past. */
char *luo_session_get_day (LuoSession *self);

/**
 * luo_session_connect_async:
 *
 * Signs in, keeps the password with libsecret where there is one, takes up every space of the server that the user may read and starts
 * reconciling. Completes FALSE with a LuoReplicationError where signing in failed; nothing was changed then.
 */
void luo_session_connect_async (LuoSession *self, const char *url, const char *user, const char *password,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean luo_session_connect_finish (LuoSession *self, GAsyncResult *result, GError **error);
/** Forgets server, user and password; records stay here. */
void luo_session_disconnect (LuoSession *self);
/** Makes a space of this machine on the server and reconciles it (an administrator's right). */
void luo_session_create_server_space (LuoSession *self, const char *space);

/** Loads the sample data into the replica. */
void luo_session_load_sample_async (LuoSession *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean luo_session_load_sample_finish (LuoSession *self, GAsyncResult *result, GError **error);
/** Empties a replica that holds the sample data and has no server, and asks the first question again. */
void luo_session_leave_sample (LuoSession *self);

/**
 * luo_session_create_async:
 * @body: JSON text with at least `type`
 *
 * Saves a new record; makes the space where it is not there yet. Result: its id.
 */
void luo_session_create_async (LuoSession *self, const char *space, const char *body,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/** Returns: (transfer full): the new id */
char *luo_session_create_finish (LuoSession *self, GAsyncResult *result, GError **error);

/** Deletes a record and says so with a notice that can be undone. */
void luo_session_delete (LuoSession *self, LuoDocument *document);

LuoUndo *luo_session_get_undo (LuoSession *self);
/** Takes the last edit, creation or deletion back; the outcome is told by a notice. */
void luo_session_undo (LuoSession *self);

/** Tells @text in passing. */
void luo_session_notify_person (LuoSession *self, const char *text, gboolean undo);

G_END_DECLS
