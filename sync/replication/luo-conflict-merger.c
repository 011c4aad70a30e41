/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflict-merger.h"

#include "luo-merge-attachments.h"
#include "luo-merge.h"
#include "luo-record-check.h"
#include "luo-replication-error-private.h"
#include "luo-revision.h"
#include "luo-store-sync.h"

/* Beyond so many leaves, which no office makes by itself, comparing each with each costs too much: a person must look. */
#define MAX_LEAVES 16

/**
 * Branch: a leaf, or what several leaves that parted late gave when merged.
 */
typedef struct
{
  LuoDocument *leaf; /* unowned: the one nearest to the winner */
  char *body;        /* (owned) */
  char *attachments; /* (owned) (nullable): stubs */
} Branch;

static void
branch_free (gpointer data)
{
  Branch *self = data;

  g_free (self->body);
  g_free (self->attachments);
  g_free (self);
}

static Branch *
branch_new (LuoDocument *leaf)
{
  Branch *self = g_new0 (Branch, 1);

  self->leaf = leaf;
  self->body = g_strdup (luo_document_get_body (leaf, NULL));
  self->attachments = g_strdup (luo_document_get_attachments (leaf));
  return self;
}

static gboolean
bodies_are_valid (GPtrArray *leaves)
{
  for (guint i = 0; i < leaves->len; i++)
    if (!luo_record_check_text (luo_document_get_id (leaves->pdata[i]),
                                luo_document_get_body (leaves->pdata[i], NULL), -1, NULL))
      return FALSE;
  return TRUE;
}

/* @bases: (out) (nullable): as luo_store_get_bases() has it */
static gboolean
find_bases (LuoStore *store, const Branch *a, const Branch *b, GPtrArray **bases, GError **error)
{
  GError *own_error = NULL;

  *bases = luo_store_get_bases (store, luo_document_get_space (a->leaf), luo_document_get_id (a->leaf),
                                luo_document_get_rev (a->leaf), luo_document_get_rev (b->leaf), &own_error);
  if (own_error == NULL)
    return TRUE;
  luo_replication_error_propagate (error, own_error);
  return FALSE;
}

static guint
generation_of (GPtrArray *bases)
{
  guint generation = 0;

  if (bases != NULL && bases->len > 0)
    luo_rev_parse (luo_document_get_rev (bases->pdata[0]), &generation);
  return generation;
}

/* The two branches that parted last, with their bases; of equal ones those nearest to the winner, so that every replica takes the
 * same. */
static gboolean
find_closest (LuoStore *store, GPtrArray *branches, guint *first, guint *second, GPtrArray **bases,
              GError **error)
{
  *first = *second = 0;
  *bases = NULL;
  for (guint i = 0; i < branches->len; i++)
    for (guint j = i + 1; j < branches->len; j++)
      {
        g_autoptr (GPtrArray) found = NULL;

        if (!find_bases (store, branches->pdata[i], branches->pdata[j], &found, error))
          return FALSE;
        if (*second > 0 && generation_of (found) <= generation_of (*bases))
          continue;
        g_clear_pointer (bases, g_ptr_array_unref);
        *bases = g_steal_pointer (&found);
        *first = i;
        *second = j;
      }
  return TRUE;
}

static char *
merge_attachments (GPtrArray *bases, const char *ours, const char *theirs)
{
  char *merged = luo_merge_attachments (NULL, ours, theirs);

  for (guint i = 0; bases != NULL && i < bases->len; i++)
    {
      const char *base = luo_document_get_attachments (bases->pdata[i]);
      g_autofree char *before = merged;
      g_autofree char *one = luo_merge_attachments (base, ours, theirs);

      /* A file stays unless it was removed against every base. */
      merged = i == 0 ? g_steal_pointer (&one) : luo_merge_attachments (NULL, before, one);
    }
  return merged;
}

/* Merges @other into @branch. @merged: FALSE where something is in dispute. */
static gboolean
merge_branches (Branch *branch, const Branch *other, GPtrArray *bases, gboolean *merged, GError **error)
{
  g_autoptr (GPtrArray) bodies = g_ptr_array_new ();
  g_autofree char *body = NULL;
  char *attachments;
  GError *own_error = NULL;

  *merged = FALSE;
  for (guint i = 0; bases != NULL && i < bases->len; i++)
    g_ptr_array_add (bodies, (gpointer)luo_document_get_body (bases->pdata[i], NULL));
  g_ptr_array_add (bodies, NULL);
  if (!luo_merge_bases (bases != NULL ? (const char *const *)bodies->pdata : NULL, branch->body, other->body,
                        &body, NULL, &own_error))
    {
      luo_replication_error_propagate (error, own_error);
      return FALSE;
    }
  if (body == NULL)
    return TRUE;
  g_free (branch->body);
  branch->body = g_steal_pointer (&body);
  attachments = merge_attachments (bases, branch->attachments, other->attachments);
  g_free (branch->attachments);
  branch->attachments = attachments;
  *merged = TRUE;
  return TRUE;
}

