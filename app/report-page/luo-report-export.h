/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "luo-session.h"

G_BEGIN_DECLS

/* Paper and files of the report: both are made from what the page shows. */

/**
 * luo_report_export_ask:
 * @window: (nullable): the window to stand before
 * @format: "pdf", "text" or "csv"
 *
 * Asks where, reads the report of the session's month again in a thread, and writes the file whole or not at all. Tells the
 * outcome by a notice of the session.
 */
void luo_report_export_ask (GtkWindow *window, LuoSession *session, const char *format);

/** Opens the print dialog for the report of the session's month. Only what is drawn by LuoReportSheet is printed. */
void luo_report_print (GtkWindow *window, LuoSession *session);

G_END_DECLS
