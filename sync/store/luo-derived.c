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

/**
 * Name: of a member that is looked for.
 */
typedef struct
{
  const char *text;
  gsize length;
} Name;

#define NAME(text)                                                                                           \
  {                                                                                                          \
    text, sizeof text - 1                                                                                    \
  }

/* Finds members of an object in one walk; the value of one that is not there is NULL. FALSE where @object is no object. */
static gboolean
find_members (const LuoBodyItem *object, const Name *names, guint n, LuoBodyItem *found)
{
  LuoBodyCursor cursor;
  LuoBodyItem item;

  for (guint i = 0; i < n; i++)
    found[i].value = NULL;
  if (!luo_body_enter (&cursor, object->value, object->value_length) || !cursor.object)
    return FALSE;
  while (luo_body_next (&cursor, &item))
    for (guint i = 0; i < n; i++)
      if (luo_body_item_is (&item, names[i].text, names[i].length))
        {
          found[i] = item;
          break;
        }
  return TRUE;
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

/* The members of a stage. */
enum
{
  STAGE_NAME,
  STAGE_ON,
  STAGE_PLANNED,
  N_STAGE_MEMBERS,
};
static const Name stage_members[] = { NAME ("stage"), NAME ("on"), NAME ("planned") };

/* Where a stage stands in the order: -1 where it names none, 0 where it is not in it. */
static int
rank_stage (const LuoBodyItem *stage)
{
  g_autofree char *name = NULL;
  const char *found;
  Text text = { NULL };

  if (stage->value == NULL || stage->value_length == 0 || stage->value[0] == 'n')
    return -1;
  text_read (&text, stage);
  if (text.text == NULL)
    return 0;
  name = g_strndup (text.text, text.length);
  text_clear (&text);
  found = strstr (stage_order, name);
  return found != NULL ? (int)(found - stage_order) + 1 : 0;
}

/* Takes the text of @item where it is less than @least, or the first. */
static void
take_least (Text *least, const LuoBodyItem *item)
{
  Text text = { NULL };

  text_read (&text, item);
  if (text.text != NULL && (least->text == NULL || text_compare (&text, least) < 0))
    text_move (least, &text);
  text_clear (&text);
}

/* The last stage that has a day (of one day the later in the order; else the one that stands later), that day, and the earliest day
 * that a stage without one is planned for. */
static void
bind_stages (sqlite3_stmt *stmt, const int *parameters, const LuoBodyItem *stages)
{
  LuoBodyCursor cursor;
  LuoBodyItem item = { NULL }, last = { NULL }, last_members[N_STAGE_MEMBERS], members[N_STAGE_MEMBERS];
  Text last_on = { NULL }, on = { NULL }, planned = { NULL };

  if (stages == NULL || !luo_body_enter (&cursor, stages->value, stages->value_length))
    return;
  while (luo_body_next (&cursor, &item))
    {
      int order = -1;

      if (!find_members (&item, stage_members, N_STAGE_MEMBERS, members))
        continue;
      if (members[STAGE_ON].value == NULL)
        {
          if (members[STAGE_PLANNED].value != NULL)
            take_least (&planned, &members[STAGE_PLANNED]);
          continue;
        }
      text_read (&on, &members[STAGE_ON]);
      if (on.text == NULL)
        continue;
      if (last.value != NULL)
        {
          order = text_compare (&last_on, &on);
          if (order == 0)
            order = rank_stage (&last_members[STAGE_NAME]) - rank_stage (&members[STAGE_NAME]);
          if (order == 0 && cursor.object)
            {
              order = memcmp (last.name, item.name, MIN (last.name_length, item.name_length));
              if (order == 0)
                order = last.name_length < item.name_length ? -1 : 1;
            }
        }
      if (order > 0)
        continue;
      text_move (&last_on, &on);
      last = item;
      memcpy (last_members, members, sizeof members);
    }
  if (last.value != NULL && last_members[STAGE_NAME].value != NULL)
    bind_any (stmt, parameters[0], &last_members[STAGE_NAME]);
  bind_text (stmt, parameters[1], &last_on);
  bind_text (stmt, parameters[2], &planned);
  text_clear (&on);
  text_clear (&last_on);
  text_clear (&planned);
}

/* Adds an amount where it is a whole number. */
static void
add_amount (double *sum, gboolean *any, const LuoBodyItem *amount)
{
  char digits[64];

  if (amount->value == NULL || amount->value_length >= sizeof digits)
    return;
  memcpy (digits, amount->value, amount->value_length);
  digits[amount->value_length] = '\0';
  if ((digits[0] != '-' && !g_ascii_isdigit (digits[0])) || strpbrk (digits, ".eE") != NULL)
    return;
  *any = TRUE;
  /* So many digits fit an integer, which is read much faster; either is exact for an amount of money. */
  *sum += amount->value_length <= 15 ? (double)g_ascii_strtoll (digits, NULL, 10)
                                     : g_ascii_strtod (digits, NULL);
}

static void
bind_funds (sqlite3_stmt *stmt, const int *parameters, const LuoBodyItem *funds)
{
  static const Name amounts[] = { NAME ("allocated_fen"), NAME ("disbursed_fen"), NAME ("used_fen") };
  LuoBodyCursor cursor;
  LuoBodyItem item = { NULL }, found[G_N_ELEMENTS (amounts)];
  gboolean any[G_N_ELEMENTS (amounts)] = { FALSE };
  double sums[G_N_ELEMENTS (amounts)] = { 0 };

  if (funds == NULL || !luo_body_enter (&cursor, funds->value, funds->value_length))
    return;
  while (luo_body_next (&cursor, &item))
    if (find_members (&item, amounts, G_N_ELEMENTS (amounts), found))
      for (guint i = 0; i < G_N_ELEMENTS (amounts); i++)
        add_amount (&sums[i], &any[i], &found[i]);
  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++)
    {
      if (!any[i])
        continue;
      /* As SQLite casts: what does not fit is the greatest or least that does. */
      if (sums[i] >= (double)G_MAXINT64)
        sqlite3_bind_int64 (stmt, parameters[i], G_MAXINT64);
      else if (sums[i] <= (double)G_MININT64)
        sqlite3_bind_int64 (stmt, parameters[i], G_MININT64);
      else
        sqlite3_bind_int64 (stmt, parameters[i], (gint64)sums[i]);
    }
}

