/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-checkpoint-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-clock.h"
#include "luo-json-text.h"
#include "luo-replication-tuning.h"
#include "luo-store-sync.h"

struct _LuoCheckpoint
{
  LuoStore *store;         /* (owned) */
  LuoHttpSession *session; /* (owned) */
  char *space;             /* (owned) */
  LuoDirection direction;
  char *database; /* (owned): path segment */
  char *id;       /* (owned): replication id */

  gboolean loaded;
  gboolean remade;
  gboolean remote_refused; /* this user may not write the log */
  char *instance;          /* (owned) (nullable): of the server's database; NULL where it does not say */
  char *session_id;        /* (owned) (nullable): of the log entry that is being written */
  char *remote_rev;        /* (owned) (nullable) */
  char *seq;               /* (owned): JSON text */
  char *start_seq;         /* (owned): where this session began */
  char *saved_seq;         /* (owned): what the last log says */
  char *start_time;        /* (owned) */
  gint64 saved_at;         /* monotonic time */
  GPtrArray *history;      /* (owned) (element-type utf8): JSON texts of earlier entries, newest first */
  guint64 checked, missing, read, written, failed;
};

char *
luo_database_path (const char *space)
{
  GString *path = g_string_new ("luoshi-");

  luo_http_append_escaped (path, space);
  return g_string_free (path, FALSE);
}

char *
luo_checkpoint_id (const char *uuid, const char *endpoint, const char *space, LuoDirection direction)
{
  /* The filter's place is kept, so that a filtered replication would have an id of its own. */
  g_autofree char *text = g_strjoin ("\n", uuid, endpoint, space,
                                     direction == LUO_DIRECTION_PULL ? "pull" : "push", "no filter", NULL);

  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

/* The members of a log that are looked at; NULL where absent or of another kind. */
typedef struct
{
  char *session_id;
  char *seq; /* JSON text */
} LogEntry;

static void
log_entry_clear (LogEntry *entry)
{
  g_clear_pointer (&entry->session_id, g_free);
  g_clear_pointer (&entry->seq, g_free);
}

static gboolean
read_entry (const char *text, gsize length, const char *seq_member, LogEntry *entry, GArray *members)
{
  const LuoJsonMember *member;

  entry->session_id = NULL;
  entry->seq = NULL;
  if (!luo_json_cut (text, length, members, NULL))
    return FALSE;
  if ((member = luo_json_find (members, "session_id")) != NULL)
    entry->session_id = luo_json_decode_string (member->value, member->value_length);
  if ((member = luo_json_find (members, seq_member)) != NULL)
    entry->seq = g_strndup (member->value, member->value_length);
  return entry->session_id != NULL && *entry->session_id != '\0' && entry->seq != NULL;
}

/* The texts of the entries of a log's history, newest first. */
static GPtrArray *
read_history (const char *log)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  GPtrArray *history = g_ptr_array_new_with_free_func (g_free);
  const LuoJsonMember *member;

  if (luo_json_cut (log, strlen (log), members, NULL) && (member = luo_json_find (members, "history")) != NULL
      && luo_json_cut_array (member->value, member->value_length, items, NULL))
    for (guint i = 0; i < items->len; i++)
      {
        const LuoJsonMember *item = &g_array_index (items, LuoJsonMember, i);

        g_ptr_array_add (history, g_strndup (item->value, item->value_length));
      }
  return history;
}

/* Whether the target's is the lesser. Both are true; where they can be compared the lesser is the safe one (one side may stand on an
 * older backup). */
static gboolean
is_target_behind (const char *source, const char *target)
{
  guint64 a, b;

  return g_ascii_string_to_unsigned (source, 10, 0, G_MAXUINT64, &a, NULL)
         && g_ascii_string_to_unsigned (target, 10, 0, G_MAXUINT64, &b, NULL) && b < a;
}

