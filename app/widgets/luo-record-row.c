/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-row.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"

struct _LuoRecordRow
{
  GtkBox parent_instance;

  GtkLabel *heading;
  GtkLabel *number;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkLabel *end;
  GtkWidget *lamp;
  AdwBin *dot;
  GtkLabel *word;
  GtkImage *pending;
  GtkImage *conflict;
};

G_DEFINE_FINAL_TYPE (LuoRecordRow, luo_record_row, GTK_TYPE_BOX)

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
luo_record_row_class_init (LuoRecordRowClass *klass)
{
}

static GtkImage *
mark (const char *icon, const char *text)
{
  GtkWidget *image = gtk_image_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (image, text);
  luo_build_set_name (image, text);
  gtk_widget_set_visible (image, FALSE);
  gtk_widget_add_css_class (image, "row-mark");
  return GTK_IMAGE (image);
}

static void
luo_record_row_init (LuoRecordRow *self)
{
  GtkWidget *body = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *ends = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *marks = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (body, "row-body");
  self->heading = GTK_LABEL (luo_build_text (NULL, "heading dim-label row-heading"));
  self->number = GTK_LABEL (luo_build_cell (NULL, TRUE, "heading"));
  gtk_label_set_width_chars (self->number, 3);
  self->title = GTK_LABEL (luo_build_text (NULL, NULL));
  self->subtitle = GTK_LABEL (luo_build_text (NULL, "caption dim-label numeric"));
  self->end = GTK_LABEL (luo_build_cell (NULL, TRUE, NULL));
  self->lamp = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->dot = ADW_BIN (adw_bin_new ());
  self->word = GTK_LABEL (luo_build_text (NULL, "caption"));
  gtk_label_set_wrap (self->word, FALSE);
  gtk_widget_set_halign (self->lamp, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (self->lamp), GTK_WIDGET (self->dot));
  gtk_box_append (GTK_BOX (self->lamp), GTK_WIDGET (self->word));
  self->pending = mark ("document-send-symbolic", _ ("Not sent yet"));
  self->conflict = mark ("dialog-warning-symbolic", _ ("In conflict"));
  gtk_widget_set_halign (marks, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (marks), GTK_WIDGET (self->conflict));
  gtk_box_append (GTK_BOX (marks), GTK_WIDGET (self->pending));
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (ends, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (lines), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (lines), GTK_WIDGET (self->subtitle));
  gtk_box_append (GTK_BOX (ends), self->lamp);
  gtk_box_append (GTK_BOX (ends), GTK_WIDGET (self->end));
  gtk_box_append (GTK_BOX (ends), marks);
  gtk_box_append (GTK_BOX (body), GTK_WIDGET (self->number));
  gtk_box_append (GTK_BOX (body), lines);
  gtk_box_append (GTK_BOX (body), ends);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->heading));
  gtk_box_append (GTK_BOX (self), body);
  luo_record_row_clear (self);
}

GtkWidget *
luo_record_row_new (void)
{
  return g_object_new (LUO_TYPE_RECORD_ROW, NULL);
}

void
luo_record_row_set_heading (LuoRecordRow *self, const char *heading)
{
  g_return_if_fail (LUO_IS_RECORD_ROW (self));

  set_text (self->heading, heading);
}

void
luo_record_row_set_number (LuoRecordRow *self, const char *number)
{
  g_return_if_fail (LUO_IS_RECORD_ROW (self));

  set_text (self->number, number);
}

void
luo_record_row_set_title (LuoRecordRow *self, const char *title)
{
  g_return_if_fail (LUO_IS_RECORD_ROW (self));

  gtk_label_set_label (self->title, title != NULL ? title : "");
}

void
luo_record_row_set_subtitle (LuoRecordRow *self, const char *subtitle)
{
  g_return_if_fail (LUO_IS_RECORD_ROW (self));

  set_text (self->subtitle, subtitle);
}

void
luo_record_row_set_lamp (LuoRecordRow *self, const char *colour, const char *word, const char *reason)
{
  g_return_if_fail (LUO_IS_RECORD_ROW (self));

  gtk_widget_set_visible (self->lamp, colour != NULL);
  if (colour == NULL)
    return;
  adw_bin_set_child (self->dot, luo_build_dot (colour));
  gtk_label_set_label (self->word, word != NULL ? word : "");
  gtk_widget_set_tooltip_text (self->lamp, reason);
}

void
luo_record_row_set_end (LuoRecordRow *self, const char *text)
{
  g_return_if_fail (LUO_IS_RECORD_ROW (self));

  set_text (self->end, text);
}

void
luo_record_row_set_marks (LuoRecordRow *self, gboolean pending, gboolean conflict)
{
  g_return_if_fail (LUO_IS_RECORD_ROW (self));

  gtk_widget_set_visible (GTK_WIDGET (self->pending), pending);
  gtk_widget_set_visible (GTK_WIDGET (self->conflict), conflict);
}

void
luo_record_row_clear (LuoRecordRow *self)
{
  g_return_if_fail (LUO_IS_RECORD_ROW (self));

  luo_record_row_set_heading (self, NULL);
  luo_record_row_set_number (self, NULL);
  luo_record_row_set_title (self, NULL);
  luo_record_row_set_subtitle (self, NULL);
  luo_record_row_set_lamp (self, NULL, NULL, NULL);
  luo_record_row_set_end (self, NULL);
  luo_record_row_set_marks (self, FALSE, FALSE);
}

char *
luo_record_row_describe (LuoRecordRow *self)
{
  g_autofree char *numbered = NULL;

  g_return_val_if_fail (LUO_IS_RECORD_ROW (self), NULL);

  numbered = luo_format_join (gtk_label_get_label (self->number), gtk_label_get_label (self->title), NULL);
  return luo_format_join (numbered, gtk_label_get_label (self->subtitle),
                          gtk_widget_get_visible (self->lamp) ? gtk_label_get_label (self->word) : "",
                          gtk_label_get_label (self->end), NULL);
}
