/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-figure.h"

#include <string.h>

#include "luo-figure-words-private.h"

/* Beyond this a number is no count of anything here. */
#define MOST_DIGITS 15

/* A clause with one of these speaks of something else than what has been reached; a name may have them for itself. */
static const char *const other_matters[]
    = { "计划", "力争", "争取", "预计",   "目标", "任务", "年底前", "下月", "明年", "下一步", "去年",
        "上年", "同期", "上月", "剩余",   "其余", "尚",   "未",     "其中", "新增", "同比",   "环比",
        "每",   "平均", "全年", "第一批", "减至", "余下", "有望",   "将于", "待" };
/* So does one with these, unless "to" follows: 提高到 is a state, 提高 a difference. */
static const char *const growth[] = { "提高", "提升", "增长", "增加", "上升", "下降", "降低", "减少" };
/* Just before a number: about how many. */
static const char *const about[] = { "约",   "近", "超", "超过", "逾", "不足", "至少", "最多", "不到",
                                     "大约", "-",  "—",  "~",    "/",  "第",   "〔",   "." };
/* Behind the unit: about how many, or a range. */
static const char *const about_after[] = { "以上", "左右", "以下", "以内", "至", "到", "-", "—", "~" };
/* What a unit would have to be followed by to be another one: 个 is no 个月, 件 no 件次. */
static const char *const longer_units[] = { "次", "月", "百分点", "工作日", "小时", "星期", "季度", "年" };
/* A total so far is meant in spite of the month. */
static const char *const totals[] = { "截至", "截止", "累计", "总计", "总数", "今年以来", "年初以来" };
static const char *const months_own[] = { "本月", "当月", "本周", "月新", "近日" };

typedef struct
{
  LuoWords all;     /* the whole text, folded */
  guint sentence;   /* where the sentence begins */
  guint before;     /* where the words that may belong to the number begin */
  guint start, end; /* of the number */
} Number;

static gboolean
is_digit (gunichar c)
{
  return c >= '0' && c <= '9';
}

static gunichar
char_at (const LuoWords *text, guint i)
{
  return i < text->length ? text->chars[i] : 0;
}

static gboolean
ends_sentence (gunichar c)
{
  return c == 0x3002 || c == ';' || c == '\n' || c == 0xFF01 || c == 0xFF1F || c == '!' || c == '?' || c == 0;
}

static gboolean
ends_clause (gunichar c)
{
  return ends_sentence (c) || c == ',' || c == 0x3001 || c == ':' || c == '.';
}

static LuoWords
part (const LuoWords *text, guint from, guint to)
{
  LuoWords words = { text->chars + MIN (from, text->length), to > from ? MIN (to, text->length) - from : 0 };

  return words;
}

static gboolean
begins_with (const LuoWords *text, guint at, const char *word)
{
  LuoWords rest = part (text, at, text->length);

  return luo_words_find (&rest, 0, word) == 0;
}

static gboolean
ends_with (const LuoWords *text, const char *word)
{
  guint n = (guint)g_utf8_strlen (word, -1);

  return text->length >= n && luo_words_find (text, text->length - n, word) >= 0;
}

static gboolean
has_one (const LuoWords *text, const char *const *words, gsize n, const LuoWords *but)
{
  for (gsize i = 0; i < n; i++)
    if (luo_words_find (text, 0, words[i]) >= 0 && (but == NULL || luo_words_find (but, 0, words[i]) < 0))
      return TRUE;
  return FALSE;
}

