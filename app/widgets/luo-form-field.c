/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-form-field.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-date-button.h"
#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-money.h"
#include "luo-read.h"
#include "luo-record-chooser.h"
#include "luo-record-check.h"

typedef struct
{
  LuoDraft *draft; /* (owned) */
  const LuoMember *member;
  char *pointer;     /* (owned) */
  GtkWidget *row;    /* not owned: the field lives as long as the row */
  GtkWidget *editor; /* not owned: the widget that holds the value */
  GtkWidget *error_row;
  GtkLabel *error_label;
  GPtrArray *values; /* (owned) (nullable): of a choice: the value of each place of the drop-down */
  gboolean showing;  /* the value is being shown, not typed */
} Field;

static void
field_free (gpointer data)
{
  Field *field = data;

  g_clear_object (&field->draft);
  g_free (field->pointer);
  g_clear_pointer (&field->values, g_ptr_array_unref);
  g_free (field);
}

JsonNode *
luo_form_field_value (JsonObject *object, const char *pointer)
{
  g_auto (GStrv) steps = g_strsplit (pointer + 1, "/", -1);
  JsonNode *node = NULL;

  for (guint i = 0; steps[i] != NULL; i++)
    {
      if (node == NULL && i > 0)
        return NULL;
      if (i == 0)
        node = luo_read_node (object, steps[i]);
      else if (JSON_NODE_HOLDS_OBJECT (node))
        node = luo_read_node (json_node_get_object (node), steps[i]);
      else if (JSON_NODE_HOLDS_ARRAY (node))
        {
          guint index = (guint)g_ascii_strtoull (steps[i], NULL, 10);
          JsonArray *array = json_node_get_array (node);

          node = index < json_array_get_length (array) ? json_array_get_element (array, index) : NULL;
        }
      else
        return NULL;
    }
  return node;
}

gboolean
luo_form_field_is_simple (const LuoMember *member)
{
  return member->kind != LUO_KIND_OBJECT && member->kind != LUO_KIND_ITEMS
         && member->kind != LUO_KIND_INTEGER_MAP && member->kind != LUO_KIND_TEXT_MAP;
}

static JsonNode *
current (Field *field)
{
  return luo_form_field_value (luo_draft_get_object (field->draft), field->pointer);
}

static char *
title_of (const LuoMember *member)
{
  if (member->kind == LUO_KIND_MONEY)
    /* Translators: a field for money; %s is its name */
    return g_strdup_printf (_ ("%s (10,000 yuan)"), _ (member->label));
  if (member->unit != NULL)
    return g_strdup_printf ("%s (%s)", _ (member->label), _ (member->unit));
  return g_strdup (_ (member->label));
}

/* A message begins with the member's name and label, which the row has already. */
static const char *
without_name (Field *field, const char *message)
{
  const char *colon = message != NULL ? strstr (message, ": ") : NULL;
  const char *wide = message != NULL ? strstr (message, "：") : NULL;

  if (message == NULL || !g_str_has_prefix (message, field->member->name))
    return message;
  if (wide != NULL)
    return wide + strlen ("：");
  return colon != NULL ? colon + 2 : message;
}

static void
show_error (Field *field, const char *full_message)
{
  const char *message = without_name (field, full_message);

  luo_draft_refuse (field->draft, field->pointer, message);
  gtk_label_set_label (field->error_label, message != NULL ? message : "");
  gtk_widget_set_visible (field->error_row, message != NULL);
  if (message != NULL)
    gtk_widget_add_css_class (field->row, "error");
  else
    gtk_widget_remove_css_class (field->row, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (field->editor), GTK_ACCESSIBLE_STATE_INVALID,
                               message != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

/* Takes what was typed. */
static void
take_typed (Field *field, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *value = NULL;

  if (*stripped == '\0')
    {
      show_error (field, NULL);
      luo_draft_set (field->draft, field->pointer, NULL);
      return;
    }
  if (field->member->kind == LUO_KIND_TEXT || field->member->kind == LUO_KIND_NARRATIVE)
    value = luo_json_encode_string (stripped);
  else
    value = luo_member_parse (field->member, stripped, &error);
  show_error (field, error != NULL ? error->message : NULL);
  if (value != NULL)
    luo_draft_set (field->draft, field->pointer, value);
}

/* Text as it is typed again: dates and numbers as they are kept, money in 万元. */
static char *
editable_text (Field *field)
{
  JsonNode *node = current (field);

  if (node == NULL)
    return g_strdup ("");
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      GString *out = g_string_new (NULL);
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          const char *part = luo_read_element (array, i);

          if (part == NULL)
            continue;
          if (out->len > 0)
            g_string_append (out, "、");
          g_string_append (out, part);
        }
      return g_string_free (out, FALSE);
    }
  if (!JSON_NODE_HOLDS_VALUE (node))
    return g_strdup ("");
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (field->member->kind == LUO_KIND_MONEY)
    return luo_money_format_bare (json_node_get_int (node));
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    {
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      /* Fifteen digits give back every coordinate and area as it was typed. */
      return g_strdup (g_ascii_formatd (digits, sizeof digits, "%.15g", json_node_get_double (node)));
    }
  return g_strdup ("");
}

