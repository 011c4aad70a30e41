/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-merge.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "luo-changes.h"
#include "luo-json-text.h"
#include "luo-record-error.h"
#include "luo-record-type.h"

static char *
merge (const char *base, const char *ours, const char *theirs, char **disputed)
{
  g_autoptr (GPtrArray) disputes = NULL;
  g_autoptr (GError) error = NULL;
  GString *pointers = g_string_new (NULL);
  char *merged = NULL;

  g_assert_true (luo_merge (base, ours, theirs, &merged, &disputes, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < disputes->len; i++)
    g_string_append_printf (pointers, "%s\n", ((LuoDispute *)disputes->pdata[i])->pointer);
  g_assert_true ((merged == NULL) == (disputes->len > 0));
  if (disputed != NULL)
    *disputed = g_string_free (pointers, FALSE);
  else
    g_string_free (pointers, TRUE);
  return merged;
}

/* Random records */

static const char *const words[] = { "\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\"" };

static void append_value (GString *out, GRand *rand, guint depth);

static void
append_members (GString *out, GRand *rand, guint depth)
{
  gboolean first = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_rand_boolean (rand))
      {
        g_string_append_printf (out, "%s%s:%s", first ? "" : ",", words[i], g_rand_boolean (rand) ? " " : "");
        append_value (out, rand, depth);
        first = FALSE;
      }
}

static void
append_items (GString *out, GRand *rand, guint depth)
{
  guint shift = g_rand_int_range (rand, 0, 3);
  gboolean first = TRUE;

  g_string_append_c (out, '[');
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_rand_boolean (rand))
      {
        GString *inner = g_string_new (NULL);

        append_members (inner, rand, depth);
        g_string_append_printf (out, "%s{\"key\":%s%s%s}", first ? "" : ",",
                                words[(i + shift) % G_N_ELEMENTS (words)], inner->len > 0 ? "," : "",
                                inner->str);
        g_string_free (inner, TRUE);
        first = FALSE;
      }
  g_string_append_c (out, ']');
}

static void
append_texts (GString *out, GRand *rand)
{
  guint shift = g_rand_int_range (rand, 0, 3);
  gboolean first = TRUE;

  g_string_append_c (out, '[');
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_rand_boolean (rand))
      {
        g_string_append_printf (out, "%s%s", first ? "" : ",", words[(i + shift) % G_N_ELEMENTS (words)]);
        first = FALSE;
      }
  g_string_append_c (out, ']');
}

