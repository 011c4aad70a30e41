/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-record-edit.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-attachment.h"
#include "luo-body-private.h"
#include "luo-history.h"
#include "luo-json-text.h"
#include "luo-record-check.h"
#include "luo-record-error.h"
#include "luo-record-id.h"

/* Stamps say who wrote a record and when; they are shown and never trusted for an order. */
static const char *const STAMPS[] = { "created_at", "created_by", "updated_at", "updated_by" };

/* What stays in a tombstone: a server decides by these who may delete, and a filter where the tombstone goes. */
static const char *const ROUTING[]
    = { "type", "district", "office", "task", "month", "year", "number", "name" };

/* How a record that was there before is saved. */
#define EDIT (LUO_PUT_COLLAPSE | LUO_PUT_HISTORY)

char *
luo_record_get_user (LuoStore *store)
{
  g_autofree char *user = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);

  user = luo_store_get_meta (store, "user", NULL);
  if (user != NULL && user[0] != '\0')
    return g_steal_pointer (&user);
  return g_strdup (g_get_user_name ());
}

static char *
now_text (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
}

static gboolean
check_append_only (const char *previous, GError **error)
{
  g_autofree char *type_name = luo_record_body_get_text (previous, "type");
  const LuoRecordType *type = type_name != NULL ? luo_record_type_find (type_name) : NULL;

  if (type == NULL || !type->append_only)
    return TRUE;
  g_set_error_literal (
      error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_TYPE,
      _ ("The history is only added to; an entry of it can be neither changed nor deleted."));
  return FALSE;
}

/* What makes a record's identity is set once. A member that was absent may be added. */
static gboolean
check_fixed (const char *previous, const char *body, GError **error)
{
  g_autofree char *type_name = luo_record_body_get_text (previous, "type");
  const LuoRecordType *type = type_name != NULL ? luo_record_type_find (type_name) : NULL;

  for (const LuoMember *member = type != NULL ? type->members : NULL; member != NULL && member->name != NULL;
       member++)
    {
      g_autofree char *pointer = g_strconcat ("/", member->name, NULL);
      g_autofree char *before = NULL;
      g_autofree char *after = NULL;

      if (!(member->flags & LUO_MEMBER_FIXED))
        continue;
      before = luo_json_at (previous, pointer);
      after = luo_json_at (body, pointer);
      if (before == NULL || g_strcmp0 (before, after) == 0)
        continue;
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_MEMBER,
                   /* Translators: the member of a record, its label, the value it keeps. */
                   _ ("%s (%s) is set when the record is made and stays %s"), member->name, _ (member->label),
                   before);
      return FALSE;
    }
  return TRUE;
}

char *
luo_record_prepare (const char *id, const char *previous, const char *body, const char *user,
                    gboolean *changed, GError **error)
{
  g_autofree char *stamped = NULL;
  g_autofree char *now = NULL;

  g_return_val_if_fail (id != NULL && body != NULL && user != NULL, NULL);

  if (!luo_record_body_check (body, error))
    return NULL;
  stamped = g_strdup (body);

  /* With the stamps of before, an edit that changes nothing is equal to what is there. */
  for (gsize i = 0; i < G_N_ELEMENTS (STAMPS); i++)
    {
      g_autofree char *pointer = g_strconcat ("/", STAMPS[i], NULL);
      g_autofree char *value = previous != NULL ? luo_json_at (previous, pointer) : NULL;

      if (!luo_record_body_set (&stamped, STAMPS[i], value, error))
        return NULL;
    }
  if (previous != NULL && luo_json_equal (previous, stamped))
    {
      if (changed != NULL)
        *changed = FALSE;
      return g_steal_pointer (&stamped);
    }

  if (previous != NULL && (!check_append_only (previous, error) || !check_fixed (previous, stamped, error)))
    return NULL;
  now = now_text ();
  if (previous == NULL
      && (!luo_record_body_set_text (&stamped, "created_at", now, error)
          || !luo_record_body_set_text (&stamped, "created_by", user, error)))
    return NULL;
  if (!luo_record_body_set_text (&stamped, "updated_at", now, error)
      || !luo_record_body_set_text (&stamped, "updated_by", user, error))
    return NULL;
  if (!luo_record_check_text (id, stamped, -1, error))
    return NULL;
  if (changed != NULL)
    *changed = TRUE;
  return g_steal_pointer (&stamped);
}

