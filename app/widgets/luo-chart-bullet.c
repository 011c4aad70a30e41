/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-chart-bullet.h"

#include "luo-build.h"

#define HEIGHT 16
#define BAR 8
#define MARK 2

struct _LuoChartBullet
{
  GtkWidget parent_instance;

  int permille, mark_permille;
};

G_DEFINE_FINAL_TYPE (LuoChartBullet, luo_chart_bullet, GTK_TYPE_WIDGET)

static void
luo_chart_bullet_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 40 : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : HEIGHT;
}

static void
append_bar (GtkSnapshot *snapshot, float x, float y, float width, const GdkRGBA *colour)
{
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (x, y, width, BAR), BAR / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, colour, &outline.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
luo_chart_bullet_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LuoChartBullet *self = LUO_CHART_BULLET (widget);
  gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  float width = (float)gtk_widget_get_width (widget);
  float y = ((float)gtk_widget_get_height (widget) - BAR) / 2;
  float filled = width * (float)CLAMP (self->permille, 0, 1000) / 1000;
  float mark = width * (float)CLAMP (self->mark_permille, 0, 1000) / 1000;
  GdkRGBA ink, ground, line;
  GtkWidget *parent = gtk_widget_get_parent (widget);

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  gtk_style_context_get_color (gtk_widget_get_style_context (parent != NULL ? parent : widget), &line);
  ground = line;
  ground.alpha *= 0.12f;
  append_bar (snapshot, 0, y, width, &ground);
  if (filled > 0)
    append_bar (snapshot, right_to_left ? width - MAX (filled, BAR) : 0, y, MAX (filled, BAR), &ink);
  if (self->mark_permille >= 0)
    gtk_snapshot_append_color (
        snapshot, &line,
        &GRAPHENE_RECT_INIT ((right_to_left ? width - mark : mark) - MARK / 2.0f, 0, MARK, HEIGHT));
}

static void
luo_chart_bullet_class_init (LuoChartBulletClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = luo_chart_bullet_measure;
  widget_class->snapshot = luo_chart_bullet_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
luo_chart_bullet_init (LuoChartBullet *self)
{
}

GtkWidget *
luo_chart_bullet_new (int permille, int mark_permille, const char *colour, const char *name)
{
  LuoChartBullet *self = g_object_new (LUO_TYPE_CHART_BULLET, NULL);
  g_autofree char *class = g_strdup_printf ("ink-%s", colour != NULL ? colour : "accent");

  self->permille = permille;
  self->mark_permille = mark_permille;
  gtk_widget_add_css_class (GTK_WIDGET (self), "bullet");
  gtk_widget_add_css_class (GTK_WIDGET (self), class);
  luo_build_set_name (GTK_WIDGET (self), name);
  return GTK_WIDGET (self);
}