static void
append_value (GString *out, GRand *rand, guint depth)
{
  switch (g_rand_int_range (rand, 0, depth > 0 ? 5 : 3))
    {
    case 0:
      g_string_append (out, words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
      break;
    case 1:
    case 2:
      g_string_append_printf (out, "%d", g_rand_int_range (rand, 0, 3));
      break;
    case 3:
      g_string_append_c (out, '{');
      append_members (out, rand, depth - 1);
      g_string_append_c (out, '}');
      break;
    default:
      append_items (out, rand, depth - 1);
      break;
    }
}

static char *
random_record (GRand *rand)
{
  GString *out = g_string_new ("{\"type\":\"task\"");
  GString *members = g_string_new (NULL);

  if (g_rand_boolean (rand))
    {
      g_string_append (out, ",\"partners\":");
      append_texts (out, rand);
    }
  if (g_rand_boolean (rand))
    {
      g_string_append (out, ",\"indicators\":");
      append_items (out, rand, 1);
    }
  if (g_rand_boolean (rand))
    g_string_append_printf (out, ",\"updated_at\":\"%d\",\"updated_by\":%s", g_rand_int_range (rand, 0, 3),
                            words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
  append_members (members, rand, 2);
  if (members->len > 0)
    g_string_append_printf (out, ",%s", members->str);
  g_string_free (members, TRUE);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

/* For any records: the order of the sides does not matter, one edit alone stands byte for byte, a merge is at rest when
 * merged again with either side, and what is merged is JSON. */
static void
test_laws (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());
  guint merges = 0;

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *b = random_record (rand);
      g_autofree char *x = random_record (rand);
      /* Two edits of one record have most of it in common. */
      g_autofree char *y = g_rand_boolean (rand) ? random_record (rand) : luo_json_patch (b, "/a", "7", NULL);
      const char *base = g_rand_int_range (rand, 0, 10) == 0 ? NULL : b;
      g_autofree char *disputes = NULL;
      g_autofree char *swapped_disputes = NULL;
      g_autofree char *merged = merge (base, x, y, &disputes);
      g_autofree char *swapped = merge (base, y, x, &swapped_disputes);
      g_autofree char *alone = merge (b, x, b, NULL);
      g_autofree char *alone_swapped = merge (b, b, x, NULL);

      g_assert_cmpstr (merged, ==, swapped);
      g_assert_cmpstr (disputes, ==, swapped_disputes);
      g_assert_cmpstr (alone, ==, x);
      g_assert_cmpstr (alone_swapped, ==, x);
      if (merged != NULL)
        {
          g_autofree char *again = merge (x, merged, x, NULL);
          g_autofree char *with_base = merge (y, y, merged, NULL);

          g_assert_true (luo_json_check (merged, strlen (merged), NULL));
          g_assert_cmpstr (again, ==, merged);
          g_assert_cmpstr (with_base, ==, merged);
          merges++;
        }
    }
  g_test_message ("%u of 2000 merged", merges);
  g_assert_cmpuint (merges, >, 100);
}

/* Edits as people make them: random changes by the record table */

static const char *const sentences[]
    = { "已建成15个。", "选址未定；", "资金已下拨！", "何时开工？", "正在招投标", "甲。", "乙。" };

static void mutate_members (JsonObject *object, const LuoMember *members, GRand *rand);

static char *
random_narrative (const char *text, GRand *rand)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  GString *out = g_string_new (NULL);
  guint at;

  /* Taken apart in the roughest way: it need not be where the merge does. */
  for (const char *p = text; p != NULL && *p != '\0';)
    {
      const char *stop = strstr (p, "。");
      const char *end = stop != NULL ? stop + strlen ("。") : p + strlen (p);

      g_ptr_array_add (parts, g_strndup (p, (gsize)(end - p)));
      p = end;
    }
  at = (guint)g_rand_int_range (rand, 0, (int)parts->len + 1);
  for (guint i = 0; i <= parts->len; i++)
    {
      guint what = (guint)g_rand_int_range (rand, 0, 3);

      if (i == at && (what > 0 || i == parts->len))
        g_string_append_printf (out, "%s%s", g_rand_int_range (rand, 0, 4) == 0 ? "\n" : "",
                                sentences[g_rand_int_range (rand, 0, G_N_ELEMENTS (sentences))]);
      if (i < parts->len && (i != at || what < 2))
        g_string_append (out, parts->pdata[i]);
    }
  if (out->len == 0)
    g_string_append (out, sentences[0]);
  return g_string_free (out, FALSE);
}

static void
mutate_texts (JsonArray *array, GRand *rand)
{
  const char *word = sentences[g_rand_int_range (rand, 0, G_N_ELEMENTS (sentences))];

  for (guint i = 0; i < json_array_get_length (array); i++)
    if (strcmp (json_array_get_string_element (array, i), word) == 0)
      {
        json_array_remove_element (array, i);
        return;
      }
  json_array_add_string_element (array, word);
}

static void
mutate_items (JsonArray *array, const LuoMember *members, GRand *rand)
{
  static const char *const keys[] = { "k1", "k2", "k3", "k4" };
  const char *key = keys[g_rand_int_range (rand, 0, G_N_ELEMENTS (keys))];
  const char *name = NULL;
  JsonObject *item;

  for (const LuoMember *member = members; member->name != NULL; member++)
    if ((member->flags & LUO_MEMBER_KEY) != 0)
      name = member->name;
  g_assert_nonnull (name);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      item = json_array_get_object_element (array, i);
      if (strcmp (json_object_get_string_member (item, name), key) != 0)
        continue;
      if (g_rand_int_range (rand, 0, 5) == 0)
        {
          json_array_remove_element (array, i);
          return;
        }
      mutate_members (item, members, rand);
      json_object_set_string_member (item, name, key);
      return;
    }
  item = json_object_new ();
  json_object_set_string_member (item, name, key);
  json_array_add_object_element (array, item);
}

