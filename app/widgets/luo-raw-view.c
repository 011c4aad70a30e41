/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-raw-view.h"

#include <glib/gi18n.h>

#include "luo-build.h"

struct _LuoRawView
{
  AdwBin parent_instance;

  GtkWidget *box;
};

G_DEFINE_FINAL_TYPE (LuoRawView, luo_raw_view, ADW_TYPE_BIN)

static void
luo_raw_view_class_init (LuoRawViewClass *klass)
{
}

static void
luo_raw_view_init (LuoRawView *self)
{
  GtkWidget *clamp = adw_clamp_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (self->box, "page-box");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 800);
  adw_clamp_set_child (ADW_CLAMP (clamp), self->box);
  adw_bin_set_child (ADW_BIN (self), clamp);
}

GtkWidget *
luo_raw_view_new (void)
{
  return g_object_new (LUO_TYPE_RAW_VIEW, NULL);
}

void
luo_raw_view_set_document (LuoRawView *self, LuoDocument *document)
{
  JsonObject *object = luo_document_get_object (document);
  g_autoptr (GList) names = json_object_get_members (object);
  GtkWidget *list = luo_build_list ();
  const char *reason = luo_document_get_not_understood (document);

  g_return_if_fail (LUO_IS_RAW_VIEW (self));

  luo_build_clear (self->box);
  gtk_box_append (GTK_BOX (self->box), luo_build_text (luo_document_get_id (document), "title-3"));
  gtk_box_append (
      GTK_BOX (self->box),
      luo_build_text (_ ("This program does not understand the record. It is kept and exchanged as it is, "
                         "and can not be edited here."),
                      NULL));
  if (reason != NULL)
    gtk_box_append (GTK_BOX (self->box), luo_build_text (reason, "dim-label"));
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonNode *node = json_object_get_member (object, l->data);
      g_autofree char *text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                                  ? g_strdup (json_node_get_string (node))
                                  : json_to_string (node, TRUE);

      gtk_list_box_append (GTK_LIST_BOX (list), luo_build_fact (l->data, text));
    }
  gtk_box_append (GTK_BOX (self->box), list);
}
