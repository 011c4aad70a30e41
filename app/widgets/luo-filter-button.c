/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-filter-button.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-list-condition.h"

struct _LuoFilterButton
{
  AdwBin parent_instance;

  const LuoRecordType *type;
  const LuoListFilter *filters;
  GtkWidget *button;
  GtkWidget *box;
  GtkWidget *chips;
  GPtrArray *conditions; /* (owned) (element-type LuoListCondition) */
  GPtrArray *drop_downs; /* (owned): of the filters, in order, not owned */
  guint order;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (LuoFilterButton, luo_filter_button, ADW_TYPE_BIN)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void show (LuoFilterButton *self);

static void
conditions_changed (LuoFilterButton *self)
{
  show (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
chip_clicked_cb (LuoFilterButton *self, GtkButton *chip)
{
  g_ptr_array_remove (self->conditions, g_object_get_data (G_OBJECT (chip), "luo-condition"));
  conditions_changed (self);
}

static void
show (LuoFilterButton *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->chips)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->chips), child);
  for (guint i = 0; i < self->conditions->len; i++)
    {
      const LuoListCondition *condition = g_ptr_array_index (self->conditions, i);
      g_autofree char *text = luo_list_condition_describe (condition, self->type);
      /* Translators: accessible name of a chip that takes a condition of a list away */
      g_autofree char *name = g_strdup_printf (_ ("Remove the condition: %s"), text);
      GtkWidget *chip = gtk_button_new ();
      GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
      GtkWidget *label = gtk_label_new (text);

      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_box_append (GTK_BOX (content), label);
      gtk_box_append (GTK_BOX (content), gtk_image_new_from_icon_name ("window-close-symbolic"));
      gtk_button_set_child (GTK_BUTTON (chip), content);
      gtk_widget_add_css_class (chip, "chip");
      gtk_widget_set_halign (chip, GTK_ALIGN_START);
      gtk_widget_set_tooltip_text (chip, name);
      luo_build_set_name (chip, name);
      g_object_set_data (G_OBJECT (chip), "luo-condition", (gpointer)condition);
      g_signal_connect_object (chip, "clicked", G_CALLBACK (chip_clicked_cb), self, G_CONNECT_SWAPPED);
      gtk_flow_box_insert (GTK_FLOW_BOX (self->chips), chip, -1);
      gtk_widget_set_focusable (gtk_widget_get_parent (chip), FALSE);
    }
  gtk_widget_set_visible (self->chips, self->conditions->len > 0);
  if (self->conditions->len > 0)
    gtk_widget_add_css_class (self->button, "accent");
  else
    gtk_widget_remove_css_class (self->button, "accent");

  self->showing = TRUE;
  for (guint f = 0; f < self->drop_downs->len; f++)
    {
      const LuoListFilter *filter = &self->filters[f];
      guint place = 0;

      for (guint i = 0; i < self->conditions->len; i++)
        {
          const LuoListCondition *condition = g_ptr_array_index (self->conditions, i);

          if (condition->op != LUO_EQUAL || strcmp (condition->column, filter->column) != 0)
            continue;
          for (guint c = 0; filter->choices[c].value != NULL; c++)
            if (strcmp (filter->choices[c].value, condition->value) == 0)
              place = c + 1;
        }
      gtk_drop_down_set_selected (g_ptr_array_index (self->drop_downs, f), place);
    }
  self->showing = FALSE;
}

static void
chosen_cb (LuoFilterButton *self, GParamSpec *pspec, GtkDropDown *drop_down)
{
  guint f, place = gtk_drop_down_get_selected (drop_down);

  if (self->showing || !g_ptr_array_find (self->drop_downs, drop_down, &f))
    return;
  for (guint i = self->conditions->len; i > 0; i--)
    if (strcmp (((LuoListCondition *)g_ptr_array_index (self->conditions, i - 1))->column,
                self->filters[f].column)
        == 0)
      g_ptr_array_remove_index (self->conditions, i - 1);
  if (place > 0 && place != GTK_INVALID_LIST_POSITION)
    g_ptr_array_add (
        self->conditions,
        luo_list_condition_new_equal (self->filters[f].column, self->filters[f].choices[place - 1].value));
  conditions_changed (self);
}

static void
order_cb (LuoFilterButton *self, GParamSpec *pspec, GtkDropDown *drop_down)
{
  guint place = gtk_drop_down_get_selected (drop_down);

  if (place == GTK_INVALID_LIST_POSITION || place == self->order)
    return;
  self->order = place;
  g_signal_emit (self, signals[CHANGED], 0);
}

