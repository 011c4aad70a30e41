/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflict-choice.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-option-button.h"
#include "luo-text-diff.h"

struct _LuoConflictChoice
{
  AdwBin parent_instance;

  LuoConflict *conflict;     /* not owned */
  LuoConflictMember *member; /* not owned (nullable): NULL where it is about the record itself */
  GtkWidget *box;
  GtkWidget *flow;
  GtkCheckButton *group; /* (nullable): the first of the choices */
  GtkCheckButton *third; /* (nullable): the one to be typed */
  GtkTextBuffer *buffer; /* (nullable): of narrative */
  GtkEditable *entry;    /* (nullable): of everything else that can be typed */
  GtkWidget *refusal;    /* (nullable): why what was typed can not be taken */
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (LuoConflictChoice, luo_conflict_choice, ADW_TYPE_BIN)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Cards ask for this much, in characters, and take more where there is room: three stand side by side beside the list. */
#define CARD_CHARS 10

/* What a choice stands for: an option by its place, or one of these. */
enum
{
  CHOICE_BOTH = -1,
  CHOICE_KEEP = -2,
  CHOICE_DELETE = -3,
};

/* Differences: a colour, and a line as well, for who does not see colours. */

static void
add_attribute (PangoAttrList *list, PangoAttribute *attribute, guint start, guint end)
{
  attribute->start_index = start;
  attribute->end_index = end;
  pango_attr_list_insert (list, attribute);
}

static void
mark_run (PangoAttrList *list, LuoRunKind kind, guint start, guint end)
{
  if (kind == LUO_RUN_INSERTED)
    {
      add_attribute (list, pango_attr_underline_new (PANGO_UNDERLINE_SINGLE), start, end);
      add_attribute (list, pango_attr_background_new (0x2e2e, 0xc2c2, 0x7e7e), start, end);
      add_attribute (list, pango_attr_background_alpha_new (0x4800), start, end);
    }
  else if (kind == LUO_RUN_REMOVED)
    {
      add_attribute (list, pango_attr_strikethrough_new (TRUE), start, end);
      add_attribute (list, pango_attr_background_new (0xe0e0, 0x1b1b, 0x2424), start, end);
      add_attribute (list, pango_attr_background_alpha_new (0x2800), start, end);
      add_attribute (list, pango_attr_foreground_alpha_new (0xa000), start, end);
    }
}

/* A label with the text and, marked in it, what was inserted and removed. */
static GtkWidget *
marked_text (const char *before, const char *after)
{
  g_autoptr (GPtrArray) runs = luo_text_diff (before, after);
  g_autoptr (GString) text = g_string_new (NULL);
  PangoAttrList *attributes = pango_attr_list_new ();
  GtkWidget *label;

  for (guint i = 0; i < runs->len; i++)
    {
      const LuoTextRun *run = runs->pdata[i];
      guint start = (guint)text->len;

      g_string_append (text, run->text);
      mark_run (attributes, run->kind, start, (guint)text->len);
    }
  label = luo_build_text (text->str, NULL);
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  pango_attr_list_unref (attributes);
  return label;
}

/* What a reader hears of the differences. */
static char *
describe_differences (const char *before, const char *after)
{
  g_autoptr (GPtrArray) runs = luo_text_diff (before, after);
  g_autoptr (GString) inserted = g_string_new (NULL);
  g_autoptr (GString) removed = g_string_new (NULL);
  g_autofree char *inserted_text = NULL;
  g_autofree char *removed_text = NULL;

  for (guint i = 0; i < runs->len; i++)
    {
      const LuoTextRun *run = runs->pdata[i];

      if (run->kind == LUO_RUN_INSERTED)
        g_string_append_printf (inserted, "%s%s", inserted->len > 0 ? " … " : "", run->text);
      else if (run->kind == LUO_RUN_REMOVED)
        g_string_append_printf (removed, "%s%s", removed->len > 0 ? " … " : "", run->text);
    }
  /* Translators: what a version of a text adds, for a screen reader */
  inserted_text = inserted->len > 0 ? g_strdup_printf (_ ("Added: %s"), inserted->str) : g_strdup ("");
  /* Translators: what a version of a text takes away, for a screen reader */
  removed_text = removed->len > 0 ? g_strdup_printf (_ ("Removed: %s"), removed->str) : g_strdup ("");
  return luo_format_join (inserted_text, removed_text, NULL);
}

/* Deciding */

static void
update_refusal (LuoConflictChoice *self, const char *message)
{
  if (self->refusal == NULL)
    return;
  gtk_label_set_label (GTK_LABEL (self->refusal), message != NULL ? message : "");
  gtk_widget_set_visible (self->refusal, message != NULL);
  if (self->entry != NULL && message != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else if (self->entry != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

static char *
typed_text (LuoConflictChoice *self)
{
  GtkTextIter start, end;

  if (self->buffer == NULL)
    return g_strdup (self->entry != NULL ? gtk_editable_get_text (self->entry) : "");
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

static void
write_third (LuoConflictChoice *self)
{
  g_autofree char *text = g_strstrip (typed_text (self));
  g_autoptr (GError) error = NULL;

  luo_conflict_reopen (self->member);
  /* Nothing typed is nothing decided; who wants the member empty picks the version that is. */
  if (*text != '\0')
    luo_conflict_write (self->conflict, self->member, text, &error);
  update_refusal (self, error != NULL ? error->message : NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What is picked has a frame as well as its mark. */
static void
frame_picked (GtkCheckButton *button)
{
  GtkWidget *card = gtk_widget_get_parent (GTK_WIDGET (button));

  if (card == NULL)
    return;
  if (gtk_check_button_get_active (button))
    gtk_widget_add_css_class (card, "picked");
  else
    gtk_widget_remove_css_class (card, "picked");
}

static void
picked_cb (LuoConflictChoice *self, GtkCheckButton *button)
{
  int choice = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "luo-choice"));

  frame_picked (button);
  if (self->filling || !gtk_check_button_get_active (button))
    return;
  if (button == self->third)
    {
      write_third (self);
      return;
    }
  switch (choice)
    {
    case CHOICE_BOTH:
      luo_conflict_keep_both (self->member);
      break;
    case CHOICE_KEEP:
      self->conflict->fate = LUO_CONFLICT_FATE_KEEP;
      break;
    case CHOICE_DELETE:
      self->conflict->fate = LUO_CONFLICT_FATE_DELETE;
      break;
    default:
      luo_conflict_take (self->member, (guint)choice);
    }
  update_refusal (self, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
typed_cb (LuoConflictChoice *self)
{
  if (self->filling)
    return;
  if (gtk_check_button_get_active (self->third))
    write_third (self);
  else
    gtk_check_button_set_active (self->third, TRUE);
}

/* Cards */

static void
add_card (LuoConflictChoice *self, GtkWidget *card)
{
  gtk_flow_box_insert (GTK_FLOW_BOX (self->flow), card, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (card), FALSE);
}

static GtkWidget *
card_label (GtkWidget *label)
{
  gtk_label_set_max_width_chars (GTK_LABEL (label), CARD_CHARS);
  return label;
}

static void
add_before (LuoConflictChoice *self, const char *heading, const char *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  gtk_widget_add_css_class (box, "fact");
  gtk_box_append (GTK_BOX (box), card_label (luo_build_text (heading, "caption dim-label")));
  gtk_box_append (GTK_BOX (box), card_label (luo_build_text (text, "dim-label numeric")));
  add_card (self, box);
}

static GtkCheckButton *
new_button (LuoConflictChoice *self, const char *name, int choice)
{
  GtkWidget *button = luo_option_button_new ();

  gtk_widget_add_css_class (button, "option");
  luo_build_set_name (button, name);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), self->group);
  if (self->group == NULL)
    self->group = GTK_CHECK_BUTTON (button);
  g_object_set_data (G_OBJECT (button), "luo-choice", GINT_TO_POINTER (choice));
  g_signal_connect_object (button, "toggled", G_CALLBACK (picked_cb), self, G_CONNECT_SWAPPED);
  return GTK_CHECK_BUTTON (button);
}

/* @before: (nullable): marks the differences from it */
static GtkCheckButton *
add_option (LuoConflictChoice *self, const char *label, const char *who, const char *text, const char *before,
            int choice)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *value = before != NULL ? marked_text (before, text) : luo_build_text (text, NULL);
  g_autofree char *name = luo_format_join (label, who, text, NULL);
  GtkCheckButton *button = new_button (self, name, choice);

  if (before != NULL)
    {
      g_autofree char *differences = describe_differences (before, text);

      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      differences, -1);
    }
  else
    gtk_widget_add_css_class (value, "heading");
  gtk_widget_add_css_class (value, "numeric");
  if (who != NULL)
    gtk_box_append (GTK_BOX (lines), card_label (luo_build_text (who, "caption dim-label")));
  gtk_box_append (GTK_BOX (lines), card_label (value));
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_check_button_set_child (button, lines);
  gtk_widget_set_vexpand (GTK_WIDGET (button), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (button), GTK_ALIGN_FILL);
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (button));
  add_card (self, card);
  return button;
}

static GtkWidget *
narrative_entry (LuoConflictChoice *self, const char *name)
{
  GtkTextView *view;
  GtkWidget *entry = luo_build_narrative_entry (&view, name);

  self->buffer = gtk_text_view_get_buffer (view);
  gtk_widget_set_margin_start (entry, 12);
  gtk_widget_set_margin_end (entry, 12);
  gtk_widget_set_margin_bottom (entry, 12);
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  return entry;
}

static GtkWidget *
value_entry (LuoConflictChoice *self, const char *name)
{
  GtkWidget *entry = gtk_entry_new ();

  self->entry = GTK_EDITABLE (entry);
  gtk_widget_set_margin_start (entry, 12);
  gtk_widget_set_margin_end (entry, 12);
  gtk_widget_set_margin_bottom (entry, 12);
  luo_build_set_name (entry, name);
  g_signal_connect_object (entry, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  return entry;
}

static void
add_third (LuoConflictChoice *self)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  gboolean narrative = luo_conflict_is_narrative (self->conflict, self->member);
  /* Translators: accessible name of the entry for a third version; %s is the member */
  g_autofree char *name = g_strdup_printf (_ ("Or write: %s"), self->member->label);
  g_autofree char *proposal = self->member->typed != NULL
                                  ? g_strdup (self->member->typed)
                                  : luo_conflict_propose (self->conflict, self->member);

  self->third = new_button (self, name, 0);
  gtk_check_button_set_child (self->third, luo_build_text (_ ("Or write"), "caption dim-label"));
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->third));
  gtk_box_append (GTK_BOX (card), narrative ? narrative_entry (self, name) : value_entry (self, name));
  self->refusal = luo_build_text (NULL, "error caption");
  gtk_widget_set_margin_start (self->refusal, 12);
  gtk_widget_set_margin_end (self->refusal, 12);
  gtk_widget_set_margin_bottom (self->refusal, 12);
  gtk_widget_set_visible (self->refusal, FALSE);
  gtk_box_append (GTK_BOX (card), self->refusal);
  gtk_box_append (GTK_BOX (self->box), card);
  if (proposal == NULL)
    return;
  if (self->buffer != NULL)
    gtk_text_buffer_set_text (self->buffer, proposal, -1);
  else
    gtk_editable_set_text (self->entry, proposal);
}

