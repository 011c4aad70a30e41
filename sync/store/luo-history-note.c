/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-history-note.h"

#include <string.h>

#include "luo-changes.h"
#include "luo-clock.h"
#include "luo-json-text.h"
#include "luo-record-id.h"

static char *
text_at (const char *body, const char *pointer)
{
  g_autofree char *value = luo_json_at (body, pointer);

  return value != NULL ? luo_json_decode_string (value, strlen (value)) : NULL;
}

static char *
find_device (LuoStore *store, LuoConnection *conn)
{
  sqlite3_stmt *stmt
      = luo_connection_prepare (conn, "SELECT value FROM meta WHERE name = 'user:device'", NULL);
  char *device = NULL;

  if (stmt != NULL && luo_connection_step (conn, stmt, NULL) > 0)
    {
      device = luo_column_dup (stmt, 0);
      luo_statement_done (stmt);
    }
  return device != NULL ? device : g_strdup (g_get_host_name ());
}

static gboolean
is_one_sitting (const char *before, const char *now)
{
  g_autoptr (GDateTime) a = g_date_time_new_from_iso8601 (before, NULL);
  g_autoptr (GDateTime) b = g_date_time_new_from_iso8601 (now, NULL);
  GTimeSpan span = a != NULL && b != NULL ? g_date_time_difference (b, a) : -1;

  return span >= 0 && span <= LUO_HISTORY_SITTING_SECONDS * G_TIME_SPAN_SECOND;
}

/* The unsent entry of this replica that made the revision which the edit replaces. @body: (out) (nullable) */
static gboolean
find_sitting (LuoConnection *conn, gint64 space, const LuoHistoryNote *note, const char *by, const char *at,
              char **id, char **rev, char **body, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (
      conn,
      "SELECT d.id, d.rev, d.body FROM p_edit e JOIN documents d ON d.key = e.doc JOIN revisions r ON r.doc "
      "= d.key "
      "WHERE e.record = ?2 AND e.space = ?1 AND d.pending = 1 AND d.leaves = 1 AND r.flags & ?3 = ?4 "
      "ORDER BY e.at DESC",
      error);
  int row = 0;

  *body = NULL;
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space);
  luo_bind_text (stmt, 2, note->record);
  sqlite3_bind_int64 (stmt, 3, LUO_REV_MINE | LUO_REV_HELD | LUO_REV_OFFERED);
  sqlite3_bind_int64 (stmt, 4, LUO_REV_MINE);
  while (*body == NULL && (row = luo_connection_step (conn, stmt, error)) > 0)
    {
      const char *text = (const char *)sqlite3_column_text (stmt, 2);
      g_autofree char *entry_rev = text_at (text, "/rev");
      g_autofree char *entry_by = text_at (text, "/by");
      g_autofree char *entry_at = text_at (text, "/at");

      if (g_strcmp0 (entry_rev, note->base) != 0 || g_strcmp0 (entry_by, by) != 0 || entry_at == NULL
          || !is_one_sitting (entry_at, at))
        continue;
      *id = luo_column_dup (stmt, 0);
      *rev = luo_column_dup (stmt, 1);
      *body = luo_column_dup (stmt, 2);
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);
  return TRUE;
}

static void
append_text (GString *out, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (out, ",\"%s\":", name);
  luo_json_append_string (out, value);
}

/* What the sitting has changed altogether; NULL where the entry does not fit what is there, which then stands by itself. */
static char *
join_changes (const LuoHistoryNote *note, const char *entry)
{
  g_autofree char *changes = luo_json_at (entry, "/changes");
  g_autofree char *body = g_strdup (note->before);
  g_autofree char *files = g_strdup (note->before_files);

  if (changes == NULL || !luo_changes_undo (changes, TRUE, &body, &files, NULL))
    return NULL;
  return luo_changes_make (body, files, note->after, note->after_files);
}

gboolean
luo_history_note_write (LuoStore *store, LuoConnection *conn, gint64 space, const LuoHistoryNote *note,
                        char **id, char **parent, char **body, GError **error)
{
  g_autofree char *by = text_at (note->stamped, "/updated_by");
  g_autofree char *at = text_at (note->stamped, "/updated_at");
  g_autofree char *device = find_device (store, conn);
  g_autofree char *sitting = NULL, *changes = NULL, *base = NULL;
  GString *out;

  *id = *parent = *body = NULL;
  if (at == NULL)
    {
      g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (luo_clock_get_real () / G_USEC_PER_SEC);

      at = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
    }
  /* What was before a deletion is what people look for in a history, so it is never joined with edits. */
  if (note->replaces && note->before != NULL && note->after != NULL
      && !find_sitting (conn, space, note, by, at, id, parent, &sitting, error))
    return FALSE;
  if (sitting != NULL)
    {
      changes = join_changes (note, sitting);
      base = text_at (sitting, "/base");
    }
  if (changes == NULL)
    {
      g_clear_pointer (id, g_free);
      g_clear_pointer (parent, g_free);
      g_free (base);
      base = g_strdup (note->base);
      changes = luo_changes_make (note->before, note->before_files, note->after, note->after_files);
      if (strcmp (changes, "{}") == 0)
        return TRUE;
    }

  if (*id == NULL)
    *id = luo_record_id_random ("edit");
  out = g_string_new ("{\"type\":\"edit\"");
  append_text (out, "record", note->record);
  append_text (out, "by", by);
  append_text (out, "device", device);
  append_text (out, "at", at);
  append_text (out, "base", base);
  append_text (out, "rev", note->rev);
  g_string_append_printf (out, ",\"changes\":%s}", changes);
  *body = g_string_free (out, FALSE);
  return TRUE;
}
