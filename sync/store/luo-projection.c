/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-projection.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* Changed by hand where the statements below change without the record table changing. */
#define PROJECTION_FORMAT "3"

/* The numbers of the parameters of an INSERT: behind doc, space and id; and behind doc and n. */
#define FIRST_PARAMETER 4u
#define FIRST_ITEM_PARAMETER 3u

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
  return kind != LUO_KIND_NARRATIVE;
}

static void
add_column (LuoTable *self, const char *name, LuoKind kind, gboolean derived, gboolean indexed)
{
  LuoColumn column = { .name = name, .name_length = strlen (name), .kind = kind, .derived = derived };

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
  self->parts = g_ptr_array_new ();
  self->derivations = g_array_new (FALSE, FALSE, sizeof (LuoTableDerivation));
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

/* Sets the values of the columns that are parameters as they stand, and the statement that compares them all with the row. */
static void
table_compare (LuoTable *self, guint first, const char *separator, const char *where)
{
  GString *same = g_string_new ("SELECT ");

  for (guint i = 0; i < self->columns->len; i++)
    {
      LuoColumn *column = &g_array_index (self->columns, LuoColumn, i);

      if (column->value == NULL)
        column->value = g_strdup_printf ("?%u", first + i);
      g_string_append_printf (same, "%s%s IS %s", i > 0 ? separator : "", column->value, column->sql);
    }
  if (self->columns->len == 0)
    g_string_append (same, "TRUE");
  g_string_append_printf (same, " FROM %s WHERE %s", self->sql, where);
  self->same = g_string_free (same, FALSE);
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
  g_autoptr (GString) parameters = g_string_new (NULL);

  table_init (self, parent->type, member, parent);

  if (member->kind == LUO_KIND_INTEGER_MAP)
    {
      add_column (self, "key", LUO_KIND_TEXT, FALSE, FALSE);
      add_column (self, "value", LUO_KIND_INTEGER, FALSE, FALSE);
      g_string_append (values, ", e.key, CASE e.type WHEN 'integer' THEN e.value END");
    }
  else
    {
      for (const LuoMember *m = member->members; m != NULL && m->name != NULL; m++)
        {
          g_autofree char *value
              = (m->flags & (LUO_MEMBER_COLUMN | LUO_MEMBER_KEY)) != 0
                    ? value_sql (m->kind, "(CASE e.type WHEN 'object' THEN e.value ELSE '{}' END)", m->name)
                    : NULL;

          if (value == NULL)
            continue;
          /* Of items, days are what is listed by itself (what falls due, what was reached when); the rest is read with
           * its record or added up over all of them. */
          add_column (self, m->name, m->kind, FALSE, m->kind == LUO_KIND_DATE);
          g_string_append_printf (values, ", %s", value);
        }
    }
  for (guint i = 0; i < self->columns->len; i++)
    {
      g_string_append_printf (names, ", %s", g_array_index (self->columns, LuoColumn, i).sql);
      g_string_append_printf (parameters, ", ?%u", FIRST_ITEM_PARAMETER + i);
    }

  self->insert = g_strdup_printf ("INSERT OR REPLACE INTO %s (doc, n%s) VALUES (?1, ?2%s)", self->sql,
                                  names->str, parameters->str);
  /* An item that is no object has no columns; reading into it would be an error of SQLite's. */
  self->project = g_strdup_printf (
      "SELECT d.key, e.key%s FROM documents AS d, json_each (d.body, '$.%s') AS e"
      " WHERE d.type = ?1 AND NOT d.deleted AND json_type (d.body, '$.%s') = '%s'",
      values->str, member->name, member->name, member->kind == LUO_KIND_ITEMS ? "array" : "object");
  self->remove_space = g_strdup_printf ("DELETE FROM %s WHERE doc IN (SELECT doc FROM %s WHERE space = ?1)",
                                        self->sql, parent->sql);
  self->n_parameters = FIRST_ITEM_PARAMETER + self->columns->len - 1;
  self->count = g_strdup_printf ("SELECT count(*) FROM %s WHERE doc = ?1", self->sql);
  table_compare (self, FIRST_ITEM_PARAMETER, " AND ", "doc = ?1 AND n = ?2");
  table_finish (self, "doc INTEGER NOT NULL, n NOT NULL", names->str, ", PRIMARY KEY (doc, n)",
                " WITHOUT ROWID");
  return self;
}

/* Whether the SQL of a derived column reads this member of the body. */
static gboolean
sql_names_member (const char *sql, const char *name)
{
  g_autofree char *path = g_strdup_printf ("'$.%s'", name);

  return strstr (sql, path) != NULL;
}

/* The part of the body that a derived column reads; the same one for all that read the same members. Returns its place. */
static guint
add_part (LuoTable *self, const char *sql)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new ();
  LuoBodyPart *part;

  for (const LuoMember *member = self->type->members; member->name != NULL; member++)
    if (sql_names_member (sql, member->name))
      g_ptr_array_add (members, g_strdup (member->name));
  for (const LuoMember *member = luo_common_members; member->name != NULL; member++)
    if (sql_names_member (sql, member->name))
      g_ptr_array_add (members, g_strdup (member->name));
  g_ptr_array_add (members, NULL);

  for (guint i = 0; i < self->parts->len; i++)
    {
      part = g_ptr_array_index (self->parts, i);
      if (g_strv_equal ((const char *const *)part->members, (const char *const *)members->pdata))
        {
          g_strfreev ((char **)g_ptr_array_steal (members, NULL));
          return i;
        }
    }
  part = g_new0 (LuoBodyPart, 1);
  part->members = (char **)g_ptr_array_steal (members, NULL);
  g_ptr_array_add (self->parts, part);
  return self->parts->len - 1;
}

