/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-text-diff.h"

#include <string.h>

/* Comparing costs the product of two lengths; a person's narrative stays far below this many pairs. */
#define MAX_PAIRS (1 << 22)

/* Less in common than this share of the longer text: it was written anew. */
#define REWRITTEN_PER_CENT 40

/* So few equal characters between two changes are chance and read better as part of the change. */
#define CHANCE_LENGTH 1

/* Two sentences are versions of one where so much of both is equal. */
#define VERSION_PER_CENT 50

static gsize
stop_length (const char *p)
{
  static const char *const stops[] = { "。", "；", "！", "？", "\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (stops); i++)
    if (g_str_has_prefix (p, stops[i]))
      return strlen (stops[i]);
  return 0;
}

/* Returns: (transfer full) (element-type utf8): the sentences with their stops; together they are the text */
static GPtrArray *
cut_sentences (const char *text)
{
  GPtrArray *sentences = g_ptr_array_new_with_free_func (g_free);
  const char *start = text;

  for (const char *p = text; *p != '\0';)
    {
      gsize stop = stop_length (p);

      if (stop == 0)
        {
          p = g_utf8_next_char (p);
          continue;
        }
      p += stop;
      g_ptr_array_add (sentences, g_strndup (start, (gsize)(p - start)));
      start = p;
    }
  if (*start != '\0')
    g_ptr_array_add (sentences, g_strdup (start));
  return sentences;
}

/* Returns: (transfer full) (element-type utf8): the characters */
static GPtrArray *
cut_characters (const char *text)
{
  GPtrArray *characters = g_ptr_array_new_with_free_func (g_free);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    g_ptr_array_add (characters, g_strndup (p, (gsize)(g_utf8_next_char (p) - p)));
  return characters;
}

/* The longest common subsequence: for each of @a the index in @b, or -1. NULL where it would cost too much. */
static int *
align (GPtrArray *a, GPtrArray *b)
{
  gsize columns = (gsize)b->len + 1;
  g_autofree guint *lengths = NULL;
  int *match;
  guint i = 0, j = 0;

  if ((guint64)a->len * b->len > MAX_PAIRS)
    return NULL;
  match = g_new (int, (gsize)a->len + 1);
  lengths = g_new0 (guint, (a->len + 1) * columns);
  for (i = a->len; i-- > 0;)
    for (j = b->len; j-- > 0;)
      lengths[i * columns + j] = strcmp (a->pdata[i], b->pdata[j]) == 0
                                     ? lengths[(i + 1) * columns + j + 1] + 1
                                     : MAX (lengths[(i + 1) * columns + j], lengths[i * columns + j + 1]);
  for (i = j = 0; i < a->len;)
    if (j < b->len && strcmp (a->pdata[i], b->pdata[j]) == 0)
      match[i++] = (int)j++;
    else if (j >= b->len || lengths[(i + 1) * columns + j] >= lengths[i * columns + j + 1])
      match[i++] = -1;
    else
      j++;
  return match;
}

static void
run_free (gpointer data)
{
  LuoTextRun *run = data;

  g_free (run->text);
  g_free (run);
}

/* Appends to the last run where it is of the same kind. */
static void
add_run (GPtrArray *runs, LuoRunKind kind, const char *text)
{
  LuoTextRun *last = runs->len > 0 ? runs->pdata[runs->len - 1] : NULL;

  if (*text == '\0')
    return;
  if (last != NULL && last->kind == kind)
    {
      char *joined = g_strconcat (last->text, text, NULL);

      g_free (last->text);
      last->text = joined;
      return;
    }
  last = g_new0 (LuoTextRun, 1);
  last->kind = kind;
  last->text = g_strdup (text);
  g_ptr_array_add (runs, last);
}

static char *
join (GPtrArray *parts, guint from, guint to)
{
  GString *out = g_string_new (NULL);

  for (; from < to; from++)
    g_string_append (out, parts->pdata[from]);
  return g_string_free (out, FALSE);
}

/* What lies between two things in common. */
static void
add_gap (GPtrArray *runs, GPtrArray *a, guint a_from, guint a_to, GPtrArray *b, guint b_from, guint b_to)
{
  g_autofree char *removed = join (a, a_from, a_to);
  g_autofree char *inserted = join (b, b_from, b_to);

  add_run (runs, LUO_RUN_REMOVED, removed);
  add_run (runs, LUO_RUN_INSERTED, inserted);
}

/* Equal characters that only happen to stand between two changes are taken into them. */
static void
forget_chance (int *match, guint a_length, guint b_length)
{
  for (guint i = 0; i < a_length;)
    {
      guint end = i;
      gboolean change_before, change_after;

      if (match[i] < 0)
        {
          i++;
          continue;
        }
      while (end < a_length && match[end] == match[i] + (int)(end - i))
        end++;
      change_before = i > 0 || match[i] > 0;
      change_after = end < a_length || match[end - 1] + 1 < (int)b_length;
      if (end - i <= CHANCE_LENGTH && change_before && change_after)
        for (guint k = i; k < end; k++)
          match[k] = -1;
      i = end;
    }
}

static guint
count_matches (const int *match, guint length)
{
  guint count = 0;

  for (guint i = 0; i < length; i++)
    count += match[i] >= 0;
  return count;
}

static void
diff_characters (GPtrArray *runs, const char *before, const char *after)
{
  g_autoptr (GPtrArray) a = cut_characters (before);
  g_autoptr (GPtrArray) b = cut_characters (after);
  g_autofree int *match = align (a, b);
  guint a_from = 0, b_from = 0;

  if (match != NULL)
    forget_chance (match, a->len, b->len);
  if (match == NULL || count_matches (match, a->len) * 100 < MAX (a->len, b->len) * REWRITTEN_PER_CENT)
    {
      add_run (runs, LUO_RUN_REMOVED, before);
      add_run (runs, LUO_RUN_INSERTED, after);
      return;
    }
  for (guint i = 0; i < a->len; i++)
    if (match[i] >= 0)
      {
        add_gap (runs, a, a_from, i, b, b_from, (guint)match[i]);
        add_run (runs, LUO_RUN_SAME, a->pdata[i]);
        a_from = i + 1;
        b_from = (guint)match[i] + 1;
      }
  add_gap (runs, a, a_from, a->len, b, b_from, b->len);
}

GPtrArray *
luo_text_diff (const char *before, const char *after)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func (run_free);
  g_autoptr (GPtrArray) a = cut_sentences (before);
  g_autoptr (GPtrArray) b = cut_sentences (after);
  g_autofree int *match = align (a, b);
  guint a_from = 0, b_from = 0;

  g_return_val_if_fail (before != NULL && after != NULL, runs);

  if (match == NULL)
    {
      add_run (runs, LUO_RUN_REMOVED, before);
      add_run (runs, LUO_RUN_INSERTED, after);
      return runs;
    }
  match[a->len] = (int)b->len;
  for (guint i = 0; i <= a->len; i++)
    if (match[i] >= 0)
      {
        g_autofree char *removed = join (a, a_from, i);
        g_autofree char *inserted = join (b, b_from, (guint)match[i]);

        if (*removed != '\0' && *inserted != '\0')
          diff_characters (runs, removed, inserted);
        else
          add_gap (runs, a, a_from, i, b, b_from, (guint)match[i]);
        if (i < a->len)
          add_run (runs, LUO_RUN_SAME, a->pdata[i]);
        a_from = i + 1;
        b_from = (guint)match[i] + 1;
      }
  return runs;
}

