/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflict-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-json-text.h"
#include "luo-keyed-place.h"
#include "luo-merge.h"
#include "luo-record-check.h"
#include "luo-record-edit.h"
#include "luo-store-sync.h"

static void
option_free (gpointer data)
{
  LuoConflictOption *option = data;

  g_free (option->value);
  g_ptr_array_unref (option->leaves);
  g_free (option);
}

static void
member_free (gpointer data)
{
  LuoConflictMember *member = data;

  g_free (member->pointer);
  g_free (member->label);
  g_free (member->unit);
  g_free (member->before);
  g_clear_pointer (&member->base, luo_document_unref);
  g_ptr_array_unref (member->options);
  g_free (member->chosen);
  g_free (member->typed);
  g_free (member);
}

static void
merged_free (gpointer data)
{
  LuoConflictMerged *merged = data;

  g_free (merged->pointer);
  g_free (merged->label);
  g_free (merged->unit);
  g_free (merged->before);
  g_free (merged->after);
  luo_document_unref (merged->leaf);
  g_free (merged);
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
  if (self == NULL)
    return;
  g_clear_pointer (&self->winner, luo_document_unref);
  g_ptr_array_unref (self->leaves);
  g_ptr_array_unref (self->deletions);
  g_ptr_array_unref (self->members);
  g_ptr_array_unref (self->merged);
  g_ptr_array_unref (self->bases);
  g_free (self->problem);
  g_free (self);
}

static LuoConflict *
conflict_new (void)
{
  LuoConflict *self = g_new0 (LuoConflict, 1);

  self->leaves = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
  self->deletions = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
  self->members = g_ptr_array_new_with_free_func (member_free);
  self->merged = g_ptr_array_new_with_free_func (merged_free);
  self->bases = g_ptr_array_new_with_free_func (bases_free);
  return self;
}

GPtrArray *
luo_conflict_list (LuoStore *store, guint limit, GError **error)
{
  g_autoptr (GPtrArray) documents = luo_store_list_conflicts (store, NULL, limit, error);
  g_autoptr (GPtrArray) deletions = NULL;

  if (documents == NULL)
    return NULL;
  deletions = luo_store_list_deletions (store, NULL, limit, error);
  if (deletions == NULL)
    return NULL;
  for (guint i = 0; i < deletions->len && documents->len < limit; i++)
    g_ptr_array_add (documents, luo_document_ref (deletions->pdata[i]));
  return g_steal_pointer (&documents);
}

static const char *
type_of (LuoConflict *self)
{
  return luo_document_get_record_type (self->winner);
}

static const char *
body_of (LuoConflict *self, guint leaf)
{
  return luo_document_get_body (self->leaves->pdata[leaf], NULL);
}

/* @bases: (nullable): as luo_store_get_bases() gave them */
static gboolean
merge (GPtrArray *bases, const char *ours, const char *theirs, char **merged, GPtrArray **disputes,
       GError **error)
{
  g_autoptr (GPtrArray) bodies = g_ptr_array_new ();

  for (guint i = 0; bases != NULL && i < bases->len; i++)
    g_ptr_array_add (bodies, (gpointer)luo_document_get_body (bases->pdata[i], NULL));
  g_ptr_array_add (bodies, NULL);
  return luo_merge_bases (bases != NULL ? (const char *const *)bodies->pdata : NULL, ours, theirs, merged,
                          disputes, error);
}

gboolean
luo_conflict_merge_leaf (LuoConflict *self, guint leaf, const char *ours, const char *theirs, char **merged,
                         GPtrArray **disputes, GError **error)
{
  return merge (self->bases->pdata[leaf], ours, theirs, merged, disputes, error);
}

LuoDocument *
luo_conflict_base_of (LuoConflict *self, guint leaf)
{
  GPtrArray *bases = self->bases->len > 1 ? self->bases->pdata[leaf > 0 ? leaf : 1] : NULL;

  return bases != NULL && bases->len > 0 ? bases->pdata[0] : NULL;
}

/* Names */

/* The indicator that a reading is of has its name and unit in the task. */
static void
name_reading (LuoStore *store, LuoConflict *self, const char *pointer, char **label, char **unit)
{
  static const char *const prefixes[] = { "/readings/", "/shares/" };
  const char *task = luo_document_get_text (self->winner, "task");
  g_autoptr (LuoDocument) document = NULL;

  for (gsize i = 0; task != NULL && i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (pointer, prefixes[i]) && strcmp (type_of (self), "progress") == 0)
      {
        g_auto (GStrv) steps = g_strsplit (pointer + strlen (prefixes[i]), "/", 2);
        g_autofree char *at = g_strconcat ("/indicators/", steps[0], NULL);
        g_autofree char *item = NULL;
        g_autofree char *name = NULL;
        g_autofree char *unit_text = NULL;

        document = luo_store_get (store, "city", task, NULL, NULL);
        item = document != NULL ? luo_keyed_place_get ("task", luo_document_get_body (document, NULL), at)
                                : NULL;
        name = item != NULL ? luo_json_at (item, "/name") : NULL;
        unit_text = item != NULL ? luo_json_at (item, "/unit") : NULL;
        if (name != NULL)
          {
            g_autofree char *decoded = luo_json_decode_string (name, strlen (name));
            const char *old = strstr (*label, steps[0]);

            if (decoded != NULL && old != NULL)
              {
                char *better = g_strdup_printf ("%.*s%s%s", (int)(old - *label), *label, decoded,
                                                old + strlen (steps[0]));

                g_free (*label);
                *label = better;
              }
          }
        if (unit_text != NULL && i == 0)
          *unit = luo_json_decode_string (unit_text, strlen (unit_text));
        return;
      }
}

