/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflict.h"

#include <glib/gi18n.h>
#include <string.h>

#include "luo-format.h"
#include "luo-json-text.h"
#include "luo-merge-attachments.h"
#include "luo-merge.h"
#include "luo-read.h"
#include "luo-record-check.h"
#include "luo-record-edit.h"
#include "luo-record-type.h"

static void
option_free (gpointer data)
{
  LuoConflictOption *option = data;

  g_free (option->value);
  g_free (option->by);
  g_free (option->at);
  g_free (option);
}

static void
member_free (gpointer data)
{
  LuoConflictMember *member = data;

  g_free (member->pointer);
  g_free (member->label);
  g_free (member->base);
  g_free (member->chosen);
  g_ptr_array_unref (member->options);
  g_free (member);
}

static void
bases_free (gpointer data)
{
  if (data != NULL)
    g_ptr_array_unref (data);
}

void
luo_conflict_free (LuoConflict *self)
{
  g_clear_pointer (&self->winner, luo_document_unref);
  g_clear_pointer (&self->leaves, g_ptr_array_unref);
  g_clear_pointer (&self->bases, g_ptr_array_unref);
  g_clear_pointer (&self->members, g_ptr_array_unref);
  g_free (self);
}

/* The members along a pointer: the record's, then an item's or an object's. */
static const LuoMember *
find_members (const char *record_type, char **steps, const LuoMember **inner)
{
  const LuoRecordType *type = luo_record_type_find (record_type);
  const LuoMember *outer = type != NULL && steps[0] != NULL ? luo_record_type_member (type, steps[0]) : NULL;
  guint last = g_strv_length (steps);

  *inner = NULL;
  if (outer != NULL && outer->members != NULL && last > 1)
    for (const LuoMember *member = outer->members; member->name != NULL; member++)
      if (strcmp (member->name, steps[last - 1]) == 0)
        *inner = member;
  return outer;
}

static char *
label_of (LuoConflict *self, const char *pointer)
{
  g_auto (GStrv) steps = g_strsplit (pointer + 1, "/", -1);
  const LuoMember *inner;
  const LuoMember *outer = find_members (luo_document_get_record_type (self->winner), steps, &inner);
  GString *label = g_string_new (outer != NULL ? _ (outer->label) : steps[0]);

  for (guint i = 1; steps[i] != NULL; i++)
    {
      const char *text = steps[i];

      if (steps[i + 1] == NULL && inner != NULL)
        text = _ (inner->label);
      else if (outer != NULL && outer->members != NULL)
        for (const LuoMember *member = outer->members; member->name != NULL; member++)
          if ((member->flags & LUO_MEMBER_KEY) != 0 && member->choices != NULL)
            text = luo_choice_label (member->choices, steps[i]);
      g_string_append_printf (label, " · %s", text);
    }
  return g_string_free (label, FALSE);
}

