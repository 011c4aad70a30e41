/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-query-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

void
luo_field_clear (LuoField *self)
{
  g_clear_pointer (&self->sql, g_free);
}

static void
clear_bind (gpointer data)
{
  g_free (((LuoBind *)data)->text);
}

static void
clear_term (gpointer data)
{
  LuoTerm *term = data;

  g_free (term->sql);
  g_free (term->keys);
}

guint
luo_select_bind_text (LuoSelect *self, const char *text)
{
  LuoBind bind = { .text = g_strdup (text) };

  g_array_append_val (self->binds, bind);
  return self->binds->len;
}

static guint
bind_integer (LuoSelect *self, gint64 value)
{
  LuoBind bind = { .integer = value };

  g_array_append_val (self->binds, bind);
  return self->binds->len;
}

const char *
luo_select_key (const LuoSelect *self)
{
  return self->table != NULL ? "p.doc" : "d.key";
}

const char *
luo_select_id (const LuoSelect *self)
{
  return self->table != NULL ? "p.id" : "d.id";
}

const char *
luo_select_space (const LuoSelect *self)
{
  return self->table != NULL ? "(SELECT name FROM spaces WHERE spaces.id = p.space)"
                             : "(SELECT name FROM spaces WHERE spaces.id = d.space)";
}

static gboolean
fail_column (const LuoSelect *self, const char *name, GError **error)
{
  g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
               /* Translators: a member's name, then the name of a list */
               _ ("“%s” is no column of the list “%s”."), name, self->query->type);
  return FALSE;
}

/* A member that has no column, by its path: "lamp/colour", "readings/centres". Read from the body. */
static gboolean
body_field (LuoSelect *self, const char *name, LuoField *field, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);
  const LuoRecordType *type = self->table != NULL ? self->table->type : NULL;
  const LuoMember *member = NULL;
  g_autoptr (GString) path = g_string_new ("$");

  if (parts[0] == NULL || strchr (name, '"') != NULL)
    return fail_column (self, name, error);

  if (type != NULL)
    {
      member = luo_record_type_member (type, parts[0]);
    }
  else
    {
      for (const LuoMember *common = luo_common_members; common->name != NULL; common++)
        if (strcmp (common->name, parts[0]) == 0)
          member = common;
    }
  if (member == NULL)
    return fail_column (self, name, error);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_string_append_printf (path, ".\"%s\"", parts[i]);
      if (i == 0)
        continue;
      if (member != NULL && member->kind == LUO_KIND_OBJECT)
        {
          const LuoMember *found = NULL;

          for (const LuoMember *m = member->members; m != NULL && m->name != NULL; m++)
            if (strcmp (m->name, parts[i]) == 0)
              found = m;
          if (found == NULL && member->members != NULL)
            return fail_column (self, name, error);
          member = found;
        }
      else if (member != NULL && (member->kind == LUO_KIND_INTEGER_MAP || member->kind == LUO_KIND_TEXT_MAP))
        {
          member = NULL;
        }
      else
        {
          return fail_column (self, name, error);
        }
    }

  self->documents = TRUE;
  field->sql = g_strdup_printf ("json_extract (d.body, ?%u)", luo_select_bind_text (self, path->str));
  field->kind = member != NULL ? member->kind : LUO_KIND_TEXT;
  field->derived = member == NULL;
  return TRUE;
}

gboolean
luo_select_field (LuoSelect *self, const char *name, LuoField *field, GError **error)
{
  const LuoColumn *column;

  memset (field, 0, sizeof *field);
  field->kind = LUO_KIND_TEXT;

  if (self->child != NULL && (column = luo_table_column (self->child, name)) != NULL)
    {
      field->sql = g_strdup_printf ("c.%s", column->sql);
      field->kind = column->kind;
      return TRUE;
    }
  if (self->table != NULL && (column = luo_table_column (self->table, name)) != NULL)
    {
      field->sql = g_strdup_printf ("p.%s", column->sql);
      field->kind = column->kind;
      field->derived = column->derived;
      field->index = self->child == NULL ? column->index : NULL;
      return TRUE;
    }
  if (strcmp (name, "id") == 0)
    {
      field->sql = g_strdup (luo_select_id (self));
    }
  else if (strcmp (name, "space") == 0)
    {
      field->sql = g_strdup (luo_select_space (self));
    }
  else if (strcmp (name, "type") == 0)
    {
      self->documents = TRUE;
      field->sql = g_strdup ("d.type");
    }
  else if (strcmp (name, "not_understood") == 0)
    {
      self->documents = TRUE;
      field->sql = g_strdup ("d.not_understood");
    }
  else if (strcmp (name, "pending") == 0)
    {
      self->documents = TRUE;
      field->sql = g_strdup ("(d.pending > 0)");
      field->kind = LUO_KIND_INTEGER;
    }
  else if (strcmp (name, "conflicts") == 0)
    {
      self->documents = TRUE;
      field->sql = g_strdup ("d.conflicts");
      field->kind = LUO_KIND_INTEGER;
    }
  else
    {
      return body_field (self, name, field, error);
    }
  return TRUE;
}

