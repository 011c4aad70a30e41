/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-proposal-private.h"

#include <string.h>

#include "luo-money.h"
#include "luo-read.h"
#include "luo-record-type.h"

/* With more districts than this a list of each would be longer than what it says. */
#define MOST_DISTRICTS 5
/* So many names are written out; the rest is 等. */
#define MOST_NAMES 3

/* The places of luo_stage_choices in official words: where projects stand, and what happened. */
static const char *const standing[]
    = { "已确认", "已书面请示", "资金已下拨", "已完成招投标", "装修设计", "正在建设", "已建成", "已运营" };
static const char *const happened[]
    = { "确认", "报送书面请示", "资金下拨", "完成招投标", "进入装修设计", "开工", "建成", "投入运营" };
#define N_STAGES ((int)G_N_ELEMENTS (standing))

static const char *
place_of (const LuoLinkedRecords *self, const char *district)
{
  const char *place = district != NULL ? g_hash_table_lookup (self->places, district) : NULL;

  return place != NULL ? place : district != NULL ? luo_choice_label (luo_district_choices, district) : "";
}

static void
append_stages (GString *out, const guint *counts, guint none)
{
  gboolean first = TRUE;

  for (int i = N_STAGES - 1; i >= 0; i--)
    if (counts[i] > 0)
      {
        g_string_append_printf (out, "%s%s%u个", first ? "" : "、", standing[i], counts[i]);
        first = FALSE;
      }
  if (none > 0)
    g_string_append_printf (out, "%s尚未确认%u个", first ? "" : "、", none);
}

static void
append_projects (const LuoLinkedRecords *self, GString *out, const char *district, const char *place)
{
  guint counts[G_N_ELEMENTS (standing)] = { 0 };
  guint none = 0, n = 0;

  for (guint i = 0; i < self->projects->len; i++)
    {
      JsonObject *project = g_ptr_array_index (self->projects, i);
      int stage;

      if (district != NULL && g_strcmp0 (luo_read_text (project, "district"), district) != 0)
        continue;
      stage = luo_linked_stage (self, project, NULL);
      n++;
      if (stage >= 0)
        counts[stage]++;
      else
        none++;
    }
  g_string_append_printf (out, "%s%u个项目中，", place, n);
  append_stages (out, counts, none);
}

/* The districts of the projects in the order in which offices are listed; those of no list come last. */
static GPtrArray *
districts_of (const LuoLinkedRecords *self)
{
  GPtrArray *districts = g_ptr_array_new ();

  for (const LuoChoice *choice = luo_district_choices; choice->value != NULL; choice++)
    for (guint i = 0; i < self->projects->len; i++)
      if (g_strcmp0 (luo_read_text (g_ptr_array_index (self->projects, i), "district"), choice->value) == 0)
        {
          g_ptr_array_add (districts, (gpointer)choice->value);
          break;
        }
  return districts;
}

typedef struct
{
  const char *source;
  gint64 allocated, disbursed, used;
} Source;

static void
add_amount (JsonObject *line, const char *member, gint64 *sum)
{
  gint64 fen;

  if (luo_read_int (line, member, &fen) && __builtin_add_overflow (*sum, fen, sum))
    *sum = G_MAXINT64;
}

static void
append_amount (GString *out, const char *word, gint64 fen, gboolean *first)
{
  g_autofree char *amount = NULL;

  if (fen <= 0)
    return;
  amount = luo_money_format (MIN (fen, LUO_MONEY_MAX));
  g_string_append_printf (out, "%s%s%s", *first ? "" : "、", word, amount);
  *first = FALSE;
}

