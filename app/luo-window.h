/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_WINDOW (luo_window_get_type ())
G_DECLARE_FINAL_TYPE (LuoWindow, luo_window, LUO, WINDOW, AdwApplicationWindow)

/**
 * luo_window_new:
 * @folder: of the replica, which is opened in the background
 *
 * LuoWindow::session-opened: the replica is open: luo_window_get_session() gives it.
 */
LuoWindow *luo_window_new (GtkApplication *application, const char *folder);

/** Returns: (nullable) (transfer none): NULL while the replica is being opened */
LuoSession *luo_window_get_session (LuoWindow *self);

/** @name: "overview", "tasks", "projects", "training", "visits", "report", "conflicts" */
void luo_window_show_page (LuoWindow *self, const char *name);
/** Shows the record with this id on the page of its type. */
void luo_window_open_record (LuoWindow *self, const char *id);

G_END_DECLS
