/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "luo-hub-handlers-private.h"
#include "luo-hub-json-private.h"
#include "luo-hub-print-private.h"
#include "luo-hub-private.h"
#include "luo-hub-tuning.h"
#include "luo-json-text.h"
#include "luo-store-sync.h"

typedef enum
{
  FEED_NORMAL,
  FEED_LONGPOLL,
  FEED_CONTINUOUS,
} FeedKind;

/**
 * Feed: one _changes. It goes from row to row in the thread that serves its connection and, where there is nothing more, waits
 * without one.
 */
typedef struct
{
  LuoStore *store;    /* (owned) */
  LuoHubWaits *waits; /* (unowned) */
  LuoHubSpace *space; /* (owned) */
  LuoHub *hub;        /* (unowned) */
  LuoHubUser *user;   /* (owned): who reads */
  LuoHubWait *wait;   /* (owned) (nullable): of feeds that wait */

  FeedKind kind;
  gboolean all_leaves; /* style=all_docs */
  gboolean descending;
  gboolean include_docs;
  LuoHubPrint print;    /* of included documents */
  GHashTable *ids;      /* (owned) (nullable): only these documents */
  gboolean designs;     /* only design documents */
  guint64 seq_interval; /* a sequence every so many rows; 1 is every row */
  gint64 heartbeat;     /* microseconds; 0 is none */
  gint64 timeout;       /* microseconds; 0 is never */

  GPtrArray *page; /* (owned) (nullable) (element-type LuoChange): read and not yet sent */
  guint next;      /* of it */
  gboolean more;   /* there are rows behind it */
  gint64 last;     /* where to go on behind it */

  gint64 seq;      /* of what was last looked at */
  gint64 until;    /* where a feed that is not continuous ends; -1 before its first page */
  guint64 left;    /* rows that may still be sent */
  guint64 rows;    /* sent */
  gboolean begun;  /* the head was sent */
  gint64 ends_at;  /* when the time without a change is up; G_MAXINT64 for never */
  gint64 beats_at; /* when the next heartbeat is due; G_MAXINT64 for never */
} Feed;

static void
feed_free (gpointer data)
{
  Feed *self = data;

  luo_hub_wait_free (self->wait);
  luo_hub_space_unref (self->space);
  luo_hub_user_unref (self->user);
  g_clear_pointer (&self->page, g_ptr_array_unref);
  g_clear_pointer (&self->ids, g_hash_table_unref);
  g_object_unref (self->store);
  g_free (self);
}

/* --- Rows ------------------------------------------------------------------------------------------- */

static void
append_row (Feed *self, const LuoChange *change, LuoHubAnswer *answer)
{
  GString *out = luo_hub_answer_text (answer);
  const char *only[] = { change->rev, NULL };
  const char *const *revs = self->all_leaves ? (const char *const *)change->leaves : only;

  if (self->kind != FEED_CONTINUOUS && self->rows > 0)
    g_string_append (out, ",\n");
  g_string_append (out, "{\"seq\":");
  if (self->seq_interval <= 1 || (self->rows + 1) % self->seq_interval == 0 || self->left == 1)
    luo_hub_space_append_seq (self->space, change->seq, out);
  else
    g_string_append (out, "null");
  g_string_append (out, ",\"id\":");
  luo_json_append_string (out, change->id);
  g_string_append (out, ",\"changes\":[");
  for (gsize i = 0; revs[i] != NULL; i++)
    {
      /* Revisions hold nothing that JSON escapes. */
      g_string_append (out, i > 0 ? ",{\"rev\":\"" : "{\"rev\":\"");
      g_string_append (out, revs[i]);
      g_string_append (out, "\"}");
    }
  g_string_append_c (out, ']');
  if (change->deleted)
    g_string_append (out, ",\"deleted\":true");
  if (self->include_docs)
    {
      g_string_append (out, ",\"doc\":");
      if (!luo_hub_print_document (self->store, self->space->name, change->id, change->rev, self->print,
                                   answer, NULL, NULL))
        g_string_append (luo_hub_answer_text (answer), "null");
    }
  g_string_append (luo_hub_answer_text (answer), self->kind == FEED_CONTINUOUS ? "}\n" : "}");
  self->rows++;
  self->left--;
}

static gboolean
is_wanted (Feed *self, const LuoChange *change)
{
  if (self->ids != NULL)
    return g_hash_table_contains (self->ids, change->id);
  return !self->designs || g_str_has_prefix (change->id, "_design/");
}

/* A feed that is not continuous ends where the space ended when it found its first row: what is written while it is sent is for
 * the next one, else a slow reader would never come to the end where others write all the time. FALSE where the space is gone. */
