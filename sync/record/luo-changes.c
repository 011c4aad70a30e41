/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-changes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "luo-json-text.h"
#include "luo-record-error.h"
#include "luo-record-type.h"

#define FILES "/_attachments"

/**
 * Span: a value within a larger text; @text NULL where it is absent.
 */
typedef struct
{
  const char *text;
  gsize length;
} Span;

static Span
span_of (const LuoJsonMember *member)
{
  return member != NULL ? (Span){ member->value, member->value_length } : (Span){ NULL, 0 };
}

static gboolean
spans_equal (Span a, Span b)
{
  g_autofree char *canonical_a = NULL, *canonical_b = NULL;

  if (a.text == NULL || b.text == NULL)
    return a.text == b.text;
  if (a.length == b.length && memcmp (a.text, b.text, a.length) == 0)
    return TRUE;
  if (*a.text != *b.text)
    return FALSE;
  canonical_a = luo_json_canonical (a.text, (gssize)a.length, NULL);
  canonical_b = luo_json_canonical (b.text, (gssize)b.length, NULL);
  return canonical_a != NULL && g_strcmp0 (canonical_a, canonical_b) == 0;
}

static const char *
key_of (const LuoMember *members)
{
  for (; members != NULL && members->name != NULL; members++)
    if ((members->flags & LUO_MEMBER_KEY) != 0)
      return members->name;
  return NULL;
}

static char *
type_of (const char *body)
{
  g_autofree char *value = body != NULL ? luo_json_at (body, "/type") : NULL;

  return value != NULL ? luo_json_decode_string (value, strlen (value)) : NULL;
}

static const LuoMember *
find_member (const LuoMember *members, const char *name)
{
  for (; members != NULL && members->name != NULL; members++)
    if (strcmp (members->name, name) == 0)
      return members;
  return NULL;
}

/* The items of a list by their keys. Returns: (transfer full) (nullable) (element-type utf8): the keys in order; NULL where one has
 * none, or it is there twice, or it is what names the order itself */
static GPtrArray *
read_keys (Span array, const char *key, GArray *items)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));

  if (!luo_json_cut_array (array.text, array.length, items, NULL))
    return NULL;
  for (guint i = 0; i < items->len; i++)
    {
      const LuoJsonMember *item = &g_array_index (items, LuoJsonMember, i);
      Span value = { NULL, 0 };
      char *text;

      if (*item->value == '{' && luo_json_cut (item->value, item->value_length, members, NULL))
        value = span_of (luo_json_find (members, key));
      text = value.text != NULL ? luo_json_decode_string (value.text, value.length) : NULL;
      if (text == NULL)
        return NULL;
      g_ptr_array_add (keys, text);
      if (strcmp (text, "-") == 0 || !g_hash_table_add (seen, text))
        return NULL;
    }
  return g_steal_pointer (&keys);
}

static gboolean
find_key (const GPtrArray *keys, const char *key, guint *at)
{
  return g_ptr_array_find_with_equal_func ((GPtrArray *)keys, key, g_str_equal, at);
}

/* Making */

typedef struct
{
  GString *out;
  GString *pointer;
} Making;

static gsize
push (Making *self, const char *name)
{
  gsize before = self->pointer->len;

  g_string_append_c (self->pointer, '/');
  for (; *name != '\0'; name++)
    if (*name == '~')
      g_string_append (self->pointer, "~0");
    else if (*name == '/')
      g_string_append (self->pointer, "~1");
    else
      g_string_append_c (self->pointer, *name);
  return before;
}

static void
append_value (GString *out, Span value)
{
  if (value.text == NULL)
    g_string_append (out, "null");
  else
    g_string_append_len (out, value.text, (gssize)value.length);
}

static void
note (Making *self, Span before, Span after)
{
  g_string_append_c (self->out, self->out->len > 0 ? ',' : '{');
  luo_json_append_string (self->out, self->pointer->str);
  g_string_append (self->out, ":[");
  append_value (self->out, before);
  g_string_append_c (self->out, ',');
  append_value (self->out, after);
  g_string_append_c (self->out, ']');
}

static void compare_values (Making *self, const LuoMember *member, Span before, Span after);

