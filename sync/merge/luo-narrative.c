/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-narrative-private.h"

#include <string.h>

/* Comparing costs the product of what differs; a person's narrative has some dozens of sentences, so beyond this many pairs the
 * text is no narrative and stays one value. */
#define MAX_PAIRS (1 << 20)

/**
 * Sentence: its parts are interned in the chunk of the merge, so that equal parts are one pointer.
 */
typedef struct
{
  const char *lead; /* white space before it, line ends included */
  const char *text; /* without its stop */
  const char *
      stop; /* 。；！？ and what closes a quotation or bracket behind them; empty where the line or the text ends it */
} Sentence;

/**
 * Narrative: a text taken apart, and how it came from the base.
 */
typedef struct
{
  GArray *sentences; /* (owned) (element-type Sentence) */
  const char *tail;  /* white space after the last sentence */
  int *match;        /* (owned): for each sentence of the base the index here, or -1 */
  GArray *hunks;     /* (owned) (element-type Hunk): ascending */
} Narrative;

/**
 * Hunk: a run of the base that a side replaced with a run of its own; one of the two may be empty.
 */
typedef struct
{
  guint start, end; /* in the base */
  guint from, to;   /* in the side */
} Hunk;

typedef struct
{
  GStringChunk *chunk; /* (owned) */
  Narrative base, ours, theirs;
  GString *out;          /* (owned) */
  const char *last_stop; /* (nullable): of the sentence written last */
  GHashTable *
      added; /* (owned): sentence in full → how often it may still be added; only those that both sides added */
} Merge;

/* Taking a text apart */

static gsize
match_any (const char *p, const char *const *signs)
{
  for (; *signs != NULL; signs++)
    if (g_str_has_prefix (p, *signs))
      return strlen (*signs);
  return 0;
}

static gsize
stop_length (const char *p)
{
  static const char *const stops[] = { "。", "；", "！", "？", NULL };
  static const char *const closers[] = { "”", "’", "」", "』", "）", "】", "》", NULL };
  gsize length = 0, more;

  while ((more = match_any (p + length, stops)) > 0
         || (length > 0 && (more = match_any (p + length, closers)) > 0))
    length += more;
  return length;
}

static gsize
space_length (const char *p)
{
  gsize length = 0;

  for (;;)
    if (p[length] == ' ' || p[length] == '\t' || p[length] == '\n' || p[length] == '\r')
      length++;
    else if (g_str_has_prefix (p + length, "\u3000"))
      length += strlen ("\u3000");
    else
      return length;
}

static const char *
intern (Merge *self, const char *text, gsize length)
{
  g_autofree char *copy = g_strndup (text, length);

  return g_string_chunk_insert_const (self->chunk, copy);
}

static void
take_apart (Merge *self, Narrative *narrative, const char *text)
{
  narrative->sentences = g_array_new (FALSE, FALSE, sizeof (Sentence));
  narrative->hunks = g_array_new (FALSE, FALSE, sizeof (Hunk));
  for (;;)
    {
      gsize lead = space_length (text), length = 0, stop = 0, written = 0;
      const char *start = text + lead;
      Sentence sentence;

      if (*start == '\0')
        {
          narrative->tail = intern (self, text, lead);
          return;
        }
      while (start[length] != '\0' && start[length] != '\n' && start[length] != '\r'
             && (stop = stop_length (start + length)) == 0)
        {
          gsize width = (gsize)(g_utf8_next_char (start + length) - (start + length));

          /* White space at the end of a line belongs to what follows. */
          if (space_length (start + length) == 0)
            written = length + width;
          length += width;
        }
      if (stop == 0)
        length = written;
      sentence.lead = intern (self, text, lead);
      sentence.text = intern (self, start, length);
      sentence.stop = intern (self, start + length, stop);
      g_array_append_val (narrative->sentences, sentence);
      text = start + length + stop;
    }
}