static gboolean
set_end (Feed *self)
{
  g_autoptr (LuoSpace) space = NULL;

  if (self->kind == FEED_CONTINUOUS || self->descending)
    {
      self->until = G_MAXINT64;
      return TRUE;
    }
  if (self->until >= 0 && (self->kind == FEED_NORMAL || self->rows > 0))
    return TRUE;
  space = luo_store_get_space (self->store, self->space->name, NULL);
  if (space != NULL)
    self->until = space->seq;
  return space != NULL;
}

/* Reads the next page. FALSE where the space is gone. */
static gboolean
read_page (Feed *self)
{
  g_autoptr (GError) error = NULL;
  /* A filter passes few of many, so it reads whole pages. */
  gboolean filtered = self->ids != NULL || self->designs;
  /* Backwards there is no place to go on from, so it is one page. */
  guint page = self->descending ? G_MAXINT : LUO_HUB_PAGE;
  guint limit = filtered ? page : (guint)MIN (self->left, page);

  if (!set_end (self))
    return FALSE;
  self->next = 0;
  self->last = self->seq;
  self->page = luo_store_changes (self->store, self->space->name, self->seq, limit, self->descending,
                                  &self->last, &error);
  if (self->page == NULL)
    {
      g_debug ("Feed of %s: %s", self->space->name, error->message);
      return FALSE;
    }
  self->more = self->page->len == limit && !self->descending;
  if (self->descending)
    return TRUE;
  while (self->page->len > 0
         && ((const LuoChange *)self->page->pdata[self->page->len - 1])->seq > self->until)
    {
      self->more = FALSE;
      g_ptr_array_set_size (self->page, (gint)self->page->len - 1);
    }
  self->last = MIN (self->last, self->until);
  return TRUE;
}

/* Sends rows of the page until a chunk is full: with documents a page could be larger than anybody should hold. */
static void
append_rows (Feed *self, LuoHubAnswer *answer)
{
  while (self->next < self->page->len && self->left > 0 && luo_hub_answer_get_length (answer) < LUO_HUB_CHUNK)
    {
      const LuoChange *change = self->page->pdata[self->next++];

      if (is_wanted (self, change))
        append_row (self, change, answer);
      self->seq = change->seq;
    }
  if (self->next < self->page->len && self->left > 0)
    return;
  if (!self->more && self->left > 0 && !self->descending)
    self->seq = MAX (self->seq, self->last);
  g_clear_pointer (&self->page, g_ptr_array_unref);
}

/* --- Waiting ---------------------------------------------------------------------------------------- */

static void
set_clocks (Feed *self)
{
  gint64 now = g_get_monotonic_time ();

  self->ends_at = self->timeout > 0 ? now + self->timeout : G_MAXINT64;
  self->beats_at = self->heartbeat > 0 ? now + self->heartbeat : G_MAXINT64;
}

static LuoHubProduced
finish (Feed *self, LuoHubAnswer *answer)
{
  GString *out = luo_hub_answer_text (answer);
  gint64 pending;

  if (self->kind != FEED_CONTINUOUS)
    g_string_append (out, "\n],\n\"last_seq\":");
  else
    g_string_append (out, "{\"last_seq\":");
  luo_hub_space_append_seq (self->space, self->seq, out);
  pending = self->descending ? 0 : luo_store_count_changes (self->store, self->space->name, self->seq, NULL);
  g_string_append_printf (out, ",\"pending\":%" G_GINT64_FORMAT "}\n", MAX (pending, 0));
  return LUO_HUB_PRODUCED_END;
}

/* Nothing more is there now: ends the feed, beats or waits. */
static LuoHubProduced
rest (Feed *self, LuoHubAnswer *answer)
{
  gint64 now;

  if (self->kind == FEED_NORMAL || self->left == 0 || (self->kind == FEED_LONGPOLL && self->rows > 0)
      || luo_hub_waits_is_stopping (self->waits) || luo_hub_wait_is_gone (self->wait))
    return finish (self, answer);
  now = g_get_monotonic_time ();
  if (now >= self->ends_at)
    return finish (self, answer);
  if (now >= self->beats_at)
    {
      self->beats_at = now + self->heartbeat;
      g_string_append_c (luo_hub_answer_text (answer), '\n');
      return LUO_HUB_PRODUCED_MORE;
    }
  return luo_hub_wait_suspend (self->wait, MIN (self->ends_at, self->beats_at)) ? LUO_HUB_PRODUCED_WAIT
                                                                                : LUO_HUB_PRODUCED_MORE;
}

