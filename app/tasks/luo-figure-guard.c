/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-figure-guard.h"

#include "luo-figure-notes.h"
#include "luo-format.h"
#include "luo-read.h"
#include "luo-reading-fields.h"
#include "luo-task-figures.h"

/* A number that is still being typed contradicts nothing yet. */
#define CHECK_AFTER_MS 500

static const char *const members[] = { "overall", "this_month" };
#define N_MEMBERS G_N_ELEMENTS (members)

struct _LuoFigureGuard
{
  GObject parent_instance;

  LuoDraft *draft; /* (owned) */
  GtkTextView *views[N_MEMBERS];
  GtkWidget *notes[N_MEMBERS]; /* (owned) */
  GArray *wrong[N_MEMBERS];    /* (owned) (element-type LuoCheckedFigure): what the notes show */
  LuoDocument *task;           /* (owned) (nullable) */
  GPtrArray *progress;         /* (owned) (nullable) (element-type LuoDocument) */
  LuoIgnoredFigures *ignored;  /* (owned) (nullable) */
  char *progress_id;           /* (owned) (nullable) */
  char *month;                 /* (owned) (nullable) */
  guint check_source;
};

G_DEFINE_FINAL_TYPE (LuoFigureGuard, luo_figure_guard, G_TYPE_OBJECT)

static gboolean
read_reading (JsonObject *indicator, gint64 *value, gpointer user_data)
{
  LuoFigureGuard *self = user_data;
  JsonObject *own = luo_draft_get_object (self->draft);
  LuoCityReading city;

  if (luo_progress_reading (own, indicator, value))
    return TRUE;
  /* The city is what its offices report where it has no reading of its own. */
  if (g_strcmp0 (luo_read_text (own, "office"), "city") != 0)
    return FALSE;
  luo_task_figures_add_up (&city, indicator, self->progress, luo_document_get_id (self->task), self->month);
  *value = city.value;
  return city.present && !city.own;
}

static char *
text_of (LuoFigureGuard *self, guint member)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->views[member]);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
check (LuoFigureGuard *self)
{
  const char *office = luo_read_text (luo_draft_get_object (self->draft), "office");
  g_autofree char *overall = text_of (self, 0);
  g_autofree char *this_month = text_of (self, 1);
  g_autoptr (GArray) checked = NULL;

  g_clear_handle_id (&self->check_source, g_source_remove);
  if (self->task == NULL)
    return;
  checked = luo_progress_check (luo_document_get_object (self->task), overall, this_month, self->month,
                                g_strcmp0 (office, "city") == 0 ? NULL : luo_format_office (office),
                                read_reading, self);
  for (guint m = 0; m < N_MEMBERS; m++)
    {
      g_array_set_size (self->wrong[m], 0);
      for (guint i = 0; i < checked->len; i++)
        {
          const LuoCheckedFigure *figure = &g_array_index (checked, LuoCheckedFigure, i);

          if (!figure->agrees && strcmp (figure->member, members[m]) == 0
              && !luo_ignored_figures_has (self->ignored, self->progress_id, figure))
            g_array_append_vals (self->wrong[m], figure, 1);
        }
      luo_figure_notes_show (LUO_FIGURE_NOTES (self->notes[m]), self->wrong[m], self->month);
    }
}

static gboolean
check_cb (gpointer user_data)
{
  LuoFigureGuard *self = user_data;

  self->check_source = 0;
  check (self);
  return G_SOURCE_REMOVE;
}

static void
edited_cb (LuoFigureGuard *self)
{
  g_clear_handle_id (&self->check_source, g_source_remove);
  self->check_source = g_timeout_add (CHECK_AFTER_MS, check_cb, self);
}

static void
change_text (LuoFigureGuard *self, guint member, const LuoCheckedFigure *figure)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->views[member]);
  g_autofree char *right = luo_checked_figure_write (figure);
  GtkTextIter start, end;

  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_get_iter_at_offset (buffer, &start, (int)figure->figure.start);
  gtk_text_buffer_get_iter_at_offset (buffer, &end, (int)(figure->figure.start + figure->figure.length));
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, right, -1);
  gtk_text_buffer_end_user_action (buffer);
}

static void
change_reading (LuoFigureGuard *self, const LuoCheckedFigure *figure)
{
  const char *key = luo_read_text (figure->indicator, "key");
  g_autofree char *pointer = NULL;
  g_autofree char *text = NULL;
  gint64 value;

  if (key == NULL || !luo_figure_value (&figure->figure, &value))
    return;
  pointer = luo_reading_fields_pointer (key);
  text = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  luo_draft_set (self->draft, pointer, text);
  /* The fields of the readings show what became of them. */
  g_signal_emit_by_name (self->draft, "changed");
}

