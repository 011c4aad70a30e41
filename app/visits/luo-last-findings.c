/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-last-findings.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-draft.h"
#include "luo-format.h"
#include "luo-read.h"
#include "luo-visit-day.h"
#include "luo-work.h"

struct _LuoLastFindings
{
  AdwBin parent_instance;

  LuoSession *session; /* (owned) */
  char *on;            /* (owned) (nullable): the day of the visit */
  GtkWidget *list;
  char *shown; /* (owned) (nullable): which findings the rows are of */
};

G_DEFINE_FINAL_TYPE (LuoLastFindings, luo_last_findings, ADW_TYPE_BIN)

static void
luo_last_findings_dispose (GObject *object)
{
  g_clear_object (&LUO_LAST_FINDINGS (object)->session);
  G_OBJECT_CLASS (luo_last_findings_parent_class)->dispose (object);
}

static void
luo_last_findings_finalize (GObject *object)
{
  LuoLastFindings *self = LUO_LAST_FINDINGS (object);

  g_free (self->on);
  g_free (self->shown);
  G_OBJECT_CLASS (luo_last_findings_parent_class)->finalize (object);
}

static void
luo_last_findings_class_init (LuoLastFindingsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_last_findings_dispose;
  G_OBJECT_CLASS (klass)->finalize = luo_last_findings_finalize;
}

static void
luo_last_findings_init (LuoLastFindings *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static gpointer
read_visit (LuoStore *store, gpointer data, GError **error)
{
  return luo_store_find (store, data, error);
}

typedef struct
{
  LuoSession *session; /* (owned) */
  char *key;           /* (owned): of the finding */
  char *solved_on;     /* (owned) (nullable) */
} Tick;

/* The finding is looked for by its key in the visit as it is now: places may have changed. */
static void
ticked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Tick *tick = user_data;
  g_autoptr (LuoDocument) visit = luo_work_finish (result, NULL);
  JsonArray *findings = visit != NULL ? luo_read_array (luo_document_get_object (visit), "findings") : NULL;

  for (guint i = 0; i < luo_read_length (findings); i++)
    if (g_strcmp0 (luo_read_text (luo_read_item (findings, i), "key"), tick->key) == 0)
      {
        g_autoptr (LuoDraft) draft = luo_draft_new (tick->session, visit);
        g_autofree char *pointer = g_strdup_printf ("/findings/%u/solved_on", i);

        luo_draft_set_text (draft, pointer, tick->solved_on);
        luo_draft_flush (draft);
      }
  g_object_unref (tick->session);
  g_free (tick->key);
  g_free (tick->solved_on);
  g_free (tick);
}

static void
toggled_cb (LuoLastFindings *self, GtkToggleButton *solved)
{
  Tick *tick = g_new0 (Tick, 1);

  tick->session = g_object_ref (self->session);
  tick->key = g_strdup (g_object_get_data (G_OBJECT (solved), "luo-key"));
  tick->solved_on = gtk_toggle_button_get_active (solved) ? g_strdup (self->on) : NULL;
  luo_work_run (NULL, luo_session_get_store (self->session), read_visit,
                g_strdup (g_object_get_data (G_OBJECT (solved), "luo-visit")), g_free,
                (GDestroyNotify)luo_document_unref, NULL, ticked_cb, tick);
}

static GtkWidget *
toggle (const char *label, const char *text)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (label);
  g_autofree char *name = g_strdup_printf ("%s: %s", label, text);

  luo_build_set_name (button, name);
  return button;
}