static const Sentence *
sentence_at (const Narrative *narrative, guint i)
{
  return &g_array_index (narrative->sentences, Sentence, i);
}

/* Comparing */

typedef const char *(*KeyFunc) (gconstpointer sequence, guint i);

static const char *
text_at (gconstpointer sequence, guint i)
{
  return sentence_at (sequence, i)->text;
}

/* The longest common subsequence of @a and @b, as for each of @a the index in @b or -1. FALSE where that would cost too much. */
static gboolean
align (KeyFunc key, gconstpointer a, guint a_length, gconstpointer b, guint b_length, int *match)
{
  guint head = 0, tail = 0, rows, columns, i, j;
  g_autofree guint *lengths = NULL;

  while (head < a_length && head < b_length && key (a, head) == key (b, head))
    {
      match[head] = (int)head;
      head++;
    }
  while (tail < a_length - head && tail < b_length - head
         && key (a, a_length - 1 - tail) == key (b, b_length - 1 - tail))
    {
      match[a_length - 1 - tail] = (int)(b_length - 1 - tail);
      tail++;
    }

  rows = a_length - head - tail;
  columns = b_length - head - tail;
  for (i = 0; i < rows; i++)
    match[head + i] = -1;
  if ((guint64)rows * columns > MAX_PAIRS)
    return FALSE;
  lengths = g_new0 (guint, (gsize)(rows + 1) * (columns + 1));
#define LENGTH(row, column) lengths[(gsize)(row) * (columns + 1) + (column)]
  for (i = rows; i-- > 0;)
    for (j = columns; j-- > 0;)
      LENGTH (i, j) = key (a, head + i) == key (b, head + j) ? LENGTH (i + 1, j + 1) + 1
                                                             : MAX (LENGTH (i + 1, j), LENGTH (i, j + 1));
  for (i = j = 0; i < rows && j < columns;)
    if (key (a, head + i) == key (b, head + j))
      match[head + i++] = (int)(head + j++);
    else if (LENGTH (i + 1, j) >= LENGTH (i, j + 1))
      i++;
    else
      j++;
#undef LENGTH
  return TRUE;
}

static void
add_hunk (GArray *hunks, guint start, guint end, guint from, guint to)
{
  if (end - start == to - from)
    {
      /* As many as before: each stands for its own. */
      for (guint i = 0; start + i < end; i++)
        {
          Hunk hunk = { start + i, start + i + 1, from + i, from + i + 1 };

          g_array_append_val (hunks, hunk);
        }
      return;
    }
  Hunk hunk = { start, end, from, to };

  g_array_append_val (hunks, hunk);
}

static gboolean
compare_with_base (const Narrative *base, Narrative *side)
{
  guint length = base->sentences->len, start = 0, from = 0;

  side->match = g_new (int, length + 1);
  if (!align (text_at, base, length, side, side->sentences->len, side->match))
    return FALSE;
  side->match[length] = (int)side->sentences->len;
  for (guint i = 0; i <= length; i++)
    if (side->match[i] >= 0)
      {
        guint to = (guint)side->match[i];

        if (i > start || to > from)
          add_hunk (side->hunks, start, i, from, to);
        start = i + 1;
        from = to + 1;
      }
  return TRUE;
}

static const Hunk *
hunk_at (const Narrative *side, guint i)
{
  return i < side->hunks->len ? &g_array_index (side->hunks, Hunk, i) : NULL;
}

static gboolean
only_adds (const Hunk *hunk)
{
  return hunk->start == hunk->end;
}

static gboolean
only_removes (const Hunk *hunk)
{
  return hunk->from == hunk->to;
}