/* Notes that a column is bound to a parameter by its derivation, where there is one. */
static gboolean
add_derivation (LuoTable *self, const char *column, int parameter)
{
  LuoTableDerivation added = { NULL };
  guint place = 0;

  added.derivation = luo_derivation_find (self->type->name, column, &place);
  if (added.derivation == NULL)
    return FALSE;
  for (guint i = 0; i < self->derivations->len; i++)
    {
      LuoTableDerivation *derivation = &g_array_index (self->derivations, LuoTableDerivation, i);

      if (derivation->derivation == added.derivation)
        {
          derivation->parameters[place] = parameter;
          return TRUE;
        }
    }
  added.parameters[place] = parameter;
  g_array_append_val (self->derivations, added);
  return TRUE;
}

/* The members' columns of a type's table. @values: what SQLite makes of the body. */
static void
add_member_columns (LuoTable *self, GString *values)
{
  static const char *const common[] = { "created_at", "created_by", "updated_at", "updated_by" };

  for (guint i = 0; i < G_N_ELEMENTS (common); i++)
    {
      const LuoMember *member = luo_record_type_member (self->type, common[i]);
      g_autofree char *value = value_sql (member->kind, "d.body", common[i]);

      add_column (self, common[i], member->kind, FALSE, TRUE);
      g_string_append_printf (values, ", %s", value);
    }
  for (const LuoMember *member = self->type->members; member->name != NULL; member++)
    {
      g_autofree char *value = (member->flags & LUO_MEMBER_COLUMN) != 0
                                   ? value_sql (member->kind, "d.body", member->name)
                                   : NULL;

      if (value == NULL)
        continue;
      add_column (self, member->name, member->kind, FALSE, kind_is_indexed (member->kind));
      g_string_append_printf (values, ", %s", value);
    }
}

static LuoTable *
type_table_new (const LuoRecordType *type)
{
  LuoTable *self = g_new0 (LuoTable, 1);
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) values = g_string_new (NULL);
  g_autoptr (GString) parameters = g_string_new (NULL);
  guint n;

  table_init (self, type, NULL, NULL);
  add_member_columns (self, values);
  n = self->columns->len;
  for (guint i = 0; i < n; i++)
    g_string_append_printf (parameters, ", ?%u", FIRST_PARAMETER + i);
  for (const LuoDerived *derived = type->derived; derived != NULL && derived->name != NULL; derived++)
    n++;
  for (const LuoDerived *derived = type->derived; derived != NULL && derived->name != NULL; derived++)
    {
      LuoColumn *column;
      guint at = self->columns->len;

      add_column (self, derived->name, LUO_KIND_TEXT, TRUE, TRUE);
      self->n_derived++;
      column = &g_array_index (self->columns, LuoColumn, at);
      if (add_derivation (self, derived->name, (int)(FIRST_PARAMETER + at)))
        column->value = g_strdup_printf ("?%u", FIRST_PARAMETER + at);
      else
        column->value = g_strdup_printf ("(SELECT %s FROM (SELECT ?%u AS body))", derived->sql,
                                         FIRST_PARAMETER + n + add_part (self, derived->sql));
      g_string_append_printf (parameters, ", %s", column->value);
      g_string_append_printf (values, ", (SELECT %s FROM (SELECT d.body AS body))", derived->sql);
    }
  for (guint i = 0; i < self->columns->len; i++)
    g_string_append_printf (names, ", %s", g_array_index (self->columns, LuoColumn, i).sql);

  self->insert = g_strdup_printf ("INSERT INTO %s (doc, space, id%s) VALUES (?1, ?2, ?3%s)", self->sql,
                                  names->str, parameters->str);
  self->replace = g_strdup_printf ("REPLACE INTO %s (doc, space, id%s) VALUES (?1, ?2, ?3%s)", self->sql,
                                   names->str, parameters->str);
  self->n_parameters = FIRST_PARAMETER + self->columns->len + self->parts->len - 1;
  table_compare (self, FIRST_PARAMETER, ", ", "doc = ?1 AND space = ?2 AND id = ?3");
  self->bare = g_strdup_printf ("REPLACE INTO %s (doc, space, id) VALUES (?1, ?2, ?3)", self->sql);
  self->project = g_strdup_printf ("SELECT d.key%s FROM documents AS d WHERE d.type = ?1 AND NOT d.deleted",
                                   values->str);
  self->remove_space = g_strdup_printf ("DELETE FROM %s WHERE space = ?1", self->sql);
  self->space_index = g_strdup_printf ("\"p_%s_space\"", type->name);
  table_finish (self, "doc INTEGER PRIMARY KEY, space INTEGER NOT NULL, id TEXT NOT NULL", names->str, "",
                "");

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
        {
          LuoTable *table = type_table_new (*type);

          table->place = tables->len;
          g_ptr_array_add (tables, table);
        }
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
  g_checksum_update (checksum, (const guchar *)table->project, -1);
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
      g_autofree char *sql
          = g_strdup_printf ("DROP TABLE \"%s\"", (const char *)g_ptr_array_index (names, i));

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
