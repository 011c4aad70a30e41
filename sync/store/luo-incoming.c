/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-document-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "luo-json-text.h"
#include "luo-revision.h"
#include "luo-store-error.h"

/** The longest id in bytes: it has to fit a URL (replication.md 19) and an index page. */
#define ID_MAX 1024

static gboolean
set_invalid (GError **error, const char *member)
{
  g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
               _ ("The member %s of a document is not as expected."), member);
  return FALSE;
}

gboolean
luo_id_check (const char *id, GError **error)
{
  gsize length = strlen (id);

  if (length == 0 || length > ID_MAX || (id[0] == '_' && !g_str_has_prefix (id, "_design/"))
      || !g_utf8_validate (id, (gssize)length, NULL))
    {
      g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                           _ ("The identifier of a document is empty, too long or begins with “_”."));
      return FALSE;
    }
  return TRUE;
}

static gboolean
name_is (const LuoJsonMember *member, const char *name)
{
  gsize length = strlen (name);

  return member->name_length == length && memcmp (member->name, name, length) == 0;
}

/* A name may hide its underscore behind an escape. */
static gboolean
name_is_special (const LuoJsonMember *member)
{
  if (member->name_length == 0)
    return FALSE;
  return member->name[0] == '_'
         || (member->name_length >= 6 && g_ascii_strncasecmp (member->name, "\\u005f", 6) == 0);
}

static char *
read_string (const LuoJsonMember *member)
{
  if (member->value_length >= 2 && member->value[0] == '"')
    return luo_json_decode_string (member->value, member->value_length);
  return NULL;
}

/* The text was checked to be JSON before, so only its shape is looked at here. */
static char **
read_revisions (const LuoJsonMember *member, GError **error)
{
  g_autoptr (GPtrArray) history = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  const LuoJsonMember *start_member = NULL, *ids_member = NULL;
  const char *p, *end;
  gint64 start;

  if (member->value[0] != '{' || !luo_json_cut (member->value, member->value_length, parts, NULL))
    {
      set_invalid (error, "_revisions");
      return NULL;
    }
  for (guint i = 0; i < parts->len; i++)
    {
      const LuoJsonMember *part = &g_array_index (parts, LuoJsonMember, i);

      if (name_is (part, "start"))
        start_member = part;
      else if (name_is (part, "ids"))
        ids_member = part;
    }
  if (start_member == NULL || ids_member == NULL || ids_member->value[0] != '[')
    {
      set_invalid (error, "_revisions");
      return NULL;
    }

  start = g_ascii_strtoll (start_member->value, NULL, 10);
  p = ids_member->value + 1;
  end = ids_member->value + ids_member->value_length;
  while (p < end)
    {
      const char *close;
      char rev[96];

      if (*p != '"')
        {
          if (*p != ',' && *p != ']' && !g_ascii_isspace (*p))
            {
              set_invalid (error, "_revisions");
              return NULL;
            }
          p++;
          continue;
        }

      p++;
      close = memchr (p, '"', (gsize)(end - p));
      if (close == NULL || close - p > 64 || start < 1 || start > 999999999)
        {
          set_invalid (error, "_revisions");
          return NULL;
        }
      /* Longer histories than are kept are cut here already. */
      if (history->len < LUO_REVS_LIMIT)
        {
          g_snprintf (rev, sizeof rev, "%" G_GINT64_FORMAT "-%.*s", start, (int)(close - p), p);
          if (luo_rev_parse (rev, NULL) == NULL)
            {
              set_invalid (error, "_revisions");
              return NULL;
            }
          g_ptr_array_add (history, g_strdup (rev));
        }
      start--;
      p = close + 1;
    }

  if (history->len == 0)
    {
      set_invalid (error, "_revisions");
      return NULL;
    }
  g_ptr_array_add (history, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&history), FALSE);
}