static void
compare_objects (Making *self, const LuoMember *members, const LuoRecordType *type, Span before, Span after)
{
  g_autoptr (GArray) b = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) a = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  guint matched = 0;

  if (!luo_json_cut (before.text, before.length, b, NULL)
      || !luo_json_cut (after.text, after.length, a, NULL))
    return;
  for (guint i = 0; i < b->len + a->len; i++)
    {
      gboolean is_new = i >= b->len;
      const LuoJsonMember *one
          = is_new ? &g_array_index (a, LuoJsonMember, i - b->len) : &g_array_index (b, LuoJsonMember, i);
      g_autofree char *name = NULL;
      const LuoJsonMember *other;
      gsize back;

      /* Most often nothing was added. */
      if (is_new && matched == a->len)
        break;
      name = luo_json_decode_string (one->name - 1, one->name_length + 2);
      other = luo_json_find (is_new ? b : a, name);
      if (is_new && other != NULL)
        continue;
      matched += !is_new && other != NULL;
      back = push (self, name);
      if (is_new)
        note (self, (Span){ NULL, 0 }, span_of (one));
      else
        compare_values (self,
                        type != NULL ? luo_record_type_member (type, name) : find_member (members, name),
                        span_of (one), span_of (other));
      g_string_truncate (self->pointer, back);
    }
}

static void
note_order (Making *self, const GPtrArray *before, const GPtrArray *after)
{
  g_autoptr (GPtrArray) undone = g_ptr_array_new ();
  g_autoptr (GString) old = g_string_new ("[");
  g_autoptr (GString) new = g_string_new ("[");
  gboolean same = TRUE;
  gsize back;

  /* As luo_changes_undo() would leave them: what was removed comes back at the end. */
  for (guint i = 0; i < after->len; i++)
    if (find_key (before, after->pdata[i], NULL))
      g_ptr_array_add (undone, after->pdata[i]);
  for (guint i = 0; i < before->len; i++)
    if (!find_key (after, before->pdata[i], NULL))
      g_ptr_array_add (undone, before->pdata[i]);
  for (guint i = 0; i < before->len; i++)
    same = same && strcmp (undone->pdata[i], before->pdata[i]) == 0;
  if (same)
    return;

  for (guint i = 0; i < before->len; i++)
    {
      g_string_append (old, i > 0 ? "," : "");
      luo_json_append_string (old, before->pdata[i]);
    }
  for (guint i = 0; i < after->len; i++)
    {
      g_string_append (new, i > 0 ? "," : "");
      luo_json_append_string (new, after->pdata[i]);
    }
  g_string_append_c (old, ']');
  g_string_append_c (new, ']');
  back = push (self, "-");
  note (self, (Span){ old->str, old->len }, (Span){ new->str, new->len });
  g_string_truncate (self->pointer, back);
}

/* FALSE where the two can not be compared by key. */
static gboolean
compare_items (Making *self, const LuoMember *members, Span before, Span after)
{
  const char *key = key_of (members);
  g_autoptr (GArray) b = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) a = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GPtrArray) before_keys = key != NULL ? read_keys (before, key, b) : NULL;
  g_autoptr (GPtrArray) after_keys = before_keys != NULL ? read_keys (after, key, a) : NULL;

  if (after_keys == NULL)
    return FALSE;
  for (guint i = 0; i < before_keys->len; i++)
    {
      Span item = span_of (&g_array_index (b, LuoJsonMember, i));
      gsize back = push (self, before_keys->pdata[i]);
      guint at;

      if (find_key (after_keys, before_keys->pdata[i], &at))
        compare_objects (self, members, NULL, item, span_of (&g_array_index (a, LuoJsonMember, at)));
      else
        note (self, item, (Span){ NULL, 0 });
      g_string_truncate (self->pointer, back);
    }
  for (guint i = 0; i < after_keys->len; i++)
    if (!find_key (before_keys, after_keys->pdata[i], NULL))
      {
        gsize back = push (self, after_keys->pdata[i]);

        note (self, (Span){ NULL, 0 }, span_of (&g_array_index (a, LuoJsonMember, i)));
        g_string_truncate (self->pointer, back);
      }
  note_order (self, before_keys, after_keys);
  return TRUE;
}

static void
compare_values (Making *self, const LuoMember *member, Span before, Span after)
{
  if (after.text != NULL && before.length == after.length
      && memcmp (before.text, after.text, after.length) == 0)
    return;
  if (after.text != NULL && *before.text == '{' && *after.text == '{')
    compare_objects (self, member != NULL ? member->members : NULL, NULL, before, after);
  else if (after.text == NULL || *before.text != '[' || *after.text != '[' || member == NULL
           || member->kind != LUO_KIND_ITEMS || !compare_items (self, member->members, before, after))
    {
      if (!spans_equal (before, after))
        note (self, before, after);
    }
}

