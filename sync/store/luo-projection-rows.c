/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-projection.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "luo-body-cursor.h"
#include "luo-derived.h"
#include "luo-json-text.h"

/* How the rows of the projections are written. */

/* The numbers of the parameters of an INSERT: behind doc, space and id; and behind doc and n. */
#define FIRST_PARAMETER 4
#define FIRST_ITEM_PARAMETER 3

typedef struct
{
  gint64 key;
  gint64 space;
  const char *id;
  GArray *members; /* (element-type LuoBodyItem): of the body */
} Row;

/* The member of that name, or NULL. */
static const LuoBodyItem *
row_find (const Row *row, const char *name)
{
  gsize length = strlen (name);

  for (guint i = 0; i < row->members->len; i++)
    {
      const LuoBodyItem *member = &g_array_index (row->members, LuoBodyItem, i);

      if (luo_body_item_is (member, name, length))
        return member;
    }
  return NULL;
}

static void
bind_value (sqlite3_stmt *stmt, int parameter, LuoKind kind, const LuoBodyItem *item)
{
  const char first = item->value_length > 0 ? *item->value : '\0';

  switch (kind)
    {
    case LUO_KIND_INTEGER:
    case LUO_KIND_MONEY:
    case LUO_KIND_NUMBER:
      if (first == '-' || g_ascii_isdigit (first))
        luo_body_bind_number (stmt, parameter, item->value, item->value_length, kind == LUO_KIND_NUMBER);
      break;
    case LUO_KIND_BOOLEAN:
      if (first == 't' || first == 'f')
        sqlite3_bind_int (stmt, parameter, first == 't');
      break;
    default:
      if (first == '"')
        luo_body_bind_string (stmt, parameter, item->value, item->value_length);
      break;
    }
}

/* A name that is written with escapes is not found, here as in SQLite's JSON functions: nobody writes the names of the table so. */
static void
bind_column (sqlite3_stmt *stmt, const LuoTable *table, int first, const LuoBodyItem *item)
{
  for (guint i = 0; i < table->columns->len - table->n_derived; i++)
    {
      const LuoColumn *column = &g_array_index (table->columns, LuoColumn, i);

      if (luo_body_item_is (item, column->name, column->name_length))
        {
          bind_value (stmt, first + (int)i, column->kind, item);
          return;
        }
    }
}

/* Adds a member to the parts that derived columns read. */
static void
add_to_parts (const LuoTable *table, GString **parts, const LuoBodyItem *item)
{
  for (guint i = 0; i < table->parts->len; i++)
    {
      const LuoBodyPart *part = g_ptr_array_index (table->parts, i);

      for (guint j = 0; part->members[j] != NULL; j++)
        if (luo_body_item_is (item, part->members[j], strlen (part->members[j])))
          {
            if (parts[i] == NULL)
              parts[i] = g_string_sized_new (item->value_length + 32);
            g_string_append_printf (parts[i], "%c\"%s\":", parts[i]->len > 0 ? ',' : '{', part->members[j]);
            g_string_append_len (parts[i], item->value, (gssize)item->value_length);
          }
    }
}

/* Whether the statement failed for what the body holds (SQLite found something it can not compute with) and not for the
 * disk: then the document is kept with a row that holds less. */
static gboolean
is_of_the_body (LuoConnection *conn)
{
  int code = sqlite3_errcode (luo_connection_get_handle (conn)) & 0xff;

  return code == SQLITE_ERROR || code == SQLITE_TOOBIG || code == SQLITE_MISMATCH
         || code == SQLITE_CONSTRAINT;
}

static gboolean
write_bare_row (LuoConnection *conn, const LuoTable *table, const Row *row, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, table->bare, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, row->key);
  sqlite3_bind_int64 (stmt, 2, row->space);
  luo_bind_text (stmt, 3, row->id);
  return luo_connection_run (conn, stmt, error);
}

/* At most so many parts have derived columns of one type. */
#define PARTS_MAX 8

