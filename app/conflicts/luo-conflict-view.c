/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflict-view.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-conflict-choice.h"
#include "luo-format.h"
#include "luo-record-type.h"
#include "luo-title.h"

struct _LuoConflictView
{
  AdwBin parent_instance;

  GtkWidget *box;
  GtkWidget *members; /* (nullable): the choices about members, without effect where the record is deleted */
  GtkWidget *save;    /* (nullable) */
  GtkWidget *refusal; /* (nullable) */
  LuoConflict *conflict; /* not owned (nullable) */
};

G_DEFINE_FINAL_TYPE (LuoConflictView, luo_conflict_view, ADW_TYPE_BIN)

enum
{
  SAVE,
  LATER,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
update (LuoConflictView *self)
{
  gtk_widget_set_sensitive (self->save, luo_conflict_is_decided (self->conflict));
  gtk_widget_set_sensitive (self->members, self->conflict->fate != LUO_CONFLICT_FATE_DELETE);
  luo_conflict_view_refuse (self, NULL);
}

static void
save_cb (LuoConflictView *self)
{
  g_signal_emit (self, signals[SAVE], 0);
}

static void
later_cb (LuoConflictView *self)
{
  g_signal_emit (self, signals[LATER], 0);
}

static void
add_choice (LuoConflictView *self, GtkWidget *box, GtkWidget *choice)
{
  g_signal_connect_object (choice, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), choice);
}

static void
add_heading (LuoConflictView *self)
{
  LuoConflict *conflict = self->conflict;
  g_autofree char *title = luo_title_of (conflict->winner);
  const LuoRecordType *type = luo_record_type_find (luo_document_get_record_type (conflict->winner));
  g_autofree char *kind
      = luo_format_join (type != NULL ? _ (type->label_one) : "",
                         luo_format_office (luo_document_get_space (conflict->winner)), NULL);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  gtk_box_append (GTK_BOX (head), luo_build_text (title, "title-2"));
  gtk_box_append (GTK_BOX (head), luo_build_text (kind, "dim-label"));
  gtk_box_append (
      GTK_BOX (head),
      luo_build_text (_ ("All versions are kept; after the decision they are still in the history."),
                      "dim-label"));
  gtk_box_append (GTK_BOX (self->box), head);
  if (conflict->problem != NULL)
    {
      g_autofree char *problem = g_strdup_printf (
          _ ("The versions do not contradict each other, but together they are not valid: %s"),
          conflict->problem);

      gtk_box_append (GTK_BOX (self->box), luo_build_text (problem, "warning"));
    }
}

/* What was put together by itself, to look at. */
static void
add_merged (LuoConflictView *self)
{
  LuoConflict *conflict = self->conflict;
  guint n = conflict->merged->len;
  GtkWidget *list = luo_build_list ();
  GtkWidget *expander = adw_expander_row_new ();
  g_autofree char *title = g_strdup_printf (ngettext ("%u other difference was merged by itself",
                                                      "%u other differences were merged by themselves", n),
                                            n);

  if (n == 0)
    {
      g_object_unref (g_object_ref_sink (list));
      g_object_unref (g_object_ref_sink (expander));
      return;
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (expander), title);
  for (guint i = 0; i < n; i++)
    {
      const LuoConflictMerged *merged = conflict->merged->pdata[i];
      GtkWidget *row = adw_action_row_new ();
      g_autofree char *before
          = luo_conflict_value_text (conflict, merged->pointer, merged->before, merged->unit);
      g_autofree char *after
          = luo_conflict_value_text (conflict, merged->pointer, merged->after, merged->unit);
      g_autofree char *author = luo_conflict_author (conflict, merged->leaf);
      g_autofree char *text = g_strdup_printf ("%s\n%s → %s", author, before, after);

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), merged->label);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
      adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
      adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
      adw_expander_row_add_row (ADW_EXPANDER_ROW (expander), row);
    }
  gtk_list_box_append (GTK_LIST_BOX (list), expander);
  gtk_box_append (GTK_BOX (self->box), list);
}

static void
add_buttons (LuoConflictView *self)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *later = gtk_button_new_with_label (_ ("Decide Later"));

  self->refusal = luo_build_text (NULL, "error");
  gtk_widget_set_visible (self->refusal, FALSE);
  gtk_box_append (GTK_BOX (self->box), self->refusal);
  self->save = gtk_button_new_with_label (_ ("Save Decision"));
  gtk_widget_add_css_class (self->save, "suggested-action");
  gtk_widget_set_halign (buttons, GTK_ALIGN_END);
  g_signal_connect_object (self->save, "clicked", G_CALLBACK (save_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (later, "clicked", G_CALLBACK (later_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (buttons), later);
  gtk_box_append (GTK_BOX (buttons), self->save);
  gtk_box_append (GTK_BOX (self->box), buttons);
}

static void
luo_conflict_view_class_init (LuoConflictViewClass *klass)
{
  signals[SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  signals[LATER] = g_signal_new ("later", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
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
luo_conflict_view_show (LuoConflictView *self, LuoConflict *conflict)
{
  g_return_if_fail (LUO_IS_CONFLICT_VIEW (self));

  luo_build_clear (self->box);
  self->members = self->save = self->refusal = NULL;
  self->conflict = conflict;
  if (conflict == NULL)
    return;
  add_heading (self);
  if (conflict->deletions->len > 0)
    add_choice (self, self->box, luo_conflict_choice_new_fate (conflict));
  self->members = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  for (guint i = 0; i < conflict->members->len; i++)
    add_choice (self, self->members, luo_conflict_choice_new (conflict, conflict->members->pdata[i]));
  gtk_box_append (GTK_BOX (self->box), self->members);
  gtk_widget_set_visible (self->members, conflict->members->len > 0);
  add_merged (self);
  add_buttons (self);
  update (self);
}

void
luo_conflict_view_refuse (LuoConflictView *self, const char *message)
{
  g_return_if_fail (LUO_IS_CONFLICT_VIEW (self));

  if (self->refusal == NULL)
    return;
  gtk_label_set_label (GTK_LABEL (self->refusal), message != NULL ? message : "");
  gtk_widget_set_visible (self->refusal, message != NULL);
}