/* A new record belongs to the office or district whose space it is put into, unless it says otherwise; a new progress is a draft. */
static gboolean
fill_defaults (char **body, const LuoRecordType *type, const char *space, GError **error)
{
  for (const LuoMember *member = type->members; member->name != NULL; member++)
    {
      const char *value = NULL;
      g_autofree char *present = NULL;

      if (member->kind == LUO_KIND_OFFICE && g_str_equal (member->name, "office"))
        value = space;
      else if (member->kind == LUO_KIND_DISTRICT && !g_str_equal (space, "city"))
        value = space;
      else if (g_str_equal (type->name, "progress") && g_str_equal (member->name, "state"))
        value = "draft";
      if (value == NULL)
        continue;
      present = luo_record_body_get_text (*body, member->name);
      if (present == NULL && !luo_record_body_set_text (body, member->name, value, error))
        return FALSE;
    }
  return TRUE;
}

static char *
id_for (const char *body, GError **error)
{
  g_autoptr (JsonNode) node = json_from_string (body, error);

  if (node == NULL)
    return NULL;
  return luo_record_id_for (json_node_get_object (node), error);
}

gboolean
luo_record_create (LuoStore *store, const char *space, const char *body, const char *user, char **id,
                   char **rev, GError **error)
{
  g_autofree char *type_name = NULL;
  g_autofree char *filled = g_strdup (body);
  g_autofree char *made_id = NULL;
  g_autofree char *prepared = NULL;
  g_autoptr (LuoDocument) present = NULL;
  g_autoptr (GError) local_error = NULL;
  const LuoRecordType *type;

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);
  g_return_val_if_fail (space != NULL && body != NULL && user != NULL, FALSE);

  if (!luo_record_body_check (body, error))
    return FALSE;
  type_name = luo_record_body_get_text (body, "type");
  type = type_name != NULL ? luo_record_type_find (type_name) : NULL;
  if (type == NULL)
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_TYPE,
                   _ ("There are no records of the type “%s”."), type_name != NULL ? type_name : "");
      return FALSE;
    }
  if (type->city_only && !g_str_equal (space, "city"))
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_TYPE,
                   /* Translators: %s is the name of a list, such as “Target tasks”. */
                   _ ("%s are kept by the city alone (space “city”)."), _ (type->label));
      return FALSE;
    }
  if (!fill_defaults (&filled, type, space, error))
    return FALSE;
  made_id = id_for (filled, error);
  if (made_id == NULL)
    return FALSE;
  present = luo_store_get (store, space, made_id, NULL, NULL);
  if (present != NULL)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS, _ ("The record %s is there already."),
                   made_id);
      return FALSE;
    }
  prepared = luo_record_prepare (made_id, NULL, filled, user, NULL, error);
  if (prepared == NULL)
    return FALSE;
  if (!luo_store_put (store, space, made_id, NULL, prepared, NULL, FALSE, LUO_PUT_COLLAPSE, rev,
                      &local_error))
    {
      if (g_error_matches (local_error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT))
        g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_EXISTS, _ ("The record %s is there already."),
                     made_id);
      else
        g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (id != NULL)
    *id = g_steal_pointer (&made_id);
  return TRUE;
}

static gboolean
same_rev (LuoDocument *document, char **rev)
{
  if (rev != NULL)
    *rev = g_strdup (luo_document_get_rev (document));
  return TRUE;
}

/* The version an edit stands on. An unsent one that another edit has taken the place of is not kept at all: then the record was changed
 * meanwhile, as where it is kept and no leaf any more. */
static LuoDocument *
read_parent (LuoStore *store, const char *space, const char *id, const char *parent, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GPtrArray) leaves = NULL;
  LuoDocument *document = luo_store_get (store, space, id, parent, &local_error);

  if (document != NULL)
    return document;
  if (parent != NULL && g_error_matches (local_error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND))
    leaves = luo_store_get_leaves (store, space, id, NULL);
  if (leaves != NULL && leaves->len > 0)
    g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT,
                 _ ("The record %s was changed meanwhile; the change was not saved over it."), id);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

gboolean
luo_record_save (LuoStore *store, const char *space, const char *id, const char *parent, const char *body,
                 const char *user, char **rev, GError **error)
{
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *prepared = NULL;
  gboolean changed;

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL && body != NULL && user != NULL, FALSE);

  document = read_parent (store, space, id, parent, error);
  if (document == NULL)
    return FALSE;
  prepared = luo_record_prepare (id, luo_document_get_body (document, NULL), body, user, &changed, error);
  if (prepared == NULL)
    return FALSE;
  if (!changed)
    return same_rev (document, rev);
  return luo_store_put (store, space, id, luo_document_get_rev (document), prepared,
                        luo_document_get_attachments (document), FALSE, EDIT, rev, error);
}

