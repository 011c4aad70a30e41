/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-query-private.h"

#include <string.h>

/* Totals. SQLite would sort all rows to group them, five times the cost of reading them; there are few groups, so that a row finds
 * its own by a hash of its values. */

/* A value of a grouping column, for the order of the groups: that of SQLite, nothing before numbers before texts. */
typedef struct
{
  int type; /* SQLITE_NULL, SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT */
  double number;
} Rank;

typedef struct
{
  LuoGroup *group; /* (owned by the result) */
  Rank *ranks;     /* (owned) */
  int n_by;
} Total;

static void
free_total (gpointer data)
{
  Total *total = data;

  g_free (total->ranks);
  g_free (total);
}

static int
class_of (int type)
{
  return type == SQLITE_NULL ? 0 : type == SQLITE_INTEGER || type == SQLITE_FLOAT ? 1 : 2;
}

static int
compare_totals (gconstpointer a, gconstpointer b)
{
  const Total *const first = *(const Total *const *)a, *const second = *(const Total *const *)b;

  for (int i = 0; i < first->n_by; i++)
    {
      const Rank *x = &first->ranks[i], *y = &second->ranks[i];
      int order = class_of (x->type) - class_of (y->type);

      if (order == 0 && class_of (x->type) == 1)
        order = x->number < y->number ? -1 : x->number > y->number;
      else if (order == 0)
        order = strcmp (first->group->by[i], second->group->by[i]);
      if (order != 0)
        return order;
    }
  return 0;
}

static Total *
total_new (sqlite3_stmt *stmt, int n_by, int n_sums)
{
  Total *total = g_new0 (Total, 1);

  total->n_by = n_by;
  total->ranks = g_new0 (Rank, n_by + 1);
  total->group = g_new0 (LuoGroup, 1);
  total->group->by = g_new0 (char *, n_by + 1);
  total->group->sums = g_new0 (gint64, n_sums + 1);
  for (int i = 0; i < n_by; i++)
    {
      const char *text = (const char *)sqlite3_column_text (stmt, 1 + i);

      total->ranks[i].type = sqlite3_column_type (stmt, 1 + i);
      total->ranks[i].number = sqlite3_column_double (stmt, 1 + i);
      total->group->by[i] = g_strdup (text != NULL ? text : "");
    }
  return total;
}

/* The values of the row in one text. What is absent is told from what is empty. */
static void
row_key (sqlite3_stmt *stmt, int n_by, GString *key)
{
  g_string_truncate (key, 0);
  for (int i = 0; i < n_by; i++)
    {
      const char *text = (const char *)sqlite3_column_text (stmt, 1 + i);

      g_string_append_c (key, text != NULL ? '+' : '-');
      if (text != NULL)
        g_string_append (key, text);
      g_string_append_c (key, '\x1e');
    }
}

static gboolean
add_rows (LuoRun *run, sqlite3_stmt *stmt, int n_by, int n_sums, GHashTable *totals, GError **error)
{
  g_autoptr (GString) key = g_string_new (NULL);
  int row;

  while ((row = luo_connection_step (run->conn, stmt, error)) > 0)
    {
      Total *total;

      row_key (stmt, n_by, key);
      total = g_hash_table_lookup (totals, key->str);
      if (total == NULL)
        {
          total = total_new (stmt, n_by, n_sums);
          g_hash_table_insert (totals, g_strdup (key->str), total);
        }
      total->group->count++;
      /* Money stays far below 2^53; what a broken record claims beyond that stops at the limit. */
      for (int i = 0; i < n_sums; i++)
        {
          gint64 value = sqlite3_column_int64 (stmt, 1 + n_by + i);

          if (__builtin_add_overflow (total->group->sums[i], value, &total->group->sums[i]))
            total->group->sums[i] = value > 0 ? G_MAXINT64 : G_MININT64;
        }
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  return TRUE;
}

GPtrArray *
luo_store_group (LuoStore *self, const LuoQuery *query, const char *const *by, const char *const *sum,
                 GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_group_free);
  g_autoptr (GHashTable) totals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_total);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_auto (LuoRun) run = { 0 };
  GHashTableIter iter;
  gpointer total;
  sqlite3_stmt *stmt;
  gboolean ok;
  int n_by, n_sums;

  g_return_val_if_fail (LUO_IS_STORE (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);

  if (!luo_run_start (&run, self, query, FALSE, error))
    return NULL;
  g_string_assign (run.sql, "SELECT 1");
  n_by = luo_run_append_columns (&run, by, error);
  n_sums = n_by >= 0 ? luo_run_append_columns (&run, sum, error) : -1;
  if (n_sums < 0 || !luo_run_append_filter (&run, error))
    return NULL;
  stmt = luo_select_prepare (&run.select, run.conn, run.sql->str, error);
  if (stmt == NULL)
    return NULL;
  ok = add_rows (&run, stmt, n_by, n_sums, totals, error);

  g_hash_table_iter_init (&iter, totals);
  while (g_hash_table_iter_next (&iter, NULL, &total))
    g_ptr_array_add (order, total);
  g_ptr_array_sort (order, compare_totals);
  for (guint i = 0; i < order->len; i++)
    g_ptr_array_add (groups, ((Total *)g_ptr_array_index (order, i))->group);

  /* The total of everything is there even where nothing is. */
  if (n_by == 0 && groups->len == 0)
    {
      LuoGroup *nothing = g_new0 (LuoGroup, 1);

      nothing->by = g_new0 (char *, 1);
      nothing->sums = g_new0 (gint64, n_sums + 1);
      g_ptr_array_add (groups, nothing);
    }
  return ok ? g_steal_pointer (&groups) : NULL;
}