static void
luo_conflict_choice_class_init (LuoConflictChoiceClass *klass)
{
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
luo_conflict_choice_init (LuoConflictChoice *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->flow = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (self->flow), TRUE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->flow), 3);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->flow), 12);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->flow), 6);
  adw_bin_set_child (ADW_BIN (self), self->box);
}

static void
set_heading (LuoConflictChoice *self, const char *heading)
{
  gtk_box_append (GTK_BOX (self->box), luo_build_heading (heading));
  gtk_box_append (GTK_BOX (self->box), self->flow);
  luo_build_set_name (self->flow, heading);
}

static char *
date_of (LuoDocument *base)
{
  const char *at = luo_document_get_text (base, "updated_at");
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return luo_format_instant (at, (guint)g_date_time_get_year (now));
}

/* Shows what is decided already. */
static void
show_decision (LuoConflictChoice *self, GtkCheckButton **buttons)
{
  LuoConflictMember *member = self->member;

  if (!member->decided || member->both)
    return;
  for (guint i = 0; i < member->options->len; i++)
    if (g_strcmp0 (((LuoConflictOption *)member->options->pdata[i])->value, member->chosen) == 0)
      {
        gtk_check_button_set_active (buttons[i], TRUE);
        return;
      }
  if (self->third != NULL && member->typed != NULL)
    gtk_check_button_set_active (self->third, TRUE);
}

