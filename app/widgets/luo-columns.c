/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-columns.h"

#define SPACING 18

struct _LuoColumns
{
  GtkWidget parent_instance;

  GtkWidget *children[2];
  int threshold;
  int aside; /* width of the second column, 0 for two equal ones */
};

G_DEFINE_FINAL_TYPE (LuoColumns, luo_columns, GTK_TYPE_WIDGET)

static gboolean
side_by_side (LuoColumns *self, int width)
{
  int minimum[2];

  for (int i = 0; i < 2; i++)
    gtk_widget_measure (self->children[i], GTK_ORIENTATION_HORIZONTAL, -1, &minimum[i], NULL, NULL, NULL);
  if (self->aside > 0)
    return width >= self->threshold && self->aside >= minimum[1]
           && width >= minimum[0] + self->aside + SPACING;
  return width >= self->threshold && width >= 2 * MAX (minimum[0], minimum[1]) + SPACING;
}

/* The width of a column while they stand side by side in @width. */
static int
column_width (LuoColumns *self, int width, int column)
{
  if (self->aside > 0)
    return column == 0 ? width - SPACING - self->aside : self->aside;
  return (width - SPACING) / 2;
}

static GtkSizeRequestMode
luo_columns_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
luo_columns_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                     int *minimum_baseline, int *natural_baseline)
{
  LuoColumns *self = LUO_COLUMNS (widget);
  gboolean beside = orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0 && side_by_side (self, for_size);
  int min[2], nat[2];

  for (int i = 0; i < 2; i++)
    gtk_widget_measure (self->children[i], orientation, beside ? column_width (self, for_size, i) : for_size,
                        &min[i], &nat[i], NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MAX (min[0], min[1]);
      *natural = MAX (nat[0] + nat[1] + SPACING, self->threshold);
    }
  else if (beside)
    {
      *minimum = MAX (min[0], min[1]);
      *natural = MAX (nat[0], nat[1]);
    }
  else
    {
      *minimum = min[0] + min[1] + SPACING;
      *natural = nat[0] + nat[1] + SPACING;
    }
}

static void
luo_columns_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LuoColumns *self = LUO_COLUMNS (widget);
  int first, second;

  if (side_by_side (self, width))
    {
      int left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? 1 : 0;
      int left_width = column_width (self, width, left);
      int right_width = column_width (self, width, 1 - left);
      GtkAllocation at_left = { 0, 0, left_width, height };
      GtkAllocation at_right = { width - right_width, 0, right_width, height };

      gtk_widget_size_allocate (self->children[left], &at_left, -1);
      gtk_widget_size_allocate (self->children[1 - left], &at_right, -1);
      return;
    }
  gtk_widget_measure (self->children[0], GTK_ORIENTATION_VERTICAL, width, NULL, &first, NULL, NULL);
  second = MAX (height - first - SPACING, 0);
  gtk_widget_size_allocate (self->children[0], &(GtkAllocation){ 0, 0, width, first }, -1);
  gtk_widget_size_allocate (self->children[1], &(GtkAllocation){ 0, first + SPACING, width, second }, -1);
}

static void
luo_columns_dispose (GObject *object)
{
  LuoColumns *self = LUO_COLUMNS (object);

  g_clear_pointer (&self->children[0], gtk_widget_unparent);
  g_clear_pointer (&self->children[1], gtk_widget_unparent);
  G_OBJECT_CLASS (luo_columns_parent_class)->dispose (object);
}

static void
luo_columns_class_init (LuoColumnsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = luo_columns_dispose;
  widget_class->get_request_mode = luo_columns_get_request_mode;
  widget_class->measure = luo_columns_measure;
  widget_class->size_allocate = luo_columns_size_allocate;
}

static void
luo_columns_init (LuoColumns *self)
{
}

GtkWidget *
luo_columns_new (GtkWidget *first, GtkWidget *second, int threshold)
{
  return luo_columns_new_with_aside (first, second, threshold, 0);
}

GtkWidget *
luo_columns_new_with_aside (GtkWidget *first, GtkWidget *second, int threshold, int aside)
{
  LuoColumns *self = g_object_new (LUO_TYPE_COLUMNS, NULL);

  self->children[0] = first;
  self->children[1] = second;
  self->threshold = threshold;
  self->aside = aside;
  gtk_widget_set_parent (first, GTK_WIDGET (self));
  gtk_widget_set_parent (second, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