/* Binds a value as what the column holds. Returns 0 with @error where it can not be. */
static guint
bind_value (LuoSelect *self, const char *name, const LuoField *field, const char *value, GError **error)
{
  gint64 integer;
  char *end = NULL;

  if (value == NULL)
    value = "";
  if (field->kind == LUO_KIND_BOOLEAN && (strcmp (value, "true") == 0 || strcmp (value, "false") == 0))
    return bind_integer (self, value[0] == 't');
  if (field->kind == LUO_KIND_INTEGER || field->kind == LUO_KIND_MONEY || field->kind == LUO_KIND_BOOLEAN
      || field->derived)
    {
      if (g_ascii_string_to_signed (value, 10, G_MININT64, G_MAXINT64, &integer, NULL))
        return bind_integer (self, integer);
      if (field->derived)
        return luo_select_bind_text (self, value);
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                   _ ("A whole number was expected for “%s”, not “%s”."), name, value);
      return 0;
    }
  if (field->kind == LUO_KIND_NUMBER)
    {
      LuoBind bind = { .real = TRUE, .number = g_ascii_strtod (value, &end) };

      if (end == value || *end != '\0')
        {
          g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                       _ ("A number was expected for “%s”, not “%s”."), name, value);
          return 0;
        }
      g_array_append_val (self->binds, bind);
      return self->binds->len;
    }
  return luo_select_bind_text (self, value);
}

/* Takes @sql. @keys: (transfer full) (nullable) */
static void
add_term_with_keys (LuoSelect *self, char *sql, const char *index, char *keys)
{
  LuoTerm term = { .sql = sql, .index = index, .keys = keys };

  g_array_append_val (self->terms, term);
}

static void
add_term (LuoSelect *self, char *sql, const char *index)
{
  char *keys = NULL;

  if (index != NULL)
    keys = g_strdup_printf ("SELECT p.doc FROM %s AS p INDEXED BY %s WHERE %s", self->table->sql, index, sql);
  add_term_with_keys (self, sql, index, keys);
}

