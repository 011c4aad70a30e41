/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-merge.h"

#include <string.h>

#include "luo-json-text.h"
#include "luo-merge-parts-private.h"
#include "luo-narrative-private.h"
#include "luo-record-type.h"

/**
 * Shape: what the record table knows of a value; decides how arrays are merged.
 */
typedef struct
{
  enum
  {
    SHAPE_UNKNOWN,
    SHAPE_RECORD,
    SHAPE_OBJECT,
    SHAPE_ITEMS,
    SHAPE_TEXTS,
    SHAPE_NARRATIVE,
    SHAPE_NARRATIVES, /* a map of any name to narrative */
    SHAPE_OTHER,
  } what;
  const LuoRecordType *type; /* (nullable): of a record */
  const LuoMember *members;  /* (nullable): of an object or of each item */
} Shape;

typedef enum
{
  MERGED_PRESENT,
  MERGED_ABSENT,
  MERGED_DISPUTED,
} Outcome;

typedef struct
{
  gboolean has_base;
  GString *pointer;    /* (owned): where the merge stands */
  GPtrArray *disputes; /* (owned) (element-type LuoDispute) */
} Merge;

static Outcome merge_value (Merge *self, Shape shape, LuoSpan base, LuoSpan ours, LuoSpan theirs,
                            GString *out);

void
luo_dispute_free (LuoDispute *self)
{
  if (self == NULL)
    return;
  g_free (self->pointer);
  g_free (self->base);
  g_free (self->ours);
  g_free (self->theirs);
  g_free (self);
}

static Outcome
take (LuoSpan span, GString *out)
{
  if (span.text == NULL)
    return MERGED_ABSENT;
  g_string_append_len (out, span.text, (gssize)span.length);
  return MERGED_PRESENT;
}

static Outcome
dispute (Merge *self, LuoSpan base, LuoSpan ours, LuoSpan theirs)
{
  LuoDispute *item = g_new0 (LuoDispute, 1);

  item->pointer = g_strdup (self->pointer->str);
  item->base = g_strndup (base.text, base.length);
  item->ours = g_strndup (ours.text, ours.length);
  item->theirs = g_strndup (theirs.text, theirs.length);
  g_ptr_array_add (self->disputes, item);
  return MERGED_DISPUTED;
}

/* Appends one step to the pointer and gives the length to go back to. @name is the text of a JSON string. */
static gsize
pointer_push (Merge *self, const char *name)
{
  g_autofree char *decoded = luo_json_decode_string (name, strlen (name));
  gsize before = self->pointer->len;

  g_string_append_c (self->pointer, '/');
  for (const char *p = decoded; *p != '\0'; p++)
    if (*p == '~')
      g_string_append (self->pointer, "~0");
    else if (*p == '/')
      g_string_append (self->pointer, "~1");
    else
      g_string_append_c (self->pointer, *p);
  return before;
}

static const LuoMember *
find_member (const LuoMember *members, const char *name)
{
  for (; members != NULL && members->name != NULL; members++)
    if (strcmp (members->name, name) == 0)
      return members;
  return NULL;
}

/* The shape of the part @name (text of a JSON string) of a value of shape @parent. */
static Shape
shape_of_part (Shape parent, const char *name)
{
  g_autofree char *decoded = NULL;
  const LuoMember *member = NULL;

  if (parent.what == SHAPE_ITEMS)
    return (Shape){ SHAPE_OBJECT, NULL, parent.members };
  if (parent.what == SHAPE_NARRATIVES)
    return (Shape){ SHAPE_NARRATIVE };

  decoded = luo_json_decode_string (name, strlen (name));
  if (parent.what == SHAPE_RECORD && parent.type != NULL)
    member = luo_record_type_member (parent.type, decoded);
  else if (parent.what == SHAPE_OBJECT)
    member = find_member (parent.members, decoded);
  if (member == NULL)
    return (Shape){ SHAPE_UNKNOWN };

  switch (member->kind)
    {
    case LUO_KIND_OBJECT:
      return (Shape){ SHAPE_OBJECT, NULL, member->members };
    case LUO_KIND_ITEMS:
      return (Shape){ SHAPE_ITEMS, NULL, member->members };
    case LUO_KIND_TEXTS:
      return (Shape){ SHAPE_TEXTS };
    case LUO_KIND_NARRATIVE:
      return (Shape){ SHAPE_NARRATIVE };
    case LUO_KIND_TEXT_MAP:
      return (Shape){ SHAPE_NARRATIVES };
    default:
      return (Shape){ SHAPE_OTHER };
    }
}