/* Binds what an INSERT of the row takes. @parts: PARTS_MAX, what derived columns read; to be freed after the statement ran */
static void
bind_row (sqlite3_stmt *stmt, const LuoTable *table, const Row *row, GString **parts)
{
  g_assert (table->parts->len <= PARTS_MAX && table->columns->len <= 64);

  sqlite3_bind_int64 (stmt, 1, row->key);
  sqlite3_bind_int64 (stmt, 2, row->space);
  luo_bind_text (stmt, 3, row->id);
  for (guint i = 0; i < row->members->len; i++)
    {
      const LuoBodyItem *member = &g_array_index (row->members, LuoBodyItem, i);

      bind_column (stmt, table, FIRST_PARAMETER, member);
      add_to_parts (table, parts, member);
    }
  for (guint i = 0; i < table->derivations->len; i++)
    {
      const LuoTableDerivation *derived = &g_array_index (table->derivations, LuoTableDerivation, i);

      derived->derivation->bind (stmt, derived->parameters, row_find (row, derived->derivation->member));
    }
  for (guint i = 0; i < table->parts->len; i++)
    {
      int parameter = FIRST_PARAMETER + (int)(table->columns->len + i);

      if (parts[i] != NULL)
        {
          g_string_append_c (parts[i], '}');
          luo_bind_text_n (stmt, parameter, parts[i]->str, parts[i]->len);
        }
      else
        luo_bind_text_n (stmt, parameter, "{}", 2);
    }
}

static void
free_parts (GString **parts)
{
  for (guint i = 0; i < PARTS_MAX; i++)
    if (parts[i] != NULL)
      g_string_free (parts[i], TRUE);
}

/* Runs a statement that writes the row. */
static gboolean
write_type_row (LuoConnection *conn, const LuoTable *table, sqlite3_stmt *stmt, const Row *row,
                GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GString *parts[PARTS_MAX] = { NULL };
  gboolean ok;

  if (stmt == NULL)
    return FALSE;
  bind_row (stmt, table, row, parts);
  ok = luo_connection_run (conn, stmt, &local_error);
  if (!ok && is_of_the_body (conn))
    {
      g_clear_error (&local_error);
      ok = write_bare_row (conn, table, row, &local_error);
    }
  free_parts (parts);
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return ok;
}

/* @changed: a bit for each column whose value is another than the row has
 * @found: FALSE where there is no row to compare with, or the body can not be computed with */
static gboolean
find_changed (LuoConnection *conn, const LuoTable *table, const Row *row, gboolean *found, guint64 *changed,
              GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GString *parts[PARTS_MAX] = { NULL };
  sqlite3_stmt *stmt = luo_connection_prepare (conn, table->same, error);
  gboolean ok;
  int step;

  *found = FALSE;
  *changed = 0;
  if (stmt == NULL)
    return FALSE;
  bind_row (stmt, table, row, parts);
  step = luo_connection_step (conn, stmt, &local_error);
  ok = step >= 0 || is_of_the_body (conn);
  *found = step > 0;
  for (guint i = 0; *found && i < table->columns->len; i++)
    if (sqlite3_column_int (stmt, (int)i) == 0)
      *changed |= G_GUINT64_CONSTANT (1) << i;
  luo_statement_done (stmt);
  free_parts (parts);
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return ok;
}

/* An UPDATE of some columns that takes the same parameters as an INSERT: its last condition only names the last one. */
static sqlite3_stmt *
prepare_update (LuoConnection *conn, const LuoTable *table, guint64 changed, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);

  g_string_append_printf (sql, "UPDATE %s SET ", table->sql);
  for (guint i = 0, n = 0; i < table->columns->len; i++)
    {
      const LuoColumn *column = &g_array_index (table->columns, LuoColumn, i);

      if ((changed & G_GUINT64_CONSTANT (1) << i) != 0)
        g_string_append_printf (sql, "%s%s = %s", n++ > 0 ? ", " : "", column->sql, column->value);
    }
  g_string_append_printf (sql, " WHERE doc = ?1 AND (?%u IS NULL OR TRUE)", table->n_parameters);
  return luo_connection_prepare_dynamic (conn, sql->str, error);
}

