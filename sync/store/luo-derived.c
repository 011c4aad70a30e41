/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-derived.h"

#include <errno.h>
#include <string.h>

#include "luo-json-text.h"

/* The order of stages, as the SQL of the record table has it. */
static const char stage_order[] = "confirmed requested funded tendered design construction built operating";

/**
 * Text: a JSON string's content, decoded only where it has escapes.
 */
typedef struct
{
  const char *text; /* (nullable): NULL where the value is no string */
  gsize length;
  char *decoded; /* (owned) (nullable) */
} Text;

static void
text_clear (Text *self)
{
  g_clear_pointer (&self->decoded, g_free);
  self->text = NULL;
}

static void
text_read (Text *self, const LuoBodyItem *item)
{
  text_clear (self);
  if (item->value_length < 2 || item->value[0] != '"')
    return;
  if (memchr (item->value, '\\', item->value_length) == NULL)
    {
      self->text = item->value + 1;
      self->length = item->value_length - 2;
      return;
    }
  self->decoded = luo_json_decode_string (item->value, item->value_length);
  self->text = self->decoded;
  self->length = self->decoded != NULL ? strlen (self->decoded) : 0;
}

static int
text_compare (const Text *a, const Text *b)
{
  int order = memcmp (a->text, b->text, MIN (a->length, b->length));

  if (order != 0)
    return order;
  return a->length < b->length ? -1 : a->length > b->length;
}

static void
text_move (Text *to, Text *from)
{
  text_clear (to);
  *to = *from;
  from->decoded = NULL;
  from->text = NULL;
}

static void
bind_text (sqlite3_stmt *stmt, int parameter, Text *text)
{
  if (text->text == NULL)
    return;
  /* What was decoded goes with the statement; what was not stands in the body. */
  if (text->decoded != NULL)
    sqlite3_bind_text (stmt, parameter, g_steal_pointer (&text->decoded), (int)text->length, g_free);
  else
    sqlite3_bind_text (stmt, parameter, text->text, (int)text->length, SQLITE_STATIC);
}

/* Finds a member of an object. FALSE where @object is no object or has none. */
static gboolean
find_member (const LuoBodyItem *object, const char *name, LuoBodyItem *found)
{
  gsize length = strlen (name);
  LuoBodyCursor cursor;

  if (!luo_body_enter (&cursor, object->value, object->value_length) || !cursor.object)
    return FALSE;
  while (luo_body_next (&cursor, found))
    if (luo_body_item_is (found, name, length))
      return TRUE;
  return FALSE;
}

void
luo_body_bind_string (sqlite3_stmt *stmt, int parameter, const char *value, gsize length)
{
  if (memchr (value, '\\', length) == NULL)
    sqlite3_bind_text64 (stmt, parameter, value + 1, length - 2, SQLITE_STATIC, SQLITE_UTF8);
  else
    sqlite3_bind_text (stmt, parameter, luo_json_decode_string (value, length), -1, g_free);
}

void
luo_body_bind_number (sqlite3_stmt *stmt, int parameter, const char *value, gsize length,
                      gboolean real_allowed)
{
  char digits[64];
  gboolean real;
  gint64 integer;

  if (length >= sizeof digits)
    return;
  memcpy (digits, value, length);
  digits[length] = '\0';
  real = strpbrk (digits, ".eE") != NULL;
  if (real && !real_allowed)
    return;

  errno = 0;
  integer = real ? 0 : g_ascii_strtoll (digits, NULL, 10);
  if (real || errno == ERANGE)
    sqlite3_bind_double (stmt, parameter, g_ascii_strtod (digits, NULL));
  else
    sqlite3_bind_int64 (stmt, parameter, integer);
}

/* Binds any value as json_extract() gives it: an array or object is its text without white space. */
static void
bind_any (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *item)
{
  char first = item->value_length > 0 ? item->value[0] : 'n';
  gboolean in_string = FALSE;
  GString *out;

  if (first == '"')
    luo_body_bind_string (stmt, parameter, item->value, item->value_length);
  else if (first == 't' || first == 'f')
    sqlite3_bind_int (stmt, parameter, first == 't');
  else if (first == '-' || g_ascii_isdigit (first))
    luo_body_bind_number (stmt, parameter, item->value, item->value_length, TRUE);
  if (first != '{' && first != '[')
    return;

  out = g_string_sized_new (item->value_length);
  for (gsize i = 0; i < item->value_length; i++)
    {
      char c = item->value[i];

      if (in_string && c == '\\' && i + 1 < item->value_length)
        {
          g_string_append_c (out, c);
          c = item->value[++i];
        }
      else if (c == '"')
        {
          in_string = !in_string;
        }
      else if (!in_string && g_ascii_isspace (c))
        {
          continue;
        }
      g_string_append_c (out, c);
    }
  sqlite3_bind_text (stmt, parameter, out->str, (int)out->len, SQLITE_TRANSIENT);
  g_string_free (out, TRUE);
}

/* Where a stage stands in the order: -1 where it names none, 0 where it is not in it. */
static int
rank_stage (const LuoBodyItem *item)
{
  LuoBodyItem stage;
  g_autofree char *name = NULL;
  const char *found;
  Text text = { NULL };

  if (!find_member (item, "stage", &stage) || stage.value_length == 0 || stage.value[0] == 'n')
    return -1;
  text_read (&text, &stage);
  if (text.text == NULL)
    return 0;
  name = g_strndup (text.text, text.length);
  text_clear (&text);
  found = strstr (stage_order, name);
  return found != NULL ? (int)(found - stage_order) + 1 : 0;
}

