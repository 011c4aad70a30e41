/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-stage-line.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-fit-bin.h"
#include "luo-format.h"
#include "luo-read.h"
#include "luo-title.h"

typedef enum
{
  STEP_REACHED,
  STEP_PRESENT,
  STEP_PLANNED,
  STEP_AHEAD,
  STEP_SKIPPED,
} StepState;

typedef struct
{
  const char *label;
  StepState state;
  char *date;   /* (owned) */
  char *detail; /* (owned) */
} Step;

/* The mark of one step with its piece of the line, drawn in the widget's colour. */

#define LUO_TYPE_STAGE_MARK (luo_stage_mark_get_type ())
G_DECLARE_FINAL_TYPE (LuoStageMark, luo_stage_mark, LUO, STAGE_MARK, GtkWidget)

struct _LuoStageMark
{
  GtkWidget parent_instance;

  StepState state;
  gboolean vertical, first, last, line_before, line_after;
};

G_DEFINE_FINAL_TYPE (LuoStageMark, luo_stage_mark, GTK_TYPE_WIDGET)

#define MARK 18

static void
luo_stage_mark_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = MARK + 4;
}

static void
append_line (GtkSnapshot *snapshot, const GdkRGBA *colour, gboolean vertical, float from, float to,
             float middle)
{
  if (to <= from)
    return;
  gtk_snapshot_append_color (snapshot, colour,
                             vertical ? &GRAPHENE_RECT_INIT (middle - 1, from, 2, to - from)
                                      : &GRAPHENE_RECT_INIT (from, middle - 1, to - from, 2));
}

static void
luo_stage_mark_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LuoStageMark *self = LUO_STAGE_MARK (widget);
  float width = (float)gtk_widget_get_width (widget), height = (float)gtk_widget_get_height (widget);
  float length = self->vertical ? height : width;
  float middle = (self->vertical ? width : height) / 2;
  float at = self->vertical ? MARK / 2.f + 2 : length / 2;
  GdkRGBA colour, faint;
  graphene_rect_t bounds;
  GskRoundedRect circle;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  gtk_style_context_get_color (gtk_widget_get_style_context (gtk_widget_get_parent (widget)), &faint);
  faint.alpha = 0.2f;
  if (!self->first)
    append_line (snapshot, self->line_before ? &colour : &faint, self->vertical, 0, at - MARK / 2.f, middle);
  if (!self->last)
    append_line (snapshot, self->line_after ? &colour : &faint, self->vertical, at + MARK / 2.f, length,
                 middle);

  bounds = self->vertical ? GRAPHENE_RECT_INIT (middle - MARK / 2.f, at - MARK / 2.f, MARK, MARK)
                          : GRAPHENE_RECT_INIT (at - MARK / 2.f, middle - MARK / 2.f, MARK, MARK);
  gsk_rounded_rect_init_from_rect (&circle, &bounds, MARK / 2.f);
  if (self->state == STEP_REACHED || self->state == STEP_PRESENT)
    {
      cairo_t *cr;

      gtk_snapshot_push_rounded_clip (snapshot, &circle);
      gtk_snapshot_append_color (snapshot, &colour, &bounds);
      gtk_snapshot_pop (snapshot);
      cr = gtk_snapshot_append_cairo (snapshot, &bounds);
      cairo_set_source_rgb (cr, 1, 1, 1);
      cairo_set_line_width (cr, 2);
      cairo_translate (cr, bounds.origin.x, bounds.origin.y);
      if (self->state == STEP_REACHED)
        {
          cairo_move_to (cr, 5, 9.5);
          cairo_line_to (cr, 8, 12.5);
          cairo_line_to (cr, 13, 6);
          cairo_stroke (cr);
        }
      else
        {
          cairo_arc (cr, MARK / 2.0, MARK / 2.0, 3.5, 0, 2 * G_PI);
          cairo_fill (cr);
        }
      cairo_destroy (cr);
    }
  else
    {
      const float widths[4] = { 2, 2, 2, 2 };
      GdkRGBA ring = self->state == STEP_PLANNED ? colour : faint;
      const GdkRGBA colours[4] = { ring, ring, ring, ring };

      gtk_snapshot_append_border (snapshot, &circle, widths, colours);
    }
}

