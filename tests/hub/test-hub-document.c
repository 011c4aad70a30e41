/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "hub-fixture.h"

#define CONFLICT "Document update conflict."

/* Two edits from elsewhere make two leaves: 2-bbb… wins over 2-aaa…. */
static void
make_conflict (HubFixture *fixture)
{
  g_free (hub_expect (
      fixture, "POST", "/luoshi-city/_bulk_docs",
      "{\"new_edits\":false,\"docs\":["
      "{\"_id\":\"c\",\"_rev\":\"2-aaa\",\"_revisions\":{\"start\":2,\"ids\":[\"aaa\",\"fff\"]},\"v\":\"a\"},"
      "{\"_id\":\"c\",\"_rev\":\"2-bbb\",\"_revisions\":{\"start\":2,\"ids\":[\"bbb\",\"fff\"]},\"v\":\"b\"},"
      "{\"_id\":\"c\",\"_rev\":\"2-ccc\",\"_revisions\":{\"start\":2,\"ids\":[\"ccc\",\"fff\"]},"
      "\"_deleted\":true}]}",
      201, "[]"));
}

static void
test_life (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *rev = hub_put (fixture, "/luoshi-city/a", "{\"v\":1,\"未知\":1.50}");
  g_autofree char *rev2 = NULL;
  g_autofree char *path = NULL;
  g_autofree char *path2 = NULL;
  g_autofree char *text = NULL;
  g_autoptr (Reply) deleted = NULL;

  hub_expect_error (fixture, "GET", "/luoshi-city/none", NULL, 404, "not_found", "missing");
  hub_expect_error (fixture, "PUT", "/luoshi-city/a", "{\"v\":2}", 409, "conflict", CONFLICT);
  hub_expect_error (fixture, "PUT", "/luoshi-city/a?rev=1-0123456789abcdef0123456789abcdef", "{\"v\":2}", 409,
                    "conflict", CONFLICT);
  hub_expect_error (fixture, "PUT", "/luoshi-city/new?rev=1-0123456789abcdef0123456789abcdef", "{\"v\":2}",
                    409, "conflict", CONFLICT);
  path = g_strdup_printf ("/luoshi-city/a?rev=%s", rev);
  rev2 = hub_put (fixture, path, "{\"v\":2,\"未知\":1.50}");
  g_assert_true (g_str_has_prefix (rev2, "2-"));
  hub_expect_error (fixture, "PUT", path, "{\"v\":3}", 409, "conflict", CONFLICT);
  /* The body of a revision that is no leaf is not kept. */
  hub_expect_error (fixture, "GET", path, NULL, 404, "not_found", "missing");

  text = hub_expect (fixture, "GET", "/luoshi-city/a?revs=true&revs_info=true&local_seq=true", NULL, 200,
                     "\"未知\":1.50");
  g_assert_nonnull (strstr (text, "\"_revisions\":{\"start\":2,\"ids\":["));
  g_assert_nonnull (strstr (text, "\"status\":\"available\"},{\"rev\":\"1-"));
  g_assert_nonnull (strstr (text, "\"status\":\"missing\"}]"));
  g_assert_nonnull (strstr (text, "\"_local_seq\":2"));

  hub_expect_error (fixture, "DELETE", "/luoshi-city/a", NULL, 409, "conflict", CONFLICT);
  hub_expect_error (fixture, "DELETE", "/luoshi-city/none?rev=1-a", NULL, 404, "not_found", "missing");
  path2 = g_strdup_printf ("/luoshi-city/a?rev=%s", rev2);
  deleted = hub_request (fixture, "DELETE", path2, NULL);
  g_assert_cmpuint (deleted->status, ==, 200);
  g_assert_nonnull (strstr (deleted->text, "\"rev\":\"3-"));
  hub_expect_error (fixture, "GET", "/luoshi-city/a", NULL, 404, "not_found", "deleted");
  {
    g_autofree char *tombstone = json_text_at (deleted->text, "/rev");
    g_autofree char *tombstone_path = g_strdup_printf ("/luoshi-city/a?rev=%s", tombstone);

    g_free (hub_expect (fixture, "GET", tombstone_path, NULL, 200, "\"_deleted\":true"));
  }
  /* Written again it goes on from its tombstone. */
  g_clear_pointer (&rev2, g_free);
  rev2 = hub_put (fixture, "/luoshi-city/a", "{\"v\":4}");
  g_assert_true (g_str_has_prefix (rev2, "4-"));
}

