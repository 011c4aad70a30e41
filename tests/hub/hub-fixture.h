/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "luo-hub.h"

G_BEGIN_DECLS

/**
 * HubFixture: a hub in this process on a port of its own, with the databases luoshi-city, luoshi-huanggu and luoshi-hunnan and
 * the users admin (_admin), bureau, huanggu, hunnan and stranger (no role), each with the password "pw".
 */
typedef struct
{
  char *folder;
  LuoHub *hub;
  SoupSession *session;
  char *base;
  const char *user; /* who asks: a name, or NULL for nobody */
} HubFixture;

void hub_fixture_set_up (HubFixture *fixture, gconstpointer data);
void hub_fixture_tear_down (HubFixture *fixture, gconstpointer data);

/** Stops the hub, closes its store and opens both again on the same port. */
void hub_fixture_restart (HubFixture *fixture);

typedef struct
{
  guint status;
  char *text;
  SoupMessage *message;
} Reply;
void reply_free (Reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reply, reply_free)

/** @body: (nullable). @type: (nullable): JSON where a body is given. @headers: NULL-ended names and values. */
Reply *hub_request_full (HubFixture *fixture, const char *method, const char *path, const char *body,
                         gssize length, const char *type, const char *const *headers);
Reply *hub_request (HubFixture *fixture, const char *method, const char *path, const char *body);

/** Asks and checks the status, and that @text (nullable) is in the answer. Returns: (transfer full): the answer's text */
char *hub_expect (HubFixture *fixture, const char *method, const char *path, const char *body, guint status,
                  const char *text);
/** Asks and checks an error in CouchDB's words. */
void hub_expect_error (HubFixture *fixture, const char *method, const char *path, const char *body,
                       guint status, const char *error, const char *reason);

/** Stores a document. Returns: (transfer full): its revision */
char *hub_put (HubFixture *fixture, const char *path, const char *body);

/** Returns: (transfer full): the text at @pointer of a JSON text, without quotes where it is a string */
char *json_text_at (const char *json, const char *pointer);

G_END_DECLS