char *
luo_changes_make (const char *before, const char *before_files, const char *after, const char *after_files)
{
  g_autoptr (GString) pointer = g_string_new (NULL);
  Making self = { g_string_new (NULL), pointer };
  Span b = { before, before != NULL ? strlen (before) : 0 };
  Span a = { after, after != NULL ? strlen (after) : 0 };

  if (before == NULL || after == NULL)
    {
      if (before != after)
        note (&self, b, a);
    }
  else
    {
      g_autofree char *name = type_of (after);

      compare_objects (&self, NULL, luo_record_type_find (name != NULL ? name : ""), b, a);
    }
  if (g_strcmp0 (before_files, after_files) != 0)
    {
      const char *old = before_files != NULL ? before_files : "{}",
                 *new = after_files != NULL ? after_files : "{}";

      g_string_append (pointer, FILES);
      compare_objects (&self, NULL, NULL, (Span){ old, strlen (old) }, (Span){ new, strlen (new) });
    }
  g_string_append (self.out, self.out->len > 0 ? "}" : "{}");
  return g_string_free (self.out, FALSE);
}

/* Undoing */

typedef struct
{
  gboolean strictly;
  char *body;  /* (owned) (nullable) */
  char *files; /* (owned) (nullable) */
} Undoing;

static gboolean
fail (const char *pointer, GError **error)
{
  g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE, _ ("%s is not what the edit left there."),
               pointer);
  return FALSE;
}

/* The member that holds a list with keys, where the first step of @pointer leads to one; @rest: what follows its key. */
static const LuoMember *
find_items (const char *body, const char *pointer, char **list, char **key, const char **rest)
{
  g_autofree char *type_name = type_of (body);
  const LuoRecordType *type = type_name != NULL ? luo_record_type_find (type_name) : NULL;
  const char *second = strchr (pointer + 1, '/');
  g_autofree char *name = second != NULL ? g_strndup (pointer + 1, (gsize)(second - pointer - 1)) : NULL;
  const LuoMember *member = type != NULL && name != NULL ? luo_record_type_member (type, name) : NULL;
  g_autofree char *value = NULL;
  GString *decoded;

  if (member == NULL || member->kind != LUO_KIND_ITEMS)
    return NULL;
  *rest = strchr (second + 1, '/');
  if (*rest == NULL)
    *rest = second + strlen (second);
  decoded = g_string_new_len (second + 1, *rest - second - 1);
  g_string_replace (decoded, "~1", "/", 0);
  g_string_replace (decoded, "~0", "~", 0);
  *key = g_string_free (decoded, FALSE);
  *list = g_strndup (pointer, (gsize)(second - pointer));
  return member;
}

static gboolean
set_order (Undoing *self, const char *list, const LuoMember *member, Span order)
{
  g_autofree char *array = luo_json_at (self->body, list);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GString) out = g_string_new ("[");
  char *patched;

  if (array != NULL)
    keys = read_keys ((Span){ array, strlen (array) }, key_of (member->members), items);
  if (keys == NULL || !luo_json_cut_array (order.text, order.length, names, NULL))
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    {
      const LuoJsonMember *name = &g_array_index (names, LuoJsonMember, i);
      g_autofree char *key = luo_json_decode_string (name->value, name->value_length);
      const LuoJsonMember *item;
      guint at;

      if (key == NULL || !find_key (keys, key, &at))
        continue;
      item = &g_array_index (items, LuoJsonMember, at);
      g_string_append (out, out->len > 1 ? "," : "");
      g_string_append_len (out, item->value, (gssize)item->value_length);
      g_ptr_array_remove_index (keys, at);
      g_array_remove_index (items, at);
    }
  /* What came since then. */
  for (guint i = 0; i < items->len; i++)
    {
      const LuoJsonMember *item = &g_array_index (items, LuoJsonMember, i);

      g_string_append (out, out->len > 1 ? "," : "");
      g_string_append_len (out, item->value, (gssize)item->value_length);
    }
  g_string_append_c (out, ']');
  patched = luo_json_patch (self->body, list, out->str, NULL);
  if (patched == NULL)
    return FALSE;
  g_free (self->body);
  self->body = patched;
  return TRUE;
}

/* @pointer by the places of items, as luo_json_patch() wants it. NULL where the item is not there. */
static char *
find_place (const char *body, const char *pointer, gboolean *appends)
{
  g_autofree char *list = NULL, *key = NULL, *array = NULL;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GPtrArray) keys = NULL;
  const char *rest = NULL;
  const LuoMember *member = find_items (body, pointer, &list, &key, &rest);
  guint at;

  *appends = FALSE;
  if (member == NULL)
    return g_strdup (pointer);
  array = luo_json_at (body, list);
  if (array != NULL)
    keys = read_keys ((Span){ array, strlen (array) }, key_of (member->members), items);
  if (keys != NULL && find_key (keys, key, &at))
    return g_strdup_printf ("%s/%u%s", list, at, rest);
  *appends = *rest == '\0';
  return *appends ? g_strconcat (list, "/-", NULL) : NULL;
}