/* "(?1, ?2)" of the values. */
static char *
bind_list (LuoSelect *self, const char *name, const LuoField *field, char **values, GError **error)
{
  g_autoptr (GString) list = g_string_new ("(");

  for (guint i = 0; values[i] != NULL; i++)
    {
      guint n = bind_value (self, name, field, values[i], error);

      if (n == 0)
        return NULL;
      g_string_append_printf (list, "%s?%u", i > 0 ? ", " : "", n);
    }
  g_string_append_c (list, ')');
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static gboolean
compile_space (LuoSelect *self, char **values, GError **error)
{
  LuoField field = { .kind = LUO_KIND_TEXT };
  g_autofree char *list = bind_list (self, "space", &field, values, error);
  const char *alias = self->table != NULL ? "p" : "d";

  if (list == NULL)
    return FALSE;
  add_term (
      self,
      g_strdup_printf ("%s.space IN (SELECT spaces.id FROM spaces WHERE spaces.name IN %s)", alias, list),
      self->child == NULL && self->table != NULL ? self->table->space_index : NULL);
  return TRUE;
}

/* Few records are pending or in conflict, and documents has an index of just those. */
static gboolean
compile_few (LuoSelect *self, const LuoCondition *condition, gint64 value)
{
  const char *few = NULL;

  if (strcmp (condition->column, "pending") == 0 && condition->op == LUO_EQUAL && value == 1)
    few = "INDEXED BY documents_pending WHERE few.pending > 0";
  else if (strcmp (condition->column, "conflicts") == 0
           && ((condition->op == LUO_GREATER && value == 0) || (condition->op == LUO_AT_LEAST && value == 1)))
    few = "INDEXED BY documents_conflicts WHERE few.conflicts > 0";
  if (few == NULL)
    return FALSE;

  add_term_with_keys (
      self, g_strdup_printf ("%s IN (SELECT few.key FROM documents AS few %s)", luo_select_key (self), few),
      NULL, g_strdup_printf ("SELECT few.key FROM documents AS few %s", few));
  return TRUE;
}

/* Returns: (transfer full): SQL of one condition on @field; NULL with @error where its value can not be compared. */
static char *
condition_sql (LuoSelect *self, const LuoCondition *condition, const LuoField *field, GError **error)
{
  static const char *const operators[] = { "=", "IS NOT", "<", "<=", ">", ">=" };
  guint n;

  if (condition->in)
    {
      g_autofree char *list = bind_list (self, condition->column, field, condition->values, error);

      return list != NULL ? g_strdup_printf ("%s IN %s", field->sql, list) : NULL;
    }
  if (condition->op == LUO_PRESENT || condition->op == LUO_ABSENT)
    return g_strdup_printf ("%s IS %s", field->sql, condition->op == LUO_ABSENT ? "NULL" : "NOT NULL");

  n = bind_value (self, condition->column, field, condition->values[0], error);
  if (n == 0)
    return NULL;
  /* A set holds the value or not. What is no array, since the record is not valid, holds itself. */
  if (field->kind == LUO_KIND_TEXTS && condition->op <= LUO_NOT_EQUAL)
    return g_strdup_printf (
        "?%u %s (SELECT t.value FROM json_each (CASE WHEN json_valid (%s) THEN %s ELSE '[]'"
        " END) AS t)",
        n, condition->op == LUO_EQUAL ? "IN" : "NOT IN", field->sql, field->sql);
  return g_strdup_printf ("%s %s ?%u", field->sql, operators[condition->op], n);
}

static gboolean
compile_condition (LuoSelect *self, const LuoCondition *condition, GError **error)
{
  g_auto (LuoField) field = { 0 };
  char *sql;
  gboolean by_index;

  if (strcmp (condition->column, "space") == 0 && (condition->in || condition->op == LUO_EQUAL))
    return compile_space (self, condition->values, error);

  if (!luo_select_field (self, condition->column, &field, error))
    return FALSE;
  sql = condition_sql (self, condition, &field, error);
  if (sql == NULL)
    return FALSE;
  if (!condition->in && condition->op < LUO_PRESENT && field.kind != LUO_KIND_TEXTS
      && compile_few (self, condition, g_array_index (self->binds, LuoBind, self->binds->len - 1).integer))
    {
      g_free (sql);
      return TRUE;
    }
  by_index
      = condition->in
        || (condition->op != LUO_NOT_EQUAL && condition->op != LUO_PRESENT && field.kind != LUO_KIND_TEXTS);
  add_term (self, sql, by_index ? field.index : NULL);
  return TRUE;
}

/* The table of the items that "funds/source" speaks of and, in @column, the column of it; NULL where it is no such path. */
static const LuoTable *
find_items (LuoSelect *self, const char *path, const LuoColumn **column)
{
  const char *slash = strchr (path, '/');
  const LuoTable *items;
  g_autofree char *name = NULL;

  if (slash == NULL || self->table == NULL)
    return NULL;
  name = g_strdup_printf ("%s/%.*s", self->type, (int)(slash - path), path);
  items = luo_projection_find (name);
  if (items == NULL || items->member->kind != LUO_KIND_ITEMS)
    return NULL;
  *column = luo_table_column (items, slash + 1);
  return *column != NULL ? items : NULL;
}

/* Conditions on the items of one member are met by a record that has one item which meets them all: money of the province that
 * has been used is not money of the province beside money of the city that has. Compiles those of @items from the @first on. */
static gboolean
compile_items (LuoSelect *self, guint first, const LuoTable *items, GError **error)
{
  g_autoptr (GString) select = g_string_new (NULL);

  g_string_append_printf (select, "SELECT DISTINCT i.doc FROM %s AS i WHERE", items->sql);
  for (guint i = first; i < self->query->conditions->len; i++)
    {
      const LuoCondition *condition = &g_array_index (self->query->conditions, LuoCondition, i);
      const LuoColumn *column = NULL;
      g_auto (LuoField) field = { 0 };
      g_autofree char *sql = NULL;

      if (find_items (self, condition->column, &column) != items)
        continue;
      field.sql = g_strdup_printf ("i.%s", column->sql);
      field.kind = column->kind;
      sql = condition_sql (self, condition, &field, error);
      if (sql == NULL)
        return FALSE;
      g_string_append_printf (select, "%s %s", i > first ? " AND" : "", sql);
    }
  add_term_with_keys (self, g_strdup_printf ("%s IN (%s)", luo_select_key (self), select->str), NULL,
                      g_strdup (select->str));
  return TRUE;
}

/* Each condition on its own, those on the items of one member together, where the first of them stands. */
static gboolean
compile_conditions (LuoSelect *self, GError **error)
{
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < self->query->conditions->len; i++)
    {
      const LuoCondition *condition = &g_array_index (self->query->conditions, LuoCondition, i);
      const LuoColumn *column = NULL;
      const LuoTable *items = find_items (self, condition->column, &column);

      if (items == NULL ? !compile_condition (self, condition, error)
                        : g_hash_table_add (done, (gpointer)items) && !compile_items (self, i, items, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
luo_select_init (LuoSelect *self, const LuoQuery *query, GError **error)
{
  const LuoTable *table;

  memset (self, 0, sizeof *self);
  self->query = query;
  self->binds = g_array_new (FALSE, FALSE, sizeof (LuoBind));
  self->terms = g_array_new (FALSE, FALSE, sizeof (LuoTerm));
  g_array_set_clear_func (self->binds, clear_bind);
  g_array_set_clear_func (self->terms, clear_term);

  table = luo_projection_find (query->type);
  if (table != NULL)
    {
      self->child = table->parent != NULL ? table : NULL;
      self->table = table->parent != NULL ? table->parent : table;
      self->type = self->table->type->name;
    }
  else
    {
      if (strchr (query->type, '/') != NULL)
        {
          g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID, _ ("There is no list “%s”."),
                       query->type);
          return FALSE;
        }
      self->documents = TRUE;
      add_term (self, g_strdup ("NOT d.deleted"), NULL);
      if (*query->type != '\0')
        {
          self->type = query->type;
          add_term (self, g_strdup_printf ("d.type = ?%u", luo_select_bind_text (self, query->type)), NULL);
        }
      else
        /* The history of records is none of them. */
        add_term (self, g_strdup ("d.type <> 'edit'"), NULL);
    }

  if (query->space != NULL)
    {
      char *values[] = { query->space, NULL };

      if (!compile_space (self, values, error))
        return FALSE;
    }
  return compile_conditions (self, error);
}

void
luo_select_clear (LuoSelect *self)
{
  g_clear_pointer (&self->binds, g_array_unref);
  g_clear_pointer (&self->terms, g_array_unref);
  g_clear_pointer (&self->index, g_free);
}

void
luo_select_append_from (LuoSelect *self, GString *sql, const char *before)
{
  const char *join = "";

  g_string_append (sql, " FROM ");
  if (before != NULL)
    {
      g_string_append (sql, before);
      join = " CROSS JOIN ";
    }

  if (self->table == NULL)
    {
      g_string_append_printf (sql, "%sdocuments AS d", join);
      if (before != NULL)
        g_string_append (sql, " ON d.key = j.value");
      return;
    }

  g_string_append_printf (sql, "%s%s AS p", join, self->table->sql);
  if (self->index != NULL && before == NULL)
    g_string_append_printf (sql, " INDEXED BY %s", self->index);
  if (before != NULL)
    g_string_append (sql, " ON p.doc = j.value");
  if (self->child != NULL)
    g_string_append_printf (sql, " JOIN %s AS c ON c.doc = p.doc", self->child->sql);
  /* From p to d, never the other way round: bodies are what costs. */
  if (self->documents)
    g_string_append (sql, " CROSS JOIN documents AS d ON d.key = p.doc");
}

void
luo_select_append_terms (LuoSelect *self, GString *sql)
{
  for (guint i = 0; i < self->terms->len; i++)
    g_string_append_printf (sql, " AND %s", g_array_index (self->terms, LuoTerm, i).sql);
}

void
luo_select_append_open_terms (LuoSelect *self, GString *sql)
{
  for (guint i = 0; i < self->terms->len; i++)
    if (!g_array_index (self->terms, LuoTerm, i).covered)
      g_string_append_printf (sql, " AND %s", g_array_index (self->terms, LuoTerm, i).sql);
}

void
luo_select_append_index_terms (LuoSelect *self, GString *sql)
{
  for (guint i = 0; i < self->terms->len; i++)
    if (g_strcmp0 (g_array_index (self->terms, LuoTerm, i).index, self->index) == 0)
      g_string_append_printf (sql, " AND %s", g_array_index (self->terms, LuoTerm, i).sql);
}

gboolean
luo_select_is_covered (const LuoSelect *self)
{
  for (guint i = 0; i < self->terms->len; i++)
    if (!g_array_index (self->terms, LuoTerm, i).covered)
      return FALSE;
  return TRUE;
}

gboolean
luo_select_append_order (LuoSelect *self, GString *sql, gboolean by_id, GError **error)
{
  gboolean descending = FALSE;

  g_string_append (sql, " ORDER BY ");
  for (guint i = 0; i < self->query->sorts->len; i++)
    {
      const LuoSort *sort = &g_array_index (self->query->sorts, LuoSort, i);
      g_auto (LuoField) field = { 0 };

      if (!luo_select_field (self, sort->column, &field, error))
        return FALSE;
      descending = sort->descending;
      g_string_append_printf (sql, "%s%s, ", field.sql, descending ? " DESC" : "");
    }
  if (by_id)
    g_string_append (sql, luo_select_id (self));
  else
    /* The index has the key behind the column, so the key runs the way the column does. */
    g_string_append_printf (sql, "%s%s", luo_select_key (self), descending ? " DESC" : "");
  if (self->child != NULL)
    g_string_append (sql, ", c.n");
  return TRUE;
}

static gboolean
index_exists (LuoConnection *conn, const char *quoted)
{
  sqlite3_stmt *stmt = luo_connection_prepare (
      conn, "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND '\"' || name || '\"' = ?1", NULL);
  gint64 count = 0;

  if (stmt == NULL)
    return FALSE;
  luo_bind_text (stmt, 1, quoted);
  return luo_connection_run_int (conn, stmt, &count, NULL) && count > 0;
}

/* SQLite's planner takes one index for a list, and looks up each of its rows to see about the other conditions and the order. So
 * the keys of each selective condition are read from its index alone and intersected. What is left is sorted, or the index of
 * the order is walked, and only the rows that are in the set are looked up. */
gboolean
luo_select_read_keys (LuoSelect *self, LuoConnection *conn, LuoKeySet **set, GError **error)
{
  g_autoptr (LuoKeySet) result = NULL;

  *set = NULL;
  if (self->table == NULL || self->child != NULL)
    return TRUE;

  for (guint i = 0; i < self->terms->len && (result == NULL || result->count > LUO_QUERY_KEYS_FEW); i++)
    {
      LuoTerm *term = &g_array_index (self->terms, LuoTerm, i);
      g_autoptr (LuoKeySet) keys = NULL;
      g_autofree char *sql = NULL;
      sqlite3_stmt *stmt;
      guint n = 0;
      int row = 0;

      if (term->keys == NULL || (term->index != NULL && !index_exists (conn, term->index)))
        continue;
      keys = luo_key_set_new ();
      sql = g_strdup_printf ("%s LIMIT %d", term->keys, LUO_QUERY_KEYS_MAX + 1);
      stmt = luo_select_prepare (self, conn, sql, error);
      if (stmt == NULL)
        return FALSE;
      for (; n <= LUO_QUERY_KEYS_MAX && (row = luo_connection_step (conn, stmt, error)) > 0; n++)
        {
          gint64 key = sqlite3_column_int64 (stmt, 0);

          if (result == NULL || luo_key_set_contains (result, key))
            luo_key_set_add (keys, key);
        }
      if (row < 0)
        return FALSE;
      luo_statement_done (stmt);
      if (n > LUO_QUERY_KEYS_MAX)
        continue;

      term->covered = TRUE;
      luo_key_set_free (result);
      result = g_steal_pointer (&keys);
    }

  *set = g_steal_pointer (&result);
  return TRUE;
}

gboolean
luo_select_use_sort_index (LuoSelect *self, LuoConnection *conn, GError **error)
{
  g_auto (LuoField) sort = { 0 };

  if (self->table == NULL || self->child != NULL || self->query->sorts->len == 0)
    return TRUE;
  if (!luo_select_field (self, g_array_index (self->query->sorts, LuoSort, 0).column, &sort, error))
    return FALSE;
  if (sort.index != NULL && index_exists (conn, sort.index))
    self->index = g_strdup (sort.index);
  return TRUE;
}

sqlite3_stmt *
luo_select_prepare (LuoSelect *self, LuoConnection *conn, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare_dynamic (conn, sql, error);
  guint n;

  if (stmt == NULL)
    return NULL;

  n = MIN ((guint)sqlite3_bind_parameter_count (stmt), self->binds->len);
  for (guint i = 0; i < n; i++)
    {
      const LuoBind *bind = &g_array_index (self->binds, LuoBind, i);

      if (bind->text != NULL)
        luo_bind_text (stmt, (int)i + 1, bind->text);
      else if (bind->real)
        sqlite3_bind_double (stmt, (int)i + 1, bind->number);
      else
        sqlite3_bind_int64 (stmt, (int)i + 1, bind->integer);
    }
  return stmt;
}
