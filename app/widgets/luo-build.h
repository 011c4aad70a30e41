/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The few shapes that read views are built of, so that every page spaces and names them alike. All return floating widgets. */

/** A label that wraps, selectable where @selectable; @classes: (nullable): space-separated style classes */
GtkWidget *luo_build_text (const char *text, const char *classes);
/** A heading of a group. */
GtkWidget *luo_build_heading (const char *text);
/** A card (a GtkBox with the class "card"). */
GtkWidget *luo_build_card (GtkOrientation orientation);
/** A heading with @child below. */
GtkWidget *luo_build_group (const char *heading, GtkWidget *child);
/** A boxed list (GtkListBox without selection). */
GtkWidget *luo_build_list (void);
/** A row of a boxed list: name at the left, value at the right or below it where it is long. */
GtkWidget *luo_build_fact (const char *name, const char *value);
/** An icon button with its accessible name, which is its tooltip too. */
GtkWidget *luo_build_icon_button (const char *icon, const char *name);
/** A cell of a table: a label; @numeric: tabular numbers at the right */
GtkWidget *luo_build_cell (const char *text, gboolean numeric, const char *classes);
/**
 * A place to write several lines, as high as what is written in it needs at the width it gets (a GtkTextView by itself
 * is told its width too late and cuts its last lines off).
 *
 * @view: (out) (transfer none): the text view in it
 * @name: its accessible name
 */
GtkWidget *luo_build_narrative_entry (GtkTextView **view, const char *name);
/** @child in a scrolled window that scrolls it up and down. */
GtkWidget *luo_build_scrolled (GtkWidget *child);
/** A coloured dot with an accessible name. @colour: red, amber, green, blue, yellow, done, grey */
GtkWidget *luo_build_dot (const char *colour);

/** Gives a widget its accessible name. */
void luo_build_set_name (GtkWidget *widget, const char *name);
/** Says which label names @widget. */
void luo_build_set_labelled_by (GtkWidget *widget, GtkWidget *label);
/** Removes every child of a GtkBox. */
void luo_build_clear (GtkWidget *box);

G_END_DECLS