/* Which of two pairs of stamp and author stands: the later one, or with @earliest the earlier one; what is absent gives way. */
static gboolean
stamp_is_ours (LuoSpan ours_at, LuoSpan ours_by, LuoSpan theirs_at, LuoSpan theirs_by, gboolean earliest)
{
  int order;

  if (ours_at.text == NULL || theirs_at.text == NULL)
    return ours_at.text != NULL;
  order = luo_span_compare (ours_at, theirs_at);
  if (order == 0)
    order = luo_span_compare (ours_by, theirs_by);
  return earliest ? order < 0 : order > 0;
}

/* Makes @at and @by no dispute: where both sides changed the pair, both are given the one that stands. */
static void
settle_stamp (Merge *self, LuoParts *base, LuoParts *ours, LuoParts *theirs, const char *at, const char *by,
              gboolean earliest)
{
  LuoSpan base_at = luo_parts_get (base, at), base_by = luo_parts_get (base, by);
  LuoSpan ours_at = luo_parts_get (ours, at), ours_by = luo_parts_get (ours, by);
  LuoSpan theirs_at = luo_parts_get (theirs, at), theirs_by = luo_parts_get (theirs, by);
  const char *names[] = { at, by };
  LuoSpan stands[2];

  if (self->has_base
      && ((luo_span_equal (ours_at, base_at) && luo_span_equal (ours_by, base_by))
          || (luo_span_equal (theirs_at, base_at) && luo_span_equal (theirs_by, base_by))))
    return;
  if (ours_at.text == NULL && theirs_at.text == NULL)
    return;

  if (stamp_is_ours (ours_at, ours_by, theirs_at, theirs_by, earliest))
    {
      stands[0] = ours_at;
      stands[1] = ours_by;
    }
  else
    {
      stands[0] = theirs_at;
      stands[1] = theirs_by;
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      luo_parts_set (ours, names[i], stands[i]);
      luo_parts_set (theirs, names[i], stands[i]);
    }
}

static Outcome
merge_parts (Merge *self, Shape shape, LuoParts *base, LuoParts *ours, LuoParts *theirs, gboolean named,
             GString *out)
{
  g_autoptr (GPtrArray) order = luo_parts_order (base, ours, theirs);
  guint before = self->disputes->len;
  gboolean first = TRUE;

  g_string_append_c (out, named ? '{' : '[');
  for (guint i = 0; i < order->len; i++)
    {
      const char *name = order->pdata[i];
      gsize mark = out->len;
      gsize back = pointer_push (self, name);

      if (!first)
        g_string_append_c (out, ',');
      if (named)
        g_string_append_printf (out, "%s:", name);
      if (merge_value (self, shape_of_part (shape, name), luo_parts_get (base, name),
                       luo_parts_get (ours, name), luo_parts_get (theirs, name), out)
          == MERGED_PRESENT)
        first = FALSE;
      else
        g_string_truncate (out, mark);
      g_string_truncate (self->pointer, back);
    }
  g_string_append_c (out, named ? '}' : ']');
  return self->disputes->len > before ? MERGED_DISPUTED : MERGED_PRESENT;
}