static void
test_headers (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *rev = hub_put (fixture, "/luoshi-city/a", "{\"v\":1}");
  g_autofree char *etag = g_strdup_printf ("\"%s\"", rev);
  const char *const none_match[] = { "If-None-Match", etag, NULL };
  const char *const match[] = { "If-Match", etag, NULL };
  g_autoptr (Reply) reply = hub_request (fixture, "GET", "/luoshi-city/a", NULL);
  g_autoptr (Reply) same = hub_request_full (fixture, "GET", "/luoshi-city/a", NULL, 0, NULL, none_match);
  g_autoptr (Reply) head = hub_request (fixture, "HEAD", "/luoshi-city/a", NULL);
  g_autoptr (Reply) edit = hub_request_full (fixture, "PUT", "/luoshi-city/a", "{\"v\":2}", -1, NULL, match);
  SoupMessageHeaders *headers = soup_message_get_response_headers (reply->message);

  g_assert_cmpstr (soup_message_headers_get_one (headers, "ETag"), ==, etag);
  g_assert_cmpstr (soup_message_headers_get_content_type (headers, NULL), ==, "application/json");
  g_assert_cmpuint (same->status, ==, 304);
  g_assert_cmpuint (head->status, ==, 200);
  g_assert_cmpstr (head->text, ==, "");
  g_assert_cmpint (
      soup_message_headers_get_content_length (soup_message_get_response_headers (head->message)), ==,
      strlen (reply->text));
  g_assert_cmpuint (edit->status, ==, 201);
  g_assert_nonnull (g_str_has_suffix (soup_message_headers_get_one (
                                          soup_message_get_response_headers (edit->message), "Location"),
                                      "/luoshi-city/a")
                        ? ""
                        : NULL);
}

/* Ids of any kind, as a client encodes them. */
static void
test_ids (HubFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *path;
    const char *id;
  } vectors[] = {
    { "task:2020:195", "task:2020:195" },
    { "a%2Fb", "a/b" },
    { "%E6%96%87%E6%A1%A3", "文档" },
    { "with%20space", "with space" },
    { "plus%2Bplus", "plus+plus" },
    { "quote%22%5C", "quote\\\"\\\\" },
    { "dots..", "dots.." },
    { "percent%25", "percent%" },
    { "%3Fquery%26%3D%23", "?query&=#" },
    { "_design/views", "_design/views" },
    { "_design%2Fencoded", "_design/encoded" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/luoshi-city/", vectors[i].path, NULL);
      g_autofree char *text = g_strdup_printf ("\"_id\":\"%s\"", vectors[i].id);

      g_test_message ("Vector %s", vectors[i].path);
      g_free (hub_put (fixture, path, "{}"));
      g_free (hub_expect (fixture, "GET", path, NULL, 200, text));
    }
  hub_expect_error (fixture, "PUT", "/luoshi-city/_bad", "{}", 404, "not_found", NULL);
  hub_expect_error (fixture, "GET", "/luoshi-city/_design/views/_view/all", NULL, 501, "not_implemented",
                    NULL);
}

/* What is not a document is refused in CouchDB's words, and nothing is stored. */
static void
test_refused (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *deep = g_strnfill (200, '[');
  g_autofree char *nested = g_strdup_printf ("{\"a\":%s}", deep);

  hub_expect_error (fixture, "PUT", "/luoshi-city/a", "", 400, "bad_request", "invalid UTF-8 JSON");
  hub_expect_error (fixture, "PUT", "/luoshi-city/a", "{\"a\":1", 400, "bad_request", "invalid UTF-8 JSON");
  hub_expect_error (fixture, "PUT", "/luoshi-city/a", "{\"a\":1}}", 400, "bad_request", "invalid UTF-8 JSON");
  hub_expect_error (fixture, "PUT", "/luoshi-city/a", "{\"a\":\"\xff\"}", 400, "bad_request",
                    "invalid UTF-8 JSON");
  hub_expect_error (fixture, "PUT", "/luoshi-city/a", nested, 400, "bad_request", "invalid UTF-8 JSON");
  hub_expect_error (fixture, "PUT", "/luoshi-city/a", "[1]", 400, "bad_request",
                    "Document must be a JSON object");
  hub_expect_error (fixture, "PUT", "/luoshi-city/a", "{\"_foo\":1}", 400, "doc_validation",
                    "Bad special document member: _foo");
  hub_expect_error (fixture, "PUT", "/luoshi-city/a", "{\"_rev\":\"x\"}", 400, "bad_request",
                    "Invalid rev format");
  hub_expect_error (fixture, "PUT", "/luoshi-city/a?rev=1", "{}", 400, "bad_request", "Invalid rev format");
  hub_expect_error (fixture, "PUT", "/luoshi-city/a?rev=1-a", "{\"_rev\":\"1-b\"}", 400, "bad_request",
                    "Document rev from request body and query string have different values");
  hub_expect_error (fixture, "GET", "/luoshi-city/a?rev=x", NULL, 400, "bad_request", "Invalid rev format");
  hub_expect_error (fixture, "POST", "/luoshi-city", "{\"_id\":\"_x\"}", 400, "illegal_docid",
                    "Only reserved document ids may start with underscore.");
  hub_expect_error (fixture, "PUT", "/luoshi-city/a", "{\"_attachments\":{\"x\":{\"stub\":true}}}", 412,
                    "missing_stub", NULL);
  g_free (hub_expect (fixture, "GET", "/luoshi-city", NULL, 200, "\"update_seq\":\"0-"));
}

