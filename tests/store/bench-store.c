/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the store alone costs, without network or server: `bench-store [DOCUMENTS [DOCUMENT-TYPE]]`. Build it optimised. Not a
 * test; one line for each figure. */

#include <string.h>
#include <time.h>

#include "store-fixture.h"

#define BATCH 1000

static char *
make_text (guint i, const char *type)
{
  g_autofree char *id
      = g_strdup_printf ("%s:%08x%08x%08x%08x", type, i * 2654435761u, i * 40503u, i, i ^ 0x5bd1e995u);
  GString *text = g_string_new (NULL);

  g_string_printf (
      text,
      "{\"_id\":\"%s\",\"_rev\":\"1-%032x\",\"_revisions\":{\"start\":1,\"ids\":[\"%032x\"]},\"type\":\"%s\","
      "\"programme\":\"home-care-pilot\",\"district\":\"huanggu\",\"community\":\"社区%u\",\"name\":"
      "\"居家养老服务中心%u\","
      "\"stages\":[{\"stage\":\"confirmed\",\"on\":\"2020-03-12\"},{\"stage\":\"funded\",\"on\":\"2020-05-%"
      "02u\"}],"
      "\"funds\":[{\"key\":\"provincial\",\"source\":\"省级\",\"allocated_fen\":%u,\"disbursed_fen\":1000}],"
      "\"note\":\"",
      id, i, i, type, i, i, i % 28 + 1, i * 100);
  while (text->len < 680)
    g_string_append (text, "新建区域性居家养老服务中心已完成装修设计，");
  g_string_append (text, "\",\"created_at\":\"2020-08-01T08:00:00Z\",\"created_by\":\"li\",\"updated_at\":"
                         "\"2020-08-01T08:00:00Z\",\"updated_by\":\"li\"}");
  return g_string_free (text, FALSE);
}

static double cpu_at_report;

static double
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static gint64
begin (void)
{
  cpu_at_report = cpu_seconds ();
  return g_get_monotonic_time ();
}

