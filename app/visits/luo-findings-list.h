/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-record-view.h"

G_BEGIN_DECLS

#define LUO_TYPE_FINDINGS_LIST (luo_findings_list_get_type ())
G_DECLARE_FINAL_TYPE (LuoFindingsList, luo_findings_list, LUO, FINDINGS_LIST, AdwBin)

/**
 * luo_findings_list_new:
 * @view: the view it stands in: opens visits through it
 * @visits: (element-type LuoDocument)
 *
 * What visits found, a row for each finding with its state, and one for each visit that found nothing. An open finding can be marked as solved there.
 *
 * Returns: (transfer floating)
 */
GtkWidget *luo_findings_list_new (LuoRecordView *view, GPtrArray *visits);

G_END_DECLS
