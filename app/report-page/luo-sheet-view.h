/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "luo-report-sheet.h"

G_BEGIN_DECLS

#define LUO_TYPE_SHEET_VIEW (luo_sheet_view_get_type ())
G_DECLARE_FINAL_TYPE (LuoSheetView, luo_sheet_view, LUO, SHEET_VIEW, GtkWidget)

/** LuoSheetView: the pages of a report as paper, one below the other, as wide as there is room up to their true size and a half. */
GtkWidget *luo_sheet_view_new (void);

/**
 * luo_sheet_view_set_sheet:
 * @sheet: (nullable): lives until another is set or the view is gone; not owned
 */
void luo_sheet_view_set_sheet (LuoSheetView *self, const LuoReportSheet *sheet);

G_END_DECLS