char *
luo_record_prepare_deletion (const char *body, const char *user, GError **error)
{
  g_autofree char *tombstone = g_strdup ("{}");
  g_autofree char *now = now_text ();

  g_return_val_if_fail (body != NULL && user != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (ROUTING); i++)
    {
      g_autofree char *pointer = g_strconcat ("/", ROUTING[i], NULL);
      g_autofree char *value = luo_json_at (body, pointer);

      if (value != NULL && !luo_record_body_set (&tombstone, ROUTING[i], value, error))
        return NULL;
    }
  if (!luo_record_body_set_text (&tombstone, "updated_at", now, error)
      || !luo_record_body_set_text (&tombstone, "updated_by", user, error))
    return NULL;
  return g_steal_pointer (&tombstone);
}

gboolean
luo_record_delete (LuoStore *store, const char *space, const char *id, const char *parent, const char *user,
                   char **rev, GError **error)
{
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *body = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL && user != NULL, FALSE);

  document = read_parent (store, space, id, parent, error);
  if (document == NULL)
    return FALSE;
  if (luo_document_get_deleted (document))
    return same_rev (document, rev);
  if (luo_document_get_conflicts (document) > 0)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT,
                   _ ("The record %s has several versions that contradict each other; choose between them "
                      "before it is deleted."),
                   id);
      return FALSE;
    }
  if (!check_append_only (luo_document_get_body (document, NULL), error))
    return FALSE;
  body = luo_record_prepare_deletion (luo_document_get_body (document, NULL), user, error);
  return body != NULL
         && luo_store_put (store, space, id, luo_document_get_rev (document), body, NULL, TRUE, EDIT, rev,
                           error);
}

gboolean
luo_record_delete_versions (LuoStore *store, const char *space, const char *id, const char *user, char **rev,
                            GError **error)
{
  g_autoptr (GPtrArray) leaves = NULL;
  g_autoptr (GPtrArray) bodies = g_ptr_array_new_with_free_func (g_free);
  g_autofree LuoPut *puts = NULL;
  g_auto (GStrv) revs = NULL;
  gsize n = 0;

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL && user != NULL, FALSE);

  leaves = luo_store_get_leaves (store, space, id, error);
  if (leaves == NULL)
    return FALSE;
  g_assert (leaves->len > 0);
  puts = g_new0 (LuoPut, leaves->len);
  for (guint i = 0; i < leaves->len; i++)
    {
      LuoDocument *leaf = g_ptr_array_index (leaves, i);
      char *body;

      if (luo_document_get_deleted (leaf))
        continue;
      if (!check_append_only (luo_document_get_body (leaf, NULL), error))
        return FALSE;
      body = luo_record_prepare_deletion (luo_document_get_body (leaf, NULL), user, error);
      if (body == NULL)
        return FALSE;
      g_ptr_array_add (bodies, body);
      puts[n++] = (LuoPut){ space, id, luo_document_get_rev (leaf), body, NULL, TRUE, EDIT };
    }
  if (!luo_store_put_all (store, puts, n, &revs, error))
    return FALSE;
  if (rev != NULL)
    *rev = g_strdup (n > 0 ? revs[0] : luo_document_get_rev (g_ptr_array_index (leaves, 0)));
  return TRUE;
}

gboolean
luo_record_restore (LuoStore *store, const char *space, const char *id, const char *body,
                    const char *attachments, const char *user, char **rev, GError **error)
{
  g_autofree char *prepared = NULL;
  g_autofree char *now = now_text ();

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL && body != NULL && user != NULL, FALSE);

  /* The stamps of the creation stay; those of the change are new. */
  if (!luo_record_body_check (body, error))
    return FALSE;
  prepared = g_strdup (body);
  if (!luo_record_body_set_text (&prepared, "updated_at", now, error)
      || !luo_record_body_set_text (&prepared, "updated_by", user, error)
      || !luo_record_check_text (id, prepared, -1, error))
    return FALSE;
  return luo_store_put (store, space, id, NULL, prepared, attachments, FALSE, EDIT, rev, error);
}

