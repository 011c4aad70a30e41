/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LUO_TYPE_COLUMNS (luo_columns_get_type ())
G_DECLARE_FINAL_TYPE (LuoColumns, luo_columns, LUO, COLUMNS, GtkWidget)

/**
 * luo_columns_new:
 * @first, @second: (transfer floating)
 * @threshold: from this width on they stand side by side, else one below the other
 */
GtkWidget *luo_columns_new (GtkWidget *first, GtkWidget *second, int threshold);

/** The same with a second column of @aside pixels instead of half the width: notes beside a sheet. */
GtkWidget *luo_columns_new_with_aside (GtkWidget *first, GtkWidget *second, int threshold, int aside);

G_END_DECLS