/* The last stage that has a day; of one day the later in the order; else the one that stands later. */
static gboolean
find_last_stage (const LuoBodyItem *stages, LuoBodyItem *last)
{
  LuoBodyCursor cursor;
  LuoBodyItem item = { NULL }, on;
  Text last_on = { NULL }, this_on = { NULL };
  gboolean found = FALSE;

  if (stages == NULL || !luo_body_enter (&cursor, stages->value, stages->value_length))
    return FALSE;
  while (luo_body_next (&cursor, &item))
    {
      int order;

      if (!find_member (&item, "on", &on))
        continue;
      text_read (&this_on, &on);
      if (this_on.text == NULL)
        continue;
      order = found ? text_compare (&last_on, &this_on) : -1;
      if (order == 0)
        order = rank_stage (last) - rank_stage (&item);
      if (order == 0 && cursor.object)
        {
          order = memcmp (last->name, item.name, MIN (last->name_length, item.name_length));
          if (order == 0)
            order = last->name_length < item.name_length ? -1 : 1;
        }
      if (order > 0)
        continue;
      text_move (&last_on, &this_on);
      *last = item;
      found = TRUE;
    }
  text_clear (&this_on);
  text_clear (&last_on);
  return found;
}

static void
bind_last_stage (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member, const char *name)
{
  LuoBodyItem last = { NULL }, value;

  if (find_last_stage (member, &last) && find_member (&last, name, &value))
    bind_any (stmt, parameter, &value);
}

static void
bind_stage (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member)
{
  bind_last_stage (stmt, parameter, member, "stage");
}

static void
bind_stage_on (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member)
{
  bind_last_stage (stmt, parameter, member, "on");
}

/* The least text of @name over the objects that have no member @without. */
static void
bind_least (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member, const char *name,
            const char *without)
{
  LuoBodyCursor cursor;
  LuoBodyItem item = { NULL }, value;
  Text least = { NULL }, text = { NULL };

  if (member == NULL || !luo_body_enter (&cursor, member->value, member->value_length))
    return;
  while (luo_body_next (&cursor, &item))
    {
      if (find_member (&item, without, &value) || !find_member (&item, name, &value))
        continue;
      text_read (&text, &value);
      if (text.text != NULL && (least.text == NULL || text_compare (&text, &least) < 0))
        text_move (&least, &text);
    }
  text_clear (&text);
  bind_text (stmt, parameter, &least);
  text_clear (&least);
}

static void
bind_next_planned (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member)
{
  bind_least (stmt, parameter, member, "planned", "on");
}

static void
bind_next_due (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member)
{
  bind_least (stmt, parameter, member, "due", "solved_on");
}

static void
bind_open_findings (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member)
{
  LuoBodyCursor cursor;
  LuoBodyItem item = { NULL }, value;
  int open = 0;

  if (member != NULL && luo_body_enter (&cursor, member->value, member->value_length))
    while (luo_body_next (&cursor, &item))
      open += item.value_length > 0 && item.value[0] == '{' && !find_member (&item, "solved_on", &value);
  sqlite3_bind_int (stmt, parameter, open);
}

static void
bind_sum (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member, const char *name)
{
  LuoBodyCursor cursor;
  LuoBodyItem item = { NULL }, value;
  gboolean any = FALSE;
  double sum = 0;

  if (member == NULL || !luo_body_enter (&cursor, member->value, member->value_length))
    return;
  while (luo_body_next (&cursor, &item))
    {
      char digits[64];

      if (!find_member (&item, name, &value) || value.value_length >= sizeof digits)
        continue;
      memcpy (digits, value.value, value.value_length);
      digits[value.value_length] = '\0';
      if ((digits[0] != '-' && !g_ascii_isdigit (digits[0])) || strpbrk (digits, ".eE") != NULL)
        continue;
      any = TRUE;
      sum += g_ascii_strtod (digits, NULL);
    }
  if (!any)
    return;
  /* As SQLite casts: what does not fit is the greatest or least that does. */
  if (sum >= (double)G_MAXINT64)
    sqlite3_bind_int64 (stmt, parameter, G_MAXINT64);
  else if (sum <= (double)G_MININT64)
    sqlite3_bind_int64 (stmt, parameter, G_MININT64);
  else
    sqlite3_bind_int64 (stmt, parameter, (gint64)sum);
}

static void
bind_allocated (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member)
{
  bind_sum (stmt, parameter, member, "allocated_fen");
}

static void
bind_disbursed (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member)
{
  bind_sum (stmt, parameter, member, "disbursed_fen");
}

static void
bind_used (sqlite3_stmt *stmt, int parameter, const LuoBodyItem *member)
{
  bind_sum (stmt, parameter, member, "used_fen");
}

static const struct
{
  const char *type, *column, *member;
  LuoDerivedBind bind;
} derived[] = {
  { "project", "stage", "stages", bind_stage },
  { "project", "stage_on", "stages", bind_stage_on },
  { "project", "next_planned", "stages", bind_next_planned },
  { "project", "allocated_fen", "funds", bind_allocated },
  { "project", "disbursed_fen", "funds", bind_disbursed },
  { "project", "used_fen", "funds", bind_used },
  { "visit", "open_findings", "findings", bind_open_findings },
  { "visit", "next_due", "findings", bind_next_due },
};

LuoDerivedBind
luo_derived_find (const char *type, const char *column, const char **member)
{
  for (gsize i = 0; i < G_N_ELEMENTS (derived); i++)
    if (strcmp (derived[i].type, type) == 0 && strcmp (derived[i].column, column) == 0)
      {
        *member = derived[i].member;
        return derived[i].bind;
      }
  return NULL;
}
