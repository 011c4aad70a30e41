/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-edit.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "luo-document-private.h"
#include "luo-record-type.h"

gboolean
luo_edit_open (LuoEdit *self, LuoStore *store, LuoConnection *conn, LuoSpaceState *space, const char *id,
               GError **error)
{
  sqlite3_stmt *stmt;
  int row;

  memset (self, 0, sizeof *self);
  self->store = store;
  self->conn = conn;
  self->space = space;
  self->id = id;
  self->hub = (luo_store_get_flags (store) & LUO_STORE_HUB) != 0;

  stmt = luo_connection_prepare (
      conn,
      "SELECT key, seq, rev, flags, deleted, type, conflicts, pending, leaves, attachments, "
      "body FROM documents WHERE space = ?1 AND id = ?2",
      error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space->id);
  luo_bind_text (stmt, 2, id);
  row = luo_connection_step (conn, stmt, error);
  if (row < 0)
    return FALSE;
  if (row == 0)
    {
      luo_statement_done (stmt);
      self->tree = luo_tree_new ();
      return TRUE;
    }

  self->exists = TRUE;
  self->key = sqlite3_column_int64 (stmt, 0);
  self->seq = sqlite3_column_int64 (stmt, 1);
  self->rev = luo_column_dup (stmt, 2);
  self->flags = (guint)sqlite3_column_int (stmt, 3);
  self->deleted = sqlite3_column_int (stmt, 4) != 0;
  self->type = luo_column_dup (stmt, 5);
  self->conflicts = (guint)sqlite3_column_int (stmt, 6);
  self->pending = (guint)sqlite3_column_int (stmt, 7);
  self->leaves = (guint)sqlite3_column_int (stmt, 8);
  self->attachments = luo_column_dup (stmt, 9);
  self->body = luo_column_dup (stmt, 10);
  self->body_length = (gsize)sqlite3_column_bytes (stmt, 10);
  luo_statement_done (stmt);

  self->tree = luo_tree_load (conn, self->key, error);
  if (self->tree == NULL)
    return FALSE;
  luo_tree_settle (self->tree, 0, G_MAXUINT);
  if (self->tree->winner < 0 || self->tree->winner != luo_tree_find_rev (self->tree, self->rev))
    {
      /* Writing on would hide the damage. */
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_DAMAGED,
                   _ ("The versions of %s do not fit together."), id);
      return FALSE;
    }
  return TRUE;
}

void
luo_edit_close (LuoEdit *self)
{
  g_clear_pointer (&self->rev, g_free);
  g_clear_pointer (&self->type, g_free);
  g_clear_pointer (&self->attachments, g_free);
  g_clear_pointer (&self->body, g_free);
  g_clear_pointer (&self->tree, luo_tree_free);
}

gboolean
luo_edit_check_append_only (const LuoEdit *self, GError **error)
{
  const LuoRecordType *type = self->hub && self->exists ? luo_record_type_find (self->type) : NULL;

  if (type == NULL || !type->append_only)
    return TRUE;
  g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_FORBIDDEN,
               _ ("The history is only added to: the entry %s can be neither changed nor deleted."),
               self->id);
  return FALSE;
}

static sqlite3_stmt *
prepare_for_node (LuoEdit *self, const char *sql, const LuoNode *node, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (self->conn, sql, error);

  if (stmt != NULL)
    {
      sqlite3_bind_int64 (stmt, 1, self->key);
      sqlite3_bind_int64 (stmt, 2, node->generation);
      luo_bind_text (stmt, 3, node->suffix);
    }
  return stmt;
}

static gboolean
read_stored_body (LuoEdit *self, const LuoNode *node, char **body, char **attachments, GError **error)
{
  sqlite3_stmt *stmt = prepare_for_node (
      self, "SELECT body, attachments FROM revisions WHERE doc = ?1 AND generation = ?2 AND suffix = ?3",
      node, error);
  int row;

  if (stmt == NULL || (row = luo_connection_step (self->conn, stmt, error)) < 0)
    return FALSE;
  if (row > 0)
    {
      *body = luo_column_dup (stmt, 0);
      *attachments = luo_column_dup (stmt, 1);
    }
  luo_statement_done (stmt);
  return TRUE;
}