static void
test_post_and_copy (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *text = hub_expect (fixture, "POST", "/luoshi-city", "{\"v\":7}", 201, "\"rev\":\"1-");
  g_autofree char *id = json_text_at (text, "/id");
  g_autofree char *path = g_strdup_printf ("/luoshi-city/%s", id);
  const char *const destination[] = { "Destination", "copy%2Fof", NULL };
  g_autoptr (Reply) copy = NULL;
  g_autoptr (Reply) again = NULL;

  g_assert_cmpuint (strlen (id), ==, 32);
  copy = hub_request_full (fixture, "COPY", path, NULL, 0, NULL, destination);
  g_assert_cmpuint (copy->status, ==, 201);
  g_free (hub_expect (fixture, "GET", "/luoshi-city/copy%2Fof", NULL, 200, "\"v\":7"));
  again = hub_request_full (fixture, "COPY", path, NULL, 0, NULL, destination);
  g_assert_cmpuint (again->status, ==, 409);
  {
    g_autoptr (Reply) typed = hub_request_full (fixture, "POST", "/luoshi-city", "{}", 2, "text/plain", NULL);

    g_assert_cmpuint (typed->status, ==, 415);
    g_assert_nonnull (strstr (typed->text, "\"bad_content_type\""));
  }
}

static void
test_conflicts (HubFixture *fixture, gconstpointer data)
{
  const char *const json[] = { "Accept", "application/json", NULL };
  g_autofree char *text = NULL;
  g_autoptr (Reply) all = NULL;
  g_autoptr (Reply) some = NULL;
  g_autoptr (Reply) latest = NULL;
  g_autoptr (Reply) mixed = NULL;

  make_conflict (fixture);
  text = hub_expect (fixture, "GET", "/luoshi-city/c?conflicts=true&deleted_conflicts=true", NULL, 200,
                     "\"_rev\":\"2-bbb\"");
  g_assert_nonnull (strstr (text, "\"_conflicts\":[\"2-aaa\"]"));
  g_assert_nonnull (strstr (text, "\"_deleted_conflicts\":[\"2-ccc\"]"));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/c?rev=2-aaa", NULL, 200, "\"v\":\"a\""));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/c?meta=true", NULL, 200, "\"_revs_info\":["));

  all = hub_request_full (fixture, "GET", "/luoshi-city/c?open_revs=all&revs=true", NULL, 0, NULL, json);
  g_assert_cmpuint (all->status, ==, 200);
  g_assert_true (g_str_has_prefix (all->text, "[{\"ok\":{\"_id\":\"c\",\"_rev\":\"2-bbb\""));
  g_assert_nonnull (strstr (all->text, "\"ids\":[\"ccc\",\"fff\"]"));
  some = hub_request_full (fixture, "GET", "/luoshi-city/c?open_revs=%5B%222-aaa%22,%222-zzz%22%5D", NULL, 0,
                           NULL, json);
  g_assert_nonnull (strstr (some->text, "{\"missing\":\"2-zzz\"}"));
  g_assert_null (strstr (some->text, "2-bbb"));
  latest = hub_request_full (fixture, "GET", "/luoshi-city/c?open_revs=%5B%221-fff%22%5D&latest=true", NULL,
                             0, NULL, json);
  g_assert_nonnull (strstr (latest->text, "2-aaa"));
  g_assert_nonnull (strstr (latest->text, "2-bbb"));
  g_assert_nonnull (strstr (latest->text, "2-ccc"));
  mixed = hub_request (fixture, "GET", "/luoshi-city/c?open_revs=all", NULL);
  g_assert_cmpstr (
      soup_message_headers_get_content_type (soup_message_get_response_headers (mixed->message), NULL), ==,
      "multipart/mixed");
  hub_expect_error (fixture, "GET", "/luoshi-city/c?open_revs=nonsense", NULL, 400, "bad_request", NULL);

  /* Deleting the winner makes the other leaf the winner. */
  g_free (hub_expect (fixture, "DELETE", "/luoshi-city/c?rev=2-bbb", NULL, 200, NULL));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/c", NULL, 200, "\"_rev\":\"2-aaa\""));
}