/* Whether two edits can not both be: see luo_narrative_merge(). */
static gboolean
in_dispute (const Narrative *ours, const Hunk *o, const Narrative *theirs, const Hunk *t)
{
  if (only_adds (o) && only_adds (t))
    return FALSE;
  if (only_adds (o))
    return o->start > t->start && o->start < t->end && !only_removes (t);
  if (only_adds (t))
    return t->start > o->start && t->start < o->end && !only_removes (o);
  if (o->end <= t->start || t->end <= o->start || (only_removes (o) && only_removes (t)))
    return FALSE;
  if (o->start != t->start || o->end != t->end || o->to - o->from != t->to - t->from)
    return TRUE;
  for (guint i = 0; i < o->to - o->from; i++)
    {
      const Sentence *a = sentence_at (ours, o->from + i);
      const Sentence *b = sentence_at (theirs, t->from + i);

      if (a->text != b->text || a->stop != b->stop)
        return TRUE;
    }
  return FALSE;
}

static gboolean
any_in_dispute (const Merge *self)
{
  for (guint i = 0; i < self->ours.hunks->len; i++)
    for (guint j = 0; j < self->theirs.hunks->len; j++)
      if (in_dispute (&self->ours, hunk_at (&self->ours, i), &self->theirs, hunk_at (&self->theirs, j)))
        return TRUE;
  return FALSE;
}

/* Three interned texts. FALSE where both sides changed it, each otherwise. */
static gboolean
three_way (const char *base, const char *ours, const char *theirs, const char **merged)
{
  *merged = ours == base ? theirs : ours;
  return ours == base || theirs == base || ours == theirs;
}

static const char *
greater (const char *a, const char *b)
{
  return strcmp (a, b) >= 0 ? a : b;
}

static const char *
merge_space (const char *base, const char *ours, const char *theirs)
{
  const char *merged;

  return three_way (base, ours, theirs, &merged) ? merged : greater (ours, theirs);
}

/* Writing */

static void
write_sentence (Merge *self, const Sentence *sentence)
{
  if (self->last_stop != NULL && *self->last_stop == '\0' && strpbrk (sentence->lead, "\r\n") == NULL)
    g_string_append (self->out, "。");
  g_string_append (self->out, sentence->lead);
  g_string_append (self->out, sentence->text);
  g_string_append (self->out, sentence->stop);
  self->last_stop = sentence->stop;
}

/* By what an added sentence is the same as another; that the last one of a text has no full stop makes no difference. */
static const char *
full_text (Merge *self, const Sentence *sentence)
{
  gboolean plain = strcmp (sentence->stop, "。") == 0;
  g_autofree char *full = g_strconcat (sentence->text, plain ? "" : sentence->stop, NULL);

  return g_string_chunk_insert_const (self->chunk, full);
}

static GHashTable *
count_added (Merge *self, const Narrative *side)
{
  GHashTable *counts = g_hash_table_new (g_direct_hash, g_direct_equal);

  for (guint h = 0; h < side->hunks->len; h++)
    for (guint i = hunk_at (side, h)->from; only_adds (hunk_at (side, h)) && i < hunk_at (side, h)->to; i++)
      {
        const char *full = full_text (self, sentence_at (side, i));
        guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, full));

        g_hash_table_insert (counts, (gpointer)full, GUINT_TO_POINTER (count + 1));
      }
  return counts;
}

static void
find_added_by_both (Merge *self)
{
  g_autoptr (GHashTable) ours = count_added (self, &self->ours);
  g_autoptr (GHashTable) theirs = count_added (self, &self->theirs);
  GHashTableIter iter;
  gpointer full, count;

  self->added = g_hash_table_new (g_direct_hash, g_direct_equal);
  g_hash_table_iter_init (&iter, ours);
  while (g_hash_table_iter_next (&iter, &full, &count))
    {
      guint other = GPOINTER_TO_UINT (g_hash_table_lookup (theirs, full));

      if (other > 0)
        g_hash_table_insert (self->added, full, GUINT_TO_POINTER (MAX (GPOINTER_TO_UINT (count), other)));
    }
}