/* Reads a number at @number->start; commas only between thousands. Returns: FALSE where it is none that can be a figure. */
static gboolean
read_number (Number *number, LuoFigure *figure)
{
  const LuoWords *text = &number->all;
  guint i = number->start, digits = 0;

  figure->mantissa = 0;
  figure->decimals = 0;
  figure->scale = 1;
  figure->separated = FALSE;
  for (;; i++)
    {
      gunichar c = char_at (text, i);

      if (is_digit (c))
        {
          if (++digits <= MOST_DIGITS)
            figure->mantissa = figure->mantissa * 10 + (c - '0');
          figure->decimals += figure->decimals > 0;
          continue;
        }
      if (c == ',' && figure->decimals == 0 && is_digit (char_at (text, i + 1))
          && is_digit (char_at (text, i + 2)) && is_digit (char_at (text, i + 3))
          && !is_digit (char_at (text, i + 4)))
        {
          figure->separated = TRUE;
          continue;
        }
      if (c == '.' && figure->decimals == 0 && is_digit (char_at (text, i + 1)))
        {
          figure->decimals = 1;
          continue;
        }
      break;
    }
  if (figure->decimals > 0)
    figure->decimals--;
  number->end = i;
  return digits <= MOST_DIGITS;
}

static int
money_power (const char *unit)
{
  return g_strcmp0 (unit, "元") == 0     ? 0
         : g_strcmp0 (unit, "万元") == 0 ? 4
         : g_strcmp0 (unit, "亿元") == 0 ? 8
                                         : -1;
}

/* Reads the unit behind a number, and 万 before it. @end: (out): where it ends; @figure gets its scale and length. */
static gboolean
read_unit (const Number *number, const LuoFigureName *name, LuoFigure *figure, guint *end)
{
  static const char *const money[] = { "亿元", "万元", "元" };
  const LuoWords *text = &number->all;
  guint at = number->end;
  int power = money_power (name->unit);

  figure->start = number->start;
  figure->length = number->end - number->start;
  while (char_at (text, at) == ' ')
    at++;
  if (g_strcmp0 (name->kind, "share") == 0)
    {
      figure->scale = 10;
      *end = at + 1;
      return char_at (text, at) == '%';
    }
  if (power >= 0)
    {
      for (guint i = 0; i < G_N_ELEMENTS (money); i++)
        if (begins_with (text, at, money[i]))
          {
            int differs = money_power (money[i]) - power;

            for (int k = 0; k < differs; k++)
              figure->scale *= 10;
            figure->decimals += differs < 0 ? (guint)-differs : 0;
            *end = at + (guint)g_utf8_strlen (money[i], -1);
            /* The unit is written again with the amount where it is another one. */
            if (differs != 0)
              {
                figure->rewrites_unit = TRUE;
                figure->length = *end - number->start;
              }
            return TRUE;
          }
      return FALSE;
    }
  if (name->unit == NULL || *name->unit == '\0')
    {
      *end = at;
      return ends_clause (char_at (text, at));
    }
  if (char_at (text, at) == 0x4E07 /* 万 */ && begins_with (text, at + 1, name->unit))
    {
      figure->scale = 10000;
      figure->length = ++at - number->start;
    }
  if (!begins_with (text, at, name->unit))
    return FALSE;
  *end = at + (guint)g_utf8_strlen (name->unit, -1);
  for (guint i = 0; i < G_N_ELEMENTS (longer_units); i++)
    if (begins_with (text, *end, longer_units[i]))
      return FALSE;
  return TRUE;
}

