/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflict-view.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-title.h"

struct _LuoConflictView
{
  AdwBin parent_instance;

  GtkWidget *box;
  GtkWidget *save;
  LuoConflict *conflict; /* not owned (nullable) */
  guint year;
};

G_DEFINE_FINAL_TYPE (LuoConflictView, luo_conflict_view, ADW_TYPE_BIN)

enum
{
  SAVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
update_save (LuoConflictView *self)
{
  gboolean all = TRUE;

  for (guint i = 0; i < self->conflict->members->len; i++)
    all = all && ((LuoConflictMember *)g_ptr_array_index (self->conflict->members, i))->decided;
  gtk_widget_set_sensitive (self->save, all);
}

static void
picked_cb (LuoConflictView *self, GtkCheckButton *button)
{
  LuoConflictMember *member = g_object_get_data (G_OBJECT (button), "luo-member");
  LuoConflictOption *option = g_object_get_data (G_OBJECT (button), "luo-option");

  if (!gtk_check_button_get_active (button))
    return;
  g_free (member->chosen);
  member->chosen = g_strdup (option->value);
  member->decided = TRUE;
  update_save (self);
}

static void
written_cb (LuoConflictView *self, GtkTextBuffer *buffer)
{
  LuoConflictMember *member = g_object_get_data (G_OBJECT (buffer), "luo-member");
  GtkCheckButton *third = g_object_get_data (G_OBJECT (buffer), "luo-button");
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  if (*g_strstrip (text) == '\0')
    return;
  gtk_check_button_set_active (third, TRUE);
  g_free (member->chosen);
  member->chosen = luo_json_encode_string (text);
  member->decided = TRUE;
  update_save (self);
}

/* Marks what differs from the text before: what stands between the equal beginning and the equal end. */
static void
mark_difference (GtkLabel *label, const char *before, const char *text)
{
  const char *from = text, *b = before;
  const char *to, *b_end;
  PangoAttrList *attributes;
  PangoAttribute *attribute;

  while (*from != '\0' && *b != '\0' && g_utf8_get_char (from) == g_utf8_get_char (b))
    {
      from = g_utf8_next_char (from);
      b = g_utf8_next_char (b);
    }
  to = text + strlen (text);
  b_end = before + strlen (before);
  while (to > from && b_end > b)
    {
      const char *to_previous = g_utf8_prev_char (to);
      const char *b_previous = g_utf8_prev_char (b_end);

      if (g_utf8_get_char (to_previous) != g_utf8_get_char (b_previous))
        break;
      to = to_previous;
      b_end = b_previous;
    }
  if (from == to)
    return;
  attributes = pango_attr_list_new ();
  attribute = pango_attr_background_new (0x2e2e, 0xc2c2, 0x7e7e);
  attribute->start_index = (guint)(from - text);
  attribute->end_index = (guint)(to - text);
  pango_attr_list_insert (attributes, attribute);
  attribute = pango_attr_background_alpha_new (0x4000);
  attribute->start_index = (guint)(from - text);
  attribute->end_index = (guint)(to - text);
  pango_attr_list_insert (attributes, attribute);
  gtk_label_set_attributes (label, attributes);
  pango_attr_list_unref (attributes);
}

static GtkWidget *
before_card (LuoConflictView *self, LuoConflictMember *member)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  g_autofree char *text = member->base != NULL
                              ? luo_conflict_value_text (self->conflict, member, member->base)
                              : g_strdup (_ ("not known"));

  gtk_widget_add_css_class (box, "fact");
  gtk_box_append (GTK_BOX (box), luo_build_text (_ ("Before"), "caption dim-label"));
  gtk_box_append (GTK_BOX (box), luo_build_text (text, "dim-label"));
  return box;
}

static GtkWidget *
option_card (LuoConflictView *self, LuoConflictMember *member, LuoConflictOption *option,
             GtkCheckButton **group)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *button = gtk_check_button_new ();
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  g_autofree char *when = luo_format_instant (option->at, self->year);
  g_autofree char *who = luo_format_join (option->by != NULL ? option->by : _ ("unknown"), when, NULL);
  g_autofree char *text = luo_conflict_value_text (self->conflict, member, option->value);
  g_autofree char *before
      = member->base != NULL ? luo_conflict_value_text (self->conflict, member, member->base) : NULL;
  g_autofree char *name = luo_format_join (member->label, who, text, NULL);
  GtkWidget *value = luo_build_text (text, NULL);

  if (before != NULL)
    mark_difference (GTK_LABEL (value), before, text);
  /* What is short stands side by side. */
  gtk_label_set_max_width_chars (GTK_LABEL (value), 20);
  gtk_box_append (GTK_BOX (lines), luo_build_text (who, "caption dim-label"));
  gtk_box_append (GTK_BOX (lines), value);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (button), lines);
  gtk_widget_add_css_class (button, "option");
  luo_build_set_name (button, name);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), *group);
  *group = GTK_CHECK_BUTTON (button);
  g_object_set_data (G_OBJECT (button), "luo-member", member);
  g_object_set_data (G_OBJECT (button), "luo-option", option);
  g_signal_connect_object (button, "toggled", G_CALLBACK (picked_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (card), button);
  return card;
}

