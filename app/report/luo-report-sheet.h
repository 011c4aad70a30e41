/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>
#include <gio/gio.h>

#include "luo-monthly-report.h"

G_BEGIN_DECLS

/** A4 in points, as PostScript has it. */
#define LUO_REPORT_SHEET_WIDTH 595.28
#define LUO_REPORT_SHEET_HEIGHT 841.89

/**
 * LuoReportSheet: the monthly table laid out on A4 pages. The page of the window, the printer and the PDF are drawn by it, so that
 * they can not differ. Laid out once; used by the thread that made it, since Pango's fonts belong to a thread.
 */
typedef struct _LuoReportSheet LuoReportSheet;

/**
 * luo_report_sheet_new:
 * @report: read while laying out, not kept
 *
 * Returns: (transfer full)
 */
LuoReportSheet *luo_report_sheet_new (const LuoMonthlyReport *report);
void luo_report_sheet_free (LuoReportSheet *self);

/** At least one. */
guint luo_report_sheet_get_n_pages (const LuoReportSheet *self);

/**
 * luo_report_sheet_draw:
 * @page: from 0
 * @mark_changes: whether what differs from last month stands on a pale green ground: on the screen, never on paper
 *
 * Draws in points from the upper left corner of the paper, without the paper itself.
 */
void luo_report_sheet_draw (const LuoReportSheet *self, cairo_t *cr, guint page, gboolean mark_changes);

/**
 * luo_report_sheet_to_pdf:
 *
 * Returns: (transfer full): the bytes of a PDF; NULL with G_IO_ERROR_FAILED where cairo could not make one
 */
GBytes *luo_report_sheet_to_pdf (const LuoReportSheet *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoReportSheet, luo_report_sheet_free)

G_END_DECLS