/* Whether the user may still read: a feed can outlive a session, a role and a user. */
static gboolean
may_still (Feed *self)
{
  g_autoptr (LuoHubUser) user = luo_hub_users_lookup (luo_hub_get_users (self->hub), self->user->name);
  g_autoptr (LuoHubSpace) space
      = luo_hub_spaces_get (luo_hub_get_spaces (self->hub), self->space->name, NULL);

  return user != NULL && space != NULL && strcmp (user->derived_key, self->user->derived_key) == 0
         && strcmp (space->instance, self->space->instance) == 0
         && luo_hub_security_access (luo_hub_get_spaces (self->hub), user, space, NULL)
                >= LUO_HUB_ACCESS_READ;
}

static LuoHubProduced
produce (LuoHubAnswer *answer, gpointer user_data)
{
  Feed *self = user_data;
  guint64 before = self->rows;

  if (!self->begun)
    {
      self->begun = TRUE;
      set_clocks (self);
      if (self->kind != FEED_CONTINUOUS)
        g_string_append (luo_hub_answer_text (answer), "{\"results\":[\n");
      /* The head goes out at once, so that the client knows that it was heard. */
      if (self->kind != FEED_NORMAL)
        return LUO_HUB_PRODUCED_MORE;
    }
  if (self->page == NULL && self->left > 0)
    {
      /* What is written from here on keeps the feed from waiting. */
      if (self->wait != NULL)
        luo_hub_wait_mark (self->wait);
      if ((self->wait != NULL && !may_still (self)) || !read_page (self))
        return finish (self, answer);
    }
  if (self->page != NULL)
    append_rows (self, answer);
  if (self->rows > before)
    set_clocks (self);
  if (self->page != NULL || (self->more && self->left > 0))
    return LUO_HUB_PRODUCED_MORE;
  if (self->kind == FEED_CONTINUOUS && self->rows > before && self->left > 0)
    return LUO_HUB_PRODUCED_MORE; /* what was found goes out before the feed may wait */
  return rest (self, answer);
}

/* --- The request ------------------------------------------------------------------------------------ */

static gboolean
read_kind (LuoHubRequest *request, Feed *feed, GError **error)
{
  const char *kind = luo_hub_request_get_query (request, "feed");

  if (kind == NULL || strcmp (kind, "normal") == 0)
    feed->kind = FEED_NORMAL;
  else if (strcmp (kind, "longpoll") == 0)
    feed->kind = FEED_LONGPOLL;
  else if (strcmp (kind, "continuous") == 0)
    feed->kind = FEED_CONTINUOUS;
  else
    {
      g_set_error (error, LUO_HUB_ERROR,
                   strcmp (kind, "eventsource") == 0 ? LUO_HUB_ERROR_NOT_IMPLEMENTED
                                                     : LUO_HUB_ERROR_BAD_REQUEST,
                   "Supported `feed` types: normal, continuous, longpoll");
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_clocks (LuoHubRequest *request, Feed *feed, GError **error)
{
  const char *heartbeat = luo_hub_request_get_query (request, "heartbeat");
  guint64 msec = 0;

  if (heartbeat != NULL && strcmp (heartbeat, "false") != 0)
    {
      msec = LUO_HUB_FEED_TIMEOUT_MSEC;
      if (strcmp (heartbeat, "true") != 0 && !luo_hub_request_get_uint (request, "heartbeat", &msec, error))
        return FALSE;
      if (msec == 0)
        {
          g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                               "The heartbeat value should be a positive integer (in milliseconds).");
          return FALSE;
        }
      feed->heartbeat = (gint64)CLAMP (msec, LUO_HUB_MIN_HEARTBEAT_MSEC, LUO_HUB_FEED_TIMEOUT_MSEC) * 1000;
    }
  /* As in CouchDB a heartbeat keeps a feed without a timeout of its own open. */
  msec = feed->heartbeat > 0 ? 0 : LUO_HUB_FEED_TIMEOUT_MSEC;
  if (!luo_hub_request_get_uint (request, "timeout", &msec, error))
    return FALSE;
  if (luo_hub_request_get_query (request, "timeout") != NULL && msec == 0)
    msec = 1;
  feed->timeout = (gint64)MIN (msec, LUO_HUB_FEED_TIMEOUT_MSEC) * 1000;
  return TRUE;
}

static gboolean
set_ids (Feed *feed, char **ids, GError **error)
{
  if (ids == NULL)
    {
      g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_BAD_REQUEST,
                           "`doc_ids` filter parameter is not a list of strings.");
      return FALSE;
    }
  feed->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; ids[i] != NULL; i++)
    g_hash_table_add (feed->ids, g_strdup (ids[i]));
  return TRUE;
}

