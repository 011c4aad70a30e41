/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-form.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-form-field.h"
#include "luo-items-editor.h"
#include "luo-map-editor.h"
#include "luo-read.h"

struct _LuoRecordForm
{
  AdwBin parent_instance;

  LuoDraft *draft; /* (owned) */
  GtkWidget *box;
  GtkLabel *state;
  GtkImage *state_icon;
};

G_DEFINE_FINAL_TYPE (LuoRecordForm, luo_record_form, ADW_TYPE_BIN)

static void
show_state (LuoRecordForm *self)
{
  g_autofree char *text = luo_draft_describe (self->draft);
  LuoDraftState state = luo_draft_get_state (self->draft);
  gboolean bad
      = state == LUO_DRAFT_INVALID || state == LUO_DRAFT_FAILED || luo_draft_get_refused (self->draft);

  gtk_label_set_label (self->state, text);
  gtk_image_set_from_icon_name (self->state_icon, bad                        ? "dialog-warning-symbolic"
                                                  : state == LUO_DRAFT_SAVED ? "emblem-ok-symbolic"
                                                                             : "document-edit-symbolic");
  if (bad)
    gtk_widget_add_css_class (gtk_widget_get_parent (GTK_WIDGET (self->state)), "error");
  else
    gtk_widget_remove_css_class (gtk_widget_get_parent (GTK_WIDGET (self->state)), "error");
}

static void
focus_left_cb (LuoRecordForm *self)
{
  luo_draft_flush (self->draft);
}

static void
luo_record_form_unmap (GtkWidget *widget)
{
  LuoRecordForm *self = LUO_RECORD_FORM (widget);

  if (self->draft != NULL)
    luo_draft_flush (self->draft);
  GTK_WIDGET_CLASS (luo_record_form_parent_class)->unmap (widget);
}

static void
luo_record_form_dispose (GObject *object)
{
  LuoRecordForm *self = LUO_RECORD_FORM (object);

  if (self->draft != NULL)
    {
      luo_draft_flush (self->draft);
      luo_undo_seal (luo_session_get_undo (luo_draft_get_session (self->draft)));
    }
  g_clear_object (&self->draft);
  G_OBJECT_CLASS (luo_record_form_parent_class)->dispose (object);
}

static void
luo_record_form_class_init (LuoRecordFormClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_record_form_dispose;
  GTK_WIDGET_CLASS (klass)->unmap = luo_record_form_unmap;
}

static void
luo_record_form_init (LuoRecordForm *self)
{
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_add_css_class (self->box, "page-box");
  self->state_icon = GTK_IMAGE (gtk_image_new ());
  self->state = GTK_LABEL (luo_build_text (NULL, NULL));
  gtk_widget_set_hexpand (GTK_WIDGET (self->state), TRUE);
  gtk_widget_add_css_class (line, "form-state");
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->state_icon));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->state));
  gtk_box_append (GTK_BOX (self->box), line);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 640);
  adw_clamp_set_child (ADW_CLAMP (clamp), self->box);
  adw_bin_set_child (ADW_BIN (self), clamp);
  g_signal_connect_object (focus, "leave", G_CALLBACK (focus_left_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

static gboolean
listed (const char *const *names, const char *name)
{
  return names != NULL && g_strv_contains (names, name);
}

static void
append_object (LuoRecordForm *self, const LuoMember *member)
{
  GtkWidget *list = luo_build_list ();

  for (const LuoMember *inner = member->members; inner->name != NULL; inner++)
    {
      g_autofree char *pointer = g_strdup_printf ("/%s/%s", member->name, inner->name);

      if (luo_form_field_is_simple (inner))
        luo_form_field_append (GTK_LIST_BOX (list), self->draft, inner, pointer, FALSE);
    }
  gtk_box_append (GTK_BOX (self->box), luo_build_group (_ (member->label), list));
}

GtkWidget *
luo_record_form_new (LuoDraft *draft, const char *const *skip, const char *const *counters)
{
  LuoRecordForm *self = g_object_new (LUO_TYPE_RECORD_FORM, NULL);
  const LuoRecordType *type = luo_record_type_find (luo_read_text (luo_draft_get_object (draft), "type"));
  GtkWidget *simple = luo_build_list ();
  gboolean is_new = luo_draft_get_document (draft) == NULL;

  g_return_val_if_fail (type != NULL, NULL);

  self->draft = g_object_ref (draft);
  gtk_box_append (GTK_BOX (self->box), simple);
  for (const LuoMember *member = type->members; member->name != NULL; member++)
    {
      g_autofree char *pointer = g_strdup_printf ("/%s", member->name);

      if (listed (skip, member->name) || ((member->flags & LUO_MEMBER_FIXED) != 0 && !is_new))
        continue;
      if (luo_form_field_is_simple (member))
        luo_form_field_append (GTK_LIST_BOX (simple), draft, member, pointer,
                               listed (counters, member->name));
      else if (member->kind == LUO_KIND_OBJECT)
        append_object (self, member);
      else
        gtk_box_append (GTK_BOX (self->box),
                        luo_build_group (_ (member->label), member->kind == LUO_KIND_ITEMS
                                                                ? luo_items_editor_new (draft, member)
                                                                : luo_map_editor_new (draft, member)));
    }
  g_signal_connect_object (draft, "notify::state", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  show_state (self);
  return GTK_WIDGET (self);
}

LuoDraft *
luo_record_form_get_draft (LuoRecordForm *self)
{
  g_return_val_if_fail (LUO_IS_RECORD_FORM (self), NULL);

  return self->draft;
}