char *
luo_checkpoint_compare (const char *source, const char *target, GPtrArray **history)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GPtrArray) source_history = NULL;
  g_autoptr (GPtrArray) target_history = NULL;
  GPtrArray *common = NULL; /* whose entries hold, from @first on */
  guint first = 0;
  LogEntry a = { NULL }, b = { NULL };
  char *seq = NULL;

  source_history = source != NULL ? read_history (source) : g_ptr_array_new ();
  target_history = target != NULL ? read_history (target) : g_ptr_array_new ();
  if (source != NULL && target != NULL && read_entry (source, strlen (source), "source_last_seq", &a, members)
      && read_entry (target, strlen (target), "source_last_seq", &b, members)
      && strcmp (a.session_id, b.session_id) == 0)
    {
      gboolean behind = is_target_behind (a.seq, b.seq);

      seq = g_strdup (behind ? b.seq : a.seq);
      common = behind ? target_history : source_history;
    }
  log_entry_clear (&a);
  log_entry_clear (&b);

  for (guint i = 0; i < source_history->len && seq == NULL; i++)
    {
      const char *text = source_history->pdata[i];

      if (read_entry (text, strlen (text), "recorded_seq", &a, members))
        for (guint j = 0; j < target_history->len && seq == NULL; j++)
          {
            const char *other = target_history->pdata[j];

            if (read_entry (other, strlen (other), "recorded_seq", &b, members)
                && strcmp (a.session_id, b.session_id) == 0)
              {
                gboolean behind = is_target_behind (a.seq, b.seq);

                seq = g_strdup (behind ? b.seq : a.seq);
                common = behind ? target_history : source_history;
                first = behind ? j : i;
              }
            log_entry_clear (&b);
          }
      log_entry_clear (&a);
    }

  if (history != NULL)
    {
      *history = g_ptr_array_new_with_free_func (g_free);
      for (guint i = first; common != NULL && i < common->len; i++)
        g_ptr_array_add (*history, g_strdup (common->pdata[i]));
    }
  return seq != NULL ? seq : g_strdup ("0");
}

LuoCheckpoint *
luo_checkpoint_new (LuoStore *store, LuoHttpSession *session, const char *space, LuoDirection direction)
{
  LuoCheckpoint *self = g_new0 (LuoCheckpoint, 1);

  self->store = g_object_ref (store);
  self->session = luo_http_session_ref (session);
  self->space = g_strdup (space);
  self->direction = direction;
  self->database = luo_database_path (space);
  self->id = luo_checkpoint_id (luo_store_get_uuid (store), luo_http_session_get_endpoint (session), space,
                                direction);
  self->seq = g_strdup ("0");
  return self;
}

void
luo_checkpoint_reset (LuoCheckpoint *self)
{
  self->loaded = FALSE;
  self->remade = FALSE;
  self->remote_refused = FALSE;
  g_clear_pointer (&self->instance, g_free);
  g_clear_pointer (&self->session_id, g_free);
  g_clear_pointer (&self->remote_rev, g_free);
  g_clear_pointer (&self->start_seq, g_free);
  g_clear_pointer (&self->saved_seq, g_free);
  g_clear_pointer (&self->start_time, g_free);
  g_clear_pointer (&self->history, g_ptr_array_unref);
  self->checked = self->missing = self->read = self->written = self->failed = 0;
}

void
luo_checkpoint_free (LuoCheckpoint *self)
{
  luo_checkpoint_reset (self);
  g_object_unref (self->store);
  luo_http_session_unref (self->session);
  g_free (self->space);
  g_free (self->database);
  g_free (self->id);
  g_free (self->seq);
  g_free (self);
}

/* Gives what the server says of its database: @instance NULL where it does not say when it was made. */
static gboolean
ask_instance (LuoCheckpoint *self, char **instance, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_strconcat ("/", self->database, NULL);
  g_autoptr (LuoHttpReply) reply
      = luo_http_session_call (self->session, "GET", path, NULL, cancellable, error);

  if (reply == NULL)
    return FALSE;
  *instance = luo_http_reply_text (reply, "instance_start_time");
  if (*instance != NULL && (strcmp (*instance, "0") == 0 || **instance == '\0'))
    g_clear_pointer (instance, g_free);
  return TRUE;
}