static void
luo_stage_mark_class_init (LuoStageMarkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = luo_stage_mark_measure;
  widget_class->snapshot = luo_stage_mark_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
luo_stage_mark_init (LuoStageMark *self)
{
}

static const char *
state_word (StepState state)
{
  switch (state)
    {
    case STEP_REACHED:
      return _ ("reached");
    case STEP_PRESENT:
      return _ ("present stage");
    case STEP_PLANNED:
      return _ ("planned");
    case STEP_SKIPPED:
      return _ ("skipped");
    case STEP_AHEAD:
    default:
      return _ ("not reached");
    }
}

static GtkWidget *
mark_new (const Step *steps, guint i, guint n, gboolean vertical)
{
  LuoStageMark *mark = g_object_new (LUO_TYPE_STAGE_MARK, NULL);

  mark->state = steps[i].state;
  mark->vertical = vertical;
  mark->first = i == 0;
  mark->last = i + 1 == n;
  mark->line_before
      = steps[i].state == STEP_REACHED || steps[i].state == STEP_PRESENT || steps[i].state == STEP_SKIPPED;
  mark->line_after = steps[i].state == STEP_REACHED || steps[i].state == STEP_SKIPPED;
  gtk_widget_add_css_class (GTK_WIDGET (mark),
                            steps[i].state == STEP_REACHED || steps[i].state == STEP_SKIPPED ? "stage-reached"
                            : steps[i].state == STEP_PRESENT                                 ? "stage-present"
                                                                                             : "stage-ahead");
  return GTK_WIDGET (mark);
}

static void
name_step (GtkWidget *widget, const Step *step)
{
  g_autofree char *name
      = luo_format_join (step->label, state_word (step->state), step->date, step->detail, NULL);

  luo_build_set_name (widget, name);
}

static GtkWidget *
wide_line (const Step *steps, guint n)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_box_set_homogeneous (GTK_BOX (line), TRUE);
  for (guint i = 0; i < n; i++)
    {
      GtkWidget *step = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 2,
                                      "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);
      GtkWidget *texts[] = {
        luo_build_text (steps[i].label, steps[i].state == STEP_PRESENT ? "heading" : "caption-heading"),
        luo_build_text (steps[i].date, "caption dim-label numeric"),
        luo_build_text (steps[i].detail, "caption dim-label"),
      };

      gtk_box_append (GTK_BOX (step), mark_new (steps, i, n, FALSE));
      for (guint t = 0; t < G_N_ELEMENTS (texts); t++)
        {
          gtk_label_set_justify (GTK_LABEL (texts[t]), GTK_JUSTIFY_CENTER);
          gtk_label_set_xalign (GTK_LABEL (texts[t]), 0.5);
          gtk_label_set_width_chars (GTK_LABEL (texts[t]), 5);
          gtk_label_set_max_width_chars (GTK_LABEL (texts[t]), 12);
          gtk_box_append (GTK_BOX (step), texts[t]);
        }
      name_step (step, &steps[i]);
      gtk_box_append (GTK_BOX (line), step);
    }
  return line;
}

