/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-attachment-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "luo-json-text.h"

gboolean
luo_attachments_schema (LuoConnection *conn, GError **error)
{
  return luo_connection_exec (
      conn,
      "CREATE TABLE IF NOT EXISTS blobs ("
      "  id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, length INTEGER NOT NULL, external INTEGER NOT "
      "NULL,"
      "  referred INTEGER NOT NULL, added INTEGER NOT NULL) STRICT;"
      "CREATE TABLE IF NOT EXISTS blob_data (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"
      "CREATE TABLE IF NOT EXISTS blob_aliases ("
      "  alias TEXT PRIMARY KEY, digest TEXT NOT NULL) STRICT, WITHOUT ROWID;"
      "CREATE TABLE IF NOT EXISTS attachment_refs ("
      "  doc INTEGER NOT NULL, generation INTEGER NOT NULL, suffix TEXT NOT NULL, name TEXT NOT NULL,"
      "  space INTEGER NOT NULL, digest TEXT NOT NULL,"
      "  PRIMARY KEY (doc, generation, suffix, name)) STRICT, WITHOUT ROWID;"
      "CREATE INDEX IF NOT EXISTS attachment_refs_digest ON attachment_refs (digest);"
      "CREATE INDEX IF NOT EXISTS attachment_refs_space ON attachment_refs (space);"
      "CREATE TABLE IF NOT EXISTS attachment_wanted ("
      "  doc INTEGER NOT NULL, generation INTEGER NOT NULL, suffix TEXT NOT NULL, name TEXT NOT NULL,"
      "  space INTEGER NOT NULL, digest TEXT NOT NULL, content_type TEXT, length INTEGER NOT NULL,"
      "  PRIMARY KEY (doc, generation, suffix, name)) STRICT, WITHOUT ROWID;"
      "CREATE INDEX IF NOT EXISTS attachment_wanted_digest ON attachment_wanted (digest);"
      "CREATE INDEX IF NOT EXISTS attachment_wanted_space ON attachment_wanted (space, length);",
      error);
}

/* One attachment of a revision. */
typedef struct
{
  const char *name;
  char *content_type; /* (owned) */
  char *digest;       /* (owned) */
  gint64 length;
  gint64 revpos;
} Stub;

static void
clear_stub (Stub *stub)
{
  g_free (stub->content_type);
  g_free (stub->digest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stub, clear_stub)

static const char *
text_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static gint64
int_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
             ? json_node_get_int (node)
             : 0;
}

static JsonObject *
parse_object (JsonParser *parser, const char *text)
{
  if (text == NULL || !json_parser_load_from_data (parser, text, -1, NULL)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return NULL;
  return json_node_get_object (json_parser_get_root (parser));
}

static JsonObject *
object_member (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
fail_stub (const char *name, const char *expected, GError **error)
{
  g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
               /* Translators: the name of an attached file, then what is wrong with it */
               _ ("Attachment “%s”: %s"), name, expected);
  return FALSE;
}

static gboolean
fail_missing (const char *name, GError **error)
{
  g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_MISSING_STUB,
               _ ("Attachment “%s”: its content is not here."), name);
  return FALSE;
}

/* Strict base64 of RFC 4648 with padding, white space not allowed: GLib's decoder skips what it does not know. */
static guchar *
decode_base64 (const char *text, gsize *length)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  gsize n = strlen (text), body = strspn (text, alphabet);

  if (n % 4 != 0 || n - body > 2 || strspn (text + body, "=") != n - body)
    return NULL;
  if (n == 0)
    {
      *length = 0;
      return g_malloc0 (1);
    }
  return g_base64_decode (text, length);
}

static gboolean
resolve_data (LuoStore *store, LuoConnection *conn, const char *data, const char *given, Stub *stub,
              GError **error)
{
  g_autofree guchar *bytes = NULL;
  g_autofree char *digest = NULL;
  const char *alias = NULL;
  gsize length = 0;

  bytes = decode_base64 (data, &length);
  if (bytes == NULL)
    return fail_stub (stub->name, _ ("the data is not base64"), error);

  digest = luo_digest_from_bytes (bytes, length);
  if (given != NULL && strcmp (given, digest) != 0)
    {
      /* The digest of a type that a server keeps gzipped is of other bytes and can not be verified here. */
      if (!luo_content_type_is_compressible (stub->content_type))
        return fail_stub (stub->name, _ ("the content does not fit its checksum"), error);
      alias = given;
    }
  if (!luo_blob_add_bytes (store, conn, digest, alias, bytes, length, error))
    return FALSE;

  stub->digest = alias != NULL ? g_strdup (alias) : g_steal_pointer (&digest);
  stub->length = (gint64)length;
  return TRUE;
}

