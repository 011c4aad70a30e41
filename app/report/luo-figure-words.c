/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-figure-words-private.h"

#include <string.h>

/* Longer stretches are looked at near the number only: the tables of a comparison stay small. */
#define LONGEST_NAME 48
#define LONGEST_BEFORE 64
#define LONGEST_AFTER 48
#define LONGEST_TEXT (LONGEST_BEFORE + 1 + LONGEST_AFTER)

/* Words of one meaning and one length: the first is made the second. */
static const struct
{
  const char *word;
  const char *same;
} synonyms[] = {
  { "新建成", "新建的" }, { "建成", "新建" }, { "建好", "新建" }, { "动工", "开工" }, { "改建", "改造" },
};

/* What says nothing about which thing is counted. */
static const char *const fillers[] = {
  "截至目前", "截止目前", "目前", "截至", "截止", "累计", "共计", "合计", "总计", "总数",
  "达到",     "已经",     "全市", "全区", "全县", "全部", "以来", "月份", "本月", "当月",
  "今年",     "本年",     "我市", "我区", "我县", "完成", "实现", "共",   "已",   "达",
  "为",       "是",       "有",   "了",   "的",   "底",   "末",   "起",   "均",
};

static gboolean
is_ignorable (gunichar c)
{
  return g_unichar_isspace (c) || strchr ("\"'()[]", c < 128 ? (int)c : 'x') != NULL || c == 0x201C
         || c == 0x201D || c == 0xFF08 || c == 0xFF09 || c == 0x300A || c == 0x300B || c == 0x2018
         || c == 0x2019;
}

static gunichar
fold_char (gunichar c)
{
  int digit = g_unichar_digit_value (c);

  if (digit >= 0)
    return (gunichar)('0' + digit);
  switch (c)
    {
    case 0xFF0C:
      return ',';
    case 0xFF0E:
      return '.';
    case 0xFF05:
      return '%';
    case 0xFF1B:
      return ';';
    case 0xFF1A:
      return ':';
    default:
      return c;
    }
}

int
luo_words_find (const LuoWords *text, guint from, const char *word)
{
  glong n;
  g_autofree gunichar *chars = g_utf8_to_ucs4_fast (word, -1, &n);

  for (guint i = from; i + (guint)n <= text->length; i++)
    if (memcmp (text->chars + i, chars, (gsize)n * sizeof (gunichar)) == 0)
      return (int)i;
  return -1;
}

gunichar *
luo_words_fold (const char *text, guint *length)
{
  glong n;
  gunichar *chars = g_utf8_to_ucs4_fast (text, -1, &n);
  LuoWords words = { chars, (guint)n };

  for (glong i = 0; i < n; i++)
    chars[i] = fold_char (chars[i]);
  for (guint s = 0; s < G_N_ELEMENTS (synonyms); s++)
    {
      glong same_length;
      g_autofree gunichar *same = g_utf8_to_ucs4_fast (synonyms[s].same, -1, &same_length);

      for (int at = luo_words_find (&words, 0, synonyms[s].word); at >= 0;
           at = luo_words_find (&words, (guint)at + 1, synonyms[s].word))
        memcpy (chars + at, same, (gsize)same_length * sizeof (gunichar));
    }
  *length = (guint)n;
  return chars;
}

gunichar *
luo_words_fold_name (const char *name, guint *length)
{
  guint n, kept = 0;
  gunichar *chars = luo_words_fold (name, &n);

  for (guint i = 0; i < n; i++)
    if (!is_ignorable (chars[i])
        && chars[i] != 0x7684 /* 的 */ && !(kept == 0 && chars[i] == 0x5DF2 /* 已 */))
      chars[kept++] = chars[i];
  chars[kept] = 0;
  *length = MIN (kept, LONGEST_NAME);
  return chars;
}