/* A pointer by keys as luo_json_patch() wants it, by places. NULL where an item on the way is not there. */
static char *
by_place (LuoConflict *self, const char *body, const char *pointer)
{
  g_auto (GStrv) steps = g_strsplit (pointer + 1, "/", -1);
  const LuoRecordType *type = luo_record_type_find (luo_document_get_record_type (self->winner));
  const LuoMember *outer = type != NULL ? luo_record_type_member (type, steps[0]) : NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonArray *items;
  const char *key = NULL;

  if (steps[1] == NULL || outer == NULL || outer->kind != LUO_KIND_ITEMS)
    return g_strdup (pointer);
  for (const LuoMember *member = outer->members; member->name != NULL; member++)
    if ((member->flags & LUO_MEMBER_KEY) != 0)
      key = member->name;
  node = json_from_string (body, NULL);
  if (key == NULL || node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup (pointer);
  items = luo_read_array (json_node_get_object (node), steps[0]);
  for (guint i = 0; i < luo_read_length (items); i++)
    if (g_strcmp0 (luo_read_text (luo_read_item (items, i), key), steps[1]) == 0)
      return steps[2] != NULL ? g_strdup_printf ("/%s/%u/%s", steps[0], i, steps[2])
                              : g_strdup_printf ("/%s/%u", steps[0], i);
  return NULL;
}

static char *
value_in (LuoConflict *self, LuoDocument *document, const char *pointer)
{
  const char *body = luo_document_get_body (document, NULL);
  g_autofree char *place = by_place (self, body, pointer);

  return place != NULL ? luo_json_at (body, place) : NULL;
}

static void
add_member (LuoConflict *self, const LuoDispute *dispute)
{
  LuoConflictMember *member;

  for (guint i = 0; i < self->members->len; i++)
    if (strcmp (((LuoConflictMember *)g_ptr_array_index (self->members, i))->pointer, dispute->pointer) == 0)
      return;
  member = g_new0 (LuoConflictMember, 1);
  member->pointer = g_strdup (dispute->pointer);
  member->label = label_of (self, dispute->pointer);
  member->base = g_strdup (dispute->base);
  member->options = g_ptr_array_new_with_free_func (option_free);
  for (guint i = 0; i < self->leaves->len; i++)
    {
      LuoDocument *leaf = g_ptr_array_index (self->leaves, i);
      LuoConflictOption *option = g_new0 (LuoConflictOption, 1);

      option->value = value_in (self, leaf, dispute->pointer);
      option->by = g_strdup (luo_document_get_text (leaf, "updated_by"));
      option->at = g_strdup (luo_document_get_text (leaf, "updated_at"));
      option->leaf = i;
      g_ptr_array_add (member->options, option);
    }
  g_ptr_array_add (self->members, member);
}

/* Merges a further leaf into the winner, or what it has become, against what the two have in common. */
static gboolean
merge_leaf (LuoConflict *self, guint leaf, const char *ours, const char *theirs, char **merged,
            GPtrArray **disputes, GError **error)
{
  GPtrArray *bases = g_ptr_array_index (self->bases, leaf);
  g_autoptr (GPtrArray) bodies = g_ptr_array_new ();

  for (guint i = 0; bases != NULL && i < bases->len; i++)
    g_ptr_array_add (bodies, (gpointer)luo_document_get_body (g_ptr_array_index (bases, i), NULL));
  g_ptr_array_add (bodies, NULL);
  return luo_merge_bases (bases != NULL ? (const char *const *)bodies->pdata : NULL, ours, theirs, merged,
                          disputes, error);
}

LuoConflict *
luo_conflict_read (LuoStore *store, const char *space, const char *id, GError **error)
{
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (store, space, id, error);
  LuoConflict *self;

  if (leaves == NULL)
    return NULL;
  self = g_new0 (LuoConflict, 1);
  self->leaves = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
  self->bases = g_ptr_array_new_with_free_func (bases_free);
  self->members = g_ptr_array_new_with_free_func (member_free);
  for (guint i = 0; i < leaves->len; i++)
    if (!luo_document_get_deleted (g_ptr_array_index (leaves, i)))
      g_ptr_array_add (self->leaves, luo_document_ref (g_ptr_array_index (leaves, i)));
  if (self->leaves->len < 2)
    {
      luo_conflict_free (self);
      return NULL;
    }
  self->winner = luo_document_ref (g_ptr_array_index (self->leaves, 0));
  g_ptr_array_add (self->bases, NULL);
  for (guint i = 1; i < self->leaves->len; i++)
    {
      LuoDocument *leaf = g_ptr_array_index (self->leaves, i);
      g_autoptr (GPtrArray) disputes = NULL;

      g_ptr_array_add (self->bases,
                       luo_store_get_bases (store, space, id, luo_document_get_rev (self->winner),
                                            luo_document_get_rev (leaf), NULL));
      if (merge_leaf (self, i, luo_document_get_body (self->winner, NULL), luo_document_get_body (leaf, NULL),
                      NULL, &disputes, NULL))
        for (guint d = 0; disputes != NULL && d < disputes->len; d++)
          add_member (self, g_ptr_array_index (disputes, d));
    }
  return self;
}

/* A leaf as if its author had decided the same. */
static char *
with_decisions (LuoConflict *self, LuoDocument *document, GError **error)
{
  char *body = g_strdup (luo_document_get_body (document, NULL));

  for (guint i = 0; body != NULL && i < self->members->len; i++)
    {
      LuoConflictMember *member = g_ptr_array_index (self->members, i);
      g_autofree char *place = by_place (self, body, member->pointer);
      char *patched;

      if (place == NULL && member->chosen != NULL && strrchr (member->pointer, '/') > member->pointer)
        {
          /* The item is not in this version: it comes back whole. */
          g_auto (GStrv) steps = g_strsplit (member->pointer + 1, "/", -1);

          if (steps[2] == NULL)
            place = g_strdup_printf ("/%s/-", steps[0]);
        }
      if (place == NULL)
        continue;
      patched = luo_json_patch (body, place, member->chosen, member->chosen != NULL ? error : NULL);
      if (patched == NULL && member->chosen == NULL)
        continue;
      g_free (body);
      body = patched;
    }
  return body;
}

char *
luo_conflict_merge_decided (LuoConflict *self, GError **error)
{
  char *merged = with_decisions (self, self->winner, error);

  for (guint i = 1; merged != NULL && i < self->leaves->len; i++)
    {
      g_autofree char *theirs = with_decisions (self, g_ptr_array_index (self->leaves, i), error);
      g_autofree char *ours = merged;

      merged = NULL;
      if (theirs == NULL || !merge_leaf (self, i, ours, theirs, &merged, NULL, error))
        return NULL;
      if (merged == NULL)
        g_set_error_literal (error, LUO_STORE_ERROR, LUO_STORE_ERROR_INVALID,
                             _ ("Something is still in dispute; decide every member"));
    }
  return merged;
}

/* Whatever is decided of the members, no file of any version is lost. */
static char *
merge_files (LuoConflict *self)
{
  char *merged = g_strdup (luo_document_get_attachments (self->winner));

  for (guint i = 1; i < self->leaves->len; i++)
    {
      GPtrArray *bases = g_ptr_array_index (self->bases, i);
      LuoDocument *base = bases != NULL && bases->len == 1 ? g_ptr_array_index (bases, 0) : NULL;
      g_autofree char *before = merged;

      merged = luo_merge_attachments (base != NULL ? luo_document_get_attachments (base) : NULL, before,
                                      luo_document_get_attachments (g_ptr_array_index (self->leaves, i)));
    }
  return merged;
}

gboolean
luo_conflict_save (LuoConflict *self, LuoStore *store, const char *user, GError **error)
{
  g_autofree char *merged = luo_conflict_merge_decided (self, error);
  g_autofree char *body = NULL;
  g_autofree char *files = NULL;
  g_autofree char *stamp_user = user != NULL ? g_strdup (user) : luo_record_get_user (store);
  g_autoptr (GPtrArray) revs = NULL;

  if (merged == NULL)
    return FALSE;
  body = luo_record_prepare (luo_document_get_id (self->winner), luo_document_get_body (self->winner, NULL),
                             merged, stamp_user, NULL, error);
  if (body == NULL)
    return FALSE;
  files = merge_files (self);
  revs = g_ptr_array_new ();
  for (guint i = 0; i < self->leaves->len; i++)
    g_ptr_array_add (revs, (gpointer)luo_document_get_rev (g_ptr_array_index (self->leaves, i)));
  g_ptr_array_add (revs, NULL);
  return luo_store_resolve (store, luo_document_get_space (self->winner), luo_document_get_id (self->winner),
                            (const char *const *)revs->pdata, body, files, NULL, error);
}

char *
luo_conflict_value_text (LuoConflict *self, LuoConflictMember *member, const char *value)
{
  g_auto (GStrv) steps = g_strsplit (member->pointer + 1, "/", -1);
  const LuoMember *inner;
  const LuoMember *outer = find_members (luo_document_get_record_type (self->winner), steps, &inner);
  g_autoptr (JsonNode) node = value != NULL ? json_from_string (value, NULL) : NULL;

  if (node == NULL)
    return g_strdup (_ ("(nothing)"));
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
      && (inner == NULL || inner->kind == LUO_KIND_NARRATIVE || inner->kind == LUO_KIND_TEXT)
      && (outer == NULL || outer->kind == LUO_KIND_NARRATIVE || outer->kind == LUO_KIND_TEXT
          || steps[1] != NULL))
    return g_strdup (json_node_get_string (node));
  if (inner != NULL)
    return luo_member_format (inner, node);
  if (outer != NULL && steps[1] == NULL)
    return luo_member_format (outer, node);
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    return luo_format_integer (json_node_get_int (node));
  return g_strdup (value);
}

gboolean
luo_conflict_member_is_text (LuoConflict *self, LuoConflictMember *member)
{
  g_auto (GStrv) steps = g_strsplit (member->pointer + 1, "/", -1);
  const LuoMember *inner;
  const LuoMember *outer = find_members (luo_document_get_record_type (self->winner), steps, &inner);
  const LuoMember *the = inner != NULL ? inner : outer;

  if (outer != NULL && outer->kind == LUO_KIND_TEXT_MAP)
    return TRUE;
  return the != NULL && (the->kind == LUO_KIND_NARRATIVE || the->kind == LUO_KIND_TEXT)
         && (inner != NULL || steps[1] == NULL);
}