/* The time of the processor is told too: it is what stays comparable where a machine has other work. */
static void
report (const char *what, guint n, gint64 start)
{
  double cpu = cpu_seconds () - cpu_at_report;
  double seconds = (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;

  g_print ("%-44s %9.0f/s %8.2f us each %8.2f us cpu\n", what, n / seconds, seconds * 1e6 / n, cpu * 1e6 / n);
}

static void
bench (LuoStoreFlags flags, const char *name, guint n, const char *type)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LuoStore) store = luo_store_open (folder, flags, &error);
  g_autoptr (GPtrArray) batches = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free),
                        revs = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *what = NULL;
  gint64 start;
  GString *out = g_string_sized_new (1 << 20);

  g_assert_no_error (error);
  luo_store_create_space (store, "bench", &error);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (texts, make_text (i, type));

  g_print ("%s, %u documents of %u bytes\n", name, n, (guint)strlen (texts->pdata[0]));
  start = begin ();
  for (guint i = 0; i < n; i++)
    {
      const char *text = texts->pdata[i];

      if (i % BATCH == 0)
        g_ptr_array_add (batches, g_ptr_array_new_with_free_func ((GDestroyNotify)luo_incoming_free));
      g_ptr_array_add (batches->pdata[i / BATCH], luo_incoming_parse (text, strlen (text), &error));
      g_assert_no_error (error);
    }
  report ("luo_incoming_parse", n, start);
  for (guint i = 0; i < n; i++)
    {
      const LuoIncoming *incoming = g_ptr_array_index ((GPtrArray *)batches->pdata[i / BATCH], i % BATCH);

      g_ptr_array_add (ids, g_strdup (incoming->id));
      g_ptr_array_add (revs, g_strdup (incoming->history[0]));
    }
  g_ptr_array_set_size (texts, 0);

  start = begin ();
  for (guint i = 0; i < batches->len; i++)
    {
      luo_store_insert (store, "bench", batches->pdata[i], LUO_INSERT_HELD, NULL, &error);
      g_assert_no_error (error);
    }
  report ("luo_store_insert, new", n, start);

  start = begin ();
  for (guint i = 0; i < batches->len; i++)
    luo_store_insert (store, "bench", batches->pdata[i], LUO_INSERT_HELD, NULL, &error);
  report ("luo_store_insert, again", n, start);

  for (guint i = 0; i < batches->len; i++)
    for (guint k = 0; k < ((GPtrArray *)batches->pdata[i])->len; k++)
      {
        LuoIncoming *incoming = g_ptr_array_index ((GPtrArray *)batches->pdata[i], k);
        char *parent = incoming->history[0];

        g_free (incoming->history);
        incoming->history = g_new0 (char *, 3);
        incoming->history[0] = g_strdup_printf ("2-%s", parent + 2);
        incoming->history[1] = parent;
      }
  start = begin ();
  for (guint i = 0; i < MIN (batches->len, 20); i++)
    luo_store_insert (store, "bench", batches->pdata[i], LUO_INSERT_HELD, NULL, &error);
  report ("luo_store_insert, second generation", MIN (n, 20 * BATCH), start);
  g_assert_no_error (error);
  for (guint i = 0; i < MIN (n, 20 * BATCH); i++)
    {
      const LuoIncoming *incoming = g_ptr_array_index ((GPtrArray *)batches->pdata[i / BATCH], i % BATCH);

      g_free (revs->pdata[i]);
      revs->pdata[i] = g_strdup (incoming->history[0]);
    }

  start = begin ();
  for (guint i = 0; i < n; i++)
    {
      luo_store_append_wire (store, "bench", ids->pdata[i], revs->pdata[i], TRUE, out, &error);
      g_string_truncate (out, 0);
    }
  g_assert_no_error (error);
  report ("luo_store_append_wire", n, start);

  luo_store_snapshot_begin (store, NULL);
  start = begin ();
  for (guint i = 0; i < n; i++)
    {
      luo_store_append_wire (store, "bench", ids->pdata[i], revs->pdata[i], TRUE, out, &error);
      g_string_truncate (out, 0);
    }
  luo_store_snapshot_end (store);
  report ("luo_store_append_wire, in a snapshot", n, start);

  start = begin ();
  for (gint64 since = 0;;)
    {
      g_autoptr (GPtrArray) rows = luo_store_changes (store, "bench", since, BATCH, FALSE, &since, &error);

      if (rows->len == 0)
        break;
    }
  report ("luo_store_changes", n, start);

  start = begin ();
  for (guint i = 0; i < n; i += BATCH)
    {
      g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func ((GDestroyNotify)luo_revs_query_free);

      for (guint k = i; k < MIN (n, i + BATCH); k++)
        {
          LuoRevsQuery *query = g_new0 (LuoRevsQuery, 1);

          query->id = g_strdup (ids->pdata[k]);
          query->revs = g_new0 (char *, 2);
          query->revs[0] = g_strdup (revs->pdata[k]);
          g_ptr_array_add (queries, query);
        }
      luo_store_revs_diff (store, "bench", queries, &error);
    }
  report ("luo_store_revs_diff", n, start);

  if ((flags & LUO_STORE_HUB) == 0)
    {
      luo_store_forget_marks (store, "bench", 0, &error);
      start = begin ();
      for (guint i = 0; i < n; i += BATCH)
        luo_store_mark_offered (store, "bench", (const char *const *)ids->pdata + i,
                                (const char *const *)revs->pdata + i, MIN (BATCH, n - i), &error);
      report ("luo_store_mark_offered", n, start);
      start = begin ();
      for (guint i = 0; i < n; i += BATCH)
        luo_store_mark_held (store, "bench", (const char *const *)ids->pdata + i,
                             (const char *const *)revs->pdata + i, MIN (BATCH, n - i), &error);
      report ("luo_store_mark_held", n, start);
      g_assert_no_error (error);
    }

  {
    g_autofree gint64 *times = g_new0 (gint64, 500);
    g_autofree char *rev = NULL;

    for (int i = 0; i < 500; i++)
      {
        g_autofree char *body = g_strdup_printf (
            "{\"type\":\"%s\",\"name\":\"居家养老服务中心\",\"district\":\"huanggu\",\"n\":%d}", type, i);
        char *saved = NULL;

        start = begin ();
        luo_store_put (store, "bench", "project:saved", rev, body, NULL, FALSE, LUO_PUT_COLLAPSE, &saved,
                       &error);
        times[i] = g_get_monotonic_time () - start;
        g_assert_no_error (error);
        g_free (rev);
        rev = saved;
      }
    for (int i = 1; i < 500; i++)
      for (int k = i; k > 0 && times[k] < times[k - 1]; k--)
        {
          gint64 t = times[k];

          times[k] = times[k - 1];
          times[k - 1] = t;
        }
    g_print ("%-44s %9.3f ms median, %.3f ms at most\n", "luo_store_put, durable", (double)times[250] / 1000,
             (double)times[499] / 1000);
  }

  if ((flags & LUO_STORE_HUB) == 0)
    {
      start = begin ();
      luo_store_wait_indexed (store);
      report ("search index catches up", n, start);
    }
  g_string_free (out, TRUE);
  luo_store_close (store);
  remove_folder (folder);
}

int
main (int argc, char *argv[])
{
  guint n = argc > 1 ? (guint)g_ascii_strtoull (argv[1], NULL, 10) : 100000;
  const char *type = argc > 2 ? argv[2] : "project";

  bench (LUO_STORE_HUB, "hub", n, type);
  bench (LUO_STORE_DEFAULT, "client", n, type);
  return 0;
}