static void
show_value (Field *field)
{
  g_autofree char *text = NULL;

  field->showing = TRUE;
  switch (field->member->kind)
    {
    case LUO_KIND_BOOLEAN:
      {
        JsonNode *node = current (field);

        gtk_switch_set_active (GTK_SWITCH (field->editor),
                               node != NULL && JSON_NODE_HOLDS_VALUE (node)
                                   && json_node_get_value_type (node) == G_TYPE_BOOLEAN
                                   && json_node_get_boolean (node));
        break;
      }
    case LUO_KIND_RECORD:
      text = editable_text (field);
      luo_record_chooser_set_chosen (LUO_RECORD_CHOOSER (field->editor), text);
      break;
    case LUO_KIND_NARRATIVE:
      {
        GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (field->editor));
        GtkTextIter start, end;
        g_autofree char *shown = NULL;

        text = editable_text (field);
        gtk_text_buffer_get_bounds (buffer, &start, &end);
        shown = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
        if (strcmp (shown, text) != 0)
          gtk_text_buffer_set_text (buffer, text, -1);
        break;
      }
    default:
      text = editable_text (field);
      if (GTK_IS_DROP_DOWN (field->editor))
        {
          guint place = 0;

          for (guint i = 0; i < field->values->len; i++)
            if (strcmp (g_ptr_array_index (field->values, i), text) == 0)
              place = i;
          gtk_drop_down_set_selected (GTK_DROP_DOWN (field->editor), place);
        }
      else if (GTK_IS_SPIN_BUTTON (field->editor))
        gtk_spin_button_set_value (GTK_SPIN_BUTTON (field->editor), g_ascii_strtod (text, NULL));
      else if (strcmp (gtk_editable_get_text (GTK_EDITABLE (field->editor)), text) != 0)
        gtk_editable_set_text (GTK_EDITABLE (field->editor), text);
    }
  field->showing = FALSE;
}

static void
draft_changed_cb (GtkWidget *row, LuoDraft *draft)
{
  show_value (g_object_get_data (G_OBJECT (row), "luo-field"));
}

/* Editors */

static void
entry_changed_cb (GtkEditable *editable, Field *field)
{
  if (!field->showing)
    take_typed (field, gtk_editable_get_text (editable));
}

static void
date_chosen_cb (LuoDateButton *button, const char *date, Field *field)
{
  gtk_editable_set_text (GTK_EDITABLE (field->editor), date);
}

static void
suggestion_clicked_cb (GtkButton *button, Field *field)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_POPOVER);

  gtk_popover_popdown (GTK_POPOVER (popover));
  gtk_editable_set_text (GTK_EDITABLE (field->editor), g_object_get_data (G_OBJECT (button), "luo-value"));
}

static GtkWidget *
suggestions_button (Field *field)
{
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  for (const LuoChoice *choice = field->member->choices; choice->value != NULL; choice++)
    {
      GtkWidget *item = gtk_button_new_with_label (luo_choice_label (field->member->choices, choice->value));

      gtk_widget_add_css_class (item, "flat");
      g_object_set_data (G_OBJECT (item), "luo-value", (gpointer)choice->value);
      g_signal_connect (item, "clicked", G_CALLBACK (suggestion_clicked_cb), field);
      gtk_box_append (GTK_BOX (box), item);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "pan-down-symbolic");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Suggestions"));
  luo_build_set_name (button, _ ("Suggestions"));
  return button;
}