static gboolean
read_filter (LuoHubRequest *request, Feed *feed, JsonObject *body, GError **error)
{
  const char *filter = luo_hub_request_get_query (request, "filter");

  if (filter == NULL)
    return TRUE;
  if (strcmp (filter, "_design") == 0)
    {
      feed->designs = TRUE;
      return TRUE;
    }
  if (strcmp (filter, "_doc_ids") == 0)
    {
      const char *query = luo_hub_request_get_query (request, "doc_ids");
      g_auto (GStrv) ids = NULL;

      if (body != NULL)
        ids = luo_hub_json_get_strings (body, "doc_ids");
      else if (query != NULL)
        {
          /* Wrapped, the query is checked as strictly as a body. */
          g_autofree char *wrapped = g_strdup_printf ("{\"doc_ids\":%s}", query);
          g_autoptr (JsonObject) object = luo_hub_json_parse_object (wrapped, strlen (wrapped), NULL);

          if (object != NULL)
            ids = luo_hub_json_get_strings (object, "doc_ids");
        }
      return set_ids (feed, ids, error);
    }
  g_set_error_literal (error, LUO_HUB_ERROR, LUO_HUB_ERROR_NOT_IMPLEMENTED,
                       "This server has the filters _doc_ids and _design.");
  return FALSE;
}

/* Where the feed begins. */
static gboolean
read_since (LuoHubRequest *request, Feed *feed, GError **error)
{
  const char *since = luo_hub_request_get_query (request, "since");
  g_autoptr (LuoSpace) space = NULL;

  if (since == NULL)
    since = luo_hub_request_get_header (request, "Last-Event-ID");
  feed->seq = luo_hub_space_parse_seq (feed->space, since);
  if (since == NULL || (strcmp (since, "now") != 0 && feed->seq == 0))
    return TRUE;
  space = luo_store_get_space (feed->store, feed->space->name, error);
  if (space == NULL)
    return FALSE;
  /* A sequence that never was is the end, not beyond it: what comes next must not be passed over. */
  if (strcmp (since, "now") == 0 || feed->seq > space->seq)
    feed->seq = space->seq;
  return TRUE;
}

static gboolean
answer_changes (LuoHubRequest *request, JsonObject *body, GError **error)
{
  Feed *feed = g_new0 (Feed, 1);
  const char *style = luo_hub_request_get_query (request, "style");
  guint64 limit = G_MAXUINT64;
  LuoHubAnswer *answer;

  feed->store = g_object_ref (luo_hub_get_store (request->hub));
  feed->waits = luo_hub_get_waits (request->hub);
  feed->space = luo_hub_space_ref (request->database);
  feed->hub = request->hub;
  feed->user = luo_hub_user_ref (request->user);
  feed->until = -1;
  feed->seq_interval = 1;
  feed->all_leaves = g_strcmp0 (style, "all_docs") == 0;
  feed->descending = luo_hub_request_get_flag (request, "descending");
  feed->include_docs = luo_hub_request_get_flag (request, "include_docs");
  if (luo_hub_request_get_flag (request, "conflicts"))
    feed->print |= LUO_HUB_PRINT_CONFLICTS;
  if (luo_hub_request_get_flag (request, "attachments"))
    feed->print |= LUO_HUB_PRINT_ATTACHMENTS;
  if (!read_kind (request, feed, error) || !read_clocks (request, feed, error)
      || !read_filter (request, feed, body, error) || !read_since (request, feed, error)
      || !luo_hub_request_get_uint (request, "limit", &limit, error)
      || !luo_hub_request_get_uint (request, "seq_interval", &feed->seq_interval, error))
    {
      feed_free (feed);
      return FALSE;
    }
  feed->left = MAX (limit, 1); /* CouchDB takes 0 for 1 */
  if (feed->descending)
    feed->seq = luo_hub_request_get_query (request, "since") != NULL ? feed->seq : 0;
  /* Who calls without a connection is told what there is, and asks again. */
  if (request->connection == NULL)
    feed->kind = FEED_NORMAL;
  if (feed->kind != FEED_NORMAL)
    feed->wait = luo_hub_wait_new (feed->waits, feed->space->name, request->connection);

  answer = luo_hub_request_answer (request, 200);
  luo_hub_answer_set_producer (answer, produce, feed, feed_free);
  return TRUE;
}

gboolean
luo_hub_changes_get (LuoHubRequest *request, GError **error)
{
  return answer_changes (request, NULL, error);
}

gboolean
luo_hub_changes_post (LuoHubRequest *request, GError **error)
{
  g_autoptr (JsonObject) body = NULL;

  if (!luo_hub_request_expect_json (request, error))
    return FALSE;
  if (request->body->len > 0)
    {
      body = luo_hub_request_parse_body (request, error);
      if (body == NULL)
        return FALSE;
    }
  return answer_changes (request, body, error);
}