/* Reads the server's log: @log NULL where there is none. */
static gboolean
get_remote (LuoCheckpoint *self, char **log, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/%s/_local/%s", self->database, self->id);
  LuoHttpRequest request = { .method = "GET", .path = path };
  g_autoptr (LuoHttpReply) reply = luo_http_session_send (self->session, &request, cancellable, error);

  if (reply == NULL)
    return FALSE;
  g_clear_pointer (&self->remote_rev, g_free);
  if (reply->status == 404)
    return TRUE;
  if (!luo_http_reply_check (reply, error))
    return FALSE;
  self->remote_rev = luo_http_reply_text (reply, "_rev");
  *log = g_strndup (reply->body, reply->length);
  return TRUE;
}

/* The server's database is another one than before: nothing that was known of it holds. */
static gboolean
forget_server (LuoCheckpoint *self, GError **error)
{
  const LuoDirection directions[] = { LUO_DIRECTION_PULL, LUO_DIRECTION_PUSH };

  for (guint i = 0; i < G_N_ELEMENTS (directions); i++)
    {
      g_autofree char *id
          = luo_checkpoint_id (luo_store_get_uuid (self->store),
                               luo_http_session_get_endpoint (self->session), self->space, directions[i]);

      if (!luo_store_put_local (self->store, self->space, id, NULL, TRUE, "{}", NULL, error))
        return FALSE;
    }
  return luo_store_forget_marks (self->store, self->space, 0, error);
}

static char *
now_text (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (luo_clock_get_real () / G_USEC_PER_SEC);

  return g_date_time_format (now, "%a, %d %b %Y %H:%M:%S GMT");
}

static gboolean
load (LuoCheckpoint *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *known = NULL;
  g_autofree char *remote = NULL;
  g_autofree char *local = NULL;
  g_autoptr (GError) store_error = NULL;
  gboolean is_pull = self->direction == LUO_DIRECTION_PULL;
  gboolean other;

  if (!ask_instance (self, &self->instance, cancellable, error)
      || !get_remote (self, &remote, cancellable, error))
    return FALSE;

  known = luo_store_get_space_meta (self->store, self->space, LUO_CHECKPOINT_META_INSTANCE, &store_error);
  if (store_error == NULL)
    local = luo_store_get_local (self->store, self->space, self->id, NULL, &store_error);
  if (store_error != NULL)
    {
      luo_replication_error_propagate (error, g_steal_pointer (&store_error));
      return FALSE;
    }

  other = known != NULL && self->instance != NULL && strcmp (known, self->instance) != 0;
  /* A log that is here and not there says the same where the server does not tell when its database was made. */
  if (!other && local != NULL && strcmp (local, "{}") != 0 && remote == NULL)
    other = TRUE;
  if (other)
    {
      if (!forget_server (self, &store_error))
        {
          luo_replication_error_propagate (error, g_steal_pointer (&store_error));
          return FALSE;
        }
      g_clear_pointer (&local, g_free);
    }
  if (self->instance != NULL && g_strcmp0 (known, self->instance) != 0
      && !luo_store_set_space_meta (self->store, self->space, LUO_CHECKPOINT_META_INSTANCE, self->instance,
                                    &store_error))
    {
      luo_replication_error_propagate (error, g_steal_pointer (&store_error));
      return FALSE;
    }

  g_free (self->seq);
  /* What only one side remembers does not go on: written to both it would look like something on which they had agreed. */
  self->seq = luo_checkpoint_compare (is_pull ? remote : local, is_pull ? local : remote, &self->history);
  self->start_seq = g_strdup (self->seq);
  self->saved_seq = g_strdup (self->seq);
  self->start_time = now_text ();
  self->saved_at = luo_clock_get_monotonic ();
  self->session_id = g_uuid_string_random ();
  return TRUE;
}

