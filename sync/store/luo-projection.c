/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-projection.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* Changed by hand where the statements below change without the record table changing. */
#define PROJECTION_FORMAT "1"

/* An SQL expression for the value at @path of the JSON text @source, NULL where it is of another kind than the table says.
 * (nullable): kinds that have no column. */
static char *
value_sql (LuoKind kind, const char *source, const char *path)
{
  const char *json_type = NULL;

  switch (kind)
    {
    case LUO_KIND_TEXT:
    case LUO_KIND_NARRATIVE:
    case LUO_KIND_CHOICE:
    case LUO_KIND_DATE:
    case LUO_KIND_MONTH:
    case LUO_KIND_INSTANT:
    case LUO_KIND_DISTRICT:
    case LUO_KIND_OFFICE:
    case LUO_KIND_RECORD:
    case LUO_KIND_DOCUMENT:
      json_type = "text";
      break;
    case LUO_KIND_INTEGER:
    case LUO_KIND_MONEY:
      json_type = "integer";
      break;
    case LUO_KIND_NUMBER:
      return g_strdup_printf ("CASE WHEN json_type (%1$s, '$.%2$s') IN ('integer', 'real')"
                              " THEN json_extract (%1$s, '$.%2$s') END",
                              source, path);
    case LUO_KIND_BOOLEAN:
      return g_strdup_printf ("CASE json_type (%1$s, '$.%2$s') WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
                              source, path);
    case LUO_KIND_TEXTS:
      json_type = "array";
      break;
    case LUO_KIND_OBJECT:
    case LUO_KIND_ITEMS:
    case LUO_KIND_INTEGER_MAP:
    case LUO_KIND_TEXT_MAP:
      return NULL;
    }

  return g_strdup_printf (
      "CASE json_type (%1$s, '$.%2$s') WHEN '%3$s' THEN json_extract (%1$s, '$.%2$s') END", source, path,
      json_type);
}

/* Whether lists sort or filter by the column often enough to pay for its index at every insert. */
static gboolean
kind_is_indexed (LuoKind kind)
{
  return kind != LUO_KIND_NARRATIVE && kind != LUO_KIND_TEXTS;
}

static void
add_column (LuoTable *self, const char *name, LuoKind kind, gboolean derived, gboolean indexed)
{
  LuoColumn column = { .name = name, .kind = kind, .derived = derived };

  column.sql = g_strdup_printf ("\"%s\"", name);
  if (indexed)
    {
      if (self->parent != NULL)
        column.index = g_strdup_printf ("\"p_%s_%s_%s\"", self->type->name, self->member->name, name);
      else
        column.index = g_strdup_printf ("\"p_%s_%s\"", self->type->name, name);
    }
  g_array_append_val (self->columns, column);
}

static void
table_init (LuoTable *self, const LuoRecordType *type, const LuoMember *member, const LuoTable *parent)
{
  self->type = type;
  self->member = member;
  self->parent = parent;
  self->columns = g_array_new (FALSE, FALSE, sizeof (LuoColumn));
  self->children = g_ptr_array_new ();
  if (member != NULL)
    {
      self->name = g_strdup_printf ("%s/%s", type->name, member->name);
      self->sql = g_strdup_printf ("\"p_%s_%s\"", type->name, member->name);
    }
  else
    {
      self->name = g_strdup (type->name);
      self->sql = g_strdup_printf ("\"p_%s\"", type->name);
    }
}

/* Ends the statements of a table whose column names and values were gathered. */
static void
table_finish (LuoTable *self, const char *fixed, const char *names, const char *primary_key,
              const char *options)
{
  GString *create = g_string_new (NULL);

  g_string_append_printf (create, "DROP TABLE IF EXISTS %s;\nCREATE TABLE %s (%s%s%s)%s;\n", self->sql,
                          self->sql, fixed, names, primary_key, options);
  for (guint i = 0; i < self->columns->len; i++)
    {
      const LuoColumn *column = &g_array_index (self->columns, LuoColumn, i);

      if (column->index != NULL)
        g_string_append_printf (create, "CREATE INDEX %s ON %s (%s);\n", column->index, self->sql,
                                column->sql);
    }
  self->create = g_string_free (create, FALSE);
  self->remove = g_strdup_printf ("DELETE FROM %s WHERE doc = ?1", self->sql);
}

