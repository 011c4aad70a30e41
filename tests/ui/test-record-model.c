/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gtk/gtk.h>
#include <libglib-testing/signal-logger.h>

#include "luo-record-model.h"
#include "luo-test-finalize.h"
#include "luo-test-replica.h"

typedef struct
{
  LuoTestReplica *replica;
  LuoRecordModel *model;
  GtSignalLogger *logger;
  gboolean loaded;
} Fixture;

static char *
session_body (const char *topic, guint attendances)
{
  return g_strdup_printf ("{\"type\":\"training\",\"on\":\"2020-06-17\",\"topic\":\"%s\",\"attendances\":%u}",
                          topic, attendances);
}

static void
put (Fixture *fixture, const char *id, const char *topic, guint attendances)
{
  g_autofree char *body = session_body (topic, attendances);

  g_free (luo_test_replica_put (fixture->replica, "city", id, body));
}

static void
loaded_cb (Fixture *fixture)
{
  fixture->loaded = TRUE;
}

static gboolean
is_loaded (gpointer user_data)
{
  return ((Fixture *)user_data)->loaded;
}

static void
show (Fixture *fixture)
{
  LuoQuery *query = luo_query_new ("training");

  luo_query_sort (query, "attendances", FALSE);
  fixture->loaded = FALSE;
  luo_record_model_set_query (fixture->model, query);
  luo_test_wait (is_loaded, fixture);
}

/* Lets what was queued by the store's signal come through. */
static void
drain (void)
{
  for (guint i = 0; i < 20; i++)
    {
      g_usleep (5000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->replica = luo_test_replica_new ();
  for (guint i = 1; i <= 5; i++)
    {
      g_autofree char *id = g_strdup_printf ("training:%032x", i);
      g_autofree char *topic = g_strdup_printf ("topic %u", i);

      put (fixture, id, topic, i * 10);
    }
  drain ();
  fixture->model = luo_record_model_new (fixture->replica->store);
  g_signal_connect_swapped (fixture->model, "loaded", G_CALLBACK (loaded_cb), fixture);
  show (fixture);
  drain ();
  fixture->logger = gt_signal_logger_new ();
  gt_signal_logger_connect (fixture->logger, fixture->model, "items-changed");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gt_signal_logger_assert_no_emissions (fixture->logger);
  gt_signal_logger_free (fixture->logger);
  g_signal_handlers_disconnect_by_func (fixture->model, loaded_cb, fixture);
  luo_test_finalize (g_steal_pointer (&fixture->model));
  luo_test_replica_free (fixture->replica);
}

static gboolean
has_emission (gpointer user_data)
{
  return gt_signal_logger_get_n_emissions (((Fixture *)user_data)->logger) > 0;
}

static void
assert_changed (Fixture *fixture, guint position, guint removed, guint added)
{
  guint at, gone, came;

  luo_test_wait (has_emission, fixture);
  gt_signal_logger_assert_emission_pop (fixture->logger, fixture->model, "items-changed", &at, &gone, &came);
  g_assert_cmpuint (at, ==, position);
  g_assert_cmpuint (gone, ==, removed);
  g_assert_cmpuint (came, ==, added);
}

static gboolean
is_read (gpointer user_data)
{
  return luo_record_item_get_document (user_data) != NULL;
}

/* A row is read when it is asked for, not before. */
static void
test_lazy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LuoRecordItem) item = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->model)), ==, 5);
  g_assert_null (luo_record_model_peek (fixture->model, 2));
  item = g_list_model_get_item (G_LIST_MODEL (fixture->model), 2);
  g_assert_null (luo_record_item_get_document (item));
  luo_test_wait (is_read, item);
  g_assert_cmpstr (luo_document_get_text (luo_record_item_get_document (item), "topic"), ==, "topic 3");
  g_assert_null (luo_record_model_peek (fixture->model, 1));
}

/* A new record comes in at its place, and nothing else is said to have changed. */
static void
test_insert (Fixture *fixture, gconstpointer data)
{
  put (fixture, "training:000000000000000000000000000000aa", "new", 25);
  assert_changed (fixture, 2, 0, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->model)), ==, 6);
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  luo_test_replica_delete (fixture->replica, "city", "training:00000000000000000000000000000004");
  assert_changed (fixture, 3, 1, 0);
}

/* A record that is edited in its place is told by its row, not by the list. */
static void
test_edit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LuoRecordItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->model), 0);
  GtSignalLogger *rows = gt_signal_logger_new ();
  GParamSpec *pspec;

  luo_test_wait (is_read, item);
  gt_signal_logger_connect (rows, item, "notify::document");
  put (fixture, "training:00000000000000000000000000000001", "another topic", 10);
  while (gt_signal_logger_get_n_emissions (rows) == 0)
    g_main_context_iteration (NULL, TRUE);
  drain ();
  gt_signal_logger_assert_emission_pop (rows, item, "notify::document", &pspec);
  gt_signal_logger_assert_no_emissions (rows);
  gt_signal_logger_free (rows);
  g_assert_cmpstr (luo_document_get_text (luo_record_item_get_document (item), "topic"), ==, "another topic");
}

/* A record whose sort value changed leaves its place and comes in at another; the same item shows it. */
static void
test_move (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LuoRecordItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->model), 0);
  g_autoptr (LuoRecordItem) moved = NULL;

  luo_test_wait (is_read, item);
  put (fixture, "training:00000000000000000000000000000001", "topic 1", 35);
  assert_changed (fixture, 0, 1, 0);
  assert_changed (fixture, 2, 0, 1);
  moved = g_list_model_get_item (G_LIST_MODEL (fixture->model), 2);
  g_assert_true (moved == item);
  drain ();
}

/* More than a page: all keys arrive, and the place of each is known. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LuoRecordItem) last = NULL;

  for (guint i = 100; i < 400; i++)
    {
      g_autofree char *id = g_strdup_printf ("training:%032x", i);

      put (fixture, id, "many", i);
    }
  drain ();
  while (gt_signal_logger_get_n_emissions (fixture->logger) > 0)
    gt_signal_logger_pop_emission (fixture->logger, NULL, NULL, NULL, NULL);
  show (fixture);
  while (g_list_model_get_n_items (G_LIST_MODEL (fixture->model)) < 305)
    g_main_context_iteration (NULL, TRUE);
  drain ();
  while (gt_signal_logger_get_n_emissions (fixture->logger) > 0)
    gt_signal_logger_pop_emission (fixture->logger, NULL, NULL, NULL, NULL);
  last = g_list_model_get_item (G_LIST_MODEL (fixture->model), 304);
  luo_test_wait (is_read, last);
  g_assert_cmpint (luo_document_get_int (luo_record_item_get_document (last), "attendances"), ==, 399);
  g_assert_cmpuint (luo_record_model_find (fixture->model, luo_record_item_get_key (last)), ==, 304);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/record-model/reads-rows-when-asked", test_lazy);
  ADD ("/record-model/insert-names-one-row", test_insert);
  ADD ("/record-model/remove-names-one-row", test_remove);
  ADD ("/record-model/edit-in-place-changes-no-list", test_edit);
  ADD ("/record-model/moves-by-sort-value", test_move);
  ADD ("/record-model/more-than-a-page", test_many);

  return g_test_run ();
}