gboolean
luo_edit_read_body (LuoEdit *self, int index, char **body, char **attachments, GError **error)
{
  const LuoNode *node = luo_tree_node (self->tree, index);

  *body = *attachments = NULL;
  if (node->body != NULL)
    {
      *body = g_strndup (node->body, node->body_length);
      *attachments = g_strdup (node->attachments);
      return TRUE;
    }
  if ((node->flags & LUO_REV_BODY) == 0)
    return TRUE;
  if (self->rev != NULL && index == luo_tree_find_rev (self->tree, self->rev))
    {
      *body = g_strdup (self->body);
      *attachments = g_strdup (self->attachments);
      return TRUE;
    }
  return read_stored_body (self, node, body, attachments, error);
}

static gboolean
write_node (LuoEdit *self, LuoNode *node, gboolean with_body, const char *body, gsize body_length,
            const char *attachments, GError **error)
{
  const char *sql;
  sqlite3_stmt *stmt;

  if (!node->stored)
    sql = "INSERT INTO revisions (doc, generation, suffix, parent, flags, attachments, body) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
  else if (with_body)
    sql = "UPDATE revisions SET parent = ?4, flags = ?5, attachments = ?6, body = ?7 "
          "WHERE doc = ?1 AND generation = ?2 AND suffix = ?3";
  else
    sql = "UPDATE revisions SET parent = ?4, flags = ?5 WHERE doc = ?1 AND generation = ?2 AND suffix = ?3";

  stmt = prepare_for_node (self, sql, node, error);
  if (stmt == NULL)
    return FALSE;
  if (node->parent >= 0)
    luo_bind_text (stmt, 4, luo_tree_node (self->tree, node->parent)->suffix);
  sqlite3_bind_int64 (stmt, 5, node->flags);
  if (!node->stored || with_body)
    {
      luo_bind_text (stmt, 6, attachments);
      luo_bind_text_n (stmt, 7, body, body_length);
    }
  return luo_connection_run (self->conn, stmt, error);
}

static gboolean
drop_node (LuoEdit *self, LuoNode *node, GError **error)
{
  sqlite3_stmt *stmt;

  if (node->has_stubs
      && !luo_attachments_release (self->conn, self->key, node->generation, node->suffix, error))
    return FALSE;
  if (!node->stored)
    return TRUE;
  stmt = prepare_for_node (self, "DELETE FROM revisions WHERE doc = ?1 AND generation = ?2 AND suffix = ?3",
                           node, error);
  return stmt != NULL && luo_connection_run (self->conn, stmt, error);
}

/* Writes the rows of the tree. The winner's body does not stay in its own row, that of the former winner may have to go there. */
static gboolean
write_tree (LuoEdit *self, int former, GError **error)
{
  gboolean unneeded = FALSE; /* files of what is no leaf any more */

  for (guint i = 0; i < self->tree->nodes->len; i++)
    {
      LuoNode *node = luo_tree_node (self->tree, (int)i);
      gboolean needed = (node->flags & LUO_REV_LEAF) != 0 || node->keep;
      gboolean brought = node->body != NULL;
      gboolean is_winner = (int)i == self->tree->winner;
      const char *body = NULL, *attachments = NULL;
      gsize body_length = 0;
      gboolean with_body = FALSE;

      if (node->removed)
        {
          if (!drop_node (self, node, error))
            return FALSE;
          /* What stood below it may have kept a file for it alone. */
          unneeded = unneeded || node->has_stubs;
          continue;
        }

      if (brought && needed)
        {
          node->flags |= LUO_REV_BODY;
          with_body = TRUE;
          if (!is_winner)
            {
              body = node->body;
              body_length = node->body_length;
              attachments = node->attachments;
            }
          if (node->attachments != NULL)
            {
              if (!luo_attachments_refer (self->conn, self->space->id, self->key, node->generation,
                                          node->suffix, node->attachments, error))
                return FALSE;
              unneeded = unneeded || (node->flags & LUO_REV_LEAF) == 0;
            }
        }
      else if ((node->flags & LUO_REV_BODY) != 0 && !needed)
        {
          node->flags &= ~(guint)LUO_REV_BODY;
          with_body = node->stored;
          if (node->has_stubs
              && !luo_attachments_release (self->conn, self->key, node->generation, node->suffix, error))
            return FALSE;
        }
      else if ((int)i == former && !is_winner)
        {
          with_body = TRUE;
          body = self->body;
          body_length = self->body_length;
          attachments = self->attachments;
        }
      else if (is_winner && (int)i != former)
        {
          /* It was kept beside the former winner; luo_edit_save() has read it. */
          with_body = TRUE;
        }

      if (node->stored && !with_body && !node->relinked && node->flags == node->stored_flags)
        continue;
      unneeded = unneeded
                 || (node->has_stubs && (node->stored_flags & LUO_REV_LEAF) != 0
                     && (node->flags & LUO_REV_LEAF) == 0);
      if (!write_node (self, node, with_body, body, body_length, attachments, error))
        return FALSE;
    }

  return !unneeded || self->hub || luo_attachments_forget_unneeded (self->conn, self->key, error);
}

