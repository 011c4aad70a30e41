/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "luo-query.h"
#include "luo-record-type.h"
#include "store-fixture.h"

/* What lists, totals and search cost: bench-lists [DOCUMENTS [TYPE]]. Not a test; prints one line for each measure. The first page of
 * every column, alone and with every filter, is asked for three times, and the best of each is taken. */

#define BATCH 1000
#define PAGE 100
#define ROUNDS 3

static const char *const districts[]
    = { "heping", "shenhe",   "tiexi",     "huanggu", "dadong",   "hunnan", "shenbei",
        "yuhong", "sujiatun", "liaozhong", "xinmin",  "kangping", "faku" };
static const char *const stages[]
    = { "confirmed", "requested", "funded", "tendered", "design", "construction", "built", "operating" };
static const char *const programmes[] = { "home-care-pilot", "service-mechanism", "rural-pilot",
                                          "inclusive-care",  "regional-centre",   "care-station" };
static const char *const phrases[]
    = { "指导各区推进养老服务", "补助资金已经下拨", "社区食堂开始试点", "设施改造完成招标",
        "老年人反映良好",       "督促整改消防通道", "服务记录不够完整", "年底以前投入使用",
        "培训覆盖全部社区",     "居家养老需求登记", "工作人员持证上岗", "公示栏更新不及时",
        "医养结合签约服务",     "农村幸福院运行",   "适老化改造进度" };

static guint
pick (GRand *rand, guint n)
{
  return (guint)g_rand_int_range (rand, 0, (gint32)n);
}

static void
append_narrative (GString *out, GRand *rand, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s%u，", phrases[pick (rand, G_N_ELEMENTS (phrases))], pick (rand, 1000));
}

static void
append_project (GString *out, GRand *rand)
{
  guint n = 1 + pick (rand, G_N_ELEMENTS (stages));

  g_string_append_printf (
      out,
      ",\"programme\":\"%s\",\"task\":\"task:2020:%u\",\"district\":\"%s\",\"subdistrict\":"
      "\"街道%u\",\"community\":\"社区%u\",\"name\":\"第%u号养老服务中心\",\"operator\":\"公司%u\"",
      programmes[pick (rand, 6)], 73 + pick (rand, 7), districts[pick (rand, 13)], pick (rand, 200),
      pick (rand, 2000), pick (rand, 100000), pick (rand, 300));
  g_string_append (out, ",\"stages\":[");
  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s{\"stage\":\"%s\",\"on\":\"2020-%02u-%02u\"}", i > 0 ? "," : "",
                            stages[i], i + 1, 1 + pick (rand, 28));
  g_string_append_printf (
      out,
      "],\"funds\":[{\"key\":\"p\",\"source\":\"省级\",\"document\":\"沈政办发〔2020〕%u号\","
      "\"allocated_fen\":%u,\"disbursed_fen\":%u}],\"facts\":{\"elderly\":%u}}",
      pick (rand, 99), pick (rand, 100000000), pick (rand, 10000000), pick (rand, 4000));
}

static void
append_visit (GString *out, GRand *rand)
{
  g_string_append_printf (
      out,
      ",\"kind\":\"%s\",\"on\":\"2020-%02u-%02u\",\"inspector\":\"督查员%u\",\"district\":\"%s\","
      "\"community\":\"社区%u\",\"task\":\"task:2020:%u\",\"questions_answered\":%u,"
      "\"problems_found\":%u,\"problems_solved\":%u,\"findings\":[",
      pick (rand, 2) ? "call" : "supervision", 1 + pick (rand, 12), 1 + pick (rand, 28), pick (rand, 50),
      districts[pick (rand, 13)], pick (rand, 2000), 73 + pick (rand, 7), pick (rand, 10), pick (rand, 5),
      pick (rand, 4));
  for (guint i = 0; i < 2; i++)
    {
      g_string_append_printf (out, "%s{\"key\":\"f%u\",\"text\":\"", i > 0 ? "," : "", i);
      append_narrative (out, rand, 3);
      g_string_append_printf (out, "\",\"severity\":\"minor\",\"due\":\"2020-%02u-%02u\"%s}",
                              1 + pick (rand, 12), 1 + pick (rand, 28),
                              pick (rand, 2) ? ",\"solved_on\":\"2020-09-01\"" : "");
    }
  g_string_append (out, "]}");
}

static void
append_progress (GString *out, GRand *rand)
{
  g_string_append_printf (
      out, ",\"task\":\"task:2020:%u\",\"month\":\"20%02u-%02u\",\"office\":\"%s\",\"overall\":\"",
      1 + pick (rand, 900), 10 + pick (rand, 11), 1 + pick (rand, 12), districts[pick (rand, 13)]);
  append_narrative (out, rand, 9);
  g_string_append_printf (out, "\",\"readings\":{\"centres\":%u,\"stations\":%u},\"state\":\"%s\"}",
                          pick (rand, 100), pick (rand, 300), pick (rand, 2) ? "submitted" : "draft");
}

