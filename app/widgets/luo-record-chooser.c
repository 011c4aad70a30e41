/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-chooser.h"

#include "luo-query.h"
#include "luo-title.h"
#include "luo-work.h"

/* Past this a drop-down is no list to choose from any more. */
#define MAX_RECORDS 500

struct _LuoRecordChooser
{
  AdwBin parent_instance;

  GtkDropDown *drop_down;
  GPtrArray *ids; /* (owned): of each place */
  char *type;     /* (owned) */
  char *chosen;   /* (owned) (nullable) */
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (LuoRecordChooser, luo_record_chooser, ADW_TYPE_BIN)

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
show_chosen (LuoRecordChooser *self)
{
  GListModel *labels = gtk_drop_down_get_model (self->drop_down);
  guint place = G_MAXUINT;

  self->showing = TRUE;
  for (guint i = 0; i < self->ids->len; i++)
    if (g_strcmp0 (g_ptr_array_index (self->ids, i), self->chosen != NULL ? self->chosen : "") == 0)
      place = i;
  if (place == G_MAXUINT)
    {
      g_ptr_array_add (self->ids, g_strdup (self->chosen));
      gtk_string_list_append (GTK_STRING_LIST (labels), self->chosen);
      place = self->ids->len - 1;
    }
  gtk_drop_down_set_selected (self->drop_down, place);
  self->showing = FALSE;
}

static void
clear (LuoRecordChooser *self)
{
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);

  self->showing = TRUE;
  g_ptr_array_set_size (self->ids, 0);
  g_ptr_array_add (self->ids, g_strdup (""));
  gtk_string_list_append (labels, "—");
  gtk_drop_down_set_model (self->drop_down, G_LIST_MODEL (labels));
  self->showing = FALSE;
}

static gpointer
read_records (LuoStore *store, gpointer data, GError **error)
{
  g_autoptr (LuoQuery) query = luo_query_new (data);

  if (strcmp (data, "task") == 0)
    {
      luo_query_sort (query, "year", TRUE);
      luo_query_sort (query, "section", FALSE);
      luo_query_sort (query, "order", FALSE);
    }
  else
    luo_query_sort (query, "updated_at", TRUE);
  luo_query_set_limit (query, 0, MAX_RECORDS);
  return luo_store_list (store, query, error);
}

static void
records_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoRecordChooser *self = LUO_RECORD_CHOOSER (source);
  g_autoptr (GPtrArray) documents = luo_work_finish (result, NULL);
  GListModel *labels;

  if (documents == NULL)
    return;
  clear (self);
  labels = gtk_drop_down_get_model (self->drop_down);
  self->showing = TRUE;
  for (guint i = 0; i < documents->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (documents, i);
      g_autofree char *title = luo_title_of (document);

      g_ptr_array_add (self->ids, g_strdup (luo_document_get_id (document)));
      gtk_string_list_append (GTK_STRING_LIST (labels), title);
    }
  self->showing = FALSE;
  show_chosen (self);
}

static void
selected_cb (LuoRecordChooser *self)
{
  guint place = gtk_drop_down_get_selected (self->drop_down);

  if (self->showing || place >= self->ids->len)
    return;
  g_free (self->chosen);
  self->chosen = g_strdup (g_ptr_array_index (self->ids, place));
  g_signal_emit (self, signals[CHOSEN], 0, self->chosen);
}

/* The button shows as much of the title as there is room for; the list shows all of it. */
static void
setup_short_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), text);
  gtk_widget_set_tooltip_text (gtk_list_item_get_child (item), text);
}

static void
setup_long_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_list_item_set_child (item, label);
}

static void
luo_record_chooser_finalize (GObject *object)
{
  LuoRecordChooser *self = LUO_RECORD_CHOOSER (object);

  g_ptr_array_unref (self->ids);
  g_free (self->type);
  g_free (self->chosen);
  G_OBJECT_CLASS (luo_record_chooser_parent_class)->finalize (object);
}

static void
luo_record_chooser_class_init (LuoRecordChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = luo_record_chooser_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
luo_record_chooser_init (LuoRecordChooser *self)
{
  GtkListItemFactory *short_factory = gtk_signal_list_item_factory_new ();
  GtkListItemFactory *long_factory = gtk_signal_list_item_factory_new ();
  GtkExpression *expression = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  g_signal_connect (short_factory, "setup", G_CALLBACK (setup_short_cb), NULL);
  g_signal_connect (short_factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (long_factory, "setup", G_CALLBACK (setup_long_cb), NULL);
  g_signal_connect (long_factory, "bind", G_CALLBACK (bind_cb), NULL);
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->drop_down = GTK_DROP_DOWN (gtk_drop_down_new (NULL, expression));
  gtk_drop_down_set_enable_search (self->drop_down, TRUE);
  gtk_drop_down_set_factory (self->drop_down, short_factory);
  gtk_drop_down_set_list_factory (self->drop_down, long_factory);
  g_object_unref (short_factory);
  g_object_unref (long_factory);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->drop_down));
  clear (self);
  g_signal_connect_object (self->drop_down, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
luo_record_chooser_new (LuoSession *session, const char *record_type)
{
  LuoRecordChooser *self = g_object_new (LUO_TYPE_RECORD_CHOOSER, NULL);

  self->type = g_strdup (record_type);
  luo_work_run (self, luo_session_get_store (session), read_records, g_strdup (record_type), g_free,
                (GDestroyNotify)g_ptr_array_unref, NULL, records_read_cb, NULL);
  return GTK_WIDGET (self);
}

void
luo_record_chooser_set_chosen (LuoRecordChooser *self, const char *id)
{
  g_return_if_fail (LUO_IS_RECORD_CHOOSER (self));

  g_free (self->chosen);
  self->chosen = g_strdup (id);
  show_chosen (self);
}
