/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-date-button.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "luo-build.h"

struct _LuoDateButton
{
  AdwBin parent_instance;

  GtkWidget *button;
  GtkWidget *popover;
  GtkCalendar *calendar;
  char *date; /* (owned) (nullable) */
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (LuoDateButton, luo_date_button, ADW_TYPE_BIN)

enum
{
  PROP_DATE = 1,
  N_PROPS,
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
day_selected_cb (LuoDateButton *self)
{
  g_autoptr (GDateTime) day = NULL;
  g_autofree char *date = NULL;

  if (self->showing)
    return;
  day = gtk_calendar_get_date (self->calendar);
  date = g_date_time_format (day, "%Y-%m-%d");
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  g_signal_emit (self, signals[CHOSEN], 0, date);
}

static void
popover_shown_cb (LuoDateButton *self)
{
  int year, month, day;
  g_autoptr (GDateTime) time = NULL;

  if (self->date == NULL || sscanf (self->date, "%4d-%2d-%2d", &year, &month, &day) != 3)
    return;
  time = g_date_time_new_local (year, month, day, 0, 0, 0);
  if (time == NULL)
    return;
  self->showing = TRUE;
  gtk_calendar_select_day (self->calendar, time);
  self->showing = FALSE;
}

static void
luo_date_button_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_DATE:
      g_value_set_string (value, LUO_DATE_BUTTON (object)->date);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_date_button_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LuoDateButton *self = LUO_DATE_BUTTON (object);

  switch (id)
    {
    case PROP_DATE:
      g_free (self->date);
      self->date = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
luo_date_button_finalize (GObject *object)
{
  g_free (LUO_DATE_BUTTON (object)->date);
  G_OBJECT_CLASS (luo_date_button_parent_class)->finalize (object);
}

static void
luo_date_button_class_init (LuoDateButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = luo_date_button_get_property;
  object_class->set_property = luo_date_button_set_property;
  object_class->finalize = luo_date_button_finalize;
  properties[PROP_DATE]
      = g_param_spec_string ("date", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
luo_date_button_init (LuoDateButton *self)
{
  self->button = gtk_menu_button_new ();
  self->popover = gtk_popover_new ();
  self->calendar = GTK_CALENDAR (gtk_calendar_new ());
  gtk_popover_set_child (GTK_POPOVER (self->popover), GTK_WIDGET (self->calendar));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), self->popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->button), "x-office-calendar-symbolic");
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_set_tooltip_text (self->button, _ ("Choose a day"));
  luo_build_set_name (self->button, _ ("Choose a day"));
  g_signal_connect_object (self->calendar, "day-selected", G_CALLBACK (day_selected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->popover, "show", G_CALLBACK (popover_shown_cb), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), self->button);
}

GtkWidget *
luo_date_button_new (void)
{
  return g_object_new (LUO_TYPE_DATE_BUTTON, NULL);
}