static int
compare_leaves (gconstpointer a, gconstpointer b)
{
  LuoDocument *x = *(LuoDocument *const *)a;
  LuoDocument *y = *(LuoDocument *const *)b;

  return -luo_rev_compare (luo_document_get_rev (x), FALSE, luo_document_get_rev (y), FALSE);
}

/* Merges all leaves, the winner first. @body NULL where they can not be. */
static gboolean
merge_leaves (LuoStore *store, GPtrArray *leaves, char **body, char **attachments, GError **error)
{
  g_autoptr (GPtrArray) branches = g_ptr_array_new_with_free_func (branch_free);
  Branch *whole;

  *body = *attachments = NULL;
  if (leaves->len > MAX_LEAVES)
    return TRUE;
  for (guint i = 0; i < leaves->len; i++)
    g_ptr_array_add (branches, branch_new (leaves->pdata[i]));
  while (branches->len > 1)
    {
      g_autoptr (GPtrArray) bases = NULL;
      gboolean merged;
      guint first, second;

      if (!find_closest (store, branches, &first, &second, &bases, error)
          || !merge_branches (branches->pdata[first], branches->pdata[second], bases, &merged, error))
        return FALSE;
      if (!merged)
        return TRUE;
      g_ptr_array_remove_index (branches, second);
    }

  /* Two valid records may merge into one that is not (a stage before the one it follows): a person must look. */
  whole = branches->pdata[0];
  if (bodies_are_valid (leaves)
      && !luo_record_check_text (luo_document_get_id (leaves->pdata[0]), whole->body, -1, NULL))
    return TRUE;
  *body = g_steal_pointer (&whole->body);
  *attachments = g_steal_pointer (&whole->attachments);
  return TRUE;
}

/* Writes the merge; FALSE without an error where the leaves are others by now, or a file is not here yet. */
static gboolean
resolve (LuoStore *store, const char *space, const char *id, GPtrArray *leaves, const char *body,
         const char *attachments, gboolean *merged, GError **error)
{
  g_autoptr (GPtrArray) revs = g_ptr_array_new ();
  GError *store_error = NULL;

  for (guint i = 0; i < leaves->len; i++)
    g_ptr_array_add (revs, (gpointer)luo_document_get_rev (leaves->pdata[i]));
  g_ptr_array_add (revs, NULL);
  if (luo_store_resolve (store, space, id, (const char *const *)revs->pdata, body, attachments, NULL,
                         &store_error))
    {
      *merged = TRUE;
      return TRUE;
    }
  if (g_error_matches (store_error, LUO_STORE_ERROR, LUO_STORE_ERROR_CONFLICT)
      || g_error_matches (store_error, LUO_STORE_ERROR, LUO_STORE_ERROR_MISSING_STUB))
    {
      g_error_free (store_error);
      return TRUE;
    }
  luo_replication_error_propagate (error, store_error);
  return FALSE;
}

gboolean
luo_conflict_merge (LuoStore *store, const char *space, const char *id, gboolean *merged, GError **error)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) leaves = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_document_unref);
  g_autofree char *body = NULL;
  g_autofree char *attachments = NULL;
  GError *store_error = NULL;

  g_return_val_if_fail (merged != NULL, FALSE);

  *merged = FALSE;
  all = luo_store_get_leaves (store, space, id, &store_error);
  if (all == NULL)
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  for (guint i = 0; i < all->len; i++)
    if (!luo_document_get_deleted (all->pdata[i]))
      g_ptr_array_add (leaves, luo_document_ref (all->pdata[i]));
  if (leaves->len < 2)
    {
      *merged = TRUE;
      return TRUE;
    }
  g_ptr_array_sort (leaves, compare_leaves);
  if (!merge_leaves (store, leaves, &body, &attachments, error))
    return FALSE;
  return body == NULL || resolve (store, space, id, leaves, body, attachments, merged, error);
}

gboolean
luo_conflict_merge_all (LuoStore *store, guint64 *merged, guint64 *left, GError **error)
{
  GError *store_error = NULL;
  g_autoptr (GPtrArray) conflicts = luo_store_list_conflicts (store, NULL, G_MAXINT, &store_error);

  *merged = *left = 0;
  if (conflicts == NULL)
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  for (guint i = 0; i < conflicts->len; i++)
    {
      LuoDocument *document = conflicts->pdata[i];
      gboolean done = FALSE;

      if (!luo_conflict_merge (store, luo_document_get_space (document), luo_document_get_id (document),
                               &done, error))
        return FALSE;
      *(done ? merged : left) += 1;
    }
  return TRUE;
}
