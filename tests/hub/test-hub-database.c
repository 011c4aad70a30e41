/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "hub-fixture.h"

#define NO_DATABASE "Database does not exist."

static void
test_life (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *instance_before = NULL;
  g_autofree char *instance_after = NULL;

  hub_expect_error (fixture, "GET", "/luoshi-tiexi", NULL, 404, "not_found", NO_DATABASE);
  hub_expect_error (fixture, "DELETE", "/luoshi-tiexi", NULL, 404, "not_found", NO_DATABASE);
  hub_expect_error (fixture, "PUT", "/luoshi-tiexi/a", "{}", 404, "not_found", NO_DATABASE);
  g_free (hub_expect (fixture, "PUT", "/luoshi-tiexi", NULL, 201, "{\"ok\":true}"));
  hub_expect_error (fixture, "PUT", "/luoshi-tiexi", NULL, 412, "file_exists",
                    "The database could not be created, the file already exists.");
  hub_expect_error (fixture, "PUT", "/Tiexi", NULL, 400, "illegal_database_name", NULL);
  hub_expect_error (fixture, "PUT", "/_tiexi", NULL, 404, "not_found", NULL);

  g_free (hub_put (fixture, "/luoshi-tiexi/a", "{}"));
  before = hub_expect (fixture, "GET", "/luoshi-tiexi", NULL, 200, "\"doc_count\":1");
  g_assert_nonnull (strstr (before, "\"update_seq\":\"1-"));
  g_free (hub_expect (fixture, "GET", "/_all_dbs", NULL, 200, "\"luoshi-tiexi\""));
  g_free (hub_expect (fixture, "HEAD", "/luoshi-tiexi", NULL, 200, NULL));

  g_free (hub_expect (fixture, "DELETE", "/luoshi-tiexi", NULL, 200, "{\"ok\":true}"));
  g_free (hub_expect (fixture, "HEAD", "/luoshi-tiexi", NULL, 404, NULL));
  g_free (hub_expect (fixture, "PUT", "/luoshi-tiexi", NULL, 201, NULL));
  after = hub_expect (fixture, "GET", "/luoshi-tiexi", NULL, 200, "\"doc_count\":0");
  instance_before = json_text_at (before, "/instance_start_time");
  instance_after = json_text_at (after, "/instance_start_time");
  g_assert_cmpstr (instance_before, !=, instance_after);
}

/* Slashes and signs in a database's name arrive encoded. */
static void
test_names (HubFixture *fixture, gconstpointer data)
{
  g_free (hub_expect (fixture, "PUT", "/a%2Fb%2B%28c%29%24", NULL, 201, NULL));
  g_free (hub_expect (fixture, "GET", "/_all_dbs", NULL, 200, "\"a/b+(c)$\""));
  g_free (hub_expect (fixture, "GET", "/a%2Fb%2B(c)$/", NULL, 200, "\"db_name\":\"a/b+(c)$\""));
  g_free (hub_expect (fixture, "GET", "/_all_dbs?startkey=%22luoshi-d%22&limit=1", NULL, 200,
                      "[\"luoshi-huanggu\"]"));
  g_free (hub_expect (fixture, "GET", "/_all_dbs?descending=true&limit=1&skip=1", NULL, 200,
                      "[\"luoshi-huanggu\"]"));
}

static void
test_small (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *uuids = hub_expect (fixture, "GET", "/_uuids?count=3", NULL, 200, "{\"uuids\":[");
  g_autofree char *third = json_text_at (uuids, "/uuids/2");

  g_assert_cmpuint (strlen (third), ==, 32);
  hub_expect_error (fixture, "GET", "/_uuids?count=1001", NULL, 400, "bad_request",
                    "count parameter too large");
  hub_expect_error (fixture, "GET", "/_uuids?count=x", NULL, 400, "query_parse_error", NULL);
  g_free (
      hub_expect (fixture, "POST", "/luoshi-city/_ensure_full_commit", "", 201, "\"instance_start_time\":"));
  g_free (hub_expect (fixture, "POST", "/luoshi-city/_compact", "", 202, "{\"ok\":true}"));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/_revs_limit", NULL, 200, "1000"));
  g_free (hub_expect (fixture, "PUT", "/luoshi-city/_revs_limit", "1000", 200, "{\"ok\":true}"));
  hub_expect_error (fixture, "PUT", "/luoshi-city/_revs_limit", "0", 400, "bad_request", NULL);
  hub_expect_error (fixture, "PUT", "/luoshi-city/_revs_limit", "5", 501, "not_implemented", NULL);
  hub_expect_error (fixture, "POST", "/luoshi-city/_find", "{}", 501, "not_implemented", NULL);
  hub_expect_error (fixture, "POST", "/_replicate", "{}", 501, "not_implemented", NULL);
  hub_expect_error (fixture, "GET", "/luoshi-city/_nonsense", NULL, 404, "not_found", "missing");
  hub_expect_error (fixture, "DELETE", "/luoshi-city/_changes", NULL, 405, "method_not_allowed",
                    "Only GET,HEAD,POST allowed");
  hub_expect_error (fixture, "DELETE", "/_users", NULL, 403, "forbidden", NULL);
  {
    g_autoptr (Reply) reply = hub_request (fixture, "DELETE", "/luoshi-city/_all_docs", NULL);

    g_assert_cmpstr (
        soup_message_headers_get_one (soup_message_get_response_headers (reply->message), "Allow"), ==,
        "GET,HEAD,POST");
  }
}

