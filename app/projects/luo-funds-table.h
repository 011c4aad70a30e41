/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * luo_funds_table_new:
 * @project: the record
 *
 * The fund lines with document numbers and their totals in 万元, as a table where there is room, else a line below the other.
 *
 * Returns: (transfer floating)
 */
GtkWidget *luo_funds_table_new (JsonObject *project);

G_END_DECLS
