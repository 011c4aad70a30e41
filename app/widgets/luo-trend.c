/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-trend.h"

#include "luo-build.h"

struct _LuoTrend
{
  GtkWidget parent_instance;

  gint64 readings[12];
  gint64 pace[12];
  gboolean has_pace;
};

G_DEFINE_FINAL_TYPE (LuoTrend, luo_trend, GTK_TYPE_WIDGET)

static void
luo_trend_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                   int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : 24;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : 28;
}

static double
x_of (int month, double width)
{
  return 4 + (width - 8) * month / 11.0;
}

static double
y_of (gint64 value, gint64 top, double height)
{
  return height - 4 - (height - 8) * (double)value / (double)top;
}

static void
luo_trend_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LuoTrend *self = LUO_TREND (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gint64 top = 1;
  GdkRGBA colour, faint;
  cairo_t *cr;
  int last = -1;

  for (int i = 0; i < 12; i++)
    {
      if (self->readings[i] != LUO_TREND_ABSENT)
        top = MAX (top, self->readings[i]);
      if (self->has_pace)
        top = MAX (top, self->pace[i]);
    }
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  gtk_style_context_get_color (gtk_widget_get_style_context (gtk_widget_get_parent (widget)), &faint);
  faint.alpha = 0.45f;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  if (self->has_pace)
    {
      const double dashes[] = { 3, 3 };

      gdk_cairo_set_source_rgba (cr, &faint);
      cairo_set_line_width (cr, 1.5);
      cairo_set_dash (cr, dashes, 2, 0);
      for (int i = 0; i < 12; i++)
        cairo_line_to (cr, x_of (i, width), y_of (self->pace[i], top, height));
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
    }
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_set_line_width (cr, 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (int i = 0; i < 12; i++)
    if (self->readings[i] != LUO_TREND_ABSENT)
      {
        cairo_line_to (cr, x_of (i, width), y_of (self->readings[i], top, height));
        last = i;
      }
  cairo_stroke (cr);
  if (last >= 0)
    {
      cairo_arc (cr, x_of (last, width), y_of (self->readings[last], top, height), 3, 0, 2 * G_PI);
      cairo_fill (cr);
    }
  cairo_destroy (cr);
}

static void
luo_trend_class_init (LuoTrendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = luo_trend_measure;
  widget_class->snapshot = luo_trend_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
luo_trend_init (LuoTrend *self)
{
}

GtkWidget *
luo_trend_new (const gint64 *readings, const gint64 *pace, const char *colour, const char *name)
{
  LuoTrend *self = g_object_new (LUO_TYPE_TREND, NULL);
  g_autofree char *class = g_strconcat ("ink-", colour != NULL ? colour : "done", NULL);

  memcpy (self->readings, readings, sizeof self->readings);
  self->has_pace = pace != NULL;
  if (pace != NULL)
    memcpy (self->pace, pace, sizeof self->pace);
  gtk_widget_add_css_class (GTK_WIDGET (self), class);
  luo_build_set_name (GTK_WIDGET (self), name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), name);
  return GTK_WIDGET (self);
}