static void
mutate_map (JsonObject *map, gboolean text, GRand *rand)
{
  static const char *const names[] = { "centres", "stations", "问题" };
  const char *name = names[g_rand_int_range (rand, 0, G_N_ELEMENTS (names))];

  if (!text)
    {
      json_object_set_int_member (map, name, g_rand_int_range (rand, 0, 4));
      return;
    }
  g_autofree char *written
      = random_narrative (json_object_get_string_member_with_default (map, name, ""), rand);

  json_object_set_string_member (map, name, written);
}

static void
mutate_member (JsonObject *object, const LuoMember *member, GRand *rand)
{
  JsonNode *node = json_object_get_member (object, member->name);
  g_autofree char *written = NULL;

  switch (member->kind)
    {
    case LUO_KIND_NARRATIVE:
      written = random_narrative (node != NULL ? json_node_get_string (node) : NULL, rand);
      json_object_set_string_member (object, member->name, written);
      break;
    case LUO_KIND_TEXTS:
    case LUO_KIND_ITEMS:
      if (node == NULL)
        json_object_set_array_member (object, member->name, json_array_new ());
      if (member->kind == LUO_KIND_TEXTS)
        mutate_texts (json_object_get_array_member (object, member->name), rand);
      else
        mutate_items (json_object_get_array_member (object, member->name), member->members, rand);
      break;
    case LUO_KIND_OBJECT:
    case LUO_KIND_INTEGER_MAP:
    case LUO_KIND_TEXT_MAP:
      if (node == NULL)
        json_object_set_object_member (object, member->name, json_object_new ());
      if (member->kind == LUO_KIND_OBJECT)
        mutate_members (json_object_get_object_member (object, member->name), member->members, rand);
      else
        mutate_map (json_object_get_object_member (object, member->name), member->kind == LUO_KIND_TEXT_MAP,
                    rand);
      break;
    case LUO_KIND_INTEGER:
    case LUO_KIND_MONEY:
    case LUO_KIND_NUMBER:
      json_object_set_int_member (object, member->name, g_rand_int_range (rand, 0, 5));
      break;
    default:
      json_object_set_string_member (object, member->name,
                                     sentences[g_rand_int_range (rand, 0, G_N_ELEMENTS (sentences))]);
      break;
    }
}

/* Changes, adds or removes one member, or one that no version of the table knows. */
static void
mutate_members (JsonObject *object, const LuoMember *members, GRand *rand)
{
  guint count = 0, at;

  while (members[count].name != NULL)
    count++;
  at = (guint)g_rand_int_range (rand, 0, (int)count + 1);
  if (at == count)
    json_object_set_int_member (object, "later", g_rand_int_range (rand, 0, 5));
  else if (g_rand_int_range (rand, 0, 8) == 0)
    json_object_remove_member (object, members[at].name);
  else
    mutate_member (object, &members[at], rand);
}

static JsonObject *
copy_of (const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  g_assert_nonnull (node);
  return json_node_dup_object (node);
}

static char *
text_of (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return json_to_string (node, FALSE);
}

static char *
edited (const char *text, const LuoRecordType *type, guint times, GRand *rand)
{
  g_autoptr (JsonObject) object = copy_of (text);

  while (times-- > 0)
    mutate_members (object, type->members, rand);
  return text_of (object);
}

/* Nothing lost */

static gboolean
equal (JsonNode *a, JsonNode *b)
{
  return a == NULL || b == NULL ? a == b : json_node_equal (a, b);
}

static JsonNode *
member_of (JsonNode *node, const char *name)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
             ? json_object_get_member (json_node_get_object (node), name)
             : NULL;
}

static gboolean
has_text (JsonArray *array, const char *text)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (strcmp (json_array_get_string_element (array, i), text) == 0)
      return TRUE;
  return FALSE;
}

static JsonArray *
array_in (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static void
assert_texts_kept (JsonArray *base, JsonArray *edit, JsonArray *merged)
{
  for (guint i = 0; i < json_array_get_length (edit); i++)
    if (!has_text (base, json_array_get_string_element (edit, i)))
      g_assert_true (has_text (merged, json_array_get_string_element (edit, i)));
  for (guint i = 0; base != NULL && i < json_array_get_length (base); i++)
    if (!has_text (edit, json_array_get_string_element (base, i)))
      g_assert_false (has_text (merged, json_array_get_string_element (base, i)));
}

static void
assert_sentences_kept (const char *base, const char *edit, const char *merged)
{
  g_auto (GStrv) lines = g_regex_split_simple ("[。；！？\\n]+", edit, 0, 0);

  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (base, lines[i]) == NULL)
      g_assert_nonnull (strstr (merged, lines[i]));
}

