/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-proposal-private.h"

#include <string.h>

#include "luo-read.h"
#include "luo-record-type.h"

/* What a name says about the stage that is counted; the first that fits. */
static const struct
{
  const char *word;
  const char *stage;
} stage_words[] = {
  { "运营", "operating" },    { "投入使用", "operating" }, { "开工", "construction" },
  { "动工", "construction" }, { "在建", "construction" },  { "建成", "built" },
  { "新建", "built" },        { "改造", "built" },         { "竣工", "built" },
  { "完工", "built" },        { "设计", "design" },        { "招投标", "tendered" },
  { "招标", "tendered" },     { "请示", "requested" },     { "确认", "confirmed" },
};

int
luo_linked_stage_rank (const char *stage)
{
  for (int i = 0; stage != NULL && luo_stage_choices[i].value != NULL; i++)
    if (strcmp (luo_stage_choices[i].value, stage) == 0)
      return i;
  return -1;
}

gboolean
luo_linked_in_year (const LuoLinkedRecords *self, const char *day)
{
  return day != NULL && strncmp (day, self->month, 4) == 0 && strcmp (day, self->until) <= 0;
}

gboolean
luo_linked_in_month (const LuoLinkedRecords *self, const char *day)
{
  return day != NULL && strncmp (day, self->month, 7) == 0 && strcmp (day, self->until) <= 0;
}

int
luo_linked_stage (const LuoLinkedRecords *self, JsonObject *project, const char **on)
{
  JsonArray *stages = luo_read_array (project, "stages");
  int furthest = -1;

  for (guint i = 0; i < luo_read_length (stages); i++)
    {
      JsonObject *stage = luo_read_item (stages, i);
      const char *day = stage != NULL ? luo_read_text (stage, "on") : NULL;
      int rank = stage != NULL ? luo_linked_stage_rank (luo_read_text (stage, "stage")) : -1;

      if (day == NULL || strcmp (day, self->until) > 0 || rank < furthest)
        continue;
      furthest = rank;
      if (on != NULL)
        *on = day;
    }
  return furthest;
}

gboolean
luo_linked_sum (GPtrArray *records, const char *member, gint64 *sum)
{
  gboolean any = FALSE;

  *sum = 0;
  for (guint i = 0; i < records->len; i++)
    {
      gint64 value;

      if (!luo_read_int (g_ptr_array_index (records, i), member, &value))
        continue;
      any = TRUE;
      if (__builtin_add_overflow (*sum, value, sum))
        *sum = G_MAXINT64;
    }
  return any;
}

static void
reading_free (gpointer data)
{
  LuoProposedReading *reading = data;

  g_free (reading->key);
  g_free (reading);
}

static LuoProposedReading *
add_reading (LuoProposal *self, JsonObject *indicator, gint64 value)
{
  LuoProposedReading *reading = g_new0 (LuoProposedReading, 1);

  reading->key = g_strdup (luo_read_text (indicator, "key"));
  reading->value = value;
  g_ptr_array_add (self->readings, reading);
  return reading;
}

/* Whether all projects are of one programme: only then "projects" of an indicator are those. */
static gboolean
are_of_one_programme (GPtrArray *projects)
{
  for (guint i = 1; i < projects->len; i++)
    if (g_strcmp0 (luo_read_text (g_ptr_array_index (projects, i), "programme"),
                   luo_read_text (g_ptr_array_index (projects, 0), "programme"))
        != 0)
      return FALSE;
  return projects->len > 0;
}