static gboolean
write_document (LuoEdit *self, const LuoNode *winner, const char *type, gboolean with_body, const char *body,
                gsize body_length, const char *attachments, GError **error)
{
  char rev[LUO_REV_BUFFER];
  gboolean deleted = (winner->flags & LUO_REV_DELETED) != 0;
  sqlite3_stmt *stmt;
  const char *sql;

  if (!self->exists)
    sql = "INSERT INTO documents (key, seq, rev, flags, deleted, type, conflicts, pending, leaves, "
          "attachments, body, "
          "space, id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
  else if (with_body)
    sql = "UPDATE documents SET seq = ?2, rev = ?3, flags = ?4, deleted = ?5, type = ?6, conflicts = ?7, "
          "pending = ?8, leaves = ?9, attachments = ?10, body = ?11 WHERE key = ?1";
  else
    sql = "UPDATE documents SET seq = ?2, rev = ?3, flags = ?4, deleted = ?5, type = ?6, conflicts = ?7, "
          "pending = ?8, leaves = ?9 WHERE key = ?1";

  stmt = luo_connection_prepare (self->conn, sql, error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, self->key);
  sqlite3_bind_int64 (stmt, 2, self->seq);
  luo_bind_text (stmt, 3, luo_node_print (winner, rev));
  sqlite3_bind_int64 (stmt, 4, winner->flags & LUO_DOCUMENT_ROW_FLAGS);
  sqlite3_bind_int (stmt, 5, deleted);
  luo_bind_text (stmt, 6, type != NULL ? type : "");
  sqlite3_bind_int64 (stmt, 7, self->conflicts);
  sqlite3_bind_int64 (stmt, 8, self->pending);
  sqlite3_bind_int64 (stmt, 9, self->leaves);
  if (!self->exists || with_body)
    {
      luo_bind_text (stmt, 10, attachments);
      luo_bind_text_n (stmt, 11, body, body_length);
    }
  if (!self->exists)
    {
      sqlite3_bind_int64 (stmt, 12, self->space->id);
      luo_bind_text (stmt, 13, self->id);
    }
  return luo_connection_run (self->conn, stmt, error);
}

static gboolean
update_projection (LuoEdit *self, gboolean was_live, gboolean deleted, const char *type, const char *body,
                   gsize body_length, GError **error)
{
  gboolean same_type = was_live && g_strcmp0 (self->type, type) == 0;

  if (was_live && (deleted || !same_type)
      && !luo_projection_remove (self->conn, self->key, self->type, error))
    return FALSE;
  if (deleted)
    return TRUE;
  return luo_projection_update (self->conn, self->key, self->space->id, self->id, type, body, body_length,
                                !same_type, error);
}