static GtkWidget *
tall_line (const Step *steps, guint n)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  for (guint i = 0; i < n; i++)
    {
      GtkWidget *step
          = g_object_new (GTK_TYPE_BOX, "spacing", 12, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);
      GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
      g_autofree char *under = luo_format_join (steps[i].date, steps[i].detail, NULL);

      gtk_box_append (GTK_BOX (texts),
                      luo_build_text (steps[i].label, steps[i].state == STEP_PRESENT ? "heading" : NULL));
      if (*under != '\0')
        gtk_box_append (GTK_BOX (texts), luo_build_text (under, "caption dim-label numeric"));
      gtk_widget_set_margin_bottom (texts, 8);
      gtk_box_append (GTK_BOX (step), mark_new (steps, i, n, TRUE));
      gtk_box_append (GTK_BOX (step), texts);
      name_step (step, &steps[i]);
      gtk_box_append (GTK_BOX (line), step);
    }
  return line;
}

/* The offices that confirmed a site jointly. */
static char *
confirmed_by (JsonObject *item)
{
  JsonArray *by = luo_read_array (item, "by");
  const LuoMember *stages = luo_record_type_member (luo_record_type_find ("project"), "stages");
  const LuoChoice *choices = NULL;
  GString *out = g_string_new (NULL);

  for (const LuoMember *member = stages->members; member->name != NULL; member++)
    if (strcmp (member->name, "by") == 0)
      choices = member->choices;
  for (guint i = 0; i < luo_read_length (by); i++)
    {
      const char *office = luo_read_element (by, i);

      if (office == NULL)
        continue;
      if (out->len > 0)
        g_string_append (out, "、");
      g_string_append (out, choices != NULL ? luo_choice_label (choices, office) : office);
    }
  return g_string_free (out, FALSE);
}

static JsonObject *
find_stage (JsonObject *project, const char *stage)
{
  JsonArray *stages = luo_read_array (project, "stages");

  for (guint i = 0; i < luo_read_length (stages); i++)
    if (g_strcmp0 (luo_read_text (luo_read_item (stages, i), "stage"), stage) == 0)
      return luo_read_item (stages, i);
  return NULL;
}

GtkWidget *
luo_stage_line_new (JsonObject *project, guint year)
{
  const char *present = luo_title_stage (project, NULL);
  GArray *steps = g_array_new (FALSE, TRUE, sizeof (Step));
  gboolean before = present != NULL;
  GtkWidget *line;

  for (const LuoChoice *choice = luo_stage_choices; choice->value != NULL; choice++)
    {
      JsonObject *item = find_stage (project, choice->value);
      const char *on = luo_read_text (item, "on");
      const char *planned = luo_read_text (item, "planned");
      const char *document = luo_read_text (item, "document");
      g_autofree char *by = confirmed_by (item);
      Step step = { .label = luo_choice_label (luo_stage_choices, choice->value) };

      if (g_strcmp0 (choice->value, present) == 0)
        {
          /* Where the last stage of all was reached there is nothing under way any more. */
          step.state = choice[1].value == NULL ? STEP_REACHED : STEP_PRESENT;
          before = FALSE;
        }
      else if (on != NULL)
        step.state = STEP_REACHED;
      else if (before)
        step.state = STEP_SKIPPED;
      else
        step.state = planned != NULL ? STEP_PLANNED : STEP_AHEAD;
      if (on != NULL)
        step.date = luo_format_date (on, year);
      else if (step.state == STEP_SKIPPED)
        step.date = g_strdup (_ ("skipped"));
      else if (planned != NULL)
        {
          g_autofree char *date = luo_format_date (planned, year);

          /* Translators: a stage that is planned for a day; %s is the day */
          step.date = g_strdup_printf (_ ("planned %s"), date);
        }
      else
        step.date = g_strdup ("");
      step.detail = luo_format_join (by, document != NULL ? document : "", NULL);
      g_array_append_val (steps, step);
    }
  line = luo_fit_bin_new (wide_line ((Step *)(void *)steps->data, steps->len),
                          tall_line ((Step *)(void *)steps->data, steps->len), 620);
  for (guint i = 0; i < steps->len; i++)
    {
      g_free (g_array_index (steps, Step, i).date);
      g_free (g_array_index (steps, Step, i).detail);
    }
  g_array_unref (steps);
  return line;
}