static gboolean
update_type_row (LuoConnection *conn, const LuoTable *table, const Row *row, GError **error)
{
  gboolean found;
  guint64 changed;

  if (!find_changed (conn, table, row, &found, &changed, error))
    return FALSE;
  if (!found)
    return write_type_row (conn, table, luo_connection_prepare (conn, table->replace, error), row, error);
  if (changed == 0)
    return TRUE;
  return write_type_row (conn, table, prepare_update (conn, table, changed, error), row, error);
}

static void
bind_item (sqlite3_stmt *stmt, const LuoTable *child, gint64 key, gint64 place, const LuoBodyItem *item)
{
  LuoBodyCursor cursor;
  LuoBodyItem inner;

  sqlite3_bind_int64 (stmt, 1, key);
  if (child->member->kind == LUO_KIND_INTEGER_MAP)
    {
      LuoBodyItem name = { .value = item->name - 1, .value_length = item->name_length + 2 };

      bind_value (stmt, 2, LUO_KIND_TEXT, &name);
      bind_value (stmt, FIRST_ITEM_PARAMETER, LUO_KIND_TEXT, &name);
      bind_value (stmt, FIRST_ITEM_PARAMETER + 1, LUO_KIND_INTEGER, item);
    }
  else
    {
      sqlite3_bind_int64 (stmt, 2, place);
      if (luo_body_enter (&cursor, item->value, item->value_length) && cursor.object)
        while (luo_body_next (&cursor, &inner))
          bind_column (stmt, child, FIRST_ITEM_PARAMETER, &inner);
    }
}

/* What is done with each item of a child table: writes it, or compares it with its row. */
typedef gboolean (*ItemFunc) (LuoConnection *conn, const LuoTable *child, gint64 key, gint64 place,
                              const LuoBodyItem *item, gpointer data, GError **error);

static gboolean
write_item (LuoConnection *conn, const LuoTable *child, gint64 key, gint64 place, const LuoBodyItem *item,
            gpointer data, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, child->insert, error);

  if (stmt == NULL)
    return FALSE;
  bind_item (stmt, child, key, place, item);
  return luo_connection_run (conn, stmt, error);
}

/* @data: how many rows have no item yet; less than 0 as soon as an item has no row that is the same */
static gboolean
compare_item (LuoConnection *conn, const LuoTable *child, gint64 key, gint64 place, const LuoBodyItem *item,
              gpointer data, GError **error)
{
  gint64 *left = data, same;
  sqlite3_stmt *stmt;

  if (*left < 0)
    return TRUE;
  stmt = luo_connection_prepare (conn, child->same, error);
  if (stmt == NULL)
    return FALSE;
  bind_item (stmt, child, key, place, item);
  if (!luo_connection_run_int (conn, stmt, &same, error))
    return FALSE;
  *left = same ? *left - 1 : -1;
  return TRUE;
}

static gboolean
each_item (LuoConnection *conn, const LuoTable *child, gint64 key, const LuoBodyItem *member, ItemFunc func,
           gpointer data, GError **error)
{
  LuoBodyCursor cursor;
  LuoBodyItem item = { NULL };

  /* An array where the table says array, an object where it says map; anything else has no items. */
  if (!luo_body_enter (&cursor, member->value, member->value_length)
      || cursor.object != (child->member->kind == LUO_KIND_INTEGER_MAP))
    return TRUE;
  for (gint64 place = 0; luo_body_next (&cursor, &item); place++)
    if (!func (conn, child, key, place, &item, data, error))
      return FALSE;
  return TRUE;
}

static gboolean
run_with_key (LuoConnection *conn, const char *sql, gint64 key, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, key);
  return luo_connection_run (conn, stmt, error);
}

static gboolean
write_children (LuoConnection *conn, const LuoTable *table, const Row *row, GError **error)
{
  for (guint i = 0; i < table->children->len; i++)
    {
      const LuoTable *child = g_ptr_array_index (table->children, i);
      const LuoBodyItem *member = row_find (row, child->member->name);

      if (member != NULL && !each_item (conn, child, row->key, member, write_item, NULL, error))
        return FALSE;
    }
  return TRUE;
}