LuoIncoming *
luo_incoming_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (LuoIncoming) self = NULL;
  g_autoptr (GArray) members = g_array_sized_new (FALSE, FALSE, sizeof (LuoJsonMember), 24);
  g_autofree char *rev = NULL;
  const char *run = NULL, *run_end = NULL;
  char *out;

  g_return_val_if_fail (text != NULL, NULL);

  if (!luo_json_cut (text, length, members, error))
    return NULL;

  self = g_new0 (LuoIncoming, 1);
  self->body = out = g_malloc (length + 1);
  *out++ = '{';

  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);

      if (!name_is_special (member))
        {
          /* Members that stand side by side are copied at once, with whatever is between them. */
          if (run == NULL)
            run = member->start;
          run_end = member->value + member->value_length;
          if (name_is (member, "type"))
            self->record_type = read_string (member);
          continue;
        }

      if (run != NULL)
        {
          if (out - self->body > 1)
            *out++ = ',';
          memcpy (out, run, (gsize)(run_end - run));
          out += run_end - run;
          run = NULL;
        }

      if (name_is (member, "_id"))
        {
          self->id = read_string (member);
          if (self->id == NULL)
            {
              set_invalid (error, "_id");
              return NULL;
            }
          if (!luo_id_check (self->id, error))
            return NULL;
        }
      else if (name_is (member, "_rev"))
        {
          rev = read_string (member);
          if (rev == NULL || luo_rev_parse (rev, NULL) == NULL)
            {
              set_invalid (error, "_rev");
              return NULL;
            }
        }
      else if (name_is (member, "_deleted"))
        {
          if (member->value[0] != 't' && member->value[0] != 'f')
            {
              set_invalid (error, "_deleted");
              return NULL;
            }
          self->deleted = member->value[0] == 't';
        }
      else if (name_is (member, "_attachments"))
        {
          if (member->value[0] != '{')
            {
              set_invalid (error, "_attachments");
              return NULL;
            }
          self->attachments = g_strndup (member->value, member->value_length);
        }
      else if (name_is (member, "_revisions"))
        {
          self->history = read_revisions (member, error);
          if (self->history == NULL)
            return NULL;
        }
      else if (!name_is (member, "_conflicts") && !name_is (member, "_deleted_conflicts")
               && !name_is (member, "_revs_info") && !name_is (member, "_local_seq"))
        {
          g_autofree char *name = g_strndup (member->name, MIN (member->name_length, 80));

          g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                       _ ("A document may not have the member %s: names with “_” are reserved."), name);
          return NULL;
        }
    }

  if (run != NULL)
    {
      if (out - self->body > 1)
        *out++ = ',';
      memcpy (out, run, (gsize)(run_end - run));
      out += run_end - run;
    }
  *out++ = '}';
  *out = '\0';

  if (self->history == NULL)
    {
      self->history = g_new0 (char *, 2);
      self->history[0] = g_steal_pointer (&rev);
    }
  else if (rev != NULL && strcmp (self->history[0], rev) != 0)
    {
      set_invalid (error, "_revisions");
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
luo_incoming_free (LuoIncoming *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_strfreev (self->history);
  g_free (self->body);
  g_free (self->attachments);
  g_free (self->record_type);
  g_free (self);
}

char *
luo_body_record_type (const char *body, gsize length)
{
  g_autoptr (GArray) members = g_array_sized_new (FALSE, FALSE, sizeof (LuoJsonMember), 24);

  if (!luo_json_cut (body, length, members, NULL))
    return NULL;
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);

      if (name_is (member, "type"))
        return read_string (member);
    }
  return NULL;
}

gboolean
luo_body_check (const char *body, char **type, GError **error)
{
  g_autoptr (GArray) members = g_array_sized_new (FALSE, FALSE, sizeof (LuoJsonMember), 24);

  *type = NULL;
  if (!luo_json_cut (body, strlen (body), members, error))
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);

      if (name_is_special (member))
        {
          g_autofree char *name = g_strndup (member->name, MIN (member->name_length, 80));

          g_clear_pointer (type, g_free);
          g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                       _ ("A document may not have the member %s: names with “_” are reserved."), name);
          return FALSE;
        }
      if (*type == NULL && name_is (member, "type"))
        *type = read_string (member);
    }
  return TRUE;
}