static GtkWidget *
labelled (const char *text, GtkWidget *widget)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *label = luo_build_text (text, "caption dim-label");

  luo_build_set_labelled_by (widget, label);
  luo_build_set_name (widget, text);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), widget);
  return box;
}

static void
luo_filter_button_finalize (GObject *object)
{
  LuoFilterButton *self = LUO_FILTER_BUTTON (object);

  g_ptr_array_unref (self->conditions);
  g_ptr_array_unref (self->drop_downs);
  g_clear_object (&self->chips);
  G_OBJECT_CLASS (luo_filter_button_parent_class)->finalize (object);
}

static void
luo_filter_button_class_init (LuoFilterButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = luo_filter_button_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
luo_filter_button_init (LuoFilterButton *self)
{
  GtkWidget *popover = gtk_popover_new ();

  self->conditions = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_list_condition_free);
  self->drop_downs = g_ptr_array_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (self->box, "popover-box");
  gtk_popover_set_child (GTK_POPOVER (popover), self->box);
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->button), "view-more-horizontal-symbolic");
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->button), _ ("Filter"));
  luo_build_set_name (self->button, _ ("Filter and order"));
  gtk_widget_set_tooltip_text (self->button, _ ("Filter and order"));
  adw_bin_set_child (ADW_BIN (self), self->button);
  self->chips = g_object_ref_sink (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->chips), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->chips), 4);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->chips), 6);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->chips), 6);
  gtk_widget_add_css_class (self->chips, "chips");
  gtk_widget_set_visible (self->chips, FALSE);
}

GtkWidget *
luo_filter_button_new (const char *record_type, const LuoListFilter *filters, const LuoListOrder *orders)
{
  LuoFilterButton *self = g_object_new (LUO_TYPE_FILTER_BUTTON, NULL);
  g_autoptr (GtkStringList) order_labels = gtk_string_list_new (NULL);
  GtkWidget *order;

  self->type = luo_record_type_find (record_type);
  self->filters = filters;
  for (guint f = 0; filters != NULL && filters[f].column != NULL; f++)
    {
      g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
      GtkWidget *drop_down;

      gtk_string_list_append (labels, _ ("All"));
      for (const LuoChoice *choice = filters[f].choices; choice->value != NULL; choice++)
        gtk_string_list_append (labels, luo_choice_label (filters[f].choices, choice->value));
      drop_down = gtk_drop_down_new (g_object_ref (G_LIST_MODEL (labels)), NULL);
      g_ptr_array_add (self->drop_downs, drop_down);
      g_signal_connect_object (drop_down, "notify::selected", G_CALLBACK (chosen_cb), self,
                               G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (self->box), labelled (_ (filters[f].label), drop_down));
    }
  for (guint i = 0; orders[i].label != NULL; i++)
    gtk_string_list_append (order_labels, _ (orders[i].label));
  order = gtk_drop_down_new (g_object_ref (G_LIST_MODEL (order_labels)), NULL);
  g_signal_connect_object (order, "notify::selected", G_CALLBACK (order_cb), self, G_CONNECT_SWAPPED);
  /* Translators: the order of a list */
  gtk_box_append (GTK_BOX (self->box), labelled (C_ ("list", "Order"), order));
  return GTK_WIDGET (self);
}

GtkWidget *
luo_filter_button_get_chips (LuoFilterButton *self)
{
  g_return_val_if_fail (LUO_IS_FILTER_BUTTON (self), NULL);

  return self->chips;
}

guint
luo_filter_button_get_order (LuoFilterButton *self)
{
  g_return_val_if_fail (LUO_IS_FILTER_BUTTON (self), 0);

  return self->order;
}

gboolean
luo_filter_button_is_active (LuoFilterButton *self)
{
  g_return_val_if_fail (LUO_IS_FILTER_BUTTON (self), FALSE);

  return self->conditions->len > 0;
}

void
luo_filter_button_apply (LuoFilterButton *self, LuoQuery *query, const char *items)
{
  g_return_if_fail (LUO_IS_FILTER_BUTTON (self));

  for (guint i = 0; i < self->conditions->len; i++)
    luo_list_condition_apply (g_ptr_array_index (self->conditions, i), query, items);
}

void
luo_filter_button_set_conditions (LuoFilterButton *self, const char *const *where)
{
  g_return_if_fail (LUO_IS_FILTER_BUTTON (self));

  g_ptr_array_set_size (self->conditions, 0);
  for (guint i = 0; where != NULL && where[i] != NULL; i++)
    {
      LuoListCondition *condition = luo_list_condition_parse (where[i]);

      if (condition != NULL)
        g_ptr_array_add (self->conditions, condition);
    }
  conditions_changed (self);
}
