/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-model.h"

#include "luo-work.h"

/* The first page fills the tallest screen, so that it is what a person sees while the other keys are read. */
#define FIRST_PAGE 100

/* Rows are read so many at a time: a list view asks for some two hundred around what is visible. */
#define CHUNK 200

struct _LuoRecordModel
{
  GObject parent_instance;

  LuoStore *store;   /* (owned) */
  LuoQuery *query;   /* (owned) (nullable) */
  GArray *keys;      /* (owned) (element-type gint64) */
  GHashTable *items; /* (owned) (element-type gint64 LuoRecordItem): those somebody holds, not owned */
  GArray *wanted;    /* (owned) (element-type gint64): rows asked for and not yet on their way */
  GCancellable *cancellable; /* (owned): of the query's reads */
  char *failure;             /* (owned) (nullable) */
  guint fetch_source;
  gboolean loading;
  gboolean listing;    /* keys are being read */
  gboolean list_again; /* something changed meanwhile */
  GHashTable
      *moved; /* (owned) (element-type gint64): keys changed since the listing that is under way began */
};

static GType
luo_record_model_get_item_type (GListModel *list)
{
  return LUO_TYPE_RECORD_ITEM;
}

static guint
luo_record_model_get_n_items (GListModel *list)
{
  return LUO_RECORD_MODEL (list)->keys->len;
}

static gint64
key_at (GArray *keys, guint index)
{
  return g_array_index (keys, gint64, index);
}

/* Chunks of records */

static void
documents_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoRecordModel *self = LUO_RECORD_MODEL (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) documents = luo_work_finish (result, &error);

  if (documents == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Records could not be read: %s", error->message);
      return;
    }
  for (guint i = 0; i < documents->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (documents, i);
      gint64 key = document != NULL ? luo_document_get_key (document) : 0;
      LuoRecordItem *item = document != NULL ? g_hash_table_lookup (self->items, &key) : NULL;

      if (item != NULL)
        luo_record_item_set_document (item, document);
    }
}

static gpointer
read_documents (LuoStore *store, gpointer data, GError **error)
{
  GArray *keys = data;

  return luo_store_get_by_keys (store, (const gint64 *)(void *)keys->data, keys->len, error);
}

static void
read_keys (LuoRecordModel *self, GArray *keys)
{
  luo_work_run (self, self->store, read_documents, keys, (GDestroyNotify)g_array_unref,
                (GDestroyNotify)g_ptr_array_unref, self->cancellable, documents_read_cb, NULL);
}

static gboolean
fetch_cb (gpointer user_data)
{
  LuoRecordModel *self = user_data;

  self->fetch_source = 0;
  for (guint at = 0; at < self->wanted->len; at += CHUNK)
    {
      guint n = MIN (CHUNK, self->wanted->len - at);
      GArray *keys = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n);

      g_array_append_vals (keys, &g_array_index (self->wanted, gint64, at), n);
      read_keys (self, keys);
    }
  g_array_set_size (self->wanted, 0);
  return G_SOURCE_REMOVE;
}

static void
want (LuoRecordModel *self, gint64 key)
{
  g_array_append_val (self->wanted, key);
  if (self->fetch_source == 0)
    self->fetch_source = g_idle_add_full (G_PRIORITY_DEFAULT, fetch_cb, self, NULL);
}

typedef struct
{
  GHashTable *items; /* (owned) */
  gint64 key;
} Remembered;

static void
item_gone_cb (gpointer data, GObject *item)
{
  Remembered *remembered = data;

  g_hash_table_remove (remembered->items, &remembered->key);
  g_hash_table_unref (remembered->items);
  g_free (remembered);
}

static gpointer
luo_record_model_get_item (GListModel *list, guint position)
{
  LuoRecordModel *self = LUO_RECORD_MODEL (list);
  LuoRecordItem *item;
  Remembered *remembered;
  gint64 key;

  if (position >= self->keys->len)
    return NULL;
  key = key_at (self->keys, position);
  item = g_hash_table_lookup (self->items, &key);
  if (item != NULL)
    return g_object_ref (item);

  item = luo_record_item_new (key);
  remembered = g_new0 (Remembered, 1);
  remembered->items = g_hash_table_ref (self->items);
  remembered->key = key;
  g_hash_table_insert (self->items, g_memdup2 (&key, sizeof key), item);
  g_object_weak_ref (G_OBJECT (item), item_gone_cb, remembered);
  want (self, key);
  return item;
}

static void
luo_record_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = luo_record_model_get_item_type;
  iface->get_n_items = luo_record_model_get_n_items;
  iface->get_item = luo_record_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (LuoRecordModel, luo_record_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, luo_record_model_iface_init))

enum
{
  LOADED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Keys */

static GHashTable *
set_of_keys (GArray *keys, guint from, guint to)
{
  GHashTable *set = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = from; i < to; i++)
    g_hash_table_add (set, &g_array_index (keys, gint64, i));
  return set;
}

/* Takes [from, from + n) out and says so. */
static void
remove_range (LuoRecordModel *self, guint from, guint n)
{
  if (n == 0)
    return;
  g_array_remove_range (self->keys, from, n);
  g_list_model_items_changed (G_LIST_MODEL (self), from, n, 0);
}

