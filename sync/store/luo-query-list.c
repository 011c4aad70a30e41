/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-query-private.h"

#include <string.h>

/* The keys of a list. What a row costs, in microseconds, to choose between two ways to the same list: to sort the rows of the set, or
 * to walk the index of the order and take those that are in it. */
#define COST_SORTED 2.0
#define COST_WALKED 0.15

/* A set so small is checked for words body by body rather than through the hits of the index. */
#define FEW_BODIES 1000

gboolean
luo_run_start (LuoRun *self, LuoStore *store, const LuoQuery *query, gboolean by_id, GError **error)
{
  self->store = store;
  self->query = query;
  self->by_id = by_id;
  self->sql = g_string_new (NULL);
  if (!luo_select_init (&self->select, query, error))
    return FALSE;

  self->conn = luo_store_read_begin (store, error);
  if (self->conn == NULL)
    return FALSE;
  if (query->words != NULL)
    {
      self->search = luo_search_new (self->conn, query->words, self->select.type, query->space, error);
      if (self->search == NULL)
        return FALSE;
      if (self->search->match == NULL)
        g_clear_pointer (&self->search, luo_search_free);
    }
  return luo_select_read_keys (&self->select, self->conn, &self->set, error);
}

void
luo_run_clear (LuoRun *self)
{
  luo_select_clear (&self->select);
  g_clear_pointer (&self->search, luo_search_free);
  g_clear_pointer (&self->set, luo_key_set_free);
  if (self->sql != NULL)
    g_string_free (self->sql, TRUE);
  if (self->conn != NULL)
    luo_store_read_end (self->store, self->conn);
}

/* How many rows a page needs from the start of the list; 0 for all. */
static guint
rows_wanted (const LuoQuery *query)
{
  if (query->limit == 0)
    return 0;
  return query->limit > G_MAXUINT - query->offset ? G_MAXUINT : query->offset + query->limit;
}

void
luo_run_append_limit (LuoRun *self)
{
  if (self->query->limit > 0)
    g_string_append_printf (self->sql, " LIMIT %u OFFSET %u", self->query->limit, self->query->offset);
  else if (self->query->offset > 0)
    g_string_append_printf (self->sql, " LIMIT -1 OFFSET %u", self->query->offset);
}

static void
cut_page (const LuoQuery *query, GArray *keys)
{
  g_array_remove_range (keys, 0, MIN (query->offset, keys->len));
  if (query->limit > 0 && keys->len > query->limit)
    g_array_set_size (keys, query->limit);
}

/* A page that is being filled: each key once. A child table has several rows of a record. */
typedef struct
{
  LuoRun *run;
  GArray *keys;
  guint wanted;       /* 0: all */
  LuoKeySet *seen;    /* (owned) (nullable): of a child table */
  sqlite3_stmt *look; /* (nullable): what is asked of a single row: its open conditions, its type and body */
  guint key_parameter;
  gboolean words; /* the body is looked through */
} Page;