/* Checkpoints: their own revisions, not among the documents, gone with the database. */
static void
test_local (HubFixture *fixture, gconstpointer data)
{
  hub_expect_error (fixture, "GET", "/luoshi-city/_local/ck", NULL, 404, "not_found", "missing");
  g_free (hub_expect (fixture, "PUT", "/luoshi-city/_local/ck", "{\"_id\":\"_local/ck\",\"last\":\"3-a\"}",
                      201, "{\"ok\":true,\"id\":\"_local/ck\",\"rev\":\"0-1\"}"));
  hub_expect_error (fixture, "PUT", "/luoshi-city/_local/ck", "{\"last\":\"4-a\"}", 409, "conflict",
                    "Document update conflict.");
  g_free (hub_expect (fixture, "PUT", "/luoshi-city/_local/ck", "{\"_rev\":\"0-1\",\"last\":\"4-a\"}", 201,
                      "\"rev\":\"0-2\""));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/_local%2Fck", NULL, 200,
                      "{\"_id\":\"_local/ck\",\"_rev\":\"0-2\",\"last\":\"4-a\"}"));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/_changes", NULL, 200, "\"results\":[\n\n]"));
  g_free (hub_expect (fixture, "DELETE", "/luoshi-city/_local/ck?rev=0-2", NULL, 200, "\"ok\":true"));
  hub_expect_error (fixture, "DELETE", "/luoshi-city/_local/ck", NULL, 404, "not_found", "missing");
}

/* What was answered is there after the hub was stopped and started, with its sequences. */
static void
test_restart (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *rev = hub_put (fixture, "/luoshi-city/a", "{\"名\":\"值\"}");
  g_autofree char *before = hub_expect (fixture, "GET", "/luoshi-city/_changes", NULL, 200, rev);
  g_autofree char *after = NULL;

  g_free (hub_expect (fixture, "PUT", "/luoshi-city/_local/ck", "{\"x\":1}", 201, NULL));
  hub_fixture_restart (fixture);
  after = hub_expect (fixture, "GET", "/luoshi-city/_changes", NULL, 200, rev);
  g_assert_cmpstr (before, ==, after);
  g_free (hub_expect (fixture, "GET", "/luoshi-city/a", NULL, 200, "\"名\":\"值\""));
  g_free (hub_expect (fixture, "GET", "/luoshi-city/_local/ck", NULL, 200, "\"x\":1"));
}

static void
test_all_docs (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *rev = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  g_free (hub_put (fixture, "/luoshi-city/a", "{\"v\":1}"));
  g_free (hub_put (fixture, "/luoshi-city/b", "{\"v\":2}"));
  g_free (hub_put (fixture, "/luoshi-city/c", "{\"v\":3}"));
  rev = hub_put (fixture, "/luoshi-city/d", "{}");
  path = g_strdup_printf ("/luoshi-city/d?rev=%s", rev);
  g_free (hub_expect (fixture, "DELETE", path, NULL, 200, NULL));

  text = hub_expect (fixture, "GET", "/luoshi-city/_all_docs", NULL, 200,
                     "{\"total_rows\":3,\"offset\":0,\"rows\":[");
  g_assert_null (strstr (text, "\"id\":\"d\""));
  g_clear_pointer (&text, g_free);
  text = hub_expect (fixture, "GET",
                     "/luoshi-city/_all_docs?startkey=%22b%22&endkey=%22c%22&inclusive_end=false", NULL, 200,
                     "\"id\":\"b\",\"key\":\"b\",\"value\":{\"rev\":\"1-");
  g_assert_null (strstr (text, "\"id\":\"c\""));
  g_clear_pointer (&text, g_free);
  text = hub_expect (fixture, "GET", "/luoshi-city/_all_docs?descending=true&limit=1&include_docs=true", NULL,
                     200, "\"doc\":{\"_id\":\"c\"");
  g_assert_null (strstr (text, "\"id\":\"b\""));
  g_clear_pointer (&text, g_free);
  text = hub_expect (fixture, "GET", "/luoshi-city/_all_docs?key=%22b%22", NULL, 200, "\"id\":\"b\"");
  g_assert_null (strstr (text, "\"id\":\"a\""));
  g_clear_pointer (&text, g_free);
  text = hub_expect (fixture, "POST", "/luoshi-city/_all_docs", "{\"keys\":[\"c\",\"d\",\"x\"]}", 200,
                     "{\"key\":\"x\",\"error\":\"not_found\"}");
  g_assert_nonnull (strstr (text, "\"deleted\":true"));
  g_assert_true (strstr (text, "\"id\":\"c\"") < strstr (text, "\"id\":\"d\""));
  g_clear_pointer (&text, g_free);
  text = hub_expect (fixture, "GET", "/luoshi-city/_all_docs?keys=%5B%22a%22%5D&update_seq=true", NULL, 200,
                     "\"update_seq\":\"5-");
  hub_expect_error (fixture, "GET", "/luoshi-city/_all_docs?startkey=b", NULL, 400, "query_parse_error",
                    NULL);
  hub_expect_error (fixture, "POST", "/luoshi-city/_all_docs", "{\"keys\":1}", 400, "bad_request",
                    "`keys` member must be an array.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, HubFixture, NULL, hub_fixture_set_up, func, hub_fixture_tear_down)
  ADD ("/hub/database/life", test_life);
  ADD ("/hub/database/names", test_names);
  ADD ("/hub/database/small", test_small);
  ADD ("/hub/database/local", test_local);
  ADD ("/hub/database/restart", test_restart);
  ADD ("/hub/database/all-docs", test_all_docs);
  return g_test_run ();
}
