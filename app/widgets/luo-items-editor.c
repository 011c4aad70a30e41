/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-items-editor.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-form-field.h"
#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-read.h"
#include "luo-record-check.h"

struct _LuoItemsEditor
{
  AdwBin parent_instance;

  LuoDraft *draft; /* (owned) */
  const LuoMember *member;
  const LuoMember *key; /* (nullable): the member that names an item */
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (LuoItemsEditor, luo_items_editor, ADW_TYPE_BIN)

static JsonArray *
items_of (LuoItemsEditor *self)
{
  return luo_read_array (luo_draft_get_object (self->draft), self->member->name);
}

static gboolean
has_choices (LuoItemsEditor *self)
{
  return self->key != NULL && self->key->kind == LUO_KIND_CHOICE;
}

/* What an item is, in a line each: the first text it has, and the rest. */
static void
describe (LuoItemsEditor *self, AdwExpanderRow *row, JsonObject *item)
{
  const char *title = NULL;
  GString *rest = g_string_new (NULL);

  for (const LuoMember *member = self->member->members; member->name != NULL; member++)
    {
      JsonNode *node = luo_read_node (item, member->name);
      g_autofree char *text = NULL;

      if (node == NULL || (member->flags & LUO_MEMBER_FIXED) != 0)
        continue;
      if (title == NULL && (member->kind == LUO_KIND_TEXT || member->kind == LUO_KIND_NARRATIVE))
        {
          title = luo_read_text (item, member->name);
          continue;
        }
      if (has_choices (self) && member == self->key)
        continue;
      text = luo_member_format (member, node);
      if (text == NULL || *text == '\0')
        continue;
      /* Amounts and days say which they are; the day on which something was needs no word. */
      if (member->kind == LUO_KIND_MONEY || member->kind == LUO_KIND_INTEGER
          || (member->kind == LUO_KIND_DATE && strcmp (member->name, "on") != 0))
        {
          char *named = g_strdup_printf ("%s %s", _ (member->label), text);

          g_free (text);
          text = named;
        }
      if (rest->len > 0)
        g_string_append (rest, " · ");
      g_string_append (rest, text);
    }
  if (has_choices (self))
    title = luo_format_choice (self->key->choices, luo_read_text (item, self->key->name));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title != NULL ? title : _ ("New entry"));
  adw_expander_row_set_subtitle (row, rest->str);
  g_string_free (rest, TRUE);
}

static void
update_descriptions (LuoItemsEditor *self)
{
  JsonArray *items = items_of (self);

  for (GtkWidget *row = gtk_widget_get_first_child (self->list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      gpointer index = g_object_get_data (G_OBJECT (row), "luo-index");

      if (ADW_IS_EXPANDER_ROW (row) && index != NULL)
        describe (self, ADW_EXPANDER_ROW (row), luo_read_item (items, GPOINTER_TO_UINT (index) - 1));
    }
}

static void rebuild (LuoItemsEditor *self, int expand);

static void
remove_cb (LuoItemsEditor *self, GtkButton *button)
{
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "luo-index")) - 1;
  JsonArray *items = items_of (self);
  g_autofree char *pointer = luo_read_length (items) == 1
                                 ? g_strdup_printf ("/%s", self->member->name)
                                 : g_strdup_printf ("/%s/%u", self->member->name, index);

  luo_draft_set (self->draft, pointer, NULL);
  rebuild (self, -1);
}

static char *
today (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return g_date_time_format (now, "%Y-%m-%d");
}

