/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-figure-notes.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-read.h"

struct _LuoFigureNotes
{
  AdwBin parent_instance;

  GtkTextView *view; /* not owned: stands beside it */
  GtkTextTag *tag;   /* not owned: of the view's buffer */
  GtkWidget *box;
  char *shown; /* (owned): what the lines say, to see whether they have to be made again */
};

G_DEFINE_FINAL_TYPE (LuoFigureNotes, luo_figure_notes, ADW_TYPE_BIN)

enum
{
  MEND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
luo_figure_notes_finalize (GObject *object)
{
  g_free (LUO_FIGURE_NOTES (object)->shown);
  G_OBJECT_CLASS (luo_figure_notes_parent_class)->finalize (object);
}

static void
luo_figure_notes_class_init (LuoFigureNotesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = luo_figure_notes_finalize;
  signals[MEND] = g_signal_new ("mend", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
luo_figure_notes_init (LuoFigureNotes *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  adw_bin_set_child (ADW_BIN (self), self->box);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
luo_figure_notes_new (GtkTextView *view)
{
  LuoFigureNotes *self = g_object_new (LUO_TYPE_FIGURE_NOTES, NULL);

  self->view = view;
  self->tag = gtk_text_buffer_create_tag (gtk_text_view_get_buffer (view), NULL, "underline",
                                          PANGO_UNDERLINE_ERROR, "weight", PANGO_WEIGHT_SEMIBOLD, NULL);
  return GTK_WIDGET (self);
}

static void
clicked_cb (LuoFigureNotes *self, GtkButton *button)
{
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "luo-index"));
  guint mending = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "luo-mending"));

  g_signal_emit (self, signals[MEND], 0, index, mending);
}

static void
append_button (LuoFigureNotes *self, GtkWidget *line, const char *label, const char *name, guint index,
               LuoFigureMending mending)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "flat");
  luo_build_set_name (button, name);
  g_object_set_data (G_OBJECT (button), "luo-index", GUINT_TO_POINTER (index));
  g_object_set_data (G_OBJECT (button), "luo-mending", GUINT_TO_POINTER (mending));
  g_signal_connect_object (button, "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (line), button);
}

static char *
written (LuoFigureNotes *self, const LuoCheckedFigure *figure)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;

  gtk_text_buffer_get_iter_at_offset (buffer, &start, (int)figure->figure.start);
  gtk_text_buffer_get_iter_at_offset (buffer, &end, (int)(figure->figure.start + figure->figure.length));
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* What the line says: the figure as it stands in the text, the reading with its unit. */
static char *
describe (LuoFigureNotes *self, const LuoCheckedFigure *figure, const char *month)
{
  g_autofree char *text = written (self, figure);
  g_autofree char *of_month = luo_format_month_short (month);
  g_autofree char *reading = luo_format_amount (figure->reading, luo_read_text (figure->indicator, "unit"),
                                                luo_read_text (figure->indicator, "kind"));
  const char *name = luo_read_text (figure->indicator, "name");

  /* Translators: indicator; a figure as it stands in the text; the month; the reading with its unit */
  return g_strdup_printf (_ ("%1$s: “%2$s” in the text, the reading of %3$s is %4$s"),
                          name != NULL ? name : "", text, of_month, reading);
}

static GtkWidget *
build_note (LuoFigureNotes *self, const LuoCheckedFigure *figure, guint index, const char *text)
{
  GtkWidget *note = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *label = luo_build_text (text, NULL);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *right = luo_checked_figure_write (figure);
  g_autofree char *in_text = written (self, figure);
  gboolean share = g_strcmp0 (luo_read_text (figure->indicator, "kind"), "share") == 0;
  /* Translators: a button: puts this number into the text: 改为 117 */
  g_autofree char *change = g_strdup_printf (_ ("Change to %s"), right);
  g_autofree char *change_name = g_strdup_printf (_ ("Change “%1$s” in the text to %2$s"), in_text, right);
  g_autofree char *update_name = g_strdup_printf (_ ("Set the reading to %s"), in_text);
  g_autofree char *ignore_name = g_strdup_printf (_ ("Dismiss: %s"), text);
  gint64 value;

  gtk_widget_add_css_class (note, "figure-note");
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_set_margin_top (icon, 2);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (head), icon);
  gtk_box_append (GTK_BOX (head), label);
  gtk_box_append (GTK_BOX (note), head);
  gtk_widget_add_css_class (buttons, "figure-note-buttons");
  append_button (self, buttons, change, change_name, index, LUO_FIGURE_CHANGE_TEXT);
  /* A share follows from heads that were counted, and a rounded figure is no reading. */
  if (!share && luo_figure_value (&figure->figure, &value))
    append_button (self, buttons, _ ("Update Reading"), update_name, index, LUO_FIGURE_CHANGE_READING);
  append_button (self, buttons, _ ("Dismiss"), ignore_name, index, LUO_FIGURE_IGNORE);
  gtk_box_append (GTK_BOX (note), buttons);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  return note;
}

static void
mark (LuoFigureNotes *self, GArray *figures)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_remove_tag (buffer, self->tag, &start, &end);
  for (guint i = 0; i < figures->len; i++)
    {
      const LuoFigure *figure = &g_array_index (figures, LuoCheckedFigure, i).figure;

      gtk_text_buffer_get_iter_at_offset (buffer, &start, (int)figure->start);
      gtk_text_buffer_get_iter_at_offset (buffer, &end, (int)(figure->start + figure->length));
      gtk_text_buffer_apply_tag (buffer, self->tag, &start, &end);
    }
}

void
luo_figure_notes_show (LuoFigureNotes *self, GArray *figures, const char *month)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *now = NULL;

  g_return_if_fail (LUO_IS_FIGURE_NOTES (self));
  g_return_if_fail (figures != NULL);

  mark (self, figures);
  for (guint i = 0; i < figures->len; i++)
    g_ptr_array_add (lines, describe (self, &g_array_index (figures, LuoCheckedFigure, i), month));
  g_ptr_array_add (lines, NULL);
  now = g_strjoinv ("\n", (char **)lines->pdata);
  if (g_strcmp0 (now, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&now);
  luo_build_clear (self->box);
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  for (guint i = 0; i < figures->len; i++)
    gtk_box_append (GTK_BOX (self->box), build_note (self, &g_array_index (figures, LuoCheckedFigure, i), i,
                                                     g_ptr_array_index (lines, i)));
  gtk_widget_set_visible (GTK_WIDGET (self), figures->len > 0);
}