static void
append (LuoLastFindings *self, LuoDocument *visit, JsonObject *finding)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  const char *text = luo_read_text (finding, "text");
  const char *due = luo_read_text (finding, "due");
  const char *key = luo_read_text (finding, "key");
  guint year = luo_session_get_year (self->session);
  g_autofree char *found = luo_format_date (luo_document_get_text (visit, "on"), year);
  g_autofree char *found_on = g_strdup_printf (_ ("found %s"), found);
  g_autofree char *due_date = luo_format_date (due, year);
  g_autofree char *state = NULL;
  g_autofree char *subtitle = NULL;
  GtkWidget *solved, *open;

  if (text == NULL || key == NULL)
    {
      g_object_unref (g_object_ref_sink (row));
      g_object_unref (g_object_ref_sink (box));
      g_object_unref (g_object_ref_sink (buttons));
      return;
    }
  if (due != NULL)
    state = g_strdup_printf (strcmp (due, self->on) < 0 ? _ ("due %s, overdue") : _ ("due %s"), due_date);
  subtitle = luo_format_join (found_on, state != NULL ? state : "", NULL);
  solved = toggle (_ ("Put Right"), text);
  open = toggle (_ ("Not Yet"), text);
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (open), GTK_TOGGLE_BUTTON (solved));
  gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (luo_read_text (finding, "solved_on") != NULL ? solved : open), TRUE);
  g_object_set_data_full (G_OBJECT (solved), "luo-key", g_strdup (key), g_free);
  g_object_set_data_full (G_OBJECT (solved), "luo-visit", g_strdup (luo_document_get_id (visit)), g_free);
  g_signal_connect_object (solved, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (buttons, "linked");
  gtk_box_append (GTK_BOX (buttons), solved);
  gtk_box_append (GTK_BOX (buttons), open);
  gtk_box_append (GTK_BOX (box), luo_build_text (text, NULL));
  gtk_box_append (GTK_BOX (box), luo_build_text (subtitle, "caption dim-label"));
  gtk_box_append (GTK_BOX (box), buttons);
  gtk_widget_add_css_class (box, "fact");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static gboolean
is_to_tick (LuoLastFindings *self, JsonObject *finding)
{
  const char *solved = finding != NULL ? luo_read_text (finding, "solved_on") : NULL;

  return finding != NULL && (solved == NULL || strcmp (solved, self->on) == 0);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoLastFindings *self = LUO_LAST_FINDINGS (source);
  g_autoptr (GPtrArray) visits = luo_work_finish (result, NULL);
  g_autoptr (GString) now = g_string_new (NULL);

  if (visits == NULL || self->session == NULL)
    return;
  for (guint i = 0; i < visits->len; i++)
    {
      LuoDocument *visit = g_ptr_array_index (visits, i);
      JsonArray *findings = luo_read_array (luo_document_get_object (visit), "findings");

      for (guint f = 0; f < luo_read_length (findings); f++)
        if (is_to_tick (self, luo_read_item (findings, f)))
          g_string_append_printf (now, "%s %s\n", luo_document_get_id (visit),
                                  luo_read_text (luo_read_item (findings, f), "key"));
    }
  /* A row that was just ticked keeps the focus. */
  if (g_strcmp0 (now->str, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_strdup (now->str);
  self->list = luo_build_list ();
  for (guint i = 0; i < visits->len; i++)
    {
      LuoDocument *visit = g_ptr_array_index (visits, i);
      JsonArray *findings = luo_read_array (luo_document_get_object (visit), "findings");

      for (guint f = 0; f < luo_read_length (findings); f++)
        if (is_to_tick (self, luo_read_item (findings, f)))
          append (self, visit, luo_read_item (findings, f));
    }
  adw_bin_set_child (ADW_BIN (self), luo_build_group (_ ("Found last time"), self->list));
  gtk_widget_set_visible (GTK_WIDGET (self), now->len > 0);
}

static gpointer
read_findings (LuoStore *store, gpointer data, GError **error)
{
  return luo_visit_day_last_findings (store, data, error);
}

GtkWidget *
luo_last_findings_new (LuoSession *session)
{
  LuoLastFindings *self = g_object_new (LUO_TYPE_LAST_FINDINGS, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}

void
luo_last_findings_set_visit (LuoLastFindings *self, LuoDocument *visit)
{
  const char *on;

  g_return_if_fail (LUO_IS_LAST_FINDINGS (self));
  g_return_if_fail (visit != NULL);

  on = luo_document_get_text (visit, "on");
  g_free (self->on);
  self->on = g_strdup (on != NULL ? on : "");
  luo_work_run (self, luo_session_get_store (self->session), read_findings, luo_document_ref (visit),
                (GDestroyNotify)luo_document_unref, (GDestroyNotify)g_ptr_array_unref, NULL, read_cb, NULL);
}
