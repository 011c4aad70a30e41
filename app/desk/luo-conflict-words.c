/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflict-private.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-keyed-place.h"
#include "luo-record-check.h"
#include "luo-text-diff.h"

static guint
this_year (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return (guint)g_date_time_get_year (now);
}

/* A file as its stub describes it. */
static char *
file_text (JsonNode *stub)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (stub) ? json_node_get_object (stub) : NULL;
  g_autofree char *size = NULL;
  g_autofree char *type = NULL;

  if (object == NULL)
    return json_to_string (stub, FALSE);
  size = g_format_size ((guint64)json_object_get_int_member_with_default (object, "length", 0));
  type = g_content_type_get_description (
      json_object_get_string_member_with_default (object, "content_type", "application/octet-stream"));
  return luo_format_join (type, size, NULL);
}

char *
luo_conflict_value_text (LuoConflict *self, const char *pointer, const char *value, const char *unit)
{
  g_autoptr (JsonNode) node = value != NULL ? json_from_string (value, NULL) : NULL;
  LuoKeyedPlace place;

  if (node == NULL)
    /* Translators: a version of a record that has no value there */
    return g_strdup (_ ("(nothing)"));
  if (g_str_has_prefix (pointer, LUO_CONFLICT_FILES))
    return file_text (node);
  luo_keyed_place_describe (luo_document_get_record_type (self->winner), pointer, &place);
  if (place.value.name == NULL)
    return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
               ? g_strdup (json_node_get_string (node))
               : g_strdup (value);
  if (unit != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    return luo_format_amount (json_node_get_int (node), unit, NULL);
  return luo_member_format (&place.value, node);
}

char *
luo_conflict_author (LuoConflict *self, LuoDocument *leaf)
{
  const char *by = luo_document_get_text (leaf, "updated_by");
  gboolean here
      = strcmp (luo_document_get_rev (leaf), luo_document_get_rev (self->leaves->pdata[self->ours])) == 0;
  g_autofree char *when = luo_format_instant (luo_document_get_text (leaf, "updated_at"), this_year ());

  /* Translators: whose version of a record it is; here: of the machine a person sits at */
  return luo_format_join (here ? _ ("This machine") : "", by != NULL ? luo_format_office (by) : _ ("unknown"),
                          when, NULL);
}

char *
luo_conflict_authors (LuoConflict *self, GPtrArray *leaves)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < leaves->len; i++)
    {
      g_autofree char *author = luo_conflict_author (self, leaves->pdata[i]);

      g_string_append_printf (out, "%s%s", i > 0 ? "\n" : "", author);
    }
  return g_string_free (out, FALSE);
}

gboolean
luo_conflict_is_narrative (LuoConflict *self, const LuoConflictMember *member)
{
  LuoKeyedPlace place;

  luo_keyed_place_describe (luo_document_get_record_type (self->winner), member->pointer, &place);
  return !member->is_file && place.value.name != NULL && place.value.kind == LUO_KIND_NARRATIVE;
}

gboolean
luo_conflict_is_typed (LuoConflict *self, const LuoConflictMember *member)
{
  LuoKeyedPlace place;

  luo_keyed_place_describe (luo_document_get_record_type (self->winner), member->pointer, &place);
  if (member->is_file || place.value.name == NULL)
    return FALSE;
  switch (place.value.kind)
    {
    case LUO_KIND_OBJECT:
    case LUO_KIND_ITEMS:
    case LUO_KIND_INTEGER_MAP:
    case LUO_KIND_TEXT_MAP:
    case LUO_KIND_RECORD:
    case LUO_KIND_INSTANT:
      return FALSE;
    default:
      return TRUE;
    }
}

static char *
text_of (const char *value)
{
  return value != NULL ? luo_json_decode_string (value, strlen (value)) : NULL;
}

char *
luo_conflict_propose (LuoConflict *self, const LuoConflictMember *member)
{
  g_autofree char *before = text_of (member->before);
  const char *ours = luo_document_get_rev (self->leaves->pdata[self->ours]);
  char *text = NULL;

  if (!luo_conflict_is_narrative (self, member))
    return NULL;
  /* Who sits here reads his own words first. */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < member->options->len; i++)
      {
        LuoConflictOption *option = member->options->pdata[i];
        g_autofree char *said = text_of (option->value);
        gboolean is_ours = FALSE;

        for (guint l = 0; l < option->leaves->len; l++)
          is_ours = is_ours || strcmp (luo_document_get_rev (option->leaves->pdata[l]), ours) == 0;
        if (said == NULL || is_ours != (pass == 0))
          continue;
        if (text == NULL)
          text = g_steal_pointer (&said);
        else
          {
            char *both = luo_text_unite (before, text, said);

            g_free (text);
            text = both;
          }
      }
  return text;
}
