/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-title.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-format.h"
#include "luo-read.h"

static char *
or_unnamed (const char *text)
{
  return g_strdup (text != NULL ? text : _ ("Unnamed"));
}

char *
luo_title_of (LuoDocument *document)
{
  const char *type = luo_document_get_record_type (document);
  JsonObject *object = luo_document_get_object (document);

  if (strcmp (type, "task") == 0)
    {
      gint64 number;
      const char *title = luo_read_text (object, "title");

      if (luo_read_int (object, "number", &number) && title != NULL)
        return g_strdup_printf ("%" G_GINT64_FORMAT " · %s", number, title);
      return or_unnamed (title);
    }
  if (strcmp (type, "progress") == 0)
    {
      g_autofree char *month = luo_format_month (luo_read_text (object, "month"));
      const char *task = luo_read_text (object, "task");
      const char *number = task != NULL ? strrchr (task, ':') : NULL;

      /* Translators: the name of a progress record: number of the task, month, office */
      return g_strdup_printf (_ ("%1$s · progress %2$s · %3$s"), number != NULL ? number + 1 : "?", month,
                              luo_format_office (luo_read_text (object, "office")));
    }
  if (strcmp (type, "training") == 0)
    return or_unnamed (luo_read_text (object, "topic"));
  if (strcmp (type, "visit") == 0)
    {
      const char *community = luo_read_text (object, "community");

      return g_strdup (community != NULL ? community
                                         : luo_format_office (luo_read_text (object, "district")));
    }
  return or_unnamed (luo_read_text (object, "name"));
}

static int
stage_order (const char *stage)
{
  for (int i = 0; luo_stage_choices[i].value != NULL; i++)
    if (strcmp (luo_stage_choices[i].value, stage) == 0)
      return i;
  return -1;
}

const char *
luo_title_stage (JsonObject *project, const char **on)
{
  JsonArray *stages = luo_read_array (project, "stages");
  const char *last = NULL, *last_on = NULL;

  for (guint i = 0; i < luo_read_length (stages); i++)
    {
      JsonObject *item = luo_read_item (stages, i);
      const char *stage = luo_read_text (item, "stage");
      const char *day = luo_read_text (item, "on");
      int order = g_strcmp0 (day, last_on);

      if (stage == NULL || day == NULL)
        continue;
      if (last == NULL || order > 0 || (order == 0 && stage_order (stage) > stage_order (last)))
        {
          last = stage;
          last_on = day;
        }
    }
  if (on != NULL)
    *on = last_on;
  return last;
}

gboolean
luo_title_funds (JsonObject *project, const char *member, gint64 *fen)
{
  JsonArray *funds = luo_read_array (project, "funds");
  gboolean any = FALSE;

  *fen = 0;
  for (guint i = 0; i < luo_read_length (funds); i++)
    {
      gint64 amount;

      if (luo_read_int (luo_read_item (funds, i), member, &amount) && amount >= 0
          && amount <= G_GINT64_CONSTANT (9007199254740991))
        {
          *fen += amount;
          any = TRUE;
        }
    }
  return any;
}