/* Whether what both lists have stands in the same order, leaving out @except. */
static gboolean
order_kept (GArray *old_keys, guint old_from, guint old_to, GArray *new_keys, guint new_from, guint new_to,
            GHashTable *except)
{
  g_autoptr (GHashTable) old_set = set_of_keys (old_keys, old_from, old_to);
  g_autoptr (GHashTable) new_set = set_of_keys (new_keys, new_from, new_to);
  guint i = old_from, j = new_from;

  for (;;)
    {
      while (i < old_to
             && (!g_hash_table_contains (new_set, &g_array_index (old_keys, gint64, i))
                 || g_hash_table_contains (except, &g_array_index (old_keys, gint64, i))))
        i++;
      while (j < new_to
             && (!g_hash_table_contains (old_set, &g_array_index (new_keys, gint64, j))
                 || g_hash_table_contains (except, &g_array_index (new_keys, gint64, j))))
        j++;
      if (i == old_to || j == new_to)
        return i == old_to && j == new_to;
      if (key_at (old_keys, i) != key_at (new_keys, j))
        return FALSE;
      i++;
      j++;
    }
}

/* Makes self->keys into @fresh with changes that name only the rows that came, went or moved. */
static void
take_keys (LuoRecordModel *self, GArray *fresh)
{
  guint start = 0, old_end = self->keys->len, new_end = fresh->len;
  g_autoptr (GHashTable) except = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) kept = NULL;
  g_autoptr (GHashTable) held = NULL;
  guint at;

  while (start < old_end && start < new_end && key_at (self->keys, start) == key_at (fresh, start))
    start++;
  while (old_end > start && new_end > start
         && key_at (self->keys, old_end - 1) == key_at (fresh, new_end - 1))
    {
      old_end--;
      new_end--;
    }
  if (start == old_end && start == new_end)
    return;

  /* A record that was edited may have moved by its sort value: then it leaves one place and comes in at another. */
  if (!order_kept (self->keys, start, old_end, fresh, start, new_end, except))
    {
      GHashTableIter iter;
      gpointer key;

      g_hash_table_iter_init (&iter, self->moved);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        g_hash_table_add (except, key);
      if (!order_kept (self->keys, start, old_end, fresh, start, new_end, except))
        {
          guint removed = old_end - start, added = new_end - start;

          g_array_remove_range (self->keys, start, removed);
          g_array_insert_vals (self->keys, start, &g_array_index (fresh, gint64, start), added);
          g_list_model_items_changed (G_LIST_MODEL (self), start, removed, added);
          return;
        }
    }

  /* Items that only move are held meanwhile, so that they are not read again. */
  held = g_hash_table_new_full (g_direct_hash, g_direct_equal, g_object_unref, NULL);
  kept = set_of_keys (fresh, start, new_end);
  at = old_end;
  while (at > start)
    {
      guint run_end = at;

      while (at > start)
        {
          gint64 *key = &g_array_index (self->keys, gint64, at - 1);
          LuoRecordItem *item;

          if (g_hash_table_contains (kept, key) && !g_hash_table_contains (except, key))
            break;
          item = g_hash_table_lookup (self->items, key);
          if (item != NULL && g_hash_table_contains (kept, key))
            g_hash_table_add (held, g_object_ref (item));
          at--;
        }
      remove_range (self, at, run_end - at);
      if (at > start)
        at--;
    }

  at = start;
  while (at < new_end)
    {
      guint run = at;

      while (run < new_end && (at >= self->keys->len || key_at (self->keys, at) != key_at (fresh, run)))
        run++;
      if (run > at)
        {
          g_array_insert_vals (self->keys, at, &g_array_index (fresh, gint64, at), run - at);
          g_list_model_items_changed (G_LIST_MODEL (self), at, 0, run - at);
        }
      at = run + 1;
    }
}

typedef struct
{
  LuoQuery *query; /* (owned) */
  guint limit;     /* 0: all */
} Listing;

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  luo_query_free (listing->query);
  g_free (listing);
}

static gpointer
list_keys (LuoStore *store, gpointer data, GError **error)
{
  Listing *listing = data;

  luo_query_set_limit (listing->query, 0, listing->limit);
  return luo_store_list_keys (store, listing->query, error);
}

static void list_all (LuoRecordModel *self);

static void
finish_listing (LuoRecordModel *self)
{
  self->listing = FALSE;
  if (self->loading)
    {
      self->loading = FALSE;
      g_signal_emit (self, signals[LOADED], 0);
    }
  if (self->list_again)
    {
      self->list_again = FALSE;
      list_all (self);
    }
}

static gboolean
listing_failed (LuoRecordModel *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  g_free (self->failure);
  self->failure = g_strdup (error->message);
  g_warning ("A list could not be read: %s", error->message);
  finish_listing (self);
  return TRUE;
}

static void
all_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoRecordModel *self = LUO_RECORD_MODEL (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = luo_work_finish (result, &error);

  if (keys == NULL)
    {
      listing_failed (self, error);
      return;
    }
  take_keys (self, keys);
  g_hash_table_remove_all (self->moved);
  finish_listing (self);
}

