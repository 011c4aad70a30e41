/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-overview-door.h"

#include "luo-build.h"

#define DOOR "luo-door"

typedef struct
{
  LuoFigure figure; /* its conditions are those of @where */
  GStrv where;      /* (owned): the conditions, and the sum as the list wants it */
  char *record;     /* (owned) (nullable) */
} Door;

static void
door_free (gpointer data)
{
  Door *door = data;

  g_strfreev (door->where);
  g_free (door->record);
  g_free (door);
}

static void
clicked_cb (LuoPage *page, GtkWidget *button)
{
  const Door *door = g_object_get_data (G_OBJECT (button), DOOR);

  if (door->record != NULL)
    luo_page_open_record (page, door->record);
  else
    luo_page_open_list (page, door->figure.list, (const char *const *)door->where);
}

static void
add_door (LuoPage *page, GtkWidget *button, Door *door)
{
  g_object_set_data_full (G_OBJECT (button), DOOR, door, door_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (clicked_cb), page, G_CONNECT_SWAPPED);
}

GtkWidget *
luo_door_new (GtkWidget *child, const char *name)
{
  GtkWidget *button = gtk_button_new ();

  gtk_button_set_child (GTK_BUTTON (button), child);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "door");
  luo_build_set_name (button, name);
  return button;
}

void
luo_door_lead_to_record (LuoPage *page, GtkWidget *button, const char *id)
{
  Door *door;

  g_return_if_fail (id != NULL);

  door = g_new0 (Door, 1);
  door->record = g_strdup (id);
  add_door (page, button, door);
}

void
luo_door_lead_to_list (LuoPage *page, GtkWidget *button, const LuoFigure *figure)
{
  Door *door;
  guint n = 0;

  g_return_if_fail (figure != NULL && figure->list != NULL);

  door = g_new0 (Door, 1);
  door->figure = *figure;
  door->where = g_new0 (char *, G_N_ELEMENTS (figure->where) + 2);
  for (; n < G_N_ELEMENTS (figure->where) && figure->where[n] != NULL; n++)
    door->figure.where[n] = door->where[n] = g_strdup (figure->where[n]);
  if (figure->sum != NULL)
    door->where[n] = g_strconcat (LUO_PAGE_SUM, figure->sum, NULL);
  gtk_widget_set_sensitive (button, figure->value != 0);
  add_door (page, button, door);
}

const LuoFigure *
luo_door_get_figure (GtkWidget *button)
{
  const Door *door = g_object_get_data (G_OBJECT (button), DOOR);

  return door != NULL && door->record == NULL ? &door->figure : NULL;
}
