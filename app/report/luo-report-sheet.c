/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-report-sheet.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>
#include <pango/pangocairo.h>

/* All lengths in points. */
#define MARGIN 51.0      /* 18 mm: what office printers leave */
#define ORDER_WIDTH 36.0 /* two digits with air */
#define TASK_WIDTH 138.0
#define PADDING 5.0
#define TITLE_GAP 16.0
#define FOOT 28.0         /* for the page number */
#define MIN_PIECE_LINES 2 /* no single line of a cell is left at the foot of a page */

enum
{
  CELL_ORDER,
  CELL_TASK,
  CELL_TEXT,
  N_CELLS,
};

/* The layouts of one row of the table. */
typedef struct
{
  PangoLayout *cells[N_CELLS]; /* (owned) */
  gboolean changed;
} Row;

/* The part of a row that stands on one page: lines from first to before last of each cell. */
typedef struct
{
  guint row;
  guint page;
  double y, height;
  int first[N_CELLS], last[N_CELLS];
} Piece;

struct _LuoReportSheet
{
  PangoContext *context; /* (owned) */
  PangoLayout *title;    /* (owned) */
  Row heading;
  GArray *rows;   /* (owned) (element-type Row) */
  GArray *pieces; /* (owned) (element-type Piece): in the order of pages */
  guint n_pages;
};

static const double column_x[N_CELLS + 1] = {
  MARGIN,
  MARGIN + ORDER_WIDTH,
  MARGIN + ORDER_WIDTH + TASK_WIDTH,
  LUO_REPORT_SHEET_WIDTH - MARGIN,
};

static double
column_width (int cell)
{
  return column_x[cell + 1] - column_x[cell];
}

