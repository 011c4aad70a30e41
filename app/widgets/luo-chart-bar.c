/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-chart-bar.h"

#include "luo-build.h"

/* A segment keeps so much width however little it stands for, so that it can be seen and met. */
#define LEAST_SEGMENT 16
#define GAP 1
#define LABEL_MARGIN 2

/* The text within a segment: the long one, the number or none, as there is room. It asks for no width of its own. */
#define LUO_TYPE_CHART_LABEL (luo_chart_label_get_type ())
G_DECLARE_FINAL_TYPE (LuoChartLabel, luo_chart_label, LUO, CHART_LABEL, GtkWidget)

struct _LuoChartLabel
{
  GtkWidget parent_instance;

  char *texts[2]; /* (owned) (nullable): the longer first */
};

G_DEFINE_FINAL_TYPE (LuoChartLabel, luo_chart_label, GTK_TYPE_WIDGET)

static void
luo_chart_label_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                         int *natural, int *minimum_baseline, int *natural_baseline)
{
  g_autoptr (PangoLayout) layout = NULL;

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  layout = gtk_widget_create_pango_layout (widget, LUO_CHART_LABEL (widget)->texts[1]);
  pango_layout_get_pixel_size (layout, NULL, natural);
  *minimum = *natural;
}

static void
luo_chart_label_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LuoChartLabel *self = LUO_CHART_LABEL (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  for (guint i = 0; i < G_N_ELEMENTS (self->texts); i++)
    {
      g_autoptr (PangoLayout) layout = NULL;
      int text_width, text_height;

      if (self->texts[i] == NULL)
        continue;
      layout = gtk_widget_create_pango_layout (widget, self->texts[i]);
      pango_layout_get_pixel_size (layout, &text_width, &text_height);
      if (text_width + 2 * LABEL_MARGIN > width)
        continue;
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)(width - text_width) / 2,
                                                              (float)(height - text_height) / 2));
      gtk_snapshot_append_layout (snapshot, layout, &colour);
      return;
    }
}

static void
luo_chart_label_finalize (GObject *object)
{
  LuoChartLabel *self = LUO_CHART_LABEL (object);

  g_free (self->texts[0]);
  g_free (self->texts[1]);
  G_OBJECT_CLASS (luo_chart_label_parent_class)->finalize (object);
}

static void
luo_chart_label_class_init (LuoChartLabelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = luo_chart_label_finalize;
  widget_class->measure = luo_chart_label_measure;
  widget_class->snapshot = luo_chart_label_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
luo_chart_label_init (LuoChartLabel *self)
{
}

/* The bar */

struct _LuoChartBar
{
  GtkWidget parent_instance;

  gint64 whole;
  GArray *values; /* (owned): gint64, one for each child */
};

G_DEFINE_FINAL_TYPE (LuoChartBar, luo_chart_bar, GTK_TYPE_WIDGET)

static void
luo_chart_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  LuoChartBar *self = LUO_CHART_BAR (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = (int)self->values->len * (LEAST_SEGMENT + GAP);
      *natural = MAX (*minimum, 160);
      return;
    }
  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
}

static void
luo_chart_bar_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LuoChartBar *self = LUO_CHART_BAR (widget);
  GtkWidget *child = gtk_widget_get_first_child (widget);
  gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int spare = MAX (width - (int)self->values->len * (LEAST_SEGMENT + GAP), 0);
  double before = 0;
  int x = 0;

  for (guint i = 0; child != NULL && i < self->values->len; i++, child = gtk_widget_get_next_sibling (child))
    {
      double after = before + (double)g_array_index (self->values, gint64, i);
      int end = (int)(spare * MIN (after / (double)self->whole, 1)) + (int)(i + 1) * (LEAST_SEGMENT + GAP);
      int length = MAX (end - GAP - x, LEAST_SEGMENT);
      const GtkAllocation place = { right_to_left ? width - x - length : x, 0, length, height };

      gtk_widget_size_allocate (child, &place, -1);
      before = after;
      x = end;
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
  g_clear_pointer (&LUO_CHART_BAR (object)->values, g_array_unref);
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
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
luo_chart_bar_init (LuoChartBar *self)
{
  self->values = g_array_new (FALSE, FALSE, sizeof (gint64));
}

GtkWidget *
luo_chart_bar_new (gint64 whole)
{
  LuoChartBar *self = g_object_new (LUO_TYPE_CHART_BAR, "valign", GTK_ALIGN_CENTER, NULL);

  self->whole = MAX (whole, 1);
  return GTK_WIDGET (self);
}

GtkWidget *
luo_chart_bar_add (LuoChartBar *self, gint64 value, const char *label, const char *long_label,
                   const char *class, const char *name)
{
  GtkWidget *button;
  LuoChartLabel *text;

  g_return_val_if_fail (LUO_IS_CHART_BAR (self), NULL);
  g_return_val_if_fail (value > 0, NULL);

  button = gtk_button_new ();
  text = g_object_new (LUO_TYPE_CHART_LABEL, NULL);
  text->texts[0] = g_strdup (long_label);
  text->texts[1] = g_strdup (label);
  gtk_button_set_child (GTK_BUTTON (button), GTK_WIDGET (text));
  gtk_widget_add_css_class (button, "segment");
  gtk_widget_add_css_class (button, class);
  gtk_widget_set_tooltip_text (button, name);
  luo_build_set_name (button, name);
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  g_array_append_val (self->values, value);
  return button;
}
