/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "hub-fixture.h"

#define UNAUTHORIZED "You are not authorized to access this db."
#define INCORRECT "Name or password is incorrect."

/* Nobody gets anything but the welcome, _up and _session. */
static void
test_nobody (HubFixture *fixture, gconstpointer data)
{
  static const char *const paths[] = { "/luoshi-city",
                                       "/luoshi-city/_changes",
                                       "/luoshi-city/a",
                                       "/luoshi-city/_local/a",
                                       "/luoshi-city/a/b",
                                       "/luoshi-city/_all_docs",
                                       "/luoshi-city/_security",
                                       "/nothing",
                                       "/_users/org.couchdb.user:admin" };

  fixture->user = NULL;
  g_free (hub_expect (fixture, "GET", "/", NULL, 200, "\"couchdb\":\"Welcome\""));
  g_free (hub_expect (fixture, "GET", "/_up", NULL, 200, "\"status\":\"ok\""));
  g_free (hub_expect (fixture, "GET", "/_session", NULL, 200, "\"userCtx\":{\"name\":null,\"roles\":[]}"));
  hub_expect_error (fixture, "GET", "/_all_dbs", NULL, 401, "unauthorized", "Authentication required.");
  hub_expect_error (fixture, "GET", "/_uuids", NULL, 401, "unauthorized", "Authentication required.");
  hub_expect_error (fixture, "GET", "/_whatever", NULL, 401, "unauthorized", "Authentication required.");
  hub_expect_error (fixture, "GET", "/luoshi-city/_find", NULL, 401, "unauthorized",
                    "Authentication required.");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    hub_expect_error (fixture, "GET", paths[i], NULL, 401, "unauthorized", UNAUTHORIZED);
  hub_expect_error (fixture, "PUT", "/luoshi-city/a", "{}", 401, "unauthorized", UNAUTHORIZED);
  hub_expect_error (fixture, "POST", "/luoshi-city/_bulk_docs", "{\"docs\":[]}", 401, "unauthorized",
                    UNAUTHORIZED);
  hub_expect_error (fixture, "PUT", "/luoshi-new", NULL, 401, "unauthorized", "You are not a server admin.");
}

/* A cookie is a session: it says who it is, survives other requests, and a changed password ends it. */
static void
test_cookie (HubFixture *fixture, gconstpointer data)
{
  const char *const roles[] = { "huanggu", NULL };
  g_autoptr (Reply) reply = NULL;
  g_autofree char *cookie = NULL;
  const char *header;

  fixture->user = NULL;
  reply = hub_request (fixture, "POST", "/_session", "{\"name\":\"huanggu\",\"password\":\"pw\"}");
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (reply->text, ==, "{\"ok\":true,\"name\":\"huanggu\",\"roles\":[\"huanggu\"]}\n");
  header = soup_message_headers_get_one (soup_message_get_response_headers (reply->message), "Set-Cookie");
  g_assert_nonnull (header);
  g_assert_true (g_str_has_prefix (header, "AuthSession="));
  g_assert_nonnull (strstr (header, "Path=/"));
  g_assert_nonnull (strstr (header, "HttpOnly"));
  cookie = g_strndup (header, strcspn (header, ";"));

  {
    const char *const headers[] = { "Cookie", cookie, NULL };
    g_autoptr (Reply) who = hub_request_full (fixture, "GET", "/_session", NULL, 0, NULL, headers);
    g_autoptr (Reply) dbs = hub_request_full (fixture, "GET", "/_all_dbs", NULL, 0, NULL, headers);
    g_autoptr (Reply) after = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (strstr (who->text, "\"name\":\"huanggu\",\"roles\":[\"huanggu\"]"));
    g_assert_nonnull (strstr (who->text, "\"authenticated\":\"cookie\""));
    g_assert_cmpstr (dbs->text, ==, "[\"luoshi-city\",\"luoshi-huanggu\"]\n");

    luo_hub_set_user (fixture->hub, "huanggu", "another", roles, &error);
    g_assert_no_error (error);
    after = hub_request_full (fixture, "GET", "/_all_dbs", NULL, 0, NULL, headers);
    g_assert_cmpuint (after->status, ==, 401);
  }
  {
    /* A cookie that somebody has made himself is nobody's. */
    g_autofree char *forged = g_strdup (cookie);
    const char *const headers[] = { "Cookie", forged, NULL };
    g_autoptr (Reply) after = NULL;

    forged[strlen ("AuthSession=") + 2] ^= 1;
    after = hub_request_full (fixture, "GET", "/_all_dbs", NULL, 0, NULL, headers);
    g_assert_cmpuint (after->status, ==, 401);
  }
}