static JsonNode *
item_of (JsonNode *node, const LuoMember *members, const char *key)
{
  JsonArray *array = array_in (node);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    for (const LuoMember *member = members; member->name != NULL; member++)
      {
        JsonNode *item = json_array_get_element (array, i);

        if ((member->flags & LUO_MEMBER_KEY) != 0
            && strcmp (json_node_get_string (member_of (item, member->name)), key) == 0)
          return item;
      }
  return NULL;
}

/* What one edit says of a value is in the merged record: as a whole where the other side left it alone, and part by part where not. */
static void
assert_kept (const LuoMember *member, JsonNode *base, JsonNode *edit, JsonNode *other, JsonNode *merged)
{
  static const char *const parts[]
      = { "k1", "k2", "k3", "k4", "centres", "stations", "问题", "later", "type" };

  if (equal (edit, base))
    g_assert_true (equal (merged, other));
  else if (equal (other, base) || equal (edit, other))
    g_assert_true (equal (merged, edit));
  else if (edit != NULL && merged != NULL && JSON_NODE_HOLDS_OBJECT (edit))
    {
      for (const LuoMember *m = member != NULL ? member->members : NULL; m != NULL && m->name != NULL; m++)
        assert_kept (m, member_of (base, m->name), member_of (edit, m->name), member_of (other, m->name),
                     member_of (merged, m->name));
      for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
        assert_kept (NULL, member_of (base, parts[i]), member_of (edit, parts[i]),
                     member_of (other, parts[i]), member_of (merged, parts[i]));
    }
  else if (edit != NULL && merged != NULL && JSON_NODE_HOLDS_ARRAY (edit) && member->kind == LUO_KIND_ITEMS)
    for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
      assert_kept (member, item_of (base, member->members, parts[i]),
                   item_of (edit, member->members, parts[i]), item_of (other, member->members, parts[i]),
                   item_of (merged, member->members, parts[i]));
  else if (edit != NULL && merged != NULL && JSON_NODE_HOLDS_ARRAY (edit))
    assert_texts_kept (array_in (base), json_node_get_array (edit), json_node_get_array (merged));
  else
    {
      g_assert_true (edit != NULL && merged != NULL && JSON_NODE_HOLDS_VALUE (edit));
      assert_sentences_kept (base != NULL ? json_node_get_string (base) : "", json_node_get_string (edit),
                             json_node_get_string (merged));
    }
}

/* Two edits of one record: whichever is ours the merge is the same, nothing that either said is lost, and merging the merged
 * record again with either side changes nothing. */
static void
test_edits (void)
{
  static const char *const names[] = { "task", "progress", "project", "visit", "training" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());
  guint merges = 0;

  for (guint i = 0; i < 1500; i++)
    {
      const LuoRecordType *type = luo_record_type_find (names[i % G_N_ELEMENTS (names)]);
      const LuoMember record = { .name = "", .kind = LUO_KIND_OBJECT, .members = type->members };
      g_autofree char *empty = g_strdup_printf ("{\"type\":\"%s\"}", type->name);
      g_autofree char *base = edited (empty, type, 30, rand);
      g_autofree char *x = edited (base, type, (guint)g_rand_int_range (rand, 1, 5), rand);
      g_autofree char *y = edited (base, type, (guint)g_rand_int_range (rand, 1, 5), rand);
      g_autofree char *disputes = NULL, *swapped_disputes = NULL;
      g_autofree char *merged = merge (base, x, y, &disputes);
      g_autofree char *swapped = merge (base, y, x, &swapped_disputes);
      g_autofree char *same = merge (base, x, x, NULL);
      g_autofree char *alone = merge (base, x, base, NULL);

      g_assert_cmpstr (merged, ==, swapped);
      g_assert_cmpstr (disputes, ==, swapped_disputes);
      g_assert_cmpstr (same, ==, x);
      g_assert_cmpstr (alone, ==, x);
      if (merged != NULL)
        {
          g_autoptr (JsonNode) b = json_from_string (base, NULL), m = json_from_string (merged, NULL);
          g_autoptr (JsonNode) o = json_from_string (x, NULL), t = json_from_string (y, NULL);
          g_autofree char *again = merge (x, merged, x, NULL);
          g_autofree char *with_other = merge (y, y, merged, NULL);

          g_assert_cmpstr (again, ==, merged);
          g_assert_cmpstr (with_other, ==, merged);
          g_assert_nonnull (m);
          assert_kept (&record, b, o, t, m);
          assert_kept (&record, b, t, o, m);
          merges++;
        }
    }
  g_test_message ("%u of 1500 merged", merges);
  g_assert_cmpuint (merges, >, 500);
}

