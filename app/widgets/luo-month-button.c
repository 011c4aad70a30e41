/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-month-button.h"

#include <glib/gi18n.h>

#include "luo-build.h"
#include "luo-format.h"

struct _LuoMonthButton
{
  AdwBin parent_instance;

  LuoSession *session; /* (owned) (nullable) */
  GtkWidget *button;
  GtkWidget *popover; /* (nullable): while it was never opened */
  GtkLabel *year_label;
  GtkWidget *months[12];
  guint year; /* that the popover shows */
};

G_DEFINE_FINAL_TYPE (LuoMonthButton, luo_month_button, ADW_TYPE_BIN)

static void
show_year (LuoMonthButton *self)
{
  g_autofree char *year = g_strdup_printf ("%u", self->year);

  if (self->popover == NULL)
    return;
  gtk_label_set_label (self->year_label, year);
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *month = g_strdup_printf ("%04u-%02u", self->year, i + 1);
      g_autofree char *label = luo_format_month_short (month);

      gtk_button_set_label (GTK_BUTTON (self->months[i]), label);
      if (self->session != NULL && strcmp (month, luo_session_get_month (self->session)) == 0)
        gtk_widget_set_css_classes (self->months[i], (const char *[]){ "suggested-action", NULL });
      else
        gtk_widget_set_css_classes (self->months[i], (const char *[]){ "flat", NULL });
    }
}

static void
update (LuoMonthButton *self)
{
  g_autofree char *label = luo_format_month_short (luo_session_get_month (self->session));
  g_autofree char *full = luo_format_month (luo_session_get_month (self->session));
  /* Translators: accessible name of the button that chooses a month; %s is the month shown */
  g_autofree char *name = g_strdup_printf (_ ("Month: %s"), full);

  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->button), label);
  gtk_widget_set_tooltip_text (self->button, full);
  luo_build_set_name (self->button, name);
  self->year = luo_session_get_year (self->session);
  show_year (self);
}

static void
month_clicked_cb (LuoMonthButton *self, GtkButton *button)
{
  for (guint i = 0; i < 12; i++)
    if (self->months[i] == GTK_WIDGET (button))
      {
        g_autofree char *month = g_strdup_printf ("%04u-%02u", self->year, i + 1);

        gtk_popover_popdown (GTK_POPOVER (self->popover));
        luo_session_set_month (self->session, month);
        return;
      }
}

static void
year_before_cb (LuoMonthButton *self)
{
  if (self->year > 1949)
    self->year--;
  show_year (self);
}

static void
year_after_cb (LuoMonthButton *self)
{
  if (self->year < 2999)
    self->year++;
  show_year (self);
}

static void
luo_month_button_dispose (GObject *object)
{
  luo_month_button_set_session (LUO_MONTH_BUTTON (object), NULL);
  G_OBJECT_CLASS (luo_month_button_parent_class)->dispose (object);
}

static void
luo_month_button_class_init (LuoMonthButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = luo_month_button_dispose;
}

/* The popover is built when it is opened first: the window need not wait for it. */
static void
create_popover_cb (GtkMenuButton *button, gpointer user_data)
{
  LuoMonthButton *self = user_data;
  GtkWidget *box, *line, *grid, *before, *after;

  if (self->popover != NULL)
    return;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  grid = gtk_grid_new ();
  before = luo_build_icon_button ("go-previous-symbolic", _ ("Previous year"));
  after = luo_build_icon_button ("go-next-symbolic", _ ("Next year"));
  self->popover = gtk_popover_new ();
  self->year_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->year_label), "heading");
  gtk_widget_add_css_class (GTK_WIDGET (self->year_label), "numeric");
  gtk_widget_set_hexpand (GTK_WIDGET (self->year_label), TRUE);
  gtk_widget_add_css_class (before, "flat");
  gtk_widget_add_css_class (after, "flat");
  g_signal_connect_object (before, "clicked", G_CALLBACK (year_before_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (after, "clicked", G_CALLBACK (year_after_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (line), before);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->year_label));
  gtk_box_append (GTK_BOX (line), after);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (int i = 0; i < 12; i++)
    {
      self->months[i] = gtk_button_new_with_label ("");
      g_signal_connect_object (self->months[i], "clicked", G_CALLBACK (month_clicked_cb), self,
                               G_CONNECT_SWAPPED);
      gtk_grid_attach (GTK_GRID (grid), self->months[i], i % 4, i / 4, 1, 1);
    }
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), grid);
  gtk_popover_set_child (GTK_POPOVER (self->popover), box);
  show_year (self);
  gtk_menu_button_set_popover (button, self->popover);
}

static void
luo_month_button_init (LuoMonthButton *self)
{
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->button), create_popover_cb, self, NULL);
  gtk_menu_button_set_always_show_arrow (GTK_MENU_BUTTON (self->button), TRUE);
  adw_bin_set_child (ADW_BIN (self), self->button);
}

void
luo_month_button_set_session (LuoMonthButton *self, LuoSession *session)
{
  g_return_if_fail (LUO_IS_MONTH_BUTTON (self));

  if (self->session == session)
    return;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_func (self->session, update, self);
  g_set_object (&self->session, session);
  if (session == NULL)
    return;
  g_signal_connect_object (session, "notify::month", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