static void
write_added (Merge *self, const Sentence *sentence)
{
  const char *full = full_text (self, sentence);
  gpointer left;

  if (g_hash_table_lookup_extended (self->added, full, NULL, &left))
    {
      if (GPOINTER_TO_UINT (left) == 0)
        return;
      g_hash_table_insert (self->added, (gpointer)full, GUINT_TO_POINTER (GPOINTER_TO_UINT (left) - 1));
    }
  write_sentence (self, sentence);
}

/**
 * Run: what one side added at one place.
 */
typedef struct
{
  const Sentence **sentences; /* (owned) */
  const char **full;          /* (owned) */
  guint length;
} Run;

static Run
run_of (Merge *self, const Narrative *side, const Hunk *hunk)
{
  Run run = { NULL, NULL, hunk != NULL ? hunk->to - hunk->from : 0 };

  run.sentences = g_new (const Sentence *, run.length + 1);
  run.full = g_new (const char *, run.length + 1);
  for (guint i = 0; i < run.length; i++)
    {
      run.sentences[i] = sentence_at (side, hunk->from + i);
      run.full[i] = full_text (self, run.sentences[i]);
    }
  return run;
}

static void
run_clear (Run *run)
{
  g_free (run->sentences);
  g_free (run->full);
}

static const char *
run_key (gconstpointer run, guint i)
{
  return ((const Run *)run)->full[i];
}

static int
compare_runs (const Run *a, guint a_from, guint a_to, const Run *b, guint b_from, guint b_to)
{
  for (; a_from < a_to && b_from < b_to; a_from++, b_from++)
    {
      int order = strcmp (a->full[a_from], b->full[b_from]);

      if (order != 0)
        return order;
    }
  return (a_from < a_to) - (b_from < b_to);
}

static void
write_run (Merge *self, const Run *run, guint from, guint to)
{
  for (; from < to; from++)
    write_added (self, run->sentences[from]);
}

/* Both added at one place: what is common holds the two together, what lies between goes by its bytes. */
static gboolean
write_both (Merge *self, const Run *a, const Run *b)
{
  g_autofree int *match = g_new (int, a->length + 1);
  guint a_from = 0, b_from = 0;

  if (compare_runs (a, 0, a->length, b, 0, b->length) > 0)
    {
      const Run *swap = a;

      a = b;
      b = swap;
      g_free (match);
      match = g_new (int, a->length + 1);
    }
  if (!align (run_key, a, a->length, b, b->length, match))
    return FALSE;
  match[a->length] = (int)b->length;
  for (guint i = 0; i <= a->length; i++)
    {
      guint to;

      if (match[i] < 0)
        continue;
      to = (guint)match[i];
      if (compare_runs (a, a_from, i, b, b_from, to) <= 0)
        {
          write_run (self, a, a_from, i);
          write_run (self, b, b_from, to);
        }
      else
        {
          write_run (self, b, b_from, to);
          write_run (self, a, a_from, i);
        }
      if (i < a->length)
        {
          Sentence sentence = *a->sentences[i];

          sentence.lead = greater (sentence.lead, b->sentences[to]->lead);
          sentence.stop = greater (sentence.stop, b->sentences[to]->stop);
          write_added (self, &sentence);
        }
      a_from = i + 1;
      b_from = to + 1;
    }
  return TRUE;
}

/* What both sides, or one, added before the sentence @i of the base. */
static gboolean
write_additions (Merge *self, const Hunk *ours, const Hunk *theirs)
{
  Run a = run_of (self, &self->ours, ours);
  Run b = run_of (self, &self->theirs, theirs);
  gboolean done = write_both (self, &a, &b);

  run_clear (&a);
  run_clear (&b);
  return done;
}

