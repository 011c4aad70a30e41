/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A server that speaks the replication protocol from memory and misbehaves as it is told to. It answers from the default main context,
 * so nothing happens on its side while a test does not iterate that. */

typedef struct _LuoScriptedPeer LuoScriptedPeer;

/**
 * LuoFault: what happens to a request instead of an answer.
 * @LUO_FAULT_STATUS: answered with a status, not carried out
 * @LUO_FAULT_CUT_BEFORE: the connection is closed, the request is not carried out
 * @LUO_FAULT_CUT_WITHIN: carried out, and the connection closed in the middle of the answer
 * @LUO_FAULT_LOSE_REPLY: carried out, and the connection closed without an answer
 * @LUO_FAULT_DOUBLE: carried out twice, answered once
 * @LUO_FAULT_HANG: never answered
 * @LUO_FAULT_GARBAGE: 200 (or another status) with a page of HTML, as a hotel's network does
 */
typedef enum
{
  LUO_FAULT_STATUS,
  LUO_FAULT_CUT_BEFORE,
  LUO_FAULT_CUT_WITHIN,
  LUO_FAULT_LOSE_REPLY,
  LUO_FAULT_DOUBLE,
  LUO_FAULT_HANG,
  LUO_FAULT_GARBAGE,
} LuoFault;

/**
 * LuoSeqStyle: what the sequences of the feed look like.
 */
typedef enum
{
  LUO_SEQ_NUMBER,
  LUO_SEQ_TEXT,  /* "12-g1AAAA" and another tail each time */
  LUO_SEQ_ARRAY, /* [12,"g1AAAA"] */
} LuoSeqStyle;

/** Has the database luoshi-city. Returns: (transfer full) */
LuoScriptedPeer *luo_scripted_peer_new (void);
void luo_scripted_peer_free (LuoScriptedPeer *self);
const char *luo_scripted_peer_get_url (LuoScriptedPeer *self);

/**
 * luo_scripted_peer_fail:
 * @method, @part: the requests that are meant: @part stands somewhere in path and query
 * @skip: so many of them are answered first
 * @times: so many fail, -1 all
 * @status: with LUO_FAULT_STATUS; with LUO_FAULT_GARBAGE too where it is not 0
 */
void luo_scripted_peer_fail (LuoScriptedPeer *self, const char *method, const char *part, guint skip,
                             int times, LuoFault fault, guint status);
/** Retry-After of the statuses that follow; NULL none. */
void luo_scripted_peer_set_retry_after (LuoScriptedPeer *self, const char *retry_after);
/** Takes all faults away. */
void luo_scripted_peer_behave (LuoScriptedPeer *self);

/** Asks for a session ("admin", "secret"); those given out so far are over. */
void luo_scripted_peer_require_session (LuoScriptedPeer *self);
/** As above, but a session that is over shows as `forbidden` rows and not as 401 (C1607). */
void luo_scripted_peer_forbid_expired (LuoScriptedPeer *self);
/** Max-Age of the sessions given out. */
void luo_scripted_peer_set_session_age (LuoScriptedPeer *self, int seconds);
/** Refuses documents whose id begins so. */
void luo_scripted_peer_forbid (LuoScriptedPeer *self, const char *prefix);
/** _bulk_docs bodies above so many bytes are answered 413. */
void luo_scripted_peer_limit_body (LuoScriptedPeer *self, gsize bytes);
/** A document with this in its body makes _bulk_docs answer 500. */
void luo_scripted_peer_choke_on (LuoScriptedPeer *self, const char *text);

void luo_scripted_peer_set_seq_style (LuoScriptedPeer *self, LuoSeqStyle style);
/** The feed starts so many sequences before where it was asked to (a cluster that rewinds). */
void luo_scripted_peer_set_rewind (LuoScriptedPeer *self, gint64 by);
/** Each row of the feed is there twice. */
void luo_scripted_peer_set_double_rows (LuoScriptedPeer *self, gboolean doubled);
/** _bulk_get passes over every so-many-th document in silence; 0 none. */
void luo_scripted_peer_omit_every (LuoScriptedPeer *self, guint nth);
/** What instance_start_time says; "0" at first. */
void luo_scripted_peer_set_instance (LuoScriptedPeer *self, const char *instance);
/** Empties the database, `_local` too, as one made anew is. */
void luo_scripted_peer_clear (LuoScriptedPeer *self);

/** Puts a revision with its history; @json has _id, _rev and perhaps _revisions. */
void luo_scripted_peer_put (LuoScriptedPeer *self, const char *json);
/** Bytes that GET of an attachment gives. @gzip: sent with Content-Encoding: gzip, @bytes are gzipped already */
void luo_scripted_peer_put_file (LuoScriptedPeer *self, const char *id, const char *name, GBytes *bytes,
                                 gboolean gzip);
/** Returns: (transfer full) (nullable): the JSON of a leaf by its revision; @rev NULL: of any leaf */
char *luo_scripted_peer_get (LuoScriptedPeer *self, const char *id, const char *rev);
guint luo_scripted_peer_count_documents (LuoScriptedPeer *self);
/** Returns: (transfer full): the `_local` documents as a JSON array */
char *luo_scripted_peer_get_locals (LuoScriptedPeer *self);

/** How many requests came, answered or not. @method (nullable) */
guint luo_scripted_peer_count (LuoScriptedPeer *self, const char *method, const char *part);
/** How many connections these came over. */
guint luo_scripted_peer_count_connections (LuoScriptedPeer *self);
/** The greatest number of documents that one such request asked for or sent. */
guint luo_scripted_peer_most_documents (LuoScriptedPeer *self, const char *part);
/** Whether a request body of such a request had @text. */
gboolean luo_scripted_peer_saw (LuoScriptedPeer *self, const char *part, const char *text);
/** Forgets the requests counted so far. */
void luo_scripted_peer_forget (LuoScriptedPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoScriptedPeer, luo_scripted_peer_free)

G_END_DECLS