static void
build_entry (Field *field)
{
  g_autofree char *title = title_of (field->member);
  LuoKind kind = field->member->kind;

  field->row = field->editor = adw_entry_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (field->row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (field->row), title);
  luo_build_set_name (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (field->row))), title);
  if (kind == LUO_KIND_INTEGER || kind == LUO_KIND_NUMBER || kind == LUO_KIND_MONEY)
    {
      adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (field->row), GTK_INPUT_PURPOSE_NUMBER);
      gtk_widget_add_css_class (field->row, "numeric");
    }
  if (kind == LUO_KIND_DATE)
    {
      GtkWidget *button = luo_date_button_new ();

      g_signal_connect (button, "chosen", G_CALLBACK (date_chosen_cb), field);
      g_object_bind_property (field->row, "text", button, "date", G_BINDING_DEFAULT);
      adw_entry_row_add_suffix (ADW_ENTRY_ROW (field->row), button);
    }
  if (field->member->choices != NULL && kind != LUO_KIND_INTEGER_MAP)
    adw_entry_row_add_suffix (ADW_ENTRY_ROW (field->row), suggestions_button (field));
  g_signal_connect (field->row, "changed", G_CALLBACK (entry_changed_cb), field);
}

static void
choice_cb (GtkDropDown *drop_down, GParamSpec *pspec, Field *field)
{
  guint place = gtk_drop_down_get_selected (drop_down);

  if (field->showing || place == GTK_INVALID_LIST_POSITION || place >= field->values->len)
    return;
  luo_draft_set_text (field->draft, field->pointer, g_ptr_array_index (field->values, place));
}

static void
build_choice (Field *field)
{
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  g_autofree char *now = NULL;
  gboolean known = FALSE;

  field->values = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (field->values, g_strdup (""));
  gtk_string_list_append (labels, "—");
  if (field->member->kind == LUO_KIND_OFFICE)
    {
      g_ptr_array_add (field->values, g_strdup ("city"));
      gtk_string_list_append (labels, luo_format_office ("city"));
    }
  now = editable_text (field);
  for (const LuoChoice *choice
       = field->member->kind == LUO_KIND_DISTRICT || field->member->kind == LUO_KIND_OFFICE
             ? luo_district_choices
             : field->member->choices;
       choice->value != NULL; choice++)
    {
      g_ptr_array_add (field->values, g_strdup (choice->value));
      gtk_string_list_append (labels, g_dgettext (GETTEXT_PACKAGE, choice->label));
      known = known || strcmp (choice->value, now) == 0;
    }
  if (!known && *now != '\0' && strcmp (now, "city") != 0)
    {
      g_ptr_array_add (field->values, g_strdup (now));
      gtk_string_list_append (labels, now);
    }
  field->row = adw_action_row_new ();
  field->editor = gtk_drop_down_new (g_object_ref (G_LIST_MODEL (labels)), NULL);
  gtk_widget_set_valign (field->editor, GTK_ALIGN_CENTER);
  g_signal_connect (field->editor, "notify::selected", G_CALLBACK (choice_cb), field);
}

static void
switch_cb (GtkSwitch *editor, GParamSpec *pspec, Field *field)
{
  if (!field->showing)
    luo_draft_set (field->draft, field->pointer, gtk_switch_get_active (editor) ? "true" : "false");
}

static void
counter_cb (GtkSpinButton *editor, Field *field)
{
  g_autofree char *value = NULL;

  if (field->showing)
    return;
  value = g_strdup_printf ("%d", gtk_spin_button_get_value_as_int (editor));
  luo_draft_set (field->draft, field->pointer, value);
}

static void
record_chosen_cb (LuoRecordChooser *chooser, const char *id, Field *field)
{
  luo_draft_set_text (field->draft, field->pointer, id);
}

static void
narrative_cb (GtkTextBuffer *buffer, Field *field)
{
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  if (field->showing)
    return;
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  take_typed (field, text);
}

