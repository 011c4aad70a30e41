/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "luo-attachment.h"
#include "luo-json-text.h"
#include "luo-record-edit.h"
#include "luo-record-error.h"
#include "luo-sample.h"
#include "luo-store-sync.h"
#include "report-store.h"

#define TASK "{\"type\":\"task\",\"year\":2020,\"number\":7,\"title\":\"办实事\"}"

/* Typed values go to their place and leave every other byte as it was. */
static void
test_set_member (void)
{
  static const struct
  {
    const char *body, *path, *text, *result;
  } vectors[] = {
    { "{\"type\":\"task\", \"x\": 1.50}", "title", "办实事", "\"title\":\"办实事\"" },
    { "{\"type\":\"progress\"}", "readings.centres", "15", "\"readings\":{\"centres\":15}" },
    { "{\"type\":\"progress\",\"readings\":{\"a\":1}}", "readings/centres", "15",
      "\"readings\":{\"a\":1,\"centres\":15}" },
    { "{\"type\":\"progress\"}", "remarks/存在问题", "缺资金", "\"remarks\":{\"存在问题\":\"缺资金\"}" },
    { "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\"}]}", "stages/0/on", "2020-03-12",
      "[{\"stage\":\"confirmed\",\"on\":\"2020-03-12\"}]" },
    { "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\"}]}", "stages/confirmed/on", "2020-03-12",
      "[{\"stage\":\"confirmed\",\"on\":\"2020-03-12\"}]" },
    { "{\"type\":\"project\"}", "stages/built/planned", "2020-10-31",
      "\"stages\":[{\"stage\":\"built\",\"planned\":\"2020-10-31\"}]" },
    { "{\"type\":\"project\"}", "funds/provincial/allocated_fen", "669.6万元",
      "\"funds\":[{\"key\":\"provincial\",\"allocated_fen\":669600000}]" },
    { "{\"type\":\"project\"}", "site.address", "某路1号", "\"site\":{\"address\":\"某路1号\"}" },
    { "{\"type\":\"task\",\"partners\":[\"甲\"]}", "partners/-", "乙", "[\"甲\",\"乙\"]" },
    { "{\"type\":\"task\"}", "unknown", "{\"a\":[1]}", "\"unknown\":{\"a\":[1]}" },
    { "{\"type\":\"task\"}", "unknown", "plain", "\"unknown\":\"plain\"" },
    { "{\"type\":\"task\",\"lead\":\"甲\"}", "lead", "", "{\"type\":\"task\"}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *result
          = luo_record_set_member (vectors[i].body, vectors[i].path, vectors[i].text, &error);

      g_test_message ("Vector %" G_GSIZE_FORMAT ": %s", i, result);
      g_assert_no_error (error);
      g_assert_nonnull (strstr (result, vectors[i].result));
    }
  {
    g_autofree char *kept = luo_record_set_member (vectors[0].body, "lead", "甲", NULL);

    g_assert_nonnull (strstr (kept, "\"x\": 1.50"));
  }
}

/* What can not be read is refused with the member's path. */
static void
test_set_member_refused (void)
{
  static const struct
  {
    const char *body, *path, *text;
  } vectors[] = {
    { "{\"type\":\"progress\"}", "readings.centres", "many" },
    { "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\"}]}", "stages/0/on", "2020-02-30" },
    { "{\"type\":\"project\",\"stages\":[{\"stage\":\"confirmed\"}]}", "stages/4", "{}" },
    { "{\"type\":\"project\"}", "funds/provincial/allocated_fen", "0.00001元" },
    { "{\"type\":\"task\"}", "title/deeper", "x" },
    { "{\"type\":\"task\"}", "_id", "x" },
    { "{\"type\":\"task\"}", "due", "soon" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *result
          = luo_record_set_member (vectors[i].body, vectors[i].path, vectors[i].text, &error);

      g_test_message ("Vector %" G_GSIZE_FORMAT ": %s", i, error != NULL ? error->message : result);
      g_assert_null (result);
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, vectors[i].path));
    }
}