/* Whether the words up to the number name a place that is not the office's own: 皇姑区8个 is not the city's. */
static gboolean
names_another_place (const LuoWords *text, const char *place)
{
  /* Before 区, 县 and 市: what makes no name of it. */
  static const char *const common[]
      = { "社", "小", "地", "园", "全", "各", "片", "该", "城", "老", "新", "省", "我", "本", "都" };
  /* Behind them. */
  static const char *const goes_on[]
      = { "域", "划", "间", "级", "直", "民政", "场", "委", "政", "、县", "县", "区" };
  guint own = place != NULL ? (guint)g_utf8_strlen (place, -1) : 0;

  for (guint i = 1; i < text->length; i++)
    {
      gunichar c = text->chars[i];
      LuoWords up_to = part (text, 0, i);
      LuoWords with = part (text, 0, i + 1);
      gboolean no_name = FALSE;

      if (c != 0x533A && c != 0x53BF && c != 0x5E02)
        continue;
      if (own > 0 && ends_with (&with, place))
        continue;
      for (guint k = 0; k < G_N_ELEMENTS (common); k++)
        no_name = no_name || ends_with (&up_to, common[k]);
      for (guint k = 0; k < G_N_ELEMENTS (goes_on); k++)
        no_name = no_name || begins_with (text, i + 1, goes_on[k]);
      /* "区、县(市)" and what begins a clause */
      no_name = no_name || text->chars[i - 1] == 0x3001 || text->chars[i - 1] == '('
                || text->chars[i - 1] == 0xFF08 || ends_clause (text->chars[i - 1]);
      if (!no_name)
        return TRUE;
    }
  return FALSE;
}

/* Whether the sentence speaks of a longer time than the month: 以来, unless it is 8月以来 in August. */
static gboolean
speaks_of_longer (const LuoWords *sentence, guint month)
{
  static const char *const longer[] = { "累计", "总计", "截至", "截止", "今年", "年初", "上线", "全年" };
  g_autofree char *own = g_strdup_printf ("%u月以来", month);
  int since = luo_words_find (sentence, 0, "以来");

  if (has_one (sentence, longer, G_N_ELEMENTS (longer), NULL))
    return TRUE;
  if (since < 0 || luo_words_find (sentence, 0, "本月以来") >= 0)
    return FALSE;
  return month == 0 || luo_words_find (sentence, 0, own) < 0;
}

static gboolean
speaks_of_month (const LuoWords *sentence, guint month)
{
  g_autofree char *own = g_strdup_printf ("%u月", month);
  int at = month > 0 ? luo_words_find (sentence, 0, own) : -1;

  if (has_one (sentence, months_own, G_N_ELEMENTS (months_own), NULL))
    return TRUE;
  /* 8月底 and 8月28日 are days up to which is counted. */
  return at >= 0 && !begins_with (sentence, (guint)at + 2 + (month > 9), "底")
         && !begins_with (sentence, (guint)at + 2 + (month > 9), "末")
         && !is_digit (char_at (sentence, (guint)at + 2 + (month > 9)));
}

static gboolean
speaks_of_growth (const LuoWords *clause, const LuoWords *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (growth); i++)
    {
      int at = luo_words_find (clause, 0, growth[i]);
      guint behind = (guint)at + (guint)g_utf8_strlen (growth[i], -1);

      if (at >= 0 && luo_words_find (name, 0, growth[i]) < 0 && !begins_with (clause, behind, "到")
          && !begins_with (clause, behind, "至") && !begins_with (clause, behind, "为"))
        return TRUE;
    }
  return FALSE;
}

/* Whether the words around a number allow that it states what @name has reached. */
static gboolean
may_state (const Number *number, guint unit_end, guint clause_end, LuoFigureScope scope, guint month,
           const char *place, const LuoFigureName *of, const LuoWords *name)
{
  LuoWords sentence = part (&number->all, number->sentence, clause_end);
  LuoWords up_to = part (&number->all, number->sentence, number->start);
  LuoWords before = part (&number->all, number->before, number->start);
  LuoWords after = part (&number->all, unit_end, clause_end);
  gboolean monthly = g_strcmp0 (of->kind, "monthly") == 0;

  if (has_one (&sentence, other_matters, G_N_ELEMENTS (other_matters), name)
      || speaks_of_growth (&before, name) || names_another_place (&up_to, place))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (about); i++)
    if (ends_with (&before, about[i]))
      return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (about_after); i++)
    if (begins_with (&after, 0, about_after[i]))
      return FALSE;
  if (monthly)
    return !speaks_of_longer (&sentence, month);
  if (has_one (&sentence, totals, G_N_ELEMENTS (totals), NULL))
    return TRUE;
  /* A share and a level are states at any time; a total so far is not what the month added. */
  if (g_strcmp0 (of->kind, "share") == 0 || g_strcmp0 (of->kind, "level") == 0)
    return !has_one (&sentence, months_own, 1, NULL) || g_strcmp0 (of->kind, "share") == 0;
  return scope == LUO_FIGURE_OVERALL && !speaks_of_month (&sentence, month);
}