static void
mend_cb (LuoFigureGuard *self, guint index, guint mending, LuoFigureNotes *notes)
{
  guint member = GTK_WIDGET (notes) == self->notes[0] ? 0 : 1;
  LuoCheckedFigure figure;
  g_autoptr (LuoFigureGuard) alive = g_object_ref (self);

  if (index >= self->wrong[member]->len)
    return;
  figure = g_array_index (self->wrong[member], LuoCheckedFigure, index);
  switch ((LuoFigureMending)mending)
    {
    case LUO_FIGURE_CHANGE_TEXT:
      change_text (self, member, &figure);
      break;
    case LUO_FIGURE_CHANGE_READING:
      change_reading (self, &figure);
      break;
    case LUO_FIGURE_IGNORE:
    default:
      luo_ignored_figures_add (self->ignored, luo_session_get_store (luo_draft_get_session (self->draft)),
                               self->progress_id, &figure);
    }
  luo_draft_flush (self->draft);
  check (self);
  /* The line that had the focus is gone. */
  gtk_widget_grab_focus (GTK_WIDGET (self->views[member]));
}

static void
luo_figure_guard_dispose (GObject *object)
{
  LuoFigureGuard *self = LUO_FIGURE_GUARD (object);

  g_clear_handle_id (&self->check_source, g_source_remove);
  for (guint m = 0; m < N_MEMBERS; m++)
    g_clear_object (&self->notes[m]);
  g_clear_object (&self->draft);
  g_clear_pointer (&self->task, luo_document_unref);
  g_clear_pointer (&self->progress, g_ptr_array_unref);
  g_clear_pointer (&self->ignored, luo_ignored_figures_unref);
  G_OBJECT_CLASS (luo_figure_guard_parent_class)->dispose (object);
}

static void
luo_figure_guard_finalize (GObject *object)
{
  LuoFigureGuard *self = LUO_FIGURE_GUARD (object);

  for (guint m = 0; m < N_MEMBERS; m++)
    g_array_unref (self->wrong[m]);
  g_free (self->progress_id);
  g_free (self->month);
  G_OBJECT_CLASS (luo_figure_guard_parent_class)->finalize (object);
}

static void
luo_figure_guard_class_init (LuoFigureGuardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_figure_guard_dispose;
  G_OBJECT_CLASS (klass)->finalize = luo_figure_guard_finalize;
}

static void
luo_figure_guard_init (LuoFigureGuard *self)
{
  for (guint m = 0; m < N_MEMBERS; m++)
    self->wrong[m] = g_array_new (FALSE, FALSE, sizeof (LuoCheckedFigure));
}

LuoFigureGuard *
luo_figure_guard_new (LuoDraft *draft, GtkTextView *overall, GtkTextView *this_month)
{
  LuoFigureGuard *self = g_object_new (LUO_TYPE_FIGURE_GUARD, NULL);

  self->draft = g_object_ref (draft);
  self->views[0] = overall;
  self->views[1] = this_month;
  for (guint m = 0; m < N_MEMBERS; m++)
    {
      self->notes[m] = g_object_ref_sink (luo_figure_notes_new (self->views[m]));
      g_signal_connect_object (self->notes[m], "mend", G_CALLBACK (mend_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (gtk_text_view_get_buffer (self->views[m]), "changed", G_CALLBACK (edited_cb),
                               self, G_CONNECT_SWAPPED);
    }
  /* Readings are edited too; each edit and each save tells. */
  g_signal_connect_object (draft, "notify::state", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "changed", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  return self;
}

GtkWidget *
luo_figure_guard_get_notes (LuoFigureGuard *self, gboolean this_month)
{
  g_return_val_if_fail (LUO_IS_FIGURE_GUARD (self), NULL);

  return self->notes[this_month ? 1 : 0];
}

void
luo_figure_guard_set_task (LuoFigureGuard *self, LuoDocument *task, GPtrArray *progress,
                           LuoIgnoredFigures *ignored, const char *progress_id, const char *month)
{
  LuoDocument *before;

  g_return_if_fail (LUO_IS_FIGURE_GUARD (self));

  before = self->task;
  self->task = luo_document_ref (task);
  g_ptr_array_ref (progress);
  g_clear_pointer (&self->progress, g_ptr_array_unref);
  self->progress = progress;
  luo_ignored_figures_ref (ignored);
  g_clear_pointer (&self->ignored, luo_ignored_figures_unref);
  self->ignored = ignored;
  g_free (self->progress_id);
  self->progress_id = g_strdup (progress_id);
  g_free (self->month);
  self->month = g_strdup (month);
  check (self);
  /* What the notes showed pointed into it. */
  g_clear_pointer (&before, luo_document_unref);
}