/* 省级资金下达669.6万元、下拨669.6万元。 Money that is paid after the last day that counts is not paid yet. */
static void
append_funds (const LuoLinkedRecords *self, GString *out)
{
  g_autoptr (GArray) sources = g_array_new (FALSE, TRUE, sizeof (Source));

  for (guint i = 0; i < self->projects->len; i++)
    {
      JsonArray *funds = luo_read_array (g_ptr_array_index (self->projects, i), "funds");

      for (guint f = 0; f < luo_read_length (funds); f++)
        {
          JsonObject *line = luo_read_item (funds, f);
          const char *name = line != NULL ? luo_read_text (line, "source") : NULL;
          const char *on = line != NULL ? luo_read_text (line, "disbursed_on") : NULL;
          Source *source = NULL;

          if (name == NULL)
            continue;
          for (guint s = 0; s < sources->len && source == NULL; s++)
            if (strcmp (g_array_index (sources, Source, s).source, name) == 0)
              source = &g_array_index (sources, Source, s);
          if (source == NULL)
            {
              Source added = { .source = name };

              g_array_append_val (sources, added);
              source = &g_array_index (sources, Source, sources->len - 1);
            }
          add_amount (line, "allocated_fen", &source->allocated);
          add_amount (line, "used_fen", &source->used);
          if (on == NULL || strcmp (on, self->until) <= 0)
            add_amount (line, "disbursed_fen", &source->disbursed);
        }
    }
  for (guint s = 0; s < sources->len; s++)
    {
      const Source *source = &g_array_index (sources, Source, s);
      gboolean first = TRUE;

      if (source->allocated + source->disbursed + source->used <= 0)
        continue;
      g_string_append_printf (out, "%s资金", source->source);
      append_amount (out, "下达", source->allocated, &first);
      append_amount (out, "下拨", source->disbursed, &first);
      append_amount (out, "使用", source->used, &first);
      g_string_append (out, "；");
    }
}

/* The last ；becomes the end of the sentence. */
static void
end_sentence (GString *out)
{
  if (g_str_has_suffix (out->str, "；"))
    {
      g_string_truncate (out, out->len - strlen ("；"));
      g_string_append (out, "。");
    }
}

char *
luo_linked_write_overall (const LuoLinkedRecords *self)
{
  GString *out = g_string_new (NULL);

  if (self->projects->len > 0)
    {
      g_autoptr (GPtrArray) districts = districts_of (self);

      if (self->by_district && districts->len > 0 && districts->len <= MOST_DISTRICTS)
        for (guint i = 0; i < districts->len; i++)
          {
            const char *district = g_ptr_array_index (districts, i);

            append_projects (self, out, district, place_of (self, district));
            g_string_append (out, "；");
          }
      else
        {
          append_projects (self, out, NULL, "");
          g_string_append (out, "；");
        }
      end_sentence (out);
      append_funds (self, out);
      end_sentence (out);
    }
  return g_string_free (out, out->len == 0);
}

/* 建成2个（皇姑区华山社区居家养老服务中心、皇姑区长江社区居家养老服务中心） */
static void
append_steps (const LuoLinkedRecords *self, GString *out)
{
  for (int stage = N_STAGES - 1; stage >= 0; stage--)
    {
      g_autoptr (GString) names = g_string_new (NULL);
      guint n = 0;

      for (guint i = 0; i < self->projects->len; i++)
        {
          JsonObject *project = g_ptr_array_index (self->projects, i);
          const char *name = luo_read_text (project, "name");
          const char *on = NULL;

          if (luo_linked_stage (self, project, &on) != stage || !luo_linked_in_month (self, on))
            continue;
          if (n < MOST_NAMES && name != NULL)
            g_string_append_printf (
                names, "%s%s%s", n > 0 ? "、" : "",
                self->by_district ? place_of (self, luo_read_text (project, "district")) : "", name);
          n++;
        }
      if (n == 0)
        continue;
      g_string_append_printf (out, "%s%u个项目", happened[stage], n);
      if (names->len > 0)
        g_string_append_printf (out, "（%s%s）", names->str, n > MOST_NAMES ? "等" : "");
      g_string_append (out, "；");
    }
  end_sentence (out);
}

static GPtrArray *
of_month (const LuoLinkedRecords *self, GPtrArray *records, const char *member, const char *value)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; i < records->len; i++)
    {
      JsonObject *record = g_ptr_array_index (records, i);

      if (luo_linked_in_month (self, luo_read_text (record, "on"))
          && g_strcmp0 (luo_read_text (record, member), value) == 0)
        g_ptr_array_add (chosen, record);
    }
  return chosen;
}