/* What one edit changed can be taken back, to the record it stood on; and of what it did not change nothing is noted. */
static void
test_changes (void)
{
  static const char *const names[] = { "task", "progress", "project", "visit", "training" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());

  for (guint i = 0; i < 1500; i++)
    {
      const LuoRecordType *type = luo_record_type_find (names[i % G_N_ELEMENTS (names)]);
      g_autofree char *empty = g_strdup_printf ("{\"type\":\"%s\"}", type->name);
      g_autofree char *before = edited (empty, type, 30, rand);
      g_autofree char *after = edited (before, type, (guint)g_rand_int_range (rand, 0, 12), rand);
      g_autofree char *changes = luo_changes_make (before, NULL, after, NULL);
      g_autofree char *body = g_strdup (after), *files = NULL, *other = g_strdup (empty);
      g_autoptr (GError) error = NULL;

      g_assert_true ((strcmp (changes, "{}") == 0) == luo_json_equal (before, after));
      g_assert_true (luo_changes_undo (changes, TRUE, &body, &files, &error));
      g_assert_no_error (error);
      g_assert_true (luo_json_equal (body, before));
      g_assert_true (luo_changes_undo (changes, FALSE, &other, &files, &error));
      g_assert_no_error (error);
      g_assert_true (luo_json_check (other, strlen (other), NULL));
      if (strcmp (changes, "{}") != 0)
        {
          g_autofree char *again = g_strdup (before);

          g_assert_false (luo_changes_undo (changes, TRUE, &again, &files, &error));
          g_assert_error (error, LUO_RECORD_ERROR, LUO_RECORD_ERROR_VALUE);
          g_assert_cmpstr (again, ==, before);
        }
    }
}

static char *
progress_of (const char *overall)
{
  GString *out = g_string_new ("{\"type\":\"progress\",\"overall\":");

  luo_json_append_string (out, overall);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

static char *
rewritten (const char *text, guint times, GRand *rand)
{
  char *now = g_strdup (text);

  while (times-- > 0)
    {
      g_autofree char *before = now;

      now = random_narrative (before, rand);
    }
  return now;
}

/* The same for two texts alone, of which many are in dispute. */
static void
test_narratives (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());
  guint merges = 0;

  for (guint i = 0; i < 4000; i++)
    {
      g_autofree char *b = rewritten ("", (guint)g_rand_int_range (rand, 0, 9), rand);
      g_autofree char *o = rewritten (b, (guint)g_rand_int_range (rand, 1, 4), rand);
      g_autofree char *t = rewritten (b, (guint)g_rand_int_range (rand, 1, 4), rand);
      g_autofree char *base = progress_of (b), *ours = progress_of (o), *theirs = progress_of (t);
      g_autofree char *merged = merge (base, ours, theirs, NULL);
      g_autofree char *swapped = merge (base, theirs, ours, NULL);
      g_autofree char *m = NULL;

      g_assert_cmpstr (merged, ==, swapped);
      if (merged == NULL)
        continue;
      m = luo_json_at (merged, "/overall");
      g_assert_nonnull (m);
      merges++;
      if (strcmp (b, o) == 0)
        g_assert_cmpstr (merged, ==, theirs);
      if (strcmp (b, t) == 0 || strcmp (o, t) == 0)
        g_assert_cmpstr (merged, ==, ours);
      else if (strcmp (b, o) != 0)
        {
          assert_sentences_kept (b, o, m);
          assert_sentences_kept (b, t, m);
        }
    }
  g_test_message ("%u of 4000 merged", merges);
  g_assert_cmpuint (merges, >, 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge/laws/any-records", test_laws);
  g_test_add_func ("/merge/laws/edits", test_edits);
  g_test_add_func ("/merge/laws/changes", test_changes);
  g_test_add_func ("/merge/laws/narratives", test_narratives);
  return g_test_run ();
}