/* Whether the words are the indicator's; @score: (out): how many characters of it. */
static gboolean
is_named (const LuoFigureName *of, const LuoWords *name, const LuoWords *before, const LuoWords *after,
          guint *score)
{
  LuoWordsMatch match;
  gboolean share = g_strcmp0 (of->kind, "share") == 0;
  gboolean money = money_power (of->unit) >= 0;
  gboolean telling = !share && !money && of->unit != NULL && g_utf8_strlen (of->unit, -1) >= 2;
  gboolean alone;

  luo_words_match (name, before, after, &match);
  *score = match.score;
  if (match.score == name->length)
    return match.within <= LUO_FIGURE_GAP
           && (match.reach <= LUO_FIGURE_REACH || (match.reach == G_MAXUINT && match.foreign_before == 0));
  alone = match.foreign_before == 0 && match.foreign_after == 0;
  if (!alone || match.reach > LUO_FIGURE_REACH)
    {
      /* 117个社区养老服务站完成改造: what is counted stands first, what was done to it behind. */
      g_autofree gunichar *turned = g_new (gunichar, name->length);
      LuoWords words = { turned, name->length };

      if (name->length < 5)
        return FALSE;
      memcpy (turned, name->chars + 2, (name->length - 2) * sizeof (gunichar));
      memcpy (turned + name->length - 2, name->chars, 2 * sizeof (gunichar));
      luo_words_match (&words, before, after, &match);
      *score = match.score;
      return match.score == name->length && match.reach == G_MAXUINT && match.foreign_before == 0
             && match.within <= 2;
    }
  if (share)
    return match.ends && match.score >= 3;
  if (money)
    return match.begins && match.ends && match.score >= 4;
  if (telling)
    return (match.begins || match.ends) && match.score >= 2;
  return match.begins && match.ends && match.score >= 4;
}

/* Looks for the one indicator that a number belongs to. */
static gboolean
find_indicator (const Number *number, LuoFigureScope scope, guint month, const char *place,
                const LuoFigureName *names, LuoWords *folded, guint n, LuoFigure *figure)
{
  guint best = 0;
  gboolean found = FALSE;

  for (guint i = 0; i < n; i++)
    {
      LuoFigure candidate = *figure;
      guint unit_end, clause_end, score;
      LuoWords before, after;

      if (folded[i].length < 2 || g_strcmp0 (names[i].kind, "tick") == 0
          || !read_unit (number, &names[i], &candidate, &unit_end))
        continue;
      for (clause_end = unit_end; !ends_clause (char_at (&number->all, clause_end))
                                  && !is_digit (char_at (&number->all, clause_end));)
        clause_end++;
      before = part (&number->all, number->before, number->start);
      if (place != NULL && begins_with (&before, 0, place))
        before = part (&number->all, number->before + (guint)g_utf8_strlen (place, -1), number->start);
      after = part (&number->all, unit_end, clause_end);
      if (!is_named (&names[i], &folded[i], &before, &after, &score)
          || !may_state (number, unit_end, clause_end, scope, month, place, &names[i], &folded[i]))
        continue;
      if (score == best)
        found = FALSE;
      if (score <= best)
        continue;
      best = score;
      found = TRUE;
      candidate.indicator = i;
      *figure = candidate;
    }
  return found;
}

