/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-merge-parts-private.h"

#include <string.h>

#include "luo-json-text.h"

gboolean
luo_span_same (LuoSpan a, LuoSpan b)
{
  if (a.text == NULL || b.text == NULL)
    return a.text == b.text;
  return a.length == b.length && memcmp (a.text, b.text, a.length) == 0;
}

gboolean
luo_span_equal (LuoSpan a, LuoSpan b)
{
  g_autofree char *canonical_a = NULL;
  g_autofree char *canonical_b = NULL;

  if (luo_span_same (a, b))
    return TRUE;
  if (a.text == NULL || b.text == NULL || a.text[0] != b.text[0])
    return FALSE;
  canonical_a = luo_json_canonical (a.text, (gssize)a.length, NULL);
  canonical_b = luo_json_canonical (b.text, (gssize)b.length, NULL);
  return g_strcmp0 (canonical_a, canonical_b) == 0;
}

int
luo_span_compare (LuoSpan a, LuoSpan b)
{
  int order;

  if (a.text == NULL || b.text == NULL)
    return (a.text != NULL) - (b.text != NULL);
  order = memcmp (a.text, b.text, MIN (a.length, b.length));
  return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static void
part_free (gpointer data)
{
  LuoPart *part = data;

  g_free (part->name);
  g_free (part);
}

LuoParts *
luo_parts_new (void)
{
  LuoParts *self = g_new0 (LuoParts, 1);

  self->list = g_ptr_array_new_with_free_func (part_free);
  self->index = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
luo_parts_free (LuoParts *self)
{
  g_hash_table_unref (self->index);
  g_ptr_array_unref (self->list);
  g_free (self);
}

/* FALSE where a part of that name is there already. @name is the text of a JSON string, quotes included. */
static gboolean
add (LuoParts *self, const char *name, gsize length, LuoSpan value)
{
  g_autofree char *canonical = luo_json_canonical (name, (gssize)length, NULL);
  LuoPart *part;

  if (canonical == NULL || g_hash_table_contains (self->index, canonical))
    return FALSE;
  part = g_new0 (LuoPart, 1);
  part->name = g_steal_pointer (&canonical);
  part->value = value;
  g_ptr_array_add (self->list, part);
  g_hash_table_insert (self->index, part->name, part);
  return TRUE;
}

LuoParts *
luo_parts_new_members (LuoSpan object, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (LuoParts) self = luo_parts_new ();

  if (!luo_json_cut (object.text, object.length, members, error))
    return NULL;
  for (guint i = 0; i < members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i);

      /* No member comes twice: the cut refuses that. */
      add (self, member->name - 1, member->name_length + 2, (LuoSpan){ member->value, member->value_length });
    }
  return g_steal_pointer (&self);
}

LuoParts *
luo_parts_new_items (LuoSpan array, const char *key)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (LuoParts) self = luo_parts_new ();

  if (!luo_json_cut_array (array.text, array.length, items, NULL))
    return NULL;
  for (guint i = 0; i < items->len; i++)
    {
      const LuoJsonMember *item = &g_array_index (items, LuoJsonMember, i);
      const LuoJsonMember *name;

      if (item->value[0] != '{' || !luo_json_cut (item->value, item->value_length, members, NULL))
        return NULL;
      name = luo_json_find (members, key);
      if (name == NULL || name->value[0] != '"'
          || !add (self, name->value, name->value_length, (LuoSpan){ item->value, item->value_length }))
        return NULL;
    }
  return g_steal_pointer (&self);
}

LuoParts *
luo_parts_new_texts (LuoSpan array)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (LuoParts) self = luo_parts_new ();

  if (!luo_json_cut_array (array.text, array.length, items, NULL))
    return NULL;
  for (guint i = 0; i < items->len; i++)
    {
      const LuoJsonMember *item = &g_array_index (items, LuoJsonMember, i);

      if (item->value[0] != '"'
          || !add (self, item->value, item->value_length, (LuoSpan){ item->value, item->value_length }))
        return NULL;
    }
  return g_steal_pointer (&self);
}

LuoSpan
luo_parts_get (const LuoParts *self, const char *name)
{
  const LuoPart *part = g_hash_table_lookup (self->index, name);

  return part != NULL ? part->value : (LuoSpan){ NULL, 0 };
}

void
luo_parts_set (LuoParts *self, const char *name, LuoSpan value)
{
  LuoPart *part = g_hash_table_lookup (self->index, name);

  if (part != NULL)
    part->value = value;
  else
    add (self, name, strlen (name), value);
}