static void
test_new_edits_false (HubFixture *fixture, gconstpointer data)
{
  const char *body = "{\"_id\":\"n\",\"_rev\":\"3-abc\",\"_revisions\":{\"start\":3,\"ids\":[\"abc\",\"def\","
                     "\"123\"]},\"v\":1}";

  g_free (hub_expect (fixture, "PUT", "/luoshi-city/n?new_edits=false", body, 201, "\"rev\":\"3-abc\""));
  g_free (hub_expect (fixture, "PUT", "/luoshi-city/n?new_edits=false", body, 201, "\"rev\":\"3-abc\""));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/n?revs=true", NULL, 200,
                      "\"ids\":[\"abc\",\"def\",\"123\"]"));
  hub_expect_error (fixture, "PUT", "/luoshi-city/n?new_edits=false", "{}", 400, "bad_request", NULL);
}

#define ENTRY(by) "{\"type\":\"edit\",\"record\":\"task:2020:195\",\"by\":\"" by "\",\"changes\":{}}"

/* Entries of the history are added in one's own name, and after that neither changed nor deleted; what is there is taken again. */
static void
test_history (HubFixture *fixture, gconstpointer data)
{
  static const char *const append_only
      = "The history is append-only: an entry is neither changed nor deleted.";
  static const char *const same
      = "{\"new_edits\":false,\"docs\":[{\"_id\":\"edit:2\",\"_rev\":\"1-a\",\"type\":\"edit\","
        "\"by\":\"hunnan\",\"changes\":{}}]}";
  g_autofree char *rev = NULL, *path = NULL;

  fixture->user = "huanggu";
  rev = hub_put (fixture, "/luoshi-huanggu/edit:1", ENTRY ("huanggu"));
  path = g_strdup_printf ("/luoshi-huanggu/edit:1?rev=%s", rev);
  hub_expect_error (fixture, "PUT", path, ENTRY ("huanggu"), 403, "forbidden", append_only);
  hub_expect_error (fixture, "DELETE", path, NULL, 403, "forbidden", append_only);
  hub_expect_error (fixture, "PUT", "/luoshi-huanggu/edit:1", ENTRY ("huanggu"), 403, "forbidden",
                    append_only);
  hub_expect_error (fixture, "PUT", "/luoshi-huanggu/edit:none", "{\"_deleted\":true}", 403, "forbidden",
                    append_only);
  g_free (
      hub_expect (fixture, "POST", "/luoshi-huanggu/_bulk_docs",
                  "{\"new_edits\":false,\"docs\":[{\"_id\":\"edit:1\",\"_rev\":\"2-b\",\"_deleted\":true}]}",
                  201, "\"error\":\"forbidden\""));

  hub_expect_error (fixture, "PUT", "/luoshi-huanggu/edit:2", ENTRY ("hunnan"), 403, "forbidden",
                    "An entry of the history is written in one's own name, not in that of “hunnan”.");
  g_free (hub_expect (fixture, "POST", "/luoshi-huanggu/_bulk_docs", same, 201, "\"error\":\"forbidden\""));
  g_free (hub_expect (fixture, "POST", "/luoshi-huanggu/_bulk_docs",
                      "{\"docs\":[{\"_id\":\"edit:2\","
                      "\"type\":\"edit\","
                      "\"by\":\"hunnan\"}]}",
                      201, "\"error\":\"forbidden\""));
  hub_expect_error (fixture, "PUT", "/luoshi-huanggu/other", ENTRY ("huanggu"), 403, "forbidden",
                    "An entry of the history has the type “edit” and an id that begins with “edit:”.");
  /* Before there was an account the office had another name. */
  g_free (hub_put (fixture, "/luoshi-huanggu/edit:3", ENTRY ("some-login")));

  /* An administrator carries the entries of others, and who replicates them again is not refused. */
  fixture->user = "admin";
  g_free (hub_expect (fixture, "POST", "/luoshi-huanggu/_bulk_docs", same, 201, "[]"));
  fixture->user = "huanggu";
  g_free (hub_expect (fixture, "POST", "/luoshi-huanggu/_bulk_docs", same, 201, "[]"));
  g_free (hub_expect (fixture, "GET", "/luoshi-huanggu/edit:2", NULL, 200, "\"_rev\":\"1-a\""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, HubFixture, NULL, hub_fixture_set_up, func, hub_fixture_tear_down)
  ADD ("/hub/document/life", test_life);
  ADD ("/hub/document/headers", test_headers);
  ADD ("/hub/document/ids", test_ids);
  ADD ("/hub/document/refused", test_refused);
  ADD ("/hub/document/post-and-copy", test_post_and_copy);
  ADD ("/hub/document/conflicts", test_conflicts);
  ADD ("/hub/document/new-edits-false", test_new_edits_false);
  ADD ("/hub/document/history", test_history);
  return g_test_run ();
}