static char *
dup_span (Span span)
{
  return span.text != NULL ? g_strndup (span.text, span.length) : NULL;
}

static gboolean
undo_member (Undoing *self, const char *pointer, Span old, Span new, GError **error)
{
  gboolean appends = FALSE;
  g_autofree char *place = find_place (self->body, pointer, &appends);
  g_autofree char *now = place != NULL && !appends ? luo_json_at (self->body, place) : NULL;
  g_autofree char *value = dup_span (old);
  char *patched;

  if (self->strictly && !spans_equal ((Span){ now, now != NULL ? strlen (now) : 0 }, new))
    return fail (pointer, error);
  if (place == NULL || (appends && value == NULL))
    return !self->strictly || new.text == NULL || fail (pointer, error);
  patched = luo_json_patch (self->body, place, value, NULL);
  if (patched == NULL)
    return !self->strictly || fail (pointer, error);
  g_free (self->body);
  self->body = patched;
  return TRUE;
}

static char *
digest_of (const char *stub)
{
  return stub != NULL ? luo_json_at (stub, "/digest") : NULL;
}

static gboolean
undo_file (Undoing *self, const char *pointer, Span old, Span new, GError **error)
{
  const char *name = pointer + strlen (FILES);
  const char *files = self->files != NULL ? self->files : "{}";
  g_autofree char *now = luo_json_at (files, name), *left = dup_span (new), *value = dup_span (old);
  g_autofree char *now_digest = digest_of (now), *left_digest = digest_of (left);
  char *patched;

  if (self->strictly && g_strcmp0 (now_digest, left_digest) != 0)
    return fail (pointer, error);
  patched = luo_json_patch (files, name, value, NULL);
  if (patched == NULL)
    return !self->strictly || fail (pointer, error);
  g_free (self->files);
  self->files = strcmp (patched, "{}") == 0 ? NULL : g_strdup (patched);
  g_free (patched);
  return TRUE;
}

static gboolean
undo_one (Undoing *self, const char *pointer, Span old, Span new, gboolean orders, GError **error)
{
  g_autofree char *list = NULL, *key = NULL;
  const LuoMember *member = NULL;
  const char *rest = NULL;

  if (*pointer == '\0')
    {
      if (orders)
        return TRUE;
      if (self->strictly
          && !spans_equal ((Span){ self->body, self->body != NULL ? strlen (self->body) : 0 }, new))
        return fail (pointer, error);
      g_free (self->body);
      self->body = dup_span (old);
      return TRUE;
    }
  if (g_str_has_prefix (pointer, FILES "/"))
    return orders || undo_file (self, pointer, old, new, error);
  if (self->body == NULL)
    return !self->strictly || fail (pointer, error);
  if (g_str_has_suffix (pointer, "/-"))
    member = find_items (self->body, pointer, &list, &key, &rest);
  if (member != NULL)
    return !orders || old.text == NULL || set_order (self, list, member, old) || !self->strictly
           || fail (pointer, error);
  return orders || undo_member (self, pointer, old, new, error);
}

gboolean
luo_changes_undo (const char *changes, gboolean strictly, char **body, char **files, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  g_autoptr (GArray) pair = g_array_new (FALSE, FALSE, sizeof (LuoJsonMember));
  Undoing self = { strictly, g_strdup (*body), g_strdup (*files) };
  gboolean ok = luo_json_cut (changes, strlen (changes), members, error);

  /* Items come and go before they are put in order. */
  for (guint i = 0; ok && i < 2 * members->len; i++)
    {
      const LuoJsonMember *member = &g_array_index (members, LuoJsonMember, i % members->len);
      g_autofree char *pointer = luo_json_decode_string (member->name - 1, member->name_length + 2);
      Span values[2];

      if (*member->value != '[' || !luo_json_cut_array (member->value, member->value_length, pair, NULL)
          || pair->len != 2 || (*pointer != '\0' && *pointer != '/'))
        {
          g_set_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_JSON, _ ("“%s” is no change of a record."),
                       pointer);
          ok = FALSE;
          break;
        }
      for (guint v = 0; v < 2; v++)
        {
          values[v] = span_of (&g_array_index (pair, LuoJsonMember, v));
          if (*values[v].text == 'n')
            values[v] = (Span){ NULL, 0 };
        }
      ok = undo_one (&self, pointer, values[0], values[1], i >= members->len, error);
    }

  if (!ok)
    {
      g_free (self.body);
      g_free (self.files);
      return FALSE;
    }
  g_free (*body);
  *body = self.body;
  g_free (*files);
  *files = self.files;
  return TRUE;
}