static void
build_narrative (Field *field)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *label = luo_build_text (_ (field->member->label), "caption dim-label");
  GtkTextView *view;
  GtkWidget *entry = luo_build_narrative_entry (&view, _ (field->member->label));

  field->row = gtk_list_box_row_new ();
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (field->row), FALSE);
  gtk_widget_set_focusable (field->row, FALSE);
  field->editor = GTK_WIDGET (view);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_widget_add_css_class (box, "fact");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (field->row), box);
  g_signal_connect (gtk_text_view_get_buffer (view), "changed", G_CALLBACK (narrative_cb), field);
}

static gboolean
is_identifier (const char *value)
{
  return g_ascii_isalpha (*value);
}

static void
build_row (Field *field, gboolean counter)
{
  const LuoMember *member = field->member;
  g_autofree char *title = title_of (member);

  if (member->kind == LUO_KIND_NARRATIVE)
    {
      build_narrative (field);
      return;
    }
  if (member->kind == LUO_KIND_CHOICE || member->kind == LUO_KIND_DISTRICT || member->kind == LUO_KIND_OFFICE
      || (member->kind == LUO_KIND_TEXT && member->choices != NULL && is_identifier (member->choices->value)))
    build_choice (field);
  else if (member->kind == LUO_KIND_BOOLEAN)
    {
      field->row = adw_action_row_new ();
      field->editor = gtk_switch_new ();
      gtk_widget_set_valign (field->editor, GTK_ALIGN_CENTER);
      g_signal_connect (field->editor, "notify::active", G_CALLBACK (switch_cb), field);
    }
  else if (member->kind == LUO_KIND_RECORD)
    {
      field->row = adw_action_row_new ();
      field->editor = luo_record_chooser_new (luo_draft_get_session (field->draft), member->ref_type);
      gtk_widget_set_valign (field->editor, GTK_ALIGN_CENTER);
      g_signal_connect (field->editor, "chosen", G_CALLBACK (record_chosen_cb), field);
    }
  else if (counter)
    {
      field->row = adw_action_row_new ();
      field->editor = gtk_spin_button_new_with_range (0, 99999, 1);
      gtk_widget_set_valign (field->editor, GTK_ALIGN_CENTER);
      g_signal_connect (field->editor, "value-changed", G_CALLBACK (counter_cb), field);
    }
  else
    {
      build_entry (field);
      return;
    }
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (field->row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (field->row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (field->row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (field->row), field->editor);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (field->row), field->editor);
  luo_build_set_name (field->editor, title);
}

static Field *
field_new (LuoDraft *draft, const LuoMember *member, const char *pointer, gboolean counter)
{
  Field *field = g_new0 (Field, 1);
  GtkWidget *label;

  field->draft = g_object_ref (draft);
  field->member = member;
  field->pointer = g_strdup (pointer);
  build_row (field, counter);

  field->error_row = gtk_list_box_row_new ();
  label = luo_build_text (NULL, "error caption");
  field->error_label = GTK_LABEL (label);
  gtk_widget_add_css_class (label, "fact");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (field->error_row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (field->error_row), FALSE);
  gtk_widget_set_focusable (field->error_row, FALSE);
  gtk_widget_set_visible (field->error_row, FALSE);

  g_object_set_data_full (G_OBJECT (field->row), "luo-field", field, field_free);
  g_signal_connect_object (draft, "changed", G_CALLBACK (draft_changed_cb), field->row, G_CONNECT_SWAPPED);
  show_value (field);
  return field;
}

GtkWidget *
luo_form_field_append (GtkListBox *list, LuoDraft *draft, const LuoMember *member, const char *pointer,
                       gboolean counter)
{
  Field *field = field_new (draft, member, pointer, counter);

  gtk_list_box_append (list, field->row);
  gtk_list_box_append (list, field->error_row);
  return field->row;
}

GtkWidget *
luo_form_field_append_to_expander (AdwExpanderRow *expander, LuoDraft *draft, const LuoMember *member,
                                   const char *pointer)
{
  Field *field = field_new (draft, member, pointer, FALSE);

  adw_expander_row_add_row (expander, field->row);
  adw_expander_row_add_row (expander, field->error_row);
  return field->row;
}

GtkWidget *
luo_form_field_get_editor (GtkWidget *row)
{
  Field *field = g_object_get_data (G_OBJECT (row), "luo-field");

  g_return_val_if_fail (field != NULL, NULL);

  return field->editor;
}