static LuoTable *
child_table_new (const LuoTable *parent, const LuoMember *member)
{
  LuoTable *self = g_new0 (LuoTable, 1);
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) values = g_string_new (NULL);

  table_init (self, parent->type, member, parent);

  if (member->kind == LUO_KIND_INTEGER_MAP)
    {
      add_column (self, "key", LUO_KIND_TEXT, FALSE, FALSE);
      add_column (self, "value", LUO_KIND_INTEGER, FALSE, FALSE);
      g_string_append (names, ", \"key\", \"value\"");
      g_string_append (values, ", e.key, CASE e.type WHEN 'integer' THEN e.value END");
    }
  else
    {
      for (const LuoMember *m = member->members; m != NULL && m->name != NULL; m++)
        {
          g_autofree char *value = (m->flags & (LUO_MEMBER_COLUMN | LUO_MEMBER_KEY)) != 0
                                       ? value_sql (m->kind, "e.item", m->name)
                                       : NULL;

          if (value == NULL)
            continue;
          /* Of items, days are what is listed by itself (what falls due, what was reached when); the rest is read with
           * its record or added up over all of them. */
          add_column (self, m->name, m->kind, FALSE, m->kind == LUO_KIND_DATE);
          g_string_append_printf (names, ", \"%s\"", m->name);
          g_string_append_printf (values, ", %s", value);
        }
    }

  /* An item that is no object has no columns; reading into it would be an error of SQLite's. */
  self->insert
      = g_strdup_printf ("INSERT INTO %s (doc, n%s) SELECT ?1, e.key%s FROM"
                         " (SELECT key, type, value, CASE type WHEN 'object' THEN value ELSE '{}' END AS item"
                         " FROM json_each (?2, '$.%s')) AS e"
                         " WHERE json_type (?2, '$.%s') = '%s'",
                         self->sql, names->str, values->str, member->name, member->name,
                         member->kind == LUO_KIND_ITEMS ? "array" : "object");
  self->needle = g_strdup_printf ("\"%s\"", member->name);
  self->remove_space = g_strdup_printf ("DELETE FROM %s WHERE doc IN (SELECT doc FROM %s WHERE space = ?1)",
                                        self->sql, parent->sql);
  table_finish (self, "doc INTEGER NOT NULL, n NOT NULL", names->str, ", PRIMARY KEY (doc, n)",
                " WITHOUT ROWID");
  return self;
}

static LuoTable *
type_table_new (const LuoRecordType *type)
{
  static const char *const common[] = { "created_at", "created_by", "updated_at", "updated_by" };
  LuoTable *self = g_new0 (LuoTable, 1);
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) values = g_string_new (NULL);

  table_init (self, type, NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (common); i++)
    {
      const LuoMember *member = luo_record_type_member (type, common[i]);
      g_autofree char *value = value_sql (member->kind, "body", common[i]);

      add_column (self, common[i], member->kind, FALSE, (member->flags & LUO_MEMBER_COLUMN) != 0);
      g_string_append_printf (names, ", \"%s\"", common[i]);
      g_string_append_printf (values, ", %s", value);
    }
  for (const LuoMember *member = type->members; member->name != NULL; member++)
    {
      g_autofree char *value
          = (member->flags & LUO_MEMBER_COLUMN) != 0 ? value_sql (member->kind, "body", member->name) : NULL;

      if (value == NULL)
        continue;
      add_column (self, member->name, member->kind, FALSE, kind_is_indexed (member->kind));
      g_string_append_printf (names, ", \"%s\"", member->name);
      g_string_append_printf (values, ", %s", value);
    }
  for (const LuoDerived *derived = type->derived; derived != NULL && derived->name != NULL; derived++)
    {
      add_column (self, derived->name, LUO_KIND_TEXT, TRUE, TRUE);
      g_string_append_printf (names, ", \"%s\"", derived->name);
      g_string_append_printf (values, ", (%s)", derived->sql);
    }

  self->insert
      = g_strdup_printf ("INSERT INTO %s (doc, space, id%s) SELECT ?1, ?3, ?4%s FROM (SELECT ?2 AS body)",
                         self->sql, names->str, values->str);
  self->replace
      = g_strdup_printf ("REPLACE INTO %s (doc, space, id%s) SELECT ?1, ?3, ?4%s FROM (SELECT ?2 AS body)",
                         self->sql, names->str, values->str);
  self->bare = g_strdup_printf ("REPLACE INTO %s (doc, space, id) VALUES (?1, ?3, ?4)", self->sql);
  self->remove_space = g_strdup_printf ("DELETE FROM %s WHERE space = ?1", self->sql);
  table_finish (self, "doc INTEGER PRIMARY KEY, space INTEGER NOT NULL, id TEXT NOT NULL", names->str, "",
                "");
  {
    char *create;

    self->space_index = g_strdup_printf ("\"p_%s_space\"", type->name);
    create
        = g_strdup_printf ("%sCREATE INDEX %s ON %s (space);\n", self->create, self->space_index, self->sql);
    g_free (self->create);
    self->create = create;
  }

  for (const LuoMember *member = type->members; member->name != NULL; member++)
    if ((member->flags & LUO_MEMBER_TABLE) != 0)
      g_ptr_array_add (self->children, child_table_new (self, member));

  return self;
}