static void
name_place (LuoStore *store, LuoConflict *self, const char *pointer, char **label, char **unit)
{
  *unit = NULL;
  *label = luo_keyed_place_label (type_of (self), pointer, body_of (self, 0));
  name_reading (store, self, pointer, label, unit);
}

/* Members */

static gboolean
values_equal (const char *a, const char *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return strcmp (a, b) == 0 || luo_json_equal (a, b);
}

static void
add_option (LuoConflictMember *member, char *value, LuoDocument *leaf)
{
  LuoConflictOption *option;

  for (guint i = 0; i < member->options->len; i++)
    {
      option = member->options->pdata[i];
      if (values_equal (option->value, value))
        {
          g_ptr_array_add (option->leaves, luo_document_ref (leaf));
          g_free (value);
          return;
        }
    }
  option = g_new0 (LuoConflictOption, 1);
  option->value = value;
  option->leaves = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
  g_ptr_array_add (option->leaves, luo_document_ref (leaf));
  g_ptr_array_add (member->options, option);
}

/* Adds a member in dispute between two leaves; a place within another one, or around it, is one with it. */
static void
add_dispute (LuoConflict *self, const LuoDispute *dispute, LuoDocument *base)
{
  LuoConflictMember *member;

  for (guint i = self->members->len; i-- > 0;)
    {
      member = self->members->pdata[i];
      if (luo_keyed_place_is_within (dispute->pointer, member->pointer))
        return;
      if (luo_keyed_place_is_within (member->pointer, dispute->pointer))
        g_ptr_array_remove_index (self->members, i);
    }
  member = g_new0 (LuoConflictMember, 1);
  member->pointer = g_strdup (dispute->pointer);
  member->before = g_strdup (dispute->base);
  member->base = base != NULL ? luo_document_ref (base) : NULL;
  member->options = g_ptr_array_new_with_free_func (option_free);
  g_ptr_array_add (self->members, member);
}

/* What each version says of a member; what none but the one before says is no choice, unless it is what one of two says. */
static void
fill_options (LuoStore *store, LuoConflict *self, LuoConflictMember *member)
{
  name_place (store, self, member->pointer, &member->label, &member->unit);
  for (guint i = 0; i < self->leaves->len; i++)
    add_option (member, luo_keyed_place_get (type_of (self), body_of (self, i), member->pointer),
                self->leaves->pdata[i]);
  for (guint i = member->options->len; i-- > 0 && member->options->len > 2;)
    if (member->base != NULL
        && values_equal (((LuoConflictOption *)member->options->pdata[i])->value, member->before))
      g_ptr_array_remove_index (member->options, i);
}

/* What one leaf changed, as luo_merge() tells two bodies apart where it knows of no base. */
static GPtrArray *
list_changes (const char *before, const char *after)
{
  g_autoptr (GPtrArray) changes = NULL;

  luo_merge (NULL, before, after, NULL, &changes, NULL);
  return g_steal_pointer (&changes);
}

static gboolean
is_stamp (const char *pointer)
{
  return g_str_has_prefix (pointer, "/updated_") || g_str_has_prefix (pointer, "/created_");
}

static gboolean
is_known (LuoConflict *self, const char *pointer)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      LuoConflictMember *member = self->members->pdata[i];

      if (luo_keyed_place_is_within (pointer, member->pointer)
          || luo_keyed_place_is_within (member->pointer, pointer))
        return TRUE;
    }
  for (guint i = 0; i < self->merged->len; i++)
    if (strcmp (((LuoConflictMerged *)self->merged->pdata[i])->pointer, pointer) == 0)
      return TRUE;
  return FALSE;
}

/* The differences that contradict nothing. */
static void
add_merged (LuoStore *store, LuoConflict *self)
{
  for (guint i = 0; i < self->leaves->len; i++)
    {
      LuoDocument *base = luo_conflict_base_of (self, i);
      g_autoptr (GPtrArray) changes
          = base != NULL ? list_changes (luo_document_get_body (base, NULL), body_of (self, i)) : NULL;

      for (guint c = 0; changes != NULL && c < changes->len; c++)
        {
          const LuoDispute *change = changes->pdata[c];
          LuoConflictMerged *merged;

          if (is_stamp (change->pointer) || is_known (self, change->pointer))
            continue;
          merged = g_new0 (LuoConflictMerged, 1);
          merged->pointer = g_strdup (change->pointer);
          merged->before = g_strdup (change->ours);
          merged->after = g_strdup (change->theirs);
          merged->leaf = luo_document_ref (self->leaves->pdata[i]);
          name_place (store, self, change->pointer, &merged->label, &merged->unit);
          g_ptr_array_add (self->merged, merged);
        }
    }
}