static void
clear_page (Page *page)
{
  g_clear_pointer (&page->seen, luo_key_set_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Page, clear_page)

static gboolean
page_is_full (const Page *page)
{
  return page->wanted > 0 && page->keys->len >= page->wanted;
}

static void
start_page (Page *page, LuoRun *run, GArray *keys)
{
  page->run = run;
  page->keys = keys;
  page->wanted = rows_wanted (run->query);
  page->seen = run->select.child != NULL ? luo_key_set_new () : NULL;
}

/* From now on rows are looked at one by one: whether they meet the open conditions, and with @words whether their bodies have
 * the words. */
static gboolean
look_at_rows (Page *page, gboolean words, GError **error)
{
  g_autoptr (GString) sql = g_string_new (words ? "SELECT d.type, d.body" : "SELECT 1");
  LuoSelect *select = &page->run->select;
  gboolean documents = select->documents;

  page->words = words;
  page->key_parameter = luo_select_bind_text (select, "");
  select->documents = documents || words;
  luo_select_append_from (select, sql, NULL);
  select->documents = documents;
  g_string_append_printf (sql, " WHERE %s = ?%u", luo_select_key (select), page->key_parameter);
  luo_select_append_open_terms (select, sql);
  page->look = luo_select_prepare (select, page->run->conn, sql->str, error);
  return page->look != NULL;
}

/* Adds a row's key where it belongs to the list. */
static gboolean
add_key (Page *page, gint64 key, GError **error)
{
  LuoRun *run = page->run;
  gboolean belongs = TRUE;

  if ((run->set != NULL && !luo_key_set_contains (run->set, key))
      || (page->seen != NULL && luo_key_set_contains (page->seen, key)))
    return TRUE;
  if (page->look != NULL)
    {
      int row;

      sqlite3_reset (page->look);
      sqlite3_bind_int64 (page->look, (int)page->key_parameter, key);
      row = luo_connection_step (run->conn, page->look, error);
      if (row < 0)
        return FALSE;
      belongs = row > 0;
      if (belongs && page->words)
        belongs = luo_search_check (run->search, (const char *)sqlite3_column_text (page->look, 0),
                                    (const char *)sqlite3_column_text (page->look, 1),
                                    (gsize)sqlite3_column_bytes (page->look, 1), FALSE);
      sqlite3_reset (page->look);
    }
  if (belongs)
    {
      if (page->seen != NULL)
        luo_key_set_add (page->seen, key);
      g_array_append_val (page->keys, key);
    }
  return TRUE;
}

static gboolean
end_page (Page *page)
{
  if (page->look != NULL)
    luo_statement_done (page->look);
  cut_page (page->run->query, page->keys);
  return TRUE;
}

/* Fills the page with the keys that a statement gives. */
static gboolean
fill_page (Page *page, sqlite3_stmt *stmt, GError **error)
{
  int row = 0;

  while (!page_is_full (page) && (row = luo_connection_step (page->run->conn, stmt, error)) > 0)
    if (!add_key (page, sqlite3_column_int64 (stmt, 0), error))
      {
        luo_statement_done (stmt);
        return FALSE;
      }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  return TRUE;
}

/* Words */

/* Reads the hits of the index, newest first, until there are more than @max (0: all) or @page is full, which takes them where it is
 * given, or @hits does. With a @max they are not looked at: whoever takes them looks at the few that are shown. */
static gboolean
read_hits (LuoRun *run, Page *page, LuoKeySet *hits, guint max, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  LuoSelect *select = &run->select;
  LuoSearch *search = run->search;
  sqlite3_stmt *stmt, *look;
  int row = 0;
  gboolean ok = TRUE;

  g_string_append_printf (
      sql,
      "SELECT m.doc FROM search_index CROSS JOIN search_docs AS m ON m.n = search_index.rowid"
      " WHERE search_index MATCH ?%u ORDER BY search_index.rowid DESC",
      luo_select_bind_text (select, search->match));
  stmt = luo_select_prepare (select, run->conn, sql->str, error);
  look = luo_connection_prepare (run->conn,
                                 "SELECT d.seq <= s.indexed, d.type, d.body FROM documents AS d"
                                 " JOIN spaces AS s ON s.id = d.space WHERE d.key = ?1 AND NOT d.deleted",
                                 error);
  if (stmt == NULL || look == NULL)
    return FALSE;

  while (ok && (page != NULL ? !page_is_full (page) : max == 0 || hits->count <= max)
         && (row = luo_connection_step (run->conn, stmt, error)) > 0)
    {
      gint64 key = sqlite3_column_int64 (stmt, 0);
      gboolean hit = TRUE;

      if ((run->set != NULL && !luo_key_set_contains (run->set, key))
          || g_hash_table_contains (search->in_tail, &key))
        continue;
      /* Where all is indexed and the index answers by itself, a hit is a hit. */
      if (max == 0 && (!search->exact || search->behind))
        {
          int found;

          sqlite3_bind_int64 (look, 1, key);
          found = luo_connection_step (run->conn, look, error);
          ok = found >= 0;
          hit = found > 0
                && ((sqlite3_column_int (look, 0) != 0 && search->exact)
                    || luo_search_check (search, (const char *)sqlite3_column_text (look, 1),
                                         (const char *)sqlite3_column_text (look, 2),
                                         (gsize)sqlite3_column_bytes (look, 2),
                                         sqlite3_column_int (look, 0) != 0));
          luo_statement_done (look);
        }
      if (ok && hit && page != NULL)
        ok = add_key (page, key, error);
      else if (ok && hit)
        luo_key_set_add (hits, key);
    }
  luo_statement_done (stmt);
  return ok && row >= 0;
}

gboolean
luo_run_find_words (LuoRun *self, guint max, GError **error)
{
  g_autoptr (LuoKeySet) hits = NULL;

  if (self->search == NULL)
    return TRUE;

  hits = luo_key_set_new ();
  for (guint i = 0; i < self->search->tail->len; i++)
    {
      gint64 key = g_array_index (self->search->tail, gint64, i);

      if (self->set == NULL || luo_key_set_contains (self->set, key))
        luo_key_set_add (hits, key);
    }
  if (!read_hits (self, NULL, hits, max, error))
    return FALSE;
  if (max > 0 && hits->count > max)
    return TRUE;

  luo_key_set_free (self->set);
  self->set = g_steal_pointer (&hits);
  if (max == 0 || (self->search->exact && !self->search->behind))
    g_clear_pointer (&self->search, luo_search_free);
  return TRUE;
}

/* Few records can be in the list at all: their bodies are looked through, in the order of the index. */
static gboolean
list_recent_of_few (LuoRun *run, GArray *keys, GError **error)
{
  g_auto (Page) page = { 0 };
  g_autofree char *json = luo_key_set_to_json (run->set);
  g_autofree char *sql = NULL;
  sqlite3_stmt *stmt;

  sql = g_strdup_printf (
      "SELECT d.key FROM json_each (?%u) AS j CROSS JOIN documents AS d ON d.key = j.value"
      " CROSS JOIN spaces AS s ON s.id = d.space LEFT JOIN search_docs AS m ON m.doc = d.key"
      " ORDER BY d.seq > s.indexed DESC, CASE WHEN d.seq > s.indexed THEN d.seq END DESC, m.n DESC",
      luo_select_bind_text (&run->select, json));
  start_page (&page, run, keys);
  if (!look_at_rows (&page, TRUE, error))
    return FALSE;
  stmt = luo_select_prepare (&run->select, run->conn, sql, error);
  return stmt != NULL && fill_page (&page, stmt, error) && end_page (&page);
}

/* The words' hits newest first. */
static gboolean
list_recent (LuoRun *run, GArray *keys, GError **error)
{
  g_auto (Page) page = { 0 };

  if (run->set != NULL && run->set->count <= FEW_BODIES)
    return list_recent_of_few (run, keys, error);

  start_page (&page, run, keys);
  /* A row that is not indexed anew may be of another type by now. */
  if ((run->search->behind || !luo_select_is_covered (&run->select)) && !look_at_rows (&page, FALSE, error))
    return FALSE;
  for (guint i = 0; i < run->search->tail->len && !page_is_full (&page); i++)
    if (!add_key (&page, g_array_index (run->search->tail, gint64, i), error))
      return FALSE;
  if (!page_is_full (&page) && !read_hits (run, &page, NULL, 0, error))
    return FALSE;
  return end_page (&page);
}

/* "SELECT key FROM … WHERE … ORDER BY …", driven by @before where given. @walk: only the conditions that the index of the order
 * itself meets are in it, so that the walk begins and ends with them; else all that are open. */
static gboolean
compose_list (LuoRun *run, const char *before, gboolean walk, GError **error)
{
  g_autoptr (GString) order = g_string_new (NULL);

  /* First the order: it says whether bodies are read. */
  if (!luo_select_append_order (&run->select, order, run->by_id, error))
    return FALSE;
  g_string_printf (run->sql, "SELECT %s", luo_select_key (&run->select));
  luo_select_append_from (&run->select, run->sql, before);
  g_string_append (run->sql, " WHERE 1");
  if (walk)
    luo_select_append_index_terms (&run->select, run->sql);
  else
    luo_select_append_open_terms (&run->select, run->sql);
  g_string_append (run->sql, order->str);
  return TRUE;
}

/* "json_each (?4) AS j" over the set. */
static char *
bind_set (LuoRun *run)
{
  g_autofree char *json = luo_key_set_to_json (run->set);

  return g_strdup_printf ("json_each (?%u) AS j", luo_select_bind_text (&run->select, json));
}

/* Walks the index of the order and takes what is in the set. Of an index alone, no row is looked up for those that are not. */
static gboolean
list_walked (LuoRun *run, GArray *keys, GError **error)
{
  g_auto (Page) page = { 0 };
  g_autofree char *index = NULL;
  gboolean documents = run->select.documents;
  sqlite3_stmt *stmt;

  run->select.documents = FALSE;
  if (!compose_list (run, NULL, TRUE, error))
    return FALSE;
  run->select.documents = documents;
  /* A single row is found by its key. */
  index = g_steal_pointer (&run->select.index);
  start_page (&page, run, keys);
  if ((run->search != NULL || !luo_select_is_covered (&run->select))
      && !look_at_rows (&page, run->search != NULL, error))
    return FALSE;
  stmt = luo_select_prepare (&run->select, run->conn, run->sql->str, error);
  return stmt != NULL && fill_page (&page, stmt, error) && end_page (&page);
}

/* Sorts what is in the set, or lets SQLite read the list by the index of its order where there is no set. */
static gboolean
list_sorted (LuoRun *run, GArray *keys, GError **error)
{
  g_auto (Page) page = { 0 };
  g_autofree char *before = NULL;
  g_autofree char *index = NULL;
  gboolean look = run->search != NULL;
  sqlite3_stmt *stmt;

  if (run->set != NULL)
    before = bind_set (run);
  if (!compose_list (run, before, FALSE, error))
    return FALSE;
  if (!look && run->select.child == NULL)
    luo_run_append_limit (run);
  index = g_steal_pointer (&run->select.index);
  start_page (&page, run, keys);
  if (look && !look_at_rows (&page, TRUE, error))
    return FALSE;
  stmt = luo_select_prepare (&run->select, run->conn, run->sql->str, error);
  if (stmt == NULL || !fill_page (&page, stmt, error))
    return FALSE;
  return !look && run->select.child == NULL ? TRUE : end_page (&page);
}

/* In the order of keys the set itself is the list. */
static gboolean
list_set (LuoRun *run, GArray *keys, GError **error)
{
  g_auto (Page) page = { 0 };

  start_page (&page, run, keys);
  if (!luo_select_is_covered (&run->select) && !look_at_rows (&page, FALSE, error))
    return FALSE;
  for (gint64 key = luo_key_set_next (run->set, 0); key >= 0 && !page_is_full (&page);
       key = luo_key_set_next (run->set, key + 1))
    if (!add_key (&page, key, error))
      return FALSE;
  return end_page (&page);
}

static gboolean
walking_pays (LuoRun *run, gboolean *pays, GError **error)
{
  g_autofree char *sql = NULL;
  guint wanted = rows_wanted (run->query);
  sqlite3_stmt *stmt;
  gint64 total = 0;
  double walk;

  *pays = FALSE;
  if (run->set == NULL || run->set->count <= LUO_QUERY_KEYS_FEW || run->by_id || run->query->sorts->len != 1
      || run->select.index == NULL)
    return TRUE;

  sql = g_strdup_printf ("SELECT count(*) FROM %s", run->select.table->sql);
  stmt = luo_connection_prepare_dynamic (run->conn, sql, error);
  if (stmt == NULL || !luo_connection_run_int (run->conn, stmt, &total, error))
    return FALSE;
  walk = (double)total;
  if (wanted > 0)
    walk = MIN (walk, (double)wanted * (double)total / (double)run->set->count);
  *pays = walk * COST_WALKED < (double)run->set->count * COST_SORTED;
  return TRUE;
}

gboolean
luo_run_keys (LuoRun *self, GArray *keys, GError **error)
{
  gboolean sorted = self->query->sorts->len > 0;
  gboolean walk = FALSE;
  guint hits_max = 0;

  if (self->search != NULL && !sorted)
    return list_recent (self, keys, error);
  /* Of too many hits the list is walked in its order: one of a few rows is a hit. */
  if (self->search != NULL && self->query->limit > 0)
    hits_max = self->search->plain ? LUO_SEARCH_SORT_MAX : LUO_QUERY_KEYS_MAX;
  if (!luo_run_find_words (self, hits_max, error))
    return FALSE;
  if (self->set != NULL && !sorted && !self->by_id && self->select.child == NULL
      && self->select.table != NULL)
    return list_set (self, keys, error);
  if (!luo_select_use_sort_index (&self->select, self->conn, error) || !walking_pays (self, &walk, error))
    return FALSE;
  return walk ? list_walked (self, keys, error) : list_sorted (self, keys, error);
}

gboolean
luo_run_append_filter (LuoRun *self, GError **error)
{
  g_autofree char *before = NULL;

  if (!luo_run_find_words (self, 0, error))
    return FALSE;
  if (self->set != NULL)
    before = bind_set (self);
  luo_select_append_from (&self->select, self->sql, before);
  g_string_append (self->sql, " WHERE 1");
  luo_select_append_open_terms (&self->select, self->sql);
  return TRUE;
}

int
luo_run_append_columns (LuoRun *self, const char *const *names, GError **error)
{
  int n = 0;

  for (; names != NULL && names[n] != NULL; n++)
    {
      g_auto (LuoField) field = { 0 };

      if (!luo_select_field (&self->select, names[n], &field, error))
        return -1;
      g_string_append_printf (self->sql, ", %s", field.sql);
    }
  return n;
}