GtkWidget *
luo_conflict_choice_new (LuoConflict *conflict, LuoConflictMember *member)
{
  LuoConflictChoice *self = g_object_new (LUO_TYPE_CONFLICT_CHOICE, NULL);
  g_autofree GtkCheckButton **buttons = g_new0 (GtkCheckButton *, member->options->len + 1);
  g_autofree char *before_text = NULL;
  gboolean marked;

  self->conflict = conflict;
  self->member = member;
  self->filling = TRUE;
  set_heading (self, member->label);
  before_text = member->base != NULL
                    ? luo_conflict_value_text (conflict, member->pointer, member->before, member->unit)
                    : g_strdup (_ ("not known"));
  marked = member->before != NULL && luo_conflict_is_narrative (conflict, member);
  if (!member->is_file || member->before != NULL)
    {
      g_autofree char *when = member->base != NULL ? date_of (member->base) : g_strdup ("");
      g_autofree char *heading = luo_format_join (_ ("Before"), when, NULL);

      add_before (self, heading, before_text);
    }
  for (guint i = 0; i < member->options->len; i++)
    {
      LuoConflictOption *option = member->options->pdata[i];
      g_autofree char *who = luo_conflict_authors (conflict, option->leaves);
      g_autofree char *text
          = luo_conflict_value_text (conflict, member->pointer, option->value, member->unit);

      buttons[i] = add_option (self, member->label, who, text,
                               marked && option->value != NULL ? before_text : NULL, (int)i);
    }
  if (member->is_file)
    {
      GtkCheckButton *both = add_option (self, member->label, NULL,
                                         _ ("Keep both; one of them gets a longer name"), NULL, CHOICE_BOTH);

      gtk_check_button_set_active (both, member->both);
    }
  else if (luo_conflict_is_typed (conflict, member))
    add_third (self);
  show_decision (self, buttons);
  self->filling = FALSE;
  return GTK_WIDGET (self);
}

GtkWidget *
luo_conflict_choice_new_fate (LuoConflict *conflict)
{
  LuoConflictChoice *self = g_object_new (LUO_TYPE_CONFLICT_CHOICE, NULL);
  g_autofree char *editors = luo_conflict_authors (conflict, conflict->leaves);
  g_autofree char *deleters = luo_conflict_authors (conflict, conflict->deletions);
  const char *heading = _ ("One edited the record, another deleted it");
  GtkCheckButton *keep, *remove;

  self->conflict = conflict;
  self->filling = TRUE;
  set_heading (self, heading);
  keep = add_option (self, heading, editors, _ ("Keep the record"), NULL, CHOICE_KEEP);
  remove = add_option (self, heading, deleters, _ ("Delete the record"), NULL, CHOICE_DELETE);
  gtk_check_button_set_active (keep, conflict->fate == LUO_CONFLICT_FATE_KEEP);
  gtk_check_button_set_active (remove, conflict->fate == LUO_CONFLICT_FATE_DELETE);
  self->filling = FALSE;
  return GTK_WIDGET (self);
}