static Outcome
merge_objects (Merge *self, Shape shape, LuoSpan base, LuoSpan ours, LuoSpan theirs, GString *out)
{
  g_autoptr (LuoParts) b = base.text != NULL ? luo_parts_new_members (base, NULL) : luo_parts_new ();
  g_autoptr (LuoParts) o = luo_parts_new_members (ours, NULL);
  g_autoptr (LuoParts) t = luo_parts_new_members (theirs, NULL);

  /* Checked whole before the merge began. */
  g_assert (b != NULL && o != NULL && t != NULL);
  if (shape.what == SHAPE_RECORD)
    {
      settle_stamp (self, b, o, t, "\"updated_at\"", "\"updated_by\"", FALSE);
      settle_stamp (self, b, o, t, "\"created_at\"", "\"created_by\"", TRUE);
    }
  return merge_parts (self, shape, b, o, t, TRUE, out);
}

static LuoParts *
cut_array (LuoSpan array, const char *key)
{
  if (array.text == NULL)
    return luo_parts_new ();
  return key != NULL ? luo_parts_new_items (array, key) : luo_parts_new_texts (array);
}

/* FALSE where one of the three can not be taken apart by @key (as a set of texts where NULL). */
static gboolean
merge_arrays_by (Merge *self, Shape shape, const char *key, LuoSpan base, LuoSpan ours, LuoSpan theirs,
                 GString *out, Outcome *outcome)
{
  g_autoptr (LuoParts) b = cut_array (base, key);
  g_autoptr (LuoParts) o = cut_array (ours, key);
  g_autoptr (LuoParts) t = cut_array (theirs, key);

  if (b == NULL || o == NULL || t == NULL)
    return FALSE;
  *outcome = merge_parts (self, shape, b, o, t, FALSE, out);
  return TRUE;
}

static const char *
key_of_items (const LuoMember *members)
{
  for (; members != NULL && members->name != NULL; members++)
    if (members->flags & LUO_MEMBER_KEY)
      return members->name;
  return NULL;
}

static Outcome
merge_arrays (Merge *self, Shape shape, LuoSpan base, LuoSpan ours, LuoSpan theirs, GString *out)
{
  Shape items = { SHAPE_ITEMS, NULL, shape.members };
  Outcome outcome;

  switch (shape.what)
    {
    case SHAPE_TEXTS:
      /* Without a base, what stands on one side only may have been removed by the other. */
      if (self->has_base
          && merge_arrays_by (self, (Shape){ SHAPE_OTHER }, NULL, base, ours, theirs, out, &outcome))
        return outcome;
      break;
    case SHAPE_ITEMS:
      {
        const char *key = key_of_items (shape.members);

        if (key != NULL && merge_arrays_by (self, items, key, base, ours, theirs, out, &outcome))
          return outcome;
        break;
      }
    case SHAPE_UNKNOWN:
      if (merge_arrays_by (self, items, "key", base, ours, theirs, out, &outcome)
          || merge_arrays_by (self, items, "name", base, ours, theirs, out, &outcome))
        return outcome;
      break;
    default:
      break;
    }
  return dispute (self, base, ours, theirs);
}

static Outcome
merge_narratives (Merge *self, LuoSpan base, LuoSpan ours, LuoSpan theirs, GString *out)
{
  g_autofree char *b = NULL, *o = NULL, *t = NULL, *merged = NULL;

  /* Two texts where there was none are two versions, not additions; and U+0000 would not come back from its text. */
  if (base.text == NULL || g_strstr_len (ours.text, (gssize)ours.length, "\\u0000") != NULL
      || g_strstr_len (theirs.text, (gssize)theirs.length, "\\u0000") != NULL)
    return dispute (self, base, ours, theirs);
  b = luo_json_decode_string (base.text, base.length);
  o = luo_json_decode_string (ours.text, ours.length);
  t = luo_json_decode_string (theirs.text, theirs.length);
  merged = luo_narrative_merge (b, o, t);
  if (merged == NULL)
    return dispute (self, base, ours, theirs);
  if (strcmp (merged, o) == 0)
    return take (ours, out);
  if (strcmp (merged, t) == 0)
    return take (theirs, out);
  luo_json_append_string (out, merged);
  return MERGED_PRESENT;
}