static void
append_count (GString *out, GPtrArray *records, const char *member, const char *word, const char *unit)
{
  gint64 sum;

  if (luo_linked_sum (records, member, &sum) && sum > 0)
    g_string_append_printf (out, "，%s%" G_GINT64_FORMAT "%s", word, sum, unit);
}

static void
append_trainings (const LuoLinkedRecords *self, GString *out)
{
  static const struct
  {
    const char *mode; /* (nullable): NULL: it is not said */
    const char *word;
  } modes[] = { { "onsite", "现场培训" }, { "online", "线上培训" }, { NULL, "培训" } };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autoptr (GPtrArray) sessions = of_month (self, self->trainings, "mode", modes[i].mode);
      gint64 covered, eligible, thousand;

      if (sessions->len == 0)
        continue;
      g_string_append_printf (out, "开展%s%u场", modes[i].word, sessions->len);
      append_count (out, sessions, "attendances", "参训", "人次");
      if (luo_linked_sum (sessions, "eligible", &eligible) && luo_linked_sum (sessions, "covered", &covered)
          && eligible > 0 && !__builtin_mul_overflow (covered, 1000, &thousand))
        {
          g_string_append_printf (
              out, "，应训%" G_GINT64_FORMAT "人、已训%" G_GINT64_FORMAT "人，覆盖率%" G_GINT64_FORMAT,
              eligible, covered, thousand / eligible / 10);
          if (thousand / eligible % 10 != 0)
            g_string_append_printf (out, ".%d", (int)(thousand / eligible % 10));
          g_string_append_c (out, '%');
        }
      g_string_append (out, "；");
    }
  end_sentence (out);
}

static guint
count_communities (GPtrArray *visits)
{
  g_autoptr (GHashTable) communities = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < visits->len; i++)
    {
      const char *community = luo_read_text (g_ptr_array_index (visits, i), "community");

      if (community != NULL)
        g_hash_table_add (communities, (gpointer)community);
    }
  return g_hash_table_size (communities);
}

static void
append_findings (const LuoLinkedRecords *self, GString *out)
{
  guint found = 0, solved = 0;

  for (guint i = 0; i < self->visits->len; i++)
    {
      JsonObject *visit = g_ptr_array_index (self->visits, i);
      JsonArray *findings = luo_read_array (visit, "findings");

      if (!luo_linked_in_month (self, luo_read_text (visit, "on")))
        continue;
      for (guint f = 0; f < luo_read_length (findings); f++)
        {
          JsonObject *finding = luo_read_item (findings, f);
          const char *solved_on = finding != NULL ? luo_read_text (finding, "solved_on") : NULL;

          found += finding != NULL;
          solved += solved_on != NULL && strcmp (solved_on, self->until) <= 0;
        }
    }
  if (found == 0)
    return;
  g_string_append_printf (out, "提出整改意见%u条", found);
  if (solved == found)
    g_string_append (out, "，均已整改");
  else
    g_string_append_printf (out, "，已整改%u条、正在整改%u条", solved, found - solved);
  g_string_append (out, "；");
}

static void
append_visits (const LuoLinkedRecords *self, GString *out)
{
  static const struct
  {
    const char *kind;
    const char *word;
  } kinds[] = { { "call", "走访" }, { "supervision", "实地督导" }, { "inspection", "督查" } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GPtrArray) visits = of_month (self, self->visits, "kind", kinds[i].kind);
      guint communities = count_communities (visits);

      if (visits->len == 0)
        continue;
      if (communities == visits->len)
        g_string_append_printf (out, "%s社区%u个", kinds[i].word, communities);
      else
        g_string_append_printf (out, "%s%u次", kinds[i].word, visits->len);
      append_count (out, visits, "questions_answered", "解答问题", "件次");
      append_count (out, visits, "problems_found", "发现问题", "个");
      append_count (out, visits, "problems_solved", "解决问题", "个");
      g_string_append (out, "；");
    }
  append_findings (self, out);
  end_sentence (out);
}

char *
luo_linked_write_month (const LuoLinkedRecords *self)
{
  GString *out = g_string_new (NULL);

  append_steps (self, out);
  append_trainings (self, out);
  append_visits (self, out);
  return g_string_free (out, out->len == 0);
}