/* Uniting */

static gboolean
contains (GPtrArray *sentences, const char *sentence)
{
  return g_ptr_array_find_with_equal_func (sentences, sentence, g_str_equal, NULL);
}

/* Returns: (transfer full) (element-type utf8): the characters of a sentence without its stop */
static GPtrArray *
cut_words (const char *sentence)
{
  GPtrArray *characters = cut_characters (sentence);

  while (characters->len > 0 && stop_length (characters->pdata[characters->len - 1]) > 0)
    g_ptr_array_set_size (characters, (int)characters->len - 1);
  return characters;
}

/* Whether one sentence is a version of the other. */
static gboolean
is_version (const char *one, const char *other)
{
  g_autoptr (GPtrArray) a = cut_words (one);
  g_autoptr (GPtrArray) b = cut_words (other);
  g_autofree int *match = align (a, b);

  return match != NULL && count_matches (match, a->len) * 200 >= (a->len + b->len) * VERSION_PER_CENT;
}

/* Two sentences do not run together: one without a stop gets one where another follows in its line. */
static void
write_sentence (GString *out, const char *sentence)
{
  if (out->len > 0)
    {
      const char *last = g_utf8_find_prev_char (out->str, out->str + out->len);

      if (stop_length (last) == 0)
        g_string_append (out, "。");
    }
  g_string_append (out, sentence);
}

/* The sentences of @first between two that both have, then those that only @second wrote. */
static void
unite_gap (GString *out, GPtrArray *base, GPtrArray *first, guint first_from, guint first_to,
           GPtrArray *second, guint second_from, guint second_to)
{
  for (guint i = first_from; i < first_to; i++)
    if (!contains (base, first->pdata[i]) || contains (second, first->pdata[i]))
      write_sentence (out, first->pdata[i]);
  for (guint j = second_from; j < second_to; j++)
    {
      gboolean rewritten = contains (base, second->pdata[j]) || contains (first, second->pdata[j]);

      for (guint i = first_from; i < first_to && !rewritten; i++)
        rewritten = !contains (base, first->pdata[i]) && is_version (first->pdata[i], second->pdata[j]);
      if (!rewritten)
        write_sentence (out, second->pdata[j]);
    }
}

char *
luo_text_unite (const char *base, const char *first, const char *second)
{
  g_autoptr (GPtrArray) b = cut_sentences (base != NULL ? base : "");
  g_autoptr (GPtrArray) f = cut_sentences (first);
  g_autoptr (GPtrArray) s = cut_sentences (second);
  g_autofree int *match = align (f, s);
  GString *out;
  guint f_from = 0, s_from = 0;

  if (match == NULL)
    return g_strdup (first);
  out = g_string_new (NULL);
  match[f->len] = (int)s->len;
  for (guint i = 0; i <= f->len; i++)
    if (match[i] >= 0)
      {
        unite_gap (out, b, f, f_from, i, s, s_from, (guint)match[i]);
        if (i < f->len)
          write_sentence (out, f->pdata[i]);
        f_from = i + 1;
        s_from = (guint)match[i] + 1;
      }
  return g_string_free (out, FALSE);
}