static LuoIncoming *
make_record (const char *type, GRand *rand)
{
  g_autoptr (GString) body = g_string_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *history = NULL;

  id = g_strdup_printf ("%s:%08x%08x%08x%08x", type, g_rand_int (rand), g_rand_int (rand), g_rand_int (rand),
                        g_rand_int (rand));
  history = g_strdup_printf ("1-%08x%08x%08x%08x", g_rand_int (rand), g_rand_int (rand), g_rand_int (rand),
                             g_rand_int (rand));
  g_string_printf (body,
                   "{\"type\":\"%s\",\"created_at\":\"2020-%02u-%02uT08:00:00Z\",\"created_by\":\"u%u\","
                   "\"updated_at\":\"2020-%02u-%02uT%02u:%02u:%02uZ\",\"updated_by\":\"u%u\"",
                   type, 1 + pick (rand, 12), 1 + pick (rand, 28), pick (rand, 40), 1 + pick (rand, 12),
                   1 + pick (rand, 28), pick (rand, 24), pick (rand, 60), pick (rand, 60), pick (rand, 40));
  if (strcmp (type, "project") == 0)
    append_project (body, rand);
  else if (strcmp (type, "visit") == 0)
    append_visit (body, rand);
  else
    append_progress (body, rand);
  return make_incoming (id, history, FALSE, body->str);
}

/* Time of this thread's processor, so that what else the machine does is not counted: reading is done by the caller's thread. */
static double
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

/* The same of the whole process, the worker included. */
static double
process_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

static void
load (LuoStore *store, const char *type, guint n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  double spent = 0, start;
  gsize bytes = 0;

  luo_store_create_space (store, "huanggu", NULL);
  for (guint done = 0; done < n; done += BATCH)
    {
      g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free);
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < BATCH; i++)
        {
          LuoIncoming *incoming = make_record (type, rand);

          bytes += strlen (incoming->body);
          g_ptr_array_add (documents, incoming);
        }
      start = process_ms ();
      luo_store_insert (store, done / BATCH % 2 ? "city" : "huanggu", documents, LUO_INSERT_HELD, NULL,
                        &error);
      spent += process_ms () - start;
      g_assert_no_error (error);
    }
  g_print ("%-44s %9.0f documents/s (%" G_GSIZE_FORMAT " bytes each)\n", "insert", n / spent * 1000,
           bytes / n);
  start = process_ms ();
  luo_store_wait_indexed (store);
  g_print ("%-44s %9.0f ms more\n", "indexed", process_ms () - start);
}

static double
best_of (LuoStore *store, const LuoQuery *query, guint *n)
{
  double best = G_MAXDOUBLE;

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      double start = now_ms ();
      g_autoptr (GPtrArray) page = luo_store_list (store, query, &error);

      best = MIN (best, now_ms () - start);
      g_assert_no_error (error);
      *n = page->len;
    }
  return best;
}

typedef struct
{
  const char *column;
  LuoOperator op;
  const char *value;
} Filter;

static const Filter filters[] = {
  { NULL },
  { "district", LUO_EQUAL, "huanggu" },
  { "space", LUO_EQUAL, "city" },
  { "updated_at", LUO_AT_LEAST, "2020-12-20" },
  { "updated_at", LUO_LESS, "2020-12-20" },
  { "updated_by", LUO_EQUAL, "u3" },
  { "task", LUO_EQUAL, "task:2020:75" },
  { "pending", LUO_EQUAL, "1" },
  { "conflicts", LUO_GREATER, "0" },
  { "district", LUO_EQUAL, "nowhere" },
  { "district", LUO_NOT_EQUAL, "huanggu" },
};

