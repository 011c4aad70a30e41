/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-session.h"

G_BEGIN_DECLS

#define LUO_TYPE_LAST_FINDINGS (luo_last_findings_get_type ())
G_DECLARE_FINAL_TYPE (LuoLastFindings, luo_last_findings, LUO, LAST_FINDINGS, AdwBin)

/**
 * LuoLastFindings: what earlier visits to a site found and is open, to tick off on this one: solved on its day, or not. Hidden where there
 * is none. What is ticked is saved in the visit that found it.
 */
GtkWidget *luo_last_findings_new (LuoSession *session);

/** @visit: the visit that is being made; what is known of its site is read again */
void luo_last_findings_set_visit (LuoLastFindings *self, LuoDocument *visit);

G_END_DECLS
