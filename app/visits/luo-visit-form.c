/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-visit-form.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-form-field.h"
#include "luo-json-text.h"
#include "luo-last-findings.h"
#include "luo-read.h"
#include "luo-record-type.h"
#include "luo-visit-photos.h"
#include "luo-work.h"

/* What is found is usually to be put right within a week; the date can be changed. */
#define DUE_AFTER_DAYS 7

/* Where the city keeps no list of its own. */
static const char *const usual_phrases[] = {
  N_ ("Fire exit is blocked"),
  N_ ("Signs are missing or not as prescribed"),
  N_ ("No handrails, or the ramp is too steep"),
  N_ ("The list of services is not on the wall"),
  N_ ("Records are incomplete"),
};

static const char *const counters[] = { "questions_answered", "problems_found", "problems_solved" };
static const char *const basics[] = { "kind", "on", "inspector", "district", "community", "project", "task" };

struct _LuoVisitForm
{
  AdwBin parent_instance;

  LuoDraft *draft; /* (owned) */
  GtkLabel *state;
  GtkWidget *photos;
  GtkWidget *last;
  GtkWidget *chips;
  GtkWidget *findings;
  gboolean showing; /* chips are being set, not pressed */
};

G_DEFINE_FINAL_TYPE (LuoVisitForm, luo_visit_form, ADW_TYPE_BIN)

enum
{
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void build_findings (LuoVisitForm *self);

static JsonArray *
findings_of (LuoVisitForm *self)
{
  return luo_read_array (luo_draft_get_object (self->draft), "findings");
}

static const LuoMember *
member_of (const LuoMember *members, const char *name)
{
  for (; members->name != NULL; members++)
    if (strcmp (members->name, name) == 0)
      return members;
  return NULL;
}

/* Findings */

static int
find_text (LuoVisitForm *self, const char *text)
{
  JsonArray *findings = findings_of (self);

  for (guint i = 0; i < luo_read_length (findings); i++)
    if (g_strcmp0 (luo_read_text (luo_read_item (findings, i), "text"), text) == 0)
      return (int)i;
  return -1;
}

static void
add_finding (LuoVisitForm *self, const char *text)
{
  const char *on = luo_read_text (luo_draft_get_object (self->draft), "on");
  g_autofree char *midnight = g_strdup_printf ("%sT00:00:00Z", on != NULL ? on : "");
  g_autoptr (GDateTime) day = g_date_time_new_from_iso8601 (midnight, NULL);
  g_autoptr (GDateTime) due = day != NULL ? g_date_time_add_days (day, DUE_AFTER_DAYS) : NULL;
  g_autofree char *date = due != NULL ? g_date_time_format (due, ",\"due\":\"%Y-%m-%d\"") : g_strdup ("");
  g_autofree char *encoded = luo_json_encode_string (text);
  gboolean first = findings_of (self) == NULL;
  g_autofree char *value = g_strdup_printf ("%s{\"key\":\"f%08x\",\"text\":%s%s}%s", first ? "[" : "",
                                            g_random_int (), encoded, date, first ? "]" : "");

  luo_draft_set (self->draft, first ? "/findings" : "/findings/-", value);
}

static void
remove_finding (LuoVisitForm *self, guint index)
{
  g_autofree char *pointer = luo_read_length (findings_of (self)) > 1
                                 ? g_strdup_printf ("/findings/%u", index)
                                 : g_strdup ("/findings");

  luo_draft_set (self->draft, pointer, NULL);
}

static void
chip_cb (LuoVisitForm *self, GtkToggleButton *chip)
{
  const char *text = g_object_get_data (G_OBJECT (chip), "luo-text");
  int place = find_text (self, text);

  if (self->showing)
    return;
  if (gtk_toggle_button_get_active (chip) && place < 0)
    add_finding (self, text);
  else if (!gtk_toggle_button_get_active (chip) && place >= 0)
    remove_finding (self, (guint)place);
  build_findings (self);
}

static void
other_cb (LuoVisitForm *self)
{
  GtkWidget *last;

  if (find_text (self, "") < 0)
    add_finding (self, "");
  build_findings (self);
  last = gtk_widget_get_last_child (self->findings);
  if (last != NULL)
    gtk_widget_child_focus (last, GTK_DIR_TAB_FORWARD);
}

static void
remove_cb (LuoVisitForm *self, GtkButton *button)
{
  remove_finding (self, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "luo-index")));
  build_findings (self);
}

/* The chips of what is found are pressed. */
static void
show_chips (LuoVisitForm *self)
{
  self->showing = TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (self->chips); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *chip = gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (child));

      if (GTK_IS_TOGGLE_BUTTON (chip))
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (chip),
                                      find_text (self, g_object_get_data (G_OBJECT (chip), "luo-text")) >= 0);
    }
  self->showing = FALSE;
}

