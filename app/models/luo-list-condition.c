/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-list-condition.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-format.h"

void
luo_list_condition_free (LuoListCondition *self)
{
  if (self == NULL)
    return;
  g_free (self->column);
  g_free (self->value);
  g_free (self->until);
  g_free (self->words);
  g_strfreev (self->among);
  g_free (self);
}

/* What a value with an equals sign may be besides itself. */
static void
parse_equal (LuoListCondition *self)
{
  char *dots = strstr (self->value, "..");

  if (strcmp (self->column, "id") == 0)
    {
      self->among = g_strsplit (self->value, "|", -1);
    }
  else if (dots != NULL)
    {
      self->until = g_strdup (dots + 2);
      *dots = '\0';
    }
}

LuoListCondition *
luo_list_condition_parse (const char *text)
{
  static const struct
  {
    const char *sign;
    LuoOperator op;
  } signs[] = {
    { "!=", LUO_NOT_EQUAL }, { "<=", LUO_AT_MOST }, { ">=", LUO_AT_LEAST },
    { "<", LUO_LESS },       { ">", LUO_GREATER },  { "=", LUO_EQUAL },
  };
  gsize length;
  LuoListCondition *self;

  g_return_val_if_fail (text != NULL, NULL);

  length = strcspn (text, "!<>=");
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    {
      const char *value = text + length + strlen (signs[i].sign);
      const char *tab;

      if (length == 0 || !g_str_has_prefix (text + length, signs[i].sign))
        continue;
      tab = strchr (value, '\t');
      self = g_new0 (LuoListCondition, 1);
      self->column = g_strndup (text, length);
      self->op = signs[i].op;
      self->value = tab != NULL ? g_strndup (value, (gsize)(tab - value)) : g_strdup (value);
      self->words = tab != NULL ? g_strdup (tab + 1) : NULL;
      if (*self->value == '\0')
        self->op = self->op == LUO_NOT_EQUAL ? LUO_PRESENT : LUO_ABSENT;
      else if (self->op == LUO_EQUAL)
        parse_equal (self);
      return self;
    }
  return NULL;
}

LuoListCondition *
luo_list_condition_new_equal (const char *column, const char *value)
{
  LuoListCondition *self = g_new0 (LuoListCondition, 1);

  self->column = g_strdup (column);
  self->op = LUO_EQUAL;
  self->value = g_strdup (value);
  return self;
}

const LuoMember *
luo_list_condition_member (const LuoRecordType *type, const char *column)
{
  const char *slash = strchr (column, '/');
  g_autofree char *name = slash != NULL ? g_strndup (column, (gsize)(slash - column)) : g_strdup (column);
  const LuoMember *member = luo_record_type_member (type, name);

  if (slash == NULL || member == NULL)
    return member;
  for (const LuoMember *item = member->members; item != NULL && item->name != NULL; item++)
    if (strcmp (item->name, slash + 1) == 0)
      return item;
  return NULL;
}

const char *
luo_list_condition_label (const LuoRecordType *type, const char *column)
{
  const LuoMember *member = luo_list_condition_member (type, column);
  const LuoDerived *derived = luo_record_type_derived (type, column);

  return member != NULL ? _ (member->label) : derived != NULL ? _ (derived->label) : column;
}

static char *
describe_value (const LuoListCondition *self, const LuoRecordType *type, const char *value)
{
  const LuoMember *member = luo_list_condition_member (type, self->column);
  const LuoDerived *derived = luo_record_type_derived (type, self->column);
  LuoKind kind = member != NULL ? member->kind : derived != NULL ? derived->kind : LUO_KIND_TEXT;
  const LuoChoice *choices = member != NULL ? member->choices : derived != NULL ? derived->choices : NULL;

  if (kind == LUO_KIND_DATE)
    return luo_format_date (value, 0);
  if (choices != NULL)
    return g_strdup (luo_choice_label (choices, value));
  return g_strdup (value);
}

char *
luo_list_condition_describe (const LuoListCondition *self, const LuoRecordType *type)
{
  const char *label;
  g_autofree char *value = NULL;
  g_autofree char *until = NULL;

  g_return_val_if_fail (self != NULL && type != NULL, NULL);

  if (self->words != NULL)
    return g_strdup (self->words);
  label = luo_list_condition_label (type, self->column);
  value = describe_value (self, type, self->value);
  if (self->until != NULL)
    {
      until = describe_value (self, type, self->until);
      /* Translators: a condition of a list: from … to …; mostly days */
      return g_strdup_printf (_ ("%1$s to %2$s"), value, until);
    }
  if (self->among != NULL)
    {
      guint n = g_strv_length (self->among);

      return g_strdup_printf (ngettext ("%u chosen record", "%u chosen records", n), n);
    }
  switch (self->op)
    {
    case LUO_ABSENT:
      /* Translators: a condition of a list: a member is not there */
      return g_strdup_printf (_ ("No %s"), label);
    case LUO_PRESENT:
      return g_strdup_printf (_ ("With %s"), label);
    case LUO_NOT_EQUAL:
      return g_strdup_printf ("%s ≠ %s", label, value);
    case LUO_LESS:
      return g_strdup_printf ("%s < %s", label, value);
    case LUO_AT_MOST:
      return g_strdup_printf ("%s ≤ %s", label, value);
    case LUO_GREATER:
      return g_strdup_printf ("%s > %s", label, value);
    case LUO_AT_LEAST:
      return g_strdup_printf ("%s ≥ %s", label, value);
    case LUO_EQUAL:
    default:
      return g_steal_pointer (&value);
    }
}

void
luo_list_condition_apply (const LuoListCondition *self, LuoQuery *query, const char *items)
{
  const char *column;

  g_return_if_fail (self != NULL && query != NULL);

  column = self->column;
  if (items != NULL && g_str_has_prefix (column, items) && column[strlen (items)] == '/')
    column += strlen (items) + 1;
  if (self->among != NULL)
    {
      luo_query_where_in (query, column, (const char *const *)self->among);
    }
  else if (self->until != NULL)
    {
      luo_query_where (query, column, LUO_AT_LEAST, self->value);
      luo_query_where (query, column, LUO_AT_MOST, self->until);
    }
  else
    {
      luo_query_where (query, column, self->op, self->value);
    }
}