static Outcome
merge_value (Merge *self, Shape shape, LuoSpan base, LuoSpan ours, LuoSpan theirs, GString *out)
{
  if (luo_span_equal (ours, theirs))
    {
      /* One value, perhaps spaced differently: the side that wrote it anew, else the lesser bytes, whoever asks. */
      if (luo_span_same (ours, base))
        return take (theirs, out);
      if (luo_span_same (theirs, base))
        return take (ours, out);
      return take (luo_span_compare (ours, theirs) <= 0 ? ours : theirs, out);
    }
  if (self->has_base)
    {
      if (luo_span_equal (theirs, base))
        return take (ours, out);
      if (luo_span_equal (ours, base))
        return take (theirs, out);
    }
  if (ours.text != NULL && theirs.text != NULL && ours.text[0] == theirs.text[0]
      && (base.text == NULL || base.text[0] == ours.text[0]))
    {
      if (ours.text[0] == '{')
        return merge_objects (self, shape, base, ours, theirs, out);
      if (ours.text[0] == '[')
        return merge_arrays (self, shape, base, ours, theirs, out);
      if (ours.text[0] == '"' && shape.what == SHAPE_NARRATIVE)
        return merge_narratives (self, base, ours, theirs, out);
    }
  return dispute (self, base, ours, theirs);
}

/* Whether @text is an object; gives its bytes without white space around, and its type. */
static gboolean
read_record (const char *text, LuoSpan *span, char **type, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  const LuoJsonMember *member;

  span->text = text;
  span->length = strlen (text);
  if (!luo_json_cut (span->text, span->length, members, error))
    return FALSE;
  while (*span->text != '{')
    {
      span->text++;
      span->length--;
    }
  while (span->text[span->length - 1] != '}')
    span->length--;
  member = type != NULL ? luo_json_find (members, "type") : NULL;
  if (member != NULL)
    *type = luo_json_decode_string (member->value, member->value_length);
  return TRUE;
}

gboolean
luo_merge (const char *base, const char *ours, const char *theirs, char **merged, GPtrArray **disputes,
           GError **error)
{
  g_autofree char *ours_type = NULL;
  g_autofree char *theirs_type = NULL;
  g_autoptr (GString) out = NULL;
  g_autoptr (GString) pointer = g_string_new (NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_dispute_free);
  LuoSpan b = { NULL, 0 }, o, t;
  Shape shape = { SHAPE_RECORD };
  Merge self = { base != NULL, pointer, found };

  g_return_val_if_fail (ours != NULL, FALSE);
  g_return_val_if_fail (theirs != NULL, FALSE);

  if ((base != NULL && !read_record (base, &b, NULL, error)) || !read_record (ours, &o, &ours_type, error)
      || !read_record (theirs, &t, &theirs_type, error))
    return FALSE;

  /* What one side calls another type is not taken apart by the table of either. */
  if (ours_type != NULL && g_strcmp0 (ours_type, theirs_type) == 0)
    shape.type = luo_record_type_find (ours_type);

  out = g_string_sized_new (MAX (o.length, t.length) + 64);
  if (merge_value (&self, shape, b, o, t, out) == MERGED_PRESENT && merged != NULL)
    *merged = g_strdup (out->str);
  else if (merged != NULL)
    *merged = NULL;
  if (disputes != NULL)
    *disputes = g_steal_pointer (&found);
  return TRUE;
}

static gboolean
has_dispute (GPtrArray *disputes, const char *pointer)
{
  for (guint i = 0; i < disputes->len; i++)
    if (strcmp (((LuoDispute *)disputes->pdata[i])->pointer, pointer) == 0)
      return TRUE;
  return FALSE;
}