/* Attachments belong to the record: who added one and when is who changed the record. */
static gboolean
put_attachments (LuoStore *store, LuoDocument *document, const char *attachments, const char *user,
                 char **rev, GError **error)
{
  g_autofree char *body = g_strdup (luo_document_get_body (document, NULL));
  g_autofree char *now = now_text ();

  if (!luo_record_body_set_text (&body, "updated_at", now, error)
      || !luo_record_body_set_text (&body, "updated_by", user, error))
    return FALSE;
  return luo_store_put (store, luo_document_get_space (document), luo_document_get_id (document),
                        luo_document_get_rev (document), body, attachments, FALSE, EDIT, rev, error);
}

/* The attachment @name of a document as it is; NULL where it has none. */
static char *
digest_of (LuoStore *store, LuoDocument *document, const char *name, GError **error)
{
  g_autoptr (GPtrArray) list = luo_store_list_attachments (store, document, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      LuoAttachment *attachment = g_ptr_array_index (list, i);

      if (g_str_equal (attachment->name, name))
        return g_strdup (attachment->digest);
    }
  return NULL;
}

gboolean
luo_record_attach (LuoStore *store, const char *space, const char *id, const char *parent, const char *name,
                   const char *content_type, GBytes *bytes, const char *user, char **rev, GError **error)
{
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *guessed = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *before = NULL;
  g_autofree char *attachments = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL && name != NULL && bytes != NULL && user != NULL, FALSE);

  if (name[0] == '\0' || name[0] == '_' || !g_utf8_validate (name, -1, NULL))
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE,
                   _ ("“%s” can not name an attachment: a name of UTF-8 text that does not begin with “_” "
                      "was expected."),
                   name);
      return FALSE;
    }
  document = read_parent (store, space, id, parent, error);
  if (document == NULL)
    return FALSE;
  if (content_type == NULL)
    {
      gsize length;
      const guchar *data = g_bytes_get_data (bytes, &length);
      g_autofree char *type = g_content_type_guess (name, data, length, NULL);

      guessed = g_content_type_get_mime_type (type);
      content_type = guessed != NULL ? guessed : "application/octet-stream";
    }
  if (!luo_store_add_attachment (store, bytes, &digest, error))
    return FALSE;
  before = digest_of (store, document, name, NULL);
  if (g_strcmp0 (before, digest) == 0)
    return same_rev (document, rev);
  attachments = luo_attachments_set (luo_document_get_attachments (document), name, content_type, digest,
                                     (gint64)g_bytes_get_size (bytes));
  return put_attachments (store, document, attachments, user, rev, error);
}

gboolean
luo_record_detach (LuoStore *store, const char *space, const char *id, const char *parent, const char *name,
                   const char *user, char **rev, GError **error)
{
  g_autoptr (LuoDocument) document = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *attachments = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL && name != NULL && user != NULL, FALSE);

  document = read_parent (store, space, id, parent, error);
  if (document == NULL)
    return FALSE;
  digest = digest_of (store, document, name, NULL);
  if (digest == NULL)
    {
      g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND,
                   _ ("The record %s has no attachment “%s”."), id, name);
      return FALSE;
    }
  attachments = luo_attachments_remove (luo_document_get_attachments (document), name);
  return put_attachments (store, document, attachments, user, rev, error);
}

gboolean
luo_record_return_to (LuoStore *store, const char *space, const char *id, const char *entry, gboolean before,
                      const char *user, gboolean *exact, char **rev, GError **error)
{
  g_autoptr (GPtrArray) leaves = NULL;
  g_autofree char *body = NULL, *files = NULL, *prepared = NULL;
  LuoDocument *now;
  gboolean changed;

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);
  g_return_val_if_fail (space != NULL && id != NULL && entry != NULL && user != NULL, FALSE);

  /* A record in conflict has no one state that an edit could follow: its winner is the one that is shown. */
  leaves = luo_store_get_leaves (store, space, id, error);
  if (leaves == NULL || !luo_history_get_state (store, space, id, entry, before, &body, &files, exact, error))
    return FALSE;
  now = g_ptr_array_index (leaves, 0);
  if (body == NULL)
    return luo_record_delete (store, space, id, luo_document_get_rev (now), user, rev, error);
  if (luo_document_get_deleted (now))
    return luo_record_restore (store, space, id, body, files, user, rev, error);
  prepared = luo_record_prepare (id, luo_document_get_body (now, NULL), body, user, &changed, error);
  if (prepared == NULL)
    return FALSE;
  if (!changed && g_strcmp0 (files, luo_document_get_attachments (now)) == 0)
    return same_rev (now, rev);
  return luo_store_put (store, space, id, luo_document_get_rev (now), prepared, files, FALSE, EDIT, rev,
                        error);
}
