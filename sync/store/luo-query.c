/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-query-private.h"

static void
clear_condition (gpointer data)
{
  LuoCondition *condition = data;

  g_free (condition->column);
  g_strfreev (condition->values);
}

static void
clear_sort (gpointer data)
{
  g_free (((LuoSort *)data)->column);
}

LuoQuery *
luo_query_new (const char *type)
{
  LuoQuery *self = g_new0 (LuoQuery, 1);

  self->type = g_strdup (type != NULL ? type : "");
  self->conditions = g_array_new (FALSE, FALSE, sizeof (LuoCondition));
  self->sorts = g_array_new (FALSE, FALSE, sizeof (LuoSort));
  g_array_set_clear_func (self->conditions, clear_condition);
  g_array_set_clear_func (self->sorts, clear_sort);
  return self;
}

LuoQuery *
luo_query_copy (const LuoQuery *self)
{
  LuoQuery *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = luo_query_new (self->type);
  copy->space = g_strdup (self->space);
  copy->words = g_strdup (self->words);
  copy->offset = self->offset;
  copy->limit = self->limit;
  for (guint i = 0; i < self->conditions->len; i++)
    {
      LuoCondition condition = g_array_index (self->conditions, LuoCondition, i);

      condition.column = g_strdup (condition.column);
      condition.values = g_strdupv (condition.values);
      g_array_append_val (copy->conditions, condition);
    }
  for (guint i = 0; i < self->sorts->len; i++)
    {
      LuoSort sort = g_array_index (self->sorts, LuoSort, i);

      sort.column = g_strdup (sort.column);
      g_array_append_val (copy->sorts, sort);
    }
  return copy;
}

void
luo_query_free (LuoQuery *self)
{
  if (self == NULL)
    return;

  g_free (self->type);
  g_free (self->space);
  g_free (self->words);
  g_array_unref (self->conditions);
  g_array_unref (self->sorts);
  g_free (self);
}

void
luo_query_set_space (LuoQuery *self, const char *space)
{
  g_return_if_fail (self != NULL);

  g_free (self->space);
  self->space = g_strdup (space);
}

void
luo_query_where (LuoQuery *self, const char *column, LuoOperator op, const char *value)
{
  LuoCondition condition = { 0 };
  const char *values[] = { value != NULL ? value : "", NULL };

  g_return_if_fail (self != NULL);
  g_return_if_fail (column != NULL);

  condition.column = g_strdup (column);
  condition.op = op;
  condition.values = g_strdupv ((char **)values);
  g_array_append_val (self->conditions, condition);
}

void
luo_query_where_in (LuoQuery *self, const char *column, const char *const *values)
{
  LuoCondition condition = { 0 };

  g_return_if_fail (self != NULL);
  g_return_if_fail (column != NULL);
  g_return_if_fail (values != NULL);

  condition.column = g_strdup (column);
  condition.in = TRUE;
  condition.values = g_strdupv ((char **)values);
  g_array_append_val (self->conditions, condition);
}

void
luo_query_set_words (LuoQuery *self, const char *words)
{
  g_return_if_fail (self != NULL);

  g_free (self->words);
  self->words = g_strdup (words);
}

void
luo_query_sort (LuoQuery *self, const char *column, gboolean descending)
{
  LuoSort sort = { g_strdup (column), descending };

  g_return_if_fail (self != NULL);
  g_return_if_fail (column != NULL);

  g_array_append_val (self->sorts, sort);
}

void
luo_query_set_limit (LuoQuery *self, guint offset, guint limit)
{
  g_return_if_fail (self != NULL);

  self->offset = offset;
  self->limit = limit;
}

void
luo_group_free (LuoGroup *self)
{
  if (self == NULL)
    return;

  g_strfreev (self->by);
  g_free (self->sums);
  g_free (self);
}

void
luo_item_row_free (LuoItemRow *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->space);
  g_strfreev (self->values);
  g_free (self);
}