/* A new item has what makes it an item: a key of its own, and the first of required choices. */
static char *
new_item (LuoItemsEditor *self, const char *key)
{
  GString *text = g_string_new ("{");

  for (const LuoMember *member = self->member->members; member->name != NULL; member++)
    {
      g_autofree char *value = NULL;

      if (member == self->key && key != NULL)
        value = g_strdup (key);
      else if (member == self->key)
        value = g_strdup_printf ("%08x", g_random_int ());
      else if (member->kind == LUO_KIND_CHOICE && (member->flags & LUO_MEMBER_REQUIRED) != 0)
        value = g_strdup (member->choices[0].value);
      else if (key != NULL && member->kind == LUO_KIND_DATE && strcmp (member->name, "on") == 0)
        value = today ();
      else if (member != self->key && (member->flags & LUO_MEMBER_REQUIRED) != 0
               && (member->kind == LUO_KIND_TEXT || member->kind == LUO_KIND_NARRATIVE))
        value = g_strdup (_ ("New entry"));
      if (value == NULL)
        continue;
      if (text->len > 1)
        g_string_append_c (text, ',');
      luo_json_append_string (text, member->name);
      g_string_append_c (text, ':');
      luo_json_append_string (text, value);
    }
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

static int
choice_order (const LuoChoice *choices, const char *value)
{
  for (int i = 0; choices[i].value != NULL; i++)
    if (g_strcmp0 (choices[i].value, value) == 0)
      return i;
  return G_MAXINT;
}

/* Puts an item in: where keys are choices at its place in their order, else at the end. Other items keep their bytes. */
static void
insert_item (LuoItemsEditor *self, const char *key)
{
  JsonArray *items = items_of (self);
  guint n = luo_read_length (items);
  g_autofree char *item = new_item (self, key);
  g_autofree char *array = g_strdup_printf ("/%s", self->member->name);
  GString *text = g_string_new ("[");
  guint at = n;

  if (key != NULL)
    for (at = 0; at < n; at++)
      if (choice_order (self->key->choices, luo_read_text (luo_read_item (items, at), self->key->name))
          > choice_order (self->key->choices, key))
        break;
  for (guint i = 0; i <= n; i++)
    {
      if (i == at)
        {
          g_string_append (text, text->len > 1 ? "," : "");
          g_string_append (text, item);
        }
      if (i < n)
        {
          g_autofree char *pointer = g_strdup_printf ("%s/%u", array, i);
          g_autofree char *old_item = luo_json_at (luo_draft_get_body (self->draft), pointer);

          g_string_append (text, text->len > 1 ? "," : "");
          g_string_append (text, old_item);
        }
    }
  g_string_append_c (text, ']');
  luo_draft_set (self->draft, array, text->str);
  g_string_free (text, TRUE);
  rebuild (self, (int)at);
}

static void
add_cb (LuoItemsEditor *self)
{
  insert_item (self, NULL);
}

static void
reach_cb (LuoItemsEditor *self, GtkButton *button)
{
  insert_item (self, g_object_get_data (G_OBJECT (button), "luo-key"));
}

static void
append_item (LuoItemsEditor *self, JsonObject *item, guint index, gboolean expanded)
{
  GtkWidget *row = adw_expander_row_new ();
  GtkWidget *remove = luo_build_icon_button ("user-trash-symbolic", _ ("Remove this entry"));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  g_object_set_data (G_OBJECT (remove), "luo-index", GUINT_TO_POINTER (index + 1));
  g_object_set_data (G_OBJECT (row), "luo-index", GUINT_TO_POINTER (index + 1));
  g_signal_connect_object (remove, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (row), remove);
  describe (self, ADW_EXPANDER_ROW (row), item);
  for (const LuoMember *member = self->member->members; member->name != NULL; member++)
    {
      g_autofree char *pointer = g_strdup_printf ("/%s/%u/%s", self->member->name, index, member->name);

      if (member == self->key && (has_choices (self) || (member->flags & LUO_MEMBER_FIXED) != 0))
        continue;
      if ((member->flags & LUO_MEMBER_FIXED) != 0 || !luo_form_field_is_simple (member))
        continue;
      luo_form_field_append_to_expander (ADW_EXPANDER_ROW (row), self->draft, member, pointer);
    }
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), expanded);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static void
append_not_reached (LuoItemsEditor *self, const LuoChoice *choice)
{
  GtkWidget *row = adw_action_row_new ();
  const char *label = luo_choice_label (self->key->choices, choice->value);
  GtkWidget *button = gtk_button_new_with_label (_ ("Mark Reached"));
  /* Translators: accessible name of a button that records that a stage was reached; %s is the stage */
  g_autofree char *name = g_strdup_printf (_ ("Mark reached: %s"), label);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), label);
  gtk_widget_add_css_class (row, "dim-row");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  luo_build_set_name (button, name);
  g_object_set_data (G_OBJECT (button), "luo-key", (gpointer)choice->value);
  g_signal_connect_object (button, "clicked", G_CALLBACK (reach_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static void
append_add_row (LuoItemsEditor *self)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *button = gtk_button_new ();
  GtkWidget *content = adw_button_content_new ();
  /* Translators: %s is a kind of entry: funds, indicators, findings */
  g_autofree char *name = g_strdup_printf (_ ("Add: %s"), _ (self->member->label));

  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "list-add-symbolic");
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), _ ("Add"));
  gtk_button_set_child (GTK_BUTTON (button), content);
  gtk_widget_add_css_class (button, "flat");
  luo_build_set_name (button, name);
  g_signal_connect_object (button, "clicked", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), button);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static void
rebuild (LuoItemsEditor *self, int expand)
{
  JsonArray *items = items_of (self);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  if (!has_choices (self))
    {
      for (guint i = 0; i < luo_read_length (items); i++)
        if (luo_read_item (items, i) != NULL)
          append_item (self, luo_read_item (items, i), i, (int)i == expand);
      append_add_row (self);
      return;
    }
  for (const LuoChoice *choice = self->key->choices; choice->value != NULL; choice++)
    {
      gboolean there = FALSE;

      for (guint i = 0; i < luo_read_length (items); i++)
        if (g_strcmp0 (luo_read_text (luo_read_item (items, i), self->key->name), choice->value) == 0)
          {
            append_item (self, luo_read_item (items, i), i, (int)i == expand);
            there = TRUE;
          }
      if (!there)
        append_not_reached (self, choice);
    }
}

static void
changed_cb (LuoItemsEditor *self)
{
  rebuild (self, -1);
}

static void
luo_items_editor_dispose (GObject *object)
{
  g_clear_object (&LUO_ITEMS_EDITOR (object)->draft);
  G_OBJECT_CLASS (luo_items_editor_parent_class)->dispose (object);
}

static void
luo_items_editor_class_init (LuoItemsEditorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_items_editor_dispose;
}

static void
luo_items_editor_init (LuoItemsEditor *self)
{
  self->list = luo_build_list ();
  adw_bin_set_child (ADW_BIN (self), self->list);
}

GtkWidget *
luo_items_editor_new (LuoDraft *draft, const LuoMember *member)
{
  LuoItemsEditor *self = g_object_new (LUO_TYPE_ITEMS_EDITOR, NULL);

  self->draft = g_object_ref (draft);
  self->member = member;
  for (const LuoMember *inner = member->members; inner->name != NULL; inner++)
    if ((inner->flags & LUO_MEMBER_KEY) != 0)
      self->key = inner;
  g_signal_connect_object (draft, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::state", G_CALLBACK (update_descriptions), self, G_CONNECT_SWAPPED);
  rebuild (self, -1);
  return GTK_WIDGET (self);
}
