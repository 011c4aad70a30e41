/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-document.h"
#include "luo-document-private.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-revision.h"
#include "luo-store-private.h"

struct _LuoDocument
{
  char *space;          /* (owned) */
  char *id;             /* (owned) */
  char *rev;            /* (owned) */
  char *type;           /* (owned) */
  char *not_understood; /* (owned) (nullable) */
  char *attachments;    /* (owned) (nullable) */
  char *body;           /* (owned) */
  gsize body_length;
  gint64 key;
  gint64 seq;
  guint flags;
  guint conflicts;
  gboolean pending;
  JsonObject *object; /* (owned) (nullable) (atomic): parsed at the first call */
};

G_DEFINE_BOXED_TYPE (LuoDocument, luo_document, luo_document_ref, luo_document_unref)

static void
clear_document (gpointer data)
{
  LuoDocument *self = data;

  g_free (self->space);
  g_free (self->id);
  g_free (self->rev);
  g_free (self->type);
  g_free (self->not_understood);
  g_free (self->attachments);
  g_free (self->body);
  g_clear_pointer (&self->object, json_object_unref);
}

LuoDocument *
luo_document_from_row (sqlite3_stmt *stmt)
{
  LuoDocument *self = g_atomic_rc_box_new0 (LuoDocument);
  const char *type = (const char *)sqlite3_column_text (stmt, 4);
  const char *body = (const char *)sqlite3_column_text (stmt, 12);

  self->key = sqlite3_column_int64 (stmt, 0);
  self->space = luo_column_dup (stmt, 1);
  self->id = luo_column_dup (stmt, 2);
  self->rev = luo_column_dup (stmt, 3);
  self->type = g_strdup (type != NULL ? type : "");
  self->seq = sqlite3_column_int64 (stmt, 6);
  self->flags = (guint)sqlite3_column_int (stmt, 7);
  self->conflicts = (guint)sqlite3_column_int (stmt, 8);
  self->pending = sqlite3_column_int (stmt, 9) > 0;
  self->not_understood = luo_column_dup (stmt, 10);
  self->attachments = luo_column_dup (stmt, 11);
  self->body_length = (gsize)sqlite3_column_bytes (stmt, 12);
  self->body = g_strndup (body != NULL ? body : "{}", body != NULL ? self->body_length : 2);
  if (body == NULL)
    self->body_length = 2;
  return self;
}

LuoDocument *
luo_document_with_revision (LuoDocument *winner, const char *rev, guint flags, const char *body,
                            const char *attachments)
{
  LuoDocument *self = g_atomic_rc_box_new0 (LuoDocument);

  self->key = winner->key;
  self->space = g_strdup (winner->space);
  self->id = g_strdup (winner->id);
  self->rev = g_strdup (rev);
  self->seq = winner->seq;
  self->flags = flags & LUO_DOCUMENT_ROW_FLAGS;
  self->conflicts = winner->conflicts;
  self->pending = winner->pending;
  self->attachments = g_strdup (attachments);
  self->body = g_strdup (body != NULL ? body : "{}");
  self->body_length = strlen (self->body);
  self->type = luo_body_record_type (self->body, self->body_length);
  if (self->type == NULL)
    self->type = g_strdup ("");
  return self;
}

LuoDocument *
luo_document_ref (LuoDocument *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
luo_document_unref (LuoDocument *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_document);
}

const char *
luo_document_get_space (LuoDocument *self)
{
  return self->space;
}

const char *
luo_document_get_id (LuoDocument *self)
{
  return self->id;
}

const char *
luo_document_get_rev (LuoDocument *self)
{
  return self->rev;
}

const char *
luo_document_get_record_type (LuoDocument *self)
{
  return self->type;
}

gboolean
luo_document_get_deleted (LuoDocument *self)
{
  return (self->flags & LUO_REV_DELETED) != 0;
}

gint64
luo_document_get_key (LuoDocument *self)
{
  return self->key;
}

gint64
luo_document_get_seq (LuoDocument *self)
{
  return self->seq;
}

guint
luo_document_get_flags (LuoDocument *self)
{
  return self->flags;
}

guint
luo_document_get_conflicts (LuoDocument *self)
{
  return self->conflicts;
}

gboolean
luo_document_get_pending (LuoDocument *self)
{
  return self->pending;
}

const char *
luo_document_get_not_understood (LuoDocument *self)
{
  return self->not_understood;
}

const char *
luo_document_get_body (LuoDocument *self, gsize *length)
{
  if (length != NULL)
    *length = self->body_length;
  return self->body;
}

const char *
luo_document_get_attachments (LuoDocument *self)
{
  return self->attachments;
}

JsonObject *
luo_document_get_object (LuoDocument *self)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *object = g_atomic_pointer_get (&self->object);
  JsonNode *root;

  if (object != NULL)
    return object;

  parser = json_parser_new_immutable ();
  if (json_parser_load_from_data (parser, self->body, (gssize)self->body_length, NULL)
      && (root = json_parser_get_root (parser)) != NULL && JSON_NODE_HOLDS_OBJECT (root))
    object = json_node_dup_object (root);
  else
    object = json_object_new ();

  /* Another thread may have parsed it meanwhile; the first one stays. */
  if (!g_atomic_pointer_compare_and_exchange (&self->object, NULL, object))
    json_object_unref (object);
  return g_atomic_pointer_get (&self->object);
}

const char *
luo_document_get_text (LuoDocument *self, const char *member)
{
  JsonNode *node = json_object_get_member (luo_document_get_object (self), member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

gint64
luo_document_get_int (LuoDocument *self, const char *member)
{
  JsonNode *node = json_object_get_member (luo_document_get_object (self), member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return 0;
  return json_node_get_int (node);
}

char *
luo_document_to_json (LuoDocument *self)
{
  GString *out = g_string_sized_new (self->body_length + strlen (self->id) + strlen (self->rev) + 64);

  luo_wire_append_head (out, self->id, self->rev);
  luo_wire_append_rest (out, luo_document_get_deleted (self), self->attachments, self->body,
                        self->body_length);
  return g_string_free (out, FALSE);
}

void
luo_wire_append_head (GString *out, const char *id, const char *rev)
{
  g_string_append_len (out, "{\"_id\":", 7);
  luo_json_append_string (out, id);
  g_string_append_len (out, ",\"_rev\":\"", 9);
  g_string_append (out, rev);
  g_string_append_c (out, '"');
}

void
luo_wire_append_rest (GString *out, gboolean deleted, const char *attachments, const char *body, gsize length)
{
  gsize at = 0;

  if (deleted)
    g_string_append_len (out, ",\"_deleted\":true", 16);
  if (attachments != NULL)
    {
      g_string_append_len (out, ",\"_attachments\":", 16);
      g_string_append (out, attachments);
    }

  /* The members of the body follow, without its opening brace. */
  while (at < length && body[at] != '{')
    at++;
  at++;
  while (at < length && g_ascii_isspace (body[at]))
    at++;
  if (at < length && body[at] != '}')
    {
      g_string_append_c (out, ',');
      g_string_append_len (out, body + at, (gssize)(length - at));
    }
  else
    {
      g_string_append_c (out, '}');
    }
}