/* Adds those of @more, which is emptied, that are not there. */
static void
join_disputes (GPtrArray *disputes, GPtrArray *more)
{
  for (guint i = 0; i < more->len; i++)
    if (!has_dispute (disputes, ((LuoDispute *)more->pdata[i])->pointer))
      g_ptr_array_add (disputes, g_steal_pointer (&more->pdata[i]));
}

/* What two merges of the same sides made differently, as disputes of the sides: members where both are objects. */
static void
find_differences (Merge *self, LuoSpan a, LuoSpan b, LuoSpan ours, LuoSpan theirs)
{
  g_autoptr (LuoParts) parts_a = NULL, parts_b = NULL, parts_ours = NULL, parts_theirs = NULL;
  g_autoptr (GPtrArray) order = NULL;

  if (luo_span_equal (a, b))
    return;
  if (a.text == NULL || b.text == NULL || ours.text == NULL || theirs.text == NULL || *a.text != '{'
      || *b.text != '{' || *ours.text != '{' || *theirs.text != '{')
    {
      dispute (self, (LuoSpan){ NULL, 0 }, ours, theirs);
      return;
    }
  parts_a = luo_parts_new_members (a, NULL);
  parts_b = luo_parts_new_members (b, NULL);
  parts_ours = luo_parts_new_members (ours, NULL);
  parts_theirs = luo_parts_new_members (theirs, NULL);
  order = luo_parts_order (parts_a, parts_b, parts_b);
  for (guint i = 0; i < order->len; i++)
    {
      const char *name = order->pdata[i];
      gsize back;

      /* Stamps are no statement: which of two pairs stands follows from the bytes of the whole. */
      if (self->pointer->len == 0
          && (g_str_has_prefix (name, "\"updated_") || g_str_has_prefix (name, "\"created_")))
        continue;
      back = pointer_push (self, name);
      find_differences (self, luo_parts_get (parts_a, name), luo_parts_get (parts_b, name),
                        luo_parts_get (parts_ours, name), luo_parts_get (parts_theirs, name));
      g_string_truncate (self->pointer, back);
    }
}

static void
dispute_differences (GPtrArray *disputes, const char *a, const char *b, const char *ours, const char *theirs)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_dispute_free);
  g_autoptr (GString) pointer = g_string_new (NULL);
  Merge self = { FALSE, pointer, found };
  LuoSpan o, t;

  /* Both have been read before. */
  if (read_record (ours, &o, NULL, NULL) && read_record (theirs, &t, NULL, NULL))
    find_differences (&self, (LuoSpan){ a, strlen (a) }, (LuoSpan){ b, strlen (b) }, o, t);
  join_disputes (disputes, found);
}

gboolean
luo_merge_bases (const char *const *bases, const char *ours, const char *theirs, char **merged,
                 GPtrArray **disputes, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_dispute_free);
  g_autofree char *first = NULL;

  if (bases == NULL || bases[0] == NULL || bases[1] == NULL)
    return luo_merge (bases == NULL      ? NULL
                      : bases[0] == NULL ? "{}"
                                         : bases[0],
                      ours, theirs, merged, disputes, error);

  for (; *bases != NULL; bases++)
    {
      g_autoptr (GPtrArray) found = NULL;
      g_autofree char *one = NULL;

      if (!luo_merge (*bases, ours, theirs, &one, &found, error))
        return FALSE;
      join_disputes (all, found);
      if (one != NULL && first != NULL)
        dispute_differences (all, first, one, ours, theirs);
      /* Equal results may be spaced differently. */
      if (one != NULL && (first == NULL || strcmp (one, first) < 0))
        {
          g_free (first);
          first = g_steal_pointer (&one);
        }
    }

  if (merged != NULL)
    *merged = all->len == 0 ? g_steal_pointer (&first) : NULL;
  if (disputes != NULL)
    *disputes = g_steal_pointer (&all);
  return TRUE;
}