static gboolean
read_projects (LuoProposal *self, const LuoLinkedRecords *records, JsonObject *indicator, const char *name)
{
  g_autoptr (GHashTable) districts = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean of_districts
      = g_str_has_suffix (name, "的区") || g_str_has_suffix (name, "区县") || g_str_has_suffix (name, "地区");
  int wanted = -1;
  guint n = 0;

  for (guint i = 0; wanted < 0 && i < G_N_ELEMENTS (stage_words); i++)
    if (strstr (name, stage_words[i].word) != NULL)
      wanted = luo_linked_stage_rank (stage_words[i].stage);
  if (wanted < 0 || !are_of_one_programme (records->projects))
    return FALSE;
  for (guint i = 0; i < records->projects->len; i++)
    {
      JsonObject *project = g_ptr_array_index (records->projects, i);
      const char *district = luo_read_text (project, "district");

      if (luo_linked_stage (records, project, NULL) < wanted)
        continue;
      n++;
      if (district != NULL)
        g_hash_table_add (districts, (gpointer)district);
    }
  add_reading (self, indicator, of_districts ? g_hash_table_size (districts) : n);
  return TRUE;
}

static GPtrArray *
choose (const LuoLinkedRecords *records, GPtrArray *from, gboolean month, const char *member,
        const char *value)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; i < from->len; i++)
    {
      JsonObject *record = g_ptr_array_index (from, i);
      const char *on = luo_read_text (record, "on");

      if ((month ? luo_linked_in_month (records, on) : luo_linked_in_year (records, on))
          && (value == NULL || g_strcmp0 (luo_read_text (record, member), value) == 0))
        g_ptr_array_add (chosen, record);
    }
  return chosen;
}

/* Coverage: the last session of each district counts, so that a course held twice does not count its heads twice. */
static void
read_coverage (LuoProposal *self, const LuoLinkedRecords *records, JsonObject *indicator, const char *name)
{
  g_autoptr (GPtrArray) sessions = choose (records, records->trainings, FALSE, "mode",
                                           strstr (name, "线上") != NULL   ? "online"
                                           : strstr (name, "线下") != NULL ? "onsite"
                                                                           : NULL);
  g_autoptr (GHashTable) last = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer session;
  gint64 covered = 0, eligible = 0, value, thousand;

  if (strstr (name, "培训") == NULL && strstr (name, "学习") == NULL)
    return;
  for (guint i = 0; i < sessions->len; i++)
    {
      JsonObject *training = g_ptr_array_index (sessions, i);
      const char *district = luo_read_text (training, "district");
      JsonObject *other = g_hash_table_lookup (last, district != NULL ? district : "");

      if (!luo_read_int (training, "covered", &value) || !luo_read_int (training, "eligible", &value))
        continue;
      if (other == NULL || g_strcmp0 (luo_read_text (training, "on"), luo_read_text (other, "on")) >= 0)
        g_hash_table_insert (last, (gpointer)(district != NULL ? district : ""), training);
    }
  g_hash_table_iter_init (&iter, last);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    {
      luo_read_int (session, "covered", &value);
      if (__builtin_add_overflow (covered, value, &covered))
        return;
      luo_read_int (session, "eligible", &value);
      if (__builtin_add_overflow (eligible, value, &eligible))
        return;
    }
  if (eligible > 0 && !__builtin_mul_overflow (covered, 1000, &thousand))
    {
      LuoProposedReading *reading = add_reading (self, indicator, thousand / eligible);

      reading->counted = TRUE;
      reading->covered = covered;
      reading->eligible = eligible;
    }
}

static void
read_counts (LuoProposal *self, const LuoLinkedRecords *records, JsonObject *indicator, const char *name)
{
  static const struct
  {
    const char *word;
    const char *member; /* NULL: the visits themselves */
    const char *kind;   /* (nullable) */
  } counts[] = {
    { "解答", "questions_answered", NULL }, { "解决", "problems_solved", NULL },
    { "发现问题", "problems_found", NULL }, { "走访", NULL, "call" },
    { "督导", NULL, "supervision" },        { "督查", NULL, "inspection" },
  };
  gboolean month = g_strcmp0 (luo_read_text (indicator, "kind"), "monthly") == 0;
  gint64 sum;

  if (strstr (name, "培训") != NULL)
    {
      g_autoptr (GPtrArray) sessions = choose (records, records->trainings, month, NULL, NULL);

      if (g_strcmp0 (luo_read_text (indicator, "unit"), "人次") == 0
          && luo_linked_sum (sessions, "attendances", &sum))
        add_reading (self, indicator, sum);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GPtrArray) visits = NULL;

      if (strstr (name, counts[i].word) == NULL)
        continue;
      visits = choose (records, records->visits, month, "kind", counts[i].kind);
      if (counts[i].member != NULL ? luo_linked_sum (visits, counts[i].member, &sum) : visits->len > 0)
        add_reading (self, indicator, counts[i].member != NULL ? sum : (gint64)visits->len);
      return;
    }
}