GPtrArray *
luo_projection_tables (void)
{
  static gsize once;
  static GPtrArray *tables;

  if (g_once_init_enter (&once))
    {
      tables = g_ptr_array_new ();
      for (const LuoRecordType *const *type = luo_record_types (); *type != NULL; type++)
        g_ptr_array_add (tables, type_table_new (*type));
      g_once_init_leave (&once, 1);
    }

  return tables;
}

const LuoTable *
luo_projection_find (const char *name)
{
  GPtrArray *tables = luo_projection_tables ();

  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < tables->len; i++)
    {
      const LuoTable *table = g_ptr_array_index (tables, i);

      if (strcmp (table->name, name) == 0)
        return table;
      for (guint j = 0; j < table->children->len; j++)
        {
          const LuoTable *child = g_ptr_array_index (table->children, j);

          if (strcmp (child->name, name) == 0)
            return child;
        }
    }

  return NULL;
}

const LuoColumn *
luo_table_column (const LuoTable *self, const char *name)
{
  for (guint i = 0; i < self->columns->len; i++)
    {
      const LuoColumn *column = &g_array_index (self->columns, LuoColumn, i);

      if (strcmp (column->name, name) == 0)
        return column;
    }

  return NULL;
}

static void
digest_table (GChecksum *checksum, const LuoTable *table)
{
  g_checksum_update (checksum, (const guchar *)table->create, -1);
  g_checksum_update (checksum, (const guchar *)table->insert, -1);
  for (guint i = 0; i < table->children->len; i++)
    digest_table (checksum, g_ptr_array_index (table->children, i));
}

const char *
luo_projection_version (void)
{
  static gsize once;
  static char *version;

  if (g_once_init_enter (&once))
    {
      g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
      GPtrArray *tables = luo_projection_tables ();

      g_checksum_update (checksum, (const guchar *)PROJECTION_FORMAT, -1);
      for (guint i = 0; i < tables->len; i++)
        digest_table (checksum, g_ptr_array_index (tables, i));
      version = g_strdup (g_checksum_get_string (checksum));
      g_once_init_leave (&once, 1);
    }

  return version;
}