/* Marks what says nothing: fillers, blanks, quotes, and days and months with their digits. */
static void
mark_fillers (const LuoWords *text, gboolean *marked)
{
  for (guint f = 0; f < G_N_ELEMENTS (fillers); f++)
    {
      guint n = (guint)g_utf8_strlen (fillers[f], -1);

      for (int at = luo_words_find (text, 0, fillers[f]); at >= 0;
           at = luo_words_find (text, (guint)at + 1, fillers[f]))
        for (guint i = 0; i < n; i++)
          marked[(guint)at + i] = TRUE;
    }
  for (guint i = 0; i < text->length; i++)
    {
      gunichar c = text->chars[i];

      if (is_ignorable (c))
        marked[i] = TRUE;
      /* 年, 月, 日 behind digits */
      if ((c != 0x5E74 && c != 0x6708 && c != 0x65E5) || i == 0 || text->chars[i - 1] < '0'
          || text->chars[i - 1] > '9')
        continue;
      marked[i] = TRUE;
      for (guint d = i; d > 0 && text->chars[d - 1] >= '0' && text->chars[d - 1] <= '9'; d--)
        marked[d - 1] = TRUE;
    }
}

/* The most characters of the name that the text has in its order, in runs of two and more; marks them in both. */
static guint
align (const LuoWords *name, const LuoWords *text, gboolean *of_name, gboolean *of_text)
{
  guint8 run[LONGEST_NAME + 1][LONGEST_TEXT + 1];
  guint8 best[LONGEST_NAME + 1][LONGEST_TEXT + 1];
  guint8 take[LONGEST_NAME + 1]
             [LONGEST_TEXT + 1]; /* length of the run that ends here in the best way; 0: none */
  guint i, j;

  memset (run, 0, sizeof run);
  memset (best, 0, sizeof best);
  memset (take, 0, sizeof take);
  for (i = 1; i <= name->length; i++)
    for (j = 1; j <= text->length; j++)
      {
        run[i][j] = name->chars[i - 1] == text->chars[j - 1] ? (guint8)(run[i - 1][j - 1] + 1) : 0;
        best[i][j] = MAX (best[i - 1][j], best[i][j - 1]);
        for (guint k = 2; k <= run[i][j]; k++)
          if (best[i - k][j - k] + k > best[i][j])
            {
              best[i][j] = (guint8)(best[i - k][j - k] + k);
              take[i][j] = (guint8)k;
            }
      }
  i = name->length;
  j = text->length;
  while (i > 0 && j > 0 && best[i][j] > 0)
    {
      /* The last place of the text comes first: what stands nearest to the number is what is counted. */
      if (take[i][j] > 0)
        {
          guint taken = take[i][j];

          for (guint k = 0; k < taken; k++)
            of_name[i - 1 - k] = of_text[j - 1 - k] = TRUE;
          i -= taken;
          j -= taken;
        }
      else if (best[i][j - 1] == best[i][j])
        j--;
      else
        i--;
    }
  return best[name->length][text->length];
}

void
luo_words_match (const LuoWords *name, const LuoWords *before, const LuoWords *after, LuoWordsMatch *match)
{
  gunichar chars[LONGEST_TEXT];
  gboolean of_name[LONGEST_NAME + 1] = { FALSE };
  gboolean of_text[LONGEST_TEXT] = { FALSE };
  gboolean filler[LONGEST_TEXT] = { FALSE };
  guint n_before = MIN (before->length, LONGEST_BEFORE);
  guint n_after = MIN (after->length, LONGEST_AFTER);
  LuoWords text = { chars, n_before + 1 + n_after };
  int first = -1, last = -1;

  g_return_if_fail (name->length <= LONGEST_NAME);

  /* The number itself stands between as a character that no name has, so that no word reaches across it. */
  memcpy (chars, before->chars + before->length - n_before, n_before * sizeof (gunichar));
  chars[n_before] = 0;
  memcpy (chars + n_before + 1, after->chars, n_after * sizeof (gunichar));
  memset (match, 0, sizeof *match);
  match->reach = G_MAXUINT;
  match->score = align (name, &text, of_name, of_text);
  match->begins = name->length >= 2 && of_name[0] && of_name[1];
  match->ends = name->length >= 2 && of_name[name->length - 1] && of_name[name->length - 2];
  mark_fillers (&text, filler);

  for (guint i = 0; i < text.length; i++)
    if (of_text[i])
      {
        first = first < 0 ? (int)i : first;
        last = (int)i;
        if (i < n_before)
          match->reach = n_before - 1 - i;
      }
  for (guint i = 0; i < text.length; i++)
    {
      if (i == n_before || of_text[i] || filler[i])
        continue;
      if (i < n_before)
        match->foreign_before++;
      else
        match->foreign_after++;
      if ((int)i > first && (int)i < last)
        match->within++;
    }
  /* What was cut away is foreign. */
  match->foreign_before += before->length - n_before;
  match->foreign_after += after->length - n_after;
}