static const char *
name_at (const LuoParts *self, guint i)
{
  return ((const LuoPart *)self->list->pdata[i])->name;
}

/* The names of @of that @other has too, in the order of @of. */
static GPtrArray *
common_names (const LuoParts *of, const LuoParts *other)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < of->list->len; i++)
    if (g_hash_table_contains (other->index, name_at (of, i)))
      g_ptr_array_add (names, (gpointer)name_at (of, i));
  return names;
}

static gboolean
names_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (strcmp (a->pdata[i], b->pdata[i]) != 0)
      return FALSE;
  return TRUE;
}

/* Whether what @side kept of @base stands in another order than in @base. */
static gboolean
is_reordered (const LuoParts *base, const LuoParts *side)
{
  g_autoptr (GPtrArray) before = common_names (base, side);
  g_autoptr (GPtrArray) after = common_names (side, base);

  return !names_equal (before, after);
}

/* The names of the base in the order that the merge has: of the one side that changed it, or of both where they agree. */
static GPtrArray *
order_backbone (const LuoParts *base, const LuoParts *ours, const LuoParts *theirs)
{
  gboolean ours_reordered = is_reordered (base, ours);
  gboolean theirs_reordered = is_reordered (base, theirs);
  const LuoParts *leader = base;
  GPtrArray *backbone;

  if (ours_reordered != theirs_reordered)
    leader = ours_reordered ? ours : theirs;
  else if (ours_reordered)
    {
      g_autoptr (GPtrArray) a = common_names (ours, base);
      g_autoptr (GPtrArray) b = common_names (theirs, base);

      if (names_equal (a, b))
        leader = ours;
    }

  backbone = common_names (leader, base);
  for (guint i = 0; i < base->list->len; i++)
    if (!g_hash_table_contains (leader->index, name_at (base, i)))
      g_ptr_array_add (backbone, (gpointer)name_at (base, i));
  return backbone;
}

/* What @side added, as runs by the name of the base that stands before them ("" before the first). */
static GHashTable *
added_runs (const LuoParts *base, const LuoParts *side)
{
  GHashTable *runs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  const char *anchor = "";

  for (guint i = 0; i < side->list->len; i++)
    {
      const char *name = name_at (side, i);
      GPtrArray *run;

      if (g_hash_table_contains (base->index, name))
        {
          anchor = name;
          continue;
        }
      run = g_hash_table_lookup (runs, anchor);
      if (run == NULL)
        {
          run = g_ptr_array_new ();
          g_hash_table_insert (runs, (gpointer)anchor, run);
        }
      g_ptr_array_add (run, (gpointer)name);
    }
  return runs;
}

static int
compare_runs (const GPtrArray *a, const GPtrArray *b)
{
  for (guint i = 0; i < a->len && i < b->len; i++)
    {
      int order = strcmp (a->pdata[i], b->pdata[i]);

      if (order != 0)
        return order;
    }
  return (a->len > b->len) - (a->len < b->len);
}

static void
take_run (GPtrArray *order, GHashTable *seen, const GPtrArray *run)
{
  for (guint i = 0; run != NULL && i < run->len; i++)
    if (g_hash_table_add (seen, run->pdata[i]))
      g_ptr_array_add (order, run->pdata[i]);
}

static void
take_runs (GPtrArray *order, GHashTable *seen, GHashTable *ours, GHashTable *theirs, const char *anchor)
{
  GPtrArray *a = g_hash_table_lookup (ours, anchor);
  GPtrArray *b = g_hash_table_lookup (theirs, anchor);

  if (a != NULL && b != NULL && compare_runs (a, b) > 0)
    {
      take_run (order, seen, b);
      take_run (order, seen, a);
      return;
    }
  take_run (order, seen, a);
  take_run (order, seen, b);
}

GPtrArray *
luo_parts_order (const LuoParts *base, const LuoParts *ours, const LuoParts *theirs)
{
  g_autoptr (GPtrArray) backbone = order_backbone (base, ours, theirs);
  g_autoptr (GHashTable) ours_added = added_runs (base, ours);
  g_autoptr (GHashTable) theirs_added = added_runs (base, theirs);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *order = g_ptr_array_new ();

  take_runs (order, seen, ours_added, theirs_added, "");
  for (guint i = 0; i < backbone->len; i++)
    {
      g_ptr_array_add (order, backbone->pdata[i]);
      take_runs (order, seen, ours_added, theirs_added, backbone->pdata[i]);
    }
  return order;
}
