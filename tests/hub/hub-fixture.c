/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hub-fixture.h"

#include <stdio.h>
#include <string.h>

#include "luo-json-text.h"
#include "luo-test-finalize.h"

static void
add_user (LuoHub *hub, const char *name, const char *role)
{
  const char *const roles[] = { role, NULL };
  g_autoptr (GError) error = NULL;

  luo_hub_set_user (hub, name, "pw", roles, &error);
  g_assert_no_error (error);
}

void
hub_fixture_set_up (HubFixture *fixture, gconstpointer data)
{
  static const char *const spaces[] = { "luoshi-city", "luoshi-huanggu", "luoshi-hunnan" };
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("luoshi-hub-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->hub = luo_hub_new (fixture->folder, &error);
  g_assert_no_error (error);
  add_user (fixture->hub, "admin", "_admin");
  add_user (fixture->hub, "bureau", "bureau");
  add_user (fixture->hub, "huanggu", "huanggu");
  add_user (fixture->hub, "hunnan", "hunnan");
  add_user (fixture->hub, "stranger", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (spaces); i++)
    {
      luo_store_create_space (luo_hub_get_store (fixture->hub), spaces[i], &error);
      g_assert_no_error (error);
    }
  luo_hub_start (fixture->hub, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  fixture->base = g_strdup_printf ("http://127.0.0.1:%u", luo_hub_get_port (fixture->hub));
  fixture->session = soup_session_new_with_options ("timeout", 30, NULL);
  fixture->user = "admin";
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_folder (child);
    }
  remove (path);
}

void
hub_fixture_tear_down (HubFixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->session);
  luo_hub_stop (fixture->hub);
  luo_test_finalize (fixture->hub);
  remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->base);
}

void
hub_fixture_restart (HubFixture *fixture)
{
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", luo_hub_get_port (fixture->hub));
  g_autoptr (GError) error = NULL;

  luo_hub_stop (fixture->hub);
  luo_test_finalize (fixture->hub);
  fixture->hub = luo_hub_new (fixture->folder, &error);
  g_assert_no_error (error);
  luo_hub_start (fixture->hub, listen, &error);
  g_assert_no_error (error);
}

void
reply_free (Reply *reply)
{
  g_free (reply->text);
  g_clear_object (&reply->message);
  g_free (reply);
}

Reply *
hub_request_full (HubFixture *fixture, const char *method, const char *path, const char *body, gssize length,
                  const char *type, const char *const *headers)
{
  g_autofree char *text = g_strconcat (fixture->base, path, NULL);
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  Reply *reply = g_new0 (Reply, 1);
  SoupMessageHeaders *out;

  g_assert_nonnull (uri);
  reply->message = soup_message_new_from_uri (method, uri);
  out = soup_message_get_request_headers (reply->message);
  if (fixture->user != NULL)
    {
      g_autofree char *credentials = g_strconcat (fixture->user, ":pw", NULL);
      g_autofree char *encoded = g_base64_encode ((const guchar *)credentials, strlen (credentials));
      g_autofree char *header = g_strconcat ("Basic ", encoded, NULL);

      soup_message_headers_replace (out, "Authorization", header);
    }
  for (gsize i = 0; headers != NULL && headers[i] != NULL; i += 2)
    soup_message_headers_replace (out, headers[i], headers[i + 1]);
  if (body != NULL)
    {
      g_autoptr (GBytes) content = g_bytes_new (body, length >= 0 ? (gsize)length : strlen (body));

      soup_message_set_request_body_from_bytes (reply->message, type != NULL ? type : "application/json",
                                                content);
    }
  bytes = soup_session_send_and_read (fixture->session, reply->message, NULL, &error);
  g_assert_no_error (error);
  reply->status = soup_message_get_status (reply->message);
  reply->text = g_bytes_get_size (bytes) > 0
                    ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                    : g_strdup ("");
  return reply;
}

Reply *
hub_request (HubFixture *fixture, const char *method, const char *path, const char *body)
{
  return hub_request_full (fixture, method, path, body, -1, NULL, NULL);
}

char *
hub_expect (HubFixture *fixture, const char *method, const char *path, const char *body, guint status,
            const char *text)
{
  g_autoptr (Reply) reply = hub_request (fixture, method, path, body);

  if (reply->status != status || (text != NULL && strstr (reply->text, text) == NULL))
    g_error ("%s %s: expected %u with %s, got %u: %s", method, path, status, text != NULL ? text : "anything",
             reply->status, reply->text);
  return g_steal_pointer (&reply->text);
}

void
hub_expect_error (HubFixture *fixture, const char *method, const char *path, const char *body, guint status,
                  const char *error, const char *reason)
{
  g_autofree char *text = hub_expect (fixture, method, path, body, status, NULL);
  g_autofree char *got_error = json_text_at (text, "/error");
  g_autofree char *got_reason = json_text_at (text, "/reason");

  g_test_message ("%s %s: %s", method, path, text);
  g_assert_cmpstr (got_error, ==, error);
  if (reason != NULL)
    g_assert_cmpstr (got_reason, ==, reason);
}

char *
hub_put (HubFixture *fixture, const char *path, const char *body)
{
  g_autofree char *text = hub_expect (fixture, "PUT", path, body, 201, "\"ok\":true");

  return json_text_at (text, "/rev");
}

char *
json_text_at (const char *json, const char *pointer)
{
  g_autofree char *value = luo_json_at (json, pointer);

  if (value != NULL && *value == '"')
    return luo_json_decode_string (value, strlen (value));
  return g_steal_pointer (&value);
}