static gboolean
resolve_stub (LuoConnection *conn, LuoAttachmentsMode mode, JsonObject *object, JsonObject *before,
              Stub *stub, GError **error)
{
  const char *given = text_member (object, "digest");
  const char *earlier = before != NULL ? text_member (before, "digest") : NULL;
  gint64 held = -1;

  if (given == NULL)
    given = earlier;
  if (given == NULL)
    return fail_missing (stub->name, error);

  stub->digest = g_strdup (given);
  stub->length = int_member (object, "length");
  if (!luo_blob_find (conn, given, &held, error))
    return FALSE;
  if (held >= 0)
    {
      if (stub->length <= 0)
        stub->length = held;
      return TRUE;
    }
  if (mode == LUO_ATTACHMENTS_HUB || (mode == LUO_ATTACHMENTS_PUT && g_strcmp0 (given, earlier) != 0))
    return fail_missing (stub->name, error);
  if (stub->length <= 0 && before != NULL)
    stub->length = int_member (before, "length");
  return TRUE;
}

static gboolean
resolve_one (LuoStore *store, LuoConnection *conn, LuoAttachmentsMode mode, const char *name, JsonNode *node,
             JsonObject *parent, guint generation, GString *out, GError **error)
{
  g_auto (Stub) stub = { .name = name };
  JsonObject *before = object_member (parent, name);
  JsonObject *object;
  const char *content_type;

  if (*name == '\0' || *name == '_')
    return fail_stub (name, _ ("a name must not be empty or begin with “_”"), error);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail_stub (name, _ ("an object was expected"), error);
  object = json_node_get_object (node);
  if (json_object_has_member (object, "data") && json_object_has_member (object, "stub"))
    return fail_stub (name, _ ("content and a reference to content exclude each other"), error);

  content_type = text_member (object, "content_type");
  if (content_type == NULL && before != NULL)
    content_type = text_member (before, "content_type");
  stub.content_type = g_strdup (content_type != NULL ? content_type : "application/octet-stream");

  if (json_object_has_member (object, "data"))
    {
      const char *data = text_member (object, "data");

      if (data == NULL)
        return fail_stub (name, _ ("the data is not base64"), error);
      if (!resolve_data (store, conn, data, text_member (object, "digest"), &stub, error))
        return FALSE;
    }
  else if (!resolve_stub (conn, mode, object, before, &stub, error))
    {
      return FALSE;
    }

  stub.revpos = int_member (object, "revpos");
  if (mode == LUO_ATTACHMENTS_PUT)
    stub.revpos = before != NULL && g_strcmp0 (text_member (before, "digest"), stub.digest) == 0
                      ? int_member (before, "revpos")
                      : generation;
  if (stub.revpos <= 0 || stub.revpos > generation)
    stub.revpos = generation;

  g_string_append_c (out, out->len > 0 ? ',' : '{');
  luo_json_append_string (out, name);
  g_string_append (out, ":{\"content_type\":");
  luo_json_append_string (out, stub.content_type);
  g_string_append (out, ",\"digest\":");
  luo_json_append_string (out, stub.digest);
  g_string_append_printf (out,
                          ",\"length\":%" G_GINT64_FORMAT ",\"revpos\":%" G_GINT64_FORMAT ",\"stub\":true}",
                          stub.length, stub.revpos);
  return TRUE;
}

gboolean
luo_attachments_resolve (LuoStore *self, LuoConnection *conn, LuoAttachmentsMode mode,
                         const char *attachments, const char *parent, guint generation, char **stubs,
                         GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (JsonParser) parent_parser = json_parser_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  JsonObject *object, *before;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  *stubs = NULL;
  object = parse_object (parser, attachments);
  if (object == NULL)
    {
      g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                           _ ("The attachments of a record are an object."));
      return FALSE;
    }
  before = parse_object (parent_parser, parent);

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (!resolve_one (self, conn, mode, name, node, before, generation, out, error))
      return FALSE;

  if (out->len > 0)
    {
      g_string_append_c (out, '}');
      *stubs = g_string_free (g_steal_pointer (&out), FALSE);
    }
  return TRUE;
}