/* A refusal is of a revision; once something newer stands on it or it is gone, the newer one is what will be tried. */
static gboolean
drop_refusals (LuoEdit *self, GError **error)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *stmt
      = luo_connection_prepare (self->conn, "SELECT rev FROM refusals WHERE space = ?1 AND id = ?2", error);
  int row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, self->space->id);
  luo_bind_text (stmt, 2, self->id);
  while ((row = luo_connection_step (self->conn, stmt, error)) > 0)
    {
      const char *rev = (const char *)sqlite3_column_text (stmt, 0);
      int index = luo_tree_find_rev (self->tree, rev);

      if (index < 0 || (luo_tree_node (self->tree, index)->flags & LUO_REV_LEAF) == 0
          || (luo_tree_node (self->tree, index)->flags & LUO_REV_HELD) != 0)
        g_ptr_array_add (gone, g_strdup (rev));
    }
  if (row < 0)
    return FALSE;
  luo_statement_done (stmt);

  for (guint i = 0; i < gone->len; i++)
    {
      stmt = luo_connection_prepare (self->conn,
                                     "DELETE FROM refusals WHERE space = ?1 AND id = ?2 AND rev = ?3", error);
      if (stmt == NULL)
        return FALSE;
      sqlite3_bind_int64 (stmt, 1, self->space->id);
      luo_bind_text (stmt, 2, self->id);
      luo_bind_text (stmt, 3, gone->pdata[i]);
      if (!luo_connection_run (self->conn, stmt, error))
        return FALSE;
    }
  return TRUE;
}

static void
count (LuoEdit *self, gboolean existed, gboolean was_deleted, guint was_pending, guint was_conflicts,
       gsize was_length, gboolean deleted, gsize length)
{
  LuoSpaceState *space = self->space;

  if (existed)
    {
      space->documents -= !was_deleted;
      space->deleted -= was_deleted;
      space->pending -= was_pending > 0;
      space->conflicts -= was_conflicts > 0;
      space->size -= (gint64)was_length;
    }
  space->documents += !deleted;
  space->deleted += deleted;
  space->pending += self->pending > 0;
  space->conflicts += self->conflicts > 0;
  space->size += (gint64)length;
}

gboolean
luo_edit_save (LuoEdit *self, gboolean new_seq, GError **error)
{
  g_autofree char *read_body = NULL, *read_attachments = NULL, *read_type = NULL;
  gboolean existed = self->exists, was_deleted = self->deleted;
  guint was_pending = self->pending, was_conflicts = self->conflicts;
  gsize was_length = self->body_length, length;
  const char *body, *attachments, *type;
  gboolean winner_changed, deleted;
  LuoNode *winner;
  int former = self->rev != NULL ? luo_tree_find_rev (self->tree, self->rev) : -1;

  /* The former winner's attachments stand in its document's row. */
  if (former >= 0)
    luo_tree_node (self->tree, former)->has_stubs = self->attachments != NULL;
  else if (self->attachments != NULL)
    for (guint i = 0; i < self->tree->nodes->len; i++)
      {
        char rev[LUO_REV_BUFFER];
        LuoNode *node = luo_tree_node (self->tree, (int)i);

        if (node->removed && self->rev != NULL && strcmp (luo_node_print (node, rev), self->rev) == 0)
          node->has_stubs = TRUE;
      }

  luo_tree_settle (self->tree, self->hub ? 0 : LUO_STORE_KEPT_BASES, LUO_REVS_LIMIT);
  g_assert (self->tree->winner >= 0);
  winner = luo_tree_node (self->tree, self->tree->winner);
  deleted = (winner->flags & LUO_REV_DELETED) != 0;
  winner_changed = self->tree->winner != former;

  if (!winner_changed)
    {
      body = self->body;
      length = self->body_length;
      attachments = self->attachments;
      type = self->type;
    }
  else if (winner->body != NULL)
    {
      body = winner->body;
      length = winner->body_length;
      attachments = winner->attachments;
      type = winner->type;
    }
  else
    {
      if (!read_stored_body (self, winner, &read_body, &read_attachments, error))
        return FALSE;
      if (read_body == NULL)
        {
          g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_DAMAGED,
                       _ ("The versions of %s do not fit together."), self->id);
          return FALSE;
        }
      read_type = luo_body_record_type (read_body, strlen (read_body));
      body = read_body;
      length = strlen (read_body);
      attachments = read_attachments;
      type = read_type;
    }
  if (type == NULL)
    type = "";

  if (!existed && !luo_store_next_key (self->store, self->conn, &self->key, error))
    return FALSE;
  if (new_seq)
    self->seq = ++self->space->seq;
  self->space->dirty = TRUE;
  self->leaves = self->tree->leaves;
  self->pending = self->hub ? 0 : self->tree->unheld;
  self->conflicts = self->tree->live > 1 ? self->tree->live - 1 : 0;

  if (!write_tree (self, former, error)
      || !write_document (self, winner, type, winner_changed, body, length, attachments, error))
    return FALSE;
  count (self, existed, was_deleted, was_pending, was_conflicts, was_length, deleted, length);

  if (!self->hub)
    {
      if (winner_changed
          && !update_projection (self, existed && !was_deleted, deleted, type, body, length, error))
        return FALSE;
      if (existed && !drop_refusals (self, error))
        return FALSE;
    }

  luo_store_note_change (self->store, self->space->name, self->key);
  return TRUE;
}

