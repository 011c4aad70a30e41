/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-fit-bin.h"

struct _LuoFitBin
{
  GtkWidget parent_instance;

  GtkWidget *wide;
  GtkWidget *narrow;
  int threshold;
};

G_DEFINE_FINAL_TYPE (LuoFitBin, luo_fit_bin, GTK_TYPE_WIDGET)

static int
wide_from (LuoFitBin *self)
{
  int minimum;

  gtk_widget_measure (self->wide, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return MAX (minimum, self->threshold);
}

static GtkSizeRequestMode
luo_fit_bin_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
luo_fit_bin_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                     int *minimum_baseline, int *natural_baseline)
{
  LuoFitBin *self = LUO_FIT_BIN (widget);
  int wide_natural;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      gtk_widget_measure (for_size < 0 || for_size >= wide_from (self) ? self->wide : self->narrow,
                          orientation, for_size, minimum, natural, NULL, NULL);
      return;
    }
  gtk_widget_measure (self->narrow, orientation, -1, minimum, natural, NULL, NULL);
  gtk_widget_measure (self->wide, orientation, -1, NULL, &wide_natural, NULL, NULL);
  *natural = MAX (*natural, MAX (wide_natural, self->threshold));
}

static void
luo_fit_bin_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LuoFitBin *self = LUO_FIT_BIN (widget);
  gboolean wide = width >= wide_from (self);
  GtkWidget *shown = wide ? self->wide : self->narrow;
  GtkWidget *hidden = wide ? self->narrow : self->wide;

  if (!gtk_widget_get_child_visible (shown) || gtk_widget_get_child_visible (hidden))
    {
      gtk_widget_set_child_visible (shown, TRUE);
      gtk_widget_set_child_visible (hidden, FALSE);
      gtk_accessible_update_state (GTK_ACCESSIBLE (shown), GTK_ACCESSIBLE_STATE_HIDDEN, FALSE, -1);
      gtk_accessible_update_state (GTK_ACCESSIBLE (hidden), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
    }
  gtk_widget_allocate (shown, width, height, baseline, NULL);
}

static void
luo_fit_bin_dispose (GObject *object)
{
  LuoFitBin *self = LUO_FIT_BIN (object);

  g_clear_pointer (&self->wide, gtk_widget_unparent);
  g_clear_pointer (&self->narrow, gtk_widget_unparent);
  G_OBJECT_CLASS (luo_fit_bin_parent_class)->dispose (object);
}

static void
luo_fit_bin_class_init (LuoFitBinClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = luo_fit_bin_dispose;
  widget_class->get_request_mode = luo_fit_bin_get_request_mode;
  widget_class->measure = luo_fit_bin_measure;
  widget_class->size_allocate = luo_fit_bin_size_allocate;
}

static void
luo_fit_bin_init (LuoFitBin *self)
{
}

GtkWidget *
luo_fit_bin_new (GtkWidget *wide, GtkWidget *narrow, int threshold)
{
  LuoFitBin *self = g_object_new (LUO_TYPE_FIT_BIN, NULL);

  self->wide = wide;
  self->narrow = narrow;
  self->threshold = threshold;
  gtk_widget_set_parent (wide, GTK_WIDGET (self));
  gtk_widget_set_parent (narrow, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