/* Tables of an older program whose types or members are gone now. */
static gboolean
drop_projections (LuoConnection *conn, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt;
  int row;

  stmt = luo_connection_prepare (
      conn, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'p_*'", error);
  if (stmt == NULL)
    return FALSE;
  while ((row = luo_connection_step (conn, stmt, error)) > 0)
    g_ptr_array_add (names, luo_column_dup (stmt, 0));
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *sql = sqlite3_mprintf ("DROP TABLE \"%w\"", g_ptr_array_index (names, i));

      if (!luo_connection_exec (conn, sql, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
luo_projection_schema (LuoConnection *conn, GError **error)
{
  GPtrArray *tables = luo_projection_tables ();

  if (!drop_projections (conn, error))
    return FALSE;

  for (guint i = 0; i < tables->len; i++)
    {
      const LuoTable *table = g_ptr_array_index (tables, i);

      if (!luo_connection_exec (conn, table->create, error))
        return FALSE;
      for (guint j = 0; j < table->children->len; j++)
        if (!luo_connection_exec (conn, ((const LuoTable *)g_ptr_array_index (table->children, j))->create,
                                  error))
          return FALSE;
    }

  return TRUE;
}

typedef struct
{
  gint64 key;
  gint64 space;
  const char *id;
  const char *body;
  gsize body_length;
} Row;

static gboolean
run_row (LuoConnection *conn, const char *sql, const Row *row, int n_parameters, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  if (stmt == NULL)
    return FALSE;

  sqlite3_bind_int64 (stmt, 1, row->key);
  if (n_parameters >= 2)
    luo_bind_text_n (stmt, 2, row->body, row->body_length);
  if (n_parameters >= 4)
    {
      sqlite3_bind_int64 (stmt, 3, row->space);
      luo_bind_text (stmt, 4, row->id);
    }
  return luo_connection_run (conn, stmt, error);
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

gboolean
luo_projection_update (LuoConnection *conn, gint64 key, gint64 space, const char *id, const char *type,
                       const char *body, gsize body_length, gboolean is_new, GError **error)
{
  const LuoTable *table = type != NULL ? luo_projection_find (type) : NULL;
  Row row = { key, space, id, body, body_length };
  g_autoptr (GError) local_error = NULL;
  gboolean escaped;

  if (table == NULL || table->parent != NULL)
    return TRUE;

  if (!run_row (conn, is_new ? table->insert : table->replace, &row, 4, &local_error))
    {
      if (!is_of_the_body (conn))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_clear_error (&local_error);
      if (!run_row (conn, table->bare, &row, 4, error))
        return FALSE;
    }

  /* Most records have few of the members that make child tables: a look for the name is cheaper than asking SQLite. */
  escaped = memmem (body, body_length, "\\u", 2) != NULL;
  for (guint i = 0; i < table->children->len; i++)
    {
      const LuoTable *child = g_ptr_array_index (table->children, i);

      if (!is_new && !run_row (conn, child->remove, &row, 1, error))
        return FALSE;
      if (!escaped && memmem (body, body_length, child->needle, strlen (child->needle)) == NULL)
        continue;
      if (!run_row (conn, child->insert, &row, 2, &local_error))
        {
          if (!is_of_the_body (conn))
            {
              g_propagate_error (error, g_steal_pointer (&local_error));
              return FALSE;
            }
          g_clear_error (&local_error);
        }
    }

  return TRUE;
}

gboolean
luo_projection_remove (LuoConnection *conn, gint64 key, const char *type, GError **error)
{
  const LuoTable *table = type != NULL ? luo_projection_find (type) : NULL;
  Row row = { .key = key };

  if (table == NULL || table->parent != NULL)
    return TRUE;

  for (guint i = 0; i < table->children->len; i++)
    if (!run_row (conn, ((const LuoTable *)g_ptr_array_index (table->children, i))->remove, &row, 1, error))
      return FALSE;

  return run_row (conn, table->remove, &row, 1, error);
}

gboolean
luo_projection_remove_space (LuoConnection *conn, gint64 space, GError **error)
{
  GPtrArray *tables = luo_projection_tables ();
  Row row = { .key = space };

  for (guint i = 0; i < tables->len; i++)
    {
      const LuoTable *table = g_ptr_array_index (tables, i);

      for (guint j = 0; j < table->children->len; j++)
        if (!run_row (conn, ((const LuoTable *)g_ptr_array_index (table->children, j))->remove_space, &row, 1,
                      error))
          return FALSE;
      if (!run_row (conn, table->remove_space, &row, 1, error))
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

/* Projects every document of the type once more and compares row by row. */
static gboolean
check_table (LuoConnection *conn, const LuoTable *table, GPtrArray *problems, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  const char *values = strstr (table->insert, " SELECT ?1, ?3, ?4");

  g_assert (values != NULL);
  values += strlen (" SELECT ?1, ?3, ?4");

  g_string_printf (sql,
                   "SELECT count(*) FROM documents AS d LEFT JOIN %s AS p ON p.doc = d.key"
                   " WHERE d.type = ?1 AND (d.deleted = 0) <> (p.doc IS NOT NULL)",
                   table->sql);
  if (!expect_none (conn, table, sql->str, problems, error))
    return FALSE;

  g_string_printf (sql,
                   "SELECT count(*) FROM %s AS p LEFT JOIN documents AS d ON d.key = p.doc"
                   " WHERE d.key IS NULL OR d.type IS NOT ?1 OR d.space <> p.space OR d.id <> p.id",
                   table->sql);
  if (!expect_none (conn, table, sql->str, problems, error))
    return FALSE;

  /* The expressions of the INSERT over the stored bodies against the stored columns. */
  g_string_assign (sql, "SELECT count(*) FROM (SELECT doc");
  for (guint i = 0; i < table->columns->len; i++)
    g_string_append_printf (sql, ", %s", g_array_index (table->columns, LuoColumn, i).sql);
  g_string_append_printf (sql, " FROM %s EXCEPT SELECT key", table->sql);
  g_string_append_len (sql, values, strstr (values, " FROM (SELECT ?2 AS body)") - values);
  g_string_append (sql, " FROM (SELECT key, body FROM documents WHERE type = ?1 AND deleted = 0))");
  return expect_none (conn, table, sql->str, problems, error);
}

gboolean
luo_projection_check (LuoConnection *conn, GPtrArray *problems, GError **error)
{
  GPtrArray *tables = luo_projection_tables ();

  for (guint i = 0; i < tables->len; i++)
    {
      const LuoTable *table = g_ptr_array_index (tables, i);

      if (!check_table (conn, table, problems, error))
        return FALSE;
      for (guint j = 0; j < table->children->len; j++)
        {
          const LuoTable *child = g_ptr_array_index (table->children, j);
          g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s AS c WHERE NOT EXISTS (SELECT 1 "
                                                  "FROM %s AS p WHERE p.doc = c.doc) AND ?1 <> ''",
                                                  child->sql, table->sql);

          if (!expect_none (conn, child, sql, problems, error))
            return FALSE;
        }
    }

  return TRUE;
}