static PangoLayout *
make_layout (PangoContext *context, const char *font, double width, PangoAlignment alignment,
             const char *text)
{
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *description = pango_font_description_from_string (font);

  pango_layout_set_font_description (layout, description);
  pango_font_description_free (description);
  pango_layout_set_width (layout, (int)(width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_line_spacing (layout, 1.25f);
  pango_layout_set_alignment (layout, alignment);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

static void
row_clear (gpointer data)
{
  Row *row = data;

  for (int i = 0; i < N_CELLS; i++)
    g_clear_object (&row->cells[i]);
}

static void
row_init (Row *row, PangoContext *context, const char *font, const char *const *texts, gboolean centred)
{
  for (int i = 0; i < N_CELLS; i++)
    row->cells[i]
        = make_layout (context, font, column_width (i) - 2 * PADDING,
                       centred || i == CELL_ORDER ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT, texts[i]);
}

static double
line_height (PangoLayout *layout, int line)
{
  g_autoptr (PangoLayoutIter) iter = pango_layout_get_iter (layout);
  int top, bottom;

  for (int i = 0; i < line; i++)
    pango_layout_iter_next_line (iter);
  pango_layout_iter_get_line_yrange (iter, &top, &bottom);
  return (double)(bottom - top) / PANGO_SCALE;
}

/* How many lines from @first fit into @room; @height: (out): what they take. */
static int
lines_that_fit (PangoLayout *layout, int first, double room, double *height)
{
  int count = pango_layout_get_line_count (layout);
  int n = 0;

  *height = 0;
  while (first + n < count)
    {
      double line = line_height (layout, first + n);

      if (*height + line > room)
        break;
      *height += line;
      n++;
    }
  return n;
}

static double
row_height (const Row *row)
{
  double height = 0;

  for (int i = 0; i < N_CELLS; i++)
    {
      double cell;

      lines_that_fit (row->cells[i], 0, G_MAXDOUBLE, &cell);
      height = MAX (height, cell);
    }
  return height + 2 * PADDING;
}

/* Cuts the rows into pieces that fit on their pages. */
static void
lay_out (LuoReportSheet *self)
{
  double heading = row_height (&self->heading);
  double bottom = LUO_REPORT_SHEET_HEIGHT - MARGIN - FOOT;
  double top = MARGIN;
  guint page = 0;
  double y;
  int title_height;

  pango_layout_get_size (self->title, NULL, &title_height);
  y = top + (double)title_height / PANGO_SCALE + TITLE_GAP + heading;

  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = &g_array_index (self->rows, Row, i);
      Piece piece = { .row = i };
      gboolean more = TRUE;

      while (more)
        {
          double room = bottom - y - 2 * PADDING;
          gboolean fits = TRUE, fresh = y <= top + heading + 0.5;

          piece.page = page;
          piece.y = y;
          piece.height = 0;
          more = FALSE;
          for (int c = 0; c < N_CELLS; c++)
            {
              int count = pango_layout_get_line_count (row->cells[c]);
              double height;
              int n = lines_that_fit (row->cells[c], piece.first[c], room, &height);

              /* A page with nothing above it takes at least one line, however large its font. */
              if (n == 0 && fresh && piece.first[c] < count)
                {
                  height = line_height (row->cells[c], piece.first[c]);
                  n = 1;
                }
              piece.last[c] = piece.first[c] + n;
              piece.height = MAX (piece.height, height);
              if (piece.last[c] < count)
                {
                  more = TRUE;
                  if (n < MIN_PIECE_LINES)
                    fits = FALSE;
                }
            }
          piece.height += 2 * PADDING;

          if (!fits && !fresh)
            {
              page++;
              y = top + heading;
              more = TRUE;
              continue;
            }
          g_array_append_val (self->pieces, piece);
          y += piece.height;
          for (int c = 0; c < N_CELLS; c++)
            piece.first[c] = piece.last[c];
          if (more)
            {
              page++;
              y = top + heading;
            }
        }
    }
  self->n_pages = page + 1;
}

LuoReportSheet *
luo_report_sheet_new (const LuoMonthlyReport *report)
{
  LuoReportSheet *self = g_new0 (LuoReportSheet, 1);
  const char *const headings[N_CELLS] = { "序号", "目标任务", report->column };
  cairo_font_options_t *options = cairo_font_options_create ();

  self->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  pango_cairo_context_set_resolution (self->context, 72);
  /* Without hinting, the screen and the paper break lines at the same places. */
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  pango_cairo_context_set_font_options (self->context, options);
  cairo_font_options_destroy (options);
  pango_context_set_language (self->context, pango_language_from_string ("zh-cn"));

  self->rows = g_array_new (FALSE, TRUE, sizeof (Row));
  g_array_set_clear_func (self->rows, row_clear);
  self->pieces = g_array_new (FALSE, TRUE, sizeof (Piece));
  self->title = make_layout (self->context, "Noto Serif CJK SC, serif Bold 16",
                             column_x[N_CELLS] - column_x[0], PANGO_ALIGN_CENTER, report->title);
  row_init (&self->heading, self->context, "Noto Serif CJK SC, serif Bold 10.5", headings, TRUE);
  for (guint i = 0; i < report->rows->len; i++)
    {
      const LuoReportRow *from = g_ptr_array_index (report->rows, i);
      g_autofree char *order = g_strdup_printf ("%u", from->order);
      g_autofree char *task = g_strdup_printf ("%u.%s", from->number, from->title);
      const char *const texts[N_CELLS] = { order, task, from->text != NULL ? from->text : "" };
      Row row = { .changed = from->changed };

      row_init (&row, self->context, "Noto Serif CJK SC, serif 10.5", texts, FALSE);
      g_array_append_val (self->rows, row);
    }
  lay_out (self);
  return self;
}

void
luo_report_sheet_free (LuoReportSheet *self)
{
  if (self == NULL)
    return;
  row_clear (&self->heading);
  g_clear_object (&self->title);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->pieces, g_array_unref);
  g_clear_object (&self->context);
  g_free (self);
}

guint
luo_report_sheet_get_n_pages (const LuoReportSheet *self)
{
  return self->n_pages;
}

static void
draw_lines (cairo_t *cr, PangoLayout *layout, int first, int last, double x, double y)
{
  g_autoptr (PangoLayoutIter) iter = pango_layout_get_iter (layout);

  for (int i = 0; i < first; i++)
    pango_layout_iter_next_line (iter);
  for (int i = first; i < last; i++)
    {
      PangoRectangle logical;
      int top, bottom, baseline = pango_layout_iter_get_baseline (iter);

      pango_layout_iter_get_line_yrange (iter, &top, &bottom);
      pango_layout_iter_get_line_extents (iter, NULL, &logical);
      cairo_move_to (cr, x + (double)logical.x / PANGO_SCALE, y + (double)(baseline - top) / PANGO_SCALE);
      pango_cairo_show_layout_line (cr, pango_layout_iter_get_line_readonly (iter));
      y += (double)(bottom - top) / PANGO_SCALE;
      pango_layout_iter_next_line (iter);
    }
}

static void
draw_row (cairo_t *cr, const Row *row, const int *first, const int *last, double y, double height,
          gboolean mark)
{
  if (mark && row->changed)
    {
      cairo_rectangle (cr, column_x[CELL_TEXT], y, column_width (CELL_TEXT), height);
      cairo_set_source_rgb (cr, 0.86, 0.96, 0.89);
      cairo_fill (cr);
    }
  cairo_set_source_rgb (cr, 0.1, 0.1, 0.1);
  cairo_set_line_width (cr, 0.6);
  for (int c = 0; c < N_CELLS; c++)
    {
      cairo_rectangle (cr, column_x[c], y, column_width (c), height);
      cairo_stroke (cr);
      draw_lines (cr, row->cells[c], first[c], last[c], column_x[c] + PADDING, y + PADDING);
    }
}

static void
draw_page_number (const LuoReportSheet *self, cairo_t *cr, guint page)
{
  g_autofree char *text = g_strdup_printf ("— %u —", page + 1);
  g_autoptr (PangoLayout) layout = make_layout (self->context, "Noto Serif CJK SC, serif 9",
                                                column_x[N_CELLS] - column_x[0], PANGO_ALIGN_CENTER, text);

  draw_lines (cr, layout, 0, 1, column_x[0], LUO_REPORT_SHEET_HEIGHT - MARGIN - FOOT / 2);
}

void
luo_report_sheet_draw (const LuoReportSheet *self, cairo_t *cr, guint page, gboolean mark_changes)
{
  double y = MARGIN, heading = row_height (&self->heading);
  int last[N_CELLS];
  const int none[N_CELLS] = { 0 };

  g_return_if_fail (page < self->n_pages);

  cairo_save (cr);
  cairo_set_source_rgb (cr, 0.1, 0.1, 0.1);
  if (page == 0)
    {
      int title_height;

      pango_layout_get_size (self->title, NULL, &title_height);
      draw_lines (cr, self->title, 0, pango_layout_get_line_count (self->title), column_x[0], y);
      y += (double)title_height / PANGO_SCALE + TITLE_GAP;
    }
  for (int c = 0; c < N_CELLS; c++)
    last[c] = pango_layout_get_line_count (self->heading.cells[c]);
  draw_row (cr, &self->heading, none, last, y, heading, FALSE);
  for (guint i = 0; i < self->pieces->len; i++)
    {
      const Piece *piece = &g_array_index (self->pieces, Piece, i);

      if (piece->page == page)
        draw_row (cr, &g_array_index (self->rows, Row, piece->row), piece->first, piece->last, piece->y,
                  piece->height, mark_changes);
    }
  if (self->n_pages > 1)
    draw_page_number (self, cr, page);
  cairo_restore (cr);
}

static cairo_status_t
append_cb (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
luo_report_sheet_to_pdf (const LuoReportSheet *self, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append_cb, bytes, LUO_REPORT_SHEET_WIDTH,
                                                                  LUO_REPORT_SHEET_HEIGHT);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  for (guint i = 0; i < self->n_pages; i++)
    {
      luo_report_sheet_draw (self, cr, i, FALSE);
      cairo_show_page (cr);
    }
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The PDF can not be made: %s"),
                   cairo_status_to_string (status));
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
