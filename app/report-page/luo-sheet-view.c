/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-sheet-view.h"

#include <math.h>

#define GAP 18
#define MIN_WIDTH 280
#define MAX_WIDTH 860

struct _LuoSheetView
{
  GtkWidget parent_instance;

  const LuoReportSheet *sheet; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (LuoSheetView, luo_sheet_view, GTK_TYPE_WIDGET)

static guint
n_pages (LuoSheetView *self)
{
  return self->sheet != NULL ? luo_report_sheet_get_n_pages (self->sheet) : 0;
}

static double
page_height (double width)
{
  return width * LUO_REPORT_SHEET_HEIGHT / LUO_REPORT_SHEET_WIDTH;
}

static GtkSizeRequestMode
luo_sheet_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
luo_sheet_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  LuoSheetView *self = LUO_SHEET_VIEW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = MAX_WIDTH;
    }
  else
    {
      double width = for_size < 0 ? MAX_WIDTH : MIN (for_size, MAX_WIDTH);
      guint pages = MAX (n_pages (self), 1);

      *minimum = *natural = (int)ceil (pages * page_height (width)) + (int)(pages - 1) * GAP;
    }
}

static void
luo_sheet_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LuoSheetView *self = LUO_SHEET_VIEW (widget);
  double width = MIN (gtk_widget_get_width (widget), MAX_WIDTH);
  double scale = width / LUO_REPORT_SHEET_WIDTH;
  double x = floor ((gtk_widget_get_width (widget) - width) / 2);

  for (guint i = 0; i < n_pages (self); i++)
    {
      double y = floor (i * (page_height (width) + GAP));
      graphene_rect_t page
          = GRAPHENE_RECT_INIT ((float)x, (float)y, (float)width, (float)page_height (width));
      GskRoundedRect outline;
      cairo_t *cr;

      gsk_rounded_rect_init_from_rect (&outline, &page, 0);
      gtk_snapshot_append_outset_shadow (snapshot, &outline, &(GdkRGBA){ 0, 0, 0, 0.25f }, 0, 1, 0, 6);
      /* Paper stays white in the dark style too: it is what the printer will give. */
      gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 1, 1, 1, 1 }, &page);
      cr = gtk_snapshot_append_cairo (snapshot, &page);
      cairo_translate (cr, x, y);
      cairo_scale (cr, scale, scale);
      luo_report_sheet_draw (self->sheet, cr, i, TRUE);
      cairo_destroy (cr);
    }
}

static void
luo_sheet_view_class_init (LuoSheetViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->get_request_mode = luo_sheet_view_get_request_mode;
  widget_class->measure = luo_sheet_view_measure;
  widget_class->snapshot = luo_sheet_view_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
luo_sheet_view_init (LuoSheetView *self)
{
}

GtkWidget *
luo_sheet_view_new (void)
{
  return g_object_new (LUO_TYPE_SHEET_VIEW, NULL);
}

void
luo_sheet_view_set_sheet (LuoSheetView *self, const LuoReportSheet *sheet)
{
  g_return_if_fail (LUO_IS_SHEET_VIEW (self));

  self->sheet = sheet;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
