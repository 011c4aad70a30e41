/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-reading-fields.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-read.h"

/* One entry: a reading, or one half of a share. */
typedef struct
{
  LuoDraft *draft;    /* (owned) */
  char *key;          /* (owned) */
  const char *member; /* (nullable): "covered" or "eligible" of a share */
  GtkWidget *row;     /* not owned: the field lives as long as the row */
  gboolean showing;
} Field;

static void
field_free (gpointer data)
{
  Field *field = data;

  g_clear_object (&field->draft);
  g_free (field->key);
  g_free (field);
}

char *
luo_reading_fields_pointer (const char *key)
{
  g_auto (GStrv) tildes = g_strsplit (key, "~", -1);
  g_autofree char *escaped = g_strjoinv ("~0", tildes);
  g_auto (GStrv) slashes = g_strsplit (escaped, "/", -1);
  g_autofree char *step = g_strjoinv ("~1", slashes);

  return g_strdup_printf ("/readings/%s", step);
}

static int
find_share (JsonObject *progress, const char *key)
{
  JsonArray *shares = luo_read_array (progress, "shares");

  for (guint i = 0; i < luo_read_length (shares); i++)
    if (g_strcmp0 (luo_read_text (luo_read_item (shares, i), "key"), key) == 0)
      return (int)i;
  return -1;
}

static gboolean
current (Field *field, gint64 *value)
{
  JsonObject *progress = luo_draft_get_object (field->draft);
  int share;

  if (field->member == NULL)
    return luo_read_int (luo_read_object (progress, "readings"), field->key, value);
  share = find_share (progress, field->key);
  return share >= 0
         && luo_read_int (luo_read_item (luo_read_array (progress, "shares"), (guint)share), field->member,
                          value);
}

void
luo_reading_fields_put (LuoDraft *draft, const char *key, const char *member, const char *value)
{
  JsonObject *progress = luo_draft_get_object (draft);
  g_autofree char *pointer = NULL;
  int share;

  if (member == NULL)
    {
      pointer = luo_reading_fields_pointer (key);
      luo_draft_set (draft, pointer, value);
      return;
    }
  share = find_share (progress, key);
  if (share >= 0)
    pointer = g_strdup_printf ("/shares/%d/%s", share, member);
  if (pointer != NULL)
    luo_draft_set (draft, pointer, value);
  else if (value != NULL)
    {
      g_autofree char *name = luo_json_encode_string (key);
      gboolean first = luo_read_array (progress, "shares") == NULL;
      g_autofree char *item = g_strdup_printf ("%s{\"key\":%s,\"%s\":%s}%s", first ? "[" : "", name, member,
                                               value, first ? "]" : "");

      luo_draft_set (draft, first ? "/shares" : "/shares/-", item);
    }
}

static void
set (Field *field, const char *value)
{
  luo_reading_fields_put (field->draft, field->key, field->member, value);
}

static void
typed_cb (GtkEditable *editable, Field *field)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (editable)));
  guint64 number;

  if (field->showing)
    return;
  gtk_widget_remove_css_class (field->row, "error");
  gtk_widget_set_tooltip_text (field->row, NULL);
  if (*text == '\0')
    set (field, NULL);
  else if (g_ascii_string_to_unsigned (text, 10, 0, G_GUINT64_CONSTANT (9007199254740991), &number, NULL))
    {
      g_autofree char *value = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

      set (field, value);
    }
  else
    {
      gtk_widget_add_css_class (field->row, "error");
      gtk_widget_set_tooltip_text (field->row, _ ("A whole number is expected"));
    }
}

static void
switched_cb (GtkSwitch *editor, GParamSpec *pspec, Field *field)
{
  if (!field->showing)
    set (field, gtk_switch_get_active (editor) ? "1" : "0");
}

static void
show_value (GtkWidget *row)
{
  Field *field = g_object_get_data (G_OBJECT (row), "luo-field");
  GtkWidget *editor = g_object_get_data (G_OBJECT (row), "luo-switch");
  gint64 value = 0;
  gboolean there = current (field, &value);

  field->showing = TRUE;
  if (editor != NULL)
    gtk_switch_set_active (GTK_SWITCH (editor), there && value > 0);
  else
    {
      g_autofree char *text = there ? g_strdup_printf ("%" G_GINT64_FORMAT, value) : g_strdup ("");

      if (strcmp (gtk_editable_get_text (GTK_EDITABLE (row)), text) != 0)
        gtk_editable_set_text (GTK_EDITABLE (row), text);
    }
  field->showing = FALSE;
}

static void
append_field (GtkWidget *list, LuoDraft *draft, const char *key, const char *member, const char *title,
              gboolean tick)
{
  Field *field = g_new0 (Field, 1);
  GtkWidget *row = tick ? adw_action_row_new () : adw_entry_row_new ();

  field->draft = g_object_ref (draft);
  field->key = g_strdup (key);
  field->member = member;
  field->row = row;
  g_object_set_data_full (G_OBJECT (row), "luo-field", field, field_free);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (tick)
    {
      GtkWidget *editor = gtk_switch_new ();

      gtk_widget_set_valign (editor, GTK_ALIGN_CENTER);
      luo_build_set_name (editor, title);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), editor);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), editor);
      g_object_set_data (G_OBJECT (row), "luo-switch", editor);
      g_signal_connect (editor, "notify::active", G_CALLBACK (switched_cb), field);
    }
  else
    {
      adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (row), GTK_INPUT_PURPOSE_DIGITS);
      gtk_widget_add_css_class (row, "numeric");
      luo_build_set_name (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (row))), title);
      g_signal_connect (row, "changed", G_CALLBACK (typed_cb), field);
    }
  show_value (row);
  g_signal_connect_object (draft, "changed", G_CALLBACK (show_value), row, G_CONNECT_SWAPPED);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
}

GtkWidget *
luo_reading_fields_new (LuoDraft *draft, JsonObject *task)
{
  JsonArray *indicators = luo_read_array (task, "indicators");
  GtkWidget *list;

  if (luo_read_length (indicators) == 0)
    return NULL;
  list = luo_build_list ();
  for (guint i = 0; i < luo_read_length (indicators); i++)
    {
      JsonObject *indicator = luo_read_item (indicators, i);
      const char *key = luo_read_text (indicator, "key");
      const char *name = luo_read_text (indicator, "name");
      const char *unit = luo_read_text (indicator, "unit");
      const char *kind = luo_read_text (indicator, "kind");
      g_autofree char *title = NULL;

      if (key == NULL || name == NULL)
        continue;
      if (g_strcmp0 (kind, "share") == 0)
        {
          /* Translators: heads covered and heads eligible of a share; %s is the indicator */
          g_autofree char *covered = g_strdup_printf (_ ("%s: covered"), name);
          g_autofree char *eligible = g_strdup_printf (_ ("%s: eligible"), name);

          append_field (list, draft, key, "covered", covered, FALSE);
          append_field (list, draft, key, "eligible", eligible, FALSE);
          continue;
        }
      title = unit != NULL && g_strcmp0 (kind, "tick") != 0 ? g_strdup_printf ("%s (%s)", name, unit)
                                                            : g_strdup (name);
      append_field (list, draft, key, NULL, title, g_strcmp0 (kind, "tick") == 0);
    }
  return list;
}
