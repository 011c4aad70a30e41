/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "luo-scripted-peer.h"

G_BEGIN_DECLS

/* What luo-scripted-peer.c (requests, sessions, faults) and luo-scripted-database.c (what is kept and how it answers) share. */

struct _LuoScriptedPeer
{
  SoupServer *server;
  char *url;
  GPtrArray *rules;   /* (element-type Rule) */
  GPtrArray *seen;    /* (element-type Seen) */
  GPtrArray *hanging; /* messages that are never answered */
  GHashTable *ports;  /* the client's, of the connections that requests came over */
  char *retry_after;
  gboolean needs_session, forbid_expired;
  guint session; /* the one that counts */
  int session_age;

  /* Of the database. */
  GHashTable *docs;   /* id → Doc */
  GHashTable *locals; /* id → JSON text with _rev */
  GHashTable *files;  /* "id/name" → File */
  gint64 seq;
  char *forbidden; /* prefix */
  gsize body_limit;
  char *choke;
  LuoSeqStyle style;
  gint64 rewind;
  gboolean doubled;
  guint omit;
  char *instance;
};

/** Answers with JSON. */
void luo_scripted_answer (SoupServerMessage *message, guint status, const char *json);
void luo_scripted_answer_error (SoupServerMessage *message, guint status, const char *word,
                                const char *reason);
/** Replaces a text by a copy of @value. */
void luo_scripted_set_text (char **text, const char *value);
/** Returns: (nullable): a member's text */
const char *luo_scripted_text_member (JsonObject *object, const char *name);

void luo_scripted_database_init (LuoScriptedPeer *self);
void luo_scripted_database_finish (LuoScriptedPeer *self);
/**
 * luo_scripted_database_handle:
 * @rest: the path behind the database's name
 * @body: (nullable): the parsed body
 * @length: of the body as it came
 *
 * Carries out a request at the database and answers it.
 */
void luo_scripted_database_handle (LuoScriptedPeer *self, SoupServerMessage *message, const char *rest,
                                   GHashTable *query, JsonNode *body, gsize length, gboolean signed_in);

G_END_DECLS