static void
build_findings (LuoVisitForm *self)
{
  const LuoMember *members = luo_record_type_member (luo_record_type_find ("visit"), "findings")->members;
  static const char *const edited[] = { "text", "due", "severity" };

  luo_build_clear (self->findings);
  for (guint i = 0; i < luo_read_length (findings_of (self)); i++)
    {
      GtkWidget *list = luo_build_list ();
      GtkWidget *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
      GtkWidget *remove = gtk_button_new_with_label (_ ("Remove"));
      const char *text = luo_read_text (luo_read_item (findings_of (self), i), "text");
      g_autofree char *name = g_strdup_printf (_ ("Remove the finding: %s"), text != NULL ? text : "");

      for (guint m = 0; m < G_N_ELEMENTS (edited); m++)
        {
          g_autofree char *pointer = g_strdup_printf ("/findings/%u/%s", i, edited[m]);

          luo_form_field_append (GTK_LIST_BOX (list), self->draft, member_of (members, edited[m]), pointer,
                                 FALSE);
        }
      gtk_widget_add_css_class (remove, "flat");
      gtk_widget_set_halign (remove, GTK_ALIGN_END);
      luo_build_set_name (remove, name);
      g_object_set_data (G_OBJECT (remove), "luo-index", GUINT_TO_POINTER (i));
      g_signal_connect_object (remove, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (group), list);
      gtk_box_append (GTK_BOX (group), remove);
      gtk_box_append (GTK_BOX (self->findings), group);
    }
  gtk_widget_set_visible (self->findings, luo_read_length (findings_of (self)) > 0);
  show_chips (self);
}

static void
append_chip (LuoVisitForm *self, const char *text)
{
  GtkWidget *chip = gtk_toggle_button_new_with_label (text);

  gtk_widget_add_css_class (chip, "phrase");
  g_object_set_data_full (G_OBJECT (chip), "luo-text", g_strdup (text), g_free);
  g_signal_connect_object (chip, "toggled", G_CALLBACK (chip_cb), self, G_CONNECT_SWAPPED);
  gtk_flow_box_insert (GTK_FLOW_BOX (self->chips), chip, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (chip), FALSE);
}

static gpointer
read_phrases (LuoStore *store, gpointer data, GError **error)
{
  return luo_store_get (store, "city", "reference:finding-phrases", NULL, NULL);
}

static void
phrases_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoVisitForm *self = LUO_VISIT_FORM (source);
  g_autoptr (LuoDocument) reference = luo_work_finish (result, NULL);
  JsonArray *values
      = reference != NULL ? luo_read_array (luo_document_get_object (reference), "values") : NULL;
  GtkWidget *other = gtk_button_new_with_label (_ ("Other…"));

  if (self->draft == NULL)
    {
      g_object_unref (g_object_ref_sink (other));
      return;
    }
  for (guint i = 0; i < luo_read_length (values); i++)
    {
      JsonObject *value = luo_read_item (values, i);
      const char *label = value != NULL ? luo_read_text (value, "label") : NULL;

      if (label == NULL && value != NULL)
        label = luo_read_text (value, "value");
      if (label != NULL)
        append_chip (self, label);
    }
  for (guint i = 0; luo_read_length (values) == 0 && i < G_N_ELEMENTS (usual_phrases); i++)
    append_chip (self, _ (usual_phrases[i]));
  gtk_widget_add_css_class (other, "phrase");
  g_signal_connect_object (other, "clicked", G_CALLBACK (other_cb), self, G_CONNECT_SWAPPED);
  gtk_flow_box_insert (GTK_FLOW_BOX (self->chips), other, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (other), FALSE);
  show_chips (self);
}

/* State */

static void
show_state (LuoVisitForm *self)
{
  g_autofree char *text = luo_draft_describe (self->draft);
  LuoDraftState state = luo_draft_get_state (self->draft);

  gtk_label_set_label (self->state, text);
  if (state == LUO_DRAFT_INVALID || state == LUO_DRAFT_FAILED || luo_draft_get_refused (self->draft))
    gtk_widget_add_css_class (GTK_WIDGET (self->state), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state), "error");
}

static void
document_cb (LuoVisitForm *self)
{
  LuoDocument *document = luo_draft_get_document (self->draft);

  luo_visit_photos_set_document (LUO_VISIT_PHOTOS (self->photos), document);
  if (document != NULL)
    luo_last_findings_set_visit (LUO_LAST_FINDINGS (self->last), document);
}

static void
finish_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LuoVisitForm *self = LUO_VISIT_FORM (widget);
  LuoDraftState state;

  for (guint i = 0; i < G_N_ELEMENTS (counters); i++)
    {
      g_autofree char *pointer = g_strdup_printf ("/%s", counters[i]);
      g_autofree char *value = NULL;
      gint64 n;

      if (luo_read_int (luo_draft_get_object (self->draft), counters[i], &n))
        continue;
      /* What was found is at least what was written down. */
      n = strcmp (counters[i], "problems_found") == 0 ? luo_read_length (findings_of (self)) : 0;
      value = g_strdup_printf ("%" G_GINT64_FORMAT, n);
      luo_draft_set (self->draft, pointer, value);
    }
  luo_draft_flush (self->draft);
  state = luo_draft_get_state (self->draft);
  if (state == LUO_DRAFT_INVALID || state == LUO_DRAFT_FAILED || luo_draft_get_refused (self->draft))
    {
      g_autofree char *text = luo_draft_describe (self->draft);

      luo_session_notify_person (luo_draft_get_session (self->draft), text, FALSE);
      return;
    }
  luo_session_notify_person (luo_draft_get_session (self->draft), _ ("The visit is done"), FALSE);
  g_signal_emit (self, signals[FINISHED], 0);
}