/* Writes the rows of one child table again where they are others than those that are there. */
static gboolean
update_child (LuoConnection *conn, const LuoTable *child, const Row *row, GError **error)
{
  const LuoBodyItem *member = row_find (row, child->member->name);
  sqlite3_stmt *stmt;
  gint64 left;

  stmt = luo_connection_prepare (conn, child->count, error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, row->key);
  if (!luo_connection_run_int (conn, stmt, &left, error))
    return FALSE;
  if (member != NULL && !each_item (conn, child, row->key, member, compare_item, &left, error))
    return FALSE;
  if (left == 0)
    return TRUE;
  return run_with_key (conn, child->remove, row->key, error)
         && (member == NULL || each_item (conn, child, row->key, member, write_item, NULL, error));
}

/* Bulk loads */

/* How many new records of each type the worker of this thread has taken without a rest. A pull is no less of one load for the moments
 * in which its next batch is on the way. */
typedef struct
{
  LuoConnection *conn;
  guint *counts;  /* (owned): by the place in luo_projection_tables() */
  gint64 last;    /* monotonic time of the last one; 0: there was none */
  gboolean waits; /* indexes are missing, and are to be made after the rest */
} Bulk;

static void
free_bulk (gpointer data)
{
  g_free (((Bulk *)data)->counts);
  g_free (data);
}

static GPrivate bulk_of_thread = G_PRIVATE_INIT (free_bulk);

static Bulk *
get_bulk (LuoConnection *conn)
{
  Bulk *bulk = g_private_get (&bulk_of_thread);

  if (bulk == NULL)
    {
      bulk = g_new0 (Bulk, 1);
      bulk->counts = g_new0 (guint, luo_projection_tables ()->len);
      g_private_set (&bulk_of_thread, bulk);
    }
  if (bulk->conn != conn)
    {
      bulk->conn = conn;
      bulk->last = 0;
      bulk->waits = FALSE;
      memset (bulk->counts, 0, sizeof (guint) * luo_projection_tables ()->len);
    }
  return bulk;
}

