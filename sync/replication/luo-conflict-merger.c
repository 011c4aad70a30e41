/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-conflict-merger.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-merge.h"
#include "luo-record-check.h"
#include "luo-replication-error-private.h"
#include "luo-revision.h"
#include "luo-store-sync.h"

/**
 * Side: what is merged of one revision.
 */
typedef struct
{
  const char *body;        /* JSON text */
  const char *attachments; /* (nullable): JSON text of stubs */
} Side;

static Side
side_of (LuoDocument *document)
{
  return (Side){ luo_document_get_body (document, NULL), luo_document_get_attachments (document) };
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

/* Attachments */

static void
cut_stubs (const char *stubs, GArray *members)
{
  g_array_set_size (members, 0);
  if (stubs != NULL && !luo_json_cut (stubs, strlen (stubs), members, NULL))
    g_array_set_size (members, 0);
}

static const LuoJsonMember *
find_stub (const GArray *stubs, const LuoJsonMember *name)
{
  g_autofree char *decoded = luo_json_decode_string (name->name - 1, name->name_length + 2);

  return luo_json_find (stubs, decoded);
}

/* Whether two stubs (nullable) name the same bytes. */
static gboolean
stubs_equal (const LuoJsonMember *a, const LuoJsonMember *b)
{
  g_autofree char *text_a = a != NULL ? g_strndup (a->value, a->value_length) : NULL;
  g_autofree char *text_b = b != NULL ? g_strndup (b->value, b->value_length) : NULL;
  g_autofree char *digest_a = text_a != NULL ? luo_json_at (text_a, "/digest") : NULL;
  g_autofree char *digest_b = text_b != NULL ? luo_json_at (text_b, "/digest") : NULL;

  return g_strcmp0 (digest_a, digest_b) == 0;
}

/* Appends the stub that a name has after the merge, if any. FALSE where both sides changed it. */
static gboolean
merge_stub (GString *out, const LuoJsonMember *base, const LuoJsonMember *ours, const LuoJsonMember *theirs)
{
  const LuoJsonMember *stands = ours;

  if (stubs_equal (ours, theirs) || stubs_equal (theirs, base))
    stands = ours;
  else if (stubs_equal (ours, base))
    stands = theirs;
  else
    return FALSE;
  if (stands == NULL)
    return TRUE;
  if (out->len > 1)
    g_string_append_c (out, ',');
  g_string_append_len (out, stands->start, stands->value + stands->value_length - stands->start);
  return TRUE;
}

/* Three-way by name; the bytes behind a name are one value. @merged NULL where nothing is left. FALSE where a file is in dispute. */
static gboolean
merge_attachments (const char *base, const char *ours, const char *theirs, char **merged)
{
  g_autoptr (GArray) b = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) o = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) t = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GString) out = g_string_new ("{");

  *merged = NULL;
  cut_stubs (base, b);
  cut_stubs (ours, o);
  cut_stubs (theirs, t);
  for (guint i = 0; i < o->len; i++)
    {
      const LuoJsonMember *stub = &g_array_index (o, LuoJsonMember, i);

      if (!merge_stub (out, find_stub (b, stub), stub, find_stub (t, stub)))
        return FALSE;
    }
  for (guint i = 0; i < t->len; i++)
    {
      const LuoJsonMember *stub = &g_array_index (t, LuoJsonMember, i);

      if (find_stub (o, stub) == NULL && !merge_stub (out, find_stub (b, stub), NULL, stub))
        return FALSE;
    }
  g_string_append_c (out, '}');
  if (out->len > 2)
    *merged = g_strdup (out->str);
  return TRUE;
}

/* The base of two leaves */

