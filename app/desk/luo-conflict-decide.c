/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflict-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-json-text.h"
#include "luo-keyed-place.h"
#include "luo-record-check.h"
#include "luo-record-edit.h"
#include "luo-record-error.h"

guint
luo_conflict_count (const LuoConflict *self)
{
  guint count = self->deletions->len > 0 ? 1 : 0;

  for (guint i = 0; i < self->members->len; i++)
    count += !((LuoConflictMember *)self->members->pdata[i])->is_file;
  return count;
}

gboolean
luo_conflict_is_decided (const LuoConflict *self)
{
  if (self->fate == LUO_CONFLICT_FATE_OPEN)
    return FALSE;
  for (guint i = 0; i < self->members->len && self->fate == LUO_CONFLICT_FATE_KEEP; i++)
    if (!((LuoConflictMember *)self->members->pdata[i])->decided)
      return FALSE;
  return TRUE;
}

LuoConflictMember *
luo_conflict_find_member (LuoConflict *self, const char *path)
{
  g_autofree char *dotted = g_strdelimit (g_strdup (path), ".", '/');

  for (guint i = 0; i < self->members->len; i++)
    {
      LuoConflictMember *member = self->members->pdata[i];

      if (strcmp (member->pointer, path) == 0 || strcmp (member->pointer + 1, path) == 0
          || strcmp (member->pointer + 1, dotted) == 0)
        return member;
    }
  return NULL;
}

/* @value: (transfer full) (nullable) */
static void
choose (LuoConflictMember *member, char *value)
{
  g_free (member->chosen);
  member->chosen = value;
  member->decided = TRUE;
  member->both = FALSE;
}

void
luo_conflict_take (LuoConflictMember *member, guint option)
{
  g_return_if_fail (option < member->options->len);

  choose (member, g_strdup (((LuoConflictOption *)member->options->pdata[option])->value));
}

void
luo_conflict_keep_both (LuoConflictMember *member)
{
  g_return_if_fail (member->is_file);

  choose (member, NULL);
  member->both = TRUE;
}

void
luo_conflict_reopen (LuoConflictMember *member)
{
  choose (member, NULL);
  member->decided = FALSE;
}

gboolean
luo_conflict_write (LuoConflict *self, LuoConflictMember *member, const char *text, GError **error)
{
  LuoKeyedPlace place;
  char *value = NULL;

  g_return_val_if_fail (text != NULL, FALSE);

  if (text != member->typed)
    {
      g_free (member->typed);
      member->typed = g_strdup (text);
    }

  luo_keyed_place_describe (luo_document_get_record_type (self->winner), member->pointer, &place);
  if (member->is_file)
    {
      g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE,
                   /* Translators: %s is the name of a file in conflict */
                   _ ("%s: a file can be taken from one version, or both stay"),
                   member->pointer + strlen (LUO_CONFLICT_FILES));
      return FALSE;
    }
  if (*text != '\0' && place.value.name != NULL)
    {
      value = luo_member_parse (&place.value, text, error);
      if (value == NULL)
        return FALSE;
    }
  else if (*text != '\0')
    {
      value = luo_json_check (text, strlen (text), NULL) ? g_strdup (text) : luo_json_encode_string (text);
    }
  choose (member, value);
  return TRUE;
}

static int
find_option (LuoConflictMember *member, const char *rev)
{
  for (guint i = 0; i < member->options->len; i++)
    {
      LuoConflictOption *option = member->options->pdata[i];

      for (guint l = 0; l < option->leaves->len; l++)
        if (strcmp (luo_document_get_rev (option->leaves->pdata[l]), rev) == 0)
          return (int)i;
    }
  return -1;
}

void
luo_conflict_take_version (LuoConflictMember *member, const char *rev)
{
  int option = find_option (member, rev);

  if (option >= 0)
    luo_conflict_take (member, (guint)option);
  else if (!member->is_file)
    choose (member, g_strdup (member->before));
}

gboolean
luo_conflict_take_leaf (LuoConflict *self, const char *rev, GError **error)
{
  for (guint i = 0; i < self->deletions->len; i++)
    if (strcmp (luo_document_get_rev (self->deletions->pdata[i]), rev) == 0)
      {
        self->fate = LUO_CONFLICT_FATE_DELETE;
        return TRUE;
      }
  for (guint i = 0; i < self->leaves->len; i++)
    if (strcmp (luo_document_get_rev (self->leaves->pdata[i]), rev) == 0)
      {
        self->fate = LUO_CONFLICT_FATE_KEEP;
        for (guint m = 0; m < self->members->len; m++)
          luo_conflict_take_version (self->members->pdata[m], rev);
        return TRUE;
      }
  g_set_error (error, LUO_STORE_ERROR, LUO_STORE_ERROR_NOT_FOUND,
               /* Translators: identifiers of a record and of a version */
               _ ("The record %s has no version %s that is in conflict."), luo_document_get_id (self->winner),
               rev);
  return FALSE;
}

static gboolean
same_text (const char *a, const char *b)
{
  return g_strcmp0 (a, b) == 0;
}

static gboolean
same_options (const LuoConflictMember *a, const LuoConflictMember *b)
{
  if (a->options->len != b->options->len || !same_text (a->before, b->before))
    return FALSE;
  for (guint i = 0; i < a->options->len; i++)
    {
      const LuoConflictOption *option = a->options->pdata[i];
      gboolean found = FALSE;

      for (guint j = 0; j < b->options->len && !found; j++)
        found = same_text (option->value, ((LuoConflictOption *)b->options->pdata[j])->value);
      if (!found)
        return FALSE;
    }
  return TRUE;
}