static void
list (LuoRecordModel *self, guint limit, GAsyncReadyCallback callback)
{
  Listing *listing = g_new0 (Listing, 1);

  listing->query = luo_query_copy (self->query);
  listing->limit = limit;
  self->listing = TRUE;
  luo_work_run (self, self->store, list_keys, listing, listing_free, (GDestroyNotify)g_array_unref,
                self->cancellable, callback, NULL);
}

static void
list_all (LuoRecordModel *self)
{
  list (self, 0, all_listed_cb);
}

static void
first_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LuoRecordModel *self = LUO_RECORD_MODEL (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = luo_work_finish (result, &error);

  if (keys == NULL)
    {
      listing_failed (self, error);
      return;
    }
  take_keys (self, keys);
  if (keys->len < FIRST_PAGE)
    finish_listing (self);
  else
    list_all (self);
}

static void
changed_cb (LuoRecordModel *self, const char *const *spaces, GArray *keys, LuoStore *store)
{
  GArray *again;

  if (self->query == NULL)
    return;

  /* Rows that somebody sees are read again; the rest will be when they are asked for. */
  again = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (keys == NULL || keys->len == 0)
    {
      GHashTableIter iter;
      gpointer key;

      g_hash_table_iter_init (&iter, self->items);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        g_array_append_vals (again, key, 1);
    }
  else
    for (guint i = 0; i < keys->len; i++)
      {
        gint64 key = key_at (keys, i);

        if (g_hash_table_contains (self->items, &key))
          g_array_append_val (again, key);
        g_hash_table_add (self->moved, g_memdup2 (&key, sizeof key));
      }
  if (again->len > 0)
    read_keys (self, again);
  else
    g_array_unref (again);

  if (self->listing)
    self->list_again = TRUE;
  else
    list_all (self);
}

static void
luo_record_model_dispose (GObject *object)
{
  LuoRecordModel *self = LUO_RECORD_MODEL (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->fetch_source, g_source_remove);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (luo_record_model_parent_class)->dispose (object);
}

static void
luo_record_model_finalize (GObject *object)
{
  LuoRecordModel *self = LUO_RECORD_MODEL (object);

  g_clear_pointer (&self->query, luo_query_free);
  g_array_unref (self->keys);
  g_array_unref (self->wanted);
  g_hash_table_unref (self->items);
  g_hash_table_unref (self->moved);
  g_free (self->failure);
  G_OBJECT_CLASS (luo_record_model_parent_class)->finalize (object);
}

static void
luo_record_model_class_init (LuoRecordModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = luo_record_model_dispose;
  object_class->finalize = luo_record_model_finalize;
  signals[LOADED] = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
}

static void
luo_record_model_init (LuoRecordModel *self)
{
  self->keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->wanted = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->items = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->moved = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
}

LuoRecordModel *
luo_record_model_new (LuoStore *store)
{
  LuoRecordModel *self;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);

  self = g_object_new (LUO_TYPE_RECORD_MODEL, NULL);
  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

void
luo_record_model_set_query (LuoRecordModel *self, LuoQuery *query)
{
  g_return_if_fail (LUO_IS_RECORD_MODEL (self));
  g_return_if_fail (query != NULL);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->query, luo_query_free);
  g_clear_pointer (&self->failure, g_free);
  self->query = query;
  self->loading = TRUE;
  self->list_again = FALSE;

  /* Reads of rows were cancelled with the query before: rows that stay are asked for again. */
  {
    GHashTableIter iter;
    gpointer key, item;

    g_hash_table_iter_init (&iter, self->items);
    while (g_hash_table_iter_next (&iter, &key, &item))
      if (luo_record_item_get_document (item) == NULL)
        want (self, *(gint64 *)key);
  }
  list (self, FIRST_PAGE, first_listed_cb);
}

gboolean
luo_record_model_get_loading (LuoRecordModel *self)
{
  g_return_val_if_fail (LUO_IS_RECORD_MODEL (self), FALSE);

  return self->loading;
}

const char *
luo_record_model_get_failure (LuoRecordModel *self)
{
  g_return_val_if_fail (LUO_IS_RECORD_MODEL (self), NULL);

  return self->failure;
}

guint
luo_record_model_find (LuoRecordModel *self, gint64 key)
{
  g_return_val_if_fail (LUO_IS_RECORD_MODEL (self), G_MAXUINT);

  for (guint i = 0; i < self->keys->len; i++)
    if (key_at (self->keys, i) == key)
      return i;
  return G_MAXUINT;
}

LuoDocument *
luo_record_model_peek (LuoRecordModel *self, guint position)
{
  LuoRecordItem *item;
  gint64 key;

  g_return_val_if_fail (LUO_IS_RECORD_MODEL (self), NULL);

  if (position >= self->keys->len)
    return NULL;
  key = key_at (self->keys, position);
  item = g_hash_table_lookup (self->items, &key);
  return item != NULL ? luo_record_item_get_document (item) : NULL;
}