/* The rows of a history that nothing else shares. */
static gboolean
insert_history (LuoConnection *conn, gint64 key, const char *const *history, guint leaf, guint ancestor,
                GError **error)
{
  for (gsize i = 0; history[i] != NULL && i < LUO_REVS_LIMIT; i++)
    {
      guint generation = 0;
      const char *suffix = luo_rev_parse (history[i], &generation);
      const char *parent = history[i + 1];
      sqlite3_stmt *stmt = luo_connection_prepare (
          conn, "INSERT INTO revisions (doc, generation, suffix, parent, flags) VALUES (?1, ?2, ?3, ?4, ?5)",
          error);

      if (stmt == NULL)
        return FALSE;
      sqlite3_bind_int64 (stmt, 1, key);
      sqlite3_bind_int64 (stmt, 2, generation);
      luo_bind_text (stmt, 3, suffix);
      luo_bind_text (stmt, 4, parent != NULL && i + 1 < LUO_REVS_LIMIT ? luo_rev_parse (parent, NULL) : NULL);
      sqlite3_bind_int64 (stmt, 5, i == 0 ? leaf : ancestor);
      if (!luo_connection_run (conn, stmt, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
luo_edit_insert_new (LuoStore *store, LuoConnection *conn, LuoSpaceState *space,
                     const LuoNewDocument *document, gint64 *key, gboolean *taken, GError **error)
{
  gboolean hub = (luo_store_get_flags (store) & LUO_STORE_HUB) != 0;
  gboolean deleted = (document->flags & LUO_REV_DELETED) != 0;
  gboolean pending = !hub && (document->flags & LUO_REV_HELD) == 0;
  guint leaf = document->flags | LUO_REV_LEAF | LUO_REV_BODY;
  const char *type = document->type != NULL ? document->type : "";
  sqlite3_stmt *stmt;

  *taken = FALSE;
  if (!luo_store_next_key (store, conn, key, error))
    return FALSE;

  stmt = luo_connection_prepare (
      conn,
      "INSERT INTO documents (key, space, seq, rev, flags, deleted, type, conflicts, "
      "pending, leaves, id, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, 1, ?9, ?10) "
      "ON CONFLICT (space, id) DO NOTHING",
      error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, *key);
  sqlite3_bind_int64 (stmt, 2, space->id);
  sqlite3_bind_int64 (stmt, 3, space->seq + 1);
  luo_bind_text (stmt, 4, document->history[0]);
  sqlite3_bind_int64 (stmt, 5, leaf & LUO_DOCUMENT_ROW_FLAGS);
  sqlite3_bind_int (stmt, 6, deleted);
  luo_bind_text (stmt, 7, type);
  sqlite3_bind_int (stmt, 8, pending);
  luo_bind_text (stmt, 9, document->id);
  luo_bind_text_n (stmt, 10, document->body, document->length);
  if (!luo_connection_run (conn, stmt, error))
    return FALSE;
  *taken = sqlite3_changes (luo_connection_get_handle (conn)) > 0;
  if (!*taken)
    return TRUE;

  if (!insert_history (conn, *key, document->history, leaf, document->flags & LUO_REV_HELD, error))
    return FALSE;
  if (!hub && !deleted
      && !luo_projection_update (conn, *key, space->id, document->id, type, document->body, document->length,
                                 TRUE, error))
    return FALSE;

  space->seq++;
  space->documents += !deleted;
  space->deleted += deleted;
  space->pending += pending;
  space->size += (gint64)document->length;
  space->dirty = TRUE;
  luo_store_note_change (store, space->name, *key);
  return TRUE;
}