/* How many findings are open, and the earliest day that one of them is due. */
static void
bind_findings (sqlite3_stmt *stmt, const int *parameters, const LuoBodyItem *findings)
{
  static const Name names[] = { NAME ("solved_on"), NAME ("due") };
  LuoBodyCursor cursor;
  LuoBodyItem item = { NULL }, found[G_N_ELEMENTS (names)];
  Text due = { NULL };
  int open = 0;

  if (findings != NULL && luo_body_enter (&cursor, findings->value, findings->value_length))
    while (luo_body_next (&cursor, &item))
      if (find_members (&item, names, G_N_ELEMENTS (names), found) && found[0].value == NULL)
        {
          open++;
          if (found[1].value != NULL)
            take_least (&due, &found[1]);
        }
  sqlite3_bind_int (stmt, parameters[0], open);
  bind_text (stmt, parameters[1], &due);
  text_clear (&due);
}

static const LuoDerivation derivations[] = {
  { "project", "stages", { "stage", "stage_on", "next_planned" }, bind_stages },
  { "project", "funds", { "allocated_fen", "disbursed_fen", "used_fen" }, bind_funds },
  { "visit", "findings", { "open_findings", "next_due" }, bind_findings },
};

const LuoDerivation *
luo_derivation_find (const char *type, const char *column, guint *place)
{
  for (gsize i = 0; i < G_N_ELEMENTS (derivations); i++)
    for (guint j = 0; j < LUO_DERIVATION_COLUMNS && derivations[i].columns[j] != NULL; j++)
      if (strcmp (derivations[i].type, type) == 0 && strcmp (derivations[i].columns[j], column) == 0)
        {
          *place = j;
          return &derivations[i];
        }
  return NULL;
}