/* The revision that the tree of a leaf begins with; NULL where it is not known any more, because the history was cut short. */
static char *
find_root (LuoStore *store, LuoDocument *leaf)
{
  g_auto (GStrv) history = luo_store_get_history (
      store, luo_document_get_space (leaf), luo_document_get_id (leaf), luo_document_get_rev (leaf), NULL);
  guint length = history != NULL ? g_strv_length (history) : 0;
  guint generation = 0;

  if (length == 0 || luo_rev_parse (history[length - 1], &generation) == NULL || generation != 1)
    return NULL;
  return g_strdup (history[length - 1]);
}

/* Whether two leaves are of records made apart under one name: both trees begin at a first revision, and not at the same. */
static gboolean
made_apart (LuoStore *store, LuoDocument *a, LuoDocument *b)
{
  g_autofree char *root_a = find_root (store, a);
  g_autofree char *root_b = find_root (store, b);

  return root_a != NULL && root_b != NULL && strcmp (root_a, root_b) != 0;
}

/* @base (out): NULL where none is left. */
static gboolean
find_base (LuoStore *store, LuoDocument *a, LuoDocument *b, LuoDocument **base, Side *side, GError **error)
{
  GError *store_error = NULL;

  *side = (Side){ NULL, NULL };
  *base = luo_store_get_base (store, luo_document_get_space (a), luo_document_get_id (a),
                              luo_document_get_rev (a), luo_document_get_rev (b), &store_error);
  if (store_error != NULL)
    {
      luo_replication_error_propagate (error, store_error);
      return FALSE;
    }
  if (*base != NULL)
    *side = side_of (*base);
  else if (made_apart (store, a, b))
    side->body = "{}";
  return TRUE;
}

/* Merging */

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
  LuoDocument *winner = leaves->pdata[0];
  g_autofree char *merged = g_strdup (luo_document_get_body (winner, NULL));
  g_autofree char *stubs = g_strdup (luo_document_get_attachments (winner));

  *body = NULL;
  *attachments = NULL;
  for (guint i = 1; i < leaves->len; i++)
    {
      g_autoptr (LuoDocument) base = NULL;
      g_autofree char *next = NULL;
      g_autofree char *next_stubs = NULL;
      Side other = side_of (leaves->pdata[i]);
      GError *merge_error = NULL;
      Side before;

      if (!find_base (store, winner, leaves->pdata[i], &base, &before, error))
        return FALSE;
      if (!luo_merge (before.body, merged, other.body, &next, NULL, &merge_error))
        {
          luo_replication_error_propagate (error, merge_error);
          return FALSE;
        }
      if (next == NULL || !merge_attachments (before.attachments, stubs, other.attachments, &next_stubs))
        return TRUE;
      g_free (merged);
      merged = g_steal_pointer (&next);
      g_free (stubs);
      stubs = g_steal_pointer (&next_stubs);
    }

  /* Two valid records may merge into one that is not (a stage before the one it follows): a person must look. */
  if (bodies_are_valid (leaves) && !luo_record_check_text (luo_document_get_id (winner), merged, -1, NULL))
    return TRUE;
  *body = g_steal_pointer (&merged);
  *attachments = g_steal_pointer (&stubs);
  return TRUE;
}

/* Writes the merge; FALSE without an error where the leaves are others by now, or a file is not here yet. */
static gboolean
resolve (LuoStore *store, const char *space, const char *id, GPtrArray *leaves, const char *body,
         const char *attachments, gboolean *merged, GError **error)
{
  LuoDocument *winner = leaves->pdata[0];
  g_autoptr (GPtrArray) revs = g_ptr_array_new ();
  gboolean is_winner = luo_json_equal (body, luo_document_get_body (winner, NULL))
                       && g_strcmp0 (attachments, luo_document_get_attachments (winner)) == 0;
  GError *store_error = NULL;

  for (guint i = 0; i < leaves->len; i++)
    g_ptr_array_add (revs, (gpointer)luo_document_get_rev (leaves->pdata[i]));
  g_ptr_array_add (revs, NULL);
  if (luo_store_resolve (store, space, id, (const char *const *)revs->pdata, is_winner ? NULL : body,
                         is_winner ? NULL : attachments, NULL, &store_error))
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