void
luo_conflict_adopt (LuoConflict *self, const LuoConflict *before)
{
  for (guint i = 0; i < before->members->len; i++)
    {
      const LuoConflictMember *was = before->members->pdata[i];
      LuoConflictMember *member = luo_conflict_find_member (self, was->pointer);

      if (member == NULL)
        continue;
      g_free (member->typed);
      member->typed = g_strdup (was->typed);
      if (!was->decided || !same_options (member, was))
        continue;
      choose (member, g_strdup (was->chosen));
      member->both = was->both;
    }
}

static gboolean
same_versions (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!same_text (luo_document_get_rev (a->pdata[i]), luo_document_get_rev (b->pdata[i])))
      return FALSE;
  return TRUE;
}

gboolean
luo_conflict_is_same (const LuoConflict *self, const LuoConflict *other)
{
  return same_text (luo_document_get_space (self->winner), luo_document_get_space (other->winner))
         && same_text (luo_document_get_id (self->winner), luo_document_get_id (other->winner))
         && same_versions (self->leaves, other->leaves) && same_versions (self->deletions, other->deletions);
}

/* A version as if its author had decided the same. */
static char *
with_decisions (LuoConflict *self, LuoDocument *document, GError **error)
{
  const char *type = luo_document_get_record_type (self->winner);
  char *body = g_strdup (luo_document_get_body (document, NULL));

  for (guint i = 0; body != NULL && i < self->members->len; i++)
    {
      LuoConflictMember *member = self->members->pdata[i];
      g_autofree char *before = body;

      body = member->is_file || !member->decided
                 ? g_strdup (before)
                 : luo_keyed_place_set (type, before, member->pointer, member->chosen, error);
    }
  return body;
}

char *
luo_conflict_merge_decided (LuoConflict *self, GError **error)
{
  char *merged = with_decisions (self, self->winner, error);

  for (guint i = 1; merged != NULL && i < self->leaves->len; i++)
    {
      g_autofree char *theirs = with_decisions (self, self->leaves->pdata[i], error);
      g_autofree char *ours = merged;

      merged = NULL;
      if (theirs == NULL || !luo_conflict_merge_leaf (self, i, ours, theirs, &merged, NULL, error))
        return NULL;
      if (merged == NULL)
        g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                             _ ("Something is still in dispute; decide every member"));
    }
  return merged;
}

static gboolean
all_are_understood (LuoConflict *self)
{
  for (guint i = 0; i < self->leaves->len; i++)
    if (!luo_record_check_text (luo_document_get_id (self->winner),
                                luo_document_get_body (self->leaves->pdata[i], NULL), -1, NULL))
      return FALSE;
  return TRUE;
}

/* The stamps of an edit on a record that this version of the program can not check. */
static char *
stamp (const char *body, const char *user, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *at = g_date_time_format (now, "\"%Y-%m-%dT%H:%M:%SZ\"");
  g_autofree char *by = luo_json_encode_string (user);
  g_autofree char *stamped = luo_json_patch (body, "/updated_at", at, error);

  return stamped != NULL ? luo_json_patch (stamped, "/updated_by", by, error) : NULL;
}

/* The body that stands on the winner; checked and stamped as any edit is. */
static char *
prepare_body (LuoConflict *self, const char *user, GError **error)
{
  g_autofree char *merged = luo_conflict_merge_decided (self, error);
  g_autoptr (GError) record_error = NULL;
  char *body;

  if (merged == NULL)
    return NULL;
  body = luo_record_prepare (luo_document_get_id (self->winner), luo_document_get_body (self->winner, NULL),
                             merged, user, NULL, &record_error);
  if (body == NULL && !all_are_understood (self))
    return stamp (merged, user, error);
  if (body == NULL)
    g_propagate_error (error, g_steal_pointer (&record_error));
  return body;
}

gboolean
luo_conflict_save (LuoConflict *self, LuoStore *store, const char *user, GError **error)
{
  g_autofree char *who = user != NULL ? g_strdup (user) : luo_record_get_user (store);
  g_autoptr (GPtrArray) revs = g_ptr_array_new ();
  gboolean deleted = self->fate == LUO_CONFLICT_FATE_DELETE;
  g_autofree char *body = NULL;
  g_autofree char *files = NULL;

  g_return_val_if_fail (LUO_IS_STORE (store), FALSE);

  if (!luo_conflict_is_decided (self))
    {
      g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                           _ ("Something is still in dispute; decide every member"));
      return FALSE;
    }
  body = deleted ? luo_record_prepare_deletion (luo_document_get_body (self->winner, NULL), who, error)
                 : prepare_body (self, who, error);
  if (body == NULL)
    return FALSE;
  files = deleted ? NULL : luo_conflict_decide_files (self);
  for (guint i = 0; i < self->leaves->len; i++)
    g_ptr_array_add (revs, (gpointer)luo_document_get_rev (self->leaves->pdata[i]));
  for (guint i = 0; i < self->deletions->len && !deleted; i++)
    g_ptr_array_add (revs, (gpointer)luo_document_get_rev (self->deletions->pdata[i]));
  g_ptr_array_add (revs, NULL);
  return luo_store_decide (store, luo_document_get_space (self->winner), luo_document_get_id (self->winner),
                           (const char *const *)revs->pdata, body, files, deleted, NULL, error);
}
