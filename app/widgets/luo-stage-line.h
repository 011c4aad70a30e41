/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * luo_stage_line_new:
 * @project: the record
 * @year: that dates are shown without
 *
 * The stages of a project as a dated line: those that were reached, the present one, those that are planned; a stage that was skipped is shown
 * so. Beside one another where there is room, else one below the other.
 *
 * Returns: (transfer floating)
 */
GtkWidget *luo_stage_line_new (JsonObject *project, guint year);

G_END_DECLS