gboolean
luo_checkpoint_load (LuoCheckpoint *self, GCancellable *cancellable, GError **error)
{
  if (self->loaded)
    return TRUE;
  luo_checkpoint_reset (self);
  self->loaded = load (self, cancellable, error);
  return self->loaded;
}

gboolean
luo_checkpoint_is_loaded (LuoCheckpoint *self)
{
  return self->loaded;
}

gboolean
luo_checkpoint_doubt (LuoCheckpoint *self, gboolean *behind, GCancellable *cancellable, GError **error)
{
  g_autofree char *remote = NULL;
  g_autofree char *local = NULL;
  g_autofree char *seq = NULL;
  g_autofree char *own = NULL;
  g_autoptr (GError) store_error = NULL;

  g_return_val_if_fail (self->direction == LUO_DIRECTION_PUSH, FALSE);

  *behind = FALSE;
  if (!get_remote (self, &remote, cancellable, error))
    return FALSE;
  local = luo_store_get_local (self->store, self->space, self->id, NULL, &store_error);
  /* Where neither side has a log nothing was ever sent. */
  if (store_error == NULL && (local != NULL || remote != NULL))
    {
      seq = luo_checkpoint_compare (local, remote, NULL);
      own = luo_checkpoint_compare (local, local, NULL);
      *behind = strcmp (seq, own) != 0;
      luo_store_forget_marks (self->store, self->space, g_ascii_strtoll (seq, NULL, 10), &store_error);
    }
  if (store_error == NULL)
    return TRUE;
  luo_replication_error_propagate (error, g_steal_pointer (&store_error));
  return FALSE;
}

const char *
luo_checkpoint_get_seq (LuoCheckpoint *self)
{
  return self->seq;
}

void
luo_checkpoint_advance (LuoCheckpoint *self, const char *seq)
{
  if (strcmp (self->seq, seq) == 0)
    return;
  g_free (self->seq);
  self->seq = g_strdup (seq);
}

void
luo_checkpoint_count (LuoCheckpoint *self, guint64 checked, guint64 missing, guint64 read, guint64 written,
                      guint64 failed)
{
  self->checked += checked;
  self->missing += missing;
  self->read += read;
  self->written += written;
  self->failed += failed;
}

/* The log as JSON; with @rev as the server wants it. */
static char *
make_log (LuoCheckpoint *self, const char *rev)
{
  g_autofree char *end_time = now_text ();
  GString *log = g_string_new ("{");

  if (rev != NULL)
    {
      g_string_append (log, "\"_rev\":");
      luo_json_append_string (log, rev);
      g_string_append_c (log, ',');
    }
  g_string_append_printf (
      log,
      "\"session_id\":\"%s\",\"source_last_seq\":%s,\"replication_id_version\":4,\"history\":["
      "{\"session_id\":\"%s\",\"start_time\":\"%s\",\"end_time\":\"%s\",\"start_last_seq\":%s,"
      "\"end_last_seq\":%s,\"recorded_seq\":%s,\"missing_checked\":%" G_GUINT64_FORMAT
      ",\"missing_found\":%" G_GUINT64_FORMAT ",\"docs_read\":%" G_GUINT64_FORMAT
      ",\"docs_written\":%" G_GUINT64_FORMAT ",\"doc_write_failures\":%" G_GUINT64_FORMAT "}",
      self->session_id, self->seq, self->session_id, self->start_time, end_time, self->start_seq, self->seq,
      self->seq, self->checked, self->missing, self->read, self->written, self->failed);
  for (guint i = 0; i < self->history->len && i + 1 < LUO_TUNING_CHECKPOINT_HISTORY; i++)
    g_string_append_printf (log, ",%s", (const char *)self->history->pdata[i]);
  g_string_append (log, "]}");
  return g_string_free (log, FALSE);
}