GArray *
luo_figures_find (const char *text, LuoFigureScope scope, guint month, const char *place,
                  const LuoFigureName *names, guint n_names)
{
  GArray *figures = g_array_new (FALSE, FALSE, sizeof (LuoFigure));
  g_autofree gunichar *chars = NULL;
  gunichar *owned[LUO_FIGURE_NAMES];
  LuoWords folded[LUO_FIGURE_NAMES];
  guint n = MIN (n_names, LUO_FIGURE_NAMES);
  Number number = { 0 };

  g_return_val_if_fail (names != NULL || n_names == 0, figures);

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return figures;
  number.all.chars = chars = luo_words_fold (text, &number.all.length);
  for (guint i = 0; i < n; i++)
    {
      owned[i] = luo_words_fold_name (names[i].name != NULL ? names[i].name : "", &folded[i].length);
      folded[i].chars = owned[i];
    }
  for (guint i = 0; i < number.all.length; i++)
    {
      LuoFigure figure = { 0 };
      gunichar c = chars[i];

      if (!is_digit (c))
        {
          if (ends_clause (c))
            number.before = i + 1;
          if (ends_sentence (c))
            number.sentence = i + 1;
          continue;
        }
      number.start = i;
      if (read_number (&number, &figure)
          && find_indicator (&number, scope, month, place, names, folded, n, &figure))
        g_array_append_val (figures, figure);
      i = number.end - 1;
      /* The words before a day or a month still belong to the number behind it. */
      c = char_at (&number.all, number.end);
      if (c != 0x5E74 && c != 0x6708 && c != 0x65E5)
        number.before = number.end;
    }
  for (guint i = 0; i < n; i++)
    g_free (owned[i]);
  return figures;
}

/* The figure as a fraction. Returns: FALSE where it is too large to compare. */
static gboolean
as_fraction (const LuoFigure *self, gint64 *numerator, gint64 *denominator)
{
  *denominator = 1;
  for (guint i = 0; i < self->decimals; i++)
    if (__builtin_mul_overflow (*denominator, 10, denominator))
      return FALSE;
  return !__builtin_mul_overflow (self->mantissa, self->scale, numerator);
}

gboolean
luo_figure_agrees (const LuoFigure *self, gint64 reading)
{
  gint64 numerator, denominator, whole, difference;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!as_fraction (self, &numerator, &denominator) || __builtin_mul_overflow (reading, denominator, &whole)
      || __builtin_sub_overflow (numerator, whole, &difference))
    return FALSE;
  if (difference == 0)
    return TRUE;
  /* A text that rounds is right within its last place, and one that is finer than readings within theirs; a bare number is meant
   * as it stands. */
  return (self->scale > 1 || self->decimals > 0) && ABS (difference) < MAX (self->scale, denominator);
}

gboolean
luo_figure_value (const LuoFigure *self, gint64 *value)
{
  gint64 numerator, denominator;

  g_return_val_if_fail (self != NULL && value != NULL, FALSE);

  *value = 0;
  if (!as_fraction (self, &numerator, &denominator) || numerator % denominator != 0)
    return FALSE;
  *value = numerator / denominator;
  return TRUE;
}

static char *
separate (gint64 value)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  GString *out = g_string_new (NULL);
  gsize n = strlen (digits);

  for (gsize i = 0; i < n; i++)
    {
      if (i > 0 && (n - i) % 3 == 0)
        g_string_append_c (out, ',');
      g_string_append_c (out, digits[i]);
    }
  return g_string_free (out, FALSE);
}

char *
luo_figure_write (const LuoFigure *self, const LuoFigureName *name, gint64 reading)
{
  g_autofree char *number = NULL;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  if (g_strcmp0 (name->kind, "share") == 0)
    return reading % 10 == 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, reading / 10)
                             : g_strdup_printf ("%" G_GINT64_FORMAT ".%d", reading / 10, (int)(reading % 10));
  number = self->separated ? separate (reading) : g_strdup_printf ("%" G_GINT64_FORMAT, reading);
  return self->rewrites_unit ? g_strconcat (number, name->unit, NULL) : g_steal_pointer (&number);
}