static void
focus_left_cb (LuoVisitForm *self)
{
  if (self->draft != NULL)
    luo_draft_flush (self->draft);
}

static void
luo_visit_form_unmap (GtkWidget *widget)
{
  focus_left_cb (LUO_VISIT_FORM (widget));
  GTK_WIDGET_CLASS (luo_visit_form_parent_class)->unmap (widget);
}

static void
luo_visit_form_dispose (GObject *object)
{
  LuoVisitForm *self = LUO_VISIT_FORM (object);

  if (self->draft != NULL)
    {
      luo_draft_flush (self->draft);
      luo_undo_seal (luo_session_get_undo (luo_draft_get_session (self->draft)));
    }
  g_clear_object (&self->draft);
  G_OBJECT_CLASS (luo_visit_form_parent_class)->dispose (object);
}

static void
luo_visit_form_class_init (LuoVisitFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = luo_visit_form_dispose;
  widget_class->unmap = luo_visit_form_unmap;
  gtk_widget_class_install_action (widget_class, "visit.finish", NULL, finish_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "visit.finish", NULL);
  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 0);
}

static void
luo_visit_form_init (LuoVisitForm *self)
{
}

static GtkWidget *
build_basics (LuoVisitForm *self)
{
  const LuoMember *members = luo_record_type_find ("visit")->members;
  JsonObject *visit = luo_draft_get_object (self->draft);
  GtkWidget *list = luo_build_list ();
  GtkWidget *row = adw_expander_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Place, date and inspector"));
  for (guint i = 0; i < G_N_ELEMENTS (basics); i++)
    {
      g_autofree char *pointer = g_strdup_printf ("/%s", basics[i]);

      luo_form_field_append_to_expander (ADW_EXPANDER_ROW (row), self->draft, member_of (members, basics[i]),
                                         pointer);
    }
  /* A visit that was started from the plan knows where it is. */
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), luo_read_text (visit, "community") == NULL
                                                             && luo_read_text (visit, "project") == NULL);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
  return list;
}

static GtkWidget *
build_counts (LuoVisitForm *self)
{
  const LuoMember *members = luo_record_type_find ("visit")->members;
  GtkWidget *list = luo_build_list ();

  for (guint i = 0; i < G_N_ELEMENTS (counters); i++)
    {
      g_autofree char *pointer = g_strdup_printf ("/%s", counters[i]);

      luo_form_field_append (GTK_LIST_BOX (list), self->draft, member_of (members, counters[i]), pointer,
                             TRUE);
    }
  return list;
}

GtkWidget *
luo_visit_form_new (LuoDraft *draft)
{
  LuoVisitForm *self = g_object_new (LUO_TYPE_VISIT_FORM, NULL);
  LuoSession *session = luo_draft_get_session (draft);
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *found = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *finish = gtk_button_new_with_label (_ ("Finish Visit"));
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->draft = g_object_ref (draft);
  self->state = GTK_LABEL (luo_build_text (NULL, "caption dim-label"));
  self->photos = luo_visit_photos_new (session);
  self->last = luo_last_findings_new (session);
  self->chips = gtk_flow_box_new ();
  self->findings = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->chips), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->chips), 8);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->chips), 6);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->chips), 6);
  gtk_widget_add_css_class (self->chips, "phrases");
  luo_build_set_name (self->chips, _ ("Phrases for findings"));
  gtk_box_append (GTK_BOX (found), self->chips);
  gtk_box_append (GTK_BOX (found), self->findings);

  gtk_widget_add_css_class (box, "page-box");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->state));
  gtk_box_append (GTK_BOX (box), build_basics (self));
  gtk_box_append (GTK_BOX (box), luo_build_group (_ ("Photos"), self->photos));
  gtk_box_append (GTK_BOX (box), self->last);
  gtk_box_append (GTK_BOX (box), luo_build_group (_ ("Findings"), found));
  gtk_box_append (GTK_BOX (box), luo_build_group (_ ("Counted"), build_counts (self)));
  gtk_widget_add_css_class (finish, "suggested-action");
  gtk_widget_add_css_class (finish, "big-button");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (finish), "visit.finish");
  gtk_box_append (GTK_BOX (box), finish);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 640);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  adw_bin_set_child (ADW_BIN (self), clamp);

  g_signal_connect_object (focus, "leave", G_CALLBACK (focus_left_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  g_signal_connect_object (draft, "notify::state", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::document", G_CALLBACK (document_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "changed", G_CALLBACK (build_findings), self, G_CONNECT_SWAPPED);
  luo_work_run (self, luo_session_get_store (session), read_phrases, NULL, NULL,
                (GDestroyNotify)luo_document_unref, NULL, phrases_cb, NULL);
  show_state (self);
  document_cb (self);
  build_findings (self);
  return GTK_WIDGET (self);
}