/* Versions that do not contradict each other may still give a record that is not valid: then each difference is a question. */
static void
doubt_merged (LuoConflict *self)
{
  g_autofree char *body = luo_conflict_merge_decided (self, NULL);
  g_autoptr (GError) error = NULL;

  if (self->members->len > 0 || body == NULL
      || luo_record_check_text (luo_document_get_id (self->winner), body, -1, &error))
    return;
  for (guint i = 0; i < self->leaves->len; i++)
    if (!luo_record_check_text (luo_document_get_id (self->winner), body_of (self, i), -1, NULL))
      return;
  self->problem = g_strdup (error->message);
  for (guint i = 0; i < self->merged->len; i++)
    {
      LuoConflictMerged *merged = self->merged->pdata[i];
      LuoDispute dispute = { merged->pointer, merged->before, NULL, NULL };

      add_dispute (self, &dispute, luo_conflict_base_of (self, 0));
    }
  g_ptr_array_set_size (self->merged, 0);
}

/* Reading */

/* The version of whoever works here; where nobody's name tells, one that the server does not have yet, else the winner. */
static guint
find_ours (LuoStore *store, LuoConflict *self)
{
  g_autofree char *user = luo_record_get_user (store);

  for (guint i = 0; i < self->leaves->len; i++)
    if (g_strcmp0 (luo_document_get_text (self->leaves->pdata[i], "updated_by"), user) == 0)
      return i;
  for (guint i = 0; i < self->leaves->len; i++)
    if ((luo_document_get_flags (self->leaves->pdata[i]) & LUO_REV_HELD) == 0)
      return i;
  return 0;
}

static gboolean
add_leaves (LuoStore *store, LuoConflict *self, const char *space, const char *id, GError **error)
{
  g_autoptr (GPtrArray) leaves = luo_store_get_leaves (store, space, id, error);

  if (leaves == NULL)
    return FALSE;
  for (guint i = 0; i < leaves->len; i++)
    {
      LuoDocument *leaf = leaves->pdata[i];

      if (!luo_document_get_deleted (leaf))
        g_ptr_array_add (self->leaves, luo_document_ref (leaf));
      else if (luo_document_get_text (leaf, "updated_by") != NULL)
        g_ptr_array_add (self->deletions, luo_document_ref (leaf));
    }
  return TRUE;
}

static void
add_disputes (LuoStore *store, LuoConflict *self)
{
  const char *space = luo_document_get_space (self->winner);
  const char *id = luo_document_get_id (self->winner);

  g_ptr_array_add (self->bases, NULL);
  for (guint i = 0; i < self->leaves->len; i++)
    for (guint j = i + 1; j < self->leaves->len; j++)
      {
        GPtrArray *bases
            = luo_store_get_bases (store, space, id, luo_document_get_rev (self->leaves->pdata[i]),
                                   luo_document_get_rev (self->leaves->pdata[j]), NULL);
        g_autoptr (GPtrArray) disputes = NULL;

        if (merge (bases, body_of (self, i), body_of (self, j), NULL, &disputes, NULL))
          for (guint d = 0; d < disputes->len; d++)
            add_dispute (self, disputes->pdata[d], bases != NULL && bases->len > 0 ? bases->pdata[0] : NULL);
        if (i == 0)
          g_ptr_array_add (self->bases, bases);
        else if (bases != NULL)
          g_ptr_array_unref (bases);
      }
}

LuoConflict *
luo_conflict_read (LuoStore *store, const char *space, const char *id, GError **error)
{
  g_autoptr (LuoConflict) self = conflict_new ();

  g_return_val_if_fail (LUO_IS_STORE (store), NULL);
  g_return_val_if_fail (space != NULL && id != NULL, NULL);

  if (!add_leaves (store, self, space, id, error))
    return NULL;
  if (self->leaves->len == 0 || self->leaves->len + self->deletions->len < 2)
    return NULL;
  self->winner = luo_document_ref (self->leaves->pdata[0]);
  self->fate = self->deletions->len > 0 ? LUO_CONFLICT_FATE_OPEN : LUO_CONFLICT_FATE_KEEP;
  self->ours = find_ours (store, self);
  add_disputes (store, self);
  if (self->leaves->len > 1)
    {
      add_merged (store, self);
      doubt_merged (self);
    }
  for (guint i = 0; i < self->members->len; i++)
    fill_options (store, self, self->members->pdata[i]);
  luo_conflict_add_files (self);
  return g_steal_pointer (&self);
}