/* A new record has its natural id and its stamps, and is not made twice. */
static void
test_create (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *id = NULL;
  g_autofree char *rev = NULL;

  luo_record_create (self->store, "city", TASK, "desk", &id, &rev, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, "task:2020:7");
  document = get (self, id);
  g_assert_cmpstr (luo_document_get_rev (document), ==, rev);
  g_assert_cmpstr (luo_document_get_text (document, "created_by"), ==, "desk");
  g_assert_cmpstr (luo_document_get_text (document, "updated_by"), ==, "desk");
  g_assert_cmpuint (strlen (luo_document_get_text (document, "created_at")), ==,
                    strlen ("2020-08-28T01:02:03Z"));

  g_assert_false (luo_record_create (self->store, "city", TASK, "desk", NULL, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS);
}

/* The office and the district of a new record are those of its space; a city's record is refused elsewhere, and so is what is
 * not valid, with the member's name. */
static void
test_create_in_space (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autoptr (LuoDocument) document = NULL;

  luo_store_create_space (self->store, "huanggu", &error);
  g_assert_no_error (error);
  luo_record_create (self->store, "huanggu",
                     "{\"type\":\"progress\",\"task\":\"task:2020:7\",\"month\":\"2020-08\"}", "desk", &id,
                     NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, "progress:2020:7:2020-08:huanggu");
  document = luo_store_get (self->store, "huanggu", id, NULL, &error);
  g_assert_cmpstr (luo_document_get_text (document, "state"), ==, "draft");
  g_clear_pointer (&document, luo_document_unref);
  g_clear_pointer (&id, g_free);

  luo_record_create (self->store, "huanggu",
                     "{\"type\":\"project\",\"name\":\"甲\",\"programme\":\"home-care-pilot\"}", "desk", &id,
                     NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (id, "project:"));
  document = luo_store_get (self->store, "huanggu", id, NULL, &error);
  g_assert_cmpstr (luo_document_get_text (document, "district"), ==, "huanggu");

  g_assert_false (luo_record_create (self->store, "huanggu", TASK, "desk", NULL, NULL, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_TYPE);
  g_clear_error (&error);
  g_assert_false (luo_record_create (self->store, "huanggu", "{\"type\":\"project\",\"name\":\"甲\"}", "desk",
                                     NULL, NULL, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER);
  g_assert_nonnull (strstr (error->message, "programme"));
  g_clear_error (&error);
  g_assert_false (
      luo_record_create (self->store, "city", "{\"type\":\"nonsense\"}", "desk", NULL, NULL, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_TYPE);
}

/* A save stamps who and when, keeps who made the record, and changes nothing where nothing changed. */
static void
test_save (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *id = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *body = NULL;
  g_autofree char *bad = NULL;

  luo_record_create (self->store, "city", TASK, "maker", &id, &first, &error);
  g_assert_no_error (error);
  document = get (self, id);
  luo_record_save (self->store, "city", id, first, luo_document_get_body (document, NULL), "desk", &second,
                   &error);
  g_assert_no_error (error);
  g_assert_cmpstr (second, ==, first);

  body = luo_record_set_member (luo_document_get_body (document, NULL), "lead", "养老处", &error);
  luo_record_save (self->store, "city", id, first, body, "desk", &third, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (third, !=, first);
  g_clear_pointer (&document, luo_document_unref);
  document = get (self, id);
  g_assert_cmpstr (luo_document_get_text (document, "created_by"), ==, "maker");
  g_assert_cmpstr (luo_document_get_text (document, "updated_by"), ==, "desk");
  g_assert_cmpstr (luo_document_get_text (document, "lead"), ==, "养老处");

  bad = luo_json_patch (body, "/year", "\"x\"", NULL);
  g_assert_false (luo_record_save (self->store, "city", id, third, bad, "desk", NULL, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER);
  g_assert_nonnull (strstr (error->message, "year"));
}

/* A tombstone keeps what a server decides by; the record can be had back. */
static void
test_delete_and_restore (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) before = NULL;
  g_autoptr (LuoDocument) after = NULL;
  g_autoptr (LuoDocument) tombstone = NULL;
  g_autofree char *id = NULL;
  g_autofree char *rev = NULL;

  luo_record_create (self->store, "city", TASK, "desk", &id, NULL, &error);
  before = get (self, id);
  luo_record_delete (self->store, "city", id, NULL, "desk", &rev, &error);
  g_assert_no_error (error);
  g_assert_null (luo_store_get (self->store, "city", id, NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_DELETED);
  g_clear_error (&error);
  tombstone = luo_store_get (self->store, "city", id, rev, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (luo_document_get_text (tombstone, "type"), ==, "task");
  g_assert_cmpint (luo_document_get_int (tombstone, "year"), ==, 2020);
  g_assert_null (luo_document_get_text (tombstone, "title"));

  luo_record_restore (self->store, "city", id, luo_document_get_body (before, NULL), NULL, "desk", NULL,
                      &error);
  g_assert_no_error (error);
  after = get (self, id);
  g_assert_cmpstr (luo_document_get_text (after, "title"), ==, "办实事");
}

/* Another edit took the place of the version that was edited, so that it is not kept at all: the record was changed meanwhile, whatever
 * is to be done with it. */
static void
test_collapsed_parent (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5);
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *id = NULL;
  g_autofree char *first = NULL;
  g_autofree char *body = NULL;
  g_autofree char *other = NULL;

  luo_record_create (self->store, "city", TASK, "desk", &id, &first, &error);
  g_assert_no_error (error);
  document = get (self, id);
  body = luo_record_set_member (luo_document_get_body (document, NULL), "lead", "养老处", &error);
  luo_record_save (self->store, "city", id, first, body, "desk", NULL, &error);
  g_assert_no_error (error);

  other = luo_record_set_member (luo_document_get_body (document, NULL), "lead", "另一处", &error);
  g_assert_false (luo_record_save (self->store, "city", id, first, other, "desk", NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (
      luo_record_attach (self->store, "city", id, first, "a.txt", NULL, bytes, "desk", NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (luo_record_detach (self->store, "city", id, first, "a.txt", "desk", NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (luo_record_delete (self->store, "city", id, first, "desk", NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (luo_record_save (self->store, "city", "task:2020:99", first, other, "desk", NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
}

/* A record in conflict is not deleted by the version that happens to be shown; with all its versions it is gone, and stays so. */
static void
test_delete_in_conflict (Fixture *self, gconstpointer data)
{
  static const char theirs[]
      = "{\"_id\":\"task:2020:7\",\"_rev\":\"1-0123456789abcdef0123456789abcdef\",\"type\":\"task\","
        "\"year\":2020,\"number\":7,\"title\":\"他人的\"}";
  g_autoptr (GPtrArray) incoming = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
  g_autoptr (GPtrArray) leaves = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autofree char *rev = NULL;
  gboolean told = FALSE;

  luo_record_create (self->store, "city", TASK, "desk", &id, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (incoming, luo_incoming_parse (theirs, strlen (theirs), &error));
  g_assert_no_error (error);
  luo_store_insert (self->store, "city", incoming, LUO_INSERT_HELD, NULL, &error);
  g_assert_no_error (error);

  g_assert_false (luo_record_delete (self->store, "city", id, NULL, "desk", NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, id));
  g_clear_error (&error);
  g_assert_cmpint (count (self, "task"), ==, 1);

  luo_record_delete_versions (self->store, "city", id, "desk", &rev, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (self, "task"), ==, 0);
  leaves = luo_store_get_leaves (self->store, "city", id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (leaves->len, ==, 2);
  for (guint i = 0; i < leaves->len; i++)
    {
      told = told || g_str_equal (luo_document_get_rev (g_ptr_array_index (leaves, i)), rev);
      g_assert_true (luo_document_get_deleted (g_ptr_array_index (leaves, i)));
      g_assert_cmpstr (luo_document_get_text (g_ptr_array_index (leaves, i), "type"), ==, "task");
    }
  g_assert_true (told);
}

/* A file is kept with a record, replaced under its name, and survives an edit of the members. */
static void
test_attach (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5);
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoDocument) document = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *id = NULL;
  g_autofree char *rev = NULL;
  g_autofree char *again = NULL;
  g_autofree char *body = NULL;

  luo_record_create (self->store, "city", TASK, "desk", &id, NULL, &error);
  luo_record_attach (self->store, "city", id, NULL, "说明.txt", NULL, bytes, "desk", &rev, &error);
  g_assert_no_error (error);
  luo_record_attach (self->store, "city", id, NULL, "说明.txt", NULL, bytes, "desk", &again, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, rev);
  document = get (self, id);
  body = luo_record_set_member (luo_document_get_body (document, NULL), "lead", "养老处", &error);
  luo_record_save (self->store, "city", id, NULL, body, "desk", NULL, &error);
  g_assert_no_error (error);
  g_clear_pointer (&document, luo_document_unref);
  document = get (self, id);
  list = luo_store_list_attachments (self->store, document, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (((LuoAttachment *)g_ptr_array_index (list, 0))->name, ==, "说明.txt");
  g_assert_cmpstr (((LuoAttachment *)g_ptr_array_index (list, 0))->content_type, ==, "text/plain");
  g_assert_cmpint (((LuoAttachment *)g_ptr_array_index (list, 0))->length, ==, 5);

  g_assert_false (luo_record_attach (self->store, "city", id, NULL, "_x", NULL, bytes, "desk", NULL, &error));
  g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE);
  g_clear_error (&error);
  luo_record_detach (self->store, "city", id, NULL, "说明.txt", "desk", NULL, &error);
  g_assert_no_error (error);
  g_assert_false (luo_record_detach (self->store, "city", id, NULL, "说明.txt", "desk", NULL, &error));
  g_assert_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND);
}

/* The sample data is valid, loads once, and leaves edits made since alone. */
static void
test_sample (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (SOURCE_ROOT, "data", "sample", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoQuery) query = luo_query_new ("project");
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *body = NULL;
  guint loaded;

  luo_sample_load (self->store, folder, &loaded, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (loaded, >, 100);
  g_assert_cmpint (count (self, "project"), >=, 16);
  document = get (self, "task:2020:195");
  g_assert_null (luo_document_get_not_understood (document));
  body = luo_record_set_member (luo_document_get_body (document, NULL), "lead", "另一处", &error);
  luo_record_save (self->store, "city", "task:2020:195", NULL, body, "desk", NULL, &error);
  g_assert_no_error (error);

  luo_sample_load (self->store, folder, &loaded, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (loaded, ==, 0);
  g_clear_pointer (&document, luo_document_unref);
  document = get (self, "task:2020:195");
  g_assert_cmpstr (luo_document_get_text (document, "lead"), ==, "另一处");
}

/* A sample with a bad line loads nothing and names the line. */
static void
test_sample_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "records.jsonl", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path,
                       "{\"_id\":\"task:2020:7\",\"space\":\"city\",\"type\":\"task\",\"year\":2020,"
                       "\"number\":7,\"title\":\"甲\"}\n"
                       "{\"_id\":\"task:2020:8\",\"space\":\"city\",\"type\":\"task\",\"year\":2020,"
                       "\"number\":9,\"title\":\"乙\"}\n",
                       -1, &error);
  g_assert_no_error (error);
  g_assert_false (luo_sample_load (self->store, self->folder, NULL, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "line 2"));
  g_assert_cmpint (count (self, "task"), ==, 0);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/record-edit/set-member", test_set_member);
  g_test_add_func ("/report/record-edit/set-member-refused", test_set_member_refused);
#define ADD(path, func) g_test_add ("/report/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("record-edit/create", test_create);
  ADD ("record-edit/create-in-space", test_create_in_space);
  ADD ("record-edit/save", test_save);
  ADD ("record-edit/delete-and-restore", test_delete_and_restore);
  ADD ("record-edit/collapsed-parent", test_collapsed_parent);
  ADD ("record-edit/delete-in-conflict", test_delete_in_conflict);
  ADD ("record-edit/attach", test_attach);
  ADD ("sample/loads-once", test_sample);
  ADD ("sample/refused", test_sample_refused);
  return g_test_run ();
}
