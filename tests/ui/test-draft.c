/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "luo-draft.h"
#include "luo-json-text.h"
#include "luo-record-edit.h"
#include "luo-test-finalize.h"
#include "luo-test-replica.h"

/* What a person types must reach the replica as it was typed, or be refused in words; nothing in between. */

typedef struct
{
  GApplication *application;
  char *folder;
  LuoSession *session;
} Fixture;

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(LuoSession **)user_data = luo_session_open_finish (result, &error);
  g_assert_no_error (error);
}

static gboolean
is_set (gpointer user_data)
{
  return *(gpointer *)user_data != NULL;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  /* Saving holds the application, so that it does not end before the edit is on the disk. */
  fixture->application = g_application_new ("org.luoshi.Test", G_APPLICATION_NON_UNIQUE);
  g_application_set_default (fixture->application);
  fixture->folder = g_dir_make_tmp ("luoshi-draft-XXXXXX", &error);
  g_assert_no_error (error);
  luo_session_open_async (fixture->folder, NULL, opened_cb, &fixture->session);
  luo_test_wait (is_set, &fixture->session);
  luo_session_set_user (fixture->session, "tester");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  luo_session_close (fixture->session);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  luo_test_finalize (g_steal_pointer (&fixture->session));
  luo_test_remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_application_set_default (NULL);
  g_object_unref (fixture->application);
}

static gboolean
is_saved (gpointer user_data)
{
  return luo_draft_get_state (user_data) == LUO_DRAFT_SAVED;
}

static gboolean
is_done (gpointer user_data)
{
  LuoDraftState state = luo_draft_get_state (user_data);

  return state == LUO_DRAFT_SAVED || state == LUO_DRAFT_FAILED;
}

static LuoDraft *
new_training (Fixture *fixture)
{
  LuoDraft *draft
      = luo_draft_new_record (fixture->session, "city", "{\"type\":\"training\",\"on\":\"2020-06-17\"}");

  luo_draft_set_text (draft, "/topic", "first");
  luo_draft_flush (draft);
  luo_test_wait (is_saved, draft);
  return draft;
}

static char *
stored (Fixture *fixture, LuoDraft *draft, const char *pointer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document
      = luo_store_get (luo_session_get_store (fixture->session), "city",
                       luo_document_get_id (luo_draft_get_document (draft)), NULL, &error);

  g_assert_no_error (error);
  return luo_json_at (luo_document_get_body (document, NULL), pointer);
}

/* A new record is not saved before it is valid, and then at once. */
static void
test_new (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LuoDraft) draft
      = luo_draft_new_record (fixture->session, "city", "{\"type\":\"training\",\"on\":\"2020-06-17\"}");
  g_autofree char *topic = NULL;

  g_assert_cmpint (luo_draft_get_state (draft), ==, LUO_DRAFT_NEW);
  luo_draft_set (draft, "/attendances", "12");
  g_assert_cmpint (luo_draft_get_state (draft), ==, LUO_DRAFT_INVALID);
  g_assert_nonnull (luo_draft_get_message (draft));
  luo_draft_flush (draft);
  g_assert_null (luo_draft_get_document (draft));

  luo_draft_set_text (draft, "/topic", "a topic");
  g_assert_cmpint (luo_draft_get_state (draft), ==, LUO_DRAFT_EDITED);
  luo_test_wait (is_saved, draft);
  topic = stored (fixture, draft, "/topic");
  g_assert_cmpstr (topic, ==, "\"a topic\"");
}

/* What is not valid stays in the form and leaves the saved record alone. */
static void
test_invalid (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LuoDraft) draft = new_training (fixture);
  g_autofree char *kept = NULL;
  g_autofree char *saved = NULL;

  luo_draft_set (draft, "/attendances", "-5");
  g_assert_cmpint (luo_draft_get_state (draft), ==, LUO_DRAFT_INVALID);
  luo_draft_flush (draft);
  kept = stored (fixture, draft, "/attendances");
  g_assert_null (kept);
  luo_draft_set (draft, "/attendances", "5");
  luo_draft_flush (draft);
  luo_test_wait (is_saved, draft);
  saved = stored (fixture, draft, "/attendances");
  g_assert_cmpstr (saved, ==, "5");
}