static GtkWidget *
third_card (LuoConflictView *self, LuoConflictMember *member, GtkCheckButton *group)
{
  GtkWidget *card = luo_build_card (GTK_ORIENTATION_VERTICAL);
  GtkWidget *button = gtk_check_button_new_with_label (_ ("Or write"));
  GtkWidget *view = gtk_text_view_new ();
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  /* Translators: accessible name of the entry for a third version; %s is the member */
  g_autofree char *name = g_strdup_printf (_ ("Or write: %s"), member->label);

  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), group);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_widget_add_css_class (view, "narrative");
  gtk_widget_set_size_request (view, -1, 48);
  luo_build_set_name (view, name);
  luo_build_set_name (button, name);
  gtk_widget_add_css_class (button, "option");
  gtk_widget_set_margin_start (view, 12);
  gtk_widget_set_margin_end (view, 12);
  gtk_widget_set_margin_bottom (view, 12);
  g_object_set_data (G_OBJECT (buffer), "luo-member", member);
  g_object_set_data (G_OBJECT (buffer), "luo-button", button);
  g_signal_connect_object (buffer, "changed", G_CALLBACK (written_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (card), button);
  gtk_box_append (GTK_BOX (card), view);
  return card;
}

static void
save_cb (LuoConflictView *self)
{
  g_signal_emit (self, signals[SAVE], 0);
}

static void
luo_conflict_view_class_init (LuoConflictViewClass *klass)
{
  signals[SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
}

static void
luo_conflict_view_init (LuoConflictView *self)
{
  GtkWidget *clamp = adw_clamp_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_add_css_class (self->box, "page-box");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 900);
  adw_clamp_set_child (ADW_CLAMP (clamp), self->box);
  adw_bin_set_child (ADW_BIN (self), clamp);
}

GtkWidget *
luo_conflict_view_new (void)
{
  return g_object_new (LUO_TYPE_CONFLICT_VIEW, NULL);
}

void
luo_conflict_view_show (LuoConflictView *self, LuoConflict *conflict, guint year)
{
  g_autofree char *title = NULL;
  GtkWidget *head;

  g_return_if_fail (LUO_IS_CONFLICT_VIEW (self));

  luo_build_clear (self->box);
  self->conflict = conflict;
  self->year = year;
  if (conflict == NULL)
    return;
  title = luo_title_of (conflict->winner);
  head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_box_append (GTK_BOX (head), luo_build_text (title, "title-2"));
  gtk_box_append (
      GTK_BOX (head),
      luo_build_text (
          _ ("What does not contradict is put together by itself. All versions are kept; after the "
             "decision they are still in the history."),
          "dim-label"));
  gtk_box_append (GTK_BOX (self->box), head);
  for (guint i = 0; i < conflict->members->len; i++)
    {
      LuoConflictMember *member = g_ptr_array_index (conflict->members, i);
      GtkWidget *flow = gtk_flow_box_new ();
      GtkCheckButton *group = NULL;
      GtkWidget *group_box = luo_build_group (member->label, flow);

      gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
      gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), TRUE);
      gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 3);
      gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 12);
      gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 6);
      gtk_flow_box_insert (GTK_FLOW_BOX (flow), before_card (self, member), -1);
      for (guint o = 0; o < member->options->len; o++)
        gtk_flow_box_insert (GTK_FLOW_BOX (flow),
                             option_card (self, member, g_ptr_array_index (member->options, o), &group), -1);
      for (GtkWidget *child = gtk_widget_get_first_child (flow); child != NULL;
           child = gtk_widget_get_next_sibling (child))
        gtk_widget_set_focusable (child, FALSE);
      if (luo_conflict_member_is_text (conflict, member))
        gtk_box_append (GTK_BOX (group_box), third_card (self, member, group));
      gtk_box_append (GTK_BOX (self->box), group_box);
    }
  self->save = gtk_button_new_with_label (_ ("Save Decision"));
  gtk_widget_add_css_class (self->save, "suggested-action");
  gtk_widget_set_halign (self->save, GTK_ALIGN_END);
  g_signal_connect_object (self->save, "clicked", G_CALLBACK (save_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->box), self->save);
  update_save (self);
}
