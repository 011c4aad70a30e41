/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-build.h"

#include <string.h>

static void
add_classes (GtkWidget *widget, const char *classes)
{
  g_auto (GStrv) list = classes != NULL ? g_strsplit (classes, " ", -1) : NULL;

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    gtk_widget_add_css_class (widget, list[i]);
}

GtkWidget *
luo_build_text (const char *text, const char *classes)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  add_classes (label, classes);
  return label;
}

GtkWidget *
luo_build_heading (const char *text)
{
  GtkWidget *label = luo_build_text (text, "heading");

  gtk_widget_set_margin_top (label, 6);
  return label;
}

GtkWidget *
luo_build_card (GtkOrientation orientation)
{
  GtkWidget *box = gtk_box_new (orientation, 0);

  gtk_widget_add_css_class (box, "card");
  return box;
}

GtkWidget *
luo_build_group (const char *heading, GtkWidget *child)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_box_append (GTK_BOX (box), luo_build_heading (heading));
  gtk_box_append (GTK_BOX (box), child);
  return box;
}

GtkWidget *
luo_build_list (void)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_valign (list, GTK_ALIGN_START);
  return list;
}

GtkWidget *
luo_build_fact (const char *name, const char *value)
{
  GtkWidget *row = gtk_list_box_row_new ();
  gboolean is_long = g_utf8_strlen (value, -1) > 24;
  GtkWidget *box
      = gtk_box_new (is_long ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL, is_long ? 2 : 12);
  GtkWidget *name_label = luo_build_text (name, is_long ? "caption dim-label" : NULL);
  GtkWidget *value_label = luo_build_text (value, "numeric");

  gtk_widget_set_hexpand (value_label, TRUE);
  if (!is_long)
    {
      gtk_label_set_wrap (GTK_LABEL (name_label), FALSE);
      gtk_label_set_xalign (GTK_LABEL (value_label), 1);
      gtk_label_set_justify (GTK_LABEL (value_label), GTK_JUSTIFY_RIGHT);
    }
  gtk_label_set_selectable (GTK_LABEL (value_label), TRUE);
  gtk_widget_set_focusable (value_label, FALSE);
  gtk_box_append (GTK_BOX (box), name_label);
  gtk_box_append (GTK_BOX (box), value_label);
  gtk_widget_add_css_class (box, "fact");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  return row;
}

GtkWidget *
luo_build_icon_button (const char *icon, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, name);
  luo_build_set_name (button, name);
  return button;
}

GtkWidget *
luo_build_cell (const char *text, gboolean numeric, const char *classes)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), numeric ? 1 : 0);
  if (numeric)
    gtk_widget_add_css_class (label, "numeric");
  else
    {
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
    }
  add_classes (label, classes);
  return label;
}

GtkWidget *
luo_build_narrative_entry (GtkTextView **view, const char *name)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *text = gtk_text_view_new ();
  GtkWidget *measure = luo_build_text ("", "narrative");

  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (text), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (text), FALSE);
  gtk_widget_add_css_class (text, "narrative");
  luo_build_set_name (text, name);
  /* A label knows its height for a width; it holds the same text, unseen. */
  gtk_widget_set_opacity (measure, 0);
  gtk_widget_set_can_target (measure, FALSE);
  gtk_widget_set_size_request (measure, -1, 54);
  gtk_accessible_update_state (GTK_ACCESSIBLE (measure), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  g_object_bind_property (gtk_text_view_get_buffer (GTK_TEXT_VIEW (text)), "text", measure, "label",
                          G_BINDING_SYNC_CREATE);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), measure);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), text);
  *view = GTK_TEXT_VIEW (text);
  return overlay;
}

GtkWidget *
luo_build_scrolled (GtkWidget *child)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), child);
  return scrolled;
}

GtkWidget *
luo_build_dot (const char *colour)
{
  GtkWidget *dot = g_object_new (ADW_TYPE_BIN, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  g_autofree char *class = g_strconcat ("lamp-", colour, NULL);

  gtk_widget_add_css_class (dot, "dot");
  gtk_widget_add_css_class (dot, class);
  gtk_widget_set_valign (dot, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (dot, GTK_ALIGN_CENTER);
  return dot;
}

void
luo_build_set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);

  /* What has the focus of a menu button is the button within, which takes no name from it. */
  if (GTK_IS_MENU_BUTTON (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (widget)),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
luo_build_set_labelled_by (GtkWidget *widget, GtkWidget *label)
{
  gtk_accessible_update_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label, NULL,
                                  -1);
}

void
luo_build_clear (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}