static void
bench_lists (LuoStore *store, const char *type)
{
  const LuoRecordType *record_type = luo_record_type_find (type);
  g_autoptr (GPtrArray) columns = g_ptr_array_new ();
  double worst = 0, sum = 0;
  guint lists = 0;

  for (const LuoMember *m = luo_common_members; m->name != NULL; m++)
    if ((m->flags & LUO_MEMBER_COLUMN) != 0)
      g_ptr_array_add (columns, (gpointer)m->name);
  for (const LuoMember *m = record_type->members; m->name != NULL; m++)
    if ((m->flags & LUO_MEMBER_COLUMN) != 0)
      g_ptr_array_add (columns, (gpointer)m->name);
  for (const LuoDerived *d = record_type->derived; d != NULL && d->name != NULL; d++)
    g_ptr_array_add (columns, (gpointer)d->name);

  for (guint i = 0; i < columns->len; i++)
    for (guint f = 0; f < G_N_ELEMENTS (filters); f++)
      for (guint second = 0; second < 2; second++)
        {
          g_autoptr (LuoQuery) query = luo_query_new (type);
          const char *column = g_ptr_array_index (columns, i);
          double ms;
          guint n = 0;

          if (filters[f].column != NULL)
            {
              if (strcmp (filters[f].column, "district") == 0 && strcmp (type, "progress") == 0)
                luo_query_where (query, "office", filters[f].op, filters[f].value);
              else
                luo_query_where (query, filters[f].column, filters[f].op, filters[f].value);
            }
          if (second == 1)
            luo_query_where (query, "task", LUO_EQUAL, "task:2020:77");
          luo_query_sort (query, column, f % 2 == 0);
          luo_query_set_limit (query, 0, PAGE);
          ms = best_of (store, query, &n);
          worst = MAX (worst, ms);
          sum += ms;
          lists++;
          if (ms > 10 || g_getenv ("BENCH_VERBOSE") != NULL)
            g_print ("  sort %-18s where %-10s %d %-14s and task %u: %6.2f ms, %u rows\n", column,
                     filters[f].column != NULL ? filters[f].column : "-", filters[f].op,
                     filters[f].value != NULL ? filters[f].value : "", second, ms, n);
        }
  g_print ("%-44s %9.2f ms worst, %.2f ms mean of %u\n", "first page, each sort and filter", worst,
           sum / lists, lists);
}

static void
bench_keys (LuoStore *store, const char *type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoQuery) query = luo_query_new (type);
  g_autoptr (GArray) keys = NULL;
  double start;

  luo_query_sort (query, "updated_at", TRUE);
  start = now_ms ();
  keys = luo_store_list_keys (store, query, &error);
  g_assert_no_error (error);
  g_print ("%-44s %9.2f ms (%u)\n", "keys of the whole list, by updated_at", now_ms () - start, keys->len);
  start = now_ms ();
  luo_store_count (store, query, &error);
  g_assert_no_error (error);
  g_print ("%-44s %9.2f ms\n", "count", now_ms () - start);
}

static void
bench_groups (LuoStore *store, const char *type)
{
  const char *const by[] = { strcmp (type, "progress") == 0 ? "office" : "district",
                             strcmp (type, "project") == 0 ? "stage" : "task", NULL };
  const char *const by_source[] = { "district", "source", NULL };
  const char *const sum[] = { "allocated_fen", "disbursed_fen", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoQuery) query = luo_query_new (type);
  g_autoptr (GPtrArray) groups = NULL;
  double start = now_ms ();

  groups = luo_store_group (store, query, by, NULL, &error);
  g_assert_no_error (error);
  g_print ("%-44s %9.2f ms (%u)\n", "total by two columns", now_ms () - start, groups->len);
  if (strcmp (type, "project") == 0)
    {
      g_autoptr (LuoQuery) funds = luo_query_new ("project/funds");
      g_autoptr (GPtrArray) sources = NULL;

      start = now_ms ();
      sources = luo_store_group (store, funds, by_source, sum, &error);
      g_assert_no_error (error);
      g_print ("%-44s %9.2f ms (%u)\n", "funds by district and source", now_ms () - start, sources->len);
    }
}

static void
bench_search (LuoStore *store, const char *type)
{
  static const char *const words[] = { "养老", "招标",       "养老服务", "适老化",     "服务 资金", "老年人",
                                       "号养", "不存在的词", "务老",     "〔2020〕27", "消防通" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    for (guint kind = 0; kind < 3; kind++)
      {
        g_autoptr (LuoQuery) query = luo_query_new (kind == 0 ? NULL : type);
        guint n = 0;
        double ms;
        g_autofree char *name = g_strdup_printf ("search %s%s", words[i],
                                                 kind == 0   ? ", any type"
                                                 : kind == 1 ? ", one district"
                                                             : ", sorted");

        luo_query_set_words (query, words[i]);
        luo_query_set_limit (query, 0, 50);
        if (kind == 1)
          luo_query_where (query, strcmp (type, "progress") == 0 ? "office" : "district", LUO_EQUAL,
                           "huanggu");
        if (kind == 2)
          luo_query_sort (query, "updated_at", TRUE);
        ms = best_of (store, query, &n);
        g_print ("%-44s %9.2f ms (%u)\n", name, ms, n);
      }
}

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint)atoi (argv[1]) : 100000;
  const char *type = argc > 2 ? argv[2] : "project";
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoStore) store = luo_store_open (folder, LUO_STORE_DEFAULT, &error);

  g_assert_no_error (error);
  g_print ("%u documents of type %s\n", n, type);
  load (store, type, n);
  bench_lists (store, type);
  bench_keys (store, type);
  bench_groups (store, type);
  bench_search (store, type);
  luo_store_close (store);
  remove_folder (folder);
  return 0;
}
