/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-map-editor.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-json-text.h"
#include "luo-read.h"

struct _LuoMapEditor
{
  AdwBin parent_instance;

  LuoDraft *draft; /* (owned) */
  const LuoMember *member;
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (LuoMapEditor, luo_map_editor, ADW_TYPE_BIN)

static void rebuild (LuoMapEditor *self);

static char *
pointer_to (LuoMapEditor *self, const char *key)
{
  g_auto (GStrv) tildes = g_strsplit (key, "~", -1);
  g_autofree char *escaped = g_strjoinv ("~0", tildes);
  g_auto (GStrv) slashes = g_strsplit (escaped, "/", -1);
  g_autofree char *step = g_strjoinv ("~1", slashes);

  return g_strdup_printf ("/%s/%s", self->member->name, step);
}

static void
typed_cb (LuoMapEditor *self, GtkEditable *row)
{
  g_autofree char *pointer = pointer_to (self, g_object_get_data (G_OBJECT (row), "luo-key"));
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (row)));
  gboolean good = TRUE;

  if (*text == '\0')
    luo_draft_set (self->draft, pointer, NULL);
  else if (self->member->kind == LUO_KIND_TEXT_MAP)
    luo_draft_set_text (self->draft, pointer, text);
  else
    {
      guint64 number;

      good = g_ascii_string_to_unsigned (text, 10, 0, G_GUINT64_CONSTANT (9007199254740991), &number, NULL);
      if (good)
        {
          g_autofree char *value = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

          luo_draft_set (self->draft, pointer, value);
        }
    }
  if (good)
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  gtk_widget_set_tooltip_text (GTK_WIDGET (row), good ? NULL : _ ("A whole number is expected"));
}

static void
remove_cb (LuoMapEditor *self, GtkButton *button)
{
  g_autofree char *pointer = pointer_to (self, g_object_get_data (G_OBJECT (button), "luo-key"));

  luo_draft_set (self->draft, pointer, NULL);
  rebuild (self);
}

static void
add_name (LuoMapEditor *self, const char *key)
{
  g_autofree char *pointer = pointer_to (self, key);

  if (luo_read_object (luo_draft_get_object (self->draft), self->member->name) == NULL)
    {
      g_autofree char *whole = g_strdup_printf ("/%s", self->member->name);

      luo_draft_set (self->draft, whole, "{}");
    }
  luo_draft_set (self->draft, pointer, self->member->kind == LUO_KIND_TEXT_MAP ? "\"…\"" : "0");
  rebuild (self);
}

static void
added_cb (LuoMapEditor *self, GtkEditable *row)
{
  g_autofree char *key = g_strstrip (g_strdup (gtk_editable_get_text (row)));

  if (*key != '\0')
    add_name (self, key);
}

static void
suggested_cb (LuoMapEditor *self, GtkButton *button)
{
  add_name (self, g_object_get_data (G_OBJECT (button), "luo-key"));
}

static void
append_entry (LuoMapEditor *self, const char *key, JsonNode *value)
{
  GtkWidget *row = adw_entry_row_new ();
  GtkWidget *remove = luo_build_icon_button ("user-trash-symbolic", _ ("Remove this entry"));
  const char *label = self->member->choices != NULL ? luo_choice_label (self->member->choices, key) : key;
  g_autofree char *text = NULL;

  if (JSON_NODE_HOLDS_VALUE (value))
    text = json_node_get_value_type (value) == G_TYPE_STRING
               ? g_strdup (json_node_get_string (value))
               : g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (value));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), label);
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
  luo_build_set_name (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (row))), label);
  g_object_set_data_full (G_OBJECT (row), "luo-key", g_strdup (key), g_free);
  g_object_set_data_full (G_OBJECT (remove), "luo-key", g_strdup (key), g_free);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), remove);
  g_signal_connect_object (row, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static void
append_add_row (LuoMapEditor *self, JsonObject *map)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Add by name"));
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  luo_build_set_name (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (row))), _ ("Add by name"));
  g_signal_connect_object (row, "apply", G_CALLBACK (added_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  if (self->member->choices == NULL)
    return;
  for (const LuoChoice *choice = self->member->choices; choice->value != NULL; choice++)
    {
      GtkWidget *suggestion;
      GtkWidget *button;
      const char *label = luo_choice_label (self->member->choices, choice->value);
      g_autofree char *name = g_strdup_printf (_ ("Add: %s"), label);

      if (map != NULL && json_object_has_member (map, choice->value))
        continue;
      suggestion = adw_action_row_new ();
      button = luo_build_icon_button ("list-add-symbolic", name);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (suggestion), label);
      gtk_widget_add_css_class (suggestion, "dim-row");
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      g_object_set_data_full (G_OBJECT (button), "luo-key", g_strdup (choice->value), g_free);
      g_signal_connect_object (button, "clicked", G_CALLBACK (suggested_cb), self, G_CONNECT_SWAPPED);
      adw_action_row_add_suffix (ADW_ACTION_ROW (suggestion), button);
      gtk_list_box_append (GTK_LIST_BOX (self->list), suggestion);
    }
}

static void
rebuild (LuoMapEditor *self)
{
  JsonObject *map = luo_read_object (luo_draft_get_object (self->draft), self->member->name);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  if (map != NULL)
    {
      g_autoptr (GList) names = json_object_get_members (map);

      for (GList *l = names; l != NULL; l = l->next)
        append_entry (self, l->data, json_object_get_member (map, l->data));
    }
  append_add_row (self, map);
}

static void
luo_map_editor_dispose (GObject *object)
{
  g_clear_object (&LUO_MAP_EDITOR (object)->draft);
  G_OBJECT_CLASS (luo_map_editor_parent_class)->dispose (object);
}

static void
luo_map_editor_class_init (LuoMapEditorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_map_editor_dispose;
}

static void
luo_map_editor_init (LuoMapEditor *self)
{
  self->list = luo_build_list ();
  adw_bin_set_child (ADW_BIN (self), self->list);
}

GtkWidget *
luo_map_editor_new (LuoDraft *draft, const LuoMember *member)
{
  LuoMapEditor *self = g_object_new (LUO_TYPE_MAP_EDITOR, NULL);

  self->draft = g_object_ref (draft);
  self->member = member;
  g_signal_connect_object (draft, "changed", G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
  rebuild (self);
  return GTK_WIDGET (self);
}