static gboolean
drop_indexes (LuoConnection *conn, const LuoTable *table, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);

  if (table->space_index != NULL)
    g_string_append_printf (sql, "DROP INDEX IF EXISTS %s;", table->space_index);
  for (guint i = 0; i < table->columns->len; i++)
    {
      const LuoColumn *column = &g_array_index (table->columns, LuoColumn, i);

      if (column->index != NULL)
        g_string_append_printf (sql, "DROP INDEX IF EXISTS %s;", column->index);
    }
  if (!luo_connection_exec (conn, sql->str, error))
    return FALSE;
  for (guint i = 0; i < table->children->len; i++)
    if (!drop_indexes (conn, g_ptr_array_index (table->children, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
note_new_row (LuoConnection *conn, const LuoTable *table, GError **error)
{
  Bulk *bulk = get_bulk (conn);
  guint *count = &bulk->counts[table->place];
  g_autofree char *sql = NULL;
  sqlite3_stmt *stmt;
  gint64 before;

  /* The first one after a rest begins a new load. */
  if (*count % 64 == 0)
    {
      gint64 now = g_get_monotonic_time ();

      if (now - bulk->last > LUO_PROJECTION_REST_US)
        memset (bulk->counts, 0, sizeof (guint) * luo_projection_tables ()->len);
      bulk->last = now;
    }
  (*count)++;
  if (*count < LUO_PROJECTION_BULK || (*count & (*count - 1)) != 0)
    return TRUE;
  sql = g_strdup_printf ("SELECT count(*) FROM %s", table->sql);
  stmt = luo_connection_prepare_dynamic (conn, sql, error);
  if (stmt == NULL || !luo_connection_run_int (conn, stmt, &before, error))
    return FALSE;
  if (before - (gint64)*count > (gint64)*count * LUO_PROJECTION_BULK_FACTOR)
    return TRUE;
  return drop_indexes (conn, table, error);
}

/* Makes the index where it is missing. */
static gboolean
make_index (LuoConnection *conn, const LuoTable *table, const char *index, const char *column,
            GHashTable *present, gboolean *made, GError **error)
{
  g_autofree char *sql = NULL;

  if (*made || index == NULL || g_hash_table_contains (present, index))
    return TRUE;
  *made = TRUE;
  sql = g_strdup_printf ("CREATE INDEX IF NOT EXISTS %s ON %s (%s)", index, table->sql, column);
  return luo_connection_exec (conn, sql, error);
}

static gboolean
make_indexes (LuoConnection *conn, const LuoTable *table, GHashTable *present, gboolean *made, GError **error)
{
  if (!make_index (conn, table, table->space_index, "space", present, made, error))
    return FALSE;
  for (guint i = 0; i < table->columns->len; i++)
    {
      const LuoColumn *column = &g_array_index (table->columns, LuoColumn, i);

      if (!make_index (conn, table, column->index, column->sql, present, made, error))
        return FALSE;
    }
  for (guint i = 0; i < table->children->len; i++)
    if (!make_indexes (conn, g_ptr_array_index (table->children, i), present, made, error))
      return FALSE;
  return TRUE;
}

static guint
count_indexes (const LuoTable *table)
{
  guint n = table->space_index != NULL;

  for (guint i = 0; i < table->columns->len; i++)
    n += g_array_index (table->columns, LuoColumn, i).index != NULL;
  for (guint i = 0; i < table->children->len; i++)
    n += count_indexes (g_ptr_array_index (table->children, i));
  return n;
}

gboolean
luo_projection_index_step (LuoConnection *conn, gboolean *more, GError **error)
{
  g_autoptr (GHashTable) present = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *tables = luo_projection_tables ();
  Bulk *bulk = get_bulk (conn);
  sqlite3_stmt *stmt;
  guint expected = 0;
  int row;

  *more = FALSE;
  stmt = luo_connection_prepare (
      conn, "SELECT '\"' || name || '\"' FROM sqlite_schema WHERE type = 'index' AND name GLOB 'p_*'", error);
  if (stmt == NULL)
    return FALSE;
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    g_hash_table_add (present, luo_column_dup (stmt, 0));
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);

  for (guint i = 0; i < tables->len; i++)
    expected += count_indexes (g_ptr_array_index (tables, i));
  bulk->waits = g_hash_table_size (present) < expected
                && g_get_monotonic_time () - bulk->last < LUO_PROJECTION_REST_US && bulk->last != 0;
  for (guint i = 0; i < tables->len && !*more && !bulk->waits; i++)
    if (!make_indexes (conn, g_ptr_array_index (tables, i), present, more, error))
      return FALSE;
  return TRUE;
}

gint64
luo_projection_index_due (LuoConnection *conn)
{
  Bulk *bulk = get_bulk (conn);

  return bulk->waits ? bulk->last + LUO_PROJECTION_REST_US : 0;
}

void
luo_projection_end_load (LuoConnection *conn)
{
  get_bulk (conn)->last = 0;
}

/* Hooks of the core */

/* Returns: (nullable) */
static const LuoTable *
find_type_table (const char *type)
{
  GPtrArray *tables = luo_projection_tables ();

  for (guint i = 0; type != NULL && i < tables->len; i++)
    {
      const LuoTable *table = g_ptr_array_index (tables, i);

      if (strcmp (table->name, type) == 0)
        return table;
    }
  return NULL;
}

gboolean
luo_projection_update (LuoConnection *conn, gint64 key, gint64 space, const char *id, const char *type,
                       const char *body, gsize body_length, gboolean is_new, GError **error)
{
  const LuoTable *table = find_type_table (type);
  g_autoptr (GArray) members = NULL;
  Row row = { key, space, id, NULL };

  if (table == NULL)
    return TRUE;

  /* Most records have fewer members. */
  members = g_array_sized_new (FALSE, FALSE, sizeof (LuoBodyItem), 32);
  luo_body_cut (body, body_length, members);
  row.members = members;
  if (is_new)
    return note_new_row (conn, table, error)
           && write_type_row (conn, table, luo_connection_prepare (conn, table->insert, error), &row, error)
           && write_children (conn, table, &row, error);

  for (guint i = 0; i < table->children->len; i++)
    if (!update_child (conn, g_ptr_array_index (table->children, i), &row, error))
      return FALSE;
  return update_type_row (conn, table, &row, error);
}

gboolean
luo_projection_remove (LuoConnection *conn, gint64 key, const char *type, GError **error)
{
  const LuoTable *table = find_type_table (type);

  if (table == NULL)
    return TRUE;

  for (guint i = 0; i < table->children->len; i++)
    if (!run_with_key (conn, ((const LuoTable *)g_ptr_array_index (table->children, i))->remove, key, error))
      return FALSE;
  return run_with_key (conn, table->remove, key, error);
}

gboolean
luo_projection_remove_space (LuoConnection *conn, gint64 space, GError **error)
{
  GPtrArray *tables = luo_projection_tables ();

  for (guint i = 0; i < tables->len; i++)
    {
      const LuoTable *table = g_ptr_array_index (tables, i);

      for (guint j = 0; j < table->children->len; j++)
        if (!run_with_key (conn, ((const LuoTable *)g_ptr_array_index (table->children, j))->remove_space,
                           space, error))
          return FALSE;
      if (!run_with_key (conn, table->remove_space, space, error))
        return FALSE;
    }
  return TRUE;
}

/* Counts what @sql counts; adds a sentence where it is not 0. A statement that fails for what a body holds says nothing. */
static gboolean
expect_none (LuoConnection *conn, const LuoTable *table, const char *sql, GPtrArray *problems, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *stmt = luo_connection_prepare_dynamic (conn, sql, error);
  gint64 count = 0;

  if (stmt == NULL)
    return FALSE;

  luo_bind_text (stmt, 1, table->type->name);
  if (!luo_connection_run_int (conn, stmt, &count, &local_error) && !is_of_the_body (conn))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (count != 0)
    /* Translators: %s names a list by its identifier, such as project/funds */
    g_ptr_array_add (
        problems,
        g_strdup_printf (ngettext ("The list “%s” differs from its records in %d row.",
                                   "The list “%s” differs from its records in %d rows.", (gulong)count),
                         table->name, (int)count));
  return TRUE;
}

/* Projects every document of the type once more by SQLite's own JSON functions and compares the rows both ways. */
static gboolean
check_table (LuoConnection *conn, const LuoTable *table, GPtrArray *problems, GError **error)
{
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autoptr (GString) sql = g_string_new (NULL);

  g_string_append (rows, table->parent != NULL ? "SELECT doc, n" : "SELECT doc");
  for (guint i = 0; i < table->columns->len; i++)
    g_string_append_printf (rows, ", %s", g_array_index (table->columns, LuoColumn, i).sql);
  g_string_append_printf (rows, " FROM %s", table->sql);

  g_string_printf (sql, "SELECT count(*) FROM (%s EXCEPT %s)", rows->str, table->project);
  if (!expect_none (conn, table, sql->str, problems, error))
    return FALSE;
  g_string_printf (sql, "SELECT count(*) FROM (%s EXCEPT %s)", table->project, rows->str);
  if (!expect_none (conn, table, sql->str, problems, error))
    return FALSE;
  if (table->parent == NULL)
    {
      g_string_printf (sql,
                       "SELECT count(*) FROM %s AS p LEFT JOIN documents AS d ON d.key = p.doc"
                       " WHERE d.key IS NULL OR d.type IS NOT ?1 OR d.space <> p.space OR d.id <> p.id",
                       table->sql);
      if (!expect_none (conn, table, sql->str, problems, error))
        return FALSE;
    }

  for (guint i = 0; i < table->children->len; i++)
    if (!check_table (conn, g_ptr_array_index (table->children, i), problems, error))
      return FALSE;
  return TRUE;
}

gboolean
luo_projection_check (LuoConnection *conn, GPtrArray *problems, GError **error)
{
  GPtrArray *tables = luo_projection_tables ();

  for (guint i = 0; i < tables->len; i++)
    if (!check_table (conn, g_ptr_array_index (tables, i), problems, error))
      return FALSE;
  return TRUE;
}
