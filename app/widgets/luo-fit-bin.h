/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LUO_TYPE_FIT_BIN (luo_fit_bin_get_type ())
G_DECLARE_FINAL_TYPE (LuoFitBin, luo_fit_bin, LUO, FIT_BIN, GtkWidget)

/**
 * luo_fit_bin_new:
 * @wide, @narrow: (transfer floating): two forms of the same thing
 * @threshold: from this width on @wide is shown
 *
 * Shows what fits. It is as narrow as @narrow can be. The other form is hidden from the eye and from assistive technology.
 */
GtkWidget *luo_fit_bin_new (GtkWidget *wide, GtkWidget *narrow, int threshold);

G_END_DECLS