/* Another edit of other members meanwhile: both are there afterwards, and members nobody knows keep their bytes. */
static void
test_merge (Fixture *fixture, gconstpointer data)
{
  LuoStore *store = luo_session_get_store (fixture->session);
  g_autoptr (LuoDraft) draft = new_training (fixture);
  LuoDocument *document = luo_draft_get_document (draft);
  g_autofree char *theirs
      = luo_json_patch (luo_document_get_body (document, NULL), "/later_member", "{\"x\": 1.50}", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *topic = NULL;
  g_autofree char *later = NULL;

  luo_draft_set_text (draft, "/topic", "mine");
  g_assert_true (luo_record_save (store, "city", luo_document_get_id (document),
                                  luo_document_get_rev (document), theirs, "other", NULL, &error));
  g_assert_no_error (error);
  luo_draft_flush (draft);
  luo_test_wait (is_done, draft);
  g_assert_cmpstr (luo_draft_get_message (draft), ==, NULL);
  g_assert_cmpint (luo_draft_get_state (draft), ==, LUO_DRAFT_SAVED);
  topic = stored (fixture, draft, "/topic");
  later = stored (fixture, draft, "/later_member");
  g_assert_cmpstr (topic, ==, "\"mine\"");
  g_assert_cmpstr (later, ==, "{\"x\": 1.50}");
}

/* The same member meanwhile: nothing is overwritten, and the form says so. */
static void
test_dispute (Fixture *fixture, gconstpointer data)
{
  LuoStore *store = luo_session_get_store (fixture->session);
  g_autoptr (LuoDraft) draft = new_training (fixture);
  LuoDocument *document = luo_draft_get_document (draft);
  g_autofree char *theirs
      = luo_json_patch (luo_document_get_body (document, NULL), "/topic", "\"theirs\"", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *topic = NULL;

  luo_draft_set_text (draft, "/topic", "mine");
  g_assert_true (luo_record_save (store, "city", luo_document_get_id (document),
                                  luo_document_get_rev (document), theirs, "other", NULL, &error));
  luo_draft_flush (draft);
  luo_test_wait (is_done, draft);
  g_assert_cmpint (luo_draft_get_state (draft), ==, LUO_DRAFT_FAILED);
  topic = stored (fixture, draft, "/topic");
  g_assert_cmpstr (topic, ==, "\"theirs\"");
}

static void
notice_cb (gboolean *told)
{
  *told = TRUE;
}

static gboolean
is_told (gpointer user_data)
{
  return *(gboolean *)user_data;
}

static void
undo (Fixture *fixture)
{
  gboolean told = FALSE;
  gulong handler = g_signal_connect_swapped (fixture->session, "notice", G_CALLBACK (notice_cb), &told);

  luo_session_undo (fixture->session);
  luo_test_wait (is_told, &told);
  g_signal_handler_disconnect (fixture->session, handler);
}

/* An edit is taken back and what another person changed since stays; then the creation is taken back. */
static void
test_undo (Fixture *fixture, gconstpointer data)
{
  LuoStore *store = luo_session_get_store (fixture->session);
  g_autoptr (LuoDraft) draft = new_training (fixture);
  g_autofree char *theirs = NULL;
  g_autofree char *topic = NULL;
  g_autofree char *audience = NULL;
  g_autofree char *id = g_strdup (luo_document_get_id (luo_draft_get_document (draft)));
  g_autoptr (LuoDocument) gone = NULL;
  g_autoptr (GError) error = NULL;

  luo_draft_set_text (draft, "/topic", "second");
  luo_draft_flush (draft);
  luo_test_wait (is_saved, draft);
  theirs = luo_json_patch (luo_document_get_body (luo_draft_get_document (draft), NULL), "/audience",
                           "\"all\"", NULL);
  g_assert_true (luo_record_save (store, "city", id, NULL, theirs, "other", NULL, &error));

  undo (fixture);
  topic = stored (fixture, draft, "/topic");
  audience = stored (fixture, draft, "/audience");
  g_assert_cmpstr (topic, ==, "\"first\"");
  g_assert_cmpstr (audience, ==, "\"all\"");

  undo (fixture);
  gone = luo_store_get (store, "city", id, NULL, &error);
  g_assert_null (gone);
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_DELETED);
  g_assert_false (luo_undo_get_can_undo (luo_session_get_undo (fixture->session)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/draft/new/saved-once-valid", test_new);
  ADD ("/draft/edit/invalid-is-not-saved", test_invalid);
  ADD ("/draft/meanwhile/other-members-are-merged", test_merge);
  ADD ("/draft/meanwhile/same-member-is-not-overwritten", test_dispute);
  ADD ("/draft/undo/leaves-what-others-changed", test_undo);

  return g_test_run ();
}