/* A form signs in too; DELETE takes the cookie away. */
static void
test_form (HubFixture *fixture, gconstpointer data)
{
  g_autoptr (Reply) reply = NULL;
  g_autoptr (Reply) gone = NULL;
  const char *header;

  fixture->user = NULL;
  reply = hub_request_full (fixture, "POST", "/_session", "name=bureau&password=p%77", -1,
                            "application/x-www-form-urlencoded", NULL);
  g_assert_cmpuint (reply->status, ==, 200);
  gone = hub_request (fixture, "DELETE", "/_session", NULL);
  g_assert_cmpuint (gone->status, ==, 200);
  header = soup_message_headers_get_one (soup_message_get_response_headers (gone->message), "Set-Cookie");
  g_assert_true (g_str_has_prefix (header, "AuthSession=;"));

  hub_expect_error (fixture, "POST", "/_session", "{\"name\":\"bureau\"}", 400, "bad_request", NULL);
  hub_expect_error (fixture, "POST", "/_session", "nonsense", 400, "bad_request", NULL);
  fixture->user = "bureau";
  hub_expect_error (fixture, "PUT", "/_session", "{}", 405, "method_not_allowed",
                    "Only GET,HEAD,POST,DELETE allowed");
}

/* Wrong passwords are refused in the same words as unknown names, and after ten of them the next are not even looked at. */
static void
test_attempts (HubFixture *fixture, gconstpointer data)
{
  fixture->user = NULL;
  hub_expect_error (fixture, "POST", "/_session", "{\"name\":\"nobody\",\"password\":\"pw\"}", 401,
                    "unauthorized", INCORRECT);
  for (guint i = 0; i < 10; i++)
    hub_expect_error (fixture, "POST", "/_session", "{\"name\":\"hunnan\",\"password\":\"guess\"}", 401,
                      "unauthorized", INCORRECT);
  {
    g_autoptr (Reply) reply
        = hub_request (fixture, "POST", "/_session", "{\"name\":\"hunnan\",\"password\":\"pw\"}");

    g_assert_cmpuint (reply->status, ==, 429);
    g_assert_nonnull (
        soup_message_headers_get_one (soup_message_get_response_headers (reply->message), "Retry-After"));
  }
  /* Others at the same address still can. */
  g_free (hub_expect (fixture, "POST", "/_session", "{\"name\":\"huanggu\",\"password\":\"pw\"}", 200,
                      "\"ok\":true"));
}

/* Who is who may do what: a row for each user and database. */
static void
test_rights (HubFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *user;
    const char *database;
    guint read;
    guint write;
    guint admin; /* _security */
  } vectors[] = {
    { "admin", "luoshi-city", 200, 201, 200 },     { "admin", "luoshi-huanggu", 200, 201, 200 },
    { "bureau", "luoshi-city", 200, 201, 401 },    { "bureau", "luoshi-huanggu", 200, 201, 401 },
    { "huanggu", "luoshi-city", 200, 403, 401 },   { "huanggu", "luoshi-huanggu", 200, 201, 401 },
    { "huanggu", "luoshi-hunnan", 403, 403, 403 }, { "hunnan", "luoshi-city", 200, 403, 401 },
    { "hunnan", "luoshi-huanggu", 403, 403, 403 }, { "hunnan", "luoshi-hunnan", 200, 201, 401 },
    { "stranger", "luoshi-city", 403, 403, 403 },  { "stranger", "luoshi-huanggu", 403, 403, 403 },
    { "bureau", "_users", 403, 403, 403 },         { "bureau", "other", 403, 403, 403 },
    { "huanggu", "other", 403, 403, 403 },
  };

  luo_store_create_space (luo_hub_get_store (fixture->hub), "other", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *root = g_strdup_printf ("/%s", vectors[i].database);
      g_autofree char *changes = g_strdup_printf ("/%s/_changes", vectors[i].database);
      g_autofree char *document = g_strdup_printf ("/%s/of-%s", vectors[i].database, vectors[i].user);
      g_autofree char *local = g_strdup_printf ("/%s/_local/of-%s", vectors[i].database, vectors[i].user);
      g_autofree char *security = g_strdup_printf ("/%s/_security", vectors[i].database);
      g_autofree char *design = g_strdup_printf ("/%s/_design/of-%s", vectors[i].database, vectors[i].user);

      g_test_message ("Vector %u: %s at %s", i, vectors[i].user, vectors[i].database);
      fixture->user = vectors[i].user;
      g_free (hub_expect (fixture, "GET", root, NULL, vectors[i].read, NULL));
      g_free (hub_expect (fixture, "GET", changes, NULL, vectors[i].read, NULL));
      g_free (hub_expect (fixture, "PUT", document, "{\"a\":1}", vectors[i].write, NULL));
      /* A replicator keeps its checkpoint wherever it reads. */
      g_free (hub_expect (fixture, "PUT", local, "{\"a\":1}", vectors[i].read == 200 ? 201 : 403, NULL));
      g_free (hub_expect (fixture, "PUT", security, "{}", vectors[i].admin, NULL));
      g_free (hub_expect (fixture, "PUT", design, "{}",
                          vectors[i].admin == 200   ? 201
                          : vectors[i].write == 201 ? 401
                                                    : 403,
                          NULL));
      if (strcmp (vectors[i].user, "admin") != 0)
        hub_expect_error (fixture, "DELETE", root, NULL, 401, "unauthorized", "You are not a server admin.");
    }
}