static void
propose_readings (LuoProposal *self, const LuoLinkedRecords *records, JsonObject *task)
{
  JsonArray *indicators = luo_read_array (task, "indicators");

  for (guint i = 0; i < luo_read_length (indicators); i++)
    {
      JsonObject *indicator = luo_read_item (indicators, i);
      const char *name = luo_read_text (indicator, "name");
      const char *kind = luo_read_text (indicator, "kind");

      if (name == NULL || luo_read_text (indicator, "key") == NULL || g_strcmp0 (kind, "tick") == 0)
        continue;
      if (g_strcmp0 (kind, "share") == 0)
        read_coverage (self, records, indicator, name);
      else if (g_strcmp0 (kind, "monthly") == 0 || !read_projects (self, records, indicator, name))
        read_counts (self, records, indicator, name);
    }
}

static void
sort_out (LuoLinkedRecords *self, const char *task_id, const char *office, GPtrArray *records)
{
  for (guint i = 0; i < records->len; i++)
    {
      JsonObject *record = g_ptr_array_index (records, i);
      const char *type = luo_read_text (record, "type");
      const char *district = luo_read_text (record, "district");
      const char *name = luo_read_text (record, "name");

      if (g_strcmp0 (type, "office") == 0 && district != NULL && name != NULL)
        {
          /* 皇姑区民政局 works in 皇姑区. */
          const char *bureau = strstr (name, "民政局");

          g_hash_table_replace (self->places, g_strdup (district),
                                bureau != NULL ? g_strndup (name, (gsize)(bureau - name)) : g_strdup (name));
        }
      if (g_strcmp0 (luo_read_text (record, "task"), task_id) != 0
          || (self->by_district ? FALSE : g_strcmp0 (district, office) != 0))
        continue;
      if (g_strcmp0 (type, "project") == 0)
        g_ptr_array_add (self->projects, record);
      else if (g_strcmp0 (type, "training") == 0)
        g_ptr_array_add (self->trainings, record);
      else if (g_strcmp0 (type, "visit") == 0)
        g_ptr_array_add (self->visits, record);
    }
}

LuoProposal *
luo_proposal_new (JsonObject *task, const char *task_id, const char *month, const char *until,
                  const char *office, GPtrArray *records)
{
  LuoProposal *self = g_new0 (LuoProposal, 1);
  LuoLinkedRecords linked = { month, until, strcmp (office, "city") == 0 };

  linked.projects = g_ptr_array_new ();
  linked.trainings = g_ptr_array_new ();
  linked.visits = g_ptr_array_new ();
  linked.places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  sort_out (&linked, task_id, office, records);

  self->projects = linked.projects->len;
  self->trainings = linked.trainings->len;
  self->visits = linked.visits->len;
  self->overall = luo_linked_write_overall (&linked);
  self->this_month = luo_linked_write_month (&linked);
  self->readings = g_ptr_array_new_with_free_func (reading_free);
  propose_readings (self, &linked, task);

  g_ptr_array_unref (linked.projects);
  g_ptr_array_unref (linked.trainings);
  g_ptr_array_unref (linked.visits);
  g_hash_table_unref (linked.places);
  return self;
}

void
luo_proposal_free (LuoProposal *self)
{
  if (self == NULL)
    return;
  g_free (self->overall);
  g_free (self->this_month);
  g_ptr_array_unref (self->readings);
  g_free (self);
}