/* A sentence that both sides kept, or what one or both wrote in its stead. FALSE where its stop is in dispute. */
static gboolean
write_base (Merge *self, guint i, const Hunk *ours, const Hunk *theirs)
{
  const Sentence *base = sentence_at (&self->base, i);
  int o = self->ours.match[i], t = self->theirs.match[i];
  Sentence sentence = *base;

  if (o >= 0 && t >= 0)
    {
      const Sentence *a = sentence_at (&self->ours, (guint)o);
      const Sentence *b = sentence_at (&self->theirs, (guint)t);

      if (!three_way (base->stop, a->stop, b->stop, &sentence.stop))
        return FALSE;
      sentence.lead = merge_space (base->lead, a->lead, b->lead);
      write_sentence (self, &sentence);
      return TRUE;
    }

  /* One that a side wrote anew may have got another stop from the other side. */
  if ((o >= 0 && sentence_at (&self->ours, (guint)o)->stop != base->stop)
      || (t >= 0 && sentence_at (&self->theirs, (guint)t)->stop != base->stop))
    return FALSE;
  if (ours != NULL && ours->start == i)
    for (guint s = ours->from; s < ours->to; s++)
      {
        sentence = *sentence_at (&self->ours, s);
        if (theirs != NULL && theirs->start == i && theirs->to > theirs->from)
          sentence.lead
              = greater (sentence.lead, sentence_at (&self->theirs, theirs->from + s - ours->from)->lead);
        write_sentence (self, &sentence);
      }
  else if (theirs != NULL && theirs->start == i)
    for (guint s = theirs->from; s < theirs->to; s++)
      write_sentence (self, sentence_at (&self->theirs, s));
  return TRUE;
}

/* Goes over the hunks of one side: those that only add before sentence @i, and the one that covers it. */
static const Hunk *
next_hunk (const Narrative *side, guint *at, guint i, gboolean adding)
{
  const Hunk *hunk = hunk_at (side, *at);

  if (hunk == NULL || hunk->start != i || only_adds (hunk) != adding)
    return NULL;
  (*at)++;
  return hunk;
}

static gboolean
write_merged (Merge *self)
{
  guint ours_at = 0, theirs_at = 0;

  for (guint i = 0; i <= self->base.sentences->len; i++)
    {
      const Hunk *ours = next_hunk (&self->ours, &ours_at, i, TRUE);
      const Hunk *theirs = next_hunk (&self->theirs, &theirs_at, i, TRUE);

      if (!write_additions (self, ours, theirs))
        return FALSE;
      if (i == self->base.sentences->len)
        break;
      ours = next_hunk (&self->ours, &ours_at, i, FALSE);
      theirs = next_hunk (&self->theirs, &theirs_at, i, FALSE);
      if (!write_base (self, i, ours, theirs))
        return FALSE;
    }
  g_string_append (self->out, merge_space (self->base.tail, self->ours.tail, self->theirs.tail));
  return TRUE;
}

static void
narrative_clear (Narrative *narrative)
{
  g_clear_pointer (&narrative->sentences, g_array_unref);
  g_clear_pointer (&narrative->hunks, g_array_unref);
  g_clear_pointer (&narrative->match, g_free);
}

char *
luo_narrative_merge (const char *base, const char *ours, const char *theirs)
{
  Merge self = { g_string_chunk_new (1024), { NULL }, { NULL }, { NULL }, g_string_new (NULL), NULL, NULL };
  char *merged = NULL;

  take_apart (&self, &self.base, base);
  take_apart (&self, &self.ours, ours);
  take_apart (&self, &self.theirs, theirs);
  if (compare_with_base (&self.base, &self.ours) && compare_with_base (&self.base, &self.theirs)
      && !any_in_dispute (&self))
    {
      find_added_by_both (&self);
      if (write_merged (&self))
        merged = g_strdup (self.out->str);
    }

  narrative_clear (&self.base);
  narrative_clear (&self.ours);
  narrative_clear (&self.theirs);
  g_clear_pointer (&self.added, g_hash_table_unref);
  g_string_free (self.out, TRUE);
  g_string_chunk_free (self.chunk);
  return merged;
}