static gboolean
refer_one (LuoConnection *conn, gint64 space, gint64 key, guint generation, const char *suffix,
           const Stub *stub, GError **error)
{
  sqlite3_stmt *stmt;
  gint64 held = -1;

  stmt = luo_connection_prepare (
      conn,
      "INSERT OR REPLACE INTO attachment_refs (doc, generation, suffix, name, space, digest)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, key);
  sqlite3_bind_int64 (stmt, 2, generation);
  luo_bind_text (stmt, 3, suffix);
  luo_bind_text (stmt, 4, stub->name);
  sqlite3_bind_int64 (stmt, 5, space);
  luo_bind_text (stmt, 6, stub->digest);
  if (!luo_connection_run (conn, stmt, error) || !luo_blob_find (conn, stub->digest, &held, error))
    return FALSE;

  if (held >= 0)
    {
      stmt = luo_connection_prepare (conn,
                                     "UPDATE blobs SET referred = 1 WHERE referred = 0 AND digest ="
                                     " coalesce ((SELECT digest FROM blob_aliases WHERE alias = ?1), ?1)",
                                     error);
      if (stmt == NULL)
        return FALSE;
      luo_bind_text (stmt, 1, stub->digest);
      return luo_connection_run (conn, stmt, error);
    }

  stmt = luo_connection_prepare (conn,
                                 "INSERT OR REPLACE INTO attachment_wanted"
                                 " (doc, generation, suffix, name, space, digest, content_type, length)"
                                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                                 error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, key);
  sqlite3_bind_int64 (stmt, 2, generation);
  luo_bind_text (stmt, 3, suffix);
  luo_bind_text (stmt, 4, stub->name);
  sqlite3_bind_int64 (stmt, 5, space);
  luo_bind_text (stmt, 6, stub->digest);
  luo_bind_text (stmt, 7, stub->content_type);
  sqlite3_bind_int64 (stmt, 8, stub->length);
  return luo_connection_run (conn, stmt, error);
}

gboolean
luo_attachments_refer (LuoConnection *conn, gint64 space, gint64 key, guint generation, const char *suffix,
                       const char *stubs, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = parse_object (parser, stubs);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (object == NULL)
    return TRUE;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    {
      g_auto (Stub) stub = { .name = name };

      if (!JSON_NODE_HOLDS_OBJECT (node) || text_member (json_node_get_object (node), "digest") == NULL)
        continue;
      stub.digest = g_strdup (text_member (json_node_get_object (node), "digest"));
      stub.content_type = g_strdup (text_member (json_node_get_object (node), "content_type"));
      stub.length = int_member (json_node_get_object (node), "length");
      if (!refer_one (conn, space, key, generation, suffix, &stub, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
delete_revision (LuoConnection *conn, const char *sql, gint64 key, guint generation, const char *suffix,
                 GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, key);
  sqlite3_bind_int64 (stmt, 2, generation);
  luo_bind_text (stmt, 3, suffix);
  return luo_connection_run (conn, stmt, error);
}

gboolean
luo_attachments_release (LuoConnection *conn, gint64 key, guint generation, const char *suffix,
                         GError **error)
{
  return delete_revision (conn,
                          "DELETE FROM attachment_refs WHERE doc = ?1 AND generation = ?2 AND suffix = ?3",
                          key, generation, suffix, error)
         && delete_revision (
             conn, "DELETE FROM attachment_wanted WHERE doc = ?1 AND generation = ?2 AND suffix = ?3", key,
             generation, suffix, error);
}

gboolean
luo_attachments_forget_unneeded (LuoConnection *conn, gint64 key, GError **error)
{
  sqlite3_stmt *stmt = luo_connection_prepare (conn,
                                               "DELETE FROM attachment_wanted WHERE doc = ?1 AND NOT EXISTS"
                                               " (SELECT 1 FROM attachment_refs AS r JOIN revisions AS v"
                                               " ON v.doc = r.doc AND v.generation = r.generation"
                                               " AND v.suffix = r.suffix WHERE r.doc = ?1"
                                               " AND r.digest = attachment_wanted.digest AND v.flags & ?2)",
                                               error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, key);
  sqlite3_bind_int (stmt, 2, LUO_REV_LEAF);
  return luo_connection_run (conn, stmt, error);
}

gboolean
luo_attachments_remove_space (LuoConnection *conn, gint64 space, GError **error)
{
  static const char *const statements[]
      = { "DELETE FROM attachment_refs WHERE space = ?1", "DELETE FROM attachment_wanted WHERE space = ?1" };

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      sqlite3_stmt *stmt = luo_connection_prepare (conn, statements[i], error);

      if (stmt == NULL)
        return FALSE;
      sqlite3_bind_int64 (stmt, 1, space);
      if (!luo_connection_run (conn, stmt, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
luo_attachments_count_wanted (LuoConnection *conn, gint64 space, gint64 *count, GError **error)
{
  sqlite3_stmt *stmt
      = luo_connection_prepare (conn, "SELECT count(*) FROM attachment_wanted WHERE space = ?1", error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, space);
  return luo_connection_run_int (conn, stmt, count, error);
}
