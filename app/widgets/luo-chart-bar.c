/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-chart-bar.h"

#define GAP 2

struct _LuoChartBar
{
  GtkWidget parent_instance;

  GArray *weights; /* (owned) (element-type gint64): of the children in their order */
};

G_DEFINE_FINAL_TYPE (LuoChartBar, luo_chart_bar, GTK_TYPE_WIDGET)

static void
luo_chart_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      if (orientation == GTK_ORIENTATION_HORIZONTAL)
        {
          *minimum += child_minimum + GAP;
          *natural += child_natural + GAP;
        }
      else
        {
          *minimum = MAX (*minimum, child_minimum);
          *natural = MAX (*natural, child_natural);
        }
    }
}

/* A segment gets its minimum, and of what is left its share: a small one stays wide enough to read and to press. */
static void
luo_chart_bar_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LuoChartBar *self = LUO_CHART_BAR (widget);
  gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  double sum = 0, left = width;
  double x = 0;
  guint i = 0;

  for (guint k = 0; k < self->weights->len; k++)
    sum += (double)g_array_index (self->weights, gint64, k);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child), i++)
    {
      int child_minimum;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, NULL, NULL, NULL);
      left -= child_minimum + (i > 0 ? GAP : 0);
    }
  i = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child), i++)
    {
      int child_minimum;
      double share = MAX (left, 0) * (double)g_array_index (self->weights, gint64, i) / sum;
      int start = (int)x, end;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, NULL, NULL, NULL);
      x += child_minimum + share;
      end = (int)x;
      gtk_widget_size_allocate (child,
                                &(GtkAllocation){ right_to_left ? width - end : start, 0,
                                                  MAX (end - start, child_minimum), height },
                                -1);
      x += GAP;
    }
}

static void
luo_chart_bar_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (luo_chart_bar_parent_class)->dispose (object);
}

static void
luo_chart_bar_finalize (GObject *object)
{
  g_clear_pointer (&LUO_CHART_BAR (object)->weights, g_array_unref);
  G_OBJECT_CLASS (luo_chart_bar_parent_class)->finalize (object);
}

static void
luo_chart_bar_class_init (LuoChartBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = luo_chart_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = luo_chart_bar_finalize;
  widget_class->measure = luo_chart_bar_measure;
  widget_class->size_allocate = luo_chart_bar_size_allocate;
}

static void
luo_chart_bar_init (LuoChartBar *self)
{
  self->weights = g_array_new (FALSE, FALSE, sizeof (gint64));
}

GtkWidget *
luo_chart_bar_new (void)
{
  return g_object_new (LUO_TYPE_CHART_BAR, NULL);
}

void
luo_chart_bar_add (LuoChartBar *self, gint64 weight, GtkWidget *segment)
{
  g_return_if_fail (LUO_IS_CHART_BAR (self));
  g_return_if_fail (weight > 0);

  g_array_append_val (self->weights, weight);
  gtk_widget_set_parent (segment, GTK_WIDGET (self));
}