/* _security gives a user or a role what the roles of districts do not. */
static void
test_security (HubFixture *fixture, gconstpointer data)
{
  g_free (hub_expect (fixture, "GET", "/luoshi-hunnan/_security", NULL, 200, "\"_admin\""));
  g_free (hub_expect (
      fixture, "PUT", "/luoshi-hunnan/_security",
      "{\"admins\":{\"names\":[\"stranger\"]},\"members\":{\"names\":[],\"roles\":[\"huanggu\"]}}", 200,
      "{\"ok\":true}"));
  g_free (hub_expect (
      fixture, "GET", "/luoshi-hunnan/_security", NULL, 200,
      "{\"admins\":{\"names\":[\"stranger\"]},\"members\":{\"names\":[],\"roles\":[\"huanggu\"]}}"));
  hub_expect_error (fixture, "PUT", "/luoshi-hunnan/_security", "{\"admins\":[]}", 400, "bad_request", NULL);
  hub_expect_error (fixture, "PUT", "/luoshi-hunnan/_security", "{\"members\":{\"names\":[1]}}", 400,
                    "bad_request", "names must be a JSON list of strings");

  fixture->user = "huanggu";
  g_free (hub_put (fixture, "/luoshi-hunnan/a", "{}"));
  hub_expect_error (fixture, "PUT", "/luoshi-hunnan/_design/a", "{}", 401, "unauthorized",
                    "You are not a db or server admin.");
  fixture->user = "stranger";
  g_free (hub_put (fixture, "/luoshi-hunnan/_design/a", "{}"));
  g_free (hub_expect (fixture, "PUT", "/luoshi-hunnan/_security", "{}", 200, NULL));
  hub_expect_error (fixture, "GET", "/luoshi-hunnan/a", NULL, 403, "forbidden",
                    "You are not allowed to access this db.");
}

/* Users are documents: an administrator adds one, he signs in and changes his own password but not his roles. */
static void
test_users (HubFixture *fixture, gconstpointer data)
{
  g_autofree char *rev = NULL;
  g_autofree char *text = NULL;
  g_autofree char *path = NULL;

  rev = hub_put (fixture, "/_users/org.couchdb.user:li",
                 "{\"name\":\"li\",\"type\":\"user\",\"roles\":[\"huanggu\"],\"password\":\"pw\"}");
  text = hub_expect (fixture, "GET", "/_users/org.couchdb.user:li", NULL, 200, "$argon2id$");
  g_assert_null (strstr (text, "\"password\""));
  hub_expect_error (fixture, "PUT", "/_users/org.couchdb.user:wang",
                    "{\"name\":\"li\",\"type\":\"user\",\"roles\":[]}", 403, "forbidden",
                    "Doc ID must be of the form org.couchdb.user:name");

  fixture->user = "li";
  g_free (hub_expect (fixture, "GET", "/luoshi-huanggu", NULL, 200, NULL));
  hub_expect_error (fixture, "GET", "/_users/_all_docs", NULL, 403, "forbidden", NULL);
  hub_expect_error (fixture, "GET", "/_users/org.couchdb.user:admin", NULL, 403, "forbidden", NULL);
  path = g_strdup_printf ("/_users/org.couchdb.user:li?rev=%s", rev);
  hub_expect_error (fixture, "PUT", path,
                    "{\"name\":\"li\",\"type\":\"user\",\"roles\":[\"_admin\"],\"password\":\"new\"}", 403,
                    "forbidden", "Only _admin may set roles");
  g_free (hub_expect (fixture, "PUT", path,
                      "{\"name\":\"li\",\"type\":\"user\",\"roles\":[\"huanggu\"],\"password\":\"new\"}", 201,
                      NULL));
  hub_expect_error (fixture, "GET", "/luoshi-huanggu", NULL, 401, "unauthorized", INCORRECT);
  fixture->user = NULL;
  g_free (hub_expect (fixture, "POST", "/_session", "{\"name\":\"li\",\"password\":\"new\"}", 200, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, HubFixture, NULL, hub_fixture_set_up, func, hub_fixture_tear_down)
  ADD ("/hub/session/nobody", test_nobody);
  ADD ("/hub/session/cookie", test_cookie);
  ADD ("/hub/session/form", test_form);
  ADD ("/hub/session/attempts", test_attempts);
  ADD ("/hub/session/rights", test_rights);
  ADD ("/hub/session/security", test_security);
  ADD ("/hub/session/users", test_users);
  return g_test_run ();
}
