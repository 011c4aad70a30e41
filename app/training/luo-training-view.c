/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-training-view.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"
#include "luo-read.h"
#include "luo-record-type.h"
#include "luo-title.h"

struct _LuoTrainingView
{
  LuoRecordView parent_instance;
};

G_DEFINE_FINAL_TYPE (LuoTrainingView, luo_training_view, LUO_TYPE_RECORD_VIEW)

static gpointer
read_task (LuoStore *store, gpointer data, GError **error)
{
  LuoViewRequest *request = data;
  const char *id = luo_document_get_text (request->document, "task");
  g_autoptr (LuoDocument) task = id != NULL ? luo_store_find (store, id, NULL) : NULL;

  return task != NULL ? luo_title_of (task) : NULL;
}

static void
append_fact (GtkWidget *list, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    gtk_list_box_append (GTK_LIST_BOX (list), luo_build_fact (name, value));
}

static void
append_number (GtkWidget *list, JsonObject *training, const char *member, const char *name)
{
  g_autofree char *text = NULL;
  gint64 n;

  if (!luo_read_int (training, member, &n))
    return;
  text = luo_format_integer (n);
  append_fact (list, name, text);
}

static GtkWidget *
coverage (gint64 covered, gint64 eligible)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *bar = gtk_level_bar_new_for_interval (0, 1);
  g_autofree char *share = luo_format_share (covered * 1000 / eligible);
  g_autofree char *covered_text = luo_format_integer (covered);
  g_autofree char *eligible_text = luo_format_integer (eligible);
  /* Translators: coverage of a training: per cent, covered heads, eligible heads */
  g_autofree char *text
      = g_strdup_printf (_ ("%1$s: %2$s of %3$s covered"), share, covered_text, eligible_text);

  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), CLAMP ((double)covered / (double)eligible, 0, 1));
  luo_build_set_name (bar, text);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), luo_build_text (text, "numeric"));
  return box;
}

static char *
join_materials (JsonObject *training)
{
  JsonArray *materials = luo_read_array (training, "materials");
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < luo_read_length (materials); i++)
    {
      const char *name = luo_read_element (materials, i);

      if (name == NULL)
        continue;
      g_string_append (out, out->len > 0 ? "、" : "");
      g_string_append (out, name);
    }
  return g_string_free (out, FALSE);
}

static void
build_training (LuoRecordView *view, GtkBox *box, gpointer data)
{
  JsonObject *training = luo_document_get_object (luo_record_view_get_document (view));
  const char *topic = luo_read_text (training, "topic");
  g_autofree char *date = luo_format_date (luo_read_text (training, "on"),
                                           luo_session_get_year (luo_record_view_get_session (view)));
  g_autofree char *subtitle = luo_format_join (
      luo_format_office (luo_read_text (training, "district")), date,
      luo_format_choice (luo_training_mode_choices, luo_read_text (training, "mode")), NULL);
  g_autofree char *materials = join_materials (training);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *list = luo_build_list ();
  gint64 covered, eligible;

  luo_build_clear (GTK_WIDGET (box));
  gtk_box_append (GTK_BOX (head), luo_build_text (topic != NULL ? topic : _ ("Unnamed"), "title-2"));
  gtk_box_append (GTK_BOX (head), luo_build_text (subtitle, "dim-label"));
  gtk_box_append (box, head);
  append_number (list, training, "attendances", _ ("Attendances"));
  append_fact (list, _ ("Audience"), luo_read_text (training, "audience"));
  append_number (list, training, "eligible", _ ("Eligible"));
  append_number (list, training, "covered", _ ("Covered"));
  append_fact (list, _ ("Target task"), data);
  append_fact (list, _ ("Materials"), materials);
  if (luo_read_int (training, "covered", &covered) && luo_read_int (training, "eligible", &eligible)
      && eligible > 0 && covered >= 0 && covered <= G_MAXINT32)
    gtk_box_append (box, luo_build_group (_ ("Coverage"), coverage (covered, eligible)));
  gtk_box_append (box, luo_build_group (_ ("The session"), list));
}

static void
luo_training_view_class_init (LuoTrainingViewClass *klass)
{
  LuoRecordViewClass *view_class = LUO_RECORD_VIEW_CLASS (klass);

  view_class->read = read_task;
  view_class->read_free = g_free;
  view_class->build = build_training;
}

static void
luo_training_view_init (LuoTrainingView *self)
{
}