static gboolean
put_local (LuoCheckpoint *self, GError **error)
{
  g_autofree char *log = make_log (self, NULL);
  g_autoptr (GError) store_error = NULL;

  if (luo_store_put_local (self->store, self->space, self->id, NULL, TRUE, log, NULL, &store_error))
    return TRUE;
  luo_replication_error_propagate (error, g_steal_pointer (&store_error));
  return FALSE;
}

/* Whether the server's log says what was just sent: the reply to it was lost, the log was not. */
static gboolean
is_written (LuoCheckpoint *self, const char *remote)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  LogEntry entry = { NULL };
  gboolean same;

  if (remote == NULL)
    return FALSE;
  same = read_entry (remote, strlen (remote), "source_last_seq", &entry, members)
         && strcmp (entry.session_id, self->session_id) == 0 && strcmp (entry.seq, self->seq) == 0;
  log_entry_clear (&entry);
  return same;
}

static gboolean
put_remote (LuoCheckpoint *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/%s/_local/%s", self->database, self->id);

  for (guint attempt = 0; !self->remote_refused; attempt++)
    {
      g_autofree char *log = make_log (self, self->remote_rev);
      g_autofree char *remote = NULL;
      g_autoptr (GBytes) body = g_bytes_new_static (log, strlen (log));
      LuoHttpRequest request = { .method = "PUT", .path = path, .body = body };
      g_autoptr (LuoHttpReply) reply = luo_http_session_send (self->session, &request, cancellable, error);

      if (reply == NULL)
        return FALSE;
      if (reply->status == 403)
        {
          /* Without the log on both sides the next start compares from the beginning, which is slower and as right. */
          self->remote_refused = TRUE;
          return TRUE;
        }
      if (reply->status != 409 || attempt > 1)
        {
          if (!luo_http_reply_check (reply, error))
            return FALSE;
          g_free (self->remote_rev);
          self->remote_rev = luo_http_reply_text (reply, "rev");
          return TRUE;
        }
      if (!get_remote (self, &remote, cancellable, error))
        return FALSE;
      if (is_written (self, remote))
        return TRUE;
    }
  return TRUE;
}

/* The target first: what the source says must be true there. */
static gboolean
put_both (LuoCheckpoint *self, GCancellable *cancellable, GError **error)
{
  return self->direction == LUO_DIRECTION_PULL
             ? put_local (self, error) && put_remote (self, cancellable, error)
             : put_remote (self, cancellable, error) && put_local (self, error);
}

gboolean
luo_checkpoint_begin (LuoCheckpoint *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (self->loaded, FALSE);

  return self->remote_rev != NULL || self->remote_refused || put_both (self, cancellable, error);
}

gboolean
luo_checkpoint_save (LuoCheckpoint *self, gboolean force, GCancellable *cancellable, GError **error)
{
  gint64 now = luo_clock_get_monotonic ();
  g_autofree char *instance = NULL;

  g_return_val_if_fail (self->loaded, FALSE);

  if (strcmp (self->seq, self->saved_seq) == 0
      || (!force && now - self->saved_at < LUO_TUNING_CHECKPOINT_SECONDS * G_USEC_PER_SEC))
    return TRUE;

  if (!ask_instance (self, &instance, cancellable, error))
    return FALSE;
  if (instance != NULL && self->instance != NULL && strcmp (instance, self->instance) != 0)
    {
      self->remade = TRUE;
      g_set_error_literal (error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_PROTOCOL,
                           _ ("The space was made anew on the server; it is compared from the beginning."));
      return FALSE;
    }

  if (!put_both (self, cancellable, error))
    return FALSE;
  g_free (self->saved_seq);
  self->saved_seq = g_strdup (self->seq);
  self->saved_at = now;
  return TRUE;
}

gboolean
luo_checkpoint_is_remade (LuoCheckpoint *self)
{
  return self->remade;
}
